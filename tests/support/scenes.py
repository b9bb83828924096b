"""Situations of the transition table made real: a tenant, a memory and a source in which Ann is in that situation.

Nothing here reads the table. ``IMPOSSIBLE`` lists the situations that can't be made, each with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import cache
from itertools import product

from attrs import evolve, frozen
from organisation import DIRECTORY_READERS, DOMAIN, E3, F1, NOW, READER, account, assigned, somebody, tenant

from o365prov import (
    AppUser,
    AppUsers,
    Assignment,
    Departure,
    Deprovisioning,
    LicenseGrant,
    LicenseOnly,
    Lifecycle,
    Office365App,
    PersonCondition,
    Plan,
    ProfileSync,
    TenantSnapshot,
    TenantUser,
    UniversalSync,
    UsernameFormat,
    UserSync,
)
from o365prov.people import AppUserStatus, Grants
from o365prov.planning import Domain, Role
from o365prov.planning.transitions.situations import Account, Control, Link, Memory, Situation, Wanted

ANN, ANN_ID = somebody("Ann Lee"), "00uAnnLee"
FORMER, BOB, OTHER = "00uFormer", "00uBobRay", "00uOther"
NAME = f"ann.lee@{DOMAIN}"
OTHER_APP = "Office 365 (Oslo)"
ROOMY = (evolve(E3, seats=1_000), evolve(F1, seats=1_000))
LONG_AGO, YESTERDAY = NOW - timedelta(days=40), NOW - timedelta(days=1)

_HERE = (Memory.ACTIVE, Memory.ENABLING, Memory.PAUSED)
_WITH_US = (*_HERE, Memory.KEPT)
_THERE = (Account.ENABLED, Account.BLOCKED_BY_US, Account.BLOCKED_BY_OTHERS)
_BLOCKED = (Account.BLOCKED_BY_US, Account.BLOCKED_BY_OTHERS)
_SOURCE_ONLY = (Wanted.HELD, Wanted.STARTS_LATER, Wanted.EXCLUDED, Wanted.MISSING)

_IMPOSSIBLE_ANYWHERE: Mapping[str, Callable[[Situation], bool]] = {
    "an account of which nothing is remembered was not blocked by us": lambda each: (
        each.account is Account.BLOCKED_BY_US and each.memory in (Memory.NEVER, Memory.ACTIVE)
    ),
    "an account that was paused was blocked by us": lambda each: (
        each.account is Account.BLOCKED_BY_OTHERS and each.memory is Memory.PAUSED
    ),
    "without an account nobody masters it": lambda each: (
        each.account is Account.NONE and each.control is not Control.CLOUD
    ),
    "an account that does not exist is linked to the person who had it, or to nobody": lambda each: (
        each.account is Account.NONE and each.link is not (Link.FREE if each.memory is Memory.NEVER else Link.OWN)
    ),
    "what is remembered of an account names a person, so it is not nobody's": lambda each: (
        each.link is Link.FREE and each.memory is not Memory.NEVER
    ),
    "an account that is somebody's is remembered": lambda each: (
        each.link in (Link.OWN, Link.NAMESAKES) and each.memory is Memory.NEVER
    ),
    "a leaver is judged by the account that is remembered of them": lambda each: (
        each.wanted is Wanted.LEFT and each.memory is not Memory.NEVER and each.link not in (Link.OWN, Link.OTHER_APPS)
    ),
    "who is suspended is judged by the account that is remembered of them": lambda each: (
        each.wanted is Wanted.SUSPENDED
        and (
            each.link not in (Link.OWN, Link.OTHER_APPS, Link.FREE)
            or (each.memory is Memory.NEVER and (each.link is not Link.FREE or each.account is not Account.NONE))
        )
    ),
    "somebody is missing who is not assigned and was here": lambda each: (
        each.wanted is Wanted.MISSING and (each.memory not in _HERE or each.link not in (Link.OWN, Link.OTHER_APPS))
    ),
    "who left is not handed an account": lambda each: (
        each.wanted is Wanted.LEFT and each.memory is Memory.NEVER and each.link in (Link.YIELDING, Link.ANOTHERS)
    ),
    "an account that we remember is ours, also if its person is an admin or a guest by now": lambda each: (
        each.control in (Control.ADMIN, Control.GUEST) and each.memory is not Memory.NEVER
    ),
    "an account that the caller hands over is the person's, also if it is an admin's or a guest's": lambda each: (
        each.control in (Control.ADMIN, Control.GUEST) and each.link is Link.YIELDING
    ),
    "Graph takes the roles of an account that is deleted": lambda each: (
        each.control is Control.ADMIN and each.account is Account.DELETED
    ),
}
"""Which situations can't be, whatever is set: these look at the person and the account alone."""

