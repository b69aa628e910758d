"""Tenders: each month public bodies buy goods, works and services in lots; large firms bid against smaller ones.

A lot is won by the lowest price as evaluated: small and micro bidders' prices are reduced by the deduction (goods
and services), a large bidder that shares the work has its own bonus, part of the works is reserved for SMEs. The
price paid is the price bid. Bidders and prices are drawn for the lot and the firm, so the same lots meet the same
bidders in every scenario.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.classification import CLASSIFICATION
from sim.firm.entitlements import round_half_up
from sim.firm.state import Float, Int
from sim.institutions.province import Province
from sim.kernels import columns, kernel, outermost
from sim.parameters import Parameters
from sim.population.columns import Firms
from sim.random_numbers import Purpose, bits, normal, uniform
from sim.units import fen
from sim.vocabulary import SECTORS, SIZES, WINNERS, Status

BID, LARGE_BID, LOT = int(Purpose.BID), int(Purpose.LARGE_BID), int(Purpose.LOT)
OPEN = int(Status.OPEN)
INDIVIDUAL, MEDIUM = SIZES.index("individual"), SIZES.index("medium")
FORMS = ("goods", "works", "services")
WORKS = FORMS.index("works")
MEDIUM_WINS, SMALL_WINS, LARGE_WINS = range(len(WINNERS))
# Periods of the draws of a lot: of what the lot itself is, then one for each of its bidders.
IS_RESERVED, SHARES_WORK, FIRST_BIDDER, FIRST_LARGE_BIDDER, FIRST_LARGE_PRICE = 0, 1, 1, 2, 100
MOST_LOTS = 1_000_000  # a month, of a form in a prefecture: their numbers do not meet those of the next
NO_BID = 1e30
LARGEST_LOT_MONTHS = 12  # nobody bids for a lot worth more than a year of its own usual sales
# Ministry of Finance (2020) No. 46: the bonus asks that the smaller member gets at least 30 percent of the contract.
CONSORTIUM_PART = 0.30
# Who bids for what: the sectors that sell it, enterprises only.
BIDDERS = dict(CLASSIFICATION.public_contracts)


@columns
class Procurement(NamedTuple):
    """What is bought, who bids, and how they bid. ``R`` bidders, by form and prefecture, then by rising identity."""

    lot_fen: Int  # (FORMS,) value of a lot
    row_weight: Float  # (FORMS, P) lots that a row's lot stands for when a large firm wins it
    bidders: NDArray[np.int32]  # (R,) rows
    ring: NDArray[np.uint64]  # (R,) their identities
    first: Int  # (FORMS * P + 1,) first bidder of each form and prefecture
    won: Int  # (FORMS, WINNERS) weighted fen
    bidders_per_lot: int
    price_sd: float
    large_advantage: float  # of a large bidder's price
    consortium_share: float  # of the lots that a large bidder would share
    consortium_part: float  # of the work that goes to the smaller member
    large_bidder_share: float  # of the bidders


@columns
class Preferences(NamedTuple):
    """What smaller bidders are given before others this month."""

    deduction: Float  # (P, S, Z) taken off prices of goods and services
    consortium_bonus: Float  # (P,) taken off the price of a large bidder that shares the work
    reserved: Float  # (FORMS, P) share of lots for which no large firm may bid


@outermost
def award(month, lots, procurement, preferences, firms, seed):  # type: ignore[no-untyped-def]
    """Award a month's ``lots``, (FORMS, P)."""
    of, won = procurement, procurement.won
    forms, prefectures = lots.shape
    for form in range(forms):
        for p in range(prefectures):
            start = of.first[form * prefectures + p]
            count = of.first[form * prefectures + p + 1] - start
            if count == 0:
                continue
            for lot in range(lots[form, p]):
                number = ((month * forms + form) * prefectures + p) * MOST_LOTS + lot
                reserved = uniform(seed, LOT, number, IS_RESERVED) < preferences.reserved[form, p]
                best, best_price, bid_price = -1, NO_BID, 0.0
                large_price = NO_BID
                for k in range(of.bidders_per_lot):
                    is_large = uniform(seed, LARGE_BID, number, FIRST_LARGE_BIDDER + k) < of.large_bidder_share
                    if not reserved and is_large:
                        chance = normal(seed, LARGE_BID, number, FIRST_LARGE_PRICE + k)
                        price = 1.0 - of.large_advantage + of.price_sd * chance
                        large_price = min(large_price, price)
                        continue
                    point = bits(seed, LOT, number, FIRST_BIDDER + k)
                    i = of.bidders[start + _next_on_ring(point, start, count, of.ring)]
                    if firms.status[i] != OPEN:
                        continue
                    price = 1.0 + of.price_sd * normal(seed, BID, firms.key[i], number)
                    evaluated = price
                    if form != WORKS:
                        evaluated = price * (1.0 - preferences.deduction[p, firms.sector[i], firms.size[i]])
                    if evaluated < best_price:
                        best, best_price, bid_price = i, evaluated, price
                contested = large_price < NO_BID
                shares_work = uniform(seed, LARGE_BID, number, SHARES_WORK) < of.consortium_share
                large_evaluated = large_price * (1.0 - preferences.consortium_bonus[p]) if shares_work else large_price
                if best >= 0 and (not contested or best_price <= large_evaluated):
                    value = round_half_up(of.lot_fen[form] * max(0.0, bid_price))
                    firms.contract_backlog[best] += value
                    w = np.int64(firms.weight[best])
                    won[form, MEDIUM_WINS if firms.size[best] == MEDIUM else SMALL_WINS] += value * w
                elif contested:
                    value = round_half_up(of.lot_fen[form] * max(0.0, large_price))
                    won[form, LARGE_WINS] += round_half_up(value * of.row_weight[form, p])
                    if shares_work and best >= 0:
                        firms.contract_backlog[best] += round_half_up(value * of.consortium_part)


