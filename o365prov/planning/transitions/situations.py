"""In which situation a person and their account can be: what the transition table asks for, and what it can answer."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen


class Wanted(StrEnum):
    """What the source says about the person."""

    ASSIGNED = "assigned"
    STARTS_SOON = "starts soon"
    STARTS_LATER = "starts later"
    HELD = "held"
    SUSPENDED = "suspended, and to be blocked"
    EXCLUDED = "excluded"
    MISSING = "missing, and perhaps not gone"
    LEFT = "not assigned"


class Memory(StrEnum):
    """What we remember of the person."""

    NEVER = "never seen"
    ACTIVE = "active"
    ENABLING = "assigned, and not enabled yet"
    PAUSED = "assigned, and blocked from here for the time being"
    KEPT = "left, and kept the account"
    LEFT = "left"
    GONE = "gone"


class Account(StrEnum):
    """What the tenant holds."""

    NONE = "no account"
    ENABLED = "enabled"
    BLOCKED_BY_US = "blocked by us"
    BLOCKED_BY_OTHERS = "blocked by others"
    DELETED = "deleted"


class Link(StrEnum):
    """Whose account it is, as far as it is linked."""

    OWN = "the person's own"
    FREE = "nobody's"
    YIELDING = "a leaver's that yields"
    NAMESAKES = "a leaver's of the same name"
    ANOTHERS = "another person's"
    OTHER_APPS = "another app's"


class Control(StrEnum):
    """What may be done with the account."""

    CLOUD = "ours to change"
    LICENSES = "only ours to license"
    SYNCED = "mastered by Entra Connect"
    ADMIN = "a privileged admin whom we did not provision, and whom nobody hands over"
    GUEST = "a guest whom we did not provision, and whom nobody hands over"


class Step(StrEnum):
    """What is done; where somebody left and it is nothing, nothing else is taken from the account either."""

    NOTHING = "nothing"
    CREATE = "create"
    RESTORE = "restore and link"
    LINK = "link"
    ENABLE = "link and enable"
    BLOCK = "block"
    KEEP = "remember that they left, and keep the account"
    DEPART = "remember that they left"
    WAIT = "take what is due"
    FORGET = "remember that it is gone"
    DELETE = "delete"


class ProblemCode(StrEnum):
    """What is said; empty for nothing."""

    NONE = ""
    HELD = "held"
    STARTS_LATER = "starts_later"
    ENABLED_EARLY = "enabled_early"
    SUSPENDED = "suspended"
    SYNCED_SUSPENDED = "synced_suspended"
    GONE_SUSPENDED = "gone_suspended"
    RE_ENABLED_SUSPENDED = "re_enabled_suspended"
    EXCLUDED = "excluded"
    MISSING = "missing"
    NEVER_SEEN = "never_seen"
    RESTORED_LEAVER = "restored_leaver"
    RE_ENABLED_LEAVER = "re_enabled_leaver"
    SYNCED_LEAVER = "synced_leaver"
    ACCOUNT_OF_ANOTHER_APP = "account_of_another_app"
    ACCOUNT_OF_ANOTHER_PERSON = "account_of_another_person"
    ACCOUNT_OF_NAMESAKE = "account_of_namesake"
    NO_INITIAL_PASSWORD = "no_initial_password"  # noqa: S105 - a code, not a password
    CREATE_USERS_IS_OFF = "create_users_is_off"
    SYNCED_ACCOUNT = "synced_account"
    PRIVILEGED_ADMIN = "privileged_admin"
    GUEST_ACCOUNT = "guest_account"
    DELETED_ACCOUNT = "deleted_account"
    SYNCED_BLOCKED = "synced_blocked"
    BLOCKED_ACCOUNT = "blocked_account"


@frozen
class Situation:
    """Everything that the table asks for.

    Args:
        wanted: what the source says.
        memory: what we remember.
        account: what the tenant holds.
        link: whose account it is.
        control: what may be done with the account.
        due: whether the leaver's account is to be deleted by now.
        creates: whether the type creates accounts.
        deactivates: whether leavers are deprovisioned.
        restores: whether deleted accounts are restored.
        has_password: whether a new account has a first password, or needs none.
        reverts: whether the plan reverts edits in Office 365.

    """

    wanted: Wanted
    memory: Memory = Memory.NEVER
    account: Account = Account.NONE
    link: Link = Link.FREE
    control: Control = Control.CLOUD
    due: bool = False
    creates: bool = True
    deactivates: bool = True
    restores: bool = False
    has_password: bool = True
    reverts: bool = False
