"""Attribute mappings: which expression gives which attribute."""

import pytest
from attrs import evolve
from organisation import assigned, from_directory, somebody

from o365prov import UNSET, Expression, Limits, ProfileMapping, Semantics, UsernameFormat
from o365prov.errors import ConfigurationError
from o365prov.profiles import ATTRIBUTES, AttributeMapping, make_bindings
from o365prov.provisioning import LicenseOnly, ProfileSync, UniversalSync, UserSync, make_desired_user


def values(mapping, person):
    profile = mapping.evaluate(make_bindings(assigned(person)), withheld=UserSync().withheld(person))
    return {row.attribute.name: value for row, value in profile.rows()}


DEFAULT = UserSync().default_mapping()


def test_the_default_anchor_is_the_directorys_guid():
    """hasDirectoryUser()?findDirectoryUser().externalId:null gives base64 of the GUID's bytes."""
    person = from_directory(somebody())
    assert values(DEFAULT, person)["immutableId"] == person.directory_accounts[0].anchor


def test_without_a_directory_the_anchor_is_not_mapped():
    """The mapping gives null; the strategy falls back, and an existing anchor is left alone."""
    assert values(DEFAULT, somebody())["immutableId"] is UNSET


def test_a_withheld_attribute_is_named_if_it_would_have_had_a_value():
    """Neither one that is empty nor one whose expression fails; the attributes after them are sent."""
    mapping = ProfileMapping.of(
        {
            "title": "user.title",
            "city": "user.nickName",
            "department": "Convert.toInt(user.title)",
            "displayName": "user.displayName",
        }
    )
    person = make_bindings(assigned(somebody(title="Engineer")))
    profile = mapping.evaluate(person, withheld=frozenset({"title", "city", "department"}))
    assert profile.withheld == ("title",)
    assert (profile.get("title"), profile.get("displayName"), profile.issues) == (UNSET, "Ann Lee", ())


def test_the_default_usage_location_is_the_country_code():
    """Without msExchUsageLocation it is Okta's country code."""
    assert values(DEFAULT, somebody(countryCode="IE"))["usageLocation"] == "IE"


def test_the_default_usage_location_without_a_country_is_us():
    """Okta's default mapping ends in 'US'."""
    assert values(DEFAULT, somebody(countryCode=None))["usageLocation"] == "US"


def test_the_manager_is_the_distinguished_name_in_the_directory():
    """findDirectoryUser().managerDn, resolved when the plan is made."""
    boss = somebody("Bo Ross")
    assert values(DEFAULT, from_directory(somebody(), manager=boss))["manager"].startswith("CN=Bo Ross")


def test_a_manager_comes_from_a_directory_or_not_at_all():
    """For a person without an Active Directory account the reference is left alone, not removed."""
    assert values(DEFAULT, somebody())["manager"] is UNSET


def test_a_display_name_that_was_never_set_is_both_names():
    """Okta computes it."""
    assert values(DEFAULT, somebody("Ann Lee", displayName=None))["displayName"] == "Ann Lee"


def test_expressions_may_answer_open_questions_each_in_its_own_way():
    """What null becomes in one row says nothing about the others."""
    letter = Expression('"Dear " + source.title', semantics=Semantics(null_text="empty"))
    word = Expression('"Dear " + source.title', semantics=Semantics(null_text="word"))
    mapping = ProfileMapping(
        [AttributeMapping(ATTRIBUTES["title"], letter), AttributeMapping(ATTRIBUTES["city"], word)]
    )
    assert mapping.evaluate(make_bindings(assigned(somebody()))).values == ("Dear ", "Dear null")


def test_the_limits_of_an_expression_hold_in_a_mapping():
    """As they hold where it is evaluated by itself."""
    short = Expression("source.title + source.title", limits=Limits(result_size=8))
    mapping = ProfileMapping([AttributeMapping(ATTRIBUTES["title"], short)])
    profile = mapping.evaluate(make_bindings(assigned(somebody(title="Singer"))))
    assert [issue.code for issue in profile.issues] == ["mapping_failed"]


