"""Texts that still know their number."""

import copy
import pickle
from math import isnan, nan

import pytest

from sim.report.words import numbers
from sim.report.words.catalogue import LANGUAGES, both
from sim.report.words.figures import Lines, below, interval_below, known, telling
from sim.study.statistics.estimate import Estimate


@pytest.mark.parametrize(
    ("said", "value", "unit"),
    [
        (numbers.share(0.953), 0.953, "share"),
        (numbers.points(0.0123), 0.0123, "points"),
        (numbers.relative(-0.01), -0.01, "relative"),
        (numbers.money(2.3e11), 2.3e11, "fen"),
        (numbers.whole_yuan(50_000), 5_000_000, "fen"),
        (numbers.entities(12_345.6), 12_345.6, "entities"),
        (numbers.days(2.5), 2.5, "days"),
        (numbers.difference_in_unit(0.5, "share"), 0.5, "points"),
        (numbers.difference_in_unit(3e9, "fen"), 3e9, "fen"),
        (numbers.three_digits(1234.5), 1234.5, ""),
    ],
)
def test_a_number_that_is_written_is_still_the_number(said, value, unit):
    for lang in LANGUAGES:
        figure = known(getattr(said, lang))
        assert figure is not None
        assert (figure.value, figure.unit) == (pytest.approx(value, rel=1e-15), unit)
        assert isnan(figure.low) and isnan(figure.high)


def test_an_interval_is_known_however_it_is_told():
    for said in (
        numbers.with_interval(0.5, 0.4, 0.7, numbers.share),
        numbers.plus_minus(0.5, 0.4, 0.7, "share"),
        interval_below(numbers.share(0.5), numbers.interval(0.4, 0.7, numbers.share), 0.4, 0.7),
        numbers.ratio(Estimate(0.5, 0.4, 0.7)),
    ):
        assert [(known(said.en).low, known(said.en).high)] == [(0.4, 0.7)]
    scaled = known(numbers.bare_plus_minus(Estimate(0.5, 0.4, 0.7), 100.0, 1).zh)
    assert (scaled.value, scaled.low, scaled.high) == pytest.approx((50.0, 40.0, 70.0))


def test_a_longer_text_forgets_it_unless_it_says_so():
    value = numbers.share(0.5)
    longer = both("answer.run.few_rows", value=value, rows="3")
    assert known(longer.en) is None
    told = known(telling(longer, value).en)
    assert told is not None and told.is_remarked and told == longer.en


def test_what_is_missing_is_no_number_and_words_are_none():
    assert known(numbers.share(nan).en) is None
    assert known("12") is None
    assert telling(both("unit.none"), both("unit.none")) == both("unit.none")


def test_texts_below_each_other_are_known_one_by_one():
    cell = below(numbers.share(0.5).en, "words")
    assert isinstance(cell, Lines)
    assert cell == "50.0 %\nwords"
    assert known(cell.parts[0]).value == 0.5


def test_a_figure_is_a_text_like_any_other():
    said = numbers.share(0.5)
    assert said == both("unit.share", number="50.0")
    assert copy.deepcopy(said).en.value == pickle.loads(pickle.dumps(said)).zh.value == 0.5
