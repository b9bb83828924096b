"""The streaming planner: the same plan as with everyone in memory, made from compact rows."""

from datetime import timedelta

import pytest
from amount import examples
from attrs import evolve
from effects import effects
from hypothesis import given, settings
from hypothesis import strategies as st
from organisation import (
    DOMAIN,
    E3,
    F1,
    NOW,
    account,
    assigned,
    from_directory,
    plan_in_full,
    remembered,
    somebody,
    tenant,
    user_sync_app,
)

from o365prov import AppUser, Deprovisioning, LeaverSteps, LicenseOnly
from o365prov.errors import ConfigurationError, UsageError
from o365prov.people import AppUserStatus, Grants, WaitingForSeat
from o365prov.planning import FailedLicense, HeldLicense, RevokeSessions, after_change
from o365prov.profiles import ProfileMapping
from o365prov.provisioning import ProfileSync

APP = user_sync_app()
BEFORE = NOW - timedelta(days=30)
BOSS = from_directory(somebody("Bo Ross"), password_last_set=BEFORE)
ANN = from_directory(somebody("Ann Lee"), manager=BOSS, password_last_set=BEFORE)
CY = somebody("Cy Young", middleName="Q")
EVERYONE = [assigned(ANN, "SPE_E3"), assigned(BOSS, "SPE_E3"), assigned(CY)]


def provisioned(people=EVERYONE):
    """The tenant and the memory after *people* were provisioned a day ago."""
    return effects(APP.plan(people, tenant(), remembered(), now=NOW - timedelta(days=1)), tenant())


def by_streaming(people, snapshot, app_users, app=APP, **request):
    """The plan that the streaming planner makes, and which accounts it kept."""
    planner = app.streaming_planner(lambda: people, app_users, now=NOW, **request)
    kept = [user for user in snapshot.users if planner.wants(user)]
    return planner.plan(evolve(snapshot, users=kept)), kept


def same_plan(people, snapshot, app_users, app=APP, **request):
    """That all ways give the same plan; returns it."""
    plan, _ = by_streaming(people, snapshot, app_users, app, **request)
    for whole in (
        app.plan(people, snapshot, app_users, now=NOW, **request),
        plan_in_full(app, people, snapshot, app_users, now=NOW, **request),
    ):
        assert plan.changes == whole.changes
        assert plan.problems == whole.problems
        assert plan.unsupported == whole.unsupported
        assert plan.hazards == whole.hazards
        assert plan.explanations == whole.explanations
    return plan


def test_no_account_is_kept_where_nothing_changed():
    """The whole tenant passes by, and no account stays in memory."""
    snapshot, app_users = provisioned()
    plan, kept = by_streaming(EVERYONE, snapshot, app_users)
    assert plan.is_empty
    assert kept == []


DI = somebody("Di Ng", email="di@corp.example", login="di.ng@other.example", second="di@second.example")
LINKED = from_directory(DI)
NO_ONE_NEW = user_sync_app(create_users=False)
SECOND = APP.remap(APP.mapping.with_expression("email", "source.second"))
MANAGED = APP.with_provisioning(ProfileSync()).remap()
BY_ID = MANAGED.remap(MANAGED.mapping.with_expression("manager", '"ID-Boss"'))
MANAGED = MANAGED.remap(MANAGED.mapping.with_expression("manager", '"boss@corp.example"'))


