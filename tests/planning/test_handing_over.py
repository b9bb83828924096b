"""An account whose person left, or is another person: to whom it goes, and to whom only the caller can give it."""

import pytest
from attrs import evolve
from effects import effects
from organisation import (
    DOMAIN,
    NOW,
    READER,
    account,
    assigned,
    from_directory,
    remembered,
    somebody,
    tenant,
    user_sync_app,
)

from o365prov import (
    AppUser,
    ConfigurationError,
    Departure,
    LicenseGrant,
    LicenseOnly,
    Lifecycle,
    Office365App,
    PersonCondition,
    ProfileSync,
    UsernameFormat,
)
from o365prov.people import AppUserStatus, UserStatus
from o365prov.profiles import ProfileMapping

NAME = f"ann.lee@{DOMAIN}"
ANN = from_directory(somebody("Ann Lee", employeeNumber="17"))
AGAIN = evolve(ANN, id="00uAgain")
ANCHOR = ANN.directory_accounts[0].anchor
THERE = account(NAME, displayName="Ann Lee", onPremisesImmutableId=ANCHOR, accountEnabled=False)
LEFT = AppUser(
    ANN.id,
    THERE.id,
    NAME,
    ANCHOR,
    licenses=(LicenseGrant("SPE_E3"),),
    status=AppUserStatus.DEACTIVATED,
    departure=Departure(NOW),
)
NAMESAKE = somebody("Ann Lee", employeeNumber="99")
OTHER = evolve(NAMESAKE, id="00uOther")
APP = user_sync_app()


def codes(plan):
    """What is wrong, by code."""
    return [problem.code for problem in plan.problems]


def test_a_rehire_under_a_new_id_gets_the_account_of_the_same_anchor():
    """Everything that is remembered goes along; the old row is gone, and the next plan has nothing to do."""
    plan = APP.plan([assigned(AGAIN, "SPE_E3")], tenant(THERE), remembered(LEFT), now=NOW)
    assert {change.object_id for change in plan} == {THERE.id}
    snapshot, known = effects(plan, tenant(THERE))
    assert [each.person_id for each in known] == [AGAIN.id]
    assert known.get(AGAIN.id).licenses == LEFT.licenses
    assert known.get(AGAIN.id).status is AppUserStatus.ACTIVE
    assert snapshot.users[0].enabled
    assert APP.plan([assigned(AGAIN, "SPE_E3")], snapshot, known, now=NOW).is_empty


@pytest.mark.parametrize(("remembered_anchor", "held"), [(None, ANCHOR), (ANCHOR, None)])
def test_the_anchor_of_the_account_or_of_the_memory_tells_a_rehire(remembered_anchor, held):
    """Either may be missing: an account that was linked by its name had no anchor then."""
    there = account(NAME, displayName="Ann Lee", onPremisesImmutableId=held, accountEnabled=False)
    plan = APP.plan([assigned(AGAIN)], tenant(there), remembered(evolve(LEFT, anchor=remembered_anchor)), now=NOW)
    assert {change.object_id for change in plan} == {THERE.id}


def test_a_rehire_on_the_day_of_leaving_is_not_blocked():
    """The old id is not assigned any more, and the new one has the same anchor: nobody left."""
    there = evolve(THERE, properties={**THERE.properties, "accountEnabled": True})
    active = evolve(LEFT, status=AppUserStatus.ACTIVE, departure=None)
    plan = APP.plan([assigned(AGAIN, "SPE_E3")], tenant(there), remembered(active), now=NOW)
    assert "block_sign_in" not in {change.kind for change in plan}
    _, known = effects(plan, tenant(there))
    assert [each.person_id for each in known] == [AGAIN.id]


def test_a_recycled_name_is_not_a_rehire():
    """Both people are named with their ids, and so is the way out; the account is not touched."""
    other = evolve(NAMESAKE, id="00uOther")
    plan = APP.plan([assigned(other)], tenant(THERE), remembered(LEFT), now=NOW)
    assert (plan.changes, codes(plan)) == ((), ["account_of_namesake"])
    [problem] = plan.problems
    assert "person 00uAnnLee, who left" in problem.message
    assert "person 00uOther, employee number 99" in problem.message
    assert f"transfers={{'00uOther': '{THERE.id}'}}" in problem.remedy


