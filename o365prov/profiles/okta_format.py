"""Username formats and mappings as Okta's API keeps them.

Sources: Okta developer pages, "Apps API: username template object" and "Mappings API: profile mapping object".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from o365prov.errors import ExpressionSyntaxError
from o365prov.expressions import Expression, expression_of_template
from o365prov.profiles.attribute_mapping import ApplyOn, AttributeMapping
from o365prov.profiles.setting_expressions import PROFILE_MAPPING, USERNAME, refusal
from o365prov.profiles.settings_reader import read_attribute, read_expression, read_root
from o365prov.profiles.username_formats import BUILT_IN, CUSTOM, BuiltInFormat, built_in_expression
from o365prov.structuring import JsonObject, shown

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
    "licenses": "leave it out and assign them: licences come with assignments",
    "roles": "leave it out and assign them: roles come with assignments",
}
_TAKE_ANOTHER = "take the mapping whose source is the Okta user and whose target is the Office 365 app"


def read_username_template(document: object) -> tuple[str, Expression]:
    """Label and expression; see :meth:`UsernameFormat.from_okta <o365prov.profiles.UsernameFormat.from_okta>`."""
    template = read_root(document, "the username template")
    issues = template.issues
    for outer, path in _AROUND.items():
        if outer in template.values:
            issues.note("$", "holds a username template", f"pass its part {path}", code="not_a_template")
            raise refusal(issues.issues)
    template.refuse_others(_TEMPLATE_MEMBERS)
    _check_push_status(template)
    label_and_expression = _label_and_expression(template, _suffix(template))
    if label_and_expression is None or issues.count:
        raise refusal(issues.issues)
    return label_and_expression


def _check_push_status(template: JsonObject) -> None:
    status = template.values.get("pushStatus")
    if status == "DONT_PUSH":
        template.note(
            "pushStatus",
            "DONT_PUSH keeps the usernames of existing accounts, which here is what the types Profile Sync and License "
            "Only do",
            "choose one of them, and PUSH",
            code="unsupported",
        )
    elif status not in (None, "PUSH"):
        _note_wrong(template, "pushStatus", "PUSH or DONT_PUSH", status)


def _note_wrong(holder: JsonObject, key: str, expected: str, value: object) -> None:
    holder.note(key, f"should be {expected}, not {shown(value)}", code="wrong_value")


def _suffix(template: JsonObject) -> str:
    """Okta's documentation says ``userSuffix``, its older clients ``suffix``."""
    suffixes = {template.optional_string(name) or "" for name in ("userSuffix", "suffix")} - {""}
    if len(suffixes) > 1:
        template.note("suffix", "differs from $.userSuffix", "keep the right one", code="ambiguous")
    return min(suffixes, default="")


def _label_and_expression(template: JsonObject, suffix: str) -> tuple[str, Expression] | None:
    match template.values.get("type", "BUILT_IN"):  # Okta's default
        case "BUILT_IN":
            string = template.string("template")
            entry = _entry(template, string) if string.strip() else None
            return None if entry is None else (entry.label, built_in_expression(entry.label, suffix))
        case "CUSTOM":
            if suffix:
                remedy = "append it in the expression with +"
                template.note("userSuffix", "is for built-in templates", remedy, code="unsupported")
            expression = read_expression(template, "template", USERNAME, _translate)
            return None if expression is None else (CUSTOM, expression)
        case "NONE":
            template.note(
                "type",
                "NONE leaves people without a username, and every Office 365 account has one",
                "choose Email or Custom as the application username format",
                code="unsupported",
            )
        case other:
            _note_wrong(template, "type", "BUILT_IN, CUSTOM or NONE", other)
    return None


def _entry(template: JsonObject, string: str) -> BuiltInFormat | None:
    """The entry of Okta's list that has this template; None, and a note, if it has none that can be computed."""
    remedy = "use type CUSTOM and an expression"
    try:
        translated = expression_of_template(string)
    except ExpressionSyntaxError as error:
        template.note("template", f"is not one of Okta's built-in templates ({error})", remedy, code="unknown_template")
        return None
    entry = _entries().get(_key(translated))
    if entry is None:
        what = f"{shown(string)} is not one of Okta's built-in templates"
        remedy = f"{remedy} over the Okta profile, such as {translated}"
        template.note("template", what, remedy, code="unknown_template")
    elif not entry.expression:
        template.note("template", f"({entry.label}) can't be used", entry.instead, code="unsupported")
        return None
    return entry


def _key(expression: str) -> str:
    """``user`` and ``source`` are the same in templates."""
    return re.sub(r"\buser\.", "source.", expression)


@cache
def _entries() -> Mapping[str, BuiltInFormat]:
    """Every entry by its expression; made when the first template is read, because the parser takes time to load."""
    return {_key(expression_of_template(entry.template)): entry for entry in BUILT_IN.values()}


