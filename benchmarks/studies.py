"""How fast studies are: runs a second, two processes against one, what the store costs, whether memory grows.

Usage: ``python benchmarks/studies.py [--firms 20000] [--coalitions]``. Ratios are taken within one run of this script,
in turns, and their medians told; with ``--coalitions`` all 1,024 coalitions of the ten actions are run at the end, some
minutes long.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import psutil

from sim.scenario import load
from sim.study.answering import ask
from sim.study.runs.run_store import RunStore
from sim.study.runs.runner import Runner
from sim.study.runs.specification import replicated

ROUNDS = 3


def timed(workers: int, firms: int, runs: int, seed: int) -> float:
    """Runs a second of a fresh study, its store included."""
    plan = replace(load("full_plan"), firms=firms)
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(RunStore(Path(folder)), workers)
        began = time.perf_counter()
        rows = runner.run(replicated(plan, seed, runs))
        took = time.perf_counter() - began
    assert set(rows["reason"]) == {""}
    return runs / took


def store_share(firms: int, runs: int) -> tuple[float, float]:
    """Seconds a run in this process with its store, and what the engine alone takes, over the same random numbers."""
    from sim.engine import simulate

    plan = replace(load("full_plan"), firms=firms)
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(RunStore(Path(folder)))
        began = time.process_time()
        runner.run(replicated(plan, 1, runs))
        runner.stored.put_together()
        kept = time.process_time() - began
    began = time.process_time()
    for seed in range(1, runs + 1):
        simulate(plan, firms=firms, seed=seed, tables=False)
    alone = time.process_time() - began
    return kept / runs, alone / runs


def resident() -> list[int]:
    """Bytes that this process and its workers hold, largest first."""
    here = psutil.Process()
    return sorted((p.memory_info().rss for p in (here, *here.children(recursive=True))), reverse=True)


def memory(firms: int, steps: tuple[int, ...]) -> None:
    """Memory of all processes after so many runs of one study."""
    plan = replace(load("full_plan"), firms=firms)
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(RunStore(Path(folder)), 2)
        for runs in steps:
            runner.run(replicated(plan, 1, runs))
            print(f"after {runs:5d} runs: {sum(resident()) / 2**20:7.0f} MiB in all processes", flush=True)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--firms", type=int, default=20_000)
    options.add_argument("--runs", type=int, default=40)
    options.add_argument("--coalitions", action="store_true")
    asked = options.parse_args()
    for workers in (1, 2):
        timed(workers, 500, 4, 1)  # kernels loaded, processes started
    pairs = []
    for turn in range(ROUNDS):
        one, two = (timed(workers, asked.firms, asked.runs, 100 * turn + 1) for workers in (1, 2))
        pairs.append((one, two))
        print(f"{asked.firms:,} firms: {one:.2f} runs a second on one core, {two:.2f} on two: {two / one:.2f} times")
    print(f"median: {statistics.median(two / one for one, two in pairs):.2f} times")
    shares = [store_share(asked.firms, asked.runs) for _ in range(ROUNDS)]
    kept, alone = (statistics.median(column) for column in zip(*shares, strict=True))
    print(f"a run takes {1e3 * kept:.1f} ms with the store and {1e3 * alone:.1f} without: {kept / alone - 1:.1%}")
    memory(2_000, (100, 400, 1_600))
    if asked.coalitions:
        began = time.perf_counter()
        study = ask("attribute", "actions", firms=asked.firms, replications=1, workers=2)
        took = time.perf_counter() - began
        print(f"{len(study.runs):,} coalitions in {took:.0f} s: {len(study.runs) / took:.2f} runs a second")


if __name__ == "__main__":
    main()
