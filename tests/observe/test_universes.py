"""Of whom a rate is: counted by hand in a town of five firms, and added up in a province."""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path
from typing import get_args

import pandas as pd
import pytest

from sim.engine import simulate
from sim.observe.months import rates_by_month
from sim.observe.outcomes import OUTCOMES, PLAIN, RATES, By, Universe, variant
from sim.observe.tables import TABLES, Result
from sim.observe.universes import OF_UNIVERSE, STRATA
from sim.scenario import load
from sim.vocabulary import COUNTED_BY, UNIVERSES
from tests.few_firms import Firm, Town, measure

IMPATIENT = {"firm.patience_months_min": 3.0, "firm.patience_beyond_min_months": 0.0, "firm.distress_months": 0.0}
FIVE = (
    Firm(size="individual", staff=2, weight=3),
    Firm(size="individual", sector="manufacturing", staff=5, sales=2_000_000),  # 24 million a year, but no enterprise
    Firm(staff=10, sales=45_000, cash=0),  # closes in May
    Firm(size="small", sector="manufacturing", staff=30, sales=1_600_000),  # 19.2 million a year
    Firm(size="small", sector="manufacturing", staff=40, sales=1_700_000),  # 20.4 million a year
)


@pytest.fixture(scope="module")
def of_five() -> Result:
    """Five firms, of which one stands for three and one closes in May, after a waiver of January's rent."""
    waiver = measure("waiver", "relief", flows=["rent"], share=1, months=1, eligible={"facts": []})
    return Town(*FIVE, until=date(2022, 12, 31), measures=[waiver], parameters=IMPATIENT).live().result


@pytest.fixture(scope="module")
def five(of_five: Result) -> pd.DataFrame:
    return of_five.universes.set_index(["month", "universe", "by"])


@pytest.fixture(scope="module")
def five_outcomes(of_five: Result) -> pd.Series:
    return of_five.outcomes.set_index("outcome")["value"]


@pytest.mark.parametrize(
    ("universe", "by", "founders", "alive"),
    [
        ("all", "firms", 7, 6),
        ("all", "jobs", 3 * 2 + 5 + 10 + 30 + 40, 3 * 2 + 5 + 30 + 40),
        ("individual_businesses", "firms", 4, 4),
        ("individual_businesses", "jobs", 3 * 2 + 5, 3 * 2 + 5),
        ("enterprises", "firms", 3, 2),
        ("enterprises", "jobs", 10 + 30 + 40, 30 + 40),
        ("industry_above_scale", "firms", 1, 1),
        ("industry_above_scale", "jobs", 40, 40),
    ],
)
def test_founders_and_those_alive_of_each_universe(five, universe, by, founders, alive) -> None:
    assert five.loc[("2022-12", universe, by), ["founders", "founders_alive"]].tolist() == [founders, alive]


def test_who_has_closed_is_open_until_the_month_before(five) -> None:
    open_ = five["open"].xs(("enterprises", "firms"), level=["universe", "by"])
    assert open_["2022-04"] == 3 and open_["2022-05"] == 2


def test_a_firm_that_sheds_staff_counts_the_jobs_that_there_were() -> None:
    short = Firm(staff=10, cash=0)
    sheds = {"firm.expectation_weight": 1.0, "staff.fixed_share": 0.0, "staff.dismissed_when_short_per_month": 0.5}
    town = Town(short, until=date(2022, 6, 30), trade=0.3, parameters=sheds).live()
    [jobs] = town.result.universes.query("month == '2022-06' and universe == 'all' and by == 'jobs'").to_dict("records")
    assert town.result.value("jobs") < 10
    assert jobs["founders_alive"] == jobs["open"] == 10


