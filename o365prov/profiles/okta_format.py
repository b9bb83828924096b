"""Username formats and mappings as Okta's API keeps them.

Sources: Okta developer pages, "Apps API: username template object" and "Mappings API: profile mapping object".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from o365prov.errors import ExpressionSyntaxError
from o365prov.expressions import Expression, expression_of_template
from o365prov.profiles.attribute_mapping import ApplyOn, AttributeMapping
from o365prov.profiles.setting_expressions import PROFILE_MAPPING, USERNAME
from o365prov.profiles.settings_reader import Document, shown, step
from o365prov.profiles.username_formats import BUILT_IN, CUSTOM, BuiltInFormat, built_in_expression

PUSH_STATUS = {"PUSH": ApplyOn.CREATE_AND_UPDATE, "DONT_PUSH": ApplyOn.CREATE}
"""When a property is sent, by the word of the Mappings API."""

_TEMPLATE_MEMBERS = {"template", "type", "userSuffix", "suffix", "pushStatus"}
_PROPERTY_MEMBERS = {"expression", "pushStatus"}
_AROUND = {
    "credentials": "['credentials']['userNameTemplate']",
    "userNameTemplate": "['userNameTemplate']",
}
_NOT_MAPPED = {
    "username": "read it with UsernameFormat.from_okta(app['credentials']['userNameTemplate'])",
    "licenses": "licences come with assignments, so leave it out and assign them",
    "roles": "roles come with assignments, so leave it out and assign them",
}


def read_username_template(template: object) -> tuple[str, Expression]:
    """Label and expression; see :meth:`UsernameFormat.from_okta <o365prov.profiles.UsernameFormat.from_okta>`."""
    document = Document("the username template")
    members = document.object(template, "$")
    if members is None:
        raise document.error()
    for outer, path in _AROUND.items():
        if outer in members:
            document.note("$", f"holds a username template: pass its part {path}")
            raise document.error()
    document.refuse_others(members, _TEMPLATE_MEMBERS, "$")
    _check_push_status(document, members)
    format_ = _label_and_expression(document, members, _suffix(document, members))
    if format_ is None or document.count:
        raise document.error()
    return format_


def _check_push_status(document: Document, members: Mapping[str, Any]) -> None:
    status = members.get("pushStatus")
    if status == "DONT_PUSH":
        document.note(
            "$.pushStatus",
            "DONT_PUSH keeps the usernames of existing accounts, which here is what the types Profile Sync and License "
            "Only do: choose one of them, and PUSH",
        )
    elif status not in (None, "PUSH"):
        document.note("$.pushStatus", f"should be PUSH or DONT_PUSH, not {shown(status)}")


def _suffix(document: Document, members: Mapping[str, Any]) -> str:
    """Okta's documentation says ``userSuffix``, its older clients ``suffix``."""
    found = {}
    for name in ("userSuffix", "suffix"):
        value = members.get(name)
        if isinstance(value, str) or value is None:
            found[name] = value or ""
        else:
            document.note(f"$.{name}", f"should be a string, not {shown(value)}")
    suffixes = sorted({suffix for suffix in found.values() if suffix})
    if len(suffixes) > 1:
        document.note("$.suffix", "differs from $.userSuffix: keep the one that is meant")
    return suffixes[0] if suffixes else ""


def _label_and_expression(document: Document, members: Mapping[str, Any], suffix: str) -> tuple[str, Expression] | None:
    match members.get("type", "BUILT_IN"):  # Okta's default
        case "BUILT_IN":
            text = document.text(members, "template", "$")
            entry = None if text is None else _entry(document, text)
            return None if entry is None else (entry.label, built_in_expression(entry.label, suffix))
        case "CUSTOM":
            if suffix:
                document.note("$.userSuffix", "is for built-in templates: append it in the expression with +")
            expression = document.expression(members, "template", "$", USERNAME, _translated)
            return None if expression is None else (CUSTOM, expression)
        case "NONE":
            document.note(
                "$.type",
                "NONE leaves people without a username, and every Office 365 account has one: choose Email or Custom "
                "as the application username format",
            )
        case other:
            document.note("$.type", f"should be BUILT_IN, CUSTOM or NONE, not {shown(other)}")
    return None


