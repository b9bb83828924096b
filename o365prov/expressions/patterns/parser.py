"""Reading a pattern as ``java.util.regex.Pattern`` does; what can't be run in bounded time is refused by name."""

from __future__ import annotations

import re
from functools import reduce

from o365prov.expressions.patterns.sets import (
    EVERYTHING,
    Ranges,
    any_case,
    characters_of,
    complement,
    intersection,
    named_set,
    union,
)
from o365prov.expressions.patterns.tree import Assertion, Characters, Choice, Pattern, Repeat, Sequence

_DEEPEST = 50
_CONTROL = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "a": "\a", "e": "\x1b"}
_QUANTIFIER = re.compile(r"[*+?]|\{([0-9]{1,6})(?:(,)([0-9]{0,6}))?\}")
_PROPERTY = re.compile(r"\{(\w+(?:=\w+)?)\}|(\w)")
_GROUP = re.compile(r"\?(?:<([A-Za-z][A-Za-z0-9]*)>|([a-zA-Z]*)(?:-([a-zA-Z]*))?([:)]))")
_FLAGS = frozenset("imsux")
_REFUSED = {
    "?=": "looks ahead",
    "?!": "looks ahead",
    "?<=": "looks behind",
    "?<!": "looks behind",
    "?>": "has an atomic group",
}
_RETURN, _FEED = Characters(characters_of("\r")), Characters(characters_of("\n"))
_LINE_BREAK = Choice((Sequence((_RETURN, _FEED)), Characters(named_set("v") or ())))
_WHOLE_LINE_BREAK = Choice(
    (
        Sequence((_RETURN, _FEED)),
        Sequence((_RETURN, Assertion("no line feed"))),
        Characters(intersection(named_set("v") or (), complement(characters_of("\r")))),
    )
)
"""A line break that is repeated: a carriage return and its line feed are then never two of them."""
_COMMENT = re.compile(r"(?:[ \t-\r]|#[^\n\r\u0085\u2028\u2029]*)*")


class PatternError(Exception):
    """A pattern that Java refuses, or that can't be bounded; the message continues "the pattern ..."."""

    def __init__(self, message: str, *, remedy: str = "check it") -> None:
        super().__init__(message)
        self.remedy = remedy


def parse_pattern(pattern: str) -> Pattern:
    """The tree of a pattern.

    Raises:
        PatternError: it can't be read, or not be bounded.

    """
    reader = _Reader(pattern)
    tree = reader.choice(0)
    if reader.place < len(pattern):
        raise PatternError(f"closes a group that was never opened, at character {reader.place + 1}")
    return tree


