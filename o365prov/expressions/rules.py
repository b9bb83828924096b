"""What an expression is evaluated under: the answers to open questions, and the limits."""

from __future__ import annotations

from attrs import frozen

from o365prov.expressions.limits import LIMITS, Limits
from o365prov.expressions.semantics import Semantics

__all__ = ["Rules"]


@frozen
class Rules:
    """Semantics and limits together, which functions are made for."""

    semantics: Semantics = Semantics()  # noqa: RUF009  # frozen
    limits: Limits = LIMITS
