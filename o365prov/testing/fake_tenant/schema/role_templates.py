"""The built-in directory roles, as data: in every tenant a built-in role's definition id is its template id.

Source: Learn, "Microsoft Entra built-in roles". ``is_privileged`` marks the roles whose holders only a Global or
Privileged Authentication Administrator may change in sensitive ways (Graph, "Working with users", sensitive actions).
"""

from __future__ import annotations

from attrs import frozen


@frozen
class RoleTemplate:
    """One built-in role."""

    id: str
    name: str
    is_privileged: bool = True


ROLE_TEMPLATES = {
    role.id: role
    for role in (
        RoleTemplate("62e90394-69f5-4237-9190-012177145e10", "Global Administrator"),
        RoleTemplate("f2ef992c-3afb-46b9-b7cf-a126ee74c451", "Global Reader"),
        RoleTemplate("e8611ab8-c189-46e8-94e1-60213ab1f814", "Privileged Role Administrator"),
        RoleTemplate("7be44c8a-adaf-4e2a-84d6-ab2649e08a13", "Privileged Authentication Administrator"),
        RoleTemplate("c4e39bd9-1100-46d3-8c65-fb160da0071f", "Authentication Administrator", False),
        RoleTemplate("fe930be7-5e62-47db-91af-98c3a49a38b1", "User Administrator", False),
        RoleTemplate("729827e3-9c14-49f7-bb1b-9608f156bbb8", "Helpdesk Administrator", False),
        RoleTemplate("966707d0-3269-4727-9be2-8c3a10f19b9d", "Password Administrator", False),
        RoleTemplate("4d6ac14f-3453-41d0-bef9-a3e0c569773a", "License Administrator"),
        RoleTemplate("fdd7a751-b60b-444a-984c-02652fe8fa1c", "Groups Administrator"),
        RoleTemplate("29232cdf-9323-42fd-ade2-1d097af3e4de", "Exchange Administrator"),
        RoleTemplate("f28a1f50-f6e7-4571-818b-6a12f2af6b6c", "SharePoint Administrator"),
        RoleTemplate("69091246-20e8-4a56-aa4d-066075b2a7a8", "Teams Administrator"),
        RoleTemplate("75941009-915a-4869-abe7-691bff18279e", "Skype for Business Administrator"),
        RoleTemplate("3a2c62db-5318-420d-8d74-23affee5d9d5", "Intune Administrator"),
        RoleTemplate("194ae4cb-b126-40b2-bd5b-6091b380977d", "Security Administrator"),
        RoleTemplate("5d6b6bb7-de71-4623-b4af-96380a352509", "Security Reader"),
        RoleTemplate("17315797-102d-40b4-93e0-432062caca18", "Compliance Administrator"),
        RoleTemplate("b1be1c3e-b65d-4f19-8427-f6fa0d97feb9", "Conditional Access Administrator"),
        RoleTemplate("9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3", "Application Administrator"),
        RoleTemplate("158c047a-c907-4556-b7ef-446551a6b5f7", "Cloud Application Administrator"),
        RoleTemplate("8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2", "Hybrid Identity Administrator"),
        RoleTemplate("8329153b-31d0-4727-b945-745eb3bc5f31", "Domain Name Administrator"),
        RoleTemplate("b0f54661-2d74-4c50-afa3-1ec803f12efe", "Billing Administrator"),
        RoleTemplate("9360feb5-f418-4baa-8175-e2a00bac4301", "Directory Writers", False),
        RoleTemplate("88d8e3e3-8f55-4a1e-953a-9b9898b8876b", "Directory Readers", False),
        RoleTemplate("95e79109-95c0-4d8e-aee3-d01accf2d47b", "Guest Inviter", False),
        RoleTemplate("790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b", "Message Center Reader", False),
        RoleTemplate("4a5d8f65-41da-4de4-8968-e035b65339cf", "Reports Reader", False),
        RoleTemplate("f023fd81-a637-4b56-95fd-791ac0226033", "Service Support Administrator"),
        RoleTemplate("11648597-926c-4cf3-9c36-bcebb0ba8dcc", "Power Platform Administrator"),
    )
}
