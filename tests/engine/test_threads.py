"""Threads inside a run share the work on the firms and change nothing: not a bit, not even where a fund empties."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.engine import Run, simulate
from sim.institutions import settlements
from sim.institutions.settlements import OverdrawnError
from sim.kernels import threads
from sim.measure import Dated
from sim.observe.inside import Inside
from sim.observe.tables import TABLES, Result
from sim.parameters import load as load_parameters
from sim.scenario import Scenario, load
from tests.engine.conftest import population_of
from tests.invariants.test_same_everywhere import digest

FIRMS = 800


@pytest.fixture(autouse=True)
def few_rows_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the rows of these small runs are divided."""
    monkeypatch.setattr(threads, "LEAST_ROWS", 2)


def lived(count: int, scenario: Scenario | None = None, **wanted: Any) -> Result:
    """The whole plan, or another scenario, in so many threads."""
    return simulate(scenario or load("full_plan"), firms=FIRMS, threads=count, **wanted)


def poor() -> Scenario:
    """The whole plan with a thousandth of the money in the treasuries of the prefectures."""
    scenario = load("full_plan")
    money = Dated({scenario.world.start: load_parameters()["public_finance.prefecture_treasury_yuan"] / 1_000})
    funds = tuple(
        fund.model_copy(update={"amount_from": None, "amount_yuan": money})
        if fund.id == "prefecture_treasuries"
        else fund
        for fund in scenario.funds
    )
    return replace(scenario, funds=funds)


def amply() -> dict[str, Any]:
    """Everything that may be looked at in a run."""
    firms = population_of(load("full_plan"), FIRMS, 1).firms
    inside = Inside(days="month-ends", sample=50, distributions=True, stops=True)
    return {"follow": [int(key) for key in firms.key[[0, 400]]], "fates": True, "inside": inside}


def test_any_number_of_threads_gives_the_same_tables() -> None:
    """All tables, journeys and what is seen inside, in one, two and three threads."""
    wanted = amply()
    alone = digest(lived(1, **wanted))
    assert [digest(lived(count, **wanted)) for count in (2, 3)] == [alone, alone]


def cleared(result: Result) -> int:
    """Weighted fen of arrears that public bodies paid off for measures."""
    paid = result.ledger[(result.ledger["kind"] == "cleared") & (result.ledger["payer"] == "prefectures")]
    return int(paid["amount_fen"].sum())


def test_a_fund_that_empties_is_shared_out_in_the_order_of_rows() -> None:
    """Treasuries with a thousandth of their money clear less; who got it is the same in two threads."""
    alone, shared = lived(1, poor(), fates=True), lived(2, poor(), fates=True)
    assert 0 < cleared(alone) < cleared(lived(1))
    assert digest(shared) == digest(alone)


def overdrawn(scenario: Scenario, careful: bool) -> bool:
    """Whether threads draw more than there is in a run."""
    parameters, people = load_parameters(changed=scenario.parameter_changes), population_of(scenario, FIRMS, 1)
    try:
        Run(scenario, parameters, people, 1, threads=2, careful=careful).live(lambda share: None)
    except OverdrawnError:
        return True
    return False


def test_whoever_takes_a_fund_for_ample_that_is_not_lives_the_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no fund is ever taken for scarce threads overdraw one; the run is then lived again, carefully."""
    monkeypatch.setattr(settlements, "AMPLE", 0)
    assert overdrawn(poor(), careful=False)
    assert not overdrawn(poor(), careful=True)
    assert digest(lived(2, poor())) == digest(lived(1, poor()))


def test_parts_cover_the_rows_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts follow each other, none is shorter than is worth handing over, and one thread has one part."""
    monkeypatch.setattr(threads, "LEAST_ROWS", 100)
    three = threads.Threads(3)
    for first, last in ((0, 0), (5, 104), (5, 205), (7, 100_000)):
        parts = three.parts(first, last)
        rows = np.concatenate([np.arange(*part) for part in parts])
        assert np.array_equal(rows, np.arange(first, last))
        assert len(parts) == 1 or min(end - begin for begin, end in parts) >= 100
        assert len(parts) <= three.most_parts
        assert threads.Threads(1).parts(first, last) == [(first, last)]


def test_what_fails_in_a_thread_fails_here() -> None:
    """An error in any part is raised."""

    def act(part: int) -> None:
        if part == 3:
            raise ValueError("part 3")

    with pytest.raises(ValueError, match="part 3"):
        threads.Threads(2).each(act, range(5))


def test_every_table_is_compared() -> None:
    """The digest is of all tables that a run leaves."""
    result = lived(2, **amply())
    assert all(len(getattr(result, name)) > 0 for name in TABLES if name != "reactions")
