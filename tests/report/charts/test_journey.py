"""One firm in both worlds on the page: what is told of it, and the rows behind its chart."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from sim.report.charts.comparison.all_charts import specifications
from sim.report.charts.journey_rows import LETTER, NARROWEST, dataset, ends, reached, title
from sim.study.questions.comparison import Comparison
from sim.study.summaries.comparison import ComparisonSummary
from sim.study.summaries.journeys import FollowedFirms
from sim.study.summaries.scenario_effects import ScenarioEffects


@pytest.fixture(scope="module")
def effects(comparison: Comparison) -> ScenarioEffects:
    return ScenarioEffects(ComparisonSummary(comparison))


@pytest.fixture(scope="module")
def told(effects: ScenarioEffects) -> FollowedFirms:
    return effects.followed


def rows_of(followed: FollowedFirms, what: str) -> list[dict[str, Any]]:
    table = dataset(followed)
    rows = [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
    return [row for row in rows if row["what"] == what]


def test_each_firm_is_named_and_its_two_ends_are_told(told: FollowedFirms) -> None:
    saved, harmed = told.firms
    assert title(saved).en == "Saved: Catering, Micro firms, Kunming; stands for 150 firms"
    assert ends(told, saved).en.endswith(
        "is in business at the end; under “No plan” it exits on 2023-05-11 (Closed while suspended)."
    )
    assert ends(told, harmed).zh == "“整个方案”下于 2023-03-11 退出（资不抵债退出）；“没有方案”下期末仍然存续。"


def test_cash_of_a_day_belongs_to_the_world_in_which_something_happened(told: FollowedFirms) -> None:
    days = [(row["world"], row["day"], row["cash_fen"]) for row in rows_of(told, "cash") if row["firm"] == 0]
    assert days == [
        ("full_plan", "2022-08-11", 910_000),
        ("full_plan", "2022-09-02", 905_000),
        ("full_plan", "2022-09-03", 905_000),
        ("full_plan", "2022-10-01", 880_000),
        ("baseline", "2022-09-02", 120_000),
        ("baseline", "2022-09-03", 120_000),
        ("baseline", "2023-05-11", 0),
    ]


def test_a_firm_is_stopped_until_it_works_again_or_closes(told: FollowedFirms) -> None:
    spans = [(row["world"], row["day"], row["until"]) for row in rows_of(told, "stopped")]
    assert spans == [("full_plan", "2022-09-03", "2022-10-01"), ("baseline", "2022-09-03", "2023-05-11")]


def test_the_end_is_marked_in_the_world_in_which_the_firm_closed(told: FollowedFirms) -> None:
    assert [(row["firm"], row["world"], row["words_en"]) for row in rows_of(told, "ended")] == [
        (0, "baseline", "Closed while suspended"),
        (1, "full_plan", "Insolvent"),
    ]


def test_names_of_clauses_do_not_meet_on_a_phone(told: FollowedFirms) -> None:
    saved = told.firms[0]
    crowded = saved._replace(
        events=[
            saved.events[0]._replace(
                date=f"2022-{month:02d}-{day:02d}", measure=f"m{month}{day}", clause=f"I.{month}.a"
            )
            for month in range(1, 13)
            for day in (3, 20)
        ]
    )
    marks = reached(told, crowded)
    assert len(marks) == 24
    for line in {mark["line"] for mark in marks}:
        days = [mark["day"] for mark in marks if mark["line"] == line and not mark["late"]]
        apart = [(int(b[5:7]) - int(a[5:7])) * 30.5 + int(b[8:]) - int(a[8:]) for a, b in pairwise(days)]
        assert all(gap * NARROWEST / 380 > LETTER * 4 for gap in apart)


def test_two_clauses_of_one_day_have_a_line_each(told: FollowedFirms) -> None:
    marks = reached(told, told.firms[0])
    assert {(mark["clause"], mark["line"]) for mark in marks} == {("II.1.a", 0), ("I.1.c", 1)}
    assert marks[0]["words_zh"] == "费用由他方承担：国有房屋租金减免"


def test_a_reader_without_eyes_is_told_the_two_ends(effects: ScenarioEffects) -> None:
    chart = specifications(effects, "en")["journey-1"]
    assert "exits on 2023-03-11" in chart["description"]
    assert "is in business at the end" in chart["description"]


def test_without_the_whole_plan_nobody_is_followed(made_up: Callable[..., Comparison]) -> None:
    comparison = made_up(1)
    nobody = ScenarioEffects(
        ComparisonSummary(
            type(comparison)(
                comparison.manifest,
                **{
                    name: table.iloc[:0] if name == "journeys" else table for name, table in comparison.tables().items()
                },
            )
        )
    )
    assert not [name for name in specifications(nobody, "zh") if name.startswith("journey-")]
    assert dataset(nobody.followed)["rows"] == []
