"""What every measure has: values by date, bearers, and what files may say."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import TypeAdapter, ValidationError

from sim.measure import Dated, Share
from tests.few_firms import measure

SHARE = TypeAdapter(Dated[Share])


def test_a_plain_value_holds_always():
    assert SHARE.validate_python(0.6).on(date(1999, 1, 1)) == 0.6
    assert SHARE.validate_python(0.6).changes() == []


def test_a_value_by_date_holds_from_its_day_to_the_next():
    dated = SHARE.validate_python({date(2022, 5, 31): 0.9, date(2022, 1, 1): 0.6})
    assert dated.on(date(2021, 12, 31)) is None
    assert (dated.on(date(2021, 12, 31), 0.0), dated.on(date(2022, 1, 31), 0.0)) == (0.0, 0.6)
    assert [dated.on(date(2022, month, 31)) for month in (1, 5, 12)] == [0.6, 0.9, 0.9]
    assert dated.changes() == [date(2022, 1, 1), date(2022, 5, 31)]


@pytest.mark.parametrize("value", [1.2, True, "0.6", {}, {date(2022, 1, 1): -0.1}])
def test_what_is_no_share_is_refused(value):
    with pytest.raises(ValidationError):
        measure("waiver", "relief", flows=["rent"], share=value)


def test_a_measure_without_a_bearer_is_borne_by_the_province():
    grant = measure("grant", "grant", amount_yuan=100, per="firm")
    assert grant.bearers == {"province": 1.0}
    assert grant.gives
    assert grant.moves == "grant"


def test_several_bearers_are_told_in_one_order():
    grant = measure("grant", "grant", amount_yuan=100, per="firm")
    shared = grant.model_copy(update={"bearer": {"prefectures": 0.4, "central_government": 0.6}})
    assert list(shared.bearers.items()) == [("central_government", 0.6), ("prefectures", 0.4)]


def test_what_a_deferral_moves_are_the_bills_that_it_puts_off():
    deferral = measure(
        "later", "deferral", flows=["pension", "medical"], share=1, until=date(2022, 6, 30), repay_from=date(2022, 9, 1)
    )
    assert deferral.moves == "pension+medical"
    assert not deferral.gives
