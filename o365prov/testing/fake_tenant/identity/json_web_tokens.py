"""JSON Web Tokens: taken apart, and signed with a key that the tenant makes when it first needs one.

Source: RFC 7515 (JWS compact serialization) and RFC 7517 (JSON Web Key).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from attrs import frozen


@frozen
class JsonWebToken:
    """A token's parts; nobody has looked at the signature yet."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    signed: bytes
    signature: bytes


def read_token_parts(token: str) -> JsonWebToken | None:
    """The parts of a token; None when it is not well formed. A signature that is none is as good as a wrong one."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        header, claims = (json.loads(_bytes(part)) for part in parts[:2])
    except ValueError:
        return None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        return None
    try:
        signature = _bytes(parts[2])
    except ValueError:
        signature = b""
    return JsonWebToken(header, claims, f"{parts[0]}.{parts[1]}".encode(), signature)


class SigningKey:
    """An RSA key of the tenant's token endpoint, with the form in which its public half is published."""

    @cached_property
    def _private(self) -> Any:
        from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - only who asks for tokens pays

        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @cached_property
    def public(self) -> dict[str, str]:
        """The public half as a JSON Web Key."""
        numbers = self._private.public_key().public_numbers()
        modulus, exponent = (
            _base64(each.to_bytes((each.bit_length() + 7) // 8, "big")) for each in (numbers.n, numbers.e)
        )
        kid = _base64(hashlib.sha256(modulus.encode()).digest()[:20])
        return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": modulus, "e": exponent}

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A token with these claims."""
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric import padding  # noqa: PLC0415

        header = {"typ": "JWT", "alg": "RS256", "kid": self.public["kid"]}
        signed = ".".join(_base64(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
        return f"{signed}.{_base64(self._private.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    def is_named_by(self, token: JsonWebToken) -> bool:
        """Whether a token says that it is signed with this key."""
        return "public" in vars(self) and token.header.get("kid") == self.public["kid"]

    def has_signed(self, token: JsonWebToken) -> bool:
        """Whether a token is signed with this key."""
        return self.is_named_by(token) and is_signed_by(self._private.public_key(), token)


def is_signed_by(public_key: Any, token: JsonWebToken) -> bool:
    """Whether the private half of an RSA key made a token's signature, by RS256 or PS256 as its header says."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import padding  # noqa: PLC0415

    paddings: Mapping[str, Callable[[], Any]] = {
        "RS256": padding.PKCS1v15,
        "PS256": lambda: padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=padding.PSS.AUTO),
    }
    make = paddings.get(str(token.header.get("alg")))
    if make is None:
        return False
    try:
        public_key.verify(token.signature, token.signed, make(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _bytes(text: str) -> bytes:
    """The bytes of base64url text without its padding; ValueError when it is none."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
