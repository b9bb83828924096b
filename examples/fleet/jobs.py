"""The fleet, and the queue that its workers take jobs from: ``procrastinate --app=jobs.app worker``.

FLEET is what a deployment would have in its configuration: where the database and the tenants are, and how many.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

import customers
import httpx
import procrastinate

from o365prov import Tenant
from o365prov.fleet import Fleet, FleetRecords, FleetRegistry, FleetTenant, fleet_tasks
from o365prov.graph import Credential
from o365prov.state import PostgresState, State

SETTINGS = json.loads(os.environ["FLEET"])
DATABASE: str = SETTINGS["database"]
GRAPH = "https://graph.microsoft.com"


class Loopback:
    """Carries the requests of one tenant to the server of the fake ones, in place of Microsoft's network."""

    client: httpx.AsyncClient | None = None

    def __init__(self, name: str) -> None:
        self.name = name

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        """One request."""
        if Loopback.client is None:  # one for all tenants of this process
            Loopback.client = httpx.AsyncClient(base_url=SETTINGS["tenants"], timeout=60)
        named = {**headers, "host": "graph.microsoft.com", "x-tenant": self.name}
        try:
            response = await Loopback.client.request(method, url.removeprefix(GRAPH), headers=named, content=body)
        except httpx.HTTPError as error:
            raise ConnectionResetError(str(error)) from error
        return response.status_code, response.headers, response.content


def connect(tenant: FleetTenant, credential: Credential, state: State) -> Tenant:
    """A connection to a fake tenant; a real fleet leaves this out."""
    return Tenant.over(Loopback(tenant.name), credential=credential, state=state)


class Vault:
    """Gives credentials by name: here one that is not valid anywhere, else one of azure-identity's."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def get_token(self, *_scopes: str, **_options: object) -> object:
        """A token."""
        from azure.core.credentials import AccessToken  # noqa: PLC0415 - fakes take any

        return AccessToken("not valid anywhere", 1 << 33)


fleet = Fleet(
    customers.directory(SETTINGS["count"]),
    FleetRegistry(
        apps=customers.app,
        credentials=Vault,
        people=lambda name: customers.people(name, SETTINGS.get("sizes", {}).get(name, SETTINGS["people"])),
        connect=connect,
    ),
    state=PostgresState(DATABASE, lease_seconds=SETTINGS.get("lease_seconds", 60)),
    records=FleetRecords(DATABASE),
)
app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=DATABASE, min_size=1, max_size=3))
app.add_tasks_from(fleet_tasks(fleet, tick=SETTINGS.get("tick", "*/2 * * * * *")), namespace="fleet")
