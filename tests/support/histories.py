"""Histories of an organisation and its tenant, for laws about what becomes of people's accounts over time.

A history is a list of steps: what happens to people, what administrators do by hand, what is set otherwise, and what is
lost. After each step the plan is made and carried out in memory. Nothing here reads the transition table.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from attrs import define, evolve, field
from effects import effects, served_later
from organisation import DIRECTORY_READERS, DOMAIN, E3, F1, NOW, READER, dn, plan_in_full, somebody, tenant

from o365prov import (
    AppUser,
    AppUsers,
    Assignment,
    Deprovisioning,
    LicenseGrant,
    Office365App,
    Person,
    Plan,
    ProfileSync,
    TenantSnapshot,
    TenantUser,
    UniversalSync,
    UsernameFormat,
    UserSync,
)
from o365prov.people import AfterBlock, AppUserStatus, DirectoryAccount, Grants
from o365prov.planning import HeldLicense, RoleAssignment
from o365prov.planning.model.changes import BlockSignIn, DeleteUser, EnableSignIn
from o365prov.planning.tenant.snapshot import former_username

_SPACE = UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")
ROOMY = (evolve(E3, seats=10_000), evolve(F1, seats=10_000))
DAY = timedelta(days=1)
OPTIONS = (
    Deprovisioning.block_sign_in(),
    Deprovisioning.block_and_remove_licenses(),
    Deprovisioning.block_and_remove_licenses(grace_days=3),
    Deprovisioning.block_remove_licenses_and_delete(),
    Deprovisioning.block_remove_licenses_and_delete(grace_days=7),
)
GRANTS = (
    Grants([LicenseGrant("SPE_E3")]),
    Grants([LicenseGrant("SPE_E3")], ["Directory Readers"]),
    Grants([LicenseGrant("SPE_F1")]),
    Grants(),
)


@define
class Human:
    """Somebody of flesh and blood, who has one account in Active Directory, and one id in Okta after the other.

    Args:
        number: which one it is.
        local: the part of the address before the @.
        okta: how many ids in Okta there were before.
        grants: what is assigned; None where nothing is.
        status: the status in Okta.
        title: the job.

    """

    number: int
    local: str
    okta: int = 0
    grants: Grants | None = None
    status: str = "ACTIVE"
    title: str = "Engineer"

    @property
    def person_id(self) -> str:
        """The present id in Okta."""
        return f"00u{self.number}v{self.okta}"

    @property
    def anchor(self) -> str:
        """The source anchor, which stays whatever becomes of Okta's ids."""
        return base64.b64encode(uuid5(_SPACE, str(self.number)).bytes_le).decode()

    def assignment(self) -> Assignment:
        """What the source says of them."""
        base = somebody(f"H{self.number} Lee", email=f"{self.local}@corp.example", title=self.title)
        guid = uuid5(_SPACE, str(self.number))
        directory = DirectoryAccount("corp.example", guid, dn(base), None, {"externalId": self.anchor})
        person = Person(self.person_id, self.status, base.profile, "ACTIVE_DIRECTORY", None, (directory,))
        return Assignment(person, self.grants or Grants())


Kind = type[UserSync] | type[ProfileSync] | type[UniversalSync]
KINDS: tuple[Kind, ...] = (UserSync, ProfileSync, UniversalSync)


def _app(kind: Kind, option: Deprovisioning, *, deactivates: bool, restores: bool) -> Office365App:
    return Office365App(
        domains=(DOMAIN,),
        provisioning=kind(deprovisioning=option, deactivate_users=deactivates),
        username=UsernameFormat.custom(f'String.substringBefore(user.email, "@") + "@{DOMAIN}"'),
        restore_deleted_users=restores,
    )


Apply = Callable[[Plan, TenantSnapshot], tuple[TenantSnapshot, AppUsers]]
Read = Callable[["History"], TenantSnapshot]


