"""What one assigned person should be in Office 365."""

from __future__ import annotations

import hashlib
import marshal
import re
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from attrs import frozen

from o365prov._annotations import check_after_failure
from o365prov._fields import typed
from o365prov.errors import Issue
from o365prov.people import Assignment, Person, PersonKind
from o365prov.profiles import (
    ATTRIBUTES,
    UNSET,
    Attribute,
    MappedProfile,
    ProfileMapping,
    Unset,
    UsernameCandidate,
    UsernameFormat,
    check_username,
    first_username,
    make_bindings,
)
from o365prov.provisioning.provisioning_type import ProvisioningType
from o365prov.rendering import names_text


@frozen(field_transformer=typed)
class DesiredUser:
    """The evaluated username and mapping of one person, with everything that is wrong with them.

    Args:
        assignment: the person's assignment.
        username: the username; None if it can't be computed.
        profile: the values of the mapped attributes.
        issues: what is wrong.
        sessions_valid_from: the instant before which sessions are void, aware; None if there is none.
        source: a hash of everything that this was evaluated from; empty where it can't be told from that alone.
        enabled: whether the person may sign in; False for somebody who has not started.
        candidates: what each expression of the username format gives, where it has alternatives; the username is then
            the first of them until a plan has found out who has which.
        why_username: why the username is not the first candidate; empty where it is.

    """

    assignment: Assignment
    username: str | None
    profile: MappedProfile
    issues: tuple[Issue, ...]
    sessions_valid_from: datetime | None = None
    source: str = ""
    enabled: bool = True
    candidates: tuple[UsernameCandidate, ...] = ()
    why_username: str = ""

    @property
    def person_id(self) -> str:
        """The person's id."""
        return self.assignment.person.id

    @property
    def blocked(self) -> bool:
        """Whether an issue stops this person."""
        return any(issue.stops for issue in self.issues)

    @property
    def anchor(self) -> str | None:
        """The source anchor that the mapping gives, or None."""
        anchor = self.profile.get("immutableId")
        return anchor if isinstance(anchor, str) else None

    @property
    def new_anchor(self) -> str:
        """The source anchor for a new account: the mapped one, else Okta's fallback.

        Okta falls back to the app user's id, which is the person's id; its own advice maps the same.

        Source: Okta support, "Handling immutable ID issues in Okta for Microsoft 365 assignments".
        """
        return self.anchor or self.person_id

    def not_sent(self) -> Iterator[Attribute]:
        """The attributes that have a value, and of which nothing is sent: Graph has no such property."""
        values = self.profile.values
        for position, attribute in self.profile.mapping.beyond_graph:
            value = values[position]
            if value or value == 0:  # of what is empty, 0 and false are values
                yield attribute

    @property
    def has_unsupported(self) -> bool:
        """Whether there are values that are not sent: Graph has no such property, or the settings leave them alone."""
        profile = self.profile
        if not profile.withheld and not profile.mapping.beyond_graph:
            return False  # as it is of nearly everybody
        return any(True for _ in self.not_sent()) or any(ATTRIBUTES[name].directory_only for name in profile.withheld)

    @property
    def manager(self) -> str | Unset | None:
        """How the mapping names the manager; None for no manager, UNSET to leave the reference alone."""
        manager = self.profile.get("manager")
        return manager if manager is None or isinstance(manager, str) else UNSET

    @property
    def manager_on_update(self) -> str | Unset | None:
        """The same for an account that exists: UNSET if the manager is mapped for new accounts only."""
        return UNSET if self.profile.mapping.is_create_only("manager") else self.manager

    def creation_properties(self) -> dict[str, Any]:
        """Values by Graph's property names for a new account: on create nothing is cleared."""
        values = self.profile.values
        return {
            graph: value
            for position, graph, _ in self.profile.mapping.outgoing
            if (value := values[position]) or not (value is UNSET or value is None or value == [])
        }

    def update_properties(self) -> dict[str, Any]:
        """Values by Graph's property names for an existing account, without those for new accounts only.

        They are in the order of the names; None and [] clear a property.
        """
        values, rows = self.profile.values, self.profile.mapping.updating
        return {graph: value for position, graph in rows if (value := values[position]) is not UNSET}

    @property
    def sent_hash(self) -> str:
        """A hash of the username and of what is sent on updates, by which the memory tells whether they changed."""
        return hash_of((self.username, [*self.update_properties().items()]))


