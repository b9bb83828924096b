"""Escaping: other people's strings, as terminals, HTML and Markdown can show them.

A display name can hold characters that a terminal obeys (escape sequences), that turn a line around (bidirectional
controls), or that begin a new line and so fake a row of a plan. What is sent to Graph stays as it is; where it is
shown, such characters become visible escapes. Joiners stay, which scripts such as Persian need within words.
"""

from __future__ import annotations

import re
from html import escape

_CONTROLS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\u00ad\u180e\u200b\ufeff\U000e0000-\U000e007f\ud800-\udfff]"
)
_MARKDOWN = re.compile(r"[\\`*_\[\]|~#$@]|^[-+=]|(?<=^[0-9])[.)]")


_LINKS = re.compile(r"(?i)\b(?:https?|ftp|mailto|xmpp):|\bwww\.")
"""What GitHub turns into a link without being asked."""


def printable(text: str) -> str:
    r"""The string on one line, with control characters as escapes.

    >>> printable("Ann\x1b[31m\nBo")
    'Ann\\x1b[31m\\nBo'
    """
    return text if text.isprintable() else _CONTROLS.sub(lambda match: repr(match[0])[1:-1], text)


def escape_html(text: str) -> str:
    """The string as text of an HTML element, or as the value of an attribute in quotes.

    >>> escape_html('<b onclick="x">Smith & Sons')
    '&lt;b onclick=&quot;x&quot;&gt;Smith &amp; Sons'
    """
    return escape(printable(text))


def escape_markdown(text: str) -> str:
    r"""The string as text of GitHub's Markdown, within a paragraph or a table's cell.

    >>> escape_markdown("*Ann* | <b>")
    '\\*Ann\\* \\| &lt;b&gt;'
    """
    escaped = _MARKDOWN.sub(r"\\\g<0>", escape(printable(text), quote=False))
    return _LINKS.sub(lambda match: match[0][:-1] + ("&#58;" if match[0][-1] == ":" else "&#46;"), escaped)
