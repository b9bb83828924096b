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
        """The title as a sentence needs it: ``a group rule``, ``an OpenID Connect claim``, ``a SAML attribute``."""
        return f"{'an' if self.title[0] in 'aeioAEIO' else 'a'} {self.title}"


_POLICY_ROOTS = frozenset({"user", "device", "session", "security", "login", "accessRequest", "appuser"})
_SIGN_IN_ROOTS = frozenset({"user", "device", "session", "security", "login"})
_IDENTITY_CLAIM_ROOTS = _SIGN_IN_ROOTS | {"appuser", "app", "org"}


def _about_users(name: str, title: str, result: ValueType) -> Context:
    """A place of Identity Governance or of realms, which sees a user and nothing else."""
    reason = f"{title} expressions see the user: user.profile, user.status, user.realmId and the user's groups"
    return Context(
        name=name,
        title=title,
        dialect=Dialect.IDENTITY_ENGINE,
        result=result,
        roots=frozenset({"user"}),
        reason=reason,
    )


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
            name="identity_provider_username",
            title="username of an identity provider",
            result=ValueType.STRING,
            refused=("Groups.",),
            roots=frozenset({"idpuser"}),
            reason="it is made from what the identity provider sends: write idpuser",
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
            name="sign_in_policy",
            title="sign-in policy",
            dialect=Dialect.IDENTITY_ENGINE,
            result=ValueType.BOOLEAN,
            roots=_SIGN_IN_ROOTS,
            reason="a sign-in policy sees user, device, session, security and login",
        ),
        Context(
            name="account_management_policy",
            title="account management policy",
            dialect=Dialect.IDENTITY_ENGINE,
            result=ValueType.BOOLEAN,
            roots=_SIGN_IN_ROOTS | {"accessRequest"},
            reason="an account management policy sees what a sign-in policy sees, and accessRequest",
        ),
        Context(
            name="identity_provider_routing",
            title="identity provider routing rule",
            dialect=Dialect.IDENTITY_ENGINE,
            result=ValueType.STRING,
            roots=frozenset({"login", "user"}),
            reason="it gives the string that finds the identity provider, from login.identifier or the user",
        ),
        _about_users("access_certification", "access certification campaign", ValueType.BOOLEAN),
        _about_users("certification_reviewer", "certification reviewer", ValueType.USER),
        _about_users("entitlement_policy", "entitlement policy", ValueType.BOOLEAN),
        _about_users("realm_assignment", "realm assignment", ValueType.BOOLEAN),
        Context(
            name="saml_attribute_identity_engine",
            title="SAML attribute statement of Identity Engine",
            dialect=Dialect.IDENTITY_ENGINE,
            roots=_IDENTITY_CLAIM_ROOTS,
            reason="it sees user, appuser, app, org, device, session, security and login",
        ),
        Context(
            name="oidc_claim_identity_engine",
            title="OpenID Connect claim of Identity Engine",
            dialect=Dialect.IDENTITY_ENGINE,
            roots=_IDENTITY_CLAIM_ROOTS | {"access"},
            reason="it sees user, appuser, app, org, access, device, session, security and login",
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
