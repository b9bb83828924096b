"""Applying a plan: what the tenant holds afterwards, what the report and the memory say."""

import json

import pytest
from attrs import evolve

from o365prov.errors import ConfigurationError, PlanRefusedError
from o365prov.graph import ApplyEnded, ApplyStarted, ChangeEnded, Waiting
from o365prov.people import AppUser, AppUserStatus, LicenseGrant
from o365prov.planning import Safeguards, harm_hazards
from o365prov.planning.model.outcomes import Result


def results(report):
    return {f"{each.change.kind}:{each.change.subject.name}": each.result for each in report.outcomes}


def test_a_new_person_gets_everything(changes, fake, plan, apply):
    """Account, licence and manager of a new person, whose manager is new as well."""
    report = apply(
        plan(
            changes.create("ann", jobTitle="Singer", **{"employeeOrgData.division": "North"}),
            changes.create("bob"),
            changes.give("ann", "SPE_E3", new=True),
            changes.manager("ann", "bob", new=True),
        )
    )
    ann = fake.user("ann@fed.example")
    assert report.ok
    assert ann["employeeOrgData"]["division"] == "North"
    assert [each["skuId"] for each in ann["assignedLicenses"]] == [changes.sku()]
    assert ann["manager"] == changes.id_of("bob")


def test_an_existing_person_is_changed(changes, fake, plan, apply):
    """Update, licence swap, manager, sessions and block, each by its own request."""
    changes.staff("ann", "bob", jobTitle="Singer", licenses=["SPE_E3"])
    before = fake.user("ann@fed.example")["signInSessionsValidFromDateTime"]
    fake.clock.advance(minutes=1)
    report = apply(
        plan(
            changes.update("ann", jobTitle=("Singer", None), department=(None, "Stage")),
            changes.give("ann", "FLOW_FREE", take=("SPE_E3",)),
            changes.manager("ann", "bob", known=True),
            changes.revoke("ann"),
            changes.block("ann"),
        )
    )
    ann = fake.user("ann@fed.example")
    assert report.ok
    assert (ann.get("jobTitle"), ann["department"], ann["accountEnabled"]) == (None, "Stage", False)
    assert [each["skuId"] for each in ann["assignedLicenses"]] == [changes.sku("FLOW_FREE")]
    assert ann["manager"] == changes.id_of("bob")
    assert ann["signInSessionsValidFromDateTime"] > before


def test_a_manager_is_taken_away(changes, fake, plan, apply):
    """DELETE of the reference leaves both people."""
    changes.staff("ann", "bob")
    apply(plan(changes.manager("ann", "bob", known=True)))
    assert apply(plan(changes.no_manager("ann"))).ok
    assert fake.user("ann@fed.example")["manager"] is None
    assert len(fake.users) == 2


def test_a_manager_that_is_gone_already_is_not_a_failure(changes, plan, apply):
    """What should be taken away and is not there is done."""
    changes.staff("ann")
    assert apply(plan(changes.no_manager("ann"))).ok


def test_a_swap_whose_old_licence_is_gone_is_a_failure(changes, fake, plan, apply):
    """Graph does all of a licence request or nothing, so the new licence is missing: the next plan gives it."""
    changes.staff("ann")
    [failed] = apply(plan(changes.give("ann", "FLOW_FREE", take=("SPE_E3",)))).failed
    assert "plan again" in failed.message
    assert not fake.user("ann@fed.example").get("assignedLicenses")


def test_a_licence_that_is_gone_already_is_not_a_failure(changes, plan, apply):
    """What should be taken away and is not held is done."""
    changes.staff("ann")
    assert apply(plan(changes.give("ann", take=("SPE_E3",)))).ok


def test_linking_writes_nothing(changes, faulty, plan, apply, known):
    """An account that is remembered costs no request."""
    changes.staff("ann")
    made = plan(changes.link("ann"))
    report = apply(made)
    assert report.ok
    assert faulty.batches == []
    assert known().get("00u-ann").object_id == changes.id_of("ann")


def test_the_report_is_in_the_plans_order(changes, plan, apply):
    """However writes overtake each other, outcomes are where the plan has their changes."""
    changes.staff("old", licenses=["SPE_E3"])
    made = plan(
        changes.create("ann"),
        changes.create("bob"),
        changes.give("old", take=("SPE_E3",)),
        changes.give("ann", "SPE_E3", new=True),
        changes.block("old"),
    )
    assert [outcome.change for outcome in apply(made).outcomes] == list(made)


