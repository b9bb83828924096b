"""What every part of an expression gave: compiled as for evaluation, with an observer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from o365prov.expressions.bindings import Bindings
from o365prov.expressions.compiler.compiler import compile_tree
from o365prov.expressions.compiler.places import evaluation_error
from o365prov.expressions.explanation import Explanation, ExpressionPart
from o365prov.expressions.functions.registry import function_of
from o365prov.expressions.semantics import Dialect, EvaluationOptions
from o365prov.expressions.syntax.tree import MethodCall, Node, children, walk
from o365prov.expressions.values.conversion import plain
from o365prov.expressions.values.failures import STOPPING, as_failure


def explain(
    tree: Node, text: str, dialect: Dialect, options: EvaluationOptions, values: Mapping[str, Any] | Bindings
) -> Explanation:
    """Evaluate with an observer; see :meth:`Expression.explain`."""
    seen: dict[int, list[Any]] = {}
    copies: dict[int, tuple[object, object]] = {}  # by identity: many parts may give one large value

    def copy_of(value: object) -> object:
        if not isinstance(value, list | tuple | Mapping):
            return plain(value)
        if id(value) not in copies:
            copies[id(value)] = value, plain(value)  # the value is kept, so that its identity stays its own
        return copies[id(value)][1]

    def observe(node: Node, value: object) -> None:
        seen.setdefault(id(node), []).append(copy_of(value))

    run, places = compile_tree(tree, dialect, options, observed=True)
    value, error, failed = None, None, frozenset[int]()
    try:
        value = run(values, None, observe)
    except STOPPING as stopped:
        failure = as_failure(stopped)
        error = evaluation_error(failure, text, places)
        place = places.of(failure.__traceback__)
        failed = frozenset() if place is None else _with_parents(tree, place.node)
    spaces = {  # the String of String.len is part of a name, no value
        id(node.target)
        for node, _ in walk(tree)
        if isinstance(node, MethodCall) and function_of(node, dialect) is not None
    }
    parts = tuple(
        ExpressionPart(
            node.start,
            node.end,
            text[node.start : node.end],
            depth - 1,
            "failed" if id(node) in failed else "value" if id(node) in seen else "not reached",
            tuple(seen.get(id(node), ())),
        )
        for node, depth in walk(tree)
        if id(node) not in spaces
    )
    return Explanation(value, error, parts)


def _with_parents(tree: Node, failed: Node) -> frozenset[int]:
    """The failed node and all that contain it."""
    parents = {id(part): node for node, _ in walk(tree) for part in children(node)}
    chain = {id(failed)}
    node: Node | None = failed
    while (node := parents.get(id(node))) is not None:
        chain.add(id(node))
    return frozenset(chain)
