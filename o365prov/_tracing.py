"""Spans for OpenTelemetry, with counts and ids alone: who has set it up sees what is done, and how long it takes.

Only OpenTelemetry's API is used, which msgraph-sdk brings along. A program that traces has loaded it; without it, or
without a tracer provider, there are no spans.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

Note: TypeAlias = "Callable[[str, str | int | bool], None]"
"""Notes a fact about what goes on: a name and a value."""


@contextmanager
def span(name: str, **facts: str | int | bool) -> Iterator[Note]:
    """A span of the tracer ``o365prov`` around what is done inside.

    Args:
        name: what is done.
        facts: what is known of it before; more can be noted inside.

    Yields:
        What notes another fact.

    """
    trace = sys.modules.get("opentelemetry.trace")
    if trace is None:
        yield lambda _fact, _value: None
        return
    tracer = trace.get_tracer("o365prov")
    with tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False) as current:
        for fact, value in facts.items():
            current.set_attribute(f"o365prov.{fact}", value)
        try:
            yield lambda fact, value: current.set_attribute(f"o365prov.{fact}", value)
        except Exception as error:
            # Its class alone: messages may name people.
            current.set_status(trace.Status(trace.StatusCode.ERROR, type(error).__name__))
            raise
