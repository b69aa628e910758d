"""The tables of a calibration, as ``sim.study.questions.calibrate.Calibration`` explains them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim import parameters as calibrated
from sim.study.calibration.coverage import RANKS
from sim.study.calibration.observed import Observed
from sim.study.calibration.screening import FAR as FAR
from sim.study.designs.factors import Factor
from sim.study.statistics.interval_score import interval_score, overlap
from sim.study.statistics.intervals import weighted_quantiles
from sim.study.statistics.sparse_polynomials import Emulators
from sim.study.validation.scoring import PRIOR_ENDS, published
from sim.study.validation.targets import Target

Values = NDArray[np.float64]
TOLD: Final = 0.01  # of a target's variance, below which an influence is not told
IDENTIFIED: Final = 0.2  # by which the posterior's standard deviation is less than the prior's, at least
PREFIX: Final = "parameters."
BINS: Final = 5  # of ranks, whose counts are compared
WHAT: Final = ("low", "middle", "high")


def screened(
    targets: Sequence[Target], observed: Observed, emulators: Emulators, state: Any, implausibilities: Values
) -> pd.DataFrame:
    """What is known of each target before anything is ruled out."""
    table = published(targets)
    known = [column[~np.isnan(column)] for column in implausibilities.T]
    return table.assign(
        scale=[scale.name for scale in observed.scales],
        state=state,
        explained=[one.explained for one in emulators.each],
        emulator_error=emulators.errors,
        chance=observed.chance,
        published_below=observed.below,
        published_above=observed.above,
        discrepancy=observed.discrepancy,
        nearest=[float(column.min()) if len(column) else np.nan for column in known],
        middle=[float(np.median(column)) if len(column) else np.nan for column in known],
    )


def influence(targets: Sequence[str], factors: Sequence[Factor], shares: Values) -> pd.DataFrame:
    """What moves each target, the strongest first."""
    rows = [
        {"target": target, "parameter": _name(factors[k]), "share": shares[place, k]}
        for place, target in enumerate(targets)
        for k in np.argsort(-shares[place], kind="stable")
        if shares[place, k] >= TOLD
    ]
    return pd.DataFrame(rows, columns=["target", "parameter", "share"])


def parameters(factors: Sequence[Factor], points: Values, weight: Values) -> pd.DataFrame:
    """Prior and posterior of each parameter."""
    known = {entry.path: entry for entry in calibrated.load().paths()}
    rows = []
    for k, factor in enumerate(factors):
        entry = known[_name(factor)]
        is_date = isinstance(factor.at(0.5), date)
        column = points[:, k]
        mean = float((weight * column).sum())
        deviation = float(np.sqrt((weight * (column - mean) ** 2).sum()))
        value = 1.0 if isinstance(entry.value, dict) else _number(entry.value)
        prior = [_number(factor.at(end)) for end in PRIOR_ENDS]
        posterior = [_number(factor.at(end)) for end in weighted_quantiles(column, weight, PRIOR_ENDS)]
        shrinkage = 1.0 - deviation * np.sqrt(12.0)
        rows.append([_name(factor), entry.unit, is_date, value, *prior, *posterior, shrinkage, shrinkage >= IDENTIFIED])
    columns = [
        "parameter",
        "unit",
        "is_date",
        "value",
        *(f"{of}_{end}" for of in ("prior", "posterior") for end in WHAT),
    ]
    return pd.DataFrame(rows, columns=[*columns, "shrinkage", "is_identified"])


def draws(factors: Sequence[Factor], points: Values, weight: Values, first: int) -> pd.DataFrame:
    """Draws with their weights, in the units of the parameters."""
    table = pd.DataFrame({"draw": np.arange(first, first + len(points)), "weight": weight})
    columns = {_name(factor): [factor.at(unit) for unit in points[:, k]] for k, factor in enumerate(factors)}
    return pd.concat([table, pd.DataFrame(columns)], axis=1)


def predictive(targets: Sequence[Target], state: Any, prior: Values, posterior: Values, weight: Values) -> pd.DataFrame:
    """What prior and posterior say of each target, beside what is published; of runs, and not of emulators."""
    table = published(targets).assign(state=state)
    even = np.full(len(prior), 1.0 / max(len(prior), 1))
    for name, values, weights in (("prior", prior, even), ("posterior", posterior, weight)):
        ends = [weighted_quantiles(column, weights, PRIOR_ENDS) for column in values.T]
        table[[f"{name}_{end}" for end in WHAT]] = np.array(ends, np.float64).reshape(-1, 3)
    half = (table["published_high"] - table["published_low"]) / 2
    value, low, high = table["published"], table["posterior_low"], table["posterior_high"]
    known = low.notna()
    table["hit"] = pd.Series(overlap(table["published_low"], table["published_high"], low, high), dtype="boolean")
    table["covered"] = ((low <= value) & (value <= high)).astype("boolean")
    is_narrow = (high - low) <= (table["prior_high"] - table["prior_low"]) / 2
    table["sharp"] = table["covered"] & is_narrow
    for name in ("hit", "covered", "sharp"):
        table[name] = table[name].mask(~known)
    table["score_prior"] = interval_score(table["prior_low"], table["prior_high"], value) / half
    table["score"] = interval_score(low, high, value) / half
    return table.drop(columns="world")


def coverage(factors: Sequence[Factor], ranks: Mapping[str, Values], told: pd.DataFrame) -> pd.DataFrame:
    """How often intervals hold what data were made up with, by what made them up (emulators, runs).

    The first row of each is of all parameters that are identified.
    """
    is_identified = told["is_identified"].to_numpy(bool)
    rows: list[list[Any]] = []
    for data, found in ranks.items():
        if len(found):
            rows.append([data, "", *_covered(found[:, is_identified].ravel(), len(found)), True])
            rows += [
                [data, _name(factor), *_covered(found[:, k], len(found)), bool(is_identified[k])]
                for k, factor in enumerate(factors)
            ]
    columns = ["data", "parameter", "sets", "covered_50", "covered_90", "uniform_p", "is_identified"]
    return pd.DataFrame(rows, columns=columns)


def _covered(ranks: Values, sets: int) -> list[float]:
    if not len(ranks):
        return [sets, np.nan, np.nan, np.nan]
    from scipy.stats import chisquare

    inside = [float(((ranks >= (1 - of) / 2 * RANKS) & (ranks <= (1 + of) / 2 * RANKS)).mean()) for of in (0.5, 0.9)]
    counts = np.histogram(ranks, bins=BINS, range=(0, RANKS))[0]
    return [sets, *inside, float(chisquare(counts).pvalue)]


def _name(factor: Factor) -> str:
    return factor.path.removeprefix(PREFIX)


def _number(value: Any) -> float:
    return float(value.toordinal()) if isinstance(value, date) else float(value)
