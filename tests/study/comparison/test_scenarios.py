"""Which scenarios are compared with which: what files say, what a call says, and what is added."""

from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load
from sim.study import StudyError
from sim.study.comparison.scenarios import DEFAULT, with_baselines


@pytest.fixture
def loaded() -> None:
    """Scenarios are those that are shipped, and files."""


def compared(*asked: str | Path, against: tuple[str | Path, ...] = ()) -> tuple[list[str], list[tuple[str, str]]]:
    found = with_baselines(asked, against, {})
    return [world.name for world in found.scenarios], found.pairs


def about(*asked: str | Path, against: tuple[str | Path, ...] = ()) -> tuple[list[str], list[tuple[str, str]]]:
    found = with_baselines(asked, against, {})
    return found.subjects, found.between


def test_the_plan_is_compared_with_no_support_and_with_the_national_rules():
    names, pairs = compared("full_plan")
    assert names == ["no_support", "full_plan", "national_rules"]
    assert pairs[:2] == [("full_plan", "no_support"), ("full_plan", "national_rules")]
    assert ("national_rules", "no_support") in pairs


def test_what_the_province_added_is_compared_with_the_national_rules():
    _, pairs = compared("action_tax", "added_tax")
    assert ("action_tax", "no_support") in pairs
    assert ("added_tax", "national_rules") in pairs


def test_every_action_is_among_the_scenarios_both_ways():
    _, pairs = compared(*DEFAULT)
    assert sum(one.startswith("action_") and of == "no_support" for one, of in pairs) == 10
    assert sum(one.startswith("added_") and of == "national_rules" for one, of in pairs) == 10


def test_the_older_name_stands_for_no_support():
    assert load("baseline").fingerprint() == load("no_support").fingerprint()
    assert compared("baseline", "action_tax") == (["baseline", "action_tax"], [("action_tax", "baseline")])


def test_any_two_scenarios_can_be_compared():
    assert compared("rent_waiver_6_months", against=("full_plan",)) == (
        ["full_plan", "rent_waiver_6_months"],
        [("rent_waiver_6_months", "full_plan")],
    )


def test_a_file_says_what_it_is_compared_with_and_what_extends_it_is_compared_alike(tmp_path: Path):
    (tmp_path / "one.yaml").write_text("extends: full_plan\nagainst: [full_plan, two]\n")
    (tmp_path / "two.yaml").write_text("extends: national_rules\n")
    (tmp_path / "three.yaml").write_text("extends: one\nlevers: {rent_waiver.months: 6}\n")
    assert load(tmp_path / "one.yaml").against == ("full_plan", "two")
    assert load(tmp_path / "two.yaml").against == ("no_support",)
    assert load(tmp_path / "three.yaml").against == ("full_plan", "two")
    names, pairs = compared(tmp_path / "three.yaml")
    assert {"three", "full_plan", "two", "no_support", "national_rules"} == {*names}
    assert pairs[:2] == [("three", "full_plan"), ("three", "two")]


def test_what_has_no_baseline_gives_none_to_what_extends_it(tmp_path: Path):
    (tmp_path / "own.yaml").write_text("extends: no_support\nactions: [tax]\n")
    assert load("no_support").against == ()
    assert load(tmp_path / "own.yaml").against == ("no_support",)


def test_an_unknown_scenario_to_compare_with_is_told_with_the_nearest(tmp_path: Path):
    (tmp_path / "own.yaml").write_text("extends: full_plan\nagainst: [no_support, national_rule]\n")
    with pytest.raises(
        ScenarioError,
        match=r"own\.yaml:2: against\.1: there is no scenario national_rule; .* did you mean national_rules\?",
    ):
        load(tmp_path / "own.yaml")


def test_two_worlds_of_one_name_are_refused(tmp_path: Path):
    (tmp_path / "full_plan.yaml").write_text("extends: no_support\nactions: [tax]\n")
    with pytest.raises(StudyError, match="same name: full_plan"):
        compared("full_plan", tmp_path / "full_plan.yaml")


def test_a_comparison_of_the_shipped_scenarios_is_about_the_whole_plan():
    assert about(*DEFAULT) == (["full_plan"], [])
    assert about("no_support", "national_rules", "full_plan") == (["full_plan"], [])


