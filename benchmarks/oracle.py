"""The engine against the same model as a user would have written it: one SimPy process a firm, plain Python objects.

Both live through the same scenario with the same population and seed; `tests/reference/` shows that they agree to the
fen. Timed is the run alone (no population, no tables), the engine's after a first one that loads its kernels.

    python benchmarks/oracle.py                    the whole plan, 2,000 firms
    python benchmarks/oracle.py --firms 20000      more firms
    python benchmarks/oracle.py --json             the same as JSON
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

SEED = 1
FEW = 200  # firms of the engine's first run


def measure(name: str, firms: int) -> dict[str, Any]:
    """Seconds of both, and what they come to in firm-months a second."""
    from sim.engine import Run
    from sim.parameters import load as load_parameters
    from sim.population.counties import counties
    from sim.population.synthesis import Population, synthesise
    from sim.scenario import load
    from sim.timeline import Timeline

    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the oracle is no part of the package
    from tests.reference.oracle import Oracle

    scenario = load(name)
    parameters = load_parameters(changed=scenario.parameter_changes)
    timeline = Timeline(scenario.world.start, scenario.world.end)

    def population(rows: int) -> Population:
        return synthesise(parameters, counties(), timeline, SEED, rows)

    Run(scenario, parameters, population(FEW), SEED).live(lambda share: None)
    run = Run(scenario, parameters, population(firms), SEED)
    started = time.perf_counter()
    run.live(lambda share: None)
    engine = time.perf_counter() - started
    oracle = Oracle(scenario, parameters, population(firms), SEED)
    started = time.perf_counter()
    oracle.live()
    plain = time.perf_counter() - started
    same = [firm.cash for firm in oracle.province.firms] == run.population.firms.cash.tolist()
    firm_months = firms * timeline.months
    return {
        "scenario": name,
        "firms": firms,
        "months": timeline.months,
        "engine_seconds": engine,
        "oracle_seconds": plain,
        "engine_firm_months_per_second": firm_months / engine,
        "oracle_firm_months_per_second": firm_months / plain,
        "times_faster": plain / engine,
        "same_cash_in_every_firm": same,
    }


def main() -> None:
    """Prints one line each, and the ratio."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--firms", type=int, default=2_000)
    options.add_argument("--scenario", default="full_plan")
    options.add_argument("--json", action="store_true", help="print JSON")
    chosen = options.parse_args()
    seen = measure(chosen.scenario, chosen.firms)
    if chosen.json:
        print(json.dumps(seen, indent=2))
        return
    print(f"{seen['scenario']}, {seen['firms']:,} firms, {seen['months']} months, seed {SEED}, one core")
    for who in ("engine", "oracle"):
        print(
            f"{who:>7} {seen[f'{who}_seconds']:>8.2f} s {seen[f'{who}_firm_months_per_second']:>12,.0f} firm-months/s"
        )
    print(f"the engine is {seen['times_faster']:,.0f} times as fast")
    print("every firm has the same cash at the end" if seen["same_cash_in_every_firm"] else "THE TWO DISAGREE")


if __name__ == "__main__":
    main()
