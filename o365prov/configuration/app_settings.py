"""The settings of an :class:`~o365prov.Office365App` as a table of keys: read, written, and described."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from attrs import frozen

from o365prov.app import Office365App
from o365prov.configuration.class_shapes import table_of
from o365prov.configuration.expression_settings import (
    TEXT,
    ConditionShape,
    MappingSettings,
    RowsShape,
    UsernameShape,
)
from o365prov.configuration.shapes import (
    ChoiceShape,
    JsonSchema,
    Key,
    ListShape,
    TableShape,
    VariantShape,
)
from o365prov.people import Grants, LicenseGrant
from o365prov.profiles import ProfileMapping
from o365prov.provisioning import (
    LicenseOnly,
    Lifecycle,
    ProfileSync,
    ProvisioningType,
    UniversalSync,
    UserSync,
)
from o365prov.structuring import IssueList

TYPES = (LicenseOnly, ProfileSync, UserSync, UniversalSync)


@frozen
class GrantShape:
    """A licence: the part number as a string, or a table with its service plans."""

    def read(self, value: object, place: str, issues: IssueList) -> Any:
        """The licence."""
        return table_of(LicenseGrant).read({"sku": value} if isinstance(value, str) else value, place, issues)

    def write(self, value: LicenseGrant) -> Any:
        """A string where all service plans are enabled."""
        return value.sku if value.service_plans is None else table_of(LicenseGrant).write(value)

    def schema(self) -> JsonSchema:
        """Either form."""
        return {"oneOf": [TEXT.schema(), table_of(LicenseGrant).schema()]}


@frozen
class MappingShape:
    """The mapping: Okta's own for the type with some rows of one's own, or all rows."""

    @property
    def table(self) -> TableShape:
        """The keys."""
        keys = (
            Key("starts_from", ChoiceShape(("defaults", "nothing")), "Okta's mapping of the type, or an empty one."),
            Key("attributes", RowsShape(), "Expressions by attribute; false for one that is not mapped."),
            Key("made_for", TEXT, "The provisioning settings that it was made for; with others it is made again."),
        )
        return TableShape(keys, MappingSettings, "How attributes are mapped.")

    def read(self, value: object, place: str, issues: IssueList) -> Any:
        """What the file says about it."""
        return self.table.read(value, place, issues)

    def write(self, value: ProfileMapping) -> Any:
        """All rows, and the settings that the mapping is bound to."""
        rows = {row.attribute.name: row for row in value}
        return self.table.write(MappingSettings("nothing", rows, value.bound_to))

    def schema(self) -> JsonSchema:
        """The keys."""
        return self.table.schema()


@cache
def app_table() -> TableShape:
    """All settings of an app."""
    shapes: Mapping[str, Any] = {
        "provisioning": VariantShape("type", {each.name: table_of(each) for each in TYPES}),
        "username": UsernameShape(),
        "mapping": MappingShape(),
        "lifecycle": table_of(Lifecycle, shapes={"excluded_people": ConditionShape()}),
        "default_grants": table_of(Grants, shapes={"licenses": ListShape(GrantShape())}),
    }
    return table_of(Office365App, shapes=shapes, make=_make_app)


def _make_app(
    *, provisioning: ProvisioningType, mapping: MappingSettings | None = None, **settings: Any
) -> Office365App:
    if mapping is None:
        return Office365App(provisioning=provisioning, **settings)
    return Office365App(provisioning=provisioning, mapping=mapping.mapping(provisioning), **settings)
