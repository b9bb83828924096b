"""Where an account stands: who blocked it, who may change it, and whether it is the one that is remembered."""

import pytest
from attrs import evolve
from organisation import DOMAIN, NOW, READER, account, tenant

from o365prov import AppUser, Departure, LicenseOnly, UserSync
from o365prov.people import AppUserStatus
from o365prov.planning.transitions.situations import Account, Control
from o365prov.planning.transitions.states import account_state, contradiction, control_of

NAME = f"ann.lee@{DOMAIN}"
THERE = account(NAME, onPremisesImmutableId="anchor")
KNOWN = AppUser("00uAnnLee", THERE.id, NAME, "anchor")
LEFT = evolve(KNOWN, status=AppUserStatus.DEACTIVATED, departure=Departure(NOW))


@pytest.mark.parametrize(
    ("known", "state"),
    [
        (None, Account.BLOCKED_BY_OTHERS),
        (KNOWN, Account.BLOCKED_BY_OTHERS),
        (LEFT, Account.BLOCKED_BY_US),
        (evolve(LEFT, departure=Departure(NOW, blocked=False)), Account.BLOCKED_BY_OTHERS),
        (evolve(LEFT, status=AppUserStatus.DELETED), Account.BLOCKED_BY_US),
        (evolve(KNOWN, status=AppUserStatus.DELETED), Account.BLOCKED_BY_OTHERS),
    ],
)
def test_we_blocked_what_we_remember_to_have_blocked(known, state):
    """Somebody else blocked everything else."""
    assert account_state(account(NAME, accountEnabled=False), known) is state


@pytest.mark.parametrize("known", [None, KNOWN, LEFT])
def test_an_account_that_may_sign_in_is_enabled_whatever_is_remembered(known):
    """The tenant decides; a deleted one, and none at all, are states of their own."""
    assert account_state(THERE, known) is Account.ENABLED
    assert account_state(THERE, known, deleted=True) is Account.DELETED
    assert account_state(None, known) is Account.NONE


@pytest.mark.parametrize(
    ("anchor", "remembered", "username", "contradicts"),
    [
        ("anchor", "anchor", "other@corp.example", False),
        ("other", "anchor", NAME, True),
        (None, "anchor", NAME, False),
        ("other", None, NAME, False),
        (None, None, NAME.upper(), False),
        (None, "anchor", "other@corp.example", True),
        ("other", None, "other@corp.example", True),
    ],
)
def test_the_anchor_tells_an_account_and_without_it_the_username(anchor, remembered, username, contradicts):
    """An account that was renamed keeps its anchor; one without anchor is known by its name alone."""
    there = account(username, onPremisesImmutableId=anchor)
    assert bool(contradiction(there, evolve(KNOWN, anchor=remembered))) is contradicts


def test_an_account_that_has_the_name_which_the_person_should_have_is_not_contradicted():
    """Renamed in Office 365 and at the source alike."""
    there = account("ann.brandt@corp.example")
    known = evolve(KNOWN, anchor=None)
    assert contradiction(there, known)
    assert contradiction(there, known, username="Ann.Brandt@corp.example") == ""


def test_a_username_in_another_case_is_the_remembered_one():
    """Whoever wrote it so; where a rename may have been done or not, the name says nothing at all."""
    known = evolve(KNOWN, anchor=None, username=NAME.upper())
    assert contradiction(account(NAME), known, username="ann.brandt@corp.example") == ""
    renamed = account("ann.brandt@corp.example")
    assert contradiction(renamed, known)
    assert contradiction(renamed, evolve(known, unfinished=True)) == ""


def test_an_account_that_has_the_anchor_which_sign_in_sends_is_not_contradicted():
    """Somebody corrected it in Office 365 after the person moved to another source; any third one is another's."""
    there, known = account(NAME, onPremisesImmutableId="new"), evolve(KNOWN, anchor="old")
    assert contradiction(there, known, anchor="new") == ""
    assert contradiction(there, known, anchor="third")


def test_what_may_be_done_with_an_account():
    """Entra Connect's own, and admins whom we did not provision, are not ours; License Only may license both."""
    synced = account(NAME, onPremisesSyncEnabled=True)
    admins = tenant(THERE, holding=((THERE, READER),))
    assert control_of(synced, KNOWN, tenant(synced), UserSync()) is Control.SYNCED
    assert control_of(synced, KNOWN, tenant(synced), LicenseOnly()) is Control.LICENSES
    assert control_of(THERE, None, admins, UserSync()) is Control.ADMIN
    assert control_of(THERE, KNOWN, admins, UserSync()) is Control.CLOUD
    assert control_of(THERE, None, admins, LicenseOnly()) is Control.CLOUD
    assert control_of(THERE, None, tenant(THERE), UserSync()) is Control.CLOUD
