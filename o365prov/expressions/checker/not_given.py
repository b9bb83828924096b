"""What an expression asks for and the source of people does not give: managers, applications, the organisation.

Only some sources give them. Without them the evaluation fails for everybody, so it is said before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from o365prov.errors import Issue, UsageError
from o365prov.expressions.diagnostics import Diagnostic
from o365prov.expressions.functions.registry import function_of
from o365prov.expressions.semantics import Dialect
from o365prov.expressions.syntax.tree import Call, MethodCall, Name, Node, children


def names_of(given: object) -> frozenset[str]:
    """The names of what is not given; UsageError for anything else."""
    listed = tuple(given) if isinstance(given, Iterable) and not isinstance(given, str | bytes) else (None,)
    if not all(isinstance(each, str) for each in listed):
        raise UsageError('check: not_given takes the names of roots and functions, such as {"appuser"}')
    return frozenset(str(each) for each in listed)


def not_given(tree: Node, text: str, dialect: Dialect, names: Collection[str]) -> Iterator[Diagnostic]:
    """A warning for each place that asks for one of these *names*, such as ``appuser`` or ``getManagerUser()``."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        waiting += children(node)
        asked = _asked(node, dialect)
        if asked in names:
            issue = Issue(
                "not-given",
                f"the source of people does not give {asked}",
                "read them from a source that does, or write the expression without it",
                severity="warning",
            )
            yield Diagnostic(issue, text, node.start, node.end, None)


def _asked(node: Node, dialect: Dialect) -> str:
    """The root or the function that a part of an expression names, as references do; empty for any other part."""
    match node:
        case Name(name=name):
            return name
        case Call() | MethodCall():
            row = function_of(node, dialect)
            return row.reads[0] if row is not None and row.reads else ""
        case _:
            return ""
