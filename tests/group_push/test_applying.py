"""Applying a plan of groups: what is repeated, what is said, and what the next process finds."""

import pytest
from azure.core.credentials import AccessToken
from hypothesis import given
from hypothesis import strategies as st
from pushes import NAMES, Pushes, group, kinds

from o365prov import BlockingTenant
from o365prov.errors import LeaseLostError, PlanRefusedError, QuarantinedError, StalePlanError, StateError
from o365prov.planning import Result
from o365prov.state import MemoryState
from o365prov.testing import Dropped, FakeTenant, GatewayTimeout, RandomFaults, ScheduledFaults


def test_an_answer_that_is_lost_is_asked_for_again():
    """Nothing is there twice, and nothing is reported as failed that was done."""
    pushes = Pushes()
    lost = Dropped(after_effect=True)
    pushes.fake.faults = ScheduledFaults(by_route={"PATCH /groups*": [lost, None, lost]})
    assert pushes.pushed(group("Sales", "ann", "bob")).ok
    assert (len(pushes.fake.groups), pushes.members("Sales")) == (1, {"ann", "bob"})


def test_one_member_who_can_not_be_added_holds_up_nobody_else():
    """Graph refuses the twenty for one; then each is added alone, and the report names the one."""
    pushes = Pushes()
    plan = pushes.plan(group("Sales", *NAMES))
    pushes.fake.handle("DELETE", f"https://graph.microsoft.com/v1.0/users/{pushes.ids['cy']}", _HEADERS, b"")
    report = pushes.apply(plan)
    [failed] = report.failed
    assert f"not added: cy@{failed.message.partition('@')[2]}" == failed.message
    assert pushes.members("Sales") == {*NAMES} - {"cy"}
    [known] = pushes.remembered()
    assert pushes.ids["cy"] not in known.members


_HEADERS = {"Authorization": "Bearer stand-in"}


def test_a_member_whom_somebody_added_meanwhile_counts_as_added():
    """Graph says that they are there already, of all twenty; the others are added all the same."""
    pushes = Pushes()
    pushes.pushed(group("Sales", "ann"))
    plan = pushes.plan(group("Sales", "ann", "bob", "cy"))
    pushes.add_by_hand("Sales", "bob")
    assert pushes.apply(plan).ok
    assert pushes.members("Sales") == {"ann", "bob", "cy"}


class Consented:
    """A credential of an app registration with these permissions."""

    def __init__(self, fake, *permissions):
        self._fake, self._client_id = fake, fake.applications.add(permissions=permissions)

    def get_token(self, *scopes, **options):
        return AccessToken(self._fake.applications.token(self._client_id), 1 << 33)


READING = ("Domain.Read.All", "Organization.Read.All", "User.Read.All", "Group.Read.All", "GroupMember.Read.All")


def test_a_push_in_which_too_much_fails_for_one_reason_stops_and_quarantines_the_app():
    """Most groups are not even tried, and nothing is written until somebody allows it, in another process too."""
    pushes, groups = Pushes(), [group(f"G{number}", "ann") for number in range(100)]
    pushes.credential = Consented(pushes.fake, *READING)
    report = pushes.apply(pushes.plan(*groups))
    assert "writes failed for one reason (403 Authorization_RequestDenied" in report.stopped
    assert "the app is quarantined" in report.stopped
    assert (len(report.failed), report.done) == (20, ())
    [quarantine] = pushes.state.quarantines(pushes.tenant_id)
    assert (quarantine.app_name, quarantine.plan_id) == (pushes.push.app_name, report.fingerprint)
    pushes.credential = None
    with pytest.raises(QuarantinedError, match="because 20 of the last 20 writes failed"):
        pushes.apply(pushes.plan(*groups))
    assert not pushes.fake.groups
    pushes.state.allow(pushes.tenant_id, pushes.push.app_name)
    assert pushes.apply(pushes.plan(*groups)).ok
    assert pushes.plan(*groups).is_empty


class Full(MemoryState):
    """A state without room for a quarantine."""

    def quarantine(self, lease, app_name, plan_id, reason):
        """Nothing is kept."""
        raise StateError("the disk is full")


