"""Attribute mappings: which expression gives which attribute."""

import pytest
from organisation import assigned, from_directory, somebody

from o365prov import UNSET, ExpressionSyntaxError, ProfileMapping
from o365prov.errors import ConfigurationError
from o365prov.profiles import bindings_of
from o365prov.provisioning import UserSync


def values(mapping, person):
    profile = mapping.evaluate(bindings_of(assigned(person)), withheld=UserSync().withheld(person))
    return {row.attribute.name: value for row, value in profile.rows()}


DEFAULT = UserSync().default_mapping()


def test_the_default_anchor_is_the_directorys_guid():
    """hasDirectoryUser()?findDirectoryUser().externalId:null gives base64 of the GUID's bytes."""
    person = from_directory(somebody())
    assert values(DEFAULT, person)["immutableId"] == person.directory_accounts[0].anchor


def test_without_a_directory_the_anchor_is_not_mapped():
    """The mapping gives null; the strategy falls back, and an existing anchor is left alone."""
    assert values(DEFAULT, somebody())["immutableId"] is UNSET


def test_the_default_usage_location_is_the_country_code():
    """Without msExchUsageLocation it is Okta's country code."""
    assert values(DEFAULT, somebody(countryCode="IE"))["usageLocation"] == "IE"


def test_the_default_usage_location_without_a_country_is_us():
    """Okta's default mapping ends in 'US'."""
    assert values(DEFAULT, somebody(countryCode=None))["usageLocation"] == "US"


def test_the_manager_is_the_distinguished_name_in_the_directory():
    """findDirectoryUser().managerDn, resolved when the plan is drawn."""
    boss = somebody("Bo Ross")
    assert values(DEFAULT, from_directory(somebody(), manager=boss))["manager"].startswith("CN=Bo Ross")


def test_a_manager_comes_from_a_directory_or_not_at_all():
    """For a person without an Active Directory account the reference is left alone, not removed."""
    assert values(DEFAULT, somebody())["manager"] is UNSET


def test_a_display_name_that_nobody_set_is_both_names():
    """Okta computes it."""
    assert values(DEFAULT, somebody("Ann Lee", displayName=None))["displayName"] == "Ann Lee"


def test_a_failing_expression_is_a_finding_and_leaves_the_attribute_alone():
    """An evaluation error stops the attribute, not the evaluation of the others."""
    mapping = ProfileMapping.of({"title": "source.title + source.nothing", "city": "source.city"})
    profile = mapping.evaluate(bindings_of(assigned(somebody(city="Oslo"))))
    assert profile.get("title") is UNSET
    assert [(each.code, each.attribute) for each in profile.findings] == [("mapping_failed", "title")]
    assert profile.get("city") == "Oslo"


def test_an_unknown_attribute_is_refused_with_those_there_are():
    """The message lists what can be mapped."""
    with pytest.raises(ConfigurationError, match=r"no attribute 'jobTitle'.*title"):
        ProfileMapping.of({"jobTitle": "source.title"})


def test_the_username_is_no_mapped_attribute():
    """It has a format of its own."""
    with pytest.raises(ConfigurationError, match="username format"):
        ProfileMapping.of({"userName": "source.login"})


def test_a_bad_expression_is_refused_when_the_mapping_is_made():
    """The syntax error names the place."""
    with pytest.raises(ExpressionSyntaxError):
        DEFAULT.with_expression("title", "source.title +")


def test_do_not_map_takes_an_attribute_out():
    """An attribute that is not mapped is left alone."""
    assert "title" not in DEFAULT.without("title")
    assert "title" in DEFAULT
