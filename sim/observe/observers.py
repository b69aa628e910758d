"""The month's count of the province (clause III.3): who is open, stopped, gone, born, losing money, and what is owed.

Model code never counts stocks; this kernel walks over all firms on the last day of each month.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.firm.entitlements import lowest_bit, without_lowest
from sim.kernels import outermost
from sim.population.columns import MASK_WORDS
from sim.random_numbers import Purpose, salted, uniform
from sim.vocabulary import EXIT_CAUSES, SECTORS, SIZES, Status

# Columns of the panel that the census fills, in order; `sales_fen` comes from the settlements of the month.
COUNTED: Final = (
    "open", "suspended", "exited", "born", "founders", "founders_alive", "stopped", "stopped_working",
    "stopped_exited_otherwise", "loss_making", "staff", "sales_fen", "cash_fen", "arrears_fen", "overdue_public_fen",
    "deferred_fen", "loan_fen", "small_arrears_fen",
)  # fmt: skip
SALES: Final = COUNTED.index("sales_fen")
UNBORN, OPEN, SUSPENDED, EXITED = int(Status.UNBORN), int(Status.OPEN), int(Status.SUSPENDED), int(Status.EXITED)
BY_CHURN = EXIT_CAUSES.index("churn")
DISPUTE = int(Purpose.DISPUTE)
FOUNDER = -1  # `born_on` of firms alive at the start
SECTOR_COUNT, SIZE_COUNT = len(SECTORS), len(SIZES)


@outermost
def count(firms, slots, strata, panel, tally, disputed_share, small, seed):  # type: ignore[no-untyped-def]
    """Add every firm to its cell of ``panel`` (prefectures * sectors * sizes, COUNTED) and of ``tally``, weighted.

    ``strata``, ``tally``: see :mod:`sim.observe.universes`; ``disputed_share``: share of firms whose arrears are
    disputed, the same firms as in the settlement; ``small``: fen below which undisputed arrears to a firm are counted
    as small ones.
    """
    for i in range(len(firms.key)):
        status = firms.status[i]
        if status == UNBORN:
            continue
        w = np.int64(firms.weight[i])
        row = panel[(firms.prefecture[i] * SECTOR_COUNT + firms.sector[i]) * SIZE_COUNT + firms.size[i]]
        founder = firms.born_on[i] == FOUNDER
        stopped = firms.suspended_on[i] >= 0
        loses = status != EXITED and firms.profit_this_year[i] < 0
        standing = status - OPEN  # STANDINGS begin with these statuses
        if status == EXITED and firms.exit_cause[i] == BY_CHURN:
            standing += 1
        alike = tally[strata.stratum[i], int(founder), int(stopped), standing, int(loses)]
        alike[0] += w
        alike[1] += w * strata.jobs[i]
        if founder:
            row[4] += w
        else:
            row[3] += w
        if stopped:
            row[6] += w
        if status == EXITED:
            row[2] += w
            if stopped and firms.exit_cause[i] == BY_CHURN:
                row[8] += w
            continue
        if status == OPEN:
            row[0] += w
            if stopped:
                row[7] += w
        else:
            row[1] += w
        if founder:
            row[5] += w
        if loses:
            row[9] += w
        row[10] += w * firms.staff[i]
        row[12] += w * firms.cash[i]
        row[13] += w * (firms.arrears_public[i] + firms.arrears_private[i])
        overdue = firms.overdue_public[i]
        row[14] += w * overdue
        if 0 < overdue < small and uniform(seed, DISPUTE, firms.key[i], 0) >= disputed_share:
            row[17] += w * overdue
        if slots.put_off[i] != 0:
            for slot in range(len(slots.deferred)):
                row[15] += w * slots.deferred[slot, i]
        row[16] += w * firms.loan[i]


@outermost
def debts(firms, loans, payables):  # type: ignore[no-untyped-def]
    """Add what living firms owe banks and suppliers to ``loans`` and ``payables``, weighted fen by prefecture (P,)."""
    for i in range(len(firms.key)):
        if firms.status[i] == OPEN or firms.status[i] == SUSPENDED:
            w = np.int64(firms.weight[i])
            loans[firms.prefecture[i]] += w * firms.loan[i]
            payables[firms.prefecture[i]] += w * firms.payables[i]


@outermost
def accounts(firms, deferred, total):  # type: ignore[no-untyped-def]
    """Add up the weighted fen of each of ``ACCOUNTS`` over living firms into ``total``, for the ledger's residual."""
    for i in range(len(firms.key)):
        if firms.status[i] != OPEN and firms.status[i] != SUSPENDED:
            continue
        w = np.int64(firms.weight[i])
        total[0] += w * firms.cash[i]
        total[1] += w * firms.receivables_public[i]
        total[2] += w * firms.overdue_public[i]
        total[3] += w * firms.receivables_private[i]
        total[4] += w * firms.payables[i]
        total[5] += w * firms.arrears_public[i]
        total[6] += w * firms.arrears_private[i]
        total[7] += w * firms.loan[i]
        total[8] += w * firms.vat_credit[i]
        total[9] += w * firms.quality_deposit[i]
        for slot in range(len(deferred)):
            total[10] += w * deferred[slot, i]


@outermost
def knowing(firms, terms, found):  # type: ignore[no-untyped-def]
    """Add up the weighted firms that are eligible for, and that know of, each measure into ``found`` (measures, 2)."""
    for i in range(len(firms.key)):
        if firms.status[i] == UNBORN:
            continue
        w = np.int64(firms.weight[i])
        for word in range(MASK_WORDS):
            mask = firms.eligible[i, word]
            while mask != np.uint64(0):
                m = lowest_bit(word, mask)
                mask = without_lowest(mask)
                found[m, 0] += w
                if salted(terms.aware_salt[m], firms.key[i]) < terms.aware[m, firms.prefecture[i], firms.size[i]]:
                    found[m, 1] += w
