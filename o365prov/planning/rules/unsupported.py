"""What Graph cannot write, with the nearest thing that it does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from o365prov.planning.model.problems import Unsupported
from o365prov.profiles import ATTRIBUTES
from o365prov.provisioning import DesiredUser, ProvisioningType


class UnsupportedCount:
    """Counts, person by person, the values that have no property in Graph."""

    def __init__(self, provisioning: ProvisioningType) -> None:
        self._provisioning = provisioning
        self._people = 0
        self._counts: Counter[str] = Counter()

    def add(self, desired: DesiredUser) -> None:
        """Count what this person has and Graph can't take."""
        self._people += 1
        for position, attribute in desired.profile.mapping.beyond_graph:
            if desired.profile.values[position]:
                self._counts[attribute.name] += 1

    def remove(self, desired: DesiredUser) -> None:
        """Take back what was counted of this person."""
        self._people -= 1
        for position, attribute in desired.profile.mapping.beyond_graph:
            if desired.profile.values[position]:
                self._counts[attribute.name] -= 1

    def rows(self) -> Iterator[Unsupported]:
        """What was counted, by attribute; then what the type promises beyond people's attributes."""
        for name, count in sorted((+self._counts).items()):
            attribute = ATTRIBUTES[name]
            reason = "this version writes no such links" if attribute.graph else "Graph has no such property"
            yield Unsupported(attribute.label, reason, attribute.instead, count)
        if not self._people:
            return
        if self._provisioning.synced:
            yield Unsupported(
                "Synced with Active Directory",
                "onPremisesSyncEnabled is read-only in Graph",
                "accounts stay cloud accounts; only Entra Connect can make them synced ones",
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


_RESOURCES = (
    Unsupported(
        "Contacts, distribution lists and resource mailboxes",
        "Graph can only read them",
        "make them in Exchange Online",
        people=0,
    ),
    Unsupported(
        "Security groups of Active Directory",
        "this version sends people and no groups",
        "make the groups in Entra, or leave them to Entra Connect",
        people=0,
    ),
)
