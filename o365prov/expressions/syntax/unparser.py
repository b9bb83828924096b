"""Tree to text: the one way in which each tree is written, so that parsing the text gives the tree again."""

from __future__ import annotations

import math
from collections.abc import Generator

from o365prov.expressions.semantics import Dialect
from o365prov.expressions.syntax.tree import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Elvis,
    Index,
    ListLiteral,
    Literal,
    Logic,
    MapLiteral,
    Member,
    MethodCall,
    Name,
    Node,
    Power,
    Projection,
    Selection,
    Unary,
    fold,
)
from o365prov.expressions.values.conversion import quote
from o365prov.expressions.values.numbers import Float, Long

_CHOICE, _OR, _AND, _RELATION, _SUM, _PRODUCT, _POWER, _UNARY, _POSTFIX = range(9)
_WORDS = {
    Dialect.CLASSIC: {"and": " AND ", "or": " OR "},
    Dialect.IDENTITY_ENGINE: {"and": " && ", "or": " || "},
}


def unparse(tree: Node, dialect: Dialect = Dialect.CLASSIC) -> str:
    """The canonical text: minimal parentheses, double quotes, one blank around operators, the dialect's AND and OR.

    Example:
        >>> from o365prov.expressions import Expression
        >>> str(Expression("(user.a  eq 'x')and not(user.b)"))
        'user.a == "x" AND !user.b'

    """
    words = _WORDS[dialect]
    return fold(tree, lambda node: _write(node, words))


def unparse_literal(value: str | float | bool | None) -> str:
    """A literal as it is written."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return quote(value)
        case Float():
            return "1e99f" if math.isinf(value) else f"{float(value)!r}f"
        case float():
            return "1e999" if math.isinf(value) else repr(value)
        case Long():
            return f"{int(value)}L"
    return str(value)


def _level(node: Node) -> int:
    match node:
        case Conditional() | Elvis():
            return _CHOICE
        case Logic(operator=operator):
            return _OR if operator == "or" else _AND
        case Comparison():
            return _RELATION
        case Arithmetic(operators=operators):
            return _SUM if operators[0] in "+-" else _PRODUCT
        case Power():
            return _POWER
        case Unary():
            return _UNARY
        case _:
            return _POSTFIX


def _write(  # noqa: PLR0915 - one case a kind of node
    node: Node, words: dict[str, str]
) -> Generator[Node, str, str]:
    def part(inner: Node, at_least: int) -> Generator[Node, str, str]:
        text = yield inner
        return text if _level(inner) >= at_least else f"({text})"

    def join_parts(items: tuple[Node, ...]) -> Generator[Node, str, str]:
        texts = []
        for item in items:
            text = yield item
            texts.append(text)
        return ", ".join(texts)

    match node:
        case Literal(value=value):
            return unparse_literal(value)
        case Name(name=name):
            return name
        case Member(target=target, name=name, safe=safe):
            text = yield from part(target, _POSTFIX)
            return f"{text}{_dot(safe)}{name}"
        case Index(target=target, index=index):
            text = "" if target is None else (yield from part(target, _POSTFIX))
            place = yield index
            if text.endswith("$") and getattr(target, "name", "") == "$":  # "$[" would select the last
                text = f"({text})"
            return f"{text}[{place}]"
        case Call(name=name, arguments=arguments):
            text = yield from join_parts(arguments)
            return f"{name}({text})"
        case MethodCall(target=target, name=name, arguments=arguments, safe=safe):
            text = yield from part(target, _POSTFIX)
            inside = yield from join_parts(arguments)
            return f"{text}{_dot(safe)}{name}({inside})"
        case Unary(operator=operator, operand=operand):
            text = yield from part(operand, _UNARY)
            apart = " " if text[0] in "+-[" else ""  # neither ++ nor ![, which are other tokens
            return f"{operator}{apart}{text}"
        case Power(base=base, exponent=exponent):
            left = yield from part(base, _UNARY)
            right = yield from part(exponent, _UNARY)
            return f"{left} ^ {right}"
        case Arithmetic(operators=operators, operands=operands):
            tighter = _level(node) + 1
            pieces = [(yield from part(operands[0], tighter))]
            for operator, operand in zip(operators, operands[1:], strict=True):
                text = yield from part(operand, tighter)
                pieces.append(f"{operator} {text}")
            return " ".join(pieces)
        case Comparison(operator=operator, left=left, right=right):
            first = yield from part(left, _SUM)
            second = yield from part(right, _SUM)
            return f"{first} {operator} {second}"
        case Logic(operator=operator, operands=operands):
            tighter = _level(node) + 1
            pieces = []
            for operand in operands:
                pieces.append((yield from part(operand, tighter)))
            return words[operator].join(pieces)
        case Conditional(branches=branches, otherwise=otherwise):
            pieces = []
            for condition, branch in branches:
                text = yield from part(condition, _OR)
                chosen = yield branch
                pieces.append(f"{text} ? {chosen} : ")
            last = yield otherwise
            return "".join(pieces) + last
        case Elvis(operands=operands):
            pieces = []
            for operand in operands[:-1]:
                pieces.append((yield from part(operand, _OR)))
            pieces.append((yield operands[-1]))
            return " ?: ".join(pieces)
        case Projection(target=target, body=body, safe=safe):
            text = yield from part(target, _POSTFIX)
            inside = yield body
            return f"{text}{_dot(safe)}![{inside}]"
        case Selection(which=which, target=target, criterion=criterion, safe=safe):
            text = yield from part(target, _POSTFIX)
            inside = yield criterion
            return f"{text}{_dot(safe)}{which}[{inside}]"
        case ListLiteral(items=items):
            text = yield from join_parts(items)
            return f"{{{text}}}"
        case MapLiteral(entries=entries):
            pieces = []
            for key, entry in entries:
                text = yield entry
                pieces.append(f"{unparse_literal(key)}: {text}")
            return "{" + ", ".join(pieces) + "}" if pieces else "{:}"


def _dot(safe: bool) -> str:
    return "?." if safe else "."