def test_a_mapping_of_nothing_gives_nothing():
    """No value and no issue."""
    profile = ProfileMapping().evaluate(make_bindings(assigned(somebody())))
    assert (profile.values, profile.issues) == ((), ())


def test_a_failing_expression_is_an_issue_and_leaves_the_attribute_alone():
    """An evaluation error stops the attribute, not the evaluation of the others."""
    mapping = ProfileMapping.of({"title": "source.title + source.nothing", "city": "source.city"})
    profile = mapping.evaluate(make_bindings(assigned(somebody(city="Oslo"))))
    assert profile.get("title") is UNSET
    assert [(each.code, each.place) for each in profile.issues] == [("mapping_failed", "title")]
    assert profile.get("city") == "Oslo"


@pytest.mark.parametrize(("name", "stops"), [("lastName", True), ("title", False)])
def test_a_failing_expression_stops_the_person_where_graph_needs_the_value(name, stops):
    """An account without a title is better than none, and one without a name is refused."""
    mapping = ProfileMapping.of({name: "source.title + source.nothing"})
    [issue] = mapping.evaluate(make_bindings(assigned(somebody()))).issues
    assert issue.stops is stops


@pytest.mark.parametrize(
    ("name", "meant"), [("titel", "title"), ("TITLE", "title"), ("jobTitle", "title"), ("givenName", "firstName")]
)
def test_an_unknown_attribute_is_refused_with_the_probable_one(name, meant):
    """A misspelling, another case and Graph's own name are recognised."""
    with pytest.raises(ConfigurationError, match=f"no attribute '{name}': write '{meant}'"):
        ProfileMapping.of({name: "source.title"})


def test_an_attribute_like_no_other_is_refused_with_where_to_look():
    """139 names would be no help in a message."""
    with pytest.raises(ConfigurationError, match=r"o365prov\.profiles\.ATTRIBUTES"):
        ProfileMapping.of({"shoeSize": "source.title"})


def test_the_username_is_not_a_mapped_attribute():
    """It has a format of its own."""
    with pytest.raises(ConfigurationError, match="username format"):
        ProfileMapping.of({"userName": "source.login"})


def test_a_bad_expression_is_refused_when_the_mapping_is_made():
    """The message names attribute and place, and what to do."""
    message = r"expression of title: a value is missing after \+ \(line 1, column 14\): add it, or remove \+$"
    with pytest.raises(ConfigurationError, match=message):
        DEFAULT.with_expression("title", "source.title +")


def test_do_not_map_takes_an_attribute_out():
    """An attribute that is not mapped is left alone."""
    assert "title" not in DEFAULT.without("title")
    assert "title" in DEFAULT


def test_do_not_map_knows_its_attributes():
    """A misspelling would leave the attribute mapped in silence."""
    with pytest.raises(ConfigurationError, match="write 'title'"):
        DEFAULT.without("titel")


def test_an_attribute_may_be_taken_out_twice():
    """What is not mapped stays so."""
    assert DEFAULT.without("title", "title").without("title") == DEFAULT.without("title")


def desired(mapping, person, provisioning=None):
    style = UsernameFormat.email()
    return make_desired_user(assigned(person), provisioning or UserSync(), style, mapping, ["corp.example"])


MAPPING = ProfileMapping.of({"title": "source.title", "city": "source.city", "telephone": "source.primaryPhone"})


def test_create_and_update_is_sent_both_times():
    """Okta's "Create and update"."""
    both = desired(MAPPING, somebody(title="Singer"))
    assert both.creation_properties()["jobTitle"] == "Singer"
    assert both.update_properties()["jobTitle"] == "Singer"


