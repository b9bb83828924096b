"""Where in the expression compiled code failed: each line of a traceback is a part of the expression."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

from attrs import frozen

from o365prov.errors import EvaluationError
from o365prov.expressions.values.failures import EvaluationFailure

if TYPE_CHECKING:
    from o365prov.expressions.syntax.tree import Node

FILE = "<okta expression>"
"""The file that tracebacks name for compiled code."""


@frozen
class Place:
    """What one line of the compiled function does: a part of the expression, and the parts that it works on."""

    node: Node
    operands: tuple[Node, ...]
    start: int
    end: int


def evaluation_error(failure: EvaluationFailure, text: str, places: tuple[Place, ...]) -> EvaluationError:
    """The failure as callers see it: with its place, and the name of the part that it speaks of."""
    place = place_of(failure.__traceback__, places)
    if place is None:
        return EvaluationError(failure.message, remedy=failure.remedy)
    start, end, operand = place.start, place.end, "this"
    if failure.blame is not None and failure.blame < len(place.operands):
        node = place.operands[failure.blame]
        start, end, operand = node.start, node.end, text[node.start : node.end]
        if len(operand) > 80:
            operand = f"{operand[:77]}..."
    operand = " ".join(operand.split())
    message, remedy = failure.message.replace("{operand}", operand), failure.remedy
    remedy = remedy.replace("{operand}", operand if len(operand) < 40 else "x")
    return EvaluationError(message, text=text, start=start, end=end, remedy=remedy)


def place_of(traceback: TracebackType | None, places: tuple[Place, ...]) -> Place | None:
    """The innermost place of the compiled code that the failure passed through."""
    found = None
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == FILE:
            found = places[traceback.tb_lineno - 1]
        traceback = traceback.tb_next
    return found