IMPOSSIBLE: Mapping[str, Callable[[Situation], bool]] = {
    **_IMPOSSIBLE_ANYWHERE,
    "License Only, the type for licences alone, creates no account and allows edits": lambda each: (
        each.control is Control.LICENSES and (each.creates or each.reverts)
    ),
    "who has an account needs no first password": lambda each: (
        each.account is not Account.NONE and not each.has_password
    ),
    "only who left has a day of deletion": lambda each: (
        each.due and (each.memory is Memory.NEVER or (each.memory in _WITH_US and each.wanted is not Wanted.LEFT))
    ),
}
"""Which situations no tenant, memory and source can be in, by the reason."""

NO_DIFFERENCE: Mapping[str, Callable[[Situation], bool]] = {
    "who is not provisioned has no use for settings of provisioning": lambda each: (
        each.wanted not in (Wanted.ASSIGNED, Wanted.STARTS_SOON)
        and each.control is not Control.LICENSES
        and (not each.creates or each.restores or not each.has_password)
    ),
    "who is held or not meant keeps everything under any setting": lambda each: (
        each.wanted in _SOURCE_ONLY and (not each.deactivates or each.reverts or each.due)
    ),
    "who is assigned does not leave": lambda each: (
        each.wanted in (Wanted.ASSIGNED, Wanted.SUSPENDED, Wanted.STARTS_SOON) and (not each.deactivates or each.due)
    ),
    "who starts soon has no use for what is done for who is here": lambda each: (
        each.wanted is Wanted.STARTS_SOON and (each.restores or each.reverts)
    ),
    "an account that is somebody else's is not taken under any setting": lambda each: (
        each.wanted is Wanted.ASSIGNED
        and each.link in (Link.NAMESAKES, Link.ANOTHERS, Link.OTHER_APPS)
        and (each.restores or each.reverts)
    ),
}
"""Which situations are left out day by day: the settings are far from the person. With EVERY_SITUATION they are in."""


def excluded(situation: Situation, reasons: Mapping[str, Callable[[Situation], bool]]) -> bool:
    """Whether one of these reasons holds."""
    return any(holds(situation) for holds in reasons.values())


@cache
def situations(*, every: bool) -> tuple[Situation, ...]:
    """All situations that can be made; without *every* those left out in which a setting makes no difference."""
    reasons = IMPOSSIBLE if every else {**IMPOSSIBLE, **NO_DIFFERENCE}
    people = product(Wanted, Memory, Account, Link, Control)
    possible = [each for each in people if not excluded(Situation(*each), _IMPOSSIBLE_ANYWHERE)]
    settings = list(product((False, True), repeat=6))
    made = (Situation(*person, *flags) for person in possible for flags in settings)
    return tuple(each for each in made if not excluded(each, reasons))


@frozen
class Scene:
    """A situation that is made real, with everything that a plan takes."""

    situation: Situation
    app: Office365App
    assignments: tuple[Assignment, ...]
    snapshot: TenantSnapshot
    memory: AppUsers
    scope: str
    only: tuple[str, ...] | None
    transfers: Mapping[str, str]

    def plan(self, snapshot: TenantSnapshot | None = None, memory: AppUsers | None = None) -> Plan:
        """The plan from here, or from what became of it; what was handed over once is not handed over again."""
        return self.app.plan(
            self.assignments,
            snapshot or self.snapshot,
            memory or self.memory,
            now=NOW,
            scope=self.scope,
            only=self.only,
            transfers=self.transfers,
        )


