"""An Office 365 tenant in memory, for our tests and those of other projects.

:class:`FakeTenant` is the tenant, :class:`FakeClock` its time, :class:`Quotas`, :class:`Lag` and the faults make it as
slow and unreliable as the service; :class:`HttpxTransport` puts it under any Python client, :class:`Server` and
``python -m o365prov.testing`` serve it to clients in any language.

The public names are listed in ``o365prov/testing/_public.py``. They load on first use, so that the pytest plugin costs
nothing to those who do not use it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from o365prov.testing import _public
    from o365prov.testing._public import *  # noqa: F403 - type checkers read the list where it stands

    __all__: list[str] = []
    __all__ += _public.__all__
else:

    def __getattr__(name: str) -> object:
        """Load the public names when the first of them is asked for."""
        if name.startswith("_") and name != "__all__":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from o365prov.testing import _public  # noqa: PLC0415 - see above

        if name != "__all__" and name not in _public.__all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(_public, name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        """The public names."""
        return sorted(__getattr__("__all__"))
