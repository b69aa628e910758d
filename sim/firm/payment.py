"""How a firm pays its month: the order of its creditors, and what it does before a bill stays unpaid."""

import numpy as np

from sim.firm.bills import FLOW_COUNT, INTEREST, MATERIALS, PENSION, PRINCIPAL, RENT, STATE_LANDLORD, instalment
from sim.firm.claims import CONFIRMS, DISPUTE
from sim.firm.credit import LATE, count_lateness, forgive_lateness
from sim.firm.entitlements import held, in_effect, more, next_of, round_half_up
from sim.firm.state import FELL_DUE, FELL_SHORT, MISSED, NEVER
from sim.kernels import inlined, kernel
from sim.ledger import LINE, MOVES, PAID_0, UNPAID, UNPAID_0
from sim.random_numbers import Purpose, uniform
from sim.vocabulary import FACTS, FLOWS, bit

OWNER_PAID_IN = bit(FACTS, "owner_paid_in")
TO_ARREARS_PUBLIC = np.array([UNPAID[f] == "arrears_public" for f in FLOWS])
PAYABLES_PAID, DRAWINGS, INJECTION = LINE["payables_paid"], LINE["drawings"], LINE["injection"]
ARREARS_PUBLIC_PAID, ARREARS_PRIVATE_PAID = LINE["arrears_public_paid"], LINE["arrears_private_paid"]
LOAN_DRAWN, LIVING, REPLACED = LINE["loan_drawn"], LINE["living"], LINE["replaced"]
RENT_PAID_TO_STATE, RENT_OWED_TO_STATE = LINE["paid_rent_to_state_landlords"], LINE["unpaid_rent_to_state_landlords"]
REPAID_MOVE, LAPSED_PRIVATE_MOVE, LAPSED_PUBLIC_MOVE = (
    MOVES.index(m) for m in ("repaid", "lapsed_private", "lapsed_public")
)
INJECTS = int(Purpose.INJECTION)
INTEREST_FLOW_BIT = np.uint32(1 << INTEREST)


@kernel
def pay_in_order(i, clock, living, instalments, firms, terms, due, records):  # type: ignore[no-untyped-def]
    """Pay what is ``due`` in the order of FLOWS, principal apart; after wages the owner's ``living``, ``instalments``.

    Returns the fen spent, whether cash was short, and the fen of interest that stayed unpaid.
    """
    lines = records.books.lines[clock.month]
    w = np.int64(firms.weight[i])
    cash = max(firms.cash[i], np.int64(0))
    needed = living + instalments + due.sum()
    of_state = firms.landlord[i] == STATE_LANDLORD  # its rent is on lines of its own
    if instalments == 0 and cash >= needed:
        # Enough for everything, as in most months: the same postings without a decision at each flow.
        for f in range(FLOW_COUNT - 1):
            lines[PAID_0 + f] += due[f] * w
        if of_state:
            lines[PAID_0 + RENT] -= due[RENT] * w
            lines[RENT_PAID_TO_STATE] += due[RENT] * w
        lines[LIVING] += living * w
        return needed - due[PRINCIPAL], False, np.int64(0)
    spent = np.int64(0)
    repaid = np.int64(0)
    new_payables = np.int64(0)
    new_public = np.int64(0)
    new_private = np.int64(0)
    unpaid_interest = np.int64(0)
    for f in range(FLOW_COUNT - 1):
        if f == PENSION:  # after wages the owner lives, and what was put off ranks as what falls due
            lived = min(living, cash - spent)
            spent += lived
            lines[LIVING] += lived * w
            if instalments > 0:
                repaid = _pay_instalments(i, clock, cash - spent, firms, terms, records)
                spent += repaid
        part = min(due[f], cash - spent)
        spent += part
        rest = due[f] - part
        state_rent = of_state and f == RENT
        lines[RENT_PAID_TO_STATE if state_rent else PAID_0 + f] += part * w
        if rest > 0:
            lines[RENT_OWED_TO_STATE if state_rent else UNPAID_0 + f] += rest * w
            if f == MATERIALS:
                new_payables += rest
            elif TO_ARREARS_PUBLIC[f]:
                new_public += rest
            else:
                new_private += rest
                if f == INTEREST:
                    unpaid_interest = rest
    firms.payables[i] += new_payables
    firms.overdue_payables[i] += new_payables
    firms.arrears_public[i] += new_public
    firms.arrears_private[i] += new_private
    return spent, bool(new_payables + new_public + new_private > 0 or repaid < instalments), unpaid_interest


@kernel
def repay_loan(i, spare, unpaid_interest, firms, behaviour, market, due, lines):  # type: ignore[no-untyped-def]
    """Pay principal that is due out of ``spare`` fen, count whether firm i is late; returns the fen paid."""
    part = np.int64(0)
    if due[PRINCIPAL] > 0:
        part = min(due[PRINCIPAL], max(np.int64(0), spare))
        lines[PAID_0 + PRINCIPAL] += part * np.int64(firms.weight[i])
        firms.loan[i] -= part
        if firms.guaranteed[i] > firms.loan[i]:
            firms.guaranteed[i] = firms.loan[i]
        market.repaid[firms.prefecture[i]] += part * np.int64(firms.weight[i])
    if firms.loan[i] > 0:
        count_lateness(i, due[PRINCIPAL] - part + unpaid_interest, firms, behaviour)
    elif firms.loan_due_on[i] != NEVER or firms.late_months[i] > 0:
        firms.loan_due_on[i] = NEVER
        forgive_lateness(i, firms)
    return part


