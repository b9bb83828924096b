"""What every state does, wherever it is kept."""

import threading
import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from amount import examples
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from o365prov import AppUsers, LeaseLostError, Plan, PlanRefusedError, StalePlanError, StateError
from o365prov.people import AppUser, AppUserStatus, Departure, LicenseGrant, WaitingForSeat
from o365prov.planning import LinkUser, PropertyChange, Subject, UpdateUser
from o365prov.state import RunEntry, RunStep

TENANT, APP = "contoso", "Office 365"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
ANN = AppUser("00u-ann", "id-ann", "ann@corp.example", licenses=(LicenseGrant("SPE_E3", ["SWAY"]),), roles=("Reader",))
BOB = AppUser(
    "00u-bob",
    "id-bob",
    "bob@corp.example",
    anchor="Ym9i",
    status=AppUserStatus.DEACTIVATED,
    departure=Departure(NOW, "delete", 30),
    password_instant=NOW,
    waiting=(WaitingForSeat("SPE_F1", NOW),),
)


def link(name, object_id=None):
    """The change that links somebody's account."""
    subject = Subject(f"00u-{name}", name.title(), f"{name}@corp.example")
    return LinkUser(subject, "same name", object_id or f"id-{name}", "print")


def plan_for(state, *names, app=APP, changes=(), made_at=NOW):
    """A plan that links these people, made with what the state knows."""
    made = (*map(link, names), *changes)
    return Plan(TENANT, made_at, made, app_users=state.app_users(TENANT, app))


def apply(state, plan, *users):
    """Apply a plan whose changes are all done: what a tenant notes."""
    lease = state.acquire(TENANT)
    run = state.begin_run(lease, plan)
    noted = [
        RunEntry(f"{each.kind}:{each.subject.person_id}", RunStep.DONE, each.subject.person_id, each.object_id)
        for each in plan
    ]
    state.note(lease, run, noted, users)
    state.end_run(lease, run)
    state.release(lease)
    return run


def test_a_new_state_remembers_nothing(state):
    """The table of an app that did nothing yet is empty."""
    assert state.app_users(TENANT, APP) == AppUsers.empty(TENANT, APP)


def test_what_is_noted_is_remembered(state, open_state):
    """Every field, by whoever opens the state next."""
    apply(state, plan_for(state, "ann", "bob"), ANN, BOB)
    assert set(open_state().app_users(TENANT, APP)) == {ANN, BOB}


def test_a_plan_gives_the_memory_its_lineage(state):
    """The first plan does; every run has the next number."""
    first = plan_for(state, "ann")
    apply(state, first, ANN)
    apply(state, plan_for(state, "bob"), BOB)
    known = state.app_users(TENANT, APP)
    assert (known.lineage, known.serial) == (first.id, 2)


def test_forgotten_people_are_gone(state):
    """A person whose account went to somebody else."""
    apply(state, plan_for(state, "ann", "bob"), ANN, BOB)
    plan, lease = plan_for(state, "ann"), state.acquire(TENANT)
    state.note(lease, state.begin_run(lease, plan), (), [evolve(ANN, username="a@corp.example")], ["00u-bob"])
    assert [user.username for user in state.app_users(TENANT, APP)] == ["a@corp.example"]


def test_apps_know_which_accounts_are_others(state):
    """Deleted ones are nobody's."""
    apply(state, plan_for(state, "ann", "bob"), ANN, evolve(BOB, status=AppUserStatus.DELETED))
    assert state.app_users(TENANT, "Other").linked_elsewhere == {"id-ann": APP}
    assert not state.app_users(TENANT, APP).linked_elsewhere


