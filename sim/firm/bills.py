"""What falls due in a firm's month, and what measures take off or put off.

The bills are drawn up flow by flow without knowing any measure; entitlements then act on flows. Reliefs come first
(each a share of the full bill, never more than what is left of it), deferrals take what remains.
"""

import numpy as np

from sim.firm.credit import LATE, forgive_lateness, principal_due
from sim.firm.entitlements import draw_on_fund, held, more, next_of, note_help, round_half_up, walk
from sim.firm.state import (
    LEAD,
    MEDICAL_PREMIUM,
    PAID,
    PENSION_PREMIUM,
    PUT_OFF,
    UNEMPLOYMENT_PREMIUM,
    WORK_INJURY_PREMIUM,
)
from sim.kernels import inlined, kernel
from sim.ledger import MOVES, RENT_OF_STATE
from sim.population.draws import LEAST_MATERIALS, MOST_MATERIALS
from sim.random_numbers import Purpose, normal
from sim.vocabulary import FLAGS, FLOWS, LANDLORDS, Status, bit

FLOW_COUNT = len(FLOWS)
WAGES, PENSION, MEDICAL, UNEMPLOYMENT, WORK_INJURY, MATERIALS, UTILITIES, RENT = (
    FLOWS.index(f)
    for f in ("wages", "pension", "medical", "unemployment", "work_injury", "materials", "utilities", "rent")
)
TOLLS, COMMISSION, TESTING, FEES, VAT, INCOME_TAX, INTEREST, GUARANTEE_FEE, PRINCIPAL = (
    FLOWS.index(f)
    for f in ("tolls", "commission", "testing", "fees", "vat", "income_tax", "interest", "guarantee_fee", "principal")
)
ON_PLATFORM = bit(FLAGS, "on_platform")
VAT_GENERAL = bit(FLAGS, "vat_general")
OPEN, SUSPENDED = int(Status.OPEN), int(Status.SUSPENDED)
STATE_LANDLORD = LANDLORDS.index("state")
DEFERRED_MOVE = MOVES.index("deferred")
EXTENDED_MOVE = MOVES.index("extended")
MARGIN_YEAR = int(Purpose.MARGIN_YEAR)


@inlined
def payroll_factor(i, firms, behaviour):  # type: ignore[no-untyped-def]
    """Wages with premiums over wages of firm i."""
    premiums = 0.0
    for share in behaviour.premiums:
        premiums += share
    return 1.0 + firms.insured_share[i] * premiums


@kernel
def bill_labour(i, clock, firms, behaviour, market, full):  # type: ignore[no-untyped-def]
    """Write the fen of firm i's wages, premiums and tests of its staff into ``full``, (FLOWS,)."""
    s, c = firms.sector[i], firms.county[i]
    wages = float(firms.staff[i]) * firms.wage[i]
    if firms.status[i] != OPEN:
        wages *= behaviour.wage_when_suspended
    insured = wages * firms.insured_share[i]
    full[WAGES] = round_half_up(wages)
    full[PENSION] = round_half_up(insured * behaviour.premiums[PENSION_PREMIUM])
    full[MEDICAL] = round_half_up(insured * behaviour.premiums[MEDICAL_PREMIUM])
    full[UNEMPLOYMENT] = round_half_up(insured * behaviour.premiums[UNEMPLOYMENT_PREMIUM])
    full[WORK_INJURY] = round_half_up(insured * behaviour.premiums[WORK_INJURY_PREMIUM])
    tested = market.testing[clock.day + LEAD, c] - market.testing[clock.previous + LEAD, c]
    full[TESTING] = round_half_up(tested * behaviour.testing_fen[s] * firms.staff[i])


@kernel
def materials_of_a_yuan(i, month, firms, behaviour, seed):  # type: ignore[no-untyped-def]
    """What firm i buys for a yuan of sales this year: its margin for life, and what changes on its own anniversary.

    The draws of two years in a row together make the deviation of the year, so that it is remembered for one year.
    """
    key = firms.key[i]
    year = (month + np.int64(key % np.uint64(12))) // 12
    drawn = behaviour.year_weight * normal(seed, MARGIN_YEAR, key, year + 1)
    drawn += behaviour.last_year_weight * normal(seed, MARGIN_YEAR, key, year)
    deviation = behaviour.margin_of_year[firms.sector[i], firms.size[i]] * drawn
    return min(max(float(firms.materials_share[i]) - deviation, LEAST_MATERIALS), MOST_MATERIALS)


