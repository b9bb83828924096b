"""What was read from several sources, put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from attrs import evolve, field, frozen

from o365prov._fields import frozen_mapping
from o365prov.people import Assignment, DirectoryAccount, Grants, Group, GroupAssignment, Person, assign


def _people(people: Iterable[Person]) -> tuple[Person, ...]:
    return tuple(people)


def _groups(groups: Iterable[Group]) -> tuple[Group, ...]:
    return tuple(groups)


def _group_assignments(assignments: Iterable[GroupAssignment]) -> tuple[GroupAssignment, ...]:
    return tuple(assignments)


@frozen(repr=False)
class OktaExport:
    """People, their groups, and to whom Office 365 is assigned.

    *individual* holds the individual assignments by person id; they override *group_assignments*. Of several groups
    the one with the highest priority counts, unless *combine_licenses* or *combine_roles* ask for all of them.
    """

    people: tuple[Person, ...] = field(converter=_people)
    groups: tuple[Group, ...] = field(default=(), converter=_groups)
    group_assignments: tuple[GroupAssignment, ...] = field(default=(), converter=_group_assignments)
    individual: Mapping[str, Grants] = field(factory=dict, converter=frozen_mapping, hash=False)

    combine_licenses: bool = False
    combine_roles: bool = False

    @property
    def assignments(self) -> tuple[Assignment, ...]:
        """One assignment for everybody to whom Office 365 is assigned; see :func:`o365prov.people.assign`."""
        return assign(
            self.people,
            self.groups,
            self.group_assignments,
            self.individual,
            combine_licenses=self.combine_licenses,
            combine_roles=self.combine_roles,
        )

    def with_directory(self, accounts: Iterable[DirectoryAccount]) -> OktaExport:
        """The same export with its directory accounts brought up to date with what the directory itself says.

        Accounts belong together by objectGUID; *accounts* that Okta links to none of the people are left aside. The
        directory is the newer and richer source: its name and attributes win, and attributes that only Okta has stay.
        The instance keeps the name that Okta gives it.

        >>> from uuid import UUID
        >>> guid = UUID("8e81973e-0bec-47b0-b898-d190f9ebdacc")
        >>> okta = DirectoryAccount("corp.example", guid, attributes={"title": "Clerk", "managerDn": "CN=Bo"})
        >>> ann = Person("00u1", "ACTIVE", {"login": "ann@corp.example"}, directory_accounts=[okta])
        >>> newer = DirectoryAccount("ldif", guid, attributes={"title": "Head"})
        >>> [ann] = OktaExport([ann]).with_directory([newer]).people
        >>> dict(ann.directory_accounts[0].attributes)
        {'title': 'Head', 'managerDn': 'CN=Bo'}
        """
        newer = {account.object_guid: account for account in accounts}
        return evolve(self, people=[_brought_up_to_date(person, newer) for person in self.people])

    def __repr__(self) -> str:
        return f"OktaExport({len(self.people)} people, {len(self.groups)} groups)"


def _brought_up_to_date(person: Person, newer: Mapping[UUID, DirectoryAccount]) -> Person:
    accounts: list[Any] = [
        _merged(account, newer[account.object_guid]) if account.object_guid in newer else account
        for account in person.directory_accounts
    ]
    return evolve(person, directory_accounts=accounts)


def _merged(okta: DirectoryAccount, directory: DirectoryAccount) -> DirectoryAccount:
    # "No instant" from a directory that does give pwdLastSet is news (it was reset to 0); without pwdLastSet it is
    # only an export of fewer attributes.
    knows_password = "pwdLastSet" in directory.attributes or directory.password_last_set is not None
    return evolve(
        okta,
        distinguished_name=directory.distinguished_name or okta.distinguished_name,
        password_last_set=directory.password_last_set if knows_password else okta.password_last_set,
        attributes={**okta.attributes, **directory.attributes},
    )
