from __future__ import annotations

from pathlib import Path

import pytest

from sim.desk.controls import Control, answering, control, controls, shown
from sim.desk.what_if import WhatIf
from sim.scenario import ScenarioError, load
from sim.vocabulary import ACTIONS


def every_control() -> list[Control]:
    groups = controls()
    found = [one for group in groups for measure in group.measures for one in measure.controls]
    return [*found, *(one for group in groups for one in group.controls)]


def refusals(one: Control, number: float) -> set[str]:
    try:
        WhatIf("a").with_lever(one.path, one.placed(number))
    except ScenarioError as refused:
        return {error.kind for error in refused.errors}
    return set()


def test_the_plan_has_its_ten_actions_and_five_steps_and_every_measure_once() -> None:
    groups = controls()
    assert [group.id for group in groups if group.kind == "action"] == [*ACTIONS, "mechanisms"]
    assert [group.id for group in groups if group.kind == "step"] == ["II.1", "II.2", "II.3", "II.4", "II.5"]
    assert [group.kind for group in groups[-2:]] == ["world", "funds"]
    measures = [measure.id for group in groups for measure in group.measures]
    assert sorted(measures) == sorted(measure.id for measure in load("full_plan").measures)


def test_every_lever_has_a_name_and_a_sentence_in_both_languages() -> None:
    for one in every_control():
        assert one.note.zh and one.note.en and one.note != one.field, one.path
        assert one.note.en[0].isupper() and not any("\u4e00" <= letter <= "\u9fff" for letter in one.note.en), one.path
        assert any("\u4e00" <= letter <= "\u9fff" for letter in one.note.zh), one.path


def test_a_slider_holds_the_plans_own_value() -> None:
    for one in every_control():
        if one.stands_at is not None and one.least is not None and one.most is not None:
            assert one.least <= one.stands_at <= one.most, one.path
            assert one.step and one.step > 0, one.path


def test_a_slider_that_is_shorter_than_what_is_allowed_says_why() -> None:
    months, days, factor = (
        control(path)
        for path in ("rent_waiver.months", "rent_waiver.delivery.processing_days", "world.outbreak_factor")
    )
    assert months and days and factor
    assert (months.most, days.most, factor.most) == (24, 90, 2)
    for one in (months, days, factor):
        assert one.why is not None and one.why.zh and one.why.en
    share = control("rent_waiver.share")
    assert share and (share.least, share.most, share.why) == (0, 1, None)


def test_the_ends_of_every_slider_are_values_that_the_schema_takes(case: Path) -> None:
    tried, kinds = 0, set[str]()
    for one in every_control():
        for end in (one.least, one.most) if one.kind in ("number", "whole") else ():
            if end is None or (end == one.least and one.allowed.en.startswith("above")):
                continue
            tried += 1
            kinds |= refusals(one, end)
    # An end may not fit the measure's other values; it is never of the wrong kind or out of range.
    assert kinds <= {"reason", "bad_top_up"}
    assert tried > 20


def test_money_put_in_on_a_day_stays_on_that_day() -> None:
    fund = control("funds.tourism.amount_yuan")
    assert fund is not None
    assert fund.placed(3e9) == {"2022-06-02": 3e9}
    assert fund.stands(fund.placed(3e9)) == 3e9


def test_choices_are_the_words_that_the_schema_takes(case: Path) -> None:
    way = control("shop_rent.delivery.way")
    assert way is not None and way.kind == "choice"
    assert {word for word, _ in way.choices} == {"automatic", "application", "by_list", "negotiated", "none"}
    assert dict(way.choices)["automatic"].zh == "免申即享"


def test_words_find_levers_in_either_language(case: Path) -> None:
    groups = controls()
    for words in ("rent months", "租金 月数"):
        paths = answering(words)
        assert "shop_rent.months" in paths
        [group] = [group for group in shown(groups, paths) if group.kind == "action"]
        assert {measure.id for measure in group.measures} == {"shop_rent"}


def test_a_case_of_another_province_has_its_own_measures(case: Path) -> None:
    assert [group.id for group in controls() if group.kind == "step"] == []
    assert control("rent_waiver.months") is None
    assert pytest.approx(12) == (control("shop_rent.months") or every_control()[0]).most
