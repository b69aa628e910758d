"""The epidemic: firms are stopped, freed and restart; what they lack in between."""

from __future__ import annotations

import math

from sim.random_numbers import Purpose
from sim.vocabulary import TICKETS
from tests.reference.arithmetic import single, whole
from tests.reference.bills import outlays
from tests.reference.firm import Firm
from tests.reference.province import LISTED, NEVER, OTHERS, Province


class Outbreak:
    """The state of the counties."""

    def __init__(self, province: Province) -> None:
        self.province = province
        counties = len(province.prefecture_of)
        self.severity = [0.0] * counties
        self.ordered: list[dict[tuple[str, str], float]] = [{} for _ in range(counties)]  # by sector and size
        self.held = [0.0] * counties  # the greatest of what keeps firms of the county from work
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
            ordered = province.world.may_not_work(day, county)
            other_order, self.ordered[county] = ordered != self.ordered[county], ordered
            held_before, self.held[county] = self.held[county], max([severity, *ordered.values()])
            if self.held[county] > 0 and held_before == 0:
                self.episode[county] = day
            self.severity[county] = severity
            before, self.closed[county] = self.closed[county], 0.0
            if severity > 0:
                control = province.policy.factor(
                    "control", "closed_share", day, province.prefecture_of[county], lambda r, c=county: c in r.counties
                )
                self.closed[county] = severity * control
            if listed_first:
                for firm in province.of_county[county]:
                    firm.facts.add("county_listed")
            if self.closed[county] != before or listed_first or other_order:
                for firm in province.of_county[county]:
                    if firm.status in ("open", "suspended"):  # a pause is its owner's
                        self._look_at(firm, day)
            for firm in province.of_county[county]:
                if firm.is_freed:
                    self._look_at_its_cash(firm, day)
                    if firm.restart_on <= day:
                        self._restart(firm, day)
        province.market.live(day)

    def _look_at(self, firm: Firm, day: int) -> None:
        """The closure of its county has changed: stop the firm, keep it stopped, or free it."""
        province = self.province
        share = province.world.closed_share_max[firm.sector] * self.closed[firm.county]
        share = max(share, self.ordered[firm.county].get((firm.sector, firm.size), 0.0))
        chance = province.draws.uniform(Purpose.CLOSURE, firm.key, self.episode[firm.county])
        if chance < share:
            if firm.status == "open":
                firm.status = "suspended"
                firm.suspended_on = day
                firm.facts.add("hit_by_epidemic")
                firm.activity_pending = single(
                    firm.activity_pending + province.market.days_worked(firm, firm.open_from, day)
                )
            elif firm.is_freed:
                province.restarts.close_again(firm)
            firm.restart_on = -1
            firm.tickets, firm.ended = set(), set()
        elif firm.status == "suspended" and firm.restart_on < 0:
            self._set_free(firm, day)

    def _set_free(self, firm: Firm, day: int) -> None:
        """Find what a firm lacks and when that passes by itself, and hand it in where there is somebody to help."""
        province = self.province
        firm.freed_on = day
        province.restarts.free(firm)
        longest = 0
        queue = where_it_hands_in(province, firm, day)
        for ticket in TICKETS:
            if self._lacks(firm, ticket):
                firm.tickets.add(ticket)
                longest = max(longest, self.days_by_itself(firm, ticket, day))
                if queue is not None:
                    province.file(ticket, firm, day, 0, queue)
                    province.stations.reach(province.month_of[day], ticket, "applied", firm)
        firm.restart_on = min(day + longest, NEVER)

    def _lacks(self, firm: Firm, ticket: str) -> bool:
        """Whether a firm that is freed lacks something."""
        if ticket == "funds":
            return not has_funds(self.province, firm)
        if ticket == "labour":
            return firm.staff > 0 and (self._lacks_by_chance(firm, ticket) or self._too_many_away(firm, firm.freed_on))
        return self._lacks_by_chance(firm, ticket)

    def _lacks_by_chance(self, firm: Firm, ticket: str) -> bool:
        """Whether it lacks this as firms do whose staff are all there."""
        incidence = self.province.calibration.parameters.table("restart.incidence")
        when = self.episode[firm.county] * 4 + TICKETS.index(ticket)
        return self.province.draws.uniform(Purpose.TICKET, firm.key, when) < float(incidence[ticket])

    def _too_many_away(self, firm: Firm, day: int) -> bool:
        """Whether as many of its staff are away as a firm that lacks labour must find."""
        share, draw = self.province.world.staff_away(day, firm.sector), self.province.draws.uniform
        away = [person for person in range(firm.staff) if draw(Purpose.RETURN, firm.key, person) < share]
        return len(away) >= persons_to_find(self.province, firm)

    def days_by_itself(self, firm: Firm, ticket: str, day: int) -> int:
        """Days, from the one on which the firm is freed, after which a lack passes without help."""
        province, p = self.province, self.province.calibration
        delay = province.policy.factor(
            "control", "restart_delay", day, firm.prefecture, lambda r: firm.county in r.counties
        )
        spread = p("restart.days_spread")
        when = self.episode[firm.county] * 4 + TICKETS.index(ticket)
        chance = province.draws.normal(Purpose.RESTART, firm.key, when)
        days = p("restart.mean_days", ticket) * delay * math.exp(spread * chance - spread**2 / 2.0)
        alone = min(math.ceil(days), NEVER)
        if ticket != "labour" or province.world.staff_away(firm.freed_on, firm.sector) == 0:
            return alone
        horizon = range(firm.freed_on, province.timeline.days)
        back_on = next((later for later in horizon if not self._too_many_away(firm, later)), firm.freed_on + NEVER)
        return max(alone if self._lacks_by_chance(firm, ticket) else 0, back_on - firm.freed_on)

    def has_passed(self, firm: Firm, ticket: str, day: int) -> bool:
        """Whether a lack has passed by itself, today at the latest."""
        return firm.freed_on + self.days_by_itself(firm, ticket, day) <= day

    def end(self, firm: Firm, ticket: str, restart: int, day: int) -> None:
        """A lack is gone before its days are over: the firm works again from ``restart`` on, if it lacks no more."""
        firm.tickets.discard(ticket)
        for other in firm.tickets:
            restart = max(restart, firm.freed_on + self.days_by_itself(firm, other, day))
        firm.restart_on = min(restart, firm.restart_on)

    def _look_at_its_cash(self, firm: Firm, day: int) -> None:
        """A lack of funds is gone when there is cash."""
        if "funds" in firm.tickets and has_funds(self.province, firm) and not self.has_passed(firm, "funds", day):
            self.end(firm, "funds", day, day)

    def _restart(self, firm: Firm, day: int) -> None:
        """A firm works again."""
        self.province.restarts.restart(firm, day)
        firm.status = "open"
        firm.open_from = day
        firm.tickets = set()


