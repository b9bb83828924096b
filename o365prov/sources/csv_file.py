"""People from a CSV file, where neither Okta nor a directory is at hand.

The header names Okta profile attributes. Three columns are not attributes: ``id`` (required, and the same in every
run), ``status`` (``ACTIVE`` if it is empty or absent) and ``passwordChanged`` (an ISO 8601 instant).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from o365prov._annotations import check_call
from o365prov.errors import ConfigurationError
from o365prov.people import Person, UserStatus
from o365prov.structuring import IssueList, StrPath, UnreadableError, parse_instant, read_text

_REQUIRED = ("id", "login")
_STATUSES = frozenset(UserStatus)


def read_people(path: StrPath, *, delimiter: str = ",") -> tuple[Person, ...]:
    """Read people from a CSV file in UTF-8 with a header row, one person a row; an empty cell is null.

    Args:
        path: the file.
        delimiter: the character between cells.

    Raises:
        SourceError: everything that is wrong: columns that are missing or repeated, rows of another length, empty or
            repeated ids, unknown statuses, wrong instants.

    Source: RFC 4180; Okta developer pages, "Users API", for the attribute names.

    """
    check_call(read_people, locals())
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise ConfigurationError(f"delimiter should be one character, such as ',' or ';', not {delimiter[:20]!r}")
    issues = IssueList(str(path))
    people: dict[str, Person] = {}
    lines: dict[str, int] = {}
    for line, row in _rows(path, delimiter, issues):
        person = _person(line, row, issues)
        if person is not None and person.id in people:
            issues.note(
                f"line {line}", f"has the same id as line {lines[person.id]}", "keep one of them", code="duplicate"
            )
        elif person is not None:
            people[person.id] = person
            lines[person.id] = line
    issues.raise_if_any()
    return tuple(people.values())


def _rows(path: StrPath, delimiter: str, issues: IssueList) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row by column name, with the line on which it begins."""
    try:
        text = read_text(path, issues)
    except UnreadableError:
        return
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        header = [name.strip() for name in next(reader, [])]
        if not _is_usable(header, delimiter, issues):
            return
        begins = reader.line_num + 1
        for cells in reader:
            if len(cells) == len(header):
                yield begins, dict(zip(header, cells, strict=True))
            elif cells:
                issues.note(
                    f"line {begins}",
                    f"has {len(cells)} cells for {len(header)} columns",
                    "check the quotes",
                    code="damaged",
                )
            begins = reader.line_num + 1
    except csv.Error as error:
        issues.note(f"line {begins}", f"is not CSV ({error})", "check the quotes", code="damaged")


def _is_usable(header: list[str], delimiter: str, issues: IssueList) -> bool:
    before = issues.count
    for name in _REQUIRED:
        if name not in header:
            other = next((mark for mark in ";\t," if mark != delimiter and mark in "".join(header)), None)
            hint = f"pass delimiter={other!r}" if other else "add it to the header, which names Okta profile attributes"
            issues.note("line 1", f"the column {name} is missing", hint, code="missing")
    for name in sorted({name for name in header if header.count(name) > 1}):
        issues.note(
            "line 1", f"the column {name!r} is there {header.count(name)} times", "keep one of them", code="duplicate"
        )
    return issues.count == before


def _person(line: int, row: dict[str, str], issues: IssueList) -> Person | None:
    before = issues.count
    for name in _REQUIRED:
        if not row[name]:
            issues.note(f"line {line}", f"{name} is empty", "fill it in", code="missing")
    status = row.get("status") or UserStatus.ACTIVE
    if status not in _STATUSES:
        issues.note(
            f"line {line}",
            f"the status is not one of Okta's ({', '.join(UserStatus)})",
            "use one of them",
            code="wrong_value",
        )
    password_changed = parse_instant(row.get("passwordChanged", ""))
    if row.get("passwordChanged") and password_changed is None:
        issues.note(
            f"line {line}",
            "passwordChanged is not an instant such as 2025-02-04T22:44:22Z",
            "write it in ISO 8601 with its time zone",
            code="not_an_instant",
        )
    if issues.count > before:
        return None
    profile = {name: cell or None for name, cell in row.items() if name not in {"id", "status", "passwordChanged"}}
    return Person(row["id"], UserStatus(status), profile, password_changed=password_changed)
