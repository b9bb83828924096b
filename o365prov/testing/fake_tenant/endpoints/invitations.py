"""Invitations: how guests come into a tenant.

Source: Graph "Create invitation". Redeeming is not here: a guest stays ``PendingAcceptance`` until a test says
otherwise. Nobody is mailed.
"""

from __future__ import annotations

import re
from typing import Any

from o365prov.testing.fake_tenant.endpoints.routes import Route
from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.requests import GraphReply, GraphRequest
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.table import Record

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_KINDS = ("Guest", "Member")
_TAKEN = {
    "invitedUserEmailAddress": str,
    "inviteRedirectUrl": str,
    "invitedUserDisplayName": str,
    "invitedUserType": str,
    "sendInvitationMessage": bool,
    "invitedUserMessageInfo": dict,
    "invitedUserSponsors": list,
}
_NOT_HELD = frozenset({"resetRedemption"})


def _invite(directory: Directory, request: GraphRequest) -> GraphReply:
    body = request.json_object()
    _check(body)
    address = body["invitedUserEmailAddress"]
    _check_is_outside(directory, address)
    sponsors = [_sponsor(directory, each) for each in body.get("invitedUserSponsors") or ()]
    guest = _guest(directory, address) or _new_guest(directory, body)
    for each in sponsors:
        if each not in directory.sponsors.targets(guest["id"]):
            directory.sponsors.add(guest["id"], each)
    shown = {
        "@odata.context": f"{request.base}/$metadata#invitations/$entity",
        "id": directory.new_id(),
        "inviteRedeemUrl": f"https://login.microsoftonline.com/redeem?rd={directory.tenant_id}&user={guest['id']}",
        "invitedUserDisplayName": body.get("invitedUserDisplayName"),
        "invitedUserType": guest["userType"],
        "invitedUserEmailAddress": address,
        "sendInvitationMessage": body.get("sendInvitationMessage", False),
        "inviteRedirectUrl": body["inviteRedirectUrl"],
        "status": guest["externalUserState"],
        "invitedUser": {"id": guest["id"]},
    }
    return GraphReply(201, shown)


def _check(body: dict[str, Any]) -> None:
    for name, value in body.items():
        if name in _NOT_HELD:
            raise GraphErrorResponse.unsupported(f"the fake tenant does not support '{name}' of an invitation")
        if name not in _TAKEN:
            raise GraphErrorResponse.malformed(
                f"The property '{name}' does not exist on type 'microsoft.graph.invitation'. Make sure to only use"
                " property names that are defined by the type."
            )
        if value is not None and not isinstance(value, _TAKEN[name]):
            raise GraphErrorResponse.malformed(f"Cannot convert the value of '{name}' to the expected type.")
    for name in ("invitedUserEmailAddress", "inviteRedirectUrl"):
        if not body.get(name):
            raise GraphErrorResponse.malformed(f"The required property '{name}' is missing from the payload.")
    if not _ADDRESS.fullmatch(body["invitedUserEmailAddress"]):
        raise GraphErrorResponse.malformed("The invited user email address is not valid.")
    if body.get("invitedUserType") not in {None, *_KINDS}:
        raise GraphErrorResponse.malformed(f"invitedUserType must be one of {', '.join(_KINDS)}.")


def _check_is_outside(directory: Directory, address: str) -> None:
    domain = directory.domains.get(address.rpartition("@")[2].lower())
    if domain is not None and domain["isVerified"]:
        raise GraphErrorResponse.malformed(
            "The invited user already exists in the directory as object of the domain of the invited user's email"
            f" address, which is verified here: {domain['id']}."
        )


def _sponsor(directory: Directory, sponsor: Any) -> str:
    """The id of the user or group that is to be a sponsor."""
    key = sponsor.get("id") if isinstance(sponsor, dict) else None
    if not isinstance(key, str):
        raise GraphErrorResponse.malformed("A sponsor of an invitation needs the id of a user or a group.")
    found = directory.users.get(key.lower()) or directory.groups.get(key.lower())
    if found is None:
        raise GraphErrorResponse.not_found(key)
    return str(found["id"])


def _guest(directory: Directory, address: str) -> Record | None:
    """The guest with this address who was invited before."""
    return directory.find_user(_principal_name(directory, address))


def _principal_name(directory: Directory, address: str) -> str:
    initial = next(name for name, domain in directory.domains.items() if domain["isInitial"])
    return f"{address.replace('@', '_')}#EXT#@{initial}"


def _new_guest(directory: Directory, body: dict[str, Any]) -> Record:
    address, now = body["invitedUserEmailAddress"], directory.now
    name = _principal_name(directory, address)
    record = {
        "id": directory.new_id(),
        "accountEnabled": True,
        "createdDateTime": now,
        "creationType": "Invitation",
        "displayName": body.get("invitedUserDisplayName") or address.partition("@")[0],
        "externalUserState": "PendingAcceptance",
        "externalUserStateChangeDateTime": now,
        "mail": address,
        "mailNickname": name.partition("@")[0],
        "otherMails": [address],
        "proxyAddresses": [f"SMTP:{address}"],
        "signInSessionsValidFromDateTime": now,
        "userPrincipalName": name,
        "userType": body.get("invitedUserType") or "Guest",
    }
    directory.create("user", record)
    return record


ROUTES = (Route("POST", "/invitations", _invite, "Invite a guest", source="invitation-post"),)
