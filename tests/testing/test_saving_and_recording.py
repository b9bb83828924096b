"""Building a tenant, keeping its state, and looking at what went over the wire."""

from __future__ import annotations

import json

import pytest

from o365prov.errors import ConfigurationError, SourceError, UsageError
from o365prov.testing import FakeClock, FakeTenant
from o365prov.testing.fake_tenant.gateway.recorder import RequestRecorder


def _fill(fake):
    boss = fake.add_user("boss@managed.example", licenses={"SPE_E3": ["TEAMS1"]}, roles=["Global Reader"])
    user = fake.add_user("user@managed.example", manager=boss["id"])
    fake.add_group("Band", members=[user["id"]], licenses=["SPE_F1"])
    return user


def test_a_snapshot_brings_everything_back(graph, fake):
    """Users, references, seats, unique values and delta tokens are as they were."""
    user = _fill(fake)
    link = graph.get("/users/delta?$select=displayName").body["@odata.deltaLink"]
    before, kept = fake.to_json(), fake.snapshot()
    graph("DELETE", f"/users/{user['id']}")
    fake.add_user("another@managed.example")
    fake.restore(kept)
    assert fake.to_json() == before
    assert graph.get(link).value == []
    assert graph.create("another@managed.example").status == 201


def test_a_snapshot_is_of_one_tenant(fake):
    """Another tenant refuses it."""
    with pytest.raises(UsageError, match="another tenant"):
        FakeTenant().restore(fake.snapshot())


def test_reset_goes_back_to_the_beginning(graph, fake):
    """An empty tenant with the same domains and products, and no exchanges."""
    _fill(fake)
    graph.get("/users")
    fake.reset()
    assert (len(fake.users), len(fake.requests), fake.seats("SPE_E3")) == (0, 0, (0, 2))


def test_a_saved_tenant_is_loaded_whole(graph, fake, tmp_path, clock):
    """What save wrote, load reads: state, unique values, seats and delta tokens."""
    user = _fill(fake)
    graph("DELETE", f"/users/{user['id']}")
    link = graph.get("/users/delta").body["@odata.deltaLink"]
    fake.save(tmp_path / "state.json")
    loaded = FakeTenant.load(tmp_path / "state.json", clock=clock)
    assert loaded.to_json() == fake.to_json()
    assert loaded.seats("SPE_E3") == (1, 2)
    status, _, body = loaded.handle("GET", link, {"Authorization": "Bearer x"}, b"")
    assert (status, json.loads(body)["value"]) == (200, [])


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"o365prov-fake-tenant": 2}', '{"o365prov-fake-tenant": 1}'])
def test_a_damaged_state_says_so(text):
    """One line that says what to do."""
    with pytest.raises(SourceError, match="fake tenant"):
        FakeTenant.from_json(text)


def test_the_same_seed_gives_the_same_ids():
    """And no seed gives fresh ones."""
    assert FakeTenant(seed=1).add_user()["id"] == FakeTenant(seed=1).add_user()["id"]
    assert FakeTenant().add_user()["id"] != FakeTenant().add_user()["id"]


def test_exchanges_are_kept_without_secrets(graph, fake):
    """Method, address, bodies and status are there; the token and the password are not."""
    graph("POST", "/users", {"passwordProfile": {"password": 'Sec"ret-1'}}, Authorization="Bearer abc")
    (exchange,) = fake.requests
    assert (exchange.method, exchange.status, exchange.answer_body["error"]["code"]) == (
        "POST",
        400,
        "Request_BadRequest",
    )
    assert exchange.body == {"passwordProfile": {"password": "(not kept)"}}
    assert "abc" not in repr(exchange.headers) + repr(exchange)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda fake: fake.add_user("a@managed.example", nonsense=1), "no property nonsense"),
        (lambda fake: fake.add_user("a@nowhere.example"), "verified domain"),
        (lambda fake: fake.add_user("a@managed.example", licenses=["NONE"]), "the tenant has no NONE"),
        (lambda fake: fake.add_user("a@managed.example", licenses={"SPE_E3": ["NONE"]}), "no plan NONE"),
        (lambda fake: fake.add_user("a@managed.example", manager="nobody"), "this tenant has no 'nobody'"),
        (lambda fake: fake.add_user("a@managed.example", roles=["King"]), "the built-in roles do not include 'King'"),
        (lambda fake: fake.add_user("a@managed.example", businessPhones="1"), "must be a list of strings"),
        (lambda fake: fake.add_group("x", members=["nobody"]), "this tenant has no 'nobody'"),
        (lambda fake: fake.add_user(accountEnabled="yes"), "True or False"),
        (lambda fake: fake.add_user(jobTitle=5), "a string"),
        (lambda fake: fake.add_user(createdDateTime="2020"), "a date and time"),
        (lambda fake: fake.add_user(otherMails=[5]), "a list of strings"),
        (lambda fake: fake.add_user(employeeOrgData={"x": 1}), "no field 'x'"),
        (lambda fake: fake.add_user(assignedLicenses=[{"skuId": "x"}]), "skuId: it must be a GUID"),
        (lambda fake: fake.add_user(identities=[5]), "each must be a dict"),
        (lambda fake: fake.add_user(id="me"), "a GUID"),
        (lambda fake: fake.add_user(id=fake.add_group("x")["id"]), "no other object has"),
        (lambda fake: fake.add_room("x", "x@managed.example", capacity="4"), "a whole number"),
        (lambda fake: fake.add_room("x", "x@managed.example", capacity=2**31), "a whole number"),
        (lambda fake: fake.add_room("x", "x"), "'x' is not an address"),
        (lambda fake: fake.add_room("x", "x@managed.example", lists=["hq"]), "'hq' is not an address"),
        (lambda fake: fake.add_room("x", "X@a.example", lists=["x@a.example"]), "not of a room list"),
        (lambda fake: [fake.add_room("x", each) for each in ("x@a.example", "X@a.example")], "another place has"),
        (lambda fake: fake.add_contact("x", phones="1"), "a list of dicts"),
        (lambda fake: fake.add_user(licences=["SPE_E3"]), "did you mean 'licenses'"),
    ],
)
def test_builders_say_what_is_wrong(fake, build, words):
    """A mistake in a test's set-up is one clear line."""
    with pytest.raises(UsageError, match=words):
        build(fake)


