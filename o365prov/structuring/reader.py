"""Reading JSON of others, and noting everything that is wrong with its path.

Each method that reads a member (:meth:`JsonObject.string`, :meth:`JsonObject.instant`, ...) returns a harmless value
and notes an issue if the document has something else, so that one reading finds everything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import NoReturn

from attrs import field, frozen

from o365prov.structuring.files import StrPath, read_text
from o365prov.structuring.issue_list import IssueList, UnreadableError

_OKTA_ERRORS = {
    "E0000004": "the sign-in failed",
    "E0000005": "the session is not valid",
    "E0000006": "the token's administrator lacks the permission",
    "E0000007": "it was not found",
    "E0000011": "the API token is not valid",
    "E0000047": "the rate limit was hit",
}
"""Okta developer pages, "Okta API error codes": those that a listing runs into."""

_UNKNOWN_ERROR = "see Okta's list of error codes"
_MISSING = object()
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_LONGEST_SHOWN = 60
_EXPORT_AGAIN = "export it again with all of its attributes"


@frozen
class JsonObject:
    """One object of a document.

    Args:
        values: its members.
        path: its path from the root, ``$``.
        issues: where issues are noted.
        remedy: what to do about a member that is missing.

    """

    values: Mapping[str, object]
    path: str
    issues: IssueList = field(repr=False, eq=False)
    remedy: str = field(default=_EXPORT_AGAIN, repr=False, eq=False)

    def note(self, key: str, message: str, remedy: str = "", *, code: str) -> None:
        """Note an issue of one member."""
        self.issues.note(member_path(self.path, key), message, remedy, code=code)

    def note_at(self, place: str, message: str, remedy: str = "", *, code: str) -> None:
        """Note an issue of an element, whose *place* :meth:`items` gave."""
        self.issues.note(f"{self.path}.{place}", message, remedy, code=code)

    def string(self, key: str) -> str:
        """A member that must be there and be a string that is not empty."""
        value = self.optional_string(key)
        if value is None and self.values.get(key) is None:
            self.note(key, "is missing", self.remedy, code="missing")
        elif value is not None and not value.strip():
            self.note(key, "is empty", "fill it in at the source and export it again", code="empty")
        return value or ""

    def optional_string(self, key: str) -> str | None:
        """A member that is a string, or is null or absent."""
        value = self.values.get(key)
        if value is None or isinstance(value, str):
            return value
        self._note_type(key, "a string", value)
        return None

    def whole_number(self, key: str) -> int | None:
        """A member that must be a whole number; None, and a note, if it is something else."""
        value = self.values.get(key, _MISSING)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self._note_type(key, "a whole number", value)
        return None

    def instant(self, key: str) -> datetime | None:
        """A member that is an ISO 8601 instant with its zone, as Okta writes them, or is null or absent."""
        text = self.optional_string(key)
        if text is None:
            return None
        instant = parse_instant(text)
        if instant is None:
            self.note(key, "is not an instant such as 2025-02-04T22:44:22.000Z", code="not_an_instant")
        return instant

    def child(self, key: str) -> JsonObject:
        """A member that must be an object."""
        value = self.values.get(key, _MISSING)
        if value is None or value is _MISSING:
            self.note(key, "is missing", self.remedy, code="missing")
        return self._object(value, key)

    def optional_child(self, key: str) -> JsonObject:
        """A member that is an object, or is null or absent: then an empty one."""
        return self._object(self.values.get(key), key)

    def _object(self, value: object, key: str) -> JsonObject:
        path = member_path(self.path, key)
        if isinstance(value, Mapping):
            return JsonObject(value, path, self.issues, self.remedy)
        if value is not None and value is not _MISSING:
            self._note_type(key, "an object", value)
        # What is not there was noted once; what it lacks would only repeat that.
        return JsonObject({}, path, IssueList(self.issues.source), self.remedy)

    def items(self, key: str) -> Iterator[tuple[str, object]]:
        """The elements of a member that is a list, or is null or absent, each after its key (``members[3]``)."""
        value = self.values.get(key)
        if isinstance(value, list):
            yield from ((f"{key}[{position}]", element) for position, element in enumerate(value))
        elif value is not None:
            self._note_type(key, "a list", value)

    def children(self, key: str) -> Iterator[JsonObject]:
        """The elements of a list, each of which must be an object."""
        for place, element in self.items(key):
            if isinstance(element, Mapping):
                yield JsonObject(element, f"{self.path}.{place}", self.issues, self.remedy)
            else:
                self._note_at(place, "an object", element)

    def strings(self, key: str) -> Iterator[str]:
        """The elements of a list, each of which must be a string that is not empty."""
        for place, element in self.items(key):
            if isinstance(element, str) and element:
                yield element
            else:
                self._note_at(place, "a string", element)

    def refuse_others(self, known: Collection[str]) -> None:
        """Note every unknown member: it might mean something that would be lost."""
        for key in self.values:
            if key not in known:
                self.note(key, "is not known", "remove it if it changes nothing", code="unknown_member")

    def _note_type(self, key: str, expected: str, value: object) -> None:
        self.note(key, f"should be {expected}, not {kind_of(value)}", code="wrong_type")

    def _note_at(self, place: str, expected: str, value: object) -> None:
        self.note_at(place, f"should be {expected}, not {kind_of(value)}", code="wrong_type")


def member_path(path: str, key: object) -> str:
    """The path of a member: ``$.title``, or ``$['job title']`` where the key is not a plain name."""
    is_plain = isinstance(key, str) and len(key) <= _LONGEST_SHOWN and _PLAIN_KEY.match(key)
    return f"{path}.{key}" if is_plain else f"{path}[{shown(key)}]"


def parse_instant(text: str) -> datetime | None:
    """The aware instant of an ISO 8601 string; None if it is not one, or has no time zone.

    >>> parse_instant("2025-02-04T22:44:22.000Z")
    datetime.datetime(2025, 2, 4, 22, 44, 22, tzinfo=datetime.timezone.utc)
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo else None


