"""What compiling the kernels costs, once for a version of the sources, and what is saved on the way.

Processor seconds of a small run of the whole plan, in processes of their own that begin with an empty folder of
compiled kernels: as the model compiles them; as Numba does unless it is told otherwise, with the wrappers through which
Python and C would call each kernel, and with the collector of garbage at work; and once they are compiled. The ratio is
of two processes one after the other, so a busy machine disturbs it little.

    python benchmarks/compiling.py           (two minutes)
    python benchmarks/compiling.py --json    the same as JSON
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from typing import Any

FIRMS = 500


def run(by_default: bool) -> None:
    """A small run in this process; prints its processor seconds and its most memory in megabytes."""
    import gc
    import resource

    from sim import kernels

    if by_default:
        compile_as_told = kernels._compile
        kernels._compile = lambda **options: compile_as_told(
            _nrt=options["_nrt"], inline=options.get("inline", "never")
        )
        gc.disable = lambda: None
    from sim.engine import simulate
    from sim.scenario import load

    simulate(load("full_plan"), firms=FIRMS, seed=1)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))


def measured(folder: str, *words: str) -> tuple[float, float]:
    """What :func:`run` prints, in a process of its own that keeps compiled kernels in ``folder``."""
    command = [sys.executable, __file__, "--only", *words]
    environment = os.environ | {"NUMBA_CACHE_DIR": folder}
    shown = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    seconds, megabytes = json.loads(shown.stdout)
    return seconds, megabytes


def measure() -> dict[str, Any]:
    """Seconds and megabytes of the three processes."""
    with tempfile.TemporaryDirectory() as ours, tempfile.TemporaryDirectory() as numbas:
        by_default, cold = measured(numbas, "--by-default"), measured(ours)
        warm = measured(ours)
    return {
        "cold_seconds": cold[0],
        "cold_megabytes": cold[1],
        "by_default_seconds": by_default[0],
        "by_default_megabytes": by_default[1],
        "warm_seconds": warm[0],
        "ratio": (cold[0] - warm[0]) / (by_default[0] - warm[0]),
    }


def main() -> None:
    """Prints what compiling costs."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--json", action="store_true", help="print JSON")
    options.add_argument("--only", action="store_true", help=argparse.SUPPRESS)
    options.add_argument("--by-default", action="store_true", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.only:
        run(chosen.by_default)
        return
    found = measure()
    if chosen.json:
        print(json.dumps(found, indent=2))
        return
    print(f"compiled as the model does   {found['cold_seconds']:6.1f} s   {found['cold_megabytes']:5.0f} MB")
    print(
        f"as Numba does by default     {found['by_default_seconds']:6.1f} s   {found['by_default_megabytes']:5.0f} MB"
    )
    print(f"compiled before              {found['warm_seconds']:6.1f} s")
    print(f"compiling alone, the one over the other: {found['ratio']:.2f}")


if __name__ == "__main__":
    main()
