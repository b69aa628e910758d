"""Looking into a run: firms agree with what is counted of them, and looking changes nothing."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine import Run, Wanted, simulate
from sim.observe.inside import AGES, GROUPED_BY, VARIABLES, Inside, distribution, quantiles
from sim.observe.tables import LOOKED_INTO, PERCENTILES, TABLES, Result
from sim.parameters import load as load_parameters
from sim.refusal import Refusal, UnknownName
from sim.timeline import Timeline
from sim.vocabulary import INSOLVENT
from tests.engine.conftest import population_of, scenario_of
from tests.few_firms import Firm, Town, fen

FIRMS = 1_500
DAYS = (date(2022, 3, 31), date(2022, 7, 15), date(2022, 12, 31), date(2023, 12, 31))


@pytest.fixture(scope="module")
def seen() -> Result:
    """A run that is looked into on some days, two of them ends of a month with every month's distribution."""
    asked = Inside(days=DAYS, distributions=True, stops=True)
    return simulate(scenario_of("full_plan"), firms=FIRMS, fates=True, inside=asked)


@pytest.fixture(scope="module")
def unseen() -> Result:
    return simulate(scenario_of("full_plan"), firms=FIRMS, fates=True)


def on(result: Result, day: str) -> pd.DataFrame:
    """The firms of a day."""
    return result.snapshots[result.snapshots["date"] == day]


@pytest.mark.parametrize("table", [name for name in TABLES if name not in LOOKED_INTO])
def test_a_run_that_is_looked_into_is_the_same_run(seen, unseen, table):
    pd.testing.assert_frame_equal(getattr(seen, table), getattr(unseen, table), check_exact=True)


@pytest.mark.parametrize("table", LOOKED_INTO)
def test_what_nobody_asks_for_has_its_columns_and_no_row(seen, unseen, table):
    assert len(getattr(unseen, table)) == 0
    assert list(getattr(unseen, table)) == list(getattr(seen, table)) == list(TABLES[table])
    assert len(getattr(seen, table)) > 100


@pytest.mark.parametrize("table", LOOKED_INTO)
def test_columns_are_of_the_kind_that_is_documented(seen, table):
    for column, (kind, _, _) in TABLES[table].items():
        if kind != "str":
            assert str(getattr(seen, table)[column].dtype) == kind, column


@pytest.mark.parametrize("month", ["2022-03", "2022-12", "2023-12"])
@pytest.mark.parametrize("by", ["sector", "size", "prefecture"])
def test_the_firms_of_a_month_s_end_are_those_that_the_panel_counts(seen, month, by):
    firms = on(seen, str(pd.Period(month).end_time.date()))
    panel = seen.panel[seen.panel["month"] == month].groupby(by)
    weight, status = firms["entities"].astype(np.int64), firms["status"]
    lives = status != "exited"
    counted = {
        "open": weight * (status == "open"),
        "suspended": weight * (status == "suspended"),
        "paused": weight * (status == "paused"),
        "exited": weight * ~lives,
        "exited_insolvent": weight * firms["exit_cause"].isin(INSOLVENT),
        "founders": weight * firms["founder"],
        "stopped": weight * firms["stopped"],
        "loss_making": weight * (lives & (firms["result_of_year_fen"] < 0)),
        "loss_making_with_owner": weight * (lives & (firms["result_with_owner_fen"] < 0)),
        "staff": weight * firms["staff"],
        "cash_fen": weight * firms["cash_fen"],
        "arrears_fen": weight * firms["arrears_fen"],
        "overdue_public_fen": weight * firms["overdue_to_firm_fen"],
        "loan_fen": weight * firms["loan_fen"],
    }
    for column, number in counted.items():
        found = number.groupby(firms[by].astype(str)).sum()
        assert found[found > 0].to_dict() == panel[column].sum()[lambda sums: sums > 0].to_dict(), column


def test_the_last_evening_tells_the_same_as_the_fates(seen):
    last, fates = on(seen, "2023-12-31").set_index("firm"), seen.fates.set_index("firm")
    assert (last.index == fates.index).all()
    for column in ("entities", "prefecture", "sector", "size", "founder", "exit_cause", "staff"):
        assert (last[column] == fates[column]).all(), column
    left = pd.Timestamp("2022-01-01") + pd.to_timedelta(
        fates["exited_on"].astype(float).where(~fates["alive"]), unit="D"
    )
    pd.testing.assert_series_equal(last["exited_on"], left, check_names=False, check_dtype=False)


