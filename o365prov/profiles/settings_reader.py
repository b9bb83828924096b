"""Reading settings that may have been written elsewhere, so that one reading finds everything that is wrong.

:class:`~o365prov.structuring.JsonObject` knows JSON; what is here knows attributes and expressions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from o365prov.errors import ConfigurationError, ExpressionSyntaxError
from o365prov.expressions import Expression
from o365prov.profiles.attributes import Attribute, find_attribute
from o365prov.profiles.setting_expressions import parse_expression, refusal, refuse_errors
from o365prov.structuring import IssueList, JsonObject, kind_of


def read_root(document: object, source: str, remedy: str = "") -> JsonObject:
    """The document as an object.

    Args:
        document: what was passed.
        source: what messages call the document.
        remedy: what to do if it is something else.

    Raises:
        ConfigurationError: it is something else.

    >>> read_root(7, "the mapping")
    Traceback (most recent call last):
    ...
    o365prov.errors.ConfigurationError: the mapping: $: should be an object, not a number

    """
    issues = IssueList(source)
    if isinstance(document, Mapping):
        return JsonObject(document, "$", issues, remedy="add it")
    issues.note("$", f"should be an object, not {kind_of(document)}", remedy, code="wrong_type")
    raise refusal(issues.issues)


def read_attribute(holder: JsonObject, key: str) -> Attribute | None:
    """The attribute that a member is named after, in whatever case; None, and a note, if there is none."""
    try:
        return find_attribute(str(key))
    except ConfigurationError as error:
        holder.note(key, f"can't be mapped ({error})", code="unknown_attribute")
        return None


def read_expression(
    holder: JsonObject, key: str, context: str, translate: Callable[[str], str] = str
) -> Expression | None:
    """A member that must be an expression which can work in this context, once it is translated.

    None, and a note of every error, if it is something else.
    """
    string = holder.string(key)
    if not string.strip():
        return None
    try:
        return _checked(key, translate(string), context)
    except ExpressionSyntaxError as error:  # the translation of an older template
        what = f"{error.message} (line {error.line}, column {error.column})"
        holder.note(key, what, error.remedy, code="not_an_expression")
    except ConfigurationError as error:
        for issue in error.issues:
            holder.note(key, issue.message, issue.remedy, code=issue.code)
    return None


def read_expressions(holder: JsonObject, key: str, context: str) -> Iterator[Expression]:
    """The elements of a list, each of which must be an expression that can work in this context; others are noted."""
    for place, string in holder.items(key):
        if not isinstance(string, str):
            holder.note_at(place, f"should be a string, not {kind_of(string)}", code="wrong_type")
            continue
        try:
            yield _checked(place, string, context)
        except ConfigurationError as error:
            for issue in error.issues:
                holder.note_at(place, issue.message, issue.remedy, code=issue.code)


def _checked(setting: str, string: str, context: str) -> Expression:
    expression = parse_expression(setting, string)
    refuse_errors(setting, expression, context)
    return expression
