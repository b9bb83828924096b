"""Whether Graph can take a mapped value, and in which form."""

from __future__ import annotations

import re
from typing import assert_never

from o365prov.profiles.attributes import Attribute, Kind
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
        return _clear(attribute)
    if isinstance(value, list | dict):
        return UNSET, _wrong(attribute, "gives a list or a map, not a text", "Let its expression give one text")
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
        case Kind.ANCHOR:
            if re.search(r"[$_]", text):
                return UNSET, _wrong(attribute, "contains $ or _, which Graph refuses", "Map another anchor")
            return text, None
        case _:
            assert_never(attribute.kind)


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
    return ([] if attribute.kind is Kind.ONE_IN_LIST else None), None


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
