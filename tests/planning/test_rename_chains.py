"""Renames in one plan that wait for each other's names."""

import re

import pytest
from attrs import evolve
from effects import effects
from organisation import DOMAIN, NOW, account, assigned, remembered, somebody, tenant, user_sync_app

from o365prov import AppUser
from o365prov.planning import PropertyChange, change_key, change_stage
from o365prov.planning.model.labels import sections

APP = user_sync_app()


def world(moves, **properties):
    """Accounts, their memory and assignments: *moves* are a name, the local part of the username, and the next one."""
    users, known, people = [], [], []
    for name, now, later in moves:
        person = somebody(name, email=f"{later}@corp.example")
        people.append(assigned(person))
        if now:
            users.append(account(f"{now}@{DOMAIN}", onPremisesImmutableId=person.id, **properties.get(now, {})))
            known.append(
                AppUser(person.id, users[-1].id, users[-1].username, person.id, "x", provisioning_type="user_sync")
            )
    return tenant(*users), remembered(*known), people


def renames(plan):
    """Who gets which name, in the plan's order, with the turn."""
    return [(each.subject.name, each.subject.username.partition("@")[0], change_stage(each)[1]) for each in plan]


def test_who_frees_a_name_is_renamed_before_who_takes_it():
    """Ann becomes bo, once Bo is bo2."""
    snapshot, known, people = world([("Ann Lee", "ann", "bo"), ("Bo Ross", "bo", "bo2")])
    plan = APP.plan(people, snapshot, known, now=NOW)
    assert plan.problems == ()
    assert renames(plan) == [("Bo Ross", "bo2", 0), ("Ann Lee", "bo", 1)]
    assert plan.changes[1].waits_for == change_key(plan.changes[0])


def test_everybody_in_a_chain_has_a_turn_of_their_own():
    """One later than whoever frees the name."""
    snapshot, known, people = world([("Ann Lee", "ann", "bo"), ("Bo Ross", "bo", "cy"), ("Cy Young", "cy", "dee")])
    plan = APP.plan(people, snapshot, known, now=NOW)
    assert renames(plan) == [("Cy Young", "dee", 0), ("Bo Ross", "cy", 1), ("Ann Lee", "bo", 2)]


@pytest.mark.parametrize(("now", "later"), [("BO", "bo"), ("bo", "BO")])
def test_a_name_that_changes_in_case_alone_frees_nothing(now, later):
    """Bo's account keeps its addresses, and is not waited for."""
    snapshot, known, people = world(
        [("Ann Lee", "ann", "alias"), ("Bo Ross", now, later)], **{now: {"proxyAddresses": [f"smtp:alias@{DOMAIN}"]}}
    )
    plan = APP.plan(people, snapshot, known, now=NOW, scope="all")
    assert [(each.subject.name, each.code) for each in plan.problems] == [("Ann Lee", "address_taken")]


@pytest.mark.parametrize(("held", "asked"), [("TAKEN", "taken"), ("taken", "TAKEN")])
def test_a_strangers_username_is_told_from_an_address_in_any_case(held, asked):
    """What is to be done about it differs."""
    snapshot, known, people = world([("Ann Lee", "ann", asked)])
    snapshot = tenant(*snapshot.users, account(f"{held}@{DOMAIN}"))
    [problem] = APP.plan(people, snapshot, known, now=NOW).problems
    assert problem.code == "username_taken"
    assert problem.remedy.startswith("Rename or delete that account in Entra")


def test_a_new_account_waits_for_the_rename_that_frees_its_name():
    """Created after the profiles of the others, and with its name."""
    snapshot, known, people = world([("Ann Lee", "", "bo"), ("Bo Ross", "bo", "bo2")])
    plan = APP.plan(people, snapshot, known, now=NOW)
    assert [each.kind for each in plan] == ["update_user", "create_user"]


