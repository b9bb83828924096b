"""What is taken back of a report, decided from a tenant and a memory that are written down: nothing is applied."""

import pytest
from attrs import evolve
from leavers import ACTIVE, ANN, DAY, NAME
from organisation import DIRECTORY_READERS, DOMAIN, E3, F1, NOW, READER, account, remembered, tenant

from o365prov import (
    AppUser,
    Departure,
    HeldLicense,
    LicenseGrant,
    Lifecycle,
    Missing,
    Outcome,
    Report,
    Result,
    UsageError,
)
from o365prov.people import AppUserStatus
from o365prov.planning import (
    AssignLicenses,
    BlockSignIn,
    CreateUser,
    DeleteUser,
    EnableSignIn,
    GrantRole,
    LicenseAddition,
    LicenseRemoval,
    LinkUser,
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
    change_key,
)

USERNAME = "userPrincipalName"
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
    return report.inverse(snapshot, remembered(*([known] if known else [])), now=NOW)


def title(before="Rep", after="Boss", who=WHO, object_id=ID):
    """The update of a run, which wrote a title."""
    return UpdateUser(who, "new title", object_id, (PropertyChange("jobTitle", before, after),), "")


def renamed(name, before, after, object_id):
    """The update of a run, which gave somebody another username."""
    names = [f"{each}@{DOMAIN}" for each in (before, after)]
    return UpdateUser(Subject(name, name, names[1]), "renamed", object_id, (PropertyChange(USERNAME, *names),), "")


def run_of(*changes):
    """The report of a run with these changes, all done."""
    return Report("plan-1", tuple(Outcome(each, Result.DONE, each.object_id) for each in changes))


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
        (
            LicenseAddition(
                E3.id, "SPE_E3", ("plan-teams",), held=True, plans_on=("EXCHANGE", "GONE"), plans_off=("TEAMS", "GONE")
            ),
        ),
        (LicenseRemoval(F1.id, "SPE_F1"),),
        (LicenseGrant("SPE_E3"),),
    )
    holds = HeldLicense(E3.id, frozenset({"plan-teams"}))
    plan = undone(change, tenant(there(licenses=[holds]), skus=(evolve(E3, seats=1, used=1), F1)))
    [back] = plan.changes
    assert (back.add[1].plans_on, back.add[1].plans_off) == (("TEAMS", "GONE"), ("EXCHANGE", "GONE"))
    assert [(each.part_number, each.disabled_plans, each.held) for each in back.add] == [
        ("SPE_F1", (), False),
        ("SPE_E3", ("plan-exchange",), True),
    ]
    assert (back.remove, codes(plan)) == ((), ["all_service_plans"])
    assert {each.sku for each in back.grants} == {"SPE_E3", "SPE_F1"}
    since = undone(change, tenant(there(licenses=[E3.id, F1.id])))
    assert (since.changes, codes(since)) == ((), ["changed_since"])


@pytest.mark.parametrize(("skus", "off"), [((E3,), ("plan-exchange", "plan-teams")), ((F1,), ())])
def test_service_plans_are_switched_back_as_far_as_the_tenant_knows_them(skus, off):
    """All of those that the run switched on, in one order; of a licence that is not sold any more none has a name."""
    addition = LicenseAddition(E3.id, "SPE_E3", held=True, plans_on=("TEAMS", "EXCHANGE"))
    change = AssignLicenses(WHO, "assigned", ID, (addition,), (), ACTIVE.licenses)
    [back] = undone(change, tenant(there(licenses=[E3.id]), skus=skus)).changes
    assert [each.disabled_plans for each in back.add] == [off]


