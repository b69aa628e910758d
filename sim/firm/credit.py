"""What a bank thinks of a firm, and what it does when a loan matures.

The score follows the reasons for which small firms are refused (China Household Finance Survey: no collateral, no
guarantor, no relation): cash flow, leverage, collateral, record, and noise. Above 0 the bank lends, and renews.
"""

import numpy as np

from sim.firm.entitlements import held, in_effect, more, next_of
from sim.firm.state import NEVER
from sim.kernels import inlined, kernel
from sim.ledger import LINE
from sim.random_numbers import Purpose, normal, uniform
from sim.vocabulary import FACTS, FLAGS, FLOWS, bit

COLLATERAL = bit(FLAGS, "collateral")
LATE, LOAN_BAD = bit(FACTS, "late_on_loan"), bit(FACTS, "loan_bad")
LOAN_TERM, MATURITY = int(Purpose.LOAN_TERM), int(Purpose.EXTENSION)
PRINCIPAL_BIT = np.uint32(1 << FLOWS.index("principal"))
RENEWED, RESTRUCTURED, CALLED = LINE["renewed"], LINE["restructured"], LINE["called"]


@inlined
def guaranteed_part(i, firms):  # type: ignore[no-untyped-def]
    """Share of the loan of firm i behind which a public guarantor stands."""
    return firms.guaranteed[i] / max(1.0, float(firms.loan[i]))


@kernel
def score(i, clock, luck, guaranteed, firms, terms, behaviour):  # type: ignore[no-untyped-def]
    """Points that a bank gives firm i, with the ``luck`` of its judgement (standard normal): above 0 it lends.

    ``guaranteed``: share of the loan for which a guarantor stands in where collateral is missing.
    """
    approval, waiver, error = 0.0, 0.0, 1.0
    left = in_effect(i, firms.eligible, terms.lends, firms, terms)
    while more(left):
        m, left = next_of(left)
        approval += terms.approval[m]
        waiver = max(waiver, terms.collateral_waiver[m])
        error *= terms.screening_error[m]
    usual = max(1.0, float(firms.usual_sales[i]))
    points = behaviour.score_base + approval
    points += behaviour.margin_weight * firms.profit_this_year[i] / (usual * clock.month_of_year)
    points -= behaviour.leverage_weight * firms.loan[i] / (12.0 * usual)
    if firms.flags[i] & COLLATERAL:
        points += behaviour.collateral_bonus
    else:
        points += behaviour.collateral_bonus * max(waiver, guaranteed)
    if firms.facts[i] & LATE or firms.distressed_months[i] > 0:
        points -= behaviour.record_malus
    return points + behaviour.score_noise * error * luck


@inlined
def term_days(months):  # type: ignore[no-untyped-def]
    """Whole days of a term of ``months``: twelve months are 365."""
    return np.int64(months * 365.0 // 12.0)


@kernel
def give_term(i, day, month, firms, behaviour, seed):  # type: ignore[no-untyped-def]
    """Let the loan of firm i run from ``day`` on, for a short or a long term."""
    is_short = uniform(seed, LOAN_TERM, firms.key[i], month) < behaviour.short_share
    months = behaviour.short_months if is_short else behaviour.long_months
    firms.loan_term[i] = np.int8(months)
    firms.loan_due_on[i] = min(day + term_days(months), NEVER)


@kernel
def principal_due(i, clock, firms, terms, behaviour, lines, seed):  # type: ignore[no-untyped-def]
    """Fen of the loan of firm i, which has matured, that fall due this month; at maturity the bank decides on it.

    What is borrowed on claims has no term: it is repaid when debtors pay.
    """
    day, due_on, loan = clock.day, np.int64(firms.loan_due_on[i]), firms.loan[i] - firms.advanced[i]
    if loan == 0:
        return loan
    if due_on > clock.previous:  # the first settlement on or after maturity
        if _may_put_off(i, day, firms, terms):
            return loan
        amount = loan * np.int64(firms.weight[i])
        luck = normal(seed, MATURITY, firms.key[i], clock.month)
        points = score(i, clock, luck, guaranteed_part(i, firms), firms, terms, behaviour)
        if points > 0.0:
            firms.loan_due_on[i] = min(day + term_days(float(firms.loan_term[i])), NEVER)
            lines[RENEWED] += amount
            return np.int64(0)
        if points > -behaviour.restructure_span:
            lines[RESTRUCTURED] += amount
        else:
            firms.loan_term[i] = 0
            lines[CALLED] += amount
    if firms.loan_term[i] == 0:
        return loan
    return loan // max(1, behaviour.run_off_months - (day - due_on) // 31)


@kernel
def _may_put_off(i, day, firms, terms):  # type: ignore[no-untyped-def]
    """Whether a measure that puts off principal is in force and firm i has it."""
    left = held(i, terms.defers, firms)
    while more(left):
        m, left = next_of(left)
        if terms.flows[m] & PRINCIPAL_BIT and day <= terms.deferral_until[m]:
            return True
    return False


@inlined
def count_lateness(i, unpaid, firms, behaviour):  # type: ignore[no-untyped-def]
    """Firm i is late on its loan, longer late, or late no more; ``unpaid``: fen of principal and interest due."""
    if unpaid > 0:
        firms.late_months[i] = min(firms.late_months[i] + 1, 127)
        firms.facts[i] |= np.uint16(LATE)
        if firms.late_months[i] >= behaviour.bad_after_months:
            firms.facts[i] |= np.uint16(LOAN_BAD)
    elif firms.facts[i] & np.uint16(LATE):
        forgive_lateness(i, firms)


@inlined
def forgive_lateness(i, firms):  # type: ignore[no-untyped-def]
    """Firm i is late no more."""
    firms.late_months[i] = 0
    firms.facts[i] &= np.uint16(0xFFFF & ~(LATE | LOAN_BAD))
