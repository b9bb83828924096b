"""What is remembered after a change: just that change."""

import pytest
from attrs import evolve
from organisation import NOW

from o365prov import AppUser, AppUsers, Departure, LicenseGrant
from o365prov.people import AppUserStatus, WaitingForSeat
from o365prov.planning import (
    AssignLicenses,
    BlockSignIn,
    CreateUser,
    DeleteUser,
    EnableSignIn,
    GrantRole,
    LicenseAddition,
    LinkUser,
    NextMemory,
    Plan,
    PropertyChange,
    Remember,
    RemoveLicenses,
    RemoveManager,
    RemoveRole,
    RestoreUser,
    RevokeSessions,
    SetManager,
    Subject,
    UpdateUser,
    after_change,
    maybe_after_change,
)

ANN = Subject("00uAnn", "Ann Lee", "ann.lee@corp.example")
KNOWN = AppUser(
    "00uAnn",
    "id-ann",
    "ann.lee@corp.example",
    fingerprint="old print",
    licenses=(LicenseGrant("SPE_E3"),),
    roles=("Directory Readers", "Helpdesk Administrator"),
    manager_id="id-bo",
    manager_reference="bo",
)


def after(change):
    """What is remembered of Ann after this change."""
    return after_change(KNOWN, change, "id-ann")


def test_a_profile_that_was_written_is_remembered():
    """With the type that wrote it; what was given to the account stays."""
    known = after_change(evolve(KNOWN, unfinished=True), UPDATE, "id-ann", provisioning_type="user_sync")
    assert known == evolve(KNOWN, anchor="anchor", fingerprint="print", provisioning_type="user_sync")
    renamed = after_change(evolve(KNOWN, username="ann@corp.example"), UPDATE, "id-ann")
    assert renamed.username == ANN.username


def test_an_account_that_was_linked_and_written_in_part_is_not_in_doubt():
    """It is known what was written: the next plan has the rest of it, because there is no fingerprint."""
    linked = after_change(None, UPDATE, "id-ann", written=())
    assert (linked.unfinished, linked.fingerprint) == (False, "")


def test_a_manager_is_remembered_with_how_the_source_names_them():
    """And with the account, by which the next plan knows them."""
    change = SetManager(ANN, "manager", "id-ann", Subject("00uCy", "Cy", "cy@corp.example"), None, "cy")
    known = after_change(KNOWN, change, "id-ann", manager_id="id-cy")
    assert (known.manager_id, known.manager_reference) == ("id-cy", "cy")


def test_a_revocation_for_no_password_keeps_the_last_one():
    """Who left is signed out, which says nothing of when the password changed."""
    known = evolve(KNOWN, password_instant=NOW)
    assert after_change(known, RevokeSessions(ANN, "left", "id-ann", None), "id-ann") == known


def test_a_role_taken_away_leaves_the_others():
    """Only the role of the change goes."""
    assert after(RemoveRole(ANN, "left", "id-ann", "Directory Readers", "role", "a")).roles == (
        "Helpdesk Administrator",
    )


def test_a_role_granted_is_added_once():
    """Roles are kept in order, each once."""
    assert after(GrantRole(ANN, "assigned", "id-ann", "Directory Readers", "role")).roles == KNOWN.roles
    assert len(after(GrantRole(ANN, "assigned", "id-ann", "Reports Reader", "role")).roles) == 3


def test_licences_and_manager_are_forgotten_when_they_are_taken_away():
    """Nothing else is."""
    assert after(RemoveLicenses(ANN, "left", "id-ann", ())).licenses == ()
    without = after(RemoveManager(ANN, "none", "id-ann"))
    assert (without.manager_id, without.manager_reference, without.licenses) == (None, "", KNOWN.licenses)


