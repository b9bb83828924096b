"""Everything that this package raises, as one tree.

::

    O365ProvError
    ├── ExpressionError                 something is wrong with an expression; knows the place
    │   ├── ExpressionSyntaxError       the string is not an expression (also a ValueError)
    │   └── EvaluationError             the expression failed for these values
    ├── SourceError                     an export or directory can't be read; holds every issue
    ├── ConfigurationError              settings that contradict each other (also a ValueError)
    │   └── StaleMappingError           provisioning settings changed: map the attributes again
    ├── PlanRefusedError                a plan that may not be applied: already applied, of another tenant, unsafe
    │   └── StalePlanError              another plan that was applied since touched the same
    ├── StateError                      a state can't be read or written, or is damaged
    │   └── LeaseLostError              somebody else may write to the tenant now
    ├── TenantError                     a request to the tenant failed
    │   ├── CredentialError             no token, or a token without the permissions
    │   ├── ConnectionFailedError       no answer at all
    │   └── GraphError                  Graph answered with an error; knows status, code, details and request id
    └── UsageError                      the library was used in a way it can't work (also a RuntimeError)

Each message is one line: what, where, and what to do next. Secrets and personal values other than those that the
caller passed in are never part of it.
"""

from __future__ import annotations

import copyreg
from typing import Any, Literal

from attrs import Attribute, field, frozen

__all__ = [
    "ConfigurationError",
    "ConnectionFailedError",
    "CredentialError",
    "EvaluationError",
    "ExpressionError",
    "ExpressionSyntaxError",
    "GraphError",
    "Issue",
    "LeaseLostError",
    "O365ProvError",
    "PlanRefusedError",
    "QuarantinedError",
    "ReadOnlyError",
    "SourceError",
    "StaleMappingError",
    "StalePlanError",
    "StateError",
    "TenantError",
    "UsageError",
]


def _string(_: object, field: Attribute[Any], value: object) -> None:
    if not isinstance(value, str):
        raise ConfigurationError(f"Issue.{field.name} should be a string, not a {type(value).__name__}")


def _severity(_: object, field: Attribute[Any], value: object) -> None:
    if value not in ("error", "warning", "hint"):
        kind = type(value).__name__
        raise ConfigurationError(f"Issue.{field.name} should be 'error', 'warning' or 'hint', not a {kind}")


@frozen
class Issue:
    """One thing that is wrong: the same shape for a mapping, a plan, an expression and a source.

    Args:
        code: a stable word for programs, such as ``unknown-function``.
        message: what is wrong, for people, without a full stop.
        remedy: what to do about it, without a full stop; empty where nothing can be said.
        place: where it is: the attribute, the JSON path, the line; empty for the whole.
        severity: ``error`` if what it is about can't be used; ``warning`` if it can, all but the part at *place*;
            ``hint`` if nothing is wrong and something could be better.

    """

    code: str = field(validator=_string)
    message: str = field(validator=_string)
    remedy: str = field(default="", validator=_string)
    place: str = field(default="", validator=_string)
    severity: Literal["error", "warning", "hint"] = field(default="error", validator=_severity)

    @property
    def stops(self) -> bool:
        """Whether nothing goes on because of it."""
        return self.severity == "error"

    def __str__(self) -> str:
        """One line: place, message, remedy."""
        return one_line(": ".join(filter(None, (self.place, self.message, self.remedy))))


def one_line(text: str) -> str:
    r"""The string on one line: what can't be printed, and so could steer a terminal, as escapes.

    >>> one_line("a\x1b[31m\nb")
    'a\\x1b[31m\\nb'
    """
    return text if text.isprintable() else "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