def persons_to_find(province: Province, firm: Firm) -> int:
    """Persons whom a firm that lacks labour must find."""
    return max(1, whole(province.calibration("restart.missing_staff") * firm.staff))


def funds_to_restart(province: Province, firm: Firm) -> float:
    """Fen of cash below which a firm lacks funds to restart."""
    return outlays(province, firm) * province.calibration("restart.funds_cash_months")


def has_funds(province: Province, firm: Firm) -> bool:
    """Whether a firm has the cash that it needs to restart."""
    return firm.cash >= funds_to_restart(province, firm)


def bridging_loan(province: Province, firm: Firm) -> int:
    """Fen that a firm needs to have the cash to restart."""
    return max(1, whole(funds_to_restart(province, firm)) - firm.cash)


def sent(province: Province, capacity: str, prefecture: int, day: int) -> float:
    """What service measures in force send of a kind of staff to a prefecture, together."""
    return sum(float(rule.says(capacity, day)) for rule in province.policy.in_force(day, prefecture, "service"))


def where_it_hands_in(province: Province, firm: Firm, day: int) -> int | None:
    """Whose queue a firm's problems go to: of listed firms to the officers if there are any, else to the counter."""
    if "key_firm" in firm.flags and sent(province, "liaison_capacity", firm.prefecture, day) > 0.0:
        return LISTED
    return OTHERS if sent(province, "counter_capacity", firm.prefecture, day) > 0.0 else None
