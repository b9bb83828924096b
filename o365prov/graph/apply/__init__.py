"""Applying a plan: batches of writes, each recorded before and after; and verifying it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from o365prov.graph.apply.applier import Applier
    from o365prov.graph.apply.delivery import WriteDelivery
    from o365prov.graph.apply.verify import PlanVerifier
else:
    from o365prov._first_use import on_first_use

    __getattr__ = on_first_use(__name__, ("applier", "delivery", "verify"))

__all__ = ["Applier", "PlanVerifier", "WriteDelivery"]
