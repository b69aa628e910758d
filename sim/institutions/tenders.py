"""Tenders: each month public bodies buy goods, works and services in lots; large firms bid against smaller ones.

Small projects, and a share of the others, are reserved for smaller firms. Of the rest a lot is won by the lowest price
as evaluated: small and micro bidders' prices are reduced by the deduction (goods and services), those of large bidders
that share the work by what the bonus is worth to them. A firm bids for what its free capacity and its working capital
hold. Bidders and prices are drawn for the lot and the firm, so the same lots meet the same firms in every scenario.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.firm.contracts import contract_costs, prepaid
from sim.firm.credit import give_term
from sim.firm.entitlements import round_half_up
from sim.firm.state import Behaviour, Clock, Float, Int
from sim.institutions.province import Province
from sim.kernels import columns, inlined, kernel, outermost
from sim.ledger import LINE
from sim.parameters import Parameters
from sim.population.columns import Firms
from sim.population.contracts import FORMS, SELLERS, lot_classes
from sim.random_numbers import Purpose, normal, uniform
from sim.units import fen
from sim.vocabulary import CUSTOMERS, FACTS, SECTORS, SIZES, WINNERS, Status, bit

BID, LARGE_BID, LOT = int(Purpose.BID), int(Purpose.LARGE_BID), int(Purpose.LOT)
OPEN = int(Status.OPEN)
LATE = bit(FACTS, "late_on_loan")
MEDIUM = SIZES.index("medium")
LARGE_FIRMS, PUBLIC_BODIES = CUSTOMERS.index("large_firms"), CUSTOMERS.index("public_bodies")
PREPAID, LOAN_DRAWN = LINE["prepaid"], LINE["loan_drawn"]
MEDIUM_WINS, SMALL_WINS, LARGE_WINS = range(len(WINNERS))
# Periods of the draws of a lot: of what the lot itself is, then one for each of its bidders.
IS_RESERVED, FOR_SMALL, PARTNER, WINNER_HAS_IT, PARTNER_HAS_IT, FIRST_BIDDER = range(6)
FIRST_LARGE_BIDDER, FIRST_LARGE_PRICE, FIRST_SHARING = 2, 100, 200
MOST_LOTS = 1_000_000  # a month, of a sector in a prefecture: their numbers do not meet those of the next
MONTHS_BEFORE: Final = 6  # for which public bodies have bought when the horizon begins
MOST_LOOKED_AT = 16
NO_BID = 1e30
SOLD: Final = [(form, sector) for form in FORMS for sector in SELLERS[form]]  # in the order of the numbers of lots


@columns
class Procurement(NamedTuple):
    """What is bought, who bids, and how they bid. ``K`` sectors of forms (``SOLD``), ``L`` classes of size."""

    lot_fen: Int  # (K, L) value of a lot
    form: Int  # (K,)
    stands_for: Int  # (K, L, P) lots that a row's lot stands for: the lightest weight of those that may bid
    bidders: NDArray[np.int32]  # rows of each sector and class, by prefecture and rising identity
    weights: Int  # sum of the weights of all rows before each, and of all
    first: Int  # (K, L, P) place of a group's first row
    rows: Int  # (K, L, P) how many rows a group has
    won: Int  # (FORMS, WINNERS) weighted fen
    works: int  # which form has no deduction
    bidders_per_lot: int
    price_sd: float
    large_advantage: float  # of a large bidder's price
    large_bidder_share: float  # of the bidders
    dearest_sharing: float  # of a large bidder's price, what it costs to share the work at most
    consortium_part: float  # of the work that goes to the smaller member
    for_small_and_micro: float  # of the reserved lots
    capital_months: float  # of its costs for which whoever bids has the money
    finance_share: float  # of a contract that a bank lends on it


@columns
class Preferences(NamedTuple):
    """What smaller bidders are given before others this month."""

    deduction: Float  # (P, S, Z) taken off prices of goods and services
    consortium_bonus: Float  # (P,) taken off the price of a large bidder that shares the work
    reserved: Float  # (FORMS, L, P) share of lots for which no large firm may bid


@outermost
def award(clock, lots, procurement, preferences, state):  # type: ignore[no-untyped-def]
    """Award a month's ``lots``, (K, L, P); before the first month no money moves but the backlog."""
    of, firms, seed = procurement, state.firms, state.seed
    sold, classes, prefectures = lots.shape
    for k in range(sold):
        form = of.form[k]
        for p in range(prefectures):
            number = (((clock.month + MONTHS_BEFORE) * sold + k) * prefectures + p) * MOST_LOTS
            for size in range(classes):
                for _ in range(lots[k, size, p]):
                    group = (of.first[k, size, p], of.rows[k, size, p])
                    lot_fen, m = of.lot_fen[k, size], of.stands_for[k, size, p]
                    reserved = uniform(seed, LOT, number, IS_RESERVED) < preferences.reserved[form, size, p]
                    small_only = reserved and uniform(seed, LOT, number, FOR_SMALL) < of.for_small_and_micro
                    best, best_price, evaluated_best = -1, 1.0, NO_BID
                    large_price, evaluated_large, shares_work = NO_BID, NO_BID, False
                    for bidder in range(of.bidders_per_lot):
                        if not reserved and _is_large(bidder, number, of, seed):
                            chance = normal(seed, LARGE_BID, number, FIRST_LARGE_PRICE + bidder)
                            price = 1.0 - of.large_advantage + of.price_sd * chance
                            cost = uniform(seed, LARGE_BID, number, FIRST_SHARING + bidder) * of.dearest_sharing
                            bonus = preferences.consortium_bonus[p]
                            evaluated = price * (1.0 - max(0.0, bonus - cost))
                            if evaluated < evaluated_large:
                                large_price, evaluated_large, shares_work = price, evaluated, cost < bonus
                            continue
                        met = uniform(seed, LOT, number, FIRST_BIDDER + bidder)
                        i = _first_able(met, group, small_only, lot_fen, clock, of, state)
                        if i < 0:
                            continue
                        price = 1.0 + of.price_sd * normal(seed, BID, firms.key[i], number)
                        evaluated = price
                        if form != of.works:
                            evaluated = price * (1.0 - preferences.deduction[p, firms.sector[i], firms.size[i]])
                        if evaluated < evaluated_best:
                            best, best_price, evaluated_best = i, price, evaluated
                    if best >= 0 and evaluated_best <= evaluated_large:
                        value = round_half_up(lot_fen * max(0.0, best_price))
                        of.won[form, MEDIUM_WINS if firms.size[best] == MEDIUM else SMALL_WINS] += value * m
                        if uniform(seed, LOT, number, WINNER_HAS_IT) < m / firms.weight[best]:
                            _give(best, value, clock, of, state)
                    else:
                        value = round_half_up(lot_fen * max(0.0, large_price if large_price < NO_BID else 1.0))
                        given_on = np.int64(0)
                        if shares_work:
                            part = round_half_up(value * of.consortium_part)
                            among = (of.first[k, 0, p], of.rows[k, 0, p])
                            met = uniform(seed, LOT, number, PARTNER)
                            partner = _first_able(met, among, True, part, clock, of, state)
                            if partner >= 0:
                                given_on = part
                                if uniform(seed, LOT, number, PARTNER_HAS_IT) < m / firms.weight[partner]:
                                    _give(partner, part, clock, of, state)
                        of.won[form, SMALL_WINS] += given_on * m
                        of.won[form, LARGE_WINS] += (value - given_on) * m
                    number += 1


