"""The order of a plan's changes."""

from __future__ import annotations

from enum import IntEnum, auto


class Phase(IntEnum):
    """The place of a change in the order of a plan, from the first to the last.

    Leavers with a privileged role come before everything else; they lose the role first. Then come accounts, licences,
    roles, references and sessions. Changes that take something away come last, so that a plan that was interrupted has
    given more than it took.
    """

    PRIVILEGED_ROLES = auto()
    PRIVILEGED_LEAVERS = auto()
    ACCOUNTS = auto()
    PROFILES = auto()
    SIGN_IN = auto()
    MEMORY = auto()
    LICENSE_REMOVALS = auto()
    LICENSE_REPLACEMENTS = auto()
    LICENSES = auto()
    ROLES = auto()
    REFERENCES = auto()
    SESSIONS = auto()
    ROLE_REMOVALS = auto()
    LEAVERS = auto()
    LEAVERS_SESSIONS = auto()
    LEAVERS_LICENSES = auto()
    DELETIONS = auto()
