"""Whether an owner stays, closes or pauses: what the firm is expected to earn, against what he asks for.

A micro firm that sells 100,000 yuan, buys for 2,000, pays 40,000 of wages and 8,000 of rent: 50,000 yuan a month are
expected of it before its owner has lived. The hazard is such that the smallest gap closes a firm.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from sim.measure import Measure
from sim.vocabulary import Status
from tests.few_firms import Firm, Town, fen, measure

CERTAIN = {"leaving.hazard_per_month": 1e7}
EARNS_50_000 = Firm(reservation=50_000)
UNTIL_FEBRUARY = date(2022, 2, 28)
LAST_OF_90_DAYS = date(2022, 4, 14)  # counted from the settlement of 15 January, the last one too


def lived(firm: Firm, *measures: Measure, until: date = date(2022, 1, 31), **parameters: Any) -> Town:
    """January of one firm under the hazard that is certain; parameters by their dotted names."""
    return Town(firm, until=until, measures=measures, parameters={**CERTAIN, **parameters}).live()


def closes(firm: Firm, *measures: Measure, **parameters: Any) -> bool:
    """Whether its owner closes it in good order in January; else it lives."""
    cause = lived(firm, *measures, **parameters).cause()
    assert cause in ("closed", "")
    return cause == "closed"


# What is expected of a firm


def test_an_owner_stays_while_he_earns_what_he_asks_for():
    assert not closes(EARNS_50_000)
    assert closes(replace(EARNS_50_000, reservation=50_100))


@pytest.mark.parametrize("firm", [Firm(size="small"), Firm(size="medium")])
def test_a_larger_firm_closes_when_it_is_expected_to_lose_money(firm):
    """Of 49,000 yuan of sales 48,020 are left after materials, 20 more than wages and rent; of 48,900 yuan 47,922."""
    assert not closes(replace(firm, sales=49_000))
    assert closes(replace(firm, sales=48_900))


@pytest.mark.parametrize(
    ("changed", "parameters", "earnings"),
    [
        ({"expected": 0.75}, {}, 0.75 * 98_000 - (0.35 + 0.65 * 0.75) * 40_000 - 8_000),
        ({"expected": 0.75}, {"staff.fixed_share": 1.0}, 0.75 * 98_000 - 48_000),
        ({"insured_share": 0.5}, {}, 50_000 - 20_000 * (0.16 + 0.09 + 0.007 + 0.004)),
        ({"loan": 120_000, "loan_rate": 0.0625}, {}, 50_000 - 625),
        ({}, {"costs.depreciation": 0.05}, 45_000),
        ({}, {"costs.fees": 0.01}, 49_000),
        ({"expected": 0.75}, {"costs.utilities": 0.1, "staff.fixed_share": 1.0}, 0.75 * 98_000 - 48_000 - 7_500),
        ({}, {"costs.tolls": 0.03}, 47_000),
        ({}, {"costs.commission": 0.08}, 50_000),
        ({"flags": ("on_platform",)}, {"costs.commission": 0.08}, 42_000),
        ({"flags": ("vat_general",)}, {"tax.vat_general": 0.05}, 50_000 - 5_000 * 1.06),
        ({"sales": 200_000}, {}, 200_000 * (0.98 - 0.01 * 1.06) - 48_000),
        ({"sales": 200_000, "expected": 0.75}, {"staff.fixed_share": 1.0}, 150_000 * 0.98 - 48_000),
    ],
)
def test_what_is_expected_counts_all_costs_at_the_sales_that_are_expected(changed, parameters, earnings):
    """Before the owner's living and the income tax; staff is what these sales ask for, VAT that of the day."""
    firm = replace(EARNS_50_000, **changed)
    assert not closes(replace(firm, reservation=earnings - 1), **parameters)
    assert closes(replace(firm, reservation=earnings + 100), **parameters)


