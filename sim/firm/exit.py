"""How a firm leaves: why, and who is left with what it owed.

What cash there is goes to employees, landlords and other private creditors, then to the state, to suppliers and to
the bank (Enterprise Bankruptcy Law, article 113, puts wages first; the ranks below are simplified). The rest is
written off on each of them; claims that the firm held pass to its owners.
"""

import numpy as np

from sim.firm.bills import deferred_total
from sim.firm.entitlements import held, more, next_of, round_half_up
from sim.firm.state import CLOSED_OWING
from sim.kernels import inlined, kernel
from sim.ledger import LINE, MOVES
from sim.random_numbers import Purpose, exponential, uniform
from sim.vocabulary import EXIT_CAUSES, Status

EXITED = int(Status.EXITED)
SUSPENDED = int(Status.SUSPENDED)
STAYS = -1
BY_CHURN, ILLIQUID, HOPELESS, CLOSED_TOO_LONG = (EXIT_CAUSES.index(c) for c in EXIT_CAUSES)
PATIENCE, HOPE, CHURN = int(Purpose.PATIENCE), int(Purpose.HOPE), int(Purpose.CHURN)
CLOSURE_HOPE = 100_000  # added to the month: what is drawn of a long closure is not what is drawn of a hopeless firm
YOUNG_MONTHS = 36  # `young_churn` speaks of firms under three years
LONG_CLOSURE_DAYS = 30  # `firm.closed_too_long_hazard_per_month` speaks of firms stopped for more than a month

ARREARS_PRIVATE_PAID = LINE["arrears_private_paid"]
ARREARS_PUBLIC_PAID = LINE["arrears_public_paid"]
PAYABLES_PAID = LINE["payables_paid"]
PAID_PRINCIPAL = LINE["paid_principal"]
WRITTEN_OFF_ARREARS_PRIVATE = LINE["written_off_arrears_private"]
WRITTEN_OFF_ARREARS_PUBLIC = LINE["written_off_arrears_public"]
WRITTEN_OFF_PAYABLES = LINE["written_off_payables"]
WRITTEN_OFF_LOAN = LINE["written_off_loan"]
CLOSING_CASH = LINE["closing_cash"]
CLOSING_RECEIVABLES_PUBLIC = LINE["closing_receivables_public"]
CLOSING_OVERDUE_PUBLIC = LINE["closing_overdue_public"]
CLOSING_RECEIVABLES_PRIVATE = LINE["closing_receivables_private"]
CLOSING_VAT_CREDIT = LINE["closing_vat_credit"]
CLOSING_DEPOSIT = LINE["closing_deposit"]
LOAN_RECOVERED = LINE["loan_recovered"]
FORGIVEN_MOVE = MOVES.index("forgiven")
REPAID_MOVE = MOVES.index("repaid")


@kernel
def find_exit_cause(i, clock, firms, slots, terms, behaviour, seed):  # type: ignore[no-untyped-def]
    """Index into EXIT_CAUSES, or -1 when firm i stays."""
    day, month = clock.day, clock.month
    key = firms.key[i]
    born = firms.born_on[i]
    months_old = firms.age_months[i] + (day - max(born, 0)) // 30
    years_old = months_old // 12
    churn = behaviour.churn_by_age[min(years_old, len(behaviour.churn_by_age) - 1)] / 12.0
    churn *= behaviour.size_churn[firms.size[i]]
    if months_old < YOUNG_MONTHS:
        left = held(i, terms.cultivates, firms)
        while more(left):
            m, left = next_of(left)
            churn *= terms.young_churn[m]
    if uniform(seed, CHURN, key, month) < churn:
        return BY_CHURN
    if firms.distressed_months[i] > 0:
        extra = exponential(seed, PATIENCE, key, 0) * behaviour.patience_beyond
        if firms.distressed_months[i] >= behaviour.patience_min + np.floor(extra):
            return ILLIQUID
    if firms.profit_this_year[i] < 0:
        owns = firms.cash[i] + firms.receivables_public[i] + firms.overdue_public[i] + firms.receivables_private[i]
        owes = firms.payables[i] + firms.arrears_public[i] + firms.arrears_private[i] + firms.loan[i]
        if owns < owes + deferred_total(i, firms, slots, terms):
            if uniform(seed, HOPE, key, month) < behaviour.hopeless_hazard / 12.0:
                return HOPELESS
    if firms.status[i] == SUSPENDED and day - firms.suspended_on[i] > LONG_CLOSURE_DAYS:
        if uniform(seed, HOPE, key, month + CLOSURE_HOPE) < behaviour.closed_too_long_hazard:
            return CLOSED_TOO_LONG
    return STAYS


