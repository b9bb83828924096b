"""What a simulation looks at: the tenant and the memory at one moment, and what became of a day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from attrs import asdict, define, evolve, field, frozen

from o365prov.app import Office365App
from o365prov.people import AppUser, AppUsers, AppUserStatus, Assignment, Grants, UserStatus
from o365prov.planning import Plan, Report, Verification
from o365prov.simulation.machinery.virtual_time import day_of
from o365prov.testing import FakeTenant

_OF_THE_MOMENT = frozenset(
    {"id", "createdDateTime", "deletedDateTime", "passwordProfile", "signInSessionsValidFromDateTime"}
)
_BY_CHANCE = frozenset({"assignedPlans", "provisionedPlans", "licenseAssignmentStates"})
_OF_LICENSES = frozenset({"assignedLicenses", "licenses", "mail", "primary", "waiting"})
"""What an account and its person have with a licence, a mailbox among it."""
_OF_ONE_APPLY = frozenset({"confirmed", "password_instant"})
"""What is remembered of a departure depends on how many left with one plan. That sessions had ended by themselves,
which a lost note leaves out, changes nothing that is ever sent."""


@frozen
class HeldAccount:
    """An account as the tenant holds it.

    Args:
        id: the object id.
        username: the userPrincipalName.
        properties: everything else, by Graph's names.
        licenses: the ids of the products that it holds.
        roles: the ids of the roles that it holds.
        is_deleted: whether it is among the deleted ones.

    """

    id: str
    username: str
    properties: Mapping[str, Any]
    licenses: frozenset[str]
    roles: frozenset[str] = frozenset()
    is_deleted: bool = False

    @property
    def is_enabled(self) -> bool:
        """Whether its person can sign in."""
        return bool(self.properties.get("accountEnabled")) and not self.is_deleted

    @property
    def anchor(self) -> str | None:
        """The source anchor."""
        return self.properties.get("onPremisesImmutableId")


@frozen
class Books:
    """The tenant and the memory at one moment.

    Args:
        accounts: every account by its id, the deleted ones too.
        memory: what is remembered.

    """

    accounts: Mapping[str, HeldAccount]
    memory: AppUsers

    @classmethod
    def of(cls, fake: FakeTenant, memory: AppUsers) -> Books:
        """What a tenant holds now, and what is remembered."""
        users = [_account(user, fake.roles_of(user["id"])) for user in fake.users]
        deleted = [_account(item, (), is_deleted=True) for item in fake.deleted_items if "userPrincipalName" in item]
        return cls({each.id: each for each in (*users, *deleted)}, memory)

    def live(self) -> list[HeldAccount]:
        """The accounts that are not deleted."""
        return [each for each in self.accounts.values() if not each.is_deleted]

    def comparable(self, without: Collection[str] = (), *, unlicensed: Collection[str] = ()) -> list[str]:
        """Tenant and memory, so that two runs can be compared: ids by what they stand for, instants by their days.

        Args:
            without: the names, as :meth:`names` gives them, of accounts to leave out.
            unlicensed: the names of those to compare without their licences.

        """
        names, lines = self.names(), []
        for account in self.accounts.values():
            lines += _compared("account", _tenant_facts(account), names[account.id], names, without, unlicensed)
        for user in self.memory:
            facts = _memory_facts(user, names)
            lines += _compared("memory", facts, _name_in_memory(user, names), names, without, unlicensed)
        return sorted(lines)

    def waiting(self) -> frozenset[tuple[str, str]]:
        """Who waits for a seat: the name of the account, and the part number of the licence."""
        names = self.names()
        return frozenset((_name_in_memory(user, names), each.sku) for user in self.memory for each in user.waiting)

    def facts(self, object_id: str, *, without: Collection[str] = ()) -> str:
        """What an account holds, so that it can be compared; nothing for one that is gone or deleted."""
        account = self.accounts.get(object_id)
        if account is None or account.is_deleted:
            return ""
        return _shown({name: value for name, value in _tenant_facts(account).items() if name not in without}, {})

    def names(self) -> Mapping[str, str]:
        """What each account is called in every run, by its id."""
        return {key: name_of(each.properties) for key, each in self.accounts.items()}


def name_of(user: Mapping[str, Any]) -> str:
    """What an account is called in every run: its source anchor, or else its username before it was deleted."""
    username = str(user["userPrincipalName"]).removeprefix(str(user["id"]).replace("-", ""))
    return str(user.get("onPremisesImmutableId") or username.lower())


def _name_in_memory(user: AppUser, names: Mapping[str, str]) -> str:
    return names.get(user.object_id, user.anchor or user.username.lower())


def _compared(
    what: str,
    facts: Mapping[str, Any],
    name: str,
    names: Mapping[str, str],
    without: Collection[str],
    unlicensed: Collection[str],
) -> list[str]:
    if name in without:
        return []
    if name in unlicensed:
        facts = {key: value for key, value in facts.items() if key not in _OF_LICENSES}
    return [f"{what} {_shown(facts, names)}"]


def _account(user: Mapping[str, Any], roles: Iterable[str], *, is_deleted: bool = False) -> HeldAccount:
    licenses = frozenset(each["skuId"] for each in user.get("assignedLicenses", ()))
    return HeldAccount(user["id"], user["userPrincipalName"], user, licenses, frozenset(roles), is_deleted)


def _tenant_facts(account: HeldAccount) -> dict[str, Any]:
    properties = account.properties
    facts = {name: properties[name] for name in properties if name not in _OF_THE_MOMENT | _BY_CHANCE}
    facts["userPrincipalName"] = account.username.removeprefix(account.id.replace("-", ""))
    addresses = facts.pop("proxyAddresses", None) or ()  # the others are those that a mailbox kept, if there was one
    is_mailbox = bool(account.licenses)  # it is kept without one too, also of whoever had the last seat for a moment
    primary = [each for each in addresses if each.startswith("SMTP:")] if is_mailbox else []
    return {**facts, "primary": primary, "roles": sorted(account.roles), "is_deleted": account.is_deleted}


def _memory_facts(user: AppUser, names: Mapping[str, str]) -> dict[str, Any]:
    if user.status is AppUserStatus.DELETED:  # nothing else is ever asked of it
        gone = user.object_id not in names
        return {"person_id": user.person_id, "object_id": None if gone else user.object_id, "status": user.status}
    facts = asdict(user, filter=lambda attribute, _: attribute.name not in _OF_ONE_APPLY)
    # The rest says with which settings it was made; all but active people are compared with the tenant all the same.
    fingerprint = user.fingerprint.partition(".")[0] if user.status is AppUserStatus.ACTIVE else ""
    return {**facts, "fingerprint": fingerprint}


def _shown(value: object, names: Mapping[str, str]) -> str:
    match value:
        case str():  # most values are, and to ask whether one is a Mapping takes long
            return _text_shown(value, names)
        case Mapping():
            return ", ".join(
                f"{name}={_shown(value[name], names)}" for name in sorted(value) if value[name] is not None
            )
        case list() | tuple():
            return f"[{', '.join(_shown(each, names) for each in value)}]"
        case datetime():
            return f"day {day_of(value)}"
        case _:
            return str(value)


def _text_shown(text: str, names: Mapping[str, str]) -> str:
    if text in names:
        return f"<{names[text]}>"
    if text[10:11] == "T" and text.endswith("Z"):
        return f"day {day_of(datetime.fromisoformat(text))}"
    return str(text)


@define
class Applied:
    """What one applier did.

    Args:
        process: its name.
        what: how the story tells it.
        plan: the plan that it applied; None if it came to none.
        report: its report; None if there was none.
        error: the error that it ended with; None if it did not.
        left_traces: whether a refusal changed anything.

    """

    process: str
    what: str
    plan: Plan | None = None
    report: Report | None = None
    error: Exception | None = None
    left_traces: bool = False

    def __str__(self) -> str:
        if self.error is not None:
            return f"{self.what}: {type(self.error).__name__}"
        return f"{self.what}: {self.report!r}" if self.report is not None else self.what


@frozen
class Undone:
    """A run that was taken back at once.

    Args:
        before: the tenant and the memory before the run.
        run: its report.
        taken_back: what the undo did.
        after: the tenant and the memory after that.

    """

    before: Books
    run: Report
    taken_back: Applied
    after: Books


@define
class Day:
    """What became of a day.

    Args:
        now: the instant at which it ends.
        app: the app, with the settings of the day.
        assignments: who is assigned.
        given: who was assigned what until the day before.
        identities: who somebody is, by person id: the first of the ids that anybody knows to be the same person's.
        ids: the ids of licences and roles by their names.
        owners: who had an account first, by object id.
        before: the tenant and the memory once everything had happened, and before anybody applied.
        absent_since: since when people are missing from what the source says, by person id.
        is_complete: whether the source was read as a whole.
        enabled: when accounts were last seen enabled that nobody blocked by hand since, by object id.
        edited: the names of the accounts that administrators edited until now in ways that plans leave as they are, or
            while plans were applied.
        waited: who waited for a seat at the end of a day until now: the number of the day, the name of the account, and
            the part number of the licence.
        applied: what the appliers did, in order.
        plans: the plans that were made on the day.
        undone: a run that was taken back; None if none was.
        attempts: how many plans it took at the end until nothing was left to do.
        faults: what should not have happened with the lease.
        sent: the ids of the licences and roles that accounts were ever given from here, by object id; an account that
            was created from here is there too.
        created: the accounts that appliers created until now: the name of the process, and the username.
        end: the tenant and the memory at the end.
        plan: the last plan, which has nothing to do.
        verification: what was found of the last undisturbed plan that changed something; None if none did.

    """

    now: datetime
    app: Office365App
    assignments: tuple[Assignment, ...]
    given: tuple[Assignment, ...]
    identities: Mapping[str, str]
    ids: Mapping[str, str]
    owners: Mapping[str, str]
    before: Books
    absent_since: Mapping[str, datetime] = field(factory=dict)
    is_complete: bool = True
    enabled: Mapping[str, datetime] = field(factory=dict)
    edited: frozenset[str] = frozenset()
    waited: frozenset[tuple[int, str, str]] = frozenset()
    applied: list[Applied] = field(factory=list)
    plans: list[Plan] = field(factory=list)
    undone: Undone | None = None
    attempts: int = 0
    faults: list[str] = field(factory=list)
    sent: Mapping[str, frozenset[str]] = field(factory=dict)
    created: frozenset[tuple[str, str]] = frozenset()
    end: Books | None = None
    plan: Plan | None = None
    verification: Verification | None = None

    @property
    def after(self) -> Books:
        """The tenant and the memory at the end."""
        return self.before if self.end is None else self.end

    @cached_property
    def wanted(self) -> Mapping[str, Assignment]:
        """The assignments of who is to be served now, by person id; ask once the day is over."""
        return {each.person.id: each for each in self.assignments if self.is_served(each)}

    def is_served(self, assignment: Assignment) -> bool:
        """Whether somebody is active, and the assignment has begun, has not ended and is not excluded."""
        return (
            assignment.person.status is UserStatus.ACTIVE
            and (assignment.starts is None or assignment.starts <= self.now)
            and not self.is_over(assignment)
            and not self.is_excluded(assignment)
        )

    def is_over(self, assignment: Assignment) -> bool:
        """Whether the day of its end has come."""
        return assignment.ends is not None and assignment.ends <= self.now

    def is_excluded(self, assignment: Assignment) -> bool:
        """Whether its person meets the condition that excludes people, or has an account that is excluded."""
        lifecycle, user = self.app.lifecycle, self.before.memory.get(assignment.person.id)
        excluded = lifecycle.excluded_people
        if excluded is not None and excluded.holds(assignment, self.now):
            return True
        return user is not None and lifecycle.excludes_account(user.object_id)

    def granted(self, assignment: Assignment) -> Grants:
        """The licences and roles that an assignment gives now."""
        ended = {role for role, at in assignment.role_ends.items() if at <= self.now}
        grants = assignment.grants
        return evolve(grants, roles=tuple(role for role in grants.roles if role not in ended))

    @cached_property
    def said(self) -> frozenset[str]:
        """The ids of the people of whom the last plan says that something is wrong."""
        return frozenset() if self.plan is None else frozenset(each.subject.person_id for each in self.plan.problems)

    def is_said(self, code: str, person_id: str) -> bool:
        """Whether a plan of the day says this of a person."""
        problems = (problem for each in self.applied if each.plan is not None for problem in each.plan.problems)
        return any((problem.code, problem.subject.person_id) == (code, person_id) for problem in problems)

    def ids_of(self, names: Iterable[str]) -> frozenset[str]:
        """The ids of these licences or roles, as far as the tenant has them."""
        return frozenset(self.ids[name.lower()] for name in names if name.lower() in self.ids)