def test_a_recycled_name_is_handed_over_where_the_caller_says_so():
    """The account and what is remembered of it go to the newcomer; its source anchor is not changed, which is said."""
    other = from_directory(evolve(NAMESAKE, id="00uOther"))
    transfers = {other.id: THERE.id}
    plan = APP.plan([assigned(other, "SPE_E3")], tenant(THERE), remembered(LEFT), now=NOW, transfers=transfers)
    assert codes(plan) == ["anchor_differs"]
    _, known = effects(plan, tenant(THERE))
    assert [(each.person_id, each.object_id) for each in known] == [(other.id, THERE.id)]


@pytest.mark.parametrize("newcomer", [OTHER, from_directory(OTHER)], ids=["Okta", "Active Directory"])
@pytest.mark.parametrize("app", [APP, user_sync_app(update_attributes=False)], ids=["updates on", "updates off"])
def test_that_sign_in_fails_after_a_transfer_is_said_in_every_plan(app, newcomer):
    """The account keeps its source anchor, whoever the newcomer is and whatever is written later."""
    other, snapshot, known = assigned(newcomer), tenant(THERE), remembered(LEFT)
    plan = app.plan([other], snapshot, known, now=NOW, transfers={OTHER.id: THERE.id})
    for scope in ("changed", "all", "drift"):
        assert codes(plan) == ["anchor_differs"]
        snapshot, known = effects(plan, snapshot)
        plan = app.plan([other], snapshot, known, now=NOW, scope=scope)
    renamed = evolve(snapshot, domains=[evolve(each, federated=False) for each in snapshot.domains])
    assert codes(app.plan([other], renamed, known, now=NOW)) == []


HELD = evolve(THERE, properties={**THERE.properties, "accountEnabled": True})


@pytest.mark.parametrize("renamed", [False, True])
def test_a_privileged_account_is_handed_over_in_a_plan_that_is_confirmed(renamed):
    """The memory was lost: the problem names the way out, and what is linked then needs no confirmation."""
    people = [assigned(somebody("Ann Lee", email="ann.ray@corp.example" if renamed else "ann.lee@corp.example"))]
    person_id = people[0].person.id
    there = evolve(HELD, properties={**HELD.properties, "onPremisesImmutableId": person_id})
    snapshot = tenant(there, holding=((there, READER),))
    plan = APP.plan(people, snapshot, remembered(), now=NOW)
    assert codes(plan) == ["privileged_admin"]
    transfers = {person_id: there.id}
    assert f"transfers={transfers}" in plan.problems[0].remedy
    plan = APP.plan(people, snapshot, remembered(), now=NOW, transfers=transfers)
    assert codes(plan) == []
    assert any("account with a privileged role is handed over" in hazard for hazard in plan.hazards)
    after = effects(plan, snapshot)
    again = APP.plan(people, *after, now=NOW, transfers=transfers)
    assert (list(again), again.hazards, codes(again)) == ([], (), [])
    promoted = [
        evolve(people[0], person=evolve(people[0].person, profile={**people[0].person.profile, "title": "Head"}))
    ]
    assert APP.plan(promoted, *after, now=NOW, transfers=transfers).hazards == ()


def test_an_account_is_no_hazard_because_it_is_handed_over():
    """One without a privileged role; nor one with such a role that its own person gets under a new id."""
    for other, holding, transfers in (
        (OTHER, (), {OTHER.id: THERE.id}),
        (AGAIN, ((THERE, READER),), {}),
    ):
        snapshot = tenant(THERE, holding=holding)
        plan = APP.plan([assigned(other)], snapshot, remembered(LEFT), now=NOW, transfers=transfers)
        assert {change.object_id for change in plan} == {THERE.id}
        assert not any("privileged role is handed over" in hazard for hazard in plan.hazards)


