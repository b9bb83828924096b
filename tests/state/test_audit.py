"""What every state answers to an auditor: what was done to whom, when, why, and by whom."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from kiota_serialization_json.json_parse_node import JsonParseNode
from msgraph.generated.models.provisioning_object_summary import ProvisioningObjectSummary
from msgraph.generated.models.provisioning_result import ProvisioningResult

from o365prov import Plan, StateError, UsageError
from o365prov.people import Departure
from o365prov.planning import (
    BlockSignIn,
    CreateUser,
    LinkUser,
    PropertyChange,
    SetManager,
    Subject,
    UpdateUser,
)
from o365prov.state import RunEntry, RunStep, SQLiteState

TENANT, APP = "contoso", "Office 365"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
TITLE = PropertyChange("jobTitle", "Rep", "Lead")
FAR = (PropertyChange("mobilePhone", "1", None), TITLE)


@pytest.fixture
def state(open_state):
    """A state that is new and keeps an audit."""
    return open_state(audit=True)


def subject(name):
    """Whom a change is about."""
    return Subject(f"00u-{name}", name.title(), f"{name}@corp.example")


def update(name, *properties):
    """An update of somebody's profile."""
    return UpdateUser(subject(name), "the profile changed", f"id-{name}", properties or (TITLE,), "print")


def plan_of(state, *changes, made_at=NOW, made_by="ada@corp.example"):
    """A plan with what the state knows."""
    return Plan(TENANT, made_at, changes, app_users=state.app_users(TENANT, APP), made_by=made_by)


def apply(state, plan, ended=lambda entry: entry, confirmed_by="bea@corp.example"):
    """Apply a plan: every change begins, and ends as *ended* says; it stays begun where that is None."""
    lease = state.acquire(TENANT)
    run = state.begin_run(lease, plan, confirmed_by)
    started = [RunEntry.started(each, each.object_id) for each in plan]
    state.note(lease, run, started)
    done = (ended(evolve(each, step=RunStep.DONE, request_id=f"request-{each.key}")) for each in started)
    state.note(lease, run, [each for each in done if each is not None])
    state.end_run(lease, run)
    state.release(lease)


def people(records):
    """Who is in an audit."""
    return [each.name for each in records]


def test_a_new_state_has_nothing_to_say(state):
    """Of any tenant."""
    assert state.audit(TENANT) == ()


def test_an_audit_says_who_did_what_to_whom(state, open_state):
    """When, why, by which run, who planned and confirmed it, and with which request; to whoever opens the state."""
    plan = plan_of(state, update("ann"))
    before = datetime.now(UTC) - timedelta(seconds=5)
    apply(state, plan)
    [record] = open_state(audit=True).audit(TENANT)
    assert before < record.at < before + timedelta(minutes=5)
    assert (record.person_id, record.name, record.username) == ("00u-ann", "Ann", "ann@corp.example")
    assert (record.kind, record.step, record.object_id) == ("update_user", RunStep.DONE, "id-ann")
    assert (record.reason, record.plan_id, record.app_name) == ("the profile changed", plan.id, APP)
    assert (record.planned_by, record.planned_at) == ("ada@corp.example", NOW)
    assert record.confirmed_by == "bea@corp.example"
    assert record.applied_by.startswith("process ")
    assert record.request_id == "request-update_user:00u-ann"


def test_values_are_told_on_request(state):
    """Names of properties always are; what was there before and what is there now is personal."""
    apply(state, plan_of(state, update("ann", *FAR)))
    [record] = state.audit(TENANT)
    assert record.properties == ("mobilePhone", "jobTitle")
    assert (record.values, "Lead" in repr(record), "Lead" in record.to_json_line()) == ((), False, False)
    [record] = state.audit(TENANT, values=True)
    assert record.values == FAR


def test_an_audit_is_searched_by_person_run_and_time(state, open_state):
    """And by several of them together."""
    first, second = plan_of(state, update("ann"), update("bob")), None
    apply(state, first)
    [middle] = {each.at for each in state.audit(TENANT)}
    second = plan_of(state, update("ann"), made_at=NOW + DAY)
    apply(state, second)
    audit, later = open_state(audit=True).audit, middle + timedelta(microseconds=1)
    assert people(audit(TENANT)) == ["Ann", "Bob", "Ann"] or people(audit(TENANT)) == ["Bob", "Ann", "Ann"]
    assert [each.plan_id for each in audit(TENANT, person_id="00u-ann")] == [first.id, second.id]
    assert people(audit(TENANT, plan_id=second.id)) == ["Ann"]
    assert len(audit(TENANT, until=later)) == 2
    assert [each.plan_id for each in audit(TENANT, since=later)] == [second.id]
    assert audit(TENANT, person_id="00u-bob", plan_id=second.id) == ()
    assert audit("fabrikam") == ()


