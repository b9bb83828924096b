"""Coming to an understanding with a tenant: an administrator's consent, and a test of what it gave us.

Source: Microsoft, "Admin consent on the Microsoft identity platform" and "Access tokens in the Microsoft identity
platform" (an application token lists its permissions as ``roles``).
"""

from __future__ import annotations

import base64
import hmac
import json
import re
from collections.abc import Collection
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from attrs import frozen

from o365prov.errors import ConfigurationError, CredentialError
from o365prov.graph.client.clouds import Cloud
from o365prov.graph.setup.permissions import FULL, Operation, Permission, advice, lacking

_TENANT = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")


def consent_url(*, tenant: str, client_id: str, redirect_uri: str, state: str, cloud: Cloud = Cloud.GLOBAL) -> str:
    """The address at which an administrator consents to the app's application permissions.

    *tenant* is the tenant's id or one of its domains, or ``organizations`` if it is not known yet; *redirect_uri* must
    be registered with the app exactly so; *state* is an unguessable text of yours, which the callback must bring back.
    Raises ConfigurationError listing all that is wrong.

    >>> print(consent_url(tenant="contoso.example", client_id="c1", redirect_uri="https://iam.example/done", state="s1"))
    https://login.microsoftonline.com/contoso.example/v2.0/adminconsent?client_id=c1&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default&redirect_uri=https%3A%2F%2Fiam.example%2Fdone&state=s1
    """  # noqa: E501
    problems = []
    if not _TENANT.fullmatch(tenant) or tenant.lower() == "common":
        problems.append(f"tenant {tenant!r}: give the tenant's id, one of its domains, or 'organizations'")
    if not client_id:
        problems.append("client_id is empty: give the application (client) id of the app registration")
    if urlsplit(redirect_uri).scheme not in {"https", "http"} or not urlsplit(redirect_uri).netloc:
        problems.append(f"redirect_uri {redirect_uri!r}: give the address that is registered with the app")
    if not state:
        problems.append("state is empty: give a fresh secrets.token_urlsafe() and compare it in the callback")
    if problems:
        raise ConfigurationError("; ".join(problems))
    query = urlencode({"client_id": client_id, "scope": cloud.scope, "redirect_uri": redirect_uri, "state": state})
    return f"https://{cloud.login_host}/{quote(tenant)}/v2.0/adminconsent?{query}"


@frozen
class Consent:
    """What the callback says: the tenant whose administrator consented.

    The callback is not signed, so it proves nothing; ask for a token and test the connection.
    """

    tenant_id: str


def read_consent(callback_url: str, *, state: str) -> Consent:
    """What Microsoft's redirect after the administrator's answer says.

    *callback_url* is the whole address that the browser asked for, *state* what was given to :func:`consent_url`.
    Raises CredentialError if the state is another, consent was refused, or the address is not such a callback.

    >>> read_consent("https://iam.example/done?admin_consent=True&tenant=t1&state=s1", state="s1")
    Consent(tenant_id='t1')
    """
    answers = {name: values[0] for name, values in parse_qs(urlsplit(callback_url).query).items()}
    if not state or not hmac.compare_digest(answers.get("state", "").encode(), state.encode()):
        raise CredentialError("the consent callback brings another state than was sent: ignore it and begin anew")
    if "error" in answers:
        said = " ".join(answers.get("error_description", "").split()) or "no description"
        raise CredentialError(
            f"consent was not given ({answers['error']}: {said[:200]}): let a Global Administrator or a "
            "Privileged Role Administrator open the consent address"
        )
    if answers.get("admin_consent", "").lower() != "true" or not answers.get("tenant"):
        raise CredentialError("not a callback of admin consent: it lacks admin_consent=True or tenant")
    return Consent(answers["tenant"])


@frozen
class ConnectionTest:
    """What a test of the connection found: *problems* is empty if everything that was asked for may be done.

    *granted* are the token's permissions, None if the token does not tell; *lacking* the rows that it does not cover.
    """

    tenant_id: str
    tenant_name: str
    granted: frozenset[str] | None
    lacking: tuple[Permission, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.problems

    def __str__(self) -> str:
        unsaid = "" if self.granted is not None else "; the token does not tell its permissions"
        verdict = "nothing stands in the way" if self.ok else "not everything may be done"
        return "\n? ".join((f"{self.tenant_name} ({self.tenant_id}): {verdict}{unsaid}", *self.problems))


def judge(
    token: str,
    *,
    tenant_id: str,
    tenant_name: str,
    operations: Collection[Operation] = FULL,
    expected_tenant: str | None = None,
) -> ConnectionTest:
    """What a *token* that Graph accepted for the tenant *tenant_id* allows; it is decoded, not verified."""
    claims = token_claims(token)
    roles = claims.get("roles")
    granted = frozenset(str(role) for role in roles) if isinstance(roles, list) else None
    if granted is None and claims:
        granted = frozenset()
    missing = lacking(operations, granted) if granted is not None else ()
    problems = [advice(row.operation) for row in missing]
    if "scp" in claims and not granted:
        problems.insert(0, "the token stands for a user, not for the app: use the app's own secret or certificate")
    issued_for = claims.get("tid")
    if isinstance(issued_for, str) and issued_for != tenant_id:
        problems.append(f"the token is for tenant {issued_for}, Graph answers for {tenant_id}: check the credential")
    if expected_tenant is not None and expected_tenant != tenant_id:
        problems.append(f"this is tenant {tenant_id}, not {expected_tenant}: check the credential's tenant id")
    return ConnectionTest(tenant_id, tenant_name, granted, missing, tuple(problems))


def token_claims(token: str) -> dict[str, Any]:
    """The claims inside an access token, not verified; empty if the token is no JSON Web Token."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}