def test_a_privileged_account_is_confirmed_also_where_its_e_mail_address_is_held():
    """Nothing is left to write, so that the account is only linked."""
    there = account(NAME, onPremisesImmutableId=OTHER.id, mail="old@corp.example")
    holder = account(f"x@{DOMAIN}", mail="ann.lee@corp.example")
    snapshot = tenant(there, holder, holding=((there, READER),))
    mapped = APP.remap(ProfileMapping.of({"email": "user.email"}))
    plan = mapped.plan([assigned(OTHER)], snapshot, remembered(), now=NOW, transfers={OTHER.id: there.id})
    assert [each.kind for each in plan] == ["link_user"]
    assert any("account with a privileged role is handed over" in hazard for hazard in plan.hazards)


def test_a_leavers_privileged_account_goes_to_another_in_a_plan_that_is_confirmed():
    """A remembered link yields to the caller's word, and somebody else becomes an administrator."""
    there = tenant(THERE, holding=((THERE, READER),))
    plan = APP.plan([assigned(OTHER)], there, remembered(LEFT), now=NOW, transfers={OTHER.id: THERE.id})
    assert any("account with a privileged role is handed over" in hazard for hazard in plan.hazards)


def test_a_living_link_names_both_people_and_the_way_out():
    """The same transfers; without them nothing is done for the second person."""
    there = evolve(THERE, properties={**THERE.properties, "accountEnabled": True})
    bo = somebody("Bo Ross", email="bo.ross@corp.example")
    linked = evolve(LEFT, person_id=bo.id, status=AppUserStatus.ACTIVE, departure=None)
    plan = APP.plan([assigned(ANN), assigned(bo)], tenant(there), remembered(linked), now=NOW)
    [problem] = [each for each in plan.problems if each.subject.person_id == ANN.id]
    assert problem.code == "account_of_another_person"
    assert (
        f"is linked to Bo Ross (person 00uBoRoss), and Ann Lee (person {ANN.id}, employee number 17)" in problem.message
    )
    assert "transfers=" in problem.remedy


def test_two_people_with_one_name_are_told_by_id_and_number_and_what_to_do_if_they_are_one():
    """Who has the name keeps it; the other may be the same person under a new id."""
    there = evolve(THERE, properties={**THERE.properties, "accountEnabled": True})
    first = evolve(NAMESAKE, id="00uFirst")
    linked = evolve(LEFT, person_id=first.id, status=AppUserStatus.ACTIVE, departure=None)
    plan = APP.plan([assigned(ANN), assigned(first)], tenant(there), remembered(linked), now=NOW)
    [problem] = [each for each in plan.problems if each.subject.person_id == ANN.id]
    assert problem.code == "collision"
    assert "is the same for Ann Lee (person 00uFirst, employee number 99)" in problem.message
    assert "if both are one person, unassign the old one" in problem.remedy


def test_an_account_that_goes_to_another_person_says_why():
    """Also where it is changed: the person was not assigned before."""
    there = evolve(THERE, properties={**THERE.properties, "jobTitle": "Clerk"})
    other = evolve(NAMESAKE, id="00uOther")
    plan = APP.plan([assigned(other)], tenant(there), remembered(LEFT), now=NOW, transfers={other.id: there.id})
    [update] = [each for each in plan if each.kind == "update_user"]
    assert update.takes_over == LEFT.person_id
    assert update.reason == "handed over by the caller"


def test_an_account_that_is_not_there_can_not_be_handed_over():
    """The object id is mistyped."""
    plan = APP.plan([assigned(ANN)], tenant(), remembered(), now=NOW, transfers={ANN.id: "nowhere"})
    assert (plan.changes, codes(plan)) == ((), ["no_such_account"])


def test_one_account_is_not_handed_to_two_people():
    """Which of them is meant can't be known."""
    with pytest.raises(ConfigurationError, match="hands one account to two people"):
        APP.plan([], tenant(), remembered(), now=NOW, transfers={"a": "1", "b": "1"})