def test_what_was_never_begun_is_not_in_it(state):
    """What a process left begun is, until somebody looks."""
    plan = plan_of(state, update("ann"), update("bob"))
    lease = state.acquire(TENANT)
    run = state.begin_run(lease, plan)
    state.note(lease, run, [RunEntry.started(plan.changes[0], "id-ann")])
    [record] = state.audit(TENANT)
    assert (record.name, record.step) == ("Ann", RunStep.STARTED)


def test_a_run_that_goes_on_is_one_run(state, open_state):
    """With who confirmed it first, and how each change ended last."""
    plan, lease = plan_of(state, update("ann")), state.acquire(TENANT)
    run = state.begin_run(lease, plan, "bea@corp.example")
    state.note(lease, run, [RunEntry.started(plan.changes[0], "id-ann")])
    state.end_run(lease, run, "SIGTERM")
    state.release(lease)
    apply(open_state(audit=True), plan, confirmed_by="")
    [record] = state.audit(TENANT)
    assert (record.step, record.confirmed_by) == (RunStep.DONE, "bea@corp.example")


@pytest.mark.parametrize(
    ("step", "written", "changed", "status"),
    [
        (RunStep.DONE, (), ("mobilePhone", "jobTitle"), ProvisioningResult.Success),
        (RunStep.UNKNOWN, (), ("mobilePhone", "jobTitle"), ProvisioningResult.Warning),
        (RunStep.FAILED, ("jobTitle",), ("jobTitle",), ProvisioningResult.Failure),
        (RunStep.FAILED, (), (), ProvisioningResult.Failure),
        (RunStep.SKIPPED, (), (), ProvisioningResult.Skipped),
    ],
)
def test_a_record_is_a_provisioning_log_of_microsofts(state, step, written, changed, status):
    """Microsoft's own class reads it; only what was changed, or may have been, counts as modified."""
    plan = plan_of(state, update("ann", *FAR))
    apply(state, plan, lambda each: evolve(each, step=step, written=written, message="because"))
    [record] = state.audit(TENANT, values=True)
    assert record.changed == changed
    line = record.to_json_line()
    node = JsonParseNode(json.loads(line))
    log = node.get_object_value(ProvisioningObjectSummary)
    assert "\n" not in line
    assert log.additional_data == {}
    assert (log.cycle_id, log.change_id, log.job_id, log.tenant_id) == (plan.id, record.key, APP, TENANT)
    assert log.activity_date_time == record.at
    assert log.initiated_by.display_name == "bea@corp.example"
    assert (log.source_identity.id, log.target_identity.id) == ("00u-ann", "id-ann")
    assert log.provisioning_status_info.status == status
    assert [each.display_name for each in log.modified_properties] == list(changed)
    assert [
        (each.old_value, each.new_value) for each in log.modified_properties if each.display_name == "jobTitle"
    ] == [("Rep", "Lead")] * ("jobTitle" in changed)
    assert log.provisioning_steps[-1].details.additional_data["requestId"] == record.request_id


@pytest.mark.parametrize(
    ("change", "action"),
    [
        (CreateUser(subject("ann"), "assigned", {"jobTitle": "Rep", "businessPhones": ["1"]}, "print"), "create"),
        (BlockSignIn(subject("ann"), "left", "id-ann", Departure(NOW)), "disable"),
        (LinkUser(subject("ann"), "same name", "id-ann", "print"), "other"),
        (update("ann"), "update"),
    ],
)
def test_actions_have_microsofts_names(state, change, action):
    """What is neither of them is another action, and values that are not strings are JSON."""
    apply(state, plan_of(state, change))
    [record] = state.audit(TENANT, values=True)
    log = record.to_dict()
    assert log["provisioningAction"] == action
    assert all(isinstance(each["newValue"], str) for each in log["modifiedProperties"])


def test_the_process_is_the_initiator_where_nobody_is_named(state):
    """A scheduled job has no name of an administrator's."""
    apply(state, plan_of(state, update("ann"), made_by=""), confirmed_by="")
    [record] = state.audit(TENANT)
    assert record.to_dict()["initiatedBy"] == {"displayName": record.applied_by, "initiatorType": "system"}


def test_whoever_is_forgotten_is_in_no_audit(state):
    """The records of others stay, and name nobody who was forgotten."""
    manager = SetManager(subject("ann"), "Bob is the manager at the source", "id-ann", subject("bob"), "id-bob")
    plan = plan_of(state, update("bob"), manager)
    apply(state, plan)
    state.forget("00u-bob")
    [record] = state.audit(TENANT, plan_id=plan.id, values=True)
    assert record.name == "Ann"
    assert "bob" not in record.to_json_line().lower().replace("id-bob", "")


