from collections.abc import Callable
from math import nan

import pytest

from sim.report.pages.findings import findings
from sim.study.questions.comparison import Comparison
from sim.study.statistics.estimate import Estimate
from sim.study.summaries.comparison import ComparisonSummary
from sim.study.summaries.direction import direction


@pytest.mark.parametrize(
    ("outcome", "mean", "low", "high", "expected"),
    [
        ("survival_rate", 0.01, 0.005, 0.015, "better"),
        ("loss_share", 0.01, 0.005, 0.015, "worse"),
        ("loss_share", -0.01, -0.02, 0.001, "same"),
        ("survival_rate", 0.0, 0.0, 0.0, "same"),
        ("survival_rate", 0.01, nan, nan, "no_interval"),
    ],
)
def test_directions(outcome: str, mean: float, low: float, high: float, expected: str) -> None:
    assert direction(outcome, Estimate(mean, low, high)) == expected


def test_sentences_follow_the_numbers(comparison: Comparison) -> None:
    english = " ".join(sentence.en for sentence in findings(ComparisonSummary(comparison)))
    assert "Under “The whole plan”, survival is" in english
    assert "improves survival most is “Fiscal support” (+0.89 pp)." in english
    assert "Among the sectors, survival gains most in “Food manufacturing”" in english
    assert "so measures overlap" in english
    assert "Relief and payments add up to 5.50 bn yuan; the largest part, 3.10 bn yuan, falls to: state" in english
    assert "5.80 bn yuan of the firms' own money was returned earlier" in english


def test_one_replication_has_no_intervals_but_sentences(made_up: Callable[..., Comparison]) -> None:
    english = [sentence.en for sentence in findings(ComparisonSummary(made_up(replications=1)))]
    assert "single replication" in english[0]


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
