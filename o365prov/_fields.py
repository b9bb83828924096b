"""Converters and validators that the fields of public values share.

A converter makes what it can (a tuple of a list) and lets everything else pass, unchanged, to the validator, which
knows the name of the field. ``@frozen(field_transformer=typed)`` gives a validator made from its annotation to each
field that has none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import Enum
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias, TypeVar, cast

from attrs import NOTHING, Attribute, Factory, fields

from o365prov._annotations import Check, check_for, describe_type, hints_of, is_aware, is_number, plain_types, shown
from o365prov.errors import ConfigurationError

Validator: TypeAlias = "Callable[[Any, Attribute[Any], Any], None]"

C = TypeVar("C")
E = TypeVar("E", bound=Enum)
T = TypeVar("T")


def as_tuple(values: Iterable[T]) -> tuple[T, ...]:
    """A tuple of any collection but a string or a mapping, whose letters and keys alone are never meant."""
    if type(values) is tuple:
        return values
    return tuple(values) if _is_collection(values) and not isinstance(values, Mapping) else values  # type: ignore[return-value]  # the validator refuses it


def as_unique(values: Iterable[str]) -> tuple[str, ...]:
    """Each string once, in the order in which they were given.

    >>> as_unique(["b", "a", "b"])
    ('b', 'a')
    """
    return made_of(values, lambda each: tuple(dict.fromkeys(each)))


def as_sorted(values: Iterable[str]) -> tuple[str, ...]:
    """Each string once, sorted."""
    return made_of(values, lambda each: tuple(sorted(set(each))))


def as_frozenset(values: Iterable[str]) -> frozenset[str]:
    """A frozenset of strings."""
    if type(values) is frozenset:
        return values
    return made_of(values, frozenset)


def made_of(values: Iterable[T], make: Callable[[tuple[T, ...]], C]) -> C:
    """What *make* gives for the members of a collection; what it can't handle passes, for the validator to refuse."""
    if not _is_collection(values):
        return values  # type: ignore[return-value]
    members = tuple(values)
    try:
        return make(members)
    except (TypeError, AttributeError):  # members that can't be hashed, compared or asked are of a wrong type
        return members  # type: ignore[return-value]


def member(kind: type[E], value: object) -> E:
    """The member of *kind* that has this value."""
    try:
        return kind(value)
    except ValueError:
        return value  # type: ignore[return-value]  # the validator refuses it


def _is_collection(values: object) -> bool:
    return isinstance(values, Iterable) and not isinstance(values, str | bytes)


class FrozenMapping(dict[str, Any]):
    """A dict that refuses every change; it is looked up, copied and pickled like any other.

    >>> profile = FrozenMapping({"title": "Engineer"})
    >>> profile["title"] = "Director"
    Traceback (most recent call last):
    ...
    TypeError: this mapping belongs to a frozen value: make a new value with attrs.evolve
    """

    __slots__ = ()

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("this mapping belongs to a frozen value: make a new value with attrs.evolve")

    if not TYPE_CHECKING:  # to a checker it is a dict, which everything that takes it only reads
        __setitem__ = __delitem__ = __ior__ = _refuse
        clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[FrozenMapping], tuple[dict[str, Any]]]:
        return FrozenMapping, (dict(self),)


