"""The shapes of our own classes: keys, types, ranges and meanings are those of their fields.

What a class says of a field (its annotation, its validator, and its line in the docstring) is said once.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs

from o365prov.configuration.shapes import (
    ChoiceShape,
    Key,
    ListShape,
    NamesShape,
    PlainShape,
    Shape,
    TableShape,
)

_NONE: Mapping[str, Shape] = {}


def table_of(
    kind: type,
    *,
    shapes: Mapping[str, Shape] = _NONE,
    without: Collection[str] = (),
    make: Callable[..., Any] | None = None,
) -> TableShape:
    """The table that has a key for each field of a class.

    Args:
        kind: a class of attrs.
        shapes: shapes of their own for some fields, which check what they read.
        without: fields that have no key.
        make: makes the value, where the class itself does not.

    >>> from o365prov import Deprovisioning
    >>> [key.name for key in table_of(Deprovisioning).keys]
    ['then', 'grace_days', 'reaches_back', 'steps']

    """
    hints, meanings = get_type_hints(kind), meanings_of(kind)
    keys = [
        Key(
            each.alias,
            shapes.get(each.name) or _shape_of(hints[each.name], LIMITS.get((kind.__name__, each.name), {})),
            meanings.get(each.alias, ""),
            required=each.default is attrs.NOTHING,
            check=_as_it_is if each.name in shapes else _check(kind, each),
            field=each.name,
        )
        for each in attrs.fields(kind)
        if each.init and each.name not in without
    ]
    return TableShape(tuple(keys), make or kind, _first_sentence(kind))


LIMITS: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("Deprovisioning", "grace_days"): {"minimum": 1, "maximum": 365},
    ("LeaverSteps", "groups"): {"minimum": 0, "maximum": 365},
    ("LeaverSteps", "mailbox"): {"minimum": 0, "maximum": 365},
    ("LeaverSteps", "licenses"): {"minimum": 0, "maximum": 365},
    ("Safeguards", "share"): {"minimum": 0, "maximum": 1},
    ("Safeguards", "from_accounts"): {"minimum": 0},
    ("Safeguards", "count"): {"minimum": 0},
    ("Safeguards", "shares"): {"minimum": 0, "maximum": 1},
    ("Lifecycle", "missing_reads"): {"minimum": 1, "maximum": 100},
    ("Lifecycle", "missing_days"): {"minimum": 0, "maximum": 365},
    ("Lifecycle", "create_days_before"): {"minimum": 0, "maximum": 365},
    ("Office365App", "domains"): {"minLength": 1},
}
"""What validators refuse, in the words of JSON Schema: of single values, of the elements of lists and tables."""


def _shape_of(hint: Any, limits: Mapping[str, Any]) -> Shape:
    origin: Any = get_origin(hint)
    args = tuple(each for each in get_args(hint) if each is not NoneType)
    if origin in (Union, UnionType):  # None is a key that is not there
        return _shape_of(args[0], limits)
    if origin in (tuple, frozenset):
        return ListShape(_shape_of(args[0], limits))
    if origin is Literal:
        return ChoiceShape(args)
    if inspect.isclass(origin) and issubclass(origin, Mapping):
        names = tuple(args[0]) if issubclass(args[0], StrEnum) else ()
        return NamesShape(_shape_of(args[1], limits), names)
    if inspect.isclass(hint) and issubclass(hint, StrEnum):
        return ChoiceShape(tuple(hint), hint)
    if attrs.has(hint):
        return table_of(hint)
    return PlainShape(hint, limits)


def _as_it_is(value: Any) -> Any:
    return value


def _check(kind: type, attribute: attrs.Attribute[Any]) -> Callable[[Any], Any]:
    """What the field's converter and validator say about a value; they need the class of its owner alone."""

    def check(value: Any) -> Any:
        converted = value if attribute.converter is None else attribute.converter(value)  # type: ignore[operator]
        if attribute.validator is not None:
            attribute.validator(object.__new__(kind), attribute, converted)
        return converted

    return check


@cache
def meanings_of(kind: type) -> Mapping[str, str]:
    """What the docstring of a class says about each argument, in one line each."""
    text = inspect.getdoc(kind) or ""
    arguments = re.search(r"^Args:\n((?:    .*\n|\n)+)", f"{text}\n", re.MULTILINE)
    found = re.findall(r"^    (\w+): (.*(?:\n     +.*)*)", arguments[1] if arguments else "", re.MULTILINE)
    return {name: _plain_text(meaning) for name, meaning in found}


def _first_sentence(kind: type) -> str:
    return _plain_text((inspect.getdoc(kind) or "").partition("\n")[0])


def _plain_text(text: str) -> str:
    """Without the marks of a docstring, beginning with a capital letter."""
    text = re.sub(r":\w+:`~?([^`<]*?)(?: <[^`]*>)?`", lambda found: found[1].rpartition(".")[2], text)
    text = re.sub(r"``([^`]*)``|\*(\w+)\*", lambda found: found[1] or found[2], " ".join(text.split()))
    return text[:1].upper() + text[1:]
