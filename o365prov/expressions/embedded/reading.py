"""Reading the expressions of a file: where its resources hold some, and which of them are written out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from attrs import frozen

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
from o365prov.expressions.embedded.json_reader import read_json
from o365prov.expressions.embedded.places import OKTA_JSON, ExpressionPlace, leads_to, places_of_resource
from o365prov.expressions.embedded.templates import TemplateReader

_LOCAL = re.compile(r'(?:\$\{\s*)?local((?:\.[\w-]+|\["[\w-]+"\])+)(?:\s*\})?')
_NAME = re.compile(r"[\w-]+")
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


@frozen
class _Holder:
    """A value that may be an expression, where it stands, and the record that holds it."""

    path: tuple[str, ...]
    shown: str
    value: DocumentValue
    record: Record


def _holders(record: Record, path: tuple[str, ...], shown: str) -> Iterator[_Holder]:
    """Every value within a record that is neither a record nor a list, the elements of lists among them."""
    waiting = [_Holder(path, shown, record, record)]
    while waiting:
        holder = waiting.pop()
        match holder.value:
            case Record(entries=entries) as inner:
                for name, value in reversed(entries):
                    step = f"{holder.shown}.{name}" if holder.shown else name
                    waiting.append(_Holder((*holder.path, name), step, value, inner))
            case Series(items=items):
                for number, item in reversed(list(enumerate(items))):
                    step = f"{holder.shown}[{number}]"
                    waiting.append(_Holder(holder.path, step, item, holder.record))
            case _:
                yield holder


def _without_dynamic(path: tuple[str, ...]) -> tuple[str, ...]:
    """A path as it would be if the block that ``dynamic`` repeats stood there once."""
    return tuple(name for name in path if name not in ("dynamic", "content")) if "dynamic" in path else path


class _Finder:
    """A file, and what is known of its local values."""

    def __init__(self, text: str, *, is_json: bool, is_terraform: bool) -> None:
        self.text = text
        self.is_json = is_json
        self.is_terraform = is_terraform
        self.templates = TemplateReader(text)
        self.locals: dict[tuple[str, ...], WrittenString] = {}

    def in_okta(self, document: DocumentValue) -> Iterator[FoundExpression]:
        """The expressions in a document of Okta's API."""
        whole = Record(0, len(self.text), (("$", document),))
        for holder in _holders(whole, (), ""):
            yield from self.at(holder, OKTA_JSON)

    def in_terraform(self, document: DocumentValue) -> Iterator[FoundExpression]:
        """The expressions in the resources of Terraform."""
        for body in _records(document):
            for block in body.values("locals"):
                for record in _records(block):
                    for holder in _holders(record, (), ""):
                        if (string := self.string(holder.value)) is not None and "[" not in holder.shown:
                            self.locals[holder.path] = string
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
                        for holder in _holders(record, (), f"{kind}.{name}"):
                            yield from self.at(holder, places)

    def at(self, holder: _Holder, places: tuple[ExpressionPlace, ...]) -> Iterator[FoundExpression]:
        """The expression that a value is, if one of these places says so."""
        path = _without_dynamic(holder.path) if self.is_terraform else holder.path
        for place in places:
            if leads_to(path, place) and (why := self.holds_none(holder.record, place)) is not False:
                found = self.found(holder, place, why or "")
                if found is not None:
                    yield found
                return

    def holds_none(self, record: Record, place: ExpressionPlace) -> str | Literal[False] | None:
        """False where what stands beside a place says that it holds no expression; why, where that is computed."""
        if not place.beside:
            return None
        beside = next(record.values(place.beside), None)
        if isinstance(beside, Computed) and self.is_terraform and beside.source != "null":
            return _UNKNOWN_KIND.format(place.beside)
        string = None if beside is None else self.string(beside)
        if string is not None and string.holes:
            return _UNKNOWN_KIND.format(place.beside)
        return None if (None if string is None else string.text) in place.values else False

    def string(self, value: DocumentValue) -> WrittenString | None:
        """A value as the string that it is, or that a local value of this file is."""
        if isinstance(value, Computed):
            return self.local(value.source)
        if not isinstance(value, WrittenString):
            return None
        if self.is_json and self.is_terraform:
            value = self.templates.within(value)
        if not value.text and len(value.holes) == 1:
            return self.local(value.holes[0][1]) or value
        return value

    def local(self, source: str) -> WrittenString | None:
        """The string of ``local.rules["sales"]``, if this file writes it out."""
        found = _LOCAL.fullmatch(source)
        return None if found is None else self.locals.get(tuple(_NAME.findall(found[1])))

    def found(self, holder: _Holder, place: ExpressionPlace, why: str) -> FoundExpression | None:
        """The expression at a place, or that there is one which can't be known; None where nothing is written."""
        string = self.string(holder.value)
        spans: tuple[Span, ...]
        if string is None:
            if not self.is_terraform or (isinstance(holder.value, Computed) and holder.value.source == "null"):
                return None
            why = why or "Terraform computes it"
            spans, text, quoted = ((holder.value.start, holder.value.end),), "", True
        else:
            if string.holes:
                why = why or f"Terraform computes {', '.join(source for _, source in string.holes)}"
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
