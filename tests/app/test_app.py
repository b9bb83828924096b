"""The Office 365 app: settings that fit together, previews, and mappings that belong to settings."""

import attrs
import pytest
from attrs import evolve
from organisation import DOMAIN, NOW, assigned, from_directory, remembered, somebody, tenant, user_sync_app

from o365prov import Office365App, ProfileMapping, StaleMappingError, UsernameFormat, UserSync
from o365prov.errors import ConfigurationError

APP = user_sync_app()


def test_the_mapping_defaults_to_the_types_own():
    """As Okta ships it."""
    assert {row.attribute.name for row in APP.mapping} == {row.attribute.name for row in UserSync().default_mapping()}


@pytest.mark.parametrize("domains", [(), "yourfederated.domain"])
def test_domains_must_be_given_as_many_strings(domains):
    """None at all, and one bare text, are refused with what to write."""
    with pytest.raises(ConfigurationError, match=r"domains=\('yourfederated.domain',\)"):
        Office365App(domains=domains, provisioning=UserSync(), username=UsernameFormat.email())


def test_domains_are_kept_in_small_letters():
    """DNS knows no case."""
    app = Office365App(domains=("YourFederated.Domain",), provisioning=UserSync(), username=UsernameFormat.email())
    assert app.domains == (DOMAIN,)


def test_a_preview_shows_username_and_values():
    """What Okta's Preview box shows: the value of every mapped attribute."""
    preview = APP.preview(somebody("Isaac Brock", title="Singer"))
    assert preview.username == f"isaac.brock@{DOMAIN}"
    assert preview.value("title") == "Singer"
    assert f"isaac.brock@{DOMAIN}" in str(preview)


def test_a_preview_shows_what_is_wrong():
    """Findings are part of the preview, with what to do."""
    preview = APP.preview(somebody(email="not-an-address", countryCode="UK"))
    assert preview.username is None
    assert {issue.code for issue in preview.issues} >= {"username_no_name", "bad_usageLocation"}


def test_changed_settings_refuse_to_plan_until_attributes_are_mapped_again():
    """Okta: attributes must be mapped again after any change of provisioning settings."""
    changed = APP.with_provisioning(UserSync(deactivate_users=False))
    with pytest.raises(StaleMappingError, match=r"deactivate_users=False.*remap"):
        changed.plan([], tenant(), remembered(), now=NOW)


def test_evolve_keeps_the_old_binding_too():
    """Whichever way the settings change, the mapping knows."""
    with pytest.raises(StaleMappingError):
        attrs.evolve(APP, provisioning=UserSync(create_users=False)).plan([], tenant(), remembered(), now=NOW)


def test_a_stale_mapping_still_previews_with_a_warning():
    """Preview works, to help with mapping again."""
    changed = APP.with_provisioning(UserSync(create_users=False))
    assert "remap" in changed.preview(somebody()).warnings[0]


def test_remapping_makes_the_app_plan_again():
    """remap(keep=True) binds the same expressions to the settings as they are now."""
    app = APP.with_provisioning(UserSync(create_users=False)).remap(keep=True)
    assert app.plan([], tenant(), remembered(), now=NOW).is_empty
    assert list(app.mapping) == list(APP.mapping)


def test_remapping_takes_another_mapping():
    """Or the attributes are really mapped again."""
    app = APP.with_provisioning(UserSync(create_users=False)).remap(ProfileMapping.of({"title": "source.title"}))
    assert [row.attribute.name for row in app.mapping] == ["title"]


def test_setting_back_makes_the_old_mapping_fit_again():
    """The binding is to the settings, not to the moment."""
    there = APP.with_provisioning(UserSync(create_users=False))
    assert there.with_provisioning(UserSync()).plan([], tenant(), remembered(), now=NOW).is_empty


@pytest.mark.parametrize(
    ("domain", "what"), [("unproven.example", "not verified"), ("elsewhere.example", "not in the tenant")]
)
def test_a_domain_that_is_not_verified_refuses_the_plan(domain, what):
    """One line: which domain, what about it, and which are verified."""
    app = evolve(APP, domains=(domain,))
    with pytest.raises(
        ConfigurationError, match=rf"{domain} {what}.*\(contoso.onmicrosoft.com, corp.example, {DOMAIN}\)"
    ):
        app.plan([], tenant(), remembered(), now=NOW)


def test_a_tenant_without_a_verified_domain_is_said_to_have_none():
    """Rather than nothing between brackets."""
    with pytest.raises(ConfigurationError, match=r"use one of the verified ones \(none\)"):
        APP.plan([], evolve(tenant(), domains=()), remembered(), now=NOW)


def test_people_who_are_assigned_twice_are_named_in_order():
    """The same sentence, whoever comes first."""
    people = [assigned(somebody(name)) for name in ("Cy Young", "Ann Lee", "Bo Ross")]
    with pytest.raises(ConfigurationError, match="assigned more than once: 00uAnnLee, 00uBoRoss, 00uCyYoung: merge"):
        APP.plan([*people, *people], tenant(), remembered(), now=NOW)


def test_a_naive_now_is_refused():
    """Instants are compared with Graph's, which have a zone."""
    with pytest.raises(ConfigurationError, match=r"datetime\.now"):
        APP.plan([], tenant(), remembered(), now=NOW.replace(tzinfo=None))


def test_a_person_assigned_twice_is_refused():
    """Which assignment counts is not ours to guess."""
    with pytest.raises(ConfigurationError, match="more than once"):
        APP.plan([assigned(somebody()), assigned(somebody())], tenant(), remembered(), now=NOW)


def test_what_is_needed_of_the_tenant_follows_from_the_mapping():
    """Only mapped properties are read, and managers only if they are mapped."""
    assert "jobTitle" in APP.needs().properties
    assert APP.needs().managers
    small = APP.remap(ProfileMapping.of({"city": "source.city"}))
    assert "jobTitle" not in small.needs().properties
    assert not small.needs().managers


def test_people_keep_their_source():
    """With User Sync all appear as synced; the person still says where they come from."""
    assert "ACTIVE_DIRECTORY" in str(APP.preview(from_directory(somebody())))


def test_a_string_is_not_a_username_format():
    """The message says how to make one of it."""
    with pytest.raises(ConfigurationError, match=r"UsernameFormat\.custom"):
        Office365App(domains=(DOMAIN,), provisioning=UserSync(), username="user.email")


def test_a_class_is_not_a_provisioning_type():
    """The parentheses are easily forgotten."""
    with pytest.raises(ConfigurationError, match=r"provisioning=UserSync\(\)"):
        Office365App(domains=(DOMAIN,), provisioning=UserSync, username=UsernameFormat.email())


def test_people_are_no_assignments():
    """A list of people is refused with what to pass."""
    with pytest.raises(ConfigurationError, match="assignments"):
        APP.plan([somebody()], tenant(), remembered(), now=NOW)
