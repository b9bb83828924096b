"""Faults on purpose: what can go wrong on the way to Graph, and when.

A fault is what happens to one request; a plan says to which. ``FakeTenant(faults=...)`` takes any plan:
:class:`ScheduledFaults` by number or by route, :class:`RandomFaults` by chance from a seed, or a function of your own.
"""

from __future__ import annotations

import math
import random
import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase

from attrs import Attribute, field, frozen

from o365prov._annotations import check_call, is_number
from o365prov._fields import as_tuple, optional, typed, whole_number, wrong
from o365prov.errors import ConfigurationError
from o365prov.rendering import quoted, shortened

_ROUTE = re.compile(r"(GET|POST|PATCH|PUT|DELETE|[A-Z?]*\*[A-Z*?]*) [/*].*")


def _from_zero(owner: object, field: Attribute[float], value: object) -> None:
    if not is_number(value) or not 0 <= value < math.inf:
        raise wrong(owner, field, "a number of seconds, 0 or more", value)


@frozen(field_transformer=typed)
class Throttled:
    """429, with ``Retry-After`` in seconds, or without it for None; the request has no effect."""

    retry_after: int | None = field(default=1, validator=optional(whole_number()))


@frozen(field_transformer=typed)
class Unavailable:
    """503, with ``Retry-After`` in seconds, or without it for None; the request has no effect."""

    retry_after: int | None = field(default=None, validator=optional(whole_number()))


@frozen(field_transformer=typed)
class GatewayTimeout:
    """504; whether the request had its effect is what *after_effect* says, and what a client can't know."""

    after_effect: bool = False


@frozen(field_transformer=typed)
class Dropped:
    """The connection breaks without an answer, before or after the effect; inside a batch it is a 504."""

    after_effect: bool = False


@frozen(field_transformer=typed)
class Slow:
    """The right answer, *seconds* later."""

    seconds: float = field(validator=_from_zero)


Fault = Throttled | Unavailable | GatewayTimeout | Dropped | Slow


@frozen(field_transformer=typed)
class Attempt:
    """One request as a plan sees it.

    Attributes:
        number: counts every request from 1, those inside a batch too.
        method: in capitals.
        path: below the base, such as ``/users/delta``.
        is_inner: whether it came inside a batch.

    """

    number: int
    method: str
    path: str
    is_inner: bool = False


FaultPlan = Callable[[Attempt], Fault | None]


class ScheduledFaults:
    """Faults for given requests, by number or by route.

    Args:
        by_number: request numbers, counted from 1, and what happens to them.
        by_route: ``"METHOD /path"`` with ``*`` for anything, and the faults of the first, second, third ... request
            that matches; None stands for no fault.

    Example:
        >>> faults = [Throttled(retry_after=2), None, Dropped(after_effect=True)]
        >>> plan = ScheduledFaults(by_route={"PATCH /users/*": faults})
        >>> [plan(Attempt(number, "PATCH", "/users/1")) for number in (1, 2, 3, 4)]
        [Throttled(retry_after=2), None, Dropped(after_effect=True), None]

    """

    def __init__(
        self,
        by_number: Mapping[int, Fault] | None = None,
        by_route: Mapping[str, Iterable[Fault | None]] | None = None,
    ) -> None:
        if isinstance(by_route, Mapping):
            by_route = {pattern: as_tuple(faults) for pattern, faults in by_route.items()}
        check_call(ScheduledFaults.__init__, locals())
        for pattern in by_route or {}:
            if not _ROUTE.fullmatch(pattern):
                raise ConfigurationError(
                    f"ScheduledFaults(by_route=...): {quoted(shortened(pattern))} can't match; write a method and a"
                    " path below the base, such as 'PATCH /users/*'"
                )
        self._by_number = dict(by_number or {})
        self._by_route = [(pattern, deque(faults)) for pattern, faults in (by_route or {}).items()]

    def __call__(self, attempt: Attempt) -> Fault | None:
        """The fault of this request, or None."""
        fault = self._by_number.get(attempt.number)
        for pattern, faults in self._by_route:
            if fault is None and faults and fnmatchcase(f"{attempt.method} {attempt.path}", pattern):
                fault = faults.popleft()
                break
        return fault


class RandomFaults:
    """Faults by chance, the same ones for the same seed and the same requests.

    Args:
        share: of all requests, between 0 and 1.
        seed: where chance begins.
        kinds: what may happen, each as likely as the other.

    """

    def __init__(
        self,
        share: float,
        *,
        seed: int,
        kinds: Iterable[Fault] = (
            Throttled(retry_after=1),
            Throttled(retry_after=None),
            Unavailable(),
            GatewayTimeout(),
            GatewayTimeout(after_effect=True),
            Dropped(),
            Dropped(after_effect=True),
        ),
    ) -> None:
        kinds = as_tuple(kinds)
        check_call(RandomFaults.__init__, locals())
        if not 0 <= share <= 1:
            raise ConfigurationError(f"RandomFaults(share={share}): it must be between 0 and 1")
        self._share = share
        self._kinds = kinds
        self._chance = random.Random(seed)  # noqa: S311 - chance needs no secrecy

    def __call__(self, _: Attempt) -> Fault | None:
        """The fault of this request, or None."""
        return self._chance.choice(self._kinds) if self._chance.random() < self._share else None
