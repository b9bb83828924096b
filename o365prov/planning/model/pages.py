"""Plans and reports as HTML: a fragment for notebooks, and a page for a reviewer.

No scripts, nothing loaded from elsewhere, and every value escaped: a person may be called ``<script>``. A notebook has
styles of its own, so a fragment brings none; a page brings its own, for screens light and dark and for paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.resources import files

from o365prov.planning.model.changes import Change, CreateUser, Subject, UpdateUser
from o365prov.planning.model.labels import DisplayRow, Section, describe, sections
from o365prov.planning.model.plan import Plan
from o365prov.planning.model.problems import Problem
from o365prov.planning.model.report import Report
from o365prov.planning.model.text import (
    ambiguous_names,
    confirming,
    effort,
    grants,
    grouped,
    outcome_people,
    people,
    report_summary,
    summary,
    unfinished,
)
from o365prov.rendering import Markup, counted, element, fragment, lines, named, table, together, value_text


def plan_fragment(plan: Plan, *, limit: int) -> str:
    """The plan for a notebook, with at most *limit* rows of a kind: the same facts as its text."""
    parts = [element("p", element("strong", summary(plan)))]
    if total := grants(plan):
        parts.append(element("p", f"Licences and roles: {total}"))
    parts += [element("p", element("strong", f"! {hazard}: {confirming(plan)}")) for hazard in plan.hazards]
    if plan.changes:
        parts.append(table("Changes", ("", "Who", "What", "Why"), _short_rows(plan, limit)))
    if plan.problems:
        parts.append(_problems(plan, limit))
    if plan.unsupported:
        parts.append(_unsupported(plan))
    return fragment(*parts)


def _short_rows(plan: Plan, limit: int) -> Iterator[tuple[str, ...]]:
    for section in sections(plan.changes, limit=limit):
        for row in section.rows:
            yield row.effect.symbol, _who(row), lines(row.what), lines(row.why)
        if section.more:
            yield section.effect.symbol, f"… and {section.more:,} more {section.effect.words}", "", ""


def _who(row: DisplayRow) -> Markup:
    if len(row.people) > 1:
        return lines([counted(len(row.people), "person", "people"), named([each.username for each in row.people])])
    return lines([row.people[0].name, row.people[0].username])


def report_fragment(report: Report, *, limit: int) -> str:
    """The report for a notebook: the counts, and at most *limit* rows of what did not succeed."""
    parts = [element("p", element("strong", report_summary(report)))]
    if groups := unfinished(report):
        rows: list[tuple[str, ...]] = [
            (group[0].result.value, named(outcome_people(group, report)), said, group[0].message)
            for group, said in groups[:limit]
        ]
        rows += _more(len(groups), limit)
        parts.append(table("Not done", ("", "Who", "What", "Why"), rows))
    return fragment(*parts)


def _more(number: int, limit: int | None) -> list[tuple[str, ...]]:
    return [("", f"… and {number - limit:,} more", "", "")] if limit is not None and number > limit else []


def plan_page(plan: Plan) -> str:
    """The whole plan as one page: what it comes to, dangers first, everybody's changes, problems, unsupported."""
    everything = sections(plan.changes)
    title = f"Plan {plan.fingerprint}"
    body = [element("h1", title), _facts(plan), *_hazards(plan), _contents(plan, everything)]
    body += [_section(section) for section in everything]
    if plan.problems:
        body.append(_part("problems", "Problems", _problems(plan, None)))
    if plan.unsupported:
        body.append(_part("unsupported", "Beyond Graph's reach", _unsupported(plan)))
    head = element("head", *_head(title))
    return "<!DOCTYPE html>\n" + element("html", head, "\n", element("body", *_spaced(body)), lang="en") + "\n"


def _spaced(parts: Iterable[Markup]) -> Iterator[str]:
    return (each for part in parts for each in ("\n", part))


_NOTHING_ELSE = "default-src 'none'; style-src 'unsafe-inline'"


def _head(title: str) -> Iterator[Markup]:
    yield element("meta", charset="utf-8")
    yield element("meta", http_equiv="Content-Security-Policy", content=_NOTHING_ELSE)
    yield element("meta", name="viewport", content="width=device-width, initial-scale=1")
    yield element("meta", name="color-scheme", content="light dark")
    yield element("title", title)
    yield Markup(f"<style>\n{files('o365prov.rendering').joinpath('page.css').read_text('utf-8')}</style>")


