"""Tree to one Python function. ``explain`` is the same compilation with an observer.

The function is straight-line code: each part of the expression becomes an assignment, choices become ``if``. The
simple case is written out (the attribute of a dict, two strings added), every other case is a call of the one function
that holds the rule. What was computed before on the same way is not computed again: all functions are pure within one
evaluation.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

from o365prov.expressions.bindings import Bindings
from o365prov.expressions.compiler import calls, choices, lists, operators, references, runtime
from o365prov.expressions.compiler.codegen import Operand, call_method, call_of, constant, is_type, load_name
from o365prov.expressions.compiler.places import Places
from o365prov.expressions.compiler.state import Lowering, LoweringStep
from o365prov.expressions.references import references as references_of
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
    walk,
)
from o365prov.expressions.values.budget import Budget
from o365prov.expressions.values.failures import STOPPING
from o365prov.expressions.values.types import ValueType

CompiledTree: TypeAlias = tuple[Callable[..., object], Places]


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
    lowering = Lowering(dialect, options)
    lowering.begin(tree)

    def observed_step(node: Node) -> LoweringStep:
        operand = yield from _step(lowering, node)
        writer = lowering.writer
        seen = call_of("seen", load_name(writer.cell("n", node)), operand.load())
        writer.add(ast.Expr(seen), writer.place(node))
        return operand

    result = fold(tree, observed_step if observed else lambda node: _step(lowering, node))
    line = lowering.writer.place(tree)
    lowering.writer.add(ast.Return(_leaving(lowering, result)), line)
    budget = _budget(lowering, load_name("budget"), line) if lowering.needs_budget else []
    return _finish(lowering, [*_prologue(lowering, line), *budget]), Places(lowering.writer.places)


def compile_trees(
    trees: Sequence[Node],
    dialect: Dialect,
    options: EvaluationOptions,
    fail: Callable[[int, Exception, list[int]], object],
    longest: Sequence[int],
) -> CompiledTree:
    """Compile trees that are evaluated for the same person into one function: roots are found once.

    Args:
        trees: what the parser gave.
        dialect: which functions and methods exist.
        options: the answers to open questions, and the limits, which each tree has for itself.
        fail: what stands for the value of a tree when its evaluation fails; it is given its position, what stopped it,
            and the positions that are not usual, to which it adds its own.
        longest: for each tree, how many characters a usual value has at most; 0 where no value is usual.

    Returns:
        The function, which takes a mapping of roots or Bindings and gives a list of values, and the positions of those
        that are not usual: neither null nor a string, empty, or longer; and the places that its line numbers stand for.

    """
    lowering = Lowering(dialect, options)
    writer = lowering.writer
    writer.shared("STOPPING", STOPPING)
    if options.semantics.missing == "null":  # then a root can't fail, and every tree may know it
        named = {path[0] for tree in trees for path in references_of(tree, dialect)}
        for node in dict.fromkeys(node for tree in trees for node, _ in walk(tree) if isinstance(node, Name)):
            if node.name in named:
                references.name(lowering, node)
    results: list[ast.expr] = []
    writer.set("unusual", ast.List([], ast.Load()), 1)
    for position, (tree, most) in enumerate(zip(trees, longest, strict=True)):
        lowering.begin(tree)
        name, line = writer.temporary(), writer.place(tree)
        with writer.guarded("STOPPING", writer.cell("failed", partial(fail, position)), "unusual", name, line) as body:
            result = fold(tree, lambda node: _step(lowering, node))
            line = writer.place(tree)
            writer.set(name, result.load(), line)
            with writer.when(_is_unusual(load_name(name), most), line):
                writer.set(name, _leaving(lowering, result), line)
                writer.add(ast.Expr(call_method(load_name("unusual"), "append", constant(position))), line)
            if lowering.needs_budget:
                body[:0] = _budget(lowering, constant(None), line)
        results.append(load_name(name))
    line = writer.place(trees[0])
    writer.add(ast.Return(ast.Tuple([ast.List(results, ast.Load()), load_name("unusual")], ast.Load())), line)
    return _finish(lowering, _prologue(lowering, line)), Places(writer.places)


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


def _is_unusual(value: ast.expr, longest: int) -> ast.expr:
    if not longest:
        return constant(True)
    size = ast.Compare(constant(0), [ast.Lt(), ast.LtE()], [call_of("len", value), constant(longest)])
    text = ast.BoolOp(ast.And(), [is_type(value, "str"), size])
    return ast.UnaryOp(ast.Not(), ast.BoolOp(ast.Or(), [text, _is_null(value)]))


def _is_null(value: ast.expr) -> ast.expr:
    return ast.Compare(value, [ast.Is()], [constant(None)])


def _leaving(lowering: Lowering, result: Operand) -> ast.expr:
    """A result as it leaves the language."""
    value = result.load()
    ready = {ValueType.STRING, ValueType.BOOLEAN}  # kinds, and null, that leave the language as they are
    if result.kind in ready or result.kind is ValueType.INTEGER or result.or_null in ready or result.is_constant:
        return value
    lowering.writer.shared("leave", runtime.make_exit(lowering.options.limits))
    left = call_of("leave", value, load_name("budget") if lowering.needs_budget else constant(None))
    return ast.IfExp(ast.BoolOp(ast.Or(), [is_type(value, "str"), _is_null(value)]), value, left)


def _finish(lowering: Lowering, prologue: list[ast.stmt]) -> Callable[..., object]:
    """The function, of what was written."""
    writer = lowering.writer
    code = writer.finish(prologue, ("values", "budget", "seen"))
    exec(code, writer.namespace)  # noqa: S102 - made from our own tree, never from text
    run: Callable[..., object] = writer.namespace["run"]
    return run


def _budget(lowering: Lowering, given: ast.expr, line: int) -> list[ast.stmt]:
    """The budget that was given, or a new one."""
    lowering.writer.shared("Budget", Budget)
    fresh = call_of("Budget", load_name(lowering.writer.shared("limits", lowering.options.limits)))
    budget = fresh if isinstance(given, ast.Constant) else ast.BoolOp(ast.Or(), [given, fresh])
    return [ast.Assign([ast.Name("budget", ast.Store())], budget, lineno=line, end_lineno=line)]


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
        writer.shared("Bindings", Bindings)
        of_bindings = ast.Attribute(given, "roots", ast.Load())
        other = ast.IfExp(is_type(given, "Bindings"), of_bindings, call_of("roots_of", given))
        set_("roots", ast.IfExp(is_type(given, "dict"), given, other))
        if writer.is_divided:
            set_("bindings", constant(None))
    return statements
