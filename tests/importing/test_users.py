"""Whose an account is to an import: everybody is of one class, with the reason, and the link is made or waits."""

import pytest
from attrs import evolve
from imports import EMPTY, holding, importable, planned, settings
from organisation import NOW, TENANT_ID, remembered, somebody

from o365prov.errors import ConfigurationError, UsageError
from o365prov.importing import ImportedUser, ImportMemory, ImportObstacle, UserOutcome
from o365prov.people import AppUser, AppUserStatus, Departure, Person
from o365prov.planning import Coverage
from o365prov.provisioning import LicenseOnly, ProfileSync, UniversalSync

ANN, ANNS = somebody("Ann Lee"), importable("Ann Lee")


def outcome_of(people, account, **fields):
    """The only decision about the account."""
    [decided] = planned(people, holding(account), **fields).users
    return decided


@pytest.mark.parametrize(
    ("rule", "login", "email"),
    [
        ("username", "ANN.LEE@corp.example", "other@corp.example"),
        ("email", "other@corp.example", "Ann.Lee@corp.example"),
        ("username_or_email", "ann.lee@corp.example", "other@corp.example"),
        ("username_or_email", "other@corp.example", "ann.lee@corp.example"),
    ],
)
def test_an_exact_match_is_found_by_username_or_address_in_any_case(rule, login, email):
    """By the one that the rule names, or by either."""
    ann = Person("00u1", "ACTIVE", {"login": login, "email": email})
    decided = outcome_of([ann], ANNS, exact_match=rule)
    assert (decided.outcome, decided.person_id, decided.candidates) == (UserOutcome.EXACT, "00u1", ("00u1",))


@pytest.mark.parametrize("rule", ["username", "email"])
def test_another_rule_does_not_match(rule):
    """Who has the address as login is not found by e-mail address, nor the other way round."""
    profile = {"login": "x@corp.example", "email": "y@corp.example"}
    profile["email" if rule == "username" else "login"] = "ann.lee@corp.example"
    decided = outcome_of([Person("00u1", "ACTIVE", profile)], ANNS, exact_match=rule)
    assert decided.outcome is UserOutcome.NEW


@pytest.mark.parametrize(
    ("held", "found"),
    [
        ({"employeeNumber": "e7", "division": "North"}, UserOutcome.EXACT),
        ({"employeeNumber": "E7", "division": "North"}, UserOutcome.NEW),
        ({"employeeNumber": "e7"}, UserOutcome.NEW),
        ({"employeeNumber": "e7", "division": "South"}, UserOutcome.NEW),
    ],
)
def test_a_combination_of_attributes_matches_as_a_whole_and_as_it_is_written(held, found):
    """Okta's matches by attribute are case sensitive, and an empty value matches nobody."""
    rule = {"exact_match": "attributes", "match_attributes": {"employeeId": "employeeNumber", "department": "division"}}
    account = importable("Ann Lee", employeeId="e7", department="North")
    assert outcome_of([Person("00u1", "ACTIVE", held)], account, **rule).outcome is found


def test_an_attribute_that_is_empty_on_both_sides_matches_nobody():
    """Everybody without a number would be everybody else without one."""
    rule = {"exact_match": "attributes", "match_attributes": {"employeeId": "employeeNumber", "department": "division"}}
    account = importable("Ann Lee", employeeId="", department="North")
    person = Person("00u1", "ACTIVE", {"employeeNumber": None, "division": "North"})
    assert outcome_of([person], account, **rule).outcome is UserOutcome.NEW


def test_the_okta_username_can_be_the_address():
    """It is then what logins are compared with."""
    account = importable("Ann Lee", "al@contoso.onmicrosoft.com")
    assert outcome_of([ANN], account, okta_username="email").outcome is UserOutcome.EXACT
    assert outcome_of([ANN], account).outcome is UserOutcome.PARTIAL


def test_the_same_names_are_a_partial_match_if_they_are_allowed():
    """Username and address differ; without partial matches it is somebody new."""
    account = importable("ANN lee", "al@contoso.onmicrosoft.com", mail="al@contoso.onmicrosoft.com")
    decided = outcome_of([ANN], account)
    assert (decided.outcome, decided.rule, decided.person_id) == (UserOutcome.PARTIAL, "first and last name", ANN.id)
    assert outcome_of([ANN], account, partial_matches=False).outcome is UserOutcome.NEW


