"""Patterns run by RE2 where the extra is installed: sets are spelled out, so that both mean the same."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from o365prov.expressions.patterns.sets import Ranges
from o365prov.expressions.patterns.tree import Assertion, Characters, Choice, Pattern, Repeat, Sequence


def compile_with_re2(tree: Pattern) -> Callable[[str], object] | None:
    """The test of a whole string for a pattern; None where RE2 is not installed or can't run it."""
    re2, re2_pattern = _re2(), to_re2_pattern(tree)
    if re2 is None or re2_pattern is None:
        return None
    options = re2.Options()
    options.log_errors = False
    try:
        fullmatch: Callable[[str], object] = re2.compile(re2_pattern, options).fullmatch
    except re2.error:  # such as more than a thousand repetitions
        return None
    return fullmatch


@cache
def _re2() -> Any:
    try:
        import re2  # type: ignore[import-untyped]  # noqa: PLC0415 - an extra
    except ImportError:
        return None
    return re2


def to_re2_pattern(pattern: Pattern, *, ends: bool = True) -> str | None:
    """The pattern for RE2, or None where RE2 means something else: edges of words, and ``$`` that is not at the end.

    Args:
        pattern: the pattern, or a part of one.
        ends: nothing of the whole pattern follows this part.

    """
    match pattern:
        case Characters(ranges=ranges):
            return _set(ranges)
        case Choice(options=options):
            texts = [to_re2_pattern(option, ends=ends) for option in options]
            return None if None in texts else f"(?:{'|'.join(map(str, texts))})"
        case Sequence(parts=parts):
            last = len(parts) - 1
            pieces = [to_re2_pattern(part, ends=ends and position == last) for position, part in enumerate(parts)]
            return None if None in pieces else "".join(map(str, pieces))
        case Repeat(part=part, low=low, high=high):
            inner = to_re2_pattern(part, ends=False)
            return None if inner is None else f"(?:{inner}){{{low},{'' if high is None else high}}}"
        case Assertion(kind="begin"):
            return r"\A"
        case Assertion(kind="end"):
            return r"\z"
        case Assertion(kind="line end") if ends:
            return r"\z"
    return None


def _set(ranges: Ranges) -> str:
    if not ranges:
        return r"[^\x{0}-\x{10FFFF}]"
    return "[" + "".join(rf"\x{{{low:X}}}-\x{{{high:X}}}" for low, high in ranges) + "]"
