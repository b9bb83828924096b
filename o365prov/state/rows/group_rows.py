"""The memory of pushed groups in a database: a row a group, and one an app for what holds for all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from attrs import evolve, frozen

from o365prov.errors import O365ProvError, StateError
from o365prov.group_push import AppGroup, AppGroups
from o365prov.state.database import Row, Transaction
from o365prov.state.rows.sealing import NOTHING, Seal, damaged, total_of
from o365prov.structuring import from_json_text, to_json_text

_GROUP = "tenant_id, app_name, group_id, content, digest"
_HEAD = "tenant_id, app_name, serial, total, digest"


@frozen
class GroupRows:
    """The memory of the pushed groups of one app in one tenant, within a transaction.

    Args:
        transaction: the transaction.
        seal: makes the digests.
        tenant_id: the tenant.
        app_name: the app.
        where: what messages call the state.

    """

    transaction: Transaction
    seal: Seal
    tenant_id: str
    app_name: str
    where: str

    def load(self) -> AppGroups:
        """The memory.

        Raises:
            StateError: it is damaged.

        """
        serial, total = self._head()
        rows = self._rows()
        self.seal.check_all(rows, total, self.where)
        try:
            groups = [from_json_text(row[3], AppGroup) for row in rows]
        except (O365ProvError, ValueError) as error:  # sealed, and written by something else
            raise damaged(self.where) from error
        return AppGroups(self.tenant_id, self.app_name, groups, serial)

    def write(self, groups: Iterable[AppGroup], forgotten: Iterable[str] = ()) -> None:
        """Remember these groups, and nothing of those that are *forgotten*."""
        serial, total = self._head()
        after = [*map(self._row, groups)]
        for group_id in dict.fromkeys((*(str(row[2]) for row in after), *forgotten)):
            found = self._rows("AND group_id = ?", group_id)
            total = total_of(total, (str(row[-1]) for row in found))
            self.transaction.execute(
                "DELETE FROM app_group WHERE tenant_id = ? AND app_name = ? AND group_id = ?",
                self.tenant_id,
                self.app_name,
                group_id,
            )
        self.transaction.execute_many(
            f"INSERT INTO app_group ({_GROUP}) VALUES (?, ?, ?, ?, ?)",  # noqa: S608 - a constant
            after,
        )
        self._write_head(serial + 1, total_of(total, (str(row[-1]) for row in after)))

    def forget(self, object_ids: Collection[str]) -> int:
        """Forget that accounts were added to groups; returns to how many groups one of them was."""
        gone = frozenset(object_ids)
        concerned = [each for each in self.load() if gone & (each.members | each.unsure)]
        if concerned:
            self.write(evolve(each, members=each.members - gone, unsure=each.unsure - gone) for each in concerned)
        return len(concerned)

    def _rows(self, where: str = "", *parameters: object) -> list[Row]:
        sql = f"SELECT {_GROUP} FROM app_group WHERE tenant_id = ? AND app_name = ? {where} ORDER BY group_id"  # noqa: S608
        return self.transaction.rows(sql, self.tenant_id, self.app_name, *parameters)

    def _row(self, group: AppGroup) -> Row:
        values = (self.tenant_id, self.app_name, group.group_id, to_json_text(group, AppGroup))
        if any("\0" in each for each in values):
            raise StateError(f"{self.where}: can't keep a value (it holds a NUL): correct it at the source")
        return (*values, self.seal.of(values))

    def _head(self) -> tuple[int, str]:
        """How often something was noted, and the total."""
        rows = self.transaction.rows(
            f"SELECT {_HEAD} FROM group_memory WHERE tenant_id = ? AND app_name = ?",  # noqa: S608 - a constant
            self.tenant_id,
            self.app_name,
        )
        if not rows:
            return 0, NOTHING
        self.seal.check(rows[0], self.where)
        return rows[0][2], rows[0][3]

    def _write_head(self, serial: int, total: str) -> None:
        values = (self.tenant_id, self.app_name, serial, total)
        self.transaction.execute(
            f"INSERT INTO group_memory ({_HEAD}) VALUES (?, ?, ?, ?, ?) "  # noqa: S608 - a constant
            "ON CONFLICT (tenant_id, app_name) DO UPDATE SET serial = excluded.serial, total = excluded.total, "
            "digest = excluded.digest",
            *values,
            self.seal.of(values),
        )
