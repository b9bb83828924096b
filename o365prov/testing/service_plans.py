"""How long the service plans of a licence take, and how that ends.

A licence is assigned at once; the services behind it follow in minutes or hours, each on its own, and
``licenseDetails`` shows how far they are (Microsoft Graph, "servicePlanInfo resource type"; Exchange, "Delays in
provisioning of user/mailbox").
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from attrs import Attribute, field, frozen

from o365prov._annotations import check_call
from o365prov._fields import finite, frozen_mapping, typed, wrong

PENDING = "PendingInput"
SUCCESS = "Success"
STATUSES = (SUCCESS, "Disabled", "Error", PENDING, "PendingActivation", "PendingProvisioning")
"""What a plan's ``provisioningStatus`` can be (Graph, "servicePlanInfo resource type")."""


def _known_statuses(owner: object, field: Attribute[Mapping[str, str]], value: Any) -> None:
    if not isinstance(value, Mapping) or any(each not in STATUSES for each in value.values()):
        raise wrong(owner, field, f"statuses by the names of plans, each one of {', '.join(STATUSES)}", value)


@frozen(field_transformer=typed)
class PlanProvisioning:
    """How long service plans take after their licence was assigned or changed, and how that ends.

    Attributes:
        seconds: by the tenant's clock; until then a plan is ``PendingInput``.
        ends: statuses in place of ``Success`` by the plan's name, such as ``{"TEAMS1": "Error"}``.

    Example:
        >>> from datetime import UTC
        >>> noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
        >>> provisioning = PlanProvisioning(seconds=60, ends={"TEAMS1": "Error"})
        >>> [provisioning.status("TEAMS1", noon, noon + timedelta(seconds=passed)) for passed in (0, 60)]
        ['PendingInput', 'Error']

    """

    seconds: float = field(default=0, validator=finite)
    ends: Mapping[str, str] = field(factory=dict, converter=frozen_mapping, validator=_known_statuses, hash=False)

    def status(self, name: str, since: datetime, now: datetime) -> str:
        """The ``provisioningStatus`` of a plan that is turned on.

        Args:
            name: the plan's name.
            since: when its licence was assigned or changed, aware.
            now: the time, aware.

        """
        check_call(PlanProvisioning.status, locals())
        if now - since < timedelta(seconds=self.seconds):
            return PENDING
        return self.ends.get(name, SUCCESS)
