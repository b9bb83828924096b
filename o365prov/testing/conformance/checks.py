"""The list of checks: what Graph is documented, or was seen, to answer."""

from __future__ import annotations

from o365prov.testing.conformance import (
    batch_checks,
    delta_checks,
    directory_checks,
    query_checks,
    token_checks,
    user_checks,
)
from o365prov.testing.conformance.probe import Check

CHECKS: tuple[Check, ...] = (
    *user_checks.CHECKS,
    *query_checks.CHECKS,
    *directory_checks.CHECKS,
    *delta_checks.CHECKS,
    *batch_checks.CHECKS,
    *token_checks.CHECKS,
)
