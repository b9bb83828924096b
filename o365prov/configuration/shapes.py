"""What a value of an app file may be: read with every fault and its key's path, written, and described as JSON Schema.

One table of keys drives all three, and the commented file that ``o365prov init`` writes.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from enum import Enum, StrEnum
from typing import Any, Protocol, TypeAlias

from attrs import field, frozen

from o365prov._fields import frozen_mapping
from o365prov.errors import ConfigurationError, Issue
from o365prov.structuring import IssueList

JsonSchema: TypeAlias = dict[str, Any]


class Unread(Enum):
    """What a value is read as that is wrong, once its faults are noted."""

    UNREAD = "unread"


UNREAD = Unread.UNREAD


class Shape(Protocol):
    """What one value may be."""

    def read(self, value: object, place: str, issues: IssueList) -> Any:
        """The value of a program for a value of the file; UNREAD, and a note of each fault, if it is wrong."""
        ...

    def write(self, value: Any) -> Any:
        """The value of the file for a value of a program."""
        ...

    def schema(self) -> JsonSchema:
        """The JSON Schema of what is read."""
        ...


def key_path(place: str, key: object) -> str:
    """The dotted path of a key, as TOML writes it.

    >>> key_path("mapping", "job title"), key_path("", "domains")
    ("mapping.'job title'", 'domains')
    """
    name = str(key)
    written = name if _BARE.fullmatch(name) else repr(name[:60])
    return f"{place}.{written}" if place else written


_BARE = re.compile(r"[A-Za-z0-9_-]{1,60}")


def toml_kind(value: object) -> str:
    """What a value of a TOML file is, in words that show nothing of it."""
    match value:
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a string" if value else "an empty string"
        case list() | tuple():
            return "a list"
        case Mapping():
            return "a table"
        case _:
            return "a date or time"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that somebody most likely meant: the same in another case, or one that is nearly the same.

    >>> nearest("domians", ["domains", "name"]), nearest("FirstName", ["firstName"]), nearest("x", ["domains"])
    ('domains', 'firstName', None)
    """
    by_plain = {_plain(each): each for each in known}
    found = difflib.get_close_matches(_plain(name), by_plain, n=1, cutoff=0.7)
    return by_plain[found[0]] if found else None


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")


def note_unknown(place: str, key: object, known: Collection[str], issues: IssueList) -> None:
    """Note a key that is not known, with the one that was perhaps meant."""
    meant = nearest(str(key), known)
    remedy = f"write {meant}" if meant else f"known here: {', '.join(sorted(known)[:12])}"
    issues.note(key_path(place, key), "is not known", remedy, code="unknown_key")


_EXPECTED = {str: "a string", bool: "true or false", int: "a whole number", float: "a number"}
_JSON = {str: "string", bool: "boolean", int: "integer", float: "number"}


@frozen
class PlainShape:
    """A string, a number, or true or false.

    Args:
        kind: its type.
        limits: what JSON Schema says about it besides the type.

    """

    kind: type
    limits: Mapping[str, Any] = field(factory=dict, converter=frozen_mapping)

    def read(self, value: object, place: str, issues: IssueList) -> Any:
        """The value itself."""
        if type(value) is self.kind or (self.kind is float and type(value) is int):
            return value
        issues.note(place, f"should be {_EXPECTED[self.kind]}, not {toml_kind(value)}", code="wrong_type")
        return UNREAD

    def write(self, value: Any) -> Any:
        """The value itself."""
        return value

    def schema(self) -> JsonSchema:
        """Its type and limits."""
        return {"type": _JSON[self.kind], **self.limits}


@frozen
class ChoiceShape:
    """One of some words.

    Args:
        words: the words.
        make: what a program has for a word.

    """

    words: tuple[str, ...]
    make: Callable[[str], Any] = str

    def read(self, value: object, place: str, issues: IssueList) -> Any:
        """What the word stands for."""
        if isinstance(value, str) and value in self.words:
            return self.make(value)
        meant = nearest(value, self.words) if isinstance(value, str) else None
        expected = ", ".join(map(repr, self.words))
        remedy = f"write {meant!r}" if meant else ""
        shown = repr(value[:60]) if isinstance(value, str) else toml_kind(value)
        issues.note(place, f"should be one of {expected}, not {shown}", remedy, code="wrong_value")
        return UNREAD

    def write(self, value: Any) -> Any:
        """The word."""
        return value.value if isinstance(value, StrEnum) else value

    def schema(self) -> JsonSchema:
        """The words."""
        return {"enum": list(self.words)}


@frozen
class ListShape:
    """A list.

    Args:
        element: what its elements are.

    """

    element: Shape

    def read(self, value: object, place: str, issues: IssueList) -> Any:
        """A tuple of the elements."""
        if not isinstance(value, list):
            issues.note(place, f"should be a list, not {toml_kind(value)}", "put it into [ ]", code="wrong_type")
            return UNREAD
        read = [self.element.read(each, f"{place}[{number}]", issues) for number, each in enumerate(value)]
        return UNREAD if any(each is UNREAD for each in read) else tuple(read)

    def write(self, value: Any) -> Any:
        """A list, in order where the program's value has none."""
        written = [self.element.write(each) for each in value]
        return sorted(written) if isinstance(value, frozenset) else written

    def schema(self) -> JsonSchema:
        """The elements."""
        return {"type": "array", "items": self.element.schema()}


