"""What one assigned person should be in Office 365."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from attrs import frozen

from o365prov.people import Assignment
from o365prov.profiles import (
    UNSET,
    ApplyOn,
    Finding,
    MappedValue,
    ProfileMapping,
    Unset,
    UsernameFormat,
    bindings_of,
)
from o365prov.profiles.attributes import Kind
from o365prov.provisioning.strategy import ProvisioningType


@frozen
class DesiredUser:
    """The evaluated username and mapping of one person, with everything that is wrong with them.

    *sessions_valid_from* is the instant before which sessions are void, None where there is none.
    """

    assignment: Assignment
    username: str | None
    values: tuple[MappedValue, ...]
    findings: tuple[Finding, ...]
    sessions_valid_from: datetime | None = None

    @property
    def person_id(self) -> str:
        """The person's id."""
        return self.assignment.person.id

    @property
    def blocked(self) -> bool:
        """Whether something found stops this person."""
        return any(finding.stops for finding in self.findings)

    @property
    def anchor(self) -> str | None:
        """The source anchor that the mapping gives, or None."""
        for mapped in self.values:
            if mapped.mapping.attribute.kind is Kind.ANCHOR and isinstance(mapped.value, str):
                return mapped.value
        return None

    @property
    def new_anchor(self) -> str:
        """The source anchor for a new account: the mapped one, else Okta's fallback.

        Okta falls back to the app user's id, which is the person's id; its own advice maps the same.

        Source: Okta support, "Handling immutable ID issues in Okta for Microsoft 365 assignments".
        """
        return self.anchor or self.person_id

    @property
    def manager(self) -> str | Unset | None:
        """How the mapping names the manager; None for no manager, UNSET to leave the reference alone."""
        for mapped in self.values:
            if mapped.mapping.attribute.kind is Kind.MANAGER:
                return mapped.value if isinstance(mapped.value, str | None) else UNSET
        return UNSET

    def properties(self, *, creating: bool) -> Mapping[str, Any]:
        """Values by Graph's property names; None or [] clears. On create nothing is cleared, on update only what is
        mapped for updates is sent.
        """
        found = {}
        for mapped in self.values:
            attribute = mapped.mapping.attribute
            if mapped.value is UNSET or attribute.graph is None or attribute.kind in {Kind.ANCHOR, Kind.MANAGER}:
                continue
            if creating and mapped.value in (None, []):
                continue
            if not creating and mapped.mapping.apply_on is ApplyOn.CREATE:
                continue
            found[attribute.graph] = mapped.value
        return found


def desired_user(
    assignment: Assignment,
    provisioning: ProvisioningType,
    username: UsernameFormat,
    mapping: ProfileMapping,
    domains: Collection[str],
    *,
    now: datetime | None = None,
) -> DesiredUser:
    """Evaluate everything that decides about one person; what is wrong comes back as findings, never as an exception.

    *domains* are in lower case.
    """
    person = assignment.person
    bindings = bindings_of(assignment, now=now)
    name, wrong = username.username(bindings, domains)
    values = mapping.values(bindings, takes=lambda attribute: provisioning.takes(attribute, person))
    findings = [wrong, *(mapped.finding for mapped in values)]
    if len(person.directory_accounts) > 1:
        findings.append(_SEVERAL_DIRECTORIES)
    return DesiredUser(
        assignment,
        name,
        values,
        tuple(finding for finding in findings if finding),
        provisioning.sessions_valid_from(person),
    )


_SEVERAL_DIRECTORIES = Finding(
    "several_directories",
    "assigned to more than one Active Directory instance, so the source anchor is ambiguous",
    "Keep one account, or map the Immutable ID by an expression that names the instance",
    attribute="immutableId",
    stops=True,
)
