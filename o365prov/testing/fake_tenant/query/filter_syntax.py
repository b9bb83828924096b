"""$filter as text and as a tree: a small recursive-descent parser of what Graph's directory takes of OData.

Precedence, weakest first: ``or``, ``and``, ``not``, then comparisons, ``in``, functions, ``any`` and parentheses
(OData 4.01 URL conventions, 5.1.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from attrs import frozen

from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse


@frozen
class Compare:
    """``path op value``, with op one of eq ne gt ge lt le."""

    path: str
    operator: str
    value: Any


@frozen
class OneOf:
    """``path in (value, ...)``."""

    path: str
    values: tuple[Any, ...]


@frozen
class FilterCall:
    """``startswith(path, value)`` or ``endswith(path, value)``."""

    function: str
    path: str
    value: str


@frozen
class AnyOf:
    """``path/any(variable: inner)``; *inner* is None for ``any()``."""

    path: str
    variable: str
    inner: FilterNode | None


@frozen
class Not:
    """``not inner``."""

    inner: FilterNode


@frozen
class And:
    """``left and right``."""

    left: FilterNode
    right: FilterNode


@frozen
class Or:
    """``left or right``."""

    left: FilterNode
    right: FilterNode


FilterNode = Compare | OneOf | FilterCall | AnyOf | Not | And | Or

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>'(?:[^']|'')*')
      | (?P<guid>[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12})
      | (?P<instant>\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?)
      | (?P<number>-?\d+(?:\.\d+)?)
      | (?P<name>[A-Za-z_][A-Za-z0-9_.]*(?:/\$?[A-Za-z_][A-Za-z0-9_.]*)*)
      | (?P<sign>[(),:])
    )""",
    re.VERBOSE,
)
_OPERATORS = frozenset({"eq", "ne", "gt", "ge", "lt", "le"})
_DEEPEST = 50


@frozen
class _Token:
    kind: str
    text: str
    at: int


def parse_filter(text: str) -> FilterNode:
    """The tree of a $filter; 400 with the place when it is none."""
    parser = _Parser(text)
    node = parser.disjunction()
    parser.expect_end()
    return node


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    end = len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            raise _syntax_error(text, position)
        kind = match.lastgroup or ""
        yield _Token(kind, match.group(kind), match.start(kind))
        position = match.end()


def _syntax_error(text: str, position: int) -> GraphErrorResponse:
    return GraphErrorResponse.malformed(f"Invalid filter clause: Syntax error at position {position} in '{text}'.")


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(_tokens(text))
        self._at = 0
        self._depth = 0

    def disjunction(self) -> FilterNode:
        node = self._conjunction()
        while self._take("name", "or"):
            node = Or(node, self._conjunction())
        return node

    def expect_end(self) -> None:
        if self._at < len(self._tokens):
            raise self._error()

    def _conjunction(self) -> FilterNode:
        node = self._negation()
        while self._take("name", "and"):
            node = And(node, self._negation())
        return node

    def _negation(self) -> FilterNode:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise GraphErrorResponse.malformed("Invalid filter clause: The node count limit has been exceeded.")
        node = Not(self._negation()) if self._take("name", "not") else self._term()
        self._depth -= 1
        return node

    def _term(self) -> FilterNode:
        if self._take("sign", "("):
            node = self.disjunction()
            self._need("sign", ")")
            return node
        name = self._need("name")
        if name.lower() in {"startswith", "endswith", "contains"} and self._take("sign", "("):
            return self._call(name)
        if name.endswith(("/any", "/all")) and self._take("sign", "("):
            return self._lambda(name)
        if self._take("name", "in"):
            return OneOf(name, self._list())
        operator = self._need("name").lower()
        if operator not in _OPERATORS:
            self._at -= 1
            raise self._error()
        return Compare(name, operator, self._literal())

    def _call(self, function: str) -> FilterNode:
        path = self._need("name")
        self._need("sign", ",")
        value = self._need("text")
        self._need("sign", ")")
        return FilterCall(function.lower(), path, _unquoted(value))

    def _lambda(self, name: str) -> FilterNode:
        path, _, quantifier = name.rpartition("/")
        if quantifier == "all":
            raise GraphErrorResponse.unsupported(
                "the fake tenant supports any() in $filter, not all(); Graph's directory has no all() either"
            )
        if self._take("sign", ")"):
            return AnyOf(path, "", None)
        variable = self._need("name")
        self._need("sign", ":")
        inner = self.disjunction()
        self._need("sign", ")")
        return AnyOf(path, variable, inner)

    def _list(self) -> tuple[Any, ...]:
        self._need("sign", "(")
        values = [self._literal()]
        while self._take("sign", ","):
            values.append(self._literal())
        self._need("sign", ")")
        return tuple(values)

    def _literal(self) -> Any:
        token = self._next()
        match token.kind, token.text:
            case "text", text:
                return _unquoted(text)
            case "number", text:
                return float(text) if "." in text else int(text)
            case "name", "true" | "false" | "null" as word:
                return {"true": True, "false": False, "null": None}[word]
            case "guid" | "instant", text:
                return text
            case _:
                self._at -= 1
                raise self._error()

    def _next(self) -> _Token:
        if self._at >= len(self._tokens):
            raise self._error()
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _take(self, kind: str, text: str) -> bool:
        if self._at < len(self._tokens):
            token = self._tokens[self._at]
            if token.kind == kind and token.text.lower() == text:
                self._at += 1
                return True
        return False

    def _need(self, kind: str, text: str | None = None) -> str:
        token = self._next()
        if token.kind != kind or (text is not None and token.text != text):
            self._at -= 1
            raise self._error()
        return token.text

    def _error(self) -> GraphErrorResponse:
        place = self._tokens[self._at].at if self._at < len(self._tokens) else len(self._text)
        return _syntax_error(self._text, place)


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'")
