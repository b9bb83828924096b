"""Strays: accounts that are enabled or licensed, and that nobody is assigned to. They are shown, and never touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import ClassVar

from attrs import field, frozen

from o365prov._annotations import check_call
from o365prov._fields import as_sorted, as_tuple, typed
from o365prov.errors import UsageError
from o365prov.people import AppUser, AppUsers
from o365prov.planning.model.plan import Plan
from o365prov.planning.next_state import NextMemory
from o365prov.planning.tenant.snapshot import TenantSnapshot, TenantUser
from o365prov.provisioning import Lifecycle
from o365prov.rendering import (
    Block,
    Cell,
    Document,
    Note,
    Renderable,
    Row,
    Table,
    Tone,
    check_limit,
    count_text,
    more_row,
)
from o365prov.structuring import Saved, SavedFormat


@frozen(field_transformer=typed)
class Stray:
    """An account that nobody is assigned to.

    Args:
        object_id: the account.
        username: its username.
        name: its display name.
        enabled: whether it may sign in.
        licenses: the part numbers of its licences, each of which takes a seat.
        through_groups: those of them that a group gives, so that only the group can take them.
        roles: its directory roles.
        why: why nobody is assigned to it, as far as is known here.

    """

    object_id: str
    username: str
    name: str
    enabled: bool
    licenses: tuple[str, ...] = field(default=(), converter=as_sorted)
    through_groups: tuple[str, ...] = field(default=(), converter=as_sorted)
    roles: tuple[str, ...] = field(default=(), converter=as_sorted)
    why: str = ""


def _strays(accounts: Iterable[Stray]) -> tuple[Stray, ...]:
    return as_tuple(accounts)


@frozen(repr=False, field_transformer=typed)
class Strays(Renderable, Saved):
    """All strays of a tenant, with the seats that they take. :func:`find_strays` makes them.

    Args:
        tenant_id: the tenant.
        made_at: when the plan was made that says who is assigned, aware.
        accounts: the accounts, by username.

    """

    saved_format: ClassVar[SavedFormat] = SavedFormat(
        family="o365prov.strays",
        version=1,
        name="strays",
        origin="name the file that strays.save() wrote",
        remedy="look for them again",
    )

    tenant_id: str
    made_at: datetime
    accounts: tuple[Stray, ...] = field(default=(), converter=_strays)

    @property
    def seats(self) -> Mapping[str, int]:
        """How many seats of each licence they take, by part number."""
        return dict(sorted(Counter(name for each in self.accounts for name in each.licenses).items()))

    def document(self, *, limit: int | None = None) -> Document:
        """What is shown: the seats, and the accounts.

        Args:
            limit: the most rows.

        """
        check_limit(limit)
        seats = ", ".join(f"{number:,} {name}" for name, number in self.seats.items()) or "no seats"
        title = f"{count_text(len(self.accounts), 'account')} that nobody is assigned to, with {seats}"
        blocks: list[Block] = [Note((title,), Tone.TITLE)]
        if self.accounts:
            rows = [_row(each) for each in self.accounts[:limit]]
            rows += more_row(len(self.accounts), limit, "", "accounts")
            columns = ("Account", "Sign-in", "Licences", "Roles", "Why")
            blocks.append(Table("Strays", columns, rows, "{0}: {1}; {2}; {3}  ({4})", "strays"))
        return Document("Strays", blocks)

    def to_dicts(self) -> list[dict[str, str | bool]]:
        """The accounts as flat dicts, for pandas, polars or csv.

        Returns:
            For each account a dict with the keys ``object_id``, ``username``, ``name``, ``enabled``, ``licenses``,
            ``through_groups`` and ``roles`` (with commas between them), and ``why``.

        """
        return [
            {
                "object_id": each.object_id,
                "username": each.username,
                "name": each.name,
                "enabled": each.enabled,
                "licenses": ", ".join(each.licenses),
                "through_groups": ", ".join(each.through_groups),
                "roles": ", ".join(each.roles),
                "why": each.why,
            }
            for each in self.accounts
        ]

    def __repr__(self) -> str:
        return f"Strays({count_text(len(self.accounts), 'account')})"


def find_strays(plan: Plan, snapshot: TenantSnapshot, *, lifecycle: Lifecycle | None = None) -> Strays:
    """The accounts that are enabled or licensed, and that nobody is assigned to once *plan* is applied.

    Whoever the plan links, holds or creates is assigned; so is somebody who is stopped, under the username that they
    should have. Nothing is changed.

    Args:
        plan: a plan for everybody.
        snapshot: the tenant that it was made for.
        lifecycle: the app's, such as ``app.lifecycle``: of an account that it excludes it is said; None for none.

    Raises:
        UsageError: the snapshot was read for some people, or is another tenant's.

    """
    check_call(find_strays, locals())
    if snapshot.coverage is not None:
        raise UsageError("strays are looked for in the whole tenant: read it with app.needs(), without only=")
    if snapshot.tenant_id != plan.tenant_id:
        raise UsageError("the plan and the snapshot are of two tenants: make both for one")
    after = NextMemory.of(plan).after(plan.id)
    known = {user.object_id: user for user in after}
    named = {each.subject.username.lower() for each in plan.problems if each.stops and each.subject.username}
    excluded = frozenset() if lifecycle is None else lifecycle.excluded_accounts
    found = (
        _stray(user, known.get(user.id), snapshot, _why(user, known.get(user.id), after, excluded))
        for user in sorted(snapshot.users, key=lambda each: each.username.lower())
        if user.username.lower() not in named and (user.enabled or user.licenses)
    )
    return Strays(plan.tenant_id, plan.made_at, [each for each in found if each is not None])


def _stray(user: TenantUser, known: AppUser | None, snapshot: TenantSnapshot, why: str) -> Stray | None:
    if known is not None and known.is_in_use:
        return None
    names = {sku.id: sku.part_number for sku in snapshot.skus}
    roles = {role.id: role.name for role in snapshot.roles}
    return Stray(
        user.id,
        user.username,
        str(user.properties.get("displayName") or user.username),
        user.enabled,
        {names.get(held.sku_id, held.sku_id) for held in user.licenses},
        {names.get(held.sku_id, held.sku_id) for held in user.licenses if held.inherited_from},
        {roles.get(each.role_id, each.role_id) for each in snapshot.roles_of.get(user.id, ())},
        why,
    )


def _why(user: TenantUser, known: AppUser | None, app_users: AppUsers, excluded: Collection[str]) -> str:
    if user.id.lower() in excluded:
        return "excluded: never touched"
    if other_app := app_users.linked_elsewhere.get(user.id):
        return f"linked by the app {other_app}"
    if known is None:
        return "never linked from here"
    return f"left on {known.departure.at:%Y-%m-%d}" if known.departure else "left"


def _row(stray: Stray) -> Row:
    return Row(tuple(Cell.of(text) for text in _cells(stray)))


def _cells(stray: Stray) -> Iterator[str]:
    yield stray.username if stray.name == stray.username else f"{stray.name} <{stray.username}>"
    yield "may sign in" if stray.enabled else "blocked"
    by_group = frozenset(stray.through_groups)
    licenses = (f"{name} (through a group)" if name in by_group else name for name in stray.licenses)
    yield ", ".join(licenses) or "no licence"
    yield ", ".join(stray.roles) or "no role"
    yield stray.why
