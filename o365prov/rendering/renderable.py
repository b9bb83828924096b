"""Values that are shown as text, rich tables, HTML and Markdown."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol

from o365prov._annotations import check_arguments
from o365prov.errors import ConfigurationError
from o365prov.rendering.document import Document


class Renderable(Protocol):
    """A value that is shown as text, as a rich table, in notebooks, as an HTML page and as Markdown.

    A class says in :meth:`document` what is shown; every form has the same facts. ``print``, rich and notebooks
    show at most *rows_shown* rows of a kind; the methods show all of them unless a *limit* is given.
    """

    __slots__ = ()

    rows_shown: ClassVar[int] = 50

    def document(self, *, limit: int | None = None) -> Document:
        """What is shown.

        Args:
            limit: the most rows of a kind; equal rows are then shown together.

        """
        ...

    def to_text(self, *, limit: int | None = None) -> str:
        """Plain text, a line for each row; with a *limit*, at most so many rows of a kind."""
        from o365prov.rendering.text import to_text  # noqa: PLC0415 - each form loads when it is asked for

        return to_text(self.document(limit=check_limit(limit)))

    def to_markdown(self, *, limit: int | None = None) -> str:
        """GitHub's Markdown; with a *limit*, at most so many rows of a kind."""
        from o365prov.rendering.markdown import to_markdown  # noqa: PLC0415 - see above

        return to_markdown(self.document(limit=check_limit(limit)))

    def to_html(self, *, limit: int | None = None) -> str:
        """One HTML page without scripts, with every value escaped; with a *limit*, at most so many rows of a kind."""
        from o365prov.rendering.html import to_page  # noqa: PLC0415 - see above

        return to_page(self.document(limit=check_limit(limit)))

    def to_table(self, *, limit: int | None = None) -> Any:
        """A rich renderable; with a *limit*, at most so many rows of a kind. It needs the extra ``rich``."""
        from o365prov.rendering.rich import to_rich  # noqa: PLC0415 - rich is an extra

        return to_rich(self.document(limit=check_limit(limit)))

    def __str__(self) -> str:
        return self.to_text(limit=self.rows_shown)

    def __rich__(self) -> Any:
        return self.to_table(limit=self.rows_shown)

    def _repr_html_(self) -> str:
        from o365prov.rendering.html import to_fragment  # noqa: PLC0415 - see above

        return to_fragment(self.document(limit=self.rows_shown))


def check_limit(limit: int | None) -> int | None:
    """The limit; one below 1 would hide rows, and is refused."""
    check_arguments("limit", {"limit": int | None}, {"limit": limit})
    if limit is not None and limit < 1:
        raise ConfigurationError(f"limit={limit}: give a number from 1 on, or None for all rows")
    return limit
