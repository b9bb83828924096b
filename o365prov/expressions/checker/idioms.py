"""What people write as other languages have it, and what Okta's has instead: a table, by names in small letters."""

from __future__ import annotations

from attrs import frozen

from o365prov.expressions.semantics import Dialect


@frozen
class Idiom:
    """Names that mean one thing, and how each dialect says it.

    Args:
        names: of functions or methods of other languages, in small letters.
        classic: what to write in the classic dialect.
        identity_engine: what to write in that of Identity Engine.

    """

    names: tuple[str, ...]
    classic: str
    identity_engine: str


IDIOMS = (
    Idiom(
        ("endswith",),
        'x matches ".*suffix", or String.substringAfter(x, "@") == "domain"',
        'x matches ".*suffix", or x.substringAfter("@") == "domain"',
    ),
    Idiom(
        ("startswith", "beginswith"),
        "String.startsWith(x, start)",
        'x matches "start.*", or x.substring(0, length) == "start"',
    ),
    Idiom(("concat", "concatenate"), "x + y", "x + y"),
    Idiom(("if", "iif", "case", "when"), "condition ? value : otherwise", "condition ? value : otherwise"),
    Idiom(
        ("equalsignorecase", "equalsic", "compareignorecase"),
        'String.toLowerCase(x) == "small letters"',
        'x.toLowerCase() == "small letters"',
    ),
    Idiom(("equals",), "x == y", "x == y"),
    Idiom(("isnull", "isnone"), "x == null", "x == null"),
    Idiom(("isnotnull", "exists", "isset", "ispresent"), "x != null", "x != null"),
    Idiom(
        ("isempty", "isblank", "isnullorempty"),
        'x == null OR x == "", or Arrays.isEmpty(list)',
        'x == null || x == "", or list.isEmpty()',
    ),
    Idiom(("coalesce", "ifnull", "nvl", "default"), "x ?: y", "x ?: y"),
    Idiom(
        ("contains", "includes", "has"),
        "String.stringContains(x, part), or Arrays.contains(list, value)",
        "x.contains(y)",
    ),
    Idiom(("length", "size", "count"), "String.len(x), or Arrays.size(list)", "x.length(), or list.size()"),
    Idiom(
        ("trim", "strip"),
        "String.removeSpaces(x), which removes every blank",
        "x.removeSpaces(), which removes every blank",
    ),
    Idiom(("lower", "lowercase", "lcase", "downcase"), "String.toLowerCase(x)", "x.toLowerCase()"),
    Idiom(("upper", "uppercase", "ucase", "upcase"), "String.toUpperCase(x)", "x.toUpperCase()"),
    Idiom(
        ("split", "toarray"),
        "Arrays.get(x, position): a string is split at commas where an array is needed",
        'x.substringBefore(","), x.substringAfter(",")',
    ),
    Idiom(("substr", "left", "right", "mid", "slice"), "String.substring(x, start, end)", "x.substring(start, end)"),
    Idiom(
        ("indexof", "find", "position", "instr"),
        "String.stringContains(x, part), or String.substringBefore(x, part)",
        "x.contains(part), or x.substringBefore(part)",
    ),
    Idiom(("match", "regexmatch", "ismatch", "regexp"), 'x matches "pattern"', 'x matches "pattern"'),
    Idiom(("replaceall",), "String.replace(x, match, replacement)", "x.replace(match, replacement)"),
    Idiom(("tostring", "valueof", "str", "string", "text"), '"" + x', '"" + x'),
    Idiom(("int", "parseint", "integer"), "Convert.toInt(x)", "x.toInteger()"),
    Idiom(("float", "parsefloat", "parsedouble", "number"), "Convert.toNum(x)", "x.toNumber()"),
    Idiom(("today", "getdate", "currentdate"), "Time.now()", "DateTime.now()"),
)
_BY_NAME = {name: idiom for idiom in IDIOMS for name in idiom.names}


def idiom_of(name: str, dialect: Dialect) -> str | None:
    """What to write instead of a function of another language, with its namespace or a dot before it; or None.

    Example:
        >>> idiom_of("String.concat", Dialect.CLASSIC)
        'x + y'

    """
    idiom = _BY_NAME.get(name.rpartition(".")[2].lower())
    if idiom is None:
        return None
    return idiom.classic if dialect is Dialect.CLASSIC else idiom.identity_engine