@pytest.mark.parametrize(
    ("since", "most", "days"),
    [(date(2022, 1, 15), 60, 7), (date(2022, 1, 12), 60, 7), (date(2022, 1, 5), 60, 10), (date(2022, 1, 1), 12, 12)],
)
def test_a_closure_is_expected_to_last_as_long_again_as_it_has_lasted(since, most, days):
    """At least a week and at most what is said, out of six months: sales and six tenths of the light go by the rest."""
    share = 1 - days / (6 * 365.25 / 12)
    earnings = 100_000 * share * 0.98 - 48_000 - 1_000 * (0.4 + 0.6 * share)
    named = {**CERTAIN, "costs.utilities": 0.01, "leaving.closure_days_most": most}
    causes = [
        Town(replace(EARNS_50_000, reservation=asked), closed=(since, date(2022, 1, 31)), parameters=named)
        .live()
        .cause()
        for asked in (earnings - 1, earnings + 1)
    ]
    assert causes == ["", "closed_while_stopped"]


# How many close


def left(firm: Firm, hazard: float, **parameters: Any) -> list[int]:
    """Those of 400 firms that close in January."""
    named = {"leaving.hazard_per_month": hazard, **parameters}
    town = Town(*[firm] * 400, parameters=named).live()
    return [k for k in range(400) if town.cause(k) == "closed"]


def test_the_hazard_grows_with_the_gap():
    """Earnings of 50,000 yuan are half of 100,000: a fifth of 400 firms at 0.4 a month, and twice as many at 0.8."""
    few, more = (left(replace(EARNS_50_000, reservation=100_000), hazard) for hazard in (0.4, 0.8))
    assert 50 < len(few) < 110
    assert 2 * len(few) == pytest.approx(len(more), abs=40)
    assert {*few} < {*more}


def test_it_is_the_product_of_hazard_and_gap_that_counts():
    """A gap of a half under 0.4 a month and of a quarter under 0.8 close the same firms."""
    half, quarter = (replace(EARNS_50_000, reservation=50_000 / share) for share in (0.5, 0.75))
    assert left(half, 0.4) == left(quarter, 0.8)


def test_the_gap_of_a_larger_firm_is_its_loss_in_units_of_a_margin():
    """A loss of 5,000 yuan is one margin of five percent, and half of one of ten."""
    loses = Firm(size="small", rent=63_000)
    assert left(loses, 0.2) == left(loses, 0.4, **{"leaving.margin_unit": 0.1})
    assert left(loses, 0.2) == left(Firm(size="medium", rent=68_000), 0.1)


def test_beyond_the_most_a_larger_gap_closes_no_more():
    """A loss of 50,000 yuan is ten margins and counts as two, one of 10,000 is two."""
    assert left(Firm(size="small", rent=108_000), 0.1) == left(Firm(size="small", rent=68_000), 0.1)
    assert len(left(Firm(size="small", rent=63_000), 0.1)) < len(left(Firm(size="small", rent=68_000), 0.1))


@pytest.mark.parametrize(("age", "closed"), [(10, ""), (11, ""), (12, "closed")])
def test_a_newcomer_has_its_first_year(age, closed):
    assert lived(Firm(size="small", sales=40_000, age_months=age)).cause() == closed
    assert lived(Firm(size="small", sales=40_000, age_months=11), until=UNTIL_FEBRUARY).cause() == "closed"


# Help counts


def a_grant(yuan: float, **said: Any) -> Measure:
    """So many yuan a month for each firm, for 90 days from its first settlement on."""
    told = {"amount_yuan": yuan, "per": "firm", "repeats": "monthly", "end": LAST_OF_90_DAYS, **said}
    return measure("grant", "grant", **told)


LACKS_1_000 = replace(EARNS_50_000, reservation=51_000)


def test_a_monthly_payment_counts_for_its_share_of_six_months():
    """1,000 yuan are lacking. Ninety days are half of the horizon, so 2,000 a month are just enough."""
    assert not closes(LACKS_1_000, a_grant(2_001))
    assert closes(LACKS_1_000, a_grant(1_990))
    assert not closes(LACKS_1_000, a_grant(1_001, end=None))
    assert closes(LACKS_1_000, a_grant(990, end=None))


def test_what_was_paid_once_is_sunk():
    assert closes(LACKS_1_000, a_grant(1_000_000, repeats="once"))


@pytest.mark.parametrize(("months", "stays"), [(None, True), (4, True), (3, False)])
def test_a_relief_counts_for_the_months_that_are_left_of_it(months, stays):
    """A quarter of 8,000 yuan of rent: 2,000 for six months, for three after the first, or for two."""
    waiver = measure("waiver", "relief", flows=["rent"], share=0.25, months=months)
    assert closes(replace(EARNS_50_000, reservation=50_990), waiver) is not stays