def test_of_two_apps_the_one_decides_that_has_the_person_or_had_them_last(state):
    """A link of who left an app yields, with the source anchor that tells whom; in use here, it is nothing there."""

    def elsewhere(app):
        known = state.app_users(TENANT, app)
        return dict(known.linked_elsewhere), dict(known.left_elsewhere)

    apply(state, plan_for(state, "ann", "bob"), ANN, BOB)
    assert elsewhere("Other") == ({"id-ann": APP, "id-bob": APP}, {"id-bob": "Ym9i"})
    here = evolve(BOB, status=AppUserStatus.ACTIVE, departure=None)
    apply(state, plan_for(state, "bob", app="Other"), here)
    assert elsewhere("Other") == ({"id-ann": APP}, {})
    assert elsewhere(APP) == ({"id-bob": "Other"}, {})
    apply(state, plan_for(state, "bob", app="Other"), evolve(BOB, departure=Departure(NOW + timedelta(days=1))))
    assert elsewhere("Other") == ({"id-ann": APP}, {})
    assert elsewhere(APP) == ({"id-bob": "Other"}, {"id-bob": "Ym9i"})
    assert elsewhere("Third") == ({"id-ann": APP, "id-bob": "Other"}, {"id-bob": "Ym9i"})


def test_a_memory_comes_in_as_json_and_goes_out(state):
    """Import is the way back of export; it counts as a run that touched everything."""
    saved = AppUsers.from_json(AppUsers(TENANT, APP, [ANN, BOB], "plan-1", 7).to_json())
    state.import_app_users(saved)
    known = state.app_users(TENANT, APP)
    assert (set(known), known.lineage) == ({ANN, BOB}, "plan-1")
    assert known.serial > 7


def test_a_memory_is_not_replaced_by_mistake(state):
    """Only where the caller says so."""
    apply(state, plan_for(state, "ann"), ANN)
    other = AppUsers(TENANT, APP, [BOB], "plan-1", 1)
    with pytest.raises(StateError, match="replace=True"):
        state.import_app_users(other)
    state.import_app_users(other, replace=True)
    assert set(state.app_users(TENANT, APP)) == {BOB}


def test_the_memory_of_a_report_is_taken_over(state):
    """It came from what is remembered, and nothing was remembered since."""
    state.import_app_users(AppUsers(TENANT, APP, [ANN]))
    state.import_app_users(state.app_users(TENANT, APP).after_plan("plan-1", [BOB]))
    assert set(state.app_users(TENANT, APP)) == {ANN, BOB}


def test_an_older_memory_is_refused(state):
    """Two jobs planned at the same time: the second one to end would take back what the first one remembers."""
    state.import_app_users(AppUsers(TENANT, APP, [ANN]))
    known = state.app_users(TENANT, APP)
    state.import_app_users(known.after_plan("plan-1", [BOB]))
    with pytest.raises(StateError, match="replace=True"):
        state.import_app_users(known.after_plan("plan-2", []))
    assert set(state.app_users(TENANT, APP)) == {ANN, BOB}


def test_apps_do_not_hinder_each_other(state):
    """What another app remembers meanwhile does not make a memory older."""
    state.import_app_users(AppUsers(TENANT, APP, [ANN]))
    known = state.app_users(TENANT, APP)
    for number in range(3):
        other = state.app_users(TENANT, "Other").after_plan(f"plan-{number}", [BOB])
        state.import_app_users(other)
    state.import_app_users(known.after_plan("plan-1", []))
    assert set(state.app_users(TENANT, APP)) == {ANN}


def test_what_is_read_is_of_one_moment(open_state):
    """However often another thread or process writes meanwhile: a memory is never half of one and half of another."""
    state, other = open_state(), open_state()
    memories = [AppUsers(TENANT, APP, [evolve(each, object_id=name) for each in (ANN, BOB)]) for name in "xy"]
    state.import_app_users(memories[0])
    ended = threading.Event()

    def write():
        while not ended.is_set():
            for each in memories:
                other.import_app_users(each, replace=True)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen = [{user.object_id for user in state.app_users(TENANT, APP)} for _ in range(60)]
    finally:
        ended.set()
        writer.join()
    assert all(each in ({"x"}, {"y"}) for each in seen)


def test_a_plan_from_before_an_import_is_stale(state):
    """Nobody knows what was done in between."""
    old = plan_for(state, "ann")
    state.import_app_users(AppUsers(TENANT, APP, [BOB], "", 0))
    with pytest.raises(PlanRefusedError):
        state.check_plan(old)


