"""The population: exact totals, sorted rows, identities that nothing else touches, margins of the evidence."""

from datetime import date

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from sim.parameters import Parameters, load
from sim.population.cells import blocks_of, cells_of
from sim.population.columns import Firms
from sim.population.counties import counties
from sim.population.draws import LEAST_MATERIALS, margin_spread
from sim.population.fitting import places_of
from sim.population.synthesis import Population, synthesise
from sim.timeline import COHORTS, Timeline
from sim.vocabulary import FACTS, FLAGS, LANDLORDS, SECTORS, SIZES, Status, bit

TIMELINE = Timeline(date(2022, 1, 1), date(2023, 12, 31))
PARAMETERS = load()


def people(firms: int | None, seed: int = 1, parameters=PARAMETERS) -> Population:
    return synthesise(parameters, counties(), TIMELINE, seed, firms)


@pytest.fixture(scope="module")
def sample() -> Population:
    return people(20_000)


@pytest.fixture(scope="module")
def large_sample() -> Population:
    return people(300_000)


def test_rows_and_weights_add_up_exactly(sample):
    firms = sample.firms
    alive = firms.status == Status.OPEN
    assert alive.sum() == sample.alive == 20_000
    assert firms.weight[alive].sum() == sample.entities == 2_898_000
    assert firms.weight.min() >= 1
    assert sample.scale == 1.0
    cells = cells_of(PARAMETERS, counties(), sample.entities, born=False)
    place = places_of(counties()).of_county[firms.county[alive]]
    found = np.zeros((len(SECTORS), len(SIZES), 18), np.int64)
    np.add.at(found, (firms.sector[alive], firms.size[alive], place), firms.weight[alive])
    assert (found == cells.sum(axis=2)).all()


def test_cells_meet_the_margins():
    cells = cells_of(PARAMETERS, counties(), 2_898_000, born=False)
    assert cells.sum() == 2_898_000
    of_places = np.bincount(places_of(counties()).prefecture, cells.sum(axis=(0, 1, 2)))
    assert np.abs(of_places - 2_898_000 * counties().prefecture_weight).max() < 3
    individual = PARAMETERS.by_sector("population.sector_share.individual")
    expected = 2_898_000 * (1 - PARAMETERS["population.enterprise_share"]) * individual / individual.sum()
    assert np.abs(cells[:, 0].sum(axis=(1, 2)) - expected).max() <= 1


@pytest.mark.parametrize("firms", [1, 7, 500, 1_300, 5_000])
def test_any_number_of_rows_stands_for_the_whole_province(firms):
    population = people(firms)
    alive = population.firms.status == Status.OPEN
    assert alive.sum() == firms
    assert population.firms.weight[alive].sum() == population.entities


def test_rows_are_sorted_and_indexed(sample):
    firms = sample.firms
    cohort = np.repeat(np.arange(COHORTS), np.diff(sample.cohort_start))
    order = ((cohort * 129 + firms.county) * len(SECTORS) + firms.sector) * len(SIZES) + firms.size
    assert (np.diff(order) >= 0).all()
    assert sample.cohort_start[-1] == len(firms.key)
    sizes = np.diff(sample.cohort_start)
    assert sizes.max() < 1.3 * sizes.min()  # spread over the month by a hash
    starts = sample.county_rows(len(counties()))
    for cohort_rows in starts:
        for county in (0, 60, 128):
            assert (firms.county[cohort_rows[county] : cohort_rows[county + 1]] == county).all()
    assert np.diff(starts, axis=1).sum() == len(firms.key)
    assert (counties().prefecture[firms.county] == firms.prefecture).all()


def test_the_same_seed_gives_the_same_firms_and_another_seed_other_draws_of_the_same_firms(sample):
    again, other = people(20_000), people(20_000, seed=2)
    for name, column in sample.firms._asdict().items():
        assert (column == getattr(again.firms, name)).all(), name
    assert (sample.firms.key == other.firms.key).all()
    assert (sample.firms.weight == other.firms.weight).all()
    assert (sample.firms.usual_sales != other.firms.usual_sales).mean() > 0.99


def test_a_firm_is_the_same_in_a_population_of_another_size(sample, large_sample):
    few, many = sample.firms, large_sample.firms
    assert len(np.unique(many.key)) == len(many.key)
    _, here, there = np.intersect1d(few.key, many.key, return_indices=True)
    assert len(here) > 0.95 * len(few.key)
    for name in few._fields:
        if name != "weight":
            assert (getattr(few, name)[here] == getattr(many, name)[there]).all(), name


