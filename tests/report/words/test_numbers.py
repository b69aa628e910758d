import math

import pytest

from sim.report.words import numbers

YI = 10**10


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [
        (0, "0 元", "0 yuan"),
        (12_345, "123 元", "123 yuan"),
        (27_194_400, "27.2 万元", "272,000 yuan"),
        (3 * YI, "3.00 亿元", "300 m yuan"),
        (-58 * YI, "−58.0 亿元", "−5.80 bn yuan"),
        (123_456 * 10**8, "1,235 亿元", "123 bn yuan"),
    ],
)
def test_money_in_the_units_of_each_language(fen: int, zh: str, en: str) -> None:
    assert (numbers.money(fen).zh, numbers.money(fen).en) == (zh, en)


def test_shares_and_points() -> None:
    assert numbers.share(0.9534).en == "95.3 %"
    assert numbers.points(0.0012).zh == "+0.12 个百分点"
    assert numbers.points(-0.00001).en == "0.00 pp"
    assert numbers.points(0.0).en == "0 pp"


def test_intervals_name_their_unit_once() -> None:
    assert numbers.interval(-0.001, 0.002, numbers.points).en == "−0.10 to +0.20 pp"
    assert numbers.interval(YI / 2, 2 * YI, numbers.money).zh == "5,000 万元 至 2.00 亿元"


def test_what_is_missing_says_so() -> None:
    for written in (numbers.share, numbers.points, numbers.money, numbers.entities, numbers.days):
        assert written(math.nan).en == "–"
    assert numbers.interval(math.nan, math.nan, numbers.share).zh == "–"


def test_counts() -> None:
    assert (numbers.entities(1_394_820).zh, numbers.entities(1_394_820).en) == ("139 万户", "1,394,820")
    assert numbers.persons(950).zh == "950 人"


def test_units_of_the_tables() -> None:
    assert numbers.in_unit(0.5, "share").en == "50.0 %"
    assert numbers.difference_in_unit(1_200, "persons").en == "+1,200"
    assert numbers.difference_in_unit(-0.01, "share").en == "−1.00 pp"


def test_a_figure_is_rounded_as_the_number_that_it_is_and_not_as_it_is_printed() -> None:
    # 0.01005 times 100 is a little less than 1.005, and 0.00125 times 100 is 0.125 exactly: to the even digit.
    assert numbers.points(0.01005).en == "+1.00 pp"
    assert numbers.points(0.00125).zh == "+0.12 个百分点"
    assert numbers.plain_count(2.5).en == "2"
    assert numbers.plain_count(-1_234_567.0).zh == "−1,234,567"