def test_a_comparison_is_about_scenarios_of_ones_own_and_holds_them_against_each_other_and_the_plan(tmp_path: Path):
    (tmp_path / "one.yaml").write_text("extends: full_plan\n")
    (tmp_path / "two.yaml").write_text("extends: full_plan\nlevers: {rent_waiver.months: 6}\n")
    own = tmp_path / "one.yaml", tmp_path / "two.yaml"
    assert about(*own) == (["one", "two"], [("two", "one")])
    assert about("baseline", "full_plan", *own) == (
        ["one", "two"],
        [("one", "full_plan"), ("two", "full_plan"), ("two", "one")],
    )


def test_nobody_is_held_twice_against_the_same(tmp_path: Path):
    (tmp_path / "own.yaml").write_text("extends: full_plan\nagainst: [no_support, full_plan]\n")
    assert about("full_plan", tmp_path / "own.yaml") == (["own"], [])


def test_what_all_are_compared_with_is_no_subject(tmp_path: Path):
    (tmp_path / "own.yaml").write_text("extends: full_plan\nlevers: {rent_waiver.months: 6}\n")
    assert about("slow_delivery", tmp_path / "own.yaml", against=("slow_delivery",)) == (["own"], [])


def test_single_actions_that_are_asked_for_are_what_it_is_about():
    assert about("action_tax", "action_fiscal") == (["action_tax", "action_fiscal"], [("action_fiscal", "action_tax")])


def test_a_baseline_by_itself_is_about_nothing():
    assert about("no_support") == ([], [])


def test_a_scenario_of_another_world_is_compared_with_its_baselines_in_that_world(tmp_path: Path):
    (tmp_path / "one.yaml").write_text("extends: full_plan\ntitle: Mine\nworld: {outbreak_factor: 2}\n")
    (tmp_path / "two.yaml").write_text("extends: one\nlevers: {rent_waiver.months: 6}\n")
    found = with_baselines([tmp_path / "one.yaml", tmp_path / "two.yaml"], (), {})
    none, rules = (f"{name}_in_the_world_of_one" for name in ("no_support", "national_rules"))
    assert [one.name for one in found.scenarios] == [none, "one", "two", rules]
    assert found.pairs == [("one", none), ("one", rules), ("two", none), ("two", rules), (rules, none)]
    assert found.between == [("two", "one")]
    worlds = {one.name: one for one in found.scenarios}
    assert worlds[none].world == worlds["one"].world
    assert worlds[none].measures == load("no_support").measures
    assert worlds[none].title.en == "No support at all (in the world of “Mine”)"
    assert "two" not in worlds[none].title.en and load(worlds[none], {}) == worlds[none]


def test_parameters_that_a_scenario_changes_are_its_baselines_too(tmp_path: Path):
    (tmp_path / "own.yaml").write_text("extends: full_plan\nlevers: {parameters.firm.crowding: 0.5}\n")
    found = with_baselines([tmp_path / "own.yaml"], (), {})
    assert {one.parameter_changes["firm.crowding"] for one in found.scenarios} == {0.5}


def test_a_world_that_is_asked_for_stands_for_the_baseline_of_it():
    names, pairs = compared("no_outbreak", "no_outbreak_no_plan")
    assert ("no_outbreak", "no_outbreak_no_plan") in pairs
    assert not any("in_the_world_of" in name and name.startswith("no_support") for name in names)


def test_where_nothing_but_the_world_differs_the_world_is_what_is_asked_about():
    assert compared("no_outbreak_no_plan")[1] == [("no_outbreak_no_plan", "no_support")]


def test_whoever_says_what_he_is_compared_with_is_compared_with_that(tmp_path: Path):
    (tmp_path / "own.yaml").write_text("extends: full_plan\nagainst: no_support\nworld: {outbreak_factor: 2}\n")
    assert compared(tmp_path / "own.yaml")[1] == [("own", "no_support")]
    assert compared("no_outbreak", against=("full_plan",))[1] == [("no_outbreak", "full_plan")]
    (tmp_path / "year.yaml").write_text("extends: years/early_2020\nlevers: {firms: 500}\n")
    assert compared(tmp_path / "year.yaml")[1] == [("year", "placebo")]
