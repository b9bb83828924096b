"""Usernames from candidates: the first that nobody else has, and whoever has one keeps it."""

import pytest
from amount import examples
from attrs import evolve
from effects import effects
from hypothesis import given, settings
from hypothesis import strategies as st
from organisation import (
    DOMAIN,
    NOW,
    account,
    assigned,
    plan_in_full,
    remembered,
    somebody,
    tenant,
)

from o365prov import (
    AppUser,
    Deprovisioning,
    LicenseOnly,
    Office365App,
    ProfileSync,
    UsernameFormat,
    UserSync,
)
from o365prov.planning import AddressHolder, HolderKind

NAME = 'String.toLowerCase(user.firstName + "." + user.lastName)'
RULE = UsernameFormat.candidates(
    f'{NAME} + "@{DOMAIN}"',
    f'String.toLowerCase(user.firstName + "." + user.middleName + "." + user.lastName) + "@{DOMAIN}"',
    f'{NAME} + "2@{DOMAIN}"',
    f'{NAME} + "3@{DOMAIN}"',
)


def app_of(provisioning=None, **more):
    """An app with these candidates."""
    return Office365App(domains=(DOMAIN,), provisioning=provisioning or UserSync(), username=RULE, **more)


APP = app_of()


def ann(number, **profile):
    """One of several people called Ann Lee; each has an address of her own at the source."""
    return evolve(somebody("Ann Lee", **{"email": f"ann{number}@corp.example", **profile}), id=f"00u{number}")


def at(local):
    """The username."""
    return f"{local}@{DOMAIN}"


def names_in(plan):
    """The usernames that a plan gives, by person id."""
    return {
        each.subject.person_id: each.subject.username
        for each in plan
        if each.kind == "create_user" or any(p.name == "userPrincipalName" for p in getattr(each, "properties", ()))
    }


def plan_of(people, snapshot=None, known=None, app=APP, **more):
    """The plan for these people."""
    known = remembered() if known is None else known
    return app.plan(list(map(assigned, people)), snapshot or tenant(), known, now=NOW, **more)


def served(people, snapshot=None, known=None, app=APP):
    """The tenant and the memory after their plan."""
    snapshot = snapshot or tenant()
    return effects(plan_of(people, snapshot, known, app), snapshot)


def reasons(plan):
    """Why, by person id."""
    return {each.subject.person_id: each.reason for each in plan if each.kind in ("create_user", "update_user")}


# --- who gets which


def test_the_first_candidate_is_used_where_it_is_free():
    """As without candidates; nothing is said of it."""
    plan = plan_of([ann(1)])
    assert names_in(plan) == {"00u1": at("ann.lee")}
    assert "candidate" not in reasons(plan)["00u1"]


def test_namesakes_get_one_candidate_after_the_other():
    """In the order of their ids; whoever has no middle name is passed over there."""
    plan = plan_of([ann(3), ann(1), ann(2, middleName="May"), ann(4)])
    assert names_in(plan) == {
        "00u1": at("ann.lee"),
        "00u2": at("ann.may.lee"),
        "00u3": at("ann.lee2"),
        "00u4": at("ann.lee3"),
    }
    assert plan.problems == ()


def test_the_plan_says_why_and_who_has_the_first_candidate():
    """A namesake of the same plan, by name and id; and why a candidate gave nothing."""
    reason = reasons(plan_of([ann(1), ann(2)]))["00u2"]
    assert f"the username is candidate 3 of 4, because {at('ann.lee')} goes to Ann Lee (person 00u1); " in reason
    assert "candidate 2: the username could not be computed" in reason


@pytest.mark.parametrize(
    ("there", "words"),
    [
        ({"users": [account(at("ann.lee"), onPremisesImmutableId="OTHER==")]}, "is the username of the account"),
        ({"users": [account(at("ann.lee"), userType="Guest")]}, "is the username of the account"),
        ({"users": [account(at("x"), proxyAddresses=[f"smtp:{at('Ann.Lee')}"])]}, "is an address of the account"),
        ({"addresses": [AddressHolder(HolderKind.GROUP, "7f", "Anns", {at("ann.lee")})]}, "the group Anns"),
        ({"addresses": [AddressHolder(HolderKind.CONTACT, "7f", "Ann", {at("ann.lee")})]}, "the contact Ann"),
    ],
    ids=["account", "guest", "proxy address", "group", "contact"],
)
def test_whoever_holds_it_in_the_tenant_is_passed_by(there, words):
    """The plan names the holder."""
    plan = plan_of([ann(1)], evolve(tenant(), **there))
    assert names_in(plan) == {"00u1": at("ann.lee2")}
    assert words in reasons(plan)["00u1"]


