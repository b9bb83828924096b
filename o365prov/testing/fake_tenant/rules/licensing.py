"""Licences: what is assigned to whom, directly or by a group, and how many seats are left.

``licenseAssignmentStates`` is the truth; ``assignedLicenses`` follows from it. A direct assignment fails at once, one
through a group fails into a state with an error (Learn, "Identify and resolve license assignment problems").
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from attrs import frozen

from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.rules.addresses import with_addresses
from o365prov.testing.fake_tenant.rules.plan_rules import broken_rule, enabled_plans, refusal_text
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.table import Record


@frozen
class SkuAssignment:
    """The body of assignLicense: what to add with which plans switched off, and what to remove."""

    add: Mapping[str, tuple[str, ...]]
    remove: tuple[str, ...]


def read_assignment(body: Mapping[str, Any]) -> SkuAssignment:
    """Read the body of assignLicense, in which both lists must be present."""
    missing = [name for name in ("addLicenses", "removeLicenses") if not isinstance(body.get(name), list)]
    if missing:
        raise GraphErrorResponse.bad_request(
            "One or more parameters of the operation 'assignLicense' are missing from the request payload. The missing"
            f" parameters are: {', '.join(missing)}."
        )
    unknown = set(body) - {"addLicenses", "removeLicenses"}
    if unknown:
        raise GraphErrorResponse.unknown_parameter(min(unknown), "assignLicense")
    add: dict[str, tuple[str, ...]] = {}
    for item in body["addLicenses"]:
        if not isinstance(item, dict) or not set(item) <= {"skuId", "disabledPlans"}:
            raise GraphErrorResponse.malformed(
                "Each of addLicenses must be an object with skuId and disabledPlans only."
            )
        sku = _guid(item.get("skuId"))
        if sku in add:
            raise GraphErrorResponse.bad_request(f"License {sku} is given more than once in addLicenses.")
        plans = item.get("disabledPlans") or []
        if not isinstance(plans, list):
            raise GraphErrorResponse.malformed("disabledPlans must be a list of ids of service plans.")
        add[sku] = tuple(_guid(plan) for plan in plans)
    remove = tuple(_guid(sku) for sku in body["removeLicenses"])
    both = set(add).intersection(remove)
    if both:
        raise GraphErrorResponse.bad_request(f"License {min(both)} is in both addLicenses and removeLicenses.")
    return SkuAssignment(add, remove)


def _guid(value: Any) -> str:
    try:
        return str(uuid.UUID(value))
    except (ValueError, AttributeError, TypeError):
        raise GraphErrorResponse.malformed(
            "Cannot convert a primitive value to the expected type 'Edm.Guid'. See the inner exception for more"
            " details."
        ) from None


def free_seats(directory: Directory, sku: str) -> int:
    """How many seats of a product are free."""
    return directory.subscriptions[sku].free(directory.consumed)


def check_products(directory: Directory, assignment: SkuAssignment) -> None:
    """400 for a product that the tenant lacks or that can't be given to users, and for a plan it does not contain."""
    for sku, disabled in assignment.add.items():
        subscription = directory.subscriptions.get(sku)
        if subscription is None:
            raise GraphErrorResponse.bad_request(f"License {sku} does not correspond to a valid company License.")
        if subscription.applies_to != "User":
            raise GraphErrorResponse.bad_request(f"License {sku} cannot be assigned to a user.")
        foreign = set(disabled) - {plan.id for plan in subscription.product.plans}
        if foreign:
            raise GraphErrorResponse.bad_request(
                f"The service plan {min(foreign)} is not part of license {sku} and can't be disabled."
            )


def assign_directly(directory: Directory, record: Record, assignment: SkuAssignment) -> Record:
    """Add and remove a user's direct licences in one step, or refuse the whole of it."""
    check_products(directory, assignment)
    if assignment.add and not record.get("usageLocation"):
        raise GraphErrorResponse.bad_request("License assignment cannot be done for user with invalid usage location.")
    states = list(record.get("licenseAssignmentStates", ()))
    direct = {state["skuId"]: state for state in states if state["assignedByGroup"] is None}
    inherited = {state["skuId"] for state in states if state["assignedByGroup"] is not None}
    for sku in assignment.remove:
        if sku not in direct:
            raise GraphErrorResponse.bad_request(
                "User license is inherited from a group membership and it cannot be removed directly from the user."
                if sku in inherited
                else "User does not have a corresponding license."
            )
        states.remove(direct.pop(sku))
    held = {item["skuId"] for item in record.get("assignedLicenses", ())}
    for sku, disabled in assignment.add.items():
        if sku not in held and free_seats(directory, sku) <= 0:
            raise GraphErrorResponse.bad_request(f"Subscription with SKU {sku} does not have any available licenses.")
        state = _state(directory, sku, disabled)
        if sku not in direct:
            states.append(state)
        elif direct[sku]["disabledPlans"] != state["disabledPlans"]:
            states[states.index(direct[sku])] = state
    plans = enabled_plans(directory, states)
    rule = broken_rule(plans)
    if rule is not None:
        raise GraphErrorResponse.bad_request(refusal_text(directory, rule, plans))
    after = with_addresses(directory, with_licenses(record, states), record)
    directory.update("user", after)
    return after


