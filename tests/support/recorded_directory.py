"""Answers of a real Active Directory, kept to run its tests where there is none.

A tape has, for each test, what was asked of the directory in its order and what it answered. ``SAMBA=1 RECORD=1`` runs
the tests against Samba's domain controller and writes the tape; where Samba is missing the same tests run against it.
Whoever asks something else than what was asked then has to record anew.
"""

import base64
import json
import lzma
import os
from pathlib import Path

from attrs import Factory, define, field

RECORDS = "RECORD" in os.environ
PATH = Path(__file__).with_name("recorded_directory.json.xz")
ASKED_OTHERWISE = "this was not asked when it was recorded: record it with SAMBA=1 RECORD=1"


def as_json(value):
    """A value of ldap3 as JSON; bytes are in base64."""
    match value:
        case bytes():
            return {"bytes": base64.b64encode(value).decode()}
        case dict():
            return {str(name): as_json(each) for name, each in value.items()}
        case list() | tuple():
            return [as_json(each) for each in value]
        case None | bool() | int() | str():
            return value
    return str(value)


def from_json(value):
    """The value again."""
    match value:
        case {"bytes": text, **others} if not others:
            return base64.b64decode(text)
        case dict():
            return {name: from_json(each) for name, each in value.items()}
        case list():
            return [from_json(each) for each in value]
    return value


@define
class Tape:
    """What was asked and answered, by test; entries that came often are kept once.

    Args:
        answers: for each test its questions and answers.
        entries: the entries that were found.

    """

    answers: dict = field(factory=dict)
    entries: list = field(factory=list)
    _numbers: dict = field(factory=dict)

    @classmethod
    def load(cls):
        """The tape that is kept with the tests."""
        return cls(**json.loads(lzma.decompress(PATH.read_bytes())))

    def save(self):
        """Keep it."""
        text = json.dumps({"answers": self.answers, "entries": self.entries}, separators=(",", ":"))
        PATH.write_bytes(lzma.compress(text.encode(), preset=9))

    def write(self, test, question, answer, found=()):
        """Note an answer."""
        numbers = [self._number(json.dumps(as_json(each), sort_keys=True)) for each in found]
        self.answers.setdefault(test, []).append([as_json(question), as_json(answer), numbers])

    def _number(self, text):
        if text not in self._numbers:
            self._numbers[text] = len(self.entries)
            self.entries.append(json.loads(text))
        return self._numbers[text]


class Recording:
    """A connection of ldap3 whose answers are noted."""

    def __init__(self, connection, tape, test):
        self._connection, self._tape, self._test = connection, tape, test

    def search(self, *question, **settings):
        """Ask, and note what came."""
        self._connection.search(*question, **settings)
        result = self._connection.result
        kept = {name: result.get(name) for name in ("result", "description", "controls")}
        found = [
            {"type": each["type"], "dn": each["dn"], "raw_attributes": dict(each["raw_attributes"])}
            for each in self._connection.response or ()
            if each["type"] == "searchResEntry"
        ]
        self._tape.write(self._test, [question, settings], kept, found)

    def __getattr__(self, name):
        return getattr(self._connection, name)


class Replay:
    """A connection that gives what was noted, if it is asked the same."""

    socket = None

    def __init__(self, answers, entries):
        self._answers, self._entries = answers, entries

    def search(self, *question, **settings):
        """Give the next answer."""
        asked, answer, found = next(self._answers)
        assert as_json([question, settings]) == asked, ASKED_OTHERWISE
        self.result = {**from_json(answer), "controls": from_json(answer["controls"] or {})}
        self.response = [from_json(self._entries[number]) for number in found]

    def unbind(self):
        """Nothing is open."""


@define
class RecordedSamba:
    """A domain controller that is not there: it was changed as a test changes it, when that was recorded.

    Args:
        tape: what it answered.
        test: which test asks.

    """

    tape: Tape
    test: str
    address: str = "dc1.corp.example"
    ca_file: str = "ca.pem"
    _answers: object = field(
        init=False, default=Factory(lambda self: iter(self.tape.answers[self.test]), takes_self=True)
    )

    @property
    def url(self):
        """The address for LDAP over TLS."""
        return f"ldaps://{self.address}"

    def modify(self, _ldif, *, tree=False):
        """It was changed so."""

    def tool(self, *_words):
        """It was done."""

    def export(self):
        """The LDIF that it wrote."""
        asked, answer, _ = next(self._answers)
        assert asked == "export", ASKED_OTHERWISE
        return from_json(answer)

    def replay(self):
        """What is in the place of a connection of ldap3."""
        return Replay(self._answers, self.tape.entries)


@define
class RecordingSamba:
    """A domain controller whose answers are noted.

    Args:
        real: the domain controller.
        tape: where they are noted.
        test: which test asks.

    """

    real: object
    tape: Tape
    test: str

    def export(self):
        """The LDIF that it writes."""
        written = self.real.export()
        self.tape.write(self.test, "export", written)
        return written

    def connected(self, connection):
        """A connection to it, which is recorded."""
        connection._connection = Recording(connection._connection, self.tape, self.test)
        return connection

    def __getattr__(self, name):
        return getattr(self.real, name)
