"""Values are what they say, levers are set once and within the horizon, a loaded scenario is as good as its file."""

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from sim.measure import Words
from sim.scenario import Scenario, ScenarioError, from_words, load
from sim.scenario.plain import plain

TEXTS = "title: {zh: 题, en: title}\ndescription: {zh: 述, en: text}\n"  # what follows begins on line 3


@pytest.fixture
def refused(tmp_path):
    """The sentences about a file."""

    def of(text: str) -> str:
        file = tmp_path / "mine.yaml"
        file.write_text(TEXTS + text, encoding="utf-8")
        with pytest.raises(ScenarioError) as caught:
            load(file)
        return str(caught.value)

    return of


@pytest.mark.parametrize(
    ("text", "field", "allowed"),
    [
        ("firms: true\n", "firms", "a whole number"),
        ("world: {outbreak_factor: true}\n", "world.outbreak_factor", "a number"),
        ("world: {outbreak_factor: .inf}\n", "world.outbreak_factor", "a finite number"),
        ("world: {start: 1654041600}\n", "world.start", "a date"),
        ("world: {end: '1654041600'}\n", "world.end", "a date"),
        ("extends: full_plan\nlevers: {rent_waiver.months: true}\n", "rent_waiver.months", "a whole number"),
        ("extends: full_plan\nlevers: {rent_waiver.months: '3'}\n", "rent_waiver.months", "a whole number"),
        ("extends: full_plan\nlevers: {rent_waiver.share: '0.5'}\n", "rent_waiver.share", "a number"),
        ("extends: full_plan\nlevers: {rent_waiver.months: {1654041600: 3}}\n", "rent_waiver.months", "a date"),
        ("extends: full_plan\nlevers: {rent_waiver.start: 2022-06-20 12:00:00}\n", "rent_waiver.start", "a date"),
        ("extends: full_plan\nlevers: {rent_waiver.delivery.list_first: 1}\n", "list_first", "true or false"),
        ("levers: {parameters.firm.crowding: true}\n", "parameters.firm.crowding", "not a number"),
        ("levers: {funds.tourism.amount_yuan: {0: 5}}\n", "funds.tourism.amount_yuan", "a date"),
        ("levers: {plan.rules: 20220614}\n", "plan.rules", "a date"),
    ],
)  # fmt: skip
def test_what_is_no_number_no_day_and_no_yes_or_no_is_taken_for_none(refused, text, field, allowed):
    said = refused(text)
    assert field in said and allowed in said


def test_a_number_without_a_fraction_is_a_whole_one_and_a_moment_at_midnight_a_day():
    changed = load("full_plan", {"rent_waiver.months": 6.0, "rent_waiver.start": datetime(2022, 6, 20)})
    assert changed == load("full_plan", {"rent_waiver.months": 6, "rent_waiver.start": "2022-06-20"})


@pytest.mark.parametrize(
    ("value", "same"),
    [
        (np.int64(3), 3), (np.float64(0.5), 0.5), (np.bool_(True), True), (np.arange(3), [0, 1, 2]), (range(2), [0, 1]),
        (pd.Series([1.5, 2.5]), [1.5, 2.5]), (pd.Timestamp("2022-06-20"), date(2022, 6, 20)), (pd.NaT, None),
        (np.datetime64("2022-06-20T00:00:00.000000000"), date(2022, 6, 20)), (Fraction(1, 2), 0.5),
        (pd.date_range("2022-06-20", periods=1), [date(2022, 6, 20)]),
        ({pd.Timestamp("2022-06-20"): np.int64(6)}, {date(2022, 6, 20): 6}), ((np.str_("a"), None), ["a", None]),
    ],
)  # fmt: skip
def test_values_of_libraries_are_as_good_as_pythons_own(value, same):
    found = plain(value)
    assert found == same
    assert type(found) is type(same)


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("extends: full_plan\nlevers:\n  rent_waiver.months: 6\n  rent_waiver.values.months: 7\n",
         "rent_waiver.months = 6, rent_waiver.values.months = 7"),
        ("extends: full_plan\nworld: {end: 2023-06-30}\nlevers: {world.end: 2023-07-31}\n",
         "world.end = 2023-06-30, world.end = 2023-07-31"),
        ("firms: 300\nlevers: {firms: 500}\n", "firms = 300, firms = 500"),
    ],
)  # fmt: skip
def test_a_lever_that_a_file_sets_twice_is_told_with_both(refused, text, both):
    assert f"the same lever is set twice: {both}" in refused(text)


