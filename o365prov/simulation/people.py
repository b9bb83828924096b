"""The people of a simulated organisation, day after day: who is assigned what, under which name and id."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from attrs import define, evolve, field

from o365prov.people import Assignment, DirectoryAccount, Grants, UserStatus
from o365prov.simulation.schedule.events import Event, Happening

_TITLES = 5
_NEW = UUID("41dd9c2f-6f0c-4b35-9a52-7c9c2b6f2a0d")
_NEW_PEOPLE = "OU=New,DC=corp,DC=example"


@define(eq=False)
class Employee:
    """Somebody of flesh and blood, whatever the source calls them.

    Args:
        number: which one it is, from 0.
        assignment: what the source says when they are assigned.
        is_assigned: whether they are.
        ids: how many ids the source gave them.

    """

    number: int
    assignment: Assignment
    is_assigned: bool = True
    ids: int = 1
    _first_id: str = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._first_id = self.assignment.person.id

    @property
    def name(self) -> str:
        """How the story calls them."""
        return self.assignment.person.name

    @property
    def person_ids(self) -> tuple[str, ...]:
        """Every id that the source gave them, the newest last."""
        return (self._first_id, *(f"{self._first_id}-{number}" for number in range(2, self.ids + 1)))

    def identities(self) -> dict[str, str]:
        """Who each of the ids is, as far as anybody can know: an account in Active Directory stays the same."""
        is_known = bool(self.assignment.person.directory_accounts)
        return {person_id: self._first_id if is_known else person_id for person_id in self.person_ids}

    def newcomer(self, number: int) -> Employee:
        """Somebody new of this number, who is assigned the same."""
        person = self.assignment.person
        _, _, domain = self.address.partition("@")
        name, address = f"New {number}", f"new.{number}@{domain}"
        accounts = [
            evolve(each, object_guid=uuid5(_NEW, name), distinguished_name=f"CN={name},{_NEW_PEOPLE}")
            for each in person.directory_accounts
        ]
        names = {"firstName": "New", "lastName": f"{number}", "displayName": name, "login": address, "email": address}
        profile = {**person.profile, **names}
        new = evolve(person, id=f"new-{number}", profile=profile, directory_accounts=accounts)
        return Employee(number, evolve(self.assignment, person=new))

    def get_new_id(self) -> None:
        """Come back as another person of the source, with the same account in Active Directory."""
        self.ids += 1
        self._person(id=self.person_ids[-1])

    def get_address(self, address: str) -> None:
        """Have another login and e-mail address."""
        profile = self.assignment.person.profile
        self._person(profile={**profile, "login": address, "email": address})

    def get_number(self, number: int) -> None:
        """Have an address with this number."""
        local, _, domain = self.address.partition("@")
        self.get_address(f"{local.partition('.n')[0]}.n{number}@{domain}")

    def get_title(self, title: str) -> None:
        """Have another job."""
        self._person(profile={**self.assignment.person.profile, "title": title})

    def get_manager(self, manager: Employee) -> None:
        """Have another manager, as far as the directory can say who that is."""
        profile = dict(self.assignment.person.profile)
        name = next((each.distinguished_name for each in manager.assignment.person.directory_accounts), None)
        accounts = [self._with_manager(each, name) for each in self.assignment.person.directory_accounts]
        self._person(profile={**profile, "managerId": manager.address}, directory_accounts=accounts)

    def get_password(self, now: datetime) -> None:
        """Have another password, in the source and in its directory."""
        accounts = [evolve(each, password_last_set=now) for each in self.assignment.person.directory_accounts]
        self._person(password_changed=now, directory_accounts=accounts)

    def get_status(self, status: UserStatus) -> None:
        """Have another status in the source."""
        self._person(status=status)

    @property
    def address(self) -> str:
        """The e-mail address, or else the login."""
        profile = self.assignment.person.profile
        return str(profile.get("email") or profile.get("login") or self._first_id)

    def _person(self, **changes: Any) -> None:
        self.assignment = evolve(self.assignment, person=evolve(self.assignment.person, **changes))

    @staticmethod
    def _with_manager(account: DirectoryAccount, name: str | None) -> DirectoryAccount:
        return evolve(account, attributes={**account.attributes, "managerDn": name})


class Staff:
    """Everybody.

    Args:
        assignments: what the source says of everybody on the first day.

    """

    def __init__(self, assignments: Iterable[Assignment]) -> None:
        self.all = [Employee(number, each) for number, each in enumerate(assignments)]
        found = dict.fromkeys(each.assignment.grants for each in self.all)
        self._grants = (*found, Grants())

    def __getitem__(self, number: int) -> Employee:
        """The person of this number; beyond the last one it begins again."""
        return self.all[number % len(self.all)]

    @property
    def assignments(self) -> list[Assignment]:
        """What the source says today."""
        return [each.assignment for each in self.all if each.is_assigned]

    def everybody_leaves(self) -> None:
        """Nobody is assigned any more."""
        for each in self.all:
            each.is_assigned = False

    def happen(self, happening: Happening, now: datetime) -> None:
        """Let something happen to people."""
        one, other, number = self[happening.one], self[happening.other], happening.number
        match happening.event:
            case Event.JOIN:
                one.is_assigned = True
                one.get_status(UserStatus.ACTIVE)
            case Event.HIRE:
                self.all.append(one.newcomer(len(self.all)))
            case Event.LEAVE:
                one.is_assigned = False
            case Event.REGRANT:
                one.is_assigned = True
                one.assignment = evolve(one.assignment, grants=self._grants[number % len(self._grants)])
            case Event.REORGANIZE:
                for each in self.all:
                    if (each.number + number) % 4 == 0:
                        each.get_number(number)
                    each.is_assigned = bool((each.number + number) % 3)
                    each.get_title(f"Level {(each.number + number) % _TITLES}")
                    grants = self._grants[(each.number + number) % len(self._grants)]
                    each.assignment = evolve(each.assignment, grants=grants)
                self.all.append(one.newcomer(len(self.all)))
            case Event.SUSPEND:
                one.get_status(UserStatus.SUSPENDED)
            case Event.PROMOTE:
                one.get_title(f"Level {number % _TITLES}")
            case Event.RENAME:
                one.get_number(number)
            case Event.SWAP:
                mine = one.address
                one.get_address(other.address)
                other.get_address(mine)
            case Event.NAMESAKE if one is not other:
                one.is_assigned, other.is_assigned = False, True
                local, _, domain = one.address.partition("@")
                other.get_address(one.address)
                one.get_address(f"{local}.was@{domain}")
            case Event.NEW_ID:
                one.get_new_id()
                one.is_assigned = True
            case Event.NEW_MANAGER:
                one.get_manager(other)
            case Event.NEW_PASSWORD:
                one.get_password(now)
            case _:
                pass