def test_a_swap_goes_through_a_temporary_name():
    """One of the two has it in between, and the plan shows it: it follows from the account's id, in every plan."""
    snapshot, known, people = world([("Ann Lee", "ann", "bo"), ("Bo Ross", "bo", "ann")])
    plan = APP.plan(people, snapshot, known, now=NOW)
    temporary = plan.changes[0].subject.username
    assert temporary == f"ann-5a9975@{DOMAIN}"
    assert [each[0] for each in renames(plan)] == ["Ann Lee", "Bo Ross", "Ann Lee"]
    assert temporary in plan.to_text()
    assert {each.anchor for each in plan} == {"00uAnnLee", "00uBoRoss"}


def test_a_temporary_name_is_nobodys():
    """Where somebody has it, it is longer."""
    snapshot, known, people = world([("Ann Lee", "ann", "bo"), ("Bo Ross", "bo", "ann")])
    first = APP.plan(people, snapshot, known, now=NOW).changes[0].subject.username
    snapshot = evolve(snapshot, users=[*snapshot.users, account(first)])
    second = APP.plan(people, snapshot, known, now=NOW).changes[0].subject.username
    assert re.fullmatch(f"{first.partition('@')[0]}[0-9a-f]@{DOMAIN}", second)


def test_a_swap_is_shown_under_the_name_that_lasts():
    """The row of who has the temporary name in between says what the person ends with, in every form."""
    snapshot, known, people = world([("Ann Lee", "ann", "bo"), ("Bo Ross", "bo", "ann")])
    plan = APP.plan(people, snapshot, known, now=NOW)
    [row] = [each for section in sections(plan.changes) for each in section.rows if each.people[0].name == "Ann Lee"]
    assert row.people[0].username == f"bo@{DOMAIN}"
    assert f">bo@{DOMAIN}</" in plan.to_html()


def test_each_rename_of_a_swap_tells_what_the_account_has_by_then():
    """Everything else is written with the final name, the source anchor too; the first step says why it is there."""
    snapshot, known, people = world([("Ann Lee", "ann", "bo"), ("Bo Ross", "bo", "ann")], ann={"displayName": "Annie"})
    ann, bo = snapshot.users
    without = evolve(ann, properties={**ann.properties, "onPremisesImmutableId": None})
    plan = APP.plan(people, evolve(snapshot, users=(without, bo)), known, now=NOW)
    first, _, last = plan.changes
    between = first.subject.username
    assert first.properties == (PropertyChange("userPrincipalName", f"ann@{DOMAIN}", between),)
    assert f"another person gets ann@{DOMAIN} before bo@{DOMAIN} is free" in first.reason
    assert (first.anchor, last.anchor) == (None, "00uAnnLee")
    before = {each.name: each.before for each in last.properties}
    assert (before["displayName"], before["userPrincipalName"]) == ("Annie", between)


def test_whose_account_it_was_is_said_once():
    """Ann has a new id and Bo's name, and he hers: the rename to the temporary name takes the account over."""
    snapshot, known, people = world([("Ann Lee", "ann", "bo"), ("Bo Ross", "bo", "ann")])
    ann = evolve(known.get("00uAnnLee"), person_id="00uAnnsOld")
    known = remembered(ann, known.get("00uBoRoss"))
    plan = APP.plan(people, snapshot, known, now=NOW, transfers={"00uAnnLee": ann.object_id})
    assert plan.to_text().count("until now that of person 00uAnnsOld") == 1
    after, memory = effects(plan, snapshot)
    assert list(APP.plan(people, after, memory, now=NOW)) == []


def test_circles_and_chains_of_any_length_are_done_at_once():
    """After the plan everybody has their name, and the next plan is empty."""
    for moves in (
        [("Ann Lee", "ann", "bo"), ("Bo Ross", "bo", "cy"), ("Cy Young", "cy", "ann")],
        [("Ann Lee", "ann", "bo"), ("Bo Ross", "bo", "cy"), ("Cy Young", "cy", "dee")],
        [("Ann Lee", "", "bo"), ("Bo Ross", "bo", "cy"), ("Cy Young", "cy", "dee")],
    ):
        snapshot, known, people = world(moves)
        after, memory = effects(APP.plan(people, snapshot, known, now=NOW), snapshot)
        assert sorted(each.username for each in after.users) == sorted(f"{later}@{DOMAIN}" for _, _, later in moves)
        assert list(APP.plan(people, after, memory, now=NOW)) == []


