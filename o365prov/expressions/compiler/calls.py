"""Functions and methods: which implementation, called how."""

from __future__ import annotations

import ast

from o365prov.expressions.compiler import runtime
from o365prov.expressions.compiler.codegen import Operand, call_of, constant, load_name
from o365prov.expressions.compiler.state import Lowering, LoweringStep
from o365prov.expressions.functions.function import FromBindings, Function
from o365prov.expressions.functions.registry import call_name, find, function_of, method
from o365prov.expressions.semantics import Dialect
from o365prov.expressions.syntax.tree import (
    Call,
    MethodCall,
    Name,
    Node,
)
from o365prov.expressions.values.types import ValueType
from o365prov.rendering import shortened

# Kinds whose values compiled code recognises by one Python type.
_SIMPLE = {
    ValueType.STRING: "str",
    ValueType.INTEGER: "int",
    ValueType.NUMBER: "float",
    ValueType.BOOLEAN: "bool",
    ValueType.LIST: "list",
}
_TYPES = {"int": int, "float": float, "list": list}
# Results that are of this kind or null, and nothing else.
_RESULTS = {ValueType.STRING: ValueType.STRING, ValueType.BOOLEAN: ValueType.BOOLEAN}


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
    if row.by_bindings:  # groups, mostly: a person may be in very many
        groups = lowering.keep(ast.Attribute(load_name("bindings"), "groups", ast.Load()), line)
        lowering.spend_on(line, groups)
    tests = _type_tests(lowering, row, arguments)
    name = writer.temporary()
    if tests is None:
        wrapped = writer.cell("g", runtime.make_caller(row, implementation))
        writer.set(name, call_of(wrapped, *loads), line)
    else:
        direct = writer.cell("f", implementation)
        if not tests:
            writer.set(name, call_of(direct, *loads), line)
        else:
            wrapped = writer.cell("g", runtime.make_caller(row, implementation))
            test = tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), tests)
            with writer.when(test, line):
                writer.set(name, call_of(direct, *loads), line)
            with writer.otherwise():
                _convert_and_call(lowering, row, arguments, len(tests), Operand(name), call_of(wrapped, *loads), line)
    if lowering.counts:
        lowering.spend_on(line, *arguments, Operand(name))
    sure = row.result in (ValueType.BOOLEAN, ValueType.INTEGER) and row.null is not None
    return writer.remember(key, Operand(name, row.result if sure else None, or_null=_RESULTS.get(row.result)))


def _convert_and_call(
    lowering: Lowering, row: Function, arguments: list[Operand], tests: int, result: Operand, call: ast.expr, line: int
) -> None:
    """The call for values that do not fit as they are; null, the commonest of them, is answered on the spot."""
    first = arguments[0]
    answered = tests == 1 and first.kind is None and (row.null is None or row.null is False) and not row.receivers
    if not answered:
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


def _type_tests(lowering: Lowering, row: Function, arguments: list[Operand]) -> list[ast.expr] | None:
    """The tests that must hold for calling the implementation directly; None where only the careful way serves."""
    tests: list[ast.expr] = []
    kinds = [parameter.kind for parameter in row.parameters]
    match row.receivers:
        case ():
            pass
        case (kind,) if kind in _SIMPLE:
            kinds.insert(0, kind)
        case _:
            return None
    for position, operand in enumerate(arguments):
        kind = kinds[min(position, len(kinds) - 1)]
        if operand.kind is kind:
            continue
        if kind not in _SIMPLE or operand.is_constant:
            return None
        python = _SIMPLE[kind]
        if python in _TYPES:
            lowering.writer.shared(python, _TYPES[python])
        tests.append(operand.test(kind, python))
    return tests
