"""Whether Graph can take a mapped value, and in which form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from o365prov.errors import Issue
from o365prov.expressions import countries, country
from o365prov.profiles.attributes import CHOICES, UNSET, Attribute, AttributeKind, Unset

ALPHA_2 = frozenset(each.alpha2 for each in countries())
"""The country codes that Graph takes: those of ISO 3166-1."""

_CODES_BY_CONFUSION = {"UK": "GB", "EL": "GR", "EN": "GB"}


def probable_country_code(string: str) -> str | None:
    """The code that *string* probably stands for: it may be a longer code, an English name, or a common confusion.

    >>> [probable_country_code(each) for each in ("UK", "DEU", "Germany", "Neverland")]
    ['GB', 'DE', 'DE', None]
    """
    if confused := _CODES_BY_CONFUSION.get(string.upper()):
        return confused
    match = country(string, names=True)
    return match.alpha2 if match else None


Normalized: TypeAlias = tuple[object | Unset, Issue | None]
"""The value in the form in which Graph takes it, or UNSET and what is wrong."""

StringRule: TypeAlias = Callable[[Attribute, str], Normalized]

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?\Z")
_NICKNAME = re.compile(r"[^\x00-\x20\x7f-\U0010ffff@()\\\[\]\";:<>,]+\Z")
_MAIL = re.compile(r"[!-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+\Z")


def normalize(attribute: Attribute, value: object) -> Normalized:
    """The value in the form in which Graph takes it, or UNSET and what is wrong.

    None and "" clear the attribute. A number or boolean is sent as a string.

    >>> from o365prov.profiles.attributes import ATTRIBUTES
    >>> normalize(ATTRIBUTES["telephone"], "+1 555 0100")
    (['+1 555 0100'], None)
    >>> normalize(ATTRIBUTES["preferredLanguage"], "en_US")
    ('en-US', None)
    >>> normalize(ATTRIBUTES["usageLocation"], "UK")[1].remedy
    'Use GB, the ISO code of that country'
    """
    if value is None or value in ("", []):
        return (None, None) if attribute.kind is AttributeKind.STRING and not attribute.required else _clear(attribute)
    if rule := _VALUE_RULES.get(attribute.kind):
        return rule(attribute, value)
    if isinstance(value, list | dict):
        return UNSET, _issue(attribute, "gives a list or a map, not a string", "Let its expression give one string")
    string = _string(value)
    if attribute.limit is not None and len(string) > attribute.limit:
        return UNSET, _issue(
            attribute, f"has {len(string)} characters, Graph takes {attribute.limit}", "Shorten it in its expression"
        )
    check = _STRING_RULES.get(attribute.kind)
    return (string, None) if check is None else check(attribute, string)


def string_rule(attribute: Attribute) -> StringRule | None:
    """The rule for strings within the attribute's limit; None where every such string is sent as it is."""
    return _VALUE_RULES.get(attribute.kind) or _STRING_RULES.get(attribute.kind)


