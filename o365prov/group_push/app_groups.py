"""The memory of pushed groups between runs: which groups of the tenant they are, and whom we added to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from attrs import field, frozen

from o365prov._annotations import check_call
from o365prov._fields import as_frozenset, keyed_by, typed, whole_number
from o365prov.rendering import count_text
from o365prov.structuring import Saved, SavedFormat


@frozen(field_transformer=typed)
class AppGroup:
    """What a group of the tenant got from us.

    Args:
        group_id: the pushed group's id at its source.
        object_id: the group's id in the tenant; empty as long as nobody knows whether the group was created.
        name: the name last sent.
        description: the description last sent.
        created: whether the group was created from here; one that was linked is never deleted from here.
        members: the object ids of the members whom we added, or who were in the group and should be.
        unsure: the object ids of those whom an apply that was interrupted may have added or taken out.

    """

    group_id: str
    object_id: str
    name: str
    description: str = ""
    created: bool = False
    members: frozenset[str] = field(default=frozenset(), converter=as_frozenset, repr=False)
    unsure: frozenset[str] = field(default=frozenset(), converter=as_frozenset, repr=False)


def _by_id(groups: Iterable[AppGroup] | Mapping[str, AppGroup]) -> Mapping[str, AppGroup]:
    return keyed_by("group_id", groups, AppGroup, "AppGroups.groups", "group")


@frozen(repr=False, field_transformer=typed)
class AppGroups(Saved):
    """A frozen table of :class:`AppGroup`, one a pushed group, of one app in one tenant.

    Args:
        tenant_id: the tenant.
        app_name: the name of the app that pushed them, such as ``app.name``.
        groups: the groups, or a mapping of them by their ids at the source.
        serial: how often something was noted; it only grows.

    Raises:
        ConfigurationError: a group is there twice, or an argument has a wrong type.

    >>> AppGroups("contoso", "Office 365", [AppGroup("00g1", "11111111-1111-4111-8111-111111111111", "Sales")])
    AppGroups(1 group)

    """

    saved_format: ClassVar[SavedFormat] = SavedFormat(
        family="o365prov.app-groups",
        version=1,
        name="a table of app groups",
        origin="start with AppGroups.empty(tenant_id, app_name), or name the file that AppGroups.save() wrote",
        remedy="restore it from a backup",
    )

    tenant_id: str
    app_name: str
    _groups: Mapping[str, AppGroup] = field(factory=dict, converter=_by_id, alias="groups", hash=False)
    serial: int = field(default=0, validator=whole_number())

    @classmethod
    def empty(cls, tenant_id: str, app_name: str) -> AppGroups:
        """The table before the first run.

        Args:
            tenant_id: the tenant, such as ``snapshot.tenant_id``.
            app_name: the app, such as ``app.name``.

        """
        return cls(tenant_id, app_name)

    def get(self, group_id: str) -> AppGroup | None:
        """What is remembered of a pushed group; None for nothing."""
        check_call(AppGroups.get, locals())
        return self._groups.get(group_id)

    def __iter__(self) -> Iterator[AppGroup]:
        return iter(self._groups.values())

    def __len__(self) -> int:
        return len(self._groups)

    def __repr__(self) -> str:
        return f"AppGroups({count_text(len(self), 'group')})"

    def _to_json_value(self, converter: Any) -> dict[str, Any]:
        """The table in JSON: an object with a list of its groups."""
        to_json = converter.get_unstructure_hook(_SavedGroups)
        written: dict[str, Any] = to_json(_SavedGroups(self.tenant_id, self.app_name, self.serial, tuple(self)))
        return written

    @classmethod
    def _from_json_value(cls, value: Any, converter: Any) -> AppGroups:
        """The table that the object in JSON describes."""
        saved: _SavedGroups = converter.structure(value, _SavedGroups)
        return cls(saved.tenant_id, saved.app_name, saved.groups, saved.serial)


@frozen
class _SavedGroups:
    """How a table stands in JSON."""

    tenant_id: str
    app_name: str
    serial: int
    groups: tuple[AppGroup, ...]
