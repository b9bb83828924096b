"""Every function of the language, against the same thing written by hand in Python: its twin.

A row is an expression with the function, its twin, and what ``user.a`` holds: of 1,000 people 900 have a value of the
right kind, 50 have null, and 50 have one of another kind. Before anything is timed, both must give the same value for
each of them; where the expression fails, so must its twin. Those for whom it fails are timed in a row of their own: an
error that says where and what to do takes longer than one that says nothing. A function without a row fails the
benchmark.

The sides take turns in one process, and the smallest processor time of each counts.
"""

import gc
import random
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from math import floor
from time import process_time
from typing import Any
from zoneinfo import ZoneInfo

from o365prov.errors import EvaluationError
from o365prov.expressions import Bindings, Dialect, Expression, countries
from o365prov.expressions.functions.registry import all_functions

PEOPLE = 1_000
ROUNDS = 7
BUDGET = 4.00
FAILING = 12.00
NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
GROUPS = [
    {"id": f"00g{number:017}", "name": name, "type": "OKTA_GROUP", "source": {"id": "0oa1"}, "profile": {"name": name}}
    for number, name in enumerate(("Everyone", "Sales", "Sales West", "Support", "Engineers"))
]
ALICE = {"user": {"login": "alice"}, "apps": {"google": {"login": "alice"}}}

Roots = Mapping[str, Any]
Twin = Callable[[Any], object]


class FailedError(ValueError):
    """What a twin raises where the expression fails."""


# --- how a value of another kind becomes one of the right kind


def string(value: object) -> str:
    """A value as a string."""
    if type(value) is str:
        return value
    if value is True or value is False:
        return "true" if value else "false"
    if type(value) is int:
        return str(value)
    if type(value) is list:
        return ",".join(string(item) for item in value)
    raise FailedError


def array(value: object) -> list[Any]:
    """A value as a list."""
    if type(value) is list:
        return value
    if type(value) is str:
        return [part.strip() for part in value.split(",")] if value else []
    return [value]


def of_string(make: Callable[[str], object], null: object = None) -> Twin:
    """A twin of a function of one string; *null* is what null gives."""

    def twin(roots: Roots) -> object:
        value = roots["user"].get("a")
        if type(value) is str:
            return make(value)
        return null if value is None else make(string(value))

    return twin


def of_list(make: Callable[[list[Any]], object], null: object = None) -> Twin:
    """A twin of a function of one array."""

    def twin(roots: Roots) -> object:
        value = roots["user"].get("a")
        if type(value) is list:
            return make(value)
        return null if value is None else make(array(value))

    return twin


def method(*kinds: type, make: Callable[[Any], object]) -> Twin:
    """A twin of a method, which values of other kinds don't have."""

    def twin(roots: Roots) -> object:
        value = roots["user"].get("a")
        if type(value) not in kinds:
            raise FailedError
        return make(value)

    return twin


def of_time(make: Callable[[datetime], object]) -> Twin:
    """A twin of a method of times, given as strings."""

    def twin(roots: Any) -> object:
        value = (roots.roots if type(roots) is Bindings else roots)["user"].get("a")
        if type(value) is not str:
            raise FailedError
        return make(instant(value))

    return twin


# --- what some twins have in common


def before(text: str, mark: str) -> str:
    """What precedes the mark, or ""."""
    head, found, _ = text.partition(mark)
    return head if found else ""


def without(values: list[Any], value: object) -> list[Any]:
    """The list without the first such element."""
    for position, each in enumerate(values):
        if each == value and type(each) is type(value):
            return values[:position] + values[position + 1 :]
    return values[:]


def flat(values: list[Any]) -> list[Any]:
    """Lists in the list, as one list."""
    result: list[Any] = []
    for each in values:
        if type(each) is list:
            result += flat(each)
        elif each is None:
            raise FailedError
        else:
            result.append(each)
    return result


def flat_argument(roots: Roots) -> list[Any]:
    """The twin of Arrays.flatten."""
    value = roots["user"].get("a")
    if value is None:
        raise FailedError
    return flat(array(value))


def integer(value: object) -> int:
    """The twin of Convert.toInt and toInteger."""
    if type(value) is str:
        if not re.fullmatch(r"[+-]?[0-9]{1,19}", value):
            raise FailedError
        number = int(value)
        if not -(2**31) <= number < 2**31:
            raise FailedError
        return number
    if type(value) in (int, float):
        return floor(value + 0.5)
    raise FailedError


