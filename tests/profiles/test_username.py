"""Application usernames: how they are made, and which Entra takes."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from organisation import DOMAIN, assigned, somebody

from o365prov import Dialect, DirectoryAccount, Expression, Person, UsernameFormat
from o365prov.errors import ConfigurationError
from o365prov.profiles import check_username, make_bindings
from o365prov.profiles.username_formats import BUILT_IN

CUSTOM = UsernameFormat.custom(f'String.substringBefore(user.email, "@") + "@{DOMAIN}"')


def username(style, person, domains=(DOMAIN,)):
    return style.username(make_bindings(assigned(person)), domains)


def test_the_custom_format_of_oktas_page():
    """The part before @ of the e-mail, in the federated domain."""
    assert username(CUSTOM, somebody("Isaac Brock")) == (f"isaac.brock@{DOMAIN}", None)


def test_the_email_format():
    """Email takes the address as it is."""
    assert username(UsernameFormat.email(), somebody("Isaac Brock"), ["corp.example"])[0] == "isaac.brock@corp.example"


def test_the_okta_username_format():
    """Okta username takes the login as it is."""
    person = somebody("Isaac Brock", login="ib@corp.example")
    assert username(UsernameFormat.okta_username(), person, ["corp.example"])[0] == "ib@corp.example"


@pytest.mark.parametrize(
    ("expression", "error"),
    [
        ('String.substringBefore(user.email, "@"', r"\( is never closed \(line 1, column 23\): close it"),
        ("user.email = 1 + “", r"= assigns.*write ==.*curly quote"),
        (
            'String.substringBefor(user.email, "@")',
            r"no function String\.substringBefor .*: write String\.substringBefore$",
        ),
        ("String.len()", r"String\.len takes 1 argument, not 0 \(line 1, column 1\)"),
        ('Groups.contains("OKTA", "x", 1)', r"Groups\.contains"),
        ("{user.email}", r"username format must give a"),
        ("access.scope", r"access does not exist in a username format"),
    ],
)
def test_an_expression_that_can_not_work_in_a_format_is_refused(expression, error):
    """When the format is made, with the place and what to do, not when the first person is looked at."""
    with pytest.raises(ConfigurationError, match=rf"^UsernameFormat\.expression: .*{error}"):
        UsernameFormat.custom(expression)
    with pytest.raises(ConfigurationError, match=error):
        UsernameFormat.from_dict({"label": "Custom", "expression": expression})
    with pytest.raises(ConfigurationError, match=error):
        UsernameFormat.from_okta({"template": expression, "type": "CUSTOM"})


def test_all_errors_of_an_expression_are_in_one_message():
    """So that a format is corrected once."""
    with pytest.raises(ConfigurationError, match=r"function nix .*; .*function nax ") as caught:
        UsernameFormat.custom("nix() + nax()")
    assert [(issue.code, issue.place) for issue in caught.value.issues] == [
        ("unknown-function", "UsernameFormat.expression")
    ] * 2


def test_a_doubtful_expression_is_not_refused():
    """Warnings are for people who ask for them."""
    doubtful = UsernameFormat.custom("user.email + null")
    assert {found.severity for found in doubtful.check()} == {"warning"}


def test_an_expression_of_the_other_dialect_is_refused():
    """Username formats are in the classic language."""
    policy = Expression("user.profile.email", dialect=Dialect.IDENTITY_ENGINE)
    with pytest.raises(ConfigurationError, match="another dialect"):
        UsernameFormat("Custom", policy)


@pytest.mark.parametrize("value", [None, 5, b"user.email", ["user.email"], Expression("user.email")])
def test_what_is_not_a_string_is_not_an_expression(value):
    """Whatever it is."""
    with pytest.raises(ConfigurationError, match=r"UsernameFormat\.expression should be a string"):
        UsernameFormat.custom(value)


def test_a_suffix_that_is_not_a_string_is_refused():
    """It is a part of the setting."""
    with pytest.raises(ConfigurationError, match="the suffix should be a string"):
        UsernameFormat.built_in("Email prefix", 5)


@pytest.mark.parametrize(
    ("email", "code"),
    [
        ("not-an-address", "username_no_name"),
        ("", "username_no_name"),
        ("renée.o'hara@corp.example", "username_characters"),
        ("a b@corp.example", "username_characters"),
        ("ann.@corp.example", "username_dot"),
        ("x" * 65 + "@corp.example", "username_too_long"),
    ],
)
def test_an_address_without_a_usable_username_stops_the_person(email, code):
    """Each kind of unusable username has its own code, and says what to do."""
    name, issue = username(CUSTOM, somebody(email=email))
    assert name is None
    assert issue.code == code
    assert issue.stops
    assert issue.remedy


def test_a_missing_address_never_becomes_the_word_null():
    """Null in a concatenation stops the person; the username is never null@..."""
    name, issue = username(UsernameFormat.custom(f'user.nickName + "@{DOMAIN}"'), somebody())
    assert name is None
    assert issue.code == "username_failed"


@pytest.mark.parametrize("nothing", ['""', "user.nickName"])
def test_a_username_without_a_character_is_an_issue(nothing):
    """It is empty, whatever the domains are."""
    name, issue = username(UsernameFormat.custom(nothing), somebody())
    assert (name, issue.code, issue.place) == (None, "username_empty", "userName")


def test_a_format_that_does_not_give_a_string_is_an_issue():
    """A number is not a username."""
    name, issue = username(UsernameFormat.custom("1 + 1"), somebody())
    assert name is None
    assert issue.code == "username_not_a_string"


def test_a_foreign_domain_is_named_beside_the_apps_own():
    """The message shows which domains would do."""
    issue = check_username("ann@elsewhere.example", ["b.example", "a.example"])
    assert issue.code == "username_foreign_domain"
    assert "(a.example, b.example)" in issue.message


def test_the_domain_is_compared_without_case():
    """Domains are the same in capitals."""
    assert check_username("ann@YourFederated.Domain", [DOMAIN]) is None


@pytest.mark.parametrize(
    "impostor",
    ["ann@\N{KELVIN SIGN}ontoso.example", "ann@kontoso.example\n", "ann@kontoso.example ", "ann@kontoso.example."],
)
def test_a_domain_that_only_looks_like_the_apps_is_foreign(impostor):
    """A letter that becomes an ASCII one in lower case, or a blank behind, is another domain."""
    assert check_username(impostor, ["kontoso.example"]).code == "username_foreign_domain"


@pytest.mark.parametrize(
    ("username", "code"),
    [
        ("ann", "username_no_domain"),
        ("", "username_no_domain"),
        (f"@{DOMAIN}", "username_no_name"),
        (f"ann@bob@{DOMAIN}", "username_characters"),
        (f"ann lee@{DOMAIN}", "username_characters"),
        (f"ann\n@{DOMAIN}", "username_characters"),
        (f"ann\x00@{DOMAIN}", "username_characters"),
        (f"ann+o365@{DOMAIN}", "username_characters"),
        (f"ann&bob@{DOMAIN}", "username_characters"),
        (f'"ann"@{DOMAIN}', "username_characters"),
        (f"ren\u00e9e@{DOMAIN}", "username_characters"),
        (f"\u0430nn@{DOMAIN}", "username_characters"),
        (f"ann.@{DOMAIN}", "username_dot"),
        (f".ann@{DOMAIN}", "username_dot"),
        (f"ann..lee@{DOMAIN}", "username_dot"),
        (f".@{DOMAIN}", "username_dot"),
        (f"{'x' * 65}@{DOMAIN}", "username_too_long"),
        (f"{'.' * 64}@{DOMAIN}", "username_dot"),
    ],
)
def test_what_entra_refuses_is_named(username, code):
    """Microsoft Entra, "Username policies": one @, an alphabet without accents, lengths, full stops inside names."""
    issue = check_username(username, [DOMAIN])
    assert issue.code == code
    assert issue.stops


@pytest.mark.parametrize(
    "name", ["a", "x" * 64, "a.n.n", "-ann-", "o'hara", "ann_lee-2", "!#^~", "0", "ANN.Lee"], ids=str
)
def test_what_entra_takes_is_taken(name):
    """A full stop is refused only at the ends and beside another; capitals are kept as they are."""
    assert check_username(f"{name}@{DOMAIN}", [DOMAIN]) is None


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (".ann", "begins with a full stop"),
        ("ann..lee", "has two full stops in a row"),
        ("ann.", "ends with a full stop"),
    ],
)
def test_a_message_says_where_the_full_stop_is(name, words):
    """So that one knows what of the address to correct."""
    assert (
        check_username(f"{name}@{DOMAIN}", [DOMAIN]).message == f"the username '{name}@{DOMAIN}' {words} before its @"
    )


def test_a_domain_is_at_most_48_characters_long():
    """64 before the @ and 48 after it are Entra's 113."""
    fits, too_long = f"{'d' * 40}.example", f"{'d' * 41}.example"
    assert check_username(f"ann@{fits}", [fits]) is None
    assert check_username(f"ann@{too_long}", [too_long]).code == "username_too_long"


