"""Many tenants on an engine that is there already: their directory, steps, confirmations, and one report.

:class:`Fleet` is the same for every engine; :func:`fleet_tasks` gives its steps to procrastinate.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from o365prov.fleet.confirmation import Confirmation
    from o365prov.fleet.directory import FleetRegistry, FleetTenant
    from o365prov.fleet.fleet import Fleet
    from o365prov.fleet.records import FleetRecords
    from o365prov.fleet.report import FleetReport
    from o365prov.fleet.rounds import FleetStep, Hold, NextStep, Stage, TenantRound, next_step
    from o365prov.fleet.tasks import fleet_tasks
else:
    from o365prov._first_use import on_first_use

    __getattr__ = on_first_use(__name__, ("rounds", "confirmation", "directory", "records", "report", "fleet", "tasks"))

__all__ = [
    "Confirmation",
    "Fleet",
    "FleetRecords",
    "FleetRegistry",
    "FleetReport",
    "FleetStep",
    "FleetTenant",
    "Hold",
    "NextStep",
    "Stage",
    "TenantRound",
    "fleet_tasks",
    "next_step",
]
