"""Which kinds of harm a plan does to more accounts than the safeguards allow."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from attrs import frozen

from o365prov._annotations import check_call
from o365prov.people import AppUsers, AppUserStatus
from o365prov.planning.hazards.harms import harms_of, leaves
from o365prov.planning.model.changes import Change, CreateUser, LinkUser, RestoreUser, UpdateUser
from o365prov.planning.model.plan import Plan
from o365prov.planning.model.safeguards import RECENT, Harm, Safeguards
from o365prov.rendering import count_text, names_text, printable


def harm_hazards(plan: Plan, safeguards: Safeguards, app_users: AppUsers | None = None) -> tuple[str, ...]:
    """The kinds of harm of which *plan* does more than *safeguards* allow, a line each.

    They are counted again from the plan and its memory, for a tenant that allows less than the app that made the plan.

    Args:
        plan: the plan.
        safeguards: what is allowed.
        app_users: the memory to count by; by default the one that the plan was made with.

    """
    check_call(harm_hazards, locals())
    left = (change.subject.person_id for change in plan if leaves(change))
    known = plan.app_users if app_users is None else app_users
    return Harmed.by(plan.changes, known, plan.made_at, left).beyond(safeguards)


def is_beyond(number: int, of: int, share: float, safeguards: Safeguards) -> bool:
    """Whether *number* accounts are more than the *share* of so many."""
    return of >= max(safeguards.from_accounts, 1) and number / of > share


def named(names: Iterable[str]) -> str:
    """Up to five of the people, in brackets."""
    return f"({names_text(sorted(map(printable, names)))})"


_LINKS = (LinkUser, UpdateUser)
_FINDS = (*_LINKS, RestoreUser)


@frozen
class Harmed:
    """Whom a plan harms how.

    An account that is handed over counts as that of the person who had it.

    Args:
        people: by kind of harm, the names of the people by id.
        active: the ids of people whose accounts are linked and in use.
        remembered: the ids of all people whose accounts are linked: those, and who left before.
        joining: the ids of people whose accounts were there and are linked by this plan.
        created: the ids of people whose accounts this plan creates.
        recent: the ids of people who left in the last days, after the last confirmation.
        left: the ids of people who leave now.

    """

    people: Mapping[Harm, Mapping[str, str]]
    active: frozenset[str]
    remembered: frozenset[str]
    joining: frozenset[str]
    created: frozenset[str]
    recent: frozenset[str]
    left: frozenset[str]

    @classmethod
    def by(cls, changes: Collection[Change], app_users: AppUsers, now: datetime, left: Iterable[str]) -> Harmed:
        """What these changes do.

        Args:
            changes: the plan's changes.
            app_users: the memory that the plan was made with.
            now: when it was made.
            left: the ids of people who are no longer assigned.

        """
        active = frozenset(user.person_id for user in app_users if user.is_in_use)
        gone = frozenset(user.person_id for user in app_users if user.status is AppUserStatus.DELETED)
        remembered = frozenset(user.person_id for user in app_users) - gone
        had = {
            change.subject.person_id: change.takes_over
            for change in changes
            if isinstance(change, _LINKS) and change.takes_over is not None
        }
        people: dict[Harm, dict[str, str]] = {harm: {} for harm in Harm}
        joining: set[str] = set()
        created: set[str] = set()
        for change in changes:
            person_id = had.get(change.subject.person_id, change.subject.person_id)
            for harm in harms_of(change):
                people[harm][person_id] = change.subject.name
            if isinstance(change, CreateUser):
                created.add(person_id)
            elif isinstance(change, _FINDS) and person_id not in remembered:
                joining.add(person_id)
        recent = _recent(app_users, now)
        leaving = active.intersection(left)
        usernames = {user.person_id: user.username for user in app_users if user.person_id in leaving | recent}
        names = {
            change.subject.person_id: change.subject.name for change in changes if change.subject.person_id in usernames
        }
        people[Harm.LEFT] = {person_id: names.get(person_id, name) for person_id, name in usernames.items()}
        return cls(people, active, remembered, frozenset(joining), frozenset(created), recent, leaving)

    def beyond(self, safeguards: Safeguards) -> tuple[str, ...]:
        """What is beyond the safeguards, a line each."""
        return tuple(self._beyond(safeguards))

    def many_leave(self, safeguards: Safeguards) -> bool:
        """Whether so many people leave that it must be confirmed."""
        return bool(self._hazard(Harm.LEFT, self.people[Harm.LEFT], safeguards))

    def _beyond(self, safeguards: Safeguards) -> Iterator[str]:
        said: list[Collection[str]] = []
        for harm in Harm:
            people = self.people[harm]
            if harm is Harm.LEFT and (not self.left or people.keys() in said):
                continue  # nobody leaves now, or all of them were named as blocked or as deleted
            if hazard := self._hazard(harm, people, safeguards):
                said.append(people.keys())
                yield hazard

    def _hazard(self, harm: Harm, people: Mapping[str, str], safeguards: Safeguards) -> str:
        if not people:
            return ""
        share = safeguards.share_of(harm)
        allowed = f"{share * 100:g}% are allowed {named(people.values())}"
        linked = people.keys() & (self.remembered | self.recent)
        of = len(self.active | linked)
        if is_beyond(len(linked), of, share, safeguards):
            names = named(name for person_id, name in people.items() if person_id in linked)
            return f"{harm.words}: {len(linked):,} of {of:,} linked accounts, {share * 100:g}% are allowed {names}"
        if len(linked) < len(people):
            created = self.created if harm is Harm.ROLES_GRANTED else frozenset[str]()
            of = len(self.active | self.joining | created | people.keys())
            if is_beyond(len(people), of, share, safeguards):
                return f"{harm.words}: {len(people):,} of {of:,} accounts that are or will be linked, {allowed}"
        if harm is not Harm.LEFT and len(people) > safeguards.count:
            names = named(people.values())
            return f"{harm.words}: {count_text(len(people), 'account')}, {safeguards.count:,} are allowed {names}"
        return ""


def _recent(app_users: AppUsers, now: datetime) -> frozenset[str]:
    """Who left in the last days; whoever had left when many were confirmed is counted no longer."""
    left = [(user, user.departure) for user in app_users if user.departure and not user.is_in_use]
    confirmed = max((departure.at for _, departure in left if departure.confirmed), default=None)
    return frozenset(
        user.person_id
        for user, departure in left
        if now - departure.at <= RECENT and (confirmed is None or departure.at > confirmed)
    )