def test_a_quarantine_that_can_not_be_kept_is_said():
    """The report does not say that the app is quarantined, for the next push would write."""
    pushes = Pushes()
    pushes.state, pushes.credential = Full(), Consented(pushes.fake, *READING)
    stopped = pushes.apply(pushes.plan(*(group(f"G{number}", "ann") for number in range(100)))).stopped
    assert "the app could not be quarantined (the disk is full): correct both, then" in stopped
    assert "is quarantined" not in stopped


def test_an_app_that_is_quarantined_for_people_pushes_no_groups():
    """What was wrong with the consent is wrong for groups as well, and another app may go on."""
    pushes = Pushes()
    lease = pushes.state.acquire(pushes.tenant_id)
    pushes.state.quarantine(lease, pushes.push.app_name, "plan", "20 of the last 20 writes failed")
    pushes.state.quarantine(lease, "another app", "plan", "20 of the last 20 writes failed")
    pushes.state.release(lease)
    with pytest.raises(QuarantinedError):
        pushes.apply(pushes.plan(group("Sales", "ann")))
    pushes.state.allow(pushes.tenant_id, pushes.push.app_name)
    assert pushes.apply(pushes.plan(group("Sales", "ann"))).ok


def test_a_plan_is_applied_once():
    """The second time the state remembers more than when the plan was made."""
    pushes = Pushes()
    plan = pushes.plan(group("Sales", "ann"))
    pushes.apply(plan)
    with pytest.raises(StalePlanError):
        pushes.apply(plan)


def test_one_applier_at_a_time():
    """Whoever has the lease of the tenant keeps others out, whether they apply groups or people."""
    pushes = Pushes()
    plan = pushes.plan(group("Sales", "ann"))
    pushes.state.acquire(pushes.tenant_id)
    with pytest.raises((LeaseLostError, StateError)):
        pushes.apply(plan)
    assert pushes.fake.groups == ()


def test_a_plan_of_another_tenant_is_refused():
    """Nothing is written."""
    plan = Pushes().plan(group("Sales", "ann"))
    with BlockingTenant.over(FakeTenant(seed=2)) as other, pytest.raises(PlanRefusedError, match="is for tenant"):
        other.apply_groups(plan)


def test_members_of_a_group_that_could_not_be_created_are_not_tried():
    """The reason names what is missing."""
    pushes = Pushes()
    pushes.fake.faults = ScheduledFaults(by_route={"PATCH /groups*": [GatewayTimeout()] * 9})
    report = pushes.pushed(group("Sales", "ann"))
    assert [each.result for each in report.outcomes] == [Result.UNKNOWN, Result.SKIPPED]
    assert "could not be created" in report.skipped[0].message


class Interrupted:
    """A state whose process dies when it notes something of groups for the n-th time, or right after that."""

    def __init__(self, state, notes, *, noted=False):
        self._state, self._left, self._noted = state, notes, noted

    def __getattr__(self, name):
        return getattr(self._state, name)

    def note_groups(self, *args, **keywords):
        """Note, or die."""
        if self._left == 0:
            if self._noted:
                self._state.note_groups(*args, **keywords)
            raise StateError("the process died")
        self._left -= 1
        return self._state.note_groups(*args, **keywords)


people = st.sets(st.sampled_from(NAMES))
days = st.lists(
    st.fixed_dictionaries(
        {
            "members": people,
            "left": people,
            "added": st.sampled_from((None, *NAMES)),
            "taken": st.sampled_from((None, *NAMES)),
            "dies_at": st.sampled_from((None, 0, 1, 2, 3)),
            "noted": st.booleans(),
            "faults": st.sampled_from((None, 1, 2, 3)),
        }
    ),
    min_size=1,
    max_size=4,
)


def test_a_removal_that_was_interrupted_is_not_taken_for_somebody_elses():
    """Taken out, and not noted: when the source wants them again the next day, they are added again."""
    pushes = Pushes()
    pushes.pushed(group("Sales", "ann", "bob"))
    plan, durable = pushes.plan(group("Sales", "ann")), pushes.state
    pushes.state = Interrupted(durable, 1)
    pushes.apply(plan, plan.fingerprint)
    pushes.state = durable
    assert pushes.members("Sales") == {"ann"}
    assert kinds(pushes.plan(group("Sales", "ann", "bob"))) == ["add_members"]


