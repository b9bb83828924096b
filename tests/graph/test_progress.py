"""The progress bar while a plan is applied."""

import io

from rich.console import Console

from o365prov.graph.apply.events import ApplyEnded, ApplyStarted, ChangeEnded, Waiting
from o365prov.graph.apply.progress import progress
from o365prov.planning import Outcome, Report, Result, Subject
from o365prov.planning.model.changes import RemoveManager

CHANGE = RemoveManager(Subject("00u1", "Ann", "ann@corp.example"), "", "1")


def shown(*events):
    """What a terminal shows in the end."""
    out = io.StringIO()
    with progress(Console(file=out, force_terminal=False, width=100)) as on_event:
        for event in events:
            on_event(event)
    return out.getvalue()


def ended(result, done):
    return ChangeEnded(Outcome(CHANGE, result), done, 2)


def test_the_bar_counts_the_changes_that_ended():
    """Two of two."""
    last = ApplyEnded(Report("p", ()))
    assert "2/2" in shown(ApplyStarted(2, 2), ended(Result.DONE, 1), ended(Result.DONE, 2), last)


def test_the_bar_says_how_many_failed():
    """A failure is not hidden behind a full bar."""
    last = ApplyEnded(Report("p", ()))
    assert "Applied, 1 failed" in shown(ApplyStarted(2, 2), ended(Result.FAILED, 1), ended(Result.DONE, 2), last)


def test_the_bar_says_why_it_stands_still():
    """Graph lets us wait, and how long."""
    assert "Waiting 30 s: Graph asked for it" in shown(ApplyStarted(2, 2), Waiting(30, "Graph asked for it"))
