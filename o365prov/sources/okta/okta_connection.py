"""The one module that uses Okta's SDK: requests to Okta's API, of which JSON comes back.

The SDK signs in, with an API token or a client's private key, waits where Okta limits the rate, and tries again. Its
models are not used: Okta's own JSON goes to the readers of exports. How requests are sent is ours, because the SDK's
own way logs the headers with the token in them, and has no limit for an answer.

Sources: Okta developer pages, "Core Okta API: pagination, errors", "Rate limits: best practices", "Implement OAuth for
Okta with a service app".
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from importlib import import_module
from typing import Any

from attrs import field, frozen

from o365prov._proxies import environment_proxy
from o365prov.errors import Issue, SourceError, one_line
from o365prov.structuring import IssueList, JsonObject, UnreadableError, kind_of, okta_error, parse_json

_MOST_PAGES = 100_000
_MOST_BYTES = 64 * 2**20
_LONGEST_WAIT = 300
_RETRIES = 5
_READ_AGAIN = "read again; if it stays so, ask Okta's support"
_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{1,60}")


@frozen
class OktaServer:
    """Where an Okta organisation is, and who asks.

    Args:
        url: the address of the organisation.
        token: an API token; None where a client signs in.
        client_id: the id of a service app.
        private_key: its key, in PEM or as a JSON Web Key.
        scopes: what it asks for.
        timeout: how many seconds an answer may take.

    """

    url: str
    token: str | None = field(repr=False)
    client_id: str | None
    private_key: str | None = field(repr=False)
    scopes: tuple[str, ...]
    timeout: int

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[OktaConnection]:
        """A connection, which closes at the end of an ``async with`` block.

        Raises:
            SourceError: Okta's SDK is not installed, or the private key can't be used.

        """
        try:
            executor = import_module("okta.request_executor").RequestExecutor
            no_cache = import_module("okta.cache.no_op_cache").NoOpCache
            aiohttp = import_module("aiohttp")
        except ImportError:
            remedy = "install it: pip install 'o365prov[okta]'"
            raise self.error("missing", "reading Okta needs its SDK", remedy) from None
        if self.client_id is not None:
            self._check_key()
        proxy = environment_proxy(self._host) if self.url.startswith("https:") else None
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self.timeout)) as session:
            yield OktaConnection(
                self, executor(self._config, no_cache(), lambda config: _Transport(config["headers"], session, proxy))
            )

    @property
    def _host(self) -> str:
        return self.url.partition("://")[2].partition(":")[0]

    def _check_key(self) -> None:
        """Refuse a key that can't sign, before the SDK uses it; what it says of it may show parts of the key."""
        try:
            import_module("okta.jwt").JWT.get_PEM_JWK(self.private_key)
        except Exception:  # noqa: BLE001 - whatever is wrong with it
            remedy = "pass an RSA key in PEM or as a JSON Web Key"
            raise self.error("refused", "the client's private key can't be used", remedy) from None

    @property
    def _config(self) -> dict[str, Any]:
        """The settings of the SDK, as far as it reads them; none comes from the environment or from its files."""
        signs_in: dict[str, Any] = (
            {"authorizationMode": "SSWS", "token": self.token}
            if self.client_id is None
            else {
                "authorizationMode": "PrivateKey",
                "clientId": self.client_id,
                "privateKey": self.private_key,
                "scopes": list(self.scopes),
                "oauthTokenRenewalOffset": 5,
            }
        )
        return {"client": {"orgUrl": self.url, "rateLimit": {"maxRetries": _RETRIES}, **signs_in}}

    def error(self, code: str, message: str, remedy: str, path: str = "") -> SourceError:
        """An error about this server; its place is the address, and no secret is in it."""
        return SourceError(Issue(code, one_line(message), remedy, f"{self.url}{path.partition('?')[0]}"))


class _AnswerError(Exception):
    """An answer that is not waited for or not read to its end; the message completes "Okta ..."."""


class _Transport:
    """Sends the requests of the SDK, which makes one of these with its headers.

    Args:
        headers: those of every request.
        session: aiohttp's.
        proxy: the proxy on the way; None for none.

    """

    def __init__(self, headers: Mapping[str, str], session: Any, proxy: str | None) -> None:
        self._headers = headers
        self._session = session
        self._proxy = proxy

    async def send_request(self, request: Mapping[str, Any]) -> tuple[Any, Any, str, None]:
        """Send one, and give the answer with its text."""
        url = request["url"]
        async with self._session.request(
            request["method"],
            url,
            headers={**self._headers, **request["headers"]},
            data=request["form"] or None,
            proxy=self._proxy,
            allow_redirects=False,
        ) as answer:
            if answer.status == 429:
                _check_wait(answer.headers)
            content = bytearray()
            async for chunk in answer.content.iter_any():
                content += chunk
                if len(content) > _MOST_BYTES:
                    raise _AnswerError(f"gave an answer of more than {_MOST_BYTES // 2**20} MiB")
            return answer.request_info, answer, content.decode(), None


def _check_wait(headers: Mapping[str, str]) -> None:
    """Refuse to wait for hours: the SDK waits until the time that Okta names, whatever it is."""
    reset, now = headers.get("X-Rate-Limit-Reset", ""), _date(headers)
    if now is None or not reset.isdecimal() or int(reset) > now.timestamp() + _LONGEST_WAIT:
        raise _AnswerError("limits the rate, and does not say for how long, or for too long")


def _date(headers: Mapping[str, str]) -> datetime | None:
    try:
        return parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None


