"""Signs, arithmetic, comparison."""

from __future__ import annotations

import ast

from o365prov.expressions.compiler import runtime
from o365prov.expressions.compiler.codegen import Operand, call_of, constant, is_type
from o365prov.expressions.compiler.state import Lowering, LoweringStep
from o365prov.expressions.syntax.tree import (
    Arithmetic,
    Comparison,
    Node,
    Power,
    Unary,
)
from o365prov.expressions.values import conversion as values
from o365prov.expressions.values.types import ValueType

# Longer chains of arithmetic are not written out: Python would compile each step for nothing.
_WRITTEN_OUT = 32
_RELATIONS = {
    "<": (ast.Lt, True, False),
    "<=": (ast.LtE, True, True),
    ">": (ast.Gt, False, False),
    ">=": (ast.GtE, False, True),
}


def unary(lowering: Lowering, node: Unary) -> LoweringStep:
    """``!x``, ``-x``, ``+x``."""
    inner = yield from lowering.part(node.operand)
    if node.operator == "!":
        inner = lowering.truth(inner, node.operand)
        return lowering.keep(ast.UnaryOp(ast.Not(), inner.load()), lowering.writer.place(node), ValueType.BOOLEAN)
    sign = lowering.writer.shared("negated" if node.operator == "-" else "positive", runtime.make_sign(node.operator))
    return lowering.keep(call_of(sign, inner.load()), lowering.writer.place(node, node.operand))


def power(lowering: Lowering, node: Power) -> LoweringStep:
    """``base ^ exponent``."""
    left = yield from lowering.part(node.base)
    right = yield from lowering.part(node.exponent)
    lowering.writer.shared("raised", runtime.raise_to_power)
    value = call_of("raised", left.load(), right.load())
    return lowering.keep(value, lowering.writer.place(node, node.base, node.exponent))


def arithmetic(lowering: Lowering, node: Arithmetic) -> LoweringStep:
    """A chain of ``+ -`` or ``* / %``, from the left."""
    writer = lowering.writer
    if len(node.operands) > _WRITTEN_OUT:
        return (yield from _long_chain(lowering, node))
    total = yield from lowering.part(node.operands[0])
    before: Node = node.operands[0]
    name = writer.temporary()
    variable = int(not total.is_constant)  # with one alone, the text grows by no more than the expression's own length
    for position, (operator, operand_node) in enumerate(zip(node.operators, node.operands[1:], strict=True)):
        operand = yield from lowering.part(operand_node)
        line = writer.place(node, before, operand_node, end=operand_node.end)
        left = total.load()
        if operator == "+":
            function = (
                writer.shared("add", runtime.make_adder(lowering.options)) if "add" not in writer.namespace else "add"
            )
            total = _sum(lowering, name, total, operand, function, line)
        else:
            function = f"calculate{'-*/%'.index(operator)}"
            writer.shared(function, runtime.make_calculator(operator))
            writer.set(name, call_of(function, left, operand.load(), *_for_repeating(lowering, operator)), line)
            total = Operand(name)
        variable = variable + (not operand.is_constant)
        if operator == "+" and (position == len(node.operands) - 2 or position % 16 == 15):
            if lowering.counts:
                lowering.spend_on(line, total)
            elif variable > 1:
                _check_size(lowering, total, line)
        before = node
    return total


def _long_chain(lowering: Lowering, node: Arithmetic) -> LoweringStep:
    """A chain of many operands: a list of them, and one call that goes through it."""
    operands = yield from lowering.each(node.operands)
    chain = lowering.writer.cell("chain", runtime.make_chain(node.operators, lowering.options))
    line = lowering.writer.place(node, *node.operands)
    every = ast.List([operand.load() for operand in operands], ast.Load())
    return lowering.keep(call_of(chain, every, lowering.budget()), line)


def _for_repeating(lowering: Lowering, operator: str) -> tuple[ast.expr, ...]:
    """The budget, where ``*`` may repeat a string."""
    return (lowering.budget(),) if operator == "*" else ()


def _sum(lowering: Lowering, name: str, left: Operand, right: Operand, function: str, line: int) -> Operand:
    """``left + right``: strings are joined here, all else in the one function for it."""
    writer = lowering.writer
    tests = [operand.test(ValueType.STRING, "str") for operand in (left, right) if operand.kind is not ValueType.STRING]
    joined = ast.BinOp(left.load(), ast.Add(), right.load())
    texts = ValueType.STRING in (left.kind, right.kind)
    if any(operand.is_constant and operand.kind is not ValueType.STRING for operand in (left, right)):
        writer.set(name, call_of(function, left.load(), right.load()), line)
    elif not tests:
        writer.set(name, joined, line)
    else:
        with writer.when(tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), tests), line):
            writer.set(name, joined, line)
        with writer.otherwise():
            _sum_of_others(lowering, name, left, right, function, line)
    return Operand(name, ValueType.STRING if texts else None)


