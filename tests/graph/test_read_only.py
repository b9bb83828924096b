"""A tenant that was made to read alone: nothing is sent that writes, whoever asks for it."""

import json

import pytest

from o365prov import BlockingTenant, ReadOnlyError, Tenant
from o365prov.graph.client.read_only import check_only_reads
from o365prov.state import MemoryState
from o365prov.testing import FakeTenant

BATCH = "/v1.0/$batch"


def batch(*requests):
    """The body of a batch."""
    return json.dumps({"requests": [{"id": "1", "method": method, "url": url} for method, url in requests]}).encode()


def test_a_plan_is_not_applied(changes, plan, apply, fake, faulty, state):
    """Before anything is asked or noted; the plan can be applied by another Tenant."""
    made = plan(changes.create("ann"))
    faulty.seen.clear()
    with pytest.raises(ReadOnlyError, match="this Tenant only reads: make one without read_only=True"):
        apply(made, {"read_only": True}, confirm=made.fingerprint)
    assert (faulty.seen, state.runs(made.tenant_id), fake.users) == ([], (), ())
    assert apply(made).ok


def test_reading_and_verifying_go_on(changes, plan, apply, tenant, run, needs):
    """Of everybody and in batches."""
    made = plan(changes.create("ann"))
    apply(made)

    async def looked_at():
        async with tenant(read_only=True) as connected:
            snapshot = await connected.read(needs)
            return len(snapshot.users), (await connected.verify(made)).people[0].exists

    assert run(looked_at()) == (1, True)


def test_the_sdk_does_not_write_either(fake, tenant, run):
    """What the caller sends over the same connection: Graph hears nothing of it."""
    fake.add_user("ann@fed.example")

    async def deleting():
        async with tenant(read_only=True) as connected:
            assert (await connected.sdk.users.by_user_id("ann@fed.example").get()).id
            await connected.sdk.users.by_user_id("ann@fed.example").delete()

    with pytest.raises(ReadOnlyError, match=r"DELETE /users/ann@fed\.example"):
        run(deleting())
    assert len(fake.users) == 1


def test_a_blocking_tenant_only_reads_too():
    """With the same argument, over a transport and over the network."""
    for kind in (BlockingTenant, Tenant):
        assert kind.over(FakeTenant(), read_only=True)
    with BlockingTenant.over(FakeTenant(), state=MemoryState(), read_only=True) as tenant:
        assert tenant.test_connection().ok


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1.0/users", b""),
        ("POST", "/v1.0/directoryObjects/getByIds", b"{}"),
        ("POST", "/v1.0/users/1/microsoft.graph.checkMemberGroups", b"{}"),
        ("POST", BATCH, batch(("GET", "/users/1"), ("POST", "/users/1/getMemberGroups?x=1"))),
        ("POST", BATCH, batch()),
    ],
)
def test_what_only_reads_passes(method, path, body):
    """Also where it is sent by POST."""
    check_only_reads(method, path, body)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1.0/users", b"{}"),
        ("PATCH", "/v1.0/users/getByIds", b"{}"),
        ("POST", "/v1.0/users/getByIds/revokeSignInSessions", b""),
        ("POST", BATCH, batch(("GET", "/users/1"), ("DELETE", "/users/1"))),
        ("POST", BATCH, batch(("get", "/users/1"), ("patch", "/users/1"))),
        ("POST", BATCH, batch(("POST", "/$batch"))),
        ("POST", BATCH, b"not JSON"),
        ("POST", BATCH, b'{"requests": {"1": 2}}'),
        ("POST", "/v1.0/$BATCH", batch()),
        ("TRACE", "/v1.0/users", b""),
    ],
)
def test_what_may_write_is_refused(method, path, body):
    """Whatever is not known to read: one request of a batch, and a batch within a batch, too."""
    with pytest.raises(ReadOnlyError):
        check_only_reads(method, path, body)
