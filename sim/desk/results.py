"""What the right side of the page says of numbers: a pure function of them, of the what-if that is looked at, and more.

Tables are HTML of templates that escape whatever they are given; charts are the report's own specifications.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from math import ceil, isnan
from typing import Any, Final

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from sim.desk.numbers import Numbers
from sim.observe.months import HEADLINES
from sim.report.answers.answer import Table
from sim.report.charts.comparison import all_charts, fates, money, months, tiles
from sim.report.charts.style import Spec
from sim.report.words import numbers as written
from sim.report.words import winners
from sim.report.words.catalogue import Language, named, text
from sim.report.words.scenario_names import scenario_name
from sim.report.words.sentences import outcome_name, say
from sim.study.comparison import winners_and_losers
from sim.study.comparison.targets import Target
from sim.study.reductions.costs import COSTS
from sim.study.reductions.fates import FATES
from sim.study.statistics.estimate import UNKNOWN, Estimate
from sim.study.summaries.comparison import ComparisonSummary
from sim.study.summaries.direction import direction
from sim.study.summaries.rows import tuples
from sim.study.summaries.scenario_effects import BY, ScenarioEffects, groups

SECONDS_PER_MINUTE: Final = 60
TOLD: Final = ("better", "worse")  # directions that the replications can tell
SECTOR, PREFECTURE = BY[0], BY[2]


@dataclass(frozen=True)
class Told:
    """What is shown of numbers.

    ``status``: on what they rest and how long more will take. ``is_first``: they are a first indication. ``failures``:
    sentences on what could not be run. ``tables``: HTML by name (``headline``, ``costs``, ``fates``, ``sectors``).
    ``charts``: specifications by name. ``others``: what the chosen what-if can be compared with, titles by name;
    ``against``: which of them it is compared with.
    """

    status: str
    is_first: bool = True
    failures: tuple[str, ...] = ()
    tables: Mapping[str, str] = field(default_factory=dict)
    charts: Mapping[str, Spec] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    against: str = ""


@dataclass(frozen=True)
class Cell:
    """A number with its interval below it, what it differs from the plan by, and what is said of a target.

    ``spread``: what it is over draws of the parameters. ``grey``: nothing is told by it yet.
    """

    value: str
    interval: str = ""
    change: str = ""
    direction: str = ""
    verdict: str = ""
    verdict_words: str = ""
    spread: str = ""
    grey: bool = False


def told(
    numbers: Numbers,
    name: str,
    against: str | None,
    lang: Language,
    in_short: bool = False,
    check: Callable[[], None] = lambda: None,
) -> Told:
    """What is shown of numbers for the what-if of a ``name``.

    ``against``: with which scenario it is compared; of None, or of one that there is not, the plan, or what the plan
    itself is compared with where the what-if is the plan still. ``in_short``: the outcomes alone, which are told at
    once, where charts and groups of firms take their time. ``check``: called on the way; what it raises ends it.
    """
    failures = tuple(_failures(numbers, lang))
    if numbers.comparison is None:
        stage = "failed" if numbers.stage == "failed" else "working"
        return Told(text(f"desk.right.{stage}", lang), failures=failures)
    summary = ComparisonSummary(numbers.comparison)
    known = sorted(numbers.names(), key=lambda one: (one in summary.subjects, one == numbers.plan))
    names = {one: say(lang, scenario_name(summary, one)) for one in known}
    shown = name if name in known else numbers.plan
    others = {one: title for one, title in names.items() if one != shown}
    if against not in others:
        against = next(iter(_partners(numbers, shown, others)), numbers.baseline)
    effects = ScenarioEffects(summary)
    tables = {
        "headline": _table(
            "headline", lang, heads=_heads(names, summary), rows=_headline(numbers, effects, names, lang)
        ),
        "difference": _table(
            "difference",
            lang,
            caption=_caption(names, (shown, against), lang),
            rows=list(_differences(numbers, shown, against, lang)),
        ),
    }
    is_first = numbers.replications < 2 or numbers.stage in ("working", "first")
    found = Told(_status(numbers, lang), is_first, failures, tables, {}, others, against)
    if in_short:
        return found
    charts = {}
    for chart, spec in _charts(numbers, effects, shown, lang):
        check()
        charts[chart] = spec
    check()
    pair = (shown, against)
    of_costs = _told_pair(numbers.costs, pair, numbers)
    of_fates = _told_pair(numbers.fates, pair, numbers)
    sectors, places = (_groups(numbers, by, pair) for by in (SECTOR, PREFECTURE))
    caption = _caption(names, pair, lang)
    if len(places):
        charts["places"] = tiles.chart(places, caption, lang)
    tables |= {
        "costs": _table(
            "costs", lang, caption=_caption(names, of_costs, lang), rows=_costs(numbers.costs(*of_costs), lang)
        ),
        "fates": _table(
            "fates", lang, caption=_caption(names, of_fates, lang), rows=_fates(numbers.fates(*of_fates), lang)
        ),
        "sectors": _table(
            "sectors",
            lang,
            caption=caption,
            heads=winners.heads(),
            rows=[winners.group(row, SECTOR) for row in tuples(sectors)],
        ),
    }
    return replace(found, tables=tables, charts=charts)


def _caption(names: Mapping[str, str], pair: tuple[str, str], lang: Language) -> str:
    return text("desk.right.compared", lang, what=names[pair[0]], other=names[pair[1]])


def _partners(numbers: Numbers, shown: str, others: Mapping[str, str]) -> Iterator[str]:
    """What a scenario is compared with first: the plan, where it is not the plan itself."""
    what_if = next((one for one in numbers.desk.what_ifs if one.name == shown), None)
    if numbers.plan in others and what_if is not None and what_if.differs():
        yield numbers.plan
    if numbers.baseline in others:
        yield numbers.baseline
    yield from others


def _told_pair(table: Callable[[str, str], pd.DataFrame], pair: tuple[str, str], numbers: Numbers) -> tuple[str, str]:
    """The two scenarios as a table of the study compares them: from the other side, or else with its baseline."""
    turned = (pair[1], pair[0])
    return next((one for one in (pair, turned) if len(table(*one))), (pair[0], numbers.against(pair[0])))


def _groups(numbers: Numbers, by: str, pair: tuple[str, str]) -> pd.DataFrame:
    """Groups of firms of any two scenarios; who was saved is known only beside a baseline."""
    study: Any = numbers.comparison
    return winners_and_losers.table(winners_and_losers.by_run(study, by, {pair[0]: [pair[1]]}), study.fates, by)


def _failures(numbers: Numbers, lang: Language) -> Iterator[str]:
    if numbers.reason is not None:
        yield say(lang, numbers.reason)
    for name, reason in numbers.failures.items():
        yield text("desk.right.failure", lang, what=name, reason=reason)


def _status(numbers: Numbers, lang: Language) -> str:
    """On what the numbers rest, and how long the wished precision will take."""
    known = [width for width in numbers.half_widths.values() if not isnan(width)]
    width = say(lang, written.width_in_unit(max(known), "share")) if known else text("desk.right.unknown_width", lang)
    firms, replications = say(lang, written.plain_count(numbers.firms)), numbers.replications
    stage = numbers.stage if numbers.stage in ("first", "precise", "at_limit") else "refining"
    said = text(f"desk.right.{stage}", lang, firms=firms, replications=replications, width=width)
    if numbers.seconds_left is None or numbers.replications_needed is None or stage in ("precise", "at_limit"):
        return said
    is_long = numbers.seconds_left >= 2 * SECONDS_PER_MINUTE
    number = ceil(numbers.seconds_left / SECONDS_PER_MINUTE if is_long else max(numbers.seconds_left, 1))
    time = text(f"desk.right.{'minutes' if is_long else 'seconds'}", lang, number=number)
    more = text("desk.right.left", lang, time=time, needed=numbers.replications_needed)
    return f"{said}{'' if lang == 'zh' else ' '}{more}"


def _heads(names: Mapping[str, str], summary: ComparisonSummary) -> list[dict[str, Any]]:
    """The scenarios in the order of the columns, those of the page's own marked."""
    return [{"title": title, "is_own": name in summary.subjects} for name, title in names.items()]


