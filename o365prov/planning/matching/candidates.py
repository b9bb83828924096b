"""Which of the candidates for a username each person gets: the first that nobody else has.

Whoever has a username from a candidate keeps it as long as a candidate gives it: first the one that their account has,
then the one that is remembered. So a namesake who comes or leaves renames nobody. Everybody else gets the first that is
free, in the order of the ids of people; who holds one comes before who would newly get it.

A username is somebody else's if an account, group or contact has it or holds it as an address, if a deleted account
would come back under it, or if another person of the plan gets it. An account that may be the person's, because nobody
else is known to have it and nothing contradicts, is matched by its username, as without candidates. Names that another
person of the plan gives up are taken where nothing else is left: the rename comes first, or may be refused.

Decision: whoever is renamed in Office 365 keeps that as long as nothing changes here, as without candidates.

Sources: Okta, "Assign Office 365 to users" (match by username); Microsoft Graph, "user resource type"
(userPrincipalName, proxyAddresses) and "Deleted items".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from attrs import define, evolve, field, frozen

from o365prov.errors import Issue
from o365prov.people import AppUser, AppUsers
from o365prov.planning.fingerprints import expected_anchors, fingerprint, profile_of
from o365prov.planning.matching import issues
from o365prov.planning.matching.links import AccountLinks, person_text
from o365prov.planning.matching.neighbours import neighbours
from o365prov.planning.model.options import PlanOptions, PlanRequest, Scope
from o365prov.planning.rules.addresses import holder_text
from o365prov.planning.tenant.addresses import AddressHolder, HolderKind
from o365prov.planning.tenant.snapshot import TenantSnapshot, TenantUser, former_username
from o365prov.planning.transitions.situations import Link
from o365prov.provisioning import DesiredUser

Verdict = str | Issue
"""Why a person can't have a username, as a phrase after it, empty if they can; or an issue that stops them."""


def with_usernames(
    people: Sequence[DesiredUser],
    rules: PlanOptions,
    snapshot: TenantSnapshot,
    app_users: AppUsers,
    *,
    staying: Collection[str] = (),
    request: PlanRequest,
) -> Sequence[DesiredUser]:
    """The same people, those with candidates under the username that each of them gets.

    Args:
        people: everybody who is provisioned.
        rules: what the app allows.
        snapshot: what the tenant holds.
        app_users: the memory.
        staying: the ids of other people who have not left.
        request: whom the plan is about. Of people who have no candidate in common with them, directly or through
            others, the tenant is not asked.

    """
    if not any(each.candidates for each in people):
        return people
    persons = {each.person_id: each.assignment.person for each in people}
    here = frozenset(persons).union(staying)
    links = AccountLinks.of(app_users, here, persons, request.transfers, rules.provisioning)
    kept = [with_kept_username(each, app_users.get(each.person_id)) for each in people]
    concerned = _concerned(kept, rules, snapshot, app_users, request)
    chosen = _UsernameChoice(rules, snapshot, links, request).of(concerned)
    return [chosen.get(each.person_id, each) for each in kept]


def with_kept_username(desired: DesiredUser, known: AppUser | None) -> DesiredUser:
    """The person under the username that is remembered, if it is one of the candidates."""
    if known is None or not desired.candidates or (name := _names(desired).get(known.username.lower())) is None:
        return desired
    return evolve(desired, username=name, why_username=_kept(desired, name))


def _names(desired: DesiredUser) -> Mapping[str, str]:
    """The candidates that there are, each by its form in lower case."""
    names: dict[str, str] = {}
    for each in desired.candidates:
        if each.username is not None:
            names.setdefault(each.username.lower(), each.username)
    return names


def _keys(desired: DesiredUser) -> Collection[str]:
    """The usernames that a person may get, in lower case."""
    return _names(desired) or ({desired.username.lower()} if desired.username else ())