def test_blocking_is_remembered_with_its_moment_and_undone_by_enabling():
    """The moment decides when the next step is due."""
    blocked = after(BlockSignIn(ANN, "left", "id-ann", Departure(NOW)))
    assert (blocked.status, blocked.departure) == (AppUserStatus.DEACTIVATED, Departure(NOW))
    restored = after_change(blocked, EnableSignIn(ANN, "again", "id-ann"), "id-ann")
    assert (restored.status, restored.departure) == (AppUserStatus.ACTIVE, None)


def test_what_a_deleted_account_was_given_is_remembered():
    """Whoever restores the account brings it back, and then it has to be known as ours."""
    waiting = evolve(KNOWN, waiting=(WaitingForSeat("SPE_E5", NOW),))
    gone = after_change(waiting, DeleteUser(ANN, "due", "id-ann"), "id-ann")
    assert gone == evolve(KNOWN, status=AppUserStatus.DELETED)


def test_a_deletion_remembers_when_the_person_left():
    """Either by itself, or as it is remembered already."""
    left = Departure(NOW)
    assert after(DeleteUser(ANN, "due", "id-ann", departure=left)).departure == left
    known = evolve(KNOWN, status=AppUserStatus.DEACTIVATED, departure=left)
    assert after_change(known, DeleteUser(ANN, "due", "id-ann"), "id-ann").departure == left


def test_another_account_has_nothing_of_the_old_one():
    """What was given to one account is not on another."""
    other = after_change(KNOWN, RevokeSessions(ANN, "changed", "id-new", NOW), "id-new")
    assert (other.object_id, other.licenses, other.roles, other.password_instant) == ("id-new", (), (), NOW)


UPDATE = UpdateUser(
    ANN,
    "the profile changed",
    "id-ann",
    (
        PropertyChange("accountEnabled", False, True),
        PropertyChange("jobTitle", None, "Lead"),
        PropertyChange("onPremisesImmutableId", None, "anchor"),
        PropertyChange("userPrincipalName", "ann@corp.example", "ann.lee@corp.example"),
    ),
    "print",
    "anchor",
)


def in_part(*written, known=KNOWN):
    """What is remembered of Ann after an update wrote these of its properties."""
    return after_change(known, UPDATE, "id-ann", provisioning_type="user_sync", written=written)


def test_an_update_in_part_is_remembered_as_far_as_it_went():
    """Names that were not written are not remembered, and the profile counts as unknown."""
    known = in_part("accountEnabled", "jobTitle")
    assert (known.username, known.anchor, known.fingerprint) == ("ann@corp.example", None, "")
    assert (known.status, known.provisioning_type) == (AppUserStatus.ACTIVE, "user_sync")
    assert (known.licenses, known.roles) == (KNOWN.licenses, KNOWN.roles)


def test_names_that_an_update_in_part_wrote_are_remembered():
    """Username and anchor, each by itself."""
    assert in_part("userPrincipalName").username == ANN.username
    assert in_part("onPremisesImmutableId").anchor == "anchor"


def test_until_who_is_back_can_sign_in_the_block_is_remembered():
    """So that it is known to be ours, in case that enabling fails."""
    blocked = evolve(KNOWN, status=AppUserStatus.DEACTIVATED, departure=Departure(NOW))
    update = evolve(UPDATE, activates=False)
    for written in (None, ("jobTitle",)):
        known = after_change(blocked, update, "id-ann", written=written)
        assert (known.status, known.departure) == (AppUserStatus.ENABLING, Departure(NOW))
        assert after_change(known, EnableSignIn(ANN, "", "id-ann"), "id-ann").departure is None


def test_an_update_in_part_links_an_account_for_the_first_time():
    """The account is the person's, under the name that it has."""
    known = in_part("jobTitle", known=None)
    assert (known.object_id, known.username, known.anchor) == ("id-ann", "ann@corp.example", None)


def maybe(change, known=KNOWN, **options):
    """What is remembered of Ann while this change may be done or not."""
    return maybe_after_change(known, change, "id-ann", **options)


