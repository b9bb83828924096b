"""Why something that a run did is not taken back, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable

from o365prov.errors import Issue
from o365prov.rendering import names_text


def _said(code: str, message: str, remedy: str) -> Issue:
    return Issue(code, message, remedy, severity="warning")


def changed_since(names: Iterable[str]) -> Issue:
    """Something is not as the run left it."""
    what = names_text(sorted(set(names)))
    return _said(
        "changed_since",
        f"not as the run left it, or not read: {what}; it stays as it is",
        "Look at the account, and change it by hand where that is right",
    )


UNKNOWN = _said(
    "unknown_outcome",
    "nobody knows whether a change of the run was done, so it is not taken back",
    "Plan with scope='all', which compares the account with the tenant",
)
GONE = _said(
    "account_gone",
    "the account is not in the tenant any more, nor among the deleted ones that Microsoft keeps for 30 days",
    "Assign the person, and a new account is created",
)
NOT_REMEMBERED = _said(
    "not_remembered",
    "the state does not remember the account as this person's any more",
    "Look at the account, and change it by hand where that is right",
)
LEFT_SINCE = _said(
    "left_since", "the person has left since the run, so the profile stays as it is", "Nothing is to be done"
)
SESSIONS = _said("sessions_ended", "sessions that were ended stay ended", "The person signs in again")
MANAGER = _said(
    "former_manager",
    "who was the manager before the run is not in its report",
    "Correct the manager at the source, and plan again",
)
LINKED = _said(
    "still_linked",
    "the account stays remembered as this person's",
    "Where it is somebody else's, call state.forget(person_id)",
)
NAME_TAKEN = _said(
    "username_taken",
    "the username that the account had is somebody else's by now, or two would wait for each other's",
    "Rename one of the accounts by hand, and make the inverse again",
)
SERVICE_PLANS = _said(
    "all_service_plans",
    "a licence comes back with all of its service plans, because those that were off are not in the report",
    "Plan with scope='all' for the service plans of the assignment",
)
NO_SEAT = _said(
    "no_seat", "no seat is free for a licence that would come back", "Buy seats, and make the inverse again"
)


STILL_LEFT = _said(
    "still_left",
    "the memory keeps that the person left, and the option that the run gave them",
    "Assign the person again, or plan with the option that is meant and reaches_back=True",
)


def of_another_app(name: str) -> Issue:
    """Another app has linked the account too."""
    return _said(
        "account_of_another_app",
        f"the app {name} has linked the account too, so nothing is taken back",
        "Unassign the person there, or change the account by hand where that is right",
    )


def handed_over(former: str, object_id: str) -> Issue:
    """The account was another person's."""
    return _said(
        "still_handed_over",
        f"the account was that of person {former} until the run",
        f"Plan with transfers={{{former!r}: {object_id!r}}} to hand it back",
    )
