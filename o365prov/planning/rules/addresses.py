"""E-mail addresses that a plan newly gives: who holds them, what becomes of the attribute then, and their domain.

Decision where the sources disagree: Graph's page says that a conflicting ``mail`` updates silently; the service answers
400 with ObjectConflict (microsoft-graph-docs-contrib, issue 8421). So an address that another object holds is not sent.
What only that object's ``mail`` says counts too, although Graph compares ``proxyAddresses`` alone.

Decision: an address outside the domains that the tenant has verified is sent all the same, as Okta sends it. Graph
takes it, and it stays where the account has no mailbox.

Sources: Microsoft Graph, "user resource type", section mail and proxyAddresses; Exchange, Set-Mailbox (EmailAddresses);
Okta, "Provision users to Office 365" (map the e-mail with the expression of the username).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from sys import intern

from attrs import evolve

from o365prov._annotations import check_after_failure
from o365prov.errors import Issue
from o365prov.people import AppUser, Person
from o365prov.planning.model.change_parts import Subject
from o365prov.planning.model.changes import Change, CreateUser, LinkUser, RestoreUser, UpdateUser
from o365prov.planning.model.problems import Unsupported
from o365prov.planning.tenant.addresses import AddressHolder, HolderKind
from o365prov.planning.tenant.snapshot import TenantSnapshot, TenantUser
from o365prov.planning.transitions.matched_user import MatchedUser

Profile = CreateUser | UpdateUser | LinkUser


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
    if not isinstance(mail, str):
        return None
    domain = mail.rpartition("@")[2].lower()
    held = snapshot.domain_named.get(domain)
    if held is not None and held.verified:
        return None
    return Issue(
        "mail_outside_domains",
        f"{mail} is not in a domain that the tenant has verified: an account with a mailbox does not keep it",
        intern(f"Map Primary email with the expression of the username, or verify {domain} in Entra"),
        place="email",
        severity="warning",
    )


def holder_text(holder: AddressHolder) -> str:
    """Who holds an address, so that an administrator finds the object.

    >>> holder_text(AddressHolder(HolderKind.GROUP, "7f", "Sales"))
    'the group Sales (object id 7f)'
    """
    details = f"{holder.username}, object id {holder.id}" if holder.username else f"object id {holder.id}"
    return " ".join(filter(None, [f"the {holder.kind}", holder.name, f"({details})"]))


def release(address: str, holder: AddressHolder) -> str:
    """How an administrator takes an address from its holder."""
    match holder.kind:
        case HolderKind.USER if address.lower() == holder.username.lower():
            return "Rename or delete that account in Entra"
        case HolderKind.USER:
            return (
                f"Take the address from that account: with a mailbox by Exchange's Set-Mailbox -Identity "
                f"{holder.username} -EmailAddresses @{{Remove='smtp:{address}'}}, otherwise by another Email in Entra"
            )
        case HolderKind.GROUP:
            return "Give that group another address in Exchange"
        case HolderKind.CONTACT:
            return "Give that contact another address in Exchange, or delete it"


def personal_addresses(person: Person) -> tuple[str, ...]:
    """The e-mail address and the login that the source has of a person, by which people know an account."""
    values = (person.profile.get(name) for name in ("email", "login"))
    return tuple(each for each in values if isinstance(each, str))


def new_mail(values: Mapping[str, object], account: TenantUser | None) -> str:
    """The ``mail`` among the *values* to be written that the account does not have, in lower case; empty for none."""
    mail = values.get("mail")
    if not isinstance(mail, str) or (account is not None and mail.lower() in account.addresses):
        return ""
    return mail.lower()


def claimed_twice(
    matched: Iterable[MatchedUser], profiles: Mapping[str, Profile | None]
) -> Mapping[str, Sequence[Subject]]:
    """The addresses that several people would newly get, or get back with a deleted account, and these people.

    Args:
        matched: the people with their accounts.
        profiles: by person id, the change that writes the profile.

    """
    first: dict[str, Subject] = {}
    claims: dict[str, list[Subject]] = {}
    for each in matched:
        mail = new_mail(written_values(profiles[each.subject.person_id]), each.account)
        for address in (mail, *(each.account.addresses if each.account and each.deleted else ())):
            if address and (other := first.setdefault(address, each.subject)) is not each.subject:
                claims.setdefault(address, [other]).append(each.subject)
    return claims


@check_after_failure
def mail_taken(
    values: Mapping[str, object],
    account: TenantUser | None,
    snapshot: TenantSnapshot,
    others: Sequence[Subject] = (),
) -> Issue | None:
    """What is wrong with a new ``mail``: another object holds it, or the plan would give it to two people.

    Args:
        values: the values to be written, by Graph's names of properties.
        account: the account as it is; None for a new one.
        snapshot: what the tenant holds.
        others: the other people who would newly get the same, or get it back with a deleted account.

    """
    mail = new_mail(values, account)
    if not mail:
        return None
    for holder in snapshot.holders_of(mail):
        if mail in holder.addresses:
            return _not_written(f"{holder_text(holder)} holds the address {mail}", release(mail, holder))
    if others:
        names = " and ".join(f"{each.name} ({each.username})" for each in others)
        return _not_written(f"the address {mail} is the same for {names}", "Correct it at the source for one of them")
    return None


def _not_written(why: str, remedy: str) -> Issue:
    return Issue("mail_taken", f"{why}; it is not written", remedy, place="email", severity="warning")


def without_mail(change: Profile | None, known: AppUser | None) -> Profile | None:
    """The change without ``mail``; without a fingerprint, so that every later plan tries again.

    Args:
        change: the change.
        known: what is remembered of the account.

    """
    match change:
        case CreateUser():
            kept = {name: value for name, value in change.properties.items() if name != "mail"}
            return evolve(change, properties=kept, fingerprint="")
        case UpdateUser():
            properties = tuple(each for each in change.properties if each.name != "mail")
            if properties:
                return evolve(change, properties=properties, fingerprint="")
            if known and _was_tried(known) and change.takes_over is None:
                return None
            return LinkUser(
                change.subject,
                change.reason,
                change.object_id,
                "",
                change.anchor,
                change.takes_over,
                change.activates,
                change.privileged,
            )
        case _:
            return change


def unread_addresses(changes: Iterable[Change], snapshot: TenantSnapshot) -> Iterator[Unsupported]:
    """What a plan that gives new names can't know, because the app may not read it."""
    if not snapshot.unread_addresses or not any(_gives_a_name(change) for change in changes):
        return
    for kind in snapshot.unread_addresses:
        permission = "GroupMember.Read.All" if kind is HolderKind.GROUP else "OrgContact.Read.All"
        yield Unsupported(
            f"Addresses of {kind}s",
            f"the app may not read them, so it shows only on applying whether a {kind} holds a new address",
            f"grant the application permission {permission} and renew admin consent",
            people=0,
        )


def _gives_a_name(change: Change) -> bool:
    names = written_values(change)
    return isinstance(change, RestoreUser) or "userPrincipalName" in names or bool(names.get("mail"))


def _was_tried(known: AppUser) -> bool:
    """Whether everything but the address was written before, and there is nothing to remember of the person."""
    return known.is_in_use and not known.fingerprint and not known.unfinished and not known.was_out_of_sight
