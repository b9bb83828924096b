"""Who comes into a group, who is taken out of it, and of whom that is only remembered or said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property

from attrs import frozen

from o365prov.errors import Issue
from o365prov.group_push.changes import (
    MOST_MEMBERS,
    AddMembers,
    GroupChange,
    GroupMember,
    GroupSubject,
    RememberMembers,
    RemoveMember,
)
from o365prov.group_push.pushed_group import PushedGroup
from o365prov.people import AppUser, AppUsers
from o365prov.rendering import count_text, names_text


@frozen
class Accounts:
    """The accounts of people, as far as the app has them.

    Args:
        of_person: by person id, those that are in use.
        owners: by object id, whose account it is, or was.
        staying: the object ids of those who left, and are to be taken out of groups on a later day.

    """

    of_person: Mapping[str, AppUser]
    owners: Mapping[str, AppUser]
    staying: frozenset[str]

    @classmethod
    def of(cls, app_users: AppUsers, now: datetime) -> Accounts:
        """The accounts that a memory has at *now* (aware)."""
        with_account = [each for each in app_users if each.object_id]
        return cls(
            {each.person_id: each for each in with_account if each.is_in_use},
            {each.object_id: each for each in with_account},
            frozenset(each.object_id for each in with_account if each.stays_in_groups(now)),
        )


@frozen(slots=False)
class Membership:
    """The members of one group: those that it should have, those that it has, and those whom we added.

    Args:
        subject: the group.
        pushed: the group as its source has it.
        object_id: the group in the tenant; None if it is to be created.
        current: the object ids of the users who are in it.
        added: the object ids of those of whom it is remembered that they were added from here.
        unsure: the object ids of those whom an interrupted apply may have added or taken out.
        accounts: the accounts of people.
        again: whether members whom somebody took out in Office 365 are added again.

    """

    subject: GroupSubject
    pushed: PushedGroup
    object_id: str | None
    current: frozenset[str]
    added: frozenset[str]
    unsure: frozenset[str]
    accounts: Accounts
    again: bool

    @cached_property
    def wanted(self) -> frozenset[str]:
        """The object ids of those who should be in the group: the accounts of its people that are in use."""
        users = map(self.accounts.of_person.get, self.pushed.members)
        return frozenset(user.object_id for user in users if user is not None)

    @property
    def ours(self) -> frozenset[str]:
        """Those for whom we answer."""
        return self.added | self.unsure

    @property
    def taken_elsewhere(self) -> frozenset[str]:
        """Members whom we had added, who should be in the group, and whom somebody took out in Office 365."""
        return (self.wanted & self.added) - self.current

    @property
    def removed(self) -> frozenset[str]:
        """Members whom we added and who should not be in the group: their people are known, and are not in it."""
        if self.pushed.unread:
            return frozenset()
        unwanted = (self.ours & self.current) - self.wanted - self.accounts.staying
        return frozenset(each for each in unwanted if each in self.accounts.owners)

    @property
    def staying(self) -> frozenset[str]:
        """Members whom we added, and who left and stay until their day comes."""
        return self.ours & self.current & self.accounts.staying

    def changes(self) -> Iterator[GroupChange]:
        """The changes of the members."""
        added = self.wanted - self.current - (frozenset() if self.again else self.taken_elsewhere)
        found, gone = (self.wanted & self.current) - self.added, self.ours - self.current - self.wanted
        if (found or gone) and self.object_id is not None:
            reason = "whoever is in the group and should be counts as added from here"
            yield RememberMembers(self.subject, reason, self.object_id, found, gone)
        ordered = sorted((self._member(each) for each in added), key=lambda each: (each.username, each.object_id))
        for part, first in enumerate(range(0, len(ordered), MOST_MEMBERS)):
            some = tuple(ordered[first : first + MOST_MEMBERS])
            yield AddMembers(self.subject, "in the group at the source", self.object_id, some, part)
        for each in sorted(self.removed, key=lambda each: self.accounts.owners[each].username):
            assert self.object_id is not None  # noqa: S101 - whoever is in a group is in one that is there
            yield RemoveMember(self.subject, self._why(each), self.object_id, self._member(each))

    def issues(self) -> Iterator[Issue]:
        """What is said about the members, and nothing is done about."""
        if self.taken_elsewhere and not self.again:
            yield Issue(
                "member_removed_elsewhere",
                f"has lost {self._names(self.taken_elsewhere)} in Office 365: not added again",
                "Take them out at the source, or plan with scope='all' to add them again",
                "members",
                "warning",
            )
        if unknown := (self.ours & self.current) - self.wanted - self.accounts.owners.keys():
            yield Issue(
                "unknown_members",
                f"has {count_text(len(unknown), 'member')} whom we added, and of whose people the memory has nothing: "
                f"{names_text(sorted(unknown))}",
                "Take them out in Office 365 if they should not be in it",
                "members",
                "warning",
            )
        if self.staying:
            yield Issue(
                "members_leave_later",
                f"keeps {count_text(len(self.staying), 'member')} who left, until their day to leave groups comes: "
                f"{self._names(self.staying)}",
                "Plan again then; Deprovisioning.steps has the days for those who leave from now on",
                "members",
                "warning",
            )
        if self.pushed.unread:
            yield Issue(
                "unread_members",
                f"has members that the source could not read, so nobody is taken out: {names_text(self.pushed.unread)}",
                "Read the directory that they are in, too, or take them out at the source",
                "members",
                "warning",
            )
        if others := self.current - self.ours - self.wanted:
            yield Issue(
                "members_of_others",
                f"has {count_text(len(others), 'member')} whom nobody is known to have added from here, and who stay: "
                f"{self._names(others)}",
                "Add them at the source, or take them out in Office 365",
                "members",
                "warning",
            )
        leaving = {self.accounts.owners[each].person_id for each in self.accounts.staying}
        if waiting := len(self.pushed.members - leaving) - len(self.wanted):
            yield Issue(
                "members_without_account",
                f"has {count_text(waiting, 'member')} without an account from here: they are added once they have one",
                "Assign Office 365 to them, or leave them out of the group",
                "members",
                "warning",
            )

    def _why(self, object_id: str) -> str:
        owner = self.accounts.owners[object_id]
        return "not in the group at the source any more" if owner.is_in_use else "not assigned any more"

    def _member(self, object_id: str) -> GroupMember:
        owner = self.accounts.owners[object_id]
        return GroupMember(object_id, owner.person_id, owner.username)

    def _names(self, object_ids: frozenset[str]) -> str:
        owners = self.accounts.owners
        return names_text(sorted(owners[each].username if each in owners else each for each in object_ids))
