"""What must be so after a plan was carried out, judged by the tenant and the memory before and after.

Nothing here reads the transition table, or asks why a change was planned: who owned what before, and who was told what.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import evolve, frozen
from effects import effects, served_later
from organisation import DIRECTORY_READERS, E3, NOW
from scenes import ANN_ID, Scene

from o365prov import AppUser, AppUsers, Plan, TenantSnapshot, TenantUser
from o365prov.people import AfterBlock, AppUserStatus, Departure, Missing
from o365prov.planning import Problem
from o365prov.planning.model.changes import (
    BlockSignIn,
    Change,
    CreateUser,
    DeleteUser,
    EnableSignIn,
    Remember,
    RestoreUser,
    change_key,
)
from o365prov.planning.transitions.situations import Memory, Wanted


@frozen
class Story:
    """A scene, its plan, and what the tenant and the memory hold once the plan was carried out."""

    scene: Scene
    plan: Plan
    after: TenantSnapshot
    memory: AppUsers

    @classmethod
    def of(cls, scene: Scene) -> Story:
        """Plan, and carry it out in memory."""
        plan = scene.plan()
        return cls(scene, plan, *effects(plan, scene.snapshot))

    @property
    def before(self) -> TenantSnapshot:
        """The tenant as it was."""
        return self.scene.snapshot

    @property
    def is_assigned(self) -> bool:
        """Whether Ann is assigned, has started, and is meant."""
        return self.scene.situation.wanted is Wanted.ASSIGNED

    @property
    def is_missing(self) -> bool:
        """Whether Ann is missing, and not for long enough to have left."""
        return self.scene.situation.wanted is Wanted.MISSING

    @property
    def starts_soon(self) -> bool:
        """Whether Ann starts soon, and accounts are created before that."""
        return self.scene.situation.wanted is Wanted.STARTS_SOON

    @property
    def is_suspended(self) -> bool:
        """Whether Ann is suspended where that means to be blocked."""
        return self.scene.situation.wanted is Wanted.SUSPENDED

    @property
    def present(self) -> set[str]:
        """The people who have an assignment."""
        return {each.person.id for each in self.scene.assignments}

    def meant(self, person_id: str) -> bool:
        """Whether the plan is about this person."""
        return self.scene.only is None or person_id in self.scene.only

    def problems(self, person_id: str) -> list[Problem]:
        """What is said of a person."""
        return [each for each in self.plan.problems if each.subject.person_id == person_id]

    def changes(self, person_id: str) -> tuple[Change, ...]:
        """What is done for a person."""
        return self.plan.for_person(person_id)

    def holder(self, object_id: str) -> AppUser | None:
        """Of whom the account was remembered before."""
        return next((each for each in self.scene.memory if each.object_id == object_id), None)

    def is_others(self, object_id: str) -> bool:
        """Whether another app has linked the account."""
        return object_id in self.scene.memory.linked_elsewhere

    def was_blocked_by_us(self, object_id: str) -> bool:
        """Whether it was us who blocked the account when its person left or was suspended."""
        known = self.holder(object_id)
        if known is None:
            return False
        was_paused = known.status is AppUserStatus.PAUSED
        return was_paused or (known.departure is not None and known.departure.blocked)

    def found(self) -> tuple[TenantUser | None, TenantUser | None]:
        """The account that may be Ann's, where it is there and where it is deleted."""
        ids = {each.object_id for each in self.scene.memory if each.person_id != "00uBobRay"}
        ids |= {self.scene.transfers.get(ANN_ID, "")}
        there = [each for each in self.before.users if each.id in ids or self._is_anns(each)]
        deleted = [each for each in self.before.deleted_users if each.id in ids or self._is_anns(each)]
        return (there or [None])[0], (deleted or [None])[0]

    @staticmethod
    def _is_anns(user: TenantUser) -> bool:
        return user.anchor == ANN_ID or user.username.startswith("ann.lee@")


