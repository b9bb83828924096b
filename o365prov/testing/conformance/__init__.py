"""The same questions to any tenant: does it answer as Microsoft Graph is documented to?

They run against ``FakeTenant`` in every test of this package, and against a real tenant with credentials and an
explicit flag; whatever they create, they delete. ``CHECKS`` is the list, ``check_tenant`` runs it.
"""

from __future__ import annotations

from o365prov.testing.conformance.checks import CHECKS
from o365prov.testing.conformance.probe import Check, Deviation, Force, Probe, Skip
from o365prov.testing.conformance.run import CheckOutcome, Grade, check_tenant, run_check

__all__ = [
    "CHECKS",
    "Check",
    "CheckOutcome",
    "Deviation",
    "Force",
    "Grade",
    "Probe",
    "Skip",
    "check_tenant",
    "run_check",
]
