"""Groups: list, read, create, update, delete, and changing their members and owners."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from o365prov.testing.fake_tenant.endpoints.group_writes import (
    add_references,
    create_group,
    delete_group,
    remove_reference,
    update_group,
)
from o365prov.testing.fake_tenant.endpoints.relations.expanding import expanding
from o365prov.testing.fake_tenant.endpoints.relations.references import referenced_id
from o365prov.testing.fake_tenant.endpoints.routes import COUNTED, ENTITY, SEARCHED, Route
from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.requests import GraphReply, GraphRequest, alternate_key
from o365prov.testing.fake_tenant.query.collections import collection, counted
from o365prov.testing.fake_tenant.query.views import context_of, group_view
from o365prov.testing.fake_tenant.rules.licensing import assign_to_group, read_assignment
from o365prov.testing.fake_tenant.schema.object_types import GROUP
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.table import Record


def _list(directory: Directory, request: GraphRequest) -> GraphReply:
    view = group_view(directory, request.option("$select"))
    of, context = directory.extended(GROUP), context_of("groups", view)
    render = expanding(directory, request, "group", view, one=False)
    return collection(directory, request, of, _rows(directory, request), render, context)


def _count(directory: Directory, request: GraphRequest) -> GraphReply:
    return counted(_rows(directory, request), request, directory.extended(GROUP))


def _rows(directory: Directory, request: GraphRequest) -> Callable[[int], Iterable[tuple[int, Record]]]:
    """All groups, with what a filter asks for and only it shows: owners to be counted, members' licence errors."""
    text = (request.option("$filter") or "").lower()
    made: dict[str, Callable[[str], Any]] = {}
    if "owners" in text:
        made["owners"] = directory.owners.targets
    if "hasmemberswithlicenseerrors" in text:
        failing = {
            state["assignedByGroup"]
            for user in directory.users
            for state in user.get("licenseAssignmentStates", ())
            if state["error"] not in {None, "None"}
        }
        made["hasMembersWithLicenseErrors"] = failing.__contains__
    if not made:
        return directory.groups.after
    return lambda position: (
        (after, {**record, **{name: make(record["id"]) for name, make in made.items()}})
        for after, record in directory.groups.after(position)
    )


def _read(directory: Directory, request: GraphRequest) -> GraphReply:
    record = directory.group(request.named["group"])
    view = group_view(directory, request.option("$select"))
    context = f"{request.base}/$metadata#{context_of('groups', view)}/$entity"
    shown = expanding(directory, request, "group", view, one=True)(record)
    return GraphReply(200, {"@odata.context": context, **shown})


def _create(directory: Directory, request: GraphRequest) -> GraphReply:
    return _created(directory, request, create_group(directory, request.json_object(of="group")))


def _created(directory: Directory, request: GraphRequest, record: Record) -> GraphReply:
    context = f"{request.base}/$metadata#groups/$entity"
    location = {"Location": f"{request.base}/groups/{record['id']}"}
    return GraphReply(201, {"@odata.context": context, **group_view(directory, None)(record)}, location)


def _update(directory: Directory, request: GraphRequest) -> GraphReply:
    key = request.named["group"]
    name, value = alternate_key(key) or ("", "")
    if name.lower() == "uniquename" and request.creates_missing and directory.find_group(key) is None:
        return _created(
            directory, request, create_group(directory, {**request.json_object(of="group"), "uniqueName": value})
        )
    update_group(directory, directory.group(key), request.json_object(of="group"))
    return GraphReply(204)


def _delete(directory: Directory, request: GraphRequest) -> GraphReply:
    delete_group(directory, directory.group(request.named["group"]))
    return GraphReply(204)


def _assign_license(directory: Directory, request: GraphRequest) -> GraphReply:
    record = directory.group(request.named["group"])
    after = assign_to_group(directory, record, read_assignment(request.json_object()))
    context = f"{request.base}/$metadata#groups/$entity"
    return GraphReply(202, {"@odata.context": context, **group_view(directory, None)(after)})


def _add(name: str) -> Callable[[Directory, GraphRequest], GraphReply]:
    def answer(directory: Directory, request: GraphRequest) -> GraphReply:
        group = directory.group(request.named["group"])
        add_references(directory, group, name, [referenced_id(request.json_object())])
        return GraphReply(204)

    return answer


def _remove(name: str) -> Callable[[Directory, GraphRequest], GraphReply]:
    def answer(directory: Directory, request: GraphRequest) -> GraphReply:
        remove_reference(directory, directory.group(request.named["group"]), name, request.named["member"])
        return GraphReply(204)

    return answer


def _refuse_bare_delete(_: Directory, request: GraphRequest) -> GraphReply:
    """Graph may take this for deleting the member itself; the fake never guesses."""
    path = "/".join(request.path)
    raise GraphErrorResponse.unsupported(f"DELETE /{path} would delete the object itself; use DELETE /{path}/$ref")


def _reference_routes(name: str) -> Iterator[Route]:
    path, one = f"/groups/{{group}}/{name}", name.removesuffix("s")
    yield Route("POST", f"{path}/$ref", _add(name), f"Add one {one} to a group", source=f"group-post-{name}")
    yield Route(
        "DELETE",
        f"{path}/{{member}}/$ref",
        _remove(name),
        f"Take one {one} out of a group",
        source=f"group-delete-{name}",
    )
    yield Route(
        "DELETE", f"{path}/{{member}}", _refuse_bare_delete, f"Refused: deleting a {one} needs /$ref", refuses=True
    )


ROUTES = (
    Route("GET", "/groups", _list, "List groups", SEARCHED | {"$expand"}, source="group-list"),
    Route("GET", "/groups/$count", _count, "Count groups", COUNTED, source="group-list"),
    Route(
        "POST", "/groups", _create, "Create a group, with up to 20 members and owners bound", source="group-post-groups"
    ),
    Route("GET", "/groups/{group}", _read, "Read a group", ENTITY | {"$expand"}, source="group-get"),
    Route(
        "PATCH", "/groups/{group}", _update, "Update a group, or add up to 20 members and owners", source="group-update"
    ),
    Route(
        "DELETE",
        "/groups/{group}",
        _delete,
        "Delete a group; a Microsoft 365 group can be restored",
        source="group-delete",
    ),
    Route(
        "POST",
        "/groups/{group}/assignLicense",
        _assign_license,
        "Assign licences that members inherit",
        source="group-assignlicense",
        success=202,
    ),
    *_reference_routes("members"),
    *_reference_routes("owners"),
)
