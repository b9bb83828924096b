"""A month of an organisation in seconds, from one seed: leavers, returns, edits by hand, faults, killed processes."""

from o365prov.simulation.coverage import Coverage
from o365prov.simulation.laws.every_law import Violation
from o365prov.simulation.schedule.drawing import Trouble
from o365prov.simulation.schedule.events import (
    Cut,
    DayPlan,
    Event,
    Fault,
    Happening,
    Interruption,
    Place,
    Round,
    Schedule,
    Source,
    Wrong,
)
from o365prov.simulation.simulate import Simulation, simulate

__all__ = [
    "Coverage",
    "Cut",
    "DayPlan",
    "Event",
    "Fault",
    "Happening",
    "Interruption",
    "Place",
    "Round",
    "Schedule",
    "Simulation",
    "Source",
    "Trouble",
    "Violation",
    "Wrong",
    "simulate",
]
