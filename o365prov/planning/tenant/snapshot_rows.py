"""A snapshot as rows: flat dicts for data frames, and what a notebook shows of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from o365prov.rendering import Document, Overviewed, first_rows, overview


class SnapshotRows(Overviewed, Protocol):
    """What a snapshot gives to data frames and notebooks."""

    users: Any
    skus: Any
    role_assignments: Any
    deleted_users: Any
    name: Any
    tenant_id: Any
    read_at: Any

    def to_dicts(self) -> list[dict[str, str | bool | None]]:
        """The users as flat dicts, for pandas, polars or csv.

        Returns:
            For each user a dict with the keys ``object_id``, ``username``, ``name``, ``enabled`` (None where it was not
            read), ``anchor``, ``licenses`` (part numbers, separated by commas) and ``roles``.

        """
        return list(self._rows())

    def _rows(self) -> Iterator[dict[str, str | bool | None]]:
        part_numbers = {sku.id: sku.part_number for sku in self.skus}
        roles: dict[str, list[str]] = {}
        for assignment in self.role_assignments:
            roles.setdefault(assignment.principal_id, []).append(self.role_named[assignment.role_id].name)  # type: ignore[attr-defined]
        for user in self.users:
            yield {
                "object_id": user.id,
                "username": user.username,
                "name": user.properties.get("displayName"),
                "enabled": user.properties.get("accountEnabled"),
                "anchor": user.anchor,
                "licenses": ", ".join(part_numbers.get(each.sku_id, each.sku_id) for each in user.licenses),
                "roles": ", ".join(roles.get(user.id, ())),
            }

    def _overview(self) -> Document:
        facts = {
            "tenant": self.tenant_id,
            "read": self.read_at,
            "users": len(self.users),
            "licences": ", ".join(sku.part_number for sku in self.skus),
            "deleted users": len(self.deleted_users),
        }
        shown = ("username", "name", "enabled", "licenses", "roles")
        rows = ([row[key] for key in shown] for row in self._rows())
        columns = [each.capitalize() for each in shown]
        return overview(self.name or self.tenant_id, facts, first_rows("Users", columns, rows, len(self.users)))
