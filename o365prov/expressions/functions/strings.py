"""``String.*`` and the bare forms that came before it (Okta Expression Language overview, "String functions")."""

from __future__ import annotations

import re
from collections.abc import Callable

from o365prov.expressions.functions.function import ACCEPTED, Function, Parameter
from o365prov.expressions.semantics import EvaluationOptions
from o365prov.expressions.values.conversion import check_size, cut, length
from o365prov.expressions.values.failures import EvaluationFailure
from o365prov.expressions.values.types import ValueType

_BLANKS = re.compile(r"\s+")


def make_null_writer(options: EvaluationOptions) -> Callable[[str | None], str]:
    """How null is written into a string, as a function."""

    def write(value: str | None) -> str:
        if value is not None:
            return value
        if options.semantics.null_text == "refuse":
            raise EvaluationFailure(
                "null can't become part of a string", remedy='test the attribute first: x != null ? x : ""'
            )
        return "null" if options.semantics.null_text == "word" else ""

    return write


def _append(options: EvaluationOptions) -> Callable[[str | None, str | None], str]:
    write = make_null_writer(options)

    def append(text: str | None, suffix: str | None) -> str:
        return write(text) + write(suffix)

    return append


def _join(options: EvaluationOptions) -> Callable[..., str]:
    write = make_null_writer(options)
    most = options.limits.result_size

    def join(separator: str | None, *texts: str | None) -> str:
        between = write(separator)
        parts: list[str] = list(map(write, texts) if None in texts else texts)  # type: ignore[arg-type]
        size = sum(map(len, parts)) + len(between) * len(parts)
        if size > most:
            check_size(size, options.limits)
        return between.join(parts)

    return join


def remove_spaces(text: str) -> str:
    """Every blank, tab and line break left out."""
    return _BLANKS.sub("", text)


def replace(options: EvaluationOptions) -> Callable[[str, str, str], str]:
    """The factory of ``replace``: every occurrence, literally."""

    def replace(text: str, match: str, replacement: str) -> str:
        if len(replacement) > len(match):
            check_size(len(text) + text.count(match) * (len(replacement) - len(match)), options.limits)
        return text.replace(match, replacement)

    return replace


def replace_first(text: str, match: str, replacement: str) -> str:
    """The first occurrence replaced, literally."""
    return text.replace(match, replacement, 1)


def _starts_with(text: str, start: str) -> bool:
    return text.startswith(start)


def contains(text: str, part: str) -> bool:
    """Whether a string occurs in another, case-sensitively."""
    return part in text


def _switch(options: EvaluationOptions) -> Callable[..., str | None]:
    def string_switch(text: str | None, default: str | None, *pairs: str | None) -> str | None:
        if len(pairs) % 2 and options.semantics.switch_odd_tail == "error":
            raise EvaluationFailure(
                "String.stringSwitch has a key without a value", remedy="give keys and values in pairs"
            )
        if text is None:
            return default
        for position in range(0, len(pairs) - 1, 2):
            key = pairs[position]
            if key is not None and key in text:
                return pairs[position + 1]
        return default

    return string_switch


def substring(options: EvaluationOptions) -> Callable[[str, int, int], str]:
    """The factory of ``substring``: from 0, end excluded, in Java's count of characters."""
    clamp = options.semantics.substring_past_end == "cut"

    def substring(text: str, start: int, end: int) -> str:
        size = length(text)
        if clamp:
            start, end = min(max(start, 0), size), min(max(end, 0), size)
            return cut(text, start, end) if start < end else ""
        if not 0 <= start <= end <= size:
            message = f"substring from {start} to {end} of a string of {size} characters"
            raise EvaluationFailure(
                message, remedy='guard with String.len(x) >= n, or use Semantics(substring_past_end="cut")'
            )
        return cut(text, start, end)

    return substring


def substring_after(text: str, mark: str) -> str:
    """What follows the first occurrence; "" without one."""
    place = text.find(mark)
    return text[place + len(mark) :] if place >= 0 else ""


def substring_before(options: EvaluationOptions) -> Callable[[str, str], str]:
    """The factory of ``substringBefore``: what precedes the first occurrence."""
    whole = options.semantics.substring_before_without_hit == "whole"

    def substring_before(text: str, mark: str) -> str:
        try:
            head, hit, _ = text.partition(mark)
        except ValueError:  # an empty mark, which occurs before everything
            return ""
        return head if hit or whole else ""

    return substring_before


_INPUT = Parameter("input", ValueType.STRING)
_SUB = Parameter("substring", ValueType.STRING)
_PART = (_INPUT, Parameter("start", ValueType.INTEGER), Parameter("end", ValueType.INTEGER))