def test_a_deleted_account_keeps_its_name_as_long_as_it_can_come_back():
    """It would come back under it."""
    held = account(at("ann.lee"), onPremisesImmutableId="OTHER==")
    gone = evolve(held, properties={**held.properties, "userPrincipalName": held.id.replace("-", "") + held.username})
    plan = plan_of([ann(1)], tenant(deleted=(gone,)))
    assert names_in(plan) == {"00u1": at("ann.lee2")}
    assert f"is that of a deleted account (object id {held.id})" in reasons(plan)["00u1"]


def test_where_all_are_taken_each_is_named_with_its_holder():
    """The person is stopped; the others are not."""
    plan = plan_of([ann(number) for number in range(1, 6)])
    stopped = {each.subject.person_id: each for each in plan.problems}
    assert set(stopped) == {"00u4", "00u5"}
    message = stopped["00u4"].message
    assert stopped["00u4"].code == "no_free_username"
    for local, number in (("ann.lee", 1), ("ann.lee2", 2), ("ann.lee3", 3)):
        assert f"{at(local)} goes to Ann Lee (person 00u{number})" in message
    assert "candidate 2: the username could not be computed" in message
    assert len(names_in(plan)) == 3


def test_a_username_of_the_assignment_comes_before_newcomers_and_after_who_has_it():
    """It has no alternative; whoever keeps a candidate is not renamed for it."""
    people = [assigned(ann(1)), evolve(assigned(ann(2)), username=at("ann.lee"))]
    plan = APP.plan(people, tenant(), remembered(), now=NOW)
    assert names_in(plan) == {"00u1": at("ann.lee2"), "00u2": at("ann.lee")}
    snapshot, known = served([ann(1)])
    plan = APP.plan(people, snapshot, known, now=NOW)
    assert [(each.subject.person_id, each.code) for each in plan.problems] == [("00u2", "collision")]
    assert plan.changes == ()


# --- the days after


def test_a_namesake_who_leaves_renames_nobody():
    """The first candidate is free, and whoever has another one keeps it."""
    app = app_of(UserSync(deprovisioning=Deprovisioning.block_remove_licenses_and_delete(), deactivate_users=True))
    snapshot, known = served([ann(1), ann(2)], app=app)
    plan = app.plan([assigned(ann(2))], snapshot, known, now=NOW)
    assert {each.subject.person_id for each in plan} == {"00u1"}
    snapshot, known = effects(plan, snapshot)
    snapshot = evolve(snapshot, deleted_users=())  # thirty days later
    assert plan_of([ann(2)], snapshot, known, app).is_empty
    titled = plan_of([ann(2, title="Head")], snapshot, known, app)
    assert [each.kind for each in titled] == ["update_user"]
    assert names_in(titled) == {}
    assert names_in(plan_of([ann(2), ann(3)], snapshot, known, app)) == {"00u3": at("ann.lee")}


def test_a_namesake_who_comes_renames_nobody():
    """Even one whose id is smaller."""
    snapshot, known = served([ann(5)])
    plan = plan_of([ann(1), ann(5)], snapshot, known)
    assert names_in(plan) == {"00u1": at("ann.lee2")}
    assert "is the username of Ann Lee (person 00u5)" in reasons(plan)["00u1"]


def test_a_candidate_that_is_put_before_the_others_renames_nobody():
    """What people have is still one of the results."""
    snapshot, known = served([ann(1), ann(2)])
    app = evolve(APP, username=UsernameFormat.candidates(f'user.firstName + "@{DOMAIN}"', RULE))
    plan = plan_of([ann(1), ann(2), ann(3)], snapshot, known, app)
    assert names_in(plan) == {"00u3": f"Ann@{DOMAIN}"}


