"""Syntax errors with names: what a person most likely meant where the grammar found no way on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import frozen

from o365prov.errors import Issue

if TYPE_CHECKING:
    from lark.exceptions import UnexpectedInput


@frozen
class SyntaxProblem:
    """One thing that keeps a string from being an expression.

    Where *fix* is known, it replaces the marked characters.
    """

    code: str
    message: str
    start: int
    end: int
    remedy: str = ""
    fix: str | None = None

    @property
    def issue(self) -> Issue:
        """What is wrong, without its place."""
        return Issue(self.code, self.message, self.remedy)


class TreeBuildError(Exception):
    """Ends building the tree."""

    def __init__(self, problem: SyntaxProblem) -> None:
        super().__init__(problem.message)
        self.problem = problem


_WORD = r"(?![A-Za-z0-9_$])"

_REFUSED = "is not part of Okta's language"
_FOREIGN = "{found} is not an operator"
_TEMPLATE = "write the reference without ${{ }}; UsernameFormat.from_okta translates a username template"

# What is at the place of failure: pattern, code, message, remedy, fix. The first that matches names the problem.
_HERE: tuple[tuple[str, str, str, str, str | None], ...] = (
    (r"===|==>|=>", "wrong-operator", "{found} is not an operator", "write ==", "=="),
    (r"!==", "wrong-operator", "!== is not an operator", "write !=", "!="),
    (r"=~|~=", "wrong-operator", "{found} is not an operator", "write matches", "matches"),
    (r"<>", "wrong-operator", "<> is not an operator", "write !=", "!="),
    (r"=(?!=)", "assignment", "= assigns, which Okta refuses", "write == to compare", "=="),
    (r"[+\-*/%]=", "assignment", "{found} assigns, which Okta refuses", "expressions only compute", None),
    (r"\+\+|--", "increment", "{found} is not an operator of this language", "put a blank between the signs", None),
    (r"\?\?", "wrong-operator", "?? is not an operator", "write ?: for a default", "?:"),
    (r"&(?!&)", "wrong-operator", "& is not an operator", "write AND", "&&"),
    (r"\|(?!\|)", "wrong-operator", "| is not an operator", "write OR", "||"),
    (rf"(?i:xor){_WORD}", "wrong-operator", "xor is not an operator", "write a != b", None),
    (rf"(?i:instanceof){_WORD}", "refused", f"instanceof {_REFUSED}", "compare values instead", None),
    (rf"(?i:between){_WORD}", "refused", f"between {_REFUSED}", "write a >= low AND a <= high", None),
    (rf"(?i:is\s*not\s+null|pr){_WORD}", "wrong-operator", _FOREIGN, "write != null", "!= null"),
    (rf"(?i:is\s+null){_WORD}", "wrong-operator", _FOREIGN, "write == null", "== null"),
    (rf"(?i:contains|co){_WORD}", "wrong-operator", _FOREIGN, "write String.stringContains(text, part)", None),
    (rf"(?i:starts?\s*with|sw){_WORD}", "wrong-operator", _FOREIGN, "write String.startsWith(text, start)", None),
    (rf"(?i:ends?\s*with|ew){_WORD}", "wrong-operator", _FOREIGN, "write text matches '.*suffix'", None),
    (rf"(?i:if|then|else|when){_WORD}", "wrong-operator", _FOREIGN, "write condition ? value : otherwise", None),
    (rf"(?i:in){_WORD}", "refused", "in is not an operator", "write Arrays.contains(list, value)", None),
    (rf"(?i:like){_WORD}", "refused", "like is not an operator", "write String.stringContains(text, part)", None),
    (r"\$\{", "legacy-template", "${{...}} is a legacy template, another language than expressions", _TEMPLATE, None),
    (r"#", "refused", f"a variable or function with # {_REFUSED}", "name the attribute itself", None),
    (r"@", "refused", f"a bean (@) {_REFUSED}", "put an address in quotes", None),
    (r"//|/\*", "comment", "there are no comments in expressions", "leave it out", None),
    (r";", "wrong-character", "; has no meaning: a string is one expression", "remove it", ""),
    (r"`", "wrong-character", "a backtick is not a quote", "use ' or \"", None),
    (r"\\", "wrong-character", "a backslash has no meaning outside quotes", "in quotes, write a quote twice", None),
    (r"!\[|[?^$]\[", "bare-selection", "{found} needs a list and a dot before it", "write list.{found}...]", None),
)

# Characters that come with text pasted from documents and web pages, and what was meant.
_PASTED = {
    "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00ab": '"', "\u00bb": '"', "\u2033": '"',
    "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u2032": "'",
    "\u00a0": " ", "\u2007": " ", "\u202f": " ", "\u2003": " ", "\u2002": " ", "\u2009": " ", "\u3000": " ",
    "\ufeff": "", "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "", "\u00ad": "",
    "\u2013": "-", "\u2014": "-", "\u2212": "-", "\u2026": "...", "\u2260": "!=", "\u2264": "<=", "\u2265": ">=",
}  # fmt: skip
_PASTED_NAMES = {
    '"': "a curly quote",
    "'": "a curly quote",
    " ": "an unusual blank",
    "": "an invisible character",
}
_SEARCH = "'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[" + "".join(_PASTED) + "]"

# Words that begin a statement in other languages: an expression that begins with one means that statement.
_STATEMENTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\s*\b(if|unless|case|switch)(?=[\s({])", re.IGNORECASE), "write condition ? value : otherwise"),
    (re.compile(r"\s*\b(return|let|var|const|def|set|select)(?=\s)", re.IGNORECASE), "write the value alone"),
)

_REFUSED_CALLS = {
    "new": (f"new {_REFUSED}", "use Okta's functions, such as String.append"),
}
_BINARY = frozenset({"AND", "OR", "RELATION", "STAR", "SLASH", "PERCENT", "CARET"})
_OPENING = {")": "(", "]": "[", "}": "{"}


def empty_text(text: str) -> SyntaxProblem:
    """The problem of a string with nothing in it."""
    return SyntaxProblem(
        "empty", "the expression is empty", 0, len(text), remedy="write a reference, such as user.email"
    )


def pasted_characters(text: str) -> list[SyntaxProblem]:
    """Every character outside quotes that came with pasted text."""
    return [_pasted_character(found.start(), found[0]) for found in re.finditer(_SEARCH, text) if found[0] in _PASTED]


def _pasted_character(place: int, character: str) -> SyntaxProblem:
    meant = _PASTED[character]
    name = _PASTED_NAMES.get(meant, "a typographic character")
    message = f"U+{ord(character):04X} is {name}, which the language does not know"
    remedy = f"write {meant}" if meant.strip() else "remove it" if not meant else "write a plain blank"
    return SyntaxProblem("pasted-character", message, place, place + 1, remedy=remedy, fix=meant)


def explain_failure(text: str, failure: UnexpectedInput) -> SyntaxProblem:
    """Name the problem at which the parser stopped."""
    place = failure.pos_in_stream
    token = getattr(failure, "token", None)
    if token is not None and token.type == "$END":
        return _ends_early(text)
    if place is None or place >= len(text):
        return _ends_early(text)
    here = text[place]
    if here in _PASTED:
        return _pasted_character(place, here)
    for pattern, remedy in _STATEMENTS:
        if (statement := pattern.match(text)) and statement.end() <= place and not _is_unterminated(text, place):
            message = f"{statement[1]} begins a statement of another language: an expression has one value"
            return SyntaxProblem("statement", message, statement.start(1), statement.end(1), remedy=remedy)
    if here in "'\"":
        message = (
            f"the string that begins with {here} never ends" if _is_unterminated(text, place) else "two values in a row"
        )
        remedy = f"close it with {here}" if _is_unterminated(text, place) else "put an operator between them, such as +"
        return SyntaxProblem(
            "unterminated-string" if "never" in message else "missing-operator",
            message,
            place,
            place + 1,
            remedy=remedy,
        )
    for start in range(max(0, place - 2), place + 1):  # a wrong operator may begin like a right one: ==> and ${
        for pattern, code, message, remedy, fix in _HERE:
            found = re.compile(pattern).match(text, start)  # re remembers what it compiled
            if found and found.end() > place and (start == place or len(found[0]) > 1):
                shown = found[0]
                return SyntaxProblem(
                    code, message.format(found=shown), start, found.end(), remedy=remedy.format(found=shown), fix=fix
                )
    return _by_token(text, place, here, token)


def _by_token(text: str, place: int, here: str, token: object) -> SyntaxProblem:
    shown = str(token) if token is not None else here
    end = place + len(shown)
    kind = getattr(token, "type", "")
    last = _last_token(text, place)
    if here in _OPENING:
        return _closing(text, place, here, last)
    if kind == "RELATION" and (last[-1:] not in ("", "(", "[", "{", ",", "?", ":")) and not _is_operator(last):
        message = f"comparisons do not chain: {shown} follows a comparison"
        return SyntaxProblem("chained-comparison", message, place, end, remedy="join two comparisons with AND")
    if here == "^" and not _is_operator(last):
        return SyntaxProblem(
            "chained-power", "powers do not chain", place, end, remedy="write (a ^ b) ^ c or a ^ (b ^ c)"
        )
    if here == ":" and last == "?":
        return SyntaxProblem("wrong-operator", "?: must be written without a gap", place, end, remedy="write ?:")
    if kind in _BINARY or here in "*/%,:?" or (kind == "SIGN"):
        return SyntaxProblem(
            "missing-operand", f"{shown} needs a value before it", place, end, remedy="add it, or remove " + shown
        )
    if last in _REFUSED_CALLS:
        message, remedy = _REFUSED_CALLS[last]
        return SyntaxProblem("refused", message, place - len(last), end, remedy=remedy)
    if last in (".", "?."):
        return SyntaxProblem(
            "missing-name",
            f"a name is needed after {last}",
            place,
            end,
            remedy="names are ASCII letters, digits, _ and $",
        )
    if not here.isascii():
        message = f"U+{ord(here):04X} is not allowed outside quotes"
        return SyntaxProblem(
            "wrong-character", message, place, place + 1, remedy="names are ASCII letters, digits, _ and $"
        )
    if last.lower() in ("and", "or") and (here.isalnum() or here in "_$([{"):  # read as a name, because none is there
        start = text.rindex(last, 0, place)
        message = f"{last} needs a value before it"
        return SyntaxProblem("missing-operand", message, start, start + len(last), remedy=f"add it, or remove {last}")
    if here.isalnum() or here in "_$([{" or kind in ("NOT", "CONSTANT", "STRING"):
        message = f"{shown[:40]} follows a complete expression"
        escaped = last[-2:] in ("\\'", '\\"')
        remedy = "to have a quote inside quotes, write it twice; a backslash does not escape it" if escaped else ""
        return SyntaxProblem(
            "missing-operator", message, place, end, remedy=remedy or "put an operator between them, such as + or AND"
        )
    if here == "!":
        return SyntaxProblem(
            "missing-operator", "! follows a complete expression", place, end, remedy="write != or AND !"
        )
    return SyntaxProblem("wrong-character", f"{shown!r} has no meaning here", place, end, remedy="remove it")


def _closing(text: str, place: int, here: str, last: str) -> SyntaxProblem:
    opening = _open_bracket(text, place)
    if last == ",":
        return SyntaxProblem(
            "trailing-comma", f"a value is missing between , and {here}", place, place + 1, remedy="remove the comma"
        )
    if opening is None:
        return SyntaxProblem(
            "bracket", f"{here} closes nothing", place, place + 1, remedy=f"remove it, or open it with {_OPENING[here]}"
        )
    if text[opening] != _OPENING[here]:
        column = opening - text.rfind("\n", 0, opening)
        message = f"{here} does not close the {text[opening]} of column {column}"
        return SyntaxProblem("bracket", message, place, place + 1, remedy="close the inner bracket first")
    return SyntaxProblem("missing-operand", f"a value is missing before {here}", place, place + 1, remedy="add it")


def _ends_early(text: str) -> SyntaxProblem:
    end = len(text.rstrip(" \t\r\n"))
    opening = _open_bracket(text, len(text))
    last = _last_token(text, len(text))
    if last in (".", "?."):
        return SyntaxProblem(
            "missing-name", "a name is missing after the dot", end - len(last), end, remedy="add it, or remove the dot"
        )
    if _is_operator(last) or last in ("?", ":", "?:", ",", "!"):
        start = end - len(last)
        return SyntaxProblem(
            "missing-operand", f"a value is missing after {last}", start, end, remedy=f"add it, or remove {last}"
        )
    if opening is not None:
        return SyntaxProblem("bracket", f"{text[opening]} is never closed", opening, opening + 1, remedy="close it")
    remedy = "a condition needs both values: condition ? value : otherwise" if "?" in text else "complete it"
    return SyntaxProblem("incomplete", "the expression ends too early", max(end - 1, 0), end, remedy=remedy)


def _is_operator(token: str) -> bool:
    return bool(token) and (
        token in ("+", "-", "*", "/", "%", "^", "==", "!=", "<", ">", "<=", ">=", "&&", "||")
        or token.lower() in ("and", "or", "not", "lt", "gt", "le", "ge", "eq", "ne", "div", "mod", "matches")
    )


_TOKENS = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[A-Za-z0-9_$]+|\?\.|\?:|==|!=|<=|>=|&&|\|\||[^ \t\r\n]""",
)


def _last_token(text: str, place: int) -> str:
    """The token that ends before the place, or nothing."""
    last = ""
    for found in _TOKENS.finditer(text, 0, place):
        last = found[0]
    return last


def _open_bracket(text: str, place: int) -> int | None:
    """The innermost bracket that is still open at the place."""
    opened: list[int] = []
    for found in _TOKENS.finditer(text, 0, place):
        if found[0] in ("(", "[", "{"):
            opened.append(found.start())
        elif found[0] in (")", "]", "}") and opened:
            opened.pop()
    return opened[-1] if opened else None


def _is_unterminated(text: str, place: int) -> bool:
    quote = text[place]
    if quote not in "'\"":
        return False
    return re.compile(f"{quote}(?:[^{quote}]|{quote}{quote})*{quote}").match(text, place) is None