def test_the_memory_for_the_next_plan(changes, plan, apply, known, remember):
    """Every change that was done is remembered; who was not touched stays as they were."""
    changes.staff("old")
    elsewhere = AppUser("00u-else", "9", "else@fed.example")
    remember(elsewhere, AppUser("00u-old", changes.id_of("old"), "o"))
    apply(
        plan(
            changes.create("ann"),
            changes.create("bob"),
            changes.give("ann", "SPE_E3", new=True),
            changes.manager("ann", "bob", new=True),
            changes.block("old"),
            provisioning_type="User Sync",
        )
    )
    ann = known().get("00u-ann")
    assert (ann.object_id, ann.username, ann.fingerprint) == (changes.id_of("ann"), "ann@fed.example", "print-ann")
    assert (ann.licenses, ann.manager_id) == ((LicenseGrant("SPE_E3"),), changes.id_of("bob"))
    assert ann.provisioning_type == "User Sync"
    assert known().get("00u-old").status is AppUserStatus.DEACTIVATED
    assert known().get("00u-else") == elsewhere


def test_what_failed_is_not_remembered(changes, plan, apply, known):
    """The next plan has it again."""
    changes.staff("ann")
    apply(plan(changes.create("ann", onPremisesImmutableId="b3RoZXI=")))
    assert known().get("00u-ann") is None


def test_seats_are_freed_before_they_are_given(changes, fake, plan, apply):
    """A leaver's licence serves the newcomer of the same plan."""
    changes.staff("leaver1", "leaver2", "leaver3", licenses=["SPE_E3"])
    names = ["a1", "a2", "a3"]
    report = apply(
        plan(
            *(changes.create(name) for name in names),
            *(changes.give(name, "SPE_E3", new=True) for name in names),
            *(changes.give(f"leaver{n}", take=("SPE_E3",)) for n in (1, 2, 3)),
        )
    )
    assert report.ok
    assert fake.seats("SPE_E3") == (3, 3)


def test_no_account_is_written_twice_at_once(changes, faulty, plan, apply):
    """Graph answers 409 to two writes of one object; a batch never holds two."""
    names = [f"p{number}" for number in range(45)]
    changes.staff(*names)
    made = plan(
        *(changes.update(name, jobTitle=(None, "x")) for name in names),
        *(changes.block(name) for name in names),
        *(changes.revoke(name) for name in names),
    )
    apply(made, confirm=made.fingerprint)
    for batch in faulty.batches:
        touched = [request.split("/")[2].split("?")[0] for request in batch]
        assert len(touched) == len(set(touched)) <= 20


def test_two_people_linked_to_one_account_are_written_one_after_the_other(changes, faulty, plan, apply):
    """An error in the sources must not become a race."""
    changes.staff("ann")
    first = changes.update("ann", jobTitle=(None, "a"))
    second = evolve(first, subject=evolve(first.subject, person_id="00u-double"))
    apply(plan(first, second))
    assert [len(batch) for batch in faulty.batches] == [1, 1]


def test_a_failed_create_takes_only_its_own_person_along(changes, fake, plan, apply):
    """What depends on the account is skipped and says why; the other people get their changes."""
    changes.staff("taken")
    report = apply(
        plan(
            changes.create("taken", onPremisesImmutableId="b3RoZXI="),
            changes.create("ann"),
            changes.give("taken", "SPE_E3", new=True),
            changes.give("ann", "SPE_E3", new=True),
            changes.manager("ann", "taken", new=True),
        )
    )
    assert results(report) == {
        "create_user:Taken": Result.FAILED,
        "create_user:Ann": Result.DONE,
        "assign_licenses:Taken": Result.SKIPPED,
        "assign_licenses:Ann": Result.DONE,
        "set_manager:Ann": Result.SKIPPED,
    }
    [licence, manager] = report.skipped
    assert "the account could not be created" in licence.message
    assert "userPrincipalName already exists" in licence.message
    assert "manager's account (Taken)" in manager.message
    assert fake.user("ann@fed.example")["manager"] is None


def test_a_refusal_says_what_to_do(changes, plan, apply):
    """Seats, domain, usage location: one line each, with the remedy and Graph's request id."""
    changes.staff("nowhere", usageLocation=None)
    changes.staff("a", "b", "c", licenses=["SPE_E3"])
    report = apply(
        plan(
            changes.create("ann", domain="unverified.example"),
            changes.create("bob", onPremisesImmutableId=None),
            changes.create("late"),
            changes.give("late", "SPE_E3", new=True),
            changes.give("nowhere", "FLOW_FREE"),
        )
    )
    messages = {outcome.change.subject.name: outcome.message for outcome in report.failed}
    assert "verify the domain" in messages["Ann"]
    assert "source anchor" in messages["Bob"]
    assert "buy seats" in messages["Late"]
    assert "set usageLocation" in messages["Nowhere"]
    assert all(outcome.request_id for outcome in report.failed)


