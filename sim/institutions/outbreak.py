"""A day of the epidemic: activity of every county and sector, firms stopped by a listing, firms set free, restarts.

A firm is stopped while the closed share of its county and sector, or the share that may not work by order, exceeds its
own draw for the episode. The draw does
not depend on the scenario, so less closure stops a subset of the same firms. Set free, it works again at once or
when the problems that it meets (tickets: labour, funds, materials, transport) are over, by themselves or because
somebody has found what ends them, whichever comes first (:mod:`sim.institutions.restart`). A firm of whose staff too
many are away, by what the world says, lacks labour until enough are back.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.firm.bills import outlays
from sim.firm.entitlements import round_half_up
from sim.firm.state import APPLIED, FREED, LEAD, LISTED, NEVER, UNLISTED, Float, Int
from sim.institutions.markets import Markets
from sim.institutions.province import Province
from sim.institutions.queues import enqueue
from sim.kernels import columns, kernel, outermost
from sim.random_numbers import Purpose, normal, uniform
from sim.vocabulary import BACK_WITHIN_DAYS, CLOSURE_DAYS, FACTS, FLAGS, SECTORS, TICKETS, Status, bit
from sim.world.world import World

OPEN, SUSPENDED = int(Status.OPEN), int(Status.SUSPENDED)
CLOSURE, TICKET, RESTART = int(Purpose.CLOSURE), int(Purpose.TICKET), int(Purpose.RESTART)
RETURN = int(Purpose.RETURN)
COUNTY_LISTED = bit(FACTS, "county_listed")
HIT = bit(FACTS, "hit_by_epidemic")
CONSTRUCTION = SECTORS.index("construction")
KEY_FIRM = bit(FLAGS, "key_firm")
FUNDS_TICKET, LABOUR = TICKETS.index("funds"), TICKETS.index("labour")
TICKET_COUNT = len(TICKETS)
ALL_TICKETS = (1 << TICKET_COUNT) - 1


@columns
class Surroundings(NamedTuple):
    """What makes the activity of a county's sector on a day, beside demand and the friction of travel."""

    severity: Float  # (C,) of the day
    drag: Float  # (S,) of a severity of 1
    control: Float  # (C,) factor of control measures on it
    sensitivity: Float  # (S,) to the friction of travel
    traffic: Float  # (C, S) factor of measures on it
    local: Float  # (C, S) local demand, of last month's incomes
    works: Float  # (P,) factor of public works on construction
    prefecture: NDArray[np.int8]  # (C,)
    crowding: Float  # (C, S) customers of absent competitors, from last month's capacity
    orders: Float  # (C, S) of firms, from last month's sales


@columns
class Closures(NamedTuple):
    """Where firms are stopped."""

    severity: Float  # (C,) of the day
    closed: Float  # (C,) it after control measures, as last acted on
    control: Float  # (C,) factor of control measures
    listed_new: NDArray[np.bool_]  # (C,) listed today for the first time
    ever_listed: NDArray[np.bool_]  # (C,)
    episode: Int  # (C,) first day of the present closure
    suspended: Int  # (C,) rows stopped
    closed_max: Float  # (S,) share stopped at severity 1
    stops: Float  # (C, S, Z) share that may not work by order
    most_stopped: Float  # (C,) the greatest of it in a county
    stops_new: NDArray[np.bool_]  # (C,) whether it is another one since today
    held: Float  # (C,) severity or share by order, whichever is greater, as last acted on
    county_rows: Int  # (cohorts, C + 1) first row of each county in each cohort


@outermost
def run_activity(day, demand, friction, surroundings, integral):  # type: ignore[no-untyped-def]
    """Add the activity index of one day to the running integral, for every county and sector.

    index = demand(sector, day) x (1 - drag x severity of the county) x (1 - friction x sensitivity) x local demand
    x crowding x orders. ``demand``: (S,) of today; ``friction``: share of travel that is disturbed today.
    """
    around = surroundings
    counties, sectors = around.local.shape
    for c in range(counties):
        for s in range(sectors):
            index = demand[s] * (1.0 - min(around.drag[s] * around.control[c], 1.0) * around.severity[c])
            index *= 1.0 - min(friction * around.traffic[c, s], 1.0) * around.sensitivity[s]
            local = around.local[c, s]
            index *= local * around.works[around.prefecture[c]] if s == CONSTRUCTION else local
            index *= around.crowding[c, s] * around.orders[c, s]
            integral[day + LEAD + 1, c, s] = integral[day + LEAD, c, s] + index


