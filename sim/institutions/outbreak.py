"""A day of the epidemic: activity of every county and sector, firms stopped by a listing, firms set free, restarts.

A firm is stopped while the closed share of its county and sector exceeds its own draw for the episode. The draw does
not depend on the scenario, so less closure stops a subset of the same firms. Set free, it works again at once or
when the problems that it meets (tickets: labour, funds, materials, transport) are solved, by themselves or by
liaison officers, whichever comes first.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np

from sim.firm.bills import usual_outlays
from sim.firm.entitlements import enqueue
from sim.firm.state import APPLIED, LEAD, Float, Market
from sim.institutions.province import Province
from sim.kernels import kernel, outermost
from sim.random_numbers import Purpose, exponential, uniform
from sim.vocabulary import FACTS, FLAGS, SECTORS, TICKETS, Status, bit

OPEN, SUSPENDED = int(Status.OPEN), int(Status.SUSPENDED)
CLOSURE, TICKET, RESTART = int(Purpose.CLOSURE), int(Purpose.TICKET), int(Purpose.RESTART)
LISTED = bit(FACTS, "county_listed")
HIT = bit(FACTS, "hit_by_epidemic")
MOST_CROWDING = 3.0  # nowhere do firms serve more than three times their usual customers
CONSTRUCTION = SECTORS.index("construction")
KEY_FIRM = bit(FLAGS, "key_firm")
FUNDS_TICKET = TICKETS.index("funds")


@outermost
def run_activity(  # type: ignore[no-untyped-def]
    day, demand, severity, drag, control, friction, traffic, sensitivity, local, works, crowding, integral
):
    """Add the activity index of one day to the running integral, for every county and sector.

    index = demand(sector, day) x (1 - drag x severity of the county) x (1 - friction x sensitivity) x local demand
    x crowding. ``drag``: (S,) and ``control``: (C,) factor of control measures; ``friction``: share of travel that is
    disturbed today and ``traffic``: (C, S) factor of measures on it; ``local`` (C, S) and ``crowding`` (C, S) from last
    month's wages and capacity; ``works``: (C,) factor of public works on construction.
    """
    counties, sectors = local.shape
    for c in range(counties):
        for s in range(sectors):
            index = demand[s] * (1.0 - min(drag[s] * control[c], 1.0) * severity[c])
            index *= 1.0 - min(friction * traffic[c, s], 1.0) * sensitivity[s]
            index *= local[c, s] * works[c] if s == CONSTRUCTION else local[c, s]
            integral[day + LEAD + 1, c, s] = integral[day + LEAD, c, s] + index * crowding[c, s]


@outermost
def look_at_listings(  # type: ignore[no-untyped-def]
    day, severity, listed, today, ever_listed, listed_new, episode, closed, control, suspended
):
    """The day's severities and listings; returns whether any firm may have to stop or may restart.

    ``severity``: (C,) of the day and ``listed``: (C,) whether the county is; kept here: ``today`` (C,) severity,
    ``ever_listed`` (C,), ``listed_new`` (C,) listed today for the first time, ``episode`` (C,) first day of the present
    closure. ``closed``, ``control``, ``suspended`` as in :func:`close_and_reopen`.
    """
    moves = False
    for c in range(len(today)):
        before, today[c] = today[c], severity[c]
        listed_new[c] = listed[c] and not ever_listed[c]
        ever_listed[c] |= listed[c]
        if today[c] > 0.0 and before == 0.0:
            episode[c] = day
        moves |= listed_new[c] or suspended[c] > 0 or today[c] * control[c] != closed[c]
    return moves


@outermost
def close_and_reopen(  # type: ignore[no-untyped-def]
    day, today, yesterday, listed_new, episode, closed_max, control, suspended, county_rows, firms, terms, behaviour,
    market, counts, queues, month, ticket_item, officers, seed,
):  # fmt: skip
    """Stop firms of listed counties, free those whose closure ended, restart those that are ready.

    ``today``: (C,) severity; ``yesterday``: (C,) it after control measures, kept here; ``listed_new``: (C,) listed
    today for the first time; ``episode``: (C,) first day of the present closure; ``closed_max``: (S,) share
    stopped at severity 1; ``control``: (C,) factor of control measures; ``suspended``: (C,) rows stopped, kept here;
    ``county_rows``: (cohorts, C + 1) first row of each county in each cohort; ``officers``: whether liaison officers
    take problems.
    """
    for c in range(len(today)):
        closed_now, closed_before = today[c] * control[c], yesterday[c]
        yesterday[c] = closed_now
        if closed_now == closed_before and not listed_new[c]:
            if suspended[c] > 0:
                suspended[c] = _restart_ready(day, c, county_rows, firms)
            continue
        suspended[c] = 0
        for cohort in range(len(county_rows)):
            for i in range(county_rows[cohort, c], county_rows[cohort, c + 1]):
                status = firms.status[i]
                if listed_new[c]:
                    firms.facts[i] |= np.uint16(LISTED)
                if status != OPEN and status != SUSPENDED:
                    continue
                closed = closed_max[firms.sector[i]] * closed_now
                must_close = closed > 0.0 and uniform(seed, CLOSURE, firms.key[i], episode[c]) < closed
                if must_close and status == OPEN:
                    _stop(i, day, c, firms, market)
                elif must_close:
                    firms.restart_on[i] = -1  # still, or again, closed
                    firms.tickets[i] = 0
                elif status == SUSPENDED:
                    if firms.restart_on[i] < 0:
                        _set_free(
                            i, day, month, c, episode[c], firms, terms, behaviour, counts, queues, ticket_item,
                            officers, seed,
                        )  # fmt: skip
                    if firms.restart_on[i] <= day:
                        _restart(i, day, firms)
                suspended[c] += firms.status[i] == SUSPENDED


@kernel
def _restart_ready(day, c, county_rows, firms):  # type: ignore[no-untyped-def]
    """Restart the freed firms of a county whose day has come; returns the rows that stay stopped."""
    stopped = 0
    for cohort in range(len(county_rows)):
        for i in range(county_rows[cohort, c], county_rows[cohort, c + 1]):
            if firms.status[i] == SUSPENDED:
                if 0 <= firms.restart_on[i] <= day:
                    _restart(i, day, firms)
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
def _restart(i, day, firms):  # type: ignore[no-untyped-def]
    """Firm i works again from today on."""
    firms.status[i] = OPEN
    firms.open_from[i] = day
    firms.tickets[i] = 0


@kernel
def days_by_itself(i, c, episode, ticket, firms, terms, behaviour, seed):  # type: ignore[no-untyped-def]
    """Days after which a problem of firm i goes away without help, at most the deadline of supervision (III.2)."""
    wait = behaviour.ticket_days[ticket] * terms.restart_delay[c]
    wait *= exponential(seed, RESTART, firms.key[i], episode * 4 + ticket)
    return min(np.int64(np.ceil(wait)), np.int64(terms.ticket_deadline[0]))


@kernel
def _set_free(  # type: ignore[no-untyped-def]
    i, day, month, c, episode, firms, terms, behaviour, counts, queues, ticket_item, officers, seed
):
    """The closure of firm i has ended: find what it lacks, when that passes by itself, and tell the officers."""
    longest = np.int64(0)
    tickets = 0
    for ticket in range(4):
        if ticket == FUNDS_TICKET:
            lacks = firms.cash[i] < usual_outlays(i, firms, behaviour) * behaviour.ticket_funds_months
        else:
            lacks = uniform(seed, TICKET, firms.key[i], episode * 4 + ticket) < behaviour.ticket_incidence[ticket]
        if lacks:
            tickets |= 1 << ticket
            longest = max(longest, days_by_itself(i, c, episode, ticket, firms, terms, behaviour, seed))
            if officers:
                listed = 1 if firms.flags[i] & KEY_FIRM else 0
                enqueue(i, ticket_item + ticket, day, day, listed, firms, queues)
                counts.firms[month, ticket_item + ticket, APPLIED] += firms.weight[i]
    firms.tickets[i] = tickets
    firms.freed_on[i] = day
    firms.restart_on[i] = min(day + longest, 32_767)


class Outbreak:
    """The epidemic in the province, day by day, under the control measures in force."""

    def __init__(self, province: Province) -> None:
        self.province = province
        counties, sectors, prefectures = len(province.counties), len(SECTORS), province.counties.prefecture_count
        self.episode = np.zeros(counties, np.int64)
        self.suspended = np.zeros(counties, np.int64)  # rows stopped
        self.ever_listed = np.zeros(counties, np.bool_)
        self.listed_new = np.zeros(counties, np.bool_)
        self.severity = np.zeros(counties)
        firms, alive = province.firms, province.firms.status == OPEN
        w = firms.weight[alive]
        payroll = w * firms.staff[alive].astype(np.float64) * firms.wage[alive]
        self.usual_wages: Float = np.asarray(np.bincount(firms.county[alive], payroll, counties), np.float64)
        market = province.counties.prefecture[firms.county[alive]].astype(np.int64) * sectors + firms.sector[alive]
        capacity = np.bincount(market, w * firms.usual_sales[alive].astype(np.float64), prefectures * sectors)
        self.usual_capacity: Float = np.asarray(capacity, np.float64).reshape(prefectures, sectors)
        self.closed = np.zeros(counties)  # severity after control measures
        self.local: Float = np.ones((counties, sectors))  # local demand from last month's wage bill
        self.crowding: Float = np.ones((counties, sectors))  # customers of absent competitors

    def look_at_market(self, market: Market, month: int) -> None:
        """From the month's settlements: local demand follows the wage bill, customers go where firms are open.

        A sector's demand in a prefecture is a market. Of what competitors that are stopped or gone would have sold, the
        share ``firm.crowding`` goes to those still open; newcomers share the market and do not enlarge it. (Not by
        county: in a sampled world a county's sector can be a handful of rows, and the market would be their noise.)
        """
        of_county = self.province.counties.prefecture
        capacity = np.zeros_like(self.usual_capacity)
        np.add.at(capacity, of_county, market.capacity)
        if month == 0 and self.province.timeline.start.day > 1:
            return  # not every cohort has settled in the first days
        share = self.province.parameters.by_sector("firm.local_demand_share")
        # A county of a small sample may have had nobody on a payroll: its demand does not follow newcomers' wages.
        wages = np.divide(
            market.wages, self.usual_wages, out=np.ones_like(self.usual_wages), where=self.usual_wages > 0
        )
        wages = np.minimum(wages, MOST_CROWDING)
        self.local = (1.0 - share)[None, :] + share[None, :] * wages[:, None]
        known = (self.usual_capacity > 0) & (capacity > 0)
        present = np.divide(capacity, self.usual_capacity, out=np.ones_like(capacity), where=known)
        freed = self.province.parameters["firm.crowding"] * (1.0 / present - 1.0)
        crowding = np.where(present < 1.0, np.minimum(1.0 + freed, MOST_CROWDING), 1.0 / present)
        self.crowding = crowding[of_county]

    def look_back(self) -> None:
        """Fill the integral over the days before the horizon, which the first settlement looks back on."""
        for day in range(-LEAD, 0):
            self._run(day, self.province.world.demand[0], 0.0)

    def _run(self, day: int, demand: Float, friction: float) -> None:
        """Activity of a day with the demand of each sector and the friction of travel."""
        province, world = self.province, self.province.world
        terms = province.rules.terms
        works = terms.construction_demand[province.counties.prefecture]
        run_activity(
            day, demand, self.severity, world.control_drag, terms.control_drag, friction, terms.logistics_friction,
            world.friction_sensitivity, self.local, works, self.crowding, province.market.integral,
        )  # fmt: skip

    def live(self, day: int) -> None:
        """One day: listings and closures change, firms stop, are freed and restart, activity runs on."""
        since = perf_counter()
        province, terms, world = self.province, self.province.rules.terms, self.province.world
        if look_at_listings(
            day, world.severity[day], world.listed[day], self.severity, self.ever_listed, self.listed_new, self.episode,
            self.closed, terms.closed_share, self.suspended,
        ):  # fmt: skip
            province.make_room(4 * int(self.suspended.sum()) + 1)
            close_and_reopen(
                day, self.severity, self.closed, self.listed_new, self.episode, world.closed_share_max,
                terms.closed_share, self.suspended, province.county_rows, province.firms, terms, province.behaviour,
                province.market, province.counts, province.queues, province.month(day), province.ticket_item,
                bool(terms.liaison_capacity[0] > 0), province.seed,
            )  # fmt: skip
        self._run(day, world.demand[day], float(world.friction[day]))
        province.took("institutions", since)
