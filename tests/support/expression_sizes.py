"""Expressions and bindings of every size: one seed gives one that fills the limits in some way."""

import random
import time
from pathlib import Path

from o365prov.expressions import (
    Bindings,
    Dialect,
    EvaluationError,
    Expression,
    ExpressionSyntaxError,
    Limits,
    check_text,
)

LENGTH = Limits().text_length
UNITS = (
    *(
        "a",
        "user.s",
        "user.l",
        "user.m",
        "user.n",
        "'x'",
        "1",
        "1.5",
        "null",
        "true",
        "{:}",
        "{}",
        "user.d",
        "“",
        "user",
    ),
    *("user.s + 'x'", "'x' * 999999", "{user.l}", "{'k': user.s}", "user.l == user.l", "user.s == user.s + ''"),
    *("String.toUpperCase(user.s)", "String.len(user.s)", "String.replace(user.s, 'a', 'bb')", "user.s[0]"),
    *(
        "String.stringContains(user.s, 'ab')",
        "String.join(',', user.l)",
        "Arrays.add(user.l, 1)",
        "Arrays.size(user.l)",
    ),
    *("Arrays.contains(user.l, 'x')", "Arrays.flatten(user.l, user.d)", "Arrays.toCsvString(user.l)", "Time.now()"),
    *("user.l.![x]", "user.l.?[x == 'a']", "user.l.^[x matches '.*b.{50}']", "user.l.![user]", "user.l.![{x, x}]"),
    *(
        "user.s matches '.*a.{100}'",
        "user.s matches user.p",
        "user.s matches '(\\b.?){50}'",
        "user.s matches '\\p{L}+'",
    ),
    *("isMemberOfGroupName('x')", "isMemberOfGroupNameRegex('.*a.{90}')", "user.getGroups({'group.id': '1'})"),
    *("Groups.startsWith('OKTA', 'x', 99)", "getFilteredGroups({'1', '2'}, 'group.name + \"x\" * 9999', 99)"),
    *("unknown(a)", "user.x.y", "user.mail", "(user.s eq null)", "!user.b", "-user.n", "user.n * 2", "2 ^ 3", "a = b"),
)
JOINS = (" OR ", " AND ", " + ", " ?: ", ", ", " - ", "? 1 : ", " == ", " ")
WRAPS = (
    *(("{", "}"), ("(", ")"), ("String.append(", ", 'x')"), ("user.l.![", "]"), ("user.l.?[", " == x]"), ("!(", ")")),
    *(("a ? ", " : 1"), ("Arrays.add({}, ", ")"), ("{k: ", "}"), ("", ""), ("'' + ", ""), ("user.l.![{", "}]")),
)


def text_of(seed):
    """An expression of up to ten thousand characters: few kinds of parts, joined or wrapped as often as fits."""
    drawn = random.Random(seed)  # noqa: S311 - sizes, not secrets
    units = drawn.sample(UNITS, drawn.choice((1, 1, 2, 3)))
    joins = drawn.sample(JOINS, drawn.choice((1, 1, 2)))
    numbered = drawn.random() < 0.4  # parts that are all different are not computed once for all
    length = drawn.choice((100, 2_000, LENGTH - 40))
    text = ""
    for number in range(5_000):
        unit = drawn.choice(units).replace("'x'", f"'x{number}'" if numbered else "'x'")
        more = f"{text}{drawn.choice(joins)}{unit}" if text else unit
        if len(more) > length:
            break
        text = more
    for _ in range(drawn.choice((0, 1, 1, 2, 5, 200))):
        before, after = drawn.choice(WRAPS)
        if len(before) + len(text) + len(after) > LENGTH:
            break
        text = f"{before}{text}{after}"
    return text


def bindings_of(seed):
    """A person whose strings and lists are as long as ten to a hundred thousand, and who is in as many groups."""
    drawn = random.Random(-seed - 1)  # noqa: S311 - sizes, not secrets
    size = drawn.choice((10, 1_000, 10_000, 100_000))
    letters = drawn.choice(("a", "ab", "aé", "x y ", "ab\U0001f600"))
    string = "".join(drawn.choices(letters, k=size))
    elements = drawn.choice(({"x": string[:100]}, "x", 1, None, ["x"] * 10))
    user = {"s": string, "l": [elements] * size, "m": {f"k{n}": n for n in range(size)}, "n": 7, "b": True}
    user |= {"d": [[[string[:1_000]] * 10]], "p": drawn.choice((".*a.{100}", "(a?b){1000}", "x"))}
    groups = [{"id": str(n), "name": string[:40] + str(n), "type": "OKTA_GROUP"} for n in range(min(size, 10_000))]
    return Bindings({"user": user, "a": drawn.choice((True, "", "x"))}, groups=groups)


def use(text, bindings, dialect):
    """Everything that one does with an expression; give the longest processor time of a step, with its name."""
    took = {}

    def timed(name, step):
        begin = time.process_time()
        try:
            return step()
        except (ExpressionSyntaxError, EvaluationError) as error:
            assert len(str(error)) < 1_000  # noqa: PT017 - whatever failed, it failed in one line
            return None
        finally:
            took[name] = time.process_time() - begin

    found = timed("check", lambda: check_text(text, {"user": ["s", "l"]}, context="group_rule", dialect=dialect))
    timed("repr", lambda: [repr(each) for each in found])
    expression = timed("parse", lambda: Expression(text, dialect=dialect))
    if expression is not None:
        timed("evaluate", lambda: expression.evaluate(bindings))
        timed("evaluate again", lambda: expression.evaluate(bindings))
        explanation = timed("explain", lambda: expression.explain(bindings))
        timed("references", lambda: expression.references)
        timed("show", lambda: str(explanation))
    return max((seconds, name) for name, seconds in took.items())


def most_memory():
    """The most memory that this process had, in MB; what the system counts begins with that of who started it."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def run(seeds):
    """Use an expression of each seed; give those that took longest, and the memory that all of it took in MB."""
    Expression("'a' matches '(?i)\\p{L}+' AND Time.now() == null").check()  # what loads once
    results, before = [], most_memory()
    for seed in seeds:
        dialect = Dialect.IDENTITY_ENGINE if seed % 5 == 0 else Dialect.CLASSIC
        results.append((*use(text_of(seed), bindings_of(seed), dialect), seed))
    return sorted(results, reverse=True), most_memory() - before
