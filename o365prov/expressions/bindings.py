"""What an expression can see of a person and of the organisation: nothing else is reachable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from attrs import field, fields, frozen

from o365prov._fields import as_tuple, aware, frozen_mapping, wrong
from o365prov.expressions.values.failures import EvaluationFailure

Values: TypeAlias = Mapping[str, Any]
"""A map of names to values: attributes of a person, a group, an app user; values are JSON's, and aware datetimes."""


_NONE: tuple[Values, ...] = ()
_NOTHING: Values = frozen_mapping({})


def _to_mappings(owner: Bindings, name: str, values: Iterable[Values]) -> tuple[Values, ...]:
    if type(values) is list:
        found: object = tuple(values)
    else:
        found = values if isinstance(values, Mapping) else as_tuple(values)
    if type(found) is tuple:
        for each in found:
            if type(each) is not dict and not isinstance(each, Mapping):
                break
        else:
            return found
    raise wrong(owner, getattr(fields(Bindings), name), "a list of mappings", found)


def _check_names(owner: Bindings, name: str, values: Values | None) -> None:
    if type(values) is not dict and not isinstance(values, Mapping):
        raise wrong(owner, getattr(fields(Bindings), name), "a mapping of names to values", values)
    for key in values:
        if not isinstance(key, str):
            raise wrong(owner, getattr(fields(Bindings), name), "a mapping whose keys are strings", values)


def _to_instant(owner: Bindings, value: datetime | str | None) -> datetime | None:
    attribute = fields(Bindings).now
    if isinstance(value, str):
        from o365prov.expressions.values.instants import parse_iso  # noqa: PLC0415 - time loads when used

        try:
            return parse_iso(value)
        except EvaluationFailure:
            expected = "an aware datetime or an ISO 8601 time such as 2015-07-31T17:18:37.979Z"
            raise wrong(owner, attribute, expected, value) from None
    aware(owner, attribute, value)
    return value


@frozen(init=False, slots=False)
class Bindings:
    """Everything an expression is evaluated with, when functions need more than the roots.

    Args:
        roots: root names (``user``, ``source``, ``appuser``, an app's name, a bare attribute) to their values. An app
            to which the person is not assigned is an empty map, so that its attributes are null. A root that is left
            out is null itself, so that asking for its attributes fails.
        groups: the person's groups: maps with ``id``, ``name``, ``type``, ``source`` and ``profile``.
        directory_users: the person's Active Directory app users; ``hasDirectoryUser()`` is true for exactly one.
        workday_users: the person's Workday app users.
        managers: by source name, ``{"user": {...}, "apps": {app name: {...}}}``: what ``getManagerUser`` finds; None
            where it is not known, so that asking for it fails.
        assistants: the same for assistants.
        linked: linked users by primary name: what ``user.getLinkedObject`` finds; None where they are not known.
        now: the clock, an aware datetime or an ISO 8601 string. Without it, functions that ask for the time fail:
            evaluation reads no clock of its own.

    The attributes *directory_user* and *workday_user* hold the only app user of their kind; None where there is none
    or more than one.

    Raises:
        ConfigurationError: groups or app users that are not a list of mappings, relations that are not a mapping, or
            a time without a zone.

    Example:
        >>> from o365prov.expressions import Expression
        >>> bindings = Bindings({}, directory_users=[{"managerUpn": "bob@example.com"}])
        >>> Expression("hasDirectoryUser() ? findDirectoryUser().managerUpn : null").evaluate(bindings)
        'bob@example.com'

    """

    roots: Values
    groups: tuple[Values, ...]
    directory_users: tuple[Values, ...]
    workday_users: tuple[Values, ...]
    managers: Values | None
    assistants: Values | None
    linked: Values | None
    now: datetime | None

    directory_user: Values | None = field(init=False, eq=False)
    workday_user: Values | None = field(init=False, eq=False)

    def __init__(
        self,
        roots: Values,
        *,
        groups: Iterable[Values] = _NONE,
        directory_users: Iterable[Values] = _NONE,
        workday_users: Iterable[Values] = _NONE,
        managers: Values | None = _NOTHING,
        assistants: Values | None = _NOTHING,
        linked: Values | None = _NOTHING,
        now: datetime | str | None = None,
    ) -> None:
        # One is made for every person: what is left out is not looked at, and a dict is filled in a quarter of the time
        # that attrs takes to set and check each field.
        held = self.__dict__
        held["roots"] = roots
        _check_names(self, "roots", roots)
        held["groups"] = _NONE if groups is _NONE else _to_mappings(self, "groups", groups)
        users = _NONE if directory_users is _NONE else _to_mappings(self, "directory_users", directory_users)
        held["directory_users"] = users
        held["directory_user"] = users[0] if len(users) == 1 else None
        users = _NONE if workday_users is _NONE else _to_mappings(self, "workday_users", workday_users)
        held["workday_users"] = users
        held["workday_user"] = users[0] if len(users) == 1 else None
        held["managers"] = managers
        if managers is not _NOTHING and managers is not None:
            _check_names(self, "managers", managers)
        held["assistants"] = assistants
        if assistants is not _NOTHING and assistants is not None:
            _check_names(self, "assistants", assistants)
        held["linked"] = linked
        if linked is not _NOTHING and linked is not None:
            _check_names(self, "linked", linked)
        held["now"] = None if now is None else _to_instant(self, now)

    def __repr__(self) -> str:
        """Names only: values are personal."""
        return f"<Bindings of {', '.join(sorted(map(str, self.roots))) or 'nothing'}; {len(self.groups)} groups>"
