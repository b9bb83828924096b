"""Making previews: the same decisions as a plan's, up to which account is whose and what would change in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeAlias

from attrs import evolve, frozen

from o365prov.errors import ConfigurationError, Issue
from o365prov.people import NOT_ALWAYS_GIVEN, AppUsers, Assignment, Person
from o365prov.planning import (
    MatchedUser,
    PlanOptions,
    PlanRequest,
    Problem,
    TenantSnapshot,
    TenantUser,
    UpdateUser,
    anchor_issue,
    check_coverage,
    collisions,
    mail_issue,
    mail_taken,
    match_users,
    profile_change,
    unique_assignments,
    with_created_accounts,
    with_usernames,
)
from o365prov.previews.account import USERNAME, AccountOutcome, AccountPreview, UsernameHolder, ValueChange
from o365prov.previews.population import PeopleGroup, PersonPreview, PopulationPreview
from o365prov.previews.preview import Preview
from o365prov.profiles import ProfileMapping, UsernameFormat, make_bindings
from o365prov.provisioning import DesiredUser, Eligibility, make_desired_user

_Results: TypeAlias = Mapping[str, tuple[tuple[Issue, ...], AccountPreview | None]]
"""What is wrong with people, and what the tenant holds of them, by person id."""


@frozen(kw_only=True)
class Previewer:
    """The settings of an app that previews need.

    Args:
        format: the username format.
        mapping: the attribute mapping.
        domains: the domains that usernames may be in, in lower case.
        rules: what the app allows.
        app_users: the memory of earlier runs.
        snapshot: what the tenant holds; None where no tenant is asked.
        warnings: what is wrong with the app as a whole.
        now: the time for expressions that ask for it, aware.

    """

    format: UsernameFormat
    mapping: ProfileMapping
    domains: tuple[str, ...]
    rules: PlanOptions
    app_users: AppUsers
    snapshot: TenantSnapshot | None = None
    warnings: tuple[str, ...] = ()
    now: datetime | None = None

    def preview(self, who: object, request: PlanRequest) -> Preview | PopulationPreview:
        """The preview of a person or an assignment, or of those whom *request* is about of an iterable of them."""
        if isinstance(who, Person | Assignment):
            if request.only is not None:
                raise ConfigurationError("only= chooses among many people: leave it out, or pass a list of people")
            assignment = _as_assignment(who)
            if self.snapshot is not None:
                check_coverage(self.snapshot, [assignment.person.id])
            return self.person(assignment)
        several = who if isinstance(who, Iterable) else (who,)
        if self.snapshot is not None:
            check_coverage(self.snapshot, request.only)
        return self.people(unique_assignments(map(_as_assignment, several)), request)

    def person(self, assignment: Assignment) -> Preview:
        """The preview of one person."""
        [row] = self.people([assignment])
        return self.whole(row)

    def people(self, assignments: Sequence[Assignment], request: PlanRequest | None = None) -> PopulationPreview:
        """The preview of many people; no person may be there twice."""
        request = request or PlanRequest()
        found = [self._desired(assignment) for assignment in assignments]
        absent = sorted((request.only or frozenset()).difference(each.person_id for each in found))
        eligible = self._named(found, request, absent)
        named = {each.person_id: each for each in eligible}
        desired = [named.get(each.person_id, each) for each in found]
        results = (
            self._issues(eligible)
            if self.snapshot is None
            else self._in_tenant(desired, eligible, self.snapshot, request, absent)
        )
        rows: dict[str, PersonPreview] = {}
        for each in desired:
            issues, account = results.get(each.person_id, (each.issues, None))
            rows[each.person_id] = PersonPreview(each.assignment, each.username, issues, account, each.why_username)
        return PopulationPreview(
            tuple(row for row in rows.values() if request.is_about(row.person.id)),
            tuple(
                group
                for group in _collisions(eligible, rows)
                if any(request.is_about(row.person.id) for row in group.people)
            ),
            (self.snapshot.name or self.snapshot.tenant_id) if self.snapshot else "",
            (*self.warnings, *self._not_given(assignments)),
            tuple(known for person_id in absent if (known := self.app_users.get(person_id))),
            tuple(person_id for person_id in absent if self.app_users.get(person_id) is None),
            whole=self.whole,
        )

    def _named(
        self, desired: Sequence[DesiredUser], request: PlanRequest, absent: Sequence[str]
    ) -> Sequence[DesiredUser]:
        """Those who are provisioned, under the usernames that they get; without a tenant all are free in it."""
        eligible = [each for each in desired if self._eligibility(each) in (Eligibility.PROVISION, Eligibility.PREPARE)]
        snapshot = self.snapshot or TenantSnapshot(self.app_users.tenant_id)
        app_users = with_created_accounts(self.app_users, snapshot) if self.snapshot else self.app_users
        staying = self._active().difference(absent)
        return with_usernames(eligible, self.rules, snapshot, app_users, staying=staying, request=request)

    def whole(self, row: PersonPreview) -> Preview:
        """One person's row with values, expressions and explanations."""
        desired = self._desired(row.assignment)
        return Preview(
            row.person,
            self.format,
            row.username,
            desired.profile,
            row.issues,
            (*self.warnings, *self._not_given([row.assignment])),
            account=row.account,
            override=row.assignment.username,
            bindings=make_bindings(row.assignment, now=self.now),
            candidates=desired.candidates,
            why_username=row.why_username,
        )

    def _not_given(self, assignments: Iterable[Assignment]) -> Iterator[str]:
        """What expressions ask for and the source of these people does not give to anybody."""
        expressions = (*self.format.expressions, *(row.expression for row in self.mapping))
        asked = NOT_ALWAYS_GIVEN.intersection(path[0] for each in expressions for path in each.references)
        if asked and (given := [each.related.given for each in assignments]):
            for name in sorted(asked.difference(*given)):
                yield f"the source of people does not give {name}: use another, or write the expression without it"

    def _desired(self, assignment: Assignment) -> DesiredUser:
        return make_desired_user(
            assignment, self.rules.provisioning, self.format, self.mapping, self.domains, now=self.now
        )

    def _issues(self, people: Sequence[DesiredUser]) -> _Results:
        """The results of people who have a username or source anchor in common with others."""
        clashes = collisions(people, self.app_users)
        wrong = (each for each in people if each.person_id in clashes)
        return {each.person_id: ((*each.issues, clashes[each.person_id]), None) for each in wrong}

    def _in_tenant(
        self,
        desired: Sequence[DesiredUser],
        people: Sequence[DesiredUser],
        snapshot: TenantSnapshot,
        request: PlanRequest,
        absent: Sequence[str],
    ) -> _Results:
        """The results of all people: *people* are those who are provisioned, *absent* the ids of those who left."""
        names = self._attribute_names()
        issues: dict[str, list[Issue]] = {each.person_id: [] for each in people}
        accounts: dict[str, AccountPreview] = {}
        staying = self._active().difference(absent)
        app_users = with_created_accounts(self.app_users, snapshot)
        colliding: set[str] = set()
        in_order = sorted(people, key=lambda each: (each.assignment.person.name, each.person_id))  # as for a plan
        for each in match_users(in_order, self.rules, snapshot, app_users, staying=staying, request=request):
            if isinstance(each, MatchedUser) and request.is_about(each.subject.person_id):
                account, found = _matched(each, self.rules, snapshot, names)
                accounts[each.desired.person_id] = account
                issues[each.desired.person_id] += [issue for issue in found if issue]
            elif isinstance(each, Problem):
                colliding.add(each.subject.person_id)
                issues[each.subject.person_id].append(each.issue)
        return {
            each.person_id: (
                tuple(issues.get(each.person_id, each.issues)),
                accounts.get(each.person_id) or _left_alone(each, self._eligibility(each), issues, app_users, snapshot),
            )
            for each in desired
            if request.is_about(each.person_id) or each.person_id in colliding
        }

    def _eligibility(self, desired: DesiredUser) -> Eligibility:
        """What the person is to have, had the assignment started; without a time it does not end either."""
        started = evolve(desired.assignment, starts=None, ends=desired.assignment.ends if self.now else None)
        return self.rules.lifecycle.eligibility(started, self.now or datetime.max.replace(tzinfo=UTC))

    def _active(self) -> frozenset[str]:
        """The people who are remembered as active: a preview knows that somebody left only where it is asked."""
        return frozenset(user.person_id for user in self.app_users if user.is_in_use)

    def _attribute_names(self) -> Mapping[str, str]:
        """Okta's names of attributes by Graph's names of properties."""
        mapped = {row.attribute.graph: row.attribute.name for row in self.mapping if row.attribute.graph}
        return {**mapped, "userPrincipalName": USERNAME, "onPremisesImmutableId": "immutableId"}


