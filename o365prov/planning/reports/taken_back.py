"""What takes back the changes of one person, as far as the account still is as the run left it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import define, evolve, field

from o365prov.errors import Issue
from o365prov.people import AppUser, AppUserStatus, Departure, LicenseGrant
from o365prov.planning.model.change_parts import LicenseAddition, LicenseRemoval, PropertyChange, Subject
from o365prov.planning.model.changes import (
    AssignLicenses,
    BlockSignIn,
    Change,
    CreateUser,
    DeleteUser,
    EnableSignIn,
    GrantRole,
    LinkUser,
    Remember,
    RemoveLicenses,
    RemoveManager,
    RemoveRole,
    RestoreUser,
    RevokeSessions,
    SetManager,
    UpdateUser,
)
from o365prov.planning.model.outcomes import Outcome, Result
from o365prov.planning.reports import left_alone
from o365prov.planning.tenant.snapshot import HeldLicense, TenantSnapshot, TenantUser, former_username

USERNAME = "userPrincipalName"
_ALWAYS_READ = frozenset(
    {USERNAME, "onPremisesImmutableId", "accountEnabled", "mail", "displayName", "usageLocation", "proxyAddresses"}
)
_ANCHOR = "onPremisesImmutableId"


@define
class PersonUndo:
    """Takes back what one run did for one person.

    Args:
        outcomes: how the person's changes ended, in the order of the plan.
        snapshot: what the tenant holds now.
        known: what is remembered of the person now.
        reason: why, in words.
        now: the time, aware.
        changes: what takes it back.
        issues: what is not taken back, and why.

    """

    outcomes: Sequence[Outcome]
    snapshot: TenantSnapshot
    known: AppUser | None
    reason: str
    now: datetime
    changes: list[Change] = field(factory=list)
    issues: list[Issue] = field(factory=list)
    _changed: list[str] = field(factory=list)

    @property
    def subject(self) -> Subject:
        """The person, under the username that the account has now."""
        person = self.outcomes[0].change.subject
        account = self._account()
        return Subject(person.person_id, person.name, account.username if account else person.username)

    def decide(self, not_touched: Issue | None = None) -> None:
        """Find the changes and the issues; *not_touched* is why there are no changes, whatever the run did."""
        done = [each.change for each in self.outcomes if each.result is Result.DONE]
        if any(each.result is Result.UNKNOWN for each in self.outcomes):
            self.issues.append(left_alone.UNKNOWN)
        if not done and not any(each.written for each in self.outcomes):
            return
        if not_touched is not None:
            self.issues.append(not_touched)
            return
        object_id = self._object_id()
        if self.known is None or self.known.object_id != object_id:
            self.issues.append(left_alone.NOT_REMEMBERED)
            return
        account = self._account()
        if account is None:
            account = self._restored(object_id, done)
        if account is not None:
            self._take_back(account, done)
        if self._changed:
            self.issues.append(left_alone.changed_since(self._changed))

    def _object_id(self) -> str:
        ids = (each.object_id or each.change.object_id for each in self.outcomes)
        return next(filter(None, ids), "")

    def _account(self) -> TenantUser | None:
        return self.snapshot.by_id.get(self._object_id())

    # the account

    def _restored(self, object_id: str, done: Iterable[Change]) -> TenantUser | None:
        """The account that the run deleted, which is restored; None where that can't be."""
        deleted = self.snapshot.deleted_by_id.get(object_id)
        if not any(isinstance(each, DeleteUser) for each in done) or deleted is None:
            self.issues.append(left_alone.GONE)
            return None
        username = former_username(deleted)
        if username.lower() in self.snapshot.by_username:
            self.issues.append(left_alone.NAME_TAKEN)
            return None
        subject = Subject(self.subject.person_id, self.subject.name, username)
        self.changes.append(RestoreUser(subject, self.reason, object_id))
        if not any(isinstance(each, BlockSignIn) for each in done):
            departure = (self.known.departure if self.known else None) or Departure(self.now)
            status = AppUserStatus.ACTIVE if deleted.enabled else AppUserStatus.DEACTIVATED
            kept = None if deleted.enabled else departure
            self.changes.append(Remember(subject, self.reason, object_id, status=status, departure=kept))
        return deleted

    def _take_back(self, account: TenantUser, done: Sequence[Change]) -> None:
        made = next((each for each in done if isinstance(each, CreateUser | RestoreUser)), None)
        if made is not None:
            self._delete(account, made)
            return
        self._profile(account)
        for change in done:
            self._one(account, change)

    def _delete(self, account: TenantUser, made: CreateUser | RestoreUser) -> None:
        """Delete an account that is there by the run, unless somebody has changed it since."""
        given = made.properties if isinstance(made, CreateUser) else {}
        edited = [name for name, value in given.items() if name in account.properties and not _is(account, name, value)]
        if edited:
            self._changed += edited
            return
        privileged = self.snapshot.is_privileged(account.id)
        self.changes.append(DeleteUser(self.subject, self.reason, account.id, privileged=privileged))

    # its profile

    def _profile(self, account: TenantUser) -> None:
        values: dict[str, Any] = {}
        for name, (before, after) in self._written().items():
            if _same(before, after) or (_is(account, name, before) and self._was_read(name)):
                continue
            if _is(account, name, after) and self._was_read(name):
                values[name] = before
            else:
                self._changed.append(name)
        if values and self.known is not None and self.known.is_in_use:
            self.changes.append(self._update(account, values, self.known))
        elif values:
            self.issues.append(left_alone.LEFT_SINCE)

    def _was_read(self, name: str) -> bool:
        return self.snapshot.parts is None or name in self.snapshot.parts or name in _ALWAYS_READ

    def _written(self) -> Mapping[str, tuple[Any, Any]]:
        """The values before the first and after the last update of the run, by property."""
        found: dict[str, tuple[Any, Any]] = {}
        for outcome in self.outcomes:
            if isinstance(outcome.change, UpdateUser):
                for each in outcome.change.properties:
                    if outcome.result is Result.DONE or each.name in outcome.written:
                        found[each.name] = (found.get(each.name, (each.before,))[0], each.after)
        return found

    def _update(self, account: TenantUser, values: Mapping[str, Any], known: AppUser) -> UpdateUser:
        subject = Subject(self.subject.person_id, self.subject.name, str(values.get(USERNAME, account.username)))
        properties = tuple(
            PropertyChange(name, account.properties.get(name), value) for name, value in sorted(values.items())
        )
        return UpdateUser(
            subject,
            self.reason,
            account.id,
            properties,
            "",
            anchor=values.get(_ANCHOR, known.anchor),
            activates=known.status is AppUserStatus.ACTIVE,
        )

    # everything else

    def _one(self, account: TenantUser, change: Change) -> None:
        match change:
            case LinkUser() | UpdateUser() if change.takes_over is not None:
                self.issues.append(left_alone.handed_over(change.takes_over, account.id))
            case LinkUser():
                self.issues.append(left_alone.LINKED)
            case EnableSignIn() | BlockSignIn():
                self._sign_in(account, change)
            case AssignLicenses():
                self._licenses(account, change.add, change.remove)
            case RemoveLicenses():
                self._licenses(account, (), change.remove)
            case GrantRole() | RemoveRole():
                self._role(account, change)
            case SetManager() | RemoveManager():
                self.issues.append(left_alone.MANAGER)
            case RevokeSessions():
                self.issues.append(left_alone.SESSIONS)
            case Remember():
                self._memory(change)
            case _:  # a deleted account is restored by now
                pass

    def _sign_in(self, account: TenantUser, change: EnableSignIn | BlockSignIn) -> None:
        if account.enabled is not isinstance(change, EnableSignIn):
            self._changed.append("accountEnabled")
        elif account.enabled:
            self._block(account, change.departure)
        else:
            departure = self.known.departure if self.known else None
            self.changes.append(EnableSignIn(self._named(account), self.reason, account.id, departure=departure))

    def _block(self, account: TenantUser, departure: Departure | None) -> None:
        """Block sign-in as it was: of somebody who had left on that day, or for the time being."""
        left = None if departure is None else evolve(departure, blocked=True)
        privileged = self.snapshot.is_privileged(account.id)
        self.changes.append(BlockSignIn(self.subject, self.reason, account.id, left, privileged=privileged))
        if not account.is_guest:  # guests have their sessions elsewhere
            self.changes.append(RevokeSessions(self.subject, self.reason, account.id, None))

    def _memory(self, change: Remember) -> None:
        """One read less in which the person was missing; anything else follows the other changes, or is said."""
        known = self.known
        if change.missing is not None and known is not None and (missing := known.missing) is not None:
            less = evolve(missing, reads=missing.reads - 1) if missing.reads > 1 else None
            self.changes.append(Remember(self.subject, self.reason, known.object_id, missing=less, seen=less is None))
        if change.mailbox_done and known is not None and known.departure is not None and known.departure.mailbox_done:
            self.changes.append(Remember(self.subject, self.reason, known.object_id, mailbox_done=False))
        if change.departure is not None and known is not None and known.departure == change.departure:
            self.issues.append(left_alone.STILL_LEFT)

    def _role(self, account: TenantUser, change: GrantRole | RemoveRole) -> None:
        held = {each.role_id: each.id for each in self.snapshot.roles_of.get(account.id, ())}
        subject = self._named(account)
        if isinstance(change, RemoveRole) and change.role_id not in held:
            role = self.snapshot.role_named.get(change.role_id)
            privileged = role is None or role.privileged
            self.changes.append(
                GrantRole(subject, self.reason, account.id, change.role, change.role_id, privileged=privileged)
            )
        elif isinstance(change, GrantRole) and change.role_id in held:
            assignment = held[change.role_id]
            self.changes.append(RemoveRole(subject, self.reason, account.id, change.role, change.role_id, assignment))
        else:
            self._changed.append(change.role)

    def _licenses(
        self, account: TenantUser, added: Sequence[LicenseAddition], removed: Sequence[LicenseRemoval]
    ) -> None:
        held = {each.sku_id: each for each in account.licenses if each.inherited_from is None}
        back = [LicenseAddition(each.sku_id, each.part_number) for each in removed if each.sku_id not in held]
        if back:
            self.issues.append(left_alone.SERVICE_PLANS)
        away: list[LicenseRemoval] = []
        for each in added:
            license_now = held.get(each.sku_id)
            if license_now is None or license_now.disabled_plans != frozenset(each.disabled_plans):
                self._changed.append(each.part_number)
            elif each.held:
                back.append(self._switched_back(each, license_now))
            else:
                away.append(LicenseRemoval(each.sku_id, each.part_number))
        if back or away:
            grants = tuple(self._grants(back, away))
            subject = self._named(account)
            self.changes.append(AssignLicenses(subject, self.reason, account.id, tuple(back), tuple(away), grants))

    def _switched_back(self, added: LicenseAddition, held: HeldLicense) -> LicenseAddition:
        """The service plans as they were before the run switched some."""
        sku = self.snapshot.sku_named.get(added.sku_id)
        ids = sku.plans if sku else {}
        off = held.disabled_plans.union(ids[name] for name in added.plans_on if name in ids)
        off -= {ids[name] for name in added.plans_off if name in ids}
        plans = tuple(sorted(off))
        return LicenseAddition(
            added.sku_id, added.part_number, plans, held=True, plans_on=added.plans_off, plans_off=added.plans_on
        )

    def _grants(self, back: Iterable[LicenseAddition], away: Iterable[LicenseRemoval]) -> Iterator[LicenseGrant]:
        """The licences that the person then has from us."""
        gone = {each.sku_id for each in away}
        known = self.known.licenses if self.known else ()
        skus = {each: self.snapshot.find_sku(each.sku) for each in known}
        yield from (each for each, sku in skus.items() if sku is None or sku.id not in gone)
        had = {sku.id for sku in skus.values() if sku is not None}
        yield from (LicenseGrant(each.part_number) for each in back if each.sku_id not in had)

    def _named(self, account: TenantUser) -> Subject:
        username = account.username if account.id in self.snapshot.by_id else former_username(account)
        return Subject(self.subject.person_id, self.subject.name, username)


def _same(one: Any, other: Any) -> bool:
    """Whether two values of a property are the same to Graph: None, an empty string and an empty list are."""
    return (one or None) == (other or None)


def _is(account: TenantUser, name: str, value: Any) -> bool:
    return _same(account.properties.get(name), value)
