"""Arrears that public bodies and large firms owe to firms: single debts, what is paid of them, and who pays for it."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

from sim.random_numbers import Purpose
from sim.units import fen
from tests.reference.arithmetic import whole
from tests.reference.firm import Firm
from tests.reference.policy import Rule

if TYPE_CHECKING:
    from tests.reference.province import Province

DISPUTED, IN_DIFFICULTY, SIZE_OF_A_DEBT, CONFIRMS = range(4)  # draws of a firm, once in a life


class LargeFirms:
    """What the large firms of each prefecture can pay: on old debts beyond the usual, and of their other bills."""

    def __init__(self, province: Province) -> None:
        self.province = province
        self.pays = dict.fromkeys(province.prefectures, 1.0)  # share of what they have to pay on time
        self.room = dict.fromkeys(province.prefectures, 0)  # weighted fen for old debts, until the month's end
        self._forget()

    def _forget(self) -> None:
        """A new month: nothing was due, and nothing was paid on old debts."""
        self.due: dict[int, int] = defaultdict(int)
        self.extra: dict[int, int] = defaultdict(int)

    def begin(self) -> None:
        """The first day: what they have to pay on the claims that firms begin with."""
        for firm in self.province.firms:
            if firm.is_alive and firm.customer == "large_firms":
                rate = self.province.calibration("receivables.collected_per_month", firm.customer)
                due = min(whole(rate * firm.receivables_public), firm.receivables_public)
                self.due[firm.prefecture] += due * firm.weight
        self._find_room()
        self._forget()

    def close_month(self) -> None:
        """What was paid on old debts is missing next month, where new ones are paid."""
        for prefecture in self.province.prefectures:
            due, extra = self.due[prefecture], self.extra[prefecture]
            self.pays[prefecture] = max(0.0, 1.0 - extra / due) if due > 0 else 1.0
        self._find_room()
        self._forget()

    def _find_room(self) -> None:
        share = self.province.calibration("receivables.large_firms_extra_share")
        for prefecture in self.province.prefectures:
            self.room[prefecture] = math.floor(share * self.due[prefecture])

    def pay(self, firm: Firm, amount: int) -> bool:
        """Pay a firm on old debts; False, and nothing is paid, if it is more than they can find."""
        if amount * firm.weight > self.room[firm.prefecture]:
            return False
        self.room[firm.prefecture] -= amount * firm.weight
        self.extra[firm.prefecture] += amount * firm.weight
        return True


def debtor(firm: Firm) -> str:
    """Who owes a firm what is not owed by households and other firms, as the ledger names it."""
    return "large_buyers" if firm.customer == "large_firms" else "public_buyers"


def is_disputed(province: Province, firm: Firm) -> bool:
    """Whether the debtor disputes all that is overdue."""
    chance = province.draws.uniform(Purpose.DISPUTE, firm.key, DISPUTED)
    return chance < province.calibration("receivables.disputed_share")


def is_in_difficulty(province: Province, firm: Firm) -> bool:
    """Whether the debtor is in real difficulty."""
    chance = province.draws.uniform(Purpose.DISPUTE, firm.key, IN_DIFFICULTY)
    return chance < province.calibration("receivables.difficult_share")


def is_to_be_cleared(province: Province, firm: Firm) -> bool:
    """Whether what is overdue to a firm is what clause I.6 wants paid: owed to an enterprise, and not disputed."""
    return firm.size != "individual" and not is_disputed(province, firm)


def has_plan(province: Province, firm: Firm, day: int) -> bool:
    """Whether a measure for debtors in real difficulty pays off what is overdue to a firm."""
    return any(rule.values.debtors == "in_difficulty" for rule in measures_that_collect(province, firm, day))


def confirms(province: Province, firm: Firm, day: int) -> bool:
    """Whether the debtor confirms what it owes, so that a bank lends on it."""
    share = province.calibration("receivables.confirmed_share")
    for rule in firm.eligible:
        if rule.kind == "credit" and rule.in_force(day, firm.prefecture) and firm.meets(rule):
            share = max(share, float(rule.says("confirmed_share", day)))
    return province.draws.uniform(Purpose.DISPUTE, firm.key, CONFIRMS) < share


def single_debt(province: Province, firm: Firm) -> float:
    """Fen of each of the equal debts that a firm's arrears consist of."""
    if firm.overdue_public == 0:
        return 0.0
    p = province.calibration
    spread = p("receivables.debt_spread")
    chance = province.draws.normal(Purpose.DISPUTE, firm.key, SIZE_OF_A_DEBT)
    size = max(1.0, p("receivables.debt_yuan") * math.exp(spread * chance - spread**2 / 2.0) * fen(1))
    return firm.overdue_public / math.ceil(firm.overdue_public / size)


def collect_overdue(province: Province, firm: Firm, day: int) -> None:
    """What is paid of the arrears as they are now: the usual part, then what measures bring."""
    owed = firm.overdue_public
    if owed <= 0:
        return
    usual = min(whole(province.calibration("receivables.overdue_paid_per_month") * owed), owed)
    paying = measures_that_collect(province, firm, day)
    receive(province, firm, day, usual, debtor(firm), "paid")
    paid = usual
    for rule in paying:
        share = rule.says("clearance_per_month", day)
        paid += clear(province, firm, rule, day, min(whole(share * owed), owed - paid))
    for rule in paying:
        if rule.values.cleared_by is None:
            continue
        days_left = province.timeline.day(rule.values.cleared_by) - day
        if days_left >= 0:
            missing = max(0, whole(owed / (1 + days_left // 31)) - paid)
            paid += clear(province, firm, rule, day, min(missing, owed - paid))


def measures_that_collect(province: Province, firm: Firm, day: int) -> list[Rule]:
    """Collection measures in force that reach a firm's debts, by id."""
    if is_disputed(province, firm):
        return []
    kind = "in_difficulty" if is_in_difficulty(province, firm) else "able"
    debt = single_debt(province, firm)
    return [
        rule
        for rule in firm.eligible
        if rule.kind == "collection"
        and rule.in_force(day, firm.prefecture)
        and firm.meets(rule)
        and rule.values.debtors in (None, kind)
        and (rule.values.ceiling_yuan is None or debt <= fen(rule.values.ceiling_yuan))
    ]


def clear(province: Province, firm: Firm, rule: Rule, day: int, amount: int) -> int:
    """Pay old debts to a firm for a measure, whole or not at all; returns the fen paid."""
    if amount <= 0:
        return 0
    if debtor(firm) == "large_buyers":
        payer, can_pay = "large_buyers", province.large_firms.pay(firm, amount)
    else:
        payer, can_pay = "prefectures", province.treasury.draw(rule, firm, amount)
    if not can_pay:
        return 0
    receive(province, firm, day, amount, payer, "cleared", rule.id)
    province.stations.reach(province.month_of[day], rule.id, "paid", firm)
    return amount


def receive(province: Province, firm: Firm, day: int, amount: int, payer: str, kind: str, rule: str = "") -> None:
    """A firm is paid a part of its arrears."""
    firm.overdue_public -= amount
    firm.cash += amount
    month = province.month_of[day]
    if is_to_be_cleared(province, firm):
        province.cleared[month] += amount * firm.weight
    province.books.post(month, payer, "firms", "arrears_to_firms", kind, amount * firm.weight, rule)
