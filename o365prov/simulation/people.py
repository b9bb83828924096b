"""The people of a simulated organisation, day after day: who is assigned what, under which name and id."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from attrs import define, evolve, field

from o365prov.people import Assignment, DirectoryAccount, Grants, UserStatus
from o365prov.simulation.machinery.virtual_time import DAY
from o365prov.simulation.schedule.events import Event, Happening

TITLES = 5
"""How many titles people get."""

_NEW = UUID("41dd9c2f-6f0c-4b35-9a52-7c9c2b6f2a0d")
_NEW_PEOPLE = "OU=New,DC=corp,DC=example"


@define(eq=False)
class Employee:
    """Somebody of flesh and blood, whatever the source calls them.

    Args:
        number: which one it is, from 0.
        assignment: what the source says when they are assigned.
        is_assigned: whether they are.
        is_missing: whether the source does not say so today, by mistake.
        ids: how many ids the source gave them.

    """

    number: int
    assignment: Assignment
    is_assigned: bool = True
    is_missing: bool = False
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

    def get_grants(self, grants: Grants) -> None:
        """Be assigned other licences and roles."""
        self.assignment = evolve(self.assignment, grants=grants, role_ends={})

    def get_days(self, *, starts: datetime | None = None, ends: datetime | None = None) -> None:
        """Be assigned from a day on, or until a day."""
        self.assignment = evolve(self.assignment, starts=starts, ends=ends)

    def lose_roles(self, at: datetime) -> None:
        """Have the roles until an instant."""
        self.assignment = evolve(self.assignment, role_ends=dict.fromkeys(self.assignment.grants.roles, at))

    def get_status(self, status: UserStatus) -> None:
        """Have another status in the source."""
        self._person(status=status)

    def happen(self, event: Event, number: int, now: datetime) -> None:
        """Let something happen to nobody else."""
        match event:
            case Event.JOIN:
                self.is_assigned = True
                self.get_status(UserStatus.ACTIVE)
                self.get_days()
            case Event.LEAVE:
                self.is_assigned = False
            case Event.SUSPEND:
                self.get_status(UserStatus.SUSPENDED)
            case Event.STAGE:
                self.get_status(UserStatus.STAGED)
            case Event.START_LATER:
                self.is_assigned = True
                self.get_days(starts=now + _days(number))
            case Event.END_LATER:
                self.get_days(ends=now + _days(number))
            case Event.END_ROLES_LATER:
                self.lose_roles(now + _days(number))
            case Event.PROMOTE:
                self.get_title(f"Level {number % TITLES}")
            case Event.RENAME:
                self.get_number(number)
            case Event.NEW_ID:
                self.get_new_id()
                self.is_assigned = True
            case Event.NEW_PASSWORD:
                self.get_password(now)
            case _:
                pass

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


def _days(number: int) -> timedelta:
    """One to ten days, which end in the middle of a simulated one."""
    return (1 + number % 10) * DAY - DAY / 2


class Staff:
    """Everybody.

    Args:
        assignments: what the source says of everybody on the first day.

    ``is_complete`` says whether the source is read as a whole today.

    """

    def __init__(self, assignments: Iterable[Assignment]) -> None:
        self.all = [Employee(number, each) for number, each in enumerate(assignments)]
        found = dict.fromkeys(each.assignment.grants for each in self.all)
        self._grants = (*found, Grants())
        self.is_complete = True

    def __getitem__(self, number: int) -> Employee:
        """The person of this number; beyond the last one it begins again."""
        return self.all[number % len(self.all)]

    @property
    def assignments(self) -> list[Assignment]:
        """What the source says today."""
        return [each.assignment for each in self.all if each.is_assigned and not each.is_missing]

    def next_day(self) -> None:
        """What was wrong with the source is right again."""
        self.is_complete = True
        for each in self.all:
            each.is_missing = False

    def everybody_leaves(self) -> None:
        """Nobody is assigned any more."""
        for each in self.all:
            each.is_assigned = False

    def happen(self, happening: Happening, now: datetime) -> None:
        """Let something happen to people."""
        one, other, number = self[happening.one], self[happening.other], happening.number
        match happening.event:
            case Event.HIRE:
                self.all.append(one.newcomer(len(self.all)))
            case Event.REGRANT:
                one.is_assigned = True
                one.get_grants(self._grants[number % len(self._grants)])
            case Event.SWAP:
                mine = one.address
                one.get_address(other.address)
                other.get_address(mine)
            case Event.NAMESAKE if one is not other:
                one.is_assigned, other.is_assigned = False, True
                local, _, domain = one.address.partition("@")
                other.get_address(one.address)
                one.get_address(f"{local}.was@{domain}")
            case Event.NEW_MANAGER:
                one.get_manager(other)
            case Event.REORGANIZE:
                self._reorganize(number)
                self.all.append(one.newcomer(len(self.all)))
            case Event.UNSUSPEND:
                for each in self.all:
                    if each.assignment.person.status in (UserStatus.SUSPENDED, UserStatus.STAGED):
                        each.get_status(UserStatus.ACTIVE)
            case Event.READ_IN_PART:
                self.is_complete = False
            case Event.MISREAD:
                for each in self.all:
                    each.is_missing = (each.number + number) % 4 == 0
            case _:
                one.happen(happening.event, number, now)

    def _reorganize(self, number: int) -> None:
        for each in self.all:
            if (each.number + number) % 4 == 0:
                each.get_number(number)
            each.is_assigned = bool((each.number + number) % 3)
            each.get_title(f"Level {(each.number + number) % TITLES}")
            each.get_grants(self._grants[(each.number + number) % len(self._grants)])
