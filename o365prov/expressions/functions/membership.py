"""Which groups a person is in, by any of the ways in which Okta's functions ask (overview, "Group functions")."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from o365prov.expressions.bindings import Bindings, Values
from o365prov.expressions.semantics import EvaluationOptions
from o365prov.expressions.values.conversion import to_string
from o365prov.expressions.values.failures import EvaluationFailure, describe

KEYS = {
    "group.id": ("id",),
    "group.source.id": ("source", "id"),
    "group.type": ("type",),
    "group.profile.name": ("profile", "name"),
}
_OPERATORS = ("EXACT", "STARTS_WITH")


def name_of(group: Values) -> str:
    """A group's name, which is in its profile, or next to it."""
    profile = group.get("profile")
    name = profile.get("name") if isinstance(profile, Mapping) else None
    name = group.get("name") if name is None else name
    return "" if name is None else to_string(name)


def group_view(group: Values) -> Values:
    """A group as expressions see it: its name both as ``name`` (classic) and as ``profile.name`` (Identity Engine)."""
    profile = group.get("profile")
    name = name_of(group)
    return {"name": name, **group, "profile": {"name": name, **(profile if isinstance(profile, Mapping) else {})}}


def make_case_fold(options: EvaluationOptions) -> Callable[[str], str]:
    """How names are compared: exactly, or without regard to case."""
    return str.lower if options.semantics.group_name_case == "ignore" else str


def make_name_test(options: EvaluationOptions, compare: Callable[[str, str], bool]) -> Callable[[Bindings, str], bool]:
    """A function over names of groups: whether any name compares so with the string."""
    fold_case = make_case_fold(options)

    def any_name(bindings: Bindings, wanted: str) -> bool:
        return any(compare(fold_case(name_of(group)), fold_case(wanted)) for group in bindings.groups)

    return any_name


def make_group_selector(options: EvaluationOptions) -> Callable[..., list[Values]]:
    """The groups that fit all criteria; each is a map of one key and its value or values."""
    fold_case = make_case_fold(options)

    def select(bindings: Bindings, *criteria: Mapping[str, Any]) -> list[Values]:
        tests = [_test(criterion, fold_case, position) for position, criterion in enumerate(criteria)]
        return [group_view(group) for group in bindings.groups if all(test(group) for test in tests)]

    return select


def _test(criterion: Mapping[str, Any], fold_case: Callable[[str], str], position: int) -> Callable[[Values], bool]:
    unknown = [key for key in criterion if key not in KEYS and key != "operator"]
    keys = [key for key in criterion if key in KEYS]
    if unknown or not keys:
        what = f"has the unknown key {unknown[0]}" if unknown else "has no key"
        raise EvaluationFailure(f"the criterion {what}", remedy=f"write one of {', '.join(KEYS)}", blame=position)
    operator = criterion.get("operator", "STARTS_WITH")
    if operator not in _OPERATORS:
        raise EvaluationFailure(
            "the operator of a criterion is unknown", remedy="write EXACT or STARTS_WITH", blame=position
        )
    parts = [_key_test(key, list(_values(criterion[key], position)), operator, fold_case) for key in keys]
    return lambda group: all(part(group) for part in parts)


def _values(value: object, position: int) -> Iterator[str]:
    """The values of a criterion: one, or a list of which any may fit."""
    for item in value if isinstance(value, list | tuple) else (value,):
        if item is None or isinstance(item, Mapping | list | tuple):
            raise EvaluationFailure(f"a criterion has {describe(item)} where a string is needed", blame=position)
        yield to_string(item)


def _key_test(key: str, wanted: list[str], operator: str, fold_case: Callable[[str], str]) -> Callable[[Values], bool]:
    if key != "group.profile.name":
        return lambda group: _at(group, KEYS[key]) in wanted
    if operator == "EXACT":
        exact = {fold_case(name) for name in wanted}
        return lambda group: fold_case(name_of(group)) in exact
    prefixes = tuple(
        fold_case(name.removesuffix("*").removesuffix(".") if name.endswith(".*") else name.removesuffix("*"))
        for name in wanted
    )
    return lambda group: fold_case(name_of(group)).startswith(prefixes)


def _at(group: Values, path: tuple[str, ...]) -> str | None:
    value: Any = group
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return None if value is None else to_string(value)


def criteria_paths(keys: Iterable[str]) -> list[tuple[str, ...]]:
    """Which attributes of groups some criteria ask for."""
    return [KEYS[key] for key in keys if key in KEYS]
