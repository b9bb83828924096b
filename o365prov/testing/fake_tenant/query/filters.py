"""$filter as a predicate: which operators a property takes, which of them are advanced, and what they mean.

Texts compare without regard to case, as the directory does, but onPremisesImmutableId, whose case is its meaning.
ne, not and endsWith are advanced: they need ``ConsistencyLevel: eventual`` and ``$count=true`` (Graph, "Advanced query
capabilities on Microsoft Entra ID objects").
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import datetime
from typing import Any

from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.query.filter_syntax import (
    And,
    AnyOf,
    Compare,
    FilterCall,
    FilterNode,
    Not,
    OneOf,
    Or,
    parse_filter,
)
from o365prov.testing.fake_tenant.schema.properties import ObjectType, Property, PropertyType
from o365prov.testing.fake_tenant.store.table import Record

Predicate = Callable[[Any], bool]

MOST_VALUES_OF_IN = 15
"""``in`` takes 15 values unless the service allows more (Graph, "$filter", limits of expressions)."""

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq, "ne": operator.ne, "gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le,
}  # fmt: skip
_LITERALS = {PropertyType.FLAG: bool, PropertyType.NUMBER: int}
_NAMES = {"ne": "NotEqualsMatch", "endswith": "EndsWith", "not": "Not"}


def compile_filter(text: str, of: ObjectType, *, is_eventual: bool) -> Predicate:
    """A predicate over records of this type; 400 when the text, a property, an operator or a value does not fit."""
    return _Compiler(of, is_eventual=is_eventual).node(parse_filter(text))


def exact_match(text: str) -> Compare | None:
    """The comparison when the whole filter is one ``property eq 'value'``, so that an index can answer it."""
    node = parse_filter(text)
    return node if isinstance(node, Compare) and node.operator == "eq" and isinstance(node.value, str) else None


class _Compiler:
    def __init__(self, of: ObjectType, *, is_eventual: bool) -> None:
        self._of = of
        self._is_eventual = is_eventual

    def node(self, node: FilterNode) -> Predicate:
        match node:
            case And(left, right):
                first, second = self.node(left), self.node(right)
                return lambda record: first(record) and second(record)
            case Or(left, right):
                first, second = self.node(left), self.node(right)
                return lambda record: first(record) or second(record)
            case Not(inner):
                self._need_advanced("not")
                negated = self.node(inner)
                return lambda record: not negated(record)
            case AnyOf(path, variable, inner):
                return self._any(path, variable, inner)
            case Compare(path, _, _) | OneOf(path, _) | FilterCall(_, path, _):
                read, item = self._path(path)
                return self._leaf(node, read, item)

    def _path(self, path: str) -> tuple[Callable[[Record], Any], Property]:
        name, slash, rest = path.partition("/")
        item = self._of.properties.get(name)
        if item is None:
            kept = name in self._of.not_held
            raise (
                GraphErrorResponse.unsupported(
                    f"the fake tenant does not hold the property '{name}'; filter on another one"
                )
                if kept
                else GraphErrorResponse.malformed(
                    f"Invalid filter clause: Could not find a property named '{name}' on type '{self._of.name}'."
                )
            )
        if not slash:
            unset = item.unset
            return (lambda record: record.get(name, unset)), item
        if rest == "$count":
            raise GraphErrorResponse.unsupported(
                f"the fake tenant does not support {path} in $filter; use {name}/any() instead"
            )
        field = item.fields.get(rest)
        if field is None or item.kind is not PropertyType.COMPLEX:
            raise GraphErrorResponse.malformed(
                f"Invalid filter clause: Could not find a property named '{rest}' on '{name}'."
            )
        self._need_advanced(f"{name}/{rest}")
        return (lambda record: (record.get(name) or {}).get(rest)), field

    def _leaf(self, node: Compare | OneOf | FilterCall, read: Callable[[Any], Any], item: Property) -> Predicate:
        match node:
            case Compare(_, name, value):
                self._allow(item, name)
                return _comparison(read, item, name, value)
            case OneOf(_, values):
                self._allow(item, "in")
                if len(values) > MOST_VALUES_OF_IN:
                    raise GraphErrorResponse.bad_request(
                        f"Too many child clauses specified in search filter expression containing 'OR' operators:"
                        f" {len(values)}. Max allowed: {MOST_VALUES_OF_IN}."
                    )
                predicates = [_comparison(read, item, "eq", value) for value in values]
                return lambda record: any(predicate(record) for predicate in predicates)
            case FilterCall(function, _, value):
                self._allow(item, function)
                wanted = _folded(item, value)
                test = str.startswith if function == "startswith" else str.endswith
                return lambda record: test(_folded(item, read(record) or ""), wanted)

    def _any(self, path: str, variable: str, inner: FilterNode | None) -> Predicate:
        item = self._of.properties.get(path)
        if item is None or item.kind not in {PropertyType.TEXTS, PropertyType.COMPLEXES} or "any" not in item.filters:
            raise _unsupported(path, self._of)
        if inner is None:
            return lambda record: bool(record.get(path))
        test = self._element(inner, variable, item)
        return lambda record: any(test(element) for element in record.get(path, ()))

    def _element(self, node: FilterNode, variable: str, item: Property) -> Predicate:
        match node:
            case And(left, right):
                first, second = self._element(left, variable, item), self._element(right, variable, item)
                return lambda element: first(element) and second(element)
            case Or(left, right):
                first, second = self._element(left, variable, item), self._element(right, variable, item)
                return lambda element: first(element) or second(element)
            case Compare(path, _, _) | FilterCall(_, path, _):
                name, _, rest = path.partition("/")
                if name != variable:
                    raise _unsupported(path, self._of)
                if item.kind is PropertyType.TEXTS and not rest:
                    text = Property(item.name, filters=frozenset({"eq", "startswith", "endswith"}))
                    return self._leaf(node, lambda element: element, text)
                field = item.fields.get(rest)
                if field is None:
                    raise _unsupported(path, self._of)
                return self._leaf(node, lambda element: element.get(rest), field)
            case _:
                raise _unsupported(item.name, self._of)

    def _allow(self, item: Property, name: str) -> None:
        if name not in item.filters:
            raise _unsupported(item.name, self._of)
        if name in _NAMES:
            self._need_advanced(_NAMES[name])

    def _need_advanced(self, name: str) -> None:
        if not self._is_eventual:
            raise GraphErrorResponse(
                400,
                "Request_UnsupportedQuery",
                f"Operator: '{name}' is not supported because the required parameters might be missing. Try adding"
                " $count=true query parameter and ConsistencyLevel:eventual header. Refer to"
                " https://aka.ms/graph-docs/advanced-queries for more information",
            )


def _comparison(read: Callable[[Any], Any], item: Property, name: str, value: Any) -> Predicate:
    compare = _COMPARISONS[name]
    if value is None:
        return lambda record: compare(read(record), None) if name in {"eq", "ne"} else False
    if item.kind is PropertyType.INSTANT:
        moment = _moment(item, value)
        return lambda record: (held := read(record)) is not None and compare(_moment(item, held), moment)
    if type(value) is not _LITERALS.get(item.kind, str):
        raise GraphErrorResponse.malformed(
            f"Invalid filter clause: A value of type '{item.kind.value}' is expected for the property '{item.name}'."
        )
    wanted = _folded(item, value)
    if name in {"eq", "ne"}:
        return lambda record: compare(_folded(item, read(record)), wanted)
    return lambda record: (held := read(record)) is not None and compare(_folded(item, held), wanted)


def _folded(item: Property, value: Any) -> Any:
    return value.casefold() if isinstance(value, str) and not item.is_exact else value


def _moment(item: Property, value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value if "T" in value else f"{value}T00:00:00Z")
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise GraphErrorResponse.malformed(
            f"Invalid filter clause: '{value}' is not a date and time for '{item.name}'."
        )
    return moment


def _unsupported(name: str, of: ObjectType) -> GraphErrorResponse:
    return GraphErrorResponse(
        400,
        "Request_UnsupportedQuery",
        f"Unsupported or invalid query filter clause specified for property '{name}' of resource '{of.title}'.",
    )
