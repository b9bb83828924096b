"""The edge: reads a tenant and applies plans over Microsoft Graph.

Start in :mod:`o365prov.graph.tenant`. Names load on first use; httpx and msgraph-sdk load when a tenant is first talked
to.
"""

from o365prov.graph.apply.events import ApplyEnded, ApplyStarted, ChangeEnded, Event, Waiting
from o365prov.graph.apply.journal import Journal
from o365prov.graph.apply.progress import progress
from o365prov.graph.blocking import BlockingTenant
from o365prov.graph.client.clouds import Cloud
from o365prov.graph.client.rate_limiter import Clock, RateLimits
from o365prov.graph.client.sender import RetryPolicy
from o365prov.graph.client.transport import Credential, Transport
from o365prov.graph.setup.consent import ConnectionTest, Consent, consent_url, read_consent
from o365prov.graph.setup.permissions import Operation, Permission
from o365prov.graph.tenant import Tenant

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
    "progress",
    "read_consent",
]
