"""Managers: whom the source may name, and when an account's manager is set, left alone or removed."""

import pytest
from attrs import evolve
from effects import effects
from organisation import (
    DOMAIN,
    NOW,
    account,
    assigned,
    dn,
    from_directory,
    remembered,
    somebody,
    tenant,
    user_sync_app,
)

from o365prov import AppUser, DirectoryAccount, Office365App, UsernameFormat
from o365prov.profiles import ApplyOn
from o365prov.provisioning import ProfileSync

APP = user_sync_app()
BO = from_directory(somebody("Bo Ross"))
CY = from_directory(somebody("Cy Young"))
ANN = from_directory(somebody("Ann Lee"), manager=BO)
ALONE = from_directory(somebody("Ann Lee"))
PEOPLE = [assigned(ANN), assigned(BO), assigned(CY)]


def provisioned():
    """The tenant and the memory after Ann, whose manager is Bo, Bo and Cy were provisioned."""
    return effects(APP.plan(PEOPLE, tenant(), remembered(), now=NOW), tenant())


def named(snapshot, person):
    """The account of a person."""
    return next(each for each in snapshot.users if each.properties["displayName"] == person.name)


def with_manager(snapshot, manager):
    """The same tenant, after somebody gave Ann's account this manager there; None for none."""
    ann = named(snapshot, ANN)
    kept = [each for each in snapshot.users if each.id != ann.id]
    return evolve(snapshot, users=[*kept, evolve(ann, manager_id=manager and named(snapshot, manager).id)])


def ann_under(name):
    """Ann, whose manager the source names so."""
    [directory] = ALONE.directory_accounts
    return evolve(ALONE, directory_accounts=[evolve(directory, attributes={"managerDn": name})])


def managers(plan):
    """The changes of managers: what is done, and who is the manager then."""
    return [(each.kind, getattr(each, "manager_id", None)) for each in plan if each.kind.endswith("_manager")]


def by_id(reference, *users, **profile):
    """The plan for Ann with Profile Sync, where a manager is named by username or object id."""
    username = UsernameFormat.custom(f'String.substringBefore(user.email, "@") + "@{DOMAIN}"')
    app = Office365App(domains=(DOMAIN,), provisioning=ProfileSync(), username=username)
    app = app.remap(app.mapping.with_expression("manager", "source.managerId"))
    person = somebody(managerId=reference, **profile)
    return app.plan([assigned(person)], tenant(*users), remembered(), now=NOW)


@pytest.mark.parametrize(
    ("properties", "name"), [({"displayName": "Bo Ross"}, "Bo Ross"), ({}, f"boss@{DOMAIN}")], ids=["named", "nameless"]
)
@pytest.mark.parametrize("by", ["username in any case", "object id"])
def test_anybody_in_the_tenant_can_be_a_manager(by, properties, name):
    """They need not be assigned; the reason has the name that they have there."""
    boss = account(f"boss@{DOMAIN}", **properties)
    change = by_id(boss.id if by == "object id" else f"BOSS@{DOMAIN.upper()}", boss).changes[-1]
    assert (change.manager_id, change.reason) == (boss.id, f"{name} is the manager at the source")


@pytest.mark.parametrize("namesakes", [[], [evolve(somebody("Bo Ross"), id="00uOther")]], ids=["created", "stopped"])
def test_who_is_assigned_too_is_a_manager_by_username(namesakes):
    """An account that the same plan creates; where two people would get the username, it is said."""
    bo, ann = somebody("Bo Ross"), somebody(managerId=f"bo.ross@{DOMAIN}")
    app = user_sync_app().with_provisioning(ProfileSync()).remap()
    app = app.remap(app.mapping.with_expression("manager", "source.managerId"))
    plan = app.plan([assigned(each) for each in (ann, bo, *namesakes)], tenant(), remembered(), now=NOW)
    found = [(each.manager.person_id, each.manager_id) for each in plan if each.kind == "set_manager"]
    said = [each.code for each in plan.problems if each.attribute == "manager"]
    assert (found, said) == (([], ["manager_stopped"]) if namesakes else ([(bo.id, None)], []))


def test_nobody_is_their_own_manager():
    """Graph refuses it, whether the source names the person or the person's account."""
    there = account(f"ann.lee@{DOMAIN}")
    for reference in (there.username, there.id):
        plan = by_id(reference, there)
        assert managers(plan) == []
        assert [each.code for each in plan.problems] == ["own_manager"]


def test_each_held_person_whom_somebody_names_can_be_a_manager():
    """Also beside others whom nobody names."""
    snapshot, known = provisioned()
    held = [assigned(evolve(each, status="SUSPENDED")) for each in (BO, CY)]
    for manager in (BO, CY):
        people = [assigned(ann_under(dn(manager))), *held]
        plan = APP.plan(people, with_manager(snapshot, None), known, now=NOW, scope="drift")
        assert managers(plan) == [("set_manager", named(snapshot, manager).id)]


def test_a_held_person_whose_account_is_gone_is_not_a_manager():
    """The memory has an account that the tenant has no more."""
    known = remembered(AppUser(BO.id, "gone", f"bo.ross@{DOMAIN}"))
    plan = APP.plan([assigned(ANN), assigned(evolve(BO, status="SUSPENDED"))], tenant(), known, now=NOW)
    assert managers(plan) == []
    assert "manager_not_provisioned" in {each.code for each in plan.problems}


def test_a_manager_with_an_account_need_not_be_asked_for():
    """The push of one person sets a manager who was provisioned before."""
    snapshot, known = provisioned()
    plan = APP.plan([assigned(ann_under(dn(CY))), *PEOPLE[1:]], snapshot, known, now=NOW, only={ANN.id})
    assert managers(plan) == [("set_manager", named(snapshot, CY).id)]