def test_of_who_leaves_in_the_same_plan_it_is_said_where_somebody_would_get_the_name():
    """The plan does not free the name yet, so the newcomer waits; that the holder leaves tells what comes next."""
    there = evolve(THERE, properties={**THERE.properties, "accountEnabled": True})
    bo = account(f"bo.ross@{DOMAIN}", onPremisesImmutableId="00uBoRoss")
    known = remembered(
        evolve(LEFT, status=AppUserStatus.ACTIVE, departure=None),
        AppUser("00uBoRoss", bo.id, bo.username, "00uBoRoss"),
    )
    renamed = assigned(somebody("Bo Ross", email="ann.lee@corp.example"))
    plan = APP.plan([renamed], tenant(there, bo), known, now=NOW)
    [problem] = plan.problems
    assert problem.code == "username_taken"
    assert f"the account of {NAME} (person {ANN.id}, who left)" in problem.message


def test_an_account_of_another_app_is_left_to_it():
    """Both are named; whoever leaves here does not lose an account that another app has linked."""
    there = evolve(THERE, properties={**THERE.properties, "accountEnabled": True})
    known = evolve(remembered(), linked_elsewhere={THERE.id: "Office 365 EU"})
    plan = APP.plan([assigned(ANN)], tenant(there), known, now=NOW)
    assert (plan.changes, codes(plan)) == ((), ["account_of_another_app"])
    assert "Office 365 EU" in plan.problems[0].message
    both = evolve(known, users=[evolve(LEFT, status=AppUserStatus.ACTIVE, departure=None)])
    plan = APP.plan([], tenant(there), both, now=NOW)
    assert (plan.changes, codes(plan)) == ((), ["account_of_another_app"])


def test_an_account_of_somebody_who_left_another_app_goes_to_the_same_anchor():
    """The person moved from one app to the other; that it is enabled, which was blocked there, is to be confirmed."""
    elsewhere = {"linked_elsewhere": {THERE.id: "Office 365 EU"}, "left_elsewhere": {THERE.id: ANCHOR}}
    known = evolve(remembered(), **elsewhere)
    plan = APP.plan([assigned(AGAIN)], tenant(THERE), known, now=NOW)
    assert (codes(plan), len(plan.hazards)) == ([], 1)
    assert {change.object_id for change in plan} == {THERE.id}
    earlier = evolve(known, users=[LEFT])
    assert APP.plan([], tenant(THERE), earlier, now=NOW).problems[0].code == "account_of_another_app"
    assert codes(APP.plan([assigned(ANN)], tenant(THERE), earlier, now=NOW)) == []


@pytest.mark.parametrize("anchor", [ANCHOR, ""])
def test_a_namesake_of_somebody_who_left_another_app_is_not_a_rehire(anchor):
    """Nor where neither has a source anchor; who is meant, the caller says."""
    app = user_sync_app().with_provisioning(LicenseOnly()).remap()
    there = evolve(THERE, properties={**THERE.properties, "onPremisesImmutableId": anchor or None})
    elsewhere = {"linked_elsewhere": {there.id: "Office 365 EU"}, "left_elsewhere": {there.id: anchor}}
    known = evolve(remembered(), **elsewhere)
    plan = app.plan([assigned(OTHER)], tenant(there), known, now=NOW)
    assert (plan.changes, codes(plan)) == ((), ["account_of_namesake"])
    assert "somebody who left the app Office 365 EU" in plan.problems[0].message
    plan = app.plan([assigned(OTHER)], tenant(there), known, now=NOW, transfers={OTHER.id: there.id})
    assert {change.object_id for change in plan} == {there.id}


def test_an_account_with_another_anchor_is_never_taken_by_its_name():
    """Sign-in would send another anchor than the account has, so it would fail, or let somebody else in."""
    foreign = account(NAME, onPremisesImmutableId="OTHERANCHOR==")
    plan = APP.plan([assigned(somebody("Ann Lee"))], tenant(foreign), remembered(), now=NOW)
    assert (plan.changes, codes(plan)) == ((), ["other_anchor"])
    assert "sign-in will send 00uAnnLee" in plan.problems[0].message
    assert plan.problems[0].attribute == "immutableId"


