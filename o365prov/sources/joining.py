"""People whose profile comes from directories: which account is whose, and which directory an attribute comes from.

::

    people, profile sources in the order of their priority ──► joined people, with where each attribute is from

An account is somebody's if they are linked already, by objectGUID; else exactly, by the stated attributes; people of
the same first and last name alone are partial matches, which somebody has to confirm. As in Okta, of several sources
the first one that has the person and maps an attribute gives it, and clears it where it has nothing.

Sources: Okta, "Match imported user attributes" (exact and partial matches, which are case-sensitive); "Profile sources
and priorities"; "Active Directory attribute mappings to Okta properties".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from attrs import evolve, field, frozen

from o365prov._annotations import check_call
from o365prov._fields import as_tuple, as_unique, frozen_mapping, typed
from o365prov.errors import ConfigurationError, Issue
from o365prov.people import DirectoryAccount, Person, UserStatus
from o365prov.profiles import InboundMapping
from o365prov.sources.organization import merged_account

_DISABLED = 2
"""The bit of ``userAccountControl``. Source: Microsoft, "User-Account-Control attribute"."""

_NEEDED = ("login", "email", "firstName", "lastName")
"""Without these, Okta ignores an account of Active Directory."""


def _accounts(accounts: Iterable[DirectoryAccount]) -> tuple[DirectoryAccount, ...]:
    return as_tuple(accounts)


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return as_unique(names)


def _confirmed(confirmed: Mapping[UUID, str]) -> Mapping[UUID, str]:
    return frozen_mapping(confirmed)  # type: ignore[arg-type,return-value]  # it freezes any keys


@frozen(field_transformer=typed, repr=False)
class ProfileSource:
    """A directory whose accounts give people their profiles.

    Args:
        name: what it is called where an attribute comes from it, such as ``corp.example``.
        accounts: its accounts, such as :attr:`DirectoryRead.accounts <o365prov.sources.DirectoryRead.accounts>`.
        mapping: what an account gives; Okta's mapping for Active Directory unless it is given.
        key: the attributes of the Okta profile by which an account that is not linked yet is somebody's: all of them
            have to be equal, upper and lower case included.
        partial: whether people of the same first and last name are told as partial matches.
        confirmed: whose an account is, by objectGUID, where somebody confirmed it: the id of the person.
        new_people: whether an account that is nobody's is a person of its own, whose id is the objectGUID.

    Raises:
        ConfigurationError: a field has a wrong type, or the key is empty, or an attribute of it is not mapped.

    """

    name: str
    accounts: tuple[DirectoryAccount, ...] = field(converter=_accounts)
    mapping: InboundMapping = field(factory=InboundMapping.active_directory)
    key: tuple[str, ...] = field(default=("login",), converter=_names)
    partial: bool = True
    confirmed: Mapping[UUID, str] = field(factory=dict, converter=_confirmed, hash=False)
    new_people: bool = False

    def __attrs_post_init__(self) -> None:
        if not self.key or not set(self.key) <= set(self.mapping):
            raise ConfigurationError(
                "ProfileSource.key should be attributes that its mapping gives, such as ('login',)"
            )

    def __repr__(self) -> str:
        return f"ProfileSource({self.name!r}, {len(self.accounts)} accounts)"


@frozen(field_transformer=typed)
class PartialMatch:
    """An account and the people of the same first and last name.

    Args:
        source: the name of the profile source.
        account: the account, by objectGUID.
        people: the ids of the people; put the right one into ``ProfileSource.confirmed``.

    """

    source: str
    account: UUID
    people: tuple[str, ...]


@frozen(field_transformer=typed, repr=False)
class JoinedPeople:
    """People with the profiles that their directories give them.

    Args:
        people: the people.
        origins: where attributes of a profile come from: by person id and attribute, the name of the source. What is
            not in it is as Okta has it.
        partial_matches: accounts that are perhaps somebody's.
        unmatched: accounts that are nobody's, by objectGUID.
        issues: what is wrong: accounts of which nobody can say whose they are, and expressions that failed.

    """

    people: tuple[Person, ...]
    origins: Mapping[str, Mapping[str, str]] = field(converter=frozen_mapping, hash=False)
    partial_matches: tuple[PartialMatch, ...] = ()
    unmatched: frozenset[UUID] = frozenset()
    issues: tuple[Issue, ...] = ()

    def __repr__(self) -> str:
        return f"JoinedPeople({len(self.people)} people, {len(self.issues)} issues)"


def join_people(people: Iterable[Person], sources: Sequence[ProfileSource]) -> JoinedPeople:
    """The people with what their directories give them.

    Args:
        people: the people as Okta has them, perhaps none.
        sources: the profile sources, that of the highest priority first.

    Returns:
        The people in their order, and then new ones; nothing about a person's or an account's values is raised.

    >>> ann = Person("00u1", "ACTIVE", {"login": "ann@corp.example", "title": "Clerk", "city": "Oslo"})
    >>> account = DirectoryAccount("corp.example", UUID(int=1), attributes={"userName": "ann@corp.example"})
    >>> mapping = InboundMapping.of({"login": "appuser.userName", "title": "appuser.title"})
    >>> joined = join_people([ann], [ProfileSource("corp.example", [account], mapping)])
    >>> dict(joined.people[0].profile), joined.origins["00u1"]["title"]
    ({'login': 'ann@corp.example', 'title': None, 'city': 'Oslo'}, 'corp.example')

    """
    people = as_tuple(people)
    check_call(join_people, locals())
    join = _Join({person.id: person for person in people})
    for source in sources:
        join.add(source)
    return join.result()


@frozen
class _Record:
    """An account with what its source's mapping gives."""

    account: DirectoryAccount
    values: Mapping[str, Any]

    @property
    def place(self) -> str:
        """How messages name it."""
        return self.account.distinguished_name or f"{self.account.instance}, objectGUID {self.account.object_guid}"


