"""Tenders: each month public bodies buy goods, works and services in lots; large firms bid against smaller ones.

A lot is won by the lowest price as evaluated: small and micro bidders' prices are reduced by the deduction (goods
and services), a large bidder that shares the work has its own bonus, part of the works is reserved for SMEs. The
price paid is the price bid. Bidders and prices are luck of the lot and the firm, so the same lots meet the same
bidders in every scenario.
"""

import numpy as np
from numba import njit

from sim.firm.entitlements import whole
from sim.firm.state import PREFECTURES
from sim.luck import Purpose, bits, normal, uniform
from sim.vocabulary import SIZES, Status

BID, LARGE_BID, LOT = int(Purpose.BID), int(Purpose.LARGE_BID), int(Purpose.LOT)
OPEN = int(Status.OPEN)
MEDIUM = SIZES.index("medium")
FORMS = ("goods", "works", "services")
WORKS = FORMS.index("works")


@njit(cache=True)
def award(month, lots, lot_fen, bidders, first, rules, firms, market, won, seed):  # type: ignore[no-untyped-def]
    """Award a month's lots.

    ``lots``: (3, P) lots by form and prefecture; ``lot_fen``: (3,); ``bidders``: rows that bid, by form and
    prefecture between ``first[form * P + p]`` and the next; ``rules``: bidders a lot, standard deviation of prices,
    advantage of large bidders, share of consortia, share of the work that a consortium gives to its smaller member,
    price deduction, consortium bonus, reserved share of works, reserved share of goods and services (9,). ``won``:
    (3, 3) weighted fen won by medium, by small and micro, by large firms, kept here.
    """
    rivals = int(rules[0])
    for form in range(3):
        for p in range(PREFECTURES):
            start = first[form * PREFECTURES + p]
            count = first[form * PREFECTURES + p + 1] - start
            if count == 0:
                continue
            for lot in range(lots[form, p]):
                number = ((month * 3 + form) * PREFECTURES + p) * 1_000_000 + lot
                reserved = uniform(seed, LOT, number, 0) < (rules[7] if form == WORKS else rules[8])
                best, best_price, bid_price = -1, 1e30, 0.0
                for k in range(rivals):
                    i = bidders[start + np.int64(bits(seed, LOT, number, k + 1) % np.uint64(count))]
                    if firms.status[i] != OPEN:
                        continue
                    price = 1.0 + rules[1] * normal(seed, BID, firms.key[i], number)
                    small = firms.size[i] < MEDIUM
                    evaluated = price * (1.0 - rules[5]) if small and form != WORKS else price
                    if evaluated < best_price:
                        best, best_price, bid_price = i, evaluated, price
                large_price = 1.0 - rules[2] + rules[1] * normal(seed, LARGE_BID, number, 0)
                shares_work = uniform(seed, LARGE_BID, number, 1) < rules[3]
                large_evaluated = large_price * (1.0 - rules[6]) if shares_work else large_price
                if best >= 0 and (reserved or best_price <= large_evaluated):
                    value = whole(lot_fen[form] * max(0.0, bid_price))
                    firms.contract_backlog[best] += value
                    w = np.int64(firms.weight[best])
                    won[form, 0 if firms.size[best] == MEDIUM else 1] += value * w
                    if bid_price > large_price:
                        market.large_bidders_lost[0] += value * w
                else:
                    value = whole(lot_fen[form] * max(0.0, large_price))
                    w = np.int64(firms.weight[bidders[start]])
                    won[form, 2] += value * w
                    if shares_work and best >= 0:
                        firms.contract_backlog[best] += whole(value * rules[4])