def told(story: Story, user: AppUser) -> Departure:
    """What was told to a leaver; on the day on which they leave, also again, it is what the settings say.

    So it is for who left while Deactivate Users was off: nothing was said then.
    """
    left_before = user.departure if not user.is_in_use and user.status is not AppUserStatus.KEPT else None
    return left_before or story.scene.app.provisioning.deprovisioning.departure(NOW)


def waits_with_ann(story: Story, known: AppUser) -> bool:
    """Whether it is Ann under an old id, and she is assigned under a new one and stopped, or starts soon."""
    is_old_id = known.person_id != ANN_ID and known.anchor == ANN_ID
    knows_anchors = bool(story.scene.app.provisioning.attributes)
    stopped = story.is_assigned and any(each.stops for each in story.problems(ANN_ID))
    return is_old_id and (stopped or (story.starts_soon and knows_anchors))


def roles(tenant: TenantSnapshot, object_id: str) -> set[str]:
    """The directory roles of an account."""
    return {each.role_id for each in tenant.roles_of.get(object_id, ())}


def direct(user: TenantUser) -> set[str]:
    """The licences of an account that no group gives."""
    return {held.sku_id for held in user.licenses if not held.inherited_from}


def reaches_back(story: Story, person_id: str) -> bool:
    """Whether the plan asks for an option that was chosen after the person had left."""
    return any(isinstance(each, Remember) and each.reaches_back for each in story.changes(person_id))


def nobody_loses_but_leavers_as_told(story: Story) -> None:
    """Law 1: licences, roles, sign-in and accounts are taken of leavers only, and only as told when they left."""
    for user in story.before.users:
        after, known = story.after.by_id.get(user.id), story.holder(user.id)
        account_gone = after is None
        sign_in = user.enabled and (after is None or not after.enabled)
        licenses = set() if after is None else direct(user) - direct(after)
        taken_roles = roles(story.before, user.id) - roles(story.after, user.id)
        if not (account_gone or sign_in or licenses or taken_roles):
            continue
        assert known is not None, "an account of which nothing is remembered lost something"
        if story.is_suspended and known.person_id == ANN_ID and sign_in:
            assert not account_gone, "somebody suspended lost the account"
            assert not (licenses | taken_roles), "somebody suspended lost more than sign-in"
            assert not story.is_others(user.id)
            assert known.status is not AppUserStatus.DELETED
            continue
        assert known.person_id not in story.present, "somebody who is here lost something"
        assert story.meant(known.person_id)
        assert known.status is not AppUserStatus.DELETED
        assert story.scene.app.provisioning.deactivate_users
        assert not story.is_others(user.id)
        say = told(story, known)
        enabled_again = user.enabled and not user.synced and known.status is AppUserStatus.DEACTIVATED
        assert story.scene.scope == "drift" or not enabled_again, "what somebody enabled again loses something"
        if account_gone:
            assert say.then is AfterBlock.DELETE
            assert say.is_due(NOW)
            assert user.id in story.after.deleted_by_id
        elif licenses:
            assert say.then is AfterBlock.REMOVE_LICENSES
            assert say.is_due(NOW)
            assert licenses <= {E3.id}
        if not account_gone:
            assert taken_roles <= ({DIRECTORY_READERS.id} if known.roles else set())


