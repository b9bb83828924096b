"""The account of each person, and what the transition table says about it; or the problem that stops the person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from attrs import evolve, frozen

from o365prov._fields import unchecked
from o365prov.errors import Issue
from o365prov.people import AppUser, AppUsers
from o365prov.planning.lifecycle.exclusions import excluded_account
from o365prov.planning.lifecycle.joiners import not_started
from o365prov.planning.matching import issues
from o365prov.planning.matching.collisions import collisions
from o365prov.planning.matching.links import AccountLinks, person_text
from o365prov.planning.matching.match import Found, find_account
from o365prov.planning.matching.names import UsernameOrder
from o365prov.planning.matching.neighbours import neighbours
from o365prov.planning.model.change_parts import Subject
from o365prov.planning.model.options import PlanOptions, PlanRequest, Scope
from o365prov.planning.model.problems import Problem
from o365prov.planning.rules.addresses import personal_addresses
from o365prov.planning.tenant.snapshot import TenantSnapshot, TenantUser
from o365prov.planning.transitions.lookup import transition
from o365prov.planning.transitions.matched_user import MatchedUser
from o365prov.planning.transitions.situations import Control, ProblemCode, Situation, Step, Wanted
from o365prov.planning.transitions.states import account_state, control_of, memory_of, was_blocked_by_us
from o365prov.planning.transitions.transition import Transition
from o365prov.provisioning import DesiredUser

# One of each is made for everybody.
_subject = unchecked(Subject)
_matched = unchecked(MatchedUser)
_situation = unchecked(Situation)


def match_users(
    people: Sequence[DesiredUser],
    rules: PlanOptions,
    snapshot: TenantSnapshot,
    app_users: AppUsers,
    *,
    staying: Collection[str] = (),
    request: PlanRequest,
) -> Iterator[MatchedUser | Problem]:
    """Match people with accounts, and find the problems: everybody whom the plan is about, and their neighbours.

    People who have a username or source anchor in common are stopped, and so are people whose username or required
    attributes can't be computed.

    Args:
        people: everybody who is provisioned.
        rules: what the app allows.
        snapshot: what the tenant holds.
        app_users: the memory.
        staying: the ids of other people who have not left.
        request: whom the plan is about, and what the caller has decided. Nobody else's rename frees a username.

    """
    persons = {each.person_id: each.assignment.person for each in people}
    here = frozenset(persons).union(staying)
    matcher = _Matcher(
        rules, snapshot, app_users, AccountLinks.of(app_users, here, persons, request.transfers, rules.provisioning)
    )
    results = list(matcher.accounts(people, neighbours(people, rules, snapshot, app_users, request)))
    matched = [each for each in results if isinstance(each, MatchedUser)]
    matches = Counter(each.account.id for each in matched if each.account)
    unshared = [
        Problem(each.subject, issues.shared_account(each.account.username))
        if isinstance(each, MatchedUser) and each.account and matches[each.account.id] > 1
        else each
        for each in results
    ]
    yield from UsernameOrder(rules, snapshot, matcher.links, request.is_about).resolve(unshared)


@frozen
class _Matcher:
    """Matches people, one after the other."""

    rules: PlanOptions
    snapshot: TenantSnapshot
    app_users: AppUsers
    links: AccountLinks

    def accounts(
        self, people: Sequence[DesiredUser], looked_for: Sequence[DesiredUser]
    ) -> Iterator[MatchedUser | Problem]:
        """The account and problems of each of those who are *looked_for* among *people*."""
        clashes = collisions(people, self.app_users)
        renamed = self._renamed(looked_for)
        for desired in looked_for:
            subject = subject_of(desired, self.app_users.get(desired.person_id))
            for issue in desired.issues:
                yield Problem(subject, issue)
            clash = clashes.get(desired.person_id)
            if clash:
                yield Problem(subject, clash)
            elif not desired.blocked:
                yield from self._account(desired, subject, renamed)

    def _renamed(self, people: Sequence[DesiredUser]) -> frozenset[str]:
        """The linked accounts whose people should have another username."""
        if not self.rules.provisioning.renames or not self.rules.provisioning.update_attributes:
            return frozenset()
        linked = ((desired, self.links.known(desired)) for desired in people if desired.username)
        return frozenset(
            account.id
            for desired, known in linked
            if known and (account := self.snapshot.by_id.get(known.object_id))
            if account.username.lower() != (desired.username or "").lower()
        )

    def _account(
        self, desired: DesiredUser, subject: Subject, renamed: Collection[str]
    ) -> Iterator[MatchedUser | Problem]:
        sends_anchor = bool(self.rules.provisioning.attributes)
        found = find_account(desired, self.snapshot, self.links, sends_anchor=sends_anchor, renamed=renamed)
        if isinstance(found, Issue):
            yield Problem(subject, found)
            return
        row = transition(self._situation(found, desired, subject))
        if row.problem is not ProblemCode.NONE:
            yield Problem(subject, self._issue(row.problem, found, desired, subject))
        if row.step is Step.NOTHING:
            return
        if sends_anchor and (deleted := self._anchor_holder(found, desired)):
            yield Problem(subject, deleted)
            return
        enables = row.step is Step.ENABLE or (
            row.step is Step.RESTORE and found.account is not None and not found.account.enabled
        )
        matched = _matched(
            desired,
            subject,
            _account_for(row, found),
            found.known,
            found.how,
            deleted=row.step is Step.RESTORE,
            enables=enables,
            overrides=row.overrides or (row.step is Step.RESTORE and enables and not was_blocked_by_us(found.known)),
            takes_over=self._taken_over(found, desired),
            privileged=self._is_privileged(found, desired),
            leaves_behind=self._left_behind(found, desired),
        )
        yield from self._named(matched)

    def _situation(self, found: Found, desired: DesiredUser, subject: Subject) -> Situation:
        rules, account = self.rules, found.account
        handed_over = account is not None and self.links.is_handed_over(desired, account)
        return _situation(
            self._wanted(desired, account),
            memory_of(found.known),
            account_state(account, found.known, deleted=found.deleted),
            found.link,
            control_of(account, found.known, self.snapshot, rules.provisioning, handed_over=handed_over)
            if account
            else Control.CLOUD,
            creates=rules.provisioning.create_users,
            restores=rules.restore_deleted_users,
            has_password=rules.gives_passwords or self.snapshot.is_federated(subject.username),
            reverts=rules.scope is Scope.DRIFT,
        )

    def _wanted(self, desired: DesiredUser, account: TenantUser | None) -> Wanted:
        """What the source says, unless the account is never touched: the one that is there, or is remembered."""
        lifecycle = self.rules.lifecycle
        if lifecycle.excluded_accounts:
            known = self.app_users.get(desired.person_id)
            ids = (account.id if account else "", known.object_id if known else "")
            if any(map(lifecycle.excludes_account, ids)):
                return Wanted.EXCLUDED
        return Wanted.ASSIGNED if desired.enabled else Wanted.STARTS_SOON

    def _issue(self, code: ProblemCode, found: Found, desired: DesiredUser, subject: Subject) -> Issue:
        """The problem of a row about this account."""
        if code is ProblemCode.NO_INITIAL_PASSWORD:
            return issues.no_password(subject.username)
        if code is ProblemCode.CREATE_USERS_IS_OFF:
            return issues.no_account(self.rules.provisioning, desired, self._elsewhere(desired))
        account = found.account
        if code in (ProblemCode.STARTS_LATER, ProblemCode.ENABLED_EARLY):
            return not_started(desired.assignment, account, early=code is ProblemCode.ENABLED_EARLY)
        if code is ProblemCode.EXCLUDED:
            known = self.app_users.get(desired.person_id)
            return excluded_account(subject.username, account.id if account else known.object_id if known else "")
        if account is None:
            raise ValueError(f"the problem {code.value!r} is about an account, and there is none")
        who, holder = person_text(desired.assignment.person), self.links.name(account)
        match code:
            case ProblemCode.ACCOUNT_OF_ANOTHER_PERSON if (receiver := self.links.receiver(account.id)) is not None:
                return issues.handed_to_another(account, person_text(receiver))
            case ProblemCode.ACCOUNT_OF_ANOTHER_PERSON:
                return issues.of_another_person(account, desired, who, holder)
            case ProblemCode.ACCOUNT_OF_NAMESAKE:
                return issues.of_namesake(account, desired, who, holder)
            case ProblemCode.PRIVILEGED_ADMIN:
                return issues.privileged(account, desired)
            case ProblemCode.GUEST_ACCOUNT:
                return issues.of_guest(account, desired)
            case ProblemCode.ACCOUNT_OF_ANOTHER_APP:
                return issues.of_another_app(account, holder)
            case _:
                return issues.OF_ACCOUNT[code](account)

    def _elsewhere(self, desired: DesiredUser) -> list[TenantUser]:
        """Accounts under other usernames that have an address or source anchor of a person never seen before."""
        if self.app_users.get(desired.person_id) is not None:
            return []
        person, by_address = desired.assignment.person, self.snapshot.by_address
        addresses = [each.lower() for each in personal_addresses(person)]
        holders = [each for address in addresses for each in by_address.get(address, ())]
        anchored = [
            self.snapshot.by_anchor.get(anchor) for anchor in (each.anchor for each in person.directory_accounts)
        ]
        found = {each.id: each for each in (*holders, *anchored) if isinstance(each, TenantUser)}
        return [found[object_id] for object_id in sorted(found)]

    def _anchor_holder(self, found: Found, desired: DesiredUser) -> Issue | None:
        """The deleted account that has the source anchor that an account without one would get."""
        if found.account is None or found.account.anchor is not None:
            return None
        deleted = self.snapshot.deleted_by_anchor.get(desired.new_anchor)
        return issues.anchor_of_deleted(deleted) if deleted else None

    def _taken_over(self, found: Found, desired: DesiredUser) -> str | None:
        """Whose account it was: that person's memory goes with it."""
        holder = self.links.holder(found.account.id) if found.account else None
        return None if holder is None or holder.person_id == desired.person_id else holder.person_id

    def _left_behind(self, found: Found, desired: DesiredUser) -> TenantUser | None:
        """The account that was the person's until the caller handed over another one, if nobody gets it."""
        known = self.links.known(desired)
        if known is None or found.account is None or not self.links.is_handed_over(desired, found.account):
            return None
        return None if known.object_id == found.account.id else self.snapshot.by_id.get(known.object_id)

    def _is_privileged(self, found: Found, desired: DesiredUser) -> bool:
        """Whether the account is a privileged admin's, and goes to the person by the caller's word alone."""
        account = found.account
        if account is None or not self.links.is_handed_over(desired, account):
            return False
        holder = self.links.holder(account.id)
        is_own = holder is not None and holder.person_id == desired.person_id
        return not is_own and self.snapshot.is_privileged(account.id)

    def _named(self, matched: MatchedUser) -> Iterator[MatchedUser | Problem]:
        """The person with the username that the account will have."""
        account, subject, provisioning = matched.account, matched.subject, self.rules.provisioning
        renames = provisioning.renames and provisioning.update_attributes
        if account and not renames and account.username.lower() != subject.username.lower():
            yield Problem(subject, issues.not_renamed(provisioning, account.username))
            matched = evolve(matched, subject=evolve(subject, username=account.username))
        yield matched


def _account_for(row: Transition, found: Found) -> TenantUser | None:
    """The account that a row's step is about; None where one is created."""
    if row.step is Step.CREATE:
        return None
    if found.account is None:
        raise ValueError(f"there is no account for the step {row.step.value!r}: {row.words}")
    return found.account


def subject_of(desired: DesiredUser, app_user: AppUser | None) -> Subject:
    """The person, under the username that they should have."""
    username = desired.username or (app_user.username if app_user else "")
    return _subject(desired.person_id, desired.assignment.person.name, username)
