"""Reading a tenant: through the real SDK, over the fake tenant."""

import pytest

from o365prov.errors import ConnectionFailedError, CredentialError, GraphError, TenantError
from o365prov.graph import Tenant
from o365prov.graph.read import collections
from o365prov.planning.model.options import Needs
from o365prov.planning.tenant.snapshot import HeldLicense

ROOT = "https://graph.microsoft.com/v1.0"


NAMES = Needs(("displayName",), roles=False, deleted_users=False)


def read_over(transport, run, clock, needs=NAMES):
    async def whole():
        async with Tenant.over(transport, clock=clock) as tenant:
            return await tenant.read(needs)

    return run(whole())


def organization(**more):
    return 200, {}, {"value": [{"id": "t1", "displayName": "Contoso", **more}]}


def watermark():
    return 200, {}, {"value": [], "@odata.deltaLink": f"{ROOT}/users/delta()?$deltatoken=x"}


def nothing():
    return 200, {}, {"value": []}


@pytest.fixture
def users_in(transport):
    """A transport to a tenant whose users come in these answers, whatever else is asked meanwhile."""

    def make(*answers, tenant=None, skus=None):
        others = {
            "/users/delta": watermark(),
            "/organization": tenant or organization(),
            "/domains": nothing(),
            "/subscribedSkus": skus or nothing(),
        }

        class Collections(transport):
            async def send(self, method, url, headers, body):
                self.answers[:0] = [answer for address, answer in others.items() if address in url]
                return await super().send(method, url, headers, body)

        return Collections(*answers)

    return make


def test_a_snapshot_holds_the_tenant(changes, fake, read):
    """Users with licences and managers, SKUs with seats, domains with their kind, and the tenant's own id."""
    changes.staff("ann", "bob")
    fake.add_user("eve@fed.example", manager="ann@fed.example", licenses=["SPE_E3"], usageLocation="NO", jobTitle="CTO")
    snapshot = read()
    eve = snapshot.by_username["eve@fed.example"]
    assert len(snapshot.users) == 3
    assert (eve.manager_id, eve.properties["jobTitle"]) == (changes.id_of("ann"), "CTO")
    assert eve.licenses == (HeldLicense(changes.sku("SPE_E3")),)
    assert (snapshot.sku_named["SPE_E3"].seats, snapshot.sku_named["SPE_E3"].used) == (3, 1)
    assert snapshot.domain_named["fed.example"].federated
    assert not snapshot.domain_named["managed.example"].federated
    assert snapshot.name == "Contoso"


def test_roles_and_who_holds_them_are_read(changes, fake, read):
    """Roles with Microsoft's own label, and assignments for the whole tenant."""
    changes.staff("ann")
    fake.add_user("boss@fed.example", roles=["Global Administrator"])
    snapshot = read()
    boss = snapshot.by_username["boss@fed.example"]
    assert snapshot.role_named["global administrator"].privileged
    assert not snapshot.role_named["license administrator"].privileged
    assert [each.role_id for each in snapshot.roles_of[boss.id]] == ["62e90394-69f5-4237-9190-012177145e10"]
    assert snapshot.is_privileged(boss.id)
    assert not snapshot.is_privileged(changes.id_of("ann"))


def test_deleted_users_are_read(changes, fake, read):
    """Those who can still be restored, with their anchors."""
    changes.staff("ann")
    object_id, anchor = changes.id_of("ann"), changes.create("ann").anchor
    fake.handle("DELETE", f"{ROOT}/users/{object_id}", {"Authorization": "Bearer x"}, b"")
    snapshot = read()
    assert snapshot.users == ()
    assert [(user.id, user.anchor) for user in snapshot.deleted_users] == [(object_id, anchor)]


@pytest.mark.parametrize("synced", [True, False, None])
def test_a_synced_tenant_says_so(users_in, run, clock, synced):
    """Entra Connect or Cloud Sync masters objects in it; null means never."""
    scripted = users_in(nothing(), tenant=organization(onPremisesSyncEnabled=synced))
    assert read_over(scripted, run, clock).synced is bool(synced)


def test_roles_and_deleted_users_are_read_only_if_needed(faulty, run, clock):
    """They take permissions and requests of their own."""
    read_over(faulty, run, clock)
    assert not [seen for seen in faulty.seen if "role" in seen or "deletedItems" in seen]


def test_the_mark_is_taken_before_the_first_user(read, faulty):
    """What changes while pages are read is then reported as changed rather than missed."""
    read()
    deltas = [number for number, seen in enumerate(faulty.seen) if "/users/delta" in seen]
    users = [number for number, seen in enumerate(faulty.seen) if seen.startswith("GET /users?")]
    assert max(deltas) < min(users)


