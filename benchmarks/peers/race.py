"""The common model in every framework, timed in turn: one table, `results.csv` and `peers.svg` beside this file.

    python -m benchmarks.peers.race            1, 10 and 100 thousand firms (about five minutes)
    python -m benchmarks.peers.race --large    a million firms too (about half an hour more, 5 GB)

Every run has a process of its own. It imports the framework and lives two months with few firms first, so that what a
process pays once is over; then it builds the province and lives through it, and both are timed. The frameworks take
turns, the best of three turns counts. A framework that would need longer than two minutes for a run lives through
fewer months. Whatever is timed is compared first: month by month the outcome has to be the same to the fen.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from benchmarks.peers import common
from benchmarks.peers.common import Count

HERE: Final = Path(__file__).resolve().parent
SIZES: Final = (1_000, 10_000, 100_000)
LARGE: Final = 1_000_000
TURNS: Final = 3
LONGEST_RUN: Final = 120.0  # seconds that a run may be expected to take
FEW: Final = (500, 2)  # firms and months of the first run of a process


@dataclass(frozen=True)
class Contestant:
    """A way to write the common model: the module beside this file, and the distribution whose version counts."""

    name: str
    module: str
    distribution: str
    agents: str  # how a firm is held

    @property
    def label(self) -> str:
        """Name and version."""
        return f"{self.name} {version(self.distribution)}"


OURS: Final = Contestant("Shukun's columns", "columns", "shukun", "columns, compiled")
CONTESTANTS: Final = (
    OURS,
    Contestant("AMBER", "with_ambr", "ambr", "columns, NumPy and Polars"),
    Contestant("AgentPy", "with_agentpy", "agentpy", "objects"),
    Contestant("Mesa", "with_mesa", "mesa", "objects"),
    Contestant("SimPy", "plain_simpy", "simpy", "objects with a process"),
    Contestant("salabim", "with_salabim", "salabim", "objects with a process"),
)


@dataclass(frozen=True)
class Timing:
    """One run, in seconds. ``once``: importing, compiling and a first small run."""

    once: float
    build: float
    run: float
    counts: list[Count]

    @property
    def firm_months(self) -> int:
        """Months that firms lived through: closed firms cost next to nothing, so they do not count."""
        return sum(count.alive for count in self.counts)


@dataclass(frozen=True)
class Row:
    """What is known of one framework at one size."""

    firms: int
    framework: str
    version: str
    agents: str
    months: int
    firm_months: int
    once_seconds: float
    build_seconds: float
    run_seconds: float
    firm_months_per_second: float
    ours_times_as_fast: float  # firm-months a second of this project's columns over this framework's


class OutcomesDifferError(RuntimeError):
    """Two frameworks did not live the same model, so their times cannot be compared."""


def time_here(module: str, firms: int, months: int) -> Timing:
    """Time one run in this process."""
    started = time.perf_counter()
    build = importlib.import_module(f"benchmarks.peers.{module}").build
    build(*FEW)()
    ready = time.perf_counter()
    live = build(firms, months)
    built = time.perf_counter()
    counts = live()
    return Timing(ready - started, built - ready, time.perf_counter() - built, counts)


def time_apart(contestant: Contestant, firms: int, months: int) -> Timing:
    """The same in a new process."""
    command = [sys.executable, "-m", "benchmarks.peers.race", "--only", contestant.module, str(firms), str(months)]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=HERE.parents[1])
    answer = json.loads(run.stdout.splitlines()[-1])
    return Timing(answer["once"], answer["build"], answer["run"], [Count(*count) for count in answer["counts"]])


def affordable_months(seconds_a_firm_month: float | None, firms: int) -> int:
    """Months that a run may have within the longest time: at least one, at most all, all if no pace is known."""
    if seconds_a_firm_month is None:
        return common.MONTHS
    return max(1, min(common.MONTHS, int(LONGEST_RUN / (seconds_a_firm_month * firms))))


def compare(contestant: Contestant, found: list[Count], expected: list[Count]) -> None:
    """Refuse an outcome that differs; the shorter of two runs decides how many months are compared."""
    for one, other in zip(found, expected, strict=False):
        for field, value, wanted in zip(Count._fields, one, other, strict=True):
            if value != wanted:
                raise OutcomesDifferError(
                    f"{contestant.name} differs in month {other.month}: {field} {value:,}, {OURS.name} has {wanted:,}"
                )


def race(firms: int, pace: dict[str, float]) -> list[Row]:
    """All frameworks at one size, fastest first. ``pace``: seconds a firm-month at the size before, kept here."""
    months = {who.module: affordable_months(pace.get(who.module), firms) for who in CONTESTANTS}
    best: dict[str, Timing] = {}
    expected: list[Count] = []
    for turn in range(TURNS):
        for who in CONTESTANTS:
            print(f"\r{firms:,} firms, turn {turn + 1} of {TURNS}: {who.name:<20}", end="", file=sys.stderr, flush=True)
            timing = time_apart(who, firms, months[who.module])
            expected = expected or timing.counts
            compare(who, timing.counts, expected)
            if who.module not in best or timing.run < best[who.module].run:
                best[who.module] = timing
    print("\r" + " " * 60 + "\r", end="", file=sys.stderr)
    speed = {module: timing.firm_months / timing.run for module, timing in best.items()}
    pace.update({module: 1.0 / per_second for module, per_second in speed.items()})
    rows = [
        Row(
            firms=firms,
            framework=who.name,
            version=version(who.distribution),
            agents=who.agents,
            months=months[who.module],
            firm_months=best[who.module].firm_months,
            once_seconds=best[who.module].once,
            build_seconds=best[who.module].build,
            run_seconds=best[who.module].run,
            firm_months_per_second=speed[who.module],
            ours_times_as_fast=speed[OURS.module] / speed[who.module],
        )
        for who in CONTESTANTS
    ]
    return sorted(rows, key=lambda row: -row.firm_months_per_second)


def machine() -> dict[str, Any]:
    """What the times depend on."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        processor = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        processor = platform.processor() or "unknown"
    return {"processor": processor, "cores": os.cpu_count(), "python": platform.python_version()}