class _Join:
    """People, as one source after the other is joined to them."""

    def __init__(self, people: dict[str, Person]) -> None:
        self._people = people
        self._origins: dict[str, dict[str, str]] = {}
        self._partial: list[PartialMatch] = []
        self._unmatched: set[UUID] = set()
        self._issues: list[Issue] = []

    def result(self) -> JoinedPeople:
        return JoinedPeople(
            tuple(self._people.values()),
            self._origins,
            tuple(self._partial),
            frozenset(self._unmatched),
            tuple(self._issues),
        )

    def add(self, source: ProfileSource) -> None:
        """Join the accounts of a source, whose priority is lower than that of those before."""
        found: dict[str, list[_Record]] = {}
        strangers: dict[object, list[_Record]] = {}
        index = _Index(self._people.values(), source.key)
        for record in self._records(source):
            guid = record.account.object_guid
            people = self._people_of(record, source, index)
            if len(people) > 1:
                self._note_ambiguous([record], f"is as well of person {' as of person '.join(people)}")
            elif people:
                found.setdefault(people[0], []).append(record)
            elif source.partial and (alike := index.partial(record.values)):
                self._partial.append(PartialMatch(source.name, guid, alike))
            elif source.new_people and _makes_a_person(record):
                strangers.setdefault(_texts(record.values, source.key) or guid, []).append(record)
            else:
                self._unmatched.add(guid)
        for record in self._only(strangers.values(), "would be two people of the same key"):
            person = _new_person(record)
            self._people[person.id] = person
            self._give(person, record, source, is_new=True)
        for record in self._only(found.values(), "are accounts of one person"):
            [person_id] = self._people_of(record, source, index)
            self._give(self._people[person_id], record, source)

    def _only(self, groups: Iterable[list[_Record]], what: str) -> Iterator[_Record]:
        """The records that nothing else lays claim to; of the others it is noted."""
        for records in groups:
            if len(records) == 1:
                yield records[0]
            else:
                self._note_ambiguous(records, what)

    def _records(self, source: ProfileSource) -> Iterator[_Record]:
        for account in source.accounts:
            values, issues = source.mapping.evaluate(account)
            record = _Record(account, values)
            self._issues += (evolve(each, place=f"{record.place}: {each.place}") for each in issues)
            yield record

    def _people_of(self, record: _Record, source: ProfileSource, index: _Index) -> tuple[str, ...]:
        """Whose an account is, linked, confirmed or by the key; more than one if nobody can say."""
        guid = record.account.object_guid
        confirmed = source.confirmed.get(guid)
        if confirmed in self._people:
            return (confirmed,)
        return index.linked(guid) or index.exact(record.values)

    def _give(self, person: Person, record: _Record, source: ProfileSource, *, is_new: bool = False) -> None:
        """Give a person the attributes that no source before this one has given, and the account."""
        origins = self._origins.setdefault(person.id, {})
        left_alone = origins.keys() if is_new else origins.keys() | source.mapping.create_only
        given = {name: value for name, value in record.values.items() if name not in left_alone}
        origins |= dict.fromkeys(given, source.name)
        accounts = {each.object_guid: each for each in person.directory_accounts}
        guid = record.account.object_guid
        accounts[guid] = merged_account(accounts[guid], record.account) if guid in accounts else record.account
        self._people[person.id] = evolve(
            person, profile={**person.profile, **given}, directory_accounts=accounts.values()
        )

    def _note_ambiguous(self, records: Iterable[_Record], what: str) -> None:
        which = " and ".join(each.place for each in records)
        remedy = "correct what joins them, or say whose it is: ProfileSource(confirmed={objectGUID: person id})"
        self._issues.append(Issue("ambiguous_match", what, remedy, which))