def _headline(numbers: Numbers, effects: ScenarioEffects, names: Iterable[str], lang: Language) -> list[dict[str, Any]]:
    """A row for each of the three outcomes: the target, and a cell for each scenario."""
    summary, rows = effects.summary, []
    levels = {(row.scenario, row.outcome): row for row in tuples(numbers.headline())}
    changes = {
        name: {row.outcome: Estimate(row.mean, row.low, row.high) for row in tuples(numbers.difference(name, plan))}
        for plan in (numbers.plan,)
        for name in numbers.names()
        if name in summary.subjects and name != plan
    }
    spread = {(row.scenario, row.outcome): row for row in tuples(numbers.spread) if not row.against}
    for outcome in HEADLINES:
        target = summary.targets.get(outcome)
        cells = []
        for name in names:
            level = levels.get((name, outcome))
            if level is None:
                cells.append(Cell(text("unit.missing", lang)))
                continue
            change = changes.get(name, {}).get(outcome)
            cell = _cell(level, change, outcome, target, effects.verdict(name, outcome), lang)
            if drawn := spread.get((name, outcome)):
                between = written.interval(drawn.low, drawn.high, written.share)
                cell = replace(cell, spread=text("desk.right.spread", lang, interval=between))
            cells.append(cell)
        rows.append({"name": say(lang, outcome_name(outcome)), "goal": _goal(target, lang), "cells": cells})
    return rows


