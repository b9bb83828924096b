"""What a user may be: the checks of every value that a create or an update brings.

Sources: Graph "user resource type" and "Create user"; "Username policies" and password policies of Microsoft Entra
("concept-sspr-policy"). All that is wrong with a body is collected; the answer's message is the first, its details are
all of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.schema.countries import COUNTRIES
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.table import Record

_LOCAL_PART = re.compile(r"[A-Za-z0-9'.\-_!#^~]+")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_NICKNAME_FORBIDDEN = frozenset('@()\\[]";:<>, ')
_PASSWORD_CLASSES = (re.compile(r"[a-z]"), re.compile(r"[A-Z]"), re.compile(r"[0-9]"), re.compile(r"[^A-Za-z0-9]"))
_POLICIES = frozenset({"None", "DisablePasswordExpiration", "DisableStrongPassword"})


def is_nickname(value: str) -> bool:
    """Whether a mailNickname is plain ASCII without the characters that Graph bans, its dots between others.

    Source: Graph "group resource type" for the characters; Exchange, "Set-Mailbox", parameter Alias, for the dots.
    """
    return value.isascii() and _NICKNAME_FORBIDDEN.isdisjoint(value) and all(value.split("."))


def domain_of(principal_name: str) -> str:
    """What stands after the ``@``, in lower case."""
    return principal_name.rpartition("@")[2].lower()


def check_principal_name(directory: Directory, value: Any) -> GraphErrorResponse | None:
    """The rules of userPrincipalName: characters, lengths, one ``@``, a verified domain."""
    local, at, domain = str(value).rpartition("@")
    name = "userPrincipalName"
    if not at or not local or not domain or "@" in local:
        return GraphErrorResponse.invalid_value(name, "User", "it must be alias@domain with exactly one @")
    if not _LOCAL_PART.fullmatch(local):
        return GraphErrorResponse.invalid_value(
            name, "User", "only A-Z a-z 0-9 ' . - _ ! # ^ ~ are allowed before the @"
        )
    if local.endswith("."):
        return GraphErrorResponse.invalid_value(name, "User", "the character before the @ may not be a dot")
    if len(local) > 64 or len(domain) > 48:
        return GraphErrorResponse.invalid_value(
            name, "User", "at most 64 characters before the @ and 48 after it", "InvalidLength"
        )
    found = directory.domains.get(domain.lower())
    if found is None or not found["isVerified"]:
        message = "The domain portion of the userPrincipalName property is invalid. You must use one of the verified"
        return GraphErrorResponse.bad_request(f"{message} domain names in your organization.")
    return None


def check_anchor(directory: Directory, record: Record, before: Record | None) -> GraphErrorResponse | None:
    """The rules of onPremisesImmutableId: its characters, and that a federated user has one and keeps it.

    Graph demands it on create for a federated domain (Create user); taking it away there fails with the name of the
    directory's own property (azure-docs#5108); changing it there is refused too, which is why the usual road leads
    over a managed domain.
    """
    anchor = record.get("onPremisesImmutableId")
    if anchor is not None and ("$" in anchor or "_" in anchor):
        return GraphErrorResponse.invalid_value("onPremisesImmutableId", "User", "it may not contain $ or _")
    domain = directory.domains.get(domain_of(record["userPrincipalName"]), {})
    if domain.get("authenticationType") != "Federated":
        return None
    if anchor is None:
        return GraphErrorResponse.bad_request(
            "You must provide a required property: Parameter name: FederatedUser.SourceAnchor"
        )
    if before is not None and before.get("onPremisesImmutableId") not in {None, anchor}:
        was = directory.domains.get(domain_of(before["userPrincipalName"]), {})
        if was.get("authenticationType") == "Federated":
            return GraphErrorResponse.bad_request(
                "Unable to update parameter. Parameter name: SourceAnchor. Move the user to a managed domain first."
            )
    return None


def check_special(name: str, value: Any) -> GraphErrorResponse | None:
    """The rules of single properties beyond type and length; *value* is neither None nor of a wrong type."""
    why = _why_not(name, value)
    return None if why is None else GraphErrorResponse.invalid_value(name, "User", why)


def check_password(profile: Mapping[str, Any], policies: str) -> GraphErrorResponse | None:
    """The rules of a password: 8 to 256 characters of ASCII, three of four kinds unless the user is exempt."""
    password = profile.get("password")
    if password is None:
        return None
    is_strong = (
        sum(1 for kind in _PASSWORD_CLASSES if kind.search(password)) >= 3 or "DisableStrongPassword" in policies
    )
    if 8 <= len(password) <= 256 and password.isascii() and is_strong:
        return None
    return GraphErrorResponse.bad_request(
        "The specified password does not comply with password complexity requirements. Please provide a different"
        " password."
    )


def _why_not(name: str, value: Any) -> str | None:
    match name:
        case "usageLocation":
            return None if value in COUNTRIES else "it must be a two-letter country code of ISO 3166, in capitals"
        case "mailNickname" if not is_nickname(value):
            return 'ASCII only, none of @ ( ) \\ [ ] " ; : < > , or a space, and dots between other characters only'
        case "mail" if not value.isascii() or not _ADDRESS.fullmatch(value):
            return "it must be an address of the form name@domain, without accents"
        case "otherMails" if any(not item.isascii() or not _ADDRESS.fullmatch(item) for item in value):
            return "each must be an address of the form name@domain, without accents"
        case "preferredLanguage" if not _LANGUAGE.fullmatch(value):
            return "it must be a language tag such as en-US"
        case "passwordPolicies" if not {part.strip() for part in value.split(",")} <= _POLICIES:
            return "it must be a list of DisablePasswordExpiration and DisableStrongPassword"
        case _:
            return None
