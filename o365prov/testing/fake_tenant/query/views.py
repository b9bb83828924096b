"""How records look in answers: types, contexts, and the properties that are made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from o365prov.testing.fake_tenant.query.select import SelectedProperties, select
from o365prov.testing.fake_tenant.schema.application_types import APPLICATION, SERVICE_PRINCIPAL
from o365prov.testing.fake_tenant.schema.object_types import CONTACT, DIRECTORY_ROLE, GROUP, USER
from o365prov.testing.fake_tenant.schema.properties import ObjectType
from o365prov.testing.fake_tenant.store.change_log import ChangeKind
from o365prov.testing.fake_tenant.store.directory import Directory, OtherKind
from o365prov.testing.fake_tenant.store.table import Record

_KINDS: dict[ChangeKind, ObjectType] = {"user": USER, "group": GROUP, "contact": CONTACT}
_OTHER_KINDS: dict[OtherKind, ObjectType] = {
    "application": APPLICATION,
    "servicePrincipal": SERVICE_PRINCIPAL,
    "directoryRole": DIRECTORY_ROLE,
}


def context_of(collection: str, view: SelectedProperties) -> str:
    """What follows ``$metadata#``: the collection, and the properties when they were chosen."""
    return f"{collection}({','.join(view.names)})" if view.names and not view.is_default else collection


def typed(kind: str, shown: Record) -> Record:
    """An object with its ``@odata.type``, as mixed collections show it."""
    return {"@odata.type": f"#microsoft.graph.{'orgContact' if kind == 'contact' else kind}", **shown}


def user_view(directory: Directory, text: str | None, *, one: bool = False) -> SelectedProperties:
    """The view of users that $select asks for."""
    return select(directory.extended(USER), text, made_properties(directory), one=one)


def made_properties(directory: Directory) -> dict[str, Callable[[Record], Any]]:
    """The properties of users that are made when they are asked for."""
    return {
        "identities": lambda record: _identities(directory, record),
        "assignedPlans": lambda record: _assigned_plans(directory, record),
        "provisionedPlans": lambda record: _provisioned_plans(directory, record),
    }


def filtered_properties(directory: Directory, text: str) -> dict[str, Callable[[Record], Any]]:
    """What of users a filter needs made: of identities without the userPrincipalName's, and what they own."""
    made = {
        **made_properties(directory),
        "identities": _other_identities,
        "ownedObjects": lambda record: directory.owners.sources(record["id"]),
    }
    return {name: make for name, make in made.items() if name.lower() in text.lower()}


def group_view(directory: Directory, text: str | None) -> SelectedProperties:
    """The view of groups that $select asks for."""
    return select(directory.extended(GROUP), text)


def object_view(
    directory: Directory, text: str | None, *, only: ChangeKind | None = None
) -> dict[ChangeKind, SelectedProperties]:
    """Views of a mixed collection by kind, or of *only* one; a property that one kind has is fine for all of them."""
    kinds: dict[ChangeKind, ObjectType] = {
        kind: directory.extended(of) for kind, of in _KINDS.items() if only in {None, kind}
    }
    names = [name.strip() for name in text.split(",")] if text else []
    for name in names:
        if all(of.spelled(name) is None and of.relationship(name) is None for of in kinds.values()):
            select(kinds[only or "user"], name)  # refuses, naming what is unknown
    made = made_properties(directory)
    own = {kind: ",".join(name for name in names if of.spelled(name)) or "id" for kind, of in kinds.items()}
    return {
        kind: select(of, own[kind] if text else None, made if kind == "user" else None) for kind, of in kinds.items()
    }


def any_view(directory: Directory, text: str | None, kind: ChangeKind | OtherKind) -> SelectedProperties:
    """The view of one object of whatever kind."""
    match kind:
        case "user" | "group" | "contact":
            return object_view(directory, text)[kind]
        case _:
            return select(_OTHER_KINDS[kind], text)


def _identities(directory: Directory, record: Record) -> list[dict[str, Any]]:
    initial = next(name for name, domain in directory.domains.items() if domain["isInitial"])
    own = {
        "signInType": "userPrincipalName",
        "issuer": initial,
        "issuerAssignedId": record["userPrincipalName"],
    }
    return [*_other_identities(record), own]


def _other_identities(record: Record) -> list[dict[str, Any]]:
    return [item for item in record.get("identities", ()) if item.get("signInType") != "userPrincipalName"]


def _plans(directory: Directory, record: Record) -> list[tuple[Any, str, str]]:
    """Each service plan of the user's licences with its status and product, the enabled one where two differ."""
    states: dict[Any, tuple[str, str]] = {}
    for assigned in record.get("assignedLicenses", ()):
        subscription = directory.subscriptions.get(assigned["skuId"])
        for plan in subscription.product.plans if subscription else ():
            status = "Deleted" if plan.id in assigned["disabledPlans"] else "Enabled"
            if states.get(plan, ("", ""))[0] != "Enabled":
                states[plan] = status, assigned["skuId"]
    return [(plan, status, sku_id) for plan, (status, sku_id) in states.items()]


def _assigned_plans(directory: Directory, record: Record) -> list[dict[str, Any]]:
    changed = {state["skuId"]: state["lastUpdatedDateTime"] for state in record.get("licenseAssignmentStates", ())}
    since = max(changed.values(), default=None)
    return [
        {"assignedDateTime": since, "capabilityStatus": status, "service": plan.service, "servicePlanId": plan.id}
        for plan, status, _ in _plans(directory, record)
    ]


def _provisioned_plans(directory: Directory, record: Record) -> list[dict[str, Any]]:
    return [
        {
            "capabilityStatus": "Enabled",
            "provisioningStatus": directory.plan_status(record, sku_id, plan.name),
            "service": plan.service,
        }
        for plan, status, sku_id in _plans(directory, record)
        if status == "Enabled"
    ]