class O365ProvError(Exception):
    """The base of everything that this package raises on purpose."""

    def __str__(self) -> str:
        """One line, whatever a name, a path or an answer in it holds."""
        return one_line(super().__str__())

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle and copy every field, whatever the arguments of ``__init__`` are called."""
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


class ExpressionError(O365ProvError):
    """Something is wrong with an expression, or with evaluating it.

    Args:
        message: what is wrong.
        text: the expression as typed.
        start: where it begins, in characters from 0.
        end: where it ends, exclusive.
        remedy: what to do about it, or empty.

    """

    def __init__(self, message: str, *, text: str = "", start: int = 0, end: int = 0, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.text = text
        self.start = start
        self.end = max(end, start)
        self.remedy = remedy

    @property
    def line(self) -> int:
        """The line of the place, from 1."""
        return self.text.count("\n", 0, self.start) + 1

    @property
    def column(self) -> int:
        """The column of the place, from 1."""
        return self.start - (self.text.rfind("\n", 0, self.start) + 1) + 1

    def __str__(self) -> str:
        """One line: message, place, remedy."""
        place = f" (line {self.line}, column {self.column})" if self.text else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return one_line(f"{self.message}{place}{remedy}")

    def caret(self) -> str:
        """The message over the line of the expression, with the place marked below it: for people, on several lines."""
        if not self.text:
            return str(self)
        first = self.text.rfind("\n", 0, self.start) + 1
        last = self.text.find("\n", self.start)
        line = self.text[first:] if last < 0 else self.text[first:last]
        left = max(0, min(self.start - first, len(line)) - 60)
        shown = "".join(char if char.isprintable() else " " for char in line[left : left + 120])
        width = max(1, min(self.end, first + left + len(shown)) - self.start)
        marks = " " * (self.start - first - left) + "^" + "~" * (width - 1)
        return f"{self}\n  {shown}\n  {marks}"


class ExpressionSyntaxError(ExpressionError, ValueError):
    """The text is not an expression of Okta's language."""


class EvaluationError(ExpressionError):
    """The expression failed for the values it was given."""


class SourceError(O365ProvError):
    """An export, a directory or a saved file could not be read.

    Attributes:
        issues: one for each thing that is wrong; its place is the file and the line or JSON path.

    """

    def __init__(self, *issues: Issue) -> None:
        super().__init__(*issues)
        self.issues = issues

    def __str__(self) -> str:
        """All issues on one line."""
        return one_line("; ".join(map(str, self.issues)))


class ConfigurationError(O365ProvError, ValueError):
    """Settings that are incomplete or contradict each other.

    Attributes:
        issues: one for each thing that is wrong where a whole document was read; else there are none.

    """

    def __init__(self, message: str, *, issues: tuple[Issue, ...] = ()) -> None:
        super().__init__(message)
        self.issues = issues


class StaleMappingError(ConfigurationError):
    """The provisioning settings changed after the attributes were mapped: they must be mapped again."""


class PlanRefusedError(O365ProvError):
    """This plan may not be applied here, or not again, or not without confirmation."""


class StalePlanError(PlanRefusedError):
    """Another plan that was applied since this one was made touched the same person, account or address."""


class QuarantinedError(PlanRefusedError):
    """Too much failed for one reason, and nobody has allowed the app to go on in this tenant since."""


class StateError(O365ProvError):
    """A state can't be read or written, is damaged, or does not allow what was asked."""


class LeaseLostError(StateError):
    """The lease of the tenant belongs to somebody else, or has ended; nothing was written under it."""


class TenantError(O365ProvError):
    """A request to the tenant failed."""


class CredentialError(TenantError):
    """The credential gives no token, or one that lacks permissions."""


class ConnectionFailedError(TenantError):
    """No answer came; whether the request had its effect is not known."""


class GraphError(TenantError):
    """Graph answered with an error.

    Args:
        message: what failed, and what to do next.
        status: the HTTP status.
        code: Graph's ``error.code``; empty if there is none.
        details: the ``(code, target)`` pairs of ``error.details``.
        request_id: what Microsoft support asks for; empty if there is none.
        client_request_id: our own id of the request, by which they find it, too.

    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str = "",
        details: tuple[tuple[str, str], ...] = (),
        request_id: str = "",
        client_request_id: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.details = details
        self.request_id = request_id
        self.client_request_id = client_request_id

    def __str__(self) -> str:
        """One line: message, status and code, request id."""
        code = f" {self.code}" if self.code else ""
        request = f", request {self.request_id}" if self.request_id else ""
        if self.client_request_id and not request:  # what answered is perhaps not Graph
            request = f", client-request-id {self.client_request_id}"
        return one_line(f"{self.message} ({self.status}{code}{request})")


class UsageError(O365ProvError, RuntimeError):
    """The library was used in a way in which it can't work, such as one Tenant on two event loops."""


class ReadOnlyError(UsageError):
    """A Tenant that was made with ``read_only=True`` was to write; nothing was sent."""
