"""People without an account: what is created, and when it is not."""

import pytest
from attrs import evolve
from organisation import DOMAIN, E3, NOW, account, assigned, from_directory, remembered, somebody, tenant, user_sync_app

from o365prov.planning.model.changes import AssignLicenses, CreateUser


def plan(*assignments, snapshot=None, **settings):
    return user_sync_app(**settings).plan(assignments, snapshot or tenant(), remembered(), now=NOW)


def test_a_new_person_is_created_with_everything_graph_requires():
    """AccountEnabled, displayName, mailNickname, UPN and the anchor, which a federated domain demands."""
    [create] = plan(assigned(somebody("Isaac Brock")))
    assert isinstance(create, CreateUser)
    required = {"accountEnabled", "displayName", "mailNickname", "userPrincipalName", "onPremisesImmutableId"}
    assert required <= create.properties.keys()
    assert create.properties["userPrincipalName"] == f"isaac.brock@{DOMAIN}"


def test_no_password_is_part_of_a_plan():
    """It is made while applying and kept nowhere."""
    [create] = plan(assigned(somebody()))
    assert "passwordProfile" not in create.properties


def test_a_nickname_holds_only_what_exchange_takes():
    """An apostrophe may be in a username, not in mailNickname."""
    [create] = plan(assigned(somebody(email="o'hara@corp.example")))
    assert create.properties["mailNickname"] == "ohara"


def test_a_nickname_is_as_long_as_a_username_can_be():
    """Which is 64 characters before the @, in Entra and in Exchange."""
    [create] = plan(assigned(somebody(email=f"{'a' * 64}@corp.example")))
    assert create.properties["mailNickname"] == "a" * 64


@pytest.mark.parametrize(
    ("name", "nickname"), [("'.ann", "ann"), ("ann.'.lee", "ann.lee"), ("ann.'", "ann"), ("a.'.'.b", "a.b")]
)
def test_a_nickname_has_full_stops_inside_only(name, nickname):
    """What the apostrophe leaves behind is not an alias that Exchange takes."""
    [create] = plan(assigned(somebody(email=f"{name}@corp.example")))
    assert create.properties["mailNickname"] == nickname


def test_licences_follow_the_account_in_a_change_of_their_own():
    """Graph takes no licence on create: the assignment comes after it, for an id not known yet."""
    create, licenses = plan(assigned(somebody(), "SPE_E3"))
    assert isinstance(create, CreateUser)
    assert isinstance(licenses, AssignLicenses)
    assert licenses.object_id is None
    assert [each.sku_id for each in licenses.add] == [E3.id]


def test_create_users_off_is_one_named_problem_for_everyone():
    """Nothing is created; each person is named, with the same words."""
    drawn = plan(assigned(somebody("Ann Lee")), assigned(somebody("Bo Ross")), create_users=False)
    assert drawn.is_empty
    assert {problem.code for problem in drawn.problems} == {"create_users_is_off"}
    assert len({problem.message for problem in drawn.problems}) == 1


def test_the_same_username_stops_both_and_names_the_other():
    """Collisions are found before anything is written."""
    ann = somebody("Ann Lee", email="a.lee@corp.example")
    abe = somebody("Abe Lee", email="a.lee@acquired.example")
    drawn = plan(assigned(ann), assigned(abe), assigned(somebody("Bo Ross")))
    assert [change.subject.name for change in drawn] == ["Bo Ross"]
    messages = {problem.subject.name: problem.message for problem in drawn.problems}
    assert "Abe Lee" in messages["Ann Lee"]
    assert "Ann Lee" in messages["Abe Lee"]


def test_usernames_collide_without_regard_to_case():
    """Entra compares user principal names without case."""
    ann = somebody("Ann Lee", email="A.Lee@corp.example")
    abe = somebody("Abe Lee", email="a.lee@acquired.example")
    assert {problem.code for problem in plan(assigned(ann), assigned(abe)).problems} == {"collision"}


def test_two_people_linked_to_one_directory_account_are_told_to_correct_the_link():
    """Another e-mail address would not help them."""
    ann = from_directory(somebody("Ann Lee"))
    bo = evolve(somebody("Bo Ross"), directory_accounts=ann.directory_accounts)
    problems = plan(assigned(ann), assigned(bo)).problems
    assert [each.attribute for each in problems] == ["immutableId", "immutableId"]
    assert all("Active Directory" in each.remedy and "e-mail" not in each.remedy for each in problems)


def test_a_missing_first_name_stops_that_person_only():
    """Okta's push needs it; the others go on."""
    drawn = plan(assigned(somebody(firstName=None)), assigned(somebody("Bo Ross")))
    assert [change.subject.name for change in drawn] == ["Bo Ross"]
    [problem] = drawn.problems
    assert problem.attribute == "firstName"