def _goal(target: Target | None, lang: Language) -> str:
    if target is None:
        return text("unit.missing", lang)
    return f"{'≥' if target.bound == 'at_least' else '≤'} {say(lang, written.share(target.limit))}"


def _cell(
    level: Any, change: Estimate | None, outcome: str, target: Target | None, verdict: str, lang: Language
) -> Cell:
    found = "" if change is None else direction(outcome, change)
    return Cell(
        say(lang, written.share(level.mean)),
        "" if isnan(level.low) else say(lang, written.interval(level.low, level.high, written.share)),
        "" if change is None else _estimate(change, "share", lang),
        found,
        verdict if target else "",
        text(f"report.targets.{verdict}", lang) if target else "",
        grey=isnan(level.low) or (change is not None and found not in TOLD),
    )


def _estimate(value: Estimate, unit: str, lang: Language) -> str:
    """A difference with its interval, where there is one."""
    return say(
        lang,
        written.with_interval(value.mean, value.low, value.high, lambda one: written.difference_in_unit(one, unit)),
    )


def _differences(numbers: Numbers, name: str, other: str, lang: Language) -> Iterator[dict[str, Any]]:
    """Every headline outcome of the one minus that of the other."""
    found = {row.outcome: row for row in tuples(numbers.difference(name, other))}
    for outcome in HEADLINES:
        row = found.get(outcome)
        value = UNKNOWN if row is None else Estimate(row.mean, row.low, row.high)
        told_by = direction(outcome, value)
        yield {
            "name": say(lang, outcome_name(outcome)),
            "value": _estimate(value, "share", lang),
            "direction": told_by,
            "grey": told_by not in TOLD,
        }


def _costs(table: pd.DataFrame, lang: Language) -> list[dict[str, Any]]:
    """A row for each bearer, the dearest first, and the sum of all."""
    table = table[table["category"].isin(COSTS)]
    sums = table.groupby("bearer", sort=False, observed=True)["mean"].sum()
    sums = sums.reindex(sums.abs().sort_values(ascending=False).index)
    rows = [
        {"name": say(lang, named("party", str(bearer))), "value": _money(float(fen), lang), "is_total": False}
        for bearer, fen in sums.items()
        if fen
    ]
    total = {"name": text("desk.right.total", lang), "value": _money(float(sums.sum()), lang), "is_total": True}
    return [*rows, total]


def _money(fen: float, lang: Language) -> str:
    return say(lang, written.difference_in_unit(fen, "fen"))


def _fates(table: pd.DataFrame, lang: Language) -> list[dict[str, Any]]:
    """A row for each fate: firms with their interval, and the money that was given them."""
    found = {row.fate: row for row in tuples(table)}
    return [
        {
            "name": text(f"fate.{fate}", lang),
            "entities": say(lang, written.with_interval(row.entities, row.low, row.high, written.entities)),
            "given": say(lang, written.money(row.given_fen)),
            "grey": isnan(row.low) or row.low <= 0,
        }
        for fate in FATES
        if (row := found.get(fate)) is not None
    ]


def _charts(numbers: Numbers, effects: ScenarioEffects, name: str, lang: Language) -> Iterator[tuple[str, Spec]]:
    """The report's charts of a scenario, each with its rows inside."""
    summary = effects.summary
    shown = list(dict.fromkeys([numbers.baseline, numbers.plan, *summary.subjects]))
    for outcome in months.SHOWN:
        lines = all_charts.by_itself(months.specification(summary, lang, outcome), effects, lang, name, shown)
        yield f"months-{outcome}", _with_legend(lines, [say(lang, scenario_name(summary, one)) for one in shown])
    if name != summary.baseline:
        order = groups(SECTOR, summary.order("prefecture"))
        yield "costs", all_charts.by_itself(money.bearers(lang), effects, lang, name)
        yield "sectors", all_charts.by_itself(fates.specification(lang, SECTOR, order), effects, lang, name)


def _with_legend(chart: Spec, names: list[str]) -> Spec:
    """A chart of lines with its legend, which beside the report's boxes it lacks."""
    legend = {"orient": "bottom", "columns": 2, "labelLimit": 220, "values": names, "symbolType": "stroke"}
    encoding = dict(chart["encoding"])
    for channel in ("color", "strokeDash"):
        encoding[channel] = encoding[channel] | {"title": None, "legend": legend}
    return chart | {"encoding": encoding}


def as_table(table: Table) -> str:
    """A table of an answer as HTML."""
    return _environment().get_template("told.html").render(table=table)


def _table(name: str, lang: Language, **values: Any) -> str:
    return (
        _environment()
        .get_template(f"{name}.html")
        .render(
            t=lambda key, **more: text(f"desk.right.{key}", lang, **more), say=lambda words: say(lang, words), **values
        )
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("sim.desk"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
