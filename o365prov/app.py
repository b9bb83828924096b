"""Okta's Office 365 app: its settings, previews and plans.

::

    assignments ──► desired users ──► plan
      (people)       (username,       (compared with what the tenant holds
                      mapping,         and with what we remember)
                      strategy)

:meth:`Office365App.preview` shows the desired users, :meth:`Office365App.plan` makes the plan. Both are pure: a
:class:`~o365prov.graph.Tenant` reads what a plan needs and applies it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import overload

from attrs import Factory, evolve, field, frozen

from o365prov import planning, previews
from o365prov._annotations import check_call
from o365prov._fields import as_domains, as_unique, domain_names, typed
from o365prov.errors import ConfigurationError
from o365prov.people import AppUsers, Assignment, Grants, Person
from o365prov.profiles import ProfileMapping, UsernameFormat
from o365prov.provisioning import (
    Evaluation,
    Lifecycle,
    OktaOrg,
    ProvisioningType,
    bind,
    is_stale,
    refuse_foreign,
    shipped_mapping,
    staleness,
)


@frozen(field_transformer=typed)
class Office365App(planning.AppOverview):
    """The Office 365 app: domains, provisioning type, username format and attribute mapping.

    Args:
        domains: the domains that usernames may be in; each must be verified in the tenant.
        provisioning: the provisioning type with its settings.
        username: how usernames are made.
        mapping: how attributes are mapped; Okta's mapping for the type unless it is given. After
            :meth:`with_provisioning` attributes must be mapped again (:meth:`remap`), before :meth:`plan` makes a plan.
        default_grants: the licences of people whose assignment has none, and the roles of people whose assignment has
            none: in Okta, those that the app's mapping sets to the same value for all users.
        safeguards: which plans need a confirmation.
        grantable_roles: the privileged directory roles that assignments may grant, by name or template id; others may.
        restore_deleted_users: whether a person's deleted account is restored, instead of being a problem.
        gives_passwords: whether people may be created in managed domains, as the caller of apply gives passwords.
        take_over_licenses: whether a push also removes licences that were granted elsewhere and are not assigned, as
            Okta's does; otherwise only licences granted from here are removed.
        take_over_roles: the same for directory roles.
        lifecycle: what becomes of people who are suspended or missing, and who and what is excluded.
        org: what the Okta organisation allows.
        name: the app's name; its memory belongs to it.

    Raises:
        ConfigurationError: there is no domain, an attribute is mapped that the type does not send, the organisation
            can't use the type, or a field has a wrong type.

    Source: Okta, "Provision users to Office 365"; an Okta partner's lab guide to Microsoft 365 (*default_grants*).

    >>> from o365prov.provisioning import UserSync
    >>> app = Office365App(
    ...     domains=("yourfederated.domain",),
    ...     provisioning=UserSync(),
    ...     username=UsernameFormat.custom('String.substringBefore(user.email, "@") + "@yourfederated.domain"'),
    ... )
    >>> app.preview(Person("00u1", "ACTIVE", {"email": "isaac.brock@example.com"})).username
    'isaac.brock@yourfederated.domain'

    """

    domains: tuple[str, ...] = field(converter=as_domains, validator=domain_names)
    provisioning: ProvisioningType
    username: UsernameFormat
    mapping: ProfileMapping = field(default=Factory(lambda app: shipped_mapping(app.provisioning), takes_self=True))
    default_grants: Grants = field(factory=Grants)
    safeguards: planning.Safeguards = field(factory=planning.Safeguards)
    grantable_roles: tuple[str, ...] = field(default=(), converter=as_unique)
    restore_deleted_users: bool = False
    gives_passwords: bool = False
    take_over_licenses: bool = False
    take_over_roles: bool = False
    lifecycle: Lifecycle = field(factory=Lifecycle)
    org: OktaOrg = field(factory=OktaOrg)
    name: str = "Office 365"

    def __attrs_post_init__(self) -> None:
        if self.mapping.bound_to is None:  # a new mapping is made for these settings
            object.__setattr__(self, "mapping", bind(self.mapping, self.provisioning))
        if not self.domains:
            raise ConfigurationError("an Office 365 app needs at least one domain: domains=('yourfederated.domain',)")
        self.org.check(self.provisioning)
        refuse_foreign(self.mapping, self.provisioning)

    def with_provisioning(self, provisioning: ProvisioningType) -> Office365App:
        """The same app with other provisioning settings; its attributes must then be mapped again.

        Args:
            provisioning: the new type, or the same type with other settings.

        Raises:
            ConfigurationError: Okta does not let an app change to that type.

        """
        if (reason := self.org.why_not(self.provisioning.name, provisioning)) is not None:
            raise ConfigurationError(reason)
        return evolve(self, provisioning=provisioning)

    def remap(self, mapping: ProfileMapping | None = None, *, keep: bool = False) -> Office365App:
        """The same app with its attributes mapped for its present settings.

        Args:
            mapping: the new mapping; Okta's mapping for the type unless it is given.
            keep: keep the mapping that the app has, instead of a new one.

        Raises:
            ConfigurationError: an attribute is mapped that the type does not send, or a mapping and *keep* are given.

        """
        check_call(Office365App.remap, locals())
        if mapping is None:
            mapping = self.mapping if keep else self.provisioning.default_mapping()
        elif keep:
            raise ConfigurationError("remap takes a mapping or keep=True, not both: leave one of them out")
        return evolve(self, mapping=bind(mapping, self.provisioning))

    def needs(
        self,
        assignments: Iterable[Assignment] = (),
        *,
        scope: planning.Scope | str = planning.Scope.CHANGED,
        only: Iterable[str] | None = None,
        transfers: Mapping[str, str] | None = None,
    ) -> planning.Needs:
        """What must be read from the tenant before :meth:`plan` with the same arguments.

        For everybody that is all accounts with what is mapped, and the addresses of groups and contacts if the type
        sends names. For some people it is their accounts, and whatever has their names, in a few requests.

        Args:
            assignments: everyone who is assigned; for everybody's plan they need not be given.
            scope: as for :meth:`plan`.
            only: the ids of the people whom the plan will be about; None for everybody.
            transfers: as for :meth:`plan`.

        >>> from o365prov.provisioning import UserSync
        >>> app = Office365App(("corp.example",), UserSync(), UsernameFormat.email())
        >>> "jobTitle" in app.needs().properties, app.needs().managers
        (True, True)
        """
        check_call(Office365App.needs, locals())
        needs = planning.Needs.of(self.mapping, self.provisioning)
        if only is None:
            return needs
        assigned = self._people(assignments, scope, planning.PlanRequest.of(only, transfers))
        return evolve(needs, only=assigned.request.only, app_name=self.name, lookups=assigned.lookups)

    @overload
    def preview(
        self,
        person: Person | Assignment,
        /,
        *,
        snapshot: planning.TenantSnapshot | None = None,
        app_users: AppUsers | None = None,
        now: datetime | None = None,
    ) -> previews.Preview: ...

    @overload
    def preview(
        self,
        people: Iterable[Person | Assignment],
        /,
        *,
        snapshot: planning.TenantSnapshot | None = None,
        app_users: AppUsers | None = None,
        now: datetime | None = None,
        only: Iterable[str] | None = None,
    ) -> previews.PopulationPreview: ...

    def preview(
        self,
        who: Person | Assignment | Iterable[Person | Assignment],
        /,
        *,
        snapshot: planning.TenantSnapshot | None = None,
        app_users: AppUsers | None = None,
        now: datetime | None = None,
        only: Iterable[str] | None = None,
    ) -> previews.Preview | previews.PopulationPreview:
        """The username and the mapped values of one person or of many; a stale mapping only warns.

        Args:
            who: a person or an assignment, or an iterable of them.
            snapshot: what the tenant holds. The preview then says whose the username is, and what the next plan would
                create, match, rename and change.
            app_users: the memory of earlier runs.
            now: the time for expressions that ask for it, aware.
            only: the ids of those of many people whom the preview is about, as for :meth:`plan`; None for all of them.

        Returns:
            A :class:`~o365prov.Preview` of one person, a :class:`~o365prov.PopulationPreview` of an iterable.

        Raises:
            ConfigurationError: a person is there twice, *who* is something else than people, *now* has no time zone, or
                *only* is given for one person.
            UsageError: the snapshot was read for other people, or for settings that need less.

        >>> from o365prov.provisioning import UserSync
        >>> app = Office365App(("corp.example",), UserSync(), UsernameFormat.email())
        >>> ann, bob = (Person(name, "ACTIVE", {"email": "a.lee@corp.example"}) for name in ("ann", "bob"))
        >>> print(app.preview([ann, bob]).collisions[0])
        the username a.lee@corp.example is the same for 2 people (ann, bob)

        """
        if now is not None:
            planning.check_now(now)
        planning.check_type(snapshot, planning.TenantSnapshot | None, "snapshot", "await tenant.read(app.needs())")
        planning.check_type(app_users, AppUsers | None, "app_users", "state.app_users(tenant_id, app.name)")
        previewer = previews.Previewer(
            format=self.username,
            mapping=self.mapping,
            domains=self.domains,
            rules=self._rules(planning.Scope.CHANGED),
            app_users=AppUsers.empty("", self.name) if app_users is None else app_users,
            snapshot=snapshot,
            warnings=tuple(self._warnings(snapshot)),
            now=now,
        )
        return previewer.preview(who, planning.PlanRequest(only))

    def _warnings(self, snapshot: planning.TenantSnapshot | None) -> Iterator[str]:
        """What would keep a plan from being made, and only warns in a preview."""
        if is_stale(self.mapping, self.provisioning):
            yield staleness(self.mapping, self.provisioning)
        try:
            if snapshot is not None:
                self._check_tenant(snapshot, None)
        except ConfigurationError as error:
            yield str(error)

    def plan(
        self,
        assignments: Iterable[Assignment],
        snapshot: planning.TenantSnapshot,
        app_users: AppUsers,
        *,
        now: datetime,
        scope: planning.Scope | str = planning.Scope.CHANGED,
        only: Iterable[str] | None = None,
        transfers: Mapping[str, str] | None = None,
        complete: bool = True,
        mailboxes_done: Iterable[str] = (),
        made_by: str = "",
    ) -> planning.Plan:
        """What must change so that the tenant of *snapshot* holds what the assignments ask for. Pure.

        A person who can't be provisioned is a problem in the plan and does not stop the others.

        Args:
            assignments: everyone who is assigned; who is remembered and not among them has left.
            snapshot: what the tenant holds.
            app_users: the memory of earlier runs, from :meth:`~o365prov.state.State.app_users`.
            now: the time, aware.
            scope: ``"changed"`` (Okta's push), ``"all"`` (Force Sync) or ``"drift"``; see :class:`~o365prov.Scope`.
            only: the ids of the people whom the plan is about, None for everybody: those of them without an assignment
                have left, of ids that nobody has it is said (``never_seen``), and of everybody else nothing.
            transfers: accounts to hand over although somebody else had them, or their name: object ids by person id.
            complete: whether *assignments* are all that there are: who is missing in part of them has not left.
            mailboxes_done: the object ids of leavers' accounts whose mailboxes were handed over, so that licences go
                that wait for it, see :class:`~o365prov.LeaverSteps`; the memory keeps it.
            made_by: who makes the plan, such as an administrator's address: the state keeps it for the audit.

        Raises:
            StaleMappingError: the settings changed after the attributes were mapped.
            ConfigurationError: the tenant has not verified one of the app's domains; people were provisioned by a type
                that can't be left for this one; the memory is another tenant's or app's; *transfers* names somebody who
                is not assigned; or *scope* is ``"drift"`` and people may be edited in Office 365.
            UsageError: the snapshot was read for other people, or for settings that need less.

        """
        planning.check_type(snapshot, planning.TenantSnapshot, "snapshot", "await tenant.read(app.needs())")
        planning.check_type(app_users, AppUsers, "app_users", "state.app_users(snapshot.tenant_id, app.name)")
        scope = planning.Scope(scope)
        self._check_ready(app_users, now, scope)
        self._check_tenant(snapshot, app_users)
        request = planning.PlanRequest.of(only, transfers, complete=complete, mailboxes_done=mailboxes_done)
        assigned = self._people(assignments, scope, request)
        planning.check_coverage(snapshot, assigned.request.only)
        plan = assigned.plan(snapshot, app_users, now)
        return evolve(plan, made_by=made_by) if made_by else plan

    def _people(
        self, assignments: Iterable[Assignment], scope: planning.Scope | str, request: planning.PlanRequest
    ) -> planning.AssignedPeople:
        assigned = sorted(
            map(self._assigned, planning.unique_assignments(assignments)), key=lambda each: each.person.id
        )
        planning.check_transfers(request.transfers, assigned)
        evaluation, rules = self._evaluation, self._rules(planning.Scope(scope))
        return planning.AssignedPeople(tuple(assigned), evaluation.evaluate, evaluation.source, rules, request)

    def calendar(self, assignments: Iterable[Assignment], app_users: AppUsers, *, now: datetime) -> planning.Calendar:
        """Who starts, and who will be deactivated, unlicensed and deleted when, if nothing changes at the source.

        Args:
            assignments: everyone who is assigned.
            app_users: the memory of earlier runs.
            now: the time, aware.

        """
        planning.check_type(app_users, AppUsers, "app_users", "AppUsers.empty(tenant_id, app.name)")
        planning.check_now(now)
        assigned = planning.unique_assignments(assignments)
        return planning.Upcoming(self._rules(planning.Scope.CHANGED), app_users, now).calendar(assigned)

    def streaming_planner(
        self,
        assignments: Callable[[], Iterable[Assignment]],
        app_users: AppUsers,
        *,
        now: datetime,
        transfers: Mapping[str, str] | None = None,
        complete: bool = True,
        mailboxes_done: Iterable[str] = (),
    ) -> planning.StreamingPlanner:
        """Prepare the plan that :meth:`plan` makes for more people than fit into memory: what it gives makes it.

        Args:
            assignments: a function that gives all assignments, one after the other; it is called once or twice.
            app_users: the memory of earlier runs.
            now: the time, aware.
            transfers: as for :meth:`plan`, as are the next two.
            complete: whether *assignments* are all that there are.
            mailboxes_done: the object ids of leavers' accounts whose mailboxes were handed over.

        Raises:
            ConfigurationError: as for :meth:`plan`.

        """
        planning.check_type(app_users, AppUsers, "app_users", "AppUsers.empty(tenant_id, app.name)")
        if not callable(assignments):
            raise ConfigurationError("assignments should be a function that gives them: pass lambda: assignments")
        self._check_ready(app_users, now, planning.Scope.CHANGED)
        return planning.StreamingPlanner(
            lambda: (self._assigned(each).at(now) for each in assignments()),
            lambda assignment: self._evaluation.evaluate(assignment, now),
            self._rules(planning.Scope.CHANGED),
            app_users,
            now,
            lambda snapshot: self._check_tenant(snapshot, app_users),
            request=planning.PlanRequest.of(None, transfers, complete=complete, mailboxes_done=mailboxes_done),
        )

    def _assigned(self, assignment: object) -> Assignment:
        """The assignment with the licences and roles that it gives, or else with those of the app.

        Okta's sources say it of blank group assignments, and nothing of blank individual ones; both are the same here.
        """
        return planning.as_assignment(assignment).with_default(self.default_grants)

    @cached_property
    def _evaluation(self) -> Evaluation:
        """How people are evaluated by these settings, which do not change."""
        return Evaluation(self.provisioning, self.username, self.mapping, self.domains)

    def _rules(self, scope: planning.Scope) -> planning.PlanOptions:
        return planning.PlanOptions(
            provisioning=self.provisioning,
            safeguards=self.safeguards,
            scope=scope,
            grantable_roles=frozenset(role.lower() for role in self.grantable_roles),
            restore_deleted_users=self.restore_deleted_users,
            gives_passwords=self.gives_passwords,
            take_over_licenses=self.take_over_licenses,
            take_over_roles=self.take_over_roles,
            lifecycle=self.lifecycle,
            settings=self,
        )

    def _check_ready(self, app_users: AppUsers, now: datetime, scope: planning.Scope) -> None:
        """Refuse to plan with these settings; :meth:`_check_tenant` looks at the tenant."""
        planning.check_now(now)
        planning.check_settings(self.mapping, self.provisioning, self.org, app_users, scope)

    def _check_tenant(self, snapshot: planning.TenantSnapshot, app_users: AppUsers | None) -> None:
        planning.check_parts(snapshot, planning.Needs.of(self.mapping, self.provisioning))
        planning.check_domains(snapshot, self.domains)
        if app_users is not None:
            planning.check_memory(app_users, snapshot.tenant_id, self.name)