@inlined
def _is_large(bidder, number, procurement, seed):  # type: ignore[no-untyped-def]
    """Whether a bidder for lot ``number`` is a large firm."""
    return uniform(seed, LARGE_BID, number, FIRST_LARGE_BIDDER + bidder) < procurement.large_bidder_share


@kernel
def _first_able(met, group, small_only, amount, clock, procurement, state):  # type: ignore[no-untyped-def]
    """Row of the first that may bid for ``amount`` fen and can deliver it, from the one met on; -1 if none is found.

    ``met``: a uniform draw; ``group``: first place and number of its rows; ``small_only``: no medium firm may.
    """
    of, firms, behaviour = procurement, state.firms, state.behaviour
    start, count = group
    if count == 0:
        return -1
    before = of.weights[start]
    point = before + np.int64(np.floor(met * (of.weights[start + count] - before)))
    low, high = 0, count - 1
    while low < high:
        middle = (low + high) // 2
        if of.weights[start + middle + 1] > point:
            high = middle
        else:
            low = middle + 1
    for _ in range(min(count, MOST_LOOKED_AT)):
        i = np.int64(of.bidders[start + low])
        low = low + 1 if low + 1 < count else 0
        # Who owes taxes or premiums may not bid (Government Procurement Law, article 22).
        if firms.status[i] != OPEN or firms.arrears_public[i] > 0 or (small_only and firms.size[i] == MEDIUM):
            continue
        usual, backlog = float(firms.usual_sales[i]), firms.contract_backlog[i]
        if amount / 12.0 > behaviour.contract_capacity * usual - float(firms.expected[i]) * usual - backlog / 12.0:
            continue
        lent = 0.0 if clock.month < 0 or firms.facts[i] & np.uint16(LATE) else of.finance_share
        has = firms.cash[i] + (behaviour.prepayment_share + lent) * amount
        if has >= _working_capital(i, amount, of, firms, behaviour):
            return i
    return -1


