"""One scenario in several replications, told to people: every outcome, the targets, and how the year went."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from math import nan
from typing import TYPE_CHECKING, Final

import pandas as pd

from sim.observe.months import HEADLINES
from sim.observe.outcomes import PLAIN
from sim.population.counties import prefecture_words
from sim.reaction import PROVINCE
from sim.report.answers.answer import Table, back_at_work, by_universe, failed, who_left
from sim.report.charts.distributions import fans
from sim.report.charts.run import months
from sim.report.charts.style import Chart
from sim.report.words import numbers
from sim.report.words.catalogue import Language, both, named, text
from sim.report.words.figures import telling
from sim.report.words.sentences import joined, outcome_name, say
from sim.report.words.universes import other_universes
from sim.report.words.verdicts import verdict_words
from sim.study.comparison.sample_size import FEWEST_ROWS
from sim.study.summaries.run import targets_of
from sim.vocabulary import CLOSURE_DAYS, SIZES

if TYPE_CHECKING:
    from sim.study.questions.run import Ensemble

ALL: Final = "all"  # firms of every size together
BEGINS: Final = "begins"  # in the table `reactions`


def findings(study: Ensemble, lang: Language) -> list[str]:
    """Each headline outcome, and what may be said of each of the plan's targets."""
    means = study.outcomes.set_index("outcome")["mean"].to_dict()
    of_outcome, found = {target.outcome: (target, told) for target, told in targets_of(study)}, []
    for row in study.outcomes.to_dict("records"):
        outcome, unit = str(row["outcome"]), str(row["unit"])
        if outcome not in HEADLINES and outcome not in of_outcome:
            continue
        said = numbers.with_interval(row["mean"], row["low"], row["high"], partial(numbers.in_unit, unit=unit))
        sentence = both("answer.run.finding", outcome=outcome_name(outcome), value=said)
        if outcome in of_outcome:
            target, told = of_outcome[outcome]
            goal = both(f"cli.note.{target.bound}", value=numbers.in_unit(target.limit, unit))
            verdict = verdict_words(told, target, row["low"], row["high"], unit)
            sentence = both("answer.run.with_target", sentence=sentence, goal=goal, verdict=verdict)
            if beside := other_universes(outcome, lambda name: means.get(name, nan)):
                sentence = joined([sentence, beside])
        found.append(say(lang, sentence))
    return found + failed(study, lang)


def tables(study: Ensemble, lang: Language) -> list[Table]:
    """All outcomes with intervals, and of those that rest on few rows how many these are; who left, and why."""
    rows = []
    known = {str(row["outcome"]): row for row in study.outcomes.to_dict("records")}
    for row in (row for name, row in known.items() if name in PLAIN):
        unit = str(row["unit"])
        value, between = numbers.in_unit(row["mean"], unit), numbers.interval_in_unit(row["low"], row["high"], unit)
        if row["rows"] < FEWEST_ROWS:
            value = telling(both("answer.run.few_rows", value=value, rows=f"{row['rows']:.0f}"), value)
        rows.append([say(lang, outcome_name(str(row["outcome"]))), *(say(lang, c) for c in (value, between))])
    columns = [text(f"cli.column.{name}", lang) for name in ("outcome", "value", "interval")]
    outcomes = Table(text("answer.run.table", lang), columns, rows)

    def rate(outcome: str) -> str:
        row = known.get(outcome, {"mean": nan, "low": nan, "high": nan, "rows": nan})
        mean = numbers.share(row["mean"])
        if row["rows"] < FEWEST_ROWS:
            return say(lang, telling(both("answer.run.few_rows", value=mean, rows=f"{row['rows']:.0f}"), mean))
        return say(lang, numbers.with_interval(row["mean"], row["low"], row["high"], numbers.share))

    universes = by_universe(text("answer.universes.table", lang), rate, lang)
    if study.panel.empty:
        return [outcomes, universes]
    everybody = study.panel.assign(size=ALL)
    groups = {ALL: text("answer.left.all", lang)} | {size: say(lang, named("size", size)) for size in SIZES}
    left = who_left(pd.concat([everybody, study.panel], ignore_index=True), "size", groups, lang)
    if study.restarts.empty:
        return [outcomes, universes, left, *reacted(study, lang)]
    after_any = study.restarts.assign(closure=ALL)
    closures = {ALL: text("answer.left.all", lang)}
    closures |= {str(days): text("answer.back.up_to", lang, days=days) for days in CLOSURE_DAYS}
    closures["longer"] = text("answer.back.longer", lang, days=CLOSURE_DAYS[-1])
    back = back_at_work(pd.concat([after_any, study.restarts], ignore_index=True), "closure", closures, lang)
    return [outcomes, universes, left, back, *reacted(study, lang)]


def reacted(study: Ensemble, lang: Language) -> list[Table]:
    """Where each reaction acted, how often, and from when to when in all, in the first replication."""
    if study.reactions.empty:
        return []
    seen = study.reactions[study.reactions["replication"] == study.reactions["replication"].min()]
    titles = {id_: one["title"][lang] for id_, one in study.manifest.scenarios[-1].contents["reactions"].items()}
    words = prefecture_words()
    rows = []
    for (reaction, place), of_place in seen.groupby(["reaction", "place"]):
        where = text("answer.reacted.province", lang) if place == PROVINCE else words[place][lang]
        until, last = text("answer.reacted.to_the_end", lang), of_place.iloc[-1]
        if last["what"] != BEGINS:
            until = f"{last['date'] - timedelta(days=1):%Y-%m-%d}"
        times = str((of_place["what"] == BEGINS).sum())
        rows.append([titles[reaction], where, times, f"{of_place['date'].iloc[0]:%Y-%m-%d}", until])
    columns = [text(f"answer.reacted.{name}", lang) for name in ("reaction", "place", "times", "since", "until")]
    return [Table(text("answer.reacted.table", lang), columns, rows)]


def charts(study: Ensemble, lang: Language) -> list[Chart]:
    """Headline outcomes on the last day of each month, and where somebody looked how firms are spread; means."""
    return [*months(study.panel, lang), *fans(study.distributions, lang)]
