"""Places: buildings, their floors and sections, what stands there, and the room lists of Exchange.

Sources: "place", "building", "floor", "section", "desk", "room", "workspace", "roomList" resource types (Graph v1.0).
"""

from __future__ import annotations

from collections.abc import Mapping

from o365prov.testing.fake_tenant.schema.properties import (
    ObjectType,
    Property,
    PropertyType,
    read_only,
    table,
    text,
)

_ADDRESS = table(*(text(name) for name in ("street", "city", "state", "postalCode", "countryOrRegion")))
_COORDINATES = table(
    *(
        Property(name, PropertyType.REAL)
        for name in ("accuracy", "altitude", "altitudeAccuracy", "latitude", "longitude")
    )
)
_CHECK_INS = table(read_only("checkIns", PropertyType.COMPLEXES))


def _place(
    kind: str, title: str, *own: Property, not_held: str = "", relationships: Mapping[str, Property] = _CHECK_INS
) -> ObjectType:
    """A kind of place: its own properties beside those of all places."""
    return ObjectType(
        name=f"microsoft.graph.{kind}",
        title=title,
        collection="places",
        not_held=frozenset(not_held.split()),
        relationships=relationships,
        properties=table(
            read_only("id", in_default_set=True),
            read_only("placeId", in_default_set=True),
            *(text(name, in_default_set=True) for name in ("displayName", "label", "parentId", "phone")),
            Property("isWheelChairAccessible", PropertyType.FLAG, in_default_set=True),
            Property("tags", PropertyType.TEXTS, in_default_set=True, unset=[]),
            Property("address", PropertyType.COMPLEX, in_default_set=True, fields=_ADDRESS),
            Property("geoCoordinates", PropertyType.COMPLEX, in_default_set=True, fields=_COORDINATES),
            *own,
        ),
    )


def _texts(names: str) -> tuple[Property, ...]:
    return tuple(text(name, in_default_set=True) for name in names.split())


_ADDRESSED = read_only("emailAddress", in_default_set=True)
_CAPACITY = Property("capacity", PropertyType.NUMBER, in_default_set=True)

ROOM = _place(
    "room",
    "Room",
    _ADDRESSED,
    *_texts("nickname building floorLabel audioDeviceName displayDeviceName videoDeviceName"),
    text("bookingType", choices=("reserved", "standard", "unknown"), in_default_set=True),
    _CAPACITY,
    Property("floorNumber", PropertyType.NUMBER, in_default_set=True),
    not_held="teamsEnabledState",
)
_OTHERS = (
    _place(
        "building",
        "Building",
        not_held="resourceLinks wifiState",
        relationships=table(*_CHECK_INS.values(), read_only("map", PropertyType.COMPLEX)),
    ),
    _place("floor", "Floor", Property("sortOrder", PropertyType.NUMBER, in_default_set=True)),
    _place("section", "Section"),
    _place(
        "desk",
        "Desk",
        *_texts("displayDeviceName"),
        not_held="heightAdjustableState mailboxDetails mode servicePlans",
    ),
    _place("workspace", "Workspace", _ADDRESSED, *_texts("nickname displayDeviceName"), _CAPACITY, not_held="mode"),
    _place(
        "roomList",
        "RoomList",
        _ADDRESSED,
        relationships=table(
            *_CHECK_INS.values(), *(read_only(name, PropertyType.COMPLEXES) for name in ("rooms", "workspaces"))
        ),
    ),
)
PLACE_TYPES: Mapping[str, ObjectType] = {of.name.rpartition(".")[2]: of for of in (ROOM, *_OTHERS)}
"""The kinds of places by their names."""

PARENTS: Mapping[str, tuple[str, ...]] = {
    "floor": ("building",),
    "section": ("floor",),
    "desk": ("section",),
    "room": ("floor", "section"),
    "workspace": ("floor", "section"),
}
"""In what a place lies; rooms and workspaces may lie nowhere, as those do that Exchange made."""
