"""A mistake in a case is told once, in one sentence: file, line, field, what was found and what is allowed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.data_folders import CASE_VARIABLE
from tests.conftest import CASE

PARAMETERS, WORLD = "calibration/parameters.yaml", "calibration/world/parameters.yaml"
COUNTIES, LISTINGS = "calibration/population/counties.csv", "calibration/world/listings.csv"
TESTING, TOURS, DEMAND = (f"calibration/world/{name}.csv" for name in ("testing", "tour_rules", "demand"))
PLAN, GRANT = "scenarios/plan.yaml", "scenarios/measures/fiscal/shop_grant.yaml"


def told(folder: Path, monkeypatch: pytest.MonkeyPatch, language: str = "en") -> list[str]:
    """What ``shukun check`` says of the whole plan of a case, without the folder of the case."""
    monkeypatch.setenv(CASE_VARIABLE, str(folder))
    answer = CliRunner().invoke(app, ["check", "full_plan", "--lang", language])
    assert answer.exit_code == (2 if answer.stderr else 0)
    return [line.replace(f"{folder}/", "") for line in answer.stderr.splitlines()]


def a_case_in_which(folder: Path, file: str, old: str, new: str) -> Path:
    """A copy of the small case in which a text of a file is another one, once."""
    shutil.copytree(CASE, folder)
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")
    return folder


SHARE = "allowed: from 0 to 1 (share of insured wages)"


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        (PARAMETERS, "pension: {value: 0.12", "pension: {value: 12", f"premiums.pension.value: found 12; {SHARE}"),
        (PARAMETERS, "low: 0.08, high: 0.1}", "low: 0.08, high: 10}", f"medical.prior.high: found 10; {SHARE}"),
        (
            PARAMETERS, "loan_share: {value: {individual: 0.2", "loan_share: {value: {individual: -0.2",
            "loan_share.value.individual: found -0.2; allowed: from 0 to 1 (share of firms with a bank loan)",
        ),
        (
            PARAMETERS, "debt_yuan: {value: 100000", "debt_yuan: {value: -100000",
            "receivables.debt_yuan.prior: must have low <= value <= high (low <= 1 <= high for the factor on a table)",
        ),
        (
            PARAMETERS, "pension: {value: 0.12", 'pension: {value: "0.12"',
            'premiums.pension.value: found "0.12"; allowed: a date such as 2022-07-01 or a number or a table of keys '
            "and values; did you mean 0.12?",
        ),
        (
            PARAMETERS, "pension: {value: 0.12", "pension: {value: {individual: 0.12}",
            "premiums.pension.value: found a table; allowed: a number",
        ),
        (
            PARAMETERS, "  pension:", "  pensions:",
            "premiums.pensions: the model has no such parameter, and premiums.pension is missing; "
            "did you mean premiums.pension?",
        ),
        (
            PARAMETERS, "tolls: {value: {default: 0, manufacturing", "tolls: {value: {default: 0, manufacturin",
            "costs.tolls.value.manufacturin: there is no such entry; there may be agriculture,",
        ),
        (WORLD, "smaller_risk_areas_from: {value: 2022-05-15", "smaller_risk_areas_from: {value: 3",
         "world.smaller_risk_areas_from.value: found a number; allowed: a date"),
        (COUNTIES, "990102,", "990101,", "code: found 990101; allowed: one row for each county; line 2 has this one"),
        (COUNTIES, "东山县,Dongshan,9901", "东山县,Dongshan,9902",
         "prefecture_code: found 9902; allowed: the digits with which the county's code begins; did you mean 9901?"),
        (COUNTIES, "prefecture_zh", "prefecture_zn",
         "the columns prefecture_zh are missing; there are code, zh, en, prefecture_code, prefecture_zn"),
        (LISTINGS, "2022-03-20", "2022-03-02", "to: found 2022-03-02; allowed: 2022-03-07 or a later day, for that is"),
        (LISTINGS, "990102,", "990103,",
         "county_code: found 990103; allowed: a county's code, from 990101 to 992322; did you mean 99"),
        (TESTING, "9902,", "9903,",
         "place: found 9903; allowed: the code of a prefecture (9901, 9902, 9923) or of a county; did you mean 99"),
        (TESTING, "2022-10-15", "2022-08-15", "to: found 2022-08-15; allowed: 2022-09-01 or a later day"),
        (TOURS, ",province,", ",provinces,", "banned: found provinces; allowed: province or county; did you mean"),
        (DEMAND, "2022-01,agriculture,", "2022-01,agricultur,", "sector: found agricultur; allowed: agriculture,"),
        (PLAN, "targets_on: 2022-10-31", "targets_on: 2023-10-31",
         "targets_on: 2023-10-31 lies outside the horizon, so that nothing can be read then; allowed: 2022-02-01 to "
         "2023-01-31."),
        (PLAN, "on: 2022-09-30", "on: 2022-01-30", "targets.1.on: 2022-01-30 lies outside the horizon, so that"),
        (GRANT, "instrument: grant", "instrument: grnt", "instrument: there is no instrument grnt;"),
    ],
)  # fmt: skip
def test_it_is_told_once_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, old: str, new: str, sentence: str
) -> None:
    folder, line = a_case_in_which(tmp_path / "case", file, old, new), line_of(CASE / file, old)
    said = told(folder, monkeypatch)
    first = [one for one in said if sentence in one]
    assert len(first) == 1 and first[0].startswith(f"{file}:{line}: "), said
    assert said == first
    in_chinese = told(folder, monkeypatch, "zh")
    assert len(in_chinese) == 1 and not any("found" in one or "allowed" in one for one in in_chinese)


def test_a_parameter_that_is_not_there_is_missed_in_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = a_case_in_which(tmp_path / "case", PARAMETERS, "\n  pension: ", "\n  # pension: ")
    assert told(folder, monkeypatch) == [
        f"{PARAMETERS}:{line_of(folder / PARAMETERS, 'premiums:')}: premiums.pension: is missing; needed is a number "
        "(share of insured wages)"
    ]


def line_of(file: Path, text: str) -> int:
    """Line, from 1, on which a text begins."""
    return file.read_text("utf-8").split(text, 1)[0].count("\n") + 1


def test_all_mistakes_are_told_at_once_whatever_they_are_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = a_case_in_which(tmp_path / "case", LISTINGS, "2022-03-20", "2022-03-02")
    for file, old, new in ((PARAMETERS, "{value: 0.12,", "{value: 12,"), (GRANT, "fiscal", "fiscl")):
        text = (folder / file).read_text("utf-8")
        (folder / file).write_text(text.replace(old, new, 1), "utf-8")
    assert {one.split(":")[0] for one in told(folder, monkeypatch)} == {PARAMETERS, LISTINGS, GRANT}
    answer = CliRunner().invoke(app, ["check", "full_plan", "--lang", "en", "--json"])
    assert [fault["kind"] for fault in json.loads(answer.stdout)][:2] == ["reason", "reason"]


def test_a_case_without_a_mistake_is_sound(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(case, monkeypatch) == []


def test_a_growth_a_year_is_read_before_the_day_of_its_target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its horizon ends in January 2023, and so does the growth a year that is told."""
    growth = '  - {outcome: entity_growth, at_least: 0.1, clause: "1.a", on: 2025-12-31}\nsections:'
    assert told(a_case_in_which(tmp_path / "case", PLAN, "sections:", growth), monkeypatch) == []
