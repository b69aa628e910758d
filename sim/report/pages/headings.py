"""What the headings of a section say: its finding, in one sentence, for the scenario shown."""

from __future__ import annotations

from collections import Counter
from math import isinf, isnan, nan

from sim.measure import Words
from sim.observe.months import HEADLINES
from sim.report.pages import findings
from sim.report.pages.findings import together
from sim.report.words.catalogue import both
from sim.report.words.numbers import days, difference_in_unit, entities, interval, money, points, share, with_interval
from sim.report.words.scenario_names import scenario_name
from sim.report.words.sentences import listed, outcome_name
from sim.report.words.single_actions import strongest
from sim.study.comparison.targets import VERDICTS
from sim.study.statistics.estimate import Estimate
from sim.study.summaries.direction import direction
from sim.study.summaries.scenario_effects import ScenarioEffects


def targets(scenario_effects: ScenarioEffects, scenario: str) -> Words:
    """How many targets are met, and of how many that cannot be said."""
    found = Counter(row.verdict for row in scenario_effects.targets(scenario))
    shown = [name for name in VERDICTS if name in ("met", "missed", "unsure") or found[name]]
    counts = listed(both(f"report.targets.count.{name}", count=found[name]) for name in shown)
    return both("report.targets.heading", all=found.total(), counts=counts)


def interaction(scenario_effects: ScenarioEffects) -> Words:
    """Whether the whole is more or less than its parts, for survival; plain words when that cannot be told."""
    return together(scenario_effects.summary, "report.interaction") or both("report.interaction.heading_pairs")


def saved(scenario_effects: ScenarioEffects, scenario: str) -> Words:
    """Firms saved and harmed, and the share of the money that changed nothing."""
    table = scenario_effects.fates(scenario)
    if table.empty:
        return both("report.section.saved")
    said = {"scenario": scenario_name(scenario_effects.summary, scenario)}
    for fate in ("saved", "harmed"):
        mean, low, high = (
            _about(float(table[name].get(fate, missing)))
            for name, missing in (("entities", 0.0), ("low", nan), ("high", nan))
        )
        said[fate] = with_interval(mean, low, high, entities)
    deadweight = float(table["given_share"].get("lives_either_way", float("nan")))
    if isnan(deadweight):
        return both("report.saved.heading_no_money", **said)
    return both("report.saved.heading", deadweight=share(deadweight), **said)


def price(scenario_effects: ScenarioEffects, scenario: str) -> Words:
    """What the scenario costs public budgets, on the whole and, where that buys something, for one firm kept."""
    public = scenario_effects.unit_costs.get((scenario, "total", "public"))
    title = scenario_name(scenario_effects.summary, scenario)
    if public is None:
        return both("report.section.costs")
    way = "same" if public.low <= 0 <= public.high or not public.mean else "costs" if public.mean > 0 else "saves"
    said = both(f"report.price.heading_{way}", scenario=title, public=money(abs(public.mean)))
    if way == "same":
        said = both("report.price.heading_same", scenario=title, public=difference_in_unit(public.mean, "fen"))
    return both("report.price.heading", said=said, bought=_bought(scenario_effects, scenario, way))


def _bought(scenario_effects: ScenarioEffects, scenario: str, way: str) -> Words:
    """What the public cost buys: firms kept, as far as they are told from none, and what one of them costs."""
    kept = scenario_effects.summary.effect(scenario, "survivors").difference
    unit = scenario_effects.unit_costs[(scenario, "firm_kept", "public")]
    found = direction("survivors", kept)
    if found in ("same", "worse") or not kept.mean > 0:
        return both(f"report.price.kept_{'fewer' if found == 'worse' else 'none' if not kept.mean else 'untold'}")
    if way != "costs":
        return both("report.price.kept_free", kept=entities(_about(kept.mean)))
    if isinf(unit.high):
        return both("report.price.kept_no_upper")
    return both("report.price.kept_at", unit=money(unit.mean))


def unit_cost(scenario_effects: ScenarioEffects, scenario: str, unit: str, cost: str) -> tuple[Words, Words | None]:
    """What one firm or job kept costs and its limits; in words where nothing is spent or none is kept."""
    found = scenario_effects.unit_costs.get((scenario, unit, cost))
    total = scenario_effects.unit_costs.get((scenario, "total", cost))
    if found is None or total is None or isnan(found.mean):
        return both("report.price.nothing_kept"), None
    if not total.mean > 0:
        return both("report.price.nothing_spent" if total.mean == 0 else "report.price.money_saved"), None
    return money(found.mean), limits(found)


def repayment_wall(scenario_effects: ScenarioEffects, scenario: str) -> Words:
    """How much was put off, when most of it falls due, and how many firms close with it, all within the horizon."""
    table = scenario_effects.repayment_wall(scenario)
    if table.empty:
        return both("report.repayment_wall.heading_none", scenario=scenario_name(scenario_effects.summary, scenario))
    said = {
        "put_off": money(float(table["put_off"].sum())),
        "closed": entities(_about(scenario_effects.fallen(scenario, "month")["exits_put_off"].sum())),
    }
    if not table["due"].any():
        return both("report.repayment_wall.heading_later", **said)
    return both(
        "report.repayment_wall.heading",
        month=str(table["due"].idxmax()).replace("-", "\u2011"),  # a month must not break at its hyphen
        peak=money(float(table["due"].max())),
        **said,
    )


def clauses(scenario_effects: ScenarioEffects) -> Words:
    """How many clauses are modelled."""
    states = Counter(row.state for row in scenario_effects.clauses)
    return both("report.clauses.heading", all=states.total(), modelled=states["modelled"], declared=states["declared"])


def actions(scenario_effects: ScenarioEffects) -> Words:
    """Which actions improve survival most on their own, without their nominal measures."""
    summary, survival = scenario_effects.summary, HEADLINES[0]
    if said := strongest(summary, survival, "report.actions"):
        return said
    effects = {n: effect for n, effect in summary.ranked.effects(survival).items() if not isnan(effect.mean)}
    if not effects:
        return both("report.section.actions" if summary.single_actions else "report.section.scenarios")
    best = max(effects, key=lambda name: effects[name].mean)
    return both(
        f"report.actions.heading_{'once' if isnan(effects[best].low) else 'none'}",
        outcome=_survival(),
        action=scenario_name(summary, best),
        change=points(effects[best].mean),
    )


def places(scenario_effects: ScenarioEffects, scenario: str) -> Words:
    """Where survival gains most."""
    return next(findings.places(scenario_effects.summary, scenario), both("report.section.places"))


def delivery(scenario_effects: ScenarioEffects, scenario: str) -> Words:
    """The measure whose payment takes longest."""
    summary = scenario_effects.summary
    waited = summary.stations(scenario)["days_paid"].dropna()
    if waited.empty:
        return both("report.section.delivery")
    slow = str(waited.idxmax())
    return both("report.delivery.heading", measure=summary.measure_title(slow), days=days(waited[slow]))


def _survival() -> Words:
    name = outcome_name(HEADLINES[0])
    return Words(zh=name.zh, en=name.en.lower())


def _about(number: float) -> float:
    """Rounded to three digits that count: more are in the table."""
    return float(f"{number:.3g}")


def limits(unit: Estimate) -> Words:
    """The interval of a cost of one firm or job, which may have no end on either side."""
    if isinf(unit.low):
        return both("report.price.no_limits")
    if isinf(unit.high):
        return both("report.price.no_upper", low=money(unit.low))
    return interval(unit.low, unit.high, money)