def test_who_was_left_under_a_temporary_name_gets_the_final_one_in_the_next_plan():
    """Only the first rename was made: the memory has the temporary name and no fingerprint."""
    snapshot, known, people = world([("Ann Lee", "ann", "bo"), ("Bo Ross", "bo", "ann")])
    plan = APP.plan(people, snapshot, known, now=NOW)
    after, memory = effects(evolve(plan, changes=plan.changes[:1]), snapshot)
    again = APP.plan(people, after, memory, now=NOW)
    assert renames(again) == [("Bo Ross", "ann", 0), ("Ann Lee", "bo", 1)]


def test_who_is_stopped_stops_who_waits_for_the_name():
    """Cy's name is taken by a stranger, so Bo and Ann keep theirs, and each problem names a holder."""
    snapshot, known, people = world([("Ann Lee", "ann", "bo"), ("Bo Ross", "bo", "cy"), ("Cy Young", "cy", "taken")])
    snapshot = tenant(*snapshot.users, account(f"taken@{DOMAIN}"))
    plan = APP.plan(people, snapshot, known, now=NOW)
    assert plan.is_empty
    assert [(problem.code, problem.attribute) for problem in plan.problems] == [("username_taken", "userName")] * 3


def test_a_name_that_its_holder_keeps_as_an_address_is_not_freed():
    """Bo is renamed, Ann is stopped, and both are told the command that takes the address away."""
    snapshot, known, people = world(
        [("Ann Lee", "ann", "bo"), ("Bo Ross", "bo", "bo2")], bo={"proxyAddresses": [f"SMTP:bo@{DOMAIN}"]}
    )
    plan = APP.plan(people, snapshot, known, now=NOW)
    assert renames(plan) == [("Bo Ross", "bo2", 0)]
    assert [(each.subject.name, each.code, each.stops) for each in plan.problems] == [
        ("Ann Lee", "address_kept", True),
        ("Bo Ross", "address_kept", False),
    ]
    command = f"Set-Mailbox -Identity bo2@{DOMAIN} -EmailAddresses @{{Remove='smtp:bo@{DOMAIN}'}}"
    assert all(command in each.remedy for each in plan.problems)


@pytest.mark.parametrize(("now", "later"), [("BO", "bo"), ("bo", "BO")])
def test_a_name_is_kept_as_an_address_in_any_case(now, later):
    """Ann would get Bo's name, which is written in another case here and there."""
    snapshot, known, people = world(
        [("Ann Lee", "ann", later), ("Bo Ross", now, "bo2")], **{now: {"proxyAddresses": [f"SMTP:Bo@{DOMAIN}"]}}
    )
    plan = APP.plan(people, snapshot, known, now=NOW)
    assert [each.code for each in plan.problems] == ["address_kept", "address_kept"]


def test_who_is_not_renamed_keeps_no_address_after_a_rename():
    """Bo's new name is taken: that is what he is told, and Ann waits for it."""
    snapshot, known, people = world(
        [("Ann Lee", "ann", "bo"), ("Bo Ross", "bo", "taken")], bo={"proxyAddresses": [f"SMTP:bo@{DOMAIN}"]}
    )
    snapshot = tenant(*snapshot.users, account(f"taken@{DOMAIN}"))
    plan = APP.plan(people, snapshot, known, now=NOW)
    assert [(each.subject.name, each.code) for each in plan.problems] == [
        ("Ann Lee", "username_taken"),
        ("Bo Ross", "username_taken"),
    ]


