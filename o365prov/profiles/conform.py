"""Whether Graph can take a mapped value, and in which form."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime

from o365prov.profiles.attributes import CHOICES, Attribute, Kind
from o365prov.profiles.countries import ALPHA_2, COMMON_MISTAKES
from o365prov.profiles.values import UNSET, Finding, Unset

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?\Z")
_MAIL = re.compile(r"[!-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+\Z")


def conform(attribute: Attribute, value: object) -> tuple[object | Unset, Finding | None]:
    """The value in the form in which Graph takes it, or UNSET and what is wrong.

    None and "" clear the attribute. A number or boolean is sent as its text.

    >>> from o365prov.profiles.attributes import ATTRIBUTES
    >>> conform(ATTRIBUTES["telephone"], "+1 555 0100")
    (['+1 555 0100'], None)
    >>> conform(ATTRIBUTES["preferredLanguage"], "en_US")
    ('en-US', None)
    >>> conform(ATTRIBUTES["usageLocation"], "UK")[1].remedy
    'Use GB, the ISO code of that country'
    """
    if value is None or value in ("", []):
        return (None, None) if attribute.kind is Kind.TEXT and not attribute.required else _clear(attribute)
    if attribute.kind is Kind.LIST or attribute.kind is Kind.REFERENCES:
        return _list(attribute, value)
    if isinstance(value, list | dict):
        return UNSET, _wrong(attribute, "gives a list or a map, not a text", "Let its expression give one text")
    if attribute.kind is Kind.INSTANT:
        return _instant(attribute, value)
    text = _text(value)
    if attribute.limit is not None and len(text) > attribute.limit:
        return UNSET, _wrong(
            attribute, f"has {len(text)} characters, Graph takes {attribute.limit}", "Shorten it in its expression"
        )
    match attribute.kind:
        case Kind.TEXT | Kind.MANAGER:
            return text, None
        case Kind.ONE_IN_LIST:
            return [text], None
        case Kind.COUNTRY:
            return _country(attribute, text)
        case Kind.LANGUAGE:
            tag = text.replace("_", "-")
            if _LANGUAGE.match(tag):
                return tag, None
            return UNSET, _wrong(attribute, "is no language tag", "Use a tag such as en-US")
        case Kind.MAIL:
            if _MAIL.match(text):
                return text, None
            return UNSET, _wrong(
                attribute, "is not an address that Graph takes", "Use ASCII letters and a domain after one @"
            )
        case Kind.CHOICE:
            return _choice(attribute, text)
        case Kind.ANCHOR:
            if re.search(r"[$_]", text):
                return UNSET, _wrong(attribute, "contains $ or _, which Graph refuses", "Map another anchor")
            return text, None
        case _:  # lists and instants went their own way above
            raise AssertionError(attribute.kind)


def longest_plain_text(attribute: Attribute) -> int:
    """How many characters a text may have that is sent as it is, without a look at what it says; 0 where there is one.

    >>> from o365prov.profiles.attributes import ATTRIBUTES
    >>> longest_plain_text(ATTRIBUTES["title"]), longest_plain_text(ATTRIBUTES["usageLocation"])
    (128, 0)
    """
    if attribute.kind is not Kind.TEXT and attribute.kind is not Kind.MANAGER:
        return 0
    return sys.maxsize if attribute.limit is None else attribute.limit


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _clear(attribute: Attribute) -> tuple[object | Unset, Finding | None]:
    if attribute.required:
        return UNSET, _wrong(attribute, "is empty", "Fill it in at the source, or map an expression that gives a value")
    if attribute.kind is Kind.ANCHOR:
        return UNSET, None  # an anchor is never taken away; on create the strategy's fallback steps in
    if not attribute.clearable:
        return UNSET, _wrong(
            attribute, "is empty, and Graph never clears it", "Map an expression that always gives a value"
        )
    return ([] if attribute.kind in _LISTS else None), None


_LISTS = {Kind.ONE_IN_LIST, Kind.LIST, Kind.REFERENCES}


def _list(attribute: Attribute, value: object) -> tuple[object | Unset, Finding | None]:
    values = value if isinstance(value, list) else [value]
    if any(isinstance(each, list | dict) or each is None for each in values):
        return UNSET, _wrong(attribute, "gives something else than a list of texts", "Let its expression give texts")
    texts = [_text(each) for each in values]
    if attribute.name == "otherMails" and not all(_MAIL.match(each) for each in texts):
        return UNSET, _wrong(attribute, "holds an address that Graph does not take", "Use ASCII letters and a domain")
    return texts, None


def _choice(attribute: Attribute, text: str) -> tuple[object | Unset, Finding | None]:
    choices = CHOICES[attribute.name]
    for choice in choices:
        if text.lower() == choice.lower():
            return choice, None
    return UNSET, _wrong(attribute, "is none of its values", f"Use one of {', '.join(choices)}")


def _instant(attribute: Attribute, value: object) -> tuple[object | Unset, Finding | None]:
    try:
        instant = value if isinstance(value, datetime) else datetime.fromisoformat(_text(value))
        in_utc = instant.astimezone(UTC) if instant.tzinfo else None
    except (ValueError, OverflowError):
        in_utc = None
    if in_utc is None:
        return UNSET, _wrong(attribute, "is no instant in UTC", "Use ISO 8601, such as 2026-01-31T00:00:00Z")
    return in_utc.strftime("%Y-%m-%dT%H:%M:%SZ"), None


def _country(attribute: Attribute, text: str) -> tuple[object | Unset, Finding | None]:
    code = text.upper()
    if code in ALPHA_2:
        return code, None
    if meant := COMMON_MISTAKES.get(code):
        remedy = f"Use {meant}, the ISO code of that country"
    else:
        remedy = "Use a two-letter ISO 3166-1 code such as US"
    return UNSET, _wrong(attribute, "is no ISO 3166-1 alpha-2 code", remedy)


def _wrong(attribute: Attribute, what: str, remedy: str) -> Finding:
    return Finding(
        code=f"bad_{attribute.graph or attribute.name}",
        message=f"{attribute.label} {what}",
        remedy=remedy,
        attribute=attribute.name,
        stops=attribute.required,
    )
