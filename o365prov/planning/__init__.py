"""From what should be and what is, to a plan: match, diff, order, explain."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from o365prov.planning.app_overview import AppOverview
    from o365prov.planning.assigned import AssignedPeople
    from o365prov.planning.fingerprints import fingerprint, reference_digest
    from o365prov.planning.guests.guest_invitations import GuestInvitations
    from o365prov.planning.hazards.population import hazards_again
    from o365prov.planning.hazards.shares import harm_hazards
    from o365prov.planning.lifecycle.calendar import Calendar, CalendarEntry, CalendarEvent
    from o365prov.planning.lifecycle.hand_overs import HandOver, HandOvers, find_hand_overs
    from o365prov.planning.lifecycle.strays import Stray, Strays, find_strays
    from o365prov.planning.lifecycle.upcoming import Upcoming
    from o365prov.planning.matching.candidates import with_usernames
    from o365prov.planning.matching.collisions import collisions
    from o365prov.planning.matching.created import with_created_accounts
    from o365prov.planning.matching.resolve import match_users
    from o365prov.planning.model.change_parts import (
        Invitation,
        LicenseAddition,
        LicenseRemoval,
        PropertyChange,
        Subject,
    )
    from o365prov.planning.model.changes import (
        AssignLicenses,
        BlockSignIn,
        Change,
        CreateUser,
        DeleteUser,
        EnableSignIn,
        GrantRole,
        LinkUser,
        Remember,
        RemoveLicenses,
        RemoveManager,
        RemoveRole,
        RestoreUser,
        RevokeSessions,
        SetManager,
        UpdateUser,
        change_key,
        change_stage,
    )
    from o365prov.planning.model.comparing.plan_diff import ChangeDiff, PersonDiff, PlanDiff
    from o365prov.planning.model.comparing.values_of_changes import property_changes
    from o365prov.planning.model.explanation import ExplainedPerson, PersonExplanation
    from o365prov.planning.model.options import Needs, PlanOptions, PlanRequest, Scope
    from o365prov.planning.model.outcomes import Outcome, Result, UnwrittenProperty
    from o365prov.planning.model.phases import Phase
    from o365prov.planning.model.plan import Plan
    from o365prov.planning.model.problems import Problem, Unsupported
    from o365prov.planning.model.safeguards import Harm, Safeguards
    from o365prov.planning.model.throttle_limits import UNITS, WRITES, Quota
    from o365prov.planning.next_state import NextMemory, after_change, maybe_after_change
    from o365prov.planning.planner import make_plan
    from o365prov.planning.preconditions import (
        as_assignment,
        check_belongs,
        check_coverage,
        check_domains,
        check_memory,
        check_now,
        check_parts,
        check_settings,
        check_transfers,
        check_type,
        unique_assignments,
    )
    from o365prov.planning.reports.report import Report
    from o365prov.planning.rules.addresses import mail_issue, mail_taken
    from o365prov.planning.rules.profile import anchor_issue, profile_change
    from o365prov.planning.streaming import StreamingPlanner
    from o365prov.planning.tenant.addresses import AddressHolder, HolderKind
    from o365prov.planning.tenant.groups import GroupKind, TenantGroup
    from o365prov.planning.tenant.lookups import Coverage, Lookup, LookupKind
    from o365prov.planning.tenant.snapshot import (
        Domain,
        FailedLicense,
        HeldLicense,
        Role,
        RoleAssignment,
        Sku,
        TenantSnapshot,
        TenantUser,
    )
    from o365prov.planning.transitions.lookup import every_row, forget_rows_met, rows_met
    from o365prov.planning.transitions.matched_user import MatchedUser
    from o365prov.planning.verification.checked import CheckedLicense, CheckedPerson, LicenseState
    from o365prov.planning.verification.comparison import FoundAccount, compare_account
    from o365prov.planning.verification.expected import ExpectedAccount, ExpectedState, expected_accounts
    from o365prov.planning.verification.license_details import LicenseDetails, ServicePlanInfo
    from o365prov.planning.verification.office_apps import OFFICE_APPS, office_apps
    from o365prov.planning.verification.verification import Verification
else:
    from o365prov._first_use import on_first_use

    __getattr__ = on_first_use(
        __name__,
        (
            "app_overview",
            "model.throttle_limits",
            "model.safeguards",
            "model.options",
            "model.change_parts",
            "model.changes",
            "model.problems",
            "model.outcomes",
            "model.phases",
            "tenant.addresses",
            "tenant.groups",
            "tenant.lookups",
            "tenant.snapshot",
            "model.explanation",
            "model.plan",
            "reports.report",
            "preconditions",
            "next_state",
            "hazards.population",
            "hazards.shares",
            "verification.license_details",
            "verification.expected",
            "verification.comparison",
            "verification.checked",
            "verification.office_apps",
            "verification.verification",
            "fingerprints",
            "rules.profile",
            "rules.addresses",
            "matching.candidates",
            "matching.collisions",
            "matching.created",
            "matching.resolve",
            "transitions.matched_user",
            "transitions.lookup",
            "model.comparing.plan_diff",
            "model.comparing.values_of_changes",
            "lifecycle.calendar",
            "lifecycle.upcoming",
            "lifecycle.hand_overs",
            "lifecycle.strays",
            "planner",
            "assigned",
            "streaming",
            "guests.guest_invitations",
        ),
    )

__all__ = [
    "OFFICE_APPS",
    "UNITS",
    "WRITES",
    "AddressHolder",
    "AppOverview",
    "AssignLicenses",
    "AssignedPeople",
    "BlockSignIn",
    "Calendar",
    "CalendarEntry",
    "CalendarEvent",
    "Change",
    "ChangeDiff",
    "CheckedLicense",
    "CheckedPerson",
    "Coverage",
    "CreateUser",
    "DeleteUser",
    "Domain",
    "EnableSignIn",
    "ExpectedAccount",
    "ExpectedState",
    "ExplainedPerson",
    "FailedLicense",
    "FoundAccount",
    "GrantRole",
    "GroupKind",
    "GuestInvitations",
    "HandOver",
    "HandOvers",
    "Harm",
    "HeldLicense",
    "HolderKind",
    "Invitation",
    "LicenseAddition",
    "LicenseDetails",
    "LicenseRemoval",
    "LicenseState",
    "LinkUser",
    "Lookup",
    "LookupKind",
    "MatchedUser",
    "Needs",
    "NextMemory",
    "Outcome",
    "PersonDiff",
    "PersonExplanation",
    "Phase",
    "Plan",
    "PlanDiff",
    "PlanOptions",
    "PlanRequest",
    "Problem",
    "PropertyChange",
    "Quota",
    "Remember",
    "RemoveLicenses",
    "RemoveManager",
    "RemoveRole",
    "Report",
    "RestoreUser",
    "Result",
    "RevokeSessions",
    "Role",
    "RoleAssignment",
    "Safeguards",
    "Scope",
    "ServicePlanInfo",
    "SetManager",
    "Sku",
    "Stray",
    "Strays",
    "StreamingPlanner",
    "Subject",
    "TenantGroup",
    "TenantSnapshot",
    "TenantUser",
    "Unsupported",
    "UnwrittenProperty",
    "Upcoming",
    "UpdateUser",
    "Verification",
    "after_change",
    "anchor_issue",
    "as_assignment",
    "change_key",
    "change_stage",
    "check_belongs",
    "check_coverage",
    "check_domains",
    "check_memory",
    "check_now",
    "check_parts",
    "check_settings",
    "check_transfers",
    "check_type",
    "collisions",
    "compare_account",
    "every_row",
    "expected_accounts",
    "find_hand_overs",
    "find_strays",
    "fingerprint",
    "forget_rows_met",
    "harm_hazards",
    "hazards_again",
    "mail_issue",
    "mail_taken",
    "make_plan",
    "match_users",
    "maybe_after_change",
    "office_apps",
    "profile_change",
    "property_changes",
    "reference_digest",
    "rows_met",
    "unique_assignments",
    "with_created_accounts",
    "with_usernames",
]
