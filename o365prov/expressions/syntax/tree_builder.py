"""What the grammar's rules become: Lark calls a method of the builder for each rule as soon as it has read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from attrs import evolve

from o365prov.expressions.syntax import tree as syntax
from o365prov.expressions.syntax.syntax_errors import SyntaxProblem, TreeBuildError
from o365prov.expressions.syntax.tree import Node
from o365prov.expressions.values.numbers import INT_MAX, LONG_MAX, Float, Long, negate

if TYPE_CHECKING:
    from lark import Token

    Children: TypeAlias = list[Any]  # tokens and nodes, in the order of the rule

_RELATIONS = {"lt": "<", "gt": ">", "le": "<=", "ge": ">=", "eq": "==", "ne": "!="}
_PRODUCTS = {"div": "/", "mod": "%"}
_CONSTANTS = {"true": True, "false": False, "null": None}


class TreeBuilder:
    """One method a rule; each takes what the rule matched and gives a node with its place."""

    def start(self, children: Children) -> Node:
        """The whole string is one expression."""
        return cast("Node", children[0])

    def string(self, children: Children) -> Node:
        """A string: its quotes taken off, doubled quotes made one."""
        token = children[0]
        quote = token[0]
        value = token[1:-1].replace(quote + quote, quote)
        return syntax.Literal(str(value), start=token.start_pos, end=token.end_pos)

    def number(self, children: Children) -> Node:
        """A number, in Java's kinds."""
        token = children[0]
        return syntax.Literal(_number(token), start=token.start_pos, end=token.end_pos)

    def constant(self, children: Children) -> Node:
        """true, false or null, in any case."""
        token = children[0]
        return syntax.Literal(_CONSTANTS[token.lower()], start=token.start_pos, end=token.end_pos)

    def name(self, children: Children) -> Node:
        """A bare name."""
        token = children[0]
        return syntax.Name(token.value, start=token.start_pos, end=token.end_pos)

    def dot(self, children: Children) -> bool:
        """Whether the step is a safe one."""
        return bool(children[0] == "?.")

    def arguments(self, children: Children) -> tuple[Node, ...]:
        """The values between parentheses."""
        return tuple(children[::2])

    def call(self, children: Children) -> Node:
        """A bare function; types, ``T(...)``, are refused here."""
        name, _, arguments, close = children
        if name.value == "T":
            message = "types, T(...), are not part of Okta's language"
            remedy = "use Okta's functions, such as String.len"
            raise TreeBuildError(SyntaxProblem("refused", message, name.start_pos, close.end_pos, remedy=remedy))
        return syntax.Call(name.value, arguments, start=name.start_pos, end=close.end_pos)

    def member(self, children: Children) -> Node:
        """``target.name``."""
        target, safe, name = children
        return syntax.Member(target, name.value, safe, start=target.start, end=name.end_pos)

    def method_call(self, children: Children) -> Node:
        """``target.name(...)``."""
        target, safe, name, _, arguments, close = children
        return syntax.MethodCall(target, name.value, arguments, safe, start=target.start, end=close.end_pos)

    def projection(self, children: Children) -> Node:
        """``target.![...]``."""
        target, safe, _, body, close = children
        return syntax.Projection(target, body, safe, start=target.start, end=close.end_pos)

    def selection(self, children: Children) -> Node:
        """``target.?[...]``, ``.^[...]``, ``.$[...]``."""
        target, safe, which, criterion, close = children
        return syntax.Selection(which[0], target, criterion, safe, start=target.start, end=close.end_pos)

    def index(self, children: Children) -> Node:
        """``target[...]``."""
        target, _, index, close = children
        return syntax.Index(target, index, start=target.start, end=close.end_pos)

    def bare_index(self, children: Children) -> Node:
        """``[...]`` where an operand is expected."""
        opening, index, close = children
        return syntax.Index(None, index, start=opening.start_pos, end=close.end_pos)

    def parenthesised(self, children: Children) -> Node:
        """The inner expression; its place takes the parentheses in."""
        opening, inner, close = children
        return cast("Node", evolve(inner, start=opening.start_pos, end=close.end_pos))

    def list_literal(self, children: Children) -> Node:
        """``{a, b}``; empty braces are a list."""
        opening, *items, close = children
        return syntax.ListLiteral(tuple(items[::2]), start=opening.start_pos, end=close.end_pos)

    def map_literal(self, children: Children) -> Node:
        """``{:}`` or ``{'k': v}``."""
        opening, *entries, close = children
        kept = () if len(entries) == 1 and not isinstance(entries[0], tuple) else tuple(entries[::2])
        keys = [key for key, _ in kept]
        if len(set(keys)) < len({(type(key), key) for key in keys}):  # two in Java, one in Python
            message = "two keys of this map are one number of two kinds"
            problem = SyntaxProblem("map-key", message, opening.start_pos, close.end_pos, remedy="write one kind")
            raise TreeBuildError(problem)
        return syntax.MapLiteral(kept, start=opening.start_pos, end=close.end_pos)

    def entry(self, children: Children) -> tuple[str | float, Node]:
        """A key and its value."""
        key, _, value = children
        match key:
            case syntax.Name(name=word):
                return word, value
            case syntax.Literal(value=str() | int() | float() as written) if not isinstance(written, bool):
                return written, value
            case syntax.Unary(operator="-", operand=syntax.Literal(value=int() | float() as number)):
                return negate(number), value
        message = "the key of a map is a string, a bare name or a number"
        raise TreeBuildError(SyntaxProblem("map-key", message, key.start, key.end, remedy="put the key in quotes"))

    def prefixed(self, children: Children) -> Node:
        """``!x``, ``not x``, ``-x``, ``+x``."""
        sign, operand = children
        operator: Literal["!", "-", "+"] = "!" if sign.type == "NOT" else sign.value
        return syntax.Unary(operator, operand, start=sign.start_pos, end=operand.end)

    def power(self, children: Children) -> Node:
        """``base ^ exponent``."""
        base, _, exponent = children
        return syntax.Power(base, exponent, start=base.start, end=exponent.end)

    def product(self, children: Children) -> Node:
        """A chain of ``* / %``."""
        return self.sum(children)

    def sum(self, children: Children) -> Node:
        """A chain of ``+ -``."""
        operators = tuple(_PRODUCTS.get(token.lower(), str(token.value)) for token in children[1::2])
        return syntax.Arithmetic(operators, tuple(children[::2]), start=children[0].start, end=children[-1].end)

    def relation(self, children: Children) -> Node:
        """A comparison; words become symbols."""
        left, token, right = children
        word = str(token.lower())
        return syntax.Comparison(_RELATIONS.get(word, word), left, right, start=left.start, end=right.end)

    def conjunction(self, children: Children) -> Node:
        """A chain of AND."""
        return syntax.Logic("and", tuple(children[::2]), start=children[0].start, end=children[-1].end)

    def disjunction(self, children: Children) -> Node:
        """A chain of OR."""
        return syntax.Logic("or", tuple(children[::2]), start=children[0].start, end=children[-1].end)

    def step(self, children: Children) -> tuple[Node, ...]:
        """``condition ? value :`` as a pair, ``value ?:`` alone."""
        return tuple(children[:3:2]) if len(children) == 4 else (children[0],)

    def expression(self, children: Children) -> Node:
        """A chain of steps and the value at its end, folded from the right."""
        *steps, result = children
        end = result.end
        while steps:
            width = len(steps[-1])
            chain = []
            while steps and len(steps[-1]) == width:
                chain.append(steps.pop())
            chain.reverse()
            start = chain[0][0].start
            if width == 2:
                branches, otherwise = (
                    (result.branches, result.otherwise) if isinstance(result, syntax.Conditional) else ((), result)
                )
                result = syntax.Conditional((*chain, *branches), otherwise, start=start, end=end)
            else:
                defaults = result.operands if isinstance(result, syntax.Elvis) else (result,)
                firsts = (step[0] for step in chain)
                result = syntax.Elvis((*firsts, *defaults), start=start, end=end)
        return cast("Node", result)


def _number(token: Token) -> int | float:
    """The value of a number's spelling, in Java's kinds."""
    word = token.lower()
    if word.startswith("0x"):
        return _integer(token, int(word.removesuffix("l"), 16), long=word[-1] == "l")
    digits = word.rstrip("lfd")
    match word[len(digits) :]:
        case "l":
            return _integer(token, _decimal(digits), long=True)
        case "f":
            return Float(float(digits))
        case "":
            return _integer(token, _decimal(digits), long=False) if digits.isdigit() else float(digits)
    return float(digits)


def _decimal(digits: str) -> int:
    """An integer, without letting Python read digits that no limit of ours allows."""
    significant = digits.lstrip("0")
    return int(significant or "0") if len(significant) < 20 else 10**20


def _integer(token: Token, value: int, *, long: bool) -> int:
    if value <= (LONG_MAX if long else INT_MAX):
        return Long(value) if long else value
    size, remedy = (
        (64, "use a smaller number, or a string") if long or value > LONG_MAX else (32, f"write {token.value}L")
    )
    start = token.start_pos or 0
    message = f"{token.value[:30]} does not fit a {size}-bit integer"
    raise TreeBuildError(SyntaxProblem("integer-range", message, start, start + len(token), remedy=remedy))