def test_the_characters_that_are_refused_are_shown():
    """So that one knows which letters to replace."""
    assert "' +'" in check_username(f"ann + lee@{DOMAIN}", [DOMAIN]).message


def test_a_username_in_a_second_domain_of_the_app_is_taken():
    """One app may have several domains."""
    assert username(UsernameFormat.email(), somebody(), [DOMAIN, "corp.example"])[0] == "ann.lee@corp.example"


@pytest.mark.parametrize("label", ["Email prefix", "Okta username prefix"])
def test_a_prefix_alone_is_not_a_username(label):
    """Okta's prefixes have no domain: the issue says that the format must append one."""
    name, issue = username(UsernameFormat.built_in(label), somebody())
    assert name is None
    assert issue.code == "username_no_domain"


@pytest.mark.parametrize(
    "style", [UsernameFormat.built_in(each, f"@{DOMAIN}") for each in ("Email prefix", "Okta username prefix")], ids=str
)
def test_a_prefix_with_a_suffix_is_a_username(style):
    """The suffix is the federated domain."""
    assert username(style, somebody("Isaac Brock")) == (f"isaac.brock@{DOMAIN}", None)


def test_the_sam_account_name_takes_a_suffix():
    """sAMAccountName@domain, for people who have an account there."""
    account = DirectoryAccount("corp.example", UUID(int=1), attributes={"samAccountName": "ibrock"})
    person = Person("00u1", "ACTIVE", {"email": "x@y.example"}, directory_accounts=[account])
    assert username(UsernameFormat.built_in("AD SAM Account Name", f"@{DOMAIN}"), person) == (f"ibrock@{DOMAIN}", None)


