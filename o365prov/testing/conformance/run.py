"""Running checks, and grading what they find."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from attrs import frozen

from o365prov.testing.conformance.checks import CHECKS
from o365prov.testing.conformance.probe import STAND_IN, Check, Deviation, Force, Probe, ProbeSend, Skip


class Grade(Enum):
    """What came of a check."""

    PASSED = "passed"
    SKIPPED = "skipped"
    DIFFERS = "differs"
    FAILED = "failed"


@frozen
class CheckOutcome:
    """A check with its grade: DIFFERS where only experience spoke against the tenant, FAILED where a document did."""

    check: Check
    grade: Grade
    note: str = ""

    def __str__(self) -> str:
        """One line, with the source when something is wrong."""
        because = f": {self.note} [{self.check.source}]" if self.note else ""
        return f"{self.grade.value:8} {self.check.name}{because}"


def run_check(check: Check, probe: Probe) -> CheckOutcome:
    """Run one check and remove what it made, whatever happened."""
    try:
        check.run(probe)
    except Skip as skip:
        return CheckOutcome(check, Grade.SKIPPED, str(skip))
    except Deviation as deviation:
        grade = Grade.FAILED if check.force is Force.DOCUMENTED else Grade.DIFFERS
        return CheckOutcome(check, grade, str(deviation))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        return CheckOutcome(check, Grade.FAILED, f"an answer has another shape ({type(error).__name__}: {error})")
    finally:
        probe.clean_up()
    return CheckOutcome(check, Grade.PASSED)


def check_tenant(
    send: ProbeSend,
    *,
    base: str = "https://graph.microsoft.com/v1.0",
    token: str = STAND_IN,
    patience: float = 0.0,
    tags: Iterable[str] = (),
) -> tuple[CheckOutcome, ...]:
    """Ask a tenant every question, and grade its answers.

    Args:
        send: sends one request: method, absolute address, headers and body to status, headers and body;
            ``FakeTenant.handle`` is one.
        base: the tenant's base address.
        token: an access token; a stand-in by default, which a fake tenant believes.
        patience: seconds to wait for what was written to be seen; 60 suits a real tenant.
        tags: only checks with one of these tags; all of them when empty.

    Returns:
        One outcome for each check, in their order.

    Example:
        >>> from o365prov.testing import FakeTenant
        >>> {outcome.grade for outcome in check_tenant(FakeTenant(licenses={"SPE_E3": 5}).handle)}
        {<Grade.PASSED: 'passed'>}

    """
    wanted = frozenset(tags)
    return tuple(
        run_check(check, Probe(send, base=base, token=token, patience=patience))
        for check in CHECKS
        if not wanted or wanted & check.tags
    )