class OktaConnection:
    """An open connection to an Okta organisation.

    Args:
        server: where it leads to.
        executor: the SDK's.

    """

    def __init__(self, server: OktaServer, executor: Any) -> None:
        self._server = server
        self._executor = executor
        self.began: datetime | None = None  # when Okta gave the first answer, by its clock

    async def records(self, path: str, issues: IssueList) -> AsyncIterator[JsonObject]:
        """The objects of a list, page after page; what is not an object is noted.

        Args:
            path: the path of the list with its query.
            issues: where issues are noted.

        Raises:
            SourceError: Okta did not answer, refused, or answered with something else than a list.

        """
        following: str | None = path
        for number in range(1, _MOST_PAGES + 1):
            if following is None:
                return
            answer, text = await self._ask(following)
            if answer.status == 404:
                raise self._refused(answer, text, path)
            page = self._parsed(text, path)
            if not isinstance(page, list):
                raise self._server.error("wrong_type", f"gave {kind_of(page)}, not a list", _READ_AGAIN, path)
            for position, element in enumerate(page):
                place = f"{path.partition('?')[0]} page {number}: $[{position}]"
                if isinstance(element, dict):
                    yield JsonObject(element, place, issues, _READ_AGAIN)
                else:
                    issues.note(place, f"should be an object, not {kind_of(element)}", _READ_AGAIN, code="wrong_type")
            following, before = self._following(answer, path), following
            if following == before:
                break
        raise self._server.error("too_long", "gave pages without an end", _READ_AGAIN, path)

    async def record(self, path: str, issues: IssueList) -> JsonObject | None:
        """One object; None if there is none.

        Args:
            path: its path.
            issues: where issues of it are noted.

        Raises:
            SourceError: Okta did not answer, refused, or answered with something else than an object.

        """
        answer, text = await self._ask(path)
        if answer.status == 404:
            return None
        found = self._parsed(text, path)
        if not isinstance(found, dict):
            raise self._server.error("wrong_type", f"gave {kind_of(found)}, not an object", _READ_AGAIN, path)
        return JsonObject(found, f"{path}: $", issues, _READ_AGAIN)

    async def _ask(self, path: str) -> tuple[Any, str]:
        """The answer with its text: a good one, or that there is nothing."""
        server = self._server
        try:
            request, error = await self._executor.create_request("GET", path)
            answer, text = None, ""
            if error is None:
                _, answer, text, _ = await self._executor.fire_request(request)
        except _AnswerError as problem:
            raise server.error("unreachable", f"Okta {problem}", "read again later", path) from None
        except Exception as problem:  # noqa: BLE001 - the SDK's and aiohttp's errors can't be named without loading them
            raise self._unreachable(problem, path) from None
        if answer is None:
            raise self._not_signed_in(error)
        self.began = self.began or _date(answer.headers)
        if answer.status not in (200, 404):
            raise self._refused(answer, text, path)
        return answer, text

    def _parsed(self, text: str, path: str) -> object:
        issues = IssueList(f"{self._server.url}{path.partition('?')[0]}")
        try:
            found = parse_json(text, issues, _READ_AGAIN)
        except UnreadableError:
            found = None
        issues.raise_if_any()
        return found

    def _following(self, answer: Any, path: str) -> str | None:
        """The path of the next page; None if there is none. The token goes to no other server."""
        link = answer.links.get("next")
        if link is None:
            return None
        url = link["url"]
        if url.origin() != answer.url.origin():
            raise self._server.error("wrong_value", "gave a page of another server", _READ_AGAIN, path)
        return str(url.raw_path_qs)

    def _refused(self, answer: Any, text: str, path: str) -> SourceError:
        try:
            code = okta_error(json.loads(text))
        except (ValueError, RecursionError):
            code = None
        asked = answer.headers.get("X-Okta-Request-Id", "")
        request_id = f", request {asked}" if _REQUEST_ID.fullmatch(asked) else ""
        remedy = _REMEDIES.get(answer.status, "read again later")
        kind = "not_found" if answer.status == 404 else "refused"
        said = f"answered {answer.status}{f' {code}' if code else ''}{request_id}"
        return self._server.error(kind, said, remedy, path)

    def _not_signed_in(self, error: Any) -> SourceError:
        """Okta's token endpoint said no; what it says of it may name the client, and is not shown."""
        code = getattr(error, "error_code", "")
        said = code if isinstance(code, str) and re.fullmatch(r"[a-z_]{1,40}", code) else type(error).__name__
        remedy = _TOKEN_REMEDIES.get(said, "check the client's id, its key and the scopes that it was granted")
        return self._server.error("refused", f"did not let the client in ({said})", remedy)

    def _unreachable(self, problem: Exception, path: str) -> SourceError:
        kind = type(problem).__name__
        if "Certificate" in kind:
            return self._server.error(
                "certificate", "the certificate of the server is not trusted", "check the address"
            )
        return self._server.error(
            "unreachable", f"can't be reached ({kind})", "check the address and the network", path
        )


_REMEDIES = {
    401: "check the API token: it ends with thirty days without use, and with the administrator who made it",
    403: "give the administrator or the client the right to read this",
    404: "check the id of the app",
    429: "read again later, or at a time when fewer others ask",
}
"""What to do, by the status of the answer."""

_TOKEN_REMEDIES = {
    "invalid_client": "check the client's id and that its public key is known to Okta",
    "invalid_dpop_proof": 'switch off "Require DPoP" for the client in Okta',
    "invalid_scope": "grant the client the scopes that are read",
}
"""What to do, by the error of the token endpoint.

Source: Okta developer pages, "OpenID Connect & OAuth 2.0 API: error handling".
"""
