"""The rows of each table, and the digests that they are sealed with."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from o365prov.state.rows.audit_rows import AuditRows
    from o365prov.state.rows.group_rows import GroupRows
    from o365prov.state.rows.memory_rows import MemoryRows
    from o365prov.state.rows.note_rows import ApplyNote
    from o365prov.state.rows.quarantine_rows import QuarantineRows
    from o365prov.state.rows.read_rows import ReadRows
    from o365prov.state.rows.run_rows import RunRows
    from o365prov.state.rows.sealing import Seal, damaged
    from o365prov.state.rows.tenant_rows import TenantRows, this_process
else:
    from o365prov._first_use import on_first_use

    __getattr__ = on_first_use(
        __name__,
        (
            "sealing",
            "run_rows",
            "memory_rows",
            "tenant_rows",
            "note_rows",
            "read_rows",
            "group_rows",
            "audit_rows",
            "quarantine_rows",
        ),
    )

__all__ = [
    "ApplyNote",
    "AuditRows",
    "GroupRows",
    "MemoryRows",
    "QuarantineRows",
    "ReadRows",
    "RunRows",
    "Seal",
    "TenantRows",
    "damaged",
    "this_process",
]
