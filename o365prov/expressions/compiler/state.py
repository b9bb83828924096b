"""What is known while a tree is compiled, and what every step uses."""

from __future__ import annotations

import ast
from collections.abc import Generator
from typing import TYPE_CHECKING, TypeAlias

from o365prov.expressions.compiler.codegen import CodeWriter, Operand, call_of, constant, is_type, load_name
from o365prov.expressions.semantics import Dialect, EvaluationOptions
from o365prov.expressions.syntax.tree import Node, walk
from o365prov.expressions.values import conversion as values
from o365prov.expressions.values.types import ValueType

if TYPE_CHECKING:
    from o365prov.expressions.patterns import CompiledPattern, PatternError, WrittenPatterns

LoweringStep: TypeAlias = Generator[Node, Operand, Operand]
"""Lowers one node: yields the parts it wants, receives their operands, returns its own."""

# Beyond this many blocks inside one another, a part becomes a function of its own: Python bounds its blocks.
_DEEPEST = 12
# Expressions of more parts than this count every step.
_SMALL = 32
# Chains of more operands than this are written flat, with a way out, instead of nested.
NESTED = 4


class Lowering:
    """The state of one compilation: the code so far, and what names resolve on, innermost last."""

    def __init__(self, dialect: Dialect, options: EvaluationOptions) -> None:
        self.dialect = dialect
        self.options = options
        self.writer = CodeWriter(("roots", "bindings", "seen", "budget"))
        self.scopes = ["roots"]
        self.needs_bindings = False
        self.needs_budget = False
        self._is_large = False
        self._patterns: WrittenPatterns | None = None

    def begin(self, tree: Node) -> None:
        """Begin with a tree: each has a budget of its own."""
        self.needs_budget = False
        self._is_large = any(size > _SMALL for size, _ in enumerate(walk(tree)))
        self._patterns = None

    @property
    def counts(self) -> bool:
        """Whether every step takes from the budget.

        In a small expression, what is outside of projections and selections does not: each part runs once, and gives
        no more than it is given, or bounds its own result.
        """
        return self._is_large or len(self.scopes) > 1

    def budget(self) -> ast.expr:
        """The budget of the evaluation."""
        self.needs_budget = True
        return load_name("budget")

    def spend_on(self, line: int, *operands: Operand) -> None:
        """Take from the budget what going over these values takes."""
        spend = ast.Attribute(self.budget(), "spend_on", ast.Load())
        self.writer.add(ast.Expr(ast.Call(spend, [operand.load() for operand in operands], [])), line)

    def pattern(self, text: str) -> CompiledPattern | PatternError:
        """A pattern that the expression writes out; what is wrong with it counts only where it is reached."""
        from o365prov.expressions.patterns import PatternError, WrittenPatterns  # noqa: PLC0415 - only some have one

        self._patterns = self._patterns or WrittenPatterns(self.options.limits)
        try:
            return self._patterns.compile(text)
        except PatternError as error:
            return error

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