def test_a_lever_given_twice_is_told_with_both_wherever_it_is_given():
    for act in (
        lambda: from_words(["rent_waiver.months=6", "rent_waiver.months=7"]),
        lambda: from_words(["rent_waiver.months=6", "rent_waiver.values.months=7"]),
        lambda: load("full_plan", {"rent_waiver.months": 6, "rent_waiver.values.months": 7}),
        lambda: load("full_plan", {"rent_waiver.months": 6}, {"rent_waiver.values.months": 7}),
    ):
        with pytest.raises(ScenarioError, match=r"set twice: rent_waiver\.months = 6, rent_waiver\.\S*months = 7"):
            act()


def test_of_a_file_and_a_call_the_call_wins_in_either_spelling(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(TEXTS + "extends: rent_waiver_6_months\nlevers: {rent_waiver.values.months: 4}\n", encoding="utf-8")
    assert load(file).fingerprint() == load("full_plan", {"rent_waiver.months": 4}).fingerprint()
    assert (
        load(file, {"rent_waiver.months": 2}).fingerprint()
        == load("full_plan", {"rent_waiver.months": 2}).fingerprint()
    )


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("levers: {rent_waiver.months: 25}\n", "at most 24, the months of the horizon"),
        ("levers: {rent_waiver.months: {2022-06-20: 3, 2022-09-01: 60}}\n", "at most 24, the months of the horizon"),
        ("world: {end: 2022-12-31}\nlevers: {loan_extension.loan_months: 13}\n", "at most 12, the months of the "),
        ("world: {end: 2022-06-30}\nlevers: {all.delivery.processing_days: 182}\n", "at most 181, the days of the "),
    ],
)  # fmt: skip
def test_a_duration_beyond_the_horizon_is_refused(refused, text, allowed):
    assert allowed in refused(f"extends: full_plan\n{text}")


def test_a_duration_as_long_as_the_horizon_and_instalments_beyond_it_are_allowed():
    assert load("full_plan", {"rent_waiver.months": 24, "premium_deferral.instalments": 36})


def test_a_scenario_is_compared_with_a_scenario(refused):
    said = refused("against: full_plann\n")
    assert "against: there is no scenario full_plann" in said and "did you mean full_plan?" in said


def test_what_held_anyway_is_switched_on_by_true_and_nothing_else(refused):
    assert "in_force_anyway: found nation" in refused("in_force_anyway: nation\n")


def test_levers_do_to_a_loaded_scenario_what_they_do_to_its_file():
    levers = {"rent_waiver.months": 6, "all.delivery.way": "automatic", "plan.rules": "2022-06-10"}
    assert load(load("full_plan"), levers) == load("full_plan", levers)
    before = load("full_plan", {"firms": 300, "rent_waiver.months": 1})
    assert load(before, levers) == load("full_plan", {"firms": 300, **levers})
    with pytest.raises(ScenarioError, match=r"no lever rent_waver\.months; .* did you mean rent_waiver\.months"):
        load(load("full_plan"), {"rent_waver.months": 6})


def test_a_loaded_scenario_keeps_its_name_its_title_and_its_rows():
    own = replace(load("full_plan"), name="mine", title=Words(zh="我的", en="Mine"), firms=700)
    changed = load(own, {"rent_waiver.months": 6})
    assert (changed.name, changed.title.en, changed.firms) == ("mine", "Mine (rent_waiver.months = 6)", 700)


def test_levers_on_a_scenario_that_is_not_as_its_file_says_are_refused():
    plan = load("full_plan")
    for other in (
        plan.without_measures(["rent_waiver"], name="other", title=plan.title),
        Scenario.from_contents(plan.contents()),
    ):
        with pytest.raises(ScenarioError, match="not as its file says"):
            load(other, {"loan_extension.loan_months": 9})


def test_a_scenario_that_levers_change_says_so_in_both_languages():
    changed = load("full_plan", {"rent_waiver.months": 6, "rent_waiver.share": {"2022-06-20": 0.5}})
    assert changed.title.en == "The whole plan (rent_waiver.months = 6, rent_waiver.share = {2022-06-20: 0.5})"
    assert changed.title.zh == "完整方案（rent_waiver.months = 6，rent_waiver.share = {2022-06-20: 0.5}）"


def test_a_scenario_in_which_levers_change_nothing_keeps_its_title():
    levers = {"rent_waiver.months": 6, "funds.tourism.amount_yuan": 5, "plan.rules": "2022-06-10", "all.share": 0.5}
    baseline = load("baseline", levers)
    assert baseline.title == load("baseline").title
    assert set(baseline.unused) == set(levers)


def test_draws_are_not_told_by_the_title():
    assert load("full_plan", {"rent_waiver.months": 6}, {"rent_waiver.share": 0.5}).title.en.endswith(
        "(rent_waiver.months = 6)"
    )


@pytest.mark.parametrize("words", ["rent_waiver.months=3\nfirms: 5", "rent_waiver.months=3\nvalue: 5"])
def test_words_for_a_lever_are_one_value(words):
    with pytest.raises(ScenarioError, match="one value"):
        from_words([words])
