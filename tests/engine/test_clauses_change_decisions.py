"""Deferral, waiver and money for jobs change what firms decide, among those that they reach.

Each clause is on alone and held against the world without any measure, under the same random numbers, firm by firm:
once many times as large as in the plan, where what it does must be told from zero, and once as the plan has it, where
its sign and interval are known, however small it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.engine import Run
from sim.measure import Dated, Words
from sim.scenario import Scenario, load
from sim.study.statistics.intervals import interval
from sim.vocabulary import Status
from tests.engine.conftest import live

ROWS = 20_000
FEW_SEEDS = 10
TIMES = 20
TITLE = Words(zh="试验", en="Test")
YEAR_END, END = date(2022, 12, 31), date(2023, 12, 31)
LATE = {"until": date(2023, 12, 30), "repay_from": END}  # put off until the horizon's last day


@dataclass(frozen=True)
class Case:
    """A clause, the measure that carries it out, what is decided and until when.

    ``values``: of the measure where it is as large as it may be; ``times``: name of the dated value that is ``TIMES``
    as large instead, above what stands without the plan. ``seeds``: in how many worlds it is looked at.
    """

    measure: str
    decided: str  # "staff" or "survival"
    until: date
    values: Mapping[str, Any] = field(default_factory=dict)
    times: str = ""
    seeds: int = FEW_SEEDS


CASES = {
    "I.4.c": Case("job_retention_refund", "staff", YEAR_END, times="share", seeds=16),
    "I.4.d": Case("expansion_grant", "staff", YEAR_END, times="amount_yuan"),
    "I.4.e": Case("training_grant", "staff", YEAR_END, times="amount_yuan"),
    "I.4.f": Case("hiring_premium_subsidy", "staff", YEAR_END, times="amount_yuan"),
    "II.1.a": Case("rent_waiver", "survival", END, {"months": Dated({date.min: 24})}),
    "II.3.c": Case("loan_extension", "survival", END, {**LATE, "loan_months": Dated({date.min: 24})}),
    "II.5.c": Case("premium_deferral", "staff", END, LATE),
}


@pytest.fixture(scope="session")
def without() -> Callable[[int, date], Run]:
    """The world without any measure, by seed and last day; each is lived through once."""
    lived: dict[tuple[int, date], Run] = {}

    def run(seed: int, until: date) -> Run:
        if (seed, until) not in lived:
            lived[seed, until] = live(_on_alone((), until), seed=seed, firms=ROWS)
        return lived[seed, until]

    return run


@pytest.mark.parametrize("clause", CASES)
def test_a_clause_many_times_as_large_is_told_from_zero(clause: str, without: Callable[[int, date], Run]) -> None:
    case = CASES[clause]
    mean, low, high = _effect(case, _enlarged(case), without)
    assert low > 0, (mean, low, high)


@pytest.mark.parametrize("clause", CASES)
def test_a_clause_as_the_plan_has_it_has_a_sign_and_an_interval(
    clause: str, without: Callable[[int, date], Run]
) -> None:
    mean, low, high = _effect(CASES[clause], _on_alone((CASES[clause].measure,), CASES[clause].until), without)
    print(f"{clause}: {CASES[clause].decided} {mean:+.5f} ({low:+.5f} to {high:+.5f}) among the reached")
    assert np.isfinite([mean, low, high]).all() and low < mean < high


def _on_alone(ids: tuple[str, ...], until: date) -> Scenario:
    scenario = load("full_plan").with_measures(ids, name="alone", title=TITLE)
    return replace(scenario, world=scenario.world.model_copy(update={"end": until}))


def _enlarged(case: Case) -> Scenario:
    scenario = _on_alone((case.measure,), case.until)
    [measure] = scenario.measures
    values = dict(case.values)
    if case.times:
        standing = getattr(measure.values, "standing_share", 0.0)
        table = getattr(measure.values, case.times).table
        values[case.times] = Dated({on: standing + TIMES * (value - standing) for on, value in table.items()})
    end = {} if "until" not in values else {"end": END}
    large = measure.model_copy(update={"values": measure.values.model_copy(update=values), **end})
    return replace(scenario, measures=(large,))


def _effect(case: Case, scenario: Scenario, without: Callable[[int, date], Run]) -> tuple[float, float, float]:
    """Mean and interval over seeds of what is decided among the founders to whom the measure was granted.

    Staff as a share of what they usually have, of those that are gone none; survival as a share of the firms.
    """
    effects = []
    for seed in range(1, case.seeds + 1):
        there, here = without(seed, case.until), live(scenario, seed=seed, firms=ROWS)
        firms = here.population.firms
        reached = (firms.granted[:, 0] & np.uint64(1) == 1) & (firms.born_on < 0)
        weights = firms.weight[reached].astype(float)
        if case.decided == "staff":
            change = (_staff(here) - _staff(there))[reached]
            effects.append(np.sum(weights * change) / np.sum(weights * firms.usual_staff[reached]))
        else:
            change = (_lives(here) - _lives(there))[reached]
            effects.append(np.sum(weights * change) / np.sum(weights))
    mean, low, high = interval(np.array(effects))
    return float(mean), float(low), float(high)


def _lives(run: Run) -> NDArray[np.float64]:
    return (run.population.firms.status != Status.EXITED).astype(np.float64)


def _staff(run: Run) -> NDArray[np.float64]:
    return run.population.firms.staff * _lives(run)
