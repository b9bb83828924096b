"""Checking calls: which function is meant, whether it is allowed here, and whether its arguments fit."""

from __future__ import annotations

from o365prov.errors import Issue
from o365prov.expressions.checker.attributes import ROOTS
from o365prov.expressions.checker.idioms import idiom_of
from o365prov.expressions.checker.state import Checking, CheckState
from o365prov.expressions.compiler.arguments import convert_to
from o365prov.expressions.functions.function import ACCEPTED, Function
from o365prov.expressions.functions.registry import call_name, find, function_of, method
from o365prov.expressions.functions.suggestions import misspelled_function, other_dialect, similar_function
from o365prov.expressions.semantics import Dialect
from o365prov.expressions.syntax.tree import Call, Literal, MethodCall, Name, Node
from o365prov.expressions.syntax.unparser import unparse
from o365prov.expressions.values.failures import EvaluationFailure
from o365prov.expressions.values.types import ValueType, in_words
from o365prov.rendering import shortened

_QUESTIONS = {
    "null_text": "what null becomes in it",
    "substring_before_without_hit": "what it gives when the separator does not occur",
    "substring_past_end": "what it gives beyond the end of the string",
    "switch_odd_tail": "what a key without a value does",
    "get_past_end": "what it gives beyond the end of the array",
    "unknown_country": "what it gives for a country that does not exist",
    "empty_time": "what it gives for an empty string",
    "group_name_case": "whether the case of names counts",
    "group_name_regex": "whether a part of the name is enough",
}


def method_call(checker: CheckState, node: MethodCall) -> Checking:
    """Check a function of a namespace, or a method of a value."""
    row = function_of(node, checker.dialect)
    if row is not None:
        return (yield from call(checker, node, row, node.arguments))
    row = method(node.name, checker.dialect)
    if row is None or function_of(node, Dialect.CLASSIC) is not None:  # no method of a root "String"
        yield from checker.each(node.arguments)
        _report_unknown(checker, node)
        return None
    kind = yield node.target
    if kind is not None and kind not in row.receivers and ValueType.ANY not in (*row.receivers, kind):
        checker.error("wrong-type", node, f"{in_words(kind)} has no method {node.name}", row.signature)
    return (yield from call(checker, node, row, node.arguments))


def _report_unknown(checker: CheckState, node: Call | MethodCall) -> None:
    name = call_name(node)
    start, end = _name_span(node, checker.text, whole=not name.startswith("."))
    if isinstance(node, MethodCall) and isinstance(node.target, Name) and find(node.name, checker.dialect) is not None:
        message = f"{node.name} takes no instance of an app before it: it is about the only one"
        if node.target.name in ROOTS:
            message = f"{node.name} stands alone, without {node.target.name} before it"
        checker.note(Issue("app-instance", message, f"write {node.name}"), start, end, node.name)
        return
    spelled = misspelled_function(name, checker.dialect)
    idiom = None if spelled else idiom_of(name, checker.dialect)
    other = None if spelled or idiom else other_dialect(name, checker.dialect)
    similar = spelled or (None if idiom or other else similar_function(name, checker.dialect))
    remedy = other or (f"write {similar or idiom}" if similar or idiom else "see the list of functions")
    checker.note(Issue("unknown-function", f"there is no function {shortened(name)}", remedy), start, end, similar)


def call(checker: CheckState, node: Call | MethodCall, row: Function | None, arguments: tuple[Node, ...]) -> Checking:
    """Check a call of a known or unknown function."""
    kinds = yield from checker.each(arguments)
    if row is None:
        _report_unknown(checker, node)
        return None
    _check_allowed(checker, node, row)
    if not row.accepts(len(arguments)):
        checker.error("wrong-arity", node, f"{row.name} takes {row.arity}, not {len(arguments)}", row.signature)
        return row.result
    for position, (part, kind) in enumerate(zip(arguments, kinds, strict=True)):
        _argument(checker, row, position, part, kind)
    if row.deprecated:
        start, end = _name_span(node, checker.text, whole=True)
        issue = Issue("deprecated", f"{row.name} is deprecated", f"write {row.deprecated}", severity="warning")
        checker.note(issue, start, end, row.deprecated)
    if row.question:
        _open_question(checker, node, row, arguments)
    if row.review is not None:
        for code, severity, part, message, remedy in row.review(arguments):
            (checker.error if severity == "error" else checker.warn)(code, part, message, remedy)
    return None if row.result is ValueType.ANY else row.result


def _check_allowed(checker: CheckState, node: Node, row: Function) -> None:
    context = checker.context
    if context is None:
        return
    name = row.deprecated or row.name
    listed = context.functions is None or bool(row.receivers) or name.startswith(context.functions)
    if not listed or (context.refused and name.startswith(context.refused)):
        checker.error("not-allowed-here", node, f"{row.name} is not allowed in {context.with_article}", context.reason)


def _argument(checker: CheckState, row: Function, position: int, part: Node, kind: ValueType | None) -> None:
    parameter = row.parameter(position)
    if isinstance(part, Literal) and part.value is not None:
        try:
            convert_to(parameter.kind)(part.value)
        except EvaluationFailure:
            needed = in_words(parameter.kind)
            checker.error("wrong-type", part, f"{row.name} needs {needed} as its {parameter.name}", row.signature)
    elif kind is ValueType.NULL and not parameter.nullable and row.null is not ACCEPTED and position > 0:
        checker.error("null-argument", part, f"{row.name} fails when its {parameter.name} is null")
    elif parameter.kind is ValueType.INTEGER and kind in (ValueType.BOOLEAN, ValueType.LIST, ValueType.MAP):
        checker.error("wrong-type", part, f"{row.name} needs an integer as its {parameter.name}, not {in_words(kind)}")


def _open_question(checker: CheckState, node: Call | MethodCall, row: Function, arguments: tuple[Node, ...]) -> None:
    """Say where the value depends on an answer that Okta's pages do not give."""
    question, guarantees = row.question, checker.guarantees[-1]
    if question == "null_text" and all(checker.is_never_null(part) for part in arguments):
        return
    if question == "switch_odd_tail" and len(arguments) % 2 == 0:
        return
    if guarantees and arguments:
        first, *others = (unparse(part, checker.dialect) for part in arguments)
        if question == "substring_before_without_hit" and ("contains", first, *others) in guarantees:
            return
        if question == "substring_past_end" and ("has characters", first) in guarantees:
            return
    answer = getattr(checker.semantics, question)
    message = f"Okta does not say {_QUESTIONS[question]}; {row.name} follows Semantics({question}={answer!r})"
    checker.warn("open-question", node, message, "set the field, or guard the case in the expression")


def _name_span(node: Call | MethodCall, text: str, *, whole: bool) -> tuple[int, int]:
    """Where the name of a called function stands; with its namespace if *whole*."""
    if isinstance(node, Call):
        return node.start, node.start + len(node.name)
    start = text.index(node.name, node.target.end)
    return (node.start if whole else start), start + len(node.name)
