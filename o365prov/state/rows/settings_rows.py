"""The settings under which each app ran last, in a database: a row an app, so that the audit says what changed."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from o365prov import planning
from o365prov.state.database import Transaction
from o365prov.state.rows.sealing import Seal
from o365prov.structuring import from_json_text, to_json_text

_COLUMNS = "tenant_id, app_name, content, digest"


@frozen
class _Settings:
    settings: Mapping[str, str]


@frozen
class SettingsRows:
    """The settings of the apps of a state, within a transaction.

    Args:
        transaction: the transaction.
        seal: makes the digests.
        where: what messages call the state.

    """

    transaction: Transaction
    seal: Seal
    where: str

    def changed(self, plan: planning.Plan) -> tuple[planning.PropertyChange, ...]:
        """Which settings of a plan are others than at the last run; those of the plan are kept for the next one.

        At the first run all of them are new. A plan that was made without an app has none, and changes none.
        """
        tenant_id, app_name, new = plan.tenant_id, plan.app_users.app_name, plan.settings
        old = self._last(tenant_id, app_name)
        if not new or new == old:
            return ()
        values = (tenant_id, app_name, to_json_text(_Settings(new), _Settings))
        self.transaction.execute(
            f"INSERT INTO app_settings ({_COLUMNS}) VALUES (?, ?, ?, ?) "  # noqa: S608 - a constant
            "ON CONFLICT (tenant_id, app_name) DO UPDATE SET content = excluded.content, digest = excluded.digest",
            *values,
            self.seal.of(values),
        )
        names = sorted({*old, *new})
        found = (planning.PropertyChange(name, old.get(name), new.get(name)) for name in names)
        return tuple(each for each in found if each.before != each.after)

    def _last(self, tenant_id: str, app_name: str) -> Mapping[str, str]:
        rows = self.transaction.rows(
            f"SELECT {_COLUMNS} FROM app_settings WHERE tenant_id = ? AND app_name = ?",  # noqa: S608 - a constant
            tenant_id,
            app_name,
        )
        if not rows:
            return {}
        self.seal.check(rows[0], self.where)
        return from_json_text(rows[0][2], _Settings).settings
