"""Which service plans need others, and which can't be held together, as far as Microsoft says so.

A rule that stands here keeps a request from being sent, so only what a page of Microsoft's states is in the tables.
What they do not know is sent, and Graph decides: it makes the whole of a licence request or nothing.

Exchange Online Plan 1 and Plan 2 are not among the exclusions. Older pages and tools refuse them together; Microsoft's
page of 2023 says that both have been changed to allow it.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen


@frozen
class PlanDependency:
    """A service plan that needs one of some others.

    Args:
        plan: the service plan's name.
        needs: the names of those of which it needs one; national and educational variants are among them.
        service: what people call the plan.

    """

    plan: str
    needs: tuple[str, ...]
    service: str


@frozen
class PlanExclusion:
    """Two service plans that one person can't have."""

    plan: str
    other: str


_SHAREPOINT = (
    "SHAREPOINTENTERPRISE", "SHAREPOINTSTANDARD", "SHAREPOINTDESKLESS", "SHAREPOINTENTERPRISE_EDU",
    "SHAREPOINTSTANDARD_EDU", "SHAREPOINTENTERPRISE_GOV", "SHAREPOINTSTANDARD_GOV", "SHAREPOINTENTERPRISE_MIDMARKET",
    "SHAREPOINTLITE", "SHAREPOINT_S_DEVELOPER",
)  # fmt: skip
_EXCHANGE = ("EXCHANGE_S_ENTERPRISE", "EXCHANGE_S_STANDARD")

MAILBOX_PLANS = (
    *_EXCHANGE, "EXCHANGE_S_DESKLESS", "EXCHANGE_S_ESSENTIALS", "EXCHANGE_S_ENTERPRISE_GOV", "EXCHANGE_S_STANDARD_GOV",
    "EXCHANGE_S_STANDARD_MIDMARKET", "EXCHANGE_L_STANDARD",
)  # fmt: skip
"""The service plans any of which gives a mailbox. Source: Microsoft Entra, "Product names and service plan identifiers
for licensing"."""

_CALLING = ("MCOSTANDARD", "MCOSTANDARD_GOV", "MCOSTANDARD_MIDMARKET", "MCOIMP", "TEAMS1", "TEAMS_GOV")

DEPENDENCIES = (
    PlanDependency("SHAREPOINTWAC", _SHAREPOINT, "Office for the web"),
    PlanDependency("WORKPLACE_ANALYTICS", (*_EXCHANGE, "EXCHANGE_S_ENTERPRISE_GOV"), "Workplace Analytics"),
    PlanDependency("MCOMEETADV", _CALLING, "Audio Conferencing"),
)
"""Sources: Microsoft 365 admin centre ("to assign a license that contains Office for the web, you must also assign one
of the following service plans"); Microsoft Entra, "Identify and resolve license assignment problems" (the others)."""

EXCLUSIONS = tuple(
    PlanExclusion(old, plan)
    for old in ("EXCHANGE_L_STANDARD", "EXCHANGE_S_STANDARD_MIDMARKET")
    for plan in (*_EXCHANGE, "EXCHANGE_S_DESKLESS")
)
"""Exchange of the editions for small and mid-sized businesses, which are no longer sold: what Microsoft changed for
Exchange Online Plan 1, Plan 2 and Kiosk leaves them out."""


def broken_rules(plans: Iterable[str]) -> frozenset[PlanDependency | PlanExclusion]:
    """The rules that somebody with these service plans, given by name, would break.

    >>> [rule.service for rule in broken_rules(["SHAREPOINTWAC", "TEAMS1"])]
    ['Office for the web']
    >>> broken_rules(["SHAREPOINTWAC", "SHAREPOINTDESKLESS"])
    frozenset()

    """
    held = frozenset(plans)
    lacking = [each for each in DEPENDENCIES if each.plan in held and held.isdisjoint(each.needs)]
    clashing = [each for each in EXCLUSIONS if each.plan in held and each.other in held]
    return frozenset([*lacking, *clashing])
