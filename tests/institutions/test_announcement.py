"""A measure is heard of before it comes into force, and may be called off: by hand, for a few firms."""

from __future__ import annotations

from datetime import date
from math import exp
from typing import Any

import pytest

from sim.firm.effects import FAR
from sim.measure import Measure
from sim.units import MONTH_DAYS
from tests.few_firms import Firm, Town, measure

SLOW = {"delivery.awareness_per_month": 0.3, "delivery.peers": 0.0}
LAST = date(2022, 1, 30)


def a_grant(**said: Any) -> Measure:
    """A grant that firms must ask for."""
    return measure("grant", "grant", way="application", agency="finance", amount_yuan=100, per="firm", **said)


def lived(*measures: Measure, until: date = LAST, **said: Any) -> Town:
    """A firm's life under measures of which it hears slowly."""
    return Town(Firm(), until=until, measures=measures, parameters=SLOW, **said).live()


def heard(days: int, hazard: float = 0.3) -> float:
    """Share that has heard of a measure after so many days."""
    return 1 - exp(-hazard * days / MONTH_DAYS)


def bit_of(town: Town, name: str) -> int:
    """Whether the only measure is in a set."""
    return int(getattr(town.run.rules.terms, name)[0, 0]) & 1


def test_firms_hear_of_an_announced_measure_before_it_begins() -> None:
    town = lived(a_grant(announced=date(2022, 1, 1), start=date(2022, 2, 1)))
    assert town.aware("grant") == pytest.approx(heard(30))
    assert lived(a_grant(start=date(2022, 2, 1))).aware("grant") == 0.0


def test_they_hear_of_it_from_its_day_on_and_after_its_start_as_of_any_other() -> None:
    told = {"announced": date(2022, 1, 11), "start": date(2022, 1, 21)}
    assert lived(a_grant(**told)).aware("grant") == pytest.approx(heard(20))


def test_a_campaign_makes_an_announced_measure_known() -> None:
    campaign = measure("campaign", "service", way="none", target=("grant",), awareness=0.5)
    town = lived(campaign, a_grant(announced=date(2022, 1, 1), start=date(2022, 2, 1)))
    assert town.aware("grant") == pytest.approx(heard(30, hazard=0.8))


def test_a_campaign_that_is_only_announced_tells_nothing() -> None:
    told = {"announced": date(2022, 1, 1), "start": date(2022, 2, 1)}
    campaign = measure("campaign", "service", way="none", target=("grant",), awareness=0.5, **told)
    assert lived(campaign, a_grant()).aware("grant") == pytest.approx(heard(30))


def test_who_has_heard_of_it_files_on_the_first_day() -> None:
    """Twenty firms settle on the day on which it begins: all have heard of it by then, or one in ten on that day."""
    towns = [
        Town(
            *[Firm()] * 20,
            until=date(2022, 6, 30),
            measures=[a_grant(announced=announced, start=date(2022, 6, 15))],
            parameters={"delivery.awareness_per_month": 3.0, "delivery.peers": 0.0},
        ).live()
        for announced in (date(2022, 1, 1), None)
    ]
    told, untold = ([town.cases("grant", "applied", month) for month in range(6)] for town in towns)
    assert told == [0, 0, 0, 0, 0, 20]
    assert untold[:5] == [0] * 5 and untold[5] < 8
    days = towns[0].result.delivery.set_index("station")["days"]
    assert (days["applied"], days["aware"] < 1.0) == (0.0, True)


def test_nothing_is_given_before_the_start() -> None:
    """In force from March on: the rents of January and February are paid in full."""
    waiver = measure("waiver", "relief", announced=date(2022, 1, 1), start=date(2022, 3, 1), flows=("rent",), share=1.0)
    town = Town(Firm(rent=8_000), until=date(2022, 3, 31), measures=[waiver]).live()
    assert [town.relieved("waiver", "rent", month) for month in range(3)] == [0, 0, 800_000]


