"""A progress bar for applying a plan. Needs rich; import it only where that is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from o365prov.graph.apply.events import ApplyStarted, ChangeEnded, Event, Waiting
from o365prov.planning import Result


@contextmanager
def progress(console: Console | None = None) -> Iterator[Callable[[Event], None]]:
    """Show a bar while the plan is applied; gives what ``apply(on_event=...)`` wants.

    The bar says how many changes have ended, how many of them failed, and why nothing goes while Graph lets us wait.
    *console* is rich's, by default the standard output.

    ::

        with progress() as on_event:
            report = await tenant.apply(plan, on_event=on_event)
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("Applying", total=None)
        failed = 0

        def show(event: Event) -> None:
            nonlocal failed
            match event:
                case ApplyStarted(total=total):
                    bar.update(task, total=total)
                case ChangeEnded(outcome=outcome, done=done, total=total):
                    failed += outcome.result is Result.FAILED
                    words = f"Applying, {failed} failed" if failed else "Applying"
                    bar.update(task, description=words, completed=done, total=total)
                case Waiting(seconds=seconds, why=why):
                    bar.update(task, description=f"Waiting {seconds:.0f} s: {why}")
                case _:
                    bar.update(task, description="Applied" if not failed else f"Applied, {failed} failed")

        yield show
