"""The journal: what it holds, and how an interrupted apply goes on."""

import asyncio
import json
import stat

import pytest

from o365prov.errors import JournalError, PlanRefusedError
from o365prov.graph import Journal
from o365prov.graph.apply.journal import Entry, JournalStep


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "run.jsonl")


@pytest.fixture
def interrupt(faulty, tenant, run):
    """Apply a plan and cancel it when the *number*-th batch is on its way (after its effect, if *effect*)."""

    def whole(plan, journal, number=1, *, effect=True):
        send = faulty.send
        batches = 0

        async def inside():
            async with tenant() as connected:
                applying = asyncio.create_task(connected.apply(plan, journal=journal))
                faulty.send = lambda *request: stop(applying, *request)
                with pytest.raises(asyncio.CancelledError):
                    await applying

        async def stop(applying, method, url, headers, body):
            nonlocal batches
            batches += url.endswith("$batch")
            if batches < number or not url.endswith("$batch"):
                return await send(method, url, headers, body)
            if effect:
                await send(method, url, headers, body)
            applying.cancel()
            return await asyncio.sleep(3600)

        run(inside())
        faulty.send = send
        faulty.batches.clear()
        faulty.seen.clear()

    return whole


def lines(journal):
    return [json.loads(line) for line in journal.path.read_text().splitlines()]


def test_a_journal_tells_the_story(changes, plan, apply, journal):
    """Plan and tenant first, each change started and done, and the end."""
    made = plan(changes.create("ann"))
    apply(made, journal=journal)
    ann = changes.id_of("ann")
    assert lines(journal) == [
        {"journal": "o365prov.journal/1", "plan": made.id, "tenant": made.tenant_id},
        {"step": "started", "key": "create_user:00u-ann", "object_id": None},
        {"step": "done", "key": "create_user:00u-ann", "object_id": ann},
        {"finished": True},
    ]


def test_failures_are_recorded_with_graphs_code(changes, plan, apply, journal):
    """The code, the status and the request id, and nothing of what was sent."""
    changes.staff("taken")
    apply(plan(changes.create("taken", onPremisesImmutableId="b3RoZXI=")), journal=journal)
    failed = lines(journal)[2]
    assert (failed["step"], failed["status"], failed["code"]) == ("failed", 400, "Request_BadRequest")
    assert "taken@fed.example" not in journal.path.read_text()


def test_the_start_is_on_disk_before_the_write(changes, plan, apply, journal, faulty):
    """Whatever happens in between, it is known that a write may have had its effect."""
    written = []
    send = faulty.send

    async def look(method, url, headers, body):
        if url.endswith("$batch"):
            written.append(journal.path.read_text())
        return await send(method, url, headers, body)

    faulty.send = look
    apply(plan(changes.create("ann")), journal=journal)
    assert '"started"' in written[0]


def test_the_journal_is_for_its_owner_alone(changes, plan, apply, journal):
    """Other users of the computer can't read it."""
    apply(plan(changes.create("ann")), journal=journal)
    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("effect", [True, False])
def test_an_interrupted_apply_goes_on(changes, fake, faulty, plan, apply, journal, interrupt, effect):
    """Done changes are not repeated; a create whose outcome is unknown is looked for first."""
    made = plan(
        changes.create("ann"),
        changes.create("bob"),
        changes.give("ann", "SPE_E3", new=True),
        changes.manager("ann", "bob", new=True),
    )
    interrupt(made, journal, effect=effect)
    report = apply(made, journal=journal)
    assert report.ok
    assert [outcome.change for outcome in report.outcomes] == list(made)
    assert len(fake.users) == 2
    assert fake.user("ann@fed.example")["manager"] == changes.id_of("bob")
    assert faulty.seen.count("POST /users") == (0 if effect else 2)
    assert report.app_users.get("00u-ann").manager_id == changes.id_of("bob")