def hash_of(values: tuple[Any, ...]) -> str:
    """A hash of JSON values, instants, and values of our own, in 16 hexadecimal digits: the same for equal values."""
    try:
        content = marshal.dumps(values, _MARSHALLED)  # in a third of the time that repr takes
    except ValueError:  # it holds an instant, or a value of a class of ours
        content = repr(values).encode("utf-8", "surrogatepass")
    return hashlib.sha256(content).hexdigest()[:16]


_MARSHALLED = 2
"""The last version of the format in which equal values are equal bytes: later ones tell what is one object."""


@check_after_failure
def make_desired_user(
    assignment: Assignment,
    provisioning: ProvisioningType,
    username: UsernameFormat,
    mapping: ProfileMapping,
    domains: Collection[str],
    *,
    now: datetime | None = None,
    source: str = "",
) -> DesiredUser:
    """Evaluate the username and the mapping for one person.

    Args:
        assignment: the person's assignment.
        provisioning: the provisioning type.
        username: the username format, unless the assignment has a username of its own.
        mapping: the attribute mapping.
        domains: the domains that usernames may be in, in lower case.
        now: the time for expressions that ask for it, aware.
        source: a hash of all that, for the memory; see :class:`~o365prov.provisioning.Evaluation`.

    Returns:
        The desired user. What is wrong is among its issues and never raised.

    """
    person = assignment.person
    bindings = make_bindings(assignment, now=now)
    candidates: tuple[UsernameCandidate, ...] = ()
    if assignment.username is None and username.alternatives:
        candidates = username.results(bindings, domains)
        name, issue = first_username(candidates)
    elif assignment.username is None:
        name, issue = username.username(bindings, domains)
    else:
        issue = check_username(assignment.username, domains)
        name = None if issue else assignment.username
    profile = mapping.evaluate(bindings, withheld=provisioning.withheld(person))
    issues = profile.issues if issue is None else (issue, *profile.issues)
    if len(person.directory_accounts) > 1 and profile.get("immutableId") is UNSET:
        issues = (*issues, _ambiguous_directory(person))
    if person.kind is PersonKind.GUEST:
        issues = (_GUEST, *issues)
    if _NO_CHARACTER.search(person.id):
        issues = (_UNUSABLE_ID, *issues)
    sessions = provisioning.sessions_valid_from(person)
    return DesiredUser(assignment, name, profile, issues, sessions, source, candidates=candidates)


_NO_CHARACTER = re.compile("[\0\ud800-\udfff]")
"""What PostgreSQL, or no database at all, can keep."""

_GUEST = Issue(
    "guest",
    "the person is a guest, who is invited and has no account from this app",
    "Plan guests with GuestInvitations, or make the person a member at the source",
)

_UNUSABLE_ID = Issue(
    "unusable_id",
    "the person's id holds a NUL or half a character (a lone surrogate), with which it can't be remembered",
    "Correct the id at the source",
)


def _ambiguous_directory(person: Person) -> Issue:
    """Which accounts a person has, of which nobody can say whose objectGUID is the source anchor."""
    instances = names_text([each.instance for each in person.directory_accounts])
    return Issue(
        "ambiguous_directory",
        f"assigned to more than one Active Directory instance ({instances}), so the source anchor is ambiguous",
        "Keep one account, or map the Immutable ID with an expression that names the instance",
        place="immutableId",
    )
