"""Tokens: what is refused without a valid one, what permissions allow, and how applications get tokens.

Answers of the token endpoint have the shapes and texts of a real tenant's, captured in August 2026; those of Graph to
requests without a valid token were captured in September 2026 or are in public issues.
"""

from __future__ import annotations

import asyncio
import base64
import json
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import CertificateCredential, ClientSecretCredential, WorkloadIdentityCredential
from azure.identity.aio import ClientSecretCredential as AsyncClientSecretCredential
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from o365prov.errors import UsageError
from o365prov.testing import FakeClock, FakeTenant, Server
from o365prov.testing.fake_tenant.gateway.route_table import ROUTER
from o365prov.testing.fake_tenant.identity.json_web_tokens import read_token_parts
from o365prov.testing.fake_tenant.schema.permissions import permissions_of_routes

GRAPH = "https://graph.microsoft.com/v1.0"
LOGIN = "https://login.microsoftonline.com"
OTHER = "0d0f0e50-6b3f-4f5b-9f0e-0a1b2c3d4e5f"
CLIENT = "11111111-2222-4333-8444-555555555555"
TENANT = "contoso.onmicrosoft.com"
SCOPE = "https://graph.microsoft.com/.default"
ISSUER, SUBJECT = "https://cluster.example", "system:serviceaccount:hr:sync"


def _part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _unsigned(**claims):
    return f"{_part({'alg': 'RS256', 'typ': 'JWT'})}.{_part(claims)}.AAAA"


def _status(fake, authorization, method="GET", path="/users", body=b""):
    headers = {"Content-Type": "application/json"}
    if authorization is not None:
        headers["Authorization"] = authorization
    status, answered, content = fake.handle(method, f"{GRAPH}{path}", headers, body)
    return status, answered, json.loads(content) if content else None


@pytest.mark.parametrize(
    ("authorization", "words"),
    [
        (None, "Access token is empty."),
        ("", "Access token is empty."),
        ("Bearer", "Access token is empty."),
        ("Bearer  ", "Access token is empty."),
        ("Basic eDp5", "Access token is empty."),
        ("Bearer not.a.token", "IDX14100"),
        ("Bearer a.b", "IDX14100"),
        (f"Bearer {_part([1])}.{_part({})}.AAAA", "IDX14100"),
        (f"Bearer {_unsigned(exp=1)}", "Lifetime validation failed, the token is expired."),
        (f"Bearer {_unsigned(exp=1 << 33, nbf=1 << 32)}", "the token is not yet valid."),
    ],
)
def test_without_a_valid_token_nothing_is_answered(authorization, words):
    """401 with Graph's code, words and challenge."""
    status, headers, body = _status(FakeTenant(), authorization)
    assert (status, body["error"]["code"]) == (401, "InvalidAuthenticationToken")
    assert words in body["error"]["message"]
    assert headers["WWW-Authenticate"].startswith("Bearer ")


@pytest.mark.parametrize("token", ["stand-in", "x", _unsigned(exp=1 << 33), _unsigned()])
def test_a_stand_in_is_taken_for_a_token(token):
    """A word without dots will do, and anybody's token that is well formed and not expired."""
    assert _status(FakeTenant(), f"Bearer {token}")[0] == 200


@pytest.mark.parametrize(("token", "status"), [("stand-in", 200), ("x", 401), (_unsigned(exp=1 << 33), 401)])
def test_with_permissions_only_the_tenants_own_tokens_are_valid(token, status):
    """And the one word that in-process clients send."""
    assert _status(FakeTenant(permissions=["User.Read.All"]), f"Bearer {token}")[0] == status


def test_permissions_allow_and_forbid():
    """What the administrator did not consent to is 403, with Graph's words."""
    fake = FakeTenant(permissions=["User.Read.All"])
    assert _status(fake, "Bearer stand-in")[0] == 200
    status, _, body = _status(fake, "Bearer stand-in", path="/groups")
    assert (status, body["error"]["code"]) == (403, "Authorization_RequestDenied")
    assert body["error"]["message"] == "Insufficient privileges to complete the operation."


