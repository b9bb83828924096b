"""Safeguards: which kinds of harm a change does, and from how many accounts on a plan must be confirmed."""

from datetime import timedelta

import pytest
from attrs import evolve
from organisation import DOMAIN, NOW, remembered

from o365prov import AppUser, Harm, Plan, Safeguards
from o365prov.errors import ConfigurationError
from o365prov.people import AppUserStatus, Departure
from o365prov.planning import (
    AssignLicenses,
    CreateUser,
    EnableSignIn,
    GrantRole,
    LicenseAddition,
    LicenseRemoval,
    LinkUser,
    PropertyChange,
    Remember,
    RemoveLicenses,
    RemoveManager,
    RemoveRole,
    RestoreUser,
    RevokeSessions,
    SetManager,
    Subject,
    UpdateUser,
    harm_hazards,
)
from o365prov.planning.hazards.harms import harms_of, leaves
from o365prov.planning.model.changes import BlockSignIn, DeleteUser

ROLE = ("Reports Reader", "role")


def who(number):
    """One person of many."""
    return Subject(f"00u{number}", f"Person {number:03}", f"user{number}@{DOMAIN}")


def updated(number, name, before, after, **more):
    """An account one property of which changes."""
    return UpdateUser(who(number), "", f"id{number}", (PropertyChange(name, before, after),), "f", **more)


def licensed(number, *, add=(), remove=()):
    """A change of licences."""
    return AssignLicenses(who(number), "", f"id{number}", add, remove, ())


def blocked(number):
    """Somebody who leaves now."""
    return BlockSignIn(who(number), "", f"id{number}", Departure(NOW))


E3 = LicenseAddition("e3", "SPE_E3")
NO_E3 = LicenseRemoval("e3", "SPE_E3")
IN_GROUP = LicenseRemoval("e3", "SPE_E3", through_group=True)
SWITCHED_OFF = LicenseAddition("e3", "SPE_E3", held=True, plans_off=("TEAMS",))
KINDS = {
    Harm.BLOCKED: blocked,
    Harm.DELETED: lambda number: DeleteUser(who(number), "", f"id{number}"),
    Harm.LICENSES_REMOVED: lambda number: licensed(number, add=(E3,), remove=(NO_E3,)),
    Harm.ROLES_REMOVED: lambda number: RemoveRole(who(number), "", f"id{number}", *ROLE, "a"),
    Harm.ROLES_GRANTED: lambda number: GrantRole(who(number), "", f"id{number}", *ROLE),
    Harm.RENAMED: lambda number: updated(number, "userPrincipalName", f"old{number}@{DOMAIN}", f"new{number}@{DOMAIN}"),
    Harm.MOVED: lambda number: updated(
        number, "userPrincipalName", f"ann{number}@old.example", f"ann{number}@{DOMAIN}"
    ),
    Harm.CLEARED: lambda number: updated(number, "jobTitle", "Engineer", None),
    Harm.ANCHOR_CHANGED: lambda number: updated(number, "onPremisesImmutableId", "a", "b"),
    Harm.ENABLED: lambda number: EnableSignIn(who(number), "", f"id{number}"),
    Harm.SESSIONS_ENDED: lambda number: RevokeSessions(who(number), "", f"id{number}", NOW),
    Harm.HANDED_OVER: lambda number: LinkUser(
        evolve(who(number), person_id=f"new{number}"), "", f"id{number}", "f", takes_over=f"00u{number}"
    ),
}
"""For each kind of harm a change that does this harm alone."""


def memory(count, *users):
    """So many people with accounts in use, and these users."""
    people = map(who, range(count))
    active = [AppUser(each.person_id, f"id{number}", each.username) for number, each in enumerate(people)]
    return remembered(*active, *users)


def hazards(changes, known, **settings):
    """What is beyond the safeguards in a plan with these changes."""
    plan = Plan(known.tenant_id, NOW, changes, app_users=known)
    return harm_hazards(plan, Safeguards(**settings))


def test_there_is_a_change_for_every_kind_of_harm():
    """But for people who left, whom the memory counts too."""
    assert set(KINDS) == set(Harm) - {Harm.LEFT}


@pytest.mark.parametrize("empty", [None, "", [], ()])
def test_an_attribute_is_cleared_by_whatever_is_empty(empty):
    """And nothing is cleared that was empty before."""
    cleared = [updated(number, "businessPhones", ["1"], empty) for number in range(10)]
    assert hazards(cleared, memory(10))
    assert not hazards([updated(number, "businessPhones", empty, ["1"]) for number in range(10)], memory(10))