def test_a_plan_is_applied_once(changes, faulty, plan, apply):
    """The second time its report is returned again, and nothing is sent but the question which tenant it is."""
    made = plan(changes.create("ann"), changes.give("ann", "SPE_E3", new=True))
    first = apply(made)
    faulty.seen.clear()
    again = apply(made)
    assert again == evolve(first, replayed=True)
    assert faulty.seen == []


def test_another_tenants_plan_is_refused(changes, faulty, plan, apply):
    """Before anything is written."""
    made = plan(changes.create("ann"), tenant_id="other")
    with pytest.raises(PlanRefusedError, match="is for tenant other"):
        apply(made)
    assert faulty.batches == []


def test_a_plan_with_hazards_wants_its_fingerprint(changes, faulty, plan, apply):
    """A plan that takes away a lot is applied only if that very plan was confirmed."""
    changes.staff("ann")
    made = plan(changes.block("ann"), hazards=("1 of 1 linked accounts lose something",))
    with pytest.raises(PlanRefusedError, match=f"linked accounts.*confirm='{made.fingerprint}'"):
        apply(made)
    assert faulty.batches == []
    assert apply(made, confirm=made.fingerprint).ok


def linked(*names):
    """People with accounts."""
    return [AppUser(f"00u-{name}", f"id-{name}", name) for name in names]


@pytest.mark.parametrize(("share", "refused"), [(0.2, False), (0.19, True)])
def test_a_tenant_may_allow_less_than_the_app(changes, faulty, plan, apply, share, refused, remember):
    """One of five is blocked, which the app allows; the plan is confirmed as any other."""
    changes.staff("ann")
    remember(*linked("ann", "bob", "cy", "di", "ed"))
    made = plan(changes.block("ann"))
    options = {"safeguards": Safeguards(share=share)}
    if refused:
        with pytest.raises(PlanRefusedError, match=f"1 of 5 linked accounts, 19% .*confirm='{made.fingerprint}'"):
            apply(made, options)
        assert faulty.batches == []
    assert apply(made, options, confirm=made.fingerprint if refused else None).ok


def test_a_tenant_that_allows_more_changes_nothing(changes, plan, apply, remember):
    """What the app wants confirmed is confirmed."""
    changes.staff("ann")
    remember(*linked("ann"))
    made = plan(changes.block("ann"), hazards=("too much",))
    with pytest.raises(PlanRefusedError, match=r"^too much: "):
        apply(made, {"safeguards": Safeguards(share=1, count=10_000)})


def test_a_hazard_of_app_and_tenant_is_said_once(changes, plan, apply, remember):
    """Both find the same."""
    changes.staff("ann")
    safeguards = Safeguards(count=0)
    remember(*linked("ann"))
    made = plan(changes.block("ann"))
    made = plan(changes.block("ann"), hazards=harm_hazards(made, safeguards))
    with pytest.raises(PlanRefusedError) as refused:
        apply(made, {"safeguards": safeguards})
    assert str(refused.value).count("sign-in blocked") == 1


def test_safeguards_of_a_tenant_are_safeguards(tenant):
    """A share alone would be too easily taken for something else."""
    with pytest.raises(ConfigurationError, match=r"Tenant\.safeguards should be a Safeguards, such as .* not 0\.2"):
        tenant(safeguards=0.2)


def test_a_confirmation_of_another_plan_is_refused(changes, plan, apply):
    """What was reviewed is what is applied."""
    with pytest.raises(PlanRefusedError, match="not what was confirmed"):
        apply(plan(changes.create("ann")), confirm="0123")


def test_an_account_that_was_changed_meanwhile_is_left_alone(changes, fake, plan, apply):
    """An edit by others after the plan was made is not overwritten; others are not held up."""
    changes.staff("ann", "bob", jobTitle="old")
    made = plan(
        changes.update("ann", jobTitle=("old", "new")),
        changes.give("ann", "SPE_E3"),
        changes.update("bob", jobTitle=("old", "new")),
    )
    edit(fake, changes.id_of("ann"), {"jobTitle": "edited"})
    report = apply(made)
    assert [outcome.change.kind for outcome in report.skipped] == ["update_user", "assign_licenses"]
    assert "was changed in Office 365 after the plan was made" in report.skipped[0].message
    assert fake.user("ann@fed.example")["jobTitle"] == "edited"
    assert fake.user("bob@fed.example")["jobTitle"] == "new"


def test_an_account_that_was_deleted_meanwhile_is_left_alone(changes, fake, plan, apply):
    """It is skipped with that reason instead of failing."""
    changes.staff("ann")
    made = plan(changes.update("ann", jobTitle=(None, "new")))
    delete(fake, changes.id_of("ann"))
    [outcome] = apply(made).skipped
    assert "was deleted in Office 365" in outcome.message


