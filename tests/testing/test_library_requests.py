"""This library on the wire: every request that it sends and every answer that it gets fits Microsoft's schema."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from o365prov import Office365App, Tenant, UsernameFormat, UserSync
from o365prov.people import AppUsers
from o365prov.sources import ldif, okta_json
from o365prov.testing import FakeTenant

DATA = Path(__file__).parents[2] / "examples" / "data"
BASE = "https://graph.microsoft.com/v1.0"


def _exchanges(fake):
    """Every request with its answer, those inside batches taken out of them."""
    for seen in fake.requests:
        yield seen.method, seen.url, seen.content, seen.status, seen.answer
        if seen.url.endswith("/$batch"):
            answers = {item["id"]: item for item in seen.answer_body["responses"]}
            for item in seen.body["requests"]:
                answer = answers[item["id"]]
                sent = json.dumps(item["body"]).encode() if item.get("body") is not None else b""
                got = b"" if answer["body"] is None else json.dumps(answer["body"]).encode()
                yield item["method"], f"{BASE}{item['url']}", sent, answer["status"], got


def test_a_first_run_of_the_example_organisation(validate):
    """Reading the tenant and applying the whole plan, batches included."""
    organization = okta_json.read_organization(DATA).with_directory(ldif.read_accounts(DATA / "active-directory.ldif"))
    app = Office365App(
        domains=("yourfederated.domain",),
        provisioning=UserSync(create_users=True, update_attributes=True, deactivate_users=True),
        username=UsernameFormat.custom('String.substringBefore(user.email, "@") + "@yourfederated.domain"'),
    )
    fake = FakeTenant(domains={"yourfederated.domain": "Federated"}, licenses={"SPE_E3": 40, "SPE_F1": 20}, seed=1)

    async def run():
        async with Tenant.over(fake) as tenant:
            snapshot = await tenant.read(app.needs(organization.assignments))
            known = AppUsers.empty(snapshot.tenant_id, app.name)
            plan = app.plan(organization.assignments, snapshot, known, now=fake.clock.now())
            return await tenant.apply(plan)

    report = asyncio.run(run())
    assert report.ok
    seen = list(_exchanges(fake))
    assert {method for method, *_ in seen} >= {"GET", "POST", "PUT"}
    for exchange in seen:
        validate(*exchange)
