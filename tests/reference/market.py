"""What surrounds the firms: the activity of a county's sector, local demand, crowding, orders, people to hire."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sim.units import MONTH_DAYS, fen
from sim.vocabulary import SECTORS
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
        self.orders = {(prefecture, sector): 1.0 for prefecture in province.prefectures for sector in SECTORS}
        self.lost = dict.fromkeys(self.orders, 0.0)  # share of the claims on firms that failed customers owed
        self.firms_pay = dict.fromkeys(self.orders, 1.0)  # part of what firms usually pay on claims in a month
        self.hireable = dict.fromkeys(province.prefectures, 1.0)
        self.usual_income: dict[int, float] = defaultdict(float)  # of a county
        self.usual_wages: dict[tuple[int, str], float] = defaultdict(float)  # of a county and sector
        self.usual_living: dict[int, float] = defaultdict(float)  # of a county
        self.staff_as_published = dict.fromkeys(SECTORS, 1.0)
        self.expected_as_published = dict.fromkeys(SECTORS, 1.0)
        self.usual_capacity: dict[tuple[int, str], float] = defaultdict(float)
        self.usual_trade: dict[int, float] = defaultdict(float)  # of a county
        self.usual_sales: dict[tuple[int, str, int], int] = defaultdict(int)  # by prefecture, sector, cohort
        staff: dict[int, int] = defaultdict(int)
        for firm in province.firms:
            if firm.status == "open":
                self.usual_income[firm.county] += firm.weight * (float(firm.staff) * firm.wage + firm.reservation)
                self.usual_wages[firm.county, firm.sector] += firm.weight * (float(firm.staff) * firm.wage)
                self.usual_living[firm.county] += firm.weight * float(firm.reservation)
                self.usual_sales[firm.prefecture, firm.sector, firm.cohort] += firm.weight * firm.usual_sales
                staff[firm.prefecture] += firm.weight * firm.staff
                self.usual_capacity[firm.prefecture, firm.sector] += firm.weight * float(firm.usual_sales)
                self.usual_trade[firm.county] += firm.weight * float(firm.usual_sales)
        unemployed = province.calibration("labour.unemployed_share")
        self.out_of_work_at_first = {p: unemployed / (1.0 - unemployed) * staff[p] for p in province.prefectures}
        self.out_of_work = dict(self.out_of_work_at_first)
        p, everybody = province.calibration, max(sum(staff.values()), 1.0)
        away = p("labour.returning_per_month") * p("labour.migrants") * province.scale
        self.returning = {prefecture: away * staff[prefecture] / everybody for prefecture in province.prefectures}
        self.living_before = {
            sector: sum(self.usual_capacity[prefecture, sector] for prefecture in province.prefectures)
            for sector in SECTORS
        }
        self.forget()
        self.published: dict[str, list[float]] = {sector: [0.0] for sector in SECTORS}  # running sums of the course
        for sector, sums in self.published.items():
            for day in range(-LOOK_BACK, province.timeline.days):
                known = day >= 0
                sums.append(sums[-1] + (province.world.course(day, sector) if known else self._before(sector)))
        for _ in range(LOOK_BACK):  # as if the first day's demand had held, without listings
            for county, sector in self.places:
                self._add(county, sector, self._before(sector))

    def forget(self) -> None:
        """A new month: nobody has settled yet."""
        self.income: dict[int, int] = defaultdict(int)  # of a county, wages and what owners live on
        self.capacity: dict[tuple[int, str], int] = defaultdict(int)
        self.trade: dict[int, int] = defaultdict(int)  # of a county, as capacity
        self.sales: dict[tuple[int, str, str], int] = defaultdict(int)
        self.sold: dict[tuple[int, str], int] = defaultdict(int)  # beside contracts
        self.payables_lost: dict[tuple[int, str], int] = defaultdict(int)
        self.dismissed: dict[int, int] = defaultdict(int)  # persons, by prefecture
        self.left: dict[int, int] = defaultdict(int)  # staff of firms that left
        self.hired: dict[int, int] = defaultdict(int)
        self.opened: dict[int, int] = defaultdict(int)  # staff of firms that opened
        self.places_offered: dict[int, int] = defaultdict(int)

    def _before(self, sector: str) -> float:
        """What a day before the horizon adds."""
        return self.province.world.demand(0, sector)

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
                drag = policy.factor("control", "control_drag", day, prefecture, lambda r, c=county: c in r.counties)
                index *= 1.0 - min(1.0, world.control_drag[sector] * drag) * severity
            friction = policy.factor(
                "control",
                "logistics_friction",
                day,
                prefecture,
                lambda r, c=county, s=sector: c in r.counties and s in r.sectors,
            )
            friction = min(1.0, world.friction[day] * friction)
            local = self.local[county, sector]
            if sector == "construction":
                local *= policy.factor(
                    "control", "construction_demand", day, prefecture, lambda r, p=prefecture: p in r.prefectures
                )
            index *= 1.0 - friction * world.friction_sensitivity[sector]
            self._add(county, sector, index * local * self.crowding[county, sector] * self.orders[prefecture, sector])

    def close_month(self, month: int) -> None:
        """Let what the month's settlements add up to act on the next."""
        province = self.province
        if month > 0 or province.timeline.start.day == 1:
            benefits = {prefecture: self._look_for_work(prefecture) for prefecture in province.prefectures}
            income_of_prefecture: dict[int, float] = defaultdict(float)
            for county, income in self.usual_income.items():
                income_of_prefecture[province.prefecture_of[county]] += income
            grows = {sector: self._grows(sector) for sector in SECTORS}
            crowding = {(place, sector): self._crowding(place, sector, grows[sector]) for place, sector in self.orders}
            for county, sector in self.places:
                prefecture = province.prefecture_of[county]
                share = province.calibration("firm.local_demand_share", sector)
                relative = 1.0
                usual = self.usual_income[county]
                if usual > 0:
                    income = self.income[county] + benefits[prefecture] * usual / income_of_prefecture[prefecture]
                    relative = min(
                        MOST, max(0.0, income / self._published_income(county) / max(1.0, self._open(county)))
                    )
                self.local[county, sector] = (1.0 - share) + share * relative
                self.crowding[county, sector] = crowding[prefecture, sector]
            self._pay_as_published(self._order(month))
            self._pay_out_of_sales()
            self._fail()
        self.forget()

    def _look_for_work(self, prefecture: int) -> float:
        """Count those out of work, who fill the places offered; returns fen of benefits beyond the usual."""
        p, start = self.province.calibration, self.out_of_work_at_first[prefecture]
        before = self.out_of_work[prefecture]
        now = before + self.dismissed[prefecture] + self.left[prefecture]
        now = now - self.hired[prefecture] - self.opened[prefecture]
        now = max(0.0, now - p("labour.found_elsewhere_per_month") * (before - start))
        self.out_of_work[prefecture] = now
        places = self.places_offered[prefecture]
        at_hand = now + self.returning[prefecture]
        self.hireable[prefecture] = min(1.0, at_hand / places) if places > 0 else 1.0
        return p("labour.benefit_share") * fen(p("labour.benefit_yuan")) * (now - start)

    def _open(self, county: int) -> float:
        """Usual sales of the county's open firms that settled, over those of all at the start."""
        return self.trade[county] / self.usual_trade[county] if self.usual_trade[county] > 0 else 1.0

    def _grows(self, sector: str) -> float:
        """Usual sales of a sector's living firms in the evening, over those a month before."""
        living = sum(
            firm.weight * firm.usual_sales for firm in self.province.firms if firm.is_alive and firm.sector == sector
        )
        before, self.living_before[sector] = self.living_before[sector], float(living)
        return living / before if before > 0 and living > 0 else 1.0

    def _crowding(self, prefecture: int, sector: str, grows: float) -> float:
        """What is left to each by who is there in the evening: more where competitors are gone or do not work."""
        there = [firm for firm in self.province.firms if firm.is_alive and firm.prefecture == prefecture]
        there = [firm for firm in there if firm.sector == sector]
        living = sum(firm.weight * firm.usual_sales for firm in there)
        open_ = sum(firm.weight * firm.usual_sales for firm in there if firm.status == "open")
        usual = self.usual_capacity[prefecture, sector]
        if usual <= 0 or open_ <= 0:
            return 1.0
        taken_over = self.province.calibration("firm.crowding") * (1.0 / (open_ / living) - 1.0)
        return min(MOST, (1.0 + taken_over) / (living / usual * grows))

    def _published_income(self, county: int) -> float:
        """What a county would earn if its firms of the first day sold as published."""
        wages = sum(self.usual_wages[county, sector] * self.staff_as_published[sector] for sector in SECTORS)
        return wages + self.usual_living[county]

    def _pay_as_published(self, course: dict[str, float]) -> None:
        """The staff of a firm that sells the published course of its sector. ``course``: of the month, fen."""
        p = self.province.calibration
        for sector in SECTORS:
            usual = sum(self.usual_capacity[prefecture, sector] for prefecture in self.province.prefectures)
            of_usual = course[sector] / usual if usual > 0 else 1.0
            expected = self.expected_as_published[sector]
            expected += p("firm.expectation_weight") * (of_usual - expected)
            self.expected_as_published[sector] = expected
            wanted = p("staff.fixed_share") + (1.0 - p("staff.fixed_share")) * expected
            staff = self.staff_as_published[sector]
            rate = p("staff.hired_per_month" if wanted > staff else "staff.dismissed_per_month")
            self.staff_as_published[sector] = staff + rate * (wanted - staff)

    def _course_of(self, prefecture: int, sector: str, settlements: list[tuple[int, int, int]]) -> float:
        """Fen that a sector of a prefecture would have sold in the month's settlements by the published course."""
        sums, total = self.published[sector], 0.0
        for cohort, first, day in settlements:
            usual = self.usual_sales.get((prefecture, sector, cohort), 0)
            total += usual * ((sums[day + LOOK_BACK] - sums[first + LOOK_BACK]) / MONTH_DAYS)
        return total

    def _settlements(self, month: int) -> list[tuple[int, int, int]]:
        """Each cohort that settled in a month, the same day of the month before, and the day of its settlement."""
        timeline = self.province.timeline
        days = [day for day in range(timeline.days) if self.province.month_of[day] == month]
        settling = [(int(timeline.cohort[day]), day) for day in days if timeline.cohort[day] >= 0]
        return [(cohort, day - timeline.date(day - timeline.date(day).day).day, day) for cohort, day in settling]

    def _order(self, month: int) -> dict[str, float]:
        """Firms order of firms as they sold, beside what the published course would have let them sell.

        Returns the latter by sector, fen.
        """
        published_of: dict[str, float] = {}
        province, settlements = self.province, self._settlements(month)
        near: dict[tuple[int, str], float] = {}
        far: dict[str, float] = {}
        for sector in SECTORS:
            sold, published = 0, 0.0
            for prefecture in province.prefectures:
                course = self._course_of(prefecture, sector, settlements)
                near[prefecture, sector] = relative_to(self.sold[prefecture, sector], course)
                sold += self.sold[prefecture, sector]
                published += course
            far[sector] = relative_to(sold, published)
            published_of[sector] = published
        local = province.calibration("neighbours.local_share")
        for prefecture in province.prefectures:
            for sector, to_firms in zip(SECTORS, province.world.to_firms, strict=True):
                missing = 0.0
                for buyer, share in zip(SECTORS, to_firms, strict=True):
                    missing += share * (1.0 - (local * near[prefecture, buyer] + (1.0 - local) * far[buyer]))
                self.orders[prefecture, sector] = max(0.0, 1.0 - missing)
        return published_of

    def _pay_out_of_sales(self) -> None:
        """Firms pay their bills in the next month as they have sold in this, beside their usual sales."""
        province = self.province
        usual: dict[tuple[int, str], int] = defaultdict(int)
        for firm in province.firms:
            if firm.is_alive:
                usual[firm.prefecture, firm.sector] += firm.weight * firm.usual_sales
        near = {market: relative_to(self.sold[market], usual[market]) for market in self.orders}
        far = {
            sector: relative_to(
                sum(self.sold[prefecture, sector] for prefecture in province.prefectures),
                sum(usual[prefecture, sector] for prefecture in province.prefectures),
            )
            for sector in SECTORS
        }
        p = province.calibration
        local, less = p("neighbours.local_share"), p("receivables.paid_with_sales")
        for prefecture in province.prefectures:
            for sector, to_firms in zip(SECTORS, province.world.to_firms, strict=True):
                all_firms, missing = sum(to_firms), 0.0
                if all_firms > 0.0:
                    for buyer, share in zip(SECTORS, to_firms, strict=True):
                        sells = local * near[prefecture, buyer] + (1.0 - local) * far[buyer]
                        missing += share / all_firms * (1.0 - sells)
                self.firms_pay[prefecture, sector] = max(0.0, 1.0 - less * missing)

    def _fail(self) -> None:
        """Who sold to firms loses in the next month what those owed that left without paying their suppliers."""
        province = self.province
        owed: dict[tuple[int, str], int] = defaultdict(int)
        for firm in province.firms:
            if firm.is_alive:
                owed[firm.prefecture, firm.sector] += firm.weight * firm.payables
        near: dict[tuple[int, str], float] = {}
        far: dict[str, float] = {}
        for sector in SECTORS:
            of_all, lost_of_all = 0, 0
            for prefecture in province.prefectures:
                lost, all_ = self.payables_lost[prefecture, sector], owed[prefecture, sector]
                near[prefecture, sector] = lost / (all_ + lost) if all_ + lost > 0 else 0.0
                of_all, lost_of_all = of_all + all_, lost_of_all + lost
            far[sector] = lost_of_all / (of_all + lost_of_all) if of_all + lost_of_all > 0 else 0.0
        local = province.calibration("neighbours.local_share")
        for prefecture in province.prefectures:
            for sector, to_firms in zip(SECTORS, province.world.to_firms, strict=True):
                all_firms = lost_share = 0.0
                for share in to_firms:
                    all_firms += share
                if all_firms > 0.0:
                    for buyer, share in zip(SECTORS, to_firms, strict=True):
                        failed = local * near[prefecture, buyer] + (1.0 - local) * far[buyer]
                        lost_share += share / all_firms * failed
                self.lost[prefecture, sector] = lost_share


def relative_to(sold: int, course: float) -> float:
    """What was sold over what the published course would have let firms sell, or what is usual; 1 where that is 0."""
    return min(MOST, sold / course) if course > 0.0 else 1.0
