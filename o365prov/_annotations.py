"""What annotations allow: the checks of fields and of the arguments of calls are made from them.

A public call checks its arguments in its first line, ``check_call(assign, locals())``; one that takes an iterable makes
a tuple of it before. The checks of a call are made when it is called for the first time.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from enum import Enum
from functools import cache, wraps
from inspect import signature
from types import GenericAlias, NoneType, UnionType
from typing import Any, Literal, TypeAlias, TypeGuard, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from o365prov.errors import ConfigurationError

Check: TypeAlias = "Callable[[Any], bool]"

hints_of = cache(get_type_hints)

_EXAMPLES = {
    "AppUsers": "state.app_users(snapshot.tenant_id, app.name)",
    "Assignment": "read_organization(...).assignments",
    "Cloud": "Cloud.US_GOVERNMENT",
    "Deprovisioning": "Deprovisioning.block_and_remove_licenses()",
    "Grants": "Grants([LicenseGrant('SPE_E3')])",
    "LicenseGrant": "LicenseGrant('SPE_E3')",
    "Lifecycle": "Lifecycle(suspended='block')",
    "Needs": "app.needs(assignments)",
    "Plan": "Plan.load('plan.json')",
    "ProfileMapping": "app.mapping.with_expression('city', 'user.city')",
    "ProvisioningType": "UserSync()",
    "Safeguards": "Safeguards(share=0.1)",
    "TenantSnapshot": "await tenant.read(app.needs(assignments))",
    "UsernameFormat": "UsernameFormat.custom('user.email')",
}
"""Class → how one is written, for messages about what people often give in its place."""

_MOST_NAMED = 12
"""Of an enum with more members than this a message gives the name alone."""

F = TypeVar("F", bound="Callable[..., Any]")


def check_call(call: Callable[..., Any], arguments: Mapping[str, object]) -> None:
    """Refuse arguments that the annotations of *call* do not allow.

    An iterator is not looked into, because that would use it up.

    Args:
        call: the function, method or ``__init__`` that runs.
        arguments: its arguments by name: ``locals()``, before it has other variables.

    Raises:
        ConfigurationError: it names the call and the argument.

    """
    for name, check, annotation in _checks_of(call):
        if not check(arguments[name]):
            raise _refusal(call.__qualname__.removesuffix(".__init__"), name, annotation, arguments[name])


def check_after_failure(call: F) -> F:
    """Check the arguments of *call* when it has failed, and not before: for what runs for every person or account."""

    @wraps(call)
    def run(*args: Any, **keywords: Any) -> Any:
        try:
            return call(*args, **keywords) if keywords else call(*args)  # most have none, and calls are many
        except (AttributeError, OverflowError, TypeError):
            bound = signature(call).bind(*args, **keywords)
            bound.apply_defaults()
            check_call(call, bound.arguments)
            raise

    return cast("F", run)


@cache
def _checks_of(call: Callable[..., Any]) -> tuple[tuple[str, Check, Any], ...]:
    hints = get_type_hints(call)
    found = []
    for name, parameter in signature(call).parameters.items():
        hint = hints.get(name, Any)
        if parameter.kind is parameter.VAR_POSITIONAL:
            hint = GenericAlias(tuple, (hint, ...))
        if hint not in (Any, object) and parameter.kind is not parameter.VAR_KEYWORD:
            found.append((name, check_for(hint), hint))
    return tuple(found)


def check_arguments(call: str, annotations: Mapping[str, Any], arguments: Mapping[str, object]) -> None:
    """Refuse what the annotations of a call do not allow; of arguments without one, nothing is asked.

    >>> check_arguments("FakeTenant", {"seed": int}, {"seed": "1"})
    Traceback (most recent call last):
    ...
    o365prov.errors.ConfigurationError: FakeTenant(seed=...) should be a whole number, not a string
    """
    for name, value in arguments.items():
        annotation = annotations.get(name, object)
        if not check_for(annotation)(value):
            raise _refusal(call, name, annotation, value)


def _refusal(call: str, name: str, annotation: Any, value: object) -> ConfigurationError:
    where = f"{call}({name}=...)"
    expected = describe_type(annotation)
    if isinstance(value, datetime) and "an instant" in expected:
        return ConfigurationError(f"{where} has no time zone: make it with datetime(..., tzinfo=UTC)")
    if isinstance(value, str) and "a collection of strings" in expected:
        return ConfigurationError(f"{where} is one string: write {name}=[{value[:60]!r}]")
    return ConfigurationError(f"{where} should be {expected}, not {shown(value)}")


_WORDS: Mapping[Any, tuple[str, str]] = {
    Any: ("anything", ""),
    object: ("anything", ""),
    str: ("a string", "strings"),
    bool: ("True or False", "True or False"),
    int: ("a whole number", "whole numbers"),
    float: ("a number", "numbers"),
    NoneType: ("None", "None"),
    bytes: ("bytes", "bytes"),
    datetime: ("an instant, such as datetime(2026, 1, 31, tzinfo=UTC)", "instants"),
    os.PathLike[str]: ("a path", "paths"),
}


def describe_type(annotation: Any, *, many: bool = False) -> str:
    """What a value of this annotation should be, in words."""
    origin: Any = get_origin(annotation)
    args = get_args(annotation)
    if annotation in _WORDS:
        one, plural = _WORDS[annotation]
        return plural if many else one
    if origin in (Union, UnionType):
        words = dict.fromkeys(describe_type(each, many=many) for each in args)
        return " or ".join(sorted(words, key=lambda each: ", such as " in each))  # an example ends the sentence
    if origin is Literal:
        return " or ".join(map(repr, args))
    if origin is tuple and args[-1] is not Ellipsis:
        return f"{'tuples' if many else 'a tuple'} of {' and '.join(map(describe_type, args))}"
    if origin in (tuple, frozenset):
        return f"{'tuples' if many else 'a tuple'} of {describe_type(args[0], many=True)}"
    if origin is Callable:
        return "a function"
    if _is_mapping(annotation):
        keys, values = (describe_type(each, many=True) for each in args)
        return f"{'mappings' if many else 'a mapping'} of {keys}{f' to {values}' if values else ''}"
    if origin is not None:
        return f"{'collections' if many else 'a collection'} of {describe_type(args[0], many=True)}"
    name = annotation.__name__
    if issubclass(annotation, Enum) and len(annotation) <= _MOST_NAMED and name not in _EXAMPLES:
        return f"one of {', '.join(repr(each.value) for each in annotation)}"
    such_as = f", such as {_EXAMPLES[name]}" if name in _EXAMPLES else ""
    return f"{name} values{such_as}" if many else f"{'an' if name[0] in 'AEIO' else 'a'} {name}{such_as}"


def plain_types(annotation: Any) -> frozenset[type]:
    """The types that an annotation allows with every value, so that these need no further look.

    >>> sorted(each.__name__ for each in plain_types(str | datetime | tuple[str, ...] | None))
    ['NoneType', 'str']
    """
    if get_origin(annotation) in (Union, UnionType):
        return frozenset().union(*map(plain_types, get_args(annotation)))
    is_plain = isinstance(annotation, type) and get_origin(annotation) is None and annotation is not datetime
    return frozenset({annotation}) if is_plain else frozenset()


def is_aware(value: object) -> bool:
    """Whether it is an instant whose time zone says how far it is from UTC."""
    return isinstance(value, datetime) and value.utcoffset() is not None


def is_number(value: object) -> TypeGuard[float]:
    """Whether it is a number that a float can hold."""
    if isinstance(value, int):
        return not isinstance(value, bool) and abs(value) <= sys.float_info.max
    return isinstance(value, float)


def check_for(annotation: Any) -> Check:
    """Whether a value is what an annotation allows, as a function."""
    origin, args = get_origin(annotation), get_args(annotation)
    match origin or annotation:
        case t if t is Any or t is object:
            return lambda _: True
        case t if t is Union or t is UnionType:
            return _any_of(args)
        case t if t is Literal:
            return lambda value: value in args
        case t if t is tuple or t is frozenset or t is list:
            return _collection(t, args)
        case t if t is Callable:
            return callable
        case t if t is int:
            return lambda value: isinstance(value, int) and not isinstance(value, bool)
        case t if t is float:
            return is_number
        case t if t is datetime:
            return is_aware
        case _ if _is_mapping(annotation):
            return _mapping(*args)
        case t if origin is not None and issubclass(t, Iterable):
            return _iterable(t, _each(args[0]))
        case t if getattr(t, "_is_protocol", False) and not getattr(t, "_is_runtime_protocol", False):
            return _protocol(_members(t))
        case t:
            return lambda value: isinstance(value, t)


def _protocol(members: list[str]) -> Check:
    return lambda value: not isinstance(value, type) and all(hasattr(value, name) for name in members)


def _members(protocol: Any) -> list[str]:
    return [name for name in (*vars(protocol), *get_type_hints(protocol)) if not name.startswith("_")]


def _any_of(annotations: tuple[Any, ...]) -> Check:
    plain = tuple(each for each in annotations if isinstance(each, type) and each not in (int, float, datetime))
    if len(plain) == len(annotations) and all(get_origin(each) is None for each in annotations):
        return lambda value: isinstance(value, plain)
    checks = [check_for(each) for each in annotations]
    mappings = [check_for(each) for each in annotations if _is_mapping(each)]

    def check(value: Any) -> bool:
        # A mapping is also an iterable of its keys, and is not meant as one where a mapping may be given.
        allowed = mappings if mappings and isinstance(value, Mapping) else checks
        return any(each(value) for each in allowed)

    return check


def _is_mapping(annotation: Any) -> bool:
    origin: Any = get_origin(annotation)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _collection(kind: Any, args: tuple[Any, ...]) -> Check:
    if kind is tuple and args[-1] is not Ellipsis:
        checks = [check_for(each) for each in args]
        return lambda value: (
            isinstance(value, tuple)
            and len(value) == len(checks)
            and all(check(each) for check, each in zip(checks, value, strict=True))
        )
    members = _each(args[0])
    return lambda value: isinstance(value, kind) and (not value or members(value))


def _each(annotation: Any) -> Check:
    """Whether every member of a collection is what an annotation allows."""
    check, plain = check_for(annotation), plain_types(annotation)
    return lambda values: plain.issuperset(map(type, values)) or all(map(check, values))


def _iterable(kind: Any, members: Check) -> Check:
    """An ``Iterable``, ``Collection`` or ``Sequence``: its members are looked at if that does not use it up."""
    return lambda value: (
        isinstance(value, kind)
        and not isinstance(value, str | bytes)
        and (not isinstance(value, Collection) or members(value))
    )


def _mapping(key: Any, value: Any) -> Check:
    keys, values = _each(key), _each(value)
    if value is Any:
        return lambda mapping: isinstance(mapping, Mapping) and keys(mapping)
    return lambda mapping: isinstance(mapping, Mapping) and keys(mapping) and values(mapping.values())


_LARGE = 10**18


def shown(value: object) -> str:
    """A value as messages show it: its type, and its value where that can't be long or personal."""
    if value is None or isinstance(value, bool | float):
        return repr(value)
    if isinstance(value, int):
        return repr(value) if abs(value) < _LARGE else "a number with many digits"
    if isinstance(value, str):
        return "a string" if value else "an empty string"
    if isinstance(value, tuple | frozenset | list):
        kinds = sorted({type(each).__name__ for each in value})
        return f"a {type(value).__name__} of {', '.join(kinds[:3]) or 'nothing'}"
    if isinstance(value, dict):
        kinds = sorted({f"{type(key).__name__} to {type(each).__name__}" for key, each in value.items()})
        return f"a dict of {', '.join(kinds[:3]) or 'nothing'}"  # also where ours are frozen dicts
    name = type(value).__name__
    return f"{'an' if name[0] in 'AEIOaeio' else 'a'} {name}"
