"""What the checker says."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

__all__ = ["Diagnostic"]


@frozen
class Diagnostic:
    """One finding about an expression.

    Args:
        code: a stable word for the kind of finding, such as ``unknown-function``.
        severity: ``error`` for what Okta refuses or what must fail, ``warning`` for what is doubtful.
        message: what is found.
        text: the expression.
        start: where it begins, in characters from 0.
        end: where it ends, exclusive.
        hint: what to do, or empty.
        fix: the text that should replace ``text[start:end]``, where one is known.

    """

    code: str
    severity: Literal["error", "warning"]
    message: str
    text: str
    start: int
    end: int
    hint: str = ""
    fix: str | None = None

    @property
    def line(self) -> int:
        """The line, from 1."""
        return self.text.count("\n", 0, self.start) + 1

    @property
    def column(self) -> int:
        """The column, from 1."""
        return self.start - (self.text.rfind("\n", 0, self.start) + 1) + 1

    def fixed(self) -> str:
        """The expression with the fix applied; unchanged where there is none."""
        return self.text if self.fix is None else self.text[: self.start] + self.fix + self.text[self.end :]

    def __str__(self) -> str:
        """One line: severity, message, place, hint."""
        hint = f"; {self.hint}" if self.hint else ""
        return f"{self.severity}: {self.message} (line {self.line}, column {self.column}){hint}"
