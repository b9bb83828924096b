"""Reading configuration that somebody else wrote, so that one reading finds everything that is wrong with it.

Each question about a value answers None or with something empty, and makes a note, if the document says something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from o365prov.errors import ConfigurationError, ExpressionSyntaxError
from o365prov.expressions import Expression
from o365prov.profiles.attributes import Attribute, find_attribute
from o365prov.profiles.setting_expressions import parse_expression, refuse_errors
from o365prov.rendering import printable

LISTED = 20
_LONGEST_SHOWN = 60
_LONGEST_LINE = 400
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


class Document:
    """What is wrong with one document, each with its JSON path; *what* names the document for the message.

    >>> document = Document("the mapping")
    >>> document.note("$.target.name", "is missing")
    >>> str(document.error())
    "the mapping can't be used: $.target.name is missing"
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self.count = 0
        self._lines: list[str] = []

    def note(self, path: str, problem: str) -> None:
        """Remember that what stands at *path* has this *problem*; of many, the first 20 are listed."""
        self.count += 1
        if self.count <= LISTED:
            line = f"{path} {problem}"
            line = line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}..."
            self._lines.append(printable(line))

    def error(self) -> ConfigurationError:
        """One error with everything noted."""
        more = [f"and {self.count - LISTED} more"] if self.count > LISTED else []
        return ConfigurationError(f"{self.what} can't be used: {'; '.join(self._lines + more)}")

    def object(self, value: object, path: str) -> Mapping[str, Any] | None:
        """The value as an object."""
        if isinstance(value, Mapping):
            return value
        self.note(path, "is missing" if value is None else f"should be an object, not {shown(value)}")
        return None

    def text(self, holder: Mapping[str, Any], key: str, path: str) -> str | None:
        """A member that must be there and be a string that is not empty."""
        value = holder.get(key)
        if isinstance(value, str) and value.strip():
            return value
        self.note(f"{path}.{key}", "is missing" if value is None else f"should be a string, not {shown(value)}")
        return None

    def expression(
        self, holder: Mapping[str, Any], key: str, path: str, context: str, translate: Callable[[str], str] = str
    ) -> Expression | None:
        """A member that must be an expression which can work in this context, once it is translated."""
        string = self.text(holder, key, path)
        if string is None:
            return None
        try:
            expression = parse_expression("is not an expression", translate(string))
        except (ConfigurationError, ExpressionSyntaxError) as error:
            self.note(f"{path}.{key}", str(error))
            return None
        try:
            refuse_errors("can't work", expression, context)
        except ConfigurationError as error:
            self.note(f"{path}.{key}", str(error))
            return None
        return expression

    def attribute(self, name: str, path: str) -> Attribute | None:
        """The attribute of the Office 365 app that goes by this name, in whatever case."""
        try:
            return find_attribute(name)
        except ConfigurationError as error:
            self.note(path, f"can't be mapped: {error}")
            return None

    def refuse_others(self, holder: Mapping[str, Any], known: Collection[str], path: str) -> None:
        """Note every member that is not known: it might mean something that would be lost."""
        for key in holder:
            if key not in known:
                self.note(step(path, key), "is not known: remove it if it changes nothing")


def step(path: str, key: object) -> str:
    """The path of a member: ``$.title``, or ``$['job title']`` where the key is no plain name."""
    return f"{path}.{key}" if isinstance(key, str) and _PLAIN_KEY.match(key) else f"{path}[{shown(key)}]"


def shown(value: object) -> str:
    """A value for a message: short, and on one line."""
    match value:
        case None:
            return "null"
        case Mapping():
            return "an object"
        case list() | tuple():
            return "a list"
        case "":
            return "an empty string"
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
