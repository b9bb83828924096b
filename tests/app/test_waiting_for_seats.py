"""Licences over Graph: who gets no seat is remembered, and gets the next one that is free."""

from datetime import UTC, datetime

from o365prov import Assignment, BlockingTenant, LicenseGrant, Office365App, Person, UsernameFormat, UserSync
from o365prov.people import Grants
from o365prov.testing import FakeClock, FakeTenant

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
APP = Office365App(("corp.example",), UserSync(), UsernameFormat.email())


def assigned(name, *skus):
    """A person with these licences."""
    first, _, last = name.partition(" ")
    profile = {"email": f"{first}@corp.example".lower(), "firstName": first, "lastName": last, "displayName": name}
    return Assignment(Person(f"00u{first}", "ACTIVE", profile), Grants([LicenseGrant(each) for each in skus]))


def day(tenant, clock, people):
    """Plan and apply; the plan, and the memory after it."""
    snapshot = tenant.read(APP.needs(people))
    known = tenant.state.app_users(snapshot.tenant_id, APP.name)
    plan = APP.plan(people, snapshot, known, now=clock.now())
    report = tenant.apply(plan, confirm=plan.fingerprint)
    assert report.ok
    clock.advance(days=1)
    return plan, tenant.state.app_users(snapshot.tenant_id, APP.name)


def test_a_new_person_without_a_seat_waits_from_the_first_day_and_gets_the_seat_that_is_freed():
    """The account is made in the same plan, and the place in the line is remembered for it."""
    clock = FakeClock(at=NOW)
    fake = FakeTenant({"corp.example": "Federated"}, {"SPE_E3": 1, "SPE_F1": 1}, clock)
    everyone = [assigned("Ann Lee", "SPE_E3"), assigned("Bo Ross", "SPE_E3")]
    with BlockingTenant.over(fake) as tenant:
        _, known = day(tenant, clock, everyone)
        [waiting] = known.get("00uBo").waiting
        assert (waiting.sku, waiting.since) == ("SPE_E3", NOW)
        still, known = day(tenant, clock, everyone)
        assert still.is_empty
        moved = [assigned("Ann Lee", "SPE_F1"), everyone[1]]
        _, known = day(tenant, clock, moved)
        _, known = day(tenant, clock, moved)
    assert (known.get("00uBo").waiting, known.get("00uBo").licenses) == ((), (LicenseGrant("SPE_E3"),))
    assert fake.seats("SPE_E3") == (1, 1)
