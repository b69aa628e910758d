"""How measures become known."""

from __future__ import annotations

import math
from collections import defaultdict

from tests.reference.bills import MONTH_DAYS
from tests.reference.policy import Rule, targets
from tests.reference.province import Province


class Publicity:
    """The cumulated hazard of knowing, by measure, prefecture and size."""

    def __init__(self, province: Province) -> None:
        self.province = province
        self.cumulated: dict[tuple[str, int, str], float] = defaultdict(float)
        self.near: dict[tuple[str, int], float] = {}
        self.qualified: dict[tuple[str, int], int] = defaultdict(int)
        for (rule, prefecture, _), firms in province.entitled.items():
            self.qualified[rule, prefecture] += firms

    def look_around(self) -> None:
        """Of the firms of a prefecture that qualify for a measure, the share that has it."""
        holders = self.province.stations.holders
        self.near = {place: holders[place] / max(firms, 1) for place, firms in self.qualified.items()}

    def spread(self, day: int) -> None:
        """One day; neighbours are looked at every seventh day, and whenever a measure or a fund changes."""
        province, p = self.province, self.province.calibration
        if day % 7 == 0:
            self.look_around()
        campaigns: dict[str, list[Rule]] = {
            rule.id: [s for s in province.policy.in_force(day, "service") if targets(s, rule)]
            for rule in province.policy.rules
            if rule.in_force(day)
        }
        for rule, prefecture, size in province.entitled:
            if rule not in campaigns:
                continue
            told = 0.0
            for service in campaigns[rule]:
                if prefecture in service.prefectures and size in service.sizes:
                    told += service.says("awareness", day)
            hazard = p("delivery.awareness_per_month", size) + told + p("delivery.peers") * self.near[rule, prefecture]
            self.cumulated[rule, prefecture, size] += hazard / MONTH_DAYS
            province.aware[rule, prefecture, size] = 1.0 - math.exp(-self.cumulated[rule, prefecture, size])
