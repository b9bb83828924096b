"""$select: what of a record goes into an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from attrs import frozen

from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.schema.properties import ObjectType
from o365prov.testing.fake_tenant.store.table import Record

Compute = Callable[[Record], Any]


@frozen
class SelectedProperties:
    """What of a record goes into an answer.

    Attributes:
        names: the properties, in the order asked for.
        is_default: whether no $select was given.
        computed: properties that are made from the record when they are asked for.

    """

    names: tuple[str, ...]
    is_default: bool
    computed: tuple[tuple[str, Compute], ...]
    _display: Callable[[Callable[..., Any]], Record]

    def __call__(self, record: Record) -> Record:
        """The answer's view of a record."""
        shown = self._display(record.get)
        for name, compute in self.computed:
            shown[name] = compute(record)
        return shown


def select(
    of: ObjectType, text: str | None, computed: Mapping[str, Compute] | None = None, *, one: bool = False
) -> SelectedProperties:
    """The projection that $select asks for; 400 for a name that the type lacks, 501 for one that the fake lacks.

    *one* says that a single object is read, which is the only way to what lives in SharePoint. Of a single user a name
    that the type lacks is passed over without a word, as in a real tenant.
    """
    names = _spelled(of, text, forgiving=one) if text else of.default_set
    for item in of.named(names):
        if item.home == "sharepoint" and not one:
            raise GraphErrorResponse.unsupported(
                f"'{item.name}' can be read from a single {of.title.lower()} only, not from a collection"
            )
    made = tuple((name, compute) for name, compute in (computed or {}).items() if name in names)
    return SelectedProperties(names, not text, made, _display(of, names))


def _spelled(of: ObjectType, text: str, *, forgiving: bool) -> tuple[str, ...]:
    """The names in a $select as the type spells them, each once."""
    found: dict[str, None] = {}
    for part in text.split(","):
        name = part.strip()
        spelled = of.spelled(name)
        if spelled is not None:
            found[spelled] = None
        elif of.relationship(name) is None and (not forgiving or name in of.not_held or name == "*"):
            raise _unknown(of, name)
    return tuple(found)


def _unknown(of: ObjectType, name: str) -> GraphErrorResponse:
    if name in of.not_held:
        return GraphErrorResponse.unsupported(
            f"the fake tenant does not hold '{name}'; it holds {', '.join(of.properties)}"
        )
    if name == "*":
        return GraphErrorResponse.unsupported("the fake tenant wants properties by name in $select, not *")
    return GraphErrorResponse.malformed(
        f"Parsing OData Select and Expand failed: Could not find a property named '{name}' on type '{of.name}'."
    )


@lru_cache(maxsize=256)
def _display(of: ObjectType, names: tuple[str, ...]) -> Callable[[Callable[..., Any]], Record]:
    """One dict display with these names, compiled: half the cost of a loop over them, and a page is little else.

    The names come from the type's own table, never from the client.
    """
    unset = tuple(item.unset for item in of.named(names))
    entries = ", ".join(
        f"{name!r}: get({name!r})" if value is None else f"{name!r}: get({name!r}, unset[{index}])"
        for index, (name, value) in enumerate(zip(names, unset, strict=True))
    )
    display: Callable[[Callable[..., Any]], Record] = eval(f"lambda get: {{{entries}}}", {"unset": unset})  # noqa: S307
    return display