def test_one_holds_the_lease(state, open_state):
    """The other is told who holds it, and what to do."""
    lease = state.acquire(TENANT)
    with pytest.raises(LeaseLostError, match=r"process \d+ on .*unlock"):
        open_state().acquire(TENANT)
    state.release(lease)
    assert open_state().acquire(TENANT).fence > lease.fence


def test_tenants_have_leases_of_their_own(state):
    """One state holds any number of them."""
    state.acquire(TENANT)
    assert state.acquire("fabrikam").tenant_id == "fabrikam"


def test_a_lease_that_was_taken_away_notes_nothing(state):
    """Whoever had it learns that at the next note, and what it wanted to note is not there."""
    plan, lease = plan_for(state, "ann"), state.acquire(TENANT)
    run = state.begin_run(lease, plan)
    held = state.unlock(TENANT)
    assert held.fence == lease.fence
    with pytest.raises(LeaseLostError):
        state.note(lease, run, [RunEntry("link_user:00u-ann", RunStep.DONE, "00u-ann")], [ANN])
    assert (len(state.app_users(TENANT, APP)), state.entries(plan.id)) == (0, ())


def test_a_lease_is_good_for_its_tenant_alone(state):
    """With that of one tenant, nothing is noted of another."""
    lease = state.acquire("fabrikam")
    with pytest.raises(LeaseLostError, match="fabrikam"):
        state.begin_run(lease, plan_for(state, "ann"))


def test_a_plan_is_applied_once(state):
    """A run that has ended does not begin again."""
    plan = plan_for(state, "ann")
    apply(state, plan, ANN)
    lease = state.acquire(TENANT)
    with pytest.raises(PlanRefusedError, match="applied already"):
        state.begin_run(lease, plan)


def test_a_lease_that_has_ended_is_lost(open_state):
    """By the clock of the database; somebody else can have it."""
    state = open_state(lease_seconds=1)
    lease = state.acquire(TENANT)
    assert state.lease_holder(TENANT).expires > datetime.now(UTC)
    wait_until_free(state)
    with pytest.raises(LeaseLostError, match="has ended"):
        state.renew(lease)
    assert state.acquire(TENANT).fence > lease.fence


def wait_until_free(state):
    """Wait until nobody holds the lease."""
    while state.lease_holder(TENANT) is not None:
        time.sleep(0.02)


def test_a_lease_is_kept_by_renewing_it(open_state):
    """As long as it has not ended."""
    state = open_state(lease_seconds=1)
    lease = state.acquire(TENANT)
    first = state.lease_holder(TENANT).expires
    while state.lease_holder(TENANT).expires == first:
        state.renew(lease)
    assert state.lease_holder(TENANT).expires > first


def test_a_run_goes_on_where_it_was(state, open_state):
    """Another process finds how far each change has come, in the order in which they began."""
    plan, lease = plan_for(state, "bob", "ann"), state.acquire(TENANT)
    run = state.begin_run(lease, plan)
    entries = [RunEntry("link_user:00u-bob", RunStep.STARTED, "00u-bob"), RunEntry("b", RunStep.STARTED, "00u-ann")]
    state.note(lease, run, entries)
    state.note(lease, run, [evolve(entries[0], step=RunStep.FAILED, message="refused")])
    state.release(lease)
    other = open_state()
    again = other.begin_run(other.acquire(TENANT), plan)
    assert (again.number, again.ended_at) == (run.number, None)
    assert [(each.key, each.step) for each in other.entries(plan.id)] == [
        ("link_user:00u-bob", RunStep.FAILED),
        ("b", RunStep.STARTED),
    ]


def test_runs_are_listed_with_how_they_ended(state):
    """The newest first."""
    first = apply(state, plan_for(state, "ann"), ANN)
    plan, lease = plan_for(state, "bob"), state.acquire(TENANT)
    state.end_run(lease, state.begin_run(lease, plan), "SIGTERM")
    assert [(run.plan_id, run.stopped, run.ended_at is None) for run in state.runs(TENANT)] == [
        (plan.id, "SIGTERM", True),
        (first.plan_id, "", False),
    ]
    assert state.runs(TENANT, "Other") == ()


