"""What a figure rests on: the rows of the sample that could count in it, and the worlds that it was looked for in.

The rule and the reasons for its numbers are in ``docs/effects.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from sim.observe.outcomes import OUTCOMES, RATES
from sim.observe.universes import OF_UNIVERSE, STRATA, strata_of
from sim.vocabulary import FLAGS, INDIVIDUAL, SECTORS, SIZES, Status, bit

if TYPE_CHECKING:
    from sim.scenario import Scenario

VAT_GENERAL: Final = bit(FLAGS, "vat_general")
FEWEST_ROWS: Final = 30  # below which nothing is claimed of a figure
FEWEST_WORLDS: Final = 30  # below which worlds are said to be few


def rows_by_cell(scenario: Scenario, seed: int) -> pd.DataFrame:
    """Rows of the sample, alive at the start, in each cell that has any: prefecture, sector, size, rows."""
    # Start-up: kernels (Numba) are for who has just run a study, not for who reads one.
    from sim.parameters import load
    from sim.population.counties import counties
    from sim.population.synthesis import synthesise
    from sim.timeline import horizon

    rows = scenario.firms if isinstance(scenario.firms, int) else None
    timeline = horizon(scenario.world.start, scenario.world.end)
    firms = synthesise(load(changed=scenario.parameter_changes), counties(), timeline, seed, rows).firms
    alive = firms.status == Status.OPEN
    names = {"prefecture": counties().prefecture_code, "sector": SECTORS, "size": SIZES}
    columns = {name: np.array(known, object)[getattr(firms, name)[alive]] for name, known in names.items()}
    return pd.DataFrame(columns).value_counts().rename("rows").astype(float).reset_index()


def rows_behind(scenario: Scenario, seed: int, means: Mapping[str, float]) -> dict[str, float]:
    """Rows of the sample, alive at the start, that could count in each outcome of a scenario.

    Of a quota those that qualify for it, of arrears those that are owed some, of loans those that have one; of
    resumption as many as the entities stopped are of all. ``means``: outcomes of the scenario by name. In a province of
    one row a firm nothing stands for anything else, and every row could count.
    """
    # Start-up: kernels (Numba) are for who has just run a study, not for who reads one.
    from sim.institutions.rules import Rules
    from sim.parameters import load
    from sim.population.counties import counties
    from sim.population.synthesis import synthesise
    from sim.timeline import horizon

    timeline = horizon(scenario.world.start, scenario.world.end)
    rows = scenario.firms if isinstance(scenario.firms, int) else None
    population = synthesise(load(changed=scenario.parameter_changes), counties(), timeline, seed, rows)
    firms = population.firms
    alive = firms.status == Status.OPEN
    found = dict.fromkeys(OUTCOMES, float(population.alive))
    if population.alive >= population.entities:
        return found
    stratum = strata_of(firms).stratum[alive]
    for name, outcome in OUTCOMES.items():
        if outcome.base in RATES:
            inside = [STRATA.index(one) for one in OF_UNIVERSE[outcome.universe]]
            found[name] = float(np.isin(stratum, inside).sum())
    chosen = [measure for measure in scenario.measures if getattr(measure.values, "quota", None) is not None]
    rules = Rules(tuple(chosen), timeline, counties(), seed)
    rules.find_eligible(firms, np.zeros((len(chosen) + 1, int(firms.prefecture.max()) + 1, len(SIZES)), np.int64))
    for m, measure in enumerate(chosen):
        qualifies = (firms.eligible[:, m >> 6] >> np.uint64(m & 63)) & np.uint64(1)
        found[measure.id] = float(np.count_nonzero(qualifies.astype(np.bool_) & alive))
    owed = float(np.count_nonzero(alive & (firms.overdue_public > 0)))
    small = alive & (firms.size < SIZES.index("medium"))
    of_enterprises = alive & (firms.overdue_public > 0) & (firms.size != SIZES.index(INDIVIDUAL))
    found |= {"arrears_to_firms": owed, "small_arrears_left": owed}
    found |= dict.fromkeys(("arrears_cleared", "arrears_with_plan"), float(np.count_nonzero(of_enterprises)))
    found["stock_refunds_paid"] = float(np.count_nonzero(small & ((firms.flags & VAT_GENERAL) != 0)))
    found["inclusive_loan_growth_gap"] = float(np.count_nonzero(small & (firms.loan > 0)))
    for name, outcome in OUTCOMES.items():
        if outcome.base == "resumption_rate":
            found[name] *= means.get("stopped", np.nan) / population.entities
    return {name: rows for name, rows in found.items() if name in OUTCOMES}


def are_few(worlds: float) -> bool:
    """Whether worlds are too few to say of all of them what is true of these."""
    return worlds < FEWEST_WORLDS
