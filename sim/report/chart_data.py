"""The numbers behind the charts of the page: datasets that both languages share, and the words of their codes.

A dataset is columns and rows; a column named in ``CODED`` gets its words in the page, from the catalogue, so that names
that come from data are never part of a chart's specification.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan
from typing import Any, Final

import numpy as np

from sim.measure import Words
from sim.observe.months import HEADLINES
from sim.report.digest import SHOWN_KINDS, Digest, Estimate
from sim.report.numbers import entities, interval, money, points
from sim.report.words import LANGUAGES, Language, named, text

CODED: Final = ("scenario", "outcome", "sector", "prefecture", "month", "measure", "bearer", "kind", "station")
# Kinds in a stack of costs; what has been repaid was deferred first and would be counted twice.
STACKED_KINDS: Final = ("granted", "relieved", "deferred")
MAP_CLAMP: Final = 0.98  # colours end where this share of the firms lies: one tiny group must not pale the rest


def datasets(digest: Digest) -> dict[str, dict[str, Any]]:
    """Every dataset of the page: ``{name: {columns, rows, names}}``, numbers rounded for size, missing ones None.

    A column of ``CODED`` holds places in its list of names.
    """
    tables = {
        "effects": _effects(digest),
        "months": _months(digest),
        "places": _places(digest),
        "costs": _costs(digest),
        "delays": _delays(digest),
    }
    return {name: _coded(table) for name, table in tables.items()}


def labels(digest: Digest, lang: Language) -> dict[str, dict[str, str]]:
    """Words for the columns of the datasets, by column and name."""
    return {
        "scenario": {name: getattr(title, lang) for name, title in digest.names.items()},
        "sector": {s: getattr(named("sector", s), lang) for s in digest.order("sector")},
        "prefecture": {p: getattr(named("prefecture", p), lang) for p in digest.order("prefecture")},
        "bearer": {p: getattr(named("party", p), lang) for p in digest.moved["bearer"].unique()},
        "kind": {k: text(f"kind.{k}", lang) for k in SHOWN_KINDS},
        "measure": {m: getattr(digest.measure_title(m), lang) for m in digest.comparison.delivery["measure"].unique()},
        "station": {s: text(f"station.{s}", lang) for s in ("decided", "paid")},
    }


def _effects(digest: Digest) -> dict[str, Any]:
    rows = []
    for scenario in digest.others:
        for outcome in HEADLINES:
            change = digest.effect(scenario, outcome).difference
            group = "action" if scenario in digest.single_actions else "other"
            between = interval(change.low, change.high, points)
            rows.append([scenario, outcome, group, *_in_points(change), *_pair(points(change.mean)), *_pair(between)])
    columns = ["scenario", "outcome", "group", "mean", "low", "high", *_two("difference"), *_two("interval")]
    return {"columns": columns, "rows": rows}


def _months(digest: Digest) -> dict[str, Any]:
    table = digest.by_month
    rows = [
        [
            row["scenario"],
            row["month"],
            *(_rounded(row[outcome] * 100, 3) for outcome in HEADLINES[:2]),
        ]
        for row in table.to_dict("records")
    ]
    return {"columns": ["scenario", "month", *HEADLINES[:2]], "rows": rows}


def _places(digest: Digest) -> dict[str, Any]:
    table = digest.places["cell"].dropna(subset=["difference"])
    rows = [
        [scenario, outcome, sector, prefecture, _rounded(100 * value, 2), _rounded(100 * difference, 3), round(firms)]
        for scenario, outcome, sector, prefecture, value, difference, firms in table[
            ["scenario", "outcome", "sector", "prefecture", "value", "difference", "firms"]
        ].itertuples(index=False)
    ]
    return {"columns": ["scenario", "outcome", "sector", "prefecture", "value", "difference", "firms"], "rows": rows}


def limits(digest: Digest) -> dict[str, dict[str, float]]:
    """Where the colours of the map end, in percentage points, by scenario and outcome."""
    table = digest.places["cell"].dropna(subset=["difference"])
    found: dict[str, dict[str, float]] = {}
    for (scenario, outcome), cells in table.groupby(["scenario", "outcome"], observed=True):
        sizes = cells["difference"].abs().to_numpy() * 100
        order = np.argsort(sizes)
        covered = np.cumsum(cells["firms"].to_numpy()[order]) / max(cells["firms"].sum(), 1)
        limit = float(sizes[order][min(int(np.searchsorted(covered, MAP_CLAMP)), len(sizes) - 1)])
        found.setdefault(str(scenario), {})[str(outcome)] = round(max(limit, 0.01), 3)
    return found


def _costs(digest: Digest) -> dict[str, Any]:
    by = ["scenario", "bearer", "kind"]
    sums: Iterable[Any] = (
        digest.moved.groupby(by, observed=True)["amount_fen"].sum().reset_index().itertuples(index=False)
    )
    columns = ["scenario", "bearer", "kind", "place", "amount_fen", *_two("amount")]
    rows = [
        [scenario, bearer, kind, SHOWN_KINDS.index(kind), round(amount), *_pair(money(amount))]
        for scenario, bearer, kind, amount in sums
        if amount and kind in STACKED_KINDS
    ]
    return {"columns": columns, "rows": rows}


def _delays(digest: Digest) -> dict[str, Any]:
    rows = []
    for scenario in digest.others:
        table = digest.stations(scenario)
        for station in ("decided", "paid"):
            for measure, waited in table[f"days_{station}"].dropna().items():
                firms = float(table[station].get(measure, np.nan)) if station in table else np.nan
                rows.append([scenario, measure, station, _rounded(waited, 2), *_pair(entities(firms))])
    return {"columns": ["scenario", "measure", "station", "days", *_two("firms")], "rows": rows}


def _coded(table: dict[str, Any]) -> dict[str, Any]:
    coded = {place: column for place, column in enumerate(table["columns"]) if column in CODED}
    names = {column: sorted({row[place] for row in table["rows"]}) for place, column in coded.items()}
    places = {column: {name: at for at, name in enumerate(known)} for column, known in names.items()}
    rows = [
        [places[coded[place]][value] if place in coded else value for place, value in enumerate(row)]
        for row in table["rows"]
    ]
    return {"columns": table["columns"], "rows": rows, "names": names}


def _in_points(estimate: Estimate) -> list[float | None]:
    return [_rounded(value * 100, 4) for value in (estimate.mean, estimate.low, estimate.high)]


def _rounded(value: float, decimals: int) -> float | None:
    return None if isnan(value) else round(float(value), decimals)


def _two(column: str) -> list[str]:
    return [f"{column}_{lang}" for lang in LANGUAGES]


def _pair(words: Words) -> list[str]:
    return [words.zh, words.en]
