"""Hints: conditions that always give the same, parts that are never reached, and chains that are a set.

A hint is certain and does no harm: the expression works, and could be shorter, or does not say what was meant.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeAlias

from o365prov.errors import Issue
from o365prov.expressions.checker.facts import KnownConditions, known_by_itself
from o365prov.expressions.checker.values_in_set import sets_of_values
from o365prov.expressions.diagnostics import Diagnostic
from o365prov.expressions.semantics import Dialect
from o365prov.expressions.syntax.tree import (
    Comparison,
    Conditional,
    Elvis,
    ListLiteral,
    Literal,
    Logic,
    MapLiteral,
    Member,
    Name,
    Node,
    Projection,
    Selection,
    Unary,
    children,
    fold,
)
from o365prov.rendering import shortened

_Knowing: TypeAlias = Generator[Node, bool | None, bool | None]
"""One step of the walk: it yields parts, gets what is known of each as a condition, and returns it of the whole."""
_LONGEST = 250


def hints(tree: Node, text: str, dialect: Dialect, found: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """The hints about an expression.

    Args:
        tree: the expression.
        text: its text.
        dialect: its language.
        found: what else the checker says: of a part that a warning calls constant, no hint says it again.

    """
    walk = _HintWalk(text, dialect)
    fold(tree, walk.step)
    said = [(each.start, each.end) for each in found if each.code == "constant"]
    return tuple(
        each
        for each in walk.diagnostics
        if each.code != "constant-condition" or not any(a <= each.start and each.end <= b for a, b in said)
    )


class _HintWalk:
    """What is known on the way through the tree, and what was found."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        self.text = text
        self.dialect = dialect
        self.facts = KnownConditions(dialect)
        self.follows = False  # whether what was last found constant is so by the conditions before it
        self.diagnostics: list[Diagnostic] = []

    def note(self, code: str, start: int, end: int, message: str, remedy: str, fix: str | None = None) -> None:
        """Note a hint."""
        issue = Issue(code, shortened(message, _LONGEST), shortened(remedy, _LONGEST), severity="hint")
        self.diagnostics.append(Diagnostic(issue, self.text, start, end, fix))

    def step(self, node: Node) -> _Knowing:
        """Look at one node; give what it is as a condition, where that is certain."""
        match node:
            case Literal() | Name() | Member(target=Name()):
                return None
            case Logic():
                return (yield from self.logic(node))
            case Conditional():
                return (yield from self.conditional(node))
            case Elvis(operands=operands):
                return (yield from self.elvis(operands))
            case Unary(operator="!", operand=operand):
                known = yield from self.condition(operand)
                return None if known is None else not known
            case Comparison(left=left, right=right):
                yield left
                yield right
                return self.constant(node)
            case Projection(target=target, body=inner) | Selection(target=target, criterion=inner):
                yield target
                yield from self.of_each_element(inner, decides=isinstance(node, Selection))
                return None
        for part in children(node):  # noqa: UP028 - a tuple takes nothing that is sent
            yield part
        return None

    # --- conditions

    def condition(self, node: Node) -> _Knowing:
        """A part that decides something."""
        known = yield node
        return self.constant(node) if known is None and not isinstance(node, Comparison) else known

    def constant(self, node: Node) -> bool | None:
        """What a condition always gives, which is said."""
        known = known_by_itself(node)
        self.follows = known is None
        if known is not None:
            message, remedy = f"this is always {_word(known)}", "leave it out, or compare with what was meant"
            if isinstance(node, Comparison) and not isinstance(node.left, Literal):
                message = f"this compares a value with itself: always {_word(known)}"
        elif (known := self.facts.known(node)) is not None:
            message = f"this is always {_word(known)} here, by the conditions before it"
            remedy = "leave it out, or ask something else"
        else:
            return None
        self.note("constant-condition", node.start, node.end, message, remedy)
        return known

    def unreached(self, first: Node, last: Node, why: str) -> None:
        """Say that what stands from one part to another is never evaluated."""
        message = f"this is never reached: {why}"
        self.note("never-reached", first.start, last.end, message, "remove it, or the condition")

    def of_each_element(self, node: Node, *, decides: bool) -> _Knowing:
        """A part that is evaluated for each element, whose names are the element's: nothing is known of them."""
        outside, self.facts = self.facts, KnownConditions(self.dialect)
        yield from self.condition(node) if decides else _only(node)
        self.facts = outside
        return None

    # --- what decides

    def logic(self, node: Logic) -> _Knowing:
        """AND or OR: each operand is reached only where those before it were true, or false."""
        outside, self.facts = self.facts, self.facts.copy()
        decisive, undecided = node.operator == "or", False
        whole: bool | None = None
        for position, operand in enumerate(node.operands):
            said = len(self.diagnostics)
            known = yield from self.condition(operand)
            if known is decisive:
                if self.follows:
                    del self.diagnostics[said:]
                    self.contradiction(node, operand)
                rest = node.operands[position + 1 :]
                if rest:
                    self.unreached(rest[0], rest[-1], f"what stands before it is always {_word(decisive)}")
                whole = decisive
                break
            undecided = undecided or known is None
            self.facts.learn(operand, holds=not decisive)
        else:
            whole = None if undecided else not decisive
        self.facts = outside
        if whole is None:
            self.sets(node)
        return whole

    def contradiction(self, node: Logic, operand: Node) -> None:
        """Say that AND is never true, or OR always, because of an operand and those before it."""
        before, whole = ("true", "false") if node.operator == "and" else ("false", "true")
        asked = shortened(" ".join(self.text[operand.start : operand.end].split()), _LONGEST // 2)
        message = f"this is always {whole}: where the conditions before it are {before}, {asked} is {whole}"
        remedy = "write OR if either is meant" if node.operator == "and" else "write AND if both are meant"
        self.note("constant-condition", node.start, node.end, message, remedy)
        self.follows = False

    def conditional(self, node: Conditional) -> _Knowing:
        """``? :``: a value is reached where its condition is true, and those before it were false."""
        outside, self.facts = self.facts, self.facts.copy()
        for position, (condition, value) in enumerate(node.branches):
            known = yield from self.condition(condition)
            if known is False:
                self.unreached(value, value, "its condition is always false")
            else:
                before, self.facts = self.facts, self.facts.copy()
                self.facts.learn(condition, holds=True)
                yield value
                self.facts = before
            if known is True:
                following = node.branches[position + 1 :]
                first = following[0][0] if following else node.otherwise
                self.unreached(first, node.otherwise, "the condition before it is always true")
                break
            self.facts.learn(condition, holds=False)
        else:
            yield node.otherwise
        self.facts = outside
        return None

    def elvis(self, operands: tuple[Node, ...]) -> _Knowing:
        """``?:``: a value is reached where all before it were null or empty."""
        for position, operand in enumerate(operands):
            yield operand
            if position < len(operands) - 1 and _never_empty(operand):
                self.unreached(operands[position + 1], operands[-1], "what stands before ?: is neither null nor empty")
                break
        return None

    # --- sets

    def sets(self, node: Logic) -> None:
        """Say which operands ask whether one thing is among several, if that can be said in less."""
        for found in sets_of_values(node, self.dialect):
            first, last = node.operands[found.positions[0]], node.operands[found.positions[-1]]
            length = sum(node.operands[each].end - node.operands[each].start for each in found.positions)
            if len(found.shorter) < length + len(" OR ") * (len(found.positions) - 1):
                message = f"{found.subject} is compared with {found.count} strings, which are a set"
                fix = found.shorter if found.is_in_one_piece else None
                self.note("set-of-values", first.start, last.end, message, f"write {found.shorter}", fix)


def _only(node: Node) -> _Knowing:
    return (yield node)


def _word(value: bool) -> str:
    return "true" if value else "false"


def _never_empty(node: Node) -> bool:
    """Whether a value is certainly neither null nor the empty string."""
    match node:
        case Literal(value=value):
            return value is not None and value != ""
        case ListLiteral() | MapLiteral() | Comparison() | Logic() | Unary():
            return True
    return False