@kernel
def pay_suppliers(i, meant, spare, firms, lines):  # type: ignore[no-untyped-def]
    """Pay ``meant`` fen of what is due to suppliers, as far as ``spare`` fen go; returns the fen paid."""
    part = min(meant, max(np.int64(0), spare))
    firms.payables[i] -= part
    firms.overdue_payables[i] -= part
    lines[PAYABLES_PAID] += part * np.int64(firms.weight[i])
    return part


@kernel
def pay_arrears(i, spare, firms, lines):  # type: ignore[no-untyped-def]
    """Pay old arrears out of ``spare`` fen, private ones first; returns the fen paid."""
    if firms.arrears_private[i] + firms.arrears_public[i] <= 0:
        return np.int64(0)
    w = np.int64(firms.weight[i])
    spare = max(np.int64(0), spare)
    private = min(firms.arrears_private[i], spare)
    firms.arrears_private[i] -= private
    lines[ARREARS_PRIVATE_PAID] += private * w
    public = min(firms.arrears_public[i], spare - private)
    firms.arrears_public[i] -= public
    lines[ARREARS_PUBLIC_PAID] += public * w
    return private + public


@kernel
def draw_on_cash(i, spare, depreciation, share, firms, lines):  # type: ignore[no-untyped-def]
    """Replace what wears out, let the owner draw a ``share`` of what is left of ``spare``; returns the fen spent."""
    if spare <= 0:
        return np.int64(0)
    w = np.int64(firms.weight[i])
    replaced = min(depreciation, spare)
    drawn = round_half_up((spare - replaced) * share)
    lines[REPLACED] += replaced * w
    lines[DRAWINGS] += drawn * w
    return replaced + drawn


@kernel
def instalments_due(i, day, firms, slots, terms):  # type: ignore[no-untyped-def]
    """Fen of what measures put off that fall due to firm i today."""
    total = np.int64(0)
    if slots.put_off[i] == 0:
        return total
    left = held(i, terms.deferrals, firms)
    while more(left):
        m, left = next_of(left)
        total += instalment(i, m, day, slots, terms)
    return total


@kernel
def _pay_instalments(i, clock, cash, firms, terms, records):  # type: ignore[no-untyped-def]
    """Pay what was put off and falls due; unpaid it becomes ordinary arrears. Returns the fen paid out of ``cash``."""
    slots, books, counts = records.slots, records.books, records.counts
    month = clock.month
    w = np.int64(firms.weight[i])
    spent = np.int64(0)
    left = held(i, terms.deferrals, firms)
    while more(left):
        m, left = next_of(left)
        amount = instalment(i, m, clock.day, slots, terms)
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


@inlined
def may_raise_cash(i, claims, firms, behaviour, seed):  # type: ignore[no-untyped-def]
    """Whether :func:`raise_cash` need be asked: most firms have nobody to turn to, and a glance tells so."""
    if claims > firms.advanced[i]:  # to borrow on
        return True
    if firms.facts[i] & np.uint16(OWNER_PAID_IN):
        return False
    return uniform(seed, INJECTS, firms.key[i], 0) < behaviour.injection_share


@kernel
def _debtor_confirms(i, firms, terms, behaviour, seed):  # type: ignore[no-untyped-def]
    """Whether the debtor of firm i is one that confirms what it owes, so that a bank lends on it."""
    share = behaviour.confirmed_share
    left = in_effect(i, firms.eligible, terms.lends, firms, terms)
    while more(left):
        m, left = next_of(left)
        share = max(share, terms.confirmed[m])
    return uniform(seed, DISPUTE, firms.key[i], CONFIRMS) < share


@kernel
def raise_cash(i, clock, gap, claims, outlays, state):  # type: ignore[no-untyped-def]
    """Before a bill stays unpaid: borrow on claims that the debtor has confirmed, then the owners' own money, once.

    ``gap``: fen that cash is short of; ``claims``: fen owed since the last settlement; ``outlays``: fen of an expected
    month that cash must last for.
    """
    firms, terms, behaviour, seed = state.firms, state.terms, state.behaviour, state.seed
    lines = state.records.books.lines[clock.month]
    w = np.int64(firms.weight[i])
    part = min(gap, round_half_up(claims * behaviour.advance_rate) - firms.advanced[i])
    if part > 0 and not firms.facts[i] & np.uint16(LATE) and _debtor_confirms(i, firms, terms, behaviour, seed):
        firms.advanced[i] += part
        firms.loan[i] += part
        firms.cash[i] += part
        lines[LOAN_DRAWN] += part * w
        gap -= part
    if gap > 0 and not firms.facts[i] & np.uint16(OWNER_PAID_IN):
        if uniform(seed, INJECTS, firms.key[i], 0) < behaviour.injection_share:
            part = min(gap, round_half_up(outlays * behaviour.injection_months))
            firms.cash[i] += part
            lines[INJECTION] += part * w
            firms.facts[i] |= np.uint16(OWNER_PAID_IN)
