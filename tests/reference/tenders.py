"""Public buyers: lots, who bids for them, who wins."""

from __future__ import annotations

import math
from bisect import bisect_left

from sim.random_numbers import Purpose
from sim.units import fen
from tests.reference.arithmetic import whole
from tests.reference.firm import Firm
from tests.reference.province import Province

# Which sectors sell what is bought.
SELLERS = {
    "goods": ("food_manufacturing", "manufacturing", "wholesale", "information_technology"),
    "works": ("construction",),
    "services": ("information_technology", "business_services", "resident_services", "transport", "real_estate"),
}
FORMS = tuple(SELLERS)
CONSORTIUM_PART = 0.30


class Tenders:
    """What is bought each month, by form and prefecture."""

    def __init__(self, province: Province) -> None:
        self.province, p = province, province.calibration
        self.lot = {form: fen(p(f"procurement.lot_yuan.{form}")) for form in FORMS}
        self.bidders: dict[tuple[str, int], list[Firm]] = {}
        self.lots_a_month: dict[tuple[str, int], float] = {}
        self.stands_for: dict[tuple[str, int], float] = {}
        for form in FORMS:
            for prefecture in province.prefectures:
                group = [
                    firm
                    for firm in province.firms
                    if firm.prefecture == prefecture
                    and firm.sector in SELLERS[form]
                    and firm.size != "individual"
                    and firm.usual_sales > 0
                    and firm.usual_sales * 12 >= self.lot[form]
                ]
                self.bidders[form, prefecture] = sorted(group, key=lambda firm: firm.key)
                stands_for = sum(firm.weight for firm in group) / len(group) if group else 1.0
                value = fen(p("procurement.annual_yuan")) / 12 * province.scale * p("procurement.form_share", form)
                lots = value / self.lot[form] * province.weights[prefecture] / stands_for
                self.stands_for[form, prefecture] = stands_for
                self.lots_a_month[form, prefecture] = lots
        self.carried = dict.fromkeys(self.lots_a_month, 0.0)
        self.won = {"small_micro": 0, "medium": 0, "large": 0}

    def buy(self, day: int) -> None:
        """Award the lots of a month."""
        for place, (form, prefecture) in enumerate(self.lots_a_month):
            self.carried[form, prefecture] += self.lots_a_month[form, prefecture]
            lots = math.floor(self.carried[form, prefecture])
            self.carried[form, prefecture] -= lots
            if self.bidders[form, prefecture]:
                for lot in range(lots):
                    number = (self.province.month_of[day] * len(self.lots_a_month) + place) * 1_000_000 + lot
                    self._award(form, prefecture, number, day)

    def _highest(self, name: str, prefecture: int, day: int, least: float) -> float:
        """The highest that measures in force say for a prefecture, or what holds without them."""
        for rule in self.province.policy.in_force(day, "procurement"):
            if prefecture in rule.prefectures:
                least = max(least, rule.says(name, day))
        return least

    def _deduction(self, firm: Firm, day: int) -> float:
        """What is taken off a firm's price for goods and services when bids are compared."""
        least = 0.0 if firm.size == "medium" else self.province.calibration("procurement.baseline_price_deduction")
        for rule in self.province.policy.in_force(day, "procurement"):
            if firm.prefecture in rule.prefectures and firm.sector in rule.sectors and firm.size in rule.sizes:
                least = max(least, rule.says("price_deduction", day))
        return least

    def _award(self, form: str, prefecture: int, number: int, day: int) -> None:
        """One lot: its bidders, their prices, the winner."""
        draws, p = self.province.draws, self.province.calibration
        if form == "works":
            reserved_share = self._highest("reserved_works", prefecture, day, p("procurement.baseline_reserved_works"))
        else:
            reserved_share = self._highest("reserved_goods_services", prefecture, day, 0.0)
        reserved = draws.uniform(Purpose.LOT, number) < reserved_share
        sd = p("procurement.price_sd")
        best: Firm | None = None
        best_evaluated = best_price = large_price = math.inf
        for k in range(int(p("procurement.bidders_per_lot"))):
            is_large = draws.uniform(Purpose.LARGE_BID, number, k + 2) < p("procurement.large_bidder_share")
            if is_large and not reserved:
                chance = draws.normal(Purpose.LARGE_BID, number, k + 100)
                large_price = min(large_price, 1.0 - p("procurement.large_advantage") + sd * chance)
                continue
            firm = self._met(form, prefecture, draws.bits(Purpose.LOT, number, k + 1))
            if firm.status != "open":
                continue
            price = 1.0 + sd * draws.normal(Purpose.BID, firm.key, number)
            evaluated = price if form == "works" else price * (1.0 - self._deduction(firm, day))
            if evaluated < best_evaluated:
                best, best_evaluated, best_price = firm, evaluated, price
        contested = large_price < math.inf
        shares_work = draws.uniform(Purpose.LARGE_BID, number, 1) < p("procurement.consortium_share")
        large_evaluated = large_price
        if contested and shares_work:
            bonus = self._highest("consortium_bonus", prefecture, day, p("procurement.baseline_consortium_bonus"))
            large_evaluated = large_price * (1.0 - bonus)
        if best is not None and best_evaluated <= large_evaluated:
            value = whole(self.lot[form] * max(0.0, best_price))
            best.contract_backlog += value
            self.won["medium" if best.size == "medium" else "small_micro"] += value * best.weight
        elif contested:
            value = whole(self.lot[form] * max(0.0, large_price))
            self.won["large"] += whole(value * self.stands_for[form, prefecture])
            if shares_work and best is not None:
                best.contract_backlog += whole(value * CONSORTIUM_PART)

    def _met(self, form: str, prefecture: int, point: int) -> Firm:
        """The bidder whose identity is the next from a point on, on a ring."""
        group = self.bidders[form, prefecture]
        place = bisect_left(group, point, key=lambda firm: firm.key)
        return group[place] if place < len(group) else group[0]
