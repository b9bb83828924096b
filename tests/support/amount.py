"""How much the tests do: all of it in CI, and in the everyday run, which takes less than two minutes, a part."""

import os

CI = "CI" in os.environ


def some(cases, count):
    """All cases in CI; elsewhere so many of them, from the first to the last, the same ones each day."""
    cases = list(cases)
    if CI or len(cases) <= count:
        return cases
    return [cases[number * (len(cases) - 1) // (count - 1)] for number in range(count)]


def examples(count):
    """How many examples of a property are tried: all in CI; elsewhere a quarter of them, new ones each day, or five."""
    return count if CI else min(count, max(count // 4, 5))


def times(everyday):
    """How often something is tried that may go wrong in many ways: what CHAOS says, ten times in CI."""
    return int(os.environ.get("CHAOS", "10" if CI else str(everyday)))