def test_whoever_gives_an_account_away_is_not_found_by_it_any_more():
    """Bo had Ann's account by mistake: it goes to Ann, and Bo is created anew."""
    there = evolve(THERE, properties={**THERE.properties, "accountEnabled": True})
    bo = somebody("Bo Ross")
    linked = evolve(LEFT, person_id=bo.id, username=f"bo.ross@{DOMAIN}", status=AppUserStatus.ACTIVE, departure=None)
    transfers = {ANN.id: THERE.id}
    people = [assigned(ANN), assigned(bo)]
    plan = APP.plan(people, tenant(there), remembered(linked), now=NOW, transfers=transfers)
    assert [change.kind for change in plan.for_person(bo.id)] == ["create_user"]
    snapshot, known = effects(plan, tenant(there))
    assert known.get(ANN.id).object_id == THERE.id
    assert known.get(bo.id).object_id != THERE.id
    assert APP.plan(people, snapshot, known, now=NOW).is_empty


def test_an_account_that_goes_to_somebody_is_not_taken_by_a_namesake():
    """Two people have the name; the caller says which of them gets the account, and both are named."""
    twin = evolve(NAMESAKE, id="00uTwin", profile={**NAMESAKE.profile, "login": "twin@corp.example"})
    free = account(NAME, displayName="Ann Lee")
    people = [assigned(evolve(ANN, profile={**ANN.profile, "email": "other@corp.example"})), assigned(twin)]
    plan = APP.plan(people, tenant(free), remembered(), now=NOW, transfers={ANN.id: free.id})
    [problem] = [each for each in plan.problems if each.subject.person_id == twin.id]
    assert problem.code == "account_of_another_person"
    assert "Ann Lee (person 00uAnnLee, employee number 17)" in problem.message


def test_a_deleted_account_is_handed_over_and_restored():
    """Under the name that it had; the person it belonged to is forgotten."""
    gone = evolve(THERE, properties={**THERE.properties, "userPrincipalName": THERE.id.replace("-", "") + NAME})
    app = evolve(APP, restore_deleted_users=True)
    other = from_directory(evolve(NAMESAKE, id="00uOther"))
    known = evolve(LEFT, status=AppUserStatus.DELETED)
    snapshot = tenant(deleted=(gone,))
    plan = app.plan([assigned(other)], snapshot, remembered(known), now=NOW, transfers={other.id: THERE.id})
    assert plan.changes[0].kind == "restore_user"
    _, after = effects(plan, snapshot)
    assert [each.person_id for each in after] == [other.id]


def test_a_holder_whom_the_source_does_not_have_is_named_by_the_account():
    """Somebody active whom this plan is not about, and somebody who left."""
    there = evolve(THERE, properties={**THERE.properties, "accountEnabled": True})
    holder = evolve(LEFT, person_id="00uGone", status=AppUserStatus.ACTIVE, departure=None)
    other = somebody("Ann Lee")
    push = APP.plan([assigned(other)], tenant(there), remembered(holder), now=NOW, only={other.id})
    assert "is linked to Ann Lee (person 00uGone), and" in push.problems[0].message
    whole = APP.plan([assigned(other)], tenant(there), remembered(evolve(LEFT, person_id="00uGone")), now=NOW)
    assert "was that of Ann Lee (person 00uGone, who left)" in whole.problems[0].message


def test_a_holder_has_the_employee_number_of_the_account():
    """Where the tenant holds one: two people may have one name."""
    there = evolve(THERE, properties={**THERE.properties, "employeeId": "4711"})
    gone = evolve(LEFT, person_id="00uGone")
    plan = APP.plan([assigned(somebody("Ann Lee"))], tenant(there), remembered(gone), now=NOW)
    assert "was that of Ann Lee (person 00uGone, employee number 4711, who left)" in plan.problems[0].message


