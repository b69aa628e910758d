"""Who paid whom for what, what the funds hold, and how many firms reached which station."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sim.scenario.schema import Fund
from tests.reference.arithmetic import whole
from tests.reference.firm import Firm
from tests.reference.policy import Rule

# Who is paid by each bill.
PAYEE = {
    "wages": "employees", "pension": "social_insurance", "medical": "social_insurance",
    "unemployment": "social_insurance", "work_injury": "social_insurance", "materials": "suppliers",
    "utilities": "utilities", "tolls": "toll_roads", "commission": "platforms",
    "testing": "testing_providers", "fees": "service_providers", "vat": "tax_authority", "income_tax": "tax_authority",
    "interest": "banks", "guarantee_fee": "guarantors", "principal": "banks",
}  # fmt: skip
LANDLORDS = {"none": "private_landlords", "state": "state_landlords", "private": "private_landlords"}
CLOSED_FOR = (7, 14, 30)  # days
BACK_WITHIN = (7, 14, 30, 60)  # days after it was freed
BEARER = "bearer"  # stands for those who bear a measure until the month's sum is shared among them


def payee(firm: Firm, flow: str) -> str:
    """Who is paid by a bill of a firm."""
    return LANDLORDS[firm.landlord] if flow == "rent" else PAYEE[flow]


class Books:
    """Weighted fen by month, payer, payee, flow, measure and kind."""

    def __init__(self) -> None:
        self.sums: dict[tuple[int, str, str, str, str, str], int] = defaultdict(int)
        self.extended: dict[tuple[int, str], int] = defaultdict(int)  # of what is put off, principal: month, measure

    def post(self, month: int, payer: str, payee: str, flow: str, kind: str, amount: int, rule: str = "") -> None:
        """Write down a movement of money."""
        self.sums[month, payer, payee, flow, rule, kind] += amount

    def shared(self, rules: list[Rule]) -> dict[tuple[int, str, str, str, str, str], int]:
        """The sums with the bearers' names in: each bears its share, the first what rounding leaves."""
        bearers = {rule.id: rule.measure.bearers for rule in rules}
        table: dict[tuple[int, str, str, str, str, str], int] = defaultdict(int)
        for (month, payer, payee, flow, rule, kind), amount in self.sums.items():
            shares = bearers[rule] if rule else {"nobody": 1.0}
            parts = {party: int(amount * share) for party, share in shares.items()}
            parts[next(iter(parts))] += amount - sum(parts.values())
            for party, part in parts.items():
                named = (party if payer == BEARER else payer, party if payee == BEARER else payee)
                table[month, *named, flow, rule, kind] += part
        return {key: amount for key, amount in table.items() if amount}


class Treasury:
    """What is left in each fund: one sum, or one for each prefecture."""

    def __init__(self, funds: tuple[Fund, ...], weights: list[float]) -> None:
        self.funds = {fund.id: fund for fund in funds}
        self.weights = weights
        self.left: dict[tuple[str, int], int] = defaultdict(int)
        self.put_in: dict[tuple[str, int], int] = defaultdict(int)  # so far
        self.drawn: dict[str, int] = defaultdict(int)
        self.unmet: dict[tuple[str, int], int] = defaultdict(int)  # asked for in the month and not got

    def _place(self, fund: str, prefecture: int) -> tuple[str, int]:
        return (fund, prefecture if self.funds[fund].level == "prefecture" else 0)

    def put(self, fund: str, amount: int, prefecture: int | None = None) -> None:
        """Put money into a fund; prefectures get theirs by weight, the first what rounding leaves, or one gets all."""
        if self.funds[fund].level == "province" or prefecture is not None:
            self.left[self._place(fund, prefecture or 0)] += amount
            self.put_in[self._place(fund, prefecture or 0)] += amount
            return
        parts = [int(amount * weight) for weight in self.weights]
        parts[0] += amount - sum(parts)
        for prefecture, part in enumerate(parts):
            self.left[fund, prefecture] += part
            self.put_in[fund, prefecture] += part

    def draw(self, rule: Rule, firm: Firm, amount: int) -> bool:
        """Take the fund's part of a measure's money for a firm; False, and nothing taken, if it holds too little."""
        name = rule.measure.fund
        if name is None:
            return True
        bearers, bearer = rule.measure.bearers, self.funds[name].bearer
        share = bearers.get(bearer, 1.0)
        part = whole(amount * firm.weight * share)
        if self.left[self._place(name, firm.prefecture)] < part:
            self.unmet[self._place(name, firm.prefecture)] += part
            return False
        self.left[self._place(name, firm.prefecture)] -= part
        self.drawn[name] += part
        return True

    def move_to_unmet(self, share: float) -> None:
        """Of each fund that prefectures split, move a share of what others have left to where claims were not paid."""
        for name, fund in self.funds.items():
            places = [(name, p) for p in range(len(self.weights))] if fund.level == "prefecture" else []
            unmet = {place: self.unmet[place] for place in places if self.unmet[place] > 0}
            spare = {place: int(share * self.left[place]) for place in places if place not in unmet}
            moved, given = min(sum(spare.values()), sum(unmet.values())), 0
            if moved == 0:
                continue
            for place, most in spare.items():
                part = most * moved // sum(spare.values())
                self.left[place] -= part
                given += part
            parts = [amount * given // sum(unmet.values()) for amount in unmet.values()]
            parts[0] += given - sum(parts)
            for place, part in zip(unmet, parts, strict=True):
                self.left[place] += part

    def waits(self, rule: Rule) -> bool:
        """Whether the measure's fund lets the queue wait when it is empty."""
        return rule.measure.fund is not None and self.funds[rule.measure.fund].when_dry == "wait"


class Stations:
    """Weighted firms, and their days, that reached a station in a month; firms with something put off falling due."""

    def __init__(self) -> None:
        self.firms: dict[tuple[int, str, str], int] = defaultdict(int)
        self.days: dict[tuple[int, str, str], int] = defaultdict(int)
        self.holders: dict[tuple[str, int], int] = defaultdict(int)  # by measure and prefecture, those gone included

    def reach(self, month: int, item: str, station: str, firm: Firm, days: Any = 0) -> None:
        """A firm reaches a station after so many days."""
        self.firms[month, item, station] += firm.weight
        self.days[month, item, station] += firm.weight * int(days)


class Restarts:
    """Weighted firms freed, and those that work again within some days, by how long they were closed."""

    def __init__(self) -> None:
        self.freed: dict[str, int] = defaultdict(int)
        self.within: dict[tuple[str, int], int] = defaultdict(int)

    @staticmethod
    def closure(firm: Firm) -> str:
        """How long a firm that is free was closed."""
        closed = firm.freed_on - firm.suspended_on
        return next((str(days) for days in CLOSED_FOR if closed <= days), "longer")

    def free(self, firm: Firm) -> None:
        """A firm is freed."""
        self.freed[self.closure(firm)] += firm.weight

    def close_again(self, firm: Firm) -> None:
        """A firm that was freed is closed again before it works: only its last closure counts."""
        self.freed[self.closure(firm)] -= firm.weight

    def restart(self, firm: Firm, day: int) -> None:
        """A firm works again."""
        for days in BACK_WITHIN:
            if day - firm.freed_on <= days:
                self.within[self.closure(firm), days] += firm.weight