@pytest.mark.parametrize("effect", [True, False])
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_wherever_it_was_interrupted_it_ends_the_same(changes, fake, plan, apply, journal, interrupt, number, effect):
    """After each batch, with its effect and without, going on leads to the tenant that the plan wants."""
    changes.staff("old", licenses=["SPE_E3"])
    made = plan(
        changes.create("ann"),
        changes.update("old", jobTitle=(None, "x")),
        changes.give("ann", "SPE_E3", new=True),
        changes.manager("ann", "old", new=True, known=True),
        changes.block("old"),
    )
    interrupt(made, journal, number, effect=effect)
    report = apply(made, journal=journal)
    assert report.ok
    ann, old = fake.user("ann@fed.example"), fake.user("old@fed.example")
    assert (len(fake.users), fake.seats("SPE_E3")[0], ann["manager"]) == (2, 2, old["id"])
    assert (old["jobTitle"], old["accountEnabled"]) == ("x", False)
    assert len(report.app_users) == 2


def test_an_apply_interrupted_late_repeats_nothing(changes, fake, faulty, plan, apply, journal, interrupt):
    """Creates are done, licences are unknown: only the licences are sent."""
    made = plan(changes.create("ann"), changes.give("ann", "SPE_E3", new=True))
    interrupt(made, journal, number=2)
    report = apply(made, journal=journal)
    assert report.ok
    assert faulty.batches == [[f"POST /users/{changes.id_of('ann')}/assignLicense"]]
    assert fake.seats("SPE_E3") == (1, 3)


def test_our_own_writes_are_no_surprise(changes, fake, plan, apply, journal, interrupt):
    """That an account changed since the plan was made is our own doing, and the apply goes on."""
    changes.staff("ann", jobTitle="old")
    made = plan(changes.update("ann", jobTitle=("old", "new")), changes.give("ann", "SPE_E3"))
    interrupt(made, journal, number=2)
    assert apply(made, journal=journal).ok
    assert fake.user("ann@fed.example")["jobTitle"] == "new"


def test_without_a_journal_an_interrupted_plan_is_not_applied_again(changes, tenant, faulty, plan, run):
    """How far it came is unknown: the tenant has to be read."""
    made = plan(changes.create("ann"))

    async def whole():
        async with tenant() as connected:
            send = faulty.send

            async def stop(method, url, headers, body):
                if url.endswith("$batch"):
                    applying.cancel()
                    await asyncio.sleep(3600)
                return await send(method, url, headers, body)

            faulty.send = stop
            applying = asyncio.create_task(connected.apply(made))
            with pytest.raises(asyncio.CancelledError):
                await applying
            faulty.send = send
            with pytest.raises(PlanRefusedError, match="applied already"):
                await connected.apply(made)

    run(whole())


def test_a_finished_plan_is_refused(changes, plan, apply, journal):
    """The journal makes a plan single-use across processes."""
    made = plan(changes.create("ann"))
    apply(made, journal=journal)
    with pytest.raises(PlanRefusedError, match=r"applied already, says .*run\.jsonl"):
        apply(made, journal=Journal(journal.path))


def test_another_plans_journal_is_refused(changes, plan, apply, journal):
    """One journal a plan."""
    apply(plan(changes.create("ann")), journal=journal)
    other = plan(changes.create("bob"))
    with pytest.raises(JournalError, match=f"not {other.id}: give each plan a journal of its own"):
        apply(other, journal=journal)


def test_a_torn_last_line_is_tolerated(changes, fake, plan, apply, journal, interrupt):
    """A power cut in the middle of a line loses that line alone; what follows begins on a fresh one."""
    made = plan(changes.create("ann"), changes.create("bob"))
    interrupt(made, journal)
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole + b'{"step": "done", "key": "create_us')
    assert apply(made, journal=journal).ok
    assert len(fake.users) == 2
    assert all(lines(journal))


@pytest.mark.parametrize("torn", range(1, 40, 7))
def test_a_torn_first_line_is_not_a_journal_yet(plan, apply, journal, torn):
    """Nothing was written to the tenant before the first line was whole."""
    journal.path.write_bytes(b'{"journal": "o365prov.journal/1", "plan": "p"'[:torn])
    assert apply(plan(), journal=journal).ok