@kernel
def bill_trade(i, day, sales, activity, firms, behaviour, full):  # type: ignore[no-untyped-def]
    """Write the fen of what goes with firm i's trade, materials and income tax apart, into ``full``, (FLOWS,).

    ``sales``: fen of the month; ``activity``: 1 for a usual month. A part of the utilities goes by what the firm has
    expected to sell.
    """
    s = firms.sector[i]
    usual, expected = float(firms.usual_sales[i]), float(firms.expected[i])
    fixed = behaviour.utilities_fixed
    full[UTILITIES] = round_half_up(usual * behaviour.utilities[s] * (fixed * expected + (1.0 - fixed) * activity))
    full[RENT] = firms.rent[i]
    full[TOLLS] = round_half_up(sales * behaviour.tolls[s])
    full[COMMISSION] = round_half_up(sales * behaviour.commission[s]) if firms.flags[i] & ON_PLATFORM else 0
    full[FEES] = round_half_up(usual * behaviour.fees[s])
    if firms.flags[i] & VAT_GENERAL:
        full[VAT] = round_half_up(sales * behaviour.vat_general[s])
    elif sales > behaviour.vat_exempt[day]:
        full[VAT] = round_half_up(sales * behaviour.vat_small[day])
    else:
        full[VAT] = 0


@kernel
def bill_loan(i, clock, firms, terms, behaviour, lines, seed, full):  # type: ignore[no-untyped-def]
    """Write the fen of interest, guarantee fee and principal of firm i's loan into ``full``, (FLOWS,)."""
    loan = float(firms.loan[i])
    full[INTEREST] = 0
    full[GUARANTEE_FEE] = 0
    full[PRINCIPAL] = 0
    if loan > 0.0:
        late = firms.facts[i] & LATE
        rate = float(firms.loan_rate[i]) + (behaviour.penalty_rate if late else 0.0)
        full[INTEREST] = round_half_up(loan * rate / 12.0)
        full[GUARANTEE_FEE] = round_half_up(firms.guaranteed[i] * behaviour.guarantee_fee / 12.0)
        if firms.loan_due_on[i] <= clock.day:
            full[PRINCIPAL] = principal_due(i, clock, firms, terms, behaviour, lines, seed)


@kernel
def bill_income_tax(i, sales, depreciation, firms, behaviour, full):  # type: ignore[no-untyped-def]
    """Write the fen of firm i's income tax into ``full``; returns its costs: all bills but principal, and depreciation.

    The tax is on what the month, before any relief, adds to the profit of the year.
    """
    total = depreciation
    for f in range(FLOW_COUNT - 1):
        if f != INCOME_TAX:
            total += full[f]
    before = max(firms.profit_this_year[i], np.int64(0))
    added = max(firms.profit_this_year[i] + sales - total, np.int64(0)) - before
    full[INCOME_TAX] = round_half_up(added * behaviour.income_tax[firms.size[i]]) if added > 0 else 0
    return total + full[INCOME_TAX]


@inlined
def outlays(i, share, firms, behaviour):  # type: ignore[no-untyped-def]
    """Fen that firm i must pay in a month of ``share`` of usual sales: all but taxes, and part of the materials.

    The surveyed months of cash mean this (``population.outlays_materials_share``), and so do the target for cash, loans
    asked for and restart funds. The owner's living is among them.
    """
    s = firms.sector[i]
    wages = float(firms.staff[i]) * firms.wage[i]
    premiums = 0.0
    for rate in behaviour.premiums:
        premiums += rate
    by_sales = behaviour.utilities[s] + behaviour.fees[s] + behaviour.tolls[s]
    by_sales += behaviour.outlays_materials * float(firms.materials_share[i])
    if firms.flags[i] & ON_PLATFORM:
        by_sales += behaviour.commission[s]
    interest = float(firms.loan[i]) * float(firms.loan_rate[i]) / 12.0
    fixed = wages * (1.0 + firms.insured_share[i] * premiums) + firms.rent[i] + interest + firms.reservation[i]
    return fixed + by_sales * share * firms.usual_sales[i]