def print_table(rows: list[Row]) -> None:
    """One line a framework and size."""
    print(
        f"{'firms':>9}  {'framework':<24} {'months':>6} {'once s':>7} {'build s':>8} {'run s':>9} "
        f"{'firm-months/s':>14} {'ours is':>8}"
    )
    for row in rows:
        print(
            f"{row.firms:>9,}  {row.framework + ' ' + row.version:<24} {row.months:>6} {row.once_seconds:>7.2f} "
            f"{row.build_seconds:>8.2f} {row.run_seconds:>9.3f} {row.firm_months_per_second:>14,.0f} "
            f"{row.ours_times_as_fast:>7.1f}x"
        )


def write(rows: list[Row], path: Path) -> None:
    """The rows as CSV, each with the facts of the machine."""
    facts = {**machine(), "date": time.strftime("%Y-%m-%d")}
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, [*Row.__dataclass_fields__, *facts], lineterminator="\n")
        table.writeheader()
        for row in rows:
            numbers = {
                key: round(value, 4) if isinstance(value, float) else value for key, value in asdict(row).items()
            }
            table.writerow({**numbers, **facts})


def main() -> None:
    """Race, print, write, draw."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--large", action="store_true", help="a million firms too")
    options.add_argument("--only", nargs=3, metavar=("MODULE", "FIRMS", "MONTHS"), help="one run, here, as JSON")
    chosen = options.parse_args()
    if chosen.only:
        module, firms, months = chosen.only
        print(json.dumps(asdict(time_here(module, int(firms), int(months)))))
        return

    pace: dict[str, float] = {}
    rows: list[Row] = []
    try:
        for firms in (*SIZES, LARGE) if chosen.large else SIZES:
            rows += race(firms, pace)
    except OutcomesDifferError as difference:
        sys.exit(f"The outcomes differ, so nothing is timed: {difference}.")
    print_table(rows)
    write(rows, HERE / "results.csv")

    from benchmarks.peers.picture import draw

    draw(rows, machine(), HERE / "peers.svg")


if __name__ == "__main__":
    main()
