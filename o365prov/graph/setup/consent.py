"""An administrator's consent: the address to open, and the callback after it.

Source: Microsoft, "Admin consent on the Microsoft identity platform".
"""

from __future__ import annotations

import hmac
import re
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from attrs import frozen

from o365prov._fields import typed
from o365prov.errors import ConfigurationError, CredentialError, UsageError
from o365prov.graph.client.clouds import Cloud
from o365prov.rendering import quoted

_TENANT = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")


def consent_url(*, tenant: str, client_id: str, redirect_uri: str, state: str, cloud: Cloud = Cloud.GLOBAL) -> str:
    """The address at which an administrator consents to the app's application permissions.

    Args:
        tenant: the tenant's id or one of its domains, or ``organizations`` if it is not known yet.
        client_id: the application (client) id of the app registration.
        redirect_uri: the address of your callback, exactly as it is registered with the app.
        state: an unguessable string of yours, which the callback must bring back.
        cloud: Microsoft's cloud in which the tenant is.

    Raises:
        ConfigurationError: it names everything that is wrong.

    >>> print(consent_url(tenant="contoso.example", client_id="c1", redirect_uri="https://iam.example/done", state="s1"))
    https://login.microsoftonline.com/contoso.example/v2.0/adminconsent?client_id=c1&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default&redirect_uri=https%3A%2F%2Fiam.example%2Fdone&state=s1

    """  # noqa: E501
    problems = []
    for name, value in (("tenant", tenant), ("client_id", client_id), ("redirect_uri", redirect_uri), ("state", state)):
        if not isinstance(value, str):
            raise ConfigurationError(f"{name} should be a string, not a {type(value).__name__}")
    if not isinstance(cloud, Cloud):
        raise ConfigurationError(f"cloud should be a Cloud, such as Cloud.GLOBAL, not a {type(cloud).__name__}")
    if not _TENANT.fullmatch(tenant) or tenant.lower() == "common":
        problems.append(f"tenant {quoted(tenant)}: give the tenant's id, one of its domains, or 'organizations'")
    if not client_id:
        problems.append("client_id is empty: give the application (client) id of the app registration")
    if not _is_address(redirect_uri):
        problems.append(f"redirect_uri {quoted(redirect_uri)}: give the address that is registered with the app")
    if not state:
        problems.append("state is empty: give a fresh secrets.token_urlsafe() and compare it in the callback")
    if problems:
        raise ConfigurationError("; ".join(problems))
    parameters = {"client_id": client_id, "scope": cloud.scope, "redirect_uri": redirect_uri, "state": state}
    query = urlencode(parameters, errors="replace")
    return f"https://{cloud.login_host}/{quote(tenant)}/v2.0/adminconsent?{query}"


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"https", "http"} and bool(parts.netloc)


@frozen(field_transformer=typed)
class Consent:
    """What the callback says: the tenant whose administrator consented.

    The callback is not signed, so it proves nothing; ask for a token and test the connection.
    """

    tenant_id: str


def read_consent(callback_url: str, *, state: str) -> Consent:
    """What Microsoft's redirect after the administrator's answer says.

    Args:
        callback_url: the whole address that the browser asked for.
        state: the same string as for :func:`consent_url`.

    Raises:
        UsageError: an argument is not a string.
        CredentialError: the state is a different one, consent was refused, or the address is not such a callback.

    >>> read_consent("https://iam.example/done?admin_consent=True&tenant=t1&state=s1", state="s1")
    Consent(tenant_id='t1')

    """
    if not all(isinstance(each, str) for each in (callback_url, state)):
        raise UsageError("callback_url and state should be strings: the address that the browser asked for, and yours")
    query = urlsplit(callback_url).query if _is_address(callback_url) else ""
    answers = {name: values[0] for name, values in parse_qs(query).items()}
    if not state or not hmac.compare_digest(answers.get("state", "").encode(), state.encode(errors="replace")):
        raise CredentialError(
            "the state of the consent callback is not the one that was sent: ignore the callback and start again"
        )
    if "error" in answers:
        description = " ".join(answers.get("error_description", "").split()) or "no description"
        raise CredentialError(
            f"consent was not given ({answers['error']}: {description[:200]}): let a Global Administrator or a "
            "Privileged Role Administrator open the consent address"
        )
    if answers.get("admin_consent", "").lower() != "true" or not answers.get("tenant"):
        raise CredentialError("not a callback of admin consent: admin_consent=True or tenant is missing")
    return Consent(answers["tenant"])
