"""A tenant that is not a tenant, for our tests and everyone's.

`FakeTenant` is the tenant, `FakeClock` its time, `Quotas` and `Lag` its hindrances; `HttpxTransport` puts it under any
Python client, `Server` and ``python -m o365prov.testing`` serve it to clients in any language. Names load on first use,
so that the pytest plugin costs nothing to those who do not use it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from o365prov.testing.clock import FakeClock
    from o365prov.testing.fake_tenant import FakeTenant, Lag, RecordedRequest, Snapshot
    from o365prov.testing.quotas import Quotas
    from o365prov.testing.server import Server
    from o365prov.testing.transport import HttpxTransport, graph_client

__all__ = [
    "FakeClock",
    "FakeTenant",
    "HttpxTransport",
    "Lag",
    "Quotas",
    "RecordedRequest",
    "Server",
    "Snapshot",
    "graph_client",
]

_HOMES = {
    "FakeClock": "clock",
    "RecordedRequest": "fake_tenant",
    "FakeTenant": "fake_tenant",
    "HttpxTransport": "transport",
    "Lag": "fake_tenant",
    "Quotas": "quotas",
    "Server": "server",
    "Snapshot": "fake_tenant",
    "graph_client": "transport",
}


def __getattr__(name: str) -> Any:
    """Load a name from the module that it lives in."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """The public names, loaded or not."""
    return sorted({*globals(), *__all__})
