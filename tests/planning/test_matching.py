"""Which account is whose, where names differ in case, accounts were deleted, or the same name is asked for twice."""

import pytest
from attrs import evolve
from organisation import (
    DOMAIN,
    NOW,
    account,
    app_with,
    assigned,
    from_directory,
    remembered,
    somebody,
    tenant,
    user_sync_app,
)

from o365prov import AppUser, Departure, LicenseOnly, Lifecycle, ProfileSync, UsernameFormat, UserSync
from o365prov.people import AppUserStatus, UserStatus
from o365prov.planning import NextMemory, with_created_accounts
from o365prov.planning.model.labels import describe
from o365prov.profiles import PersonCondition

APP = user_sync_app()
NAME = f"ann.lee@{DOMAIN}"
ANN = somebody("Ann Lee")
RESTORING = evolve(APP, restore_deleted_users=True)


def said(plan, name="Ann Lee"):
    """What is wrong with a person, by code."""
    return [each.code for each in plan.problems if each.subject.name == name]


@pytest.mark.parametrize(("username", "email"), [(NAME.upper(), "ann.lee"), (NAME, "ANN.LEE")])
@pytest.mark.parametrize("provisioning", [APP.provisioning, ProfileSync(), LicenseOnly()])
def test_a_username_is_the_same_in_any_case(provisioning, username, email):
    """The account is the person's, and no rename is missed where none is made."""
    there = account(username, usageLocation="US")
    person = somebody("Ann Lee", email=f"{email}@corp.example")
    plan = app_with(provisioning).plan([assigned(person, "SPE_E3")], tenant(there), remembered(), now=NOW)
    assert {change.object_id for change in plan} == {there.id}
    assert set(said(plan)) <= {"no_anchor"}


def test_a_person_without_a_username_is_named_by_the_one_that_is_remembered():
    """The format gives none any more, which is the problem."""
    app = evolve(APP, username=UsernameFormat.custom("user.nickName"))
    known = AppUser(ANN.id, account(NAME).id, NAME, ANN.id)
    plan = app.plan([assigned(ANN)], tenant(account(NAME)), remembered(known), now=NOW)
    assert {each.subject.username for each in plan.problems} == {NAME}


def test_a_name_is_not_free_while_its_holder_has_no_other():
    """The account's own person can't be given a username now: nothing renames it."""
    bo = somebody("Bo Ross", email="")
    there = account(NAME, displayName="Bo Ross", onPremisesImmutableId=bo.id)
    known = AppUser(bo.id, there.id, NAME, bo.id)
    plan = APP.plan([assigned(ANN), assigned(bo)], tenant(there), remembered(known), now=NOW)
    assert said(plan) == ["account_of_another_person"]


def test_an_account_that_goes_to_its_own_person_still_gives_its_name_away():
    """The caller says what the memory says too: Ann is renamed, and Bo gets the name that she had."""
    ann, bo = somebody("Ann Lee", email="ann.ray@corp.example"), somebody("Bo Ross", email="ann.lee@corp.example")
    there = account(NAME, displayName="Ann Lee", onPremisesImmutableId=ann.id)
    known = remembered(AppUser(ann.id, there.id, NAME, ann.id))
    plan = APP.plan([assigned(ann), assigned(bo)], tenant(there), known, now=NOW, transfers={ann.id: there.id})
    assert [(each.kind, each.subject.name) for each in plan] == [("update_user", "Ann Lee"), ("create_user", "Bo Ross")]


def test_an_account_is_not_kept_for_who_is_held():
    """It is handed over once the person is provisioned; until then its name decides."""
    there = account(NAME, onPremisesImmutableId=ANN.id)
    held = somebody("Bo Ross", status="SUSPENDED")
    plan = APP.plan(
        [assigned(ANN), assigned(held)], tenant(there), remembered(), now=NOW, transfers={held.id: there.id}
    )
    assert said(plan) == []
    assert {change.object_id for change in plan} == {there.id}


