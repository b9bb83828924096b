"""A route: a method and a path with placeholders, what answers it, the query options it takes, and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from attrs import Factory, evolve, field, frozen

from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.requests import GraphReply, GraphRequest
from o365prov.testing.fake_tenant.store.directory import Directory

Endpoint = Callable[[Directory, GraphRequest], GraphReply]

PAGED = frozenset({"$select", "$filter", "$orderby", "$top", "$count", "$skiptoken"})
"""Options of a collection in pages, of one that can be searched, of one object or all of them at once, of a count."""
SEARCHED = PAGED | {"$search"}
ENTITY = frozenset({"$select"})
COUNTED = frozenset({"$filter", "$search"})
_OF_LISTS = frozenset({"$expand", "$search", "$filter", "$orderby", "$top", "$count"})
_SUCCESS = {"GET": 200, "POST": 201, "PATCH": 204, "PUT": 204, "DELETE": 204}
_SMALL_PAGES = frozenset(str(size) for size in range(1, 20))
_CHOICES = {"$count": ("true", "false"), "$format": ("json", "application/json")}


@frozen
class Route:
    """One thing the tenant answers.

    Attributes:
        method: in capitals.
        pattern: the path below the base, such as ``/users/{user}/manager/$ref``.
        answer: the function that does it.
        summary: what it does, for the coverage page.
        options: the query options it takes.
        cost: resource units, before $select, $expand and $top move it (Graph, "Throttling limits", identity).
        source: the page of Graph's reference that it follows.
        success: the status of what went well: by its method unless said otherwise, and 204 of references.
        refuses: whether it is here only to refuse, with 501 and the reason, what a client is likely to try.

    """

    method: str
    pattern: str
    answer: Endpoint
    summary: str
    options: frozenset[str] = frozenset()
    cost: int = 1
    source: str = ""
    success: int = field(default=Factory(lambda self: self.usual_success, takes_self=True), kw_only=True)
    refuses: bool = False

    def units(self, request: GraphRequest) -> int:
        """The resource units of one request: $select saves one, $expand costs one, a small page saves one."""
        if self.writes:
            return 1
        saved = bool(request.option("$select")) + (request.option("$top") in _SMALL_PAGES)
        return max(self.cost - saved + bool(request.option("$expand")), 1)

    @property
    def usual_success(self) -> int:
        """The status of what went well where a page says nothing else."""
        return 204 if self.writes and self.pattern.endswith("/$ref") else _SUCCESS[self.method]

    @property
    def is_list(self) -> bool:
        """Whether it answers a list of objects, in pages or all of them at once."""
        last = self.pattern.rpartition("/")[2]
        return "$top" in self.options or not (last.startswith(("{", "$", "microsoft.")) or last == "manager")

    @property
    def writes(self) -> bool:
        """Whether it changes something."""
        return self.method != "GET"


class Router:
    """Finds the route of a request among many, literal segments before placeholders."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)
        self._tree: dict[str, Any] = {}
        for route in self.routes:
            node = self._tree
            for segment in _segments(route.pattern):
                key = "{}" if segment.startswith("{") else segment.lower()
                node = node.setdefault(key, {})
            node.setdefault("//", {})[route.method] = route

    def find(self, request: GraphRequest) -> tuple[Route, GraphRequest]:
        """The route of a request, and the request with its placeholders named; 501 with what is supported."""
        matches = list(_walk(self._tree, request.path))
        for methods in matches:
            route: Route | None = methods.get(request.method)
            if route is not None:
                named = {
                    part[1:-1]: value
                    for part, value in zip(_segments(route.pattern), request.path, strict=True)
                    if part.startswith("{")
                }
                _check_options(route, request)
                return route, evolve(request, named=named)
        path = "/" + "/".join(request.path)
        allowed = sorted({method for methods in matches for method in methods})
        if allowed:
            raise GraphErrorResponse.unsupported(
                f"the fake tenant does not support {request.method} {path}; it supports {', '.join(allowed)}"
            )
        near = sorted(
            {route.pattern for route in self.routes if request.path and _segments(route.pattern)[0] == request.path[0]}
        )
        known = near or sorted({"/" + _segments(route.pattern)[0] for route in self.routes})
        raise GraphErrorResponse.unsupported(
            f"the fake tenant does not support {request.method} {path}; it supports {', '.join(known)}"
        )


def _segments(pattern: str) -> list[str]:
    return [segment for segment in pattern.split("/") if segment]


def _walk(node: dict[str, Any], path: tuple[str, ...]) -> Iterable[dict[str, Route]]:
    if not path:
        if "//" in node:
            yield node["//"]
        return
    for key in (path[0].lower(), "{}"):
        if key in node:
            yield from _walk(node[key], path[1:])


def _beyond(route: Route) -> frozenset[str]:
    """The options that Graph takes on such a route, and the fake tenant does not."""
    if route.writes:
        return frozenset({"$select", "$expand"})
    if "$deltatoken" in route.options:
        return frozenset()
    if route.pattern.endswith("/$count"):
        return COUNTED
    return _OF_LISTS if route.is_list else frozenset({"$expand"})


def _check_options(route: Route, request: GraphRequest) -> None:
    unknown = [name for name in request.options if name not in route.options and name != "$format"]
    if unknown:
        takes = ", ".join(sorted(route.options)) or "no query options"
        message = (
            f"Query option '{unknown[0]}' is not supported here: the fake tenant's {route.method} {route.pattern}"
            f" takes {takes}."
        )
        raise (
            GraphErrorResponse.unsupported(message)
            if unknown[0] in _beyond(route)
            else GraphErrorResponse.malformed(message)
        )
    for name, values in _CHOICES.items():
        value = request.options.get(name, "").lower()
        if value and value not in values:
            raise GraphErrorResponse.malformed(
                f"Invalid value '{value}' for {name} query option found. Valid values are {' and '.join(values)}."
            )
