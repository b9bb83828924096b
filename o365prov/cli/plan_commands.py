"""Plan, apply and verify."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import click

from o365prov.cli.running import (
    app_option,
    apply_command,
    check_tenant,
    connected,
    now,
    only_option,
    opened_state,
    read_tenant,
    run,
    stopping,
)
from o365prov.cli.showing import Form, form_options, show, shown_progress, tell
from o365prov.configuration import AppFile
from o365prov.errors import PlanRefusedError
from o365prov.planning import CreateUser, Plan, Report, Scope, Verification

CHANGES, NEEDS_CONFIRMATION = 2, 3

detailed_option = click.option(
    "--detailed-exitcode",
    is_flag=True,
    help="Exit with 0 for nothing to do, 1 for an error, 2 for changes, 3 for changes that need a confirmation.",
)


@click.command()
@only_option
@click.option(
    "--scope",
    type=click.Choice([each.value for each in Scope]),
    default=Scope.CHANGED.value,
    show_default=True,
    help="Whose values are compared: of those who changed, of all (Force Sync), or of all for drift.",
)
@click.option(
    "--mailbox-done",
    "mailboxes_done",
    multiple=True,
    metavar="OBJECT_ID",
    help="A leaver's account whose mailbox was handed over, so that its licence may go; may be repeated.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Save the plan there, for apply.")
@click.option("--made-by", default="", metavar="WHO", help="Who makes the plan, for the audit.")
@detailed_option
@app_option
@form_options
def plan(
    only: tuple[str, ...],
    scope: str,
    mailboxes_done: tuple[str, ...],
    out: Path | None,
    made_by: str,
    detailed_exitcode: bool,
    app_path: Path,
    form: Form | None,
) -> int:
    """Show what would change in the tenant, and change nothing."""
    file = AppFile.load(app_path)
    made = run(_plan(file, frozenset(only) or None, scope=scope, mailboxes_done=mailboxes_done, made_by=made_by))
    show_plan(made, form)
    if out is not None:
        made.save(out)
        tell(f"the plan is saved: {apply_command(out, app_path, made.fingerprint if made.hazards else '')}")
    return exit_code(made) if detailed_exitcode else 0


async def _plan(file: AppFile, only: frozenset[str] | None, *, scope: str, **said: Any) -> Plan:
    """The plan; *said* is what :meth:`Office365App.plan` takes besides."""
    organization = await file.read_people()
    assignments = organization.assignments
    with opened_state(file) as state:
        async with connected(file, state) as tenant:
            needs = file.app.needs(assignments, scope=scope, only=only)
            snapshot = await read_tenant(file, tenant, needs)
            known = state.app_users(snapshot.tenant_id, file.app.name)
            return file.app.plan(assignments, snapshot, known, now=now(), scope=scope, only=only, **said)


def exit_code(made: Plan) -> int:
    """What ``--detailed-exitcode`` says about a plan."""
    if not made:
        return 0
    return NEEDS_CONFIRMATION if made.hazards else CHANGES


def show_plan(made: Plan, form: Form | None) -> None:
    """Print a plan on the standard output."""
    show(made, form, lambda: plan_rows(made), data=lambda: plan_data(made))


def plan_rows(made: Plan) -> list[dict[str, Any]]:
    """What CSV has of a plan: a row for each change, then for each problem, and for what Graph does not support."""
    problems = [
        {
            "person_id": each.subject.person_id,
            "name": each.subject.name,
            "username": each.subject.username,
            "kind": each.code,
            "symbol": "?",
            "what": each.message,
            "why": each.remedy,
        }
        for each in made.problems
    ]
    unsupported = [
        {"kind": "unsupported", "symbol": "?", "what": f"{each.attribute}: {each.reason}", "why": each.instead}
        for each in made.unsupported
    ]
    return [*made.to_dicts(), *problems, *unsupported]


def plan_data(made: Plan) -> dict[str, Any]:
    """What JSON has of a plan; ``--out`` saves all of it."""
    problems = [
        {
            "person_id": each.subject.person_id,
            "name": each.subject.name,
            "code": each.code,
            "attribute": each.attribute,
            "message": each.message,
            "remedy": each.remedy,
            "stops": each.stops,
        }
        for each in made.problems
    ]
    return {
        "fingerprint": made.fingerprint,
        "id": made.id,
        "tenant_id": made.tenant_id,
        "made_at": made.made_at.isoformat(),
        "writes": made.writes,
        "hazards": list(made.hazards),
        "changes": made.to_dicts(),
        "problems": problems,
        "unsupported": [
            {"attribute": each.attribute, "people": each.people, "reason": each.reason, "instead": each.instead}
            for each in made.unsupported
        ],
    }


@click.command()
@click.argument("path", metavar="PLAN", type=click.Path(path_type=Path))
@click.option("--confirm", metavar="FINGERPRINT", help="The fingerprint of a plan that somebody has reviewed.")
@click.option("--confirmed-by", default="", metavar="WHO", help="Who has reviewed it, for the audit.")
@click.option(
    "--passwords", type=click.Path(path_type=Path), help="Give new accounts first passwords, and add them here."
)
@detailed_option
@app_option
@form_options
def apply(
    path: Path,
    confirm: str | None,
    confirmed_by: str,
    passwords: Path | None,
    detailed_exitcode: bool,
    app_path: Path,
    form: Form | None,
) -> int:
    """Make the changes of PLAN, which plan --out saved.

    On a terminal it asks first. Elsewhere a plan with hazards is applied only with --confirm and its fingerprint.
    A plan is applied once: run the same command again to go on after an interruption.
    """
    file, made = AppFile.load(app_path), Plan.load(path)
    check_tenant(file, made.tenant_id)
    if confirm is None and made:
        confirm = _asked(made, form)
        if confirm is None and made.hazards:
            _refuse(made, path, app_path)
            return NEEDS_CONFIRMATION if detailed_exitcode else 1
    give = None if passwords is None else partial(_first_password, passwords)
    report = run(_apply(file, made, confirm, confirmed_by if confirm else "", give))
    show(report, form, report.to_dicts, data=lambda: report_data(report), brief=True)
    if report.stopped:
        tell(f"not everything was tried ({report.stopped}); to go on: {apply_command(path, app_path)}")
    if not report.ok:
        return 1
    return CHANGES if detailed_exitcode and report.done else 0


def _asked(made: Plan, form: Form | None) -> str | None:
    """The fingerprint, if somebody at a terminal says yes; None where nobody can be asked."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    if form is None:
        show_plan(made, form)
    click.confirm(f"Make these {len(made):,} changes in tenant {made.tenant_id}?", abort=True, err=True)
    return made.fingerprint


