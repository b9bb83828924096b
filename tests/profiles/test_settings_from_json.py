"""Username templates and mappings as Okta's API keeps them: what is read, and what is refused with what to do."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from organisation import assigned, from_directory, somebody

from o365prov import Person, ProfileMapping, UsernameFormat
from o365prov.errors import ConfigurationError
from o365prov.people import DirectoryAccount
from o365prov.profiles import ApplyOn, make_bindings
from o365prov.profiles.username_formats import BUILT_IN

OKTA_USER = {"id": "oty1", "name": "user", "type": "user"}
OFFICE_365 = {"id": "0oa1", "name": "office365", "type": "appuser"}


def built_in(template, **more):
    return UsernameFormat.from_okta({"template": template, "type": "BUILT_IN", **more})


def refused(read, document):
    with pytest.raises(ConfigurationError) as caught:
        read(document)
    message = str(caught.value)
    assert "\n" not in message
    return message


def mapping_document(properties, source=OKTA_USER, target=OFFICE_365, **more):
    return {"id": "prm1", "source": source, "target": target, "properties": properties, "_links": {}, **more}


def rule(expression, status="PUSH"):
    return {"expression": expression, "pushStatus": status}


def saved_rule(expression, apply_on="create"):
    return {"expression": expression, "apply_on": apply_on}


# --- usernames


@pytest.mark.parametrize(
    ("template", "label", "expression"),
    [
        ("${source.login}", "Okta username", "source.login"),
        ("${user.login}", "Okta username", "source.login"),
        ("${source.email}", "Email", "source.email"),
        ("${fn:toLowerCase(source.email)}", "Email (lowercase)", "String.toLowerCase(source.email)"),
        (
            '${fn:substringBefore(source.login, "@")}',
            "Okta username prefix",
            'String.substringBefore(source.login, "@")',
        ),
        ('${fn:substringBefore(source.email, "@")}', "Email prefix", 'String.substringBefore(source.email, "@")'),
        ("${f:substringBefore(user.email,'@')}", "Email prefix", 'String.substringBefore(source.email, "@")'),
        (
            "${source.userName}",
            "AD User Principal Name",
            "hasDirectoryUser() ? findDirectoryUser().userName : null",
        ),
        (
            "${source.samAccountName}",
            "AD SAM Account Name",
            "hasDirectoryUser() ? findDirectoryUser().samAccountName : null",
        ),
    ],
)
def test_a_built_in_template_is_the_entry_of_oktas_list(template, label, expression):
    """Blanks, the kind of quotes, f or fn, and user or source make no difference."""
    style = built_in(template)
    assert style.label == label
    assert str(style.expression) == expression


@pytest.mark.parametrize(
    "entry", [entry for entry in BUILT_IN.values() if entry.expression], ids=lambda each: each.label
)
def test_every_entry_that_can_be_computed_is_read_from_its_template(entry):
    """The table's templates and expressions belong together."""
    assert built_in(entry.template) == UsernameFormat.built_in(entry.label)


def test_a_suffix_is_appended_as_it_is():
    """Email prefix and @domain make a user principal name."""
    style = built_in('${fn:substringBefore(source.email, "@")}', userSuffix="@yourfederated.domain")
    name, issue = style.username(make_bindings(assigned(somebody("Isaac Brock"))), ["yourfederated.domain"])
    assert (name, issue) == ("isaac.brock@yourfederated.domain", None)


@pytest.mark.parametrize("name", ["suffix", "userSuffix"])
def test_both_names_of_the_suffix_are_known(name):
    """Okta's documentation says userSuffix, its older clients suffix."""
    assert built_in("${source.login}", **{name: ".test"}) == UsernameFormat.built_in("Okta username", ".test")


def test_a_quote_in_a_suffix_stays_a_quote():
    """A suffix is a string, never a part of the expression."""
    style = built_in("${source.login}", userSuffix='" + source.title + "')
    assert style.expression.references == {("source", "login")}


def test_nothing_in_the_suffix_is_no_suffix():
    """The API gives null for none."""
    assert built_in("${source.login}", userSuffix=None) == UsernameFormat.okta_username()


def test_usernames_that_are_kept_up_to_date_are_read():
    """PUSH says what happens here anyway."""
    assert built_in("${source.login}", pushStatus="PUSH") == UsernameFormat.okta_username()


def test_without_a_type_the_template_is_built_in():
    """Okta's default."""
    assert UsernameFormat.from_okta({"template": "${source.email}"}) == UsernameFormat.email()


