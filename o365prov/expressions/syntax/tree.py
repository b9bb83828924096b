"""The tree of an expression: frozen values with the place they came from.

Two trees are equal when they mean the same text; places do not count. Chains of one precedence level are flat, so
that a rule with three thousand ``OR`` is three thousand operands, not three thousand levels.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Literal as Choice
from typing import TypeAlias, TypeVar, cast

from attrs import field, frozen

from o365prov.expressions.values.numbers import Float, Long

Constant: TypeAlias = str | int | float | bool | Long | Float | None


def _place() -> int:
    return field(default=0, eq=False, repr=False, kw_only=True)


@frozen
class Literal:
    """A string, number, truth value or null, written out."""

    value: Constant = field(eq=lambda value: (type(value), value))
    start: int = _place()
    end: int = _place()


@frozen
class Name:
    """A bare name: a root (``user``), or an attribute of the element inside a projection or selection."""

    name: str
    start: int = _place()
    end: int = _place()


@frozen
class Member:
    """``target.name``, or ``target?.name`` when *safe*."""

    target: Node
    name: str
    safe: bool = False
    start: int = _place()
    end: int = _place()


@frozen
class Index:
    """``target[index]``; without a target, an index into what bare names resolve on."""

    target: Node | None
    index: Node
    start: int = _place()
    end: int = _place()


@frozen
class Call:
    """A bare function: ``hasDirectoryUser()``."""

    name: str
    arguments: tuple[Node, ...]
    start: int = _place()
    end: int = _place()


@frozen
class MethodCall:
    """``target.name(...)``: a function of a namespace (``String.len(x)``) or a method of a value (``x.length()``)."""

    target: Node
    name: str
    arguments: tuple[Node, ...]
    safe: bool = False
    start: int = _place()
    end: int = _place()


@frozen
class Unary:
    """``!x``, ``-x`` or ``+x``."""

    operator: Choice["!", "-", "+"]
    operand: Node
    start: int = _place()
    end: int = _place()


@frozen
class Power:
    """``base ^ exponent``."""

    base: Node
    exponent: Node
    start: int = _place()
    end: int = _place()


@frozen
class Arithmetic:
    """A chain of ``+ -`` or of ``* / %``, evaluated from the left; *operators* is one shorter than *operands*."""

    operators: tuple[str, ...]
    operands: tuple[Node, ...]
    start: int = _place()
    end: int = _place()


@frozen
class Comparison:
    """``left operator right`` with one of ``== != < <= > >= matches``."""

    operator: str
    left: Node
    right: Node
    start: int = _place()
    end: int = _place()


@frozen
class Logic:
    """A chain of ``and`` or of ``or``."""

    operator: Choice["and", "or"]
    operands: tuple[Node, ...]
    start: int = _place()
    end: int = _place()


@frozen
class Conditional:
    """``condition ? value : condition ? value : otherwise``; *otherwise* is never a Conditional itself."""

    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node
    start: int = _place()
    end: int = _place()


@frozen
class Elvis:
    """``a ?: b ?: c``: the first that is neither null nor the empty string; the last is never an Elvis itself."""

    operands: tuple[Node, ...]
    start: int = _place()
    end: int = _place()


@frozen
class Projection:
    """``target.![body]``: *body* of every element."""

    target: Node
    body: Node
    safe: bool = False
    start: int = _place()
    end: int = _place()


@frozen
class Selection:
    """``target.?[criterion]`` (all), ``.^[criterion]`` (first) or ``.$[criterion]`` (last)."""

    which: Choice["?", "^", "$"]
    target: Node
    criterion: Node
    safe: bool = False
    start: int = _place()
    end: int = _place()


@frozen
class ListLiteral:
    """``{a, b}``."""

    items: tuple[Node, ...]
    start: int = _place()
    end: int = _place()


@frozen
class MapLiteral:
    """``{'key': value}``; a key may be a number."""

    entries: tuple[tuple[str | float, Node], ...]
    start: int = _place()
    end: int = _place()


Node: TypeAlias = (
    Literal
    | Name
    | Member
    | Index
    | Call
    | MethodCall
    | Unary
    | Power
    | Arithmetic
    | Comparison
    | Logic
    | Conditional
    | Elvis
    | Projection
    | Selection
    | ListLiteral
    | MapLiteral
)


def children(node: Node) -> tuple[Node, ...]:
    """The parts of a node, in the order in which they are written."""
    match node:
        case Literal() | Name():
            return ()
        case Member(target=target):
            return (target,)
        case Index(target=target, index=index):
            return (index,) if target is None else (target, index)
        case Call(arguments=arguments):
            return arguments
        case MethodCall(target=target, arguments=arguments):
            return (target, *arguments)
        case Unary(operand=operand):
            return (operand,)
        case Power(base=base, exponent=exponent):
            return base, exponent
        case Arithmetic(operands=operands) | Logic(operands=operands) | Elvis(operands=operands):
            return operands
        case Comparison(left=left, right=right):
            return left, right
        case Conditional(branches=branches, otherwise=otherwise):
            return (*(part for branch in branches for part in branch), otherwise)
        case Projection(target=target, body=body):
            return target, body
        case Selection(target=target, criterion=criterion):
            return target, criterion
        case ListLiteral(items=items):
            return items
        case MapLiteral(entries=entries):
            return tuple(value for _, value in entries)


def walk(tree: Node) -> Iterator[tuple[Node, int]]:
    """Every node with its depth (from 1), without recursion; parents come before their parts."""
    waiting = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        parts = children(node)
        if parts:
            waiting.extend((part, depth + 1) for part in reversed(parts))


Folded = TypeVar("Folded")


def fold(tree: Node, step: Callable[[Node], Generator[Node, Folded, Folded]]) -> Folded:
    """Fold a tree with a generator a node: it yields the parts it wants, receives their results, and returns its own.

    Args:
        tree: where to begin.
        step: makes the generator of a node. What it yields decides the order, so that a step can write something
            between two parts.

    Returns:
        What the generator of *tree* returned.

    """
    waiting = [step(tree)]
    answer: Folded | None = None
    while True:
        try:
            part = waiting[-1].send(cast("Folded", answer))
        except StopIteration as done:
            waiting.pop()
            answer = done.value
            if not waiting:
                return cast("Folded", answer)
        else:
            waiting.append(step(part))
            answer = None
