"""Which expression gives which attribute of a person's Okta profile, from their account in Active Directory.

The directory is the source of a profile here, and Okta's user profile the target; the mapping from there to Office 365
is a :class:`~o365prov.profiles.ProfileMapping`.

Sources: Okta, "Active Directory attribute mappings to Okta properties"; Okta developer pages, "User profile".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve, field, frozen

from o365prov._annotations import check_after_failure, check_call
from o365prov._fields import as_frozenset, frozen_mapping, typed
from o365prov.errors import EvaluationError, Issue
from o365prov.expressions import Bindings, Expression
from o365prov.people import DirectoryAccount
from o365prov.profiles.attribute_mapping import ApplyOn
from o365prov.profiles.evaluation_context import account_roots
from o365prov.profiles.okta_format import read_okta_inbound_mapping
from o365prov.profiles.setting_expressions import PROFILE_MAPPING, parse_expression, refusal, refuse_errors
from o365prov.rendering import shortened

_SAME = (
    "firstName lastName middleName displayName title department division departmentNumber employeeNumber employeeID "
    "streetAddress preferredLanguage managerUpn"
)
"""Attributes that the account and the profile call the same."""

_OTHERWISE = {
    "login": ("userName", "email"),
    "email": ("email", "userName"),
    "honorificPrefix": ("honorificPrefix", "generationQualifier"),
    "honorificSuffix": ("honorificSuffix", "personalTitle"),
    "city": ("city", "l"),
    "state": ("state", "st"),
    "zipCode": ("zipCode", "postalCode"),
    "countryCode": ("countryCode", "c"),
    "mobilePhone": ("mobilePhone", "mobile"),
    "primaryPhone": ("telephoneNumber",),
}
"""The others, with the attributes of an account that give them: the first that has a value.

Where two are there, Okta's Active Directory app has the first and the directory itself the second, but for ``login``
and ``email``, of which Okta takes the user principal name where there is no address. Decisions where Okta's page is
silent: the username is the user principal name, which is one of Okta's choices; ``telephoneNumber``, which Okta's
profile does not have, is its ``primaryPhone``. Prefix and suffix are as on Okta's page, although the directory means
the opposite.
"""


def _first_of(names: tuple[str, ...]) -> str:
    *others, last = (f"appuser.{name}" for name in names)
    return "".join(f"{each} != null ? {each} : " for each in others) + last


ACTIVE_DIRECTORY_DEFAULTS: Mapping[str, str] = frozen_mapping(
    {
        **{name: f"appuser.{name}" for name in _SAME.split()},
        **{name: _first_of(others) for name, others in _OTHERWISE.items()},
    }
)
"""Okta's mapping from Active Directory to the Okta profile: an expression for each attribute."""


def _parsed(name: str, expression: str) -> Expression:
    return parse_expression(f"InboundMapping.expressions of {shortened(name)}", expression)