def leavers_get_what_they_were_told(story: Story) -> None:
    """Law 2: a leaver's account is blocked at once and deleted on its day; the day and the option are remembered."""
    for known in story.scene.memory:
        user, now = story.before.by_id.get(known.object_id), story.memory.get(known.person_id)
        is_leaver = known.person_id not in story.present and story.meant(known.person_id)
        if not is_leaver or now is None or story.is_missing:
            continue
        if user is None:
            assert now.status is AppUserStatus.DELETED, "the account is gone, and the memory does not say so"
            continue
        if waits_with_ann(story, known):
            assert now == known, "an account that waits with the same person under a new id changed"
            continue
        untouched = known.status is AppUserStatus.DELETED or story.is_others(user.id)
        off = not story.scene.app.provisioning.deactivate_users
        if off and not untouched and known.is_in_use:
            ours = not user.enabled and story.was_blocked_by_us(user.id)
            departure = Departure(NOW, blocked=ours, confirmed=now.departure is not None and now.departure.confirmed)
            assert now == evolve(known, status=AppUserStatus.KEPT, departure=departure), (
                "somebody left while Deactivate Users is off, and just that is not remembered"
            )
            continue
        if untouched or off:
            assert now == known, "the memory of an account that is left alone changed"
            continue
        enabled_again = user.enabled and known.status is AppUserStatus.DEACTIVATED and not user.synced
        if enabled_again and story.scene.scope != "drift":
            continue
        say, after = told(story, known), story.after.by_id.get(user.id)
        if say.then is AfterBlock.DELETE and say.is_due(NOW):
            assert after is None, "the day of deletion has come, and the account is there"
            assert now.status is AppUserStatus.DELETED
            continue
        assert after is not None
        assert user.synced or not after.enabled, "somebody who left can sign in"
        assert now.status is AppUserStatus.DEACTIVATED
        assert now.departure is not None
        if reaches_back(story, known.person_id) and known.status is AppUserStatus.DEACTIVATED:
            continue
        assert (now.departure.at, now.departure.then) == (say.at, say.then)
        if user.enabled == after.enabled and known.status is not AppUserStatus.DEACTIVATED:
            assert now.departure.blocked == (not user.enabled and story.was_blocked_by_us(user.id)), (
                "whose block is it?"
            )
        if user.enabled and not after.enabled:
            assert now.departure.blocked, "we blocked the account, and do not remember it"
        assert DIRECTORY_READERS.id not in roles(story.after, user.id)
        if say.then is AfterBlock.REMOVE_LICENSES and say.is_due(NOW) and known.licenses:
            assert E3.id not in direct(after)


def leavers_who_can_sign_in_are_said(story: Story) -> None:
    """Laws 3 and 4: who left and can sign in is named by a problem, unless Deactivate Users was off on that day."""
    for known in story.scene.memory:
        after = story.after.by_id.get(known.object_id)
        is_leaver = known.person_id not in story.present and story.meant(known.person_id) and not story.is_missing
        is_free = story.memory.get(known.person_id) is not None
        left_before = known.status is AppUserStatus.DEACTIVATED
        deactivates = story.scene.app.provisioning.deactivate_users
        waits = waits_with_ann(story, known)
        if is_leaver and not waits and is_free and after and after.enabled and (deactivates or left_before):
            assert story.problems(known.person_id), "a leaver can sign in, and nobody says so"


def memory_and_tenant_never_disagree_in_silence(story: Story) -> None:
    """Law 3: what somebody did to an account of ours is a problem or a change."""
    for known in story.scene.memory:
        user = story.before.by_id.get(known.object_id)
        disagrees = {
            AppUserStatus.ACTIVE: user is None or not user.enabled,
            AppUserStatus.ENABLING: user is None or not user.enabled,
            AppUserStatus.PAUSED: user is None or user.enabled,
            AppUserStatus.KEPT: user is None,
            AppUserStatus.DEACTIVATED: user is None or (user.enabled and told(story, known).blocked),
            AppUserStatus.DELETED: user is not None,
        }[known.status]
        keeps_it = known.is_in_use and not story.scene.app.provisioning.deactivate_users
        is_kept_leaver = keeps_it and known.person_id not in story.present and user is not None
        if not disagrees or not story.meant(known.person_id) or is_kept_leaver or waits_with_ann(story, known):
            continue
        new = [each.person_id for each in story.memory if each.object_id == known.object_id]
        people = {known.person_id, *new}
        assert any(story.problems(each) or story.changes(each) for each in people), "a disagreement is passed over"


