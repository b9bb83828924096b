"""The memory between runs: what we know we provisioned.

One :class:`AppUser` a person. Without it nobody is ours: an account that has neither an assignment nor an AppUser is
never touched. The table is a value; a plan takes one and a report gives the next.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from attrs import field, frozen

from o365prov._fields import aware, frozen_mapping
from o365prov.errors import SourceError
from o365prov.people.assignment import LicenseGrant

FORMAT = "o365prov.app-users/1"


class AppUserStatus(StrEnum):
    """Whether the account is in use, or was deactivated or deleted by us."""

    ACTIVE = "active"
    DEACTIVATED = "deactivated"
    DELETED = "deleted"


@frozen
class AppUser:
    """What one person's Office 365 account got from us.

    *object_id* is the account's id in the tenant; *anchor* its ``onPremisesImmutableId``; *fingerprint* stands for the
    profile last sent; *licenses* and *roles* are those that we granted; *manager_id* is the object id of the manager
    last set, and *manager_reference* stands for how the source named them; *password_instant* is the newest password
    change that ended sessions; *deactivated_at* when sign-in was blocked.
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
    deactivated_at: datetime | None = field(default=None, validator=aware)
    password_instant: datetime | None = field(default=None, validator=aware)
    provisioning_type: str = ""


def _by_person(users: Iterable[AppUser] | Mapping[str, AppUser]) -> Mapping[str, AppUser]:
    return frozen_mapping(users if isinstance(users, Mapping) else {user.person_id: user for user in users})


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
        return self._users.get(person_id)

    def with_user(self, user: AppUser) -> AppUsers:
        """The same table with this user added or replaced."""
        return AppUsers({**self._users, user.person_id: user})

    def with_users(self, users: Iterable[AppUser]) -> AppUsers:
        """The same table with these users added or replaced, in one step."""
        return AppUsers({**self._users, **{user.person_id: user for user in users}})

    def without(self, person_id: str) -> AppUsers:
        """The same table without this person."""
        return AppUsers({key: user for key, user in self._users.items() if key != person_id})

    def shared_accounts(self) -> tuple[str, ...]:
        """The object ids to which several people are linked: when one leaves, the other would lose the account."""
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

    def to_json(self) -> str:
        """The table as JSON text that :meth:`from_json` reads back; one line a user, so that it diffs well."""
        lines = ",\n".join(json.dumps(_to_dict(user)) for user in self)
        return f'{{"format": "{FORMAT}", "users": [\n{lines}\n]}}\n'

    @classmethod
    def from_json(cls, text: str, *, where: str = "app users") -> AppUsers:
        """Read what :meth:`to_json` wrote.

        Raises :class:`~o365prov.errors.SourceError`, which names *where*, if the text is something else.
        """
        try:
            document = json.loads(text)
            if not isinstance(document, dict) or document.get("format") != FORMAT:
                raise SourceError(f"{where}: not a table of app users ({FORMAT}): pass the file that save() wrote")
            users = [_from_dict(row) for row in document["users"]]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise _damaged(where, error) from error
        if len({user.person_id for user in users}) < len(users):
            raise _damaged(where, ValueError("somebody is there twice"))
        return cls(users)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the table to *path*: wholly or not at all."""
        target = Path(path)
        draft = target.with_name(target.name + ".new")
        draft.write_text(self.to_json(), encoding="utf-8")
        draft.replace(target)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> AppUsers:
        """Read the table from *path*; raises SourceError if it is missing or damaged."""
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SourceError(
                f"{path}: can't be read ({error}): start with AppUsers.empty() or name the file"
            ) from error
        return cls.from_json(text, where=str(path))

    def save_sqlite(self, path: str | os.PathLike[str]) -> None:
        """Let the SQLite database at *path* hold this table: in one transaction, writing only the rows that differ.

        Raises :class:`~o365prov.errors.SourceError` if the file is no such database, or can't be written.
        """
        from o365prov.people.app_user_store import save_rows  # noqa: PLC0415 - sqlite3 loads where it is used

        save_rows(path, ((user.person_id, json.dumps(_to_dict(user))) for user in self))

    @classmethod
    def load_sqlite(cls, path: str | os.PathLike[str]) -> AppUsers:
        """Read the table that :meth:`save_sqlite` wrote; raises SourceError if it is missing or damaged."""
        from o365prov.people.app_user_store import load_rows  # noqa: PLC0415

        try:
            return cls(_from_dict(json.loads(row)) for row in load_rows(path))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise _damaged(str(path), error) from error


def _damaged(where: str, error: Exception) -> SourceError:
    return SourceError(f"{where}: damaged table of app users ({error}): restore it from a backup")


def _to_dict(user: AppUser) -> dict[str, Any]:
    return {
        "person_id": user.person_id,
        "object_id": user.object_id,
        "username": user.username,
        "anchor": user.anchor,
        "fingerprint": user.fingerprint,
        "licenses": [[grant.sku, grant.service_plans] for grant in user.licenses],
        "roles": list(user.roles),
        "manager_id": user.manager_id,
        "manager_reference": user.manager_reference,
        "status": user.status.value,
        "deactivated_at": user.deactivated_at and user.deactivated_at.isoformat(),
        "password_instant": user.password_instant and user.password_instant.isoformat(),
        "provisioning_type": user.provisioning_type,
    }


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _text(row: Mapping[str, Any], key: str) -> str:
    if not isinstance(row[key], str):
        raise TypeError(f"{key} is no text")
    return str(row[key])


def _optional_text(row: Mapping[str, Any], key: str) -> str | None:
    return None if row[key] is None else _text(row, key)


def _texts(values: object) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
        raise TypeError("roles or licenses hold something else than texts")
    return tuple(values)


def _grant(sku: object, plans: object) -> LicenseGrant:
    return LicenseGrant(_texts([sku])[0], None if plans is None else _texts(plans))


def _from_dict(row: Mapping[str, Any]) -> AppUser:
    return AppUser(
        person_id=_text(row, "person_id"),
        object_id=_text(row, "object_id"),
        username=_text(row, "username"),
        anchor=_optional_text(row, "anchor"),
        fingerprint=_text(row, "fingerprint"),
        licenses=tuple(_grant(sku, plans) for sku, plans in row["licenses"]),
        roles=_texts(row["roles"]),
        manager_id=_optional_text(row, "manager_id"),
        manager_reference=_text(row, "manager_reference"),
        status=AppUserStatus(row["status"]),
        deactivated_at=_instant(row["deactivated_at"]),
        password_instant=_instant(row["password_instant"]),
        provisioning_type=_text(row, "provisioning_type"),
    )
