"""What was read of a directory, and what became of it later.

A directory says which entries changed, and not what that means for others: who names a manager that was renamed, moved
or deleted, or a group whose member was, is not said to have changed. That follows from the names, here.

Source: Microsoft, "Polling for Changes Using USNChanged"; "Linked Attributes".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Protocol, TypeVar
from uuid import UUID

from attrs import evolve, field, frozen

from o365prov._annotations import check_call
from o365prov._fields import as_tuple, made_of, typed
from o365prov.errors import Issue, SourceError
from o365prov.people import DirectoryAccount, DirectoryContact, DirectoryGroup, ResourceMailbox, comparable_name
from o365prov.rendering import count_text
from o365prov.sources.directory.directory_account import directory_account, with_manager_upns
from o365prov.sources.directory.directory_entry import DirectoryEntry, EntryKind
from o365prov.sources.directory.directory_objects import directory_contact, directory_groups, resource_mailbox
from o365prov.sources.directory.ldif_writer import ldif_lines
from o365prov.sources.ldif import read_entries
from o365prov.structuring import IssueList, StrPath, load_text, shortened_path, write_text

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

LINKS = frozenset(
    "manager member memberof directreports assistant secretary managedby authorig unauthorig dlmemrejectperms "
    "dlmemsubmitperms publicdelegates msexchmoderatedbylink msexchdelegatelistlink".split()
)
"""The attributes whose values are names of other entries, in lower case."""


class _Make(Protocol[T_co]):
    """Makes a value of an entry; None, and a note, if that is damaged."""

    def __call__(self, entry: DirectoryEntry, issues: IssueList, *, instance: str) -> T_co | None: ...


def _entries(entries: Iterable[DirectoryEntry]) -> tuple[DirectoryEntry, ...]:
    return as_tuple(entries)


def _guids(guids: Iterable[UUID]) -> frozenset[UUID]:
    return made_of(guids, frozenset)


@frozen(repr=False, field_transformer=typed)
class DirectoryRead:
    """The people, groups, contacts and resources of one directory, as they were at one moment.

    Args:
        instance: the name of the directory, such as ``corp.example``.
        entries: the entries.
        cursor: where the next read goes on: the directory and how far its changes were read.
        changed: the entries that are new or other than in the read before, by objectGUID; all of them in a first one.
        deleted: what was there in the read before and is not there any more, by objectGUID.

    """

    instance: str
    entries: tuple[DirectoryEntry, ...] = field(converter=_entries)
    cursor: str = ""
    changed: frozenset[UUID] = field(default=frozenset(), converter=_guids)
    deleted: frozenset[UUID] = field(default=frozenset(), converter=_guids)

    @property
    def accounts(self) -> tuple[DirectoryAccount, ...]:
        """The accounts of people, for :meth:`OktaExport.with_directory <o365prov.sources.OktaExport.with_directory>`.

        Raises:
            SourceError: everything that is wrong with them.

        """
        return with_manager_upns(self._made(EntryKind.USER, directory_account))

    @property
    def groups(self) -> tuple[DirectoryGroup, ...]:
        """The security groups and distribution lists, with their members by objectGUID.

        Raises:
            SourceError: everything that is wrong with them; also where not all members of a group are known.

        """
        issues = IssueList(self.instance)
        groups = tuple(directory_groups(self.entries, issues, instance=self.instance))
        issues.raise_if_any()
        return groups

    @property
    def contacts(self) -> tuple[DirectoryContact, ...]:
        """The contacts.

        Raises:
            SourceError: everything that is wrong with them.

        """
        return self._made(EntryKind.CONTACT, directory_contact)

    @property
    def resources(self) -> tuple[ResourceMailbox, ...]:
        """The conference rooms and equipment.

        Raises:
            SourceError: everything that is wrong with them.

        """
        return self._made(EntryKind.RESOURCE, resource_mailbox)

    def of_kind(self, kind: EntryKind) -> tuple[DirectoryEntry, ...]:
        """The entries of one kind, as they were read."""
        check_call(DirectoryRead.of_kind, locals())
        return tuple(each for each in self.entries if each.kind is kind)

    def _made(self, kind: EntryKind, make: _Make[T]) -> tuple[T, ...]:
        """What the entries of one kind describe."""
        issues = IssueList(self.instance)
        made = [make(each, issues, instance=self.instance) for each in self.of_kind(kind)]
        issues.raise_if_any()
        return tuple(each for each in made if each is not None)

    def save(self, path: StrPath) -> None:
        """Write what is there as LDIF, for its owner alone, so that another program can go on reading from here.

        What had changed is not part of it.

        Args:
            path: the file.

        Raises:
            SourceError: the file can't be written.

        """
        check_call(DirectoryRead.save, locals())
        content = "\n".join(ldif_lines(self.entries)) + "\n"
        head = (_MARK, f"# instance: {json.dumps(self.instance)}", f"# cursor: {json.dumps(self.cursor)}")
        write_text(path, "\n".join((*head, f"# digest: {_digest(head, content)}", content)))

    @classmethod
    def load(cls, path: StrPath) -> DirectoryRead:
        """What :meth:`save` wrote.

        Args:
            path: the file.

        Raises:
            SourceError: it can't be read, is something else, or was damaged or edited.

        """
        check_call(DirectoryRead.load, locals())
        origin = "name a file that DirectoryRead.save() wrote, or read the directory again"
        head, digest, content = _parts(load_text(path, origin))
        if digest != _digest(head, content) or head[0] != _MARK:
            what = "does not fit its digest: it was damaged or edited, or is something else"
            raise SourceError(Issue("damaged", what, origin, shortened_path(path)))
        instance, cursor = (json.loads(each.partition(": ")[2]) for each in head[1:])
        return cls(instance, read_entries(path), cursor)

    def __repr__(self) -> str:
        return f"DirectoryRead({self.instance!r}, {len(self.entries)} entries)"


_MARK = "# o365prov.directory_read/1"


def _parts(text: str) -> tuple[tuple[str, ...], str, str]:
    """The first three lines, the digest, and the rest; empty where there is less."""
    *lines, content = [*text.split("\n", 4), "", "", "", ""][:5]
    return tuple(lines[:3]), lines[3].removeprefix("# digest: "), content


def _digest(head: Iterable[str], content: str) -> str:
    return hashlib.sha256("\n".join((*head, content)).encode("utf-8", "surrogatepass")).hexdigest()


def updated(
    earlier: DirectoryRead, found: Iterable[DirectoryEntry], present: AbstractSet[UUID], cursor: str
) -> DirectoryRead:
    """A read as it is now.

    Args:
        earlier: as it was.
        found: the entries that the directory says have changed.
        present: what is there now, by objectGUID.
        cursor: how far the changes were read.

    Raises:
        SourceError: an entry has no objectGUID.

    """
    before = by_guid(earlier.entries)
    now = {guid: each for guid, each in by_guid(found).items() if guid in present}
    deleted = before.keys() - present
    kept = {guid: each for guid, each in {**before, **now}.items() if guid in present}
    renamed = {
        comparable_name(old.dn): new.dn
        for guid, new in kept.items()
        if (old := before.get(guid)) is not None and old.dn != new.dn
    }
    gone = {comparable_name(before[guid].dn) for guid in deleted}
    names = _Names(renamed, gone)
    entries = {guid: each if guid in now else names.applied(each) for guid, each in kept.items()}
    if deleted or any(each.kind is EntryKind.GROUP for each in now.values()):
        entries = _with_groups(entries)
    return evolve(
        earlier,
        entries=entries.values(),
        cursor=cursor,
        changed={guid for guid, each in entries.items() if before.get(guid) != each},
        deleted=deleted,
    )


def _with_groups(entries: Mapping[UUID, DirectoryEntry]) -> dict[UUID, DirectoryEntry]:
    """The entries with the groups that have them as members now: only the group is said to have changed.

    Groups that were not read, such as those of another domain, stay.
    """
    groups = {comparable_name(each.dn): each for each in entries.values() if each.kind is EntryKind.GROUP}
    of_member: dict[str, set[bytes]] = {}
    for group in groups.values():
        for member in group.values("member"):
            of_member.setdefault(_comparable(member), set()).add(group.dn.encode())

    def with_groups(entry: DirectoryEntry) -> DirectoryEntry:
        before = set(entry.values("memberOf"))
        elsewhere = {each for each in before if _comparable(each) not in groups}
        now = elsewhere | of_member.get(comparable_name(entry.dn), set())
        if now == before:
            return entry
        others = {name: values for name, values in entry.attributes.items() if name.lower() != "memberof"}
        return evolve(entry, attributes={**others, "memberOf": sorted(now)} if now else others)

    return {guid: with_groups(each) for guid, each in entries.items()}


def _comparable(name: bytes) -> str:
    return comparable_name(name.decode("utf-8", "surrogateescape"))


def by_guid(entries: Iterable[DirectoryEntry]) -> dict[UUID, DirectoryEntry]:
    """The entries by their objectGUIDs.

    Raises:
        SourceError: an entry has none, so that nobody can say later what became of it.

    """
    entries = tuple(entries)
    nameless = [each for each in entries if each.guid is None]
    if nameless:
        what = f"gave no objectGUID of {count_text(len(nameless), 'entry', 'entries')}"
        remedy = "let the user who reads the directory read objectGUID"
        raise SourceError(Issue("missing", what, remedy, nameless[0].place))
    return {guid: each for each in entries if (guid := each.guid) is not None}


@frozen
class _Names:
    """What became of names.

    Args:
        renamed: the new names, by the old ones as :func:`comparable_name` gives them.
        gone: the names of what was deleted, in that form.

    """

    renamed: Mapping[str, str]
    gone: Collection[str]

    def applied(self, entry: DirectoryEntry) -> DirectoryEntry:
        """An entry that did not change itself, under its name of now, with the names of others of now."""
        if not self.renamed and not self.gone:
            return entry
        attributes: dict[str, Any] = {
            name: self._links(values) if name.lower() in LINKS else values for name, values in entry.attributes.items()
        }
        dn = self._now(entry.dn)
        if "distinguishedName" in attributes:
            attributes["distinguishedName"] = (dn.encode(),)
        return evolve(entry, dn=dn, attributes={name: values for name, values in attributes.items() if values})

    def _links(self, values: tuple[bytes, ...]) -> tuple[bytes, ...]:
        names = (value.decode("utf-8", "surrogateescape") for value in values)
        return tuple(
            self._now(name).encode("utf-8", "surrogateescape")
            for name in names
            if comparable_name(name) not in self.gone
        )

    def _now(self, dn: str) -> str:
        """A name of now: what it stands under may have been renamed or moved."""
        comparable = comparable_name(dn)
        rest = dn
        while True:
            if (new := self.renamed.get(comparable)) is not None:
                return f"{dn[: len(dn) - len(rest)]}{new}"
            cut = _parent_at(rest)
            if cut is None:
                return dn
            rest = rest[cut:]
            comparable = comparable_name(rest)


def _parent_at(dn: str) -> int | None:
    """Where the name of what an entry stands under begins; None at the top."""
    escaped = False
    for position, character in enumerate(dn):
        if character == "," and not escaped:
            return position + 1
        escaped = character == "\\" and not escaped
    return None