@pytest.mark.parametrize(
    ("app", "person", "there"),
    [
        (APP, DI, account("old@corp.example", onPremisesImmutableId=DI.id)),
        (NO_ONE_NEW, DI, account("old@corp.example", mail="di@corp.example")),
        (NO_ONE_NEW, DI, account("old@corp.example", proxyAddresses=["smtp:di.ng@other.example"])),
        (SECOND, DI, account("old@corp.example", mail="di@second.example")),
        (MANAGED, DI, account("boss@corp.example")),
        (MANAGED, DI, account("BOSS@corp.example")),
        (BY_ID, DI, evolve(account("boss@corp.example"), id="ID-Boss")),
        (
            APP.with_provisioning(LicenseOnly()).remap(),
            LINKED,
            account("old@corp.example", onPremisesImmutableId=LINKED.directory_accounts[0].anchor),
        ),
    ],
    ids=[
        "the anchor",
        "the e-mail address",
        "the login",
        "the mapped address",
        "the manager's name",
        "the manager's name in another case",
        "the manager's id",
        "the AD anchor",
    ],
)
def test_an_account_by_which_somebody_new_may_be_known_is_kept(app, person, there):
    """So the plan is the same as with all accounts, and none of a user that is there already is created or missed."""
    people, known = [assigned(person)], remembered(AppUser("00uLeft", "id-left", "left@corp.example"))
    planner = app.streaming_planner(lambda: people, known, now=NOW)
    assert planner.wants(there)
    assert not planner.wants(account("nobody@corp.example"))
    plan, whole = planner.plan(tenant(there)), plan_in_full(app, people, tenant(there), known, now=NOW)
    assert (plan.changes, plan.problems) == (whole.changes, whole.problems)
    without = plan_in_full(app, people, tenant(), known, now=NOW)
    assert (plan.changes, plan.problems) != (without.changes, without.problems)


def test_everyone_is_new_to_an_empty_memory():
    """The first plan is the same, creations, licences and manager."""
    assert len(same_plan(EVERYONE, tenant(), remembered())) == 6


def test_only_accounts_of_changed_people_are_kept():
    """One person has a new title: only their account is kept."""
    snapshot, app_users = provisioned()
    changed = [evolve(EVERYONE[0], person=evolve(ANN, profile={**ANN.profile, "title": "Head"})), *EVERYONE[1:]]
    assert [change.kind for change in same_plan(changed, snapshot, app_users)] == ["update_user"]
    _, kept = by_streaming(changed, snapshot, app_users)
    assert len(kept) == 1


def test_an_unchanged_manager_is_found_for_a_new_person():
    """The assignments are read again to find the manager."""
    newcomer = from_directory(somebody("Di Ng"), manager=BOSS)
    snapshot, app_users = provisioned()
    plan = same_plan([*EVERYONE, assigned(newcomer)], snapshot, app_users)
    assert [change.kind for change in plan] == ["create_user", "set_manager"]


def test_a_new_person_collides_with_an_unchanged_one():
    """Usernames are compared with those of unchanged people too."""
    newcomer = somebody("Abe Lee", email="ann.lee@acquired.example")
    snapshot, app_users = provisioned()
    app_users = app_users.with_user(evolve(app_users.get(ANN.id), username=f"Ann.Lee@{DOMAIN}"))
    plan = same_plan([*EVERYONE, assigned(newcomer)], snapshot, app_users)
    assert [problem.code for problem in plan.problems] == ["collision"]


def test_an_account_that_is_gone_is_created_again():
    """An unchanged person whose account is no longer in the tenant gets a new one."""
    snapshot, app_users = provisioned()
    without_cy = evolve(snapshot, users=[user for user in snapshot.users if "cy" not in user.username])
    assert [change.kind for change in same_plan(EVERYONE, without_cy, app_users)] == ["create_user"]


def without(snapshot, name, *others):
    """The tenant after the account of *name* was deleted for good, and *others* were made."""
    return evolve(snapshot, users=[*(user for user in snapshot.users if name not in user.username), *others])


@pytest.mark.parametrize("properties", [{}, {"onPremisesImmutableId": CY.id}])
def test_an_account_that_was_made_again_by_hand_is_found(properties):
    """The one that was linked is gone, and another has its username: it is matched, or stops the person."""
    snapshot, app_users = provisioned()
    by_hand = without(snapshot, "cy.", account(f"Cy.Young@{DOMAIN}", mail="old@corp.example", **properties))
    assert not [change for change in same_plan(EVERYONE, by_hand, app_users) if change.kind == "create_user"]


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (account(f"other@{DOMAIN}", proxyAddresses=[f"smtp:CY.YOUNG@{DOMAIN}"]), "address_taken"),
        (account(f"other@{DOMAIN}", mail="Cy.Young@corp.example"), "mail_taken"),
        (account(f"other@{DOMAIN}", onPremisesImmutableId=CY.id), None),
    ],
)
def test_who_holds_the_names_of_a_person_whose_account_is_gone_is_found(other, code):
    """The person did not change, but the new account would have the address of another, or their source anchor."""
    snapshot, app_users = provisioned()
    plan = same_plan(EVERYONE, without(snapshot, "cy.", other), app_users)
    assert [problem.code for problem in plan.problems if code] == ([code] if code else [])