def test_a_firm_is_a_day_older_every_day_until_it_closes(seen):
    first, last = (on(seen, day).set_index("firm") for day in ("2022-03-31", "2022-12-31"))
    lives = last.index[last["status"] != "exited"].intersection(first.index)
    years = last.loc[lives, "age_years"] - first.loc[lives, "age_years"]
    assert years.to_numpy() == pytest.approx(275 / 365.25)
    gone = first.index[first["status"] == "exited"]
    assert (last.loc[gone, "age_years"] == first.loc[gone, "age_years"]).all()
    assert last["age_years"].min() >= 0


def test_who_has_closed_has_nothing_left_and_no_ratios(seen):
    gone = on(seen, "2023-12-31").query("status == 'exited'")
    assert len(gone) > 50
    assert gone["exited_on"].notna().all() and (gone["exit_cause"] != "").all()
    assert (gone[["cash_fen", "loan_fen", "arrears_fen", "outlays_fen", "staff"]] == 0).all(axis=None)
    ratios = ["cash_months", "arrears_months", "receivables_days", "payables_days", "debt_ratio", "margin"]
    assert gone[[*ratios, "staff_change"]].isna().all(axis=None)


@pytest.mark.parametrize(("scenario", "seed"), [("full_plan", 1), ("baseline", 1), ("full_plan", 7)])
def test_a_sample_is_of_the_same_firms_in_every_scenario_and_under_every_seed(seen, scenario, seed):
    asked = Inside(days=DAYS, sample=200)
    sample = simulate(scenario_of(scenario), firms=FIRMS, seed=seed, tables=False, inside=asked).snapshots
    on_each_day = sample[sample["founder"]].groupby("date")["firm"].agg(frozenset)
    assert [len(firms) for firms in on_each_day] == [200] * len(DAYS)
    assert len({*on_each_day}) == 1
    chosen = simulate(scenario_of("full_plan"), firms=FIRMS, tables=False, inside=asked).snapshots
    assert {*chosen.loc[chosen["founder"], "firm"]} == on_each_day.iloc[0]
    newcomers = sample.loc[~sample["founder"] & (sample["date"] == "2023-12-31"), "firm"]
    assert 10 < len(newcomers) < 100  # the same share of them


def test_a_sample_is_part_of_all_rows_as_they_are(seen):
    sample = simulate(scenario_of("full_plan"), firms=FIRMS, inside=Inside(days=DAYS, sample=200)).snapshots
    within = seen.snapshots[seen.snapshots["firm"].isin({*sample["firm"]})].reset_index(drop=True)
    pd.testing.assert_frame_equal(sample, within)
    everybody = simulate(scenario_of("full_plan"), firms=FIRMS, inside=Inside(days=DAYS, sample=10**6)).snapshots
    assert len(everybody) == len(seen.snapshots)


def test_a_month_s_outlays_are_those_of_the_surveyed_months_of_cash():
    """Before anything has happened cash lasts as long as the survey says."""
    scenario = scenario_of("baseline")
    parameters, population = load_parameters(), population_of(scenario, 20_000)
    looks = Run(scenario, parameters, population, 1, Wanted(inside=Inside(days=DAYS))).looks
    firms = looks.snapshot(0, np.ones(len(population.firms.key), np.bool_))
    assert len(firms) == 20_000
    for months, share in [*parameters.table("population.cash_months").items()][:-1]:
        found = np.average(firms["cash_months"] <= months, weights=firms["entities"])
        assert found == pytest.approx(share, abs=0.012), months


@pytest.fixture(scope="module")
def two() -> pd.DataFrame:
    """Two firms on three evenings of a quiet town: one with all that can be had, one alone with its owner."""
    full = Firm(
        staff=10, wage=4_000, sales=100_000, rent=8_000, materials_share=0.2, cash=600_000, loan=240_000,
        payables=50_000, receivables_public=20_000, overdue_public=5_000, receivables_private=10_000,
        age_months=60, weight=3,
    )  # fmt: skip
    alone = Firm(staff=0, sales=50_000, rent=0, landlord="none", materials_share=0.0, cash=10_000, age_months=6)
    asked = Inside(days=["2022-01-14", datetime(2022, 1, 15, 12), date(2022, 2, 28)])
    town = Town(full, alone, until=date(2022, 2, 28), inside=asked).live()
    return town.result.snapshots.set_index(["date", "firm"])


