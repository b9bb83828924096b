"""The three states of an attribute, and what is found wrong with one."""

from __future__ import annotations

from enum import Enum
from typing import Final, Literal, TypeAlias

from attrs import frozen


class _Unset(Enum):
    UNSET = "unset"

    def __repr__(self) -> str:
        return "UNSET"

    def __bool__(self) -> Literal[False]:
        return False


UNSET: Final = _Unset.UNSET
"""Leave the attribute alone. A value sets it, None clears it."""

Unset: TypeAlias = Literal[_Unset.UNSET]


@frozen
class Finding:
    """Something wrong with one person or one of their attributes, before it is known what it means for a plan.

    *code* is for programs; *message* and *remedy* are for people, without a full stop. If *stops* is true the person
    can't be provisioned at all, otherwise only *attribute* is left alone.
    """

    code: str
    message: str
    remedy: str
    attribute: str | None = None
    stops: bool = False
