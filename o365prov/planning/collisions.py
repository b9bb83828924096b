"""People who would get the same username or the same source anchor, found before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from o365prov.people import AppUsers
from o365prov.profiles import Finding
from o365prov.provisioning import DesiredUser


def collisions(desired: Iterable[DesiredUser], app_users: AppUsers) -> Mapping[str, Finding]:
    """What is wrong, by person id, for everybody whose username or anchor somebody else wants too.

    Somebody who has the username already keeps it: then only the others are stopped.
    """
    everybody = list(desired)
    wanted: dict[tuple[str, str], list[DesiredUser]] = {}
    for person in everybody:
        if person.username:
            wanted.setdefault(("the username", person.username.lower()), []).append(person)
        if person.anchor:
            wanted.setdefault(("the source anchor", person.anchor), []).append(person)
    found: dict[str, Finding] = {}
    for (what, _), rivals in wanted.items():
        if len(rivals) == 1:
            continue
        keepers = {rival.person_id for rival in rivals if what == "the username" and _holds(rival, app_users)}
        for rival in rivals:
            if rival.person_id not in keepers:
                others = [other for other in rivals if other is not rival]
                found.setdefault(rival.person_id, _collision(what, rival, others))
    return found


def _holds(person: DesiredUser, app_users: AppUsers) -> bool:
    known = app_users.get(person.person_id)
    return known is not None and known.username.lower() == (person.username or "").lower()


def _collision(what: str, person: DesiredUser, others: list[DesiredUser]) -> Finding:
    names = " and ".join(
        f"{other.assignment.person.name} ({other.assignment.person.profile.get('login') or other.person_id})"
        for other in others
    )
    value = person.username if what == "the username" else person.anchor
    return Finding(
        "collision",
        f"{what} {value} is also that of {names}",
        "Change the e-mail address of one of them, or make the username format tell them apart",
        attribute="userName" if what == "the username" else "immutableId",
        stops=True,
    )
