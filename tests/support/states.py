"""States for tests in which a memory goes from hand to hand."""

from __future__ import annotations

from attrs import evolve

from o365prov.people import AppUsers
from o365prov.state import MemoryState


def state_of(known: AppUsers) -> tuple[MemoryState, AppUsers]:
    """A state that remembers this, and the memory that it then gives, to plan with."""
    state = MemoryState()
    if not known.is_new:
        state.import_app_users(known)
    given = state.app_users(known.tenant_id, known.app_name)
    return state, evolve(given, linked_elsewhere=known.linked_elsewhere)
