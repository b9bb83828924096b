"""What Microsoft sells, as data: the products and their service plans, with their real identifiers.

Source: Learn, "Product names and service plan identifiers for licensing". Each product lists the plans that matter to
a provisioner, not all of them. A name that is not here gets an identifier of its own, the same one every time.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from attrs import frozen

from o365prov._fields import typed

_INVENTED = uuid.UUID("0365f0f0-0000-5000-8000-000000000365")


@frozen(field_transformer=typed)
class ServicePlan:
    """One service inside a product; *service* is the name that ``assignedPlans`` uses."""

    name: str
    id: str
    service: str


@frozen(field_transformer=typed)
class Product:
    """One product: what ``subscribedSkus`` calls ``skuPartNumber`` and ``skuId``, and its plans."""

    name: str
    id: str
    plans: tuple[ServicePlan, ...]


PLANS = {
    name: ServicePlan(name, identifier, service)
    for name, identifier, service in (
        ("EXCHANGE_S_ENTERPRISE", "efb87545-963c-4e0d-99df-69c6916d9eb0", "exchange"),
        ("EXCHANGE_S_STANDARD", "9aaf7827-d63c-4b61-89c3-182f06f82e5c", "exchange"),
        ("EXCHANGE_S_DESKLESS", "4a82b400-a79f-41a4-b4e2-e94f5787b113", "exchange"),
        ("EXCHANGE_S_FOUNDATION", "113feb6c-3fe4-4440-bddc-54d774bf0318", "exchange"),
        ("SHAREPOINTENTERPRISE", "5dbe027f-2339-4123-9542-606e4d348a72", "SharePoint"),
        ("SHAREPOINTSTANDARD", "c7699d2e-19aa-44de-8edf-1736da088ca1", "SharePoint"),
        ("SHAREPOINTDESKLESS", "902b47e5-dcb2-4fdc-858b-c63a90a2bdb9", "SharePoint"),
        ("SHAREPOINTWAC", "e95bec33-7c88-4a70-8e19-b10bd9d0c014", "SharePoint"),
        ("TEAMS1", "57ff2da0-773e-42df-b2af-ffb7a2317929", "TeamspaceAPI"),
        ("MCOSTANDARD", "0feaeb32-d00e-4d66-bd5a-43b5b83db82c", "MicrosoftCommunicationsOnline"),
        ("MCOIMP", "afc06cb0-b4f4-4473-8286-d644f70d8faf", "MicrosoftCommunicationsOnline"),
        ("MCOEV", "4828c8ec-dc2e-4779-b502-87ac9ce28ab7", "MicrosoftCommunicationsOnline"),
        ("OFFICESUBSCRIPTION", "43de0ff5-c92c-492b-9116-175376d08c38", "MicrosoftOffice"),
        ("OFFICEMOBILE_SUBSCRIPTION", "c63d4d19-e8cb-460e-b37c-4d6c34603745", "MicrosoftOffice"),
        ("RMS_S_ENTERPRISE", "bea4c11e-220a-4e6d-8eb8-8ea15d019f90", "RMSOnline"),
        ("INTUNE_A", "c1ec4a95-1f05-45b3-a911-aa3fa01094f5", "SCO"),
        ("AAD_PREMIUM", "41781fb2-bc02-4b7c-bd55-b576c07bb09d", "AADPremiumService"),
        ("AAD_PREMIUM_P2", "eec0eb4f-6444-4f95-aba0-50c24d67f998", "AADPremiumService"),
        ("MFA_PREMIUM", "8a256a2b-b617-496d-b51b-e76466e88db0", "MultiFactorService"),
        ("WIN10_PRO_ENT_SUB", "21b439ba-a0ca-424f-a6cc-52f954a5b111", "WindowsDefenderATP"),
        ("FLOW_O365_P2", "76846ad7-7776-4c40-a281-a386362dd1b9", "ProcessSimple"),
        ("POWERAPPS_O365_P2", "c68f8d98-5534-41c8-bf36-22fa496fa792", "PowerAppsService"),
        ("FORMS_PLAN_E3", "2789c901-c14e-48ab-a76a-be334d9d793a", "OfficeForms"),
        ("SWAY", "a23b959c-7ce8-4e57-9140-b90eb88a9e97", "Sway"),
        ("YAMMER_ENTERPRISE", "7547a3fe-08ee-4ccb-b430-5077c5041653", "YammerEnterprise"),
        ("PROJECTWORKMANAGEMENT", "b737dad2-2f6c-4c65-90e3-ca563267e8b9", "ProjectWorkManagement"),
        ("Deskless", "8c7d2df8-86f0-4902-b2ed-a0458298f3b3", "Deskless"),
        ("ATP_ENTERPRISE", "f20fedf3-f3c3-43c3-8267-2bfdd51c0939", "exchange"),
        ("THREAT_INTELLIGENCE", "8e0c0a52-6a6c-4d40-8370-dd62790dcd70", "exchange"),
        ("BI_AZURE_P2", "70d33638-9c74-4d01-bfd3-562de28bd4ba", "PowerBI"),
        ("BI_AZURE_P0", "2049e525-b859-401b-b2a0-e0a31c4b1fe4", "PowerBI"),
    )
}

_OFFICE_E3 = (
    "EXCHANGE_S_ENTERPRISE", "SHAREPOINTENTERPRISE", "SHAREPOINTWAC", "TEAMS1", "MCOSTANDARD", "OFFICESUBSCRIPTION",
    "RMS_S_ENTERPRISE", "FLOW_O365_P2", "POWERAPPS_O365_P2", "FORMS_PLAN_E3", "SWAY", "YAMMER_ENTERPRISE",
    "PROJECTWORKMANAGEMENT", "Deskless",
)  # fmt: skip
_SECURITY_E3 = ("AAD_PREMIUM", "MFA_PREMIUM", "INTUNE_A")

PRODUCTS = {
    name: Product(name, identifier, tuple(PLANS[plan] for plan in plans))
    for name, identifier, plans in (
        ("SPE_E3", "05e9a617-0261-4cee-bb44-138d3ef5d965", (*_OFFICE_E3, *_SECURITY_E3, "WIN10_PRO_ENT_SUB")),
        (
            "SPE_E5",
            "06ebc4ee-1bb5-47dd-8120-11324bc54e06",
            (
                *_OFFICE_E3,
                *_SECURITY_E3,
                "AAD_PREMIUM_P2",
                "WIN10_PRO_ENT_SUB",
                "MCOEV",
                "ATP_ENTERPRISE",
                "THREAT_INTELLIGENCE",
                "BI_AZURE_P2",
            ),
        ),
        (
            "SPE_F1",
            "66b55226-6b4f-492c-910c-a3b7a3c9d993",
            (
                "EXCHANGE_S_DESKLESS",
                "SHAREPOINTDESKLESS",
                "SHAREPOINTWAC",
                "TEAMS1",
                "MCOIMP",
                "OFFICEMOBILE_SUBSCRIPTION",
                "SWAY",
                "YAMMER_ENTERPRISE",
                "Deskless",
                *_SECURITY_E3,
            ),
        ),
        ("ENTERPRISEPACK", "6fd2c87f-b296-42f0-b197-1e91e994b900", _OFFICE_E3),
        (
            "ENTERPRISEPREMIUM",
            "c7df2760-2c81-4ef7-b578-5b5392b571df",
            (*_OFFICE_E3, "MCOEV", "ATP_ENTERPRISE", "THREAT_INTELLIGENCE", "BI_AZURE_P2"),
        ),
        (
            "STANDARDPACK",
            "18181a46-0d4e-45cd-891e-60aabd171b4e",
            (
                "EXCHANGE_S_STANDARD",
                "SHAREPOINTSTANDARD",
                "SHAREPOINTWAC",
                "TEAMS1",
                "MCOSTANDARD",
                "SWAY",
                "YAMMER_ENTERPRISE",
                "PROJECTWORKMANAGEMENT",
                "Deskless",
            ),
        ),
        (
            "DESKLESSPACK",
            "4b585984-651b-448a-9e53-3b10f069cf7f",
            (
                "EXCHANGE_S_DESKLESS",
                "SHAREPOINTDESKLESS",
                "SHAREPOINTWAC",
                "TEAMS1",
                "MCOIMP",
                "OFFICEMOBILE_SUBSCRIPTION",
                "SWAY",
                "YAMMER_ENTERPRISE",
                "Deskless",
            ),
        ),
        ("EXCHANGESTANDARD", "4b9405b0-7788-4568-add1-99614e613b69", ("EXCHANGE_S_STANDARD",)),
        ("EXCHANGEENTERPRISE", "19ec0d23-8335-4cbd-94ac-6050e30712fa", ("EXCHANGE_S_ENTERPRISE",)),
        ("EMS", "efccb6f7-5641-4e0e-bd10-b4976e1bf68e", (*_SECURITY_E3, "RMS_S_ENTERPRISE", "EXCHANGE_S_FOUNDATION")),
        (
            "EMSPREMIUM",
            "b05e124f-c7cc-45a0-a6aa-8cf78c946968",
            (*_SECURITY_E3, "AAD_PREMIUM_P2", "RMS_S_ENTERPRISE", "EXCHANGE_S_FOUNDATION"),
        ),
        (
            "AAD_PREMIUM",
            "078d2b04-f1bd-4111-bbd4-b4b1b354cef4",
            ("AAD_PREMIUM", "MFA_PREMIUM", "EXCHANGE_S_FOUNDATION"),
        ),
        (
            "AAD_PREMIUM_P2",
            "84a661c4-e949-4bd2-a560-ed7766fcaf2b",
            ("AAD_PREMIUM", "AAD_PREMIUM_P2", "MFA_PREMIUM", "EXCHANGE_S_FOUNDATION"),
        ),
        (
            "SPB",
            "cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46",
            ("EXCHANGE_S_STANDARD", "SHAREPOINTSTANDARD", "SHAREPOINTWAC", "TEAMS1", "MCOSTANDARD", *_SECURITY_E3),
        ),
        (
            "O365_BUSINESS_PREMIUM",
            "f245ecc8-75af-4f8e-b61f-27d8114de5f3",
            ("EXCHANGE_S_STANDARD", "SHAREPOINTSTANDARD", "SHAREPOINTWAC", "TEAMS1", "MCOSTANDARD"),
        ),
        ("POWER_BI_PRO", "f8a1db68-be16-40ed-86d5-cb42ce701560", ("BI_AZURE_P2", "EXCHANGE_S_FOUNDATION")),
        ("POWER_BI_STANDARD", "a403ebcc-fae0-4ca2-8c8c-7a907fd6c235", ("BI_AZURE_P0", "EXCHANGE_S_FOUNDATION")),
    )
}


def product(name: str, plans: Iterable[str] = ()) -> Product:
    """The product of that name: Microsoft's, or an invented one with stable identifiers and the given *plans*.

    Example:
        >>> product("SPE_E3").id
        '05e9a617-0261-4cee-bb44-138d3ef5d965'
        >>> product("MY_OWN", plans=["EXCHANGE_S_STANDARD"]).id == product("MY_OWN").id
        True

    """
    known = PRODUCTS.get(name)
    if known is not None:
        return known
    names = tuple(plans) or (name,)
    own = tuple(
        PLANS.get(plan) or ServicePlan(plan, str(uuid.uuid5(_INVENTED, f"plan {plan}")), plan) for plan in names
    )
    return Product(name, str(uuid.uuid5(_INVENTED, f"product {name}")), own)
