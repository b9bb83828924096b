"""Groups: list, read, create, update, delete, and their members and owners."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from o365prov.testing.fake_tenant.endpoints.group_writes import (
    add_references,
    create_group,
    delete_group,
    links_of,
    remove_reference,
    update_group,
)
from o365prov.testing.fake_tenant.endpoints.references import referenced_id
from o365prov.testing.fake_tenant.endpoints.routes import ENTITY, PAGED, SEARCHED, Route
from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.requests import GraphReply, GraphRequest
from o365prov.testing.fake_tenant.query.collections import collection, counted
from o365prov.testing.fake_tenant.query.views import context_of, group_view, object_view, typed, user_view
from o365prov.testing.fake_tenant.rules.licensing import assign_to_group, read_assignment
from o365prov.testing.fake_tenant.schema.object_types import GROUP, USER
from o365prov.testing.fake_tenant.store.change_log import ChangeKind
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.table import Record

Found = tuple[int, ChangeKind, Record]
"""The number that orders a page, and what was found."""


def _list(directory: Directory, request: GraphRequest) -> GraphReply:
    view = group_view(request.option("$select"))
    return collection(directory, request, GROUP, _rows(directory, request), view, context_of("groups", view))


def _count(directory: Directory, request: GraphRequest) -> GraphReply:
    return counted(_rows(directory, request), request, GROUP)


def _rows(directory: Directory, request: GraphRequest) -> Callable[[int], Iterable[tuple[int, Record]]]:
    """All groups; with members' licence errors where a filter asks for them, as nothing else shows these."""
    if "hasmemberswithlicenseerrors" not in (request.option("$filter") or "").lower():
        return directory.groups.after
    failing = {
        state["assignedByGroup"]
        for user in directory.users
        for state in user.get("licenseAssignmentStates", ())
        if state["error"] not in {None, "None"}
    }
    return lambda position: (
        (after, {**record, "hasMembersWithLicenseErrors": record["id"] in failing})
        for after, record in directory.groups.after(position)
    )


def _read(directory: Directory, request: GraphRequest) -> GraphReply:
    record = directory.group(request.named["group"])
    view = group_view(request.option("$select"))
    context = f"{request.base}/$metadata#{context_of('groups', view)}/$entity"
    return GraphReply(200, {"@odata.context": context, **view(record)})


def _create(directory: Directory, request: GraphRequest) -> GraphReply:
    record = create_group(directory, request.json_object())
    context = f"{request.base}/$metadata#groups/$entity"
    location = {"Location": f"{request.base}/groups/{record['id']}"}
    return GraphReply(201, {"@odata.context": context, **group_view(None)(record)}, location)


def _update(directory: Directory, request: GraphRequest) -> GraphReply:
    update_group(directory, directory.group(request.named["group"]), request.json_object())
    return GraphReply(204)


def _delete(directory: Directory, request: GraphRequest) -> GraphReply:
    delete_group(directory, directory.group(request.named["group"]))
    return GraphReply(204)


def _assign_license(directory: Directory, request: GraphRequest) -> GraphReply:
    record = directory.group(request.named["group"])
    after = assign_to_group(directory, record, read_assignment(request.json_object()))
    context = f"{request.base}/$metadata#groups/$entity"
    return GraphReply(202, {"@odata.context": context, **group_view(None)(after)})


def _linked(name: str) -> Callable[[Directory, GraphRequest], GraphReply]:
    def answer(directory: Directory, request: GraphRequest) -> GraphReply:
        group = directory.group(request.named["group"])
        return mixed(directory, request, _existing(directory, links_of(directory, name).numbered_targets(group["id"])))

    return answer


def _linked_users(name: str) -> Callable[[Directory, GraphRequest], GraphReply]:
    def answer(directory: Directory, request: GraphRequest) -> GraphReply:
        group = directory.group(request.named["group"])
        found = _existing(directory, links_of(directory, name).numbered_targets(group["id"]))
        rows = [(number, record) for number, kind, record in found if kind == "user"]
        view = user_view(directory, request.option("$select"))
        return collection(directory, request, USER, lambda at: _after(rows, at), view, context_of("users", view))

    return answer


