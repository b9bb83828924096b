"""The memory between runs: which accounts we provisioned, and what we gave them.

It holds one :class:`AppUser` a person, and belongs to one tenant and one app. An account that has neither an assignment
nor an AppUser is never touched. The table is a value: a plan takes one, and a report gives the next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, cast

from attrs import evolve, field, frozen

from o365prov._annotations import check_call
from o365prov._fields import as_tuple, frozen_mapping, keyed_by, typed, whole_number
from o365prov.errors import ConfigurationError
from o365prov.people.assignment import LicenseGrant
from o365prov.people.departure import Departure, Missing
from o365prov.people.leaver_steps import LeaverStep
from o365prov.rendering import Document, Overviewed, first_rows, overview
from o365prov.structuring import Saved, SavedFormat


class AppUserStatus(StrEnum):
    """Where an account of ours stands.

    It is in use, or still to be enabled, or paused (blocked from here while its person is suspended); it was kept when
    its person left, or deactivated or deleted by us.
    """

    ACTIVE = "active"
    ENABLING = "enabling"
    PAUSED = "paused"
    KEPT = "kept"
    DEACTIVATED = "deactivated"
    DELETED = "deleted"


@frozen(field_transformer=typed)
class WaitingForSeat:
    """A licence that a person is assigned and could not get, because no seat was left.

    Args:
        sku: the licence's part number.
        since: since when the person waits, aware.

    """

    sku: str
    since: datetime


@frozen(field_transformer=typed)
class AppUser:
    """What one person's Office 365 account got from us.

    Args:
        person_id: the person.
        object_id: the account's id in the tenant; empty as long as nobody knows whether the account was created.
        username: the username last sent.
        anchor: the account's source anchor, ``onPremisesImmutableId``.
        fingerprint: a hash of the profile last sent.
        licenses: the licences that we granted.
        roles: the directory roles that we granted.
        manager_id: the object id of the manager last set.
        manager_reference: a hash of how the source named that manager.
        status: whether the account is in use, is linked and its sign-in still to be enabled, is blocked from here for
            the time being, was kept when its person left, because Deactivate Users was off, or was deactivated or
            deleted by us.
        departure: when the person left and what was decided then; given where the status is ``kept`` or
            ``deactivated``, left there of somebody who is assigned again until sign-in is enabled, and there already
            while nobody knows whether sign-in was blocked.
        password_instant: the newest password change that ended sessions, aware.
        provisioning_type: the name of the type that provisioned the account, such as ``user_sync``.
        waiting: the licences for which the person waits.
        unfinished: whether something that the last apply began for the person failed at first, or may have been done
            or not; the next plan then compares everything with the tenant.
        excluded_by: the condition that the person met when last seen at the source, and that excludes them; empty for
            none.
        missing: in how many complete reads of the source the person was missing; None for somebody who was not.

    Raises:
        ConfigurationError: a field has a wrong type, or somebody who left has no departure.

    """

    person_id: str
    object_id: str
    username: str
    anchor: str | None = None
    fingerprint: str = ""
    licenses: tuple[LicenseGrant, ...] = ()
    roles: tuple[str, ...] = ()
    manager_id: str | None = None
    manager_reference: str = ""
    status: AppUserStatus = AppUserStatus.ACTIVE
    departure: Departure | None = None
    password_instant: datetime | None = None
    provisioning_type: str = ""
    waiting: tuple[WaitingForSeat, ...] = ()
    unfinished: bool = False
    excluded_by: str = ""
    missing: Missing | None = None

    def __attrs_post_init__(self) -> None:
        if self.status in (AppUserStatus.KEPT, AppUserStatus.DEACTIVATED) and self.departure is None:
            raise ConfigurationError(f"AppUser.departure is missing: a {self.status} user has the day and the option")

    @property
    def is_in_use(self) -> bool:
        """Whether the person is here, as far as we know: the account is in use, about to be, or paused."""
        return self.status in _IN_USE

    @property
    def was_out_of_sight(self) -> bool:
        """Whether the person was excluded, or missing from the source, when last looked for."""
        return bool(self.excluded_by) or self.missing is not None

    def stays_in_groups(self, now: datetime) -> bool:
        """Whether somebody who left keeps the memberships at *now* (aware), because their day has not come."""
        departure = self.departure
        if self.status is not AppUserStatus.DEACTIVATED or departure is None:
            return False
        return not departure.has_come(LeaverStep.GROUPS, now)


_IN_USE = (AppUserStatus.ACTIVE, AppUserStatus.ENABLING, AppUserStatus.PAUSED)


def _by_person(users: Iterable[AppUser] | Mapping[str, AppUser]) -> Mapping[str, AppUser]:
    return keyed_by("person_id", users, AppUser, "AppUsers.users", "person")


def _by_account(values: object) -> Any:
    return frozen_mapping(cast("Mapping[str, str]", values)) if isinstance(values, Mapping) else values


@frozen(repr=False, field_transformer=typed)
class AppUsers(Overviewed, Saved):
    """A frozen table of :class:`AppUser`, one a person, of one app in one tenant.

    Args:
        tenant_id: the tenant that the accounts are in.
        app_name: the name of the app that provisioned them, such as ``app.name``.
        users: the users, or a mapping of them by person id.
        lineage: the id of the first plan whose memory this is; empty before the first one.
        serial: how often something was noted since; it only grows.
        linked_elsewhere: accounts that other apps have linked: the names of these apps by object id.
        left_elsewhere: those of them whose people left the other app: the source anchors that it remembers by object
            id, empty where it knows none.

    Raises:
        ConfigurationError: a person is there twice, or an argument has a wrong type.

    >>> table = AppUsers.empty("contoso", "Office 365")
    >>> table = table.with_user(AppUser("00u1", "11111111-1111-4111-8111-111111111111", "ann@corp.example"))
    >>> table.get("00u1").username, len(table), table
    ('ann@corp.example', 1, AppUsers(1 user))

    """

    saved_format: ClassVar[SavedFormat] = SavedFormat(
        family="o365prov.app-users",
        version=2,
        name="a table of app users",
        origin="start with AppUsers.empty(tenant_id, app_name), or name the file that AppUsers.save() wrote",
        remedy="restore it from a backup",
    )

    tenant_id: str
    app_name: str
    _users: Mapping[str, AppUser] = field(factory=dict, converter=_by_person, alias="users", hash=False)
    lineage: str = ""
    serial: int = field(default=0, validator=whole_number())
    linked_elsewhere: Mapping[str, str] = field(factory=dict, converter=_by_account, hash=False)
    left_elsewhere: Mapping[str, str] = field(factory=dict, converter=_by_account, hash=False)

    @classmethod
    def empty(cls, tenant_id: str, app_name: str) -> AppUsers:
        """The table before the first run.

        Args:
            tenant_id: the tenant, such as ``snapshot.tenant_id``.
            app_name: the app, such as ``app.name``.

        """
        return cls(tenant_id, app_name)

    @property
    def is_new(self) -> bool:
        """Whether no plan was applied yet: a first run, or a memory that was lost."""
        return not self.lineage and not self._users

    def get(self, person_id: str) -> AppUser | None:
        """The person's AppUser, or None if we never provisioned them."""
        try:
            return self._users.get(person_id)
        except TypeError:  # it can't be looked up; asked for many times a person, so nothing is checked before
            check_call(AppUsers.get, locals())
            raise

    def with_user(self, user: AppUser) -> AppUsers:
        """The same table with this user added or replaced."""
        check_call(AppUsers.with_user, locals())
        return evolve(self, users={**self._users, user.person_id: user})

    def with_users(self, users: Iterable[AppUser]) -> AppUsers:
        """The same table with these users added or replaced, in one step."""
        users = as_tuple(users)
        check_call(AppUsers.with_users, locals())
        return evolve(self, users={**self._users, **{user.person_id: user for user in users}})

    def without(self, person_id: str) -> AppUsers:
        """The same table without this person."""
        return evolve(self, users={key: user for key, user in self._users.items() if key != person_id})

    def after_plan(self, plan_id: str, users: Iterable[AppUser], *, without: Iterable[str] = ()) -> AppUsers:
        """The memory after a plan was applied.

        Args:
            plan_id: the plan's id.
            users: the users that are new or changed.
            without: the ids of people to forget, whose accounts went to others.

        """
        users, without = as_tuple(users), as_tuple(without)
        check_call(AppUsers.after_plan, locals())
        gone = frozenset(without)
        kept = {key: user for key, user in self._users.items() if key not in gone}
        known = {**kept, **{user.person_id: user for user in users}}
        return evolve(self, users=known, lineage=self.lineage or plan_id, serial=self.serial + 1)

    def shared_accounts(self) -> tuple[str, ...]:
        """The object ids that more than one person is linked to: when one leaves, the other would lose the account."""
        counts = Counter(user.object_id for user in self if user.object_id)
        if len(counts) == counts.total():
            return ()
        return tuple(sorted(object_id for object_id, count in counts.items() if count > 1))

    def __iter__(self) -> Iterator[AppUser]:
        return iter(self._users.values())

    def __len__(self) -> int:
        return len(self._users)

    def _overview(self) -> Document:
        facts = {"tenant": self.tenant_id, "app": self.app_name, "lineage": self.lineage, "serial": self.serial}
        rows = ((each.username, each.status.value, each.person_id, each.object_id) for each in self)
        columns = ("Username", "Status", "Person", "Account")
        return overview(repr(self), facts, first_rows("App users", columns, rows, len(self)))

    def __repr__(self) -> str:
        return f"AppUsers({len(self)} user{'' if len(self) == 1 else 's'})"

    def _to_json_value(self, converter: Any) -> dict[str, Any]:
        """The table in JSON: an object with a list of its users."""
        to_json = converter.get_unstructure_hook(_SavedTable)
        elsewhere = self.linked_elsewhere, self.left_elsewhere
        written: dict[str, Any] = to_json(
            _SavedTable(self.tenant_id, self.app_name, self.lineage, self.serial, tuple(self), *elsewhere)
        )
        return written

    @classmethod
    def _from_json_value(cls, value: Any, converter: Any) -> AppUsers:
        """The table that the object in JSON describes."""
        saved: _SavedTable = converter.structure(value, _SavedTable)
        elsewhere = saved.linked_elsewhere, saved.left_elsewhere
        return cls(saved.tenant_id, saved.app_name, saved.users, saved.lineage, saved.serial, *elsewhere)


@frozen
class _SavedTable:
    """How a table stands in JSON."""

    tenant_id: str
    app_name: str
    lineage: str
    serial: int
    users: tuple[AppUser, ...]
    linked_elsewhere: Mapping[str, str] = field(factory=dict)
    left_elsewhere: Mapping[str, str] = field(factory=dict)
