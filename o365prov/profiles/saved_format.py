"""Username formats and mappings as our own saved configuration keeps them: JSON values that round-trip.

A person may edit them, so they are read like any foreign JSON: everything that is wrong is found at once.
"""

from __future__ import annotations

from collections.abc import Iterator

from o365prov.expressions import Expression
from o365prov.profiles.attribute_mapping import ApplyOn, AttributeMapping
from o365prov.profiles.setting_expressions import PROFILE_MAPPING, USERNAME, refusal
from o365prov.profiles.settings_reader import read_attribute, read_expression, read_expressions, read_root
from o365prov.structuring import JsonObject, shown

_MOMENTS = {moment.value: moment for moment in ApplyOn}


def read_saved_format(document: object) -> tuple[str, Expression, list[Expression]]:
    """All fields; see :meth:`UsernameFormat.from_dict <o365prov.profiles.UsernameFormat.from_dict>`."""
    saved = read_root(document, "the saved username format")
    saved.refuse_others({"label", "expression", "alternatives"})
    label, expression = saved.string("label"), read_expression(saved, "expression", USERNAME)
    alternatives = list(read_expressions(saved, "alternatives", USERNAME))
    if expression is None or saved.issues.count:
        raise refusal(saved.issues.issues)
    return label, expression, alternatives


def read_saved_mapping(document: object) -> tuple[list[AttributeMapping], str | None]:
    """Rows and binding; see :meth:`ProfileMapping.from_dict <o365prov.profiles.ProfileMapping.from_dict>`."""
    saved = read_root(document, "the saved mapping")
    saved.refuse_others({"attributes", "bound_to"})
    bound_to = saved.optional_string("bound_to")
    rows = list(_rows(saved.child("attributes")))
    if saved.issues.count:
        raise refusal(saved.issues.issues)
    return rows, bound_to


def _rows(attributes: JsonObject) -> Iterator[AttributeMapping]:
    names = set()
    for key in attributes.values:
        attribute = read_attribute(attributes, key)
        if attribute and attribute in names:
            attributes.note(key, "is there twice", "keep one of them", code="ambiguous")
        names.add(attribute)
        rule = attributes.child(key)
        rule.refuse_others({"expression", "apply_on"})
        expression = read_expression(rule, "expression", PROFILE_MAPPING)
        moment = rule.values.get("apply_on")
        apply_on = _MOMENTS.get(moment) if isinstance(moment, str) else None
        if apply_on is None:
            expected = " or ".join(map(repr, _MOMENTS))
            rule.note("apply_on", f"should be {expected}, not {shown(moment)}", code="wrong_value")
        elif attribute and expression:
            yield AttributeMapping(attribute, expression, apply_on)
