"""From people and groups to one assignment a person.

Source: Okta, "Assign Office 365 to users and groups"; Okta support, "Office 365 integration: combine license assignment
values from multiple groups" (which describes group priority as the default).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from o365prov._annotations import check_call
from o365prov._fields import as_tuple
from o365prov.people.assignment import Assignment, Grants, Group, GroupAssignment
from o365prov.people.person import Person
from o365prov.people.related import Related

_NOTHING = Related()
_NONE: Mapping[str, Any] = {}


def assign(
    people: Iterable[Person],
    groups: Iterable[Group],
    by_group: Iterable[GroupAssignment],
    individually: Mapping[str, Grants],
    *,
    usernames: Mapping[str, str] = _NONE,
    related: Mapping[str, Related] = _NONE,
    combine_licenses: bool = False,
    combine_roles: bool = False,
) -> tuple[Assignment, ...]:
    """Merge individual and group assignments into at most one assignment a person.

    Args:
        people: the people who may be assigned.
        groups: their groups.
        by_group: to which groups Office 365 is assigned.
        individually: what is assigned to single people, by person id.
        usernames: the usernames of individual assignments that have one of their own, by person id.
        related: what the source knows around people, by person id.
        combine_licenses: give the licences of all assigned groups, as Okta's "Combine values across groups" does,
            instead of those of the group with the lowest priority number.
        combine_roles: the same for roles.

    Returns:
        The assignments, in the order of *people*: individual grants if there are any, else those of the assigned
        groups. People without either have none.

    >>> from o365prov.people import LicenseGrant
    >>> ann = Person("00u1", "ACTIVE", {"login": "ann@corp.example"})
    >>> e3 = Group("00g1", "O365 E3", members={"00u1"})
    >>> [assignment] = assign([ann], [e3], [GroupAssignment("00g1", 0, Grants([LicenseGrant("SPE_E3")]))], {})
    >>> assignment.via, str(assignment.grants.licenses[0])
    ('O365 E3', 'SPE_E3')

    """
    people, groups, by_group = as_tuple(people), as_tuple(groups), as_tuple(by_group)
    check_call(assign, locals())
    assigner = Assigner(
        groups,
        by_group,
        individually,
        usernames=usernames,
        combine_licenses=combine_licenses,
        combine_roles=combine_roles,
    )
    found = (assigner.assignment_of(person, related.get(person.id, _NOTHING)) for person in people)
    return tuple(assignment for assignment in found if assignment is not None)


@frozen
class _FromGroups:
    """What people have who are in the same groups.

    Args:
        via: the names of those groups to which the app is assigned.
        grants: what these give; None if the app is assigned to none of them.
        priority: the priority of the first of them.

    """

    via: str = ""
    grants: Grants | None = None
    priority: int | None = None


class Assigner:
    """Merges individual and group assignments of one person after the other, of however many there are.

    Of people it keeps in which groups they are: those who are in the same ones share what follows from it.

    Args:
        groups: the groups.
        by_group: to which groups Office 365 is assigned.
        individually: what is assigned to single people, by person id.
        usernames: the usernames of individual assignments that have one of their own, by person id.
        combine_licenses: as for :func:`assign`.
        combine_roles: as for :func:`assign`.

    """

    def __init__(
        self,
        groups: Iterable[Group],
        by_group: Iterable[GroupAssignment],
        individually: Mapping[str, Grants],
        *,
        usernames: Mapping[str, str] = _NONE,
        combine_licenses: bool = False,
        combine_roles: bool = False,
    ) -> None:
        self._individually, self._usernames = individually, usernames
        self._combine_licenses, self._combine_roles = combine_licenses, combine_roles
        self._assigned: dict[str, list[tuple[int, GroupAssignment]]] = {}
        for rank, each in enumerate(sorted(by_group, key=lambda each: each.priority)):
            self._assigned.setdefault(each.group_id, []).append((rank, each))
        self._groups_of = _groups_of_members(groups)
        self._shared: dict[int, _FromGroups] = {}  # by the id() of a tuple of groups

    def assignment_of(self, person: Person, related: Related = _NOTHING) -> Assignment | None:
        """The person's assignment; None if the app is assigned neither to them nor to a group that they are in."""
        groups = self._groups_of.get(person.id, ())
        if (grants := self._individually.get(person.id)) is not None:
            username = self._usernames.get(person.id)
            return Assignment(person, grants, "individual", groups, username, related=related)
        if (shared := self._shared.get(id(groups))) is None:
            shared = self._shared[id(groups)] = self._merged(groups)
        if shared.grants is None:
            return None
        return Assignment(person, shared.grants, shared.via, groups, priority=shared.priority, related=related)

    def _merged(self, groups: tuple[Group, ...]) -> _FromGroups:
        found = [(rank, each, group) for group in groups for rank, each in self._assigned.get(group.id, ())]
        if not found:
            return _FromGroups()
        found.sort(key=lambda one: one[0])
        in_order = [(group.name, each.grants) for _, each, group in found]
        via, grants = _merge(in_order, self._combine_licenses, self._combine_roles)
        return _FromGroups(via, grants, found[0][1].priority)


def _groups_of_members(groups: Iterable[Group]) -> dict[str, tuple[Group, ...]]:
    """The groups of each member; one tuple for all who are in the same ones."""
    found: dict[str, tuple[Group, ...]] = {}
    for group in {group.id: group for group in groups}.values():
        # What people had before this group, and with it; both are kept, because an id() is given again.
        larger: dict[int, tuple[tuple[Group, ...], tuple[Group, ...]]] = {}
        for member in group.members:
            before = found.get(member, ())
            if (both := larger.get(id(before))) is None:
                both = larger[id(before)] = before, (*before, group)
            found[member] = both[1]
    return found


_GROUPS_LISTED = 5
"""How many groups a reason names."""


def _list_groups(names: list[str]) -> str:
    more = len(names) - _GROUPS_LISTED
    return ", ".join(names[:_GROUPS_LISTED]) + (f" and {more:,} more" if more > 0 else "")


def _merge(from_groups: list[tuple[str, Grants]], combine_licenses: bool, combine_roles: bool) -> tuple[str, Grants]:
    """One person's values from groups, which are in the order of their priority."""
    (name, first), *others = from_groups
    if not others or not (combine_licenses or combine_roles):
        return name, first
    grants = Grants(
        [each for _, one in from_groups for each in one.licenses] if combine_licenses else first.licenses,
        [each for _, one in from_groups for each in one.roles] if combine_roles else first.roles,
    )
    return _list_groups([each for each, _ in from_groups]), grants
