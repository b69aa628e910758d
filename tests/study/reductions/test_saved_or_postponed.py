"""Who of the firms kept at first lives on when its help has ended, and what went to those that close anyway."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from sim import compare
from sim.engine import Run, Wanted, simulate
from sim.parameters import load as load_parameters
from sim.scenario import load
from sim.study.comparison.saved_or_postponed import table
from sim.study.reductions.costs import costs_of
from sim.study.reductions.endings import endings_of, places
from sim.study.reductions.saved_or_postponed import KEPT, LATER, saved_or_postponed
from sim.timeline import horizon
from tests.engine.conftest import population_of
from tests.study.comparison.test_fates import world

TWO_YEARS = horizon(date(2022, 1, 1), date(2023, 12, 31))
MARCH_10, APRIL_10, NOVEMBER_10, NEXT_JANUARY_10 = 68, 99, 313, 374


def sums(baseline: list[dict], plan: list[dict]) -> pd.DataFrame:
    ends, here = endings_of(world(baseline)), world(plan)
    return saved_or_postponed(here, ends, places(here, ends), TWO_YEARS).set_index("group")


def left(day: int) -> dict:
    return {"alive": False, "exited_on": day}


def kept(later: dict) -> pd.DataFrame:
    """One row of ten firms that leaves on 10 March 2022 without the plan."""
    return sums([{"firm": 1, "entities": 10, **left(MARCH_10)}], [{"firm": 1, "entities": 10, **later}])


def found(of: pd.Series, months: int) -> tuple[float, float]:
    return of[f"known_{months}"], of[f"alive_{months}"]


def test_months_are_counted_from_the_month_of_the_last_help():
    """Helped until May 2022: it must live at the end of November 2022, and of May 2023."""
    helped = {"last_helped": 4, "given_tax_fen": 7}
    of = kept(helped).loc["help_ends"]
    assert (of["entities"], of["rows"], of["alive_at_end"], of["given_fen"]) == (10, 1, 10, 70)
    assert found(of, 6) == found(of, 12) == (10, 10)
    assert found(kept({**helped, **left(NOVEMBER_10)}).loc["help_ends"], 6) == (10, 0)
    later = kept({**helped, **left(NEXT_JANUARY_10)}).loc["help_ends"]
    assert found(later, 6) == (10, 10)
    assert found(later, 12) == (10, 0)


def test_before_a_firm_would_have_left_nobody_can_tell_that_it_was_saved():
    """Helped in January, it leaves in March without the plan: it counts from March, until the end of September."""
    of = kept({"last_helped": 0, "given_tax_fen": 7, **left(NOVEMBER_10)}).loc["help_ends"]
    assert found(of, 6) == (10, 10)
    assert found(of, 12) == (10, 0)


@pytest.mark.parametrize(("month", "known"), [(11, (10, 10)), (12, (10, 0)), (17, (10, 0)), (18, (0, 0))])
def test_a_firm_of_which_the_horizon_holds_too_few_months_is_not_known(month, known):
    of = kept({"last_helped": month, "put_off": True}).loc["help_ends"]
    assert (of["known_6"], of["known_12"]) == known
    assert (of["alive_6"], of["alive_12"]) == known


@pytest.mark.parametrize(
    ("given", "group"),
    [
        ({"last_helped": 4, "put_off": True}, "help_ends"),
        ({"given_tax_fen": 1}, "help_stands"),
        ({"put_off": True}, "help_stands"),
        ({}, "no_help"),
    ],
)
def test_firms_kept_at_first_are_told_apart_by_what_they_were_given(given, group):
    assert kept(given).loc[list(KEPT), "entities"].to_dict() == {name: 10 * (name == group) for name in KEPT}


def test_kept_at_first_is_who_lives_on_the_day_on_which_it_would_have_left():
    baseline = [{"firm": k, "entities": 10**k, **left(APRIL_10)} for k in range(3)]
    ends = [left(MARCH_10), left(APRIL_10), left(APRIL_10 + 1)]
    assert (
        sums(baseline, [{"firm": k, "entities": 10**k, **end} for k, end in enumerate(ends)]).loc["no_help"]["entities"]
        == 10**2
    )


def test_firms_that_live_either_way_and_firms_born_later_are_not_kept():
    baseline = [{"firm": 1}, {"firm": 2, "founder": False, **left(MARCH_10)}]
    plan = [{"firm": 1, "given_tax_fen": 5}, {"firm": 2, "founder": False}, {"firm": 3, "founder": False}]
    found = sums(baseline, plan)
    assert found.loc[list(KEPT), "entities"].sum() == 0
    assert tuple(found.loc["founders", ["entities", "given_fen"]]) == (1, 5)


def test_closed_anyway_are_firms_that_were_helped_and_leave():
    """Whether they would have left or not; who was given nothing is not among them."""
    baseline = [{"firm": 1, **left(MARCH_10)}, {"firm": 2}, {"firm": 3, **left(MARCH_10)}, {"firm": 4}]
    plan = [
        {"firm": 1, "entities": 10, "given_tax_fen": 3, "given_jobs_fen": 4, "unpaid_fen": 100, **left(MARCH_10)},
        {"firm": 2, "entities": 5, "put_off": True, "unpaid_fen": 20, **left(NOVEMBER_10)},
        {"firm": 3, "entities": 7, "unpaid_fen": 9, **left(MARCH_10)},
        {"firm": 4, "given_tax_fen": 30},
    ]
    of = sums(baseline, plan).loc["closed_anyway"]
    assert tuple(of[["entities", "rows", "given_fen", "unpaid_fen"]]) == (15, 2, 70, 1_100)


def test_shares_are_means_over_replications_of_those_known():
    """Of 10 and 30 known firms 5 and 30 live; those not known are told."""

    def one(known, alive):
        return kept({"last_helped": 4}).reset_index().assign(known_6=known, alive_6=alive, known_rows_6=40.0)

    rows = table([(("plan", "baseline"), [one(10.0, 5.0), one(10.0, 10.0)])]).set_index(["group", "quantity"])
    share = rows.loc["help_ends", "alive_share_6"]
    assert (share["mean"], share["replications"], share["rows"], share["unit"]) == (0.75, 2, 40, "share")
    assert 0 < share["low"] < 0.75 < share["high"] < 1
    assert rows.loc[("help_ends", "not_known_6"), "mean"] == 0
    assert np.isnan(rows.loc[("closed_anyway", "given_share"), "mean"])


@pytest.fixture(scope="module")
def study():
    return compare(["full_plan"], firms=600, replications=2, workers=1)


def test_firms_kept_at_first_live_on_or_are_gone_or_are_not_known_yet(study):
    means = study.over_baselines(study.saved_or_postponed)
    means = means[means["scenario"] == "full_plan"].set_index(["group", "quantity"])["mean"]
    for group in KEPT:
        for months in LATER:
            parts = sum(means[group, f"{what}_{months}"] for what in ("alive", "gone", "not_known"))
            assert parts == pytest.approx(means[group, "entities"])
    assert sum(means[group, "entities"] for group in KEPT) > 0


def test_who_is_saved_was_kept_at_first(study):
    means = study.over_baselines(study.saved_or_postponed)
    means = means[means["scenario"] == "full_plan"].set_index(["group", "quantity"])["mean"]
    fates = study.over_baselines(study.fates).query("by == 'all' and scenario == 'full_plan'").set_index("fate")
    assert sum(means[group, "alive_at_end"] for group in KEPT) == pytest.approx(fates.loc["saved", "entities"])
    assert means["closed_anyway", "given_fen"] <= fates["given_fen"].sum()


def test_debts_left_unpaid_are_what_creditors_write_off():
    """To the fen; who left in good order or lives has left none."""
    result = simulate(load("full_plan"), firms=600, seed=3, fates=True)
    fates, costs = result.fates, costs_of(result)
    lost = costs[costs.index.get_level_values("category").isin(["write_offs", "lost_on_put_off"])].sum()
    assert (fates["unpaid_fen"] * fates["entities"]).sum() == lost > 0
    assert (fates["unpaid_fen"] >= 0).all()
    assert (fates.loc[~fates["exit_cause"].str.startswith("insolvent"), "unpaid_fen"] == 0).all()


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(fates=True)])
def test_nothing_is_noted_unless_fates_are_wanted(wanted):
    scenario = load("full_plan")
    population = population_of(scenario, 60)
    slots = Run(scenario, load_parameters(), population, 1, wanted).state.records.slots
    assert len(slots.last_helped) == len(slots.unpaid) == (len(population.firms.key) if wanted.fates else 0)
