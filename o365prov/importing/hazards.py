"""What is dangerous about an import: what stops it until somebody confirms it.

Source: Okta, "Import safeguards": an import stops at whichever limit it meets first, the app's or the organisation's.
Decision: both are named, so that one confirmation is for all of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from o365prov.importing.decisions import GroupImport, GroupOutcome, UserImport, UserOutcome
from o365prov.importing.memory import ImportMemory
from o365prov.importing.settings import ImportGroups, ImportSafeguard
from o365prov.rendering import count_text, names_text, printable

ORG_ASSIGNMENTS = 100
"""From how many assignments of the organisation on its safeguard counts."""


def import_hazards(
    users: Collection[UserImport],
    groups: Collection[GroupImport],
    memory: ImportMemory,
    safeguard: ImportSafeguard,
    *,
    when: ImportGroups,
    org_assignments: int | None,
) -> Iterator[str]:
    """Everything that must be confirmed, a line each."""
    leaving = [each.name for each in users if each.outcome is UserOutcome.UNASSIGNED]
    of = len(memory.users)
    if is_beyond(len(leaving), of, safeguard.app_share, safeguard.from_users):
        yield f"app assignments removed: {len(leaving):,} of {of:,}, {_allowed(safeguard.app_share)} {_named(leaving)}"
    if org_assignments is not None and is_beyond(len(leaving), org_assignments, safeguard.org_share, ORG_ASSIGNMENTS):
        share = _allowed(safeguard.org_share)
        yield f"app assignments removed: {len(leaving):,} of the organisation's {org_assignments:,}, {share}"
    yield from _of_groups(groups, len(memory.groups), safeguard, when)


def is_beyond(number: int, of: int, share: float, least: int) -> bool:
    """Whether *number* is more than the *share* of so many, and they are enough for shares."""
    return of >= max(least, 1) and number / of > share


def _of_groups(
    groups: Collection[GroupImport], of: int, safeguard: ImportSafeguard, when: ImportGroups
) -> Iterator[str]:
    removed = [each for each in groups if each.outcome is GroupOutcome.REMOVED]
    names = _named([each.name for each in removed])
    if removed and when is ImportGroups.NEVER:
        yield f"groups are not imported any more: {count_text(len(removed), 'imported group')} would be removed {names}"
    elif is_beyond(len(removed), of, safeguard.member_share, safeguard.from_members):
        yield f"groups removed: {len(removed):,} of {of:,}, {_allowed(safeguard.member_share)} {names}"
    if lost := [each.name for each in removed if each.assigns]:
        yield f"the app is assigned to {count_text(len(lost), 'group')} that would be removed {_named(lost)}"
    for each in groups:
        before, leaving = len(each.before), len(each.leaving)
        kept = each.outcome is not GroupOutcome.REMOVED
        if kept and is_beyond(leaving, before, safeguard.member_share, safeguard.from_members):
            share = _allowed(safeguard.member_share)
            yield f"members removed from {printable(each.name)}: {leaving:,} of {before:,}, {share}"


def _allowed(share: float) -> str:
    return f"{share * 100:g}% are allowed"


def _named(names: Collection[str]) -> str:
    return f"({names_text(sorted(map(printable, names)))})"