def test_an_unchanged_holder_of_the_address_of_a_person_whose_account_is_gone_is_found():
    """Ann did not change either, but has Cy's address in Office 365."""
    snapshot, app_users = provisioned()
    users = [
        evolve(user, properties={**user.properties, "proxyAddresses": [f"smtp:cy.young@{DOMAIN}"]})
        if user.username.startswith("ann.")
        else user
        for user in snapshot.users
    ]
    plan = same_plan(EVERYONE, without(evolve(snapshot, users=users), "cy."), app_users)
    assert [problem.code for problem in plan.problems] == ["address_taken"]


def test_an_unchanged_holder_of_the_username_of_a_deleted_account_is_found():
    """Cy left, somebody new got the username, and Cy is back under another one: the account can't come back."""
    app = evolve(APP, restore_deleted_users=True)
    snapshot, app_users = provisioned()
    [deleted] = [user for user in snapshot.users if user.username.startswith("cy.")]
    app_users = app_users.with_user(evolve(app_users.get(CY.id), status=AppUserStatus.DELETED))
    there = evolve(
        without(snapshot, "cy."), deleted_users=[evolve(deleted, properties={**deleted.properties, "mail": None})]
    )
    new = evolve(CY, id="00uNew", profile={**CY.profile, "displayName": "New Young", "email": "cy.young@corp.example"})
    people = [*EVERYONE[:2], assigned(new)]
    there, app_users = effects(app.plan(people, there, app_users, now=NOW - timedelta(hours=1)), there)
    renamed = {"login": "cy.two@corp.example", "email": "cy.two@corp.example"}
    back = [*people, assigned(evolve(CY, profile={**CY.profile, **renamed}))]
    planner = app.streaming_planner(lambda: back, app_users, now=NOW)
    plan = planner.plan(evolve(there, users=[user for user in there.users if planner.wants(user)]))
    whole = app.plan(back, there, app_users, now=NOW)
    assert [problem.code for problem in whole.problems] == ["username_taken"]
    assert (plan.changes, plan.problems) == (whole.changes, whole.problems)


def test_who_holds_another_address_of_a_deleted_account_is_not_known():
    """A limit that the module states: which deleted accounts come back is known only when all accounts were read."""
    app = evolve(APP, restore_deleted_users=True)
    snapshot, app_users = provisioned()
    [deleted] = [user for user in snapshot.users if user.username.startswith("cy.")]
    deleted = evolve(deleted, properties={**deleted.properties, "proxyAddresses": ["smtp:cy@corp.example"]})
    holder = account(f"other@{DOMAIN}", mail="cy@corp.example")
    there = evolve(without(snapshot, "cy.", holder), deleted_users=[deleted])
    planner = app.streaming_planner(lambda: EVERYONE, app_users, now=NOW)
    plan = planner.plan(evolve(there, users=[user for user in there.users if planner.wants(user)]))
    whole = app.plan(EVERYONE, there, app_users, now=NOW)
    assert [problem.code for problem in whole.problems] == ["address_taken"]
    assert (plan.problems, [change.kind for change in plan]) == ((), ["restore_user"])


@pytest.mark.parametrize(("manager", "codes"), [("bo.ross", []), ("outsider", ["manager_not_provisioned"])])
def test_the_manager_of_a_person_whose_account_is_gone(manager, codes):
    """Found by username if the manager is assigned; a limit that the module states if the account is nobody's."""
    app = APP.remap(ProfileMapping.of({"displayName": "source.displayName", "manager": "source.boss"}))
    people = [assigned(from_directory(somebody("Cy Young", boss=f"{manager}@{DOMAIN}"))), assigned(BOSS)]
    there = tenant(account(f"outsider@{DOMAIN}"))
    snapshot, app_users = effects(app.plan(people, there, remembered(), now=NOW - timedelta(days=1)), there)
    gone = without(snapshot, "cy.")
    planner = app.streaming_planner(lambda: people, app_users, now=NOW)
    plan = planner.plan(evolve(gone, users=[user for user in gone.users if planner.wants(user)]))
    whole = app.plan(people, gone, app_users, now=NOW)
    assert [change.kind for change in whole] == ["create_user", "set_manager"]
    assert [problem.code for problem in plan.problems if problem.subject.name == "Cy Young"] == codes
    assert (plan.changes == whole.changes) is (not codes)


