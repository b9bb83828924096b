"""Functions over the person's groups (Okta Expression Language overview, "Group functions")."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from operator import contains
from typing import Any

from o365prov.errors import ExpressionError, UsageError
from o365prov.expressions.bindings import Bindings, Values
from o365prov.expressions.functions.function import REFUSED, Function, Parameter, ReferencesOf, Remark
from o365prov.expressions.functions.membership import (
    criteria_paths,
    group_view,
    make_any_selected,
    make_group_selector,
    make_name_test,
    name_of,
)
from o365prov.expressions.limits import LIMITS
from o365prov.expressions.semantics import Dialect, EvaluationOptions
from o365prov.expressions.syntax.parser import parse
from o365prov.expressions.syntax.tree import Literal, MapLiteral, Node
from o365prov.expressions.values.budget import Budget
from o365prov.expressions.values.conversion import to_string
from o365prov.expressions.values.failures import EvaluationFailure
from o365prov.expressions.values.types import ValueType
from o365prov.rendering import quoted

_MOST_GROUPS = 100
_CLAIMS = frozenset({"oidc_claim", "saml_attribute"})
_ID = re.compile(r"00g[A-Za-z0-9]{17}")


# --- membership by id and name


def _is_member_of_any(bindings: Bindings, *ids: str) -> bool:
    return any(group.get("id") in ids for group in bindings.groups)


def _equals(options: EvaluationOptions) -> Callable[[Bindings, str], bool]:
    return make_name_test(options, str.__eq__)


def _starts(options: EvaluationOptions) -> Callable[[Bindings, str], bool]:
    return make_name_test(options, str.startswith)


def _contains(options: EvaluationOptions) -> Callable[[Bindings, str], bool]:
    return make_name_test(options, contains)


def _matches(options: EvaluationOptions) -> Callable[[Bindings, Budget, str], bool]:
    anywhere = options.semantics.group_name_regex == "part"

    def any_match(bindings: Bindings, budget: Budget, pattern: str) -> bool:
        from o365prov.expressions.patterns import compile_while_evaluating  # noqa: PLC0415 - patterns load when used

        try:
            matches = compile_while_evaluating(pattern, options.limits, budget, anywhere=anywhere).matches
        except EvaluationFailure as failure:
            failure.blame = 0
            raise
        return any(matches(name_of(group), budget) for group in bindings.groups)

    return any_match


# --- groups for claims


def _check_limit(limit: int, position: int) -> int:
    if not 1 <= limit <= _MOST_GROUPS:
        raise EvaluationFailure(
            f"the limit must be between 1 and {_MOST_GROUPS}", remedy="write 100 at most", blame=position
        )
    return limit


def _make_name_search(
    compare: Callable[[str, str], bool],
) -> Callable[[EvaluationOptions], Callable[..., list[str] | None]]:
    def for_options(options: EvaluationOptions) -> Callable[..., list[str] | None]:
        ignores_case = options.semantics.group_name_case == "ignore"

        def names(bindings: Bindings, app: str, pattern: str, limit: int) -> list[str] | None:
            most = _check_limit(limit, 2)
            of_app = _test_of_app(app)
            names = [name_of(group) for group in bindings.groups if of_app(group)]
            if ignores_case:
                found = [name for name in names if compare(name.lower(), pattern.lower())]
            else:
                found = [name for name in names if compare(name, pattern)]
            if len(found) > most:
                raise EvaluationFailure(
                    f"more than {most} groups match, so the claim fails", remedy="raise the limit", blame=2
                )
            return found or None

        return names

    return for_options


@lru_cache(maxsize=8)
def _test_of_app(app: str) -> Callable[[Values], bool]:
    """Whether a group comes from an app, by the app's type, name or instance id; OKTA names Okta's own groups."""
    if app.upper() == "OKTA":
        return lambda group: group.get("type") == "OKTA_GROUP"

    def is_of_app(group: Values) -> bool:
        source = group.get("source")
        return isinstance(source, Mapping) and app in (source.get("id"), source.get("name"), source.get("type"))

    return is_of_app


def _make_filter(options: EvaluationOptions) -> Callable[..., list[Any]]:
    @lru_cache(maxsize=8)
    def compiled(expression: str) -> Callable[[Budget, Mapping[str, Any]], Any]:
        if options.compile_text is None:
            raise UsageError("EvaluationOptions without compile_text can't evaluate the expression for groups")
        return options.compile_text(expression, options)

    def filter_groups(bindings: Bindings, budget: Budget, ids: list[Any], expression: str, limit: int) -> list[Any]:
        most = _check_limit(limit, 2)
        wanted = {item if type(item) is str else to_string(item) for item in ids}
        members = [group for group in bindings.groups if group.get("id") in wanted]
        if len(members) > most:
            raise EvaluationFailure(
                f"the person is in more than {most} of the groups", remedy="raise the limit, at most 100", blame=2
            )
        try:
            each = compiled(expression)
            return [each(budget, {"group": group_view(group)}) for group in members]
        except ExpressionError as error:
            raise EvaluationFailure(
                f"in the expression for groups, {error.message}", remedy=error.remedy, blame=1
            ) from None

    return filter_groups


# --- what the checker and the references want to know of constant arguments


def _string_literals(arguments: tuple[Node, ...]) -> Iterator[tuple[Node, str]]:
    for part in arguments:
        match part:
            case Literal(value=str(value)):
                yield part, value


def _review_ids(arguments: tuple[Node, ...]) -> Iterator[Remark]:
    for part, value in _string_literals(arguments):
        if not _ID.fullmatch(value):
            remedy = "write the group's id, or use isMemberOfGroupName"
            yield (
                "name-for-id",
                "warning",
                part,
                f"{quoted(value)} does not look like a group's id, and names never match",
                remedy,
            )


def _review_pattern(arguments: tuple[Node, ...]) -> Iterator[Remark]:
    from o365prov.expressions.patterns import PatternError, compile_pattern  # noqa: PLC0415 - patterns load when used

    for part, value in _string_literals(arguments):
        try:
            compile_pattern(value)
        except PatternError as error:
            yield "bad-pattern", "error", part, f"the pattern {error}", error.remedy


def _review_criteria(arguments: tuple[Node, ...]) -> Iterator[Remark]:
    for part in arguments:
        if isinstance(part, MapLiteral):
            try:
                make_group_selector(EvaluationOptions())(
                    Bindings({}), {key: _plain(value) for key, value in part.entries}
                )
            except EvaluationFailure as failure:
                yield "bad-criterion", "error", part, failure.message, failure.remedy


def _plain(node: Node) -> object:
    """A constant's value; any string for what is only known later, except where the key decides."""
    return node.value if isinstance(node, Literal) and node.value is not None else "EXACT"