@pytest.mark.parametrize("harm", KINDS, ids=str)
def test_a_change_does_the_harm_that_it_is_named_for(harm):
    """Each kind is told apart from all the others."""
    assert harms_of(KINDS[harm](0)) == {harm}


@pytest.mark.parametrize(
    "change",
    [
        CreateUser(who(0), "", {}, "f"),
        SetManager(who(0), "", "id0", who(1), "id1"),
        LinkUser(who(0), "", "id0", "f"),
        Remember(who(0), "", "id0", departure=Departure(NOW)),
        RevokeSessions(who(0), "", "id0", None),
        updated(0, "jobTitle", "Engineer", "Director"),
        updated(0, "jobTitle", None, "Director"),
        updated(0, "jobTitle", "", None),
        updated(0, "onPremisesImmutableId", None, "a"),
        updated(0, "showInAddressList", before=True, after=False),
        updated(0, "userPrincipalName", f"Ann@{DOMAIN}", f"ann@{DOMAIN}"),
        licensed(0, add=(E3,)),
        licensed(0, remove=(IN_GROUP,)),
        licensed(0, add=(evolve(SWITCHED_OFF, held=False),)),
        licensed(0, add=(evolve(SWITCHED_OFF, group_plans=("TEAMS",)),)),
    ],
    ids=lambda each: each.kind,
)
def test_what_takes_nothing_away_is_not_harm(change):
    """Values that were not there, what a group gives anyway, and what is only remembered."""
    assert harms_of(change) == set()


@pytest.mark.parametrize(
    ("change", "harm"),
    [
        (RemoveManager(who(0), "", "id0"), Harm.CLEARED),
        (RestoreUser(who(0), "", "id0"), Harm.ENABLED),
        (RemoveLicenses(who(0), "", "id0", (NO_E3,)), Harm.LICENSES_REMOVED),
        (licensed(0, remove=(evolve(IN_GROUP, lost_plans=("TEAMS",)),)), Harm.LICENSES_REMOVED),
        (licensed(0, add=(SWITCHED_OFF,)), Harm.LICENSES_REMOVED),
        (updated(0, "businessPhones", ("1",), ()), Harm.CLEARED),
        (updated(0, "jobTitle", "Engineer", "Director", takes_over="00u1"), Harm.HANDED_OVER),
    ],
    ids=["manager", "restored", "leaver's licences", "plans of a group", "service plan", "list", "handed over"],
)
def test_some_harm_comes_in_more_than_one_way(change, harm):
    """The kind is what happens to the person, not the request."""
    assert harms_of(change) == {harm}


def test_a_new_name_in_a_new_domain_is_both():
    """Renamed and moved."""
    change = updated(0, "userPrincipalName", "ann@old.example", f"ann.lee@{DOMAIN}")
    assert harms_of(change) == {Harm.RENAMED, Harm.MOVED}


@pytest.mark.parametrize(
    ("change", "leaving"),
    [
        (blocked(0), True),
        (KINDS[Harm.DELETED](0), True),
        (Remember(who(0), "", "id0", departure=Departure(NOW)), True),
        (Remember(who(0), "", "id0", departure=Departure(NOW), reaches_back=True), False),
        (Remember(who(0), "", "id0", licenses=()), False),
        (KINDS[Harm.CLEARED](0), False),
    ],
    ids=["blocked", "deleted", "blocked already", "another option", "licences", "stays"],
)
def test_a_change_tells_whether_its_person_leaves(change, leaving):
    """With an account that is blocked already there is nothing but the memory."""
    assert leaves(change) is leaving


@pytest.mark.parametrize("harm", KINDS, ids=str)
@pytest.mark.parametrize(("linked", "allowed"), [(5, 1), (10, 2), (90, 18), (100, 20)])
def test_a_fifth_of_the_accounts_is_allowed_and_one_more_is_not(harm, linked, allowed):
    """Of each kind, from five accounts on."""
    at_the_limit, beyond = (
        hazards(map(KINDS[harm], range(number)), memory(linked)) for number in (allowed, allowed + 1)
    )
    assert at_the_limit == ()
    [hazard] = beyond
    assert hazard.startswith(f"{harm.words}: {allowed + 1} of {linked} linked accounts, 20% are allowed (Person 000, ")


