"""People, groups and assignments from Okta, completed from other sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from attrs import evolve, field, frozen

from o365prov._annotations import check_call
from o365prov._fields import as_tuple, frozen_mapping, optional_mapping, typed
from o365prov.errors import ConfigurationError
from o365prov.people import (
    Assigner,
    Assignment,
    DirectoryAccount,
    Grants,
    Group,
    GroupAssignment,
    Person,
    Related,
    managers_and_assistants,
)
from o365prov.sources.dates import AssignmentDates
from o365prov.structuring import IssueList

_NOTHING = Related()


def _person(value: object) -> Person:
    """The value, if it is a person."""
    if not isinstance(value, Person):
        raise ConfigurationError(f"a {type(value).__name__} is not a Person: pass those of a source of people")
    return value


def _people(people: Iterable[Person]) -> tuple[Person, ...]:
    return as_tuple(people)


def _groups(groups: Iterable[Group]) -> tuple[Group, ...]:
    return as_tuple(groups)


def _group_assignments(assignments: Iterable[GroupAssignment]) -> tuple[GroupAssignment, ...]:
    return as_tuple(assignments)


@frozen(field_transformer=typed)
class AppAssignments:
    """To whom an app is assigned.

    Args:
        groups: to which groups, with their priority.
        individual: to which people, by person id.
        usernames: the usernames that individual assignments have in the app, by person id.
        profiles: the profiles of everybody in the app, by person id.

    """

    groups: tuple[GroupAssignment, ...] = field(default=(), converter=_group_assignments)
    individual: Mapping[str, Grants] = field(factory=dict, converter=frozen_mapping, hash=False)
    usernames: Mapping[str, str] = field(factory=dict, converter=frozen_mapping, hash=False, repr=False)
    profiles: Mapping[str, Any] = field(factory=dict, converter=frozen_mapping, hash=False, repr=False)


@frozen(repr=False, field_transformer=typed)
class OktaExport:
    """People, their groups, and to whom Office 365 is assigned.

    Args:
        people: the people.
        groups: their groups.
        group_assignments: to which groups Office 365 is assigned.
        individual: the individual assignments by person id, which override those of groups.
        usernames: usernames of individual assignments, by person id, which override the app's format; leave them out
            to have everybody named by it.
        combine_licenses: give the licences of all assigned groups instead of those of the group with the highest
            priority.
        combine_roles: the same for roles.
        app_users: the profiles of people in the Office 365 app, by person id, which expressions know as ``appuser``;
            None where the source does not give them.
        app: the settings of the Office 365 app, which expressions know as ``app``; None where the source does not give
            them.
        org: the organisation, which expressions know as ``org``; None where the source does not give it.
        linked: the ids of the people whom Okta links to a person, by person id and primary name, such as
            ``{"00u1": {"manager": "00u2"}}``; None where the source does not give them.
        has_everybody: whether everybody who may be a manager or an assistant is among the people; who is named and not
            among them is then nobody.
        dates: which attributes say from when to when people are assigned; None if none does.

    """

    people: tuple[Person, ...] = field(converter=_people)
    groups: tuple[Group, ...] = field(default=(), converter=_groups)
    group_assignments: tuple[GroupAssignment, ...] = field(default=(), converter=_group_assignments)
    individual: Mapping[str, Grants] = field(factory=dict, converter=frozen_mapping, hash=False)
    usernames: Mapping[str, str] = field(factory=dict, converter=frozen_mapping, hash=False)
    combine_licenses: bool = False
    combine_roles: bool = False
    app_users: Mapping[str, Any] | None = field(default=None, converter=optional_mapping, hash=False)
    app: Mapping[str, Any] | None = field(default=None, converter=optional_mapping, hash=False)
    org: Mapping[str, Any] | None = field(default=None, converter=optional_mapping, hash=False)
    linked: Mapping[str, Mapping[str, str]] | None = field(default=None, converter=optional_mapping, hash=False)
    has_everybody: bool = True
    dates: AssignmentDates | None = None

    @property
    def assignments(self) -> tuple[Assignment, ...]:
        """One assignment for each person to whom Office 365 is assigned; see :func:`o365prov.assign`.

        Raises:
            SourceError: what *dates* names is not a date, of everybody of whom that is so.

        """
        related = self._related
        return tuple(self._assigned((person, related.get(person.id, _NOTHING)) for person in self.people))

    def assigned(self, people: Iterable[Person]) -> Iterator[Assignment]:
        """The same for people who are not in memory, one after the other, so that their number does not matter.

        Their managers, assistants and linked people are not known then.

        Args:
            people: the people, such as ``csv_file.stream_people(path)`` gives.

        Raises:
            SourceError: as for :attr:`assignments`, after the last of them.
            ConfigurationError: one of *people* is not a person, once it comes.

        >>> export = OktaExport((), [Group("00g1", "E3", members=["1"])], [GroupAssignment("00g1", 0)])
        >>> [each.via for each in export.assigned(Person(key, "ACTIVE", {}) for key in "12")]
        ['E3']

        """
        check_call(OktaExport.assigned, locals())
        return self._assigned((_person(each), self._known_of(each)) for each in people)

    def _assigned(self, people: Iterable[tuple[Person, Related]]) -> Iterator[Assignment]:
        assigner = Assigner(
            self.groups,
            self.group_assignments,
            self.individual,
            usernames=self.usernames,
            combine_licenses=self.combine_licenses,
            combine_roles=self.combine_roles,
        )
        issues = IssueList("the dates of people")
        for person, related in people:
            assignment = assigner.assignment_of(person, related)
            if assignment is not None and self.dates is not None:
                assignment = self.dates.dated(assignment, issues)
            if assignment is not None:
                yield assignment
        issues.raise_if_any()

    def _known_of(self, person: Person) -> Related:
        """What is known around somebody without the other people."""
        if self.app_users is self.app is self.org is None:
            return _NOTHING
        app_user = None if self.app_users is None else self.app_users.get(person.id, {})
        return Related(app_user=app_user, app=self.app, org=self.org)

    @property
    def _related(self) -> Mapping[str, Related]:
        """What expressions can ask for around people; nothing where the source gives nothing of it."""
        relations = managers_and_assistants(self.people, everybody=self.has_everybody)
        if not relations and self.app_users is self.app is self.org is self.linked is None:
            return {}
        by_id = {person.id: person for person in self.people}
        related = {}
        for person in self.people:
            managers, assistants = relations.get(person.id, ((), ()) if relations else (None, None))
            app_user = None if self.app_users is None else self.app_users.get(person.id, {})
            linked: dict[str, Person] | None = None
            if self.linked is not None:
                links = self.linked.get(person.id, {})
                linked = {name: by_id[other] for name, other in links.items() if other in by_id}
            related[person.id] = Related(managers, assistants, app_user, self.app, linked=linked, org=self.org)
        return related

    def with_directory(self, accounts: Iterable[DirectoryAccount]) -> OktaExport:
        """The same export with its directory accounts updated from the directory itself.

        The directory's names and attributes replace Okta's; attributes that only Okta has stay, and so does Okta's
        name of the instance.

        Args:
            accounts: accounts of the directory, which are matched by objectGUID; others than people's are ignored.

        >>> from uuid import UUID
        >>> guid = UUID("8e81973e-0bec-47b0-b898-d190f9ebdacc")
        >>> okta = DirectoryAccount("corp.example", guid, attributes={"title": "Clerk", "managerDn": "CN=Bo"})
        >>> ann = Person("00u1", "ACTIVE", {"login": "ann@corp.example"}, directory_accounts=[okta])
        >>> newer = DirectoryAccount("ldif", guid, attributes={"title": "Head"})
        >>> [ann] = OktaExport([ann]).with_directory([newer]).people
        >>> dict(ann.directory_accounts[0].attributes)
        {'title': 'Head', 'managerDn': 'CN=Bo'}

        """
        accounts = as_tuple(accounts)
        check_call(OktaExport.with_directory, locals())
        newer = {account.object_guid: account for account in accounts}
        return evolve(self, people=[_updated(person, newer) for person in self.people])

    def __repr__(self) -> str:
        return f"OktaExport({len(self.people)} people, {len(self.groups)} groups)"


def _updated(person: Person, newer: Mapping[UUID, DirectoryAccount]) -> Person:
    accounts: list[Any] = [
        merged_account(account, newer[account.object_guid]) if account.object_guid in newer else account
        for account in person.directory_accounts
    ]
    return evolve(person, directory_accounts=accounts)


def merged_account(okta: DirectoryAccount, directory: DirectoryAccount) -> DirectoryAccount:
    """An account as the directory has it, with what only Okta has, such as its name of the instance."""
    # A directory that gives pwdLastSet without an instant has reset it to 0; one that does not give it was exported
    # with fewer attributes.

    knows_password = "pwdLastSet" in directory.attributes or directory.password_last_set is not None
    return evolve(
        okta,
        distinguished_name=directory.distinguished_name or okta.distinguished_name,
        password_last_set=directory.password_last_set if knows_password else okta.password_last_set,
        attributes={**okta.attributes, **directory.attributes},
    )
