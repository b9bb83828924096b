"""What the memory compares of a person: the profile that was sent, and what it was evaluated from.

A fingerprint has the hash of the profile. Where the memory has the rest of what was evaluated too, it also has the hash
of what the person was evaluated from, and how the manager was named, with full stops between: then nobody need evaluate
the person again as long as that is the same.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from o365prov._annotations import check_after_failure
from o365prov.people import AppUser, AppUserStatus, Grants, comparable_name
from o365prov.provisioning import DesiredUser, ProvisioningType

_ANY_MANAGER = "any"
_NO_MANAGER = "none"


@check_after_failure
def fingerprint(desired: DesiredUser, username: str = "", anchor: str | None = None) -> str:
    """The profile that is sent on updates, as a short hash: the memory compares it instead of the profile itself.

    Args:
        desired: the person.
        username: the username that is remembered with it; without it the hash is that of the profile alone.
        anchor: the source anchor that is remembered with it.

    """
    profile = desired.sent_hash
    as_evaluated = (
        desired.source
        and not desired.issues
        and username.lower() == (desired.username or "").lower()
        and anchor == desired.new_anchor
        and not desired.has_unsupported
    )
    return f"{profile}.{desired.source}.{_manager_named(desired)}" if as_evaluated else profile


def profile_of(remembered: str) -> str:
    """The hash of the profile in a fingerprint."""
    return remembered.partition(".")[0]


@check_after_failure
def is_unchanged(desired: DesiredUser, known: AppUser, provisioning: ProvisioningType) -> bool:
    """Whether everything that should be sent for this person is what was sent last."""
    anchors = expected_anchors(desired, provisioning)
    return (
        has_manager(known, _manager_named(desired))
        and not desired.issues
        and (known.anchor in anchors if anchors else known.anchor is not None)
        and known.username.lower() == (desired.username or "").lower()
        and profile_of(known.fingerprint) == fingerprint(desired)
        and _has_grants(known, desired.assignment.grants, provisioning)
    )


def is_as_evaluated(source: str, grants: Grants, known: AppUser, provisioning: ProvisioningType) -> bool:
    """Whether somebody who would be evaluated from *source* is as at the last success, so that nothing changes."""
    _, _, evaluated = known.fingerprint.partition(".")
    before, _, manager = evaluated.partition(".")
    return (
        bool(source) and before == source and has_manager(known, manager) and _has_grants(known, grants, provisioning)
    )


@check_after_failure
def expected_anchors(desired: DesiredUser, provisioning: ProvisioningType) -> frozenset[str]:
    """The source anchors of which one should be the account's; none where that is not known."""
    if provisioning.attributes:
        return frozenset({desired.new_anchor})
    return frozenset(each.anchor for each in desired.assignment.person.directory_accounts)


@check_after_failure
def reference_digest(reference: str) -> str:
    """A hash of how the source names a manager, for the memory."""
    return _digest_of_name(reference)


@lru_cache(maxsize=4_096)  # many people have the same manager
def _digest_of_name(name: str) -> str:
    return hashlib.blake2b(comparable_name(name).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def has_manager(known: AppUser, named: str) -> bool:
    """Whether the manager last set is the one that is named so."""
    if named == _NO_MANAGER:
        return known.manager_id is None
    return named in (_ANY_MANAGER, known.manager_reference)


def _manager_named(desired: DesiredUser) -> str:
    match desired.manager_on_update:
        case None:
            return _NO_MANAGER
        case str(reference):
            return _digest_of_name(reference)
        case _:
            return _ANY_MANAGER


def _has_grants(known: AppUser, grants: Grants, provisioning: ProvisioningType) -> bool:
    """Whether the account is finished and in use, with these licences and roles."""
    return (
        not known.unfinished
        and known.status is AppUserStatus.ACTIVE
        and known.departure is None
        and not known.excluded_by
        and known.missing is None
        and (
            provisioning.user_attributes_only
            or ((known.licenses, known.roles) == (grants.licenses, grants.roles) and not known.waiting)
        )
    )