def test_the_audit_of_a_run_goes_with_it(state):
    """Other runs keep theirs."""
    apply(state, plan_of(state, update("ann")))
    state.prune(datetime.now(UTC) + DAY)
    assert state.audit(TENANT) == ()
    apply(state, plan_of(state, update("bob"), made_at=NOW + DAY))
    assert people(state.audit(TENANT)) == ["Bob"]


def under(plan, **settings):
    """A plan that was made under these settings."""
    return evolve(plan, settings=settings)


def settings_records(state, **asked):
    """What an audit says of settings."""
    return [each for each in state.audit(TENANT, values=True, **asked) if each.kind == "change_settings"]


def test_a_change_of_the_settings_is_in_it(state, open_state):
    """Who made and confirmed the first plan under other settings, when, and what they were before and are now."""
    apply(state, under(plan_of(state, update("ann")), type="UserSync", create="True"))
    state = open_state(audit=True)
    apply(state, under(plan_of(state, update("ann"), made_at=NOW + DAY), type="UserSync", create="True"))
    assert len(settings_records(state)) == 1
    plan = under(plan_of(state, update("ann"), made_at=NOW + 2 * DAY), type="LicenseOnly", licenses="SPE_E3")
    apply(state, plan, confirmed_by="cy@corp.example")
    first, second = settings_records(open_state(audit=True))
    assert first.properties == ("create", "type")
    assert second.values == (
        PropertyChange("create", "True", None),
        PropertyChange("licenses", None, "SPE_E3"),
        PropertyChange("type", "UserSync", "LicenseOnly"),
    )
    assert (second.plan_id, second.planned_by, second.confirmed_by) == (plan.id, plan.made_by, "cy@corp.example")
    assert (second.name, second.person_id, second.object_id) == (APP, "", None)
    assert [each.kind for each in state.audit(TENANT, person_id="")] == ["change_settings"] * 2
    assert second.to_dict()["provisioningAction"] == "other"
    assert people(state.audit(TENANT, person_id="00u-ann")) == ["Ann"] * 3


def test_settings_are_those_of_one_app_and_outlive_its_runs(state):
    """Deleting old runs does not make the settings of today new ones; and the values are told on request."""
    apply(state, under(plan_of(state, update("ann")), type="UserSync"))
    state.prune(datetime.now(UTC) + DAY)
    assert state.audit(TENANT) == ()
    apply(state, under(plan_of(state, update("ann"), made_at=NOW + DAY), type="UserSync"))
    assert settings_records(state) == []
    apply(state, plan_of(state, update("ann"), made_at=NOW + 2 * DAY))
    assert settings_records(state) == []
    apply(state, under(plan_of(state, update("ann"), made_at=NOW + 3 * DAY), type="LicenseOnly"))
    [record] = settings_records(state)
    assert record.values == (PropertyChange("type", "UserSync", "LicenseOnly"),)
    [record] = [each for each in state.audit(TENANT) if each.kind == "change_settings"]
    assert (record.properties, record.values) == (("type",), ())


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE audit SET planned = replace(planned, 'Lead', 'Boss')",
        "UPDATE audit SET ended = replace(ended, 'done', 'failed')",
        "UPDATE audit SET ended_at = ended_at - 86400",
        "UPDATE audit_plan SET confirmed_by = 'eve@corp.example'",
        "DELETE FROM audit_plan",
        "DELETE FROM audit WHERE person_id = '00u-bob'",
    ],
)
def test_an_audit_that_was_edited_is_refused(open_state, tmp_path, edit):
    """Also where a record was taken out of a run."""
    with open_state(audit=True) as state:
        plan = plan_of(state, update("ann"), update("bob"))
        apply(state, plan)
        assert len(state.audit(TENANT)) == 2
    with sqlite3.connect(tmp_path / "state.db") as database:
        database.execute(edit)
    database.close()
    with pytest.raises(StateError, match="digest"):
        open_state(audit=True).audit(TENANT, plan_id=plan.id)


def test_a_person_is_found_by_an_index(tmp_path):
    """Among any number of rows: the database reads those of the person alone."""
    said = []

    def connected(target):
        connection = sqlite3.connect(target, isolation_level=None, check_same_thread=False)
        connection.set_trace_callback(said.append)
        return connection

    with SQLiteState(tmp_path / "state.db", connect=connected, audit=True) as state:
        state.audit(TENANT, person_id="00u-ann")
        [asked] = [sql for sql in said if "FROM audit WHERE" in sql]
        with state._database.transaction() as transaction:
            ways = [row[-1] for row in transaction.rows(f"EXPLAIN QUERY PLAN {asked}")]
    assert any("audit_of_person" in way for way in ways)
    assert not any(way.startswith("SCAN") for way in ways)


def test_a_state_that_keeps_no_audit_says_so(open_state):
    """It is asked for when the state is made; an empty answer would look as if nothing had been done."""
    with pytest.raises(UsageError, match="audit=True"):
        open_state().audit("contoso")
