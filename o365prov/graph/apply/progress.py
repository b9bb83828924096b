"""A progress bar for applying a plan; it needs rich."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from o365prov._annotations import check_arguments
from o365prov.graph.apply.events import ApplyStarted, ChangeEnded, Event, Waiting
from o365prov.planning import Result

if TYPE_CHECKING:
    import rich.console


@contextmanager
def progress(console: rich.console.Console | None = None) -> Iterator[Callable[[Event], None]]:
    """Show a progress bar while a plan is applied; gives a function for ``apply(on_event=...)``.

    The bar shows how many changes have ended, how many of them failed, and why nothing is sent while Graph makes us
    wait. It needs the extra ``rich``.

    Args:
        console: rich's; by default the standard output.

    ::

        with progress() as on_event:
            report = await tenant.apply(plan, on_event=on_event)

    """
    from rich.console import Console  # noqa: PLC0415 - an extra
    from rich.progress import (  # noqa: PLC0415 - an extra
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    check_arguments("progress", {"console": Console | None}, {"console": console})
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
