"""A simple model of a directory beside the fake: whatever is done in whatever order, both agree."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, precondition, rule

from o365prov.testing import FakeClock, FakeTenant
from o365prov.testing.fake_tenant.schema.skus import PRODUCTS

HEADERS = {"Authorization": "Bearer x", "Content-Type": "application/json"}
BASE = "https://graph.microsoft.com/v1.0"
SEATS = 3
F1 = PRODUCTS["SPE_F1"].id
NAMES = st.sampled_from([f"{name}@managed.example" for name in ("ann", "Ann", "bob", "cat", "dan", "eve")])
ANCHORS = st.sampled_from([None, None, None, "YQ==", "Yg=="])
TITLES = st.sampled_from([None, "Singer", "Drummer"])


class Model:
    """What a directory is, in the plainest words."""

    def __init__(self):
        self.live = {}
        self.deleted = {}
        self.managers = {}
        self.members = set()
        self.followed = {}

    def name_is_free(self, name, but=None):
        return all(user["name"].lower() != name.lower() for key, user in self.live.items() if key != but)

    def anchor_is_free(self, anchor, but=None):
        everyone = {**self.live, **self.deleted}
        return anchor is None or all(user["anchor"] != anchor for key, user in everyone.items() if key != but)

    @property
    def seats_taken(self):
        return sum(user["licensed"] for user in self.live.values())


class DirectoryMachine(RuleBasedStateMachine):
    """Random lives of a few users, checked after every step."""

    users = Bundle("users")

    def __init__(self):
        super().__init__()
        clock = FakeClock(at=datetime(2026, 1, 1, tzinfo=UTC))
        self.fake = FakeTenant(domains=["managed.example"], licenses={"SPE_F1": SEATS}, clock=clock, seed=1)
        self.group = self.fake.add_group("Band")["id"]
        self.model = Model()
        self.link = self.ask("GET", "/users/delta?$select=userPrincipalName,jobTitle,manager")[1]["@odata.deltaLink"]

    def ask(self, method, address, body=None):
        url = address if "://" in address else f"{BASE}{address}"
        content = b"" if body is None else json.dumps(body).encode()
        status, _, raw = self.fake.handle(method, url, HEADERS, content)
        assert status < 500, raw
        return status, json.loads(raw) if raw else None

    def reference(self, key):
        return {"@odata.id": f"{BASE}/users/{key}"}

    @precondition(lambda self: len(self.model.live) + len(self.model.deleted) < 4)
    @rule(target=users, name=NAMES, anchor=ANCHORS)
    def create(self, name, anchor):
        body = {
            "accountEnabled": True,
            "displayName": "x",
            "mailNickname": "x",
            "userPrincipalName": name,
            "usageLocation": "US",
            "onPremisesImmutableId": anchor,
            "passwordProfile": {"password": "Correct-Horse-7"},
        }
        status, answer = self.ask("POST", "/users", body)
        fits = self.model.name_is_free(name) and self.model.anchor_is_free(anchor)
        assert status == (201 if fits else 400)
        if not fits:
            return multiple()
        self.model.live[answer["id"]] = {"name": name, "anchor": anchor, "title": None, "licensed": False}
        return answer["id"]

    @rule(key=users, name=NAMES)
    def rename(self, key, name):
        status, _ = self.ask("PATCH", f"/users/{key}", {"userPrincipalName": name})
        if key not in self.model.live:
            assert status == 404
        elif self.model.name_is_free(name, but=key):
            assert status == 204
            self.model.live[key]["name"] = name
        else:
            assert status == 400

    @rule(key=users, title=TITLES)
    def retitle(self, key, title):
        status, _ = self.ask("PATCH", f"/users/{key}", {"jobTitle": title})
        assert status == (204 if key in self.model.live else 404)
        if key in self.model.live:
            self.model.live[key]["title"] = title

    @rule(key=users, anchor=ANCHORS)
    def anchor(self, key, anchor):
        status, _ = self.ask("PATCH", f"/users/{key}", {"onPremisesImmutableId": anchor})
        if key not in self.model.live:
            assert status == 404
        elif self.model.anchor_is_free(anchor, but=key):
            assert status == 204
            self.model.live[key]["anchor"] = anchor
        else:
            assert status == 400

    @rule(key=users)
    def license(self, key):
        body = {"addLicenses": [{"skuId": F1, "disabledPlans": []}], "removeLicenses": []}
        status, _ = self.ask("POST", f"/users/{key}/assignLicense", body)
        user = self.model.live.get(key)
        if user is None:
            assert status == 404
        elif user["licensed"] or self.model.seats_taken < SEATS:
            assert status == 200
            user["licensed"] = True
        else:
            assert status == 400

    @rule(key=users)
    def unlicense(self, key):
        status, _ = self.ask("POST", f"/users/{key}/assignLicense", {"addLicenses": [], "removeLicenses": [F1]})
        user = self.model.live.get(key)
        assert status == (404 if user is None else 200 if user["licensed"] else 400)
        if user is not None:
            user["licensed"] = False

    @rule(key=users, boss=users)
    def manage(self, key, boss):
        status, _ = self.ask("PUT", f"/users/{key}/manager/$ref", self.reference(boss))
        if key not in self.model.live:
            assert status == 404
        elif boss not in self.model.live or boss == key:
            assert status == 400
        else:
            assert status == 204
            self.model.managers[key] = boss

    @rule(key=users)
    def join(self, key):
        status, _ = self.ask("POST", f"/groups/{self.group}/members/$ref", self.reference(key))
        if key not in self.model.live:
            assert status == 404
        elif key in self.model.members:
            assert status == 400
        else:
            assert status == 204
            self.model.members.add(key)

    @rule(key=users, is_followed=st.booleans())
    def delete(self, key, is_followed):
        status, _ = self.ask("DELETE", f"/users/{key}")
        assert status == (204 if key in self.model.live else 404)
        if key in self.model.live:
            self.model.deleted[key] = self.model.live.pop(key)
            if is_followed:
                self.follow()

    @rule(key=users, is_followed=st.booleans())
    def restore(self, key, is_followed):
        status, _ = self.ask("POST", f"/directory/deletedItems/{key}/restore", {"autoReconcileProxyConflict": True})
        user = self.model.deleted.get(key)
        if user is None:
            assert status == 404
        elif not self.model.name_is_free(user["name"]):
            assert status == 400
        else:
            assert status == 200
            user["licensed"] = user["licensed"] and self.model.seats_taken < SEATS
            self.model.live[key] = self.model.deleted.pop(key)
            if is_followed:
                self.follow()

    @rule(key=consumes(users))
    def purge(self, key):
        status, _ = self.ask("DELETE", f"/directory/deletedItems/{key}")
        assert status == (204 if key in self.model.deleted else 404)
        if key in self.model.deleted:
            del self.model.deleted[key]
            self.model.members.discard(key)
            self.model.managers = {a: b for a, b in self.model.managers.items() if key not in {a, b}}

    @precondition(lambda self: self.model.live or self.model.deleted)
    @rule()
    def save_and_load(self):
        self.fake = FakeTenant.from_json(self.fake.to_json(), clock=self.fake.clock)

    @rule()
    def follow(self):
        """A client that follows delta knows what a client that lists knows."""
        status, answer = self.ask("GET", self.link)
        assert status == 200
        self.link = answer["@odata.deltaLink"]
        for item in answer["value"]:
            if "@removed" in item:
                assert (item["@removed"]["reason"] == "changed") == (item["id"] in self.model.deleted)
                self.model.followed.pop(item["id"], None)
                continue
            known = self.model.followed.setdefault(item["id"], {"manager": None})
            known |= {"name": item["userPrincipalName"], "title": item.get("jobTitle")}
            for link in item.get("manager@delta", ()):
                if "@removed" not in link:
                    known["manager"] = link["id"]
                elif known["manager"] == link["id"]:
                    known["manager"] = None
        wanted = {
            key: {"name": user["name"], "title": user["title"], "manager": self.live_manager(key)}
            for key, user in self.model.live.items()
        }
        assert self.model.followed == wanted

    def live_manager(self, key):
        manager = self.model.managers.get(key)
        return manager if manager in self.model.live else None

    @invariant()
    def both_agree(self):
        _, answer = self.ask(
            "GET", "/users?$select=id,userPrincipalName,jobTitle,onPremisesImmutableId,assignedLicenses"
        )
        shown = {
            item["id"]: {
                "name": item["userPrincipalName"],
                "anchor": item["onPremisesImmutableId"],
                "title": item["jobTitle"],
                "licensed": bool(item["assignedLicenses"]),
            }
            for item in answer["value"]
        }
        assert shown == self.model.live
        assert self.fake.seats("SPE_F1") == (self.model.seats_taken, SEATS)
        _, listed = self.ask("GET", f"/groups/{self.group}/members?$select=id")
        assert {item["id"] for item in listed["value"]} == self.model.members & self.model.live.keys()
        _, parked = self.ask("GET", "/directory/deletedItems/microsoft.graph.user?$select=id")
        assert {item["id"] for item in parked["value"]} == self.model.deleted.keys()


TestDirectory = DirectoryMachine.TestCase
TestDirectory.settings = settings(stateful_step_count=50)