def test_an_account_with_another_anchor_is_nobodys_although_it_was_linked_with_theirs():
    """Who left had the same source anchor, and somebody gave the account another since: sign-in would fail."""
    there = account(NAME, displayName="Ann Lee", onPremisesImmutableId="another", accountEnabled=False)
    departure = Departure(NOW)
    left = AppUser("00uOld", there.id, NAME, ANN.id, status=AppUserStatus.DEACTIVATED, departure=departure)
    assert said(APP.plan([assigned(ANN)], tenant(there), remembered(left), now=NOW)) == ["other_anchor"]


def test_an_account_that_was_renamed_as_the_person_should_be_called_is_still_theirs():
    """Neither has a source anchor, so that the username tells: somebody made the rename before the plan."""
    there = account(NAME)
    known = remembered(AppUser(ANN.id, there.id, f"ann@{DOMAIN}"))
    plan = APP.plan([assigned(ANN)], tenant(there), known, now=NOW)
    assert said(plan) == []
    assert {change.object_id for change in plan} == {there.id}


def deleted(username, **properties):
    """A deleted account, under the name that Entra gives it."""
    gone = account(username, **properties)
    return evolve(gone, properties={**gone.properties, "userPrincipalName": gone.id.replace("-", "") + username})


def test_a_deleted_account_with_the_persons_anchor_comes_back_whatever_is_remembered_of_another():
    """The one that was linked is gone for good."""
    there = deleted(f"older@{DOMAIN}", onPremisesImmutableId=ANN.id)
    known = remembered(AppUser(ANN.id, "gone", NAME))
    plan = RESTORING.plan([assigned(ANN)], tenant(deleted=(there,)), known, now=NOW)
    assert (plan.changes[0].kind, plan.changes[0].object_id) == ("restore_user", there.id)


def test_accounts_with_one_source_anchor_are_all_named():
    """In the order of their names; which of them is the person's only the caller can say."""
    twins = [account(f"{name}@{DOMAIN}", onPremisesImmutableId=ANN.id) for name in ("bo", "cy", "al")]
    [problem] = APP.plan([assigned(ANN)], tenant(*twins), remembered(), now=NOW).problems
    assert (problem.code, problem.attribute) == ("ambiguous_account", "immutableId")
    named = " and ".join(f"{each.username} (object id {each.id})" for each in sorted(twins, key=lambda a: a.username))
    assert problem.message.endswith(named)


@pytest.mark.parametrize(
    ("provisioning", "synced", "code"),
    [(APP.provisioning, False, "blocked_account"), (LicenseOnly(), True, "synced_blocked")],
)
def test_that_sign_in_stays_blocked_is_about_that_alone(provisioning, synced, code):
    """A warning; everything else is done."""
    there = account(NAME, accountEnabled=False, usageLocation="US", onPremisesSyncEnabled=synced)
    known = remembered(AppUser(ANN.id, there.id, NAME))
    app = app_with(provisioning)
    plan = app.plan([assigned(ANN, "SPE_E3")], tenant(there), known, now=NOW)
    [problem] = [each for each in plan.problems if each.code == code]
    assert (problem.attribute, problem.stops) == ("accountEnabled", False)
    assert "assign_licenses" in {change.kind for change in plan}


def test_an_account_that_matches_two_people_is_neithers():
    """License Only looks at no source anchor, which Bo's is all the same; Ann has the username."""
    there, bo = account(NAME, onPremisesImmutableId="00uBoRoss", usageLocation="US"), somebody("Bo Ross")
    app = app_with(LicenseOnly())
    plan = app.plan([assigned(ANN, "SPE_E3"), assigned(bo, "SPE_E3")], tenant(there), remembered(), now=NOW)
    assert plan.changes == ()
    assert all("ambiguous_account" in said(plan, name) for name in ("Ann Lee", "Bo Ross"))


def test_a_restored_account_that_we_had_blocked_is_enabled_without_asking():
    """As one that was not deleted in between; one that others had blocked is asked about."""
    gone = deleted(NAME, onPremisesImmutableId=ANN.id, accountEnabled=False)
    for blocked in (True, False):
        left = {"status": AppUserStatus.DEACTIVATED, "departure": Departure(NOW, blocked=blocked)}
        known = remembered(AppUser(ANN.id, gone.id, NAME, ANN.id, **left))
        plan = RESTORING.plan([assigned(ANN)], tenant(deleted=(gone,)), known, now=NOW)
        [enable] = [each for each in plan if each.kind == "enable_sign_in"]
        assert enable.overrides is not blocked


