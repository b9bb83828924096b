"""The application username: in Office 365, the user principal name.

Sources: Microsoft Entra, "Username policies"; Microsoft, "Invalid user name when you try to create a user name that
contains a special character"; Exchange, New-Mailbox, parameter Alias.

Decision where the sources disagree: Entra's policies refuse a full stop right before the @ alone. An older page refuses
it at the beginning too, and Exchange takes no alias or address with a full stop at an end or two in a row. All of them
are refused here, because such an account could not have a mailbox.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import attrs
from attrs import field, frozen

from o365prov._annotations import check_after_failure, check_call
from o365prov._fields import as_tuple, instance_of, string, typed, wrong
from o365prov.errors import ConfigurationError, EvaluationError, Issue
from o365prov.expressions import Bindings, Diagnostic, Expression
from o365prov.profiles.normalization import stray_full_stop
from o365prov.profiles.okta_format import read_username_template
from o365prov.profiles.saved_format import read_saved_format
from o365prov.profiles.setting_expressions import USERNAME, parse_expression, refuse_errors
from o365prov.profiles.username_formats import CUSTOM, built_in_expression

Result: TypeAlias = tuple[str | None, Issue | None]
"""A username, or what is wrong with it."""

_ALLOWED = re.compile(r"[A-Za-z0-9'.\-_!#^~]+\Z")
_LONGEST_NAME = 64
_LONGEST_DOMAIN = 48


def _tuple(values: Iterable[Any]) -> tuple[Any, ...]:
    return as_tuple(values)


_an_expression = instance_of(Expression, "Expression('source.email')")


def _allowed(owner: UsernameFormat, field: attrs.Attribute[Any], value: Any) -> None:
    _an_expression(owner, field, value)
    refuse_errors("UsernameFormat.expression", value, USERNAME)


def _all_allowed(owner: UsernameFormat, field: attrs.Attribute[Any], value: Any) -> None:
    if not isinstance(value, tuple):
        raise wrong(owner, field, "a tuple of expressions", value)
    for number, each in enumerate(value):
        _an_expression(owner, field, each)
        refuse_errors(f"UsernameFormat.alternatives[{number}]", each, USERNAME)


@frozen(field_transformer=typed)
class UsernameCandidate:
    """What one expression of a username format gives for a person.

    Args:
        username: the username; None if it can't be computed, or is not one that Entra takes in the app's domains.
        issue: what is wrong with it; None for nothing.

    """

    username: str | None
    issue: Issue | None = None


@frozen
class UsernameFormat:
    """How a person's Office 365 username is made.

    Args:
        label: what Okta's list of formats calls it.
        expression: what gives the username. One that can't work in a username format is refused.
        alternatives: what gives it where somebody else has the result of those before, in this order. With them a plan
            gives a person the first of these *candidates* that nobody else has, and whoever has one keeps it; see
            :meth:`candidates`.

    Raises:
        ConfigurationError: an expression can't work in a username format, such as one with an unknown function, or a
            field holds something else than it should.

    Source: Okta, "Provision users to Office 365": Sign On, Credentials Details, Application username format.

    """

    label: str = field(validator=string)
    expression: Expression = field(validator=_allowed)
    alternatives: tuple[Expression, ...] = field(default=(), converter=_tuple, validator=_all_allowed)

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
    def candidates(cls, *formats: UsernameFormat | str) -> UsernameFormat:
        """A rule that keeps usernames unique: the first of these whose result nobody else has.

        Whoever has a username from one of them keeps it as long as one of them gives it, so that a namesake who comes
        or leaves renames nobody. See :doc:`/usernames`.

        Args:
            formats: what is tried, in this order: expressions, or other formats.

        Raises:
            ConfigurationError: there is none, or one is not an expression that can work in a username format.

        >>> rule = UsernameFormat.candidates(
        ...     'String.toLowerCase(user.firstName + "." + user.lastName) + "@corp.example"',
        ...     'String.toLowerCase(user.firstName + "." + user.lastName) + "2@corp.example"',
        ... )
        >>> [str(each) for each in rule.alternatives]
        ['String.toLowerCase(user.firstName + "." + user.lastName) + "2@corp.example"']

        """
        expressions: list[Expression] = []
        label = CUSTOM
        for number, each in enumerate(formats):
            if isinstance(each, UsernameFormat):
                label = label if number else each.label
                expressions += each.expressions
            else:
                expressions.append(parse_expression(f"UsernameFormat.candidates[{number}]", each))
        if not expressions:
            raise ConfigurationError("UsernameFormat.candidates needs an expression at least, and better two")
        return cls(label, expressions[0], expressions[1:])

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

    def to_dict(self) -> dict[str, Any]:
        """The format as JSON values, for a saved configuration.

        >>> UsernameFormat.email().to_dict()
        {'label': 'Email', 'expression': 'source.email'}
        """
        saved: dict[str, Any] = {"label": self.label, "expression": self.expression.text}
        return {**saved, "alternatives": [each.text for each in self.alternatives]} if self.alternatives else saved

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """All that may give the username, in the order in which they are tried."""
        return self.expression, *self.alternatives

    def check(self, schema: Mapping[str, Collection[str]] | None = None) -> tuple[Diagnostic, ...]:
        """What is wrong or doubtful about the expressions, one after the other.

        Args:
            schema: the attributes that exist, by root (``{"user": ["login", "email"]}``); without it the attributes
                that the expressions read are not checked.

        >>> UsernameFormat.custom("source.emial").check({"source": ["login", "email"]})[0].fix
        'source.email'

        """
        return tuple(found for each in self.expressions for found in each.check(schema, context=USERNAME))

    @check_after_failure
    def username(self, bindings: Bindings, domains: Collection[str]) -> tuple[str | None, Issue | None]:
        """The person's username, or None and what is wrong with it.

        The result must be a user principal name that Entra takes, in one of the domains. Of a format with alternatives
        it is the first that is one, whoever has it.

        Args:
            bindings: the person's values, as :func:`make_bindings` gives them.
            domains: those that the app provisions into, in lower case.

        Source: Microsoft Entra, "Username policies"; Okta, "Provision users to Office 365".

        """
        if self.alternatives:
            return first_username(self.results(bindings, domains))
        return _result(self.expression, bindings, domains)

    @check_after_failure
    def results(self, bindings: Bindings, domains: Collection[str]) -> tuple[UsernameCandidate, ...]:
        """What each expression gives for a person, in the order in which they are tried.

        Args:
            bindings: the person's values, as :func:`make_bindings` gives them.
            domains: those that the app provisions into, in lower case.

        """
        return tuple(UsernameCandidate(*_result(each, bindings, domains)) for each in self.expressions)


_FIX = "Fill in what the username format reads, or change the format"


def _result(expression: Expression, bindings: Bindings, domains: Collection[str]) -> Result:
    try:
        value = expression.evaluate(bindings)
    except EvaluationError as error:
        return None, _issue("username_failed", f"the username could not be computed: {error.message}", _FIX)
    if value is None or value == "":
        return None, _issue("username_empty", "the username is empty", _FIX)
    if not isinstance(value, str):
        return None, _issue("username_not_a_string", "the username's expression does not give a string", _FIX)
    return (None, issue) if (issue := _refusal(value, domains)) else (value, None)


def first_username(candidates: Sequence[UsernameCandidate]) -> Result:
    """The first username that there is, or None and why no candidate gives one.

    Args:
        candidates: what each expression of a format gives for a person; one at least.

    >>> first_username([UsernameCandidate(None), UsernameCandidate("ann@corp.example")])
    ('ann@corp.example', None)
    """
    check_call(first_username, locals())
    for each in candidates:
        if each.username is not None:
            return each.username, None
    why = "; ".join(f"({number}) {each.issue.message}" for number, each in enumerate(candidates, 1) if each.issue)
    return None, _issue("no_candidate", f"no candidate gives a username: {why}", _FIX)


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
