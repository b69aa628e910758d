"""What falls due in a firm's month, and what measures take off or put off.

The bills are drawn up flow by flow without knowing any measure; entitlements then act on flows. Reliefs come first
(each a share of the full bill, never more than what is left of it), deferrals take what remains.
"""

import numpy as np

from sim.firm.entitlements import draw, lowest_bit, whole, without_lowest
from sim.firm.state import LEAD, PAID, PUT_OFF
from sim.kernels import kernel
from sim.ledger import MOVES
from sim.population.columns import MASK_WORDS
from sim.random_numbers import Purpose, uniform
from sim.vocabulary import FACTS, FLAGS, FLOWS, Status, bit

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
COLLATERAL = bit(FLAGS, "collateral")
LATE = bit(FACTS, "late_on_loan")
SUSPENDED = int(Status.SUSPENDED)
DEFERRED_MOVE = MOVES.index("deferred")
EXTENDED_MOVE = MOVES.index("extended")
NEVER = 32_767  # day that never comes
RENEWAL = int(Purpose.EXTENSION)


@kernel
def draw_up(i, day, previous, month, sales, activity, materials_factor, firms, behaviour, market, seed, full):  # type: ignore[no-untyped-def]
    """Write the fen of each flow that falls due to firm i into ``full`` (FLOWS,); returns the total but principal.

    ``sales``: fen of the month; ``activity``: 1 for a usual month; ``previous``: day of the last settlement.
    """
    s = firms.sector[i]
    usual = float(firms.usual_sales[i])
    wages = float(firms.staff[i]) * firms.wage[i]
    if firms.status[i] == SUSPENDED:
        wages *= behaviour.wage_when_suspended
    insured = wages * firms.insured_share[i]
    full[WAGES] = whole(wages)
    full[PENSION] = whole(insured * behaviour.premiums[0])
    full[MEDICAL] = whole(insured * behaviour.premiums[1])
    full[UNEMPLOYMENT] = whole(insured * behaviour.premiums[2])
    full[WORK_INJURY] = whole(insured * behaviour.premiums[3])
    full[MATERIALS] = whole(sales * float(firms.materials_share[i]) * materials_factor)
    fixed = behaviour.utilities_fixed
    full[UTILITIES] = whole(usual * behaviour.utilities[s] * (fixed + (1.0 - fixed) * activity))
    full[RENT] = firms.rent[i]
    full[TOLLS] = whole(sales * behaviour.tolls[s])
    full[COMMISSION] = whole(sales * behaviour.commission[s]) if firms.flags[i] & ON_PLATFORM else 0
    tested = market.testing[day + LEAD, firms.county[i]] - market.testing[previous + LEAD, firms.county[i]]
    full[TESTING] = whole(tested * behaviour.testing_fen[s] * firms.staff[i])
    full[FEES] = whole(usual * behaviour.fees[s])
    if firms.flags[i] & VAT_GENERAL:
        full[VAT] = whole(sales * behaviour.vat_general[s])
    elif sales > behaviour.vat_exempt[day]:
        full[VAT] = whole(sales * behaviour.vat_small[day])
    else:
        full[VAT] = 0

    loan = float(firms.loan[i])
    full[INTEREST] = 0
    full[GUARANTEE_FEE] = 0
    full[PRINCIPAL] = 0
    if loan > 0.0:
        late = firms.facts[i] & LATE
        rate = float(firms.loan_rate[i]) + (behaviour.penalty_rate if late else 0.0)
        full[INTEREST] = whole(loan * rate / 12.0)
        if not firms.flags[i] & COLLATERAL:
            full[GUARANTEE_FEE] = whole(loan * behaviour.guaranteed_share * behaviour.guarantee_fee / 12.0)
        due_on = firms.loan_due_on[i]
        if due_on <= day:
            # Decided once, at the first settlement after maturity: renewed, or repaid in equal parts from now on.
            if due_on > previous and uniform(seed, RENEWAL, firms.key[i], month) < behaviour.renewal_share:
                firms.loan_due_on[i] = min(day + behaviour.loan_term_days, NEVER)
            else:
                full[PRINCIPAL] = firms.loan[i] // max(1, behaviour.run_off_months - (day - due_on) // 31)

    total = np.int64(0)
    for f in range(FLOW_COUNT - 1):
        if f != INCOME_TAX:
            total += full[f]
    # Income tax on what the month, before any relief, adds to the profit of the year.
    before = max(firms.profit_this_year[i], np.int64(0))
    added = max(firms.profit_this_year[i] + sales - total, np.int64(0)) - before
    full[INCOME_TAX] = whole(added * behaviour.income_tax[firms.size[i]]) if added > 0 else 0
    return total + full[INCOME_TAX]


