"""Why a person's account can't be named, made or taken, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from o365prov.errors import Issue
from o365prov.planning.matching.links import person_text
from o365prov.planning.model.change_parts import Subject
from o365prov.planning.rules.addresses import holder_text, release
from o365prov.planning.tenant.addresses import AddressHolder, HolderKind
from o365prov.planning.tenant.snapshot import TenantUser, former_username
from o365prov.planning.transitions.matched_user import MatchedUser
from o365prov.planning.transitions.situations import ProblemCode
from o365prov.provisioning import DesiredUser, LicenseOnly, ProvisioningType

_HAND_OVER = "hand the account over: transfers={{{person_id!r}: {object_id!r}}}"


def hand_over(desired: DesiredUser, account: TenantUser) -> str:
    """How the caller says that an account is this person's."""
    return _HAND_OVER.format(person_id=desired.person_id, object_id=account.id)


def two_accounts(named: TenantUser, anchored: TenantUser) -> Issue:
    """Either of two accounts may be the person's: one has the username, another one the source anchor."""
    return Issue(
        "ambiguous_account",
        f"the username {named.username} (object id {named.id}) and the source anchor {anchored.anchor} belong to two "
        f"different accounts; the anchor is that of {anchored.username} (object id {anchored.id})",
        "Rename or delete one of them in Entra",
    )


def shared_anchor(desired: DesiredUser, accounts: Sequence[TenantUser]) -> Issue:
    """More than one account has the person's source anchor."""
    named = " and ".join(sorted(f"{each.username} (object id {each.id})" for each in accounts))
    return Issue(
        "ambiguous_account",
        f"the source anchor {desired.new_anchor} is that of more than one account: {named}",
        f"Correct the onPremisesImmutableId of all but one in Entra, or {hand_over(desired, accounts[0])}",
        place="immutableId",
    )


def shared_account(username: str) -> Issue:
    """Two people match one account."""
    return Issue(
        "ambiguous_account",
        f"the account {username} also matches another person, by its username, its source anchor or an earlier link",
        "Correct the onPremisesImmutableId of the account, or give one of them another username",
    )


def other_anchor(account: TenantUser, desired: DesiredUser) -> Issue:
    """The account has the name, and its source anchor is another than sign-in will send."""
    return Issue(
        "other_anchor",
        f"the account {account.username} has the source anchor {account.anchor}, and sign-in will send "
        f"{desired.new_anchor}: it belongs to another person, or the person could not sign in",
        f"Correct its onPremisesImmutableId in Entra if it is this person's, rename it if it is not, or "
        f"{hand_over(desired, account)}",
        place="immutableId",
    )


def anchor_of_another(account: TenantUser, other: str, desired: DesiredUser) -> Issue:
    """The account has the name, and its source anchor is that of another person who is assigned."""
    return Issue(
        "other_anchor",
        f"the account {account.username} has the source anchor that {other} has in Active Directory: it is that "
        "person's, under another username",
        f"Rename it in Entra as that person is called now, or {hand_over(desired, account)}",
        place="immutableId",
    )


def memory_contradicts(account: TenantUser, why: str) -> Issue:
    """The linked account is not the one that is remembered."""
    return Issue(
        "memory_contradicts_account",
        f"the account {account.username} is linked to the person, but {why}: it may be somebody else's",
        "Correct the account in Entra, restore the right memory, or hand the right account over: "
        "transfers={person id: object id}",
    )


def nothing_to_hand_over(object_id: str) -> Issue:
    """The caller names an account that does not exist."""
    return Issue(
        "no_such_account",
        f"the account {object_id}, which was to be handed over, is not in the tenant",
        "Correct transfers=: it takes an object id by person id",
    )


def anchor_of_deleted(deleted: TenantUser) -> Issue:
    """A deleted account has the source anchor that this one would get."""
    return Issue(
        "anchor_of_deleted_account",
        f"the deleted account {former_username(deleted)} still has the source anchor, so no other account can get it",
        "Restore that account, or delete it permanently in Entra",
        place="immutableId",
    )