def test_a_deleted_account_that_would_get_the_anchor_of_another_stays_deleted():
    """Entra keeps the source anchors of deleted accounts: no other account can get one of them."""
    linked, other = deleted(NAME), deleted(f"other@{DOMAIN}", onPremisesImmutableId=ANN.id)
    known = remembered(AppUser(ANN.id, linked.id, NAME))
    plan = RESTORING.plan([assigned(ANN)], tenant(deleted=(linked, other)), known, now=NOW)
    assert (plan.changes, said(plan)) == ((), ["anchor_of_deleted_account"])
    assert plan.problems[0].attribute == "immutableId"


def test_an_anchor_of_a_deleted_account_stops_nobody_where_none_is_written():
    """License Only sends no source anchor."""
    there = account(NAME, usageLocation="US")
    plan = app_with(LicenseOnly()).plan(
        [assigned(ANN, "SPE_E3")],
        tenant(there, deleted=(deleted(f"other@{DOMAIN}", onPremisesImmutableId=ANN.id),)),
        remembered(),
        now=NOW,
    )
    assert "anchor_of_deleted_account" not in said(plan)
    assert "assign_licenses" in {change.kind for change in plan}


@pytest.mark.parametrize(
    ("anchor", "there"),
    [
        ("a", [account(f"other@{DOMAIN}", onPremisesImmutableId="a")]),
        (None, [account(NAME)]),
    ],
    ids=["by its anchor", "by its name in any case"],
)
def test_an_account_that_an_apply_may_have_created_is_found(anchor, there):
    """It ended before it could note the id: by the source anchor that it sent, else by the username."""
    begun = AppUser(ANN.id, "", NAME.upper(), anchor, unfinished=True)
    [found] = with_created_accounts(remembered(begun), tenant(*there))
    assert (found.person_id, found.object_id) == (ANN.id, there[0].id)


@pytest.mark.parametrize(
    ("anchor", "there"),
    [
        ("a", []),
        (None, []),
        ("a", [account(NAME)]),
        (None, [account(NAME, onPremisesImmutableId="b")]),
    ],
)
def test_an_account_that_no_apply_created_is_not_found(anchor, there):
    """There is none, or what has the name did not get what was sent: nothing is remembered."""
    begun = AppUser(ANN.id, "", NAME, anchor, unfinished=True)
    assert list(with_created_accounts(remembered(begun), tenant(*there))) == []


@pytest.mark.parametrize(
    "waits",
    [
        evolve(ANN, status=UserStatus.STAGED),
        evolve(ANN, status=UserStatus.SUSPENDED),
        evolve(ANN, profile={**ANN.profile, "department": "Excluded"}),
    ],
    ids=["until the day", "held", "excluded"],
)
def test_an_account_that_an_apply_created_is_remembered_also_of_who_waits(waits):
    """Nothing else is done for them, and another plan would have to look for the account again."""
    excluded = PersonCondition.of('user.department == "Excluded"')
    app = evolve(APP, lifecycle=Lifecycle(create_staged=True, excluded_people=excluded))
    snapshot = tenant(account(NAME, onPremisesImmutableId=ANN.id, accountEnabled=False))
    begun = AppUser(ANN.id, "", NAME, ANN.id, unfinished=True, status=AppUserStatus.PAUSED)
    begun = evolve(begun, excluded_by=excluded.text if waits.profile.get("department") else "")
    plan = app.plan([assigned(waits)], snapshot, remembered(begun), now=NOW)
    assert [(change.kind, change.reason) for change in plan] == [("remember", "created by an earlier apply")]
    assert describe(plan.changes[0]) == "remember the account as this person's"
    known = NextMemory.of(plan).after(plan.id)
    assert known.get(ANN.id).object_id == snapshot.users[0].id
    assert not app.plan([assigned(waits)], snapshot, known, now=NOW).changes