def test_create_only_is_sent_to_new_accounts_alone():
    """Okta's "Create": whatever becomes of the value in Office 365 afterwards stays."""
    once = desired(MAPPING.applied_on("create", "title"), somebody(title="Singer"))
    assert once.creation_properties()["jobTitle"] == "Singer"
    assert "jobTitle" not in once.update_properties()


def test_an_attribute_that_is_not_mapped_is_never_sent():
    """Okta's "Do not map"."""
    never = desired(MAPPING.without("title"), somebody(title="Singer"))
    assert "jobTitle" not in never.creation_properties()
    assert "jobTitle" not in never.update_properties()


@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_clears_on_update_and_is_left_out_on_create(nothing):
    """A mapped attribute without a value is cleared: with null, or with [] where Graph has a list."""
    empty = desired(MAPPING, somebody(title=nothing, primaryPhone=nothing))
    assert empty.update_properties() == {"jobTitle": None, "city": None, "businessPhones": []}
    assert empty.creation_properties() == {}


def test_a_create_only_attribute_without_a_value_clears_nothing():
    """Later emptiness at the source does not reach what Office 365 holds."""
    once = desired(MAPPING.applied_on("create", "title", "city", "telephone"), somebody(title=""))
    assert once.update_properties() == {}


def test_an_attribute_whose_expression_fails_is_left_alone():
    """Neither sent nor cleared: what the account holds stays."""
    failing = desired(MAPPING.with_expression("title", "source.title + source.nothing"), somebody(title="Singer"))
    assert "jobTitle" not in failing.update_properties()
    assert "jobTitle" not in failing.creation_properties()
    assert [issue.code for issue in failing.issues] == ["mapping_failed"]


def test_an_unknown_moment_is_refused():
    """With those that there are."""
    with pytest.raises(ConfigurationError, match="'create' or 'create and update'"):
        MAPPING.applied_on("update", "title")


def test_an_attribute_that_is_not_mapped_has_no_moment():
    """It must be mapped first."""
    with pytest.raises(ConfigurationError, match="not mapped: state"):
        MAPPING.applied_on("create", "title", "state")


def test_changing_an_attribute_keeps_the_others():
    """In the order in which they stand; a new one comes last."""
    for changed in (MAPPING.with_expression("city", "user.city"), MAPPING.applied_on("create", "city")):
        assert [row.attribute.name for row in changed] == ["title", "city", "telephone"]
    extended = MAPPING.with_expression("state", "source.state")
    assert [row.attribute.name for row in extended] == ["title", "city", "telephone", "state"]


def test_changing_a_mapping_keeps_the_settings_that_it_is_bound_to():
    """Each way of changing it gives a mapping for the same settings."""
    bound = evolve(MAPPING, bound_to="fingerprint")
    for changed in (bound.without("title"), bound.applied_on("create", "title"), bound.with_expression("city", "1")):
        assert changed.bound_to == "fingerprint"


@pytest.mark.parametrize("kind", [LicenseOnly, ProfileSync, UserSync, UniversalSync])
def test_oktas_own_mappings_check_clean(kind):
    """Nothing in them is an error, for people with any attributes."""
    found = kind().default_mapping().check()
    assert [each for diagnostics in found.values() for each in diagnostics if each.severity == "error"] == []


def test_unknown_attributes_in_expressions_are_seen_before_the_first_person():
    """By attribute, each with the place and, where it is known, the text that would be right."""
    mapping = ProfileMapping.of(
        {"title": "source.titel", "city": "String.toUpperCase(source.city)", "state": "source.state"}
    )
    found = mapping.check({"source": ["title", "city", "state"]})
    assert {name: [each.code for each in diagnostics] for name, diagnostics in found.items()} == {
        "title": ["unknown-attribute"]
    }
    assert found["title"][0].fixed() == "source.title"


def test_a_function_of_claims_is_refused_in_a_mapping():
    """It is not for profile mappings."""
    with pytest.raises(ConfigurationError, match=r"of title: Groups\.startsWith .*profile mapping"):
        ProfileMapping.of({"title": 'Groups.startsWith("OKTA", "x", 1)'})