def _review_limit(arguments: tuple[Node, ...]) -> Iterator[Remark]:
    match arguments:
        case (*_, Literal(value=int(limit)) as part) if not 1 <= limit <= _MOST_GROUPS:
            yield "bad-limit", "error", part, f"the limit must be between 1 and {_MOST_GROUPS}", "write 100 at most"


def _review_filtered(arguments: tuple[Node, ...]) -> Iterator[Remark]:
    yield from _review_limit(arguments)
    match arguments:
        case (_, Literal(value=str(expression)) as part, _):
            try:
                parse(expression, LIMITS)
            except ExpressionError as error:
                message = f"the expression for groups is not an expression: {error.message}"
                yield "bad-group-expression", "error", part, message, error.remedy


def _criteria(arguments: tuple[Node, ...], _: ReferencesOf) -> list[tuple[str, ...]]:
    maps = (part for part in arguments if isinstance(part, MapLiteral))
    return criteria_paths(key for part in maps for key, _ in part.entries if isinstance(key, str))


def _filtered_paths(arguments: tuple[Node, ...], references_of: ReferencesOf) -> list[tuple[str, ...]]:
    match arguments:
        case (_, Literal(value=str(expression)), _):
            try:
                inner = references_of(expression)
            except ExpressionError:
                return [("id",)]
            return [("id",), *(path[1:] for path in inner if path[:1] == ("group",) and path[1:])]
    return [("id",)]


def _reads(*path: str) -> Callable[[tuple[Node, ...], ReferencesOf], list[tuple[str, ...]]]:
    return lambda _arguments, _references_of: [path]


# --- the rows

_GROUPS = ("groups()",)
_NAME = (Parameter("name", ValueType.STRING),)
_SEARCH = (Parameter("search string", ValueType.STRING),)


def _by_name(
    name: str, parameters: tuple[Parameter, ...], implementation: Callable[..., Any], doc: str, **more: Any
) -> Function:
    return Function(
        name,
        parameters,
        ValueType.BOOLEAN,
        implementation,
        doc,
        ((f'{name}("Everyone")', False),),
        null=REFUSED,
        by_bindings=True,
        by_options=True,
        reads=_GROUPS,
        criteria=_reads("profile", "name"),
        **{"question": "group_name_case", **more},
    )


