"""The firm's month: what it sold, what fell due, how it paid, whether it stays.

One kernel over the slice of firms whose settlement day it is. Each numbered heading is one sentence of the model
document; the order is the model's order. The settlement knows flows and entitlements, never a measure by name.
"""

import numpy as np

from sim.firm.bills import (
    FLOW_COUNT,
    MATERIALS,
    NEVER,
    SUSPENDED,
    VAT_GENERAL,
    WAGES,
    defer,
    draw_up,
    relieve,
)
from sim.firm.entitlements import (
    apply_for_measures,
    barred,
    credit_increment,
    deliver_automatically,
    enqueue,
    lowest_bit,
    pay,
    whole,
    without_lowest,
)
from sim.firm.exit import EXITED, STAYS, cause_to_leave, leave
from sim.firm.payment import pay_bills
from sim.firm.state import APPLIED, LEAD, MONTH_DAYS
from sim.kernels import kernel, outermost
from sim.ledger import LINE, UNPAID_0
from sim.population.columns import MASK_WORDS
from sim.random_numbers import Purpose, normal, uniform
from sim.vocabulary import CUSTOMERS, FACTS, SECTORS, SIZES, Status, bit

OPEN = int(Status.OPEN)
UNBORN = int(Status.UNBORN)
PUBLIC_BODIES, LARGE_FIRMS, OTHER_FIRMS = (CUSTOMERS.index(c) for c in ("public_bodies", "large_firms", "other_firms"))
HIT, HAS_LOAN, SHORT, OVERDUE, HIRED, KEPT, PENDING, LATE, EXPANDS = (
    bit(FACTS, f)
    for f in (
        "hit_by_epidemic", "has_loan", "short_of_cash", "overdue_receivables", "hired", "kept_staff", "loan_pending",
        "late_on_loan", "expands",
    )
)  # fmt: skip
MONTHLY_FACTS = 0xFFFF & ~(HIT | SHORT | OVERDUE | HIRED | HAS_LOAN)
SALES_CASH, SALES_PUBLIC, SALES_PRIVATE = LINE["sales_cash"], LINE["sales_public"], LINE["sales_private"]
COLLECTED_PUBLIC, COLLECTED_PRIVATE = LINE["collected_public"], LINE["collected_private"]
BECAME_OVERDUE, COLLECTED_OVERDUE, BAD_DEBT = LINE["became_overdue"], LINE["collected_overdue"], LINE["bad_debt"]
LONGEST_PROCESSING = 400  # as many columns as `ready_day` has after the first
VAT_CREDIT_ACCRUED = LINE["vat_credit_accrued"]
FOUNDING = LINE["founding"]
SALES, TREND, BIRTH, STAFF, DISPUTE, LOAN_DEMAND, EXPANSION = (
    int(p)
    for p in (
        Purpose.SALES, Purpose.TREND, Purpose.BIRTH, Purpose.STAFF, Purpose.DISPUTE, Purpose.LOAN_DEMAND,
        Purpose.EXPANSION,
    )
)  # fmt: skip


