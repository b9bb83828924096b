"""Markdown that fits into a comment of a pull request, with what is worst first.

Source: GitHub, REST API: a body of an issue comment has at most 65,536 characters.
"""

from __future__ import annotations

from o365prov.rendering import Renderable

LONGEST = 65_536
_LIMITS = (500, 200, 100, 50, 20, 10, 5, 2, 1)


def fitting_markdown(value: Renderable, longest: int = LONGEST) -> str:
    """All of it, or with so few rows of a kind that it fits; what does not fit even then is cut at a line.

    Args:
        value: a plan, a report, a preview.
        longest: the most characters.

    """
    text = value.to_markdown()
    for limit in _LIMITS:
        if len(text) <= longest:
            return text
        text = value.to_markdown(limit=limit)
    if len(text) <= longest:
        return text
    ending = "\n\n... cut: it is too long for a comment\n"
    return text[: longest - len(ending)].rpartition("\n")[0] + ending
