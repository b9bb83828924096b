"""The three states of an attribute: set to a value, cleared, or left alone."""

from __future__ import annotations

from enum import Enum
from typing import Final, Literal, TypeAlias


class _Unset(Enum):
    UNSET = "unset"

    def __repr__(self) -> str:
        return "UNSET"

    def __bool__(self) -> Literal[False]:
        return False


UNSET: Final = _Unset.UNSET
"""Leave the attribute alone. A value sets it, None clears it."""

Unset: TypeAlias = Literal[_Unset.UNSET]