@pytest.mark.parametrize(("now", "later"), [("BO", "bo"), ("bo", "BO")])
def test_a_username_of_somebody_who_stays_is_theirs_in_any_case(now, later):
    """The problem says whose account it is."""
    snapshot, known, people = world([("Ann Lee", "ann", later), ("Bo Ross", now, "bo2")])
    plan = APP.plan(people, snapshot, known, now=NOW, only={people[0].person.id})
    assert [(each.code, "the account of Bo Ross" in each.message) for each in plan.problems] == [
        ("username_taken", True)
    ]


def test_somebody_whom_the_plan_is_not_about_frees_nothing():
    """A push of Ann alone does not count on Bo's rename."""
    snapshot, known, people = world([("Ann Lee", "ann", "bo"), ("Bo Ross", "bo", "bo2")])
    plan = APP.plan(people, snapshot, known, now=NOW, only={people[0].person.id})
    assert plan.is_empty
    assert [problem.code for problem in plan.problems] == ["username_taken"]


def test_a_name_that_somebody_elses_rename_will_free_is_said_to_be_taken_until_then():
    """Ann is new, and a push of her alone waits for Bo's rename, which an edit of hers would not help."""
    snapshot, known, people = world([("Ann Lee", "", "bo"), ("Bo Ross", "bo", "bo2")])
    plan = APP.plan(people, snapshot, known, now=NOW, only={people[0].person.id})
    assert plan.is_empty
    assert [problem.code for problem in plan.problems] == ["username_taken"]
    assert plan.problems[0].remedy.endswith("that rename comes first")


def with_deleted(moves, **gone):
    """A world in which *gone* people's accounts are deleted, by first name: the local part of the username it had."""
    snapshot, known, people = world(moves)
    deleted = [
        _deleted(each.person, gone[each.person.name.partition(" ")[0]]) for each in people if not _here(each, moves)
    ]
    return evolve(snapshot, deleted_users=deleted), known, people


def _here(assignment, moves):
    return any(now for name, now, _ in moves if name == assignment.person.name)


def _deleted(person, local):
    user = account(f"was-{local}@{DOMAIN}", onPremisesImmutableId=person.id)
    return evolve(
        user, properties={**user.properties, "userPrincipalName": f"{user.id.replace('-', '')}{local}@{DOMAIN}"}
    )


RESTORING = evolve(APP, restore_deleted_users=True)


def test_a_deleted_account_is_restored_after_the_rename_that_frees_its_name():
    """Ann was called bo; Bo, who is called so since, becomes bo2, and then she comes back and gets her own name."""
    snapshot, known, people = with_deleted([("Ann Lee", "", "ann"), ("Bo Ross", "bo", "bo2")], Ann="bo")
    plan = RESTORING.plan(people, snapshot, known, now=NOW)
    assert plan.problems == ()
    assert [(each.kind, each.subject.name, change_stage(each)[1]) for each in plan] == [
        ("update_user", "Bo Ross", 0),
        ("restore_user", "Ann Lee", 1),
        ("update_user", "Ann Lee", 2),
    ]
    assert plan.changes[1].waits_for == change_key(plan.changes[0])


def test_a_restored_account_that_keeps_its_name_is_linked_after_it_came_back():
    """Ann is called bo again."""
    snapshot, known, people = with_deleted([("Ann Lee", "", "bo"), ("Bo Ross", "bo", "bo2")], Ann="bo")
    plan = RESTORING.plan(people, snapshot, known, now=NOW)
    assert [(each.kind, change_stage(each)[1]) for each in plan][:2] == [("update_user", 0), ("restore_user", 1)]
    assert all(change_stage(each) > change_stage(plan.changes[1]) for each in plan.changes[2:])


def test_who_takes_the_name_of_a_restored_account_gets_it_after_that_is_renamed():
    """Ann comes back as old and becomes ann; Bo becomes old."""
    snapshot, known, people = with_deleted([("Ann Lee", "", "ann"), ("Bo Ross", "bo", "old")], Ann="old")
    plan = RESTORING.plan(people, snapshot, known, now=NOW)
    assert [(each.kind, each.subject.name) for each in plan] == [
        ("restore_user", "Ann Lee"),
        ("update_user", "Ann Lee"),
        ("update_user", "Bo Ross"),
    ]


