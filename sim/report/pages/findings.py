"""Plain sentences that the numbers of a comparison support. Nothing here knows a result in advance."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

from sim.measure import Words
from sim.observe.months import HEADLINES
from sim.report.words.catalogue import both, named
from sim.report.words.cost_beside import cost_beside
from sim.report.words.no_different import no_different
from sim.report.words.numbers import days, interval, money, points, share, with_interval
from sim.report.words.other_worlds import in_other_worlds
from sim.report.words.scenario_names import scenario_name
from sim.report.words.sentences import MOST_NAMED, inside, listed, outcome_name
from sim.report.words.single_actions import first_by_factors, strongest
from sim.study.summaries.comparison import BORNE, RETURNED, ComparisonSummary
from sim.study.summaries.direction import direction


def findings(summary: ComparisonSummary) -> Iterator[Words]:
    """The sentences on what the comparison is about, most important first; of each what came, then what it cost."""
    for scenario in summary.subjects:
        if beware := in_other_worlds(summary, scenario):
            yield beware
        for outcome in HEADLINES:
            if not isnan(summary.effect(scenario, outcome).difference.mean):
                yield _change(summary, scenario, outcome)
        yield from no_different(summary, scenario)
        yield from cost_beside(summary, scenario)
    yield from single_actions(summary)
    for scenario in summary.subjects:
        for said in (_costs(summary, scenario), places(summary, scenario), delays(summary, scenario)):
            yield from (_of(summary, scenario, sentence) for sentence in said)


def _of(summary: ComparisonSummary, scenario: str, sentence: Words) -> Words:
    """A sentence that does not name the scenario that it is of, as it stands among those of others."""
    if len(summary.subjects) == 1:
        return sentence
    return both("report.finding.of", scenario=scenario_name(summary, scenario), said=sentence)


def _change(summary: ComparisonSummary, scenario: str, outcome: str) -> Words:
    """How far a scenario is from its baseline, and from whatever else it is compared with."""
    first, *others = summary.compared_with(scenario)

    def told(key: str, other: str) -> Words:
        effect = summary.effect(scenario, outcome, other)
        return both(
            f"report.finding.{key}",
            scenario=scenario_name(summary, scenario),
            baseline=summary.titles[other],
            outcome=_in_sentence(outcome),
            value=with_interval(effect.value.mean, effect.value.low, effect.value.high, share),
            change=points(effect.difference.mean),
            interval=interval(effect.difference.low, effect.difference.high, points),
        )

    said = told(direction(outcome, summary.effect(scenario, outcome, first).difference), first)
    beside = [told("beside", other) for other in others]
    return Words(zh="".join(one.zh for one in (said, *beside)), en=" ".join(one.en for one in (said, *beside)))


def single_actions(summary: ComparisonSummary) -> Iterator[Words]:
    """Which actions help most on their own, which do nothing that can be seen, and whether they add up.

    Ranked is what actions do without their nominal measures; an action of nothing else is said to have no rank.
    """
    for outcome in HEADLINES:
        if said := strongest(summary, outcome, "report.finding"):
            yield said
        if said := first_by_factors(summary, outcome):
            yield said
    survival = HEADLINES[0]
    effects = summary.ranked.effects(survival)
    if silent := [name for name, effect in effects.items() if direction(survival, effect) == "same"]:
        yield both(
            "report.finding.undetected",
            outcome=_in_sentence(survival),
            count=len(silent),
            actions=listed(scenario_name(summary, name) for name in silent),
        )
    if unranked := summary.ranked.without_rank:
        actions = listed(scenario_name(summary, name) for name in unranked)
        yield both("report.finding.unranked", count=len(unranked), actions=actions)
    if said := together(summary, "report.finding"):
        yield said


def together(summary: ComparisonSummary, group: str) -> Words | None:
    """Whether the whole plan is more or less than the sum of its actions, for survival, in the words of a group.

    Told by the paired interval of the difference of the two; None where that was not computed or has no interval.
    """
    survival = HEADLINES[0]
    known = summary.interaction(survival)
    if "whole_less_alone" not in known or isnan(known["whole_less_alone"].low):
        return None
    way = {"better": "synergy", "worse": "overlap"}.get(direction(survival, known["whole_less_alone"]), "adds")
    whole, alone = (points(known[quantity].mean) for quantity in ("whole", "sum_alone"))
    return both(f"{group}.{way}", outcome=_in_sentence(survival), sum=alone, together=whole)


def _costs(summary: ComparisonSummary, scenario: str) -> Iterator[Words]:
    table = summary.borne_by(scenario, "bearer")
    total = float(table[list(BORNE)].to_numpy().sum())
    if total <= 0:
        return
    first = str(table.index[0])
    yield both(
        "report.finding.bearer",
        total=money(total),
        party=inside(named("party", first)),
        amount=money(float(table["borne"].iloc[0])),
    )
    if table[[RETURNED, "deferred"]].to_numpy().any():
        yield both(
            "report.finding.no_relief",
            returned=money(float(table[RETURNED].sum())),
            deferred=money(float(table["deferred"].sum())),
            repaid=money(float(table["repaid"].sum())),
        )


def places(summary: ComparisonSummary, scenario: str) -> Iterator[Words]:
    """Where survival gains most; nothing where that is none, or one of too many to name."""
    for by in ("prefecture", "sector"):
        gains = summary.most_gained(scenario, by)
        if not 0 < len(gains) <= MOST_NAMED:
            continue
        places = [
            both("report.finding.with_change", item=named(by, group), change=points(gain.mean))
            for group, gain in gains.items()
        ]
        yield both(f"report.finding.place{'' if len(gains) == 1 else '_of'}_{by}", places=listed(places, MOST_NAMED))


def delays(summary: ComparisonSummary, scenario: str) -> Iterator[Words]:
    """The slowest and the fastest measure; nothing when fewer than two are waited for."""
    waited = summary.stations(scenario)["days_paid"].dropna()
    if len(waited) >= 2:
        slow, fast = str(waited.idxmax()), str(waited.idxmin())
        yield both(
            "report.finding.slow",
            slow=summary.measure_title(slow),
            slow_days=days(waited[slow]),
            fast=summary.measure_title(fast),
            fast_days=days(waited[fast]),
        )


def _in_sentence(outcome: str) -> Words:
    return inside(outcome_name(outcome))