def test_a_measure_that_is_withdrawn_ends_the_day_before() -> None:
    told = {"way": "automatic", "flows": ("rent",), "share": 1.0}
    reliefs = [
        Town(Firm(rent=8_000), until=date(2022, 3, 31), measures=[measure("waiver", "relief", **told, **days)]).live()
        for days in ({"withdrawn": date(2022, 2, 16)}, {"end": date(2022, 2, 15)}, {"withdrawn": date(2022, 2, 15)})
    ]
    rents = [[town.relieved("waiver", "rent", month) for month in range(3)] for town in reliefs]
    assert rents == [[800_000, 800_000, 0], [800_000, 800_000, 0], [800_000, 0, 0]]


def test_an_end_before_the_withdrawal_stands() -> None:
    town = lived(a_grant(end=date(2022, 1, 10), withdrawn=date(2022, 1, 21)))
    assert town.aware("grant") == pytest.approx(heard(10))
    assert town.run.rules.terms.ends_on[0] == 9


@pytest.mark.parametrize("withdrawn", [date(2022, 1, 11), date(2022, 1, 21)])
def test_withdrawn_on_its_start_or_before_it_never_comes_into_force(withdrawn: date) -> None:
    told = {"announced": date(2022, 1, 1), "start": date(2022, 1, 21), "withdrawn": withdrawn}
    town = lived(a_grant(**told), until=date(2022, 2, 28), settles_on=25)
    assert town.aware("grant") == pytest.approx(heard((withdrawn - date(2022, 1, 1)).days))
    assert (bit_of(town, "announced"), bit_of(town, "active"), town.cases("grant", "applied")) == (0, 0, 0)


def test_a_case_that_waits_when_a_measure_is_withdrawn_is_refused() -> None:
    town = Town(
        Firm(),
        until=date(2022, 2, 28),
        measures=[
            measure(
                "grant", "grant", way="application", agency="finance", amount_yuan=100, per="firm",
                processing_days=20, withdrawn=date(2022, 1, 20),
            )
        ],
    ).live()  # fmt: skip
    assert [town.cases("grant", station) for station in ("applied", "refused", "paid")] == [1, 1, 0]


@pytest.mark.parametrize(
    ("until", "announced", "active", "ends_on"),
    [
        (date(2022, 1, 9), 0, 0, 100),
        (date(2022, 1, 10), 1, 0, 100),
        (date(2022, 1, 19), 1, 0, 100),
        (date(2022, 1, 20), 0, 1, 100),
        (date(2022, 1, 29), 0, 1, 100),
        (date(2022, 1, 30), 0, 0, 28),
    ],
)
def test_a_firm_can_tell_what_is_announced_and_how_long_it_lasts_but_no_withdrawal_before_its_day(
    until: date, announced: int, active: int, ends_on: int
) -> None:
    told = {"announced": date(2022, 1, 10), "start": date(2022, 1, 20), "withdrawn": date(2022, 1, 30)}
    town = lived(a_grant(**told, end=date(2022, 4, 11)), until=until)
    assert (bit_of(town, "announced"), bit_of(town, "active")) == (announced, active)
    assert (town.run.rules.terms.starts_on[0], town.run.rules.terms.ends_on[0]) == (19, ends_on)


def test_what_has_no_end_lasts_beyond_every_horizon() -> None:
    assert lived(a_grant()).run.rules.terms.ends_on[0] == FAR


def test_money_for_a_fund_is_not_paid_in_once_its_measure_is_withdrawn() -> None:
    top_up = {date(2022, 1, 5): 100.0, date(2022, 1, 20): 1_000.0}
    said = {"way": "none", "fund": "purse", "top_up_yuan": top_up}
    for withdrawn, left in ((None, 110_000), (date(2022, 1, 21), 110_000), (date(2022, 1, 20), 10_000)):
        service = measure("service", "service", withdrawn=withdrawn, **said)
        assert Town(Firm(), until=LAST, measures=[service], funds={"purse": 0.0}).live().left("purse") == left
