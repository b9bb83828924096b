"""Looking at an account: was a write done of which no answer says so?

Every kind of write has something in the tenant that tells: the account that it made, the values that it set, the
licences, the role, the manager, the instant from which sessions are valid.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, assert_never

from o365prov.errors import TenantError
from o365prov.graph import requests
from o365prov.graph.client.messages import Request, Response
from o365prov.graph.read import decode
from o365prov.planning import (
    AssignLicenses,
    BlockSignIn,
    Change,
    CreateUser,
    DeleteUser,
    EnableSignIn,
    GrantRole,
    LicenseAddition,
    LicenseRemoval,
    LinkUser,
    Remember,
    RemoveLicenses,
    RemoveManager,
    RemoveRole,
    RestoreUser,
    RevokeSessions,
    SetManager,
    TenantUser,
    UpdateUser,
)

_NOT_GRAPHS = "the answer is not one of Graph's; look for a proxy that answers for Graph"


def look_requests(change: Change, sdk: Any, object_id: str | None) -> tuple[Request, ...]:
    """The requests whose answers tell whether *change* was made; *object_id* is the account, None for a new one.

    A new account is looked for by its username, at its own address: an index of values may be behind. By its anchor,
    for which there is only an index, another account may be found that has it.
    """
    if not isinstance(change, CreateUser):
        return (_look_request(change, sdk, object_id or ""),)
    if change.invitation is not None:
        return (requests.users_where(sdk, "mail", change.invitation.address),)
    named = requests.user_named(sdk, change.subject.username)
    anchor = change.properties.get("onPremisesImmutableId")
    return (named, requests.users_where(sdk, "onPremisesImmutableId", anchor)) if anchor else (named,)


def _look_request(change: Change, sdk: Any, account: str) -> Request:
    match change:
        case GrantRole() | RemoveRole():
            return requests.role_assignments(sdk, f"principalId eq {requests.literal(account)}")
        case SetManager() | RemoveManager():
            return requests.user_with_manager(sdk, account)
        case UpdateUser():
            return requests.one_user(sdk, account, [each.name for each in change.properties])
        case _:
            return requests.one_user(sdk, account, ())


_SENT = ("displayName", "mailNickname", "onPremisesImmutableId")


def created_account(change: CreateUser, responses: Iterable[Response]) -> str | None:
    """The id of the account that the create made; one that lacks any of the names that were sent is somebody else's."""
    sent = change.properties
    try:
        for row in _found(responses):
            if change.invitation is not None:
                return str(row["id"]) if "#EXT#" in row["userPrincipalName"].upper() else None
            same = all(row.get(name) == sent.get(name) for name in _SENT)
            if same and row["userPrincipalName"].lower() == sent["userPrincipalName"].lower():
                return str(row["id"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return None


def is_anothers(change: CreateUser, responses: Iterable[Response]) -> bool:
    """Whether somebody else's account has what the create would have had."""
    responses = tuple(responses)
    try:
        return created_account(change, responses) is None and any(True for _ in _found(responses))
    except (ValueError, KeyError, TypeError):
        return False


def _found(responses: Iterable[Response]) -> Iterator[Any]:
    """The accounts in the answers to the requests for a new one."""
    for response in responses:
        if response.ok:
            document = response.json()
            yield from document.get("value", (document,))


def is_made(
    change: Change, response: Response, *, manager_id: str | None = None, since: datetime | None = None
) -> bool:
    """Whether the answer to :func:`look_requests` says that *change* was made; creates are :func:`created_account`.

    Args:
        change: the change.
        response: the answer, good or 404.
        manager_id: the manager's account, if the change sets a manager.
        since: when the request was sent.

    Raises:
        TenantError: the answer is not one of Graph's.

    """
    if response.status == 404:
        return isinstance(change, DeleteUser | RemoveRole | RemoveManager | RemoveLicenses)
    row = _row(response)
    try:
        return _shows(change, row, manager_id, since)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TenantError(f"{_NOT_GRAPHS} ({type(error).__name__}: {error})") from error


def _shows(change: Change, row: Mapping[str, Any], manager_id: str | None, since: datetime | None) -> bool:
    match change:
        case GrantRole(role_id=role_id):
            return role_id in _roles(row)
        case RemoveRole(role_id=role_id):
            return role_id not in _roles(row)
        case UpdateUser(properties=properties):
            return all(
                decode.plain_value(decode.property_of(row, each.name)) == decode.plain_value(each.after)
                for each in properties
            )
        case CreateUser() | LinkUser() | Remember() | DeleteUser():
            return False
        case _:
            return _is_so(change, decode.user(row), manager_id, since)


def _is_so(
    change: RestoreUser
    | EnableSignIn
    | BlockSignIn
    | AssignLicenses
    | RemoveLicenses
    | SetManager
    | RemoveManager
    | RevokeSessions,
    user: TenantUser,
    manager_id: str | None,
    since: datetime | None,
) -> bool:
    match change:
        case RestoreUser():
            return True
        case EnableSignIn():
            return user.enabled
        case BlockSignIn():
            return not user.enabled
        case AssignLicenses(add=add, remove=remove):
            return _licensed(user, add, remove)
        case RemoveLicenses(remove=remove):
            return _licensed(user, (), remove)
        case SetManager():
            return user.manager_id == (change.manager_id or manager_id)
        case RemoveManager():
            return user.manager_id is None
        case RevokeSessions(desired=desired):
            ended, wanted = user.sessions_valid_from, desired or since
            return ended is not None and wanted is not None and ended >= wanted
        case _:
            assert_never(change)


def _licensed(user: TenantUser, add: tuple[LicenseAddition, ...], remove: tuple[LicenseRemoval, ...]) -> bool:
    direct = {each.sku_id: each.disabled_plans for each in user.licenses if each.inherited_from is None}
    return all(direct.get(each.sku_id) == frozenset(each.disabled_plans) for each in add) and not any(
        each.sku_id in direct for each in remove
    )


def _roles(row: Mapping[str, Any]) -> set[str]:
    found = (decode.role_assignment(each) for each in decode.rows(row, "the roles of an account"))
    return {each.role_id for each in found if each is not None}


def _row(response: Response) -> Mapping[str, Any]:
    try:
        row = response.json()
    except ValueError:
        row = None
    if not isinstance(row, dict):
        raise TenantError(_NOT_GRAPHS)
    return row
