"""Making a plan: from desired users, the tenant and the memory to changes, problems and unsupported values.

In one pass it matches accounts, compares profiles, counts seats, resolves managers, looks at sessions, and then at
people who left. Nothing depends on the order of the input; people come in the order of their names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from attrs import evolve, field, frozen

from o365prov._fields import unchecked
from o365prov.errors import Issue
from o365prov.people import AppUser, AppUsers, AppUserStatus, Assignment
from o365prov.planning.explaining import explanations
from o365prov.planning.hazards.population import Population
from o365prov.planning.lifecycle.absent import never_seen, out_of_scope, out_of_scope_problems
from o365prov.planning.lifecycle.held import HeldPerson
from o365prov.planning.lifecycle.missing import MissingPerson, seen_again
from o365prov.planning.matching.candidates import with_usernames
from o365prov.planning.matching.created import remembered_as_created, with_created_accounts
from o365prov.planning.matching.links import anchors_of_who_waits
from o365prov.planning.matching.resolve import match_users, subject_of
from o365prov.planning.model.change_parts import Subject
from o365prov.planning.model.changes import (
    Change,
    CreateUser,
    EnableSignIn,
    LinkUser,
    Remember,
    RestoreUser,
    UpdateUser,
)
from o365prov.planning.model.options import PlanOptions, PlanRequest, Scope
from o365prov.planning.model.plan import Plan
from o365prov.planning.model.problems import Problem
from o365prov.planning.model.settings_in_words import settings_in_words
from o365prov.planning.rules.addresses import (
    claimed_twice,
    mail_issue,
    mail_taken,
    new_mail,
    unread_addresses,
    without_mail,
    written_values,
)
from o365prov.planning.rules.edits import EditedPerson, GrantEdits, licenses_not_changed, roles_not_changed
from o365prov.planning.rules.leavers import Leaver, leavers
from o365prov.planning.rules.license_decisions import LicenseDecision, license_decisions
from o365prov.planning.rules.license_problems import failed_licenses
from o365prov.planning.rules.managers import ManagerAccount, Managers, find_managers, manager_change
from o365prov.planning.rules.profile import (
    account_left_behind,
    anchor_issue,
    creation,
    password_issue,
    profile_change,
    renamed_elsewhere,
    session_change,
)
from o365prov.planning.rules.roles import NO_ROLES, RoleDecision, role_decision
from o365prov.planning.rules.turns import created_in_turn, renamed_in_turn, restored_in_turn
from o365prov.planning.rules.unsupported import UnsupportedCount, beside_entra_connect
from o365prov.planning.tenant.snapshot import TenantSnapshot
from o365prov.planning.transitions.matched_user import MatchedUser
from o365prov.provisioning import DesiredUser, ProvisioningType

_problem = unchecked(Problem)  # some warnings are about everybody
_NOBODY: Mapping[str, datetime | None] = {}


@frozen
class UnchangedPeople:
    """People of whom it is known already that nothing changes.

    Args:
        staying: their ids.
        unsupported: the count of their unsupported values.
        managers: those of them who are managers, by distinguished name in lower case.
        edited: those of whom somebody took a licence or role in Office 365.

    """

    staying: Collection[str]
    unsupported: UnsupportedCount
    managers: Mapping[str, ManagerAccount] = field(factory=dict)
    edited: Sequence[EditedPerson] = ()

    @classmethod
    def none(cls, provisioning: ProvisioningType) -> UnchangedPeople:
        """No people."""
        return cls((), UnsupportedCount(provisioning))

    def edits(self, app_users: AppUsers) -> Iterator[Problem]:
        """What is said of those of whom somebody took a licence or role."""
        for each in self.edited:
            subject = subject_of(each.desired, app_users.get(each.desired.person_id))
            yield from (Problem(subject, issue) for issue in each.issues)


def make_plan(
    desired: Iterable[DesiredUser],
    held: Iterable[Assignment],
    *,
    rules: PlanOptions,
    snapshot: TenantSnapshot,
    app_users: AppUsers,
    now: datetime,
    gone: Mapping[str, datetime | None] = _NOBODY,
    request: PlanRequest | None = None,
    unchanged: UnchangedPeople | None = None,
) -> Plan:
    """The plan that makes the tenant of *snapshot* hold what is *desired*.

    Args:
        desired: people to provision.
        held: assigned people who are not provisioned now: they keep what they have, or are blocked for the time being.
        rules: what the app allows.
        snapshot: what the tenant holds.
        app_users: the memory; people in it who are not among the others have left.
        now: the time, aware.
        gone: the people of whom the source says that they left, with the day on which their assignment ended.
        request: whom the plan is about; everybody unless it is given.
        unchanged: people who need not be compared.

    """
    begun, app_users = app_users, with_created_accounts(app_users, snapshot)
    people: Sequence[DesiredUser] = sorted(desired, key=lambda each: (each.assignment.person.name, each.person_id))
    on_hold = list(held)
    request = request or PlanRequest()
    unchanged = unchanged or UnchangedPeople.none(rules.provisioning)
    matched: list[MatchedUser] = []
    problems: list[Problem] = []
    assigned = {each.person_id for each in people} | {assignment.person.id for assignment in on_hold}
    others = {user.person_id for user in app_users if _is_somebody_elses(user, request, assigned)}
    excluded = out_of_scope(app_users, assigned.union(unchanged.staying), rules.lifecycle)
    staying = {*assigned, *others, *unchanged.staying, *(user.person_id for user in excluded)}
    people = with_usernames(people, rules, snapshot, app_users, staying=staying, request=request)
    for result in match_users(people, rules, snapshot, app_users, staying=staying, request=request):
        if isinstance(result, MatchedUser):
            matched.append(result)
            if request.is_about(result.subject.person_id):
                unchanged.unsupported.add(result.desired)
        else:
            problems.append(result)
    managers = find_managers(people, matched, on_hold, unchanged.managers, app_users, snapshot, request)
    changes, gaps = _changes(matched, managers, rules, snapshot, now, request)
    handed_over = {each.takes_over for each in matched}
    changes += seen_again([each for each in problems if each.subject.person_id not in handed_over], app_users, request)
    for assignment in on_hold:
        if request.is_about(assignment.person.id):
            eligibility = rules.lifecycle.eligibility(assignment, now)
            done, wrong = HeldPerson(assignment, eligibility, rules, snapshot, app_users, now, handed_over).decide()
            changes += done
            problems += wrong
    problems += out_of_scope_problems(excluded, rules.lifecycle, snapshot)
    waiting = anchors_of_who_waits(people, matched, on_hold, rules.provisioning)
    taken = {each.object_id for each in (*matched, *app_users)}.union(app_users.linked_elsewhere)
    not_left = set(staying)
    for user in leavers(app_users, staying):
        waits = user.anchor in waiting and user.object_id in snapshot.by_id
        if not request.is_about(user.person_id) or user.person_id in handed_over or waits:
            continue
        missing = MissingPerson(user, rules.lifecycle, request, snapshot, now)
        if user.person_id not in gone and missing.waits:
            done, wrong = missing.decide()
            not_left.add(user.person_id)
        else:
            done, wrong = Leaver(
                user,
                rules,
                snapshot,
                now,
                linked_elsewhere=app_users.linked_elsewhere.get(user.object_id, ""),
                taken=taken,
                ended=gone.get(user.person_id),
                mailbox_done=user.object_id in request.mailboxes_done,
            ).decide()
        changes += done
        problems += wrong
    problems = [
        problem
        for problem in (
            *problems,
            *gaps,
            *unchanged.edits(app_users),
            *never_seen(request, {*assigned, *unchanged.staying}, app_users),
        )
        if request.is_about(problem.subject.person_id)
    ]
    changes += remembered_as_created(begun, app_users, changes, problems)
    population = _population(people, app_users, not_left, handed_over, snapshot, request, unchanged)
    harmed = population.harmed(changes, now)
    hazards = population.hazards(changes, problems, rules.safeguards, harmed)
    changes = population.marked(changes, rules.safeguards, harmed)
    attributes, explained = explanations(people, matched, unchanged.edited, app_users, snapshot, changes, problems)
    return Plan(
        tenant_id=snapshot.tenant_id,
        made_at=now,
        changes=changes,
        problems=problems,
        explanations=explained,
        unsupported=(
            *unchanged.unsupported.rows(),
            *beside_entra_connect(snapshot, rules.provisioning),
            *unread_addresses(changes, snapshot),
        ),
        app_users=app_users,
        watermark=snapshot.watermark,
        provisioning_type=rules.provisioning.name,
        hazards=hazards,
        settings={} if rules.settings is None else settings_in_words(rules.settings),
        attributes=attributes,
    )


def _population(
    people: Iterable[DesiredUser],
    app_users: AppUsers,
    staying: Collection[str],
    handed_over: Collection[str | None],
    snapshot: TenantSnapshot,
    request: PlanRequest,
    unchanged: UnchangedPeople,
) -> Population:
    """Whom the plan is about; the accounts of unchanged people were seen, and are not in the snapshot."""
    linked = [user for user in app_users if user.is_in_use and request.is_about(user.person_id)]
    return Population(
        app_users,
        staying,
        {each.person_id for each in people if each.enabled and request.is_about(each.person_id)}.union(
            unchanged.staying
        ),
        {
            user.person_id: user.username
            for user in linked
            if user.person_id not in unchanged.staying
            and user.object_id not in snapshot.by_id
            and user.object_id not in snapshot.deleted_by_id
        },
        len(linked),
        handed_over,
    )


def _changes(
    matched: Sequence[MatchedUser],
    managers: Managers,
    rules: PlanOptions,
    snapshot: TenantSnapshot,
    now: datetime,
    request: PlanRequest,
) -> tuple[list[Change], list[Problem]]:
    """What changes for assigned people whom the plan is about."""
    provisioning, scope = rules.provisioning, rules.scope
    profiles = {each.subject.person_id: _profile(each, rules, snapshot) for each in matched}
    edits = GrantEdits(snapshot, provisioning)
    decisions = license_decisions(
        [each for each in matched if _is_licensed(each, provisioning)],
        snapshot,
        is_located=lambda each: _is_located(each, profiles[each.subject.person_id]),
        now=now,
        take_over=rules.take_over_licenses,
        again=scope is not Scope.CHANGED,
    )
    changes: list[Change] = []
    problems: list[Problem] = []
    claims = claimed_twice(matched, profiles)
    for each in matched:
        if not request.is_about(each.subject.person_id):
            continue
        account_changes, issues = _account_changes(each, profiles[each.subject.person_id], rules, snapshot, claims)
        changes += account_changes
        licenses = decisions.get(each.subject.person_id) or _undecided(each, snapshot, edits)
        roles = _roles(each, rules, snapshot, edits)
        issues += [account_left_behind(each), *licenses.issues, *roles.issues]
        memory = _remember(each, licenses.memory, roles.found)
        changes += [change for change in (memory, licenses.change, *roles.changes) if change]
        if provisioning.update_attributes or each.is_new:
            manager, absent = manager_change(each, managers, again=scope is Scope.DRIFT or each.is_new)
            issues.append(absent)
            changes += [manager] if manager else []
        issues += failed_licenses(each.account, snapshot) if each.account else []
        if revocation := session_change(each, now):
            changes.append(revocation)
        problems += [_problem(each.subject, issue) for issue in issues if issue]
    return changes, problems


def _is_licensed(matched: MatchedUser, provisioning: ProvisioningType) -> bool:
    """Whether licences are decided for this person.

    With Update Attributes off that is when the account is linked, and until there is a seat.
    """
    if provisioning.user_attributes_only or not matched.desired.enabled:
        return False
    return provisioning.update_attributes or matched.is_new or bool(matched.known and matched.known.waiting)


def _undecided(matched: MatchedUser, snapshot: TenantSnapshot, edits: GrantEdits) -> LicenseDecision:
    """What is said of licences that are left as they are."""
    known, account, assigned = matched.known, matched.account, matched.desired.assignment.grants.licenses
    if known is None or account is None or edits.provisioning.user_attributes_only:
        return LicenseDecision()
    taken = edits.licenses(known.licenses, account.licenses)
    kept = assigned != known.licenses and licenses_not_changed(assigned, known.licenses, account.licenses, snapshot)
    return LicenseDecision(issues=tuple(each for each in (taken, kept) if each))


def _roles(matched: MatchedUser, rules: PlanOptions, snapshot: TenantSnapshot, edits: GrantEdits) -> RoleDecision:
    """What happens to a person's roles, or what is said of those that are left as they are."""
    known, names, provisioning = matched.known, matched.desired.assignment.grants.roles, rules.provisioning
    if provisioning.user_attributes_only or not matched.desired.enabled:
        return NO_ROLES
    as_before = known is not None and known.roles == names and rules.scope is not Scope.DRIFT
    if known is None or matched.is_new or (provisioning.update_attributes and not as_before):
        return role_decision(matched, snapshot, rules.grantable_roles, take_over=rules.take_over_roles)
    taken, kept = edits.roles(known.roles, known.object_id), roles_not_changed(names, known.roles)
    return RoleDecision(issues=tuple(each for each in (taken, kept) if each))


