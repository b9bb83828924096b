"""Sending a refused update in parts, so that one property that Graph refuses does not cost the account the others.

One change is one PATCH, and Graph does all of it or nothing. When Graph refuses it for good, and for its content, what
the error names is sent apart from the rest; if the error names nothing, each kind of property (property_kinds) is; and
a refused part of one kind is halved until what is refused stands alone. That takes fewer than twice as many requests as
there are properties. A 403 goes no further than kinds, because it is about a kind; one for properties that are not
sensitive is about the whole account, and ends it.

The parts of one account are sent one after the other: Graph refuses two writes to one object at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from attrs import define, evolve, field

from o365prov.graph.apply.property_kinds import PROPERTY_KINDS, SENSITIVE
from o365prov.graph.client.errors import ClassifiedError, ErrorCategory, ErrorExtent
from o365prov.planning import UnwrittenProperty, UpdateUser

Names: TypeAlias = tuple[str, ...]


def parts_of(names: Sequence[str], error: ClassifiedError) -> list[Names]:
    """The parts in which refused properties are sent again; empty if no part would fare better.

    Args:
        names: the properties; dots lead into a complex one.
        error: why Graph refused them.

    """
    if error.category is not ErrorCategory.PERMANENT or error.status not in {400, 403}:
        return []
    if error.extent is ErrorExtent.ACCOUNT or _is_about_the_account(names, error):
        return []
    parts = _apart(names, error) or _kinds(names)
    if len(parts) == 1 and error.extent is ErrorExtent.VALUE:
        middle = len(names) // 2
        parts = [tuple(names[:middle]), tuple(names[middle:])]
    return [part for part in parts if part] if len(parts) > 1 and len(names) > 1 else []


def _is_about_the_account(names: Iterable[str], error: ClassifiedError) -> bool:
    """Whether the app may not write this account, or any: what was refused is not sensitive."""
    return error.status == 403 and SENSITIVE.isdisjoint(map(_root, names))


def _root(name: str) -> str:
    return name.partition(".")[0]


def _apart(names: Sequence[str], error: ClassifiedError) -> list[Names]:
    """What the error does not name, then each property that it names; empty if it names none of them, or all."""
    said = {target for _, target in error.details} | set(re.findall(r"\w+", error.message))
    named = [name for name in names if name in said or name.rpartition(".")[2] in said]
    rest = tuple(name for name in names if name not in named)
    return [rest, *((name,) for name in named)] if named and rest else []


def _kinds(names: Sequence[str]) -> list[Names]:
    """Properties of no special kind, then those of each kind."""
    special = {name for kind in PROPERTY_KINDS for name in kind.names}
    groups = [tuple(name for name in names if _root(name) not in special)]
    groups += [tuple(name for name in names if _root(name) in kind.names) for kind in PROPERTY_KINDS]
    return [group for group in groups if group]


@define(eq=False)
class SplitUpdate:
    """An update that was refused as a whole, and what has become of its parts.

    Args:
        change: the update.
        waiting: the parts that are still to be sent.
        written: the properties that were written.
        unwritten: the properties that were not, with the reasons.

    """

    change: UpdateUser
    waiting: list[Names]
    written: set[str] = field(factory=set)
    unwritten: dict[str, UnwrittenProperty] = field(factory=dict)

    @classmethod
    def of(cls, change: UpdateUser, error: ClassifiedError) -> SplitUpdate | None:
        """The parts of a refused update; None if no part would fare better."""
        parts = parts_of([each.name for each in change.properties], error)
        return cls(change, parts) if parts else None

    def next_part(self) -> UpdateUser | None:
        """The next part, as an update of its own; None at the end."""
        if not self.waiting:
            return None
        names = self.waiting.pop(0)
        return evolve(self.change, properties=tuple(each for each in self.change.properties if each.name in names))

    def done(self, part: UpdateUser) -> None:
        """Note that a part was written."""
        self.written.update(each.name for each in part.properties)

    def failed(self, part: UpdateUser, problem: str, request_id: str, error: ClassifiedError | None) -> None:
        """Note that a part was not written; *error* is Graph's, None if there was no answer that says why."""
        names = tuple(each.name for each in part.properties)
        smaller = parts_of(names, error) if error else []
        self.waiting[:0] = smaller
        if not smaller:
            self._give_up(names, problem, request_id)
            if error is None or error.category is not ErrorCategory.PERMANENT or _is_about_the_account(names, error):
                self._give_up([name for names in self.waiting for name in names], problem, request_id)
                self.waiting.clear()

    def _give_up(self, names: Iterable[str], problem: str, request_id: str) -> None:
        self.unwritten.update((name, UnwrittenProperty(name, problem, request_id)) for name in names)

    @property
    def written_names(self) -> Names:
        """The properties that were written, in the order of the update."""
        return tuple(each.name for each in self.change.properties if each.name in self.written)

    @property
    def unwritten_properties(self) -> tuple[UnwrittenProperty, ...]:
        """The properties that were not written, in the order of the update."""
        names = (each.name for each in self.change.properties)
        return tuple(self.unwritten[name] for name in names if name in self.unwritten)

    @property
    def problem(self) -> str:
        """What was written, what was not and why; empty if everything was written."""
        reasons: dict[str, list[str]] = {}
        for each in self.unwritten_properties:
            reasons.setdefault(each.message, []).append(each.name)
        if len(reasons) == 1 and not self.written:
            return next(iter(reasons))
        said = [f"not written: {', '.join(names)}: {reason}" for reason, names in reasons.items()]
        return "; ".join([f"written: {', '.join(self.written_names)}", *said] if said and self.written else said)