def _kept(desired: DesiredUser, name: str) -> str:
    """What is said of a username that the person had before; of the first candidate nothing."""
    return "" if desired.candidates[0].username == name else f"{_numbered(desired, name)}, which the person keeps"


def _numbered(desired: DesiredUser, name: str) -> str:
    number = [each.username for each in desired.candidates].index(name) + 1
    return f"candidate {number} of {len(desired.candidates)}"


def _concerned(
    people: Sequence[DesiredUser],
    rules: PlanOptions,
    snapshot: TenantSnapshot,
    app_users: AppUsers,
    request: PlanRequest,
) -> Sequence[DesiredUser]:
    """Whom the plan is about and their neighbours, and whoever may take a candidate from one of these."""
    if request.only is None:
        return people
    named: dict[str, list[DesiredUser]] = {}
    for each in people:
        for key in _keys(each):
            named.setdefault(key, []).append(each)
    found: set[str] = set()
    waiting = list(neighbours(people, rules, snapshot, app_users, request))
    while waiting:
        each = waiting.pop()
        if each.person_id not in found:
            found.add(each.person_id)
            waiting += (other for key in _keys(each) for other in named[key])
    return [each for each in people if each.person_id in found]


@frozen
class _Wish:
    """What a person may be called.

    Args:
        desired: the person.
        own: the account that is certainly that person's, under the username that it had if it is deleted; None without.
        deleted: whether that is deleted.
        names: the usernames by their form in lower case, in the order in which they are tried.
        rank: whose turn it is: whose account has one, who is remembered with one, who has no choice, everybody else.

    """

    desired: DesiredUser
    own: TenantUser | None
    deleted: bool
    names: Mapping[str, str]
    rank: int

    @property
    def person_id(self) -> str:
        """The person's id."""
        return self.desired.person_id


