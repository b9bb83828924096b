"""Inviting guests: the settings, and the way from people of kind guest to a plan. It is pure.

A guest's profile belongs to the organisation that they come from, so that the display name of the invitation is all
that is sent. Their plan is one of accounts, like that of :class:`~o365prov.Office365App`, with a memory of its own: it
is applied, saved, confirmed and audited in the same way.

Sources: Microsoft Graph, "Create invitation" and the resource ``invitation``; Microsoft Entra, "Guest sponsors".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from attrs import evolve, field, frozen

from o365prov._annotations import check_call
from o365prov._fields import as_tuple, typed
from o365prov.errors import ConfigurationError, Issue
from o365prov.people import AppUser, AppUsers, AppUserStatus, Person, PersonKind
from o365prov.planning.guests.guest_accounts import MARK, GuestAccounts, address_issue, address_of
from o365prov.planning.hazards.population import hazards_again
from o365prov.planning.model.change_parts import Invitation, Subject
from o365prov.planning.model.changes import Change, CreateUser, EnableSignIn, LinkUser, RevokeSessions
from o365prov.planning.model.options import Needs, PlanOptions
from o365prov.planning.model.plan import Plan
from o365prov.planning.model.problems import Problem
from o365prov.planning.model.safeguards import Safeguards
from o365prov.planning.preconditions import check_memory, check_now
from o365prov.planning.rules.leavers import Leaver, leavers
from o365prov.planning.tenant.snapshot import TenantSnapshot, TenantUser
from o365prov.provisioning import Deprovisioning, Eligibility, ProfileSync
from o365prov.rendering import names_text, shortened

_READ = ("displayName", "usageLocation", "userType", "externalUserState", "externalUserStateChangeDateTime")
_PENDING = "PendingAcceptance"


@frozen(kw_only=True, field_transformer=typed)
class GuestInvitations:
    """Inviting guests, and what becomes of their accounts when they leave.

    Args:
        redirect_url: where a guest comes to after accepting the invitation.
        sends_message: whether Microsoft mails the invitation; otherwise the guest is let in at the first sign-in.
        message: what the mail says besides Microsoft's own words.
        sponsor: the name of the profile attribute that names the guest's sponsor, by username or object id; empty for
            none. A sponsor is set by the invitation alone, so who has none that is in the tenant waits for one.
        deactivate: whether the accounts of guests who are not among the people any more are deprovisioned.
        deprovisioning: what deprovisioning does.
        safeguards: which plans need a confirmation.
        name: the name under which the memory of guests is kept; it is another one than that of the app.

    >>> GuestInvitations(sponsor="sponsor").needs().properties[2:4]
    ('userType', 'externalUserState')

    """

    redirect_url: str = "https://myapplications.microsoft.com"
    sends_message: bool = False
    message: str = ""
    sponsor: str = ""
    deactivate: bool = True
    deprovisioning: Deprovisioning = field(factory=Deprovisioning.block_sign_in)
    safeguards: Safeguards = field(factory=Safeguards)
    name: str = "Guests"

    def needs(self) -> Needs:
        """What must be read from the tenant before :meth:`plan`."""
        return Needs(_READ, roles=True)

    def plan(
        self,
        people: Iterable[Person],
        snapshot: TenantSnapshot,
        app_users: AppUsers,
        *,
        now: datetime,
        made_by: str = "",
    ) -> Plan:
        """Who is invited, enabled again or deprovisioned. Pure.

        Args:
            people: everybody; those of kind guest are guests. Who is remembered and not among them has left.
            snapshot: what the tenant holds, read with :meth:`needs`.
            app_users: whom earlier plans invited, such as ``state.app_users(tenant_id, guests.name)``.
            now: the time, aware.
            made_by: who makes the plan, for the audit.

        Raises:
            ConfigurationError: somebody is there twice, the memory is another tenant's or app's, or an argument has a
                wrong type.

        """
        people = as_tuple(people)
        check_call(GuestInvitations.plan, locals())
        check_now(now)
        check_memory(app_users, snapshot.tenant_id, self.name)
        guests = [each for each in people if each.kind is PersonKind.GUEST]
        counts = Counter(each.id for each in guests)
        if twice := sorted(each for each, count in counts.items() if count > 1):
            raise ConfigurationError(f"people holds {names_text([*map(shortened, twice)])} more than once: keep one")
        invited = _Guests(self, GuestAccounts.of(snapshot), app_users)
        addresses = Counter(address_of(each).lower() for each in guests)
        changes: list[Change] = []
        problems: list[Problem] = []
        for each in sorted(guests, key=lambda one: (one.name, one.id)):
            if Eligibility.of(each.status) is Eligibility.PROVISION:
                for found in invited.decide(each, is_shared=addresses[address_of(each).lower()] > 1):
                    if isinstance(found, Problem):
                        problems.append(found)
                    else:
                        changes.append(found)
        staying = {each.id for each in guests if Eligibility.of(each.status) is not Eligibility.UNASSIGNED}
        left, wrong = self._left(staying, snapshot, app_users, now)
        plan = Plan(
            tenant_id=snapshot.tenant_id,
            made_at=now,
            changes=[*changes, *left],
            problems=[*problems, *wrong],
            app_users=app_users,
            watermark=snapshot.watermark,
            provisioning_type="guests",
            made_by=made_by,
        )
        return evolve(plan, hazards=hazards_again(plan, self.safeguards, app_users))

    def _left(
        self, staying: set[str], snapshot: TenantSnapshot, app_users: AppUsers, now: datetime
    ) -> tuple[list[Change], list[Problem]]:
        """What becomes of guests who left; ending their sessions would do nothing, because they sign in elsewhere."""
        rules = PlanOptions(
            provisioning=ProfileSync(deactivate_users=self.deactivate, deprovisioning=self.deprovisioning),
            safeguards=self.safeguards,
        )
        changes: list[Change] = []
        problems: list[Problem] = []
        for user in leavers(app_users, staying):
            elsewhere = app_users.linked_elsewhere.get(user.object_id, "")
            done, wrong = Leaver(user, rules, snapshot, now, elsewhere).decide()
            changes += [each for each in done if not isinstance(each, RevokeSessions)]
            problems += wrong
        return changes, problems


@frozen
class _Guests:
    """Decides about one guest after the other."""

    settings: GuestInvitations
    accounts: GuestAccounts
    app_users: AppUsers

    def decide(self, person: Person, *, is_shared: bool) -> Iterator[Change | Problem]:
        """What is done for a guest, and what is wrong."""
        address, known = address_of(person), self.app_users.get(person.id)
        subject = Subject(person.id, person.name, self.accounts.username(address))
        issue = address_issue(address, self.accounts.snapshot) or (_shared(address) if is_shared else None)
        account = None if issue else self.accounts.find(address, known)
        if issue is None and account is not None:
            issue = self._not_a_guest(account, known)
        if issue is not None:
            yield Problem(subject, issue)
        elif account is None:
            yield self._invited(person, subject, address)
        else:
            yield from self._known(evolve(subject, username=account.username), account, known)

    def _invited(self, person: Person, subject: Subject, address: str) -> Change | Problem:
        """The invitation, or why it waits for a sponsor."""
        settings, sponsor = self.settings, None
        if settings.sponsor:
            named = person.profile.get(settings.sponsor)
            sponsor = self._sponsor(named) if isinstance(named, str) else None
            if sponsor is None:
                return Problem(subject, _no_sponsor(settings.sponsor, named))
        invitation = Invitation(
            address, settings.redirect_url, settings.sends_message, settings.message, sponsor.id if sponsor else None
        )
        sent = {"displayName": person.name, "userPrincipalName": subject.username}
        return CreateUser(subject, "a guest at the source", sent, "", invitation=invitation)

    def _sponsor(self, named: str) -> TenantUser | None:
        snapshot = self.accounts.snapshot
        return snapshot.by_username.get(named.lower()) or snapshot.by_id.get(named)

    def _known(self, subject: Subject, account: TenantUser, known: AppUser | None) -> Iterator[Change | Problem]:
        """What follows for somebody who is in the tenant."""
        is_same = known is not None and known.object_id == account.id and known.username == account.username
        if known is None or not is_same or known.status is AppUserStatus.DELETED:
            how = "is a guest of this tenant already" if known is None else "has this account now"
            yield LinkUser(subject, how, account.id, "")
        elif known.unfinished:
            yield LinkUser(subject, "the invitation is there", account.id, "")
        if not account.enabled and known is not None and known.status is AppUserStatus.DEACTIVATED:
            yield EnableSignIn(subject, "is a guest again", account.id, departure=known.departure)
        elif not account.enabled:
            yield Problem(subject, _BLOCKED)
        elif known is not None and not known.is_in_use and is_same:
            yield LinkUser(subject, "is a guest again", account.id, "")
        if account.properties.get("externalUserState") == _PENDING:
            yield Problem(subject, _pending(account))

    def _not_a_guest(self, account: TenantUser, known: AppUser | None) -> Issue | None:
        """Why an account with the guest's address is not the guest's."""
        other = self.app_users.linked_elsewhere.get(account.id)
        if other and (known is None or known.object_id != account.id):
            return Issue(
                "account_of_another_app",
                f"the account {account.username} has this address, and the app {other} has linked it",
                "Leave the person out of the guests, or unassign them there",
            )
        is_guest = account.is_guest or MARK in account.username.upper()
        if is_guest or known is not None:
            return None
        return Issue(
            "address_of_member",
            f"the account {account.username} of this tenant has the address, and is not a guest's",
            "Assign Office 365 to this person as a member, or correct the email at the source",
            place="email",
        )


_BLOCKED = Issue(
    "blocked_guest",
    "somebody blocked the account in Office 365: it stays blocked",
    "Enable it in Entra, or take the guest out at the source",
    severity="warning",
)


def _shared(address: str) -> Issue:
    return Issue(
        "shared_address",
        f"another guest has the address {address} too",
        "Keep one of them, or correct the email at the source",
        place="email",
    )


def _no_sponsor(attribute: str, named: object) -> Issue:
    what = f"{shortened(named)} is not in this tenant" if isinstance(named, str) and named else "nobody is named"
    return Issue(
        "no_sponsor",
        f"waits for a sponsor: {what}",
        f"Name an account of this tenant in {attribute}: its username or object id",
        place=attribute,
    )


def _pending(account: TenantUser) -> Issue:
    since = account.properties.get("externalUserStateChangeDateTime")
    day = f" since {since[:10]}" if isinstance(since, str) else ""
    return Issue(
        "invitation_pending",
        f"has not accepted the invitation{day}",
        "Remind the guest, or take them out at the source",
        severity="warning",
    )
