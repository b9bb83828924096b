"""What can happen in a simulation: to people, by hand, to the settings, to the memory, and to the appliers of plans.

People are meant by number, so that an event means something in every organisation. Each event reads as a line of a
story.
"""

from __future__ import annotations

from enum import StrEnum

from attrs import field, frozen

from o365prov._fields import typed, whole_number


class Event(StrEnum):
    """What happens on a day, whatever becomes of the plans of that day; the value is how it reads."""

    JOIN = "{one} is assigned"
    HIRE = "somebody new, with the licences and roles of {one}, is assigned"
    LEAVE = "{one} is not assigned any more"
    REGRANT = "{one} is assigned other licences and roles"
    SUSPEND = "{one} is suspended"
    UNSUSPEND = "whoever is suspended or staged is active again"
    STAGE = "{one} is staged"
    START_LATER = "{one} is assigned from a later day on"
    END_LATER = "{one}'s assignment ends on a later day"
    END_ROLES_LATER = "{one}'s roles end on a later day"
    MISREAD = "a part of the people is missing from the source until the next day"
    READ_IN_PART = "until the next day the source is read in part"
    PROMOTE = "{one} gets another title"
    RENAME = "{one} gets another address"
    SWAP = "{one} and {other} get each other's address"
    NAMESAKE = "{one} leaves, and {other} gets the address"
    NEW_ID = "{one} gets a new id in the source"
    NEW_MANAGER = "{other} becomes {one}'s manager"
    REORGANIZE = "the organisation changes: many leave, one is new, and the others get other jobs, licences and roles"
    NEW_PASSWORD = "{one} has a new password"  # noqa: S105 - a sentence

    BLOCK = "an administrator blocks {one}'s account"
    ENABLE = "an administrator enables {one}'s account"
    RENAME_ACCOUNT = "an administrator renames {one}'s account"
    EDIT = "an administrator gives {one}'s account another title"
    DELETE = "an administrator deletes {one}'s account"
    RESTORE = "an administrator restores {one}'s account"
    PURGE = "an administrator deletes {one}'s deleted account for ever"
    LICENSE = "an administrator gives {one}'s account a licence"
    UNLICENSE = "an administrator takes a licence from {one}'s account"
    GRANT_ROLE = "an administrator gives {one}'s account a role"
    TAKE_ROLE = "an administrator takes a role from {one}'s account"
    OCCUPY = "a stranger's account has the username that {one} is to have"

    CHOOSE_OPTION = "another option for leavers is chosen"
    SWITCH_DEACTIVATION = "Deactivate Users is switched"
    SWITCH_CREATION = "Create Users is switched"
    SWITCH_RESTORING = "restoring deleted accounts is switched"
    SWITCH_SUSPENSION = "blocking who is suspended is switched"
    SWITCH_PATIENCE = "for how long leavers must be missing is changed"
    SWITCH_PREPARATION = "creating accounts before the day is switched"
    EXCLUDE_PEOPLE = "people with some title are excluded, or nobody is any more"
    EXCLUDE_ACCOUNT = "{one}'s account is excluded, and no other one"
    UNDO = "an administrator plans, applies, and takes it back"
    REVERT = "an administrator reverts what was edited by hand"
    HAND_OVER_MAILBOX = "{one}'s mailbox is handed over"
    LINK_ELSEWHERE = "another app links {one}'s account"
    LOSE_MEMORY = "the memory is lost"
    CLOCK_FORWARD = "the clock of the appliers' computer jumps forward by {number} minutes"
    CLOCK_BACK = "the clock of the appliers' computer goes back by {number} minutes"


BY_HAND = frozenset(
    {
        Event.BLOCK,
        Event.ENABLE,
        Event.RENAME_ACCOUNT,
        Event.EDIT,
        Event.DELETE,
        Event.RESTORE,
        Event.PURGE,
        Event.LICENSE,
        Event.UNLICENSE,
        Event.GRANT_ROLE,
        Event.TAKE_ROLE,
        Event.OCCUPY,
    }
)
"""What administrators do, who know nothing of plans; it can happen while one is applied."""

AMID_PLANS = BY_HAND - {Event.OCCUPY}
"""What of it can happen between the reading and the writing of an applier, and means the same in every run."""

LEFT_AS_IT_IS = frozenset(
    {
        Event.RENAME_ACCOUNT,
        Event.EDIT,
        Event.LICENSE,
        Event.UNLICENSE,
        Event.GRANT_ROLE,
        Event.TAKE_ROLE,
    }
)
"""What administrators do that a plan says and does not undo, unless it compares everything with the tenant."""


@frozen(field_transformer=typed)
class Happening:
    """An event, and whom it is about.

    Args:
        event: what happens.
        one: the number of the person, from 0; beyond the last one it begins again.
        other: the number of another one.
        number: which licences, option, minutes ..., where there is a choice.

    """

    event: Event
    one: int = field(default=0, validator=whole_number())
    other: int = field(default=0, validator=whole_number())
    number: int = field(default=0, validator=whole_number())


