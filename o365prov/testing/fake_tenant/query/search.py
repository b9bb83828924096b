"""$search of directory objects: words of displayName and description, and the beginnings of other strings.

Source: Graph, "Use the $search query parameter" (on directory object collections). Values and what is searched for are
split at spaces, symbols, digits and where capitals begin; each word searched for must begin one of the value's, in any
order and case; words that symbols alone part can be found together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.requests import GraphRequest
from o365prov.testing.fake_tenant.query.filters import Predicate
from o365prov.testing.fake_tenant.schema.properties import ObjectType
from o365prov.testing.fake_tenant.schema.query_support import NOTHING, Support

if TYPE_CHECKING:
    from lark import Lark

_TOKENIZED = frozenset({"displayName", "description"})
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_SYMBOLS = re.compile(r"[\W_]+")


def compile_search(request: GraphRequest, of: ObjectType) -> Predicate | None:
    """The predicate of a request's $search; None without one, 400 where the header or the syntax is missing."""
    text = request.option("$search")
    if text is None:
        return None
    if request.header("consistencylevel").lower() != "eventual":
        raise GraphErrorResponse(
            400,
            "Request_UnsupportedQuery",
            "Request with $search query parameter only works through MSGraph with a special request header:"
            " 'ConsistencyLevel: eventual'",
        )
    from lark.exceptions import UnexpectedInput  # noqa: PLC0415 - only who searches pays

    try:
        tree: Any = _grammar().parse(text)
    except UnexpectedInput:
        raise GraphErrorResponse.malformed(
            f'Syntax error in $search: {text}. Each clause is "property:text" in double quotes, between them AND or OR.'
        ) from None
    return _compiled(tree, of)


@cache
def _grammar() -> Lark:
    from importlib.resources import files  # noqa: PLC0415

    from lark import Lark  # noqa: PLC0415

    source = files("o365prov.testing.fake_tenant.query").joinpath("search.lark").read_text("utf-8")
    return Lark(source, parser="lalr", maybe_placeholders=False)


def _compiled(tree: Any, of: ObjectType) -> Predicate:
    if isinstance(tree, str):
        return _clause(tree, of)
    tests = [_compiled(child, of) for child in tree.children]
    combine: Callable[..., bool] = any if tree.data == "any_of" else all
    return lambda record: combine(test(record) for test in tests)


def _clause(quoted: str, of: ObjectType) -> Predicate:
    name, colon, wanted = re.sub(r"\\(.)", r"\1", quoted[1:-1]).partition(":")
    spelled = of.spelled(name.strip())
    if not colon or not wanted.strip() or spelled is None:
        raise GraphErrorResponse.malformed(f'Invalid $search clause {quoted}: it must be "property:text".')
    if spelled in _TOKENIZED:
        return partial(_has_words, spelled, _words(wanted))
    if of.queries.get(spelled.lower(), NOTHING).startswith is Support.NO:
        raise GraphErrorResponse(
            400, "Request_UnsupportedQuery", f"Property '{spelled}' of resource '{of.title}' can't be searched."
        )
    start = wanted.strip().casefold()
    return lambda record: any(value.casefold().startswith(start) for value in _strings(record.get(spelled)))


def _strings(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []


def _has_words(name: str, wanted: set[str], record: dict[str, Any]) -> bool:
    value = str(record.get(name) or "")
    held = _words(value) | {_SYMBOLS.sub("", run).casefold() for run in value.split()}
    return all(any(word.startswith(each) for word in held) for each in wanted)


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(_CAPITAL.sub(" ", text))}
