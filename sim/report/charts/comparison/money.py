"""Stacked bars of money: who bears what, which fates it went to, what counts as a cost at which level."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sim.report.charts.comparison.datasets import OF_FOCUS, in_both, two
from sim.report.charts.style import FILLS, PART, Spec, chart, colours_of, in_large_units, named_axis, tip
from sim.report.words.catalogue import Language, text
from sim.report.words.numbers import money
from sim.study.reductions.costs import COSTS
from sim.study.reductions.fates import FATES
from sim.study.summaries.comparison import BORNE, RETURNED, SHOWN_KINDS, ComparisonSummary
from sim.study.summaries.rows import tuples
from sim.study.summaries.scenario_effects import ScenarioEffects
from sim.vocabulary import LEVELS

# Kinds in a stack of costs; what has been repaid was deferred first and would be counted twice.
STACKED_KINDS: Final = (*BORNE, RETURNED, "deferred")
STACKED: Final = dict(zip(STACKED_KINDS, FILLS, strict=False))
FATE_COLOURS: Final = dict(zip(FATES, (FILLS[3], FILLS[0], FILLS[4], FILLS[1]), strict=True))
COST_COLOURS: Final = dict(zip(COSTS, (FILLS[0], FILLS[2], FILLS[3], FILLS[1], FILLS[4]), strict=True))


def bearer_rows(summary: ComparisonSummary) -> dict[str, Any]:
    """Money that measures moved, by scenario, bearer and kind."""
    by = ["scenario", "bearer", "kind"]
    sums: Iterable[Any] = (
        summary.moved.groupby(by, observed=True)["amount_fen"].sum().reset_index().itertuples(index=False)
    )
    columns = ["scenario", "bearer", "kind", "place", "amount_fen", *two("amount")]
    rows = [
        [scenario, bearer, kind, SHOWN_KINDS.index(kind), round(amount), *in_both(money(amount))]
        for scenario, bearer, kind, amount in sums
        if amount and kind in STACKED_KINDS and scenario not in summary.removals
    ]
    return {"columns": columns, "rows": rows}


def bearers(lang: Language) -> Spec:
    """Stacked bars: money that measures moved, by bearer and kind."""
    kinds = [text(f"kind.{kind}", lang) for kind in STACKED]
    return chart(
        text("report.costs.chart", lang),
        "costs",
        text("report.mean_only", lang),
        params=[{"name": "focus", "value": ""}],
        transform=[{"filter": "datum.scenario == focus"}, in_large_units(lang)],
        usermeta={"row_height": 30},
        mark=PART,
        encoding={
            "y": {
                "field": "bearer_label",
                "type": "nominal",
                "title": None,
                "sort": {"field": "amount_fen", "op": "sum", "order": "descending"},
            },
            "x": {
                "field": "amount",
                "type": "quantitative",
                "title": text("report.costs.amount", lang),
                "axis": {"tickCount": 6},
            },
            "color": {
                "field": "kind_label",
                "type": "nominal",
                "title": None,
                "scale": {"domain": kinds, "range": list(STACKED.values())},
                "legend": {"orient": "top", "symbolType": "square"},
            },
            "order": {"field": "place", "type": "quantitative"},
            "tooltip": [
                tip("bearer_label", text("report.costs.bearer", lang)),
                tip("kind_label", text("report.costs.kind", lang)),
                tip(f"amount_{lang}", text("report.delivery.amount", lang)),
            ],
        },
    )


def fate_rows(scenario_effects: ScenarioEffects) -> dict[str, Any]:
    """Money of each action by the fate of the firms that got it."""
    rows = [
        [scenario, row.group, row.fate, FATES.index(row.fate), round(row.given_fen), *in_both(money(row.given_fen))]
        for scenario in scenario_effects.summary.shown
        for row in tuples(scenario_effects.given(scenario))
    ]
    return {"columns": ["scenario", "group", "fate", "place", "amount_fen", *two("amount")], "rows": rows}


def given(lang: Language) -> Spec:
    """Stacked bars: money of each action by the fate of the firms that got it."""
    return _stack(lang, "given", "saved.chart_given", "group", "fate", FATE_COLOURS)


def level_rows(scenario_effects: ScenarioEffects) -> dict[str, Any]:
    """What counts as a cost, by scenario, level and category."""
    rows = [
        [scenario, row.level, row.category, COSTS.index(row.category), round(row.fen), *in_both(money(row.fen))]
        for scenario in scenario_effects.summary.shown
        for row in tuples(scenario_effects.costs_by_level(scenario))
    ]
    return {"columns": ["scenario", "level", "category", "place", "amount_fen", *two("amount")], "rows": rows}


def levels(lang: Language) -> Spec:
    """Stacked bars: what counts as a cost, by level and category; money saved lies left of zero."""
    return _stack(lang, "levels", "price.chart", "level", "category", COST_COLOURS)


def _stack(lang: Language, data: str, title: str, row: str, part: str, colours: dict[str, str]) -> Spec:
    order: list[str] | Spec = (
        [text(f"level.{level}", lang) for level in dict.fromkeys(LEVELS.values())]
        if row == "level"
        else {"field": "amount_fen", "op": "sum", "order": "descending"}
    )
    heading = {"group": "costs.action", "level": "price.level", "fate": "saved.fate", "category": "price.category"}
    return chart(
        text(f"report.{title}", lang),
        data,
        text("report.mean_only", lang),
        usermeta=OF_FOCUS["usermeta"],
        params=OF_FOCUS["params"],
        transform=[*OF_FOCUS["transform"], in_large_units(lang)],
        mark=PART,
        encoding={
            "y": {**named_axis(f"{row}_label"), "sort": order},
            "x": {
                "field": "amount",
                "type": "quantitative",
                "title": text("report.costs.amount", lang),
                "axis": {"tickCount": 6},
            },
            "color": colours_of(f"{part}_label", {text(f"{part}.{name}", lang): c for name, c in colours.items()}),
            "order": {"field": "place", "type": "quantitative"},
            "tooltip": [
                tip(f"{row}_label", text(f"report.{heading[row]}", lang)),
                tip(f"{part}_label", text(f"report.{heading[part]}", lang)),
                tip(f"amount_{lang}", text("report.saved.amount", lang)),
            ],
        },
    )
