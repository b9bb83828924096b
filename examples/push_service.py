"""A web service that pushes one person to Office 365, with FastAPI.

``POST /people/{id}/push`` reads the person from the directory, plans for nobody else, applies, and answers what was
done. Every other answer has its own status: 409 where somebody has to look at the plan first, 503 where
another process is writing to the tenant.

Run it with ``uvicorn --factory``, from a module of yours that makes the pieces::

    def service() -> FastAPI:
        okta = OktaApi("https://corp.okta.com", "0oa1gjh63g214q0Hq0g4", token=os.environ["OKTA_TOKEN"])
        tenant = Tenant(EnvironmentCredential(), state=PostgresState(os.environ["STATE_DSN"]))
        return push_service(tenant, app, reading(okta), secret=os.environ["PUSH_SECRET"])

Where a second process pushes too, give both the same PostgreSQL state: one of them writes at a time.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, TypeAlias

from fastapi import Depends, FastAPI, Header, HTTPException

from o365prov import Assignment, LeaseLostError, O365ProvError, Office365App, PlanRefusedError, Tenant
from o365prov.sources import OktaApi

ReadPeople: TypeAlias = Callable[[Collection[str]], Awaitable[Sequence[Assignment]]]
"""Reads the assignments of people by their ids; who is assigned no longer is not among them."""


def reading(okta: OktaApi) -> ReadPeople:
    """Reads people from Okta's API."""

    async def read(ids: Collection[str]) -> Sequence[Assignment]:
        return (await okta.read_people(list(ids))).assignments

    return read


def push_service(tenant: Tenant, app: Office365App, read_people: ReadPeople, *, secret: str) -> FastAPI:
    """The service; *secret* is what callers send as a bearer token."""
    one_at_a_time = asyncio.Lock()

    def caller(authorization: Annotated[str, Header()] = "") -> None:
        if not hmac.compare_digest(authorization.encode(), f"Bearer {secret}".encode()):
            raise HTTPException(401, "send the secret of this service as a bearer token")

    service = FastAPI(title="Push to Office 365", dependencies=[Depends(caller)])

    @service.post("/people/{person_id}/push")
    async def push_one(person_id: str) -> dict[str, Any]:
        async with one_at_a_time:
            return await answer(tenant, app, read_people, [person_id])

    return service


async def answer(tenant: Tenant, app: Office365App, read_people: ReadPeople, ids: Collection[str]) -> dict[str, Any]:
    """Push these people, and say what was done, or raise what the caller gets instead."""
    try:
        return await push(tenant, app, read_people, ids)
    except PlanRefusedError as refused:
        raise HTTPException(409, str(refused)) from refused
    except LeaseLostError as busy:
        raise HTTPException(503, str(busy), {"Retry-After": "30"}) from busy
    except O365ProvError as error:
        raise HTTPException(502, str(error)) from error


async def push(tenant: Tenant, app: Office365App, read_people: ReadPeople, ids: Collection[str]) -> dict[str, Any]:
    """Read, plan and apply for these people alone."""
    assignments = await read_people(ids)
    snapshot = await tenant.read(app.needs(assignments, only=ids))
    known = tenant.state.app_users(snapshot.tenant_id, app.name)
    plan = app.plan(assignments, snapshot, known, now=datetime.now(UTC), only=ids, made_by="push service")
    report = await tenant.apply(plan)
    return {
        "ok": report.ok,
        "changes": report.to_dicts(),
        "problems": [f"{each.issue.message}. {each.issue.remedy}." for each in plan.problems],
    }
