"""The page of all keys of an app file, and its JSON Schema, made from the table that reads it.

``python -m o365prov.configuration.reference_page`` writes the page, with ``schema`` after it the schema.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from o365prov.configuration.app_file import json_schema

_SKIPPED = {"mapping.attributes"}


def keys_page() -> str:
    """The page as MyST Markdown: one table, a row for each key."""
    lines = [
        "# Keys of the app file",
        "",
        "This page is made from the table that reads the file, and so is its",
        "[JSON Schema](path:../o365prov/configuration/app-file.schema.json), which the package brings.",
        "",
        "| key | what it may be | meaning |",
        "|---|---|---|",
        *(f"| `{path}` | {kind} | {meaning.replace('|', '/')} |" for path, kind, meaning in _rows("", json_schema())),
    ]
    return "\n".join(lines) + "\n"


def _rows(path: str, schema: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    required = schema.get("required", ())
    for name, each in schema.get("properties", {}).items():
        key = f"{path}.{name}" if path else name
        yield key, _kind(each) + (", required" if name in required and "const" not in each else ""), _meaning(each)
        if key in _SKIPPED:
            continue
        for alternative in each.get("oneOf", ()):
            if "properties" in alternative:
                kind = next((at["const"] for at in alternative["properties"].values() if "const" in at), "")
                named = f"{key} ({kind})" if kind else key
                found = _rows(named, alternative)
                yield from (row for row in found if not row[0].endswith((".kind", ".type")))
        if each.get("type") == "object" and key.count(".") < 3:
            yield from _rows(key, each)


def _meaning(schema: Mapping[str, Any]) -> str:
    return str(schema.get("description", ""))


_WORDS = {"string": "a string", "boolean": "true or false", "integer": "a whole number", "number": "a number"}


def _kind(schema: Mapping[str, Any]) -> str:
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return " or ".join(f"`{each}`" for each in schema["enum"])
    if schema.get("type") == "array":
        return f"a list of {_kind(schema['items']).removeprefix('a ')}s"
    limits = [f"{word} {schema[name]}" for name, word in (("minimum", "from"), ("maximum", "to")) if name in schema]
    return " ".join([_WORDS.get(str(schema.get("type")), "a table"), *limits])


def schema_text() -> str:
    """The JSON Schema as the package ships it."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text() if sys.argv[1:] == ["schema"] else keys_page())