def test_a_custom_template_is_an_expression():
    """The page's own example."""
    text = 'String.substringBefore(user.email, "@") + "@yourfederated.domain"'
    assert UsernameFormat.from_okta({"template": text, "type": "CUSTOM"}) == UsernameFormat.custom(text)


@pytest.mark.parametrize("blank", ["", " "])
def test_a_custom_template_in_the_old_language_is_translated(blank):
    """Custom formats from before the Expression Language begin with ${; blanks around one are no part of it."""
    template = f'{blank}${{f:substringBefore(user.email,"@")}}@a.example{blank}'
    style = UsernameFormat.from_okta({"template": template, "type": "CUSTOM"})
    assert str(style.expression) == 'String.substringBefore(user.email, "@") + "@a.example"'


def test_an_account_in_active_directory_gives_its_upn():
    """In the AD templates source is the directory account, not the Okta profile."""
    person = from_directory(somebody(userName="wrong@okta.example"))
    [account] = person.directory_accounts
    linked = DirectoryAccount(account.instance, account.object_guid, attributes={"userName": "ann@corp.example"})
    person = Person(person.id, person.status, person.profile, "ACTIVE_DIRECTORY", directory_accounts=(linked,))
    name, _ = built_in("${source.userName}").username(make_bindings(assigned(person)), ["corp.example"])
    assert name == "ann@corp.example"


def test_without_an_account_in_active_directory_there_is_no_upn():
    """The person is stopped."""
    name, issue = UsernameFormat.built_in("AD User Principal Name").username(
        make_bindings(assigned(somebody())), ["corp.example"]
    )
    assert name is None
    assert issue.code == "username_empty"


def test_no_username_format_is_refused():
    """(None) can't be: every account of Office 365 has a username."""
    message = refused(UsernameFormat.from_okta, {"template": "NONE", "type": "NONE"})
    assert "$.type: NONE" in message
    assert "choose Email or Custom" in message


@pytest.mark.parametrize(
    ("template", "advice"),
    [
        ("${source.samAccountName}@${source.instance.namingContext}", "findDirectoryUser().samAccountName"),
        ("${source.userName}${instance.userSuffix}", "source.login"),
        ("${source.nickName}", "type CUSTOM and an expression over the Okta profile, such as source.nickName"),
        ("${fn:reverse(source.login)}", "type CUSTOM"),
        ("source.login", "type CUSTOM"),
        ("${source.login", "type CUSTOM"),
    ],
)
def test_a_template_that_is_not_ours_to_compute_is_refused_with_what_to_use(template, advice):
    """By name, never by a guess."""
    assert advice in refused(UsernameFormat.from_okta, {"template": template, "type": "BUILT_IN"})


def test_usernames_that_are_only_made_on_create_are_refused():
    """DONT_PUSH would silently become a rename under User Sync."""
    template = {"template": "${source.login}", "type": "BUILT_IN", "pushStatus": "DONT_PUSH"}
    assert "Profile Sync" in refused(UsernameFormat.from_okta, template)


def test_a_custom_format_takes_no_suffix():
    """Okta has it for built-in templates only."""
    message = refused(UsernameFormat.from_okta, {"template": "source.login", "type": "CUSTOM", "userSuffix": "@a.b"})
    assert "$.userSuffix: is for built-in templates" in message


def test_a_whole_app_says_which_part_to_pass():
    """The template is deep inside of what Okta's API gives."""
    app = {"credentials": {"userNameTemplate": {"template": "${source.login}", "type": "BUILT_IN"}}}
    assert "['credentials']['userNameTemplate']" in refused(UsernameFormat.from_okta, app)


def test_everything_wrong_with_a_template_is_said_at_once():
    """One reading finds all of it, each with its path."""
    broken = {"template": 7, "type": "CUSTOM", "userSuffix": 1, "pushStatus": "MAYBE", "x y": 0}
    message = refused(UsernameFormat.from_okta, broken)
    assert all(path in message for path in ("$.template", "$.userSuffix", "$.pushStatus", "$['x y']"))


# --- mappings


def test_a_mapping_is_read_with_when_each_value_is_sent():
    """PUSH is create and update, DONT_PUSH create only."""
    mapping = ProfileMapping.from_okta(
        mapping_document({"firstName": rule("user.firstName"), "title": rule("source.title", "DONT_PUSH")})
    )
    assert [(row.attribute.name, str(row.expression), row.apply_on) for row in mapping] == [
        ("firstName", "user.firstName", ApplyOn.CREATE_AND_UPDATE),
        ("title", "source.title", ApplyOn.CREATE),
    ]


