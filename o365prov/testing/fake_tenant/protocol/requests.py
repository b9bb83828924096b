"""What a client asked for: the address taken apart, the options, the headers, the body."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from attrs import field, frozen

from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse

LARGEST_BODY = 16 * 1024 * 1024
"""What a body may hold, in bytes."""

_KEY = re.compile(r"^([A-Za-z]+)\((.*)\)$")
_NAMESPACE = re.compile(r"^(?:microsoft\.)?graph\.(?=[A-Za-z]+(?:\(.*\))?$)", re.IGNORECASE)
"""Before the name of an action or a type; ``graph.admin@contoso.com`` is a user's name."""
_ALTERNATE = re.compile(r"(\w+)='(.*)'")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
"""Half of a surrogate pair can be escaped in JSON, but it is not a character and can't be sent back."""
_CASTS = frozenset("user group orgcontact building floor section desk room workspace roomlist".split())


@frozen
class GraphRequest:
    """One request, in a normal form: the odd spellings that Graph takes are gone.

    Attributes:
        method: in capitals.
        base: what links in answers start with: scheme, host and ``/v1.0``, as the client spelled them.
        path: the segments below the base, decoded; ``users('x')`` is two segments, ``delta()`` is ``delta``.
        options: query options, each with its ``$``.
        headers: by lower-case name.
        content: the body.
        named: what the placeholders of the route stand for, filled in by the router.

    """

    method: str
    base: str
    path: tuple[str, ...]
    options: Mapping[str, str] = field(factory=dict)
    headers: Mapping[str, str] = field(factory=dict)
    content: bytes = b""
    named: Mapping[str, str] = field(factory=dict)

    def header(self, name: str, default: str = "") -> str:
        """A header's value, whatever the case of its name."""
        return self.headers.get(name.lower(), default)

    def option(self, name: str) -> str | None:
        """A query option's value, or None."""
        return self.options.get(name)

    @property
    def is_eventual(self) -> bool:
        """Whether the client accepts advanced queries: ``ConsistencyLevel: eventual`` and ``$count=true``."""
        return self.header("consistencylevel").lower() == "eventual" and self.counts

    @property
    def counts(self) -> bool:
        """Whether ``$count=true`` was asked for."""
        return (self.option("$count") or "").lower() == "true"

    @property
    def creates_missing(self) -> bool:
        """Whether what an update does not find shall be created: ``Prefer: create-if-missing``."""
        preferences = self.header("prefer").replace(";", ",").split(",")
        return "create-if-missing" in {each.strip().lower() for each in preferences}

    def link(self, *path: str, **options: str) -> str:
        """An absolute link below the base that the client used; *options* are given without their ``$``."""
        query = "&".join(f"${name}={quote(value, safe='')}" for name, value in options.items())
        return f"{self.base}/{'/'.join(path)}{'?' if query else ''}{query}"

    def json_object(self, *, may_be_empty: bool = False, of: str = "") -> dict[str, Any]:
        """The body as a JSON object, without the ``@odata`` annotations that SDKs add; 400 when it is none.

        Args:
            may_be_empty: whether there need not be one.
            of: the type that it is of, such as ``user``: 400 when it calls itself something else.

        """
        if not self.content.strip():
            if may_be_empty:
                return {}
            raise GraphErrorResponse.malformed("Empty Payload. JSON content expected.")
        unreadable = "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of"
        if "json" not in self.header("content-type").lower():
            raise GraphErrorResponse.malformed(f"{unreadable} valid JSON format.")
        try:
            text = self.content.decode("utf-8-sig")
            body = _without_annotations(json.loads(text, object_pairs_hook=_members, parse_constant=_no_number))
            if _SURROGATE.search(self.content):
                json.dumps(body, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            raise GraphErrorResponse.malformed(f"{unreadable} valid JSON format. ({error})") from None
        if not isinstance(body, dict):
            raise GraphErrorResponse.malformed(f"{unreadable} valid JSON format. (A JSON object is expected.)")
        if of and b"@odata.type" in self.content and self.stated_type.lower() not in {"", of.lower()}:
            raise GraphErrorResponse.malformed(
                f"A resource with type 'microsoft.graph.{self.stated_type}' was found, but it is not assignable to the"
                f" expected type 'microsoft.graph.{of}'. Make sure the type specified in the payload is equal to or a"
                " derived type of the expected type."
            )
        return body

    @property
    def stated_type(self) -> str:
        """The type that the body names itself as, without its namespace; empty without one. The body is an object."""
        stated = json.loads(self.content.decode("utf-8-sig")).get("@odata.type")
        return stated.rpartition(".")[2] if isinstance(stated, str) else ""


@frozen
class GraphReply:
    """What the tenant answers: a status and, unless it is 204, a JSON value."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(factory=dict)


def unpacked(headers: Mapping[str, str], content: bytes) -> bytes:
    """The body as it was before a client compressed it, as some SDKs do unasked; 400 or 415 when that can't be done."""
    encoding = next((value for name, value in headers.items() if name.lower() == "content-encoding"), "identity")
    if encoding.strip().lower() in {"identity", ""}:
        return content
    if encoding.strip().lower() != "gzip":
        raise GraphErrorResponse(
            415, "UnsupportedMediaType", f"Content-Encoding '{encoding}' is not supported; gzip is."
        )
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(content, LARGEST_BODY)
    except zlib.error as error:
        raise GraphErrorResponse.malformed(f"The body is not gzip, as Content-Encoding says ({error}).") from None
    if not unpacker.eof:
        raise GraphErrorResponse.malformed(f"The body is cut off, or holds more than {LARGEST_BODY} bytes.")
    return plain


def read_request(method: str, url: str, headers: Mapping[str, str], content: bytes) -> GraphRequest:
    """Take an absolute address apart; 400 or 501 when it is not one of Graph v1.0."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise GraphErrorResponse.malformed(f"the address {url!r} can't be read: {error}") from None
    if not parts.scheme or not parts.netloc:
        raise GraphErrorResponse.malformed(
            f"the address {url!r} is not absolute; use one such as https://graph.microsoft.com/v1.0/users"
        )
    raw = [segment for segment in parts.path.split("/") if segment]
    if "http:" in raw:  # Microsoft's client for JavaScript puts a link that is not https behind its own base
        raw = raw[raw.index("http:") + 2 :]
    base = f"{parts.scheme}://{parts.netloc}"
    if raw and raw[0].lower() == "v1.0":
        base = f"{base}/{raw.pop(0)}"
    elif raw and raw[0].lower() == "beta":
        raise GraphErrorResponse.unsupported(
            "the fake tenant speaks Microsoft Graph v1.0 only, not beta; use .../v1.0/..."
        )
    return GraphRequest(
        method=method.upper(),
        base=base,
        path=tuple(part for segment in raw for part in _segments(unquote(segment))),
        options=_options(parts.query),
        headers={name.lower(): value for name, value in headers.items()},
        content=content,
    )


def _segments(segment: str) -> tuple[str, ...]:
    """The normal form of one segment: ``users('x')`` → ``users``, ``x``; ``graph.delta()`` → ``delta``.

    A cast keeps its namespace, the long way, so that it is never taken for the key of an object.
    """
    bare = _NAMESPACE.sub("", segment)
    if bare != segment:
        segment = f"microsoft.graph.{bare}" if bare.lower() in _CASTS else bare
    match = _KEY.match(segment)
    if match is None:
        return (segment,)
    name, key = match.groups()
    if not key:
        return (name,)
    if "=" not in key and key[0] == key[-1] == "'":
        key = key[1:-1].replace("''", "'")
    return (name, key)


def alternate_key(key: str) -> tuple[str, str] | None:
    """Name and value of a key such as ``uniqueName='sales'``; None for a plain one."""
    match = _ALTERNATE.fullmatch(key)
    return None if match is None else (match[1], match[2].replace("''", "'"))


def _options(query: str) -> dict[str, str]:
    options: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        dollar = name if name.startswith("$") else f"${name}"  # v1.0 takes options without the dollar sign too
        if dollar in options:
            raise GraphErrorResponse.malformed(
                f"Query option '{dollar}' was specified more than once, but it must be specified at most once."
            )
        if not value.strip():
            raise GraphErrorResponse.malformed(f"The value for OData query '{dollar}' cannot be empty.")
        options[dollar] = value
    return options


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The members of a JSON object; ValueError when two have one name, which OData does not allow."""
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("duplicate property names are not allowed")
    return members


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is not a number of JSON")


def _without_annotations(value: Any) -> Any:
    """Drop ``@odata.type`` and its like, also a property's; keep ``@odata.id`` and ``members@odata.bind``."""
    match value:
        case dict():
            return {
                name: _without_annotations(inner)
                for name, inner in value.items()
                if name == "@odata.id" or not (name.startswith("@odata.") or name.endswith("@odata.type"))
            }
        case list():
            return [_without_annotations(inner) for inner in value]
        case _:
            return value
