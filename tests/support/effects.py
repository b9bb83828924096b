"""What a plan does to a tenant, were everything done: the same in memory as over Graph, for laws about plans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import assert_never
from uuid import UUID, uuid5

from attrs import evolve

from o365prov.people import AppUsers
from o365prov.planning import HeldLicense, NextMemory, Plan, RoleAssignment, TenantSnapshot, TenantUser
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
from o365prov.planning.tenant.snapshot import former_username

_SPACE = UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")


def effects(plan: Plan, snapshot: TenantSnapshot) -> tuple[TenantSnapshot, AppUsers]:
    """The tenant and the memory after every change of *plan*, which was drawn from *snapshot*, was done."""
    memory = NextMemory(plan.app_users, plan)
    created: dict[str, str] = {}
    for change in plan:
        object_id = change.object_id or created.get(change.subject.person_id) or _new_id(change, plan)
        if isinstance(change, CreateUser):
            created[change.subject.person_id] = object_id
        manager = None
        if isinstance(change, SetManager):
            manager = change.manager_id or created[change.manager.person_id]
        snapshot = _after(change, snapshot, object_id, manager, plan)
        memory.note(change, object_id, manager_id=manager)
    return snapshot, memory.after(plan.id)


def served_later(plan: Plan) -> set[str]:
    """The people to whom a plan gives nothing yet, and the next one may: those who are told of an option to confirm.

    Where a plan deletes accounts, whose names and addresses are free afterwards, these are all of whom a problem tells.
    """
    asked = {each.subject.person_id for each in plan if isinstance(each, Remember) and each.reaches_back}
    frees = any(isinstance(each, DeleteUser) for each in plan)
    return asked | ({each.subject.person_id for each in plan.problems} if frees else set())


def _new_id(change: Change, plan: Plan) -> str:
    """An id that no other account ever had: whoever is created again is another account."""
    return str(uuid5(_SPACE, f"{change.subject.username} {plan.id}"))


def _after(change: Change, snapshot: TenantSnapshot, object_id: str, manager: str | None, plan: Plan) -> TenantSnapshot:
    users = {user.id: user for user in snapshot.users}
    deleted = {user.id: user for user in snapshot.deleted_users}
    roles = {held.id: held for held in snapshot.role_assignments}
    match change:
        case CreateUser():
            made = TenantUser(object_id, {}, sessions_valid_from=plan.made_at)
            users[object_id] = _written(made, change.properties)
        case RestoreUser():
            user = deleted.pop(object_id)
            users[object_id] = _with(user, {"userPrincipalName": former_username(user)})
        case DeleteUser():
            user = users.pop(object_id)
            deleted[object_id] = _with(user, {"userPrincipalName": object_id.replace("-", "") + user.username})
            roles = {held.id: held for held in roles.values() if held.principal_id != object_id}
        case UpdateUser():
            users[object_id] = _written(users[object_id], {each.name: each.after for each in change.properties})
        case EnableSignIn():
            users[object_id] = _with(users[object_id], {"accountEnabled": True})
        case BlockSignIn():
            users[object_id] = _with(users[object_id], {"accountEnabled": False})
        case AssignLicenses():
            gone = {each.sku_id for each in (*change.add, *change.remove)}
            kept = [held for held in users[object_id].licenses if held.inherited_from or held.sku_id not in gone]
            given = [HeldLicense(each.sku_id, frozenset(each.disabled_plans)) for each in change.add]
            users[object_id] = evolve(users[object_id], licenses=(*kept, *given))
        case RemoveLicenses():
            gone = {each.sku_id for each in change.remove}
            kept = [held for held in users[object_id].licenses if held.inherited_from or held.sku_id not in gone]
            users[object_id] = evolve(users[object_id], licenses=tuple(kept))
        case GrantRole():
            held = RoleAssignment(f"{object_id}-{change.role_id}", change.role_id, object_id)
            roles[held.id] = held
        case RemoveRole():
            del roles[change.assignment_id]
        case SetManager():
            users[object_id] = evolve(users[object_id], manager_id=manager)
        case RemoveManager():
            users[object_id] = evolve(users[object_id], manager_id=None)
        case RevokeSessions():
            users[object_id] = evolve(users[object_id], sessions_valid_from=plan.made_at)
        case LinkUser() | Remember():
            pass
        case _:
            assert_never(change)
    used = Counter(sku_id for user in users.values() for sku_id in {held.sku_id for held in user.licenses})
    return evolve(
        snapshot,
        users=users.values(),
        deleted_users=deleted.values(),
        role_assignments=roles.values(),
        skus=[evolve(sku, used=used[sku.id]) for sku in snapshot.skus],
    )


def _with(user: TenantUser, properties: Mapping[str, object]) -> TenantUser:
    return evolve(user, properties={**user.properties, **properties})


def _written(user: TenantUser, properties: Mapping[str, object]) -> TenantUser:
    """The user with these properties; a new ``mail`` is its primary address, and the old one stays as another."""
    after = _with(user, properties)
    mail, before = after.properties.get("mail"), user.properties.get("mail")
    if mail == before:
        return after
    held = [str(each).partition(":")[2] for each in user.properties.get("proxyAddresses", ())]
    aliases = [each for each in held if each not in (mail, before if mail is None else None)]
    return _with(
        after, {"proxyAddresses": [*([f"SMTP:{mail}"] if mail else []), *(f"smtp:{each}" for each in aliases)]}
    )
