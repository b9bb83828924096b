"""What crosses processes and what does not: errors and values are pickled and copied whole, connections refuse."""

import asyncio
import copy
import inspect
import pickle
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context

import pytest

from o365prov import errors
from o365prov.errors import GraphError, O365ProvError, UsageError
from o365prov.graph import BlockingTenant, Cloud, RateLimits, RetryPolicy, Tenant
from o365prov.graph.client.sdk_transport import Connection
from o365prov.graph.client.transport import AnonymousCredential
from o365prov.planning import Needs, Plan
from o365prov.testing import FakeTenant

ERRORS = [
    each
    for each in vars(errors).values()
    if inspect.isclass(each) and issubclass(each, O365ProvError) and each.__module__ == errors.__name__
]


def example(kind):
    """An error of this class with every field set."""
    if issubclass(kind, errors.ExpressionError):
        return kind("no such function", text="nope()", start=1, end=3, remedy="look it up")
    if kind is errors.SourceError:
        return kind("line 1: no id", "line 2: no name")
    if kind is GraphError:
        return kind("busy", status=429, code="TooMany", details=(("a", "b"),), request_id="r1")
    return kind("something is wrong")


def copies(value):
    return [pickle.loads(pickle.dumps(value)), copy.copy(value), copy.deepcopy(value)]  # noqa: S301 - our own bytes


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_is_pickled_and_copied_with_all_of_its_fields(kind):
    """The class, the message and every attribute, notes included."""
    error = example(kind)
    error.add_note("in group 7")
    for each in copies(error):
        assert type(each) is kind
        assert (str(each), each.args, vars(each)) == (str(error), error.args, vars(error))


def fail(_number):
    raise GraphError("busy", status=429, request_id="r1")


def test_an_error_of_graph_comes_out_of_a_process_pool():
    """It used to take the pool down."""
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
        pytest.raises(GraphError, match="busy") as caught,
    ):
        pool.submit(fail, 1).result(timeout=60)
    assert (caught.value.status, caught.value.request_id) == (429, "r1")


@pytest.fixture
def snapshot():
    """A snapshot as it is read, with everything in it."""
    fake = FakeTenant(domains={"fed.example": "Federated"}, licenses={"SPE_E3": 3}, seed=1)
    fake.add_user("ann@fed.example", licenses=["SPE_E3"], roles=["Global Reader"], onPremisesImmutableId="YW5u")
    with BlockingTenant.over(fake) as tenant:
        return tenant.read(Needs(("displayName",), managers=True, roles=True, deleted_users=True))


def test_a_snapshot_is_pickled_and_copied_as_it_was_read(snapshot):
    """Also what its users hold."""
    for each in copies(snapshot):
        assert each == snapshot
        assert [user.properties for user in each.users] == [user.properties for user in snapshot.users]


def test_the_properties_of_a_user_can_not_be_changed(snapshot):
    """A snapshot is a value."""
    with pytest.raises(TypeError, match="frozen value"):
        snapshot.users[0].properties["displayName"] = "Bob"


def test_reports_events_and_settings_are_pickled_and_copied(tenant):
    """Everything else that a program gets or gives."""
    events = []

    async def whole():
        async with tenant() as connected:
            snapshot = await connected.read(Needs(()))
            report = await connected.apply(
                Plan(snapshot.tenant_id, datetime(2026, 3, 1, tzinfo=UTC), ()), on_event=events.append
            )
            return report, await connected.test_connection()

    for value in (*asyncio.run(whole()), *events, RateLimits(), RetryPolicy(), Cloud.CHINA):
        assert all(each == value for each in copies(value))


async def _connection():
    return Connection(AnonymousCredential(), Cloud.GLOBAL, FakeTenant())


@pytest.mark.parametrize("method", [pickle.dumps, copy.copy, copy.deepcopy])
@pytest.mark.parametrize(
    "make",
    [
        lambda: Tenant.over(FakeTenant()),
        lambda: BlockingTenant.over(FakeTenant()),
        lambda: asyncio.run(_connection()),
    ],
)
def test_what_holds_connections_is_not_pickled_or_copied(make, method):
    """The error says what to do instead."""
    with pytest.raises(UsageError, match=r"can't be copied or pickled: make .* where it is used"):
        method(make())
