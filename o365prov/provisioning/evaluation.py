"""How an app evaluates people, and from what: whoever has the same source as at the last success need not be evaluated.

Evaluating takes most of the time of a plan in which little changes. What it reads is known before: the settings, and of
a person what the expressions refer to. So the memory keeps a hash of both with the profile that was sent, and a plan
recognizes by it who is as before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from functools import cache, cached_property

from attrs import field, frozen

from o365prov._annotations import check_after_failure
from o365prov._fields import as_tuple, typed
from o365prov.expressions import Dialect, Expression
from o365prov.people import Assignment, Group, Person, PersonKind, Related
from o365prov.profiles import ProfileMapping, UsernameFormat
from o365prov.provisioning.desired_user import DesiredUser, hash_of, make_desired_user
from o365prov.provisioning.provisioning_type import ProvisioningType

_CLOCK = "now()"
_GROUPS = "groups()"
_ONLY_WHETHER = frozenset({"hasDirectoryUser()", "hasWorkdayUser()"})
_PROFILE = frozenset({"user", "source"})
_DIRECTORY = frozenset({"active_directory", "findDirectoryUser()"})
_OWN = frozenset({*_PROFILE, *_DIRECTORY, "hasDirectoryUser()", _GROUPS, _CLOCK})
"""What is the person's own; everything else may be around them, such as their manager or another app's user."""

_NAMES = ("displayName", "firstName", "lastName")
"""What the display name of a person is made of, who has none in Okta."""


def _domains(names: Iterable[str]) -> tuple[str, ...]:
    return as_tuple(names)


@frozen(field_transformer=typed)
class Evaluation:
    """The evaluation of people by the settings of one app.

    Args:
        provisioning: the provisioning type.
        username: the username format.
        mapping: the attribute mapping.
        domains: the domains that usernames may be in, in lower case.

    """

    provisioning: ProvisioningType
    username: UsernameFormat
    mapping: ProfileMapping
    domains: tuple[str, ...] = field(converter=_domains)

    @cached_property
    def settings(self) -> str:
        """A hash of all settings."""
        rows = [(row.attribute, row.apply_on, *_written(row.expression)) for row in self.mapping]
        username = [_written(each) for each in self.username.expressions]
        return hash_of((_version(), self.provisioning, username, rows, sorted(self.domains)))

    @cached_property
    def reads_anything(self) -> bool:
        """Whether an expression may read any attribute."""
        return any(len(path) == 1 and path[0] not in {_CLOCK, _GROUPS, *_ONLY_WHETHER} for path in self._paths)

    @cached_property
    def attributes(self) -> tuple[str, ...]:
        """The attributes of the profile that the expressions read by name, or may."""
        return tuple(sorted({*_NAMES, *self._named(other_than=_DIRECTORY)}))

    @cached_property
    def directory_attributes(self) -> tuple[str, ...]:
        """The attributes of accounts in Active Directory that the expressions read by name, or may."""
        return tuple(sorted(self._named(other_than=_PROFILE)))

    def _named(self, *, other_than: Collection[str]) -> set[str]:
        """The attributes of all roots but some; whose another root's are, such as a directory's, is not looked at."""
        return {name for path in self._paths if path[0] not in other_than for name in path[1:]}

    @cached_property
    def reads_groups(self) -> bool:
        """Whether an expression reads the person's groups, or may."""
        return self.reads_anything or any(path[0] == _GROUPS for path in self._paths)

    @cached_property
    def reads_related(self) -> bool:
        """Whether an expression reads what is around the person, or may."""
        return self.reads_anything or any(path[0] not in _OWN for path in self._paths)

    @cached_property
    def reads_clock(self) -> bool:
        """Whether an expression reads the time, so that nobody is as before."""
        # Methods of Identity Engine read the time without a reference to it.
        return any(path[0] == _CLOCK for path in self._paths) or any(
            each.dialect is not Dialect.CLASSIC for each in self._expressions
        )

    @property
    def _expressions(self) -> tuple[Expression, ...]:
        return *self.username.expressions, *(row.expression for row in self.mapping)

    @cached_property
    def _paths(self) -> frozenset[tuple[str, ...]]:
        """What the expressions refer to."""
        return frozenset[tuple[str, ...]]().union(*(each.references for each in self._expressions))

    @check_after_failure
    def evaluate(self, assignment: Assignment, now: datetime) -> DesiredUser:
        """What one person should be at *now*."""
        return make_desired_user(
            assignment,
            self.provisioning,
            self.username,
            self.mapping,
            self.domains,
            now=now,
            source=self.source(assignment),
        )

    @check_after_failure
    def source(self, assignment: Assignment) -> str:
        """A hash of everything that one person is evaluated from; empty if an expression reads the time.

        It is empty for guests too, who are stopped whatever they are evaluated from.
        """
        if self.reads_clock or assignment.person.kind is PersonKind.GUEST:
            return ""
        person, whole = assignment.person, self.reads_anything
        read: tuple[object, ...] = (
            self.settings,
            person.id,
            str(person.status),
            person.source,
            assignment.username,
            dict(person.profile) if whole else [*map(person.profile.get, self.attributes)],
            [
                (
                    account.instance,
                    account.object_guid.int,
                    account.distinguished_name,
                    dict(account.attributes) if whole else [*map(account.attributes.get, self.directory_attributes)],
                )
                for account in person.directory_accounts
            ],
            [*_groups(assignment.groups)] if self.reads_groups else (),
        )
        if self.reads_related:
            read = (*read, *_related(assignment.related))
        return hash_of(read)


def _written(expression: Expression) -> tuple[object, ...]:
    return str(expression), expression.dialect, expression.semantics, expression.limits


def _related(related: Related) -> Iterator[object]:
    """What is around a person, whole: few expressions read it."""
    linked = None if related.linked is None else related.linked.values()
    for others in (related.managers, related.assistants, linked):
        yield others and [(each.id, each.status.value, each.profile, [*_accounts(each)]) for each in others]
    yield from (related.app_user, related.app, related.app_users, related.org, related.linked and [*related.linked])


def _accounts(person: Person) -> Iterator[tuple[object, ...]]:
    for account in person.directory_accounts:
        yield account.distinguished_name, account.anchor, account.attributes


def _groups(groups: Collection[Group]) -> Iterator[tuple[object, ...]]:
    for group in groups:
        yield group.id, group.name, group.type, group.source_id, dict(group.profile)


@cache
def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415 - reading metadata takes time

    return version("o365prov")
