"""Chains of OR that ask whether one thing is among several: what shorter form the language has for them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import frozen

from o365prov.expressions.checker.facts import is_short, written
from o365prov.expressions.semantics import Dialect
from o365prov.expressions.syntax.tree import Call, Comparison, Literal, Logic, MapLiteral, MethodCall, Name
from o365prov.expressions.syntax.unparser import unparse
from o365prov.expressions.values.conversion import quote

_GROUP_ID = r"00g[A-Za-z0-9]{17}"
_OF_GROUPS = frozenset({"group.id", "group.profile.name"})


@frozen
class SetOfValues:
    """Operands of one chain that compare one thing with several strings.

    Args:
        positions: which operands of the chain they are, in order; two or more.
        shorter: the expression that gives the same.
        subject: what is compared, for people.
        count: how many strings there are.

    """

    positions: tuple[int, ...]
    shorter: str
    subject: str
    count: int

    @property
    def is_in_one_piece(self) -> bool:
        """Whether no other operand stands between them."""
        return self.positions[-1] - self.positions[0] == len(self.positions) - 1


def sets_of_values(node: Logic, dialect: Dialect) -> Iterator[SetOfValues]:
    """The sets that a chain of ``x == "a" OR x == "b"``, or of ``x != "a" AND x != "b"``, spells out."""
    equality = "==" if node.operator == "or" else "!="
    found: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for position, operand in enumerate(node.operands):
        if not is_short(operand):
            continue
        match operand:
            case Comparison(operator=operator, left=left, right=Literal(value=str(value))) if operator == equality:
                found.setdefault(("equal", written(left, dialect)), []).append((position, value))
            case Comparison(operator=operator, left=Literal(value=str(value)), right=right) if operator == equality:
                found.setdefault(("equal", written(right, dialect)), []).append((position, value))
            case Call(name="isMemberOfGroup", arguments=(Literal(value=str(value)),)) if (
                node.operator == "or" and re.fullmatch(_GROUP_ID, value)
            ):
                found.setdefault(("group", "isMemberOfGroup"), []).append((position, value))
            case MethodCall(target=Name(name="user"), name="isMemberOf", arguments=(MapLiteral(entries=entries),)) if (
                node.operator == "or"
            ):
                match entries[:1]:
                    case ((str(key), Literal(value=str(value))),) if key in _OF_GROUPS:
                        rest = unparse(MapLiteral(entries[1:]), dialect) if entries[1:] else ""
                        found.setdefault((f"criterion {key}", rest), []).append((position, value))
    for (kind, subject), members in found.items():
        values = tuple(dict.fromkeys(value for _, value in members))
        if len(values) > 1:
            positions = tuple(position for position, _ in members)
            shorter = _shorter(kind, subject, values, node.operator == "or", dialect)
            yield SetOfValues(positions, shorter, "a group" if kind != "equal" else subject, len(values))


def _shorter(kind: str, subject: str, values: tuple[str, ...], among: bool, dialect: Dialect) -> str:
    written = ", ".join(map(quote, values))
    if kind == "group":
        return f"isMemberOfAnyGroup({written})"
    if kind != "equal":
        rest = f", {subject[1:-1]}" if subject else ""
        return f'user.isMemberOf({{"{kind.removeprefix("criterion ")}": {{{written}}}{rest}}})'
    call = (
        f"Arrays.contains({{{written}}}, {subject})"
        if dialect is Dialect.CLASSIC
        else f"{{{written}}}.contains({subject})"
    )
    return call if among else f"!{call}"
