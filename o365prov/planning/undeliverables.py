"""What Graph cannot write, with the nearest thing that it does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from o365prov.planning.plan import Undeliverable
from o365prov.provisioning import DesiredUser, ProvisioningType


def undeliverables(people: Sequence[DesiredUser], provisioning: ProvisioningType) -> Iterator[Undeliverable]:
    """Values of *people* that have no property in Graph, by attribute; then what the type promises beyond people."""
    attributes = {}
    counts: Counter[str] = Counter()
    for desired in people:
        for position, attribute in desired.profile.mapping.beyond_graph:
            if desired.profile.values[position]:
                attributes[attribute.name] = attribute
                counts[attribute.name] += 1
    for name, count in sorted(counts.items()):
        yield Undeliverable(attributes[name].label, "Graph has no such property", attributes[name].instead, count)
    if not people:
        return
    if provisioning.synced:
        yield Undeliverable(
            "Synced with Active Directory",
            "onPremisesSyncEnabled is read-only in Graph",
            "accounts stay cloud accounts; only Entra Connect can make them synced ones",
            len(people),
        )
    if provisioning.sync_password:
        yield Undeliverable(
            "Passwords",
            "people of a federated domain sign in at Okta, and no export holds a password",
            "leave Sync Password off",
            len(people),
        )
    if provisioning.sends_resources:
        yield from _RESOURCES


_RESOURCES = (
    Undeliverable(
        "Contacts, distribution lists and resource mailboxes",
        "Graph can only read them",
        "make them in Exchange Online",
        people=0,
    ),
    Undeliverable(
        "Security groups of Active Directory",
        "this version sends people and no groups",
        "make the groups in Entra, or leave them to Entra Connect",
        people=0,
    ),
)