@cache
def app_of(
    kind: str, *, creates: bool, deactivates: bool, restores: bool, then: Deprovisioning, lifecycle: Lifecycle
) -> Office365App:
    """The app with this type and these settings."""
    provisioning: LicenseOnly | ProfileSync | UniversalSync | UserSync
    if kind == "license_only":
        provisioning = LicenseOnly(deactivate_users=deactivates, deprovisioning=then)
    else:
        made = {"user_sync": UserSync, "profile_sync": ProfileSync, "universal_sync": UniversalSync}[kind]
        provisioning = made(create_users=creates, deactivate_users=deactivates, deprovisioning=then)
    return Office365App(
        domains=(DOMAIN,),
        provisioning=provisioning,
        username=UsernameFormat.custom(f'String.substringBefore(user.email, "@") + "@{DOMAIN}"'),
        restore_deleted_users=restores,
        lifecycle=lifecycle,
    )


def types_of(situation: Situation) -> tuple[str, ...]:
    """The provisioning types that a situation can be in; those that allow edits in Office 365 revert none."""
    if situation.control is Control.LICENSES:
        return ("license_only",)
    return ("user_sync", "universal_sync") if situation.reverts else ("user_sync", "profile_sync", "universal_sync")


def scene(situation: Situation, *, option: str = "delete", kind: str = "") -> Scene:
    """Make *situation* real, with the provisioning type *kind* or the first that can be.

    *option* is what follows the block where the account need not be deleted now. With the option "changed" it was kept
    when they left, and since then the setting is to delete at once.
    """
    kind = kind or types_of(situation)[0]
    held, stranger = _account_of(situation), account(f"guest@{DOMAIN}", displayName="Guest", licenses=[F1.id])
    is_deleted = situation.account is Account.DELETED
    users = (stranger,) if held is None or is_deleted else (stranger, held)
    holding = [] if held is None or is_deleted else [(held, role) for role in _roles_of(situation)]
    base = tenant(
        *users,
        skus=ROOMY,
        deleted=(_as_deleted(held),) if held and is_deleted else (),
        holding=tuple(holding),
        synced=situation.control is Control.LICENSES,
    )
    if not situation.has_password:
        base = evolve(base, domains=[Domain(DOMAIN), *(each for each in base.domains if each.name != DOMAIN)])
    known = [evolve(each, provisioning_type=kind) for each in _known(situation, held, option)]
    object_id = held.id if held else GONE_ID
    elsewhere = {object_id: OTHER_APP} if situation.link is Link.OTHER_APPS else {}
    return Scene(
        situation,
        app_of(
            kind,
            creates=situation.creates,
            deactivates=situation.deactivates,
            restores=situation.restores,
            then=_option(situation, "delete now" if option == "changed" else option),
            lifecycle=LIFECYCLES.get(situation.wanted, Lifecycle()),
        ),
        tuple(_assignments(situation)),
        base,
        AppUsers(base.tenant_id, "Office 365", known, linked_elsewhere=elsewhere),
        "drift" if situation.reverts else "changed",
        (ANN_ID,) if situation.wanted is Wanted.LEFT and situation.memory is Memory.NEVER else None,
        _transfers(situation, object_id),
    )


LIFECYCLES: Mapping[Wanted, Lifecycle] = {
    Wanted.STARTS_SOON: Lifecycle(create_days_before=1),
    Wanted.MISSING: Lifecycle(missing_reads=2),
    Wanted.SUSPENDED: Lifecycle(suspended="block"),
    Wanted.EXCLUDED: Lifecycle(excluded_people=PersonCondition.of('user.userType == "Service"')),
}
"""The settings of people who are not simply provisioned."""

GONE_ID = "99999999-9999-4999-8999-999999999999"


def _account_of(situation: Situation) -> TenantUser | None:
    if situation.account is Account.NONE:
        return None
    other_anchor = situation.link is Link.NAMESAKES and situation.account is not Account.DELETED
    was_blocked = situation.account in _BLOCKED or (
        situation.account is Account.DELETED
        and situation.memory in (Memory.ENABLING, Memory.PAUSED, Memory.LEFT, Memory.GONE)
    )
    synced = situation.control in (Control.SYNCED, Control.LICENSES)
    return account(
        NAME,
        displayName="Ann Lee",
        usageLocation="US",
        accountEnabled=not was_blocked,
        onPremisesImmutableId=OTHER if other_anchor else ANN_ID,
        licenses=[E3.id, F1.id],
        **({"onPremisesSyncEnabled": True} if synced else {}),
        **({"userType": "Guest"} if situation.control is Control.GUEST else {}),
    )


def _as_deleted(user: TenantUser) -> TenantUser:
    name = user.id.replace("-", "") + user.username
    return evolve(user, properties={**user.properties, "userPrincipalName": name})


