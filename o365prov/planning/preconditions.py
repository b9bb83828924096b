"""What is checked before a plan is made: the tenant, the time and the assignments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import UnionType

from o365prov._annotations import check_call, is_aware
from o365prov._fields import as_frozenset, as_tuple
from o365prov.errors import ConfigurationError, StaleMappingError, UsageError
from o365prov.people import AppUsers, Assignment
from o365prov.planning.model.options import Needs, Scope
from o365prov.planning.tenant.snapshot import TenantSnapshot
from o365prov.profiles import ProfileMapping
from o365prov.provisioning import OktaOrg, ProvisioningType, is_stale, staleness
from o365prov.rendering import count_text, names_text, shortened


def check_domains(snapshot: TenantSnapshot, domains: Iterable[str]) -> None:
    """Refuse a tenant that has not verified each of *domains* (lower case).

    Raises:
        ConfigurationError: a domain is missing or not verified.

    Source: Microsoft Entra, "Managing custom domain names".

    """
    domains = as_tuple(domains)
    check_call(check_domains, locals())
    known = snapshot.domain_named
    unknown = [domain for domain in domains if domain not in known]
    unverified = [domain for domain in domains if domain in known and not known[domain].verified]
    verified = ", ".join(sorted(name for name, domain in known.items() if domain.verified)) or "none"
    wrong = [
        f"{names_text([*map(shortened, names)])} {what}"
        for names, what in ((unknown, "not in the tenant"), (unverified, "not verified in the tenant"))
        if names
    ]
    if wrong:
        raise ConfigurationError(
            f"domain {'; '.join(wrong)}: add and verify it in Entra, or use one of the verified ones ({verified})"
        )


def check_coverage(snapshot: TenantSnapshot, only: Iterable[str] | None) -> None:
    """Refuse a snapshot that was read for some people, for a plan that is about others too.

    Args:
        snapshot: what the tenant holds.
        only: the ids of the people whom the plan is about; None for everybody.

    Raises:
        UsageError: the snapshot was not read for all of these people.

    """
    only = None if only is None else as_frozenset(only)
    check_call(check_coverage, locals())
    if snapshot.coverage is None or (only is not None and only <= snapshot.coverage.people):
        return
    covered = count_text(len(snapshot.coverage.people), "person", "people")
    others = "everybody" if only is None else names_text([*map(shortened, sorted(only - snapshot.coverage.people))])
    raise UsageError(
        f"this snapshot was read for {covered}, and is asked about {others}: "
        "read the tenant with app.needs(assignments, only=...) for the people whom the plan is about"
    )


def check_parts(snapshot: TenantSnapshot, needs: Needs) -> None:
    """Refuse a snapshot that was read for settings that need less: what was not read would look as if it were empty.

    Args:
        snapshot: what the tenant holds.
        needs: what a plan with these settings asks about.

    Raises:
        UsageError: something was not read.

    """
    check_call(check_parts, locals())
    missing = frozenset[str]() if snapshot.parts is None else needs.parts - snapshot.parts
    if missing:
        raise UsageError(
            f"this snapshot was read without {names_text(sorted(missing))}: read the tenant with the needs() of "
            "the app that plans"
        )


def check_memory(app_users: AppUsers, tenant_id: str, app_name: str) -> None:
    """Refuse the memory of another tenant or app.

    Raises:
        ConfigurationError: the memory belongs to another tenant or app.

    """
    check_call(check_memory, locals())
    wrong = [
        f"the {what} {shortened(remembered) or '(none)'}, and this is {shortened(present)}"
        for what, remembered, present in (
            ("tenant", app_users.tenant_id, tenant_id),
            ("app", app_users.app_name, app_name),
        )
        if remembered != present
    ]
    if wrong:
        raise ConfigurationError(
            f"the app users are of {'; of '.join(wrong)}: plan with those of this one, "
            "state.app_users(snapshot.tenant_id, app.name)"
        )


def check_belongs(belongs: tuple[str, str], present: tuple[str, str], remedy: str) -> None:
    """Refuse what is remembered of another tenant or app.

    Args:
        belongs: the tenant's id and the app's name that it is of.
        present: those of this one.
        remedy: what to do.

    Raises:
        ConfigurationError: it is of another one.

    """
    check_call(check_belongs, locals())
    if belongs != present:
        raise ConfigurationError(
            f"the memory is of the tenant {shortened(belongs[0])} and the app {shortened(belongs[1])}, and this is "
            f"{shortened(present[0])} and {shortened(present[1])}: {remedy}"
        )


def check_transfers(transfers: Mapping[str, str], assigned: Iterable[Assignment]) -> None:
    """Refuse to hand an account to somebody who is not assigned.

    Raises:
        ConfigurationError: *transfers* (object ids by person id) names somebody else.

    """
    assigned = as_tuple(assigned)
    check_call(check_transfers, locals())
    if unknown := sorted(set(transfers) - {each.person_id for each in assigned}):
        raise ConfigurationError(
            f"transfers hands accounts to people who are not assigned: {names_text([*map(shortened, unknown)])}: "
            "it takes an object id by person id"
        )


def check_settings(
    mapping: ProfileMapping, provisioning: ProvisioningType, org: OktaOrg, app_users: AppUsers, scope: Scope
) -> None:
    """Refuse settings that no plan can be made with.

    Raises:
        StaleMappingError: the settings changed after the attributes were mapped.
        ConfigurationError: the type does not have the *scope*, or can't follow the type that provisioned the people in
            *app_users*; or two of these have one account.

    """
    check_call(check_settings, locals())
    if is_stale(mapping, provisioning):
        raise StaleMappingError(staleness(mapping, provisioning))
    check_scope(scope, provisioning)
    for name in sorted({user.provisioning_type for user in app_users}):
        if (reason := org.why_not(name, provisioning)) is not None:
            raise ConfigurationError(reason)
    check_links(app_users)


def check_links(app_users: AppUsers) -> None:
    """Refuse a memory in which two people have one account.

    Raises:
        ConfigurationError: more than one person is linked to an account.

    """
    check_call(check_links, locals())
    if shared := app_users.shared_accounts():
        raise ConfigurationError(
            f"more than one app user is linked to the same account ({', '.join(shared[:10])}): "
            "keep the app user of the account's owner and remove the others"
        )


def check_scope(scope: Scope, provisioning: ProvisioningType) -> None:
    """Refuse a scope that the type does not have.

    Raises:
        ConfigurationError: *scope* would revert edits that the type allows.

    """
    check_call(check_scope, locals())
    if scope is Scope.DRIFT and not provisioning.owns_profile:
        raise ConfigurationError(
            f"scope='drift' would revert edits that {provisioning.label} allows in Office 365: "
            "use scope='changed', or User Sync or Universal Sync"
        )


def check_now(now: object) -> None:
    """Refuse a time that is not an instant with a time zone."""
    if not isinstance(now, datetime):
        raise ConfigurationError(f"now can't be a {type(now).__name__}: pass now=datetime.now(UTC)")
    if not is_aware(now):
        raise ConfigurationError("now has no time zone: pass now=datetime.now(UTC)")


def check_type(value: object, kind: type | UnionType, argument: str, example: str) -> None:
    """Refuse an argument of another type than *kind*; *example* shows what to pass."""
    if not isinstance(value, kind):
        raise ConfigurationError(f"{argument} can't be a {type(value).__name__}: pass {argument}={example}")


def as_assignment(value: object) -> Assignment:
    """The value, if it is an assignment."""
    if not isinstance(value, Assignment):
        raise ConfigurationError(
            f"a {type(value).__name__} is not an Assignment: pass those of read_organization(...).assignments"
        )
    return value


def unique_assignments(assignments: object) -> list[Assignment]:
    """The assignments as a list; refuse other values, and people who are assigned more than once."""
    if isinstance(assignments, str | bytes) or not isinstance(assignments, Iterable):
        raise ConfigurationError(f"assignments can't be a {type(assignments).__name__}: pass a list of assignments")
    listed = [as_assignment(each) for each in assignments]
    counts = Counter(each.person.id for each in listed)
    twice = sorted(person_id for person_id, count in counts.items() if count > 1)
    if twice:
        raise ConfigurationError(f"assigned more than once: {', '.join(twice[:10])}: merge their assignments first")
    return listed