@define(eq=False)
class _UsernameChoice:
    """Who gets which username.

    Args:
        rules: what the app allows.
        snapshot: what the tenant holds.
        links: whose accounts are.
        request: whom the plan is about.

    """

    rules: PlanOptions
    snapshot: TenantSnapshot
    links: AccountLinks
    request: PlanRequest
    _taken: dict[str, _Wish] = field(init=False, factory=dict)  # by username in lower case
    _open: dict[str, _Wish] = field(init=False, factory=dict)  # by person id: who has neither account nor username yet
    _given_up: set[str] = field(init=False, factory=set)  # the accounts whose people are to be called otherwise

    def of(self, people: Sequence[DesiredUser]) -> Mapping[str, DesiredUser]:
        """By person id: everybody with candidates, under the username that they get."""
        wishes = sorted(map(self._wish, people), key=lambda each: (each.rank, each.person_id))
        self._open = {each.person_id: each for each in wishes if each.own is None}
        self._given_up = {each.own.id for each in wishes if each.own and self._gives_up(each)}
        chosen: dict[str, DesiredUser] = {}
        waiting: list[tuple[_Wish, Mapping[str, str]]] = []
        for each in wishes:
            result = self._chosen(each)
            if isinstance(result, DesiredUser):
                chosen[each.person_id] = result
            else:
                waiting.append((each, result))
        for each, taken in waiting:
            chosen[each.person_id] = self._last_choice(each, taken)
        return chosen

    def _wish(self, desired: DesiredUser) -> _Wish:
        known = self.links.known(desired)
        own, deleted = self._own(desired, known)
        names = _names(desired) or {key: key for key in _keys(desired)}
        has = own.username.lower() if own else ""
        had = known.username.lower() if known else ""
        rank = 0 if has in names else 1 if had in names else 3 if desired.candidates else 2
        order = dict.fromkeys((*(each for each in (has, had) if each in names), *names))
        return _Wish(desired, own, deleted, {key: names[key] for key in order}, rank)

    def _own(self, desired: DesiredUser, known: AppUser | None) -> tuple[TenantUser | None, bool]:
        """The account that is certainly the person's, as matching finds it, and whether it is deleted."""
        object_id = self.links.transfers.get(desired.person_id) or (known.object_id if known else "")
        anchors = sorted({desired.new_anchor, *expected_anchors(desired, self.rules.provisioning)})
        snapshot = self.snapshot
        if account := snapshot.by_id.get(object_id):
            return account, False
        for anchor in anchors:
            if (account := snapshot.by_anchor.get(anchor)) and self._is_linkable(desired, account):
                return account, False
        deleted = snapshot.deleted_by_id.get(object_id) or snapshot.deleted_by_anchor.get(desired.new_anchor)
        if deleted is None:
            return None, False
        return evolve(deleted, properties={**deleted.properties, "userPrincipalName": former_username(deleted)}), True

    def _is_linkable(self, desired: DesiredUser, account: TenantUser) -> bool:
        return self.links.link(desired, account) in (Link.FREE, Link.OWN, Link.YIELDING)

    def _gives_up(self, wish: _Wish) -> bool:
        """Whether this plan may rename the person's account."""
        return (
            wish.own is not None
            and self._renames
            and self.request.is_about(wish.person_id)
            and wish.own.username.lower() not in wish.names
        )

    @property
    def _renames(self) -> bool:
        return self.rules.provisioning.renames and self.rules.provisioning.update_attributes

    def _chosen(self, wish: _Wish) -> DesiredUser | Mapping[str, str]:
        """The person under a username; or why each is somebody else's, by username."""
        desired = wish.desired
        if not desired.candidates or not wish.names:
            for key in wish.names:
                self._taken.setdefault(key, wish)
            return desired
        if wish.own is not None and wish.rank and not self._renames:
            issue = issues.not_renamed(self.rules.provisioning, wish.own.username)
            return evolve(desired, username=wish.own.username, issues=(*desired.issues, issue), why_username="")
        names = wish.names
        if wish.own is None and not self.rules.provisioning.create_users:
            names = {**dict(self._matching(wish)), **names}
        taken: dict[str, str] = {}
        for key, name in names.items():
            verdict = "" if self._is_left(wish, key) else self._verdict(wish, key)
            if isinstance(verdict, Issue):
                return self._stopped(wish, verdict)
            if not verdict:
                return self._named(wish, name, taken)
            taken[name] = verdict
        return taken

    def _matching(self, wish: _Wish) -> Iterator[tuple[str, str]]:
        """The usernames of accounts: where none is created, a username that nobody has is of no use."""
        yield from ((key, name) for key, name in wish.names.items() if key in self.snapshot.by_username)

    def _is_left(self, wish: _Wish, key: str) -> bool:
        """Whether somebody renamed the account in Office 365, where nothing changed here: it keeps that name."""
        known = self.links.known(wish.desired)
        if wish.own is None or wish.rank != 1 or known is None or self.rules.scope is not Scope.CHANGED:
            return False
        as_before = evolve(wish.desired, username=wish.names[key])
        return known.username.lower() == key and profile_of(known.fingerprint) == fingerprint(as_before)

    def _verdict(self, wish: _Wish, key: str) -> Verdict:
        """Whether the person can have a username."""
        if (other := self._taken.get(key)) is not None:
            has = other.own is not None and other.own.username.lower() == key
            verb = "is the username of" if has else "goes to"
            return f"{verb} {person_text(other.desired.assignment.person)}"
        if wish.own and not wish.deleted and wish.own.username.lower() == key:
            return ""
        holders, deleted = self._holders(wish, key)
        own = [each for each in holders if isinstance(each, TenantUser) and self._may_be(wish, each, key)]
        if others := [each for each in holders if each not in own]:
            return self._held(others[0], key)
        if deleted and not own:
            return f"is that of a deleted account (object id {deleted[0].id}), which can come back for 30 days"
        issue = self._shared(wish, own[0], key) if own else None
        return issue or ""

    def _holders(self, wish: _Wish, key: str) -> tuple[Sequence[TenantUser | AddressHolder], Sequence[TenantUser]]:
        """Who has a username but the person's own account, and the deleted accounts that may come back under it."""
        own_id = wish.own.id if wish.own else None
        holders = sorted(self.snapshot.by_address.get(key, ()), key=lambda each: each.id)
        deleted = self.snapshot.deleted_by_username.get(key, ())
        return [each for each in holders if each.id != own_id], [each for each in deleted if each.id != own_id]

    def _may_be(self, wish: _Wish, account: TenantUser, key: str) -> bool:
        """Whether an account with the username is the person's, or may be as far as anybody knows."""
        if wish.own is not None or account.is_guest or account.username.lower() != key:
            return False
        desired = wish.desired
        anchors = expected_anchors(desired, self.rules.provisioning)
        if account.anchor and anchors and account.anchor not in anchors:
            return False
        return self._is_linkable(desired, account) and self.links.anchored(desired, account) is None

    def _shared(self, wish: _Wish, account: TenantUser, key: str) -> Issue | None:
        """What is wrong with an account that may be somebody else's as well."""
        if account.anchor:
            return None
        others = [each.desired for each in self._open.values() if key in each.names and each is not wish]
        return issues.account_of_one_of(account, wish.desired, others) if others else None

    def _held(self, holder: TenantUser | AddressHolder, key: str) -> str:
        """Whose the username is, as a phrase after it."""
        if isinstance(holder, TenantUser):
            linked = self.links.holder(holder.id)
            if linked is not None and holder.username.lower() == key:
                return f"is the username of {self.links.describe(linked, holder)}"
            holder = AddressHolder.of_properties(HolderKind.USER, holder.id, holder.properties)
        which = "the username of" if holder.username.lower() == key else "an address of"
        return f"is {which} {holder_text(holder)}"

    def _named(self, wish: _Wish, name: str, taken: Mapping[str, str]) -> DesiredUser:
        """The person under this username, with the reason where it is not the first."""
        desired, key = wish.desired, name.lower()
        self._taken[key] = wish
        self._open.pop(wish.person_id, None)
        if not taken and (wish.rank == 1 or (wish.own and wish.own.username.lower() == key)):
            return evolve(desired, username=name, why_username=_kept(desired, name))
        reasons = _reasons(desired, taken, chosen=name)
        why = f"{_numbered(desired, name)}, because {reasons}" if reasons else ""
        return evolve(desired, username=name, why_username=why)

    def _last_choice(self, wish: _Wish, taken: Mapping[str, str]) -> DesiredUser:
        """Where everything is somebody else's: what another person of the plan gives up, or nothing."""
        for name in taken:
            if name.lower() not in self._taken and self._is_given_up(wish, name.lower()):
                return self._named(wish, name, taken)
        return self._stopped(wish, issues.no_free_username(_reasons(wish.desired, taken)))

    def _is_given_up(self, wish: _Wish, key: str) -> bool:
        holders, deleted = self._holders(wish, key)
        return bool(holders) and not deleted and all(each.id in self._given_up for each in holders)

    def _stopped(self, wish: _Wish, issue: Issue) -> DesiredUser:
        return evolve(wish.desired, username=None, issues=(issue, *wish.desired.issues), why_username="")


def _reasons(desired: DesiredUser, taken: Mapping[str, str], *, chosen: str = "") -> str:
    """Of each candidate that was tried, why it is not the person's."""
    said: list[str] = []
    is_before = True
    for number, each in enumerate(desired.candidates, 1):
        if each.username is None and is_before:
            said.append(f"candidate {number}: {each.issue.message if each.issue else 'there is none'}")
        elif each.username is not None and (why := taken.get(each.username)) is not None:
            said.append(f"{each.username} {why}")
        is_before = is_before and each.username != chosen
    return "; ".join(said)
