"""All charts of a comparison: their specifications for each language over datasets that both share.

``focus``, ``outcome``, ``shown`` and ``limit`` are parameters that the page's controls set.
"""

from __future__ import annotations

from typing import Any

from sim.observe.months import HEADLINES
from sim.report.charts.comparison import (
    delays,
    effects,
    fates,
    interaction,
    journey,
    journey_rows,
    money,
    months,
    places,
    repayment_wall,
    requests,
    unit_costs,
)
from sim.report.charts.comparison.rows import coded
from sim.report.charts.style import Spec
from sim.report.words.catalogue import Language, named, text
from sim.report.words.scenario_names import scenario_name
from sim.study.reductions.costs import COSTS
from sim.study.reductions.fates import FATES
from sim.study.summaries.comparison import SHOWN_KINDS, ComparisonSummary
from sim.study.summaries.scenario_effects import BY, ScenarioEffects, groups
from sim.vocabulary import ACTIONS, LEVELS, REQUESTS


def datasets(scenario_effects: ScenarioEffects) -> dict[str, dict[str, Any]]:
    """Every dataset of the page: ``{name: {columns, rows, names}}``, numbers rounded for size, missing ones None.

    A column of ``CODED`` holds places in its list of names.
    """
    summary = scenario_effects.summary
    tables = {
        "effects": effects.rows(summary),
        "months": months.rows(summary),
        "places": places.rows(summary),
        "costs": money.bearer_rows(summary),
        "delays": delays.rows(summary),
        "fates": fates.rows(scenario_effects),
        "given": money.fate_rows(scenario_effects),
        "levels": money.level_rows(scenario_effects),
        "unit-costs": unit_costs.rows(scenario_effects),
        "repayment_wall": repayment_wall.money_rows(scenario_effects),
        "fallen": repayment_wall.exit_rows(scenario_effects),
        "pairs": interaction.rows(scenario_effects),
        "requests": requests.rows(scenario_effects),
        "journeys": journey_rows.dataset(scenario_effects),
    }
    return {name: coded(table) for name, table in tables.items()}


def labels(summary: ComparisonSummary, lang: Language) -> dict[str, dict[str, str]]:
    """Words for the columns of the datasets, by column and name."""
    return {
        "scenario": (titles := {name: getattr(scenario_name(summary, name), lang) for name in summary.titles}),
        "world": titles,
        "sector": {s: getattr(named("sector", s), lang) for s in summary.order("sector")},
        "prefecture": {p: getattr(named("prefecture", p), lang) for p in summary.order("prefecture")},
        "bearer": {p: getattr(named("party", p), lang) for p in summary.moved["bearer"].unique()},
        "kind": {k: text(f"kind.{k}", lang) for k in SHOWN_KINDS},
        "measure": {
            m: getattr(summary.measure_title(m), lang) for m in summary.comparison.delivery["measure"].unique()
        },
        "station": {s: text(f"station.{s}", lang) for s in ("decided", "paid")},
        "group": {g: getattr(named(by, g), lang) for by in BY for g in groups(by, summary.order("prefecture"))},
        "action": {a: text(f"action.{a}", lang) for a in ACTIONS},
        "fate": {f: text(f"fate.{f}", lang) for f in FATES},
        "level": {level: text(f"level.{level}", lang) for level in LEVELS.values()},
        "category": {c: text(f"category.{c}", lang) for c in COSTS},
        "cost": {c: text(f"report.price.{c}", lang) for c in ("public", "all")},
        "what": {w: text(f"report.repayment_wall.{w}", lang) for w in repayment_wall.WALL},
        "way": {w: text(f"report.interaction.{w}", lang) for w in interaction.WAYS},
        "request": {r: text(f"request.{r}", lang) for r in REQUESTS},
    }


def specifications(scenario_effects: ScenarioEffects, lang: Language) -> dict[str, Spec]:
    """Every chart of the page in one language, by the id of its place in the page."""
    summary = scenario_effects.summary
    charts: dict[str, Spec] = {}
    for outcome in HEADLINES:
        for group, scenarios in (("actions", summary.side_by_side), ("what-ifs", summary.what_ifs)):
            if scenarios:
                charts[f"{group}-{outcome}"] = effects.specification(summary, lang, outcome, scenarios)
    charts |= {f"months-{outcome}": months.specification(summary, lang, outcome) for outcome in months.SHOWN}
    if summary.others:
        charts["places"] = places.specification(summary, labels(summary, lang), lang)
        charts |= {"costs": money.bearers(lang), "delays": delays.specification(lang)}
    charts |= {
        f"pairs-{outcome}": interaction.specification(lang, outcome) for outcome in HEADLINES if summary.removals
    }
    if summary.shown:
        charts |= _of_what_scenarios_did(scenario_effects, lang)
    return charts | journey.specifications(scenario_effects, lang)


def _of_what_scenarios_did(scenario_effects: ScenarioEffects, lang: Language) -> dict[str, Spec]:
    summary = scenario_effects.summary
    charts = {f"fates-{by}": fates.specification(lang, by, groups(by, summary.order("prefecture"))) for by in BY[:-1]}
    charts |= {"given": money.given(lang), "levels": money.levels(lang)}
    charts["repayment_wall"] = repayment_wall.money_specification(lang, scenario_effects)
    charts["fallen"] = repayment_wall.exit_specification(lang, scenario_effects)
    charts["requests"] = requests.specification(lang, summary.months)
    for unit in ("firm_kept", "job_kept"):
        known = {scenario for scenario, of, _ in scenario_effects.bounded_unit_costs if of == unit}
        order = [getattr(scenario_name(summary, name), lang) for name in summary.side_by_side if name in known]
        charts |= {f"unit-{unit}": unit_costs.specification(lang, unit, order)} if order else {}
    return charts
