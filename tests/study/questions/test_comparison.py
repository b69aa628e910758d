import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from sim import compare
from sim.observe.months import rates_by_month
from sim.study import StudyError
from sim.study.outcomes import possible_means
from sim.study.statistics.intervals import summarise

pytestmark = pytest.mark.usefixtures("simulate")


def of(table: pd.DataFrame, scenario: str, outcome: str) -> pd.Series:
    return table.set_index(["scenario", "outcome"]).loc[(scenario, outcome)]


def test_the_baseline_is_always_there_and_first():
    assert compare(["rent"], replications=1).scenarios == ["baseline", "rent"]
    assert compare(["rent", "baseline"], replications=1).scenarios == ["baseline", "rent"]


def test_an_empty_change_has_effect_exactly_0():
    differences = compare(["nothing"], replications=4).differences
    assert (differences[differences["scenario"] == "nothing"][["mean", "low", "high"]] == 0.0).all(axis=None)


def test_a_paired_difference_is_as_sharp_as_the_common_random_numbers_allows():
    study = compare(["rent"], replications=5)
    outcome, difference = of(study.outcomes, "rent", "survival_rate"), of(study.differences, "rent", "survival_rate")
    assert difference["mean"] == pytest.approx(0.01)
    assert difference["high"] - difference["low"] < 1e-12  # the chance is the same on both sides
    assert outcome["high"] - outcome["low"] > 0.001


def test_the_interval_is_students_t():
    values = pd.DataFrame({"outcome": "public_cost", "value": [1.0, 2.0, 3.0, 4.0]})  # which has no limits
    row = summarise(values, ["outcome"], possible_means).iloc[0]
    # Standard deviation 1.290994, t(3) at 97.5 % 3.182446 (any printed table): 3.182446 x 1.290994 / sqrt(4).
    assert (row["low"], row["high"]) == pytest.approx((2.5 - 2.054260, 2.5 + 2.054260), abs=1e-5)


def test_one_replication_has_no_interval():
    row = of(compare(["rent"], replications=1).outcomes, "rent", "survival_rate")
    assert row["mean"] == pytest.approx(0.912)
    assert np.isnan(row["low"])
    assert np.isnan(row["high"])


def test_a_failed_replication_is_a_row_and_counts_nowhere():
    study = compare(["odd_seed"], seed=1, replications=4)  # seeds 1 and 3 fail
    assert list(study.failures["seed"]) == [1, 3]
    assert study.failures["reason"].str.contains("balance").all()
    assert of(study.outcomes, "odd_seed", "jobs")["mean"] == 1e6 + (2 + 4) / 2
    assert of(study.differences, "odd_seed", "jobs")["replications"] == 2


def test_a_scenario_that_always_fails_leaves_the_others_alone():
    study = compare(["broken", "rent"], replications=2)
    assert set(study.outcomes["scenario"]) == {"baseline", "rent"}
    assert len(study.failures) == 2


def test_without_a_baseline_there_is_nothing_to_compare():
    with pytest.raises(StudyError, match="No run of the baseline succeeded: ArithmeticError"):
        compare(["rent"], replications=2, against=["broken"])


def test_two_scenarios_of_one_name_are_refused():
    with pytest.raises(StudyError, match="rent"):
        compare(["rent", "rent"], replications=1)


def test_tables_are_means_over_replications():
    study = compare(["rent"], seed=1, replications=2)  # seeds 1 and 2
    ledger = study.ledger[study.ledger["scenario"] == "rent"].set_index("flow")["amount_fen"]
    assert ledger["wages"] == 150
    assert ledger["interest"] == 25, "a line that only one of two runs has counts half"
    delivery = study.delivery[study.delivery["scenario"] == "rent"].set_index("station")
    assert delivery.loc["decided", "days"] == pytest.approx((1 * 1 + 2 * 2) / 3), "weighted by firms"
    assert np.isnan(delivery.loc["eligible", "days"])
    assert len(study.panel) == 2 * 8


def test_monthly_rates_follow_their_definition():
    panel = compare(["rent"], replications=1).panel
    rates = rates_by_month(panel).set_index(["scenario", "month"]).loc[("rent", "2022-01")]
    rows = panel[(panel["scenario"] == "rent") & (panel["month"] == "2022-01")]
    assert rates["survival_rate"] == rows["founders_alive"].sum() / rows["founders"].sum()


def test_the_same_study_has_the_same_fingerprint_whoever_runs_it():
    first, again, other = (compare(["rent"], seed=seed, replications=1).manifest for seed in (1, 1, 2))
    assert first == again
    assert first.fingerprint != other.fingerprint


def test_the_plot_shows_every_scenario():
    study = compare(["rent"], replications=2)
    shown = study.plot(lang="en").to_dict()["concat"][0]["encoding"]["y"]["sort"]
    assert shown == ["Scenario (baseline)", "Scenario (rent)"]
    figure, panels = plt.subplots(1, 3)
    study.plot(ax=panels)
    plt.close(figure)
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["baseline", "rent"]
