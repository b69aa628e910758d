"""What happens to the firms: closures by county, demand by sector, travel friction, day by day.

The sales published for the years on record already contain what closures, travel friction, tour bans and the wave of
the turn of the year took away. ``build`` therefore first raises each published month by the province's mean loss to
them (the *underlying* demand) and then lets the scenario's own outbreak take its share: the real world gives back the
published month, a world without the outbreak sells more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.parameters import Parameters
from sim.population.counties import Counties
from sim.timeline import Timeline
from sim.vocabulary import SECTORS, SIZES
from sim.world import risk_listings
from sim.world.spec import WorldSpec


@dataclass(frozen=True)
class World:
    """What happens, by day of the run, county and sector. Shares are 0 to 1, demand is 1 in a usual month of 2021.

    A firm that may work sells ``usual * demand * (1 - friction * friction_sensitivity) * (1 - severity *
    control_drag)``; of a county's firms of a sector ``severity * closed_share_max`` are stopped.
    """

    severity: NDArray[np.float32]  # (days, counties) share of the county under closure
    listed: NDArray[np.bool_]  # (days, counties) medium or high risk on that day
    demand: NDArray[np.float64]  # (days, sectors) factor on usual sales
    friction: NDArray[np.float64]  # (days,) share of travel and goods traffic that is disturbed
    friction_sensitivity: NDArray[np.float64]  # (sectors,) share of activity lost at full friction
    closed_share_max: NDArray[np.float64]  # (sectors,) share of the firms stopped at severity 1
    control_drag: NDArray[np.float64]  # (sectors,) share of demand that firms still open lose at severity 1
    testing: NDArray[np.bool_]  # (days, counties) staff had to be tested
    stop_shares: NDArray[np.float64]  # (tables, counties, sectors, sizes) share of firms that may not work by order
    stop_table: NDArray[np.int64]  # (days,) which of these tables holds
    away: NDArray[np.float64]  # (days, sectors) share of the staff of firms that is away
    course: NDArray[np.float64]  # (days, sectors) of usual sales: what firms sold in the mean, as published


@dataclass(frozen=True)
class _Outbreak:
    severity: NDArray[np.float32]
    listed: NDArray[np.bool_]
    tour_ban: NDArray[np.float64]  # (days,) share of the province into which tours are banned


@lru_cache(maxsize=8)
def build(spec: WorldSpec, parameters: Parameters, counties: Counties, timeline: Timeline) -> World:
    """The world of a scenario over a timeline, made once for all runs of a process that live in it and only read it.

    The record is that of the folder of calibration which the counties are of.
    Raises ``KeyError`` when a parameter ``world.*`` is missing.
    """
    listings = [*_real_spells(spec), *_own_spells(spec, counties)]
    outbreak = _outbreak(listings, parameters, counties, timeline)
    loss = _losses(outbreak.tour_ban, parameters, timeline, spec.wave_factor)
    usual, left = np.tile(parameters.by_sector("world.demand_level"), (timeline.days, 1)), np.ones(1)
    if spec.demand_index == "published":
        underlying, left = _record(parameters, counties, timeline)
        usual = underlying * usual
    stated = _stated_demand(spec, timeline)
    shares, table = _stops(spec, counties, timeline)
    return World(
        severity=outbreak.severity,
        listed=outbreak.listed,
        demand=usual * (loss * stated),
        friction=np.minimum(_friction(parameters, timeline) * spec.logistics_factor, 1.0),
        friction_sensitivity=_shares(parameters, "friction_sensitivity"),
        closed_share_max=_shares(parameters, "closed_share_max"),
        control_drag=_shares(parameters, "control_drag"),
        stop_shares=shares,
        stop_table=table,
        away=_staff_away(spec, timeline),
        testing=outbreak.listed | _asked_to_test(spec, counties, timeline),
        course=usual * (left * stated),
    )


def _shares(parameters: Parameters, name: str) -> NDArray[np.float64]:
    """A table of shares by sector; the top of a range may lie beyond the whole."""
    return np.minimum(parameters.by_sector(f"world.{name}"), 1.0)


def _real_spells(spec: WorldSpec) -> list[risk_listings.Spell]:
    factor = spec.outbreak_factor if spec.outbreak == "real" else 0.0
    return (
        [s._replace(high=s.high * factor, medium=s.medium * factor) for s in risk_listings.spells()] if factor else []
    )


def _own_spells(spec: WorldSpec, counties: Counties) -> list[risk_listings.Spell]:
    return [
        risk_listings.Spell(code, own.first.toordinal(), own.last.toordinal(), own.high_places, own.medium_places)
        for own in spec.listings
        for code in counties.code
        if code.startswith(own.area)
    ]


def _outbreak(
    listings: list[risk_listings.Spell], parameters: Parameters, counties: Counties, timeline: Timeline
) -> _Outbreak:
    lag = int(parameters["world.closure_beyond_listing_days"])
    origin = timeline.start.toordinal() - lag  # closures that outlast a listing before the first day
    places = np.zeros((timeline.days + lag, len(counties)))
    listed = np.zeros(places.shape, np.bool_)
    column = {code: i for i, code in enumerate(counties.code)}
    medium_weight = parameters["world.medium_weight"]
    for spell in listings:
        if spell.last >= origin:
            days = slice(max(spell.first - origin, 0), spell.last - origin + 1)
            places[days, column[spell.county]] += spell.high + medium_weight * spell.medium
            listed[days, column[spell.county]] = True
    full = np.where(
        np.arange(len(places)) + origin < parameters.date("world.smaller_risk_areas_from").toordinal(),
        parameters["world.places_full_before_ninth_edition"],
        parameters["world.places_full"],
    )
    closed = np.minimum(places / (full[:, None] * (counties.weight * len(counties))), 1.0)
    severity = closed[lag:].copy()
    for days_ago in range(1, lag + 1):
        np.maximum(severity, closed[lag - days_ago : len(closed) - days_ago], out=severity)
    listed = listed[lag:]
    return _Outbreak(severity.astype(np.float32), listed, _tour_ban(listed, counties, timeline))


def _tour_ban(listed: NDArray[np.bool_], counties: Counties, timeline: Timeline) -> NDArray[np.float64]:
    ban = np.zeros(timeline.days)
    for rule in risk_listings.tour_rules():
        days = _days(rule.first, rule.last, timeline)
        inside = listed[days]
        ban[days] = inside.any(1) if rule.banned == "province" else inside @ counties.weight
    return ban


def _friction(parameters: Parameters, timeline: Timeline) -> NDArray[np.float64]:
    """Share of travel and goods traffic that national listings disturb, shape (days,); 0 after the record."""
    friction = np.zeros(timeline.days)
    weeks, smaller = risk_listings.national(), parameters.date("world.smaller_risk_areas_from").toordinal()
    begins = weeks[0].first if weeks else timeline.end.toordinal() + 1
    for first, share in parameters.dated("world.friction_early").table.items():
        friction[_days(first.toordinal(), begins - 1, timeline)] = share
    for week in weeks:
        new_rules = week.first >= smaller
        full = parameters["world.friction_full" if new_rules else "world.friction_full_before_ninth_edition"]
        friction[_days(week.first, week.last, timeline)] = week.counties / full
    return np.minimum(friction, 1.0)


def _losses(
    tour_ban: NDArray[np.float64], parameters: Parameters, timeline: Timeline, wave_factor: float
) -> NDArray[np.float64]:
    """Share of demand that tour bans and the wave leave, shape (days, sectors)."""
    start, peak, end = (parameters.date(f"world.wave.{name}").toordinal() for name in ("start", "peak", "end"))
    today = np.arange(timeline.days) + timeline.start.toordinal()
    wave = np.interp(today, [start, peak, end], [0.0, wave_factor, 0.0])
    left = 1.0 - np.minimum(wave[:, None] * _shares(parameters, "wave.depth"), 1.0)
    return np.asarray(left * (1.0 - tour_ban[:, None] * _shares(parameters, "tour_ban_loss")))


def _record(
    parameters: Parameters, counties: Counties, timeline: Timeline
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Published demand with the real losses put back, and the share that they left, each of shape (days, sectors).

    Outside the record: the same month of its nearest year, of what was left the mean of that month.
    """
    real = _outbreak(list(risk_listings.spells()), parameters, counties, risk_listings.RECORD)
    severity = real.severity.astype(np.float64)
    mean, mean_square = severity @ counties.weight, severity**2 @ counties.weight
    closed, drag = (_shares(parameters, name) for name in ("closed_share_max", "control_drag"))
    # Mean over the counties of (1 - severity * closed) * (1 - severity * drag).
    left = 1.0 - mean[:, None] * (closed + drag) + mean_square[:, None] * (closed * drag)
    left *= 1.0 - _friction(parameters, risk_listings.RECORD)[:, None] * _shares(parameters, "friction_sensitivity")
    left *= _losses(real.tour_ban, parameters, risk_listings.RECORD, wave_factor=1.0)

    month = risk_listings.RECORD.month[:-1]
    left_by_month = np.add.reduceat(left, np.flatnonzero(np.diff(month, prepend=-1))) / np.bincount(month)[:, None]
    published = risk_listings.demand()
    table = published.by_month / (1.0 - parameters["world.control_in_published"] * (1.0 - left_by_month))

    first = timeline.start.year * 12 + timeline.start.month - 1 - published.first_month
    wanted = first + timeline.month[:-1].astype(np.int64)
    last = len(table) - 12
    wanted = np.where(wanted < 0, wanted % 12, np.where(wanted < len(table), wanted, last + wanted % 12))
    left_on_day = left_by_month[wanted]
    day = np.arange(timeline.days) + timeline.start.toordinal() - risk_listings.RECORD.start.toordinal()
    known = (day >= 0) & (day < len(left))
    left_on_day[known] = left[day[known]]
    return np.asarray(table[wanted]), left_on_day