@pytest.mark.parametrize(
    ("moves", "gone"),
    [
        ([("Ann Lee", "", "ann"), ("Bo Ross", "bo", "bo2"), ("Cy Young", "cy", "bo")], {"Ann": "bo"}),
        ([("Ann Lee", "", "ann"), ("Bo Ross", "bo", "cy"), ("Cy Young", "cy", "bo")], {"Ann": "bo"}),
        ([("Ann Lee", "", "ann"), ("Bo Ross", "bo", "cy"), ("Cy Young", "", "bo")], {"Ann": "bo", "Cy": "cy"}),
        ([("Ann Lee", "", "bo"), ("Bo Ross", "bo", "old")], {"Ann": "old"}),
        ([("Ann Lee", "", "two"), ("Bo Ross", "", "one")], {"Ann": "one", "Bo": "two"}),
    ],
    ids=["chain", "circle", "circle with two", "swap", "both deleted"],
)
def test_chains_and_circles_with_restored_accounts_are_done_at_once(moves, gone):
    """Each change comes after the one that it waits for; then everybody has their name, and the next plan is empty."""
    snapshot, known, people = with_deleted(moves, **gone)
    plan = RESTORING.plan(people, snapshot, known, now=NOW)
    assert plan.problems == ()
    stages = {change_key(each): change_stage(each) for each in plan}
    waiting = [each for each in plan if getattr(each, "waits_for", "")]
    assert waiting
    assert all(stages[each.waits_for] < change_stage(each) for each in waiting)
    after, memory = effects(plan, snapshot)
    assert sorted(each.username for each in after.users) == sorted(f"{later}@{DOMAIN}" for _, _, later in moves)
    assert list(RESTORING.plan(people, after, memory, now=NOW)) == []


def test_a_name_that_a_restored_account_had_is_free_a_turn_after_it_came_back():
    """Ann comes back as bo after his rename, and is renamed in the turn after that; then Cy gets the name."""
    moves = [("Ann Lee", "", "ann"), ("Bo Ross", "bo", "bo2"), ("Cy Young", "cy", "bo")]
    snapshot, known, people = with_deleted(moves, Ann="bo")
    plan = RESTORING.plan(people, snapshot, known, now=NOW)
    assert [(each.kind, each.subject.name, change_stage(each)[1]) for each in plan] == [
        ("update_user", "Bo Ross", 0),
        ("restore_user", "Ann Lee", 1),
        ("update_user", "Ann Lee", 2),
        ("update_user", "Cy Young", 3),
    ]


def test_an_account_is_restored_at_once_where_only_its_new_name_is_to_be_freed():
    """Nobody has the name that Ann's account had; she comes back first, and is renamed after Cy."""
    snapshot, known, people = with_deleted([("Ann Lee", "", "cy"), ("Cy Young", "cy", "cy2")], Ann="old")
    plan = RESTORING.plan(people, snapshot, known, now=NOW)
    assert [(each.kind, each.subject.name, change_stage(each)[1]) for each in plan] == [
        ("restore_user", "Ann Lee", 0),
        ("update_user", "Cy Young", 0),
        ("update_user", "Ann Lee", 1),
    ]


def test_in_a_circle_the_temporary_name_is_of_an_account_that_is_there():
    """Ann's account is deleted, and hers would be the first; Cy has the name in between."""
    moves = [("Ann Lee", "", "cy"), ("Cy Young", "cy", "old")]
    snapshot, known, people = with_deleted(moves, Ann="old")
    plan = RESTORING.plan(people, snapshot, known, now=NOW)
    assert plan.problems == ()
    after, _ = effects(plan, snapshot)
    assert sorted(each.username for each in after.users) == [f"cy@{DOMAIN}", f"old@{DOMAIN}"]


