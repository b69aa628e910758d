"""Calls that read files give what the terminal prints, from one source."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

import sim
from sim import scenario as scenarios
from sim.cli import app
from sim.refusal import Refusal
from sim.report.terminal import lever_list
from sim.scenario import ScenarioError
from sim.study import answering
from sim.study.questions import questions


def printed(*words: str) -> object:
    return json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)


def test_levers_are_those_of_the_command() -> None:
    found = sim.levers("rent months")
    told = {entry["path"]: entry for entry in printed("levers", "rent", "months")}  # type: ignore[attr-defined]
    assert list(found.index) == list(told)
    months = found.loc["rent_waiver.months"]
    assert (months["value"], months["kind"], months["measure"]) == (3, "lever", "rent_waiver")
    [line] = lever_list.lines([e for e in scenarios.lever_table("full_plan") if e.path == "rent_waiver.months"], "en")
    assert (months["unit"], months["allowed"], months["meaning"]) == (line.unit, line.allowed, line.meaning)
    assert sim.levers("rent_waiver.months", scenario="rent_waiver_6_months").loc["rent_waiver.months", "value"] == 6


def test_no_lever_is_refused_with_the_sentence_of_the_command() -> None:
    with pytest.raises(Refusal, match="rent_waver.months; did you mean rent_waiver.months".replace(".", "[.]")):
        sim.levers("rent_waver.months")
    with pytest.raises(Refusal, match="full_plan is a scenario"):
        sim.levers("full_plan")


def test_scenarios_and_questions_are_all_there() -> None:
    found = sim.scenarios()
    of_kind = {kind: rows["name"].tolist() for kind, rows in found.groupby("kind")}
    assert of_kind.pop("scenario") == scenarios.names()
    assert of_kind == {kind: list(answering.shipped(kind)) for kind in questions()}
    assert all(callable(getattr(sim, kind)) for kind in of_kind), "a kind is the call that asks it"
    rows = found.set_index("name")
    assert rows.loc["rent_waiver_6_months", "builds_on"] == "full_plan"
    assert rows.loc["rent_waiver_months", "builds_on"] == "full_plan"
    assert rows.loc["full_plan", "compared_with"] == "no_support, national_rules"
    assert rows["title"].str.len().min() > 0


def test_differences_are_those_of_the_command() -> None:
    found = sim.diff("full_plan", "rent_waiver_6_months")
    told = printed("diff", "full_plan", "rent_waiver_6_months")
    assert found.reset_index().to_dict("records") == told and len(found)
    assert sim.diff("full_plan", scenarios.load("full_plan")).empty


def test_a_clause_is_that_of_the_catalogue() -> None:
    assert sim.clause("II.1.b") == scenarios.clause("II.1.b")
    with pytest.raises(ScenarioError, match="II"):
        sim.clause("II.1.z")


def test_a_file_is_checked_sentence_by_sentence(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    file = tmp_path / "idea.yaml"
    file.write_text("extends: full_plan\nlevers:\n  rent_waiver.month: 6\n", "utf-8")
    [sentence] = sim.check(file)
    assert "idea.yaml" in sentence and "rent_waiver.months" in sentence
    file.write_text("extends: full_plan\nlevers:\n  rent_waiver.months: 6\n", "utf-8")
    assert sim.check(file) == []
