"""What a fleet knows of its tenants between steps: rounds, the plans under way, confirmations, holds.

It is kept beside the state, in a schema of its own on the same server, by the same means: short transactions, tables
that become those of today when they are opened.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Self, TypeVar

from attrs import evolve

from o365prov import planning
from o365prov._annotations import check_call
from o365prov._fields import as_tuple
from o365prov.errors import PlanRefusedError, SourceError, StateError, UsageError
from o365prov.fleet.confirmation import Confirmation
from o365prov.fleet.rounds import Hold, TenantRound
from o365prov.rendering import quoted, shortened
from o365prov.state import Transaction, open_in_memory, open_postgres
from o365prov.structuring import from_json_text, to_json_text

_T = TypeVar("_T")

ALL = ""
"""In the place of a tenant's name: the whole fleet."""

VERSIONS = (
    (
        """CREATE TABLE tenant_round (
            tenant TEXT NOT NULL PRIMARY KEY,
            number BIGINT NOT NULL,
            stage TEXT NOT NULL,
            plan_id TEXT NOT NULL,
            content TEXT NOT NULL)""",
        "CREATE TABLE round_plan (tenant TEXT NOT NULL PRIMARY KEY, plan TEXT NOT NULL)",
        """CREATE TABLE confirmation (
            tenant TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            content TEXT NOT NULL,
            PRIMARY KEY (tenant, fingerprint))""",
        "CREATE TABLE hold (tenant TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL)",
    ),
)
"""The statements that lead to each version of the tables."""