def test_plans_about_different_people_fit_side_by_side(state):
    """Two pushes of one person each, planned at the same time."""
    one, other = plan_for(state, "ann"), plan_for(state, "bob")
    apply(state, one, ANN)
    state.check_plan(evolve(other, app_users=evolve(other.app_users, lineage=one.id)))


@pytest.mark.parametrize("app", [APP, "Other"])
def test_a_plan_about_what_was_changed_since_is_stale(state, app):
    """Whichever app changed it; the person is named."""
    apply(state, plan_for(state, "bob"), BOB)
    old = plan_for(state, "ann")
    apply(state, plan_for(state, "ann", app=app, made_at=NOW + timedelta(1)))
    with pytest.raises(StalePlanError, match="Ann"):
        state.check_plan(old)


def test_a_plan_made_before_an_interrupted_one_went_on_is_stale(state):
    """The run began before the plan was made; what it noted afterwards counts."""
    first, lease = plan_for(state, "ann", "bob"), state.acquire(TENANT)
    run = state.begin_run(lease, first)
    state.note(lease, run, [RunEntry("link_user:00u-bob", RunStep.DONE, "00u-bob")])
    between = plan_for(state, "ann", made_at=NOW + timedelta(1))
    other = plan_for(state, "cid", made_at=NOW + timedelta(1))
    state.note(lease, state.begin_run(lease, first), [RunEntry("link_user:00u-ann", RunStep.DONE, "00u-ann")])
    with pytest.raises(StalePlanError, match="Ann"):
        state.check_plan(between)
    state.check_plan(other)


def test_a_plan_made_while_another_is_applied_is_stale(state):
    """Also where that one was never interrupted."""
    first, lease = plan_for(state, "ann"), state.acquire(TENANT)
    run = state.begin_run(lease, first)
    between = plan_for(state, "ann", made_at=NOW + timedelta(1))
    state.note(lease, run, [RunEntry("link_user:00u-ann", RunStep.DONE, "00u-ann")])
    with pytest.raises(StalePlanError, match="Ann"):
        state.check_plan(between)


def test_a_plan_made_after_what_was_noted_fits(state):
    """An apply that was killed leaves a run open; the next plan is made from what it noted."""
    first, lease = plan_for(state, "ann"), state.acquire(TENANT)
    state.note(lease, state.begin_run(lease, first), [RunEntry("link_user:00u-ann", RunStep.STARTED, "00u-ann")])
    state.check_plan(plan_for(state, "ann", made_at=NOW + timedelta(1)))


def test_a_plan_that_wants_an_address_of_another_is_stale(state):
    """The address is named."""
    apply(state, plan_for(state, "bob"), BOB)
    old = plan_for(state, changes=[renamed("ann")])
    lease, newer = state.acquire(TENANT), plan_for(state, changes=[renamed("cid")], made_at=NOW + timedelta(1))
    run = state.begin_run(lease, newer)
    taken = RunEntry("update_user:00u-cid", RunStep.DONE, "00u-cid", "id-cid", ("chief@corp.example",))
    state.note(lease, run, [taken])
    with pytest.raises(StalePlanError, match=r"chief@corp\.example"):
        state.check_plan(old)


def renamed(name):
    """A change that gives somebody the name of the chief."""
    before, after = f"{name}@corp.example", "chief@corp.example"
    subject = Subject(f"00u-{name}", name.title(), after)
    change = PropertyChange("userPrincipalName", before, after)
    return UpdateUser(subject, "renamed", f"id-{name}", (change,), "print")


def test_a_plan_without_the_memory_is_refused(state):
    """A first run of an app that is known would hand accounts to the wrong people."""
    apply(state, plan_for(state, "ann"), ANN)
    with pytest.raises(PlanRefusedError, match="without a memory"):
        state.check_plan(Plan(TENANT, NOW, [link("bob")], app_users=AppUsers.empty(TENANT, APP)))


def test_a_plan_of_another_state_is_refused(state):
    """The state that has its memory is named as the remedy."""
    with pytest.raises(PlanRefusedError, match="import_app_users"):
        state.check_plan(Plan(TENANT, NOW, [link("bob")], app_users=AppUsers(TENANT, APP, [ANN], "lost", 3)))