def test_a_licence_of_a_group_is_not_the_one_that_was_given():
    """It can't be taken from the person, and the direct one is gone."""
    change = AssignLicenses(WHO, "assigned", ID, (LicenseAddition(E3.id, "SPE_E3"),), (), ACTIVE.licenses)
    by_group = there(licenses=[HeldLicense(E3.id, inherited_from="group")])
    assert codes(undone(change, tenant(by_group))) == ["changed_since"]
    plan = undone(change, tenant(there(licenses=[E3.id])))
    assert ([each.part_number for each in plan.changes[0].remove], plan.changes[0].grants) == (["SPE_E3"], ())


@pytest.mark.parametrize(
    ("known", "code"),
    [(None, "not_remembered"), (evolve(ACTIVE, object_id="another"), "not_remembered")],
    ids=["forgotten", "another account"],
)
def test_an_account_that_is_not_remembered_as_the_persons_is_left_alone(known, code):
    """It is not ours any more."""
    plan = undone(title(), tenant(there(jobTitle="Boss")), known)
    assert (plan.changes, codes(plan)) == ((), [code])


@pytest.mark.parametrize(
    ("value", "parts", "kinds", "said"),
    [
        ("Boss", None, ["update_user"], []),
        ("Boss", {"jobTitle"}, ["update_user"], []),
        ("Boss", {"roles"}, [], ["changed_since"]),
        ("Rep", {"roles"}, [], ["changed_since"]),
        ("Rep", {"jobTitle"}, [], []),
        ("Chair", None, [], ["changed_since"]),
    ],
)
def test_a_value_goes_back_only_where_it_was_read_and_is_as_the_run_left_it(value, parts, kinds, said):
    """What is so again needs nothing, and of what was not read nobody can say."""
    snapshot = evolve(tenant(there(jobTitle=value)), parts=None if parts is None else frozenset(parts))
    plan = undone(title(), snapshot)
    assert ([each.kind for each in plan], codes(plan)) == (kinds, said)


def test_what_every_read_has_is_compared_whatever_was_asked_for():
    """Such as the display name."""
    change = UpdateUser(WHO, "renamed", ID, (PropertyChange("displayName", "Anna", "Ann Lee"),), "")
    assert [each.kind for each in undone(change, evolve(tenant(there()), parts=frozenset()))] == ["update_user"]


def test_a_value_that_was_cleared_or_never_there_is_the_same_as_an_empty_one():
    """To Graph: so a run that cleared what was empty has nothing to take back."""
    assert undone(title("", None), tenant(there())).changes == ()
    [back] = undone(title("Rep", None), tenant(there(jobTitle=""))).changes
    assert back.properties == (PropertyChange("jobTitle", "", "Rep"),)


@pytest.mark.parametrize(("status", "activates"), [(AppUserStatus.ACTIVE, True), (AppUserStatus.ENABLING, False)])
def test_whose_sign_in_is_still_to_be_enabled_stays_so(status, activates):
    """A profile that goes back says nothing of who may sign in."""
    [back] = undone(title(), tenant(there(jobTitle="Boss")), evolve(ACTIVE, status=status)).changes
    assert back.activates is activates


@pytest.mark.parametrize(("guest", "kinds"), [(False, ["block_sign_in", "revoke_sessions"]), (True, ["block_sign_in"])])
def test_who_came_back_is_blocked_again_as_on_the_day_on_which_they_left(guest, kinds):
    """The block is ours by then; a guest's sessions are elsewhere."""
    user = there(**({"userType": "Guest"} if guest else {}))
    found_blocked = evolve(LEFT, blocked=False)
    plan = undone(EnableSignIn(WHO, "back", ID, departure=found_blocked), tenant(user, holding=((user, READER),)))
    assert [each.kind for each in plan] == kinds
    assert (plan.changes[0].departure, plan.changes[0].privileged) == (LEFT, True)
    paused = undone(EnableSignIn(WHO, "active", ID), tenant(user))
    assert (paused.changes[0].departure, paused.changes[0].privileged) == (None, False)