@pytest.mark.parametrize(
    "content",
    [
        b"hello\n",
        b"hello",
        b"\x00\x01",
        b"[]\n",
        b'{"journal": "other/1", "plan": "p", "tenant": "t"}\n',
        b'{"journal": "o365prov.journal/1"}\n',
        b'{"journal": "o365prov.journal/1", "plan": "p", "tenant": "t"}\n{"step": "begun", "key": "x"}\n',
        b'{"journal": "o365prov.journal/1", "plan": "p", "tenant": "t"}\nhello\n{"finished": true}\n',
        b'{"journal": "o365prov.journal/1", "plan": "p", "tenant": "t"}\n5\n',
    ],
)
def test_a_file_that_is_not_a_journal_is_refused_and_kept(plan, apply, journal, content):
    """A wrong path must not cost anybody a file."""
    journal.path.write_bytes(content)
    with pytest.raises(JournalError, match=r"run\.jsonl.*not a journal of o365prov: use one that is"):
        apply(plan(), journal=journal)
    assert journal.path.read_bytes() == content


def test_a_folder_that_is_not_there_is_named(plan, apply, tmp_path):
    """The message says what to do."""
    with pytest.raises(JournalError, match="use a file in a folder that exists"):
        apply(plan(), journal=Journal(tmp_path / "nowhere" / "run.jsonl"))


def test_a_journal_in_use_is_refused(plan, journal):
    """Two applies must not share one."""
    made = plan()
    journal.begin(made)
    with pytest.raises(JournalError, match="another apply uses it"):
        journal.begin(made)
    journal.close()


def test_only_apply_writes(journal):
    """A journal that is not open takes no entries."""
    with pytest.raises(JournalError, match="not open"):
        journal.write([Entry("create_user:1", JournalStep.DONE)])


def test_a_journal_can_be_read_at_any_time(changes, plan, apply, journal):
    """For looking: what is known of each change, the last word."""
    assert journal.read().plan_id == ""
    made = plan(changes.create("ann"))
    apply(made, journal=journal)
    history = journal.read()
    assert (history.plan_id, history.finished) == (made.id, True)
    assert history.entries == (Entry("create_user:00u-ann", JournalStep.DONE, changes.id_of("ann")),)


@pytest.mark.parametrize("space", [150, 250, 300])
def test_a_disk_that_is_really_full(changes, fake, plan, apply, journal, space):
    """The system writes half a line; the report is returned, and with space again the apply goes on."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    made = plan(changes.create("ann"), changes.give("ann", "SPE_E3", new=True))
    resource.setrlimit(resource.RLIMIT_FSIZE, (space, before[1]))
    try:
        report = apply(made, journal=journal)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert report.skipped
    assert all("free disk space" in outcome.message for outcome in report.skipped)
    assert journal.path.read_bytes().endswith(b"\n")
    assert apply(made, journal=journal).ok
    assert len(fake.users) == 1


def test_a_full_disk_stops_the_writing_and_not_the_report(changes, fake, plan, apply, journal, monkeypatch):
    """Without a journal nothing more is written to the tenant; what was done is reported."""
    real = Journal.write

    def fill(self, entries):
        entries = list(entries)
        if any(entry.step is JournalStep.DONE for entry in entries):
            raise JournalError(f"{self.path}: can't be written (No space left on device): free disk space")
        real(self, entries)

    monkeypatch.setattr(Journal, "write", fill)
    report = apply(plan(changes.create("ann"), changes.give("ann", "SPE_E3", new=True)), journal=journal)
    assert [outcome.result.value for outcome in report.outcomes] == ["done", "skipped"]
    assert "No space left" in report.skipped[0].message
    assert report.app_users.get("00u-ann").object_id == changes.id_of("ann")
    assert not journal.read().finished
