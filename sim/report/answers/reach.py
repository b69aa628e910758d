"""A goal that was sought, told to people: what reaches it and how surely, or why nothing within the ranges does."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from math import isnan
from typing import TYPE_CHECKING, Any

from sim.measure import Words
from sim.observe.outcomes import OUTCOMES
from sim.report.answers.answer import Table, failed
from sim.report.charts import reach as chart
from sim.report.charts.style import Chart
from sim.report.words.catalogue import Language, both, named, text
from sim.report.words.figures import interval_below
from sim.report.words.lever_names import lever_words, value_name, with_path
from sim.report.words.numbers import (
    difference_in_unit,
    in_unit,
    interval,
    money,
    plain_count,
    share,
    width_in_unit,
    with_interval,
)
from sim.report.words.sentences import inside, joined, listed, outcome_name, say
from sim.study.reductions.costs import PUBLIC_COST
from sim.study.search.wanted import CHANGE
from sim.study.statistics.estimate import Estimate
from sim.study.summaries.reach import CERTAIN, MEAN, NEAREST, POSSIBLE, ReachSummary
from sim.study.summaries.rows import tuples

if TYPE_CHECKING:
    from sim.study.questions.reach import Reach

ALL_AT_BEST = "all_at_best"


def findings(study: Reach, lang: Language) -> list[str]:
    """The goal and how things stand, what reaches it and how surely, or why nothing does; how much was looked at."""
    return [say(lang, said) for said in _findings(ReachSummary(study))] + failed(study, lang)


def tables(study: Reach, lang: Language) -> list[Table]:
    """The answer, what each lever does alone, where the nearest falls short, the settings looked at."""
    summary = ReachSummary(study)
    found = [_answers(summary, lang), _bounds(summary, lang)]
    found += [_gap(summary, by, lang) for by in dict.fromkeys(study.gaps["by"])]
    return [*found, _looked(summary, lang)]


def charts(study: Reach, lang: Language) -> list[Chart]:
    """The outcome along the lever, or what it costs and what each lever does alone."""
    if len(study.levers) == 1:
        return [chart.along(study, lang)]
    return [chart.price(study, lang), chart.bounds(study, lang)]


def _findings(summary: ReachSummary) -> Iterator[Words]:
    study, answers = summary.study, summary.answers
    yield joined(_asked(summary))
    if MEAN in answers:
        yield from _reached(summary)
    elif NEAREST in answers:
        yield from _missed(summary, answers[NEAREST])
    else:
        yield both("reach.finding.nothing_within")
    yield both("reach.finding.public_cost")
    if summary.without_effect:
        levers = listed(map(lever_words, summary.without_effect))
        yield both("reach.finding.without_effect", outcome=_outcome(summary), levers=levers)
    if summary.nominal:
        yield both("search.finding.nominal_levers", levers=listed(map(lever_words, summary.nominal)))
    question, rows = study.question, study.manifest.firms
    quick = min(question["quick_firms"], rows) if isinstance(rows, int) else question["quick_firms"]
    yield both(
        "reach.finding.effort", quick=plain_count(quick), tried=len(study.tried), looked=len(study.plans),
        firms=plain_count(rows) if isinstance(rows, int) else both("answer.facts.province"),
        replications=study.manifest.replications,
    )  # fmt: skip
    if not study.manifest.settings["finished"]:
        yield both("reach.finding.cut_short")


def _asked(summary: ReachSummary) -> Iterator[Words]:
    """What is wanted, and how things stand."""
    study, goal = summary.study, summary.study.goal
    said = {
        "outcome": _outcome(summary), "scenario": study.manifest.scenarios[0].title,
        "level": _level(summary, study.reference),
    }  # fmt: skip
    if goal is None:
        yield both(f"reach.finding.most{'' if summary.is_up else '_down'}", **said)
    else:
        limit = in_unit(goal.limit, _unit(summary))
        yield both("reach.finding.goal", goal=both(f"reach.goal.{goal.bound}", limit=limit), **said)
    budget = study.question["budget_yuan"]
    if budget is not None:
        yield both("reach.finding.budget", budget=money(budget * 100))


def _reached(summary: ReachSummary) -> Iterator[Words]:
    study, plan = summary.study, summary.answers[MEAN]
    certain = summary.answers.get(CERTAIN)
    want = both(f"reach.want.{study.question['want']}")
    said = {"want": want, "outcome": _outcome(summary)}
    if plan == study.reference and study.goal is not None:
        yield both(f"reach.finding.stands{'_certain' if certain == plan else ''}")
    else:
        effect = summary.estimate(plan, study.outcome)
        answer = [
            both(
                "reach.finding.answer", settings=_settings(summary, plan), level=_level(summary, plan),
                effect=_told(effect, partial(difference_in_unit, unit=_unit(summary))),
                cost=_cost(summary, plan), **said,
            )
        ]  # fmt: skip
        if study.goal is None and effect.low <= 0.0 <= effect.high:
            answer.append(both("reach.finding.no_better", outcome=_outcome(summary)))
        if certain == plan and study.goal is not None:
            answer.append(both("reach.finding.certain_too"))
        elif certain == plan and study.question["budget_yuan"] is not None:
            answer.append(both("reach.finding.certain_budget"))
        yield joined(answer)
    if summary.as_cheap:
        yield both("reach.finding.as_cheap", count=len(summary.as_cheap))
    if certain is None:
        yield both("reach.finding.not_certain")
    elif certain != plan:
        yield both(
            "reach.finding.certain", settings=_settings(summary, certain), level=_level(summary, certain),
            cost=_cost(summary, certain), **said,
        )  # fmt: skip
    yield from _between(summary, certain)
    if len(study.levers) > 1:
        yield _strongest(summary)


def _between(summary: ReachSummary, certain: str | None) -> Iterator[Words]:
    """Along one lever to a goal: between which of its values the answer lies."""
    study, possible = summary.study, summary.answers.get(POSSIBLE)
    if len(study.levers) > 1 or study.goal is None or possible is None or possible == certain:
        return
    [lever] = study.levers
    said = {"lever": lever_words(lever), "possible": _value(lever, summary.value(possible, lever))}
    if certain is None:
        yield both("reach.finding.between_open", **said)
    else:
        yield both("reach.finding.between", certain=_value(lever, summary.value(certain, lever)), **said)


def _missed(summary: ReachSummary, plan: str) -> Iterator[Words]:
    """How near the nearest comes, where it falls short, and which lever does most."""
    unit, gap = _unit(summary), summary.gap(plan)
    yield both(
        "reach.finding.nothing", settings=_settings(summary, plan), outcome=_outcome(summary),
        level=_level(summary, plan), gap=_told(gap, partial(width_in_unit, unit=unit)),
    )  # fmt: skip
    if (possible := summary.answers.get(POSSIBLE)) is not None:
        yield both(
            "reach.finding.not_ruled_out", settings=_settings(summary, possible), outcome=_outcome(summary),
            level=_level(summary, possible),
        )  # fmt: skip
    for by in dict.fromkeys(summary.study.gaps["by"]):
        if rows := summary.short(by):
            groups = listed(
                both("report.finding.with_change", item=named(by, row.group), change=_part(row)) for row in rows
            )
            yield both("reach.finding.short", by=both(f"report.by.{by}"), groups=groups)
    yield _strongest(summary)


def _strongest(summary: ReachSummary) -> Words:
    bound = summary.strongest
    if bound is None:
        return both("reach.finding.none_moves", outcome=_outcome(summary))
    effect = _told(bound.effect, partial(difference_in_unit, unit=_unit(summary)))
    return both(
        "reach.finding.strongest", lever=lever_words(bound.lever), value=_value(bound.lever, bound.value),
        outcome=_outcome(summary), effect=effect,
    )  # fmt: skip


def _answers(summary: ReachSummary, lang: Language) -> Table:
    """How things stand and what answers, with the levers, the outcome and the cost of each."""
    study = summary.study
    rows = [("stands", study.reference), *((how, plan) for how, plan in summary.answers.items())]
    known = {str(plan) for plan in study.plans["plan"]}
    rows += [(ALL_AT_BEST, ALL_AT_BEST)] if NEAREST in summary.answers and ALL_AT_BEST in known else []
    cells = [[text(f"reach.how.{how}", lang), *_cells(summary, plan, lang)] for how, plan in rows]
    columns = [text("reach.table.how", lang), *_columns(summary, lang)]
    return Table(text("reach.table.answers", lang), columns, cells, is_open=True)


def _looked(summary: ReachSummary, lang: Language) -> Table:
    """The settings looked at closely."""
    cells = [
        [say(lang, share(summary.estimate(plan, CHANGE).mean)), *_cells(summary, plan, lang)] for plan in summary.shown
    ]
    columns = [text("reach.change", lang), *_columns(summary, lang)]
    return Table(text("reach.table.looked", lang), columns, cells)


def _columns(summary: ReachSummary, lang: Language) -> list[str]:
    levers = [say(lang, lever_words(lever)) for lever in summary.study.levers]
    return [*levers, say(lang, outcome_name(summary.study.outcome)), text("reach.table.cost", lang)]


def _cells(summary: ReachSummary, plan: str, lang: Language) -> list[str]:
    """The levers of a plan, its outcome and its cost."""
    levers = [value_name(lever, summary.value(plan, lever), lang) for lever in summary.study.levers]
    level = _below(summary.estimate(plan, summary.level), partial(in_unit, unit=_unit(summary)))
    return [*levers, say(lang, level), say(lang, _below(summary.estimate(plan, PUBLIC_COST), _signed))]


def _bounds(summary: ReachSummary, lang: Language) -> Table:
    """What each lever does alone at the ends of its range, the one that helps most first."""
    written = partial(difference_in_unit, unit=_unit(summary))
    rows = [
        [
            with_path(bound.lever, lang), value_name(bound.lever, bound.value, lang),
            say(lang, _below(bound.effect, written)),
            say(lang, _below(summary.estimate(bound.plan, PUBLIC_COST), _signed)),
        ]
        for bound in summary.bounds
    ]  # fmt: skip
    columns = [text(f"reach.table.{name}", lang) for name in ("lever", "value")]
    effect = text("reach.table.effect", lang, outcome=outcome_name(summary.study.outcome))
    columns += [effect, text("reach.table.cost", lang)]
    return Table(text("reach.table.bounds", lang), columns, rows, is_compact=True)


def _gap(summary: ReachSummary, by: str, lang: Language) -> Table:
    """Where the nearest plan is short of the goal, group by group, the largest part first."""
    gaps = summary.study.gaps
    is_rate = bool((gaps["unit"] == "entities").all())
    names = ("group", "rate", "short", "points") if is_rate else ("group", "amount")
    rows = []
    for row in tuples(gaps[gaps["by"] == by]):
        short = _below(Estimate(row.short, row.short_low, row.short_high), plain_count if is_rate else money)
        cells = [share(row.rate), short, width_in_unit(row.points, "share")] if is_rate else [short]
        rows.append([say(lang, cell) for cell in (named(by, row.group), *cells)])
    columns = [text(f"reach.table.{name}", lang) for name in names]
    return Table(text("reach.table.gap", lang, by=both(f"report.by.{by}")), columns, rows)


def _settings(summary: ReachSummary, plan: str) -> Words:
    """What a plan moves, and from where."""
    moved, stands = summary.moved(plan), summary.study.reference
    if not moved:
        return both("reach.stays")
    return listed(
        both(
            "reach.setting", lever=lever_words(lever), value=_value(lever, summary.value(plan, lever)),
            present=_value(lever, summary.value(stands, lever)),
        )
        for lever in moved
    )  # fmt: skip


def _value(lever: str, value: Any) -> Words:
    return Words(zh=value_name(lever, value, "zh"), en=value_name(lever, value, "en"))


def _unit(summary: ReachSummary) -> str:
    return OUTCOMES[summary.study.outcome].unit


def _outcome(summary: ReachSummary) -> Words:
    return inside(outcome_name(summary.study.outcome))


def _level(summary: ReachSummary, plan: str) -> Words:
    return _told(summary.estimate(plan, summary.level), partial(in_unit, unit=_unit(summary)))


def _cost(summary: ReachSummary, plan: str) -> Words:
    return _told(summary.estimate(plan, PUBLIC_COST), _signed)


def _signed(fen: float) -> Words:
    return difference_in_unit(fen, "fen")


def _part(row: Any) -> Words:
    return money(row.short) if isnan(row.points) else width_in_unit(row.points, "share")


def _told(found: Estimate, written: Any) -> Words:
    return with_interval(found.mean, found.low, found.high, written)


def _below(found: Estimate, written: Any) -> Words:
    """A number with its interval in the line below; where nothing varied the number alone."""
    if isnan(found.low) or found.low == found.high:
        said: Words = written(found.mean)
        return said
    return interval_below(written(found.mean), interval(found.low, found.high, written), found.low, found.high)
