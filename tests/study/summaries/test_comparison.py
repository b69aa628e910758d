"""A comparison put in the order in which people read it."""

import pytest

from sim.study.questions.comparison import Comparison
from sim.study.summaries.comparison import ComparisonSummary


def test_money_is_borne_by_the_other_side_of_the_firm(comparison: Comparison) -> None:
    table = ComparisonSummary(comparison).borne_by("full_plan", "bearer")
    assert "firms" not in table.index
    assert table.loc["banks", "deferred"] == pytest.approx(92e10)
    assert table.loc["banks", "repaid"] == pytest.approx(0.7 * 92e10)
    assert table["borne"].sum() == pytest.approx(55e10)
    assert table["returned"].sum() == pytest.approx(58e10)  # the firms' own VAT credits


def test_days_are_weighted_by_firms(comparison: Comparison) -> None:
    table = ComparisonSummary(comparison).stations("full_plan")
    assert table.loc["vat_credit_refund", "days_decided"] == pytest.approx(11 + 5.5)
    assert table.loc["vat_credit_refund", "eligible"] == pytest.approx(40_000 + 900 * 58)
