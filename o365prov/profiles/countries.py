"""The country codes that ``usageLocation`` takes: ISO 3166-1 alpha-2, officially assigned."""

from __future__ import annotations

from typing import Final

from o365prov.expressions.values.country_codes import countries, country

ALPHA_2: Final = frozenset(each.alpha2 for each in countries())

_COMMON_MISTAKES: Final = {"UK": "GB", "EL": "GR", "EN": "GB"}


def meant_by(text: str) -> str | None:
    """The code that somebody probably meant who wrote *text*: a longer code, an English name, or a common mistake.

    >>> meant_by("UK"), meant_by("DEU"), meant_by("Germany"), meant_by("Neverland")
    ('GB', 'DE', 'DE', None)
    """
    if mistaken := _COMMON_MISTAKES.get(text.upper()):
        return mistaken
    found = country(text, names=True)
    return found.alpha2 if found else None
