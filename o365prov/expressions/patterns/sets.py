"""Sets of characters as sorted ranges of code points, and the named sets of Java's patterns."""

from __future__ import annotations

import sys
import unicodedata
from bisect import bisect_left
from functools import cache
from itertools import groupby
from typing import TypeAlias

Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""Sorted, disjoint, both ends inclusive."""

_LAST = sys.maxunicode
_LAST_CASED = 0x1FFFF  # beyond it no character has a case
EVERYTHING: Ranges = ((0, _LAST),)


def union(*sets: Ranges) -> Ranges:
    """What is in any of the sets."""
    result: list[tuple[int, int]] = []
    for low, high in sorted(piece for ranges in sets for piece in ranges):
        if result and low <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(result[-1][1], high))
        else:
            result.append((low, high))
    return tuple(result)


def complement(ranges: Ranges) -> Ranges:
    """What is not in the set."""
    result, begin = [], 0
    for low, high in ranges:
        if begin < low:
            result.append((begin, low - 1))
        begin = high + 1
    if begin <= _LAST:
        result.append((begin, _LAST))
    return tuple(result)


def intersection(first: Ranges, second: Ranges) -> Ranges:
    """What is in both sets."""
    result, place = [], 0
    for low, high in first:
        while place < len(second) and second[place][1] < low:
            place += 1
        here = place
        while here < len(second) and second[here][0] <= high:
            result.append((max(low, second[here][0]), min(high, second[here][1])))
            here += 1
    return tuple(result)


def characters_of(characters: str) -> Ranges:
    """The set of these characters."""
    return union(*(((ord(character), ord(character)),) for character in characters))


def any_case(ranges: Ranges, *, unicode: bool = False) -> Ranges:
    """With the other case of every ASCII letter, which is all that Java's (?i) adds, or of every letter with (?iu)."""
    if unicode:
        is_one = len(ranges) == 1 and ranges[0][0] == ranges[0][1]
        return union(ranges, _other_cases_of(ranges[0][0]) if is_one else _other_cases_in(ranges))
    small = tuple((low - 32, high - 32) for low, high in intersection(ranges, ((97, 122),)))
    large = tuple((low + 32, high + 32) for low, high in intersection(ranges, ((65, 90),)))
    return union(ranges, small, large)


def _other_cases_of(code: int) -> Ranges:
    folded = _folded(code)[1]
    return union(*(((each, each),) for each in _with_fold().get(folded, ())), ((folded, folded),))


def _other_cases_in(ranges: Ranges) -> Ranges:
    cased = _cased()
    pieces = (cased[bisect_left(cased, (low,)) : bisect_left(cased, (high + 1,))] for low, high in ranges)
    return union(*(((each, each),) for piece in pieces for _, each in piece))


@cache
def _cased() -> tuple[tuple[int, int], ...]:
    """Each upper case, and lower case of that, with a character whose it is; only of those that have another case."""
    found = ((code, *_folded(code)) for code in range(_LAST_CASED + 1))
    return tuple(sorted({(case, code) for code, *cases in found if {code, *cases} != {code} for case in cases}))


@cache
def _with_fold() -> dict[int, list[int]]:
    """The characters that have another case, by what they are in upper case and then in lower case."""
    folds: dict[int, list[int]] = {}
    for code in sorted({each for _, each in _cased()}):
        folds.setdefault(_folded(code)[1], []).append(code)
    return folds


def _folded(code: int) -> tuple[int, int]:
    """A character in upper case, and that in lower case again; where that is more than one character, it stays."""
    upper = _one(chr(code).upper(), code)
    return upper, _SIMPLE_LOWER.get(upper) or _one(chr(upper).lower(), upper)


_SIMPLE_LOWER = {0x130: 0x69}
"""A capital I with a dot: in lower case Python writes it with two characters, and Java without the dot."""


def _one(text: str, otherwise: int) -> int:
    return ord(text) if len(text) == 1 else otherwise


_DIGIT = ((48, 57),)
_UPPER = ((65, 90),)
_LOWER = ((97, 122),)
_ALPHA = union(_UPPER, _LOWER)
_ALNUM = union(_ALPHA, _DIGIT)
_PUNCT = characters_of("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_HORIZONTAL = characters_of(" \t\u00a0\u1680\u180e\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B))))

_NAMED: dict[str, Ranges] = {
    "d": _DIGIT,
    "w": union(_ALNUM, characters_of("_")),
    "s": characters_of(" \t\n\x0b\f\r"),
    "h": _HORIZONTAL,
    "v": characters_of("\n\x0b\f\r\u0085\u2028\u2029"),
    ".": complement(characters_of("\n\r\u0085\u2028\u2029")),
    "Lower": _LOWER,
    "Upper": _UPPER,
    "ASCII": ((0, 127),),
    "Alpha": _ALPHA,
    "Digit": _DIGIT,
    "Alnum": _ALNUM,
    "Punct": _PUNCT,
    "Graph": union(_ALNUM, _PUNCT),
    "Print": union(_ALNUM, _PUNCT, characters_of(" ")),
    "Blank": characters_of(" \t"),
    "Cntrl": ((0, 31), (127, 127)),
    "XDigit": union(_DIGIT, characters_of("abcdefABCDEF")),
    "Space": characters_of(" \t\n\x0b\f\r"),
}
_CASED = {"Lu": "LC", "Ll": "LC", "Lt": "LC", "Lower": "Alpha", "Upper": "Alpha"}
"""What sets of one case become where case does not count."""
_CATEGORIES = frozenset(
    "L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp C Cc Cf Cs Co Cn".split()
)


def named_set(name: str, *, any_case: bool = False) -> Ranges | None:
    r"""The set of an escape (``d`` for ``\d``) or a property (``Alpha`` for ``\p{Alpha}``); None for an unknown one."""
    category = name.removeprefix("Is").removeprefix("general_category=").removeprefix("gc=")
    if any_case and category in _CASED:
        name = category = _CASED[category]
    if name in _NAMED:
        return _NAMED[name]
    if category == "LC":
        return union(*map(_category, ("Lu", "Ll", "Lt")))
    if category == "Alphabetic":
        category = "L"
    return _category(category) if category in _CATEGORIES else None


@cache
def _category(category: str) -> Ranges:
    return union(*(ranges for name, ranges in _categories().items() if name.startswith(category)))


@cache
def _categories() -> dict[str, Ranges]:
    """The general categories, two letters each, with their characters."""
    found: dict[str, list[tuple[int, int]]] = {}
    begin = 0
    for name, run in groupby(map(unicodedata.category, map(chr, range(_LAST + 1)))):
        end = begin + sum(1 for _ in run)
        found.setdefault(name, []).append((begin, end - 1))
        begin = end
    return {name: tuple(ranges) for name, ranges in found.items()}
