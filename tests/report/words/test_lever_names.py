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
        ("plan.rules", "细则出台日期", "Day on which the implementing rules are issued"),
        ("jobs", "稳岗就业", "Jobs"),
        ("rent_waiver", "国有房屋租金减免三个月", "State landlords waive three months of rent"),
    ],
)  # fmt: skip
def test_a_lever_has_a_name_in_both_languages(path: str, zh: str, en: str) -> None:
    assert (lever_name(path, "zh"), lever_name(path, "en")) == (zh, en)


def test_a_parameter_and_what_nobody_knows_are_called_by_their_path() -> None:
    assert lever_name("parameters.firm.crowding", "zh") == lever_name("parameters.firm.crowding", "en")
    assert lever_name("parameters.firm.crowding", "en").endswith("crowding")
    assert lever_name("no_such.thing", "en") == "no_such.thing"


def test_a_field_by_itself_leaves_its_measure_out() -> None:
    assert field_name("all.delivery.way", "zh") == "兑现方式"
    assert field_name("plan.rules", "en") == "Day on which the implementing rules are issued"


def test_values_are_words_numbers_or_missing() -> None:
    assert value_name("all.delivery.way", "application", "zh") == "企业申请"
    assert value_name("x.y", -1 / 3, "en") == "−0.3333"
    assert value_name("x.y", True, "en") == "on"
    assert value_name("x.y", math.nan, "en") == "–"
    assert value_name("x.y", ["small", "micro"], "en") == '["small", "micro"]'