@inlined
def _settle_claim(owed, cash, w, paid_line, written_off_line, lines):  # type: ignore[no-untyped-def]
    """Pay a creditor from what cash is left, write off the rest; returns the cash after it."""
    part = min(owed, cash)
    lines[paid_line] += part * w
    lines[written_off_line] += (owed - part) * w
    return cash - part


@kernel
def close_firm(i, cause, clock, firms, terms, behaviour, market, records):  # type: ignore[no-untyped-def]
    """Close firm i: pay creditors in order, write off the rest, hand claims to the owners."""
    slots, books, month = records.slots, records.books, clock.month
    w = np.int64(firms.weight[i])
    lines = books.lines[month]
    cash = firms.cash[i]
    cash = _settle_claim(firms.arrears_private[i], cash, w, ARREARS_PRIVATE_PAID, WRITTEN_OFF_ARREARS_PRIVATE, lines)
    cash = _settle_claim(firms.arrears_public[i], cash, w, ARREARS_PUBLIC_PAID, WRITTEN_OFF_ARREARS_PUBLIC, lines)
    left = held(i, terms.deferrals, firms)
    while more(left):
        m, left = next_of(left)
        slot = terms.deferral_slot[m]
        if slots.deferred[slot, i] > 0:
            records.counts.repayment_wall[month, m, CLOSED_OWING] += w
        part = min(slots.deferred[slot, i], cash)
        cash -= part
        books.moved[month, m, REPAID_MOVE] += part * w
        books.moved[month, m, FORGIVEN_MOVE] += (slots.deferred[slot, i] - part) * w
        slots.deferred[slot, i] = 0
    lost = max(np.int64(0), firms.payables[i] - cash)
    cash = _settle_claim(firms.payables[i], cash, w, PAYABLES_PAID, WRITTEN_OFF_PAYABLES, lines)
    market.payables_lost[firms.prefecture[i]] += lost * w
    part = min(firms.loan[i], cash)
    lines[PAID_PRINCIPAL] += part * w
    cash -= part
    # Owners of individual businesses answer with all they have, banks hold collateral and guarantees.
    recovered = round_half_up((firms.loan[i] - part) * behaviour.recovery_share)
    lines[LOAN_RECOVERED] += recovered * w
    lines[WRITTEN_OFF_LOAN] += (firms.loan[i] - part - recovered) * w
    lines[CLOSING_CASH] += cash * w
    lines[CLOSING_RECEIVABLES_PUBLIC] += firms.receivables_public[i] * w
    lines[CLOSING_OVERDUE_PUBLIC] += firms.overdue_public[i] * w
    lines[CLOSING_RECEIVABLES_PRIVATE] += firms.receivables_private[i] * w
    lines[CLOSING_VAT_CREDIT] += firms.vat_credit[i] * w
    lines[CLOSING_DEPOSIT] += firms.quality_deposit[i] * w
    firms.cash[i] = 0
    firms.arrears_private[i] = 0
    firms.arrears_public[i] = 0
    firms.payables[i] = 0
    firms.overdue_payables[i] = 0
    firms.loan[i] = 0
    firms.receivables_public[i] = 0
    firms.overdue_public[i] = 0
    firms.receivables_private[i] = 0
    firms.vat_credit[i] = 0
    firms.quality_deposit[i] = 0
    firms.contract_backlog[i] = 0
    firms.staff[i] = 0
    firms.status[i] = EXITED
    firms.exited_on[i] = clock.day
    firms.exit_cause[i] = cause
