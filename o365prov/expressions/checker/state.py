"""What is known while an expression is checked, and how a check says what it found."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Literal, TypeAlias

from o365prov.errors import Issue
from o365prov.expressions.checker.contexts import Context
from o365prov.expressions.checker.nullness import Guarantee, never_null
from o365prov.expressions.diagnostics import Diagnostic, Schema
from o365prov.expressions.semantics import Dialect, EvaluationOptions
from o365prov.expressions.syntax.tree import Node
from o365prov.expressions.values.types import ValueType
from o365prov.rendering import shortened

if TYPE_CHECKING:
    from o365prov.expressions.patterns import WrittenPatterns

Checking: TypeAlias = Generator[Node, ValueType | None, ValueType | None]
"""One step of the walk: it yields the parts whose kinds it needs, and returns the kind of the whole."""

_LONGEST = 250
"""Characters of a message and of a remedy: together they are a few lines of a terminal."""
_OF_DIALECT = frozenset({"other-dialect", "unknown-function", "internal-property", "not-called"})
"""What is said of the dialect that an expression is read in: none of it helps where the other one is due."""


class CheckState:
    """What is known while the tree is walked."""

    def __init__(
        self,
        tree: Node,
        text: str,
        dialect: Dialect,
        options: EvaluationOptions,
        schema: Schema,
        context: Context | None,
    ) -> None:
        self.tree = tree
        self.text = text
        self.dialect = dialect
        self.semantics = options.semantics
        self.limits = options.limits
        self.schema = schema
        self.context = context
        self.diagnostics: list[Diagnostic] = []
        self.guarantees: list[frozenset[Guarantee]] = [frozenset()]
        self.elements = 0
        self.compared: set[int] = set()
        self.patterns: WrittenPatterns | None = None

    def error(self, code: str, node: Node, message: str, remedy: str = "", fix: str | None = None) -> None:
        """Note what Okta refuses, or what must fail."""
        self.note(_issue(code, message, remedy), node.start, node.end, fix)

    def warn(self, code: str, node: Node, message: str, remedy: str = "", fix: str | None = None) -> None:
        """Note what is doubtful."""
        self.note(_issue(code, message, remedy, severity="warning"), node.start, node.end, fix)

    def note(self, issue: Issue, start: int, end: int, fix: str | None = None) -> None:
        """Note an issue with a part of the text."""
        if issue.code in _OF_DIALECT and self.context is not None and self.context.dialect is not self.dialect:
            return
        self.diagnostics.append(Diagnostic(issue, self.text, start, end, fix))

    def is_never_null(self, node: Node) -> bool:
        """Whether a part can't be null here."""
        return never_null(node, self.guarantees[-1], self.dialect)

    @staticmethod
    def each(parts: tuple[Node, ...]) -> Generator[Node, ValueType | None, list[ValueType | None]]:
        """The kinds of parts, in order."""
        kinds: list[ValueType | None] = []
        for part in parts:
            kind = yield part
            kinds.append(kind)
        return kinds


def _issue(code: str, message: str, remedy: str, *, severity: Literal["error", "warning"] = "error") -> Issue:
    """An issue without the end of names that have none; the diagnostic's text and fix have all of it."""
    return Issue(code, shortened(message, _LONGEST), shortened(remedy, _LONGEST), severity=severity)
