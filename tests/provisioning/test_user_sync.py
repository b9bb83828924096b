"""User Sync: what this provisioning type decides."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from organisation import DOMAIN, NOW, assigned, from_directory, somebody

from o365prov import UsernameFormat, UserSync
from o365prov.people import UserStatus
from o365prov.provisioning import Eligibility, make_desired_user, settings_fingerprint

YESTERDAY = datetime(2026, 5, 31, 7, 30, tzinfo=UTC)


def desired(person, mapping=None):
    strategy = UserSync()
    username = UsernameFormat.custom(f'String.substringBefore(user.email, "@") + "@{DOMAIN}"')
    mapping = mapping or strategy.default_mapping()
    return make_desired_user(assigned(person), strategy, username, mapping, [DOMAIN], now=NOW)


def test_sessions_of_directory_people_follow_pwdlastset():
    """User Sync: StsRefreshTokensValidFrom is AD's pwdLastSet for people linked from AD."""
    person = from_directory(evolve(somebody(), password_changed=NOW), password_last_set=YESTERDAY)
    assert desired(person).sessions_valid_from == YESTERDAY


def test_sessions_of_other_people_follow_okta():
    """User Sync: without AD it is the moment the password changed in Okta."""
    assert desired(evolve(somebody(), password_changed=YESTERDAY)).sessions_valid_from == YESTERDAY


def test_a_directory_account_without_an_instant_gives_none():
    """PwdLastSet 0 or never is no instant, and Okta's does not stand in for it."""
    assert desired(from_directory(evolve(somebody(), password_changed=NOW))).sessions_valid_from is None


def test_the_anchor_of_a_new_account_is_the_directorys():
    """ObjectGUID's bytes in base64."""
    person = from_directory(somebody())
    assert desired(person).new_anchor == person.directory_accounts[0].anchor


def test_the_anchor_falls_back_to_oktas_id():
    """Without a directory Okta substitutes the app user's id, which is the person's."""
    assert desired(somebody()).new_anchor == somebody().id


def test_more_than_one_directory_account_stops_the_person():
    """Okta can't set an Immutable ID for a person in two AD instances."""
    person = from_directory(somebody())
    elsewhere = evolve(person.directory_accounts[0], instance="dev.example")
    twice = evolve(person, directory_accounts=(*person.directory_accounts, elsewhere))
    [issue] = [issue for issue in desired(twice).issues if issue.code == "ambiguous_directory"]
    assert (issue.place, issue.stops) == ("immutableId", True)
    assert "more than one Active Directory instance (corp.example, dev.example)" in issue.message
    assert desired(twice).blocked


def test_a_person_with_one_stopping_issue_among_others_is_stopped():
    """A wrong country alone would be left out and said; each is said."""
    person = from_directory(somebody(countryCode="Utopia"))
    twice = evolve(person, directory_accounts=(*person.directory_accounts, *person.directory_accounts))
    assert not desired(person).blocked
    assert len(desired(twice).issues) == len(desired(person).issues) + 1 > 1
    assert desired(twice).blocked


def test_a_mapped_anchor_tells_which_of_two_directory_accounts_counts():
    """As Okta's own advice has it: an expression for the Immutable ID."""
    person = from_directory(somebody())
    twice = evolve(person, directory_accounts=(*person.directory_accounts, *person.directory_accounts))
    mapped = desired(twice, UserSync().default_mapping().with_expression("immutableId", "user.login"))
    assert not mapped.blocked
    assert mapped.new_anchor == person.profile["login"]


@pytest.mark.parametrize("wrong", ["\0", "\ud800"])
def test_an_id_that_can_not_be_remembered_stops_the_person(wrong):
    """No other person is stopped by it, as everybody would be where their changes are noted together."""
    stopped = desired(evolve(somebody(), id=f"00u{wrong}1"))
    assert "unusable_id" in [issue.code for issue in stopped.issues]
    assert stopped.blocked
    assert "unusable_id" not in [issue.code for issue in desired(evolve(somebody(), id="00ué😀 1")).issues]


def test_on_create_nothing_is_cleared():
    """An empty title is left out of the POST."""
    assert "jobTitle" not in desired(somebody(title="")).creation_properties()


def test_on_update_an_empty_mapped_attribute_is_cleared():
    """An empty title is cleared by the PATCH."""
    assert desired(somebody(title="")).update_properties()["jobTitle"] is None


@pytest.mark.parametrize("setting", ["create_users", "update_attributes", "deactivate_users"])
def test_every_setting_changes_the_fingerprint(setting):
    """A mapping is bound to the settings: any change of one needs a new mapping."""
    assert settings_fingerprint(UserSync(**{setting: False})) != settings_fingerprint(UserSync())


@pytest.mark.parametrize(
    ("status", "eligibility"),
    [
        ("ACTIVE", Eligibility.PROVISION),
        ("PASSWORD_EXPIRED", Eligibility.PROVISION),
        ("LOCKED_OUT", Eligibility.PROVISION),
        ("RECOVERY", Eligibility.PROVISION),
        ("STAGED", Eligibility.HOLD),
        ("PROVISIONED", Eligibility.HOLD),
        ("SUSPENDED", Eligibility.HOLD),
        ("DEPROVISIONED", Eligibility.UNASSIGNED),
    ],
)
def test_what_a_status_in_okta_means(status, eligibility):
    """Only active people are provisioned; the suspended are held; the deprovisioned count as not assigned."""
    assert Eligibility.of(UserStatus(status)) is eligibility


@pytest.mark.parametrize(
    ("starts", "eligibility"),
    [
        (None, Eligibility.PROVISION),
        (YESTERDAY, Eligibility.PROVISION),
        (NOW, Eligibility.PROVISION),
        (NOW + timedelta(seconds=1), Eligibility.HOLD),
    ],
)
def test_who_starts_later_is_held_until_then(starts, eligibility):
    """From the very instant on they are provisioned; without one they are at once."""
    assert Eligibility.of_assignment(evolve(assigned(somebody()), starts=starts), NOW) is eligibility


def test_who_is_deprovisioned_has_left_whatever_day_they_start():
    """The status decides first."""
    gone = assigned(somebody(status="DEPROVISIONED"))
    assert Eligibility.of_assignment(evolve(gone, starts=NOW + timedelta(days=1)), NOW) is Eligibility.UNASSIGNED


def test_every_status_has_an_eligibility():
    """No status of Okta's is forgotten."""
    by_status = {Eligibility.PROVISION, Eligibility.HOLD, Eligibility.UNASSIGNED}
    assert {Eligibility.of(status) for status in UserStatus} == by_status  # the others need a setting
