"""What an import decides about every account: each is of one class, and its link is made or waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property

from attrs import evolve, frozen

from o365prov.importing.accounts import display_name, login_of, obstacles_of, profile_of
from o365prov.importing.decisions import UserImport, UserOutcome
from o365prov.importing.matching import PeopleFound, PeopleIndex
from o365prov.importing.memory import ImportMemory
from o365prov.importing.settings import ImportObstacle, OktaUsername
from o365prov.planning import TenantUser
from o365prov.rendering import names_text

WAITS = "waits for confirmation"


@frozen
class ConfirmationRules:
    """What is confirmed without somebody looking at it.

    Args:
        exact: exact matches.
        partial: partial matches.
        new: new users.
        activate: whether new users are activated.

    """

    exact: bool
    partial: bool
    new: bool
    activate: bool


@frozen(slots=False)
class UserDecider:
    """Decides about the accounts of one tenant.

    Args:
        accounts: the accounts.
        memory: what earlier imports gave.
        provisioned: by object id, the people whose accounts the app provisions.
        people: the people of the organisation.
        choices: by object id, whose account it is; None for a new person.
        include: the obstacles in spite of which accounts are imported.
        confirmation: what is confirmed.
        attributes: by attribute of Okta's user profile, the property of Graph.
        username: what the Okta username is.

    """

    accounts: Collection[TenantUser]
    memory: ImportMemory
    provisioned: Mapping[str, str]
    people: PeopleIndex
    choices: Mapping[str, str | None]
    include: Collection[ImportObstacle]
    confirmation: ConfirmationRules
    attributes: Mapping[str, str]
    username: OktaUsername

    def decisions(self) -> Iterator[UserImport]:
        """One for each account of the tenant, and for each that was imported and is gone."""
        present = {each.id for each in self.accounts}
        yield from self._checked([self._decided(each) for each in self.accounts])
        for known in self.memory.users:
            if known.object_id not in present:
                yield UserImport(
                    known.object_id,
                    known.username,
                    known.username,
                    UserOutcome.UNASSIGNED,
                    "the account is not in Office 365 any more",
                    known.person_id,
                    self.people.names.get(known.person_id, ""),
                )

    @cached_property
    def _obstacles(self) -> Mapping[str, tuple[ImportObstacle, ...]]:
        return {each.id: found for each in self.accounts if (found := obstacles_of(each))}

    def _stopped_by(self, user: TenantUser) -> list[ImportObstacle]:
        return [each for each in self._obstacles.get(user.id, ()) if each not in self.include]

    @cached_property
    def _linked(self) -> Mapping[str, str]:
        """By object id, the people whose importable accounts are known."""
        remembered = {each.object_id: each.person_id for each in self.memory.users}
        known = {**remembered, **self.provisioned}
        return {each.id: known[each.id] for each in self.accounts if each.id in known and not self._stopped_by(each)}

    @cached_property
    def _found(self) -> Mapping[str, tuple[UserOutcome, PeopleFound]]:
        """By object id, who matches the accounts of which nothing is known, and how."""
        found: dict[str, tuple[UserOutcome, PeopleFound]] = {}
        for user in self.accounts:
            if user.id in self._linked or user.id in self.choices or self._stopped_by(user):
                continue
            exact = self.people.exact(user, login_of(user, self.username))
            partial = exact if exact.people else self.people.partial(user)
            outcome = UserOutcome.EXACT if exact.people else UserOutcome.PARTIAL if partial.people else UserOutcome.NEW
            found[user.id] = outcome, partial
        return found

    @cached_property
    def _taken(self) -> Mapping[str, str]:
        """By the people who have an account already, or are given one by the caller, why nobody else can have them."""
        chosen = {person_id: "is chosen for another account" for person_id in self.choices.values() if person_id}
        known = (*self._linked.values(), *self.provisioned.values())
        return {**chosen, **dict.fromkeys(known, "has an account already")}

    @cached_property
    def _claims(self) -> tuple[Counter[str], Counter[str]]:
        """How many accounts match each person exactly, and how many do partially."""
        exact: Counter[str] = Counter()
        partial: Counter[str] = Counter()
        for outcome, found in self._found.values():
            (exact if outcome is UserOutcome.EXACT else partial).update(found.people)
        return exact, partial

    def _decided(self, user: TenantUser) -> UserImport:
        if stopping := self._stopped_by(user):
            return self._not_importable(user, stopping)
        if user.id in self._linked:
            how = "provisioned by the app" if user.id in self.provisioned else "imported before"
            return self._row(user, UserOutcome.LINKED, how, self._linked[user.id])
        if user.id in self.choices:
            return self._chosen(user, self.choices[user.id])
        return self._matched(user, *self._found[user.id])

    def _row(self, user: TenantUser, outcome: UserOutcome, reason: str, person_id: str | None = None) -> UserImport:
        return UserImport(
            user.id,
            user.username,
            display_name(user),
            outcome,
            reason,
            person_id,
            self.people.names.get(person_id or "", ""),
            obstacles=self._obstacles.get(user.id, ()),
            profile=self._profile(user),
        )

    def _profile(self, user: TenantUser) -> Mapping[str, str]:
        return profile_of(user, self.attributes, self.username)

    def _not_importable(self, user: TenantUser, stopping: list[ImportObstacle]) -> UserImport:
        """What Okta would not import: if it was imported before, the app is taken from its person."""
        why = " and ".join(each.words for each in stopping)
        if known := self.memory.by_account.get(user.id):
            return self._row(user, UserOutcome.UNASSIGNED, why, known.person_id)
        return self._row(user, UserOutcome.NOT_IMPORTED, why)

    def _chosen(self, user: TenantUser, person_id: str | None) -> UserImport:
        if person_id is None:
            return self._new(user, "said to be somebody new", confirmed=True)
        row = self._row(user, UserOutcome.CHOSEN, "said to be this person's", person_id)
        return evolve(row, candidates=(person_id,), confirmed=True)

    def _new(self, user: TenantUser, reason: str, *, confirmed: bool) -> UserImport:
        row = self._row(user, UserOutcome.NEW, reason, user.id)
        return evolve(row, confirmed=confirmed, activated=confirmed and self.confirmation.activate)

    def _matched(self, user: TenantUser, outcome: UserOutcome, found: PeopleFound) -> UserImport:
        if outcome is UserOutcome.NEW:
            confirmed = self.confirmation.new
            return self._new(user, "matches nobody" if confirmed else f"matches nobody; {WAITS}", confirmed=confirmed)
        candidates = sorted(found.people)
        row = self._row(user, outcome, f"matches by {found.rule}", candidates[0] if len(candidates) == 1 else None)
        doubt = self._doubt(outcome, candidates)
        confirmed = not doubt and (
            self.confirmation.exact if outcome is UserOutcome.EXACT else self.confirmation.partial
        )
        reason = row.reason if confirmed else f"{row.reason}; {doubt or WAITS}"
        return evolve(row, reason=reason, rule=found.rule, candidates=candidates, confirmed=confirmed)

    def _doubt(self, outcome: UserOutcome, candidates: Sequence[str]) -> str:
        """Why a match can't be confirmed without somebody looking at it; empty if it can."""
        if len(candidates) > 1:
            return f"{len(candidates):,} people match ({names_text(candidates)})"
        [person_id] = candidates
        if person_id in self._taken:
            return f"this person {self._taken[person_id]}"
        if person_id in self.people.deactivated:
            return "this person is deactivated"
        exact, partial = self._claims
        if outcome is UserOutcome.PARTIAL and exact[person_id]:
            return "another account matches this person exactly"
        claims = exact[person_id] if outcome is UserOutcome.EXACT else partial[person_id]
        return f"{claims:,} accounts match this person" if claims > 1 else ""

    def _checked(self, rows: list[UserImport]) -> Iterator[UserImport]:
        """The rows; new users with the same Okta username wait, because Okta takes a username once."""
        logins = Counter(each.profile["login"].casefold() for each in rows if each.outcome is UserOutcome.NEW)
        for row in rows:
            same = logins[row.profile["login"].casefold()] if row.outcome is UserOutcome.NEW else 1
            if same > 1 and row.object_id not in self.choices:
                reason = f"matches nobody; {same:,} new accounts have the username {row.profile['login']}"
                yield evolve(row, reason=reason, confirmed=False, activated=False)
            else:
                yield row
