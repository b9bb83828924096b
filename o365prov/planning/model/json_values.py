"""Frozen values as JSON, and back: attrs classes are the schema.

A class is an object with a member for each field. A sum of classes has the member ``kind`` to tell which it is. An
instant is ISO 8601 with its zone. What comes back equals what was written, to the type; what can't be read is refused
with the place of everything that is wrong with it, and never guessed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

import attrs
from attrs import frozen

from o365prov.errors import UsageError
from o365prov.people import AppUser, AppUsers

Read: TypeAlias = Callable[[Any], Any]


class Wrong(Exception):  # noqa: N818 - it steers the reader and never leaves this room
    """What is wrong with a value: pairs of a place within it, such as ``.changes[3].subject``, and what is wrong."""

    def __init__(self, *problems: tuple[str, str]) -> None:
        super().__init__(*problems)
        self.problems = problems

    def within(self, step: str) -> Iterable[tuple[str, str]]:
        """The same problems, as seen from one *step* further out."""
        return ((step + place, what) for place, what in self.problems)


@frozen
class Form:
    """How the values of one type are written into JSON, and read back.

    *write* raises :class:`~o365prov.errors.UsageError` for what JSON has no form for, *read* raises :class:`Wrong`.
    """

    write: Callable[[Any], Any]
    read: Read


@cache
def form_of(annotation: Any) -> Form:
    """The form of the values that a type annotation describes."""
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    if attrs.has(annotation):
        return _object(annotation)
    arguments = get_args(annotation)
    match get_origin(annotation):
        case origin if origin in (Union, UnionType):
            others = tuple(each for each in arguments if each is not NoneType)
            form = form_of(others[0]) if len(others) == 1 else _sum(others)
            return form if len(others) == len(arguments) else _optional(form)
        case origin if origin is Literal:
            return _one_of(arguments)
        case origin if origin is tuple and arguments[-1] is Ellipsis:
            return _list(form_of(arguments[0]))
        case origin if origin is tuple:
            return _row(tuple(form_of(each) for each in arguments))
        case origin if isinstance(origin, type) and issubclass(Mapping, origin):
            return _mapping(form_of(arguments[1]))
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return _choice(annotation)
    raise TypeError(f"no JSON form for {annotation!r}: add one to json_values.py")


def _plain(value: Any) -> Any:
    return value


def _typed(kind: type, name: str) -> Form:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise _unexpected(name, value)
        return value

    return Form(_plain, read)


def _read_text(value: Any) -> str:
    if not isinstance(value, str):
        raise _unexpected("a text", value)
    if not value.isascii():
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise Wrong(("", "holds half a character (a lone surrogate)")) from None
    return value


def _read_number(value: Any) -> float:
    if type(value) not in (int, float):
        raise _unexpected("a number", value)
    return float(value)


def _write_instant(value: datetime) -> str:
    if value.tzinfo is None:
        raise UsageError(f"{value} has no time zone: make it with datetime(..., tzinfo=UTC)")
    return value.isoformat()


def _read_instant(value: Any) -> datetime:
    text = _read_text(value)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise Wrong(("", "should be an instant with its zone, like 2026-06-01T08:00:00+00:00"))
    return instant


def _write_any(value: Any) -> Any:
    """A value of Graph's own, which is JSON already; anything else would come back as something else."""
    match value:
        case None | bool() | int() | str():
            return value
        case float() if math.isfinite(value):
            return value
        case list():
            return [_write_any(each) for each in value]
        case Mapping() if all(isinstance(key, str) for key in value):
            return {key: _write_any(each) for key, each in value.items()}
        case _:
            raise UsageError(
                f"a value of {type(value).__name__} can't be kept in JSON: give the text, number or list for Graph"
            )


def _read_any(value: Any) -> Any:
    match value:
        case str():
            return _read_text(value)
        case list():
            return _elements(value, _read_any)
        case dict():
            return _members(value, _read_any)
        case _:
            return value


def _write_app_users(value: AppUsers) -> list[Any]:
    write = form_of(AppUser).write
    return [write(user) for user in value]


def _read_app_users(value: Any) -> AppUsers:
    return AppUsers(form_of(tuple[AppUser, ...]).read(value))


_PLAIN: Mapping[Any, Form] = {
    Any: Form(_write_any, _read_any),
    str: Form(_plain, _read_text),
    int: _typed(int, "a whole number"),
    float: Form(_plain, _read_number),
    bool: _typed(bool, "true or false"),
    None: _typed(NoneType, "null"),
    NoneType: _typed(NoneType, "null"),
    datetime: Form(_write_instant, _read_instant),
    AppUsers: Form(_write_app_users, _read_app_users),
}


