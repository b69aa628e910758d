"""What is said of a validation: every target once, misses as plainly as hits, reasons, scores, evidence, a page."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.report.answers import validate as told
from sim.report.charts.picture import Picture
from sim.report.pages import answer_page
from sim.report.words.catalogue import LANGUAGES
from sim.report.words.sentences import say
from sim.report.words.target_values import of_row, target_value
from sim.study import answering
from sim.study.answering import Asked
from sim.study.keywords import Execution
from sim.study.questions.validate import Question, Validation
from sim.study.runs.specification import Setting


@pytest.fixture
def study(few_targets: Path) -> Validation:
    """Four targets: a hit, a miss, one without a value, one without an answer."""
    found = answering.kept(Asked("validate", Question((), 2, 2), Setting(firms=150)), Execution())
    assert isinstance(found, Validation)
    return found


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.34, "share", "34.0 %"), (0.0002, "share", "0.02 %"), (2.4, "months", "2.4 months"),
        (6.09, "years", "6.09 years"), (43_000.0, "yuan", "43,000 yuan"), (1.7e10, "yuan", "17.0 bn yuan"),
        (1.99, "ratio", "1.99"), (4_140_000.0, "entities", "4,140,000"), (float("nan"), "share", "–"),
    ],
)  # fmt: skip
def test_a_value_is_written_in_the_unit_of_its_target(value: float, unit: str, said: str) -> None:
    assert target_value(value, unit).en == said


def test_an_interval_says_its_unit_and_a_value_without_one_stands_alone() -> None:
    row = {"unit": "share", "value": 0.34, "low": 0.2, "high": 0.4}
    assert of_row(row, ("value", "low", "high")).en == "34.0 % (20.0 to 40.0 %)"
    assert of_row(row, ("value", "value", "value")).en == "34.0 %"


def test_every_target_has_its_line_and_the_unanswered_their_reason(study: Validation) -> None:
    *groups, unanswered = told.lines(study, "en")
    assert [table.title for table in groups] == ["Losses", "Reopening after a stop", "Population of entities"]
    rows = {row[0].split("\n")[0]: row for table in groups for row in table.rows}
    assert set(rows) == {"losing in words", "old in words", "nobody in words"}
    assert rows["losing in words"][1:3] == ["hit", "30.0 % (1.0 to 99.0 %)"]
    assert [rows["old in words"][place] for place in (1, 5)] == ["miss", "checked only"]
    assert rows["nobody in words"][1] == "no value"
    reasons = {row[0].split("\n")[0]: row[-1] for row in unanswered.rows}
    assert reasons["unanswerable in words"] == "there is no such state"
    assert "there are no firms to count" in reasons["nobody in words"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_findings_count_hits_and_say_that_nothing_is_fitted(study: Validation, lang: str) -> None:
    said = " ".join(told.findings(study, lang))  # type: ignore[arg-type]
    if lang == "en":
        assert "Of 4 targets the model answers 2 and hits 1 (50.0 %)" in said
        assert "without an answer, each with its reason: 2." in said
        assert "Nothing has been fitted" in said
        assert "overlap of the published figure's 90 % interval" in said
        assert "No earlier release" in said
    else:
        assert "4 个目标中，模型能够回答 2 个，命中 1 个" in said
        assert "尚未拟合" in said


def test_the_page_shows_the_misses_the_reasons_and_the_evidence(study: Validation) -> None:
    page = answer_page.written(study)
    facts = {label.en: value for label, value in answer_page.facts(study)}
    assert say("en", facts["Draws"]) == "2"  # without the values as they are
    for words in (
        "old in words",
        "old：中文",
        "there is no such state",
        "stats.example.cn/b",
        "Nothing has been fitted",
    ):
        assert words in page


def test_there_is_a_picture_of_each_group_that_has_one(study: Validation) -> None:
    for lang in LANGUAGES:
        charts = told.charts(study, lang)
        assert len(charts) == 3  # losses, reopening, who there is
    old = next(chart for chart in told.charts(study, "en") if chart.title == "Population of entities")
    rows = old.specification["data"]["values"]
    intervals = [row for row in rows if row["what"] == "interval"]
    assert [row["label"] for row in intervals] == ["Published", "Model", "Prior"]
    assert all(0.0 <= row["low"] <= row["middle"] <= row["high"] <= 1.0 for row in intervals)
    published, model, _ = intervals
    assert model["high"] < published["low"]  # the model's firms are younger than 90 years
    assert next(row for row in rows if row["what"] == "title")["is_missed"]
    assert isinstance(study.plot("population", lang="en"), Picture)
    with pytest.raises(ValueError, match="there is no group cash; there are losses, reopening, population"):
        study.plot("cash")


def test_the_command_prints_a_line_a_target_keeps_a_release_and_writes_it_as_a_document(
    few_targets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = ["validate", "--firms", "150", "--replications", "2", "--draws", "0", "--workers", "1", "--lang", "en"]
    refused = CliRunner().invoke(app, ["validate", "--markdown", "--lang", "en"])
    assert refused.exit_code == 2
    assert "is not kept yet" in refused.stderr
    answer = CliRunner().invoke(app, [*asked, "--keep"])
    assert answer.exit_code == 0, answer.stderr
    lines = {line.split("  ")[1]: line for line in answer.stdout.splitlines() if " in words " in line}
    assert "miss" in lines["old in words"]
    assert "everybody" not in answer.stdout  # one line a target
    assert "The worlds are few" not in answer.stdout  # nothing was drawn
    kept = few_targets / "validated" / f"{sim.__version__}.csv"
    assert kept.exists()
    assert str(kept) in answer.stderr
    document = CliRunner().invoke(app, ["validate", "--markdown", "--lang", "en"])
    assert document.exit_code == 0, document.stderr
    assert "| old in words<br>everybody |" in document.stdout
    assert "there is no such state" in document.stdout
    few = CliRunner().invoke(app, [*asked, "losing", "--json"])
    assert few.exit_code == 0, few.stderr
    assert '"verdict": "hit"' in few.stdout
    for title in ("Losses", "亏损"):  # as a group is printed
        assert CliRunner().invoke(app, [*asked, title, "--json"]).exit_code == 0
    wrong = CliRunner().invoke(app, ["validate", "losings", "--lang", "zh"])
    assert wrong.exit_code == 2
    assert "是否想写 losing" in wrong.stderr
