"""Whose an account is, as far as it is linked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property

from attrs import frozen

from o365prov.people import AppUser, AppUsers, Assignment, Person
from o365prov.planning.fingerprints import expected_anchors
from o365prov.planning.tenant.snapshot import TenantUser
from o365prov.planning.transitions.matched_user import MatchedUser
from o365prov.planning.transitions.situations import Link
from o365prov.provisioning import DesiredUser, ProvisioningType


def person_text(person: Person) -> str:
    """A person, so that an administrator finds them: two may have one name."""
    number = person.profile.get("employeeNumber")
    return f"{person.name} (person {person.id}{f', employee number {number}' if number else ''})"


@frozen
class AccountLinks:
    """The links of a tenant's accounts to people.

    Args:
        app_users: the memory.
        staying: the ids of people who have not left.
        people: the people whom the plan is about, by id, to name them.
        transfers: the accounts that the caller hands over: object ids by the id of the person who gets them.
        provisioning: the provisioning type.

    """

    app_users: AppUsers
    staying: Collection[str]
    people: Mapping[str, Person]
    transfers: Mapping[str, str]
    provisioning: ProvisioningType
    _holders: Mapping[str, AppUser]
    _receivers: Mapping[str, Person]

    @classmethod
    def of(
        cls,
        app_users: AppUsers,
        staying: Collection[str],
        people: Mapping[str, Person],
        transfers: Mapping[str, str],
        provisioning: ProvisioningType,
    ) -> AccountLinks:
        """The links that the memory holds; an account is handed over once its person is provisioned."""
        handed = {person_id: account for person_id, account in transfers.items() if person_id in people}
        holders = {user.object_id: user for user in app_users}
        receivers = {account: people[person_id] for person_id, account in handed.items()}
        return cls(app_users, staying, people, handed, provisioning, holders, receivers)

    def holder(self, object_id: str) -> AppUser | None:
        """Whose account it is, with all that is remembered of it."""
        return self._holders.get(object_id)

    def known(self, desired: DesiredUser) -> AppUser | None:
        """What is remembered of a person, without an account that was handed over to somebody else."""
        known = self.app_users.get(desired.person_id)
        receiver = None if known is None else self.receiver(known.object_id)
        return known if receiver is None or receiver.id == desired.person_id else None

    def link(self, desired: DesiredUser, account: TenantUser) -> Link:
        """How an account that was found for a person is linked.

        That of somebody who left, here or another app, yields to the same source anchor.
        """
        left = self.app_users.left_elsewhere.get(account.id)
        if left is None and account.id in self.app_users.linked_elsewhere:
            return Link.OTHER_APPS
        if self.is_handed_over(desired, account):
            return Link.YIELDING
        holder = self._holders.get(account.id)
        if self.receiver(account.id) is not None:
            return Link.ANOTHERS
        if holder is None and left is None:
            return Link.FREE
        if holder is not None and holder.person_id == desired.person_id:
            return Link.OWN
        if holder is not None and holder.person_id in self.staying:
            return Link.ANOTHERS
        anchors = {desired.new_anchor, *expected_anchors(desired, self.provisioning)}
        same = (left or (holder and holder.anchor) or account.anchor) in anchors
        return Link.YIELDING if same else Link.NAMESAKES

    def anchored(self, desired: DesiredUser, account: TenantUser) -> Person | None:
        """Whose an account is by its source anchor in Active Directory, if it is another person's; None if not."""
        person = self._by_anchor.get(account.anchor or "")
        own = person is None or account.anchor in expected_anchors(desired, self.provisioning)
        return None if own else person

    @cached_property
    def _by_anchor(self) -> Mapping[str, Person]:
        return {each.anchor: person for person in self.people.values() for each in person.directory_accounts}

    def name(self, account: TenantUser) -> str:
        """The name of the person or app whose account it is; the account itself names people who left."""
        if app := self.app_users.linked_elsewhere.get(account.id):
            return (
                f"somebody who left the app {app}" if account.id in self.app_users.left_elsewhere else f"the app {app}"
            )
        holder = self._holders.get(account.id)
        return self.describe(holder, account) if holder else "nobody"

    def describe(self, holder: AppUser, account: TenantUser | None = None) -> str:
        """The holder of an account by name, id and employee number, as far as they are known.

        Args:
            holder: what is remembered of the person.
            account: the account, which has a name where the source has none any more.

        """
        if (person := self.people.get(holder.person_id)) is not None:
            return person_text(person)
        properties = account.properties if account else {}
        name = properties.get("displayName") or holder.username
        number = f", employee number {properties['employeeId']}" if properties.get("employeeId") else ""
        left = "" if holder.is_in_use and holder.person_id in self.staying else ", who left"
        return f"{name} (person {holder.person_id}{number}{left})"

    def is_handed_over(self, desired: DesiredUser, account: TenantUser) -> bool:
        """Whether the caller hands this account to the person."""
        return self.transfers.get(desired.person_id) == account.id

    def receiver(self, object_id: str) -> Person | None:
        """The person to whom the caller hands an account; None for nobody."""
        return self._receivers.get(object_id)


def anchors_of_who_waits(
    people: Iterable[DesiredUser],
    matched: Iterable[MatchedUser],
    on_hold: Iterable[Assignment],
    provisioning: ProvisioningType,
) -> frozenset[str]:
    """The source anchors of people who are assigned and stopped or held, perhaps under a new id.

    What is remembered under an old id waits with them, and their problem says for what.

    Args:
        people: who is to be provisioned.
        matched: who of them is, with which account.
        on_hold: who is not provisioned now.
        provisioning: which anchors it expects.

    """
    served = {each.subject.person_id for each in matched}
    stopped = (each for each in people if each.person_id not in served)
    return frozenset(
        (
            *(anchor for each in stopped for anchor in expected_anchors(each, provisioning)),
            *(account.anchor for each in on_hold for account in each.person.directory_accounts),
        )
    )
