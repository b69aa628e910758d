"""How a firm pays its month: the order of its creditors, and what it does before a bill stays unpaid."""

import numpy as np

from sim.firm.bills import FLOW_COUNT, INTEREST, MATERIALS, NEVER, PENSION, PRINCIPAL, WAGES, deferred_total, instalment
from sim.firm.entitlements import barred, lowest_bit, whole, without_lowest
from sim.firm.state import FELL_DUE, FELL_SHORT, MISSED
from sim.kernels import kernel
from sim.ledger import LINE, MOVES, PAID_0, UNPAID, UNPAID_0
from sim.population.columns import MASK_WORDS
from sim.random_numbers import Purpose, uniform
from sim.vocabulary import FACTS, FLOWS, bit

LATE, OWNER_PAID_IN = bit(FACTS, "late_on_loan"), bit(FACTS, "owner_paid_in")
TO_ARREARS_PUBLIC = np.array([UNPAID[f] == "arrears_public" for f in FLOWS])
PAYABLES_PAID, DRAWINGS, INJECTION = LINE["payables_paid"], LINE["drawings"], LINE["injection"]
ARREARS_PUBLIC_PAID, ARREARS_PRIVATE_PAID = LINE["arrears_public_paid"], LINE["arrears_private_paid"]
LOAN_DRAWN = LINE["loan_drawn"]
REPAID_MOVE, LAPSED_PRIVATE_MOVE, LAPSED_PUBLIC_MOVE = (
    MOVES.index(m) for m in ("repaid", "lapsed_private", "lapsed_public")
)
INJECTS = int(Purpose.INJECTION)
INTEREST_FLOW_BIT = np.uint32(1 << INTEREST)


