"""Functions and methods: which implementation, called how."""

from __future__ import annotations

import ast
from datetime import datetime

from o365prov.expressions.compiler import runtime
from o365prov.expressions.compiler.arguments import make_caller
from o365prov.expressions.compiler.codegen import Operand, call_of, constant, load_name
from o365prov.expressions.compiler.inlining import written_out
from o365prov.expressions.compiler.state import Lowering, LoweringStep
from o365prov.expressions.functions.function import ACCEPTED, REFUSED, FromBindings, Function
from o365prov.expressions.functions.registry import call_name, find, function_of, method
from o365prov.expressions.semantics import Dialect
from o365prov.expressions.syntax.tree import (
    Call,
    MethodCall,
    Name,
    Node,
)
from o365prov.expressions.values.country_codes import CountryCode
from o365prov.expressions.values.instants import to_instant
from o365prov.expressions.values.types import ValueType
from o365prov.rendering import shortened

# Kinds whose values compiled code recognises by one Python type.
_PYTHON: dict[ValueType, type] = {
    ValueType.STRING: str,
    ValueType.INTEGER: int,
    ValueType.NUMBER: float,
    ValueType.BOOLEAN: bool,
    ValueType.LIST: list,
    ValueType.MAP: dict,
    ValueType.COUNTRY: CountryCode,
    ValueType.TIME: datetime,
}
# Results that are of this kind or null, and nothing else.
_RESULTS = frozenset({ValueType.STRING, ValueType.BOOLEAN, ValueType.LIST, ValueType.COUNTRY, ValueType.TIME})


def call(lowering: Lowering, node: Call) -> LoweringStep:
    """A bare function."""
    arguments = yield from lowering.each(node.arguments)
    row = function_of(node, lowering.dialect)
    if row is None:
        return _unknown(lowering, node, node.name)
    return _call_function(lowering, node, row, arguments, node.arguments)


def method_call(lowering: Lowering, node: MethodCall) -> LoweringStep:
    """A function of a namespace, or a method of a value."""
    row = function_of(node, lowering.dialect)
    if row is not None:
        arguments = yield from lowering.each(node.arguments)
        return _call_function(lowering, node, row, arguments, node.arguments)
    row = method(node.name, lowering.dialect)
    if row is None or (isinstance(node.target, Name) and find(call_name(node), Dialect.CLASSIC) is not None):
        arguments = yield from lowering.each(node.arguments)
        return _unknown(lowering, node, call_name(node))
    target = yield from lowering.part(node.target)
    if node.safe:
        writer, name = lowering.writer, lowering.writer.temporary()
        line = writer.place(node)
        writer.set(name, constant(None), line)
        with writer.when(lowering.is_there(target, line), line):
            arguments = yield from lowering.each(node.arguments)
            called = _call_function(lowering, node, row, [target, *arguments], (node.target, *node.arguments))
            writer.set(name, called.load(), line)
        return Operand(name)
    arguments = yield from lowering.each(node.arguments)
    return _call_function(lowering, node, row, [target, *arguments], (node.target, *node.arguments))


def _unknown(lowering: Lowering, node: Node, name: str) -> Operand:
    from o365prov.expressions.functions.suggestions import other_dialect  # noqa: PLC0415 - only unknown names need it

    remedy = other_dialect(name, lowering.dialect) or "names are case-sensitive; check() suggests similar ones"
    return _fail(lowering, node, f"there is no function {shortened(name)}", remedy)


def _fail(lowering: Lowering, node: Node, message: str, remedy: str) -> Operand:
    lowering.writer.shared("fail", runtime.fail)
    return lowering.keep(call_of("fail", constant(message), constant(remedy)), lowering.writer.place(node))


def _call_function(
    lowering: Lowering, node: Node, row: Function, arguments: list[Operand], nodes: tuple[Node, ...]
) -> Operand:
    receivers = bool(row.receivers)
    if not row.accepts(len(arguments) - receivers):
        return _fail(lowering, node, f"{row.name} takes {row.arity}, not {len(arguments) - receivers}", row.signature)
    writer = lowering.writer
    key = ("call", row.name, *((operand.name, type(operand.value), operand.value) for operand in arguments))
    known = writer.recall(key)
    if known is not None:
        return known
    if isinstance(row.implementation, FromBindings):
        return _bindings_value(lowering, node, row.implementation)
    implementation = row.implementation(lowering.options) if row.by_options else row.implementation
    loads = [operand.load() for operand in arguments]
    if row.by_budget:
        loads.insert(0, lowering.budget())
    if row.by_bindings:
        lowering.needs_bindings = True
        loads.insert(0, load_name("bindings"))
    line = writer.place(node, *nodes)
    if "groups()" in row.reads:  # a person may be in very many
        groups = lowering.keep(ast.Attribute(load_name("bindings"), "groups", ast.Load()), line)
        lowering.spend_on(line, groups)
    name = writer.temporary()
    wrapped = writer.cell("g", make_caller(row, implementation))
    convert = call_of(wrapped, *loads)
    fitting = _fit(lowering, row, arguments)
    if fitting is None:
        writer.set(name, convert, line)
    else:
        tests, values = fitting
        direct = written_out(row, arguments, lowering.options)
        if direct is None:
            context = loads[: len(loads) - len(arguments)]
            direct = call_of(writer.cell("f", implementation), *context, *values)
        if not tests:
            writer.set(name, direct, line)
        else:
            with writer.when(tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), tests), line):
                writer.set(name, direct, line)
            with writer.otherwise():
                _convert_and_call(lowering, row, arguments, Operand(name), convert, line)
    if lowering.counts:
        lowering.spend_on(line, *arguments, Operand(name))
    sure = row.result in (ValueType.BOOLEAN, ValueType.INTEGER) and row.null is not None
    or_null = row.result if row.result in _RESULTS else None
    return writer.remember(key, Operand(name, row.result if sure else None, or_null=or_null))