@outermost
def settle(  # type: ignore[no-untyped-def]
    first, last, day, previous, month, new_year, firms, slots, terms, behaviour, market, treasury, books, counts,
    queues, ready_day, loan_item, full, due, seed,
):  # fmt: skip
    """Settle the month of firms ``first`` to ``last - 1`` on ``day``.

    A column is written only where it changes: what is not dirty need not go back to memory.

    ``previous``: day of their settlement before; ``month``: index of the calendar month; ``new_year``: the first
    settlement of a calendar year, from which the year's profit and the facts of the year are counted anew;
    ``loan_item``: the banks' item in the queues; ``full``, ``due``: room for one firm's bills, (FLOWS,).
    """
    lines = books.lines[month]
    for i in range(np.uint64(first), np.uint64(last)):
        status = firms.status[i]
        if status == EXITED:
            continue
        if status == UNBORN:
            if firms.born_on[i] <= day:
                _be_born(i, day, firms, terms, behaviour, lines, seed)
            continue
        key = firms.key[i]
        w = np.int64(firms.weight[i])
        c, s, z, p = firms.county[i], firms.sector[i], firms.size[i], firms.prefecture[i]
        if new_year:
            firms.profit_this_year[i] = 0
            firms.facts[i] |= np.uint16(KEPT)

        # 1. Sales: the running integral of the county's activity turns the days open into one subtraction.
        since = firms.open_from[i]
        days_active = float(firms.activity_pending[i])
        if status == OPEN:
            days_active += market.integral[day + LEAD, c, s] - market.integral[since + LEAD, c, s]
        if firms.activity_pending[i] != 0.0:
            firms.activity_pending[i] = 0.0
        firms.open_from[i] = day
        activity = days_active / MONTH_DAYS
        usual = float(firms.usual_sales[i]) * (1.0 + behaviour.trend_sigma * normal(seed, TREND, key, month))
        firms.usual_sales[i] = whole(usual)
        demand_factor, materials_factor = _cultivated(i, firms, terms)
        luck = max(0.0, 1.0 + behaviour.sales_sigma[s] * normal(seed, SALES, key, month))
        sold = whole(usual * activity * luck * demand_factor)
        delivered = np.int64(0)
        if status == OPEN and firms.contract_backlog[i] > 0:
            delivered = min(
                firms.contract_backlog[i], whole(firms.contract_backlog[i] * behaviour.contract_delivery) + 1
            )
            firms.contract_backlog[i] -= delivered
        sales = sold + delivered
        market.sales[(p * len(SECTORS) + s) * len(SIZES) + z] += sales * w
        if status == OPEN:
            market.capacity[c, s] += firms.usual_sales[i] * w

        # 2. Claims: old ones are collected, become overdue or are lost; part of the new sales becomes claims.
        bad_debt = _collect(i, day, w, firms, terms, behaviour, market, lines, seed)
        customer = firms.customer[i]
        on_credit = whole(sold * behaviour.credit_share[customer])
        if customer == PUBLIC_BODIES or customer == LARGE_FIRMS:
            firms.receivables_public[i] += on_credit + delivered
            lines[SALES_PUBLIC] += (on_credit + delivered) * w
        else:
            firms.receivables_private[i] += on_credit
            lines[SALES_PRIVATE] += on_credit * w
            firms.receivables_public[i] += delivered
            lines[SALES_PUBLIC] += delivered * w
        firms.cash[i] += sold - on_credit
        lines[SALES_CASH] += (sold - on_credit) * w

        # 3. Facts of the month that measures may ask for.
        facts = firms.facts[i] & np.uint16(MONTHLY_FACTS)
        stopped_on = firms.suspended_on[i]
        stopped_lately = stopped_on >= 0 and (stopped_on >= previous or since > previous)  # or has only just restarted
        if status == SUSPENDED or stopped_lately or activity < behaviour.hit_threshold:
            facts |= np.uint16(HIT)  # not the firm's own bad luck
        if firms.loan[i] > 0:
            facts |= np.uint16(HAS_LOAN)
        if firms.illiquid_months[i] > 0:
            facts |= np.uint16(SHORT)
        if firms.overdue_public[i] > 0:
            facts |= np.uint16(OVERDUE)
        if firms.hires[i] > 0:
            facts |= np.uint16(HIRED)
        if facts != firms.facts[i]:
            firms.facts[i] = facts

        if firms.flags[i] & VAT_GENERAL and status == OPEN:
            increment = whole(credit_increment(i, firms, behaviour))
            firms.vat_credit[i] += increment
            lines[VAT_CREDIT_ACCRUED] += increment * w

        # 4. Measures: what comes by itself, what is paid every month, what the firm files for.
        _pay_recurring(i, month, firms, slots, terms, behaviour, treasury, books, counts)
        deliver_automatically(i, month, firms, slots, terms, behaviour, treasury, books, counts)
        apply_for_measures(i, day, month, ready_day, firms, terms, behaviour, queues, counts)

        # 5. Bills, flow by flow: drawn up, relieved, put off.
        outlays = draw_up(
            i, day, previous, month, sales, activity, materials_factor, firms, behaviour, market, seed, full
        )
        for f in range(FLOW_COUNT):
            due[f] = full[f]
        borne_by_others = relieve(i, month, firms, slots, terms, treasury, full, due, books, counts)
        firms.profit_this_year[i] += sales - bad_debt - outlays + borne_by_others
        defer(i, day, month, firms, slots, terms, due, books, counts)
        open_bills = firms.payables[i]
        bought_on_credit = whole(due[MATERIALS] * behaviour.supplier_credit)
        due[MATERIALS] -= bought_on_credit
        firms.payables[i] += bought_on_credit
        lines[UNPAID_0 + MATERIALS] += bought_on_credit * w

        # 6. Paying, and what happens when cash is short.
        usual_materials = usual * float(firms.materials_share[i])
        cash_outlays = whole(outlays - (1.0 - behaviour.outlays_materials) * full[MATERIALS])
        short = pay_bills(
            i,
            day,
            month,
            w,
            cash_outlays,
            usual_materials,
            open_bills,
            due,
            firms,
            slots,
            terms,
            behaviour,
            books,
            counts,
            lines,
            seed,
        )
        if short or firms.illiquid_months[i] > 0:
            firms.illiquid_months[i] = min(firms.illiquid_months[i] + 1, 127) if short else 0
        expands = False
        asks = short or firms.cash[i] < cash_outlays // 2
        if not asks and status == OPEN:
            asks = expands = uniform(seed, EXPANSION, key, month) < behaviour.expansion
        if asks and not firms.facts[i] & np.uint16(PENDING | LATE):
            if uniform(seed, LOAN_DEMAND, key, 0) >= behaviour.never_applies:
                firms.facts[i] |= np.uint16(PENDING | EXPANDS if expands else PENDING)
                processing = _loan_processing(i, loan_item, firms, terms)
                enqueue(i, loan_item, day, ready_day[day, processing], 0, firms, queues)
                counts.firms[month, loan_item, APPLIED] += w

        # 7. Staff.
        _adjust_staff(i, month, short, sales, usual, c, w, full, firms, behaviour, market, seed)

        # 8. Leave or stay.
        cause = cause_to_leave(i, day, month, firms, slots, terms, behaviour, seed)
        if cause != STAYS:
            leave(i, day, month, cause, firms, slots, terms, behaviour, market, books, counts)


