"""Banks: who gets a loan, how much, at what rate; how much may be lent in a month."""

from __future__ import annotations

import math

from sim.random_numbers import Purpose
from tests.reference.arithmetic import single, whole
from tests.reference.bills import outlays
from tests.reference.credit import give_a_term, score
from tests.reference.firm import Firm
from tests.reference.owner import expansion_earns, fee_borne
from tests.reference.province import OTHERS, Province

MOST_SAVED = 2.0**40


class Banks:
    """The banks of each prefecture."""

    def __init__(self, province: Province) -> None:
        self.province = province
        a_day = province.calibration("credit.cases_per_day")
        self.staffed = [a_day * province.entities[p] / 10_000 for p in province.prefectures]
        self.unused = [0.0] * len(province.prefectures)
        self.supply = [0.0] * len(province.prefectures)
        limit = province.calibration("credit.guarantee_limit")
        self.may_guarantee = [limit * province.loans[p] for p in province.prefectures]
        self.room = self.may_guarantee.copy()
        self.off_rates = 0.0  # what the central bank's incentive takes off new loans of inclusive firms, a year
        self.inclusive = self._inclusive()
        self.new_month(None)

    def new_month(self, day: int | None) -> None:
        """What may newly be lent until the next count; ``day``: of the count, None before the horizon."""
        p, province = self.province.calibration, self.province
        willing = max(0.0, 1.0 - p("credit.supply_response") * max(0.0, self._excess_of_bad_loans()))
        growth = p("credit.growth_per_year") / 12.0
        self.supply = [
            (growth * province.loans[f] * willing + province.repaid[f]) * self._encouragement(day, f)
            for f in province.prefectures
        ]
        province.repaid.clear()
        self.room = self.may_guarantee.copy()
        for firm in province.firms:
            if firm.is_alive:
                self.room[firm.prefecture] -= firm.guaranteed * firm.weight

    def _excess_of_bad_loans(self) -> float:
        """By how much bad loans, of all loans of the province, exceed what is tolerated, as a share of it."""
        alive = [firm for firm in self.province.firms if firm.is_alive]
        lent = sum(firm.weight * firm.loan for firm in alive)
        bad = sum(firm.weight * firm.loan for firm in alive if "loan_bad" in firm.facts)
        if lent == 0:
            return 0.0
        return bad / lent / self.province.calibration("credit.bad_share_tolerated") - 1.0

    def _encouragement(self, day: int | None, prefecture: int) -> float:
        """What the credit measures in force multiply lending by; nothing before the horizon."""
        factor = 1.0
        if day is None:
            return factor
        for rule in self.province.policy.in_force(day, prefecture, "credit"):
            factor *= float(rule.says("supply", day))
        return factor

    def _inclusive(self) -> int:
        """Weighted fen lent to individual businesses, micro and small firms."""
        firms = self.province.firms
        return sum(firm.weight * firm.loan for firm in firms if firm.is_alive and firm.size != "medium")

    def take_incentive(self, day: int) -> None:
        """The central bank pays for the growth of inclusive loans since the last count."""
        province, p = self.province, self.province.calibration
        month = province.month_of[day]
        before = incentive = p.on("credit.growth_incentive", province.timeline.date(day))
        for rule in (r for f in province.prefectures for r in province.policy.in_force(day, f, "credit")):
            incentive = max(incentive, float(rule.says("growth_incentive", day)))
        counted = self._inclusive()
        growth = p("credit.local_bank_share") * max(0, counted - self.inclusive)
        self.inclusive = counted
        province.books.post(month, "central_government", "banks", "loan_incentive", "paid", whole(incentive * growth))
        lent = province.books.sums[month, "banks", "firms", "loan", "", "paid"]
        short = p("credit.short_share")
        months = short * round(p("credit.short_months")) + (1.0 - short) * round(p("credit.long_months"))
        a_year = p("credit.incentive_passed_on") / (months / 12.0)
        self.off_rates = a_year * (incentive - before) * growth / lent if lent > 0 else 0.0

    def work(self, day: int) -> None:
        """A working day: first in, first out, as far as staff and money go."""
        province = self.province
        for prefecture in province.prefectures:
            queue = province.queues["loan", prefecture, OTHERS]
            left = self.unused[prefecture] + self.staffed[prefecture]
            while queue and queue[0].ready_on <= day:
                firm = queue[0].firm
                if not firm.is_alive:
                    queue.popleft()
                    continue
                if left < firm.weight or self.supply[prefecture] <= 0:
                    break
                waited = day - queue.popleft().filed_on
                expands = "expands" in firm.facts
                firm.facts -= {"loan_pending", "expands"}
                left -= firm.weight
                station = "decided" if self._lend(firm, day, expands) else "refused"
                province.stations.reach(province.month_of[day], "loan", station, firm, waited)
            served_all = not queue or queue[0].ready_on > day
            self.unused[prefecture] = 0.0 if served_all else min(left, MOST_SAVED)

    def _lend(self, firm: Firm, day: int, expands: bool) -> bool:
        """Give a loan that was asked for; False if the bank refuses."""
        p = self.province.calibration
        if expands:
            amount = whole(firm.usual_sales * p("population.loan_to_sales", firm.size))
        else:
            amount = whole(outlays(self.province, firm) * p("credit.amount_months"))
        if not self._agrees(firm, amount, expands, day):
            return False
        self._pay_out(firm, amount, day)
        if expands:
            self._expand(firm, amount, day)
        return True

    def _agrees(self, firm: Firm, amount: int, expands: bool, day: int) -> bool:
        """Whether the bank lends, on its own or because the new loan is guaranteed, which is noted."""
        province = self.province
        if score(province, firm, day, Purpose.UNDERWRITING) > 0.0:
            return True
        with_guarantee = score(province, firm, day, Purpose.UNDERWRITING, guaranteed=1.0)
        if "collateral" in firm.flags or with_guarantee <= 0.0:
            return False
        served = firm.guaranteed + amount <= province.calibration("credit.guarantee_most_yuan", firm.size) * 100
        if not served or self.room[firm.prefecture] <= 0 or (expands and not self._is_worth_the_fee(firm, day)):
            return False
        firm.guaranteed += amount
        self.room[firm.prefecture] -= amount * firm.weight
        month = province.month_of[day]
        province.books.post(month, "guarantors", "firms", "loan", "guaranteed", amount * firm.weight)
        return True

    def _is_worth_the_fee(self, firm: Firm, day: int) -> bool:
        fee = self.province.calibration("credit.guarantee_fee") * fee_borne(self.province, firm, day)
        return expansion_earns(self.province, firm, day) >= self._new_rate(firm, day) + fee

    def _new_rate(self, firm: Firm, day: int) -> float:
        """Of a new loan, a year."""
        cut = self.off_rates if firm.size != "medium" else 0.0
        for rule in firm.eligible:
            if rule.kind == "credit" and rule.in_force(day, firm.prefecture) and firm.meets(rule):
                cut += rule.says("rate_cut", day)
        return max(0.0, firm.loan_rate - cut)

    def _pay_out(self, firm: Firm, amount: int, day: int) -> None:
        """A new loan joins what the firm has borrowed."""
        province = self.province
        self.supply[firm.prefecture] -= amount * firm.weight
        rate = self._new_rate(firm, day)
        total = max(1.0, float(firm.loan + amount))
        firm.loan_rate = single((firm.loan * firm.loan_rate + amount * rate) / total)
        firm.loan += amount
        give_a_term(province, firm, day)
        firm.cash += amount
        firm.facts |= {"new_loan", "has_loan"}
        province.books.post(province.month_of[day], "banks", "firms", "loan", "paid", amount * firm.weight)
        province.stations.reach(province.month_of[day], "loan", "paid", firm)

    def bridge(self, firm: Firm, amount: int, day: int) -> bool:
        """Lend what a firm lacks to restart; False if its bank refuses."""
        p = self.province.calibration
        never_asks = self.province.draws.uniform(Purpose.LOAN_DEMAND, firm.key) < p("credit.never_applies_share")
        if "late_on_loan" in firm.facts or never_asks:
            return False
        if not self._agrees(firm, amount, False, day):
            return False
        self._pay_out(firm, amount, day)
        return True

    def _expand(self, firm: Firm, amount: int, day: int) -> None:
        """The loan is spent on equipment and stock, and the firm grows as a whole."""
        province = self.province
        month = province.month_of[day]
        firm.cash -= amount
        province.books.post(month, "firms", "suppliers", "investment", "paid", amount * firm.weight)
        usual = float(firm.usual_sales)
        if usual <= 0.0:
            return
        growth = amount * province.calibration("credit.asset_turnover") / 12.0 / usual
        firm.usual_sales = whole(usual * (1.0 + growth))
        firm.first_sales = single(firm.first_sales * (1.0 + growth))
        firm.rent = whole(firm.rent * (1.0 + growth))
        chance = province.draws.uniform(Purpose.EXPANSION, firm.key, month)
        firm.usual_staff += math.floor(firm.usual_staff * growth + chance)
