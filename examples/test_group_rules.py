"""Unit tests of group rules: which people a rule of Okta's puts into a group.

Run it: ``pytest examples/test_group_rules.py``. Rules are written in the Okta Expression Language; a mistake in one is
found here, and not when the wrong people have a licence.
"""

from collections.abc import Mapping

import pytest

from o365prov.expressions import Expression, check_text

RULES = {
    "O365 E3": 'user.department == "Engineering" OR String.stringContains(user.title, "Manager")',
    "O365 F3": 'user.employeeType == "frontline" AND !(user.department == "Engineering")',
}
ATTRIBUTES = ("department", "title", "employeeType")

PEOPLE: Mapping[str, Mapping[str, object]] = {
    "an engineer": {"department": "Engineering", "title": "Engineer", "employeeType": "staff"},
    "a manager of a shop": {"department": "Retail", "title": "Shop Manager", "employeeType": "frontline"},
    "somebody in a shop": {"department": "Retail", "title": "Cashier", "employeeType": "frontline"},
    "somebody without a title": {"department": "Retail", "title": None, "employeeType": "staff"},
}
MEMBERS = {
    "O365 E3": {"an engineer", "a manager of a shop"},
    "O365 F3": {"a manager of a shop", "somebody in a shop"},
}


def is_member(rule: str, profile: Mapping[str, object]) -> bool:
    """Whether a rule puts somebody with this profile into its group."""
    return Expression(rule).evaluate({"user": profile}) is True


@pytest.mark.parametrize("group", RULES)
def test_a_rule_is_one_that_okta_takes(group: str) -> None:
    """It has no mistakes, names attributes that there are, and gives true or false."""
    assert check_text(RULES[group], {"user": ATTRIBUTES}, context="group_rule") == ()


@pytest.mark.parametrize("group", RULES)
def test_a_rule_finds_its_people_and_nobody_else(group: str) -> None:
    """All members, and no others."""
    assert {name for name, profile in PEOPLE.items() if is_member(RULES[group], profile)} == MEMBERS[group]


def test_nobody_gets_two_licences_without_being_a_manager() -> None:
    """Engineers are never counted as frontline."""
    both = {name for name, profile in PEOPLE.items() if all(is_member(rule, profile) for rule in RULES.values())}
    assert both == {"a manager of a shop"}