@kernel
def relieve(i, month, firms, terms, bills, records):  # type: ignore[no-untyped-def]
    """Take off what others bear: the bills due start as the full ones; returns the fen taken off."""
    full, due, slots = bills.full, bills.due, records.slots
    w = np.int64(firms.weight[i])
    taken = np.int64(0)
    left = held(i, terms.reliefs, firms)
    while more(left):
        m, left = next_of(left)
        slot = terms.month_slot[m]
        if slot >= 0 and slots.months_left[slot, i] == 0:
            continue
        by_measure = np.int64(0)
        flows = walk(np.uint64(terms.flows[m]), np.uint64(0))
        while more(flows):
            f, flows = next_of(flows)
            if due[f] > 0:
                share = terms.share[m]
                if f == INTEREST and firms.loan_rate[i] > terms.rate_cap[m]:
                    share *= terms.rate_cap[m] / firms.loan_rate[i]
                part = min(due[f], round_half_up(full[f] * share))
                if not draw_on_fund(i, m, part * w, firms, terms, records.treasury):
                    continue  # the fund is empty: the firm bears its bill again
                due[f] -= part
                by_measure += part
                line = RENT_OF_STATE if f == RENT and firms.landlord[i] == STATE_LANDLORD else f
                records.books.relieved[month, m, line] += part * w
        if by_measure > 0:
            taken += by_measure
            slots.given[terms.group[m], i] += by_measure
            note_help(i, m, month, terms, slots)
            records.counts.firms[month, m, PAID] += w
            if slot >= 0:
                slots.months_left[slot, i] -= 1
    return taken


@kernel
def defer(i, clock, firms, terms, due, records):  # type: ignore[no-untyped-def]
    """Put off what may be paid later: the fen leave ``due`` and become a liability of their measure."""
    slots, books, counts = records.slots, records.books, records.counts
    day, month = clock.day, clock.month
    w = np.int64(firms.weight[i])
    left = held(i, terms.defers, firms)
    while more(left):
        m, left = next_of(left)
        if day > terms.deferral_until[m]:
            continue
        by_measure = np.int64(0)
        flows = walk(np.uint64(terms.flows[m]), np.uint64(0))
        while more(flows):
            f, flows = next_of(flows)
            if due[f] > 0:
                if f == PRINCIPAL:
                    firms.loan_due_on[i] = day + 30 * terms.loan_months[m]
                    books.moved[month, m, EXTENDED_MOVE] += due[f] * w
                    due[f] = 0
                    forgive_lateness(i, firms)  # no bad record, no penalty interest (II.3.c)
                    if firms.loan_term[i] == 0:  # it was called and is a loan again
                        firms.loan_term[i] = np.int8(terms.loan_months[m])
                    counts.firms[month, m, PAID] += w
                    slots.put_off[i] |= np.uint8(PUT_OFF)
                    note_help(i, m, month, terms, slots)
                else:
                    part = round_half_up(due[f] * terms.share[m])
                    due[f] -= part
                    by_measure += part
        if by_measure > 0:
            slots.put_off[i] |= np.uint8(PUT_OFF)
            note_help(i, m, month, terms, slots)
            slots.deferred[terms.deferral_slot[m], i] += by_measure
            books.moved[month, m, DEFERRED_MOVE] += by_measure * w
            counts.firms[month, m, PAID] += w


@kernel
def instalment(i, m, day, slots, terms):  # type: ignore[no-untyped-def]
    """Fen of what measure m put off that fall due to firm i today: equal parts of what is left."""
    amount = slots.deferred[terms.deferral_slot[m], i]
    if amount <= 0 or day < terms.repay_from[m]:
        return np.int64(0)
    months_since = (day - terms.repay_from[m]) // 30
    left = max(1, terms.instalments[m] - months_since)
    return amount if left == 1 else round_half_up(amount / left)


@kernel
def deferred_total(i, firms, slots, terms):  # type: ignore[no-untyped-def]
    """Fen that firm i still owes because measures put it off."""
    total = np.int64(0)
    if slots.put_off[i] == 0:
        return total
    left = held(i, terms.deferrals, firms)
    while more(left):
        m, left = next_of(left)
        total += slots.deferred[terms.deferral_slot[m], i]
    return total
