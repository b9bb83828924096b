"""The primary e-mail address: whether it is in a domain that the tenant has verified.

Sources: Microsoft Graph, "user resource type", section mail and proxyAddresses; Okta, "Provision users to Office 365"
(map the e-mail with the expression of the username).

Decision: the address is sent all the same, as Okta sends it. Graph takes it, and it stays where the account has no
mailbox.
"""

from __future__ import annotations

from collections.abc import Mapping

from o365prov._annotations import check_after_failure
from o365prov.errors import Issue
from o365prov.planning.model.changes import Change, CreateUser, UpdateUser
from o365prov.planning.tenant.snapshot import TenantSnapshot


def written_values(change: Change | None) -> Mapping[str, object]:
    """The values that a change writes to the profile, by Graph's names of properties."""
    match change:
        case CreateUser():
            return change.properties
        case UpdateUser():
            return {each.name: each.after for each in change.properties}
        case _:
            return {}


@check_after_failure
def mail_issue(values: Mapping[str, object], snapshot: TenantSnapshot) -> Issue | None:
    """What is wrong with the address among *values*, which are written; None if none is, or its domain is verified."""
    mail = values.get("mail")
    if not isinstance(mail, str) or not mail:
        return None
    domain = mail.rpartition("@")[2].lower()
    held = snapshot.domain_named.get(domain)
    if held is not None and held.verified:
        return None
    return Issue(
        "mail_outside_domains",
        f"{mail} is not in a domain that the tenant has verified: an account with a mailbox does not keep it",
        f"Map Primary email with the expression of the username, or verify {domain} in Entra",
        place="email",
        severity="warning",
    )
