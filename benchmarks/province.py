"""The province one to one: one row an entity, 24 months, the whole plan; wall seconds and memory against what is asked.

Timed is all that `shukun run full_plan --firms province` does but reading the scenario: population, world, run, tables.
The process lives through a run with few firms first, so compiling is left out; memory is the most that the whole
process ever held.

    python benchmarks/province.py                  active entities, and those that may be born: four million rows
    python benchmarks/province.py --registered     all registered entities as if they were active: the upper bound
    python benchmarks/province.py --firms 1000000  so many rows instead
    python benchmarks/province.py --json           the same as JSON

The run takes one core, whatever the machine has.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from dataclasses import asdict, dataclass
from typing import Final

SEED: Final = 1
FEW: Final = 500  # firms of the first run
SECONDS: Final = 45.0  # within which the province is to live
GIGABYTES: Final = 4.0


@dataclass
class Province:
    """What one run shows."""

    scenario: str
    firms: int  # rows alive at the start
    months: int
    born: int  # during the run
    wall_seconds: float
    processor_seconds: float
    peak_gigabytes: float
    seconds: dict[str, float]  # wall seconds by part of the run
    ledger_residual_fen: int

    @property
    def within(self) -> bool:
        """Whether it keeps to the time and the memory asked for."""
        return self.wall_seconds <= SECONDS and self.peak_gigabytes <= GIGABYTES


def peak_gigabytes() -> float:
    """The most memory that this process has held so far."""
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest / 1e9 if sys.platform == "darwin" else largest * 1024 / 1e9


def measure(scenario: str, firms: int | None, registered: bool = False) -> Province:
    """One run in this process, after a first one with few firms; ``firms``: rows, None for one an entity."""
    from sim.engine import simulate
    from sim.parameters import load as load_parameters
    from sim.scenario import load

    asked = load(scenario)
    parameters = load_parameters(changed=asked.parameter_changes)
    entities = parameters["population.registered_entities"]
    if not registered:
        entities *= parameters["population.active_share"]
    rows = round(entities) if firms is None else firms
    simulate(load(scenario), firms=FEW, seed=SEED)
    started, worked = time.perf_counter(), time.process_time()
    result = simulate(load(scenario), firms=rows, seed=SEED)
    wall, processor = time.perf_counter() - started, time.process_time() - worked
    return Province(
        scenario=scenario,
        firms=result.firms,
        months=result.months,
        born=int(result.panel.groupby("month", sort=False)["born"].sum().iloc[-1]),
        wall_seconds=wall,
        processor_seconds=processor,
        peak_gigabytes=peak_gigabytes(),
        seconds=result.seconds,
        ledger_residual_fen=result.ledger_residual_fen,
    )


def main() -> None:
    """Prints what the run took, and whether that is within what is asked."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--registered", action="store_true", help="all registered entities, not the active ones")
    options.add_argument("--firms", type=int, help="a sample or an enlarged province of so many rows instead")
    options.add_argument("--scenario", default="full_plan")
    options.add_argument("--json", action="store_true", help="print JSON")
    chosen = options.parse_args()
    seen = measure(chosen.scenario, chosen.firms, chosen.registered)
    if chosen.json:
        print(json.dumps(asdict(seen), indent=2))
        return
    split = ", ".join(f"{part} {seconds:.1f} s" for part, seconds in seen.seconds.items())
    print(f"{seen.scenario}, {seen.firms:,} firms and {seen.born:,} born, {seen.months} months, seed {SEED}, one core")
    print(f"wall {seen.wall_seconds:.1f} s (processor {seen.processor_seconds:.1f} s): {split}")
    print(f"memory at most {seen.peak_gigabytes:.2f} GB")
    print(f"{'within' if seen.within else 'NOT within'} {SECONDS:.0f} s and {GIGABYTES:.0f} GB")


if __name__ == "__main__":
    main()
