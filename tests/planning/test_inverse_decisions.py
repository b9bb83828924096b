"""What is taken back of a report, decided from a tenant and a memory that are written down: nothing is applied."""

import pytest
from attrs import evolve
from leavers import ACTIVE, ANN, DAY, NAME
from organisation import DIRECTORY_READERS, DOMAIN, E3, F1, NOW, READER, account, remembered, tenant

from o365prov import Departure, HeldLicense, LicenseGrant, Outcome, Report, Result
from o365prov.people import AppUserStatus
from o365prov.planning import (
    AssignLicenses,
    BlockSignIn,
    CreateUser,
    DeleteUser,
    GrantRole,
    LicenseAddition,
    LicenseRemoval,
    PropertyChange,
    RemoveRole,
    RestoreUser,
    Subject,
    UpdateUser,
)

WHO, ID = Subject(ANN.id, "Ann Lee", NAME), ACTIVE.object_id
LEFT = Departure(NOW - 9 * DAY, "delete", 3)
GONE = evolve(ACTIVE, status=AppUserStatus.DELETED, departure=LEFT)


def there(**properties):
    """Ann's account."""
    return account(NAME, **{"displayName": "Ann Lee", "onPremisesImmutableId": ANN.id, **properties})


def deleted(**properties):
    """Ann's account among the deleted ones, as Graph names it there."""
    user = there(**properties)
    return evolve(
        user, properties={**user.properties, "userPrincipalName": f"{user.id.replace('-', '')}{user.username}"}
    )


def undone(change, snapshot, known=ACTIVE, result=Result.DONE, **outcome):
    """The inverse of a run with this change."""
    report = Report("plan-1", (Outcome(change, result, ID, **outcome),))
    return report.inverse(snapshot, remembered(known), now=NOW)


def codes(plan):
    """What is said, and that it stops nobody."""
    assert not any(each.stops for each in plan.problems)
    return [each.code for each in plan.problems]


@pytest.mark.parametrize(
    ("enabled", "departure", "status", "remembers"),
    [
        (True, LEFT, AppUserStatus.ACTIVE, None),
        (False, LEFT, AppUserStatus.DEACTIVATED, LEFT),
        (False, None, AppUserStatus.DEACTIVATED, Departure(NOW)),
    ],
    ids=["at once", "after the days", "on a day that nobody knows"],
)
def test_who_was_deleted_is_again_what_they_were(enabled, departure, status, remembers):
    """In use if the account was not blocked before, else as somebody who has left on that day."""
    change = DeleteUser(WHO, "left", ID)
    plan = undone(change, tenant(deleted=(deleted(accountEnabled=enabled),)), evolve(GONE, departure=departure))
    restore, remember = plan.changes
    assert (restore.kind, restore.subject.username, codes(plan)) == ("restore_user", NAME, [])
    assert (remember.status, remember.departure) == (status, remembers)


def test_who_was_blocked_and_deleted_by_one_run_can_sign_in_again():
    """The account that comes back is blocked, and enabling it ends the departure."""
    changes = (BlockSignIn(WHO, "left", ID, LEFT), DeleteUser(WHO, "left", ID))
    report = Report("plan-1", tuple(Outcome(each, Result.DONE, ID) for each in changes))
    plan = report.inverse(tenant(deleted=(deleted(accountEnabled=False),)), remembered(GONE), now=NOW)
    assert [each.kind for each in plan] == ["restore_user", "enable_sign_in"]
    assert plan.changes[1].subject.username == NAME


def test_an_account_whose_username_is_somebody_elses_by_now_stays_deleted():
    """In any case of the name."""
    plan = undone(DeleteUser(WHO, "left", ID), tenant(account(NAME.upper()), deleted=(deleted(),)), GONE)
    assert (plan.changes, codes(plan)) == ((), ["username_taken"])


def test_an_account_that_somebody_else_deleted_stays_so():
    """The run only wrote a value."""
    change = UpdateUser(WHO, "new title", ID, (PropertyChange("jobTitle", "Rep", "Boss"),), "")
    plan = undone(change, tenant(deleted=(deleted(jobTitle="Boss"),)))
    assert (plan.changes, codes(plan)) == ((), ["account_gone"])


@pytest.mark.parametrize(
    ("result", "written", "kinds", "said"),
    [
        (Result.DONE, (), ["update_user"], []),
        (Result.FAILED, (), [], []),
        (Result.FAILED, ("jobTitle",), ["update_user"], []),
        (Result.SKIPPED, (), [], []),
        (Result.UNKNOWN, (), [], ["unknown_outcome"]),
    ],
)
def test_what_is_not_known_to_be_done_is_not_taken_back(result, written, kinds, said):
    """And only of what is not known anything is said."""
    properties = (PropertyChange("jobTitle", "Rep", "Boss"), PropertyChange("city", "Oslo", "Bergen"))
    plan = undone(
        UpdateUser(WHO, "moved", ID, properties, ""),
        tenant(there(jobTitle="Boss", city="Bergen")),
        result=result,
        written=written,
    )
    assert ([each.kind for each in plan], codes(plan)) == (kinds, said)
    if written:
        assert plan.changes[0].properties == (PropertyChange("jobTitle", "Boss", "Rep"),)