def test_nothing_is_allowed_without_permissions():
    """An empty list is a list: every route is 403."""
    fake = FakeTenant(permissions=[])
    assert {_status(fake, "Bearer stand-in", path=path)[0] for path in ("/users", "/domains", "/contacts")} == {403}


def test_every_route_says_which_permissions_allow_it():
    """A route without a row could not be answered to anybody."""
    assert set(permissions_of_routes()) == {(route.method, route.pattern) for route in ROUTER.routes}
    assert all(permissions_of_routes().values())


@pytest.mark.parametrize(
    ("permission", "body", "status"),
    [
        ("User-Phone.ReadWrite.All", {"mobilePhone": "1", "businessPhones": ["2"]}, 204),
        ("User-Phone.ReadWrite.All", {"mobilePhone": "1", "city": "Portland"}, 403),
        ("User.EnableDisableAccount.All", {"accountEnabled": False}, 204),
        ("User.EnableDisableAccount.All", {"city": "Portland"}, 403),
        ("User.ReadWrite.All", {"city": "Portland"}, 204),
        ("User.ReadUpdate.All", {"city": "Portland"}, 204),
        ("User.Read.All", {"city": "Portland"}, 403),
    ],
)
def test_some_permissions_update_some_properties(permission, body, status):
    """Graph, "Update user": phones, other addresses, sign-in, passwords and identities have their own permissions."""
    fake = FakeTenant(permissions=[permission])
    user = fake.add_user()
    path = f"/users/{user['id']}"
    assert _status(fake, "Bearer stand-in", "PATCH", path, json.dumps(body).encode())[0] == status


def test_a_batch_asks_in_the_name_of_who_sent_it():
    """Each request in it is allowed or forbidden for itself."""
    fake = FakeTenant(permissions=["User.Read.All"])
    items = [{"id": path, "method": "GET", "url": path} for path in ("/users", "/groups")]
    status, _, body = _status(fake, "Bearer stand-in", "POST", "/$batch", json.dumps({"requests": items}).encode())
    assert status == 200
    assert {each["id"]: each["status"] for each in body["responses"]} == {"/users": 200, "/groups": 403}
    assert _status(fake, None, "POST", "/$batch", json.dumps({"requests": items}).encode())[0] == 401


def _ask(fake, tenant=TENANT, **form):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    form = {"grant_type": "client_credentials", "client_id": CLIENT, "scope": SCOPE, **form}
    content = urlencode({name: value for name, value in form.items() if value is not None}).encode()
    status, _, body = fake.handle("POST", f"{LOGIN}/{tenant}/oauth2/v2.0/token", headers, content)
    return status, json.loads(body)


@pytest.fixture
def registered():
    """A tenant with one application that has a secret."""
    fake = FakeTenant(clock=FakeClock(at=datetime(2026, 8, 13, 21, 24, 28, tzinfo=UTC)), seed=5)
    fake.applications.add(client_id=CLIENT, secret="right", permissions=["User.Read.All", "Group.Read.All"])
    return fake


def test_a_secret_gets_a_token(registered):
    """The answer has the captured shape, and the token opens Graph as far as its roles go."""
    status, body = _ask(registered, client_secret="right")
    assert (status, sorted(body)) == (200, ["access_token", "expires_in", "ext_expires_in", "token_type"])
    token = read_token_parts(body["access_token"])
    assert (token.claims["appid"], token.claims["aud"]) == (CLIENT, "https://graph.microsoft.com")
    assert token.claims["roles"] == ["Group.Read.All", "User.Read.All"]
    bearer = f"Bearer {body['access_token']}"
    assert [_status(registered, bearer, path=path)[0] for path in ("/users", "/groups", "/domains")] == [200, 200, 403]
    registered.clock.advance(seconds=body["expires_in"])
    assert "expired" in _status(registered, bearer)[2]["error"]["message"]


def test_a_token_for_the_application_itself_has_the_captured_claims(registered):
    """Another audience than Graph's, which Graph refuses."""
    _, body = _ask(registered, client_secret="right", scope=f"api://{CLIENT}/.default")
    token = read_token_parts(body["access_token"])
    captured = {"aio", "aud", "azp", "azpacr", "exp", "iat", "iss", "nbf", "oid", "rh", "sub", "tid", "uti", "ver"}
    assert set(token.claims) == captured
    assert (token.claims["ver"], token.claims["aud"]) == ("2.0", CLIENT)
    status, _, refused = _status(registered, f"Bearer {body['access_token']}")
    assert (status, refused["error"]["message"]) == (401, "Access token validation failure. Invalid audience.")


