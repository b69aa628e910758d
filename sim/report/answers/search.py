"""A search, told to people: the best plans for a budget, what chance makes of them, and which to choose."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from sim.measure import Words
from sim.report.answers.answer import Table, failed, few_worlds
from sim.report.charts import search
from sim.report.charts.style import Chart
from sim.report.words.catalogue import Language, both, named, text
from sim.report.words.figures import interval_below
from sim.report.words.lever_names import lever_name, lever_words, value_name
from sim.report.words.numbers import interval, money, share, with_interval
from sim.report.words.plan_names import change, plan_name, quantity_inside, quantity_name, scenario_title, size, told
from sim.report.words.sentences import inside, joined, listed, outcome_name, say
from sim.study.outcomes import unit_of
from sim.study.reductions.costs import PUBLIC_COST
from sim.study.statistics.robustness import ALL
from sim.study.summaries.rows import tuples
from sim.study.summaries.search import SearchSummary, of_plan

if TYPE_CHECKING:
    from sim.study.questions.search import Search

SETTLED: Final = 0.01  # growth of the hypervolume in the last quarter of the generations that is not worth more plans


def findings(study: Search, lang: Language) -> list[str]:
    """The best plan and how it compares, what chance makes of the front, how far the search came, what to choose."""
    return [say(lang, said) for said in _findings(study)] + failed(study, lang)


def tables(study: Search, lang: Language) -> list[Table]:
    """The plans looked at, what the rules name, what these plans do, many worlds, the generations."""
    found = [_plans(study, lang)]
    if any("." not in name for name in study.levers):
        found.append(_without(study, lang))
    if not study.choices.empty:
        found.append(_choices(study, lang))
    if SearchSummary(study).side_by_side:
        found.append(_levers(study, lang))
    if not study.robustness.empty:
        found.append(_worlds(study, lang))
    return [*found, _generations(study, lang)]


def charts(study: Search, lang: Language) -> list[Chart]:
    """The front, regrets in the first objective, the hypervolume by generation."""
    found = [search.front(study, lang)]
    if not study.robustness.empty:
        found.append(search.regrets(study, lang))
    if len(study.generations) > 1:
        found.append(search.growth(study, lang))
    return found


def _findings(study: Search) -> Iterator[Words]:
    summary = SearchSummary(study)
    if study.front.empty:
        yield both("search.finding.none", tried=summary.tried)
    if summary.best is not None:
        yield joined(_is_best(summary, summary.best))
        yield joined(_against(summary, summary.best))
        if nominal := summary.nominal(summary.best):
            plan, measures = plan_name(study, summary.best), len(summary.measures(summary.best))
            yield both("search.finding.nominal", plan=plan, count=len(nominal), all=measures)
    if summary.nominal_levers:
        yield both("search.finding.nominal_levers", levers=listed(map(lever_words, summary.nominal_levers)))
    if len(study.front):
        yield both("search.finding.front", tried=summary.tried, within=summary.within_budget, front=len(study.front))
        yield from _fresh_runs(summary)
    yield from _converged(summary)
    if not study.robustness.empty:
        yield from _chosen(study, summary.first)
    if failures := int((study.evaluations["failed"] > 0).sum()):
        yield both("search.finding.unjudged", count=failures)


def _is_best(summary: SearchSummary, best: str) -> Iterator[Words]:
    study, first = summary.study, summary.first
    said = {
        "plan": plan_name(study, best), "objective": quantity_inside(first), "effect": _estimate(summary, best, first),
        "cost": _estimate(summary, best, PUBLIC_COST),
    }  # fmt: skip
    budget = study.question["budget_yuan"]
    if budget is None:
        yield both("search.finding.best", **said)
    else:
        yield both("search.finding.best_within", budget=money(budget * 100), **said)
    row = study.evaluations.set_index("plan").loc[best]
    chosen = [name for name in study.levers if "." not in name]
    if off := [name for name in chosen if not row[name]]:
        yield both("search.finding.without", actions=listed(_action(name) for name in off))
    elif chosen:
        yield both("search.finding.all_on")


def _against(summary: SearchSummary, best: str) -> Iterator[Words]:
    study, first = summary.study, summary.first
    stands = summary.estimate(study.reference, first)
    if stands is None or isnan(stands.mean):
        return
    effect, cost = (_estimate(summary, study.reference, name) for name in (first, PUBLIC_COST))
    yield both("search.finding.stands", scenario=scenario_title(study), effect=effect, cost=cost)
    apart = summary.against_reference(best)
    if apart is not None:
        said = with_interval(apart.mean, apart.low, apart.high, lambda value: change(value, first))
        kind = "told" if apart.low > 0 or apart.high < 0 else "untold"
        yield both(f"search.finding.{kind}", plan=plan_name(study, best), difference=said)


def _fresh_runs(summary: SearchSummary) -> Iterator[Words]:
    front, first = summary.study.front, summary.first
    holds = front[front["is_looked_at"]]["holds"].dropna()
    if holds.empty:
        return
    pairs, apart = summary.significant_pairs
    yield both(
        "search.finding.fresh", looked_at=len(holds), holds=int(holds.sum()), pairs=pairs, told=apart,
        objective=quantity_inside(first),
    )  # fmt: skip
    kind = "better_in_search" if summary.shift > 0 else "worse_in_search"
    yield both(f"search.finding.{kind}", objective=quantity_inside(first), shift=size(abs(summary.shift), first))


def _converged(summary: SearchSummary) -> Iterator[Words]:
    done, asked, growth = len(summary.study.generations), summary.study.question["generations"], summary.late_growth
    if done < asked:
        yield both("search.finding.short", done=done, asked=asked)
    if not isnan(growth):
        yield both(f"search.finding.{'settled' if growth < SETTLED else 'growing'}", share=share(growth))


def _chosen(study: Search, first: str) -> Iterator[Words]:
    choices, worlds = study.choices, int(study.robustness["worlds"].iloc[0])
    of = choices[(choices["objective"] == first) & (choices["rule"] == "regret")].iloc[0]
    other = of_plan(study.robustness, study.reference, "objective", first)["regret_max"]
    yield both(
        "search.finding.regret", worlds=worlds, plan=plan_name(study, of["plan"]), objective=quantity_inside(first),
        regret=size(of["value"], first), scenario=scenario_title(study), other=size(other, first),
    )  # fmt: skip
    rules = choices[(choices["objective"] == first) | (choices["rule"] == "domain")]
    if rules["plan"].nunique() == 1:
        yield both("search.finding.agree", objective=quantity_inside(first), plan=plan_name(study, of["plan"]))
    else:
        named = (
            both("search.finding.chosen", plan=plan_name(study, row.plan), rule=both(f"search.rule.{row.rule}"))
            for row in tuples(rules)
        )
        yield both("search.finding.disagree", objective=quantity_inside(first), choices=listed(named))
    shares = study.requirements
    for name in dict.fromkeys(shares["requirement"]):
        rows = shares[shares["requirement"] == name]
        if name == ALL:
            continue
        row = of_plan(shares, of["plan"], "requirement", name)
        limit = money(row["limit"]) if unit_of_requirement(name) == "fen" else share(row["limit"])
        said = {"requirement": _requirement(name), "bound": both(f"search.finding.{row['bound']}", limit=limit)}
        if (rows["share"] == 0).all():
            yield both("search.finding.never", **said)
        else:
            other = share(of_plan(shares, study.reference, "requirement", name)["share"])
            plan = plan_name(study, of["plan"])
            yield both(
                "search.finding.met",
                plan=plan,
                share=share(row["share"]),
                scenario=scenario_title(study),
                other=other,
                **said,
            )
    yield from few_worlds(worlds)
    if study.question["robust"] is not None and worlds < study.question["robust"]["draws"]:
        asked = study.question["robust"]["draws"]
        yield both("search.finding.left_out", count=asked - worlds, all=asked)


def _plans(study: Search, lang: Language) -> Table:
    """The plans run again, cheapest first, and the scenario as it stands."""
    shown = list(dict.fromkeys(study.confirmed["quantity"])) or list(study.objectives)
    columns = [text("search.table.plan", lang), *(say(lang, quantity_name(name)) for name in shown)]
    columns += [text("search.table.holds", lang), text("search.table.nominal", lang)]
    rows = []
    front = study.front.set_index("plan")["holds"]
    for plan in SearchSummary(study).looked_at:
        cells = [_estimate(SearchSummary(study), plan, name, is_below=True) for name in shown]
        holds = front.get(plan)
        known = holds is not None and not pd.isna(holds)
        cells.append(both(f"search.{'yes' if holds else 'no'}") if known else both("unit.missing"))
        summary = SearchSummary(study)
        nominal = both("search.nominal", count=len(summary.nominal(plan)), all=len(summary.measures(plan)))
        rows.append([say(lang, cell) for cell in (plan_name(study, plan), *cells, nominal)])
    return Table(text("search.table.plans", lang), columns, rows)


def _without(study: Search, lang: Language) -> Table:
    """Which actions each of these plans goes without."""
    tried, rows = study.evaluations.set_index("plan"), []
    for plan in SearchSummary(study).looked_at:
        off = [_action(a) for a in study.levers if "." not in a and plan in tried.index and not tried.at[plan, a]]
        cells = (plan_name(study, plan), listed(off) if off else both("unit.none"))
        rows.append([say(lang, cell) for cell in cells])
    columns = [text(f"search.table.{name}", lang) for name in ("plan", "off")]
    return Table(text("search.table.without", lang), columns, rows)


def _choices(study: Search, lang: Language) -> Table:
    columns = [text(f"search.table.{name}", lang) for name in ("objective", "rule", "plan", "value", "second", "value")]
    rows = []
    for row in tuples(study.choices):
        objective = both("search.together") if row.objective == ALL else quantity_name(row.objective)
        if row.rule == "domain":
            objective = both("search.all")
        cells = [objective, both(f"search.rule.{row.rule}")]
        for plan, value in ((row.plan, row.value), (row.second, row.second_value)):
            said = share(value) if row.objective == ALL else told(value, row.objective, row.rule == "regret")
            cells += [plan_name(study, plan), said]
        rows.append([say(lang, cell) for cell in cells])
    return Table(text("search.table.choices", lang), columns, rows)


def _levers(study: Search, lang: Language) -> Table:
    plans, tried = SearchSummary(study).side_by_side, study.evaluations.set_index("plan")
    rows = []
    for path in study.levers:
        values: list[Any] = [tried.at[plan, path] for plan in plans]
        values = [bool(value) if "." not in path else value for value in values]
        if all(pd.isna(value) for value in values):  # its measure is off in all of them
            continue
        rows.append([lever_name(path, lang), *(value_name(path, value, lang) for value in values)])
    columns = [text("search.table.lever", lang), *(say(lang, plan_name(study, plan)) for plan in plans)]
    return Table(text("search.table.levers", lang), columns, rows)


def _worlds(study: Search, lang: Language) -> Table:
    """The first objective in many worlds, and how often requirements are met there."""
    objective = next(iter(study.objectives))
    of = study.robustness[study.robustness["objective"] == objective]
    names = ("plan", "mean", "middle", "worst", "regret_mean", "regret_max", "best_in")
    columns = [text(f"search.table.{name}", lang) for name in names]
    asked = list(dict.fromkeys(study.requirements["requirement"]))
    columns += [text("search.table.met", lang, requirement=_requirement(name)) for name in asked]
    rows = []
    for row in tuples(of):
        middle = both("unit.interval", low=told(row.p05, objective), high=told(row.p95, objective))
        cells = [plan_name(study, row.plan), told(row.mean, objective), middle, told(row.worst, objective)]
        cells += [told(row.regret_mean, objective, True), told(row.regret_max, objective, True), share(row.best_in)]
        cells += [share(of_plan(study.requirements, row.plan, "requirement", name)["share"]) for name in asked]
        rows.append([say(lang, cell) for cell in cells])
    return Table(text("search.table.worlds", lang, objective=quantity_inside(objective)), columns, rows)


def _generations(study: Search, lang: Language) -> Table:
    names = ("generation", "new", "failed", "within", "front", "hypervolume")
    rows = [
        [str(n) for n in (row.generation + 1, row.new, row.failed, row.within_budget, row.front)]
        + [f"{row.hypervolume:.3f}"]
        for row in tuples(study.generations)
    ]
    columns = [text(f"search.table.{name}", lang) for name in names]
    return Table(text("search.table.generations", lang), columns, rows)


def _estimate(summary: SearchSummary, plan: str, quantity: str, is_below: bool = False) -> Words:
    """What a plan brings about with fresh random numbers, and its interval: in a sentence, or below it."""
    found = summary.estimate(plan, quantity)
    if found is None:
        return both("unit.missing")
    mean, low, high = found.mean, found.low, found.high
    if not is_below or isnan(low):
        return with_interval(mean, low, high, lambda value: told(value, quantity))
    between = interval(low, high, lambda value: told(value, quantity))
    return interval_below(told(mean, quantity), between, low, high)


def _requirement(name: str) -> Words:
    return both(f"search.{name}") if name in ("budget", ALL) else outcome_name(name)


def unit_of_requirement(name: str) -> str:
    """Unit of a requirement's limit."""
    return "fen" if name == "budget" else unit_of(name)


def _action(name: str) -> Words:
    return inside(named("action", name))