def _stated_demand(spec: WorldSpec, timeline: Timeline) -> NDArray[np.float64]:
    factor = np.ones((timeline.days, len(SECTORS)))
    names = np.array(timeline.month_names)[timeline.month[:-1]]
    for sectors, stated in spec.demand_by_sector():
        columns = [SECTORS.index(s) for s in sectors]
        if isinstance(stated, Mapping):
            for month, value in stated.items():
                factor[np.ix_(names == month, columns)] *= value
        else:
            for day in range(timeline.days):
                value_on_day = stated.on(timeline.date(day))
                if value_on_day is not None:
                    factor[day, columns] *= value_on_day
    return factor


def _stops(spec: WorldSpec, counties: Counties, timeline: Timeline) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Shares of firms that may not work by order, a table from each day of a change on, and the table of each day."""
    changes = sorted({timeline.start, *(day for stop in spec.stops for day in stop.closed.changes())})
    shares = np.zeros((len(changes), len(counties), len(SECTORS), len(SIZES)))
    for stop in spec.stops:
        inside = [c for c, code in enumerate(counties.code) if code.startswith(stop.area)]
        sectors = [SECTORS.index(name) for name in stop.every_sector()]
        sizes = [SIZES.index(name) for name in stop.every_size()]
        for k, day in enumerate(changes):
            share = stop.closed.on(day)
            if share is not None:
                shares[np.ix_([k], inside, sectors, sizes)] = share
    days = np.array([timeline.day(day) for day in changes])
    return shares, np.searchsorted(days, np.arange(timeline.days), side="right") - 1


def _staff_away(spec: WorldSpec, timeline: Timeline) -> NDArray[np.float64]:
    """Share of the staff that is away, in a straight line between two days stated; none before the first."""
    away = np.zeros((timeline.days, len(SECTORS)))
    if spec.staff_away:
        stated = sorted(spec.staff_away.items())
        days, shares = [timeline.day(day) for day, _ in stated], [share for _, share in stated]
        of_outsiders = np.interp(np.arange(timeline.days), days, shares, left=0.0)
        for sectors, outsiders in spec.outsiders_by_sector():
            away[:, [SECTORS.index(name) for name in sectors]] = outsiders * of_outsiders[:, None]
    return away


def _asked_to_test(spec: WorldSpec, counties: Counties, timeline: Timeline) -> NDArray[np.bool_]:
    asked = np.zeros((timeline.days, len(counties)), np.bool_)
    if spec.outbreak == "real":
        for period in risk_listings.testing():
            inside = np.array([code.startswith(period.place) for code in counties.code])
            asked[np.ix_(np.arange(timeline.days)[_days(period.first, period.last, timeline)], inside)] = True
    return asked


def _days(first: int, last: int, timeline: Timeline) -> slice:
    """Days of the run between two ordinals, both included."""
    origin = timeline.start.toordinal()
    return slice(max(first - origin, 0), max(last - origin + 1, 0))
