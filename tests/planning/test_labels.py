"""How a change is called, and among which changes of a plan it is shown."""

import pytest
from attrs import evolve
from organisation import NOW

from o365prov import Departure, Deprovisioning
from o365prov.people import AppUserStatus, WaitingForSeat
from o365prov.planning import Subject
from o365prov.planning.model.change_parts import LicenseAddition
from o365prov.planning.model.changes import (
    AssignLicenses,
    BlockSignIn,
    CreateUser,
    EnableSignIn,
    LinkUser,
    Remember,
    RemoveRole,
    RevokeSessions,
)
from o365prov.planning.model.labels import describe, full_name, lines_of, name_lines, sections

ANN = Subject("00uAnn", "Ann Lee", "ann.lee@corp.example")
LEFT, LINKED = Departure(NOW), "remember the account as this person's"
LATER = Deprovisioning.block_remove_licenses_and_delete(grace_days=7).departure(NOW)
ROLE = RemoveRole(ANN, "", "id", "Reports Reader", "role", "assignment")


@pytest.mark.parametrize(
    ("change", "effect"),
    [
        (Remember(ANN, "", "id", departure=LEFT), "DEACTIVATE"),
        (Remember(ANN, "", "id", departure=LATER, reaches_back=True), "REMEMBER"),
        (Remember(ANN, "", "id", departure=LEFT, status=AppUserStatus.KEPT), "REMEMBER"),
        (Remember(ANN, "", "id", waiting=(WaitingForSeat("SPE_E3", NOW),)), "REMEMBER"),
        (EnableSignIn(ANN, "", "id"), "CHANGE"),
        (ROLE, "CHANGE"),
        (evolve(ROLE, leaving=True), "DEACTIVATE"),
        (RevokeSessions(ANN, "", "id", NOW), "CHANGE"),
        (RevokeSessions(ANN, "", "id", None), "DEACTIVATE"),
    ],
)
def test_what_follows_from_leaving_is_shown_among_deactivations(change, effect):
    """What only the memory learns is not, nor an option that is offered."""
    [section] = sections([change])
    assert section.effect.name == effect


def added(**fields):
    """How it is called that a licence is given or switched."""
    return describe(AssignLicenses(ANN, "", "id", (LicenseAddition("e3", "SPE_E3", **fields),), (), ()))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (CreateUser(ANN, "", {"city": "Oslo"}, "f"), "create ann.lee@corp.example"),
        (EnableSignIn(ANN, "", "id"), "enable sign-in"),
        (BlockSignIn(ANN, "", "id", LEFT), "block sign-in"),
        (BlockSignIn(ANN, "", "id", LATER), "block sign-in, then delete the account on 2026-06-08"),
        (LinkUser(ANN, "", "id", "f"), LINKED),
        (LinkUser(ANN, "", "id", "f", takes_over="00uBo"), f"{LINKED} (until now that of person 00uBo)"),
        (Remember(ANN, "", "id", departure=LEFT), "remember that the person left: keep licences and account"),
        (Remember(ANN, "", "id", departure=LATER, reaches_back=True), "from now on: delete the account on 2026-06-08"),
        (Remember(ANN, "", "id", roles=("Reader", "Writer")), "roles that count as granted from here: Reader, Writer"),
        (Remember(ANN, "", "id", roles=()), "roles that count as granted from here: none"),
        (Remember(ANN, "", "id", waiting=(WaitingForSeat("SPE_E3", NOW),)), "waits for SPE_E3 since 2026-06-01"),
        (Remember(ANN, "", "id", waiting=()), "waits for no licence any more"),
    ],
)
def test_a_change_is_called_by_what_it_does(change, words):
    """Without the values that it writes."""
    assert describe(change) == words


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"disabled_plans": ("p1", "p2")}, "+SPE_E3 without 2 service plans"),
        ({"disabled_plans": ("p1",), "plans_on": ("A",)}, "+SPE_E3"),
        ({"disabled_plans": ("p1",), "plans_on": ("A", "B"), "plans_off": ("C",)}, "+SPE_E3 without C"),
        ({"disabled_plans": ("p1",), "plans_on": ("A",), "plans_off": ("B", "C")}, "+SPE_E3 [A]"),
        ({"disabled_plans": ("p1",), "plans_off": ("B", "C")}, "+SPE_E3 without any service plan"),
        (
            {"held": True, "plans_off": ("A", "B"), "group_plans": ("A",)},
            "SPE_E3: -A -B (A kept through a group)",
        ),
        (
            {"held": True, "plans_on": ("A", "B"), "group_plans": ("A",)},
            "SPE_E3: +A +B (A through a group before)",
        ),
    ],
)
def test_service_plans_are_named_in_the_shorter_way(fields, words):
    """And what a group keeps, or gave before."""
    assert added(**fields) == f"licences {words}"


@pytest.mark.parametrize("username", ["", "Ann Lee"])
def test_a_username_that_is_not_known_or_is_the_name_is_not_shown(username):
    """Beside the name it would say nothing."""
    who = evolve(ANN, username=username)
    assert (full_name(who), len(name_lines(who))) == ("Ann Lee", 1)


def test_a_new_account_is_shown_with_the_values_that_it_has():
    """In full; a property that is sent empty is none of them."""
    change = CreateUser(ANN, "", {"city": "Oslo", "department": None}, "f")
    assert len(lines_of(change, in_full=True)) == 2
