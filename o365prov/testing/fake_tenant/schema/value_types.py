"""Of what type a value must be, whoever wrote it: a client, the author of a test, or a file that was saved."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from o365prov.testing.fake_tenant.schema.properties import ObjectType, Property, PropertyType

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")
_TYPES: Mapping[PropertyType, type | tuple[type, ...]] = {
    PropertyType.TEXT: str,
    PropertyType.FLAG: bool,
    PropertyType.INSTANT: str,
    PropertyType.NUMBER: int,
    PropertyType.REAL: (int, float),
    PropertyType.GUID: str,
    PropertyType.TEXTS: list,
    PropertyType.COMPLEX: dict,
    PropertyType.COMPLEXES: list,
}
_IN_WORDS: Mapping[PropertyType, str] = {
    PropertyType.TEXT: "a string",
    PropertyType.FLAG: "True or False",
    PropertyType.INSTANT: "a date and time such as 2026-01-31T00:00:00Z",
    PropertyType.REAL: "a number",
    PropertyType.NUMBER: "a whole number of 32 bits",
    PropertyType.GUID: "a GUID",
    PropertyType.TEXTS: "a list of strings",
    PropertyType.COMPLEX: "a dict",
    PropertyType.COMPLEXES: "a list of dicts",
}
_SMALLEST, _LARGEST = -(2**31), 2**31 - 1
"""Of an Edm.Int32."""


def is_of_type(kind: PropertyType, value: Any) -> bool:
    """Whether a value of JSON can be of this type; what a string says is another question."""
    if kind is PropertyType.NUMBER:
        return type(value) is int and _SMALLEST <= value <= _LARGEST
    return isinstance(value, _TYPES[kind]) and (kind is not PropertyType.REAL or not isinstance(value, bool))


def is_instant(value: str) -> bool:
    """Whether a string is a date and time with its offset."""
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return _INSTANT.fullmatch(value) is not None


def is_guid(value: str) -> bool:
    """Whether a string is a GUID."""
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True


def misfit(item: Property, value: Any) -> str | None:
    """What is wrong with the type of a value that a property holds, whoever wrote it; None when nothing is."""
    if not is_of_type(item.kind, value):
        return f"it must be {_IN_WORDS[item.kind]}"
    match item.kind:
        case PropertyType.INSTANT if not is_instant(value):
            return f"it must be {_IN_WORDS[item.kind]}"
        case PropertyType.GUID if not is_guid(value):
            return f"it must be {_IN_WORDS[item.kind]}"
        case PropertyType.TEXTS if not all(isinstance(each, str) for each in value):
            return f"it must be {_IN_WORDS[item.kind]}"
        case PropertyType.COMPLEX:
            return _misfit_of_fields(item, value)
        case PropertyType.COMPLEXES:
            found = ("each must be a dict" if not isinstance(each, dict) else _misfit_of_fields(item, each)
                     for each in value)  # fmt: skip
            return next((wrong for wrong in found if wrong is not None), None)
        case _:
            return None


def _misfit_of_fields(item: Property, value: Mapping[str, Any]) -> str | None:
    """The same of the fields of a complex value; where the table has none, they may be any."""
    for name, inner in value.items():
        field = item.fields.get(name)
        if field is None and item.fields:
            return f"it has no field {name!r}"
        wrong = None if field is None or inner is None else misfit(field, inner)
        if wrong is not None:
            return f"{name}: {wrong}"
    return None


def misfit_of_record(of: ObjectType, record: Mapping[str, Any]) -> str | None:
    """What is wrong with the type of a record's first value that has a wrong one; None when nothing is."""
    for name, value in record.items():
        item = of.properties.get(name)
        if item is None or (value is None and item.unset is None):
            continue
        wrong = misfit(item, value)
        if wrong is not None:
            return f"{name}: {wrong}"
    return None
