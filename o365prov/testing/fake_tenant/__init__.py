"""An Office 365 tenant in memory: what it holds, what it answers, what it refuses."""

from __future__ import annotations

from o365prov.testing.fake_tenant.gateway.recorder import RecordedRequest
from o365prov.testing.fake_tenant.gateway.replication import Lag
from o365prov.testing.fake_tenant.gateway.sessions import RecordedRequests
from o365prov.testing.fake_tenant.identity.access import STAND_IN
from o365prov.testing.fake_tenant.identity.app_registrations import AppRegistrations
from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.store.persistence import Snapshot
from o365prov.testing.fake_tenant.tenant import FakeTenant

__all__ = [
    "STAND_IN",
    "AppRegistrations",
    "FakeTenant",
    "GraphErrorResponse",
    "Lag",
    "RecordedRequest",
    "RecordedRequests",
    "Snapshot",
]
