"""Directory roles: granted, refused, taken away; and the admins that are left alone."""

import pytest
from attrs import evolve
from effects import effects
from organisation import (
    DIRECTORY_READERS,
    DOMAIN,
    NOW,
    READER,
    account,
    from_directory,
    remembered,
    somebody,
    tenant,
    user_sync_app,
)

from o365prov import AppUser, Assignment
from o365prov.people import Grants
from o365prov.planning import Remember, Role, after_change

APP = user_sync_app()


def with_roles(person, *roles):
    """An assignment with these roles."""
    return Assignment(person, Grants(roles=roles), "O365 E3")


def linked(person, there, *roles):
    """A memory in which *person* has the account *there* and these roles from us."""
    return remembered().with_user(AppUser(person.id, there.id, there.username, roles=roles))


def roles(plan):
    return [(change.kind, change.role) for change in plan if change.kind in {"grant_role", "remove_role"}]


def test_a_role_is_granted_after_the_account_is_made():
    """A role that is not privileged needs nothing but the assignment."""
    plan = APP.plan([with_roles(somebody(), "Directory Readers")], tenant(), remembered(), now=NOW)
    assert [change.kind for change in plan] == ["create_user", "grant_role"]
    assert plan.changes[1].role_id == DIRECTORY_READERS.id


def test_a_role_goes_by_its_template_id_too():
    """Names and ids mean the same role."""
    plan = APP.plan([with_roles(somebody(), DIRECTORY_READERS.id)], tenant(), remembered(), now=NOW)
    assert plan.changes[1].role_id == DIRECTORY_READERS.id


def test_a_privileged_role_needs_to_be_named_in_the_settings():
    """Without it the account is made, and the gap says which setting would grant it."""
    plan = APP.plan([with_roles(somebody(), "Global Reader")], tenant(), remembered(), now=NOW)
    assert roles(plan) == []
    assert [(each.code, each.attribute, each.stops) for each in plan.problems] == [("privileged_role", "roles", False)]
    assert "grantable_roles" in plan.problems[0].remedy


@pytest.mark.parametrize("named", ["global reader", READER.id])
def test_a_privileged_role_that_the_settings_name_is_granted(named):
    """grantable_roles, by name in any case or by template id."""
    app = evolve(APP, grantable_roles=[named])
    assert roles(app.plan([with_roles(somebody(), "Global Reader")], tenant(), remembered(), now=NOW)) == [
        ("grant_role", "Global Reader")
    ]


def test_an_unknown_role_is_a_gap():
    """A typo in an assignment stops neither the account nor anybody else."""
    plan = APP.plan([with_roles(somebody(), "Helpdesk Admin")], tenant(), remembered(), now=NOW)
    assert [change.kind for change in plan] == ["create_user"]
    assert [(each.code, each.attribute, each.stops) for each in plan.problems] == [("unknown_role", "roles", False)]


def test_a_role_that_is_held_is_not_granted_again():
    """No write for what already holds."""
    there = account(f"ann.lee@{DOMAIN}")
    snapshot = tenant(there, holding=((there, DIRECTORY_READERS),))
    ann = somebody()
    assert roles(APP.plan([with_roles(ann, "Directory Readers")], snapshot, linked(ann, there), now=NOW)) == []


def test_a_role_that_we_granted_is_taken_away_with_the_assignment():
    """By the id of its role assignment."""
    there = account(f"ann.lee@{DOMAIN}")
    snapshot = tenant(there, holding=((there, DIRECTORY_READERS),))
    ann = somebody()
    plan = APP.plan([with_roles(ann)], snapshot, linked(ann, there, "Directory Readers"), now=NOW)
    assert roles(plan) == [("remove_role", "Directory Readers")]
    assert not plan.changes[-1].leaving


def test_a_role_that_is_to_be_removed_is_remembered_until_it_is():
    """The removal may fail; who then leaves must lose the role."""
    there = account(f"ann.lee@{DOMAIN}")
    snapshot = tenant(there, holding=((there, DIRECTORY_READERS),))
    ann = somebody()
    plan = APP.plan([with_roles(ann)], snapshot, linked(ann, there, "Directory Readers"), now=NOW)
    assert not [change for change in plan if isinstance(change, Remember)]


