"""What is owed to a firm: collected, overdue, lost; arrears are debts that somebody with money must pay (clause I.6).

Public bodies pay old debts for a measure out of the fund of their prefecture, which then refunds and relieves less;
large firms out of what they can find beside their other bills, which they then pay more slowly.
"""

import numpy as np

from sim.firm.entitlements import draw_on_fund, in_effect, more, next_of, round_half_up
from sim.firm.state import CLEARED, FOUND, PAID
from sim.kernels import inlined, kernel
from sim.ledger import LINE, MOVES
from sim.random_numbers import Purpose, normal, uniform
from sim.vocabulary import CUSTOMERS, INDIVIDUAL, SIZES

PUBLIC_BODIES, LARGE_FIRMS, OTHER_FIRMS = (CUSTOMERS.index(c) for c in ("public_bodies", "large_firms", "other_firms"))
SALES_PUBLIC, SALES_LARGE = LINE["sales_public"], LINE["sales_large"]
COLLECTED_PUBLIC, COLLECTED_LARGE, COLLECTED_PRIVATE = (
    LINE[name] for name in ("collected_public", "collected_large", "collected_private")
)
BECAME_OVERDUE, BECAME_OVERDUE_LARGE = LINE["became_overdue"], LINE["became_overdue_large"]
COLLECTED_OVERDUE, COLLECTED_OVERDUE_LARGE = LINE["collected_overdue"], LINE["collected_overdue_large"]
PAID_PRINCIPAL = LINE["paid_principal"]
BAD_DEBT, BAD_DEBT_OF_FAILED = LINE["bad_debt"], LINE["bad_debt_of_failed_customers"]
CLEARED_PUBLIC, CLEARED_LARGE = MOVES.index("cleared_by_public_bodies"), MOVES.index("cleared_by_large_firms")
DISPUTE = int(Purpose.DISPUTE)
IS_DISPUTED, IN_DIFFICULTY, SIZE_OF_DEBT, CONFIRMS = range(4)  # periods of the draws
ALL, ABLE, DIFFICULT = 0, 1, 2  # whose debts a measure clears, as `Terms.debtors` holds it
INDIVIDUAL_SIZE = SIZES.index(INDIVIDUAL)


@inlined
def is_disputed(i, firms, behaviour, seed):  # type: ignore[no-untyped-def]
    """Whether the arrears of firm i are disputed, for good."""
    return uniform(seed, DISPUTE, firms.key[i], IS_DISPUTED) < behaviour.disputed_share


@inlined
def is_in_difficulty(i, firms, behaviour, seed):  # type: ignore[no-untyped-def]
    """Whether the debtor of firm i is in real difficulty, for good."""
    return uniform(seed, DISPUTE, firms.key[i], IN_DIFFICULTY) < behaviour.difficult_share


@inlined
def is_undisputed_of_enterprise(i, firms, behaviour, seed):  # type: ignore[no-untyped-def]
    """Whether what is overdue to firm i is undisputed, and owed to an enterprise: what clause I.6 wants cleared."""
    return firms.size[i] != INDIVIDUAL_SIZE and not is_disputed(i, firms, behaviour, seed)


@kernel
def debt_of(i, firms, behaviour, seed):  # type: ignore[no-untyped-def]
    """Fen of one debt of the arrears of firm i, which are as many equal debts as its draw says."""
    drawn = behaviour.debt_spread * normal(seed, DISPUTE, firms.key[i], SIZE_OF_DEBT)
    size = max(1.0, behaviour.debt_fen * np.exp(drawn - behaviour.debt_spread * behaviour.debt_spread / 2.0))
    overdue = float(firms.overdue_public[i])
    return overdue / max(1.0, np.ceil(overdue / size))


@kernel
def collect(i, day, month, state):  # type: ignore[no-untyped-def]
    """Collect claims, let bills become overdue, lose what closed customers owed; returns the fen lost."""
    firms, behaviour, market, lines = state.firms, state.behaviour, state.market, state.records.books.lines[month]
    before = firms.cash[i]
    if firms.receivables_public[i] > 0:
        late = _collect_public(i, state.terms, behaviour, firms, market, lines)
        if late > 0 and is_undisputed_of_enterprise(i, firms, behaviour, state.seed):
            state.records.counts.undisputed[month, FOUND] += late
    if firms.overdue_public[i] > 0:
        _collect_overdue(i, day, month, state)
    if firms.advanced[i] > 0:
        _repay_advance(i, firms.cash[i] - before, firms, market, lines)
    if firms.receivables_private[i] > 0:
        return _collect_private(i, behaviour, firms, market, lines)
    return np.int64(0)


@kernel
def _repay_advance(i, received, firms, market, lines):  # type: ignore[no-untyped-def]
    """Of ``received`` fen the bank of firm i takes what it has lent on claims."""
    part = min(firms.advanced[i], received)
    firms.cash[i] -= part
    firms.advanced[i] -= part
    firms.loan[i] -= part
    firms.guaranteed[i] = min(firms.guaranteed[i], firms.loan[i])
    lines[PAID_PRINCIPAL] += part * np.int64(firms.weight[i])
    market.repaid[firms.prefecture[i]] += part * np.int64(firms.weight[i])