def test_a_mapping_that_was_read_is_bound_to_no_settings_yet():
    """It is bound when it enters an app."""
    assert ProfileMapping.from_okta(mapping_document({})).bound_to is None


def test_user_and_source_both_name_the_okta_profile():
    """Okta writes either."""
    mapping = ProfileMapping.from_okta(mapping_document({"city": rule("user.city"), "state": rule("source.state")}))
    profile = mapping.evaluate(make_bindings(assigned(somebody(city="Oslo", state="03"))))
    assert (profile.get("city"), profile.get("state")) == ("Oslo", "03")


def test_attributes_are_named_without_case():
    """Okta's pages write UsageLocation where the profile has usageLocation."""
    assert "usageLocation" in ProfileMapping.from_okta(mapping_document({"UsageLocation": rule("source.countryCode")}))


def test_a_property_that_is_null_is_not_mapped():
    """Null is how the API takes a property out."""
    assert len(ProfileMapping.from_okta(mapping_document({"title": None}))) == 0


def test_the_opposite_direction_is_refused():
    """What maps the app to Okta would turn the people around."""
    message = refused(ProfileMapping.from_okta, mapping_document({}, source=OFFICE_365, target=OKTA_USER))
    assert "maps the app to Okta" in message


def test_the_direction_is_seen_without_types_too():
    """Older documents name the sides only."""
    message = refused(
        ProfileMapping.from_okta, mapping_document({}, source={"name": "office365"}, target={"name": "user"})
    )
    assert "maps the app to Okta" in message


def test_a_mapping_between_two_apps_is_refused():
    """Neither side is the Okta user."""
    message = refused(ProfileMapping.from_okta, mapping_document({}, source={"name": "zendesk", "type": "appuser"}))
    assert "is the app 'zendesk', so this maps one app to another" in message


def test_a_mapping_to_nothing_is_refused():
    """Without a name the target may be any app."""
    assert "$.target.name" in refused(ProfileMapping.from_okta, mapping_document({}, target={}))


def test_a_user_type_of_ones_own_is_an_okta_user():
    """A source of type user may have any name."""
    assert len(ProfileMapping.from_okta(mapping_document({}, source={"name": "contractor", "type": "user"}))) == 0


def test_another_apps_mapping_is_refused_by_its_name():
    """One org has a mapping for each app."""
    assert "'zendesk'" in refused(ProfileMapping.from_okta, mapping_document({}, target={"name": "zendesk"}))


@pytest.mark.parametrize("name", ["office365", "Office365", "microsoft_office_365_gcc_high"])
def test_every_office_365_app_is_one(name):
    """Okta has several, for the national clouds, and spells them differently."""
    assert len(ProfileMapping.from_okta(mapping_document({}, target={"name": name, "type": "appuser"}))) == 0


def test_a_mapping_from_oktas_list_has_no_properties_and_says_so():
    """The list of mappings leaves them out."""
    listed = {key: value for key, value in mapping_document({}).items() if key != "properties"}
    assert "get the mapping by its id" in refused(ProfileMapping.from_okta, listed)


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("userName", "UsernameFormat.from_okta"),
        ("licenses", "licences come with assignments"),
        ("roles", "roles come with assignments"),
        ("titel", "write 'title'"),
        ("jobTitle", "write 'title'"),
        ("entirelyDifferent", "o365prov.profiles.ATTRIBUTES"),
    ],
)
def test_a_property_that_is_not_an_attribute_says_what_to_do(name, advice):
    """The username and the licences have places of their own; a misspelling and Graph's own name are recognised."""
    assert advice in refused(ProfileMapping.from_okta, mapping_document({name: rule("source.title")}))


def test_everything_wrong_with_a_mapping_is_said_at_once():
    """Each with its JSON path."""
    document = mapping_document(
        {
            "title": rule("source.title +"),
            "city": rule("", "SOMETIMES"),
            "state": {"expression": "source.state", "pushStatus": "PUSH", "when": "never"},
            "zip code": rule("1"),
            "userName": rule("source.login"),
            "department": "source.department",
            "Department": rule("source.department"),
        },
        source=OFFICE_365,
    )
    message = refused(ProfileMapping.from_okta, document)
    for path in (
        "$.source",
        "$.properties.title.expression",
        "$.properties.city.expression",
        "$.properties.city.pushStatus",
        "$.properties.state.when",
        "$.properties['zip code']",
        "$.properties.userName",
        "$.properties.department: should be an object",
        "$.properties.Department: is the same attribute",
    ):
        assert path in message


