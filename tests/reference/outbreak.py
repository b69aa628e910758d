"""The epidemic: firms are stopped, freed and restart; what they lack in between."""

from __future__ import annotations

import math

from sim.random_numbers import Purpose
from sim.vocabulary import TICKETS
from tests.reference.arithmetic import single
from tests.reference.bills import outlays
from tests.reference.firm import Firm
from tests.reference.province import LISTED, NEVER, OTHERS, Province


class Outbreak:
    """The state of the counties."""

    def __init__(self, province: Province) -> None:
        self.province = province
        counties = len(province.prefecture_of)
        self.severity = [0.0] * counties
        self.closed = [0.0] * counties  # severity after control measures
        self.episode = [0] * counties  # first day of the present closure, or of the last
        self.was_listed = [False] * counties

    def live(self, day: int) -> None:
        """A day: closures change, firms stop, are freed and restart; then the day's activity."""
        province = self.province
        for county in range(len(self.severity)):
            severity = province.world.severity[day][county]
            listed_first = province.world.listed[day][county] and not self.was_listed[county]
            self.was_listed[county] = self.was_listed[county] or listed_first
            if severity > 0 and self.severity[county] == 0:
                self.episode[county] = day
            self.severity[county] = severity
            before, self.closed[county] = self.closed[county], 0.0
            if severity > 0:
                control = province.policy.factor("control", "closed_share", day, lambda r, c=county: c in r.counties)
                self.closed[county] = severity * control
            if listed_first:
                for firm in province.of_county[county]:
                    firm.facts.add("county_listed")
            if self.closed[county] != before or listed_first:
                for firm in province.of_county[county]:
                    if firm.status in ("open", "suspended"):  # a pause is its owner's
                        self._look_at(firm, day)
            for firm in province.of_county[county]:
                if firm.status == "suspended" and 0 <= firm.restart_on <= day:
                    firm.status = "open"
                    firm.open_from = day
                    firm.tickets = set()
        province.market.live(day)

    def _look_at(self, firm: Firm, day: int) -> None:
        """The closure of its county has changed: stop the firm, keep it stopped, or free it."""
        province = self.province
        share = province.world.closed_share_max[firm.sector] * self.closed[firm.county]
        chance = province.draws.uniform(Purpose.CLOSURE, firm.key, self.episode[firm.county])
        if chance < share:
            if firm.status == "open":
                firm.status = "suspended"
                firm.suspended_on = day
                firm.facts.add("hit_by_epidemic")
                firm.activity_pending = single(
                    firm.activity_pending + province.market.days_worked(firm, firm.open_from, day)
                )
            firm.restart_on = -1
            firm.tickets = set()
        elif firm.status == "suspended" and firm.restart_on < 0:
            self._set_free(firm, day)

    def _set_free(self, firm: Firm, day: int) -> None:
        """Find what a firm lacks, when that passes by itself, and tell the liaison officers if there are any."""
        province, p = self.province, self.province.calibration
        incidence = p.parameters.table("restart.incidence")
        episode = self.episode[firm.county]
        longest = 0
        for place, ticket in enumerate(TICKETS):
            if ticket == "funds":
                lacks = firm.cash < outlays(province, firm) * p("restart.funds_cash_months")
            else:
                chance = province.draws.uniform(Purpose.TICKET, firm.key, episode * 4 + place)
                lacks = chance < float(incidence.get(ticket, 0.0))
            if lacks:
                firm.tickets.add(ticket)
                longest = max(longest, self.days_by_itself(firm, ticket, day))
                if officers_sent(province, day) > 0:
                    lane = LISTED if "key_firm" in firm.flags else OTHERS
                    province.file(ticket, firm, day, 0, lane)
                    province.stations.reach(province.month_of[day], ticket, "applied", firm)
        firm.freed_on = day
        firm.restart_on = min(day + longest, NEVER)

    def days_by_itself(self, firm: Firm, ticket: str, day: int) -> int:
        """Days after which a lack passes without help, at most the deadline of supervision."""
        province = self.province
        delay = province.policy.factor("control", "restart_delay", day, lambda r: firm.county in r.counties)
        wait = province.calibration("restart.mean_days", ticket) * delay
        when = self.episode[firm.county] * 4 + TICKETS.index(ticket)
        days = math.ceil(wait * province.draws.exponential(Purpose.RESTART, firm.key, when))
        for rule in province.policy.in_force(day, "service"):
            days = min(days, int(rule.says("ticket_deadline_days", day, NEVER * NEVER)))
        return days


def officers_sent(province: Province, day: int) -> float:
    """Liaison officers that measures send, as a multiple of the usual number."""
    return sum(float(rule.says("liaison_capacity", day)) for rule in province.policy.in_force(day, "service"))