@pytest.mark.parametrize("assigned", ["DIRECTORY READERS", DIRECTORY_READERS.id])
@pytest.mark.parametrize("held", [True, False])
def test_a_role_that_is_assigned_under_another_name_is_the_same_role(assigned, held):
    """It is not taken away; where somebody took it, it is granted again. It is remembered once, as it is assigned.

    Otherwise it would look as if the assignment changed, in every plan, and what somebody takes would be given back.
    """
    ann = somebody()
    there = account(f"ann.lee@{DOMAIN}", onPremisesImmutableId=ann.id)
    snapshot, people = tenant(there, holding=((there, DIRECTORY_READERS),) if held else ()), [with_roles(ann, assigned)]
    plan = APP.plan(people, snapshot, linked(ann, there, "Directory Readers"), now=NOW)
    assert roles(plan) == ([] if held else [("grant_role", assigned)])
    _, known = effects(plan, snapshot)
    assert known.get(ann.id).roles == (assigned,)
    taken = APP.plan(people, tenant(there), known, now=NOW)
    assert (taken.changes, [each.code for each in taken.problems]) == ((), ["role_removed"])


def test_a_role_that_the_tenant_does_not_know_any_more_is_not_forgotten():
    """It may be back, and on the account."""
    ann, there = somebody(), account(f"ann.lee@{DOMAIN}")
    plan = APP.plan([with_roles(ann)], tenant(there), linked(ann, there, "Vanished Role"), now=NOW)
    assert not [change for change in plan if isinstance(change, Remember)]


def test_a_role_without_a_name_is_left_alone_where_others_are_taken_over():
    """The tenant was read without the role, so nobody could review its removal."""
    ann = somebody()
    there = account(f"ann.lee@{DOMAIN}", onPremisesImmutableId=ann.id)
    snapshot = tenant(there, holding=((there, DIRECTORY_READERS), (there, Role("unread", "Unread"))))
    taking = evolve(APP, take_over_roles=True)
    plan = taking.plan([with_roles(ann)], snapshot, remembered(), now=NOW)
    assert roles(plan) == [("remove_role", "Directory Readers")]


def test_a_role_that_is_gone_and_not_assigned_any_more_is_forgotten():
    """So that it is granted, and not believed to be there, when the person is assigned it again."""
    ann, there = somebody(), account(f"ann.lee@{DOMAIN}")
    known = linked(ann, there, "Directory Readers")
    plan = APP.plan([with_roles(ann)], tenant(there), known, now=NOW)
    assert roles(plan) == []
    [noted] = [change for change in plan if isinstance(change, Remember)]
    assert noted.roles == ()
    after = known.with_user(after_change(known.get(ann.id), noted, there.id))
    again = APP.plan([with_roles(ann, "Directory Readers")], tenant(there), after, now=NOW)
    assert roles(again) == [("grant_role", "Directory Readers")]


def test_a_role_that_the_app_may_not_grant_any_more_stays_remembered():
    """It is still assigned; that somebody took it, the plan does not make up for."""
    ann = somebody()
    there = account(f"ann.lee@{DOMAIN}")
    plan = APP.plan([with_roles(ann, "Global Reader")], tenant(there), linked(ann, there, "Global Reader"), now=NOW)
    drift = APP.plan(
        [with_roles(ann, "Global Reader")], tenant(there), linked(ann, there, "Global Reader"), now=NOW, scope="drift"
    )
    for each in (plan, drift):
        assert not [change for change in each if getattr(change, "roles", None) is not None]


def test_a_role_is_removed_under_the_name_by_which_it_was_granted():
    """Also where all roles are taken over: under another name it would stay remembered."""
    ann = somebody()
    there = account(f"ann.lee@{DOMAIN}")
    app = evolve(APP, take_over_roles=True)
    known, snapshot = linked(ann, there, "directory readers"), tenant(there, holding=((there, DIRECTORY_READERS),))
    assert roles(app.plan([with_roles(ann)], snapshot, known, now=NOW)) == [("remove_role", "directory readers")]


