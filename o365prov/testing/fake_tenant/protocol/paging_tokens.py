"""Paging and delta tokens: opaque to clients, readable to us, refused when they were made up or belong elsewhere."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable
from typing import Any

from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse


def write_token(tenant_id: str, path: Iterable[str], content: dict[str, Any]) -> str:
    """A token that holds *content* and is good for this tenant only, below the *path* of one collection."""
    text = json.dumps(content, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_seal(tenant_id, path, text) + text).decode().rstrip("=")


def read_token(tenant_id: str, path: Iterable[str], token: str, option: str) -> dict[str, Any]:
    """What a token holds; 400 when this tenant did not issue it, or issued it for another collection."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        seal, text = raw[:4], raw[4:]
        if seal == _seal(tenant_id, path, text):
            content: dict[str, Any] = json.loads(text)
            return content
    except ValueError:
        pass
    raise GraphErrorResponse.malformed(
        f"Badly formed token: the value of {option} was not issued by this tenant for this collection."
    )


def _seal(tenant_id: str, path: Iterable[str], text: bytes) -> bytes:
    where = "/".join((tenant_id, *path)).lower()
    return zlib.crc32(where.encode("utf-8", "surrogatepass") + text).to_bytes(4, "big")
