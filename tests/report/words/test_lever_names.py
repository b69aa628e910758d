"""What levers and their values are called in both languages."""

import math

import pytest

from sim.report.words.lever_names import field_name, lever_name, value_name


@pytest.mark.parametrize(
    ("path", "zh", "en"),
    [
        ("rent_waiver.values.months", "国有房屋租金减免三个月：减免的月数",
         "State landlords waive three months of rent: number of monthly bills relieved"),
        ("all.delivery.way", "各项措施：兑现方式", "Every measure: way of delivery"),
        ("funds.tourism.amount_yuan", "旅游高质量发展专项资金：金额（元）",
         "Fund for high-quality development of tourism: amount (yuan)"),
        ("all.delivery.capacity", "各项措施：窗口每个工作日的办件量",
         "Every measure: cases that a desk handles in a working day"),
        ("all.standing_share", "各项措施：有无本措施都会退还的比例",
         "Every measure: share that is paid with or without the measure"),
        ("plan.rules", "细则出台日期", "Day on which the implementing rules are issued"),
        ("jobs", "稳岗就业", "Jobs"),
        ("rent_waiver", "国有房屋租金减免三个月", "State landlords waive three months of rent"),
    ],
)  # fmt: skip
def test_a_lever_has_a_name_in_both_languages(path: str, zh: str, en: str) -> None:
    assert (lever_name(path, "zh"), lever_name(path, "en")) == (zh, en)


def test_what_nobody_knows_is_called_by_its_path() -> None:
    assert lever_name("no_such.thing", "en") == lever_name("no_such.thing", "zh") == "no_such.thing"
    assert lever_name("parameters.no.such", "en") == "no.such"
    assert lever_name("reactions.help.no_such", "en") == "reactions.help.no_such"


def test_a_field_by_itself_leaves_its_measure_out() -> None:
    assert field_name("all.delivery.way", "zh") == "兑现方式"
    assert field_name("plan.rules", "en") == "Day on which the implementing rules are issued"


def test_values_are_words_numbers_or_missing() -> None:
    assert value_name("all.delivery.way", "application", "zh") == "企业申请"
    assert value_name("x.y", -1 / 3, "en") == "−0.3333"
    assert value_name("x.y", True, "en") == "on"
    assert value_name("x.y", math.nan, "en") == "–"
    assert value_name("rent_waiver.flows", ["rent", "wages"], "zh") == "房租、工资"
    assert value_name("all.eligible.sectors", ["services", "catering"], "en") == "Services, Catering"
    assert value_name("x.y", ["small", "micro"], "en") == '["small", "micro"]'