def test_whose_account_can_not_come_back_is_told_so_whatever_name_they_would_get():
    """A stranger has the name that Ann's account had, and as an address the one that she should get."""
    snapshot, known, people = with_deleted([("Ann Lee", "", "ann")], Ann="old")
    snapshot = evolve(snapshot, users=[account(f"old@{DOMAIN}", proxyAddresses=[f"smtp:ann@{DOMAIN}"])])
    [problem] = RESTORING.plan(people, snapshot, known, now=NOW).problems
    assert f"has a deleted account, whose username old@{DOMAIN} is now that of" in problem.message


@pytest.mark.parametrize(("gone", "now"), [("BO", "bo"), ("bo", "BO")])
def test_the_name_of_a_deleted_account_is_the_same_in_any_case(gone, now):
    """Bo is renamed before Ann's account comes back, unless he keeps the name as an address."""
    moves = [("Ann Lee", "", "ann"), ("Bo Ross", now, "bo2")]
    snapshot, known, people = with_deleted(moves, Ann=gone)
    plan = RESTORING.plan(people, snapshot, known, now=NOW)
    assert [(each.kind, change_stage(each)[1]) for each in plan][:2] == [("update_user", 0), ("restore_user", 1)]
    [bo] = snapshot.users
    keeps = evolve(bo, properties={**bo.properties, "proxyAddresses": [f"SMTP:Bo@{DOMAIN}"]})
    plan = RESTORING.plan(people, evolve(snapshot, users=[keeps]), known, now=NOW)
    assert [(each.subject.name, each.code) for each in plan.problems] == [("Ann Lee", "username_taken")]


def test_the_first_address_that_somebody_has_is_named_of_a_deleted_account():
    """The same in every plan, however many of its addresses others have by now."""
    snapshot, known, people = with_deleted([("Ann Lee", "", "ann")], Ann="old")
    [gone] = snapshot.deleted_users
    names = [f"{letter}@{DOMAIN}" for letter in "hgfedcb"]
    gone = evolve(gone, properties={**gone.properties, "proxyAddresses": [f"smtp:{each}" for each in names]})
    snapshot = tenant(account(f"stranger@{DOMAIN}", proxyAddresses=[f"smtp:{each}" for each in names]), deleted=(gone,))
    [problem] = RESTORING.plan(people, snapshot, known, now=NOW).problems
    assert f"whose address b@{DOMAIN} is now that of" in problem.message


def test_who_would_wait_twice_waits_for_the_next_plan():
    """Bo frees the name that Ann's account had, and Cy the one that she gets: the next plan restores her."""
    moves = [("Ann Lee", "", "cy"), ("Bo Ross", "bo", "bo2"), ("Cy Young", "cy", "cy2")]
    snapshot, known, people = with_deleted(moves, Ann="bo")
    first = RESTORING.plan(people, snapshot, known, now=NOW)
    [problem] = first.problems
    assert f"is that of Bo Ross until that account is renamed to bo2@{DOMAIN}" in problem.message
    second = RESTORING.plan(people, *effects(first, snapshot), now=NOW)
    assert second.problems == ()
    assert [each.kind for each in second][:2] == ["restore_user", "update_user"]


def test_a_deleted_account_whose_name_can_not_be_freed_is_said_to_wait():
    """Bo and Di can't get other names, and keep those under which the accounts of Ann and Cy would come back."""
    moves = [("Ann Lee", "", "ann"), ("Bo Ross", "bo", "taken"), ("Cy Young", "", "cy"), ("Di Ng", "di", "too")]
    snapshot, known, people = with_deleted(moves, Ann="bo", Cy="di")
    others = [account(f"{name}@{DOMAIN}") for name in ("taken", "too")]
    plan = RESTORING.plan(people, evolve(snapshot, users=[*snapshot.users, *others]), known, now=NOW)
    assert plan.is_empty
    of = {each.subject.name: each for each in plan.problems}
    assert {each.code for each in of.values()} == {"username_taken"}
    assert of.keys() == {"Ann Lee", "Bo Ross", "Cy Young", "Di Ng"}
    assert all("the next plan restores the deleted account" in of[name].remedy for name in ("Ann Lee", "Cy Young"))