class FleetRecords:
    """The records of a fleet; may be used from several threads, and on PostgreSQL from several processes.

    Args:
        dsn: where the server is, as libpq takes it; None keeps them in memory, until the process ends.
        schema: the schema that holds the tables; it is made if it is not there.

    Raises:
        ConfigurationError: an argument is of the wrong type, or psycopg is not installed.
        StateError: every method, if the server can't be used.

    >>> FleetRecords().rounds(["contoso"])["contoso"].stage.value
    'new'
    """

    def __init__(self, dsn: str | None = None, *, schema: str = "o365prov_fleet") -> None:
        check_call(FleetRecords.__init__, locals())
        self._database = (
            open_in_memory(versions=VERSIONS)
            if dsn is None
            else open_postgres(dsn, schema, "FleetRecords", versions=VERSIONS)
        )

    # rounds

    def round(self, tenant: str) -> TenantRound:
        """The latest round of a tenant.

        Args:
            tenant: its name in the fleet.

        """
        check_call(FleetRecords.round, locals())
        return self.rounds([tenant])[tenant]

    def rounds(self, tenants: Iterable[str]) -> dict[str, TenantRound]:
        """The latest rounds of these tenants, by name; one of whom nothing is known is new.

        Args:
            tenants: their names in the fleet.

        """
        tenants = as_tuple(tenants)
        check_call(FleetRecords.rounds, locals())
        names = tuple(tenants)
        with self._database.transaction(writes=False) as transaction:
            if len(names) == 1:
                rows = transaction.rows("SELECT tenant, content FROM tenant_round WHERE tenant = ?", names[0])
            else:
                rows = transaction.rows("SELECT tenant, content FROM tenant_round")
        known = {name: self._read(content, TenantRound) for name, content in rows}
        return {name: known.get(name) or TenantRound(name) for name in names}

    def note(
        self,
        before: TenantRound,
        after: TenantRound,
        plan: planning.Plan | None = None,
        *,
        reviewers: Iterable[str] = (),
    ) -> bool:
        """Note how far a tenant has come, unless somebody else noted something meanwhile.

        A worker that slept while another one went on with the tenant so changes nothing. With a new plan it is also
        noted whom it waits for; what was asked about the tenant's older plans, and is open, is withdrawn.

        Args:
            before: the round as it was when the step began.
            after: the round as it is now.
            plan: the plan, if the step made one; the plan of a round that ended is deleted.
            reviewers: who must look at the plan, if it has hazards.

        Returns:
            Whether it was noted.

        """
        reviewers = as_tuple(reviewers)
        check_call(FleetRecords.note, locals())
        with self._database.transaction() as transaction:
            noted = evolve(after, changed_at=datetime.fromtimestamp(transaction.now(), UTC))
            key = (noted.number, noted.stage.value, noted.plan_id, to_json_text(noted, TenantRound))
            if not before.number:
                insert = "INSERT INTO tenant_round VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
                changed = transaction.execute(insert, noted.tenant, *key)
            else:
                changed = transaction.execute(
                    "UPDATE tenant_round SET number = ?, stage = ?, plan_id = ?, content = ? "
                    "WHERE tenant = ? AND number = ? AND stage = ? AND plan_id = ?",
                    *key,
                    *(noted.tenant, before.number, before.stage.value, before.plan_id),
                )
            if changed:
                self._keep_plan(transaction, noted, plan)
            if changed and plan is not None:
                self._ask(transaction, noted, reviewers)
            return bool(changed)

    def plan(self, tenant: str) -> planning.Plan | None:
        """The plan that a tenant's round is about, to be looked at; None before it is made and after the round's end.

        Args:
            tenant: its name in the fleet.

        """
        check_call(FleetRecords.plan, locals())
        with self._database.transaction(writes=False) as transaction:
            rows = transaction.rows("SELECT plan FROM round_plan WHERE tenant = ?", tenant)
        try:
            return planning.Plan.from_json(rows[0][0], where=f"the plan of {tenant}") if rows else None
        except SourceError as error:
            raise StateError(str(error)) from None

    # confirmations

    def confirmations(self, *, only_open: bool = False) -> tuple[Confirmation, ...]:
        """Who must look at what before which plan goes on, and who did, in the order of the tenants' names.

        Args:
            only_open: leave out what somebody has confirmed.

        """
        check_call(FleetRecords.confirmations, locals())
        with self._database.transaction(writes=False) as transaction:
            rows = transaction.rows("SELECT content FROM confirmation ORDER BY tenant, fingerprint")
        found = tuple(self._read(content, Confirmation) for (content,) in rows)
        return tuple(each for each in found if each.is_open or not only_open)

    def confirmation(self, tenant: str, fingerprint: str) -> Confirmation | None:
        """What is known of the confirmation of a plan; None if nobody was asked.

        Args:
            tenant: its name in the fleet.
            fingerprint: the fingerprint of the plan.

        """
        check_call(FleetRecords.confirmation, locals())
        with self._database.transaction(writes=False) as transaction:
            return self._confirmation(transaction, tenant, fingerprint)

    def confirm(self, tenant: str, fingerprint: str, *, by: str) -> Confirmation:
        """Confirm a plan; what was confirmed before stays as it was.

        Args:
            tenant: its name in the fleet.
            fingerprint: the fingerprint of the plan that was looked at.
            by: who confirms it, such as an administrator's address.

        Raises:
            UsageError: nobody is named.
            PlanRefusedError: this plan is not, or no longer, to be confirmed.

        """
        check_call(FleetRecords.confirm, locals())
        if not by:
            raise UsageError("say who confirms the plan: by='ann@corp.example'")
        with self._database.transaction() as transaction:
            found = self._confirmation(transaction, tenant, fingerprint)
            if found is None:
                shown = f"{quoted(shortened(tenant))}: {shortened(fingerprint)}"
                raise PlanRefusedError(f"{shown} does not wait for a confirmation: look at the plan that does")
            if found.is_open:
                at = datetime.fromtimestamp(transaction.now(), UTC)
                found = evolve(found, confirmed_by=by, confirmed_at=at)
                self._keep(transaction, found)
            return found

    # holds

    def hold(self, kind: Hold, tenant: str | None = None) -> None:
        """Hold a tenant, or the whole fleet, until it is resumed.

        Args:
            kind: whether it is paused or drained.
            tenant: its name in the fleet; None for the whole fleet.

        """
        check_call(FleetRecords.hold, locals())
        with self._database.transaction() as transaction:
            transaction.execute("DELETE FROM hold WHERE tenant = ?", tenant or ALL)
            transaction.execute("INSERT INTO hold VALUES (?, ?)", tenant or ALL, kind.value)

    def resume(self, tenant: str | None = None) -> None:
        """Let a tenant that was held go on, or the fleet with all its tenants but those that are held by name.

        Args:
            tenant: its name in the fleet; None for the whole fleet.

        """
        check_call(FleetRecords.resume, locals())
        with self._database.transaction() as transaction:
            transaction.execute("DELETE FROM hold WHERE tenant = ?", tenant or ALL)

    def holds(self) -> dict[str | None, Hold]:
        """What is held, by the tenant's name; by None what holds the whole fleet."""
        with self._database.transaction(writes=False) as transaction:
            rows = transaction.rows("SELECT tenant, kind FROM hold")
        return {str(tenant) or None: Hold(str(kind)) for tenant, kind in rows}

    def close(self) -> None:
        """Close the connection; it opens again when it is used."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # rows

    def _keep_plan(self, transaction: Transaction, noted: TenantRound, plan: planning.Plan | None) -> None:
        ended = noted.stage.value in ("verified", "failed")
        if ended or plan is not None:
            transaction.execute("DELETE FROM round_plan WHERE tenant = ?", noted.tenant)
        if plan is not None and not ended:
            transaction.execute("INSERT INTO round_plan VALUES (?, ?)", noted.tenant, plan.to_json())

    def _ask(self, transaction: Transaction, noted: TenantRound, reviewers: tuple[str, ...]) -> None:
        """Ask for a confirmation of what is dangerous, once, and withdraw what is open about other plans."""
        for each in self._open_of(transaction, noted.tenant):
            if each.fingerprint != noted.fingerprint:
                self._forget(transaction, each)
        if noted.hazards and self._confirmation(transaction, noted.tenant, noted.fingerprint) is None:
            asked = Confirmation(noted.tenant, noted.fingerprint, noted.hazards, reviewers, noted.changed_at)
            self._keep(transaction, asked)

    def _confirmation(self, transaction: Transaction, tenant: str, fingerprint: str) -> Confirmation | None:
        where = "SELECT content FROM confirmation WHERE tenant = ? AND fingerprint = ?"
        rows = transaction.rows(where, tenant, fingerprint)
        return self._read(rows[0][0], Confirmation) if rows else None

    def _open_of(self, transaction: Transaction, tenant: str) -> list[Confirmation]:
        rows = transaction.rows("SELECT content FROM confirmation WHERE tenant = ?", tenant)
        return [each for (content,) in rows if (each := self._read(content, Confirmation)).is_open]

    def _keep(self, transaction: Transaction, found: Confirmation) -> None:
        self._forget(transaction, found)
        content = to_json_text(found, Confirmation)
        transaction.execute("INSERT INTO confirmation VALUES (?, ?, ?)", found.tenant, found.fingerprint, content)

    def _forget(self, transaction: Transaction, found: Confirmation) -> None:
        where = "DELETE FROM confirmation WHERE tenant = ? AND fingerprint = ?"
        transaction.execute(where, found.tenant, found.fingerprint)

    def _read(self, content: str, kind: type[_T]) -> _T:
        with suppress(ValueError):
            return from_json_text(content, kind)
        raise StateError(f"{self._database.name}: a {kind.__name__} can't be read: it was damaged or edited")

    def __repr__(self) -> str:
        return f"FleetRecords({self._database.name!r})"
