"""Distinguished names that are equal however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o365prov.people import comparable_name, domain_of

ATTRIBUTES = st.sampled_from(["CN", "ou", "Dc", "uid", "2.5.4.3"])
VALUES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)


def escaped(value, in_hex):
    """A value as RFC 4514 writes it: with a backslash before special characters, or in the hex of its bytes."""
    return "".join(
        "".join(f"\\{byte:02X}" for byte in each.encode())
        if in_hex
        else (f"\\{each}" if each in '"+,;<>\\#= ' else each)
        for each in value
    )


def name(parts, in_hex=False, comma=","):
    """A distinguished name of these attributes and values."""
    return comma.join(f"{kind}={escaped(value, in_hex)}" for kind, value in parts)


@pytest.mark.parametrize(
    "same",
    [
        r"CN=Lee\, Ann,OU=Staff,DC=corp,DC=example",
        r"cn=lee\2C ann,ou=staff,dc=CORP,dc=Example",
        r"CN=Lee\2c Ann, OU=Staff , DC = corp, DC=example",
        'CN="Lee, Ann",OU=Staff,DC=corp,DC=example',
        r"CN=Lee\, Ann;OU=Staff;DC=corp;DC=example",
        r"CN=\4C\65e\, Ann,OU=Staff,DC=corp,DC=example",
    ],
)
def test_ways_of_writing_a_name(same):
    """Case, escapes in two forms, quotation marks, semicolons, and spaces around what separates."""
    assert comparable_name(same) == r"cn=lee\, ann,ou=staff,dc=corp,dc=example"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"CN=a\,OU=b,DC=c", "CN=a,OU=b,DC=c"),
        (r"CN=a\+OU=b,DC=c", "CN=a+OU=b,DC=c"),
        ("CN=a,DC=c", "CN=a b,DC=c"),
        (r"CN=a\ ,DC=c", "CN=a ,DC=c"),
        ("OU=b,CN=a,DC=c", "CN=a,OU=b,DC=c"),
    ],
)
def test_other_names(one, other):
    """What is escaped is part of the value; a space at its end as well; the order of the parts counts."""
    assert comparable_name(one) != comparable_name(other)


def test_parts_of_more_than_one_attribute():
    """Theirs is the one order that does not count."""
    assert comparable_name("OU=b+CN=a,DC=c") == comparable_name("CN=a + ou=B,DC=c")


@given(st.lists(st.tuples(ATTRIBUTES, VALUES), min_size=1, max_size=4))
def test_any_name_is_the_same_in_any_writing(parts):
    """With backslashes, in hex, in upper case, with spaces."""
    same = comparable_name(name(parts))
    assert comparable_name(name(parts, in_hex=True)) == same
    assert comparable_name(name(parts, comma=" , ")) == same
    assert comparable_name(same) == same


@given(st.lists(st.tuples(ATTRIBUTES, VALUES), min_size=1, max_size=3), st.data())
def test_different_names_stay_different(parts, data):
    """One more part is another name, whatever is in it."""
    more = [*parts, data.draw(st.tuples(ATTRIBUTES, VALUES))]
    assert comparable_name(name(parts)) != comparable_name(name(more))


@pytest.mark.parametrize(
    "text", ["", "Ann.Lee@corp.example", "a+b@corp.example", "Lee, Ann", "PpeBju+sEe4=", "CN=a,,DC=b", "CN=a\\", "=x"]
)
def test_what_is_no_distinguished_name(text):
    """Usernames, base64 and what is broken are compared without their case."""
    assert comparable_name(text) == text.lower()


@given(st.text() | st.text('CN=a,+\\;" #0', max_size=200))
def test_any_text_is_comparable(text):
    """Nothing raises, and the domain is a string."""
    assert isinstance(comparable_name(text), str)
    assert isinstance(domain_of(text), str)


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        (r"CN=Doe\, Jane,OU=Staff,DC=Corp,DC=example", "corp.example"),
        (r"CN=x\,DC=evil,DC=corp", "corp"),
        ("CN=x", ""),
        ("", ""),
        ("ann@corp.example", ""),
    ],
)
def test_domain(text, domain):
    """The DC parts, in their order; what is escaped is none of them."""
    assert domain_of(text) == domain
