"""What a verification found: people with their accounts, licences and apps, and what isn't there yet."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

from o365prov._fields import typed
from o365prov.planning.model.change_parts import Subject
from o365prov.planning.verification.expected import ExpectedState
from o365prov.planning.verification.license_details import ServicePlanInfo
from o365prov.rendering import names_text


class LicenseState(StrEnum):
    """How far a licence is that a person should have.

    - ``given``: it is there as planned, and its service plans are ready, or wait for the whole tenant.
    - ``pending``: it is there, and Microsoft is still at work on some of its service plans.
    - ``error``: Microsoft could not give it, or not some of its service plans; it says why.
    - ``missing``: it is not there, or not with the service plans that were planned.
    """

    GIVEN = "given"
    PENDING = "pending"
    ERROR = "error"
    MISSING = "missing"


@frozen(field_transformer=typed)
class CheckedLicense:
    """A licence that a person should have, as the tenant has it.

    Args:
        sku: its part number, or the name in the assignment if the tenant does not have it.
        state: how far it is.
        reason: why it is in error or missing, such as ``CountViolation``; empty otherwise.
        service_plans: the service plans that should be turned on, as far as Microsoft lists them.

    """

    sku: str
    state: LicenseState
    reason: str = ""
    service_plans: tuple[ServicePlanInfo, ...] = ()

    @property
    def pending_plans(self) -> tuple[ServicePlanInfo, ...]:
        """The service plans on which Microsoft is still at work."""
        return tuple(each for each in self.service_plans if each.pending)

    @property
    def failed_plans(self) -> tuple[ServicePlanInfo, ...]:
        """The service plans that Microsoft could not provision."""
        return tuple(each for each in self.service_plans if each.failed)

    @property
    def plans_waiting_for_tenant(self) -> tuple[ServicePlanInfo, ...]:
        """The service plans that are not active in the whole tenant."""
        return tuple(each for each in self.service_plans if each.waits_for_tenant)

    def __str__(self) -> str:
        """The part number, and unless it is given its state and why."""
        match self.state:
            case LicenseState.GIVEN:
                return self.sku
            case LicenseState.PENDING:
                plans = names_text([each.name for each in self.pending_plans])
                return f"{self.sku} is pending: {plans or 'its service plans are not listed yet'}"
            case LicenseState.ERROR:
                return f"{self.sku} is in error: {self.reason}"
            case LicenseState.MISSING:
                return f"{self.sku} is missing" + (f": {self.reason}" if self.reason else "")


@frozen(field_transformer=typed)
class CheckedPerson:
    """One person's account as the tenant has it, compared with what a plan wants.

    Args:
        subject: the person, with the planned username.
        expected: what the plan wants of the account.
        object_id: the account; None if there is none, or none is known.
        username: the account's username; None without an account.
        enabled: whether the account may sign in; None without an account.
        licenses: the licences that the person should have.
        still_held: the part numbers of licences that the plan takes away and that are still there.
        apps: the Office 365 apps on the person's dashboard: of service plans that are ready, whoever gave the licence;
            none while the person can't sign in.
        missing: what isn't there yet or is not as planned, and why, one sentence each.
        pending: whether time may still bring some of it; False if something must be done.

    """

    subject: Subject
    expected: ExpectedState
    object_id: str | None = None
    username: str | None = None
    enabled: bool | None = None
    licenses: tuple[CheckedLicense, ...] = ()
    still_held: tuple[str, ...] = ()
    apps: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    pending: bool = False

    @property
    def exists(self) -> bool:
        """Whether there is an account."""
        return self.object_id is not None

    @property
    def ok(self) -> bool:
        """Whether everything is there as planned."""
        return not self.missing

    @property
    def has_planned_username(self) -> bool:
        """Whether the account has the username that was planned, in whatever case."""
        return self.username is not None and self.username.lower() == self.subject.username.lower()

    def licenses_in(self, state: LicenseState) -> tuple[CheckedLicense, ...]:
        """The licences that are so far."""
        return tuple(each for each in self.licenses if each.state is state)
