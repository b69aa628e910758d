"""The world of a run: listings as they were, demand as published, and what a scenario changes about them."""

import time
from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.data_folders import calibration_folder
from sim.parameters import Parameters, load
from sim.population.counties import counties
from sim.timeline import Timeline
from sim.vocabulary import SECTORS, SIZES
from sim.world import risk_listings
from sim.world.spec import WorldSpec
from sim.world.world import World, build

PARAMETERS = load(calibration_folder() / "world" / "parameters.yaml")
CODES = counties().code


def world(parameters: Parameters = PARAMETERS, **stated: object) -> World:
    spec = WorldSpec.model_validate(stated)
    return build(spec, parameters, counties(), Timeline(spec.start, spec.end))


def timeline(**stated: object) -> Timeline:
    spec = WorldSpec.model_validate(stated)
    return Timeline(spec.start, spec.end)


REAL = world()
DAYS = timeline()


@pytest.mark.parametrize(
    ("on", "counties"),
    [("2022-03-31", 9), ("2022-08-22", 9), ("2022-10-31", 20), ("2022-11-20", 33), ("2022-12-31", 63)],
)
def test_counties_are_listed_on_the_very_days(on: str, counties: int) -> None:
    assert REAL.listed[: DAYS.day(date.fromisoformat(on)) + 1].any(0).sum() == counties


def test_nobody_is_listed_from_april_to_august_2022() -> None:
    assert not REAL.listed[DAYS.day(date(2022, 4, 3)) : DAYS.day(date(2022, 8, 22)) + 1].any()


def test_ruili_was_listed_84_days_in_autumn() -> None:
    autumn = REAL.listed[DAYS.day(date(2022, 9, 16)) : DAYS.day(date(2022, 12, 8)) + 1, CODES.index("533102")]
    assert len(autumn) == 84
    assert autumn.all()


def test_there_is_no_closure_before_or_without_a_listing() -> None:
    never = ~REAL.listed.any(0)
    assert not REAL.severity[:, never].any()
    lag = int(PARAMETERS["world.closure_beyond_listing_days"])
    recently = REAL.listed.copy()
    for days_ago in range(1, lag + 1):
        recently[days_ago:] |= REAL.listed[:-days_ago]
    closed = REAL.severity > 0
    assert not (closed & ~recently)[lag:].any()
    assert (REAL.listed <= closed).all()


def test_severity_is_a_share() -> None:
    assert REAL.severity.min() >= 0
    assert REAL.severity.max() == 1


def test_without_an_outbreak_no_county_is_listed_closed_or_tested() -> None:
    quiet = world(outbreak="none")
    assert not quiet.severity.any()
    assert not quiet.listed.any()
    assert not quiet.testing.any()
    assert (quiet.demand >= REAL.demand).all(), "tours are not banned any more"


def test_a_double_outbreak_closes_no_county_less() -> None:
    double = world(outbreak_factor=2)
    assert (double.severity >= REAL.severity).all()
    assert (double.severity > REAL.severity).any()
    assert (double.listed == REAL.listed).all()


def test_own_listings_cover_exactly_the_counties_of_their_area() -> None:
    own = {"from": "2022-05-01", "to": "2022-05-10", "high_places": 3}
    for area, inside in (
        ({"prefecture": "玉溪市"}, [c.startswith("5304") for c in CODES]),
        ({"county": "530402"}, [c == "530402" for c in CODES]),
        ({"province": "Yunnan"}, [True] * len(CODES)),
    ):
        one = world(outbreak="none", listings=[{**own, **area}])
        assert (one.listed.any(0) == inside).all()
        assert (one.listed.sum(0)[inside] == 10).all()


def test_own_listings_add_to_the_real_ones() -> None:
    own = {"prefecture": "5304", "from": "2022-05-01", "to": "2022-05-10", "medium_places": 3}
    both = world(listings=[own])
    may = slice(DAYS.day(date(2022, 5, 1)), DAYS.day(date(2022, 5, 10)) + 1)
    assert (both.listed[may].any(0) == [c.startswith("5304") for c in CODES]).all()
    both.listed[may] = False
    assert (both.listed == REAL.listed).all()


