"""Seats: what the tenant has bought of each product, and how many seats are consumed."""

from __future__ import annotations

from collections import Counter

from attrs import frozen

from o365prov._fields import typed
from o365prov.testing.fake_tenant.schema.skus import Product
from o365prov.testing.fake_tenant.store.change_log import ChangeKind
from o365prov.testing.fake_tenant.store.table import Record


@frozen(field_transformer=typed)
class Subscription:
    """A product that the tenant has bought, and how many seats of it."""

    product: Product
    seats: int
    applies_to: str = "User"

    def free(self, consumed: Counter[str]) -> int:
        """How many seats are left, given those that are consumed of each product."""
        return self.seats - consumed[self.product.id]


def count_seats(consumed: Counter[str], kind: ChangeKind, before: Record | None, after: Record | None) -> None:
    """Count the seats that a change of one object takes and gives back.

    Args:
        consumed: the consumed seats of each product, which are changed in place.
        kind: what the object is. A group's licences take no seats; those of its members do.
        before: the object before the change; None if it is new.
        after: the object after it; None if it is deleted.

    """
    if kind != "user":
        return
    held = {item["skuId"] for item in (before or {}).get("assignedLicenses", ())}
    holds = {item["skuId"] for item in (after or {}).get("assignedLicenses", ())}
    consumed.subtract(held - holds)
    consumed.update(holds - held)
