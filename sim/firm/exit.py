"""How a firm leaves: what it sells, who is paid, and who is left with what it owed.

What a firm sells pays everybody where its assets cover its debts: it leaves in good order, and the rest is its
owner's. Else the proceeds go to employees, landlords and other private creditors, then to the state, to suppliers, to
public bodies for what they prepaid, and to the bank (Enterprise Bankruptcy Law, article 113, puts wages first; the
ranks below are simplified), and the rest is written off on each of them.
"""

import numpy as np

from sim.firm.bills import SUSPENDED
from sim.firm.claims import (
    BAD_DEBT,
    COLLECTED_LARGE,
    COLLECTED_OVERDUE,
    COLLECTED_OVERDUE_LARGE,
    COLLECTED_PRIVATE,
    COLLECTED_PUBLIC,
    LARGE_FIRMS,
)
from sim.firm.contracts import prepaid
from sim.firm.credit import guaranteed_part
from sim.firm.decision import INSOLVENT, RETIRES, debts_of, proceeds
from sim.firm.entitlements import held, more, next_of, round_half_up
from sim.firm.state import CLOSED_OWING
from sim.kernels import inlined, kernel
from sim.ledger import LINE, MOVES
from sim.vocabulary import EXIT_CAUSES, Status

EXITED = int(Status.EXITED)
CAUSE = {cause: EXIT_CAUSES.index(cause) for cause in EXIT_CAUSES}
RETIRED, CLOSED, CLOSED_WHILE_STOPPED = CAUSE["retired"], CAUSE["closed"], CAUSE["closed_while_stopped"]
BY_CREDITORS, BY_CREDITORS_WHILE_STOPPED = CAUSE["insolvent"], CAUSE["insolvent_while_stopped"]

ARREARS_PRIVATE_PAID = LINE["arrears_private_paid"]
ARREARS_PUBLIC_PAID = LINE["arrears_public_paid"]
PAYABLES_PAID = LINE["payables_paid"]
PREPAYMENT_RETURNED = LINE["prepayment_returned"]
PAID_PRINCIPAL = LINE["paid_principal"]
WRITTEN_OFF_ARREARS_PRIVATE = LINE["written_off_arrears_private"]
WRITTEN_OFF_ARREARS_PUBLIC = LINE["written_off_arrears_public"]
WRITTEN_OFF_PAYABLES = LINE["written_off_payables"]
WRITTEN_OFF_PREPAYMENT = LINE["written_off_prepayment"]
WRITTEN_OFF_LOAN = LINE["written_off_loan"]
CLAIMS_GIVEN_UP, OVERDUE_GIVEN_UP = LINE["claims_given_up"], LINE["overdue_given_up"]
EQUIPMENT_SOLD, DEPOSIT_BACK = LINE["equipment_sold"], LINE["deposit_back"]
CLOSING_CASH = LINE["closing_cash"]
CLOSING_VAT_CREDIT = LINE["closing_vat_credit"]
LOAN_RECOVERED, COMPENSATED = LINE["loan_recovered"], LINE["compensated"]
FORGIVEN_MOVE = MOVES.index("forgiven")
REPAID_MOVE = MOVES.index("repaid")


@inlined
def _settle_claim(owed, cash, w, paid_line, written_off_line, lines):  # type: ignore[no-untyped-def]
    """Pay a creditor from what cash is left, write off the rest; returns the cash after it."""
    part = min(owed, cash)
    lines[paid_line] += part * w
    lines[written_off_line] += (owed - part) * w
    return cash - part


