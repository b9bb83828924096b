"""What has a document can be shown in every form."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol

from o365prov.rendering.document import Document


class Renderable(Protocol):
    """Something that prints as text, as a rich table, in notebooks, as a page and as Markdown, with the same facts.

    A class says with :meth:`document` what is shown; the forms follow. The short forms, :func:`print`, rich and
    notebooks, have at most *rows_shown* rows of a kind; the others are in full unless a *limit* is given.
    """

    __slots__ = ()

    rows_shown: ClassVar[int] = 50

    def document(self, *, limit: int | None = None) -> Document:
        """What is shown; with a *limit*, at most so many rows of a kind, and alike rows together."""
        ...

    def to_text(self, *, limit: int | None = None) -> str:
        """Plain text: one line for each row, in full or with at most *limit* rows of a kind."""
        from o365prov.rendering.text import to_text  # noqa: PLC0415 - each form loads when it is asked for

        return to_text(self.document(limit=limit))

    def to_markdown(self, *, limit: int | None = None) -> str:
        """GitHub's Markdown, in full or with at most *limit* rows of a kind."""
        from o365prov.rendering.markdown import to_markdown  # noqa: PLC0415 - see above

        return to_markdown(self.document(limit=limit))

    def to_html(self, *, limit: int | None = None) -> str:
        """One HTML page: no scripts, nothing loaded from elsewhere, every value escaped."""
        from o365prov.rendering.html import to_page  # noqa: PLC0415 - see above

        return to_page(self.document(limit=limit))

    def to_table(self, *, limit: int | None = None) -> Any:
        """A rich renderable, in full or with at most *limit* rows of a kind; takes the extra ``rich``."""
        from o365prov.rendering.rich import to_rich  # noqa: PLC0415 - rich is an extra

        return to_rich(self.document(limit=limit))

    def __str__(self) -> str:
        return self.to_text(limit=self.rows_shown)

    def __rich__(self) -> Any:
        return self.to_table(limit=self.rows_shown)

    def _repr_html_(self) -> str:
        from o365prov.rendering.html import to_fragment  # noqa: PLC0415 - see above

        return to_fragment(self.document(limit=self.rows_shown))