def test_a_new_password_is_noticed():
    """The tenant's sessions are older than pwdLastSet."""
    changed = from_directory(somebody("Ann Lee"), manager=BOSS, password_last_set=NOW - timedelta(hours=1))
    snapshot, app_users = provisioned()
    plan = same_plan([assigned(changed, "SPE_E3"), *EVERYONE[1:]], snapshot, app_users)
    assert [change.kind for change in plan] == ["revoke_sessions"]


def test_leavers_are_blocked():
    """People who are remembered and no longer assigned."""
    snapshot, app_users = provisioned()
    assert [change.kind for change in same_plan(EVERYONE[1:], snapshot, app_users)] == [
        "block_sign_in",
        "revoke_sessions",
    ]


@pytest.mark.parametrize("state", [{}, {"object_id": "", "unfinished": True}], ids=["known", "perhaps created"])
def test_a_leaver_without_a_source_anchor_is_blocked(state):
    """By the object id, or by the username in any case where an apply ended before it could note the id."""
    snapshot, app_users = provisioned()
    [there] = [user for user in snapshot.users if "cy" in user.username]
    plain = evolve(there, properties={**there.properties, "onPremisesImmutableId": None})
    cy = evolve(app_users.get(CY.id), anchor=None, username=there.username.title(), **state)
    snapshot = without(snapshot, "cy.", plain)
    plan = same_plan(EVERYONE[:2], snapshot, app_users.with_user(cy))
    assert [change.kind for change in plan] == ["block_sign_in", "revoke_sessions"]


def test_a_tenant_for_which_no_plan_can_be_made_is_refused():
    """As for a plan that is made of everybody at once."""
    snapshot, app_users = provisioned()
    with pytest.raises(ConfigurationError, match=f"{DOMAIN} not in the tenant"):
        by_streaming(EVERYONE, evolve(snapshot, domains=()), app_users)


def test_unsupported_values_of_unchanged_people_are_counted():
    """The count is that of all people."""
    snapshot, app_users = provisioned()
    assert same_plan(EVERYONE, snapshot, app_users).unsupported[0].people == 1


def test_a_streaming_planner_plans_once():
    """It remembers which accounts it has seen."""
    planner = APP.streaming_planner(lambda: EVERYONE, remembered(), now=NOW)
    planner.plan(tenant())
    with pytest.raises(UsageError, match="new one"):
        planner.plan(tenant())


def test_a_person_assigned_twice_is_refused():
    """As in app.plan; whether the person is new or did not change."""
    _, app_users = provisioned()
    for known in (remembered(), app_users):
        with pytest.raises(ConfigurationError, match="more than once"):
            APP.streaming_planner(lambda: [EVERYONE[0], EVERYONE[0]], known, now=NOW)


PEOPLE = ["Ann Lee", "Bo Ross", "Cy Young", "Di Ng", "Ed Poe"]


@st.composite
def days(draw):
    """An organisation, and what it has become a day later."""
    first, second = [], []
    for name in draw(st.lists(st.sampled_from(PEOPLE), unique=True)):
        person = somebody(name, title=draw(st.sampled_from(["Engineer", None])))
        if draw(st.booleans()):
            person = from_directory(person, manager=draw(st.sampled_from([None, BOSS])), password_last_set=BEFORE)
        first.append(assigned(person, *draw(st.sampled_from([[], ["SPE_E3"]]))))
        later = evolve(
            person,
            profile={**person.profile, **draw(st.sampled_from([{}, {"title": "Head"}, {"email": "a.b@corp.example"}]))},
            status=draw(st.sampled_from(["ACTIVE", "ACTIVE", "SUSPENDED", "DEPROVISIONED"])),
        )
        if draw(st.integers(0, 4)):
            second.append(assigned(later, *draw(st.sampled_from([[], ["SPE_E3"]]))))
    return first, second, draw(st.sampled_from([None, 0, -1]))


