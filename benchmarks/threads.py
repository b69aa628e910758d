"""A large run in one thread and in several, in turn: how much sooner it is there, whether it is the same, its memory.

    python benchmarks/threads.py                    a million firms, all cores, three rounds
    python benchmarks/threads.py --firms 200000 --threads 4 --rounds 5
    python benchmarks/threads.py --json             the same as JSON

Every run has a process of its own, after a first one with few firms, so compiling and loading are left out. Only runs
in turn compare: what else a machine does changes from minute to minute.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
import time
from typing import Any, Final

from benchmarks.engine import FEW, SEED, machine
from benchmarks.province import peak_gigabytes

MILLION: Final = 1_000_000


def lived(scenario: str, firms: int, threads: int) -> dict[str, Any]:
    """One run in this process: its seconds, its memory and a digest of its tables."""
    from sim.engine import simulate
    from sim.observe.tables import TABLES
    from sim.scenario import load

    simulate(load(scenario), firms=FEW, seed=SEED)
    wall, processor = time.perf_counter(), time.process_time()
    result = simulate(load(scenario), firms=firms, seed=SEED, threads=threads)
    seconds = {"wall": time.perf_counter() - wall, "processor": time.process_time() - processor}
    found = hashlib.sha256()
    for name in TABLES:
        found.update(getattr(result, name).to_csv(float_format="%r").encode())
    return seconds | {"peak_gigabytes": peak_gigabytes(), "digest": found.hexdigest()}


def in_turn(scenario: str, firms: int, threads: int, rounds: int) -> dict[str, Any]:
    """Runs in one thread and in ``threads``, in turn, and the ratio of their seconds in each round."""
    runs: dict[int, list[dict[str, Any]]] = {1: [], threads: []}
    for _ in range(rounds):
        for count in runs:
            words = ["--only", str(count), "--firms", str(firms), "--scenario", scenario]
            command = [sys.executable, "-m", "benchmarks.threads", *words]
            run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            runs[count].append(json.loads(run.stdout))
    times = [one["wall"] / many["wall"] for one, many in zip(runs[1], runs[threads], strict=True)]
    return {
        "scenario": scenario,
        "firms": firms,
        "threads": threads,
        "times": statistics.median(times),
        "times_of_rounds": times,
        "same": len({run["digest"] for of_count in runs.values() for run in of_count}) == 1,
        "runs": runs,
    }


def main() -> None:
    """Prints both, and the ratio."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--firms", type=int, default=MILLION)
    options.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="all cores by default")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--scenario", default="full_plan")
    options.add_argument("--json", action="store_true")
    options.add_argument("--only", type=int, metavar="THREADS", help="one run in this process, as JSON")
    chosen = options.parse_args()
    if chosen.only:
        print(json.dumps(lived(chosen.scenario, chosen.firms, chosen.only)))
        return
    found = in_turn(chosen.scenario, chosen.firms, chosen.threads, chosen.rounds)
    if chosen.json:
        print(json.dumps(found, indent=2))
        return
    print(f"{found['scenario']}, {found['firms']:,} firms, seed {SEED}, on {os.cpu_count()} cores of: {machine()}")
    for count, runs in found["runs"].items():
        wall, processor = ([run[name] for run in runs] for name in ("wall", "processor"))
        print(
            f"{count} thread{'s' if count > 1 else ''}: {statistics.median(wall):.2f} s (processor "
            f"{statistics.median(processor):.2f} s), {max(run['peak_gigabytes'] for run in runs):.2f} GB"
        )
    rounds = ", ".join(f"{times:.2f}" for times in found["times_of_rounds"])
    print(f"{found['times']:.2f} times as fast in the median (by round {rounds}); the same bytes: {found['same']}")


if __name__ == "__main__":
    main()
