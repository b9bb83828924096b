"""Countries by any of their codes, with the English names that Java shows (ISO 3166-1, names of the Unicode CLDR)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from attrs import frozen

from o365prov._annotations import check_call
from o365prov._fields import typed


@frozen(field_transformer=typed)
class CountryCode:
    """One country: a value of its own in Identity Engine, which leaves the language as its two letters."""

    alpha2: str
    alpha3: str
    numeric: str
    name: str


@cache
def countries() -> tuple[CountryCode, ...]:
    """All 249 countries of the standard."""
    table = Path(__file__).with_name("countries.tsv").read_text("utf-8")
    return tuple(CountryCode(*row.split("\t")) for row in table.splitlines()[1:])


@cache
def _by_code() -> dict[str, CountryCode]:
    return {code: row for row in countries() for code in (row.alpha2, row.alpha3, row.numeric)}


@cache
def _by_name() -> dict[str, CountryCode]:
    return {row.name.lower(): row for row in countries()}


def country(text: str, *, names: bool = False) -> CountryCode | None:
    """The country of an alpha-2, alpha-3 or numeric code, in any case; with *names*, of its English name, too."""
    check_call(country, locals())
    return find_country(text, names=names)


def find_country(text: str, *, names: bool = False) -> CountryCode | None:
    """The same for a string, which the language has made sure of."""
    word = text.strip()
    code = word.zfill(3) if word.isdigit() else word.upper()
    found = _by_code().get(code)
    return found if found is not None or not names else _by_name().get(word.lower().replace("'", "\u2019"))
