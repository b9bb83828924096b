"""A plan as JSON text, and back: to be reviewed, kept, and applied on another machine.

The text begins with its format and version, the plan's fingerprint and id, and a digest of all the rest; then comes
every field of the plan, a line for each change, problem and so on, so that two plans can be compared line by line. A
text that its digest does not fit was damaged or edited, and is refused: what is applied is what was reviewed. There are
no secrets in a plan, and so there are none in its text; it does hold the people's values.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, NoReturn

from o365prov.errors import SourceError
from o365prov.planning.model.json_values import Wrong, form_of
from o365prov.planning.model.plan import Plan
from o365prov.rendering import printable

FAMILY, VERSION = "o365prov.plan", 1
FORMAT = f"{FAMILY}/{VERSION}"
LISTED = 20

_HEAD = ("format", "fingerprint", "id", "digest")


def to_json(plan: Plan) -> str:
    """The plan as text that :func:`from_json` reads back to an equal plan."""
    content = form_of(Plan).write(plan)
    head = {"format": FORMAT, "fingerprint": plan.fingerprint, "id": plan.id, "digest": _digest(content)}
    members = {**head, **content}
    return "{\n" + ",\n".join(f"{_text(name)}: {_lines(value)}" for name, value in members.items()) + "\n}\n"


def _lines(value: Any) -> str:
    """The value, with the elements of a list and the members of an object on lines of their own."""
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(map(_text, value)) + "\n]"
    if isinstance(value, dict) and value:
        return "{\n" + ",\n".join(f"{_text(name)}: {_text(member)}" for name, member in value.items()) + "\n}"
    return _text(value)


def _text(value: Any) -> str:
    return json.dumps(value, allow_nan=False)


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def from_json(text: str, *, where: str) -> Plan:
    """Read what :func:`to_json` wrote.

    Raises :class:`~o365prov.errors.SourceError`, whose lines name *where* and the JSON path, with everything that is
    wrong.
    """
    try:
        document = _parse(text, where)
        if not isinstance(document, dict):
            raise SourceError(f"{where}: not a plan ({FORMAT}): name the file that plan.save() wrote")
        _check_format(document, where)
        return _read(document, where)
    except RecursionError as error:
        raise SourceError(f"{where}: nested without end: save the plan again") from error


def _parse(text: str, where: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise SourceError(f"{where}: {place}: not JSON, or cut off ({error.msg}): save the plan again") from error
    except ValueError as error:
        raise SourceError(f"{where}: holds a number that is none ({error}): save the plan again") from error


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


def _check_format(document: dict[str, Any], where: str) -> None:
    found = document.get("format")
    if found == FORMAT:
        return
    if isinstance(found, str) and found.startswith(f"{FAMILY}/"):
        raise SourceError(
            f"{where}: $.format: {found!r}, and this version of o365prov reads {FORMAT}: draw the plan again, or read "
            "it with the version that wrote it"
        )
    raise SourceError(f"{where}: not a plan ({FORMAT}): name the file that plan.save() wrote")


def _read(document: dict[str, Any], where: str) -> Plan:
    content = {name: value for name, value in document.items() if name not in _HEAD}
    try:
        plan: Plan = form_of(Plan).read(content)
    except Wrong as error:
        lines = [_line(where, place, what) for place, what in error.problems[:LISTED]]
        more = len(error.problems) - LISTED
        raise SourceError(*lines, *([f"{where}: ... and {more:,} more"] if more > 0 else [])) from None
    if document.get("digest") != _digest(content):
        raise SourceError(_line(where, ".digest", "does not fit the content, which was damaged or edited"))
    if (document.get("fingerprint"), document.get("id")) != (plan.fingerprint, plan.id):
        raise SourceError(_line(where, ".fingerprint", "is not what this version of o365prov makes of the content"))
    return plan


def _line(where: str, place: str, what: str) -> str:
    return printable(f"{where}: ${place}: {what}: save the plan again, or draw it anew")
