"""Plans and reports as rich tables. Imported only where rich is installed and asks for it."""

from __future__ import annotations

from rich.console import Group
from rich.table import Table
from rich.text import Text

from o365prov.planning.model.labels import DisplayRow, Section, sections
from o365prov.planning.model.plan import Plan
from o365prov.planning.model.report import Report
from o365prov.planning.model.text import (
    ambiguous_names,
    confirming,
    grants,
    grouped,
    outcome_people,
    people,
    report_summary,
    summary,
    unfinished,
)
from o365prov.rendering import named, printable

_STYLES = {"+": "green", "~": "yellow", "-": "red", "=": "cyan"}


def plan_table(plan: Plan, *, limit: int | None) -> Group:
    """The changes by person, then the problems with what to do, then what Graph can't take."""
    parts: list[Table | Text] = [_text(summary(plan), style="bold")]
    if total := grants(plan):
        parts.append(_text(f"Licences and roles: {total}"))
    parts += [_text(f"! {hazard}: {confirming(plan)}", style="bold red") for hazard in plan.hazards]
    if plan.changes:
        parts.append(_changes(plan, limit))
    if plan.problems:
        parts.append(_problems(plan, limit))
    if plan.unsupported:
        parts.append(_unsupported(plan))
    return Group(*parts)


def _text(*lines: str, style: str = "") -> Text:
    """Texts below each other: nothing in them is markup, and nothing steers the terminal."""
    return Text("\n".join(map(printable, lines)), style)


def _table(title: str, *columns: str) -> Table:
    return Table(*columns, title=title, title_justify="left", expand=True)


def _changes(plan: Plan, limit: int | None) -> Table:
    table = _table("Changes", "", "Who", "What", "Why")
    for section in sections(plan.changes, limit=limit):
        for row in section.rows:
            what, why = _text(*row.what), _text(*row.why, style="dim")
            table.add_row(Text(row.effect.symbol, _STYLES[row.effect.symbol]), _who(row), what, why)
        if section.more:
            table.add_row(*_more(section))
    return table


def _who(row: DisplayRow) -> Text:
    if len(row.people) > 1:
        count = Text(f"{len(row.people):,} people\n", "bold")
        return count.append_text(_text(named([each.username for each in row.people]), style="dim"))
    return Text("\n").join([_text(row.people[0].name, style="bold"), _text(row.people[0].username, style="dim")])


def _more(section: Section) -> tuple[Text, Text]:
    symbol = section.effect.symbol
    return Text(symbol, _STYLES[symbol]), Text(f"... and {section.more:,} more {section.effect.words}", "italic")


def _problems(plan: Plan, limit: int | None) -> Table:
    table = _table("Problems", "", "Who", "What is wrong", "What to do")
    ambiguous = ambiguous_names(plan)
    problems = grouped(plan.problems)
    for group, message, remedy in problems[:limit]:
        mark = Text("stopped", "red") if group[0].stops else Text("left out", "yellow")
        who = named(people(group, ambiguous), most=None if limit is None else 5)
        table.add_row(mark, _text(who), _text(message), _text(remedy))
    _add_more(table, len(problems), limit)
    return table


def _add_more(table: Table, number: int, limit: int | None) -> None:
    if limit is not None and number > limit:
        table.add_row("", Text(f"... and {number - limit:,} more", "italic"))


def _unsupported(plan: Plan) -> Table:
    table = _table("What Graph can't take (no changes wait for it)", "Attribute", "People", "Why", "Instead")
    for each in plan.unsupported:
        table.add_row(
            _text(each.attribute), f"{each.people:,}" if each.people else "-", _text(each.reason), _text(each.instead)
        )
    return table


def report_table(report: Report, *, limit: int | None) -> Group:
    """The counts, and a row for whatever did not succeed."""
    parts: list[Table | Text] = [_text(report_summary(report), style="bold")]
    if groups := unfinished(report):
        table = _table("Not done", "", "Who", "What", "Why")
        for group, said in groups[:limit]:
            who = named(outcome_people(group, report), most=None if limit is None else 5)
            table.add_row(group[0].result.value, _text(who), _text(said), _text(group[0].message))
        _add_more(table, len(groups), limit)
        parts.append(table)
    return Group(*parts)
