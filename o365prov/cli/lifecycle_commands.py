"""The days to come, who left, accounts that nobody is assigned to, and the plan that takes a run back."""

from __future__ import annotations

from pathlib import Path

import click

from o365prov.cli.plan_commands import show_plan
from o365prov.cli.running import app_option, apply_command, check_tenant, connected, now, opened_state, read_tenant, run
from o365prov.cli.showing import Form, form_options, show, tell
from o365prov.cli.tenant_commands import known_tenant
from o365prov.configuration import AppFile
from o365prov.errors import UsageError
from o365prov.planning import Calendar, Plan, TenantSnapshot, find_hand_overs, find_strays


@click.command()
@app_option
@form_options
def calendar(app_path: Path, form: Form | None) -> int:
    """Show who starts, and who loses what when.

    That is what happens if nothing changes at the source.
    """
    made = run(_calendar(AppFile.load(app_path)))
    show(made, form, made.to_dicts)
    return 0


async def _calendar(file: AppFile) -> Calendar:
    organization = await file.read_people()
    with opened_state(file) as state:
        known = state.app_users(await known_tenant(file, state), file.app.name)
    return file.app.calendar(organization.assignments, known, now=now())


@click.command()
@app_option
@form_options
def strays(app_path: Path, form: Form | None) -> int:
    """Show accounts that nobody is assigned to, and their seats."""
    file = AppFile.load(app_path)
    found = find_strays(*run(_planned(file)), lifecycle=file.app.lifecycle)
    show(found, form, found.to_dicts)
    return 0


@click.command(name="hand-overs")
@app_option
@form_options
def hand_overs(app_path: Path, form: Form | None) -> int:
    """Show who left, to whom they hand over, and when.

    That is data for other systems: managers, mailboxes, and the day of each step.
    """
    found = find_hand_overs(*run(_planned(AppFile.load(app_path))))
    show(found, form, found.to_dicts)
    return 0


async def _planned(file: AppFile) -> tuple[Plan, TenantSnapshot]:
    """The plan as of now, and the tenant that it was made for."""
    assignments = (await file.read_people()).assignments
    with opened_state(file) as state:
        async with connected(file, state) as tenant:
            snapshot = await read_tenant(file, tenant, file.app.needs(assignments))
            known = state.app_users(snapshot.tenant_id, file.app.name)
    return file.app.plan(assignments, snapshot, known, now=now()), snapshot


@click.command()
@click.argument("path", metavar="PLAN", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Save the plan that takes it back there, for apply.")
@click.option("--made-by", default="", metavar="WHO", help="Who makes the plan, for the audit.")
@app_option
@form_options
def undo(path: Path, out: Path | None, made_by: str, app_path: Path, form: Form | None) -> int:
    """Show what would take back the run of PLAN.

    Nothing is changed: --out saves it as a plan of its own, for apply.
    """
    file, done = AppFile.load(app_path), Plan.load(path)
    check_tenant(file, done.tenant_id)
    made = run(_undo(file, done, made_by))
    show_plan(made, form)
    if out is not None:
        made.save(out)
        tell(f"the plan is saved: {apply_command(out, app_path, made.fingerprint if made.hazards else '')}")
    return 0


async def _undo(file: AppFile, done: Plan, made_by: str) -> Plan:
    with opened_state(file) as state:
        found = state.find_run(done.id)
        if found is None or found.ended_at is None:
            raise UsageError("the plan was not applied to its end: there is nothing to take back yet")
        async with connected(file, state) as tenant:
            report = await tenant.apply(done)  # its run has ended: this gives its report again, and writes nothing
            snapshot = await read_tenant(file, tenant, file.app.needs())
            app, known = file.app, state.app_users(snapshot.tenant_id, file.app.name)
            return report.inverse(snapshot, known, safeguards=app.safeguards, lifecycle=app.lifecycle, made_by=made_by)
