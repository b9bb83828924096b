"""What a condition says about its references: which are not null, which strings occur in which."""

from __future__ import annotations

from typing import TypeAlias

from o365prov.expressions.functions.function import ACCEPTED
from o365prov.expressions.functions.registry import call_name, function_of
from o365prov.expressions.semantics import Dialect
from o365prov.expressions.syntax.tree import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Elvis,
    ListLiteral,
    Literal,
    Logic,
    MapLiteral,
    Member,
    MethodCall,
    Name,
    Node,
    Unary,
)
from o365prov.expressions.syntax.unparser import unparse
from o365prov.expressions.values.types import ValueType

Guarantee: TypeAlias = tuple[str, ...]
"""``("not null", x)``; ``("has characters", x)``: x is not empty; ``("contains", x, y)``: y is in x."""

# Okta's base profile requires these four of every user.
_REQUIRED = frozenset({("user", "login"), ("user", "email"), ("user", "firstName"), ("user", "lastName")})


def path_of(node: Node) -> tuple[str, ...] | None:
    """The root and attribute names of a plain reference."""
    names: list[str] = []
    while isinstance(node, Member):
        names.append(node.name)
        node = node.target
    return (node.name, *reversed(names)) if isinstance(node, Name) else None


def find_guarantees(condition: Node, dialect: Dialect, *, when: bool) -> frozenset[Guarantee]:
    """What is known where a condition holds, or where it does not."""
    match condition:
        case Unary(operator="!", operand=operand):
            return find_guarantees(operand, dialect, when=not when)
        case Logic(operator=operator, operands=operands) if (operator == "and") == when:
            return frozenset().union(*(find_guarantees(part, dialect, when=when) for part in operands))
        case Comparison(operator=operator, left=MethodCall() as left, right=Literal(value=int(count))) if (
            measured := _len_of(left)
        ) is not None:
            filled = (operator, when) in (
                ((">", True), ("<=", False), ("==", False), ("!=", True))
                if count == 0
                else ((">", True), ("<=", False), ("==", True), ("!=", False), (">=", True), ("<", False))
            )
            text = unparse(measured, dialect)
            return frozenset({("not null", text), ("has characters", text)}) if filled else frozenset()
        case Comparison(operator=("==" | "!=") as operator, left=left, right=right):
            known, other = (left, right) if isinstance(right, Literal) else (right, left)
            if not isinstance(other, Literal):
                return frozenset()
            text = unparse(known, dialect)
            equal = (operator == "==") == when
            if other.value is None:
                return frozenset() if equal else frozenset({("not null", text)})
            if other.value == "" and not equal:
                return frozenset({("not empty", text)})
            return frozenset({("not null", text)}) if equal else frozenset()
        case MethodCall(arguments=(first, *rest)) if when and call_name(condition) in (
            "String.stringContains",
            "String.startsWith",
        ):
            text = unparse(first, dialect)
            return frozenset({("not null", text), ("contains", text, unparse(rest[0], dialect) if rest else "")})
        case Call(name=("hasDirectoryUser" | "hasWorkdayUser") as name) if when:
            return frozenset({("not null", f"find{name.removeprefix('has')}()")})
    return frozenset()


def _len_of(node: Node) -> Node | None:
    """X of ``String.len(x)``."""
    if isinstance(node, MethodCall) and call_name(node) == "String.len" and len(node.arguments) == 1:
        return node.arguments[0]
    return None


def never_null(node: Node, guarantees: frozenset[Guarantee], dialect: Dialect) -> bool:
    """Whether a part can't be null while these facts hold; False where it is not known."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        match part:
            case Literal(value=None):
                return False
            case Literal() | Logic() | Comparison() | Unary() | ListLiteral() | MapLiteral() | Arithmetic():
                continue
            case Name() | Member():
                if path_of(part) not in _REQUIRED and ("not null", unparse(part, dialect)) not in guarantees:
                    return False
            case Conditional(branches=branches, otherwise=otherwise):
                # each value was checked under its own condition; here only plain values are certain
                for condition, value in branches:
                    if not never_null(value, guarantees | find_guarantees(condition, dialect, when=True), dialect):
                        return False
                    guarantees = guarantees | find_guarantees(condition, dialect, when=False)
                waiting.append(otherwise)
            case Elvis(operands=operands):
                waiting.append(operands[-1])
            case Call(arguments=arguments) | MethodCall(arguments=arguments):
                row = function_of(part, dialect)
                if row is None or row.result not in (
                    ValueType.STRING,
                    ValueType.INTEGER,
                    ValueType.BOOLEAN,
                    ValueType.NUMBER,
                    ValueType.LIST,
                ):
                    return False
                if row.null is None and arguments:
                    waiting.append(arguments[0])
                elif row.null is ACCEPTED and row.name == "String.stringSwitch":
                    waiting.extend(arguments[1:])
            case _:
                return False
    return True


def constant_condition(node: Logic, dialect: Dialect) -> bool | None:
    """True for ``x != null or x != ""``, which always holds; False for ``x == null and x == ""``, which never does."""
    wanted = "!=" if node.operator == "or" else "=="
    tested: dict[str, set[object]] = {}
    for part in node.operands:
        match part:
            case Comparison(operator=operator, left=left, right=Literal(value=(None | "") as value)) if (
                operator == wanted
            ):
                tested.setdefault(unparse(left, dialect), set()).add(value)
    return (node.operator == "or") if any(len(values) == 2 for values in tested.values()) else None
