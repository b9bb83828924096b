"""From what should be and what is, to a plan: match, diff, order, explain."""

from o365prov.planning.changes import Change, Subject
from o365prov.planning.draw import draw_plan
from o365prov.planning.explanation import ExplainedPerson, Explanation
from o365prov.planning.memory import remember
from o365prov.planning.plan import Plan, Problem, Undeliverable
from o365prov.planning.quota import WRITES, Quota
from o365prov.planning.report import Outcome, Report, Result
from o365prov.planning.roster import Roster
from o365prov.planning.rules import Rules
from o365prov.planning.safeguards import Safeguards
from o365prov.planning.scope import Scope
from o365prov.planning.snapshot import (
    Domain,
    HeldLicense,
    Needs,
    Role,
    RoleAssignment,
    Sku,
    TenantSnapshot,
    TenantUser,
)

__all__ = [
    "WRITES",
    "Change",
    "Domain",
    "ExplainedPerson",
    "Explanation",
    "HeldLicense",
    "Needs",
    "Outcome",
    "Plan",
    "Problem",
    "Quota",
    "Report",
    "Result",
    "Role",
    "RoleAssignment",
    "Roster",
    "Rules",
    "Safeguards",
    "Scope",
    "Sku",
    "Subject",
    "TenantSnapshot",
    "TenantUser",
    "Undeliverable",
    "draw_plan",
    "remember",
]
