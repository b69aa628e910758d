"""The first run from a wheel that carries compiled kernels, and whether they are as good as those for this processor.

Small runs of the whole plan in processes of their own: from the unpacked wheel, with empty folders for whatever could
be kept, and from the checkout with kernels compiled before. Then runs of the usual size, in turns. All must leave the
same bytes, and the wheel must compile nothing.

    python -m benchmarks.first_run [WHEEL]           (without one it is built first, a minute or two)
    python -m benchmarks.first_run [WHEEL] --json    the same as JSON
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
FIRMS, USUAL = 500, 20_000
TIMES = 7  # of which the best counts

CHILD: Final = """
import json, sys, time
began, used = time.perf_counter(), time.process_time
from numba.core import event
with event.install_recorder("numba:compile") as seen:
    from sim.engine import simulate
    from sim.scenario import load
    imported = used()
    scenario = load("full_plan")
    read = used()
    result = simulate(scenario, firms=500, seed=1)
    wall, all_of_it = time.perf_counter() - began, used()
again = used()
simulate(scenario, firms=500, seed=1)
again = used() - again
usual = []
for _ in range(int(sys.argv[2])):
    start = used()
    simulate(scenario, firms=int(sys.argv[1]), seed=1)
    usual.append(used() - start)
import hashlib, pandas
tables = {name: table for name, table in vars(result).items() if isinstance(table, pandas.DataFrame)}
found = hashlib.sha256("".join(name + table.to_csv() for name, table in sorted(tables.items())).encode())
print(json.dumps({
    "wall": wall, "processor": all_of_it, "imports": imported, "scenario": read - imported,
    "first": all_of_it - read, "again": again, "usual": min(usual, default=0.0),
    "compiled": len(seen.buffer), "bytes": found.hexdigest(),
}))
"""


def child(tree: Path, kept: str | None, usual: int = 0) -> dict[str, Any]:
    """Times of a process that imports ``sim`` from ``tree``; ``kept``: its folder of kernels, None for the user's."""
    environment = os.environ | {"PYTHONPATH": str(tree), "PYTHONSAFEPATH": "1"}
    if kept is not None:
        environment |= {"NUMBA_CACHE_DIR": kept, "XDG_CACHE_HOME": kept}
    command = [sys.executable, "-c", CHILD, str(USUAL), str(usual)]
    shown = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    answer: dict[str, Any] = json.loads(shown.stdout)
    return answer


def command(tree: Path, kept: str) -> dict[str, float]:
    """Seconds of a whole process of `shukun run`, its words and what it prints included."""
    environment = os.environ | {"PYTHONPATH": str(tree), "PYTHONSAFEPATH": "1"}
    environment |= {"NUMBA_CACHE_DIR": kept, "XDG_CACHE_HOME": kept}
    words = [sys.executable, "-c", "from sim.cli import main; main()", "run", "full_plan", "--firms", str(FIRMS)]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(words, env=environment, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": time.perf_counter() - began, "processor": used}


def measure(wheel: Path) -> dict[str, Any]:
    """Seconds of the best of several first runs, parts of it, and the usual run with either kernels."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        zipfile.ZipFile(wheel).extractall(tree)
        subprocess.run([sys.executable, "-m", "compileall", "-q", str(tree)], check=True)  # as pip does
        child(ROOT, None)  # compiles what has not been compiled for this processor
        firsts, before, typed = [], [], []
        for number in range(TIMES):
            kept = Path(folder) / str(number)
            firsts.append(child(tree, str(kept)))
            typed.append(command(tree, str(kept)))
            if kept.exists():
                raise RuntimeError("the wheel compiled or kept something")
            before.append(child(ROOT, None))
        usual = [(child(tree, folder, 5)["usual"], child(ROOT, None, 5)["usual"]) for _ in range(3)]
    if len({run["bytes"] for run in firsts + before}) > 1:
        raise RuntimeError("kernels for the common processor and for this one leave other bytes")
    best, warm = min(firsts, key=lambda run: run["processor"]), min(before, key=lambda run: run["processor"])
    return {
        "wall_seconds": min(run["wall"] for run in firsts),
        "processor_seconds": best["processor"],
        "of_which": {name: best[name] for name in ("imports", "scenario", "first", "again")},
        "command_wall_seconds": min(run["wall"] for run in typed),
        "command_processor_seconds": min(run["processor"] for run in typed),
        "compiled_before_wall_seconds": min(run["wall"] for run in before),
        "compiled_before_processor_seconds": warm["processor"],
        "usual_seconds": min(wheels for wheels, _ in usual),
        "usual_seconds_for_this_processor": min(own for _, own in usual),
        "wheel_megabytes": wheel.stat().st_size / 1e6,
    }


def main() -> None:
    """Prints what the first run costs."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("wheel", type=Path, nargs="?", help="as `make wheel` builds it")
    options.add_argument("--json", action="store_true", help="print JSON")
    chosen = options.parse_args()
    if chosen.wheel is None:
        from shipping.wheel import build

        with tempfile.TemporaryDirectory() as folder:
            found = measure(build(Path(folder)))
    else:
        found = measure(chosen.wheel)
    if chosen.json:
        print(json.dumps(found, indent=2))
        return
    parts = found["of_which"]
    print(
        f"first run from the wheel    {found['wall_seconds']:6.2f} s, {found['processor_seconds']:.2f} of the processor"
    )
    print(f"  imports {parts['imports']:.2f}, scenario {parts['scenario']:.2f}, run {parts['first']:.2f} s")
    print(f"  the same run once more    {parts['again']:6.2f} s")
    print(
        f"the command `shukun run`    {found['command_wall_seconds']:6.2f} s, "
        f"{found['command_processor_seconds']:.2f} of the processor"
    )
    print(
        f"first run, compiled before  {found['compiled_before_wall_seconds']:6.2f} s, "
        f"{found['compiled_before_processor_seconds']:.2f} of the processor"
    )
    print(
        f"{USUAL} firms: {found['usual_seconds']:.3f} s with kernels of the wheel, "
        f"{found['usual_seconds_for_this_processor']:.3f} with those for this processor"
    )
    print(f"wheel of {found['wheel_megabytes']:.1f} MB; nothing compiled, the same bytes")


if __name__ == "__main__":
    main()
