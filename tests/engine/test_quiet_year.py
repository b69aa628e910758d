"""Two years without a shock look as surveys and registers see them, and the real year sells what was published.

What the moments of a quiet year are, and which spans are published of them, stands in ``benchmarks/quiet_year.py``.
"""

from __future__ import annotations

import pandas as pd
import pytest

import sim
from benchmarks.quiet_year import START, WORLD, Moment, lived, moments
from sim.data_folders import calibration_file, calibration_folder
from sim.observe.tables import Result
from sim.parameters import load as load_parameters
from sim.population.contracts import usual_contracts
from sim.scenario import load
from sim.vocabulary import SECTORS

ROWS = 20_000
# Groups of sectors whose sales are published.
GROUPS = {
    "agriculture": ["agriculture"],
    "industry": ["mining_and_utilities", "food_manufacturing", "manufacturing"],
    "trade": ["wholesale", "retail"],
    "hospitality": ["accommodation", "catering"],
    "services": ["transport", "real_estate", "tourism", "resident_services"],
    "much on public contracts": ["construction", "information_technology", "business_services"],
}


@pytest.fixture(scope="session")
def quiet_year() -> dict[str, Moment]:
    """The moments of two ordinary years, by what they are."""
    return {moment.what: moment for moment in moments(lived(ROWS))}


@pytest.mark.parametrize("which", ["under one month", "under three", "above six"])
def test_months_of_cash_stay_spread_as_surveys_see_them(quiet_year: dict[str, Moment], which: str) -> None:
    at_quarters = quiet_year[f"cash {which}, quarters 1 to 8"]
    assert len(at_quarters.values) == 8
    assert at_quarters.lies_within, at_quarters
    drift = quiet_year[f"cash {which}, quarter 8 less 1"]
    assert drift.lies_within, drift


@pytest.mark.parametrize(
    "what",
    [
        "exits, each year",
        "exits of the first year of life less the second",
        "exits of medium firms less micro ones, two years",
        "loss-makers gone in a year",
        pytest.param(
            "exits that pay everybody",
            marks=pytest.mark.xfail(
                strict=True,
                reason="84 percent: who owes more than he has goes on until his creditors come, and few do in a year",
            ),
        ),
        "non-performing loans, each year's end",
    ],
)
def test_leaving_and_bad_loans_are_those_of_registers_and_banks(quiet_year: dict[str, Moment], what: str) -> None:
    assert quiet_year[what].lies_within, quiet_year[what]


@pytest.fixture(scope="session")
def real_year() -> Result:
    """2022 as it was, but for the measures that ease controls: what was published was sold with them in force."""
    as_it_was = load(WORLD.with_name("as_it_was.yaml"))
    eased = [measure.id for measure in as_it_was.measures if measure.instrument == "control"]
    scenario = as_it_was.without_measures(eased, name="published", title=as_it_was.title)
    return sim.run(scenario, firms=ROWS, seed=1, inside=sim.Inside(days=[START]))


@pytest.mark.parametrize("group", GROUPS)
def test_the_real_year_sells_what_was_published(real_year: Result, group: str) -> None:
    over_published = _over_published(real_year, GROUPS[group])
    assert all(0.97 <= quarter <= 1.03 for quarter in over_published), over_published


def _over_published(result: Result, sectors: list[str]) -> list[float]:
    """Sales settled in each quarter of 2022 over those that the published index of each month makes of usual sales,
    public contracts with them.

    Firms settle on different days, so that the settlements of a month cover half of the month before and half of it.
    """
    published = pd.read_csv(calibration_file(calibration_folder(), "world/demand.csv"))
    by_month = published.pivot(index="month", columns="sector", values="index").iloc[:12][sectors]
    covered = (by_month + by_month.shift(1).fillna(by_month.iloc[0])) / 2
    founders = result.snapshots[result.snapshots["founder"]]
    usual = (
        (founders["usual_sales_fen"] * founders["entities"].astype(float))
        .groupby(founders["sector"], observed=True)
        .sum()
    )
    usual /= 1.0 - pd.Series(usual_contracts(load_parameters()), [*SECTORS])[usual.index.astype(str)].to_numpy()
    panel = result.panel[result.panel["sector"].isin(sectors)]
    sold = panel.groupby("month")["sales_fen"].sum().reindex(by_month.index).to_numpy(float)
    published_sales = covered.to_numpy() @ usual[sectors].to_numpy()
    return list(sold.reshape(4, 3).sum(axis=1) / published_sales.reshape(4, 3).sum(axis=1))
