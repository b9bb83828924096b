"""A month of an organisation in seconds, from one seed: leavers, returns, edits by hand, faults, killed processes."""

from o365prov.simulation.coverage import SimulationCoverage
from o365prov.simulation.schedule.drawing import Trouble
from o365prov.simulation.schedule.events import (
    Cut,
    CutPlace,
    DayPlan,
    Event,
    Happening,
    Interruption,
    NetworkFault,
    Round,
    Schedule,
    Source,
    Wrong,
)
from o365prov.simulation.simulate import Simulation, simulate
from o365prov.simulation.violations import Violation

__all__ = [
    "Cut",
    "CutPlace",
    "DayPlan",
    "Event",
    "Happening",
    "Interruption",
    "NetworkFault",
    "Round",
    "Schedule",
    "Simulation",
    "SimulationCoverage",
    "Source",
    "Trouble",
    "Violation",
    "Wrong",
    "simulate",
]
