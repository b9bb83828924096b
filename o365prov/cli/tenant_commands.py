"""What asks a tenant or its state and changes nothing there: doctor, import and audit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from attrs import asdict, frozen

from o365prov.cli.running import Named, app_option, connected, now, opened_state, read_tenant, run, tenant_id_of
from o365prov.cli.showing import Form, fault_lines, form_options, show, show_lines, tell
from o365prov.configuration import AppFile
from o365prov.errors import O365ProvError
from o365prov.graph import ALL_OPERATIONS_BUT_ROLES, Operation
from o365prov.importing import ImportMemory, ImportPlan, Office365Import
from o365prov.state import AuditRecord


@frozen
class Finding:
    """What was found of one part.

    Args:
        part: the part.
        found: what is there.
        problems: what is wrong with it.

    """

    part: str
    found: str = ""
    problems: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The part, and a line for each problem."""
        return [
            f"{'!!' if self.problems else 'ok'} {self.part}: {self.found}",
            *(f"   {each}" for each in self.problems),
        ]


@click.command()
@app_option
@form_options
def doctor(app_path: Path, form: Form | None) -> int:
    """Say whether everything is ready.

    That is the app file, the source of people, the state, the credential and its permissions.
    """

    async def collect() -> list[Finding]:
        return [each async for each in _findings(app_path)]

    findings = run(collect())
    lines = [line for each in findings for line in each.lines()]
    show_lines("o365prov doctor", lines, form, list(map(asdict, findings)))
    return 1 if any(each.problems for each in findings) else 0


async def _findings(path: Path) -> AsyncIterator[Finding]:
    """What is found of each part; without an app file there are no other parts."""
    try:
        file = AppFile.load(path)
    except O365ProvError as error:
        yield Finding("app file", str(path), tuple(fault_lines(error)))
        return
    yield Finding("app file", f"{file.app.name}: {file.app.provisioning.label}, {', '.join(file.app.domains)}")
    for look in (_source, _state, _tenant):
        try:
            yield await look(file)
        except O365ProvError as error:
            yield Finding(look.__name__.strip("_"), "not ready", tuple(fault_lines(error)))


async def _source(file: AppFile) -> Finding:
    people = await file.read_people()
    return Finding("source", f"{len(people.people):,} people, {len(people.assignments):,} of them assigned")


async def _state(file: AppFile) -> Finding:
    with opened_state(file) as state:
        state.find_run("")
        return Finding("state", repr(state))


_OPERATIONS = ALL_OPERATIONS_BUT_ROLES | {Operation.READ_ROLES}
"""What every plan of an app takes; only one that grants roles takes more."""


async def _tenant(file: AppFile) -> Finding:
    with opened_state(file) as state:
        async with connected(file, state) as tenant:
            tested = await tenant.test_connection(_OPERATIONS, expected_tenant=file.tenant.id)
    return Finding("tenant", f"{tested.tenant_name} ({tested.tenant_id})", tested.problems)


@click.command("import")
@click.option(
    "--memory", type=click.Path(path_type=Path), help="What earlier imports gave; it must be there to --accept."
)
@click.option("--accept", is_flag=True, help="Remember what is confirmed, in the file of --memory.")
@click.option("--confirm", metavar="FINGERPRINT", help="The fingerprint of an import that removes much.")
@app_option
@form_options
def import_command(memory: Path | None, accept: bool, confirm: str | None, app_path: Path, form: Form | None) -> int:
    """Say whose the accounts of the tenant are.

    This is Okta's import from Office 365; it says, too, which groups there are.
    """
    if accept and memory is None:
        raise click.UsageError("--accept needs --memory FILE")
    file = AppFile.load(app_path)
    before = ImportMemory.load(memory) if memory is not None and memory.exists() else None
    made = run(_import(file, before))
    show(made, form, made.to_dicts)
    if accept and memory is not None:
        made.accept(confirm=confirm).save(memory)
        tell(f"what is confirmed is remembered in {memory}")
    return 0


async def _import(file: AppFile, before: ImportMemory | None) -> ImportPlan:
    settings = Office365Import(provisioning=file.app.provisioning, app_name=file.app.name)
    organization = await file.read_people()
    with opened_state(file) as state:
        async with connected(file, state) as tenant:
            snapshot = await read_tenant(file, tenant, settings.needs())
        known = state.app_users(snapshot.tenant_id, file.app.name)
    memory = before or ImportMemory.empty(snapshot.tenant_id, file.app.name)
    return settings.plan(
        organization.people, snapshot, memory, now=now(), app_users=known, by_group=organization.group_assignments
    )


class _Instant(click.ParamType[datetime]):
    """A day, or an instant with its time zone."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The aware instant; a day without a time zone begins in UTC."""
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not an instant such as 2026-06-01 or 2026-06-01T08:00+02:00", param, ctx)
        return found if found.tzinfo else found.replace(tzinfo=UTC)


@click.command()
@click.option("--person", type=Named(), metavar="ID", help="Only what was done to this person.")
@click.option("--plan", "plan_id", type=Named(), metavar="ID", help="Only what the run of this plan did.")
@click.option("--since", type=_Instant(), help="Only what was noted then or later.")
@click.option("--until", type=_Instant(), help="Only what was noted before.")
@click.option("--values", is_flag=True, help="Also the values before and after, which are personal.")
@app_option
@form_options
def audit(
    person: str | None,
    plan_id: str | None,
    since: datetime | None,
    until: datetime | None,
    values: bool,
    app_path: Path,
    form: Form | None,
) -> int:
    """Say what was done in the tenant: to whom, when and why.

    --json has it in the shape of Microsoft's provisioning logs; --csv has no values before and after.
    """
    file = AppFile.load(app_path)
    records = run(
        _audit(file, {"person_id": person, "plan_id": plan_id, "since": since, "until": until, "values": values})
    )
    lines = [_audit_line(each) for each in records] or ["nothing"]
    rows = [each.to_row() for each in records]
    show_lines("o365prov audit", lines, form, rows, data=[each.to_dict() for each in records])
    return 0


async def _audit(file: AppFile, asked: dict[str, Any]) -> tuple[AuditRecord, ...]:
    with opened_state(file) as state:
        return state.audit(await known_tenant(file, state), **asked)


async def known_tenant(file: AppFile, state: Any) -> str:
    """The tenant's id: that of the app file, or else that for which the credential is."""
    if file.tenant.id is not None:
        return file.tenant.id
    async with connected(file, state) as tenant:
        return await tenant_id_of(file, tenant)


def _audit_line(record: AuditRecord) -> str:
    changed = f" ({', '.join(record.changed)})" if record.changed else ""
    values = "".join(f"\n    {each.name}: {each.before!r} -> {each.after!r}" for each in record.values)
    why = record.message or record.reason
    username = f" <{record.username}>" if record.username else ""
    whose = f"{record.name}{username}"
    return f"{record.at:%Y-%m-%d %H:%M:%S} {record.step.value} {record.kind} {whose}{changed}: {why}{values}"
