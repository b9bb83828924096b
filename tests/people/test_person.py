"""Persons and directory accounts."""

from datetime import datetime
from uuid import UUID

import pytest
from attrs.exceptions import FrozenInstanceError

from o365prov.errors import ConfigurationError
from o365prov.people import DirectoryAccount, Person, UserStatus

GUID = UUID("8e81973e-0bec-47b0-b898-d190f9ebdacc")


def test_anchor_is_base64_of_the_bytes_in_the_directorys_order():
    """The source anchor is what Okta and Entra Connect write: base64 of objectGUID's little-endian bytes."""
    assert DirectoryAccount("corp.example", GUID).anchor == "PpeBjuwLsEe4mNGQ+evazA=="


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        ({"displayName": "Ann Lee", "firstName": "A", "lastName": "L", "login": "ann@corp.example"}, "Ann Lee"),
        ({"displayName": "", "firstName": "Ann", "lastName": "Lee", "login": "ann@corp.example"}, "Ann Lee"),
        ({"displayName": None, "firstName": None, "lastName": "Lee", "login": "ann@corp.example"}, "Lee"),
        ({"firstName": "", "lastName": None, "login": "ann@corp.example"}, "ann@corp.example"),
        ({"firstName": 5, "lastName": ["Lee"]}, "5 ['Lee']"),
        ({}, "00u1"),
    ],
)
def test_name_is_the_best_that_the_profile_has(profile, name):
    """A person is called by display name, else both names, else login, else id; empty is the same as absent."""
    assert Person("00u1", "ACTIVE", profile).name == name


def test_profile_cannot_be_changed():
    """A person's profile is read-only, and does not follow changes of the mapping that it was made from."""
    given = {"login": "ann@corp.example"}
    person = Person("00u1", "ACTIVE", given)
    given["login"] = "other"
    with pytest.raises(TypeError):
        person.profile["login"] = "another"  # type: ignore[index]
    assert person.profile["login"] == "ann@corp.example"


def test_person_is_frozen():
    """A person is a value: attributes can't be set."""
    with pytest.raises(FrozenInstanceError):
        Person("00u1", "ACTIVE", {}).status = UserStatus.SUSPENDED  # type: ignore[misc]


def test_unknown_status_is_refused():
    """Only Okta's statuses are statuses."""
    with pytest.raises(ValueError, match="ENABLED"):
        Person("00u1", "ENABLED", {})


def test_repr_shows_no_profile():
    """The repr of a person and of an account holds no profile value, so that logs don't either."""
    account = DirectoryAccount("corp.example", GUID, attributes={"telephoneNumber": "+1 555 0100"})
    person = Person("00u1", "ACTIVE", {"mobilePhone": "+1 555 0100"}, directory_accounts=[account])
    assert "555" not in repr(person)


def test_instants_have_a_time_zone():
    """It is refused when the value is made, not when sessions are compared."""
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - the point
    with pytest.raises(ConfigurationError, match="password_changed has no time zone"):
        Person("00u1", "ACTIVE", {}, password_changed=naive)
    with pytest.raises(ConfigurationError, match="password_last_set has no time zone"):
        DirectoryAccount("corp.example", GUID, password_last_set=naive)


def test_an_empty_cell_of_a_data_frame_is_null():
    """A data frame of pandas has NaN for it, whose text would be a name; a number is a number."""
    profile = Person("1", "ACTIVE", {"firstName": float("nan"), "lastName": "Lee", "floor": 2.5}).profile
    assert profile == {"firstName": None, "lastName": "Lee", "floor": 2.5}
