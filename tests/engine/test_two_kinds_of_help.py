"""Money that is there at once keeps creditors away; money that is promised keeps owners, and a promise alone does too.

Every world is compared with the one without help under the same random numbers, firm by firm.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.engine import Run
from sim.parameters import load as load_parameters
from sim.population.draws import outlays_of, tables_of
from sim.random_numbers import salted
from sim.scenario import Scenario
from sim.vocabulary import EXIT_CAUSES, SIZES, Status
from tests.engine.conftest import live, population_of, scenario_of, written

ROWS = 20_000
START = date(2022, 1, 1)
YEAR = 365
OWNERS_LOOK_AHEAD = 183  # days: in the last half-year of a payment they see its end
IN_GOOD_ORDER = ("closed", "closed_while_stopped")
BY_CREDITORS = ("insolvent", "insolvent_while_stopped")
PAYMENT = """
extends: baseline
define:
  living:
    title: {{zh: 补足业主生活, en: What owners lack}}
    clauses: []
    action: jobs
    section: I.4
    instrument: grant
    eligible: {{sizes: [individual, micro]}}
    delivery: {{{way}}}
    {days}
    bearer: province
    values: {{amount_yuan: 1, per: owner_living, repeats: monthly}}
measures: [living]
"""
HEARD_FROM, WITHDRAWN, WOULD_START = START, date(2022, 6, 30), date(2022, 7, 1)


class Left(NamedTuple):
    """Who has left a world, in entities: day (32767 for those that live), and why."""

    on: NDArray[np.int64]
    why: NDArray[np.int64]

    def between(self, first: int, before: int, causes: tuple[str, ...]) -> NDArray[np.bool_]:
        """Rows that left on a day from ``first`` on and before ``before`` for one of the causes."""
        for_these = np.isin(self.why, [EXIT_CAUSES.index(cause) for cause in causes])
        return np.asarray((self.on >= first) & (self.on < before) & for_these)


def left(run: Run) -> Left:
    """Who has left, of those there at the start."""
    firms = run.population.firms
    gone = (firms.status == Status.EXITED) & (firms.born_on < 0)
    return Left(np.where(gone, firms.exited_on.astype(np.int64), 32_767), firms.exit_cause.astype(np.int64))


def entities(run: Run, rows: NDArray[np.bool_]) -> float:
    """Entities that rows stand for."""
    return float(run.population.firms.weight[rows].sum())


@pytest.fixture(scope="session")
def alone() -> Run:
    """The two years without help."""
    return live(scenario_of("baseline"), firms=ROWS)


@pytest.fixture(scope="session")
def given_at_once() -> Run:
    """Every firm begins with six more months of usual outlays."""
    scenario = scenario_of("baseline")
    population = population_of(scenario, ROWS)
    firms = population.firms
    outlays = np.empty(len(firms.key), np.int64)
    outlays_of(firms, tables_of(load_parameters(changed=scenario.parameter_changes)), outlays)
    firms.cash[:] += np.where(firms.status == Status.UNBORN, 0, 6 * outlays)
    return live(scenario, population)


@pytest.fixture(scope="session")
def paid_each_month(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Owners are paid what they could earn elsewhere, every month for two years, and know it."""
    days = "start: 2022-01-01\n    end: 2023-12-31"
    return live(_with(tmp_path_factory.mktemp("paid"), "way: automatic", days), firms=ROWS)