def test_who_left_can_sign_in_again_and_the_plan_knows_when_they_had_left():
    """So that an inverse of the inverse finds the day."""
    left = evolve(ACTIVE, status=AppUserStatus.DEACTIVATED, departure=LEFT)
    [enable] = undone(BlockSignIn(WHO, "left", ID, LEFT), tenant(there(accountEnabled=False)), left).changes
    assert (enable.kind, enable.departure) == ("enable_sign_in", LEFT)


@pytest.mark.parametrize(
    ("change", "enabled"), [(EnableSignIn(WHO, "back", ID), False), (BlockSignIn(WHO, "left", ID, LEFT), True)]
)
def test_sign_in_that_somebody_changed_since_stays(change, enabled):
    """Whoever blocked or enabled the account meant it."""
    plan = undone(change, tenant(there(accountEnabled=enabled)))
    assert (plan.changes, codes(plan)) == ((), ["changed_since"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (LinkUser(WHO, "found", ID, ""), "still_linked"),
        (LinkUser(WHO, "handed over", ID, "", takes_over="00uFormer"), "still_handed_over"),
        (evolve(title("Boss", "Boss"), takes_over="00uFormer"), "still_handed_over"),
        (SetManager(WHO, "new manager", ID, Subject("m", "Mo", "mo@x"), "mo"), "former_manager"),
        (RemoveManager(WHO, "no manager", ID), "former_manager"),
        (RevokeSessions(WHO, "left", ID, None), "sessions_ended"),
        (Remember(WHO, "left", ID, departure=LEFT), "still_left"),
    ],
)
def test_what_no_plan_can_take_back_is_said(change, code):
    """Nothing is written for it."""
    plan = undone(change, tenant(there()), evolve(ACTIVE, departure=LEFT))
    assert (plan.changes, codes(plan)) == ((), [code])


def test_a_departure_that_is_another_one_by_now_is_not_that_of_the_run():
    """The person left again since."""
    later = evolve(ACTIVE, departure=evolve(LEFT, at=NOW))
    plan = undone(Remember(WHO, "left", ID, departure=LEFT), tenant(there()), later)
    assert (plan.changes, codes(plan)) == ((), [])


@pytest.mark.parametrize(("reads", "left", "seen"), [(1, None, True), (2, 1, False), (3, 2, False)])
def test_a_read_that_counted_counts_no_longer(reads, left, seen):
    """With the only one nobody is missing any more."""
    known = evolve(ACTIVE, missing=Missing(reads, NOW - DAY, NOW))
    [back] = undone(Remember(WHO, "missing", ID, missing=known.missing), tenant(there()), known).changes
    assert (back.object_id, back.missing and back.missing.reads, back.seen) == (ID, left, seen)
    assert undone(Remember(WHO, "missing", ID, missing=known.missing), tenant(there())).changes == ()
    learned = undone(Remember(WHO, "found", ID, licenses=()), tenant(there()), known)
    assert (learned.changes, codes(learned)) == ((), [])


@pytest.mark.parametrize(
    ("said", "departure", "kinds"),
    [
        (True, evolve(LEFT, mailbox_done=True), ["remember"]),
        (None, evolve(LEFT, mailbox_done=True), []),
        (True, LEFT, []),
        (True, None, []),
    ],
)
def test_a_mailbox_waits_again_where_the_run_said_that_it_was_handed_over(said, departure, kinds):
    """And the memory still says so."""
    plan = undone(
        Remember(WHO, "handed over", ID, mailbox_done=said), tenant(there()), evolve(ACTIVE, departure=departure)
    )
    assert [(each.kind, each.mailbox_done) for each in plan] == [(kind, False) for kind in kinds]


def test_the_licences_of_a_leaver_come_back():
    """Nothing of what the person has from us beside them is forgotten."""
    known = evolve(ACTIVE, licenses=(LicenseGrant("GONE_SKU"),))
    plan = undone(RemoveLicenses(WHO, "left", ID, (LicenseRemoval(E3.id, "SPE_E3"),)), tenant(there()), known)
    [back] = plan.changes
    assert ([each.part_number for each in back.add], codes(plan)) == (["SPE_E3"], ["all_service_plans"])
    assert [each.sku for each in back.grants] == ["GONE_SKU", "SPE_E3"]


