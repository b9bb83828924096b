"""What earlier imports gave: which account is whose, and which groups there are with which members."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, ClassVar

from attrs import Attribute, evolve, field, frozen

from o365prov._annotations import check_call
from o365prov._fields import as_sorted, made_of, typed, wrong
from o365prov.errors import ConfigurationError
from o365prov.people import Group
from o365prov.planning import GroupKind
from o365prov.rendering import count_text, names_text, shortened
from o365prov.structuring import Saved, SavedFormat


@frozen(field_transformer=typed)
class ImportedUser:
    """An account that was imported and confirmed.

    Args:
        object_id: the account's id in the tenant.
        person_id: the person whose account it is.
        username: the user principal name that it had then.

    """

    object_id: str
    person_id: str
    username: str


@frozen(field_transformer=typed)
class ImportedGroup:
    """A group that was imported.

    Args:
        id: the group's id in the tenant.
        name: the display name that it had then.
        kind: what kind of group it is.
        members: the object ids of its members whose accounts are imported; they are sorted.

    """

    id: str
    name: str
    kind: GroupKind = GroupKind.SECURITY
    members: tuple[str, ...] = field(default=(), converter=as_sorted, repr=False)


def _users(users: Iterable[ImportedUser]) -> tuple[ImportedUser, ...]:
    return made_of(users, lambda each: tuple(sorted(each, key=lambda user: user.object_id)))


def _groups(groups: Iterable[ImportedGroup]) -> tuple[ImportedGroup, ...]:
    return made_of(groups, lambda each: tuple(sorted(each, key=lambda group: group.id)))


def _once(owner: object, attribute: Attribute[Any], value: object) -> None:
    """Refuse what is not a tuple of users or groups, and one that holds an object twice."""
    kind, key = (ImportedUser, "object_id") if attribute.name == "users" else (ImportedGroup, "id")
    if not isinstance(value, tuple) or not all(isinstance(each, kind) for each in value):
        raise wrong(owner, attribute, f"a tuple of {kind.__name__} values", value)
    counts = Counter(getattr(each, key) for each in value)
    if twice := sorted(each for each, count in counts.items() if count > 1):
        ids = names_text([*map(shortened, twice)])
        raise ConfigurationError(f"ImportMemory.{attribute.name} holds {ids} more than once: keep one of each")


@frozen(repr=False, slots=False, field_transformer=typed)
class ImportMemory(Saved):
    """What the imports of one app gave so far. It is a value: an import takes one, and gives the next.

    Args:
        tenant_id: the tenant.
        app_name: the name of the app.
        users: the accounts that were imported, one entry each.
        groups: the groups that were imported, one entry each.

    Raises:
        ConfigurationError: an account or a group is there twice, or a field has a wrong type.

    >>> memory = ImportMemory.empty("contoso", "Office 365")
    >>> memory, len(memory.users)
    (ImportMemory(0 users, 0 groups), 0)

    """

    saved_format: ClassVar[SavedFormat] = SavedFormat(
        family="o365prov.import-memory",
        version=1,
        name="the memory of imports",
        origin="start with ImportMemory.empty(tenant_id, app_name), or name the file that ImportMemory.save() wrote",
        remedy="restore it from a backup",
    )

    tenant_id: str
    app_name: str
    users: tuple[ImportedUser, ...] = field(default=(), converter=_users, validator=_once)
    groups: tuple[ImportedGroup, ...] = field(default=(), converter=_groups, validator=_once)

    @classmethod
    def empty(cls, tenant_id: str, app_name: str) -> ImportMemory:
        """The memory before the first import.

        Args:
            tenant_id: the tenant, such as ``snapshot.tenant_id``.
            app_name: the app, such as ``app.name``.

        """
        return cls(tenant_id, app_name)

    @cached_property
    def by_account(self) -> Mapping[str, ImportedUser]:
        """The imported users by object id."""
        return {each.object_id: each for each in self.users}

    @property
    def links(self) -> Mapping[str, str]:
        """The object ids of the imported accounts by person id.

        They are what ``transfers`` of :meth:`Office365App.plan <o365prov.Office365App.plan>` takes for people who are
        assigned: their accounts are then linked whatever their names are, instead of being created a second time.
        """
        return {each.person_id: each.object_id for each in self.users}

    def without(self, object_id: str) -> ImportMemory:
        """The same memory without this account: the next import matches it again."""
        check_call(ImportMemory.without, locals())
        return evolve(self, users=[each for each in self.users if each.object_id != object_id])

    def app_groups(self) -> tuple[Group, ...]:
        """The imported groups as Okta has them, for :func:`~o365prov.assign`: app groups whose members are people."""
        known = self.by_account
        return tuple(
            Group(
                each.id,
                each.name,
                "APP_GROUP",
                self.app_name,
                members={known[member].person_id for member in each.members if member in known},
            )
            for each in self.groups
        )

    def __repr__(self) -> str:
        return f"ImportMemory({count_text(len(self.users), 'user')}, {count_text(len(self.groups), 'group')})"