def _makes_a_person(record: _Record) -> bool:
    """Whether an account has what every person needs, and is not the system's own."""
    is_system = str(record.account.attributes.get("isCriticalSystemObject", "")).upper() == "TRUE"
    return not is_system and all(record.values.get(name) for name in _NEEDED)


def _new_person(record: _Record) -> Person:
    control = str(record.account.attributes.get("userAccountControl", ""))
    is_disabled = bool(re.fullmatch("[0-9]{1,19}", control)) and bool(int(control) & _DISABLED)
    status = UserStatus.DEPROVISIONED if is_disabled else UserStatus.ACTIVE
    return Person(str(record.account.object_guid), status, {}, "ACTIVE_DIRECTORY")


class _Index:
    """People by what accounts find them by, as they are before a source is joined."""

    def __init__(self, people: Iterable[Person], key: tuple[str, ...]) -> None:
        self._key = key
        self._by_guid: dict[UUID, list[str]] = {}
        self._by_key: dict[tuple[Any, ...], list[str]] = {}
        self._by_name: dict[tuple[Any, ...], list[str]] = {}
        for person in people:
            for account in person.directory_accounts:
                self._by_guid.setdefault(account.object_guid, []).append(person.id)
            for values, index in ((key, self._by_key), (_FULL_NAME, self._by_name)):
                if (found := _texts(person.profile, values)) is not None:
                    index.setdefault(found, []).append(person.id)

    def linked(self, guid: UUID) -> tuple[str, ...]:
        return tuple(self._by_guid.get(guid, ()))

    def exact(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        return self._of(self._by_key, values, self._key)

    def partial(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        return self._of(self._by_name, values, _FULL_NAME)

    @staticmethod
    def _of(
        index: Mapping[tuple[Any, ...], list[str]], values: Mapping[str, Any], names: tuple[str, ...]
    ) -> tuple[str, ...]:
        found = _texts(values, names)
        return () if found is None else tuple(index.get(found, ()))


_FULL_NAME = ("firstName", "lastName")


def _texts(values: Mapping[str, Any], names: tuple[str, ...]) -> tuple[str, ...] | None:
    """The values of these attributes; None if one of them has no text, so that it says nothing about who it is."""
    texts = [value for name in names if isinstance(value := values.get(name), str) and value]
    return tuple(texts) if len(texts) == len(names) else None
