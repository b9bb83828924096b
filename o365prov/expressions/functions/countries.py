"""``Iso3166Convert.*`` (Okta Expression Language overview, "Country code conversion functions")."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from o365prov.expressions.functions.function import Function, Parameter
from o365prov.expressions.semantics import EvaluationOptions
from o365prov.expressions.values.country_codes import find_country
from o365prov.expressions.values.failures import EvaluationFailure
from o365prov.expressions.values.types import ValueType


def _converter(attribute: str) -> Callable[[EvaluationOptions], Callable[[str], str | None]]:
    def for_options(options: EvaluationOptions) -> Callable[[str], str | None]:
        def convert(code: str) -> str | None:
            found = find_country(code)
            if found is not None:
                value: str = getattr(found, attribute)
                return value
            if options.semantics.unknown_country == "null":
                return None
            raise EvaluationFailure("{operand} is not a country code", remedy="write it like US, USA or 840", blame=0)

        return convert

    return for_options


def _row(name: str, attribute: str, doc: str, *examples: tuple[str, Any]) -> Function:
    return Function(
        f"Iso3166Convert.{name}",
        (Parameter("code", ValueType.STRING),),
        ValueType.STRING,
        _converter(attribute),
        doc,
        examples,
        by_options=True,
        question="unknown_country",
    )


FUNCTIONS = (
    _row("toAlpha2", "alpha2", "The two-letter code of a country.", ('Iso3166Convert.toAlpha2("IND")', "IN")),
    _row("toAlpha3", "alpha3", "The three-letter code of a country.", ('Iso3166Convert.toAlpha3("840")', "USA")),
    _row(
        "toNumeric",
        "numeric",
        "The numeric code of a country: a string of three digits.",
        ('Iso3166Convert.toNumeric("USA")', "840"),
        ('Iso3166Convert.toNumeric("AF")', "004"),
    ),
    _row("toName", "name", "The English name of a country.", ('Iso3166Convert.toName("IN")', "India")),
)