def test_looking_for_nobody_is_a_wrong_use(fake):
    """user() says that there is no such user."""
    with pytest.raises(UsageError, match="nobody"):
        fake.user("nobody")


def test_a_clock_runs_or_stands():
    """It goes forward only."""
    with pytest.raises(ValueError, match="can't go back"):
        FakeClock().advance(seconds=-1)


def test_exchanges_do_not_fill_the_memory(graph):
    """Only so many are kept, and only so many bytes of them."""
    few = FakeTenant(keep_requests=2)
    for _ in range(3):
        few.handle("GET", "https://graph.microsoft.com/v1.0/domains", {"Authorization": "Bearer x"}, b"")
    assert len(few.requests) == 2
    graph.get("/domains")
    (seen,) = graph.fake.requests
    log = RequestRecorder(keep=10, most_bytes=seen.size * 3)
    for _ in range(5):
        log.append(seen)
    assert len(list(log)) == 3


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"domains": "example.com"}, r"domains=\['example.com'\]"),
        ({"domains": {"x.example": "Weird"}}, "Federated, Managed, Unverified"),
        ({"licenses": {"SPE_E3": -1}}, "whole number"),
        ({"licenses": {"SPE_E3": "5"}}, "whole number"),
    ],
)
def test_a_tenant_that_makes_no_sense_is_not_made(settings, words):
    """One text is not a domain a letter, and seats can be counted."""
    with pytest.raises(ConfigurationError, match=words):
        FakeTenant(**settings)


def test_what_is_not_supported_is_remembered_once(graph, fake):
    """A line for each kind of it, as the plugin of pytest prints them, and as any other test runner can."""
    assert fake.unsupported == ()
    for _ in range(2):
        graph.get("/users?$filter=onPremisesImmutableId eq 'x'")
        graph.get("/domains/managed.example/verificationDnsRecords")
    (line,) = fake.unsupported
    assert line.startswith("GET https://graph.microsoft.com/v1.0/domains/managed.example/verificationDnsRecords: the")


@pytest.mark.parametrize(
    "options",
    [
        {"manager": "nobody"},
        {"roles": ["King"]},
        {"licenses": ["EXCHANGESTANDARD"]},
        {"licenses": ["SPE_E3", "SPE_F1"]},
    ],
    ids=str,
)
def test_a_user_who_can_not_be_built_is_not_there(options):
    """Neither half of it nor its name: the next try with what is right succeeds."""
    fake = FakeTenant(licenses={"SPE_E3": 1, "SPE_F1": 0, "EXCHANGESTANDARD": 0}, seed=1)
    with pytest.raises(UsageError):
        fake.add_user("ann@contoso.onmicrosoft.com", **options)
    assert (fake.users, fake.seats("SPE_E3")) == ((), (0, 1))
    assert fake.add_user("ann@contoso.onmicrosoft.com")


def test_a_group_that_can_not_be_built_is_not_there(fake):
    """With one member of two."""
    ann = fake.add_user()["id"]
    with pytest.raises(UsageError):
        fake.add_group("Sales", members=[ann, "nobody"])
    assert fake.groups == ()
