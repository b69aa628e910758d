"""The timing history: one command times the engine and adds a line to `history.csv` beside this file.

    python -m benchmarks.history           time, print, add the line (about two minutes)
    python -m benchmarks.history --show    print the history

Lines compare within one processor only, and the machine should have nothing else to do: wall seconds well above
processor seconds in a line say that it had.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from benchmarks.engine import machine
from benchmarks.limit import SEASON

HERE: Final = Path(__file__).resolve().parent
HISTORY: Final = HERE / "history.csv"

# Columns and what they say; every line holds all of them.
COLUMNS: Final = {
    "date": "day of the timing",
    "commit": "of the sources; + when they had been changed since",
    "processor": "as the system names it",
    "python": "version",
    "numba": "version",
    "firm_months_per_second": "a million firms: firms times months over wall seconds, population and tables included",
    "firm_months_per_processor_second": "the same over processor seconds",
    "firm_month_ns": "of the processor, for a firm-month lived, without population and tables",
    "streaming_ns": "streaming the bytes that it must touch",
    "times_streaming": "the one over the other, in the median month",
    "cheapest_month_ns": "of a firm-month, in the cheapest month",
    "dearest_month_ns": "the same in the dearest",
    "last_over_first": f"cost of a firm-month in the last {SEASON} months over the first {SEASON}",
    "province_firms": "rows alive at the start, one to one",
    "province_wall_seconds": "of the province one to one, with population and tables",
    "province_processor_seconds": "the same in processor time",
    "province_gigabytes": "the most memory it held",
}


def answer(script: str, *words: str) -> Any:
    """What a benchmark beside this file prints as JSON, in a process of its own."""
    command = [sys.executable, str(HERE / script), *words]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def commit() -> str:
    """The commit that is checked out, with a + when the package or its data have been changed since."""

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=HERE, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()

    changed = git("status", "--porcelain", "--", ":/sim", ":/scenarios", ":/calibration")
    return git("rev-parse", "--short=10", "HEAD") + ("+" if changed else "")


def summary(million: dict[str, Any], limit: dict[str, Any], province: dict[str, Any]) -> dict[str, float]:
    """The numbers of a line, from what the benchmarks answer."""
    run, stream, lived = limit["run_seconds"], limit["stream_seconds"], limit["firm_months"]
    monthly = [1e9 * seconds / firms for seconds, firms in zip(run, lived, strict=True)]
    firm_months = million["firms"] * million["months"]
    return {
        "firm_months_per_second": round(firm_months / million["wall_seconds"]),
        "firm_months_per_processor_second": round(firm_months / million["processor_seconds"]),
        "firm_month_ns": round(1e9 * sum(run) / sum(lived), 1),
        "streaming_ns": round(1e9 * sum(stream) / sum(lived), 2),
        "times_streaming": round(statistics.median(a / b for a, b in zip(run, stream, strict=True)), 1),
        "cheapest_month_ns": round(min(monthly), 1),
        "dearest_month_ns": round(max(monthly), 1),
        "last_over_first": round(statistics.mean(monthly[-SEASON:]) / statistics.mean(monthly[:SEASON]), 2),
        "province_firms": province["firms"],
        "province_wall_seconds": round(province["wall_seconds"], 1),
        "province_processor_seconds": round(province["processor_seconds"], 1),
        "province_gigabytes": round(province["peak_gigabytes"], 2),
    }


def add(line: dict[str, Any], path: Path) -> None:
    """Add a line to the history, below a header if it is the first."""
    new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(COLUMNS), lineterminator="\n")
        if new:
            table.writeheader()
        table.writerow(line)


def show(path: Path) -> None:
    """Print the history, what identifies a line first."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    for name, meaning in COLUMNS.items():
        print(f"{name}: {meaning}")
        print("    " + "  ".join(line[name] for line in lines))


def main() -> None:
    """Times and adds a line, or shows the lines there are."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--show", action="store_true", help="print the history and time nothing")
    chosen = options.parse_args()
    if not chosen.show:
        million = answer("province.py", "--firms", "1000000", "--json")
        limit = answer("limit.py", "--json")
        province = answer("province.py", "--json")
        facts = {
            "date": time.strftime("%Y-%m-%d"),
            "commit": commit(),
            "processor": f"{os.cpu_count()} x {machine()}",
            "python": platform.python_version(),
            "numba": version("numba"),
        }
        add(facts | summary(million, limit, province), HISTORY)
    show(HISTORY)


if __name__ == "__main__":
    main()