@frozen(field_transformer=typed, repr=False)
class InboundMapping:
    """Expressions by attribute of the Okta profile. An attribute without one is not mapped: it is left as Okta has it.

    Args:
        expressions: the expressions by attribute; they know the account as ``appuser`` and ``source``, and under the
            name of its instance.
        create_only: those of the attributes that only new people get; with everybody else they are left as Okta has
            them.

    Raises:
        ConfigurationError: an expression can't work in a mapping; it has every error of it, with its place.

    >>> mapping = InboundMapping.active_directory().with_expression("title", "String.toUpperCase(appuser.title)")
    >>> from uuid import UUID
    >>> account = DirectoryAccount("corp.example", UUID(int=1), attributes={"title": "Clerk", "l": "Oslo"})
    >>> values, issues = mapping.evaluate(account)
    >>> values["title"], values["city"], values["department"], issues
    ('CLERK', 'Oslo', None, ())

    """

    expressions: Mapping[str, Expression] = field(converter=frozen_mapping, hash=False)
    create_only: frozenset[str] = field(default=frozenset(), converter=as_frozenset)

    def __attrs_post_init__(self) -> None:
        for name, expression in self.expressions.items():
            refuse_errors(f"InboundMapping.expressions of {shortened(name)}", expression, PROFILE_MAPPING)

    @classmethod
    def of(cls, expressions: Mapping[str, str]) -> InboundMapping:
        """A mapping from the names of Okta's attributes to expressions.

        Raises:
            ConfigurationError: an expression can't work in a mapping.

        >>> InboundMapping.of({"title": "appuser.title"})
        InboundMapping(title)

        """
        check_call(InboundMapping.of, locals())
        return cls({name: _parsed(name, each) for name, each in expressions.items()})

    @classmethod
    def active_directory(cls) -> InboundMapping:
        """The mapping that Okta ships for Active Directory."""
        return cls.of(ACTIVE_DIRECTORY_DEFAULTS)

    @classmethod
    def from_okta(cls, document: Mapping[str, Any]) -> InboundMapping:
        """A mapping as Okta's Mappings API gives it, from the Active Directory app to the Okta user.

        ``PUSH`` is create and update, ``DONT_PUSH`` create only, and a property that is null or absent is not mapped.

        Raises:
            ConfigurationError: the document maps something else, or has expressions that can't work; the message has
                everything that is wrong, each with its JSON path.

        Source: Okta developer pages, "Mappings API: profile mapping object".

        >>> InboundMapping.from_okta(
        ...     {
        ...         "source": {"name": "active_directory", "type": "appuser"},
        ...         "target": {"name": "user", "type": "user"},
        ...         "properties": {"title": {"expression": "appuser.title", "pushStatus": "PUSH"}},
        ...     }
        ... )
        InboundMapping(title)

        """
        rows = read_okta_inbound_mapping(document)
        create_only = [name for name, (_, apply_on) in rows.items() if apply_on is ApplyOn.CREATE]
        return cls({name: expression for name, (expression, _) in rows.items()}, create_only)

    def with_expression(self, attribute: str, expression: str) -> InboundMapping:
        """The same mapping with another expression for one attribute, which need not have been mapped.

        Raises:
            ConfigurationError: the expression can't work in a mapping.

        """
        check_call(InboundMapping.with_expression, locals())
        return evolve(self, expressions={**self.expressions, attribute: _parsed(attribute, expression)})

    def without(self, *attributes: str) -> InboundMapping:
        """The same mapping without these attributes, which are then left as Okta has them.

        Raises:
            ConfigurationError: one of them is not mapped.

        """
        check_call(InboundMapping.without, locals())
        if unknown := [name for name in attributes if name not in self.expressions]:
            issues = [
                Issue("unknown_attribute", f"{shortened(name)} is not mapped", "correct its name") for name in unknown
            ]
            raise refusal(issues)
        left = {name: each for name, each in self.expressions.items() if name not in attributes}
        return evolve(self, expressions=left, create_only=self.create_only.difference(attributes))

    @check_after_failure
    def evaluate(self, account: DirectoryAccount) -> tuple[dict[str, Any], tuple[Issue, ...]]:
        """What every mapped attribute gives for one account.

        Args:
            account: the account.

        Returns:
            The values by attribute, None where the account has nothing, which clears it; and what is wrong. An
            attribute whose expression fails is not among the values, so that it is left as it is.

        """
        bindings = Bindings(account_roots(account), directory_users=[account_roots(account)["appuser"]])
        values: dict[str, Any] = {}
        issues: list[Issue] = []
        for name, expression in self.expressions.items():
            try:
                values[name] = expression.evaluate(bindings)
            except EvaluationError as error:
                what = f"{name} could not be computed: {error.message}"
                remedy = "Fill in what its expression reads, or change the expression"
                issues.append(Issue("mapping_failed", what, remedy, place=name, severity="warning"))
        return values, tuple(issues)

    def __iter__(self) -> Iterator[str]:
        """The names of the attributes."""
        return iter(self.expressions)

    def __repr__(self) -> str:
        return f"InboundMapping({', '.join(self.expressions)})"
