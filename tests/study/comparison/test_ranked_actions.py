"""Actions are ranked by what they do without their nominal measures."""

from __future__ import annotations

import pytest

import sim
from sim.scenario import load
from sim.study.comparison.ranked_actions import without_nominal


@pytest.fixture
def loaded() -> None:
    """Scenarios are those that are shipped."""


def test_only_nominal_measures_are_taken_out_and_only_where_something_is_left():
    asked = [load(name) for name in ("action_resumption", "action_innovation", "full_plan", "added_tax")]
    [resumption] = without_nominal(asked)
    assert resumption.name == "action_resumption"
    listed = {measure.id: measure.nominal for measure in asked[0].measures}
    left = {measure.id for measure in resumption.measures}
    assert left == {id_ for id_, nominal in listed.items() if nominal is None}
    assert "zoned_control" in listed.keys() - left


def test_an_action_is_ranked_by_the_run_without_its_nominal_measures():
    asked = ["action_resumption", "action_innovation", "no_support"]
    study = sim.compare(asked, firms=250, replications=1, workers=1)
    assert set(study.ranked_actions["scenario"]) == {"action_resumption"}  # innovation has nothing but nominal measures
    [without] = without_nominal([load("action_resumption")])
    assert study.ranked_actions.set_index("outcome")["value"].to_dict() == pytest.approx(
        sim.run(without, firms=250).outcomes.set_index("outcome")["value"].to_dict(), nan_ok=True
    )
    as_listed = study.values[study.values["scenario"] == "action_resumption"].set_index("outcome")["value"]
    assert as_listed["resumption_rate"] != study.ranked_actions.set_index("outcome")["value"]["resumption_rate"]
