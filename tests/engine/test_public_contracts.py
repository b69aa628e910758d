"""What public contracts show: who wins them, what winning does to a firm, and what section II.4 of the plan moves.

Worlds of 20,000 rows under ten seeds; whatever is compared meets the same random numbers, and an interval is that of
Student's t over the seeds.
"""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import t as student

from sim.engine import Run
from sim.parameters import load as load_parameters
from sim.scenario import Scenario, load
from sim.vocabulary import SIZES, WINNERS, Status
from tests.engine.conftest import population_of, scenario_of

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("public contracts")]

ROWS: Final = 20_000
SEEDS: Final = range(1, 11)
OF_THE_CLAUSE: Final = {"II.4.a": "price_deduction", "II.4.b": "consortium_bonus", "II.4.c": "works_reservation"}
# What the user named beside procurement: rents, premiums, loans.
OTHER_THREE: Final = (
    "rent_waiver", "rent_waiver_listed", "premium_deferral", "premium_deferral_other_sectors",
    "unemployment_premium_deferral", "loan_extension",
)  # fmt: skip


class Won(NamedTuple):
    """A world and what its rows won: fen of contracts, in all."""

    run: Run
    fen: NDArray[np.int64]

    @property
    def shares(self) -> dict[str, float]:
        """Share of each kind of winner in what public bodies bought."""
        of_kind = self.run.tenders.won.sum(axis=0)
        return dict(zip(WINNERS, (of_kind / of_kind.sum()).tolist(), strict=True))

    @property
    def survival(self) -> float:
        """Share of the entities of the first day that are alive at the end."""
        firms = self.run.population.firms
        founder = firms.born_on < 0
        return float(np.average(firms.status[founder] != Status.EXITED, weights=firms.weight[founder]))


def lived(scenario: Scenario, seed: int) -> Won:
    """A finished world."""
    run = Run(scenario, load_parameters(changed=scenario.parameter_changes), population_of(scenario, ROWS, seed), seed)
    firms, buy = run.population.firms, run.tenders.buy
    fen = np.zeros(len(firms.key), np.int64)

    def watched(day: int) -> None:
        before = firms.contract_backlog.copy()
        buy(day)
        np.add(fen, firms.contract_backlog - before, out=fen)

    run.tenders.buy = watched  # type: ignore[method-assign]
    run.live(lambda share: None)
    return Won(run, fen)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory):
    return tmp_path_factory.mktemp("scenarios")


@pytest.fixture(scope="module")
def world(folder):
    """Worlds without the plan but for some measures, each lived once."""

    @cache
    def with_measures(*measures: str, seed: int) -> Won:
        path = folder / f"{'_'.join(measures) or 'none'}.yaml"
        path.write_text(f"extends: baseline\nmeasures: [{', '.join(measures)}]\n", encoding="utf-8")
        return lived(load(str(path)), seed)

    return with_measures


def interval(values: list[float]) -> tuple[float, float]:
    """The 95 % interval of a mean."""
    half = student.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))
    return float(np.mean(values) - half), float(np.mean(values) + half)


def test_smaller_firms_win_most_of_what_is_bought_and_every_size_wins_some(world):
    """Micro, small and medium firms 80 to 95 % of the value; the nation's small and micro firms had 38 to 43 %."""
    worlds = [world(seed=seed) for seed in SEEDS]
    together = np.mean([1.0 - one.shares["large"] for one in worlds])
    assert 0.80 <= together <= 0.95
    for size in SIZES:
        of_size = [one.run.population.firms.size == SIZES.index(size) for one in worlds]
        won = sum(
            float((one.fen * one.run.population.firms.weight.astype(float))[rows].sum())
            for one, rows in zip(worlds, of_size, strict=True)
        )
        assert won > 0, size


@pytest.mark.parametrize("prefecture", ["5301", "5304"])
def test_where_it_was_published_they_win_as_much(prefecture: str):
    """Panlong in Kunming 84 %, Yuxi 94 %."""
    scenario = scenario_of("baseline")
    together = []
    for seed in (1, 2):
        run = Run(scenario, load_parameters(), population_of(scenario, ROWS, seed), seed)
        place = run.counties.prefecture_code.index(prefecture)
        run.tenders.lots_a_month[:, :, [p for p in range(run.counties.prefecture_count) if p != place]] = 0.0
        run.live(lambda share: None)
        won = run.tenders.won.sum(axis=0)
        together.append(1.0 - won[WINNERS.index("large")] / won.sum())
    assert 0.84 <= np.mean(together) <= 0.94


def test_who_wins_more_under_the_deduction_lives_no_less(world):
    """Before contracts had room and work of their own, 81.5 % of extra winners lived with theirs, 91.6 % without."""
    gained = []
    for seed in SEEDS:
        without, with_it = world(seed=seed), world("price_deduction", seed=seed)
        firms = without.run.population.firms
        extra = (with_it.fen > without.fen) & (firms.born_on < 0)
        alive = [one.run.population.firms.status[extra] != Status.EXITED for one in (without, with_it)]
        gained.append(float(np.average(alive[1].astype(float) - alive[0], weights=firms.weight[extra])))
    # The mean is -0.3 points here, within random variation; it was -10.
    assert interval(gained)[1] >= 0 and np.mean(gained) > -0.02, gained


@pytest.mark.parametrize("clause", OF_THE_CLAUSE)
def test_each_clause_moves_what_small_firms_win_in_its_direction(world, clause: str):
    """Small and micro firms', for the bonus with what large firms give on to them."""
    more = [
        world(OF_THE_CLAUSE[clause], seed=seed).shares["small_micro"] - world(seed=seed).shares["small_micro"]
        for seed in SEEDS
    ]
    assert interval(more)[0] > 0, more


def test_procurement_beside_the_other_three_measures_costs_nobody_his_life(world):
    """The preference for small bidders is the fourth of the measures that the user named."""
    more = [
        world(*OTHER_THREE, *OF_THE_CLAUSE.values(), seed=seed).survival - world(*OTHER_THREE, seed=seed).survival
        for seed in SEEDS
    ]
    assert interval(more)[1] >= 0, more


def test_nobody_has_more_under_contract_than_it_had_room_for():
    """Prices that do not scatter: a backlog is a year of free capacity at the most, at the sales then expected."""
    scenario = load("baseline", {"parameters.procurement.price_sd": 0.03})
    run = Run(scenario, load_parameters(changed=scenario.parameter_changes), population_of(scenario, ROWS, 1), 1)
    firms, buy, capacity = run.population.firms, run.tenders.buy, run.parameters["procurement.capacity"]
    won_once = 0

    def watched(day: int) -> None:
        nonlocal won_once
        before = firms.contract_backlog.copy()
        free = (capacity - firms.expected.astype(float)) * firms.usual_sales
        buy(day)
        more = firms.contract_backlog > before
        # The price bid may be above the value of the lot by a few deviations of 3 percent.
        assert (firms.contract_backlog[more] / 12 <= free[more] * 1.12).all()
        assert (firms.status[more] == Status.OPEN).all()
        won_once += int(more.sum())

    run.tenders.buy = watched  # type: ignore[method-assign]
    run.live(lambda share: None)
    assert won_once > 1_000
