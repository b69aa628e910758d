"""Usual public contracts: the formula agrees with tenders that are drawn, and sales are drawn without them."""

from datetime import date

import numpy as np
import pytest
from scipy.special import ndtri

from sim.parameter_file import ParameterError
from sim.parameters import load
from sim.population.contracts import (
    CLASSES,
    FORMS,
    SELLERS,
    large_wins,
    lot_classes,
    reserved_share,
    usual_contracts,
    won_by_firms,
)
from sim.population.counties import counties
from sim.population.synthesis import synthesise
from sim.random_numbers import Purpose, uniforms
from sim.timeline import Timeline
from sim.vocabulary import SECTORS, SIZES, Status

PARAMETERS = load()
LOTS = 400_000
CHANGED = (
    {},
    {"procurement.large_advantage": 0.1, "procurement.price_sd": 0.03, "procurement.large_bidder_share": 0.5},
    {"procurement.bidders_per_lot": 9, "procurement.price_sd": 0.15, "procurement.large_advantage": -0.05},
)


def draws(*shape):
    """Even draws of this shape from 0 to 1."""
    found = np.empty(int(np.prod(shape)))
    uniforms(7, int(Purpose.LOT), np.arange(len(found), dtype=np.uint64), found)
    return found.reshape(shape)


def bids(parameters, form):
    """Prices of the bidders of some lots that are not reserved, as they are evaluated, and which of them are large.

    A price deviates by a sum of four uniforms, as `sim.random_numbers.normal` draws it.
    """
    shape = (LOTS, int(parameters["procurement.bidders_per_lot"]))
    of_lot = draws(5, *shape)
    large = of_lot[4] < parameters["procurement.large_bidder_share"]
    deviation = (of_lot[:4].sum(0) - 2.0) * np.sqrt(3.0)
    price = 1.0 + parameters["procurement.price_sd"] * deviation
    deduction = 0.0 if form == "works" else parameters["procurement.baseline_price_deduction"]
    evaluated = np.where(large, price - parameters["procurement.large_advantage"], price * (1.0 - deduction))
    return price, evaluated, large


@pytest.mark.parametrize("changed", CHANGED)
@pytest.mark.parametrize("form", FORMS)
def test_what_firms_win_is_what_they_win_of_drawn_lots(form, changed):
    p = PARAMETERS.with_changes(changed)
    price, evaluated, large = bids(p, form)
    winner = (np.arange(LOTS), evaluated.argmin(1))
    large_has_it = large[winner]
    assert large_wins(p, form) == pytest.approx(large_has_it.mean(), abs=0.004)

    reserved = draws(6, LOTS)[5] < reserved_share(p, form)
    part = np.where(large_has_it & ~reserved, p["procurement.consortium_share"] * p["procurement.consortium_part"], 1.0)
    bought = p["procurement.annual_yuan"] * p[f"procurement.form_share.{form}"]
    assert won_by_firms(p, form) == pytest.approx(bought * (price.min(1) * part).mean(), rel=0.004)


def test_classes_are_of_equal_value_around_the_mean():
    for form in FORMS:
        values, lots = lot_classes(PARAMETERS, form)
        assert values.shape == lots.shape == (CLASSES,) and values.dtype == lots.dtype == np.int64
        assert (np.diff(values) > 0).all()
        # Each is the middle of its fifth of the money, of sizes that are lognormal with the stated mean.
        drawn = np.exp(PARAMETERS["procurement.lot_spread"] * ndtri((np.arange(LOTS) + 0.5) / LOTS))
        drawn *= PARAMETERS[f"procurement.lot_yuan.{form}"] * 100 / drawn.mean()
        money = np.cumsum(drawn) / drawn.sum()
        assert np.allclose(np.interp((np.arange(CLASSES) + 0.5) / CLASSES, money, drawn), values, rtol=0.001)
        if form != "works":
            assert (lots == values).all()


def test_works_are_put_out_in_equal_packages():
    values, lots = lot_classes(PARAMETERS, "works")
    packages = np.rint(values / lots)
    assert (lots <= 500_000_000).all() and packages[0] == 1 and packages[-1] == 10
    assert np.abs(packages * lots - values).max() <= packages.max()


def test_small_projects_and_a_share_of_the_larger_ones_are_reserved():
    assert reserved_share(PARAMETERS, "goods") == pytest.approx((3 + 2 * 0.3) / 5)  # three classes up to 2 m yuan
    assert reserved_share(PARAMETERS, "works") == pytest.approx((1 + 4 * 0.3) / 5)


def test_sectors_share_a_form_by_their_sales_and_others_sell_nothing():
    usual = usual_contracts(PARAMETERS)
    sellers = {s for of_form in SELLERS.values() for s in of_form}
    assert ((usual > 0) == [s in sellers for s in range(len(SECTORS))]).all()
    goods, services = (usual[SECTORS.index(sector)] for sector in ("wholesale", "transport"))
    assert usual[SECTORS.index("information_technology")] == pytest.approx(goods + services)
    assert 0.04 < usual[SECTORS.index("construction")] < 0.07
    half = usual_contracts(PARAMETERS.with_changes({"population.sales_per_head_yuan": 0.8}))
    assert np.allclose(half * 0.8, usual)


def test_sales_and_contracts_together_are_what_is_published():
    people = synthesise(PARAMETERS, counties(), Timeline(date(2022, 1, 1), date(2023, 12, 31)), 1, 200_000)
    firms, usual = people.firms, usual_contracts(PARAMETERS)
    alive = firms.status == Status.OPEN
    for sector in ("construction", "business_services", "retail"):
        s = SECTORS.index(sector)
        rows = alive & (firms.sector == s) & (firms.size < SIZES.index("small"))  # large ones are few in a sample
        engaged = ((firms.staff[rows] + 1.0) * firms.weight[rows]).sum()
        a_head = (firms.usual_sales[rows].astype(float) * firms.weight[rows]).sum() / engaged / 100
        published = PARAMETERS[f"population.sales_per_head_yuan.{sector}"]
        assert a_head == pytest.approx(published * (1.0 - usual[s]), rel=0.015)
        unborn = (firms.status == Status.UNBORN) & (firms.sector == s)
        engaged = ((firms.staff[unborn] + 1.0) * firms.weight[unborn]).sum()
        new = (firms.usual_sales[unborn].astype(float) * firms.weight[unborn]).sum() / engaged / 100
        assert new == pytest.approx(published * (1.0 - usual[s]), rel=0.05)


def test_public_bodies_that_buy_more_than_there_is_are_refused(case):
    values = {**load().contents(), "procurement.annual_yuan": 1e13}
    with pytest.raises(ParameterError, match=r"makes public bodies buy more of .* than it sells"):
        usual_contracts(type(PARAMETERS)(dict(load()._entries), values))