@pytest.fixture(scope="session")
def only_announced(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The same, to be applied for, is announced for July and withdrawn on the day before it would begin."""
    days = f"announced: {HEARD_FROM}\n    start: {WOULD_START}\n    end: 2023-12-31\n    withdrawn: {WITHDRAWN}"
    return live(_with(tmp_path_factory.mktemp("told"), "way: application, agency: human_resources", days), firms=ROWS)


def _with(folder: Path, way: str, days: str) -> Scenario:
    return written(folder, PAYMENT.format(way=way, days=days))


@pytest.mark.xfail(
    strict=True,
    reason="25,800 insolvencies become 8,400, a third and not a fifth: owners draw what is above their target while "
    "loans stand, and are short again by autumn",
)
def test_money_at_once_undoes_insolvencies(alone: Run, given_at_once: Run) -> None:
    insolvent = [entities(run, left(run).between(0, YEAR, BY_CREDITORS)) for run in (alone, given_at_once)]
    assert insolvent[1] <= insolvent[0] / 5, insolvent


@pytest.mark.xfail(
    strict=True,
    reason="135,200 closings become 166,400, 23 percent more and not at most 20: who owed more than he had went on, "
    "and can now pay everybody and close",
)
def test_money_at_once_is_sunk_for_who_would_close(alone: Run, given_at_once: Run) -> None:
    closed = [entities(run, left(run).between(0, YEAR, IN_GOOD_ORDER)) for run in (alone, given_at_once)]
    assert abs(closed[1] / closed[0] - 1) < 1 / 5, closed


def test_what_an_owner_lacks_each_month_undoes_closings_while_it_lasts(alone: Run, paid_each_month: Run) -> None:
    lived_on = alone.population.firms.size <= SIZES.index("micro")
    lasts = alone.timeline.days - OWNERS_LOOK_AHEAD
    closed = [entities(run, left(run).between(0, lasts, IN_GOOD_ORDER) & lived_on) for run in (alone, paid_each_month)]
    assert closed[1] / closed[0] < 0.35, closed


def test_an_announcement_alone_keeps_those_who_have_heard_of_it(alone: Run, only_announced: Run) -> None:
    heard, never_heard, withdrawn = _told(only_announced)
    assert not only_announced.state.records.books.moved.any()
    assert not only_announced.state.records.books.relieved.any()
    closed = [
        [entities(run, left(run).between(0, withdrawn, IN_GOOD_ORDER) & group) for run in (alone, only_announced)]
        for group in (heard, never_heard)
    ]
    assert closed[0][1] < 0.95 * closed[0][0], closed
    assert closed[1][1] == pytest.approx(closed[1][0], rel=0.005), closed  # others' wages and trade apart


def test_after_its_withdrawal_they_close_like_those_who_never_heard(alone: Run, only_announced: Run) -> None:
    """Whoever lives in both worlds on the day closes in the one as in the other, whether he had heard or not."""
    heard, never_heard, withdrawn = _told(only_announced)
    there = [left(run).on >= withdrawn for run in (alone, only_announced)]
    for group in (heard, never_heard):
        both = group & there[0] & there[1]
        closed = [
            entities(run, left(run).between(withdrawn, alone.timeline.days, IN_GOOD_ORDER) & both)
            for run in (alone, only_announced)
        ]
        assert closed[1] == pytest.approx(closed[0], rel=0.01), closed


def test_who_stayed_for_the_promise_leaves_sooner_than_others_once_it_is_withdrawn(
    alone: Run, only_announced: Run
) -> None:
    """The owners whom it kept still expect too little: nothing else has become better for them."""
    heard, _, withdrawn = _told(only_announced)
    by_then = withdrawn + YEAR
    kept = heard & left(alone).between(0, withdrawn, IN_GOOD_ORDER) & (left(only_announced).on >= withdrawn)
    others = heard & (left(only_announced).on >= withdrawn) & ~kept
    rates = [
        entities(only_announced, left(only_announced).between(withdrawn, by_then, IN_GOOD_ORDER) & group)
        / entities(only_announced, group)
        for group in (kept, others)
    ]
    assert rates[0] > rates[1], rates


def _told(run: Run) -> tuple[NDArray[np.bool_], NDArray[np.bool_], int]:
    """Founders who qualify and have heard, those who never do; the day of the withdrawal, when publicity ends."""
    firms, terms = run.population.firms, run.state.terms
    qualify = (firms.eligible[:, 0] & np.uint64(1) == 1) & (firms.born_on < 0)
    draws = np.array([salted(terms.aware_salt[0], key) for key in firms.key])
    heard = draws < terms.aware[0, firms.prefecture.astype(np.int64), firms.size.astype(np.int64)]
    return qualify & heard, qualify & ~heard, run.timeline.day(WITHDRAWN)
