"""A part of a plan, as for a pilot: nobody else is touched, and what is left out says why."""

import re

import pytest
from organisation import DOMAIN, E3, NOW, account, assigned, from_directory, somebody, tenant, user_sync_app

from o365prov import BlockingTenant, ConfigurationError, SQLiteState, StalePlanError
from o365prov.people import AppUser, AppUsers, Assignment
from o365prov.planning import SetManager
from o365prov.testing import FakeClock, FakeTenant

ANN, BOB, CID = somebody("Ann Lee"), somebody("Bob Ross"), somebody("Cid Young")


def names(plan):
    """Who is in a plan."""
    return sorted({change.subject.name for change in plan})


def codes(plan):
    """What a plan says of whom."""
    return [(each.subject.name, each.code) for each in plan.problems]


def plan_of(*people, snapshot=None, known=None):
    """The plan for these people."""
    snapshot = snapshot or tenant()
    known = known or AppUsers.empty(snapshot.tenant_id, "Office 365")
    return user_sync_app().plan(people, snapshot, known, now=NOW)


def test_a_part_is_about_its_people_alone():
    """With all of their changes, what is wrong with them, and how they were found; under a fingerprint of its own."""
    whole = plan_of(assigned(ANN, E3.part_number), assigned(BOB, "NOPE"), assigned(CID))
    part = whole.limited_to({ANN.id, BOB.id})
    assert names(part) == ["Ann Lee", "Bob Ross"]
    assert [each for each in whole if each.subject.person_id != CID.id] == list(part)
    assert codes(part) == [each for each in codes(whole) if each[0] == "Bob Ross"]
    assert (str(part.explain(ANN.id)), part.fingerprint) == (str(whole.explain(ANN.id)), part.fingerprint)
    assert part.fingerprint != whole.fingerprint
    assert part.app_users == whole.app_users


def test_a_number_of_people_is_taken_in_the_order_of_the_plan():
    """However many changes each has; those who are left out are not talked about."""
    whole = plan_of(*(assigned(each, E3.part_number) for each in (ANN, BOB, CID)))
    part = whole.limited_to(most=2)
    assert names(part) == ["Ann Lee", "Bob Ross"]
    assert (len(part), part.problems) == (4, ())
    assert whole.limited_to(most=9).changes == whole.changes


def test_whoever_was_named_and_is_one_too_many_is_told():
    """The limit holds for those who are named as well."""
    part = plan_of(*map(assigned, (ANN, BOB, CID))).limited_to([CID.id, BOB.id], most=1)
    assert names(part) == ["Bob Ross"]
    assert codes(part) == [("Cid Young", "beyond_the_limit")]


@pytest.mark.parametrize(
    "arguments", [{}, {"most": 0}, {"people": None}, {"people": [], "most": -1}, {"people": "00u1"}, {"people": 5}]
)
def test_a_limit_that_means_nothing_is_refused(arguments):
    """A string is not several ids, and nobody wants a plan for nobody."""
    with pytest.raises(ConfigurationError):
        plan_of(assigned(ANN)).limited_to(**arguments)


def chain():
    """Ann gives up a username that Bob takes, and he one that Cid takes."""
    known, users, people = [], [], []
    for person, old in ((ANN, "ann.lee"), (BOB, "bob.ross"), (CID, "cid.young")):
        held = account(f"{old}@{DOMAIN}", displayName=person.name)
        users.append(held)
        known.append(AppUser(person.id, held.id, f"{old}@{DOMAIN}"))
    for person, new in ((ANN, "new"), (BOB, "ann.lee"), (CID, "bob.ross")):
        people.append(assigned(somebody(person.name, email=f"{new}@corp.example")))
    snapshot = tenant(*users)
    return plan_of(*people, snapshot=snapshot, known=AppUsers(snapshot.tenant_id, "Office 365", known))


