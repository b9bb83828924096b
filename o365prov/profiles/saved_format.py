"""Username formats and mappings as our own saved configuration keeps them: JSON values that round-trip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from o365prov.profiles.mapping import ApplyOn, AttributeMapping, ProfileMapping
from o365prov.profiles.settings_reader import Document, shown, step
from o365prov.profiles.username import UsernameFormat

_MOMENTS = {moment.value: moment for moment in ApplyOn}


def username_format(saved: object) -> UsernameFormat:
    """See :meth:`UsernameFormat.from_dict <o365prov.profiles.UsernameFormat.from_dict>`."""
    document = Document("the saved username format")
    members = document.object(saved, "$")
    if members is None:
        raise document.error()
    document.refuse_others(members, {"label", "expression"}, "$")
    label, expression = document.text(members, "label", "$"), document.expression(members, "expression", "$")
    if label is None or expression is None or document.count:
        raise document.error()
    return UsernameFormat(label, expression)


def mapping(saved: object) -> ProfileMapping:
    """See :meth:`ProfileMapping.from_dict <o365prov.profiles.ProfileMapping.from_dict>`."""
    document = Document("the saved mapping")
    members = document.object(saved, "$")
    if members is None:
        raise document.error()
    document.refuse_others(members, {"attributes", "bound_to"}, "$")
    bound_to = members.get("bound_to")
    if not isinstance(bound_to, str | None):
        document.note("$.bound_to", f"should be a text or null, not {shown(bound_to)}")
    rows = list(_rows(document, document.object(members.get("attributes"), "$.attributes") or {}))
    if document.count:
        raise document.error()
    return ProfileMapping(rows, bound_to)


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
        expression = document.expression(rule, "expression", path)
        moment = rule.get("apply_on")
        apply_on = _MOMENTS.get(moment) if isinstance(moment, str) else None
        if apply_on is None:
            document.note(f"{path}.apply_on", f"should be {' or '.join(map(repr, _MOMENTS))}, not {shown(moment)}")
        if attribute and expression and apply_on:
            yield AttributeMapping(attribute, expression, apply_on)
