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


@frozen
class BuiltInFormat:
    """One entry of the list.

    *template* is what Okta's API stores. *expression* gives the same; it is empty where nothing here can, and *instead*
    then says why and what to do.
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
            "no export names the domain of an Active Directory instance: use a custom format such as "
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
