"""How much of an effect is luck and how much is not known: a comparison's figures as a table, for page and terminal."""

from __future__ import annotations

from collections.abc import Mapping
from math import nan
from typing import TYPE_CHECKING, NamedTuple

from sim.measure import Words
from sim.observe.months import HEADLINES
from sim.report.words import numbers
from sim.report.words.catalogue import both
from sim.report.words.sentences import outcome_name
from sim.study.summaries.rows import tuples

if TYPE_CHECKING:
    from sim.study.questions.comparison import Comparison


class Row(NamedTuple):
    """One outcome of a scenario, or how far it is from another: over replications, over draws, share of not known."""

    outcome: Words
    against: Words
    cells: list[Words]


def over(study: Comparison) -> Words:
    """What parameters were drawn from, in a sentence."""
    return both(f"report.targets.over.{study.manifest.settings['uncertainty']}")


def parameters(study: Comparison) -> Words:
    """Which values of the parameters a comparison rests on, as a fact among others."""
    draws = study.manifest.settings["draws"]
    if not draws:
        return both("report.facts.as_calibrated")
    return both("report.facts.drawn", over=over(study), draws=numbers.plain_count(draws))


def heads(study: Comparison) -> list[Words]:
    """What stands above the columns of :func:`rows`."""
    names = ("outcome", "against", "replications", "draws", "share")
    return [both(f"report.not_known.{name}", over=over(study)) for name in names]


def rows(study: Comparison, scenario: str, titles: Mapping[str, Words]) -> list[Row]:
    """Of each headline outcome the level, and the effect against each other scenario; no rows without draws of it."""
    keys = ["scenario", "against", "outcome"]
    lucky = {(row.scenario, row.against, row.outcome): row for row in tuples(study.differences)}
    lucky |= {(row.scenario, "", row.outcome): row for row in tuples(study.outcomes)}
    of_one = (study.uncertainty["scenario"] == scenario) & study.uncertainty["outcome"].isin(HEADLINES)
    apart = study.uncertainty[of_one]
    found = []
    for row in tuples(apart.sort_values("outcome", key=lambda names: names.map(HEADLINES.index), kind="stable")):
        luck = lucky[tuple(getattr(row, key) for key in keys)]
        written = numbers.points if row.against else numbers.share
        cells = [
            numbers.with_interval(luck.mean, luck.low, luck.high, written),
            numbers.with_interval(row.middle, row.low, row.high, written),
            numbers.share(row.share if row.low < row.high else nan),  # of nothing there is no share
        ]
        against = titles[row.against] if row.against else both("report.not_known.itself")
        found.append(Row(outcome_name(row.outcome), against, cells))
    return found
