"""The way from a fleet to the tasks of procrastinate, which is an extra."""

from __future__ import annotations

from typing import Any

from o365prov._annotations import check_call
from o365prov.errors import ConfigurationError
from o365prov.fleet.fleet import Fleet


def fleet_tasks(fleet: Fleet, *, queue: str = "o365prov", tick: str = "* * * * *") -> Any:
    """The tasks ``plan_tenant``, ``apply_tenant`` and ``verify_tenant``, and a tick, for an app of procrastinate.

    ``app.add_tasks_from(fleet_tasks(fleet), namespace="fleet")`` registers them, in every worker and in whatever
    defers them. Rounds then begin by their schedules, and go on by themselves; to begin one now, defer
    ``fleet:plan_tenant`` with the tenant's name.

    Args:
        fleet: the fleet.
        queue: the queue of all its jobs.
        tick: how often the queue is compared with what is recorded, as a line of cron, with seconds in a sixth place.

    Returns:
        A ``procrastinate.Blueprint``.

    Raises:
        ConfigurationError: procrastinate is not installed, or an argument is of the wrong type.

    """
    check_call(fleet_tasks, locals())
    try:
        from o365prov.fleet.engine import FleetTasks  # noqa: PLC0415 - procrastinate is an extra
    except ImportError:
        raise ConfigurationError("fleet_tasks needs procrastinate: install o365prov[fleet]") from None
    return FleetTasks(fleet, queue, tick).blueprint
