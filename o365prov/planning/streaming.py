"""Planning for more people than fit into memory: compact rows for people who do not change, the others in full.

A plan is mostly about the few people who changed since the last success. The streaming planner takes all assignments
one by one and keeps the people who changed; of the others it keeps only what the tenant must be asked about: whether
the account is still there, and since when its sessions are valid. Reading the tenant then keeps only the accounts that
matter::

    planner = app.streaming_planner(read_assignments, app_users, now=now)
    snapshot = await tenant.read(app.needs(), keep=planner.wants)
    plan = planner.plan(snapshot)

The plan is the one that :meth:`Office365App.plan <o365prov.Office365App.plan>` makes with everyone in memory, but for
accounts of which it can't be known while the tenant is read that they matter:

- an account that holds an address which a deleted account had besides its username, and which its person is not to
  get, if the plan restores that deleted account;
- an account that is not a person's and is the manager of a person whose account is gone.

The first then shows on applying, as a change that Graph refuses; the second is the problem that the manager has no
account, and a later plan sets the manager.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from attrs import define, evolve, field

from o365prov._annotations import check_after_failure, check_call
from o365prov.errors import ConfigurationError, Issue, UsageError
from o365prov.people import AppUser, AppUsers, Assignment, LicenseGrant, comparable_name
from o365prov.planning.fingerprints import is_as_evaluated, is_unchanged
from o365prov.planning.matching.candidates import with_kept_username
from o365prov.planning.matching.neighbours import names_of, remembered_names
from o365prov.planning.model.change_parts import Subject
from o365prov.planning.model.options import PlanOptions, PlanRequest
from o365prov.planning.model.plan import Plan
from o365prov.planning.planner import UnchangedPeople, make_plan
from o365prov.planning.preconditions import check_coverage, check_transfers
from o365prov.planning.rules.edits import EditedPerson, GrantEdits
from o365prov.planning.rules.managers import ManagerAccount
from o365prov.planning.rules.unsupported import UnsupportedCount
from o365prov.planning.tenant.snapshot import HeldLicense, TenantSnapshot, TenantUser
from o365prov.planning.transitions.states import contradiction
from o365prov.provisioning import DesiredUser, Eligibility

_SHARED = ""
"""The owner of a name that more than one person is to have: whoever has it has another's."""