@kernel
def _collect_public(i, terms, behaviour, firms, market, lines):  # type: ignore[no-untyped-def]
    """Public bodies and large firms pay, let become overdue, or wait; returns the weighted fen that became overdue."""
    w = np.int64(firms.weight[i])
    p, claims = firms.prefecture[i], firms.receivables_public[i]
    slow = behaviour.overdue_per_month * terms.new_arrears[p, firms.sector[i], firms.size[i]]
    late = min(round_half_up(claims * slow), claims)
    if firms.customer[i] == LARGE_FIRMS:
        rate = behaviour.collected_per_month[LARGE_FIRMS] * market.firms_pay[p, firms.sector[i]]
        market.due_by_large[p] += min(round_half_up(claims * rate), claims - late) * w
        paid = min(round_half_up(claims * (rate * market.large_pays[p])), claims - late)
        lines[COLLECTED_LARGE] += paid * w
        lines[BECAME_OVERDUE_LARGE] += late * w
    else:
        # Public contracts of firms that mainly sell to others are paid as public bodies pay.
        paid = min(round_half_up(claims * behaviour.collected_per_month[PUBLIC_BODIES]), claims - late)
        lines[COLLECTED_PUBLIC] += paid * w
        lines[BECAME_OVERDUE] += late * w
    firms.receivables_public[i] -= paid + late
    firms.overdue_public[i] += late
    firms.cash[i] += paid
    return late * w


@kernel
def _collect_overdue(i, day, month, state):  # type: ignore[no-untyped-def]
    """Arrears are paid as usual, and what is not disputed also because measures press for it."""
    firms, behaviour, lines = state.firms, state.behaviour, state.records.books.lines[month]
    overdue = firms.overdue_public[i]
    usual = round_half_up(overdue * behaviour.overdue_paid)
    cleared = np.int64(0)
    if not is_disputed(i, firms, behaviour, state.seed):
        cleared = _clear(i, day, month, usual, state)
        if firms.size[i] != INDIVIDUAL_SIZE:
            state.records.counts.undisputed[month, CLEARED] += (usual + cleared) * np.int64(firms.weight[i])
    firms.overdue_public[i] -= usual + cleared
    firms.cash[i] += usual + cleared
    line = COLLECTED_OVERDUE_LARGE if firms.customer[i] == LARGE_FIRMS else COLLECTED_OVERDUE
    lines[line] += usual * np.int64(firms.weight[i])


@kernel
def _clear(i, day, month, usual, state):  # type: ignore[no-untyped-def]
    """Fen of firm i's arrears paid for the collection measures in force, beside the ``usual`` of the month.

    First what each clears in a month, then what deadlines still ask for; of both only what the debtor has money for.
    """
    firms, terms, seed = state.firms, state.terms, state.seed
    overdue, paid = firms.overdue_public[i], usual
    left = in_effect(i, firms.eligible, terms.collects, firms, terms)
    if not more(left):
        return np.int64(0)
    debt = debt_of(i, firms, state.behaviour, seed)
    hard = is_in_difficulty(i, firms, state.behaviour, seed)
    for by_deadline in range(2):
        left = in_effect(i, firms.eligible, terms.collects, firms, terms)
        while more(left):
            m, left = next_of(left)
            wants = terms.debtors[m]
            if debt > terms.ceiling[m] or (wants == ABLE and hard) or (wants == DIFFICULT and not hard):
                continue
            asked = np.int64(0)
            if by_deadline == 0:
                asked = round_half_up(overdue * terms.clearance[m])
            elif day <= terms.cleared_by[m]:
                # Equal parts over the settlements left before the deadline: nothing is left when it comes.
                asked = round_half_up(overdue / (1.0 + (terms.cleared_by[m] - day) // 31)) - paid
            asked = min(asked, overdue - paid)
            if asked > 0 and _debtor_pays(i, m, month, asked, state):
                paid += asked
    return paid - usual


@kernel
def _debtor_pays(i, m, month, amount, state):  # type: ignore[no-untyped-def]
    """Whether the debtor of firm i has the money that measure m asks for; the payment is posted."""
    firms, market, books = state.firms, state.market, state.records.books
    w, p = np.int64(firms.weight[i]), firms.prefecture[i]
    if firms.customer[i] == LARGE_FIRMS:
        if amount * w > market.large_room[p]:
            return False
        market.large_room[p] -= amount * w
        market.extra_by_large[p] += amount * w
        books.moved[month, m, CLEARED_LARGE] += amount * w
    else:
        if not draw_on_fund(i, m, amount * w, firms, state.terms, state.records.treasury):
            return False
        books.moved[month, m, CLEARED_PUBLIC] += amount * w
    state.records.counts.firms[month, m, PAID] += w
    return True


@kernel
def _collect_private(i, behaviour, firms, market, lines):  # type: ignore[no-untyped-def]
    """Households and other firms pay, or their debts are lost; returns the fen lost."""
    w = np.int64(firms.weight[i])
    customer, claims = firms.customer[i], firms.receivables_private[i]
    rate, failed = behaviour.collected_per_month[customer], 0.0
    if customer == OTHER_FIRMS:
        rate *= market.firms_pay[firms.prefecture[i], firms.sector[i]]
        failed = market.lost_share[firms.prefecture[i], firms.sector[i]]
    lost = round_half_up(claims * min(1.0, behaviour.private_default + failed))
    of_failed = min(lost, round_half_up(claims * failed))
    paid = min(round_half_up((claims - lost) * rate), claims - lost)
    firms.receivables_private[i] -= paid + lost
    firms.cash[i] += paid
    lines[COLLECTED_PRIVATE] += paid * w
    lines[BAD_DEBT] += (lost - of_failed) * w
    lines[BAD_DEBT_OF_FAILED] += of_failed * w
    return lost
