"""Where an expression may be used, and what each place allows (Okta Expression Language overview and help pages).

One row a place: a table of facts, which the checker reads and the documentation shows.
"""

from __future__ import annotations

from attrs import frozen

from o365prov.errors import UsageError
from o365prov.expressions.semantics import Dialect
from o365prov.expressions.values.types import ValueType
from o365prov.rendering import quoted


@frozen(kw_only=True)
class Context:
    """One place where Okta takes an expression.

    Args:
        name: the name that ``check(context=...)`` takes.
        title: the name that people read.
        dialect: the dialect that the place takes.
        result: what the expression must give, where Okta demands something.
        functions: prefixes of the functions that are allowed; None for all.
        refused: prefixes of functions that are refused.
        roots: the only roots that exist here; None where apps' names are roots too.
        refused_roots: roots that do not exist here.
        refused_paths: attributes that do not exist here, by root and names.
        projections: whether projections and selections are allowed.
        reason: why, for messages.

    """

    name: str
    title: str
    dialect: Dialect = Dialect.CLASSIC
    result: ValueType | None = None
    functions: tuple[str, ...] | None = None
    refused: tuple[str, ...] = ()
    roots: frozenset[str] | None = None
    refused_roots: frozenset[str] = frozenset()
    refused_paths: tuple[tuple[str, ...], ...] = ()
    projections: bool = True
    reason: str = ""

    @property
    def with_article(self) -> str:
        """The title as a sentence needs it: ``a group rule``, ``an OpenID Connect claim``."""
        return f"{'an' if self.title[0] in 'OI' else 'a'} {self.title}"


_POLICY_ROOTS = frozenset({"user", "device", "session", "security", "login", "accessRequest", "appuser"})

CONTEXTS = {
    row.name: row
    for row in (
        Context(
            name="profile_mapping",
            title="profile mapping",
            refused=("Groups.",),
            refused_roots=frozenset({"idpuser", "access"}),
            reason="Groups functions are for claims; idpuser is for usernames of identity providers, access for claims",
        ),
        Context(
            name="username",
            title="username format",
            result=ValueType.STRING,
            refused=("Groups.",),
            refused_roots=frozenset({"access"}),
            reason="a username is a string, and claims' functions are not for it",
        ),
        Context(
            name="group_rule",
            title="group rule",
            result=ValueType.BOOLEAN,
            functions=("String.", "Arrays.", "isMemberOf", "user.", "hasDirectoryUser", "findDirectoryUser"),
            roots=frozenset({"user"}),
            projections=False,
            reason="a group rule takes String and Arrays functions, isMemberOf functions and the user's attributes",
        ),
        Context(
            name="saml_attribute",
            title="SAML attribute statement",
            refused_roots=frozenset({"access", "idpuser", "source"}),
            reason="access is for claims of custom authorization servers, source for mappings",
        ),
        Context(
            name="oidc_claim",
            title="OpenID Connect claim",
            refused=(
                "hasDirectoryUser",
                "findDirectoryUser",
                "hasWorkdayUser",
                "findWorkdayUser",
                "getManager",
                "getAssistant",
            ),
            roots=frozenset({"user", "appuser", "app", "org", "session", "access"}),
            reason="a claim can't name apps: write appuser",
        ),
        Context(
            name="identity_engine_policy",
            title="Identity Engine policy",
            dialect=Dialect.IDENTITY_ENGINE,
            result=ValueType.BOOLEAN,
            roots=_POLICY_ROOTS,
            reason="a policy sees user, device, session, security, login, accessRequest and appuser",
        ),
        Context(
            name="federated_claim",
            title="federated claim",
            dialect=Dialect.IDENTITY_ENGINE,
            roots=_POLICY_ROOTS,
            refused_paths=(("device", "provider"),),
            reason="a federated claim sees device.profile, not device.provider",
        ),
    )
}


def find_context(name: object) -> Context:
    """The context of this name; blanks and dashes count as underscores.

    Raises:
        UsageError: there is no such context.

    """
    known = CONTEXTS.get(name.strip().lower().replace("-", "_").replace(" ", "_")) if isinstance(name, str) else None
    if known is None:
        raise UsageError(f"{quoted(name)} is not a context: give check one of {', '.join(CONTEXTS)}")
    return known
