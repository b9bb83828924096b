"""The result of "Test provisioning": what of a plan is in the tenant."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from attrs import frozen

from o365prov._annotations import check_call
from o365prov._fields import typed
from o365prov.planning.verification.checked import CheckedPerson, LicenseState
from o365prov.planning.verification.document import verification_document
from o365prov.rendering import Document, Renderable, check_limit
from o365prov.structuring import Saved, SavedFormat


@frozen(repr=False, field_transformer=typed)
class Verification(Renderable, Saved):
    """What of a plan is in the tenant, person by person.

    It is shown in the same forms as a plan.

    Args:
        plan_id: the id of the plan.
        checked_at: when the tenant was asked last, aware.
        people: the people, in the order of their names.
        fingerprint: the fingerprint of the plan.

    Source: Okta, "Provision users to Office 365", step "Test provisioning".
    """

    saved_format: ClassVar[SavedFormat] = SavedFormat(
        family="o365prov.verification",
        version=1,
        name="a verification",
        origin="name the file that verification.save() wrote",
        remedy="verify the plan again",
    )

    plan_id: str
    checked_at: datetime
    people: tuple[CheckedPerson, ...] = ()
    fingerprint: str = ""

    @property
    def ok(self) -> bool:
        """Whether everything is there for everybody; true for a plan that wants nothing of anybody."""
        return all(person.ok for person in self.people)

    @property
    def ready(self) -> tuple[CheckedPerson, ...]:
        """The people for whom everything is there."""
        return tuple(person for person in self.people if person.ok)

    @property
    def pending(self) -> tuple[CheckedPerson, ...]:
        """The people for whom something isn't there and may still come by itself: verify the plan again later."""
        return tuple(person for person in self.people if person.pending)

    @property
    def incomplete(self) -> tuple[CheckedPerson, ...]:
        """The people for whom something isn't there and won't come by itself: somebody must do something."""
        return tuple(person for person in self.people if not person.ok and not person.pending)

    def get(self, person_id: str) -> CheckedPerson | None:
        """One person; None for somebody of whom the plan does not speak."""
        check_call(Verification.get, locals())
        return next((person for person in self.people if person.subject.person_id == person_id), None)

    def to_dicts(self) -> list[dict[str, str | bool | None]]:
        """The people as flat dicts, in order, for pandas, polars or csv.

        Returns:
            For each person a dict with the keys ``person_id``, ``name``, ``username`` (the account's, None without
            one), ``planned_username``, ``expected`` (such as ``in_use``), ``object_id``, ``exists``, ``enabled``,
            ``given``, ``pending``, ``error`` and ``missing`` (licences that are so far), ``pending_service_plans`` and
            ``failed_service_plans``, ``still_held``, ``apps``, ``not_there`` and ``ok``; lists have commas between
            their members, *not_there* semicolons.

        """
        return [_row(person) for person in self.people]

    def document(self, *, limit: int | None = None) -> Document:
        """What is shown: the counts, what isn't there, and who has what.

        Args:
            limit: the most rows of a kind.

        """
        check_limit(limit)
        name = self.fingerprint or self.plan_id
        return verification_document(self.people, name=name, checked_at=self.checked_at, limit=limit)

    def __repr__(self) -> str:
        return f"Verification({len(self.ready)} ready, {len(self.pending)} pending, {len(self.incomplete)} incomplete)"


def _row(person: CheckedPerson) -> dict[str, str | bool | None]:
    states = {
        state.value: ", ".join(each.sku for each in person.licenses if each.state is state) for state in LicenseState
    }
    plans = {
        "pending_service_plans": [plan.name for each in person.licenses for plan in each.pending_plans],
        "failed_service_plans": [plan.name for each in person.licenses for plan in each.failed_plans],
    }
    return {
        "person_id": person.subject.person_id,
        "name": person.subject.name,
        "username": person.username,
        "planned_username": person.subject.username,
        "expected": person.expected.value,
        "object_id": person.object_id,
        "exists": person.exists,
        "enabled": person.enabled,
        **states,
        **{name: ", ".join(found) for name, found in plans.items()},
        "still_held": ", ".join(person.still_held),
        "apps": ", ".join(person.apps),
        "not_there": "; ".join(person.missing),
        "ok": person.ok,
    }
