"""What is said of people who have not started: they wait, perhaps with an account that can't be signed in to.

Decision where the sources are silent: an account that is created before its person starts has the profile and the
manager. Licences take seats and roles give rights, so both come on the day, together with sign-in.

Source: Okta, "User states" (STAGED); Microsoft Entra, "Onboarding: create accounts before the first day".
"""

from __future__ import annotations

from o365prov.errors import Issue
from o365prov.people import Assignment
from o365prov.planning.tenant.snapshot import TenantUser
from o365prov.planning.transitions.situations import ProblemCode


def not_started(assignment: Assignment, account: TenantUser | None, *, early: bool = False) -> Issue:
    """That a person waits for the day on which they start.

    Args:
        assignment: the assignment; without a day the person is STAGED.
        account: the account as the tenant has it; None for none.
        early: whether somebody enabled an account that was created before the day.

    """
    day = f"{assignment.starts:%Y-%m-%d %H:%M %Z}" if assignment.starts else ""
    since = f"the assignment starts on {day}" if day else f"{assignment.person.status} in Okta"
    if early:
        name = account.username if account else ""
        return Issue(
            ProblemCode.ENABLED_EARLY.value,
            f"{since}, and somebody enabled the account {name} in Office 365 before that",
            "Block the account in Entra until the person starts, or let it be",
            severity="warning",
        )
    return Issue(
        ProblemCode.STARTS_LATER.value,
        f"{since}, so nothing is done before" if day else f"{since}, so nothing is done before the person is active",
        "Plan again then" if day else "Activate the person in Okta to provision them",
    )
