"""Comparing an account with what a plan wants of it.

Microsoft tells of a licence in two places: ``licenseAssignmentStates`` says whether it is assigned and, if not, why;
``licenseDetails`` says how far each of its service plans is. The first one decides whether it is there, the second one
whether it can be used.

Sources: Microsoft Graph, "licenseAssignmentState resource type", "licenseDetails resource type".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import field, frozen

from o365prov._fields import typed
from o365prov.planning.rules.license_grants import GrantedSku, LicensesHeld, ResolvedGrants, names
from o365prov.planning.tenant.snapshot import FailedLicense, TenantSnapshot, TenantUser
from o365prov.planning.verification.checked import CheckedLicense, CheckedPerson, LicenseState
from o365prov.planning.verification.expected import ExpectedAccount, ExpectedState
from o365prov.planning.verification.license_details import LicenseDetails
from o365prov.planning.verification.office_apps import office_apps

_ACCOUNT = frozenset({"create_user", "restore_user"})
_USERNAME = frozenset({"create_user", "restore_user", "update_user"})
_ENABLED = frozenset({"create_user", "restore_user", "enable_sign_in"})
_BLOCKED = frozenset({"block_sign_in"})
_DELETED = frozenset({"delete_user"})
_LICENSES = frozenset({"create_user", "restore_user", "assign_licenses"})
_REMOVED = frozenset({"assign_licenses", "remove_licenses"})


@frozen(field_transformer=typed)
class FoundAccount:
    """An account and its licences, as they were read.

    Args:
        user: the account.
        licenses: its licences, with how far each service plan is.

    """

    user: TenantUser
    licenses: tuple[LicenseDetails, ...] = ()


@frozen
class _Lack:
    """What isn't there.

    Args:
        message: what it is.
        made_by: the kinds of changes that make it so: once one of them failed, waiting brings nothing.
        comes: whether time can bring it at all.

    """

    message: str
    made_by: frozenset[str] = field(default=frozenset())
    comes: bool = True


def compare_account(expected: ExpectedAccount, found: FoundAccount | None, tenant: TenantSnapshot) -> CheckedPerson:
    """What is there of what is *expected*, and what isn't.

    Args:
        expected: what the plan wants.
        found: the account; None if there is none.
        tenant: knows the tenant's licences.

    """
    user = found.user if found else None
    licensed, unlicensed = _licenses(expected, found, tenant) if expected.state is ExpectedState.IN_USE else ((), ())
    still_held = tuple(_still_held(expected, user, tenant))
    lacks = [
        *_account_lacks(expected, user),
        *(_license_lack(each) for each in licensed if user and each.state is not LicenseState.GIVEN),
        *(_Lack(f"licence {each}", comes=False) for each in unlicensed),
        *(_Lack(f"{name} was not removed", _REMOVED) for name in still_held),
        *(_Lack(message, comes=False) for message in expected.left_out),
    ]
    in_use = found is not None and expected.state is ExpectedState.IN_USE and found.user.enabled
    return CheckedPerson(
        expected.subject,
        expected.state,
        user.id if user else None,
        user.username if user else None,
        user.enabled if user else None,
        (*licensed, *unlicensed),
        still_held,
        office_apps(plan.name for each in found.licenses for plan in each.service_plans if plan.ready)
        if found and in_use
        else (),
        tuple(lack.message for lack in lacks),
        any(lack.comes and lack.made_by.isdisjoint(expected.failed) for lack in lacks),
    )


def _account_lacks(expected: ExpectedAccount, user: TenantUser | None) -> Iterator[_Lack]:
    match expected.state:
        case ExpectedState.IN_USE if user is None:
            yield _Lack("there is no account", _ACCOUNT)
        case ExpectedState.IN_USE if user is not None:
            if user.username.lower() != expected.subject.username.lower():
                yield _Lack(f"the username is {user.username}, not {expected.subject.username}", _USERNAME)
            if not user.enabled:
                yield _Lack("sign-in is blocked", _ENABLED)
        case ExpectedState.BLOCKED if user is None:
            yield _Lack("there is no account: somebody deleted it", comes=False)
        case ExpectedState.BLOCKED if user is not None and user.enabled:
            yield _Lack("sign-in is not blocked", _BLOCKED)
        case ExpectedState.DELETED if user is not None:
            yield _Lack("the account is not deleted", _DELETED)


def _license_lack(checked: CheckedLicense) -> _Lack:
    """What isn't there of a licence that the tenant has: an error stays, whatever else of it is still to come."""
    if checked.state is LicenseState.PENDING or checked.pending_plans:
        return _Lack(f"licence {checked}")
    return _Lack(f"licence {checked}", _LICENSES, checked.state is LicenseState.MISSING)


