"""How much an expression may ask for. Expressions come from other people's configuration."""

from __future__ import annotations

from attrs import field, frozen

from o365prov._fields import whole_number


@frozen(kw_only=True)
class Limits:
    """The bounds that parsing and evaluation keep, each with a clear error of its own.

    Args:
        text_length: characters of the expression; the default is Spring's own limit.
        nesting: how deep brackets and sub-expressions may lie in one another. Chains (``a OR b OR c``, ``a + b + c``,
            ``a ? b : c ? d : e``) are flat.
        tree_size: parts of the expression: names, literals, operators, calls.
        result_size: the budget of one evaluation: characters and elements that it may build, elements that it may go
            over (once for each part of what is done with them), and steps of patterns, all together.
        pattern_length: characters of a regular expression.
        pattern_size: states that a regular expression may need; all that an expression writes out, ten times as many.

    Raises:
        ConfigurationError: a limit that is not a whole number from 1 on.

    Example:
        >>> from o365prov.expressions import Expression
        >>> Expression("user.email", limits=Limits(text_length=5))
        Traceback (most recent call last):
        ...
        o365prov.errors.ExpressionSyntaxError: the expression has 10 characters, more than the limit of 5 (line 1, ...

    """

    text_length: int = field(default=10_000, validator=whole_number(1))
    nesting: int = field(default=250, validator=whole_number(1))
    tree_size: int = field(default=50_000, validator=whole_number(1))
    result_size: int = field(default=1_000_000, validator=whole_number(1))
    pattern_length: int = field(default=1_000, validator=whole_number(1))
    pattern_size: int = field(default=5_000, validator=whole_number(1))


LIMITS = Limits()