def test_universes_add_up_and_agree_with_the_panel_and_the_outcomes(case: Path) -> None:
    run = simulate(load("full_plan"), firms=600)
    assert list(run.universes) == list(TABLES["universes"])
    counts = list(TABLES["universes"])[3:]
    table = run.universes.set_index(["month", "universe", "by"])[counts].unstack("universe")
    total = {universe: table.xs(universe, axis=1, level="universe") for universe in UNIVERSES}
    assert total["all"].equals(total["individual_businesses"] + total["enterprises"])
    assert (total["industry_above_scale"] <= total["enterprises"]).all(axis=None)
    assert (total["industry_above_scale"].xs("jobs", level="by")["founders"] > 0).all()
    by_firms = total["all"].xs("firms", level="by")
    assert by_firms.equals(run.panel.groupby("month")[counts].sum())
    individual = run.panel[run.panel["size"] == "individual"]
    assert total["individual_businesses"].xs("firms", level="by").equals(individual.groupby("month")[counts].sum())
    rates = rates_by_month(run.universes).set_index(["universe", "by", "month"])
    days = {"survival_rate": ("survival_rate", "2023-01"), "survival_rate_on_target_day": ("survival_rate", "2022-10")}
    days |= {name: (name, "2022-10") for name in ("resumption_rate", "loss_share_with_owner")}
    for name, (rate, month) in days.items():
        for universe in UNIVERSES:
            for by in COUNTED_BY:
                value = run.value(variant(name, universe, by))
                assert value == pytest.approx(rates.loc[(universe, by, month), rate], nan_ok=True), (name, universe, by)


def test_a_plain_rate_is_of_enterprises_by_firms(five_outcomes) -> None:
    """Of seven entities six are alive at the end, of the three enterprises two."""
    assert five_outcomes["survival_rate"] == five_outcomes["survival_rate_on_target_day"] == pytest.approx(2 / 3)
    assert five_outcomes["survival_rate_of_all"] == pytest.approx(6 / 7)
    assert five_outcomes["survival_rate_of_individual_businesses"] == 1.0
    assert five_outcomes["survival_rate_by_jobs"] == pytest.approx((30 + 40) / (10 + 30 + 40))
    assert five_outcomes["survival_rate_of_all_by_jobs"] == pytest.approx(81 / 91)
    assert five_outcomes["survival_rate_of_industry_above_scale_by_jobs"] == 1.0


def test_outcomes_are_the_same_where_nobody_wants_tables() -> None:
    scenario = load("full_plan")
    with_tables, without = simulate(scenario, firms=300), simulate(scenario, firms=300, tables=False)
    assert with_tables.outcomes.equals(without.outcomes)
    assert set(with_tables.outcomes["outcome"]) == set(OUTCOMES)


def test_every_outcome_says_of_whom_it_is_and_what_it_counts() -> None:
    assert get_args(Universe) == UNIVERSES == tuple(OF_UNIVERSE)
    assert set(COUNTED_BY) < set(get_args(By))
    assert {stratum for strata in OF_UNIVERSE.values() for stratum in strata} == set(STRATA)
    assert {
        name: (one.universe, one.by) for name, one in OUTCOMES.items() if one.unit == "share" and name in PLAIN
    } == {
        **dict.fromkeys(RATES, ("enterprises", "firms")),
        "stock_refunds_paid": ("all", "firms"),
        "inclusive_loan_growth_gap": ("all", "money"),
        "arrears_with_plan": ("enterprises", "money"),
        "arrears_cleared": ("enterprises", "money"),
        "entity_growth": ("all", "firms"),
        "sme_fund_used": ("all", "money"),
    }
    assert all(one.by == "money" for one in OUTCOMES.values() if one.unit == "fen")
    assert OUTCOMES["jobs"].by == "jobs" and OUTCOMES["survivors"].by == "firms"


def test_each_rate_is_an_outcome_of_each_universe_by_firms_and_by_jobs() -> None:
    every = product(RATES, UNIVERSES, COUNTED_BY)
    variants = {variant(rate, universe, by): (universe, by) for rate, universe, by in every}
    assert len(variants) == len(RATES) * len(UNIVERSES) * len(COUNTED_BY) == 40
    assert {name: (OUTCOMES[name].universe, OUTCOMES[name].by) for name in variants} == variants
    assert set(PLAIN) == set(OUTCOMES) - set(variants) | set(RATES)
    assert {"loss_share", "loss_share_by_jobs", "loss_share_of_all_by_jobs"} < set(variants)
