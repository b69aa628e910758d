"""A target that is missed, told to people: how far, where the gap lies, who waits, and which levers move it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from sim.measure import Words
from sim.observe.outcomes import OUTCOMES
from sim.report.words import numbers
from sim.report.words.catalogue import both, named
from sim.report.words.factor_names import about, range_of, with_interval
from sim.report.words.lever_names import lever_words
from sim.report.words.sentences import MOST_NAMED, inside, joined, listed, outcome_name
from sim.study.comparison.sample_size import FEWEST_ROWS, are_few
from sim.study.statistics.estimate import Estimate
from sim.study.summaries.comparison import FULL_PLAN
from sim.study.summaries.missed_targets import BY, REFUNDS, MissedTarget
from sim.study.summaries.moving_levers import MovingLevers

MOST_LEVERS: Final = 10  # in the table


class Part(NamedTuple):
    """What one group has in a gap: its name, a cell for each of :func:`heads`, and its bar.

    ``start`` and ``width``: of the bar, in percent of the widest that there is; ``rows``: of the sample, where they are
    too few to say anything.
    """

    name: Words
    cells: list[tuple[Words, Words | None]]  # a number and its interval, where that stands by itself
    start: float
    width: float
    is_short: bool
    rows: str


def heading(scenario: Words, missed: Sequence[MissedTarget]) -> Words:
    """Which targets a scenario misses."""
    key = "heading" if all(one.row.verdict == "missed" for one in missed) else "heading_perhaps"
    outcomes = listed(outcome_name(one.outcome) for one in missed)
    return both(f"report.missed.{key}", scenario=scenario, outcomes=outcomes)


def told(missed: MissedTarget) -> Words:
    """How far the outcome is off, how many firms that is, and what is known beside."""
    return joined([_gap(missed), *_beside(missed)])


def universes(missed: MissedTarget) -> list[tuple[Words, list[Words]]]:
    """Of a rate its value and its distance from the limit in each universe, a row each; of others none."""
    limit = missed.target.limit
    return [
        (
            both(f"outcome.whom.{universe}"),
            [
                numbers.with_interval(rate.mean, rate.low, rate.high, numbers.share),
                numbers.points(rate.mean - limit),
            ],
        )
        for universe, rate in missed.universes.items()
    ]


def heads(missed: MissedTarget) -> list[Words]:
    """What stands above the columns of :func:`parts`, of the group's name first."""
    if not missed.is_rate:
        return [both(f"report.saved.{key}") for key in ("group", "amount")]
    keys = ("rate", "whole_share", "short" if missed.target.bound == "at_least" else "over", "points")
    return [both("report.saved.group"), *(both(f"report.missed.{key}") for key in keys)]


def parts(missed: MissedTarget, by: str) -> list[Part]:
    """What each group has in the gap, the largest part first; none where it cannot be told group by group."""
    rows = missed.groups(by)
    if not rows:
        return []
    least = min(0.0, *(row.short for row in rows))
    wide = max(0.0, *(row.short for row in rows)) - least or 1.0
    found = []
    for row in rows:
        start, width = (min(row.short, 0.0) - least) / wide, abs(row.short) / wide
        few = f"{row.rows:.0f}" if row.rows < FEWEST_ROWS else ""
        found.append(Part(named(by, row.group), _cells(missed, row), 100 * start, 100 * width, row.short > 0, few))
    return found


def total(missed: MissedTarget) -> list[tuple[Words, Words | None]]:
    """The cells of all groups together."""
    return _cells(missed, missed.whole)


def told_of_levers(moving: MovingLevers) -> Words:
    """Which sensitivity tells what moves the outcome; whether no lever is told to, and what is not known and does."""
    return joined([*_source(moving), *_after(moving)])


def no_source(scenario: str) -> Words:
    """That no sensitivity is at hand, and what makes one."""
    return both(f"report.missed.no_source{'' if scenario == FULL_PLAN else '_of'}", scenario=scenario)


def levers(moving: MovingLevers) -> list[tuple[Words, list[Words]]]:
    """The levers that are told to move the outcome, the strongest first: name, range, strength and direction."""
    study, unit = moving.study, moving.study.unit(moving.outcome)
    return [
        (
            lever_words(row.factor),
            [
                range_of(study, row.factor),
                with_interval(study, row.strength, row.low, row.high, unit),
                both(f"report.missed.direction.{moving.direction(row.factor)}"),
            ],
        )
        for row in moving.levers[:MOST_LEVERS]
    ]


