"""The time zones that Okta knows, by their ids and the ids' other spellings (Okta's list of valid time zone values)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from o365prov.expressions.values.failures import EvaluationFailure

# Two spellings in Okta's list are in no zone database of today; these are the zones that they meant.
_GONE = {"US/Pacific-New": "America/Los_Angeles", "Canada/East-Saskatchewan": "America/Regina"}


@cache
def identifiers() -> frozenset[str]:
    """Every id and every other spelling."""
    table = Path(__file__).with_name("timezones.tsv").read_text("utf-8")
    known: set[str] = {"UTC", "GMT"}
    for row in table.splitlines()[1:]:
        _, canonical, aliases = row.split("\t")
        known.update((canonical, *filter(None, aliases.split(","))))
    return frozenset(known)


@cache
def zone(name: str) -> ZoneInfo:
    """The zone of this id.

    Raises:
        EvaluationFailure: Okta does not know it.

    """
    if name not in identifiers():
        raise EvaluationFailure(
            "{operand} is not one of Okta's time zones", remedy="write one such as America/Los_Angeles", blame=0
        )
    try:
        return ZoneInfo(_GONE.get(name, name))
    except ZoneInfoNotFoundError:
        raise EvaluationFailure("this machine has no data for the time zone", remedy="install tzdata") from None
