"""What every part of an expression gave: the same lowering as evaluation, with an observer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from attrs import field, frozen

from o365prov.errors import EvaluationError
from o365prov.expressions.bindings import Bindings
from o365prov.expressions.compiler.compiler import lowered
from o365prov.expressions.compiler.places import located, place_of
from o365prov.expressions.functions.lookup import function_of
from o365prov.expressions.semantics import Dialect, EvaluationOptions
from o365prov.expressions.syntax.tree import MethodCall, Node, children, walk
from o365prov.expressions.values.conversion import plain
from o365prov.expressions.values.failures import EvaluationFailure, too_deep


@frozen
class Part:
    """One part of an expression and what became of it.

    Args:
        start: where it begins in the text, in characters from 0.
        end: where it ends, exclusive.
        text: its text.
        depth: how deep it lies, from 0.
        state: ``value``; ``failed`` for the part that could not be evaluated and all that contain it; ``not reached``
            for a branch not taken and for what a failure kept from running.
        values: what it gave: one value, or one for each element inside a projection or selection; personal.

    """

    start: int
    end: int
    text: str = field(repr=False)
    depth: int
    state: Literal["value", "failed", "not reached"]
    values: tuple[Any, ...] = field(repr=False)

    @property
    def value(self) -> Any:
        """The value of a part outside projections; None, too, where there is none, so look at *state* first."""
        return self.values[-1] if self.values else None


@frozen
class Explanation:
    """The value of an expression, or why it has none, and what its parts gave."""

    value: Any = field(repr=False)
    error: EvaluationError | None
    parts: tuple[Part, ...] = field(repr=False)

    def __str__(self) -> str:
        """One line a part, indented; literals are left out."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for part in self.parts:
            text = " ".join(part.text.split())
            if part.state == "value" and len(part.values) == 1 and _is_literal(text):
                continue
            shown = text if len(text) <= 70 else f"{text[:67]}..."
            yield f"{'  ' * part.depth}{shown} => {self._outcome(part)}"
        if self.error is not None:
            yield str(self.error)

    @staticmethod
    def _outcome(part: Part) -> str:
        match part.state:
            case "value":
                return ", ".join(map(_shown, part.values))
            case "failed":
                return "could not be evaluated"
        return "not reached"


def explained(
    tree: Node, text: str, dialect: Dialect, options: EvaluationOptions, values: Mapping[str, Any] | Bindings
) -> Explanation:
    """Evaluate with an observer; see :meth:`Expression.explain`."""
    seen: dict[int, list[Any]] = {}

    def observe(node: Node, value: object) -> None:
        seen.setdefault(id(node), []).append(plain(value))

    run, places = lowered(tree, dialect, options, observed=True)
    value, error, failed = None, None, frozenset[int]()
    try:
        value = run(values, observe)
    except (EvaluationFailure, RecursionError) as stopped:
        failure = too_deep(stopped) if isinstance(stopped, RecursionError) else stopped
        error = located(failure, text, places)
        place = place_of(failure.__traceback__, places)
        failed = frozenset() if place is None else _above(tree, place.node)
    spaces = {  # the String of String.len is part of a name, no value
        id(node.target)
        for node, _ in walk(tree)
        if isinstance(node, MethodCall) and function_of(node, dialect) is not None
    }
    parts = tuple(
        Part(
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


def _above(tree: Node, failed: Node) -> frozenset[int]:
    """The failed node and all that contain it."""
    parents = {id(part): node for node, _ in walk(tree) for part in children(node)}
    chain = {id(failed)}
    node: Node | None = failed
    while (node := parents.get(id(node))) is not None:
        chain.add(id(node))
    return frozenset(chain)


def _is_literal(text: str) -> bool:
    return text[:1] in "'\"0123456789" or text.lower() in ("true", "false", "null")


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