def test_an_account_that_may_have_been_created_is_one_persons():
    """Neither another's who is remembered or has the same source anchor, nor one that another app has linked."""
    there = account(NAME, onPremisesImmutableId="a")
    begun = [AppUser(each, "", NAME, "a", unfinished=True) for each in (ANN.id, "00uTwin")]
    assert len(with_created_accounts(remembered(*begun), tenant(there))) == 1
    other = AppUser("00uOther", there.id, NAME, "a")
    assert list(with_created_accounts(remembered(begun[0], other), tenant(there))) == [other]
    linked = evolve(remembered(begun[0]), linked_elsewhere={there.id: "Another app"})
    assert list(with_created_accounts(linked, tenant(there))) == []


def test_accounts_under_other_names_are_offered_in_the_order_of_their_ids():
    """Of a person who was never seen, by address in any case or by source anchor; the remedy hands over the first."""
    ann = from_directory(somebody("Ann Lee", email="Ann.Lee@Corp.Example", login=None))
    by_mail = [account(f"{name}@{DOMAIN}", mail="ann.lee@corp.example") for name in ("one", "two", "three")]
    by_anchor = account(f"four@{DOMAIN}", onPremisesImmutableId=ann.directory_accounts[0].anchor)
    first = min((*by_mail, by_anchor), key=lambda each: each.id)
    app = app_with(LicenseOnly())
    snapshot = tenant(*by_mail, by_anchor)
    [problem] = app.plan([assigned(ann)], snapshot, remembered(), now=NOW).problems
    assert all(each.id in problem.message for each in (*by_mail, by_anchor))
    assert f"transfers={{'{ann.id}': '{first.id}'}}" in problem.remedy
    known = remembered(AppUser(ann.id, "gone", NAME))
    [problem] = app.plan([assigned(ann)], snapshot, known, now=NOW).problems
    assert "transfers=" not in problem.remedy


@pytest.mark.parametrize(("username", "email"), [(NAME, "ann.lee"), (NAME.upper(), "ann.lee"), (NAME, "ANN.LEE")])
def test_who_has_a_username_keeps_it_in_any_case(username, email):
    """The other is stopped, and told what to do if both are one person; both are where nobody has it yet."""
    ann, twin = somebody("Ann Lee", email=f"{email}@corp.example"), evolve(ANN, id="00uTwin")
    there = account(username, onPremisesImmutableId=ANN.id)
    people = [assigned(ann), assigned(twin)]
    plan = APP.plan(people, tenant(there), remembered(AppUser(ANN.id, there.id, username, ANN.id)), now=NOW)
    assert [(each.subject.person_id, each.code) for each in plan.problems] == [("00uTwin", "collision")]
    assert "unassign the old one" in plan.problems[0].remedy
    plan = APP.plan(people, tenant(), remembered(), now=NOW)
    assert {each.subject.person_id for each in plan.problems} == {ANN.id, "00uTwin"}
    assert not any("unassign the old one" in each.remedy for each in plan.problems)


def test_nobody_keeps_a_source_anchor_that_another_has_too():
    """Sign-in sends it for either of them, whoever has the username."""
    app = APP.remap(APP.mapping.with_expression("immutableId", "user.employeeNumber"))
    people = [somebody(name, employeeNumber="17") for name in ("Ann Lee", "Bo Ross")]
    known = remembered(AppUser(ANN.id, account(NAME).id, NAME, "17"))
    there = tenant(account(NAME, onPremisesImmutableId="17"))
    plan = app.plan([assigned(each) for each in people], there, known, now=NOW)
    assert [each.code for each in plan.problems] == ["collision", "collision"]


def swapped():
    """Ann's account kept its name, which is Bo's now; nothing is remembered of either."""
    ann = from_directory(somebody("Ann Lee", email="bo.ross@corp.example"))
    bo = from_directory(somebody("Bo Ross", email="ann.lee@corp.example"))
    [hers] = ann.directory_accounts
    return [assigned(ann, "SPE_E3"), assigned(bo, "SPE_E3")], account(NAME, onPremisesImmutableId=hers.anchor)


