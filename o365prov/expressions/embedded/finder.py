"""Finding expressions inside Terraform's files and Okta's JSON."""

from __future__ import annotations

from typing import Literal

from o365prov._annotations import check_call
from o365prov.errors import Issue, SourceError
from o365prov.expressions.embedded.document import NotReadableError
from o365prov.expressions.embedded.found import FoundExpression


def find_expressions(text: str, form: Literal["terraform", "json"]) -> tuple[FoundExpression, ...]:
    r"""Every expression of the Okta Expression Language that a file holds.

    Args:
        text: the file: HCL for ``terraform``; for ``json`` a document of Okta's API, or Terraform's JSON, which is
            known by its key ``resource``.
        form: which of the two it is.

    Returns:
        The expressions in the order of the file. What Terraform computes is among them, and says that it is not
        checked; a local value that the same file writes out is taken from there.

    Raises:
        SourceError: the file is not HCL, or not JSON; its issue says where.
        UsageError: an argument is of a wrong type.

    Example:
        >>> terraform = '''
        ... resource "okta_group_rule" "sales" {
        ...   expression_value = "user.department = \\"Sales\\""
        ... }
        ... '''
        >>> [found] = find_expressions(terraform, "terraform")
        >>> print(found.place, found.text)
        okta_group_rule.sales.expression_value user.department = "Sales"
        >>> for diagnostic in found.check():
        ...     print(diagnostic)
        error: = assigns, which Okta refuses (line 3, column 39); write == to compare

    """
    check_call(find_expressions, locals())
    from o365prov.expressions.embedded.reading import expressions_of  # noqa: PLC0415 - importing stays cheap

    try:
        return expressions_of(text, form)
    except NotReadableError as error:
        line, column = text.count("\n", 0, error.position) + 1, error.position - text.rfind("\n", 0, error.position)
        raise SourceError(Issue("not-readable", str(error), place=f"line {line}, column {column}")) from None
