"""What the fake tenant answers and holds, as Markdown tables made from its own tables.

``python -m o365prov.testing.coverage`` prints them; the documentation shows them, and a test keeps both alike.
"""

from __future__ import annotations

from collections import Counter

from attrs import asdict

from o365prov.testing.fake_tenant.endpoints.routes import Route
from o365prov.testing.fake_tenant.gateway.route_table import ROUTER
from o365prov.testing.fake_tenant.schema.application_types import (
    APP_ROLE_ASSIGNMENT,
    APPLICATION,
    EXTENSION_PROPERTY,
    SERVICE_PRINCIPAL,
)
from o365prov.testing.fake_tenant.schema.object_types import CONTACT, GROUP, USER
from o365prov.testing.fake_tenant.schema.place_types import PLACE_TYPES
from o365prov.testing.fake_tenant.schema.properties import ObjectType, Property, Writability
from o365prov.testing.fake_tenant.schema.query_support import Support

_OPERATORS = {"eq": "eq in", "order": "ge le", "null": "eq null", "orderby": "$orderby", "count": "$count"}
_LEARN = "https://learn.microsoft.com/graph/api"


def page() -> str:
    """The whole coverage page."""
    return f"""\
# What the fake tenant covers

This page is made from the tenant's own tables by `python -m o365prov.testing.coverage`.
What stands in neither table is refused with 501 and a message that says what there is.

## Routes

`POST /$batch` takes all of them.
RU is what a request costs in resource units before `$select`, `$expand` and a small `$top` move it.

{_counts()}
Each of them, and each option and property, is in Microsoft's document of v1.0, and a test drives each route to the
status of success that stands beside it.

{routes()}

## Properties

`written` says whether clients may write a property; `in` whether a GET without `$select` returns it. An advanced query
has the header `ConsistencyLevel: eventual` and `$count=true`; it takes what a plain one takes too, `ne` and `not`
wherever there is `eq`, and `$filter` together with `$orderby`. Operators of a collection are those inside `any`.

{object_types()}
"""


TYPES = (
    USER,
    GROUP,
    CONTACT,
    *PLACE_TYPES.values(),
    APPLICATION,
    SERVICE_PRINCIPAL,
    APP_ROLE_ASSIGNMENT,
    EXTENSION_PROPERTY,
)
"""Every kind of object whose properties are in a table."""


def _counts() -> str:
    """How many routes there are, and to which statuses of success they lead."""
    statuses = Counter(route.success for route in ROUTER.routes if not route.refuses)
    leading = ", ".join(f"{number} to {status}" for status, number in sorted(statuses.items()))
    return f"{statuses.total()} routes lead to success: {leading}."


def routes() -> str:
    """A table of every route: method, path, what it does, its query options and cost."""
    rows = [_route_row(route) for route in sorted(ROUTER.routes, key=lambda route: (route.pattern, route.method))]
    return _table(("method", "path", "what it does", "options", "success", "RU"), rows)


def object_types() -> str:
    """A section for every kind of object, with a table of its properties."""
    return "\n\n".join(_section(of) for of in TYPES)


def _route_row(route: Route) -> tuple[str, ...]:
    summary = f"[{route.summary}]({_LEARN}/{route.source})" if route.source else route.summary
    success = "" if route.refuses else str(route.success)
    return route.method, f"`{route.pattern}`", summary, " ".join(sorted(route.options)), success, str(route.cost)


def _section(of: ObjectType) -> str:
    rows = [_property_row(of, item) for item in of.properties.values()]
    head = ("property", "type", "limit", "written", "in", "$filter and $orderby", "in advanced queries")
    text = f"### {of.title}\n\n{_table(head, rows)}"
    if of.not_held:
        text += f"\n\nNot held: {', '.join(f'`{name}`' for name in sorted(of.not_held))}."
    return text


def _property_row(of: ObjectType, item: Property) -> tuple[str, ...]:
    written = {Writability.YES: "yes", Writability.CREATE_ONLY: "on create", Writability.NO: ""}[item.write]
    if item.write is Writability.YES and not item.clearable:
        written = "yes, not cleared"
    return (
        f"`{item.name}`",
        item.kind.value,
        str(item.limit or ""),
        written,
        "yes" if item.in_default_set else "",
        _operators(of, item, Support.PLAIN),
        _operators(of, item, Support.ADVANCED),
    )


def _operators(of: ObjectType, item: Property, wanted: Support) -> str:
    """What a property takes in this way, and what a field of a complex one does, by its name."""
    found: list[str] = []
    for path, row in of.queries.items():
        name, _, field = path.partition("/")
        if name != item.name.lower():
            continue
        taken = [_OPERATORS.get(column, column) for column, cell in asdict(row).items() if cell is wanted]
        if taken:
            spelled = next((each for each in item.fields if each.lower() == field), "")
            found.append(" ".join([f"{spelled}:", *taken] if spelled else taken))
    return ", ".join(found)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 - what this command is for