def test_a_plan_of_another_memory_is_refused(state):
    """Both have one, and it is not the same."""
    apply(state, plan_for(state, "ann"), ANN)
    with pytest.raises(PlanRefusedError, match="another memory than the one that the state has"):
        state.check_plan(Plan(TENANT, NOW, [link("bob")], app_users=AppUsers(TENANT, APP, [ANN], "other", 1)))


def test_a_plan_that_is_newer_than_the_state_is_refused(state):
    """The state is a backup: what was done since it was made is not known."""
    apply(state, plan_for(state, "ann"), ANN)
    newer = plan_for(state, "bob")
    newer = evolve(newer, app_users=evolve(newer.app_users, serial=newer.app_users.serial + 1))
    with pytest.raises(PlanRefusedError, match="was it restored from a backup"):
        state.check_plan(newer)


def test_a_plan_about_an_account_that_was_changed_since_is_stale(state):
    """Whoever's it was."""
    apply(state, plan_for(state, "bob"), BOB)
    old = plan_for(state, changes=[link("ann", "id-shared")])
    apply(state, plan_for(state, changes=[link("cid", "id-shared")], made_at=NOW + timedelta(1)))
    with pytest.raises(StalePlanError, match="the account of Ann"):
        state.check_plan(old)


def test_many_entries_and_people_are_noted_at_once(state):
    """More than a database takes parameters; what was noted before keeps its place."""
    names = [f"p{number}" for number in range(1200)]
    plan, lease = plan_for(state, "ann"), state.acquire(TENANT)
    run = state.begin_run(lease, plan)
    entries = [RunEntry(f"link_user:{name}", RunStep.STARTED, name) for name in names]
    users = [AppUser(name, f"id-{name}", f"{name}@corp.example") for name in names]
    state.note(lease, run, entries, users)
    done = [evolve(each, step=RunStep.DONE) for each in reversed(entries)]
    state.note(lease, run, done, users[600:], names[:600])
    assert state.entries(plan.id) == tuple(reversed(done))
    assert set(state.app_users(TENANT, APP)) == set(users[600:])


def test_of_two_entries_of_one_change_the_later_counts(state):
    """Also where both come in one note."""
    plan, lease = plan_for(state, "ann"), state.acquire(TENANT)
    run = state.begin_run(lease, plan)
    first = RunEntry("link_user:00u-ann", RunStep.STARTED, "00u-ann")
    state.note(lease, run, [first, evolve(first, step=RunStep.DONE)])
    assert [each.step for each in state.entries(plan.id)] == [RunStep.DONE]


def test_a_person_can_be_forgotten(state):
    """The memory and what runs hold of them."""
    plan = plan_for(state, "ann", "bob")
    apply(state, plan, ANN, BOB)
    assert state.forget("00u-ann") == 2
    assert set(state.app_users(TENANT, APP)) == {BOB}
    assert [each.person_id for each in state.entries(plan.id)] == ["00u-bob"]


def test_old_runs_can_be_deleted(state):
    """The memory stays; plans from before can't be judged any more."""
    old = plan_for(state, "cid")
    plan = plan_for(state, "ann")
    apply(state, plan, ANN)
    assert state.prune(datetime.now(UTC) + timedelta(1)) == 1
    assert (state.find_run(plan.id), len(state.app_users(TENANT, APP))) == (None, 1)
    with pytest.raises(StalePlanError, match="older"):
        state.check_plan(evolve(old, app_users=evolve(old.app_users, lineage=plan.id)))


ACTS = {
    "forget": lambda state: state.forget("00u-ann"),
    "prune": lambda state: state.prune(datetime.now(UTC) + timedelta(1)),
    "import": lambda state: state.import_app_users(AppUsers(TENANT, APP, [BOB]), replace=True),
}


@pytest.mark.parametrize("act", ACTS)
def test_nothing_is_taken_away_during_an_apply(state, act):
    """It is refused, with who applies."""
    apply(state, plan_for(state, "ann"), ANN)
    state.acquire(TENANT)
    with pytest.raises(StateError, match=f"applies a plan to tenant {TENANT} now"):
        ACTS[act](state)
    assert set(state.app_users(TENANT, APP)) == {ANN}