def assign_to_group(directory: Directory, group: Record, assignment: SkuAssignment) -> Record:
    """Change the licences that a group hands on, and bring its members into line.

    Graph does the second in the background; here it is done when the answer leaves.
    """
    check_products(directory, assignment)
    held = {item["skuId"]: item for item in group.get("assignedLicenses", ())}
    for sku in assignment.remove:
        if held.pop(sku, None) is None:
            raise GraphErrorResponse.bad_request("Group does not have a corresponding license.")
    held |= {sku: {"disabledPlans": sorted(disabled), "skuId": sku} for sku, disabled in assignment.add.items()}
    after = {
        **group,
        "assignedLicenses": list(held.values()),
        "licenseProcessingState": {"state": "ProcessingComplete"},
    }
    directory.update("group", after)
    for member in directory.members.targets(group["id"]):
        inherit(directory, member)
    return after


def inherit(directory: Directory, user_id: str) -> None:
    """Bring a user's licences into line with the groups the user is a direct member of.

    Nested membership gives no licence. A user without usageLocation takes the tenant's.
    """
    record = directory.users.get(user_id)
    if record is None:
        return
    present = record.get("licenseAssignmentStates", ())
    states = [state for state in present if state["assignedByGroup"] is None]
    holds = {item["skuId"] for item in record.get("assignedLicenses", ())}
    before = {(state["assignedByGroup"], state["skuId"]): state for state in present if state["assignedByGroup"]}
    for group_id in directory.members.sources(user_id):
        group = directory.groups.get(group_id) or {}
        for item in group.get("assignedLicenses", ()):
            sku = item["skuId"]
            error = None if sku in holds or free_seats(directory, sku) > 0 else "CountViolation"
            states.append(_state(directory, sku, item["disabledPlans"], group_id, error))
    _fail_what_breaks_rules(directory, states)
    states = [_unless_known(state, before.get((state["assignedByGroup"], state["skuId"]))) for state in states]
    if list(present) != states:
        directory.update("user", with_addresses(directory, with_licenses(record, states), record))


def _fail_what_breaks_rules(directory: Directory, states: list[Record]) -> None:
    """Let inherited licences with a plan that can't be fail, the latest first, until no rule is broken by them."""
    while (rule := broken_rule(enabled_plans(directory, states))) is not None:
        blamed = {rule.plan} if not rule.excludes else {rule.plan, *rule.others}
        for index, state in reversed([*enumerate(states)]):
            if state["assignedByGroup"] is not None and blamed & enabled_plans(directory, [state]):
                group, sku, disabled = (state[name] for name in ("assignedByGroup", "skuId", "disabledPlans"))
                states[index] = _state(directory, sku, disabled, group, rule.error)
                break
        else:
            return


def _unless_known(state: Record, known: Record | None) -> Record:
    """The state, or the one that stands already and differs in its date alone."""
    if known is not None and all(known[name] == state[name] for name in ("disabledPlans", "state", "error")):
        return known
    return state


def with_licenses(record: Record, states: Iterable[Record]) -> Record:
    """The record with these assignment states, and the assignedLicenses that follow from them."""
    kept = list(states)
    enabled: dict[str, set[str]] = {}
    for state in kept:
        if state["state"] == "Active":
            plans = set(state["disabledPlans"])
            enabled[state["skuId"]] = enabled.get(state["skuId"], plans) & plans
    rest = {
        name: value for name, value in record.items() if name not in {"licenseAssignmentStates", "assignedLicenses"}
    }
    if not kept:
        return rest
    licenses = [_license(sku, tuple(sorted(disabled))) for sku, disabled in enabled.items()]
    return {**rest, "licenseAssignmentStates": kept, "assignedLicenses": licenses}


def _state(
    directory: Directory, sku: str, disabled: Iterable[str], group: str | None = None, error: str | None = None
) -> Record:
    return _shared_state(sku, tuple(sorted(disabled)), group, error, directory.now)


# Many users hold the same licence since the same second: they share one value, which is never changed.


@lru_cache(maxsize=4096)
def _shared_state(sku: str, disabled: tuple[str, ...], group: str | None, error: str | None, now: str) -> Record:
    return {
        "skuId": sku,
        "disabledPlans": list(disabled),
        "assignedByGroup": group,
        "state": "Error" if error else "Active",
        "error": error or "None",
        "lastUpdatedDateTime": now,
    }


@lru_cache(maxsize=4096)
def _license(sku: str, disabled: tuple[str, ...]) -> Record:
    return {"disabledPlans": list(disabled), "skuId": sku}