@pytest.mark.parametrize(("seats", "freed", "given"), [(1, False, 1), (1, True, 2), (0, True, 1), (0, False, 0)])
def test_licences_come_back_as_far_as_seats_are_free(seats, freed, given):
    """Those that the same plan takes from others count; who gets none is told so, and keeps the rest."""
    people = [("Ann", "ann"), ("Bo", "bo"), ("Cy", "cy")]
    users = [account(f"{name}@{DOMAIN}", licenses=[E3.id] if name == "cy" else []) for _, name in people]
    subjects = [Subject(name, name, user.username) for (name, _), user in zip(people, users, strict=True)]
    took = [
        RemoveLicenses(who, "left", user.id, (LicenseRemoval(E3.id, "SPE_E3"),))
        for who, user in zip(subjects[:2], users[:2], strict=True)
    ]
    gave = AssignLicenses(subjects[2], "assigned", users[2].id, (LicenseAddition(E3.id, "SPE_E3"),), (), ())
    known = [AppUser(who.person_id, user.id, user.username) for who, user in zip(subjects, users, strict=True)]
    snapshot = tenant(*users, skus=(evolve(E3, seats=seats + 1, used=1), F1))
    plan = run_of(*took, *([gave] if freed else [])).inverse(snapshot, remembered(*known), now=NOW)
    assert sum(len(each.add) for each in plan) == given
    assert all(each.add or each.remove for each in plan)
    assert [each.code for each in plan.problems if each.code == "no_seat"] == ["no_seat"] * (2 - given)
    assert all([grant.sku for grant in each.grants] == ["SPE_E3"] for each in plan if each.add)


def test_renames_go_back_in_turns():
    """Ann had the name that Bo has, who had that of Cy; who waits for nobody is first."""
    users = [account(f"{name}@{DOMAIN}") for name in ("a2", "a", "b")]
    changes = [
        renamed(name, before, after, user.id)
        for (name, before, after), user in zip(
            [("Ann", "a", "a2"), ("Bo", "b", "a"), ("Cy", "c", "b")], users, strict=True
        )
    ]
    known = [AppUser(each.subject.person_id, each.object_id, each.subject.username) for each in changes]
    plan = run_of(*changes).inverse(tenant(*users), remembered(*known), now=NOW)
    assert [(each.subject.name, each.turn) for each in plan] == [("Cy", 0), ("Bo", 1), ("Ann", 2)]
    assert [each.waits_for for each in plan] == ["", change_key(plan.changes[0]), change_key(plan.changes[1])]


@pytest.mark.parametrize("swapped", [False, True], ids=["a stranger's", "swapped"])
def test_a_username_that_nothing_frees_stays_with_who_has_it(swapped):
    """The rest of the profile goes back, under the name that the account keeps."""
    users = [account(f"{name}@{DOMAIN}", jobTitle="Boss") for name in ("b", "a")]
    ann = renamed("Ann", "a", "b", users[0].id)
    ann = evolve(ann, properties=(*ann.properties, PropertyChange("jobTitle", "Rep", "Boss")))
    changes = [ann, *([renamed("Bo", "b", "a", users[1].id)] if swapped else [])]
    known = [AppUser(each.subject.person_id, each.object_id, each.subject.username) for each in changes]
    plan = run_of(*changes).inverse(tenant(*users), remembered(*known), now=NOW)
    [back] = plan.changes
    assert (back.subject.username, back.properties) == (f"b@{DOMAIN}", (PropertyChange("jobTitle", "Boss", "Rep"),))
    assert codes(plan) == ["username_taken"] * len(changes)