def test_one_firm_more_changes_no_other_firm(sample):
    more = people(20_001).firms
    _, here, there = np.intersect1d(sample.firms.key, more.key, return_indices=True)
    assert len(here) >= len(sample.firms.key) - 5
    assert (sample.firms.cash[here] == more.cash[there]).all()
    assert (sample.firms.county[here] == more.county[there]).all()


def test_a_sample_agrees_with_a_larger_one_in_totals(sample, large_sample):
    def total(population: Population, column: str) -> float:
        alive = population.firms.status == Status.OPEN
        return float((getattr(population.firms, column) * population.firms.weight)[alive].sum(dtype=np.float64))

    for column in ("staff", "usual_sales", "cash", "rent", "loan", "payables"):
        assert total(sample, column) == pytest.approx(total(large_sample, column), rel=0.05), column


def test_small_groups_are_oversampled_and_keep_their_number(sample):
    alive = sample.firms.status == Status.OPEN
    for name in ("srdi_candidate", "travel_agency"):
        members = (sample.firms.flags & bit(FLAGS, name) > 0) & alive
        entities = sample.firms.weight[members].sum()
        assert 1_000 < entities < 6_500
        assert members.sum() > 4 * 20_000 * entities / sample.entities
    agencies = sample.firms.flags & bit(FLAGS, "travel_agency") > 0
    assert ((sample.firms.quality_deposit > 0) == agencies).all()


def test_more_firms_than_the_province_has_enlarge_it():
    small = PARAMETERS.with_changes({"population.registered_entities": 4_100_000, "population.active_share": 0.6})
    population = people(2_500_000, parameters=small)
    assert population.entities == 2_460_000
    assert population.scale == pytest.approx(2_500_000 / 2_460_000)
    assert (population.firms.weight == 1).all()


def test_births_wait_for_their_day(sample):
    firms = sample.firms
    unborn = firms.status == Status.UNBORN
    expected = sample.entities * PARAMETERS["population.births_per_year"] * TIMELINE.days / 365.25 * 1.25
    assert firms.weight[unborn].sum() == round(expected)
    assert firms.born_on[unborn].min() >= 0
    assert firms.born_on[unborn].max() < TIMELINE.days
    assert np.abs(np.histogram(firms.born_on[unborn], 10, (0, TIMELINE.days))[0] / unborn.sum() - 0.1).max() < 0.02
    assert (firms.born_on[~unborn] == -1).all()
    assert (firms.age_months[unborn] == 0).all()
    assert (firms.cash[unborn] > 0).all()
    assert firms.loan[unborn].sum() == firms.receivables_private[unborn].sum() == firms.payables[unborn].sum() == 0


def left_of_sales(firms: Firms, p: Parameters) -> np.ndarray:
    """What a usual month leaves of a yuan of sales at the margin for life, before an owner has lived, shape (n,)."""
    sales = firms.usual_sales.astype(np.float64)
    premiums = sum(p[f"premiums.{name}"] for name in ("pension", "medical", "unemployment", "work_injury"))
    wages = firms.usual_staff * firms.wage.astype(np.float64) * (1 + premiums * firms.insured_share)
    general = firms.flags & bit(FLAGS, "vat_general") > 0
    vat = np.where(general, p.by_sector("tax.vat_general")[firms.sector], np.where(sales > 15_000_000, 0.01, 0.0))
    platform = firms.flags & bit(FLAGS, "on_platform") > 0
    fixed = sum(p.by_sector(f"costs.{name}") for name in ("utilities", "tolls", "fees", "depreciation"))
    return (
        1
        - firms.materials_share
        - (wages + firms.rent + firms.loan * firms.loan_rate / 12) / sales
        - fixed[firms.sector]
        - vat * (1 + p["tax.surcharge_share"])
        - np.where(platform, p.by_sector("costs.commission")[firms.sector], 0)
    )


def lose_for_life(p: Parameters) -> np.ndarray:
    """Share of firms of a size whose margin for life is below zero, if ``costs.loss_share`` of them lose in a year."""
    return ndtr(ndtri(p.by_size("costs.loss_share")) / p["costs.margin_permanent_share"] ** 0.5)


