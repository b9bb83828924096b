"""Application usernames: how they are made, and which Entra takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from organisation import DOMAIN, assigned, somebody

from o365prov import ExpressionSyntaxError, UsernameFormat
from o365prov.profiles import bindings_of
from o365prov.profiles.username import check_username

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
    name, finding = username(CUSTOM, somebody(email=email))
    assert name is None
    assert finding.code == code
    assert finding.stops
    assert finding.remedy


def test_a_missing_address_never_becomes_the_word_null():
    """Null in a concatenation stops the person; nobody is called null@..."""
    name, finding = username(UsernameFormat.custom(f'user.nickName + "@{DOMAIN}"'), somebody())
    assert name is None
    assert finding.code == "username_failed"


def test_a_format_that_gives_no_text_is_a_finding():
    """A number is no username."""
    name, finding = username(UsernameFormat.custom("1 + 1"), somebody())
    assert name is None
    assert finding.code == "username_no_text"


def test_a_foreign_domain_is_named_beside_the_apps_own():
    """The message shows which domains would do."""
    finding = check_username("ann@elsewhere.example", [DOMAIN])
    assert finding.code == "username_foreign_domain"
    assert DOMAIN in finding.message


def test_the_domain_is_compared_without_case():
    """Domains are the same in capitals."""
    assert check_username("ann@YourFederated.Domain", [DOMAIN]) is None


@given(st.from_regex(r"[A-Za-z0-9'\-_!#^~]{1,64}", fullmatch=True))
def test_every_name_of_allowed_characters_is_taken(name):
    """Entra's alphabet, up to 64 characters."""
    assert check_username(f"{name}@{DOMAIN}", [DOMAIN]) is None


@given(st.text())
def test_any_text_is_either_taken_or_explained(text):
    """No text makes the check fail."""
    finding = check_username(text, [DOMAIN])
    assert finding is None or finding.message
