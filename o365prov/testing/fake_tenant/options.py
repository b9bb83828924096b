"""What the options of a tenant may be: names that it knows or that can't be a misspelling, domains, countries.

A misspelt permission or role allows nothing, so that a test fails, or passes, for the wrong reason. It is said when the
tenant is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from o365prov.errors import ConfigurationError
from o365prov.rendering import quoted, shortened
from o365prov.testing.fake_tenant.schema.countries import COUNTRIES
from o365prov.testing.fake_tenant.schema.permissions import permissions_of_routes
from o365prov.testing.fake_tenant.schema.role_templates import ROLE_TEMPLATES
from o365prov.testing.fake_tenant.schema.skus import PRODUCTS
from o365prov.testing.fake_tenant.spelling import nearest

_DOMAIN = re.compile(r"(?=.{1,253}$)(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))+")
_SURELY = 0.92
"""How near a name must be to another to be a misspelling: Graph has permissions that nothing here asks for."""


def check_options(
    initial_domain: str,
    domains: Iterable[str],
    country: str,
    licenses: Mapping[str, int],
    permissions: Iterable[str],
    caller_roles: Iterable[str],
) -> None:
    """ConfigurationError for what a tenant can't be made with, with the right name where one is near."""
    _check_domains(initial_domain, domains)
    _check_country(country)
    _check_products(licenses)
    check_permissions("FakeTenant", permissions)
    _check_roles(caller_roles)


def check_amounts(latency: float, keep_requests: int) -> None:
    """ConfigurationError for numbers below 0, or without an end."""
    if not 0 <= latency < float("inf") or keep_requests < 0:
        raise ConfigurationError("FakeTenant: latency and keep_requests are numbers from 0 on")


def _check_domains(initial: str, others: Iterable[str]) -> None:
    """ConfigurationError for what is not the name of a domain."""
    for name in (initial, *others):
        if not _DOMAIN.fullmatch(name):
            raise ConfigurationError(
                f"FakeTenant: {quoted(shortened(name))} is not the name of a domain, such as contoso.com"
            )


def _check_country(code: str) -> None:
    """ConfigurationError for a country that ISO 3166 has no such code for."""
    if code not in COUNTRIES:
        raise ConfigurationError(
            f"FakeTenant(country={quoted(shortened(code))}): it is a two-letter code of ISO 3166, such as US"
        )


def _check_products(licenses: Mapping[str, int]) -> None:
    """ConfigurationError for a product's name in another spelling; other names are products of one's own."""
    spelled = {_bare(name): name for name in PRODUCTS}
    for name in licenses:
        known = spelled.get(_bare(name), name)
        if known != name or not name.strip():
            hint = f"did you mean {quoted(known)}?" if name.strip() else "give a name such as SPE_E3"
            raise ConfigurationError(f"FakeTenant(licenses=...): there is no product {quoted(shortened(name))}; {hint}")


def check_permissions(where: str, names: Iterable[str]) -> None:
    """ConfigurationError for a name that is nearly that of a permission."""
    known = frozenset().union(*permissions_of_routes().values())
    for name in names:
        hint = "" if name in known else nearest(name, known, cutoff=_SURELY)
        if hint or not name.strip():
            raise ConfigurationError(
                f"{where}(permissions=...): there is no permission {quoted(shortened(name))}{hint}"
            )


def _check_roles(names: Iterable[str]) -> None:
    """ConfigurationError for a name that no built-in role here has."""
    known = [role.name for role in ROLE_TEMPLATES.values()]
    for name in names:
        if name not in known:
            hint = nearest(name, known, cutoff=0.5) or "; give a built-in one, such as User Administrator"
            raise ConfigurationError(f"FakeTenant(caller_roles=...): there is no role {quoted(shortened(name))}{hint}")


def _bare(name: str) -> str:
    """A name without what differs between its spellings."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())