@kernel
def _next_on_ring(point, start, count, ring):  # type: ignore[no-untyped-def]
    """Place of the first of ``count`` bidders whose identity is not below a random point; past the last, the first.

    So one bidder more changes only the lots that now meet it.
    """
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if ring[start + middle] < point:
            low = middle + 1
        else:
            high = middle
    return low if low < count else 0


class Tenders:
    """Public procurement of the province: its lots by month, form and prefecture, and who bids for them."""

    def __init__(self, province: Province, parameters: Parameters, where: Float, scale: float) -> None:
        """``where``: (P,) share of what is bought; ``scale``: times that an enlarged province is larger."""
        self.province, self.parameters = province, parameters
        self.procurement = _procurement(province.state.firms, parameters, len(where))
        self.won = self.procurement.won
        value = fen(parameters["procurement.annual_yuan"]) / 12 * scale
        by_form = value * parameters.by("procurement.form_share", FORMS)
        # A row's lot stands for as many lots as the row stands for entities; what a month's rounding leaves is carried.
        lot_fen, row_weight = self.procurement.lot_fen, self.procurement.row_weight
        self.lots_a_month = by_form[:, None] / lot_fen[:, None] * where[None, :] / row_weight
        self.carried = np.zeros_like(self.lots_a_month)

    def buy(self, day: int) -> None:
        """Award the lots of the month."""
        self.carried += self.lots_a_month
        lots = np.floor(self.carried).astype(np.int64)
        self.carried -= lots
        state, month = self.province.state, self.province.clock(day).month
        award(month, lots, self.procurement, self._preferences(), state.firms, state.seed)

    def _preferences(self) -> Preferences:
        """What held before the plan holds everywhere, the deduction for small and micro bidders."""
        terms, p = self.province.state.terms, self.parameters
        deduction = terms.price_deduction.copy()
        before = p["procurement.baseline_price_deduction"]
        deduction[:, :, :MEDIUM] = np.maximum(deduction[:, :, :MEDIUM], before)
        works = np.maximum(terms.reserved_works, p["procurement.baseline_reserved_works"])
        others = terms.reserved_goods_services
        bonus = np.maximum(terms.consortium_bonus, p["procurement.baseline_consortium_bonus"])
        return Preferences(deduction, bonus, np.array([works if form == "works" else others for form in FORMS]))


def _procurement(firms: Firms, parameters: Parameters, prefectures: int) -> Procurement:
    """Who bids for the lots of each form in each prefecture: enterprises that could deliver one."""
    p, groups = parameters, []
    lot_fen = np.array([fen(p[f"procurement.lot_yuan.{form}"]) for form in FORMS], np.int64)
    rows_of = np.flatnonzero((firms.size > INDIVIDUAL) & (firms.usual_sales > 0))  # enterprises that sell anything
    for form, value in zip(FORMS, lot_fen, strict=True):
        sells = np.isin(firms.sector[rows_of], [SECTORS.index(s) for s in BIDDERS[form]])
        bidders = rows_of[sells]
        able = firms.usual_sales[bidders] * LARGEST_LOT_MONTHS >= value
        for prefecture in range(prefectures):
            group = bidders[able & (firms.prefecture[bidders] == prefecture)].astype(np.int32)
            groups.append(group[np.argsort(firms.key[group])])
    everybody = np.concatenate(groups)
    weights = np.array([firms.weight[group].mean() if len(group) else 1.0 for group in groups])
    return Procurement(
        lot_fen=lot_fen,
        row_weight=weights.reshape(len(FORMS), prefectures),
        bidders=everybody,
        ring=firms.key[everybody],
        first=np.concatenate([[0], np.cumsum([len(group) for group in groups])]).astype(np.int64),
        won=np.zeros((len(FORMS), len(WINNERS)), np.int64),
        bidders_per_lot=int(p["procurement.bidders_per_lot"]),
        price_sd=p["procurement.price_sd"],
        large_advantage=p["procurement.large_advantage"],
        consortium_share=p["procurement.consortium_share"],
        consortium_part=CONSORTIUM_PART,
        large_bidder_share=p["procurement.large_bidder_share"],
    )
