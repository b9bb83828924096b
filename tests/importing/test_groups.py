"""What becomes of groups in an import: which are imported with whom, and what unticking removes."""

import pytest
from attrs import evolve
from imports import holding, importable, planned, settings
from organisation import NOW, TENANT_ID, somebody

from o365prov.errors import PlanRefusedError
from o365prov.importing import GroupOutcome, ImportedGroup, ImportedUser, ImportGroups, ImportMemory
from o365prov.people import GroupAssignment
from o365prov.planning import GroupKind, TenantGroup

ANN, BOB, CY = (importable(name) for name in ("Ann Lee", "Bob Ross", "Cy Orr"))
PEOPLE = [somebody(each.properties["displayName"]) for each in (ANN, BOB, CY)]
KNOWN = [ImportedUser(user.id, person.id, user.username) for user, person in zip((ANN, BOB, CY), PEOPLE, strict=True)]


def remembering(*groups):
    """The memory of imports that gave all people and these groups."""
    return ImportMemory(TENANT_ID, "Office 365", KNOWN, groups)


def group_of(group, *, memory=None, **fields):
    """The only decision about groups, with this one in the tenant."""
    memory = remembering() if memory is None else memory
    [decided] = planned(PEOPLE, holding(ANN, BOB, CY, groups=(group,) if group else ()), memory, **fields).groups
    return decided


STAFF = TenantGroup("g1", "Staff", members={ANN.id, BOB.id})
WITH_ANN_AND_CY = ImportedGroup("g1", "Staff", members=[ANN.id, CY.id])


@pytest.mark.parametrize("kind", [GroupKind.MICROSOFT_365, GroupKind.SECURITY, GroupKind.DISTRIBUTION])
def test_groups_of_okta_s_three_types_are_imported(kind):
    """With their direct members."""
    decided = group_of(evolve(STAFF, kind=kind))
    assert (decided.outcome, decided.before, set(decided.after)) == (GroupOutcome.ADDED, (), {ANN.id, BOB.id})


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"synced": True}, "its source is Windows Server AD: import it from there"),
        ({"kind": GroupKind.MAIL_ENABLED_SECURITY}, "mail-enabled security groups are not imported"),
        ({"hidden": True, "members": ()}, "its members are hidden: grant Member.Read.Hidden"),
    ],
)
def test_other_groups_are_not_and_it_is_said_why(fields, why):
    """They are not in the memory afterwards."""
    decided = group_of(evolve(STAFF, **fields))
    assert (decided.outcome, decided.reason, decided.after) == (GroupOutcome.NOT_IMPORTED, why, ())


def test_a_group_whose_members_are_hidden_stays_as_it_was():
    """Not to see anybody is another thing than that nobody is there."""
    hidden = evolve(STAFF, hidden=True, members=())
    decided = group_of(hidden, memory=remembering(WITH_ANN_AND_CY))
    assert (decided.outcome, set(decided.after)) == (GroupOutcome.UNCHANGED, {ANN.id, CY.id})


def test_hidden_members_that_may_be_read_are_imported():
    """With Member.Read.Hidden, Graph shows them."""
    decided = group_of(evolve(STAFF, hidden=True), memory=remembering(WITH_ANN_AND_CY))
    assert (decided.outcome, set(decided.after)) == (GroupOutcome.CHANGED, {ANN.id, BOB.id})


def test_members_before_and_after_are_told():
    """Who comes, who goes, and the direct members that are not users."""
    decided = group_of(evolve(STAFF, nested=2), memory=remembering(WITH_ANN_AND_CY))
    assert (decided.outcome, set(decided.before)) == (GroupOutcome.CHANGED, {ANN.id, CY.id})
    assert (decided.joining, decided.leaving, decided.nested) == ({BOB.id}, {CY.id}, 2)


def test_members_are_those_whose_accounts_are_imported():
    """A member who waits, or is not importable, is none yet."""
    unlicensed = importable("Di Fox", licenses=())
    group = evolve(STAFF, members={ANN.id, BOB.id, unlicensed.id})
    plan = planned(PEOPLE, holding(ANN, BOB, unlicensed, groups=(group,)), choices={ANN.id: PEOPLE[0].id})
    assert plan.groups[0].after == (ANN.id,)
    [imported] = plan.accept().app_groups()
    assert (imported.type, imported.source_id, imported.members) == ("APP_GROUP", "Office 365", {PEOPLE[0].id})


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({}, GroupOutcome.UNCHANGED),
        ({"name": "All staff"}, GroupOutcome.CHANGED),
        ({"kind": GroupKind.DISTRIBUTION}, GroupOutcome.CHANGED),
        ({"synced": True}, GroupOutcome.REMOVED),
        (None, GroupOutcome.REMOVED),
    ],
)
def test_a_known_group_changes_or_goes_with_what_the_tenant_holds(change, outcome):
    """One that is synced from Active Directory now is imported from there, and one that is gone is removed."""
    memory = remembering(ImportedGroup("g1", "Staff", members=[ANN.id, BOB.id]))
    assert group_of(None if change is None else evolve(STAFF, **change), memory=memory).outcome is outcome


def test_later_leaves_everything_about_groups_as_it_is():
    """They need not be read, and those that are known stay known."""
    memory = remembering(WITH_ANN_AND_CY)
    plan = planned(PEOPLE, holding(ANN, BOB, CY, groups=None), memory, groups="later")
    assert (plan.groups, plan.hazards, plan.accept()) == ((), (), memory)


def test_never_removes_the_imported_groups_once_that_is_confirmed():
    """Unticking "Import Groups" takes the groups and what hangs on them; the accounts stay."""
    memory = remembering(WITH_ANN_AND_CY, ImportedGroup("g2", "Sales"))
    by_group = [GroupAssignment("g1", 0), GroupAssignment("okta-group", 1)]
    plan = planned(PEOPLE, holding(ANN, BOB, CY, groups=None), memory, groups="never", by_group=by_group)
    assert {each.outcome for each in plan.groups} == {GroupOutcome.REMOVED}
    assert plan.hazards == (
        "groups are not imported any more: 2 imported groups would be removed (Sales, Staff)",
        "the app is assigned to 1 group that would be removed (Staff)",
    )
    with pytest.raises(PlanRefusedError, match="needs a confirmation"):
        plan.accept()
    assert plan.accept(confirm=plan.fingerprint) == remembering()


def test_never_without_imported_groups_asks_nothing():
    """Whoever never imported groups loses none."""
    plan = planned(PEOPLE, holding(ANN, groups=None), groups="never")
    assert (plan.groups, plan.hazards) == ((), ())


@pytest.mark.parametrize(("when", "needed"), [("now", True), ("later", False), ("never", False)])
def test_groups_are_read_only_where_they_are_imported(when, needed):
    """Reading members takes a request a group."""
    assert settings(groups=when).needs().groups is needed


def test_ticking_again_imports_them_again():
    """As Okta says: the box can be selected later to import the groups."""
    never = planned(PEOPLE, holding(ANN, BOB, CY), remembering(WITH_ANN_AND_CY), groups=ImportGroups.NEVER)
    again = settings().plan(
        PEOPLE, holding(ANN, BOB, CY, groups=(STAFF,)), never.accept(confirm=never.fingerprint), now=NOW
    )
    assert again.groups[0].outcome is GroupOutcome.ADDED
