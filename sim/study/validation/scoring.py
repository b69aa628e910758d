"""How near the model comes to its targets: a verdict and scores a target, and what they come to by group.

The words, as the documents and the page say them too. *Hit*: the 90 % interval of the published figure and the model's
have a value in common. The model's interval at the values of its parameters as they are is Student's, of the mean over
replications: it holds chance alone. Where a posterior is kept, the interval over draws of it stands in its place. The
*prior's* interval is what lies between the 5 % and the 95 % quantile over draws of all parameters from their priors.
*Covered*: the published value lies inside the prior's interval. *Sharp*: the published value lies inside a posterior's
interval at most half as wide as the prior's; nothing is sharp as long as nothing is fitted. *Score*: the interval score
for the published value, in units of half the width of the published interval; less is better.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.study.reductions.readings import ReadingSpec
from sim.study.statistics.interval_score import CONFIDENCE, interval_score, overlap
from sim.study.statistics.intervals import confidence_limits, quantile, weighted_quantiles
from sim.study.validation.targets import GROUPS, USES, Target, TargetEntry

HIT, MISS, NO_VALUE, NOT_ANSWERABLE = VERDICTS = ("hit", "miss", "no_value", "not_answerable")
AS_THEY_ARE: Final = 0  # the draw of the values as they are; draws from the priors count from 1
PRIOR_ENDS: Final = ((1 - CONFIDENCE) / 2, 0.5, (1 + CONFIDENCE) / 2)
PUBLISHED, MODEL = (
    ("published", "published_low", "published_high"),
    ("model", "model_low", "model_high"),
)
PRIOR: Final = ("prior_low", "prior_middle", "prior_high")
ALL: Final = "all"
AS_WIDE: Final = 2.0  # the width of the published interval in its own half widths
Values = NDArray[np.float64]


def published(targets: Sequence[Target]) -> pd.DataFrame:
    """What is asked and published, target by target: the first columns of ``Validation.targets``."""
    entries = [target.entry for target in targets]
    return pd.DataFrame(
        {
            "target": [target.id for target in targets],
            "group": [entry.group for entry in entries],
            "use": [entry.use for entry in entries],
            "unit": [entry.unit for entry in entries],
            "world": [entry.world or "" for entry in entries],
            **{
                name: np.array([getattr(entry, field) for entry in entries], np.float64)
                for name, field in zip(PUBLISHED, ("value", "low", "high"), strict=True)
            },
        }
    )


def score(
    targets: Sequence[Target],
    readings: pd.DataFrame,
    before: Mapping[str, tuple[float, float]],
    fitted: Mapping[int, float] = MappingProxyType({}),
) -> pd.DataFrame:
    """The verdict and the scores of each target, in their order; the columns are told by ``Validation.targets``.

    ``readings``: draw, replication, target, value. ``before``: of targets the model's interval in the release before.
    ``fitted``: draws of the posterior and their weights; without any nothing is fitted.
    """
    table = published(targets)
    known = readings[readings["value"].notna()]
    is_fitted = known["draw"].isin(fitted)
    is_prior = (known["draw"] != AS_THEY_ARE) & ~is_fitted
    at_values = _by_target(known[known["draw"] == AS_THEY_ARE])
    over_priors, over_posterior = _by_target(known[is_prior]), dict(list(known[is_fitted].groupby("target")))
    nothing = np.array([])
    model = [
        _posterior(over_posterior.get(target.id, known[:0]), fitted)
        if len(fitted)
        else _mean(at_values.get(target.id, nothing), target.entry)
        for target in targets
    ]
    prior = [_quantiles(over_priors.get(target.id, nothing)) for target in targets]
    table[list(MODEL)] = np.array(model, np.float64).reshape(-1, 3)
    table[list(PRIOR)] = np.array(prior, np.float64).reshape(-1, 3)
    table["replications"] = [len(at_values.get(target.id, nothing)) for target in targets]
    table["draws"] = [len(over_priors.get(target.id, nothing)) for target in targets]
    table["verdict"] = _verdicts(targets, table)
    unit = (table["published_high"] - table["published_low"]) / 2
    value = table["published"]
    covered = (table["prior_low"] <= value) & (value <= table["prior_high"])
    table["covered_by_prior"] = covered.astype("boolean").mask(table["prior_low"].isna())
    table["sharp"] = _sharp(table) if len(fitted) else pd.array([pd.NA] * len(table), "boolean")
    table["width"] = (table["model_high"] - table["model_low"]) / unit
    table["width_prior"] = (table["prior_high"] - table["prior_low"]) / unit
    table["score"] = interval_score(table["model_low"], table["model_high"], value) / unit
    table["score_prior"] = interval_score(table["prior_low"], table["prior_high"], value) / unit
    ends = np.array([before.get(target.id, (np.nan, np.nan)) for target in targets], np.float64).reshape(-1, 2)
    table["score_before"] = interval_score(ends[:, 0], ends[:, 1], value) / unit
    hit_before = overlap(table["published_low"], table["published_high"], ends[:, 0], ends[:, 1])
    table["hit_before"] = pd.Series(hit_before, dtype="boolean").mask(np.isnan(ends[:, 0]))
    return table


def _by_target(readings: pd.DataFrame) -> dict[str, Values]:
    return {str(name): rows["value"].to_numpy(float) for name, rows in readings.groupby("target", sort=False)}


def _posterior(readings: pd.DataFrame, weights: Mapping[int, float]) -> tuple[float, float, float]:
    """Median, and from the 5 % to the 95 % quantile, over weighted draws of the posterior."""
    each = np.array([weights[draw] for draw in readings["draw"]], np.float64)
    low, middle, high = weighted_quantiles(np.array(readings["value"], np.float64), each, PRIOR_ENDS)
    return middle, low, high


def _sharp(table: pd.DataFrame) -> pd.Series[Any]:
    """Whether the posterior's interval holds the published value and is at most half as wide as the prior's."""
    value, low, high = table["published"], table["model_low"], table["model_high"]
    is_narrow = (high - low) <= (table["prior_high"] - table["prior_low"]) / 2
    found = (low <= value) & (value <= high) & is_narrow
    return found.astype("boolean").mask(low.isna() | table["prior_low"].isna())


def _mean(values: Values, entry: TargetEntry) -> tuple[float, float, float]:
    """Mean of replications and Student's 90 % interval, within what is possible; of a single one no more than itself.

    Nothing of which all values and the published interval are at least 0 lies below it, and no share above 1.
    """
    if not len(values):
        return np.nan, np.nan, np.nan
    mean, count = float(values.mean()), len(values)
    half = float(quantile(count, CONFIDENCE)) * float(values.std(ddof=1)) / count**0.5 if count > 1 else 0.0
    least = 0.0 if min(entry.low, values.min()) >= 0.0 else -np.inf
    most = 1.0 if entry.unit == "share" and max(entry.high, values.max()) <= 1.0 and least == 0.0 else np.inf
    low, high = confidence_limits(mean, half, least, most)
    return mean, float(low), float(high)


def _quantiles(values: Values) -> tuple[float, ...]:
    return tuple(np.quantile(values, PRIOR_ENDS)) if len(values) else (np.nan, np.nan, np.nan)


def _verdicts(targets: Sequence[Target], table: pd.DataFrame) -> list[str]:
    hits = overlap(table["published_low"], table["published_high"], table["model_low"], table["model_high"])
    known = table["model"].notna()
    return [
        NOT_ANSWERABLE if target.spec is None else NO_VALUE if not has_value else HIT if is_hit else MISS
        for target, has_value, is_hit in zip(targets, known, hits, strict=True)
    ]


def sums(table: pd.DataFrame) -> pd.DataFrame:
    """What the targets come to by group and by use, ``all`` standing for all of them: see ``Validation.scores``."""
    rows = []
    for group in (*GROUPS, ALL):
        for use in (*USES, ALL):
            of = table[((table["group"] == group) | (group == ALL)) & ((table["use"] == use) | (use == ALL))]
            if len(of):
                rows.append({"group": group, "use": use, **_sums(of)})
    return pd.DataFrame(rows)


def _sums(of: pd.DataFrame) -> dict[str, float]:
    verdicts = of["verdict"].value_counts()
    answered = of[of["verdict"].isin((HIT, MISS))]
    hits = int(verdicts.get(HIT, 0))
    covered = answered["covered_by_prior"].dropna().astype(float)
    found: dict[str, float] = {
        "targets": len(of),
        "answerable": len(answered),
        "no_value": int(verdicts.get(NO_VALUE, 0)),
        "not_answerable": int(verdicts.get(NOT_ANSWERABLE, 0)),
        "hits": hits,
        "share": hits / len(answered) if len(answered) else np.nan,
        "wide_hits": int(((answered["verdict"] == HIT) & (answered["width"] > AS_WIDE)).sum()),
        "covered_by_prior": float(covered.mean()),
        "known_before": int(answered["hit_before"].notna().sum()),
        "hits_before": int(answered["hit_before"].fillna(False).sum()),
    }
    for name in ("width", "width_prior", "score", "score_prior", "score_before"):
        known = answered[name].dropna()
        found[name] = float(known.mean())
        found[f"{name}_median"] = float(known.median()) if len(known) else np.nan
    return found


def specs_by_world(targets: Sequence[Target]) -> dict[str, tuple[ReadingSpec, ...]]:
    """How a run of each world that is needed is read."""
    found: dict[str, list[ReadingSpec]] = {}
    for target in targets:
        if target.spec is not None and target.entry.world is not None:
            found.setdefault(target.entry.world, []).append(target.spec)
    return {world: tuple(specs) for world, specs in found.items()}
