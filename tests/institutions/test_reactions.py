"""What begins, ends or changes by what the monitor sees: by hand, for a few firms in one prefecture."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from sim.measure import Measure
from tests.few_firms import Firm, Town, fen, measure

LISTED = (date(2022, 2, 5), date(2022, 2, 20))
WHEN_LISTED = {"id": "help", "watch": "listed_counties", "above": 0, "place": "prefecture"}
NO_LACKS = {"restart.incidence": 0.0, "restart.funds_cash_months": 0.0}  # who is freed works on the same day
UNTIL = date(2022, 6, 30)


def a_grant(**said: Any) -> Measure:
    """A hundred yuan a month for every firm, without asking."""
    return measure("grant", "grant", amount_yuan=100, per="firm", repeats="monthly", **said)


def lived(*measures: Measure, until: date = UNTIL, firms: int = 1, **said: Any) -> Town:
    """Firms that settle on the 15th and are listed, and closed, from 5 to 20 February."""
    return Town(*[Firm()] * firms, until=until, measures=measures, closed=LISTED, **said).live()


def paid(town: Town) -> list[int]:
    """Yuan that the grant paid in each month."""
    return [town.moved("grant", "granted", month) // fen(1) for month in range(town.run.timeline.months)]


def acted(town: Town, prefecture: int | None = 0) -> list[tuple[str, str]]:
    """What the reactions did in a prefecture, and on which morning."""
    return [
        (f"{town.run.timeline.date(one.day):%m-%d}", one.what)
        for one in town.run.reactions.acted
        if one.prefecture == prefecture
    ]


def test_what_is_seen_in_an_evening_acts_from_the_next_morning_to_that_after_it_was_seen_no_more() -> None:
    town = lived(a_grant(), reactions=[WHEN_LISTED | {"begin": ["grant"]}])
    assert acted(town) == [("02-06", "begins"), ("02-22", "ends")]
    assert paid(town) == [0, 100, 0, 0, 0, 0]  # of settlements on the 15th one is within


def test_the_delay_counts_for_the_end_as_for_the_beginning() -> None:
    town = lived(a_grant(), reactions=[WHEN_LISTED | {"delay_days": 10, "begin": ["grant"]}])
    assert acted(town) == [("02-15", "begins"), ("03-03", "ends")]
    assert paid(town) == [0, 100, 0, 0, 0, 0]


def test_a_number_of_days_is_counted_from_the_last_evening_on_which_it_held() -> None:
    town = lived(a_grant(), reactions=[WHEN_LISTED | {"lasts": 60, "begin": ["grant"]}])
    # Listed to 20 February: until the evening of 21 April it held within 60 days, so 22 April is its last.
    assert acted(town) == [("02-06", "begins"), ("04-23", "ends")]
    assert paid(town) == [0, 100, 100, 100, 0, 0]


def test_once_is_for_good() -> None:
    town = lived(a_grant(), reactions=[WHEN_LISTED | {"lasts": "once", "begin": ["grant"]}])
    assert acted(town) == [("02-06", "begins")]
    assert paid(town) == [0, 100, 100, 100, 100, 100]


def test_dates_bound_what_a_reaction_begins() -> None:
    grant = a_grant(start=date(2022, 3, 1), end=date(2022, 4, 30))
    town = lived(grant, reactions=[WHEN_LISTED | {"lasts": "once", "begin": ["grant"]}])
    assert paid(town) == [0, 0, 100, 100, 0, 0]


def test_what_ends_while_a_condition_holds_begins_again() -> None:
    town = lived(a_grant(), reactions=[WHEN_LISTED | {"end": ["grant"]}])
    assert paid(town) == [100, 0, 100, 100, 100, 100]


def test_elsewhere_nothing_begins() -> None:
    closed_in_kunming = WHEN_LISTED | {"above": 1000, "begin": ["grant"]}
    town = lived(a_grant(), reactions=[closed_in_kunming])
    assert town.run.reactions.acted == []
    assert paid(town) == [0] * 6
    assert town.aware("grant") == 0.0  # nobody hears of what is held back


def test_what_was_filed_in_time_is_decided_after_the_end() -> None:
    asked = measure(
        "grant", "grant", way="application", agency="finance", processing_days=30, amount_yuan=100, per="firm"
    )
    town = lived(asked, reactions=[WHEN_LISTED | {"begin": ["grant"]}])
    assert (town.cases("grant", "applied", 1), town.cases("grant", "decided")) == (1, 1)
    assert paid(town) == [0, 0, 100, 0, 0, 0]  # filed on 15 February and decided 30 working days later, on 29 March


@pytest.mark.parametrize(
    ("said", "settled"),
    [
        ({"watch": "stopped_share", "above": 0.99}, [0, 100, 0, 0, 0, 0]),
        ({"watch": "stopped_share", "below": 0.01}, [100, 0, 100, 100, 100, 100]),
        ({"watch": "loss_share", "above": 0.5}, [0, 100, 100, 100, 100, 100]),  # counted for the first time in January
        ({"watch": "exit_share", "above": 0}, [0] * 6),
    ],
)
def test_the_monitor_counts_shares_of_living_firms(said: Mapping[str, Any], settled: list[int]) -> None:
    help_ = {"id": "help", "begin": ["grant"], **said}
    dear = Firm(rent=80_000)  # with wages more than it sells
    town = Town(dear, dear, until=UNTIL, measures=[a_grant()], closed=LISTED, reactions=[help_], parameters=NO_LACKS)
    town.live()
    assert [yuan // 2 for yuan in paid(town)] == settled


def test_a_fund_is_filled_again_when_half_of_what_was_put_in_is_gone() -> None:
    grant = a_grant(fund="purse")
    refill = {
        "id": "refill",
        "watch": "fund_left",
        "fund": "purse",
        "below": 0.5,
        "pay": {"fund": "purse", "yuan": 150},
    }
    town = Town(Firm(), until=UNTIL, measures=[grant], funds={"purse": 200}, reactions=[refill]).live()
    # 200, 100, 0: below half, so 150; 150 of 350 is still below half and begins nothing new; then 50 is less than 100.
    assert paid(town) == [100, 100, 100, 0, 0, 0]
    assert acted(town, None) == [("02-16", "begins")]
    assert town.left("purse") == fen(50)


def test_values_change_while_it_acts() -> None:
    more = {"id": "more", "watch": "listed_counties", "above": 0, "lasts": 30, "set": {"grant.amount_yuan": 300}}
    assert paid(lived(a_grant(), reactions=[more])) == [100, 300, 300, 100, 100, 100]


def test_of_two_that_set_the_same_the_last_by_id_counts() -> None:
    said = {"watch": "listed_counties", "above": 0, "lasts": "once"}
    both = [
        {"id": "a", **said, "set": {"grant.amount_yuan": 300}},
        {"id": "b", **said, "delay_days": 40, "set": {"grant.amount_yuan": 50}},
    ]
    assert paid(lived(a_grant(), reactions=both)) == [100, 300, 300, 50, 50, 50]