def _remember(matched: MatchedUser, memory: Remember | None, roles: tuple[str, ...] | None) -> Remember | None:
    """What the memory learns of a person's licences and roles, in one change."""
    if roles is None:
        return memory
    if memory is not None:
        return evolve(memory, roles=roles)
    reason = f"assigned {matched.desired.assignment.how}"
    return Remember(matched.subject, reason, matched.object_id, roles=roles)


def _profile(
    matched: MatchedUser, rules: PlanOptions, snapshot: TenantSnapshot
) -> CreateUser | UpdateUser | LinkUser | None:
    """The change that creates the account, or that of its profile."""
    if matched.account is None:
        return creation(matched, password_given=not snapshot.is_federated(matched.subject.username))
    return profile_change(matched, rules.provisioning, rules.scope)


def _account_changes(
    matched: MatchedUser,
    profile: CreateUser | UpdateUser | LinkUser | None,
    rules: PlanOptions,
    snapshot: TenantSnapshot,
    claims: Mapping[str, Sequence[Subject]],
) -> tuple[list[Change], list[Issue | None]]:
    """The account, its profile, and whether the person can sign in."""
    subject, account = matched.subject, matched.account
    values = written_values(profile)
    others = [each for each in claims.get(new_mail(values, account), ()) if each.person_id != subject.person_id]
    if taken := mail_taken(values, account, snapshot, others):
        profile = without_mail(profile, matched.known)
    issues: list[Issue | None] = [taken or mail_issue(values, snapshot)]
    if isinstance(profile, CreateUser):
        return [created_in_turn(profile, matched)], issues
    issues += [
        renamed_elsewhere(matched, values),
        anchor_issue(matched, values, snapshot, rules.provisioning),
        password_issue(matched, values, snapshot),
    ]
    changes: list[Change] = []
    if account is not None:
        if matched.deleted:
            changes.append(restored_in_turn(RestoreUser(subject, matched.how, account.id), matched))
        changes += renamed_in_turn(profile, matched) if profile else ()
        if matched.enables:
            known = matched.known
            again = "may sign in from now on" if known and known.status is AppUserStatus.PAUSED else "assigned again"
            reason, left = "blocked in Office 365" if matched.overrides else again, known.departure if known else None
            changes.append(EnableSignIn(subject, reason, account.id, matched.overrides, left))
    return changes, issues


def _is_located(matched: MatchedUser, profile: CreateUser | UpdateUser | LinkUser | None) -> bool:
    """Whether the account has a ``usageLocation`` when its licences are sent: its own, unless *profile* changes it."""
    own = matched.account.properties.get("usageLocation") if matched.account else None
    return bool(written_values(profile).get("usageLocation", own))


def _is_somebody_elses(user: AppUser, request: PlanRequest, assigned: Collection[str]) -> bool:
    """Whether an account belongs to somebody whom the plan is not about, and who has not left before."""
    if request.is_about(user.person_id) or user.person_id in assigned:
        return False
    return user.is_in_use
