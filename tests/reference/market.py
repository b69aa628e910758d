"""What surrounds the firms: the activity of a county's sector, local demand, crowding, losses of suppliers."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tests.reference.firm import Firm

if TYPE_CHECKING:
    from tests.reference.province import Province

LOOK_BACK = 31  # days before the horizon
MOST = 3.0


class Market:
    """Running sums of activity, and what the settlements of the month add up to."""

    def __init__(self, province: Province) -> None:
        self.province = province
        self.places = sorted({(firm.county, firm.sector) for firm in province.firms})
        self.local = dict.fromkeys(self.places, 1.0)
        self.crowding = dict.fromkeys(self.places, 1.0)
        self.worked: dict[tuple[int, str], list[float]] = {place: [0.0] for place in self.places}
        self.supplier_loss: dict[int, float] = defaultdict(float)
        self.usual_wages: dict[int, float] = defaultdict(float)
        self.usual_capacity: dict[tuple[int, str], float] = defaultdict(float)
        self.usual_trade: dict[int, float] = defaultdict(float)  # of a county
        for firm in province.firms:
            if firm.status == "open":
                self.usual_wages[firm.county] += firm.weight * float(firm.staff) * firm.wage
                self.usual_capacity[firm.prefecture, firm.sector] += firm.weight * float(firm.usual_sales)
                self.usual_trade[firm.county] += firm.weight * float(firm.usual_sales)
        self.forget()
        for _ in range(LOOK_BACK):  # as if the first day's demand had held, without listings
            for county, sector in self.places:
                self._add(county, sector, province.world.demand(0, sector))

    def forget(self) -> None:
        """A new month: nobody has settled yet."""
        self.wages: dict[int, int] = defaultdict(int)
        self.capacity: dict[tuple[int, str], int] = defaultdict(int)
        self.trade: dict[int, int] = defaultdict(int)  # of a county, as capacity
        self.sales: dict[tuple[int, str, str], int] = defaultdict(int)
        self.payables_lost: dict[int, int] = defaultdict(int)

    def _add(self, county: int, sector: str, index: float) -> None:
        sums = self.worked[county, sector]
        sums.append(sums[-1] + index)

    def days_worked(self, firm: Firm, first: int, last: int) -> float:
        """Activity of a firm's county and sector from the morning of ``first`` to that of ``last``, in usual days."""
        sums = self.worked[firm.county, firm.sector]
        return sums[last + LOOK_BACK] - sums[first + LOOK_BACK]

    def live(self, day: int) -> None:
        """The activity of a day, in every county and sector that has firms."""
        province = self.province
        world, policy = province.world, province.policy
        for county, sector in self.places:
            prefecture, severity = province.prefecture_of[county], world.severity[day][county]
            index = world.demand(day, sector)
            if severity > 0:
                drag = policy.factor("control", "control_drag", day, lambda r, c=county: c in r.counties)
                index *= 1.0 - min(1.0, world.control_drag[sector] * drag) * severity
            friction = policy.factor(
                "control", "logistics_friction", day, lambda r, c=county, s=sector: c in r.counties and s in r.sectors
            )
            friction = min(1.0, world.friction[day] * friction)
            local = self.local[county, sector]
            if sector == "construction":
                local *= policy.factor(
                    "control", "construction_demand", day, lambda r, p=prefecture: p in r.prefectures
                )
            index *= 1.0 - friction * world.friction_sensitivity[sector]
            self._add(county, sector, index * local * self.crowding[county, sector])

    def close_month(self, month: int) -> None:
        """Let the month's wages, competitors and losses act on the next."""
        province, p = self.province, self.province.calibration
        owed: dict[int, int] = defaultdict(int)
        for firm in province.firms:
            if firm.is_alive:
                owed[firm.prefecture] += firm.weight * firm.payables
        for prefecture in province.prefectures:
            lost = self.payables_lost[prefecture]
            self.supplier_loss[prefecture] = lost / max(owed[prefecture] + lost, 1)
        if month > 0 or province.timeline.start.day == 1:
            for county, sector in self.places:
                share = p("firm.local_demand_share", sector)
                wages = 1.0
                if self.usual_wages[county] > 0:
                    trade = 1.0
                    if self.usual_trade[county] > 0:
                        trade = max(1.0, self.trade[county] / self.usual_trade[county])
                    wages = min(MOST, self.wages[county] / self.usual_wages[county] / trade)
                self.local[county, sector] = (1.0 - share) + share * wages
                place = (province.prefecture_of[county], sector)
                present = 1.0
                if self.usual_capacity[place] > 0 and self.capacity[place] > 0:
                    present = self.capacity[place] / self.usual_capacity[place]
                if present < 1.0:
                    crowding = min(MOST, 1.0 + p("firm.crowding") * (1.0 / present - 1.0))
                else:
                    crowding = 1.0 / present
                self.crowding[county, sector] = crowding
        self.forget()
