"""The four provisioning types against Okta's operations matrix, row by row."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest
from attrs import evolve
from organisation import NOW, from_directory, somebody

from o365prov.errors import ConfigurationError
from o365prov.provisioning import (
    Deprovisioning,
    LicenseOnly,
    OktaOrg,
    ProfileSync,
    UniversalSync,
    UserSync,
    bind,
    describe_settings,
    operations_matrix,
    staleness,
)

CHANGED_IN_OKTA = datetime(2026, 5, 20, 9, tzinfo=UTC)
SET_IN_DIRECTORY = datetime(2026, 5, 21, 9, tzinfo=UTC)
TYPES = (LicenseOnly, ProfileSync, UserSync, UniversalSync)

# Okta's page, column by column: Licenses/Roles Management Only, Profile Sync, User Sync, Universal Sync.
OKTAS_MATRIX = {
    "Push licenses and roles": "YYYY",
    "Create user": "NYYY",
    "Deactivate user": "YYYY",
    "Edit user directly in Office 365": "YYNN",
    "Sync profile attributes: basic": "NYYY",
    "Sync profile attributes: limited extended": "NNYY",
    "Sync profile attributes: all extended": "NNNY",
    "Sync AD security groups": "NNNY",
    "Sync AD contacts": "NNNY",
    "Sync AD distribution lists": "NNNY",
    "Sync AD resource mailboxes": "NNNY",
}


@pytest.mark.parametrize("operation", OKTAS_MATRIX)
def test_the_operations_matrix_holds(operation):
    """Each row of Okta's matrix is what the classes say of themselves."""
    row = operations_matrix()[operation]
    print(f"{operation:45}", *("Y" if does else "N" for does in row.values()))  # noqa: T201 - the matrix, with pytest -s
    assert "".join("Y" if does else "N" for does in row.values()) == OKTAS_MATRIX[operation]


def test_the_matrix_has_no_other_rows():
    """Nothing is claimed that Okta's page does not list."""
    assert list(operations_matrix()) == list(OKTAS_MATRIX)


def test_user_sync_sends_oktas_21_attributes():
    """Twenty besides the username, and the source anchor."""
    assert len(set(UserSync.attributes) - {"immutableId"}) == 20


def test_profile_sync_sends_the_base_and_takes_23_custom_attributes():
    """The current list: names, usageLocation and UPN; 23 more once a person adds them."""
    assert {"firstName", "lastName", "displayName", "usageLocation"} <= set(ProfileSync.attributes)
    assert len(ProfileSync.optional_attributes) == 23


def test_universal_sync_sends_everything_that_user_sync_does_and_much_more():
    """Universal Sync: User Sync's attributes plus over a hundred of the directory's."""
    assert set(UserSync.attributes) < set(UniversalSync.attributes)
    assert len(UniversalSync.attributes) > 120


def test_license_only_sends_no_attribute():
    """Only licences and roles."""
    assert LicenseOnly.attributes == LicenseOnly.optional_attributes == ()
    assert len(LicenseOnly().default_mapping()) == 0


def test_the_email_belongs_to_user_and_universal_sync():
    """The e-mail mapping is there with User or Universal Sync only."""
    assert [("email" in kind.attributes + kind.optional_attributes) for kind in TYPES] == [False, False, True, True]


def test_the_type_renames_that_owns_the_profile():
    """Footnote 6: the username can't be changed through Profile Sync."""
    assert [kind.renames for kind in TYPES] == [False, False, True, True]


def test_license_only_has_two_settings_and_no_create_or_password():
    """Its only To App settings are Update User Attributes and Deactivate Users."""
    names = {field.name for field in attrs.fields(LicenseOnly)}
    assert names == {"update_attributes", "deactivate_users", "deprovisioning"}


