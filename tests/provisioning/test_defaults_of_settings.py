"""What each provisioning type does if nothing is chosen, and how its settings are given."""

from datetime import timedelta

import pytest
from organisation import NOW

from o365prov import Deprovisioning, LicenseOnly, ProfileSync, UniversalSync, UserSync
from o365prov.provisioning import settings_fingerprint

SETTINGS = ("create_users", "update_attributes", "deactivate_users", "sync_password", "user_attributes_only")


@pytest.mark.parametrize(
    ("kind", "defaults"),
    [
        (LicenseOnly, (False, True, True, False, False)),
        (ProfileSync, (True, True, True, False, False)),
        (UserSync, (True, True, True, False, False)),
        (UniversalSync, (True, True, True, False, False)),
    ],
)
def test_what_is_on_unless_it_is_chosen_otherwise(kind, defaults):
    """Create, update and deactivate as far as the type can; passwords are never pushed unless a person says so."""
    made = kind()
    assert tuple(getattr(made, name) for name in SETTINGS) == defaults
    assert made.deprovisioning == Deprovisioning.block_sign_in()


@pytest.mark.parametrize("kind", [LicenseOnly, ProfileSync, UserSync, UniversalSync])
def test_settings_are_given_by_name(kind):
    """``UserSync(False)`` would not say what is off."""
    with pytest.raises(TypeError):
        kind(False)


@pytest.mark.parametrize(("days", "due"), [(13, False), (14, True), (15, True)])
def test_a_grace_period_is_over_on_its_last_day(days, due):
    """The step after blocking is due once so many days have passed."""
    option = Deprovisioning.block_and_remove_licenses(grace_days=14)
    assert option.departure(NOW - timedelta(days=days)).is_due(NOW) is due


def test_without_a_grace_period_the_step_is_due_at_once():
    """The same moment counts."""
    assert Deprovisioning.block_and_remove_licenses().departure(NOW).is_due(NOW)
    assert not Deprovisioning.block_sign_in().departure(NOW - timedelta(days=400)).is_due(NOW)


def test_every_setting_counts_in_the_fingerprint():
    """A mapping is bound to all settings: change one, and the attributes have to be mapped again."""
    made = [
        UserSync(),
        UserSync(create_users=False),
        UserSync(update_attributes=False),
        UserSync(deactivate_users=False),
        UserSync(user_attributes_only=True),
        UserSync(deprovisioning=Deprovisioning.block_and_remove_licenses()),
        UserSync(deprovisioning=Deprovisioning.block_and_remove_licenses(grace_days=3)),
        UniversalSync(),
        UniversalSync(ad_instances=["corp.example"]),
    ]
    assert len({settings_fingerprint(each) for each in made}) == len(made)