def test_a_closure_outlasts_a_listing_before_the_first_day() -> None:
    later = world(start="2022-04-05")  # Ruili was listed until 2 April
    assert not later.listed[0].any()
    assert later.severity[0, CODES.index("533102")] == REAL.severity[DAYS.day(date(2022, 4, 5)), CODES.index("533102")]
    assert later.severity[0, CODES.index("533102")] > 0


def test_larger_areas_closed_more_of_a_county_before_the_ninth_edition() -> None:
    def closed(on: str) -> float:
        own = {"county": "530402", "from": on, "to": on, "high_places": 1}
        return float(world(outbreak="none", listings=[own]).severity.max())

    assert closed("2022-06-27") > closed("2022-06-28")


def province_mean(given: World, days: Timeline) -> NDArray[np.float64]:
    """Sales of the province by month and sector: demand less friction, drag and stopped firms."""
    closed, drag = given.closed_share_max, given.control_drag
    severity = given.severity.astype(np.float64)[:, :, None]
    left = np.einsum("dcs,c->ds", (1 - severity * closed) * (1 - severity * drag), counties().weight)
    sales = given.demand * left * (1 - given.friction[:, None] * given.friction_sensitivity)
    return np.array([sales[days.month[:-1] == m].mean(0) for m in range(days.months)])


# Figures typed from the releases; 100 million yuan. Retail and catering of 2021: 440,823 and 46,895.
@pytest.mark.parametrize(
    ("month", "sector", "published"),
    [
        ("2022-04", "catering", 2609 / (46_895 / 12)),  # NBS, gdcenn.cn/a/202205/552070.html
        ("2022-11", "catering", 4435 / (46_895 / 12)),  # NBS, app.bjtitle.com, 2022-12-15
        ("2022-12", "catering", 4157 / (46_895 / 12)),  # NBS, taekukkiminbak.com/html/06f22799766.html
        ("2023-12", "catering", 5405 / (46_895 / 12)),  # NBS, zzndh.com/a/202401/621350.html
        ("2022-08", "retail", (36_258 - 3748) / ((440_823 - 46_895) / 12)),  # NBS, lmy91188.com.cn, 2022-09-16
        ("2023-09", "retail", 35_539 / ((440_823 - 46_895) / 12)),  # NBS, zzndh.com/a/202310/610037.html
        ("2022-07", "manufacturing", 0.98 * 1.094),  # Yunnan +9.4 %, yndtjj.com/yaowen/20220819/1921686.html
        ("2022-12", "manufacturing", 1.10 * 1.053),  # Yunnan +5.3 %, news.he-nan.com.cn/sd/2023/0321/5051.html
        ("2022-06", "transport", 1.02 * 1.013),  # services +1.3 %, dosane.com/economy/2022_07_16_649596.shtml
    ],
)
def test_the_real_world_sells_what_was_published(month: str, sector: str, published: float) -> None:
    sales = province_mean(REAL, DAYS)[DAYS.month_names.index(month), SECTORS.index(sector)]
    assert sales == pytest.approx(published, rel=1e-4)


def test_retail_of_january_and_february_2023_grew_as_yunnan_published() -> None:
    retail = risk_listings.demand().by_month[:, SECTORS.index("retail")]
    assert retail[12] / retail[0] == pytest.approx(
        1.05, abs=1e-3
    )  # goods +5.0 %, news.he-nan.com.cn/sd/2023/0321/5051.html


def test_demand_is_known_for_every_sector_of_24_months() -> None:
    index = risk_listings.demand().by_month
    assert index.shape == (24, len(SECTORS))
    assert ((index > 0.3) & (index < 2.5)).all()


def test_after_the_record_the_months_of_2023_come_again() -> None:
    long = world(end="2025-12-31")
    days = timeline(end="2025-12-31")
    for year in (2024, 2025):
        again = days.day(date(year, 4, 15))
        assert (long.demand[again] == REAL.demand[DAYS.day(date(2023, 4, 15))]).all()
    assert not long.friction[days.day(date(2023, 1, 9)) :].any()


