"""Instants have a time zone: without one nobody knows which moment is meant, and two can't be compared."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from attrs import Attribute

from o365prov.errors import ConfigurationError


def aware(_: object, field: Attribute[Any], value: datetime | None) -> None:
    """Refuse an instant without a time zone; what attrs asks of a validator."""
    if value is not None and value.tzinfo is None:
        raise ConfigurationError(f"{field.name} has no time zone: make it with datetime(..., tzinfo=UTC)")
