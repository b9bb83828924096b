"""Directory extension properties: further properties of users and groups, which an application registers in a tenant.

Sources: Graph "extensionProperty resource type" and "Add custom data to resources: directory extensions".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from attrs import evolve

from o365prov.testing.fake_tenant.schema.properties import ObjectType, Property, PropertyType
from o365prov.testing.fake_tenant.schema.query_support import QuerySupport, Support

DATA_TYPES: Mapping[str, PropertyType] = MappingProxyType(
    {
        "String": PropertyType.TEXT,
        "Boolean": PropertyType.FLAG,
        "DateTime": PropertyType.INSTANT,
        "Integer": PropertyType.NUMBER,
    }
)
"""Those of Graph but Binary and LargeInteger."""
TARGETS = ("User", "Group")
"""Whose properties can be extended here; in Graph those of applications, devices and organizations can, too."""
LARGEST_STRING = 256
_QUERIES = QuerySupport(eq=Support.PLAIN, startswith=Support.PLAIN, null=Support.ADVANCED)


def extension_name(app_id: str, name: str) -> str:
    """How an extension property is called in bodies, $select and $filter."""
    return f"extension_{app_id.replace('-', '')}_{name}"


def with_extensions(of: ObjectType, extensions: Iterable[Mapping[str, Any]]) -> ObjectType:
    """A type with the extension properties that are meant for it."""
    own = [_property(item) for item in extensions if of.title in item["targetObjects"]]
    if not own:
        return of
    return evolve(
        of,
        properties=MappingProxyType({**of.properties, **{item.name: item for item in own}}),
        extension_queries=MappingProxyType({item.name.lower(): _QUERIES for item in own}),
    )


def _property(item: Mapping[str, Any]) -> Property:
    if item["isMultiValued"]:
        return Property(item["name"], PropertyType.TEXTS, limit=LARGEST_STRING, unset=[])
    return Property(item["name"], DATA_TYPES[item["dataType"]], limit=LARGEST_STRING)
