"""Places: rooms and room lists as Exchange has them, and the buildings, floors, sections and desks around them."""

from __future__ import annotations

import json
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o365prov.testing import FakeTenant
from o365prov.testing.fake_tenant.schema.place_types import PARENTS, PLACE_TYPES

HQ = "hq@managed.example"


def _body(kind, name="Somewhere", parent=None):
    body = {"@odata.type": f"microsoft.graph.{kind}", "displayName": name}
    return body if parent is None else body | {"parentId": parent}


def _ask(fake, method, path, body=None):
    """Status and JSON of an answer."""
    headers = {"Authorization": "Bearer stand-in", "Content-Type": "application/json"}
    content = b"" if body is None else json.dumps(body).encode()
    status, _, raw = fake.handle(method, f"https://graph.microsoft.com/v1.0{path}", headers, content)
    return status, json.loads(raw) if raw else None


@pytest.fixture
def ask(fake):
    """Asks the tenant."""
    return partial(_ask, fake)


@pytest.fixture
def rooms(fake):
    """Two rooms in a list, and one in none."""
    fake.add_room("Blue", "blue@managed.example", lists=[HQ], capacity=4)
    fake.add_room("Green", "green@managed.example", lists=[HQ], capacity=40)
    fake.add_room("Red", "red@managed.example")


@pytest.mark.usefixtures("rooms")
def test_rooms_can_be_read_and_described(ask):
    """By id or address; PATCH answers the room."""
    found = ask("GET", "/places/microsoft.graph.room?$filter=capacity eq 4")[1]["value"]
    assert [room["displayName"] for room in found] == ["Blue"]
    status, room = ask("PATCH", "/places/blue@managed.example", {"capacity": 6, "geoCoordinates": {"latitude": 47.5}})
    assert (status, room["capacity"], room["@odata.type"]) == (200, 6, "#microsoft.graph.room")
    assert ask("PATCH", "/places/blue@managed.example", {"capacity": "six"})[0] == 400
    assert ask("PATCH", "/places/blue@managed.example", {"geoCoordinates": {"latitude": True}})[0] == 400
    assert ask("GET", "/places/grey@managed.example")[0] == 404


@pytest.mark.usefixtures("rooms")
def test_a_room_list_has_its_rooms(ask):
    """Found by its address, as Graph wants it: by its id it is not found."""
    (held,) = ask("GET", "/places/microsoft.graph.roomlist")[1]["value"]
    assert (held["displayName"], held["emailAddress"]) == ("hq", HQ)
    status, page = ask("GET", f"/places/{HQ}/microsoft.graph.roomlist/rooms?$top=1")
    assert (status, [room["displayName"] for room in page["value"]]) == (200, ["Blue"])
    assert page["@odata.context"].endswith("#places('hq%40managed.example')/microsoft.graph.roomList/rooms")
    assert ask("GET", page["@odata.nextLink"].split("/v1.0")[1])[1]["value"][0]["displayName"] == "Green"
    assert ask("GET", f"/places/{held['id']}/microsoft.graph.roomList/rooms")[0] == 404
    assert ask("GET", "/places/red@managed.example/microsoft.graph.roomList/rooms")[0] == 404


@pytest.mark.usefixtures("rooms")
def test_places_are_counted_and_skipped_without_a_header(ask):
    """They are not in the directory, whose counts need ConsistencyLevel."""
    page = ask("GET", "/places/microsoft.graph.room?$count=true&$skip=1&$top=1&$select=displayName")[1]
    assert (page["@odata.count"], page["value"]) == (3, [{"displayName": "Green"}])
    assert ask("GET", page["@odata.nextLink"].split("/v1.0")[1])[1]["value"] == [{"displayName": "Red"}]
    assert ask("GET", "/places/microsoft.graph.room/$count") == (200, 3)
    assert ask("GET", "/places/microsoft.graph.room?$skip=-1")[0] == 400


def test_a_room_is_created_under_an_address_that_is_made_up(ask):
    """On a floor of a building; id and placeId differ, because the room has a mailbox."""
    building = ask("POST", "/places", _body("building", "B001"))[1]
    assert building["placeId"] == building["id"]
    floor = ask("POST", "/places", _body("floor", "F1", building["id"]))[1]["id"]
    status, room = ask("POST", "/places", _body("room", "Conf 4/3", floor) | {"bookingType": "standard"})
    assert (status, room["parentId"], room["bookingType"]) == (201, floor, "standard")
    assert room["emailAddress"].startswith("Conf43")
    assert room["placeId"] != room["id"]
    assert ask("GET", f"/places/{room['emailAddress']}/graph.room")[1]["id"] == room["id"]
    assert ask("POST", "/places", _body("room") | {"emailAddress": "mine@managed.example"})[0] == 400


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"displayName": "x"}, "@odata.type"),
        (_body("roomList"), "@odata.type"),
        ({"@odata.type": 1, "displayName": "x"}, "@odata.type"),
        (_body("floor"), "lies in a building"),
        (_body("floor", parent="nowhere"), "lies in a building"),
        (_body("building", parent="nowhere"), "lies in nothing"),
        (_body("building", name=None), "displayName"),
        (_body("building") | {"color": "red"}, "color"),
        (_body("room") | {"bookingType": "free"}, "bookingType"),
    ],
)
def test_a_place_that_can_not_be_is_refused(ask, body, why):
    """With what is wrong about it."""
    status, answer = ask("POST", "/places", body)
    assert (status, why in answer["error"]["message"]) == (400, True)


def test_what_has_a_mailbox_or_something_in_it_is_not_deleted(ask, fake):
    """Buildings, floors, sections and desks are, when they are empty."""
    building = ask("POST", "/places", _body("building"))[1]["id"]
    floor = ask("POST", "/places", _body("floor", parent=building))[1]["id"]
    assert ask("DELETE", f"/places/{building}")[0] == 400
    assert [ask("DELETE", f"/places/{each}")[0] for each in (floor, building, building)] == [204, 204, 404]
    assert ask("DELETE", f"/places/{fake.add_room('Blue', 'blue@managed.example')['id']}")[0] == 400


def test_a_place_keeps_its_kind(ask):
    """An update that calls it something else is refused."""
    building = ask("POST", "/places", _body("building"))[1]["id"]
    assert ask("PATCH", f"/places/{building}", _body("floor"))[0] == 400
    assert ask("PATCH", f"/places/{building}", {"parentId": building})[0] == 400
    assert ask("GET", f"/places/{building}/microsoft.graph.floor")[0] == 404


@given(st.data())
def test_places_lie_in_what_microsoft_says(data):
    """Whatever is created in whatever: it is there exactly when its parent is of a fitting kind."""
    fake = FakeTenant(seed=1)
    made = []
    for _ in range(data.draw(st.integers(1, 6))):
        kind = data.draw(st.sampled_from([*PLACE_TYPES]))
        parent, parent_kind = data.draw(st.sampled_from([(None, None), *made]))
        status, body = _ask(fake, "POST", "/places", _body(kind, parent=parent))
        fits = parent_kind in PARENTS.get(kind, ()) or (parent is None and kind in {"building", "room", "workspace"})
        assert status == (201 if fits else 400)
        if fits:
            made.append((body["id"], kind))
