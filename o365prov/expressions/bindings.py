"""What an expression can see of a person and of the organisation: nothing else is reachable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from attrs import Attribute, Factory, field, frozen

from o365prov._fields import as_tuple, aware, wrong
from o365prov.expressions.values.failures import EvaluationFailure

Values: TypeAlias = Mapping[str, Any]
"""A map of names to values: attributes of a person, a group, an app user; values are JSON's, and aware datetimes."""


def _to_tuple(values: Iterable[Values]) -> tuple[Values, ...]:
    # the short ways first: bindings are made for every person
    if type(values) is tuple:
        return values
    if type(values) is list:
        return tuple(values)
    return values if isinstance(values, Mapping) else as_tuple(values)  # type: ignore[return-value]  # refused below


def _to_instant(value: datetime | str | None) -> datetime | None:
    if not isinstance(value, str):
        return value
    from o365prov.expressions.values.instants import parse_iso  # noqa: PLC0415 - time loads when used

    try:
        return parse_iso(value)
    except EvaluationFailure:
        return value  # type: ignore[return-value]  # the validator refuses it


def _check_mappings(owner: Bindings, attribute: Attribute[Any], values: tuple[Values, ...]) -> None:
    if type(values) is tuple:
        for each in values:
            if type(each) is not dict and not isinstance(each, Mapping):
                break
        else:
            return
    raise wrong(owner, attribute, "a list of mappings", values)


def _check_names(owner: Bindings, attribute: Attribute[Any], values: Values) -> None:
    if type(values) is not dict and not isinstance(values, Mapping):
        raise wrong(owner, attribute, "a mapping of names to values", values)
    for name in values:
        if not isinstance(name, str):
            raise wrong(owner, attribute, "a mapping whose keys are strings", values)


def _check_relation(owner: Bindings, attribute: Attribute[Any], values: Values | None) -> None:
    if values is not None:
        _check_names(owner, attribute, values)


def _check_instant(owner: Bindings, attribute: Attribute[Any], value: datetime | None) -> None:
    if isinstance(value, str):
        raise wrong(owner, attribute, "an aware datetime or an ISO 8601 time such as 2015-07-31T17:18:37.979Z", value)
    aware(owner, attribute, value)


def _one_directory_user(bindings: Bindings) -> Values | None:
    users = bindings.directory_users
    return users[0] if type(users) is tuple and len(users) == 1 else None  # validators run afterwards


def _one_workday_user(bindings: Bindings) -> Values | None:
    users = bindings.workday_users
    return users[0] if type(users) is tuple and len(users) == 1 else None


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

    roots: Values = field(validator=_check_names)
    groups: tuple[Values, ...] = field(default=(), kw_only=True, converter=_to_tuple, validator=_check_mappings)
    directory_users: tuple[Values, ...] = field(
        default=(), kw_only=True, converter=_to_tuple, validator=_check_mappings
    )
    workday_users: tuple[Values, ...] = field(default=(), kw_only=True, converter=_to_tuple, validator=_check_mappings)
    managers: Values | None = field(factory=dict, kw_only=True, validator=_check_relation)
    assistants: Values | None = field(factory=dict, kw_only=True, validator=_check_relation)
    linked: Values | None = field(factory=dict, kw_only=True, validator=_check_relation)
    now: datetime | None = field(default=None, kw_only=True, converter=_to_instant, validator=_check_instant)

    directory_user: Values | None = field(init=False, eq=False, default=Factory(_one_directory_user, takes_self=True))
    workday_user: Values | None = field(init=False, eq=False, default=Factory(_one_workday_user, takes_self=True))

    def __repr__(self) -> str:
        """Names only: values are personal."""
        return f"<Bindings of {', '.join(sorted(map(str, self.roots))) or 'nothing'}; {len(self.groups)} groups>"
