"""A tenant that is not a tenant, for our tests and everyone's.

`FakeTenant` is the tenant, `Clock` its time; `HttpxTransport` puts it under any Python client, and
``python -m o365prov.testing`` serves it to clients in any language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from o365prov.testing.clock import Clock
from o365prov.testing.fake_tenant import Exchange, FakeTenant, Lag, Snapshot
from o365prov.testing.quotas import Quotas

if TYPE_CHECKING:
    from o365prov.testing.transport import HttpxTransport

__all__ = ["Clock", "Exchange", "FakeTenant", "HttpxTransport", "Lag", "Quotas", "Snapshot"]


def __getattr__(name: str) -> Any:
    """Load the httpx transport on first use, so that the tenant itself costs the standard library only."""
    if name == "HttpxTransport":
        from o365prov.testing.transport import HttpxTransport  # noqa: PLC0415

        return HttpxTransport
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