def test_all_errors_of_a_mapping_are_in_one_message():
    """Unknown attributes and functions, wrong arguments and bad syntax, each with its place and what to do."""
    with pytest.raises(ConfigurationError) as caught:
        ProfileMapping.of(
            {
                "title": "String.toUpper(source.title) + String.len()",
                "city": "source.city +",
                "titel": "source.title",
                "state": None,
                7: "source.state",
                "country": "source.countryCode",
            }
        )
    for error in (
        "AttributeMapping.expression of title: there is no function String.toUpper (line 1, column 1)",
        "String.len takes 1 argument, not 0 (line 1, column 32)",
        "AttributeMapping.expression of city: a value is missing after + (line 1, column 13): add it, or remove +",
        "the Office 365 app has no attribute 'titel': write 'title'",
        "AttributeMapping.expression of state should be a string, not a value of type NoneType",
        "an attribute's name should be a string, not 7",
    ):
        assert error in str(caught.value)
    assert [(issue.code, issue.place) for issue in caught.value.issues] == [
        ("unknown-function", "AttributeMapping.expression of title"),
        ("wrong-arity", "AttributeMapping.expression of title"),
        ("missing-operand", "AttributeMapping.expression of city"),
        ("wrong_value", ""),
        ("wrong_value", ""),
        ("wrong_value", ""),
    ]


CONSISTENCY_GUID = "hasDirectoryUser()?findDirectoryUser()['mS-DS-ConsistencyGuid']:null"


def test_the_anchor_can_be_the_consistency_guid():
    """Okta's alternative anchor, on request: the attribute that survives a move between forests."""
    linked = from_directory(somebody())
    [account] = linked.directory_accounts
    attributes = {**account.attributes, "mS-DS-ConsistencyGuid": "3q2+78r+ur7erb7vyv66vg=="}
    moved = evolve(linked, directory_accounts=[evolve(account, attributes=attributes)])
    mapping = DEFAULT.with_expression("immutableId", CONSISTENCY_GUID)
    assert values(mapping, moved)["immutableId"] == "3q2+78r+ur7erb7vyv66vg=="


def test_the_anchor_can_fall_back_to_oktas_id_in_the_mapping_itself():
    """Okta's own advice: end the mapping in user.getInternalProperty("id")."""
    text = 'hasDirectoryUser()?findDirectoryUser().externalId:user.getInternalProperty("id")'
    assert values(DEFAULT.with_expression("immutableId", text), somebody())["immutableId"] == somebody().id


def test_an_anchor_of_one_of_several_instances_is_named_by_the_instance():
    """With two AD instances the mapping asks each by its name, and the person is not stopped."""
    linked = from_directory(somebody())
    [account] = linked.directory_accounts
    twice = evolve(linked, directory_accounts=[account, evolve(account, instance="other.example")])
    text = "corp_example.externalId != null ? corp_example.externalId : other_example.externalId"
    assert values(DEFAULT.with_expression("immutableId", text), twice)["immutableId"] == account.anchor


def test_the_anchor_and_references_are_no_properties_of_a_request():
    """Rules of their own send the anchor and the manager; other references are not sent at all."""
    mapping = ProfileMapping.of(
        dict.fromkeys(["immutableId", "manager", "sponsors", "middleName", "title"], "source.x")
    )
    assert [name for _, name, _ in mapping.outgoing] == ["jobTitle"]
    assert [attribute.name for _, attribute in mapping.beyond_graph] == ["sponsors", "middleName"]


def test_a_mapping_knows_what_is_sent_on_create_only():
    """An attribute that is not mapped is sent at no time."""
    mapping = MAPPING.applied_on("create", "title")
    assert [mapping.is_create_only(name) for name in ("title", "city", "state")] == [True, False, False]