@pytest.mark.parametrize("kind", [ProfileSync, UserSync, UniversalSync])
def test_the_other_types_have_all_settings(kind):
    """Create, update, deactivate, password, User Attributes Only."""
    names = {field.name for field in attrs.fields(kind)}
    settings = {"create_users", "update_attributes", "deactivate_users", "sync_password", "user_attributes_only"}
    assert settings <= names


def test_only_universal_sync_has_ad_instances():
    """The setting "Send full profile, contacts, and conference rooms from these AD instances"."""
    assert [any(f.name == "ad_instances" for f in attrs.fields(kind)) for kind in TYPES] == [False, False, False, True]


def test_ad_instances_are_many_names():
    """One bare text is refused with what to write."""
    with pytest.raises(ConfigurationError, match=r"ad_instances=\('corp.example',\)"):
        UniversalSync(ad_instances="corp.example")


@pytest.mark.parametrize(
    ("kind", "linked", "instant"),
    [
        (LicenseOnly, True, CHANGED_IN_OKTA),
        (LicenseOnly, False, CHANGED_IN_OKTA),
        (ProfileSync, True, CHANGED_IN_OKTA),
        (ProfileSync, False, CHANGED_IN_OKTA),
        (UserSync, True, SET_IN_DIRECTORY),
        (UserSync, False, CHANGED_IN_OKTA),
        (UniversalSync, True, SET_IN_DIRECTORY),
        (UniversalSync, False, CHANGED_IN_OKTA),
    ],
)
def test_sts_refresh_tokens_valid_from(kind, linked, instant):
    """Okta's table: the password change in Okta, but pwdLastSet for AD-linked people of User and Universal Sync."""
    person = evolve(somebody(), password_changed=CHANGED_IN_OKTA)
    person = from_directory(person, password_last_set=SET_IN_DIRECTORY) if linked else person
    assert kind().sessions_valid_from(person) == instant


def test_of_two_directory_accounts_the_later_password_counts():
    """Sessions from before either change are void."""
    later = from_directory(somebody(), password_last_set=SET_IN_DIRECTORY)
    [account] = later.directory_accounts
    earlier = evolve(account, password_last_set=SET_IN_DIRECTORY - timedelta(days=9))
    both = evolve(later, directory_accounts=(earlier, account))
    assert UserSync().sessions_valid_from(both) == SET_IN_DIRECTORY


def test_the_full_profile_goes_along_for_the_chosen_instances_only():
    """Universal Sync: extension attributes of people from corp.example, not of others or of people without AD."""
    linked = from_directory(somebody())
    chosen, other = UniversalSync(ad_instances=["corp.example"]), UniversalSync(ad_instances=["other.example"])
    assert "extensionAttribute1" not in chosen.withheld(linked)
    assert "extensionAttribute1" in other.withheld(linked)
    assert "extensionAttribute1" in chosen.withheld(somebody())
    assert "title" not in other.withheld(linked)


@pytest.mark.parametrize(
    "provisioning",
    [UserSync(), UniversalSync(ad_instances=["corp.example"]), UniversalSync(ad_instances=["other.example"])],
    ids=["User Sync", "chosen instance", "another instance"],
)
def test_the_manager_comes_from_a_directory_alone(provisioning):
    """Attributes with Okta's asterisk are sent for AD-linked people only, whatever instance they come from."""
    assert "manager" in provisioning.withheld(somebody())
    assert "manager" not in provisioning.withheld(from_directory(somebody()))


def test_every_default_mapping_maps_only_what_its_type_sends():
    """The mappings fit their types."""
    for kind in TYPES:
        assert {row.attribute.name for row in kind().default_mapping()} <= set(kind.attributes)


