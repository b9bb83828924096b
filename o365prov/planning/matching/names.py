"""The usernames that a plan newly gives: who holds them, and in which order renames free them.

A username is free, or its holder keeps it and the person is stopped, or another rename of the same plan frees it: then
it is taken a turn later. A deleted account comes back under the username that it had: it is restored once that is free,
and renamed a turn later, which may free the name for somebody else. People who take each other's names in a circle are
freed by one of them, who has a temporary name in between; the memory knows it, so that a later plan ends what was
interrupted. Who would wait twice, for the restore and for the rename, waits for the next plan.

Decision: an account keeps its e-mail addresses when it is renamed, because Graph can't write proxyAddresses and
Exchange keeps the old address. A username that is also an address of its holder is therefore not freed by a rename: an
administrator takes the address away in Exchange, after the rename. In a circle nobody would be renamed first, so that
there the first step is the administrator's too.

Sources: Microsoft Graph, "user resource type" (proxyAddresses is read-only); Exchange, Set-Mailbox (EmailAddresses).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence

from attrs import define, evolve, field

from o365prov.errors import Issue
from o365prov.planning.matching import issues
from o365prov.planning.matching.links import AccountLinks
from o365prov.planning.model.changes import UpdateUser
from o365prov.planning.model.options import PlanOptions
from o365prov.planning.model.problems import Problem
from o365prov.planning.rules.profile import profile_change
from o365prov.planning.rules.turns import freeing_key
from o365prov.planning.tenant.addresses import AddressHolder
from o365prov.planning.tenant.snapshot import TenantSnapshot, TenantUser
from o365prov.planning.transitions.matched_user import MatchedUser


@define(eq=False)
class UsernameOrder:
    """Who is renamed when, and who can't be.

    Args:
        rules: what the app allows.
        snapshot: what the tenant holds.
        links: whose accounts are.
        is_about: whether the plan is about a person.

    """

    rules: PlanOptions
    snapshot: TenantSnapshot
    links: AccountLinks
    is_about: Callable[[str], bool]
    # Deleted accounts that come back, by the username and the addresses that they had, in lower case.
    _restored: dict[str, TenantUser] = field(init=False, factory=dict)
    _renamed: dict[str, MatchedUser] = field(init=False, factory=dict)  # who gives a name away, by object id
    _before: dict[str, MatchedUser] = field(init=False, factory=dict)  # the same, by the id of who gets the name
    _waiting: dict[str, str] = field(init=False, factory=dict)  # names that deleted accounts wait for, by person id
    _kept: set[str] = field(init=False, factory=set)  # the ids of people whose new name stays an address of another
    _issues: dict[str, Issue] = field(init=False, factory=dict)
    _circles: Mapping[str, str] = field(init=False, factory=dict)  # by the id of who waits in one: who is renamed first

    def resolve(self, results: Sequence[MatchedUser | Problem]) -> Iterator[MatchedUser | Problem]:
        """The same results; people whose name is held are problems, and others know their turn."""
        matched = [each for each in results if isinstance(each, MatchedUser)]
        takers = {each.subject.person_id: each for each in matched if self._takes_a_name(each)}
        self._renamed = {
            each.account.id: each for person_id, each in takers.items() if each.account and self.is_about(person_id)
        }
        for each in matched:
            if each.account and each.deleted and (issue := self._restoring(each.subject.person_id, each.account)):
                self._issues[each.subject.person_id] = issue
        for person_id, each in takers.items():
            if person_id not in self._issues and (issue := self._taking(each)):
                self._issues[person_id] = issue
        freed_by = {person_id: before.subject.person_id for person_id, before in self._before.items()}
        self._circles = self._found_circles(freed_by)
        self._stop_who_waits(takers)
        turns = self._turns(freed_by)
        for result in results:
            if isinstance(result, MatchedUser):
                issue = self._issues.get(result.subject.person_id)
                yield Problem(result.subject, issue) if issue else self._in_turn(result, turns)
            else:
                yield result
        for person_id in self._kept:
            keeper = self._before[person_id]
            if keeper.subject.person_id not in self._issues:
                yield Problem(keeper.subject, issues.keeps_address(keeper, takers[person_id].subject))

    def _takes_a_name(self, matched: MatchedUser) -> bool:
        """Whether this plan writes another username: an edit in Office 365 stays until something changes here."""
        account = matched.account
        if account is None:
            return True
        if account.username.lower() == matched.subject.username.lower():
            return False
        change = profile_change(matched, self.rules.provisioning, self.rules.scope)
        return isinstance(change, UpdateUser)  # which writes the username with whatever else differs

    def _restoring(self, person_id: str, deleted: TenantUser) -> Issue | None:
        """Why a deleted account can't come back: another object has its username or one of its addresses.

        Notes who has the username until now, if that person gives it away.
        """
        addresses = sorted({deleted.username.lower()} | deleted.addresses)
        for address in addresses:
            if self._restored.setdefault(address, deleted) is not deleted:
                return issues.username_of_restored(address)
        if (named := self.snapshot.by_username.get(deleted.username.lower())) is not None:
            freeing = self._renamed.get(named.id)
            if freeing is None or named.username.lower() in named.addresses:
                return issues.username_of_deleted_taken(deleted, named)
            self._before[person_id] = freeing
            self._waiting[person_id] = deleted.username
        for address in addresses:
            for holder in self.snapshot.holders_of(address):
                if address in holder.addresses:
                    return issues.address_of_deleted_taken(deleted, address, holder)
        return None

    def _taking(self, matched: MatchedUser) -> Issue | None:
        """Why the person can't have the new username; notes who has it until now, if that person gives it away."""
        person_id, username = matched.subject.person_id, matched.subject.username
        holders: Sequence[TenantUser | AddressHolder] = self.snapshot.holders_of(username, other_than=matched.object_id)
        coming = self._restored.get(username.lower())
        if coming is not None and coming.id != matched.object_id:
            holders = [coming]
        for holder in holders:
            freeing = self._renamed.get(holder.id)
            if freeing is None:
                return self._held(matched, holder)
            if person_id in self._waiting:
                return issues.username_of_deleted_freed(self._waiting[person_id], self._before[person_id])
            self._before[person_id] = freeing
            if username.lower() in holder.addresses:
                self._kept.add(person_id)
        return None

    def _held(self, matched: MatchedUser, holder: TenantUser | AddressHolder) -> Issue:
        """The username is held: by an account that comes back, one of somebody known here, or any other object."""
        linked, username = self.links.holder(holder.id), matched.subject.username
        if isinstance(holder, TenantUser):
            return issues.username_of_restored(username)
        if linked is None or username.lower() != holder.username.lower():
            return issues.username_taken(matched.account, username, holder)
        if linked.person_id == matched.subject.person_id:
            return issues.username_of_former_account(username, holder)
        return issues.username_of_linked(username, holder, self.links.describe(linked))

    def _stop_who_waits(self, takers: Mapping[str, MatchedUser]) -> None:
        """Stop whose name is kept as an address, and who waits for somebody who is stopped, along the chain."""
        taker_of = {before.subject.person_id: person_id for person_id, before in self._before.items()}
        stopped = {*self._issues, *self._kept}
        waiting = list(stopped)
        while waiting:
            taker = taker_of.get(waiting.pop())
            if taker is not None and taker not in stopped:
                stopped.add(taker)
                waiting.append(taker)
        for person_id in stopped - self._issues.keys():
            before = self._before[person_id]
            if (waiting_for := self._waiting.get(person_id)) is not None:
                self._issues[person_id] = issues.username_of_deleted_freed(waiting_for, before)
                continue
            username = takers[person_id].subject.username
            first = takers[self._circles[person_id]].account if person_id in self._circles else None
            if first is not None:
                issue = issues.names_in_a_circle(username, before, first, self._temporary_name(first))
            elif before.subject.person_id in stopped:
                issue = issues.waits_for_rename(before, username)
            else:
                issue = issues.address_kept(before, username)
            self._issues[person_id] = issue

    def _found_circles(self, freed_by: Mapping[str, str]) -> Mapping[str, str]:
        """By the id of everybody who waits in a circle: who of it can be renamed first, whose account is there."""
        found: dict[str, str] = {}
        seen: set[str] = set()
        for start in freed_by:
            path: dict[str, None] = {}
            person_id = start
            while person_id in freed_by and person_id not in seen:
                seen.add(person_id)
                path[person_id] = None
                person_id = freed_by[person_id]
            if person_id in path:
                ids = list(path)
                circle = ids[ids.index(person_id) :]
                first = min(each for each in circle if each not in self._waiting)
                found.update(dict.fromkeys(circle, first))
        return found

    def _turns(self, freed_by: Mapping[str, str]) -> Mapping[str, int]:
        """By person id: in which turn a person gets the name."""
        turns: dict[str, int] = {}
        for person_id in freed_by:
            path = [person_id]
            while path[-1] not in turns:
                freeing = freed_by[path[-1]]
                if self._is_in_between(freeing) or freeing not in freed_by:
                    turns[path[-1]] = 1
                else:
                    path.append(freeing)
            for later, earlier in zip(reversed(path[:-1]), reversed(path[1:]), strict=True):
                turns[later] = turns[earlier] + (2 if earlier in self._waiting else 1)
        return turns

    def _is_in_between(self, person_id: str) -> bool:
        """Whether the person has a temporary name before the final one."""
        return self._circles.get(person_id) == person_id

    def _in_turn(self, matched: MatchedUser, turns: Mapping[str, int]) -> MatchedUser:
        person_id, account = matched.subject.person_id, matched.account
        if person_id not in turns:
            return matched
        freeing = self._before[person_id].subject.person_id
        key = freeing_key(freeing, temporary=self._is_in_between(freeing))
        if person_id in self._waiting:
            return evolve(matched, turn=turns[person_id], restored_after=key)
        temporary = self._temporary_name(account) if account and self._is_in_between(person_id) else ""
        return evolve(matched, turn=turns[person_id], waits_for=key, temporary_username=temporary)

    def _temporary_name(self, account: TenantUser) -> str:
        """A name that nobody has, the same in every plan: ``ann.lee-3f9a1c@corp.example``."""
        local, _, domain = account.username.rpartition("@")
        digest = hashlib.blake2b(account.id.encode(), digest_size=16).hexdigest()
        names = (f"{local[: _LONGEST - length - 1]}-{digest[:length]}@{domain}" for length in range(6, 33))
        return next(name for name in names if not self.snapshot.holders_of(name))


_LONGEST = 64  # characters before the @