_NAMESPACE = (
    Function(
        "String.append",
        (Parameter("input", ValueType.STRING), Parameter("suffix", ValueType.STRING, nullable=True)),
        ValueType.STRING,
        _append,
        "Two strings in a row; null becomes what + makes of it.",
        (('String.append("This is", " a test")', "This is a test"), ('String.append("a", 1.50)', "a1.5")),
        null=ACCEPTED,
        by_options=True,
        question="null_text",
    ),
    Function(
        "String.join",
        (
            Parameter("separator", ValueType.STRING),
            Parameter("strings", ValueType.STRING, repeated=True, nullable=True),
        ),
        ValueType.STRING,
        _join,
        "Strings with a separator between them; an array as the only string gives its elements.",
        (
            ('String.join(",", "This", "is", "a", "test")', "This,is,a,test"),
            ('String.join("-", {"a", "b"})', "a-b"),
            ('String.join(",")', ""),
        ),
        null=ACCEPTED,
        by_options=True,
        question="null_text",
    ),
    Function(
        "String.len",
        (_INPUT,),
        ValueType.INTEGER,
        length,
        "The number of characters; 0 for null.",
        (('String.len("This")', 4), ("String.len(null)", 0), ('String.len("")', 0)),
        null=0,
    ),
    Function(
        "String.removeSpaces",
        (_INPUT,),
        ValueType.STRING,
        remove_spaces,
        "The string without blanks, tabs and line breaks.",
        (('String.removeSpaces("This is a test")', "Thisisatest"), ("String.removeSpaces(null)", None)),
    ),
    Function(
        "String.replace",
        (_INPUT, Parameter("match", ValueType.STRING), Parameter("replacement", ValueType.STRING)),
        ValueType.STRING,
        replace,
        "Every occurrence replaced; the match is literal, no regular expression.",
        (('String.replace("This is a test", "is", "at")', "That at a test"), ('String.replace("a.b", ".", "")', "ab")),
        by_options=True,
    ),
    Function(
        "String.replaceFirst",
        (_INPUT, Parameter("match", ValueType.STRING), Parameter("replacement", ValueType.STRING)),
        ValueType.STRING,
        replace_first,
        "The first occurrence replaced; the match is literal, no regular expression.",
        (('String.replaceFirst("This is a test", "is", "at")', "That is a test"),),
    ),
    Function(
        "String.startsWith",
        (_INPUT, Parameter("start", ValueType.STRING)),
        ValueType.BOOLEAN,
        _starts_with,
        "Whether the string begins so, case-sensitively; false for null.",
        (('String.startsWith("Kiss", "K")', True), ('String.startsWith("Kiss", "k")', False)),
        null=False,
    ),
    Function(
        "String.stringContains",
        (_INPUT, _SUB),
        ValueType.BOOLEAN,
        contains,
        "Whether the substring occurs, case-sensitively; false for null. An array is searched as a CSV string.",
        (
            ('String.stringContains("This is a test", "test")', True),
            ('String.stringContains("This is a test", "Test")', False),
            ('String.stringContains({"Sales", "Support"}, "Sales,S")', True),
        ),
        null=False,
    ),
    Function(
        "String.stringSwitch",
        (
            _INPUT,
            Parameter("default", ValueType.STRING, nullable=True),
            Parameter("keys and values", ValueType.STRING, repeated=True, nullable=True),
        ),
        ValueType.STRING,
        _switch,
        "The value of the first key, in argument order, that occurs in the string; else the default.",
        (
            ('String.stringSwitch("First match wins", "none", "absent", "a", "wins", "b", "match", "c")', "b"),
            ('String.stringSwitch("x", "default", "y", "1")', "default"),
        ),
        null=ACCEPTED,
        by_options=True,
        question="switch_odd_tail",
    ),
    Function(
        "String.substring",
        _PART,
        ValueType.STRING,
        substring,
        "Characters from start, counted from 0, up to end, which is excluded.",
        (('String.substring("This is a test", 2, 9)', "is is a"), ('String.substring("abcdef", 1.6, "3")', "bc")),
        by_options=True,
        question="substring_past_end",
    ),
    Function(
        "String.substringAfter",
        (_INPUT, _SUB),
        ValueType.STRING,
        substring_after,
        'What follows the first occurrence; "" without one.',
        (
            ('String.substringAfter("abc@okta.com", "@")', "okta.com"),
            ('String.substringAfter("abc", "@")', ""),
        ),
    ),
    Function(
        "String.substringBefore",
        (_INPUT, _SUB),
        ValueType.STRING,
        substring_before,
        'What precedes the first occurrence; "" without one.',
        (
            ('String.substringBefore("abc@okta.com", "@")', "abc"),
            ('String.substringBefore("abc", "@")', ""),
        ),
        by_options=True,
        question="substring_before_without_hit",
    ),
    Function(
        "String.toUpperCase",
        (_INPUT,),
        ValueType.STRING,
        str.upper,
        "In capitals.",
        (('String.toUpperCase("This")', "THIS"), ("String.toUpperCase(null)", None)),
    ),
    Function(
        "String.toLowerCase",
        (_INPUT,),
        ValueType.STRING,
        str.lower,
        "In small letters.",
        (('String.toLowerCase("ThiS")', "this"),),
    ),
)

_BARE_NAMES = ("toUpperCase", "toLowerCase", "substring", "substringBefore", "substringAfter")


def _bare(row: Function) -> Function:
    from attrs import evolve  # noqa: PLC0415

    name = row.name.removeprefix("String.")
    examples = tuple((text.replace("String.", ""), value) for text, value in row.examples)
    return evolve(row, name=name, examples=examples, deprecated=row.name)


FUNCTIONS = (
    *_NAMESPACE,
    *(_bare(row) for row in _NAMESPACE if row.name.removeprefix("String.") in _BARE_NAMES),
)