@kernel
def usual_outlays(i, firms, behaviour):  # type: ignore[no-untyped-def]
    """Fen that firm i must pay in a usual month for cash to last: everything but taxes, and part of the materials.

    The surveyed months of cash mean this (``population.outlays_materials_share``), and so do loans asked for and
    restart funds. What a firm keeps goes by the month's own bills, with the same part of the materials.
    """
    s = firms.sector[i]
    wages = float(firms.staff[i]) * firms.wage[i]
    premiums = behaviour.premiums[0] + behaviour.premiums[1] + behaviour.premiums[2] + behaviour.premiums[3]
    by_sales = behaviour.utilities[s] + behaviour.fees[s] + behaviour.tolls[s]
    by_sales += behaviour.outlays_materials * float(firms.materials_share[i])
    interest = float(firms.loan[i]) * float(firms.loan_rate[i]) / 12.0
    return (
        wages * (1.0 + firms.insured_share[i] * premiums) + by_sales * firms.usual_sales[i] + firms.rent[i] + interest
    )


@kernel
def relieve(i, month, firms, slots, terms, treasury, full, due, books, counts):  # type: ignore[no-untyped-def]
    """Take off what others bear: ``due`` starts as ``full``; returns the fen taken off."""
    w = np.int64(firms.weight[i])
    taken = np.int64(0)
    for word in range(MASK_WORDS):
        mask = firms.granted[i, word] & terms.reliefs[word]
        while mask != np.uint64(0):
            m = lowest_bit(word, mask)
            mask = without_lowest(mask)
            slot = terms.month_slot[m]
            if slot >= 0 and slots.months_left[slot, i] == 0:
                continue
            by_measure = np.int64(0)
            flows = np.uint64(terms.flows[m])
            while flows != np.uint64(0):
                f = lowest_bit(0, flows)
                flows = without_lowest(flows)
                if due[f] > 0:
                    share = terms.share[m]
                    if f == INTEREST and firms.loan_rate[i] > terms.rate_cap[m]:
                        share *= terms.rate_cap[m] / firms.loan_rate[i]
                    part = min(due[f], whole(full[f] * share))
                    if not draw(i, m, part * w, firms, terms, treasury):
                        continue  # the fund is empty: the firm bears its bill again
                    due[f] -= part
                    by_measure += part
                    books.relieved[month, m, f] += part * w
            if by_measure > 0:
                taken += by_measure
                slots.given[terms.group[m], i] += by_measure
                counts.firms[month, m, PAID] += w
                if slot >= 0:
                    slots.months_left[slot, i] -= 1
    return taken


@kernel
def defer(i, day, month, firms, slots, terms, due, books, counts):  # type: ignore[no-untyped-def]
    """Put off what may be paid later: the fen leave ``due`` and become a liability of their measure."""
    w = np.int64(firms.weight[i])
    for word in range(MASK_WORDS):
        mask = firms.granted[i, word] & terms.defers[word]
        while mask != np.uint64(0):
            m = lowest_bit(word, mask)
            mask = without_lowest(mask)
            if day > terms.deferral_until[m]:
                continue
            by_measure = np.int64(0)
            flows = np.uint64(terms.flows[m])
            while flows != np.uint64(0):
                f = lowest_bit(0, flows)
                flows = without_lowest(flows)
                if due[f] > 0:
                    if f == PRINCIPAL:
                        firms.loan_due_on[i] = day + 30 * terms.loan_months[m]
                        books.moved[month, m, EXTENDED_MOVE] += due[f] * w
                        due[f] = 0
                        firms.facts[i] &= np.uint16(0xFFFF & ~LATE)  # no bad record, no penalty interest (II.3.c)
                        counts.firms[month, m, PAID] += w
                        slots.put_off[i] |= np.uint8(PUT_OFF)
                    else:
                        part = whole(due[f] * terms.share[m])
                        due[f] -= part
                        by_measure += part
            if by_measure > 0:
                slots.put_off[i] |= np.uint8(PUT_OFF)
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
    return amount if left == 1 else whole(amount / left)


@kernel
def deferred_total(i, firms, slots, terms):  # type: ignore[no-untyped-def]
    """Fen that firm i still owes because measures put it off."""
    total = np.int64(0)
    if slots.put_off[i] == 0:
        return total
    for word in range(MASK_WORDS):
        mask = firms.granted[i, word] & terms.deferrals[word]
        while mask != np.uint64(0):
            m = lowest_bit(word, mask)
            mask = without_lowest(mask)
            total += slots.deferred[terms.deferral_slot[m], i]
    return total
