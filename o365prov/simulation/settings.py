"""How the settings of a simulated app change."""

from __future__ import annotations

from typing import Any, cast

from attrs import evolve

from o365prov.app import Office365App
from o365prov.errors import ConfigurationError
from o365prov.people import LeaverSteps
from o365prov.profiles import PersonCondition
from o365prov.provisioning import Deprovisioning
from o365prov.simulation.people import TITLES
from o365prov.simulation.schedule.events import Event

OPTIONS = (
    Deprovisioning.block_sign_in(),
    Deprovisioning.block_and_remove_licenses(),
    Deprovisioning.block_and_remove_licenses(grace_days=3),
    Deprovisioning.block_remove_licenses_and_delete(),
    Deprovisioning.block_remove_licenses_and_delete(grace_days=7),
    Deprovisioning.block_remove_licenses_and_delete(grace_days=7, steps=LeaverSteps(groups=2, licenses=3)),
)
"""One of each of Okta's options for leavers, and one in which each step has a day of its own."""

HANDING_OVER = Deprovisioning.block_remove_licenses_and_delete(
    grace_days=7, steps=LeaverSteps(groups=1, mailbox=2, licenses=3)
)
"""The option under which what gives a mailbox waits until that is handed over."""

_LAST_OPTION = 54

PATIENCE: tuple[tuple[int, int], ...] = ((1, 0), (2, 0), (1, 2), (2, 3))
"""In how many reads and for how many days leavers must be missing."""

LIFECYCLE = (Event.SWITCH_SUSPENSION, Event.SWITCH_PATIENCE, Event.SWITCH_PREPARATION, Event.EXCLUDE_PEOPLE)
"""What changes the settings of people who are neither simply here nor gone."""

_SWITCHES = {Event.SWITCH_DEACTIVATION: "deactivate_users", Event.SWITCH_CREATION: "create_users"}


def after_event(app: Office365App, event: Event, number: int) -> Office365App:
    """The app after a change of its settings, with its attributes mapped again; the same one after any other event.

    Args:
        app: the app.
        event: what happens.
        number: which option is chosen; an odd number switches on, an even one off.

    """
    if event is Event.SWITCH_RESTORING:
        return evolve(app, restore_deleted_users=bool(number % 2))
    if lifecycle := _lifecycle(event, number):
        return evolve(app, lifecycle=evolve(app.lifecycle, **lifecycle))
    if event is Event.CHOOSE_OPTION:
        option = HANDING_OVER if number >= _LAST_OPTION else OPTIONS[number % len(OPTIONS)]
        changes: dict[str, Any] = {"deprovisioning": option}
    elif event in _SWITCHES:
        changes = {_SWITCHES[event]: bool(number % 2)}
    else:
        return app
    provisioning = cast("Any", app.provisioning)  # of one of four types, each with fields of its own
    changes = {name: value for name, value in changes.items() if hasattr(provisioning, name)}
    try:
        return app.with_provisioning(evolve(provisioning, **changes)).remap(keep=True)
    except (ConfigurationError, TypeError):  # the type does not leave that to be chosen
        return app


def _lifecycle(event: Event, number: int) -> dict[str, Any]:
    """What changes in the settings of people who are neither simply here nor gone."""
    match event:
        case Event.SWITCH_SUSPENSION:
            return {"suspended": "block" if number % 2 else "hold"}
        case Event.SWITCH_PATIENCE:
            reads, days = PATIENCE[number % len(PATIENCE)]
            return {"missing_reads": reads, "missing_days": days}
        case Event.SWITCH_PREPARATION:
            return {"create_days_before": 7 * (number % 2), "create_staged": bool(number % 2)}
        case Event.EXCLUDE_PEOPLE:
            title = f"Level {number % TITLES}"
            return {"excluded_people": PersonCondition.of(f'user.title == "{title}"') if number % 2 else None}
        case _:
            return {}