def test_a_person_to_whom_another_account_goes_leaves_the_first_one_to_nobody():
    """The caller says which account it is; what is remembered is of that one alone, and the first is named."""
    first = account(f"first@{DOMAIN}", displayName="Ann Lee", onPremisesImmutableId=ANCHOR)
    second = account(f"second@{DOMAIN}", displayName="Ann Lee")
    known = AppUser(ANN.id, first.id, first.username, ANCHOR, roles=("Directory Readers",))
    plan = APP.plan([assigned(ANN)], tenant(first, second), remembered(known), now=NOW, transfers={ANN.id: second.id})
    assert {change.object_id for change in plan} == {second.id}
    [problem] = [each for each in plan.problems if each.code == "account_left_behind"]
    assert (first.username in problem.message, first.id in problem.message, problem.issue.stops) == (True, True, False)
    gone = APP.plan([assigned(ANN)], tenant(second), remembered(known), now=NOW, transfers={ANN.id: second.id})
    assert "account_left_behind" not in codes(gone)
    _, after = effects(plan, tenant(first, second))
    assert [(each.object_id, each.roles) for each in after] == [(second.id, ())]


@pytest.mark.parametrize(
    ("person", "lifecycle"),
    [
        (evolve(ANN, status=UserStatus.SUSPENDED), Lifecycle(suspended="block")),
        (ANN, Lifecycle(excluded_people=PersonCondition.of('user.employeeNumber == "17"'))),
    ],
    ids=["suspended", "excluded"],
)
def test_of_who_is_held_an_account_that_goes_to_another_is_let_go(person, lifecycle):
    """It is neither blocked nor remembered as theirs: two people with one account could not be planned any more."""
    there = account(NAME, displayName="Ann Lee", onPremisesImmutableId=ANCHOR)
    known = AppUser(ANN.id, there.id, NAME, ANCHOR)
    app, people = evolve(APP, lifecycle=lifecycle), [assigned(person), assigned(OTHER)]
    plan = app.plan(people, tenant(there), remembered(known), now=NOW, transfers={OTHER.id: there.id})
    assert {change.subject.person_id for change in plan} == {OTHER.id}
    _, after = effects(plan, tenant(there))
    assert [(each.person_id, each.object_id) for each in after] == [(OTHER.id, there.id)]


def test_an_account_is_handed_only_to_people_who_are_assigned():
    """A mistyped person id would stop whoever has the account, in the name of nobody."""
    with pytest.raises(ConfigurationError, match="people who are not assigned: nobody"):
        APP.plan([assigned(ANN)], tenant(), remembered(), now=NOW, transfers={"nobody": THERE.id})


def test_an_account_is_not_handed_to_a_person_who_is_stopped_by_another_of_their_own():
    """Ann's own account has the name already: she is told so, and not to delete somebody's account."""
    own = account(NAME, displayName="Ann Lee", onPremisesImmutableId=ANCHOR)
    other = account(f"bo.ross@{DOMAIN}", displayName="Bo Ross", onPremisesImmutableId="00uBoRoss")
    known = [AppUser(ANN.id, own.id, NAME, ANCHOR), AppUser("00uBoRoss", other.id, other.username, "00uBoRoss")]
    people = [assigned(ANN), assigned(somebody("Bo Ross"))]
    plan = APP.plan(people, tenant(own, other), remembered(*known), now=NOW, transfers={ANN.id: other.id})
    of = {each.subject.name: each for each in plan.problems if each.stops}
    assert "the account that was linked until now has it" in of["Ann Lee"].message
    assert of["Ann Lee"].remedy.startswith("Leave the person out of transfers=")
    assert "is handed to Ann Lee" in of["Bo Ross"].message