def who_is_assigned_can_sign_in_or_a_problem_says_why(story: Story) -> None:
    """Law 4: after the plan Ann has an account, linked and active, that is enabled; or a problem is about her."""
    if not story.is_assigned:
        return
    known = story.memory.get(ANN_ID)
    said = story.problems(ANN_ID)
    user = story.after.by_id.get(known.object_id) if known else None
    if not said:
        assert known is not None
        assert user is not None, "Ann has no account"
        assert known.status is AppUserStatus.ACTIVE
        assert user.enabled, "Ann can't sign in"
        assert E3.id in direct(user)
    if any(each.stops for each in said):
        assert not story.changes(ANN_ID), "she is stopped, and something is done for her"
    elif said:
        assert user is not None, "a warning is not why she has no account"
        assert known is not None
        assert known.is_in_use


def accounts_go_to_the_same_anchor_or_by_the_callers_word(story: Story) -> None:
    """Law 5: who gets an account of which another person was remembered has its anchor, or it was handed over."""
    for now in story.memory:
        known = story.holder(now.object_id)
        if story.scene.memory.get(now.person_id) == evolve(now, excluded_by="", missing=None) or now.object_id not in {
            *story.before.by_id,
            *story.before.deleted_by_id,
        }:
            continue
        user = story.before.by_id.get(now.object_id) or story.before.deleted_by_id[now.object_id]
        handed_over = story.scene.transfers.get(now.person_id) == user.id
        if known is None or known.person_id != now.person_id:
            assert handed_over or user.id not in story.scene.transfers.values(), "it was handed to somebody else"
            assert not story.is_others(user.id), "another app's account is taken"
        if known is not None and known.person_id != now.person_id:
            assert known.person_id not in story.present, "the account of somebody who is here is taken"
            assert handed_over or (known.anchor or user.anchor) == ANN_ID, "a name alone makes nobody the same person"
        if now.person_id in story.present:
            assert not user.synced or story.scene.app.provisioning.beside_entra_connect, "a mastered account is taken"
        if known is None and not story.scene.app.provisioning.beside_entra_connect:
            taken = story.before.is_privileged(user.id)
            assert not taken or (handed_over and story.plan.hazards), "an admin's account is taken"


def only_what_is_confirmed_undoes_what_others_did(story: Story) -> None:
    """Law 3: blocks and enablings of others are undone by marked steps only, and no other step is marked."""
    for change in story.plan:
        if not isinstance(change, EnableSignIn | BlockSignIn | DeleteUser):
            continue
        user = story.before.by_id.get(change.object_id) or story.before.deleted_by_id[change.object_id]
        known = story.holder(user.id)
        if isinstance(change, EnableSignIn):
            undoes = not user.enabled and not story.was_blocked_by_us(user.id)
        else:
            was_paused = story.is_suspended and known is not None and known.status is AppUserStatus.PAUSED
            left_before = was_paused or (known is not None and known.status is AppUserStatus.DEACTIVATED)
            undoes = left_before and user.enabled and not user.synced
        assert change.overrides == undoes, f"{change.kind}: undoes={undoes}, and overrides={change.overrides}"
        was_there = user.id in story.before.by_id
        if undoes and was_there and known is not None and known.status is not AppUserStatus.DELETED:
            came_back = isinstance(change, EnableSignIn) and known.departure is not None
            assert came_back or story.scene.scope == "drift", "an edit is reverted though the scope is not drift"


def a_setting_reaches_back_by_marked_steps_only(story: Story) -> None:
    """Law 2: who left while Deactivate Users was off loses by marked steps only; others are offered an option."""
    for change in story.plan:
        if not isinstance(change, BlockSignIn | DeleteUser | Remember):
            continue
        known = story.scene.memory.get(change.subject.person_id)
        is_gone = known is not None and known.person_id not in story.present
        was_kept = is_gone and known is not None and known.status is AppUserStatus.KEPT
        if isinstance(change, BlockSignIn | DeleteUser):
            assert change.reaches_back == was_kept
        elif was_kept and change.departure is not None:
            asks = change.departure.then is not AfterBlock.KEEP or len(story.changes(change.subject.person_id)) > 1
            assert change.reaches_back == asks
        else:
            assert not change.reaches_back or (known is not None and known.status is AppUserStatus.DEACTIVATED)


