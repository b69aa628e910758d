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
from sim.report.consequences import BY, DUE, Consequences, groups, tuples
from sim.report.digest import BORNE, RETURNED, SHOWN_KINDS, Digest, Estimate
from sim.report.pages import journeys
from sim.report.words.catalogue import LANGUAGES, Language, named, text
from sim.report.words.numbers import FEN_PER_WAN, entities, interval, money, points
from sim.study.comparison.costs import COSTS
from sim.study.comparison.fates import FATES
from sim.vocabulary import ACTIONS, LEVELS, REQUESTS

CODED: Final = (
    "scenario", "outcome", "sector", "prefecture", "month", "measure", "bearer", "kind", "station", "by", "group",
    "fate", "level", "category", "unit", "cost", "what", "action", "way", "request", "world",
)  # fmt: skip
# Kinds in a stack of costs; what has been repaid was deferred first and would be counted twice.
STACKED_KINDS: Final = (*BORNE, RETURNED, "deferred")
CLIFF: Final = ("put_off", *DUE, "exits_missed", "others")  # what the charts of the cliff tell apart
WAYS: Final = ("alone", "removed")  # in which an action is compared
MAP_CLAMP: Final = 0.98  # colours end where this share of the firms lies: one tiny group must not pale the rest


def datasets(consequences: Consequences) -> dict[str, dict[str, Any]]:
    """Every dataset of the page: ``{name: {columns, rows, names}}``, numbers rounded for size, missing ones None.

    A column of ``CODED`` holds places in its list of names.
    """
    digest = consequences.digest
    tables = {
        "effects": _effects(digest),
        "months": _months(digest),
        "places": _places(digest),
        "costs": _costs(digest),
        "delays": _delays(digest),
        "fates": _fates(consequences),
        "given": _given(consequences),
        "levels": _levels(consequences),
        "unit-costs": _unit_costs(consequences),
        "cliff": _cliff(consequences),
        "fallen": _fallen(consequences),
        "pairs": _pairs(consequences),
        "requests": _requests(consequences),
        "journeys": journeys.dataset(consequences),
    }
    return {name: _coded(table) for name, table in tables.items()}


def labels(digest: Digest, lang: Language) -> dict[str, dict[str, str]]:
    """Words for the columns of the datasets, by column and name."""
    return {
        "scenario": (titles := {name: getattr(title, lang) for name, title in digest.names.items()}),
        "world": titles,
        "sector": {s: getattr(named("sector", s), lang) for s in digest.order("sector")},
        "prefecture": {p: getattr(named("prefecture", p), lang) for p in digest.order("prefecture")},
        "bearer": {p: getattr(named("party", p), lang) for p in digest.moved["bearer"].unique()},
        "kind": {k: text(f"kind.{k}", lang) for k in SHOWN_KINDS},
        "measure": {m: getattr(digest.measure_title(m), lang) for m in digest.comparison.delivery["measure"].unique()},
        "station": {s: text(f"station.{s}", lang) for s in ("decided", "paid")},
        "group": {g: getattr(named(by, g), lang) for by in BY for g in groups(by, digest.order("prefecture"))},
        "action": {a: text(f"action.{a}", lang) for a in ACTIONS},
        "fate": {f: text(f"fate.{f}", lang) for f in FATES},
        "level": {level: text(f"level.{level}", lang) for level in LEVELS.values()},
        "category": {c: text(f"category.{c}", lang) for c in COSTS},
        "cost": {c: text(f"report.price.{c}", lang) for c in ("public", "all")},
        "what": {w: text(f"report.cliff.{w}", lang) for w in CLIFF},
        "way": {w: text(f"report.interaction.{w}", lang) for w in WAYS},
        "request": {r: text(f"request.{r}", lang) for r in REQUESTS},
    }


def _effects(digest: Digest) -> dict[str, Any]:
    rows = []
    for scenario in digest.shown:
        for outcome in HEADLINES:
            change = digest.effect(scenario, outcome).difference
            group = "action" if scenario in digest.single_actions else "other"
            between = interval(change.low, change.high, points)
            rows.append([scenario, outcome, group, *_in_points(change), *_pair(points(change.mean)), *_pair(between)])
    columns = ["scenario", "outcome", "group", "mean", "low", "high", *_two("difference"), *_two("interval")]
    return {"columns": columns, "rows": rows}


def _months(digest: Digest) -> dict[str, Any]:
    rows = [
        [row["scenario"], row["month"], *(_rounded(row[outcome] * 100, 3) for outcome in HEADLINES[:2])]
        for row in digest.by_month.to_dict("records")
        if row["scenario"] not in digest.removals
    ]
    return {"columns": ["scenario", "month", *HEADLINES[:2]], "rows": rows}


def _places(digest: Digest) -> dict[str, Any]:
    table = digest.places["cell"].dropna(subset=["difference"])
    table = table[table["scenario"].isin(digest.shown)]
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
        if amount and kind in STACKED_KINDS and scenario not in digest.removals
    ]
    return {"columns": columns, "rows": rows}


