"""A plan as a value: order, fingerprint, safeguards, and how it reads."""

import pickle
from datetime import timedelta
from itertools import permutations

import pytest
from amount import examples
from attrs import evolve
from effects import effects
from hypothesis import given, settings
from hypothesis import strategies as st
from organisation import DOMAIN, NOW, account, assigned, from_directory, remembered, somebody, tenant, user_sync_app

from o365prov import AppUser, AppUsers, Departure, Plan, Safeguards
from o365prov.errors import ConfigurationError, Issue
from o365prov.planning import UNITS, WRITES, BlockSignIn, Problem, Subject
from o365prov.planning.model.changes import (
    CreateUser,
    GrantRole,
    RemoveManager,
    RemoveRole,
    RestoreUser,
    RevokeSessions,
    change_key,
)

APP = user_sync_app()
BOSS = from_directory(somebody("Bo Ross"))
ANN = from_directory(somebody("Ann Lee"), manager=BOSS)
EVERYBODY = [
    assigned(ANN, "SPE_E3"),
    assigned(BOSS, "SPE_E3"),
    assigned(somebody("Cy Young", countryCode="UK"), "SPE_F1"),
    assigned(somebody("Di Ng", email="no-address")),
    assigned(somebody("Ed Poe", status="SUSPENDED")),
]


def linked(count):
    """A memory and a tenant with *count* provisioned accounts."""
    users = [account(f"user{number}@{DOMAIN}") for number in range(count)]
    app_users = remembered().with_users(
        AppUser(f"00u{number}", user.id, user.username) for number, user in enumerate(users)
    )
    return tenant(*users), app_users


@settings(max_examples=examples(25))
@given(st.permutations(EVERYBODY))
def test_no_plan_depends_on_the_order_of_its_input(people):
    """The same people in any order give the same plan, to the fingerprint."""
    plan, reference = (APP.plan(each, tenant(), remembered(), now=NOW) for each in (people, EVERYBODY))
    assert plan.changes == reference.changes
    assert plan.problems == reference.problems
    assert plan.fingerprint == reference.fingerprint


def test_objects_come_first_then_licences_then_references():
    """Changes stand in the order in which they must happen."""
    kinds = [change.kind for change in APP.plan(EVERYBODY, tenant(), remembered(), now=NOW)]
    assert kinds == sorted(kinds, key=["create_user", "assign_licenses", "set_manager"].index)


def test_no_change_comes_twice():
    """Kind and person are unique in a plan, which is what a journal relies on."""
    keys = [change_key(change) for change in APP.plan(EVERYBODY, tenant(), remembered(), now=NOW)]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    "change_of",
    [
        lambda role: GrantRole(ANYONE, "assigned", "id-1", "Reader", role),
        lambda role: RemoveRole(ANYONE, "not assigned", "id-1", "Reader", role, "a1"),
    ],
    ids=["granted", "removed"],
)
def test_each_role_of_a_person_is_a_change_of_its_own(change_of):
    """A journal must not take the second for the first."""
    assert change_key(change_of("r1")) != change_key(change_of("r2"))


def test_the_fingerprint_is_the_content_and_the_id_is_the_moment():
    """Drawn again a minute later, the content is the same and the plan another one."""
    snapshot, app_users = tenant(), remembered()
    first, second = (APP.plan(EVERYBODY, snapshot, app_users, now=NOW + timedelta(minutes=each)) for each in (0, 1))
    assert "create_user" in {change.kind for change in first}
    assert first.fingerprint == second.fingerprint
    assert first.id != second.id


def test_another_content_has_another_fingerprint():
    """One changed title is another plan."""
    first = APP.plan([assigned(somebody(title="Engineer"))], tenant(), remembered(), now=NOW)
    second = APP.plan([assigned(somebody(title="Director"))], tenant(), remembered(), now=NOW)
    assert first.fingerprint != second.fingerprint


ANYONE = Subject("00u1", "Ann Lee", f"ann.lee@{DOMAIN}")
RESTORED = Plan("tenant", NOW, [RestoreUser(ANYONE, "assigned", "id-1")], watermark="delta-1")


@pytest.mark.parametrize(
    "other",
    [
        evolve(RESTORED, tenant_id="other"),
        evolve(RESTORED, changes=[]),
        evolve(RESTORED, changes=[RestoreUser(ANYONE, "assigned", "id-2")]),
        evolve(RESTORED, changes=[RemoveManager(ANYONE, "assigned", "id-1")]),
        evolve(RESTORED, hazards=("150 of 200 accounts are deleted",)),
        evolve(RESTORED, provisioning_type="user_sync"),
        evolve(RESTORED, app_users=AppUsers("tenant", "Another app")),
        evolve(RESTORED, app_users=AppUsers("tenant", "", lineage="plan-0")),
        evolve(RESTORED, app_users=AppUsers("tenant", "", serial=3)),
    ],
    ids=["tenant", "no change", "account", "kind of change", "hazards", "type", "app", "lineage", "serial"],
)
def test_a_fingerprint_confirms_what_is_done_and_where(other):
    """Everything that applying obeys: what differs in it is not what was confirmed, and another plan to apply."""
    assert other.fingerprint != RESTORED.fingerprint
    assert other.id != RESTORED.id


