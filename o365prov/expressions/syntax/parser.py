"""String to tree: Lark reads, a builder without recursion makes the nodes, and every syntax error gets a name."""

from __future__ import annotations

import re
import sys
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path
from typing import TYPE_CHECKING, Any

from o365prov.errors import ExpressionSyntaxError
from o365prov.expressions.limits import Limits
from o365prov.expressions.syntax.syntax_errors import (
    SyntaxProblem,
    TreeBuildError,
    empty_text,
    explain_failure,
    pasted_characters,
)
from o365prov.expressions.syntax.tree import Node, walk

if TYPE_CHECKING:
    from lark import Lark

_BLANK = " \t\r\n"
_BRACKETS = re.compile(r"""'[^']*'|"[^"]*"|[(\[{]|[)\]}]""")


@cache
def grammar() -> Lark:
    """The parser, made at the first use; it keeps no state between strings and is shared between threads.

    Lark keeps what it builds of the grammar, which takes ten times as long as loading it, where Python keeps compiled
    modules, and builds it again for another grammar, Lark or Python.
    """
    from lark import Lark  # noqa: PLC0415 - 40 ms that only those pay who parse

    from o365prov.expressions.syntax.tree_builder import TreeBuilder  # noqa: PLC0415

    source = Path(__file__).with_name("grammar.lark")
    built = False if sys.dont_write_bytecode else cache_from_source(source)
    builder: Any = TreeBuilder()  # Lark wants its own Transformer class, and asks only for methods named after rules
    return Lark(
        source.read_text("utf-8"),
        parser="lalr",
        lexer="contextual",
        maybe_placeholders=False,
        transformer=builder,
        cache=built,
    )


def parse(text: str, limits: Limits) -> Node:
    """The tree of an expression.

    Raises:
        ExpressionSyntaxError: the text is not an expression, or larger than the limits; it says where, and what to do.

    """
    result = try_parse(text, limits)
    if isinstance(result, tuple):
        first = min(result, key=lambda problem: problem.start)
        raise ExpressionSyntaxError(first.message, text=text, start=first.start, end=first.end, remedy=first.remedy)
    return result


def try_parse(text: str, limits: Limits) -> Node | tuple[SyntaxProblem, ...]:
    """The tree of an expression, or everything that is wrong with the string."""
    if len(text) > limits.text_length:
        message = f"the expression has {len(text)} characters, more than the limit of {limits.text_length}"
        return (SyntaxProblem("too-large", message, 0, 1, remedy="split it, or raise Limits.text_length"),)
    if not text.strip(_BLANK):
        return (empty_text(text),)
    too_deep = _too_many_brackets(text, limits.nesting)
    if too_deep is not None:
        return (too_deep,)
    from lark.exceptions import UnexpectedInput  # noqa: PLC0415

    try:
        tree: Any = grammar().parse(text)
    except UnexpectedInput as failure:
        first = explain_failure(text, failure)
        others = [other for other in pasted_characters(text) if other.start != first.start]
        return (first, *others)
    except TreeBuildError as found:
        return (found.problem,)
    return _within(tree, limits)


def _too_many_brackets(text: str, nesting: int) -> SyntaxProblem | None:
    """Refuse deep brackets before parsing; most strings have fewer brackets than the limit and cost three counts."""
    if text.count("(") + text.count("[") + text.count("{") <= nesting:
        return None
    depth = 0
    for found in _BRACKETS.finditer(text):
        if found[0] in "([{":
            depth += 1
            if depth > nesting:
                return _nested_too_deeply(found.start(), found.end(), nesting)
        elif found[0] in ")]}":
            depth -= 1
    return None


def _within(tree: Node, limits: Limits) -> Node | tuple[SyntaxProblem, ...]:
    for size, (node, depth) in enumerate(walk(tree), start=1):
        if depth > limits.nesting:
            return (_nested_too_deeply(node.start, node.end, limits.nesting),)
        if size > limits.tree_size:
            message = f"the expression has more than {limits.tree_size} parts"
            return (
                SyntaxProblem("too-large", message, node.start, node.end, remedy="split it, or raise Limits.tree_size"),
            )
    return tree


def _nested_too_deeply(start: int, end: int, nesting: int) -> SyntaxProblem:
    message = f"the expression is nested more than {nesting} levels deep"
    return SyntaxProblem("too-large", message, start, end, remedy="simplify it, or raise Limits.nesting")