@settings(max_examples=examples(120), deadline=None)
@given(days(), st.data())
def test_both_ways_give_the_same_plan(organisation, data):
    """Whatever changed from one day to the next, in people and in the tenant, and whatever the caller decided."""
    first, second, gone = organisation
    snapshot, app_users = provisioned(first)
    users = list(snapshot.users)
    if gone is not None and users:
        del users[gone]
    there = evolve(snapshot, users=[*users, account(f"a.b@{DOMAIN}")])
    who = data.draw(st.sampled_from([None, *(each.person.id for each in second)]))
    handed = {who: data.draw(st.sampled_from([each.id for each in there.users]))} if who else {}
    same_plan(second, there, app_users, transfers=handed, complete=data.draw(st.booleans(), label="complete"))


def test_a_mailbox_that_was_handed_over_is_remembered():
    """Whichever way the plan is made: the licence goes on its day, and waits no more."""
    option = Deprovisioning.block_remove_licenses_and_delete(grace_days=5, steps=LeaverSteps(mailbox=0, licenses=1))
    app = user_sync_app(deprovisioning=option)
    mail = evolve(E3, plans={**E3.plans, "EXCHANGE_S_ENTERPRISE": "exchange"})
    snapshot, app_users = tenant(skus=[mail]), remembered()
    ann, *rest = EVERYONE
    for people, days in (EVERYONE, 2), (rest, 1):
        plan = app.plan(people, snapshot, app_users, now=NOW - timedelta(days=days))
        snapshot, app_users = effects(plan, snapshot)
    done = [app_users.get(ann.person.id).object_id]
    for handed, remembers in ((), False), (done, True):
        plan = same_plan(rest, snapshot, app_users, app, mailboxes_done=handed)
        assert effects(plan, snapshot)[1].get(ann.person.id).departure.mailbox_done is remembers


def test_a_transfer_to_somebody_who_is_not_assigned_is_refused():
    """Before the tenant is read."""
    with pytest.raises(ConfigurationError, match="not assigned: nobody"):
        APP.streaming_planner(lambda: EVERYONE, remembered(), now=NOW, transfers={"nobody": "id"})


RENAMED = account(f"maiden@{DOMAIN}", onPremisesImmutableId=CY.id)
KEEPS_NAMES = evolve(APP, provisioning=ProfileSync(), mapping=ProfileSync().default_mapping())


@pytest.mark.parametrize("last", ["cy.young", "maiden"])
@pytest.mark.parametrize("others", [[], [assigned(somebody("Abe Yu", email="cy.young@acquired.example"))]])
def test_an_account_that_keeps_another_name(last, others):
    """Profile Sync does not rename: the username at the source is compared with those of all accounts."""
    linked = KEEPS_NAMES.plan([assigned(CY)], tenant(RENAMED), remembered(), now=NOW)
    known = after_change(None, linked.changes[0], RENAMED.id)
    app_users, snapshot = remembered(evolve(known, username=f"{last}@{DOMAIN}")), tenant(RENAMED)
    people = [assigned(CY), *others]
    planner = KEEPS_NAMES.streaming_planner(lambda: people, app_users, now=NOW)
    plan = planner.plan(evolve(snapshot, users=[user for user in snapshot.users if planner.wants(user)]))
    whole = KEEPS_NAMES.plan(people, snapshot, app_users, now=NOW)
    assert (plan.changes, plan.problems) == (whole.changes, whole.problems)
    assert plan.problems


def test_another_account_has_the_old_name_of_a_person_renamed_in_office_365():
    """Nothing changed at the source, so nothing is renamed back and no one is stopped."""
    snapshot, app_users = provisioned()
    users = [
        evolve(user, properties={**user.properties, "userPrincipalName": f"maiden@{DOMAIN}"})
        if user.username.startswith("cy.")
        else user
        for user in snapshot.users
    ]
    assert same_plan(EVERYONE, evolve(snapshot, users=[account(f"cy.young@{DOMAIN}"), *users]), app_users).is_empty


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_a_password_that_changed_just_now_is_compared_alike(seconds):
    """Whether an instant is in the future, now or past decides the same in both ways."""
    snapshot, app_users = provisioned()
    changed = from_directory(somebody("Ann Lee"), manager=BOSS, password_last_set=NOW + timedelta(seconds=seconds))
    same_plan([evolve(EVERYONE[0], person=changed), *EVERYONE[1:]], snapshot, app_users)