def test_only_what_is_needed_is_selected(read, faulty):
    """Properties are selected by name, of complex ones the whole, and of managers the id."""
    read()
    [users] = [seen for seen in faulty.seen if seen.startswith("GET /users?")]
    assert "employeeOrgData" in users
    assert "employeeOrgData.division" not in users
    assert "$top=999" in users


def test_managers_are_read_only_if_needed(faulty, run, clock):
    """$expand costs quota."""
    snapshot = read_over(faulty, run, clock, Needs(("jobTitle",)))
    assert not any("expand" in seen for seen in faulty.seen)
    assert snapshot.users == ()


def test_no_address_has_a_double_slash(read, faulty):
    """The SDK would ask for //users if it were left to httpx's base address."""
    read()
    assert not [seen for seen in faulty.seen if "//" in seen]


def test_all_pages_are_followed(users_in, run, clock):
    """Pages are followed to the last, empty ones in between too; doubles count once, the last one wins."""
    pages = [
        (200, {}, {"value": [{"id": "1", "displayName": "old"}], "@odata.nextLink": f"{ROOT}/users?$skiptoken=a"}),
        (200, {}, {"value": [], "@odata.nextLink": f"{ROOT}/users?$skiptoken=b"}),
        (200, {}, {"value": [{"id": "2"}, {"id": "1", "displayName": "new"}]}),
    ]
    scripted = users_in(*pages)
    snapshot = read_over(scripted, run, clock)
    assert [user.id for user in snapshot.users] == ["1", "2"]
    assert snapshot.by_id["1"].properties["displayName"] == "new"
    assert [url for _, url, *_ in scripted.requests if "/users?" in url][-1].endswith("$skiptoken=b")


@pytest.mark.parametrize(
    "link",
    [
        "https://graph.evil.example/v1.0/users",
        "http://graph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com.evil.example/",
    ],
)
def test_a_link_to_another_host_is_refused(users_in, run, clock, link):
    """A page that leads elsewhere is not followed, not even without a token; the scheme counts, and is said."""
    scripted = users_in((200, {}, {"value": [], "@odata.nextLink": link}))
    server = "/".join(link.split("/")[:3])
    with pytest.raises(TenantError, match=f"'{server}' instead of https://graph.microsoft.com: not followed"):
        read_over(scripted, run, clock)
    assert len(scripted.requests) == 6


def test_pages_in_a_circle_are_refused(users_in, run, clock):
    """A link that leads back would be followed for ever."""
    page = (200, {}, {"value": [], "@odata.nextLink": f"{ROOT}/users?$skiptoken=a"})
    with pytest.raises(TenantError, match="link back to one that was read"):
        read_over(users_in(page, page), run, clock)


def test_pages_without_end_are_refused(users_in, run, clock, monkeypatch):
    """Links that never repeat would be followed for ever, too."""
    monkeypatch.setattr(collections, "MOST_PAGES", 50)
    pages = [(200, {}, {"value": [], "@odata.nextLink": f"{ROOT}/users?$skiptoken={n}"}) for n in range(60)]
    scripted = users_in(*pages)
    with pytest.raises(TenantError, match="more than 50 pages"):
        read_over(scripted, run, clock)
    assert len([url for _, url, *_ in scripted.requests if "/users?" in url]) == 51


@pytest.mark.parametrize(
    "link",
    [
        f"{ROOT}/users\x00",
        f"{ROOT}/users\x7f",
        f"{ROOT}/" + "x" * 70_000,
        "https://[",
        "https://graph.microsoft.com:x/",
    ],
)
def test_a_link_that_is_no_address_is_refused(users_in, run, clock, link):
    """With the same error as one to another host."""
    scripted = users_in((200, {}, {"value": [], "@odata.nextLink": link}))
    with pytest.raises(TenantError, match="not followed"):
        read_over(scripted, run, clock)


@pytest.mark.parametrize(
    "answer", [(200, {}, b"<html>hello</html>"), (200, {}, b'{"value": [{"id": "1"'), (200, {}, b"\xff")]
)
def test_an_answer_that_is_not_json_is_asked_for_again(users_in, run, clock, answer):
    """A torn answer may come whole the next time."""
    snapshot = read_over(users_in(answer, answer, nothing()), run, clock)
    assert snapshot.users == ()


