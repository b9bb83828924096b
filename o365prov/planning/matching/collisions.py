"""People who would get the same username or the same source anchor, found before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from o365prov.errors import Issue
from o365prov.people import AppUsers
from o365prov.provisioning import DesiredUser


def collisions(desired: Iterable[DesiredUser], app_users: AppUsers) -> Mapping[str, Issue]:
    """What is wrong, by person id, for people whose username or anchor another person is to get too.

    A person who has the username already keeps it: then only the others are stopped.
    """
    everybody = list(desired)
    found: dict[str, Issue] = {}
    for what, wants in _WANTED.items():
        for rivals in _shared(everybody, wants):
            keepers = {each.person_id for each in rivals if wants is _username and _holds(each, app_users)}
            for rival in rivals:
                if rival.person_id not in keepers:
                    others = [other for other in rivals if other is not rival]
                    found.setdefault(rival.person_id, _collision(what, rival, others))
    return found


def _username(person: DesiredUser) -> str | None:
    return person.username.lower() if person.username else None


def _anchor(person: DesiredUser) -> str | None:
    return person.anchor


_WANTED = {"the username": _username, "the source anchor": _anchor}


def _shared(people: Iterable[DesiredUser], wants: Callable[[DesiredUser], str | None]) -> Iterable[list[DesiredUser]]:
    """The people who want the same, where there are several."""
    wanted = [(value, person) for person in people if (value := wants(person))]
    counts = Counter(value for value, _ in wanted)
    shared: dict[str, list[DesiredUser]] = {value: [] for value, count in counts.items() if count > 1}
    for value, person in wanted:
        if value in shared:
            shared[value].append(person)
    return shared.values()


def _holds(person: DesiredUser, app_users: AppUsers) -> bool:
    known = app_users.get(person.person_id)
    return known is not None and known.username.lower() == (person.username or "").lower()


def _collision(what: str, person: DesiredUser, others: list[DesiredUser]) -> Issue:
    names = " and ".join(
        f"{other.assignment.person.name} ({other.assignment.person.profile.get('login') or other.person_id})"
        for other in others
    )
    value = person.username if what == "the username" else person.anchor
    return Issue(
        "collision",
        f"{what} {value} is also that of {names}",
        "Change the e-mail address of one of them, or make the username format tell them apart",
        place="userName" if what == "the username" else "immutableId",
    )
