"""The rows of the transition table about people who are assigned and not provisioned now."""

from __future__ import annotations

from typing import Any

from o365prov.planning.transitions.situations import Account, Control, Link, Memory, ProblemCode, Step, Wanted
from o365prov.planning.transitions.transition import Transition

_NOT_OTHER_APPS = (Link.OWN, Link.FREE, Link.YIELDING, Link.NAMESAKES, Link.ANOTHERS)
_CAN_BE_BLOCKED: Any = {"account": Account.ENABLED, "control": (Control.CLOUD, Control.ADMIN, Control.GUEST)}
_CANT_BE_BLOCKED: Any = {"account": Account.ENABLED, "control": (Control.SYNCED, Control.LICENSES)}
_LINKED = (Memory.ACTIVE, Memory.ENABLING, Memory.PAUSED, Memory.KEPT, Memory.LEFT)
_SUSPENDED: Any = {"wanted": Wanted.SUSPENDED, "link": _NOT_OTHER_APPS}

HELD_ROWS: tuple[Transition, ...] = (
    Transition.of("held: keeps what they have", Step.NOTHING, problem=ProblemCode.HELD, wanted=Wanted.HELD),
    Transition.of(
        "starts later: waits until then", Step.NOTHING, problem=ProblemCode.STARTS_LATER, wanted=Wanted.STARTS_LATER
    ),
    # Who starts soon, where accounts are created before that.
    Transition.of(
        "starts soon, without an account: created, can't be signed in to before",
        Step.CREATE,
        wanted=Wanted.STARTS_SOON,
        account=Account.NONE,
        creates=True,
        has_password=True,
    ),
    Transition.of(
        "starts soon, without an account or a first password for one: stopped",
        Step.NOTHING,
        problem=ProblemCode.NO_INITIAL_PASSWORD,
        wanted=Wanted.STARTS_SOON,
        account=Account.NONE,
        creates=True,
        has_password=False,
    ),
    Transition.of(
        "starts soon, without an account, and none is created: waits until then",
        Step.NOTHING,
        problem=ProblemCode.STARTS_LATER,
        wanted=Wanted.STARTS_SOON,
        account=Account.NONE,
        creates=False,
    ),
    Transition.of(
        "starts soon, and has an account that can't be signed in to: waits until then",
        Step.NOTHING,
        problem=ProblemCode.STARTS_LATER,
        wanted=Wanted.STARTS_SOON,
        account=(Account.BLOCKED_BY_US, Account.BLOCKED_BY_OTHERS, Account.DELETED),
    ),
    Transition.of(
        "starts soon, and somebody enabled the account that was created for it: said, not touched",
        Step.NOTHING,
        problem=ProblemCode.ENABLED_EARLY,
        wanted=Wanted.STARTS_SOON,
        memory=Memory.PAUSED,
        account=Account.ENABLED,
    ),
    Transition.of(
        "starts soon, and has an account that is enabled: waits until then",
        Step.NOTHING,
        problem=ProblemCode.STARTS_LATER,
        wanted=Wanted.STARTS_SOON,
        memory=(Memory.NEVER, Memory.ACTIVE, Memory.ENABLING, Memory.KEPT, Memory.LEFT, Memory.GONE),
        account=Account.ENABLED,
    ),
    Transition.of(
        "excluded: neither changed nor treated as a leaver",
        Step.NOTHING,
        problem=ProblemCode.EXCLUDED,
        wanted=Wanted.EXCLUDED,
    ),
    Transition.of(
        "missing from the source, and not for long enough to have left: counted, keeps what they have",
        Step.NOTHING,
        problem=ProblemCode.MISSING,
        wanted=Wanted.MISSING,
    ),
    # Who is suspended, where that means to be blocked.
    Transition.of(
        "suspended: blocked, keeps everything else",
        Step.BLOCK,
        problem=ProblemCode.SUSPENDED,
        **_SUSPENDED,
        memory=(Memory.ACTIVE, Memory.ENABLING, Memory.KEPT),
        **_CAN_BE_BLOCKED,
    ),
    Transition.of(
        "suspended, and Graph can't block an account that Entra Connect masters: said",
        Step.NOTHING,
        problem=ProblemCode.SYNCED_SUSPENDED,
        **_SUSPENDED,
        memory=_LINKED,
        **_CANT_BE_BLOCKED,
    ),
    Transition.of(
        "suspended, and somebody enabled the account again: said, not touched",
        Step.NOTHING,
        problem=ProblemCode.RE_ENABLED_SUSPENDED,
        **_SUSPENDED,
        memory=(Memory.PAUSED, Memory.LEFT),
        **_CAN_BE_BLOCKED,
        reverts=False,
    ),
    Transition.of(
        "suspended, somebody enabled the account again, and the plan reverts edits: blocked once it is confirmed",
        Step.BLOCK,
        problem=ProblemCode.SUSPENDED,
        overrides=True,
        **_SUSPENDED,
        memory=(Memory.PAUSED, Memory.LEFT),
        **_CAN_BE_BLOCKED,
        reverts=True,
    ),
    Transition.of(
        "suspended, but another app has linked the account: said, left to that app",
        Step.NOTHING,
        problem=ProblemCode.ACCOUNT_OF_ANOTHER_APP,
        wanted=Wanted.SUSPENDED,
        account=Account.ENABLED,
        link=Link.OTHER_APPS,
    ),
    Transition.of(
        "suspended, and the account is not linked: said, not touched",
        Step.NOTHING,
        problem=ProblemCode.SUSPENDED,
        **_SUSPENDED,
        memory=(Memory.NEVER, Memory.GONE),
        account=Account.ENABLED,
    ),
    Transition.of(
        "suspended, and the account is blocked: keeps what they have",
        Step.NOTHING,
        problem=ProblemCode.SUSPENDED,
        wanted=Wanted.SUSPENDED,
        account=(Account.BLOCKED_BY_US, Account.BLOCKED_BY_OTHERS),
    ),
    Transition.of(
        "suspended, and somebody deleted the linked account: said",
        Step.NOTHING,
        problem=ProblemCode.GONE_SUSPENDED,
        wanted=Wanted.SUSPENDED,
        memory=_LINKED,
        account=(Account.NONE, Account.DELETED),
    ),
    Transition.of(
        "suspended, and has no account: nothing to block",
        Step.NOTHING,
        problem=ProblemCode.SUSPENDED,
        wanted=Wanted.SUSPENDED,
        memory=(Memory.NEVER, Memory.GONE),
        account=(Account.NONE, Account.DELETED),
    ),
)
"""Beside those of :mod:`o365prov.planning.transitions.table`, which has all rows."""