def read_object(path: StrPath, issues: IssueList) -> JsonObject:
    """The file's object; an empty one, and an issue, if the file holds anything else."""
    try:
        documents = _documents(read_text(path, issues), issues)
    except UnreadableError:
        return JsonObject({}, "$", issues)
    if len(documents) == 1 and isinstance(documents[0], dict):
        return JsonObject(documents[0], "$", issues)
    found = kind_of(documents[0]) if len(documents) == 1 else f"{len(documents):,} values one after another"
    issues.note("$", f"should be an object, not {found}", "is this the right file?", code="wrong_type")
    return JsonObject({}, "$", issues)


def parse_json(text: str, issues: IssueList, remedy: str) -> object:
    """The one value of a JSON text that came over the network; raises UnreadableError, noted, if it is not one."""
    documents = _documents(text, issues, remedy)
    if len(documents) != 1:
        issues.note("", f"is {len(documents):,} JSON values, not one", remedy, code="not_json")
        raise UnreadableError
    return documents[0]


def _documents(text: str, issues: IssueList, remedy: str = "export it again") -> list[object]:
    """The JSON values of a text: one, or some one after another."""
    decoder = json.JSONDecoder(parse_constant=refuse_constant)
    documents: list[object] = []
    position = _NOT_SPACE.search(text)
    try:
        while position is not None:
            document, end = decoder.raw_decode(text, position.start())
            documents.append(document)
            position = _NOT_SPACE.search(text, end)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        issues.note(place, f"is not JSON ({error.msg})", remedy, code="not_json")
        raise UnreadableError from error
    except (ValueError, RecursionError) as error:
        what = "is not JSON as Okta writes it (a number is too large, or the nesting too deep)"
        issues.note("", what, remedy, code="not_json")
        raise UnreadableError from error
    for number, document in enumerate(documents, 1):
        root = "$" if len(documents) == 1 else f"value {number}: $"
        refuse_okta_error(document, root, issues)
        # A half of a surrogate pair is legal JSON and not a character: it would break whatever writes it later.
        if "\\u" in text:
            note_broken_strings(document, root, issues)
    return documents


_NOT_SPACE = re.compile(r"[^ \t\r\n]")


def refuse_constant(name: str) -> NoReturn:
    """Refuse NaN and Infinity, which are no JSON."""
    raise ValueError(name)


def okta_error(document: object) -> str | None:
    """The code of Okta's error, and what it means; None if the document is something else."""
    if not isinstance(document, dict) or not isinstance(code := document.get("errorCode"), str):
        return None
    return f"{code[:_LONGEST_SHOWN]} ({_OKTA_ERRORS.get(code, _UNKNOWN_ERROR)})"


def refuse_okta_error(document: object, place: str, issues: IssueList) -> None:
    """Note that a document is Okta's error, and end the reading."""
    if (error := okta_error(document)) is not None:
        what = f"is Okta's error {error}, not an export"
        issues.note(place, what, "correct the request and export again", code="okta_error")
        raise UnreadableError


def note_broken_strings(value: object, path: str, issues: IssueList) -> None:
    """Note every string of a value that has half a character."""
    match value:
        case str() if is_broken(value):
            issues.note(path, BROKEN, "correct it at the source", code="encoding")
        case dict():
            for key, element in value.items():
                note_broken_strings(key, path, issues)
                note_broken_strings(element, f"{path}.{key}", issues)
        case list():
            for position, element in enumerate(value):
                note_broken_strings(element, f"{path}[{position}]", issues)


BROKEN = "has half a character (a lone surrogate)"


def is_broken(string: str) -> bool:
    """Whether a string holds half of a surrogate pair, which no encoding can write."""
    if string.isascii():
        return False
    try:
        string.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def kind_of(value: object) -> str:
    """What a JSON value is, in words that show nothing of it.

    >>> kind_of(None), kind_of(""), kind_of({})
    ('null', 'an empty string', 'an object')
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case "":
            return "an empty string"
        case str():
            return "a string"
        case list() | tuple():
            return "a list"
        case Mapping():
            return "an object"
        case _:
            return "nothing"


def shown(value: object) -> str:
    """A value of settings for a message: short, and on one line."""
    if value is None or value == "" or isinstance(value, Mapping | list | tuple):
        return kind_of(value)
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