def test_a_password_that_changed_is_noticed_where_the_tenant_has_no_instant():
    """Graph need not say since when sessions are valid."""
    changed = from_directory(somebody("Cy Young"), password_last_set=NOW - timedelta(hours=1))
    snapshot, app_users = provisioned([assigned(changed)])
    app_users = app_users.with_user(evolve(app_users.get(CY.id), password_instant=None))
    users = [evolve(user, sessions_valid_from=None) for user in snapshot.users]
    plan = same_plan([assigned(changed)], evolve(snapshot, users=users), app_users)
    assert [change.kind for change in plan] == ["revoke_sessions"]


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_a_revocation_that_was_done_is_not_done_again_in_either_way(seconds):
    """The instant that the tenant has decides, where it has one."""
    snapshot, app_users = provisioned()
    known = app_users.get(ANN.id)
    handled = app_users.with_user(evolve(known, password_instant=BEFORE + timedelta(seconds=seconds)))
    since = [evolve(user, sessions_valid_from=BEFORE + timedelta(seconds=seconds)) for user in snapshot.users]
    earlier = evolve(snapshot, users=since)
    assert same_plan(EVERYONE, snapshot, handled).is_empty
    for memory in (app_users, handled):
        changes = same_plan(EVERYONE, earlier, memory).changes
        assert any(isinstance(change, RevokeSessions) for change in changes) is (seconds < 0)


def test_an_account_that_became_synced_is_noticed_in_both_ways():
    """Entra Connect took the account over: nothing of it may be written."""
    snapshot, app_users = provisioned()
    synced = [
        evolve(user, properties={**user.properties, "onPremisesSyncEnabled": True}) if user.id else user
        for user in snapshot.users
    ]
    plan = same_plan(EVERYONE, evolve(snapshot, users=synced), app_users)
    assert {problem.code for problem in plan.problems} == {"synced_account"}


def test_an_unchanged_person_whose_anchor_a_newcomer_wants_is_compared():
    """Only the anchor is shared: the username is another one."""
    newcomer = evolve(somebody("Di Ng"), directory_accounts=ANN.directory_accounts)
    snapshot, app_users = provisioned()
    plan = same_plan([*EVERYONE, assigned(newcomer)], snapshot, app_users)
    assert plan.problems


def test_a_licence_in_error_is_said_of_who_did_not_change():
    """The account is kept because of it, and the assignment is read again."""
    snapshot, app_users = provisioned()
    failing = [evolve(user, failed_licenses=(FailedLicense("sku", "CountViolation"),)) for user in snapshot.users]
    plan = same_plan(EVERYONE, evolve(snapshot, users=failing), app_users)
    assert [problem.code for problem in plan.problems] == ["license_error"] * 3


def test_who_waits_for_a_seat_is_looked_at_every_time():
    """The grants may be those of the last success, and the place in the line is given up all the same."""
    snapshot, app_users = provisioned()
    ann = evolve(app_users.get(ANN.id), waiting=(WaitingForSeat("SPE_F1", BEFORE),))
    [change] = same_plan(EVERYONE, snapshot, app_users.with_user(ann))
    assert change.waiting == ()


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"accountEnabled": False}, "blocked_account"),
        ({"onPremisesImmutableId": "OTHER=="}, "memory_contradicts_account"),
        ({"onPremisesSyncEnabled": True}, "synced_account"),
        ({"onPremisesImmutableId": None}, "no_anchor"),
    ],
)
def test_foreign_edits_of_unchanged_people_are_said(properties, code):
    """Somebody blocked, exchanged or took over the account of a person of whom nothing changed at the source."""
    snapshot, app_users = provisioned()
    user, *others = snapshot.users
    edited = evolve(snapshot, users=[evolve(user, properties={**user.properties, **properties}), *others])
    assert code in {problem.code for problem in same_plan(EVERYONE, edited, app_users).problems}


def test_an_account_that_another_app_linked_is_said():
    """Both apps are named, although nothing changed at the source."""
    snapshot, app_users = provisioned()
    shared = evolve(app_users, linked_elsewhere={snapshot.users[0].id: "Office 365 EU"})
    assert "account_of_another_app" in {problem.code for problem in same_plan(EVERYONE, snapshot, shared).problems}


