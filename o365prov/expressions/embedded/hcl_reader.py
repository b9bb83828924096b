"""HCL, the language of Terraform's files, as far as strings have places in it: blocks, attributes, lists, templates.

What Terraform computes is not read any further than to its end. A parser of HCL's whole grammar is not needed for this,
and those that exist don't say where the characters of a string are written, which differs within a here document, and
wherever something is escaped.

Source: HCL Native Syntax Specification (https://github.com/hashicorp/hcl, hclsyntax/spec.md): "Structural Elements",
"Expressions", "Template Expressions".
"""

from __future__ import annotations

import re

from o365prov.expressions.embedded.document import (
    MOST_NESTED,
    REFERENCE,
    Computed,
    DocumentValue,
    NotReadableError,
    Record,
    Series,
    WrittenString,
)
from o365prov.expressions.embedded.templates import TemplateReader

_NAME = re.compile(r"[^\W\d][\w-]*")
_KEY = re.compile(r"[\w-]+")
_FOR = re.compile(r"for\b")
_PLAIN_REFERENCE = re.compile(REFERENCE + r"|-?\d+(?:\.\d+)?|[^\W\d][\w-]*")
_BLANKS = re.compile(r"(?:[ \t]|/\*(?:.*?\*/|(?P<open>.*)))*", re.DOTALL)
_LINES = re.compile(r"(?:[ \t\r\n]|#[^\n]*|//[^\n]*|/\*(?:.*?\*/|(?P<open>.*)))*", re.DOTALL)
_PLAIN = re.compile(r"[^\"{}()\[\]\n,#/<]+|.", re.DOTALL)
_COMMENT = re.compile(r"#[^\n]*|//[^\n]*|/\*(?:.*?\*/|(?P<open>.*))", re.DOTALL)
_THE_SAME = frozenset({"chomp", "trimspace", "tolist", "tomap", "toset"})
"""Functions of Terraform that change nothing for Okta: they take blanks from the ends of a string, or name a kind."""


def read_hcl(text: str) -> Record:
    """The body of a file: its blocks, by their type and labels, and attributes.

    A block is an entry whose name is its type; the labels lie around its body as records of one entry each, as in
    Terraform's JSON: ``resource "okta_group_rule" "sales" {…}`` is ``{"resource": {"okta_group_rule": {…}}}``.

    Raises:
        NotReadableError: it is not HCL, or is nested more than a hundred levels deep.

    """
    reader = _HclReader(text)
    return reader.body("", 0)


