"""People, groups and assignments from CSV files, where neither Okta nor a directory is at hand.

The header of a file of people names Okta profile attributes. Four columns are not attributes: ``id`` (required, and
the same in every run), ``status`` (``ACTIVE`` if it is empty or absent), ``passwordChanged`` (an ISO 8601 instant) and
``kind`` (``member`` if it is empty or absent, or ``guest``).
Files whose columns have other names are read with ``columns=``, such as those of Okta's CSV directory integration.

Sources: RFC 4180; Okta developer pages, "Users API", for the attribute names; Okta, "Configure profile attributes for a
CSV directory".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from o365prov._annotations import check_call
from o365prov._fields import frozen_mapping, unchecked
from o365prov.people import Grants, Group, GroupAssignment, LicenseGrant, Person, PersonKind, UserStatus
from o365prov.sources.csv_rows import CsvFormat, CsvRow
from o365prov.sources.organization import AppAssignments
from o365prov.structuring import IssueList, StrPath, parse_instant

_STATUSES = {"": UserStatus.ACTIVE, **{str(each): each for each in UserStatus}}
_KINDS = {"": PersonKind.MEMBER, **{str(each): each for each in PersonKind}}
_made_person = unchecked(Person)  # half the time would go into checks of what is checked here already
_NOT_ATTRIBUTES = frozenset({"id", "status", "passwordChanged", "kind"})
_NONE: Mapping[str, str] = {}
_GRANT = re.compile(r"\s*([^\s\[\];]+)\s*(?:\[([^\[\];]*)\])?\s*")


def stream_people(
    path: StrPath, *, delimiter: str = ",", encoding: str = "utf-8", columns: Mapping[str, str] = _NONE
) -> Iterator[Person]:
    """Read people from a CSV file with a header row, one person a row; an empty cell is null.

    They are given one by one, so the size of the file does not matter.

    Args:
        path: the file.
        delimiter: the character between cells.
        encoding: how its characters are encoded, by Python's name, such as ``cp1252`` for what Windows calls ANSI.
        columns: what columns are to be called, by their names in the header: ``{"employeeid": "id", "userName":
            "login"}``.

    Raises:
        ConfigurationError: *delimiter* is not one character, or there is no such encoding.
        SourceError: everything that is wrong, once the file has been read to its end: columns that are missing or
            repeated, rows of another length, empty or repeated ids, unknown statuses, wrong instants.

    Source: RFC 4180; Okta developer pages, "Users API", for the attribute names.

    """
    check_call(stream_people, locals())
    form = CsvFormat(delimiter, encoding, columns)
    issues = IssueList(str(path))
    lines: dict[str, int] = {}
    for row in form.rows(path, ("id", "login"), issues):
        person = _person(row, issues)
        if person is not None and lines.setdefault(person.id, row.line) == row.line:
            yield person
        elif person is not None:
            what = f"has the same id as line {lines[person.id]}"
            issues.note(row.place, what, "keep one of them", code="duplicate")
    issues.raise_if_any()


def read_people(
    path: StrPath, *, delimiter: str = ",", encoding: str = "utf-8", columns: Mapping[str, str] = _NONE
) -> tuple[Person, ...]:
    """Read people from a CSV file, all at once; see :func:`stream_people`.

    Args:
        path: the file.
        delimiter: the character between cells.
        encoding: how its characters are encoded.
        columns: what columns are to be called, by their names in the header.

    Raises:
        ConfigurationError: *delimiter* is not one character, or there is no such encoding.
        SourceError: everything that is wrong.

    """
    check_call(read_people, locals())
    return tuple(stream_people(path, delimiter=delimiter, encoding=encoding, columns=columns))


def read_groups(
    path: StrPath, *, delimiter: str = ",", encoding: str = "utf-8", columns: Mapping[str, str] = _NONE
) -> tuple[Group, ...]:
    """Read groups from a CSV file: ``id``, ``name`` and ``member`` (a person's id), one member a row.

    A group without members has one row with an empty ``member``.

    Args:
        path: the file.
        delimiter: the character between cells.
        encoding: how its characters are encoded.
        columns: what columns are to be called, by their names in the header.

    Raises:
        ConfigurationError: *delimiter* is not one character, or there is no such encoding.
        SourceError: everything that is wrong: columns that are missing or repeated, rows of another length, an empty id
            or name, a group with two names.

    """
    check_call(read_groups, locals())
    form = CsvFormat(delimiter, encoding, columns)
    issues = IssueList(str(path))
    names: dict[str, str] = {}
    members: dict[str, set[str]] = {}
    for row in form.rows(path, ("id", "name", "member"), issues):
        group_id, name, member = (row.cells[each] for each in ("id", "name", "member"))
        _check_filled(row, ("id", "name"), issues)
        if names.setdefault(group_id, name) != name:
            what = "gives the group another name than a line before"
            issues.note(row.place, what, "keep one of them", code="duplicate")
        members.setdefault(group_id, set()).update({member} - {""})
    issues.raise_if_any()
    return tuple(Group(group_id, name, members=members[group_id]) for group_id, name in names.items())


def read_assignments(
    path: StrPath, *, delimiter: str = ",", encoding: str = "utf-8", columns: Mapping[str, str] = _NONE
) -> AppAssignments:
    """Read to which groups and people Office 365 is assigned from a CSV file, one assignment a row.

    The columns are ``group`` and ``person`` (an id in one of the two), ``priority`` (of a group: a whole number, the
    lowest wins), ``licenses`` and ``roles``. Licences and roles are separated by semicolons; a licence with some of its
    service plans is ``SPE_E3 [TEAMS1, EXCHANGE_S_ENTERPRISE]``.

    Args:
        path: the file.
        delimiter: the character between cells.
        encoding: how its characters are encoded.
        columns: what columns are to be called, by their names in the header.

    Raises:
        ConfigurationError: *delimiter* is not one character, or there is no such encoding.
        SourceError: everything that is wrong: columns that are missing or repeated, rows of another length, a row with
            a group and a person or with neither, a priority that is none, two assignments of one group or person, two
            groups of one priority, a licence in another form.

    """
    check_call(read_assignments, locals())
    form = CsvFormat(delimiter, encoding, columns)
    issues = IssueList(str(path))
    groups: dict[str, GroupAssignment] = {}
    individual: dict[str, Grants] = {}
    taken: dict[tuple[str, str], int] = {}

    def enter(row: CsvRow, column: str) -> None:
        first = taken.setdefault((column, row.cells[column]), row.line)
        if first != row.line:
            issues.note(row.place, f"has the same {column} as line {first}", "keep one of them", code="duplicate")

    for row in form.rows(path, ("group", "person", "priority", "licenses", "roles"), issues):
        group_id, person_id = row.cells["group"], row.cells["person"]
        grants = _grants(row, issues)
        if bool(group_id) == bool(person_id):
            issues.note(row.place, "should have a group or a person", "fill in one of the two", code="wrong_value")
        elif person_id:
            enter(row, "person")
            individual[person_id] = grants
        elif not re.fullmatch(r"[0-9]{1,9}", row.cells["priority"]):
            issues.note(row.place, "priority is not a whole number", "give the group a priority", code="wrong_value")
        else:
            enter(row, "group")
            enter(row, "priority")
            groups[group_id] = GroupAssignment(group_id, int(row.cells["priority"]), grants)
    issues.raise_if_any()
    return AppAssignments(tuple(groups.values()), individual)


def _person(row: CsvRow, issues: IssueList) -> Person | None:
    before, cells = issues.count, row.cells
    if not (cells["id"] and cells["login"]):
        _check_filled(row, ("id", "login"), issues)
    status = _STATUSES.get(cells.get("status", ""))
    if status is None:
        what = f"the status is not one of Okta's ({', '.join(UserStatus)})"
        issues.note(row.place, what, "use one of them", code="wrong_value")
    written = cells.get("passwordChanged")
    password_changed = parse_instant(written) if written else None
    if written and password_changed is None:
        what = "passwordChanged is not an instant such as 2025-02-04T22:44:22Z"
        issues.note(row.place, what, "write it in ISO 8601 with its time zone", code="not_an_instant")
    kind = _KINDS.get(cells.get("kind", ""))
    if kind is None:
        issues.note(row.place, "the kind is neither member nor guest", "use one of them", code="wrong_value")
    if issues.count > before:
        return None
    profile: dict[str, str | None] = {**cells}
    for name in _NOT_ATTRIBUTES:
        profile.pop(name, None)
    if "" in profile.values():
        profile = {name: cell or None for name, cell in profile.items()}
    return _made_person(cells["id"], status, frozen_mapping(profile), "OKTA", password_changed, (), kind)


def _check_filled(row: CsvRow, columns: tuple[str, ...], issues: IssueList) -> None:
    for name in columns:
        if not row.cells[name]:
            issues.note(row.place, f"{name} is empty", "fill it in", code="missing")


def _grants(row: CsvRow, issues: IssueList) -> Grants:
    licenses = []
    for written in _separated(row.cells["licenses"]):
        found = _GRANT.fullmatch(written)
        plans = None if found is None or found[2] is None else [each.strip() for each in found[2].split(",")]
        if found is None or (plans is not None and not all(plans)):
            what = "a licence is not a part number, or one with service plans in brackets (SPE_E3 [TEAMS1])"
            issues.note(row.place, what, "separate licences by semicolons", code="wrong_value")
        else:
            licenses.append(LicenseGrant(found[1], plans))
    return Grants(licenses, _separated(row.cells["roles"]))


def _separated(cell: str) -> list[str]:
    return [each.strip() for each in cell.split(";") if each.strip()]