def test_a_bad_country_leaves_the_attribute_out_and_the_licence_waits():
    """UK: the account is created without usageLocation, and both gaps are said."""
    drawn = plan(assigned(somebody(countryCode="UK"), "SPE_E3"))
    [create] = drawn.changes
    assert "usageLocation" not in create.properties
    assert {problem.code for problem in drawn.problems} == {"bad_usageLocation", "no_usage_location"}


def test_a_suspended_person_is_held_with_a_reason():
    """Nothing is created for them, and the plan says why."""
    drawn = plan(assigned(somebody(status="SUSPENDED")))
    assert drawn.is_empty
    assert drawn.problems[0].code == "held_suspended"


def test_a_deprovisioned_person_counts_as_not_assigned():
    """They are neither created nor a problem."""
    drawn = plan(assigned(somebody(status="DEPROVISIONED")))
    assert drawn.is_empty
    assert not drawn.problems


def test_an_account_with_the_username_is_adopted_not_created():
    """Okta finds the account by its username."""
    there = account(f"ann.lee@{DOMAIN}", displayName="A. Lee")
    [update] = plan(assigned(somebody()), snapshot=tenant(there))
    assert update.object_id == there.id
    assert "displayName" in {each.name for each in update.properties}


def test_an_account_with_the_anchor_is_adopted_and_renamed():
    """An account that was renamed in Office 365 is matched by the source anchor."""
    person = from_directory(somebody())
    there = account(f"ann.old@{DOMAIN}", onPremisesImmutableId=person.directory_accounts[0].anchor)
    [update] = plan(assigned(person), snapshot=tenant(there))
    assert update.object_id == there.id
    assert {"userPrincipalName": f"ann.lee@{DOMAIN}"}.items() <= {e.name: e.after for e in update.properties}.items()


def test_an_account_with_another_anchor_is_another_persons():
    """Same username, other anchor: blocked."""
    there = account(f"ann.lee@{DOMAIN}", onPremisesImmutableId="c29tZWJvZHkgZWxzZQ==")
    drawn = plan(assigned(from_directory(somebody())), snapshot=tenant(there))
    assert drawn.is_empty
    assert drawn.problems[0].code == "other_anchor"


def test_username_and_anchor_of_two_accounts_are_ambiguous():
    """No one can say which account is the person's; both are named."""
    person = from_directory(somebody())
    named = account(f"ann.lee@{DOMAIN}")
    anchored = account(f"old@{DOMAIN}", onPremisesImmutableId=person.directory_accounts[0].anchor)
    drawn = plan(assigned(person), snapshot=tenant(named, anchored))
    assert drawn.problems[0].code == "ambiguous_account"
    assert all(f"{each.username} (object id {each.id})" in drawn.problems[0].message for each in (named, anchored))


def test_an_account_that_entra_connect_masters_is_not_taken():
    """User Sync can't coexist with Entra Connect for the same person."""
    there = account(f"ann.lee@{DOMAIN}", onPremisesSyncEnabled=True)
    drawn = plan(assigned(somebody()), snapshot=tenant(there))
    assert drawn.is_empty
    assert drawn.problems[0].code == "synced_account"


def test_a_manager_who_is_created_too_is_referred_to_after_both_exist():
    """The reference waits for phase two and names the person instead of an id."""
    boss = from_directory(somebody("Bo Ross"))
    ann = from_directory(somebody("Ann Lee"), manager=boss)
    drawn = plan(assigned(ann), assigned(boss))
    assert [change.kind for change in drawn] == ["create_user", "create_user", "set_manager"]
    reference = drawn.changes[-1]
    assert reference.manager.person_id == boss.id
    assert reference.manager_id is None


def test_a_manager_without_an_account_is_said_and_stops_nothing_else():
    """The person is created; the reference is a gap."""
    ann = from_directory(somebody("Ann Lee"), manager=somebody("Bo Ross"))
    drawn = plan(assigned(ann))
    assert [change.kind for change in drawn] == ["create_user"]
    [problem] = drawn.problems
    assert problem.code == "manager_not_provisioned"
    assert not problem.stops


def test_two_accounts_with_the_persons_source_anchor_are_both_named():
    """Neither counts in silence; the caller can say which of them is the person's."""
    ann = assigned(somebody())
    users = [account(f"{name}@{DOMAIN}", onPremisesImmutableId="00uAnnLee") for name in ("one", "two")]
    for order in (users, users[::-1]):
        plan = user_sync_app().plan([ann], tenant(*order), remembered(), now=NOW)
        assert plan.changes == ()
        assert [problem.code for problem in plan.problems] == ["ambiguous_account"]
        assert all(f"{user.username} (object id {user.id})" in plan.problems[0].message for user in users)
    plan = user_sync_app().plan([ann], tenant(*users), remembered(), now=NOW, transfers={"00uAnnLee": users[0].id})
    assert {change.object_id for change in plan} == {users[0].id}
