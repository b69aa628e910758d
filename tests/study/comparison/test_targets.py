import numpy as np
import pandas as pd
import pytest

from sim import compare
from sim.study.comparison import interaction, parameter_uncertainty
from sim.study.comparison.sample_size import FEWEST_ROWS
from sim.study.comparison.targets import Target, of_contents, pursued, verdict, why_unsure
from sim.study.designs.factors import assumptions
from sim.vocabulary import ACTIONS

RESUMED = Target("resumption_rate", "I.9.d", "at_least", 0.95)
LOSING = Target("loss_share", "I.9.e", "at_most", 0.12)
MANY = 1_000.0  # rows


@pytest.mark.parametrize(
    ("target", "low", "high", "expected"),
    [
        (RESUMED, 0.951, 0.96, "met"),
        (RESUMED, 0.94, 0.96, "unsure"),
        (RESUMED, 0.93, 0.949, "missed"),
        (LOSING, 0.10, 0.12, "met"),
        (LOSING, 0.121, 0.13, "missed"),
        (RESUMED, np.nan, np.nan, "unsure"),  # a single run tells nothing of chance
    ],
)
def test_a_target_is_met_only_when_the_whole_interval_meets_it(target: Target, low: float, high: float, expected: str):
    assert verdict(target, 0.9555 if np.isnan(low) else (low + high) / 2, low, high, MANY) == expected


@pytest.mark.parametrize(
    ("low", "high", "over_ranges", "expected"),
    [
        (0.96, 0.98, 0.53, "unsure"),
        (0.96, 0.98, 0.9, "met"),
        (0.96, 0.98, 0.89, "unsure"),
        (0.90, 0.94, 0.1, "missed"),
        (0.90, 0.94, 0.11, "unsure"),
        (0.94, 0.96, 1.0, "unsure"),
    ],
)
def test_a_verdict_survives_the_assumptions_or_is_none(low: float, high: float, over_ranges: float, expected: str):
    assert verdict(RESUMED, (low + high) / 2, low, high, MANY, over_ranges) == expected


@pytest.mark.parametrize(
    ("low", "high", "why"), [(np.nan, np.nan, "one_run"), (0.94, 0.96, "interval"), (0.96, 0.98, "draws")]
)
def test_what_leaves_a_verdict_open_is_the_run_its_interval_or_the_draws(low: float, high: float, why: str):
    assert verdict(RESUMED, 0.97, low, high, MANY, over_ranges=0.5) == "unsure"
    assert why_unsure(RESUMED, low, high) == why


def test_nothing_is_said_of_a_target_that_rests_on_too_few_rows():
    giants = Target("srdi_little_giants", "I.8.b", "at_least", 300.0)
    assert verdict(giants, 3_804.0, 3_804.0, 3_804.0, 1.0) == "too_few"
    assert verdict(giants, 0.0, 0.0, 0.0, 0.0) == "too_few"
    assert verdict(giants, 302.0, 301.0, 303.0, FEWEST_ROWS) == "met"


def test_a_target_without_its_measures_is_not_missed():
    assert [pursued(found, False) for found in ("met", "missed", "unsure", "too_few", "none")] == [
        "met", "not_pursued", "not_pursued", "not_pursued", "none"
    ]  # fmt: skip
    assert pursued("missed", True) == "missed"
    assert verdict(RESUMED, np.nan, np.nan, np.nan) == "none"


@pytest.mark.parametrize(("end", "judged"), [("2022-06-01", []), ("2022-06-02", [LOSING])])
def test_a_world_that_ends_before_the_plan_is_adopted_is_not_judged_by_its_targets(end: str, judged: list[Target]):
    said = {"outcome": LOSING.outcome, "clause": LOSING.clause, "at_least": None, "at_most": LOSING.limit}
    assert of_contents({"world": {"end": end}, "plan": {"adopted": "2022-06-02", "targets": [said]}}) == judged


