"""A search, told to people: the best plans for a budget, what luck makes of them, and which to choose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isnan
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from sim.measure import Words
from sim.report.answers.parts import Table, failed, few_worlds
from sim.report.charts import search
from sim.report.charts.search import change, inside, lower, plan_name, quantity_name, size, title, told
from sim.report.charts.style import Chart
from sim.report.words.catalogue import Language, both, named, text
from sim.report.words.lever_names import lever_name, value_name
from sim.report.words.numbers import interval, money, share, with_interval
from sim.report.words.sentences import outcome_name
from sim.study.comparison.costs import PUBLIC_COST
from sim.study.ensemble import unit_of
from sim.study.statistics.robustness import ALL, SIGN

if TYPE_CHECKING:
    from sim.study.questions.search import Search

SETTLED: Final = 0.01  # growth of the hypervolume in the last quarter of the generations that is not worth more plans
MOST_PLANS: Final = 4  # whose levers stand side by side


def findings(study: Search, lang: Language) -> list[str]:
    """The best plan and how it compares, what luck makes of the front, how far the search came, what to choose."""
    return [getattr(said, lang) for said in _findings(study)] + failed(study, lang)


def tables(study: Search, lang: Language) -> list[Table]:
    """The plans looked at, what the rules name, what these plans do, many worlds, the generations."""
    found = [_plans(study, lang)]
    if any("." not in name for name in study.levers):
        found.append(_without(study, lang))
    if not study.choices.empty:
        found.append(_choices(study, lang))
    if _side_by_side(study):
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
    evaluations, first = study.evaluations, next(iter(study.objectives))
    tried = int((evaluations["same_as"] == evaluations["plan"]).sum())
    best = _best(study)
    if study.front.empty:
        yield both("search.finding.none", tried=tried)
    if best is not None:
        yield _joined(_is_best(study, best, first))
        yield _joined(_against(study, best, first))
    if len(study.front):
        within = evaluations["is_within_budget"] & (evaluations["same_as"] == evaluations["plan"])
        yield both("search.finding.front", tried=tried, within=int(within.sum()), front=len(study.front))
        yield from _lucks(study, first)
    yield from _converged(study)
    if not study.robustness.empty:
        yield from _chosen(study, first)
    if failures := int((evaluations["failed"] > 0).sum()):
        yield both("search.finding.unjudged", count=failures)


def _best(study: Search) -> str | None:
    """The plan that is best in the first objective under fresh lucks, of those that keep the budget there."""
    first, direction = next(iter(study.objectives.items()))
    means = study.confirmed.pivot(index="plan", columns="quantity", values="mean").drop(
        study.reference, errors="ignore"
    )
    if means.empty:
        return None
    budget = study.question["budget_yuan"]
    means = means[means[PUBLIC_COST] <= budget * 100] if budget is not None else means
    values = SIGN[direction] * means[first].dropna()
    return None if values.empty else str(values.idxmax())


def _is_best(study: Search, best: str, first: str) -> Iterator[Words]:
    said = {
        "plan": plan_name(study, best), "objective": inside(first), "effect": _estimate(study, best, first),
        "cost": _estimate(study, best, PUBLIC_COST),
    }  # fmt: skip
    budget = study.question["budget_yuan"]
    if budget is None:
        yield both("search.finding.best", **said)
    else:
        yield both("search.finding.best_within", budget=money(budget * 100), **said)
    row = study.evaluations.set_index("plan").loc[best]
    chosen = [name for name in study.levers if "." not in name]
    if off := [name for name in chosen if not row[name]]:
        yield both("search.finding.without", actions=_listed(_action(name) for name in off))
    elif chosen:
        yield both("search.finding.all_on")


def _against(study: Search, best: str, first: str) -> Iterator[Words]:
    if isnan(_mean(study, study.reference, first)):
        return
    effect, cost = _estimate(study, study.reference, first), _estimate(study, study.reference, PUBLIC_COST)
    yield both("search.finding.stands", scenario=title(study), effect=effect, cost=cost)
    of = study.differences
    row = of[(of["plan"] == best) & (of["other"] == study.reference) & (of["objective"] == first)]
    if len(row):
        mean, low, high = (float(row[end].iloc[0]) for end in ("mean", "low", "high"))
        said = with_interval(mean, low, high, lambda value: change(value, first))
        kind = "told" if low > 0 or high < 0 else "untold"
        yield both(f"search.finding.{kind}", plan=plan_name(study, best), difference=said)


def _lucks(study: Search, first: str) -> Iterator[Words]:
    looked_at = study.front[study.front["is_looked_at"]]
    holds = looked_at["holds"].dropna()
    if holds.empty:
        return
    pairs = study.differences[study.differences["objective"] == first]
    pairs = pairs[(pairs["plan"] != study.reference) & (pairs["other"] != study.reference)]
    apart = int(((pairs["low"] > 0) | (pairs["high"] < 0)).sum())
    yield both(
        "search.finding.fresh", looked_at=len(holds), holds=int(holds.sum()), pairs=len(pairs), told=apart,
        objective=inside(first),
    )  # fmt: skip
    rows = study.confirmed[(study.confirmed["quantity"] == first) & (study.confirmed["plan"] != study.reference)]
    shift = SIGN[study.objectives[first]] * float((rows["searched"] - rows["mean"]).mean())
    kind = "luckiest" if shift > 0 else "unlucky"
    yield both(f"search.finding.{kind}", objective=inside(first), shift=size(abs(shift), first))


def _converged(study: Search) -> Iterator[Words]:
    done, reached = len(study.generations), study.generations["hypervolume"]
    if done < study.question["generations"]:
        yield both("search.finding.short", done=done, asked=study.question["generations"])
    before = float(reached.iloc[done - 1 - done // 4])
    if done >= 4 and before > 0:
        growth = float(reached.iloc[-1]) / before - 1.0
        yield both(f"search.finding.{'settled' if growth < SETTLED else 'growing'}", share=share(growth))


def _chosen(study: Search, first: str) -> Iterator[Words]:
    choices, worlds = study.choices, int(study.robustness["worlds"].iloc[0])
    of = choices[(choices["objective"] == first) & (choices["rule"] == "regret")].iloc[0]
    other = _of(study.robustness, study.reference, "objective", first)["regret_max"]
    yield both(
        "search.finding.regret", worlds=worlds, plan=plan_name(study, of["plan"]), objective=inside(first),
        regret=size(of["value"], first), scenario=title(study), other=size(other, first),
    )  # fmt: skip
    rules = choices[(choices["objective"] == first) | (choices["rule"] == "domain")]
    if rules["plan"].nunique() == 1:
        yield both("search.finding.agree", objective=inside(first), plan=plan_name(study, of["plan"]))
    else:
        named = (
            both("search.finding.chosen", plan=plan_name(study, row.plan), rule=both(f"search.rule.{row.rule}"))
            for row in _rows(rules)
        )
        yield both("search.finding.disagree", objective=inside(first), choices=_listed(named))
    shares = study.requirements
    for name in dict.fromkeys(shares["requirement"]):
        rows = shares[shares["requirement"] == name]
        if name == ALL:
            continue
        row = _of(shares, of["plan"], "requirement", name)
        limit = money(row["limit"]) if unit_of_requirement(name) == "fen" else share(row["limit"])
        said = {"requirement": _requirement(name), "bound": both(f"search.finding.{row['bound']}", limit=limit)}
        if (rows["share"] == 0).all():
            yield both("search.finding.never", **said)
        else:
            other = share(_of(shares, study.reference, "requirement", name)["share"])
            plan = plan_name(study, of["plan"])
            yield both(
                "search.finding.met", plan=plan, share=share(row["share"]), scenario=title(study), other=other, **said
            )
    yield from few_worlds(worlds)
    if study.question["robust"] is not None and worlds < study.question["robust"]["draws"]:
        asked = study.question["robust"]["draws"]
        yield both("search.finding.left_out", count=asked - worlds, all=asked)


def _plans(study: Search, lang: Language) -> Table:
    """The plans run again, cheapest first, and the scenario as it stands."""
    shown = list(dict.fromkeys(study.confirmed["quantity"])) or list(study.objectives)
    columns = [text("search.table.plan", lang), *(getattr(quantity_name(name), lang) for name in shown)]
    columns.append(text("search.table.holds", lang))
    rows = []
    front = study.front.set_index("plan")["holds"]
    for plan in _looked_at(study):
        cells = [_estimate(study, plan, name, "{mean}\n{interval}") for name in shown]
        holds = front.get(plan)
        known = holds is not None and not pd.isna(holds)
        cells.append(both(f"search.{'yes' if holds else 'no'}") if known else both("unit.missing"))
        rows.append([getattr(cell, lang) for cell in (plan_name(study, plan), *cells)])
    return Table(text("search.table.plans", lang), columns, rows)


def _without(study: Search, lang: Language) -> Table:
    """Which actions each of these plans goes without."""
    tried, rows = study.evaluations.set_index("plan"), []
    for plan in _looked_at(study):
        off = [_action(a) for a in study.levers if "." not in a and plan in tried.index and not tried.at[plan, a]]
        cells = (plan_name(study, plan), _listed(off) if off else both("unit.none"))
        rows.append([getattr(cell, lang) for cell in cells])
    columns = [text(f"search.table.{name}", lang) for name in ("plan", "off")]
    return Table(text("search.table.without", lang), columns, rows)


def _looked_at(study: Search) -> list[str]:
    """The plans run again, cheapest first, and last the scenario as it stands."""
    known = list(dict.fromkeys(study.confirmed["plan"]))
    return [plan for plan in study.front["plan"] if plan in known] + [study.reference] * (study.reference in known)


def _choices(study: Search, lang: Language) -> Table:
    columns = [text(f"search.table.{name}", lang) for name in ("objective", "rule", "plan", "value", "second", "value")]
    rows = []
    for row in _rows(study.choices):
        objective = both("search.together") if row.objective == ALL else quantity_name(row.objective)
        if row.rule == "domain":
            objective = both("search.all")
        cells = [objective, both(f"search.rule.{row.rule}")]
        for plan, value in ((row.plan, row.value), (row.second, row.second_value)):
            said = share(value) if row.objective == ALL else told(value, row.objective, row.rule == "regret")
            cells += [plan_name(study, plan), said]
        rows.append([getattr(cell, lang) for cell in cells])
    return Table(text("search.table.choices", lang), columns, rows)


def _side_by_side(study: Search) -> list[str]:
    """The plans whose levers are shown: the best, and those that rules name, the most often named first."""
    named = list(study.choices["plan"].value_counts(sort=True).index)
    best = _best(study)
    return list(dict.fromkeys([*([best] if best else []), *named]))[:MOST_PLANS]


def _levers(study: Search, lang: Language) -> Table:
    plans, tried = _side_by_side(study), study.evaluations.set_index("plan")
    rows = []
    for path in study.levers:
        values: list[Any] = [tried.at[plan, path] for plan in plans]
        values = [bool(value) if "." not in path else value for value in values]
        if all(pd.isna(value) for value in values):  # its measure is off in all of them
            continue
        rows.append([lever_name(path, lang), *(value_name(path, value, lang) for value in values)])
    columns = [text("search.table.lever", lang), *(getattr(plan_name(study, plan), lang) for plan in plans)]
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
    for row in _rows(of):
        middle = both("unit.interval", low=told(row.p05, objective), high=told(row.p95, objective))
        cells = [plan_name(study, row.plan), told(row.mean, objective), middle, told(row.worst, objective)]
        cells += [told(row.regret_mean, objective, True), told(row.regret_max, objective, True), share(row.best_in)]
        cells += [share(_of(study.requirements, row.plan, "requirement", name)["share"]) for name in asked]
        rows.append([getattr(cell, lang) for cell in cells])
    return Table(text("search.table.worlds", lang, objective=inside(objective)), columns, rows)


def _generations(study: Search, lang: Language) -> Table:
    names = ("generation", "new", "failed", "within", "front", "hypervolume")
    rows = [
        [str(n) for n in (row.generation + 1, row.new, row.failed, row.within_budget, row.front)]
        + [f"{row.hypervolume:.3f}"]
        for row in _rows(study.generations)
    ]
    columns = [text(f"search.table.{name}", lang) for name in names]
    return Table(text("search.table.generations", lang), columns, rows)


def _rows(table: pd.DataFrame) -> list[Any]:
    return list(table.itertuples())


def _of(table: pd.DataFrame, plan: str, column: str, value: str) -> Any:
    return table[(table["plan"] == plan) & (table[column] == value)].iloc[0]


def _mean(study: Search, plan: str, quantity: str) -> float:
    rows = study.confirmed[(study.confirmed["plan"] == plan) & (study.confirmed["quantity"] == quantity)]
    return float(rows["mean"].iloc[0]) if len(rows) else float("nan")


def _estimate(study: Search, plan: str, quantity: str, form: str = "") -> Words:
    """What a plan brings about under fresh lucks, with its interval: as in a sentence, or in a form of its own."""
    rows = study.confirmed[(study.confirmed["plan"] == plan) & (study.confirmed["quantity"] == quantity)]
    if rows.empty:
        return both("unit.missing")
    mean, low, high = (float(rows[end].iloc[0]) for end in ("mean", "low", "high"))
    if not form or isnan(low):
        return with_interval(mean, low, high, lambda value: told(value, quantity))
    said, between = told(mean, quantity), interval(low, high, lambda value: told(value, quantity))
    return Words(zh=form.format(mean=said.zh, interval=between.zh), en=form.format(mean=said.en, interval=between.en))


def _requirement(name: str) -> Words:
    return both(f"search.{name}") if name in ("budget", ALL) else outcome_name(name)


def unit_of_requirement(name: str) -> str:
    """Unit of a requirement's limit."""
    return "fen" if name == "budget" else unit_of(name)


def _action(name: str) -> Words:
    return lower(named("action", name))


def _listed(names: Iterable[Words]) -> Words:
    found, comma = list(names), both("report.comma")
    return Words(zh=comma.zh.join(one.zh for one in found), en=comma.en.join(one.en for one in found))


def _joined(sentences: Iterable[Words]) -> Words:
    said = list(sentences)
    return Words(zh="".join(one.zh for one in said), en=" ".join(one.en for one in said))