def test_a_change_of_the_persons_own_name_chooses_again():
    """Ann marries; her old name is none of the results any more."""
    snapshot, known = served([ann(1), ann(2)])
    plan = plan_of([ann(1), ann(2, lastName="Ross")], snapshot, known)
    assert names_in(plan) == {"00u2": at("ann.ross")}
    snapshot, known = effects(plan, snapshot)
    assert plan_of([ann(1), ann(2, lastName="Ross")], snapshot, known).is_empty


def test_who_marries_into_a_namesake_gets_the_next_candidate():
    """The plan says whose the first one is."""
    snapshot, known = served([ann(1), evolve(somebody("Ann Ross"), id="00u2")])
    plan = plan_of([ann(1), ann(2)], snapshot, known)
    assert names_in(plan) == {"00u2": at("ann.lee2")}
    assert (
        f"candidate 3 of 4, because {at('ann.lee')} is the username of Ann Lee (person 00u1)" in reasons(plan)["00u2"]
    )


def test_after_the_memory_is_lost_everybody_has_what_they_had():
    """The source anchor tells whose an account is, and an account's own name comes first."""
    everybody = [ann(1), ann(2), ann(3)]
    snapshot, known = served(everybody)
    snapshot, known = effects(APP.plan([], snapshot, known, now=NOW, only=["00u1"]), snapshot)
    plan = plan_of([ann(2), ann(3)], snapshot)
    assert {each.kind for each in plan} == {"link_user"}
    assert {each.subject.person_id: each.subject.username for each in plan} == {
        "00u2": at("ann.lee2"),
        "00u3": at("ann.lee3"),
    }


def test_whose_account_is_gone_gets_another_under_the_same_name():
    """As long as nobody else has it by then."""
    snapshot, known = served([ann(1), ann(2)])
    left = evolve(snapshot, users=[each for each in snapshot.users if each.username == at("ann.lee")])
    assert names_in(plan_of([ann(1), ann(2)], left, known)) == {"00u2": at("ann.lee2")}
    taken = account(at("ann.lee2"), onPremisesImmutableId="OTHER==")
    plan = plan_of([ann(1), ann(2)], evolve(left, users=[*left.users, taken]), known)
    assert names_in(plan) == {"00u2": at("ann.lee3")}
    assert f"{at('ann.lee2')} is the username of the account" in reasons(plan)["00u2"]


def renamed(snapshot, before, after):
    """The tenant after somebody renamed an account in Office 365."""
    users = [
        evolve(each, properties={**each.properties, "userPrincipalName": after}) if each.username == before else each
        for each in snapshot.users
    ]
    return evolve(snapshot, users=users)


def test_whoever_is_renamed_to_another_candidate_in_office_365_keeps_that():
    """An administrator gave Ann the name that a namesake left free: the memory learns it."""
    snapshot, known = served([ann(1)])
    snapshot = renamed(snapshot, at("ann.lee"), at("ann.lee2"))
    plan = plan_of([ann(1)], snapshot, known)
    assert [each.kind for each in plan] == ["link_user"]
    snapshot, known = effects(plan, snapshot)
    assert known.get("00u1").username == at("ann.lee2")
    assert plan_of([ann(1, title="Head")], snapshot, known).problems == ()


def test_whoever_is_renamed_to_something_else_in_office_365_is_not_renamed_for_a_namesake():
    """The edit stays, as without candidates, and is said; a push of everything chooses again."""
    snapshot, known = served([ann(1)])
    snapshot = renamed(snapshot, at("ann.lee"), at("annie"))
    snapshot = evolve(snapshot, users=[*snapshot.users, account(at("ann.lee"), onPremisesImmutableId="OTHER==")])
    plan = plan_of([ann(1)], snapshot, known)
    assert plan.changes == ()
    assert [each.code for each in plan.problems] == ["renamed_account"]
    assert names_in(plan_of([ann(1)], snapshot, known, scope="all")) == {"00u1": at("ann.lee2")}