@pytest.mark.parametrize("harm", KINDS, ids=str)
def test_below_five_accounts_no_share_holds(harm):
    """One of four would be beyond it."""
    assert hazards(map(KINDS[harm], range(4)), memory(4)) == ()


@pytest.mark.parametrize("least", [0, 1])
def test_shares_can_count_from_one_account_on(least):
    """Then the only leaver is all of them; where nothing is linked there is no share."""
    assert bool(hazards([blocked(0)], memory(1), from_accounts=least))
    assert hazards([CreateUser(who(0), "", {}, "f")], memory(0), from_accounts=least) == ()


def test_a_hazard_names_up_to_five_people():
    """So that a reviewer sees whom it is about."""
    [hazard] = hazards(map(KINDS[Harm.CLEARED], range(7)), memory(10))
    assert hazard == (
        "attributes cleared: 7 of 10 linked accounts, 20% are allowed "
        "(Person 000, Person 001, Person 002, Person 003, Person 004 and 2 more)"
    )


def test_a_person_counts_once_a_kind():
    """Two roles of one person are one account."""
    changes = [GrantRole(who(0), "", "id0", role, role) for role in "abc"]
    assert hazards(changes, memory(5)) == ()


def test_kinds_are_not_added_up():
    """A fifth is blocked and another fifth is renamed."""
    changes = [KINDS[harm](number) for number, harm in enumerate((Harm.CLEARED, Harm.RENAMED, Harm.ENABLED))]
    assert hazards(changes, memory(5)) == ()


def test_a_kind_can_have_a_share_of_its_own():
    """The others keep the common one."""
    cleared, renamed = ([KINDS[harm](number) for number in range(4)] for harm in (Harm.CLEARED, Harm.RENAMED))
    settings = {"shares": {"cleared": 0.4}}
    assert hazards(cleared, memory(10), **settings) == ()
    assert hazards(renamed, memory(10), **settings) != ()
    assert "40% are allowed" in hazards(cleared, memory(9), **settings)[0]


def test_exactly_an_awkward_share_is_allowed():
    """29 % of 100 accounts are 29 accounts, although 0.29 * 100 is a little less."""
    assert hazards(map(blocked, range(29)), memory(100), share=0.29) == ()


@pytest.mark.parametrize(("number", "refused"), [(3, False), (4, True)])
def test_the_count_holds_however_many_are_linked(number, refused):
    """Also below five accounts, and below the share."""
    for linked in (4, 100):
        assert bool(hazards(map(KINDS[Harm.RENAMED], range(number)), memory(linked), count=3)) is refused


def test_the_count_is_said_with_names():
    """As the share is."""
    [hazard] = hazards(map(KINDS[Harm.RENAMED], range(2)), memory(100), count=1)
    assert hazard == "renamed: 2 accounts, 1 are allowed (Person 000, Person 001)"


@pytest.mark.parametrize(
    ("shares", "named"),
    [
        ({"cleared": 20}, r"Safeguards\.shares should be shares from 0 to 1"),
        ({"cleared": 1.01}, r"Safeguards\.shares should be shares from 0 to 1"),
        ({"cleared": -0.01}, r"Safeguards\.shares should be shares from 0 to 1"),
        ({"cleared": "all"}, r"Safeguards\.shares should be shares from 0 to 1"),
        ({"vanished": 0.5}, r"Safeguards\.shares should be shares by kind of harm \(blocked, "),
        (0.5, r"Safeguards\.shares should be shares by kind of harm \(.*\), not 0\.5"),
    ],
)
def test_wrong_shares_are_refused(shares, named):
    """A mistyped kind would leave its share where it was."""
    with pytest.raises(ConfigurationError, match=named):
        Safeguards(shares=shares)


def test_with_a_share_of_none_nobody_may_be_harmed():
    """Of that kind alone."""
    assert hazards([KINDS[Harm.CLEARED](0)], memory(100), shares={"cleared": 0}) != ()


JOINING = {
    "linked": lambda number: LinkUser(who(number), "", f"id{number}", "f"),
    "updated": lambda number: updated(number, "jobTitle", None, "Engineer"),
    "restored": lambda number: RestoreUser(who(number), "", f"id{number}"),
}
"""How an account that is there becomes linked."""


