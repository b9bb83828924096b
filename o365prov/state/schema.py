"""The tables of a state, and how older ones become today's.

A version is a list of statements; a state of version 2 has seen those of version 1 and then those of version 2. All of
it happens in the transaction that also notes the version, so a process that dies meanwhile leaves the state as it was.
"""

from __future__ import annotations

from typing import TypeAlias

from o365prov.errors import StateError
from o365prov.state.database import Transaction

Versions: TypeAlias = tuple[tuple[str, ...], ...]

VERSIONS: Versions = (
    (
        """CREATE TABLE tenant (
            tenant_id TEXT NOT NULL PRIMARY KEY,
            fence BIGINT NOT NULL,
            holder TEXT NOT NULL,
            since DOUBLE PRECISION NOT NULL,
            expires DOUBLE PRECISION NOT NULL,
            runs BIGINT NOT NULL,
            oldest BIGINT NOT NULL,
            noted BIGINT NOT NULL,
            unknown BIGINT NOT NULL,
            notes BIGINT NOT NULL,
            last_note TEXT NOT NULL,
            digest TEXT NOT NULL)""",
        """CREATE TABLE memory (
            tenant_id TEXT NOT NULL,
            app_name TEXT NOT NULL,
            lineage TEXT NOT NULL,
            serial BIGINT NOT NULL,
            total TEXT NOT NULL,
            digest TEXT NOT NULL,
            PRIMARY KEY (tenant_id, app_name))""",
        """CREATE TABLE app_user (
            tenant_id TEXT NOT NULL,
            app_name TEXT NOT NULL,
            person_id TEXT NOT NULL,
            object_id TEXT NOT NULL,
            username TEXT NOT NULL,
            anchor TEXT,
            fingerprint TEXT NOT NULL,
            manager_id TEXT,
            manager_reference TEXT NOT NULL,
            status TEXT NOT NULL,
            password_instant TEXT,
            provisioning_type TEXT NOT NULL,
            given TEXT NOT NULL,
            digest TEXT NOT NULL,
            PRIMARY KEY (tenant_id, app_name, person_id))""",
        """CREATE TABLE run (
            plan_id TEXT NOT NULL PRIMARY KEY,
            tenant_id TEXT NOT NULL,
            app_name TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            number BIGINT NOT NULL,
            noted BIGINT NOT NULL,
            begun_at DOUBLE PRECISION NOT NULL,
            ended_at DOUBLE PRECISION,
            stopped TEXT NOT NULL,
            entries TEXT NOT NULL,
            digest TEXT NOT NULL)""",
        """CREATE TABLE run_entries (
            plan_id TEXT NOT NULL PRIMARY KEY,
            content TEXT NOT NULL,
            digest TEXT NOT NULL)""",
        """CREATE TABLE note (
            tenant_id TEXT NOT NULL,
            number BIGINT NOT NULL,
            plan_id TEXT NOT NULL,
            content TEXT NOT NULL,
            digest TEXT NOT NULL,
            PRIMARY KEY (tenant_id, number))""",
        "CREATE INDEX run_of_tenant ON run (tenant_id, number)",
    ),
    (
        """CREATE TABLE kept_read (
            tenant_id TEXT NOT NULL,
            asked TEXT NOT NULL,
            link TEXT NOT NULL,
            begun_at DOUBLE PRECISION NOT NULL,
            deleted TEXT NOT NULL,
            total TEXT NOT NULL,
            digest TEXT NOT NULL,
            PRIMARY KEY (tenant_id, asked))""",
        """CREATE TABLE kept_user (
            tenant_id TEXT NOT NULL,
            asked TEXT NOT NULL,
            object_id TEXT NOT NULL,
            content TEXT NOT NULL,
            digest TEXT NOT NULL,
            PRIMARY KEY (tenant_id, asked, object_id))""",
    ),
    (
        """CREATE TABLE group_memory (
            tenant_id TEXT NOT NULL,
            app_name TEXT NOT NULL,
            serial BIGINT NOT NULL,
            total TEXT NOT NULL,
            digest TEXT NOT NULL,
            PRIMARY KEY (tenant_id, app_name))""",
        """CREATE TABLE app_group (
            tenant_id TEXT NOT NULL,
            app_name TEXT NOT NULL,
            group_id TEXT NOT NULL,
            content TEXT NOT NULL,
            digest TEXT NOT NULL,
            PRIMARY KEY (tenant_id, app_name, group_id))""",
    ),
    (
        """CREATE TABLE audit_plan (
            plan_id TEXT NOT NULL PRIMARY KEY,
            planned_at TEXT NOT NULL,
            planned_by TEXT NOT NULL,
            confirmed_by TEXT NOT NULL,
            applied_by TEXT NOT NULL,
            total TEXT NOT NULL,
            digest TEXT NOT NULL)""",
        """CREATE TABLE audit (
            plan_id TEXT NOT NULL,
            change_key TEXT NOT NULL,
            tenant_id TEXT NOT NULL,
            app_name TEXT NOT NULL,
            person_id TEXT NOT NULL,
            planned TEXT NOT NULL,
            planned_digest TEXT NOT NULL,
            ended_at DOUBLE PRECISION,
            ended TEXT,
            ended_digest TEXT,
            PRIMARY KEY (plan_id, change_key))""",
        "CREATE INDEX audit_of_person ON audit (person_id, tenant_id, ended_at)",
        "CREATE INDEX audit_of_time ON audit (tenant_id, ended_at)",
    ),
    (
        """CREATE TABLE quarantine (
            tenant_id TEXT NOT NULL,
            app_name TEXT NOT NULL,
            since DOUBLE PRECISION NOT NULL,
            plan_id TEXT NOT NULL,
            reason TEXT NOT NULL,
            allowed_at DOUBLE PRECISION,
            allowed_by TEXT NOT NULL,
            digest TEXT NOT NULL,
            PRIMARY KEY (tenant_id, app_name, since))""",
    ),
    (
        """CREATE TABLE app_settings (
            tenant_id TEXT NOT NULL,
            app_name TEXT NOT NULL,
            content TEXT NOT NULL,
            digest TEXT NOT NULL,
            PRIMARY KEY (tenant_id, app_name))""",
    ),
)
"""The statements that lead to each version, the first one first."""


def migrate(transaction: Transaction, name: str, versions: Versions | None = None) -> None:
    """Make the tables of a new state, or bring those of an older one up to date.

    Args:
        transaction: in it everything happens.
        name: where the state is, for messages.
        versions: the statements that lead to each version of other tables than those of a state.

    Raises:
        StateError: the state is of a newer version.

    """
    versions = VERSIONS if versions is None else versions
    transaction.execute("CREATE TABLE IF NOT EXISTS state_version (version BIGINT NOT NULL)")
    found = transaction.rows("SELECT version FROM state_version")
    version = found[0][0] if found else 0
    if not isinstance(version, int) or not 0 <= version <= len(versions):
        raise StateError(
            f"{name}: is of version {version}, and this version of o365prov knows {len(versions)}: "
            "use the version of o365prov that wrote it, or a newer one"
        )
    for statements in versions[version:]:
        for statement in statements:
            transaction.execute(statement)
    if version < len(versions):
        transaction.execute("DELETE FROM state_version")
        transaction.execute("INSERT INTO state_version (version) VALUES (?)", len(versions))