def test_everybody_leaves_and_nothing_stays():
    """Accounts are deleted, and their names are free once the tenant has forgotten them."""
    app = app_of(UserSync(deprovisioning=Deprovisioning.block_remove_licenses_and_delete(), deactivate_users=True))
    snapshot, known = served([ann(1), ann(2), ann(3)], app=app)
    plan = app.plan([], snapshot, known, now=NOW)
    snapshot, known = effects(plan, snapshot)
    assert snapshot.users == ()
    assert app.plan([], snapshot, known, now=NOW).is_empty
    assert names_in(plan_of([ann(7)], snapshot, known, app)) == {}  # all are held for thirty days
    assert names_in(plan_of([ann(7)], evolve(snapshot, deleted_users=()), known, app)) == {"00u7": at("ann.lee")}


# --- accounts that are there already


def test_an_account_that_nobody_is_known_to_have_is_matched_by_a_candidate():
    """As without candidates: the first plan in a tenant with accounts creates no second ones."""
    [change] = plan_of([ann(1)], tenant(account(at("ann.lee"))))
    assert (change.kind, change.object_id) == ("update_user", account(at("ann.lee")).id)


def test_an_account_that_may_be_one_of_two_peoples_is_asked_about():
    """Nothing says whose it is, and taking one of them would give away a mailbox."""
    there = tenant(account(at("ann.lee")))
    plan = plan_of([ann(1), ann(2)], there)
    assert [(each.subject.person_id, each.code) for each in plan.problems] == [
        ("00u1", "ambiguous_account"),
        ("00u2", "ambiguous_account"),
    ]
    assert plan.changes == ()
    told = plan_of([ann(1), ann(2)], there, transfers={"00u2": account(at("ann.lee")).id})
    assert told.problems == ()
    assert names_in(told) == {"00u1": at("ann.lee2")}


def test_an_account_with_the_persons_anchor_is_theirs_whatever_its_candidate():
    """It has the second one, and the first one is somebody else's or free: it is not renamed."""
    own = account(at("ann.lee2"), onPremisesImmutableId="00u1")
    plan = plan_of([ann(1)], tenant(own))
    assert [(each.kind, each.object_id) for each in plan] == [("update_user", own.id)]
    assert names_in(plan) == {}


def test_the_account_of_somebody_who_left_is_not_a_namesakes():
    """Today it would be a problem; with candidates the newcomer gets the next one."""
    app = app_of(UserSync(deactivate_users=True))
    snapshot, known = served([ann(1)], app=app)
    snapshot, known = effects(app.plan([], snapshot, known, now=NOW), snapshot)
    plan = plan_of([ann(2)], snapshot, known, app)
    assert names_in(plan) == {"00u2": at("ann.lee2")}
    assert "is the username of" in reasons(plan)["00u2"]
    assert "who left" in reasons(plan)["00u2"]


def test_a_type_that_creates_nobody_finds_the_account_under_any_candidate():
    """License Only: a username that nobody has is of no use."""
    app = app_of(LicenseOnly())
    there = tenant(account(at("ann.lee2")))
    plan = app.plan([assigned(ann(1), "SPE_E3")], there, remembered(), now=NOW)
    assert {each.object_id for each in plan} == {account(at("ann.lee2")).id}
    none = app.plan([assigned(ann(1), "SPE_E3")], tenant(), remembered(), now=NOW)
    assert [each.code for each in none.problems] == ["create_users_is_off"]


def test_a_type_that_does_not_rename_says_so_and_goes_on():
    """Profile Sync keeps the username, also where every candidate is somebody else's."""
    app = app_of(ProfileSync())
    snapshot, known = served([ann(1), evolve(somebody("Bo Ross"), id="00u2")], app=app)
    others = [account(at(each), onPremisesImmutableId=each) for each in ("ann.lee2", "ann.lee3")]
    snapshot = evolve(snapshot, users=[*snapshot.users, *others])
    plan = plan_of([ann(1), ann(2, title="Head")], snapshot, known, app)
    assert [each.code for each in plan.problems] == ["username_not_changed"]
    assert [each.kind for each in plan] == ["update_user"]


# --- names that a plan frees