@pytest.mark.parametrize("reference", [dn(BO), dn(BO).upper()], ids=["same", "in another case"])
@pytest.mark.parametrize("manager", [None, CY], ids=["removed", "changed"])
def test_a_manager_whom_the_source_names_as_before_is_not_set_again(manager, reference):
    """An edit in Office 365 stays, unless the plan is to revert edits."""
    snapshot, known = provisioned()
    edited = with_manager(snapshot, manager)
    people = [assigned(ann_under(reference)), *PEOPLE[1:]]
    assert managers(APP.plan(people, edited, known, now=NOW)) == []
    assert managers(APP.plan(people, edited, known, now=NOW, scope="drift")) == [
        ("set_manager", named(snapshot, BO).id)
    ]


@pytest.mark.parametrize("reference", [dn(BO), dn(BO).upper()], ids=["same", "in another case"])
def test_a_manager_who_left_is_said_where_everything_is_compared(reference):
    """Nothing changed where the source still names the manager; a plan that reverts edits can't find the account."""
    snapshot, known = provisioned()
    ann = ann_under(reference)
    people = [assigned(evolve(ann, profile={**ann.profile, "title": "Lead"})), *PEOPLE[2:]]
    assert APP.plan(people, snapshot, known, now=NOW).problems == ()
    drift = APP.plan(people, snapshot, known, now=NOW, scope="drift")
    assert [each.code for each in drift.problems] == ["manager_not_provisioned"]


def test_a_manager_who_only_moved_in_the_directory_is_the_manager_as_before():
    """Another distinguished name, and the account that was set last, whatever somebody did with it since."""
    snapshot, known = provisioned()
    [directory] = BO.directory_accounts
    moved = DirectoryAccount(directory.instance, directory.object_guid, f"CN=Bo Ross,OU=Bosses,{dn(BO)}")
    people = [
        assigned(ann_under(moved.distinguished_name)),
        assigned(evolve(BO, directory_accounts=[moved])),
        *PEOPLE[2:],
    ]
    edited = with_manager(snapshot, None)
    assert managers(APP.plan(people, edited, known, now=NOW)) == []
    assert managers(APP.plan(people, edited, known, now=NOW, scope="drift")) == [
        ("set_manager", named(snapshot, BO).id)
    ]


def test_a_manager_whom_the_account_has_already_is_not_set():
    """Somebody set the new one in Office 365 before the source named them."""
    snapshot, known = provisioned()
    people = [assigned(ann_under(dn(CY))), *PEOPLE[1:]]
    for scope in ("changed", "drift"):
        assert managers(APP.plan(people, with_manager(snapshot, CY), known, now=NOW, scope=scope)) == []


def test_a_manager_of_whom_nobody_knows_whether_they_were_set_is_set_again():
    """An apply that ended before the answer did not learn it; after the next one nothing is left to do."""
    snapshot, known = provisioned()
    in_doubt = evolve(known.get(ANN.id), manager_reference="", unfinished=True)
    plan = APP.plan(PEOPLE, snapshot, known.with_user(in_doubt), now=NOW)
    assert managers(plan) == [("set_manager", named(snapshot, BO).id)]
    after, remembers = effects(plan, snapshot)
    assert remembers.get(ANN.id) == known.get(ANN.id)
    assert APP.plan(PEOPLE, after, remembers, now=NOW).changes == ()


def test_an_account_that_is_linked_first_gets_what_the_source_says_of_its_manager():
    """Where the source names none, the one that the account had is removed."""
    snapshot, _ = provisioned()
    plan = APP.plan([assigned(ALONE)], with_manager(snapshot, BO), remembered(), now=NOW)
    assert managers(plan) == [("remove_manager", None)]


def test_a_manager_who_is_not_there_any_more_is_not_removed():
    """We set one, and somebody removed it: the source names none, and there is nothing to do."""
    snapshot, known = provisioned()
    people = [assigned(ALONE), *PEOPLE[1:]]
    assert managers(APP.plan(people, with_manager(snapshot, None), known, now=NOW)) == []


def test_a_manager_that_is_mapped_for_new_accounts_only_stays_as_it_is():
    """Create only: of an account that exists the manager is neither set nor removed, and a new one gets it."""
    expression = "findDirectoryUser().managerDn"
    app = APP.remap(APP.mapping.with_expression("manager", expression, apply_on=ApplyOn.CREATE))
    snapshot, known = provisioned()
    for manager in (CY, None):
        people = [assigned(from_directory(somebody("Ann Lee"), manager=manager)), *PEOPLE[1:]]
        assert managers(app.plan(people, snapshot, known, now=NOW, scope="drift")) == []
    assert managers(app.plan(PEOPLE, tenant(), remembered(), now=NOW)) == [("set_manager", None)]


@pytest.mark.parametrize(
    ("code", "people"),
    [
        ("own_manager", [from_directory(somebody("Ann Lee"), manager=somebody("Ann Lee"))]),
        ("manager_not_provisioned", [ANN]),
        ("manager_stopped", [ANN, from_directory(somebody("Bo Ross", countryCode="Utopia", email="bo"))]),
    ],
)
def test_a_manager_who_can_not_be_set_is_said_and_stops_nothing_else(code, people):
    """A warning about the attribute; everything else is done."""
    plan = APP.plan([assigned(each) for each in people], tenant(), remembered(), now=NOW)
    [problem] = [each for each in plan.problems if each.code == code]
    assert (problem.issue.place, problem.stops) == ("manager", False)
    assert "create_user" in {change.kind for change in plan}