class Wrong(StrEnum):
    """What goes wrong with a request to Graph, or with one inside a batch; the value is how it reads."""

    BROKEN_BEFORE = "the connection breaks before request {at} has its effect"
    BROKEN_AFTER = "the connection breaks after request {at} had its effect"
    UNAVAILABLE = "request {at} is answered 503"
    GATEWAY_TIMEOUT = "request {at} is answered 504 after its effect"
    THROTTLED = "request {at} is answered 429"
    SLOW = "request {at} takes 30 seconds"
    GARBLED = "the answer to request {at} is cut off after its effect"
    DOUBLED = "request {at} arrives twice"

    WRITE_MISSING = "the answer to write {at} is missing in that of its batch"
    WRITE_LOST = "write {at} gets lost on its way, and nothing answers it"
    WRITE_DOUBLED = "the answer to write {at} stands twice in that of its batch"
    WRITE_GARBLED = "the answer to write {at} is not an object"
    WRITE_TIMEOUT_BEFORE = "write {at} is answered 504 before its effect"
    WRITE_TIMEOUT_AFTER = "write {at} is answered 504 after its effect"
    WRITE_FAILED_AFTER = "write {at} is answered 500 after its effect"
    WRITE_UNAVAILABLE = "write {at} is answered 503"
    WRITE_THROTTLED = "write {at} is answered 429"
    WRITE_FORBIDDEN = "write {at} is answered 403"
    WRITE_REFUSED = "write {at} is answered 400"
    WRITE_CONFLICT = "write {at} is answered 409"
    WRITE_TITLES = "titles are refused from write {at} on"
    WRITE_NO_CONSENT = "every write from write {at} on is answered 403"

    @property
    def is_inside(self) -> bool:
        """Whether it concerns one write inside a batch."""
        return self.name.startswith("WRITE_")


@frozen(field_transformer=typed)
class NetworkFault:
    """One fault of the network.

    Args:
        wrong: what goes wrong.
        at: with which request of the applier, or with which of its writes, from 1.

    """

    wrong: Wrong
    at: int = field(validator=whole_number(1))

    def __str__(self) -> str:
        return self.wrong.value.format(at=self.at)


class Cut(StrEnum):
    """How an applier is interrupted; the value is how it reads."""

    KILL = "is killed"
    PAUSE = "is paused"
    STOP = "is asked to stop"
    CANCEL = "is cancelled"
    UNLOCK = "loses its lease to somebody's unlock"
    RETURN = "goes on, but who was paused returns,"
    LOSE_POWER = "loses power, with its disk"
    FILL_DISK = "finds its disk full"
    FAIL_SYNC = "finds that its disk fails to sync"


class CutPlace(StrEnum):
    """Where an applier is interrupted; the value is how it reads."""

    BEFORE_WRITES = "before batch {at} of writes has its effect"
    AMID_WRITES = "when half of batch {at} of writes had its effect"
    AFTER_WRITES = "after batch {at} of writes had its effect"
    BEFORE_NOTE = "before transaction {at} of the state"
    AFTER_NOTE = "after transaction {at} of the state"
    AMID_NOTE = "amid a transaction of the state, before operation {at} on the disk"


ON_DISK = frozenset({Cut.LOSE_POWER, Cut.FILL_DISK, Cut.FAIL_SYNC})
"""The cuts that take a disk."""

AMID_NOTES = ON_DISK | {Cut.KILL}
"""The cuts that can happen amid a transaction; whatever else is done to a process waits for its end."""


@frozen(field_transformer=typed)
class Interruption:
    """Where and how an applier is interrupted.

    Args:
        cut: how.
        place: where.
        at: the how manieth of its kind, from 1.

    """

    cut: Cut
    place: CutPlace
    at: int = field(validator=whole_number(1))

    def __str__(self) -> str:
        return f"{self.cut.value} {self.place.value.format(at=self.at)}"


class Source(StrEnum):
    """Which plan an applier applies; the value is how it reads. The last two come with the events of their names."""

    NEW = "reads, plans and applies"
    PUSH = "pushes some people"
    AGAIN = "applies the last plan again"
    OLDER = "applies an older plan"
    PART = "reads, plans and applies a part of the plan"
    UNDO = "takes back what the last one did"
    REVERT = "reads, plans with everything compared, and applies"


@frozen(field_transformer=typed)
class Round:
    """What one applier does, in a process of its own.

    Args:
        source: which plan it applies.
        faults: what goes wrong on the way to Graph.
        interruption: how it ends early, or is held up; None for neither.
        edits: what is done by hand between its reading and its writing.
        is_together: whether the next one begins beside it.
        who: the number of the first of the people that it pushes.

    """

    source: Source = Source.NEW
    faults: tuple[NetworkFault, ...] = ()
    interruption: Interruption | None = None
    edits: tuple[Happening, ...] = ()
    is_together: bool = False
    who: int = field(default=0, validator=whole_number())

    def __str__(self) -> str:
        beside = ", and the next one begins beside it" if self.is_together else ""
        what = [*map(str, self.faults), *([f"it {self.interruption}"] if self.interruption else [])]
        return f"an applier {self.source.value}{beside}" + (f": {'; '.join(what)}" if what else "")


@frozen(field_transformer=typed)
class DayPlan:
    """One day: what happens, and then who applies.

    Args:
        happenings: what happens, before anything is read.
        rounds: the appliers, one after the other; at the end of the day there is always one more, which nothing
            disturbs.
        passes: how many days it takes until the next one.

    """

    happenings: tuple[Happening, ...] = ()
    rounds: tuple[Round, ...] = ()
    passes: int = field(default=1, validator=whole_number(1))


@frozen(field_transformer=typed)
class Schedule:
    """Everything that happens in a simulation, day by day; after the last one everybody leaves."""

    days: tuple[DayPlan, ...] = ()