def test_where_nothing_else_is_left_a_name_that_is_given_up_is_taken():
    """Two people swap, each has one candidate beside it that is taken: the renames take turns."""
    rule = UsernameFormat.candidates(f'user.nickName + "@{DOMAIN}"', f'"boss@{DOMAIN}"')
    app = evolve(APP, username=rule)
    boss = tenant(account(at("boss"), onPremisesImmutableId="OTHER=="))
    snapshot, known = served([ann(1, nickName="one"), ann(2, nickName="two")], boss, app=app)
    plan = plan_of([ann(1, nickName="two"), ann(2, nickName="one")], snapshot, known, app)
    assert plan.problems == ()
    snapshot, _ = effects(plan, snapshot)
    assert sorted(each.username for each in snapshot.users) == [at("boss"), at("one"), at("two")]
    by_anchor = {each.anchor: each.username for each in snapshot.users}
    assert (by_anchor["00u1"], by_anchor["00u2"]) == (at("two"), at("one"))


# --- what is shown


def test_a_plan_explains_which_candidate_it_is():
    """Beside the account and the values."""
    text = str(plan_of([ann(1), ann(2)]).explain("00u2"))
    assert f"Username: candidate 3 of 4, because {at('ann.lee')} goes to Ann Lee (person 00u1)" in text


def test_a_preview_without_a_tenant_shows_the_first_and_what_follows():
    """Nobody knows whether it is taken."""
    preview = APP.preview(ann(1, middleName="May"))
    assert preview.username == at("ann.lee")
    assert (
        f"where somebody else has {at('ann.lee')} in the tenant, what follows is {at('ann.may.lee')}, {at('ann.lee2')}"
        in str(preview)
    )


def test_a_preview_explains_every_candidate():
    """Each with its expression, what its parts gave, and what is wrong with it."""
    found = list(APP.preview(ann(1)).usernames())
    assert [each.value for each in found][::2] == [at("ann.lee"), at("ann.lee2")]
    assert [each.issue and each.issue.code for each in found] == [None, "username_failed", None, None]
    assert str(found[2].expression) == str(RULE.expressions[2])
    assert found[2].explanation.value == at("ann.lee2")
    [alone] = evolve(APP, username=UsernameFormat.custom(f'{NAME} + "@{DOMAIN}"')).preview(ann(1)).usernames()
    assert alone.value == at("ann.lee")


def test_a_preview_of_many_people_gives_each_their_own():
    """Namesakes do not collide; who is remembered keeps what they have."""
    population = APP.preview([ann(1), ann(2)])
    assert [each.username for each in population] == [at("ann.lee"), at("ann.lee2")]
    assert population.collisions == ()
    assert "candidate 3 of 4, because" in str(population["00u2"])
    known = remembered(AppUser("00u2", "id-2", at("ann.lee")))
    assert [each.username for each in APP.preview([ann(1), ann(2)], app_users=known)] == [at("ann.lee2"), at("ann.lee")]


def test_a_preview_in_a_tenant_says_what_the_plan_says():
    """Who has the first candidate."""
    there = tenant(account(at("ann.lee"), onPremisesImmutableId="OTHER=="))
    preview = APP.preview(ann(1), snapshot=there)
    assert preview.username == at("ann.lee2")
    assert str(preview.attribute("userName").expression) == str(RULE.expressions[2])
    assert "is the username of the account" in str(preview)
    assert "what follows" not in str(preview)


# --- laws

PEOPLE = [
    evolve(somebody(name, middleName=middle, email=f"{number}@corp.example"), id=f"00u{number}")
    for number, (name, middle) in enumerate(
        [
            ("Ann Lee", None),
            ("Ann Lee", "May"),
            ("Ann Lee", None),
            ("Ann Lee", "May"),
            ("Ann Ross", None),
            ("Bo Ross", None),
        ]
    )
]
SOME = st.sets(st.sampled_from(range(len(PEOPLE))))
MOST = st.sets(st.sampled_from(range(len(PEOPLE))), min_size=2)
GONE = app_of(UserSync(deprovisioning=Deprovisioning.block_remove_licenses_and_delete(), deactivate_users=True))
STRANGERS = st.dictionaries(
    st.sampled_from(["ann.lee", "ann.may.lee", "ann.lee2", "ann.ross"]), st.sampled_from(["account", "group", "alias"])
)


