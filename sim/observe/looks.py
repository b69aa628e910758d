"""The looks into a run: the firms themselves on chosen days, how they are spread, and who stopped and came back.

A look reads the firms' columns and writes nothing that the model reads: a run that is looked into and one that is not
agree to the last bit, and what nobody asks for is not even counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.firm.decision import reach
from sim.observe.inside import GROUPED_BY, Inside, distribution
from sim.observe.observers import FILED, GRANTED, KNOWN, count_measures, results_with_owner
from sim.observe.stops import Stops
from sim.observe.tables import LOOKED_INTO, named, nothing
from sim.observe.universes import STRATA, Strata
from sim.parameters import Parameters
from sim.population.columns import Firms
from sim.population.counties import counties
from sim.population.draws import outlays_of, tables_of
from sim.population.synthesis import Population
from sim.random_numbers import Purpose, uniforms
from sim.timeline import COHORTS, Timeline
from sim.units import MONTH_DAYS
from sim.vocabulary import CUSTOMERS, EXIT_CAUSES, FACTS, LANDLORDS, SECTORS, SIZES, STATUSES, Status, bit

if TYPE_CHECKING:
    import pandas as pd

    from sim.firm.state import State

INSURED: Final = bit(FACTS, "insured")
LATE: Final = bit(FACTS, "late_on_loan")
BAD: Final = bit(FACTS, "loan_bad")


class Looks:
    """The looks into one run: when, and what they see. Nothing is done for what ``inside`` does not ask."""

    def __init__(
        self,
        inside: Inside | None,
        population: Population,
        strata: Strata,
        parameters: Parameters,
        timeline: Timeline,
        state: State,
        on_application: NDArray[np.bool_],
    ) -> None:
        """``strata``: of a population that has not lived yet. ``stops`` also look after a day's outbreak.

        ``state``: of the run; ``on_application`` (M,): which of them firms ask for.
        """
        self.inside = inside or Inside()
        self.population, self.strata, self.parameters = population, strata, parameters
        self.counties, self.timeline = counties(), timeline
        self._state, self._on_application = state, on_application
        self._days = self.inside.on(timeline)
        self._snapshots: list[pd.DataFrame] = []
        self._distributions: list[pd.DataFrame] = []
        self.stops = Stops(population.firms, strata, timeline) if self.inside.stops else None
        if self._days or self.inside.distributions:
            self._sample = self._chosen()

    def evenings(self) -> Iterator[tuple[list[int], Callable[[int], None]]]:
        """What is looked at on the evenings of which days."""
        if self.stops is not None:
            yield list(range(self.timeline.days)), self.stops.count
        if self._days:
            yield self._days, self._write_down
        if self.inside.distributions:
            yield list(self.timeline.month_ends()), self._spread

    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables of ``LOOKED_INTO`` by name, those without a row that nobody asked for."""
        import pandas as pd

        found = {name: nothing(name) for name in LOOKED_INTO}
        if self._snapshots:
            found["snapshots"] = pd.concat(self._snapshots, ignore_index=True)
        if self._distributions:
            found["distributions"] = pd.concat(self._distributions, ignore_index=True)
        if self.stops is not None:
            found["resumption"] = self.stops.resumption()
            found["stops"] = self.stops.table(self.counties)
        return found

    def _write_down(self, day: int) -> None:
        self._snapshots.append(self.snapshot(day, self._sample))

    def _spread(self, day: int) -> None:
        everybody = np.ones(len(self.population.firms.key), np.bool_)
        self._distributions.append(distribution(self.snapshot(day, everybody), GROUPED_BY))

    def _chosen(self) -> NDArray[np.bool_]:
        """Which rows are looked at."""
        firms = self.population.firms
        founders = firms.born_on < 0
        if self.inside.sample is None or self.inside.sample >= np.count_nonzero(founders):
            return np.ones(len(firms.key), np.bool_)
        lot = np.empty(len(firms.key))
        uniforms(0, int(Purpose.SAMPLE), firms.key, lot)
        return np.asarray(lot <= np.partition(lot[founders], self.inside.sample - 1)[self.inside.sample - 1])

    def snapshot(self, day: int, among: NDArray[np.bool_]) -> pd.DataFrame:
        """The firms among some rows (n,) as they stand on the evening of ``day`` (columns: ``TABLES['snapshots']``)."""
        import pandas as pd

        firms, places = self.population.firms, self.counties
        rows = np.flatnonzero(among & (firms.status != Status.UNBORN))
        outlays = np.empty(len(firms.key), np.int64)
        outlays_of(firms, tables_of(self.parameters), outlays)
        reaches = np.empty(len(firms.key))
        state = self._state
        reach(day, int(self.timeline.month[day]), firms, state.behaviour, state.seed, reaches)
        one = Firms(*(column[rows] for column in firms))  # type: ignore[arg-type]
        lives = one.status != Status.EXITED
        measures = np.zeros((len(rows), 3), np.int16)
        count_measures(one, state.terms, state.behaviour, self._on_application, measures)
        outlays = np.where(lives, outlays[rows], 0)
        settled = self._settled(day, rows) * one.usual_sales
        sales, staff_before = one.usual_sales, self.strata.jobs[rows]
        receivables = one.receivables_public + one.overdue_public + one.receivables_private
        arrears = one.arrears_public + one.arrears_private + one.overdue_payables
        last_day = np.where(lives, day, one.exited_on)
        months_old = one.age_months + (last_day - np.maximum(one.born_on, 0)) / MONTH_DAYS
        founder = one.born_on < 0
        with_owner = np.empty(len(rows), np.int64)
        results_with_owner(one, day, self.timeline.date(day).month, with_owner)
        began = np.datetime64(self.timeline.start, "ns")
        left_on = began + np.where(lives, 0, one.exited_on).astype("timedelta64[D]")

        def of_living(part: Any, whole: Any, factor: float = 1.0) -> NDArray[np.float64]:
            known = lives & (whole > 0)
            return np.asarray(np.divide(part * factor, whole, out=np.full(len(rows), np.nan), where=known))

        return pd.DataFrame(
            {
                "date": np.full(len(rows), began + np.timedelta64(day, "D")),
                "firm": one.key,
                "entities": one.weight,
                "prefecture": named(one.prefecture, places.prefecture_code),
                "county": named(one.county, places.code),
                "sector": named(one.sector, SECTORS),
                "size": named(one.size, SIZES),
                "universe": named(self.strata.stratum[rows], STRATA),
                "landlord": named(one.landlord, LANDLORDS),
                "customer": named(one.customer, CUSTOMERS),
                "founder": founder,
                "age_years": months_old / 12,
                "status": named(one.status - Status.OPEN, STATUSES[Status.OPEN :]),
                "exit_cause": named(np.where(lives, 0, one.exit_cause + 1), ("", *EXIT_CAUSES)),
                "exited_on": np.where(lives, np.datetime64("NaT", "ns"), left_on),
                "stopped": one.suspended_on >= 0,
                "usual_sales_fen": sales,
                "expected_sales": np.where(lives, one.expected, np.nan).astype(np.float64),
                "usual_staff": one.usual_staff,
                "staff": one.staff,
                "staff_change": of_living(one.staff, staff_before) - 1,
                "outlays_fen": outlays,
                "cash_fen": one.cash,
                "cash_months": of_living(one.cash, outlays),
                "cash_reach_months": np.where(lives, reaches[rows], np.nan),
                "arrears_in_months": np.where(lives, np.where(arrears > 0, 0.0, reaches[rows]), np.nan),
                "receivables_fen": receivables,
                "receivables_days": of_living(receivables, sales, MONTH_DAYS),
                "overdue_to_firm_fen": one.overdue_public,
                "buffer_months": one.buffer_months.astype(np.float64),
                "reservation_fen": one.reservation.astype(np.int64),
                "payables_fen": one.payables,
                "payables_days": of_living(one.payables, one.materials_share * sales, MONTH_DAYS),
                "arrears_fen": arrears,
                "arrears_months": of_living(arrears, outlays),
                "loan_fen": one.loan,
                "debt_ratio": of_living(one.loan, 12 * sales),
                "loan_rate": np.where(lives & (one.loan > 0), one.loan_rate, np.nan).astype(np.float64),
                "loan_term": np.where(lives & (one.loan > 0), one.loan_term, 0).astype(np.int8),
                "late_on_loan": lives & (one.facts & LATE != 0),
                "loan_bad": lives & (one.facts & BAD != 0),
                "insured": one.facts & INSURED != 0,
                "result_of_year_fen": one.profit_this_year,
                "result_with_owner_fen": np.where(lives, with_owner, one.profit_this_year),
                "margin": of_living(one.profit_this_year, settled),
                "margin_with_owner": of_living(with_owner, settled),
                "distressed_months": one.distressed_months,
                "measures_known": measures[:, KNOWN],
                "measures_applied": measures[:, FILED],
                "measures_granted": measures[:, GRANTED],
            }
        )

    @cached_property
    def _cohort(self) -> NDArray[np.int64]:
        """The cohort of each row, (n,)."""
        return np.repeat(np.arange(COHORTS), np.diff(self.population.cohort_start))

    def _settled(self, day: int, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Months that each of some rows has settled by an evening, in the year of its last settlement."""
        month, cohort, born_on = self.timeline.month, self._cohort[rows], self.population.firms.born_on[rows]
        year = (month + self.timeline.start.month - 1) // 12
        last, number = np.zeros(COHORTS, np.int64), np.zeros(COHORTS, np.int64)
        for one in range(COHORTS):
            settled = np.flatnonzero(self.timeline.cohort[: day + 1] == one)
            if len(settled):
                last[one] = month[settled[-1]]
                number[one] = np.count_nonzero(year[settled] == year[settled[-1]])
        # The first settlement of a newcomer opens it, and settles nothing.
        since_birth = np.where(born_on < 0, number[cohort], last[cohort] - month[np.maximum(born_on, 0)])
        return np.minimum(number[cohort], since_birth)