def test_what_is_only_put_off_is_nothing_earned():
    later = measure("later", "deferral", flows=["rent"], share=1, until=date(2022, 6, 30), repay_from=date(2022, 12, 1))
    assert closes(LACKS_1_000, later)


FILED = {"way": "application", "agency": "finance"}


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ({"end": None}, 1.0),
        ({"end": None, "refusal_share": 0.25}, 0.75),
        ({"end": None, "processing_days": 30}, 1 - 42 / 30.4375 / 6),
        ({}, 0.5),
        ({"processing_days": 30}, 0.5 - 42 / 30.4375 / 6),
        ({"repeats": "once"}, 1 / 6),
        ({"repeats": "once", "refusal_share": 0.25}, 0.75 / 6),
    ],
)
def test_what_is_filed_for_counts_with_its_chance_and_delay(said, counts):
    """Before anybody was decided on, these are the measure's own: 30 working days are 42 in all."""
    yuan = 1_000 / counts
    assert not closes(LACKS_1_000, a_grant(yuan + 5, **FILED, **said))
    assert closes(LACKS_1_000, a_grant(yuan - 10, **FILED, **said))


def test_what_would_be_granted_after_its_end_counts_nothing():
    """Ninety days are over before 90 working days are."""
    assert closes(LACKS_1_000, a_grant(1_000_000, processing_days=90, **FILED))


def test_a_relief_that_is_filed_for_counts_all_months_that_it_gives():
    """Three months of a quarter of the rent are 1,000 yuan a month of six."""
    for reservation, stays in ((50_990, True), (51_010, False)):
        waiver = measure("waiver", "relief", flows=["rent"], share=0.25, months=3, **FILED)
        assert closes(replace(EARNS_50_000, reservation=reservation), waiver) is not stays


ANNOUNCED = {"announced": date(2022, 1, 1), "start": date(2022, 2, 14)}  # 30 days after the settlement


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ({"end": None}, 0.5 * 5 / 6),
        ({"end": None, "refusal_share": 0.25, **FILED}, 0.5 * 0.75 * 5 / 6),
        ({}, 0.5 * 2 / 6),
        ({"repeats": "once"}, 0.5 / 6),
    ],
)
def test_what_is_announced_counts_with_trust_from_its_start_on(said, counts):
    """Half of it is believed; it begins a month of 30 days from now."""
    yuan = 1_000 / counts
    assert not closes(LACKS_1_000, a_grant(yuan + 10, **ANNOUNCED, **said))
    assert closes(LACKS_1_000, a_grant(yuan - 20, **ANNOUNCED, **said))
    assert closes(LACKS_1_000, a_grant(yuan + 10, **ANNOUNCED, **said), **{"leaving.trust": 0.4})


@pytest.mark.parametrize(
    ("said", "parameters"),
    [
        (FILED, {"delivery.awareness_per_month": 0.0}),
        (FILED, {"delivery.apply_share": 0.0}),
        ({"eligible": {"sizes": ["small"]}}, {}),
        ({"eligible": {"facts": ["has_loan"]}}, {}),
        ({"withdrawn": date(2022, 1, 15)}, {}),
    ],
)
def test_who_has_not_heard_would_not_ask_does_not_qualify_or_knows_that_it_is_off_is_not_held(said, parameters):
    assert not closes(LACKS_1_000, a_grant(1_000_000, **ANNOUNCED, end=None))
    assert closes(LACKS_1_000, a_grant(1_000_000, **{**ANNOUNCED, "end": None, **said}), **parameters)


def test_after_it_is_withdrawn_owners_close_as_those_who_never_heard():
    """Withdrawn on 1 February: nobody closes in January, and of those who would still be there the same in February."""
    told = a_grant(1_000_000, announced=date(2022, 1, 1), start=date(2022, 3, 1), withdrawn=date(2022, 2, 1), end=None)
    hazard = {"leaving.hazard_per_month": 20.0}
    towns = [
        Town(*[LACKS_1_000] * 400, until=UNTIL_FEBRUARY, measures=some, parameters=hazard).live()
        for some in ([told], [])
    ]
    january, february = (
        [{k for k in range(400) if town.firm("exited_on", k) == day} for town in towns] for day in (14, 31 + 14)
    )
    assert january[0] == set() and len(january[1]) > 100
    assert february[0] - january[1] == february[1]


