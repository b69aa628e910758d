"""Banks: screen loan applications within what they may newly lend, and hold a queue like every desk.

Where collateral is missing a public guarantor may stand in, as far as its capital allows.

How they judge a firm, and what they do when a loan matures, stands in :mod:`sim.firm.credit`.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from sim.firm.behaviour import by_day
from sim.firm.bills import outlays
from sim.firm.credit import COLLATERAL, give_term, guaranteed_part, score
from sim.firm.entitlements import in_effect, more, next_of, round_half_up
from sim.firm.guarantees import expansion_earns, fee_borne
from sim.firm.state import BAD, DECIDED, GUARANTEED, INCLUSIVE, LOANS, PAID, REFUSED, UNLISTED, Float, Int
from sim.institutions.province import Province, by_prefecture
from sim.institutions.queues import dequeue
from sim.kernels import columns, inlined, kernel
from sim.ledger import LINE
from sim.parameters import Parameters
from sim.random_numbers import Purpose, normal, uniform
from sim.vocabulary import FACTS, SIZES, Status, bit

UNDERWRITING, EXPANSION = int(Purpose.UNDERWRITING), int(Purpose.EXPANSION)
PENDING, NEW_LOAN, HAS_LOAN, EXPANDS = (bit(FACTS, f) for f in ("loan_pending", "new_loan", "has_loan", "expands"))
LOAN_DRAWN, GUARANTEE, INVESTED, INCENTIVE = (
    LINE[line] for line in ("loan_drawn", "guaranteed", "invested", "loan_incentive")
)
OPEN, EXITED = int(Status.OPEN), int(Status.EXITED)
MEDIUM = SIZES.index("medium")
LARGEST_SAVED: Final = 2.0**40  # entities that a bank may save capacity for


@columns
class Bank(NamedTuple):
    """The banks of each prefecture."""

    capacity: Float  # (P,) entities that can be screened in a working day
    unused: Float  # (P,) capacity saved up because one weighted firm is more than a day's work
    supply: Float  # (P,) fen that may still be lent this month
    room: Float  # (P,) fen that public guarantors may still guarantee this month
    incentive: Float  # (1,) what the central bank's incentive takes off the rate of a new inclusive loan, a year


@kernel
def lend(bank, clock, state):  # type: ignore[no-untyped-def]
    """A working day of the banks, who serve nobody first."""
    firms, behaviour, queues = state.firms, state.behaviour, state.queues
    books, counts, item, seed = state.records.books, state.records.counts, state.loan_item, state.seed
    supply, day, month = bank.supply, clock.day, clock.month
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
            if expands:
                amount = round_half_up(firms.usual_sales[i] * behaviour.usual_loan[firms.size[i]])
            else:
                amount = round_half_up(outlays(i, 1.0, firms, behaviour) * behaviour.loan_months)
            if not lends(i, amount, expands, bank, clock, state):
                counts.firms[month, item, REFUSED] += w
                counts.days[month, item, REFUSED] += w * days
                continue
            if expands:
                _expand(i, amount, month, firms, behaviour, seed)
                books.lines[month, INVESTED] += amount * w
            for station in (DECIDED, PAID):
                counts.firms[month, item, station] += w
                counts.days[month, item, station] += w * days
        bank.unused[p] = 0.0 if served_all else min(left, LARGEST_SAVED)


@kernel
def lends(i, amount, expands, bank, clock, state):  # type: ignore[no-untyped-def]
    """Whether the bank of firm i lends it ``amount`` fen, by its score or with a guarantee; the loan is drawn."""
    firms, terms, behaviour = state.firms, state.terms, state.behaviour
    luck = normal(state.seed, UNDERWRITING, firms.key[i], clock.month)
    if score(i, clock, luck, guaranteed_part(i, firms), firms, terms, behaviour) <= 0.0:
        if firms.flags[i] & COLLATERAL or score(i, clock, luck, 1.0, firms, terms, behaviour) <= 0.0:
            return False
        if not _may_be_guaranteed(i, amount, bank, firms, behaviour):
            return False
        if expands and not _is_worth_the_fee(i, clock.day, bank, firms, terms, behaviour):
            return False
        w = np.int64(firms.weight[i])
        firms.guaranteed[i] += amount
        bank.room[np.int64(firms.prefecture[i])] -= amount * w
        state.records.books.lines[clock.month, GUARANTEE] += amount * w
    _draw(i, amount, bank, clock, state)
    return True


@inlined
def _may_be_guaranteed(i, amount, bank, firms, behaviour):  # type: ignore[no-untyped-def]
    """Whether public guarantors serve firms like i up to this sum and have room for it."""
    most = behaviour.guarantee_most[firms.size[i]]
    return firms.guaranteed[i] + amount <= most and bank.room[np.int64(firms.prefecture[i])] > 0.0


@inlined
def _is_worth_the_fee(i, day, bank, firms, terms, behaviour):  # type: ignore[no-untyped-def]
    """Whether what firm i would invest earns the interest and the part of the guarantee's fee that it bears."""
    cost = _new_rate(i, bank, firms, terms) + behaviour.guarantee_fee * fee_borne(i, day, firms, terms)
    return expansion_earns(i, day, firms, behaviour) >= cost


