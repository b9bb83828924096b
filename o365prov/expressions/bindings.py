"""What an expression can see of a person and of the organisation: nothing else is reachable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from attrs import field, frozen

from o365prov.expressions.values.failures import EvaluationFailure

__all__ = ["Bindings", "Values"]

Values: TypeAlias = Mapping[str, Any]
"""A map of names to values: attributes of a person, a group, an app user; values are JSON's, and aware datetimes."""


def _moment(value: datetime | str | None) -> datetime | None:
    if isinstance(value, str):
        from o365prov.expressions.values.instants import parse_iso  # noqa: PLC0415  # time loads when used

        try:
            return parse_iso(value)
        except EvaluationFailure:
            raise ValueError("Bindings(now=...) is no ISO 8601 time: write it like 2015-07-31T17:18:37.979Z") from None
    if value is not None and value.tzinfo is None:
        raise ValueError("Bindings(now=...) must be an aware datetime: give it a time zone, such as datetime.UTC")
    return value


def _is_map(value: object) -> bool:
    return type(value) is dict or isinstance(value, Mapping)  # the short way first: bindings are made for every person


def _maps(values: Iterable[Values]) -> tuple[Values, ...]:
    kept = tuple(values)
    if not kept and type(values) in {tuple, list}:
        return kept
    if isinstance(values, Mapping) or not all(_is_map(value) for value in kept):
        raise ValueError("groups, directory_users and workday_users of Bindings are lists of maps: give [{...}, ...]")
    return kept


def _by_name(values: Values) -> Values:
    if not _is_map(values):
        raise ValueError(
            "managers, assistants and linked of Bindings are maps by name: give {name: {...}}"
        )  # as for the other shapes
    return values


@frozen
class Bindings:
    """Everything an expression is evaluated with, when functions need more than the roots.

    Args:
        roots: root names (``user``, ``source``, ``appuser``, an app's name, a bare attribute) to their values. An app
            to which the person is not assigned is an empty map, so that its attributes are null. A root that is left
            out is null itself, so that asking for its attributes fails.
        groups: the person's groups: maps with ``id``, ``name``, ``type``, ``source`` and ``profile``.
        directory_users: the person's Active Directory app users; ``hasDirectoryUser()`` is true for exactly one.
        workday_users: the person's Workday app users.
        managers: by source name, ``{"user": {...}, "apps": {app name: {...}}}``: what ``getManagerUser`` finds.
        assistants: the same for assistants.
        linked: linked users by primary name: what ``user.getLinkedObject`` finds.
        now: the clock, an aware datetime or an ISO 8601 text. Without it, functions that ask for the time fail:
            evaluation reads no clock of its own.

    The attributes *directory_user* and *workday_user* hold the only app user of their kind; None for none, and for
    several.

    Raises:
        ValueError: groups or app users that are no list of maps, relations that are no map, or a time without a zone.

    Example:
        >>> from o365prov.expressions import Expression
        >>> bindings = Bindings({}, directory_users=[{"managerUpn": "bob@example.com"}])
        >>> Expression("hasDirectoryUser() ? findDirectoryUser().managerUpn : null").evaluate(bindings)
        'bob@example.com'

    """

    roots: Values
    groups: tuple[Values, ...] = field(default=(), kw_only=True, converter=_maps)
    directory_users: tuple[Values, ...] = field(default=(), kw_only=True, converter=_maps)
    workday_users: tuple[Values, ...] = field(default=(), kw_only=True, converter=_maps)
    managers: Values = field(factory=dict, kw_only=True, converter=_by_name)
    assistants: Values = field(factory=dict, kw_only=True, converter=_by_name)
    linked: Values = field(factory=dict, kw_only=True, converter=_by_name)
    now: datetime | None = field(default=None, kw_only=True, converter=_moment)

    directory_user: Values | None = field(init=False, eq=False)
    workday_user: Values | None = field(init=False, eq=False)

    @directory_user.default
    def _one_directory_user(self) -> Values | None:
        return self.directory_users[0] if len(self.directory_users) == 1 else None

    @workday_user.default
    def _one_workday_user(self) -> Values | None:
        return self.workday_users[0] if len(self.workday_users) == 1 else None

    def __repr__(self) -> str:
        """Names only: values are personal."""
        return f"<Bindings of {', '.join(sorted(map(str, self.roots))) or 'nothing'}; {len(self.groups)} groups>"