def test_a_username_of_somebody_who_stays_is_not_to_be_deleted():
    """Nobody is told to delete the account of a colleague."""
    own = account(NAME, displayName="Ann Lee", onPremisesImmutableId=ANCHOR)
    bo = account(f"bo.ross@{DOMAIN}", displayName="Bo Ross", onPremisesImmutableId="00uBoRoss")
    known = [AppUser(ANN.id, own.id, NAME, ANCHOR), AppUser("00uBoRoss", bo.id, bo.username, "00uBoRoss")]
    held = evolve(assigned(ANN), person=evolve(ANN, status="SUSPENDED"))
    taker = assigned(somebody("Bo Ross", email="ann.lee@corp.example"))
    plan = APP.plan([held, taker], tenant(own, bo), remembered(*known), now=NOW)
    [problem] = [each for each in plan.problems if each.code == "username_taken"]
    assert "delete" not in problem.remedy.lower()


def test_transfers_of_a_wrong_type_are_refused_in_plain_words():
    """What is shown of them is what the caller gave, not how we keep it."""
    with pytest.raises(ConfigurationError, match=r"not a dict of str to int$"):
        APP.plan([assigned(ANN)], tenant(), remembered(), now=NOW, transfers={ANN.id: 1})


def test_a_type_that_does_not_rename_frees_no_username():
    """Bo's account is called as Ann should be called, and stays so: it is said whose it is."""
    bo = somebody("Bo Ross")
    linked = evolve(LEFT, person_id=bo.id, anchor=bo.id, status=AppUserStatus.ACTIVE, departure=None)
    there = evolve(HELD, properties={**HELD.properties, "onPremisesImmutableId": bo.id})
    for app in (APP.with_provisioning(ProfileSync()).remap(), user_sync_app(update_attributes=False)):
        plan = app.plan([assigned(ANN), assigned(bo)], tenant(there), remembered(linked), now=NOW)
        assert [each.code for each in plan.problems if each.subject.person_id == ANN.id] == [
            "account_of_another_person"
        ]


def test_an_account_that_keeps_its_anchor_is_handed_over_whatever_deleted_account_has_the_persons():
    """Only an account without an anchor would get it."""
    deleted = account(f"old@{DOMAIN}", onPremisesImmutableId=OTHER.id)
    transfers = {OTHER.id: THERE.id}
    plan = APP.plan([assigned(OTHER)], tenant(THERE, deleted=(deleted,)), remembered(), now=NOW, transfers=transfers)
    assert codes(plan) == ["anchor_differs"]
    assert not plan.is_empty


@pytest.mark.parametrize("status", ["ACTIVE", "SUSPENDED"])
def test_who_waits_under_a_new_id_loses_nothing_under_the_old_one(status):
    """Stopped, because another account has the username, or held: the account of the same anchor waits with them."""
    there = evolve(THERE, properties={**THERE.properties, "accountEnabled": True})
    taken = account(f"bo.ross@{DOMAIN}", displayName="Bo Ross")
    again = evolve(AGAIN, status=status, profile={**AGAIN.profile, "email": "bo.ross@corp.example"})
    active = evolve(LEFT, status=AppUserStatus.ACTIVE, departure=None)
    plan = APP.plan([assigned(again, "SPE_E3")], tenant(there, taken), remembered(active), now=NOW)
    assert plan.changes == ()
    assert {each.subject.person_id for each in plan.problems} == {AGAIN.id}


def test_license_only_tells_a_rehire_by_the_account_in_active_directory():
    """It sends no source anchor, but knows which one sign-in sends."""
    app = Office365App((DOMAIN,), LicenseOnly(), UsernameFormat.custom(f'"ann.lee@{DOMAIN}"'))
    there = evolve(THERE, properties={**THERE.properties, "accountEnabled": True, "usageLocation": "US"})
    active = evolve(LEFT, status=AppUserStatus.ACTIVE, departure=None, provisioning_type="license_only")
    plan = app.plan([assigned(AGAIN, "SPE_E3")], tenant(there), remembered(active), now=NOW)
    assert {each.subject.person_id for each in plan.changes} == {AGAIN.id}
    assert "account_of_namesake" not in codes(plan)