def number(value: object) -> float:
    """The twin of Convert.toNum and toNumber."""
    if type(value) in (str, int, float):
        return float(value)
    raise FailedError


def nearest(value: Any) -> int:
    """The twin of toInteger, which reads decimals as well."""
    return floor(float(value) + 0.5)


CODES = {code: each for each in countries() for code in (each.alpha2, each.alpha3, each.numeric)}
NAMES = {each.name.lower(): each for each in countries()}


def country(text: str) -> Any:
    """The country of a code."""
    return CODES.get(text.strip().zfill(3) if text.isdigit() else text.strip().upper())


def code(attribute: str) -> Twin:
    """A twin of Iso3166Convert."""
    return of_string(lambda text: getattr(country(text), attribute, None))


def country_method(attribute: str) -> Twin:
    """A twin of the methods of countries."""

    def make(text: str) -> object:
        found = country(text) or NAMES.get(text.lower())
        if found is None:
            raise FailedError
        return getattr(found, attribute)

    return method(str, make=make)


def instant(text: str) -> datetime:
    """An ISO 8601 time."""
    moment = datetime.fromisoformat(text.strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def iso(moment: datetime) -> str:
    """A time as classic functions write it."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def short_iso(moment: datetime) -> str:
    """A time as Identity Engine writes it."""
    spec = "milliseconds" if moment.microsecond >= 1000 else "seconds"
    text = moment.isoformat(timespec=spec)
    key = getattr(moment.tzinfo, "key", "")
    return text.replace("+00:00", "Z") if not key else f"{text}[{key}]"


WINDOWS = datetime(1601, 1, 1, tzinfo=UTC)
UNIX = datetime(1970, 1, 1, tzinfo=UTC)
MICRO = timedelta(microseconds=1)
TOKYO = ZoneInfo("Asia/Tokyo")
MONTHS = "January February March April May June July August September October November December".split()


def from_windows(text: str) -> datetime:
    """A count of 100 nanoseconds since 1601."""
    return WINDOWS + timedelta(microseconds=int(text) // 10)


def from_unix(text: str) -> datetime:
    """A count of milliseconds since 1970."""
    return UNIX + timedelta(milliseconds=int(text))


def from_words(text: str) -> datetime:
    """What the pattern ``dd MMMM yyyy HH:mm:ss`` reads."""
    day, month, year, clock = text.split(" ")
    hour, minute, second = clock.split(":")
    return datetime(int(year), MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second), tzinfo=UTC)


def moved(**step: int) -> Twin:
    """A twin of plusDays and so on."""
    return of_time(lambda moment: moment + timedelta(**step))


def within(seconds: int) -> Twin:
    """A twin of withinDays and so on."""
    return of_time(lambda moment: abs(NOW - moment).total_seconds() <= seconds)


def version(text: str) -> list[int]:
    """The numbers of a version."""
    numbers = [int(part) for part in text.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return numbers


def named(test: Callable[[str], bool]) -> Twin:
    """A twin of a function over names of groups."""
    return lambda bindings: any(test(group["profile"]["name"]) for group in bindings.groups)


def claim(test: Callable[[str], bool]) -> Twin:
    """A twin of Groups.contains and so on."""

    def twin(bindings: Any) -> object:
        groups = bindings.groups
        found = [
            name for each in groups if each["type"] == "OKTA_GROUP" and test(name := each["profile"]["name"])
        ]  # fmt: skip
        if len(found) > 10:
            raise FailedError
        return found or None

    return twin


def filtered(ids: set[str], make: Callable[[Any], object]) -> Twin:
    """A twin of getFilteredGroups."""

    def twin(bindings: Any) -> object:
        found = [group for group in bindings.groups if group["id"] in ids]
        if len(found) > 40:
            raise FailedError
        return [make(group) for group in found]

    return twin


def fresh(value: Any) -> Any:
    """A value of JSON that shares nothing with the one that it is copied from."""
    if type(value) is dict:
        return {key: fresh(item) for key, item in value.items()}
    if type(value) is list:
        return [fresh(item) for item in value]
    return value


def switch(text: str) -> str:
    """The twin of String.stringSwitch."""
    for key, value in (("@b", "B"), ("@c", "C")):
        if key in text:
            return value
    return "none"


# --- what user.a holds

WORDS = random.Random(7)  # noqa: S311 - people, not secrets


def mail() -> str:
    """Somebody's address."""
    return f"First{WORDS.randrange(1000)} .Last@{WORDS.choice('abcd')}.example"


def when() -> str:
    """An ISO 8601 time."""
    year, month, hour, millis = (WORDS.randrange(*within) for within in ((10, 26), (1, 9), (9,), (100, 999)))
    return f"20{year}-0{month}-15T1{hour}:30:00.{millis}Z"


def words_of_time() -> str:
    """A time in words."""
    return f"{WORDS.randrange(10, 28)} {WORDS.choice(MONTHS)} 2015 0{WORDS.randrange(9)}:23:19"


KINDS: dict[str, tuple[Callable[[], object], tuple[object, ...]]] = {
    "text": (mail, (5, True, ["a", "b"])),
    "long": (lambda: f"Employee {WORDS.randrange(10**6)} of Corp", (1234567890, ["abcdef", "ghijkl"])),
    "list": (lambda: [WORDS.choice("abcdefgh") for _ in range(8)], ("a, b", 5, True)),
    "lists": (lambda: [["a", "b"], [WORDS.choice("abcdefgh")], "c"], ("a, b", 5)),
    "digits": (lambda: str(WORDS.randrange(10**6)), (5, 2.5, 17)),
    "decimal": (lambda: f"{WORDS.randrange(1000)}.25", (5, 2.5)),
    "code": (lambda: WORDS.choice(("US", "de", "FRA", "840", "IND")), (840, "Neverland")),
    "name": (lambda: WORDS.choice(("US", "United States", "Germany", "840")), (5,)),
    "windows": (lambda: str(130828367179790000 + WORDS.randrange(10**12)), (130828367179790000,)),
    "unix": (lambda: str(1438377580979 + WORDS.randrange(10**9)), (5,)),
    "when": (when, ("2015-07-30", "2015-07-30T23:58:32+02:00")),
    "words": (words_of_time, ("1 May 2015 00:00:00",)),
    "version": (lambda: f"14.{WORDS.randrange(20)}.{WORDS.randrange(3)}", ("14",)),
    "nothing": (lambda: None, (None,)),
}


def people(kind: str) -> list[dict[str, Any]]:
    """The roots of 1,000 people."""
    make, others = KINDS[kind]
    values = [make() for _ in range(PEOPLE - 100)] + [None] * 50 + [WORDS.choice(others) for _ in range(50)]
    WORDS.shuffle(values)
    return [{"user": {"a": value, "id": "00u1", "status": "ACTIVE"}} for value in values]


CLASSIC: tuple[tuple[str, str, Twin], ...] = (
    ('String.append(user.a, "x")', "text", of_string(lambda text: text + "x", "nullx")),
    ('String.join("-", user.a, "x")', "text", of_string(lambda text: f"{text}-x", "null-x")),
    ("String.len(user.a)", "text", of_string(len, 0)),
    ("String.removeSpaces(user.a)", "text", of_string(lambda text: re.sub(r"\s+", "", text))),
    ('String.replace(user.a, ".", "_")', "text", of_string(lambda text: text.replace(".", "_"))),
    ('String.replaceFirst(user.a, ".", "_")', "text", of_string(lambda text: text.replace(".", "_", 1))),
    ('String.startsWith(user.a, "First1")', "text", of_string(lambda text: text.startswith("First1"), False)),
    ('String.stringContains(user.a, "@b")', "text", of_string(lambda text: "@b" in text, False)),
    ('String.stringSwitch(user.a, "none", "@b", "B", "@c", "C")', "text", of_string(switch, "none")),
    ("String.substring(user.a, 2, 9)", "long", of_string(lambda text: text[2:9])),
    ('String.substringAfter(user.a, "@")', "text", of_string(lambda text: text.partition("@")[2])),
    ('String.substringBefore(user.a, "@")', "text", of_string(lambda text: before(text, "@"))),
    ("String.toUpperCase(user.a)", "text", of_string(lambda text: text.upper())),
    ("String.toLowerCase(user.a)", "text", of_string(lambda text: text.lower())),
    ("substring(user.a, 2, 9)", "long", of_string(lambda text: text[2:9])),
    ('substringAfter(user.a, "@")', "text", of_string(lambda text: text.partition("@")[2])),
    ('substringBefore(user.a, "@")', "text", of_string(lambda text: before(text, "@"))),
    ("toUpperCase(user.a)", "text", of_string(lambda text: text.upper())),
    ("toLowerCase(user.a)", "text", of_string(lambda text: text.lower())),
    ('Arrays.add(user.a, "x")', "list", of_list(lambda values: [*values, "x"])),
    ('Arrays.remove(user.a, "b")', "list", of_list(lambda values: without(values, "b"))),
    ("Arrays.clear(user.a)", "list", of_list(lambda _: [])),
    ("Arrays.get(user.a, 0)", "list", of_list(lambda values: values[0])),
    ("Arrays.flatten(user.a)", "lists", flat_argument),
    ('Arrays.contains(user.a, "b")', "list", of_list(lambda values: "b" in values, False)),
    ("Arrays.size(user.a)", "list", of_list(len, 0)),
    ("Arrays.isEmpty(user.a)", "list", of_list(lambda values: not values, True)),
    ("Arrays.toCsvString(user.a)", "list", of_list(lambda values: ",".join(map(string, values)))),
    ("Convert.toInt(user.a)", "digits", lambda roots: integer(roots["user"].get("a"))),
    ("Convert.toNum(user.a)", "decimal", lambda roots: number(roots["user"].get("a"))),
    ("Iso3166Convert.toAlpha2(user.a)", "code", code("alpha2")),
    ("Iso3166Convert.toAlpha3(user.a)", "code", code("alpha3")),
    ("Iso3166Convert.toNumeric(user.a)", "code", code("numeric")),
    ("Iso3166Convert.toName(user.a)", "code", code("name")),
    ("Time.now()", "nothing", lambda bindings: iso(bindings.now)),
    ("Time.fromWindowsToIso8601(user.a)", "windows", of_string(lambda text: iso(from_windows(text)))),
    ("Time.fromUnixToIso8601(user.a)", "unix", of_string(lambda text: iso(from_unix(text)))),
    (
        'Time.fromStringToIso8601(user.a, "dd MMMM yyyy HH:mm:ss")',
        "words",
        of_string(lambda text: iso(from_words(text))),
    ),
    (
        "Time.fromIso8601ToWindows(user.a)",
        "when",
        of_string(lambda text: str((instant(text) - WINDOWS) // MICRO * 10)),
    ),
    (
        "Time.fromIso8601ToUnix(user.a)",
        "when",
        of_string(lambda text: str((instant(text) - UNIX) // MICRO // 1000)),
    ),
    (
        'Time.fromIso8601ToString(user.a, "MM/dd/yyyy")',
        "when",
        of_string(lambda text: instant(text).astimezone(UTC).strftime("%m/%d/%Y")),
    ),
    (f'isMemberOfGroup("{GROUPS[3]["id"]}")', "nothing", lambda b: any(g["id"] == GROUPS[3]["id"] for g in b.groups)),
    (
        f'isMemberOfAnyGroup("{GROUPS[3]["id"]}", "00g9")',
        "nothing",
        lambda b: any(group["id"] in (GROUPS[3]["id"], "00g9") for group in b.groups),
    ),
    ('isMemberOfGroupName("Support")', "nothing", named(lambda name: name == "Support")),
    ('isMemberOfGroupNameStartsWith("Supp")', "nothing", named(lambda name: name.startswith("Supp"))),
    ('isMemberOfGroupNameContains("upport")', "nothing", named(lambda name: "upport" in name)),
    ('isMemberOfGroupNameRegex("S.*t")', "nothing", named(re.compile("S.*t").fullmatch)),
    (
        "user.getGroups({'group.type': 'OKTA_GROUP'})",
        "nothing",
        lambda b: [fresh(group) for group in b.groups if group["type"] == "OKTA_GROUP"],
    ),
    (
        "user.isMemberOf({'group.profile.name': 'Support', 'operator': 'EXACT'})",
        "nothing",
        named(lambda name: name == "Support"),
    ),
    ('Groups.contains("OKTA", "ale", 10)', "nothing", claim(lambda name: "ale" in name)),
    ('Groups.startsWith("OKTA", "Sal", 10)', "nothing", claim(lambda name: name.startswith("Sal"))),
    ('Groups.endsWith("OKTA", "t", 10)', "nothing", claim(lambda name: name.endswith("t"))),
    (
        f'getFilteredGroups({{"{GROUPS[3]["id"]}"}}, "group.name", 40)',
        "nothing",
        filtered({GROUPS[3]["id"]}, lambda group: group["profile"]["name"]),
    ),
    ('user.getInternalProperty("status")', "nothing", lambda b: b.roots["user"].get("status")),
    ('user.getLinkedObject("manager")', "nothing", lambda b: {**b.linked["manager"]}),
    ("hasDirectoryUser()", "nothing", lambda b: len(b.directory_users) == 1),
    ("findDirectoryUser()", "nothing", lambda b: {**b.directory_users[0]} if len(b.directory_users) == 1 else None),
    ("hasWorkdayUser()", "nothing", lambda b: len(b.workday_users) == 1),
    ("findWorkdayUser()", "nothing", lambda b: {**b.workday_users[0]} if len(b.workday_users) == 1 else None),
    ('getManagerUser("active_directory")', "nothing", lambda b: {**b.managers["active_directory"]["user"]}),
    (
        'getManagerAppUser("active_directory", "google")',
        "nothing",
        lambda b: {**b.managers["active_directory"]["apps"]["google"]},
    ),
    ('getAssistantUser("active_directory")', "nothing", lambda b: {**b.assistants["active_directory"]["user"]}),
    (
        'getAssistantAppUser("active_directory", "google")',
        "nothing",
        lambda b: {**b.assistants["active_directory"]["apps"]["google"]},
    ),
)
ENGINE: tuple[tuple[str, str, Twin], ...] = (
    ("DateTime.now()", "nothing", lambda bindings: bindings.now.astimezone(UTC)),
    ("Time.now()", "nothing", lambda bindings: bindings.now.astimezone(UTC)),
    ("user.a.parseWindowsTime()", "windows", method(str, make=from_windows)),
    ("user.a.parseUnixTime()", "unix", method(str, make=from_unix)),
    ("user.a.parseStringTime('dd MMMM yyyy HH:mm:ss')", "words", method(str, make=from_words)),
    ("user.a.toWindows()", "when", of_time(lambda moment: str((moment - WINDOWS) // MICRO * 10))),
    ("user.a.toUnix()", "when", of_time(lambda moment: str((moment - UNIX) // MICRO // 1000))),
    ("user.a.toString()", "when", of_time(short_iso)),
    ("user.a.toZone('Asia/Tokyo')", "when", of_time(lambda moment: moment.astimezone(TOKYO))),
    *(
        (f"user.a.plus{unit}(3)", "when", moved(**{unit.lower(): 3}))
        for unit in ("Days", "Hours", "Minutes", "Seconds")
    ),
    *(
        (f"user.a.minus{unit}(3)", "when", moved(**{unit.lower(): -3}))
        for unit in ("Days", "Hours", "Minutes", "Seconds")
    ),
    ("user.a.withinDays(900)", "when", within(900 * 86400)),
    ("user.a.withinHours(9000)", "when", within(9000 * 3600)),
    ("user.a.withinMinutes(90000)", "when", within(90000 * 60)),
    ("user.a.withinSeconds(90000)", "when", within(90000)),
    ("user.a.toUpperCase()", "text", method(str, make=str.upper)),
    ("user.a.toLowerCase()", "text", method(str, make=str.lower)),
    ("user.a.substring(1, 3)", "long", method(str, make=lambda text: text[1:3])),
    ("user.a.replace('.', '_')", "text", method(str, make=lambda text: text.replace(".", "_"))),
    ("user.a.replaceFirst('.', '_')", "text", method(str, make=lambda text: text.replace(".", "_", 1))),
    ("user.a.length()", "text", method(str, make=len)),
    ("user.a.removeSpaces()", "text", method(str, make=lambda text: re.sub(r"\s+", "", text))),
    ("user.a.substringBefore('@')", "text", method(str, make=lambda text: before(text, "@"))),
    ("user.a.substringAfter('@')", "text", method(str, make=lambda text: text.partition("@")[2])),
    ("user.a.versionGreaterThan('14.9')", "version", method(str, make=lambda text: version(text) > version("14.9"))),
    ("user.a.versionLessThan('14.9')", "version", method(str, make=lambda text: version(text) < version("14.9"))),
    ("user.a.toInteger()", "decimal", method(str, int, float, make=nearest)),
    ("user.a.toNumber()", "decimal", method(str, int, float, make=float)),
    ("user.a.parseCountryCode()", "name", country_method("alpha2")),
    ("user.a.parseCountryCode().toAlpha2()", "name", country_method("alpha2")),
    ("user.a.parseCountryCode().toAlpha3()", "name", country_method("alpha3")),
    ("user.a.parseCountryCode().toNumeric()", "name", country_method("numeric")),
    ("user.a.parseCountryCode().toName()", "name", country_method("name")),
    ("user.a.contains('@b')", "text", method(str, list, make=lambda text: "@b" in text)),
    ("user.a.size()", "list", method(list, make=len)),
    ("user.a.isEmpty()", "list", method(list, make=lambda values: not values)),
    ("user.a.add('x')", "list", method(list, make=lambda values: [*values, "x"])),
    ("user.a.remove('b')", "list", method(list, make=lambda values: without(values, "b"))),
    ("user.a.flatten()", "lists", method(list, make=flat)),
)


def bound(roots: dict[str, Any]) -> Bindings:
    """A person with everything around them."""
    people = {"active_directory": ALICE}
    return Bindings(
        roots,
        groups=GROUPS,
        directory_users=[{"dn": "CN=A"}],
        workday_users=[{"id": "1"}],
        managers=people,
        assistants=people,
        linked={"manager": {"login": "alice"}},
        now=NOW,
    )


def outcome(call: Callable[[Any], object], given: object) -> object:
    """What a side gives for one person; that it fails is an outcome as well."""
    try:
        return call(given)
    except (EvaluationError, ValueError):
        return FailedError


def time_for(call: Callable[[Any], object], given: list[Any]) -> float:
    """The processor time for everybody."""
    gc.collect()
    begin = process_time()
    for each in given:
        call(each)
    return process_time() - begin


def ratio(expression: Expression, kind: str, twin: Twin) -> float:
    """Our time over the twin's, for those who get a value."""
    given: list[Any] = people(kind)
    if kind == "nothing" or "within" in expression.text:
        given = [bound(each) for each in given]
    getting = []
    for each in given:
        ours, theirs = outcome(expression.evaluate, each), outcome(twin, each)
        if ours != theirs or type(ours) is not type(theirs):
            raise SystemExit(f"{expression} gives {ours!r}, its twin {theirs!r}, for {each!r}")
        if ours is not FailedError:
            getting.append(each)
    return smallest(lambda: time_for(expression.evaluate, getting), lambda: time_for(twin, getting))


def failing() -> float:
    """Our time over a twin's, where the expression fails."""
    nobody = [{"user": {"a": None}}] * PEOPLE
    ours, twin = Expression("user.a.size()", dialect=Dialect.IDENTITY_ENGINE).evaluate, method(list, make=len)
    return smallest(
        lambda: time_for(lambda each: outcome(ours, each), nobody),
        lambda: time_for(lambda each: outcome(twin, each), nobody),
    )


def smallest(ours: Callable[[], float], theirs: Callable[[], float]) -> float:
    """Our smallest time over theirs; they take turns."""
    times = [(ours(), theirs()) for _ in range(ROUNDS)]
    return min(our for our, _ in times) / min(their for _, their in times)


def main() -> None:
    """Print a line for each function: name, measured, budget."""
    tables = {Dialect.CLASSIC: CLASSIC, Dialect.IDENTITY_ENGINE: ENGINE}
    unmeasured = {row.name for row in all_functions()}
    for dialect, rows in tables.items():
        for text, kind, twin in rows:
            unmeasured -= {row for row in unmeasured if f"{row}(" in text}
            measured = ratio(Expression(text, dialect=dialect), kind, twin)
            print(f"{text} / by hand  {measured:.2f}  <= {BUDGET:.2f}")
    print(f"a failing expression / by hand  {failing():.2f}  <= {FAILING:.2f}")
    if unmeasured:
        raise SystemExit(f"no twin: {', '.join(sorted(unmeasured))}")


if __name__ == "__main__":
    main()
