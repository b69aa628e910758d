"""Plain sentences that the numbers of a comparison support. Nothing here knows a result in advance."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan
from typing import TYPE_CHECKING

from sim.measure import Words
from sim.observe.months import HEADLINES
from sim.report.digest import BORNE, FULL_PLAN, Digest, Effect, Estimate, more_is_better
from sim.report.numbers import days, interval, money, points, share
from sim.report.words import both, named

if TYPE_CHECKING:
    from sim.study.comparison import Comparison

CLEARLY_APART = 0.05  # the whole and its parts are told apart when they differ by more than this share of the parts


def verdict(outcome: str, value: Estimate, target: float | None) -> str:
    """``met`` or ``missed`` when the whole interval lies on one side of the target, else ``unsure``; ``none``."""
    if target is None or isnan(value.mean):
        return "none"
    low, high = (value.mean, value.mean) if isnan(value.low) else (value.low, value.high)
    if not more_is_better(outcome):
        low, high, target = -high, -low, -target
    return "met" if low >= target else "missed" if high < target else "unsure"


def judged(comparison: Comparison, scenario: str, outcome: str, value: Estimate, target: float | None) -> str:
    """The :func:`verdict`; but a target is ``not_pursued`` that is not met by a scenario without any of its measures.

    Its measures are those that carry out the clause which sets it.
    """
    found = verdict(outcome, value, target)
    if found not in ("missed", "unsure"):
        return found
    clauses = set(comparison.targets.loc[comparison.targets["outcome"] == outcome, "clause"])
    contents = next(asked.contents for asked in comparison.manifest.scenarios if asked.name == scenario)
    pursued = any(clauses.intersection(measure["clauses"]) for measure in contents["measures"].values())
    return found if pursued else "not_pursued"


def direction(outcome: str, difference: Estimate) -> str:
    """``better`` or ``worse`` when the interval excludes zero, ``same`` when it does not, else ``no_interval``."""
    if difference.mean == 0:
        return "same"
    if isnan(difference.low):
        return "no_interval"
    if difference.low <= 0 <= difference.high:
        return "same"
    return "better" if (difference.mean > 0) == more_is_better(outcome) else "worse"


def outcome_name(outcome: str) -> Words:
    """Name of an outcome for people."""
    known = named(f"outcome.{outcome}", "name")
    return known if known.en != "name" else Words(zh=outcome, en=outcome.replace("_", " "))


def findings(digest: Digest) -> Iterator[Words]:
    """The sentences, most important first."""
    scenario = digest.main
    if scenario is None:
        return
    for outcome in HEADLINES:
        effect = digest.effect(scenario, outcome)
        if not isnan(effect.difference.mean):
            yield _change(digest.names[scenario], outcome, effect)
    yield from single_actions(digest)
    yield from _costs(digest, scenario)
    yield from places(digest, scenario)
    yield from delays(digest, scenario)


def _change(title: Words, outcome: str, effect: Effect) -> Words:
    difference = effect.difference
    return both(
        f"report.finding.{direction(outcome, difference)}",
        scenario=title,
        outcome=_in_sentence(outcome),
        value=share(effect.value.mean),
        change=points(difference.mean),
        interval=interval(difference.low, difference.high, points),
    )


def single_actions(digest: Digest) -> Iterator[Words]:
    """Which actions help most on their own, which do nothing that can be seen, and whether they add up."""
    for outcome in HEADLINES:
        sign = 1 if more_is_better(outcome) else -1
        effects = {name: digest.effect(name, outcome).difference for name in digest.single_actions}
        effects = {name: effect for name, effect in effects.items() if not isnan(effect.mean)}
        ranked = sorted(effects, key=lambda name: -sign * effects[name].mean)
        helpful = [name for name in ranked if direction(outcome, effects[name]) == "better"]
        if len(helpful) >= 2:
            first, second = helpful[:2]
            yield both(
                "report.finding.strongest",
                outcome=_in_sentence(outcome),
                action=digest.names[first],
                change=points(effects[first].mean),
                second=digest.names[second],
                second_change=points(effects[second].mean),
            )
    survival = HEADLINES[0]
    effects = {name: digest.effect(name, survival).difference for name in digest.single_actions}
    if silent := [name for name, effect in effects.items() if direction(survival, effect) == "same"]:
        comma = both("report.comma")
        yield both(
            "report.finding.undetected",
            outcome=_in_sentence(survival),
            count=len(silent),
            actions=Words(
                zh=comma.zh.join(digest.names[name].zh for name in silent),
                en=comma.en.join(digest.names[name].en for name in silent),
            ),
        )
    if len(effects) > 1 and FULL_PLAN in digest.others:
        parts = sum(effect.mean for effect in effects.values())
        whole = digest.effect(FULL_PLAN, survival).difference.mean
        if parts > 0 and abs(whole - parts) > CLEARLY_APART * parts:
            yield both(
                f"report.finding.{'overlap' if whole < parts else 'synergy'}",
                outcome=_in_sentence(survival),
                sum=points(parts),
                together=points(whole),
            )


def _costs(digest: Digest, scenario: str) -> Iterator[Words]:
    table = digest.borne_by(scenario, "bearer")
    total = float(table[list(BORNE)].to_numpy().sum())
    if total <= 0:
        return
    first = str(table.index[0])
    yield both(
        "report.finding.bearer",
        total=money(total),
        party=_lower(named("party", first)),
        amount=money(float(table["borne"].iloc[0])),
        deferred=money(float(table["deferred"].sum())),
        repaid=money(float(table["repaid"].sum())),
    )


def places(digest: Digest, scenario: str) -> Iterator[Words]:
    """Where survival gains most; nothing when it gains nowhere."""
    best = {}
    for by in ("prefecture", "sector"):
        table = digest.places[by]
        table = table[(table["scenario"] == scenario) & (table["outcome"] == "survival_rate")].dropna(
            subset=["difference"]
        )
        if table.empty or table["difference"].max() <= 0:
            return
        best[by] = table.sort_values("difference").iloc[-1]
    yield both(
        "report.finding.place",
        prefecture=named("prefecture", best["prefecture"]["prefecture"]),
        change=points(best["prefecture"]["difference"]),
        sector=_lower(named("sector", best["sector"]["sector"])),
        sector_change=points(best["sector"]["difference"]),
    )


def delays(digest: Digest, scenario: str) -> Iterator[Words]:
    """The slowest and the fastest measure; nothing when fewer than two are waited for."""
    waited = digest.stations(scenario)["days_paid"].dropna()
    if len(waited) >= 2:
        slow, fast = str(waited.idxmax()), str(waited.idxmin())
        yield both(
            "report.finding.slow",
            slow=digest.measure_title(slow),
            slow_days=days(waited[slow]),
            fast=digest.measure_title(fast),
            fast_days=days(waited[fast]),
        )


def _in_sentence(outcome: str) -> Words:
    return _lower(outcome_name(outcome))


def _lower(name: Words) -> Words:
    """A common noun as it stands inside a sentence."""
    return Words(zh=name.zh, en=name.en[:1].lower() + name.en[1:])
