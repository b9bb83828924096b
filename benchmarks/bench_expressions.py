# /// script
# dependencies = ["okta-expression-parser==0.4.3", "cel-python", "common-expression-language"]
# ///
"""Expressions, against the same thing written by hand, against Lark alone, and against what others offer.

- *evaluation*: the public ``evaluate`` of a compiled expression, against Python by hand with the same null behaviour;
  for many people with ``evaluate_many``; and with Bindings made for each person, where the hand takes plain roots.
- *peers*: one expression that all can do, evaluated for one person. What a peer can prepare beforehand is not counted.
- *parsing*: text to a usable Expression, against Lark's bare parse of the same text with the same grammar, and 3,000 OR
  against 300 OR.

The sides take turns in small portions, so that they meet the same machine, and the smallest processor time of each
counts.
"""

from collections.abc import Callable, Mapping
from functools import partial
from importlib.resources import files
from time import process_time
from typing import Any

from lark import Lark

from o365prov.expressions import Bindings, Expression, Limits

ROUNDS = 25
USERNAME = 'String.substringBefore(user.email, "@") + "@yourfederated.domain"'
USAGE_LOCATION = (
    "hasDirectoryUser()?(findDirectoryUser().msExchUsageLocation!=null?findDirectoryUser().msExchUsageLocation:"
    "(source.countryCode!=null? source.countryCode : 'US')):(source.countryCode!=null? source.countryCode : 'US')"
)
SHARED = 'String.stringContains(user.department, "Sales") AND user.city == "Bonn"'
PROFILE = {"department": "West Sales", "city": "Bonn", "email": "isaac.brock@example.com"}


def username_by_hand(roots: Mapping[str, Any]) -> str:
    """What USERNAME gives: "" before no @, and the word null for a null, as the expression's default has it."""
    email = roots["user"].get("email")
    if email is None:
        return "null@yourfederated.domain"
    head, at, _ = email.partition("@")
    return (head if at else "") + "@yourfederated.domain"


def usage_location_by_hand(bindings: Bindings) -> str:
    """What USAGE_LOCATION gives."""
    users = bindings.directory_users
    if len(users) == 1:
        location = users[0].get("msExchUsageLocation")
        if location is not None:
            return location
    country = bindings.roots["source"].get("countryCode")
    return country if country is not None else "US"


def ratio(ours: Callable[[], object], theirs: Callable[[], object], count: int, their_count: int = 0) -> float:
    """Our smallest time over theirs, for one call each."""
    their_count = their_count or count
    best = [float("inf"), float("inf")]
    for _ in range(ROUNDS):
        for side, (function, times) in enumerate(((ours, count), (theirs, their_count))):
            begin = process_time()
            for _ in range(times):
                function()
            best[side] = min(best[side], (process_time() - begin) / times)
    return best[0] / best[1]


def report(name: str, measured: float, budget: str) -> None:
    """One line: name, measured, budget."""
    print(f"{name}  {measured:.2f}  {budget}")


def evaluation() -> None:
    """Compiled expressions against the same by hand."""
    username = Expression(USERNAME).evaluate
    for what, email in (("", "isaac.brock@example.com"), (", null", None), (", without @", "isaac.brock")):
        roots = {"user": {"email": email}}
        assert username(roots) == username_by_hand(roots)
        measured = ratio(partial(username, roots), partial(username_by_hand, roots), 20_000)
        report(f"username / by hand{what}", measured, "<= 1.80" if not what else "<= 3.00")
    many = [{"user": {"email": f"isaac{number}.brock@example.com"}} for number in range(1_000)]
    evaluate_many = Expression(USERNAME).evaluate_many
    measured = ratio(lambda: list(evaluate_many(many)), lambda: [username_by_hand(each) for each in many], 20)
    report("username of many people / by hand", measured, "<= 2.00")
    roots = {"user": {"email": "isaac.brock@example.com"}}
    measured = ratio(lambda: username(Bindings(roots)), lambda: username_by_hand(roots), 20_000)
    report("username, with Bindings for each person / by hand", measured, "<= 5.50")
    usage = Expression(USAGE_LOCATION).evaluate
    found = Bindings({"source": {"countryCode": "FR"}}, directory_users=[{"msExchUsageLocation": "DE"}])
    fallen = Bindings({"source": {"countryCode": "FR"}})
    for what, bindings in (("from the directory", found), ("from the source", fallen)):
        assert usage(bindings) == usage_location_by_hand(bindings)
        measured = ratio(partial(usage, bindings), partial(usage_location_by_hand, bindings), 20_000)
        report(f"usageLocation {what} / by hand", measured, "<= 3.00")


def peers() -> None:
    """The expression that all can do, against each peer that is installed: how many times slower it is."""
    evaluate = Expression(SHARED).evaluate
    roots = {"user": PROFILE}
    assert evaluate(roots) is True
    for name, budget, prepare in (
        ("okta-expression-parser", ">= 50", okta_expression_parser),
        ("cel-python", ">= 100", cel_python),
        ("common-expression-language", "> 1", common_expression_language),
    ):
        try:
            theirs = prepare()
        except ImportError:
            print(f"{name}  peer not installed  {budget}")
            continue
        assert theirs() is True or theirs() == True  # noqa: E712 - one peer has a Boolean class of its own
        report(f"{name} / ours", 1 / ratio(lambda: evaluate(roots), theirs, 20_000, 200), budget)


def okta_expression_parser() -> Callable[[], object]:
    """It parses while it evaluates, and prints what it can't read."""
    from okta_expression_parser.parser import ExpressionParser  # noqa: PLC0415 - a peer, which may not be there

    return partial(ExpressionParser(user_profile=PROFILE).parse, SHARED)


def cel_python() -> Callable[[], object]:
    """The same logic in CEL: compiled, its program made, the profile converted beforehand."""
    import celpy  # noqa: PLC0415 - a peer, which may not be there

    environment = celpy.Environment()
    program = environment.program(environment.compile('user.department.contains("Sales") && user.city == "Bonn"'))
    activation = {"user": celpy.json_to_cel(PROFILE)}
    return lambda: program.evaluate(activation)


def common_expression_language() -> Callable[[], object]:
    """The same logic in CEL, compiled beforehand, over plain Python values."""
    import cel  # noqa: PLC0415 - a peer, which may not be there

    program = cel.compile('user.department.contains("Sales") && user.city == "Bonn"')
    roots = {"user": PROFILE}
    return lambda: program.execute(roots)


def parsing() -> None:
    """Text to Expression against Lark's bare parse, and growth."""
    source = files("o365prov.expressions.syntax").joinpath("grammar.lark").read_text("utf-8")
    bare = Lark(source, parser="lalr", lexer="contextual", maybe_placeholders=False)
    report("parsing username / Lark", ratio(lambda: Expression(USERNAME), lambda: bare.parse(USERNAME), 100), "<= 4.00")
    short, long = (" OR ".join(f'user.department == "Sales {n}"' for n in range(count)) for count in (300, 3000))
    report(
        "parsing 300 OR / Lark",
        ratio(lambda: Expression(short, limits=Limits(text_length=50_000)), lambda: bare.parse(short), 1),
        "<= 4.00",
    )
    limits = Limits(text_length=len(long))
    growth = ratio(lambda: Expression(long, limits=limits), lambda: Expression(short, limits=limits), 1)
    report("parsing 3,000 OR / 300 OR", growth, "about 10")


if __name__ == "__main__":
    evaluation()
    peers()
    parsing()
