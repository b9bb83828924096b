"""What compiled code calls when a step is not the simple case: access, operators, arguments.

Compiled code does the common case itself (a dict's attribute, two strings added) and comes here for the rest, so each
rule is here, or in :mod:`values`, once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from o365prov.errors import UsageError
from o365prov.expressions.bindings import Bindings, Values
from o365prov.expressions.limits import Limits
from o365prov.expressions.semantics import EvaluationOptions
from o365prov.expressions.values.budget import Budget
from o365prov.expressions.values.conversion import (
    LISTS,
    STRINGS,
    UNCHANGED,
    cut,
    equal,
    is_number,
    length,
    plain,
    same,
    to_integer,
    to_string,
)
from o365prov.expressions.values.failures import EvaluationFailure, describe
from o365prov.expressions.values.numbers import arithmetic, is_long, negate, power

CONTAINERS = (*LISTS, Mapping)


def roots_of(values: object) -> Values:
    """The root names of what evaluate was given."""
    if isinstance(values, Bindings):
        return values.roots
    if isinstance(values, Mapping):
        return values
    raise UsageError(f"evaluate takes a mapping of root names or a Bindings, not {type(values).__name__}")


def bindings_of(values: object) -> Bindings:
    """What evaluate was given, as bindings."""
    return Bindings(roots_of(values))


def fail(message: str, remedy: str) -> NoReturn:
    """Fail for a reason that was known when the expression was compiled, but counts only where it is reached."""
    raise EvaluationFailure(message, remedy=remedy)


def is_map(value: object) -> bool:
    """Whether a value has attributes."""
    return isinstance(value, Mapping)


class MapEntry(dict[str, object]):
    """What a projection or selection of a map goes over: it has a key and a value, and no other attribute."""


def member(target: object, name: str) -> object:
    """``target.name``; an attribute that a map lacks is null."""
    if isinstance(target, Mapping) and (type(target) is not MapEntry or name in target):
        return target.get(name)
    if type(target) is MapEntry:
        raise EvaluationFailure(f"an entry of a map has no attribute {name}", remedy="it has key and value")
    raise _no_attribute(target, name)


def strict_member(target: object, name: str) -> object:
    """``target.name``; an attribute that a map lacks is an error."""
    if isinstance(target, Mapping):
        if name not in target:
            raise EvaluationFailure(
                f"there is no attribute {name}", remedy="check the spelling; names are case-sensitive"
            )
        return target[name]
    raise _no_attribute(target, name)


def _no_attribute(target: object, name: str) -> EvaluationFailure:
    if target is None:
        remedy = f"guard it: {{operand}} != null ? {{operand}}.{name} : null"
        return EvaluationFailure(f"{{operand}} is null and has no attribute {name}", remedy=remedy, blame=0)
    return EvaluationFailure(f"{{operand}} is {describe(target)} and has no attribute {name}", blame=0)


def index(target: object, place: object) -> object:
    """``target[place]`` of a list, a string or a map (Spring's Indexer)."""
    if isinstance(target, Mapping):
        return target.get(place) if isinstance(place, str) else _numbered(target, place)
    if isinstance(target, LISTS):
        size = len(target)
    elif isinstance(target, str):
        size = length(target)
    elif target is None:
        raise EvaluationFailure(
            "{operand} is null and has no elements", remedy="guard it with a test for null", blame=0
        )
    else:
        raise EvaluationFailure(f"{{operand}} is {describe(target)} and has no elements", blame=0)
    try:
        number = to_integer(place)
    except EvaluationFailure as failure:
        failure.blame = 1
        raise
    if number is None:
        raise EvaluationFailure("the index is null", remedy="count from 0", blame=1)
    if not 0 <= number < size:
        raise EvaluationFailure(f"there is no element {number}: {{operand}} has {size}", remedy="count from 0", blame=0)
    return cut(target, number, number + 1) if isinstance(target, str) else target[number]


def _numbered(target: Mapping[Any, object], number: object) -> object:
    """What a map holds under a number of this kind: in Java, 1 and 1.0 are two keys."""
    if not is_number(number) or number not in target:
        return None
    return next((value for key, value in target.items() if same(key, number)), None)


def root(roots: Values, place: object) -> object:
    """``[place]`` where an expression begins: the root of that name."""
    if isinstance(place, str):
        return roots.get(place)
    raise EvaluationFailure("only the name of a root is allowed in brackets here", remedy='write ["user"] or user')


def elements(target: object, parts: int, budget: Budget) -> list[Any] | tuple[Any, ...]:
    """What a projection or selection goes over: a list's elements, a map's entries.

    Each takes as many steps as the expression inside has *parts*.
    """
    if isinstance(target, LISTS):
        budget.spend(len(target) * parts)
        return target
    if isinstance(target, Mapping):
        budget.spend(len(target) * parts)
        return [MapEntry(key=key, value=value) for key, value in target.items()]
    raise EvaluationFailure(
        f"{{operand}} is {describe(target)}, which has no elements to go over", remedy="it must be a list", blame=0
    )


def equal_within(left: object, right: object, budget: Budget) -> bool:
    """``==`` of values that may be large."""
    if isinstance(left, CONTAINERS) and isinstance(right, CONTAINERS):
        budget.spend_on_all_in(left)
    return equal(left, right)


def make_exit(limits: Limits) -> Callable[[Any, Budget | None], object]:
    """How a value leaves the language; a list is copied with all that is inside it."""
    small = limits.result_size // 2

    def leave(value: Any, budget: Budget | None) -> object:
        kind = type(value)
        if kind in UNCHANGED:
            return value
        if budget is None and (kind is list or kind is dict) and len(value) < small:  # then nothing needs counting,
            inside = value if kind is list else (*value, *value.values())
            if UNCHANGED.issuperset(map(type, inside)):  # if nothing is inside
                return value.copy()
        return _copy(value, budget or Budget(limits)) if isinstance(value, CONTAINERS) else plain(value)

    return leave


def _copy(value: object, budget: Budget) -> object:
    """A list or map as it leaves the language; strings in it are not copied, and so not counted."""
    kind = type(value)
    if kind is list or kind is tuple:
        budget.spend_on_container(len(value))  # type: ignore[arg-type]
        if UNCHANGED.issuperset(map(type, value)):  # type: ignore[call-overload]
            return list(value)  # type: ignore[call-overload]
        return [item if type(item) in UNCHANGED else _copy(item, budget) for item in value]  # type: ignore[attr-defined]
    if kind is dict and STRINGS.issuperset(map(type, value)):  # type: ignore[call-overload]
        twin: dict[str, object] = value.copy()  # type: ignore[attr-defined]
        budget.spend_on_container(len(twin))
        if UNCHANGED.issuperset(map(type, twin.values())):
            return twin
        for key, item in twin.items():
            if type(item) not in UNCHANGED:
                twin[key] = _copy(item, budget)
        return twin
    if isinstance(value, Mapping):
        budget.spend_on_container(len(value))
        return {plain(key): item if type(item) in UNCHANGED else _copy(item, budget) for key, item in value.items()}
    if isinstance(value, LISTS):
        return _copy(list(value), budget)
    return plain(value)


def select(target: object, kept: list[Any], which: str) -> object:
    """The result of a selection, of the same kind as its target."""
    if isinstance(target, Mapping):
        entries = {entry["key"]: entry["value"] for entry in kept}
        if which == "?":
            return entries
        kept = [{entry["key"]: entry["value"]} for entry in kept]
    if which == "?":
        return kept
    return (kept[0] if which == "^" else kept[-1]) if kept else None


def make_adder(options: EvaluationOptions) -> Callable[[object, object], object]:
    """``+`` of any two values: numbers add, with a string they join (Spring's OpPlus)."""
    null_text = options.semantics.null_text

    def write(value: object, blame: int) -> str:
        if value is not None or null_text == "word":
            return to_string(value)
        if null_text == "empty":
            return ""
        raise EvaluationFailure(
            "{operand} is null, and would become part of a string",
            remedy='test it first: x != null ? x : ""',
            blame=blame,
        )

    def add(left: object, right: object) -> object:
        if isinstance(left, str) or isinstance(right, str):
            return write(left, 0) + write(right, 1)
        if is_number(left) and is_number(right):
            return arithmetic("+", left, right)  # type: ignore[arg-type]
        raise _unsupported("+", left, right)

    return add


def make_calculator(operator: str) -> Callable[..., object]:
    """``- * / %`` of two values and, for ``*``, the budget (Spring's OpMinus, OpMultiply, OpDivide, OpModulus)."""

    def calculate(left: object, right: object, budget: Budget | None = None) -> object:
        if is_number(left) and is_number(right):
            try:
                return arithmetic(operator, left, right)  # type: ignore[arg-type]
            except ZeroDivisionError:
                raise EvaluationFailure("division by zero", remedy="test the divisor first", blame=1) from None
        if isinstance(left, str) and isinstance(right, int) and not isinstance(right, bool) and not is_long(right):
            if operator == "*" and budget is not None:
                budget.spend(len(left) * max(right, 0))
                return left * right
            if operator == "-" and length(left) == 1:
                code = (ord(left) - right) % 0x10000
                if not 0xD800 <= code < 0xE000:
                    return chr(code)
        raise _unsupported(operator, left, right)

    return calculate


def make_chain(operators: tuple[str, ...], options: EvaluationOptions) -> Callable[[list[object], Budget], object]:
    """A chain of ``+ -`` or ``* / %`` over all its operands, from the left."""
    steps = {
        operator: make_adder(options) if operator == "+" else make_calculator(operator) for operator in set(operators)
    }

    def chain(operands: list[object], budget: Budget) -> object:
        total = operands[0]
        for position, operator in enumerate(operators):
            operand = operands[position + 1]
            budget.spend_on(operand)
            try:
                total = steps[operator](total, operand, *((budget,) if operator == "*" else ()))
            except EvaluationFailure as failure:
                if failure.blame is not None:
                    failure.blame += position
                raise
        return total

    return chain


def _unsupported(operator: str, left: object, right: object) -> EvaluationFailure:
    remedy = "one side must be a string, or both numbers" if operator == "+" else "both sides must be numbers"
    return EvaluationFailure(f"{describe(left)} {operator} {describe(right)} can't be computed", remedy=remedy)


def raise_to_power(base: object, exponent: object) -> float:
    """``base ^ exponent``."""
    if is_number(base) and is_number(exponent):
        return power(base, exponent)  # type: ignore[arg-type]
    raise _unsupported("^", base, exponent)


def make_sign(operator: str) -> Callable[[object], object]:
    """Unary ``-`` and ``+``."""

    def sign(value: object) -> object:
        if not is_number(value):
            raise EvaluationFailure(
                f"{{operand}} is {describe(value)}, which has no sign", remedy="only numbers have one", blame=0
            )
        return negate(value) if operator == "-" else value  # type: ignore[arg-type]

    return sign


def oversize(limit: int) -> NoReturn:
    """Refuse a string beyond the limit of results."""
    raise EvaluationFailure(
        f"the string grew beyond {limit} characters", remedy="use shorter strings, or raise Limits.result_size"
    )
