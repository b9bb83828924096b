"""Simulations of made-up organisations: ``python -m o365prov.simulation SEED``.

One seed tells its story, and a failure its shortest one. With ``--count`` many seeds run, on ``--workers`` processes;
``--coverage`` writes a page of what was met and what never was.
"""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import repeat
from pathlib import Path

from o365prov.simulation.coverage import SimulationCoverage
from o365prov.simulation.organizations import draw_setting
from o365prov.simulation.schedule.drawing import Trouble, draw_schedule
from o365prov.simulation.simulate import Simulation, run_schedule, shortest_failure
from o365prov.structuring import write_text


def drawn(seed: int, people: int, days: int) -> Simulation:
    """The simulation of a made-up organisation."""
    schedule = draw_schedule(seed, people=people, days=days, trouble=Trouble())
    return run_schedule(draw_setting(seed, people=people), schedule, seed)


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line asks for; 1 if a law was broken."""
    parser = argparse.ArgumentParser(prog="python -m o365prov.simulation", description=__doc__)
    parser.add_argument("seed", type=int, help="the first seed")
    parser.add_argument("--count", type=int, default=1, help="how many seeds")
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--days", type=int, default=10)
    parser.add_argument("--workers", type=int, default=1, help="how many processes")
    parser.add_argument("--first", action="store_true", help="end with the first seed that breaks a law, unshortened")
    parser.add_argument("--coverage", type=Path, help="the page to write")
    asked = parser.parse_args(arguments)
    coverage, failed, longest, since = SimulationCoverage(), [], 0, 0
    for simulation in _run(asked.seed, asked.count, asked.people, asked.days, asked.workers):
        coverage += simulation.coverage
        since = since + 1 if simulation.ok else 0
        longest = max(longest, since)
        if not simulation.ok:
            failed.append(simulation)
            _say(f"seed {simulation.seed}: {simulation.violations[0]}")
            if asked.first:
                return 1
        elif asked.count == 1:
            _say(simulation.to_text())
    _say(f"{coverage.simulations} simulations, {len(failed)} broke a law; the longest stretch without: {longest}")
    if failed:
        _say(_shortest(failed[0], asked.people).to_text())
    if asked.coverage:
        write_text(asked.coverage, coverage.to_html())
    return 1 if failed else 0


def _run(first: int, count: int, people: int, days: int, workers: int) -> Iterator[Simulation]:
    seeds = range(first, first + count)
    if workers == 1:
        yield from map(partial(drawn, people=people, days=days), seeds)
        return
    with ProcessPoolExecutor(workers, initializer=_look_for_circles_rarely) as pool:
        yield from pool.map(drawn, seeds, repeat(people), repeat(days), chunksize=5)


def _look_for_circles_rarely() -> None:
    """Have Python look for circles of garbage a tenth as often: most of what a simulation makes dies young."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _shortest(simulation: Simulation, people: int) -> Simulation:
    return shortest_failure(draw_setting(simulation.seed, people=people), simulation.schedule, simulation.seed)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _look_for_circles_rarely()
    sys.exit(main())