def _delays(digest: Digest) -> dict[str, Any]:
    rows = []
    for scenario in digest.shown:
        table = digest.stations(scenario)
        for station in ("decided", "paid"):
            for measure, waited in table[f"days_{station}"].dropna().items():
                firms = float(table[station].get(measure, np.nan)) if station in table else np.nan
                rows.append([scenario, measure, station, _rounded(waited, 2), *_pair(entities(firms))])
    return {"columns": ["scenario", "measure", "station", "days", *_two("firms")], "rows": rows}


def _fates(consequences: Consequences) -> dict[str, Any]:
    rows = []
    for scenario in consequences.digest.shown:
        for by in BY[:-1]:
            table = consequences.fates_by(scenario, by)
            for group, row in table[table["firms"] > 0].iterrows():
                low, high = (row["saved"] if isnan(row[end]) else row[end] for end in ("saved_low", "saved_high"))
                rates = [
                    _rounded(1000 * number / row["firms"], 2)
                    for number in (row["saved"], max(low, 0.0), high, row["harmed"])
                ]
                rows.append([scenario, by, group, *rates, round(row["firms"])])
    columns = ["scenario", "by", "group", "saved", "saved_low", "saved_high", "harmed", "firms"]
    return {"columns": columns, "rows": rows}


def _given(consequences: Consequences) -> dict[str, Any]:
    rows = [
        [scenario, row.group, row.fate, FATES.index(row.fate), round(row.given_fen), *_pair(money(row.given_fen))]
        for scenario in consequences.digest.shown
        for row in tuples(consequences.given(scenario))
    ]
    return {"columns": ["scenario", "group", "fate", "place", "amount_fen", *_two("amount")], "rows": rows}


def _levels(consequences: Consequences) -> dict[str, Any]:
    rows = [
        [scenario, row.level, row.category, COSTS.index(row.category), round(row.fen), *_pair(money(row.fen))]
        for scenario in consequences.digest.shown
        for row in tuples(consequences.costs_by_level(scenario))
    ]
    return {"columns": ["scenario", "level", "category", "place", "amount_fen", *_two("amount")], "rows": rows}


def _unit_costs(consequences: Consequences) -> dict[str, Any]:
    rows = [
        [
            scenario,
            unit,
            cost,
            *(round(value / FEN_PER_WAN, 3) for value in (each.low, each.mean, each.high)),
            *_pair(money(each.mean)),
            *_pair(interval(each.low, each.high, money)),
        ]
        for (scenario, unit, cost), each in consequences.bounded_unit_costs.items()
    ]
    return {
        "columns": ["scenario", "unit", "cost", "low", "mean", "high", *_two("amount"), *_two("interval")],
        "rows": rows,
    }


def _cliff(consequences: Consequences) -> dict[str, Any]:
    rows = []
    for scenario in consequences.digest.shown:
        table = consequences.cliff(scenario, "all")
        for month in consequences.cliff_months if len(table) else ():
            for place, what in enumerate(CLIFF[:-2]):
                amount = float(table[what].get(month, 0.0))
                if amount:
                    signed = round(amount if what == "put_off" else -amount)
                    rows.append([scenario, month, what, place, signed, *_pair(money(amount))])
    return {"columns": ["scenario", "month", "what", "place", "amount_fen", *_two("amount")], "rows": rows}


def _fallen(consequences: Consequences) -> dict[str, Any]:
    rows = []
    for scenario in consequences.digest.shown:
        for month, row in consequences.fallen(scenario, "month", "all").iterrows():
            if row["exits_put_off"]:
                others = row["exits_put_off"] - row["exits_missed"]
                for place, (what, number) in enumerate((("exits_missed", row["exits_missed"]), ("others", others))):
                    rows.append([scenario, month, what, place, round(number), round(row["exits_harmed"])])
    return {"columns": ["scenario", "month", "what", "place", "firms", "harmed"], "rows": rows}


def _pairs(consequences: Consequences) -> dict[str, Any]:
    rows = []
    for outcome in HEADLINES:
        for action, *effects in consequences.pairs(outcome):
            for way, change in zip(WAYS, effects, strict=True):
                between = interval(change.low, change.high, points)
                rows.append([action, outcome, way, *_in_points(change), *_pair(points(change.mean)), *_pair(between)])
    columns = ["action", "outcome", "way", "mean", "low", "high", *_two("difference"), *_two("interval")]
    return {"columns": columns, "rows": rows}


def _requests(consequences: Consequences) -> dict[str, Any]:
    table = consequences.digest.comparison.requests
    table = table[(table["station"] == "decided") & table["scenario"].isin(consequences.digest.shown)]
    rows = [
        [row.scenario, row.month, row.kind, _rounded(row.days, 1), round(row.firms)]
        for row in tuples(table.dropna(subset=["days"]))
    ]
    return {"columns": ["scenario", "month", "request", "days", "firms"], "rows": rows}


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
    low, high = (estimate.mean if isnan(end) else end for end in (estimate.low, estimate.high))
    return [_rounded(value * 100, 4) for value in (estimate.mean, low, high)]


def _rounded(value: float, decimals: int) -> float | None:
    return None if isnan(value) else round(float(value), decimals)


def _two(column: str) -> list[str]:
    return [f"{column}_{lang}" for lang in LANGUAGES]


def _pair(words: Words) -> list[str]:
    return [words.zh, words.en]