def test_of_many_problems_the_first_are_listed_and_the_rest_is_counted():
    """A message stays readable."""
    message = refused(ProfileMapping.from_okta, mapping_document({f"custom{n}": rule("1") for n in range(500)}))
    assert message.endswith("and 480 more")
    assert len(message) < 10_000


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["source", "target", "properties", "title", "expression", "pushStatus", "type", "template"]
                )
                | st.text(max_size=5),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_is_read_or_refused_with_one_line(document):
    """Whatever the document is, nothing but a ConfigurationError comes out."""
    for read in (
        ProfileMapping.from_okta,
        ProfileMapping.from_dict,
        UsernameFormat.from_okta,
        UsernameFormat.from_dict,
    ):
        try:
            read(document)
        except ConfigurationError as error:
            assert "\n" not in str(error)  # noqa: PT017 - either outcome is right


# --- saved configuration


def test_a_mapping_keeps_its_binding_through_json():
    """A saved configuration still knows for which settings its attributes were mapped."""
    mapping = ProfileMapping.of({"title": "source.title", "city": "user.city"}).applied_on("create", "city")
    bound = ProfileMapping(tuple(mapping), "fingerprint")
    assert ProfileMapping.from_dict(json.loads(json.dumps(bound.to_dict()))) == bound


@pytest.mark.parametrize("label", [entry.label for entry in BUILT_IN.values() if entry.expression])
def test_a_username_format_survives_json(label):
    """Label and expression are all there is to it."""
    style = UsernameFormat.built_in(label, "@a.example")
    assert UsernameFormat.from_dict(json.loads(json.dumps(style.to_dict()))) == style


def test_candidates_survive_json():
    """In their order."""
    style = UsernameFormat.candidates(UsernameFormat.email(), 'user.login + "2"', 'user.login + "3"')
    assert UsernameFormat.from_dict(json.loads(json.dumps(style.to_dict()))) == style


def test_everything_wrong_with_saved_candidates_is_said_at_once():
    """Each with its place in the list."""
    saved = {"label": "Custom", "expression": "user.email", "alternatives": ["nix()", 5, "user.login", "1 +"]}
    message = refused(UsernameFormat.from_dict, saved)
    for place in ("$.alternatives[0]", "$.alternatives[1]: should be a string", "$.alternatives[3]"):
        assert place in message
    assert "$.alternatives[2]" not in message
    assert "should be a list" in refused(UsernameFormat.from_dict, {**saved, "alternatives": "user.login"})


def test_everything_wrong_with_a_saved_mapping_is_said_at_once():
    """Someone may have edited the file."""
    saved = {
        "attributes": {"title": {"expression": "1 +", "apply_on": "never"}, "Title": {}, "x": 3},
        "bound_to": 7,
        "extra": 1,
    }
    message = refused(ProfileMapping.from_dict, saved)
    for path in (
        "$.extra",
        "$.bound_to",
        "$.attributes.title.expression",
        "$.attributes.title.apply_on",
        "$.attributes.Title: is there twice",
        "$.attributes.x",
    ):
        assert path in message


def test_a_saved_format_without_an_expression_is_refused():
    """Half a format is none."""
    assert "$.expression: is missing" in refused(UsernameFormat.from_dict, {"label": "Custom"})


def test_two_unknown_attributes_are_not_one_attribute_twice():
    """Each is unknown, and nothing else."""
    message = refused(ProfileMapping.from_dict, {"attributes": {"x": saved_rule("1"), "y": saved_rule("1")}})
    assert message.count("has no attribute") == 2
    assert "twice" not in message


@pytest.mark.parametrize("key", [5, None, ("title",)])
def test_a_key_that_is_not_a_string_is_not_an_attribute(key):
    """JSON has no such keys, a dictionary in Python may."""
    saved = {"attributes": {key: saved_rule("1")}}
    assert "has no attribute" in refused(ProfileMapping.from_dict, saved)
    assert "has no attribute" in refused(ProfileMapping.from_okta, mapping_document({key: rule("1")}))


