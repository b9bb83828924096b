"""Reading a tenant and applying plans over Microsoft Graph.

:class:`~o365prov.graph.Tenant` does both. httpx and msgraph-sdk load when a tenant is first used.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from o365prov.graph.apply.breaker import CircuitBreaker
    from o365prov.graph.apply.events import ApplyEnded, ApplyStarted, ChangeEnded, Event, Waiting
    from o365prov.graph.apply.progress import progress
    from o365prov.graph.blocking import BlockingTenant
    from o365prov.graph.client.clouds import Cloud
    from o365prov.graph.client.errors import ErrorCategory, category_of
    from o365prov.graph.client.network import Network
    from o365prov.graph.client.rate_limiter import Clock, RateLimits
    from o365prov.graph.client.retry import RetryPolicy
    from o365prov.graph.client.transport import Credential, Transport
    from o365prov.graph.setup.connection_test import ConnectionTest
    from o365prov.graph.setup.consent import Consent, consent_url, read_consent
    from o365prov.graph.setup.environment import environment_credential
    from o365prov.graph.setup.permissions import (
        ALL_OPERATIONS_BUT_ROLES,
        GROUP_PUSH_OPERATIONS,
        GUEST_OPERATIONS,
        IMPORT_OPERATIONS,
        LICENSE_ONLY_OPERATIONS,
        PERMISSIONS,
        ROLE_OPERATIONS,
        Operation,
        Permission,
        least_permissions,
    )
    from o365prov.graph.setup.unused_permissions import needed_operations, unused_permissions
    from o365prov.graph.tenant import Tenant
else:
    from o365prov._first_use import on_first_use

    __getattr__ = on_first_use(
        __name__,
        (
            "client.clouds",
            "client.network",
            "client.rate_limiter",
            "client.retry",
            "client.transport",
            "client.errors",
            "tenant",
            "setup.permissions",
            "setup.unused_permissions",
            "setup.consent",
            "setup.environment",
            "setup.connection_test",
            "apply.breaker",
            "apply.events",
            "apply.progress",
            "blocking",
        ),
    )

__all__ = [
    "ALL_OPERATIONS_BUT_ROLES",
    "GROUP_PUSH_OPERATIONS",
    "GUEST_OPERATIONS",
    "IMPORT_OPERATIONS",
    "LICENSE_ONLY_OPERATIONS",
    "PERMISSIONS",
    "ROLE_OPERATIONS",
    "ApplyEnded",
    "ApplyStarted",
    "BlockingTenant",
    "ChangeEnded",
    "CircuitBreaker",
    "Clock",
    "Cloud",
    "ConnectionTest",
    "Consent",
    "Credential",
    "ErrorCategory",
    "Event",
    "Network",
    "Operation",
    "Permission",
    "RateLimits",
    "RetryPolicy",
    "Tenant",
    "Transport",
    "Waiting",
    "category_of",
    "consent_url",
    "environment_credential",
    "least_permissions",
    "needed_operations",
    "progress",
    "read_consent",
    "unused_permissions",
]