@outermost
def update_listings(day, severity, listed, closures):  # type: ignore[no-untyped-def]
    """The day's severities and listings; returns whether any firm may have to stop or may restart.

    ``severity``: (C,) of the day and ``listed``: (C,) whether the county is.
    """
    today, listed_new = closures.severity, closures.listed_new
    moves = False
    for c in range(len(today)):
        today[c] = severity[c]
        listed_new[c] = listed[c] and not closures.ever_listed[c]
        closures.ever_listed[c] |= listed[c]
        before, closures.held[c] = closures.held[c], max(today[c], closures.most_stopped[c])
        if closures.held[c] > 0.0 and before == 0.0:
            closures.episode[c] = day
        moves |= (
            listed_new[c]
            or closures.stops_new[c]
            or closures.suspended[c] > 0
            or today[c] * closures.control[c] != closures.closed[c]
        )
    return moves


@outermost
def close_and_reopen(closures, clock, state):  # type: ignore[no-untyped-def]
    """Stop open firms of listed counties, free those whose closure ended, restart those that are ready.

    A firm that its owner has paused is not touched.
    """
    firms, market, seed, day = state.firms, state.market, state.seed, clock.day
    restarts = state.records.counts.restarts
    suspended, county_rows, episode = closures.suspended, closures.county_rows, closures.episode
    for c in range(len(suspended)):
        closed_now, closed_before = closures.severity[c] * closures.control[c], closures.closed[c]
        closures.closed[c] = closed_now
        if closed_now == closed_before and not closures.listed_new[c] and not closures.stops_new[c]:
            if suspended[c] > 0:
                suspended[c] = _restart_ready(day, c, county_rows, episode, state)
            continue
        suspended[c] = 0
        for cohort in range(len(county_rows)):
            for i in range(county_rows[cohort, c], county_rows[cohort, c + 1]):
                status = firms.status[i]
                if closures.listed_new[c]:
                    firms.facts[i] |= np.uint16(COUNTY_LISTED)
                if status != OPEN and status != SUSPENDED:
                    continue
                by_order = closures.stops[c, firms.sector[i], firms.size[i]]
                closed = max(closures.closed_max[firms.sector[i]] * closed_now, by_order)
                must_close = closed > 0.0 and uniform(seed, CLOSURE, firms.key[i], episode[c]) < closed
                if must_close and status == OPEN:
                    _stop(i, day, c, firms, market)
                elif must_close:
                    if firms.restart_on[i] >= 0:  # closed again before it worked: its last closure counts
                        restarts[_closure(i, firms), FREED] -= firms.weight[i]
                    firms.restart_on[i] = -1
                    firms.tickets[i] = 0
                elif status == SUSPENDED:
                    if firms.restart_on[i] < 0:
                        _set_free(i, clock, episode[c], state)
                    _look_at_funds(i, day, episode, state)
                    if firms.restart_on[i] <= day:
                        _restart(i, day, firms, restarts)
                suspended[c] += firms.status[i] == SUSPENDED


@kernel
def _restart_ready(day, c, county_rows, episode, state):  # type: ignore[no-untyped-def]
    """Restart the freed firms of a county whose day has come; returns the rows that stay stopped."""
    firms = state.firms
    stopped = 0
    for cohort in range(len(county_rows)):
        for i in range(county_rows[cohort, c], county_rows[cohort, c + 1]):
            if firms.status[i] == SUSPENDED:
                _look_at_funds(i, day, episode, state)
                if 0 <= firms.restart_on[i] <= day:
                    _restart(i, day, firms, state.records.counts.restarts)
                else:
                    stopped += 1
    return stopped


@kernel
def _stop(i, day, c, firms, market):  # type: ignore[no-untyped-def]
    """Firm i is stopped: what it sold since its last settlement is kept for the next."""
    firms.status[i] = SUSPENDED
    firms.suspended_on[i] = day
    firms.restart_on[i] = -1
    firms.tickets[i] = 0
    firms.facts[i] |= np.uint16(HIT)
    worked = market.integral[day + LEAD, c, firms.sector[i]]
    worked -= market.integral[firms.open_from[i] + LEAD, c, firms.sector[i]]
    firms.activity_pending[i] += worked


@kernel
def _restart(i, day, firms, restarts):  # type: ignore[no-untyped-def]
    """Firm i works again from today on; how its lacks ended stays on record."""
    firms.status[i] = OPEN
    firms.open_from[i] = day
    firms.tickets[i] &= np.uint8(255 ^ ALL_TICKETS)
    closure, waited = _closure(i, firms), day - firms.freed_on[i]
    for k in range(len(BACK_WITHIN_DAYS)):
        if waited <= BACK_WITHIN_DAYS[k]:
            restarts[closure, k] += firms.weight[i]


