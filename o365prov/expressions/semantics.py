"""The two dialects of the language, and the questions that Okta's pages leave open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Literal

from attrs import field, frozen

from o365prov._fields import typed
from o365prov.expressions.limits import LIMITS, Limits
from o365prov.expressions.values.budget import Budget


class Dialect(Enum):
    """Which of Okta's two expression languages a string is written in; both share one grammar.

    ``CLASSIC`` is the language of profile mappings, usernames, group rules, SAML attributes and OIDC claims
    (``String.substringBefore(user.email, "@")``). ``IDENTITY_ENGINE`` is the language of Identity Engine policies,
    where functions are methods of values (``user.profile.email.substringBefore("@")``).
    """

    CLASSIC = "classic"
    IDENTITY_ENGINE = "ie"


@frozen(kw_only=True, field_transformer=typed)
class Semantics:
    """One answer for each question that Okta's pages leave open or answer twice.

    Each field names the question; its default is what the best source says, and the checker warns where an expression
    depends on it.

    Args:
        null_text: what null becomes in a string made with ``+``, ``String.append`` or ``String.join``: the word "null",
            as in Spring's language beneath Okta's; nothing, as the courtesy title sample of Okta's page assumes; or
            an :class:`~o365prov.errors.EvaluationError` that names the attribute.
        missing: whether an attribute that the bindings do not hold is null, or an error (strict).
        substring_before_without_hit: what ``substringBefore`` gives when the separator does not occur: ``""`` after
            Okta's page about e-mail templates, or the whole string as in Apache Commons.
        substring_past_end: whether ``substring`` beyond the string fails, as in Java, or is cut to what there is.
        switch_odd_tail: whether ``String.stringSwitch`` with a key and no value fails, or ignores that key.
        get_past_end: whether ``Arrays.get`` beyond the array fails, or gives null.
        unknown_country: whether a country code that does not exist gives null, or fails.
        empty_time: whether reading the time ``""`` fails, or gives null.
        group_name_case: whether names of groups are compared exactly, or without regard to case.
        group_name_regex: whether the pattern of ``isMemberOfGroupNameRegex`` must match the whole name, or a part of
            it.

    Raises:
        ConfigurationError: a field holds another word than those of its annotation.

    Example:
        >>> from o365prov.expressions import Expression
        >>> Expression('"Dear " + user.title', semantics=Semantics(null_text="empty")).evaluate({"user": {}})
        'Dear '

    """

    null_text: Literal["word", "empty", "refuse"] = "word"
    missing: Literal["null", "error"] = "null"
    substring_before_without_hit: Literal["empty", "whole"] = "empty"
    substring_past_end: Literal["error", "cut"] = "error"
    switch_odd_tail: Literal["error", "ignore"] = "error"
    get_past_end: Literal["error", "null"] = "error"
    unknown_country: Literal["null", "error"] = "null"
    empty_time: Literal["error", "null"] = "error"
    group_name_case: Literal["exact", "ignore"] = "exact"
    group_name_regex: Literal["whole", "part"] = "whole"


@frozen
class EvaluationOptions:
    """What functions are made for.

    Args:
        semantics: the answers to open questions.
        limits: how large values may be.
        compile_text: the function that compiles an expression in a string, given these options; what it gives takes
            the budget and roots. Expressions set it, so that functions need not know how expressions are made.

    """

    semantics: Semantics = Semantics()
    limits: Limits = LIMITS
    compile_text: Callable[[str, EvaluationOptions], Callable[[Budget, Mapping[str, Any]], Any]] | None = field(
        default=None, eq=False, repr=False
    )
