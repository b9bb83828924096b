"""Whom and what expressions can ask for besides the person: managers, assistants, and the person in apps.

Source: Okta Expression Language overview, "Manager and assistant functions", "Linked Object function", "Application
attributes", "Organization attributes".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen

from o365prov._annotations import check_call
from o365prov._fields import as_tuple, optional_mapping, typed
from o365prov.errors import ConfigurationError
from o365prov.people.distinguished_name import comparable_name
from o365prov.people.person import Person


@frozen(field_transformer=typed, repr=False)
class Related:
    """What a source knows around one person, for expressions.

    None is what the source does not give; an empty mapping is something that the person does not have.

    Args:
        managers: the person's manager in a list of one, found through Active Directory; an empty one for nobody.
        assistants: the person's assistant, in the same way.
        app_user: the person's profile in the Office 365 app, ``appuser`` in expressions.
        app: the settings of that app, ``app`` in expressions.
        app_users: the person's profiles in other apps, by the names that expressions have for them, such as
            ``workday``.
        linked: the people whom Okta links to the person, by the primary name of the link, such as ``manager``.
        org: the organisation, ``org`` in expressions: ``name`` and ``subDomain``.

    """

    managers: tuple[Person, ...] | None = None
    assistants: tuple[Person, ...] | None = None
    app_user: Mapping[str, Any] | None = field(default=None, converter=optional_mapping, hash=False)
    app: Mapping[str, Any] | None = field(default=None, converter=optional_mapping, hash=False)
    app_users: Mapping[str, Any] | None = field(default=None, converter=optional_mapping, hash=False)
    linked: Mapping[str, Person] | None = field(default=None, converter=optional_mapping, hash=False)
    org: Mapping[str, Any] | None = field(default=None, converter=optional_mapping, hash=False)

    def __attrs_post_init__(self) -> None:
        for name, people in (("managers", self.managers), ("assistants", self.assistants)):
            if people and len(people) > 1:
                raise ConfigurationError(f"Related.{name} should be a tuple of at most one person")

    @property
    def given(self) -> frozenset[str]:
        """What expressions may ask for, as they write it: ``appuser``, ``getManagerUser()``, and so on."""
        names = {
            "getManagerUser()": self.managers,
            "getManagerAppUser()": self.managers,
            "getAssistantUser()": self.assistants,
            "getAssistantAppUser()": self.assistants,
            "appuser": self.app_user,
            "app": self.app,
            "hasWorkdayUser()": self.app_users,
            "findWorkdayUser()": self.app_users,
            "user.getLinkedObject()": self.linked,
            "org": self.org,
        }
        return frozenset(name for name, value in names.items() if value is not None)

    def __repr__(self) -> str:
        """What is given: no value, which is personal."""
        return f"Related({', '.join(sorted(self.given)) or 'nothing'})"


NOT_ALWAYS_GIVEN = Related((), (), {}, {}, {}, {}, {}).given
"""What expressions may ask for and only some sources give."""

_MANAGER, _ASSISTANT = ("managerDn", "managerUpn"), ("assistantDn", "assistant", "secretary")
"""The attributes of accounts that name somebody else: a distinguished name, or a user principal name."""


def managers_and_assistants(
    people: Iterable[Person], *, everybody: bool = True
) -> Mapping[str, tuple[tuple[Person, ...] | None, tuple[Person, ...] | None]]:
    """The manager and the assistant of each person who has an account, by person id, each in a tuple of at most one.

    They are found by the names that accounts in Active Directory have of each other's. A name that more than one person
    has is nobody's.

    Args:
        people: the people, and those who may be managers and assistants.
        everybody: whether these are all; if not, it is not known (None) who has a name that none of them has.

    >>> from uuid import UUID
    >>> from o365prov.people import DirectoryAccount
    >>> bo = DirectoryAccount("corp.example", UUID(int=1), "CN=Bo,DC=corp,DC=example")
    >>> ann = DirectoryAccount("corp.example", UUID(int=2), attributes={"managerDn": "cn=bo, dc=corp, dc=example"})
    >>> people = [Person(key, "ACTIVE", {}, directory_accounts=[each]) for key, each in (("bo", bo), ("ann", ann))]
    >>> managers_and_assistants(people)["ann"][0]
    (Person(id='bo', name='bo'),)

    """
    people = as_tuple(people)
    check_call(managers_and_assistants, locals())
    holders: dict[str, list[Person]] = {}
    for person in people:
        for name in {
            comparable_name(name)
            for account in person.directory_accounts
            for name in (account.distinguished_name, account.attributes.get("userName"))
            if isinstance(name, str) and name
        }:
            holders.setdefault(name, []).append(person)
    nobody = () if everybody else None
    return {
        person.id: (_named(person, _MANAGER, holders, nobody), _named(person, _ASSISTANT, holders, nobody))
        for person in people
        if person.directory_accounts
    }


def _named(
    person: Person, attributes: Iterable[str], holders: Mapping[str, list[Person]], unknown: tuple[Person, ...] | None
) -> tuple[Person, ...] | None:
    """Who has one of the names in these attributes; *unknown* if there is a name, and nobody has it."""
    names = [account.attributes.get(each) for account in person.directory_accounts for each in attributes]
    for name in names:
        found = holders.get(comparable_name(name), ()) if isinstance(name, str) else ()
        if len(found) == 1:
            return tuple(found)
    return unknown if any(names) else ()