def _transitive_members(directory: Directory, request: GraphRequest) -> GraphReply:
    group = directory.group(request.named["group"])
    return mixed(
        directory, request, _existing(directory, enumerate(closure(group["id"], directory.members.targets), start=1))
    )


def _transitive_member_of(directory: Directory, request: GraphRequest) -> GraphReply:
    user = directory.user(request.named["user"])
    return mixed(
        directory, request, _existing(directory, enumerate(closure(user["id"], directory.members.sources), start=1))
    )


def _member_of(directory: Directory, request: GraphRequest) -> GraphReply:
    user = directory.user(request.named["user"])
    return mixed(directory, request, _existing(directory, directory.members.numbered_sources(user["id"])))


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


def mixed(directory: Directory, request: GraphRequest, found: Iterable[Found]) -> GraphReply:
    """A page of objects of several kinds, each with its ``@odata.type``."""
    views = object_view(directory, request.option("$select"))
    records = [(number, kind, record) for number, kind, record in found if kind in views]
    kinds = {record["id"]: kind for _, kind, record in records}
    rows = [(number, record) for number, _, record in records]

    def render(record: Record) -> Record:
        kind = kinds[record["id"]]
        return typed(kind, views[kind](record))

    return collection(directory, request, USER, lambda at: _after(rows, at), render, "directoryObjects")


def _after(rows: Iterable[tuple[int, Record]], position: int) -> Iterator[tuple[int, Record]]:
    return (row for row in rows if row[0] > position)


def _existing(directory: Directory, keys: Iterable[tuple[int, str]]) -> Iterator[Found]:
    for number, key in keys:
        found = directory.object(key)
        if found is not None:
            yield number, *found


def closure(start: str, step: Callable[[str], Iterable[str]]) -> Iterator[str]:
    """Whatever is reached from an object by steps, each once, without itself."""
    seen: dict[str, None] = {}
    ahead = list(step(start))
    while ahead:
        key = ahead.pop(0)
        if key not in seen and key != start:
            seen[key] = None
            ahead += step(key)
    yield from seen


_MIXED = frozenset({"$select", "$top", "$count", "$skiptoken"})


def _reference_routes(name: str) -> Iterator[Route]:
    path, one = f"/groups/{{group}}/{name}", name.removesuffix("s")
    yield Route("GET", path, _linked(name), f"List a group's {name}", _MIXED, 3, f"group-list-{name}")
    cast = f"{path}/microsoft.graph.user"
    yield Route(
        "GET", cast, _linked_users(name), f"List the users among a group's {name}", PAGED, 3, f"group-list-{name}"
    )
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
    Route("GET", "/groups", _list, "List groups", SEARCHED, source="group-list"),
    Route("GET", "/groups/$count", _count, "Count groups", frozenset({"$filter"}), source="group-list"),
    Route(
        "POST", "/groups", _create, "Create a group, with up to 20 members and owners bound", source="group-post-groups"
    ),
    Route("GET", "/groups/{group}", _read, "Read a group", ENTITY, source="group-get"),
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
    ),
    *_reference_routes("members"),
    *_reference_routes("owners"),
    Route(
        "GET",
        "/groups/{group}/transitiveMembers",
        _transitive_members,
        "List members of members",
        _MIXED,
        5,
        "group-list-transitivemembers",
    ),
    Route(
        "GET",
        "/users/{user}/memberOf",
        _member_of,
        "List the groups that a user is in",
        _MIXED,
        2,
        "user-list-memberof",
    ),
    Route(
        "GET",
        "/users/{user}/transitiveMemberOf",
        _transitive_member_of,
        "List groups, also by way of groups",
        _MIXED,
        5,
        "user-list-transitivememberof",
    ),
)