def _convert_and_call(
    lowering: Lowering, row: Function, arguments: list[Operand], result: Operand, call: ast.expr, line: int
) -> None:
    """The call for values that do not fit as they are; null, the commonest of them, is answered on the spot."""
    first = arguments[0]
    if first.kind is not None or row.receivers or row.null is ACCEPTED or row.null is REFUSED:
        lowering.writer.set(result.name, call, line)
        return
    with lowering.writer.when(ast.Compare(first.load(), [ast.Is()], [constant(None)]), line):
        lowering.writer.set(result.name, constant(row.null), line)
    with lowering.writer.otherwise():
        lowering.writer.set(result.name, call, line)


def _bindings_value(lowering: Lowering, node: Node, source: FromBindings) -> Operand:
    """An attribute of the bindings, or whether there is one."""
    lowering.needs_bindings = True
    line = lowering.writer.place(node)
    key = ("binding", source.attribute)
    value = lowering.writer.recall(key)
    if value is None:
        attribute = ast.Attribute(load_name("bindings"), source.attribute, ast.Load())
        value = lowering.writer.remember(key, lowering.keep(attribute, line))
    if not source.present:
        return value
    return lowering.keep(ast.Compare(value.load(), [ast.IsNot()], [constant(None)]), line, ValueType.BOOLEAN)


def _fit(lowering: Lowering, row: Function, arguments: list[Operand]) -> tuple[list[ast.expr], list[ast.expr]] | None:
    """The tests that must hold for calling the implementation directly, and the values that it is then called with.

    None where only the careful way serves.
    """
    tests: list[ast.expr] = []
    values: list[ast.expr] = []
    shift = int(bool(row.receivers))
    for position, operand in enumerate(arguments):
        if position < shift:
            fitted = _fit_operand(lowering, operand, row.receivers, nullable=False)
        else:
            parameter = row.parameter(position - shift)
            if parameter.repeated and parameter.kind is ValueType.ANY and position == len(row.parameters) - 1 + shift:
                spread = _is_any(lowering, operand, (ValueType.LIST,))  # Java spreads one array over the arguments
                fitted = spread, ast.Starred(operand.load(), ast.Load())
            else:
                nullable = parameter.nullable or row.null is ACCEPTED
                fitted = _fit_operand(lowering, operand, (parameter.kind,), nullable=nullable)
        if fitted is None:
            return None
        test, value = fitted
        values.append(value)
        if test is not None:
            tests.append(test)
    return tests, values


def _fit_operand(
    lowering: Lowering, operand: Operand, kinds: tuple[ValueType, ...], *, nullable: bool
) -> tuple[ast.expr | None, ast.expr] | None:
    """The test that an operand fits one of these kinds, if it needs one, and the value that fits."""
    value, null = operand.load(), ast.Compare(operand.load(), [ast.Is()], [constant(None)])
    if kinds == (ValueType.TIME,) and operand.or_null is not ValueType.TIME:
        value = call_of(lowering.writer.shared("to_instant", to_instant), value)
        kinds = (ValueType.STRING,)
    if operand.kind in kinds or (nullable and (operand.is_null or operand.or_null in kinds)):
        return None, value
    if kinds == (ValueType.ANY,):
        if nullable or (operand.is_constant and not operand.is_null):
            return None, value
        return ast.UnaryOp(ast.Not(), null), value
    if operand.is_constant:
        return None
    test = _is_any(lowering, operand, kinds)
    return ast.BoolOp(ast.Or(), [test, null]) if nullable else test, value


def _is_any(lowering: Lowering, operand: Operand, kinds: tuple[ValueType, ...]) -> ast.expr:
    """The test that a value is of one of these kinds."""
    tests = []
    for kind in kinds:
        python = _PYTHON[kind]
        tests.append(operand.test(kind, lowering.writer.shared(python.__name__, python)))
    return tests[0] if len(tests) == 1 else ast.BoolOp(ast.Or(), tests)
