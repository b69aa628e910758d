"""Speed and memory of one run: firm-months a second, bytes a firm, and the split between firms and institutions.

Each size runs in a process of its own: a first run with few firms compiles (or loads) the kernels and pays for what a
process pays once, then the run that counts is timed and the growth of resident memory is read. Bytes a firm are the
slope between two sizes, so the fixed cost of the libraries does not count.

    python benchmarks/engine.py            20 thousand, 100 thousand and 1 million firms
    python benchmarks/engine.py --large    5 million too (about 2 GB)
    python benchmarks/engine.py --json     the same as one JSON list
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

SIZES = (20_000, 100_000, 1_000_000)
LARGE = 5_000_000
SLOPE = (200_000, 1_000_000)  # firms between which bytes a firm are measured
FEW = 500  # firms of the first run
SEED = 1


def measure(scenario: str, firms: int) -> dict[str, Any]:
    """Times one run in this process, after a first one with few firms."""
    import psutil

    from sim.engine import simulate
    from sim.scenario import load

    process = psutil.Process()
    started = time.perf_counter()
    simulate(load(scenario), firms=FEW, seed=SEED)
    first = time.perf_counter() - started

    before = peak = process.memory_info().rss
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.005):
            peak = max(peak, process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    started = time.perf_counter()
    result = simulate(load(scenario), firms=firms, seed=SEED)
    wall = time.perf_counter() - started
    done.set()
    watcher.join()
    return {
        "scenario": scenario,
        "firms": result.firms,
        "months": result.months,
        "first_run_seconds": first,
        "wall_seconds": wall,
        "firm_months_per_second": result.firms * result.months / wall,
        "rss_growth_bytes": max(peak, process.memory_info().rss) - before,
        "seconds": result.seconds,
        "ledger_residual_fen": result.ledger_residual_fen,
    }


def measure_apart(scenario: str, firms: int) -> dict[str, Any]:
    """The same in a new process, so that nothing is left over from another size."""
    command = [sys.executable, __file__, "--only", str(firms), "--scenario", scenario]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    answer: dict[str, Any] = json.loads(run.stdout)
    return answer


def bytes_per_firm(runs: dict[int, dict[str, Any]]) -> float:
    """Growth of resident memory for each further firm, between the two sizes of ``SLOPE``."""
    few, many = (runs[size] for size in SLOPE)
    return float((many["rss_growth_bytes"] - few["rss_growth_bytes"]) / (many["firms"] - few["firms"]))


def machine() -> str:
    """The processor as the system names it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return "unknown processor"


def main() -> None:
    """Prints one line a size."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--large", action="store_true", help="5 million firms too")
    options.add_argument("--json", action="store_true", help="print one JSON list")
    options.add_argument("--scenario", default="full_plan")
    options.add_argument("--only", type=int, metavar="FIRMS", help="one size, in this process, as JSON")
    chosen = options.parse_args()
    if chosen.only:
        print(json.dumps(measure(chosen.scenario, chosen.only)))
        return

    sizes = (*SIZES, LARGE) if chosen.large else SIZES
    runs = {firms: measure_apart(chosen.scenario, firms) for firms in sorted({*sizes, *SLOPE})}
    if chosen.json:
        print(json.dumps([*runs.values(), {"bytes_per_firm": bytes_per_firm(runs)}], indent=2))
        return
    print(f"{chosen.scenario}, seed {SEED}, one core of: {machine()}")
    print(f"{'firms':>10} {'months':>6} {'first run s':>11} {'wall s':>8} {'firm-months/s':>14}  split")
    for firms in sizes:
        run = runs[firms]
        split = ", ".join(f"{part} {seconds:.2f} s" for part, seconds in run["seconds"].items())
        print(
            f"{run['firms']:>10,} {run['months']:>6} {run['first_run_seconds']:>11.2f} {run['wall_seconds']:>8.2f} "
            f"{run['firm_months_per_second']:>14,.0f}  {split}"
        )
    print(f"bytes a firm (resident memory, {SLOPE[0]:,} to {SLOPE[1]:,} firms): {bytes_per_firm(runs):.0f}")


if __name__ == "__main__":
    main()
