"""How two plans differ, person by person: what only one has, and what both set to other values."""

import pytest
from attrs import evolve
from organisation import E3, NOW, account, app_with, assigned, somebody, tenant, user_sync_app

from o365prov import UNSET, ConfigurationError, Deprovisioning, LicenseOnly, Plan
from o365prov.errors import Issue
from o365prov.people import AppUser, AppUsers, Departure
from o365prov.planning import (
    BlockSignIn,
    DeleteUser,
    LinkUser,
    Problem,
    PropertyChange,
    Subject,
    UpdateUser,
)

ANN, BOB, CID = somebody("Ann Lee", city="Oslo"), somebody("Bob Ross"), somebody("Cid Young")
DELETE = Deprovisioning.block_remove_licenses_and_delete(grace_days=30)
ANN_AS = Subject("1", "Ann", "ann@corp.example")


def plan(*changes, **fields):
    """A plan of these changes."""
    return Plan("contoso", NOW, changes, **fields)


def update(**values):
    """An update of Ann's account to these values."""
    properties = tuple(PropertyChange(name, None, value) for name, value in values.items())
    return UpdateUser(ANN_AS, "the profile changed", "id", properties, "print")


def test_equal_plans_do_not_differ():
    """Whenever, and for whatever reasons, they were made."""
    first = plan(update(jobTitle="Rep"), DeleteUser(ANN_AS, "left", "id"))
    second = plan(evolve(update(jobTitle="Rep"), reason="other", fingerprint="other"), DeleteUser(ANN_AS, "x", "id"))
    found = first.diff(evolve(second, made_by="bea@corp.example"))
    assert (bool(found), len(found), found.count, found.to_dicts()) == (False, 0, 1, [])


def test_what_only_one_has_and_what_differs():
    """Of the first, of the second, and of both."""
    first = plan(update(jobTitle="Rep", city="Oslo", country="NO"), BlockSignIn(ANN_AS, "left", "id", Departure(NOW)))
    second = plan(
        update(jobTitle="Lead", city=None, department="Sales", country="NO"), DeleteUser(ANN_AS, "left", "id")
    )
    [person] = first.diff(second).people
    assert person.subject == ANN_AS
    assert {each.symbol: str(each) for each in person.changes} == {
        "-": "block sign-in",
        "+": "delete the account",
        "~": "jobTitle: Rep | Lead; city: Oslo | cleared; department: left alone | Sales",
    }
    [both] = (each for each in person.changes if each.symbol == "~")
    assert both.values[-1] == PropertyChange("department", UNSET, "Sales")
    assert second.diff(first).people[0].to_dicts()[0]["symbol"] == "~"


def test_problems_and_hazards_differ_too():
    """By their codes and words."""
    one, two = (Problem(ANN_AS, Issue(code, f"{code} is wrong", "Correct it")) for code in ("a", "b"))
    found = plan(problems=[one], hazards=("x", "y")).diff(plan(problems=[two], hazards=("y", "z")))
    [person] = found.people
    assert (person.former_problems, person.new_problems) == ((one,), (two,))
    assert (found.former_hazards, found.new_hazards) == (("x",), ("z",))
    assert [(each["symbol"], each["kind"]) for each in found.to_dicts()] == [("-", "a"), ("+", "b")]
    assert bool(plan(hazards=("x",)).diff(plan()))


def test_the_forms_say_how_many_and_who():
    """The kinds of differences with the most people first, and people in the order of their names."""
    subjects = [Subject(f"{number}", f"P{number}", f"p{number}@corp.example") for number in range(4)]
    first = plan(*(DeleteUser(each, "left", each.person_id) for each in subjects[:3]))
    second = plan(*(LinkUser(each, "found", each.person_id, "f") for each in subjects[2:]))
    found = first.diff(second)
    assert found.kinds == {"- delete_user": 3, "+ link_user": 2}
    lines = str(found).splitlines()
    assert lines[0] == "4 of 4 people would get something else"
    assert lines[1] == "  - delete user of 3, + link user of 2"
    assert lines[2] == "- P0 <p0@corp.example>: delete the account"
    assert "... and 2 more people" in found.to_text(limit=2)
    assert "delete the account" in found.to_html()
    assert repr(found) == "PlanDiff(4 of 4 people would get something else)"


def test_plans_of_two_tenants_are_not_compared():
    """Nothing that they say of people would be about the same accounts."""
    with pytest.raises(ConfigurationError, match="compares plans for one tenant"):
        plan().diff(Plan("fabrikam", NOW))


def leaving(app):
    """The plan of an app for a tenant where Ann stays and Bob leaves."""
    users = [account(f"{name}@yourfederated.domain", licenses=[E3.id]) for name in ("ann.lee", "bob.ross")]
    grants = assigned(ANN, "SPE_E3").grants.licenses
    pairs = zip((ANN, BOB), users, strict=True)
    known = [AppUser(person.id, each.id, each.username, licenses=grants) for person, each in pairs]
    snapshot = tenant(*users)
    memory = AppUsers(snapshot.tenant_id, "Office 365", known)
    return app.plan([assigned(ANN, "SPE_E3"), assigned(CID)], snapshot, memory, now=NOW)


@pytest.mark.parametrize(
    ("switched", "kinds"),
    [
        (
            user_sync_app(deprovisioning=Deprovisioning.block_remove_licenses_and_delete(grace_days=30)),
            {"~ block_sign_in": 1},
        ),
        (app_with(LicenseOnly()), {"- create_user": 1, "- update_user": 1, "+ link_user": 1}),
        (
            user_sync_app().remap(user_sync_app().mapping.with_expression("title", "user.city")),
            {"~ update_user": 1},
        ),
        (user_sync_app(create_users=False), {"- create_user": 1}),
    ],
    ids=["deprovisioning", "type", "mapping", "settings"],
)
def test_what_switching_would_do_to_everybody(switched, kinds):
    """Two plans from one snapshot and one memory, before anything is done."""
    found = leaving(user_sync_app()).diff(leaving(switched))
    assert kinds.items() <= dict(found.kinds).items()


def test_the_same_settings_make_no_difference():
    """And a plan without changes lacks all of them."""
    before = leaving(user_sync_app())
    after = evolve(before, changes=())
    assert leaving(user_sync_app()).diff(before).people == ()
    assert {each.symbol for person in before.diff(after).people for each in person.changes} == {"-"}