@kernel
def _closure(i, firms):  # type: ignore[no-untyped-def]
    """For how long firm i had been closed when it was freed, as a place in CLOSURE_DAYS, or after the last."""
    days = firms.freed_on[i] - firms.suspended_on[i]
    k = 0
    while k < len(CLOSURE_DAYS) and days > CLOSURE_DAYS[k]:
        k += 1
    return k


@kernel
def days_by_itself(i, episode, ticket, state):  # type: ignore[no-untyped-def]
    """Days after which a problem of firm i goes away without help: few for most, many for some.

    Where staff were away when the firm was freed, a lack of labour lasts until enough are back, and for a firm that
    would have lacked labour anyhow no less than its own days.
    """
    firms, behaviour = state.firms, state.behaviour
    wait = behaviour.ticket_days[ticket] * state.terms.restart_delay[np.int64(firms.county[i])]
    spread = behaviour.days_spread
    drawn = spread * normal(state.seed, RESTART, firms.key[i], episode * TICKET_COUNT + ticket)
    wait *= np.exp(drawn - spread * spread / 2.0)
    days, freed_on = np.int64(min(np.ceil(wait), float(NEVER))), np.int64(firms.freed_on[i])
    if ticket == LABOUR and state.market.away[freed_on, firms.sector[i]] > 0.0:
        return max(days if _lacks_by_chance(i, episode, ticket, state) else np.int64(0), _days_away(i, freed_on, state))
    return days


@kernel
def persons_to_find(i, state):  # type: ignore[no-untyped-def]
    """Persons whom firm i must find when it lacks labour: with so many of its staff away it cannot work."""
    return max(1, round_half_up(state.behaviour.missing_staff * state.firms.staff[i]))


@kernel
def _days_away(i, first, state):  # type: ignore[no-untyped-def]
    """Days from ``first`` on for which too many of the staff of firm i are away to work; NEVER: beyond the horizon."""
    away = state.market.away
    for day in range(first, len(away)):
        if not _too_many_away(i, away[day, state.firms.sector[i]], state):
            return day - first
    return np.int64(NEVER)


@kernel
def _too_many_away(i, share, state):  # type: ignore[no-untyped-def]
    """Whether too many of the staff of firm i are among the share that is away; who returns does so in one order."""
    if share <= 0.0:
        return False
    firms, needed, missing = state.firms, persons_to_find(i, state), 0
    for person in range(firms.staff[i]):
        missing += uniform(state.seed, RETURN, firms.key[i], person) < share
        if missing >= needed:
            return True
    return False


@kernel
def _lacks_by_chance(i, episode, ticket, state):  # type: ignore[no-untyped-def]
    """Whether firm i lacks labour, materials or transport as firms do whose staff are all there."""
    chance = uniform(state.seed, TICKET, state.firms.key[i], episode * TICKET_COUNT + ticket)
    return chance < state.behaviour.ticket_incidence[ticket]


@kernel
def end_lack(i, ticket, day, episode, state):  # type: ignore[no-untyped-def]
    """A lack of firm i has gone otherwise than by its own days: it works again on ``day`` or after its other lacks.

    ``episode``: (C,) first day of each county's present closure.
    """
    firms = state.firms
    firms.tickets[i] &= np.uint8(255 ^ (1 << ticket))
    restart = np.int64(day)
    for other in range(TICKET_COUNT):
        if (firms.tickets[i] >> other) & 1:
            alone = days_by_itself(i, episode[np.int64(firms.county[i])], other, state)
            restart = max(restart, firms.freed_on[i] + alone)
    firms.restart_on[i] = min(restart, np.int64(firms.restart_on[i]))


@kernel
def _look_at_funds(i, day, episode, state):  # type: ignore[no-untyped-def]
    """A freed firm that waits for funds, and has come to hold enough, lacks them no more."""
    firms = state.firms
    if firms.restart_on[i] > day and (firms.tickets[i] >> FUNDS_TICKET) & 1 and not _lacks_funds(i, state):
        alone = days_by_itself(i, episode[np.int64(firms.county[i])], FUNDS_TICKET, state)
        if firms.freed_on[i] + alone > day:  # else it has passed by itself already
            end_lack(i, FUNDS_TICKET, day, episode, state)