def drift_reverts(story: Story) -> None:
    """With scope='drift' a block of an active person and an enabling of a leaver are undone, where Graph can."""
    if story.scene.scope != "drift":
        return
    for known in story.scene.memory:
        user = story.before.by_id.get(known.object_id)
        if user is None or user.synced or story.is_others(user.id) or not story.meant(known.person_id):
            continue
        if story.is_assigned and known.person_id == ANN_ID and known.status is AppUserStatus.ACTIVE:
            assert story.after.by_id[user.id].enabled
        is_paused = known.status in (AppUserStatus.PAUSED, AppUserStatus.DEACTIVATED)
        if story.is_suspended and known.person_id == ANN_ID and is_paused:
            assert not story.after.by_id[user.id].enabled
        is_leaver = known.person_id not in story.present and story.memory.get(known.person_id) is not None
        if is_leaver and story.scene.app.provisioning.deactivate_users and known.status is AppUserStatus.DEACTIVATED:
            assert user.id not in story.after.by_id or not story.after.by_id[user.id].enabled


def every_write_changes_something(story: Story) -> None:
    """Law 6: nothing is sent that is so already, or that Graph refuses, and nothing is done twice."""
    keys = [change_key(each) for each in story.plan]
    assert len(keys) == len(set(keys))
    names = {each.username.lower() for each in story.before.users}
    for change in story.plan:
        match change:
            case CreateUser():
                assert change.subject.username.lower() not in names
                assert change.anchor not in {*story.before.by_anchor, *story.before.deleted_by_anchor}
                assert story.scene.app.provisioning.create_users
                assert story.before.is_federated(change.subject.username) or story.scene.app.gives_passwords
            case RestoreUser():
                assert change.object_id in story.before.deleted_by_id
                assert story.scene.app.restore_deleted_users
            case EnableSignIn():
                user = story.before.by_id.get(change.object_id) or story.before.deleted_by_id[change.object_id]
                assert not user.enabled
                assert not user.synced
            case BlockSignIn():
                assert story.before.by_id[change.object_id].enabled
                assert not story.before.by_id[change.object_id].synced
            case DeleteUser():
                assert change.object_id in story.before.by_id
            case Remember(object_id=str() as object_id, status=AppUserStatus.DELETED):
                assert object_id not in story.before.by_id, "it is remembered as gone, and it is there"
            case _:
                pass
    for user in story.after.users:
        assert sum(each.username == user.username for each in story.after.users) == 1


def nobody_else_is_touched(story: Story) -> None:
    """A stranger's account, and who is not meant, stay to the last property."""
    for user in story.before.users:
        known = story.holder(user.id)
        is_stranger = known is None and user.username.startswith("guest@")
        if is_stranger or (known is not None and not story.meant(known.person_id)):
            assert story.after.by_id.get(user.id) == user
    for change in story.plan:
        assert story.meant(change.subject.person_id)
        assert change.subject.person_id in story.present or story.scene.memory.get(change.subject.person_id)
    for problem in story.plan.problems:
        assert story.meant(problem.subject.person_id)


def problems_say_what_is_so(story: Story) -> None:
    """A problem's code claims something of the tenant, the memory or the settings, and it is so."""
    for problem in story.plan.problems:
        assert problem.code in CLAIMS, problem.code
        assert CLAIMS[problem.code](story, problem), f"{problem.code}: {problem.message}"


