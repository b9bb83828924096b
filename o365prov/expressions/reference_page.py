"""The page of functions, made from the registry: ``python -m o365prov.expressions.reference_page``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

from o365prov.expressions.checker.attributes import ATTRIBUTES
from o365prov.expressions.checker.contexts import CONTEXTS, Context
from o365prov.expressions.functions.function import ACCEPTED, REFUSED, Function
from o365prov.expressions.functions.registry import all_functions
from o365prov.expressions.semantics import Dialect


def function_page() -> str:
    """The page as MyST Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    rows = list(all_functions())
    yield "# Functions of the Okta Expression Language"
    yield ""
    yield "This page is made from the registry that drives the evaluator and the checker. Names are case-sensitive."
    yield ""
    yield "## Contexts"
    yield ""
    yield "What each context allows; its name is for `check(context=...)`."
    yield ""
    yield "| Context | Name | Dialect | Must give | Functions | Roots |"
    yield "|---|---|---|---|---|---|"
    for context in CONTEXTS.values():
        yield _context(context)
    yield ""
    yield "In the contexts of Identity Engine these attributes exist; below a map are those of each organisation."
    yield ""
    yield "| Attribute | Kind | Values |"
    yield "|---|---|---|"
    for attribute in ATTRIBUTES:
        values = ", ".join(f"`{value}`" for value in attribute.values)
        yield f"| `{attribute.name}` | {attribute.kind.value} | {values} |"
    yield ""
    for dialect, title in ((Dialect.CLASSIC, "Classic"), (Dialect.IDENTITY_ENGINE, "Identity Engine")):
        yield f"## {title}"
        yield ""
        for row in sorted((row for row in rows if dialect in row.dialects), key=_order):
            yield from _function(row)


def _order(row: Function) -> tuple[bool, str, str]:
    space, dot, name = row.name.rpartition(".")
    return bool(row.deprecated), space if dot else "~", name


def _context(context: Context) -> str:
    functions = "all" if context.functions is None else ", ".join(f"`{name}`…" for name in context.functions)
    if context.refused:
        functions += f"; not {', '.join(f'`{name}`…' for name in context.refused)}"
    roots = "all" if context.roots is None else ", ".join(f"`{name}`" for name in sorted(context.roots))
    if context.refused_roots:
        roots += f"; not {', '.join(f'`{name}`' for name in sorted(context.refused_roots))}"
    result = context.result.value if context.result else "anything"
    dialect = "classic" if context.dialect is Dialect.CLASSIC else "Identity Engine"
    return f"| {context.title} | `{context.name}` | {dialect} | {result} | {functions} | {roots} |"


def _function(row: Function) -> Iterator[str]:
    yield f"### {row.name}"
    yield ""
    yield f"`{row.signature}`"
    yield ""
    yield row.doc
    if row.deprecated:
        yield f"Deprecated: write `{row.deprecated}`."
    null = _null(row)
    if null:
        yield null
    if row.question:
        yield f"Okta leaves a question open here; `Semantics({row.question}=...)` answers it."
    yield ""
    if row.examples:
        yield "| Expression | Value |"
        yield "|---|---|"
        for text, value in row.examples:
            shown = json.dumps(value, ensure_ascii=False)
            yield f"| `{text.replace('|', chr(92) + '|')}` | `{shown}` |"
        yield ""


def _null(row: Function) -> str:
    if row.receivers:
        return ""
    if row.null is REFUSED:
        return "It fails on null." if row.parameters else ""
    if row.null is ACCEPTED or not row.parameters:
        return ""
    return f"Null gives {json.dumps(row.null)}."


if __name__ == "__main__":
    sys.stdout.write(function_page())
