"""From what should be and what is, to a plan: match, diff, order, explain."""

from o365prov.planning.model.changes import Change, Subject
from o365prov.planning.model.explanation import ExplainedPerson, PersonExplanation
from o365prov.planning.model.options import PlanOptions, Scope
from o365prov.planning.model.plan import Plan, Problem, Unsupported
from o365prov.planning.model.report import Outcome, Report, Result
from o365prov.planning.model.safeguards import Safeguards
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
from o365prov.planning.next_state import after_change
from o365prov.planning.planner import make_plan
from o365prov.planning.streaming import StreamingPlanner

__all__ = [
    "WRITES",
    "Change",
    "Domain",
    "ExplainedPerson",
    "HeldLicense",
    "Needs",
    "Outcome",
    "PersonExplanation",
    "Plan",
    "PlanOptions",
    "Problem",
    "Quota",
    "Report",
    "Result",
    "Role",
    "RoleAssignment",
    "Safeguards",
    "Scope",
    "Sku",
    "StreamingPlanner",
    "Subject",
    "TenantSnapshot",
    "TenantUser",
    "Unsupported",
    "after_change",
    "make_plan",
]
