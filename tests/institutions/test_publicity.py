"""How a measure becomes known: a share 1 - exp(-hazard x time) of those who qualify."""

from __future__ import annotations

from datetime import date
from math import exp

import pytest

from sim.measure import Measure
from sim.units import MONTH_DAYS
from tests.few_firms import Firm, Town, measure

QUIET = {"delivery.awareness_per_month": 0.3, "delivery.peers": 0.0, "delivery.apply_share": 0.0}


def known(*more: Measure) -> float:
    """Share of micro firms in Kunming that know of a grant after thirty days."""
    grant = measure("grant", "grant", way="application", agency="finance", amount_yuan=100, per="firm")
    return Town(Firm(), until=date(2022, 1, 30), measures=[grant, *more], parameters=QUIET).live().aware("grant")


def test_a_measure_becomes_known_month_by_month():
    """A hazard of 0.3 a month over 30 days of a month of 30.4."""
    assert known() == pytest.approx(1 - exp(-0.3 * 30 / MONTH_DAYS))


def test_a_campaign_adds_to_the_hazard():
    campaign = measure("campaign", "service", way="none", target=("grant",), awareness=0.5)
    assert known(campaign) == pytest.approx(1 - exp(-0.8 * 30 / MONTH_DAYS))


def test_a_campaign_for_others_adds_nothing():
    other = measure("other", "grant", way="application", agency="finance", amount_yuan=1, per="firm")
    campaign = measure("campaign", "service", way="none", target=("other",), awareness=0.5)
    assert known(other, campaign) == pytest.approx(known())
