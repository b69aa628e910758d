"""The month's count of the province (clause III.3): who is open, stopped, gone, born, losing money, and what is owed.

Model code never counts stocks; this kernel walks over all firms on the last day of each month.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.firm.claims import DIFFICULT, debt_of, is_disputed, is_in_difficulty, is_undisputed_of_enterprise
from sim.firm.contracts import prepaid
from sim.firm.entitlements import has_bit, in_effect, more, next_of, take_up, walk
from sim.firm.state import BAD, GUARANTEED, INCLUSIVE, LOANS
from sim.kernels import inlined, kernel, outermost
from sim.ledger import ACCOUNT
from sim.random_numbers import salted
from sim.vocabulary import COUNTED_BY, EXIT_CAUSES, FACTS, SECTORS, SIZES, Status, bit

# Columns of the panel that the census fills, in order; `sales_fen` comes from the settlements of the month.
COUNTED: Final = (
    "open", "suspended", "paused", "exited", "exited_insolvent", "born", "founders", "founders_alive", "stopped",
    "stopped_working", "stopped_left_working", "loss_making", "loss_making_with_owner", "staff", "sales_fen",
    "cash_fen", "arrears_fen", "overdue_public_fen", "deferred_fen", "loan_fen", "small_arrears_fen",
)  # fmt: skip
(
    OPEN_NOW, SUSPENDED_NOW, PAUSED_NOW, LEFT, LEFT_INSOLVENT, BORN, FOUNDERS, FOUNDERS_ALIVE, STOPPED, STOPPED_WORKING,
    STOPPED_LEFT_WORKING, LOSS_MAKING, LOSS_MAKING_WITH_OWNER, STAFF, SALES, CASH, ARREARS, OVERDUE_PUBLIC, DEFERRED,
    LOAN, SMALL_ARREARS,
) = range(len(COUNTED))  # fmt: skip
BY_FIRMS, BY_JOBS = range(len(COUNTED_BY))
# Weighted fen of undisputed arrears to enterprises: all of them, of debtors in difficulty, and of these with a plan.
STANDING, OF_DIFFICULT, PLANNED = range(3)
OF_ARREARS: Final = 3
# What is counted of a measure's firms.
ELIGIBLE, AWARE = range(2)
KNOWN, FILED, GRANTED = range(3)  # measures of one firm
UNBORN, OPEN, SUSPENDED, EXITED = int(Status.UNBORN), int(Status.OPEN), int(Status.SUSPENDED), int(Status.EXITED)
CLOSED_WHILE_STOPPED, INSOLVENT, INSOLVENT_WHILE_STOPPED = (
    EXIT_CAUSES.index(cause) for cause in ("closed_while_stopped", "insolvent", "insolvent_while_stopped")
)
MONTH_OF_OWNER = 30  # days since its birth that count as a month of a newcomer's owner
LOAN_BAD = bit(FACTS, "loan_bad")
(
    CASH_ACCOUNT, RECEIVABLES_PUBLIC_ACCOUNT, OVERDUE_PUBLIC_ACCOUNT, RECEIVABLES_PRIVATE_ACCOUNT, PAYABLES_ACCOUNT,
    ARREARS_PUBLIC_ACCOUNT, ARREARS_PRIVATE_ACCOUNT, LOAN_ACCOUNT, VAT_CREDIT_ACCOUNT, QUALITY_DEPOSIT_ACCOUNT,
    DEFERRED_ACCOUNT, PREPAID_ACCOUNT,
) = ACCOUNT.values()  # fmt: skip
FOUNDER = -1  # `born_on` of firms alive at the start
PAYABLES, LIVING, WORKING = range(3)  # what of a market is counted in the evening of a month
MARKETS: Final = 3
MEDIUM = SIZES.index("medium")
SECTOR_COUNT, SIZE_COUNT = len(SECTORS), len(SIZES)


@inlined
def result_with_owner(i, day, month_of_year, firms):  # type: ignore[no-untyped-def]
    """Fen of firm i since 1 January, after its owner has lived on it in each of the year's months.

    Of a newcomer the months are at most the whole 30 days since its birth.
    """
    months = np.int64(month_of_year)
    if firms.born_on[i] != FOUNDER:
        months = min(months, np.int64(day - firms.born_on[i]) // MONTH_OF_OWNER)
    return firms.profit_this_year[i] - np.int64(firms.reservation[i]) * months


@outermost
def results_with_owner(firms, day, month_of_year, found):  # type: ignore[no-untyped-def]
    """Fill ``found`` (n,) with :func:`result_with_owner` of each firm on a day."""
    for i in range(len(firms.key)):
        found[i] = result_with_owner(i, day, month_of_year, firms)


@outermost
def count(span, state, strata, panel, tally, arrears, clock, small):  # type: ignore[no-untyped-def]
    """Add every firm of ``span``, weighted, to its cell of ``panel`` and of ``tally``.

    ``panel``: (prefectures * sectors * sizes, COUNTED); ``strata``, ``tally``: see :mod:`sim.observe.universes`;
    ``arrears``: (OF_ARREARS,); ``clock``: the last day of the month; ``small``: fen below which a debt to a firm that
    is not disputed is small.
    """
    firms, slots, behaviour, seed = state.firms, state.records.slots, state.behaviour, state.seed
    for i in range(np.uint64(span.first), np.uint64(span.last)):
        status = firms.status[i]
        if status == UNBORN:
            continue
        w = np.int64(firms.weight[i])
        row = panel[(firms.prefecture[i] * SECTOR_COUNT + firms.sector[i]) * SIZE_COUNT + firms.size[i]]
        founder = firms.born_on[i] == FOUNDER
        stopped = firms.suspended_on[i] >= 0
        lives, cause = status != EXITED, firms.exit_cause[i]
        loses = lives and firms.profit_this_year[i] < 0
        loses_with_owner = lives and result_with_owner(i, clock.day, clock.month_of_year, firms) < 0
        while_stopped = not lives and (cause == CLOSED_WHILE_STOPPED or cause == INSOLVENT_WHILE_STOPPED)
        # STANDINGS begin with the statuses, LOSSES with those that make none.
        alike = tally[
            strata.stratum[i],
            int(founder),
            int(stopped),
            status - OPEN + int(while_stopped),
            int(loses_with_owner) + int(loses),
        ]
        alike[BY_FIRMS] += w
        alike[BY_JOBS] += w * strata.jobs[i]
        if founder:
            row[FOUNDERS] += w
        else:
            row[BORN] += w
        if stopped:
            row[STOPPED] += w
        if not lives:
            row[LEFT] += w
            if cause == INSOLVENT or cause == INSOLVENT_WHILE_STOPPED:
                row[LEFT_INSOLVENT] += w
            if stopped and not while_stopped:
                row[STOPPED_LEFT_WORKING] += w
            continue
        if status == OPEN:
            row[OPEN_NOW] += w
        elif status == SUSPENDED:
            row[SUSPENDED_NOW] += w
        else:
            row[PAUSED_NOW] += w
        if stopped and status != SUSPENDED:
            row[STOPPED_WORKING] += w
        if founder:
            row[FOUNDERS_ALIVE] += w
        if loses:
            row[LOSS_MAKING] += w
        if loses_with_owner:
            row[LOSS_MAKING_WITH_OWNER] += w
        row[STAFF] += w * firms.staff[i]
        row[CASH] += w * firms.cash[i]
        row[ARREARS] += w * (firms.arrears_public[i] + firms.arrears_private[i] + firms.overdue_payables[i])
        overdue = firms.overdue_public[i]
        row[OVERDUE_PUBLIC] += w * overdue
        if overdue > 0 and not is_disputed(i, firms, behaviour, seed):
            if debt_of(i, firms, behaviour, seed) < small:
                row[SMALL_ARREARS] += w * overdue
            if is_undisputed_of_enterprise(i, firms, behaviour, seed):
                arrears[STANDING] += w * overdue
                if is_in_difficulty(i, firms, behaviour, seed):
                    arrears[OF_DIFFICULT] += w * overdue
                    if _has_plan(i, state):
                        arrears[PLANNED] += w * overdue
        if slots.put_off[i] != 0:
            for slot in range(len(slots.deferred)):
                row[DEFERRED] += w * slots.deferred[slot, i]
        row[LOAN] += w * firms.loan[i]


@kernel
def _has_plan(i, state):  # type: ignore[no-untyped-def]
    """Whether a measure in force pays off what a debtor in real difficulty owes to firm i."""
    firms, terms = state.firms, state.terms
    debt = debt_of(i, firms, state.behaviour, state.seed)
    left = in_effect(i, firms.eligible, terms.collects, firms, terms)
    while more(left):
        m, left = next_of(left)
        if terms.debtors[m] == DIFFICULT and debt <= terms.ceiling[m]:
            return True
    return False


@outermost
def stand(span, firms, lent, markets):  # type: ignore[no-untyped-def]
    """Add up how living firms of ``span`` stand in the evening, in weighted fen.

    ``lent`` (P, LENT): loans, and of them what is bad, guaranteed, and of inclusive firms; ``markets`` (P, S, MARKETS):
    payables, usual sales, usual sales of those open.
    """
    for i in range(np.uint64(span.first), np.uint64(span.last)):
        if firms.status[i] >= OPEN and firms.status[i] != EXITED:
            w = np.int64(firms.weight[i])
            loans = lent[firms.prefecture[i]]
            loans[LOANS] += w * firms.loan[i]
            if firms.facts[i] & LOAN_BAD:
                loans[BAD] += w * firms.loan[i]
            loans[GUARANTEED] += w * firms.guaranteed[i]
            if firms.size[i] < MEDIUM:
                loans[INCLUSIVE] += w * firms.loan[i]
            market = markets[firms.prefecture[i], firms.sector[i]]
            market[PAYABLES] += w * firms.payables[i]
            market[LIVING] += w * firms.usual_sales[i]
            if firms.status[i] == OPEN:
                market[WORKING] += w * firms.usual_sales[i]


@outermost
def accounts(firms, behaviour, deferred, total):  # type: ignore[no-untyped-def]
    """Add up the weighted fen of each of ``ACCOUNTS`` over living firms into ``total``, for the ledger's residual."""
    for i in range(len(firms.key)):
        if firms.status[i] < OPEN or firms.status[i] == EXITED:
            continue
        w = np.int64(firms.weight[i])
        total[CASH_ACCOUNT] += w * firms.cash[i]
        total[RECEIVABLES_PUBLIC_ACCOUNT] += w * firms.receivables_public[i]
        total[OVERDUE_PUBLIC_ACCOUNT] += w * firms.overdue_public[i]
        total[RECEIVABLES_PRIVATE_ACCOUNT] += w * firms.receivables_private[i]
        total[PAYABLES_ACCOUNT] += w * firms.payables[i]
        total[ARREARS_PUBLIC_ACCOUNT] += w * firms.arrears_public[i]
        total[ARREARS_PRIVATE_ACCOUNT] += w * firms.arrears_private[i]
        total[LOAN_ACCOUNT] += w * firms.loan[i]
        total[VAT_CREDIT_ACCOUNT] += w * firms.vat_credit[i]
        total[QUALITY_DEPOSIT_ACCOUNT] += w * firms.quality_deposit[i]
        total[PREPAID_ACCOUNT] += w * prepaid(firms.contract_backlog[i], behaviour)
        for slot in range(len(deferred)):
            total[DEFERRED_ACCOUNT] += w * deferred[slot, i]