class _HclReader:
    """A text, and how far it is read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 1 if text.startswith("\ufeff") else 0
        self.templates = TemplateReader(text)

    def skip(self, blanks: re.Pattern[str] = _LINES) -> str:
        """Go on to the next character that counts, and give it."""
        found = blanks.match(self.text, self.at)
        if found is not None:
            self.pass_by(found)
        return self.text[self.at : self.at + 1]

    def pass_by(self, comments: re.Match[str]) -> None:
        """Go on behind blanks and comments."""
        if comments["open"] is not None:
            self.at = comments.start("open")
            raise self.wrong("a comment is never closed")
        self.at = comments.end()

    def wrong(self, what: str) -> NotReadableError:
        """The error that something else should stand here."""
        return NotReadableError(f"this is not a Terraform file: {what}", self.at)

    def name(self) -> str:
        """A name, bare or in quotes."""
        if self.skip(_BLANKS) == '"':
            return self.string().text
        found = _NAME.match(self.text, self.at)
        if found is None:
            raise self.wrong("a name is missing")
        self.at = found.end()
        return found[0]

    def string(self) -> WrittenString:
        """A string in quotes."""
        read = self.templates.quoted(self.at)
        self.at = read.end
        return read

    def body(self, closing: str, depth: int) -> Record:
        """Attributes and blocks, up to a bracket or the end of the file."""
        if depth > MOST_NESTED:
            raise self.wrong(f"it is nested more than {MOST_NESTED} levels deep")
        start, entries = self.at, list[tuple[str, DocumentValue]]()
        while (following := self.skip()) != closing:
            if not following:
                raise self.wrong(f"{closing} is missing")
            name = self.name()
            if self.skip(_BLANKS) == "=" and self.text[self.at + 1 : self.at + 2] != "=":
                self.at += 1
                entries.append((name, self.expression(depth)))
            else:
                entries.append((name, self.block(depth)))
        return Record(start, self.at, tuple(entries))

    def block(self, depth: int) -> Record:
        """The labels and the body of a block; what ``dynamic`` repeats is as if it stood there once."""
        start, labels = self.at, list[str]()
        while self.skip(_BLANKS) != "{":
            labels.append(self.name())
        self.at += 1
        record = self.body("}", depth + 1)
        self.at += 1
        for label in reversed(labels):
            record = Record(start, self.at, ((label, record),))
        return record

    # --- expressions

    def expression(self, depth: int, ends: str = "\n}") -> DocumentValue:
        """The value of an attribute: what it is if it is written out, else how it is computed."""
        self.skip(_BLANKS)
        start = self.at
        value = self.written(depth + 1)
        following = self.skip(_BLANKS if "\n" in ends else _LINES)
        if value is not None and (following in ("", "#", "\r", *ends) or self.text.startswith("//", self.at)):
            return value
        self.at = start
        self.to_end(ends)
        return Computed(start, self.at, self.text[start : self.at])

    def written(self, depth: int) -> DocumentValue | None:
        """A string, an object, a list, a constant or a reference that stands here; None for anything else."""
        if depth > MOST_NESTED:
            raise self.wrong(f"it is nested more than {MOST_NESTED} levels deep")
        match self.skip(_BLANKS):
            case '"':
                return self.string()
            case "<" if self.text.startswith("<<", self.at):
                read = self.templates.here_document(self.at)
                self.at = read.end if read else self.at
                return read
            case "{":
                return self.record(depth)
            case "[":
                return self.series(depth)
            case "(":
                return self.in_parentheses(depth)
        found = _NAME.match(self.text, self.at)
        if found is not None and found[0] in _THE_SAME:
            self.at = found.end()
            return self.in_parentheses(depth) if self.skip(_BLANKS) == "(" else None
        start, reference = self.at, _PLAIN_REFERENCE.match(self.text, self.at)
        if reference is None:
            return None
        self.at = reference.end()
        return Computed(start, self.at, reference[0])

    def in_parentheses(self, depth: int) -> DocumentValue | None:
        """What stands in parentheses, if it is written out."""
        self.at += 1
        self.skip()
        value = self.written(depth + 1)
        if value is None or self.skip() != ")":
            return None
        self.at += 1
        return value

    def record(self, depth: int) -> Record | None:
        """``{name = value, …}``; None for a ``for`` expression, and where a name is computed."""
        start, entries = self.at, list[tuple[str, DocumentValue]]()
        self.at += 1
        while self.skip() != "}":
            name = self.key()
            if name is None or self.skip(_BLANKS) not in ("=", ":"):
                return None
            self.at += 1
            entries.append((name, self.expression(depth, ",\n}")))
            if self.skip() == ",":
                self.at += 1
        self.at += 1
        return Record(start, self.at, tuple(entries))

    def key(self) -> str | None:
        """The name of an entry; None where it is computed."""
        if self.text[self.at : self.at + 1] == '"':
            read = self.string()
            return None if read.holes else read.text
        found = _KEY.match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        return found[0]

    def series(self, depth: int) -> Series | None:
        """``[value, …]``; None for a ``for`` expression."""
        start, items = self.at, list[DocumentValue]()
        self.at += 1
        while self.skip() != "]":
            if not items and _FOR.match(self.text, self.at):
                return None
            items.append(self.expression(depth, ",]"))
            if self.skip() == ",":
                self.at += 1
        self.at += 1
        return Series(start, self.at, tuple(items))

    def to_end(self, ends: str) -> None:
        """Pass by an expression: to one of these characters that stands in none of its brackets."""
        start, open_brackets = self.at, 0
        while self.at < len(self.text):
            character = self.text[self.at]
            if not open_brackets and character in ends:
                return
            if character == '"':
                self.string()
            elif character == "<" and (read := self.templates.here_document(self.at)) is not None:
                self.at = read.end
            elif character in "#/" and (comment := _COMMENT.match(self.text, self.at)) is not None:
                self.pass_by(comment)
            else:
                open_brackets += (character in "([{") - (character in ")]}")
                if open_brackets < 0:
                    raise self.wrong(f"{character} closes nothing")
                found = _PLAIN.match(self.text, self.at)
                self.at = found.end() if found else self.at + 1
        if open_brackets or "]" in ends:
            self.at = start
            raise self.wrong("a bracket is never closed")
