"""Digests of what a state holds: what was damaged is seen, and with a key also what somebody edited.

Each row has a digest of its values. What belongs together has a total too, which changes with every row that comes,
changes or goes; so a row that is lost, or is older than the others, is seen as well.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence

from o365prov.errors import StateError

NOTHING = "0" * 32
"""The total of no rows."""


class Seal:
    """Makes digests.

    Args:
        key: a secret with which nobody else can make them; None for digests that only show damage.

    """

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key

    def of(self, values: Iterable[object], text: str = "") -> str:
        """The digest of values, in their order, and of a long *text*, which is quicker than one among the values."""
        content = repr(tuple(values)).encode()  # escapes what is not printable, half characters among it
        if text:
            content += text.encode()
        if self._key is None:
            return hashlib.sha256(content).hexdigest()[:32]
        return hmac.digest(self._key, content, "sha256").hex()[:32]

    def check(self, row: Sequence[object], where: str) -> None:
        """Refuse a row whose last value is not the digest of the others.

        Raises:
            StateError: it was damaged, edited, or written with another key.

        """
        if self.of(row[:-1]) != row[-1]:
            raise damaged(where)

    def check_all(self, rows: Sequence[Sequence[object]], total: str, where: str) -> None:
        """Refuse rows of which one is not what was written, or which are not all of them.

        Raises:
            StateError: a row was damaged, edited, lost or added.

        """
        if any(self.of(row[:-1]) != row[-1] for row in rows):
            raise damaged(where)
        if total_of(NOTHING, (str(row[-1]) for row in rows)) != total:
            raise damaged(where)

    def __repr__(self) -> str:
        return "Seal()"


def total_of(total: str, digests: Iterable[str]) -> str:
    """The total after the rows with these digests came or went: doing it again undoes it."""
    number = int(total, 16)
    for digest in digests:
        number ^= int(digest, 16)
    return f"{number:032x}"


def damaged(where: str) -> StateError:
    """The error for a state that does not hold what was written."""
    return StateError(
        f"{where}: does not fit its digest: it was damaged or edited, or was written with another key; "
        "restore the state from a backup, or begin a new one and match the accounts again"
    )
