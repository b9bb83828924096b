"""For a plan about some people: who else has to be looked at in the tenant.

A name that two people share, a manager, and seats that are not enough for all who ask for them: what becomes of
somebody may depend on another person's account. Of everybody else it is enough what the source and the memory say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from o365prov.people import AppUser, AppUsers, comparable_name
from o365prov.planning.model.options import PlanOptions, PlanRequest, Scope
from o365prov.planning.rules.addresses import personal_addresses
from o365prov.planning.rules.license_decisions import asks_for_licenses
from o365prov.planning.tenant.snapshot import TenantSnapshot
from o365prov.provisioning import DesiredUser


def neighbours(
    people: Sequence[DesiredUser],
    rules: PlanOptions,
    snapshot: TenantSnapshot,
    app_users: AppUsers,
    request: PlanRequest,
) -> Sequence[DesiredUser]:
    """Those whom the plan is about, and those whose accounts matter to them; everybody if it is about everybody.

    Args:
        people: everybody who is provisioned.
        rules: what the app allows.
        snapshot: what the tenant holds; only its licences are looked at.
        app_users: the memory.
        request: whom the plan is about.

    """
    if request.only is None:
        return people
    about = [each for each in people if each.person_id in request.only]
    remembered = [known for each in request.only if (known := app_users.get(each))]
    names = {name for each in about for name in names_of(each)}.union(*map(remembered_names, remembered))
    competing = () if rules.provisioning.user_attributes_only else _competing(people, rules, snapshot, app_users, about)
    return [
        each
        for each in people
        if each.person_id in request.only
        or each.person_id in competing
        or not names.isdisjoint(_own_names(each, app_users.get(each.person_id)))
    ]


def names_of(desired: DesiredUser) -> Iterator[str]:
    """Every name in lower case by which a person may depend on somebody else, or on somebody else's account."""
    person = desired.assignment.person
    anchors = (each.anchor for each in person.directory_accounts)
    names = (*_usernames(desired), desired.new_anchor, desired.manager, _mail(desired), *anchors)
    yield from (comparable_name(each) for each in (*names, *personal_addresses(person)) if isinstance(each, str))


def _own_names(desired: DesiredUser, known: AppUser | None) -> Iterator[str]:
    """The names by which others may depend on this person."""
    directory = (each.distinguished_name for each in desired.assignment.person.directory_accounts)
    names = (*_usernames(desired), desired.new_anchor, _mail(desired), *directory)
    yield from (comparable_name(each) for each in names if isinstance(each, str))
    if known is not None:
        yield from remembered_names(known)


def remembered_names(known: AppUser) -> Collection[str]:
    """The username and the source anchor that are remembered of a person, in lower case."""
    return {each.lower() for each in (known.username, known.anchor) if each}


def _usernames(desired: DesiredUser) -> Iterator[str | None]:
    """The username that the person gets, and every other that they might get."""
    yield desired.username
    yield from (each.username for each in desired.candidates)


def _mail(desired: DesiredUser) -> object:
    """The address that the person may get: what is sent on an update is sent for a new account too."""
    return desired.creation_properties().get("mail")


def _competing(
    people: Sequence[DesiredUser],
    rules: PlanOptions,
    snapshot: TenantSnapshot,
    app_users: AppUsers,
    about: Sequence[DesiredUser],
) -> frozenset[str]:
    """The ids of everybody who asks for seats that are scarce, if one of *about* does."""
    asking: dict[str, set[str]] = {}
    for each in people:
        if rules.scope is not Scope.CHANGED or asks_for_licenses(each, app_users.get(each.person_id)):
            for grant in each.assignment.grants.licenses:
                if sku := snapshot.find_sku(grant.sku):
                    asking.setdefault(sku.id, set()).add(each.person_id)
    scarce = [ids for sku_id, ids in asking.items() if len(ids) > snapshot.sku_named[sku_id].free]
    competing = frozenset[str]().union(*scarce)
    return frozenset() if competing.isdisjoint(each.person_id for each in about) else competing
