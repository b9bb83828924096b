"""Username formats and mappings as our own saved configuration keeps them: JSON values that round-trip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from o365prov.expressions import Expression
from o365prov.profiles.attribute_mapping import ApplyOn, AttributeMapping
from o365prov.profiles.setting_expressions import PROFILE_MAPPING, USERNAME
from o365prov.profiles.settings_reader import Document, shown, step

_MOMENTS = {moment.value: moment for moment in ApplyOn}


def read_saved_format(saved: object) -> tuple[str, Expression]:
    """Label and expression; see :meth:`UsernameFormat.from_dict <o365prov.profiles.UsernameFormat.from_dict>`."""
    document = Document("the saved username format")
    members = document.object(saved, "$")
    if members is None:
        raise document.error()
    document.refuse_others(members, {"label", "expression"}, "$")
    label, expression = document.text(members, "label", "$"), document.expression(members, "expression", "$", USERNAME)
    if label is None or expression is None or document.count:
        raise document.error()
    return label, expression


def read_saved_mapping(saved: object) -> tuple[list[AttributeMapping], str | None]:
    """Rows and binding; see :meth:`ProfileMapping.from_dict <o365prov.profiles.ProfileMapping.from_dict>`."""
    document = Document("the saved mapping")
    members = document.object(saved, "$")
    if members is None:
        raise document.error()
    document.refuse_others(members, {"attributes", "bound_to"}, "$")
    bound_to = members.get("bound_to")
    if not isinstance(bound_to, str | None):
        document.note("$.bound_to", f"should be a string or null, not {shown(bound_to)}")
    rows = list(_rows(document, document.object(members.get("attributes"), "$.attributes") or {}))
    if document.count:
        raise document.error()
    return rows, bound_to


def _rows(document: Document, attributes: Mapping[str, Any]) -> Iterator[AttributeMapping]:
    seen = set()
    for name, value in attributes.items():
        path = step("$.attributes", name)
        attribute = document.attribute(name, path)
        if attribute in seen:
            document.note(path, "is there twice: keep one of them")
        seen.add(attribute)
        rule = document.object(value, path)
        if rule is None:
            continue
        document.refuse_others(rule, {"expression", "apply_on"}, path)
        expression = document.expression(rule, "expression", path, PROFILE_MAPPING)
        moment = rule.get("apply_on")
        apply_on = _MOMENTS.get(moment) if isinstance(moment, str) else None
        if apply_on is None:
            document.note(f"{path}.apply_on", f"should be {' or '.join(map(repr, _MOMENTS))}, not {shown(moment)}")
        if attribute and expression and apply_on:
            yield AttributeMapping(attribute, expression, apply_on)
