"""Tenders: each month public bodies buy goods, works and services in lots; large firms bid against smaller ones.

A lot is won by the lowest price as evaluated: small and micro bidders' prices are reduced by the deduction (goods
and services), a large bidder that shares the work has its own bonus, part of the works is reserved for SMEs. The
price paid is the price bid. Bidders and prices are luck of the lot and the firm, so the same lots meet the same
bidders in every scenario.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np

from sim.classification import CLASSIFICATION
from sim.firm.entitlements import whole
from sim.institutions.province import Province
from sim.kernels import kernel, outermost
from sim.random_numbers import Purpose, bits, normal, uniform
from sim.units import fen
from sim.vocabulary import SECTORS, SIZES, Status

BID, LARGE_BID, LOT = int(Purpose.BID), int(Purpose.LARGE_BID), int(Purpose.LOT)
OPEN = int(Status.OPEN)
INDIVIDUAL, MEDIUM = SIZES.index("individual"), SIZES.index("medium")
FORMS = ("goods", "works", "services")
WORKS = FORMS.index("works")
NO_BID = 1e30
LARGEST_LOT_MONTHS = 12  # nobody bids for a lot worth more than a year of its own usual sales
# Ministry of Finance (2020) No. 46: the bonus asks that the smaller member gets at least 30 percent of the contract.
CONSORTIUM_PART = 0.30
# Who bids for what: the sectors that sell it, enterprises only.
BIDDERS = dict(CLASSIFICATION.public_contracts)


@outermost
def award(  # type: ignore[no-untyped-def]
    month, lots, lot_fen, row_weight, bidders, ring, first, rules, deduction, by_place, firms, won, seed
):
    """Award a month's lots.

    ``lots``: (3, P) lots by form and prefecture; ``lot_fen``: (3,); ``row_weight``: (3, P) lots that a row's lot stands
    for when a large firm wins it; ``bidders``: rows that bid, by form and
    prefecture between ``first[form * P + p]`` and the next, by rising identity; ``ring``: their
    identities; ``rules``: bidders a lot, standard deviation of prices, advantage of large bidders, share of consortia,
    share of the work that a consortium gives to its smaller member, share of bidders that are large (6,);
    ``deduction``: (P, S, Z) taken off prices of goods and services; ``by_place``: consortium bonus, reserved share of
    works, reserved share of goods and services (3, P). ``won``: (3, 3) weighted fen won by medium, by small and micro,
    by large firms, kept here.
    """
    rivals = int(rules[0])
    forms, prefectures = lots.shape
    for form in range(forms):
        for p in range(prefectures):
            start = first[form * prefectures + p]
            count = first[form * prefectures + p + 1] - start
            if count == 0:
                continue
            for lot in range(lots[form, p]):
                number = ((month * forms + form) * prefectures + p) * 1_000_000 + lot
                reserved = uniform(seed, LOT, number, 0) < by_place[1 if form == WORKS else 2, p]
                best, best_price, bid_price = -1, NO_BID, 0.0
                large_price = NO_BID
                for k in range(rivals):
                    if not reserved and uniform(seed, LARGE_BID, number, k + 2) < rules[5]:
                        price = 1.0 - rules[2] + rules[1] * normal(seed, LARGE_BID, number, k + 100)
                        large_price = min(large_price, price)
                        continue
                    i = bidders[start + _next_on_ring(bits(seed, LOT, number, k + 1), start, count, ring)]
                    if firms.status[i] != OPEN:
                        continue
                    price = 1.0 + rules[1] * normal(seed, BID, firms.key[i], number)
                    evaluated = price * (1.0 - deduction[p, firms.sector[i], firms.size[i]]) if form != WORKS else price
                    if evaluated < best_price:
                        best, best_price, bid_price = i, evaluated, price
                contested = large_price < NO_BID
                shares_work = uniform(seed, LARGE_BID, number, 1) < rules[3]
                large_evaluated = large_price * (1.0 - by_place[0, p]) if shares_work else large_price
                if best >= 0 and (not contested or best_price <= large_evaluated):
                    value = whole(lot_fen[form] * max(0.0, bid_price))
                    firms.contract_backlog[best] += value
                    w = np.int64(firms.weight[best])
                    won[form, 0 if firms.size[best] == MEDIUM else 1] += value * w
                elif contested:
                    value = whole(lot_fen[form] * max(0.0, large_price))
                    won[form, 2] += whole(value * row_weight[form, p])
                    if shares_work and best >= 0:
                        firms.contract_backlog[best] += whole(value * rules[4])


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

    def __init__(self, province: Province) -> None:
        self.province = province
        p = province.parameters
        firms = province.firms
        groups, prefectures = [], province.counties.prefecture_count
        rows_of = np.flatnonzero((firms.size > INDIVIDUAL) & (firms.usual_sales > 0))  # enterprises that sell anything
        for form in FORMS:
            sells = np.isin(firms.sector[rows_of], [SECTORS.index(s) for s in BIDDERS[form]])
            bidders = rows_of[sells]
            for prefecture in range(prefectures):
                able = firms.usual_sales[bidders] * LARGEST_LOT_MONTHS >= fen(p[f"procurement.lot_yuan.{form}"])
                group = bidders[able & (firms.prefecture[bidders] == prefecture)].astype(np.int32)
                groups.append(group[np.argsort(firms.key[group])])
        self.bidders = np.concatenate(groups)
        self.ring = firms.key[self.bidders]
        self.first = np.concatenate([[0], np.cumsum([len(group) for group in groups])]).astype(np.int64)
        weights = np.array([firms.weight[group].mean() if len(group) else 1.0 for group in groups])
        self.row_weight = weights.reshape(len(FORMS), prefectures)
        self.lot_fen = np.array([fen(p[f"procurement.lot_yuan.{form}"]) for form in FORMS], np.int64)
        value = fen(p["procurement.annual_yuan"]) / 12 * province.scale * p.by("procurement.form_share", FORMS)
        where = province.counties.prefecture_weight
        # A row's lot stands for as many lots as the row stands for entities; what a month's rounding leaves is carried.
        self.lots_a_month = value[:, None] / self.lot_fen[:, None] * where[None, :] / self.row_weight
        self.carried = np.zeros_like(self.lots_a_month)
        self.won = np.zeros((len(FORMS), 3), np.int64)

    def buy(self, day: int) -> None:
        """Award the lots of the month."""
        since = perf_counter()
        province, p, in_force = self.province, self.province.parameters, self.province.rules.terms
        self.carried += self.lots_a_month
        lots = np.floor(self.carried).astype(np.int64)
        self.carried -= lots
        # What held before the plan holds everywhere, the deduction for small and micro bidders.
        before = {name: p[f"procurement.baseline_{name}"] for name in ("consortium_bonus", "reserved_works")}
        deduction = in_force.price_deduction.copy()
        deduction[:, :, :MEDIUM] = np.maximum(deduction[:, :, :MEDIUM], p["procurement.baseline_price_deduction"])
        by_place = np.array(
            [
                np.maximum(in_force.consortium_bonus, before["consortium_bonus"]),
                np.maximum(in_force.reserved_works, before["reserved_works"]),
                in_force.reserved_goods_services,
            ]
        )
        names = ("bidders_per_lot", "price_sd", "large_advantage", "consortium_share")
        fixed = [p[f"procurement.{name}"] for name in names]
        terms = np.array([*fixed, CONSORTIUM_PART, p["procurement.large_bidder_share"]])
        award(
            province.month(day), lots, self.lot_fen, self.row_weight, self.bidders, self.ring, self.first, terms,
            deduction, by_place, province.firms, self.won, province.seed,
        )  # fmt: skip
        province.took("institutions", since)
