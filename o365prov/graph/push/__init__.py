"""Applying plans of groups: batches of writes, each remembered before and after."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from o365prov.graph.push.pusher import GroupPusher
else:
    from o365prov._first_use import on_first_use

    __getattr__ = on_first_use(__name__, ("pusher",))

__all__ = ["GroupPusher"]
