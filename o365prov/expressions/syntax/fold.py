"""Walks over a tree that call no function inside a function: deep trees cost memory, never Python's stack."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeVar, cast

from o365prov.expressions.syntax.tree import Node

Folded = TypeVar("Folded")


def fold(tree: Node, step: Callable[[Node], Generator[Node, Folded, Folded]]) -> Folded:
    """Fold a tree with a generator a node: it yields the parts it wants, receives their results, and returns its own.

    Args:
        tree: where to begin.
        step: makes the generator of a node. What it yields decides the order, so that a step can write something
            between two parts.

    Returns:
        What the generator of *tree* returned.

    """
    waiting = [step(tree)]
    answer: Folded | None = None
    while True:
        try:
            part = waiting[-1].send(cast("Folded", answer))
        except StopIteration as done:
            waiting.pop()
            answer = done.value
            if not waiting:
                return cast("Folded", answer)
        else:
            waiting.append(step(part))
            answer = None
