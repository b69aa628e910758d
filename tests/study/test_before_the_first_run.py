"""What is wrong with a question is told before its first run; what is right survives to tables and back."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.report.pages import answer_page
from sim.report.terminal import json_answers
from sim.report.words.numbers import finite
from sim.scenario import ScenarioError, load
from sim.study import StudyError

WORDS = {"zh": "题", "en": "Asked"}
SMALL = {"firms": 300, "replications": 1}


@pytest.fixture(autouse=True)
def loaded() -> None:
    """Scenarios are the shipped ones."""


@pytest.fixture
def refused(monkeypatch):
    """The sentence about a question; the first run would fail the test."""

    def none(*given, **named):
        raise AssertionError("a run was begun")

    monkeypatch.setattr("sim.study.runs.runner.do", none)

    def ask(call, *given, **named):
        with pytest.raises((ScenarioError, StudyError)) as caught:
            call(*given, **{**SMALL, **named})
        return str(caught.value)

    return ask


QUESTIONS = {
    sim.sweep: {"levers": {"sobol": {"draws": 2, "over": {}}}},
    sim.sensitivity: {"method": "morris", "draws": 2, "over": {}},
    sim.discover: {"draws": 8, "misses": {"loss_share": {"more_than": 0.2}}, "over": {}},
    sim.search: {"objectives": {"survival_rate": "up"}, "population": 4, "generations": 1, "over": {}},
}


def asked(call, over, **changed):
    content = {"title": WORDS, **QUESTIONS[call], **changed}
    if call is sim.sweep:
        return content | {"levers": {"sobol": {"draws": 2, "over": over}}}
    return content | {"over": over}


@pytest.mark.parametrize("call", QUESTIONS, ids=lambda call: getattr(call, "__name__", ""))
@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"rent_waiver.months": {"of": [1, "six", 3]}}, "six, which is of the wrong type"),  # neither end of it
        ({"rent_waiver.share": [0.0, 1.5]}, "1.5, which is out of range"),
        ({"rent_waiver.months": [0, 60]}, "at most 24, the months of the horizon"),
        ({"rent_waver.months": [0, 6]}, "did you mean rent_waiver.months"),
        ({"rent_waiver.months": [0, 6], "rent_waiver.values.months": [0, 6]}, "twice"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_meant_is_told_by_every_kind_of_question(refused, call, over, said):
    assert said in refused(call, asked(call, over))


@pytest.mark.parametrize("call", QUESTIONS, ids=lambda call: getattr(call, "__name__", ""))
def test_a_lever_of_a_measure_that_is_off_is_told_with_what_switches_it_on(refused, call):
    against = {"against": "no_outbreak"} if call is sim.sensitivity else {}
    said = refused(call, asked(call, {"rent_waiver.months": [0, 6]}, scenario="baseline", **against))
    assert "The measure rent_waiver is not switched on in baseline" in said
    assert "measures: [rent_waiver] or actions: [fiscal]" in said


@pytest.mark.parametrize("path", ["funds.tourism.amount_yuan", "all.delivery.refusal_share"])
def test_a_lever_that_no_measure_hangs_on_is_told(refused, path):
    said = refused(sim.sweep, "baseline", {path: [0.0, 0.5]})
    assert f"is switched on in baseline, so {path} changes nothing" in said


def test_a_lever_that_holds_in_every_draw_must_do_something_too(refused):
    levers = {"rent_waiver.months": 6}
    assert "not switched on in action_tax" in refused(
        sim.attribute, {"title": WORDS, "scenario": "action_tax"}, levers=levers
    )


def test_a_lever_that_is_fixed_and_varied_is_told(refused):
    said = refused(sim.sweep, "full_plan", {"rent_waiver.months": [0, 6]}, levers={"rent_waiver.values.months": 3})
    assert "set twice: rent_waiver.values.months = 3, rent_waiver.months = 0" in said


def test_a_number_of_firms_is_given_once(refused):
    assert "firms = 500, and 300 beside it" in refused(sim.sweep, "full_plan", {"firms": [300, 500]})
    assert "firms = 500, and 300 beside it" in refused(sim.attribute, "steps", levers={"firms": 500})
    with pytest.raises(StudyError, match="firms = 500, and 300 beside it"):
        sim.run("full_plan", levers={"firms": 500}, firms=300)
    assert "firms is not to choose" in refused(sim.search, asked(sim.search, {"firms": [300, 500]}))


@pytest.mark.parametrize(
    ("call", "draws", "said"),
    [
        (sim.discover, 1, "at least 8"), (sim.sensitivity, 1, "at least 2"), (sim.attribute, 1, "even number"),
        (sim.search, 3, "A generation has 32 plans"),
    ],
)  # fmt: skip
def test_fewer_draws_than_a_method_needs_are_refused(refused, call, draws, said):
    assert said in refused(call, draws=draws)


@pytest.mark.parametrize(
    ("call", "changed", "said"),
    [
        (sim.search, {"objectives": {"survival": "up"}}, "did you mean survival_rate"),
        (sim.search, {"actions": ["taxs"]}, "did you mean tax"),
        (sim.search, {"actions": ["tax", "tax"]}, "twice: tax, tax"),
        (sim.search, {"budget_yuan": float("inf")}, "a finite number"),
        (sim.search, {"seed": 2**33}, "at most 4294967295"),
        (sim.search, {"robust": {"over": {"rent_waiver.values.months": [1, 2]}}}, "the same lever twice"),
        (sim.discover, {"misses": {"los_share": "target"}}, "did you mean loss_share"),
        (sim.discover, {"misses": {"loss_share": {"more_than": float("nan")}}}, "a finite number"),
        (sim.sensitivity, {"draws": True}, "a whole number"),
    ],
)  # fmt: skip
def test_what_a_question_names_must_exist(refused, call, changed, said):
    content = asked(call, {"rent_waiver.months": [0, 6]}) | changed
    assert said in refused(call, content)


BY_DATE = {date(2022, 6, 20): 6}
RIGHT = {
    sim.sweep: {"title": WORDS, "levers": {"grid": {"rent_waiver.months": [3, BY_DATE]}}},
    sim.sensitivity: {
        "title": WORDS, "method": "morris", "draws": 2, "over": {"rent_waiver.months": {"of": [3, BY_DATE]}},
    },
    sim.discover: {
        "title": WORDS, "draws": 8, "misses": {"loss_share": {"more_than": 0.2}},
        "over": {"rent_waiver.months": {"of": [3, BY_DATE]}, "world.wave_factor": [0.5, 1.5]},
    },
    sim.search: {
        "title": WORDS, "objectives": {"survival_rate": "up"}, "population": 4, "generations": 1, "plans": 1,
        "fresh_replications": 2, "over": {"rent_waiver.months": {"of": [3, BY_DATE]}},
        "robust": {"draws": 2, "over": {"rent_waiver.share": {"of": [0.5, {"2022-06-20": 0.7}]}}},
    },
}  # fmt: skip


@pytest.mark.parametrize("call", RIGHT, ids=lambda call: getattr(call, "__name__", ""))
def test_a_table_by_date_survives_to_tables_page_and_json(call, tmp_path):
    study = call(RIGHT[call], **SMALL, folder=tmp_path / "study")
    again = sim.load(tmp_path / "study")
    assert again.manifest == study.manifest
    for name, table in study.tables().items():
        pd.testing.assert_frame_equal(again.tables()[name], table.reset_index(drop=True), check_dtype=False)
    assert "2022-06-20" in answer_page.written(again)
    assert finite(json_answers.answer_of_study(again, Path("study")))


def test_numbers_arrays_and_days_of_libraries_are_as_good_as_pythons_own():
    start = pd.date_range("2022-06-20", periods=2)
    study = sim.sweep(
        "full_plan",
        {"rent_waiver.months": np.arange(0, 6, 3), "rent_waiver.start": start},
        firms=np.int64(300),
        seed=np.int64(2),
        replications=np.int32(1),
    )
    same = sim.sweep(
        "full_plan",
        {"rent_waiver.months": [0, 3], "rent_waiver.start": ["2022-06-20", "2022-06-21"]},
        firms=300,
        seed=2,
        replications=1,
    )
    pd.testing.assert_frame_equal(study.outcomes, same.outcomes)


def test_levers_reach_a_loaded_scenario_in_every_call():
    levers = {"rent_waiver.months": np.int64(0), "rent_waiver.share": np.float64(0.0)}
    plan = load("full_plan")
    one, other = (sim.run(asked, levers=levers, firms=300).outcomes for asked in (plan, "full_plan"))
    pd.testing.assert_frame_equal(one, other)
    study = sim.compare([plan], levers=levers, **SMALL)
    told = "The whole plan (rent_waiver.months = 0, rent_waiver.share = 0)"
    assert [asked.title.en for asked in study.manifest.scenarios] == [
        "No support at all", told, "The nation's rules alone (rent_waiver.months = 0, rent_waiver.share = 0)",
    ]  # fmt: skip
    lives = sim.journey(where={"fate": "saved"}, scenario=plan, levers=levers, rows=300, most=1)
    assert lives.scenario.title.en == told
    swept = sim.sweep(load("full_plan", levers), {"rent_waiver.months": [0, 6]}, **SMALL)
    assert swept.manifest.scenarios[0].title.en == "The whole plan (rent_waiver.share = 0)"
    assert swept.manifest.settings["title"]["en"] == "rent_waiver.months (rent_waiver.share = 0)"


def test_a_value_in_a_table_of_draws_is_told_with_its_line(refused, tmp_path):
    (tmp_path / "draws.csv").write_text(
        "rent_waiver.months,rent_waiver.start\n3,2022-06-20\n6,2022-07-01\ntrue,20220701\n"
    )
    (tmp_path / "design.yaml").write_text("title: {zh: 题, en: Asked}\nlevers: {csv: draws.csv}\n")
    said = refused(sim.sweep, tmp_path / "design.yaml")
    for field, allowed in (
        ("months", "found true, which is of the wrong type"),
        ("start", "a date such as 2022-07-01"),
    ):
        assert f"{tmp_path / 'draws.csv'}:4: rent_waiver.{field}: found" in said
        assert allowed in said
