"""What the right side says of numbers: what is told, what is grey, and that no name of a user is ever HTML."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from sim.desk.numbers import Numbers, Stage
from sim.desk.results import as_table, told
from sim.desk.state import Desk
from sim.desk.what_if import WhatIf
from sim.measure import Words
from sim.report.answers.answer import Table
from sim.report.charts.comparison import tiles
from sim.report.words.catalogue import Language
from sim.study.questions.comparison import Comparison
from sim.study.statistics.estimate import Estimate
from sim.study.summaries.direction import direction
from sim.study.summaries.rows import tuples
from tests.made_up_comparison import PREFECTURES, WHAT_IFS, make

NAME = next(iter(WHAT_IFS))
DESK = Desk((WhatIf(NAME, levers={"rent_waiver.months": 6}), WhatIf("no_outbreak", levers={"world.outbreak": "none"})))


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    """What-ifs of a desk beside the plan, with made-up numbers."""
    return make(subjects=tuple(WHAT_IFS))


def numbers(comparison: Comparison, stage: Stage = "refining", **more: object) -> Numbers:
    return Numbers(DESK, stage, 20_000, comparison.manifest.replications, comparison, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_outcome_of_every_scenario_is_told_beside_its_target(
    comparison: Comparison,
    lang: Language,
) -> None:
    table = told(numbers(comparison), NAME, None, lang).tables["headline"]
    assert table.count("<tr>") == 1 + 3
    assert table.count("<b>") == 3 * len(comparison.scenarios)
    assert table.count("≥") == table.count("≤") == 1, "two of the three have a target"


def test_what_nothing_is_told_by_is_grey_and_the_rest_is_not(comparison: Comparison) -> None:
    found = numbers(comparison)
    for other in ("full_plan", "baseline"):
        table = told(found, NAME, other, "en").tables["difference"]
        rows = re.findall(r'<tr class="(grey)?">', table)
        sure = [
            direction(row.outcome, Estimate(row.mean, row.low, row.high)) in ("better", "worse")
            for row in tuples(found.difference(NAME, other).set_index("outcome", drop=False).loc[
                ["survival_rate", "resumption_rate", "loss_share"]])
        ]  # fmt: skip
        assert [row != "grey" for row in rows] == sure


def test_first_numbers_are_an_indication(comparison: Comparison) -> None:
    assert told(replace(numbers(comparison), stage="first", replications=1), NAME, None, "en").is_first
    assert not told(numbers(comparison), NAME, None, "en").is_first


@pytest.mark.parametrize(
    ("stage", "left", "said"),
    [
        ("refining", 12.0, "will take about 12 s (30 replications in all)"),
        ("refining", 600.0, "will take about 10 min"),
        ("refining", None, "half-width 0.20 pp so far."),
        ("precise", None, "The wished precision is met"),
        ("at_limit", None, "the wished precision is not met"),
    ],
)
def test_how_far_it_is_and_how_long_it_will_take_is_said(
    comparison: Comparison,
    stage: Stage,
    left: float | None,
    said: str,
) -> None:
    found = numbers(comparison, stage, half_widths={NAME: 0.002}, seconds_left=left, replications_needed=30)
    status = told(found, NAME, None, "en").status
    assert said in status
    assert "20,000 sample firms" in status


def test_nothing_yet_and_nothing_at_all_are_told_apart() -> None:
    assert "first numbers" in told(Numbers(DESK, "working"), NAME, None, "en").status
    failed = Numbers(
        DESK, "failed", failures={NAME: Words(zh="坏", en="it is broken")}, reason=Words(zh="无", en="none")
    )
    view = told(failed, NAME, None, "en")
    assert view.status == "No scenario could be run."
    assert list(view.failures) == ["none", f"“{NAME}” could not be run: it is broken"]
    assert "坏" in told(failed, NAME, None, "zh").failures[1]


def test_any_two_scenarios_are_compared_and_each_table_says_which(comparison: Comparison) -> None:
    found = numbers(comparison)
    for one in (NAME, "no_outbreak"):
        others = [*told(found, one, None, "en").others]
        assert len(others) == len({*others} - {one}) > 3
        for other in others[:4]:
            view = told(found, one, other, "en")
            assert view.against == other
            assert all("<caption>" in view.tables[name] for name in ("difference", "costs", "fates", "sectors"))
            assert len(re.findall("<tr", view.tables["difference"])) == 1 + 3
            assert "<td" in view.tables["costs"]
            assert "<td" in view.tables["fates"]


def test_a_what_if_is_first_compared_with_the_plan_and_the_plan_with_its_baseline(
    comparison: Comparison,
) -> None:
    assert told(numbers(comparison), NAME, None, "en").against == "full_plan"
    still = replace(numbers(comparison), desk=Desk((WhatIf(NAME),)))
    assert told(still, NAME, None, "en").against == "baseline"


def test_names_are_text_whatever_they_hold(comparison: Comparison) -> None:
    script = "<script>alert(1)</script>"
    named = make(hostile=script, subjects=tuple(WHAT_IFS))
    view = told(numbers(named, failures={"a": Words(zh=script, en=script)}), NAME, "no_outbreak", "en")
    assert all(script not in table for table in view.tables.values())
    assert "&lt;script&gt;" in view.tables["headline"]
    assert script not in as_table(Table(script, [script], [[script]]))


def test_charts_hold_their_rows_and_no_number_that_json_has_not(comparison: Comparison) -> None:
    view = told(numbers(comparison), NAME, None, "zh")
    assert set(view.charts) == {"months-survival_rate", "months-resumption_rate", "costs", "sectors", "places"}
    for chart in view.charts.values():
        assert json.loads(json.dumps(chart, allow_nan=False))["data"]["values"]
    assert view.charts["months-survival_rate"]["encoding"]["color"]["legend"]["values"]


def test_in_short_tells_the_same_outcomes_without_charts(comparison: Comparison) -> None:
    short = told(numbers(comparison), NAME, None, "en", in_short=True)
    whole = told(numbers(comparison), NAME, None, "en")
    assert short.tables["headline"] == whole.tables["headline"]
    assert short.tables["difference"] == whole.tables["difference"]
    assert not short.charts


def test_every_prefecture_has_a_tile_of_its_own_as_they_lie(comparison: Comparison) -> None:
    view = told(numbers(comparison), NAME, None, "en")
    rows = view.charts["places"]["data"]["values"]
    assert len({(row["down"], row["across"]) for row in rows}) == len(rows) == len(PREFECTURES)
    at = {row["name"]: (row["down"], row["across"]) for row in rows}
    assert at["Diqing"][0] < at["Dali"][0] < at["Xishuangbanna"][0], "north is up"
    assert at["Dehong"][1] < at["Kunming"][1] < at["Qujing"][1], "west is left"


def test_prefectures_that_are_not_known_stand_in_the_order_of_their_codes(comparison: Comparison) -> None:
    table = numbers(comparison).groups(NAME, "prefecture")
    strange = table.assign(group=["99" + code[2:] for code in table["group"]])
    rows = tiles.chart(strange, "", "en")["data"]["values"]
    assert len({(row["down"], row["across"]) for row in rows}) == len(PREFECTURES)