def _translate(string: str) -> str:
    """An expression as it is; an older template, which begins with ``${``, as the expression that it stands for."""
    return expression_of_template(string.strip()) if string.lstrip().startswith("${") else string


def read_okta_mapping(document: object) -> list[AttributeMapping]:
    """The rows; see :meth:`ProfileMapping.from_okta <o365prov.profiles.ProfileMapping.from_okta>`."""
    mapping = read_root(document, "the mapping", "pass one mapping, the one whose target is the Office 365 app")
    _check_direction(mapping)
    if mapping.values.get("properties") is None:
        remedy = "get the mapping by its id"
        mapping.note("properties", "is missing, as in Okta's lists of mappings", remedy, code="missing")
    rows = list(_rows(mapping.optional_child("properties")))
    if mapping.issues.count:
        raise refusal(mapping.issues.issues)
    return rows


def _check_direction(mapping: JsonObject) -> None:
    source, target = mapping.child("source"), mapping.child("target")
    if _is_app(source):
        way = "one app to another" if _is_app(target) else "the app to Okta"
        what = f"is the app {shown(source.values.get('name'))}, so this maps {way}"
        mapping.note("source", what, _TAKE_ANOTHER, code="other_mapping")
    elif not _is_office365(target):
        target.note("name", f"is {shown(target.values.get('name'))}", _TAKE_ANOTHER, code="other_mapping")


def _is_app(side: JsonObject) -> bool:
    """By its type; where an older document has none, by the name, which for Okta's own user is "user"."""
    kind = side.values.get("type")
    return kind == "appuser" if isinstance(kind, str) else bool(side.values) and side.values.get("name") != "user"


def _is_office365(side: JsonObject) -> bool:
    """Okta has more than one Office 365 app: the one for GCC High is another one."""
    name = side.values.get("name")
    return isinstance(name, str) and "office365" in re.sub(r"[^a-z0-9]", "", name.lower())


def _rows(properties: JsonObject) -> Iterator[AttributeMapping]:
    keys: dict[str, str] = {}
    for key, value in properties.values.items():
        name = str(key).lower()
        if name in keys:
            properties.note(key, f"is the same attribute as {keys[name]}", "keep one of them", code="ambiguous")
        elif name in _NOT_MAPPED:
            properties.note(key, "is not a mapped attribute here", _NOT_MAPPED[name], code="unknown_attribute")
        elif value is not None:  # null is how the API takes a property out: it is not mapped
            yield from _row(properties, key)
        keys[name] = key


def _row(properties: JsonObject, key: str) -> Iterator[AttributeMapping]:
    attribute = read_attribute(properties, key)
    rule = properties.child(key)
    rule.refuse_others(_PROPERTY_MEMBERS)
    expression = read_expression(rule, "expression", PROFILE_MAPPING, _translate)
    status = rule.values.get("pushStatus")
    apply_on = PUSH_STATUS.get(status) if isinstance(status, str) else None
    if apply_on is None:
        _note_wrong(rule, "pushStatus", "PUSH or DONT_PUSH", status)
    elif attribute and expression:
        yield AttributeMapping(attribute, expression, apply_on)


def read_okta_inbound_mapping(document: object) -> dict[str, tuple[Expression, ApplyOn]]:
    """Expressions by attribute of Okta's profile; see :meth:`InboundMapping.from_okta`."""
    mapping = read_root(document, "the mapping", "pass one mapping, the one whose target is the Okta user")
    source, target = mapping.child("source"), mapping.child("target")
    if source.values and target.values and (not _is_app(source) or _is_app(target)):
        what = f"is {shown(source.values.get('name'))}, so this maps something else than a directory to Okta"
        mapping.note("source", what, _TAKE_INBOUND, code="other_mapping")
    elif _is_office365(source):
        source.note("name", "is Office 365, which does not give profiles", _TAKE_INBOUND, code="other_mapping")
    if mapping.values.get("properties") is None:
        mapping.note(
            "properties", "is missing, as in Okta's lists of mappings", "get the mapping by its id", code="missing"
        )
    properties = mapping.optional_child("properties")
    found: dict[str, tuple[Expression, ApplyOn]] = {}
    for key, value in properties.values.items():
        if value is None:  # how the API takes a property out
            continue
        rule = properties.child(key)
        rule.refuse_others(_PROPERTY_MEMBERS)
        expression = read_expression(rule, "expression", PROFILE_MAPPING, _translate)
        status = rule.values.get("pushStatus")
        apply_on = PUSH_STATUS.get(status) if isinstance(status, str) else None
        if apply_on is None:
            _note_wrong(rule, "pushStatus", "PUSH or DONT_PUSH", status)
        elif expression is not None:
            found[key] = expression, apply_on
    if mapping.issues.count:
        raise refusal(mapping.issues.issues)
    return found


_TAKE_INBOUND = "take the mapping whose source is the Active Directory app and whose target is the Okta user"