def test_changes_of_other_accounts_do_not_matter(changes, fake, plan, apply):
    """Only accounts that the plan touches are looked at."""
    changes.staff("ann", "else")
    made = plan(changes.update("ann", jobTitle=(None, "new")))
    edit(fake, changes.id_of("else"), {"jobTitle": "edited"})
    assert apply(made).ok


@pytest.mark.parametrize("watermark", [None, "expired"])
def test_without_a_mark_touched_accounts_are_read_and_compared(changes, fake, faulty, plan, apply, watermark):
    """A delta token is valid for seven days; after that the properties are compared with what the plan knew."""
    changes.staff("ann", "bob", "eve", jobTitle="old")
    made = plan(
        *(changes.update(name, jobTitle=("old", "new")) for name in ("ann", "bob", "eve")),
        **({} if watermark else {"watermark": None}),
    )
    edit(fake, changes.id_of("ann"), {"jobTitle": "edited"})
    edit(fake, changes.id_of("bob"), {"department": "Else"})
    delete(fake, changes.id_of("eve"))
    if watermark:
        gone = {"error": {"code": "SyncStateNotFound", "message": "The delta token is expired"}}
        faulty.inject("GET", "deltatoken", (410, {}, gone))
    report = apply(made)
    assert {each.change.subject.name: each.result.value for each in report.outcomes} == {
        "Ann": "skipped",
        "Bob": "done",
        "Eve": "skipped",
    }
    assert fake.user("ann@fed.example")["jobTitle"] == "edited"


def test_creates_need_no_look(changes, faulty, plan, apply):
    """A plan that touches nothing asks nothing before writing."""
    made = plan(changes.create("ann"))
    faulty.seen.clear()
    apply(made)
    assert faulty.seen == [
        "GET /organization?$select=id,displayName,onPremisesSyncEnabled",
        "GET /domains",
        "POST /users",
    ]


def test_events_tell_what_happens(changes, plan, apply):
    """A start with the counts, one event a change, waits, and the report at the end."""
    events = []
    report = apply(plan(changes.create("ann"), changes.give("ann", "SPE_E3", new=True)), on_event=events.append)
    start, first, second, end = events
    assert start == ApplyStarted(2, 2)
    assert [(each.done, each.total) for each in (first, second)] == [(1, 2), (2, 2)]
    assert first == ChangeEnded(report.outcomes[0], 1, 2)
    assert end == ApplyEnded(report)


def test_waits_are_events(changes, faulty, plan, apply):
    """The reason of a wait is an event."""
    faulty.inject("POST", "/users", (429, {"Retry-After": "12"}, {}))
    events = []
    apply(plan(changes.create("ann")), on_event=events.append)
    assert Waiting(12, "Graph asked to wait") in events


def test_a_listener_that_fails_loses_no_report(changes, fake, plan, apply, caplog):
    """What was written was written; the listener is not called again, and the log says so."""

    def listen(_event):
        raise RuntimeError("broken bar")

    report = apply(plan(changes.create("ann"), changes.create("bob")), on_event=listen)
    assert report.ok
    assert len(fake.users) == 2
    assert caplog.text.count("on_event failed") == 1


def test_an_empty_plan_is_applied_in_no_time(faulty, plan, apply):
    """Nothing to do is an empty report."""
    report = apply(plan())
    assert report.ok
    assert report.outcomes == ()
    assert faulty.batches == []


def test_new_accounts_of_a_managed_domain_change_their_password(changes, faulty, fake, plan, apply):
    """On a managed domain the random password would be used; on a federated one it never is."""
    sent = []
    send = faulty.send

    async def listen(method, url, headers, body):
        sent.append(body.decode())
        return await send(method, url, headers, body)

    faulty.send = listen
    apply(plan(changes.create("ann"), changes.create("bob", domain="managed.example")))
    [batch] = [text for text in sent if "passwordProfile" in text]
    assert '"forceChangePasswordNextSignIn":false' in batch
    assert '"forceChangePasswordNextSignIn":true' in batch


def edit(fake, object_id, body):
    status, _, _ = fake.handle(
        "PATCH",
        f"https://graph.microsoft.com/v1.0/users/{object_id}",
        {"Authorization": "Bearer x", "Content-Type": "application/json"},
        json.dumps(body).encode(),
    )
    assert status == 204


def delete(fake, object_id):
    status, _, _ = fake.handle(
        "DELETE", f"https://graph.microsoft.com/v1.0/users/{object_id}", {"Authorization": "Bearer x"}, b""
    )
    assert status == 204
