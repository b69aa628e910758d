"""The firm's month: what it sold, what fell due, how it paid, whether it stays.

One kernel over the slice of firms whose settlement day it is. Each numbered heading is one sentence of the model
document; the order is the model's order. The settlement knows flows and entitlements, never a measure by name.
"""

import numpy as np

from sim.firm.bills import (
    FLOW_COUNT,
    MATERIALS,
    PRINCIPAL,
    SUSPENDED,
    VAT_GENERAL,
    WAGES,
    bill_income_tax,
    bill_labour,
    bill_loan,
    bill_trade,
    defer,
    deferred_total,
    materials_of_a_yuan,
    outlays,
    relieve,
)
from sim.firm.claims import LARGE_FIRMS, PUBLIC_BODIES, SALES_LARGE, SALES_PUBLIC, collect
from sim.firm.contracts import deliver, work_of_a_yuan
from sim.firm.decision import (
    STAYS,
    adjust_staff,
    closed_days,
    contract_earnings,
    expected_earnings,
    gap_of,
    may_leave,
    pauses,
    wanted_staff,
    what_becomes,
)
from sim.firm.entitlements import (
    apply_for_measures,
    credit_increment,
    deliver_automatically,
    file_case,
    held,
    in_effect,
    more,
    next_of,
    pay,
    round_half_up,
)
from sim.firm.exit import EXITED, leave
from sim.firm.payment import (
    draw_on_cash,
    instalments_due,
    may_raise_cash,
    pay_arrears,
    pay_in_order,
    pay_suppliers,
    raise_cash,
    repay_loan,
)
from sim.firm.state import APPLIED, EVERYBODY, LEAD, LONGEST_PROCESSING, NEVER, UNLISTED
from sim.kernels import kernel, outermost
from sim.ledger import LINE, UNPAID_0
from sim.random_numbers import Purpose, normal, uniform
from sim.units import MONTH_DAYS
from sim.vocabulary import FACTS, SECTORS, SIZES, Status, bit

OPEN, PAUSED = int(Status.OPEN), int(Status.PAUSED)
UNBORN = int(Status.UNBORN)
HIT, HAS_LOAN, SHORT, OVERDUE, HIRED, KEPT, PENDING, LATE, EXPANDS = (
    bit(FACTS, f)
    for f in (
        "hit_by_epidemic", "has_loan", "short_of_cash", "overdue_receivables", "hired", "kept_staff", "loan_pending",
        "late_on_loan", "expands",
    )
)  # fmt: skip
MONTHLY_FACTS = 0xFFFF & ~(HIT | OVERDUE | HIRED | HAS_LOAN)
SALES_CASH, SALES_PRIVATE = LINE["sales_cash"], LINE["sales_private"]
VAT_CREDIT_ACCRUED = LINE["vat_credit_accrued"]
FOUNDING = LINE["founding"]
SALES, TREND, BIRTH, LOAN_DEMAND, EXPANSION = (
    int(p)
    for p in (
        Purpose.SALES, Purpose.TREND, Purpose.BIRTH, Purpose.LOAN_DEMAND, Purpose.EXPANSION,
    )
)  # fmt: skip


