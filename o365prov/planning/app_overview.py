"""What a notebook shows of an app: its settings, and a row for each mapped attribute."""

from __future__ import annotations

from typing import Any, Protocol

from o365prov.provisioning import describe_settings
from o365prov.rendering import Document, Overviewed, first_rows, overview


class AppOverview(Overviewed, Protocol):
    """An app, as notebooks show it."""

    __slots__ = ()

    def _overview(self) -> Document:
        app: Any = self
        facts = {
            "domains": ", ".join(app.domains),
            "type": describe_settings(app.provisioning),
            "username": f"{app.username.label}: {', or else '.join(map(str, app.username.expressions))}",
            "grantable roles": ", ".join(app.grantable_roles),
            "organisation": "" if app.org.graph_api else "without the Microsoft Graph API feature",
        }
        columns = ("Attribute", "Expression", "Sent on")
        rows = ((row.attribute.label, row.expression.text, row.apply_on.value) for row in app.mapping)
        return overview(app.name, facts, first_rows("Mapping", columns, rows, len(app.mapping)))
