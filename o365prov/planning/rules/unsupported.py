"""What is not sent, with what can be done instead: what Graph does not support, and what the settings leave alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from o365prov.people import Grants
from o365prov.planning.model.problems import Unsupported
from o365prov.planning.tenant.snapshot import TenantSnapshot
from o365prov.profiles import ATTRIBUTES
from o365prov.provisioning import DesiredUser, ProvisioningType


class UnsupportedCount:
    """Counts, account by account, the values that are not sent: people who are stopped or held have none."""

    def __init__(self, provisioning: ProvisioningType) -> None:
        self._provisioning = provisioning
        self._people = 0
        self._granted = 0
        self._counts: Counter[str] = Counter()
        self._withheld: Counter[str] = Counter()

    def add(self, desired: DesiredUser) -> None:
        """Count this person's values."""
        self._count(desired, 1)

    def add_supported(self, grants: Grants) -> None:
        """Count a person with these licences and roles who has no such values."""
        self._count_person(grants, 1)

    def remove(self, desired: DesiredUser) -> None:
        """Undo :meth:`add`."""
        self._count(desired, -1)

    def _count(self, desired: DesiredUser, step: int) -> None:
        self._count_person(desired.assignment.grants, step)
        for attribute in desired.not_sent():
            self._counts[attribute.name] += step
        for name in desired.profile.withheld:
            if ATTRIBUTES[name].directory_only:
                self._withheld[name] += step

    def _count_person(self, grants: Grants, step: int) -> None:
        self._people += step
        if grants.licenses or grants.roles:
            self._granted += step

    def rows(self) -> Iterator[Unsupported]:
        """The count of each attribute; then what else the provisioning type has and is not sent."""
        for name, count in sorted((+self._counts).items()):
            attribute = ATTRIBUTES[name]
            reason = "this version does not write it" if attribute.graph else "Graph has no such property"
            yield Unsupported(attribute.label, reason, attribute.instead, count)
        for name, count in sorted((+self._withheld).items()):
            yield Unsupported(
                ATTRIBUTES[name].label,
                f"{self._provisioning.label} sends it only for people from Active Directory",
                ATTRIBUTES[name].instead or "set it in Entra, or link these people from Active Directory",
                count,
            )
        if not self._people:
            return
        if self._provisioning.user_attributes_only and self._granted:
            yield Unsupported(
                "Licences and roles",
                "User Attributes Only is on",
                "manage them in the Microsoft 365 admin center, or switch it off",
                self._granted,
            )
        if self._provisioning.synced:
            yield Unsupported(
                "Synced with Active Directory",
                "onPremisesSyncEnabled is read-only in Graph",
                "accounts stay cloud accounts; only Entra Connect can make synced ones",
                self._people,
            )
        if self._provisioning.sync_password:
            yield Unsupported(
                "Passwords",
                "people of a federated domain sign in at Okta, and no export holds a password",
                "leave Sync Password off",
                self._people,
            )
        if self._provisioning.sends_resources:
            yield from _RESOURCES


def beside_entra_connect(snapshot: TenantSnapshot, provisioning: ProvisioningType) -> Iterator[Unsupported]:
    """What is said of a tenant in which Entra Connect masters accounts, which only License Only may change.

    Source: Okta, "Provisioning options for Office 365", notes (User Sync and Universal Sync can't be used beside Entra
    Connect).
    """
    if snapshot.synced and not provisioning.beside_entra_connect:
        yield Unsupported(
            "Accounts that Entra Connect masters",
            f"{provisioning.label} can't change them, and Okta does not support it beside Entra Connect",
            "use License Only for these people, or turn Entra Connect off",
            people=0,
        )


# Sources: Microsoft Graph, "Working with the Places API" (rooms have mailboxes) and "Create place" (permissions; the
# room of its example names a floor, and gets an address that the request did not have).
_RESOURCES = (
    Unsupported(
        "Contacts and distribution lists",
        "Graph can only read them",
        "create them in Exchange Online, such as with the script of o365prov.delivery",
        people=0,
    ),
    Unsupported(
        "Resource mailboxes",
        "Graph makes no equipment; POST /places makes a room on a floor of Places, under an address that Graph makes "
        "up, for an application that has Place.ReadWrite.All and roles of Exchange (TenantPlacesManagement, "
        "MailRecipients)",
        "create them in Exchange Online, such as with the script of o365prov.delivery",
        people=0,
    ),
    Unsupported(
        "Security groups of Active Directory",
        "groups are a plan of their own, which follows that of the people",
        "push them with GroupPush",
        people=0,
    ),
)
