"""Walking through JSON that somebody else wrote, noting every surprise with its path.

Each question about an object (:meth:`JsonObject.text`, :meth:`JsonObject.instant`, ...) answers with a harmless value
and a note if the document says something else, so that one reading finds everything.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NoReturn

from attrs import field, frozen

from o365prov.structuring.fault_list import FaultList, Unreadable
from o365prov.structuring.files import StrPath, read_text

_OKTA_ERRORS = {
    "E0000004": "the sign-in failed",
    "E0000005": "the session is not valid",
    "E0000006": "the token's administrator lacks the permission",
    "E0000007": "it was not found",
    "E0000011": "the API token is not valid",
    "E0000047": "the rate limit was hit",
}
"""Okta developer pages, "Okta API error codes": those that a listing runs into."""

_MISSING = object()


@frozen
class JsonObject:
    """One object of a document: its members, its path from the root (``$``), and where problems are noted."""

    values: Mapping[str, object]
    path: str
    problems: FaultList = field(repr=False, eq=False)

    def note(self, key: str, what: str) -> None:
        """Note a problem of one member."""
        self.problems.note(f"{self.path}.{key}", what)

    def text(self, key: str) -> str:
        """A member that must be there and be a text that is not empty."""
        text = self.optional_text(key)
        if text is None and self.values.get(key) is None:
            self.note(key, "is missing: export it again with all of its attributes")
        elif text == "":
            self.note(key, "is empty: mend it at the source and export it again")
        return text or ""

    def optional_text(self, key: str) -> str | None:
        """A member that is a text, or is null or absent."""
        value = self.values.get(key)
        if value is None or isinstance(value, str):
            return value
        self.note(key, f"should be a text, not {_kind(value)}")
        return None

    def whole_number(self, key: str) -> int | None:
        """A member that must be a whole number; None, and a note, if it is none."""
        value = self.values.get(key, _MISSING)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.note(key, f"should be a whole number, not {_kind(value)}")
        return None

    def instant(self, key: str) -> datetime | None:
        """A member that is an ISO 8601 instant with its zone, as Okta writes them, or is null or absent."""
        text = self.optional_text(key)
        if text is None:
            return None
        instant = parse_instant(text)
        if instant is None:
            self.note(key, "is not an instant like 2025-02-04T22:44:22.000Z")
        return instant

    def child(self, key: str) -> JsonObject:
        """A member that must be an object."""
        value = self.values.get(key, _MISSING)
        if value is None or value is _MISSING:
            self.note(key, "is missing: export it again with all of its attributes")
        return self._object(value, key)

    def optional_child(self, key: str) -> JsonObject:
        """A member that is an object, or is null or absent: then an empty one."""
        return self._object(self.values.get(key), key)

    def _object(self, value: object, key: str) -> JsonObject:
        if isinstance(value, dict):
            return JsonObject(value, f"{self.path}.{key}", self.problems)
        if value is not None and value is not _MISSING:
            self.note(key, f"should be an object, not {_kind(value)}")
        # What is not there was noted once; all that it lacks is no further news.
        return JsonObject({}, f"{self.path}.{key}", FaultList(self.problems.source))

    def items(self, key: str) -> Iterator[tuple[str, object]]:
        """The elements of a member that is a list, or is null or absent, each after its key (``members[3]``)."""
        value = self.values.get(key)
        if isinstance(value, list):
            yield from ((f"{key}[{position}]", element) for position, element in enumerate(value))
        elif value is not None:
            self.note(key, f"should be a list, not {_kind(value)}")

    def children(self, key: str) -> Iterator[JsonObject]:
        """The elements of a list, each of which must be an object."""
        for place, element in self.items(key):
            if isinstance(element, dict):
                yield JsonObject(element, f"{self.path}.{place}", self.problems)
            else:
                self.note(place, f"should be an object, not {_kind(element)}")

    def texts(self, key: str) -> Iterator[str]:
        """The elements of a list, each of which must be a text that is not empty."""
        for place, element in self.items(key):
            if isinstance(element, str) and element:
                yield element
            else:
                self.note(place, f"should be a text, not {_kind(element)}")


def parse_instant(text: str) -> datetime | None:
    """The aware instant that an ISO 8601 text names; None if it names none, or leaves the zone open.

    >>> parse_instant("2025-02-04T22:44:22.000Z")
    datetime.datetime(2025, 2, 4, 22, 44, 22, tzinfo=datetime.timezone.utc)
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo else None


def read_object(path: StrPath, problems: FaultList) -> JsonObject:
    """The file's one object; an empty one, and a note, if the file holds anything else."""
    try:
        document = _read(path, problems)
    except Unreadable:
        return JsonObject({}, "$", problems)
    if isinstance(document, dict):
        return JsonObject(document, "$", problems)
    problems.note("$", f"should be an object, not {_kind(document)}: is this the right file?")
    return JsonObject({}, "$", problems)


def read_objects(path: StrPath, problems: FaultList) -> Iterator[JsonObject]:
    """The objects of the file's list; none, and a note, if the file is no list."""
    try:
        document = _read(path, problems)
    except Unreadable:
        return
    if not isinstance(document, list):
        is_record = isinstance(document, dict) and "id" in document
        hint = "put the one that it holds into [ ]" if is_record else "is this the right file?"
        problems.note("$", f"should be a list, not {_kind(document)}: {hint}")
        return
    for position, element in enumerate(document):
        if isinstance(element, dict):
            yield JsonObject(element, f"$[{position}]", problems)
        else:
            problems.note(f"$[{position}]", f"should be an object, not {_kind(element)}")


def _read(path: StrPath, problems: FaultList) -> object:
    text = read_text(path, problems)
    try:
        document: object = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        problems.note(f"line {error.lineno}, column {error.colno}", f"not JSON ({error.msg}): export it again")
        raise Unreadable from error
    except (ValueError, RecursionError) as error:
        problems.note("", "not JSON as Okta writes it (a number or a nesting without limit): export it again")
        raise Unreadable from error
    _refuse_okta_error(document, problems)
    # A half of a surrogate pair is legal JSON and no text: it would break whatever writes it later, far from here.
    if "\\u" in text:
        _note_broken_text(document, "$", problems)
    return document


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _refuse_okta_error(document: object, problems: FaultList) -> None:
    if isinstance(document, dict) and isinstance(code := document.get("errorCode"), str):
        meaning = _OKTA_ERRORS.get(code, "see Okta's list of error codes")
        problems.note("$", f"Okta's error {code} ({meaning}), not an export: mend the request and export again")
        raise Unreadable


def _note_broken_text(value: object, path: str, problems: FaultList) -> None:
    match value:
        case str() if not value.isascii():
            try:
                value.encode("utf-8")
            except UnicodeEncodeError:
                problems.note(path, "holds half a character (a lone surrogate): mend it at the source")
        case dict():
            for key, element in value.items():
                _note_broken_text(key, path, problems)
                _note_broken_text(element, f"{path}.{key}", problems)
        case list():
            for position, element in enumerate(value):
                _note_broken_text(element, f"{path}[{position}]", problems)


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case "":
            return "an empty text"
        case str():
            return "a text"
        case list():
            return "a list"
        case dict():
            return "an object"
        case _:
            return "nothing"
