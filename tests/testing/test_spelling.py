"""Names that the author of a test got wrong are met with the right one."""

from __future__ import annotations

import pytest

from o365prov.errors import ConfigurationError, UsageError
from o365prov.testing import FakeTenant, PlanProvisioning, ScheduledFaults, Slow, Throttled, Unavailable


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"licences": {"SPE_E3": 1}}, "did you mean 'licenses'"),
        ({"Domains": ()}, "did you mean 'domains'"),
        ({"permission": ()}, "did you mean 'permissions'"),
        ({"xyz": 1}, "it has domains, licenses, clock"),
        ({"licenses": {"spe_e3": 1}}, "did you mean 'SPE_E3'"),
        ({"licenses": {"SPE-E3": 1}}, "did you mean 'SPE_E3'"),
        ({"licenses": {" ": 1}}, "such as SPE_E3"),
        ({"permissions": ["User.Read.Al"]}, "did you mean 'User.Read.All'"),
        ({"permissions": ["user.readwrite.all"]}, "did you mean 'User.ReadWrite.All'"),
        ({"permissions": [""]}, "no permission ''"),
        ({"caller_roles": ["User Admin"]}, "did you mean 'User Administrator'"),
        ({"caller_roles": ["King"]}, "such as User Administrator"),
        ({"country": "USA"}, "two-letter code"),
        ({"country": "us"}, "two-letter code"),
        ({"domains": ["not a domain"]}, "'not a domain' is not the name of a domain"),
        ({"domains": [""]}, "'' is not the name of a domain"),
        ({"initial_domain": "contoso"}, "'contoso' is not the name of a domain"),
    ],
)
def test_a_misspelled_option_is_met_with_the_right_name(options, message):
    """Or, where none is near, with all there are."""
    with pytest.raises(ConfigurationError, match=message):
        FakeTenant(**options)


def test_a_misspelled_property_is_met_with_the_right_name(fake):
    """Of every kind of object that is put into a tenant."""
    with pytest.raises(UsageError, match="did you mean 'jobTitle'"):
        fake.add_user(jobtitle="Singer")
    with pytest.raises(UsageError, match="did you mean 'securityEnabled'"):
        fake.add_group("Sales", securityenabled=True)


@pytest.mark.parametrize("name", ["Mail.Read", "Application.ReadUpdate.All", "Policy.Read.All", "Sites.ReadWrite.All"])
def test_permissions_that_nothing_here_asks_for_are_taken(name):
    """An administrator consents to more than a directory has."""
    assert FakeTenant(permissions=[name])


def test_a_product_of_one_s_own_is_taken():
    """A name that is no other spelling of one of Microsoft's."""
    assert FakeTenant(licenses={"MY_OWN": 3, "SPE_E3": 1}).seats("MY_OWN") == (0, 3)


@pytest.mark.parametrize(
    "options",
    [{"client_id": "me"}, {"permissions": ["User.Read.Al"]}, {"certificate": "a certificate"}],
    ids=str,
)
def test_what_can_not_be_registered_is_said_at_once(fake, options):
    """And not by an answer of the token endpoint, or a 403, later on."""
    with pytest.raises(ConfigurationError, match=next(iter(options))):
        fake.applications.add(**options)


@pytest.mark.parametrize(
    "make",
    [
        lambda: ScheduledFaults(by_route={"/users/*": [Throttled()]}),
        lambda: ScheduledFaults(by_route={"PATCH users/*": [Throttled()]}),
        lambda: ScheduledFaults(by_route={"patch /users/*": [Throttled()]}),
        lambda: ScheduledFaults(by_route={"PACTH /users/*": [Throttled()]}),
        lambda: Throttled(retry_after=-1),
        lambda: Unavailable(retry_after=-1),
        lambda: Slow(seconds=-1),
        lambda: Slow(seconds=float("inf")),
        lambda: PlanProvisioning(ends={"TEAMS1": "Eror"}),
    ],
)
def test_faults_that_would_never_happen_are_said(make):
    """A route without a method, a time that can't pass, a status that no plan has."""
    with pytest.raises(ConfigurationError):
        make()
