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


def to_re2_pattern(pattern: Pattern) -> str | None:
    """The pattern for RE2, or None where RE2 means something else: edges of words, and ``$`` that is not at the end."""
    match pattern:
        case Characters(ranges=ranges):
            return _set(ranges)
        case Choice(options=options):
            texts = [text for option in options if (text := to_re2_pattern(option)) is not None]
            return f"(?:{'|'.join(texts)})" if len(texts) == len(options) else None
        case Sequence(parts=parts):
            pieces = []
            for position, part in enumerate(parts):
                last = position == len(parts) - 1
                piece = r"\z" if last and part == Assertion("line end") else to_re2_pattern(part)
                if piece is None:
                    return None
                pieces.append(piece)
            return "".join(pieces)
        case Repeat(part=part, low=low, high=high):
            inner = to_re2_pattern(part)
            return None if inner is None else f"(?:{inner}){{{low},{'' if high is None else high}}}"
        case Assertion(kind="begin"):
            return r"\A"
        case Assertion(kind="end"):
            return r"\z"
    return None


def _set(ranges: Ranges) -> str:
    if not ranges:
        return r"[^\x{0}-\x{10FFFF}]"
    return "[" + "".join(rf"\x{{{low:X}}}-\x{{{high:X}}}" for low, high in ranges) + "]"