@pytest.mark.parametrize(
    ("known", "lifecycle", "code"),
    [
        (ACTIVE, Lifecycle(excluded_accounts=[ID]), "excluded"),
        (ACTIVE, Lifecycle(), None),
        (evolve(ACTIVE, excluded_by="user.title == 'x'"), None, "excluded"),
        (evolve(ACTIVE, excluded_by="user.title == 'x'"), Lifecycle(), None),
        (evolve(GONE, status=AppUserStatus.DEACTIVATED, excluded_by="user.title == 'x'"), None, "left_since"),
    ],
)
def test_nothing_of_who_is_excluded_is_taken_back(known, lifecycle, code):
    """By an account or a condition that holds; who has left was not excluded on that day."""
    report = run_of(title())
    plan = report.inverse(tenant(there(jobTitle="Boss")), remembered(known), now=NOW, lifecycle=lifecycle)
    assert (len(plan.changes), [each.code for each in plan.problems]) == (int(code is None), [code] if code else [])
    assert any("object id" in each.message for each in plan.problems) == (known is ACTIVE and code is not None)


def test_an_account_that_another_app_has_linked_is_left_to_it():
    """It is named."""
    known = evolve(remembered(ACTIVE), linked_elsewhere={ID: "Office 365 (Oslo)"})
    plan = run_of(title()).inverse(tenant(there(jobTitle="Boss")), known, now=NOW)
    assert (plan.changes, codes(plan)) == ((), ["account_of_another_app"])


def test_what_failed_beside_what_was_done_is_not_taken_back():
    """Somebody else blocked the account; and of what nobody knows it is said."""
    ended = {
        title(): Result.DONE,
        BlockSignIn(WHO, "left", ID, LEFT): Result.FAILED,
        GrantRole(WHO, "assigned", ID, "Reader", READER.id): Result.UNKNOWN,
    }
    report = Report("plan-1", tuple(Outcome(change, result) for change, result in ended.items()))
    plan = report.inverse(tenant(there(jobTitle="Boss", accountEnabled=False)), remembered(ACTIVE), now=NOW)
    assert ([each.kind for each in plan], codes(plan)) == (["update_user"], ["unknown_outcome"])
    assert undone(title(), tenant(), None, Result.FAILED).problems == ()


def test_what_one_of_two_failed_changes_wrote_is_taken_back():
    """The other one wrote nothing."""
    failed = (
        Outcome(title(), Result.FAILED, ID, written=("jobTitle",)),
        Outcome(RestoreUser(WHO, "x", ID), Result.FAILED),
    )
    plan = Report("plan-1", failed).inverse(tenant(there(jobTitle="Boss")), remembered(ACTIVE), now=NOW)
    assert [each.kind for each in plan] == ["update_user"]


def test_somebody_is_called_as_the_account_is_now():
    """Who renamed it since finds it under its name."""
    [problem] = undone(title(), tenant(there(jobTitle="Chair", userPrincipalName=f"new@{DOMAIN}"))).problems
    assert problem.subject.username == f"new@{DOMAIN}"


def test_an_account_that_is_gone_for_good_is_said():
    """Thirty days are over."""
    plan = undone(DeleteUser(WHO, "left", ID), tenant(), GONE)
    assert (plan.changes, codes(plan)) == ((), ["account_gone"])


def test_a_created_account_that_somebody_made_something_of_stays():
    """It has another name than the one that it was created with."""
    plan = undone(CreateUser(WHO, "new", {"displayName": "Ann"}, ""), tenant(there()))
    assert (plan.changes, codes(plan)) == ((), ["changed_since"])


def test_values_go_back_in_the_order_of_their_names():
    """The same plan each time, whatever the order in the report."""
    properties = (PropertyChange("jobTitle", "Rep", "Boss"), PropertyChange("city", "Oslo", "Bergen"))
    [back] = undone(UpdateUser(WHO, "moved", ID, properties, ""), tenant(there(jobTitle="Boss", city="Bergen"))).changes
    assert [each.name for each in back.properties] == ["city", "jobTitle"]
    unread = evolve(tenant(there()), parts=frozenset())
    assert undone(title(None, ""), unread).problems == ()


