"""Lists, maps, projections, selections."""

from __future__ import annotations

import ast
from collections.abc import Callable, Generator

from o365prov.expressions.compiler import runtime
from o365prov.expressions.compiler.codegen import Operand, call_method, call_of, constant, is_type, load_name
from o365prov.expressions.compiler.references import literal
from o365prov.expressions.compiler.state import Lowering, LoweringStep
from o365prov.expressions.syntax.tree import (
    Node,
    Projection,
    Selection,
    walk,
)
from o365prov.expressions.values.types import ValueType


def list_literal(lowering: Lowering, node: Node, items: tuple[Node, ...]) -> LoweringStep:
    """``{a, b}``."""
    operands = yield from lowering.each(items)
    value = ast.List([operand.load() for operand in operands], ast.Load())
    _spend_on_items(lowering, node, operands)
    return lowering.keep(value, lowering.writer.place(node), ValueType.LIST)


def map_literal(lowering: Lowering, node: Node, entries: tuple[tuple[str | float, Node], ...]) -> LoweringStep:
    """``{'k': v}``."""
    operands = yield from lowering.each(tuple(value for _, value in entries))
    keys: list[ast.expr | None] = [literal(lowering, key).load() for key, _ in entries]
    value = ast.Dict(keys, [operand.load() for operand in operands])
    _spend_on_items(lowering, node, operands)
    return lowering.keep(value, lowering.writer.place(node), ValueType.MAP)


def _spend_on_items(lowering: Lowering, node: Node, operands: list[Operand]) -> None:
    """A literal may name one large value many times: it counts with all that is inside it."""
    items = [operand.load() for operand in operands if not operand.is_constant]
    if items:
        spend = ast.Call(ast.Attribute(lowering.budget(), "spend_on_all_in", ast.Load()), items, [])
        lowering.writer.add(ast.Expr(spend), lowering.writer.place(node))


def projection(lowering: Lowering, node: Projection) -> LoweringStep:
    """``target.![body]``."""
    target = yield from lowering.part(node.target)
    writer = lowering.writer
    line = writer.place(node, node.target)
    out = writer.temporary()

    def over() -> LoweringStep:
        elements = _elements(lowering, target, node.body, line)
        writer.set(out, ast.List([], ast.Load()), line)
        item = writer.temporary()
        with writer.each(item, elements.load(), line):
            value = yield from _within_element(lowering, item, node.body)
            lowering.spend_on(line, value)
            writer.add(ast.Expr(call_method(load_name(out), "append", value.load())), line)
        return Operand(out)

    yield from _unless_null(lowering, node.safe, target, out, over, line)
    return Operand(out)


def selection(lowering: Lowering, node: Selection) -> LoweringStep:
    """``target.?[criterion]``, ``.^[...]``, ``.$[...]``."""
    target = yield from lowering.part(node.target)
    writer = lowering.writer
    line = writer.place(node, node.target)
    out = writer.temporary()

    def over() -> LoweringStep:
        elements = _elements(lowering, target, node.criterion, line)
        kept, item = writer.temporary(), writer.temporary()
        writer.set(kept, ast.List([], ast.Load()), line)
        with writer.each(item, elements.load(), line):
            value = yield from _within_element(lowering, item, node.criterion)
            if value.kind is not ValueType.BOOLEAN:
                writer.shared("fail", runtime.fail)
                boolean = ast.UnaryOp(ast.Not(), is_type(value.load(), "bool"))
                with writer.when(boolean, line):
                    message = constant("the criterion of a selection must be true or false")
                    call = call_of("fail", message, constant("write a comparison"))
                    writer.add(ast.Expr(call), writer.place(node.criterion))
            with writer.when(value.load(), line):
                writer.add(ast.Expr(call_method(load_name(kept), "append", load_name(item))), line)
                if node.which == "^":
                    writer.leave(line)
        writer.shared("selected", runtime.select)
        writer.set(out, call_of("selected", target.load(), load_name(kept), constant(node.which)), line)
        return Operand(out)

    yield from _unless_null(lowering, node.safe, target, out, over, line)
    return Operand(out)


def _elements(lowering: Lowering, target: Operand, inside: Node, line: int) -> Operand:
    lowering.writer.shared("elements", runtime.elements)
    parts = sum(1 for _ in walk(inside))
    return lowering.keep(call_of("elements", target.load(), constant(parts), lowering.budget()), line)


def _within_element(lowering: Lowering, item: str, node: Node) -> LoweringStep:
    """A part whose names mean the attributes of an element."""
    lowering.scopes.append(item)
    operand = yield from lowering.part(node)
    lowering.scopes.pop()
    return operand


def _unless_null(
    lowering: Lowering, safe: bool, target: Operand, out: str, over: Callable[[], LoweringStep], line: int
) -> Generator[Node, Operand, None]:
    if not safe:
        yield from over()
        return
    lowering.writer.set(out, constant(None), line)
    with lowering.writer.when(lowering.is_there(target, line), line):
        yield from over()