def _entry(document: Document, template: str) -> BuiltInFormat | None:
    try:
        translated = expression_of_template(template)
    except ExpressionSyntaxError as error:
        document.note(
            "$.template", f"is not one of Okta's built-in templates ({error}): use type CUSTOM and an expression"
        )
        return None
    entry = _ENTRIES.get(_key(translated))
    if entry is None:
        document.note(
            "$.template",
            f"{shown(template)} is not one of Okta's built-in templates: use type CUSTOM and an expression over the "
            f"Okta profile, such as {translated}",
        )
    elif not entry.expression:
        document.note("$.template", f"({entry.label}) can't be used: {entry.instead}")
        return None
    return entry


def _key(expression: str) -> str:
    """``user`` and ``source`` are the same in templates."""
    return re.sub(r"\buser\.", "source.", expression)


_ENTRIES = {_key(expression_of_template(entry.template)): entry for entry in BUILT_IN.values()}


def _translated(text: str) -> str:
    """An expression as it is; an older template, which begins with ``${``, as the expression that it means."""
    return expression_of_template(text.strip()) if text.lstrip().startswith("${") else text


def read_okta_mapping(document: object) -> list[AttributeMapping]:
    """The rows; see :meth:`ProfileMapping.from_okta <o365prov.profiles.ProfileMapping.from_okta>`."""
    notes = Document("the mapping")
    if isinstance(document, list | tuple):
        notes.note("$", "is a list: pass one mapping, the one whose target is the Office 365 app")
        raise notes.error()
    members = notes.object(document, "$")
    if members is None:
        raise notes.error()
    _check_direction(notes, members)
    if members.get("properties") is None:
        notes.note("$.properties", "is missing, as in Okta's lists of mappings: get the mapping by its id")
    rows = list(_rows(notes, notes.object(members.get("properties", {}), "$.properties") or {}))
    if notes.count:
        raise notes.error()
    return rows


def _check_direction(notes: Document, members: Mapping[str, Any]) -> None:
    source, target = (notes.object(members.get(side), f"$.{side}") for side in ("source", "target"))
    if source and _is_app(source):
        name, way = (
            shown(source.get("name")),
            "the app to Okta" if target and not _is_app(target) else "one app to another",
        )
        notes.note(
            "$.source",
            f"is the app {name}, so this maps {way}: take the mapping whose source is the Okta user and whose target "
            "is the Office 365 app",
        )
    elif target is not None and not _is_office365(target):
        notes.note("$.target.name", f"is {shown(target.get('name'))}: take the mapping whose target is office365")


def _is_app(side: Mapping[str, Any]) -> bool:
    """By its type; where an older document has none, by the name, which for Okta's own user is "user"."""
    kind = side.get("type")
    return kind == "appuser" if isinstance(kind, str) else bool(side) and side.get("name") != "user"


def _is_office365(side: Mapping[str, Any]) -> bool:
    """Okta has several Office 365 apps: the one for GCC High is another one."""
    name = side.get("name")
    return isinstance(name, str) and "office365" in re.sub(r"[^a-z0-9]", "", name.lower())


def _rows(notes: Document, properties: Mapping[str, Any]) -> Iterator[AttributeMapping]:
    seen: dict[str, str] = {}
    for key, value in properties.items():
        path, name = step("$.properties", key), str(key).lower()
        if name in seen:
            notes.note(path, f"is the same attribute as {seen[name]}: keep one of them")
        elif name in _NOT_MAPPED:
            notes.note(path, f"is not a mapped attribute here: {_NOT_MAPPED[name]}")
        elif value is not None:  # null is how the API takes a property out: it is not mapped
            yield from _row(notes, path, str(key), value)
        seen[name] = key


def _row(notes: Document, path: str, name: str, value: object) -> Iterator[AttributeMapping]:
    attribute = notes.attribute(name, path)
    rule = notes.object(value, path)
    if rule is None:
        return
    notes.refuse_others(rule, _PROPERTY_MEMBERS, path)
    expression = notes.expression(rule, "expression", path, PROFILE_MAPPING, _translated)
    status = rule.get("pushStatus")
    apply_on = PUSH_STATUS.get(status) if isinstance(status, str) else None
    if apply_on is None:
        notes.note(f"{path}.pushStatus", f"should be PUSH or DONT_PUSH, not {shown(status)}")
    if attribute and expression and apply_on:
        yield AttributeMapping(attribute, expression, apply_on)
