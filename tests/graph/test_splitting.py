"""An update that Graph refuses: it is sent again in parts, and what is written, said and remembered then."""

import asyncio
import json

import pytest

from o365prov.graph.apply.property_kinds import PROPERTY_KINDS, SENSITIVE
from o365prov.graph.apply.splitting import SplitUpdate, parts_of
from o365prov.graph.client.errors import ClassifiedError, ErrorCategory, ErrorExtent, classify
from o365prov.graph.client.messages import Response
from o365prov.planning import PropertyChange, Report, Result, Subject, UpdateUser
from o365prov.testing import FakeTenant
from o365prov.testing.fake_tenant.rules import sensitive

DENIED = {"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges"}}
LOST = {"error": {"code": "UnknownError", "message": ""}}


def patches(faulty):
    """The number of PATCH requests so far."""
    return sum(each.startswith("PATCH") for each in faulty.seen)


@pytest.fixture
def fake():
    """A tenant whose calling application holds no directory role, so that administrators are protected."""
    domains = {"fed.example": "Federated", "managed.example": "Managed"}
    return FakeTenant(domains=domains, licenses={"SPE_E3": 3, "FLOW_FREE": 10}, seed=1, caller_roles=[])


@pytest.fixture
def admin(changes):
    """An administrator."""
    changes.staff("ann", roles=["Helpdesk Administrator"])
    return "ann"


def test_an_update_that_is_accepted_is_one_patch(changes, faulty, plan, apply):
    """Parts are for what was refused: the usual update costs one request."""
    changes.staff("ann")
    assert apply(plan(changes.update("ann", jobTitle=(None, "Lead"), mobilePhone=(None, "1")))).ok
    assert patches(faulty) == 1


def test_a_refused_phone_does_not_cost_the_title(changes, fake, admin, plan, apply):
    """An administrator's phone is refused, everything else is written."""
    report = apply(plan(changes.update(admin, jobTitle=(None, "Lead"), mobilePhone=(None, "1"), city=(None, "Oslo"))))
    ann = fake.user("ann@fed.example")
    assert (ann["jobTitle"], ann["city"], ann.get("mobilePhone")) == ("Lead", "Oslo", None)
    [failed] = report.failed
    assert failed.written == ("jobTitle", "city")
    assert [each.name for each in failed.unwritten] == ["mobilePhone"]


def test_a_report_says_what_was_written_and_what_was_not(changes, admin, plan, apply):
    """In every form, with Graph's message, what to do, and the ids of the requests."""
    report = apply(plan(changes.update(admin, jobTitle=(None, "Lead"), mobilePhone=(None, "1"))))
    [failed] = report.failed
    said = "written: jobTitle; not written: mobilePhone: Insufficient privileges to complete the operation; the account"
    assert failed.message.startswith(said)
    assert said in report.to_text()
    assert failed.unwritten[0].request_id
    assert failed.request_id
    [row] = report.to_dicts()
    assert (row["written"], row["unwritten"]) == ("jobTitle", "mobilePhone")
    assert Report.from_json(report.to_json()) == report


def test_a_taken_username_does_not_cost_the_title(changes, fake, faulty, plan, apply):
    """Graph names the property: two more requests are enough."""
    changes.staff("ann", "bob")
    renamed = ("ann@fed.example", "bob@fed.example")
    change = changes.update("ann", userPrincipalName=renamed, jobTitle=(None, "Lead"), city=(None, "Oslo"))
    [failed] = apply(plan(change)).failed
    assert fake.user("ann@fed.example")["jobTitle"] == "Lead"
    assert (failed.written, patches(faulty)) == (("jobTitle", "city"), 3)
    assert "userPrincipalName: Another object" in failed.message


def test_reasons_are_said_one_by_one(changes, admin, plan, apply):
    """A phone that is protected and a country that does not exist are two reasons."""
    change = changes.update(admin, city=(None, "Oslo"), mobilePhone=(None, "1"), usageLocation=("NO", "XX"))
    [failed] = apply(plan(change)).failed
    assert failed.written == ("city",)
    assert "not written: mobilePhone: Insufficient" in failed.message
    assert "not written: usageLocation: Invalid value" in failed.message


def test_a_refused_property_among_many_is_found(changes, fake, faulty, plan, apply):
    """Where Graph does not say which property it is, halves of halves do."""
    changes.staff("ann")
    values = dict.fromkeys(("city", "companyName", "country", "department", "jobTitle", "state"), (None, "x"))

    refused = {"error": {"code": "Request_BadRequest", "message": "Unable to update."}}
    send = faulty.send

    async def refuse(method, url, headers, body):
        inner = json.loads(body)["requests"] if url.endswith("$batch") else []
        if any("department" in (each.get("body") or {}) for each in inner):
            faulty.inject("PATCH", "/users/", (400, {}, refused))
        return await send(method, url, headers, body)

    faulty.send = refuse
    [failed] = apply(plan(changes.update("ann", **values))).failed
    assert set(failed.written) == set(values) - {"department"}
    assert patches(faulty) < 2 * len(values)
    assert fake.user("ann@fed.example")["state"] == "x"


