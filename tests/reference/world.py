"""What happens to everybody, as plain lists by day."""

from __future__ import annotations

from sim.parameters import Parameters
from sim.population.counties import Counties
from sim.timeline import Timeline
from sim.vocabulary import SECTORS
from sim.world.orders import to_firms
from sim.world.spec import WorldSpec
from sim.world.world import build


class World:
    """Severity, listings and testing by day and county, friction by day, demand by day and sector."""

    def __init__(self, spec: WorldSpec, parameters: Parameters, counties: Counties, timeline: Timeline) -> None:
        built = build(spec, parameters, counties, timeline)
        self._spec, self._timeline, self._codes = spec, timeline, counties.code
        self.severity: list[list[float]] = built.severity.tolist()
        self.listed: list[list[bool]] = built.listed.tolist()
        self.testing: list[list[bool]] = built.testing.tolist()
        self.friction: list[float] = built.friction.tolist()
        self._demand: list[list[float]] = built.demand.tolist()
        self._course: list[list[float]] = built.course.tolist()
        self.to_firms: list[list[float]] = to_firms(parameters).tolist()  # by sector that sells, by sector that buys
        self.friction_sensitivity = dict(zip(SECTORS, built.friction_sensitivity.tolist(), strict=True))
        self.closed_share_max = dict(zip(SECTORS, built.closed_share_max.tolist(), strict=True))
        self.control_drag = dict(zip(SECTORS, built.control_drag.tolist(), strict=True))

    def demand(self, day: int, sector: str) -> float:
        """Factor on usual sales."""
        return self._demand[day][SECTORS.index(sector)]

    def course(self, day: int, sector: str) -> float:
        """Factor on usual sales by the published record."""
        return self._course[day][SECTORS.index(sector)]

    def may_not_work(self, day: int, county: int) -> dict[tuple[str, str], float]:
        """Share of the firms of a county that may not work by order, by sector and size; the last order holds."""
        shares: dict[tuple[str, str], float] = {}
        for stop in self._spec.stops:
            share = stop.closed.on(self._timeline.date(day))
            if share is not None and self._codes[county].startswith(stop.area):
                for sector in stop.every_sector():
                    for size in stop.every_size():
                        shares[sector, size] = share
        return {which: share for which, share in shares.items() if share > 0}

    def staff_away(self, day: int, sector: str) -> float:
        """Share of the staff of firms of a sector that is away."""
        outsiders = {name: share for sectors, share in self._spec.outsiders_by_sector() for name in sectors}
        today = self._timeline.date(day)
        stated = sorted(self._spec.staff_away.items())
        if sector not in outsiders or not stated or today < stated[0][0]:
            return 0.0
        before, share = max((one, share) for one, share in stated if one <= today)
        after, then = min((one for one in stated if one[0] > today), default=(None, share))
        passed = 0.0 if after is None else (today - before).days / (after - before).days
        return outsiders[sector] * (share + passed * (then - share))

    def days_tested(self, county: int, first: int, last: int) -> int:
        """Days of the horizon from ``first`` to the one before ``last`` on which staff of a county are tested."""
        return sum(self.testing[day][county] for day in range(max(first, 0), last))
