"""Date patterns: Joda-Time's letters in the classic dialect, java.time's in Identity Engine.

Sources: Joda-Time, DateTimeFormat; java.time.format.DateTimeFormatter. English names, as Okta's samples show.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from attrs import frozen

from o365prov.expressions.semantics import Dialect
from o365prov.expressions.values.failures import EvaluationFailure
from o365prov.expressions.values.instants import offset_string
from o365prov.expressions.values.zones import zone

_MONTHS = (
    "January February March April May June July August September October November December".split(" ")
)  # fmt: skip
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(" ")
_BY_MONTH = {name[:3].lower(): place for place, name in enumerate(_MONTHS, 1)}
_LONGEST = 200


@frozen
class _PatternToken:
    """A run of one letter, or a literal where *letter* is empty."""

    letter: str
    text: str

    @property
    def width(self) -> int:
        return len(self.text)

    @property
    def is_number(self) -> bool:
        return self.letter in _NUMBERS or (self.letter in "ML" and bool(self.letter) and self.width < 3)


# What a numeric letter shows, and how many digits it takes when read without neighbours.
_NUMBERS: dict[str, tuple[Callable[[datetime], int], int]] = {
    "y": (lambda moment: moment.year, 9),
    "u": (lambda moment: moment.year, 9),
    "D": (lambda moment: moment.timetuple().tm_yday, 3),
    "d": (lambda moment: moment.day, 2),
    "H": (lambda moment: moment.hour, 2),
    "k": (lambda moment: moment.hour or 24, 2),
    "K": (lambda moment: moment.hour % 12, 2),
    "h": (lambda moment: moment.hour % 12 or 12, 2),
    "m": (lambda moment: moment.minute, 2),
    "s": (lambda moment: moment.second, 2),
    "S": (lambda moment: moment.microsecond, 9),
    "w": (lambda moment: moment.isocalendar().week, 2),
    "x": (lambda moment: moment.isocalendar().year, 9),
    "e": (lambda moment: moment.isoweekday(), 1),
    "C": (lambda moment: moment.year // 100, 3),
    "Y": (lambda moment: moment.year, 9),
    "n": (lambda moment: moment.microsecond * 1000, 9),
}
_LETTERS = {
    Dialect.CLASSIC: frozenset("GCYxweEyDMdaKhHkmsSzZ"),
    Dialect.IDENTITY_ENGINE: frozenset("GuyDMLdEaKhHkmsSnVzOXxZ"),
}


@lru_cache(maxsize=512)
def _tokens(pattern: str, dialect: Dialect) -> tuple[_PatternToken, ...]:
    if len(pattern) > _LONGEST:
        raise EvaluationFailure(f"the pattern has more than {_LONGEST} characters", remedy="shorten it")
    tokens: list[_PatternToken] = []
    for found in re.finditer(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']|'", pattern):
        quoted, letter = found[1], found[2]
        if quoted is not None:
            tokens.append(_PatternToken("", quoted.replace("''", "'") or "'"))
        elif letter is None:
            if found[0] == "'":
                raise EvaluationFailure("the pattern has a quote that never ends", remedy="write '' for a quote")
            tokens.append(_PatternToken("", found[0]))
        elif letter in _LETTERS[dialect]:
            tokens.append(_PatternToken(letter, found[0]))
        else:
            raise EvaluationFailure(
                f"the pattern has the letter {letter}, which has no meaning", remedy="put words in quotes: 'T'"
            )
    return tuple(tokens)


def format_instant(moment: datetime, pattern: str, dialect: Dialect) -> str:
    """A moment written with a pattern, in its own zone.

    Raises:
        EvaluationFailure: the pattern is not valid.

    """
    return "".join(_format_token(moment, token, dialect) for token in _tokens(pattern, dialect))


def _format_token(moment: datetime, token: _PatternToken, dialect: Dialect) -> str:
    width = token.width
    match token.letter:
        case "":
            return token.text
        case "M" | "L" if width >= 3:
            name = _MONTHS[moment.month - 1]
            return name if width >= 4 else name[:3]
        case "M" | "L":
            return str(moment.month).zfill(width)
        case "E":
            name = _DAYS[moment.weekday()]
            return name if width >= 4 else name[:3]
        case "a":
            return "AM" if moment.hour < 12 else "PM"
        case "G":
            return "AD"
        case "y" | "Y" | "u" | "x" if width == 2 and not (token.letter == "x" and dialect is Dialect.IDENTITY_ENGINE):
            return f"{_NUMBERS[token.letter][0](moment) % 100:02}"
        case "S":
            return f"{moment.microsecond:06}"[:width].ljust(width, "0")
        case "z" | "V" | "O":
            return _zone_name(moment, full=token.letter == "V")
        case "Z" if width == 3 or (width > 3 and dialect is Dialect.CLASSIC):
            return _zone_name(moment, full=True)
        case "Z":
            return offset_string(moment, zero="", colon=":" if width == 2 else "")
        case "X" | "x" if dialect is Dialect.IDENTITY_ENGINE:
            return _offset(moment, width, zero="Z" if token.letter == "X" else "")
    show, _ = _NUMBERS[token.letter]
    return str(show(moment)).zfill(width)


def _zone_name(moment: datetime, *, full: bool) -> str:
    if full:
        return str(getattr(moment.tzinfo, "key", "") or offset_string(moment))
    return moment.tzname() or "UTC"


def _offset(moment: datetime, width: int, *, zero: str) -> str:
    text = offset_string(moment, zero=zero, colon=":" if width in (3, 5) else "")
    return text[:3] if width == 1 and text.endswith("00") else text


def parse_instant(text: str, pattern: str, dialect: Dialect) -> datetime:
    """The moment in a string, read with a pattern; UTC where the pattern names no zone.

    Raises:
        EvaluationFailure: the text does not fit the pattern, or names a moment that does not exist.

    """
    expression, names, widths = _reader(pattern, dialect)
    found = expression.fullmatch(text)
    if found is None:
        raise EvaluationFailure(
            "{operand} does not fit the pattern of the time", remedy="compare the two letter by letter", blame=0
        )
    try:
        return _make_instant(dict(zip(names, found.groups(), strict=True)), widths)
    except (ValueError, OverflowError):
        raise EvaluationFailure("{operand} names a moment that does not exist", blame=0) from None


@lru_cache(maxsize=512)
def _reader(pattern: str, dialect: Dialect) -> tuple[re.Pattern[str], list[str], dict[str, int]]:
    """The regular expression of a pattern, the name of what each group reads, and how wide each letter is."""
    tokens = _tokens(pattern, dialect)
    pieces = []
    for position, token in enumerate(tokens):
        following = tokens[position + 1] if position + 1 < len(tokens) else None
        piece = _piece(token, following)
        pieces.append(f"({piece})" if token.letter else piece)
    names = [f"{each.letter}n" if each.letter in "ML" and each.width >= 3 else each.letter for each in tokens]
    expression = re.compile("".join(pieces), re.IGNORECASE | re.ASCII)
    return expression, [name for name in names if name], {token.letter: token.width for token in tokens}


def _piece(token: _PatternToken, following: _PatternToken | None) -> str:
    if token.is_number:
        if following is not None and following.is_number:
            return f"[0-9]{{{token.width}}}"  # digits that touch must be counted
        most = _NUMBERS[token.letter][1] if token.letter in _NUMBERS else 2
        if token.letter == "S":
            return f"[0-9]{{1,{max(token.width, 9)}}}"
        return f"[0-9]{{1,{max(most, token.width)}}}"
    match token.letter:
        case "":
            return re.escape(token.text)
        case "M" | "L":
            return "|".join(f"{name}|{name[:3]}" for name in _MONTHS)
        case "E":
            return "|".join(f"{name}|{name[:3]}" for name in _DAYS)
        case "a":
            return "AM|PM"
        case "G":
            return "AD|BC"
    return r"Z|[+-][0-9]{2}(?::?[0-9]{2})?|[A-Za-z][A-Za-z0-9_+/-]*"


def _make_instant(fields: dict[str, str], widths: dict[str, int]) -> datetime:
    def number(letter: str, default: int) -> int:
        text = fields.get(letter)
        return default if text is None else int(text)

    letter = next((name for name in "yuY" if name in fields), "y")
    year = number(letter, 1970)
    if letter in fields and widths[letter] == 2 and len(fields[letter]) == 2:
        year += 2000
    named = fields.get("Mn") or fields.get("Ln")
    month = _BY_MONTH[named[:3].lower()] if named else number("M", number("L", 1))
    hour = number("H", number("k", 0) % 24)
    if "h" in fields or "K" in fields:
        half = fields.get("a", "AM").upper() == "PM"
        hour = number("h", number("K", 0)) % 12 + 12 * half
    micro = int(fields["S"].ljust(6, "0")[:6]) if "S" in fields else 0
    moment = datetime(year, month, number("d", 1), hour, number("m", 0), number("s", 0), micro, UTC)
    if "D" in fields:
        moment = moment.replace(month=1, day=1) + timedelta(days=number("D", 1) - 1)
    name = next((fields[letter] for letter in "ZzVXxO" if letter in fields), "")
    return moment.replace(tzinfo=_zone(name)) if name else moment


def _zone(name: str) -> tzinfo:
    if name.upper() == "Z":
        return UTC
    if name[0] in "+-":
        digits = name[1:].replace(":", "").ljust(4, "0")
        return datetime.strptime(f"{name[0]}{digits}", "%z").tzinfo or UTC
    return zone(name)
