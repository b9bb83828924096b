"""Accounts that nobody is assigned to: shown with what they hold and cost, and never touched."""

import pytest
from attrs import evolve
from leavers import ACTIVE, ANN, BO, DAY, NAME
from organisation import DOMAIN, E3, F1, NOW, READER, account, assigned, remembered, somebody, tenant, user_sync_app

from o365prov import ConfigurationError, Departure, HeldLicense, Lifecycle, UsageError
from o365prov.people import AppUserStatus
from o365prov.planning import Coverage, Strays, find_strays

BOS = account(f"bo.ross@{DOMAIN}", displayName="Bo Ross", onPremisesImmutableId=BO.person.id)
OLD = account("old@corp.example", displayName="Old Ann", licenses=[E3.id, F1.id])
EMPTY = account("empty@corp.example", accountEnabled=False)
SHARED = account("shared@corp.example", accountEnabled=False, licenses=[HeldLicense(F1.id, inherited_from="group")])


def strays(people, snapshot, known=()):
    """What is found once the plan for these people is applied."""
    return find_strays(user_sync_app().plan(people, snapshot, remembered(*known), now=NOW), snapshot)


def test_an_account_that_is_licensed_or_enabled_and_nobodys_is_a_stray():
    """With its licences, its roles and the seats that they take; one that is empty and blocked is none."""
    found = strays([BO], tenant(BOS, OLD, EMPTY, SHARED, holding=((OLD, READER),)))
    assert [(each.username, each.enabled, each.licenses, each.roles) for each in found.accounts] == [
        ("old@corp.example", True, ("SPE_E3", "SPE_F1"), ("Global Reader",)),
        ("shared@corp.example", False, ("SPE_F1",), ()),
    ]
    assert found.seats == {"SPE_E3": 1, "SPE_F1": 2}
    assert found.accounts[1].through_groups == ("SPE_F1",)


def test_strays_are_listed_by_username_in_any_case():
    """Also one that is enabled and holds nothing; what has no name is called by its username."""
    found = strays([BO], tenant(BOS, OLD, account("Zed@corp.example"), account("amy@corp.example")))
    assert [each.username for each in found.accounts] == ["amy@corp.example", "old@corp.example", "Zed@corp.example"]
    assert found.accounts[0].name == "amy@corp.example"


def test_of_whom_a_problem_stops_nothing_is_a_stray_as_everybody():
    """Somebody left, and the account was enabled again by hand: the plan warns of it and leaves it."""
    left = evolve(ACTIVE, status=AppUserStatus.DEACTIVATED, departure=Departure(NOW - DAY))
    [stray] = strays([BO], tenant(BOS, account(NAME, onPremisesImmutableId=ANN.id)), [left]).accounts
    assert (stray.username, stray.enabled) == (NAME, True)


def test_whoever_the_plan_links_creates_or_holds_is_assigned():
    """So are people who wait, are suspended, or are stopped under their own name."""
    held = assigned(evolve(ANN, status="SUSPENDED"))
    there = account(NAME, displayName="Ann Lee", onPremisesImmutableId=ANN.id)
    found = strays([BO, held, assigned(somebody("Cy Young"))], tenant(BOS, there), [ACTIVE])
    assert found.accounts == ()
    admin = account(f"di.fox@{DOMAIN}", onPremisesImmutableId="00uDiFox")
    assert strays([assigned(somebody("Di Fox"))], tenant(admin, holding=((admin, READER),))).accounts == ()


def test_who_leaves_is_a_stray_from_the_block_on_as_long_as_licences_are_held():
    """The seats of leavers are found too, with the day on which they left."""
    left = evolve(ACTIVE, status=AppUserStatus.DEACTIVATED, departure=Departure(NOW - DAY))
    there = account(NAME, accountEnabled=False, licenses=[E3.id], onPremisesImmutableId=ANN.id)
    [stray] = strays([BO], tenant(BOS, there), [left]).accounts
    assert (stray.why, stray.licenses) == ("left on 2026-05-31", ("SPE_E3",))


def test_what_another_app_has_linked_is_said():
    """It is that app's to decide."""
    snapshot = tenant(BOS, OLD)
    known = evolve(remembered(), linked_elsewhere={OLD.id: "Office 365 (Oslo)"})
    plan = user_sync_app().plan([BO], snapshot, known, now=NOW)
    assert [each.why for each in find_strays(plan, snapshot).accounts] == ["linked by the app Office 365 (Oslo)"]


def test_an_account_that_is_excluded_is_marked():
    """Somebody decided that it is never touched, so that nobody looks into it again."""
    plan, snapshot = user_sync_app().plan([BO], tenant(BOS, OLD), remembered(), now=NOW), tenant(BOS, OLD)
    rules = Lifecycle(excluded_accounts=[OLD.id.upper()])
    assert [each.why for each in find_strays(plan, snapshot, lifecycle=rules).accounts] == ["excluded: never touched"]


def test_the_plan_takes_nothing_from_strays():
    """They are shown and stay as they are, today and on the day on which everybody has left."""
    snapshot = tenant(BOS, OLD, SHARED)
    for people in ([BO], []):
        plan = user_sync_app().plan(people, snapshot, remembered(), now=NOW)
        assert {change.object_id for change in plan}.isdisjoint({OLD.id, SHARED.id})


def test_strays_have_the_forms_of_a_plan():
    """Text, rows, HTML, and JSON that reads back."""
    found = strays([BO], tenant(BOS, OLD, SHARED, holding=((SHARED, READER),)))
    assert str(found).splitlines() == [
        "2 accounts that nobody is assigned to, with 1 SPE_E3, 2 SPE_F1",
        "Old Ann <old@corp.example>: may sign in; SPE_E3, SPE_F1; no role  (never linked from here)",
        "shared@corp.example: blocked; SPE_F1 (through a group); Global Reader  (never linked from here)",
    ]
    assert found.to_dicts()[1] == {
        "object_id": SHARED.id,
        "username": "shared@corp.example",
        "name": "shared@corp.example",
        "enabled": False,
        "licenses": "SPE_F1",
        "through_groups": "SPE_F1",
        "roles": "Global Reader",
        "why": "never linked from here",
    }
    assert Strays.from_json(found.to_json()) == found
    assert all(f">{each}</th>" in found.to_html() for each in ("Account", "Sign-in", "Licences", "Roles", "Why"))
    assert "never linked" in found.to_html()
    assert repr(found) == "Strays(2 accounts)"


def test_strays_that_are_not_shown_are_counted():
    """Somebody who looks at the first alone knows that there are more; where there is none, one line says so."""
    found = strays([BO], tenant(BOS, OLD, SHARED, account("amy@corp.example")))
    assert "2 more accounts" in found.to_text(limit=1)
    assert "no licence" in found.to_text(limit=1)
    assert str(strays([BO], tenant(BOS))) == "0 accounts that nobody is assigned to, with no seats"
    with pytest.raises(ConfigurationError, match="limit"):
        found.document(limit=-1)


def test_strays_are_looked_for_in_the_whole_tenant_of_the_plan():
    """Of a tenant that was read in part, or of another one, nobody can say."""
    snapshot = tenant(BOS)
    plan = user_sync_app().plan([BO], snapshot, remembered(), now=NOW)
    with pytest.raises(UsageError, match="two tenants"):
        find_strays(plan, evolve(snapshot, tenant_id="another"))
    with pytest.raises(UsageError, match="in the whole tenant"):
        find_strays(plan, evolve(snapshot, coverage=Coverage([ANN.id])))
