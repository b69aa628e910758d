"""A decision, told to people: which plan at which worth of a firm kept, how surely, and which number to measure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from sim.measure import Words
from sim.recalibration import PARAMETERS
from sim.report.answers.answer import Table, failed, few_worlds
from sim.report.charts import decision as chart
from sim.report.charts.style import Chart
from sim.report.words.catalogue import Language, both, text
from sim.report.words.figures import below
from sim.report.words.lever_names import lever_words, with_path
from sim.report.words.numbers import interval, money, plain_count, share, whole_yuan, with_interval
from sim.report.words.sentences import listed, say
from sim.study.summaries.decision import DecisionSummary, Span
from sim.study.summaries.rows import tuples

if TYPE_CHECKING:
    from sim.study.questions.decide import Decision

MOST_NAMED: Final = 3  # parameters in a sentence
MOST_PARAMETERS: Final = 12  # of a table
RULES: Final = ("mean", "worst", "regret")


def findings(study: Decision, lang: Language) -> list[str]:
    """Which plan at which worth, luck, what all knowledge and what single numbers are worth, what it rests on."""
    return [say(lang, said) for said in _findings(study)] + failed(study, lang)


def tables(study: Decision, lang: Language) -> list[Table]:
    """The plan at each worth, probabilities of being best, parameters by worth, rules, plans where it matters."""
    found = [_by_worth(study, lang), _probabilities(study, lang)]
    if not DecisionSummary(study).at_crux.empty:
        found.append(_parameters(study, lang))
    return [*found, _rules(study, lang), _plans(study, lang)]


def charts(study: Decision, lang: Language) -> list[Chart]:
    """Probability of being best by worth, and what parameters are worth."""
    return [chart.acceptability(study, lang), chart.information(study, lang)]


def _findings(study: Decision) -> Iterator[Words]:
    summary, worths = DecisionSummary(study), study.worths["worth_yuan"]
    yield both(
        "decide.finding.setting", plans=len(summary.titles) - 1, baseline=summary.titles[study.baseline],
        draws=plain_count(study.benefits["draw"].nunique()), different=plain_count(summary.different),
        over=both(f"report.targets.over.{study.uncertainty}"), replications=study.manifest.replications,
        low=whole_yuan(worths.iloc[0]), high=whole_yuan(worths.iloc[-1]),
    )  # fmt: skip
    yield both("decide.finding.best", spans=_spans(summary, summary.on_average, _how_often))
    if summary.rules_agree:
        yield both("decide.finding.regret_same")
    else:
        yield both("decide.finding.regret", spans=_spans(summary, summary.least_regret, _how_much_regret))
    if study.manifest.replications < 2:
        yield both("decide.finding.one_replication")
    elif summary.untold:
        yield both("decide.finding.untold", worths=listed(map(whole_yuan, summary.untold)))
    yield from _information(summary)
    if summary.nominal:
        told = (both("decide.nominal", plan=_title(summary, plan), count=count, all=every)
                for plan, count, every in summary.nominal)  # fmt: skip
        yield both("decide.finding.nominal", plans=listed(told))
    yield from few_worlds(summary.different)
    if summary.left_out:
        yield both("decide.finding.left_out", count=summary.left_out, all=len(study.drawn))


def _spans(summary: DecisionSummary, spans: Sequence[Span], told: Callable[[list[Any]], Words]) -> Words:
    """Which plan is named at which worths, with what is told of it there."""
    said = []
    for span in spans:
        low, high = (whole_yuan(span.rows[place].worth_yuan) for place in (0, -1))
        at = both("decide.at", worth=low) if len(span.rows) == 1 else both("decide.from_to", low=low, high=high)
        said.append(both("decide.span", at=at, plan=_title(summary, span.plan), told=told(span.rows)))
    semicolon = both("decide.semicolon")
    return Words(zh=semicolon.zh.join(one.zh for one in said), en=semicolon.en.join(one.en for one in said))


def _how_often(rows: list[Any]) -> Words:
    shares = [row.best_in for row in rows]
    return both("decide.best_in", share=_least_to_most(shares, share))


def _how_much_regret(rows: list[Any]) -> Words:
    return both("decide.regret_at_most", regret=_least_to_most([row.value for row in rows], money))


def _least_to_most(values: list[float], written: Callable[[float], Words]) -> Words:
    return written(values[0]) if min(values) == max(values) else interval(min(values), max(values), written)


def _information(summary: DecisionSummary) -> Iterator[Words]:
    """What it is worth to know everything, and which numbers are worth measuring."""
    crux, study = summary.crux, summary.study
    if not crux.evpi > 0:
        yield both("decide.finding.nothing_to_learn")
        return
    said = {"evpi": money(crux.evpi), "worth": whole_yuan(crux.worth_yuan)}
    if study.manifest.replications < 2:
        yield both("decide.finding.evpi", **said)
    else:
        yield both("decide.finding.evpi_apart", apart=money(crux.evpi_apart), **said)
    if summary.at_crux.empty:
        return
    every = plain_count(study.parameters["parameter"].nunique())
    if summary.told:
        named = listed(
            both(
                "decide.parameter", parameter=lever_words(PARAMETERS + row.parameter), evppi=money(row.evppi),
                worth=whole_yuan(row.worth_yuan), changes=share(row.changes),
            )
            for row in summary.told[:MOST_NAMED]
        )  # fmt: skip
        yield both("decide.finding.told", all=every, told=plain_count(len(summary.told)), named=named)
    else:
        largest = next(tuples(summary.at_crux))
        yield both(
            "decide.finding.none_told", all=every, parameter=lever_words(PARAMETERS + largest.parameter),
            evppi=money(largest.evppi), chance=money(crux.chance), worth=whole_yuan(crux.worth_yuan),
        )  # fmt: skip


def _by_worth(study: Decision, lang: Language) -> Table:
    summary = DecisionSummary(study)
    regret = dict(zip(study.worths["worth_yuan"], summary.by_rule("regret")["plan"], strict=True))
    rows = [
        [
            say(lang, cell)
            for cell in (
                whole_yuan(row.worth_yuan), summary.titles[row.plan], money(row.mean), share(row.best_in),
                with_interval(row.lead, row.lead_low, row.lead_high, money),
                summary.titles[regret[row.worth_yuan]], money(row.evpi),
            )
        ]
        for row in tuples(study.worths)
    ]  # fmt: skip
    names = ("worth", "best", "mean", "best_in", "lead", "regret_plan", "evpi")
    return Table(text("decide.table.worths", lang), _columns(names, lang), rows, is_open=True)


def _probabilities(study: Decision, lang: Language) -> Table:
    summary = DecisionSummary(study)
    by_plan = {str(plan): rows["best_in"].tolist() for plan, rows in study.plans.groupby("plan", sort=False)}
    rows = [
        [say(lang, title), *(say(lang, share(value)) for value in by_plan[plan])]
        for plan, title in summary.titles.items()
    ]
    worths = (say(lang, whole_yuan(worth)) for worth in study.worths["worth_yuan"])
    columns = [text("decide.column.plan", lang), *worths]
    return Table(text("decide.table.probabilities", lang), columns, rows, is_open=True, is_compact=True)


def _parameters(study: Decision, lang: Language) -> Table:
    """What the parameters are worth where it is worth most to know more."""
    summary = DecisionSummary(study)
    rows = [
        [
            with_path(PARAMETERS + row.parameter, lang), say(lang, money(row.evppi)), say(lang, share(row.share)),
            say(lang, share(row.changes)),
            text(f"decide.told.{'yes' if row.is_told else 'no'}", lang),
        ]
        for row in tuples(summary.at_crux.head(MOST_PARAMETERS))
    ]  # fmt: skip
    title = text("decide.table.parameters", lang, worth=whole_yuan(summary.crux.worth_yuan),
                 chance=money(summary.crux.chance))  # fmt: skip
    names = ("parameter", "evppi", "share", "changes", "told")
    return Table(title, _columns(names, lang), rows, is_open=True, is_compact=bool(summary.told))


def _rules(study: Decision, lang: Language) -> Table:
    summary = DecisionSummary(study)
    by = {rule: list(tuples(summary.by_rule(rule))) for rule in RULES}
    rows = [
        [
            say(lang, whole_yuan(worth)),
            *(below(say(lang, summary.titles[by[rule][place].plan]), say(lang, money(by[rule][place].value)))
              for rule in RULES),
        ]
        for place, worth in enumerate(study.worths["worth_yuan"])
    ]  # fmt: skip
    columns = [text("decide.column.worth", lang), *(text(f"search.rule.{rule}", lang) for rule in RULES)]
    return Table(text("decide.table.rules", lang), columns, rows)


def _plans(study: Decision, lang: Language) -> Table:
    """What each plan comes to where it is worth most to know more, over draws and by luck."""
    summary = DecisionSummary(study)
    worth = summary.crux.worth_yuan
    rows = [
        [
            say(lang, cell)
            for cell in (
                summary.titles[row.plan], money(row.mean), interval(row.p05, row.p95, money), money(row.worst),
                *(money(getattr(row, name)) for name in AMOUNTS),
            )
        ]
        for row in tuples(study.plans[study.plans["worth_yuan"] == worth])
    ]  # fmt: skip
    names = ("plan", "mean", "middle", "worst", *AMOUNTS)
    return Table(text("decide.table.plans", lang, worth=whole_yuan(worth)), _columns(names, lang), rows)


AMOUNTS: Final = ("regret_mean", "regret_p90", "regret_max", "sd_draws", "sd_luck", "sd_luck_common")


def _columns(names: Sequence[str], lang: Language) -> list[str]:
    return [text(f"decide.column.{name}", lang) for name in names]


def _title(summary: DecisionSummary, plan: str) -> Words:
    title = summary.titles[plan]
    return Words(zh=f"“{title.zh}”", en=f"“{title.en}”")
