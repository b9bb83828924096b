"""What a tenant holds, as far as planning looks at it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from o365prov.planning.tenant.lookups import Lookup
    from o365prov.planning.tenant.snapshot import TenantSnapshot
else:
    from o365prov._first_use import on_first_use

    __getattr__ = on_first_use(__name__, ("lookups", "snapshot"))

__all__ = ["Lookup", "TenantSnapshot"]
