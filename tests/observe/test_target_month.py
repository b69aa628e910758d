"""Targets are read in the month that the plan names, and count what its measures call small."""

from dataclasses import replace
from datetime import date

import pytest

from sim.engine import simulate
from sim.observe.tables import Result
from sim.scenario import Scenario, load
from sim.world.spec import WorldSpec

FIRMS = 400


def of_months(*, end: date = date(2022, 6, 30), **of_plan: object) -> Scenario:
    """The baseline from January 2022 on, with another plan."""
    stated = load("baseline")
    return replace(stated, world=WorldSpec(end=end), plan=stated.plan.model_copy(update=of_plan))


def outcome(result: Result, name: str) -> float:
    return float(result.outcomes.set_index("outcome")["value"][name])


def counted(result: Result, month: str, name: str) -> int:
    return int(result.panel.loc[result.panel["month"] == month, name].sum())


@pytest.mark.parametrize(
    ("targets_on", "month"),
    [(date(2022, 3, 31), "2022-03"), (date(2022, 2, 1), "2022-02"), (date(2022, 9, 30), "2022-06")],
)
def test_targets_are_read_in_the_month_that_the_plan_names_or_in_the_last(targets_on: date, month: str) -> None:
    result = simulate(of_months(targets_on=targets_on), firms=FIRMS)
    assert outcome(result, "arrears_to_firms") == counted(result, month, "overdue_public_fen") > 0
    assert outcome(result, "small_arrears_left") == counted(result, month, "small_arrears_fen") > 0
    assert outcome(result, "survivors") == counted(result, "2022-06", "founders_alive")


def test_what_is_small_is_what_the_plan_says() -> None:
    targets = load("baseline").plan.targets
    small = []
    for ceiling in (1_000.0, 2_000_000.0, None):
        said = tuple(
            target.model_copy(update={"ceiling_yuan": ceiling}) if target.outcome == "small_arrears_left" else target
            for target in targets
        )
        small.append(
            outcome(simulate(of_months(end=date(2022, 1, 31), targets=said), firms=FIRMS), "small_arrears_left")
        )
    assert small == sorted(small)
    assert len(set(small)) > 1
