"""What a property of one of Graph's objects is: its type, limits, who may write it, whether a plain GET returns it.

The tables of ``object_types`` are made of these, and drive the checks of bodies, $select, $filter, answers and the
coverage page alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from functools import cached_property
from types import MappingProxyType
from typing import Any

from attrs import astuple, frozen

from o365prov.testing.fake_tenant.schema.query_support import QuerySupport, Support, query_support


class PropertyType(Enum):
    """What a property's value is."""

    TEXT = "Edm.String"
    FLAG = "Edm.Boolean"
    INSTANT = "Edm.DateTimeOffset"
    NUMBER = "Edm.Int32"
    REAL = "Edm.Double"
    GUID = "Edm.Guid"
    TEXTS = "Collection(Edm.String)"
    COMPLEX = "complex"
    COMPLEXES = "collection of complex"


class Writability(Enum):
    """Who may write a property over Graph."""

    YES = "on create and update"
    CREATE_ONLY = "on create"
    NO = "read-only"


@frozen
class Property:
    """One property of a kind of object.

    Attributes:
        limit: characters of a string, or of each string of a collection.
        at_most: how many values a collection may hold.
        choices: the only values of a string, or of each string of a collection; empty for any.
        in_default_set: whether a GET without $select returns it.
        clearable: whether null may be written.
        is_exact: whether upper and lower case differ when values are compared.
        fields: of a complex value, its own properties.
        home: "sharepoint" for what lives there: PATCH alone, read of one user alone, invisible to delta.
        unset: what is answered when nothing was ever written.

    """

    name: str
    kind: PropertyType = PropertyType.TEXT
    limit: int | None = None
    at_most: int | None = None
    choices: tuple[str, ...] = ()
    write: Writability = Writability.YES
    in_default_set: bool = False
    clearable: bool = True
    is_exact: bool = False
    fields: Mapping[str, Property] = MappingProxyType({})
    home: str = "directory"
    unset: Any = None


def table(*properties: Property) -> Mapping[str, Property]:
    """Properties by name."""
    return MappingProxyType({item.name: item for item in properties})


def text(name: str, limit: int | None = None, **more: Any) -> Property:
    """A text that clients may write."""
    return Property(name, limit=limit, **more)


def read_only(name: str, kind: PropertyType = PropertyType.TEXT, **more: Any) -> Property:
    """What Graph fills itself."""
    unset = more.pop("unset", [] if kind in {PropertyType.TEXTS, PropertyType.COMPLEXES} else None)
    return Property(name, kind, write=Writability.NO, unset=unset, **more)


def in_sharepoint(name: str, kind: PropertyType = PropertyType.TEXT) -> Property:
    """What lives in SharePoint."""
    unset: Any = [] if kind is PropertyType.TEXTS else None
    return Property(name, kind, home="sharepoint", unset=unset)


@frozen(eq=False)
class ObjectType:
    """A kind of object: its name in Graph, its properties, and those that the fake does not hold.

    Attributes:
        name: as in ``#microsoft.graph.user``.
        title: as error messages call it, such as ``User``.
        collection: the path segment.
        properties: by name.
        not_held: names that Graph has and this tenant refuses, loudly.
        relationships: what Graph has beside properties, by name.
        extension_queries: what directory extension properties take, by their names in lower case.

    """

    name: str
    title: str
    collection: str
    properties: Mapping[str, Property]
    not_held: frozenset[str] = frozenset()
    relationships: Mapping[str, Property] = MappingProxyType({})
    extension_queries: Mapping[str, QuerySupport] = MappingProxyType({})

    @cached_property
    def queries(self) -> Mapping[str, QuerySupport]:
        """What $filter and $orderby take, by the path of a property in lower case."""
        return {**query_support().get(self.name.rpartition(".")[2], {}), **self.extension_queries}

    @cached_property
    def has_advanced_queries(self) -> bool:
        """Whether ``ConsistencyLevel: eventual`` means anything here: only directory objects have advanced queries."""
        return any(Support.ADVANCED in astuple(row) for row in self.queries.values())

    @cached_property
    def _spellings(self) -> Mapping[str, str]:
        return {name.lower(): name for name in self.properties}

    def spelled(self, name: str) -> str | None:
        """The name of a property as the type spells it, however a client does; None for an unknown one."""
        return self._spellings.get(name.lower())

    @cached_property
    def _relationships(self) -> Mapping[str, Property]:
        return {name.lower(): item for name, item in self.relationships.items()}

    def relationship(self, name: str) -> Property | None:
        """The relationship with this name, however a client spells it; None for an unknown one."""
        return self._relationships.get(name.lower())

    @property
    def default_set(self) -> tuple[str, ...]:
        """What a GET returns without $select."""
        return tuple(name for name, item in self.properties.items() if item.in_default_set)

    def named(self, names: Iterable[str]) -> Iterable[Property]:
        """The properties with these names."""
        return (self.properties[name] for name in names)
