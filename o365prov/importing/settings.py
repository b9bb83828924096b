"""What an import may do: which accounts and groups it takes, how it finds their people, and where it stops."""

from __future__ import annotations

from enum import StrEnum

from attrs import field, frozen

from o365prov._fields import fraction, whole_number


class ImportGroups(StrEnum):
    """Okta's checkbox "Import Groups": whether groups are imported, and what becomes of those imported before.

    ``NOW`` imports them, Okta's default. ``LATER`` leaves everything about groups as it is, before the box is ticked
    for the first time. ``NEVER`` is the box unticked: groups that were imported are removed, with the assignments that
    hang on them, once that is confirmed.

    Source: Okta, "Provision users to Office 365" and "Skip importing groups during Office 365 user provisioning".
    """

    NOW = "now"
    LATER = "later"
    NEVER = "never"


class ExactMatch(StrEnum):
    """When an imported account is an exact match: "Imported user is an exact match to Okta user if".

    Source: Okta, "Edit app provisioning settings"; an accepted answer of Okta's support (username or e-mail).
    """

    USERNAME = "username"
    EMAIL = "email"
    USERNAME_OR_EMAIL = "username_or_email"
    ATTRIBUTES = "attributes"


class OktaUsername(StrEnum):
    """What the Okta username of an imported account is: "Okta username format" of the tab To Okta."""

    USER_PRINCIPAL_NAME = "user_principal_name"
    EMAIL = "email"


class ImportObstacle(StrEnum):
    """Why Okta does not import an account.

    Source: Okta support, "Microsoft Office 365 user import requirements": an account must be allowed to sign in, have a
    licence, and have a first name, a last name and an e-mail address. That unlicensed accounts can be imported is the
    most wanted idea there (195908).
    """

    DISABLED = "disabled"
    UNLICENSED = "unlicensed"
    NAMELESS = "nameless"
    WITHOUT_EMAIL = "without_email"

    @property
    def words(self) -> str:
        """The obstacle, as what is the case about an account."""
        return _WORDS[self]


_WORDS = {
    ImportObstacle.DISABLED: "its sign-in is blocked",
    ImportObstacle.UNLICENSED: "it has no licence",
    ImportObstacle.NAMELESS: "its first or last name is empty",
    ImportObstacle.WITHOUT_EMAIL: "its e-mail address is empty",
}


@frozen(kw_only=True)
class ImportSafeguard:
    """How much one import may remove before it needs a confirmation.

    Args:
        app_share: the share of the app's assignments, from 0 to 1, that one import may remove.
        org_share: the same of the organisation's assignments to all its apps, which are counted if the caller gives
            their number and it is 100 at least.
        from_users: from how many assignments of the app on *app_share* counts.
        member_share: the share of one group's members that may be removed, and of the imported groups.
        from_members: from how many members, or groups, on *member_share* counts.

    Sources: Okta, "Import safeguards": 20 % at both levels.

    Decisions where the sources differ: an older copy pauses an import that removes more than the share, a newer one
    stops where it is reached; here it takes more. Okta counts apps with more than 100 users only; here an app counts
    from five on, as for plans, because a tenant that is read as empty hurts a small organisation just as much. The
    members of groups have no safeguard in Okta.

    >>> ImportSafeguard(from_users=101).app_share
    0.2

    """

    app_share: float = field(default=0.20, validator=fraction)
    org_share: float = field(default=0.20, validator=fraction)
    from_users: int = field(default=5, validator=whole_number())
    member_share: float = field(default=0.20, validator=fraction)
    from_members: int = field(default=5, validator=whole_number())
