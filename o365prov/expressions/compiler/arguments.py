"""Fitting any values to a function: arguments to its parameters, a receiver to its method."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from o365prov.expressions.functions.function import ACCEPTED, REFUSED, Function
from o365prov.expressions.values.conversion import (
    LISTS,
    number_argument,
    string_argument,
    to_integer,
    to_list,
    truth,
)
from o365prov.expressions.values.country_codes import CountryCode
from o365prov.expressions.values.failures import EvaluationFailure, describe
from o365prov.expressions.values.types import ValueType

_RECEIVERS: dict[ValueType, tuple[type, ...]] = {
    ValueType.STRING: (str,),
    ValueType.INTEGER: (int,),
    ValueType.NUMBER: (int, float),
    ValueType.LIST: (list, tuple),
    ValueType.TIME: (datetime,),
    ValueType.COUNTRY: (CountryCode,),
}


def make_caller(row: Function, implementation: Callable[..., Any]) -> Callable[..., Any]:
    """A function that takes any values: it converts them for the parameters, then keeps the row's rule for null."""
    context, shift = row.by_bindings + row.by_budget, int(bool(row.receivers))
    needs = [(convert_to(each.kind), row.null is ACCEPTED or each.nullable) for each in row.parameters]
    last_need = len(needs) - 1
    spreads = bool(row.parameters) and row.parameters[-1].repeated
    receive = _make_receiver(row) if shift else None

    def call(*given: Any) -> object:
        converted = list(given[:context])
        if receive is not None:
            converted.append(receive(given[context]))
        arguments = given[context + shift :]
        if spreads and len(arguments) == len(needs):
            last = arguments[-1]
            if isinstance(last, LISTS):  # Java spreads one array over a variable number of arguments
                arguments = (*arguments[:-1], *last)
        for position, value in enumerate(arguments, shift):
            convert, takes_null = needs[min(position - shift, last_need)]
            try:
                fitting = convert(value)
            except EvaluationFailure as failure:
                failure.blame = position
                raise
            if fitting is None and not takes_null:
                if position == 0 and row.null is not REFUSED:
                    return row.null
                message = f"{{operand}} is null, but {row.name} needs its {row.parameter(position - shift).name}"
                raise EvaluationFailure(message, remedy="test it for null first", blame=position)
            converted.append(fitting)
        return implementation(*converted)

    return call


def _make_receiver(row: Function) -> Callable[[object], object]:
    """What a method is called on, if it is of a kind that has the method."""
    kinds = tuple(python for kind in row.receivers for python in _RECEIVERS[kind])
    to_time = convert_to(ValueType.TIME) if ValueType.TIME in row.receivers else None

    def receive(value: object) -> object:
        if value is None:
            message = f"{{operand}} is null and has no method {row.name}"
            raise EvaluationFailure(message, remedy="test it first: x != null && ...", blame=0)
        if to_time is not None and isinstance(value, (str, datetime)):
            return to_time(value)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            message = f"{{operand}} is {describe(value)} and has no method {row.name}"
            remedy = f"it is a method of {' and '.join(kind.value for kind in row.receivers)}"
            raise EvaluationFailure(message, remedy=remedy, blame=0)
        return list(value) if isinstance(value, tuple) else value

    return receive


def convert_to(kind: ValueType) -> Callable[[Any], Any]:
    """The conversion of a value for a parameter of this kind."""
    match kind:
        case ValueType.STRING:
            return string_argument
        case ValueType.INTEGER:
            return to_integer
        case ValueType.NUMBER:
            return number_argument
        case ValueType.BOOLEAN:
            return _boolean_argument
        case ValueType.LIST:
            return to_list
        case ValueType.MAP:
            return _map_argument
        case ValueType.TIME:
            from o365prov.expressions.values.instants import to_instant  # noqa: PLC0415 - time loads when used

            return to_instant
    return _any_argument


def _any_argument(value: object) -> object:
    return value


def _boolean_argument(value: object) -> bool | None:
    return None if value is None else truth(value)


def _map_argument(value: object) -> object:
    if value is None or isinstance(value, Mapping):
        return value
    raise EvaluationFailure(f"{{operand}} is {describe(value)} where a map is needed", remedy="write {'key': value}")
