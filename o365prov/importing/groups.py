"""What an import decides about every group: which are imported, with which members, and which are removed.

Sources: Okta support, "Supported group types when importing users from O365/Azure AD" (Microsoft 365, security and
distribution groups, sourced in the cloud); Okta, "Import users to Office 365 using Microsoft Graph API" (direct members
only); Okta, "Skip importing groups during Office 365 user provisioning" and "Remove groups imported from
provisioning-enabled apps" (what unticking removes).

Decisions where the sources are silent or differ: the portal's fourth type, mail-enabled security groups, is not on
Okta's list and so not imported. One page says that unticking loses the assignments of the removed groups, another that
groups which are assigned keep the box ticked; here such groups are removed once that is confirmed, and named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from attrs import evolve

from o365prov.importing.decisions import GroupImport, GroupOutcome
from o365prov.importing.memory import ImportedGroup, ImportMemory
from o365prov.importing.settings import ImportGroups
from o365prov.planning import GroupKind, TenantGroup

IMPORTED_KINDS = frozenset({GroupKind.MICROSOFT_365, GroupKind.SECURITY, GroupKind.DISTRIBUTION})


def group_decisions(
    groups: Collection[TenantGroup],
    memory: ImportMemory,
    imported: Collection[str],
    assigned: Collection[str],
    when: ImportGroups,
) -> Iterator[GroupImport]:
    """One for each group of the tenant, and for each that was imported and is removed; none for later.

    Args:
        groups: the tenant's groups.
        memory: what earlier imports gave.
        imported: the object ids of the accounts that are imported.
        assigned: the ids of the groups to which the app is assigned.
        when: whether groups are imported.

    """
    before = {each.id: each for each in memory.groups}
    match when:
        case ImportGroups.LATER:
            return
        case ImportGroups.NEVER:
            for known in memory.groups:
                yield _removed(known, "groups are not imported any more", assigned)
        case ImportGroups.NOW:
            for group in groups:
                yield _decided(group, before.get(group.id), imported, assigned)
            present = {each.id for each in groups}
            for known in memory.groups:
                if known.id not in present:
                    yield _removed(known, "the group is not in Office 365 any more", assigned)


def _decided(
    group: TenantGroup, known: ImportedGroup | None, imported: Collection[str], assigned: Collection[str]
) -> GroupImport:
    row = GroupImport(
        group.id,
        group.name,
        group.kind,
        GroupOutcome.NOT_IMPORTED,
        _why_not(group),
        nested=group.nested,
        assigns=group.id in assigned,
    )
    if row.reason:
        return row if known is None else _removed(known, row.reason, assigned)
    if group.hidden and not group.members:
        why = "its members are hidden: grant Member.Read.Hidden"
        if known is None:
            return evolve(row, reason=why)
        return evolve(row, outcome=GroupOutcome.UNCHANGED, reason=why, before=known.members, after=known.members)
    after = sorted(group.members.intersection(imported))
    if known is None:
        return evolve(row, outcome=GroupOutcome.ADDED, reason="sourced in the cloud", after=after)
    same = (known.name, known.kind, list(known.members)) == (group.name, group.kind, after)
    return evolve(
        row,
        outcome=GroupOutcome.UNCHANGED if same else GroupOutcome.CHANGED,
        reason="known" if same else "changed in Office 365",
        before=known.members,
        after=after,
    )


def _why_not(group: TenantGroup) -> str:
    """Why the group is not imported; empty if it is."""
    if group.synced:
        return "its source is Windows Server AD: import it from there"
    if group.kind not in IMPORTED_KINDS:
        return f"{group.kind.value.lower()} groups are not imported"
    return ""


def _removed(known: ImportedGroup, reason: str, assigned: Collection[str]) -> GroupImport:
    return GroupImport(
        known.id,
        known.name,
        known.kind,
        GroupOutcome.REMOVED,
        reason,
        before=known.members,
        assigns=known.id in assigned,
    )