@pytest.mark.parametrize("how", JOINING)
@pytest.mark.parametrize(("renamed", "refused"), [(2, False), (3, True)])
def test_a_first_run_is_compared_with_the_accounts_that_it_links(renamed, refused, how):
    """Ten accounts are linked, none was before."""
    changes = [*map(KINDS[Harm.RENAMED], range(renamed)), *map(JOINING[how], range(renamed, 10))]
    found = [each for each in hazards(changes, memory(0)) if each.startswith("renamed: ")]
    assert bool(found) is refused
    assert all("3 of 10 accounts that are or will be linked" in each for each in found)


def test_new_accounts_do_not_hide_what_happens_to_linked_ones():
    """All but one of ninety are deleted, and nine hundred others are created or linked."""
    created = [CreateUser(who(number), "", {}, "f") for number in range(100, 600)]
    linked = [LinkUser(who(number), "", f"id{number}", "f") for number in range(600, 1000)]
    deleted = [KINDS[Harm.DELETED](number) for number in range(89)]
    assert "deleted: 89 of 90 linked accounts" in hazards([*created, *linked, *deleted], memory(90))[0]


def test_roles_of_new_accounts_are_compared_with_new_accounts():
    """Two of ten people who are created get a role: no hazard; with three there is one."""
    created = [CreateUser(who(number), "", {}, "f") for number in range(10)]
    two, three = (
        hazards([*created, *(GrantRole(who(each), "", None, *ROLE) for each in range(number))], memory(0))
        for number in (2, 3)
    )
    assert (two, len(three)) == ((), 1)


def test_a_few_newcomers_are_compared_with_everybody():
    """Two of five people who join a company of a hundred are renamed: ordinary."""
    newcomers = [LinkUser(who(number), "", f"id{number}", "f") for number in range(100, 103)]
    assert hazards([*newcomers, *map(KINDS[Harm.RENAMED], (103, 104))], memory(100)) == ()


def away(number, *, days, status=AppUserStatus.DEACTIVATED, confirmed=False):
    """Somebody who left so many days ago."""
    departure = Departure(NOW - timedelta(days=days), confirmed=confirmed)
    return AppUser(f"00u{number}", f"id{number}", who(number).username, status=status, departure=departure)


def test_people_who_left_long_ago_do_not_water_down_the_share():
    """Accounts that stay blocked for years are linked, and not in use."""
    leavers = [away(number, days=900) for number in range(1000, 2000)]
    assert hazards(map(blocked, range(3)), memory(10, *leavers)) != ()


def test_an_account_that_was_deleted_long_ago_joins_again():
    """It was linked no longer: three that are restored are compared with all that are or will be linked."""
    gone = [away(number, days=300, status=AppUserStatus.DELETED) for number in range(20, 23)]
    [hazard] = hazards(map(JOINING["restored"], range(20, 23)), memory(10, *gone))
    assert "3 of 13 accounts that are or will be linked" in hazard


def test_people_who_come_back_count_with_newcomers():
    """Two who left long ago and a newcomer are enabled, beside ten accounts in use."""
    came_back = [away(number, days=300) for number in (20, 21)]
    newcomer = LinkUser(who(22), "", "id22", "f")
    [hazard] = hazards([newcomer, *map(KINDS[Harm.ENABLED], range(20, 23))], memory(10, *came_back))
    assert "3 of 13 accounts that are or will be linked" in hazard


def test_an_account_that_is_handed_over_counts_as_that_of_the_person_who_had_it():
    """Whether it is written to or linked as it is."""
    changes = [
        updated(100 + number, "jobTitle", "Engineer", "Director", takes_over=f"00u{number}") for number in range(3)
    ]
    [hazard] = hazards(changes, memory(10))
    assert "3 of 10 linked accounts" in hazard


def test_deletions_that_are_due_count_among_the_accounts_in_use():
    """Of ten accounts in use and three that are due, three are deleted."""
    due = [away(number, days=30) for number in range(20, 23)]
    [hazard] = hazards([KINDS[Harm.DELETED](number) for number in range(20, 23)], memory(10, *due))
    assert "deleted: 3 of 13 linked accounts" in hazard


