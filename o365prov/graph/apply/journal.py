"""The journal of one apply: what was started, done and failed, on disk before and after every write.

JSON, one object a line, appended and synced. It holds ids and Graph's error codes; no names, no values, no passwords.
With it an interrupted apply goes on where it stopped, and a plan is applied once.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

from attrs import evolve, frozen

from o365prov._annotations import check_call
from o365prov._fields import as_tuple
from o365prov.errors import JournalError, PlanRefusedError
from o365prov.planning import Plan

FORMAT = "o365prov.journal/1"
_START = b'{"journal": "'


class JournalStep(StrEnum):
    """What a line says about a change."""

    STARTED = "started"
    DONE = "done"
    FAILED = "failed"


@frozen
class Entry:
    """The last that is known of one change: *key* names it within the plan, *object_id* the account it wrote."""

    key: str
    step: JournalStep
    object_id: str | None = None
    status: int = 0
    code: str = ""
    request_id: str = ""


@frozen
class History:
    """What a journal holds: the plan, the last entry of each change, and whether the plan was applied to the end."""

    plan_id: str = ""
    tenant_id: str = ""
    entries: tuple[Entry, ...] = ()
    finished: bool = False


class Journal:
    """A file in which applying a plan records what it does; the first apply makes it; one file for each plan.

    *path* names the file; its folder must exist. The file is readable for its owner alone.

    >>> Journal("runs/monday.jsonl")
    Journal('runs/monday.jsonl')
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        check_call(Journal.__init__, locals())
        self._path = Path(path)
        self._file: BinaryIO | None = None

    @property
    def path(self) -> Path:
        """Where the journal is."""
        return self._path

    def read(self) -> History:
        """What the journal holds now; an empty history if there is no file.

        A last line that is not complete is ignored. Raises JournalError for anything else that is not a journal.
        """
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return History()
        except OSError as error:
            raise JournalError(
                f"{self._path}: can't be read ({error.strerror}): use a file that you can read"
            ) from error
        return _history(content, self._path)[0]

    def begin(self, plan: Plan) -> History:
        """Open the journal for *plan* and return what it holds of an earlier, interrupted apply.

        Raises:
            PlanRefusedError: the plan was applied to the end already.
            JournalError: the journal is another plan's, is open, is damaged or can't be written.

        """
        check_call(Journal.begin, locals())
        if self._file is not None:
            raise JournalError(f"{self._path}: another apply uses it: wait for its report")
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            file = os.fdopen(descriptor, "r+b", buffering=0)  # nothing is written when it is closed
        except OSError as error:
            raise JournalError(
                f"{self._path}: can't be written ({error.strerror}): use a file in a folder that exists"
            ) from error
        try:
            history, whole = _history(file.read(), self._path)
            _check(history, plan, self._path)
            file.truncate(whole)
            file.seek(whole)
        except BaseException:
            file.close()
            raise
        self._file = file
        if not history.plan_id:
            self._append([{"journal": FORMAT, "plan": plan.id, "tenant": plan.tenant_id}])
        return history

    def write(self, entries: Iterable[Entry]) -> None:
        """Append *entries* and sync the file."""
        entries = as_tuple(entries)
        check_call(Journal.write, locals())
        self._append([_to_dict(entry) for entry in entries])

    def finish(self) -> None:
        """Record that the plan was applied to the end, and close."""
        self._append([{"finished": True}])
        self.close()

    def close(self) -> None:
        """Close the file; an unfinished apply can be continued with it."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):  # every line was synced when it was written
                file.close()

    def _append(self, lines: list[dict[str, Any]]) -> None:
        if self._file is None:
            raise JournalError(f"{self._path}: not open: only Tenant.apply writes it")
        if not lines:
            return
        end = self._file.tell()
        rest = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
            os.fsync(self._file.fileno())
        except OSError as error:
            with suppress(OSError):  # half a line, which the next one would be joined to
                self._file.seek(end)
                self._file.truncate()
            raise JournalError(
                f"{self._path}: can't be written ({error.strerror}): free disk space, then apply the plan with it again"
            ) from error

    def __repr__(self) -> str:
        return f"Journal({str(self._path)!r})"


def _check(history: History, plan: Plan, path: Path) -> None:
    if history.plan_id and history.plan_id != plan.id:
        raise JournalError(
            f"{path}: belongs to plan {history.plan_id}, not {plan.id}: give each plan a journal of its own"
        )
    if history.finished:
        raise PlanRefusedError(f"plan {plan.fingerprint} was applied already, says {path}: read and plan again")


def _history(content: bytes, path: Path) -> tuple[History, int]:
    """The history in *content*, and how many bytes of it are complete lines."""
    whole = content.rfind(b"\n") + 1
    if not whole and not (content.startswith(_START) or _START.startswith(content)):
        raise JournalError(f"{path}: not a journal of o365prov: use one that is, or a new file")
    lines = content[:whole].splitlines()
    entries: dict[str, Entry] = {}
    history = History()
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            if number == 1:
                history = _begun(row)
            elif row.get("finished"):
                history = evolve(history, finished=True)
            else:
                entry = Entry(**{**row, "step": JournalStep(row["step"])})
                entries[entry.key] = entry
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise JournalError(
                f"{path}, line {number}: not a journal of o365prov: use one that is, or a new file"
            ) from error
    return evolve(history, entries=tuple(entries.values())), whole


def _begun(row: dict[str, Any]) -> History:
    if row["journal"] != FORMAT:
        raise ValueError(row["journal"])
    return History(row["plan"], row["tenant"])


def _to_dict(entry: Entry) -> dict[str, Any]:
    row: dict[str, Any] = {"step": entry.step.value, "key": entry.key, "object_id": entry.object_id}
    if entry.step is JournalStep.FAILED:
        row |= {"status": entry.status, "code": entry.code, "request_id": entry.request_id}
    return row
