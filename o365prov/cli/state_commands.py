"""What is known between runs: show it, save it, rebuild it, and take a lease from a process that died."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from o365prov.cli.running import app_option, opened_state, run
from o365prov.cli.showing import Form, form_options, show_lines, tell
from o365prov.cli.tenant_commands import known_tenant
from o365prov.configuration import AppFile
from o365prov.people import AppUsers
from o365prov.state import Quarantine, Run, State

_SHOWN = 10


@click.group()
def state() -> None:
    """Look at the state, and mend it."""


@state.command("show")
@app_option
@form_options
def show_state(app_path: Path, form: Form | None) -> int:
    """Show who is remembered, the last runs, who applies a plan now, and whether the app is quarantined."""
    file = AppFile.load(app_path)
    with opened_state(file) as opened:
        tenant_id = run(known_tenant(file, opened))
        known = opened.app_users(tenant_id, file.app.name)
        runs = opened.runs(tenant_id, file.app.name)
        holder = opened.lease_holder(tenant_id)
        waiting = _waiting(opened, tenant_id, file.app.name)
    by_status: dict[str, int] = {}
    for each in known:
        by_status[each.status.value] = by_status.get(each.status.value, 0) + 1
    counts = ", ".join(f"{count:,} {status}" for status, count in sorted(by_status.items())) or "nobody"
    lines = [f"tenant {tenant_id}, app {file.app.name}", f"remembered: {counts}"]
    lines += [f"run {_run_line(each)}" for each in runs[:_SHOWN]] or ["runs: none"]
    lines.append(f"lease: {holder or 'free'}")
    lines += [] if waiting is None else [f"! {waiting}; to let it go on: o365prov state allow"]
    shown_runs = [_run_data(each) for each in runs]
    data = {
        "tenant_id": tenant_id,
        "app_name": file.app.name,
        "remembered": by_status,
        "runs": shown_runs,
        "lease": None
        if holder is None
        else {"holder": holder.holder, "since": holder.since, "expires": holder.expires},
        "quarantine": None if waiting is None else {"since": waiting.since, "reason": waiting.reason},
    }
    show_lines("o365prov state", lines, form, shown_runs, data=data)
    return 0


def _waiting(opened: State, tenant_id: str, app_name: str) -> Quarantine | None:
    """Why the app may not write until somebody allows it; None if it may."""
    of_app = (each for each in opened.quarantines(tenant_id) if each.app_name == app_name)
    return next((each for each in of_app if each.allowed_at is None), None)


def _run_line(each: Run) -> str:
    ended = f"ended {each.ended_at:%Y-%m-%d %H:%M:%S}" if each.ended_at else "not ended: apply its plan again to go on"
    stopped = f", stopped: {each.stopped}" if each.stopped else ""
    return f"{each.number}, plan {each.fingerprint}: begun {each.begun_at:%Y-%m-%d %H:%M:%S}, {ended}{stopped}"


def _run_data(each: Run) -> dict[str, Any]:
    return {
        "number": each.number,
        "plan_id": each.plan_id,
        "fingerprint": each.fingerprint,
        "begun_at": each.begun_at,
        "ended_at": each.ended_at,
        "stopped": each.stopped,
    }


@state.command()
@click.argument("path", type=click.Path(path_type=Path))
@app_option
def save(path: Path, app_path: Path) -> None:
    """Save what is remembered of the app's people at PATH, as JSON."""
    file = AppFile.load(app_path)
    with opened_state(file) as opened:
        opened.app_users(run(known_tenant(file, opened)), file.app.name).save(path)
    tell(f"the memory is saved in {path}")


@state.command()
@click.option("--from", "saved", type=click.Path(path_type=Path), help="A memory that `state save` wrote.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@app_option
def rebuild(saved: Path | None, yes: bool, app_path: Path) -> None:
    """Begin with a new memory: an empty one, which the next plan fills from the tenant, or one that was saved.

    The next plan is then a first plan: it links the accounts that are there, and says so.
    """
    file = AppFile.load(app_path)
    with opened_state(file) as opened:
        tenant_id = run(known_tenant(file, opened))
        known = opened.app_users(tenant_id, file.app.name)
        if len(known) and not yes:
            click.confirm(f"Forget what is remembered of {len(known):,} people?", abort=True, err=True)
        memory = AppUsers.empty(tenant_id, file.app.name) if saved is None else AppUsers.load(saved)
        opened.import_app_users(memory, replace=True)
    tell("the memory is replaced: look at the next plan before it is applied")


@state.command()
@app_option
def unlock(app_path: Path) -> None:
    """Take the lease from whoever has it, because that process is dead."""
    file = AppFile.load(app_path)
    with opened_state(file) as opened:
        holder = opened.unlock(run(known_tenant(file, opened)))
    tell("nobody had the lease" if holder is None else f"the lease was taken from {holder}")


@state.command()
@click.option("--allowed-by", default="", metavar="WHO", help="Who lets it go on, for the record.")
@app_option
def allow(allowed_by: str, app_path: Path) -> None:
    """Let an app go on that is quarantined, because too much failed for one reason."""
    file = AppFile.load(app_path)
    with opened_state(file) as opened:
        ended = opened.allow(run(known_tenant(file, opened)), file.app.name, allowed_by=allowed_by)
    tell("the app is not quarantined" if ended is None else f"{file.app.name} may write again; {ended.reason}")
