"""People who would get the same username or the same source anchor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from o365prov._annotations import check_call
from o365prov._fields import as_tuple
from o365prov.errors import Issue
from o365prov.people import AppUsers
from o365prov.planning.matching.links import person_text
from o365prov.provisioning import DesiredUser


def collisions(desired: Iterable[DesiredUser], app_users: AppUsers) -> Mapping[str, Issue]:
    """The issues, by person id, of people whose username or anchor another person would get too.

    A person who has the username already keeps it: then only the others are stopped.
    """
    desired = as_tuple(desired)
    check_call(collisions, locals())
    people = list(desired)
    issues: dict[str, Issue] = {}
    for what, key in _KEYS.items():
        for group in _shared(people, key):
            keepers = {each.person_id for each in group if key is _username and _has_username(each, app_users)}
            for person in group:
                if person.person_id not in keepers:
                    others = [other for other in group if other is not person]
                    issues.setdefault(person.person_id, _collision(what, person, others, kept=bool(keepers)))
    return issues


def _username(person: DesiredUser) -> str | None:
    return person.username.lower() if person.username else None


def _anchor(person: DesiredUser) -> str | None:
    return person.anchor


_KEYS = {"the username": _username, "the source anchor": _anchor}


def _shared(people: Sequence[DesiredUser], key: Callable[[DesiredUser], str | None]) -> Iterable[list[DesiredUser]]:
    """The groups of people with the same key."""
    counts = Counter(map(key, people))
    shared: dict[str | None, list[DesiredUser]] = {value: [] for value, count in counts.items() if value and count > 1}
    for person in people if shared else ():
        if (value := key(person)) in shared:
            shared[value].append(person)
    return shared.values()


def _has_username(person: DesiredUser, app_users: AppUsers) -> bool:
    known = app_users.get(person.person_id)
    return known is not None and known.username.lower() == (person.username or "").lower()


def _collision(what: str, person: DesiredUser, others: list[DesiredUser], *, kept: bool) -> Issue:
    names = " and ".join(person_text(other.assignment.person) for other in others)
    if what == "the username":
        value, place = person.username, "userName"
        remedy = "Change the e-mail address of one of them, or choose a username format that gives them different ones"
        if kept:
            remedy += "; if both are one person, unassign the old one: the next plan says how to go on"
    else:
        value, place = person.anchor, "immutableId"
        remedy = "Link each of them with an account of their own in Active Directory, or unassign all but one"
    return Issue("collision", f"{what} {value} is the same for {names}", remedy, place=place)
