"""What was read of everybody is kept, so that the next read, of whatever process, only asks what changed."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from o365prov import Plan, StateError
from o365prov.people import AppUser
from o365prov.planning import LinkUser, Subject
from o365prov.state import KeptRead, RunEntry

TENANT, APP = "contoso", "Office 365"
BEGUN = datetime(2026, 3, 1, tzinfo=UTC)
READ = KeptRead("names", "https://graph.example/delta?x", BEGUN, {"id-ann": '{"a":1}', "id-bob": "{}"}, ["id-gone"])


def write(state, name, *, ends=True):
    """Link somebody's account, and note it; unless it *ends*, the apply is interrupted."""
    person_id, object_id, username = f"00u-{name}", f"id-{name}", f"{name}@corp.example"
    link = LinkUser(Subject(person_id, name.title(), username), "same name", object_id, "print")
    plan, lease = Plan(TENANT, BEGUN, (link,), app_users=state.app_users(TENANT, APP)), state.acquire(TENANT)
    run = state.begin_run(lease, plan)
    state.note(lease, run, [RunEntry.started(link, object_id)], [AppUser(person_id, object_id, username)])
    if ends:
        state.end_run(lease, run)
    state.release(lease)


def test_a_new_state_keeps_no_read(state):
    """The first read asks for everything."""
    assert state.find_read(TENANT, "names") is None


def test_a_read_is_found_by_whoever_opens_the_state_next(state, open_state):
    """Every field."""
    state.keep_read(TENANT, READ)
    assert open_state().find_read(TENANT, "names") == READ


def test_a_read_serves_who_asks_for_the_same(state):
    """In that tenant; others have their own beside it."""
    other = evolve(READ, asked="titles", users={})
    for each in (READ, other):
        state.keep_read(TENANT, each)
    assert state.find_read(TENANT, "titles") == other
    assert state.find_read(TENANT, "names") == READ
    assert state.find_read("fabrikam", "names") is None


def test_a_read_takes_the_place_of_the_last_one(state):
    """Who is not in it any more is gone."""
    state.keep_read(TENANT, READ)
    later = evolve(
        READ, link="https://graph.example/delta?y", users={"id-cy": "{}"}, deleted=(), begun_at=datetime.now(UTC)
    )
    state.keep_read(TENANT, later)
    assert state.find_read(TENANT, "names") == later


def test_what_graph_does_not_remember_any_more_is_dropped(state):
    """A delta link is good for seven days; nobody asks for a read that is older."""
    state.keep_read(TENANT, READ)
    state.keep_read(TENANT, evolve(READ, asked="titles", begun_at=BEGUN + timedelta(days=7)))
    assert state.find_read(TENANT, "names") == READ
    state.keep_read(TENANT, evolve(READ, asked="titles", begun_at=BEGUN + timedelta(days=7, seconds=1)))
    assert state.find_read(TENANT, "names") is None


def test_accounts_that_were_written_since_are_named(state):
    """Shortly before too: Graph may have shown them as they were."""
    write(state, "ann")
    state.keep_read(TENANT, evolve(READ, begun_at=datetime.now(UTC) + timedelta(hours=2)))
    assert state.find_read(TENANT, "names").written == {"id-ann"}
    write(state, "bob")
    assert state.find_read(TENANT, "names").written == {"id-ann", "id-bob"}


def test_accounts_that_were_written_long_before_are_as_they_were_read(state):
    """What changed of them since, Graph says."""
    write(state, "ann")
    state.keep_read(TENANT, evolve(READ, begun_at=datetime.now(UTC) + timedelta(hours=4)))
    assert state.find_read(TENANT, "names").written == frozenset()


def test_accounts_of_an_apply_that_was_interrupted_are_named(state):
    """Whenever that was: it may go on."""
    write(state, "ann", ends=False)
    state.keep_read(TENANT, evolve(READ, begun_at=datetime.now(UTC) + timedelta(days=1)))
    assert state.find_read(TENANT, "names").written == {"id-ann"}


def test_reads_are_pruned_with_runs(state):
    """They hold people's values too."""
    state.keep_read(TENANT, READ)
    assert state.prune(BEGUN) == 0
    assert state.find_read(TENANT, "names") == READ
    state.prune(BEGUN + timedelta(seconds=1))
    assert state.find_read(TENANT, "names") is None


def test_who_is_forgotten_is_dropped_from_reads(state):
    """The read serves all the same; of that account it knows nothing, and asks."""
    write(state, "ann")
    write(state, "bob")
    state.keep_read(TENANT, READ)
    assert state.forget("00u-ann") == 3  # the memory, the read, and the entry of the run
    assert dict(state.find_read(TENANT, "names").users) == {"id-bob": "{}"}
    assert [each.person_id for each in state.app_users(TENANT, APP)] == ["00u-bob"]


@pytest.mark.parametrize("strange", ["\0", "\ud800"])
def test_what_a_database_can_not_hold_is_an_error_of_the_state(state, strange):
    """Graph's answers may hold anything; the read that was kept before stays."""
    state.keep_read(TENANT, READ)
    try:
        state.keep_read(TENANT, evolve(READ, users={f"id{strange}": "{}"}))
    except StateError:
        assert state.find_read(TENANT, "names") == READ
    else:
        assert list(state.find_read(TENANT, "names").users) == [f"id{strange}"]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE kept_user SET content = '[]'",
        "DELETE FROM kept_user WHERE object_id = 'id-bob'",
        "UPDATE kept_read SET link = 'https://elsewhere.example'",
        "INSERT INTO kept_user SELECT tenant_id, asked, 'id-new', content, digest FROM kept_user LIMIT 1",
    ],
)
def test_a_read_that_is_not_what_was_kept_is_refused(state, damage):
    """A plan that is made from it would change accounts by what somebody edited."""
    state.keep_read(TENANT, READ)
    with state._database.transaction() as transaction:
        transaction.execute(damage)
    with pytest.raises(StateError, match="digest"):
        state.find_read(TENANT, "names")