@define
class History:
    """An organisation, its tenant and the memory, on one day after the other.

    Args:
        humans: everybody.
        option: what happens to leavers.
        kind: the provisioning type.
        deactivates: whether leavers are deprovisioned.
        restores: whether deleted accounts are restored.
        carry_out: what becomes of a tenant and the memory when a plan is carried out.
        read: how the tenant is read before a plan is made.

    """

    humans: list[Human]
    option: Deprovisioning = OPTIONS[0]
    kind: Kind = UserSync
    deactivates: bool = True
    restores: bool = False
    carry_out: Apply = effects
    read: Read = lambda history: history.snapshot
    now: datetime = NOW
    snapshot: TenantSnapshot = field(factory=lambda: tenant(skus=ROOMY))
    memory: AppUsers = field(init=False)
    owners: dict[str, int] = field(factory=dict)
    handed_over: set[str] = field(factory=set)
    log: list[Plan] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.snapshot = self.read(self)
        self.memory = AppUsers.empty(self.snapshot.tenant_id, "Office 365")

    @property
    def app(self) -> Office365App:
        """The app with the present settings."""
        return _app(self.kind, self.option, deactivates=self.deactivates, restores=self.restores)

    @property
    def assignments(self) -> list[Assignment]:
        """Everybody who is assigned."""
        return [each.assignment() for each in self.humans if each.grants is not None]

    # What happens to people.

    def assign(self, one: Human, other: Human, number: int) -> None:
        """Somebody is assigned, or assigned something else."""
        del other
        one.grants, one.status = GRANTS[number % len(GRANTS)], "ACTIVE"

    def leave(self, one: Human, other: Human, number: int) -> None:
        """Somebody is not assigned any more."""
        del other, number
        one.grants = None

    def suspend(self, one: Human, other: Human, number: int) -> None:
        """Somebody is suspended: held, if they are assigned."""
        del other, number
        one.status = "SUSPENDED"

    def new_id(self, one: Human, other: Human, number: int) -> None:
        """Somebody gets another id in Okta, for the same account in Active Directory."""
        del other
        one.okta, one.grants = one.okta + 1, one.grants or GRANTS[number % len(GRANTS)]

    def rename(self, one: Human, other: Human, number: int) -> None:
        """Somebody has another name, one that nobody ever had."""
        del other
        one.local = f"h{one.number}.n{number}"

    def swap(self, one: Human, other: Human, number: int) -> None:
        """Two people get each other's address."""
        del number
        one.local, other.local = other.local, one.local

    def namesake(self, one: Human, other: Human, number: int) -> None:
        """Somebody leaves, and another person gets their address."""
        if one is not other:
            one.grants, other.grants = None, GRANTS[number % len(GRANTS)]
            one.local, other.local = f"h{one.number}.was", one.local

    def promote(self, one: Human, other: Human, number: int) -> None:
        """Somebody gets another title."""
        del other
        one.title = f"Level {number}"

    # What administrators do by hand.

    def block(self, one: Human, other: Human, number: int) -> None:
        """Somebody blocks the account."""
        del other, number
        self._edit(one, accountEnabled=False)

    def enable(self, one: Human, other: Human, number: int) -> None:
        """Somebody enables the account."""
        del other, number
        self._edit(one, accountEnabled=True)

    def rename_by_hand(self, one: Human, other: Human, number: int) -> None:
        """Somebody gives the account another name."""
        del other
        self._edit(one, userPrincipalName=f"byhand{one.number}.{number}.{len(self.log)}@{DOMAIN}")

    def delete(self, one: Human, other: Human, number: int) -> None:
        """Somebody deletes the account."""
        del other, number
        if user := self._account(one):
            name = {"userPrincipalName": user.id.replace("-", "") + user.username}
            self.snapshot = evolve(
                self.snapshot,
                users=[each for each in self.snapshot.users if each.id != user.id],
                deleted_users=[*self.snapshot.deleted_users, _with(user, name)],
                role_assignments=[each for each in self.snapshot.role_assignments if each.principal_id != user.id],
            )

    def restore(self, one: Human, other: Human, number: int) -> None:
        """Somebody restores the deleted account, unless another has its name."""
        del other, number
        for user in self.snapshot.deleted_users:
            if self._is_of(user, one) and former_username(user).lower() not in self.snapshot.by_username:
                back = _with(user, {"userPrincipalName": former_username(user)})
                deleted = [each for each in self.snapshot.deleted_users if each.id != user.id]
                self.snapshot = evolve(self.snapshot, users=[*self.snapshot.users, back], deleted_users=deleted)
                return

    def purge(self, one: Human, other: Human, number: int) -> None:
        """Somebody deletes the deleted account for ever."""
        del other, number
        left = [user for user in self.snapshot.deleted_users if not self._is_of(user, one)]
        self.snapshot = evolve(self.snapshot, deleted_users=left)

    def relicense(self, one: Human, other: Human, number: int) -> None:
        """Somebody gives the account a licence by hand, or takes one."""
        del other
        if user := self._account(one):
            sku = (E3, F1)[number % 2].id
            kept = [held for held in user.licenses if held.sku_id != sku]
            held = kept if number % 3 == 0 else [*kept, HeldLicense(sku)]
            self._put(evolve(user, licenses=tuple(held)))

    def make_admin(self, one: Human, other: Human, number: int) -> None:
        """Somebody gives the account a role by hand."""
        del other, number
        if user := self._account(one):
            held = RoleAssignment(f"hand-{user.id}", READER.id, user.id)
            others = [each for each in self.snapshot.role_assignments if each.id != held.id]
            self.snapshot = evolve(self.snapshot, role_assignments=[*others, held])

    def take_role(self, one: Human, other: Human, number: int) -> None:
        """Somebody takes all roles from the account by hand."""
        del other, number
        if user := self._account(one):
            others = [each for each in self.snapshot.role_assignments if each.principal_id != user.id]
            self.snapshot = evolve(self.snapshot, role_assignments=others)

    # What is set otherwise, and what is lost.

    def choose(self, one: Human, other: Human, number: int) -> None:
        """Another option for leavers is chosen."""
        del one, other
        self.option = OPTIONS[number % len(OPTIONS)]

    def switch(self, one: Human, other: Human, number: int) -> None:
        """Deactivate Users is switched on or off."""
        del one, other
        self.deactivates = number % 2 == 0

    def lose_memory(self, one: Human, other: Human, number: int) -> None:
        """The memory is lost."""
        del one, other, number
        self.memory = AppUsers.empty(self.snapshot.tenant_id, "Office 365")

    def wait(self, one: Human, other: Human, number: int) -> None:
        """Some days pass."""
        del one, other
        self.now += number * DAY

    def hand_over(self, one: Human, other: Human, number: int) -> None:
        """The caller hands the account of one who left to another person."""
        del number
        user = self._account(one)
        if one is other or user is None or one.grants is not None or other.grants is None:
            return
        if self._account(other) is None and user.anchor == one.anchor:
            self.plan(transfers={other.person_id: user.id})

    def push(self, one: Human, other: Human, number: int) -> None:
        """A plan about two people only, or about one."""
        self.plan(only={one.person_id, other.person_id} if number % 2 else {one.person_id})

    def force(self, one: Human, other: Human, number: int) -> None:
        """A plan that compares everything."""
        del one, other
        self.plan(scope=self._most if number % 2 else "all")

    def interrupt(self, one: Human, other: Human, number: int) -> None:
        """A plan ends early, or Graph refuses to enable anybody."""
        del one, other
        self.plan(done=number)

    # Plans.

    def plan(
        self,
        *,
        scope: str = "changed",
        only: Iterable[str] | None = None,
        transfers: Mapping[str, str] | None = None,
        done: int | None = None,
    ) -> Plan:
        """Make a plan, carry it out, and hold it to the laws; with *done* only so many changes are done.

        With 0 done it is all but the changes that enable an account.
        """
        transfers = dict(transfers or {})
        self.now += timedelta(minutes=1)
        self.handed_over |= set(transfers.values())
        self.snapshot = self.read(self)
        people, before, known, app = self.assignments, self.snapshot, self.memory, self.app

        def make(snapshot: TenantSnapshot, memory: AppUsers, who: Iterable[str] | None = only) -> Plan:
            return app.plan(people, snapshot, memory, now=self.now, scope=scope, only=who, transfers=transfers)

        plan = make(before, known)
        self.log.append(plan)
        if only is None:
            self._no_disagreement_is_passed_over(plan)
        if only is None and not transfers and scope == "changed":
            self._every_way_gives_the_same(plan)
        self._a_push_of_one_is_its_part(plan, lambda who: make(before, known, who), transfers)
        if done is not None:
            some = [each for each in plan if not isinstance(each, EnableSignIn)]
            plan = evolve(plan, changes=plan.changes[:done] if done else some)
            self._carry_out(plan)
            return plan
        for _ in range(len(self.humans) + 2):
            self._carry_out(plan)
            stopped = {each.subject.person_id for each in plan.problems if each.stops}
            again = make(self.snapshot, self.memory)
            late = {change.subject.person_id for change in again if change.writes}
            assert late <= stopped | served_later(plan), again.to_text()
            if not late:
                break
            plan = again
        else:
            raise AssertionError("plans do not come to rest")
        return plan

    def _carry_out(self, plan: Plan) -> None:
        """Carry a plan out, and look at what became of accounts and memory."""
        before, known = self.snapshot, self.memory
        self.snapshot, memory = self.carry_out(Plan.from_json(plan.to_json()), before)
        self.memory = AppUsers.from_json(memory.to_json())
        self._nothing_is_lost(plan, before, known)
        self._each_account_stays_with_its_human()

    def _nothing_is_lost(self, plan: Plan, before: TenantSnapshot, memory: AppUsers) -> None:
        """Licences, roles, sign-in and accounts are taken as the source, the day of leaving or a confirmation says."""
        here = {each.person.id: each for each in self.assignments}
        by_account = {each.object_id: each for each in memory}
        new_holders = {each.object_id: each.person_id for each in self.memory}
        for user in before.users:
            after, known = self.snapshot.by_id.get(user.id), by_account.get(user.id)
            licenses = set() if after is None else _skus(user) - _skus(after)
            held = {each.role_id for each in before.roles_of.get(user.id, ())}
            taken = held - {each.role_id for each in self.snapshot.roles_of.get(user.id, ())}
            sign_in = user.enabled and (after is None or not after.enabled)
            if not (after is None or sign_in or licenses or taken):
                continue
            assert known is not None, "an account that we do not know lost something"
            ours = {before.sku_named[each.sku].id for each in known.licenses}
            assignment = here.get(new_holders.get(user.id, known.person_id))
            if assignment is not None:
                assert assignment.person.status.value != "SUSPENDED", "who is held lost something"
                assert after is not None, "who is here lost the account"
                assert not sign_in, "who is here lost sign-in"
                wanted = {before.sku_named[each.sku].id for each in assignment.grants.licenses}
                assert licenses <= ours - wanted
                assert taken <= ({DIRECTORY_READERS.id} if known.roles else set())
                assert not (taken and assignment.grants.roles)
                continue
            self._a_leaver_was_told(plan, user, known, licenses, taken, gone=after is None)
            assert licenses <= ours

    def _a_leaver_was_told(
        self, plan: Plan, user: TenantUser, known: AppUser, licenses: set[str], taken: set[str], *, gone: bool
    ) -> None:
        assert self.deactivates
        assert known.status is not AppUserStatus.DELETED
        left_before = known.departure if known.status is AppUserStatus.DEACTIVATED else None
        told = left_before or self.option.departure(self.now)
        if known.status is AppUserStatus.DEACTIVATED and user.enabled:
            steps = [each for each in plan if isinstance(each, BlockSignIn | DeleteUser) and each.object_id == user.id]
            assert all(each.overrides for each in steps)
            assert steps
        if known.status is AppUserStatus.KEPT and (gone or user.enabled):
            [step] = [each for each in plan if isinstance(each, BlockSignIn | DeleteUser) and each.object_id == user.id]
            assert step.reaches_back
        if gone:
            assert told.then is AfterBlock.DELETE
            assert told.is_due(self.now)
            assert user.id in self.snapshot.deleted_by_id
            return
        assert not licenses or (told.then is AfterBlock.REMOVE_LICENSES and told.is_due(self.now))
        assert taken <= ({DIRECTORY_READERS.id} if known.roles else set())

    def _each_account_stays_with_its_human(self) -> None:
        """Whoever had an account first has it for ever, unless the caller handed it over."""
        people = {each.person_id: each.number for each in self.humans}
        for user in self.memory:
            number = people.get(user.person_id, int(user.person_id[3:].partition("v")[0]))
            if user.object_id not in self.handed_over:
                assert self.owners.setdefault(user.object_id, number) == number, "an account went to another person"
        assert self.memory.shared_accounts() == ()
        names = [user.username.lower() for user in self.snapshot.users]
        assert len(set(names)) == len(names)

    def _a_push_of_one_is_its_part(
        self, plan: Plan, make: Callable[[Iterable[str]], Plan], transfers: Mapping[str, str]
    ) -> None:
        """The plan about one person has the changes and problems that this plan has for them."""
        if transfers:
            return
        leaving = {each.person_id for each in self.memory} - {each.person.id for each in self.assignments}
        held = {user.object_id for user in self.memory if user.person_id in leaving and user.is_in_use}
        for person_id in sorted({each.subject.person_id for each in (*plan.changes, *plan.problems)})[:3]:
            alone = make({person_id})
            if any(each.object_id in held for each in alone) or _codes(alone) & _OTHERS_ARE_NEEDED:
                continue  # of people who are not meant nobody knows whether they left, or give a name away
            assert alone.changes == plan.for_person(person_id), (alone.to_text(), plan.to_text())
            mine = [each for each in plan.problems if each.subject.person_id == person_id]
            assert list(alone.problems) == mine

    def _no_disagreement_is_passed_over(self, plan: Plan) -> None:
        """Of whatever somebody did to an account of ours by hand the plan has a row."""
        here = {each.person.id for each in self.assignments}
        active = {each.person.id for each in self.assignments if each.person.status.value == "ACTIVE"}
        named = {each.subject.person_id for each in (*plan.changes, *plan.problems)}
        ids = {change.object_id for change in plan}
        for known in self.memory:
            user = self.snapshot.by_id.get(known.object_id)
            disagrees = {
                AppUserStatus.ACTIVE: user is None or not user.enabled,
                AppUserStatus.ENABLING: user is None,
                AppUserStatus.KEPT: user is None,
                AppUserStatus.DEACTIVATED: user is None
                or (user.enabled and known.departure is not None and known.departure.blocked),
                AppUserStatus.DELETED: user is not None,
            }[known.status]
            if disagrees and (known.person_id in here or self.deactivates or user is None):
                assert known.person_id in named or known.object_id in ids, known
            if user is not None and known.person_id in active and known.person_id not in named:
                assert {self.snapshot.sku_named[each.sku].id for each in known.licenses} <= _skus(user), known
                held = {each.role_id for each in self.snapshot.roles_of.get(user.id, ())}
                assert {self.snapshot.role_named[each.lower()].id for each in known.roles} <= held, known

    def _every_way_gives_the_same(self, plan: Plan) -> None:
        """The streaming planner makes the plan that is made with everyone in memory, and so do full comparisons."""
        planner = self.app.streaming_planner(lambda: self.assignments, self.memory, now=self.now)
        kept = [user for user in self.snapshot.users if planner.wants(user)]
        streamed = planner.plan(evolve(self.snapshot, users=kept))
        whole = plan_in_full(self.app, self.assignments, self.snapshot, self.memory, now=self.now)
        for each in (streamed, whole):
            assert (each.changes, each.problems) == (plan.changes, plan.problems)
            assert (each.hazards, each.explanations) == (plan.hazards, plan.explanations)

    @property
    def _most(self) -> str:
        """The scope that compares most: edits are not reverted by a type that allows them."""
        return "drift" if self.kind.owns_profile else "all"

    def everybody_leaves(self) -> None:
        """Nobody is assigned any more, the days of grace pass, and of what was ours nothing is left unsaid."""
        for each in self.humans:
            each.grants = None
        self.deactivates, self.option = True, Deprovisioning.block_remove_licenses_and_delete(grace_days=7)
        self.plan(scope=self._most)
        self.wait(self.humans[0], self.humans[0], 400)
        plan = self.plan(scope=self._most)
        said = {each.subject.person_id for each in plan.problems}
        for known in self.memory:
            assert known.object_id not in self.snapshot.by_id or known.person_id in said, known

    def _account(self, one: Human) -> TenantUser | None:
        ids = {user.object_id for user in self.memory if user.person_id.startswith(f"00u{one.number}v")}
        return next((user for user in self.snapshot.users if user.id in ids or user.anchor == one.anchor), None)

    @staticmethod
    def _is_of(user: TenantUser, one: Human) -> bool:
        return user.anchor == one.anchor

    def _edit(self, one: Human, **properties: object) -> None:
        if user := self._account(one):
            self._put(_with(user, properties))

    def _put(self, user: TenantUser) -> None:
        self.snapshot = evolve(
            self.snapshot, users=[user if each.id == user.id else each for each in self.snapshot.users]
        )


PEOPLE = ("assign", "leave", "suspend", "new_id", "rename", "swap", "namesake", "promote")
EDITS = ("block", "enable", "rename_by_hand", "delete", "restore", "purge", "relicense", "make_admin", "take_role")
REST = ("choose", "switch", "lose_memory", "wait", "hand_over", "push", "force", "interrupt")


def _with(user: TenantUser, properties: Mapping[str, object]) -> TenantUser:
    return evolve(user, properties={**user.properties, **properties})


def _skus(user: TenantUser) -> set[str]:
    return {held.sku_id for held in user.licenses if not held.inherited_from}


_OTHERS_ARE_NEEDED = {
    "account_of_another_person",
    "address_kept",
    "address_taken",
    "mail_taken",
    "manager_not_provisioned",
    "username_taken",
}
"""What a plan about some says where it gives less, because that depends on people whom it is not about."""


def _codes(plan: Plan) -> set[str]:
    return {each.code for each in plan.problems}