@kernel
def pay_bills(  # type: ignore[no-untyped-def]
    i, day, month, w, outlays, usual_materials, open_bills, due, firms, slots, terms, behaviour, books, counts, lines,
    seed,
):  # fmt: skip
    """Pay in the order of FLOWS, then suppliers, instalments and old arrears; returns whether cash was short."""
    instalments = _instalments(i, day, firms, slots, terms)
    total = instalments
    for f in range(FLOW_COUNT):
        total += due[f]
    if firms.cash[i] < total:
        _raise_cash(i, total - firms.cash[i], outlays, w, firms, terms, behaviour, lines, seed)
    cash = max(firms.cash[i], np.int64(0))
    spent = np.int64(0)
    short = False
    if instalments == 0 and cash >= total:
        # Enough for everything, as in most months: the same postings without a decision at each flow.
        for f in range(FLOW_COUNT - 1):
            lines[PAID_0 + f] += due[f] * w
        spent = total - due[PRINCIPAL]
    else:
        repaid = np.int64(0)
        new_payables = np.int64(0)
        new_public = np.int64(0)
        new_private = np.int64(0)
        for f in range(FLOW_COUNT - 1):
            if f == PENSION and instalments > 0:  # after wages: what was put off ranks as what falls due
                repaid = _pay_instalments(i, day, month, w, cash - spent, firms, slots, terms, books, counts)
                spent += repaid
            part = min(due[f], cash - spent)
            spent += part
            lines[PAID_0 + f] += part * w
            rest = due[f] - part
            if rest > 0:
                lines[UNPAID_0 + f] += rest * w
                if f == MATERIALS:
                    new_payables += rest
                elif TO_ARREARS_PUBLIC[f]:
                    new_public += rest
                else:
                    new_private += rest
        short = bool(new_public + new_private > 0 or repaid < instalments)
        firms.payables[i] += new_payables
        firms.arrears_public[i] += new_public
        firms.arrears_private[i] += new_private
    # Banks and suppliers are paid from what exceeds the next wage bill.
    reserve = due[WAGES]
    if due[PRINCIPAL] > 0:
        part = min(due[PRINCIPAL], max(np.int64(0), cash - spent - reserve))
        spent += part
        lines[PAID_0 + PRINCIPAL] += part * w
        firms.loan[i] -= part
        # The bank's record follows the last instalment; a late loan bears penalty interest, it closes nobody.
        if part < due[PRINCIPAL]:
            firms.facts[i] |= np.uint16(LATE)
        else:
            firms.facts[i] &= np.uint16(0xFFFF & ~LATE)
    if firms.loan[i] == 0 and firms.loan_due_on[i] != NEVER:
        firms.loan_due_on[i] = NEVER
        firms.facts[i] &= np.uint16(0xFFFF & ~LATE)

    # Suppliers who have waited; they let a firm wait, but not without limit.
    part = min(whole(open_bills * behaviour.payables_paid), max(np.int64(0), cash - spent - reserve))
    spent += part
    firms.payables[i] -= part
    lines[PAYABLES_PAID] += part * w
    short = short or firms.payables[i] > behaviour.payables_limit_months * usual_materials
    # Old arrears, from what exceeds half a month of outlays.
    if firms.arrears_private[i] + firms.arrears_public[i] > 0:
        spare = max(np.int64(0), cash - spent - outlays // 2)
        private = min(firms.arrears_private[i], spare)
        firms.arrears_private[i] -= private
        lines[ARREARS_PRIVATE_PAID] += private * w
        public = min(firms.arrears_public[i], spare - private)
        firms.arrears_public[i] -= public
        lines[ARREARS_PUBLIC_PAID] += public * w
        spent += private + public
    # Owners draw on what exceeds the buffer and what has only been put off.
    spare = cash - spent - whole(outlays * behaviour.buffer_months) - deferred_total(i, firms, slots, terms)
    if spare > 0 and not short:
        part = whole(spare * behaviour.drawings_share)
        lines[DRAWINGS] += part * w
        spent += part
    firms.cash[i] -= spent
    return short


@kernel
def _instalments(i, day, firms, slots, terms):  # type: ignore[no-untyped-def]
    """Fen of what measures put off that fall due to firm i today."""
    total = np.int64(0)
    if slots.put_off[i] == 0:
        return total
    for word in range(MASK_WORDS):
        mask = firms.granted[i, word] & terms.deferrals[word]
        while mask != np.uint64(0):
            m = lowest_bit(word, mask)
            mask = without_lowest(mask)
            total += instalment(i, m, day, slots, terms)
    return total


@kernel
def _pay_instalments(i, day, month, w, cash, firms, slots, terms, books, counts):  # type: ignore[no-untyped-def]
    """Pay what was put off and falls due; unpaid it becomes ordinary arrears. Returns the fen paid out of ``cash``."""
    spent = np.int64(0)
    for word in range(MASK_WORDS):
        mask = firms.granted[i, word] & terms.deferrals[word]
        while mask != np.uint64(0):
            m = lowest_bit(word, mask)
            mask = without_lowest(mask)
            amount = instalment(i, m, day, slots, terms)
            if amount > 0:
                part = min(amount, cash - spent)
                spent += part
                counts.repayment_wall[month, m, FELL_DUE] += w
                if part < amount:
                    counts.repayment_wall[month, m, FELL_SHORT] += w
                    slots.put_off[i] |= np.uint8(MISSED)
                books.moved[month, m, REPAID_MOVE] += part * w
                slots.deferred[terms.deferral_slot[m], i] -= amount
                if terms.flows[m] & INTEREST_FLOW_BIT:
                    firms.arrears_private[i] += amount - part
                    books.moved[month, m, LAPSED_PRIVATE_MOVE] += (amount - part) * w
                else:
                    firms.arrears_public[i] += amount - part
                    books.moved[month, m, LAPSED_PUBLIC_MOVE] += (amount - part) * w
    return spent


@kernel
def _raise_cash(i, gap, outlays, w, firms, terms, behaviour, lines, seed):  # type: ignore[no-untyped-def]
    """Before a bill stays unpaid: borrow on receivables where a measure lets it, then the owners' own money, once."""
    advance = 0.0
    for word in range(MASK_WORDS):
        mask = firms.eligible[i, word] & terms.lends[word] & ~barred(~firms.facts[i], word, terms)
        while mask != np.uint64(0):
            m = lowest_bit(word, mask)
            mask = without_lowest(mask)
            advance = max(advance, terms.advance[m])
    if advance > 0.0 and not firms.facts[i] & np.uint16(LATE):
        room = whole((firms.receivables_public[i] + firms.overdue_public[i]) * advance) - firms.loan[i]
        part = min(gap, room)
        if part > 0:
            if firms.loan[i] == 0:
                firms.loan_due_on[i] = min(firms.open_from[i] + behaviour.loan_term_days, NEVER)
            firms.loan[i] += part
            firms.cash[i] += part
            lines[LOAN_DRAWN] += part * w
            gap -= part
    if gap > 0 and not firms.facts[i] & np.uint16(OWNER_PAID_IN):
        if uniform(seed, INJECTS, firms.key[i], 0) < behaviour.injection_share:
            part = min(gap, whole(outlays * behaviour.injection_months))
            firms.cash[i] += part
            lines[INJECTION] += part * w
            firms.facts[i] |= np.uint16(OWNER_PAID_IN)