@pytest.mark.parametrize(
    "made",
    [RestoreUser(WHO, "back", ID), CreateUser(WHO, "new", {"displayName": "Ann Lee", "mailNickname": "ann"}, "")],
    ids=["restored", "created"],
)
@pytest.mark.parametrize("privileged", [False, True])
def test_an_account_that_is_there_by_the_run_is_deleted(made, privileged):
    """What was not read of it is not taken for changed; an admin's is deleted first of all."""
    user = there()
    plan = undone(made, tenant(user, holding=((user, READER),) if privileged else ()))
    assert [(each.kind, each.privileged) for each in plan] == [("delete_user", privileged)]


def test_values_of_who_has_left_since_stay():
    """The account is kept as it was on that day, until it is deleted."""
    change = UpdateUser(WHO, "new title", ID, (PropertyChange("jobTitle", "Rep", "Boss"),), "")
    left = evolve(ACTIVE, status=AppUserStatus.DEACTIVATED, departure=LEFT)
    plan = undone(change, tenant(there(jobTitle="Boss", accountEnabled=False)), left)
    assert (plan.changes, codes(plan)) == ((), ["left_since"])


def test_a_value_that_was_written_twice_goes_back_to_the_first_one():
    """A temporary username in between is no state to go back to; nothing at all and an empty value are the same."""
    names = [f"{name}@{DOMAIN}" for name in ("old", "between")]
    changes = (
        UpdateUser(
            WHO, "temporary", ID, (PropertyChange("userPrincipalName", names[0], names[1]),), "", temporary=True
        ),
        UpdateUser(
            WHO,
            "final",
            ID,
            (PropertyChange("userPrincipalName", names[1], NAME), PropertyChange("city", None, "")),
            "",
        ),
    )
    report = Report("plan-1", tuple(Outcome(each, Result.DONE, ID) for each in changes))
    [back] = report.inverse(tenant(there()), remembered(ACTIVE), now=NOW).changes
    assert (back.properties, back.subject.username) == (
        (PropertyChange("userPrincipalName", NAME, names[0]),),
        names[0],
    )
    assert (back.anchor, back.activates) == (ANN.id, True)


@pytest.mark.parametrize(("role", "held"), [(READER, True), (READER, False), (DIRECTORY_READERS, False)])
def test_a_role_goes_the_other_way_only_where_it_is_as_the_run_left_it(role, held):
    """A privileged one that comes back is a hazard as any that is granted."""
    user = there()
    snapshot = tenant(user, holding=((user, role),) if held else ())
    granted = undone(GrantRole(WHO, "assigned", ID, role.name, role.id, role.privileged), snapshot)
    removed = undone(RemoveRole(WHO, "not assigned", ID, role.name, role.id, "x"), snapshot)
    if held:
        assert [each.kind for each in granted] == ["remove_role"]
        assert (removed.changes, codes(removed)) == ((), ["changed_since"])
    else:
        assert (granted.changes, codes(granted)) == ((), ["changed_since"])
        assert [(each.kind, each.privileged) for each in removed] == [("grant_role", role.privileged)]


def test_licences_go_the_other_way_only_where_they_are_as_the_run_left_them():
    """What was given is taken, what was taken is given with all service plans, switched plans are switched back."""
    change = AssignLicenses(
        WHO,
        "assigned",
        ID,
        (LicenseAddition(E3.id, "SPE_E3", ("plan-teams",), held=True, plans_on=("EXCHANGE",), plans_off=("TEAMS",)),),
        (LicenseRemoval(F1.id, "SPE_F1"),),
        (LicenseGrant("SPE_E3"),),
    )
    holds = HeldLicense(E3.id, frozenset({"plan-teams"}))
    plan = undone(change, tenant(there(licenses=[holds])))
    [back] = plan.changes
    assert [(each.part_number, each.disabled_plans, each.held) for each in back.add] == [
        ("SPE_F1", (), False),
        ("SPE_E3", ("plan-exchange",), True),
    ]
    assert (back.remove, codes(plan)) == ((), ["all_service_plans"])
    assert {each.sku for each in back.grants} == {"SPE_E3", "SPE_F1"}
    since = undone(change, tenant(there(licenses=[E3.id, F1.id])))
    assert (since.changes, codes(since)) == ((), ["changed_since"])


def test_a_licence_of_a_group_is_not_the_one_that_was_given():
    """It can't be taken from the person, and the direct one is gone."""
    change = AssignLicenses(WHO, "assigned", ID, (LicenseAddition(E3.id, "SPE_E3"),), (), ACTIVE.licenses)
    by_group = there(licenses=[HeldLicense(E3.id, inherited_from="group")])
    assert codes(undone(change, tenant(by_group))) == ["changed_since"]
    plan = undone(change, tenant(there(licenses=[E3.id])))
    assert ([each.part_number for each in plan.changes[0].remove], plan.changes[0].grants) == (["SPE_E3"], ())