def _sum_of_others(lowering: Lowering, name: str, left: Operand, right: Operand, function: str, line: int) -> None:
    """A sum that is not of two strings; null beside a string, the commonest of them, is written on the spot."""
    writer = lowering.writer
    add = call_of(function, left.load(), right.load())
    null = {"word": "null", "empty": ""}.get(lowering.options.semantics.null_text)
    unsure = left if right.kind is ValueType.STRING else right if left.kind is ValueType.STRING else None
    if null is None or unsure is None:
        writer.set(name, add, line)
        return
    parts = (constant(null) if operand is unsure else operand.load() for operand in (left, right))
    joined = ast.BinOp(next(parts), ast.Add(), next(parts))
    if unsure.or_null is ValueType.STRING:
        writer.set(name, joined, line)
        return
    with writer.when(ast.Compare(unsure.load(), [ast.Is()], [constant(None)]), line):
        writer.set(name, joined, line)
    with writer.otherwise():
        writer.set(name, add, line)


def _check_size(lowering: Lowering, total: Operand, line: int) -> None:
    """Refuse a string that grew too large."""
    lowering.writer.shared("oversize", runtime.oversize)
    large: ast.expr = ast.Compare(
        call_of("len", total.load()), [ast.Gt()], [constant(lowering.options.limits.result_size)]
    )
    if total.kind is not ValueType.STRING:
        large = ast.BoolOp(ast.And(), [is_type(total.load(), "str"), large])
    with lowering.writer.when(large, line):
        lowering.writer.add(ast.Expr(call_of("oversize", constant(lowering.options.limits.result_size))), line)


def comparison(lowering: Lowering, node: Comparison) -> LoweringStep:
    """``== != < <= > >= matches``."""
    left = yield from lowering.part(node.left)
    right = yield from lowering.part(node.right)
    line = lowering.writer.place(node, node.left, node.right)
    if node.operator in ("==", "!="):
        return lowering.keep(_equality(lowering, left, right, node.operator == "=="), line, ValueType.BOOLEAN)
    if node.operator == "matches":
        return _matches(lowering, left, right, line)
    compare, less, same = _RELATIONS[node.operator]
    function = lowering.writer.shared(f"ordered{less:d}{same:d}", values.make_ordering(less, same))
    slow = call_of(function, left.load(), right.load())
    if lowering.counts:
        lowering.spend_on(line, left, right)
    tests = [is_type(operand.load(), "int") for operand in (left, right) if operand.kind is not ValueType.INTEGER]
    if any(operand.is_constant and operand.kind is not ValueType.INTEGER for operand in (left, right)):
        return lowering.keep(slow, line, ValueType.BOOLEAN)
    lowering.writer.shared("int", int)
    fast: ast.expr = ast.Compare(left.load(), [compare()], [right.load()])
    if tests:
        test = tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), tests)
        fast = ast.IfExp(test, fast, slow)
    return lowering.keep(fast, line, ValueType.BOOLEAN)


def _equality(lowering: Lowering, left: Operand, right: Operand, same: bool) -> ast.expr:
    if left.is_null or right.is_null:
        other = right if left.is_null else left
        if other.is_constant:
            return constant(other.is_null is same)
        return ast.Compare(other.load(), [ast.Is() if same else ast.IsNot()], [constant(None)])
    compare: ast.cmpop = ast.Eq() if same else ast.NotEq()
    fast = ast.Compare(left.load(), [compare], [right.load()])
    if ValueType.STRING in (left.kind, right.kind):  # a string equals nothing but a string
        return fast
    lowering.writer.shared("equal", values.equal)
    if lowering.counts:
        lowering.writer.shared("equal_within", runtime.equal_within)
    slow: ast.expr = (
        call_of("equal_within", left.load(), right.load(), lowering.budget())
        if lowering.counts
        else call_of("equal", left.load(), right.load())
    )
    if not same:
        slow = ast.UnaryOp(ast.Not(), slow)
    if left.is_constant:
        return slow
    return ast.IfExp(is_type(left.load(), "str"), fast, slow)


def _matches(lowering: Lowering, left: Operand, right: Operand, line: int) -> Operand:
    from o365prov.expressions import patterns  # noqa: PLC0415 - patterns load when an expression has one

    if right.is_constant and isinstance(right.value, str):
        function = lowering.writer.cell("m", patterns.matches_written(lowering.pattern(right.value)))
        call = call_of(function, left.load(), lowering.budget())
    else:
        function = lowering.writer.shared("matches", patterns.make_matcher(lowering.options.limits))
        call = call_of(function, left.load(), right.load(), lowering.budget())
    return lowering.keep(call, line, ValueType.BOOLEAN)