def test_without_a_directory_account_a_suffix_alone_is_not_a_username():
    """The username is never @domain, or null@domain."""
    name, issue = username(UsernameFormat.built_in("AD SAM Account Name", f"@{DOMAIN}"), somebody())
    assert name is None
    assert issue.code == "username_failed"


@pytest.mark.parametrize(
    ("label", "advice"),
    [("E-mail", "use one of .*Email"), (["Email"], "use one of"), ("AD SAM account name + domain", "custom format")],
)
def test_an_entry_that_there_is_not_or_that_cannot_be_computed_is_refused(label, advice):
    """With those that there are, or with what to use instead."""
    with pytest.raises(ConfigurationError, match=advice):
        UsernameFormat.built_in(label)


def test_an_unknown_attribute_in_the_format_is_seen_before_the_first_person():
    """check() finds it where the schema is known."""
    style = UsernameFormat.custom("source.emial")
    [diagnostic] = style.check({"source": ["login", "email"]})
    assert (diagnostic.code, diagnostic.fixed()) == ("unknown-attribute", "source.email")


def test_the_entries_of_oktas_list_have_no_errors():
    """Every one that can be computed gives a string."""
    errors = [
        found
        for entry in BUILT_IN.values()
        if entry.expression
        for found in UsernameFormat.built_in(entry.label).check()
        if found.severity == "error"
    ]
    assert errors == []