@pytest.mark.parametrize("blocked", [True, False])
@pytest.mark.parametrize("unlicensed", [True, False])
@pytest.mark.parametrize("nameless", ["givenName", "surname", None])
@pytest.mark.parametrize("without_email", [True, False])
def test_okta_imports_whoever_may_sign_in_and_has_a_licence_names_and_an_address(
    blocked, unlicensed, nameless, without_email
):
    """Everything that is missing is named; each can be allowed, and then the account is imported all the same."""
    lacking = {"accountEnabled": not blocked, **({nameless: " "} if nameless else {})}
    lacking |= {"mail": None} if without_email else {}
    account = importable("Ann Lee", **lacking, **({"licenses": ()} if unlicensed else {}))
    expected = {
        ImportObstacle.DISABLED: blocked,
        ImportObstacle.UNLICENSED: unlicensed,
        ImportObstacle.NAMELESS: bool(nameless),
        ImportObstacle.WITHOUT_EMAIL: without_email,
    }
    obstacles = {each for each, there in expected.items() if there}
    decided = outcome_of([], account)
    assert set(decided.obstacles) == obstacles
    assert decided.outcome is (UserOutcome.NOT_IMPORTED if obstacles else UserOutcome.NEW)
    assert all(each.words in decided.reason for each in obstacles)
    assert outcome_of([], account, include=obstacles).outcome is UserOutcome.NEW


def test_an_account_without_an_address_gives_its_username_as_address():
    """Okta's users have one; what else is empty is left out."""
    account = importable("Ann Lee", "ann@contoso.onmicrosoft.com", mail=None, surname=None)
    decided = outcome_of([], account, include=["nameless", "without_email"], confirm_new=True)
    assert dict(decided.profile) == {
        "login": "ann@contoso.onmicrosoft.com",
        "email": "ann@contoso.onmicrosoft.com",
        "firstName": "Ann",
        "displayName": "Ann Lee",
    }


@pytest.mark.parametrize(
    ("provisioning", "more"),
    [(LicenseOnly(), False), (ProfileSync(), False), (UniversalSync(ad_instances=["corp.example"]), True)],
)
def test_user_sync_and_universal_sync_import_more(provisioning, more):
    """Okta's list of imported attributes has them for two of the four types."""
    account = importable("Ann Lee", jobTitle="Engineer", businessPhones=["+1 555"], usageLocation="NO")
    profile = outcome_of([], account, provisioning=provisioning).profile
    extended = {"title": "Engineer", "primaryPhone": "+1 555", "countryCode": "NO"}
    assert {name: profile.get(name) for name in extended} == (extended if more else dict.fromkeys(extended))
    assert ("jobTitle" in settings(provisioning=provisioning).needs().properties) is more


@pytest.mark.parametrize(
    ("account", "setting"),
    [
        (ANNS, "confirm_exact"),
        (importable("Ann Lee", "al@x.example", mail="al@x.example"), "confirm_partial"),
        (importable("Bo Fox"), "confirm_new"),
    ],
)
def test_a_match_waits_until_it_is_confirmed_or_unless_that_is_set(account, setting):
    """One checkbox of Okta's for each kind; the others do not count."""
    others = {"confirm_exact", "confirm_partial", "confirm_new"} - {setting}
    waits = outcome_of([ANN], account, **dict.fromkeys(others, True))
    made = outcome_of([ANN], account, **{setting: True})
    assert (waits.waits, waits.confirmed, made.waits, made.confirmed) == (True, False, False, True)
    assert waits.reason.endswith("waits for confirmation")
    assert planned([ANN], holding(account), **{setting: True}).links == {made.person_id: account.id}


@pytest.mark.parametrize(("activate", "status"), [(True, "ACTIVE"), (False, "STAGED")])
def test_a_confirmed_new_user_is_a_person(activate, status):
    """Staged, unless new users are activated; one that waits is none yet."""
    account = importable("Bo Fox", jobTitle="Engineer")
    [bo] = planned([], holding(account), confirm_new=True, activate_new=activate).new_people
    assert (bo.id, bo.status, bo.name, bo.profile["title"]) == (account.id, status, "Bo Fox", "Engineer")
    assert planned([], holding(account), activate_new=activate).new_people == ()