def _refuse(made: Plan, path: Path, app_path: Path) -> None:
    for hazard in made.hazards:
        tell(f"! {hazard}")
    command = apply_command(path, app_path, made.fingerprint)
    tell(f"o365prov: the plan needs a confirmation; review it, then: {command}")


def _first_password(path: Path, create: CreateUser) -> str:
    """A password that nobody can guess, once it stands in the file, which is for its owner alone."""
    password = f"aA1!{secrets.token_urlsafe(18)}"  # a spreadsheet takes what begins with a hyphen for a formula
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w", encoding="utf-8") as file:
        file.write(f"{create.subject.username},{password}\n")
    return password


async def _apply(
    file: AppFile, made: Plan, confirm: str | None, confirmed_by: str, passwords: Callable[[CreateUser], str] | None
) -> Report:
    if confirm is not None and confirm != made.fingerprint:
        raise PlanRefusedError(
            f"the plan's fingerprint is {made.fingerprint}, not {confirm[:64]}: this is not the plan that was reviewed"
        )
    with opened_state(file) as state:
        async with connected(file, state) as tenant:
            with stopping(tenant.stop), shown_progress() as on_event:
                return await tenant.apply(
                    made, confirm=confirm, confirmed_by=confirmed_by, on_event=on_event, passwords=passwords
                )


def report_data(report: Report) -> dict[str, Any]:
    """What JSON has of a report."""
    return {
        "ok": report.ok,
        "stopped": report.stopped,
        "replayed": report.replayed,
        **{name: len(getattr(report, name)) for name in ("done", "failed", "unknown", "skipped")},
        "outcomes": report.to_dicts(),
    }


@click.command()
@click.argument("path", metavar="PLAN", type=click.Path(path_type=Path))
@only_option
@click.option(
    "--timeout", type=click.FloatRange(0, 86_400), default=300, show_default=True, help="Seconds to ask again."
)
@app_option
@form_options
def verify(path: Path, only: tuple[str, ...], timeout: float, app_path: Path, form: Form | None) -> int:
    """Say what of PLAN is in the tenant by now.

    That is accounts, licences, and the apps on the dashboard.
    """
    file, made = AppFile.load(app_path), Plan.load(path)
    check_tenant(file, made.tenant_id)
    checked = run(_verify(file, made, frozenset(only) or None, timeout))
    show(checked, form, checked.to_dicts, brief=True)
    return 0 if checked.ok else 1


async def _verify(file: AppFile, made: Plan, only: frozenset[str] | None, timeout: float) -> Verification:  # noqa: ASYNC109
    with opened_state(file) as state:
        async with connected(file, state) as tenant:
            return await tenant.verify(made, only=only, timeout=timedelta(seconds=timeout))
