"""Plain sentences that the numbers of a comparison support. Nothing here knows a result in advance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from math import isnan
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.measure import Words
from sim.observe.months import HEADLINES
from sim.report.digest import BORNE, RETURNED, Digest, Effect, Estimate, more_is_better
from sim.report.words.catalogue import both, named
from sim.report.words.numbers import days, interval, money, points, share
from sim.study.comparison.sample_size import FEWEST_ROWS
from sim.study.ensemble import interval as interval_of
from sim.study.ensemble import of_differences

if TYPE_CHECKING:
    import pandas as pd

MOST_NAMED: Final = 3  # in a sentence


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
        if said := strongest(digest, outcome, "report.finding"):
            yield said
    survival = HEADLINES[0]
    effects = {name: digest.effect(name, survival).difference for name in digest.single_actions}
    if silent := [name for name, effect in effects.items() if direction(survival, effect) == "same"]:
        yield both(
            "report.finding.undetected",
            outcome=_in_sentence(survival),
            count=len(silent),
            actions=listed((digest.names[name] for name in silent), most=len(silent)),
        )
    if said := together(digest, "report.finding"):
        yield said


def strongest(digest: Digest, outcome: str, group: str) -> Words | None:
    """Which actions improve an outcome most on their own, in the words of a group; None where none is seen to."""
    effects = {name: digest.effect(name, outcome).difference for name in digest.single_actions}
    first = leaders(outcome, effects, lambda one, other: digest.apart(one, other, outcome))
    if not first:
        return None
    actions = [
        both("report.finding.with_change", item=digest.names[name], change=points(effects[name].mean)) for name in first
    ]
    way = "strongest" if len(first) == 1 else "strongest_of"
    return both(f"{group}.{way}", outcome=_in_sentence(outcome), actions=listed(actions))


def leaders(outcome: str, effects: Mapping[str, Estimate], apart: Callable[[str, str], Estimate]) -> list[str]:
    """Those that improve an outcome most: one, and whoever ``apart`` does not tell from it, the largest gain first.

    None where none is told to improve it. ``apart``: how far one is from another, paired by luck.
    """
    ranked = sorted(
        (name for name, effect in effects.items() if not isnan(effect.mean)),
        key=lambda name: effects[name].mean * (-1 if more_is_better(outcome) else 1),
    )
    best = next((name for name in ranked if direction(outcome, effects[name]) == "better"), None)
    if best is None:
        return []
    return [name for name in ranked if name == best or direction(outcome, apart(best, name)) != "better"]


def together(digest: Digest, group: str) -> Words | None:
    """Whether the whole plan is more or less than the sum of its actions, for survival, in the words of a group.

    Told by the paired interval of the difference of the two; None where that was not computed or has no interval.
    """
    survival = HEADLINES[0]
    known = digest.interaction(survival)
    if "whole_less_alone" not in known or isnan(known["whole_less_alone"].low):
        return None
    way = {"better": "synergy", "worse": "overlap"}.get(direction(survival, known["whole_less_alone"]), "adds")
    whole, alone = (points(known[quantity].mean) for quantity in ("whole", "sum_alone"))
    return both(f"{group}.{way}", outcome=_in_sentence(survival), sum=alone, together=whole)


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
    )
    if table[[RETURNED, "deferred"]].to_numpy().any():
        yield both(
            "report.finding.no_relief",
            returned=money(float(table[RETURNED].sum())),
            deferred=money(float(table["deferred"].sum())),
            repaid=money(float(table["repaid"].sum())),
        )


def places(digest: Digest, scenario: str) -> Iterator[Words]:
    """Where survival gains most, of groups of enough rows; nothing where that is none, or one of too many to name."""
    gains = digest.comparison.gains
    gains = gains[gains["scenario"] == scenario]
    for by in ("prefecture", "sector"):
        rows = gains[gains["by"] == by]
        large = rows.groupby("group")["rows"].min()
        rows = rows[rows["group"].isin(large.index[large >= FEWEST_ROWS])]
        shares = rows.assign(gain=rows["kept"] / rows["firms"]).pivot(
            index="replication", columns="group", values="gain"
        )
        effects = {str(group): _estimate(shares[group]) for group in shares}
        first = leaders(HEADLINES[0], effects, partial(_between, shares))
        if not 0 < len(first) <= MOST_NAMED:
            continue
        places = [
            both("report.finding.with_change", item=named(by, group), change=points(effects[group].mean))
            for group in first
        ]
        yield both(f"report.finding.place{'' if len(first) == 1 else '_of'}_{by}", places=listed(places))


def _between(by_luck: pd.DataFrame, one: str, other: str) -> Estimate:
    return _estimate(by_luck[one] - by_luck[other])


def _estimate(differences: pd.Series[float]) -> Estimate:
    known = np.asarray(differences.dropna(), np.float64)
    mean, low, high = interval_of(known, *of_differences(HEADLINES[:1]))
    return Estimate(*(np.asarray(end).item() for end in (mean, low, high)))


def listed(names: Iterable[Words], most: int = MOST_NAMED) -> Words:
    """Names in a sentence, of more than ``most`` the first of them."""
    every, comma = list(names), both("report.comma")
    shown = every if len(every) <= most else every[:most]
    said = Words(zh=comma.zh.join(one.zh for one in shown), en=comma.en.join(one.en for one in shown))
    return said if shown is every else both("report.and_others", names=said, count=len(every) - len(shown))


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
