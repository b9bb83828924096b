"""What an expression can see of a person: the Okta profile, directory accounts, groups and the time."""

import pytest
from attrs import evolve
from organisation import NOW, assigned, dn, from_directory, somebody

from o365prov import Dialect, Expression, Group
from o365prov.profiles import make_bindings

GROUPS = (
    Group("00g1", "Sales", profile={"description": "Sells"}),
    Group("00g2", "Engineering", "APP_GROUP", "0oa1"),
)


def seen(expression, person, groups=(), dialect=Dialect.CLASSIC):
    bindings = make_bindings(evolve(assigned(person), groups=groups), now=NOW)
    return Expression(expression, dialect=dialect).evaluate(bindings)


@pytest.mark.parametrize(("name", "value"), [("id", "00uAnnLee"), ("status", "SUSPENDED")])
def test_what_okta_knows_beside_the_profile_is_there(name, value):
    """The id and the status, for getInternalProperty."""
    assert seen(f'user.getInternalProperty("{name}")', somebody(status="SUSPENDED")) == value


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        ({"displayName": "Annie"}, "Annie"),
        ({"displayName": ""}, ""),
        ({"displayName": None}, "Ann Lee"),
        ({"displayName": None, "lastName": None}, "Ann"),
        ({"displayName": None, "firstName": "", "lastName": None}, None),
    ],
)
def test_a_display_name_is_both_names_only_where_it_was_never_set(profile, name):
    """One that was cleared stays empty, and without names there is none."""
    assert seen("user.displayName", somebody("Ann Lee", **profile)) == name


@pytest.mark.parametrize("expression", ["findDirectoryUser().dn", "active_directory.dn", "corp_example.dn"])
def test_the_only_directory_account_has_three_names(expression):
    """findDirectoryUser(), active_directory, and the name of its instance."""
    assert seen(expression, from_directory(somebody())) == dn(somebody())


def test_one_of_several_directory_accounts_is_not_the_only_one():
    """active_directory is empty then, as it is without an account."""
    linked = from_directory(somebody())
    [account] = linked.directory_accounts
    twice = evolve(linked, directory_accounts=[account, evolve(account, instance="other.example")])
    assert seen("active_directory.dn", twice) is None
    assert seen("active_directory.dn", somebody()) is None


@pytest.mark.parametrize(
    ("expression", "member"),
    [
        ("isMemberOfGroup('00g1')", True),
        ("isMemberOfGroup('00g3')", False),
        ("isMemberOfGroupName('Sales')", True),
        ("isMemberOfGroupName('Marketing')", False),
    ],
)
def test_the_groups_of_a_person_are_seen_by_id_and_name(expression, member):
    """Those that the person is in, and no others."""
    assert seen(expression, somebody(), GROUPS) is member


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ({"group.type": ["APP_GROUP"]}, ["Engineering"]),
        ({"group.source.id": ["0oa1"]}, ["Engineering"]),
        ({"group.profile.name": ["Sales"]}, ["Sales"]),
    ],
)
def test_the_groups_of_a_person_are_found_by_what_okta_keeps_of_them(condition, names):
    """Type, source and profile, as policies ask for them."""
    [(key, values)] = condition.items()
    expression = f"user.getGroups({{'{key}': {{'{values[0]}'}}}}).![name]"
    assert seen(expression, somebody(), GROUPS, Dialect.IDENTITY_ENGINE) == names


@pytest.mark.parametrize(
    ("projection", "values"), [("name", ["Sales"]), ("profile.name", ["Sales"]), ("profile.description", ["Sells"])]
)
def test_what_okta_keeps_of_a_group_can_be_read(projection, values):
    """The name stands in the profile too, as in Okta's API."""
    expression = f"user.getGroups({{'group.type': {{'OKTA_GROUP'}}}}).![{projection}]"
    assert seen(expression, somebody(), GROUPS, Dialect.IDENTITY_ENGINE) == values


def test_the_time_is_the_one_that_was_given():
    """So that all people of one plan see the same."""
    assert seen("Time.now()", somebody()) == "2026-06-01T08:00:00.000Z"