# Pausing


def state(town: Town) -> Status:
    """Status of the only firm, now."""
    return Status(town.firm("status"))


@pytest.mark.parametrize(
    ("firm", "pauses"),
    [
        (Firm(reservation=100, expected=0.125), True),  # 12,250 yuan against 16,000
        (Firm(reservation=100, expected=0.25), False),  # 24,500
        (Firm(reservation=100, expected=0.125, size="individual"), True),
        (Firm(expected=0.125, size="small"), False),
        (Firm(reservation=100, expected=0.125, staff=7), False),  # 12,250 against 11,200
        (Firm(reservation=100, expected=0.125, insured_share=0.5, staff=7), True),  # 11,200 x 1.1305 are 12,661.6
    ],
)
def test_a_small_business_pauses_when_it_would_not_bring_in_what_it_costs_to_be_open(firm, pauses):
    """Open it pays two fifths of its wages more than paused, and earns 0.98 of its sales."""
    town = Town(firm).live()
    assert state(town) == (Status.PAUSED if pauses else Status.OPEN)
    assert town.cause() == ""


@pytest.mark.parametrize(("expected", "pauses"), [(0.25, True), (0.5, False)])
def test_what_light_costs_counts_where_it_goes_with_trade(expected, pauses):
    """24,500 yuan against 16,000 and 0.6 x 0.6 x 25,000 of light at a quarter of sales; at a half 49,000 and 34,000."""
    town = Town(Firm(reservation=100, expected=expected), parameters={"costs.utilities": 0.6}).live()
    assert state(town) == (Status.PAUSED if pauses else Status.OPEN)


def test_who_pauses_sells_and_buys_nothing_and_pays_as_one_who_is_stopped():
    """He expected an eighth of usual sales; in February trade is what it always was, and he opens again."""
    learns = {"firm.expectation_weight": 0.5, "costs.utilities": 0.01}
    firm = Firm(reservation=100, expected=0.125)
    towns = [
        Town(firm, until=end, trade=0.125, parameters=learns).live() for end in (date(2022, 1, 31), UNTIL_FEBRUARY)
    ]
    assert [state(town) for town in towns] == [Status.PAUSED, Status.PAUSED]
    town = towns[1]
    assert town.line("sales_cash", 1) == town.paid("materials", 1) == 0
    assert town.paid("wages", 1) == fen(24_000)
    assert town.paid("rent", 1) == fen(8_000)
    assert town.paid("utilities", 1) == fen(0.01 * 100_000 * 0.4 * 0.125)
    assert not town.has_fact("short_of_cash")


def test_who_pauses_looks_at_the_trade_of_his_county_and_opens_again_on_the_day():
    """Trade is usual: from 0.125 he comes to expect 0.5625 although he sold nothing, opens on 15 January and sells."""
    learns = {"firm.expectation_weight": 0.5, "firm.crowding": 0.0, "firm.local_demand_share": 0.0}
    firm = Firm(reservation=100, expected=0.125)
    town = Town(firm, until=date(2022, 3, 31), parameters=learns)
    town.run.state.firms.status[0] = Status.PAUSED
    town.live()
    assert [town.line("sales_cash", m) for m in range(3)] == [0, fen(100_000), fen(100_000)]
    assert state(town) == Status.OPEN
    assert town.firm("expected") == 1 - 0.875 / 8


def test_a_closure_does_not_touch_who_pauses():
    town = Town(
        Firm(reservation=100, expected=0.125), until=UNTIL_FEBRUARY, closed=(date(2022, 1, 20), date(2022, 2, 20)),
        trade=0.125,
    ).live()  # fmt: skip
    assert state(town) == Status.PAUSED
    assert town.firm("suspended_on") == -1


def test_who_pauses_may_still_close():
    """He asks for more than is expected of an eighth of the sales."""
    assert lived(Firm(reservation=100, expected=0.125)).cause() == "closed"