@define(eq=False, repr=False)
class StreamingPlanner:
    """Makes a plan without holding all people in memory; :meth:`Office365App.streaming_planner` makes one.

    Args:
        assignments: gives all assignments each time it is called: once at the beginning, and again if a person who
            does not change matters to one who does.
        evaluate: computes what one person should be.
        rules: what the app allows.
        app_users: the memory of earlier runs.
        now: the time, aware.
        check: refuses a tenant that the app can't be planned for, unless that was done.
        source: a hash of what one person would be evaluated from. Whoever is as at the last success is then not
            evaluated, and it is not known which address the account would be given if it were gone: the tenant must be
            in the snapshot as a whole. By default everybody is evaluated.
        request: what the caller has decided; it is for everybody.

    """

    _assignments: Callable[[], Iterable[Assignment]]
    _evaluate: Callable[[Assignment], DesiredUser]
    _rules: PlanOptions
    _app_users: AppUsers
    _now: datetime
    _check: Callable[[TenantSnapshot], None] = lambda _snapshot: None
    _source: Callable[[Assignment], str] = field(default=lambda _assignment: "", alias="source")
    _request: PlanRequest = field(factory=PlanRequest, alias="request")
    _changed: list[DesiredUser] = field(factory=list)
    _held: list[Assignment] = field(factory=list)
    # By object id: the instant before which sessions are void, and what is remembered.
    _unchanged: dict[str, tuple[float, AppUser]] = field(factory=dict)
    # Object ids by the names of unchanged people: another account that has one matters, for their own may be gone.
    _owners: dict[str, str] = field(factory=dict)
    _staying: set[str] = field(factory=set)
    _gone: dict[str, datetime | None] = field(factory=dict)
    _names: set[str] = field(factory=set)  # usernames, addresses, anchors and references of changed people
    _kept: set[str] = field(factory=set)  # object ids of accounts to be read in full
    # Unchanged people by the licences that they were granted, and those that the account holds.
    _licensed: dict[tuple[tuple[LicenseGrant, ...], tuple[HeldLicense, ...]], list[str]] = field(factory=dict)
    _unsupported: UnsupportedCount = field(init=False)
    _planned: bool = False

    def __attrs_post_init__(self) -> None:
        self._unsupported = UnsupportedCount(self._rules.provisioning)
        given: list[Assignment] = []
        for assignment in self._unique_assignments():
            if assignment.person.id in self._request.transfers:
                given.append(assignment)
            match self._rules.lifecycle.eligibility(assignment, self._now):
                case Eligibility.PROVISION:
                    self._enter(assignment)
                case Eligibility.UNASSIGNED:
                    self._gone[assignment.person.id] = assignment.ends
                case Eligibility.PREPARE:
                    self._changed.append(evolve(self._evaluate(assignment), enabled=False))
                case _:
                    self._held.append(assignment)
        check_transfers(self._request.transfers, given)
        self._find_neighbours()

    def _unique_assignments(self) -> Iterator[Assignment]:
        """The assignments, or ConfigurationError for a person who is assigned twice."""
        others: set[str] = set()
        for assignment in self._assignments():
            person_id = assignment.person.id
            if person_id in self._staying or person_id in others:
                raise ConfigurationError(f"assigned more than once: {person_id}: merge their assignments first")
            yield assignment
            if person_id not in self._staying:
                others.add(person_id)

    def _enter(self, assignment: Assignment) -> None:
        known, provisioning = self._app_users.get(assignment.person.id), self._rules.provisioning
        if known is not None and known.object_id in self._app_users.linked_elsewhere:
            known = None
        excluded = known is not None and self._rules.lifecycle.excludes_account(known.object_id)
        if excluded or assignment.person.id in self._request.transfers:
            self._changed.append(self._evaluate(assignment))  # of whom something is said in every plan
            return
        if known and is_as_evaluated(self._source(assignment), assignment.grants, known, provisioning):
            self._unsupported.add_supported(assignment.grants)
            self._stay(known, provisioning.sessions_valid_from(assignment.person))
            return
        desired = with_kept_username(self._evaluate(assignment), known)
        if known is None or not is_unchanged(desired, known, provisioning):
            self._changed.append(desired)
            return
        self._unsupported.add(desired)
        self._stay(known, desired.sessions_valid_from)
        mail = desired.creation_properties().get("mail")
        for name in (known.username, desired.new_anchor, mail, *(each.username for each in desired.candidates)):
            if isinstance(name, str):
                first = self._owners.setdefault(name.lower(), known.object_id)
                if first != known.object_id:
                    self._owners[name.lower()] = _SHARED

    def _stay(self, known: AppUser, sessions_valid_from: datetime | None) -> None:
        """Keep of somebody who does not change what the tenant must be asked about."""
        instant, handled = sessions_valid_from, known.password_instant
        if instant is None or instant > self._now or (handled is not None and instant <= handled):
            self._unchanged[known.object_id] = 0.0, known
        else:
            self._unchanged[known.object_id] = instant.timestamp(), known
        self._staying.add(known.person_id)

    def _find_neighbours(self) -> None:
        """Find unchanged people whose username or anchor a changed person has too, and the accounts to read."""
        for desired in self._changed:
            self._names.update(names_of(desired))
        others = [user for user in self._app_users if user.person_id not in self._staying]
        self._kept.update(user.object_id for user in others)
        self._kept.update(self._request.transfers.values())
        self._names.update(user.anchor.lower() for user in others if user.anchor)
        self._names.update(user.username.lower() for user in others)  # a deleted account comes back under it
        self._kept.update(
            user.object_id
            for user in self._app_users
            if user.person_id in self._staying and not self._names.isdisjoint(remembered_names(user))
        )

    @check_after_failure
    def wants(self, user: TenantUser) -> bool:
        """Whether this account of the tenant must be kept in full; ask once about each account."""
        self.compare(user)
        return user.id in self._kept or self._is_named(user) or self._has_anothers_name(user)

    @check_after_failure
    def compare(self, user: TenantUser) -> None:
        """Take note of an account: whether it is what is remembered of it. :meth:`wants` does that too."""
        expected = self._unchanged.pop(user.id, None)
        if expected is None:
            return
        instant, known = expected
        self._licensed.setdefault((known.licenses, user.licenses), []).append(known.person_id)
        since = user.sessions_valid_from
        if (
            (user.synced and not self._rules.provisioning.beside_entra_connect)
            or user.username.lower() != known.username.lower()
            or contradiction(user, known)
            or (user.anchor is None and known.anchor is not None)
            or not user.enabled
            or user.failed_licenses
            or (instant and (since is None or instant > since.timestamp()))
        ):
            self._kept.add(user.id)

    def _has_anothers_name(self, user: TenantUser) -> bool:
        """Whether it has the name of an unchanged person who has another account."""
        names = {user.username.lower(), (user.anchor or "").lower(), *user.addresses}
        return any(self._owners.get(name, user.id) != user.id for name in names)

    def _is_named(self, user: TenantUser) -> bool:
        return (
            user.username.lower() in self._names
            or user.id.lower() in self._names
            or (user.anchor is not None and user.anchor.lower() in self._names)
            or not self._names.isdisjoint(user.addresses)
        )

    def plan(self, snapshot: TenantSnapshot) -> Plan:
        """Make the plan; a streaming planner makes one plan only.

        Args:
            snapshot: what the tenant holds, read with ``keep=planner.wants``.

        Raises:
            ConfigurationError: the app can't be planned for this tenant.
            UsageError: the plan was made already, or the snapshot was read for some people.

        """
        check_call(StreamingPlanner.plan, locals())
        if self._planned:
            raise UsageError("this streaming planner has made its plan: make a new one for the next plan")
        self._check(snapshot)
        check_coverage(snapshot, None)
        self._planned = True
        changed = self._unchanged.keys() | self._kept  # accounts that are gone from the tenant, or differ there
        recheck = {
            user.person_id for user in self._app_users if user.object_id in changed and user.person_id in self._staying
        }
        people = [*self._changed, *self._rechecked(recheck)]
        edited = self._edited(snapshot)
        self._names.clear()  # which only reading asks for, and a first load has of everybody
        return make_plan(
            people,
            self._held,
            gone=self._gone,
            request=self._request,
            rules=self._rules,
            snapshot=snapshot,
            app_users=self._app_users,
            now=self._now,
            unchanged=UnchangedPeople(self._staying, self._unsupported, self._managers(people), edited),
        )

    def _edited(self, snapshot: TenantSnapshot) -> list[EditedPerson]:
        """The unchanged people of whom somebody took a licence or role in Office 365."""
        provisioning = self._rules.provisioning
        if provisioning.user_attributes_only:
            return []
        edits = GrantEdits(snapshot, provisioning)
        taken = {user.person_id: edits.roles(user.roles, user.object_id) for user in self._app_users if user.roles}
        found: dict[str, tuple[Sequence[HeldLicense], list[Issue]]] = {}
        for (granted, held), ids in self._licensed.items():
            relicensed = edits.licenses(granted, held)
            for person_id in ids:
                issues = [issue for issue in (relicensed, taken.get(person_id)) if issue]
                if issues and person_id in self._staying:
                    found[person_id] = held, issues
        edited = [self._as_known(each) for each in self._assignments() if each.person.id in found] if found else []
        return [EditedPerson(each, *found[each.person_id]) for each in edited]

    def _as_known(self, assignment: Assignment) -> DesiredUser:
        return with_kept_username(self._evaluate(assignment), self._app_users.get(assignment.person.id))

    def _rechecked(self, recheck: set[str]) -> list[DesiredUser]:
        """The people who did not change, and yet must be compared in full."""
        if not recheck:
            return []
        rechecked = [self._evaluate(each) for each in self._assignments() if each.person.id in recheck]
        for desired in rechecked:
            self._unsupported.remove(desired)
        self._staying -= recheck
        return rechecked

    def _managers(self, people: Iterable[DesiredUser]) -> dict[str, ManagerAccount]:
        """The unchanged people to whom one of *people* refers by distinguished name or username."""
        wanted = {comparable_name(each.manager) for each in people if isinstance(each.manager, str)}
        found: dict[str, ManagerAccount] = {}
        for assignment in self._assignments() if wanted else ():
            person = assignment.person
            known = self._app_users.get(person.id)
            if known is None or person.id not in self._staying:
                continue
            directory = (account.distinguished_name or "" for account in person.directory_accounts)
            names = map(comparable_name, (*directory, known.username))
            manager = ManagerAccount(Subject(person.id, person.name, known.username), known.object_id)
            found.update((name, manager) for name in names if name in wanted)
        return found
