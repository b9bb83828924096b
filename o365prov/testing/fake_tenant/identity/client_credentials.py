"""How an application proves to be the one it says it is: a secret, a certificate, or another issuer's token.

Sources: Microsoft identity platform, "OAuth 2.0 client credentials flow" and "Workload identity federation"; the texts
of errors are those of a real tenant's token endpoint, captured in August 2026, where there are any.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from attrs import frozen

from o365prov.testing.fake_tenant.identity.json_web_tokens import JsonWebToken, is_signed_by, read_token_parts
from o365prov.testing.fake_tenant.store.directory import RegisteredApp

FEDERATED_AUDIENCE = "api://AzureADTokenExchange"
"""Whom a token of another issuer must be meant for."""
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@frozen
class Mistrust:
    """Why an application isn't believed: a number of AADSTS, and what it means."""

    number: int
    text: str


def mistrust(application: RegisteredApp, form: Mapping[str, str], token_url: str, now: datetime) -> Mistrust | None:
    """What is wrong with the credential that an application presents; None when nothing is."""
    if "client_assertion" in form:
        return _assertion(application, form, token_url, now)
    if "client_secret" not in form:
        return Mistrust(
            7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
        )
    if application.secret is None or digest_of(form["client_secret"]) != application.secret:
        return Mistrust(
            7000215,
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value,"
            f" not the client secret ID, for a secret added to app '{application.client_id}'.",
        )
    return None


def digest_of(secret: str) -> str:
    """What is kept of a client secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _assertion(application: RegisteredApp, form: Mapping[str, str], token_url: str, now: datetime) -> Mistrust | None:
    token = read_token_parts(form["client_assertion"])
    if token is None or form.get("client_assertion_type") != ASSERTION_TYPE:
        return Mistrust(50027, "JWT token is invalid or malformed.")
    since, until = (token.claims.get(name, unset) for name, unset in (("nbf", 0), ("exp", None)))
    if not _is_valid(since, until, now.timestamp()):
        return Mistrust(700024, "Client assertion is not within its valid time range.")
    if token.claims.get("aud") == FEDERATED_AUDIENCE:
        return _federated(application, token)
    return _certified(application, token, token_url)


def _is_valid(since: object, until: object, moment: float) -> bool:
    """Whether a moment lies between two claims, give or take five minutes."""
    if not isinstance(since, int | float) or not isinstance(until, int | float):
        return False
    return since - 300 <= moment < until + 300


def _certified(application: RegisteredApp, token: JsonWebToken, token_url: str) -> Mistrust | None:
    """What is wrong with an assertion that the application signed itself."""
    if application.certificate is None or not is_signed_by(_public_key(application.certificate), token):
        return Mistrust(
            700027,
            "The certificate with identifier used to sign the client assertion is not registered on application."
            f" [Reason - The key was not found., Please visit the Azure Portal, for app '{application.client_id}'.]",
        )
    named = {token.claims.get("iss"), token.claims.get("sub")}
    if named != {application.client_id} or token.claims.get("aud") != token_url:
        return Mistrust(700023, f"Client assertion audience claim does not match Realm issuer of {token_url}.")
    return None


def _federated(application: RegisteredApp, token: JsonWebToken) -> Mistrust | None:
    """What is wrong with an assertion of another issuer, whose signature a tenant without a network can't look at."""
    if application.federated != (token.claims.get("iss"), token.claims.get("sub")):
        return Mistrust(
            700213,
            "No matching federated identity record found for presented assertion subject"
            f" '{token.claims.get('sub')}'. Check your federated identity credential Subject, Audience and Issuer"
            " against the presented assertion.",
        )
    return None


def is_certificate(text: str) -> bool:
    """Whether a text is a certificate that can be read."""
    try:
        _public_key(text)
    except ValueError:
        return False
    return True


def _public_key(certificate: str) -> object:
    from cryptography.x509 import load_pem_x509_certificate  # noqa: PLC0415 - only who asks for tokens pays

    return load_pem_x509_certificate(certificate.encode()).public_key()
