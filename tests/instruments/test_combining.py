"""Several measures at once, and one whose value changes: what firms and institutions meet then."""

from __future__ import annotations

from datetime import date

import pytest

from sim.instruments import instruments
from tests.few_firms import Firm, Town, fen, measure

MONDAY, TUESDAY = date(2022, 1, 17), date(2022, 1, 18)


def test_every_instrument_says_what_a_file_may_say_and_what_it_does():
    for name, module in instruments().items():
        assert module.Values.model_fields, name
        assert callable(module.act), name
        assert callable(module.prepare), name


def test_factors_on_a_desk_multiply():
    """Two cases a day by 2 and by 1.5: six of eight are decided on Monday."""
    grant = measure("grant", "grant", way="application", agency="finance", amount_yuan=100, per="firm")
    factors = [measure(f"desk_{k}", "service", way="none", capacity=factor) for k, factor in enumerate((2, 1.5))]
    town = Town(*[Firm()] * 8, until=MONDAY, measures=[grant, *factors], desk=2).live()
    assert town.cases("grant", "decided") == 6


def test_factors_on_the_time_of_a_case_multiply():
    """Eight working days by a half and by a half: two, so that a case of Saturday is decided on Tuesday."""
    grant = measure(
        "grant", "grant", way="application", agency="finance", processing_days=8, amount_yuan=100, per="firm"
    )
    faster = [measure(f"faster_{k}", "service", way="none", processing=0.5) for k in range(2)]
    for until, decided in ((MONDAY, 0), (TUESDAY, 1)):
        town = Town(Firm(), until=until, measures=[grant, *faster]).live()
        assert town.cases("grant", "decided") == decided


def test_factors_on_new_arrears_multiply():
    """Of 100,000 yuan a tenth would become overdue, by a half and by a half: 2,500."""
    calmer = [measure(f"calmer_{k}", "collection", way="none", new_arrears=0.5) for k in range(2)]
    trade = {"receivables.overdue_per_month": 0.1, "receivables.collected_per_month": 0.0}
    town = Town(Firm(receivables_public=100_000), measures=calmer, parameters=trade).live()
    assert town.line("became_overdue") == fen(2_500)


def test_of_deadlines_the_shortest_holds():
    """Free from 11 February, supervised after 20 and after 5 days: more than 5 old on the 17th, works on the 18th."""
    slow = {
        "restart.incidence": {"labour": 1.0, "materials": 0.0, "transport": 0.0},
        "restart.mean_days": 100.0,
        "restart.counter_problems_per_day": 0.0,
        "restart.supervised_per_day": 1e9,
        "restart.placed_per_month": 1e6,
    }
    handed_in = measure("counter", "service", way="none", counter_capacity=1, supervision_capacity=1)
    deadlines = [handed_in, *(measure(f"within_{d}", "service", way="none", deadline_days=d) for d in (20, 5))]
    for until, works in ((date(2022, 2, 17), False), (date(2022, 2, 18), True)):
        closed = (date(2022, 2, 1), date(2022, 2, 10))
        town = Town(Firm(), until=until, closed=closed, measures=deadlines, parameters=slow).live()
        assert town.is_open() is works


def test_cultivation_of_two_kinds_multiplies():
    """10 and 20 percent more sales: 132,000 yuan."""
    tiers = [measure(f"tier_{k}", "cultivation", demand=factor) for k, factor in enumerate((1.1, 1.2))]
    town = Town(Firm(), until=date(2022, 2, 28), measures=tiers).live()
    assert town.line("sales_cash", 1) == fen(132_000)


def test_a_value_changes_on_its_day():
    grant = measure(
        "grant", "grant", per="firm", repeats="monthly", amount_yuan={date(2022, 1, 1): 100, date(2022, 2, 1): 200}
    )
    town = Town(Firm(), until=date(2022, 3, 31), measures=[grant]).live()
    assert [town.moved("grant", "granted", month) for month in range(3)] == [fen(100), fen(200), fen(200)]


def test_what_a_measure_changed_is_as_before_once_it_has_ended():
    """Double capacity in January only: all of 8 cases on one January day, 5 of 8 on one in February."""
    grants = [
        measure(name, "grant", way="application", agency="finance", amount_yuan=100, per="firm", start=start)
        for name, start in (("early", date(2022, 1, 1)), ("late", date(2022, 2, 15)))
    ]
    service = measure("service", "service", way="none", capacity=2, end=date(2022, 1, 31))
    january = Town(*[Firm()] * 8, until=MONDAY, measures=[*grants, service], desk=5).live()
    assert january.cases("early", "decided") == 8
    february = Town(*[Firm()] * 8, until=date(2022, 2, 15), measures=[*grants, service], desk=5).live()
    assert february.cases("late", "decided") == 5


@pytest.mark.parametrize(("share", "relieved"), [(0.5, 4_000), (1, 8_000), (0, 0)])
def test_the_part_of_a_bill_that_a_relief_bears(share, relieved):
    town = Town(Firm(rent=8_000), measures=[measure("relief", "relief", flows=["rent"], share=share)]).live()
    assert town.relieved("relief", "rent") == fen(relieved)


def test_a_relief_that_reaches_part_of_the_bills_that_firms_cannot_tell_apart():
    """A fifth of the tolls of 200 yuan are those that are waived in full."""
    waiver = measure("waiver", "relief", flows=["tolls"], share=1, coverage=0.2)
    town = Town(Firm(), measures=[waiver], parameters={"costs.tolls": 0.002}).live()
    assert town.relieved("waiver", "tolls") == fen(40)


@pytest.mark.parametrize("certain", [{"leaving.retirement_per_year": 12.0}, {"leaving.hazard_per_month": 1e7}])
def test_young_firms_close_less_often_under_a_measure_for_them(certain):
    """Every firm closes within a month, by chance or for what it earns; a factor of 0 keeps who is under three."""
    care = measure("care", "cultivation", young_churn=0)
    firms = [Firm(age_months=age, reservation=60_000) for age in (30, 60)]  # 50,000 yuan are earned
    town = Town(*firms, measures=[care], parameters=certain).live()
    assert [town.is_open(k) for k in range(2)] == [True, False]
