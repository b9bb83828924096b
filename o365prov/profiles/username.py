"""The application username: in Office 365, the user principal name.

Sources: Microsoft Entra, "Username policies"; Microsoft, "Invalid user name when you try to create a user name that
contains a special character"; Exchange, New-Mailbox, parameter Alias.

Decision where the sources disagree: Entra's policies refuse a full stop right before the @ alone. An older page refuses
it at the beginning too, and Exchange takes no alias or address with a full stop at an end or two in a row. All of them
are refused here, because such an account could not have a mailbox.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

import attrs
from attrs import field, frozen

from o365prov._annotations import check_after_failure, check_call
from o365prov._fields import instance_of, string
from o365prov.errors import EvaluationError, Issue
from o365prov.expressions import Bindings, Diagnostic, Expression
from o365prov.profiles.normalization import stray_full_stop
from o365prov.profiles.okta_format import read_username_template
from o365prov.profiles.saved_format import read_saved_format
from o365prov.profiles.setting_expressions import USERNAME, parse_expression, refuse_errors
from o365prov.profiles.username_formats import CUSTOM, built_in_expression

_ALLOWED = re.compile(r"[A-Za-z0-9'.\-_!#^~]+\Z")
_LONGEST_NAME = 64
_LONGEST_DOMAIN = 48


def _allowed(owner: UsernameFormat, field: attrs.Attribute[Any], value: Any) -> None:
    instance_of(Expression, "Expression('source.email')")(owner, field, value)
    refuse_errors("UsernameFormat.expression", value, USERNAME)


@frozen
class UsernameFormat:
    """How a person's Office 365 username is made.

    Args:
        label: what Okta's list of formats calls it.
        expression: what gives the username. One that can't work in a username format is refused.

    Raises:
        ConfigurationError: the expression can't work in a username format, such as one with an unknown function, or a
            field holds something else than it should.

    Source: Okta, "Provision users to Office 365": Sign On, Credentials Details, Application username format.

    """

    label: str = field(validator=string)
    expression: Expression = field(validator=_allowed)

    @classmethod
    def built_in(cls, label: str, suffix: str = "") -> UsernameFormat:
        """An entry of Okta's list by its name.

        Args:
            label: the name of the entry, such as ``"AD Employee ID"``.
            suffix: a string that is appended as it is, such as ``"@yourfederated.domain"``.

        Raises:
            ConfigurationError: the entry is not on the list, or it can't be computed here.

        >>> UsernameFormat.built_in("Email prefix", "@yourfederated.domain").expression
        Expression('String.substringBefore(source.email, "@") + "@yourfederated.domain"')

        """
        return cls(label, built_in_expression(label, suffix))

    @classmethod
    def okta_username(cls) -> UsernameFormat:
        """The person's Okta login, as it is."""
        return cls.built_in("Okta username")

    @classmethod
    def email(cls) -> UsernameFormat:
        """The person's primary e-mail address, as it is."""
        return cls.built_in("Email")

    @classmethod
    def custom(cls, expression: str) -> UsernameFormat:
        """Any expression.

        Raises:
            ConfigurationError: it is not an expression, or one that can't work in a username format; the message has
                every error with its place and what to do.

        >>> UsernameFormat.custom('String.substringBefore(user.email, "@") + "@yourfederated.domain"').label
        'Custom'
        >>> UsernameFormat.custom('String.substringBefor(user.email, "@")')  # doctest: +NORMALIZE_WHITESPACE
        Traceback (most recent call last):
        ...
        o365prov.errors.ConfigurationError: UsernameFormat.expression: there is no function String.substringBefor
        (line 1, column 1): write String.substringBefore

        """
        return cls(CUSTOM, parse_expression("UsernameFormat.expression", expression))

    @classmethod
    def from_okta(cls, template: Mapping[str, Any]) -> UsernameFormat:
        """What Okta's API keeps as an app's ``credentials.userNameTemplate``.

        Raises:
            ConfigurationError: the app has no usernames (``NONE``), the template is not one of Okta's, or a custom
                expression can't work; the message has everything that is wrong, each with its JSON path.

        Source: Okta developer pages, "Apps API: username template object".

        >>> UsernameFormat.from_okta({"template": "${source.login}", "type": "BUILT_IN", "userSuffix": None}).label
        'Okta username'

        """
        return cls(*read_username_template(template))

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> UsernameFormat:
        """The format that :meth:`to_dict` was called on.

        Raises:
            ConfigurationError: it is something else; the message has everything that is wrong, each with its JSON path.

        """
        return cls(*read_saved_format(saved))

    def to_dict(self) -> dict[str, str]:
        """The format as JSON values, for a saved configuration.

        >>> UsernameFormat.email().to_dict()
        {'label': 'Email', 'expression': 'source.email'}
        """
        return {"label": self.label, "expression": self.expression.text}

    def check(self, schema: Mapping[str, Collection[str]] | None = None) -> tuple[Diagnostic, ...]:
        """What is wrong or doubtful about the expression.

        Args:
            schema: the attributes that exist, by root (``{"user": ["login", "email"]}``); without it the attributes
                that the expression reads are not checked.

        >>> UsernameFormat.custom("source.emial").check({"source": ["login", "email"]})[0].fix
        'source.email'

        """
        return self.expression.check(schema, context=USERNAME)

    @check_after_failure
    def username(self, bindings: Bindings, domains: Collection[str]) -> tuple[str | None, Issue | None]:
        """The person's username, or None and what is wrong with it.

        The result must be a user principal name that Entra takes, in one of the domains.

        Args:
            bindings: the person's values, as :func:`make_bindings` gives them.
            domains: those that the app provisions into, in lower case.

        Source: Microsoft Entra, "Username policies"; Okta, "Provision users to Office 365".

        """
        try:
            value = self.expression.evaluate(bindings)
        except EvaluationError as error:
            return None, _issue("username_failed", f"the username could not be computed: {error.message}", _FIX)
        if value is None or value == "":
            return None, _issue("username_empty", "the username is empty", _FIX)
        if not isinstance(value, str):
            return None, _issue("username_not_a_string", "the username's expression does not give a string", _FIX)
        return (None, issue) if (issue := _refusal(value, domains)) else (value, None)


