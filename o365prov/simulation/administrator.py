"""What administrators do by hand in the tenant: they know Graph, and nothing of plans."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from attrs import frozen

from o365prov.simulation.schedule.events import Event
from o365prov.testing import FakeTenant

_ROOT = "https://graph.microsoft.com/v1.0"
_ROLE = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
"""Global Reader, which is a privileged role."""


@frozen
class Administrator:
    """Edits accounts.

    Args:
        fake: the tenant.
        skus: the products that may be given by hand, by their part numbers.

    """

    fake: FakeTenant
    skus: tuple[str, ...]

    def edit(self, event: Event, object_id: str | None, *, username: str, number: int) -> bool:
        """Do it to an account; returns whether the tenant took it.

        Args:
            event: what to do.
            object_id: the account; None where there is none.
            username: the username that its person is to have.
            number: which licence, title ..., where there is a choice.

        """
        if event is Event.OCCUPY:
            return self._occupied(username)
        if object_id is None:
            return False
        user = f"/users/{object_id}"
        deleted = f"/directory/deletedItems/{object_id}"
        domain = username.rpartition("@")[2]
        match event:
            case Event.BLOCK | Event.ENABLE:
                return self._send("PATCH", user, {"accountEnabled": event is Event.ENABLE})
            case Event.RENAME_ACCOUNT:
                return self._send("PATCH", user, {"userPrincipalName": f"by.hand{number}@{domain}"})
            case Event.EDIT:
                return self._send("PATCH", user, {"jobTitle": f"By hand {number}"})
            case Event.DELETE:
                return self._send("DELETE", user)
            case Event.RESTORE:
                return self._send("POST", f"{deleted}/restore", {})
            case Event.PURGE:
                return self._send("DELETE", deleted)
            case Event.LICENSE | Event.UNLICENSE:
                return self._licensed(user, number, gives=event is Event.LICENSE)
            case Event.GRANT_ROLE:
                role = {"principalId": object_id, "roleDefinitionId": _ROLE, "directoryScopeId": "/"}
                return self._send("POST", "/roleManagement/directory/roleAssignments", role)
            case Event.TAKE_ROLE:
                return self._role_taken(object_id)
            case _:
                return False

    @cached_property
    def ids(self) -> Mapping[str, str]:
        """The ids of the licences and roles of the tenant, by their names in lower case: nobody changes them."""
        licenses = {each["skuPartNumber"].lower(): each["skuId"] for each in self._read("/subscribedSkus")}
        roles = self._read("/roleManagement/directory/roleDefinitions?$select=id,displayName")
        return {**licenses, **{each["displayName"].lower(): each["id"] for each in roles}}

    def _licensed(self, user: str, number: int, *, gives: bool) -> bool:
        if not self.skus:
            return False
        name = self.skus[number % len(self.skus)]
        sku_id = self.ids.get(name.lower())
        if sku_id is None:
            return False
        added = [{"skuId": sku_id, "disabledPlans": []}] if gives else []
        return self._send(
            "POST", f"{user}/assignLicense", {"addLicenses": added, "removeLicenses": [] if gives else [sku_id]}
        )

    def _role_taken(self, object_id: str) -> bool:
        path = "/roleManagement/directory/roleAssignments"
        for each in self._read(f"{path}?$filter=principalId%20eq%20'{object_id}'"):
            return self._send("DELETE", f"{path}/{each['id']}")
        return False

    def _occupied(self, username: str) -> bool:
        if not username or any(user["userPrincipalName"].lower() == username.lower() for user in self.fake.users):
            return False
        self.fake.add_user(username, displayName="A stranger")
        return True

    def _read(self, path: str) -> list[dict[str, Any]]:
        _, _, content = self.fake.handle("GET", _ROOT + path, {"Authorization": "Bearer by-hand"}, b"")
        found: list[dict[str, Any]] = json.loads(content)["value"]
        return found

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> bool:
        headers = {"Authorization": "Bearer by-hand", "Content-Type": "application/json"}
        content = b"" if body is None else json.dumps(body).encode()
        status, _, _ = self.fake.handle(method, _ROOT + path, headers, content)
        return status < 400
