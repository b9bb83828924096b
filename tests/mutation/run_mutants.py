"""Change functions in small ways, one at a time, and print each change that no test notices and nothing explains.

    python tests/mutation/run_mutants.py o365prov/planning/rules/seats.py tests/planning/test_seats.py

Modules, or folders of them, are held to the tests after them. The tests run once, to see which lines each of them
reaches. Then each mutant has a process of its own, forked from this one, in which the functions of its module have the
changed code: nothing is imported again. It ends at the first test that fails. What `equivalent.toml` explains is not
tried. Code that runs when a module is imported, such as a table or a default, is not changed.
"""

import functools
import gc
import os
import resource
import signal
import sys
import time
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType

import pytest
from _pytest.runner import runtestprotocol
from coverage import Coverage
from hypothesis import Phase, settings
from mutants import Mutant, mutants

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SLOW = 0.5
"""Seconds of processor time; a slower test is not asked."""
ENOUGH = float(os.environ.get("MUTANT_SECONDS", "4"))
"""Seconds of processor time that the tests of one mutant may take in all."""
OPTIONS = ("-q", "--assert=plain", "--tb=native", "-p", "no:cacheprovider", "-p", "no:terminalreporter", "-n", "0")


class Mutation:
    """A plugin of pytest that, instead of running the tests, runs mutants against them."""

    def __init__(self, modules: list[Path]) -> None:
        self.modules = modules
        self.explained = explained()
        self.unexplained = 0
        self.out = os.fdopen(os.dup(1), "w")
        self.seconds: dict[pytest.Item, float] = {}
        self.reached: dict[Path, dict[int, set[pytest.Item]]] = {}
        self.ways: dict[Path, dict[pytest.Item, frozenset[int]]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """Take the same examples each time, and no time to make a failing one shorter."""
        settings.register_profile("mutation", derandomize=True, database=None, phases=(Phase.explicit, Phase.generate))
        settings.load_profile("mutation")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """See what each test reaches, then try the mutants of each module."""
        self.reach(session.items)
        gc.unfreeze()
        caches = [each for each in gc.get_objects() if isinstance(each, functools._lru_cache_wrapper)]
        gc.freeze()
        for module in self.modules:
            self.judge(module, functions_of(module), caches)
        return True

    def reach(self, items: list[pytest.Item]) -> None:
        """Run each test once, with the lines it reaches."""
        coverage = Coverage(data_file=None, config_file=False, include=[str(each) for each in self.modules])
        coverage.start()
        for number, item in enumerate(items):
            coverage.switch_context(str(number))
            before = time.process_time()
            if passes(item, items[number + 1] if number + 1 < len(items) else None):
                self.seconds[item] = time.process_time() - before
        coverage.stop()
        data = coverage.get_data()
        for module in self.modules:
            lines = data.contexts_by_lineno(str(module)) if str(module) in data.measured_files() else {}
            self.reached[module] = {
                line: {items[int(each)] for each in contexts if each and items[int(each)] in self.seconds}
                for line, contexts in lines.items()
            }
            self.ways[module] = ways(self.reached[module])

    def judge(self, module: Path, functions: dict[tuple[str, int], list[FunctionType]], caches: list) -> None:
        """Try all mutants of a module, print what no test notices, and how many there were."""
        name = module.relative_to(ROOT / "o365prov").as_posix()
        known, seen, found = self.explained.get(name, set()), set(), defaultdict(int)
        tried = killed = 0
        for mutant in mutants(module):
            seen.add(str(mutant))
            if str(mutant) in known:
                continue
            tried += 1
            asked = self.tests_for(module, mutant, found)
            most = 2 + round(2 * sum(self.seconds[each] for each in asked))
            killer = run(mutant, asked, functions, caches, most) if asked else None
            if killer is not None:
                killed += 1
                found[asked[killer]] += 1
                continue
            self.unexplained += 1
            print(f"SURVIVED {name}:{mutant.lines[0]} {mutant} [{len(asked)} tests]", file=self.out, flush=True)
        for mutant in sorted(known - seen):
            self.unexplained += 1
            print(f"EXPLAINED BUT NOT THERE {name} {mutant}", file=self.out, flush=True)
        print(
            f"DONE {name}: {tried} mutants, {killed} killed, {len(known & seen)} explained", file=self.out, flush=True
        )

    def tests_for(self, module: Path, mutant: Mutant, found: dict[pytest.Item, int]) -> list[pytest.Item]:
        """The tests that reach a mutant: those that found others of its module, then one of each way through it."""
        first, last = mutant.lines
        reach = set().union(*(self.reached[module].get(line, ()) for line in range(first, last + 1)))
        asked: dict[frozenset[int], int] = defaultdict(int)
        ranked = []
        for each in sorted((each for each in reach if self.seconds[each] < SLOW), key=self.seconds.__getitem__):
            way = self.ways[module][each]
            ranked.append((-found[each], asked[way], self.seconds[each], len(ranked), each))
            asked[way] += 1
        left, chosen = ENOUGH, []
        for *_, each in sorted(ranked):
            left -= self.seconds[each]
            if left < 0:
                break
            chosen.append(each)
        return chosen


def ways(reached: dict[int, set[pytest.Item]]) -> dict[pytest.Item, frozenset[int]]:
    """Which lines each test reaches."""
    found: dict[pytest.Item, set[int]] = defaultdict(set)
    for line, tests in reached.items():
        for each in tests:
            found[each].add(line)
    return {each: frozenset(lines) for each, lines in found.items()}


def passes(item: pytest.Item, following: pytest.Item | None) -> bool:
    """Whether a test passes, with its fixtures."""
    return all(each.outcome == "passed" for each in runtestprotocol(item, nextitem=following, log=False))


def functions_of(module: Path) -> dict[tuple[str, int], list[FunctionType]]:
    """The functions that were made from a module's code, by their names and first lines."""
    found = defaultdict(list)
    gc.unfreeze()
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__.co_filename == str(module):
            found[each.__code__.co_qualname, each.__code__.co_firstlineno].append(each)
    gc.freeze()
    return found


def run(mutant: Mutant, tests: list[pytest.Item], functions: dict, caches: list, most: int) -> int | None:
    """Which of the tests notices a mutant first, in a process of its own; None where none does."""
    read, write = os.pipe()
    if not (child := os.fork()):
        os.close(read)
        resource.setrlimit(resource.RLIMIT_CPU, (most, most))
        signal.alarm(300)
        out = os.open(os.devnull, os.O_WRONLY)
        os.dup2(out, 1)
        os.dup2(out, 2)
        for cache in caches:
            cache.cache_clear()
        for code in codes(mutant.code):
            for function in functions.get((code.co_qualname, code.co_firstlineno), ()):
                if len(code.co_freevars) == len(function.__code__.co_freevars):
                    function.__code__ = code
        noticed = 1
        try:
            for number, test in enumerate(tests):
                os.write(write, number.to_bytes(2))
                if not passes(test, tests[number + 1] if number + 1 < len(tests) else None):
                    break
            else:
                noticed = 0
        finally:
            os._exit(noticed)
    os.close(write)
    begun = b""
    while part := os.read(read, 65536):
        begun += part
    os.close(read)
    _, status = os.waitpid(child, 0)
    return int.from_bytes(begun[-2:]) if status else None


def codes(code: CodeType) -> Iterator[CodeType]:
    """The code of all functions inside."""
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from codes(each)


def explained() -> dict[str, set[str]]:
    """The mutants that nothing can notice, by their modules."""
    found = defaultdict(set)
    for each in tomllib.loads((HERE / "equivalent.toml").read_text("utf-8"))["equivalent"]:
        for module, mutants_of_it in each["mutants"].items():
            found[module] |= set(mutants_of_it)
    return found


def main(arguments: list[str]) -> int:
    """Run the mutants of these modules against these tests."""
    given = [ROOT / each for each in arguments if each.startswith("o365prov")]
    modules = [module for each in given for module in (sorted(each.rglob("*.py")) if each.is_dir() else [each])]
    plugin = Mutation(modules)
    pytest.main([*OPTIONS, *(each for each in arguments if each.startswith("tests"))], plugins=[plugin])
    return 1 if plugin.unexplained else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