def test_a_role_that_the_tenant_does_not_know_any_more_counts_as_privileged():
    """Whoever confirms the plan looks at it."""
    [back] = undone(RemoveRole(WHO, "not assigned", ID, "Old Reader", "old-id", "x"), tenant(there())).changes
    assert (back.role, back.privileged) == ("Old Reader", True)


def test_only_the_licences_for_which_there_are_seats_come_back():
    """The memory has those alone, each once; one that the tenant does not sell any more has no seat."""
    took = tuple(
        LicenseRemoval(sku_id, name) for sku_id, name in ((E3.id, "SPE_E3"), (F1.id, "SPE_F1"), ("old", "OLD"))
    )
    snapshot = tenant(there(), skus=(evolve(E3, seats=1, used=1), F1))
    known = evolve(ACTIVE, licenses=(LicenseGrant("SPE_F1"),))
    plan = undone(RemoveLicenses(WHO, "left", ID, took), snapshot, known)
    [back] = plan.changes
    assert [each.part_number for each in back.add] == ["SPE_F1"]
    assert [each.sku for each in back.grants] == ["SPE_F1"]
    assert codes(plan) == ["all_service_plans", "no_seat"]


def test_a_name_that_changes_in_case_alone_is_freed_by_nobody():
    """It goes back at once, beside what else the run did to the person."""
    change = renamed("Ann", "ANN", "ann", account(f"ann@{DOMAIN}").id)
    user = account(f"ann@{DOMAIN}")
    known = AppUser("Ann", user.id, user.username)
    grant = GrantRole(change.subject, "assigned", user.id, "Directory Readers", DIRECTORY_READERS.id)
    snapshot = tenant(user, holding=((user, DIRECTORY_READERS),))
    plan = run_of(change, grant).inverse(snapshot, remembered(known), now=NOW)
    assert sorted(each.kind for each in plan) == ["remove_role", "update_user"]
    assert next(each.turn for each in plan if isinstance(each, UpdateUser)) == 0


def test_the_plan_is_made_as_any_other():
    """With the time of the read, what it was made of, by whom, and what has to be confirmed."""
    known = remembered(evolve(ACTIVE, provisioning_type="user_sync"), AppUser("0", "y", "z", provisioning_type="other"))
    user = there()
    snapshot = evolve(tenant(user, holding=((user, READER),)), read_at=NOW - DAY)
    plan = run_of(RestoreUser(WHO, "back", ID)).inverse(snapshot, known, made_by="Kim")
    assert (plan.made_at, plan.app_users, plan.watermark) == (NOW - DAY, known, snapshot.watermark)
    assert (plan.provisioning_type, plan.made_by) == ("user_sync", "Kim")
    assert any("privileged" in each for each in plan.hazards)
    assert run_of(title()).inverse(snapshot, known, now=NOW).made_at == NOW


@pytest.mark.parametrize(
    ("change", "parts", "missing"),
    [
        (DeleteUser(WHO, "left", ID), {"roles"}, "deleted users"),
        (GrantRole(WHO, "assigned", ID, "Reader", READER.id), {"deleted users"}, "roles"),
        (RemoveRole(WHO, "not assigned", ID, "Reader", READER.id, "x"), {"deleted users"}, "roles"),
        (title(), set(), None),
        (DeleteUser(WHO, "left", ID), {"deleted users"}, None),
    ],
)
def test_what_is_compared_has_to_be_read(change, parts, missing):
    """What was not read would look as if it were gone."""
    snapshot = evolve(tenant(there()), parts=frozenset(parts))
    if missing is None:
        assert undone(change, snapshot).changes == ()
    else:
        with pytest.raises(UsageError, match=f"without {missing}:"):
            undone(change, snapshot)