def _still_held(expected: ExpectedAccount, user: TenantUser | None, tenant: TenantSnapshot) -> Iterator[str]:
    direct = LicensesHeld.of(user.licenses, tenant).direct if user else {}
    yield from (each.part_number for each in expected.removed if each.sku_id in direct)


def _licenses(
    expected: ExpectedAccount, found: FoundAccount | None, tenant: TenantSnapshot
) -> tuple[Sequence[CheckedLicense], Sequence[CheckedLicense]]:
    """The licences that the person should have, and those that nobody could give."""
    granted = ResolvedGrants.of(expected.licenses, tenant)
    held = LicensesHeld.of(found.user.licenses if found else (), tenant)
    failed = found.user.failed_licenses if found else ()
    details = {each.sku_id: each for each in found.licenses} if found else {}
    licensed = [_license(each, held, failed, details.get(each.sku.id)) for each in granted.skus.values()]
    absent = dict.fromkeys(granted.unknown, "the tenant does not have it")
    absent |= {sku.part_number: f"it does not have {', '.join(plans)}" for sku, plans in granted.unknown_plans}
    for waiting in expected.waiting:
        sku = tenant.find_sku(waiting.sku)
        if sku is None or not (sku.id in held.direct or sku.id in held.inherited):
            absent[waiting.sku] = f"no seat was left, and the person waits since {waiting.since:%Y-%m-%d}"
    return licensed, [CheckedLicense(name, LicenseState.MISSING, why) for name, why in absent.items()]


def _license(
    granted: GrantedSku, held: LicensesHeld, failed: Sequence[FailedLicense], details: LicenseDetails | None
) -> CheckedLicense:
    """One licence; what a group gives beside it does not make it worse."""
    sku = granted.sku
    direct, inherited = held.direct.get(sku.id), held.inherited.get(sku.id)
    errors = [each.error for each in failed if each.sku_id == sku.id and (not each.inherited_from or direct is None)]
    listed = {each.id: each for each in details.service_plans} if details else {}
    plans = tuple(
        listed[plan_id] for _, plan_id in sorted(sku.plans.items()) if plan_id in granted.enabled & listed.keys()
    )
    if direct is None and inherited is None:
        state = LicenseState.ERROR if errors else LicenseState.MISSING
        return CheckedLicense(sku.part_number, state, ", ".join(errors))
    off = names(sku, granted.enabled - (direct or frozenset()) - (inherited or frozenset()))
    on = names(sku, (direct or granted.enabled) - granted.enabled)
    broken = [*errors, *(str(each) for each in plans if each.failed)]
    if broken:
        return CheckedLicense(sku.part_number, LicenseState.ERROR, ", ".join(broken), plans)
    if off or on:
        differs = [f"{', '.join(found)} is turned {how}" for found, how in ((off, "off"), (on, "on")) if found]
        return CheckedLicense(sku.part_number, LicenseState.MISSING, "; ".join(differs), plans)
    pending = details is None or any(each.pending for each in plans)
    return CheckedLicense(sku.part_number, LicenseState.PENDING if pending else LicenseState.GIVEN, "", plans)