def test_parts_that_are_all_accepted_make_the_update_done(changes, fake, faulty, plan, apply, known):
    """What Graph refuses together it may accept apart."""
    changes.staff("ann")
    together = {"error": {"code": "Request_BadRequest", "message": "jobTitle must be updated in its own request."}}
    faulty.inject("PATCH", "/users/", (400, {}, together))
    report = apply(plan(changes.update("ann", jobTitle=(None, "Lead"), city=(None, "Oslo"))))
    assert report.ok
    assert report.outcomes[0].written == ()
    assert known().get("00u-ann").fingerprint == "print-ann-2"
    assert fake.user("ann@fed.example")["city"] == "Oslo"


def test_a_missing_permission_costs_one_request_more(changes, faulty, plan, apply):
    """Where the app may write nothing, the other parts are not tried, and the message is the plain one."""
    changes.staff("ann")
    faulty.inject("PATCH", "/users/", (403, {}, DENIED), times=9)
    [failed] = apply(
        plan(changes.update("ann", jobTitle=(None, "x"), mobilePhone=(None, "1"), mail=(None, "a@b.c")))
    ).failed
    assert patches(faulty) == 2
    assert failed.message.startswith("Insufficient privileges; ")
    assert failed.written == ()


@pytest.mark.parametrize("name", ["jobTitle", "mobilePhone"])
def test_one_property_is_not_divided(changes, faulty, plan, apply, name):
    """A second try would be the same request."""
    changes.staff("ann")
    faulty.inject("PATCH", "/users/", (403, {}, DENIED), times=9)
    [failed] = apply(plan(changes.update("ann", **{name: (None, "1")}))).failed
    assert (patches(faulty), failed.unwritten) == (1, ())


@pytest.mark.parametrize("status", [401, 404, 409, 500])
def test_what_is_not_about_the_content_is_not_divided(changes, faulty, plan, apply, status):
    """No token, no account, and an outage are the same for every part."""
    changes.staff("ann")
    faulty.inject("PATCH", "/users/", (status, {}, LOST), times=99)
    [failed] = apply(plan(changes.update("ann", jobTitle=(None, "x"), mobilePhone=(None, "1")))).failed
    assert (failed.written, failed.unwritten) == ((), ())


def test_a_part_is_sent_again_when_graph_is_busy(changes, faulty, admin, plan, apply):
    """Parts go the way of every write: throttled and lost ones are repeated."""
    change = changes.update(admin, jobTitle=(None, "Lead"), mobilePhone=(None, "1"))
    faulty.inject("PATCH", "/users/", (403, {}, DENIED))
    faulty.inject("PATCH", "/users/", (429, {"Retry-After": "2"}, LOST))
    faulty.inject("PATCH", "/users/", (504, {}, LOST), effect=True)
    [failed] = apply(plan(change)).failed
    assert failed.written == ("jobTitle",)


def test_parts_of_many_people_share_batches(changes, faulty, plan, apply):
    """One part of each account in a batch, never two of one."""
    names = [f"admin{number}" for number in range(5)]
    changes.staff(*names, roles=["Helpdesk Administrator"])
    report = apply(plan(*(changes.update(each, jobTitle=(None, "Lead"), mobilePhone=(None, "1")) for each in names)))
    assert [len(batch) for batch in faulty.batches] == [5, 5, 5]
    assert all(len(set(batch)) == len(batch) for batch in faulty.batches)
    assert [each.written for each in report.failed] == [("jobTitle",)] * 5


def test_when_the_token_fails_between_parts_the_rest_is_not_tried(changes, faulty, admin, plan, apply):
    """What was written until then is said."""
    change = changes.update(admin, jobTitle=(None, "Lead"), mobilePhone=(None, "1"), mail=(None, "a@fed.example"))
    faulty.inject("PATCH", "/users/", (403, {}, DENIED))
    faulty.inject("PATCH", "/users/", (204, {}, None), effect=True)
    faulty.inject("PATCH", "/users/", (401, {}, LOST), times=9)
    report = apply(plan(change, changes.give(admin, "SPE_E3")))
    assert report.failed[0].written == ("jobTitle",)
    assert [each.name for each in report.failed[0].unwritten] == ["mobilePhone", "mail"]
    assert report.skipped


def test_the_licence_is_given_although_the_phone_is_refused(changes, fake, admin, plan, apply):
    """What follows an update does not depend on all of it."""
    report = apply(
        plan(changes.update(admin, mobilePhone=(None, "1"), usageLocation=("NO", "SE")), changes.give(admin, "SPE_E3"))
    )
    assert [each.result for each in report.outcomes] == [Result.FAILED, Result.DONE]
    assert fake.user("ann@fed.example")["usageLocation"] == "SE"


def test_the_memory_links_the_account_and_does_not_claim_the_profile(changes, admin, plan, apply, known):
    """Without a fingerprint the next plan compares with the tenant."""
    apply(plan(changes.update(admin, jobTitle=(None, "x"), mobilePhone=(None, "1")), provisioning_type="user_sync"))
    ann = known().get("00u-ann")
    assert (ann.object_id, ann.username, ann.fingerprint) == (changes.id_of("ann"), "ann@fed.example", "")
    assert ann.provisioning_type == "user_sync"


