"""Which query options a property takes: one row a property of ``queries.tsv``.

A cell says whether an operator works plainly or only in an advanced query, which has the header ``ConsistencyLevel:
eventual`` and ``$count=true``; an empty one says that it is refused. ``order`` is ``ge`` and ``le``, ``null`` is ``eq
null``, ``count`` is ``/$count`` in a filter. What the rows need not say: ``in`` goes with ``eq``; ``ne`` and ``not``
are always advanced. A row of a collection is about its elements in ``any``.

Source: Microsoft Graph, "Advanced query capabilities on Microsoft Entra ID objects" (the tables for filtering and
sorting, one for each type); "user", "group", "orgContact", "directoryRole", "unifiedRoleAssignment" and
"unifiedRoleDefinition" resource types; "Use the $filter query parameter" (examples).

Decisions where the pages differ. The tables have an older edition, one for all types, in which onPremisesImmutableId
is advanced; the newer one has it plain, as the service does (entra-powershell#1477). Resource pages list ``ge`` and
``le`` for many strings whose cells are empty in the tables: the tables are followed. A property that a resource page
calls filterable and no table lists is plain where a page has an example of it (groupTypes, isAssignableToRole), and
advanced otherwise (employeeLeaveDateTime, securityIdentifier, membershipRuleProcessingState), which is ours. A group's
createdDateTime is refused, as in Microsoft's own example of an error.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from enum import Enum
from functools import cache
from importlib.resources import files

from attrs import frozen


class Support(Enum):
    """Whether an operator is taken."""

    NO = ""
    PLAIN = "plain"
    ADVANCED = "advanced"


@frozen
class QuerySupport:
    """What one property takes.

    Attributes:
        eq: ``eq`` with a value, and ``in``.
        startswith: ``startswith``.
        endswith: ``endswith``.
        order: ``ge`` and ``le``.
        null: ``eq null``.
        count: ``/$count eq`` or ``ne``, with 0 or 1.
        orderby: ``$orderby``.

    """

    eq: Support = Support.NO
    startswith: Support = Support.NO
    endswith: Support = Support.NO
    order: Support = Support.NO
    null: Support = Support.NO
    count: Support = Support.NO
    orderby: Support = Support.NO

    def of(self, operator: str, *, null: bool = False) -> Support:
        """How an operator of ``$filter`` is taken, with a value or with null."""
        equality = self.null if null else self.eq
        match operator:
            case "eq" | "in":
                return equality
            case "ne":
                return Support.NO if equality is Support.NO else Support.ADVANCED
            case "ge" | "le" if not null:
                return self.order
            case "startswith":
                return self.startswith
            case "endswith":
                return self.endswith
            case _:
                return Support.NO


NOTHING = QuerySupport()
"""Of a property without a row."""


@cache
def query_support() -> Mapping[str, Mapping[str, QuerySupport]]:
    """The rows by type, such as ``user``, and by path in lower case, such as ``assignedlicenses/skuid``."""
    lines = files("o365prov.testing.fake_tenant.schema").joinpath("queries.tsv").read_text("utf-8").splitlines()
    found: dict[str, dict[str, QuerySupport]] = {}
    for row in csv.DictReader(lines, delimiter="\t"):
        of, path = row.pop("type"), row.pop("path")
        found.setdefault(of, {})[path.lower()] = QuerySupport(**{name: Support(cell) for name, cell in row.items()})
    return found
