"""AND, OR, ``?:`` and ``? :``, which evaluate only what they need."""

from __future__ import annotations

import ast
from collections.abc import Callable, Generator

from o365prov.expressions.compiler.codegen import Operand, constant, load_name
from o365prov.expressions.compiler.state import NESTED, Lowering, LoweringStep
from o365prov.expressions.syntax.tree import (
    Conditional,
    Elvis,
    Logic,
    Node,
)
from o365prov.expressions.values.types import ValueType


def logic(lowering: Lowering, node: Logic) -> LoweringStep:
    """A chain that stops at the first true (or), or the first false (and)."""
    stop = node.operator == "or"
    name = lowering.writer.temporary()

    def continues() -> ast.expr:
        return ast.UnaryOp(ast.Not(), load_name(name)) if stop else load_name(name)

    def operand(part: Node) -> LoweringStep:
        value = yield from lowering.part(part)
        value = lowering.truth(value, part)
        lowering.writer.set(name, value.load(), lowering.writer.place(part))
        return value

    yield from _chain(lowering, node, node.operands, operand, continues)
    return Operand(name, ValueType.BOOLEAN)


def elvis(lowering: Lowering, node: Elvis) -> LoweringStep:
    """``a ?: b``: the first that is neither null nor the empty string."""
    name = lowering.writer.temporary()

    def empty() -> ast.expr:
        null = ast.Compare(load_name(name), [ast.Is()], [constant(None)])
        blank = ast.Compare(load_name(name), [ast.Eq()], [constant("")])
        return ast.BoolOp(ast.Or(), [null, blank])

    def operand(part: Node) -> LoweringStep:
        value = yield from lowering.part(part)
        lowering.writer.set(name, value.load(), lowering.writer.place(part))
        return value

    yield from _chain(lowering, node, node.operands, operand, empty)
    return Operand(name)


def _chain(
    lowering: Lowering,
    node: Node,
    parts: tuple[Node, ...],
    write: Callable[[Node], LoweringStep],
    continues: Callable[[], ast.expr],
) -> Generator[Node, Operand, None]:
    """Write the parts so that each is reached only while the chain goes on."""
    writer = lowering.writer
    line = writer.place(node)
    if len(parts) <= NESTED:
        yield from write(parts[0])
        if len(parts) > 1:
            with writer.when(continues(), line):
                yield from _chain(lowering, node, parts[1:], write, continues)
        return
    with writer.once(line):
        for part in parts[:-1]:
            yield from write(part)
            with writer.when(ast.UnaryOp(ast.Not(), continues()), line):
                writer.leave(line)
        yield from write(parts[-1])


def conditional(lowering: Lowering, node: Conditional) -> LoweringStep:
    """``condition ? value : otherwise``."""
    writer, name, line = lowering.writer, lowering.writer.temporary(), lowering.writer.place(node)
    if len(node.branches) <= NESTED:
        yield from _nest(lowering, node, node.branches, name, line)
        return Operand(name)
    with writer.once(line):
        for condition, value in node.branches:
            test = yield from lowering.part(condition)
            with writer.when(lowering.truth(test, condition).load(), line):
                yield from _assign(lowering, name, value, line)
                writer.leave(line)
        yield from _assign(lowering, name, node.otherwise, line)
    return Operand(name)


def _nest(
    lowering: Lowering, node: Conditional, branches: tuple[tuple[Node, Node], ...], name: str, line: int
) -> Generator[Node, Operand, None]:
    if not branches:
        yield from _assign(lowering, name, node.otherwise, line)
        return
    (condition, value), *more = branches
    test = yield from lowering.part(condition)
    with lowering.writer.when(lowering.truth(test, condition).load(), line):
        yield from _assign(lowering, name, value, line)
    with lowering.writer.otherwise():
        yield from _nest(lowering, node, tuple(more), name, line)


def _assign(lowering: Lowering, name: str, node: Node, line: int) -> Generator[Node, Operand, None]:
    operand = yield from lowering.part(node)
    lowering.writer.set(name, operand.load(), line)