def _facts(plan: Plan) -> Markup:
    facts = {
        "Tenant": plan.tenant_id,
        "Drawn": f"{plan.made_at:%Y-%m-%d %H:%M:%S %Z}",
        "Provisioning type": plan.provisioning_type.replace("_", " ") or "not said",
        "Plan id": plan.id,
        "Effort": effort(plan),
        "Licences and roles": grants(plan) or "none",
    }
    rows = [element("div", element("dt", name), element("dd", value)) for name, value in facts.items()]
    return element("dl", *rows, class_="facts")


def _hazards(plan: Plan) -> Iterator[Markup]:
    if plan.hazards:
        confirm = element("code", f"confirm={plan.fingerprint!r}")
        yield element(
            "section",
            element("h2", "This plan is not applied unless it is confirmed"),
            element("ul", *(element("li", hazard) for hazard in plan.hazards)),
            element("p", "Whoever has looked at it applies it with ", confirm, "."),
            class_="hazard",
        )


def _contents(plan: Plan, everything: Iterable[Section]) -> Markup:
    entries = [
        (section.effect.name.lower(), f"{section.effect.symbol} {section.total:,} {section.effect.words}")
        for section in everything
    ]
    entries = entries or [("", "Nothing to do")]
    stopped = len({problem.subject.person_id for problem in plan.problems if problem.stops})
    if plan.problems:
        concerned = len({problem.subject.person_id for problem in plan.problems})
        entries.append(("problems", f"? {concerned:,} with problems, {stopped:,} of them stopped"))
    if plan.unsupported:
        entries.append(("unsupported", f"{len(plan.unsupported)} beyond Graph's reach"))
    links = [element("a", text, href=f"#{place}") if place else element("span", text) for place, text in entries]
    return element("nav", *(together([link, " "]) for link in links))


def _part(place: str, title: str, *content: Markup) -> Markup:
    return element("section", element("h2", title), *content, id=place)


def _section(section: Section) -> Markup:
    effect = section.effect
    rows = [(_mark(effect.symbol), _person(row.people[0]), _what(row.changes), lines(row.why)) for row in section.rows]
    title = f"{section.total:,} {effect.words}"
    return _part(effect.name.lower(), title, table(title, ("", "Who", "What", "Why"), rows, class_="changes"))


_MARKS = {"+": "add", "~": "change", "-": "take", "=": "link"}


def _mark(symbol: str) -> Markup:
    return element("td", "\N{MINUS SIGN}" if symbol == "-" else symbol, class_=f"mark {_MARKS[symbol]}")


def _person(subject: Subject) -> Markup:
    name, at, domain = subject.username.partition("@")
    username = together([name, element("wbr"), at, domain])  # a good place to break what is too long for its column
    parts = [element("strong", subject.name), username, element("small", subject.person_id)]
    return element("th", lines(parts), scope="row")


def _what(changes: Iterable[Change]) -> Markup:
    return element("td", *(_change(change) for change in changes))


def _change(change: Change) -> Markup:
    """One change, with the values before and after where it sets any."""
    match change:
        case CreateUser():
            said, kind = [element("div", describe(change))], "values flowing"
            values = [(name, "", value_text(value)) for name, value in change.properties.items() if value_text(value)]
        case UpdateUser():
            said, kind = [], "values"
            values = [(each.name, value_text(each.before), value_text(each.after)) for each in change.properties]
        case _:
            return element("div", describe(change))
    return together([*said, element("ul", *(_property(*each) for each in values), class_=kind)])


def _property(name: str, before: str, after: str) -> Markup:
    then = element("ins", after) if after else element("em", "cleared")
    now = [element("del", before), " → ", then] if before else [then]
    return element("li", element("span", name, class_="name"), " ", *now)


def _problems(plan: Plan, limit: int | None) -> Markup:
    ambiguous = ambiguous_names(plan)
    groups = grouped(plan.problems)
    rows: list[tuple[str, ...]] = [
        (
            _standing(group),
            named(people(group, ambiguous), most=None if limit is None else 5),
            f"{message}.",
            f"{remedy}.",
        )
        for group, message, remedy in groups[:limit]
    ]
    rows += _more(len(groups), limit)
    return table("Problems", ("", "Who", "What is wrong", "What to do"), rows, class_="problems")


def _standing(group: list[Problem]) -> Markup:
    stops = group[0].stops
    return element("td", "stopped" if stops else "left out", class_="take" if stops else "change")


def _unsupported(plan: Plan) -> Markup:
    rows = [
        (each.attribute, f"{each.people:,}" if each.people else "-", each.reason, each.instead)
        for each in plan.unsupported
    ]
    title = "What Graph can't take; no changes wait for it"
    return table(title, ("Attribute", "People", "Why", "Instead"), rows, class_="unsupported")
