"""Where in the expression compiled code failed: each line of a traceback is a part of the expression."""

from __future__ import annotations

from collections.abc import Iterable
from types import CodeType, TracebackType
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


class Places:
    """The parts of an expression, by the lines of its compiled code."""

    def __init__(self, places: Iterable[Place] = ()) -> None:
        self._places = tuple(places)
        self._by_code: dict[int, list[Place]] = {}

    def of(self, traceback: TracebackType | None) -> Place | None:
        """The innermost place of the compiled code that a failure passed through."""
        found = None
        while traceback is not None:
            code = traceback.tb_frame.f_code
            if code.co_filename == FILE:
                by_instruction = self._by_code.get(id(code)) or self._read(code)
                found = by_instruction[traceback.tb_lasti // 2]
            traceback = traceback.tb_next
        return found

    def _read(self, code: CodeType) -> list[Place]:
        """The place of each instruction; finding one line in Python's own table takes as long as the evaluation."""
        places = [self._places[(line or 1) - 1] for start, end, line in code.co_lines() for _ in range(start, end, 2)]
        self._by_code[id(code)] = places  # the code lives as long as the function that these places belong to
        return places


def evaluation_error(failure: EvaluationFailure, text: str, places: Places) -> EvaluationError:
    """The failure as callers see it: with its place, and the name of the part that it speaks of."""
    place = places.of(failure.__traceback__)
    if place is None:
        return EvaluationError(failure.message, remedy=failure.remedy)
    start, end, operand = place.start, place.end, "this"
    if failure.blame is not None and failure.blame < len(place.operands):
        node = place.operands[failure.blame]
        start, end, operand = node.start, node.end, text[node.start : node.end]
        if len(operand) > 80:
            operand = f"{operand[:77]}..."
    message, remedy = failure.message, failure.remedy
    if "{operand}" in message:
        operand = " ".join(operand.split())
        message = message.replace("{operand}", operand)
        remedy = remedy.replace("{operand}", operand if len(operand) < 40 else "x")
    return EvaluationError(message, text=text, start=start, end=end, remedy=remedy)
