"""$filter as a predicate: which operators a property takes, which of them need an advanced query, what they mean.

Strings compare without regard to case, as the directory does, but onPremisesImmutableId, whose case is its meaning.
Names of properties are not case-sensitive either. What each property takes stands in ``schema/queries.tsv``.
"""

from __future__ import annotations

import operator
import uuid
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
    Literal,
    Not,
    OneOf,
    Or,
    parse_filter,
)
from o365prov.testing.fake_tenant.schema.properties import ObjectType, Property, PropertyType
from o365prov.testing.fake_tenant.schema.query_support import NOTHING, Support

Predicate = Callable[[Any], bool]
_Read = Callable[[Any], Any]

MOST_CLAUSES = 15
"""``in`` takes 15 values, and ``or`` 15 clauses (Graph, "Use the $filter query parameter", limits)."""
_DEEPEST = 50

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq, "ne": operator.ne, "ge": operator.ge, "le": operator.le,
}  # fmt: skip
_LITERALS: dict[PropertyType, type] = {
    PropertyType.FLAG: bool,
    PropertyType.NUMBER: int,
    PropertyType.GUID: uuid.UUID,
    PropertyType.INSTANT: datetime,
}
_EDM = {str: "Edm.String", bool: "Edm.Boolean", int: "Edm.Int32", uuid.UUID: "Edm.Guid", datetime: "Edm.DateTimeOffset"}
_ALWAYS_ADVANCED = {"ne": "NotEqualsMatch", "endswith": "EndsWith"}
"""How the service calls the operators that need an advanced query for every property."""


def compile_filter(text: str, of: ObjectType, *, is_eventual: bool) -> Predicate:
    """A predicate over records of this type; 400 when the text, a property, an operator or a value does not fit."""
    return _Compiler(of, is_eventual=is_eventual and of.has_advanced_queries).node(parse_filter(text), 0)


def exact_match(text: str, of: ObjectType) -> tuple[str, str] | None:
    """Property and value when the whole filter is one ``property eq 'value'``, so that an index can answer it."""
    node = parse_filter(text)
    if isinstance(node, Compare) and node.operator == "eq" and isinstance(node.value, str):
        return of.spelled(node.path) or node.path, node.value
    return None


class _Compiler:
    def __init__(self, of: ObjectType, *, is_eventual: bool) -> None:
        self._of = of
        self._is_eventual = is_eventual

    def node(self, node: FilterNode, depth: int) -> Predicate:
        if depth > _DEEPEST:
            raise GraphErrorResponse.malformed("Invalid filter clause: The node count limit has been exceeded.")
        match node:
            case And(parts):
                return _all([self.node(part, depth + 1) for part in parts])
            case Or(parts):
                _check_number(parts)
                return _some([self.node(part, depth + 1) for part in parts])
            case Not(inner):
                if not self._is_eventual:
                    raise _needs_parameters("Not")
                negated = self.node(inner, depth + 1)
                return lambda record: not negated(record)
            case AnyOf(path, variable, inner):
                return self._any(path, variable, inner, depth)
            case Compare(path, _, _) if path.lower().endswith("/$count"):
                return self._count(node)
            case Compare(path, _, _) | OneOf(path, _) | FilterCall(_, path, _):
                read, item, spelled = self._path(path)
                if item.kind in {PropertyType.TEXTS, PropertyType.COMPLEXES}:
                    raise _unsupported(item.name, self._of)
                return self._leaf(node, read, item, spelled)

    def _path(self, path: str) -> tuple[_Read, Property, str]:
        """How to read a property, what it is, and its path as the type spells it."""
        name, slash, rest = path.partition("/")
        item = self._property(name)
        if not slash:
            name, unset = item.name, item.unset
            return (lambda record: record.get(name, unset)), item, name
        if item.kind is not PropertyType.COMPLEX:
            raise _no_property(rest, item.name)
        field = _field(item, rest)
        return (lambda record: (record.get(item.name) or {}).get(field.name)), field, f"{item.name}/{field.name}"

    def _property(self, name: str) -> Property:
        spelled = self._of.spelled(name)
        if spelled is not None:
            return self._of.properties[spelled]
        related = self._of.relationship(name)
        if related is not None:
            return related
        if name in self._of.not_held:
            raise GraphErrorResponse.unsupported(
                f"the fake tenant does not hold the property '{name}'; filter on another one"
            )
        raise _no_property(name, self._of.name)

    def _leaf(self, node: Compare | OneOf | FilterCall, read: _Read, item: Property, path: str) -> Predicate:
        match node:
            case Compare(_, name, value):
                self._allow(path, name, null=value is None)
                self._check_filled(path, value)
                return _comparison(read, item, name, value)
            case OneOf(_, values):
                _check_number(values)
                for value in values:
                    self._allow(path, "in", null=value is None)
                    self._check_filled(path, value)
                return _some([_comparison(read, item, "eq", value) for value in values])
            case FilterCall(function, _, value):
                self._allow(path, function)
                self._check_filled(path, value)
                wanted = _folded(item, value)
                test = str.startswith if function == "startswith" else str.endswith
                return lambda record: test(_folded(item, read(record) or ""), wanted)

    def _count(self, node: Compare) -> Predicate:
        """How many elements a collection has; the index knows none, one, and more."""
        item = self._property(node.path.rpartition("/")[0])
        known = node.operator in {"eq", "ne"} and node.value in (0, 1) and type(node.value) is int
        support = self._of.queries.get(item.name.lower(), NOTHING).count
        if not known or support is Support.NO or not self._is_eventual:
            raise _unsupported(item.name, self._of)
        compare, number = _COMPARISONS[node.operator], node.value
        return lambda record: compare(len(record.get(item.name) or ()), number)

    def _any(self, path: str, variable: str, inner: FilterNode | None, depth: int) -> Predicate:
        item = self._property(path)
        if item.kind not in {PropertyType.TEXTS, PropertyType.COMPLEXES}:
            raise _unsupported(item.name, self._of)
        if inner is None:
            return self._count(Compare(f"{path}/$count", "ne", 0))
        test = self._element(inner, variable, item, depth + 1)
        return lambda record: any(test(element) for element in record.get(item.name, ()))

    def _element(self, node: FilterNode, variable: str, item: Property, depth: int) -> Predicate:
        """The condition of ``any``; to negate it, ``not`` stands before ``any`` and ``ne`` nowhere."""
        match node:
            case And(parts) if depth <= _DEEPEST:
                return _all([self._element(part, variable, item, depth + 1) for part in parts])
            case Or(parts) if depth <= _DEEPEST:
                _check_number(parts)
                return _some([self._element(part, variable, item, depth + 1) for part in parts])
            case Compare(path, _, _) | OneOf(path, _) | FilterCall(_, path, _) if not _negates(node):
                start, _, rest = path.partition("/")
                if start != variable:
                    raise _no_property(start, self._of.name)
                if item.kind is PropertyType.TEXTS:
                    if rest:
                        raise _no_property(rest, item.name)
                    return self._leaf(node, lambda element: element, Property(item.name), item.name)
                field = _field(item, rest)
                return self._leaf(node, lambda element: element.get(field.name), field, f"{item.name}/{field.name}")
            case _:
                raise _unsupported(item.name, self._of)

    def _check_filled(self, path: str, value: Literal) -> None:
        """No property is ever an empty string, and the service does not look for one (microsoft-graph-docs#239)."""
        if value == "":
            raise _unsupported(path, self._of)

    def _allow(self, path: str, name: str, *, null: bool = False) -> None:
        support = self._of.queries.get(path.lower(), NOTHING).of(name, null=null)
        if support is Support.NO:
            raise _unsupported(path, self._of)
        if support is Support.ADVANCED and not self._is_eventual:
            raise (
                _needs_parameters(_ALWAYS_ADVANCED[name]) if name in _ALWAYS_ADVANCED else _unsupported(path, self._of)
            )


