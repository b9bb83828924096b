"""What is known while a tree is compiled, and what every step uses."""

from __future__ import annotations

import ast
from collections.abc import Generator
from typing import TypeAlias

from o365prov.expressions.compiler.codegen import CodeWriter, Operand, call_of, constant, is_type
from o365prov.expressions.semantics import Dialect, EvaluationOptions
from o365prov.expressions.syntax.tree import Node
from o365prov.expressions.values import conversion as values
from o365prov.expressions.values.types import ValueType

LoweringStep: TypeAlias = Generator[Node, Operand, Operand]
"""Lowers one node: yields the parts it wants, receives their operands, returns its own."""

# Beyond this many blocks inside one another, a part becomes a function of its own: Python bounds its blocks.
_DEEPEST = 12
# Chains of more operands than this are written flat, with a way out, instead of nested.
NESTED = 4


class Lowering:
    """The state of one compilation: the code so far, and what names resolve on, innermost last."""

    def __init__(self, dialect: Dialect, options: EvaluationOptions) -> None:
        self.dialect = dialect
        self.options = options
        self.writer = CodeWriter(("roots", "bindings", "seen", "gone"))
        self.scopes = ["roots"]
        self.needs_bindings = False
        self.goes_over = False

    def keep(self, value: ast.expr, line: int, kind: ValueType | None = None) -> Operand:
        """Compute a value and hold it."""
        name = self.writer.temporary()
        self.writer.set(name, value, line)
        return Operand(name, kind)

    def part(self, node: Node) -> LoweringStep:
        """The value of a part; in a function of its own where blocks lie too deep."""
        if self.writer.depth < _DEEPEST:
            return (yield node)
        writer = self.writer
        line = writer.place(node)
        state = writer.open_function()
        inner = yield node
        extra = tuple(dict.fromkeys(scope for scope in self.scopes if scope != "roots"))
        call = writer.close_function(state, inner, extra, line)
        return self.keep(call, line, inner.kind)

    def each(self, nodes: tuple[Node, ...]) -> Generator[Node, Operand, list[Operand]]:
        """Parts, in order."""
        operands: list[Operand] = []
        for node in nodes:
            operand = yield from self.part(node)
            operands.append(operand)
        return operands

    def truth(self, operand: Operand, node: Node) -> Operand:
        """An operand as true or false."""
        if operand.kind is ValueType.BOOLEAN:
            return operand
        self.writer.shared("truth", values.truth)
        value = operand.load()
        line = self.writer.place(node, node)
        return self.keep(ast.IfExp(is_type(value, "bool"), value, call_of("truth", value)), line, ValueType.BOOLEAN)

    def is_there(self, target: Operand, line: int) -> ast.expr:
        """The test that a value is not null."""
        held = (
            self.keep(target.load(), line) if target.is_constant else target
        )  # Python warns of literals in such tests
        return ast.Compare(held.load(), [ast.IsNot()], [constant(None)])
