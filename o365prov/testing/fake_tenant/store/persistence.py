"""The tenant's state at one moment: as a snapshot, and as the JSON of ``FakeTenant.save`` and ``FakeTenant.load``."""

from __future__ import annotations

import hashlib
import json
import operator
import random
import re
from datetime import datetime
from typing import Any

from attrs import asdict, field, frozen

from o365prov.errors import Issue, SourceError
from o365prov.testing.clock import FakeClock
from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.schema.skus import Product, ServicePlan
from o365prov.testing.fake_tenant.store.change_log import ChangeLog, ChangeRecord, LinkChange
from o365prov.testing.fake_tenant.store.directory import LINKS, TABLES, Directory, RegisteredApp
from o365prov.testing.fake_tenant.store.links import Links
from o365prov.testing.fake_tenant.store.saved_checks import check_whole, strings
from o365prov.testing.fake_tenant.store.seats import Subscription
from o365prov.testing.fake_tenant.store.table import RecordTable

_VERSION = 5


_SEAL = re.compile(r'\{"sha256": "([0-9a-f]{64})", ')


@frozen
class Snapshot:
    """The state of a tenant at one moment, to be given back to ``FakeTenant.restore``."""

    _directory: Directory = field(repr=False)


def write_state(directory: Directory) -> str:
    """Everything the tenant holds, as JSON text."""
    return json.dumps(_state(directory), ensure_ascii=False)


def sealed(text: str) -> str:
    """The text of a state with its digest in front, which tells whether a file still holds what was saved."""
    return f'{{"sha256": "{_digest(text)}", {text[1:]}'


def unsealed(text: str) -> tuple[str, bool]:
    """The text of a state in a file, and whether a digest says that it is what was saved; SourceError when it isn't."""
    match = _SEAL.match(text)
    if match is None:
        return text, False
    state = f"{{{text[match.end() :]}"
    if _digest(state) != match[1]:
        raise SourceError(Issue("damaged", "the saved fake tenant was damaged or changed since", "save it again"))
    return state, True


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _opened(text: str) -> dict[str, Any]:
    try:
        state = json.loads(text)
    except (ValueError, RecursionError) as error:
        issue = Issue("not_json", f"a saved fake tenant must be JSON ({error})", "write one with FakeTenant.save")
        raise SourceError(issue) from None
    if not isinstance(state, dict) or state.get("o365prov-fake-tenant") != _VERSION:
        issue = Issue("other_format", "not a fake tenant saved by this version", "write one with FakeTenant.save")
        raise SourceError(issue)
    return state


def _state(directory: Directory) -> dict[str, Any]:
    return {
        "o365prov-fake-tenant": _VERSION,
        "tenant_id": directory.tenant_id,
        "organization": directory.organization,
        "signed_in": directory.signed_in,
        "caller_roles": _sorted(directory.caller_roles),
        "permissions": _sorted(directory.permissions),
        "applications": [
            {**asdict(item), "permissions": _sorted(item.permissions)} for item in directory.applications.values()
        ],
        "domains": list(directory.domains.values()),
        "subscriptions": [asdict(item) for item in directory.subscriptions.values()],
        **{name: list(getattr(directory, name)) for name in TABLES},
        **{name: list(getattr(directory, name).pairs()) for name in LINKS},
        "changes": {"forgotten": directory.log.forgotten, "entries": [_written(change) for change in directory.log]},
    }


def read_state(text: str, clock: FakeClock, chance: random.Random, *, is_sealed: bool) -> Directory:
    """The directory that ``write_state`` wrote; SourceError when the text is something else.

    What a digest vouches for need not be looked through, which takes as long as reading it.
    """
    state = _opened(text)
    try:
        directory = Directory(
            clock=clock,
            random=chance,
            tenant_id=state["tenant_id"],
            organization=state["organization"],
            domains={item["id"]: item for item in state["domains"]},
            subscriptions={item["product"]["id"]: _subscription(item) for item in state["subscriptions"]},
            signed_in=state["signed_in"],
            caller_roles=_set(state["caller_roles"]),
            permissions=_set(state["permissions"]),
            applications={item["client_id"]: _application(item) for item in state["applications"]},
            log=ChangeLog(
                (_read(entry) for entry in state["changes"]["entries"]), operator.index(state["changes"]["forgotten"])
            ),
        )
        for name in TABLES:
            table: RecordTable = getattr(directory, name)
            for record in state[name]:
                table.put(record)
        for name in LINKS:
            links: Links = getattr(directory, name)
            for source, target in state[name]:
                links.add(source, target)
        if not is_sealed:
            check_whole(directory)
        directory.rebuild()
    except (KeyError, TypeError, ValueError, AttributeError, GraphErrorResponse) as error:
        what = f"the saved fake tenant is damaged ({type(error).__name__}: {error})"
        raise SourceError(Issue("damaged", what, "save it again")) from error
    return directory


def _application(item: dict[str, Any]) -> RegisteredApp:
    federated = None if item["federated"] is None else tuple(item["federated"])
    return RegisteredApp(**{**item, "federated": federated, "permissions": _set(item["permissions"])})


def _sorted(names: frozenset[str] | None) -> list[str] | None:
    return None if names is None else sorted(names)


def _set(names: list[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(strings(names))


def _subscription(item: dict[str, Any]) -> Subscription:
    bought = item["product"]
    plans = tuple(ServicePlan(**plan) for plan in bought["plans"])
    return Subscription(Product(bought["name"], bought["id"], plans), item["seats"], item["applies_to"])


def _written(change: ChangeRecord) -> list[Any]:
    names = None if change.names is None else sorted(change.names)
    link = None if change.link is None else [change.link.name, change.link.target, change.link.added]
    return [change.kind, change.id, change.at.isoformat(), names, link]


def _read(entry: list[Any]) -> ChangeRecord:
    kind, key, at, names, link = entry
    return ChangeRecord(
        kind,
        key,
        datetime.fromisoformat(at),
        None if names is None else frozenset(strings(names)),
        None if link is None else LinkChange(*link),
    )