def test_while_a_licence_may_be_given_old_and_new_are_remembered():
    """Whoever leaves then loses both."""
    added = (LicenseAddition("sku-5", "SPE_E5"),)
    change = AssignLicenses(ANN, "group", "id-ann", added, (), (LicenseGrant("SPE_E5"),))
    known = maybe(change)
    assert {each.sku for each in known.licenses} == {"SPE_E3", "SPE_E5"}
    assert known.unfinished


def test_who_was_given_a_licence_and_could_not_be_linked_may_still_have_to_be_enabled():
    """Others may have blocked the account: the next plan, which links it, asks about that as the first one did."""
    change = AssignLicenses(
        ANN, "group", "id-ann", (LicenseAddition("sku-5", "SPE_E5"),), (), (LicenseGrant("SPE_E5"),)
    )
    known = after_change(None, change, "id-ann")
    assert (known.status, known.unfinished) == (AppUserStatus.ENABLING, True)


def test_what_may_be_taken_is_still_remembered():
    """A role, a manager and licences: it may be there or not. Sign-in that may be enabled is still to be enabled."""
    for change in (
        RemoveRole(ANN, "left", "id-ann", "Directory Readers", "role", "a"),
        RemoveManager(ANN, "none", "id-ann"),
        RemoveLicenses(ANN, "left", "id-ann", ()),
        EnableSignIn(ANN, "again", "id-ann"),
    ):
        assert maybe(change) == evolve(KNOWN, unfinished=True)


def test_a_block_that_may_be_done_is_remembered_as_ours():
    """Otherwise an account that is found blocked would count as blocked by others, and nobody would be signed out."""
    known = maybe(BlockSignIn(ANN, "left", "id-ann", Departure(NOW)))
    assert (known.status, known.departure, known.unfinished) == (AppUserStatus.ACTIVE, Departure(NOW), True)


def test_a_role_or_a_manager_that_may_be_given_is_remembered():
    """The manager without how the source names it, so that the next plan sends it again."""
    known = maybe(GrantRole(ANN, "assigned", "id-ann", "Authentication Administrator", "role"))
    assert known.roles == ("Authentication Administrator", *KNOWN.roles)
    manager = SetManager(ANN, "manager", "id-ann", Subject("00uCy", "Cy", "cy@corp.example"), None, "cy")
    known = maybe(manager, manager_id="id-cy")
    assert (known.manager_id, known.manager_reference) == ("id-cy", "")


def test_an_update_that_may_be_done_links_the_account():
    """Under the name that it had, without a fingerprint: the next plan compares it."""
    known = maybe(UPDATE, None, provisioning_type="user_sync")
    assert (known.object_id, known.username, known.fingerprint) == ("id-ann", "ann@corp.example", "")
    assert known.unfinished


def test_an_account_that_may_be_created_is_remembered_without_an_id():
    """By what was sent, so that the tenant can tell."""
    create = CreateUser(ANN, "new", {"displayName": "Ann Lee"}, "print", anchor="anchor")
    known = maybe_after_change(None, create, "", provisioning_type="user_sync")
    assert known == AppUser("00uAnn", "", ANN.username, "anchor", provisioning_type="user_sync", unfinished=True)


@pytest.mark.parametrize(
    "change",
    [
        LinkUser(ANN, "found", "id-ann", "print"),
        RestoreUser(ANN, "found", "id-ann"),
        RevokeSessions(ANN, "left", "id-ann", None),
        Remember(ANN, "left", "id-ann"),
        DeleteUser(ANN, "due", "id-ann"),
    ],
)
def test_of_what_gives_nothing_or_takes_the_account_only_the_tenant_tells(change):
    """Nothing is remembered while it may be done or not."""
    assert maybe(change) is None
    assert memory(KNOWN).begin(change, "id-ann") == ()


