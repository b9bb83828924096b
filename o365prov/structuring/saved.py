"""Saved values: JSON text that reads back to an equal value, or is refused.

A document begins with its format and its version; then comes every field of the value, with a line for each element of
a list, so that two documents can be compared line by line; and in the end a digest of these fields. A document that
does not fit its digest was damaged or edited, and is refused. The digest shows damage; made with a key, which nobody
else has, it also shows what somebody edited who knows how digests are made.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, ClassVar, NoReturn, Protocol, Self, TypeVar

from attrs import frozen

from o365prov._annotations import check_arguments
from o365prov.errors import ConfigurationError, Issue, SourceError, UsageError
from o365prov.structuring.files import StrPath, load_text, write_text
from o365prov.structuring.issue_list import IssueList
from o365prov.structuring.reader import is_broken

Value = TypeVar("Value")

SHORTEST_KEY = 16
"""The fewest bytes of a key."""


@frozen
class SavedFormat:
    """How values of one class are saved.

    Args:
        family: the name of the format, such as ``o365prov.plan``.
        version: its version; another one is refused.
        name: what the value is called in messages, such as ``a plan``.
        origin: where such a file comes from, as a remedy: ``name the file that plan.save() wrote``.
        remedy: what to do about a damaged document.
        derived: the names of strings that the value derives from its fields; they are saved too, and must fit the
            fields when it is read.

    """

    family: str
    version: int
    name: str
    origin: str
    remedy: str
    derived: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """What stands in a document's ``format``."""
        return f"{self.family}/{self.version}"

    def write(self, value: Any, *, key: bytes | None = None) -> str:
        """The value as JSON text.

        Raises:
            ConfigurationError: the *key* is too short.
            UsageError: the value holds something that JSON has no form for.

        """
        digest = _new_digest(key)
        head = {"format": self.mark, **{name: getattr(value, name) for name in self.derived}}
        text = "{\n" + ",\n".join(f"{json_text(name)}: {json_text(each)}" for name, each in head.items())
        for piece in _pieces(value):
            digest.update(piece.encode())
            text += piece  # which Python does in place: a copy of a large plan takes hundreds of megabytes
        text += f',\n"digest": {json_text(digest.hexdigest())}\n}}\n'
        if "\\ud" in text and is_broken(json.dumps(json.loads(text), ensure_ascii=False)):
            raise UsageError(f"{self.name} holds half a character (a lone surrogate): correct it at the source")
        return text

    def read(self, kind: type[Value], text: str, where: str, *, key: bytes | None = None) -> Value:
        """The value of this *kind* that :meth:`write` wrote with the same *key*.

        Raises:
            ConfigurationError: the *key* is too short.
            SourceError: the text is something else, of another version, damaged or edited; its issues name *where* and
                the JSON path of everything that is wrong.

        """
        try:
            document = self._parse(text, where)
            content = {name: each for name, each in document.items() if name not in ("format", "digest", *self.derived)}
            value = self._structure(kind, content, where)
            digest = _new_digest(key)
            for piece in _pieces(value):  # what is written, however the document was laid out since
                digest.update(piece.encode())
            if not hmac.compare_digest(str(document.get("digest")).encode(), digest.hexdigest().encode()):
                what = "does not fit the content, which was damaged or edited, or was saved with another key"
                raise self.damaged(where, "$.digest", what)
        except RecursionError as error:
            raise SourceError(Issue("not_json", "is nested too deeply", self.remedy, where)) from error
        for name in self.derived:
            if document.get(name) != getattr(value, name):
                raise self.damaged(where, f"$.{name}", "does not fit the content in this version of o365prov")
        return value

    def load_text(self, path: StrPath) -> str:
        """The text of the file at *path*; raises SourceError if it can't be read."""
        return load_text(path, self.origin)

    def damaged(self, where: str, path: str, message: str) -> SourceError:
        """The error for a document that is wrong at one place."""
        issues = IssueList(where)
        issues.note(path, message, self.remedy, code="damaged")
        return SourceError(*issues.issues)

    def _parse(self, text: str, where: str) -> dict[str, Any]:
        issues = IssueList(where)
        try:
            document = json.loads(text, parse_constant=_refuse)
        except json.JSONDecodeError as error:
            place = f"line {error.lineno}, column {error.colno}"
            issues.note(place, f"is not JSON, or is incomplete ({error.msg})", self.remedy, code="not_json")
        except ValueError as error:
            issues.note("", f"has a value that is not a number ({error})", self.remedy, code="not_json")
        else:
            mark = document.get("format") if isinstance(document, dict) else None
            if mark == self.mark:
                return dict(document)
            if isinstance(mark, str) and mark.startswith(f"{self.family}/"):
                what = f"is {mark!r}, and this version of o365prov reads {self.mark}"
                remedy = f"read it with the version that wrote it, or {self.remedy}"
                issues.note("$.format", what, remedy, code="other_version")
            else:
                what = f"is not {self.name} ({self.mark})"
                issues.note("", what, self.origin, code="other_format")
        raise SourceError(*issues.issues)

    def _structure(self, kind: type[Value], content: dict[str, Any], where: str) -> Value:
        from o365prov.structuring.converter import READ_ERRORS, converter, issues_of  # noqa: PLC0415 - see above

        issues = IssueList(where)
        try:
            return converter().structure(content, kind)
        except READ_ERRORS as error:
            issues.add(issues_of(error), self.remedy, code="damaged")
        raise SourceError(*issues.issues)