def who_waits_is_told(story: Story) -> None:
    """Of everybody who is held, excluded or starts later a problem says so, and nothing is done."""
    code = WAITING.get(story.scene.situation.wanted)
    if code:
        assert [each.code for each in story.problems(ANN_ID)] == [code]
        assert not any(each.writes for each in story.changes(ANN_ID))
        known = story.scene.memory.get(ANN_ID)
        condition = 'user.userType == "Service"' if code == "excluded" else ""
        after = story.memory.get(ANN_ID)
        missing = Missing.first(NOW) if code == "missing" else None
        assert after == (evolve(known, excluded_by=condition, missing=missing) if known else None)


def who_starts_soon_gets_an_account_without_sign_in(story: Story) -> None:
    """An account is created where there is none and one may be, and nothing else is given before the day."""
    if not story.starts_soon:
        return
    known, after = story.scene.memory.get(ANN_ID), story.memory.get(ANN_ID)
    may = story.scene.app.provisioning.create_users and story.before.is_federated("x@yourfederated.domain")
    if story.found() == (None, None) and may:
        assert [each.kind for each in story.changes(ANN_ID)] == ["create_user"]
        assert not story.problems(ANN_ID)
        assert after is not None
        assert not story.after.by_id[after.object_id].enabled
        assert (after.status, after.departure) == (AppUserStatus.PAUSED, None)
        return
    assert after == known
    assert len(story.problems(ANN_ID)) == 1
    assert not story.changes(ANN_ID)


def who_is_suspended_is_blocked(story: Story) -> None:
    """Where suspended means blocked, the linked account is blocked and remembered so, or it is said why not."""
    if not story.is_suspended:
        return
    known, after = story.scene.memory.get(ANN_ID), story.memory.get(ANN_ID)
    assert len(story.problems(ANN_ID)) == 1
    user = story.before.by_id.get(known.object_id) if known else None
    blocks = [each for each in story.changes(ANN_ID) if isinstance(each, BlockSignIn)]
    was_paused = known is not None and known.status in (AppUserStatus.PAUSED, AppUserStatus.DEACTIVATED)
    if not blocks:
        assert after == known, "nothing is done, and something is remembered"
        is_ours = known is not None and known.status is not AppUserStatus.DELETED
        if is_ours and user is not None and user.enabled and not user.synced and not story.is_others(user.id):
            assert was_paused, "somebody suspended can sign in"
    else:
        assert after is not None
        assert (after.status, after.departure) == (AppUserStatus.PAUSED, None)
        assert not was_paused or story.scene.scope == "drift", "an edit is reverted though the scope is not drift"


def the_next_plan_is_empty(story: Story) -> None:
    """Once a plan was carried out the next one has nothing, but for people who waited for what the plan freed."""
    again, later = story.scene.plan(story.after, story.memory), served_later(story.plan)
    asked = [each for each in again if isinstance(each, Remember) and each.reaches_back]
    assert [each.kind for each in again if each not in asked and each.subject.person_id not in later] == []


def _mine(story: Story, problem: Problem) -> tuple[AppUser | None, TenantUser | None]:
    known = story.scene.memory.get(problem.subject.person_id)
    return known, story.before.by_id.get(known.object_id) if known else None


def _left(story: Story, problem: Problem, *statuses: AppUserStatus) -> tuple[TenantUser | None, bool]:
    known, user = _mine(story, problem)
    is_leaver = known is not None and known.person_id not in story.present
    return user, is_leaver and known is not None and known.status in statuses


def _synced_leaver(story: Story, problem: Problem) -> bool:
    user, left = _left(
        story,
        problem,
        AppUserStatus.ACTIVE,
        AppUserStatus.ENABLING,
        AppUserStatus.PAUSED,
        AppUserStatus.KEPT,
        AppUserStatus.DEACTIVATED,
    )
    return left and user is not None and user.synced and user.enabled and user.id in story.after.by_id