def test_what_is_known_to_be_done_is_finished():
    """An update that succeeds ends the doubt."""
    doubt = maybe(UPDATE)
    assert not after_change(doubt, UPDATE, "id-ann", provisioning_type="user_sync").unfinished


def memory(*users, changes=()):
    """The memory of these people while a plan with these changes is applied."""
    known = AppUsers("contoso", "Office 365", users)
    return NextMemory(known, Plan("contoso", NOW, changes, app_users=known, provisioning_type="user_sync"))


def test_what_is_begun_is_remembered_with_the_manager_and_the_type():
    """As it may be from then on."""
    known = memory(KNOWN)
    manager = SetManager(ANN, "manager", "id-ann", Subject("00uCy", "Cy", "cy@corp.example"), None, "cy")
    known.begin(manager, "id-ann", manager_id="id-cy")
    assert known.get("00uAnn").manager_id == "id-cy"
    known.begin(UPDATE, "id-ann")
    assert known.get("00uAnn").provisioning_type == "user_sync"


def test_what_is_noted_is_remembered_with_the_manager_the_type_and_what_was_written():
    """An update in part leaves the person unfinished, where they were not finished before."""
    known = memory(evolve(KNOWN, unfinished=True), changes=[UPDATE])
    manager = SetManager(ANN, "manager", "id-ann", Subject("00uCy", "Cy", "cy@corp.example"), None, "cy")
    known.note(manager, "id-ann", manager_id="id-cy")
    assert known.get("00uAnn").manager_id == "id-cy"
    known.note(UPDATE, "id-ann", written=("jobTitle",))
    after = known.get("00uAnn")
    assert (after.username, after.provisioning_type, after.unfinished) == ("ann@corp.example", "user_sync", True)


def test_nothing_is_begun_on_an_account_that_was_not_created():
    """Only a create needs no account."""
    known = memory()
    assert known.begin(GrantRole(ANN, "assigned", None, "Reports Reader", "role"), None) == ()
    assert known.begin(CreateUser(ANN, "new", {"displayName": "Ann Lee"}, "print"), None) == ("00uAnn",)
    assert known.get("00uAnn").object_id == ""


def test_an_account_that_may_be_created_is_nobody_elses():
    """Two creates of different people are begun, and neither knows its account."""
    known = memory(AppUser("00uBo", "", "bo@corp.example", unfinished=True))
    assert known.begin(CreateUser(ANN, "new", {"displayName": "Ann Lee"}, "print"), None) == ("00uAnn",)
    assert known.get("00uBo").username == "bo@corp.example"


def test_an_account_turns_out_to_be_the_one_that_was_begun():
    """What was sent with it is still remembered."""
    known = memory(AppUser("00uAnn", "", ANN.username, "anchor", provisioning_type="user_sync", unfinished=True))
    known.note(GrantRole(ANN, "assigned", "id-ann", "Reports Reader", "role"), "id-ann")
    after = known.get("00uAnn")
    assert (after.object_id, after.anchor, after.roles) == ("id-ann", "anchor", ("Reports Reader",))


def test_a_change_that_nobody_knows_of_is_compared_again():
    """Of somebody of whom nothing is remembered there is nothing to doubt."""
    known = memory(KNOWN)
    assert known.doubt(UPDATE) == ("00uAnn",)
    assert known.get("00uAnn") == evolve(KNOWN, unfinished=True)
    assert memory().doubt(UPDATE) == ()


def test_a_change_that_failed_takes_nothing_back_that_was_noted_since():
    """The licences were given while the role was on its way."""
    known = memory(KNOWN)
    role = GrantRole(ANN, "assigned", "id-ann", "Reports Reader", "role")
    known.begin(role, "id-ann")
    known.note(AssignLicenses(ANN, "group", "id-ann", (), (), (LicenseGrant("SPE_E5"),)), "id-ann")
    known.fail(role)
    assert known.get("00uAnn").licenses == (LicenseGrant("SPE_E5"),)


