"""How much of OData's metadata an answer carries: none, as much as usual, or all of it, as the Accept header asks.

Without metadata what remains is what a client needs for paging; with all of it every object says its type and its
address, and every collection of simple values the type of these (OData 4.01, JSON format, 3.1).
"""

from __future__ import annotations

import re
from typing import Any

from o365prov.testing.fake_tenant.schema.object_types import CONTACT, GROUP, USER

_ASKED = re.compile(r"odata\.metadata\s*=\s*(none|minimal|full)", re.IGNORECASE)
_KEPT = frozenset({"@odata.nextLink", "@odata.deltaLink", "@odata.count"})
_CONTEXT = re.compile(r"\$metadata#(\w+)")
_TYPES = {of.collection: of for of in (USER, GROUP, CONTACT)}
_ELEMENTS = {str: "String", bool: "Boolean", int: "Int32"}


def asked_metadata(accept: str) -> str:
    """The level that an Accept header asks for: none, minimal or full."""
    found = _ASKED.search(accept) if "=" in accept else None
    return found.group(1).lower() if found else "minimal"


def with_metadata(body: Any, level: str, tenant_id: str) -> Any:
    """The body of an answer with the metadata of this level."""
    match level:
        case "none":
            return _bare(body)
        case "full" if isinstance(body, dict) and (found := _CONTEXT.search(str(body.get("@odata.context")))):
            of = _TYPES.get(found.group(1))
            name = None if of is None else of.name
            if isinstance(body.get("value"), list):
                return {**body, "value": [_full(each, name, tenant_id) for each in body["value"]]}
            return _full(body, name, tenant_id)
        case _:
            return body


def _bare(value: Any) -> Any:
    match value:
        case dict():
            return {key: _bare(each) for key, each in value.items() if key in _KEPT or "@odata." not in key}
        case list():
            return [_bare(each) for each in value]
        case _:
            return value


def _full(shown: Any, name: str | None, tenant_id: str) -> Any:
    """An object with its type and address, and the types of its collections."""
    if not isinstance(shown, dict):
        return shown
    kind = str(shown.get("@odata.type", f"#{name}" if name else ""))
    found = {key: each for key, each in shown.items() if key == "@odata.context"}
    if kind:
        found["@odata.type"] = kind
    if kind and "id" in shown:
        entity = kind.rpartition(".")[2]
        found["@odata.id"] = (
            f"https://graph.microsoft.com/v2/{tenant_id}/directoryObjects/{shown['id']}"
            f"/Microsoft.DirectoryServices.{entity[:1].upper()}{entity[1:]}"
        )
    for key, each in shown.items():
        if isinstance(each, list) and each and type(each[0]) in _ELEMENTS:
            found[f"{key}@odata.type"] = f"#Collection({_ELEMENTS[type(each[0])]})"
        found.setdefault(key, each)
    return found
