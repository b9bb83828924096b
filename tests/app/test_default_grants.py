"""Licences and roles that the app gives everybody whose assignment names none, as Okta's mapping does."""

import pytest
from attrs import evolve
from effects import effects
from organisation import DIRECTORY_READERS, NOW, assigned, remembered, somebody, tenant, user_sync_app

from o365prov import Assignment, LicenseGrant
from o365prov.errors import ConfigurationError
from o365prov.people import Grants

F1 = Grants([LicenseGrant("SPE_F1")])
APP = evolve(user_sync_app(), default_grants=evolve(F1, roles=["Directory Readers"]))
ANN = somebody("Ann Lee")


def given(plan):
    """The SKUs and roles that a plan gives."""
    skus = [each.part_number for change in plan if change.kind == "assign_licenses" for each in change.add]
    return skus, [change.role for change in plan if change.kind == "grant_role"]


def test_a_blank_assignment_gets_the_apps_licences_and_roles():
    """Blank in the group assignment: the mapping's values count."""
    assert given(APP.plan([assigned(ANN)], tenant(), remembered(), now=NOW)) == (["SPE_F1"], ["Directory Readers"])


def test_a_blank_individual_assignment_does_too():
    """Okta's sources are silent about it; one rule for both."""
    assert given(APP.plan([Assignment(ANN)], tenant(), remembered(), now=NOW)) == (["SPE_F1"], ["Directory Readers"])


def test_the_assignments_own_licences_come_first():
    """The group's value takes precedence, and the roles that it leaves blank still come from the app."""
    assert given(APP.plan([assigned(ANN, "SPE_E3")], tenant(), remembered(), now=NOW)) == (
        ["SPE_E3"],
        ["Directory Readers"],
    )


def test_the_assignments_own_roles_come_first():
    """Roles and licences are two attributes: each falls back by itself."""
    app = evolve(APP, default_grants=evolve(F1, roles=["Nonesuch"]))
    plan = app.plan([Assignment(ANN, Grants(roles=[DIRECTORY_READERS.id]))], tenant(), remembered(), now=NOW)
    assert given(plan) == (["SPE_F1"], [DIRECTORY_READERS.id])


def test_without_them_a_blank_assignment_gives_nothing():
    """Unless the app names any, nobody gets what nobody assigned."""
    assert given(user_sync_app().plan([assigned(ANN)], tenant(), remembered(), now=NOW)) == ([], [])


def test_a_second_plan_is_empty():
    """What was given is remembered as what the person should have, also by a streaming planner."""
    people = [assigned(ANN), assigned(somebody("Bo Ross"), "SPE_E3")]
    snapshot, known = effects(APP.plan(people, tenant(), remembered(), now=NOW), tenant())
    assert APP.plan(people, snapshot, known, now=NOW).is_empty
    planner = APP.streaming_planner(lambda: people, known, now=NOW)
    assert [user for user in snapshot.users if planner.wants(user)] == []
    assert planner.plan(evolve(snapshot, users=[])).is_empty


def test_a_blank_assignment_no_longer_strips_what_was_assigned():
    """Okta removes licences where an assignment becomes blank; with a licence in the mapping that one replaces them."""
    snapshot, known = effects(APP.plan([assigned(ANN, "SPE_E3")], tenant(), remembered(), now=NOW), tenant())
    [change] = APP.plan([assigned(ANN)], snapshot, known, now=NOW).changes
    assert [each.part_number for each in change.add] == ["SPE_F1"]
    assert [each.part_number for each in change.remove] == ["SPE_E3"]


def test_they_are_grants():
    """A list of names is refused with the name of the field."""
    with pytest.raises(ConfigurationError, match=r"Office365App\.default_grants"):
        evolve(user_sync_app(), default_grants=["SPE_F1"])