def lever_heads(moving: MovingLevers) -> list[Words]:
    """What stands above the columns of :func:`levers`."""
    return [
        both("report.missed.lever"),
        both("sensitivity.table.range"),
        both(f"sensitivity.table.strength_{moving.study.method}"),
        both("report.missed.more_of_it"),
    ]


def _gap(missed: MissedTarget) -> Words:
    row, unit, far = missed.row, missed.unit, missed.gap
    said = both(
        f"report.missed.{row.bound}",
        outcome=outcome_name(row.outcome), clause=row.clause, day=row.on,
        value=numbers.in_unit(row.mean, unit), goal=numbers.in_unit(row.target, unit),
        gap=numbers.with_interval(far.mean, far.low, far.high, lambda end: numbers.width_in_unit(end, unit)),
    )  # fmt: skip
    whole = missed.whole
    return said if whole is None or not missed.is_rate else joined([said, _firms(missed, whole)])


def _beside(missed: MissedTarget) -> Iterator[Words]:
    """Who does not work again and what is waited for, what became of refunds, where the largest part lies."""
    if missed.not_working:
        counted = {name: _estimated(found) for name, found in missed.not_working.items()}
        yield both("report.missed.not_working", **counted)
    if any(missed.waiting.values()):
        kinds = listed(
            both("report.missed.waits", kind=inside(named("ticket", kind)), count=numbers.entities(firms))
            for kind, firms in missed.waiting.items()
        )
        yield both("report.missed.waiting", kinds=kinds)
    if missed.refunds:
        yield both("report.missed.refunds", **{name: numbers.entities(missed.refunds[name]) for name in REFUNDS})
    for by in BY:
        leading = missed.leading(by)
        if 0 < len(leading) <= MOST_NAMED:
            items = listed(
                both("report.finding.with_change", item=named(by, group), change=_size(missed, row))
                for group, row in leading.items()
            )
            yield both(f"report.missed.most{'' if len(leading) == 1 else '_of'}", by=_by(by), groups=items)


def _firms(missed: MissedTarget, whole: Any) -> Words:
    outcome = OUTCOMES[missed.outcome]
    short = _estimated(Estimate(whole.short, whole.short_low, whole.short_high))
    of = both(f"report.missed.of.{outcome.base}", whom=both(f"outcome.whom.{outcome.universe}"))
    key = "more" if missed.target.bound == "at_least" else "fewer"
    does = both(f"report.missed.does.{outcome.base}")
    return both(f"report.missed.{key}", count=short, whole=numbers.entities(whole.whole), of=of, does=does)


def _cells(missed: MissedTarget, row: Any) -> list[tuple[Words, Words | None]]:
    if not missed.is_rate:
        return [(numbers.with_interval(row.short, row.short_low, row.short_high, numbers.money), None)]
    points = Estimate(row.points, row.points_low, row.points_high)
    return [
        (numbers.plain_share(row.rate), None),
        (numbers.plain_share(row.whole_share), None),
        (numbers.plain_count(row.short), numbers.bare_interval(row.short_low, row.short_high)),
        (numbers.bare_plus_minus(points, 100.0, 2), None),
    ]


def _size(missed: MissedTarget, row: Any) -> Words:
    return numbers.width_in_unit(row.points, "share") if missed.is_rate else numbers.money(row.short)


def _estimated(found: Estimate) -> Words:
    return numbers.with_interval(found.mean, found.low, found.high, numbers.entities)


def _by(by: str) -> Words:
    return both(f"report.by.{by}")


def _source(moving: MovingLevers) -> Iterator[Words]:
    study = moving.study
    designs = int(study.spread.set_index("outcome")["used"][moving.outcome])
    rows = study.manifest.firms
    yield both(
        "report.missed.source",
        folder=moving.kept.folder, about=about(study, moving.outcome), factors=len(study.factors), designs=designs,
        unit=both(f"report.missed.designs.{study.method}"), replications=study.manifest.replications,
        firms=both("answer.facts.province") if isinstance(rows, str) else numbers.plain_count(rows),
    )  # fmt: skip
    if are_few(designs):
        yield both(f"answer.few.{study.method}", count=designs)


def _after(moving: MovingLevers) -> Iterator[Words]:
    if not moving.levers:
        yield both("report.missed.no_lever", count=moving.count)
    if moving.unknowns:
        names = listed((lever_words(factor) for factor in moving.unknowns), MOST_NAMED)
        yield both("report.missed.unknowns" if moving.levers else "report.missed.unknowns_only", names=names)
