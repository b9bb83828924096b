"""Which groups a person is in, by any of the ways in which Okta's functions ask (overview, "Group functions")."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from o365prov.expressions.bindings import Bindings, Values
from o365prov.expressions.semantics import EvaluationOptions
from o365prov.expressions.values.conversion import STRINGS, to_string
from o365prov.expressions.values.failures import EvaluationFailure, describe

KEYS = {
    "group.id": ("id",),
    "group.source.id": ("source", "id"),
    "group.type": ("type",),
    "group.profile.name": ("profile", "name"),
}
_OPERATORS = ("EXACT", "STARTS_WITH")
_Test: TypeAlias = Callable[[Values], bool]


def name_of(group: Values) -> str:
    """A group's name, which is in its profile, or next to it."""
    profile = group.get("profile")
    if type(profile) is dict and type(name := profile.get("name")) is str:
        return name  # as of nearly every group
    name = profile.get("name") if isinstance(profile, Mapping) else None
    name = group.get("name") if name is None else name
    return name if type(name) is str else "" if name is None else to_string(name)


def group_view(group: Values) -> Values:
    """A group as expressions see it: its name both as ``name`` (classic) and as ``profile.name`` (Identity Engine)."""
    profile = group.get("profile")
    if type(profile) is dict and "name" in profile and "name" in group:
        return group
    name = name_of(group)
    known = profile if type(profile) is dict or isinstance(profile, Mapping) else {}
    return {"name": name, **group, "profile": {"name": name, **known}}


def make_case_fold(options: EvaluationOptions) -> Callable[[str], str]:
    """How names are compared: exactly, or without regard to case."""
    return str.lower if options.semantics.group_name_case == "ignore" else str


def make_name_test(options: EvaluationOptions, compare: Callable[[str, str], bool]) -> Callable[[Bindings, str], bool]:
    """A function over names of groups: whether any name compares so with the string."""
    fold_case = make_case_fold(options)

    def any_name(bindings: Bindings, wanted: str) -> bool:
        folded = fold_case(wanted)
        return any(compare(fold_case(name_of(group)), folded) for group in bindings.groups)

    return any_name


def make_group_selector(options: EvaluationOptions) -> Callable[..., list[Values]]:
    """The groups that fit all criteria; each is a map of one key and its value or values."""
    test_of = _make_test(options)

    def select(bindings: Bindings, *criteria: Mapping[str, Any]) -> list[Values]:
        return list(map(group_view, filter(test_of(criteria), bindings.groups)))

    return select


def make_any_selected(options: EvaluationOptions) -> Callable[..., bool]:
    """Whether a group fits all criteria."""
    test_of = _make_test(options)

    def is_any(bindings: Bindings, *criteria: Mapping[str, Any]) -> bool:
        return any(map(test_of(criteria), bindings.groups))

    return is_any


def _make_test(options: EvaluationOptions) -> Callable[[tuple[Mapping[str, Any], ...]], _Test]:
    """The test of criteria. That of strings, which an expression writes out, is the same for everybody, and kept."""
    fold_case = make_case_fold(options)

    @lru_cache(maxsize=8)
    def known(*items: tuple[tuple[str, str], ...]) -> _Test:
        return _all(_test(dict(criterion), fold_case, position) for position, criterion in enumerate(items))

    def test_of(criteria: tuple[Mapping[str, Any], ...]) -> _Test:
        for criterion in criteria:
            if not STRINGS.issuperset(map(type, criterion.values())):
                return _all(_test(each, fold_case, position) for position, each in enumerate(criteria))
        return known(*[tuple(criterion.items()) for criterion in criteria])

    return test_of


def _all(tests: Iterable[_Test]) -> _Test:
    """The test that all of them hold."""
    parts = tuple(tests)
    return parts[0] if len(parts) == 1 else lambda group: all(part(group) for part in parts)


def _test(criterion: Mapping[str, Any], fold_case: Callable[[str], str], position: int) -> _Test:
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
    return _all(_key_test(key, list(_values(criterion[key], position)), operator, fold_case) for key in keys)


def _values(value: object, position: int) -> Iterator[str]:
    """The values of a criterion: one, or a list of which any may fit."""
    for item in value if isinstance(value, list | tuple) else (value,):
        if item is None or isinstance(item, Mapping | list | tuple):
            raise EvaluationFailure(f"a criterion has {describe(item)} where a string is needed", blame=position)
        yield to_string(item)


def _key_test(key: str, wanted: list[str], operator: str, fold_case: Callable[[str], str]) -> _Test:
    if key != "group.profile.name":
        return _attribute_test(KEYS[key], frozenset(wanted))
    if operator == "EXACT":
        exact = {fold_case(name) for name in wanted}
        return lambda group: fold_case(name_of(group)) in exact
    prefixes = tuple(
        fold_case(name.removesuffix("*").removesuffix(".") if name.endswith(".*") else name.removesuffix("*"))
        for name in wanted
    )
    return lambda group: fold_case(name_of(group)).startswith(prefixes)


def _attribute_test(path: tuple[str, ...], wanted: frozenset[str]) -> _Test:
    """Whether an attribute is one of these; most are strings of the group itself."""
    first = path[0]

    def is_wanted(group: Values) -> bool:
        value = group.get(first)
        return (value if type(value) is str else _at(group, path)) in wanted

    return is_wanted


def _at(group: Values, path: tuple[str, ...]) -> str | None:
    value: Any = group
    for name in path:
        value = value.get(name) if type(value) is dict or isinstance(value, Mapping) else None
    return value if value is None or type(value) is str else to_string(value)


def criteria_paths(keys: Iterable[str]) -> list[tuple[str, ...]]:
    """Which attributes of groups some criteria ask for."""
    return [KEYS[key] for key in keys if key in KEYS]
