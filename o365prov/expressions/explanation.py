"""What every part of an expression gave."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Literal

from attrs import field, frozen

from o365prov._fields import typed
from o365prov.errors import EvaluationError
from o365prov.rendering import Document, Overviewed, first_rows, overview, shortened

_MOST = 20
_MOST_CHARACTERS = 200
_DEEPEST = 4


@frozen(field_transformer=typed)
class ExpressionPart:
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


@frozen(field_transformer=typed)
class Explanation(Overviewed):
    """The value of an expression, or why it has none, and what its parts gave.

    Args:
        value: the value; None where *error* says why there is none.
        error: what went wrong, or None.
        parts: the parts of the expression, those that contain others first.

    """

    value: Any = field(repr=False)
    error: EvaluationError | None
    parts: tuple[ExpressionPart, ...] = field(repr=False)

    def __str__(self) -> str:
        """One line a part, indented; literals are left out, and of long values the end."""
        return "\n".join(self._lines())

    def _overview(self) -> Document:
        rows = (("\u00a0\u00a0" * part.depth + " ".join(part.text.split()), self._outcome(part)) for part in self.parts)
        facts = {"value": shown_value(self.value)} if self.error is None else {"error": str(self.error)}
        return overview("Explanation", facts, first_rows("Parts", ("Part", "Gave"), rows, len(self.parts)))

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
    def _outcome(part: ExpressionPart) -> str:
        match part.state:
            case "value":
                more = len(part.values) - _MOST
                rest = [f"{more} more"] if more > 0 else []
                return ", ".join([*map(shown_value, part.values[:_MOST]), *rest])
            case "failed":
                return "could not be evaluated"
        return "not reached"


def _is_literal(text: str) -> bool:
    return text[:1] in "'\"0123456789" or text.lower() in ("true", "false", "null")


def shown_value(value: object) -> str:
    """A value as JSON has it, without the end of what is long."""
    import json  # noqa: PLC0415 - importing stays cheap

    return json.dumps(_brief(value), ensure_ascii=False, default=str)


def _brief(value: object, depth: int = 0) -> object:
    """A value without the end of its long strings, lists and maps: each part of an expression shows its own."""
    if isinstance(value, str):
        return shortened(value, _MOST_CHARACTERS)
    if isinstance(value, list | dict) and depth == _DEEPEST:
        return "…"
    if isinstance(value, list):
        cut = ["…"] if len(value) > _MOST else []
        return [*(_brief(item, depth + 1) for item in value[:_MOST]), *cut]
    if isinstance(value, dict):
        end = {"…": "…"} if len(value) > _MOST else {}
        return {key: _brief(item, depth + 1) for key, item in islice(value.items(), _MOST)} | end
    return value
