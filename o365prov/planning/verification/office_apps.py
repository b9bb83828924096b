"""The Office 365 apps that service plans put on a person's dashboard.

Okta's and Microsoft's dashboards show apps that run in a browser. What is installed on a computer, such as Microsoft
365 Apps (``OFFICESUBSCRIPTION``), and what works unseen, such as Entra ID P1 or Intune, is not among them. A service
plan that is not in the table shows no app.

Sources: Microsoft Entra, "Product names and service plan identifiers for licensing" (the plans and what people call
them); Microsoft 365, "Office 365 platform service description" (which plan gives which app); Okta, "Provision users to
Office 365", step "Test provisioning".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from o365prov._annotations import check_call
from o365prov._fields import FrozenMapping, as_tuple
from o365prov.planning.rules.service_plans import MAILBOX_PLANS

_SHAREPOINT = (
    "SHAREPOINTENTERPRISE", "SHAREPOINTSTANDARD", "SHAREPOINTDESKLESS", "SHAREPOINTENTERPRISE_EDU",
    "SHAREPOINTSTANDARD_EDU", "SHAREPOINTENTERPRISE_GOV", "SHAREPOINTSTANDARD_GOV", "SHAREPOINTENTERPRISE_MIDMARKET",
    "SHAREPOINTLITE",
)  # fmt: skip
_ONEDRIVE = ("ONEDRIVE_BASIC", "ONEDRIVE_BASIC_GOV", "ONEDRIVESTANDARD", "ONEDRIVEENTERPRISE")
_OFFICE = ("SHAREPOINTWAC", "SHAREPOINTWAC_EDU", "SHAREPOINTWAC_GOV")

OFFICE_APPS: Mapping[str, tuple[str, ...]] = FrozenMapping({
    "Outlook": MAILBOX_PLANS,
    "OneDrive": (*_SHAREPOINT, *_ONEDRIVE),
    "SharePoint": _SHAREPOINT,
    "Teams": ("TEAMS1", "TEAMS_GOV", "TEAMS_AR_DOD", "TEAMS_AR_GCCHIGH"),
    "Word": _OFFICE,
    "Excel": _OFFICE,
    "PowerPoint": _OFFICE,
    "OneNote": _OFFICE,
    "Planner": ("PROJECTWORKMANAGEMENT", "PROJECTWORKMANAGEMENT_GOV"),
    "To Do": ("BPOS_S_TODO_1", "BPOS_S_TODO_2", "BPOS_S_TODO_3", "BPOS_S_TODO_FIRSTLINE"),
    "Forms": (
        "FORMS_PLAN_E1", "FORMS_PLAN_E3", "FORMS_PLAN_E5", "FORMS_PLAN_K", "FORMS_GOV_E1", "FORMS_GOV_E3",
        "FORMS_GOV_E5", "OFFICE_FORMS_PLAN_2", "OFFICE_FORMS_PLAN_3",
    ),
    "Sway": ("SWAY",),
    "Stream": (
        "STREAM_O365_K", "STREAM_O365_E1", "STREAM_O365_E3", "STREAM_O365_E5", "STREAM_O365_E3_GOV",
        "STREAM_O365_E5_GOV",
    ),
    "Viva Engage": ("YAMMER_ENTERPRISE", "YAMMER_EDU", "YAMMER_MIDSIZE", "VIVAENGAGE_CORE"),
    "Bookings": ("MICROSOFTBOOKINGS",),
    "Whiteboard": ("WHITEBOARD_PLAN1", "WHITEBOARD_PLAN2", "WHITEBOARD_PLAN3"),
    "Power Automate": (
        "FLOW_O365_S1", "FLOW_O365_P1", "FLOW_O365_P2", "FLOW_O365_P3", "FLOW_O365_P2_GOV", "FLOW_O365_P3_GOV",
    ),
    "Power Apps": (
        "POWERAPPS_O365_S1", "POWERAPPS_O365_P1", "POWERAPPS_O365_P2", "POWERAPPS_O365_P3", "POWERAPPS_O365_P2_GOV",
        "POWERAPPS_O365_P3_GOV",
    ),
    "Power BI": ("BI_AZURE_P0", "BI_AZURE_P2", "BI_AZURE_P3", "BI_AZURE_P_2_GOV", "BI_AZURE_P3_GOV"),
    "Visio": ("VISIOONLINE", "VISIOONLINE_GOV"),
})  # fmt: skip
"""Each app with the names of the service plans any of which gives it."""


def office_apps(plans: Iterable[str]) -> tuple[str, ...]:
    """The apps that service plans, given by name, put on the dashboard, in the order of the table.

    >>> office_apps(["TEAMS1", "EXCHANGE_S_STANDARD", "AAD_PREMIUM"])
    ('Outlook', 'Teams')
    """
    plans = as_tuple(plans)
    check_call(office_apps, locals())
    held = frozenset(plans)
    return tuple(app for app, giving in OFFICE_APPS.items() if not held.isdisjoint(giving))
