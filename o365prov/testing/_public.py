"""The public names of ``o365prov.testing``: this is the one list of them."""

from o365prov.testing.clock import FakeClock
from o365prov.testing.fake_tenant import AppRegistrations, FakeTenant, Lag, RecordedRequest, RecordedRequests, Snapshot
from o365prov.testing.faults import (
    Attempt,
    Dropped,
    Fault,
    FaultPlan,
    GatewayTimeout,
    RandomFaults,
    ScheduledFaults,
    Slow,
    Throttled,
    Unavailable,
)
from o365prov.testing.quotas import Quotas
from o365prov.testing.service_plans import PlanProvisioning
from o365prov.testing.serving import Server
from o365prov.testing.transport import HttpxTransport, ServedTenant, graph_client

__all__ = [
    "AppRegistrations",
    "Attempt",
    "Dropped",
    "FakeClock",
    "FakeTenant",
    "Fault",
    "FaultPlan",
    "GatewayTimeout",
    "HttpxTransport",
    "Lag",
    "PlanProvisioning",
    "Quotas",
    "RandomFaults",
    "RecordedRequest",
    "RecordedRequests",
    "ScheduledFaults",
    "ServedTenant",
    "Server",
    "Slow",
    "Snapshot",
    "Throttled",
    "Unavailable",
    "graph_client",
]