def of_another_person(account: TenantUser, desired: DesiredUser, who: str, holder: str) -> Issue:
    """Somebody who is here has the account."""
    return Issue(
        "account_of_another_person",
        f"the account {account.username} is linked to {holder}, and {who} would get it",
        f"Give one of them another username, correct the source anchor, or {hand_over(desired, account)}",
    )


def handed_to_another(account: TenantUser, receiver: str) -> Issue:
    """The caller hands the account to somebody else."""
    return Issue(
        "account_of_another_person",
        f"the account {account.username} is handed to {receiver} by the caller",
        "Correct transfers= if that is not meant",
    )


def of_namesake(account: TenantUser, desired: DesiredUser, who: str, holder: str) -> Issue:
    """Somebody who left had the account, and nothing but the name says that it is the same person."""
    return Issue(
        "account_of_namesake",
        f"the account {account.username} was that of {holder}; {who} has the same username and another source anchor",
        f"Give the newcomer another username; if both are one person, {hand_over(desired, account)}",
    )


def of_another_app(account: TenantUser, app: str) -> Issue:
    """Another app has linked the account."""
    return Issue(
        "account_of_another_app",
        f"the account {account.username} is linked by {app}",
        "Assign the person in one of the two apps only",
    )


def synced(account: TenantUser) -> Issue:
    """Entra Connect masters the account."""
    return Issue(
        "synced_account",
        f"the account {account.username} is mastered by Entra Connect",
        "Use the provisioning type License Only, or take the person out of Entra Connect's scope",
    )


def synced_blocked(account: TenantUser) -> Issue:
    """Sign-in is blocked where Graph can't enable it."""
    return Issue(
        "synced_blocked",
        f"sign-in of the account {account.username} is blocked, and Entra Connect masters it: Graph can't enable it",
        "Enable the person in Active Directory",
        place="accountEnabled",
        severity="warning",
    )


def blocked(account: TenantUser) -> Issue:
    """Somebody blocked the account of an assigned person."""
    return Issue(
        "blocked_account",
        f"somebody blocked sign-in of the account {account.username} in Office 365; it stays blocked",
        "Enable it in Entra, or plan with scope='drift' to enable it from here",
        place="accountEnabled",
        severity="warning",
    )


def privileged(account: TenantUser, desired: DesiredUser) -> Issue:
    """The account is an admin's whom we did not provision."""
    return Issue(
        "privileged_admin",
        f"the account {account.username} is a privileged admin that is not remembered as provisioned from here",
        f"Give the person another username if it is somebody else's; if it is this person's, restore the memory, or "
        f"{hand_over(desired, account)}, in a plan that has to be confirmed",
    )


def of_guest(account: TenantUser, desired: DesiredUser) -> Issue:
    """The account is a guest's, for whom somebody else may be responsible."""
    return Issue(
        "guest_account",
        f"the account {account.username} is a guest's (its userType is Guest), and is not remembered as provisioned "
        "from here",
        f"Give the person another username, or the account the userType Member; if the guest is this person, "
        f"{hand_over(desired, account)}",
    )


def deleted(account: TenantUser) -> Issue:
    """A deleted account is the person's."""
    return Issue(
        "deleted_account",
        f"has a deleted account ({account.username}), which has the source anchor for 30 days",
        "Restore it (restore_deleted_users=True), or delete it permanently in Entra",
    )


