"""Which people an imported account matches: exactly, by the rule that is set, or partially, by first and last name.

Source: Okta, "Edit app provisioning settings" and "Match imported user attributes".

Decision where the sources are silent: attributes are compared as they are, because Okta's page says that matches are
case sensitive. Usernames, e-mail addresses and names are compared in any case: neither Okta nor Entra tells two
usernames apart that differ in case alone, and to take one for somebody new would make a second person.

People who are deactivated in Okta match like others, but such a match always waits: the address of somebody who left
may have been given to somebody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen

from o365prov.importing.accounts import text_of
from o365prov.importing.settings import ExactMatch
from o365prov.people import Person, UserStatus
from o365prov.planning import TenantUser

Key = tuple[str, ...]
"""What people and accounts are compared by: the rule, and then the values."""

FULL_NAME = "first and last name"
"""The rule of partial matches."""


@frozen
class PeopleFound:
    """Who matches an account.

    Args:
        rule: what matched; empty if nothing did.
        people: the ids of the people.

    """

    rule: str = ""
    people: frozenset[str] = frozenset()


@frozen
class MatchRules:
    """What is compared.

    Args:
        exact: when a match is exact.
        attributes: the attributes that are compared for it: Okta's by Graph's.
        partial: whether partial matches are allowed.

    """

    exact: ExactMatch
    attributes: Mapping[str, str]
    partial: bool

    def exact_keys_of_person(self, person: Person) -> Iterator[Key]:
        """What a person is exactly matched by."""
        values = [text_of(person.profile.get(name)) for name in self.attributes.values()]
        return self._exact(text_of(person.profile.get("login")), text_of(person.profile.get("email")), values)

    def exact_keys_of_account(self, user: TenantUser, login: str) -> Iterator[Key]:
        """What an account is exactly matched by; *login* is its Okta username."""
        values = [text_of(user.properties.get(name)) for name in self.attributes]
        return self._exact(login, text_of(user.properties.get("mail")), values)

    def _exact(self, login: str, email: str, values: list[str]) -> Iterator[Key]:
        if login and self.exact in (ExactMatch.USERNAME, ExactMatch.USERNAME_OR_EMAIL):
            yield "username", login.casefold()
        if email and self.exact in (ExactMatch.EMAIL, ExactMatch.USERNAME_OR_EMAIL):
            yield "email", email.casefold()
        if self.exact is ExactMatch.ATTRIBUTES and all(values):
            yield ", ".join(f"{graph} = {okta}" for graph, okta in self.attributes.items()), *values


def _full_name(first: object, last: object) -> Key:
    names = (text_of(first).casefold(), text_of(last).casefold())
    return (FULL_NAME, *names) if all(names) else ()


@frozen
class PeopleIndex:
    """People by what they are matched by.

    Args:
        rules: what is compared.
        by_key: the ids of the people by what they are exactly matched by.
        by_name: the same by their names.
        names: the names of the people by id.
        deactivated: the ids of those who are deactivated in Okta.

    """

    rules: MatchRules
    by_key: Mapping[Key, frozenset[str]]
    by_name: Mapping[Key, frozenset[str]]
    names: Mapping[str, str]
    deactivated: frozenset[str]

    @classmethod
    def of(cls, people: Iterable[Person], rules: MatchRules) -> PeopleIndex:
        """The index of these people."""
        by_key: dict[Key, set[str]] = {}
        by_name: dict[Key, set[str]] = {}
        names: dict[str, str] = {}
        deactivated: set[str] = set()
        for person in people:
            names[person.id] = person.name
            if person.status is UserStatus.DEPROVISIONED:
                deactivated.add(person.id)
            for key in rules.exact_keys_of_person(person):
                by_key.setdefault(key, set()).add(person.id)
            if name := _full_name(person.profile.get("firstName"), person.profile.get("lastName")):
                by_name.setdefault(name, set()).add(person.id)
        exact, partial = ({key: frozenset(ids) for key, ids in each.items()} for each in (by_key, by_name))
        return cls(rules, exact, partial, names, frozenset(deactivated))

    def exact(self, user: TenantUser, login: str) -> PeopleFound:
        """Who matches the account exactly; its username and its e-mail address may be two people's."""
        keys = [key for key in self.rules.exact_keys_of_account(user, login) if key in self.by_key]
        return (
            PeopleFound(keys[0][0], frozenset().union(*map(self.by_key.__getitem__, keys))) if keys else PeopleFound()
        )

    def partial(self, user: TenantUser) -> PeopleFound:
        """Who has the account's first and last name."""
        name = _full_name(user.properties.get("givenName"), user.properties.get("surname"))
        people = self.by_name.get(name) if self.rules.partial and name else None
        return PeopleFound(FULL_NAME, people) if people else PeopleFound()