def _choice(kind: type[StrEnum]) -> Form:
    def read(value: Any) -> Any:
        try:
            return kind(value)
        except ValueError:
            raise Wrong(("", f"should be one of {', '.join(kind)}")) from None

    return Form(str, read)


def _one_of(words: tuple[str, ...]) -> Form:
    def read(value: Any) -> Any:
        if value not in words:
            raise Wrong(("", f"should be one of {', '.join(words)}"))
        return value

    return Form(_plain, read)


def _optional(form: Form) -> Form:
    return Form(
        lambda value: None if value is None else form.write(value),
        lambda value: None if value is None else form.read(value),
    )


def _list(form: Form) -> Form:
    def read(value: Any) -> tuple[Any, ...]:
        return tuple(_elements(_expect(list, value), form.read))

    return Form(lambda values: [form.write(each) for each in values], read)


def _row(forms: tuple[Form, ...]) -> Form:
    """A tuple of a fixed length."""

    def read(value: Any) -> tuple[Any, ...]:
        if len(_expect(list, value)) != len(forms):
            raise Wrong(("", f"should have {len(forms)} elements, not {len(value)}"))
        places = (f"[{position}]" for position in range(len(forms)))
        return tuple(_all((place, form.read, each) for place, form, each in zip(places, forms, value, strict=True)))

    return Form(lambda values: [form.write(each) for form, each in zip(forms, values, strict=True)], read)


def _mapping(form: Form) -> Form:
    return Form(
        lambda values: {name: form.write(each) for name, each in values.items()},
        lambda value: _members(_expect(dict, value), form.read),
    )


def _object(kind: type) -> Form:
    """An attrs class. A member that is missing is taken for the field's default; an unknown one is refused, since
    whoever wrote it meant something by it.
    """
    hints = get_type_hints(kind)
    fields = {field.alias: field for field in attrs.fields(kind) if field.init}
    forms = {name: form_of(hints[field.name]) for name, field in fields.items()}
    required = {name for name, field in fields.items() if field.default is attrs.NOTHING}

    def write(value: Any) -> dict[str, Any]:
        return {name: form.write(getattr(value, fields[name].name)) for name, form in forms.items()}

    def read(value: Any) -> Any:
        members = _expect(dict, value)
        wrong = [(f".{name}", "is missing") for name in sorted(required - members.keys())]
        wrong += [(f".{name}", "is not known here") for name in sorted(members.keys() - forms.keys())]
        known = [name for name in forms if name in members]
        found = _all(((f".{name}", forms[name].read, members[name]) for name in known), wrong)
        try:
            return kind(**dict(zip(known, found, strict=True)))
        except (ValueError, TypeError) as error:  # what the class itself refuses
            raise Wrong(("", str(error))) from None

    return Form(write, read)


def _sum(kinds: tuple[type, ...]) -> Form:
    """One of several classes, each of which says its ``kind``."""
    forms: dict[str, Form] = {kind.kind: form_of(kind) for kind in kinds}  # type: ignore[attr-defined]

    def read(value: Any) -> Any:
        members = dict(_expect(dict, value))
        name = members.pop("kind", None)
        if not isinstance(name, str) or name not in forms:
            raise Wrong((".kind", f"{str(name)[:40]!r} is no kind that is known here"))
        return forms[name].read(members)

    return Form(lambda value: {"kind": value.kind, **forms[value.kind].write(value)}, read)


def _elements(values: list[Any], read: Read) -> list[Any]:
    return _all((f"[{position}]", read, value) for position, value in enumerate(values))


def _members(values: dict[str, Any], read: Read) -> dict[str, Any]:
    """The members of an object whose names are data, and so texts like any other."""
    names = _elements(list(values), _read_text)
    return dict(zip(names, _all((f".{name}", read, value) for name, value in values.items()), strict=True))


def _all(parts: Iterable[tuple[str, Read, Any]], wrong: Iterable[tuple[str, str]] = ()) -> list[Any]:
    """Every part (its place, how to read it, its value) read; raises Wrong with all that is wrong, and *wrong*."""
    found, problems = [], list(wrong)
    for place, read, value in parts:
        try:
            found.append(read(value))
        except Wrong as error:
            problems += error.within(place)
    if problems:
        raise Wrong(*problems)
    return found


def _expect(kind: type, value: Any) -> Any:
    if not isinstance(value, kind):
        raise _unexpected("a list" if kind is list else "an object", value)
    return value


def _unexpected(expected: str, value: Any) -> Wrong:
    return Wrong(("", f"should be {expected}, not {_kind(value)}"))


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"
