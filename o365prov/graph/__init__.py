"""The edge: reads a tenant and applies plans over Microsoft Graph.

Start in :mod:`o365prov.graph.tenant`. Names load on first use; httpx and msgraph-sdk load when a tenant is first talked
to.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from o365prov.graph.apply.events import ApplyEnded, ApplyStarted, ChangeEnded, Event, Waiting
    from o365prov.graph.apply.journal import Journal
    from o365prov.graph.blocking import BlockingTenant
    from o365prov.graph.client.clouds import Cloud
    from o365prov.graph.client.rate_limiter import Clock, RateLimits
    from o365prov.graph.client.sender import RetryPolicy
    from o365prov.graph.client.transport import Credential, Transport
    from o365prov.graph.setup.consent import ConnectionTest, Consent, consent_url, read_consent
    from o365prov.graph.setup.permissions import Operation, Permission
    from o365prov.graph.tenant import Tenant

_HOMES = {
    "ApplyEnded": "apply.events",
    "ApplyStarted": "apply.events",
    "BlockingTenant": "blocking",
    "ChangeEnded": "apply.events",
    "Clock": "client.rate_limiter",
    "Cloud": "client.clouds",
    "ConnectionTest": "setup.consent",
    "Consent": "setup.consent",
    "Credential": "client.transport",
    "Event": "apply.events",
    "Journal": "apply.journal",
    "Operation": "setup.permissions",
    "RateLimits": "client.rate_limiter",
    "Permission": "setup.permissions",
    "RetryPolicy": "client.sender",
    "Tenant": "tenant",
    "Waiting": "apply.events",
    "Transport": "client.transport",
    "consent_url": "setup.consent",
    "read_consent": "setup.consent",
}

__all__ = [
    "ApplyEnded",
    "ApplyStarted",
    "BlockingTenant",
    "ChangeEnded",
    "Clock",
    "Cloud",
    "ConnectionTest",
    "Consent",
    "Credential",
    "Event",
    "Journal",
    "Operation",
    "Permission",
    "RateLimits",
    "RetryPolicy",
    "Tenant",
    "Transport",
    "Waiting",
    "consent_url",
    "read_consent",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
