"""Directory, Workday, manager and assistant functions (Okta Expression Language overview, same headings)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from o365prov.expressions.bindings import Bindings, Values
from o365prov.expressions.functions.function import REFUSED, FromBindings, Function, Parameter, Remark
from o365prov.expressions.syntax.tree import Literal, Node
from o365prov.expressions.values.failures import EvaluationFailure
from o365prov.expressions.values.types import ValueType
from o365prov.rendering import quoted

_DIRECTORY = ("findDirectoryUser()",)
_WORKDAY = ("findWorkdayUser()",)

_AD = "active_directory"


def _user(relation: str) -> Callable[[Bindings, str], Values | None]:
    def find(bindings: Bindings, source: str) -> Values | None:
        return _at(_known(bindings, relation), source, "user")

    return find


def _app_user(relation: str) -> Callable[[Bindings, str, str], Values | None]:
    def find(bindings: Bindings, source: str, app: str) -> Values | None:
        return _at(_known(bindings, relation), source, "apps", app)

    return find


def _known(bindings: Bindings, relation: str) -> Values:
    values: Values | None = getattr(bindings, relation)
    if values is None:
        message = f"the source of this person does not give {relation}"
        raise EvaluationFailure(message, remedy="read people from a source that has their directory accounts")
    return values


def _at(values: Values, *path: str) -> Values | None:
    found: Any = values
    for name in path:
        found = found.get(name) if type(found) is dict or isinstance(found, Mapping) else None
    return found if type(found) is dict or isinstance(found, Mapping) else None


def _review_source(arguments: tuple[Node, ...]) -> Iterator[Remark]:
    match arguments:
        case (Literal(value=str(source)) as part, *_) if source != _AD:
            yield (
                "unknown-source",
                "error",
                part,
                f"{quoted(source)} is not a source of managers and assistants",
                f"write {_AD!r}",
            )


def _relation(name: str, relation: str, who: str) -> tuple[Function, Function]:
    source = Parameter("source", ValueType.STRING)
    return (
        Function(
            f"get{name}User",
            (source,),
            ValueType.USER,
            _user(relation),
            f"The Okta user of the person's {who}, found through Active Directory; null without one.",
            ((f'get{name}User("active_directory")', None),),
            null=REFUSED,
            by_bindings=True,
            reads=(f"get{name}User()",),
            review=_review_source,
        ),
        Function(
            f"get{name}AppUser",
            (source, Parameter("attribute source", ValueType.STRING)),
            ValueType.USER,
            _app_user(relation),
            f"The app user of the person's {who} in another app, found through Active Directory; null without one.",
            ((f'get{name}AppUser("active_directory", "google")', None),),
            null=REFUSED,
            by_bindings=True,
            reads=(f"get{name}AppUser()",),
            review=_review_source,
        ),
    )


FUNCTIONS = (
    Function(
        "hasDirectoryUser",
        (),
        ValueType.BOOLEAN,
        FromBindings("directory_user", present=True),
        "Whether the person has exactly one Active Directory account.",
        (("hasDirectoryUser()", False),),
        by_bindings=True,
        reads=("hasDirectoryUser()",),
    ),
    Function(
        "findDirectoryUser",
        (),
        ValueType.USER,
        FromBindings("directory_user"),
        "The person's Active Directory account; null where there is none or more than one.",
        (("findDirectoryUser()", None),),
        by_bindings=True,
        reads=_DIRECTORY,
    ),
    Function(
        "hasWorkdayUser",
        (),
        ValueType.BOOLEAN,
        FromBindings("workday_user", present=True),
        "Whether the person has exactly one Workday account.",
        (("hasWorkdayUser()", False),),
        by_bindings=True,
        reads=("hasWorkdayUser()",),
    ),
    Function(
        "findWorkdayUser",
        (),
        ValueType.USER,
        FromBindings("workday_user"),
        "The person's Workday account; null where there is none or more than one.",
        (("findWorkdayUser()", None),),
        by_bindings=True,
        reads=_WORKDAY,
    ),
    *_relation("Manager", "managers", "manager"),
    *_relation("Assistant", "assistants", "assistant"),
)
