"""Paging and delta tokens: opaque to clients, readable to us, refused when they were made up or belong elsewhere."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse


def write_token(tenant_id: str, content: dict[str, Any]) -> str:
    """A token that holds *content* and is good for this tenant only."""
    text = json.dumps(content, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_seal(tenant_id, text) + text).decode().rstrip("=")


def read_token(tenant_id: str, token: str, option: str) -> dict[str, Any]:
    """What a token holds; 400 when this tenant did not issue it."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        seal, text = raw[:4], raw[4:]
        if seal == _seal(tenant_id, text):
            content: dict[str, Any] = json.loads(text)
            return content
    except ValueError:
        pass
    raise GraphErrorResponse.malformed(f"Badly formed token: the value of {option} was not issued by this tenant.")


def _seal(tenant_id: str, text: bytes) -> bytes:
    return zlib.crc32(tenant_id.encode() + text).to_bytes(4, "big")