@pytest.mark.parametrize("blocks", [False, True])
def test_who_was_finished_stays_so_unless_the_plan_blocks_them(blocks):
    """A block and what follows it belong together; of anybody else each change is by itself."""
    role = GrantRole(ANN, "assigned", "id-ann", "Reports Reader", "role")
    other = BlockSignIn(ANN, "left", "id-ann", Departure(NOW)) if blocks else UPDATE
    known = memory(KNOWN, changes=[role, other])
    known.note(role, "id-ann")
    assert known.get("00uAnn").unfinished is blocks


@pytest.mark.parametrize("status", [AppUserStatus.ENABLING, AppUserStatus.DELETED])
def test_who_is_not_in_use_is_finished_with_everything(status):
    """As somebody new is."""
    role = GrantRole(ANN, "assigned", "id-ann", "Reports Reader", "role")
    known = memory(evolve(KNOWN, status=status), changes=[role, UPDATE])
    known.note(role, "id-ann")
    assert known.get("00uAnn").unfinished


def test_a_change_that_failed_leaves_what_was_there():
    """What might have been is forgotten again."""
    known = memory(KNOWN)
    change = GrantRole(ANN, "assigned", "id-ann", "Reports Reader", "role")
    assert known.begin(change, "id-ann") == ("00uAnn",)
    assert known.fail(change) == ("00uAnn",)
    assert known.get("00uAnn") == KNOWN


def test_a_change_that_succeeded_is_all_that_is_remembered():
    """Not the union that was remembered while it was on its way."""
    known = memory(KNOWN)
    change = AssignLicenses(ANN, "group", "id-ann", (), (), (LicenseGrant("SPE_E5"),))
    known.begin(change, "id-ann")
    assert known.note(change, "id-ann") == ("00uAnn",)
    assert known.get("00uAnn").licenses == (LicenseGrant("SPE_E5"),)


def test_who_is_new_and_did_not_get_everything_is_compared_again():
    """Also where a type updates nobody who is linked."""
    create = CreateUser(ANN, "new", {"displayName": "Ann Lee"}, "print")
    grant = GrantRole(ANN, "assigned", None, "Reports Reader", "role")
    known = memory(changes=[create, grant])
    known.note(create, "id-ann")
    known.fail(grant)
    assert known.get("00uAnn").unfinished
    known.note(grant, "id-ann")
    assert not known.get("00uAnn").unfinished


def test_an_account_that_may_be_handed_over_is_one_persons():
    """The person who gets it; if that failed, the one who had it."""
    bo = Subject("00uBo", "Bo", "bo@corp.example")
    known = memory(KNOWN)
    change = evolve(UPDATE, subject=bo, takes_over="00uAnn")
    assert known.begin(change, "id-ann") == ("00uBo", "00uAnn")
    assert (known.get("00uAnn"), known.get("00uBo").licenses) == (None, KNOWN.licenses)
    assert known.fail(change) == ("00uBo", "00uAnn")
    assert (known.get("00uAnn"), known.get("00uBo")) == (KNOWN, None)


@pytest.mark.parametrize("succeeds", [True, False])
def test_an_account_that_was_handed_over_is_one_persons_whatever_else_was_noted(succeeds):
    """The person who gets it has a role by then, so that the account is theirs."""
    bo = Subject("00uBo", "Bo", "bo@corp.example")
    known = memory(KNOWN)
    change = evolve(UPDATE, subject=bo, takes_over="00uAnn")
    known.begin(change, "id-ann")
    known.note(GrantRole(bo, "assigned", "id-ann", "Reports Reader", "role"), "id-ann")
    assert set(known.note(change, "id-ann") if succeeds else known.fail(change)) == {"00uBo", "00uAnn"}
    assert (known.get("00uAnn"), known.get("00uBo").object_id) == (None, "id-ann")


