"""Of whom a rate is: counted by hand in a town of five firms, and added up in a province."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import get_args

import pandas as pd
import pytest

from sim.engine import simulate
from sim.observe.months import rates_by_month
from sim.observe.outcomes import OUTCOMES, By, Universe
from sim.observe.tables import TABLES
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
def five() -> pd.DataFrame:
    """Five firms, of which one stands for three and one closes in May, after a waiver of January's rent."""
    waiver = measure("waiver", "relief", flows=["rent"], share=1, months=1, eligible={"facts": []})
    town = Town(*FIVE, until=date(2022, 12, 31), measures=[waiver], parameters=IMPATIENT).live()
    return town.result.universes.set_index(["month", "universe", "by"])


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
    for name, month in (("survival_rate", "2023-12"), ("resumption_rate", "2022-12"), ("loss_share", "2022-12"),
        ("loss_share_with_owner", "2022-12"),
    ):  # fmt: skip
        assert rates.loc[("all", "firms", month), name] == run.value(name)


def test_every_outcome_says_of_whom_it_is_and_what_it_counts() -> None:
    assert get_args(Universe) == UNIVERSES == tuple(OF_UNIVERSE)
    assert set(COUNTED_BY) < set(get_args(By))
    assert {stratum for strata in OF_UNIVERSE.values() for stratum in strata} == set(STRATA)
    assert {name: (one.universe, one.by) for name, one in OUTCOMES.items() if one.unit == "share"} == {
        "survival_rate": ("all", "firms"),
        "resumption_rate": ("all", "firms"),
        "loss_share": ("all", "firms"),
        "loss_share_with_owner": ("all", "firms"),
        "stock_refunds_paid": ("all", "firms"),
        "inclusive_loan_growth_gap": ("all", "money"),
    }
    assert all(one.by == "money" for one in OUTCOMES.values() if one.unit == "fen")
    assert OUTCOMES["jobs"].by == "jobs" and OUTCOMES["survivors"].by == "firms"
