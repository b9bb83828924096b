"""Licences as clients see them: assignLicense, licenseDetails and subscribedSkus."""

from __future__ import annotations

from typing import Any

from o365prov.testing.fake_tenant.endpoints.routes import ENTITY, Route
from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.requests import GraphReply, GraphRequest
from o365prov.testing.fake_tenant.query.select import select
from o365prov.testing.fake_tenant.rules.licensing import assign_directly, inherit, read_assignment
from o365prov.testing.fake_tenant.schema.object_types import USER
from o365prov.testing.fake_tenant.schema.skus import ServicePlan
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.seats import Subscription
from o365prov.testing.fake_tenant.store.table import Record


def _assign(directory: Directory, request: GraphRequest) -> GraphReply:
    record = directory.user(request.named["user"])
    after = assign_directly(directory, record, read_assignment(request.json_object()))
    context = f"{request.base}/$metadata#users/$entity"
    return GraphReply(200, {"@odata.context": context, **select(USER, None)(after)})


def _reprocess(directory: Directory, request: GraphRequest) -> GraphReply:
    record = directory.user(request.named["user"])
    request.json_object(may_be_empty=True)
    inherit(directory, record["id"])
    context = f"{request.base}/$metadata#users/$entity"
    return GraphReply(200, {"@odata.context": context, **select(USER, None)(directory.user(record["id"]))})


def _details(directory: Directory, request: GraphRequest) -> GraphReply:
    record = directory.user(request.named["user"])
    value = [
        {
            "id": f"{record['id']}_{assigned['skuId']}",
            "skuId": assigned["skuId"],
            "skuPartNumber": directory.subscriptions[assigned["skuId"]].product.name,
            "servicePlans": [
                _plan(plan, _status(directory, record, assigned, plan))
                for plan in directory.subscriptions[assigned["skuId"]].product.plans
            ],
        }
        for assigned in record.get("assignedLicenses", ())
    ]
    context = f"{request.base}/$metadata#users('{record['id']}')/licenseDetails"
    return GraphReply(200, {"@odata.context": context, "value": [chosen(request, item) for item in value]})


def _list_skus(directory: Directory, request: GraphRequest) -> GraphReply:
    value = [chosen(request, _sku(directory, item)) for item in directory.subscriptions.values()]
    return GraphReply(200, {"@odata.context": f"{request.base}/$metadata#subscribedSkus", "value": value})


def _read_sku(directory: Directory, request: GraphRequest) -> GraphReply:
    key = request.named["sku"].lower()
    for subscription in directory.subscriptions.values():
        shown = _sku(directory, subscription)
        if shown["id"] == key:
            context = f"{request.base}/$metadata#subscribedSkus/$entity"
            return GraphReply(200, {"@odata.context": context, **chosen(request, shown)})
    raise GraphErrorResponse.not_found(key)


def _sku(directory: Directory, subscription: Subscription) -> dict[str, Any]:
    product = subscription.product
    return {
        "id": f"{directory.tenant_id}_{product.id}",
        "accountId": directory.tenant_id,
        "accountName": directory.organization["displayName"],
        "appliesTo": subscription.applies_to,
        "capabilityStatus": "Enabled",
        "consumedUnits": directory.consumed[product.id],
        "prepaidUnits": {"enabled": subscription.seats, "lockedOut": 0, "suspended": 0, "warning": 0},
        "servicePlans": [_plan(plan, "Success") for plan in product.plans],
        "skuId": product.id,
        "skuPartNumber": product.name,
        "subscriptionIds": [],
    }


def _status(directory: Directory, record: Record, assigned: Record, plan: ServicePlan) -> str:
    if plan.id in assigned["disabledPlans"]:
        return "Disabled"
    return directory.plan_status(record, assigned["skuId"], plan.name)


def _plan(plan: ServicePlan, status: str) -> dict[str, Any]:
    return {
        "appliesTo": "User",
        "provisioningStatus": status,
        "servicePlanId": plan.id,
        "servicePlanName": plan.name,
    }


def chosen(request: GraphRequest, shown: dict[str, Any]) -> dict[str, Any]:
    """The members of a small object that $select asks for; 400 for one that it lacks."""
    text = request.option("$select")
    if not text:
        return shown
    names = [name.strip() for name in text.split(",")]
    unknown = [name for name in names if name not in shown]
    if unknown:
        raise GraphErrorResponse.malformed(
            f"Parsing OData Select and Expand failed: Could not find a property named '{unknown[0]}'."
        )
    return {name: shown[name] for name in names}


ROUTES = (
    Route(
        "POST",
        "/users/{user}/assignLicense",
        _assign,
        "Assign and remove a user's licences",
        source="user-assignlicense",
        success=200,
    ),
    Route(
        "POST",
        "/users/{user}/reprocessLicenseAssignment",
        _reprocess,
        "Process a user's group licences again",
        source="user-reprocesslicenseassignment",
        success=200,
    ),
    Route(
        "GET",
        "/users/{user}/licenseDetails",
        _details,
        "List a user's licences with their plans",
        ENTITY,
        2,
        "user-list-licensedetails",
    ),
    Route(
        "GET", "/subscribedSkus", _list_skus, "List the products that the tenant has", ENTITY, 3, "subscribedsku-list"
    ),
    Route("GET", "/subscribedSkus/{sku}", _read_sku, "Read one product", ENTITY, source="subscribedsku-get"),
)