@outermost
def settle(span, clock, turns, state):  # type: ignore[no-untyped-def]
    """Settle the month of the firms of ``span`` on the day of ``clock``.

    ``turns``: (n,) whose turn comes when, read where the span is of one turn.

    A column is written only where it changes: what is not dirty need not go back to memory. At the first settlement of
    a calendar year the year's profit and the facts of the year are counted anew.
    """
    firms, terms, behaviour, market = state.firms, state.terms, state.behaviour, state.market
    records, cases, ready_day, bills, seed = state.records, state.cases, state.ready_day, state.bills, state.seed
    slots, counts, loans, full, due = records.slots, records.counts, state.loan_item, bills.full, bills.due
    day, month = clock.day, clock.month
    lines = records.books.lines[month]
    for i in range(np.uint64(span.first), np.uint64(span.last)):
        if span.turn != EVERYBODY and turns[i] != span.turn:
            continue
        status = firms.status[i]
        if status == EXITED:
            continue
        if status == UNBORN:
            if firms.born_on[i] <= day:
                _open_new_firm(i, day, firms, terms, behaviour, market, lines, seed)
            continue
        key = firms.key[i]
        w = np.int64(firms.weight[i])
        c, s, z, p = firms.county[i], firms.sector[i], firms.size[i], firms.prefecture[i]
        if clock.month_of_year == 1:
            firms.profit_this_year[i] = 0
            firms.facts[i] |= np.uint16(KEPT)

        # 1. Sales: the running integral of the county's activity turns the days open into one subtraction.
        since = firms.open_from[i]
        days_active = float(firms.activity_pending[i])
        if status != SUSPENDED:  # who pauses sees what he could have sold
            days_active += market.integral[day + LEAD, c, s] - market.integral[since + LEAD, c, s]
        if firms.activity_pending[i] != 0.0:
            firms.activity_pending[i] = 0.0
        firms.open_from[i] = day
        activity = days_active / MONTH_DAYS
        drift = 1.0 + behaviour.trend_sigma * normal(seed, TREND, key, month)
        usual = float(firms.usual_sales[i]) * drift
        firms.usual_sales[i] = round_half_up(usual)
        firms.rent[i] = round_half_up(firms.rent[i] * drift)
        demand_factor, materials_factor = _cultivated(i, firms, terms)
        shock = max(0.0, 1.0 + behaviour.sales_sigma[s] * normal(seed, SALES, key, month))
        sold = round_half_up(usual * activity * shock * demand_factor) if status != PAUSED else np.int64(0)
        if firms.materials_now[i] == 0.0 or (month + np.int64(key % np.uint64(12))) % 12 == 0:  # its own year begins
            firms.materials_now[i] = materials_of_a_yuan(i, month, firms, behaviour, seed)
        materials = float(firms.materials_now[i])
        # What suppliers bear, by what the firm buys at its expected sales.
        monthly = float(firms.usual_sales[i]) * float(firms.materials_share[i]) * float(firms.expected[i])
        for_cash_only = firms.overdue_payables[i] > behaviour.cash_only_months * monthly
        if firms.overdue_payables[i] > behaviour.stop_months * monthly:
            sold = min(sold, round_half_up(firms.cash[i] / materials))
        delivered, on_contract = np.int64(0), np.int64(0)
        if status == OPEN and firms.contract_backlog[i] > 0:
            room = round_half_up(behaviour.contract_capacity * usual) - sold
            delivered, on_contract = deliver(i, room, firms, behaviour, lines)
        sales = sold + delivered
        market.sold[p, s] += sold * w
        market.sales[(p * len(SECTORS) + s) * len(SIZES) + z] += sales * w
        if status == OPEN:
            market.capacity[c, s] += firms.usual_sales[i] * w

        # 2. Claims: old ones are collected, become overdue or are lost; part of the new sales becomes claims.
        bad_debt = collect(i, day, month, state)
        confirmable = firms.receivables_public[i]  # confirming takes until the next settlement
        customer = firms.customer[i]
        on_credit = round_half_up(sold * behaviour.credit_share[customer])
        if customer == PUBLIC_BODIES or customer == LARGE_FIRMS:
            firms.receivables_public[i] += on_credit + on_contract
            lines[SALES_LARGE if customer == LARGE_FIRMS else SALES_PUBLIC] += (on_credit + on_contract) * w
        else:
            firms.receivables_private[i] += on_credit
            lines[SALES_PRIVATE] += on_credit * w
            firms.receivables_public[i] += on_contract
            lines[SALES_PUBLIC] += on_contract * w
        firms.cash[i] += sold - on_credit
        lines[SALES_CASH] += (sold - on_credit) * w

        # 3. Facts of the month that measures may ask for.
        facts = firms.facts[i] & np.uint16(MONTHLY_FACTS)
        stopped_on = firms.suspended_on[i]
        # Stopped since its last settlement, or only just restarted.
        stopped_lately = stopped_on >= 0 and (stopped_on >= clock.previous or since > clock.previous)
        if status == SUSPENDED or stopped_lately or activity < behaviour.hit_threshold:
            facts |= np.uint16(HIT)  # not the firm's own shock
        if firms.loan[i] > 0:
            facts |= np.uint16(HAS_LOAN)
        if firms.overdue_public[i] > 0:
            facts |= np.uint16(OVERDUE)
        if firms.hires[i] > 0:
            facts |= np.uint16(HIRED)
        if facts != firms.facts[i]:
            firms.facts[i] = facts

        if firms.flags[i] & VAT_GENERAL and status == OPEN:
            increment = round_half_up(credit_increment(i, firms, behaviour))
            firms.vat_credit[i] += increment
            lines[VAT_CREDIT_ACCRUED] += increment * w

        # 4. Measures: what comes by itself, what is paid every month, what the firm files for.
        _pay_recurring(i, month, firms, terms, behaviour, records)
        deliver_automatically(i, clock, firms, terms, behaviour, records)
        apply_for_measures(i, clock, state)

        # 5. Bills, flow by flow: drawn up, relieved, put off.
        bill_labour(i, clock, firms, behaviour, market, full)
        income = full[WAGES] + firms.reservation[i]
        if status == SUSPENDED:
            income = full[WAGES] + np.int64(np.floor(firms.reservation[i] * behaviour.living_least))
        market.incomes[c] += income * w
        if delivered > 0:
            full[WAGES] += round_half_up(delivered * work_of_a_yuan(i, firms, behaviour))
        fixed = behaviour.materials_fixed[s]
        bought = fixed * float(firms.expected[i]) * usual + (1.0 - fixed) * sold + delivered
        if status == PAUSED:
            bought, activity = 0.0, 0.0
        full[MATERIALS] = round_half_up(materials * bought * materials_factor)
        bill_trade(i, day, sales, activity, firms, behaviour, full)
        bill_loan(i, clock, firms, terms, behaviour, lines, seed, full)
        depreciation = round_half_up(usual * behaviour.depreciation[s])
        costs = bill_income_tax(i, sales, depreciation, firms, behaviour, full)
        for f in range(FLOW_COUNT):
            due[f] = full[f]
        borne_by_others = relieve(i, month, firms, terms, bills, records)
        firms.profit_this_year[i] += sales - bad_debt - costs + borne_by_others
        defer(i, clock, firms, terms, due, records)
        fell_due = round_half_up((firms.payables[i] - firms.overdue_payables[i]) * behaviour.falling_due[s])
        firms.overdue_payables[i] += fell_due
        if not for_cash_only:
            bought_on_credit = round_half_up(due[MATERIALS] * behaviour.supplier_credit)
            due[MATERIALS] -= bought_on_credit
            firms.payables[i] += bought_on_credit
            lines[UNPAID_0 + MATERIALS] += bought_on_credit * w

        # 6. Paying: what falls due, then, from what exceeds the next wage bill, the bank and suppliers, then old
        # arrears, from what exceeds half a month.
        expected_outlays = round_half_up(outlays(i, float(firms.expected[i]), firms, behaviour))
        target = round_half_up(float(firms.buffer_months[i]) * expected_outlays)
        instalments = instalments_due(i, day, firms, slots, terms)
        living, meant = np.int64(firms.reservation[i]), firms.overdue_payables[i]
        needed = instalments + due.sum()
        # What would be left if everybody were paid in full: a firm with cash may put bills off to keep it.
        if firms.cash[i] - needed - living - meant < behaviour.tight_share * target:
            living = np.int64(np.floor(living * behaviour.living_least))
            meant -= round_half_up(meant * behaviour.stretch_share)
        needed += living
        if firms.cash[i] < needed and may_raise_cash(i, confirmable, firms, behaviour, seed):
            raise_cash(i, clock, needed - firms.cash[i], confirmable, expected_outlays, state)
        cash = max(firms.cash[i], np.int64(0))
        spent, short, unpaid_interest = pay_in_order(i, clock, living, instalments, firms, terms, due, records)
        repaid = repay_loan(i, cash - spent - due[WAGES], unpaid_interest, firms, behaviour, market, due, lines)
        spent += repaid
        paid = pay_suppliers(i, meant, cash - spent - due[WAGES], firms, lines)
        spent += paid
        short = short or paid < meant
        spent += pay_arrears(i, cash - spent - expected_outlays // 2, firms, lines)
        overdue = firms.overdue_payables[i] + firms.arrears_private[i] + firms.arrears_public[i]
        overdue += due[PRINCIPAL] - repaid
        firms.cash[i] -= spent
        if short != (firms.facts[i] & np.uint16(SHORT) != 0):
            firms.facts[i] ^= np.uint16(SHORT)
        in_distress = overdue > behaviour.distress_months * expected_outlays
        if in_distress or firms.distressed_months[i] > 0:
            firms.distressed_months[i] = min(firms.distressed_months[i] + 1, 127) if in_distress else 0
        if status != SUSPENDED and since <= clock.previous and usual > 0.0:
            seen = sold / usual if status == OPEN else days_active / MONTH_DAYS
            firms.expected[i] += behaviour.expectation_weight * (seen - firms.expected[i])
        expands = False
        asks = short or firms.cash[i] < behaviour.tight_share * target
        if not asks and status == OPEN:
            asks = expands = uniform(seed, EXPANSION, key, month) < behaviour.expansion
        if asks and not firms.facts[i] & np.uint16(PENDING | LATE):
            if uniform(seed, LOAN_DEMAND, key, 0) >= behaviour.never_applies:
                firms.facts[i] |= np.uint16(PENDING | EXPANDS if expands else PENDING)
                ready_on = ready_day[day, _loan_processing(i, loans, firms, terms)]
                file_case(i, loans, ready_on, UNLISTED, cases)
                counts.firms[month, loans, APPLIED] += w

        # 7. Staff.
        wanted = wanted_staff(i, firms, terms, behaviour)
        adjust_staff(i, clock, wanted, short, state)

        # 8. Leave, pause or stay.
        closed = closed_days(i, day, firms, behaviour)
        earnings = expected_earnings(i, day, materials, wanted, closed, firms, behaviour)
        if firms.contract_backlog[i] > 0:
            earnings += contract_earnings(i, day, materials, closed, firms, behaviour)
        what = STAYS
        if may_leave(i, clock, earnings, closed, firms, terms, behaviour, seed):
            what = what_becomes(i, clock, (earnings, closed, expected_outlays), state)
        if what != STAYS:
            leave(i, what, clock, firms, terms, behaviour, market, records)
            continue
        if overdue == 0 and not short and firms.cash[i] > target:
            spare = firms.cash[i] - target - deferred_total(i, firms, slots, terms)
            share = behaviour.drawings_share if gap_of(i, earnings, firms, behaviour) <= 0.0 else 0.0
            firms.cash[i] -= draw_on_cash(i, spare, depreciation, share, firms, lines)
        if status != SUSPENDED and firms.reservation[i] > 0:
            becomes = PAUSED if pauses(i, day, materials, firms, behaviour) else OPEN
            if becomes != status:
                firms.status[i] = becomes


@kernel
def _open_new_firm(i, day, firms, terms, behaviour, market, lines, seed):  # type: ignore[no-untyped-def]
    """Open a firm whose day has come, if entry is high enough for its draw; else it never opens."""
    chance = behaviour.birth_thinning * terms.entry[firms.prefecture[i], firms.sector[i]]
    if uniform(seed, BIRTH, firms.key[i], 0) >= chance:
        firms.born_on[i] = NEVER
        return
    firms.born_on[i] = day
    firms.status[i] = OPEN
    firms.open_from[i] = day
    firms.staff[i] = firms.usual_staff[i]
    market.hired[firms.prefecture[i]] += np.int64(firms.staff[i]) * firms.weight[i]
    firms.facts[i] |= np.uint16(KEPT)
    lines[FOUNDING] += firms.cash[i] * np.int64(firms.weight[i])


@kernel
def _cultivated(i, firms, terms):  # type: ignore[no-untyped-def]
    """Factors on sales and on materials of firm i from the cultivation that it has."""
    demand = 1.0
    materials = 1.0
    left = held(i, terms.cultivates, firms)
    while more(left):
        m, left = next_of(left)
        demand *= terms.demand[m]
        materials *= terms.materials[m]
    return demand, materials


@kernel
def _pay_recurring(i, month, firms, terms, behaviour, records):  # type: ignore[no-untyped-def]
    """Pay what measures give every month to firms that have it already; an empty fund skips the month."""
    left = in_effect(i, firms.granted, terms.recurring, firms, terms)
    while more(left):
        m, left = next_of(left)
        pay(i, m, np.int64(0), month, firms, terms, behaviour, records)


@kernel
def _loan_processing(i, loan_item, firms, terms):  # type: ignore[no-untyped-def]
    """Working days before a bank decides on a loan to firm i: the usual ones, shortened by its own credit measures."""
    days = float(terms.processing[loan_item, firms.prefecture[i]])
    left = in_effect(i, firms.eligible, terms.lends, firms, terms)
    while more(left):
        m, left = next_of(left)
        days *= terms.loan_processing[m]
    return min(np.int64(days + 0.5), np.int64(LONGEST_PROCESSING))
