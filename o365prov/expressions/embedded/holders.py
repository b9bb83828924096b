"""The values of a document that may be expressions, each with where it stands and what repeats it.

Source: Terraform documentation, "The for_each Meta-Argument", "dynamic Blocks".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import evolve, frozen

from o365prov.expressions.embedded.document import Computed, DocumentValue, Record, Series, WrittenString


@frozen
class Repeating:
    """What repeats a resource or a block.

    Args:
        for_each: what it goes over.
        at: where the key stands in how a place within it is shown.

    """

    for_each: DocumentValue
    at: int


@frozen
class Holder:
    """A value that may be an expression, where it stands, the record that holds it, and what repeats it."""

    path: tuple[str, ...]
    shown: str
    value: DocumentValue
    record: Record
    repeats: Mapping[str, Repeating]


def holders_within(record: Record, path: tuple[str, ...], shown: str) -> Iterator[Holder]:
    """Every value within a record that is neither a record nor a list, the elements of lists among them."""
    waiting = [Holder(path, shown, record, record, {})]
    while waiting:
        holder = waiting.pop()
        match holder.value:
            case Record(entries=entries) as inner:
                repeats = _repeats_within(holder, inner)
                for name, value in reversed(entries):
                    step = f"{holder.shown}.{name}" if holder.shown else name
                    waiting.append(Holder((*holder.path, name), step, value, inner, repeats))
            case Series(items=items):
                for number, item in reversed(list(enumerate(items))):
                    waiting.append(evolve(holder, shown=f"{holder.shown}[{number}]", value=item))
            case _:
                yield holder


def _repeats_within(holder: Holder, inner: Record) -> Mapping[str, Repeating]:
    """What repeats the values of a record: the ``for_each`` of the resource, and of the ``dynamic`` blocks around."""
    for_each = next(inner.values("for_each"), None)
    is_block = holder.path[-2:-1] == ("dynamic",)
    if for_each is None or not (is_block or not holder.path):
        return holder.repeats
    iterator = next(inner.values("iterator"), None)
    name = holder.path[-1] if is_block else "each"
    match iterator:
        case Computed(source=text) | WrittenString(text=text) if is_block:
            name = text
    return {**holder.repeats, name: Repeating(for_each, len(holder.shown))}


def mentions(value: DocumentValue | None, name: str) -> bool:
    """Whether a value is computed from ``name.key`` or ``name.value``, as far as one sees."""
    match value:
        case Computed(source=source):
            sources = [source]
        case WrittenString(text=text, holes=holes):
            sources = [text, *(hole.source for hole in holes)]
        case Record(entries=entries):
            return any(mentions(each, name) for _, each in entries)
        case Series(items=items):
            return any(mentions(each, name) for each in items)
        case _:
            return False
    return any(f"{name}.{what}" in source for source in sources for what in ("key", "value"))
