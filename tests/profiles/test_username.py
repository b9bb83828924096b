"""Application usernames: how they are made, and which Entra takes."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from organisation import DOMAIN, assigned, somebody

from o365prov import DirectoryAccount, ExpressionSyntaxError, Person, UsernameFormat
from o365prov.errors import ConfigurationError
from o365prov.profiles import bindings_of
from o365prov.profiles.username import check_username
from o365prov.profiles.username_formats import BUILT_IN

CUSTOM = UsernameFormat.custom(f'String.substringBefore(user.email, "@") + "@{DOMAIN}"')


def username(style, person, domains=(DOMAIN,)):
    return style.username(bindings_of(assigned(person)), domains)


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


def test_a_custom_format_that_is_no_expression_is_refused_at_once():
    """The syntax error comes when the format is made, not when the first person is."""
    with pytest.raises(ExpressionSyntaxError):
        UsernameFormat.custom('String.substringBefore(user.email, "@"')


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
def test_an_address_that_gives_no_username_stops_the_person(email, code):
    """Each kind of unusable username has its own code, and says what to do."""
    name, issue = username(CUSTOM, somebody(email=email))
    assert name is None
    assert issue.code == code
    assert issue.stops
    assert issue.remedy


def test_a_missing_address_never_becomes_the_word_null():
    """Null in a concatenation stops the person; nobody is called null@..."""
    name, issue = username(UsernameFormat.custom(f'user.nickName + "@{DOMAIN}"'), somebody())
    assert name is None
    assert issue.code == "username_failed"


def test_a_format_that_gives_no_text_is_a_finding():
    """A number is no username."""
    name, issue = username(UsernameFormat.custom("1 + 1"), somebody())
    assert name is None
    assert issue.code == "username_no_text"


def test_a_foreign_domain_is_named_beside_the_apps_own():
    """The message shows which domains would do."""
    issue = check_username("ann@elsewhere.example", [DOMAIN])
    assert issue.code == "username_foreign_domain"
    assert DOMAIN in issue.message


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
        (f"{'x' * 65}@{DOMAIN}", "username_too_long"),
        (f"{'.' * 64}@{DOMAIN}", "username_dot"),
    ],
)
def test_what_entra_does_not_take_is_named(username, code):
    """Microsoft Entra, "Username policies": one @, an alphabet without accents, lengths, no full stop before the @."""
    issue = check_username(username, [DOMAIN])
    assert issue.code == code
    assert issue.stops


@pytest.mark.parametrize(
    "name", ["a", "x" * 64, ".ann", "ann..lee", "o'hara", "ann_lee-2", "!#^~", "0", "ANN.Lee"], ids=str
)
def test_what_entra_takes_is_taken(name):
    """A full stop is refused only right before the @; capitals are kept as they are."""
    assert check_username(f"{name}@{DOMAIN}", [DOMAIN]) is None


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


@pytest.mark.parametrize("style", [UsernameFormat.email_prefix(), UsernameFormat.okta_username_prefix()], ids=str)
def test_a_prefix_alone_is_no_username(style):
    """Okta's prefixes have no domain: the issue says that the format must append one."""
    name, issue = username(style, somebody())
    assert name is None
    assert issue.code == "username_no_domain"


@pytest.mark.parametrize(
    "style", [UsernameFormat.email_prefix(f"@{DOMAIN}"), UsernameFormat.okta_username_prefix(f"@{DOMAIN}")], ids=str
)
def test_a_prefix_with_a_suffix_is_a_username(style):
    """The suffix is the federated domain."""
    assert username(style, somebody("Isaac Brock")) == (f"isaac.brock@{DOMAIN}", None)


def test_the_sam_account_name_takes_a_suffix():
    """sAMAccountName@domain, for people who have an account there."""
    account = DirectoryAccount("corp.example", UUID(int=1), attributes={"samAccountName": "ibrock"})
    person = Person("00u1", "ACTIVE", {"email": "x@y.example"}, directory_accounts=[account])
    assert username(UsernameFormat.ad_sam_account_name(f"@{DOMAIN}"), person) == (f"ibrock@{DOMAIN}", None)


def test_without_a_directory_account_a_suffix_alone_is_no_username():
    """Nobody is called @domain, or null@domain."""
    name, issue = username(UsernameFormat.ad_sam_account_name(f"@{DOMAIN}"), somebody())
    assert name is None
    assert issue.code == "username_failed"


@pytest.mark.parametrize(("label", "advice"), [("E-mail", "Email"), ("AD SAM account name + domain", "custom format")])
def test_an_entry_that_there_is_not_or_that_cannot_be_computed_is_refused(label, advice):
    """With those that there are, or with what to use instead."""
    with pytest.raises(ConfigurationError, match=advice):
        UsernameFormat.built_in(label)


def test_a_slip_in_the_format_is_seen_before_the_first_person():
    """check() finds unknown attributes, and what a username format may not use."""
    style = UsernameFormat.custom("source.emial")
    [slip] = style.check({"source": ["login", "email"]})
    assert (slip.code, slip.fixed()) == ("unknown-attribute", "source.email")
    codes = [found.code for found in UsernameFormat.custom('Groups.contains("OKTA", "x", 1)').check()]
    assert "not-allowed-here" in codes


def test_a_format_without_a_fault_checks_clean():
    """Every entry of Okta's list gives a text."""
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
def test_any_text_is_either_taken_or_explained(text):
    """No text makes the check fail."""
    issue = check_username(text, [DOMAIN])
    assert issue is None or issue.message
