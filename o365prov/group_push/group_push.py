"""Group Push: its settings, and the way from a source's groups to a plan of groups.

::

    pushed groups, snapshot, app users, app groups ──► plan of groups ──► app groups for the next plan

It is pure: a :class:`~o365prov.graph.Tenant` reads the snapshot, and applies the plan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from attrs import field, frozen

from o365prov._annotations import check_call
from o365prov._fields import as_tuple, typed
from o365prov.errors import ConfigurationError, Issue, UsageError
from o365prov.group_push.app_groups import AppGroup, AppGroups
from o365prov.group_push.changes import (
    DeleteGroup,
    GroupChange,
    GroupSubject,
    UnlinkGroup,
)
from o365prov.group_push.decision import GroupDecision
from o365prov.group_push.group_plan import GroupPlan, GroupProblem
from o365prov.group_push.hazards import GroupSafeguard, group_hazards
from o365prov.group_push.matching import UNSUPPORTED_KINDS, FoundGroup, GroupMatcher
from o365prov.group_push.membership import Accounts
from o365prov.group_push.pushed_group import PushedGroup, unique_name
from o365prov.people import AppUsers
from o365prov.planning import (
    GroupKind,
    Needs,
    Scope,
    TenantGroup,
    TenantSnapshot,
    Unsupported,
    check_belongs,
    check_memory,
    check_now,
)
from o365prov.rendering import names_text, shortened


@frozen(kw_only=True, field_transformer=typed)
class GroupPush:
    """Group Push, with which groups of the source are created and kept in Office 365.

    Args:
        app_name: the name of the app whose people the members are, such as ``app.name``; its memory belongs to it.
        match_names: whether a group of the tenant with the same name becomes the pushed one, once that is confirmed;
            otherwise another group of that name is created.
        delete_groups: whether groups that were created from here and are not pushed any more are deleted, once that is
            confirmed; otherwise they stay as they are, which is what Okta does.
        safeguard: how much one plan may take away before it needs a confirmation.

    Sources: Okta support, "Okta Office 365 integration: supported group types and push configuration"; "How to
    temporarily disable group push mapping from Office 365 app".

    Decisions where the sources are silent: only members who were added from here, or who were in the group and should
    be, are ever taken out; whom an administrator added stays, and is said. What an administrator takes out is not added
    again without a word. The groups within a group are named, and not sent.

    >>> GroupPush().needs().groups
    True

    """

    app_name: str = "Office 365"
    match_names: bool = True
    delete_groups: bool = False
    safeguard: GroupSafeguard = field(factory=GroupSafeguard)

    def needs(self) -> Needs:
        """What must be read from the tenant before :meth:`plan`: its groups with their members."""
        return Needs((), roles=False, deleted_users=False, groups=True)

    def plan(
        self,
        groups: Iterable[PushedGroup],
        snapshot: TenantSnapshot,
        app_users: AppUsers,
        app_groups: AppGroups,
        *,
        now: datetime,
        scope: Scope | str = Scope.CHANGED,
    ) -> GroupPlan:
        """What would change in the tenant's groups. Pure.

        The members of a group are those of its people who have an account from here that is in use.

        Args:
            groups: all groups that are pushed; those in the memory that are not among them are not pushed any more.
            snapshot: what the tenant holds, read with :meth:`needs`.
            app_users: whose accounts the app provisions, such as ``state.app_users(tenant_id, app_name)``.
            app_groups: what earlier plans pushed, such as ``state.app_groups(tenant_id, app_name)``.
            now: the time, aware.
            scope: ``changed`` leaves alone what somebody edited in Office 365, and says so; ``all`` sends the names,
                descriptions and members of the source again.

        Raises:
            ConfigurationError: a group is there twice, the memory is another tenant's or app's, *scope* is ``drift``,
                or an argument has a wrong type.
            UsageError: the snapshot was read without groups.

        """
        groups = as_tuple(groups)
        check_call(GroupPush.plan, locals())
        scope = Scope(scope)
        self._check(groups, snapshot, app_users, app_groups, now, scope)
        sent = {each.id: each for each in groups if each.kind not in UNSUPPORTED_KINDS}
        matcher = GroupMatcher(sent.values(), snapshot.groups or (), app_groups, match_names=self.match_names)
        accounts, again = Accounts.of(app_users, now), scope is not Scope.CHANGED
        licenses = {sku.id: sku.part_number for sku in snapshot.skus}
        nicknames = {each.email.partition("@")[0].lower() for each in snapshot.groups or () if each.email}
        changes: list[GroupChange] = []
        problems: list[GroupProblem] = []
        claimed: set[str] = set()
        for group_id, found in matcher.find_all().items():
            if isinstance(found, FoundGroup) and found.group is not None:
                claimed.add(found.group.id)
            subject = GroupSubject(group_id, sent[group_id].name)
            for each in GroupDecision(subject, sent[group_id], accounts, again, licenses, nicknames).decide(found):
                if isinstance(each, Issue):
                    problems.append(GroupProblem(subject, each))
                else:
                    changes.append(each)
        changes += self._not_pushed(groups, snapshot, app_groups, claimed)
        return GroupPlan(
            app_groups,
            now,
            changes,
            problems,
            tuple(_unsupported(groups)),
            tuple(group_hazards(changes, app_groups, self.safeguard)),
        )

    def _check(
        self,
        groups: Sequence[PushedGroup],
        snapshot: TenantSnapshot,
        app_users: AppUsers,
        app_groups: AppGroups,
        now: datetime,
        scope: Scope,
    ) -> None:
        check_now(now)
        check_memory(app_users, snapshot.tenant_id, self.app_name)
        check_belongs(
            (app_groups.tenant_id, app_groups.app_name),
            (snapshot.tenant_id, self.app_name),
            "plan with state.app_groups(snapshot.tenant_id, group_push.app_name)",
        )
        if scope is Scope.DRIFT:
            raise ConfigurationError("GroupPush.plan takes scope='changed' or 'all': 'drift' is about people")
        if snapshot.groups is None:
            raise UsageError("the snapshot has no groups: read it with group_push.needs()")
        counts = Counter(each.id for each in groups)
        if twice := sorted(each for each, count in counts.items() if count > 1):
            raise ConfigurationError(f"groups holds {names_text([*map(shortened, twice)])} more than once: keep one")

    def _not_pushed(
        self, groups: Iterable[PushedGroup], snapshot: TenantSnapshot, app_groups: AppGroups, claimed: Collection[str]
    ) -> Iterator[GroupChange]:
        """What becomes of the groups that were pushed and are not any more; one that is *claimed* is another's now."""
        pushed = {each.id for each in groups}
        there = {each.id: each for each in snapshot.groups or ()}
        reason = "not pushed any more"
        for known in sorted(app_groups, key=lambda each: each.group_id):
            if known.group_id in pushed:
                continue
            subject = GroupSubject(known.group_id, known.name)
            group = there.get(known.object_id) or _begun(known, there.values())
            if group is not None and known.created and self.delete_groups and group.id not in claimed:
                members = len(group.members) + group.nested
                restorable = group.kind is GroupKind.MICROSOFT_365
                yield DeleteGroup(subject, reason, group.id, restorable, members)
            else:
                yield UnlinkGroup(subject, reason, known.object_id)


def _begun(known: AppGroup, groups: Iterable[TenantGroup]) -> TenantGroup | None:
    """The group that may have been created when an apply was interrupted."""
    if known.object_id:
        return None
    key = unique_name(known.group_id)
    return next((each for each in groups if each.unique_name.lower() == key), None)


def _unsupported(groups: Iterable[PushedGroup]) -> Iterator[Unsupported]:
    for kind, words in UNSUPPORTED_KINDS.items():
        names = sorted(each.name for each in groups if each.kind is kind)
        if names:
            yield Unsupported(
                f"{words}: {names_text(names)}",
                "Graph reads them and can't write them",
                "create and change them in Exchange Online, such as with New-DistributionGroup",
                0,
            )
