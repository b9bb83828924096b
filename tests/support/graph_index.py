"""A compact index of Microsoft Graph v1.0: its operations on the directory, and the properties of its types.

It stands in ``tests/testing/graph-index.tsv`` and is made from msgraph-sdk, which Microsoft generates from its OpenAPI
document of v1.0 (microsoftgraph/msgraph-metadata, ``openapi/v1.0``; the document itself has 40 MB)::

    python tests/support/graph_index.py > tests/testing/graph-index.tsv
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import attrs

FILE = Path(__file__).parents[1] / "testing" / "graph-index.tsv"
ROOTS = (
    "applications contacts directory directory_objects directory_role_templates directory_roles domains groups"
    " invitations me organization places role_management service_principals subscribed_skus users"
).split()
TYPES = (
    "user group org_contact room directory_role directory_role_template unified_role_assignment unified_role_definition"
    " organization domain subscribed_sku license_details application service_principal app_role app_role_assignment"
    " extension_property invitation password_credential place directory_object"
    " assigned_license license_assignment_state assigned_plan provisioned_plan object_identity password_profile"
    " employee_org_data on_premises_extension_attributes service_plan_info license_units_detail verified_domain"
    " internal_domain_federation api_application web_application spa_application public_client_application"
    " permission_scope key_credential invited_user_message_info room_list"
    " building floor section desk workspace"
).split()
DEEPEST = 5
#: What lies below users and groups and is not of the directory.
OTHER_SERVICES = frozenset(
    "activities adhocCalls authentication calendar calendarGroups calendarView calendars chats cloudClipboard cloudPCs"
    " communications contactFolders contacts conversations copilot drive drives employeeExperience events"
    " followedSites inferenceClassification insights joinedTeams mailFolders managedAppRegistrations managedDevices"
    " messages onenote onlineMeetings outlook people photo photos planner presence print security settings sites"
    " solutions synchronization team teamwork threads todo virtualEvents deviceManagementTroubleshootingEvents"
    " dataSecurityAndGovernance entitlementManagement".split()
)
_TEMPLATE = re.compile(
    r'super\(\)\.__init__\(request_adapter, "\{\+baseurl\}([^"]*?)(?:\{\?([^}"]*)\})?", path_parameters'
)
_METHOD = re.compile(r"async def (get|post|patch|put|delete)\(.*?self\.request_adapter\.(send_\w+)\(", re.DOTALL)
_FIELD = re.compile(r'^            "([^"]+)": lambda n ?:', re.MULTILINE)
_PARENT = re.compile(r"^class \w+\((\w+)[,)]", re.MULTILINE)
_NAMESPACE = re.compile(r"^(?:microsoft\.)?graph\.")


@attrs.frozen
class Operation:
    """What Microsoft says of one method of one path: whether an answer has a body, and the query options."""

    has_body: bool
    options: frozenset[str]


@attrs.frozen
class Index:
    """Operations by method and path, and properties by type."""

    operations: dict[tuple[str, str], Operation]
    properties: dict[str, frozenset[str]]


def shape(pattern: str) -> str:
    """A path in the form in which paths are compared: placeholders without names, casts without a namespace."""
    parts = (_NAMESPACE.sub("", part).removesuffix("()") for part in pattern.split("/"))
    return "/".join("{}" if part.startswith("{") else part.lower() for part in parts)


@cache
def read_index() -> Index:
    """The index as it stands in its file."""
    operations, properties = {}, {}
    for line in FILE.read_text("utf-8").splitlines():
        match line.split("\t"):
            case ["type", name, names]:
                properties[name] = frozenset(names.split())
            case [method, path, body, options]:
                operations[method, shape(path)] = Operation(body == "body", frozenset(options.split()))
    return Index(operations, properties)


def make() -> Iterator[str]:
    """The lines of the index, from the msgraph-sdk that is installed."""
    spec = find_spec("msgraph")
    generated = Path(spec.origin or "").parent / "generated"
    yield f"# made from msgraph-sdk {metadata.version('msgraph-sdk')} by tests/support/graph_index.py"
    yield from sorted(set(_operations(generated)))
    yield from (f"type\t{_camel(name)}\t{' '.join(sorted(_fields(generated, name)))}" for name in sorted(TYPES))


def _operations(generated: Path) -> Iterator[str]:
    for root in ROOTS:
        for module in (generated / root).rglob("*_request_builder.py"):
            text = module.read_text("utf-8")
            found = _TEMPLATE.search(text)
            if found is None:
                continue
            path = re.sub(r"\{([^}]*)\}", "{}", found[1]).replace("%24", "$").replace("%2D", "-")
            if path.count("/") > DEEPEST or OTHER_SERVICES.intersection(path.split("/")[2:4]):
                continue
            options = " ".join(sorted((found[2] or "").replace("%24", "$").split(",")))
            for method, send in _METHOD.findall(text):
                body = "nothing" if send == "send_no_response_content_async" else "body"
                yield f"{method.upper()}\t{path}\t{body}\t{options if method == 'get' else ''}"


def _fields(generated: Path, name: str) -> set[str]:
    module = generated / "models" / f"{name}.py"
    if not module.is_file():
        return set()
    text = module.read_text("utf-8")
    parent = _PARENT.search(text)
    inherited = re.sub(r"(?<!^)(?=[A-Z])", "_", parent[1]).lower() if parent else ""
    return {*_FIELD.findall(text), *(_fields(generated, inherited) if inherited else ())}


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(each.capitalize() for each in others)


def is_known(method: str, path: str, index: Index) -> bool:
    """Whether an address, with keys where paths have placeholders, is one of an operation of Microsoft's."""
    parts = shape(path).split("/")
    known = (pattern.split("/") for each, pattern in index.operations if each == method)
    return any(
        len(parts) == len(pattern) and all(own in {"{}", part} for own, part in zip(pattern, parts, strict=True))
        for pattern in known
    )


def invented_routes(routes: Iterable[tuple[str, str]], index: Index) -> list[str]:
    """Of methods and paths, those that Microsoft does not have."""
    return [f"{method} {path}" for method, path in routes if (method, shape(path)) not in index.operations]


def invented_options(method: str, path: str, options: Iterable[str], index: Index) -> list[str]:
    """Of the query options of an operation, those that Microsoft does not have there."""
    known = index.operations.get((method, shape(path)), Operation(has_body=False, options=frozenset())).options
    return sorted(set(options) - known)


def invented_properties(name: str, names: Iterable[str], index: Index) -> list[str]:
    """Of the properties of a type, those that Microsoft does not have."""
    return sorted(set(names) - index.properties.get(name, frozenset()))


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in make())