_FIX = "Fill in what the username format reads, or change the format"


def _issue(code: str, message: str, remedy: str) -> Issue:
    return Issue(code, message, remedy, place="userName")


def check_username(username: str, domains: Collection[str]) -> Issue | None:
    """What keeps *username* from being a user principal name in one of *domains* (lower case), or None.

    >>> check_username("@yourfederated.domain", ["yourfederated.domain"]).message
    "the username '@yourfederated.domain' has nothing before its @"
    >>> check_username("isaac.brock@yourfederated.domain", ["yourfederated.domain"]) is None
    True
    """
    check_call(check_username, locals())
    return _refusal(username, domains)


def _refusal(username: str, domains: Collection[str]) -> Issue | None:
    subject = f"the username {username!r}"
    name, at, domain = username.rpartition("@")
    if not at:
        return _issue("username_no_domain", f"{subject} has no @domain", "Let the format append the domain")
    if not name:
        return _issue(
            "username_no_name", f"{subject} has nothing before its @", "Give the person a complete e-mail address"
        )
    if not domain.isascii() or domain.lower() not in domains:  # lower() makes an ASCII k of a Kelvin sign
        return _issue(
            "username_foreign_domain",
            f"{subject} is not in one of the app's domains ({', '.join(sorted(domains))})",
            "Let the format append one of them, or add the domain to the app",
        )
    if not _ALLOWED.match(name):
        odd = "".join(sorted(set(re.sub(_ALLOWED.pattern.removesuffix(r"\Z"), "", name))))
        return _issue(
            "username_characters",
            f"{subject} contains {odd!r}, which Entra does not take",
            "Use A-Z a-z 0-9 ' . - _ ! # ^ ~, for example by an expression that replaces the letters",
        )
    if len(name) > _LONGEST_NAME or len(domain) > _LONGEST_DOMAIN:
        return _issue(
            "username_too_long",
            f"{subject} is longer than {_LONGEST_NAME} characters before the @ or {_LONGEST_DOMAIN} after it",
            "Shorten it in the format",
        )
    if where := stray_full_stop(name):
        return _issue("username_dot", f"{subject} {where} before its @", "Remove the full stop in the format")
    return None
