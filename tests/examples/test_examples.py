"""The examples that stand alone: a push service, an event hook, a nightly job, mappings compared, rules tested."""

import asyncio
import json
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from organisation import DOMAIN, assigned, somebody, user_sync_app

from o365prov import BlockingTenant, MemoryState, Tenant
from o365prov.testing import FakeTenant

EXAMPLES = Path(__file__).parents[2] / "examples"
APP = user_sync_app()
ANN, BO = assigned(somebody("Ann Lee"), "SPE_E3"), assigned(somebody("Bo Ross"), "SPE_E3")
SECRET = {"Authorization": "Bearer tested"}


@pytest.fixture
def example(monkeypatch):
    """Loads an example as a module's names."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    yield lambda name: runpy.run_path(str(EXAMPLES / f"{name}.py"))
    sys.modules.pop("push_service", None)


@pytest.fixture
def fake():
    """A tenant with licences for both."""
    return FakeTenant(domains={DOMAIN: "Federated"}, licenses={"SPE_E3": 5})


def usernames(fake):
    """Who has an account."""
    return {user["userPrincipalName"] for user in fake.users}


async def called(service, *requests):
    """The answers of a service to requests, one after the other."""
    transport = httpx.ASGITransport(service)
    async with httpx.AsyncClient(transport=transport, base_url="http://service.example", headers=SECRET) as client:
        return [await client.request(method, path, **more) for method, path, more in requests]


def people(*assignments):
    """Reads people as a directory would: those of them who are assigned."""

    async def read(ids):
        return [each for each in assignments if each.person.id in ids]

    return read


def test_a_push_provisions_one_person_and_nobody_else(example, fake):
    """Ann has her account and licence; Bo is not looked at, and a second push writes nothing."""

    async def run():
        async with Tenant.over(fake) as tenant:
            service = example("push_service")["push_service"](tenant, APP, people(ANN, BO), secret="tested")
            path = f"/people/{ANN.person.id}/push"
            return await called(service, ("POST", path, {}), ("POST", path, {}))

    first, second = [answer.json() for answer in asyncio.run(run())]
    assert (first["ok"], [each["result"] for each in first["changes"]]) == (True, ["done", "done"])
    assert usernames(fake) == {f"ann.lee@{DOMAIN}"}
    assert second["changes"] == []


def test_a_push_is_refused_without_the_secret(example, fake):
    """Nothing is read or written for a stranger."""

    async def run():
        async with Tenant.over(fake) as tenant:
            service = example("push_service")["push_service"](tenant, APP, people(ANN), secret="another")
            return await called(service, ("POST", f"/people/{ANN.person.id}/push", {}))

    [answer] = asyncio.run(run())
    assert (answer.status_code, usernames(fake)) == (401, set())


def test_a_push_waits_for_who_writes_already(example, fake):
    """503 and when to come again, while another process has the lease."""

    async def run():
        state = MemoryState()
        async with Tenant.over(fake, state=state) as tenant:
            service = example("push_service")["push_service"](tenant, APP, people(ANN), secret="tested")
            snapshot = await tenant.read(APP.needs([ANN]))
            lease = state.acquire(snapshot.tenant_id)
            answers = await called(service, ("POST", f"/people/{ANN.person.id}/push", {}))
            state.release(lease)
            return answers

    [answer] = asyncio.run(run())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")


def event(kind, *targets):
    """One event of an event hook's call."""
    return {"eventType": kind, "target": [{"id": target, "type": "User"} for target in targets]}


