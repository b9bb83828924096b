"""mail and proxyAddresses: how one follows the other.

Writing mail makes it the primary address and keeps the old one as an alias; a mailbox drops addresses of domains that
are not verified, and gives itself an address when the user had none (Graph "user resource type", mail and
proxyAddresses).
"""

from __future__ import annotations

from o365prov.testing.fake_tenant.schema.skus import PLANS
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.table import Record

MAILBOX_PLANS = frozenset(
    PLANS[name].id for name in ("EXCHANGE_S_ENTERPRISE", "EXCHANGE_S_STANDARD", "EXCHANGE_S_DESKLESS")
)
"""The service plans that come with a mailbox."""


def has_mailbox(directory: Directory, record: Record) -> bool:
    """Whether a licence with an Exchange plan switched on is assigned."""
    for assigned in record.get("assignedLicenses", ()):
        subscription = directory.subscriptions.get(assigned["skuId"])
        if subscription is not None:
            plans = {plan.id for plan in subscription.product.plans} & MAILBOX_PLANS
            if plans.difference(assigned["disabledPlans"]):
                return True
    return False


def with_addresses(directory: Directory, record: Record, before: Record) -> Record:
    """The record with proxyAddresses that fit its mail, and with a mail address once it has a mailbox."""
    mailbox = has_mailbox(directory, record)
    mail = record.get("mail")
    if mail is None and mailbox and before.get("mail") is None and _is_free(directory, record):
        mail = record["userPrincipalName"]
    if mail == before.get("mail") and mailbox == has_mailbox(directory, before):
        return record
    aliases = [f"smtp:{address[5:]}" for address in record.get("proxyAddresses", ()) if address[:5].lower() == "smtp:"]
    if mail is None:
        aliases = [alias for alias in aliases if alias[5:].lower() != str(before.get("mail")).lower()]
    addresses = [] if mail is None else [f"SMTP:{mail}"]
    addresses += [alias for alias in aliases if mail is None or alias[5:].lower() != mail.lower()]
    if mailbox:
        addresses = [address for address in addresses if _is_verified(directory, address)]
    return {
        **{name: value for name, value in record.items() if name not in {"mail", "proxyAddresses"}},
        **({} if mail is None else {"mail": mail}),
        **({"proxyAddresses": addresses} if addresses else {}),
    }


def _is_free(directory: Directory, record: Record) -> bool:
    """Whether a new mailbox can have the userPrincipalName as its address: another one may have kept it."""
    owner = directory.owner_of("proxyAddresses", record["userPrincipalName"].lower())
    return owner in {None, record["id"]}


def _is_verified(directory: Directory, address: str) -> bool:
    domain = directory.domains.get(address.rpartition("@")[2].lower())
    return domain is not None and bool(domain["isVerified"])
