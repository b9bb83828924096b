"""References to managers, made once both people exist."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from o365prov.planning.changes import RemoveManager, SetManager, Subject
from o365prov.planning.settled import Settled
from o365prov.profiles import Finding


@frozen
class ManagerAccount:
    """Somebody who can be a manager: *object_id* None where the plan creates the account."""

    subject: Subject
    object_id: str | None


def manager_change(
    settled: Settled, by_dn: Mapping[str, ManagerAccount]
) -> tuple[SetManager | RemoveManager | None, Finding | None]:
    """Set, replace or remove the reference, or say why it can't be set.

    *by_dn* are the accounts that exist or will, by the distinguished name of their person in lower case.
    """
    wanted, known, account = settled.desired.manager_dn, settled.known, settled.account
    if isinstance(wanted, str):
        manager = by_dn.get(wanted.lower())
        if manager is None:
            return None, _nobody(wanted)
        holds = {known.manager_id if known else None, account.manager_id if account else None}
        if manager.object_id is not None and manager.object_id in holds:
            return None, None
        reason = f"{manager.subject.name} is the manager in Active Directory"
        return SetManager(settled.subject, reason, settled.object_id, manager.subject, manager.object_id), None
    if wanted is None and account and account.manager_id and (known is None or known.manager_id):
        return RemoveManager(settled.subject, "Active Directory names no manager", account.id), None
    return None, None


def _nobody(dn: str) -> Finding:
    return Finding(
        "manager_not_provisioned",
        f"the manager {dn} has no Office 365 account from here",
        "Assign Office 365 to the manager; the reference follows with the next plan",
        attribute="manager",
    )
