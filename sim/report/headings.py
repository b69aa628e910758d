"""What the headings of a section say: its finding, in one sentence, for the scenario shown."""

from __future__ import annotations

from collections import Counter
from math import isinf, isnan

from sim.measure import Words
from sim.observe.months import HEADLINES
from sim.report import findings
from sim.report.consequences import NOTHING, Consequences
from sim.report.digest import Estimate
from sim.report.findings import direction, judged, outcome_name
from sim.report.numbers import days, entities, interval, money, points, share
from sim.report.words import both


def targets(consequences: Consequences, scenario: str) -> Words:
    """How many targets are met."""
    comparison = consequences.digest.comparison
    found = Counter(
        judged(comparison, scenario, row.outcome, Estimate(row.mean, row.low, row.high), row.target)
        for row in consequences.targets(scenario)
    )
    return both(
        "report.targets.heading_off" if found["not_pursued"] else "report.targets.heading",
        all=found.total(),
        **{verdict: found[verdict] for verdict in ("met", "missed", "unsure", "not_pursued")},
    )


def interaction(consequences: Consequences) -> Words:
    """Whether the whole is more or less than its parts, for survival; plain words when that cannot be told."""
    survival = HEADLINES[0]
    found = consequences.interaction(survival)
    whole, alone = found.get("whole", NOTHING), found.get("sum_alone", NOTHING)
    if isnan(whole.low) or isnan(alone.low):
        return both("report.interaction.heading_pairs")
    apart = whole.high < alone.low or whole.low > alone.high
    way = "adds" if not apart else "overlap" if whole.mean < alone.mean else "synergy"
    return both(
        f"report.interaction.heading_{way}", outcome=_survival(), whole=points(whole.mean), sum=points(alone.mean)
    )


def saved(consequences: Consequences, scenario: str) -> Words:
    """Firms saved and harmed, and the share of the money that changed nothing."""
    table = consequences.fates(scenario)
    if table.empty:
        return both("report.section.saved")
    said = {
        "scenario": consequences.digest.names[scenario],
        "saved": entities(_about(table["entities"].get("saved", 0.0))),
        "harmed": entities(_about(table["entities"].get("harmed", 0.0))),
    }
    deadweight = float(table["given_share"].get("lives_either_way", float("nan")))
    if isnan(deadweight):
        return both("report.saved.heading_no_money", **said)
    return both("report.saved.heading", deadweight=share(deadweight), **said)


def price(consequences: Consequences, scenario: str) -> Words:
    """What the scenario costs public budgets, on the whole and for one firm kept."""
    unit = consequences.unit_costs.get((scenario, "firm_kept", "public"))
    said = {
        "scenario": consequences.digest.names[scenario],
        "public": money(consequences.cost(scenario, public=True)),
    }
    if unit is None:
        return both("report.price.heading_no_units", **said)
    if isnan(unit.mean):
        return both("report.price.heading_none_kept", **said)
    if isinf(unit.high):
        return both("report.price.heading_no_upper", **said)
    return both("report.price.heading", unit=money(unit.mean), **said)


def cliff(consequences: Consequences, scenario: str) -> Words:
    """How much was put off, when most of it falls due, and how many firms close with it."""
    table = consequences.cliff(scenario)
    if table.empty or not table["due"].any():
        return both("report.cliff.heading_none", scenario=consequences.digest.names[scenario])
    return both(
        "report.cliff.heading",
        put_off=money(float(table["put_off"].sum())),
        month=str(table["due"].idxmax()).replace("-", "\u2011"),  # a month must not break at its hyphen
        peak=money(float(table["due"].max())),
        closed=entities(_about(consequences.fallen(scenario, "month")["exits_put_off"].sum())),
    )


def clauses(consequences: Consequences) -> Words:
    """How many clauses are modelled."""
    states = Counter(row.state for row in consequences.clauses)
    return both("report.clauses.heading", all=states.total(), modelled=states["modelled"], declared=states["declared"])


def actions(consequences: Consequences) -> Words:
    """Which action improves survival most on its own."""
    digest, survival = consequences.digest, HEADLINES[0]
    if not digest.single_actions:
        return both("report.section.scenarios")
    effects = {name: digest.effect(name, survival).difference for name in digest.single_actions}
    best = max(effects, key=lambda name: effects[name].mean)
    found = direction(survival, effects[best]) in ("better", "no_interval")
    return both(
        f"report.actions.heading{'' if found else '_none'}",
        outcome=_survival(),
        action=digest.names[best],
        change=points(effects[best].mean),
    )


def places(consequences: Consequences, scenario: str) -> Words:
    """Where survival gains most."""
    return next(findings.places(consequences.digest, scenario), both("report.section.places"))


def delivery(consequences: Consequences, scenario: str) -> Words:
    """The measure whose payment takes longest."""
    digest = consequences.digest
    waited = digest.stations(scenario)["days_paid"].dropna()
    if waited.empty:
        return both("report.section.delivery")
    slow = str(waited.idxmax())
    return both("report.delivery.heading", measure=digest.measure_title(slow), days=days(waited[slow]))


def _survival() -> Words:
    name = outcome_name(HEADLINES[0])
    return Words(zh=name.zh, en=name.en.lower())


def _about(number: float) -> float:
    """Rounded to three digits that count: the interval is in the table."""
    return float(f"{number:.3g}")


def limits(unit: Estimate) -> Words:
    """The interval of a cost of one firm or job, which may have no end on either side."""
    if isinf(unit.low):
        return both("report.price.no_limits")
    if isinf(unit.high):
        return both("report.price.no_upper", low=money(unit.low))
    return interval(unit.low, unit.high, money)
