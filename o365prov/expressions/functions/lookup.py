"""Which function a call means."""

from __future__ import annotations

from o365prov.expressions.functions.function import Function
from o365prov.expressions.functions.registry import find
from o365prov.expressions.semantics import Dialect
from o365prov.expressions.syntax.tree import Call, MethodCall, Name


def call_name(node: Call | MethodCall) -> str:
    """The name as people say it: ``String.len``, ``hasDirectoryUser``, ``.length``."""
    match node:
        case Call(name=name):
            return name
        case MethodCall(target=Name(name=space), name=name):
            return f"{space}.{name}"
    return f".{node.name}"


def function_of(node: Call | MethodCall, dialect: Dialect) -> Function | None:
    """The function of a bare call or of a call in a namespace; nothing for methods of values and unknown names."""
    if isinstance(node, MethodCall) and not isinstance(node.target, Name):
        return None
    return find(call_name(node), dialect)
