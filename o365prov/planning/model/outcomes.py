"""How each change of a plan ended."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

from o365prov._fields import typed
from o365prov.planning.model.changes import Change


class Result(StrEnum):
    """How one change ended.

    - ``done``: it was made, or was so already.
    - ``failed``: it was not made, or an update only in part; the next plan has what is missing.
    - ``unknown``: it may have been made or not, because no answer came and the account could not be looked at either;
      the next plan compares the account with the tenant.
    - ``skipped``: it was not tried.
    """

    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


@frozen(field_transformer=typed)
class UnwrittenProperty:
    """A property that an update could not write.

    Args:
        name: Graph's name of the property; dots lead into a complex one.
        message: why not, and what to do.
        request_id: Graph's id of the request that failed, which Microsoft support asks for; empty if there is none.

    """

    name: str
    message: str
    request_id: str = ""


@frozen(field_transformer=typed)
class Outcome:
    """How one change ended, with what is needed to find out why.

    Where Graph refuses an update of several properties, they are sent again in parts; the update has failed if any of
    them is not written then.

    Args:
        change: the change.
        result: how it ended.
        object_id: the account that was written; None if there is none.
        message: why it failed, is not known or was skipped, and what to do; of what was done, what to know about it.
        request_id: Graph's id of the request, which Microsoft support asks for; empty if there was no request.
        written: Graph's names of the properties that were written all the same by an update that failed.
        unwritten: the properties that were not, where an update was sent in parts.

    """

    change: Change
    result: Result
    object_id: str | None = None
    message: str = ""
    request_id: str = ""
    written: tuple[str, ...] = ()
    unwritten: tuple[UnwrittenProperty, ...] = ()
