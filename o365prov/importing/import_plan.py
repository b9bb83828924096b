"""The plan of an import: who has which account, which groups come and go. It is a value: making one changes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

import attrs
from attrs import define, field

from o365prov._annotations import check_call
from o365prov._fields import made_of, typed
from o365prov.errors import PlanRefusedError
from o365prov.importing.decisions import GroupImport, GroupOutcome, UserImport, UserOutcome
from o365prov.importing.document import import_document, import_rows
from o365prov.importing.memory import ImportedGroup, ImportedUser, ImportMemory
from o365prov.people import Person
from o365prov.rendering import Document, Renderable, check_limit, count_text
from o365prov.structuring import Saved, SavedFormat


def _users(users: Iterable[UserImport]) -> tuple[UserImport, ...]:
    order = [*UserOutcome].index
    return made_of(
        users, lambda each: tuple(sorted(each, key=lambda row: (order(row.outcome), row.name, row.object_id)))
    )


def _groups(groups: Iterable[GroupImport]) -> tuple[GroupImport, ...]:
    order = [*GroupOutcome].index
    return made_of(groups, lambda each: tuple(sorted(each, key=lambda row: (order(row.outcome), row.name, row.id))))


@define(frozen=True, slots=False, repr=False, field_transformer=typed)
class ImportPlan(Renderable, Saved):
    """What an import gives: for every account whose it is, or why it is not imported; and what becomes of the groups.

    It is shown in the same forms as a :class:`~o365prov.Plan`. :meth:`accept` gives the memory for the next import.

    Args:
        memory: what earlier imports gave.
        made_at: when it was made, aware.
        users: what is decided about each account; they are sorted by outcome and name.
        groups: what is decided about each group; they are sorted by outcome and name.
        hazards: what is dangerous about the import: with any, it is accepted only if its fingerprint is confirmed.

    """

    saved_format: ClassVar[SavedFormat] = SavedFormat(
        family="o365prov.import",
        version=1,
        name="an import",
        origin="name the file that ImportPlan.save() wrote",
        remedy="save the import again, or make it again",
        derived=("fingerprint",),
    )

    memory: ImportMemory
    made_at: datetime
    users: tuple[UserImport, ...] = field(default=(), converter=_users)
    groups: tuple[GroupImport, ...] = field(default=(), converter=_groups)
    hazards: tuple[str, ...] = ()

    @cached_property
    def fingerprint(self) -> str:
        """What is confirmed: a SHA-256, in 64 hexadecimal digits, over the memory and everything that is decided."""
        rows: tuple[UserImport | GroupImport, ...] = (*self.users, *self.groups)
        decided = [attrs.asdict(each, filter=_is_content) for each in rows]
        content = [self.memory.to_json(), self.hazards, decided]
        return hashlib.sha256(json.dumps(content, sort_keys=True, default=dict).encode()).hexdigest()

    @property
    def waiting(self) -> tuple[UserImport, ...]:
        """The accounts that wait for somebody to say whose they are."""
        return tuple(each for each in self.users if each.waits)

    @property
    def not_imported(self) -> tuple[UserImport, ...]:
        """The accounts that are not imported; the ``obstacles`` of each say why."""
        return tuple(each for each in self.users if each.outcome is UserOutcome.NOT_IMPORTED)

    @property
    def unassigned(self) -> tuple[UserImport, ...]:
        """The accounts that were imported and are not any more: the app is taken from their people."""
        return tuple(each for each in self.users if each.outcome is UserOutcome.UNASSIGNED)

    @property
    def links(self) -> Mapping[str, str]:
        """The links that the import makes: object ids by person id."""
        return {each.person_id: each.object_id for each in self.users if each.confirmed and each.person_id}

    @property
    def new_people(self) -> tuple[Person, ...]:
        """The people whom the import makes: active, or staged; the id of each is its account's object id."""
        return tuple(
            Person(each.object_id, "ACTIVE" if each.activated else "STAGED", each.profile)
            for each in self.users
            if each.outcome is UserOutcome.NEW and each.confirmed
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be remembered that is not remembered already; what waits does not count."""
        return self._after == self.memory

    def accept(self, *, confirm: str | None = None) -> ImportMemory:
        """The memory once the import is carried out, for the next one.

        Args:
            confirm: the fingerprint of an import with hazards.

        Raises:
            PlanRefusedError: the import has hazards, and they are not confirmed; or *confirm* is another fingerprint.

        """
        check_call(ImportPlan.accept, locals())
        if confirm not in (None, self.fingerprint):
            raise PlanRefusedError("this is not the import that was confirmed: review it, and confirm its fingerprint")
        if self.hazards and confirm is None:
            raise PlanRefusedError(
                f"the import needs a confirmation ({'; '.join(self.hazards)}): review it, then accept it with "
                f"confirm={self.fingerprint!r}"
            )
        return self._after

    @cached_property
    def _after(self) -> ImportMemory:
        users = [
            ImportedUser(each.object_id, each.person_id, each.username)
            for each in self.users
            if each.person_id and (each.confirmed or each.outcome is UserOutcome.LINKED)
        ]
        gone = (GroupOutcome.REMOVED, GroupOutcome.NOT_IMPORTED)
        groups = [
            ImportedGroup(each.id, each.name, each.kind, each.after) for each in self.groups if each.outcome not in gone
        ]
        decided = {each.id for each in self.groups}
        later = [each for each in self.memory.groups if each.id not in decided]
        return attrs.evolve(self.memory, users=users, groups=[*groups, *later])

    def to_dicts(self) -> list[dict[str, Any]]:
        """The accounts and then the groups as flat dicts, for pandas, polars or csv.

        Returns:
            For each a dict with the keys ``kind`` (``user`` or ``group``), ``object_id``, ``name``, ``username``,
            ``outcome``, ``person_id``, ``rule``, ``confirmed``, ``obstacles``, ``members_before``, ``members_after``
            and ``why``; what a kind does not have is None.

        """
        return import_rows(self.users, self.groups)

    def document(self, *, limit: int | None = None) -> Document:
        """What is shown: hazards first, then accounts by what they are to the import, and groups.

        Args:
            limit: the most rows of a kind; more than ten accounts with the same decision then share a row, and what
                does not change is left out.

        """
        return import_document(
            self.users, self.groups, hazards=self.hazards, fingerprint=self.fingerprint, limit=check_limit(limit)
        )

    def __repr__(self) -> str:
        users, groups = count_text(len(self.users), "user"), count_text(len(self.groups), "group")
        return f"ImportPlan({users}, {groups}, {self.fingerprint})"


def _is_content(attribute: attrs.Attribute[Any], _: object) -> bool:
    """The words of a decision are not content."""
    return attribute.name != "reason"
