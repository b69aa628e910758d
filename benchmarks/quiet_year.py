"""Which values of what evidence leaves open give a quiet year as statistics and surveys see it.

Two years without an outbreak, a wave, friction or a plan are lived through at each point of a small grid of parameters
that no evidence fixes; each point's moments are printed beside the spans of what is published. Nothing of a run with
measures is looked at, and nothing is written: a value moves by hand, in ``calibration/parameters.yaml``.

    python benchmarks/quiet_year.py                    the whole grid, 8,000 rows
    python benchmarks/quiet_year.py --firms 20000      more rows
    python benchmarks/quiet_year.py --here             only the values that stand
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

import sim

if TYPE_CHECKING:
    import pandas as pd

    from sim.observe.tables import Result

WORLD: Final = Path(__file__).resolve().parents[1] / "scenarios" / "validation" / "ordinary_year.yaml"
START: Final = date(2022, 1, 1)
QUARTERS: Final = tuple(
    date(year, month, day) for year in (2022, 2023) for month, day in ((3, 31), (6, 30), (9, 30), (12, 31))
)
FIRST_END, SECOND_END = QUARTERS[3], QUARTERS[7]
SOLVENT: Final = ("retired", "closed", "closed_while_stopped")
# Levers of the grid; that of the retirement of owners is a factor on all sizes.
GRID: Final = {
    "parameters.leaving.hazard_per_month": (0.02, 0.03, 0.04),
    "parameters.firm.tight_share": (0.7, 1.0),
    "parameters.costs.margin_permanent_share": (0.2, 0.3, 0.4),
    "parameters.leaving.retirement_per_year": (0.8, 1.0, 1.3),
}

Chosen = Callable[["pd.DataFrame"], "pd.Series[bool]"]


class Moment(NamedTuple):
    """What a quiet year shows, in percent or, of differences, percentage points: one value or one a quarter.

    ``low`` and ``high``: the span that surveys and statistics give; infinite where there is no bound, and both where
    nothing is published.
    """

    what: str
    values: tuple[float, ...]
    low: float
    high: float

    @property
    def lies_within(self) -> bool:
        """Whether every value lies in the span."""
        return all(self.low <= value <= self.high for value in self.values)

    @property
    def distance(self) -> float:
        """Mean square of the values' distance from the middle of the span, in halves of it.

        With a bound on one side only, of what lies beyond it, in points.
        """
        if np.isinf(self.low) or np.isinf(self.high):
            beyond = [max(self.low - value, value - self.high, 0.0) for value in self.values]
        else:
            middle, half = (self.low + self.high) / 2, (self.high - self.low) / 2
            beyond = [(value - middle) / half for value in self.values]
        return float(np.mean(np.square(beyond)))


def lived(firms: int, seed: int = 1, levers: Mapping[str, float] | None = None) -> Result:
    """Two quiet years; ``snapshots`` has their firms on the first day and at the end of each quarter."""
    inside = sim.Inside(days=(START, *QUARTERS))
    return sim.run(WORLD, firms=firms, seed=seed, levers=dict(levers or {}), inside=inside)


def living(snapshots: pd.DataFrame, on: date) -> pd.DataFrame:
    """Those that live on the evening of a day."""
    return snapshots[(snapshots["date"] == np.datetime64(on)) & (snapshots["status"] != "exited")]


def share(firms: pd.DataFrame, which: pd.Series[bool]) -> float:
    """Percent of the entities."""
    weights = firms["entities"].to_numpy(float)
    return float(100 * weights[which.to_numpy()].sum() / weights.sum())


def gone(snapshots: pd.DataFrame, since: date, until: date, which: Chosen | None = None) -> float:
    """Percent of those that live on one evening, all or ``which`` of them, that have left by another."""
    there = living(snapshots, since)
    there = there if which is None else there[which(there)]
    return 100 - share(there, there["firm"].isin(living(snapshots, until)["firm"]))


def moments(result: Result) -> list[Moment]:
    """All that a quiet year is held against; ``result`` as :func:`lived` gives it."""
    snapshots = result.snapshots
    evenings = [living(snapshots, day) for day in QUARTERS]
    ends = [evenings[3], evenings[7]]
    cash = {
        "under one month": ([share(firms, firms["cash_months"] <= 1) for firms in evenings], 20.0, 45.0),
        "under three": ([share(firms, firms["cash_months"] <= 3) for firms in evenings], 64.0, 85.0),
        "above six": ([share(firms, firms["cash_months"] > 6) for firms in evenings], 7.0, 21.0),
    }
    found = [Moment(f"cash {which}, quarters 1 to 8", tuple(values), *span) for which, (values, *span) in cash.items()]
    found += [Moment(f"cash {which}, quarter 8 less 1", (v[-1] - v[0],), -4.0, 4.0) for which, (v, *_) in cash.items()]
    exits = tuple(gone(snapshots, *year) for year in ((START, FIRST_END), (FIRST_END, SECOND_END)))
    of_second = (FIRST_END, SECOND_END)
    infant = gone(snapshots, *of_second, lambda firms: firms["age_years"] < 1)
    older = gone(snapshots, *of_second, lambda firms: (firms["age_years"] >= 1) & (firms["age_years"] < 2))
    micro, medium = (gone(snapshots, START, SECOND_END, _of_size(size)) for size in ("micro", "medium"))
    losers = gone(snapshots, *of_second, lambda firms: firms["result_of_year_fen"] < 0)
    left = snapshots[(snapshots["date"] == np.datetime64(SECOND_END)) & (snapshots["status"] == "exited")]
    return [
        *found,
        Moment("exits, each year", exits, 6.0, 10.5),
        Moment("exits of the first year of life less the second", (infant - older,), -np.inf, 0.0),
        Moment("exits of medium firms less micro ones, two years", (medium - micro,), -np.inf, 0.0),
        Moment("loss-makers gone in a year", (losers,), 19.0, 33.0),
        Moment(
            "enterprises with a loss, each year's end",
            tuple(_loss(firms[firms["size"] != "individual"], "result_of_year_fen") for firms in ends),
            13.2,
            41.4,
        ),
        Moment(
            "individual and micro with a loss after the owner has lived, quarter 5",
            (_loss(evenings[4][evenings[4]["size"].isin(["individual", "micro"])], "result_with_owner_fen"),),
            22.0,
            30.0,
        ),
        Moment("exits that pay everybody", (share(left, left["exit_cause"].isin(SOLVENT)),), 30.0, 63.0),
        Moment(
            "non-performing loans, each year's end",
            tuple(_bad_loans(result, end) for end in (FIRST_END, SECOND_END)),
            1.5,
            5.0,
        ),
        Moment(
            "firms with bills overdue, quarters 1 to 8",
            tuple(share(firms, firms["arrears_fen"] > 0) for firms in evenings),
            -np.inf,
            np.inf,
        ),
    ]


def _of_size(size: str) -> Chosen:
    return lambda firms: firms["size"] == size


def _loss(firms: pd.DataFrame, result: str) -> float:
    return share(firms, firms[result] < 0)


def _bad_loans(result: Result, year_end: date) -> float:
    """Percent of the money lent that is bad, or was lost in the year: banks keep on their books what they have lost."""
    firms, ledger = living(result.snapshots, year_end), result.ledger
    loans = firms["loan_fen"].to_numpy(float) * firms["entities"].to_numpy(float)
    of_year = ledger["month"].str.startswith(str(year_end.year))
    lost = ledger["amount_fen"][of_year & (ledger["flow"] == "loan") & (ledger["kind"] == "written_off")].sum()
    return float(100 * (loans[firms["loan_bad"].to_numpy(bool)].sum() + lost) / (loans.sum() + lost))


def told(found: Sequence[Moment]) -> str:
    """A line for each moment: what it is, its values, its span, and a star where it is missed."""
    lines = []
    for moment in found:
        values = " ".join(f"{value:.1f}" for value in moment.values)
        span = "" if np.isinf(moment.low) and np.isinf(moment.high) else f"{moment.low:g} to {moment.high:g}"
        lines.append(f"  {moment.what:<70}{values:<44}{span:<14}{'' if moment.lies_within else '*'}".rstrip())
    return "\n".join(lines)


def main() -> None:
    """Live through every point of the grid and print what it gives."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--firms", type=int, default=8_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--here", action="store_true", help="only the values that stand in calibration/")
    asked = parser.parse_args()
    points: list[dict[str, float]] = [{}]
    if not asked.here:
        points += [dict(zip(GRID, values, strict=True)) for values in product(*GRID.values())]
    sums = []
    for point in points:
        found = moments(lived(asked.firms, asked.seed, point))
        sums.append(sum(moment.distance for moment in found))
        name = ", ".join(f"{lever.removeprefix('parameters.')} {value:g}" for lever, value in point.items())
        print(f"{name or 'the values that stand'}: sum of squared distances {sums[-1]:.2f}")
        print(told(found), flush=True)
    best = points[int(np.argmin(sums))]
    print(f"\nLeast sum of squared distances, {min(sums):.2f}: {best or 'the values that stand'}.")
    print(
        "Distances are from the middle of a span, in halves of it; * lies outside. No run with measures is looked at."
    )


if __name__ == "__main__":
    main()
