"""Drawing a plan: from what should be, what is, and what we remember, to changes, problems and undeliverables.

One pass: find each person's account, compare profiles, count seats, resolve managers, look at sessions, then at those
who left. Nothing depends on the order of the input; people come in the order of their names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from attrs import evolve

from o365prov.people import AppUser, AppUsers, AppUserStatus, Assignment, Person
from o365prov.planning.changes import BlockSignIn, Change, Subject
from o365prov.planning.collisions import collisions
from o365prov.planning.diff import profile_change
from o365prov.planning.licenses import Seats, license_change
from o365prov.planning.managers import ManagerAccount, Managers, manager_change
from o365prov.planning.match import Ambiguous, Blocked, ByAnchor, ByUsername, Known, Unmatched, match
from o365prov.planning.plan import Plan, Problem, Undeliverable
from o365prov.planning.safeguards import Safeguards
from o365prov.planning.sessions import session_change
from o365prov.planning.settled import Settled
from o365prov.planning.snapshot import TenantSnapshot
from o365prov.profiles import Finding
from o365prov.provisioning import DesiredUser, LicenseOnly, ProvisioningType


def draw_plan(
    desired: Iterable[DesiredUser],
    held: Iterable[Assignment],
    *,
    provisioning: ProvisioningType,
    snapshot: TenantSnapshot,
    app_users: AppUsers,
    safeguards: Safeguards,
    now: datetime,
) -> Plan:
    """The plan that makes the tenant of *snapshot* hold what is *desired*.

    *held* are assigned people whose status lets nothing happen to them: they keep what they have. Everybody else in
    *app_users* has left. *now* is aware.
    """
    people = sorted(desired, key=lambda each: (each.assignment.person.name, each.person_id))
    waiting = list(held)
    settled, problems = _settle(people, provisioning, snapshot, app_users)
    problems += [_holding(assignment, app_users) for assignment in waiting]
    changes, found = _changes(settled, waiting, provisioning, snapshot, app_users, now)
    problems += found
    staying = {each.person_id for each in people} | {assignment.person.id for assignment in waiting}
    changes += _leavers(app_users, staying, provisioning, snapshot, now)
    linked = sum(user.status is AppUserStatus.ACTIVE for user in app_users)
    return Plan(
        tenant_id=snapshot.tenant_id,
        made_at=now,
        changes=changes,
        problems=problems,
        undeliverable=_undeliverable(people, provisioning),
        app_users=app_users,
        watermark=snapshot.watermark,
        provisioning_type=provisioning.name,
        hazards=safeguards.hazards(changes, linked=linked, assigned=len(staying)),
    )


def _subject(desired: DesiredUser, app_users: AppUsers) -> Subject:
    known = app_users.get(desired.person_id)
    username = desired.username or (known.username if known else "")
    return Subject(desired.person_id, desired.assignment.person.name, username)


def _settle(
    people: Sequence[DesiredUser], provisioning: ProvisioningType, snapshot: TenantSnapshot, app_users: AppUsers
) -> tuple[list[Settled], list[Problem]]:
    """Everybody's account, or why there is none to work on."""
    settled, problems = [], []
    clashes = collisions(people, app_users)
    names = {each.person_id: each.assignment.person.name for each in people}
    owners = {user.object_id: names.get(user.person_id, user.username) for user in app_users}
    for desired in people:
        subject = _subject(desired, app_users)
        problems += [Problem.of(subject, finding) for finding in desired.findings]
        clash = clashes.get(desired.person_id)
        if clash:
            problems.append(Problem.of(subject, clash))
        if clash or desired.blocked:
            continue
        app_user = app_users.get(desired.person_id)
        found = match(desired, app_user, snapshot, owners, beside_entra_connect=provisioning.beside_entra_connect)
        match found:
            case Known(account):
                each = Settled(desired, subject, account, app_user, "linked before")
            case ByUsername(account):
                each = Settled(desired, subject, account, None, "an account has this username already")
            case ByAnchor(account):
                each = Settled(desired, subject, account, None, "an account has this source anchor already")
            case Unmatched(reason) if provisioning.create_users:
                each = Settled(desired, subject, None, None, reason)
            case Unmatched():
                problems.append(Problem.of(subject, _no_account(provisioning)))
                continue
            case Blocked(finding) | Ambiguous(finding):
                problems.append(Problem.of(subject, finding))
                continue
        if not provisioning.renames and each.account and each.account.username.lower() != subject.username.lower():
            problems.append(Problem.of(subject, _not_renamed(provisioning, each.account.username)))
            each = evolve(each, subject=evolve(subject, username=each.account.username))
        settled.append(each)
    return settled, problems


def _changes(
    settled: Sequence[Settled],
    waiting: Sequence[Assignment],
    provisioning: ProvisioningType,
    snapshot: TenantSnapshot,
    app_users: AppUsers,
    now: datetime,
) -> tuple[list[Change], list[Problem]]:
    """What changes for the people who stay."""
    seats = Seats(snapshot.skus)
    managers = _managers(settled, waiting, app_users, snapshot)
    changes: list[Change] = []
    problems: list[Problem] = []
    for each in settled:
        profile, finding = profile_change(each, provisioning)
        findings = [finding, _roles(each)]
        changes += _present(profile)
        if provisioning.update_attributes or each.known is None:
            licenses, missing = license_change(each, snapshot, seats, location=_location(each))
            manager, finding = manager_change(each, managers)
            findings += [*missing, finding]
            changes += _present(licenses, manager)
        changes += _present(session_change(each, now))
        problems += [Problem.of(each.subject, finding) for finding in findings if finding]
    return changes, problems


