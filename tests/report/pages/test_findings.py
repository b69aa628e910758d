"""Sentences that the numbers of a comparison support."""

from collections.abc import Callable
from dataclasses import replace

from sim.report.pages.findings import findings
from sim.study.questions.comparison import Comparison
from sim.study.summaries.comparison import ComparisonSummary
from sim.vocabulary import ACTIONS


def test_sentences_follow_the_numbers(made_up: Callable[..., Comparison]) -> None:
    english = " ".join(sentence.en for sentence in findings(ComparisonSummary(made_up(actions=ACTIONS))))
    assert "Under “The whole plan”, survival is" in english
    assert "improves survival most is “Fiscal support” (+0.89 pp)." in english
    assert "Among the sectors, survival gains most in “Catering” (+6.14 pp)" in english
    assert "so measures overlap" in english
    assert "Relief and payments add up to 5.50 bn yuan; the largest part, 3.10 bn yuan, is borne by: state" in english
    assert "5.80 bn yuan of the firms' own money was refunded early" in english


def test_one_replication_has_no_intervals_but_sentences(made_up: Callable[..., Comparison]) -> None:
    english = [sentence.en for sentence in findings(ComparisonSummary(made_up(replications=1)))]
    assert "single replication" in english[0]


def test_actions_are_ranked_without_their_nominal_measures(comparison: Comparison) -> None:
    ranked = comparison.ranked_actions.copy()
    fiscal = ranked["scenario"] == "action_fiscal"
    ranked.loc[fiscal, "value"] = comparison.values.loc[comparison.values["scenario"] == "baseline", "value"].to_numpy()
    english = " ".join(
        sentence.en for sentence in findings(ComparisonSummary(replace(comparison, ranked_actions=ranked)))
    )
    assert "without measures that are only factors (nominal), the action that improves survival most is" in english
    assert "improves survival most is “Finance”" in english  # “Fiscal support” is far ahead as the plan lists it
    assert "of the actions on their own and without nominal measures: Fiscal support, Innovation" in english
    assert "The largest improvement of survival that is shown is that of “Fiscal support”" in english
    as_they_are = " ".join(sentence.en for sentence in findings(ComparisonSummary(comparison)))
    assert "that is shown is that of" not in as_they_are  # the first in the table is the strongest too


def test_without_the_table_of_ranks_no_action_is_ranked(comparison: Comparison) -> None:
    unknown = replace(comparison, ranked_actions=comparison.ranked_actions.iloc[:0])
    english = " ".join(sentence.en for sentence in findings(ComparisonSummary(unknown)))
    assert "improves survival most" not in english
    assert "cannot be told from zero for" not in english


def test_an_action_of_nothing_but_nominal_measures_is_said_to_have_no_rank(comparison: Comparison) -> None:
    of_tax = next(asked for asked in comparison.manifest.scenarios if asked.name == "action_tax")
    assumed = {"nominal": {"zh": "假设", "en": "Assumed."}}
    measures = {id_: measure | assumed for id_, measure in of_tax.contents["measures"].items()}
    nominal = of_tax.model_copy(update={"contents": of_tax.contents | {"measures": measures}})
    scenarios = tuple(nominal if asked is of_tax else asked for asked in comparison.manifest.scenarios)
    ranked = comparison.ranked_actions[comparison.ranked_actions["scenario"] != "action_tax"]
    manifest = comparison.manifest.model_copy(update={"scenarios": scenarios})
    study = replace(comparison, manifest=manifest, ranked_actions=ranked)
    [unranked] = [sentence.en for sentence in findings(ComparisonSummary(study)) if "no rank" in sentence.en]
    assert unranked == "Actions of nothing but nominal measures, which have no rank: 1, Taxes and fees."
