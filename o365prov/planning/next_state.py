"""The memory after changes are done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from attrs import define, evolve, field, frozen

from o365prov._annotations import check_after_failure, check_call
from o365prov._fields import typed
from o365prov.people import AppUser, AppUsers, AppUserStatus, Grants
from o365prov.planning.model.changes import (
    AssignLicenses,
    BlockSignIn,
    Change,
    CreateUser,
    DeleteUser,
    EnableSignIn,
    GrantRole,
    LinkUser,
    Remember,
    RemoveLicenses,
    RemoveManager,
    RemoveRole,
    RestoreUser,
    RevokeSessions,
    SetManager,
    UpdateUser,
    change_key,
)
from o365prov.planning.model.plan import Plan


@frozen
class _Turn:
    """What a change that was begun did to the memory of one person; None for nothing that is remembered."""

    person_id: str
    before: AppUser | None
    since: AppUser | None


@define(field_transformer=typed)
class NextMemory:
    """The memory while the changes of a plan are made, one after the other.

    Whoever gets an account that another person had gets what is remembered of it, and that person is forgotten. Each
    method that remembers something returns the ids of the people whom that concerns; :meth:`get` says what it is.

    Args:
        app_users: the memory that is there when they begin.
        plan: the plan. Whoever was not finished and in use when it was made, and whoever it blocks, is unfinished until
            all that it has for them is done: another plan would not have it again, such as the roles that are taken
            over with an account, or the sessions that are revoked.

    """

    app_users: AppUsers
    plan: Plan
    _holders: dict[str, AppUser] = field(init=False)
    _changed: dict[str, AppUser | None] = field(init=False, factory=dict)
    _begun: dict[str, tuple[_Turn, ...]] = field(init=False, factory=dict)
    _to_finish: dict[str, set[str]] = field(init=False, factory=dict, repr=False)

    def __attrs_post_init__(self) -> None:
        self._holders = {user.object_id: user for user in self.app_users}
        known = self.plan.app_users
        settled = {user.object_id for user in known if user.status is AppUserStatus.ACTIVE and not user.unfinished}
        people = {
            change.subject.person_id
            for change in self.plan
            if change.object_id not in settled or isinstance(change, BlockSignIn)
        }
        for change in self.plan:
            if (person_id := change.subject.person_id) in people:
                self._to_finish.setdefault(person_id, set()).add(change_key(change))

    @classmethod
    def of(cls, plan: Plan) -> NextMemory:
        """The memory once everything in a plan was done; of accounts that it creates the object ids are empty."""
        check_call(NextMemory.of, locals())
        memory = cls(plan.app_users, plan)
        for change in plan:
            memory.note(change, change.object_id or "")
        return memory

    def get(self, person_id: str) -> AppUser | None:
        """What is remembered of a person now; None for nothing."""
        check_call(NextMemory.get, locals())
        return self._changed[person_id] if person_id in self._changed else self.app_users.get(person_id)

    @check_after_failure
    def begin(self, change: Change, object_id: str | None, *, manager_id: str | None = None) -> tuple[str, ...]:
        """Remember that a change may be done from now on: see :func:`maybe_after_change`.

        It stays so unless :meth:`note` or :meth:`fail` says how the change ended.
        """
        if object_id is None and not isinstance(change, CreateUser):
            return ()
        object_id = object_id or ""  # of an account that may be created
        known = self._known(change, object_id)
        kind = self.plan.provisioning_type
        after = maybe_after_change(known, change, object_id, manager_id=manager_id, provisioning_type=kind)
        if after is None:
            return ()
        people = _people(change, known)
        before = [self.get(each) for each in people]
        self._remember(after, people)
        self._begun[change_key(change)] = tuple(
            _Turn(person_id, was, self.get(person_id)) for person_id, was in zip(people, before, strict=True)
        )
        return people

    @check_after_failure
    def note(
        self,
        change: Change,
        object_id: str,
        *,
        manager_id: str | None = None,
        written: tuple[str, ...] | None = None,
    ) -> tuple[str, ...]:
        """Remember a change that succeeded; for the arguments see :func:`after_change`."""
        undone = self._undo(change)
        known = self._known(change, object_id)
        kind = self.plan.provisioning_type
        after = after_change(known, change, object_id, manager_id=manager_id, provisioning_type=kind, written=written)
        people = _people(change, known)
        if (left := self._to_finish.get(after.person_id)) is not None:
            if written is None:
                left.discard(change_key(change))
            after = evolve(after, unfinished=bool(left))
        self._remember(after, people)
        return tuple(dict.fromkeys((*undone, *people)))

    @check_after_failure
    def doubt(self, change: Change) -> tuple[str, ...]:
        """Remember that nobody knows whether a change was done, or that it may still be."""
        known = self.get(change.subject.person_id)
        if known is None:
            return ()
        self._changed[known.person_id] = evolve(known, unfinished=True)
        return (known.person_id,)

    @check_after_failure
    def resume(self, people: Iterable[str], *, done: tuple[Change, ...] = ()) -> None:
        """Go on where another process began changes of these people.

        It ended before it could say that they are finished; each of these changes ends now. Some are *done* already.
        """
        for change in done:
            self._to_finish.get(change.subject.person_id, set()).discard(change_key(change))
        for person_id in people:
            known = self.get(person_id)
            if known is not None:
                self._changed[person_id] = evolve(known, unfinished=bool(self._to_finish.get(person_id)))

    @check_after_failure
    def fail(self, change: Change) -> tuple[str, ...]:
        """Remember that a change was not done; whoever is unfinished stays so."""
        return self._undo(change)

    def after(self, plan_id: str) -> AppUsers:
        """The memory after everything that was remembered of the plan with this id."""
        changed = [user for user in self._changed.values() if user is not None]
        gone = [person_id for person_id, user in self._changed.items() if user is None]
        return self.app_users.after_plan(plan_id, changed, without=gone)

    def _known(self, change: Change, object_id: str) -> AppUser | None:
        """What is remembered of the account, whoever has it."""
        known = self.get(change.subject.person_id)
        if known is not None and known.object_id in (object_id, ""):
            return known
        return self._holders.get(object_id) if object_id else None

    def _remember(self, after: AppUser, people: Iterable[str]) -> None:
        """Remember this of the first of the people; of others nothing, unless they have another account by now."""
        for person_id in people:
            known = self.get(person_id)
            if person_id == after.person_id:
                self._changed[person_id] = after
            elif known is not None and known.object_id == after.object_id:
                self._changed[person_id] = None

    def _undo(self, change: Change) -> tuple[str, ...]:
        """Remember what was before a change was begun, unless another change was noted since."""
        turns = self._begun.pop(change_key(change), ())
        if all(self.get(turn.person_id) is turn.since for turn in turns):
            self._changed.update((turn.person_id, turn.before) for turn in turns)
        return tuple(turn.person_id for turn in turns)


def _people(change: Change, known: AppUser | None) -> tuple[str, ...]:
    """Whom it concerns: the person, and who had the account before."""
    person_id = change.subject.person_id
    return (person_id,) if known is None or known.person_id == person_id else (person_id, known.person_id)


def maybe_after_change(
    known: AppUser | None,
    change: Change,
    object_id: str,
    *,
    manager_id: str | None = None,
    provisioning_type: str = "",
) -> AppUser | None:
    """What is remembered of a person while a change may be done or not; for the arguments see :func:`after_change`.

    It is both what was given and what may be given, so that whoever leaves then loses all of it; the next plan compares
    it with the tenant. None where nothing but the tenant can tell.
    """
    check_call(maybe_after_change, locals())
    known = _of_account(known, change, object_id)
    match change:
        case CreateUser():
            maybe = _created(evolve(known, anchor=change.anchor, provisioning_type=provisioning_type), change)
        case UpdateUser():
            maybe = _after_part(known, change, frozenset(), provisioning_type)
        case AssignLicenses():
            maybe = evolve(known, licenses=Grants((*known.licenses, *change.grants)).licenses)
        case GrantRole():
            maybe = evolve(known, roles=tuple(sorted({*known.roles, change.role})))
        case SetManager():
            maybe = evolve(known, manager_id=manager_id, manager_reference="")
        case BlockSignIn(departure=None):
            maybe = _paused(known)
        case BlockSignIn():
            maybe = evolve(known, departure=change.departure)
        case RemoveRole() | RemoveManager() | RemoveLicenses() | EnableSignIn():
            maybe = known
        case LinkUser() | RestoreUser() | RevokeSessions() | Remember() | DeleteUser():
            return None
        case _:
            assert_never(change)
    return evolve(maybe, unfinished=True)


def after_change(
    known: AppUser | None,
    change: Change,
    object_id: str,
    *,
    manager_id: str | None = None,
    provisioning_type: str = "",
    written: tuple[str, ...] | None = None,
) -> AppUser:
    """What is remembered of a person after a change of their account succeeded, or an update succeeded in part.

    Args:
        known: what was remembered before; None for nothing.
        change: the change.
        object_id: the account that was written.
        manager_id: the manager's object id, if the change sets a manager.
        provisioning_type: the name of the type that made the change.
        written: the properties that an update wrote, if it could not write all of them.

    """
    check_call(after_change, locals())
    known = _of_account(known, change, object_id)
    match change:
        case UpdateUser() if written is not None:
            after = _after_part(known, change, frozenset(written), provisioning_type)
        case CreateUser() | LinkUser() | UpdateUser():
            after = evolve(
                _created(known, change) if isinstance(change, CreateUser) else _linked(known, change),
                username=change.subject.username,
                anchor=change.anchor,
                fingerprint=change.fingerprint,
                provisioning_type=provisioning_type,
                unfinished=False,
                excluded_by="",
                missing=None,
            )
        case EnableSignIn():
            after = _active(known)
        case RestoreUser():
            after = known  # what links the account or enables it says that the person is back
        case GrantRole():
            after = evolve(known, roles=tuple(sorted({*known.roles, change.role})))
        case RemoveRole():
            after = evolve(known, roles=tuple(role for role in known.roles if role != change.role))
        case AssignLicenses():
            given = {each.part_number for each in change.add}
            waiting = tuple(each for each in known.waiting if each.sku not in given)
            after = evolve(known, licenses=change.grants, waiting=waiting)
        case SetManager():
            after = evolve(known, manager_id=manager_id, manager_reference=change.reference)
        case RemoveManager():
            after = evolve(known, manager_id=None, manager_reference="")
        case RevokeSessions():
            after = known if change.desired is None else evolve(known, password_instant=change.desired)
        case RemoveLicenses():
            after = evolve(known, licenses=change.grants)
        case BlockSignIn(departure=None):
            after = _paused(known)
        case BlockSignIn():
            # What excluded the person holds again if the condition comes back: it was met when they were last seen.
            after = evolve(known, status=AppUserStatus.DEACTIVATED, departure=change.departure, missing=None)
        case Remember():
            after = _remembered(known, change)
        case DeleteUser():
            after = evolve(
                known,
                status=AppUserStatus.DELETED,
                departure=change.departure or known.departure,
                missing=None,
                waiting=(),  # what was given comes back with the account, should it be restored
            )
        case _:
            assert_never(change)
    return after


def _of_account(known: AppUser | None, change: Change, object_id: str) -> AppUser:
    """What is remembered of the person with this account, which has nothing of what we gave to another one."""
    person_id = change.subject.person_id
    if known is not None and not known.object_id:
        known = evolve(known, object_id=object_id)  # it was begun to create the account, and here it is
    if known is None or known.object_id != object_id:
        linking = isinstance(change, CreateUser | LinkUser | UpdateUser)
        # Where linking failed, licences may have been given all the same; the account need not have the name, and may
        # still be blocked by others.
        status = AppUserStatus.ACTIVE if linking else AppUserStatus.ENABLING
        return AppUser(person_id, object_id, change.subject.username, unfinished=not linking, status=status)
    return evolve(known, person_id=person_id)


def _created(known: AppUser, change: CreateUser) -> AppUser:
    """The user whose account was created; nobody can sign in yet with one of somebody who has not started."""
    return _paused(known) if change.disabled else _active(known)


def _linked(known: AppUser, change: LinkUser | UpdateUser) -> AppUser:
    return _active(known) if change.activates else _enabling(known)


def _active(known: AppUser) -> AppUser:
    return evolve(known, status=AppUserStatus.ACTIVE, departure=None)


def _enabling(known: AppUser) -> AppUser:
    """The user who is assigned; until sign-in is enabled it is remembered who had blocked it."""
    return known if known.status is AppUserStatus.PAUSED else evolve(known, status=AppUserStatus.ENABLING)


def _paused(known: AppUser) -> AppUser:
    return evolve(known, status=AppUserStatus.PAUSED, departure=None)


def _remembered(known: AppUser, change: Remember) -> AppUser:
    """The user with what *change* has to say; what it leaves out stays."""
    status = change.status
    if status is None:
        status = known.status if change.departure is None else AppUserStatus.DEACTIVATED
    departure = known.departure if change.departure is None else change.departure
    if departure is not None and change.mailbox_done is not None:
        departure = evolve(departure, mailbox_done=change.mailbox_done)
    return evolve(
        known,
        status=status,
        departure=departure,
        licenses=known.licenses if change.licenses is None else change.licenses,
        waiting=known.waiting if change.waiting is None else change.waiting,
        roles=known.roles if change.roles is None else change.roles,
        excluded_by=known.excluded_by if change.excluded_by is None else change.excluded_by,
        missing=None if change.seen or change.departure or change.status else change.missing or known.missing,
    )


def _after_part(known: AppUser, change: UpdateUser, written: frozenset[str], provisioning_type: str) -> AppUser:
    """The memory of an account that *change* linked and wrote in part.

    It has no fingerprint, so the next plan compares the account with the tenant and has what is missing.
    """
    missing = {each.name: each.before for each in change.properties if each.name not in written}
    username = missing.get("userPrincipalName", change.subject.username)
    return evolve(
        _active(known) if change.activates else _enabling(known),
        username=username if isinstance(username, str) else known.username,
        anchor=known.anchor if "onPremisesImmutableId" in missing else change.anchor,
        fingerprint="",
        provisioning_type=provisioning_type,
    )
