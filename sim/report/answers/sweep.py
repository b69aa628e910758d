"""A sweep, told to people: what its levers move, by how much for sure, what that costs, and in how many worlds."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan
from typing import TYPE_CHECKING, Final

from sim.measure import Words
from sim.observe.months import HEADLINES
from sim.report.answers.answer import Table, by_universe, failed, few_worlds, known_universes
from sim.report.charts.style import Chart
from sim.report.charts.sweep import of_points, of_worlds
from sim.report.words import numbers
from sim.report.words.catalogue import LANGUAGES, Language, both
from sim.report.words.figures import below, interval_below
from sim.report.words.lever_names import field_name, lever_name, value_name
from sim.report.words.sentences import inside, listed, outcome_name, say
from sim.study.comparison.targets import Target
from sim.study.reductions.costs import PUBLIC_COST
from sim.study.statistics.estimate import Estimate
from sim.study.summaries.direction import direction
from sim.study.summaries.sweep import SweepSummary
from sim.vocabulary import HEADLINE_UNIVERSE

if TYPE_CHECKING:
    from sim.study.questions.sweep import Sweep

MOST_ROWS: Final = 20  # points of a table: of more, the best
MOST_STEPS: Final = 24
PRICED: Final = ("survivors", "jobs", PUBLIC_COST)


def findings(study: Sweep, lang: Language) -> list[str]:
    """What each headline outcome does, the step that moves it most, what it costs, targets, precision, failures."""
    points = SweepSummary(study)
    return [say(lang, sentence) for sentence in _findings(points)] + failed(study, lang)


def universes(study: Sweep) -> list[str]:
    """Of whom tables and charts can be."""
    return known_universes(study.outcomes["outcome"])


def tables(study: Sweep, lang: Language, universe: str = HEADLINE_UNIVERSE) -> list[Table]:
    """Outcomes by point; differences over worlds; what they cost; steps; targets; precision."""
    points = SweepSummary(study, universe)
    found = [_worlds_alone(points, lang) if not points.levers else _by_point(points, lang)]
    if points.levers:
        if points.worlds > 1:
            found.append(_differences(points, lang))
        found.append(_prices(points, lang))
    found.append(_universes(points, lang))
    if points.targets and points.worlds > 1 and points.levers:
        found.append(_targets(points, lang))
    if points.steps:
        found.append(_steps(points, lang))
    if points.precision:
        found.append(_precision(points, lang))
    return found


def charts(study: Sweep, lang: Language, universe: str = HEADLINE_UNIVERSE) -> list[Chart]:
    """The headline outcomes over the first lever, what a gain costs, targets; over worlds alone how they spread."""
    points = SweepSummary(study, universe)
    return of_points(points, lang) if points.levers else of_worlds(points, lang)


def _findings(points: SweepSummary) -> Iterator[Words]:
    for outcome in HEADLINES:
        ranked = points.ranked(outcome)
        if ranked:
            yield from _of_worlds(points, outcome) if points.worlds > 1 else ()
            yield from _best(points, outcome, ranked[0]) if points.levers else ()
    yield from _strongest_step(points)
    yield from _cost(points)
    yield from _targets_met(points)
    yield from _precise(points)
    if points.worlds > 1:
        yield from few_worlds(points.worlds)


def _of_worlds(points: SweepSummary, outcome: str) -> Iterator[Words]:
    value, _, unit = points.at(0, outcome)
    yield both(
        "sweep.finding.worlds_with" if points.levers else "sweep.finding.worlds",
        outcome=outcome_name(outcome), worlds=points.worlds, mean=numbers.in_unit(value.mean, unit),
        interval=numbers.interval_in_unit(value.low, value.high, unit), first=_first(points, outcome),
    )  # fmt: skip


def _best(points: SweepSummary, outcome: str, best: int) -> Iterator[Words]:
    first, found = points.at(0, outcome), points.at(best, outcome)
    said: dict[str, Words | str | int] = {
        "outcome": outcome_name(outcome), "first": _first(points, outcome), "best": _setting(points, best),
        "before": numbers.in_unit(first.value.mean, first.unit),
        "after": numbers.in_unit(found.value.mean, found.unit), "change": _change(found.difference, found.unit),
        "points": len(points.values),
    }  # fmt: skip
    if isnan(found.difference.mean):
        yield both("sweep.finding.unpaired", **said)
    elif best == 0:
        yield both(f"sweep.finding.{'same' if points.nothing_moves(outcome) else 'first_best'}", **said)
    elif points.worlds > 1:
        share = numbers.share(points.better(best, outcome))
        yield both("sweep.finding.best_over_worlds", share=share, **said)
    else:
        way = {"better": "best", "no_interval": "best_once"}.get(direction(outcome, found.difference), "untold")
        yield both(f"sweep.finding.{way}", **said)


def _strongest_step(points: SweepSummary) -> Iterator[Words]:
    for outcome in HEADLINES[:1]:
        strongest = points.strongest_step(outcome)
        if strongest is None:
            continue
        yield both(
            "sweep.finding.step", outcome=outcome_name(outcome), lever=_field(points, strongest.lever),
            before=_value(strongest.lever, strongest.before), after=_value(strongest.lever, strongest.after),
            change=_change(strongest.change, points.units[outcome]),
        )  # fmt: skip


def _cost(points: SweepSummary) -> Iterator[Words]:
    ranked = points.ranked(HEADLINES[0])
    if not points.levers or not ranked or ranked[0] == 0:
        return
    if direction(HEADLINES[0], points.at(ranked[0], HEADLINES[0]).difference) == "same":
        return  # no setting is best
    firms, cost = points.at(ranked[0], "survivors"), points.at(ranked[0], PUBLIC_COST)
    if isnan(cost.difference.mean) or isnan(firms.difference.mean):
        return
    yield both(
        "sweep.finding.cost", best=_setting(points, ranked[0]), firms=_change(firms.difference, firms.unit),
        cost=_change(cost.difference, cost.unit),
    )  # fmt: skip


def _targets_met(points: SweepSummary) -> Iterator[Words]:
    for target in points.targets:
        if target.outcome not in HEADLINES:
            continue
        said: dict[str, Words | str | int] = {
            "outcome": inside(outcome_name(target.outcome)), "clause": target.clause, "goal": _goal(points, target)
        }  # fmt: skip
        if points.worlds > 1:
            shares = {point: points.met(point, target) for point in points.values}
            known = {point: share for point, share in shares.items() if not isnan(share)}
            if not known:
                continue
            best = max(known, key=lambda point: known[point])
            said |= {"share": numbers.share(shares[0]), "first": both("sweep.first")}
            if points.levers and best:
                said |= {"best": _setting(points, best), "best_share": numbers.share(known[best])}
                yield both("sweep.finding.target_share_best", **said)
            else:
                yield both("sweep.finding.target_share", **said)
            continue
        verdicts = points.verdicts(target)
        counts = {name: verdicts[name] for name in ("met", "missed", "unsure")}
        yield both("sweep.finding.target", all=verdicts.total(), **counts, **said)


def _precise(points: SweepSummary) -> Iterator[Words]:
    fewest, most = points.replications
    draws = len(points.study.draws)
    for outcome, (asked, widest, reached) in points.precision.items():
        unit = points.units.get(outcome, "")
        width, widest_said = numbers.width_in_unit(asked, unit), numbers.width_in_unit(widest, unit)
        yield both(
            "sweep.finding.precise" if reached == draws else "sweep.finding.imprecise",
            outcome=outcome_name(outcome), asked=width, widest=widest_said, reached=reached, draws=draws,
            fewest=fewest, most=most,
        )  # fmt: skip
    if not points.precision and fewest < points.study.manifest.replications and points.study.failures.empty:
        yield both("sweep.finding.stopped", fewest=fewest, most=most, asked=points.study.manifest.replications)
    if most == 1:
        yield both("sweep.finding.one_replication")


def _by_point(points: SweepSummary, lang: Language) -> Table:
    several = points.worlds > 1
    rows = []
    for point in _shown(points):
        cells = []
        for outcome in points.headlines:
            value, difference, unit = points.at(point, outcome)
            said = numbers.in_unit(value.mean, unit)
            if several:
                between = numbers.interval_in_unit(value.low, value.high, unit)
                cells.append(say(lang, interval_below(said, between, value.low, value.high)))
                continue
            change = (
                both("sweep.table.reference")
                if not point
                else numbers.difference_in_unit(difference.mean, unit)
                if isnan(difference.low)
                else numbers.plus_minus(difference.mean, difference.low, difference.high, unit)
            )
            cells.append(below(say(lang, said), say(lang, change)))
        rows.append([*_settings(points, point, lang), *cells])
    key = "worlds" if several else "points"
    columns = [*(lever_name(path, lang) for path in points.levers), *_outcomes(points.headlines, lang)]
    return Table(_title(points, f"sweep.table.{key}", lang), columns, rows)


def _differences(points: SweepSummary, lang: Language) -> Table:
    """Over worlds: how far each point is from the first, and in how many worlds it is better."""
    rows = []
    for point in _shown(points):
        if point == 0:
            continue
        cells = []
        for outcome in points.headlines:
            difference, unit = points.at(point, outcome).difference, points.units.get(outcome, "")
            share = both("sweep.table.better_in", share=numbers.share(points.better(point, outcome)))
            cells.append(below(say(lang, _change(difference, unit)), say(lang, share)))
        rows.append([*_settings(points, point, lang), *cells])
    title = _title(points, "sweep.table.differences", lang, first=_setting(points, 0))
    return Table(title, [*_levers(points, lang), *_outcomes(points.headlines, lang)], rows)


def _prices(points: SweepSummary, lang: Language) -> Table:
    rows = []
    for point in _shown(points):
        cells = []
        for outcome in PRICED:
            difference, unit = points.at(point, outcome).difference, points.units.get(outcome, "")
            between = numbers.difference_interval_in_unit(difference.low, difference.high, unit)
            said = numbers.difference_in_unit(difference.mean, unit)
            if point:
                said = interval_below(said, between, difference.low, difference.high)
            cells.append(say(lang, said))
        rows.append([*_settings(points, point, lang), *cells])
    title = _title(points, "sweep.table.prices", lang, first=_setting(points, 0))
    return Table(title, [*_levers(points, lang), *_outcomes(PRICED, lang)], rows)


def _worlds_alone(points: SweepSummary, lang: Language) -> Table:
    """Nothing but worlds vary: a row for each outcome."""
    met = {target.outcome: points.met(0, target) for target in points.targets}
    rows = []
    for outcome in dict.fromkeys((*points.headlines, "survivors", "jobs", *met)):
        value, _, unit = points.at(0, outcome)
        said = [numbers.in_unit(number, unit) for number in (value.mean, value.low, value.high)]
        said.append(numbers.share(met[outcome]) if outcome in met else both("unit.missing"))
        rows.append([say(lang, outcome_name(outcome)), *(say(lang, words) for words in said)])
    columns = ["outcome", "mean", "low", "high", "met"]
    title = say(lang, both("sweep.table.worlds_alone", worlds=points.worlds))
    return Table(title, [say(lang, both(f"sweep.column.{name}")) for name in columns], rows)


def _targets(points: SweepSummary, lang: Language) -> Table:
    rows = [
        [
            *_settings(points, p, lang),
            *(say(lang, numbers.share(points.met(p, target))) for target in points.targets),
        ]
        for p in _shown(points)
    ]
    columns = [
        f"{say(lang, outcome_name(target.outcome))}\n{say(lang, _goal(points, target))}" for target in points.targets
    ]
    return Table(_title(points, "sweep.table.targets", lang), [*_levers(points, lang), *columns], rows)


def _universes(points: SweepSummary, lang: Language) -> Table:
    """The rates by universe at the first point, and the change to the one that is best for survival."""
    best = next(iter(points.ranked(HEADLINES[0])), 0)

    def told(outcome: str) -> str:
        value, _, unit = points.at(0, outcome)
        said = say(lang, numbers.in_unit(value.mean, unit))
        if best == 0:
            return said
        change = points.at(best, outcome).difference
        return below(said, say(lang, numbers.plus_minus(change.mean, change.low, change.high, unit)))

    if best == 0:
        return by_universe(say(lang, both("answer.universes.table")), told, lang)
    title = both("answer.universes.at_best", first=_setting(points, 0), best=_setting(points, best))
    return by_universe(say(lang, title), told, lang)


def _steps(points: SweepSummary, lang: Language) -> Table:
    of_step: dict[tuple[str, str, str], list[str]] = {}
    for step in points.steps:
        key = step.lever, value_name(step.lever, step.before, lang), value_name(step.lever, step.after, lang)
        said = numbers.plus_minus(step.change.mean, step.change.low, step.change.high, points.units[step.outcome])
        of_step.setdefault(key, []).append(say(lang, said))
    rows = [
        [say(lang, _field(points, lever)), f"{before} → {after}", *cells]
        for (lever, before, after), cells in list(of_step.items())[:MOST_STEPS]
    ]
    columns = [say(lang, both(f"sweep.column.{name}")) for name in ("lever", "step")]
    return Table(say(lang, both("sweep.table.steps")), [*columns, *_outcomes(points.headlines, lang)], rows)


def _precision(points: SweepSummary, lang: Language) -> Table:
    rows = []
    for outcome, (asked, widest, reached) in points.precision.items():
        unit = points.units.get(outcome, "")
        said = (outcome_name(outcome), numbers.width_in_unit(asked, unit), numbers.width_in_unit(widest, unit))
        rows.append([*(say(lang, words) for words in said), f"{reached} / {len(points.study.draws)}"])
    columns = [say(lang, both(f"sweep.column.{name}")) for name in ("outcome", "asked", "widest", "reached")]
    return Table(say(lang, both("sweep.table.precision")), columns, rows)


def _shown(points: SweepSummary) -> list[int]:
    """The points of a table: all, or the first and the best for survival."""
    if len(points.values) <= MOST_ROWS:
        return list(points.values)
    best = points.ranked(HEADLINES[0])
    return list(dict.fromkeys([0, *best]))[:MOST_ROWS]


def _title(points: SweepSummary, key: str, lang: Language, **said: Words | str | int) -> str:
    title = both(key, worlds=points.worlds, **said)
    if len(points.values) > MOST_ROWS:
        title = both("sweep.table.best_of", title=title, shown=MOST_ROWS, all=len(points.values))
    return say(lang, title)


def _levers(points: SweepSummary, lang: Language) -> list[str]:
    return [say(lang, _field(points, path)) for path in points.levers]


def _outcomes(outcomes: tuple[str, ...], lang: Language) -> list[str]:
    return [say(lang, outcome_name(outcome)) for outcome in outcomes]


def _settings(points: SweepSummary, point: int, lang: Language) -> list[str]:
    return [value_name(path, value, lang) for path, value in points.values[point].items()]


def _setting(points: SweepSummary, point: int) -> Words:
    """What the levers are set to at a point, in a sentence."""
    parts = [both("sweep.setting", lever=_field(points, path), value=_value(path, value))
             for path, value in points.values[point].items()]  # fmt: skip
    return listed(parts)


def _first(points: SweepSummary, outcome: str) -> Words:
    """The first setting, in full where it is spoken of first."""
    return _setting(points, 0) if outcome == HEADLINES[0] else both("sweep.first")


def _field(points: SweepSummary, path: str) -> Words:
    """The name of a lever where the page's title says whose it is; in full where two are alike."""
    alike = [other for other in points.levers if field_name(other, "en") == field_name(path, "en")]
    name = field_name if len(alike) == 1 else lever_name
    zh, en = (name(path, lang) for lang in LANGUAGES)
    return Words(zh=zh, en=en)


def _value(path: str, value: object) -> Words:
    zh, en = (value_name(path, value, lang) for lang in LANGUAGES)
    return Words(zh=zh, en=en)


def _change(difference: Estimate, unit: str) -> Words:
    return numbers.with_interval(
        difference.mean, difference.low, difference.high, lambda value: numbers.difference_in_unit(value, unit)
    )


def _goal(points: SweepSummary, target: Target) -> Words:
    return both(f"cli.note.{target.bound}", value=numbers.in_unit(target.limit, points.units[target.outcome]))
