"""Other years: the national stop of early 2020 and the same years without one, in the model as it is calibrated."""

from __future__ import annotations

import pandas as pd
import pytest

import sim
from sim.data_folders import scenarios_folder
from sim.observe.tables import Result
from sim.scenario import load

YEARS = scenarios_folder() / "years"
STOP, PLACEBO = YEARS / "early_2020.yaml", YEARS / "placebo.yaml"
DAYS = ("2020-02-05", "2020-02-17", "2020-02-26", "2020-03-24", "2020-04-15", "2020-05-18", "2020-12-31")
ROWS = 3_000


@pytest.fixture(scope="module")
def stop() -> Result:
    return sim.run(STOP, firms=ROWS, inside=sim.Inside(days=DAYS, sample=100_000))


def at_work(result: Result, day: str, **of: object) -> float:
    """Of living firms on a day the share that is open."""
    table = result.snapshots[result.snapshots["date"] == pd.Timestamp(day)]
    table = table[table["status"] != "exited"]
    for column, names in of.items():
        table = table[table[column].isin(names)]  # type: ignore[call-overload]
    return float(table.loc[table["status"] == "open", "entities"].sum() / table["entities"].sum())


def test_the_country_stops_and_comes_back_by_and_by(stop: Result) -> None:
    shares = [at_work(stop, day, size=["micro", "small", "medium"]) for day in DAYS]
    assert shares == sorted(shares)
    assert shares[0] < 0.3 and shares[-1] > 0.97
    assert stop.value("stopped") > 0.7 * stop.value("survivors")


def test_industry_and_larger_firms_are_back_before_guests_are_received(stop: Result) -> None:
    industry, guests = ["manufacturing", "food_manufacturing"], ["accommodation", "catering", "resident_services"]
    for day in DAYS[:4]:
        assert at_work(stop, day, sector=industry) > at_work(stop, day, sector=guests)
    medium = at_work(stop, DAYS[1], size=["medium"], sector=["manufacturing", "construction"])
    assert medium > at_work(stop, DAYS[1], size=["micro"], sector=["manufacturing", "construction"])
    assert at_work(stop, "2020-02-05", sector=["agriculture"]) > 0.6


def test_what_the_nation_gave_arrives(stop: Result) -> None:
    ids = {measure.id for measure in load(STOP).measures}
    assert ids == {
        "premiums_waived_2020", "loans_extended_2020", "state_rent_waived_2020", "power_price_cut_2020",
        "tolls_free_2020",
    }  # fmt: skip
    paid = stop.delivery[stop.delivery["station"] == "paid"].groupby("measure")["firms"].sum()
    assert (paid[["loans_extended_2020", "state_rent_waived_2020"]] > 0).all()
    assert stop.value("money_given") > 0


def test_without_an_epidemic_nobody_is_stopped_and_fewer_leave(stop: Result) -> None:
    quiet = sim.run(PLACEBO, firms=ROWS)
    assert quiet.value("stopped") == 0 and quiet.value("money_given") == 0
    assert quiet.value("exits") < stop.value("exits")
