"""What looks like a fault of the source, of the tenant that was read or of the memory, and not like a change."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cached_property

from attrs import frozen

from o365prov._annotations import check_call
from o365prov.people import AppUsers
from o365prov.planning.hazards.always import always_hazards
from o365prov.planning.hazards.harms import confirmed
from o365prov.planning.hazards.shares import Harmed, harm_hazards, is_beyond, named
from o365prov.planning.model.changes import Change
from o365prov.planning.model.plan import Plan
from o365prov.planning.model.problems import Problem
from o365prov.planning.model.safeguards import Safeguards
from o365prov.rendering import count_text

_MOST = 0.5
_EXCLUDED = "excluded"


def hazards_again(plan: Plan, safeguards: Safeguards, app_users: AppUsers) -> tuple[str, ...]:
    """What is dangerous about *plan*, a line each: its own hazards, and those that its changes have when counted again.

    Nothing that is written in a plan makes it less dangerous than its changes are, nor than *safeguards* allow.

    Args:
        plan: the plan.
        safeguards: what the tenant allows; the app that made the plan may have allowed less.
        app_users: the memory that the state has now.

    Returns:
        What must be confirmed; empty for a plan that may be applied as it is.

    """
    check_call(hazards_again, locals())
    again = (*always_hazards(plan.changes, staying=()), *harm_hazards(plan, safeguards, app_users))
    return tuple(dict.fromkeys((*plan.hazards, *again)))


@frozen
class Population:
    """Whom one plan is about.

    Args:
        app_users: the memory.
        staying: the ids of people who have not left, and of those whom the plan is not about.
        provisioned: the ids of assigned people whom the plan is about, without those whom their status holds.
        missing: by the ids of people whom the plan is about, the usernames of linked accounts that are not in the
            tenant, nor among its deleted ones: those were read, and somebody deleted them.
        looked_for: how many linked accounts were looked for in the tenant.
        handed_over: the ids of people whose accounts go to others.

    """

    app_users: AppUsers
    staying: Collection[str]
    provisioned: Collection[str]
    missing: Mapping[str, str]
    looked_for: int
    handed_over: Collection[str | None] = ()

    def hazards(
        self, changes: Collection[Change], problems: Collection[Problem], safeguards: Safeguards, harmed: Harmed
    ) -> tuple[str, ...]:
        """Everything that is dangerous about a plan, a line each.

        Args:
            changes: its changes.
            problems: its problems.
            safeguards: what the app allows.
            harmed: whom the changes harm, as :meth:`harmed` says.

        """
        faults = (*self._missing(safeguards), *self._stopped(problems, safeguards))
        if self._nobody_stays:
            accounts = count_text(len(self._active), "account is", "accounts are")
            empty = f"no one is assigned, but {accounts} linked: check that the source was read completely"
            return (empty, *faults, *always_hazards(changes, self.staying))
        return (*faults, *always_hazards(changes, self.staying), *harmed.beyond(safeguards))

    def marked(self, changes: Collection[Change], safeguards: Safeguards, harmed: Harmed) -> list[Change]:
        """The changes; where so many leave that the plan must be confirmed, they let the memory know that it was."""
        if not self._nobody_stays and not harmed.many_leave(safeguards):
            return list(changes)
        return [confirmed(change) if change.subject.person_id in harmed.left else change for change in changes]

    @cached_property
    def _active(self) -> list[str]:
        return [user.person_id for user in self.app_users if user.is_in_use]

    @property
    def _nobody_stays(self) -> bool:
        return not self.staying and bool(self._active)

    def harmed(self, changes: Collection[Change], now: datetime) -> Harmed:
        """Whom these changes harm, and who leaves."""
        left = [each for each in self._active if each not in self.staying and each not in self.handed_over]
        return Harmed.by(changes, self.app_users, now, left)

    def _missing(self, safeguards: Safeguards) -> tuple[str, ...]:
        number = len(self.missing)
        if not is_beyond(number, self.looked_for, safeguards.share, safeguards):
            return ()
        of = f"{number:,} of {self.looked_for:,} linked accounts {named(self.missing.values())}"
        return (f"not in the tenant: {of}, check that it is the right tenant and was read completely",)

    def _stopped(self, problems: Collection[Problem], safeguards: Safeguards) -> tuple[str, ...]:
        stopped = {
            each.subject.person_id: each.subject.name
            for each in problems
            if each.stops and each.code != _EXCLUDED and each.subject.person_id in self.provisioned
        }
        if not is_beyond(len(stopped), len(self.provisioned), _MOST, safeguards):
            return ()
        of = f"{len(stopped):,} of {len(self.provisioned):,} assigned people {named(stopped.values())}"
        return (f"stopped by problems: {of}, check the app's settings and the source",)
