"""What is dangerous about a plan of groups, and how much it may take away before somebody has to confirm it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator

from attrs import field, frozen

from o365prov._fields import fraction, whole_number
from o365prov.group_push.app_groups import AppGroups
from o365prov.group_push.changes import (
    CreateGroup,
    DeleteGroup,
    GroupChange,
    LinkGroup,
    RemoveMember,
    UnlinkGroup,
)
from o365prov.rendering import count_text, names_text


@frozen(kw_only=True)
class GroupSafeguard:
    """How much one plan of groups may take away before it needs a confirmation.

    Deletions, links by name alone, and groups that were deleted in Office 365 and are created again need one always.

    Args:
        member_share: the share of the members that we added to a group, from 0 to 1, that may be taken out of it; the
            same holds for those of all groups together, and for groups that are not pushed any more.
        from_members: from how many members, or groups, on the share counts. A group that would lose all of two or more
            members counts always.

    Decision where the sources are silent: Okta has no safeguard for Group Push. These are those of plans for people.

    >>> GroupSafeguard().member_share
    0.2

    """

    member_share: float = field(default=0.20, validator=fraction)
    from_members: int = field(default=5, validator=whole_number())


ALWAYS = GroupSafeguard(member_share=1.0)
"""Under it only that is a hazard which is one whatever the settings are."""

_EMPTIED_FROM = 2
"""A group that loses all of so many members needs a confirmation, however small it is."""


def group_hazards(changes: Collection[GroupChange], app_groups: AppGroups, safeguard: GroupSafeguard) -> Iterator[str]:
    """Everything that must be confirmed, a line each."""
    if deleted := [each for each in changes if isinstance(each, DeleteGroup)]:
        names = [f"{each.subject.name} ({count_text(each.members, 'member')})" for each in deleted]
        yield f"groups deleted: {len(deleted):,} of {len(app_groups):,}: {names_text(names)}"
    if linked := _names(changes, lambda each: isinstance(each, LinkGroup) and each.by_name):
        yield f"groups linked by their names alone: {len(linked):,}: {names_text(linked)}"
    if again := _names(changes, lambda each: isinstance(each, CreateGroup) and each.again):
        yield f"groups created again that were deleted in Office 365: {len(again):,}: {names_text(again)}"
    unlinked = _names(changes, lambda each: isinstance(each, UnlinkGroup))
    if _is_beyond(safeguard, len(unlinked), len(app_groups)):
        yield f"groups not pushed any more: {len(unlinked):,} of {len(app_groups):,}: {names_text(unlinked)}"
    yield from _members(changes, app_groups, safeguard)


def _members(changes: Collection[GroupChange], app_groups: AppGroups, safeguard: GroupSafeguard) -> Iterator[str]:
    removed = Counter(each.subject for each in changes if isinstance(each, RemoveMember))
    for subject, number in sorted(removed.items(), key=lambda each: (each[0].name, each[0].group_id)):
        known = app_groups.get(subject.group_id)
        of = 0 if known is None else len(known.members)
        if _is_beyond(safeguard, number, of) or (number == of >= _EMPTIED_FROM):
            yield f"members taken out of {subject.name}: {number:,} of {of:,}"
    total, of = removed.total(), sum(len(each.members) for each in app_groups)
    if len(removed) > 1 and _is_beyond(safeguard, total, of):
        yield f"members taken out of all groups: {total:,} of {of:,}"


def _names(changes: Collection[GroupChange], is_meant: Callable[[GroupChange], bool]) -> list[str]:
    return sorted(each.subject.name for each in changes if is_meant(each))


def _is_beyond(safeguard: GroupSafeguard, number: int, of: int) -> bool:
    """Whether so many *of* so many need a confirmation."""
    return number > 0 and of >= safeguard.from_members and number > of * safeguard.member_share
