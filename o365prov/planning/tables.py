"""Plans and reports as rich tables. Imported only where rich is installed and asks for it."""

from __future__ import annotations

from rich.console import Group
from rich.table import Table
from rich.text import Text

from o365prov.planning.describe import describe, grouped, report_text, rows, summary, who
from o365prov.planning.plan import Plan
from o365prov.planning.report import Report

_STYLES = {"+": "green", "~": "yellow", "-": "red", "=": "cyan"}


def plan_table(plan: Plan) -> Group:
    """The changes by person, then the problems with what to do, then what Graph can't take."""
    parts: list[Table | Text] = [Text(summary(plan), style="bold")]
    parts += [
        Text(f"! {hazard}: confirm the fingerprint to apply it all the same", "bold red") for hazard in plan.hazards
    ]
    if plan.changes:
        parts.append(_changes(plan))
    if plan.problems:
        parts.append(_problems(plan))
    if plan.undeliverable:
        parts.append(_undeliverable(plan))
    return Group(*parts)


def _changes(plan: Plan) -> Table:
    table = Table("", "Who", "What", "Why", title="Changes", title_justify="left", expand=True)
    for row in rows(plan.changes):
        style = _STYLES[row.symbol]
        person = Text.assemble((row.who.name, "bold"), "\n", (row.who.username, "dim"))
        table.add_row(Text(row.symbol, style), person, Text("\n".join(row.what)), Text("\n".join(row.why), "dim"))
    return table


def _problems(plan: Plan) -> Table:
    table = Table("", "Who", "What is wrong", "What to do", title="Problems", title_justify="left", expand=True)
    for group, message, remedy in grouped(plan.problems):
        mark = Text("stopped", "red") if group[0].stops else Text("left out", "yellow")
        table.add_row(mark, Text(who(group)), Text(message), Text(remedy))
    return table


def _undeliverable(plan: Plan) -> Table:
    title = "What Graph can't take (no changes wait for it)"
    table = Table("Attribute", "People", "Why", "Instead", title=title, title_justify="left", expand=True)
    for each in plan.undeliverable:
        table.add_row(Text(each.attribute), str(each.people or "-"), Text(each.reason), Text(each.instead))
    return table


def report_table(report: Report) -> Group:
    """The counts, and a row for whatever did not succeed."""
    parts: list[Table | Text] = [Text(report_text(report).splitlines()[0], style="bold")]
    unfinished = [*report.failed, *report.skipped]
    if unfinished:
        table = Table("", "Who", "What", "Why", title="Not done", title_justify="left", expand=True)
        for outcome in unfinished:
            subject = outcome.change.subject
            table.add_row(
                outcome.result.value, Text(subject.name), Text(describe(outcome.change)), Text(outcome.message)
            )
        parts.append(table)
    return Group(*parts)
