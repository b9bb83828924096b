"""What keeps a plan from being made: the memory of another tenant or app, a wrong time, and wrong arguments."""

import pytest
from attrs import evolve
from organisation import DOMAIN, NOW, TENANT_ID, assigned, remembered, somebody, tenant, user_sync_app

from o365prov import AppUser, ConfigurationError, LicenseOnly, OktaOrg, UsageError
from o365prov.profiles import ProfileMapping
from o365prov.provisioning import ProfileSync

APP = user_sync_app()
ANN = assigned(somebody("Ann Lee"))


def refused(people=(ANN,), snapshot=None, known=None, *, app=APP, now=NOW, **options):
    """Why the plan is refused."""
    with pytest.raises(ConfigurationError) as error:
        app.plan(people, snapshot or tenant(), remembered() if known is None else known, now=now, **options)
    return str(error.value)


def test_the_memory_of_another_tenant_is_refused():
    """Its leavers are not this tenant's; both are named, with where the right memory comes from."""
    assert refused(known=evolve(remembered(), tenant_id="other")) == (
        f"the app users are of the tenant other, and this is {TENANT_ID}: plan with those of this one, "
        "state.app_users(snapshot.tenant_id, app.name)"
    )


def test_the_memory_of_another_app_is_refused():
    """Of both where neither fits, and of none where it has no name."""
    said = refused(known=evolve(remembered(), app_name="Office 365 (Oslo)"))
    assert "are of the app Office 365 (Oslo), and this is Office 365: plan" in said
    both = evolve(remembered(), tenant_id="other", app_name="")
    assert f"are of the tenant other, and this is {TENANT_ID}; of the app (none), and this is Office 365" in refused(
        known=both
    )


LICENSES = APP.with_provisioning(LicenseOnly()).remap()
TITLES = evolve(APP, mapping=ProfileMapping.of({"displayName": "source.displayName", "title": "source.title"}))


@pytest.mark.parametrize(
    ("read_for", "planned", "missing"),
    [
        (LICENSES, APP, "addresses of groups and contacts, businessPhones"),
        (TITLES, APP, "businessPhones, city"),
        (APP, TITLES, None),
        (APP, LICENSES, None),
    ],
)
def test_a_snapshot_that_was_read_for_settings_that_need_less_is_refused(read_for, planned, missing):
    """What was not read would look as if the accounts had no value, no manager, and nobody the address."""
    snapshot = evolve(tenant(), parts=read_for.needs().parts)
    streaming = planned.streaming_planner(lambda: [ANN], remembered(), now=NOW)
    for asked in (
        lambda: planned.plan([ANN], snapshot, remembered(), now=NOW),
        lambda: planned.preview(ANN, snapshot=snapshot),
        lambda: streaming.plan(snapshot),
    ):
        if missing is None:
            asked()
            continue
        with pytest.raises(UsageError, match=f"read without {missing}.*needs"):
            asked()


def test_accounts_are_handed_to_people_who_are_assigned():
    """The others are named in order."""
    ids = [f"00u{number}" for number in range(5)]
    transfers = {person_id: f"id-{person_id}" for person_id in (*ids[::-1], ANN.person_id)}
    said = refused(transfers=transfers)
    assert said.startswith("transfers hands accounts to people who are not assigned: 00u0, 00u1, 00u2, 00u3, 00u4: ")


def test_the_time_is_an_instant():
    """What may be one is said, and how to pass it."""
    assert refused(now="2026-06-01") == "now can't be a str: pass now=datetime.now(UTC)"
    assert refused(now=NOW.replace(tzinfo=None)) == "now has no time zone: pass now=datetime.now(UTC)"


def test_a_snapshot_is_one():
    """Nor is it left out: what to pass is said."""
    said = refused(snapshot="tenant")
    assert said == "snapshot can't be a str: pass snapshot=await tenant.read(app.needs())"


@pytest.mark.parametrize(("people", "kind"), [("Ann Lee", "str"), (b"Ann Lee", "bytes"), (5, "int")])
def test_assignments_are_many(people, kind):
    """A string is not taken for its letters."""
    assert refused(people) == f"assignments can't be a {kind}: pass a list of assignments"


def test_an_assignment_is_one():
    """Who passes people is told what to pass."""
    said = refused([ANN, somebody("Bo Ross")])
    assert said == "a Person is not an Assignment: pass those of read_organization(...).assignments"


def test_of_types_that_can_not_be_left_the_first_is_named():
    """In the order of their names: the same in every run."""
    users = [
        AppUser(f"00u{kind}", f"id-{kind}", f"{kind}@{DOMAIN}", provisioning_type=kind)
        for kind in ("user_sync", "universal_sync", "license_only")
    ]
    app = evolve(APP.with_provisioning(ProfileSync()).remap(), org=OktaOrg(graph_api=False))
    assert refused(known=remembered(*users), app=app).startswith("Universal Sync can't be left for Profile Sync: ")
