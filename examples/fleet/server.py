"""All fake tenants in one process: ``python server.py COUNT SEATS`` prints its address.

A request says in its header ``x-tenant`` which one it is for; everything else is as with Graph itself.
"""

from __future__ import annotations

import json
import socket
import sys
from typing import Any

import uvicorn
from customers import directory, domain

from o365prov.testing import FakeTenant

TENANTS: dict[str, FakeTenant] = {}


async def answer(scope: Any, receive: Any, send: Any) -> None:
    """Hand a request to its tenant; one for /accounts is answered with who is there, of all of them."""
    headers = dict(scope["headers"])
    if scope["path"] == "/accounts":
        await _reply(send, {name: [user["userPrincipalName"] for user in fake.users] for name, fake in TENANTS.items()})
        return
    fake = TENANTS[headers[b"x-tenant"].decode()]
    await fake.asgi({**scope, "scheme": "https"}, receive, send)  # so that it links to https://graph.microsoft.com


async def _reply(send: Any, value: object) -> None:
    content = json.dumps(value).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": content})


def main(count: int, seats: int) -> None:
    """Serve until the process is ended."""
    for number, tenant in enumerate(directory(count)):
        TENANTS[tenant.name] = FakeTenant(
            {domain(tenant.name): "Federated"}, {"SPE_E3": seats}, seed=number, keep_requests=1
        )
    listening = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    config = uvicorn.Config(answer, lifespan="off", log_level="warning", access_log=False)
    uvicorn.Server(config).run([listening])


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