def test_what_leaves_a_doubt_waits_although_matches_are_confirmed():
    """Two people for an account, two accounts for a person, and a person who has an account."""
    automatic = {"confirm_exact": True, "confirm_partial": True, "exact_match": "email"}
    twin = evolve(ANN, id="00uTwin")
    both = outcome_of([ANN, twin], ANNS, **automatic)
    assert (both.waits, both.person_id, both.candidates) == (True, None, (ANN.id, "00uTwin"))
    assert "2 people match" in both.reason
    two = importable("Ann Lee", "ann2@corp.example")
    assert {each.reason for each in planned([ANN], holding(ANNS, two), **automatic).users} == {
        "matches by email; 2 accounts match this person"
    }
    known = ImportMemory(TENANT_ID, "Office 365", [ImportedUser(ANNS.id, ANN.id, ANNS.username)])
    linked, other = planned([ANN], holding(ANNS, two), known, **automatic).users[::-1]
    assert (linked.outcome, other.outcome, other.waits) == (UserOutcome.LINKED, UserOutcome.EXACT, True)
    assert other.reason == "matches by email; this person has an account already"


def test_a_match_with_somebody_who_is_deactivated_waits():
    """The address of somebody who left may be somebody else's by now; a choice says that it is not."""
    left = somebody("Ann Lee", status="DEPROVISIONED")
    decided = outcome_of([left], ANNS, confirm_exact=True)
    assert (decided.waits, decided.reason) == (True, "matches by username; this person is deactivated")
    assert planned([left], holding(ANNS), choices={ANNS.id: left.id}).links == {left.id: ANNS.id}


def test_username_and_address_of_two_people_are_a_doubt():
    """Neither is more the account's than the other."""
    by_login = Person("00u1", "ACTIVE", {"login": "ann.lee@corp.example", "email": "x@corp.example"})
    by_email = Person("00u2", "ACTIVE", {"login": "x@corp.example", "email": "ann.lee@corp.example"})
    decided = outcome_of([by_login, by_email], ANNS, exact_match="username_or_email", confirm_exact=True)
    assert (decided.waits, decided.candidates) == (True, ("00u1", "00u2"))


def test_an_exact_match_comes_before_a_partial_one():
    """Of two accounts called Ann Lee the one with her username is hers; the other waits."""
    other = importable("Ann Lee", "ann2@corp.example")
    exact, partial = planned([ANN], holding(other, ANNS), confirm_exact=True, confirm_partial=True).users
    assert (exact.object_id, exact.confirmed, partial.waits) == (ANNS.id, True, True)
    assert partial.reason.endswith("another account matches this person exactly")


def test_new_users_with_the_same_okta_username_wait():
    """Okta takes a username once."""
    users = [importable("Bo Fox", f"bo{number}@corp.example", mail="bo@corp.example") for number in (1, 2)]
    decided = planned([], holding(*users), okta_username="email", confirm_new=True, activate_new=True).users
    assert [(each.confirmed, each.activated) for each in decided] == [(False, False), (False, False)]
    assert decided[0].reason == "matches nobody; 2 new accounts have the username bo@corp.example"
    named = {"okta_username": "email", "choices": {users[0].id: None}}
    assert [(each.object_id, each.confirmed) for each in planned([], holding(*users), **named).users] == [
        (users[0].id, True),
        (users[1].id, False),
    ]


def test_whose_account_the_app_provisions_is_known():
    """An account that was provisioned is not imported as somebody else's, unless its person has left."""
    bob = somebody("Bob Ross")
    app_user = AppUser(bob.id, ANNS.id, ANNS.username)
    assert outcome_of([ANN, bob], ANNS, app_users=remembered(app_user)).outcome is UserOutcome.LINKED
    left = evolve(app_user, status=AppUserStatus.DEACTIVATED, departure=Departure(NOW))
    assert outcome_of([ANN, bob], ANNS, app_users=remembered(left)).person_id == ANN.id


def test_the_app_s_own_memory_comes_before_that_of_imports():
    """An account that was handed over since it was imported is its new person's."""
    bob = somebody("Bob Ross")
    memory = ImportMemory(TENANT_ID, "Office 365", [ImportedUser(ANNS.id, ANN.id, ANNS.username)])
    provisioned = remembered(AppUser(bob.id, ANNS.id, ANNS.username))
    plan = planned([ANN, bob], holding(ANNS), memory, app_users=provisioned)
    assert [each.person_id for each in plan.users] == [bob.id]
    assert plan.accept().links == {bob.id: ANNS.id}


def test_whoever_has_a_provisioned_account_is_not_given_another():
    """Even where that account can't be imported now."""
    unlicensed = importable("Ann Lee", "other@corp.example", licenses=())
    provisioned = remembered(AppUser(ANN.id, unlicensed.id, unlicensed.username))
    plan = planned([ANN], holding(ANNS, unlicensed), app_users=provisioned, confirm_exact=True)
    assert plan.links == {}
    assert plan.users[0].reason == "matches by username; this person has an account already"


