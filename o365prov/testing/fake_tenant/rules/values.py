"""Values of properties against their table: known, writable, of the right type, short enough, clearable.

An empty string is refused and null clears (msgraph-sdk-powershell#2087, msgraph-sdk-go#643); a collection is cleared
with an empty list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.schema.properties import ObjectType, Property, PropertyType, Writability
from o365prov.testing.fake_tenant.schema.value_types import is_guid, is_instant, is_of_type
from o365prov.testing.fake_tenant.store.table import Record


def raise_first(refusals: Iterator[GraphErrorResponse]) -> None:
    """Raise the first refusal with the details of all of them; do nothing when there is none."""
    found = list(refusals)
    if found:
        first = found[0]
        raise GraphErrorResponse(
            first.status, first.code, first.message, *(item for each in found for item in each.details)
        )


def check_values(of: ObjectType, body: Mapping[str, Any], *, creating: bool) -> Iterator[GraphErrorResponse]:
    """Everything in *body* that an object of this type can't take, one refusal each."""
    for name, value in body.items():
        item = of.properties.get(name)
        if item is None:
            yield _unknown(of, name)
        elif item.write is Writability.NO or (item.write is Writability.CREATE_ONLY and not creating):
            yield GraphErrorResponse.bad_request(f"Property '{name}' is read-only and cannot be set.")
        else:
            yield from _check(of.title, item, value, creating=creating)


def _unknown(of: ObjectType, name: str) -> GraphErrorResponse:
    if name in of.not_held:
        return GraphErrorResponse.unsupported(
            f"the fake tenant does not hold the {of.title.lower()} property '{name}'; leave it out"
        )
    return GraphErrorResponse.bad_request(
        f"Property '{name}' does not exist as a declared property or extension property."
    )


def _check(title: str, item: Property, value: Any, *, creating: bool) -> Iterator[GraphErrorResponse]:
    if value is None:
        if item.kind in {PropertyType.TEXTS, PropertyType.COMPLEXES}:
            yield GraphErrorResponse.invalid_value(item.name, title, "a collection can't be null; send [] to clear it")
        elif not item.clearable and not creating:
            yield GraphErrorResponse.invalid_value(item.name, title, "it can't be cleared")
        return
    if not is_of_type(item.kind, value):
        yield _wrong_type(item)
        return
    match item.kind:
        case PropertyType.TEXT:
            yield from _check_text(title, item, value)
        case PropertyType.INSTANT if not is_instant(value):
            yield _wrong_type(item)
        case PropertyType.GUID if not is_guid(value):
            yield _wrong_type(item)
        case PropertyType.TEXTS:
            yield from _check_strings(title, item, value)
        case PropertyType.COMPLEX:
            yield from _check_fields(title, item, value, creating=creating)
        case PropertyType.COMPLEXES:
            for part in value:
                if isinstance(part, dict):
                    yield from _check_fields(title, item, part, creating=creating)
                else:
                    yield _wrong_type(item)
        case _:
            pass


def _check_text(title: str, item: Property, value: str) -> Iterator[GraphErrorResponse]:
    if not value:
        yield GraphErrorResponse.invalid_value(
            item.name, title, "an empty string is not a value; send null to clear it"
        )
    elif item.limit is not None and len(value) > item.limit:
        yield GraphErrorResponse.invalid_value(
            item.name, title, f"at most {item.limit} characters, got {len(value)}", "InvalidLength"
        )
    elif item.choices and value not in item.choices:
        yield GraphErrorResponse.invalid_value(item.name, title, f"it must be one of {', '.join(item.choices)}")


def _check_strings(title: str, item: Property, value: list[Any]) -> Iterator[GraphErrorResponse]:
    if item.at_most is not None and len(value) > item.at_most:
        yield GraphErrorResponse.invalid_value(
            item.name, title, f"at most {item.at_most} values, got {len(value)}", "InvalidLength"
        )
    for text in value:
        if isinstance(text, str):
            yield from _check_text(title, item, text)
        else:
            yield _wrong_type(item)


def _check_fields(
    title: str, item: Property, value: Mapping[str, Any], *, creating: bool
) -> Iterator[GraphErrorResponse]:
    for name, inner in value.items():
        field = item.fields.get(name)
        if field is None:
            yield GraphErrorResponse.bad_request(
                f"Property '{name}' does not exist on '{item.name}' as a declared property or extension property."
            )
        else:
            yield from _check(title, field, inner, creating=creating)


def _wrong_type(item: Property) -> GraphErrorResponse:
    return GraphErrorResponse.malformed(
        f"Cannot convert the value of property '{item.name}' to the expected type '{item.kind.value}'. See the inner"
        " exception for more details."
    )


def merged(of: ObjectType, record: Record, body: Mapping[str, Any]) -> Record:
    """The record with *body* written into it: null and [] take a value out, complex values are merged."""
    result = dict(record)
    for name, value in body.items():
        item = of.properties[name]
        if item.kind is PropertyType.COMPLEX and isinstance(value, dict):
            fields = {**result.get(name, {}), **value}
            value = {key: inner for key, inner in fields.items() if inner is not None}  # noqa: PLW2901
        if value is None or value in ([], {}):
            result.pop(item.name, None)
        else:
            result[item.name] = value  # the table's own text, shared by all records, not the request's
    return result
