"""What is known of a condition: by itself, and by the conditions on the way to it."""

from __future__ import annotations

from typing import TypeAlias

from o365prov.expressions.checker.nullness import path_of
from o365prov.expressions.semantics import Dialect
from o365prov.expressions.syntax.tree import (
    Arithmetic,
    Call,
    Comparison,
    Literal,
    Logic,
    Member,
    MethodCall,
    Name,
    Node,
    Power,
    Unary,
    children,
)
from o365prov.expressions.syntax.unparser import unparse
from o365prov.expressions.values.conversion import equal, make_ordering, truth
from o365prov.expressions.values.failures import EvaluationFailure

_LONGEST = 200
"""Characters of a condition that is remembered: longer ones are rarely asked twice, and would be written out often."""
_ROUNDED = 2**24
"""From this number on, one of single precision may equal two integers."""
_Known: TypeAlias = tuple[type, str | int | None]
"""A literal with its kind: 1 is not true."""
_OF_ITSELF = {"==": True, "<=": True, ">=": True, "!=": False, "<": False, ">": False}
_ORDERINGS = {
    "<": make_ordering(less=True, same=False),
    "<=": make_ordering(less=True, same=True),
    ">": make_ordering(less=False, same=False),
    ">=": make_ordering(less=False, same=True),
}


def known_by_itself(node: Node) -> bool | None:
    """What a condition gives whoever is asked, whenever it can be evaluated; None where that depends on the person.

    Example:
        >>> from o365prov.expressions.limits import LIMITS
        >>> from o365prov.expressions.syntax.parser import parse
        >>> [known_by_itself(parse(text, LIMITS)) for text in ("'a' == 'b'", "user.x == user.x", "user.x == 'a'")]
        [False, True, None]

    """
    try:
        match node:
            case Literal(value=value):
                return truth(value)
            case Comparison(operator="==" | "!=" as operator, left=Literal(value=left), right=Literal(value=right)):
                return equal(left, right) is (operator == "==")
            case Comparison(operator=operator, left=Literal(value=left), right=Literal(value=right)) if (
                operator in _ORDERINGS
            ):
                return _ORDERINGS[operator](left, right)
            case Comparison(operator=operator, left=left, right=right) if is_short(node) and left == right:
                return None if _may_be_nan(left) else _OF_ITSELF.get(operator)
    except EvaluationFailure:
        pass
    return None


def is_short(node: Node) -> bool:
    """Whether a condition is short enough to be written out and remembered."""
    return node.end - node.start <= _LONGEST


def _may_be_nan(node: Node) -> bool:
    """Whether a part computes: what is not a number differs from itself."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Arithmetic | Power | Unary):
            return True
        waiting += children(part)
    return False


def written(node: Node, dialect: Dialect) -> str:
    """How a part is written, by which it is known again: the same for all that give the same."""
    path = path_of(node)
    return unparse(node, dialect) if path is None else ".".join(path)


def compared_with(node: Node) -> tuple[Node, _Known, bool] | None:
    """What is compared with which literal, and whether for equality; numbers that round are left out."""
    match node:
        case Comparison(operator="==" | "!=" as operator, left=left, right=right):
            subject, literal = (right, left) if isinstance(left, Literal) else (left, right)
            match literal:
                case Literal(value=(str() | bool() | None) as value):
                    return (subject, (type(value), value), operator == "==")
                case Literal(value=int(value)) if abs(value) < _ROUNDED:
                    return (subject, (int, int(value)), operator == "==")
    return None


class KnownConditions:
    """What is certain on one way through an expression, because conditions before were true, or were false."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._conditions: dict[str, bool] = {}
        self._is: dict[str, _Known] = {}
        self._is_not: dict[str, frozenset[_Known]] = {}

    def copy(self) -> KnownConditions:
        """The same facts, to which others can be added."""
        twin = KnownConditions(self._dialect)
        twin._conditions, twin._is, twin._is_not = self._conditions.copy(), self._is.copy(), self._is_not.copy()
        return twin

    def learn(self, condition: Node, *, holds: bool) -> None:
        """Note that a condition was true, or was false."""
        waiting = [(condition, holds)]
        while waiting:
            node, value = waiting.pop()
            match node:
                case Unary(operator="!", operand=operand):
                    waiting.append((operand, not value))
                case Logic(operator=operator, operands=operands):
                    if (operator == "and") is value:
                        waiting.extend((part, value) for part in operands)
                case Comparison() | Member() | Name() | Call() | MethodCall() if is_short(node):
                    self._note(node, value)

    def _note(self, node: Node, value: bool) -> None:
        compared = compared_with(node)
        if compared is None:
            self._conditions[written(node, self._dialect)] = value
            return
        subject, literal, same = compared
        name = written(subject, self._dialect)
        if same is value:
            self._is[name] = literal
        else:
            self._is_not[name] = self._is_not.get(name, frozenset()) | {literal}

    def known(self, condition: Node) -> bool | None:
        """What a condition gives here, by the facts; None where they don't tell."""
        if not (self._conditions or self._is or self._is_not) or not is_short(condition):
            return None
        if not isinstance(condition, Comparison | Member | Name | Call | MethodCall):
            return None
        compared = compared_with(condition)
        if compared is None:
            return self._conditions.get(written(condition, self._dialect))
        subject, literal, same = compared
        name = written(subject, self._dialect)
        if name in self._is:
            return (self._is[name] == literal) is same
        return not same if literal in self._is_not.get(name, frozenset()) else None
