"""How results are shown: tables on a terminal, plain text in a pipe, JSON, CSV and Markdown on request."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from typing import Any

import click
from rich.console import Console

from o365prov.cli.fitting import fitting_markdown
from o365prov.errors import ConfigurationError, Issue, O365ProvError, SourceError, StaleMappingError
from o365prov.graph import Event, progress
from o365prov.rendering import Renderable, to_csv


class Form(Enum):
    """The form of a result."""

    PERSON = "person"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"


def form_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options --json, --csv and --markdown, which become the argument *form*."""
    as_json = click.option("--json", "form", flag_value=Form.JSON, type=click.UNPROCESSED, help="Print JSON.")
    as_csv = click.option(
        "--csv",
        "form",
        flag_value=Form.CSV,
        type=click.UNPROCESSED,
        help="Print CSV, of which no spreadsheet executes anything.",
    )
    as_markdown = click.option(
        "--markdown",
        "form",
        flag_value=Form.MARKDOWN,
        type=click.UNPROCESSED,
        help="Print Markdown, which fits into a comment of a pull request.",
    )
    return as_json(as_csv(as_markdown(function)))


def show(
    value: Renderable,
    form: Form | None,
    rows: Callable[[], Iterable[Mapping[str, object]]],
    *,
    data: Callable[[], Any] | None = None,
    brief: bool = False,
) -> None:
    """Print a value on the standard output.

    Args:
        value: what is shown to people.
        form: the form that was asked for; None for people.
        rows: gives what CSV has of it.
        data: gives what JSON has of it, where that is more than the rows.
        brief: whether plain text, too, has what needs attention alone.

    """
    match form:
        case Form.JSON:
            print_json((data or rows)())
        case Form.CSV:
            print_csv(rows())
        case Form.MARKDOWN:
            click.echo(fitting_markdown(value), nl=False)
        case _ if sys.stdout.isatty():
            Console().print(value)
        case _:
            click.echo(str(value) if brief else value.to_text())


def show_lines(
    title: str, lines: list[str], form: Form | None, rows: Iterable[Mapping[str, object]], *, data: Any = None
) -> None:
    """Print a short result on the standard output.

    Args:
        title: what Markdown has above it.
        lines: what is shown to people.
        form: the form that was asked for; None for people.
        rows: what CSV has of it.
        data: what JSON has of it, where that is more than the rows.

    """
    match form:
        case Form.JSON:
            print_json(rows if data is None else data)
        case Form.CSV:
            print_csv(rows)
        case Form.MARKDOWN:
            click.echo(f"**{title}**\n\n```text\n" + "\n".join(line.replace("`", "'") for line in lines) + "\n```")
        case _:
            click.echo("\n".join(lines))


def issues_of(error: O365ProvError) -> tuple[Issue, ...]:
    """The issues that an error lists; none if it is about one thing.

    Args:
        error: the error.

    """
    return error.issues if isinstance(error, ConfigurationError | SourceError) else ()


def fault_lines(error: O365ProvError) -> list[str]:
    """An error for a terminal: a line for each thing that is wrong, in the words of an app file.

    Args:
        error: the error.

    """
    if issues := issues_of(error):
        return [str(issue) for issue in issues]
    if isinstance(error, StaleMappingError):
        return [f"{error}; in an app file, look at [mapping], then delete its made_for"]
    return [str(error)]


def print_json(data: Any) -> None:
    """Print JSON on the standard output."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False, default=str))


def print_csv(rows: Iterable[Mapping[str, object]]) -> None:
    """Print CSV on the standard output, as bytes: its lines end alike on every system."""
    click.echo(to_csv(rows).encode(), nl=False)


def tell(text: str) -> None:
    """Say something beside the result: on the standard error."""
    click.echo(text, err=True)


@contextmanager
def shown_progress() -> Iterator[Callable[[Event], None] | None]:
    """A progress bar on the standard error, if that is a terminal; None if it is not."""
    if not sys.stderr.isatty():
        yield None
        return
    with progress(Console(stderr=True)) as on_event:
        yield on_event