def _negates(node: FilterNode) -> bool:
    return isinstance(node, Compare) and node.operator == "ne"


def _all(tests: list[Predicate]) -> Predicate:
    return lambda record: all(test(record) for test in tests)


def _some(tests: list[Predicate]) -> Predicate:
    return lambda record: any(test(record) for test in tests)


def _comparison(read: _Read, item: Property, name: str, value: Literal) -> Predicate:
    compare = _COMPARISONS[name]
    if value is None:
        return lambda record: compare(read(record), None)
    expected = _LITERALS.get(item.kind, str)
    if type(value) is not expected:
        raise GraphErrorResponse.malformed(
            "Invalid filter clause: A binary operator with incompatible types was detected. Found operand types"
            f" '{_EDM[expected]}' and '{_EDM.get(type(value), 'Edm.Double')}' for the property '{item.name}'."
        )
    wanted = _folded(item, str(value) if isinstance(value, uuid.UUID) else value)
    if item.kind is PropertyType.INSTANT:
        return lambda record: (held := read(record)) is not None and compare(datetime.fromisoformat(held), wanted)
    if name in {"eq", "ne"}:
        return lambda record: compare(_folded(item, read(record)), wanted)
    return lambda record: (held := read(record)) is not None and compare(_folded(item, held), wanted)


def _folded(item: Property, value: Any) -> Any:
    return value.casefold() if isinstance(value, str) and not item.is_exact else value


def _field(item: Property, name: str) -> Property:
    """The property of a complex value, however its name is spelled."""
    for field in item.fields.values():
        if field.name.lower() == name.lower():
            return field
    raise _no_property(name, item.name)


def _check_number(clauses: tuple[Any, ...]) -> None:
    if len(clauses) > MOST_CLAUSES:
        raise GraphErrorResponse.bad_request(
            f"Too many child clauses specified in search filter expression containing 'OR' operators: {len(clauses)}."
            f" Max allowed: {MOST_CLAUSES}."
        )


def _no_property(name: str, of: str) -> GraphErrorResponse:
    return GraphErrorResponse.malformed(
        f"Invalid filter clause: Could not find a property named '{name}' on type '{of}'."
    )


def _needs_parameters(name: str) -> GraphErrorResponse:
    return GraphErrorResponse(
        400,
        "Request_UnsupportedQuery",
        f"Operator: '{name}' is not supported because the required parameters might be missing. Try adding"
        " $count=true query parameter and ConsistencyLevel:eventual header. Refer to"
        " https://aka.ms/graph-docs/advanced-queries for more information",
    )


def _unsupported(name: str, of: ObjectType) -> GraphErrorResponse:
    return GraphErrorResponse(
        400,
        "Request_UnsupportedQuery",
        f"Unsupported or invalid query filter clause specified for property '{name}' of resource '{of.title}'.",
    )
