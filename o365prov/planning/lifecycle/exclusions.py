"""What is said of people and accounts that are excluded: they are never touched.

Decision where peers differ: Microsoft Entra deletes who goes out of scope unless "SkipOutOfScopeDeletions" is set. Here
out of scope is not left: an exclusion takes nothing away, and ends only by a setting or at the source.

Source: Microsoft Entra, "Skip deletion of user accounts that go out of scope".
"""

from __future__ import annotations

from o365prov.errors import Issue
from o365prov.people import AppUser
from o365prov.planning.transitions.situations import ProblemCode
from o365prov.provisioning import Lifecycle


def excluded_account(username: str, object_id: str) -> Issue:
    """That an account is excluded by its object id.

    >>> str(excluded_account("break.glass@corp.example", "7f"))[:66]
    'the account break.glass@corp.example (object id 7f) is excluded: i'
    """
    return Issue(
        ProblemCode.EXCLUDED.value,
        f"the account {username} (object id {object_id}) is excluded: it is never touched",
        "Take the object id out of Lifecycle.excluded_accounts to provision it from here",
    )


def excluded_by_condition(condition: str) -> Issue:
    """That a person is excluded by a condition."""
    return Issue(
        ProblemCode.EXCLUDED.value,
        f"excluded by the condition {condition}: neither changed nor treated as a leaver",
        "Change the person's attributes or Lifecycle.excluded_people to provision the person from here",
    )


def exclusion(user: AppUser, lifecycle: Lifecycle) -> Issue | None:
    """That somebody is excluded, as far as the memory knows; None for who is not."""
    if lifecycle.excludes_account(user.object_id):
        return excluded_account(user.username, user.object_id)
    return excluded_by_condition(user.excluded_by) if lifecycle.still_excludes(user) else None


UNDECIDED = Issue(
    "exclusion_failed",
    "the condition of Lifecycle.excluded_people could not be computed for this person, so nothing is changed",
    "Correct the person's attributes or the condition",
)
"""That nobody can say whether a person is excluded."""
