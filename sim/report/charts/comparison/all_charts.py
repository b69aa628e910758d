"""All charts of a comparison: their specifications for each language over datasets that both share.

``focus``, ``outcome``, ``universe``, ``shown`` and ``limit`` are parameters that the page's controls set.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from sim.observe.months import HEADLINES
from sim.report.charts import journey, journey_rows
from sim.report.charts.comparison import (
    changes,
    delays,
    effects,
    fates,
    heat_map,
    interaction,
    money,
    months,
    repayment_wall,
    unit_costs,
    waiting,
)
from sim.report.charts.comparison.datasets import coded
from sim.report.charts.style import Spec
from sim.report.words.catalogue import Language, named, text
from sim.report.words.scenario_names import scenario_name
from sim.report.words.sentences import say
from sim.study.reductions.costs import COSTS
from sim.study.reductions.fates import FATES
from sim.study.summaries.comparison import SHOWN_KINDS, ComparisonSummary
from sim.study.summaries.scenario_effects import BY, ScenarioEffects, groups
from sim.vocabulary import ACTIONS, LEVELS, REQUESTS, UNIVERSES

DATASETS: Final[dict[str, Callable[[ScenarioEffects], dict[str, Any]]]] = {
    "effects": lambda found: effects.rows(found.summary),
    "months": lambda found: months.rows(found.summary),
    "changes": lambda found: changes.rows(found.summary),
    "places": lambda found: heat_map.rows(found.summary),
    "costs": lambda found: money.bearer_rows(found.summary),
    "delays": lambda found: delays.rows(found.summary),
    "fates": fates.rows,
    "given": money.fate_rows,
    "levels": money.level_rows,
    "unit-costs": unit_costs.rows,
    "repayment_wall": repayment_wall.money_rows,
    "fallen": repayment_wall.exit_rows,
    "pairs": interaction.rows,
    "requests": waiting.rows,
    "journeys": lambda found: journey_rows.dataset(found.followed),
}


def datasets(scenario_effects: ScenarioEffects) -> dict[str, dict[str, Any]]:
    """Every dataset of the page: ``{name: {columns, rows, names}}``, numbers rounded for size, missing ones None.

    A column of ``CODED`` holds places in its list of names.
    """
    return {name: coded(rows(scenario_effects)) for name, rows in DATASETS.items()}


def labels(summary: ComparisonSummary, lang: Language) -> dict[str, dict[str, str]]:
    """Words for the columns of the datasets, by column and name."""
    return {
        "scenario": (titles := {name: say(lang, scenario_name(summary, name)) for name in summary.titles}),
        "world": titles,
        "sector": {s: say(lang, named("sector", s)) for s in summary.order("sector")},
        "prefecture": {p: say(lang, named("prefecture", p)) for p in summary.order("prefecture")},
        "bearer": {p: say(lang, named("party", p)) for p in summary.moved["bearer"].unique()},
        "kind": {k: text(f"kind.{k}", lang) for k in SHOWN_KINDS},
        "measure": {m: say(lang, summary.measure_title(m)) for m in summary.comparison.delivery["measure"].unique()},
        "station": {s: text(f"station.{s}", lang) for s in ("decided", "paid")},
        "group": {g: say(lang, named(by, g)) for by in BY for g in groups(by, summary.order("prefecture"))},
        "action": {a: text(f"action.{a}", lang) for a in ACTIONS},
        "fate": {f: text(f"fate.{f}", lang) for f in FATES},
        "level": {level: text(f"level.{level}", lang) for level in LEVELS.values()},
        "category": {c: text(f"category.{c}", lang) for c in COSTS},
        "cost": {c: text(f"report.price.{c}", lang) for c in ("public", "all")},
        "what": {w: text(f"report.repayment_wall.{w}", lang) for w in repayment_wall.WALL},
        "way": {w: text(f"report.interaction.{w}", lang) for w in interaction.WAYS},
        "universe": {u: say(lang, named("universe", u)) for u in UNIVERSES},
        "request": {r: text(f"request.{r}", lang) for r in REQUESTS},
    }


def specifications(scenario_effects: ScenarioEffects, lang: Language) -> dict[str, Spec]:
    """Every chart of the page in one language, by the id of its place in the page."""
    summary = scenario_effects.summary
    charts: dict[str, Spec] = {}
    for outcome in HEADLINES:
        added = [name for *_, name in summary.twice]
        for group, scenarios in (("actions", summary.side_by_side), ("added", added), ("what-ifs", summary.what_ifs)):
            if scenarios:
                charts[f"{group}-{outcome}"] = effects.differences(summary, lang, outcome, scenarios)
    charts |= {f"months-{outcome}": months.specification(summary, lang, outcome) for outcome in months.SHOWN}
    if summary.shown and len(summary.comparison.differences_by_month):
        charts |= {f"changes-{outcome}": changes.specification(summary, lang, outcome) for outcome in HEADLINES}
    if summary.others:
        charts["places"] = heat_map.specification(summary, labels(summary, lang), lang)
        charts |= {"costs": money.bearers(lang), "delays": delays.specification(lang)}
    charts |= {
        f"pairs-{outcome}": interaction.specification(lang, outcome) for outcome in HEADLINES if summary.removals
    }
    if summary.shown:
        charts |= _of_what_scenarios_did(scenario_effects, lang)
    followed = scenario_effects.followed
    names = [scenario_name(summary, world) for world in followed.worlds] if followed.firms else []
    return charts | {
        f"journey-{place}": journey.specification(followed, place, names, lang) for place in range(len(followed.firms))
    }


def _of_what_scenarios_did(scenario_effects: ScenarioEffects, lang: Language) -> dict[str, Spec]:
    summary = scenario_effects.summary
    charts = {f"fates-{by}": fates.specification(lang, by, groups(by, summary.order("prefecture"))) for by in BY[:-1]}
    charts |= {"given": money.given(lang), "levels": money.levels(lang)}
    charts["repayment_wall"] = repayment_wall.money_specification(lang, scenario_effects)
    charts["fallen"] = repayment_wall.exit_specification(lang, scenario_effects)
    charts["requests"] = waiting.specification(lang, summary.months)
    for unit in ("firm_kept", "job_kept"):
        known = {scenario for scenario, of, _ in scenario_effects.bounded_unit_costs if of == unit}
        order = [say(lang, scenario_name(summary, name)) for name in summary.side_by_side if name in known]
        charts |= {f"unit-{unit}": unit_costs.specification(lang, unit, order)} if order else {}
    return charts


def by_itself(
    chart: Spec,
    scenario_effects: ScenarioEffects,
    lang: Language,
    scenario: str | None = None,
    shown: Sequence[str] | None = None,
) -> Spec:
    """A chart of the page that holds its rows, for one ``scenario``: of None that of the headline.

    ``shown``: scenarios of which lines are drawn, of None the baseline and the scenario.
    """
    summary = scenario_effects.summary
    main, outcome = str(scenario or summary.main), HEADLINES[0]
    table, words = DATASETS[chart["data"]["name"]](scenario_effects), labels(summary, lang)
    rows = [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
    rows = [row | {f"{name}_label": words[name].get(row[name]) for name in row.keys() & words} for row in rows]
    values: dict[str, Any] = {"focus": main, "outcome": outcome, "shown": list(shown or [summary.baseline, main])}
    asked = {param["name"] for param in chart.get("params", ())}
    if "limit" in asked:
        values["limit"] = heat_map.limits(summary).get(main, {}).get(outcome, 1)
    params = [param | {"value": values.get(param["name"], param["value"])} for param in chart.get("params", ())]
    if "focus" in asked:
        rows = [row for row in rows if row["scenario"] == main]
    found = chart | {"data": {"values": rows}, "params": params}
    if "height" not in chart:
        column = table["columns"][1]
        found["height"] = chart["usermeta"]["row_height"] * max(len({row[column] for row in rows}), 1)
    return found
