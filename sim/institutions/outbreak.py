"""A day of the epidemic: activity of every county and sector, firms stopped by a listing, firms set free, restarts.

A firm is stopped while the closed share of its county and sector exceeds its own draw for the episode. The draw does
not depend on the scenario, so less closure stops a subset of the same firms. Set free, it works again at once or
when the problems that it meets (tickets: labour, funds, materials, transport) are solved, by themselves or by
liaison officers, whichever comes first.
"""

import numpy as np
from numba import njit

from sim.firm.entitlements import enqueue
from sim.firm.state import LEAD
from sim.luck import Purpose, exponential, uniform
from sim.vocabulary import FACTS, FLAGS, TICKETS, Status, bit

OPEN, SUSPENDED = int(Status.OPEN), int(Status.SUSPENDED)
CLOSURE, TICKET, RESTART = int(Purpose.CLOSURE), int(Purpose.TICKET), int(Purpose.RESTART)
LISTED = bit(FACTS, "county_listed")
HIT = bit(FACTS, "hit_by_epidemic")
KEY_FIRM = bit(FLAGS, "key_firm")
FUNDS_TICKET = TICKETS.index("funds")


@njit(cache=True)
def run_activity(day, demand, severity, drag, friction, sensitivity, local, crowding, integral):  # type: ignore[no-untyped-def]
    """Add the activity index of one day to the running integral, for every county and sector.

    index = demand(sector, day) x (1 - drag x severity of the county) x (1 - friction x sensitivity) x local demand
    x crowding. ``drag``: (C, S) after control measures; ``friction``: share of activity lost to traffic control
    today; ``local`` (C, S) and ``crowding`` (C, S) from last month's wages and capacity.
    """
    counties, sectors = local.shape
    for c in range(counties):
        for s in range(sectors):
            index = demand[s] * (1.0 - drag[c, s] * severity[c]) * (1.0 - friction * sensitivity[s])
            integral[day + LEAD + 1, c, s] = integral[day + LEAD, c, s] + index * local[c, s] * crowding[c, s]


@njit(cache=True)
def close_and_reopen(  # type: ignore[no-untyped-def]
    day, today, yesterday, listed_new, episode, closed_max, control, suspended, county_rows, firms, terms, behaviour,
    market, queues, ready_day, ticket_item, officers, seed,
):  # fmt: skip
    """Stop firms of listed counties, free those whose closure ended, restart those that are ready.

    ``today``, ``yesterday``: (C,) severity; ``listed_new``: (C,) listed today for the first time this year;
    ``episode``: (C,) first day of the present closure; ``closed_max``: (S,) share stopped at severity 1;
    ``control``: (C,) factor of control measures; ``suspended``: (C,) rows stopped, kept here; ``county_rows``:
    (cohorts, C + 1) first row of each county in each cohort; ``officers``: whether liaison officers take problems.
    """
    for c in range(len(today)):
        changed = today[c] != yesterday[c]
        if not changed and suspended[c] == 0 and not listed_new[c]:
            continue
        for cohort in range(len(county_rows)):
            for i in range(county_rows[cohort, c], county_rows[cohort, c + 1]):
                status = firms.status[i]
                if listed_new[c]:
                    firms.facts[i] |= np.uint16(LISTED)
                if status != OPEN and status != SUSPENDED:
                    continue
                closed = closed_max[firms.sector[i]] * today[c] * control[c]
                if status == OPEN:
                    if closed <= 0.0 or not changed:
                        continue
                    if uniform(seed, CLOSURE, firms.key[i], episode[c]) < closed:
                        _stop(i, day, c, firms, market, suspended)
                elif closed > 0.0 and uniform(seed, CLOSURE, firms.key[i], episode[c]) < closed:
                    firms.restart_on[i] = -1  # still, or again, closed
                    firms.tickets[i] = 0
                elif firms.restart_on[i] < 0:
                    _set_free(
                        i, day, c, episode[c], firms, terms, behaviour, queues, ready_day, ticket_item, officers, seed
                    )
                    if firms.restart_on[i] <= day:
                        _restart(i, day, c, firms, suspended)
                elif firms.restart_on[i] <= day:
                    _restart(i, day, c, firms, suspended)


@njit(cache=True)
def _stop(i, day, c, firms, market, suspended):  # type: ignore[no-untyped-def]
    """Firm i is stopped: what it sold since its last settlement is kept for the next."""
    firms.status[i] = SUSPENDED
    firms.suspended_on[i] = day
    firms.restart_on[i] = -1
    firms.tickets[i] = 0
    firms.facts[i] |= np.uint16(HIT)
    worked = market.integral[day + LEAD, c, firms.sector[i]]
    worked -= market.integral[firms.open_from[i] + LEAD, c, firms.sector[i]]
    firms.activity_pending[i] += worked
    suspended[c] += 1


@njit(cache=True)
def _restart(i, day, c, firms, suspended):  # type: ignore[no-untyped-def]
    """Firm i works again from today on."""
    firms.status[i] = OPEN
    firms.open_from[i] = day
    firms.tickets[i] = 0
    suspended[c] -= 1


@njit(cache=True)
def days_by_itself(i, c, episode, ticket, firms, terms, behaviour, seed):  # type: ignore[no-untyped-def]
    """Days after which a problem of firm i goes away without help, at most the deadline of supervision (III.2)."""
    wait = behaviour.ticket_days[ticket] * terms.restart_delay[c]
    wait *= exponential(seed, RESTART, firms.key[i], episode * 4 + ticket)
    return min(np.int64(np.ceil(wait)), np.int64(terms.ticket_deadline[0]))


@njit(cache=True)
def _set_free(i, day, c, episode, firms, terms, behaviour, queues, ready_day, ticket_item, officers, seed):  # type: ignore[no-untyped-def]
    """The closure of firm i has ended: find what it lacks, when that passes by itself, and tell the officers."""
    longest = np.int64(0)
    tickets = 0
    for ticket in range(4):
        if ticket == FUNDS_TICKET:
            lacks = firms.cash[i] < firms.usual_sales[i] * behaviour.ticket_funds_months
        else:
            lacks = uniform(seed, TICKET, firms.key[i], episode * 4 + ticket) < behaviour.ticket_incidence[ticket]
        if lacks:
            tickets |= 1 << ticket
            longest = max(longest, days_by_itself(i, c, episode, ticket, firms, terms, behaviour, seed))
            if officers:
                listed = 1 if firms.flags[i] & KEY_FIRM else 0
                enqueue(i, ticket_item + ticket, day, day, listed, firms, queues)
    firms.tickets[i] = tickets
    firms.restart_on[i] = min(day + longest, 32_767)
