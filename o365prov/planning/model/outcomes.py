"""How each change of a plan ended."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

from o365prov.planning.model.changes import Change


class Result(StrEnum):
    """How one change ended."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


@frozen
class Outcome:
    """How one change ended: *message* says why it failed or was skipped and what to do.

    *object_id* is the account that was written, where there is one; *request_id* what Graph calls the request.
    """

    change: Change
    result: Result
    object_id: str | None = None
    message: str = ""
    request_id: str = ""
