"""An expression that was found in a file: what it says, where it stands, and what is wrong with it, at its place."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Literal

from attrs import field, frozen

from o365prov._fields import typed
from o365prov.errors import ConfigurationError, ExpressionSyntaxError, Issue
from o365prov.expressions.checker.check_text import check_text
from o365prov.expressions.checker.contexts import CONTEXTS
from o365prov.expressions.diagnostics import Diagnostic, Schema
from o365prov.expressions.embedded.document import Span
from o365prov.expressions.okta_templates import expression_of_template, is_template
from o365prov.rendering import shortened


@frozen(field_transformer=typed)
class FoundExpression:
    """One expression inside another file.

    Args:
        place: where it stands, by names: ``okta_group_rule.sales.expression_value``.
        context: which expressions its place takes, as ``check(context=...)`` names them.
        text: the expression, as Okta gets it.
        source: the text of the file.
        spans: where each character of the expression is written in the file, and at the end where it is finished.
        form: how a fix is written there: ``json``, ``terraform_json``, ``quoted`` or ``here_document``.
        legacy: whether the place may hold a template in the form ``${source.login}``.
        not_checked: why it can't be known from the file, such as that Terraform computes it; empty where it can.

    Raises:
        ConfigurationError: there is no such context, or there are not as many spans as characters, and one more.

    """

    place: str
    context: str
    text: str = field(repr=shortened)
    source: str = field(repr=False)
    spans: tuple[Span, ...] = field(repr=False)
    form: Literal["json", "terraform_json", "quoted", "here_document"]
    legacy: bool = False
    not_checked: str = ""

    def __attrs_post_init__(self) -> None:
        if self.context not in CONTEXTS:
            raise ConfigurationError(f"FoundExpression.context should be one of {', '.join(CONTEXTS)}")
        if len(self.spans) != (1 if self.not_checked else len(self.text) + 1):
            raise ConfigurationError("FoundExpression.spans should have one for each character, and one for the end")

    def check(self, schema: Schema | None = None) -> tuple[Diagnostic, ...]:
        """Everything that is wrong or doubtful, each with its line and column in the file.

        Args:
            schema: as for :meth:`Expression.check`.

        Returns:
            Diagnostics whose *text* is that of the file, so that ``fixed()`` is the file with the fix. An expression
            that can't be known is a warning with the code ``not-checked``.

        Raises:
            UsageError: the schema is not a mapping.

        """
        if self.not_checked:
            message = f"this expression is not checked: {self.not_checked}"
            remedy = (
                "write $${ where Okta's own ${ is meant" if self.legacy else "write it out, or check what comes of it"
            )
            issue = Issue("not-checked", message, remedy, severity="warning")
            return (Diagnostic(issue, self.source, *self.spans[0]),)
        if self.legacy and is_template(self.text):
            return self._check_template(schema)
        found = check_text(self.text, schema, context=self.context, dialect=CONTEXTS[self.context].dialect)
        return tuple(self._in_file(each.issue, each.start, each.end, each.fix) for each in found)

    def _check_template(self, schema: Schema | None) -> tuple[Diagnostic, ...]:
        """A template as the expression that it stands for; what the checker doubts about that is not its author's."""
        try:
            expression = expression_of_template(self.text)
        except ExpressionSyntaxError as error:
            issue = Issue("bad-template", error.message, error.remedy)
            return (self._in_file(issue, min(error.start, len(self.text)), min(error.end, len(self.text))),)
        found = check_text(expression, schema)
        return tuple(self._in_file(each.issue, 0, len(self.text)) for each in found if each.issue.stops)

    def _in_file(self, issue: Issue, start: int, end: int, fix: str | None = None) -> Diagnostic:
        """A diagnostic at the place in the file that a part of the expression is written at."""
        first = self.spans[start][0]
        last = self.spans[end - 1][1] if end > start else first
        pieces = self.spans[start:end]
        around = (*self.spans[max(start - 1, 0) : start], *self.spans[end : end + 1])
        is_whole = all(left[1] == right[0] for left, right in pairwise(pieces)) and not {*pieces} & {*around}
        return Diagnostic(issue, self.source, first, last, self._written(fix) if fix is not None and is_whole else None)

    def _written(self, fix: str) -> str:
        """A piece of an expression as it is written in the file."""
        if self.form in ("json", "terraform_json"):
            fix = json.dumps(fix, ensure_ascii=False)[1:-1]
        elif self.form == "quoted":
            fix = fix.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
        return fix if self.form == "json" else fix.replace("${", "$${").replace("%{", "%%{")
