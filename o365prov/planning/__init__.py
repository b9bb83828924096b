"""From what should be and what is, to a plan: match, diff, order, explain."""

from o365prov.planning.model.changes import Change, Subject
from o365prov.planning.model.explanation import ExplainedPerson, Explanation
from o365prov.planning.model.options import Rules
from o365prov.planning.model.plan import Plan, Problem, Undeliverable
from o365prov.planning.model.report import Outcome, Report, Result
from o365prov.planning.model.safeguards import Safeguards
from o365prov.planning.model.scope import Scope
from o365prov.planning.model.snapshot import (
    Domain,
    HeldLicense,
    Needs,
    Role,
    RoleAssignment,
    Sku,
    TenantSnapshot,
    TenantUser,
)
from o365prov.planning.model.throttle_limits import WRITES, Quota
from o365prov.planning.next_state import remember
from o365prov.planning.planner import draw_plan
from o365prov.planning.streaming import Roster

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
