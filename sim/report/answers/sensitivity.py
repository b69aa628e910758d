"""A sensitivity, told to people: what an outcome hangs on, what it does not, and how much of it is chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from sim.measure import Words
from sim.report.answers.answer import Table, failed, few_worlds, known_universes
from sim.report.charts import sensitivity as chart
from sim.report.charts.style import Chart
from sim.report.words.catalogue import Language, both, text
from sim.report.words.factor_names import about, outcome_of, range_of, strength, with_interval
from sim.report.words.lever_names import lever_words, with_path
from sim.report.words.numbers import difference_in_unit, in_unit, share, width_in_unit
from sim.report.words.sentences import inside, joined, listed, say
from sim.study.questions.sensitivity import STRONGEST
from sim.study.statistics.sensitivity_indices import EFFECT
from sim.study.summaries import calibration
from sim.study.summaries.rows import tuples
from sim.study.summaries.sensitivity import SensitivitySummary
from sim.vocabulary import HEADLINE_UNIVERSE

if TYPE_CHECKING:
    from sim.study.questions.sensitivity import Sensitivity

MOST_NAMED: Final = 3  # in a sentence
MOST_PAIRS: Final = 10


def findings(study: Sensitivity, lang: Language) -> list[str]:
    """What each headline outcome hangs on; how many factors do nothing; interactions; chance; what is left out."""
    return [say(lang, said) for said in _findings(study)] + failed(study, lang)


def universes(study: Sensitivity) -> list[str]:
    """Of whom tables and charts can be."""
    return known_universes(study.ranking["outcome"])


def tables(study: Sensitivity, lang: Language, universe: str = HEADLINE_UNIVERSE) -> list[Table]:
    """The strongest factors of each headline outcome, its spread over the draws, pairs where they were asked for."""
    outcomes = SensitivitySummary(study, universe).outcomes
    found = [_strongest(study, outcome, lang) for outcome in outcomes]
    found.append(_spread(study, outcomes, lang))
    if (study.indices["other"] != "").any():
        found += [_pairs(study, outcome, lang) for outcome in outcomes]
    return found


def charts(study: Sensitivity, lang: Language, universe: str = HEADLINE_UNIVERSE) -> list[Chart]:
    """Bars with intervals for each headline outcome; of Morris also size against spread of the effects."""
    outcomes = SensitivitySummary(study, universe).outcomes
    found = [chart.strengths(study, outcome, lang) for outcome in outcomes]
    if study.method == "morris":
        found += [chart.size_against_spread(study, outcome, lang) for outcome in outcomes]
    return found


def _findings(study: Sensitivity) -> Iterator[Words]:
    for outcome in SensitivitySummary(study).outcomes:
        yield _hangs_on(study, outcome)
    for outcome in SensitivitySummary(study).outcomes[:1]:
        yield _counted(study, outcome)
    if study.method == "morris":
        yield from _both_ways(study)
    elif study.method == "sobol":
        yield from _together(study)
    elif calibration.of_study(study).drawn is not None:
        yield both("sensitivity.finding.dependent")
    yield from _chance(study)
    yield from few_worlds(int(study.spread["used"].max()), study.method)
    if study.left_out:
        designs = int(study.spread["designs"].max())
        yield both(f"sensitivity.finding.left_out_{study.method}", count=study.left_out, all=designs)


def _hangs_on(study: Sensitivity, outcome: str) -> Words:
    """Mean and spread of one outcome, and the factors that move it most."""
    said_of, unit = about(study, outcome), study.unit(outcome)
    summary = SensitivitySummary(study)
    over = summary.spread(outcome)
    said = [both("sensitivity.finding.spread", about=said_of, mean=_mean(study, over), sd=width_in_unit(over.sd, unit))]
    told = summary.with_effect(outcome).head(MOST_NAMED)
    if told.empty:
        said.append(both("sensitivity.finding.nobody"))
    else:
        named = listed(
            both("sensitivity.named", factor=lever_words(row.factor), size=with_interval(study, *_ends(row), unit))
            for row in tuples(told)
        )
        said.append(both(f"sensitivity.finding.{study.method}", factors=named))
    return joined(said)


def _counted(study: Sensitivity, outcome: str) -> Words:
    summary = SensitivitySummary(study)
    counts, by_chance = summary.counts(outcome), summary.by_chance(outcome)
    said = both("sensitivity.finding.counted", about=about(study, outcome), all=sum(counts.values()), **counts)
    if study.method == "given_data":
        bar = strength(study, float(study.ranked(outcome)["chance"].iloc[0]), study.unit(outcome))
        return joined([said, both("sensitivity.finding.bar", all=sum(counts.values()), bar=bar)])
    if not counts[EFFECT] or not by_chance:
        return said
    chance = both("sensitivity.finding.chance", count=by_chance)
    return joined([said, chance])


def _both_ways(study: Sensitivity) -> Iterator[Words]:
    """Factors with an effect that raise an outcome in some worlds and lower it in others."""
    summary = SensitivitySummary(study)
    for outcome in summary.outcomes:
        if those := summary.both_ways(outcome)[:MOST_NAMED]:
            factors = listed(lever_words(factor) for factor in those)
            yield both("sensitivity.finding.both_ways", about=about(study, outcome), factors=factors)


def _together(study: Sensitivity) -> Iterator[Words]:
    """How much of the variance the factors explain each by itself."""
    explained = SensitivitySummary(study).explained_alone
    if not explained.empty:
        beyond = "_beyond" if (explained > 1.0).any() else ""
        yield both(f"sensitivity.finding.alone{beyond}", outcomes=_shares(explained))


def _chance(study: Sensitivity) -> Iterator[Words]:
    shares = SensitivitySummary(study).chance
    if shares.empty:
        if study.manifest.replications == 1:
            yield both("sensitivity.finding.one_replication")
        return
    yield both("sensitivity.finding.between_replications", outcomes=_shares(shares))


def _shares(by_outcome: pd.Series[float]) -> Words:
    return listed(
        both("sensitivity.of", outcome=inside(outcome_of(str(name))), share=share(value))
        for name, value in by_outcome.items()
    )


def _strongest(study: Sensitivity, outcome: str, lang: Language) -> Table:
    unit, method = study.unit(outcome), study.method
    others = {"morris": ("mu", "sigma"), "sobol": ("first",), "given_data": ()}[method]
    indices = {name: study.index(outcome, name) for name in others}
    chance = "chance_given_data" if method == "given_data" else "chance"
    names = ("factor", "range", f"strength_{method}", chance, *others, "verdict")
    columns = [text(f"sensitivity.table.{name}", lang) for name in names]
    rows = []
    for row in tuples(study.ranked(outcome).head(STRONGEST)):
        cells = [with_interval(study, *_ends(row), unit), strength(study, row.chance, unit)]
        for name in others:
            found = indices[name].loc[row.factor]
            if name == "mu":
                cells.append(difference_in_unit(found["value"], unit))
            elif name == "sigma":
                cells.append(width_in_unit(found["value"], unit))
            else:
                cells.append(with_interval(study, found["value"], found["low"], found["high"], unit))
        cells.append(both(f"sensitivity.verdict.{row.verdict}"))
        named = [with_path(row.factor, lang), say(lang, range_of(study, row.factor))]
        rows.append([*named, *(say(lang, cell) for cell in cells)])
    return Table(text("sensitivity.table.strongest", lang, about=about(study, outcome)), columns, rows)


def _spread(study: Sensitivity, outcomes: Sequence[str], lang: Language) -> Table:
    names = ("outcome", "mean", "sd", "replication_sd", "replication_share", f"used_{study.method}")
    rows = []
    for row in tuples(study.spread):
        if row.used and row.outcome in outcomes:
            cells = (
                _mean(study, row),
                width_in_unit(row.sd, row.unit),
                width_in_unit(row.replication_sd, row.unit),
                share(row.replication_share),
            )
            name = say(lang, outcome_of(row.outcome))
            rows.append([name, *(say(lang, cell) for cell in cells), f"{row.used} / {row.designs}"])
    columns = [text(f"sensitivity.table.{name}", lang) for name in names]
    return Table(text("sensitivity.table.spread", lang), columns, rows)


def _pairs(study: Sensitivity, outcome: str, lang: Language) -> Table:
    rows = SensitivitySummary(study).strongest_pairs(outcome, MOST_PAIRS)
    cells = []
    for row in tuples(rows):
        pair = both("sensitivity.pair", first=lever_words(row.factor), second=lever_words(row.other))
        cells.append([say(lang, pair), say(lang, with_interval(study, row.value, row.low, row.high, ""))])
    columns = [text("sensitivity.table.pair", lang), text("sensitivity.table.second", lang)]
    return Table(text("sensitivity.table.pairs", lang, about=about(study, outcome)), columns, cells)


def _ends(row: Any) -> tuple[float, float, float]:
    return row.strength, row.low, row.high


def _mean(study: Sensitivity, over: Any) -> Words:
    return difference_in_unit(over.mean, over.unit) if study.against else in_unit(over.mean, over.unit)