@outermost
def count_aware(firms, terms, found):  # type: ignore[no-untyped-def]
    """Add up the weighted firms that are eligible for, and that know of, each measure into ``found`` (measures, 2)."""
    for i in range(len(firms.key)):
        if firms.status[i] == UNBORN:
            continue
        w = np.int64(firms.weight[i])
        key, p, z = firms.key[i], firms.prefecture[i], firms.size[i]
        left = walk(firms.eligible[i, 0], firms.eligible[i, 1])
        while more(left):
            m, left = next_of(left)
            found[m, ELIGIBLE] += w
            if salted(terms.aware_salt[m], key) < terms.aware[m, p, z]:
                found[m, AWARE] += w


@outermost
def count_measures(firms, terms, behaviour, on_application, found):  # type: ignore[no-untyped-def]
    """Count for each firm the measures that it knows of, has filed for and has been granted, into ``found`` (n, 3).

    Of the measures ``on_application`` (M,) for which it qualifies by its fixed traits; offices that work by list file
    for it.
    """
    for i in range(len(firms.key)):
        key, p, z = firms.key[i], firms.prefecture[i], firms.size[i]
        left = walk(firms.eligible[i, 0], firms.eligible[i, 1])
        while more(left):
            m, left = next_of(left)
            if not on_application[m]:
                continue
            found[i, KNOWN] += salted(terms.aware_salt[m], key) < terms.aware[m, p, z]
            # The column says that it has decided; whether it would ever file is the draw of the measure topped up.
            asked = terms.tops_up[m] if terms.tops_up[m] >= 0 else m
            if has_bit(firms.applied[i], m):
                found[i, FILED] += salted(terms.apply_salt[asked], key) < take_up(m, z, terms, behaviour)
            found[i, GRANTED] += has_bit(firms.granted[i], m)
