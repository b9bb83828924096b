"""``Arrays.*`` (Okta Expression Language overview, "Array functions"). A new array is returned, none is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from o365prov.expressions.functions.function import ACCEPTED, Function, Parameter
from o365prov.expressions.limits import Limits
from o365prov.expressions.semantics import EvaluationOptions
from o365prov.expressions.values.conversion import LISTS, same, to_list, to_string
from o365prov.expressions.values.failures import EvaluationFailure
from o365prov.expressions.values.types import ValueType


def _check_size(size: int, limits: Limits) -> None:
    if size > limits.result_size:
        raise EvaluationFailure(
            f"the array would have more than {limits.result_size} elements", remedy="use shorter arrays"
        )


def make_add(options: EvaluationOptions) -> Callable[[list[Any], object], list[Any]]:
    """The factory of ``add``: the array with a value at its end."""
    most = options.limits.result_size

    def add(array: list[Any], value: object) -> list[Any]:
        if len(array) >= most:
            _check_size(len(array) + 1, options.limits)
        return [*array, value]

    return add


def remove_first(array: list[Any], value: object) -> list[Any]:
    """The array without the first element that equals the value."""
    place = _find(array, value)
    return list(array) if place < 0 else [*array[:place], *array[place + 1 :]]


def contains(array: list[Any], value: object) -> bool:
    """Whether an element equals the value, in kind as well."""
    return _find(array, value) >= 0


def _find(array: list[Any], value: object) -> int:
    """Where the first element is that equals the value; -1 where none does."""
    if type(value) is str:  # to Python, too, a string equals nothing but a string
        return array.index(value) if value in array else -1
    return next((place for place, element in enumerate(array) if same(element, value)), -1)


def make_flatten(options: EvaluationOptions) -> Callable[[list[Any]], list[Any]]:
    """The factory of ``flatten``: lists in lists as one list; it fails on null, as Okta's does."""
    return lambda array: _flatten_list(array, options.limits)


def _flatten_list(array: list[Any], limits: Limits) -> list[Any]:
    result: list[Any] = []
    waiting = [iter(array)]
    left = limits.result_size
    while waiting:
        for value in waiting[-1]:
            left -= 1
            if left < 0:
                _check_size(limits.result_size + 1, limits)  # arrays count as well: one that holds itself has no end
            if isinstance(value, LISTS):
                waiting.append(iter(value))
                break
            if value is None:
                raise EvaluationFailure("an element to flatten is null", remedy="write x != null ? x : {}")
            result.append(value)
        else:
            waiting.pop()
    return result


def _flatten(options: EvaluationOptions) -> Callable[..., list[Any]]:
    def flatten(*values: object) -> list[Any]:
        if None in values:
            message = "{operand} is null, which Arrays.flatten fails on"
            raise EvaluationFailure(message, remedy="write x != null ? x : {}", blame=values.index(None))
        lists = [value if type(value) is list else to_list(value) for value in values]
        return _flatten_list(lists, options.limits)

    return flatten


def _clear(array: list[Any]) -> list[Any]:  # noqa: ARG001 - whatever it holds
    return []


def _get(options: EvaluationOptions) -> Callable[[list[Any], int], object]:
    def get(array: list[Any], position: int) -> object:
        if 0 <= position < len(array):
            return array[position]
        if options.semantics.get_past_end == "null":
            return None
        raise EvaluationFailure(
            f"there is no element {position}: {{operand}} has {len(array)}", remedy="count from 0", blame=0
        )

    return get


def _is_empty(array: list[Any]) -> bool:
    return not array


_ARRAY = Parameter("array", ValueType.LIST)
_VALUE = Parameter("value", ValueType.ANY, nullable=True)

FUNCTIONS = (
    Function(
        "Arrays.add",
        (_ARRAY, _VALUE),
        ValueType.LIST,
        make_add,
        "The array with a value at its end.",
        (("Arrays.add({10, 20, 30}, 40)", [10, 20, 30, 40]), ('Arrays.add(Arrays.toCsvString({}), "x")', ["x"])),
        by_options=True,
    ),
    Function(
        "Arrays.remove",
        (_ARRAY, _VALUE),
        ValueType.LIST,
        remove_first,
        "The array without the first element that equals the value.",
        (("Arrays.remove({10, 20, 30}, 20)", [10, 30]),),
    ),
    Function(
        "Arrays.clear", (_ARRAY,), ValueType.LIST, _clear, "An empty array.", (("Arrays.clear({10, 20, 30})", []),)
    ),
    Function(
        "Arrays.get",
        (_ARRAY, Parameter("position", ValueType.INTEGER)),
        ValueType.ANY,
        _get,
        "The element at a position, counted from 0.",
        (("Arrays.get({0, 1, 2}, 0)", 0), ('Arrays.get("a, b", 1)', "b")),
        by_options=True,
        question="get_past_end",
    ),
    Function(
        "Arrays.flatten",
        (Parameter("values", ValueType.ANY, repeated=True, nullable=True),),
        ValueType.LIST,
        _flatten,
        "One array of all values and all elements of arrays among them; a string is split at commas. Fails on null.",
        (("Arrays.flatten(10, {20, 30}, 40)", [10, 20, 30, 40]), ("Arrays.flatten('10, 20')", ["10", "20"])),
        null=ACCEPTED,
        by_options=True,
    ),
    Function(
        "Arrays.contains",
        (_ARRAY, _VALUE),
        ValueType.BOOLEAN,
        contains,
        "Whether an element equals the value, case and kind included; false for null.",
        (("Arrays.contains({10, 20, 30}, 10)", True), ('Arrays.contains({10, 20, 30}, "10")', False)),
        null=False,
    ),
    Function(
        "Arrays.size",
        (_ARRAY,),
        ValueType.INTEGER,
        len,
        "The number of elements; 0 for null.",
        (("Arrays.size({10, 20, 30})", 3), ("Arrays.size(NULL)", 0)),
        null=0,
    ),
    Function(
        "Arrays.isEmpty",
        (_ARRAY,),
        ValueType.BOOLEAN,
        _is_empty,
        "Whether there are no elements; true for null.",
        (("Arrays.isEmpty({10, 20})", False), ("Arrays.isEmpty(NULL)", True), ('Arrays.isEmpty("")', True)),
        null=True,
    ),
    Function(
        "Arrays.toCsvString",
        (_ARRAY,),
        ValueType.STRING,
        to_string,
        "The elements with commas between them; blanks are kept.",
        (('Arrays.toCsvString({"This", "is", " a ", "test"})', "This,is, a ,test"), ("Arrays.toCsvString({})", "")),
    ),
)
