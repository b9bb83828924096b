"""What the checker is asked and what it says."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal, TypeAlias

from attrs import frozen

from o365prov._fields import typed
from o365prov.errors import Issue
from o365prov.rendering import shortened

Schema: TypeAlias = Mapping[str, Collection[str] | Mapping[str, str]]
"""Root names to the names of their attributes, or to a mapping of names to types."""


@frozen(field_transformer=typed)
class Diagnostic:
    """One issue with an expression, and where it is.

    Args:
        issue: what is wrong: an ``error`` for what Okta refuses or what must fail, a ``warning`` for what is doubtful,
            a ``hint`` for what could be shorter or has no effect.
        text: the expression.
        start: where it begins, in characters from 0.
        end: where it ends, exclusive.
        fix: the string that should replace ``text[start:end]``, where one is known.

    """

    issue: Issue
    text: str
    start: int
    end: int
    fix: str | None = None

    @property
    def code(self) -> str:
        """A stable word for the kind of issue, such as ``unknown-function``."""
        return self.issue.code

    @property
    def message(self) -> str:
        """What is wrong."""
        return self.issue.message

    @property
    def remedy(self) -> str:
        """What to do about it, or empty."""
        return self.issue.remedy

    @property
    def severity(self) -> Literal["error", "warning", "hint"]:
        """Whether Okta refuses the expression, it is doubtful, or it could only be better."""
        return self.issue.severity

    @property
    def line(self) -> int:
        """The line, from 1."""
        return self.text.count("\n", 0, self.start) + 1

    @property
    def column(self) -> int:
        """The column, from 1."""
        return self.start - (self.text.rfind("\n", 0, self.start) + 1) + 1

    def __repr__(self) -> str:
        """One line of 300 characters at most, however long the expression is."""
        return f"<Diagnostic {self.code}: {shortened(' '.join(str(self).split()), 240)}>"

    def fixed(self) -> str:
        """The expression with the fix applied; unchanged where there is none."""
        return self.text if self.fix is None else self.text[: self.start] + self.fix + self.text[self.end :]

    def to_lsp(self) -> dict[str, Any]:
        """The diagnostic in the shape of the Language Server Protocol, for editors.

        Lines and characters count from 0; a character beyond U+FFFF counts as two, as UTF-16 has it.

        Source: Language Server Protocol 3.17, "Diagnostic" and "Position".

        Example:
            >>> from o365prov.expressions import check_text
            >>> [diagnostic] = check_text("upper(user.city)")
            >>> diagnostic.to_lsp()["range"]
            {'start': {'line': 0, 'character': 0}, 'end': {'line': 0, 'character': 5}}

        """
        return {
            "range": {"start": _lsp_position(self.text, self.start), "end": _lsp_position(self.text, self.end)},
            "severity": _LSP_SEVERITIES[self.severity],
            "code": self.code,
            "source": "o365prov",
            "message": f"{self.message}; {self.remedy}" if self.remedy else self.message,
        }

    def __str__(self) -> str:
        """One line: severity, message, place, remedy."""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{self.severity}: {self.message} (line {self.line}, column {self.column}){remedy}"


_LSP_SEVERITIES = {"error": 1, "warning": 2, "hint": 4}


def _lsp_position(text: str, place: int) -> dict[str, int]:
    """A place as a line and a character, as the protocol counts them: its lines end with any of the three ends."""
    before = text[:place]
    ended = before[:-1] if before.endswith("\r") and text.startswith("\n", place) else before
    lines = ended.count("\n") + ended.count("\r") - ended.count("\r\n")
    begin = max(ended.rfind("\n"), ended.rfind("\r")) + 1
    return {"line": lines, "character": len(before[begin:].encode("utf-16-le", "surrogatepass")) // 2}
