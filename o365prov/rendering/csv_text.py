"""Rows as CSV that a spreadsheet shows and does not execute.

A cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line break can be a formula, as ``=HYPERLINK(...)`` is.
It gets an apostrophe before it, so that spreadsheets take it for text. What can't be printed is written as an escape.

Source: OWASP, "CSV Injection".
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from o365prov._annotations import check_arguments
from o365prov.rendering.escaping import printable
from o365prov.rendering.words import value_text

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def to_csv(rows: Iterable[Mapping[str, object]]) -> str:
    r"""Rows such as those of ``plan.to_dicts()`` as CSV, with the names of the columns first.

    Args:
        rows: a mapping for each row; the columns are those of all rows, in the order in which they come.

    >>> to_csv([{"name": "=HYPERLINK(0)", "writes": 2}])
    "name,writes\r\n'=HYPERLINK(0),2\r\n"
    """
    listed = list(rows)
    check_arguments("to_csv", {"rows": list[Mapping[str, object]]}, {"rows": listed})
    columns = list(dict.fromkeys(str(name) for row in listed for name in row))
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(map(_cell, columns))
    writer.writerows([_cell(row.get(name)) for name in columns] for row in listed)
    return text.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)  # a negative number is not a formula
    text = value_text(list(value) if isinstance(value, tuple) else value)
    return printable(f"'{text}" if text.startswith(_FORMULA) else text)
