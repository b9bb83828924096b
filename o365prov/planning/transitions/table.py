"""The transition table: what happens to the account of a person, whatever the tenant, the memory and the source say.

Each row says in words when it holds and what is done then. Exactly one row fits each situation; no row is a default.
The table decides about existence, sign-in, link and memory. Profiles, licences, roles and managers follow in modules of
their own, where the table links the person with an account.

Its laws:

1. A step that takes something away happens to leavers only, and as they were told when they left. Who is suspended is
   blocked at most, and only where the app says so.
2. The deprovisioning option and its due date are those of the day on which the person left.
3. Where memory and tenant disagree, a row says so: by a problem, or by a step that must be confirmed.
4. Who is assigned, and has started, can sign in, or a problem says why not.
5. The account of somebody who left goes to the same source anchor, or to whom the caller names; never to a mere name.

Sources: Okta, "Deprovisioning options for Office 365"; Okta, "Assign Office 365 to users"; Microsoft, "Revoke user
access in an emergency".
"""

from __future__ import annotations

from typing import Any

from o365prov.planning.transitions.held_table import HELD_ROWS
from o365prov.planning.transitions.situations import (
    Account,
    Control,
    Link,
    Memory,
    ProblemCode,
    Step,
    Wanted,
)
from o365prov.planning.transitions.transition import Transition

_THERE = (Account.ENABLED, Account.BLOCKED_BY_US, Account.BLOCKED_BY_OTHERS)
_BLOCKED = (Account.BLOCKED_BY_US, Account.BLOCKED_BY_OTHERS)
_NOT_THERE = (Account.NONE, Account.DELETED)
_HERE = (Memory.ACTIVE, Memory.ENABLING, Memory.PAUSED)
_LINKED = (*_HERE, Memory.KEPT, Memory.LEFT)
_OTHER_THAN_ACTIVE = (Memory.NEVER, Memory.ENABLING, Memory.PAUSED, Memory.KEPT, Memory.LEFT, Memory.GONE)
_MAY_BE_TAKEN = (Link.OWN, Link.FREE, Link.YIELDING)
_NOT_OTHER_APPS = (Link.OWN, Link.FREE, Link.YIELDING, Link.NAMESAKES, Link.ANOTHERS)
_NOT_SYNCED = (Control.CLOUD, Control.LICENSES, Control.ADMIN)
_CAN_BE_BLOCKED: Any = {"account": Account.ENABLED, "control": (Control.CLOUD, Control.ADMIN, Control.GUEST)}
_CANT_BE_BLOCKED: Any = {"account": Account.ENABLED, "control": (Control.SYNCED, Control.LICENSES)}
_OUR_LEAVER: Any = {"wanted": Wanted.LEFT, "link": _NOT_OTHER_APPS, "deactivates": True}
_NEW_LEAVER: Any = {**_OUR_LEAVER, "memory": _HERE}
_KEPT_LEAVER: Any = {**_OUR_LEAVER, "memory": Memory.KEPT, "reaches_back": True}
_OLD_LEAVER: Any = {**_OUR_LEAVER, "memory": Memory.LEFT}
_UNTOUCHED_LEAVER: Any = {"wanted": Wanted.LEFT, "link": _NOT_OTHER_APPS, "deactivates": False}
_TAKES: Any = {"wanted": Wanted.ASSIGNED, "link": _MAY_BE_TAKEN}

