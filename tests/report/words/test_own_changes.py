"""What a scenario changes of what it starts from: noted with every study, told wherever its results are."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sim.report.documents import outlines
from sim.report.pages import comparison_page
from sim.report.terminal import tables
from sim.report.words import own_changes
from sim.scenario import Scenario, load
from sim.study.questions.comparison import Comparison
from sim.study.runs.manifest import Asked, OwnChange, manifest
from sim.vocabulary import ACTIONS

EXTENDS = "title: {zh: 免租六个月, en: Six months of rent}\nextends: full_plan\nlevers: {rent_waiver.months: 6}\n"


def noted(scenario: Scenario) -> Asked:
    return manifest("run", [scenario], 1, 1).scenarios[0]


def told(asked: Asked) -> list[tuple[str, str, str]]:
    return [tuple(cell.en for cell in row) for row in own_changes.rows(asked)]


def test_a_file_that_extends_another_tells_what_it_changes_of_that(tmp_path: Path) -> None:
    (tmp_path / "six.yaml").write_text(EXTENDS, "utf-8")
    asked = noted(load(tmp_path / "six.yaml"))
    assert own_changes.title(asked).en == "What “Six months of rent” changes of “The whole plan”"
    assert told(asked) == [("State landlords waive three months of rent: number of monthly bills relieved", "3", "6")]


def test_levers_are_changes_of_the_file_that_they_were_given_to(tmp_path: Path) -> None:
    (tmp_path / "six.yaml").write_text(EXTENDS, "utf-8")
    asked = noted(load(tmp_path / "six.yaml", {"rent_waiver.months": 9}))
    assert asked.starts_from is not None and asked.starts_from.en == "Six months of rent"
    assert [row[1:] for row in told(asked)] == [("6", "9")]


def test_a_parameter_stands_beside_its_calibrated_value_and_a_measure_is_on_or_off() -> None:
    asked = noted(load("full_plan", {"parameters.firm.tight_share": 0.5}))
    [calibrated] = (one.calibrated for one in asked.changed_parameters)
    assert [row[1:] for row in told(asked)] == [(f"{calibrated:g}", "0.5")]
    assert {row[1:] for row in told(noted(load("without_tax")))} == {("on", "off")}


def test_a_reaction_is_told_by_its_title() -> None:
    names = [row[0] for row in told(noted(load("help_where_stopped")))]
    [reaction] = load("help_where_stopped").reactions
    assert reaction.title.en in names


def test_measures_of_its_own_have_their_titles_and_long_tables_are_counted() -> None:
    rows = {row[0]: row[1:] for row in told(noted(load("years/early_2020")))}
    stops = load("years/early_2020").world.stops
    assert "loans_extended_2020" not in rows and ("off", "on") in rows.values()
    assert max(len(cell) for cells in rows.values() for cell in cells) <= 60, rows
    assert ("–", f"a table, entries: {len(stops)}") in rows.values()


def test_the_number_of_rows_is_no_change_of_policy() -> None:
    assert (
        noted(replace(load("rent_waiver_6_months"), firms=300)).own_changes
        == noted(load("rent_waiver_6_months")).own_changes
    )


@pytest.mark.parametrize("name", ["no_support", "full_plan"])
def test_what_starts_from_nothing_or_is_another_plan_altogether_notes_none(name: str) -> None:
    asked = noted(load(name))
    assert (asked.starts_from, asked.own_changes) == (None, ())


def test_a_file_that_is_gone_loses_no_study(tmp_path: Path) -> None:
    file = tmp_path / "six.yaml"
    file.write_text(EXTENDS, "utf-8")
    scenario = load(file)
    file.unlink()
    assert noted(scenario).own_changes == ()


@pytest.fixture
def changed(made_up: Callable[..., Comparison]) -> Comparison:
    """The made-up comparison, whose subject is said to start from another and to change one lever of it."""
    comparison = made_up(actions=ACTIONS[:1])
    [subject] = comparison.subjects
    change = OwnChange(path="rent_waiver.months", before=3, after=6)
    scenarios = tuple(
        one.model_copy(update={"starts_from": one.title, "own_changes": (change,)}) if one.name == subject else one
        for one in comparison.manifest.scenarios
    )
    return replace(comparison, manifest=comparison.manifest.model_copy(update={"scenarios": scenarios}))


def test_terminal_page_and_documents_tell_it_first(changed: Comparison, capsys: pytest.CaptureFixture[str]) -> None:
    tables.show_comparison(changed, "en")
    printed = capsys.readouterr().out
    assert printed.index("What is changed") < printed.index("Resumption")
    page = comparison_page.page(changed)
    assert page.index('id="own-changes-1"') < page.index('id="h-headline"')
    first, *_ = outlines.of(changed, "zh").parts
    assert [row[1:] for table in first.tables for row in table.rows] == [["3", "6"]]