def with_strangers(strangers):
    """A tenant in which others have some of the names."""
    users, addresses = [], []
    for number, (local, kind) in enumerate(sorted(strangers.items())):
        if kind == "account":
            users.append(account(at(local), onPremisesImmutableId=f"OTHER-{number}"))
        elif kind == "alias":
            users.append(account(at(f"x{number}"), onPremisesImmutableId=f"A-{number}", mail=at(local)))
        else:
            addresses.append(AddressHolder(HolderKind.GROUP, f"g{number}", local, {at(local)}))
    return evolve(tenant(*users), addresses=addresses)


def has(snapshot):
    """The usernames of people by their source anchor."""
    return {each.anchor: each.username for each in snapshot.users}


@settings(max_examples=examples(60), deadline=None)
@given(STRANGERS, st.lists(SOME, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_usernames_are_unique_stable_and_the_same_in_whatever_order(strangers, days, random):
    """People come and go for days: nobody who stays is renamed, nobody has another's name, and a day after is empty."""
    snapshot, known = with_strangers(strangers), remembered()
    for day in days:
        before = has(snapshot)
        people = [PEOPLE[each] for each in day]
        plan = plan_of(people, snapshot, known, GONE)
        shuffled = random.sample(people, len(people))
        assert plan_of(shuffled, snapshot, known, GONE).changes == plan.changes
        assert plan_in_full(GONE, list(map(assigned, people)), snapshot, known, now=NOW).changes == plan.changes
        snapshot, known = effects(plan, snapshot)
        after = has(snapshot)
        assert all(after[anchor] == name for anchor, name in before.items() if anchor in after)
        names = [name.lower() for user in snapshot.users for name in user.addresses | {user.username.lower()}]
        names += [name for other in snapshot.addresses for name in other.addresses]
        assert len(names) == len(set(names))
        stopped = {each.subject.person_id for each in plan.problems if each.stops}
        assert {each.id for each in people} - stopped <= set(after)
        assert plan_of(people, snapshot, known, GONE).is_empty


@settings(max_examples=examples(60), deadline=None)
@given(STRANGERS, MOST, MOST, st.sets(st.sampled_from(range(len(PEOPLE))), max_size=2), st.booleans())
def test_all_ways_to_plan_give_the_same(strangers, first, second, gone, renames):
    """Everybody in memory, one by one, and in full; also where accounts are gone or renamed by hand."""
    snapshot, known = served([PEOPLE[each] for each in first], with_strangers(strangers))
    lost = {PEOPLE[each].id for each in gone}
    if renames:
        for each in lost & set(has(snapshot)):
            snapshot = renamed(snapshot, has(snapshot)[each], at(f"by.hand.{each}"))
    else:
        snapshot = evolve(snapshot, users=[each for each in snapshot.users if each.anchor not in lost])
    people = [assigned(PEOPLE[each]) for each in second]
    plan = APP.plan(people, snapshot, known, now=NOW)
    streaming = APP.streaming_planner(lambda: people, known, now=NOW)
    read = evolve(snapshot, users=[each for each in snapshot.users if streaming.wants(each)])
    for other in (streaming.plan(read), plan_in_full(APP, people, snapshot, known, now=NOW)):
        assert other.changes == plan.changes
        assert other.problems == plan.problems
        assert other.explanations == plan.explanations


@settings(max_examples=examples(60), deadline=None)
@given(STRANGERS, SOME, MOST, MOST)
def test_a_push_of_some_gives_them_what_a_plan_of_everybody_does(strangers, first, second, about):
    """Also where those before them are not in the push."""
    snapshot, known = served([PEOPLE[each] for each in first], with_strangers(strangers))
    people = [PEOPLE[each] for each in first | second]
    ids = {PEOPLE[each].id for each in about} & {each.id for each in people}
    whole, part = plan_of(people, snapshot, known), plan_of(people, snapshot, known, only=ids)
    assert part.changes == tuple(each for each in whole.changes if each.subject.person_id in ids)
    assert part.problems == tuple(each for each in whole.problems if each.subject.person_id in ids)