def test_the_wave_is_deepest_on_its_peak_and_can_be_left_out() -> None:
    calm, twice = world(wave_factor=0), world(wave_factor=2)
    peak = DAYS.day(PARAMETERS.date("world.wave.peak"))
    depth = PARAMETERS.by_sector("world.wave.depth")
    assert REAL.demand[peak] / calm.demand[peak] == pytest.approx(1 - depth)
    assert twice.demand[peak] / calm.demand[peak] == pytest.approx(1 - 2 * depth)
    assert (calm.demand[: DAYS.day(date(2022, 12, 8))] == REAL.demand[: DAYS.day(date(2022, 12, 8))]).all()


def test_logistics_scale_friction() -> None:
    assert not world(logistics_factor=0).friction.any()
    assert world(logistics_factor=0.5).friction == pytest.approx(REAL.friction / 2)
    assert world(logistics_factor=50).friction.max() == 1


def test_stated_demand_multiplies_the_months_and_sectors_named() -> None:
    stated = world(demand={"catering": {"2022-05": 0.5}, "industry": {date(2023, 1, 1): 2.0}})
    ratio = stated.demand / REAL.demand
    may = DAYS.month[:-1] == 4
    catering, manufacturing = SECTORS.index("catering"), SECTORS.index("manufacturing")
    assert ratio[may, catering] == pytest.approx(0.5)
    assert ratio[~may, catering] == pytest.approx(1)
    assert ratio[365:, manufacturing] == pytest.approx(2)
    assert ratio[:365, manufacturing] == pytest.approx(1)


def test_kunming_tested_its_staff_from_26_september() -> None:
    kunming = [c.startswith("5301") for c in CODES]
    before, after = DAYS.day(date(2022, 9, 25)), DAYS.day(date(2022, 9, 26))
    assert not REAL.testing[before, kunming].any()
    assert REAL.testing[after, kunming].all()
    assert not REAL.testing[DAYS.day(date(2023, 2, 1)) :].any()


def test_one_day_is_a_horizon() -> None:
    day = world(start="2022-12-01", end="2022-12-01")
    assert day.severity.shape == (1, 129)
    assert (day.severity[0] == REAL.severity[DAYS.day(date(2022, 12, 1))]).all()
    assert day.demand[0] == pytest.approx(REAL.demand[DAYS.day(date(2022, 12, 1))])


def test_shares_stay_shares_at_the_top_of_their_ranges() -> None:
    high = PARAMETERS.with_changes(
        {"world.closed_share_max": 1.15, "world.wave.depth": 1.6, "world.control_drag": 1.25}
    )
    most = world(high, wave_factor=100)
    assert most.closed_share_max.max() == 1
    assert most.demand.min() == 0


def test_building_again_is_fast() -> None:
    world()
    fastest = min(_seconds() for _ in range(5))
    assert fastest < 0.02


def _seconds() -> float:
    start = time.perf_counter()
    world()
    return time.perf_counter() - start


def test_every_row_names_a_known_source() -> None:
    known = {row["source"] for row in risk_listings._rows(calibration_folder(), "sources.csv", {"source": str})}
    for name in ("demand", "listings", "national_listings", "orders", "tour_rules", "testing"):
        assert {
            row["source"] for row in risk_listings._rows(calibration_folder(), f"{name}.csv", {"source": str})
        } <= known


def test_in_an_ordinary_year_every_month_sells_as_usual() -> None:
    quiet = world(outbreak="none", logistics_factor=0, wave_factor=0, demand_index="usual")
    assert (quiet.demand == 1).all()  # `world.demand_level` is 1 in every sector
    assert not quiet.severity.any()
    assert not quiet.friction.any()


def mean_left(of: World) -> NDArray[np.float64]:
    """What closures and friction leave of demand in the mean of the counties, shape (days, sectors)."""
    severity = of.severity.astype(np.float64)[:, :, None]
    left = (1 - severity * of.closed_share_max) * (1 - severity * of.control_drag)
    friction = 1 - of.friction[:, None] * of.friction_sensitivity
    return np.einsum("c,dcs->ds", counties().weight, left) * friction


@pytest.mark.parametrize("control_in_published", [0.0, 0.5, 1.0])
def test_the_course_is_what_firms_sell_in_the_real_world(control_in_published: float) -> None:
    parameters = PARAMETERS.with_changes({"world.control_in_published": control_in_published})
    for stated in ({}, {"demand": {"catering": {"2022-05": 0.8}}}):
        real = world(parameters, **stated)
        assert real.course.shape == (DAYS.days, len(SECTORS))
        assert np.allclose(real.course, real.demand * mean_left(real), rtol=1e-12)


