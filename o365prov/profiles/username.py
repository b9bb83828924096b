"""The application username: in Office 365, the user principal name."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from attrs import frozen

from o365prov.errors import ConfigurationError, EvaluationError, Issue
from o365prov.expressions import Bindings, Diagnostic, Expression, Semantics, quoted
from o365prov.profiles.username_formats import BUILT_IN

_ALLOWED = re.compile(r"[A-Za-z0-9'.\-_!#^~]+\Z")
_LONGEST_NAME = 64
_LONGEST_DOMAIN = 48

CUSTOM = "Custom"
"""What Okta's list calls a format of one's own."""

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
    def built_in(cls, label: str, suffix: str = "") -> UsernameFormat:
        """An entry of Okta's list by its name, such as ``"AD Employee ID"``; *suffix* is appended as it is.

        Raises :class:`~o365prov.errors.ConfigurationError` for an entry that is not on the list, or that nothing here
        can compute.

        >>> UsernameFormat.built_in("Email prefix", "@yourfederated.domain").expression
        Expression('String.substringBefore(source.email, "@") + "@yourfederated.domain"')
        """
        entry = BUILT_IN.get(label)
        if entry is None:
            raise ConfigurationError(f"Okta has no username format {label!r}: use one of {', '.join(BUILT_IN)}")
        if not entry.expression:
            raise ConfigurationError(f"the username format {label!r} can't be used: {entry.instead}")
        text = entry.expression
        if suffix:
            text = f"({text}) + {quoted(suffix)}" if "?" in text else f"{text} + {quoted(suffix)}"
        return cls(label, Expression(text, semantics=REFUSE_NULL))

    @classmethod
    def okta_username(cls) -> UsernameFormat:
        """The person's Okta login, as it is."""
        return cls.built_in("Okta username")

    @classmethod
    def okta_username_prefix(cls, suffix: str = "") -> UsernameFormat:
        """What stands before the @ of the Okta login, and *suffix*, such as ``"@yourfederated.domain"``."""
        return cls.built_in("Okta username prefix", suffix)

    @classmethod
    def email(cls) -> UsernameFormat:
        """The person's primary e-mail address, as it is."""
        return cls.built_in("Email")

    @classmethod
    def email_prefix(cls, suffix: str = "") -> UsernameFormat:
        """What stands before the @ of the e-mail address, and *suffix*, such as ``"@yourfederated.domain"``."""
        return cls.built_in("Email prefix", suffix)

    @classmethod
    def ad_upn(cls) -> UsernameFormat:
        """The user principal name in Active Directory; people who have no account there have no username."""
        return cls.built_in("AD User Principal Name")

    @classmethod
    def ad_sam_account_name(cls, suffix: str = "") -> UsernameFormat:
        """The ``sAMAccountName`` in Active Directory and *suffix*; people without an account there have no username."""
        return cls.built_in("AD SAM Account Name", suffix)

    @classmethod
    def custom(cls, text: str) -> UsernameFormat:
        """Any expression.

        Raises :class:`~o365prov.errors.ExpressionSyntaxError` if *text* is none.

        >>> UsernameFormat.custom('String.substringBefore(user.email, "@") + "@yourfederated.domain"').label
        'Custom'
        """
        return cls(CUSTOM, Expression(text, semantics=REFUSE_NULL))

    @classmethod
    def from_okta(cls, template: Mapping[str, Any]) -> UsernameFormat:
        """What Okta's API keeps as an app's ``credentials.userNameTemplate``.

        Raises :class:`~o365prov.errors.ConfigurationError` with everything that is wrong with it: an app without
        usernames (``NONE``), a template that is none of Okta's, a custom text that is no expression, what is not known.

        Source: Okta developer pages, "Apps API: username template object".

        >>> UsernameFormat.from_okta({"template": "${source.login}", "type": "BUILT_IN", "userSuffix": None}).label
        'Okta username'
        """
        from o365prov.profiles.okta_format import username_format  # noqa: PLC0415 - which makes these

        return username_format(template)

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> UsernameFormat:
        """What :meth:`to_dict` gave; raises :class:`~o365prov.errors.ConfigurationError` for anything else."""
        from o365prov.profiles.saved_format import username_format  # noqa: PLC0415 - which makes these

        return username_format(saved)

    def to_dict(self) -> dict[str, str]:
        """The format as JSON values, for a saved configuration.

        >>> UsernameFormat.email().to_dict()
        {'label': 'Email', 'expression': 'source.email'}
        """
        return {"label": self.label, "expression": self.expression.text}

    def check(self, schema: Mapping[str, Collection[str]] | None = None) -> tuple[Diagnostic, ...]:
        """What is wrong or doubtful about the expression, before the first person is looked at.

        *schema* names the attributes that exist by root (``{"user": ["login", "email"]}``); without it attributes are
        not checked.

        >>> UsernameFormat.custom("source.emial").check({"source": ["login", "email"]})[0].fix
        'source.email'
        """
        return self.expression.check(schema, context="username")

    def username(self, bindings: Bindings, domains: Collection[str]) -> tuple[str | None, Issue | None]:
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
        return (None, issue) if (issue := check_username(value, domains)) else (value, None)


_FIX = "Fill in what the username format reads, or change the format"


def _finding(code: str, message: str, remedy: str) -> Issue:
    return Issue(code, message, remedy, place="userName")


def check_username(username: str, domains: Collection[str]) -> Issue | None:
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
    if not domain.isascii() or domain.lower() not in domains:  # lower() makes an ASCII k of a Kelvin sign
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
