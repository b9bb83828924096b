"""Tree to one Python function. ``explain`` is the same compilation with an observer.

The function is straight-line code: each part of the expression becomes an assignment, choices become ``if``. The
simple case is written out (the attribute of a dict, two strings added), every other case is a call of the one function
that holds the rule. What was computed before on the same way is not computed again: all functions are pure within one
evaluation.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TypeAlias

from o365prov.expressions.bindings import Bindings
from o365prov.expressions.compiler import calls, choices, lists, operators, references, runtime
from o365prov.expressions.compiler.codegen import Operand, call_of, constant, is_type, load_name
from o365prov.expressions.compiler.places import Place
from o365prov.expressions.compiler.state import Lowering, LoweringStep
from o365prov.expressions.semantics import Dialect, EvaluationOptions
from o365prov.expressions.syntax.tree import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Elvis,
    Index,
    ListLiteral,
    Literal,
    Logic,
    MapLiteral,
    Member,
    MethodCall,
    Name,
    Node,
    Power,
    Projection,
    Selection,
    Unary,
    fold,
)
from o365prov.expressions.values.budget import Budget
from o365prov.expressions.values.types import ValueType

CompiledTree: TypeAlias = tuple[Callable[..., object], tuple[Place, ...]]


def compile_tree(tree: Node, dialect: Dialect, options: EvaluationOptions, *, observed: bool = False) -> CompiledTree:
    """Compile a tree.

    Args:
        tree: what the parser gave.
        dialect: which functions and methods exist.
        options: the answers to open questions, and the limits.
        observed: whether the function takes an observer as third argument, which it calls with each part's node and
            value.

    Returns:
        The function, which takes a mapping of roots or Bindings, and the budget that it shares with another one or
        None; and the places that its line numbers stand for.

    """
    lowering = Lowering(tree, dialect, options)

    def observed_step(node: Node) -> LoweringStep:
        operand = yield from _step(lowering, node)
        writer = lowering.writer
        seen = call_of("seen", load_name(writer.cell("n", node)), operand.load())
        writer.add(ast.Expr(seen), writer.place(node))
        return operand

    result = fold(tree, observed_step if observed else lambda node: _step(lowering, node))
    return _finish(lowering, tree, result), tuple(lowering.writer.places)


def _step(lowering: Lowering, node: Node) -> LoweringStep:
    """Lower one node; the parts it yields come back as operands."""
    match node:
        case Literal(value=value):
            return references.literal(lowering, value)
        case Name():
            return references.name(lowering, node)
        case Member():
            return (yield from references.member(lowering, node))
        case Index():
            return (yield from references.index(lowering, node))
        case Call():
            return (yield from calls.call(lowering, node))
        case MethodCall():
            return (yield from calls.method_call(lowering, node))
        case Unary():
            return (yield from operators.unary(lowering, node))
        case Power():
            return (yield from operators.power(lowering, node))
        case Arithmetic():
            return (yield from operators.arithmetic(lowering, node))
        case Comparison():
            return (yield from operators.comparison(lowering, node))
        case Logic():
            return (yield from choices.logic(lowering, node))
        case Conditional():
            return (yield from choices.conditional(lowering, node))
        case Elvis():
            return (yield from choices.elvis(lowering, node))
        case Projection():
            return (yield from lists.projection(lowering, node))
        case Selection():
            return (yield from lists.selection(lowering, node))
        case ListLiteral(items=items):
            return (yield from lists.list_literal(lowering, node, items))
        case MapLiteral(entries=entries):
            return (yield from lists.map_literal(lowering, node, entries))


def _finish(lowering: Lowering, tree: Node, result: Operand) -> Callable[..., object]:
    """The function, of what was written."""
    writer = lowering.writer
    line = writer.place(tree)
    value = result.load()
    ready = {ValueType.STRING, ValueType.BOOLEAN}  # kinds, and null, that leave the language as they are
    if result.kind in ready or result.or_null in ready or result.is_null:
        writer.add(ast.Return(value), line)
    else:
        writer.shared("leave", runtime.make_exit(lowering.options.limits))
        left = call_of("leave", value, load_name("budget"))
        writer.add(ast.Return(ast.IfExp(is_type(value, "str"), value, left)), line)
    code = writer.finish(_prologue(lowering, line), ("values", "budget", "seen"))
    exec(code, writer.namespace)  # noqa: S102 - made from our own tree, never from text
    run: Callable[..., object] = writer.namespace["run"]
    return run


def _prologue(lowering: Lowering, line: int) -> list[ast.stmt]:
    """What the function does first: it finds the roots, and the bindings where functions need them."""
    writer, given = lowering.writer, load_name("values")
    statements: list[ast.stmt] = []

    def set_(name: str, value: ast.expr) -> None:
        statements.append(ast.Assign([ast.Name(name, ast.Store())], value, lineno=line, end_lineno=line))

    if lowering.needs_bindings:
        writer.shared("Bindings", Bindings)
        writer.shared("bindings_of", runtime.bindings_of)
        set_("bindings", ast.IfExp(is_type(given, "Bindings"), given, call_of("bindings_of", given)))
        set_("roots", ast.Attribute(load_name("bindings"), "roots", ast.Load()))
    else:
        writer.shared("roots_of", runtime.roots_of)
        set_("roots", ast.IfExp(is_type(given, "dict"), given, call_of("roots_of", given)))
        if writer.is_divided:
            set_("bindings", constant(None))
    if lowering.needs_budget:
        writer.shared("Budget", Budget)
        fresh = call_of("Budget", load_name(writer.cell("limits", lowering.options.limits)))
        set_("budget", ast.BoolOp(ast.Or(), [load_name("budget"), fresh]))
    return statements
