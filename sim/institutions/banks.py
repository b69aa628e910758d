"""Banks: screen loan applications within what they may newly lend, and hold a queue like every desk.

The score follows the reasons for which small firms are refused (China Household Finance Survey: no collateral, no
guarantor, no relation): cash flow, leverage, collateral, record, and noise. A negative score refuses.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from sim.firm.bills import outlays
from sim.firm.entitlements import dequeue, in_effect, more, next_of, round_half_up
from sim.firm.state import DECIDED, NEVER, PAID, REFUSED, UNLISTED, Float, Int
from sim.institutions.province import Province
from sim.kernels import columns, kernel, outermost
from sim.ledger import LINE
from sim.parameters import Parameters
from sim.random_numbers import Purpose, normal, uniform
from sim.vocabulary import FACTS, FLAGS, Status, bit

UNDERWRITING, EXPANSION = int(Purpose.UNDERWRITING), int(Purpose.EXPANSION)
COLLATERAL = bit(FLAGS, "collateral")
PENDING, LATE, NEW_LOAN, HAS_LOAN, EXPANDS = (
    bit(FACTS, f) for f in ("loan_pending", "late_on_loan", "new_loan", "has_loan", "expands")
)
LOAN_DRAWN, INVESTED = LINE["loan_drawn"], LINE["invested"]
OPEN, EXITED = int(Status.OPEN), int(Status.EXITED)
LARGEST_SAVED: Final = 2.0**40  # entities that a bank may save capacity for


class Score(NamedTuple):
    """What the score of an application is made of."""

    base: float
    margin_weight: float
    leverage_weight: float
    collateral_bonus: float
    record_malus: float
    noise: float


@columns
class Bank(NamedTuple):
    """The banks of each prefecture."""

    capacity: Float  # (P,) entities that can be screened in a working day
    unused: Float  # (P,) capacity saved up because one weighted firm is more than a day's work
    supply: Float  # (P,) fen that may still be lent this month
    score: Score


@outermost
def lend(bank, clock, state):  # type: ignore[no-untyped-def]
    """A working day of the banks, who serve nobody first."""
    firms, behaviour, terms, queues = state.firms, state.behaviour, state.terms, state.queues
    books, counts, item, seed = state.records.books, state.records.counts, state.loan_item, state.seed
    supply, score, day, month = bank.supply, bank.score, clock.day, clock.month
    for p in range(len(bank.capacity)):
        left = bank.unused[p] + bank.capacity[p]
        served_all = False
        while True:
            record = queues.head[item, p, UNLISTED]
            if record < 0 or queues.ready_on[record] > day:
                served_all = True
                break
            i = np.int64(queues.firm[record])
            w = np.int64(firms.weight[i])
            if firms.status[i] < OPEN or firms.status[i] == EXITED:
                dequeue(item, p, UNLISTED, firms, queues)
                continue
            if left < w or supply[p] <= 0:
                break
            days = day - queues.applied_on[record]
            dequeue(item, p, UNLISTED, firms, queues)
            expands = firms.facts[i] & np.uint16(EXPANDS) != 0
            firms.facts[i] &= np.uint16(0xFFFF & ~(PENDING | EXPANDS))
            left -= w
            approval, waiver, rate_cut, error = _support(i, firms, terms)
            usual = max(1.0, float(firms.usual_sales[i]))
            points = score.base + approval
            points += score.margin_weight * firms.profit_this_year[i] / (usual * clock.month_of_year)
            points -= score.leverage_weight * firms.loan[i] / (12.0 * usual)
            if firms.flags[i] & COLLATERAL:
                points += score.collateral_bonus
            else:
                points += score.collateral_bonus * waiver
            if firms.facts[i] & LATE or firms.distressed_months[i] > 0:
                points -= score.record_malus
            points += score.noise * error * normal(seed, UNDERWRITING, firms.key[i], month)
            if points <= 0.0:
                counts.firms[month, item, REFUSED] += w
                counts.days[month, item, REFUSED] += w * days
                continue
            if expands:
                amount = round_half_up(firms.usual_sales[i] * behaviour.usual_loan[firms.size[i]])
            else:
                amount = round_half_up(outlays(i, 1.0, firms, behaviour) * behaviour.loan_months)
            supply[p] -= amount * w
            # The new loan has the firm's own rate less the cut; the old one keeps what was agreed.
            new_rate = max(0.0, firms.loan_rate[i] - rate_cut)
            total = float(firms.loan[i] + amount)
            firms.loan_rate[i] = (firms.loan[i] * firms.loan_rate[i] + amount * new_rate) / max(1.0, total)
            firms.loan[i] += amount
            firms.loan_due_on[i] = min(day + behaviour.loan_term_days, NEVER)
            firms.cash[i] += amount
            firms.facts[i] |= np.uint16(NEW_LOAN | HAS_LOAN)
            books.lines[month, LOAN_DRAWN] += amount * w
            if expands:
                _expand(i, amount, month, firms, behaviour, seed)
                books.lines[month, INVESTED] += amount * w
            for station in (DECIDED, PAID):
                counts.firms[month, item, station] += w
                counts.days[month, item, station] += w * days
        bank.unused[p] = 0.0 if served_all else min(left, LARGEST_SAVED)


@kernel
def _expand(i, amount, month, firms, behaviour, seed):  # type: ignore[no-untyped-def]
    """Firm i puts the loan into equipment and stock: it grows, with its premises and, by chance, its staff."""
    firms.cash[i] -= amount
    usual = float(firms.usual_sales[i])
    if usual <= 0.0:
        return
    growth = amount * behaviour.asset_turnover / 12.0 / usual
    firms.usual_sales[i] = round_half_up(usual * (1.0 + growth))
    firms.first_sales[i] *= 1.0 + growth
    firms.rent[i] = round_half_up(firms.rent[i] * (1.0 + growth))
    more = np.floor(firms.usual_staff[i] * growth + uniform(seed, EXPANSION, firms.key[i], month))
    firms.usual_staff[i] += np.int32(more)


@kernel
def _support(i, firms, terms):  # type: ignore[no-untyped-def]
    """What the credit measures in force add for firm i: score, collateral waived, rate cut, factor on noise."""
    approval = 0.0
    waiver = 0.0
    rate_cut = 0.0
    error = 1.0
    left = in_effect(i, firms.eligible, terms.lends, firms, terms)
    while more(left):
        m, left = next_of(left)
        approval += terms.approval[m]
        waiver = max(waiver, terms.collateral_waiver[m])
        rate_cut += terms.rate_cut[m]
        error *= terms.screening_error[m]
    return approval, waiver, rate_cut, error


class Banks:
    """The banks of the province: what they can screen in a day and newly lend in a month."""

    def __init__(self, province: Province, parameters: Parameters, entities: Float, loans: Int) -> None:
        """``entities``: (P,) alive at the start; ``loans``: (P,) weighted fen lent, as last counted."""
        self.province, self.terms, self.loans = province, province.state.terms, loans
        # What grows, and what comes back of loans that are not renewed, may be lent anew.
        not_renewed = (1.0 - parameters["credit.renewal_share"]) * 12.0 / parameters["credit.term_months"]
        self.supply_per_month = (parameters["credit.growth_per_year"] + not_renewed) / 12.0
        self.capacity = parameters["credit.cases_per_day"] * entities / 10_000
        self.supply = np.zeros_like(self.capacity)
        score = Score(*(parameters[f"credit.{name}"] for name in Score._fields))
        self.bank = Bank(self.capacity, np.zeros_like(self.capacity), self.supply, score)
        self.terms.processing[province.state.loan_item] = round(parameters["credit.processing_days"])
        self.new_month()

    def new_month(self) -> None:
        """What may newly be lent this month: a share of what is lent, raised by the incentives in force."""
        self.supply[:] = self.loans * (self.terms.supply[0] * self.supply_per_month)

    def work(self, day: int) -> None:
        """A working day of screening and lending."""
        state = self.province.state
        if state.queues.waiting[state.loan_item].any():
            lend(self.bank, self.province.clock(day), state)