@kernel
def _working_capital(i, amount, procurement, firms, behaviour):  # type: ignore[no-untyped-def]
    """Fen that firm i needs for the first months of a contract of ``amount`` fen."""
    months = procurement.capital_months * behaviour.contract_delivery
    return months * amount * contract_costs(i, firms, behaviour)


@kernel
def _give(i, value, clock, procurement, state):  # type: ignore[no-untyped-def]
    """Firm i has a contract of ``value`` fen: a prepayment, and what its bank lends on it."""
    firms, behaviour, lines = state.firms, state.behaviour, state.records.books.lines
    backlog, w = firms.contract_backlog[i], np.int64(firms.weight[i])
    firms.contract_backlog[i] = backlog + value
    if clock.month < 0:
        return
    needs = _working_capital(i, value, procurement, firms, behaviour)
    lacks = round_half_up(needs - (firms.cash[i] + behaviour.prepayment_share * value))
    beforehand = prepaid(backlog + value, behaviour) - prepaid(backlog, behaviour)
    firms.cash[i] += beforehand
    lines[clock.month, PREPAID] += beforehand * w
    loan = min(lacks, round_half_up(procurement.finance_share * value))
    if loan <= 0 or firms.facts[i] & np.uint16(LATE):
        return
    if firms.loan[i] == 0:
        give_term(i, clock.day, clock.month, firms, behaviour, state.seed)
    firms.loan[i] += loan
    firms.cash[i] += loan
    lines[clock.month, LOAN_DRAWN] += loan * w


@outermost
def deliver_before(claims, firms, behaviour):  # type: ignore[no-untyped-def]
    """A month before the first: part of each backlog is delivered, and of the ``claims`` (n,) that come of it paid."""
    for i in range(len(firms.key)):
        backlog = firms.contract_backlog[i]
        if backlog > 0:
            room = round_half_up((behaviour.contract_capacity - 1.0) * firms.usual_sales[i])
            delivered = min(backlog, round_half_up(backlog * behaviour.contract_delivery) + 1, room)
            firms.contract_backlog[i] = backlog - delivered
            worked_off = prepaid(backlog, behaviour) - prepaid(backlog - delivered, behaviour)
            claims[i] += delivered - worked_off
        if claims[i] > 0:
            customer = LARGE_FIRMS if firms.customer[i] == LARGE_FIRMS else PUBLIC_BODIES
            claims[i] -= round_half_up(claims[i] * behaviour.collected_per_month[customer])


