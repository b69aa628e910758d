"""The timing history: one command times the engine and adds a line to `history.csv` beside this file.

    python -m benchmarks.history [WHEEL]    time, print, add the line (ten minutes; without a wheel one is built first)
    python -m benchmarks.history --show     print the history
    python -m benchmarks.history --readme   write the table of the last line into both READMEs

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
    "twenty_thousand_seconds": "20,000 firms: wall seconds, population and tables included",
    "hundred_thousand_seconds": "100,000 firms: the same",
    "million_seconds": "a million firms: the same",
    "bytes_a_firm": "growth of resident memory for each further firm",
    "threads": "of the run in several threads: as many as cores",
    "threads_times": "a million firms: seconds in one thread over seconds in these, median of runs in turn",
    "first_run_seconds": "wall seconds of the first run of 500 firms from a wheel, nothing compiled before",
}


def answer(name: str, *words: str) -> Any:
    """What a benchmark beside this file prints as JSON, in a process of its own."""
    command = [sys.executable, "-m", f"benchmarks.{name}", *words]
    return json.loads(subprocess.run(command, cwd=HERE.parent, stdout=subprocess.PIPE, text=True, check=True).stdout)


def commit() -> str:
    """The commit that is checked out, with a + when the package or its data have been changed since."""

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=HERE, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()

    changed = git("status", "--porcelain", "--", ":/sim", ":/scenarios", ":/calibration")
    return git("rev-parse", "--short=10", "HEAD") + ("+" if changed else "")


def sizes(engine: list[dict[str, Any]], threads: dict[str, Any], first_run: dict[str, Any]) -> dict[str, float]:
    """Further numbers of a line: runs by size, in threads, and the first from a wheel."""
    *runs, memory = engine
    seconds = {round(run["firms"], -4): run["wall_seconds"] for run in runs}
    return {
        "twenty_thousand_seconds": round(seconds[20_000], 2),
        "hundred_thousand_seconds": round(seconds[100_000], 2),
        "million_seconds": round(seconds[1_000_000], 1),
        "bytes_a_firm": round(memory["bytes_per_firm"]),
        "threads": threads["threads"],
        "threads_times": round(threads["times"], 2),
        "first_run_seconds": round(first_run["wall_seconds"], 2),
    }


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


def lines_of(path: Path) -> list[dict[str, str]]:
    """The lines of the history, in order; what was not timed on a day is empty."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


BEGIN, END = "<!-- timings -->", "<!-- end of timings -->"  # around the table in the READMEs
README_OF: Final = {"en": "README.md", "zh": "README.zh-CN.md"}


def table(line: dict[str, str], lang: str) -> str:
    """The figures of a line as the README of a language shows them."""

    def number(name: str) -> float:
        return float(line[name])

    months = 24
    rows = [
        (20_000, number("twenty_thousand_seconds"), ""),
        (100_000, number("hundred_thousand_seconds"), ""),
        (1_000_000, number("million_seconds"), line["bytes_a_firm"]),
        (int(line["province_firms"]), number("province_wall_seconds"), f"{line['province_gigabytes']} GB"),
    ]
    speeds = [firms * months / seconds / 1e6 for firms, seconds, _ in rows]
    head, unit = {
        "en": ("| firms | wall seconds | firm-months a second | bytes a firm, or in all |", "{:.1f} m"),
        "zh": ("| 企业数 | 用时（秒） | 每秒企业月数 | 每家企业字节数，或合计 |", "{:.0f} 万"),
    }[lang]
    scale = {"en": 1, "zh": 100}[lang]
    told = [
        f"| {firms:,} | {seconds:g} | {unit.format(speed * scale)} | {memory} |"
        for (firms, seconds, memory), speed in zip(rows, speeds, strict=True)
    ]
    sentences = {
        "en": (
            f"Timed on {line['date']} on {line['processor']}, Python {line['python']}, Numba {line['numba']}; the last "
            "row is the province one to one.",
            f"A million firms in {line['threads']} threads: {line['threads_times']} times as fast.",
            "The first run of 500 firms from a wheel that carries its kernels: "
            f"{line['first_run_seconds']} s, imports included.",
            f"A firm's month takes {float(line['times_streaming']):.0f} times as long as streaming the bytes that it "
            "must touch.",
        ),
        "zh": (
            f"{line['date']} 测于 {line['processor']}，Python {line['python']}，Numba {line['numba']}；"
            "末行为全省一比一。",
            f"一百万家企业用 {line['threads']} 个线程时，速度为单线程的 {line['threads_times']} 倍。",
            f"安装自带内核的 wheel 后，首次运行（500 家企业，含导入）用时 {line['first_run_seconds']} 秒。",
            f"一个企业月的用时是把它必须读写的字节顺序过一遍的 {float(line['times_streaming']):.0f} 倍。",
        ),
    }[lang]
    timed = (True, bool(line["threads_times"]), bool(line["first_run_seconds"]), True)
    said = [sentence for sentence, known in zip(sentences, timed, strict=True) if known]
    return "\n".join([head, "|---|---|---|---|", *told, "", {"en": " ", "zh": ""}[lang].join(said)])


def write_readmes(root: Path, path: Path) -> None:
    """Write the table of the last line of a history between the marks in both READMEs."""
    for lang, name in README_OF.items():
        text = (root / name).read_text(encoding="utf-8")
        before, rest = text.split(BEGIN)
        after = rest.split(END)[1]
        written = f"{before}{BEGIN}\n{table(lines_of(path)[-1], lang)}\n{END}{after}"
        (root / name).write_text(written, encoding="utf-8")


def show(path: Path) -> None:
    """Print the history, what identifies a line first."""
    lines = lines_of(path)
    for name, meaning in COLUMNS.items():
        print(f"{name}: {meaning}")
        print("    " + "  ".join(line[name] or "-" for line in lines))


def main() -> None:
    """Times and adds a line, or shows the lines there are."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("wheel", type=Path, nargs="?", help="as `make wheel` builds it")
    options.add_argument("--show", action="store_true", help="print the history and time nothing")
    options.add_argument("--readme", action="store_true", help="write the last line into the READMEs, time nothing")
    chosen = options.parse_args()
    if chosen.readme:
        write_readmes(HERE.parent, HISTORY)
        return
    if not chosen.show:
        million = answer("province", "--firms", "1000000", "--json")
        limit = answer("limit", "--json")
        province = answer("province", "--json")
        first_run = answer("first_run", *([str(chosen.wheel.resolve())] if chosen.wheel else []), "--json")
        further = sizes(answer("engine", "--json"), answer("threads", "--json"), first_run)
        facts = {
            "date": time.strftime("%Y-%m-%d"),
            "commit": commit(),
            "processor": f"{os.cpu_count()} x {machine()}",
            "python": platform.python_version(),
            "numba": version("numba"),
        }
        add(facts | summary(million, limit, province) | further, HISTORY)
        write_readmes(HERE.parent, HISTORY)
    show(HISTORY)


if __name__ == "__main__":
    main()