def _roles_of(situation: Situation) -> tuple[Role, ...]:
    if situation.control is Control.ADMIN:
        return (READER,)
    return (DIRECTORY_READERS,) if situation.memory in _WITH_US else ()


def _holder(situation: Situation) -> str:
    return {Link.YIELDING: FORMER, Link.NAMESAKES: FORMER, Link.ANOTHERS: BOB}.get(situation.link, ANN_ID)


def _known(situation: Situation, held: TenantUser | None, option: str) -> list[AppUser]:
    if situation.memory is Memory.NEVER:
        return []
    anchor = OTHER if situation.link is Link.NAMESAKES else ANN_ID
    is_active, is_gone = situation.memory in _WITH_US, situation.memory is Memory.GONE
    status = {
        Memory.ACTIVE: AppUserStatus.ACTIVE,
        Memory.ENABLING: AppUserStatus.ENABLING,
        Memory.PAUSED: AppUserStatus.PAUSED,
        Memory.KEPT: AppUserStatus.KEPT,
        Memory.LEFT: AppUserStatus.DEACTIVATED,
        Memory.GONE: AppUserStatus.DELETED,
    }[situation.memory]
    return [
        AppUser(
            _holder(situation),
            held.id if held else GONE_ID,
            NAME,
            anchor,
            licenses=() if is_gone and option == "delete" else (LicenseGrant("SPE_E3"),),
            roles=("Directory Readers",) if is_active else (),
            status=status,
            departure=None if situation.memory in (Memory.ACTIVE, Memory.PAUSED) else _departure(situation, option),
        )
    ]


def _departure(situation: Situation, option: str) -> Departure:
    """What was told on the day on which the person left."""
    if situation.memory is Memory.KEPT:
        return Departure(LONG_AGO, blocked=situation.account is Account.BLOCKED_BY_US)
    synced = situation.control in (Control.SYNCED, Control.LICENSES)
    found_blocked = situation.account is Account.ENABLED and (synced or option == "keep")
    by_us = situation.account is not Account.BLOCKED_BY_OTHERS and not found_blocked
    told = _option(situation, "keep" if option == "changed" else option)
    was_long_ago = situation.due or situation.memory is Memory.ENABLING
    return Departure(LONG_AGO if was_long_ago else YESTERDAY, told.then, told.grace_days, by_us)


def _option(situation: Situation, option: str) -> Deprovisioning:
    if option == "delete":
        at_once = situation.due and situation.memory in _WITH_US
        return Deprovisioning.block_remove_licenses_and_delete(grace_days=None if at_once else 30)
    if option == "delete now":
        return Deprovisioning.block_remove_licenses_and_delete()
    if option == "licenses":
        return Deprovisioning.block_and_remove_licenses()
    return Deprovisioning.block_sign_in()


def _assignments(situation: Situation) -> Iterator[Assignment]:
    grants = Grants([LicenseGrant("SPE_E3")], ["Directory Readers"])
    match situation.wanted:
        case Wanted.ASSIGNED:
            yield Assignment(ANN, grants)
        case Wanted.HELD:
            yield Assignment(evolve(ANN, status="SUSPENDED"), grants)
        case Wanted.SUSPENDED:
            yield Assignment(evolve(ANN, status="SUSPENDED"), grants)
        case Wanted.EXCLUDED:
            yield Assignment(evolve(ANN, profile={**ANN.profile, "userType": "Service"}), grants)
        case Wanted.STARTS_LATER | Wanted.STARTS_SOON:
            yield Assignment(ANN, grants, starts=NOW + timedelta(days=1))
        case Wanted.LEFT | Wanted.MISSING:
            pass
    if situation.link is Link.ANOTHERS:
        is_here = situation.memory is not Memory.NEVER
        yield assigned(somebody("Bob Ray", status="SUSPENDED" if is_here else "ACTIVE"), "SPE_E3")


def _transfers(situation: Situation, object_id: str) -> Mapping[str, str]:
    """Whom the caller hands the account to, where only that makes the link what it is."""
    if situation.memory is not Memory.NEVER or situation.account is Account.NONE:
        return {}
    return {Link.YIELDING: {ANN_ID: object_id}, Link.ANOTHERS: {BOB: object_id}}.get(situation.link, {})
