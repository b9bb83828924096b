"""What Terraform computes and a file writes out all the same: local values, and what ``for_each`` goes over.

Source: Terraform documentation, "Local Values", "The for_each Meta-Argument", "dynamic Blocks".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from attrs import evolve, frozen

from o365prov.expressions.embedded.document import (
    MOST_NESTED,
    REFERENCE,
    Computed,
    DocumentValue,
    Hole,
    Record,
    Series,
    Span,
    WrittenString,
)

_REFERENCE = re.compile(rf"(?:\$\{{\s*)?({REFERENCE})(?:\s*\}})?")
_STEP = re.compile(r'\["(.*?)"\]|[\w-]+')
_CONSTANT = re.compile(r"-?\d+(?:\.\d+)?|true|false|null")
_MOST_FOLLOWED = 500_000
"""So many characters of one file are followed: local values may double one another, and many refer to a long one."""


@frozen
class Turn:
    """One of those that ``for_each`` goes over.

    Args:
        key: what ``each.key`` is; None where the file does not say it.
        value: what ``each.value`` is.
        outside: whose turn it is around it.

    """

    key: str | None
    value: DocumentValue
    outside: Turns


Turns: TypeAlias = Mapping[str, Turn]
"""Whose turn it is, by the name of what repeats: ``each``, or that of a ``dynamic`` block."""


class KnownValues:
    """The values that a file writes out.

    Args:
        template: what Terraform makes of a string, as the form of the file writes it.

    """

    def __init__(self, template: Callable[[WrittenString], WrittenString]) -> None:
        self._template = template
        self._locals: dict[str, DocumentValue] = {}
        self._found: dict[tuple[str, ...], DocumentValue | None] = {}
        self._depth = 0
        self._followed = 0

    def add_locals(self, record: Record) -> None:
        """Know the values of a ``locals`` block."""
        self._locals.update(record.entries)

    def string(self, value: DocumentValue | None, turns: Turns) -> WrittenString | None:
        """The string that a value is or stands for; what is not known stays a hole in it."""
        known = self.resolved(value, turns)
        return known if isinstance(known, WrittenString) else None

    def resolved(self, value: DocumentValue | None, turns: Turns) -> DocumentValue | None:
        """A value, or what it stands for; None where the file does not say it."""
        match value:
            case Computed(source=source) if not _CONSTANT.fullmatch(source):
                return self._referred(source, turns)
            case WrittenString():
                string = self._template(value)
                if not string.text and len(string.holes) == 1:
                    return self._referred(string.holes[0].source, turns) or string
                return self._filled(string, turns) if string.holes else string
        return value

    def turns(self, name: str, for_each: DocumentValue, outside: Turns) -> list[Turn] | None:
        """Those that the ``for_each`` of what repeats goes over; None where the file does not say it.

        A resource goes over sets of strings, whose keys they are themselves; a block over lists too, which it counts.
        """
        match self.resolved(for_each, outside):
            case Record(entries=entries):
                return [Turn(self._key(key), value, outside) for key, value in entries]
            case Series(items=items) if name == "each":
                return [Turn(self._text(self.resolved(item, outside)), item, outside) for item in items]
            case Series(items=items):
                return [Turn(None, item, outside) for item in items]
        return None

    def _referred(self, source: str, turns: Turns) -> DocumentValue | None:
        """What a reference stands for; None also where more is followed in this file than there may be."""
        value = self._named(source, turns)
        self._followed += len(value.text) if isinstance(value, WrittenString) else 0
        return value if self._followed <= _MOST_FOLLOWED else None

    def _named(self, source: str, turns: Turns) -> DocumentValue | None:
        """What ``local.rules["sales"]``, ``each.key`` or ``each.value.rule`` stands for."""
        found = _REFERENCE.fullmatch(source)
        if found is None:
            return None
        name, first, *path = (each[0] if each[1] is None else each[1] for each in _STEP.finditer(found[1]))
        if name == "local":
            return self._local((first, *path))
        turn = turns.get(name)
        if turn is not None and first == "value":
            return self._within(turn.value, path, turn.outside)
        if turn is not None and turn.key is not None and (first, *path) == ("key",):
            return WrittenString(0, 0, turn.key, ((0, 0),) * len(turn.key))
        return None

    def _local(self, path: tuple[str, ...]) -> DocumentValue | None:
        if path not in self._found and self._depth <= MOST_NESTED:
            self._found[path] = None  # while it is looked for: it may stand for itself
            self._depth += 1
            self._found[path] = self._within(self._locals.get(path[0]), path[1:], {})
            self._depth -= 1
        return self._found.get(path)

    def _within(self, value: DocumentValue | None, path: Iterable[str], turns: Turns) -> DocumentValue | None:
        """What these names lead to within a value."""
        value = self.resolved(value, turns)
        for name in path:
            match value:
                case Record():
                    value = next(value.values(name), None)
                case Series(items=items) if name.isdecimal() and int(name) < len(items):
                    value = items[int(name)]
                case _:
                    return None
            value = self.resolved(value, turns)
        return value

    def _filled(self, string: WrittenString, turns: Turns) -> WrittenString:
        """A string with what is known of its holes: each character of that counts as written where the hole is."""
        text, spans, holes, at = "", list[Span](), list[Hole](), 0
        for hole in string.holes:
            text += string.text[at : hole.position]
            spans += string.spans[at : hole.position]
            at = hole.position
            known = self._text(self._referred(hole.source, turns))
            if known is None:
                holes.append(evolve(hole, position=len(text)))
            else:
                text += known
                spans += [hole.span] * len(known)
        return evolve(string, text=text + string.text[at:], spans=(*spans, *string.spans[at:]), holes=tuple(holes))

    def _key(self, key: str) -> str | None:
        """A name of a record as ``each.key``: in Terraform's JSON it may be computed, too."""
        return self._text(self._template(WrittenString(0, 0, key, ((0, 0),) * len(key))))

    @staticmethod
    def _text(value: DocumentValue | None) -> str | None:
        """A value as it stands within a string; None for what is not a string, or not known as a whole."""
        match value:
            case WrittenString(text=text, holes=()):
                return text
            case Computed(source=source) if source != "null" and _CONSTANT.fullmatch(source):
                return source
        return None
