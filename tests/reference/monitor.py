"""What is seen at a month's end: the province counted."""

from __future__ import annotations

import math
from collections import defaultdict

from sim.units import fen
from sim.vocabulary import EXIT_CAUSES
from tests.reference.debtors import has_plan, is_disputed, is_in_difficulty, is_to_be_cleared, single_debt
from tests.reference.firm import Firm
from tests.reference.province import Province

ABOVE_SCALE = fen(20_000_000)  # sales of a year
INDUSTRY = ("mining_and_utilities", "food_manufacturing", "manufacturing")
UNIVERSE_COUNTS = (
    "open", "suspended", "paused", "founders", "founders_alive", "stopped", "stopped_working", "stopped_left_working",
    "loss_making", "loss_making_with_owner",
)  # fmt: skip


def universes_of(firm: Firm) -> list[str]:
    """The universes that a firm is of, as it stands at the start."""
    if firm.size == "individual":
        return ["all", "individual_businesses"]
    large = firm.sector in INDUSTRY and firm.usual_sales * 12 >= ABOVE_SCALE
    return ["all", "enterprises", "industry_above_scale"] if large else ["all", "enterprises"]


class Monitor:
    """Counts by month and cell, and who waits."""

    def __init__(self, province: Province) -> None:
        self.province = province
        ceilings = [x.ceiling_yuan for x in province.scenario.plan.targets if x.outcome == "small_arrears_left"]
        sums = [float(x) for x in ceilings if x is not None]  # a plan without that target has no ceiling
        self.small_arrears: float = fen(sums[0]) if sums else math.inf
        self.panel: dict[tuple[int, int, str, str], dict[str, int]] = {}
        self.universes: dict[tuple[int, str, str, str], int] = defaultdict(int)  # by month, universe, how, count
        self.belongs = {firm.row: universes_of(firm) for firm in province.firms}
        self.jobs = {firm.row: firm.usual_staff for firm in province.firms}
        self.queued: dict[tuple[int, str], list[int]] = {}  # weighted firms that wait, and their days so far
        # Weighted fen of undisputed arrears to enterprises by month: all, with debtors in difficulty, with a plan.
        self.standing: dict[int, int] = defaultdict(int)
        self.difficult: dict[int, int] = defaultdict(int)
        self.planned: dict[int, int] = defaultdict(int)
        self.fund: dict[int, tuple[int, int]] = {}  # fen put into the SME fund by the end of a month, and drawn on it
        self._count_arrears(-1, 0)

    def count(self, day: int) -> None:
        """Count on the last day of a month."""
        month, market = self.province.month_of[day], self.province.market
        for firm in self.province.firms:
            if firm.status != "unborn":
                cell = (month, firm.prefecture, firm.sector, firm.size)
                counted = self.panel.setdefault(cell, defaultdict(int))
                counted["sales_fen"] = market.sales[cell[1:]]
                for name, amount in self._seen_of(firm, day).items():
                    counted[name] += int(amount) * firm.weight
                    if name in UNIVERSE_COUNTS:
                        for universe in self.belongs[firm.row]:
                            self.universes[month, universe, "firms", name] += int(amount) * firm.weight
                            self.universes[month, universe, "jobs", name] += (
                                int(amount) * firm.weight * self.jobs[firm.row]
                            )
        self._count_arrears(month, day)
        treasury = self.province.treasury
        self.fund[month] = treasury.put_in["sme_development", 0], treasury.drawn["sme_development"]
        for (item, _, _), queue in self.province.queues.items():
            waiting = self.queued.setdefault((month, item), [0, 0])
            for case in queue:
                waiting[0] += case.firm.weight
                waiting[1] += case.firm.weight * (day - case.filed_on)

    def _count_arrears(self, month: int, day: int) -> None:
        """Undisputed arrears to enterprises as they stand; month -1: before the first day."""
        for firm in self.province.firms:
            if not firm.is_alive or not is_to_be_cleared(self.province, firm):
                continue
            owed = firm.overdue_public * firm.weight
            self.standing[month] += owed
            if is_in_difficulty(self.province, firm):
                self.difficult[month] += owed
                self.planned[month] += owed if has_plan(self.province, firm, day) else 0

    def _seen_of(self, firm: Firm, day: int) -> dict[str, int]:
        """What one firm adds to the counts of its cell on a day."""
        stopped, founder = firm.suspended_on >= 0, firm.born_on < 0
        seen: dict[str, int] = {"founders": founder, "born": not founder, "stopped": stopped}
        if firm.status == "exited":
            cause = EXIT_CAUSES[firm.exit_cause]
            return seen | {
                "exited": True,
                "exited_insolvent": cause.startswith("insolvent"),
                "stopped_left_working": stopped and not cause.endswith("while_stopped"),
            }
        months = self.province.timeline.date(day).month
        if not founder:
            months = min(months, (day - firm.born_on) // 30)
        overdue = firm.overdue_public
        large = single_debt(self.province, firm) >= self.small_arrears
        return seen | {
            "open": firm.status == "open",
            "suspended": firm.status == "suspended",
            "paused": firm.status == "paused",
            "stopped_working": stopped and firm.status in ("open", "paused"),
            "founders_alive": founder,
            "loss_making": firm.profit_this_year < 0,
            "loss_making_with_owner": firm.profit_this_year - firm.reservation * months < 0,
            "staff": firm.staff,
            "cash_fen": firm.cash,
            "arrears_fen": firm.arrears_public + firm.arrears_private + firm.overdue_payables,
            "overdue_public_fen": overdue,
            "deferred_fen": sum(firm.deferred.values()),
            "loan_fen": firm.loan,
            "small_arrears_fen": 0 if large or is_disputed(self.province, firm) else overdue,
        }