def test_usual_costs_leave_the_net_margin_of_the_evidence():
    """Where surveyed margins are read as what an owner lives on; what lasts of their spread is kept for life."""
    p = PARAMETERS.with_changes({"owner.living_in_margin": 0.0})
    firms = people(300_000, parameters=p).firms
    margin = left_of_sales(firms, p)
    stated = p.by_sector_and_size("costs.net_margin")
    spread = margin_spread(p) * p["costs.margin_permanent_share"] ** 0.5
    alive, lose = firms.status == Status.OPEN, lose_for_life(p)
    for size in range(len(SIZES)):
        for sector in range(len(SECTORS)):
            rows = (firms.sector == sector) & (firms.size == size)
            error = 4 * spread[sector, size] / np.sqrt(rows.sum())
            assert margin[rows].mean() == pytest.approx(stated[sector, size], abs=error + 0.003)
        rows = alive & (firms.size == size)
        below = np.average(margin[rows] < 0, weights=firms.weight[rows])
        assert below == pytest.approx(lose[size], abs=0.01), SIZES[size]


def test_owners_ask_for_no_more_than_they_earn_and_as_many_lose_as_the_evidence_says(large_sample):
    """Read as what is left after the owner's living, margins are above zero for who earns what he could elsewhere."""
    firms, p = large_sample.firms, PARAMETERS
    earned = left_of_sales(firms, p) * firms.usual_sales
    owned = firms.size <= SIZES.index("micro")
    assert (firms.reservation[~owned] == 0).all() and (firms.reservation[owned] > 0).all()
    beyond = firms.reservation > earned + 1e-5 * firms.usual_sales
    assert 0 < beyond[owned].mean() < 0.05, "nearly nobody is so poor that a tenth of his pay is more than he earns"
    free = firms.materials_share > LEAST_MATERIALS * 1.001  # others cannot give way
    for size in range(SIZES.index("small")):
        rows = (firms.status == Status.OPEN) & (firms.size == size) & free
        losing = earned[rows] < firms.reservation[rows] + 1e-5 * firms.usual_sales[rows]
        assert np.average(losing, weights=firms.weight[rows]) == pytest.approx(lose_for_life(p)[size], abs=0.01)
    earning = owned & (earned > firms.reservation + 1e-5 * firms.usual_sales)
    large = earning & (firms.usual_sales > 10_000_000)  # where materials give way whatever is asked for
    assert firms.reservation[large].mean() / 100 == pytest.approx(p["owner.outside_yuan"], rel=0.05)


def test_means_and_shares_are_those_of_the_parameters(large_sample):
    firms = large_sample.firms
    alive = firms.status == Status.OPEN
    catering = alive & (firms.sector == SECTORS.index("catering")) & (firms.size == 0)
    assert firms.staff[catering].mean() == pytest.approx(PARAMETERS["population.staff.catering.individual"], rel=0.03)
    a_head = firms.usual_sales[catering] / (firms.staff[catering] + 1) / 100
    assert a_head.mean() == pytest.approx(PARAMETERS["population.sales_per_head_yuan.catering"], rel=0.03)
    assert firms.wage[catering].mean() / 100 == pytest.approx(PARAMETERS["population.wage_yuan.catering"], rel=0.03)
    weight = firms.weight * alive
    renting = weight * (firms.landlord != LANDLORDS.index("none"))
    state = (renting * (firms.landlord == LANDLORDS.index("state"))).sum() / renting.sum()
    assert state == pytest.approx(PARAMETERS["population.landlord_share.state"], abs=0.005)
    assert ((firms.rent > 0) == (firms.landlord != LANDLORDS.index("none"))).all()
    young = (weight * (firms.age_months < 60)).sum() / weight.sum()
    assert young == pytest.approx(0.494, abs=0.005)
    assert ((firms.loan > 0) == (firms.loan_due_on >= 0)).all()
    assert ((firms.loan > 0) == (firms.facts & bit(FACTS, "has_loan") > 0)).all()


@pytest.mark.parametrize("end", ["low", "high"])
def test_parameters_at_the_ends_of_their_ranges_give_a_population(end):
    changed = {entry.path: getattr(entry.prior, end) for entry in PARAMETERS.paths()}
    population = people(3_000, parameters=PARAMETERS.with_changes(changed))
    firms = population.firms
    assert firms.weight[firms.status == Status.OPEN].sum() == population.entities
    assert (firms.usual_sales > 0).all()
    assert (firms.cash >= 0).all()
    assert ((firms.materials_share > 0) & (firms.materials_share < 1)).all()
    assert np.isfinite(firms.loan_rate).all()


def test_a_province_of_one_firm_and_a_whole_one_are_made_in_the_same_process():
    one = np.zeros((len(SECTORS), len(SIZES), 4, len(places_of(counties()).code)), np.int64)
    one[3, 0, 0, -1] = 1  # of a place that is one county
    assert blocks_of(counties(), one, one, born=0).rows.sum() == 1
    many = np.zeros_like(one)
    many[3:5, 0:2, 0, 0:2] = 3
    assert blocks_of(counties(), many, many, born=0).rows.sum() == 24
