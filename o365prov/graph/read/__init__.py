"""Reading a tenant into a snapshot."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from o365prov.graph.read.facts import KeptFacts, organization
    from o365prov.graph.read.reader import Reader
else:
    from o365prov._first_use import on_first_use

    __getattr__ = on_first_use(__name__, ("facts", "reader"))

__all__ = ["KeptFacts", "Reader", "organization"]
