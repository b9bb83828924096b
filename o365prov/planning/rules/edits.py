"""What somebody took in Office 365 of what we granted.

Okta's push of changes compares with what was sent last, so it is not given again; every plan says it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import define, field, frozen

from o365prov.errors import Issue
from o365prov.people import LicenseGrant
from o365prov.planning.rules.license_grants import GrantedSku, LicensesHeld, ResolvedGrants
from o365prov.planning.tenant.snapshot import HeldLicense, TenantSnapshot
from o365prov.provisioning import DesiredUser, ProvisioningType
from o365prov.rendering import names_text


@frozen
class EditedPerson:
    """Somebody of whom a licence or role was taken in Office 365, and nothing changed at the source.

    Args:
        desired: what the person should be.
        licenses: what the account holds.
        issues: what is said of it.

    """

    desired: DesiredUser
    licenses: Sequence[HeldLicense]
    issues: Sequence[Issue]


@define(eq=False)
class GrantEdits:
    """Compares what people were granted with what their accounts hold.

    Many people are granted and hold the same licences, which are compared once.

    Args:
        snapshot: what the tenant holds.
        provisioning: the type, which says how what was taken is given again.

    """

    snapshot: TenantSnapshot
    provisioning: ProvisioningType
    _seen: dict[object, Issue | None] = field(init=False, factory=dict)

    def licenses(self, granted: Sequence[LicenseGrant], held: Sequence[HeldLicense]) -> Issue | None:
        """That somebody took licences that we granted, or switched their service plans; None if they are as granted."""
        pair = granted, held
        if pair not in self._seen:
            differing = _differing(granted, held, self.snapshot)
            self._seen[pair] = self._relicensed(differing) if differing else None
        return self._seen[pair]

    def roles(self, granted: Iterable[str], object_id: str) -> Issue | None:
        """That somebody took directory roles that we granted; None if the account has them."""
        held = {each.role_id for each in self.snapshot.roles_of.get(object_id, ())}
        known = ((name, self.snapshot.role_named.get(name.lower())) for name in granted)
        taken = [name for name, role in known if role and role.id not in held]
        if not taken:
            return None
        instead = ", or plan with scope='drift'" if self.provisioning.owns_profile else ""
        return Issue(
            "role_removed",
            f"somebody took {names_text(taken)} from the account in Office 365; that stays so",
            f"Assign it again in Entra{instead}",
            place="roles",
            severity="warning",
        )

    def _relicensed(self, part_numbers: Sequence[str]) -> Issue:
        again = "" if self.provisioning.update_attributes else "turn on Update Attributes and "
        return Issue(
            "relicensed_account",
            f"somebody took {names_text(part_numbers)} from the account in Office 365, or switched service plans of "
            "it; that stays so",
            f"Correct it in Entra, or {again}plan with scope='all' to give again what is assigned",
            place="licenses",
            severity="warning",
        )


def licenses_not_changed(
    assigned: Sequence[LicenseGrant],
    given: Sequence[LicenseGrant],
    held: Sequence[HeldLicense],
    snapshot: TenantSnapshot,
) -> Issue | None:
    """That the account does not hold what is assigned, or keeps what is not, because Update Attributes is off."""
    wanted, before = ResolvedGrants.of(assigned, snapshot), ResolvedGrants.of(given, snapshot)
    if wanted.complete and before.skus.keys() <= wanted.skus.keys() and not _differing(assigned, held, snapshot):
        return None
    return _not_changed("licenses", "licences", map(str, assigned), map(str, given))


def roles_not_changed(assigned: Sequence[str], given: Sequence[str]) -> Issue | None:
    """The same of directory roles."""
    return None if assigned == given else _not_changed("roles", "roles", assigned, given)


def _not_changed(place: str, what: str, assigned: Iterable[str], given: Iterable[str]) -> Issue:
    return Issue(
        f"{place}_not_changed",
        f"is assigned the {what} {', '.join(assigned) or '(none)'}, and keeps {', '.join(given) or 'none'} of what was "
        "given from here: Update Attributes is off",
        "Turn on Update Attributes, or change it in Entra",
        place=place,
        severity="warning",
    )


def _differing(
    granted: Sequence[LicenseGrant], held: Sequence[HeldLicense], snapshot: TenantSnapshot
) -> tuple[str, ...]:
    """The part numbers of granted licences that are not held as granted, directly or through a group."""
    holds, wanted = LicensesHeld.of(held, snapshot), ResolvedGrants.of(granted, snapshot).skus.values()
    return tuple(sorted(each.sku.part_number for each in wanted if not _is_held(each, holds)))


def _is_held(granted: GrantedSku, holds: LicensesHeld) -> bool:
    direct = holds.direct.get(granted.sku.id)
    if direct is not None and granted.certain:
        return direct == granted.enabled
    return granted.enabled <= (holds.inherited.get(granted.sku.id, frozenset()) if direct is None else direct)
