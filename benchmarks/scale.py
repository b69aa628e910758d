"""What a thousand workers would meet: what each step of a run costs here, and a simulation of the rest.

Measured, in processor seconds, so that other work on this machine disturbs little: making a scenario, packing a task,
Dask's client and scheduler (trivial tasks over loopback, few and many workers), the start of a worker, a run, writing a
part, reading an index, putting parts together, memory of the parent. What cannot be measured here (a shared file
system, a network) is assumed, see ``ASSUMED``. The simulation, in SimPy, sends runs through these steps.

    python -m benchmarks.scale             measures (some minutes), keeps that in benchmarks/scale.json, simulates
    python -m benchmarks.scale --kept      simulates with what was measured last; draws docs/images/scale.svg
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import platform
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import simpy

ROOT: Final = Path(__file__).resolve().parents[1]
KEPT: Final = ROOT / "benchmarks/scale.json"
PICTURE: Final = ROOT / "docs/images/scale.svg"
FIRMS: Final = 20_000
MANY: Final = 200  # workers of one process, which do nothing
ASSUMED: Final = {
    "file operations a second of a shared file server": 10_000.0,
    "bytes a second of the scheduler's network": 125e6,
}
WORKERS: Final = (1, 2, 8, 32, 64, 128, 256, 512, 1000, 2000)
CASES: Final = {  # replications of a draw, firms of a run
    "10 replications, 20,000 firms": (10, 20_000),
    "1 replication, 20,000 firms": (1, 20_000),
    "10 replications, 200,000 firms": (10, 200_000),
}


@dataclass
class Measured:
    """Milliseconds of a processor for one run, where nothing else is said."""

    scenario: float  # from its files, of each draw
    key: float  # of each draw: fingerprint, and the first run's name
    packing: float
    unpacking: float
    task_bytes: int
    packed_bytes: int
    client: float  # Dask's client and the window around it, packing left out
    scheduler_few: float  # Dask's scheduler with 2 workers
    scheduler_many: float  # and with `MANY`
    start_seconds: float  # of a worker until its first run has begun: Python, libraries, kernels from their cache
    run: float  # of `FIRMS` firms
    writing: float
    part_bytes: int
    part_files: int
    writing_wall: float  # wall milliseconds of writing a part to an empty folder
    writing_wall_crowded: float  # and to one with 100,000 entries
    opening: float  # of one part, when a study is gone on with
    together: float  # of one part, when a study is complete
    noting: float
    noted_bytes: int  # of a run in the parent's memory
    scenario_bytes: int  # of a scenario in the parent's memory, while its runs are under way
    measured_on: str = ""
    processor: str = ""
    python: str = ""


@dataclass
class Seen:
    """What the simulation shows of so many workers."""

    workers: int
    runs_a_second: float
    busy: dict[str, float]  # share of the time that each station is at work

    @property
    def busiest(self) -> str:
        """The station that lets no more runs through."""
        return max(self.busy, key=lambda name: self.busy[name])


def milliseconds(work: Callable[[], Any], times: int, clock: Callable[[], float] = time.process_time) -> float:
    """Of one call, the first one left out."""
    work()
    began = clock()
    for _ in range(times):
        work()
    return (clock() - began) / times * 1e3


def processor() -> str:
    """Its name, as the system tells it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def measure(times: int = 100, parts: int = 2_000, tasks: int = 2_000, crowd: int = 100_000) -> Measured:
    """Everything that this machine can tell; ``times`` and the rest: how often, smaller in tests."""
    from sim.engine import simulate
    from sim.study.answering import question
    from sim.study.designs.design import Draws
    from sim.study.runs import cluster, run_store
    from sim.study.runs.run_store import RunStore
    from sim.study.runs.specification import RunSpec, sized

    asked, beside = question(
        "sweep",
        {
            "title": {"zh": "免租月数", "en": "Months of rent waived"},
            "scenario": "full_plan",
            "levers": {"grid": {"rent_waiver.months": list(range(1, times + 6))}},
        },
    )
    draws = Draws(asked, beside)
    ahead = iter(range(times + 5))
    scenario = milliseconds(lambda: draws.scenario(next(ahead), {}), times)
    tracemalloc.start()
    held = [draws.scenario(draw, {}) for draw in range(min(times, 30))]
    scenario_bytes = tracemalloc.get_traced_memory()[0] // len(held)
    tracemalloc.stop()
    plans = iter([*held, *held] * times)
    [plan] = sized([held[0]], FIRMS)
    few = replace(plan, firms=200)
    simulate(few, firms=200, seed=1)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        there = RunStore(folder)
        spec = RunSpec(plan, 1)
        task = there.task(there.key(spec), spec)
        result = simulate(few, firms=200, seed=1, tables=False)
        names = iter(range(10**9))

        def write() -> dict[str, Any]:
            return run_store.write(replace(task, key=f"{next(names):040x}"), result, {})

        row = write()
        writing = milliseconds(write, times)
        writing_wall = milliseconds(write, times, time.perf_counter)
        sizes = [file.stat().st_size for file in (folder / f"{0:040x}").iterdir()]
        for number in range(crowd):
            (folder / f".{number}").mkdir()
        crowded = milliseconds(write, times, time.perf_counter)
        for number in range(crowd):
            (folder / f".{number}").rmdir()
        for _ in range(parts):
            write()
        began = time.process_time()
        again = RunStore(folder)
        opened = time.process_time()
        again.put_together()
        together = (time.process_time() - opened) / len(again) * 1e3
        opening = (opened - began) / len(again) * 1e3
        tracemalloc.start()
        filled = RunStore(Path(tempfile.mkdtemp(dir=place)))
        for number in range(20 * times):
            filled.note(f"{number:040x}", {name: value * 1 for name, value in row.items()})
        noted_bytes = tracemalloc.get_traced_memory()[0] // (20 * times)
        tracemalloc.stop()
        # Of draws of their own, since what is packed and unpacked of a scenario is remembered for its replications.
        tasks_of_draws = [replace(task, spec=RunSpec(draw, 1)) for draw in sized(held, FIRMS)]
        packed = cluster.packed(task)
        packs, unpacks = iter(tasks_of_draws), iter([cluster.packed(draw) for draw in tasks_of_draws])
        return Measured(
            scenario=scenario,
            key=milliseconds(lambda: there.key(RunSpec(next(plans), 1)), min(times, 30)),
            packing=milliseconds(lambda: cluster.packed(next(packs)), len(held) - 1),
            unpacking=milliseconds(lambda: cluster.unpacked(next(unpacks)), len(held) - 1),
            task_bytes=packed[0],
            packed_bytes=len(packed[1]),
            **dask(task, tasks),
            start_seconds=start_seconds(),
            run=milliseconds(lambda: simulate(plan, firms=FIRMS, seed=1, tables=False), max(2, times // 10)),
            writing=writing,
            part_bytes=sum(sizes),
            part_files=len(sizes),
            writing_wall=writing_wall,
            writing_wall_crowded=crowded,
            opening=opening,
            together=together,
            noting=milliseconds(lambda: filled.note(task.key, row), times),
            noted_bytes=noted_bytes,
            scenario_bytes=scenario_bytes,
            measured_on=date.today().isoformat(),
            processor=processor(),
            python=platform.python_version(),
        )


def start_seconds() -> float:
    """Processor seconds of a fresh process until it can run, kernels in their cache."""
    code = (
        "import time, distributed; from sim.engine import simulate; from sim.scenario import load\n"
        "from sim.study import cluster, stored; plan = load('full_plan'); simulate(plan, firms=200, seed=1)\n"
        "ready = time.process_time(); simulate(plan, firms=200, seed=1); print(2 * ready - time.process_time())"
    )
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    return float(shown.stdout)


def nothing(packed: Any, common: Any) -> Any:
    """Stands in for a run: gives back a row as large as a real one, at once."""
    return "", {f"outcome_{number}": number / 7 for number in range(60)}


async def stand_by(address: str, workers: int) -> None:
    """Many workers in this process, until it is ended."""
    from distributed import Worker

    with tempfile.TemporaryDirectory() as place:
        options = {"nthreads": 1, "host": "127.0.0.1", "dashboard": False, "local_directory": place}
        crowd = [Worker(address, **options) for _ in range(workers)]
        await asyncio.gather(*crowd)
        await asyncio.gather(*(worker.finished() for worker in crowd))


@contextmanager
def _process(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([sys.executable, "-m", *words], cwd=ROOT, stdout=quiet, stderr=quiet)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def dask(task: Any, tasks: int) -> dict[str, float]:
    """What Dask's client and scheduler cost a task, with few workers and with many."""
    import psutil
    from distributed import Client

    from sim.study.runs import cluster

    common = cluster.Common("", "", (), Path())
    found: dict[str, float] = {}
    real, cluster.run_remotely = cluster.run_remotely, nothing  # type: ignore[assignment]
    try:
        for name, workers in (("few", 2), ("many", MANY)):
            with tempfile.TemporaryDirectory() as place:
                file = Path(place) / "scheduler.json"
                listen = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
                with _process("dask", "scheduler", *listen) as scheduler:
                    while not (file.is_file() and file.read_text().endswith("}")):
                        time.sleep(0.1)
                    address = json.loads(file.read_text())["address"]
                    with (
                        _process("benchmarks.scale", "--stand-by", address, str(workers)),
                        Client(address, set_as_default=False) as client,
                    ):
                        client.wait_for_workers(workers)
                        used = psutil.Process(scheduler.pid)
                        for _ in cluster._outcomes(client, iter([task] * 3 * workers), common):
                            pass  # everybody has had one
                        before, here = sum(used.cpu_times()[:2]), time.process_time()
                        for _ in cluster._outcomes(client, iter([task] * tasks), common):
                            pass
                        found[f"scheduler_{name}"] = (sum(used.cpu_times()[:2]) - before) / tasks * 1e3
                        found.setdefault("client", (time.process_time() - here) / tasks * 1e3)
    finally:
        cluster.run_remotely = real
    found["client"] = max(0.0, found["client"] - milliseconds(lambda: cluster.packed(task), 50))
    return found


def simulate(measured: Measured, workers: int, replications: int = 10, firms: int = FIRMS) -> Seen:
    """Runs a second of so many workers, once all have started; ``firms``: of a run, whose time grows with them.

    Client, scheduler, its network and the file server each do one thing at a time; a worker does one run at a time. The
    client begins a run when fewer than three for each worker are under way. Run times differ by a fifth up and down.
    """
    clock = simpy.Environment()
    stations = {name: simpy.Resource(clock) for name in ("client", "scheduler", "network", "file server")}
    taken = dict.fromkeys([*stations, "workers"], 0.0)
    weight = 1.0 if workers <= 2 else min(1.0, math.log(workers / 2) / math.log(MANY / 2))
    scheduling = (measured.scheduler_few + weight * (measured.scheduler_many - measured.scheduler_few)) / 1e3
    asking = ((measured.scenario + measured.key) / replications + measured.packing + measured.client / 2) / 1e3
    taking = (measured.client / 2 + measured.noting) / 1e3
    sending = measured.packed_bytes / ASSUMED["bytes a second of the scheduler's network"]
    operations = 6 + 3 * measured.part_files  # make, rename, look, take away; each file: create, write, close
    filing = operations / ASSUMED["file operations a second of a shared file server"]
    alone = (measured.unpacking + measured.run * firms / FIRMS + measured.writing) / 1e3
    waiting = simpy.Store(clock)
    window = simpy.Container(clock, init=3 * workers, capacity=3 * workers)
    runs = max(400, 12 * workers)
    ended: list[float] = []

    def use(name: str, seconds: float) -> Iterator[Any]:
        with stations[name].request() as turn:
            yield turn
            yield clock.timeout(seconds)
        taken[name] += seconds

    def client() -> Iterator[Any]:
        for number in range(runs):
            yield window.get(1)
            yield from use("client", asking)
            yield from use("scheduler", scheduling / 2)
            yield waiting.put(number)

    def worker() -> Iterator[Any]:
        while True:
            number = yield waiting.get()
            yield from use("network", sending)
            seconds = alone * (0.8 + 0.4 * (number * 0.6180339887 % 1.0))
            yield clock.timeout(seconds)
            taken["workers"] += seconds / workers
            yield from use("file server", filing)
            clock.process(report())

    def report() -> Iterator[Any]:
        yield from use("scheduler", scheduling / 2)
        yield from use("client", taking)
        yield window.put(1)
        ended.append(clock.now)

    clock.process(client())
    for _ in range(workers):
        clock.process(worker())
    clock.run()
    first, last = len(ended) // 4, len(ended) * 3 // 4  # neither filling up nor running dry
    return Seen(
        workers,
        (last - first) / (ended[last] - ended[first]),
        {name: seconds / ended[-1] for name, seconds in taken.items()},
    )


def draw(seen: dict[str, list[Seen]], path: Path) -> None:
    """Runs a second by number of workers, a line a case."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    style: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": "scale", "font.family": "sans-serif"}
    with pyplot.rc_context(style):
        figure, axes = pyplot.subplots(figsize=(8.0, 4.2))
        for (case, points), colour in zip(seen.items(), ("#b3261e", "#0072b2", "#009e73"), strict=True):
            rates = [point.runs_a_second for point in points]
            axes.plot([point.workers for point in points], rates, marker="o", markersize=4, color=colour, label=case)
            ideal = [point.workers * rates[0] / points[0].workers for point in points]
            axes.plot([point.workers for point in points], ideal, color=colour, linewidth=0.7, linestyle=":")
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_ylim(0.1, 3000)
        axes.set_xticks([1, 8, 64, 256, 1000], ["1", "8", "64", "256", "1,000"])
        axes.minorticks_off()
        axes.set_xlabel("workers of one thread")
        axes.set_ylabel("runs a second")
        axes.set_title("Simulated from measured steps; dotted: as many times one worker", loc="left", fontsize=11)
        axes.grid(axis="y", color="#dddddd", linewidth=0.7)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
        figure.tight_layout()
        figure.savefig(path, format="svg", metadata={"Date": None})
        pyplot.close(figure)


def main() -> None:
    """Measure or read, simulate, print, draw."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kept", action="store_true", help="simulate with what was measured last")
    options.add_argument("--stand-by", nargs=2, metavar=("ADDRESS", "WORKERS"), help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.stand_by:
        asyncio.run(stand_by(chosen.stand_by[0], int(chosen.stand_by[1])))
        return
    if not chosen.kept:
        KEPT.write_text(json.dumps(asdict(measure()), indent=2) + "\n")
    measured = Measured(**json.loads(KEPT.read_text()))
    for name, value in asdict(measured).items():
        print(f"{name:>22}  {value:,.2f}" if isinstance(value, float) else f"{name:>22}  {value}")
    seen = {case: [simulate(measured, workers, *how) for workers in WORKERS] for case, how in CASES.items()}
    for case, points in seen.items():
        print(f"\n{case}\nworkers  runs a second  of the ideal  busiest")
        for point in points:
            share = point.runs_a_second / point.workers / points[0].runs_a_second
            busy = f"{point.busiest} {point.busy[point.busiest]:.0%}"
            print(f"{point.workers:7,}  {point.runs_a_second:13,.1f}  {share:12.0%}  {busy}")
    draw(seen, PICTURE)


if __name__ == "__main__":
    main()