@pytest.mark.parametrize(
    ("form", "status", "error", "number"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({}, 401, "invalid_client", 7000218),
        (
            {"client_secret": "right", "scope": "api://not-a-registered-resource/.default"},
            400,
            "invalid_resource",
            500011,
        ),
        ({"client_secret": "right", "scope": "User.Read"}, 400, "invalid_scope", 1002012),
        ({"client_secret": "right", "scope": None}, 400, "invalid_request", 900144),
        ({"client_secret": "right", "client_id": None}, 400, "invalid_request", 900144),
        ({"client_secret": "right", "client_id": "nobody"}, 400, "unauthorized_client", 700038),
        ({"client_secret": "right", "grant_type": "no_such_grant"}, 400, "unsupported_grant_type", 70003),
        ({"client_secret": "right", "tenant": "elsewhere.example"}, 400, "invalid_request", 90002),
        ({"client_assertion": "x"}, 401, "invalid_client", 50027),
    ],
)
def test_the_token_endpoint_refuses_as_a_real_one(registered, form, status, error, number):
    """Status, error, number and text, with the ids that a support case needs."""
    answered, body = _ask(registered, **form)
    assert (answered, body["error"], body["error_codes"]) == (status, error, [number])
    assert body["error_description"].startswith(f"AADSTS{number}: ")
    assert body["trace_id"] in body["error_description"]
    assert body["timestamp"] == "2026-08-13 21:24:28Z"


def test_secrets_and_tokens_are_not_kept(registered):
    """What the tenant remembers of a request has neither."""
    _, body = _ask(registered, client_secret="right-and-wrong")
    _, body = _ask(registered, client_secret="right")
    kept = b"".join(seen.content + seen.answer for seen in registered.requests)
    assert b"right" not in kept
    assert body["access_token"].encode() not in kept


def test_a_secret_is_not_saved_and_not_shown(registered):
    """It may be a real one; the tenant that is loaded takes it all the same."""
    registered.applications.add(client_id=OTHER, secret="a-real-secret")
    saved = registered.to_json()
    assert "a-real-secret" not in saved + repr(registered) + repr(vars(registered))
    loaded = FakeTenant.from_json(saved)
    assert _ask(loaded, client_id=OTHER, client_secret="a-real-secret")[0] == 200
    assert _ask(loaded, client_id=OTHER, client_secret="another")[0] == 401


def test_a_token_that_was_changed_is_refused(registered):
    """Its signature is looked at, with permissions of the tenant or without."""
    token = registered.applications.token(CLIENT)
    head, claims, signature = token.split(".")
    forged = _part({**read_token_parts(token).claims, "roles": ["Domain.Read.All"]})
    assert _status(registered, f"Bearer {head}.{claims}.{signature}")[0] == 200
    status, _, body = _status(registered, f"Bearer {head}.{forged}.{signature}", path="/domains")
    assert (status, body["error"]["message"]) == (401, "Access token validation failure. Invalid signature.")


def test_the_discovery_document_leads_to_keys_that_verify_the_tokens(registered):
    """A client that validates tokens finds what it needs."""
    address = f"{LOGIN}/{TENANT}/v2.0/.well-known/openid-configuration"
    found = json.loads(registered.handle("GET", address, {}, b"")[2])
    assert found["token_endpoint"] == f"{LOGIN}/{TENANT}/oauth2/v2.0/token"
    keys = json.loads(registered.handle("GET", found["jwks_uri"], {}, b"")[2])["keys"]
    token = registered.applications.token(CLIENT)
    signed, _, signature = token.rpartition(".")
    [key] = [key for key in keys if key["kid"] == read_token_parts(token).header["kid"]]
    n, e = (int.from_bytes(base64.urlsafe_b64decode(key[name] + "=="), "big") for name in ("n", "e"))
    public = rsa.RSAPublicNumbers(e, n).public_key()
    public.verify(base64.urlsafe_b64decode(signature + "=="), signed.encode(), padding.PKCS1v15(), hashes.SHA256())


