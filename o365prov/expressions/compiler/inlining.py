"""Functions that are written out where their arguments fit: calling one takes as long as its work."""

from __future__ import annotations

import ast

from o365prov.expressions.compiler.codegen import Operand
from o365prov.expressions.functions.function import Function
from o365prov.expressions.semantics import EvaluationOptions
from o365prov.expressions.values.types import ValueType

_STRINGS = {
    "startsWith": "a.startswith(b)",
    "stringContains": "b in a",
    "toLowerCase": "a.lower()",
    "toUpperCase": "a.upper()",
}
"""What Python does for a string *a* and a string *b*, by the name of the method, or of the function of strings."""

_LISTS = {"isEmpty": "not a", "size": "len(a)"}
"""The same for a list *a*."""


def written_out(row: Function, arguments: list[Operand], options: EvaluationOptions) -> ast.expr | None:
    """The Python expression for a function of these arguments, each of its parameter's kind; None for most functions.

    Args:
        row: the function.
        arguments: its arguments, a method's receiver first.
        options: the answers to open questions.

    """
    name = row.name.removeprefix("String.").removeprefix("Arrays.")
    match row.receivers or tuple(parameter.kind for parameter in row.parameters[:1]):
        case (ValueType.STRING,):
            text = _STRINGS.get(name) or _at_mark(name, arguments, options)
        case (ValueType.LIST,):
            text = _LISTS.get(name)
        case _:
            text = None
    if text is None:
        return None
    values = dict(zip("ab", arguments, strict=False))
    return _Filled(values).visit(ast.parse(text, mode="eval").body)  # type: ignore[no-any-return]


def _at_mark(name: str, arguments: list[Operand], options: EvaluationOptions) -> str | None:
    """The part of a string before or after a mark that the expression writes out; Python refuses an empty one."""
    if not arguments[1:] or not arguments[1].value:
        return None
    if name == "substringBefore" and options.semantics.substring_before_without_hit == "whole":
        return "a.partition(b)[0]"
    at_mark = {"substringAfter": "a.partition(b)[2]", "substringBefore": "a.partition(b)[0] if b in a else ''"}
    return at_mark.get(name)


class _Filled(ast.NodeTransformer):
    """The template with operands for its names, at no line of its own."""

    def __init__(self, operands: dict[str, Operand]) -> None:
        self._operands = operands

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._operands[node.id].load() if node.id in self._operands else ast.Name(node.id, node.ctx)

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for place in ("lineno", "end_lineno", "col_offset", "end_col_offset"):
            if hasattr(node, place):
                delattr(node, place)
        return super().generic_visit(node)