ROWS: tuple[Transition, ...] = (
    # Who is not provisioned now.
    *HELD_ROWS,
    # Who left: nothing was ever ours, or nothing is left.
    Transition.of(
        "asked for by name, but neither assigned nor remembered: said, nothing is ours to touch",
        Step.NOTHING,
        problem=ProblemCode.NEVER_SEEN,
        wanted=Wanted.LEFT,
        memory=Memory.NEVER,
    ),
    Transition.of(
        "left, and the account is gone: nothing is left to do",
        Step.NOTHING,
        wanted=Wanted.LEFT,
        memory=Memory.GONE,
        account=_NOT_THERE,
    ),
    Transition.of(
        "left, and somebody brought the account back after its deletion: said, not touched",
        Step.NOTHING,
        problem=ProblemCode.RESTORED_LEAVER,
        wanted=Wanted.LEFT,
        memory=Memory.GONE,
        account=_THERE,
    ),
    Transition.of(
        "left, and somebody deleted the account: remembered",
        Step.FORGET,
        wanted=Wanted.LEFT,
        memory=_LINKED,
        account=_NOT_THERE,
    ),
    Transition.of(
        "left, but another app has linked the account: said, left to that app",
        Step.NOTHING,
        problem=ProblemCode.ACCOUNT_OF_ANOTHER_APP,
        wanted=Wanted.LEFT,
        memory=_LINKED,
        account=_THERE,
        link=Link.OTHER_APPS,
    ),
    Transition.of(
        "leaves, and Deactivate Users is off: remembered, keeps the account",
        Step.KEEP,
        **_UNTOUCHED_LEAVER,
        memory=_HERE,
        account=_THERE,
    ),
    Transition.of(
        "left while Deactivate Users was off, and it still is or does not reach back: keeps the account",
        Step.NOTHING,
        **_UNTOUCHED_LEAVER,
        memory=Memory.KEPT,
        account=_THERE,
    ),
    Transition.of(
        "left, blocked, and Deactivate Users is off since: keeps the account as it is",
        Step.NOTHING,
        **_UNTOUCHED_LEAVER,
        memory=Memory.LEFT,
        account=_BLOCKED,
    ),
    Transition.of(
        "left, Deactivate Users is off since, and Graph could not block an account that Entra Connect masters: said",
        Step.NOTHING,
        problem=ProblemCode.SYNCED_LEAVER,
        **_UNTOUCHED_LEAVER,
        memory=Memory.LEFT,
        **_CANT_BE_BLOCKED,
    ),
    Transition.of(
        "left, Deactivate Users is off since, and somebody enabled the account again: said, not touched",
        Step.NOTHING,
        problem=ProblemCode.RE_ENABLED_LEAVER,
        **_UNTOUCHED_LEAVER,
        memory=Memory.LEFT,
        **_CAN_BE_BLOCKED,
    ),
    # Who leaves now.
    Transition.of("leaves, to be deleted at once: deleted", Step.DELETE, **_NEW_LEAVER, account=_THERE, due=True),
    Transition.of("leaves: blocked", Step.BLOCK, **_NEW_LEAVER, **_CAN_BE_BLOCKED, due=False),
    Transition.of(
        "leaves, and Graph can't block an account that Entra Connect masters: the grace period begins all the same",
        Step.DEPART,
        problem=ProblemCode.SYNCED_LEAVER,
        **_NEW_LEAVER,
        **_CANT_BE_BLOCKED,
        due=False,
    ),
    Transition.of(
        "leaves, blocked already: the grace period begins", Step.DEPART, **_NEW_LEAVER, account=_BLOCKED, due=False
    ),
    # Who left while Deactivate Users was off, and it is on since.
    Transition.of(
        "left while Deactivate Users was off, and leavers are deleted at once since: deleted once it is confirmed",
        Step.DELETE,
        **_KEPT_LEAVER,
        account=_THERE,
        due=True,
    ),
    Transition.of(
        "left while Deactivate Users was off, and it is on since: blocked once it is confirmed",
        Step.BLOCK,
        **_KEPT_LEAVER,
        **_CAN_BE_BLOCKED,
        due=False,
    ),
    Transition.of(
        "left while Deactivate Users was off, and Graph can't block an account that Entra Connect masters: the grace "
        "period begins once it is confirmed",
        Step.DEPART,
        problem=ProblemCode.SYNCED_LEAVER,
        **_KEPT_LEAVER,
        **_CANT_BE_BLOCKED,
        due=False,
    ),
    Transition.of(
        "left while Deactivate Users was off, and the account is blocked: the grace period begins once it is confirmed",
        Step.DEPART,
        **_KEPT_LEAVER,
        account=_BLOCKED,
        due=False,
    ),
    # Who left before.
    Transition.of(
        "left, and the day of deletion has come: deleted", Step.DELETE, **_OLD_LEAVER, account=_BLOCKED, due=True
    ),
    Transition.of(
        "left, the day of deletion has come, and the account could never be blocked: deleted",
        Step.DELETE,
        **_OLD_LEAVER,
        **_CANT_BE_BLOCKED,
        due=True,
    ),
    Transition.of(
        "left, blocked: waits for what the option says", Step.WAIT, **_OLD_LEAVER, account=_BLOCKED, due=False
    ),
    Transition.of(
        "left, and Graph can't block an account that Entra Connect masters: waits for what the option says",
        Step.WAIT,
        problem=ProblemCode.SYNCED_LEAVER,
        **_OLD_LEAVER,
        **_CANT_BE_BLOCKED,
        due=False,
    ),
    Transition.of(
        "left, and somebody enabled the account again: said, not touched",
        Step.NOTHING,
        problem=ProblemCode.RE_ENABLED_LEAVER,
        **_OLD_LEAVER,
        **_CAN_BE_BLOCKED,
        reverts=False,
    ),
    Transition.of(
        "left, somebody enabled the account again, and the plan reverts edits: blocked once it is confirmed",
        Step.BLOCK,
        overrides=True,
        **_OLD_LEAVER,
        **_CAN_BE_BLOCKED,
        due=False,
        reverts=True,
    ),
    Transition.of(
        "left, the day of deletion has come, somebody enabled the account again, and the plan reverts edits: deleted "
        "once it is confirmed",
        Step.DELETE,
        overrides=True,
        **_OLD_LEAVER,
        **_CAN_BE_BLOCKED,
        due=True,
        reverts=True,
    ),
    # Who is assigned, without an account.
    Transition.of(
        "assigned, without an account: created",
        Step.CREATE,
        wanted=Wanted.ASSIGNED,
        account=Account.NONE,
        creates=True,
        has_password=True,
    ),
    Transition.of(
        "assigned, without an account or a first password for one: stopped",
        Step.NOTHING,
        problem=ProblemCode.NO_INITIAL_PASSWORD,
        wanted=Wanted.ASSIGNED,
        account=Account.NONE,
        creates=True,
        has_password=False,
    ),
    Transition.of(
        "assigned, without an account, and none is created: stopped",
        Step.NOTHING,
        problem=ProblemCode.CREATE_USERS_IS_OFF,
        wanted=Wanted.ASSIGNED,
        account=Account.NONE,
        creates=False,
    ),
    # Who is assigned, where the account is somebody else's.
    Transition.of(
        "assigned, but the account is linked to another person: stopped, both are named",
        Step.NOTHING,
        problem=ProblemCode.ACCOUNT_OF_ANOTHER_PERSON,
        wanted=Wanted.ASSIGNED,
        account=(*_THERE, Account.DELETED),
        link=Link.ANOTHERS,
    ),
    Transition.of(
        "assigned, but another app has linked the account: stopped, both are named",
        Step.NOTHING,
        problem=ProblemCode.ACCOUNT_OF_ANOTHER_APP,
        wanted=Wanted.ASSIGNED,
        account=(*_THERE, Account.DELETED),
        link=Link.OTHER_APPS,
    ),
    Transition.of(
        "assigned, but the account of this name was a leaver's: stopped, for a recycled address is not a rehire",
        Step.NOTHING,
        problem=ProblemCode.ACCOUNT_OF_NAMESAKE,
        wanted=Wanted.ASSIGNED,
        account=(*_THERE, Account.DELETED),
        link=Link.NAMESAKES,
    ),
    # Who is assigned, with an account that can't be taken.
    Transition.of(
        "assigned, but Entra Connect masters the account: stopped",
        Step.NOTHING,
        problem=ProblemCode.SYNCED_ACCOUNT,
        **_TAKES,
        account=(*_THERE, Account.DELETED),
        control=Control.SYNCED,
    ),
    Transition.of(
        "assigned, but the account is a privileged admin's whom we did not provision: stopped",
        Step.NOTHING,
        problem=ProblemCode.PRIVILEGED_ADMIN,
        **_TAKES,
        account=_THERE,
        control=Control.ADMIN,
    ),
    Transition.of(
        "assigned, but the account is a guest's whom we did not provision: stopped",
        Step.NOTHING,
        problem=ProblemCode.GUEST_ACCOUNT,
        **_TAKES,
        account=(*_THERE, Account.DELETED),
        control=Control.GUEST,
    ),
    Transition.of(
        "assigned, with a deleted account: restored",
        Step.RESTORE,
        **_TAKES,
        account=Account.DELETED,
        control=_NOT_SYNCED,
        creates=True,
        restores=True,
    ),
    Transition.of(
        "assigned, with a deleted account, and none is restored: stopped",
        Step.NOTHING,
        problem=ProblemCode.DELETED_ACCOUNT,
        **_TAKES,
        account=Account.DELETED,
        control=_NOT_SYNCED,
        creates=True,
        restores=False,
    ),
    Transition.of(
        "assigned, with a deleted account, and none is created: stopped",
        Step.NOTHING,
        problem=ProblemCode.DELETED_ACCOUNT,
        **_TAKES,
        account=Account.DELETED,
        control=_NOT_SYNCED,
        creates=False,
    ),
    # Who is assigned, with an account that can be taken.
    Transition.of(
        "assigned, with an account that is enabled: linked",
        Step.LINK,
        **_TAKES,
        account=Account.ENABLED,
        control=(Control.CLOUD, Control.LICENSES),
    ),
    Transition.of(
        "assigned again or active again, and we had blocked the account: enabled",
        Step.ENABLE,
        **_TAKES,
        account=Account.BLOCKED_BY_US,
        control=Control.CLOUD,
    ),
    Transition.of(
        "assigned, but Graph can't enable an account that Entra Connect masters: linked, said",
        Step.LINK,
        problem=ProblemCode.SYNCED_BLOCKED,
        **_TAKES,
        account=_BLOCKED,
        control=Control.LICENSES,
    ),
    Transition.of(
        "newly linked or assigned again, and others had blocked the account: enabled once it is confirmed",
        Step.ENABLE,
        overrides=True,
        **_TAKES,
        memory=_OTHER_THAN_ACTIVE,
        account=Account.BLOCKED_BY_OTHERS,
        control=Control.CLOUD,
    ),
    Transition.of(
        "assigned, and somebody blocked the account: said, not touched",
        Step.LINK,
        problem=ProblemCode.BLOCKED_ACCOUNT,
        **_TAKES,
        memory=Memory.ACTIVE,
        account=Account.BLOCKED_BY_OTHERS,
        control=Control.CLOUD,
        reverts=False,
    ),
    Transition.of(
        "assigned, somebody blocked the account, and the plan reverts edits: enabled once it is confirmed",
        Step.ENABLE,
        overrides=True,
        **_TAKES,
        memory=Memory.ACTIVE,
        account=Account.BLOCKED_BY_OTHERS,
        control=Control.CLOUD,
        reverts=True,
    ),
)