@kernel
def _draw(i, amount, bank, clock, state):  # type: ignore[no-untyped-def]
    """Firm i draws a new loan: the whole of what it owes gets a new term, and the rate of the two by amount."""
    firms, behaviour, w = state.firms, state.behaviour, np.int64(state.firms.weight[i])
    bank.supply[np.int64(firms.prefecture[i])] -= amount * w
    new_rate = _new_rate(i, bank, firms, state.terms)
    total = float(firms.loan[i] + amount)
    firms.loan_rate[i] = (firms.loan[i] * firms.loan_rate[i] + amount * new_rate) / max(1.0, total)
    firms.loan[i] += amount
    give_term(i, clock.day, clock.month, firms, behaviour, state.seed)
    firms.cash[i] += amount
    firms.facts[i] |= np.uint16(NEW_LOAN | HAS_LOAN)
    state.records.books.lines[clock.month, LOAN_DRAWN] += amount * w


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
def _new_rate(i, bank, firms, terms):  # type: ignore[no-untyped-def]
    """Rate of a new loan of firm i, a year: its own less what measures and the incentive take off.

    An old loan keeps what was agreed.
    """
    rate_cut = bank.incentive[0] if firms.size[i] < MEDIUM else 0.0
    left = in_effect(i, firms.eligible, terms.lends, firms, terms)
    while more(left):
        m, left = next_of(left)
        rate_cut += terms.rate_cut[m]
    return max(0.0, firms.loan_rate[i] - rate_cut)


class Banks:
    """The banks of the province: what they can screen in a day and newly lend in a month."""

    def __init__(self, province: Province, parameters: Parameters, entities: Float, loans: Int, inclusive: int) -> None:
        """``entities``: (P,) alive at the start; ``loans``: (P,) weighted fen lent, as last counted.

        ``inclusive``: of them at the start to individual businesses, micro and small firms, in the province.
        """
        self.province, self.terms, self.loans = province, province.state.terms, loans
        self.growth_per_month = parameters["credit.growth_per_year"] / 12.0
        self.response = parameters["credit.supply_response"]
        self.tolerated = parameters["credit.bad_share_tolerated"]
        self.capacity = parameters["credit.cases_per_day"] * entities / 10_000
        self.guarantee_limit = parameters["credit.guarantee_limit"] * loans
        self.supply, self.room = np.zeros_like(self.capacity), np.zeros_like(self.capacity)
        self.bank = Bank(self.capacity, np.zeros_like(self.capacity), self.supply, self.room, np.zeros(1))
        self.inclusive = inclusive
        self.incentive_before = by_day(parameters.dated("credit.growth_incentive"), province.timeline)
        self.local_share = parameters["credit.local_bank_share"]
        behaviour = province.state.behaviour
        short, long = behaviour.short_share, 1.0 - behaviour.short_share
        mean_years = (short * behaviour.short_months + long * behaviour.long_months) / 12.0
        self.passed_on_a_year = parameters["credit.incentive_passed_on"] / mean_years
        self.terms.processing[province.state.loan_item] = round(parameters["credit.processing_days"])
        firms = province.state.firms
        alive = firms.status == OPEN
        self.new_month(0.0, by_prefecture(firms, firms.guaranteed, alive, len(self.room)))

    def new_month(self, bad_share: float, guaranteed: Int) -> None:
        """What may newly be lent and guaranteed this month: what was repaid, and growth, less where many loans are bad.

        ``bad_share``: of the province's loans; ``guaranteed``: (P,) weighted fen outstanding. Incentives in force raise
        what is lent, not what is guaranteed.
        """
        beyond = max(0.0, bad_share / self.tolerated - 1.0)
        growth = self.growth_per_month * max(0.0, 1.0 - self.response * beyond)
        self.supply[:] = (self.loans * growth + self.province.state.market.repaid) * self.terms.supply
        self.room[:] = self.guarantee_limit - guaranteed

    def count(self, day: int, lent: Int) -> None:
        """Begin a month with what was counted in the evening of ``day``; ``lent``: (P, LENT) weighted fen."""
        self.new_month(float(lent[:, BAD].sum() / max(lent[:, LOANS].sum(), 1)), lent[:, GUARANTEED])
        self.take_incentive(day, int(lent[:, INCLUSIVE].sum()))

    def take_incentive(self, day: int, inclusive: int) -> None:
        """The central bank pays for the growth of inclusive loans; what it pays more for the plan comes off new rates.

        ``inclusive``: weighted fen lent to individual businesses, micro and small firms in the evening of ``day``.
        """
        lines = self.province.state.records.books.lines[self.province.timeline.month[day]]
        before = float(self.incentive_before[day])
        incentive = max(before, float(self.terms.growth_incentive[0]))
        growth = self.local_share * max(0, inclusive - self.inclusive)
        self.inclusive = inclusive
        lines[INCENTIVE] += round_half_up(incentive * growth)
        lent = float(lines[LOAN_DRAWN])
        cut = self.passed_on_a_year * (incentive - before) * growth / lent if lent > 0.0 else 0.0
        self.bank.incentive[0] = cut