def test_another_account_with_a_leavers_source_anchor_is_said():
    """It is nobody's, and is kept because of the anchor alone."""
    snapshot, app_users = provisioned()
    anchor = app_users.get(ANN.id).anchor
    other = account(f"other@{DOMAIN}", onPremisesImmutableId=anchor)
    users = [*(user for user in snapshot.users if user.anchor != anchor), other]
    plan = same_plan(EVERYONE[1:], evolve(snapshot, users=users), app_users)
    assert "other_account_of_leaver" in {problem.code for problem in plan.problems}


def test_that_sign_in_fails_is_said_of_who_did_not_change():
    """The account was handed over with another source anchor, and that is not changed."""
    snapshot, app_users = provisioned()
    [user] = [each for each in snapshot.users if each.anchor == CY.id]
    users = [evolve(user, properties={**user.properties, "onPremisesImmutableId": "OTHER=="}), *snapshot.users]
    snapshot = evolve(snapshot, users=[each for each in users if each.anchor != CY.id])
    known = app_users.with_user(evolve(app_users.get(CY.id), anchor="OTHER=="))
    assert [each.code for each in same_plan(EVERYONE, snapshot, known).problems] == ["anchor_differs"]


def edited(snapshot, name, **fields):
    """The tenant after somebody edited the account of *name*."""
    users = [evolve(each, **fields) if each.username.startswith(name) else each for each in snapshot.users]
    return evolve(snapshot, users=users)


@pytest.mark.parametrize(
    "held",
    [
        [],
        [HeldLicense(E3.id, frozenset({"plan-teams"}))],
        [HeldLicense(F1.id)],
        [HeldLicense(E3.id, inherited_from="group")],
    ],
    ids=["taken", "a service plan switched off", "exchanged", "given by a group"],
)
def test_licences_that_somebody_took_are_said_of_who_did_not_change(held):
    """Of those who hold what was granted nothing is said, and no account is kept for it."""
    snapshot, app_users = provisioned()
    there = edited(snapshot, "ann.", licenses=tuple(held))
    plan = same_plan(EVERYONE, there, app_users)
    by_group = any(each.inherited_from for each in held)
    assert [(each.subject.name, each.code) for each in plan.problems] == (
        [] if by_group else [("Ann Lee", "relicensed_account")]
    )
    assert by_streaming(EVERYONE, there, app_users)[1] == []


def test_a_role_that_somebody_took_is_said_of_who_did_not_change():
    """The role assignments of the whole tenant are there."""
    people = [evolve(EVERYONE[0], grants=Grants(EVERYONE[0].grants.licenses, ["Directory Readers"])), *EVERYONE[1:]]
    snapshot, app_users = provisioned(people)
    assert same_plan(people, snapshot, app_users).problems == ()
    plan = same_plan(people, edited(evolve(snapshot, role_assignments=()), "ann.", licenses=()), app_users)
    assert [(each.subject.name, each.code) for each in plan.problems] == [
        ("Ann Lee", "relicensed_account"),
        ("Ann Lee", "role_removed"),
    ]


def test_an_edit_is_said_once_of_who_is_compared_in_full():
    """Somebody took the licence and blocked the account."""
    snapshot, app_users = provisioned()
    [ann] = [each for each in snapshot.users if each.username.startswith("ann.")]
    blocked = edited(snapshot, "ann.", licenses=(), properties={**ann.properties, "accountEnabled": False})
    plan = same_plan(EVERYONE, blocked, app_users)
    assert [each.code for each in plan.problems] == ["blocked_account", "relicensed_account"]


def test_licences_and_roles_are_nobodys_business_where_attributes_alone_are_sent():
    """They are managed elsewhere."""
    app = user_sync_app(user_attributes_only=True)
    snapshot, app_users = provisioned()
    planner = app.streaming_planner(lambda: EVERYONE, app_users, now=NOW)
    users = [each for each in edited(snapshot, "ann.", licenses=()).users if planner.wants(each)]
    plan = planner.plan(evolve(snapshot, users=users))
    assert "relicensed_account" not in {each.code for each in plan.problems}
