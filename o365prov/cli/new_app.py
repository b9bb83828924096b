"""A commented app file, and an app file with Okta's settings in it: comments and order stay as they are."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

import tomlkit

from o365prov.configuration import AppFile

_REPLACED = ("username", "mapping")
"""Tables that hold one of several forms: what is not written any more must go."""


def new_app_text(domains: tuple[str, ...], kind: str) -> str:
    """The commented text of a new app file."""
    text = resources.files("o365prov.cli").joinpath("new_app.toml").read_text("utf-8")
    changes: dict[str, Any] = {"provisioning": {"type": kind}}
    if domains:
        changes["domains"] = list(domains)
        text = text.replace("@yourfederated.domain", f"@{domains[0]}")
    return with_values(text, changes)


def with_app(text: str, file: AppFile) -> str:
    """The same text with the settings of an app in it; what stands around the app stays."""
    settings = tomllib.loads(AppFile(file.app).to_toml())
    settings.pop("tenant")
    return with_values(text, settings)


def with_values(text: str, values: Mapping[str, Any]) -> str:
    """The same TOML text with other values; comments, order and other keys stay as they are."""
    document = tomlkit.parse(text)
    for key in _REPLACED:
        if key in values and key in document:
            del document[key]
    _merge(document, values)
    return tomlkit.dumps(document)


def _merge(table: Any, values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if isinstance(value, Mapping) and isinstance(table.get(key), Mapping):
            _merge(table[key], value)
        elif table.get(key) != value:
            table[key] = value
