"""The applications of a tenant, for the authors of tests: registered, and given tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from attrs import field, frozen

from o365prov._annotations import check_call
from o365prov._fields import as_tuple
from o365prov.errors import ConfigurationError, UsageError
from o365prov.rendering import quoted, shortened
from o365prov.testing.fake_tenant.identity.client_credentials import digest_of, is_certificate
from o365prov.testing.fake_tenant.identity.token_endpoint import LIFETIME, TokenEndpoint
from o365prov.testing.fake_tenant.options import check_permissions
from o365prov.testing.fake_tenant.schema.value_types import is_guid
from o365prov.testing.fake_tenant.store.directory import Directory, RegisteredApp


@frozen(eq=False)
class AppRegistrations:
    """The applications registered in a fake tenant; get it as ``fake.applications``.

    The tenant's token endpoint, ``/{tenant}/oauth2/v2.0/token``, gives them tokens for their credentials.

    Example:
        >>> from o365prov.testing import FakeTenant
        >>> fake = FakeTenant(seed=1)
        >>> client_id = fake.applications.add(secret="correct-horse", permissions=["User.Read.All"])
        >>> headers = {"Authorization": f"Bearer {fake.applications.token(client_id)}"}
        >>> fake.handle("GET", "https://graph.microsoft.com/v1.0/users", headers, b"")[0]
        200
        >>> fake.handle("GET", "https://graph.microsoft.com/v1.0/groups", headers, b"")[0]
        403

    """

    _directory: Callable[[], Directory] = field(repr=False)
    _endpoint: TokenEndpoint = field(repr=False)

    def add(
        self,
        *,
        client_id: str | None = None,
        secret: str | None = None,
        certificate: str | None = None,
        federated: tuple[str, str] | None = None,
        permissions: Iterable[str] | None = None,
    ) -> str:
        """Register an application, and return its client id.

        Args:
            client_id: a GUID; made up when left out.
            secret: its client secret.
            certificate: its certificate, as PEM text.
            federated: issuer and subject of the tokens that stand for it, as of a workload; their signatures are not
                looked at, since the tenant has no network.
            permissions: the application permissions that its tokens hold; None for those of the tenant, which are all
                unless ``FakeTenant(permissions=...)`` says otherwise.

        Raises:
            ConfigurationError: for a client id that is not a GUID, a certificate that can't be read, or a permission
                that is misspelt.

        """
        permissions = None if permissions is None else as_tuple(permissions)
        check_call(AppRegistrations.add, locals())
        if client_id is not None and not is_guid(client_id):
            raise ConfigurationError(f"applications.add(client_id={quoted(shortened(client_id))}): it is a GUID")
        check_permissions("applications.add", permissions or ())
        if certificate is not None and not is_certificate(certificate):
            raise ConfigurationError("applications.add(certificate=...): it is a certificate as PEM text")
        directory = self._directory()
        key = (client_id or directory.new_id()).lower()
        held = directory.permissions if permissions is None else frozenset(permissions)
        kept = None if secret is None else digest_of(secret)
        directory.applications[key] = RegisteredApp(key, kept, certificate, federated, held)
        return key

    def token(self, client_id: str, *, lifetime: int = LIFETIME) -> str:
        """An access token for Graph, as the token endpoint gives it.

        Args:
            client_id: of an application that was added.
            lifetime: seconds of the tenant's clock until it expires; below 0 for one that is expired.

        Raises:
            UsageError: when the tenant has no such application.

        """
        check_call(AppRegistrations.token, locals())
        directory = self._directory()
        found = directory.applications.get(client_id.lower())
        if found is None:
            raise UsageError(f"no application {quoted(client_id)} in this tenant: add it with fake.applications.add()")
        return self._endpoint.token(directory, found, lifetime=lifetime)