class _Reader:
    """A place in a pattern, and the flags that hold there."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.place = 0
        self.flags: frozenset[str] = frozenset()
        self.names: set[str] = set()

    def next(self) -> str:
        self.skip_comments()
        return self.pattern[self.place : self.place + 1]

    def skip_comments(self) -> None:
        if "x" in self.flags and (found := _COMMENT.match(self.pattern, self.place)):
            self.place = found.end()

    def take(self, expected: str) -> bool:
        self.skip_comments()
        if self.pattern.startswith(expected, self.place):
            self.place += len(expected)
            return True
        return False

    def choice(self, depth: int) -> Pattern:
        if depth > _DEEPEST:
            raise PatternError(f"nests groups more than {_DEEPEST} levels deep", remedy="simplify it")
        options = [self.sequence(depth)]
        while self.take("|"):
            options.append(self.sequence(depth))
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def sequence(self, depth: int) -> Pattern:
        parts: list[Pattern] = []
        while self.next() not in ("", "|", ")"):
            part = self.item(depth)
            if part is not None:
                parts.append(self.repetition(part))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def repetition(self, part: Pattern) -> Pattern:
        self.skip_comments()
        found = _QUANTIFIER.match(self.pattern, self.place)
        if found is None:
            return part
        self.place = found.end()
        if found[1] is None:
            low, high = {"*": (0, None), "+": (1, None), "?": (0, 1)}[found[0]]
        else:
            low = int(found[1])
            high = low if found[2] is None else int(found[3]) if found[3] else None
        if high is not None and high < low:
            raise PatternError(f"repeats {low} to {high} times, which is backwards")
        if self.take("+"):
            raise PatternError("has a possessive repetition, which can't be bounded", remedy="leave out the second +")
        self.take("?")  # lazy or greedy: a match of the whole string is the same
        if self.next() and self.next() in "*+":
            raise PatternError(f"has a {self.next()} that repeats nothing, at character {self.place + 1}")
        return Repeat(_WHOLE_LINE_BREAK if part is _LINE_BREAK else part, low, high)

    def item(self, depth: int) -> Pattern | None:
        start = self.place
        character = self.next()
        self.place += 1
        match character:
            case "(":
                return self.group(depth)
            case "[":
                return Characters(self.bracket_set(0))
            case ".":
                return Characters(EVERYTHING if "s" in self.flags else named_set(".") or ())
            case "^":
                return Assertion("line begin" if "m" in self.flags else "begin")
            case "$":
                return Assertion("any line end" if "m" in self.flags else "line end")
            case "\\":
                return self.escape()
            case "*" | "+" | "?" | "{":
                raise PatternError(
                    f"has a {character} that repeats nothing, at character {start + 1}", remedy=f"write \\{character}"
                )
        return Characters(self.folded(characters_of(character)))

    def folded(self, ranges: Ranges) -> Ranges:
        """A character or a range, in both cases where case does not count: that comes before sets are negated."""
        return any_case(ranges, unicode="u" in self.flags) if "i" in self.flags else ranges

    def group(self, depth: int) -> Pattern | None:
        for opening, what in _REFUSED.items():
            if self.pattern.startswith(opening, self.place):
                raise PatternError(f"{what}, which can't be bounded", remedy="write it without")
        flags = self.flags
        if self.next() == "?":
            found = _GROUP.match(self.pattern, self.place)
            if found is None:
                raise PatternError(f"has a group of an unknown kind at character {self.place}")
            self.place = found.end()
            if found[1] and found[1] in self.names:
                raise PatternError(f"names two groups {found[1]}", remedy="give each a name of its own")
            self.names.add(found[1] or "")
            self.switch(found[2] or "", on=True)
            self.switch(found[3] or "", on=False)
            if found[4] == ")":
                return None  # flags for the rest of the enclosing group
        inner = self.choice(depth + 1)
        if not self.take(")"):
            raise PatternError("opens a group that is never closed")
        self.flags = flags
        return inner

    def switch(self, flags: str, *, on: bool) -> None:
        for flag in flags:
            if flag not in _FLAGS:
                remedy = "use i, m, s, u and x only"
                raise PatternError(f"uses the flag {flag}, which is not supported", remedy=remedy)
        self.flags = self.flags | set(flags) if on else self.flags - set(flags)

    def escape(self) -> Pattern | None:
        character = self.pattern[self.place : self.place + 1]
        match character:
            case "A":
                kind: Pattern = Assertion("begin")
            case "z":
                kind = Assertion("end")
            case "Z":
                kind = Assertion("line end")
            case "b":
                kind = Assertion("edge")
            case "B":
                kind = Assertion("no edge")
            case "R":
                kind = _LINE_BREAK
            case "Q":
                return self.quotation()
            case _:
                return Characters(self.escape_set())
        self.place += 1
        return kind

    def quotation(self) -> Pattern:
        end = self.pattern.find("\\E", self.place)
        stop = len(self.pattern) if end < 0 else end
        literal = self.pattern[self.place + 1 : stop]
        self.place = len(self.pattern) if end < 0 else end + 2
        parts = tuple(Characters(self.folded(characters_of(character))) for character in literal)
        if len(parts) < 2 or not _QUANTIFIER.match(self.pattern, self.place):
            return Sequence(parts)
        return Sequence((*parts[:-1], self.repetition(parts[-1])))  # a quantifier belongs to the last character

    def escape_set(self) -> Ranges:
        """The set that a backslash and what follows it stand for, outside a class."""
        character = self.pattern[self.place : self.place + 1]
        if character and character in "dwshvDWSHVpP":
            return self.named_set()
        return self.folded(self.escaped_character())

    def named_set(self) -> Ranges:
        """The set of a letter, or of a property."""
        character = self.pattern[self.place]
        self.place += 1
        if character in "dwshv":
            return named_set(character) or ()
        if character in "DWSHV":
            return complement(named_set(character.lower()) or ())
        found = _PROPERTY.match(self.pattern, self.place)
        ranges = named_set(found[1] or found[2], any_case="i" in self.flags) if found else None
        if found is None or ranges is None:
            raise PatternError(f"names a set of characters that is unknown, at character {self.place - 1}")
        self.place = found.end()
        return complement(ranges) if character == "P" else ranges

    def escaped_character(self) -> Ranges:
        """The one character that a backslash and what follows it stand for."""
        character = self.pattern[self.place : self.place + 1]
        self.place += 1
        if character in _CONTROL:
            return characters_of(_CONTROL[character])
        if character and character in "xu0c":
            return self.code_escape(character)
        if character.isascii() and character.isalnum():
            what = "refers back to a group, which can't be bounded" if character.isdigit() or character == "k" else ""
            raise PatternError(what or f"has the unknown escape \\{character}", remedy="write it without")
        if not character:
            raise PatternError("ends with a backslash", remedy="write \\\\ for a backslash")
        return characters_of(character)

    def code_escape(self, kind: str) -> Ranges:
        found = re.compile(
            {
                "x": r"([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\}",
                "u": r"([Dd][89ABab][0-9A-Fa-f]{2}\\u[Dd][C-Fc-f][0-9A-Fa-f]{2}|[0-9A-Fa-f]{4})",  # two halves, or one
                "0": r"([0-3]?[0-7]{1,2})",
                "c": r"(.)",
            }[kind]
        ).match(self.pattern, self.place)
        if found is None:
            raise PatternError(f"has an incomplete escape \\{kind}")
        self.place = found.end()
        digits = next(group for group in found.groups() if group)
        if len(digits) == 10:
            digits = bytes.fromhex(digits.replace("\\u", "")).decode("utf-16-be").encode("utf-32-be").hex()
        code = ord(digits) ^ 64 if kind == "c" else int(digits, 8 if kind == "0" else 16)
        if code > EVERYTHING[0][1]:
            raise PatternError(f"names a character that does not exist: {digits}")
        return ((code, code),)

    def bracket_set(self, depth: int) -> Ranges:
        """A class after its opening bracket: union, ranges, classes in classes, and ``&&``."""
        if depth > _DEEPEST:
            raise PatternError(f"nests classes more than {_DEEPEST} levels deep", remedy="simplify it")
        negative = self.take("^")
        sides: list[list[Ranges]] = [[]]
        first = True
        while first or not self.take("]"):
            if self.take("&&"):
                sides.append([])
            else:
                sides[-1].append(self.member(depth))
            first = False
        unions = [union(*side) for side in sides if side]
        common = reduce(intersection, unions) if unions else ()
        return complement(common) if negative else common

    def member(self, depth: int) -> Ranges:
        character = self.next()
        if not character:
            raise PatternError("opens a class that is never closed", remedy="close it with ]")
        self.place += 1
        if character == "[":
            return self.bracket_set(depth + 1)
        if character == "\\" and self.pattern[self.place : self.place + 1] in tuple("dwshvDWSHVpP"):
            return self.named_set()
        low = self.escaped_character() if character == "\\" else characters_of(character)
        dash, end = self.next(), self.pattern[self.place + 1 : self.place + 2]
        if dash != "-" or end in ("]", "[", ""):
            return self.folded(low)
        self.place += 2
        high = self.escaped_character() if end == "\\" else characters_of(end)
        if low[0][0] > high[0][0]:
            raise PatternError(
                f"has a range that ends before it begins, before character {self.place + 1}",
                remedy="write \\- for a dash",
            )
        return self.folded(((low[0][0], high[0][0]),))
