"""JSON of our own values, by cattrs: attrs classes are the schema.

A class is an object with a member for each field; unknown members are refused, because they may mean something. A value
of a union of classes has the member ``kind``. An instant is ISO 8601 with its time zone. The value that is read equals
the value that was written; what can't be read is refused with the path of everything that is wrong.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import GenericAlias, NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints
from uuid import UUID

import attrs
from cattrs import (
    AttributeValidationNote,
    BaseValidationError,
    ClassValidationError,
    Converter,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.cols import homogenous_tuple_structure_factory, is_mapping
from cattrs.fns import identity
from cattrs.strategies import use_class_methods

from o365prov._annotations import is_aware
from o365prov.errors import ConfigurationError, O365ProvError, UsageError
from o365prov.structuring.reader import BROKEN, is_broken, kind_of, member_path

Hook = Callable[[Any, Any], Any]


class _WrongValueError(Exception):
    """A value that is not what its place asks for; the message completes "$.path ..."."""


@cache
def converter(*, leave_out_defaults: bool = False) -> Converter:
    """The converter for everything that this package saves; what it writes may leave out what is as by default.

    A class with the methods ``_from_json_value(value, converter)`` and ``_to_json_value(converter)`` uses these.
    """
    made = Converter(
        detailed_validation=True, forbid_extra_keys=True, use_alias=True, omit_if_default=leave_out_defaults
    )
    for kind, hook in _PLAIN.items():
        made.register_structure_hook(kind, hook)
    made.register_structure_hook_func(_is_anything, lambda value, _: _read_any(value))
    made.register_unstructure_hook(datetime, _write_instant)
    made.register_unstructure_hook(UUID, str)
    made.register_unstructure_hook_func(_is_anything, _write_any)
    made.register_structure_hook_func(_is_literal, _read_literal)
    made.register_structure_hook_factory(is_mapping, lambda kind: _mapping_hook(kind, made))
    made.register_unstructure_hook_func(_is_of_anything, _write_any)
    made.register_structure_hook_factory(_is_list, lambda kind: _list_hook(kind, made))
    made.register_unstructure_hook_factory(_is_list, lambda kind: _write_list_hook(kind, made))
    made.register_structure_hook_factory(_is_set, lambda kind: _set_hook(kind, made))
    made.register_unstructure_hook_factory(_is_set, lambda kind: _write_set_hook(kind, made))
    made.register_structure_hook_factory(attrs.has, lambda kind: _class_hook(kind, made))
    made.register_structure_hook_factory(_is_sum, lambda kind: _sum_hook(kind, made))
    made.register_unstructure_hook_factory(_is_sum, lambda kind: _write_sum_hook(kind, made))
    use_class_methods(made, "_from_json_value", "_to_json_value")
    return made


def parts_of(value: Any) -> Iterator[tuple[str, Any]]:
    """The members of a value's JSON object, one after the other, and lists as iterators: little is kept at a time.

    What is as by default is left out of the values within them.
    """
    made, kind = converter(leave_out_defaults=True), type(value)
    if hasattr(kind, "_to_json_value"):
        yield from made.unstructure(value, kind).items()
        return
    hints = get_type_hints(kind)
    for each in attrs.fields(kind):
        hint, part = hints[each.name], getattr(value, each.name)
        if not each.init:
            continue
        if _is_list(hint):
            yield each.alias, map(made.get_unstructure_hook(get_args(hint)[0]), part)
        else:
            yield each.alias, made.unstructure(part, hint)


def issues_of(error: BaseException, path: str = "$") -> Iterator[tuple[str, str]]:
    """Everything that a failed reading found: pairs of a JSON path and what is wrong there."""
    match error:
        case ClassValidationError() | IterableValidationError():
            for inner in error.exceptions:
                yield from issues_of(inner, path + _step(inner))
        case ForbiddenExtraKeysError():
            yield from ((member_path(path, name), "is not known here") for name in sorted(error.extra_fields))
        case KeyError():
            yield path, "is missing"
        case _:
            yield path, str(error)


def _step(error: BaseException) -> str:
    """How an error's place is reached from the one around it, by the notes that cattrs leaves."""
    for note in reversed(getattr(error, "__notes__", ())):
        match note:
            case AttributeValidationNote():
                return member_path("", note.name)
            case IterableValidationNote():
                return f"[{note.index}]" if isinstance(note.index, int) else member_path("", note.index)
    return ""