def test_a_fingerprint_does_not_depend_on_words():
    """The reason is for people: what is done is the same."""
    assert evolve(RESTORED, changes=[RestoreUser(ANYONE, "came back", "id-1")]).fingerprint == RESTORED.fingerprint


def test_a_fingerprint_has_the_day_on_which_somebody_left():
    """It decides when the account is deleted."""
    one, another = (
        evolve(RESTORED, changes=[BlockSignIn(ANYONE, "left", "id-1", Departure(NOW - timedelta(days=each)))])
        for each in (0, 300)
    )
    assert one.fingerprint != another.fingerprint


def test_a_fingerprint_is_a_whole_sha_256():
    """A short one could be found again by trying."""
    assert len(RESTORED.fingerprint) == len(RESTORED.id) == 64


def test_a_fingerprint_has_the_instant_before_which_sessions_end():
    """It comes from the source, and not from when the plan is made."""
    one, another = (
        evolve(RESTORED, changes=[RevokeSessions(ANYONE, "a new password", "id-1", NOW + timedelta(days=each))])
        for each in (0, 1)
    )
    assert one.fingerprint != another.fingerprint


def test_a_fingerprint_does_not_depend_on_the_order_of_properties():
    """Graph takes them in any."""
    one, another = (
        evolve(RESTORED, changes=[CreateUser(ANYONE, "assigned", body, "f")])
        for body in ({"city": "Oslo", "state": "03"}, {"state": "03", "city": "Oslo"})
    )
    assert one.fingerprint == another.fingerprint


def test_a_problem_reads_as_one_line():
    """Who, what, and what to do."""
    problem = Problem(ANYONE, Issue("username_empty", "the username is empty", "Fill it in"))
    assert str(problem) == "Ann Lee: the username is empty. Fill it in."


@pytest.mark.parametrize(("place", "attribute"), [("title", "title"), ("", None)])
def test_a_problem_is_about_an_attribute_or_about_the_person(place, attribute):
    """A program need not know that the issue's place is its attribute."""
    assert Problem(ANYONE, Issue("code", "what", place=place)).attribute == attribute


def test_a_plan_for_another_state_of_the_tenant_is_another_plan():
    """The same changes, confirmed the same way, may be needed again."""
    later = evolve(RESTORED, watermark="delta-2")
    assert (later.fingerprint, later.id == RESTORED.id) == (RESTORED.fingerprint, False)


def in_any_order(name, *members):
    """The plans that hold these members in every order."""
    return [Plan("tenant", NOW, **{name: given}) for given in permutations(members)]


@pytest.mark.parametrize(
    ("one", "another"),
    [
        (RestoreUser(evolve(ANYONE, person_id="00u2"), "", "id-2"), RestoreUser(evolve(ANYONE, name="Bo"), "", "id-1")),
        (RestoreUser(ANYONE, "", "id-1"), RestoreUser(evolve(ANYONE, person_id="00u2"), "", "id-2")),
        (GrantRole(ANYONE, "", "id-1", "Reader", "r1"), GrantRole(ANYONE, "", "id-1", "Reader", "r2")),
    ],
    ids=["name", "person", "role"],
)
def test_changes_of_one_phase_are_ordered_by_name_person_and_role(one, another):
    """Whatever order they come in, so that two plans can be compared line by line."""
    for plan in in_any_order("changes", one, another):
        assert plan.changes == (one, another)


@pytest.mark.parametrize(
    ("one", "another"),
    [
        (Problem(evolve(ANYONE, person_id="00u2"), Issue("b", "")), Problem(evolve(ANYONE, name="Bo"), Issue("a", ""))),
        (Problem(ANYONE, Issue("b", "")), Problem(evolve(ANYONE, person_id="00u2"), Issue("a", ""))),
        (Problem(ANYONE, Issue("a", "")), Problem(ANYONE, Issue("b", ""))),
    ],
    ids=["name", "person", "code"],
)
def test_problems_are_ordered_by_name_person_and_code(one, another):
    """Whatever order they come in."""
    for plan in in_any_order("problems", one, another):
        assert plan.problems == (one, another)


@pytest.mark.parametrize("name", ["changes", "problems"])
@pytest.mark.parametrize("junk", [5, None, "text", [5], [ANYONE, RESTORED.changes[0]]], ids=repr)
def test_a_plan_of_something_else_is_refused(name, junk):
    """With the name of the field, before anything is sorted."""
    with pytest.raises(ConfigurationError, match=rf"^Plan\.{name} "):
        Plan("tenant", NOW, **{name: junk})


