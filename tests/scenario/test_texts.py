"""Texts: one language is enough, and titles and descriptions may be left out."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from sim import scenario
from sim.data_folders import scenarios_folder
from sim.measure import Words
from sim.scenario.document import read
from sim.study.answering import question, shipped
from sim.study.questions import questions

BOTH, CHINESE, ENGLISH = Words(zh="免租", en="Rent"), Words(zh="免租", en="免租"), Words(zh="Rent", en="Rent")
WRITTEN = {
    "both": ("{zh: 免租, en: Rent}", BOTH), "a text": ("免租", CHINESE), "Chinese": ("{zh: 免租}", CHINESE),
    "English": ("{en: Rent}", ENGLISH),
}  # fmt: skip


def loaded(folder: Path, text: str, name: str = "my_idea") -> scenario.Scenario:
    file = folder / f"{name}.yaml"
    file.write_text(text, encoding="utf-8")
    return scenario.load(file)


@pytest.mark.parametrize("written", WRITTEN)
def test_a_text_in_one_language_stands_for_both(written: str, tmp_path: Path) -> None:
    text, words = WRITTEN[written]
    own = f"""
title: {text}
description: {text}
funds:
- {{id: mine, title: {text}, level: province, bearer: province, when_dry: wait, note: {text}}}
define:
  gift: {{title: {text}, note: {text}, clauses: [], action: fiscal, section: I.1, instrument: grant, start: 2022-07-01,
          fund: mine, delivery: {{way: automatic}}, values: {{amount_yuan: 5, per: firm}}}}
"""
    asked = loaded(tmp_path, own)
    [gift] = asked.measures
    [fund] = [fund for fund in asked.funds if fund.id == "mine"]
    assert {asked.title, asked.description, gift.title, gift.note, fund.title, fund.note} == {words}
    file = tmp_path / "sweep.yaml"
    file.write_text(f"title: {text}\nlevers: {{grid: {{rent_waiver.months: [3]}}}}\n", encoding="utf-8")
    assert question("sweep", file)[0].title == words


def test_a_what_if_is_what_it_extends_and_its_levers(tmp_path: Path) -> None:
    levers = "levers: {rent_waiver.months: 6, rent_waiver.delivery.way: automatic}\n"
    asked = loaded(tmp_path, f"extends: full_plan\n{levers}")
    assert asked.title == Words(zh="my_idea", en="my_idea")
    changes = "rent_waiver.months = 6", "rent_waiver.delivery.way = automatic"
    whole = scenario.load("full_plan").title
    assert asked.description == Words(zh="；".join((whole.zh, *changes)), en="; ".join((whole.en, *changes)))


def test_what_changes_nothing_is_described_by_its_title(tmp_path: Path) -> None:
    asked = loaded(tmp_path, "title: 空白\nactions: [tax]\n")
    assert asked.description == asked.title == Words(zh="空白", en="空白")


def test_own_measures_and_funds_without_a_title_are_called_as_their_ids(tmp_path: Path) -> None:
    own = """
funds: [{id: mine, level: province, bearer: province, when_dry: wait}]
define:
  gift: {clauses: [], action: fiscal, section: I.1, instrument: grant, start: 2022-07-01, fund: mine,
         delivery: {way: automatic}, values: {amount_yuan: 5, per: firm}}
"""
    asked = loaded(tmp_path, own)
    assert [measure.title.zh for measure in asked.measures] == ["gift"]
    assert [fund.title.en for fund in asked.funds if fund.id == "mine"] == ["mine"]


@pytest.mark.parametrize("kind", questions())
def test_a_question_without_a_title_is_called_as_its_file(kind: str, tmp_path: Path) -> None:
    [name, *_] = shipped(kind)
    lines = shipped(kind)[name].read_text(encoding="utf-8").splitlines(keepends=True)
    file = tmp_path / "my_question.yaml"
    file.write_text("".join(line for line in lines if not line.startswith("title:")), encoding="utf-8")
    assert question(kind, file)[0].title == Words(zh="my_question", en="my_question")


@pytest.mark.parametrize(
    ("text", "field", "allowed"),
    [("title: {cn: 题}\n", "title.cn", "zh, en"), ("title: {zh: 题, fr: x}\n", "title.fr", "zh, en"),
     ("title: [题]\n", "title", "a text, or {zh: in Chinese, en: in English}")],
)  # fmt: skip
def test_another_language_is_refused(text: str, field: str, allowed: str, tmp_path: Path) -> None:
    with pytest.raises(scenario.ScenarioError) as caught:
        loaded(tmp_path, text)
    [error] = caught.value.errors
    assert (error.field, error.allowed.en) == (field, allowed)


@pytest.mark.parametrize("title", [None, "免租", {"zh": "免租"}, {"en": "Rent"}, {"zh": "免租", "en": "Rent"}])
def test_the_schemas_for_editors_say_the_same(title: object) -> None:
    folder = scenarios_folder() / "schema"
    schema = json.loads((folder / "scenario.json").read_text(encoding="utf-8"))
    written = {"extends": "full_plan"} | ({} if title is None else {"title": title})
    assert not list(Draft202012Validator(schema).iter_errors(written))
    assert list(Draft202012Validator(schema).iter_errors({"title": {"cn": "免租"}}))
    for name in ("measure", "funds"):
        schema = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        model = schema if name == "measure" else schema["$defs"]["Fund"]
        assert "title" not in model["required"]


def test_what_is_shipped_has_both_languages() -> None:
    for file in scenarios_folder().rglob("*.yaml"):
        for key in ("title", "description", "note"):
            text = read(file).data.get(key)
            assert text is None or set(text) == {"zh", "en"}, f"{file}: {key}"
