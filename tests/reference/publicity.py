"""How measures become known."""

from __future__ import annotations

from collections import defaultdict

from tests.reference.bills import MONTH_DAYS
from tests.reference.policy import Rule, targets
from tests.reference.province import Province


class Publicity:
    """The hazard of learning of a measure that is announced, by measure, prefecture and size."""

    def __init__(self, province: Province) -> None:
        self.province = province
        self.hazard: dict[tuple[str, int, str], float] = {}  # a month
        self.qualified: dict[tuple[str, int], int] = defaultdict(int)
        for (rule, prefecture, _), firms in province.entitled.items():
            self.qualified[rule, prefecture] += firms

    def update_hazard(self, day: int) -> None:
        """Set the hazard anew: by size, by campaigns, by neighbours that have the measure."""
        province, p = self.province, self.province.calibration
        self.hazard = {}
        for rule, prefecture, size in province.entitled:
            if province.policy.by_id[rule].is_heard_of(day, prefecture):
                told = self._told(province.policy.by_id[rule], prefecture, size, day)
                near = province.stations.holders[rule, prefecture] / max(self.qualified[rule, prefecture], 1)
                self.hazard[rule, prefecture, size] = (
                    p("delivery.awareness_per_month", size) + told + p("delivery.peers") * near
                )

    def _told(self, rule: Rule, prefecture: int, size: str, day: int) -> float:
        """What campaigns add."""
        told = 0.0
        for service in self.province.policy.in_force(day, prefecture, "service"):
            if service.values.awareness is not None and targets(service, rule):
                if prefecture in service.prefectures and size in service.sizes:
                    told += service.says("awareness", day)
        return told

    def spread(self, day: int) -> None:
        """One day."""
        if day % 7 == 0:
            self.update_hazard(day)
        for place, hazard in self.hazard.items():
            self.province.told[place] += hazard / MONTH_DAYS