@pytest.mark.parametrize("status", [AppUserStatus.DEACTIVATED, AppUserStatus.DELETED])
@pytest.mark.parametrize(("days", "refused"), [(0, True), (7, True), (8, False)])
def test_losses_of_the_last_days_count_with_those_of_today(status, days, refused):
    """Two of ten may leave: with one who left within seven days they are three of eleven."""
    known = memory(10, away(20, days=days, status=status))
    found = hazards(map(blocked, range(2)), known)
    assert bool(found) is refused
    assert all("left within 7 days: 3 of 11 linked accounts" in each for each in found)


def test_the_last_confirmation_of_leavers_counts():
    """Who had left before it is counted no longer, also where an older plan was confirmed too."""
    before = (away(20, days=5, confirmed=True), away(21, days=3), away(22, days=1, confirmed=True))
    assert hazards(map(blocked, range(2)), memory(10, *before)) == ()


def test_somebody_who_may_have_been_blocked_has_not_left():
    """A block without an answer leaves a day in the memory; the person is assigned again, and loses nothing."""
    unsure = evolve(away(20, days=1), status=AppUserStatus.ACTIVE, unfinished=True)
    assert hazards(map(blocked, range(2)), memory(10, unsure)) == ()


def test_losses_of_the_last_days_at_the_limit():
    """One of nine leaves, and one left yesterday: two of ten."""
    assert hazards([blocked(0)], memory(9, away(20, days=1))) == ()


def test_the_count_is_that_of_one_plan():
    """In a large company more people leave in a week than one plan may block."""
    assert hazards([blocked(0)], memory(100, away(200, days=1), away(201, days=2)), count=1) == ()


def test_without_anybody_who_leaves_now_nothing_is_said_again():
    """The runs of the last days were confirmed, or were small."""
    known = memory(10, *(away(number, days=1) for number in range(20, 25)))
    assert hazards([KINDS[Harm.CLEARED](0)], known) == ()


def test_leavers_who_are_blocked_are_said_once():
    """Not as blocked and as people who left."""
    assert [each.partition(":")[0] for each in hazards(map(blocked, range(3)), memory(10))] == ["sign-in blocked"]


def test_leavers_whom_nothing_blocks_are_said():
    """Their accounts were blocked already, or Entra Connect masters them: the grace period begins all the same."""
    changes = [Remember(who(number), "", f"id{number}", departure=Departure(NOW)) for number in range(3)]
    [hazard] = hazards(changes, memory(10))
    assert hazard.startswith("people who left within 7 days: 3 of 10 linked accounts")


def test_names_that_steer_a_terminal_are_escaped():
    """A hazard becomes part of an error's message."""
    [hazard] = hazards(
        [RemoveManager(Subject(f"00u{number}", "\x1b[31mAnn", "a"), "", f"id{number}") for number in range(2)],
        memory(5),
    )
    assert "\x1b" not in hazard


def test_new_accounts_do_not_hide_the_harm_to_accounts_that_become_linked():
    """Five that are there already would be renamed; fifty that are created do not make that a small share."""
    renamed = [KINDS[Harm.RENAMED](number) for number in range(5)]
    created = [CreateUser(who(number), "", {}, "f") for number in range(5, 55)]
    granted = [licensed(number, add=(E3,)) for number in range(5, 55)]
    first = remembered()
    assert hazards([*renamed, *created, *granted], first) == hazards(renamed, first)
    assert len(hazards(renamed, first)) == 1


def test_a_hazard_of_linked_accounts_names_whose_they_are():
    """A newcomer who is renamed too is not among the three."""
    newcomer = KINDS[Harm.RENAMED](20)
    [hazard] = hazards([newcomer, *map(KINDS[Harm.RENAMED], range(3))], memory(10))
    assert hazard.endswith("3 of 10 linked accounts, 20% are allowed (Person 000, Person 001, Person 002)")


def test_below_five_linked_accounts_no_share_holds_while_others_join():
    """Who joins and is not harmed makes nobody else's harm larger."""
    joining = map(JOINING["linked"], range(4, 10))
    assert hazards([*joining, *map(KINDS[Harm.RENAMED], range(4))], memory(4)) == ()


def test_people_who_come_back_do_not_hide_the_harm_to_newcomers():
    """Their accounts were linked all the time, and are not in use before the plan."""
    renamed = [KINDS[Harm.RENAMED](number) for number in range(5)]
    known = remembered(*(away(number, days=300) for number in range(5, 55)))
    assert hazards([*renamed, *map(JOINING["linked"], range(5, 55))], known) == hazards(renamed, known)
