"""Safeguards: how many accounts one plan may harm before it needs a confirmation, and what counts as harm."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

from attrs import Attribute, field, frozen

from o365prov._annotations import check_call, is_number
from o365prov._fields import fraction, frozen_mapping, member, whole_number, wrong

RECENT = timedelta(days=7)
"""How long people who left count together with those who leave now."""


class Harm(StrEnum):
    """What can hurt the person whose account changes; each kind has its own share.

    ``LEFT`` counts people who leave now or left in the last seven days, whether or not something is taken from them;
    who had left when a plan in which many leave was confirmed is counted no longer. ``LICENSES_REMOVED`` counts
    also licences that are replaced and service plans that are switched off.
    """

    BLOCKED = "blocked"
    DELETED = "deleted"
    LEFT = "left"
    LICENSES_REMOVED = "licenses_removed"
    ROLES_REMOVED = "roles_removed"
    ROLES_GRANTED = "roles_granted"
    RENAMED = "renamed"
    MOVED = "moved"
    CLEARED = "cleared"
    ANCHOR_CHANGED = "anchor_changed"
    ENABLED = "enabled"
    SESSIONS_ENDED = "sessions_ended"
    HANDED_OVER = "handed_over"

    @property
    def words(self) -> str:
        """What happens, for people."""
        return _WORDS[self]


_WORDS: Mapping[Harm, str] = {
    Harm.BLOCKED: "sign-in blocked",
    Harm.DELETED: "deleted",
    Harm.LEFT: f"people who left within {RECENT.days} days",
    Harm.LICENSES_REMOVED: "licences or service plans taken away",
    Harm.ROLES_REMOVED: "roles taken away",
    Harm.ROLES_GRANTED: "roles granted",
    Harm.RENAMED: "renamed",
    Harm.MOVED: "moved to another domain",
    Harm.CLEARED: "attributes cleared",
    Harm.ANCHOR_CHANGED: "source anchor changed",
    Harm.ENABLED: "enabled or restored",
    Harm.SESSIONS_ENDED: "sessions ended",
    Harm.HANDED_OVER: "handed over to another person",
}


def _by_harm(values: object) -> Any:
    """The shares by kind; what is not a kind of harm passes, for the validator to refuse."""
    if not isinstance(values, Mapping):
        return values
    return frozen_mapping({member(Harm, name): share for name, share in values.items()})


def _shares(owner: object, field: Attribute[Any], value: object) -> None:
    if not isinstance(value, Mapping) or not all(isinstance(name, Harm) for name in value):
        raise wrong(owner, field, f"shares by kind of harm ({', '.join(Harm)})", value)
    for share in value.values():
        if not is_number(share) or not 0 <= share <= 1:
            raise wrong(owner, field, "shares from 0 to 1, such as 0.2 for 20 %", share)


@frozen(kw_only=True)
class Safeguards:
    """Limits on how many accounts one plan may harm; a plan beyond them must be confirmed.

    Each kind of :class:`Harm` is counted on its own, once a person, against all linked accounts that are in use.

    Args:
        share: the share of the linked accounts, from 0 to 1, for each kind of harm.
        from_accounts: from how many linked accounts on shares count.
        count: the most accounts for each kind of harm, however many are linked.
        shares: shares of their own for some kinds of harm; with 1 the share of that kind is never exceeded.

    Sources: Okta, "Import safeguard" (20 %); Microsoft Entra Connect, "Prevent accidental deletes" (500).

    >>> safeguards = Safeguards(shares={Harm.SESSIONS_ENDED: 0.5})
    >>> safeguards.share_of(Harm.BLOCKED), safeguards.share_of(Harm.SESSIONS_ENDED)
    (0.2, 0.5)

    """

    share: float = field(default=0.20, validator=fraction)
    from_accounts: int = field(default=5, validator=whole_number())
    count: int = field(default=500, validator=whole_number())
    shares: Mapping[Harm, float] = field(factory=dict, converter=_by_harm, validator=_shares, hash=False)

    def share_of(self, harm: Harm) -> float:
        """The share that holds for this kind of harm."""
        check_call(Safeguards.share_of, locals())
        return self.shares.get(harm, self.share)