def test_whoever_waits_for_others_comes_with_them_or_not_at_all():
    """Bob can't be renamed before Ann is, and Cid not before both."""
    whole = chain()
    assert names(whole) == ["Ann Lee", "Bob Ross", "Cid Young"]
    assert names(whole.limited_to([ANN.id])) == ["Ann Lee"]
    assert names(whole.limited_to([ANN.id, BOB.id])) == ["Ann Lee", "Bob Ross"]
    part = whole.limited_to([ANN.id, CID.id])
    assert names(part) == ["Ann Lee"]
    [problem] = part.problems
    assert (problem.code, problem.stops) == ("waits_for_others", True)
    assert problem.message.endswith("waits for a username that Bob Ross has until then")
    assert names(whole.limited_to(most=2)) == ["Ann Lee", "Bob Ross"]


def test_a_manager_who_is_not_in_it_is_left_out():
    """Unless the manager's account is there already."""
    boss = from_directory(ANN)
    worker = from_directory(BOB, manager=boss)
    whole = plan_of(assigned(boss), assigned(worker))
    assert any(isinstance(each, SetManager) for each in whole)
    assert list(whole.limited_to(most=2)) == list(whole)
    part = whole.limited_to([worker.id])
    assert [each.kind for each in part] == ["create_user"]
    assert [(each.code, each.stops) for each in part.problems] == [("manager_left_out", False)]


def test_a_seat_that_others_free_is_told():
    """Graph refuses a licence where no seat is free, and the part can't know how many are."""
    leaver = account(f"cid.young@{DOMAIN}", licenses=[E3.id])
    snapshot = tenant(leaver)
    known = AppUsers(
        snapshot.tenant_id,
        "Office 365",
        [AppUser(CID.id, leaver.id, leaver.username, licenses=assigned(CID, E3.part_number).grants.licenses)],
    )
    whole = plan_of(assigned(ANN, E3.part_number), assigned(CID), snapshot=snapshot, known=known)
    part = whole.limited_to([ANN.id])
    assert codes(part) == [("Ann Lee", "seat_of_others")]
    assert "seat_of_others" not in {each.code for each in whole.limited_to([ANN.id, CID.id]).problems}


def test_the_hazards_of_the_whole_stay():
    """Whatever part is taken, and of a part again: a plan that is taken in parts has to be confirmed all the same."""
    users = [account(f"user{number}@{DOMAIN}") for number in range(10)]
    known = [AppUser(f"00u{number}", each.id, each.username) for number, each in enumerate(users)]
    snapshot = tenant(*users)
    whole = plan_of(assigned(ANN), snapshot=snapshot, known=AppUsers(snapshot.tenant_id, "Office 365", known))
    part = whole.limited_to(["00u3"]).limited_to(most=1)
    assert whole.hazards
    assert part.hazards == tuple(f"of the whole plan: {each}" for each in whole.hazards)
    assert re.search("confirm", str(part))


def test_the_day_after_a_pilot_the_others_follow(tmp_path):
    """The whole plan is stale; the next one has the others, and the managers who were left out. Then it is at rest."""
    clock = FakeClock(at=NOW)
    fake = FakeTenant({DOMAIN: "Federated"}, clock=clock)
    boss = from_directory(ANN)
    people = [Assignment(boss), *(Assignment(from_directory(each, manager=boss)) for each in (BOB, CID))]
    app = user_sync_app()

    def whole_plan(tenant):
        snapshot = tenant.read(app.needs(people))
        return app.plan(people, snapshot, tenant.state.app_users(snapshot.tenant_id, app.name), now=clock.now())

    with BlockingTenant.over(fake, state=SQLiteState(tmp_path / "corp.db")) as tenant:
        whole = whole_plan(tenant)
        assert tenant.apply(whole.limited_to([BOB.id])).ok
        assert [each["displayName"] for each in fake.users] == ["Bob Ross"]
        with pytest.raises(StalePlanError):
            tenant.apply(whole)
    clock.advance(days=1)
    with BlockingTenant.over(fake, state=SQLiteState(tmp_path / "corp.db")) as tenant:
        assert tenant.apply(whole_plan(tenant)).ok
        bob = fake.user(f"bob.ross@{DOMAIN}")
        assert (len(fake.users), bob["manager"]) == (3, fake.user(f"ann.lee@{DOMAIN}")["id"])
        assert whole_plan(tenant).changes == ()
