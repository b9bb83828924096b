"""Okta's event hook turned into a targeted push.

Okta calls the hook when somebody is assigned, unassigned, changed, suspended or deactivated. The hook answers at once,
as Okta wants within three seconds, and pushes the people that the events name a moment later, each of them once. A push
reads how people are by then, so it does not matter in which order the events come, or whether one comes twice.

In Okta: *Workflow*, *Event Hooks*, *Create Event Hook*, with the address of ``/okta/events``, the authentication field
``Authorization`` and its secret, and the events of :data:`EVENTS`. Events can be lost: run a nightly job as well
(``nightly_job.py``), which finds whatever was missed.

Source: Okta, "Event hooks".
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Body, FastAPI, Header
from push_service import ReadPeople, answer, push_service

from o365prov import Office365App, Tenant

EVENTS = (
    "application.user_membership.add",
    "application.user_membership.remove",
    "user.account.update_profile",
    "user.account.update_password",
    "user.lifecycle.activate",
    "user.lifecycle.suspend",
    "user.lifecycle.unsuspend",
    "user.lifecycle.deactivate",
)
"""The events that matter to what somebody should be in Office 365."""

LOG = logging.getLogger("okta_event_hook")


def hook_service(
    tenant: Tenant, app: Office365App, read_people: ReadPeople, *, secret: str, wait: float = 5.0
) -> FastAPI:
    """The push service with the hook beside it; it pushes *wait* seconds after an event, together with later ones."""
    service = push_service(tenant, app, read_people, secret=secret)
    due: set[str] = set()
    running: set[asyncio.Task[None]] = set()

    async def push_due() -> None:
        await asyncio.sleep(wait)
        people = sorted(due)
        due.clear()
        try:
            done = await answer(tenant, app, read_people, people)
            LOG.info("pushed %d people: %s", len(people), "done" if done["ok"] else "not all of it")
        except Exception:
            LOG.exception("people were not pushed; the nightly job will find them: %s", ", ".join(people))

    @service.get("/okta/events")
    async def verify(x_okta_verification_challenge: Annotated[str, Header()]) -> dict[str, str]:
        return {"verification": x_okta_verification_challenge}

    @service.post("/okta/events", status_code=204)
    async def receive(body: Annotated[dict[str, Any], Body()]) -> None:
        people = people_of(body)
        if people and not due:
            task = asyncio.create_task(push_due())
            running.add(task)
            task.add_done_callback(running.discard)
        due.update(people)

    return service


def people_of(body: Mapping[str, Any]) -> set[str]:
    """The ids of the people whom the events of a call are about."""
    events = body.get("data", {}).get("events", [])
    targets = [target for event in events if event.get("eventType") in EVENTS for target in event.get("target") or ()]
    return {str(target["id"]) for target in targets if target.get("type") == "User"}