@pytest.mark.parametrize("only", [None, {"00uBoRoss"}])
def test_an_account_with_the_anchor_of_somebody_else_is_theirs_where_no_anchor_is_sent(only):
    """Its name alone makes it nobody's, also in a plan about the one who has the name."""
    people, there = swapped()
    plan = app_with(LicenseOnly()).plan(people, tenant(there), remembered(), now=NOW, only=only)
    assert plan.changes == ()
    assert said(plan, "Bo Ross") == ["other_anchor"]
    [problem] = (each for each in plan.problems if each.subject.name == "Bo Ross")
    assert "has the source anchor that Ann Lee (person 00uAnnLee) has in Active Directory" in problem.message


def test_who_calls_an_account_the_persons_is_believed_whatever_its_anchor_is():
    """A transfer says so for this person and this account."""
    people, there = swapped()
    plan = app_with(LicenseOnly()).plan(people, tenant(there), remembered(), now=NOW, transfers={"00uBoRoss": there.id})
    assert [each.subject.name for each in plan if each.kind == "link_user"] == ["Bo Ross"]


def test_an_account_with_an_anchor_that_nobody_has_is_still_the_persons_where_none_is_sent():
    """Anchors may be others than objectGUID; what may be wrong is said."""
    people, there = swapped()
    foreign = evolve(there, properties={**there.properties, "onPremisesImmutableId": "other"})
    plan = app_with(LicenseOnly()).plan(people, tenant(foreign), remembered(), now=NOW)
    assert [each.subject.name for each in plan if each.kind == "link_user"] == ["Bo Ross"]
    assert "anchor_differs" in said(plan, "Bo Ross")


@pytest.mark.parametrize("provisioning", [UserSync(), ProfileSync(), LicenseOnly()], ids=lambda each: each.name)
@pytest.mark.parametrize("by_anchor", [False, True])
def test_a_guest_with_an_ordinary_username_is_never_adopted(provisioning, by_anchor):
    """An internal guest may be somebody else's responsibility: the problem names the account, and the way out."""
    person = from_directory(somebody())
    anchor = {"onPremisesImmutableId": person.directory_accounts[0].anchor} if by_anchor else {}
    guest = account(f"ann.lee@{DOMAIN}", userType="Guest", **anchor)
    app = app_with(provisioning)
    plan = app.plan([assigned(person)], tenant(guest), remembered(), now=NOW)
    assert plan.is_empty
    [problem] = [each for each in plan.problems if each.code == "guest_account"]
    assert guest.username in str(problem)
    transfers = {person.id: guest.id}
    assert f"transfers={transfers}" in problem.remedy
    plan = app.plan([assigned(person)], tenant(guest), remembered(), now=NOW, transfers=transfers)
    assert {change.object_id for change in plan} == {guest.id}


def test_a_deleted_guest_is_not_restored():
    """Nor is the account of a guest brought back for somebody who has its source anchor."""
    guest = account(f"ann.lee@{DOMAIN}", userType="Guest", onPremisesImmutableId=somebody().id)
    app = evolve(user_sync_app(), restore_deleted_users=True)
    name = guest.id.replace("-", "") + guest.username
    deleted = evolve(guest, properties={**guest.properties, "userPrincipalName": name})
    plan = app.plan([assigned(somebody())], tenant(deleted=(deleted,)), remembered(), now=NOW)
    assert [each.code for each in plan.problems] == ["guest_account"]
    assert plan.is_empty


def test_a_linked_account_that_became_a_guest_goes_on():
    """What was provisioned from here is ours, whatever somebody made of its userType."""
    guest = account(f"ann.lee@{DOMAIN}", userType="Guest", onPremisesImmutableId="00u1")
    ann = somebody()
    known = remembered(AppUser(ann.id, guest.id, guest.username, "00u1"))
    plan = user_sync_app().plan([assigned(ann)], tenant(guest), known, now=NOW)
    assert "guest_account" not in [each.code for each in plan.problems]