@pytest.mark.parametrize(
    ("option", "label"),
    [
        (Deprovisioning.block_sign_in(), "Block sign-in"),
        (Deprovisioning.block_and_remove_licenses(), "Block sign-in and remove licenses"),
        (
            Deprovisioning.block_and_remove_licenses(grace_days=7),
            "Block sign-in and remove licenses after grace period (7 days)",
        ),
        (Deprovisioning.block_remove_licenses_and_delete(), "Block sign-in, remove licenses, and delete user"),
        (
            Deprovisioning.block_remove_licenses_and_delete(grace_days=3),
            "Block sign-in, remove licenses, and delete user after grace period (3 days)",
        ),
    ],
)
def test_the_five_deprovisioning_options(option, label):
    """As Okta's menu names them."""
    assert option.label == label
    assert label in describe_settings(UserSync(deprovisioning=option))


def test_every_option_can_leave_those_alone_who_left_before():
    """They are asked about otherwise."""
    for option in (
        Deprovisioning.block_sign_in,
        Deprovisioning.block_and_remove_licenses,
        Deprovisioning.block_remove_licenses_and_delete,
    ):
        assert [option(reaches_back=reaches).reaches_back for reaches in (True, False)] == [True, False]
        assert option().reaches_back


def test_days_of_grace_are_refused_where_nothing_follows_them():
    """Whoever gives them means one of the other options."""
    with pytest.raises(ConfigurationError, match=r"Deprovisioning\.grace_days has no effect where licences are kept"):
        Deprovisioning(grace_days=7)


@pytest.mark.parametrize("days", [0, -1, 366, 1.5])
def test_grace_days_are_whole_and_from_1_to_365(days):
    """Okta publishes no bounds; a typo must not delete people at once, or never."""
    with pytest.raises(ConfigurationError, match=r"Deprovisioning\.grace_days should be a whole number from 1 to 365"):
        Deprovisioning.block_and_remove_licenses(grace_days=days)


def test_grace_ends_when_the_days_are_over():
    """Due exactly so many days after the block, and never for the option that keeps everything."""
    left = Deprovisioning.block_and_remove_licenses(grace_days=7).departure(NOW)
    assert not left.is_due(NOW + timedelta(days=7, seconds=-1))
    assert left.is_due(NOW + timedelta(days=7))
    assert not Deprovisioning.block_sign_in().departure(NOW).is_due(NOW + timedelta(days=3650))


@pytest.mark.parametrize(
    ("before", "after", "graph_api", "why"),
    [
        ("user_sync", ProfileSync(), False, "User Sync can't be left for Profile Sync"),
        ("universal_sync", ProfileSync(), False, "Universal Sync can't be left for Profile Sync"),
        ("universal_sync", ProfileSync(), True, None),
        ("license_only", ProfileSync(), False, None),
        ("user_sync", LicenseOnly(), False, None),
    ],
)
def test_only_the_types_that_own_the_profile_are_one_way_without_graph(before, after, graph_api, why):
    """Okta: back to Profile Sync only with the Microsoft Graph API feature."""
    reason = OktaOrg(graph_api=graph_api).why_not(before, after)
    assert (reason and reason.partition(":")[0]) == why


def test_universal_sync_refuses_the_instances_with_just_in_time_provisioning_alone():
    """They are named in order; others are nobody's business."""
    org = OktaOrg(jit_ad_instances=["c.example", "a.example", "b.example", "other.example"])
    org.check(UniversalSync(ad_instances=["d.example"]))
    with pytest.raises(ConfigurationError, match=r"\(a\.example, b\.example, c\.example\)"):
        org.check(UniversalSync(ad_instances=["d.example", "b.example", "c.example", "a.example"]))


def test_a_stale_mapping_is_told_by_the_attributes_that_differ():
    """Those that are sent no more, and those that would be sent and are not mapped; nothing where none differ."""
    mapping = bind(UserSync().default_mapping(), UserSync())
    both = "(no longer sent: email, middleName; not mapped: countryCode): call app.remap()"
    assert both in staleness(mapping, ProfileSync())
    assert "after the attributes were mapped (not mapped: " in staleness(mapping, UniversalSync())
    nothing = bind(LicenseOnly().default_mapping(), LicenseOnly())
    assert "after the attributes were mapped: call app.remap()" in staleness(nothing, LicenseOnly())
