"""What a tenant holds, as the authors of tests look at it: past the views that clients get, and shared with nobody."""

from __future__ import annotations

from collections.abc import Sequence

from o365prov.errors import UsageError
from o365prov.rendering import quoted
from o365prov.testing.fake_tenant.schema.skus import product
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.table import Record, unshared


def shown_user(directory: Directory, key: str) -> Record:
    """One user by id or userPrincipalName; UsageError when there is none."""
    return _with_manager(directory, _user(directory, key))


def shown_users(directory: Directory) -> Sequence[Record]:
    """Every user that is not deleted, each with the id of its ``manager``."""
    return tuple(_with_manager(directory, record) for record in directory.users)


def shown_groups(directory: Directory) -> Sequence[Record]:
    """Every group that is not deleted, with the ids of its ``members`` and ``owners``."""
    links = {"members": directory.members, "owners": directory.owners}
    return tuple(
        {**unshared(record), **{name: each.targets(record["id"]) for name, each in links.items()}}
        for record in directory.groups
    )


def roles_of(directory: Directory, key: str) -> Sequence[str]:
    """The role definition ids assigned to a user."""
    wanted = _user(directory, key)["id"]
    return tuple(item["roleDefinitionId"] for item in directory.role_assignments if item["principalId"] == wanted)


def seats(directory: Directory, name: str) -> tuple[int, int]:
    """Of a product, given its name: how many seats are taken, and how many there are."""
    sku_id = product(name).id
    if sku_id in directory.subscriptions:
        return directory.consumed[sku_id], directory.subscriptions[sku_id].seats
    raise UsageError(f"this tenant has no {quoted(name)}; give FakeTenant(licenses={{{quoted(name)}: 25}})")


def _user(directory: Directory, key: str) -> Record:
    record = directory.find_user(key)
    if record is None:
        initial = next(iter(directory.domains))
        raise UsageError(f"no user {quoted(key)} in the tenant {initial}, which has {len(directory.users)} users")
    return record


def _with_manager(directory: Directory, record: Record) -> Record:
    manager = next(iter(directory.managers.targets(record["id"])), None)
    return {**unshared(record), "manager": manager}