@kernel
def _sell(i, firms, behaviour, lines):  # type: ignore[no-untyped-def]
    """Turn what firm i has into cash; returns the fen that there are."""
    w = np.int64(firms.weight[i])
    public, private, overdue, equipment = proceeds(i, firms, behaviour)
    of_large = firms.customer[i] == LARGE_FIRMS
    lines[COLLECTED_LARGE if of_large else COLLECTED_PUBLIC] += public * w
    lines[CLAIMS_GIVEN_UP] += (firms.receivables_public[i] - public) * w
    lines[COLLECTED_PRIVATE] += private * w
    lines[BAD_DEBT] += (firms.receivables_private[i] - private) * w
    lines[COLLECTED_OVERDUE_LARGE if of_large else COLLECTED_OVERDUE] += overdue * w
    lines[OVERDUE_GIVEN_UP] += (firms.overdue_public[i] - overdue) * w
    lines[DEPOSIT_BACK] += firms.quality_deposit[i] * w
    lines[EQUIPMENT_SOLD] += equipment * w
    return firms.cash[i] + public + private + overdue + firms.quality_deposit[i] + equipment


@kernel
def leave(i, what, clock, firms, terms, behaviour, market, records):  # type: ignore[no-untyped-def]
    """Close firm i, whose owner RETIRES or CLOSES, or which is INSOLVENT: sell, pay creditors, give the rest over."""
    slots, books, month = records.slots, records.books, clock.month
    w = np.int64(firms.weight[i])
    lines = books.lines[month]
    cash = _sell(i, firms, behaviour, lines)
    debts = debts_of(i, firms, slots, terms, behaviour)
    uncovered = max(np.int64(0), debts - cash)
    stopped = firms.status[i] == SUSPENDED
    if what == INSOLVENT or cash < debts:
        firms.exit_cause[i] = BY_CREDITORS_WHILE_STOPPED if stopped else BY_CREDITORS
    elif stopped:
        firms.exit_cause[i] = CLOSED_WHILE_STOPPED
    else:
        firms.exit_cause[i] = RETIRED if what == RETIRES else CLOSED
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
    unpaid = max(np.int64(0), firms.payables[i] - cash)
    cash = _settle_claim(firms.payables[i], cash, w, PAYABLES_PAID, WRITTEN_OFF_PAYABLES, lines)
    market.payables_lost[firms.prefecture[i], firms.sector[i]] += unpaid * w
    not_worked_off = prepaid(firms.contract_backlog[i], behaviour)
    cash = _settle_claim(not_worked_off, cash, w, PREPAYMENT_RETURNED, WRITTEN_OFF_PREPAYMENT, lines)
    part = min(firms.loan[i], cash)
    market.repaid[firms.prefecture[i]] += part * w
    lines[PAID_PRINCIPAL] += part * w
    cash -= part
    # Owners of individual businesses answer with all they have, banks hold collateral.
    recovered = round_half_up((firms.loan[i] - part) * behaviour.recovery_share)
    lines[LOAN_RECOVERED] += recovered * w
    if len(slots.unpaid) > 0:
        slots.unpaid[i] = uncovered - recovered
    lost = firms.loan[i] - part - recovered
    compensated = round_half_up(lost * guaranteed_part(i, firms) * behaviour.guarantee_risk)
    market.repaid[firms.prefecture[i]] += compensated * w
    lines[COMPENSATED] += compensated * w
    lines[WRITTEN_OFF_LOAN] += (lost - compensated) * w
    lines[CLOSING_CASH] += cash * w
    lines[CLOSING_VAT_CREDIT] += firms.vat_credit[i] * w
    firms.cash[i] = 0
    firms.arrears_private[i] = 0
    firms.arrears_public[i] = 0
    firms.payables[i] = 0
    firms.overdue_payables[i] = 0
    firms.loan[i] = 0
    firms.guaranteed[i] = 0
    firms.advanced[i] = 0
    firms.receivables_public[i] = 0
    firms.overdue_public[i] = 0
    firms.receivables_private[i] = 0
    firms.vat_credit[i] = 0
    firms.quality_deposit[i] = 0
    firms.contract_backlog[i] = 0
    market.dismissed[firms.prefecture[i]] += firms.staff[i] * w
    firms.staff[i] = 0
    firms.status[i] = EXITED
    firms.exited_on[i] = clock.day
