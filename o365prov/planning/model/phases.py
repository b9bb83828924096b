"""The order in which a plan's changes must happen."""

from __future__ import annotations

from enum import IntEnum, auto


class Phase(IntEnum):
    """When a change has its turn, from the first to the last.

    Leavers with a privileged role come before everything else, and with the role they lose first. Then objects,
    licences, roles, references and sessions; what takes something away from people comes last, so that a plan that was
    interrupted has given more than it took.
    """

    PRIVILEGED_ROLES = auto()
    PRIVILEGED_LEAVERS = auto()
    ACCOUNTS = auto()
    PROFILES = auto()
    LICENSE_REMOVALS = auto()
    LICENSE_EXCHANGES = auto()
    LICENSES = auto()
    ROLES = auto()
    REFERENCES = auto()
    SESSIONS = auto()
    ROLE_REMOVALS = auto()
    LEAVERS = auto()
    LEAVERS_LICENSES = auto()
    DELETIONS = auto()