@pytest.mark.parametrize("gone", ["deleted", "blocked"])
def test_an_imported_account_that_is_gone_or_not_importable_any_more_is_unassigned(gone):
    """The person loses the app, and the account can be somebody's again later."""
    memory = ImportMemory(TENANT_ID, "Office 365", [ImportedUser(ANNS.id, ANN.id, ANNS.username)])
    accounts = [importable("Ann Lee", accountEnabled=False)] if gone == "blocked" else []
    plan = planned([ANN], holding(*accounts), memory)
    [decided] = plan.users
    assert (decided.outcome, decided.person_id, decided.person_name) == (UserOutcome.UNASSIGNED, ANN.id, "Ann Lee")
    assert ("its sign-in is blocked" if gone == "blocked" else "not in Office 365 any more") in decided.reason
    assert plan.accept() == EMPTY


def test_a_choice_links_an_account_with_a_person_or_makes_a_new_one():
    """What somebody decides about an account that waits is carried out."""
    bob = somebody("Bob Ross")
    accounts = (ANNS, importable("Bo Fox"))
    plan = planned([ANN, bob], holding(*accounts), choices={ANNS.id: None, accounts[1].id: bob.id})
    chosen, new = plan.users
    assert (chosen.outcome, chosen.person_id, chosen.confirmed) == (UserOutcome.CHOSEN, bob.id, True)
    assert (new.outcome, new.person_id, new.confirmed) == (UserOutcome.NEW, ANNS.id, True)
    assert {each.object_id for each in plan.accept().users} == {each.id for each in accounts}


def test_all_choices_that_cannot_be_carried_out_are_refused_at_once():
    """Unknown accounts and people, accounts that are not imported, linked ones, and one person for two accounts."""
    bob, cy = somebody("Bob Ross"), somebody("Cy Orr")
    memory = ImportMemory(TENANT_ID, "Office 365", [ImportedUser(ANNS.id, ANN.id, ANNS.username)])
    blocked, free, other = importable("Di Fox", accountEnabled=False), importable("Ed Fox"), importable("Eve Fox")
    wrong = {"nope": bob.id, ANNS.id: bob.id, blocked.id: cy.id, free.id: cy.id, other.id: "00uNobody"}
    with pytest.raises(ConfigurationError) as raised:
        planned([ANN, bob, cy], holding(ANNS, blocked, free, other), memory, choices=wrong)
    assert {each.message for each in raised.value.issues} == {
        "nope is not an account of this tenant",
        "ann.lee@corp.example is linked to 00uAnnLee already",
        "di.fox@corp.example is not imported, because its sign-in is blocked",
        "00uCyOrr is chosen for 2 accounts",
        "00uNobody is not among the people",
    }
    with pytest.raises(ConfigurationError, match=r"00uAnnLee has the account ann\.lee@corp\.example already"):
        planned([ANN], holding(ANNS, free), memory, choices={free.id: ANN.id})
    provisioned = remembered(AppUser(ANN.id, blocked.id, blocked.username))
    with pytest.raises(ConfigurationError, match=r"00uAnnLee has the account di\.fox@corp\.example already"):
        planned([ANN], holding(free, blocked), choices={free.id: ANN.id}, app_users=provisioned)


def test_people_are_there_once():
    """Two rows for one person would make every match of theirs a doubt."""
    with pytest.raises(ConfigurationError, match="people holds 00uAnnLee more than once"):
        planned([ANN, ANN], holding(ANNS))


def test_the_memory_belongs_to_the_tenant_and_the_app():
    """Another one's would unassign everybody."""
    with pytest.raises(ConfigurationError, match="the memory is of the tenant fabrikam"):
        planned([], holding(), ImportMemory.empty("fabrikam", "Office 365"))


@pytest.mark.parametrize(
    ("snapshot", "missing"),
    [
        (holding(groups=None), "groups"),
        (evolve(holding(), coverage=Coverage(["00u1"])), "everybody"),
        (holding(evolve(ANNS, properties={"userPrincipalName": "ann@corp.example"})), "givenName, mail, surname"),
    ],
)
def test_a_snapshot_that_was_read_for_something_else_is_refused(snapshot, missing):
    """What was not read would look as if nobody had it, and be unassigned."""
    with pytest.raises(UsageError, match=rf"read without {missing}: .*needs\(\)"):
        planned([], snapshot)


@pytest.mark.parametrize("fields", [{"exact_match": "attributes"}, {"match_attributes": {"employeeId": "x"}}])
def test_attributes_go_with_their_rule(fields):
    """One without the other would be left out in silence."""
    with pytest.raises(ConfigurationError, match="go together"):
        settings(**fields)