def test_answers_that_stay_torn_are_named(users_in, run, clock):
    """In the end the error says what came, without showing it."""
    torn = (200, {"content-type": "text/html"}, b"<html>secret</html>")
    with pytest.raises(
        TenantError,
        match=r"GET /users: the answer is not JSON \(200, text/html, 19 bytes, client-request-id [0-9a-f-]{36}\)",
    ) as caught:
        read_over(users_in(*[torn] * 8), run, clock)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "row", [{"skuPartNumber": "SPE_E3"}, {"skuId": "s", "prepaidUnits": "many"}, {"skuId": "s", "consumedUnits": "x"}]
)
def test_an_object_that_graph_does_not_describe_is_named(users_in, run, clock, row):
    """One garbled object stops the reading: a plan from half a tenant would be wrong."""
    scripted = users_in(nothing(), skus=(200, {}, {"value": [row]}))
    with pytest.raises(TenantError, match="GET /subscribedSkus"):
        read_over(scripted, run, clock)


def test_a_tenant_that_does_not_say_who_it_is_is_refused(users_in, run, clock):
    """A plan is for one tenant, so its id must be known."""
    with pytest.raises(TenantError, match="does not name a tenant"):
        read_over(users_in(nothing(), tenant=nothing()), run, clock)


def test_where_changes_are_not_tracked_there_is_no_delta_link(faulty, read):
    """External tenants have no delta queries: applying reads and compares what it touches instead."""
    faulty.inject(
        "GET", "/users/delta", (400, {}, {"error": {"code": "Request_UnsupportedQuery", "message": "no"}}), times=2
    )
    assert read().watermark is None


def test_a_delta_link_is_needed(transport, run, clock):
    """Without a delta link later changes could not be found."""
    with pytest.raises(TenantError, match="does not have a delta link"):
        read_over(transport(nothing()), run, clock)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_faults_are_waited_out(faulty, read, clock, status):
    """Reading again does no harm, so every passing fault is waited out."""
    faulty.inject("GET", "/users?", (status, {}, {}), times=3)
    assert read().users == ()
    assert len(clock.waits) == 3


def test_retry_after_is_kept_to(faulty, read, clock):
    """Graph's own wish counts, to the second."""
    faulty.inject("GET", "/users?", (429, {"Retry-After": "17"}, {}))
    read()
    assert clock.waits == [17]


def test_waits_grow(faulty, read, clock):
    """Without a wish of Graph's each wait may be twice the one before."""
    faulty.inject("GET", "/domains", (503, {}, {}), times=4)
    read()
    longest = [1, 2, 4, 8]
    assert all(most / 2 <= wait <= most for wait, most in zip(clock.waits, longest, strict=True))


def test_too_long_a_wait_is_an_error(faulty, read, clock):
    """A wait of an hour is an error at once."""
    faulty.inject("GET", "/domains", (429, {"Retry-After": "3600"}, {}))
    with pytest.raises(GraphError, match="429"):
        read()
    assert clock.waits == []


def test_patience_ends(faulty, read):
    """After eight attempts the error is Graph's own."""
    faulty.inject("GET", "/domains", (503, {}, {}), times=8)
    with pytest.raises(GraphError, match="503"):
        read()


@pytest.mark.parametrize("fault", [ConnectionResetError("reset"), TimeoutError("slow"), OSError("down")])
def test_a_dropped_connection_is_tried_again(faulty, read, fault):
    """An OSError of the transport says that no answer came."""
    faulty.inject("GET", "/organization", fault, times=2)
    assert read().name == "Contoso"


def test_no_answer_at_all_is_an_error(faulty, read):
    """It says which request got none and why."""
    faulty.inject("GET", "/organization", ConnectionResetError("reset by peer"), times=8)
    with pytest.raises(
        ConnectionFailedError,
        match=r"GET /organization: no answer \(.*reset by peer, client-request-id [0-9a-f-]{36}\)",
    ):
        read()


def test_a_missing_permission_is_an_error_at_once(faulty, read, clock):
    """403 does not get better by waiting; the permission to grant is named."""
    refused = {"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges"}}
    faulty.inject("GET", "/domains", (403, {"request-id": "r7"}, refused))
    with pytest.raises(CredentialError, match=r"grant the application permission Domain\.Read\.All.*request r7"):
        read()
    assert clock.waits == []


def test_an_expired_token_is_renewed_once(faulty, read):
    """A 401 gets one more attempt, with a fresh token; a second one is an error."""
    faulty.inject("GET", "/domains", (401, {}, {}))
    assert read().name == "Contoso"
    faulty.inject("GET", "/domains", (401, {}, {}), times=2)
    with pytest.raises(GraphError, match="401"):
        read()
