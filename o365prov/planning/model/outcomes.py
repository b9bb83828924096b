"""How each change of a plan ended."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

from o365prov._fields import typed
from o365prov.planning.model.changes import Change


class Result(StrEnum):
    """How one change ended."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


@frozen(field_transformer=typed)
class Outcome:
    """How one change ended, with what is needed to find out why.

    Args:
        change: the change.
        result: how it ended.
        object_id: the account that was written; None if there is none.
        message: why it failed or was skipped, and what to do; empty if it was done.
        request_id: Graph's id of the request, which Microsoft support asks for; empty if there was no request.

    """

    change: Change
    result: Result
    object_id: str | None = None
    message: str = ""
    request_id: str = ""
