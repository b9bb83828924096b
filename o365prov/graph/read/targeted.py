"""Reading a tenant for some people: what their plan asks about, 20 requests in one, until it asks for nothing more.

Sources: Microsoft Graph, "Use the $filter query parameter" (at most 15 clauses), "user resource type", "group resource
type", "orgContact resource type" and "unifiedRoleAssignment resource type" (the operators that each property takes).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import evolve, frozen

from o365prov.errors import CredentialError, GraphError
from o365prov.graph import requests
from o365prov.graph.client.batch import chunks
from o365prov.graph.client.messages import Request, Response
from o365prov.graph.client.sender import Sender
from o365prov.graph.read import decode
from o365prov.graph.read.collections import answers, collected, explaining_403
from o365prov.graph.read.facts import TenantFacts
from o365prov.graph.read.snapshot import of_facts, watermark
from o365prov.graph.setup.permissions import Operation
from o365prov.people import AppUsers
from o365prov.planning import Coverage, HolderKind, Lookup, LookupKind, Needs, TenantSnapshot

_log = logging.getLogger(__name__)

MOST_LOOKUPS = 2_000
"""With more of them all pages of users are the fewer requests."""


@frozen
class _Question:
    """A request for objects of one kind.

    Args:
        field: the field of a snapshot that they belong to.
        request: the request.
        decode: makes an object of a row.
        operation: what the app must be allowed to do.
        holders: whose addresses are unknown if it is not allowed.
        instead: the request without the filter, where no page says which filters are supported.

    """

    field: str
    request: Request
    decode: Callable[[Mapping[str, Any]], Any]
    operation: Operation
    holders: HolderKind | None = None
    instead: Request | None = None


async def some_people(
    sender: Sender, sdk: Any, needs: Needs, facts: TenantFacts, app_users: AppUsers
) -> TenantSnapshot | None:
    """What the tenant holds of the people whom *needs* names, and of whoever has one of their names.

    None if so much is asked about that reading everything takes fewer requests.
    """
    assert needs.lookups is not None  # noqa: S101 - goes with needs.only
    now = sender.rate_limiter.clock.now()
    mark = await watermark(sender, sdk, needs)
    coverage = Coverage(needs.only or ())
    snapshot = of_facts(facts, read_at=now, watermark=mark, coverage=coverage, parts=needs.parts)
    asked_of = needs.lookups(app_users, now)
    while missing := asked_of(snapshot):
        if len(coverage.lookups) + len(missing) > MOST_LOOKUPS:
            _log.info("too much to look up for %d people: reading everything", len(coverage.people))
            return None
        snapshot = await _with_answers(sender, sdk, needs, snapshot, missing)
        coverage = evolve(coverage, lookups=coverage.lookups.union(missing, _known(snapshot, missing)))
        snapshot = evolve(snapshot, coverage=coverage)
    return snapshot


async def _with_answers(
    sender: Sender, sdk: Any, needs: Needs, snapshot: TenantSnapshot, missing: frozenset[Lookup]
) -> TenantSnapshot:
    """The snapshot with what was missing."""
    questions = list(_questions(sdk, needs, missing))
    found: dict[str, Any] = {each.field: [*getattr(snapshot, each.field)] for each in questions}
    unread = set(snapshot.unread_addresses)
    responses = await sender.read_all([each.request for each in questions])
    for question, response in zip(questions, responses, strict=True):
        try:
            found[question.field] += await _objects(sender, question, response)
        except CredentialError as error:
            if question.holders is None or not isinstance(error.__cause__, GraphError):
                raise
            _log.info("%s; plans do not know these addresses", error)
            unread.add(question.holders)
    found = {field: decode.unique(objects) for field, objects in found.items()}
    return evolve(snapshot, unread_addresses=sorted(unread, key=[*HolderKind].index), **found)


async def _objects(sender: Sender, question: _Question, response: Response) -> list[Any]:
    try:
        with explaining_403(question.operation):
            found = [each async for each in answers(sender, question.request, response, question.decode)]
    except GraphError as error:
        if question.instead is None or error.status != 400:
            raise
        _log.info("%s: the filter is refused (%s): reading all", question.request.where, error.code)
        found = [*await collected(sender, question.instead, question.decode, question.operation)]
    return [each for each in found if each is not None]


def _known(snapshot: TenantSnapshot, missing: frozenset[Lookup]) -> Iterator[Lookup]:
    """What is known beside what was missing: the roles of accounts, and ids and usernames of what was found."""
    yield from (Lookup(LookupKind.ROLES, each.key) for each in missing if each.kind is LookupKind.ACCOUNT)
    yield from (Lookup(LookupKind.ACCOUNT, each.id) for each in (*snapshot.users, *snapshot.deleted_users))
    yield from (Lookup(LookupKind.USERNAME, each.username.lower()) for each in snapshot.users)


def _questions(sdk: Any, needs: Needs, missing: frozenset[Lookup]) -> Iterator[_Question]:
    """The requests for what is missing."""
    keys = {kind: sorted(each.key for each in missing if each.kind is kind) for kind in LookupKind}
    ids, anchors = keys[LookupKind.ACCOUNT], keys[LookupKind.ANCHOR]
    of_users = (
        *_clauses("id", ids),
        *_clauses("userPrincipalName", keys[LookupKind.USERNAME]),
        *_clauses("onPremisesImmutableId", anchors),
        *_address_clauses(keys[LookupKind.ADDRESS], ("userPrincipalName", "mail")),
    )
    for where in of_users:
        request = requests.users(sdk, needs.properties, managers=needs.managers, where=where)
        yield _Question("users", request, decode.user, Operation.READ_USERS)
    if needs.deleted_users and keys[LookupKind.DELETED]:
        every = requests.deleted_users(sdk, needs.properties)
        yield _Question("deleted_users", every, decode.user, Operation.READ_DELETED_USERS)
    elif needs.deleted_users:
        for where in (*_clauses("id", ids), *_clauses("onPremisesImmutableId", anchors)):
            some, every = (requests.deleted_users(sdk, needs.properties, each) for each in (where, None))
            yield _Question("deleted_users", some, decode.user, Operation.READ_DELETED_USERS, instead=every)
    if needs.roles:
        for where in _clauses("principalId", sorted({*ids, *keys[LookupKind.ROLES]})):
            request = requests.role_assignments(sdk, where)
            yield _Question("role_assignments", request, decode.role_assignment, Operation.READ_ROLES)
    if needs.addresses:
        for where in _address_clauses(keys[LookupKind.ADDRESS], ("mail",)):
            groups, contacts = requests.mail_groups(sdk, where), requests.contacts(sdk, where)
            yield _Question("addresses", groups, decode.group, Operation.READ_GROUPS, HolderKind.GROUP)
            yield _Question("addresses", contacts, decode.contact, Operation.READ_CONTACTS, HolderKind.CONTACT)


def _clauses(name: str, values: list[str]) -> Iterator[str]:
    """Filters for the objects whose property is one of *values*."""
    for some in chunks(values, requests.MOST_CLAUSES):
        yield requests.one_of(name, some)


def _address_clauses(addresses: list[str], names: tuple[str, ...]) -> Iterator[str]:
    """Filters for the objects that hold one of *addresses*, in these properties or among ``proxyAddresses``."""
    for some in chunks(addresses, requests.MOST_CLAUSES // (len(names) + 1)):
        clauses = [f"{name} eq {requests.literal(each)}" for each in some for name in names]
        clauses += [f"proxyAddresses/any(p:p eq {requests.literal(f'smtp:{each}')})" for each in some]
        yield " or ".join(clauses)
