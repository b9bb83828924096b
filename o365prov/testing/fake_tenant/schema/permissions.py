"""Which application permissions allow what: one row a route in ``permissions.tsv``, any one of them being enough.

Source: Microsoft Graph permissions reference (the machine-readable map of microsoftgraph/microsoft-graph-devx-content,
August 2026), without the permissions of Intune and of agents, which reach users on other ways; User.Create and
User.ReadUpdate.All from the pages "Create user" and "Update user" of July 2026.

Those of app-role assignments are from the pages "List appRoleAssignments granted to a service principal" and "Get
appRoleAssignment".

Decisions where the map has no row: what is counted, or asked for by type, takes what the whole collection takes, and
the memberships of groups and contacts what reading them takes; references (``$ref``) take what the page of the action
names; deleted items take what reading and deleting a user or a group takes, since their address does not tell which of
them it is.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

PARTS_OF_USERS: Mapping[str, frozenset[str]] = {
    "User.EnableDisableAccount.All": frozenset({"accountEnabled"}),
    "User.ManageIdentities.All": frozenset({"identities"}),
    "User-Mail.ReadWrite.All": frozenset({"otherMails"}),
    "User-PasswordProfile.ReadWrite.All": frozenset({"passwordProfile"}),
    "User-Phone.ReadWrite.All": frozenset({"businessPhones", "mobilePhone"}),
}
"""Permissions that update users, but only these properties of them (Graph, "Update user")."""


@cache
def permissions_of_routes() -> Mapping[tuple[str, str], frozenset[str]]:
    """The permissions that allow a route, by its method and pattern."""
    lines = files("o365prov.testing.fake_tenant.schema").joinpath("permissions.tsv").read_text("utf-8").splitlines()
    rows = csv.DictReader(lines, delimiter="\t")
    return {(row["method"], row["path"]): frozenset(row["permissions"].split()) for row in rows}
