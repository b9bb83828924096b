"""A fake tenant on loopback, for clients in any language: HTTP/1.1 by uvicorn, and TLS where it is wanted."""

from __future__ import annotations

from o365prov.testing.serving.server import Server

__all__ = ["Server"]