def test_ratios_are_what_can_be_computed_by_hand(two):
    """Outlays are wages, rent and of the materials the share that the parameters state."""
    before = two.loc["2022-01-14"].iloc[0]
    materials = load_parameters()["population.outlays_materials_share"] * 20_000
    assert before["outlays_fen"] == pytest.approx(fen(48_000 + materials), abs=1)
    assert before["cash_months"] == pytest.approx(fen(600_000) / before["outlays_fen"])
    assert before["receivables_fen"] == fen(35_000)
    assert before["receivables_days"] == pytest.approx(0.35 * 365.25 / 12)
    assert before["payables_days"] == pytest.approx(50 / 20 * 365.25 / 12, rel=1e-6)
    assert before["debt_ratio"] == pytest.approx(240 / 1200)
    assert before["overdue_to_firm_fen"] == fen(5_000)
    assert before["entities"] == 3
    assert before["age_years"] == pytest.approx(5, abs=0.05)
    assert before["staff_change"] == 0


def test_a_margin_is_of_the_months_settled_in_the_year(two):
    """Both settle on the 15th: nothing before, one month on that evening, two by the end of February."""
    margins = two["margin"].unstack("date")
    assert margins.iloc[:, 0].isna().all()
    for firm in range(2):
        for column, months in ((1, 1), (2, 2)):
            there = two.xs(margins.index[firm], level="firm").iloc[column]
            assert there["margin"] == pytest.approx(there["result_of_year_fen"] / (months * there["usual_sales_fen"]))


def test_a_firm_without_staff_or_materials_has_no_ratio_to_them(two):
    alone = two.loc["2022-02-28"].iloc[1]
    assert np.isnan(alone["staff_change"]) and np.isnan(alone["payables_days"])


BY_HAND = pd.DataFrame(
    {
        "date": pd.Timestamp("2022-03-31"),
        "entities": np.array([1, 2, 3, 4, 90], np.int32),
        "size": pd.Categorical(["micro", "micro", "small", "small", "small"]),
        "status": pd.Categorical(["open", "open", "suspended", "open", "exited"]),
        "cash_months": [5.0, 1.0, 2.0, 0.5, np.nan],
        "arrears_months": [0.0, 0.0, 1.0, 0.0, np.nan],
        "margin": [np.nan, np.nan, np.nan, np.nan, np.nan],
        "debt_ratio": [0.0, 0.0, 0.0, 2.0, np.nan],
        "age_years": [0.5, 1.0, 9.99, 30.0, 2.0],
    }
)


def test_a_distribution_of_a_few_firms_is_what_can_be_counted():
    """In order of cash: four entities at half a month, two at one, three at two, one at five."""
    cash = distribution(BY_HAND).set_index("variable").loc["cash_months"]
    assert (cash["firms"], cash["entities"]) == (4, 10)
    assert cash["mean"] == pytest.approx((4 * 0.5 + 2 * 1 + 3 * 2 + 5) / 10)
    assert cash[[f"p{percent:02d}" for percent in PERCENTILES]].tolist() == [0.5, 0.5, 0.5, 1.0, 2.0, 2.0, 5.0]
    assert "margin" not in {*distribution(BY_HAND)["variable"]}


def test_a_distribution_by_groups_is_of_each_group_alone():
    found = distribution(BY_HAND, ["size", "age"])
    cash = found[found["variable"] == "cash_months"].set_index(["by", "group"])
    assert cash["entities"].to_dict() == {
        ("size", "micro"): 3, ("size", "small"): 7, ("age", "0-1"): 1, ("age", "1-3"): 2, ("age", "5-10"): 3,
        ("age", "10+"): 4,
    }  # fmt: skip
    assert cash.loc[("size", "micro"), "p50"] == 1
    with pytest.raises(UnknownName, match="there is no grouping of firms colour"):
        distribution(BY_HAND, "colour")


