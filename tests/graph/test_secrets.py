"""Whatever goes wrong or well: tokens, passwords, client secrets and keys are in nothing that an apply leaves."""

import json
import pickle
import traceback
from datetime import UTC, datetime

import pytest
from attrs import evolve
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError

from o365prov import O365ProvError, Plan, PostgresState, SQLiteState
from o365prov.graph.client.errors import credential_error

TOKEN = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhcHAiOiJvMzY1cHJvdiJ9.c2lnbmF0dXJl"
CLIENT_SECRET = "f2Q8Q~vIzqX9mWkTn3rYbE5sLpA7dCjHu1oGxVcZ"
PASSWORD = "Correct-horse-7"
DSN_PASSWORD = "hunter-2-hunter"
KEY = b"a key that seals what is kept"


class TalkativeCredential:
    """Gives tokens for a while; then it fails, and says all that it knows."""

    def __init__(self, *, lasts):
        self.left = lasts

    def get_token(self, *_scopes, **_options):
        """The token."""
        self.left -= 1
        if self.left < 0:
            raise ClientAuthenticationError(
                f"AADSTS7000215: Invalid client secret provided: '{CLIENT_SECRET}' "
                f"(client_secret={CLIENT_SECRET}&assertion={TOKEN}), Authorization: Bearer {TOKEN}"
            )
        return AccessToken(TOKEN, int(datetime(2100, 1, 1, tzinfo=UTC).timestamp()))


class Outputs:
    """All that an apply leaves, as one text."""

    def __init__(self, folder, log):
        self.folder = folder
        self.log = log
        self.values = []
        self.sent = []
        self.tokens = set()

    def passwords(self):
        """The first passwords that were sent."""
        for body in self.sent:
            for request in json.loads(body)["requests"] if b"passwordProfile" in body else ():
                yield request["body"].get("passwordProfile", {}).get("password", PASSWORD)

    def text(self):
        """What can be read."""
        files = [each.read_bytes() for each in self.folder.rglob("*") if each.is_file()]
        pickled = [pickle.dumps(each, protocol=0) for each in self.values]
        shown = [f"{each!r} {each} {getattr(each, 'outcomes', '')!r}" for each in self.values]
        raised = ["".join(traceback.format_exception(each)) for each in self.values if isinstance(each, BaseException)]
        return "\n".join([self.log.text, *shown, *raised, *(each.decode("latin-1") for each in (*files, *pickled))])

    def check(self):
        """No secret is in it."""
        secrets = {TOKEN, *self.tokens, CLIENT_SECRET, PASSWORD, DSN_PASSWORD, KEY.decode(), *self.passwords()}
        text = self.text()
        assert not [each for each in secrets if each in text]


@pytest.fixture
def outputs(tmp_path, caplog, faulty):
    """What is left after the test."""
    caplog.set_level("DEBUG")
    made = Outputs(tmp_path, caplog)
    send = faulty.send

    async def listen(method, url, headers, body):
        made.sent.append(body)
        made.tokens.add(headers.get("authorization", "").removeprefix("Bearer "))
        return await send(method, url, headers, body)

    faulty.send = listen
    return made


@pytest.fixture
def joined(changes, plan):
    """A plan that creates an account in a managed domain, whose password is asked for, and a federated one."""

    def make(*, federated=True):
        managed = changes.create("mia", "managed.example", onPremisesImmutableId=None)
        others = [changes.create("ann"), changes.give("ann", "SPE_E3", new=True)] if federated else []
        return plan(evolve(managed, password_given=True), *others)

    return make


def refusal(message):
    """Graph's refusal."""
    return (400, {}, {"error": {"code": "Request_BadRequest", "message": message}})


FAULTS = {
    "nothing": lambda _faulty: None,
    "the answer is lost": lambda faulty: faulty.inject("POST", "/users", (504, {}, {}), effect=True),
    "the password is repeated": lambda faulty: faulty.inject("POST", "/users", refusal(f"bad {PASSWORD}"), times=9),
    "the connection breaks": lambda faulty: faulty.inject("POST", "/users", None, times=9),
}


@pytest.mark.parametrize("lasts", [100, 5, 4])
@pytest.mark.parametrize("fault", FAULTS)
def test_what_an_apply_leaves_has_no_secret(joined, faulty, apply, outputs, tmp_path, fault, lasts):
    """Logs, events, reports, files, pickles and errors: while Graph and the credential fail, and while they don't."""
    state = SQLiteState(tmp_path / "corp.db", key=KEY)
    credential = TalkativeCredential(lasts=1000)
    options = {"state": state, "credential": credential}
    made = joined(federated=fault != "the password is repeated")
    made.save(tmp_path / "plan.json")
    FAULTS[fault](faulty)
    credential.left = lasts
    try:
        report = apply(made, options, on_event=outputs.values.append, passwords=lambda _: PASSWORD)
    except O365ProvError as error:
        outputs.values.append(error)
    else:
        outputs.values.append(report)
        report.save(tmp_path / "report.json")
        state.app_users(made.tenant_id, "").save(tmp_path / "memory.json")
    outputs.values.append(Plan.load(tmp_path / "plan.json"))
    assert TOKEN in outputs.tokens
    outputs.check()


def test_a_server_that_is_not_there_is_named_without_the_password(joined, apply, outputs):
    """Nothing is written."""
    state = PostgresState(f"postgresql://iam:{DSN_PASSWORD}@127.0.0.1:9/iam", key=KEY)
    with pytest.raises(O365ProvError) as raised:
        apply(joined(), {"state": state, "credential": TalkativeCredential(lasts=100)})
    outputs.values.append(raised.value)
    outputs.check()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            "AADSTS7000215: Invalid client secret provided. Ensure it is the value",
            "Invalid client secret provided. Ensure",
        ),
        ("AADSTS90002: Tenant 'corp.example' not found", "Tenant 'corp.example' not found"),
        (
            "Trace 0d0f0e50-6b3f-4f5b-9f0e-0a1b2c3d4e5f at login.microsoftonline.com",
            "0d0f0e50-6b3f-4f5b-9f0e-0a1b2c3d4e5f",
        ),
        (f'{{"client_secret": "{CLIENT_SECRET[:9]}"}}', '"client_secret": "***"'),
        ("password=short", "password=***"),
        (f"got {TOKEN}", "got ***"),
    ],
)
def test_what_a_credential_says_is_kept_without_its_secret(said, shown):
    """What follows the name of one, and what looks like one."""
    assert shown in str(credential_error(said))