def _re_enabled(story: Story, problem: Problem) -> bool:
    user, left = _left(story, problem, AppUserStatus.DEACTIVATED)
    reverts = story.scene.scope == "drift" and story.scene.app.provisioning.deactivate_users
    return left and user is not None and user.enabled and not user.synced and not reverts


def _restored(story: Story, problem: Problem) -> bool:
    user, left = _left(story, problem, AppUserStatus.DELETED)
    return left and user is not None


def _is_other_apps(story: Story, problem: Problem) -> bool:
    if story.is_suspended:
        _, user = _mine(story, problem)
        return user is not None and user.enabled and story.is_others(user.id)
    there, deleted = story.found()
    return any(each is not None and story.is_others(each.id) for each in (there, deleted))


def _taken(story: Story, problem: Problem, *, here: bool) -> bool:
    """Whether another person, here or not, had an account that may be Ann's."""
    users = (*story.before.users, *story.before.deleted_users)
    handed = {each for person, each in story.scene.transfers.items() if person != problem.subject.person_id}
    for user in users:
        known = story.holder(user.id)
        if here and user.id in handed:
            return True
        if known and known.person_id != ANN_ID and (known.person_id in story.present) == here:
            return here or (known.anchor or user.anchor) != ANN_ID
    return False


def _provisioned(story: Story, problem: Problem) -> bool:
    """Whether the person is to have an account now."""
    person_id = problem.subject.person_id
    is_bob = person_id != ANN_ID and story.scene.situation.memory is Memory.NEVER
    return person_id in story.present and (story.is_assigned or is_bob)


def _assigned_with(story: Story, problem: Problem, check: Callable[[TenantUser], bool]) -> bool:
    there, deleted = story.found()
    user = there or deleted
    return _provisioned(story, problem) and user is not None and check(user)


def _synced_and_blocked(user: TenantUser) -> bool:
    return user.synced and not user.enabled


def _blocked_by_others(story: Story, user: TenantUser) -> bool:
    known = story.holder(user.id)
    is_active = known is not None and known.status is AppUserStatus.ACTIVE
    return is_active and not user.enabled and not user.synced and story.scene.scope != "drift"


def _nothing_there(story: Story) -> bool:
    return story.is_assigned and story.found() == (None, None)


def _not_restored(story: Story, problem: Problem) -> bool:
    there, deleted = story.found()
    may = story.scene.app.restore_deleted_users and story.scene.app.provisioning.create_users
    return _provisioned(story, problem) and there is None and deleted is not None and not may


def _other_anchor(story: Story, problem: Problem) -> bool:
    """The account that the caller hands over has an anchor, and it is not the one that sign-in sends."""
    person_id = problem.subject.person_id
    object_id = story.scene.transfers.get(person_id, "")
    user = story.before.by_id.get(object_id) or story.before.deleted_by_id.get(object_id)
    return user is not None and user.anchor not in (None, person_id)


WAITING = {
    Wanted.HELD: "held_suspended",
    Wanted.STARTS_LATER: "starts_later",
    Wanted.EXCLUDED: "excluded",
    Wanted.MISSING: "missing",
}
"""What is said of people for whom nothing happens."""


def _suspended(story: Story, problem: Problem) -> bool:
    """Ann is suspended, and the account that is remembered of her can't be signed in to any more."""
    known = story.scene.memory.get(problem.subject.person_id)
    user = story.after.by_id.get(known.object_id) if known else None
    is_ours = known is not None and known.status is not AppUserStatus.DELETED
    return story.is_suspended and not (is_ours and (user is None or user.enabled))


def _suspended_and_open(story: Story, problem: Problem, *, synced: bool) -> bool:
    known, user = _mine(story, problem)
    was_paused = known is not None and known.status in (AppUserStatus.PAUSED, AppUserStatus.DEACTIVATED)
    reverts = story.scene.scope == "drift"
    is_open = user is not None and user.enabled and user.synced is synced and not story.is_others(user.id)
    return story.is_suspended and is_open and (synced or (was_paused and not reverts))


