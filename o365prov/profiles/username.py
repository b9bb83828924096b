"""The application username: in Office 365, the user principal name."""

from __future__ import annotations

import re
from collections.abc import Collection

from attrs import frozen

from o365prov.errors import EvaluationError
from o365prov.expressions import Bindings, Expression, Semantics
from o365prov.profiles.values import Finding

_ALLOWED = re.compile(r"[A-Za-z0-9'.\-_!#^~]+\Z")
_LONGEST_NAME = 64
_LONGEST_DOMAIN = 48

REFUSE_NULL = Semantics(null_text="refuse")
"""How the app's expressions treat null in a text: as a failure, since nobody is called "null"."""


@frozen
class UsernameFormat:
    """How a person's Office 365 username is made; *label* is what Okta's list of formats calls it.

    Source: Okta, "Provision users to Office 365": Sign On, Credentials Details, Application username format.
    """

    label: str
    expression: Expression

    @classmethod
    def okta_username(cls) -> UsernameFormat:
        """The person's Okta login, as it is."""
        return cls("Okta username", Expression("source.login", semantics=REFUSE_NULL))

    @classmethod
    def email(cls) -> UsernameFormat:
        """The person's primary e-mail address, as it is."""
        return cls("Email", Expression("source.email", semantics=REFUSE_NULL))

    @classmethod
    def custom(cls, text: str) -> UsernameFormat:
        """Any expression.

        Raises :class:`~o365prov.errors.ExpressionSyntaxError` if *text* is none.

        >>> UsernameFormat.custom('String.substringBefore(user.email, "@") + "@yourfederated.domain"').label
        'Custom'
        """
        return cls("Custom", Expression(text, semantics=REFUSE_NULL))

    def username(self, bindings: Bindings, domains: Collection[str]) -> tuple[str | None, Finding | None]:
        """The person's username, or None and what is wrong with it.

        *domains* are those that the app provisions into, in lower case. The result must be a user principal name that
        Entra takes, in one of them.

        Source: Microsoft Entra, "Username policies"; Okta, "Provision users to Office 365".
        """
        try:
            value = self.expression.evaluate(bindings)
        except EvaluationError as error:
            return None, _finding("username_failed", f"the username could not be computed: {error.message}", _FIX)
        if value is None or value == "":
            return None, _finding("username_empty", "the username is empty", _FIX)
        if not isinstance(value, str):
            return None, _finding("username_no_text", "the username's expression gives no text", _FIX)
        return (None, finding) if (finding := check_username(value, domains)) else (value, None)


_FIX = "Fill in what the username format reads, or change the format"


def _finding(code: str, message: str, remedy: str) -> Finding:
    return Finding(code, message, remedy, attribute="userName", stops=True)


def check_username(username: str, domains: Collection[str]) -> Finding | None:
    """What keeps *username* from being a user principal name in one of *domains* (lower case), or None.

    >>> check_username("@yourfederated.domain", ["yourfederated.domain"]).message
    "the username '@yourfederated.domain' has nothing before its @"
    >>> check_username("isaac.brock@yourfederated.domain", ["yourfederated.domain"]) is None
    True
    """
    shown = f"the username {username!r}"
    name, at, domain = username.rpartition("@")
    if not at:
        return _finding("username_no_domain", f"{shown} has no @domain", "Let the format append the domain")
    if not name:
        return _finding(
            "username_no_name", f"{shown} has nothing before its @", "Give the person a complete e-mail address"
        )
    if domain.lower() not in domains:
        return _finding(
            "username_foreign_domain",
            f"{shown} is in none of the app's domains ({', '.join(sorted(domains))})",
            "Let the format append one of them, or add the domain to the app",
        )
    if not _ALLOWED.match(name):
        odd = "".join(sorted(set(re.sub(_ALLOWED.pattern.removesuffix(r"\Z"), "", name))))
        return _finding(
            "username_characters",
            f"{shown} contains {odd!r}, which Entra does not take",
            "Use A-Z a-z 0-9 ' . - _ ! # ^ ~, for example by an expression that replaces the letters",
        )
    if len(name) > _LONGEST_NAME or len(domain) > _LONGEST_DOMAIN:
        return _finding(
            "username_too_long",
            f"{shown} is longer than {_LONGEST_NAME} characters before the @ or {_LONGEST_DOMAIN} after it",
            "Shorten it in the format",
        )
    if name.endswith("."):
        return _finding("username_dot", f"{shown} has a full stop before its @", "Remove it in the format")
    return None
