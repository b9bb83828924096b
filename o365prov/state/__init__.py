"""What is known between runs: the memory, the runs, and who may write to a tenant now."""

from o365prov.state.audit import AuditRecord
from o365prov.state.database import Database, Transaction
from o365prov.state.records import KeptRead, Lease, LeaseHolder, Quarantine, Run, RunEntry, RunStep
from o365prov.state.state import State
from o365prov.state.states import MemoryState, PostgresState, SQLiteState, open_in_memory, open_postgres

__all__ = [
    "AuditRecord",
    "Database",
    "KeptRead",
    "Lease",
    "LeaseHolder",
    "MemoryState",
    "PostgresState",
    "Quarantine",
    "Run",
    "RunEntry",
    "RunStep",
    "SQLiteState",
    "State",
    "Transaction",
    "open_in_memory",
    "open_postgres",
]