@kernel
def _lacks_funds(i, state):  # type: ignore[no-untyped-def]
    """Whether firm i holds too little to begin again."""
    behaviour = state.behaviour
    return state.firms.cash[i] < outlays(i, 1.0, state.firms, behaviour) * behaviour.ticket_funds_months


@kernel
def _set_free(i, clock, episode, state):  # type: ignore[no-untyped-def]
    """The closure of firm i has ended: find what it lacks, when that passes by itself, and who is told of it."""
    firms, terms, queues, counts = state.firms, state.terms, state.queues, state.records.counts
    day = clock.day
    firms.freed_on[i] = day
    lane = -1  # nobody is told
    if firms.flags[i] & KEY_FIRM and terms.liaison_capacity[firms.prefecture[i]] > 0.0:
        lane = LISTED
    elif terms.counter_capacity[firms.prefecture[i]] > 0.0:
        lane = UNLISTED
    longest = np.int64(0)
    for ticket in range(TICKET_COUNT):
        if ticket == FUNDS_TICKET:
            lacks = _lacks_funds(i, state)
        elif ticket == LABOUR:
            lacks = firms.staff[i] > 0 and (
                _lacks_by_chance(i, episode, ticket, state)
                or _too_many_away(i, state.market.away[day, firms.sector[i]], state)
            )
        else:
            lacks = _lacks_by_chance(i, episode, ticket, state)
        if lacks:
            firms.tickets[i] |= np.uint8(1 << ticket)
            longest = max(longest, days_by_itself(i, episode, ticket, state))
            if lane >= 0:
                enqueue(i, state.ticket_item + ticket, day, day, lane, firms, queues)
                counts.firms[clock.month, state.ticket_item + ticket, APPLIED] += firms.weight[i]
    firms.restart_on[i] = min(day + longest, NEVER)
    counts.restarts[_closure(i, firms), FREED] += firms.weight[i]


class Outbreak:
    """The epidemic in the province, day by day, under the control measures in force."""

    def __init__(self, province: Province, markets: Markets, world: World, county_rows: Int) -> None:
        """``county_rows``: (cohorts, C + 1) first row of each county in each cohort."""
        self.province, self.world = province, world
        self.orders = -1  # the table of shares by order that was last acted on
        terms, places = province.state.terms, len(markets.of_county)
        severity = np.zeros(places)
        self.surroundings = Surroundings(
            severity=severity,
            drag=world.control_drag,
            control=terms.control_drag,
            sensitivity=world.friction_sensitivity,
            traffic=terms.logistics_friction,
            local=markets.local,
            works=terms.construction_demand,
            prefecture=markets.of_county,
            crowding=markets.crowding,
            orders=markets.orders,
        )
        self.closures = Closures(
            severity=severity,
            closed=np.zeros(places),
            control=terms.closed_share,
            listed_new=np.zeros(places, np.bool_),
            ever_listed=np.zeros(places, np.bool_),
            episode=np.zeros(places, np.int64),
            suspended=np.zeros(places, np.int64),
            closed_max=world.closed_share_max,
            stops=np.zeros(world.stop_shares.shape[1:]),
            most_stopped=np.zeros(places),
            stops_new=np.zeros(places, np.bool_),
            held=np.zeros(places),
            county_rows=county_rows,
        )

    def fill_look_back(self) -> None:
        """Fill the integral over the days before the horizon, which the first settlement looks back on."""
        for day in range(-LEAD, 0):
            self._run(day, self.world.demand[0], 0.0)

    def _run(self, day: int, demand: Float, friction: float) -> None:
        """Activity of a day with the demand of each sector and the friction of travel."""
        run_activity(day, demand, friction, self.surroundings, self.province.state.market.integral)

    def advance(self, day: int) -> None:
        """One day: listings and closures change, firms stop, are freed and restart, activity runs on."""
        world, closures, province = self.world, self.closures, self.province
        closures.stops_new[:] = False
        if world.stop_table[day] != self.orders:
            self.orders = int(world.stop_table[day])
            ordered = world.stop_shares[self.orders]
            closures.stops_new[:] = (ordered != closures.stops).any(axis=(1, 2))
            closures.stops[:], closures.most_stopped[:] = ordered, ordered.max(axis=(1, 2))
        if update_listings(day, world.severity[day], world.listed[day], closures):
            province.make_room(len(TICKETS) * int(closures.suspended.sum()) + 1)
            close_and_reopen(closures, province.clock(day), province.state)
        self._run(day, world.demand[day], float(world.friction[day]))
