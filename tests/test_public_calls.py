"""Catching O365ProvError is enough: no public call raises anything else, whatever it is given."""

import zlib
from datetime import datetime
from itertools import islice

import pytest
from amount import CI
from public_calls import public_calls

from o365prov import O365ProvError


class Stream:
    """What can be gone through and is not a collection, like a generator, but any number of times."""

    def __init__(self, *members):
        self.members = members

    def __iter__(self):
        return iter(self.members)


JUNK = {
    "None": None,
    "True": True,
    "a number": 5,
    "a negative number": -1,
    "a huge number": 10**400,
    "a large number": 1e308,
    "not a number": float("nan"),
    "a string": "x",
    "bytes": b"x",
    "an object": object(),
    "a class": object,
    "a list": [None],
    "a list of lists": [[]],
    "a mapping": {5: object()},
    "a mapping of strings": {"x": []},
    "a stream of numbers": Stream(5),
    "a stream of lists": Stream([]),
    "an empty string": "",
    "two characters": ";;",
    "a function": lambda: None,
    "a time without a zone": datetime(2026, 1, 1),  # noqa: DTZ001 - on purpose
}
LONG = {
    "a string": "x" * 5_000,
    "quotation marks": "'\"" * 5_000,
    "blanks": " " * 5_000,
    "lines": "x\n" * 5_000,
    "words": "x y " * 5_000,
    "an expression": f"user.{'x' * 5_000}()",
    "JSON": f'{{"format": "{"x" * 5_000}"}}',
    "bytes": b"x" * 5_000,
    "a number": 10**4_000,
    "a list of strings": ["x" * 5_000] * 50,
    "a list of many": [f"{number:050}" for number in range(500)],
    "a list of lists": [["x" * 5_000]],
    "a mapping": {"x" * 5_000: "x" * 5_000},
    "a mapping of mappings": {"properties": {"x" * 5_000: "x"}},
}
"""Values without an end to speak of, such as somebody else's file may hold."""

CALLS = list(public_calls())
WITH_ARGUMENTS = [each for each in CALLS if each.parameters]
GIVEN_JUNK, GIVEN_LONG = (WITH_ARGUMENTS,) * 2 if CI else (WITH_ARGUMENTS[::2], WITH_ARGUMENTS[1::2])
"""Who is given which: in the everyday run each call one of both."""


@pytest.fixture(autouse=True)
def _in_an_empty_folder(monkeypatch, tmp_path):
    """What is saved under a junk name goes there."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("call", CALLS, ids=lambda each: each.name)
def test_every_public_call_takes_its_example(call):
    """Otherwise the next test would show nothing; a new call without an example fails here."""
    call.run()


@pytest.mark.parametrize("call", GIVEN_JUNK, ids=lambda each: each.name)
def test_junk_raises_errors_of_the_tree(call):
    """One argument is junk and the others are good: the call works, or says what is wrong."""
    raised = {
        f"{each.name}=<{what}>": _error(call, each.name, junk)
        for each in call.parameters
        for what, junk in _tried(JUNK, call, each)
        if not (callable(junk) and "Callable" in each.annotation)  # a function of the caller's may raise what it likes
    }
    assert {place: error for place, error in raised.items() if not isinstance(error, O365ProvError | None)} == {}


@pytest.mark.parametrize("call", GIVEN_LONG, ids=lambda each: each.name)
def test_no_message_is_as_long_as_what_was_given(call):
    """What is wrong fits in a few lines of a terminal, and so does each issue where there are many."""
    raised = {
        f"{each.name}=<{what}>": _error(call, each.name, value)
        for each in call.parameters
        for what, value in _tried(LONG, call, each)
    }
    assert [place for place, error in raised.items() if error and max(map(len, messages(error))) > 600] == []


def messages(error):
    """The issues of an error, if it has any, or its message."""
    return [str(each) for each in getattr(error, "issues", None) or (error,)]


def _tried(values, call, parameter):
    """All of them in CI; elsewhere each sixth, so that one parameter gets others than the next."""
    first = zlib.crc32(f"{call.name} {parameter.name}".encode()) % 6
    return values.items() if CI else islice(values.items(), first, None, 6)


def _error(call, parameter, junk):
    """What the call raises, if it raises anything."""
    try:
        call.run(**{parameter: junk})
    except Exception as error:  # noqa: BLE001 - that is what is tested
        return error
    return None