def _as_assignment(who: object) -> Assignment:
    match who:
        case Assignment():
            return who
        case Person():
            return Assignment(who)
    raise ConfigurationError(f"can't preview a {type(who).__name__}: pass a person, an assignment or a list of them")


def _collisions(people: Sequence[DesiredUser], row_of: Mapping[str, PersonPreview]) -> Iterator[PeopleGroup]:
    """The usernames, then the source anchors, that more than one person would get."""
    for name, words, values in (
        (USERNAME, "the username", [each.username and each.username.lower() for each in people]),
        ("immutableId", "the source anchor", [each.anchor for each in people]),
    ):
        alike: dict[str, list[PersonPreview]] = {}
        for each, value in zip(people, values, strict=True):
            if value:
                alike.setdefault(value, []).append(row_of[each.person_id])
        for value, rows in sorted(alike.items()):
            if len(rows) > 1:
                yield PeopleGroup(name, f"{words} {value} is the same", tuple(rows))


def _matched(
    matched: MatchedUser, rules: PlanOptions, snapshot: TenantSnapshot, names: Mapping[str, str]
) -> tuple[AccountPreview, tuple[Issue | None, ...]]:
    """A person whose account was found, or would be created."""
    account, desired = matched.account, matched.desired
    username_holder = _username_holder(desired, account, snapshot)
    if account is None:
        reason = matched.how or "no account has the username or the source anchor"
        created = AccountPreview(AccountOutcome.CREATED, reason, username_holder=username_holder)
        values = desired.creation_properties()
        return created, (mail_taken(values, None, snapshot) or mail_issue(values, snapshot),)
    outcome = (
        AccountOutcome.RESTORED
        if matched.deleted
        else AccountOutcome.LINKED
        if matched.known
        else AccountOutcome.MATCHED
    )
    change = profile_change(matched, rules.provisioning, rules.scope)
    written = change.properties if isinstance(change, UpdateUser) else ()
    message = matched.how
    if username_holder is UsernameHolder.OTHER:
        message += f", but another account has the username {desired.username}"
    if matched.enables:
        message += ", and sign-in would be enabled"
    changes = tuple(ValueChange(names.get(each.name, each.name), each.before, each.after) for each in written)
    values = {each.name: each.after for each in written}
    issue = anchor_issue(matched, values, snapshot, rules.provisioning)
    found = issue, mail_taken(values, account, snapshot) or mail_issue(values, snapshot)
    return AccountPreview(outcome, message, account.id, account.username, username_holder, changes), found