def test_a_plan_counts_its_writes():
    """Two accounts, two licences, one manager; the person without a valid country only gets the account."""
    assert APP.plan(EVERYBODY, tenant(), remembered(), now=NOW).writes == 6


def test_unsupported_values_are_not_changes():
    """What Graph can't take is said, and the plan is empty all the same."""
    person = assigned(somebody(middleName="Q"))
    app = user_sync_app()
    snapshot, known = effects(app.plan([person], tenant(), remembered(), now=NOW), tenant())
    plan = app.plan([person], snapshot, known, now=NOW)
    assert plan.is_empty
    assert [each.attribute for each in plan.unsupported] == ["Middle name", "Synced with Active Directory"]


def test_a_plan_reads_well():
    """Symbol, who, what and why of each person, then problems with what to do, alike ones together."""
    text = str(APP.plan(EVERYBODY, tenant(), remembered(), now=NOW))
    assert (
        f"+ Ann Lee <ann.lee@{DOMAIN}>: create ann.lee@{DOMAIN}; licences +SPE_E3; manager Bo Ross <bo.ross@{DOMAIN}>"
        in text
    )
    assert "assigned through O365 E3" in text
    assert "? Di Ng: " in text
    assert "Use GB" in text
    assert "SUSPENDED in Okta" in text


def test_a_reason_says_how_a_person_is_assigned():
    """Through a group, by its name, or individually."""
    through, individually = assigned(somebody("Ann Lee")), evolve(assigned(somebody("Bo Ross")), via="individual")
    plan = APP.plan([through, individually], tenant(), remembered(), now=NOW)
    reasons = {change.subject.name: change.reason for change in plan if change.kind == "create_user"}
    assert reasons == {"Ann Lee": "assigned through O365 E3", "Bo Ross": "assigned individually"}


def test_an_empty_plan_says_so():
    """Nothing to do is a success of its own."""
    assert "nothing to do" in str(APP.plan([], tenant(), remembered(), now=NOW))


def test_a_plan_is_true_if_there_is_something_to_do():
    """``if plan`` asks whether it has to be applied: a write, or something that is only remembered."""
    plan = APP.plan([], tenant(), remembered(), now=NOW)
    assert (len(plan), list(plan), plan.is_empty, bool(plan)) == (0, [], True, False)
    assert APP.plan(EVERYBODY, tenant(), remembered(), now=NOW)


def test_a_plan_survives_pickling():
    """Plans cross processes."""
    plan = APP.plan(EVERYBODY, tenant(), remembered(), now=NOW)
    assert pickle.loads(pickle.dumps(plan)).fingerprint == plan.fingerprint  # noqa: S301


def test_an_empty_source_is_a_hazard():
    """No one assigned while accounts are linked: probably a broken export."""
    snapshot, app_users = linked(3)
    plan = APP.plan([], snapshot, app_users, now=NOW)
    assert "read completely" in plan.hazards[0]


@pytest.mark.parametrize(("leavers", "refused"), [(20, False), (21, True)])
def test_more_than_a_fifth_of_the_accounts_is_a_hazard(leavers, refused):
    """Of 100 linked accounts, 20 may lose something and 21 may not."""
    snapshot, app_users = linked(100)
    staying = [
        assigned(evolve(somebody(email=f"user{number}@corp.example"), id=f"00u{number}"))
        for number in range(leavers, 100)
    ]
    assert bool(APP.plan(staying, snapshot, app_users, now=NOW).hazards) is refused


def test_the_share_counts_only_from_five_accounts_on():
    """A team of four may lose three of its people."""
    snapshot, app_users = linked(4)
    staying = [assigned(evolve(somebody(email="user0@corp.example"), id="00u0"))]
    assert APP.plan(staying, snapshot, app_users, now=NOW).hazards == ()


def test_a_count_of_its_own_guards_large_tenants():
    """Safeguards are settings: here at most one account may lose something."""
    snapshot, app_users = linked(4)
    app = evolve(APP, safeguards=Safeguards(count=1))
    staying = [assigned(evolve(somebody(email="user0@corp.example"), id="00u0"))]
    assert "1 are allowed" in app.plan(staying, snapshot, app_users, now=NOW).hazards[0]


@pytest.mark.parametrize(
    ("quota", "amount", "seconds"), [(WRITES, 3_000, 0), (WRITES, 6_000, 150), (UNITS, 3_500, 0), (UNITS, 7_000, 10)]
)
def test_quotas_are_microsofts(quota, amount, seconds):
    """3,000 writes in 150 seconds, and 3,500 resource units in 10 seconds in the smallest tenants."""
    assert quota.duration(amount) == timedelta(seconds=seconds)