def _roles(settled: Settled) -> Finding | None:
    roles = settled.desired.assignment.grants.roles
    if not roles:
        return None
    return Finding(
        "roles_not_granted",
        f"the assigned roles are not granted by this version: {', '.join(roles)}",
        "Assign them in Entra",
        attribute="roles",
    )


def _present(*changes: Change | None) -> Iterator[Change]:
    return (change for change in changes if change is not None)


def _location(settled: Settled) -> str | None:
    wanted = settled.desired.profile.get("usageLocation")
    if isinstance(wanted, str):
        return wanted
    return settled.account.properties.get("usageLocation") if settled.account else None


def _managers(
    settled: Iterable[Settled], waiting: Iterable[Assignment], app_users: AppUsers, snapshot: TenantSnapshot
) -> Managers:
    """Who can be a manager: everybody settled, and those who are held but have an account."""
    found: dict[str, ManagerAccount] = {}

    def enter(person: Person, manager: ManagerAccount) -> None:
        names = [account.distinguished_name for account in person.directory_accounts]
        found.update((name.lower(), manager) for name in (*names, manager.subject.username) if name)

    for assignment in waiting:
        known = app_users.get(assignment.person.id)
        if known and known.object_id in snapshot.by_id:
            subject = Subject(known.person_id, assignment.person.name, known.username)
            enter(assignment.person, ManagerAccount(subject, known.object_id))
    for each in settled:
        enter(each.desired.assignment.person, ManagerAccount(each.subject, each.object_id))
    return Managers(found, snapshot)


def _leavers(
    app_users: AppUsers,
    staying: set[str],
    provisioning: ProvisioningType,
    snapshot: TenantSnapshot,
    now: datetime,
) -> list[Change]:
    """Blocks for the accounts of people who are not assigned any more."""
    return [
        BlockSignIn(
            Subject(user.person_id, _name_of(user, snapshot), user.username),
            "not assigned any more, or deactivated in Okta",
            user.object_id,
            now,
        )
        for user in app_users
        if provisioning.deactivate_users
        and user.person_id not in staying
        and user.status is AppUserStatus.ACTIVE
        and (account := snapshot.by_id.get(user.object_id)) is not None
        and account.enabled
    ]


def _name_of(user: AppUser, snapshot: TenantSnapshot) -> str:
    account = snapshot.by_id[user.object_id]
    return str(account.properties.get("displayName") or user.username)


def _holding(assignment: Assignment, app_users: AppUsers) -> Problem:
    person = assignment.person
    known = app_users.get(person.id)
    return Problem(
        Subject(person.id, person.name, known.username if known else ""),
        f"held_{person.status.value.lower()}",
        f"{person.status.value} in Okta, so the account is left as it is",
        "Activate the person in Okta to provision them",
    )


def _no_account(provisioning: ProvisioningType) -> Finding:
    if isinstance(provisioning, LicenseOnly):
        why, remedy = f"{provisioning.label} creates none", "Create the account in Entra, or choose another type"
    else:
        why, remedy = "Create Users is off", "Turn on Create Users, or create the account in Entra"
    return Finding("create_users_is_off", f"has no Office 365 account, and {why}", remedy, stops=True)


def _not_renamed(provisioning: ProvisioningType, username: str) -> Finding:
    return Finding(
        "username_not_changed",
        f"the account keeps its username {username}: {provisioning.label} does not rename",
        "Rename it in Entra, or choose User Sync or Universal Sync",
        attribute="userName",
    )


def _undeliverable(people: Iterable[DesiredUser], provisioning: ProvisioningType) -> tuple[Undeliverable, ...]:
    """Values that have no property in Graph, by attribute."""
    everybody = list(people)
    attributes = {}
    counts: Counter[str] = Counter()
    for desired in everybody:
        for position, attribute in desired.profile.mapping.beyond_graph:
            if desired.profile.values[position]:
                attributes[attribute.name] = attribute
                counts[attribute.name] += 1
    rows = [
        Undeliverable(attributes[name].label, "Graph has no such property", attributes[name].instead, count)
        for name, count in sorted(counts.items())
    ]
    if provisioning.synced and everybody:
        rows.append(
            Undeliverable(
                "Synced with Active Directory",
                "onPremisesSyncEnabled is read-only in Graph",
                "accounts stay cloud accounts; only Entra Connect can make them synced ones",
                len(everybody),
            )
        )
    if provisioning.sends_resources:
        rows += _RESOURCES
    return tuple(rows)


_RESOURCES = (
    Undeliverable(
        "Contacts, distribution lists and resource mailboxes",
        "Graph can only read them",
        "make them in Exchange Online",
        people=0,
    ),
    Undeliverable(
        "Security groups of Active Directory",
        "this version sends people and no groups",
        "make the groups in Entra, or leave them to Entra Connect",
        people=0,
    ),
)