def no_account(provisioning: ProvisioningType, desired: DesiredUser, elsewhere: Sequence[TenantUser]) -> Issue:
    """There is no account, and none is created; *elsewhere* are accounts with the person's address or anchor."""
    if isinstance(provisioning, LicenseOnly):
        why = f"{provisioning.label} does not create accounts"
        remedy = "Create the account in Entra, or choose another type"
    else:
        why, remedy = "Create Users is off", "Turn on Create Users, or create the account in Entra"
    if not elsewhere:
        return Issue("create_users_is_off", f"has no Office 365 account, and {why}", remedy)
    named = " and ".join(
        holder_text(AddressHolder.of_properties(HolderKind.USER, each.id, each.properties)) for each in elsewhere
    )
    return Issue(
        "create_users_is_off",
        f"has no Office 365 account with the username {desired.username}, and {why}; but the person's address or "
        f"source anchor is that of {named}",
        f"If that account is the person's, rename it to {desired.username} in Entra, or "
        f"{hand_over(desired, elsewhere[0])}; otherwise {remedy[0].lower()}{remedy[1:]}",
    )


def no_password(username: str) -> Issue:
    """A new account of a managed domain needs a first password."""
    return Issue(
        "no_initial_password",
        f"{username.rpartition('@')[2]} is a managed domain, where a new account needs an initial password",
        "Set gives_passwords=True and pass passwords= to apply, or federate the domain",
    )


def _of_username(code: str, message: str, remedy: str, *, stops: bool = True) -> Issue:
    """What is wrong with the username that an account has, or would get."""
    return Issue(code, message, remedy, place="userName", severity="error" if stops else "warning")


def username_taken(account: TenantUser | None, username: str, holder: AddressHolder) -> Issue:
    """Another object has the username that an account would get, as its username or as an address."""
    doing = f"the account {account.username} would be renamed to {username}" if account else f"would get {username}"
    is_username = username.lower() == holder.username.lower()
    which = "the username of" if is_username else "an address of"
    return _of_username(
        "username_taken" if is_username else "address_taken",
        f"{doing}, which is {which} {holder_text(holder)}",
        f"{release(username, holder)}, or give the person another username",
    )


def username_of_linked(username: str, holder: AddressHolder, who: str) -> Issue:
    """The username is that of an account in use by somebody whom we provisioned."""
    return _of_username(
        "username_taken",
        f"would get {username}, which is the username of the account of {who}",
        f"Give one of the two another username; if {holder.name or username} is to have another one, that rename comes "
        "first",
    )


def username_of_former_account(username: str, holder: AddressHolder) -> Issue:
    """The person gets another account by the caller's word, and the one that was linked until now has the name."""
    return _of_username(
        "username_taken",
        f"would get {username} on the account that is handed over, and the account that was linked until now has it "
        f"({holder_text(holder)})",
        "Leave the person out of transfers= if that account is the right one; otherwise rename or delete it in Entra",
    )


def no_free_username(reasons: str) -> Issue:
    """Every candidate for the username is somebody else's."""
    return _of_username(
        "no_free_username",
        f"no candidate for the username is free: {reasons}",
        "Add a candidate to the username format, give the person a username in the assignment, or free one of these",
    )


def account_of_one_of(account: TenantUser, desired: DesiredUser, others: Sequence[DesiredUser]) -> Issue:
    """An account that nobody is known to have has a candidate of two people."""
    people = " or ".join(person_text(each.assignment.person) for each in (desired, *others))
    return Issue(
        "ambiguous_account",
        f"nobody is known to have the account {account.username} (object id {account.id}), and it may be that of "
        f"{people}",
        f"Say whose it is: {hand_over(desired, account)}, or import it",
        place="userName",
    )


def address_kept(before: MatchedUser, username: str) -> Issue:
    """The account that has the username is renamed, and keeps it as an address."""
    return _of_username(
        "address_kept",
        f"would get {username}, which the account of {before.subject.name} keeps as an address when it is renamed to "
        f"{before.subject.username}: Graph can't take it away",
        f"After the rename, {_remove_alias(before.subject.username, username)}; the next plan goes on",
    )