def _string(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _clear(attribute: Attribute) -> Normalized:
    if attribute.required:
        return UNSET, _issue(attribute, "is empty", "Fill it in at the source, or map an expression that gives a value")
    if attribute.kind in _KEPT_WHEN_EMPTY:
        return UNSET, None  # on create a fallback steps in: the person's id, the name before the @
    if not attribute.clearable:
        return UNSET, _issue(
            attribute, "is empty, and Graph never clears it", "Map an expression that always gives a value"
        )
    return ([] if attribute.kind.is_list else None), None


_KEPT_WHEN_EMPTY = {AttributeKind.ANCHOR, AttributeKind.NICKNAME}


def _list(attribute: Attribute, value: object) -> Normalized:
    values = value if isinstance(value, list) else [value]
    if any(isinstance(each, list | dict) or each is None for each in values):
        return UNSET, _issue(attribute, "is not a list of strings", "Let its expression give strings")
    return [_string(each) for each in values], None


def _mails(attribute: Attribute, value: object) -> Normalized:
    normalized, issue = _list(attribute, value)
    if isinstance(normalized, list) and not all(map(_MAIL.match, normalized)):
        return UNSET, _issue(attribute, "holds an address that Graph does not take", "Use ASCII letters and a domain")
    return normalized, issue


def _instant(attribute: Attribute, value: object) -> Normalized:
    try:
        instant = datetime.fromisoformat(_string(value))
        in_utc = instant.astimezone(UTC) if instant.tzinfo else None
    except (ValueError, OverflowError):
        in_utc = None
    if in_utc is None:
        return UNSET, _issue(
            attribute, "is not an instant with a time zone", "Use ISO 8601, such as 2026-01-31T00:00:00Z"
        )
    return in_utc.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0"), None  # strftime may leave out zeros of the year


def _one_in_list(_: Attribute, value: str) -> Normalized:
    return [value], None


def _country(attribute: Attribute, value: str) -> Normalized:
    code = value.upper()
    if code in ALPHA_2:
        return code, None
    probable = probable_country_code(value)
    remedy = (
        f"Use {probable}, the ISO code of that country" if probable else "Use a two-letter ISO 3166-1 code such as US"
    )
    return UNSET, _issue(attribute, "is not an ISO 3166-1 alpha-2 code", remedy)


def _language(attribute: Attribute, value: str) -> Normalized:
    tag = value.replace("_", "-")
    if _LANGUAGE.match(tag):
        return tag, None
    return UNSET, _issue(attribute, "is not a language tag", "Use a tag such as en-US")


def _mail(attribute: Attribute, value: str) -> Normalized:
    if _MAIL.match(value):
        return value, None
    return UNSET, _issue(attribute, "is not an address that Graph takes", "Use ASCII letters and a domain after one @")


def _choice(attribute: Attribute, value: str) -> Normalized:
    choices = CHOICES[attribute.name]
    for choice in choices:
        if value.lower() == choice.lower():
            return choice, None
    return UNSET, _issue(attribute, "is not one of its values", f"Use one of {', '.join(choices)}")


def _anchor(attribute: Attribute, value: str) -> Normalized:
    if "$" in value or "_" in value:
        return UNSET, _issue(attribute, "contains $ or _, which Graph refuses", "Map another anchor")
    return value, None


def stray_full_stop(name: str) -> str:
    """Where a nickname, or a username without its domain, has a full stop that is not between two other characters.

    Empty if it has none.
    """
    if name.endswith("."):
        return "ends with a full stop"
    if name.startswith("."):
        return "begins with a full stop"
    return "has two full stops in a row" if ".." in name else ""


def _nickname(attribute: Attribute, value: str) -> Normalized:
    if where := stray_full_stop(value):
        return UNSET, _issue(attribute, where, "Leave full stops only between two other characters")
    if _NICKNAME.match(value):
        return value, None
    return UNSET, _issue(attribute, "has a character that Graph refuses", 'Use ASCII without @()\\[]";:<>, and spaces')


_VALUE_RULES: Mapping[AttributeKind, Callable[[Attribute, object], Normalized]] = {
    AttributeKind.LIST: _list,
    AttributeKind.MAILS: _mails,
    AttributeKind.REFERENCES: _list,
    AttributeKind.INSTANT: _instant,
}
"""The rules of kinds that may take something else than a string."""

_STRING_RULES: Mapping[AttributeKind, StringRule] = {
    AttributeKind.ONE_IN_LIST: _one_in_list,
    AttributeKind.COUNTRY: _country,
    AttributeKind.LANGUAGE: _language,
    AttributeKind.MAIL: _mail,
    AttributeKind.CHOICE: _choice,
    AttributeKind.ANCHOR: _anchor,
    AttributeKind.NICKNAME: _nickname,
}
"""The rules of kinds that don't take every string."""


def _issue(attribute: Attribute, what: str, remedy: str) -> Issue:
    return Issue(
        f"bad_{attribute.graph or attribute.name}",
        f"{attribute.label} {what}",
        remedy,
        place=attribute.name,
        severity="error" if attribute.required else "warning",
    )
