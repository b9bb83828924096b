"""The edge: reads a tenant and applies plans over Microsoft Graph.

Start in :mod:`o365prov.graph.tenant`. Names load on first use; httpx and msgraph-sdk load when a tenant is first talked
to.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from o365prov.graph.blocking import BlockingTenant
    from o365prov.graph.clouds import Cloud
    from o365prov.graph.connect import ConnectionTest, Consent, consent_url, read_consent
    from o365prov.graph.events import ApplyEnded, ApplyStarted, ChangeEnded, Event, Waiting
    from o365prov.graph.journal import Journal
    from o365prov.graph.pacing import Clock, Pace
    from o365prov.graph.permissions import Operation, Permission
    from o365prov.graph.sending import Retries
    from o365prov.graph.tenant import Tenant
    from o365prov.graph.wire import Credential, Wire

_HOMES = {
    "ApplyEnded": "events",
    "ApplyStarted": "events",
    "BlockingTenant": "blocking",
    "ChangeEnded": "events",
    "Clock": "pacing",
    "Cloud": "clouds",
    "ConnectionTest": "connect",
    "Consent": "connect",
    "Credential": "wire",
    "Event": "events",
    "Journal": "journal",
    "Operation": "permissions",
    "Pace": "pacing",
    "Permission": "permissions",
    "Retries": "sending",
    "Tenant": "tenant",
    "Waiting": "events",
    "Wire": "wire",
    "consent_url": "connect",
    "read_consent": "connect",
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
    "Pace",
    "Permission",
    "Retries",
    "Tenant",
    "Waiting",
    "Wire",
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
