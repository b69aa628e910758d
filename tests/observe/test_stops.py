"""Stops by the epidemic: dates of one firm by hand, and all of them against what the month's count says."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from sim.engine import simulate
from sim.observe.inside import Inside
from sim.observe.tables import Result
from sim.vocabulary import UNIVERSES
from tests.engine.conftest import scenario_of
from tests.few_firms import Firm, Town

HAPPENED = ["stopped_on", "freed_on", "working_on", "left_on"]


@pytest.fixture(scope="module", params=["full_plan", "baseline"])
def seen(request) -> Result:
    return simulate(scenario_of(request.param), firms=4_000, inside=Inside(stops=True))


def of_all(result: Result) -> pd.DataFrame:
    """The province day by day."""
    return result.resumption[result.resumption["universe"] == "all"].set_index("date")


def test_days_follow_each_other(seen):
    stops = seen.stops
    assert len(stops) > 100
    assert stops["stopped_on"].notna().all()
    for before, after in (("stopped_on", "freed_on"), ("freed_on", "working_on"), ("stopped_on", "left_on")):
        both = stops.dropna(subset=[before, after])
        assert (both[before] <= both[after]).all(), (before, after)
    assert stops.loc[stops["working_on"].notna(), "freed_on"].notna().all()
    assert not (stops["working_on"].notna() & stops["left_on"].notna()).any()
    assert stops["working_on"].notna().any() and stops["freed_on"].notna().any()


def test_a_firm_stops_again_only_after_it_has_worked(seen):
    for _, own in seen.stops.groupby("firm"):
        assert own["stopped_on"].is_monotonic_increasing
        assert (own["working_on"].iloc[:-1].to_numpy() < own["stopped_on"].iloc[1:].to_numpy()).all()


def test_the_end_of_a_month_is_what_the_panel_counts(seen):
    panel = seen.panel.groupby("month").sum(numeric_only=True)
    daily = of_all(seen)
    for month, row in panel.iterrows():
        evening = daily.loc[pd.Period(month).end_time.normalize()]
        assert evening["stopped"] == row["stopped"]
        assert evening["closed"] + evening["waiting"] == row["suspended"]
        assert evening["working"] == row["stopped_working"]
        assert evening["left_working"] == row["stopped_left_working"]


def test_the_end_of_2022_is_the_resumption_rate_of_all(seen):
    evening = of_all(seen).loc["2022-12-31"]
    rate = (evening["working"] + evening["left_working"]) / evening["stopped"]
    assert rate == pytest.approx(seen.value("resumption_rate_of_all"))


def test_every_day_adds_up_and_universes_are_unions(seen):
    daily = seen.resumption
    stands = daily[["closed", "waiting", "working", "left_working", "left_while_stopped"]]
    assert (stands.sum(axis=1) == daily["stopped"]).all()
    by = daily.pivot_table(index="date", columns="universe", values="stopped", sort=False)
    assert list(by) == list(UNIVERSES)
    assert (by["all"] == by["individual_businesses"] + by["enterprises"]).all()
    assert (by["industry_above_scale"] <= by["enterprises"]).all()
    assert (by["all"].diff().dropna() >= 0).all()


@pytest.mark.parametrize("day", ["2022-03-20", "2022-07-01", "2022-12-10", "2023-12-31"])
def test_who_stands_still_on_a_day_is_whoever_has_stopped_and_not_come_back(seen, day):
    stops, evening = seen.stops, of_all(seen).loc[day]
    begun = stops["stopped_on"] <= day
    over = (stops["working_on"] <= day) | (stops["left_on"] <= day)
    assert stops.loc[begun & ~over, "entities"].sum() == evening["closed"] + evening["waiting"]
    once = stops[begun].drop_duplicates("firm")
    assert once["entities"].sum() == evening["stopped"]


def test_one_firm_by_hand():
    """Closed from 3 to 20 February, it lacks nothing and works again on the 21st; nobody else is in the table."""
    quiet = {"restart.incidence": 0.0}
    town = Town(
        Firm(weight=4),
        until=date(2022, 3, 31),
        closed=(date(2022, 2, 3), date(2022, 2, 20)),
        parameters=quiet,
        inside=Inside(stops=True),
    ).live()
    [stop] = town.result.stops.to_dict("records")
    assert stop["stopped_on"] == pd.Timestamp("2022-02-03")
    assert stop["freed_on"] == stop["working_on"] == pd.Timestamp("2022-02-21")
    assert pd.isna(stop["left_on"]) and stop["entities"] == 4
    daily = of_all(town.result)
    assert daily["closed"].sum() == 18 * 4
    assert daily["working"].sum() == 4 * (8 + 31)
    assert (daily.loc[:"2022-02-02", "stopped"] == 0).all()


def test_a_firm_that_leaves_while_it_stands_still():
    """It has no money to wait for the reopening and closes with the settlement of February."""
    impatient = {"firm.patience_months_min": 3.0, "firm.patience_beyond_min_months": 0.0, "firm.distress_months": 0.0}
    town = Town(
        Firm(sales=45_000, cash=0),
        until=date(2022, 5, 31),
        closed=(date(2022, 1, 20), date(2022, 5, 31)),
        parameters=impatient,
        inside=Inside(stops=True),
    ).live()
    [stop] = town.result.stops.to_dict("records")
    assert pd.isna(stop["freed_on"]) and pd.isna(stop["working_on"])
    assert stop["left_on"] == pd.Timestamp("2022-02-15")
    assert of_all(town.result)["left_while_stopped"].iloc[-1] == 1
