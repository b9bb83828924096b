"""The memory between runs: which accounts we provisioned, and what we gave them.

It holds one :class:`AppUser` a person. An account that has neither an assignment nor an AppUser is never touched. The
table is a value: a plan takes one, and a report gives the next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from attrs import field, frozen

from o365prov._annotations import check_call
from o365prov._fields import as_tuple, frozen_mapping, typed
from o365prov.errors import ConfigurationError
from o365prov.people.assignment import LicenseGrant
from o365prov.people.departure import Departure
from o365prov.structuring import SavedFormat, StrPath, write_text


class AppUserStatus(StrEnum):
    """Whether the account is in use, or was deactivated or deleted by us."""

    ACTIVE = "active"
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
        object_id: the account's id in the tenant.
        username: the username last sent.
        anchor: the account's source anchor, ``onPremisesImmutableId``.
        fingerprint: a hash of the profile last sent.
        licenses: the licences that we granted.
        roles: the directory roles that we granted.
        manager_id: the object id of the manager last set.
        manager_reference: a hash of how the source named that manager.
        status: whether the account is in use, or was deactivated or deleted by us.
        departure: when the person left and what was decided then; given where the status is ``deactivated``.
        password_instant: the newest password change that ended sessions, aware.
        provisioning_type: the name of the type that provisioned the account, such as ``user_sync``.
        waiting: the licences for which the person waits.

    Raises:
        ConfigurationError: a field has a wrong type, or a deactivated user has no departure.

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

    def __attrs_post_init__(self) -> None:
        if self.status is AppUserStatus.DEACTIVATED and self.departure is None:
            raise ConfigurationError("AppUser.departure is missing: a deactivated user has the day and the option")


def _by_person(users: Iterable[AppUser] | Mapping[str, AppUser]) -> Mapping[str, AppUser]:
    if isinstance(users, Mapping):
        return frozen_mapping(cast("Mapping[str, AppUser]", users))
    if not isinstance(users, Iterable):
        raise ConfigurationError(f"AppUsers.users should be AppUser values, not a {type(users).__name__}")
    table: dict[str, AppUser] = {}
    for user in users:
        if not isinstance(user, AppUser):
            raise ConfigurationError(f"AppUsers.users should be AppUser values, not a {type(user).__name__}")
        if user.person_id in table:
            raise ConfigurationError(f"AppUsers.users holds the person {user.person_id} twice: keep one of them")
        table[user.person_id] = user
    return frozen_mapping(table)


@frozen(repr=False)
class AppUsers:
    """A frozen table of :class:`AppUser`, one a person.

    >>> table = AppUsers.empty().with_user(AppUser("00u1", "11111111-1111-4111-8111-111111111111", "ann@corp.example"))
    >>> table.get("00u1").username, len(table), table
    ('ann@corp.example', 1, AppUsers(1 user))
    """

    _users: Mapping[str, AppUser] = field(factory=dict, converter=_by_person, alias="users", hash=False)

    @classmethod
    def empty(cls) -> AppUsers:
        """The table before the first run."""
        return cls()

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
        return AppUsers({**self._users, user.person_id: user})

    def with_users(self, users: Iterable[AppUser]) -> AppUsers:
        """The same table with these users added or replaced, in one step."""
        users = as_tuple(users)
        check_call(AppUsers.with_users, locals())
        return AppUsers({**self._users, **{user.person_id: user for user in users}})

    def without(self, person_id: str) -> AppUsers:
        """The same table without this person."""
        return AppUsers({key: user for key, user in self._users.items() if key != person_id})

    def shared_accounts(self) -> tuple[str, ...]:
        """The object ids that more than one person is linked to: when one leaves, the other would lose the account."""
        if len({user.object_id for user in self}) == len(self):
            return ()
        counts = Counter(user.object_id for user in self)
        return tuple(sorted(object_id for object_id, count in counts.items() if count > 1))

    def __iter__(self) -> Iterator[AppUser]:
        return iter(self._users.values())

    def __len__(self) -> int:
        return len(self._users)

    def __repr__(self) -> str:
        return f"AppUsers({len(self)} user{'' if len(self) == 1 else 's'})"

    def _to_json_value(self, converter: Any) -> list[Any]:
        """The table in JSON: a list of its users."""
        to_json = converter.get_unstructure_hook(AppUser)
        return [to_json(user) for user in self]

    @classmethod
    def _from_json_value(cls, value: Any, converter: Any) -> AppUsers:
        """The table that a list of users in JSON describes."""
        users = converter.structure(value, tuple[AppUser, ...])
        if twice := [name for name, count in Counter(user.person_id for user in users).items() if count > 1]:
            raise ConfigurationError(f"holds the person {twice[0]} twice")
        return cls(users)

    def to_json(self) -> str:
        """The table as JSON text that :meth:`from_json` reads back; one line a user, so that it diffs well."""
        return _FORMAT.write(self)

    @classmethod
    def from_json(cls, text: str, *, where: str = "app users") -> AppUsers:
        """Read what :meth:`to_json` wrote.

        Args:
            text: the JSON text.
            where: what messages call it, such as the name of its file.

        Raises:
            SourceError: the text is something else, or was damaged or edited; its issues have the JSON path of
                everything that is wrong.

        """
        check_call(AppUsers.from_json, locals())
        table, _ = _FORMAT.read(text, where)
        return cast("AppUsers", table)

    def save(self, path: StrPath) -> None:
        """Write the table to *path*, completely or not at all."""
        check_call(AppUsers.save, locals())
        write_text(path, self.to_json())

    @classmethod
    def load(cls, path: StrPath) -> AppUsers:
        """Read the table from *path*.

        Raises:
            SourceError: the file is missing, or was damaged or edited.

        """
        check_call(AppUsers.load, locals())
        return cls.from_json(_FORMAT.load_text(path), where=str(path))


_FORMAT = SavedFormat(
    family="o365prov.app-users",
    version=1,
    kind=AppUsers,
    name="a table of app users",
    origin="start with AppUsers.empty(), or name the file that AppUsers.save() wrote",
    remedy="restore it from a backup",
    member="users",
)
