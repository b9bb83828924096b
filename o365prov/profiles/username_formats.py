"""Okta's list "Application username format": what each entry is called, stored as, and in the Expression Language.

Okta's API stores an entry as a template (``${source.login}``), which is another language. In the templates of the
entries that begin with AD, ``source`` is the person's Active Directory account; in all others it is the Okta profile.

Sources: Okta developer pages, "Apps API: username template object, built-in expressions"; Okta support, "Application
usernames are not being updated automatically" (the same formats as expressions).

Decision where the sources differ: the lower-case entries are on older lists only, "AD SAM account name + domain" on
newer ones only; all of them are read.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from o365prov._fields import frozen_mapping
from o365prov.errors import ConfigurationError
from o365prov.expressions import Expression, quote
from o365prov.profiles.setting_expressions import REFUSE_NULL
from o365prov.rendering import quoted

CUSTOM = "Custom"
"""What Okta's list calls any other expression."""


@frozen
class BuiltInFormat:
    """One entry of the list.

    Args:
        label: what Okta's list calls it.
        template: what Okta's API stores.
        expression: what gives the same here; empty where it can't be computed.
        instead: why it can't be computed, and what to do.

    """

    label: str
    template: str
    expression: str = ""
    instead: str = ""


def _directory(expression: str) -> str:
    """People without an account in Active Directory have no such username: the expression gives null."""
    return f"hasDirectoryUser() ? {expression} : null"


_ENTRIES = (
    BuiltInFormat("Okta username", "${source.login}", "source.login"),
    BuiltInFormat(
        "Okta username prefix",
        '${fn:substringBefore(source.login, "@")}',
        'String.substringBefore(source.login, "@")',
    ),
    BuiltInFormat("Email", "${source.email}", "source.email"),
    BuiltInFormat("Email (lowercase)", "${fn:toLowerCase(source.email)}", "String.toLowerCase(source.email)"),
    BuiltInFormat(
        "Email prefix",
        '${fn:substringBefore(source.email, "@")}',
        'String.substringBefore(source.email, "@")',
    ),
    BuiltInFormat("AD User Principal Name", "${source.userName}", _directory("findDirectoryUser().userName")),
    BuiltInFormat(
        "AD User Principal Name prefix",
        '${fn:substringBefore(source.userName, "@")}',
        _directory('String.substringBefore(findDirectoryUser().userName, "@")'),
    ),
    BuiltInFormat("AD SAM Account Name", "${source.samAccountName}", _directory("findDirectoryUser().samAccountName")),
    BuiltInFormat(
        "AD SAM Account Name (lowercase)",
        "${fn:toLowerCase(source.samAccountName)}",
        _directory("String.toLowerCase(findDirectoryUser().samAccountName)"),
    ),
    BuiltInFormat(
        "AD SAM account name + domain",
        "${source.samAccountName}@${source.instance.namingContext}",
        instead=(
            "exports do not name the domain of an Active Directory instance: use a custom format such as "
            'findDirectoryUser().samAccountName + "@corp.example"'
        ),
    ),
    BuiltInFormat("AD Employee ID", "${source.employeeID}", _directory("findDirectoryUser().employeeID")),
    BuiltInFormat(
        "LDAP UID + custom suffix",
        "${source.userName}${instance.userSuffix}",
        instead=(
            "people of LDAP directories are not read with their LDAP account: use a custom format over an attribute of "
            'the Okta profile, such as source.login + "@corp.example"'
        ),
    ),
)

BUILT_IN: Mapping[str, BuiltInFormat] = frozen_mapping({entry.label: entry for entry in _ENTRIES})
"""Every entry by its label, in the order of Okta's list: first those of the Okta profile."""


def built_in_expression(label: object, suffix: object) -> Expression:
    """The expression of an entry, with *suffix* appended as it is.

    Raises:
        ConfigurationError: the list has no such entry, or it can't be computed here.

    >>> built_in_expression("Email prefix", "@yourfederated.domain")
    Expression('String.substringBefore(source.email, "@") + "@yourfederated.domain"')

    """
    entry = BUILT_IN.get(label) if isinstance(label, str) else None
    if entry is None:
        raise ConfigurationError(f"Okta has no username format {quoted(label)}: use one of {', '.join(BUILT_IN)}")
    if not entry.expression:
        raise ConfigurationError(f"the username format {label!r} can't be used: {entry.instead}")
    if not isinstance(suffix, str):
        raise ConfigurationError(f"the suffix should be a string, not a value of type {type(suffix).__name__}")
    expression = entry.expression
    if suffix:
        expression = f"({expression})" if "?" in expression else expression
        expression = f"{expression} + {quote(suffix)}"
    return Expression(expression, semantics=REFUSE_NULL)
