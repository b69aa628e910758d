"""What measures say: each on a day, and all of them together."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from sim.firm.effects import EFFECTS
from sim.measure import Measure
from sim.population.counties import Counties
from sim.timeline import Timeline
from sim.vocabulary import SECTOR_GROUPS, SECTORS, SIZES
from tests.reference.firm import Firm

LONGEST_PROCESSING = 400  # working days
FAR = 10**6  # days: an end that nobody has named
NEUTRAL = {effect.name: effect.neutral for effect in EFFECTS}


class Rule:
    """One measure of the scenario."""

    def __init__(self, measure: Measure, timeline: Timeline, counties: Counties) -> None:
        self.measure, self.id, self.values = measure, measure.id, measure.values  # what reactions set: `says`
        self.kind = "payment" if measure.instrument in ("grant", "refund") else measure.instrument
        self.facts = frozenset(measure.eligible.facts)
        self.identity = int.from_bytes(hashlib.sha256(measure.id.encode()).digest()[:4], "little")
        self.announced = timeline.day(measure.announced or measure.start)
        self.first = timeline.day(measure.start)
        self.last = timeline.days - 1 if measure.end is None else timeline.day(measure.end)
        self.says_to_end = FAR if measure.end is None else timeline.day(measure.end)  # until which firms count on it
        if measure.withdrawn is not None:  # on its start or before: it is in force on no day
            self.last = min(self.last, timeline.day(measure.withdrawn) - 1)
        self.withdrawn = FAR if measure.withdrawn is None else timeline.day(measure.withdrawn)
        self.began = self.first  # from which days to an application count
        self.has_begun = False
        self.held_back: list[tuple[int, frozenset[int]]] = []  # by reactions: from a day on, in these prefectures
        self.settings: list[tuple[int, Any]] = [(-FAR, measure.values)]  # from a day on, what it says
        self._prefectures = counties.prefecture_count
        self._start = timeline.start
        self._said: dict[tuple[str, int], Any] = {}
        who = measure.eligible
        named = None if who.prefectures is None else {counties.prefecture_index(name) for name in who.prefectures}
        listed = None if who.counties is None else {counties.county(name) for name in who.counties}
        self.counties = {
            c
            for c in range(len(counties))
            if (listed is None or c in listed) and (named is None or int(counties.prefecture[c]) in named)
        }
        self.prefectures = {int(counties.prefecture[c]) for c in self.counties}
        self.sectors = set(SECTORS)
        if who.sectors is not None:
            self.sectors = {sector for name in who.sectors for sector in SECTOR_GROUPS.get(name, (name,))}
        self.sizes = set(SIZES) if who.sizes is None else set(who.sizes)

    def is_held_back(self, day: int, prefecture: int) -> bool:
        """Whether reactions hold the measure back in a prefecture on a day; of days to come as things stand."""
        known = [where for since, where in self.held_back if since <= day]
        return bool(known) and prefecture in known[-1]

    def is_held_back_everywhere(self, day: int) -> bool:
        """Whether reactions hold the measure back in every prefecture."""
        return all(self.is_held_back(day, prefecture) for prefecture in range(self._prefectures))

    def in_force(self, day: int, prefecture: int) -> bool:
        """Whether the measure is in force in a prefecture on a day."""
        return self.first <= day <= self.last and not self.is_held_back(day, prefecture)

    def in_force_anywhere(self, day: int) -> bool:
        """Whether the measure is in force in any prefecture on a day."""
        return self.first <= day <= self.last and not self.is_held_back_everywhere(day)

    def is_heard_of(self, day: int, prefecture: int) -> bool:
        """Whether firms of a prefecture hear of the measure: it is announced and has not ended, in force or not yet."""
        return self.announced <= day <= self.last and not self.is_held_back(day, prefecture)

    def is_withdrawn(self, day: int) -> bool:
        """Whether the measure has been called off by a day."""
        return day >= self.withdrawn

    def says(self, name: str, day: int, otherwise: Any = None) -> Any:
        """A dated value on a day; of a measure that has ended, the value of its last day.

        ``otherwise``: where it says nothing; if that is not given either, what is declared as neutral for the effect of
        that name, and nothing at all for a value that is no effect by itself.
        """
        if otherwise is None:
            otherwise = NEUTRAL.get(name, 0.0)
        if day < self.first:
            return otherwise
        day = min(day, max(self.last, self.first))  # one that will be withdrawn before its start is still counted on
        while self.held_back and self.is_held_back_everywhere(day):  # as on the last day on which it was in force
            day -= 1
            if day < max(self.first, 0):
                return otherwise
        if (name, day) not in self._said or len(self.settings) > 1:
            table = getattr([values for since, values in self.settings if since <= day][-1], name)
            self._said[name, day] = None if table is None else table.on(self._start + timedelta(days=day))
        found = self._said[name, day]
        return otherwise if found is None else found

    def qualifies(self, firm: Firm) -> bool:
        """Whether a firm qualifies by its fixed traits."""
        who = self.measure.eligible
        return (
            firm.county in self.counties
            and firm.sector in self.sectors
            and firm.size in self.sizes
            and (who.landlords is None or firm.landlord in who.landlords)
            and firm.flags.issuperset(who.flags)
        )

    @property
    def is_decided(self) -> bool:
        """Whether somebody decides on each case."""
        return self.measure.delivery.way in ("application", "by_list", "negotiated")

    @property
    def has_desk(self) -> bool:
        """Whether its cases go to desks of its own; else each has a handler."""
        return self.is_decided and self.measure.delivery.capacity is not None

    @property
    def has_months(self) -> bool:
        """Whether it relieves a number of bills and then no more."""
        return self.kind == "relief" and self.values.months is not None

    @property
    def is_monthly(self) -> bool:
        """Whether it pays every month while it lasts."""
        return self.kind == "payment" and self.values.repeats == "monthly"


class Policy:
    """All measures of a scenario, in the order of their ids."""

    def __init__(self, measures: tuple[Measure, ...], timeline: Timeline, counties: Counties) -> None:
        self.rules = [Rule(measure, timeline, counties) for measure in measures]
        self.by_id = {rule.id: rule for rule in self.rules}
        self._day = -1
        self._in_force: dict[tuple[Any, ...], list[Rule]] = {}
        self._automatic: dict[tuple[int, int], set[str]] = {}

    def in_force(self, day: int, prefecture: int, *kinds: str) -> list[Rule]:
        """Measures of these kinds that are in force in a prefecture on a day."""
        if day != self._day:
            self._day, self._in_force, self._automatic = day, {}, {}
        if (prefecture, kinds) not in self._in_force:
            rules = [rule for rule in self.rules if rule.kind in kinds and rule.in_force(day, prefecture)]
            self._in_force[prefecture, kinds] = rules
        return self._in_force[prefecture, kinds]

    def factor(self, kind: str, name: str, day: int, prefecture: int, reaches: Any) -> float:
        """Product of a value over the measures in force of a kind in a prefecture for which ``reaches`` holds."""
        product = 1.0
        for rule in self.in_force(day, prefecture, kind):
            if getattr(rule.values, name) is not None and reaches(rule):
                product *= rule.says(name, day, 1.0)
        return product

    def is_automatic(self, rule: Rule, day: int, prefecture: int) -> bool:
        """Whether a measure is given in a prefecture without application: by itself, or by a service measure."""
        services = self.in_force(day, prefecture, "service")
        if (day, prefecture) not in self._automatic:
            named = {r.id for r in self.rules if self._comes_by_itself(r)}
            for service in services:
                if service.values.automatic:
                    named.update(r.id for r in self.rules if targets(service, r))
            self._automatic[day, prefecture] = named
        return rule.id in self._automatic[day, prefecture]

    @staticmethod
    def _comes_by_itself(rule: Rule) -> bool:
        if rule.measure.delivery.way == "automatic":
            return True
        return rule.kind == "cultivation" and rule.values.quota is None

    def processing_days(self, rule: Rule, day: int, prefecture: int) -> float:
        """Working days before a case of a measure can be decided, not rounded; with a handler for each their mean."""
        agency = rule.measure.delivery.agency
        days = float(rule.measure.delivery.processing_days)
        if agency is not None:
            days *= self.factor("service", "processing", day, prefecture, lambda service: serves(service, agency))
        return days


def targets(service: Rule, rule: Rule) -> bool:
    """Whether a service measure names a measure or its action, or nothing and so all."""
    named = service.values.target
    return not named or rule.id in named or rule.measure.action in named


def serves(service: Rule, agency: str) -> bool:
    """Whether a service measure changes the desks of an agency: it names it, or none and so all."""
    return not service.values.agencies or agency in service.values.agencies
