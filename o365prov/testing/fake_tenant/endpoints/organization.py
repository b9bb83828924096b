"""The tenant itself: its organization and its domains."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from o365prov.errors import ConfigurationError
from o365prov.rendering import quoted
from o365prov.testing.fake_tenant.endpoints.licenses import chosen
from o365prov.testing.fake_tenant.endpoints.routes import ENTITY, Route
from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.requests import GraphReply, GraphRequest
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.table import Record

_KINDS = frozenset({"Managed", "Federated", "Unverified"})
_SERVICES = ["Email", "OfficeCommunicationsOnline"]


def domain_records(initial: str, others: Mapping[str, str] | Iterable[str]) -> dict[str, Record]:
    """The domains of a new tenant: the initial one and *others*, verified and managed unless they say otherwise."""
    kinds = dict(others) if isinstance(others, Mapping) else dict.fromkeys(others, "Managed")
    wrong = {name: kind for name, kind in kinds.items() if kind not in _KINDS}
    if wrong:
        raise ConfigurationError(f"FakeTenant(domains={quoted(wrong)}): a domain is one of {', '.join(sorted(_KINDS))}")
    kinds = {initial.lower(): "Managed", **{name.lower(): kind for name, kind in kinds.items()}}
    return {
        name: _domain(name, kind, is_default=name == initial.lower(), is_initial=name == initial.lower())
        for name, kind in kinds.items()
    }


def _domain(name: str, kind: str, *, is_default: bool, is_initial: bool) -> Record:
    """A domain of this kind: ``Managed``, ``Federated`` or ``Unverified``."""
    return {
        "id": name,
        "authenticationType": "Federated" if kind == "Federated" else "Managed",
        "availabilityStatus": None,
        "isAdminManaged": True,
        "isDefault": is_default,
        "isInitial": is_initial,
        "isRoot": True,
        "isVerified": kind != "Unverified",
        "manufacturer": None,
        "model": None,
        "passwordNotificationWindowInDays": 14,
        "passwordValidityPeriodInDays": 2147483647,
        "state": None,
        "supportedServices": list(_SERVICES) if kind != "Unverified" else [],
    }


def organization_record(tenant_id: str, name: str, country: str, created: str) -> Record:
    """The organization as it is kept; what follows from the domains is added when it is read."""
    return {
        "id": tenant_id,
        "deletedDateTime": None,
        "assignedPlans": [],
        "businessPhones": [],
        "city": None,
        "country": None,
        "countryLetterCode": country,
        "createdDateTime": created,
        "defaultUsageLocation": None,
        "displayName": name,
        "marketingNotificationEmails": [],
        "onPremisesLastSyncDateTime": None,
        "onPremisesSyncEnabled": None,
        "postalCode": None,
        "preferredLanguage": "en",
        "provisionedPlans": [],
        "securityComplianceNotificationMails": [],
        "securityComplianceNotificationPhones": [],
        "state": None,
        "street": None,
        "technicalNotificationMails": [],
        "tenantType": "AAD",
    }


def _organization(directory: Directory) -> Record:
    verified = [
        {
            "capabilities": ", ".join(_SERVICES),
            "isDefault": domain["isDefault"],
            "isInitial": domain["isInitial"],
            "name": domain["id"],
            "type": domain["authenticationType"],
        }
        for domain in directory.domains.values()
        if domain["isVerified"]
    ]
    return {**directory.organization, "verifiedDomains": verified}


def _list_organizations(directory: Directory, request: GraphRequest) -> GraphReply:
    return _list(request, "organization", [_organization(directory)])


def _read_organization(directory: Directory, request: GraphRequest) -> GraphReply:
    if request.named["organization"].lower() != directory.tenant_id:
        raise GraphErrorResponse.not_found(request.named["organization"])
    return _read(request, "organization", _organization(directory))


def _list_domains(directory: Directory, request: GraphRequest) -> GraphReply:
    return _list(request, "domains", list(directory.domains.values()))


def _read_domain(directory: Directory, request: GraphRequest) -> GraphReply:
    domain = directory.domains.get(request.named["domain"].lower())
    if domain is None:
        raise GraphErrorResponse.not_found(request.named["domain"])
    return _read(request, "domains", domain)


def _federations(directory: Directory, request: GraphRequest) -> GraphReply:
    domain = directory.domains.get(request.named["domain"].lower())
    if domain is None:
        raise GraphErrorResponse.not_found(request.named["domain"])
    found = [_federation(directory, domain)] if domain["authenticationType"] == "Federated" else []
    return _list(request, f"domains('{domain['id']}')/federationConfiguration", found)


def _federation(directory: Directory, domain: Record) -> Record:
    """How a federated domain signs people in: an identity provider that exists on paper only."""
    provider = f"https://sign-in.{domain['id']}"
    return {
        "id": str(uuid.uuid5(uuid.UUID(directory.tenant_id), domain["id"])),
        "displayName": domain["id"],
        "issuerUri": f"{provider}/issuer",
        "metadataExchangeUri": f"{provider}/mex",
        "signingCertificate": None,
        "passiveSignInUri": f"{provider}/passive",
        "preferredAuthenticationProtocol": "wsFed",
        "activeSignInUri": f"{provider}/active",
        "signOutUri": f"{provider}/sign-out",
        "promptLoginBehavior": None,
        "isSignedAuthenticationRequestRequired": None,
        "nextSigningCertificate": None,
        "signingCertificateUpdateStatus": None,
        "federatedIdpMfaBehavior": "rejectMfaByFederatedIdp",
        "passwordResetUri": None,
    }


def _list(request: GraphRequest, name: str, records: list[Record]) -> GraphReply:
    value: list[dict[str, Any]] = [chosen(request, record) for record in records]
    return GraphReply(200, {"@odata.context": f"{request.base}/$metadata#{name}", "value": value})


def _read(request: GraphRequest, name: str, record: Record) -> GraphReply:
    return GraphReply(200, {"@odata.context": f"{request.base}/$metadata#{name}/$entity", **chosen(request, record)})


ROUTES = (
    Route("GET", "/organization", _list_organizations, "Read the organization", ENTITY, source="organization-list"),
    Route(
        "GET",
        "/organization/{organization}",
        _read_organization,
        "Read the organization by id",
        ENTITY,
        source="organization-get",
    ),
    Route("GET", "/domains", _list_domains, "List domains", ENTITY, source="domain-list"),
    Route("GET", "/domains/{domain}", _read_domain, "Read a domain", ENTITY, source="domain-get"),
    Route(
        "GET",
        "/domains/{domain}/federationConfiguration",
        _federations,
        "Read how a domain is federated",
        ENTITY,
        source="domain-list-federationconfiguration",
    ),
)