@kernel
def _be_born(i, day, firms, terms, behaviour, lines, seed):  # type: ignore[no-untyped-def]
    """Open a firm whose day has come, if entry is high enough for its luck; else it never opens."""
    chance = behaviour.birth_thinning * terms.entry[firms.prefecture[i], firms.sector[i]]
    if uniform(seed, BIRTH, firms.key[i], 0) >= chance:
        firms.born_on[i] = NEVER
        return
    firms.born_on[i] = day
    firms.status[i] = OPEN
    firms.open_from[i] = day
    firms.staff[i] = firms.usual_staff[i]
    firms.facts[i] |= np.uint16(KEPT)
    lines[FOUNDING] += firms.cash[i] * np.int64(firms.weight[i])


@kernel
def _cultivated(i, firms, terms):  # type: ignore[no-untyped-def]
    """Factors on sales and on materials of firm i from the cultivation that it has."""
    demand = 1.0
    materials = 1.0
    for word in range(MASK_WORDS):
        mask = firms.granted[i, word] & terms.cultivates[word]
        while mask != np.uint64(0):
            m = lowest_bit(word, mask)
            mask = without_lowest(mask)
            demand *= terms.demand[m]
            materials *= terms.materials[m]
    return demand, materials


@kernel
def _collect(i, day, w, firms, terms, behaviour, market, lines, seed):  # type: ignore[no-untyped-def]
    """Collect claims, let bills become overdue, lose what closed customers owed; returns the fen lost."""
    customer = firms.customer[i]
    rate = behaviour.collected_per_month[customer]
    # Public contracts of firms that mainly sell to others are paid as public bodies pay.
    public_rate = rate if customer == LARGE_FIRMS else behaviour.collected_per_month[PUBLIC_BODIES]
    # Public bodies and large firms: paid, overdue, or waiting.
    if firms.receivables_public[i] > 0:
        slow = behaviour.overdue_per_month * terms.new_arrears[firms.prefecture[i], firms.sector[i], firms.size[i]]
        late = min(whole(firms.receivables_public[i] * slow), firms.receivables_public[i])
        paid = min(whole(firms.receivables_public[i] * public_rate), firms.receivables_public[i] - late)
        firms.receivables_public[i] -= paid + late
        firms.overdue_public[i] += late
        firms.cash[i] += paid
        lines[COLLECTED_PUBLIC] += paid * w
        lines[BECAME_OVERDUE] += late * w
    if firms.overdue_public[i] > 0:
        cleared = behaviour.overdue_paid
        if uniform(seed, DISPUTE, firms.key[i], 0) >= behaviour.disputed_share:
            cleared = _clearance(i, day, cleared, firms, terms)
        paid = whole(firms.overdue_public[i] * cleared)
        firms.overdue_public[i] -= paid
        firms.cash[i] += paid
        lines[COLLECTED_OVERDUE] += paid * w
    # Households and other firms: paid or lost.
    lost = np.int64(0)
    if firms.receivables_private[i] > 0:
        share_lost = behaviour.private_default
        if customer == OTHER_FIRMS:
            share_lost += market.supplier_loss[firms.prefecture[i]]
        lost = whole(firms.receivables_private[i] * min(1.0, share_lost))
        paid = min(whole((firms.receivables_private[i] - lost) * rate), firms.receivables_private[i] - lost)
        firms.receivables_private[i] -= paid + lost
        firms.cash[i] += paid
        lines[COLLECTED_PRIVATE] += paid * w
        lines[BAD_DEBT] += lost * w
    return lost