def test_two_people_may_exchange_their_accounts():
    """Whatever is begun and noted first."""
    bo = Subject("00uBo", "Bo", "bo@corp.example")
    known = memory(KNOWN, AppUser("00uBo", "id-bo", "bo@corp.example", roles=("Reports Reader",)))
    first = evolve(UPDATE, subject=bo, takes_over="00uAnn")
    second = evolve(UPDATE, object_id="id-bo", takes_over="00uBo")
    known.begin(first, "id-ann")
    known.begin(second, "id-bo")
    known.note(first, "id-ann")
    known.note(second, "id-bo")
    assert (known.get("00uBo").object_id, known.get("00uBo").roles) == ("id-ann", KNOWN.roles)
    assert (known.get("00uAnn").object_id, known.get("00uAnn").roles) == ("id-bo", ("Reports Reader",))


@pytest.mark.parametrize("granted", [True, False])
def test_who_was_unfinished_stays_so_until_everything_is_done(granted):
    """A role that may have been given is not believed once the account is linked again, and the role is refused."""
    unfinished = evolve(KNOWN, roles=("Reports Reader",), unfinished=True)
    app_users = AppUsers("contoso", "Office 365", [unfinished])
    link = LinkUser(ANN, "not everything was written before", "id-ann", "print")
    role = GrantRole(ANN, "assigned", "id-ann", "Reports Reader", "role")
    known = NextMemory(app_users, Plan("contoso", NOW, (link, role), app_users=app_users))
    known.note(link, "id-ann")
    assert known.get("00uAnn").unfinished
    known.begin(role, "id-ann")
    known.note(role, "id-ann") if granted else known.fail(role)
    assert known.get("00uAnn").unfinished is not granted


def test_a_plan_that_goes_on_finishes_who_was_unfinished():
    """With what an earlier apply of the plan did."""
    app_users = AppUsers("contoso", "Office 365", [evolve(KNOWN, unfinished=True)])
    link = LinkUser(ANN, "not everything was written before", "id-ann", "print")
    role = GrantRole(ANN, "assigned", "id-ann", "Reports Reader", "role")
    known = NextMemory(app_users, Plan("contoso", NOW, (link, role), app_users=app_users))
    known.resume(("00uAnn", "00uGone"), done=(link,))
    assert known.get("00uAnn").unfinished
    known.note(role, "id-ann")
    assert not known.get("00uAnn").unfinished
    known.resume(("00uAnn",), done=(link, role))
    assert not known.get("00uAnn").unfinished


def test_a_plan_that_goes_on_finishes_whom_it_has_nothing_left_for():
    """An earlier apply of it did everything, and ended before it could say so."""
    link = LinkUser(ANN, "not everything was written before", "id-ann", "print")
    known = memory(evolve(KNOWN, unfinished=True), changes=[link])
    known.resume(("00uAnn",), done=(link,))
    assert not known.get("00uAnn").unfinished


def test_the_memory_after_a_plan_is_all_that_was_noted():
    """Who gave an account away is forgotten, and everybody else stays."""
    cy = AppUser("00uCy", "id-cy", "cy@corp.example")
    known = memory(KNOWN, cy)
    change = evolve(UPDATE, subject=Subject("00uBo", "Bo", "bo@corp.example"), takes_over="00uAnn")
    assert known.note(change, "id-ann") == ("00uBo", "00uAnn")
    after = known.after("plan-1")
    assert {each.person_id: each.object_id for each in after} == {"00uBo": "id-ann", "00uCy": "id-cy"}


def test_what_an_account_got_although_linking_it_failed_is_compared_again():
    """Its name need not be the one that the person should have."""
    known = memory()
    known.fail(UPDATE)
    known.note(AssignLicenses(ANN, "group", "id-ann", (), (), (LicenseGrant("SPE_E5"),)), "id-ann")
    assert known.get("00uAnn").unfinished
    known.note(UPDATE, "id-ann")
    assert not known.get("00uAnn").unfinished
