"""What becomes of one pushed group: it is created, or kept as its source has it, or nothing can be done about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from o365prov.errors import Issue
from o365prov.group_push.changes import CreateGroup, GroupChange, GroupSubject, LinkGroup, UpdateGroup
from o365prov.group_push.matching import FoundBy, FoundGroup, obstacle
from o365prov.group_push.membership import Accounts, Membership
from o365prov.group_push.pushed_group import PushedGroup
from o365prov.planning import GroupKind, PropertyChange, TenantGroup
from o365prov.rendering import names_text

_UNSENDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_LONGEST_NAME, _LONGEST_DESCRIPTION, _LONGEST_NICKNAME = 256, 1024, 64


@frozen
class GroupDecision:
    """What becomes of one group.

    Args:
        subject: the group.
        pushed: the group as its source has it.
        accounts: the accounts of people.
        again: whether what was edited in Office 365 is sent again.
        licenses: the part numbers of SKUs, by id.
        nicknames: the mail nicknames that are taken, in lower case; those of groups that are created are added.

    """

    subject: GroupSubject
    pushed: PushedGroup
    accounts: Accounts
    again: bool
    licenses: Mapping[str, str]
    nicknames: set[str]

    def decide(self, found: FoundGroup | Issue) -> Iterator[GroupChange | Issue]:
        """The changes of the group, and what is wrong with it."""
        if wrong := _wrong_name(self.pushed) or (found if isinstance(found, Issue) else None):
            yield wrong
            return
        assert isinstance(found, FoundGroup)  # noqa: S101 - for the checker
        if found.group is None:
            yield self._created(found)
        elif (stops := obstacle(self.pushed, found.group)) is not None:
            yield stops
            return
        else:
            yield from self._kept(found, found.group)
        membership = self._membership(found)
        yield from membership.changes()
        yield from membership.issues()
        if self.pushed.nested:
            yield Issue(
                "nested_groups",
                f"has groups as members, which are not sent: {names_text(self.pushed.nested)}",
                "Add the people of these groups to it at the source",
                "members",
                "warning",
            )

    def _created(self, found: FoundGroup) -> CreateGroup:
        again = found.known is not None and bool(found.known.object_id)
        unified = self.pushed.kind is GroupKind.MICROSOFT_365
        properties: dict[str, Any] = {
            "displayName": self.pushed.name,
            "mailEnabled": unified,
            "mailNickname": self._nickname(),
            "securityEnabled": not unified,
            "groupTypes": ["Unified"] if unified else [],
        }
        if unified:
            properties["visibility"] = "Private"
        if self.pushed.description:
            properties["description"] = self.pushed.description
        reason = "it was deleted in Office 365 after it had been pushed" if again else found.by.value
        return CreateGroup(self.subject, reason, self.pushed.unique_name, properties, again)

    def _nickname(self) -> str:
        r"""The mail nickname: of a Microsoft 365 group its name without what Graph refuses; else the unique name.

        Source: Microsoft Graph, "Create group": ASCII without ``@ ( ) \ [ ] " ; : < > ,`` and spaces, at most 64; it is
        unique among Microsoft 365 groups.
        """
        if self.pushed.kind is GroupKind.MICROSOFT_365:
            name = "".join(each for each in self.pushed.name if each.isascii() and (each.isalnum() or each in "-_."))
            name = name.strip(".")[:_LONGEST_NICKNAME].strip(".")
            if name and name.lower() not in self.nicknames:
                self.nicknames.add(name.lower())
                return name
        return self.pushed.unique_name[:_LONGEST_NICKNAME]

    def _kept(self, found: FoundGroup, group: TenantGroup) -> Iterator[GroupChange | Issue]:
        """The link to a group of the tenant, and its name and description."""
        known = found.known
        if known is None or known.object_id != group.id:
            created, by_name = found.by is FoundBy.UNIQUE_NAME, found.by is FoundBy.NAME
            until_now = f"; {known.object_id} stays as it is, with its members" if known and known.object_id else ""
            reason = f"{found.by.value}{until_now}"
            yield LinkGroup(self.subject, reason, group.id, group.name, group.description, created, by_name)
            known = None
        changed: list[PropertyChange] = []
        for name, before, after, sent in (
            ("displayName", group.name, self.pushed.name, known.name if known else None),
            ("description", group.description, self.pushed.description, known.description if known else None),
        ):
            if before == after:
                continue
            if sent == after and not self.again:
                yield Issue(
                    "edited_elsewhere",
                    f"has another {name} in Office 365, where somebody changed it: left alone",
                    "Change it at the source, or plan with scope='all' to send it again",
                    name,
                    "warning",
                )
            else:
                changed.append(PropertyChange(name, before, after or None))
        if changed:
            yield UpdateGroup(self.subject, "changed at the source", group.id, tuple(changed))
        if given := [self.licenses.get(each, each) for each in group.licenses]:
            yield Issue(
                "group_gives_licenses",
                f"gives its members licences: {names_text(sorted(given))}",
                "Whoever comes into it takes a seat, and whoever is taken out loses them",
                "members",
                "warning",
            )

    def _membership(self, found: FoundGroup) -> Membership:
        group, known = found.group, found.known
        still = known is not None and group is not None and known.object_id in (group.id, "")
        return Membership(
            self.subject,
            self.pushed,
            None if group is None else group.id,
            frozenset() if group is None else group.members,
            known.members if known is not None and still else frozenset(),
            known.unsure if known is not None and still else frozenset(),
            self.accounts,
            self.again,
        )


def _wrong_name(pushed: PushedGroup) -> Issue | None:
    """What is wrong with a group's name or description; None if Graph takes both."""
    if unsendable := [name for name in ("id", "name", "description") if _UNSENDABLE.search(getattr(pushed, name))]:
        what = (
            f"has characters in its {names_text(unsendable)} that can't be sent: control characters, or half of a pair"
        )
        return Issue("unsendable_text", what, "Correct it at the source", unsendable[0])
    if not pushed.name.strip():
        return Issue("nameless_group", "has no name", "Give it one at the source", "displayName")
    for name, text, longest in (
        ("displayName", pushed.name, _LONGEST_NAME),
        ("description", pushed.description, _LONGEST_DESCRIPTION),
    ):
        if len(text) > longest:
            what = f"has a {name} of {len(text):,} characters, and Graph takes {longest:,}"
            return Issue("long_group_text", what, "Shorten it at the source", name)
    return None