def _for_claims(name: str, compare: Callable[[str, str], bool], what: str) -> Function:
    return Function(
        f"Groups.{name}",
        (
            Parameter("app type or id", ValueType.STRING),
            Parameter("pattern", ValueType.STRING),
            Parameter("limit", ValueType.INTEGER),
        ),
        ValueType.LIST,
        _make_name_search(compare),
        f"The names of the person's groups from an app that {what} the pattern, 100 at most; null for none.",
        ((f'Groups.{name}("OKTA", "Sales", 10) ?: {{}}', []),),
        null=REFUSED,
        by_bindings=True,
        by_options=True,
        question="group_name_case",
        reads=_GROUPS,
        criteria=lambda _arguments, _references_of: [("profile", "name"), ("type",), ("source", "id")],
        review=_review_limit,
    )


_CRITERIA = (Parameter("criteria", ValueType.MAP, repeated=True),)

FUNCTIONS = (
    Function(
        "isMemberOfGroup",
        (Parameter("group id", ValueType.STRING),),
        ValueType.BOOLEAN,
        _is_member_of_any,
        "Whether the person is in the group of this id.",
        (('isMemberOfGroup("00garwpuyxHaWOkdV0g4")', False),),
        null=REFUSED,
        by_bindings=True,
        reads=_GROUPS,
        criteria=_reads("id"),
        review=_review_ids,
    ),
    Function(
        "isMemberOfAnyGroup",
        (Parameter("group ids", ValueType.STRING, repeated=True),),
        ValueType.BOOLEAN,
        _is_member_of_any,
        "Whether the person is in a group of one of these ids; names never match.",
        (('isMemberOfAnyGroup("00garwpuyxHaWOkdV0g4", "00gak46y5hydV6NdM0g4")', False),),
        null=REFUSED,
        by_bindings=True,
        reads=_GROUPS,
        criteria=_reads("id"),
        review=_review_ids,
    ),
    _by_name("isMemberOfGroupName", _NAME, _equals, "Whether the person is in a group of this name, from any source."),
    _by_name(
        "isMemberOfGroupNameStartsWith", _SEARCH, _starts, "Whether the person is in a group whose name begins so."
    ),
    _by_name(
        "isMemberOfGroupNameContains",
        _SEARCH,
        _contains,
        "Whether the person is in a group whose name contains the string.",
    ),
    _by_name(
        "isMemberOfGroupNameRegex",
        _SEARCH,
        _matches,
        "Whether the person is in a group whose name matches the regular expression.",
        question="group_name_regex",
        review=_review_pattern,
        by_budget=True,
    ),
    Function(
        "user.getGroups",
        _CRITERIA,
        ValueType.LIST,
        make_group_selector,
        "The person's groups that fit all criteria, maps with group.id, .source.id, .type or .profile.name.",
        (("user.getGroups({'group.type': 'OKTA_GROUP'}).![profile.name]", []),),
        null=REFUSED,
        dialects=frozenset(Dialect),
        by_bindings=True,
        by_options=True,
        reads=_GROUPS,
        criteria=_criteria,
        review=_review_criteria,
    ),
    Function(
        "user.isMemberOf",
        _CRITERIA,
        ValueType.BOOLEAN,
        make_any_selected,
        "Whether the person is in a group that fits all criteria, as for user.getGroups.",
        (("user.isMemberOf({'group.profile.name': 'West Coast', 'operator': 'EXACT'})", False),),
        null=REFUSED,
        dialects=frozenset(Dialect),
        by_bindings=True,
        by_options=True,
        reads=_GROUPS,
        criteria=_criteria,
        review=_review_criteria,
    ),
    _for_claims("contains", contains, "contain"),
    _for_claims("startsWith", str.startswith, "begin with"),
    _for_claims("endsWith", str.endswith, "end with"),
    Function(
        "getFilteredGroups",
        (
            Parameter("allowed group ids", ValueType.LIST),
            Parameter("group expression", ValueType.STRING),
            Parameter("limit", ValueType.INTEGER),
        ),
        ValueType.LIST,
        _make_filter,
        "For each allowed group that the person is in, what the expression, a string, gives; its root is group.",
        (('getFilteredGroups({"00garwpuyxHaWOkdV0g4"}, "group.name", 40)', []),),
        null=REFUSED,
        by_bindings=True,
        by_budget=True,
        by_options=True,
        reads=_GROUPS,
        criteria=_filtered_paths,
        review=_review_filtered,
    ),
)
