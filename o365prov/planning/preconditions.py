"""What a tenant has to be like before an app can be planned for it."""

from __future__ import annotations

from collections.abc import Iterable

from o365prov.errors import ConfigurationError
from o365prov.planning.model.snapshot import TenantSnapshot
from o365prov.provisioning import ProvisioningType


def check_tenant(snapshot: TenantSnapshot, provisioning: ProvisioningType, domains: Iterable[str]) -> None:
    """Refuse a tenant that has not verified each of *domains* (lower case), or does not go with the type.

    Raises :class:`~o365prov.errors.ConfigurationError`.

    Sources: Microsoft Entra, "Managing custom domain names"; Okta, "Provisioning options for Office 365", notes (User
    Sync and Universal Sync can't be used beside Entra Connect).
    """
    _check_domains(snapshot, tuple(domains))
    if snapshot.synced and not provisioning.beside_entra_connect:
        raise ConfigurationError(
            f"{provisioning.label} can't be used beside Entra Connect, which masters the tenant "
            f"{snapshot.name or snapshot.tenant_id}: choose LicenseOnly(), or turn Entra Connect off"
        )


def _check_domains(snapshot: TenantSnapshot, domains: tuple[str, ...]) -> None:
    known = snapshot.domain_named
    unknown = [domain for domain in domains if domain not in known]
    unverified = [domain for domain in domains if domain in known and not known[domain].verified]
    verified = ", ".join(sorted(name for name, domain in known.items() if domain.verified)) or "none"
    wrong = [
        f"{', '.join(names)} {what}"
        for names, what in ((unknown, "not in the tenant"), (unverified, "not verified in the tenant"))
        if names
    ]
    if wrong:
        raise ConfigurationError(
            f"domain {'; '.join(wrong)}: add and verify it in Entra, or use one of the verified ones ({verified})"
        )
