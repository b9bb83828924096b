"""Names that the author of a test got wrong are met with the right one."""

from __future__ import annotations

import pytest

from o365prov.errors import ConfigurationError, UsageError
from o365prov.testing import FakeTenant


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"licences": {"SPE_E3": 1}}, "did you mean 'licenses'"),
        ({"Domains": ()}, "did you mean 'domains'"),
        ({"permission": ()}, "did you mean 'permissions'"),
        ({"xyz": 1}, "it has domains, licenses, clock"),
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
