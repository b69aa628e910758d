"""Outcomes of a town of two firms, counted by hand."""

from __future__ import annotations

from datetime import date

import pytest

from sim.observe.tables import TABLES
from tests.few_firms import Firm, Town, fen, measure

UNTIL = date(2022, 12, 31)
LASTS, CLOSES = Firm(staff=10), Firm(staff=10, sales=45_000, cash=0)
IMPATIENT = {"firm.patience_months_min": 3.0, "firm.patience_beyond_min_months": 0.0, "firm.distress_months": 0.0}


@pytest.fixture(scope="module")
def two() -> Town:
    """One firm that can pay its bills and stands for three, one that is 3,000 yuan short of them every month.

    January's rent is waived, so that the second has 5,000 yuan at hand, in February 2,000. In March, April and May it
    cannot pay in full, and closes.
    """
    waiver = measure("waiver", "relief", flows=["rent"], share=1, months=1, eligible={"facts": []})
    three = Firm(**{**vars(LASTS), "weight": 3})
    return Town(three, CLOSES, until=UNTIL, measures=[waiver], parameters=IMPATIENT).live()


def test_three_of_four_survive(two):
    assert two.result.value("survivors") == 3
    assert two.result.value("exits") == two.result.value("insolvent_exits") == 1
    assert two.result.value("survival_rate") == pytest.approx(3 / 4)


def test_jobs_are_those_of_firms_that_are_still_there(two):
    assert two.result.value("jobs") == 3 * 10


def test_money_given_is_what_others_bore(two):
    """One rent of 8,000 yuan for each of the four firms."""
    assert two.result.value("money_given") == 4 * fen(8_000)


def test_nobody_that_is_open_lost_money_over_the_year(two):
    assert two.result.value("loss_share") == 0


def test_a_fate_is_told_of_every_firm(two):
    fates = two.result.fates.set_index("firm")
    assert fates.loc[2, "exit_cause"] == "insolvent"
    assert two.run.timeline.date(fates.loc[2, "exited_on"]) == date(2022, 5, 15)
    assert fates.loc[1, "alive"] and fates.loc[1, "entities"] == 3
    assert fates.loc[1, "given_fiscal_fen"] == fen(8_000)


def test_a_panel_counts_every_month(two):
    panel = two.result.panel.groupby("month", observed=True)["founders_alive"].sum()
    assert panel.to_dict() == {f"2022-{month:02d}": 4 if month < 5 else 3 for month in range(1, 13)}


def test_every_column_of_every_table_is_explained():
    for table, columns in TABLES.items():
        for name, column in columns.items():
            assert column.unit and column.meaning, (table, name)