def _note_member(error: BaseException, name: str) -> None:
    """Leave the note that :func:`_step` reads, as cattrs does for the members of classes."""
    note = AttributeValidationNote(f"member {name!r}", name, str)
    error.add_note(note)


def _failed(what: str, errors: list[Exception], kind: Any) -> IterableValidationError:
    # pyright reads the constructor of ExceptionGroup, which cattrs extends.
    return IterableValidationError(what, errors, kind)  # pyright: ignore[reportCallIssue]


READ_ERRORS = (BaseValidationError, _WrongValueError, ConfigurationError)
"""What reading a value raises; see :func:`issues_of`."""


def _wrong(expected: str, value: object) -> _WrongValueError:
    return _WrongValueError(f"should be {expected}, not {kind_of(value) if value != '' else 'a string'}")


def _exactly(kind: type, expected: str) -> Hook:
    def read(value: Any, _: Any) -> Any:
        if type(value) is not kind:
            raise _wrong(expected, value)
        return value

    return read


def _read_string(value: Any, _: Any = None) -> str:
    if not isinstance(value, str):
        raise _wrong("a string", value)
    if not value.isascii() and is_broken(value):
        raise _WrongValueError(BROKEN)
    return value


def _read_number(value: Any, _: Any) -> float:
    if type(value) not in (int, float):
        raise _wrong("a number", value)
    return float(value)


def _read_instant(value: Any, _: Any) -> datetime:
    text = _read_string(value)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise _WrongValueError("should be an instant with its time zone, such as 2026-06-01T08:00:00+00:00")
    return instant


def _read_uuid(value: Any, _: Any) -> UUID:
    try:
        return UUID(_read_string(value))
    except ValueError:
        raise _WrongValueError("should be a GUID such as 8e81973e-0bec-47b0-b898-d190f9ebdacc") from None


_PLAIN: Mapping[Any, Hook] = {
    str: _read_string,
    int: _exactly(int, "a whole number"),
    float: _read_number,
    bool: _exactly(bool, "true or false"),
    NoneType: _exactly(NoneType, "null"),
    datetime: _read_instant,
    UUID: _read_uuid,
    StrEnum: lambda value, kind: _read_choice(value, kind),  # noqa: PLW0108 - it is defined below
}


def _write_instant(value: datetime) -> str:
    if not is_aware(value):
        raise UsageError(f"{value} has no time zone: make it with datetime(..., tzinfo=UTC)")
    return value.isoformat()


def _write_any(value: Any) -> Any:
    """Keep a value of Graph's own, which is JSON already; anything else would come back as something else."""
    match value:
        case str() | None | bool() | int():
            return value
        case float() if math.isfinite(value):
            return value
        case list():
            return [_write_any(each) for each in value]
        case Mapping() if _STRINGS.issuperset(map(type, value)) or all(isinstance(key, str) for key in value):
            return {key: each if type(each) is str else _write_any(each) for key, each in value.items()}
        case _:
            raise UsageError(
                f"a {type(value).__name__} can't be saved as JSON: use the string, number or list that Graph takes"
            )


_STRINGS = frozenset({str})


def _read_any(value: Any) -> Any:
    match value:
        case str():
            return _read_string(value)
        case list():
            return [_read_any(each) for each in value]
        case dict():
            return {_read_string(key): _read_any(each) for key, each in value.items()}
        case _:
            return value


def _is_anything(kind: object) -> bool:
    return kind == Any


def _is_of_anything(kind: Any) -> bool:
    """Whether this is a mapping of names to whatever Graph has."""
    return is_mapping(kind) and get_args(kind) == (str, Any)


