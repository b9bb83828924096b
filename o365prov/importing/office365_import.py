"""The import from Office 365: its settings, and the way from a tenant's accounts and groups to an import plan.

::

    people, snapshot, memory ──► import plan ──► memory for the next import
                                 (whose account is whose, which groups)

Both steps are pure: a :class:`~o365prov.graph.Tenant` reads the snapshot.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from attrs import field, frozen

from o365prov._annotations import check_call
from o365prov._fields import as_tuple, frozen_mapping, made_of, member, typed
from o365prov.errors import ConfigurationError, UsageError
from o365prov.importing.accounts import ALWAYS_READ, imported_attributes
from o365prov.importing.decisions import UserOutcome
from o365prov.importing.groups import group_decisions
from o365prov.importing.hazards import import_hazards
from o365prov.importing.import_plan import ImportPlan
from o365prov.importing.matching import MatchRules, PeopleIndex
from o365prov.importing.memory import ImportMemory
from o365prov.importing.preconditions import check_choices, check_import, unique_people
from o365prov.importing.settings import ExactMatch, ImportGroups, ImportObstacle, ImportSafeguard, OktaUsername
from o365prov.importing.users import ConfirmationRules, UserDecider
from o365prov.people import AppUsers, GroupAssignment, Person
from o365prov.planning import Needs, TenantSnapshot
from o365prov.provisioning import ProvisioningType
from o365prov.rendering import quoted


def _include(values: Iterable[ImportObstacle | str]) -> frozenset[ImportObstacle]:
    return made_of(values, lambda each: frozenset(member(ImportObstacle, one) for one in each))


def _groups(value: ImportGroups | str) -> ImportGroups:
    return member(ImportGroups, value)


def _exact(value: ExactMatch | str) -> ExactMatch:
    return member(ExactMatch, value)


def _username(value: OktaUsername | str) -> OktaUsername:
    return member(OktaUsername, value)


@frozen(kw_only=True, field_transformer=typed)
class Office365Import:
    """The import from Office 365: Okta's settings of the tabs Integration and To Okta.

    Args:
        provisioning: the app's provisioning type: User Sync and Universal Sync import more attributes.
        groups: whether groups are imported ("Import Groups").
        include: in spite of which obstacles accounts are imported, such as ``{"unlicensed", "disabled"}``. Okta imports
            accounts without any; an account without an e-mail address then gives its username as address.
        okta_username: what the Okta username of an imported account is ("Okta username format").
        exact_match: when a match is exact ("Imported user is an exact match to Okta user if").
        match_attributes: for ``exact_match="attributes"``, which attributes must be equal, all of them: those of Okta's
            user profile by Graph's property.
        partial_matches: whether people with the same first and last name match ("Allow partial matches").
        confirm_exact: whether exact matches are confirmed ("Auto-confirm exact matches"). A match that leaves a doubt,
            such as two people for one account, always waits.
        confirm_partial: the same for partial matches.
        confirm_new: whether new users are confirmed ("Auto-confirm new users").
        activate_new: whether new users are activated once they are confirmed ("Auto-activate new users").
        safeguard: how much one import may remove before it needs a confirmation.
        app_name: the app's name; its memory belongs to it.

    Raises:
        ConfigurationError: *match_attributes* are given for another rule, or missing for this one; or a field has a
            wrong type.

    Sources: Okta, "Edit app provisioning settings"; "Import users to Office 365 using Microsoft Graph API".

    Decision where the sources are silent: no page says which Okta username and which rule the Office 365 app has at
    first, nor whether it allows partial matches. Here it is the account's own username, compared with logins, and it
    does: who has the name of somebody known then waits, instead of becoming a second person.

    >>> from o365prov.provisioning import UserSync
    >>> office365_import = Office365Import(provisioning=UserSync(), confirm_exact=True)
    >>> office365_import.needs().groups
    True

    """

    provisioning: ProvisioningType
    groups: ImportGroups = field(default=ImportGroups.NOW, converter=_groups)
    include: frozenset[ImportObstacle] = field(default=frozenset(), converter=_include)
    okta_username: OktaUsername = field(default=OktaUsername.USER_PRINCIPAL_NAME, converter=_username)
    exact_match: ExactMatch = field(default=ExactMatch.USERNAME, converter=_exact)
    match_attributes: Mapping[str, str] = field(factory=dict, converter=frozen_mapping, hash=False)
    partial_matches: bool = True
    confirm_exact: bool = False
    confirm_partial: bool = False
    confirm_new: bool = False
    activate_new: bool = False
    safeguard: ImportSafeguard = field(factory=ImportSafeguard)
    app_name: str = "Office 365"

    def __attrs_post_init__(self) -> None:
        if bool(self.match_attributes) != (self.exact_match is ExactMatch.ATTRIBUTES):
            raise ConfigurationError(
                "Office365Import.match_attributes and exact_match='attributes' go together: "
                "match_attributes={'employeeId': 'employeeNumber'}"
            )

    def needs(self) -> Needs:
        """What must be read from the tenant before :meth:`plan`: all accounts, and the groups if they are imported."""
        properties = (*ALWAYS_READ, *imported_attributes(self.provisioning).values(), *self.match_attributes)
        return Needs(properties, roles=False, deleted_users=False, groups=self.groups is ImportGroups.NOW)

    def plan(
        self,
        people: Iterable[Person],
        snapshot: TenantSnapshot,
        memory: ImportMemory,
        *,
        now: datetime,
        app_users: AppUsers | None = None,
        choices: Mapping[str, str | None] | None = None,
        by_group: Iterable[GroupAssignment] = (),
        org_assignments: int | None = None,
    ) -> ImportPlan:
        """Whose the accounts of *snapshot* are, and which groups come and go. Pure.

        Args:
            people: everybody in the organisation, whether or not the app is assigned to them.
            snapshot: what the tenant holds, read with :meth:`needs`.
            memory: what earlier imports gave.
            now: the time, aware.
            app_users: whose accounts the app provisions: they are known.
            choices: what somebody decided about accounts that wait: by object id, the id of the person whose account it
                is; None for a new person.
            by_group: the groups to which the app is assigned: if they are removed, that must be confirmed.
            org_assignments: how many app assignments the organisation has to all its apps, for the organisation's
                safeguard; None if that is not known.

        Raises:
            ConfigurationError: a person is there twice; a memory is another tenant's or app's; *choices* names an
                account or a person that can't be linked. The message has all that is wrong.
            UsageError: the snapshot was read without what is needed, or for some people.

        """
        people, by_group = as_tuple(people), as_tuple(by_group)
        check_call(Office365Import.plan, locals())
        self._check_snapshot(snapshot)
        check_import(snapshot, memory, self.app_name, app_users, now)
        if org_assignments is not None and org_assignments < 0:
            raise ConfigurationError(f"org_assignments should be 0 or more, not {quoted(org_assignments)}")
        known = unique_people(people)
        decider = UserDecider(
            snapshot.users,
            memory,
            {} if app_users is None else {each.object_id: each.person_id for each in app_users if each.is_in_use},
            PeopleIndex.of(people, MatchRules(self.exact_match, self.match_attributes, self.partial_matches)),
            {} if choices is None else choices,
            self.include,
            ConfirmationRules(self.confirm_exact, self.confirm_partial, self.confirm_new, self.activate_new),
            imported_attributes(self.provisioning),
            self.okta_username,
        )
        users = list(decider.decisions())
        check_choices(decider.choices, users, known, decider.provisioned)
        imported = {each.object_id for each in users if each.confirmed or each.outcome is UserOutcome.LINKED}
        assigned = {each.group_id for each in by_group}
        groups = list(group_decisions(snapshot.groups or (), memory, imported, assigned, self.groups))
        hazards = import_hazards(
            users, groups, memory, self.safeguard, when=self.groups, org_assignments=org_assignments
        )
        return ImportPlan(memory, now, users, groups, tuple(hazards))

    def _check_snapshot(self, snapshot: TenantSnapshot) -> None:
        if missing := ", ".join(self._missing(snapshot)):
            raise UsageError(f"the snapshot was read without {missing}: read it with office365_import.needs()")

    def _missing(self, snapshot: TenantSnapshot) -> Iterator[str]:
        """What was not read: without it accounts would look as if they could not be imported, or groups as removed."""
        if snapshot.coverage is not None:
            yield "everybody"
        if self.groups is ImportGroups.NOW and snapshot.groups is None:
            yield "groups"
        read: Any = set(ALWAYS_READ).intersection(*(each.properties for each in snapshot.users))
        yield from sorted(set(ALWAYS_READ) - read) if snapshot.users else ()