def test_a_list_of_mappings_is_refused_with_which_one_to_pass():
    """Okta's API lists the mappings of an org."""
    message = refused(ProfileMapping.from_okta, [mapping_document({})])
    assert "should be an object, not a list: pass one mapping, the one whose target is the Office 365 app" in message


@pytest.mark.parametrize(
    ("read", "document", "issues"),
    [
        (UsernameFormat.from_okta, 7, ["wrong_type $"]),
        (UsernameFormat.from_okta, {"userNameTemplate": {"template": "${source.login}"}}, ["not_a_template $"]),
        (UsernameFormat.from_okta, {"type": "BUILT_IN"}, ["missing $.template"]),
        (UsernameFormat.from_okta, {"template": " "}, ["empty $.template"]),
        (UsernameFormat.from_okta, {"template": "${source.nickName}"}, ["unknown_template $.template"]),
        (UsernameFormat.from_okta, {"template": "${source.login"}, ["unknown_template $.template"]),
        (
            UsernameFormat.from_okta,
            {"template": "${source.userName}${instance.userSuffix}"},
            ["unsupported $.template"],
        ),
        (UsernameFormat.from_okta, {"template": "${source.login", "type": "CUSTOM"}, ["not_an_expression $.template"]),
        (
            UsernameFormat.from_okta,
            {"template": "source.login", "type": "CUSTOM", "userSuffix": "@a.example"},
            ["unsupported $.userSuffix"],
        ),
        (
            UsernameFormat.from_okta,
            {"template": "${source.login}", "suffix": "@a.example", "userSuffix": "@b.example"},
            ["ambiguous $.suffix"],
        ),
        (
            UsernameFormat.from_okta,
            {"template": "${source.login}", "pushStatus": "DONT_PUSH"},
            ["unsupported $.pushStatus"],
        ),
        (UsernameFormat.from_okta, {"template": "${source.login}", "pushStatus": "NO"}, ["wrong_value $.pushStatus"]),
        (UsernameFormat.from_okta, {"type": "NONE"}, ["unsupported $.type"]),
        (UsernameFormat.from_okta, {"template": "${source.login}", "type": "OTHER"}, ["wrong_value $.type"]),
        (ProfileMapping.from_okta, {}, ["missing $.source", "missing $.target", "missing $.properties"]),
        (ProfileMapping.from_okta, mapping_document({}, source=OFFICE_365), ["other_mapping $.source"]),
        (ProfileMapping.from_okta, mapping_document({}, target={"name": "zendesk"}), ["other_mapping $.target.name"]),
        (
            ProfileMapping.from_okta,
            mapping_document({"title": rule("String.len()"), "city": rule("1", "NEVER"), "state": rule(" ", ["PUSH"])}),
            [
                "wrong-arity $.properties.title.expression",
                "wrong_value $.properties.city.pushStatus",
                "empty $.properties.state.expression",
                "wrong_value $.properties.state.pushStatus",
            ],
        ),
        (
            ProfileMapping.from_okta,
            mapping_document({"roles": rule("1"), "titel": rule("1"), "city": rule("1"), "City": rule("1")}),
            [
                "unknown_attribute $.properties.roles",
                "unknown_attribute $.properties.titel",
                "ambiguous $.properties.City",
            ],
        ),
        (UsernameFormat.from_dict, {"label": "Custom"}, ["missing $.expression"]),
        (
            UsernameFormat.from_dict,
            {"label": "Custom", "expression": "source.email", "colour": "red"},
            ["unknown_member $.colour"],
        ),
        (ProfileMapping.from_dict, {}, ["missing $.attributes"]),
        (
            ProfileMapping.from_dict,
            {"attributes": {"title": {"expression": "1 +", "apply_on": "create", "when": "never"}}},
            ["unknown_member $.attributes.title.when", "missing-operand $.attributes.title.expression"],
        ),
        (
            ProfileMapping.from_dict,
            {"attributes": {"titel": saved_rule("1"), "city": saved_rule("1", ["create"]), "City": saved_rule("1")}},
            [
                "unknown_attribute $.attributes.titel",
                "wrong_value $.attributes.city.apply_on",
                "ambiguous $.attributes.City",
            ],
        ),
    ],
)
def test_what_is_wrong_is_there_for_programs_too(read, document, issues):
    """Each issue has a code and a place, and nothing is said twice."""
    with pytest.raises(ConfigurationError) as caught:
        read(document)
    assert [f"{issue.code} {issue.place.split(': ')[1]}" for issue in caught.value.issues] == issues
