"""The document of a verification, which every form of it shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from o365prov.planning.model.labels import full_name, name_lines
from o365prov.planning.verification.checked import CheckedPerson
from o365prov.planning.verification.expected import ExpectedState
from o365prov.rendering import Block, Cell, Document, Mark, Note, Row, Span, Table, Tone, count_text, more_row


def verification_document(
    people: Sequence[CheckedPerson], *, name: str, checked_at: datetime, limit: int | None
) -> Document:
    """A verification: the counts, what isn't there, and who has what.

    Args:
        people: the people.
        name: the plan's name.
        checked_at: when the tenant was asked last.
        limit: the most rows of a kind.

    """
    ready = sum(person.ok for person in people)
    pending = sum(person.pending for person in people)
    counts = [
        f"{count_text(len(people), 'person', 'people')} checked: {ready:,} ready",
        *([f"{pending:,} pending"] if pending else []),
        *([f"{incomplete:,} incomplete"] if (incomplete := len(people) - ready - pending) else []),
    ]
    asked = f"{checked_at:%Y-%m-%d %H:%M:%S %Z}"
    blocks: list[Block] = [Note((f"{', '.join(counts)} (plan {name}, asked {asked})",), Tone.TITLE)]
    if lacking := sorted((each for each in people if not each.ok), key=lambda each: each.pending):
        blocks.append(_lacking(lacking, limit))
    if people:
        blocks.append(_people(people, limit))
    return Document(f"Verification of plan {name}", blocks)


def _lacking(people: Sequence[CheckedPerson], limit: int | None) -> Table:
    rows = [Row((Cell.of(*_effect(person)), _who(person), Cell.of(*person.missing))) for person in people[:limit]]
    rows += more_row(len(people), limit, "!", "for whom something isn't there")
    return Table("Not there", ("", "Who", "What"), rows, "! {1}: {2} ({0})", "not-there")


def _effect(person: CheckedPerson) -> tuple[str]:
    return ("pending" if person.pending else "incomplete",)


def _people(people: Sequence[CheckedPerson], limit: int | None) -> Table:
    rows = [
        Row(
            (
                Cell.of(_MARKS[person.ok], tone=Tone.ADD if person.ok else Tone.TAKE),
                _who(person),
                Cell.of(_account(person)),
                Cell.of(*_licenses(person)),
                Cell.of(", ".join(person.apps) or "no apps"),
            )
        )
        for person in people[:limit]
    ]
    rows += more_row(len(people), limit, "=", "who were checked")
    columns = ("", "Who", "Account", "Licences", "Office 365 apps")
    return Table("People", columns, rows, "{0} {1}: {2}; {3}; {4}", "people", titled=True)


_MARKS = {True: "+", False: "!"}


def _account(person: CheckedPerson) -> str:
    """What the account is."""
    if not person.exists:
        return "deleted" if person.expected is ExpectedState.DELETED else "no account"
    return "can sign in" if person.enabled else "sign-in is blocked"


def _licenses(person: CheckedPerson) -> Iterator[str]:
    """The licences in words, and below them the service plans that wait for the whole tenant."""
    yield from (str(each) for each in person.licenses)
    yield from (f"{name} was not removed" for name in person.still_held)
    if waiting := [str(plan) for each in person.licenses for plan in each.plans_waiting_for_tenant]:
        yield f"not active in the tenant: {', '.join(waiting)}"
    if not person.licenses and not person.still_held:
        yield "no licences to check"


def _who(person: CheckedPerson) -> Cell:
    subject = person.subject
    return Cell((*name_lines(subject), (Span(subject.person_id, Mark.QUIET),)), text=full_name(subject))
