"""Banks: screen loan applications within what they may newly lend, and hold a queue like every desk.

The score follows the reasons for which small firms are refused (China Household Finance Survey: no collateral, no
guarantor, no relation): cash flow, leverage, collateral, record, and noise. A negative score refuses.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np

from sim.firm.bills import usual_outlays
from sim.firm.entitlements import barred, dequeue, lowest_bit, whole, without_lowest
from sim.firm.state import DECIDED, PAID, REFUSED
from sim.institutions.province import Province
from sim.kernels import kernel, outermost
from sim.ledger import LINE
from sim.population.columns import MASK_WORDS
from sim.random_numbers import Purpose, normal, uniform
from sim.vocabulary import FACTS, FLAGS, Status, bit

UNDERWRITING, EXPANSION = int(Purpose.UNDERWRITING), int(Purpose.EXPANSION)
COLLATERAL = bit(FLAGS, "collateral")
PENDING, LATE, NEW_LOAN, HAS_LOAN, EXPANDS = (
    bit(FACTS, f) for f in ("loan_pending", "late_on_loan", "new_loan", "has_loan", "expands")
)
LOAN_DRAWN, INVESTED = LINE["loan_drawn"], LINE["invested"]
OPEN, SUSPENDED = int(Status.OPEN), int(Status.SUSPENDED)
UNLISTED = 1  # lane of the queue: banks serve nobody first


@outermost
def lend(  # type: ignore[no-untyped-def]
    loan_item,
    day,
    month,
    months_this_year,
    capacity,
    unused,
    supply,
    score,
    firms,
    terms,
    behaviour,
    books,
    counts,
    queues,
    seed,
):
    """A working day of the banks.

    ``supply``: (P,) fen that may still be lent this month; ``score``: base, margin weight, leverage weight,
    collateral bonus, record malus, noise (6,). ``capacity`` and ``unused`` as at a desk.
    """
    for p in range(len(capacity)):
        left = unused[p] + capacity[p]
        served_all = False
        while True:
            record = queues.head[loan_item, p, UNLISTED]
            if record < 0 or queues.ready_on[record] > day:
                served_all = True
                break
            i = np.int64(queues.firm[record])
            w = np.int64(firms.weight[i])
            if firms.status[i] != OPEN and firms.status[i] != SUSPENDED:
                dequeue(loan_item, p, UNLISTED, firms, queues)
                continue
            if left < w or supply[p] <= 0:
                break
            days = day - queues.applied_on[record]
            dequeue(loan_item, p, UNLISTED, firms, queues)
            expands = firms.facts[i] & np.uint16(EXPANDS) != 0
            firms.facts[i] &= np.uint16(0xFFFF & ~(PENDING | EXPANDS))
            left -= w
            approval, waiver, rate_cut, error = _support(i, firms, terms)
            usual = max(1.0, float(firms.usual_sales[i]))
            points = score[0] + approval + score[1] * firms.profit_this_year[i] / (usual * months_this_year)
            points -= score[2] * firms.loan[i] / (12.0 * usual)
            if firms.flags[i] & COLLATERAL:
                points += score[3]
            else:
                points += score[3] * waiver
            if firms.facts[i] & LATE or firms.illiquid_months[i] > 1:
                points -= score[4]
            points += score[5] * error * normal(seed, UNDERWRITING, firms.key[i], month)
            if points <= 0.0:
                counts.firms[month, loan_item, REFUSED] += w
                counts.days[month, loan_item, REFUSED] += w * days
                continue
            if expands:
                amount = whole(firms.usual_sales[i] * behaviour.usual_loan[firms.size[i]])
            else:
                amount = whole(usual_outlays(i, firms, behaviour) * behaviour.loan_months)
            supply[p] -= amount * w
            # The new loan has the firm's own rate less the cut; the old one keeps what was agreed.
            new_rate = max(0.0, firms.loan_rate[i] - rate_cut)
            total = float(firms.loan[i] + amount)
            firms.loan_rate[i] = (firms.loan[i] * firms.loan_rate[i] + amount * new_rate) / max(1.0, total)
            firms.loan[i] += amount
            firms.loan_due_on[i] = min(day + behaviour.loan_term_days, 32_767)
            firms.cash[i] += amount
            firms.facts[i] |= np.uint16(NEW_LOAN | HAS_LOAN)
            books.lines[month, LOAN_DRAWN] += amount * w
            if expands:
                _expand(i, amount, month, firms, behaviour, seed)
                books.lines[month, INVESTED] += amount * w
            for station in (DECIDED, PAID):
                counts.firms[month, loan_item, station] += w
                counts.days[month, loan_item, station] += w * days
        unused[p] = 0.0 if served_all else min(left, 2.0**40)


@kernel
def _expand(i, amount, month, firms, behaviour, seed):  # type: ignore[no-untyped-def]
    """Firm i puts the loan into equipment and stock: it grows as a whole, with its premises and, by luck, its staff."""
    firms.cash[i] -= amount
    usual = float(firms.usual_sales[i])
    if usual <= 0.0:
        return
    growth = amount * behaviour.asset_turnover / 12.0 / usual
    firms.usual_sales[i] = whole(usual * (1.0 + growth))
    firms.rent[i] = whole(firms.rent[i] * (1.0 + growth))
    more = np.floor(firms.usual_staff[i] * growth + uniform(seed, EXPANSION, firms.key[i], month))
    firms.usual_staff[i] += np.int32(more)


@kernel
def _support(i, firms, terms):  # type: ignore[no-untyped-def]
    """What the credit measures in force add for firm i: score, collateral waived, rate cut, factor on noise."""
    approval = 0.0
    waiver = 0.0
    rate_cut = 0.0
    error = 1.0
    for word in range(MASK_WORDS):
        mask = firms.eligible[i, word] & terms.lends[word] & ~barred(~firms.facts[i], word, terms)
        while mask != np.uint64(0):
            m = lowest_bit(word, mask)
            mask = without_lowest(mask)
            approval += terms.approval[m]
            waiver = max(waiver, terms.collateral_waiver[m])
            rate_cut += terms.rate_cut[m]
            error *= terms.screening_error[m]
    return approval, waiver, rate_cut, error


class Banks:
    """The banks of the province: what they can screen in a day and newly lend in a month."""

    def __init__(self, province: Province) -> None:
        self.province = province
        p = province.parameters
        self.capacity = p["credit.cases_per_day"] * province.entities / 10_000
        self.unused = np.zeros_like(self.capacity)
        names = ("base", "margin_weight", "leverage_weight", "collateral_bonus", "record_malus", "noise")
        self.score = np.array([p[f"credit.{name}"] for name in names])
        province.rules.terms.processing[province.loan_item] = round(p["credit.processing_days"])
        self.supply = np.zeros_like(self.capacity)
        self.new_month()

    def new_month(self) -> None:
        """What may newly be lent this month: a share of what is lent, raised by the incentives in force."""
        rules = self.province.rules
        factor = rules.terms.supply[0] * self.province.parameters["credit.supply_per_month"]
        self.supply[:] = self.province.loans * factor

    def work(self, day: int) -> None:
        """A working day of screening and lending."""
        province = self.province
        rules = province.rules
        if not province.queues.waiting[province.loan_item].any():
            return
        since = perf_counter()
        lend(
            province.loan_item, day, province.month(day), province.timeline.date(day).month, self.capacity,
            self.unused, self.supply, self.score,
            province.firms, rules.terms, province.behaviour, province.books, province.counts, province.queues,
            province.seed,
        )  # fmt: skip
        province.took("institutions", since)