@pytest.mark.usefixtures("simulate")
def test_a_target_is_met_in_a_share_of_the_replications():
    # Of seeds 1 to 4 the chance is 0.002, 0.004, 0.001 and 0.003; losses are 0.12 - chance, and 0.01 less with an
    # effect.
    targets = compare(["rent"], replications=4).targets.set_index(["scenario", "outcome"])
    resumption = targets.loc[("rent", "resumption_rate")]
    assert (resumption["clause"], resumption["bound"], resumption["target"]) == ("I.9.d", "at_least", 0.95)
    assert resumption["met_over_replications"] == 1.0
    assert np.isnan(resumption["met_over_ranges"])
    assert resumption["draws"] == 0
    assert targets.loc[("baseline", "loss_share"), "mean"] == pytest.approx(0.12 - 0.0025)


@pytest.mark.usefixtures("simulate")
def test_draws_are_of_what_the_comparison_is_about_and_what_that_is_compared_with():
    seen = []
    study = compare(["full_plan", "rent"], replications=2, draws={"assumptions": 3}, progress=seen.append)
    targets = study.targets.set_index(["scenario", "outcome"])
    assert targets.loc[("full_plan", "loss_share"), ["met_over_ranges", "draws"]].tolist() == [1.0, 3]
    assert targets.loc[("rent", "loss_share"), "draws"] == 3
    assert sorted(study.draws["draw"].unique()) == [0, 1, 2]
    assert study.subjects == ["rent"]
    assert list(dict.fromkeys(study.draws["scenario"])) == ["rent", *study.against["rent"], "full_plan"]
    assert study.manifest.settings["uncertainty"] == "assumptions"
    assert study.manifest.settings["draws"] == 3
    assert study.manifest.fingerprint != compare(["full_plan", "rent"], replications=2).manifest.fingerprint
    assert (seen[0], seen[-1]) == (0.0, 1.0)


def of_assumptions(plan, seed, draws):
    return parameter_uncertainty.drawn(plan, parameter_uncertainty.changes("assumptions", draws, seed))


def test_draws_lie_within_the_ranges_half_on_either_side_and_repeat(scenario):
    plan = scenario("full_plan")
    drawn = of_assumptions(plan, 1, 20)
    for of in assumptions():
        points = np.array([one.parameter_changes[of.path.removeprefix("parameters.")] for one in drawn])
        assert (of.low <= points).all(), of
        assert (points <= of.high).all(), of
        middle = of.prior.at(0.5)
        assert (points <= middle).sum() >= 10, of
        assert (points >= middle).sum() >= 10, of
    assert drawn == of_assumptions(plan, 1, 20)
    assert drawn != of_assumptions(plan, 2, 20)


def test_what_a_scenario_says_of_a_parameter_is_not_drawn(scenario):
    path = assumptions()[0].path.removeprefix("parameters.")
    plan = scenario("full_plan", parameter_changes={path: 1.0})
    assert {one.parameter_changes[path] for one in of_assumptions(plan, 1, 4)} == {1.0}


def test_the_whole_and_the_sum_of_its_parts():
    effects = {"baseline": 100.0, "full_plan": 130.0}
    effects |= {f"action_{action}": 101.0 + place for place, action in enumerate(ACTIONS)}  # 1 + 2 + ... + 10 = 55
    effects |= {f"without_{action}": 127.0 for action in ACTIONS}  # each takes 3 away
    values = pd.DataFrame(
        [
            (name, replication, "jobs", value + replication, "persons")
            for name, value in effects.items()
            for replication in (0, 1)
        ],
        columns=["scenario", "replication", "outcome", "value", "unit"],
    )
    table = interaction.table(values, "baseline").set_index("quantity")
    assert table["mean"].to_dict() == {"whole": 30, "sum_alone": 55, "whole_less_alone": -25, "sum_removed": 30}
    assert (table["high"] - table["low"]).tolist() == [0, 0, 0, 0]
    fewer = interaction.table(values[values["scenario"] != "action_tax"], "baseline")
    assert fewer["quantity"].tolist() == ["whole", "sum_removed"]
    assert interaction.table(values[values["scenario"] == "baseline"], "baseline").empty