def keeps_address(keeper: MatchedUser, taker: Subject) -> Issue:
    """The same, said of the account that keeps the address."""
    return _of_username(
        "address_kept",
        f"keeps {taker.username} as an address after the rename, so that {taker.name} can't get it",
        f"After the rename, {_remove_alias(keeper.subject.username, taker.username)}",
        stops=False,
    )


def waits_for_rename(before: MatchedUser, username: str) -> Issue:
    """The account that has the username is to be renamed, and that can't be done yet."""
    return _of_username(
        "username_taken",
        f"would get {username}, which is the username of {before.subject.name} until that account is renamed to "
        f"{before.subject.username}, and that can't be done yet",
        f"See what stops {before.subject.name}; a later plan goes on",
    )


def names_in_a_circle(username: str, before: MatchedUser, first: TenantUser, temporary: str) -> Issue:
    """People take each other's names, and an account keeps its own as an address: Exchange has to begin."""
    return _of_username(
        "address_kept",
        f"would get {username} from {before.subject.name}, in a circle in which nobody can be renamed first: an "
        "account keeps its name as an address, and Graph can't take it away",
        f"Rename {first.username} to {temporary} in Entra, run Exchange's Set-Mailbox -Identity {temporary} "
        f"-WindowsEmailAddress {temporary}, and then {_remove_alias(temporary, first.username)}; the next plans go on",
    )


def _remove_alias(identity: str, address: str) -> str:
    return f"run Exchange's Set-Mailbox -Identity {identity} -EmailAddresses @{{Remove='smtp:{address}'}}"


def address_of_deleted_taken(deleted: TenantUser, address: str, holder: AddressHolder) -> Issue:
    """Another object has an address that the deleted account would bring back."""
    return _of_username(
        "address_taken",
        f"has a deleted account, {deleted.username}, whose address {address} is now that of {holder_text(holder)}",
        f"{release(address, holder)}; the next plan restores the deleted account",
    )


def username_of_deleted_taken(deleted: TenantUser, holder: TenantUser) -> Issue:
    """Another account has the username that the deleted one had."""
    who = holder_text(AddressHolder.of_properties(HolderKind.USER, holder.id, holder.properties))
    return _of_username(
        "username_taken",
        f"has a deleted account, whose username {deleted.username} is now that of {who}",
        "Rename that account in Entra, and the next plan restores the deleted one; or delete the deleted one "
        "permanently, and the next plan creates another",
    )


def username_of_deleted_freed(username: str, before: MatchedUser) -> Issue:
    """The account that has the username of the deleted one is to be renamed."""
    return _of_username(
        "username_taken",
        f"has a deleted account, whose username {username} is that of {before.subject.name} until that account is "
        f"renamed to {before.subject.username}",
        "Plan again after that: the next plan restores the deleted account",
    )


def username_of_restored(username: str) -> Issue:
    """A deleted account of another person comes back with this username or address."""
    return _of_username(
        "username_taken",
        f"{username} goes to another person's deleted account, which this plan restores",
        "Give one of them another username",
    )


def not_renamed(provisioning: ProvisioningType, username: str) -> Issue:
    """The settings do not rename."""
    if provisioning.renames:
        why, instead = "Update Attributes is off", "turn on Update Attributes"
    else:
        why, instead = f"{provisioning.label} does not rename", "choose User Sync or Universal Sync"
    return _of_username(
        "username_not_changed",
        f"the account keeps its username {username}: {why}",
        f"Rename it in Entra, or {instead}",
        stops=False,
    )


OF_ACCOUNT: Mapping[ProblemCode, Callable[[TenantUser], Issue]] = {
    ProblemCode.SYNCED_ACCOUNT: synced,
    ProblemCode.SYNCED_BLOCKED: synced_blocked,
    ProblemCode.BLOCKED_ACCOUNT: blocked,
    ProblemCode.DELETED_ACCOUNT: deleted,
}
"""The problems of rows that need nothing but the account."""