@pytest.mark.parametrize("act", ACTS)
def test_an_apply_to_another_tenant_does_not_matter(state, act):
    """What is deleted or replaced is not what it works with."""
    apply(state, plan_for(state, "ann"), ANN)
    state.acquire("fabrikam")
    ACTS[act](state)
    assert state.runs(TENANT) == () or set(state.app_users(TENANT, APP)) != {ANN}


def test_what_is_forgotten_of_a_run_waits_for_an_apply_too(state):
    """The memory may have nothing of a person of whom a run has an entry."""
    plan = plan_for(state, "ann")
    apply(state, plan)
    lease = state.acquire(TENANT)
    with pytest.raises(StateError, match="applies a plan"):
        state.forget("00u-ann")
    state.release(lease)
    assert state.forget("00u-ann") == 1
    assert state.entries(plan.id) == ()


def test_what_is_noted_can_be_read_meanwhile(state, open_state):
    """Again and again, by another process: nothing is lost, and the apply goes on."""
    plan, lease = plan_for(state, "ann", "bob"), state.acquire(TENANT)
    run, other = state.begin_run(lease, plan), open_state()
    for name, user in (("ann", ANN), ("bob", BOB), ("ann", evolve(ANN, username="a@corp.example"))):
        entry = RunEntry(f"link_user:00u-{name}", RunStep.DONE, f"00u-{name}", f"id-{name}")
        state.note(lease, run, [evolve(entry, step=RunStep.STARTED)])
        state.note(lease, run, [entry], [user])
        assert user in set(other.app_users(TENANT, APP))
        assert entry in other.entries(plan.id)
    assert [each.person_id for each in state.entries(plan.id)] == ["00u-ann", "00u-bob"]
    assert set(state.app_users(TENANT, APP)) == {evolve(ANN, username="a@corp.example"), BOB}


def test_old_runs_are_deleted_and_not_what_they_remember(state):
    """Also where nobody has read since they ended."""
    apply(state, plan_for(state, "ann"), ANN)
    assert state.prune(datetime.now(UTC) + timedelta(1)) == 1
    assert set(state.app_users(TENANT, APP)) == {ANN}


@pytest.mark.parametrize("wrong", ["\ud800", "\0"])
@pytest.mark.parametrize("where", ["person_id", "username", "anchor"])
def test_a_value_that_can_not_be_noted_is_said(state, where, wrong):
    """Half a character, or what one of the databases can't keep: nothing of the note stays, and others can be noted."""
    plan, lease = plan_for(state, "ann"), state.acquire(TENANT)
    run = state.begin_run(lease, plan)
    with pytest.raises(StateError, match="can't keep a value"):
        state.note(lease, run, [], [evolve(ANN, **{where: f"ann{wrong}@corp.example"})])
    state.note(lease, run, [], [ANN])
    assert set(state.app_users(TENANT, APP)) == {ANN}


USERS = st.builds(
    AppUser,
    st.sampled_from(["00u1", "00u2", "00u3"]),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5),
    st.just("é@corp.example"),
    anchor=st.none() | st.just("YQ=="),
    roles=st.lists(st.sampled_from(["Reader", "Ärzte"]), unique=True).map(tuple),
)


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.lists(USERS, max_size=3), st.sets(st.sampled_from(["00u1", "00u2", "00u3"])))))
def test_the_memory_is_what_was_noted_last(open_state, notes):
    """Whatever is noted in whatever order, and whoever is forgotten."""
    state, tenant = open_state(), uuid.uuid4().hex
    plan = Plan(tenant, NOW, [link("ann")], app_users=state.app_users(tenant, APP))
    lease, expected = state.acquire(tenant), {}
    run = state.begin_run(lease, plan)
    for users, gone in notes:
        unique = {user.person_id: user for user in users if user.person_id not in gone}
        state.note(lease, run, (), unique.values(), gone)
        expected = {**{key: user for key, user in expected.items() if key not in gone}, **unique}
    assert {user.person_id: user for user in state.app_users(tenant, APP)} == expected
    state.release(lease)
