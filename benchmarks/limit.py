"""How near a firm's month is to the least it can cost: streaming the bytes that it must touch through one core.

A run of the whole plan is stopped at every month's end, and the columns that every firm's month reads and writes are
streamed through the same core of the same process, by loops that do nothing else. What the month took over what that
takes is the distance to the limit of the memory: a ratio of two times a second apart, so a busy machine disturbs it
little. Seconds are the processor's own, not the wall's.

    python benchmarks/limit.py                     a million firms
    python benchmarks/limit.py --firms 200000      fewer
    python benchmarks/limit.py --instructions      instructions a firm-month too, counted by valgrind (some minutes)
    python benchmarks/limit.py --json              the same as JSON
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sim.engine import Run

SEED: Final = 1
FEW: Final = 500  # firms of the first run, which loads what a process loads once
FIRMS: Final = 1_000_000
SEASON: Final = 6  # months at either end of the run that are compared
COUNTED_FIRMS: Final = (2_000, 20_000)  # of the runs whose instructions are counted

# Columns that the settlement of every open firm reads (`sim/firm/settlement.py` and what it calls), and those that it
# changes in most of them. Left out is what only some firms or months need (`vat_credit` of general taxpayers,
# `loan_rate` of borrowers, promises of measures), so the limit is a little too low, never too high.
READ: Final = (
    "key", "weight", "county", "prefecture", "sector", "size", "customer", "flags", "born_on", "age_months",
    "usual_sales", "first_sales", "usual_staff", "wage", "rent", "materials_share", "materials_now", "expected",
    "buffer_months", "insured_share", "status", "staff", "cash",
    "receivables_public", "overdue_public", "receivables_private", "payables", "overdue_payables", "arrears_public",
    "arrears_private", "reservation", "loan", "loan_due_on", "contract_backlog", "profit_this_year", "open_from",
    "activity_pending", "suspended_on", "hires", "distressed_months", "late_months", "facts", "eligible", "applied",
    "granted",
)  # fmt: skip
WRITTEN: Final = (
    "usual_sales", "rent", "expected", "cash", "receivables_private", "payables", "profit_this_year", "open_from",
)  # fmt: skip
# Columns that the month's count of the province reads of every living firm (`sim/observe/observers.py`).
COUNTED: Final = (
    "status", "weight", "prefecture", "sector", "size", "born_on", "suspended_on", "profit_this_year", "staff", "cash",
    "arrears_public", "arrears_private", "overdue_public", "loan", "payables", "overdue_payables", "reservation",
)  # fmt: skip


# For columns of every type, so not one of the model's kernels, which are compiled for one.
streamed: Any = njit(cache=True, _nrt=False)


@streamed
def _add_up(column: Any) -> Any:
    """Read a column."""
    total = np.int64(0)
    for i in range(len(column)):
        total += column[i]
    return total


@streamed
def _add_to(column: Any, nothing: Any) -> None:
    """Read and write a column; ``nothing`` is 0, which the compiler does not know."""
    for i in range(len(column)):
        column[i] += nothing


@dataclass
class Limit:
    """What one run shows. Seconds are processor seconds; a list has an entry a month."""

    scenario: str
    firms: int
    months: int
    bytes_read: int  # a firm-month: settlement and count
    bytes_written: int
    firm_months: list[int] = field(default_factory=list)  # lived: rows alive, mean of the month's first and last day
    run_seconds: list[float] = field(default_factory=list)
    stream_seconds: list[float] = field(default_factory=list)  # streaming the bytes of the firm-months lived
    split: dict[str, float] = field(default_factory=dict)  # share of the run by part, by the engine's own clock

    @property
    def nanoseconds(self) -> float:
        """Of a firm-month lived."""
        return 1e9 * sum(self.run_seconds) / sum(self.firm_months)

    @property
    def stream_nanoseconds(self) -> float:
        """Of streaming the bytes of a firm-month."""
        return 1e9 * sum(self.stream_seconds) / sum(self.firm_months)

    @property
    def gigabytes_per_second(self) -> float:
        """Of streaming, bytes read and bytes written."""
        return (self.bytes_read + self.bytes_written) / self.stream_nanoseconds

    @property
    def times_streaming(self) -> float:
        """Cost of a month over streaming its bytes: the median month."""
        return statistics.median(a / b for a, b in zip(self.run_seconds, self.stream_seconds, strict=True))

    @property
    def monthly_nanoseconds(self) -> list[float]:
        """Of a firm-month lived, month by month: flat if nothing piles up."""
        return [1e9 * a / b for a, b in zip(self.run_seconds, self.firm_months, strict=True)]


def builder(scenario: str) -> Callable[[int], Run]:
    """Lays out runs of a scenario with so many firms, ready to be lived through."""
    from sim.engine import Run
    from sim.parameters import load as load_parameters
    from sim.population.counties import counties
    from sim.population.synthesis import synthesise
    from sim.scenario import load
    from sim.timeline import Timeline

    asked = load(scenario)
    parameters = load_parameters(changed=asked.parameter_changes)
    timeline = Timeline(asked.world.start, asked.world.end)
    return lambda firms: Run(asked, parameters, synthesise(parameters, counties(), timeline, SEED, firms), SEED)


def alive_rows(run: Run) -> int:
    """Rows that are open, suspended or paused now."""
    from sim.vocabulary import Status

    status = run.population.firms.status
    return int(((status >= Status.OPEN) & (status != Status.EXITED)).sum())


def as_whole_numbers(column: NDArray[Any]) -> NDArray[Any]:
    """The same memory as whole numbers in one dimension: to add those up costs nothing but the memory."""
    return column.reshape(-1).view(f"i{column.itemsize}")


def live(run: Run, scenario: str) -> Limit:
    """Live through a run and stream the bytes of every month after it."""
    columns = run.population.firms
    promises = run.state.records.slots.put_off  # read by settlement and count
    written = [as_whole_numbers(getattr(columns, name)) for name in WRITTEN]
    read = [as_whole_numbers(getattr(columns, name)) for name in READ if name not in WRITTEN]
    read += [as_whole_numbers(getattr(columns, name)) for name in COUNTED] + [promises, promises]
    rows = len(columns.key)
    found = Limit(
        scenario=scenario,
        firms=run.population.alive,
        months=run.timeline.months,
        bytes_read=sum(column.nbytes for column in read + written) // rows,
        bytes_written=sum(column.nbytes for column in written) // rows,
    )
    alive = run.population.alive
    streaming = 0.0  # wall seconds, which the engine's clock takes for observation
    resumed = time.process_time()

    def month_is_over(_: float) -> None:
        nonlocal alive, streaming, resumed
        since, started = time.perf_counter(), time.process_time()
        found.run_seconds.append(started - resumed)
        before, alive = alive, alive_rows(run)
        found.firm_months.append((before + alive) // 2)
        started = time.process_time()
        for column in read:
            _add_up(column)
        for column in written:
            _add_to(column, 0)
        # Rows unborn or gone are streamed too, and not charged to the limit.
        found.stream_seconds.append((time.process_time() - started) * found.firm_months[-1] / rows)
        streaming += time.perf_counter() - since
        resumed = time.process_time()

    began = time.perf_counter()
    run.live(month_is_over)
    whole = time.perf_counter() - began - streaming
    split = dict(run.seconds)
    split["observation"] -= streaming
    split["clock"] = whole - sum(split.values())
    found.split = {part: seconds / whole for part, seconds in split.items()}
    return found


def measure(scenario: str, firms: int) -> Limit:
    """One run in this process, after a first one with few firms."""
    build = builder(scenario)
    live(build(FEW), scenario)
    return live(build(firms), scenario)


def count_instructions(scenario: str) -> float:
    """Instructions of a firm-month: what a run with more firms executes beyond one with fewer, counted by valgrind.

    Valgrind knows no AVX-512, so the kernels are compiled for its processor first, into a folder of their own.
    """
    if shutil.which("valgrind") is None:
        sys.exit("Counting instructions needs valgrind, which is not installed.")
    with tempfile.TemporaryDirectory() as folder:
        kernels = {"NUMBA_CPU_NAME": "x86-64-v3", "NUMBA_CPU_FEATURES": "", "NUMBA_CACHE_DIR": folder}
        here = [sys.executable, __file__, "--scenario", scenario]
        grind = ["valgrind", "--quiet", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={folder}/seen"]
        for command in ([*here, "--firms", str(FEW)], [*grind, *here, "--counted"]):  # the first only compiles
            run = subprocess.run(command, env=os.environ | kernels, check=True, text=True, stdout=subprocess.PIPE)
        lived = [int(line) for line in run.stdout.splitlines()]
        executed = [
            int(line.split()[1])
            for dump in (1, 2)
            for line in Path(f"{folder}/seen.{dump}").read_text().splitlines()
            if line.startswith("totals:")
        ]
    return (executed[1] - executed[0]) / (lived[1] - lived[0])


def run_counted(scenario: str) -> None:
    """The runs of :func:`count_instructions`, in the process that valgrind watches; prints the firm-months of each."""

    def tell_valgrind(*words: str) -> None:
        subprocess.run(["callgrind_control", *words, str(os.getpid())], check=True, capture_output=True)

    build = builder(scenario)
    build(FEW).live(lambda share: None)
    for firms in COUNTED_FIRMS:
        run = build(firms)
        lived = 0

        def month_is_over(_: float, run: Run = run) -> None:
            nonlocal lived
            lived += alive_rows(run)

        tell_valgrind("-i", "on")
        run.live(month_is_over)
        tell_valgrind("-i", "off")
        tell_valgrind("-d")
        print(lived)


def main() -> None:
    """Prints what one run shows."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--firms", type=int, default=FIRMS)
    options.add_argument("--scenario", default="full_plan")
    options.add_argument("--instructions", action="store_true", help="count instructions with valgrind too")
    options.add_argument("--json", action="store_true", help="print JSON")
    options.add_argument("--counted", action="store_true", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.counted:
        run_counted(chosen.scenario)
        return
    seen = measure(chosen.scenario, chosen.firms)
    instructions = count_instructions(chosen.scenario) if chosen.instructions else None
    if chosen.json:
        print(json.dumps(asdict(seen) | {"instructions": instructions}, indent=2))
        return
    monthly = seen.monthly_nanoseconds
    print(f"{seen.scenario}, {seen.firms:,} firms, {seen.months} months, seed {SEED}, one core")
    print(f"a firm-month            {seen.nanoseconds:>8.1f} ns   " + parts(seen.split))
    print(f"bytes read, written     {seen.bytes_read:>8} {seen.bytes_written}")
    print(f"streaming them          {seen.stream_nanoseconds:>8.1f} ns   at {seen.gigabytes_per_second:.1f} GB/s")
    print(f"times the streaming     {seen.times_streaming:>8.1f}")
    late = statistics.mean(monthly[-SEASON:]) / statistics.mean(monthly[:SEASON])
    print(
        f"month by month          {min(monthly):>8.1f} to {max(monthly):.1f} ns, last half year {late:.2f} of the first"
    )
    if instructions is not None:
        print(f"instructions            {instructions:>8.0f}")


def parts(split: dict[str, float]) -> str:
    """Shares of the run in one line."""
    return ", ".join(f"{part} {share:.0%}" for part, share in split.items())


if __name__ == "__main__":
    main()