@given(st.from_regex(r"[A-Za-z0-9'\-_!#^~]{1,64}", fullmatch=True))
def test_every_name_of_allowed_characters_is_taken(name):
    """Entra's alphabet, up to 64 characters."""
    assert check_username(f"{name}@{DOMAIN}", [DOMAIN]) is None


@given(st.text())
def test_any_string_is_taken_or_explained(string):
    """No string makes the check fail."""
    issue = check_username(string, [DOMAIN])
    assert issue is None or issue.message


# --- candidates

NAME = 'String.toLowerCase(user.firstName + "." + user.lastName)'
RULE = UsernameFormat.candidates(
    f'{NAME} + "@{DOMAIN}"',
    f'String.toLowerCase(user.firstName + "." + user.middleName + "." + user.lastName) + "@{DOMAIN}"',
    f'{NAME} + "2@{DOMAIN}"',
)


def results(style, person):
    """What each candidate gives."""
    return style.results(make_bindings(assigned(person)), [DOMAIN])


def test_candidates_are_evaluated_in_their_order():
    """One result for each expression."""
    found = results(RULE, somebody("Ann Lee", middleName="May"))
    assert [each.username for each in found] == [f"{each}@{DOMAIN}" for each in ("ann.lee", "ann.may.lee", "ann.lee2")]


def test_a_candidate_that_gives_nothing_is_passed_over():
    """Whoever has no middle name has no username with it; the others are as good."""
    found = results(RULE, somebody("Ann Lee"))
    assert [each.username is None for each in found] == [False, True, False]
    assert found[1].issue.code == "username_failed"


def test_what_entra_does_not_take_is_passed_over_too():
    """An accent in the first candidate, none in the second."""
    style = UsernameFormat.candidates(f'user.firstName + "@{DOMAIN}"', f'user.lastName + "@{DOMAIN}"')
    assert username(style, somebody("Ren\u00e9e Lee")) == (f"Lee@{DOMAIN}", None)


def test_where_no_candidate_gives_a_username_each_is_named():
    """With its own reason, and with its number."""
    name, issue = username(UsernameFormat.candidates("user.nickName", f'"@{DOMAIN}"'), somebody())
    assert (name, issue.code, issue.stops, issue.place) == (None, "no_candidate", True, "userName")
    assert "(1) the username is empty; (2) the username '@" in issue.message


def test_candidates_begin_with_any_format():
    """An entry of Okta's list, and what comes after it."""
    style = UsernameFormat.candidates(UsernameFormat.email(), RULE, f'user.login + "@{DOMAIN}"')
    assert (style.label, style.expression) == ("Email", UsernameFormat.email().expression)
    assert style.expressions[1:4] == RULE.expressions
    assert len(style.expressions) == 5


def test_no_candidate_at_all_is_refused():
    """There would be no username for anybody."""
    with pytest.raises(ConfigurationError, match="needs an expression"):
        UsernameFormat.candidates()


@pytest.mark.parametrize(
    ("make", "place"),
    [
        (lambda: UsernameFormat.candidates("user.email", "nix()"), r"UsernameFormat\.alternatives\[0\]: .*nix"),
        (lambda: UsernameFormat.candidates("user.email", "user.email +"), r"UsernameFormat\.candidates\[1\]: "),
        (lambda: UsernameFormat.candidates("user.email", 5), r"UsernameFormat\.candidates\[1\] should be a string"),
        (
            lambda: UsernameFormat("Custom", Expression("user.email"), "user.login"),
            "alternatives should be a tuple of expressions, not a string",
        ),
        (lambda: UsernameFormat("Custom", Expression("user.email"), 5), "alternatives should be a tuple"),
        (lambda: UsernameFormat("Custom", Expression("user.email"), ["user.login"]), "alternatives should be an? Expr"),
    ],
)
def test_an_alternative_that_can_not_work_is_refused_with_its_place(make, place):
    """When the format is made, as the first expression is."""
    with pytest.raises(ConfigurationError, match=place):
        make()


def test_the_checker_looks_at_every_candidate():
    """A doubt about the second one is said, too."""
    style = UsernameFormat.candidates("source.login", "source.emial")
    assert [found.fix for found in style.check({"source": ["login", "email"]})] == ["source.email"]