def test_the_hook_pushes_whom_its_events_name(example, fake):
    """Two events about Ann are one push; Bo's sign-in is no reason for one."""
    body = {
        "data": {
            "events": [
                event("application.user_membership.add", ANN.person.id),
                event("user.account.update_profile", ANN.person.id),
                event("user.session.start", BO.person.id),
            ]
        }
    }

    async def run():
        async with Tenant.over(fake) as tenant:
            made = example("okta_event_hook")["hook_service"]
            service = made(tenant, APP, people(ANN, BO), secret="tested", wait=0)
            answers = await called(service, ("POST", "/okta/events", {"json": body}))
            await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_coro().__name__ == "push_due"))
            return answers

    [answer] = asyncio.run(run())
    assert (answer.status_code, usernames(fake)) == (204, {f"ann.lee@{DOMAIN}"})


def test_the_hook_answers_oktas_verification(example, fake):
    """Okta sends a challenge once, and wants it back."""

    async def run():
        async with Tenant.over(fake) as tenant:
            service = example("okta_event_hook")["hook_service"](tenant, APP, people(), secret="tested")
            headers = {"x-okta-verification-challenge": "abc"}
            return await called(service, ("GET", "/okta/events", {"headers": headers}))

    [answer] = asyncio.run(run())
    assert answer.json() == {"verification": "abc"}


def test_the_nightly_job_provisions_everybody_and_then_has_nothing_to_do(example, tmp_path, capsys):
    """The first night creates accounts, and the second one writes nothing."""
    main = example("nightly_job")["main"]
    page = tmp_path / "plan.html"
    fake = FakeTenant(domains={DOMAIN: "Federated"}, licenses={"SPE_E3": 40, "SPE_F1": 20})
    with BlockingTenant.over(fake) as tenant:
        codes = [main([str(EXAMPLES / "data"), "--plan", str(tmp_path / "plan.json")], tenant) for _ in range(2)]
    lines = capsys.readouterr().out.splitlines()
    assert codes == [0, 0]
    assert lines[0].startswith("87 changes done, 0 failed")
    assert lines[2].startswith("0 changes done")
    assert page.read_text().startswith("<!DOCTYPE html>")


def test_the_nightly_job_asks_before_it_takes_away(example, tmp_path, capsys):
    """Everybody was deprovisioned: it names the fingerprint, and goes on when it is given."""
    main = example("nightly_job")["main"]
    fake = FakeTenant(domains={DOMAIN: "Federated"}, licenses={"SPE_E3": 40, "SPE_F1": 20})
    gone = shutil.copytree(EXAMPLES / "data", tmp_path / "exports")
    users = json.loads((gone / "okta-users.json").read_text())
    (gone / "okta-users.json").write_text(json.dumps([{**user, "status": "DEPROVISIONED"} for user in users]))
    kept = ["--plan", str(tmp_path / "plan.json")]
    with BlockingTenant.over(fake) as tenant:
        assert main([str(EXAMPLES / "data"), *kept], tenant) == 0
        capsys.readouterr()
        assert main([str(gone), *kept], tenant) == 3
        fingerprint = capsys.readouterr().out.split()[-1]
        assert all(user["accountEnabled"] for user in fake.users)
        assert main([str(gone), *kept, "--confirm", fingerprint], tenant) == 0
    assert not any(user["accountEnabled"] for user in fake.users)


def test_the_nightly_job_says_what_is_wrong_with_its_input(example, tmp_path, capsys, fake):
    """One line, and exit code 1."""
    with BlockingTenant.over(fake) as tenant:
        assert example("nightly_job")["main"]([str(tmp_path / "nowhere")], tenant) == 1
    assert capsys.readouterr().err.startswith("nightly job: ")


def test_mappings_are_compared_before_anything_is_planned(example):
    """It names who would lose their username, and those whose username would be another person's too."""
    comparison = example("compare_mappings")["compared"](EXAMPLES / "data")
    assert comparison.attributes == {"userName": 44}
    assert any(issue.code == "collision" for each in comparison for issue in each.new_issues)


def test_the_rules_example_passes():
    """As its reader would run it."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(EXAMPLES / "test_group_rules.py")]
    subprocess.run(command, check=True, capture_output=True, cwd=EXAMPLES.parent)  # noqa: S603 - our own
