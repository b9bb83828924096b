"""What only the requests for new accounts have: first passwords, and invitations of guests.

Sources: Microsoft Graph, "Create user", "Create invitation" and the resource ``invitation``.
"""

from __future__ import annotations

import secrets
import string
from typing import Any

from o365prov.planning import Invitation


def invitation_body(invitation: Invitation, name: str) -> dict[str, Any]:
    """The body of an invitation. Inviting somebody again gives the same account, and changes nothing."""
    body: dict[str, Any] = {
        "invitedUserEmailAddress": invitation.address,
        "invitedUserDisplayName": name,
        "inviteRedirectUrl": invitation.redirect_url,
        "sendInvitationMessage": invitation.sends_message,
    }
    if invitation.message:
        body["invitedUserMessageInfo"] = {"customizedMessageBody": invitation.message}
    if invitation.sponsor_id:
        body["invitedUserSponsors"] = [{"@odata.type": "#microsoft.graph.user", "id": invitation.sponsor_id}]
    return body


def password_profile(password: str | None, *, federated: bool) -> dict[str, Any]:
    """The first password: *password*, or a random one that is not stored anywhere.

    Graph requires one even in a federated domain, where it is never used; there it need not be changed either.
    """
    return {"password": password or strong_password(), "forceChangePasswordNextSignIn": not federated}


_CLASSES = (string.ascii_uppercase, string.ascii_lowercase, string.digits, "!#$%*-?@_")


def strong_password(length: int = 32) -> str:
    """A random password of *length* (at least 8, at most 256) characters with all four classes that Entra counts.

    Source: Microsoft, "Password policies and account restrictions in Microsoft Entra ID".
    """
    characters = [secrets.choice(each) for each in _CLASSES]
    characters += [secrets.choice("".join(_CLASSES)) for _ in range(length - len(characters))]
    secrets.SystemRandom().shuffle(characters)
    return "".join(characters)
