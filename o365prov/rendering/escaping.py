"""Other people's texts, as they may be shown.

A display name can hold what a terminal obeys (escape sequences), what turns a line around (bidirectional controls), or
what begins a new line and so forges a row of a plan. What is sent to Graph stays as it is; what is shown has such
characters as visible escapes. Joiners, which scripts such as Persian need within words, stay.
"""

from __future__ import annotations

import re

_UNSEEMLY = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    r"""The text on one line, with everything that would steer whatever shows it as an escape.

    >>> printable("Ann\x1b[31m\nBo")
    'Ann\\x1b[31m\\nBo'
    """
    return text if text.isprintable() else _UNSEEMLY.sub(lambda found: repr(found[0])[1:-1], text)