def test_applications_are_saved_and_restored(registered):
    """A tenant that is loaded knows them, with their permissions and its own."""
    strict = FakeTenant(permissions=["User.Read.All"], seed=1)
    strict.applications.add(client_id=CLIENT, secret="s", federated=(ISSUER, SUBJECT))
    loaded = FakeTenant.from_json(strict.to_json())
    assert _status(loaded, "Bearer stand-in", path="/groups")[0] == 403
    assert _status(loaded, f"Bearer {loaded.applications.token(CLIENT)}")[0] == 200
    before = registered.snapshot()
    other = registered.applications.add(secret="other")
    registered.restore(before)
    with pytest.raises(UsageError, match=other):
        registered.applications.token(other)


@pytest.fixture(scope="module")
def certified(tmp_path_factory):
    """A certificate with its key in one file, as azure-identity reads it, and the certificate's text."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "application")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    text = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path_factory.mktemp("certificate") / "both.pem"
    path.write_bytes(private + text)
    return path, text.decode()


@pytest.fixture(scope="module")
def served(certified):
    """A tenant over TLS, with one application for each kind of credential."""
    fake = FakeTenant(seed=5)
    fake.applications.add(
        client_id=CLIENT,
        secret="right",
        certificate=certified[1],
        federated=(ISSUER, SUBJECT),
        permissions=["User.Read.All"],
    )
    with Server(fake, tls=True) as server:
        yield fake, server


def _options(server):
    trust = {"connection_verify": server.certificate, "disable_instance_discovery": True, "retry_total": 0}
    return {"authority": server.authority, **trust}


def _workload_token(folder, **changes):
    now = int(time.time())
    claims = {"iss": ISSUER, "sub": SUBJECT, "aud": "api://AzureADTokenExchange", "nbf": now, "exp": now + 600}
    path = folder / "token"
    path.write_text(_unsigned(**{**claims, **changes}), "utf-8")
    return str(path)


def _credential(kind, server, certified, folder, **changes):
    options = _options(server)
    match kind:
        case "secret":
            return ClientSecretCredential(TENANT, CLIENT, changes.get("secret", "right"), **options)
        case "certificate":
            return CertificateCredential(TENANT, CLIENT, str(certified[0]), **options)
        case _:
            path = _workload_token(folder, **changes)
            return WorkloadIdentityCredential(tenant_id=TENANT, client_id=CLIENT, token_file_path=path, **options)


@pytest.mark.parametrize("kind", ["secret", "certificate", "workload"])
def test_the_credentials_of_azure_identity_run_on_loopback(served, certified, tmp_path, kind):
    """Unchanged, but for where they sign in and which certificate they trust."""
    fake, server = served
    with _credential(kind, server, certified, tmp_path) as credential:
        token = credential.get_token(SCOPE).token
    assert _status(fake, f"Bearer {token}")[0] == 200
    assert _status(fake, f"Bearer {token}", path="/groups")[0] == 403


@pytest.mark.parametrize(
    ("kind", "changes", "number"),
    [
        ("secret", {"secret": "wrong"}, 7000215),
        ("workload", {"sub": "somebody else"}, 700213),
        ("workload", {"exp": 1, "nbf": 0}, 700024),
        ("workload", {"aud": "somebody else"}, 700027),
    ],
)
def test_what_azure_identity_is_refused_it_says(served, certified, tmp_path, kind, changes, number):
    """The number of AADSTS reaches the program."""
    _, server = served
    with (
        _credential(kind, server, certified, tmp_path, **changes) as credential,
        pytest.raises(ClientAuthenticationError, match=f"AADSTS{number}"),
    ):
        credential.get_token(SCOPE)


def test_the_async_credential_runs_on_loopback(served):
    """As msgraph-sdk wants it."""
    fake, server = served

    async def get():
        async with AsyncClientSecretCredential(TENANT, CLIENT, "right", **_options(server)) as credential:
            return (await credential.get_token(SCOPE)).token

    assert _status(fake, f"Bearer {asyncio.run(get())}")[0] == 200