class Tenders:
    """Public procurement of the province: its lots by month, what they are of and where, and who bids for them."""

    def __init__(self, province: Province, parameters: Parameters, where: Float, scale: float) -> None:
        """``where``: (P,) share of what is bought; ``scale``: times that an enlarged province is larger.

        What was bought before the first day is in the firms' backlogs and claims afterwards.
        """
        self.province, self.parameters = province, parameters
        firms, behaviour = province.state.firms, province.state.behaviour
        self.projects, self.procurement = _procurement(firms, parameters, behaviour, len(where))
        self.won = self.procurement.won
        value = fen(parameters["procurement.annual_yuan"]) / 12 * scale
        by_form = value * parameters.by("procurement.form_share", FORMS)
        of_sold = by_form[self.procurement.form] * _share_in_form(firms)
        classes = self.procurement.lot_fen.shape[1]
        each = self.procurement.lot_fen[:, :, None] * self.procurement.stands_for
        self.lots_a_month = of_sold[:, None, None] * where[None, None, :] / classes / each
        self.carried = np.zeros_like(self.lots_a_month)
        self.noticed = self._buy_before()  # what holds for the lots of which notice has been given

    @property
    def arrays(self) -> tuple[NDArray[np.int64 | np.int32], ...]:
        """What grows with the number of firms: who may bid."""
        return self.procurement.bidders, self.procurement.weights

    def buy(self, day: int) -> None:
        """Award the lots of which notice was given a month ago, by the rules of that day; give notice of the next."""
        self._award(self.province.clock(day), 1.0, self.noticed)
        terms = self.province.state.terms
        self.noticed = self._preferences(
            terms.price_deduction, terms.consortium_bonus, terms.reserved_works, terms.reserved_goods_services
        )

    def _award(self, clock: Clock, months: float, preferences: Preferences) -> None:
        self.carried += self.lots_a_month * months
        lots = np.floor(self.carried).astype(np.int64)
        self.carried -= lots
        award(clock, lots, self.procurement, preferences, self.province.state)

    def _buy_before(self) -> Preferences:
        """Buy as before the plan, from the firms as they stand, until a month delivers what a month buys.

        Returns what held before the plan.
        """
        state = self.province.state
        terms, claims = state.terms, np.zeros(len(state.firms.key), np.int64)
        before = self._preferences(*(np.zeros_like(x) for x in (
            terms.price_deduction, terms.consortium_bonus, terms.reserved_works, terms.reserved_goods_services
        )))  # fmt: skip
        for month in range(-MONTHS_BEFORE, 0):
            under_way = 1.0 / max(state.behaviour.contract_delivery, 1 / 12) if month == -MONTHS_BEFORE else 1.0
            self._award(Clock(0, 0, month, 1), under_way, before)
            deliver_before(claims, state.firms, state.behaviour)
        state.firms.receivables_public[:] += claims
        self.won[:] = 0
        return before

    def _preferences(self, deduction: Float, bonus: Float, works: Float, others: Float) -> Preferences:
        """What measures say, or what held before the plan where that is more; small projects are reserved anyhow.

        The arguments by place, ``deduction`` by sector and size too (without medium firms before the plan).
        """
        p, deduction = self.parameters, deduction.copy()
        deduction[:, :, :MEDIUM] = np.maximum(deduction[:, :, :MEDIUM], p["procurement.baseline_price_deduction"])
        bonus = np.maximum(bonus, p["procurement.baseline_consortium_bonus"])
        works = np.maximum(works, p["procurement.baseline_reserved_works"])
        others = np.maximum(others, p["procurement.baseline_reserved_goods_services"])
        larger = np.array([works if form == "works" else others for form in FORMS])
        upto = np.array([fen(x) for x in p.by("procurement.reserved_below_yuan", FORMS)])
        reserved = np.where((self.projects <= upto[:, None])[:, :, None], 1.0, larger[:, None, :])
        return Preferences(deduction, bonus, reserved)


