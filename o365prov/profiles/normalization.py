"""Whether Graph can take a mapped value, and in which form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final, TypeAlias

from o365prov.errors import Issue
from o365prov.expressions import countries, country
from o365prov.profiles.attributes import CHOICES, Attribute, AttributeKind
from o365prov.profiles.unset import UNSET, Unset

ALPHA_2: Final = frozenset(each.alpha2 for each in countries())

_COMMON_MISTAKES: Final = {"UK": "GB", "EL": "GR", "EN": "GB"}


def meant_by(text: str) -> str | None:
    """The code that somebody probably meant who wrote *text*: a longer code, an English name, or a common mistake.

    >>> meant_by("UK"), meant_by("DEU"), meant_by("Germany"), meant_by("Neverland")
    ('GB', 'DE', 'DE', None)
    """
    if mistaken := _COMMON_MISTAKES.get(text.upper()):
        return mistaken
    found = country(text, names=True)
    return found.alpha2 if found else None


Normalized: TypeAlias = tuple[object | Unset, Issue | None]
"""The value in the form in which Graph takes it, or UNSET and what is wrong."""

TextRule: TypeAlias = Callable[[Attribute, str], Normalized]

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?\Z")
_NICKNAME = re.compile(r"[^\x00-\x20\x7f-\U0010ffff@()\\\[\]\";:<>,]+\Z")
_MAIL = re.compile(r"[!-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+\Z")


def normalize(attribute: Attribute, value: object) -> Normalized:
    """The value in the form in which Graph takes it, or UNSET and what is wrong.

    None and "" clear the attribute. A number or boolean is sent as its text.

    >>> from o365prov.profiles.attributes import ATTRIBUTES
    >>> normalize(ATTRIBUTES["telephone"], "+1 555 0100")
    (['+1 555 0100'], None)
    >>> normalize(ATTRIBUTES["preferredLanguage"], "en_US")
    ('en-US', None)
    >>> normalize(ATTRIBUTES["usageLocation"], "UK")[1].remedy
    'Use GB, the ISO code of that country'
    """
    if value is None or value in ("", []):
        return (None, None) if attribute.kind is AttributeKind.TEXT and not attribute.required else _clear(attribute)
    if rule := _WHOLE.get(attribute.kind):
        return rule(attribute, value)
    if isinstance(value, list | dict):
        return UNSET, _wrong(attribute, "gives a list or a map, not a text", "Let its expression give one text")
    text = _text(value)
    if attribute.limit is not None and len(text) > attribute.limit:
        return UNSET, _wrong(
            attribute, f"has {len(text)} characters, Graph takes {attribute.limit}", "Shorten it in its expression"
        )
    text_rule = _TEXT.get(attribute.kind)
    return (text, None) if text_rule is None else text_rule(attribute, text)


def text_rule(attribute: Attribute) -> TextRule | None:
    """What a text within the attribute's limit has to satisfy; None where every such text is sent as it is."""
    return _WHOLE.get(attribute.kind) or _TEXT.get(attribute.kind)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _clear(attribute: Attribute) -> Normalized:
    if attribute.required:
        return UNSET, _wrong(attribute, "is empty", "Fill it in at the source, or map an expression that gives a value")
    if attribute.kind in _NEVER_TAKEN_AWAY:
        return UNSET, None  # on create a fallback steps in: the person's id, the name before the @
    if not attribute.clearable:
        return UNSET, _wrong(
            attribute, "is empty, and Graph never clears it", "Map an expression that always gives a value"
        )
    return ([] if attribute.kind.is_list else None), None


_NEVER_TAKEN_AWAY = {AttributeKind.ANCHOR, AttributeKind.NICKNAME}


def _list(attribute: Attribute, value: object) -> Normalized:
    values = value if isinstance(value, list) else [value]
    if any(isinstance(each, list | dict) or each is None for each in values):
        return UNSET, _wrong(attribute, "gives something else than a list of texts", "Let its expression give texts")
    return [_text(each) for each in values], None


def _mails(attribute: Attribute, value: object) -> Normalized:
    conformed, wrong = _list(attribute, value)
    if isinstance(conformed, list) and not all(map(_MAIL.match, conformed)):
        return UNSET, _wrong(attribute, "holds an address that Graph does not take", "Use ASCII letters and a domain")
    return conformed, wrong


def _instant(attribute: Attribute, value: object) -> Normalized:
    try:
        instant = value if isinstance(value, datetime) else datetime.fromisoformat(_text(value))
        in_utc = instant.astimezone(UTC) if instant.tzinfo else None
    except (ValueError, OverflowError):
        in_utc = None
    if in_utc is None:
        return UNSET, _wrong(attribute, "is no instant in UTC", "Use ISO 8601, such as 2026-01-31T00:00:00Z")
    return in_utc.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0"), None  # strftime may leave out zeros of the year


def _one_in_list(_: Attribute, text: str) -> Normalized:
    return [text], None


def _country(attribute: Attribute, text: str) -> Normalized:
    code = text.upper()
    if code in ALPHA_2:
        return code, None
    meant = meant_by(text)
    remedy = f"Use {meant}, the ISO code of that country" if meant else "Use a two-letter ISO 3166-1 code such as US"
    return UNSET, _wrong(attribute, "is no ISO 3166-1 alpha-2 code", remedy)


def _language(attribute: Attribute, text: str) -> Normalized:
    tag = text.replace("_", "-")
    if _LANGUAGE.match(tag):
        return tag, None
    return UNSET, _wrong(attribute, "is no language tag", "Use a tag such as en-US")


def _mail(attribute: Attribute, text: str) -> Normalized:
    if _MAIL.match(text):
        return text, None
    return UNSET, _wrong(attribute, "is not an address that Graph takes", "Use ASCII letters and a domain after one @")


def _choice(attribute: Attribute, text: str) -> Normalized:
    choices = CHOICES[attribute.name]
    for choice in choices:
        if text.lower() == choice.lower():
            return choice, None
    return UNSET, _wrong(attribute, "is none of its values", f"Use one of {', '.join(choices)}")


def _anchor(attribute: Attribute, text: str) -> Normalized:
    if "$" in text or "_" in text:
        return UNSET, _wrong(attribute, "contains $ or _, which Graph refuses", "Map another anchor")
    return text, None


def _nickname(attribute: Attribute, text: str) -> Normalized:
    if _NICKNAME.match(text):
        return text, None
    return UNSET, _wrong(attribute, "has a character that Graph refuses", 'Use ASCII without @()\\[]";:<>, and spaces')


_WHOLE: Mapping[AttributeKind, Callable[[Attribute, object], Normalized]] = {
    AttributeKind.LIST: _list,
    AttributeKind.MAILS: _mails,
    AttributeKind.REFERENCES: _list,
    AttributeKind.INSTANT: _instant,
}
"""How kinds that are more than a text take a value, whatever it is."""

_TEXT: Mapping[AttributeKind, TextRule] = {
    AttributeKind.ONE_IN_LIST: _one_in_list,
    AttributeKind.COUNTRY: _country,
    AttributeKind.LANGUAGE: _language,
    AttributeKind.MAIL: _mail,
    AttributeKind.CHOICE: _choice,
    AttributeKind.ANCHOR: _anchor,
    AttributeKind.NICKNAME: _nickname,
}
"""What a text has to satisfy, for kinds that don't take every text."""


def _wrong(attribute: Attribute, what: str, remedy: str) -> Issue:
    return Issue(
        f"bad_{attribute.graph or attribute.name}",
        f"{attribute.label} {what}",
        remedy,
        place=attribute.name,
        severity="error" if attribute.required else "warning",
    )
