"""Every route that the tenant answers, in one table: the router, the coverage page and the tests read it."""

from __future__ import annotations

from o365prov.testing.fake_tenant.endpoints import (
    contacts,
    deleted_items,
    delta,
    directory_objects,
    groups,
    invitations,
    licenses,
    organization,
    places,
    users,
)
from o365prov.testing.fake_tenant.endpoints.applications import app_roles, applications, service_principals
from o365prov.testing.fake_tenant.endpoints.relations import memberships, references
from o365prov.testing.fake_tenant.endpoints.roles import directory_roles, role_management
from o365prov.testing.fake_tenant.endpoints.routes import Router

ROUTER = Router(
    (
        *users.ROUTES,
        *references.ROUTES,
        *licenses.ROUTES,
        *delta.ROUTES,
        *groups.ROUTES,
        *memberships.ROUTES,
        *invitations.ROUTES,
        *applications.ROUTES,
        *service_principals.ROUTES,
        *app_roles.ROUTES,
        *deleted_items.ROUTES,
        *role_management.ROUTES,
        *directory_roles.ROUTES,
        *organization.ROUTES,
        *contacts.ROUTES,
        *places.ROUTES,
        *directory_objects.ROUTES,
    )
)