def _share_in_form(firms: Firms) -> Float:
    """Share of each of ``SOLD`` in the usual sales of its form at the start, shape (K,)."""
    alive = firms.status == OPEN
    sales = np.bincount(firms.sector[alive], (firms.weight * firms.usual_sales.astype(np.float64))[alive], len(SECTORS))
    of_form = {form: sales[list(sellers)].sum() for form, sellers in SELLERS.items()}
    return np.array([sales[s] / of_form[form] if of_form[form] else 0.0 for form, s in SOLD])


def _procurement(
    firms: Firms, parameters: Parameters, behaviour: Behaviour, prefectures: int
) -> tuple[Int, Procurement]:
    """Fen of a project by form and class, (FORMS, L); and who bids for lots of each sector, class and prefecture."""
    p = parameters
    projects, lots = (np.array(x) for x in zip(*(lot_classes(p, form) for form in FORMS), strict=True))
    form = np.array([FORMS.index(form) for form, _ in SOLD], np.int64)
    sharing, least = p["procurement.consortium_share"], int(p["procurement.bidders_per_lot"])
    shape = (len(SOLD), lots.shape[1], prefectures)
    first, rows, stands_for = np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.ones(shape, np.int64)
    sellers = np.flatnonzero(np.isin(firms.sector, [sector for _, sector in SOLD]))
    order = sellers[np.lexsort((firms.key[sellers], firms.prefecture[sellers], firms.sector[sellers]))]
    of_sector = np.searchsorted(firms.sector[order], np.arange(len(SECTORS) + 1))
    free, place = (behaviour.contract_capacity - 1.0) * firms.usual_sales[order], firms.prefecture[order]
    groups: list[NDArray[np.int64]] = []
    placed = 0
    for k, (_, sector) in enumerate(SOLD):
        span = slice(*of_sector[sector : sector + 2])
        for size, lot in enumerate(lots[form[k]]):
            able = np.flatnonzero(free[span] >= lot / 12.0) + span.start
            local = np.searchsorted(place[able], np.arange(prefectures + 1))
            few = np.diff(local) < least  # there everybody in the province may bid
            start, end = np.where(few, 0, local[:-1]), np.where(few, len(able), local[1:])
            first[k, size], rows[k, size] = placed + start, end - start
            weights = firms.weight[order[able]]
            for prefecture in np.flatnonzero(end > start):
                stands_for[k, size, prefecture] = weights[start[prefecture] : end[prefecture]].min()
            groups.append(order[able])
            placed += len(able)
    bidders = np.concatenate(groups)
    return projects, Procurement(
        lot_fen=lots[form],
        form=form,
        stands_for=stands_for,
        bidders=bidders.astype(np.int32),
        weights=np.concatenate([[0], np.cumsum(firms.weight[bidders], dtype=np.int64)]),
        first=first,
        rows=rows,
        won=np.zeros((len(FORMS), len(WINNERS)), np.int64),
        works=FORMS.index("works"),
        bidders_per_lot=least,
        price_sd=p["procurement.price_sd"],
        large_advantage=p["procurement.large_advantage"],
        large_bidder_share=p["procurement.large_bidder_share"],
        dearest_sharing=p["procurement.baseline_consortium_bonus"] / sharing if sharing > 0 else NO_BID,
        consortium_part=p["procurement.consortium_part"],
        for_small_and_micro=p["procurement.reserved_for_small_and_micro"],
        capital_months=p["procurement.working_capital_months"],
        finance_share=p["procurement.finance_share"],
    )
