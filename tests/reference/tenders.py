"""Public buyers: lots, who bids for them, who wins, what is prepaid and lent; what they bought before the first day."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from statistics import NormalDist

from sim.random_numbers import Purpose
from sim.units import fen
from tests.reference.arithmetic import whole
from tests.reference.contracts import can_be_delivered, paid_of_contracts, prepaid, work_of_a_yuan
from tests.reference.credit import give_a_term
from tests.reference.firm import Firm
from tests.reference.policy import Rule
from tests.reference.province import Province

# Which sectors sell what is bought.
SELLERS = {
    "goods": ("food_manufacturing", "manufacturing", "wholesale", "information_technology"),
    "works": ("construction",),
    "services": ("information_technology", "business_services", "resident_services", "transport", "real_estate"),
}
PAIRS = [(form, sector) for form, sectors in SELLERS.items() for sector in sectors]
CLASSES = 5
MOST_LOOKED_AT = 16  # for one bidder
MONTHS_BEFORE = 6
MOST_AT_FIRST = 12  # months' worth that are under way at first


@dataclass
class Group:
    """What is bought of a sector in a prefecture, in lots of one class of size, and who may bid."""

    form: str
    prefecture: int
    lot: int  # fen
    all_reserved: bool  # projects so small that large firms bid for none
    ring: list[Firm]  # by prefecture and identity
    stands_for: int  # entities: the lightest of them
    a_month: float  # lots
    carried: float = 0.0


@dataclass
class Bid:
    """The lowest bid of a kind so far."""

    price: float = 1.0
    evaluated: float = math.inf
    firm: Firm | None = None  # of a large firm none
    shares: bool = False


class Tenders:
    """What is bought each month, by sector of form, prefecture and class of size."""

    def __init__(self, province: Province) -> None:
        self.province = province
        self.groups = {
            (k, prefecture): [self._group(form, sector, prefecture, size) for size in range(CLASSES)]
            for k, (form, sector) in enumerate(PAIRS)
            for prefecture in province.prefectures
        }
        self.won: dict[str, int] = {}
        self.noticed_on: int | None = None
        self._buy_before_the_first_day()
        self.won = {"small_micro": 0, "medium": 0, "large": 0}

    def _group(self, form: str, sector: str, prefecture: int, size: int) -> Group:
        province, p = self.province, self.province.calibration
        spread = p("procurement.lot_spread")
        middle = NormalDist().inv_cdf((size + 0.5) / CLASSES)
        project = whole(fen(p(f"procurement.lot_yuan.{form}")) * math.exp(spread**2 / 2.0 + spread * middle))
        lot = project
        if form == "works":
            lot = whole(project / math.ceil(project / fen(p("procurement.package_yuan"))))
        free = p("procurement.capacity") - 1.0
        can_hold = [firm for firm in province.firms if firm.sector == sector and free * firm.usual_sales >= lot / 12]
        ring = [firm for firm in can_hold if firm.prefecture == prefecture]
        if len(ring) < int(p("procurement.bidders_per_lot")):
            ring = can_hold
        stands_for = min((firm.weight for firm in ring), default=1)
        usual: dict[str, int] = defaultdict(int)
        for firm in province.firms:
            if firm.status == "open":
                usual[firm.sector] += firm.weight * firm.usual_sales
        of_form = sum(usual[name] for name in SELLERS[form])
        share = usual[sector] / of_form if of_form > 0 else 0.0
        value = fen(p("procurement.annual_yuan")) / 12 * province.scale * p("procurement.form_share", form)
        value = value * share * province.weights[prefecture] / CLASSES
        small = project <= fen(p(f"procurement.reserved_below_yuan.{form}"))
        ring = sorted(ring, key=lambda firm: (firm.prefecture, firm.key))
        return Group(form, prefecture, lot, small, ring, stands_for, value / (lot * stands_for))

    def buy(self, day: int) -> None:
        """Award the lots of a month, by the rules of the day of their notice; then give notice of the next."""
        self._award_all(self.province.month_of[day], day)
        self.noticed_on = day

    def _buy_before_the_first_day(self) -> None:
        """Half a year of contracts by the rules before the plan: the backlogs and claims that firms begin with."""
        province, p = self.province, self.province.calibration
        claims: dict[int, int] = defaultdict(int)
        for month in range(-MONTHS_BEFORE, 0):
            months = 1.0
            if month == -MONTHS_BEFORE:
                months = 1.0 / max(p("procurement.delivery_share_per_month"), 1.0 / MOST_AT_FIRST)
            self._award_all(month, None, months)
            for firm in province.firms:
                if firm.contract_backlog > 0:
                    before = prepaid(province, firm.contract_backlog)
                    room = whole((p("procurement.capacity") - 1.0) * firm.usual_sales)
                    delivered = can_be_delivered(province, firm.contract_backlog, room)
                    firm.contract_backlog -= delivered
                    claim = claims[firm.row] + delivered - (before - prepaid(province, firm.contract_backlog))
                    claims[firm.row] = claim - whole(paid_of_contracts(province, firm) * claim)
        for row, claim in claims.items():
            province.firms[row].receivables_public += claim

    def _award_all(self, month: int, day: int | None, months: float = 1.0) -> None:
        """The lots of a month, or of as many as are bought at once. ``day``: None before the first day."""
        for (k, prefecture), groups in self.groups.items():
            place = ((month + MONTHS_BEFORE) * len(PAIRS) + k) * len(self.province.prefectures) + prefecture
            number = place * 1_000_000
            for group in groups:
                group.carried += group.a_month * months
                lots = math.floor(group.carried)
                group.carried -= lots
                for _ in range(lots):
                    self._award(group, groups[0], number, day)
                    number += 1

    def _rules_of_the_notice(self, prefecture: int) -> list[Rule]:
        """Measures in force where notice was given, on that day, of what is awarded now; none before the first day."""
        if self.noticed_on is None:
            return []
        return self.province.policy.in_force(self.noticed_on, prefecture, "procurement")

    def _highest(self, name: str, prefecture: int, least: float) -> float:
        """The highest that measures in force say for a prefecture, or what holds without them."""
        for rule in self._rules_of_the_notice(prefecture):
            if prefecture in rule.prefectures:
                least = max(least, rule.says(name, self.noticed_on))
        return least

    def _deduction(self, firm: Firm, prefecture: int) -> float:
        """What is taken off a firm's price for goods and services of a prefecture when bids are compared."""
        least = 0.0 if firm.size == "medium" else self.province.calibration("procurement.baseline_price_deduction")
        for rule in self._rules_of_the_notice(prefecture):
            if prefecture in rule.prefectures and firm.sector in rule.sectors and firm.size in rule.sizes:
                least = max(least, rule.says("price_deduction", self.noticed_on))
        return least

    def _is_reserved(self, group: Group, number: int) -> bool:
        """Whether large firms may not bid for a lot."""
        p = self.province.calibration
        kind = "reserved_works" if group.form == "works" else "reserved_goods_services"
        share = 1.0
        if not group.all_reserved:
            share = self._highest(kind, group.prefecture, p(f"procurement.baseline_{kind}"))
        return self.province.draws.uniform(Purpose.LOT, number, 0) < share

    def _award(self, group: Group, smallest: Group, number: int, day: int | None) -> None:
        """One lot: its bidders, their prices, the winner."""
        draws, p = self.province.draws, self.province.calibration
        reserved = self._is_reserved(group, number)
        small_only = reserved and (
            draws.uniform(Purpose.LOT, number, 1) < p("procurement.reserved_for_small_and_micro")
        )
        best, best_large = Bid(), Bid()
        for k in range(int(p("procurement.bidders_per_lot"))):
            is_large = not reserved and (
                draws.uniform(Purpose.LARGE_BID, number, 2 + k) < p("procurement.large_bidder_share")
            )
            bid = self._large_bid(group, number, k) if is_large else self._bid(group, number, k, day, small_only)
            if is_large and bid.evaluated < best_large.evaluated:
                best_large = bid
            elif not is_large and bid.evaluated < best.evaluated:
                best = bid
        if best.firm is not None and best.evaluated <= best_large.evaluated:
            value = whole(group.lot * max(0.0, best.price))
            self._count("medium" if best.firm.size == "medium" else "small_micro", value * group.stands_for)
            if draws.uniform(Purpose.LOT, number, 3) < group.stands_for / best.firm.weight:
                self._take(best.firm, value, day)
            return
        value = whole(group.lot * max(0.0, best_large.price))  # at price 1 where nobody bids
        given_on = 0
        if best_large.shares:
            part = whole(value * p("procurement.consortium_part"))
            partner = self._met(smallest.ring, draws.uniform(Purpose.LOT, number, 2), part, day, small_only=True)
            if partner is not None:
                given_on = part
                if draws.uniform(Purpose.LOT, number, 4) < group.stands_for / partner.weight:
                    self._take(partner, part, day)
        self._count("small_micro", given_on * group.stands_for)
        self._count("large", (value - given_on) * group.stands_for)

    def _count(self, who: str, amount: int) -> None:
        """Count what is won, fen."""
        self.won[who] = self.won.get(who, 0) + amount

    def _large_bid(self, group: Group, number: int, k: int) -> Bid:
        """What a large firm bids, and whether it would share the work."""
        draws, p = self.province.draws, self.province.calibration
        chance = draws.normal(Purpose.LARGE_BID, number, 100 + k)
        price = 1.0 - p("procurement.large_advantage") + p("procurement.price_sd") * chance
        usual = p("procurement.baseline_consortium_bonus")
        bonus = self._highest("consortium_bonus", group.prefecture, usual)
        sharing = p("procurement.consortium_share")
        dearest = usual / sharing if sharing > 0 else math.inf
        cost = draws.uniform(Purpose.LARGE_BID, number, 200 + k) * dearest
        return Bid(price, price * (1.0 - max(0.0, bonus - cost)), shares=cost < bonus)

    def _bid(self, group: Group, number: int, k: int, day: int | None, small_only: bool) -> Bid:
        """What the firm bids that is met, or the next that may and can, if there is one."""
        draws, p = self.province.draws, self.province.calibration
        if not group.ring:
            return Bid()
        firm = self._met(group.ring, draws.uniform(Purpose.LOT, number, 5 + k), group.lot, day, small_only)
        if firm is None:
            return Bid()
        price = 1.0 + p("procurement.price_sd") * draws.normal(Purpose.BID, firm.key, number)
        evaluated = price if group.form == "works" else price * (1.0 - self._deduction(firm, group.prefecture))
        return Bid(price, evaluated, firm)

    def _met(self, ring: list[Firm], point: float, value: int, day: int | None, small_only: bool) -> Firm | None:
        """The first firm from the one met on that may and can do work of so many fen. ``point``: from 0 to 1."""
        for firm in self._from(ring, point):
            may = firm.status == "open" and firm.arrears_public == 0 and not (small_only and firm.size == "medium")
            if may and self._can(firm, value, day):
                return firm
        return None

    @staticmethod
    def _from(ring: list[Firm], point: float) -> Iterator[Firm]:
        """The firms of a ring from the one that a point of all their entities meets, none twice."""
        so_far = list(accumulate(firm.weight for firm in ring))
        if not ring:
            return
        first = bisect_right(so_far, math.floor(point * so_far[-1]))
        for step in range(min(MOST_LOOKED_AT, len(ring))):
            yield ring[(first + step) % len(ring)]

    def _lends(self, firm: Firm, day: int | None) -> float:
        """Share of a contract that a firm's bank lends against it at most."""
        if day is None or "late_on_loan" in firm.facts:
            return 0.0
        return self.province.calibration("procurement.finance_share")

    def _first_costs(self, firm: Firm, value: int) -> float:
        """Fen of a contract's costs that a firm must be able to pay beforehand."""
        p = self.province.calibration
        bought = firm.materials_now if firm.materials_now > 0.0 else firm.materials_share
        a_month = p("procurement.working_capital_months") * p("procurement.delivery_share_per_month")
        return a_month * value * (bought + work_of_a_yuan(self.province, firm))

    def _can(self, firm: Firm, value: int, day: int | None) -> bool:
        """Whether a firm has room and money for work of so many fen."""
        p, usual = self.province.calibration, float(firm.usual_sales)
        expected = 1.0 if day is None else firm.expected
        room = p("procurement.capacity") * usual - expected * usual - firm.contract_backlog / 12
        against = p("procurement.prepayment_share") + self._lends(firm, day)
        return value / 12 <= room and firm.cash + against * value >= self._first_costs(firm, value)

    def _take(self, firm: Firm, value: int, day: int | None) -> None:
        """A firm has a contract: it is prepaid in part, and its bank lends what is missing for its first costs."""
        province, p = self.province, self.province.calibration
        before = prepaid(province, firm.contract_backlog)
        firm.contract_backlog += value
        if day is None:
            return
        month, w = province.month_of[day], firm.weight
        paid = prepaid(province, firm.contract_backlog) - before
        missing = self._first_costs(firm, value) - (firm.cash + p("procurement.prepayment_share") * value)
        firm.cash += paid
        province.books.post(month, "public_buyers", "firms", "prepayment", "paid", paid * w)
        lent = max(0, min(whole(missing), whole(self._lends(firm, day) * value)))
        if lent > 0:
            if firm.loan == 0:
                give_a_term(province, firm, day)
            firm.loan += lent
            firm.cash += lent
            province.books.post(month, "banks", "firms", "loan", "paid", lent * w)