def frozen_mapping(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same values in a mapping that can't be changed."""
    if type(values) is FrozenMapping or not isinstance(values, Mapping):  # what is not a mapping, the validator refuses
        return values
    return FrozenMapping(values) if values else _NO_VALUES


_NO_VALUES = FrozenMapping()


def keyed_by(key: str, values: Iterable[T] | Mapping[str, T], kind: type[T], place: str, what: str) -> Mapping[str, T]:
    """A table of values by one of their fields, for converters; a mapping is taken as it is.

    Args:
        key: the field, whose value no two of them share.
        values: the values.
        kind: their class.
        place: the field that is converted, for messages, such as ``AppUsers.users``.
        what: what a key names, for messages, such as ``person``.

    Raises:
        ConfigurationError: a value is not of this class, or two have one key.

    """
    if isinstance(values, Mapping):
        return frozen_mapping(cast("Mapping[str, T]", values))
    if not isinstance(values, Iterable):
        raise ConfigurationError(f"{place} should be {kind.__name__} values, not a {type(values).__name__}")
    table: dict[str, T] = {}
    for value in values:
        if not isinstance(value, kind):
            raise ConfigurationError(f"{place} should be {kind.__name__} values, not a {type(value).__name__}")
        name = getattr(value, key)
        if name in table:
            raise ConfigurationError(f"{place} holds the {what} {name} twice: keep one of them")
        table[name] = value
    return frozen_mapping(table)


def optional_mapping(values: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The same for a field that may be None."""
    return None if values is None else frozen_mapping(values)


def aware(owner: object, field: Attribute[Any], value: object) -> None:
    """Refuse what is not an instant with a time zone; None passes."""
    if value is None:
        return
    if not isinstance(value, datetime):
        raise wrong(owner, field, "an instant, such as datetime(2026, 1, 31, tzinfo=UTC)", value)
    if not is_aware(value):
        raise ConfigurationError(
            f"{type(owner).__name__}.{field.alias} has no time zone: make it with datetime(..., tzinfo=UTC)"
        )


def boolean(owner: object, field: Attribute[Any], value: object) -> None:
    """Refuse what is not True or False: ``"no"`` would count as true."""
    if not isinstance(value, bool):
        raise wrong(owner, field, "True or False", value)


def string(owner: object, field: Attribute[Any], value: object) -> None:
    """Refuse what is not a string."""
    if not isinstance(value, str):
        raise wrong(owner, field, "a string", value)


def fraction(owner: object, field: Attribute[Any], value: object) -> None:
    """Refuse what is not a share from 0 to 1: 20 would mean 2,000 %, not 20 %."""
    if not is_number(value) or not 0 <= value <= 1:
        raise wrong(owner, field, "a share from 0 to 1, such as 0.2 for 20 %", value)


def positive(owner: object, field: Attribute[Any], value: object) -> None:
    """Refuse what is not a finite number above 0."""
    if not is_number(value) or not 0 < value < float("inf"):
        raise wrong(owner, field, "a number above 0", value)


def finite(owner: object, field: Attribute[Any], value: object) -> None:
    """Refuse what is not a finite number from 0 on."""
    if not is_number(value) or not 0 <= value < float("inf"):
        raise wrong(owner, field, "a number from 0 on", value)


def whole_number(at_least: int = 0, at_most: int | None = None) -> Validator:
    """Refuse what is not a whole number from *at_least* to *at_most*."""
    limits = f"from {at_least} on" if at_most is None else f"from {at_least} to {at_most}"

    def check(owner: object, field: Attribute[Any], value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong(owner, field, f"a whole number {limits}", value)
        if value < at_least or (at_most is not None and value > at_most):
            raise wrong(owner, field, f"a whole number {limits}", value)

    return check


def instance_of(kind: type, example: str) -> Validator:
    """Refuse what is not a *kind*; *example* shows how one is written, such as ``UserSync()``."""

    def check(owner: object, field: Attribute[Any], value: object) -> None:
        if not isinstance(value, kind):
            raise wrong(owner, field, f"a {kind.__name__}, such as {example}", value)

    return check


def optional(validator: Validator) -> Validator:
    """Let None pass, and *validator* decide about everything else."""

    def check(owner: object, field: Attribute[Any], value: object) -> None:
        if value is not None:
            validator(owner, field, value)

    return check


def typed(_: type, fields: list[Attribute[Any]]) -> list[Attribute[Any]]:
    """Let each field that has no validator refuse what its annotation does not allow: a transformer for attrs.

    >>> from attrs import frozen
    >>> @frozen(field_transformer=typed)
    ... class Point:
    ...     x: int
    >>> Point("1")
    Traceback (most recent call last):
    ...
    o365prov.errors.ConfigurationError: Point.x should be a whole number, not a string
    """
    return [each if each.validator or not each.init else each.evolve(validator=_Annotated()) for each in fields]


def unchecked(kind: type[T]) -> Callable[..., T]:
    """What makes a value of *kind* as the class itself does, and neither converts nor checks the fields.

    It is for what makes a value for every account, and knows that it is right: ``Office365App`` from settings is never.

    Args:
        kind: a class of attrs with slots. Defaults that a factory makes are not known, nor those before them.

    >>> from attrs import frozen
    >>> @frozen(field_transformer=typed)
    ... class Place:
    ...     x: int
    >>> unchecked(Place)(1)
    Place(x=1)
    """
    listed = fields(kind)  # type: ignore[arg-type]
    factory: Any = Factory
    plain = takewhile(lambda each: each.default is not NOTHING and not isinstance(each.default, factory), listed[::-1])
    names = [each.name for each in listed]
    lines = (f" __set_{name}(__made, {name})" for name in names)
    scope: dict[str, Any] = {f"__set_{name}": getattr(kind, name).__set__ for name in names}
    scope |= {"__new": object.__new__, "__kind": kind}
    code = "\n".join([f"def make({', '.join(names)}):", " __made = __new(__kind)", *lines, " return __made"])
    exec(code, scope)  # noqa: S102 - names of fields alone, as attrs writes __init__: a loop takes twice as long
    scope["make"].__defaults__ = tuple(each.default for each in plain)[::-1]
    return cast("Callable[..., T]", scope["make"])


class _Annotated:
    """Checks a field against its annotation, which is resolved when the first value comes."""

    __slots__ = ("_check", "_plain")

    def __init__(self) -> None:
        self._check: Check | None = None
        self._plain: frozenset[type] = frozenset()

    def __call__(self, owner: Any, field: Attribute[Any], value: object) -> None:
        if type(value) in self._plain or value is field.default:
            return
        if self._check is None:
            annotation = hints_of(owner.__class__)[field.name]
            self._check, self._plain = check_for(annotation), plain_types(annotation)
        if self._check(value):
            return
        if isinstance(value, datetime):
            aware(owner, field, value)
        expected = describe_type(hints_of(owner.__class__)[field.name])
        error = wrong(owner, field, expected, value)
        if isinstance(value, str) and expected.startswith("one of "):
            raise ConfigurationError(f"{error} ({value[:60]!r})")
        raise error


def wrong(owner: object, field: Attribute[Any], expected: str, value: object) -> ConfigurationError:
    """The error for a field that holds something else than what it should.

    It shows the value's type, and its value where that can't be long or personal.
    """
    if isinstance(value, type):
        write = f"{field.alias}={value.__name__}()"
        return ConfigurationError(f"{type(owner).__name__}.{field.alias} is a class: write {write}")
    if isinstance(value, str) and expected.startswith("a tuple of strings"):
        write = f"{field.alias}=({value[:60]!r},)"
        return ConfigurationError(f"{type(owner).__name__}.{field.alias} is one string: write {write}")
    return ConfigurationError(f"{type(owner).__name__}.{field.alias} should be {expected}, not {shown(value)}")


_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+\Z")


def as_domains(domains: Iterable[str]) -> tuple[str, ...]:
    """The names of domains in lower case, each once."""
    return made_of(domains, lambda names: tuple(dict.fromkeys(name.strip().lower() for name in names)))


def domain_names(owner: object, field: Attribute[Any], value: Any) -> None:
    """Refuse what is not a tuple of domain names in lower case, which stand after the @ of usernames."""
    if not isinstance(value, tuple) or not all(isinstance(each, str) for each in value):
        raise wrong(owner, field, "a tuple of strings", value)
    for each in value:
        if not _DOMAIN.match(each):
            expected = "domain names such as 'yourfederated.domain'"
            raise ConfigurationError(f"{type(owner).__name__}.{field.alias} should be {expected}, not {each[:60]!r}")
