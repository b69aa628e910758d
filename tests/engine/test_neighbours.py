"""What firms are to each other: a closure is felt upstream, the published course is kept, customers wait or fail."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import yaml

import sim
from sim.data_folders import own_calibration_folder
from sim.engine import Run
from sim.firm.state import LEAD
from sim.ledger import LINE
from sim.parameters import load as load_parameters
from sim.population.contracts import usual_contracts
from sim.scenario import load
from sim.units import MONTH_DAYS
from sim.vocabulary import SECTORS
from tests.engine.conftest import population_of

pytestmark = pytest.mark.slow

CLOSED = """
extends: baseline
world:
  outbreak: none
  logistics_factor: 0
  wave_factor: 0
  demand_index: usual
  listings: [{{prefecture: "{place}", from: 2022-07-01, to: 2022-07-31, high_places: 2000}}]
"""
KUNMING = "5301"


def lived(path: str, rows: int, seed: int, orders: list[np.ndarray] | None = None) -> Run:
    """A finished world; orders of firms as they stand on each day, if a list is there for them."""
    scenario = load(path)
    run = Run(scenario, load_parameters(changed=scenario.parameter_changes), population_of(scenario, rows, seed), seed)
    if orders is not None:
        advance = run.outbreak.advance

        def watched(day: int) -> None:
            advance(day)
            orders.append(run.markets.orders.copy())

        run.outbreak.advance = watched  # type: ignore[method-assign]
    run.live(lambda share: None)
    return run


def test_a_closed_prefecture_orders_less_of_others_within_a_month_and_not_before(tmp_path):
    """Kunming is closed for July 2022: until the end of the month nobody elsewhere sells a fen less, then they do."""
    orders: list[list[np.ndarray]] = [[], []]
    runs = []
    for place, seen in zip((KUNMING, "5399"), orders, strict=True):
        path = tmp_path / f"{place}.yaml"
        text = CLOSED.format(place=place)
        path.write_text(text if place == KUNMING else text[: text.index("  listings")], encoding="utf-8")
        runs.append(lived(str(path), 10_000, 1, seen))
    closed, open_ = (np.array(seen) for seen in orders)
    elsewhere = np.array(runs[0].counties.prefecture) != runs[0].counties.prefecture_code.index(KUNMING)
    first_of_august = runs[0].timeline.day(date(2022, 8, 1))
    assert (closed[:first_of_august, elsewhere] == open_[:first_of_august, elsewhere]).all()
    less = open_[first_of_august, elsewhere] - closed[first_of_august, elsewhere]
    sells_to_firms = runs[0].markets.to_firms.sum(axis=1) > 0.1
    assert (less[:, sells_to_firms] > 0).all()
    # Tours into a province with listed counties are banned everywhere: their sectors are left out.
    no_tours = [
        s for s, loss in zip(SECTORS, runs[0].parameters.by_sector("world.tour_ban_loss"), strict=True) if not loss
    ]
    assert len(no_tours) >= 8
    sold = []
    for run in runs:
        panel = run.result().panel
        of_others = (panel["prefecture"].astype(str) != KUNMING) & panel["sector"].isin(no_tours)
        sold.append(panel[of_others].groupby("month", observed=True)["sales_fen"].sum())
    assert sold[0]["2022-07"] == sold[1]["2022-07"]
    assert sold[0]["2022-08"] < sold[1]["2022-08"]
    # It passes: where nothing is closed any more, most of the orders are back within half a year; some firms are not.
    later = runs[0].timeline.day(date(2023, 3, 1))
    assert np.abs(open_[later, elsewhere] - closed[later, elsewhere]).mean() < less.mean() / 2


def test_with_every_feedback_on_a_quiet_year_sells_as_published():
    """An ordinary year of 400,000 rows: each sector, each quarter, within a percent of the published course.

    Of wholesale and mining within two: a few large firms that suppliers serve for cash only make the difference.
    """
    run = lived("scenarios/validation/ordinary_year.yaml", 400_000, 1)
    timeline, markets = run.timeline, run.markets
    expected = np.zeros((timeline.months, len(SECTORS)))
    usual = markets.usual_by_cohort.sum(axis=1)
    for day in range(timeline.days):
        if timeline.cohort[day] >= 0:
            worked = markets.course[day + LEAD] - markets.course[run.province.clock(day).previous + LEAD]
            expected[timeline.month[day]] += usual[timeline.cohort[day]] * worked / MONTH_DAYS
    expected /= 1.0 - usual_contracts(run.parameters)
    panel = run.result().panel
    sales = panel.pivot_table(index="month", columns="sector", values="sales_fen", aggfunc="sum", observed=False)
    by_quarter = [table.reshape(-1, 3, len(SECTORS)).sum(axis=1) for table in (sales[[*SECTORS]].to_numpy(), expected)]
    apart = by_quarter[0] / by_quarter[1] - 1.0
    few = [SECTORS.index(sector) for sector in ("wholesale", "mining_and_utilities")]
    assert np.abs(np.delete(apart, few, axis=1)).max() < 0.01
    assert np.abs(apart).max() < 0.02
    assert np.abs(by_quarter[0].sum(axis=1) / by_quarter[1].sum(axis=1) - 1.0).max() < 0.01


def test_firms_pay_out_of_what_they_sell_and_the_rest_when_sales_are_back(tmp_path):
    """Demand of all sectors is down by 30 % from April to June, by the rule at half and in proportion: the
    more by it, the less large firms pay in June and the more in September; public bodies pay as ever.
    """
    cut = ", ".join(f"2022-{month:02}: 0.7" for month in (4, 5, 6))
    demand = ", ".join(f"{sector}: {{{cut}}}" for sector in ("agriculture", "industry", "construction", "services"))
    quiet = "outbreak: none, logistics_factor: 0, wave_factor: 0, demand_index: usual, end: 2022-09-30"
    path = tmp_path / "fall.yaml"
    path.write_text(f"extends: no_support\nworld: {{{quiet}, demand: {{{demand}}}}}\n", encoding="utf-8")
    shipped = yaml.safe_load((own_calibration_folder() / "parameters.yaml").read_text("utf-8"))["receivables"][
        "paid_with_sales"
    ]
    paid = []
    for part in (0.5, 1.0):
        folder = tmp_path / f"paid_{part:g}"
        folder.mkdir()
        entry = {"receivables": {"paid_with_sales": shipped | {"value": part}}}
        (folder / "parameters.yaml").write_text(yaml.safe_dump(entry, allow_unicode=True), encoding="utf-8")
        with sim.calibration(folder):
            ledger = lived(str(path), 5_000, 1).result().ledger
        claims = ledger[(ledger["flow"] == "receivables") & (ledger["kind"] == "paid")]
        paid.append(claims.groupby(["payer", "month"], observed=True)["amount_fen"].sum())
    beside = (paid[1] / paid[0]).unstack("month")
    large, public = beside.loc["large_buyers"], beside.loc["public_buyers"]
    assert large["2022-01"] == 1.0, "in the first month nobody has sold anything yet"
    assert large["2022-06"] == pytest.approx(0.7 / 0.85, abs=0.07)
    assert large["2022-09"] > 1.02
    assert public.to_numpy() == pytest.approx(1.0, abs=0.05)


def test_what_failed_customers_owed_is_somebodys_loss_and_the_ledger_says_whose():
    """What firms leave unpaid to suppliers is a loss of sectors that sell to theirs, in the months after."""
    run = lived("scenarios/baseline.yaml", 10_000, 1)
    ledger = run.result().ledger
    lost = ledger[(ledger["payer"] == "failed_customers") & (ledger["kind"] == "written_off")]
    assert (lost["payee"] == "firms").all() and lost["amount_fen"].sum() > 0
    unpaid = ledger[(ledger["flow"] == "materials") & (ledger["kind"] == "written_off")]
    assert unpaid["month"].min() < lost["month"].min(), "first somebody fails, then others lose"
    # Others, large firms and other provinces, bear the rest: the model's firms sell on credit less than firms buy.
    assert lost["amount_fen"].sum() < unpaid["amount_fen"].sum()
    lines = run.state.records.books.lines
    assert lines[:, LINE["bad_debt_of_failed_customers"]].sum() == lost["amount_fen"].sum()