def _enabled_early(story: Story) -> bool:
    """Whether somebody enabled an account that was created for somebody who has not started."""
    there, _ = story.found()
    known = story.holder(there.id) if there else None
    return known is not None and known.status is AppUserStatus.PAUSED and there is not None and there.enabled


def _lacks_a_password(story: Story) -> bool:
    is_here = story.is_assigned or story.starts_soon
    needs_one = not story.before.is_federated("x@yourfederated.domain")
    return is_here and story.found() == (None, None) and story.scene.app.provisioning.create_users and needs_one


CLAIMS: Mapping[str, Callable[[Story, Problem], bool]] = {
    "held_suspended": lambda story, each: each.subject.person_id in story.present and not story.is_suspended,
    "suspended": _suspended,
    "synced_suspended": lambda story, each: _suspended_and_open(story, each, synced=True),
    "gone_suspended": lambda story, each: (
        story.is_suspended and _mine(story, each)[0] is not None and _mine(story, each)[1] is None
    ),
    "re_enabled_suspended": lambda story, each: _suspended_and_open(story, each, synced=False),
    "missing": lambda story, _: story.scene.situation.wanted is Wanted.MISSING,
    "excluded": lambda story, _: story.scene.situation.wanted is Wanted.EXCLUDED,
    "never_seen": lambda story, each: (
        each.subject.person_id not in story.present and story.scene.memory.get(each.subject.person_id) is None
    ),
    "starts_later": lambda story, _: (
        story.scene.situation.wanted is Wanted.STARTS_LATER
        or (story.starts_soon and not _enabled_early(story) and not _lacks_a_password(story))
    ),
    "enabled_early": lambda story, _: story.starts_soon and _enabled_early(story),
    "synced_leaver": _synced_leaver,
    "re_enabled_leaver": _re_enabled,
    "restored_leaver": _restored,
    "account_of_another_app": _is_other_apps,
    "account_of_another_person": lambda story, each: _taken(story, each, here=True),
    "account_of_namesake": lambda story, each: _taken(story, each, here=False),
    "no_initial_password": lambda story, _: _lacks_a_password(story),
    "create_users_is_off": lambda story, _: _nothing_there(story) and not story.scene.app.provisioning.create_users,
    "synced_account": lambda story, each: _assigned_with(
        story, each, lambda user: user.synced and not story.scene.app.provisioning.beside_entra_connect
    ),
    "privileged_admin": lambda story, each: _assigned_with(
        story, each, lambda user: story.before.is_privileged(user.id)
    ),
    "guest_account": lambda story, each: _assigned_with(story, each, lambda user: user.is_guest),
    "deleted_account": _not_restored,
    "synced_blocked": lambda story, each: _assigned_with(story, each, _synced_and_blocked),
    "blocked_account": lambda story, each: _assigned_with(story, each, lambda user: _blocked_by_others(story, user)),
    "username_not_changed": lambda story, _: not story.scene.app.provisioning.renames,
    "anchor_differs": _other_anchor,
    "licenses_left": lambda story, _: story.before.users != (),
}
"""What each problem claims."""

PREDICATES = (
    nobody_loses_but_leavers_as_told,
    leavers_get_what_they_were_told,
    leavers_who_can_sign_in_are_said,
    memory_and_tenant_never_disagree_in_silence,
    who_is_assigned_can_sign_in_or_a_problem_says_why,
    accounts_go_to_the_same_anchor_or_by_the_callers_word,
    only_what_is_confirmed_undoes_what_others_did,
    a_setting_reaches_back_by_marked_steps_only,
    drift_reverts,
    every_write_changes_something,
    nobody_else_is_touched,
    problems_say_what_is_so,
    who_waits_is_told,
    who_is_suspended_is_blocked,
    who_starts_soon_gets_an_account_without_sign_in,
    the_next_plan_is_empty,
)
"""All of them; each takes a :class:`Story`."""