def _left_alone(
    desired: DesiredUser,
    eligibility: Eligibility,
    issues: Mapping[str, Sequence[Issue]],
    app_users: AppUsers,
    snapshot: TenantSnapshot,
) -> AccountPreview:
    """A person for whom nothing is done, because of their status in Okta or of what is wrong."""
    app_user = app_users.get(desired.person_id)
    account = snapshot.by_id.get(app_user.object_id) if app_user else None
    status = desired.assignment.person.status
    match eligibility:
        case Eligibility.HOLD:
            outcome, message = AccountOutcome.HELD, f"{status} in Okta, so the account is left as it is"
        case Eligibility.SUSPEND:
            outcome, message = AccountOutcome.HELD, f"{status} in Okta, so sign-in is blocked"
        case Eligibility.EXCLUDE | Eligibility.UNDECIDED:
            outcome, message = AccountOutcome.HELD, "excluded, or nobody can say whether it is: left as it is"
        case Eligibility.UNASSIGNED:
            outcome, message = AccountOutcome.UNASSIGNED, f"{status} in Okta, which counts as not assigned"
        case Eligibility.PROVISION | Eligibility.PREPARE:
            stops = [issue.message for issue in issues[desired.person_id] if issue.stops]
            outcome, message = AccountOutcome.STOPPED, "; ".join(stops)
    username_holder = _username_holder(desired, account, snapshot)
    if account is None:
        return AccountPreview(outcome, message, username_holder=username_holder)
    return AccountPreview(outcome, message, account.id, account.username, username_holder)


def _username_holder(
    desired: DesiredUser, account: TenantUser | None, snapshot: TenantSnapshot
) -> UsernameHolder | None:
    if desired.username is None:
        return None
    holder = snapshot.by_username.get(desired.username.lower())
    if holder is None:
        return UsernameHolder.FREE
    return UsernameHolder.SELF if account and account.id == holder.id else UsernameHolder.OTHER