def test_roles_that_are_found_on_the_account_are_remembered_in_order():
    """Once, and not in every plan again."""
    ann = somebody()
    there = account(f"ann.lee@{DOMAIN}")
    some = [Role(f"role-{letter}", f"Role {letter}") for letter in "fcadbe"]
    snapshot = evolve(tenant(there, holding=[(there, each) for each in some]), roles=some)
    assigned = with_roles(ann, *(each.name for each in some))
    [remember] = [each for each in APP.plan([assigned], snapshot, remembered(), now=NOW) if isinstance(each, Remember)]
    assert remember.roles == tuple(f"Role {letter}" for letter in "abcdef")


def test_a_role_that_another_person_granted_stays():
    """Only ours are taken away, from who is assigned none any more and from who leaves."""
    there = account(f"ann.lee@{DOMAIN}")
    snapshot = tenant(there, holding=((there, DIRECTORY_READERS), (there, READER)))
    ann = somebody()
    for people in ([with_roles(ann)], []):
        plan = APP.plan(people, snapshot, linked(ann, there, "Directory Readers"), now=NOW)
        assert roles(plan) == [("remove_role", "Directory Readers")]


def test_a_privileged_admin_is_never_adopted_by_username():
    """An existing admin whom no AppUser links is refused, whatever the username says."""
    there = account(f"ann.lee@{DOMAIN}")
    plan = APP.plan([with_roles(somebody())], tenant(there, holding=((there, READER),)), remembered(), now=NOW)
    assert plan.is_empty
    assert plan.problems[0].code == "privileged_admin"


def test_a_privileged_admin_is_never_adopted_by_anchor():
    """Nor by the source anchor, which an attacker could set."""
    person = from_directory(somebody())
    there = account(f"admin@{DOMAIN}", onPremisesImmutableId=person.directory_accounts[0].anchor)
    plan = APP.plan([with_roles(person)], tenant(there, holding=((there, READER),)), remembered(), now=NOW)
    assert plan.is_empty
    assert plan.problems[0].code == "privileged_admin"


def test_a_linked_admin_is_maintained():
    """An account that we link already goes on, role or not."""
    there = account(f"ann.lee@{DOMAIN}", displayName="Old Name")
    ann = somebody()
    plan = APP.plan([with_roles(ann)], tenant(there, holding=((there, READER),)), linked(ann, there), now=NOW)
    assert [change.kind for change in plan] == ["update_user"]


def test_hazards_are_counted_in_plain_words():
    """One person or account, or many."""
    people = [somebody(name) for name in ("Ann Lee", "Bo Ross")]
    app = user_sync_app()
    users = [account(f"{name}@{DOMAIN}", displayName=name) for name in ("ann.lee", "bo.ross")]
    known = [
        AppUser(person.id, user.id, user.username, roles=("Global Reader",))
        for person, user in zip(people, users, strict=True)
    ]
    stays = with_roles(somebody("Cy Young"))
    for number, words in ((1, "1 person with a privileged role leaves"), (2, "2 people with a privileged role leave")):
        snapshot = tenant(*users[:number], holding=[(user, READER) for user in users[:number]])
        plan = app.plan([stays], snapshot, remembered(*known[:number]), now=NOW)
        assert any(hazard.startswith(words) for hazard in plan.hazards)
    granting = evolve(app, grantable_roles=["Global Reader"])
    for number, words in ((1, "1 person gets a privileged role"), (2, "2 people get a privileged role")):
        assigned = [with_roles(person, "Global Reader") for person in people[:number]]
        plan = granting.plan(assigned, tenant(), remembered(), now=NOW)
        assert any(hazard.startswith(words) for hazard in plan.hazards)


def test_a_privileged_leaver_heads_the_plan_and_needs_confirmation():
    """The roles we granted first, then the block, then everyone else; and the plan has a hazard."""
    there = account(f"ann.lee@{DOMAIN}", displayName="Ann Lee")
    ann = somebody()
    snapshot = tenant(there, holding=((there, READER),))
    plan = APP.plan([with_roles(somebody("Bo Ross"))], snapshot, linked(ann, there, "Global Reader"), now=NOW)
    assert [change.kind for change in plan] == [
        "remove_role",
        "block_sign_in",
        "create_user",
        "revoke_sessions",
    ]
    assert "1 person with a privileged role leaves (Ann Lee)" in plan.hazards
