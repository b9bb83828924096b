"""What the memory compares of a person: when it tells that nothing changed, and when it only has the profile."""

import pytest
from attrs import evolve
from organisation import DOMAIN, NOW, assigned, dn, from_directory, somebody, user_sync_app

from o365prov import AppUser, Departure, LicenseOnly
from o365prov.errors import Issue
from o365prov.people import AppUserStatus
from o365prov.planning.fingerprints import fingerprint, is_as_evaluated, is_unchanged, profile_of, reference_digest
from o365prov.provisioning import Evaluation, UserSync

APP = user_sync_app()
NAME = f"ann.lee@{DOMAIN}"


def desired(person, app=APP):
    """What the person should be."""
    return Evaluation(app.provisioning, app.username, app.mapping, app.domains).evaluate(assigned(person), NOW)


BOSS = from_directory(somebody("Bo Ross"))
ANN, MANAGED = desired(from_directory(somebody())), desired(from_directory(somebody(), manager=BOSS))
WHOLE = fingerprint(ANN, NAME, ANN.new_anchor)
KNOWN = AppUser(ANN.person_id, "id-ann", NAME, ANN.new_anchor, WHOLE)


def test_a_fingerprint_has_the_profile_what_it_was_evaluated_from_and_the_manager():
    """In whatever case the username is remembered, or should be."""
    assert WHOLE.split(".") == [fingerprint(ANN), ANN.source, "none"]
    assert fingerprint(ANN, NAME.upper(), ANN.new_anchor) == WHOLE
    shouted = evolve(ANN, username=NAME.upper())
    assert fingerprint(shouted, NAME, ANN.new_anchor).split(".")[1:] == [ANN.source, "none"]
    assert fingerprint(MANAGED, NAME, MANAGED.new_anchor).split(".")[2] == reference_digest(dn(BOSS))


@pytest.mark.parametrize(
    ("person", "username", "anchor"),
    [
        (evolve(ANN, source=""), NAME, ANN.new_anchor),
        (evolve(ANN, issues=(Issue("code", "something is wrong", "Correct it"),)), NAME, ANN.new_anchor),
        (ANN, f"ann@{DOMAIN}", ANN.new_anchor),
        (ANN, NAME, "another"),
        (ANN, NAME, None),
    ],
    ids=["no source", "an issue", "another username", "another anchor", "no anchor"],
)
def test_where_the_memory_has_not_all_that_was_evaluated_it_has_the_profile_alone(person, username, anchor):
    """Then the person is evaluated again every time, so that what is wrong is said every time."""
    assert fingerprint(person, username, anchor) == fingerprint(person)


@pytest.mark.parametrize(
    ("person", "rows"),
    [
        (somebody(middleName="Q"), {"middleName": "source.middleName", "countryCode": "source.none"}),
        (somebody(managerId="x", firstName=None), {"manager": "source.managerId"}),
    ],
    ids=["Graph has no such property", "left alone"],
)
def test_of_values_that_are_not_sent_the_profile_alone_is_remembered(person, rows):
    """They are counted in every plan, which takes evaluating: one of several is enough."""
    app = APP
    for name, expression in rows.items():
        app = app.remap(app.mapping.with_expression(name, expression))
    ann = desired(person, app)
    assert ann.has_unsupported
    assert fingerprint(ann, NAME, ann.new_anchor) == fingerprint(ann)


def test_somebody_of_whom_everything_is_as_remembered_is_unchanged():
    """In whatever case the username is remembered, or should be."""
    for person in (ANN, evolve(ANN, username=NAME.upper())):
        known = evolve(KNOWN, fingerprint=fingerprint(person), username=NAME.title())
        assert is_unchanged(person, known, UserSync())
    assert is_as_evaluated(ANN.source, ANN.assignment.grants, KNOWN, UserSync())


@pytest.mark.parametrize(
    "fields",
    [
        {"status": AppUserStatus.ENABLING},
        {"departure": Departure(NOW)},
        {"unfinished": True},
        {"manager_id": "id-bo", "manager_reference": "0"},
    ],
    ids=["not enabled yet", "left once", "unfinished", "a manager"],
)
def test_who_is_not_finished_or_was_changed_in_the_memory_is_compared(fields):
    """Although the same profile was sent, evaluated from the same."""
    known = evolve(KNOWN, **fields)
    assert not is_unchanged(ANN, known, UserSync())
    assert not is_as_evaluated(ANN.source, ANN.assignment.grants, known, UserSync())


def test_who_has_an_issue_is_compared():
    """It is said in every plan."""
    person = evolve(ANN, issues=(Issue("code", "something is wrong", "Correct it", severity="warning"),))
    assert not is_unchanged(person, KNOWN, UserSync())


def test_somebody_whose_manager_was_not_set_is_compared():
    """The source names one, and the memory has another, or none."""
    known = evolve(KNOWN, anchor=MANAGED.new_anchor, fingerprint=fingerprint(MANAGED, NAME, MANAGED.new_anchor))
    for reference, unchanged in ((reference_digest(dn(BOSS)), True), ("", False), ("0" * 16, False)):
        there = evolve(known, manager_reference=reference)
        assert is_unchanged(MANAGED, there, UserSync()) is unchanged
        assert is_as_evaluated(MANAGED.source, MANAGED.assignment.grants, there, UserSync()) is unchanged


def test_where_no_source_anchor_is_expected_any_will_do():
    """License Only sends none, and knows none of somebody who is not in Active Directory; an account has one."""
    app = user_sync_app().with_provisioning(LicenseOnly()).remap()
    person = desired(somebody(), app)
    known = evolve(KNOWN, fingerprint=fingerprint(person), anchor="any")
    assert is_unchanged(person, known, LicenseOnly())
    assert not is_unchanged(person, evolve(known, anchor=None), LicenseOnly())


def test_memories_of_earlier_versions_are_understood():
    """The hashes are kept for years: with others, everybody would be written again."""
    assert reference_digest("CN=Bo Ross,OU=Staff,DC=corp,DC=example") == "accb502063bf5aee"
    assert profile_of(WHOLE) == "41599fd99e8c95ab"