class Saved(Protocol):
    """A value that is saved as JSON, and reads back to an equal value."""

    __slots__ = ()

    saved_format: ClassVar[SavedFormat]

    def to_json(self, *, key: bytes | None = None) -> str:
        """All of it as JSON text that :meth:`from_json` reads back; one line an element of a list, which diffs well.

        Args:
            key: a secret of at least 16 bytes, so that what somebody edited is refused, and not only what was damaged.

        Raises:
            ConfigurationError: the key is too short.
            UsageError: a value can't be expressed in JSON; all of Graph's own can be.

        """
        check_arguments(f"{type(self).__name__}.to_json", {"key": bytes | None}, {"key": key})
        return self.saved_format.write(self, key=key)

    @classmethod
    def from_json(cls, text: str, *, where: str = "", key: bytes | None = None) -> Self:
        """Read what :meth:`to_json` wrote; the result equals the value that was saved.

        Args:
            text: the JSON text.
            where: what messages call it, such as the name of its file; by default what it is.
            key: the secret that the text was written with; None for none.

        Raises:
            SourceError: the text is something else, was written by another version, or was damaged or edited; its
                issues have the JSON path of everything that is wrong.

        """
        kinds: dict[str, Any] = {"text": str, "where": str, "key": bytes | None}
        check_arguments(f"{cls.__name__}.from_json", kinds, {"text": text, "where": where, "key": key})
        return cls.saved_format.read(cls, text, where or cls.saved_format.name, key=key)

    def save(self, path: StrPath, *, key: bytes | None = None) -> None:
        """Write it to *path*, completely or not at all, for its owner alone; *key* as for :meth:`to_json`."""
        check_arguments(f"{type(self).__name__}.save", {"path": StrPath}, {"path": path})
        write_text(path, self.to_json(key=key))

    @classmethod
    def load(cls, path: StrPath, *, key: bytes | None = None) -> Self:
        """Read it from *path*, which was saved with the same *key*.

        Raises:
            SourceError: the file is missing, or as for :meth:`from_json`.

        """
        check_arguments(f"{cls.__name__}.load", {"path": StrPath}, {"path": path})
        return cls.from_json(cls.saved_format.load_text(path), where=str(path), key=key)


def to_json_value(value: Any, kind: type) -> dict[str, Any]:
    """A value of one of our classes as a JSON object."""
    from o365prov.structuring.converter import converter  # noqa: PLC0415 - cattrs takes time to load

    written: dict[str, Any] = converter().unstructure(value, kind)
    return written


def brief_json_values(values: Iterable[Any], kind: Any) -> Iterator[dict[str, Any]]:
    """Values of one of our classes, or of a union of them, as JSON objects without what is as by default."""
    from o365prov.structuring.converter import converter  # noqa: PLC0415 - cattrs takes time to load

    return map(converter(leave_out_defaults=True).get_unstructure_hook(kind), values)


def to_json_text(value: Any, kind: type) -> str:
    """A value of one of our classes as brief JSON, without a head; :func:`from_json_text` reads it back.

    Fields that have their defaults are left out.
    """
    from o365prov.structuring.converter import converter  # noqa: PLC0415 - cattrs takes time to load

    return _ENCODE_BRIEFLY(converter(leave_out_defaults=True).unstructure(value, kind))


def from_json_text(text: str, kind: type[Value]) -> Value:
    """The value that :func:`to_json_text` wrote.

    Raises:
        ValueError: the text is something else.

    """
    from o365prov.structuring.converter import READ_ERRORS, converter  # noqa: PLC0415 - see above

    try:
        return converter().structure(json.loads(text), kind)
    except (*READ_ERRORS, RecursionError) as error:
        raise ValueError(f"not a {kind.__name__}") from error


def _pieces(value: Any) -> Iterator[str]:
    """The members of a value's document as JSON text, piece by piece.

    The elements of a list and the members of an object are on lines of their own.
    """
    from o365prov.structuring.converter import parts_of  # noqa: PLC0415 - cattrs takes time to load

    for name, part in parts_of(value):
        yield f",\n{json_text(name)}: "
        match part:
            case list() | tuple() | Iterator():
                yield from _lines("[", map(_ENCODE, part), "]")
            case dict():
                members = sorted(part.items())
                yield from _lines("{", (f"{json_text(key)}: {json_text(each)}" for key, each in members), "}")
            case _:
                yield json_text(part)


def _lines(begin: str, lines: Iterator[str], end: str) -> Iterator[str]:
    """The lines between brackets, some hundred at a time."""
    yield begin
    before = "\n"
    while some := ",\n".join(islice(lines, _TOGETHER)):
        yield f"{before}{some}"
        before = ",\n"
    yield end if before == "\n" else f"\n{end}"


_TOGETHER = 500


def json_text(value: object) -> str:
    """JSON values as text, the same for equal values: members are sorted by their names. No value holds itself."""
    return _ENCODE(value)


_ENCODE = json.JSONEncoder(allow_nan=False, sort_keys=True, check_circular=False).encode
_ENCODE_BRIEFLY = json.JSONEncoder(
    allow_nan=False, ensure_ascii=False, separators=(",", ":"), check_circular=False
).encode


def _new_digest(key: bytes | None) -> hmac.HMAC | hashlib._Hash:
    if key is None:
        return hashlib.sha256()
    if len(key) < SHORTEST_KEY:
        raise ConfigurationError(f"key should be at least {SHORTEST_KEY} bytes")
    return hmac.new(key, digestmod="sha256")


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)
