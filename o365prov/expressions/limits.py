"""How much an expression may ask for. Expressions come from other people's configuration."""

from __future__ import annotations

from typing import Final

from attrs import frozen

__all__ = ["LIMITS", "Limits"]


@frozen(kw_only=True)
class Limits:
    """The bounds that parsing and evaluation keep, each with a clear error of its own.

    Args:
        text_length: characters of the expression.
        nesting: how deep brackets and sub-expressions may lie in one another. Chains (``a OR b OR c``, ``a + b + c``,
            ``a ? b : c ? d : e``) are flat.
        tree_size: parts of the expression: names, literals, operators, calls.
        result_size: characters of a text, or elements of a list, that evaluation may build; also the elements that all
            projections and selections of one evaluation may go over, with the characters that they give.
        pattern_length: characters of a regular expression.
        pattern_size: states that a regular expression may need.

    """

    text_length: int = 500_000
    nesting: int = 250
    tree_size: int = 50_000
    result_size: int = 1_000_000
    pattern_length: int = 1_000
    pattern_size: int = 5_000


LIMITS: Final = Limits()