@kernel
def _clearance(i, day, cleared, firms, terms):  # type: ignore[no-untyped-def]
    """Share of firm i's undisputed arrears that is paid this month under the collection measures in force.

    A deadline holds for what the other payments of the month bring below its ceiling, too: then the rest is small.
    """
    for by_deadline in range(2):
        for word in range(MASK_WORDS):
            mask = firms.eligible[i, word] & terms.collects[word] & ~barred(~firms.facts[i], word, terms)
            while mask != np.uint64(0):
                m = lowest_bit(word, mask)
                mask = without_lowest(mask)
                if by_deadline == 0 and firms.overdue_public[i] <= terms.ceiling[m]:
                    cleared = min(1.0, cleared + terms.clearance[m])
                elif by_deadline == 1 and day <= terms.cleared_by[m]:
                    if firms.overdue_public[i] * (1.0 - cleared) <= terms.ceiling[m]:
                        # Equal parts over the settlements left before the deadline: nothing is left when it comes.
                        cleared = max(cleared, 1.0 / (1.0 + (terms.cleared_by[m] - day) // 31))
    return cleared


@kernel
def _pay_recurring(i, month, firms, slots, terms, behaviour, treasury, books, counts):  # type: ignore[no-untyped-def]
    """Pay what measures give every month to firms that have it already; an empty fund skips the month."""
    for word in range(MASK_WORDS):
        mask = firms.granted[i, word] & terms.recurring[word] & ~barred(~firms.facts[i], word, terms)
        while mask != np.uint64(0):
            m = lowest_bit(word, mask)
            mask = without_lowest(mask)
            pay(i, m, month, firms, slots, terms, behaviour, treasury, books, counts, np.int64(0))


@kernel
def _loan_processing(i, loan_item, firms, terms):  # type: ignore[no-untyped-def]
    """Working days before a bank decides on a loan to firm i: the usual ones, shortened by its own credit measures."""
    days = float(terms.processing[loan_item])
    for word in range(MASK_WORDS):
        mask = firms.eligible[i, word] & terms.lends[word] & ~barred(~firms.facts[i], word, terms)
        while mask != np.uint64(0):
            m = lowest_bit(word, mask)
            mask = without_lowest(mask)
            days *= terms.loan_processing[m]
    return min(np.int64(days + 0.5), np.int64(LONGEST_PROCESSING))


@kernel
def _adjust_staff(i, month, short, sales, usual, c, w, full, firms, behaviour, market, seed):  # type: ignore[no-untyped-def]
    """Shed staff when cash is short and trade weak, take staff on again when it is not."""
    market.wages[c] += full[WAGES] * w
    if firms.hires[i] != 0:
        firms.hires[i] = 0
    staff = firms.staff[i]
    luck = uniform(seed, STAFF, firms.key[i], month)
    if short and sales < behaviour.shed_threshold * usual and staff > 0:
        surplus = staff * (1.0 - sales / usual)
        shed = np.int32(np.floor(surplus * behaviour.shed_share + luck))
        if shed > 0:
            firms.staff[i] = staff - min(shed, staff)
            firms.facts[i] &= np.uint16(0xFFFF & ~KEPT)
    elif not short and firms.status[i] == OPEN and staff < firms.usual_staff[i]:
        taken_on = np.int32(np.floor((firms.usual_staff[i] - staff) * behaviour.rehire_share + luck))
        taken_on = min(taken_on, firms.usual_staff[i] - staff)
        firms.staff[i] = staff + taken_on
        firms.hires[i] = min(taken_on, 32_767)
