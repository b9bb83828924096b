"""Putting sources together."""

import pickle
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from o365prov.people import DirectoryAccount, Person
from o365prov.sources import OktaExport, ldif, okta_json

DATA = Path(__file__).parents[2] / "examples" / "data"
GUID = UUID("8e81973e-0bec-47b0-b898-d190f9ebdacc")
BEFORE = datetime(2025, 1, 1, tzinfo=UTC)
AFTER = datetime(2025, 2, 1, tzinfo=UTC)


def ann(**account):
    """A person with one account that Okta knows."""
    okta = DirectoryAccount("corp.example", GUID, "CN=Ann,DC=corp", BEFORE, **account)
    return Person("00u1", "ACTIVE", {"login": "ann@corp.example"}, directory_accounts=[okta])


def brought_up_to_date(people, accounts):
    """The people of an export after a directory was read."""
    return OktaExport(people).with_directory(accounts).people


def test_directory_wins_and_okta_adds():
    """The directory's attributes are newer than Okta's copy; what only Okta has stays."""
    person = ann(attributes={"title": "Clerk", "managerDn": "CN=Bo"})
    [enriched] = brought_up_to_date([person], [DirectoryAccount("ldif", GUID, attributes={"title": "Head", "st": "L"})])
    [account] = enriched.directory_accounts
    assert account.attributes == {"title": "Head", "managerDn": "CN=Bo", "st": "L"}


def test_instance_keeps_its_name():
    """The account stays one of the instance that Okta names, under the directory's newer dn."""
    [enriched] = brought_up_to_date([ann()], [DirectoryAccount("ldif", GUID, "CN=Ann Lee,DC=corp")])
    [account] = enriched.directory_accounts
    assert (account.instance, account.distinguished_name) == ("corp.example", "CN=Ann Lee,DC=corp")


def test_newer_password_instant_wins():
    """A password change that Okta has not imported yet is taken from the directory."""
    [enriched] = brought_up_to_date([ann()], [DirectoryAccount("ldif", GUID, None, AFTER)])
    assert enriched.directory_accounts[0].password_last_set == AFTER


def test_reset_password_has_no_instant():
    """A directory that says 0 ("must change") is believed."""
    [enriched] = brought_up_to_date([ann()], [DirectoryAccount("ldif", GUID, attributes={"pwdLastSet": "0"})])
    assert enriched.directory_accounts[0].password_last_set is None


def test_export_without_password_attribute_says_nothing():
    """An export of fewer attributes leaves Okta's instant and name as they are."""
    [enriched] = brought_up_to_date([ann()], [DirectoryAccount("ldif", GUID, attributes={"title": "Head"})])
    [account] = enriched.directory_accounts
    assert (account.password_last_set, account.distinguished_name) == (BEFORE, "CN=Ann,DC=corp")


def test_accounts_are_joined_by_guid_alone():
    """A person whom Okta does not link gets no account, whatever the directory says."""
    stranger = DirectoryAccount("ldif", UUID(int=1), attributes={"email": "ann@corp.example"})
    bo = Person("00u2", "ACTIVE", {"login": "ann@corp.example"})
    assert brought_up_to_date([ann(), bo], [stranger]) == (ann(), bo)


def test_example_organization_with_its_directory():
    """The example's directory brings attributes that Okta's copy lacks, and contradicts it nowhere."""
    organization = okta_json.read_organization(DATA)
    enriched = organization.with_directory(ldif.read_accounts(DATA / "active-directory.ldif"))
    pairs = [
        (old, new)
        for before, after in zip(organization.people, enriched.people, strict=True)
        for old, new in zip(before.directory_accounts, after.directory_accounts, strict=True)
    ]
    assert len(pairs) == 30
    for old, new in pairs:
        assert old.attributes.items() <= new.attributes.items()
        assert {"objectSid", "telephoneNumber", "whenChanged"} <= new.attributes.keys() - old.attributes.keys()
        assert (old.anchor, old.password_last_set) == (new.anchor, new.password_last_set)


def test_with_directory_changes_people_only():
    """Groups and assignments of an organisation stay what they were."""
    organization = OktaExport([ann()], individual={})
    assert organization.with_directory([]) == organization


def test_values_survive_pickling():
    """What was read can be handed to another process."""
    organization = okta_json.read_organization(DATA)
    accounts = ldif.read_accounts(DATA / "active-directory.ldif")
    entries = list(ldif.read_entries(DATA / "active-directory.ldif"))
    values = (organization, accounts, entries)
    assert pickle.loads(pickle.dumps(values)) == values  # noqa: S301 - ours
