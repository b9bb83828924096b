"""$filter from text to a tree; the grammar is in ``filter.lark``."""

from __future__ import annotations

import uuid
from datetime import datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from attrs import frozen

from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse

if TYPE_CHECKING:
    from lark import Lark

Literal = str | int | float | bool | uuid.UUID | datetime | None
"""A quoted string, a number, true or false, a GUID, an instant, or null."""


@frozen
class Compare:
    """``path op value``, with op one of eq ne gt ge lt le."""

    path: str
    operator: str
    value: Literal


@frozen
class OneOf:
    """``path in (value, ...)``."""

    path: str
    values: tuple[Literal, ...]


@frozen
class FilterCall:
    """``startswith(path, value)``, ``endswith(path, value)`` or ``contains(path, value)``."""

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
    """``part and part ...``."""

    parts: tuple[FilterNode, ...]


@frozen
class Or:
    """``part or part ...``."""

    parts: tuple[FilterNode, ...]


FilterNode = Compare | OneOf | FilterCall | AnyOf | Not | And | Or


@lru_cache(maxsize=256)
def parse_filter(text: str) -> FilterNode:
    """The tree of a $filter; 400 with the place when it is none."""
    from lark.exceptions import UnexpectedInput  # noqa: PLC0415 - 40 ms that only those pay who filter

    try:
        tree: Any = _grammar().parse(text)
    except UnexpectedInput as failure:
        place: int | None = failure.pos_in_stream
        at = place if place is not None and place >= 0 else len(text)
        raise GraphErrorResponse.malformed(
            f"Invalid filter clause: Syntax error at position {at} in '{text}'."
        ) from None
    node: FilterNode = tree
    return node


@cache
def _grammar() -> Lark:
    from importlib.resources import files  # noqa: PLC0415

    from lark import Lark  # noqa: PLC0415

    source = files("o365prov.testing.fake_tenant.query").joinpath("filter.lark").read_text("utf-8")
    builder: Any = _Builder()  # Lark wants its own Transformer class, and asks only for methods named after rules
    return Lark(source, parser="lalr", lexer="contextual", maybe_placeholders=False, transformer=builder)


class _Builder:
    """Makes the nodes, and Python's values of literals, while Lark parses."""

    def or_(self, parts: list[FilterNode]) -> Or:
        return Or(tuple(parts))

    def and_(self, parts: list[FilterNode]) -> And:
        return And(tuple(parts))

    def not_(self, parts: list[FilterNode]) -> Not:
        return Not(parts[0])

    def compare(self, parts: list[Any]) -> Compare:
        path, operator, value = parts
        return Compare(str(path), operator.lower(), value)

    def one_of(self, parts: list[Any]) -> OneOf:
        path, *values = parts
        return OneOf(str(path), tuple(values))

    def call(self, parts: list[Any]) -> FilterCall:
        function, path, value = parts
        return FilterCall(function.lower(), str(path), value)

    def quantified(self, parts: list[Any]) -> AnyOf:
        path, _, quantifier = parts[0].rpartition("/")
        if quantifier.lower() == "all":
            raise GraphErrorResponse.malformed(
                "Invalid filter clause: the directory takes any() in $filter, not all()."
            )
        variable, inner = parts[1:] or ("", None)
        return AnyOf(str(path), str(variable), inner)

    def TEXT(self, token: str) -> str:  # noqa: N802 - terminals have capitals
        return token[1:-1].replace("''", "'")

    def GUID(self, token: str) -> uuid.UUID:  # noqa: N802
        return uuid.UUID(token)

    def INSTANT(self, token: str) -> datetime:  # noqa: N802
        try:
            return datetime.fromisoformat(token.upper() if "T" in token.upper() else f"{token}T00:00:00Z")
        except ValueError:
            raise GraphErrorResponse.malformed(f"Invalid filter clause: '{token}' is not a date and time.") from None

    def NUMBER(self, token: str) -> int | float:  # noqa: N802
        return float(token) if "." in token else int(token)

    def WORD(self, token: str) -> bool | None:  # noqa: N802
        return {"true": True, "false": False, "null": None}[token.lower()]
