"""What Microsoft says about a licence that an account has, and about each of its service plans.

Source: Microsoft Graph, "licenseDetails resource type" and "servicePlanInfo resource type" (the statuses).
"""

from __future__ import annotations

from attrs import frozen

from o365prov._fields import typed

READY = "Success"
PENDING = "PendingInput"
FAILED = "Error"
OFF = "Disabled"


@frozen(field_transformer=typed)
class ServicePlanInfo:
    """A service plan of an account's licence, and how far it is.

    What Microsoft is still at work on is *pending*. ``PendingActivation`` (an administrator must activate the plan) and
    ``PendingProvisioning`` (the plan is new in the product, and not active in the tenant) are about the whole tenant:
    no person's plan gets further by waiting, so such a plan *waits for the tenant* and is neither pending nor failed.

    Args:
        id: the plan's id.
        name: its name, such as ``TEAMS1``.
        status: Graph's ``provisioningStatus``: ``Success``, ``Disabled``, ``Error``, ``PendingInput``,
            ``PendingActivation`` or ``PendingProvisioning``.

    """

    id: str
    name: str
    status: str

    @property
    def ready(self) -> bool:
        """Whether the person can use it."""
        return self.status == READY

    @property
    def failed(self) -> bool:
        """Whether Microsoft could not provision it."""
        return self.status == FAILED

    @property
    def waits_for_tenant(self) -> bool:
        """Whether it is not active in the tenant at all."""
        return self.status in {"PendingActivation", "PendingProvisioning"}

    @property
    def pending(self) -> bool:
        """Whether Microsoft is still at work on it; a status that is not known yet counts so, too."""
        return not (self.ready or self.failed or self.waits_for_tenant or self.status == OFF)

    def __str__(self) -> str:
        """The name, with the status in brackets."""
        return f"{self.name} ({self.status})"


@frozen(field_transformer=typed)
class LicenseDetails:
    """A licence of an account, directly or through a group, with its service plans.

    Args:
        sku_id: the SKU's id.
        part_number: its part number, such as ``SPE_E3``.
        service_plans: all service plans of the SKU, those that are turned off too.

    """

    sku_id: str
    part_number: str
    service_plans: tuple[ServicePlanInfo, ...] = ()