@given(
    st.lists(st.tuples(st.integers(-5, 5), st.integers(1, 9)), min_size=1, max_size=12),
    st.integers(1, 100),
)
def test_a_quantile_is_the_plain_one_of_every_entity(firms, percent):
    """Written out entity by entity, the quantile is the one at that place in their order."""
    values = np.array([value for value, _ in sorted(firms)], np.float64)
    weights = np.array([weight for _, weight in sorted(firms)], np.int64)
    entities = np.repeat(values, weights)
    assert quantiles(values, weights, [percent / 100]) == [entities[-(-percent * len(entities) // 100) - 1]]


def test_distributions_are_those_of_the_firms_of_that_day(seen):
    days = pd.to_datetime(["2022-03-31", "2022-12-31", "2023-12-31"])
    of_days = seen.distributions[seen.distributions["date"].isin(days)].reset_index(drop=True)
    again = distribution(seen.snapshots[seen.snapshots["date"].isin(days)], GROUPED_BY)
    pd.testing.assert_frame_equal(of_days, again, check_exact=True)
    assert len({*seen.distributions["date"]}) == 24
    assert {*seen.distributions["variable"]} == {*VARIABLES}
    assert {*seen.distributions["by"]} == {*GROUPED_BY}


def test_percentiles_are_in_order_and_groups_add_up(seen):
    table = seen.distributions
    assert (table[[f"p{percent:02d}" for percent in PERCENTILES]].diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
    sums = table[table["variable"] == "age_years"].groupby(["date", "by"])["entities"].sum().unstack("by")
    assert (sums.nunique(axis=1) == 1).all()
    assert len(AGES) == table.loc[table["by"] == "age", "group"].nunique()


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"days": ["yesterday"]}, "The days to look at firms are yesterday"),
        ({"days": "2022-03-31"}, "they are dates such as 2022-03-31, or month-ends"),
        ({"days": 5}, "The days to look at firms are 5"),
        ({"days": DAYS, "sample": 0}, "The sample of firms is 0"),
        ({"days": DAYS, "sample": True}, "The sample of firms is true"),
        ({"sample": 5}, "A sample of firms is asked for without days"),
        ({"stops": 1}, "stops is 1; it takes true or false"),
        ({"distributions": "yes"}, "distributions is yes; it takes true or false"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(asked, sentence):
    with pytest.raises(Refusal, match=sentence) as refused:
        Inside(**asked)
    assert refused.value.zh != refused.value.en


def test_days_are_put_in_order_and_must_lie_within_the_horizon():
    asked = Inside(days=["2022-12-31", date(2022, 1, 1), datetime(2022, 1, 1, 5)])
    assert asked.days == (date(2022, 1, 1), date(2022, 12, 31))
    assert asked.on(Timeline(date(2022, 1, 1), date(2022, 12, 31))) == [0, 364]
    assert Inside(days="month-ends").on(Timeline(date(2022, 1, 5), date(2022, 3, 10))) == [26, 54, 64]
    with pytest.raises(Refusal, match="Firms cannot be looked at on 2024-01-01: the horizon is 2022-01-01 to 2023"):
        simulate(scenario_of("baseline"), firms=300, inside=Inside(days=["2024-01-01"]))


def test_measures_of_firms_add_up_to_what_delivery_counted():
    """Over all firms that there ever were, gone or not: what was heard of, filed for and granted."""
    scenario = scenario_of("full_plan")
    run = simulate(scenario, firms=FIRMS, inside=Inside(days=[scenario.world.end]))
    asked_for = [one.id for one in scenario.measures if one.delivery.way in ("application", "by_list", "negotiated")]
    delivered = run.delivery[run.delivery["measure"].isin(asked_for)].groupby("station")["firms"].sum()
    entities = run.snapshots["entities"].astype(np.int64)
    for column, station in (("known", "aware"), ("applied", "applied"), ("granted", "decided")):
        assert (run.snapshots[f"measures_{column}"] * entities).sum() == delivered[station] > 0, column


def test_the_rate_of_a_loan_is_of_those_that_have_one(seen):
    firms = seen.snapshots
    assert (firms["loan_rate"].notna() == ((firms["loan_fen"] > 0) & (firms["status"] != "exited"))).all()
    assert firms["loan_rate"].dropna().between(0.01, 0.12).all()
    assert not firms.loc[firms["loan_fen"] == 0, "late_on_loan"].any()
