"""What is noted while a plan is applied: a row a note, which stays until somebody reads what is kept of the tenant.

To note must be quick, because every batch of requests waits for it: a note is one piece of JSON with one digest.
Whoever reads next moves all of it to where it is kept, the memory and the entries of the run, in one transaction.
The digest of a note covers that of the note before it, and the row of the tenant has the last one, so that a note that
is lost is missed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from attrs import evolve, field, frozen

from o365prov.people import AppUser
from o365prov.state.database import Transaction
from o365prov.state.records import RunEntry
from o365prov.state.rows.memory_rows import refuse_nul
from o365prov.state.rows.sealing import Seal, damaged
from o365prov.structuring import from_json_text, to_json_text


@frozen
class ApplyNote:
    """What a plan's apply noted, once or since somebody read it.

    Args:
        entries: how far changes have come.
        app_users: what is remembered from then on.
        forgotten: the ids of people of whom nothing is remembered any more.
        at: when it was noted, in seconds since 1970 by the clock of the database; the state writes it.

    """

    entries: tuple[RunEntry, ...]
    app_users: tuple[AppUser, ...] = ()
    forgotten: tuple[str, ...] = ()
    at: float = 0.0


@frozen
class TakenNotes:
    """What the notes of one plan say in the end.

    Args:
        note: all of them together.
        times: when each change was noted last, in seconds since 1970, by its key.

    """

    note: ApplyNote
    times: Mapping[str, float]


@frozen
class NoteRows:
    """The notes of one tenant, within a transaction.

    Args:
        transaction: the transaction.
        seal: makes the digests.
        tenant_id: the tenant.
        where: what messages call the state.

    """

    transaction: Transaction
    seal: Seal
    tenant_id: str
    where: str

    def append(self, number: int, before: str, plan_id: str, note: ApplyNote) -> str:
        """Write a note; returns its digest.

        Args:
            number: how many there are with it.
            before: the digest of the one before it; empty for the first.
            plan_id: the plan that is applied.
            note: the note.

        Raises:
            StateError: it can't be kept.

        """
        refuse_nul(note.app_users, self.where)
        content = to_json_text(evolve(note, at=self.transaction.now()), ApplyNote)
        digest = self.seal.of((self.tenant_id, number, before, plan_id), content)
        self.transaction.execute(
            "INSERT INTO note (tenant_id, number, plan_id, content, digest) VALUES (?, ?, ?, ?, ?)",
            self.tenant_id,
            number,
            plan_id,
            content,
            digest,
        )
        return digest

    def take(self, number: int, last: str) -> dict[str, TakenNotes]:
        """Take all notes away, and return what they say in the end, by plan.

        Args:
            number: how many there are.
            last: the digest of the last one.

        Raises:
            StateError: one was damaged, edited, lost or added.

        """
        rows = self.transaction.rows(
            "SELECT number, plan_id, content, digest FROM note WHERE tenant_id = ? ORDER BY number", self.tenant_id
        )
        before = ""
        together: dict[str, _Together] = {}
        try:
            for place, plan_id, content, digest in rows:
                if digest != self.seal.of((self.tenant_id, place, before, plan_id), content):
                    raise damaged(self.where)
                before = digest
                together.setdefault(plan_id, _Together()).add(json.loads(content))
            notes = {plan_id: each.taken() for plan_id, each in together.items()}
        except (ValueError, TypeError, KeyError, AttributeError) as error:  # sealed, and written by something else
            raise damaged(self.where) from error
        if (len(rows), before) != (number, last):
            raise damaged(self.where)
        self.transaction.execute("DELETE FROM note WHERE tenant_id = ?", self.tenant_id)
        return notes


@frozen
class _Together:
    """Notes put together, as JSON values: of each change and person, the last one counts."""

    entries: dict[str, Any] = field(factory=dict)
    app_users: dict[str, Any] = field(factory=dict)
    times: dict[str, float] = field(factory=dict)

    def add(self, note: dict[str, Any]) -> None:
        self.entries.update((each["key"], each) for each in note["entries"])
        self.times.update((each["key"], note.get("at", 0.0)) for each in note["entries"])
        self.app_users.update(dict.fromkeys(note.get("forgotten", ())))
        self.app_users.update((each["person_id"], each) for each in note.get("app_users", ()))

    def taken(self) -> TakenNotes:
        value = {
            "entries": list(self.entries.values()),
            "app_users": [each for each in self.app_users.values() if each is not None],
            "forgotten": [person_id for person_id, each in self.app_users.items() if each is None],
        }
        return TakenNotes(from_json_text(json.dumps(value), ApplyNote), self.times)