def test_an_update_of_which_nothing_was_written_is_not_remembered(changes, admin, plan, apply, known):
    """As for every failure."""
    apply(plan(changes.update(admin, mobilePhone=(None, "1"), accountEnabled=(True, False))))
    assert len(known()) == 0


def test_an_apply_interrupted_between_parts_goes_on(changes, fake, faulty, tenant, admin, plan, run):
    """The whole update is sent again, refused again, and divided again; writing a value twice is harmless."""
    made = plan(changes.update(admin, jobTitle=(None, "Lead"), mobilePhone=(None, "1"), mail=(None, "a@fed.example")))
    send, batches = faulty.send, []

    async def whole():
        async with tenant() as connected:
            applying = asyncio.create_task(connected.apply(made))

            async def stop(method, url, headers, body):
                answer = await send(method, url, headers, body)
                batches.extend([url] if url.endswith("$batch") else [])
                if len(batches) == 2:  # after the first part was written, before its answer is known
                    applying.cancel()
                    await asyncio.sleep(3600)
                return answer

            faulty.send = stop
            with pytest.raises(asyncio.CancelledError):
                await applying
        faulty.send = send
        async with tenant() as connected:
            return await connected.apply(made)

    report = run(whole())
    [failed] = report.failed
    assert fake.user("ann@fed.example")["jobTitle"] == "Lead"
    assert set(failed.written) == {"jobTitle", "mail"}
    assert [each.name for each in failed.unwritten] == ["mobilePhone"]


def test_the_state_tells_a_partial_update_as_failed(changes, admin, plan, apply, state):
    """With what was written and what was not, so that the report can be given again."""
    made = plan(changes.update(admin, jobTitle=(None, "x"), mobilePhone=(None, "1")))
    report = apply(made)
    [entry] = state.entries(made.id)
    assert (entry.step.value, entry.written) == ("failed", ("jobTitle",))
    assert [entry.outcome(made.changes[0])] == list(report.failed)
    assert state.find_run(made.id).ended_at is not None


def test_the_sensitive_properties_are_microsofts():
    """The table of kinds and the rules of the fake tenant come from one page; a password is never in an update."""
    assert sensitive.SENSITIVE - {"passwordProfile"} == SENSITIVE


def test_every_property_is_of_one_kind():
    """Otherwise it would be sent twice."""
    names = [name for kind in PROPERTY_KINDS for name in kind.names]
    assert len(names) == len(set(names))


def refusal(status, text, category=ErrorCategory.PERMANENT, extent=ErrorExtent.VALUE):
    """An error of Graph's."""
    return ClassifiedError(category, status, "Request_BadRequest", text, "", extent=extent)


def test_kinds_are_sent_in_their_order():
    """What is of no special kind first, an anchor before the username that needs it, sign-in last."""
    names = (
        "accountEnabled",
        "city",
        "mail",
        "mobilePhone",
        "onPremisesImmutableId",
        "otherMails",
        "userPrincipalName",
    )
    assert parts_of(names, refusal(403, "no", extent=ErrorExtent.KIND)) == [
        ("city",),
        ("mobilePhone", "otherMails"),
        ("onPremisesImmutableId",),
        ("userPrincipalName",),
        ("mail",),
        ("accountEnabled",),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Unable to update the specified properties for on-premises mastered Directory Sync objects.",
        "The directory object quota limit for the Tenant has been exceeded.",
    ],
)
def test_an_error_about_the_account_is_not_divided(text):
    """A synced account, and a tenant that is full, accept no part."""
    code = "Directory_QuotaExceeded" if "quota" in text else "Request_BadRequest"
    body = json.dumps({"error": {"code": code, "message": text}}).encode()
    assert parts_of(("city", "mail"), classify(Response(400, {}, body))) == []


def test_extension_attributes_of_an_account_that_was_synced_are_one_part():
    """Graph refuses all of them alike, so they are not looked through one by one."""
    text = "Unable to update the specified properties for objects that have originated within an external service."
    error = classify(Response(400, {}, json.dumps({"error": {"code": "Request_BadRequest", "message": text}}).encode()))
    ours = tuple(f"onPremisesExtensionAttributes.extensionAttribute{number}" for number in (1, 2))
    assert parts_of((*ours, "city"), error) == [("city",), ours]
    assert parts_of(ours, error) == []


def test_dividing_ends():
    """Whatever is refused: fewer than twice as many requests as properties, and each property has its reason."""
    names = [*(f"x{number}" for number in range(20)), *(name for kind in PROPERTY_KINDS for name in kind.names)]
    parts = tuple(PropertyChange(name, None, "1") for name in names)
    error = refusal(400, "no")
    split = SplitUpdate.of(UpdateUser(Subject("1", "Ann", "a@b.c"), "why", "id", parts, "f"), error)
    sent = 1
    while (part := split.next_part()) is not None:
        split.failed(part, "no", "r", error)
        sent += 1
    assert sent < 2 * len(names)
    assert [each.name for each in split.unwritten_properties] == names
    assert split.problem == "no"