def _read_choice(value: Any, kind: type[StrEnum]) -> StrEnum:
    try:
        return kind(value)
    except ValueError:
        raise _WrongValueError(f"should be one of {', '.join(kind)}") from None


def _is_literal(kind: Any) -> bool:
    origin: Any = get_origin(kind)
    return origin is Literal


def _read_literal(value: Any, kind: Any) -> Any:
    if value not in get_args(kind):
        raise _WrongValueError(f"should be one of {', '.join(get_args(kind))}")
    return value


def _is_list(kind: Any) -> bool:
    return get_origin(kind) is tuple and get_args(kind)[-1] is Ellipsis


def _list_hook(kind: Any, made: Converter) -> Hook:
    read_elements = homogenous_tuple_structure_factory(kind, made)

    def read(value: Any, _: Any) -> Any:
        if not isinstance(value, list):
            raise _wrong("a list", value)
        return read_elements(value, kind)

    return read


def _write_list_hook(kind: Any, made: Converter) -> Callable[[Any], Any]:
    """JSON writes a tuple of strings as it is; a table has two of them for each person."""
    inner = get_args(kind)[0]
    if inner in (str, str | None):
        return identity
    write = made.get_unstructure_hook(inner)
    return lambda value: [write(each) for each in value]


def _is_set(kind: Any) -> bool:
    return get_origin(kind) is frozenset


def _set_hook(kind: Any, made: Converter) -> Hook:
    """A set is a list in JSON; what is there twice counts once."""
    elements = GenericAlias(tuple, (get_args(kind)[0], Ellipsis))
    read_elements = _list_hook(elements, made)
    return lambda value, _: frozenset(read_elements(value, elements))


def _write_set_hook(kind: Any, made: Converter) -> Callable[[Any], Any]:
    """In order, so that equal sets are equal texts."""
    write = made.get_unstructure_hook(get_args(kind)[0])
    return lambda value: sorted(write(each) for each in value)


def _mapping_hook(kind: Any, made: Converter) -> Hook:
    """An object whose names are data, and so strings like any other."""
    inner = get_args(kind)[1]

    def read(value: Any, _: Any) -> Any:
        if not isinstance(value, dict):
            raise _wrong("an object", value)
        found: dict[str, Any] = {}
        errors: list[Exception] = []
        for name, each in value.items():
            try:
                found[_read_string(name)] = made.structure(each, inner)
            except READ_ERRORS as error:
                _note_member(error, name)
                errors.append(error)
        if errors:
            raise _failed("members", errors, kind)
        return found

    return read


def _class_hook(kind: type, made: Converter) -> Hook:
    from cattrs.gen import make_dict_structure_fn  # noqa: PLC0415 - beside its only use

    read_members: Hook = make_dict_structure_fn(kind, made)

    def read(value: Any, _: Any) -> Any:
        if not isinstance(value, dict):
            raise _wrong("an object", value)
        try:
            return read_members(value, kind)
        except O365ProvError as error:  # what the class itself refuses
            raise _WrongValueError(str(error)) from None

    return read


def _is_sum(kind: Any) -> bool:
    """Whether this is a union of classes that each say their ``kind``."""
    members = get_args(kind)
    return bool(members) and all(isinstance(getattr(each, "kind", None), str) for each in members)


def _sum_hook(kind: Any, made: Converter) -> Hook:
    kinds = {each.kind: each for each in get_args(kind)}

    def read(value: Any, _: Any) -> Any:
        if not isinstance(value, dict):
            raise _wrong("an object", value)
        name = value.get("kind")
        if not isinstance(name, str) or name not in kinds:
            error = _WrongValueError(f"should be one of {', '.join(kinds)}, not {str(name)[:40]!r}")
            _note_member(error, "kind")
            raise _failed("kind", [error], kind)
        return made.structure({key: each for key, each in value.items() if key != "kind"}, kinds[name])

    return read


def _write_sum_hook(kind: Any, made: Converter) -> Callable[[Any], Any]:
    writers = {each: made.get_unstructure_hook(each) for each in get_args(kind)}
    return lambda value: {"kind": value.kind, **writers[type(value)](value)}