def test_with_all_of_the_controls_in_it_a_month_of_the_course_is_the_published_month() -> None:
    real = world(PARAMETERS.with_changes({"world.control_in_published": 1.0}))
    month = DAYS.month[:-1]
    by_month = np.add.reduceat(real.course, np.flatnonzero(np.diff(month, prepend=-1))) / np.bincount(month)[:, None]
    assert np.allclose(by_month, risk_listings.demand().by_month * PARAMETERS.by_sector("world.demand_level"))


def test_the_course_is_the_same_whatever_the_scenario_makes_of_the_outbreak() -> None:
    own = {"province": "53", "from": "2022-05-01", "to": "2022-05-10", "high_places": 30}
    for stated in ({"outbreak": "none"}, {"outbreak_factor": 2}, {"listings": [own]}, {"wave_factor": 0}):
        assert (world(**stated).course == REAL.course).all()


def test_beyond_the_record_the_course_is_the_mean_of_the_month() -> None:
    later = world(end="2024-12-31")
    days = timeline(end="2024-12-31")
    assert (later.course[: DAYS.days] == REAL.course).all()
    names = np.array(days.month_names)[days.month[:-1]]
    for month in ("01", "02", "11"):
        beyond, within = later.course[names == f"2024-{month}"], later.course[names == f"2023-{month}"]
        assert np.allclose(beyond, within.mean(0)) and not np.ptp(beyond, axis=0).any()


def test_an_ordinary_year_has_an_ordinary_course() -> None:
    quiet = world(demand_index="usual", demand={"retail": {"2022-05": 0.8}})
    level = PARAMETERS.by_sector("world.demand_level")
    assert (quiet.course[0] == level).all()
    may = DAYS.day(date(2022, 5, 3))
    assert quiet.course[may, SECTORS.index("retail")] == pytest.approx(0.8 * level[SECTORS.index("retail")])


def test_staff_come_back_in_a_straight_line_between_two_days() -> None:
    """Half of industry's staff are from elsewhere, and of them 0.8 away on the 1st, 0.4 on the 11th."""
    away = {"2022-02-11": 0.4, "2022-02-01": 0.8}
    built = world(staff_from_elsewhere={"industry": 0.5, "catering": 0.1}, staff_away=away)

    def share(on: str, sector: str) -> float:
        return float(built.away[(date.fromisoformat(on) - date(2022, 1, 1)).days, SECTORS.index(sector)])

    assert share("2022-01-31", "manufacturing") == 0.0
    assert share("2022-02-01", "manufacturing") == pytest.approx(0.4)
    assert share("2022-02-06", "manufacturing") == pytest.approx(0.3)
    assert share("2022-02-06", "catering") == pytest.approx(0.06)
    assert share("2022-12-31", "manufacturing") == pytest.approx(0.2)
    assert share("2022-02-06", "retail") == 0.0
    assert not REAL.away.any()


def test_of_several_orders_for_a_firm_the_last_one_holds() -> None:
    days = {"2022-02-01": 0.9, "2022-02-10": 0.0}
    kunming = {"prefecture": "Kunming", "sectors": ["catering"], "sizes": ["micro"], "closed": {"2022-02-05": 0.4}}
    built = world(stops=[{"closed": days}, kunming])

    def ordered(on: str, county: str, sector: str, size: str) -> float:
        shares = built.stop_shares[built.stop_table[(date.fromisoformat(on) - date(2022, 1, 1)).days]]
        return float(shares[counties().county(county), SECTORS.index(sector), SIZES.index(size)])

    assert ordered("2022-01-31", "Wuhua", "catering", "micro") == 0.0
    assert ordered("2022-02-04", "Wuhua", "catering", "micro") == 0.9
    assert ordered("2022-02-05", "Wuhua", "catering", "micro") == 0.4
    assert ordered("2022-02-05", "Wuhua", "catering", "small") == 0.9
    assert ordered("2022-02-05", "Tengchong", "catering", "micro") == 0.9
    assert ordered("2022-12-31", "Wuhua", "catering", "micro") == 0.4
    assert ordered("2022-12-31", "Wuhua", "retail", "micro") == 0.0