@pytest.mark.parametrize(
    ("later", "properties"),
    [("bo2", {"proxyAddresses": [f"SMTP:bo@{DOMAIN}"]}), ("bo", {})],
    ids=["keeps it as an address", "keeps it"],
)
def test_a_deleted_account_stays_deleted_where_the_holder_keeps_its_name(later, properties):
    """The problem names the account that has to be renamed."""
    snapshot, known, people = world([("Ann Lee", "", "ann"), ("Bo Ross", "bo", later)], bo=properties)
    snapshot = evolve(snapshot, deleted_users=[_deleted(people[0].person, "bo")])
    plan = RESTORING.plan(people, snapshot, known, now=NOW)
    [problem] = [each for each in plan.problems if each.subject.name == "Ann Lee"]
    assert (problem.code, problem.stops) == ("username_taken", True)
    assert "Rename that account in Entra, and the next plan restores the deleted one" in problem.remedy
    assert "Ann Lee" not in {each.subject.name for each in plan}


def test_two_accounts_that_had_one_name_come_back_one_after_the_other():
    """Ann is restored and renamed; Bo, whose deleted account had the same name, by the next plan."""
    snapshot, known, people = with_deleted([("Ann Lee", "", "ann"), ("Bo Ross", "", "bo")], Ann="old", Bo="OLD")
    first = RESTORING.plan(people, snapshot, known, now=NOW)
    assert {each.subject.name for each in first} == {"Ann Lee"}
    assert [(each.subject.name, each.code) for each in first.problems] == [("Bo Ross", "username_taken")]
    second = RESTORING.plan(people, *effects(first, snapshot), now=NOW)
    assert [each.kind for each in second][:2] == ["restore_user", "update_user"]


def test_an_address_that_a_restored_account_brings_back_is_nobody_elses():
    """Bo would get a username that Ann's account has as an address: Graph would refuse it once she is back."""
    snapshot, known, people = with_deleted([("Ann Lee", "", "ann"), ("Bo Ross", "bo", "alias")], Ann="old")
    [deleted] = snapshot.deleted_users
    properties = {**deleted.properties, "proxyAddresses": [f"smtp:Alias@{DOMAIN}", f"smtp:ann@{DOMAIN}"]}
    snapshot = evolve(snapshot, deleted_users=[evolve(deleted, properties=properties)])
    plan = RESTORING.plan(people, snapshot, known, now=NOW)
    assert {each.subject.name for each in plan} == {"Ann Lee"}
    assert [(each.subject.name, each.code, each.stops) for each in plan.problems] == [
        ("Ann Lee", "address_kept", False),
        ("Bo Ross", "address_kept", True),
    ]


def test_an_e_mail_address_that_a_restored_account_brings_back_is_not_written():
    """Bo has Ann's old e-mail address at the source, and her account comes back with it."""
    people = [assigned(somebody("Ann Lee")), assigned(somebody("Bo Ross"))]
    snapshot, known = effects(RESTORING.plan(people, tenant(), remembered(), now=NOW), tenant())
    ann = snapshot.by_username[f"ann.lee@{DOMAIN}"]
    name = {**ann.properties, "userPrincipalName": f"{ann.id.replace('-', '')}ann.lee@{DOMAIN}"}
    users = [each for each in snapshot.users if each.id != ann.id]
    gone = evolve(snapshot, users=users, deleted_users=[evolve(ann, properties=name)])
    later = [
        evolve(people[0], person=somebody("Ann Lee", email="ann.two@corp.example")),
        evolve(people[1], person=somebody("Bo Ross", email="ann.lee@corp.example"), username=f"bo.ross@{DOMAIN}"),
    ]
    plan = RESTORING.plan(later, gone, known, now=NOW)
    assert [(each.subject.name, each.code) for each in plan.problems] == [("Bo Ross", "mail_taken")]
    assert "Ann Lee" in plan.problems[0].message
