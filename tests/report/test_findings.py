from collections.abc import Callable
from math import nan

import pytest

from sim.report.digest import Digest, Estimate
from sim.report.findings import direction, findings, judged, verdict
from sim.study.comparison import Comparison


@pytest.mark.parametrize(
    ("outcome", "low", "high", "expected"),
    [
        ("resumption_rate", 0.951, 0.96, "met"),
        ("resumption_rate", 0.94, 0.96, "unsure"),
        ("resumption_rate", 0.93, 0.949, "missed"),
        ("loss_share", 0.10, 0.119, "met"),
        ("loss_share", 0.121, 0.13, "missed"),
    ],
)
def test_a_target_is_met_only_when_the_whole_interval_meets_it(
    outcome: str, low: float, high: float, expected: str
) -> None:
    target = {"resumption_rate": 0.95, "loss_share": 0.12}[outcome]
    assert verdict(outcome, Estimate((low + high) / 2, low, high), target) == expected


def test_a_target_without_its_measures_is_not_missed(comparison: Comparison) -> None:
    small = ("small_arrears_left", Estimate(3.1e10, 2.9e10, 3.3e10), 0.0)
    assert judged(comparison, "full_plan", *small) == "missed"
    assert judged(comparison, "action_tax", *small) == "not_pursued"
    assert judged(comparison, "baseline", *small) == "not_pursued"
    assert judged(comparison, "action_tax", small[0], Estimate(0.0, 0.0, 0.0), 0.0) == "met"


def test_no_target_no_verdict() -> None:
    assert verdict("survival_rate", Estimate(0.9, 0.8, 1.0), None) == "none"


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
    english = " ".join(sentence.en for sentence in findings(Digest(comparison)))
    assert "Under “The whole plan”, survival is" in english
    assert "improves survival most is “Fiscal support”" in english
    assert "so measures overlap" in english
    assert "falls to: tax authority" in english


def test_one_replication_has_no_intervals_but_sentences(made_up: Callable[..., Comparison]) -> None:
    english = [sentence.en for sentence in findings(Digest(made_up(replications=1)))]
    assert "single replication" in english[0]


def test_money_is_borne_by_the_other_side_of_the_firm(comparison: Comparison) -> None:
    table = Digest(comparison).borne_by("full_plan", "bearer")
    assert "firms" not in table.index
    assert table.loc["banks", "deferred"] == pytest.approx(92e10)
    assert table.loc["banks", "repaid"] == pytest.approx(0.7 * 92e10)
    assert table["borne"].sum() == pytest.approx(113e10)


def test_days_are_weighted_by_firms(comparison: Comparison) -> None:
    table = Digest(comparison).stations("full_plan")
    assert table.loc["vat_credit_refund", "days_decided"] == pytest.approx(11 + 5.5)
    assert table.loc["vat_credit_refund", "eligible"] == pytest.approx(40_000 + 900 * 58)
