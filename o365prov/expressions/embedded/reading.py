"""Reading the expressions of a file: where its resources hold some, and which of them are written out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Literal

from attrs import evolve

from o365prov.expressions.embedded.document import (
    Computed,
    DocumentValue,
    Record,
    Series,
    Span,
    WrittenString,
)
from o365prov.expressions.embedded.found import FoundExpression
from o365prov.expressions.embedded.hcl_reader import read_hcl
from o365prov.expressions.embedded.holders import Holder, holders_within, mentions
from o365prov.expressions.embedded.json_reader import read_json
from o365prov.expressions.embedded.known import KnownValues, Turns
from o365prov.expressions.embedded.places import OKTA_JSON, ExpressionPlace, leads_to, places_of_resource
from o365prov.expressions.embedded.templates import TemplateReader

_MOST_REPEATED = 10_000
"""So often ``for_each`` of one file is followed: those of many resources may go over one long local value."""

_UNKNOWN_KIND = "Terraform computes {}, which says whether it is one"


def expressions_of(text: str, form: Literal["terraform", "json"]) -> tuple[FoundExpression, ...]:
    """See :func:`find_expressions`.

    Raises:
        NotReadableError: the file is not what *form* says.

    """
    document = read_hcl(text) if form == "terraform" else read_json(text)
    is_terraform = form == "terraform" or _is_terraform(document)
    finder = _Finder(text, is_json=form == "json", is_terraform=is_terraform)
    found = finder.in_terraform(document) if is_terraform else finder.in_okta(document)
    return tuple(sorted(found, key=lambda each: each.spans[0]))


def _is_terraform(document: DocumentValue) -> bool:
    return isinstance(document, Record) and any(
        isinstance(each, Record | Series) for each in document.values("resource")
    )


def _records(value: DocumentValue) -> Iterator[Record]:
    """A record, or those in a list of them."""
    for each in value.items if isinstance(value, Series) else (value,):
        if isinstance(each, Record):
            yield each


def _without_dynamic(path: tuple[str, ...]) -> tuple[str, ...]:
    """A path as it would be if the block that ``dynamic`` repeats stood there once."""
    return tuple(name for name in path if name not in ("dynamic", "content")) if "dynamic" in path else path


class _Finder:
    """A file, and what is known of its computed values."""

    def __init__(self, text: str, *, is_json: bool, is_terraform: bool) -> None:
        self.text = text
        self.is_json = is_json
        self.is_terraform = is_terraform
        templates = TemplateReader(text)
        self.known = KnownValues(templates.within if is_json and is_terraform else lambda string: string)
        self.repeated = 0

    def in_okta(self, document: DocumentValue) -> Iterator[FoundExpression]:
        """The expressions in a document of Okta's API."""
        whole = Record(0, len(self.text), (("$", document),))
        for holder in holders_within(whole, (), ""):
            yield from self.at(holder, OKTA_JSON)

    def in_terraform(self, document: DocumentValue) -> Iterator[FoundExpression]:
        """The expressions in the resources of Terraform."""
        for body in _records(document):
            for block in body.values("locals"):
                for record in _records(block):
                    self.known.add_locals(record)
        for body in _records(document):
            for block in body.values("resource"):
                for kinds in _records(block):
                    yield from self.in_resources(kinds)

    def in_resources(self, kinds: Record) -> Iterator[FoundExpression]:
        """The expressions in resources, by their kinds and names."""
        for kind, named in kinds.entries:
            places = places_of_resource(kind)
            for names in _records(named) if places else ():
                for name, body in names.entries:
                    for record in _records(body):
                        shown = f"{kind}.{name}"
                        for holder in holders_within(record, (), shown):
                            yield from self.at(holder, places)

    def at(self, holder: Holder, places: tuple[ExpressionPlace, ...]) -> Iterator[FoundExpression]:
        """The expressions that a value is, if one of these places says so: one for each turn that it is repeated in."""
        path = _without_dynamic(holder.path) if self.is_terraform else holder.path
        leading = [place for place in places if leads_to(path, place)]
        for shown, turns in self.turns(holder, leading) if leading else ():
            for place in leading:
                if (why := self.holds_none(holder.record, place, turns)) is not False:
                    found = self.found(evolve(holder, shown=shown), place, why or "", turns)
                    if found is not None:
                        yield found
                    break

    def turns(self, holder: Holder, places: list[ExpressionPlace]) -> Iterator[tuple[str, Turns]]:
        """Whose turn it may be where a value stands, and how the place is shown then."""
        read = [holder.value, *(value for place in places for value in holder.record.values(place.beside))]
        needed = list[str]()
        for name, repeat in reversed(tuple(holder.repeats.items())):
            if any(mentions(each, name) for each in read):
                needed.insert(0, name)
                read.append(repeat.for_each)
        turns: list[tuple[str, int, Turns]] = [(holder.shown, 0, {})]
        for name in needed:
            turns = [each for one in turns for each in self.next_turns(holder, name, *one)]
        yield from ((shown, whose) for shown, _, whose in turns)

    def next_turns(
        self, holder: Holder, name: str, shown: str, moved: int, outside: Turns
    ) -> list[tuple[str, int, Turns]]:
        """The turns of what repeats a value, within one turn of what repeats that; it is one where they are unknown."""
        repeat = holder.repeats[name]
        turns = self.known.turns(name, repeat.for_each, outside)
        self.repeated += len(turns or ())
        if turns is None or self.repeated > _MOST_REPEATED:
            return [(shown, moved, outside)]
        found = list[tuple[str, int, Turns]]()
        for number, turn in enumerate(turns):
            key = f"[{number if turn.key is None else json.dumps(turn.key, ensure_ascii=False)}]"
            at = repeat.at + moved
            found.append((shown[:at] + key + shown[at:], moved + len(key), {**outside, name: turn}))
        return found

    def holds_none(self, record: Record, place: ExpressionPlace, turns: Turns) -> str | Literal[False] | None:
        """False where what stands beside a place says that it holds no expression; why, where that is computed."""
        beside = next(record.values(place.beside), None) if place.beside else None
        if beside is None:
            return None if not place.beside or None in place.values else False
        known = self.known.resolved(beside, turns)
        is_null = isinstance(known, Computed) and known.source == "null"
        string = known if isinstance(known, WrittenString) else None
        if self.is_terraform and not is_null and (string is None or string.holes):
            return _UNKNOWN_KIND.format(place.beside)
        return None if (None if string is None else string.text) in place.values else False

    def found(self, holder: Holder, place: ExpressionPlace, why: str, turns: Turns) -> FoundExpression | None:
        """The expression at a place, or that there is one which can't be known; None where nothing is written."""
        known = self.known.resolved(holder.value, turns)
        string = known if isinstance(known, WrittenString) else None
        spans: tuple[Span, ...]
        if string is None:
            if not self.is_terraform or (isinstance(known, Computed) and known.source == "null"):
                return None
            why = why or "Terraform computes it"
            spans, text, quoted = ((holder.value.start, holder.value.end),), "", True
        else:
            if string.holes:
                why = why or f"Terraform computes {', '.join(hole.source for hole in string.holes)}"
            end = string.spans[-1][1] if string.spans else string.start + 1
            spans, text, quoted = (*string.spans, (end, end)), string.text, string.quoted
            if not text.strip() and not string.holes:
                return None
            if why:
                spans = ((string.start, string.end),)
        form: Literal["json", "terraform_json", "quoted", "here_document"] = (
            ("terraform_json" if self.is_terraform else "json")
            if self.is_json
            else "quoted"
            if quoted
            else "here_document"
        )
        return FoundExpression(holder.shown, place.context, text, self.text, spans, form, place.legacy, why)