class Slow:
    """A state that tells the tenant to stop while it is asked for the lease."""

    def __init__(self, state):
        self._state, self.tenant = state, None

    def __getattr__(self, name):
        return getattr(self._state, name)

    def acquire(self, tenant_id):
        """The lease, after somebody lost patience."""
        self.tenant.stop("somebody lost patience")
        return self._state.acquire(tenant_id)


def test_whoever_says_stop_before_anything_is_written_is_heard():
    """Nothing is written then, and the report says why."""
    pushes = Pushes()
    plan = pushes.plan(group("Sales", "ann"))
    pushes.state = Slow(pushes.state)
    with pushes.connected() as tenant:
        pushes.state.tenant = tenant
        report = tenant.apply_groups(plan)
    assert (report.stopped, {each.result for each in report.outcomes}) == ("somebody lost patience", {Result.SKIPPED})
    assert pushes.fake.groups == ()


class Broken(Interrupted):
    """A state with a fault that nobody foresaw."""

    def note_groups(self, *args, **keywords):
        """Note, or fail as no state should."""
        try:
            return super().note_groups(*args, **keywords)
        except StateError as error:
            raise ZeroDivisionError from error


def test_whatever_happens_there_is_a_report():
    """Something was written by then: the report says what, and the next plan finds it."""
    pushes = Pushes()
    plan, durable = pushes.plan(group("Sales", "ann")), pushes.state
    pushes.state = Broken(durable, 1)
    report = pushes.apply(plan)
    pushes.state = durable
    assert "unexpected ZeroDivisionError" in report.stopped
    assert [each.result for each in report.outcomes] == [Result.DONE, Result.SKIPPED]
    assert pushes.pushed(group("Sales", "ann")).ok
    assert (len(pushes.fake.groups), pushes.members("Sales")) == (1, {"ann"})


def test_an_addition_that_was_noted_and_not_sent_is_made_by_the_next_plan():
    """The process died in between: nobody took them out, so nobody is said to have, and they are added."""
    pushes = Pushes()
    pushes.pushed(group("Sales", "ann"))
    plan, durable = pushes.plan(group("Sales", "ann", "bob")), pushes.state
    pushes.state = Interrupted(durable, 0, noted=True)
    pushes.apply(plan)
    pushes.state = durable
    assert pushes.members("Sales") == {"ann"}
    assert kinds(pushes.plan(group("Sales", "ann", "bob"))) == ["add_members"]


@given(days)
def test_whatever_happens_everybody_ends_where_they_belong(history):
    """Groups whose members change, people who leave and return, edits by hand, lost answers, processes that die.

    In the end the group has those whom the source wants, but for those whom an administrator took out, and besides
    them only whom an administrator added. The plan after that writes nothing. When nobody is wanted any more, nobody is
    left whom we added.
    """
    pushes = Pushes()
    added_by_hand, taken_by_hand = set(), set()
    for day in history:
        pushes.left = day["left"]
        there = pushes.members("Sales") if pushes.fake.groups else None
        if there is not None and day["added"] and day["added"] not in there:
            pushes.add_by_hand("Sales", day["added"])
            added_by_hand.add(day["added"])
        if there is not None and day["taken"] and day["taken"] in there | added_by_hand:
            pushes.take_by_hand("Sales", day["taken"])
            taken_by_hand.add(day["taken"])
            added_by_hand.discard(day["taken"])
        pushes.fake.faults = RandomFaults(0.3, seed=day["faults"]) if day["faults"] else None
        durable = pushes.state
        try:
            plan = pushes.plan(group("Sales", *day["members"]))
            if day["dies_at"] is not None:
                pushes.state = Interrupted(durable, day["dies_at"], noted=day["noted"])
            pushes.apply(plan, plan.fingerprint)
        finally:
            pushes.state, pushes.fake.faults = durable, None
    wanted = history[-1]["members"] - history[-1]["left"]
    last = group("Sales", *history[-1]["members"])
    pushes.pushed(last)
    assert pushes.plan(last).is_empty
    there = pushes.members("Sales")
    assert wanted - taken_by_hand <= there <= wanted | added_by_hand
    pushes.pushed(last, scope="all")
    assert wanted <= pushes.members("Sales")
    pushes.pushed(group("Sales"))
    assert pushes.members("Sales") <= added_by_hand
    assert kinds(pushes.plan(group("Sales"))) == []