@frozen
class NamesShape:
    """A table whose keys are data.

    Args:
        element: what each value is.
        names: the names that there are; none for any.

    """

    element: Shape
    names: tuple[str, ...] = ()

    def read(self, value: object, place: str, issues: IssueList) -> Any:
        """A dict of the values."""
        if not isinstance(value, Mapping):
            issues.note(place, f"should be a table, not {toml_kind(value)}", code="wrong_type")
            return UNREAD
        read = {}
        for key, each in value.items():
            if self.names and key not in self.names:
                note_unknown(place, key, self.names, issues)
                read[key] = UNREAD
            else:
                read[key] = self.element.read(each, key_path(place, key), issues)
        return UNREAD if UNREAD in read.values() else read

    def write(self, value: Any) -> Any:
        """A table."""
        return {str(key): self.element.write(each) for key, each in value.items()}

    def schema(self) -> JsonSchema:
        """The values."""
        element = self.element.schema()
        if not self.names:
            return {"type": "object", "additionalProperties": element}
        return {"type": "object", "properties": dict.fromkeys(self.names, element), "additionalProperties": False}


@frozen
class Key:
    """One key of a table.

    Args:
        name: the key.
        shape: what its value may be.
        meaning: what it means, in a sentence.
        required: whether it must be there.
        check: what refuses a value that is out of range, with a ConfigurationError, and gives it as the program has it.
        field: the field of the program's value, where it is called otherwise; empty for the same name.

    """

    name: str
    shape: Shape
    meaning: str = ""
    required: bool = False
    check: Callable[[Any], Any] = lambda value: value
    field: str = ""


@frozen
class TableShape:
    """A table with known keys.

    Args:
        keys: the keys.
        make: makes the program's value of the values by key; a ConfigurationError of it is a fault of the table.
        meaning: what the table is.

    """

    keys: tuple[Key, ...]
    make: Callable[..., Any]
    meaning: str = ""

    def read(self, value: object, place: str, issues: IssueList) -> Any:
        """What *make* makes of the values."""
        if not isinstance(value, Mapping):
            issues.note(place, f"should be a table, not {toml_kind(value)}", code="wrong_type")
            return UNREAD
        before = issues.count
        known = [key.name for key in self.keys]
        for name in value:
            if name not in known:
                note_unknown(place, name, known, issues)
        read = {}
        for key in self.keys:
            if key.name in value:
                read[key.name] = self._read_key(key, value[key.name], key_path(place, key.name), issues)
            elif key.required:
                issues.note(key_path(place, key.name), "is missing", "add it", code="missing")
        return UNREAD if issues.count > before else self._made(read, place, issues)

    def _read_key(self, key: Key, value: object, place: str, issues: IssueList) -> Any:
        read = key.shape.read(value, place, issues)
        if read is UNREAD:
            return UNREAD
        try:
            return key.check(read)
        except ConfigurationError as error:
            issues.note(place, _issue_of(error).message, code="wrong_value")
            return UNREAD

    def _made(self, read: Mapping[str, Any], place: str, issues: IssueList) -> Any:
        try:
            return self.make(**read)
        except ConfigurationError as error:
            for issue in error.issues or [_issue_of(error)]:
                is_key = any(issue.place == key.name for key in self.keys)
                where = key_path(place, issue.place) if is_key else place
                issues.note(where, issue.message, issue.remedy, code=issue.code)
            return UNREAD

    def write(self, value: Any) -> Any:
        """A table of all that is not None."""
        values = ((key, getattr(value, key.field or key.name)) for key in self.keys)
        return {key.name: key.shape.write(each) for key, each in values if each is not None}

    def schema(self) -> JsonSchema:
        """The keys, and no others."""
        properties = {key.name: described(key.shape.schema(), key.meaning) for key in self.keys}
        required = [key.name for key in self.keys if key.required]
        schema = {"type": "object", "properties": properties, "additionalProperties": False}
        return described({**schema, **({"required": required} if required else {})}, self.meaning)


def _issue_of(error: ConfigurationError) -> Issue:
    """What a class says of itself, at the field that it names first."""
    named = re.match(r"[A-Z]\w+\.(\w+) (.*)", str(error), re.DOTALL)
    return Issue("wrong_value", named[2], place=named[1]) if named else Issue("wrong_value", str(error))


@frozen
class VariantShape:
    """A table of one of some kinds, of which one key names the kind.

    Args:
        key: the key.
        variants: the tables by kind.

    """

    key: str
    variants: Mapping[str, TableShape] = field(converter=frozen_mapping)

    def read(self, value: object, place: str, issues: IssueList) -> Any:
        """What the table of that kind gives."""
        if not isinstance(value, Mapping):
            issues.note(place, f"should be a table, not {toml_kind(value)}", code="wrong_type")
            return UNREAD
        path = key_path(place, self.key)
        if self.key not in value:
            issues.note(path, "is missing", f"write one of {', '.join(map(repr, self.variants))}", code="missing")
            return UNREAD
        kind = ChoiceShape(tuple(self.variants)).read(value[self.key], path, issues)
        if kind is UNREAD:
            return UNREAD
        return self.variants[kind].read({name: each for name, each in value.items() if name != self.key}, place, issues)

    def write(self, value: Any) -> Any:
        """The table, its kind first."""
        return {self.key: value.name, **self.variants[value.name].write(value)}

    def schema(self) -> JsonSchema:
        """The tables of all kinds."""
        alternatives = []
        for name, table in self.variants.items():
            schema = table.schema()
            properties = {self.key: {"const": name}, **schema["properties"]}
            required = [self.key, *schema.get("required", ())]
            alternatives.append({**schema, "properties": properties, "required": required})
        return {"oneOf": alternatives}


def described(schema: JsonSchema, meaning: str) -> JsonSchema:
    """The schema with its meaning, which editors show."""
    return {**schema, "description": meaning} if meaning else schema
