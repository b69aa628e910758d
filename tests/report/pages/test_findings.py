"""Sentences that the numbers of a comparison support."""

from collections.abc import Callable

from sim.report.pages.findings import findings
from sim.study.questions.comparison import Comparison
from sim.study.summaries.comparison import ComparisonSummary


def test_sentences_follow_the_numbers(comparison: Comparison) -> None:
    english = " ".join(sentence.en for sentence in findings(ComparisonSummary(comparison)))
    assert "Under “The whole plan”, survival is" in english
    assert "improves survival most is “Fiscal support” (+0.89 pp)." in english
    assert "Among the sectors, survival gains most in “Catering” (+6.14 pp)" in english
    assert "so measures overlap" in english
    assert "Relief and payments add up to 5.50 bn yuan; the largest part, 3.10 bn yuan, falls to: state" in english
    assert "5.80 bn yuan of the firms' own money was returned earlier" in english


def test_one_replication_has_no_intervals_but_sentences(made_up: Callable[..., Comparison]) -> None:
    english = [sentence.en for sentence in findings(ComparisonSummary(made_up(replications=1)))]
    assert "single replication" in english[0]
