"""A validation, told to people: every target with what was published and what the model gives, misses among them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, Protocol

import pandas as pd

from sim.measure import Words
from sim.report.answers.answer import Table, failed, few_worlds
from sim.report.charts import validation as chart
from sim.report.charts.style import Chart
from sim.report.words.catalogue import Language, both, text
from sim.report.words.numbers import plain_count, share, three_digits
from sim.report.words.sentences import say
from sim.report.words.target_values import of_row
from sim.study.summaries.rows import records
from sim.study.validation.scoring import ALL, MODEL, NO_VALUE, NOT_ANSWERABLE, PRIOR, PUBLISHED
from sim.study.validation.targets import GROUPS, USES

if TYPE_CHECKING:
    from sim.study.questions.validate import Validation

LINE: Final = ("target", "verdict", "published", "model", "prior", "use")
UNANSWERED: Final = ("target", "published", "use", "reason")
SCORES: Final = (
    "group", "use", "targets", "answerable", "hits", "share", "covered", "width", "width_prior", "score", "score_prior",
    "score_before",
)  # fmt: skip
PRIOR_INTERVAL: Final = (PRIOR[1], PRIOR[0], PRIOR[2])


class Worded(Protocol):
    """What says something of targets."""

    @property
    def words(self) -> pd.DataFrame:
        """What is said of them."""


class HeldAgainst(Worded, Protocol):
    """Targets and what came of them: a study, or a release that is kept. Tables as ``Validation`` has them."""

    @property
    def targets(self) -> pd.DataFrame:
        """What was published, what the model gives, and the verdict."""

    @property
    def scores(self) -> pd.DataFrame:
        """What they come to by group and use."""

    @property
    def evidence(self) -> pd.DataFrame:
        """What they stand on."""


def findings(study: Validation, lang: Language) -> list[str]:
    """How many are hit, that nothing is fitted, the scores beside the prior's and the release's before."""
    draws = int(study.targets["draws"].max())
    said = [*summary(study, study.before), *(few_worlds(draws) if draws else ())]
    return [say(lang, sentence) for sentence in said] + failed(study, lang)


def tables(study: Validation, lang: Language) -> list[Table]:
    """Every target by group, what cannot be answered, the scores; then definitions and evidence."""
    return [*lines(study, lang, apart=True), scores(study, lang), definitions(study, lang), evidence(study, lang)]


def charts(study: Validation, lang: Language) -> list[Chart]:
    """A picture a group."""
    return [chart.group(study, group, lang) for group in chart.groups(study)]


def summary(found: HeldAgainst, before: str) -> Iterator[Words]:
    """The sentences that say what all targets come to; ``before``: the version that they are held against, or empty."""
    by = {(row["group"], row["use"]): row for row in records(found.scores)}
    every = by[ALL, ALL]
    yield both(
        "validate.finding.hits", targets=_count(every["targets"]), answerable=_count(every["answerable"]),
        hits=_count(every["hits"]), share=share(every["share"]), left=_count(every["targets"] - every["answerable"]),
    )  # fmt: skip
    for use in USES:
        if (ALL, use) in by:
            of = by[ALL, use]
            counts = {name: _count(of[name]) for name in ("hits", "answerable")}
            yield both(f"validate.finding.{use}", share=share(of["share"]), **counts)
    sharp = found.targets["sharp"].dropna().astype(bool)
    is_fitted = len(sharp) > 0
    yield both(f"validate.finding.rule{'_fitted' if is_fitted else ''}")
    if every["wide_hits"]:
        yield both("validate.finding.wide", wide=_count(every["wide_hits"]), hits=_count(every["hits"]))
    if is_fitted:
        of = found.targets.loc[sharp.index, "use"]
        counts = {use: _count(int(sharp[of == use].sum())) for use in USES}
        yield both("validate.finding.sharp", all=_count(len(sharp)), **counts)
    else:
        yield both("validate.finding.nothing_fitted")
    if found.targets["draws"].max() > 0:
        yield both(
            "validate.finding.prior", covered=share(every["covered_by_prior"]),
            score=three_digits(every["score_median"]), score_prior=three_digits(every["score_prior_median"]),
            mean=three_digits(every["score"]), mean_prior=three_digits(every["score_prior"]),
        )  # fmt: skip
    if not before:
        yield both("validate.finding.no_release")
    elif every["known_before"]:
        counts = {name: _count(every[name]) for name in ("known_before", "hits_before")}
        yield both(
            "validate.finding.release", version=before, score=three_digits(every["score_before_median"]), **counts
        )


def lines(found: HeldAgainst, lang: Language, apart: bool = False) -> list[Table]:
    """A table a group with a line for each target that has a verdict or no value, then those that have no answer.

    ``apart``: intervals stand below their values.
    """
    titles = words_of(found, "title")
    universes = words_of(found, "universe")
    shown = []
    for group in GROUPS:
        of = found.targets[(found.targets["group"] == group) & (found.targets["verdict"] != NOT_ANSWERABLE)]
        rows = [[say(lang, cell) for cell in _line(row, titles, universes, apart)] for row in records(of)]
        if rows:
            shown.append(Table(text(f"validate.group.{group}", lang), _columns(LINE, lang), rows, is_open=True))
    reasons = words_of(found, "not_answerable")
    rows = [
        [
            say(lang, _titled(row["target"], titles, universes)), say(lang, of_row(row, PUBLISHED, apart)),
            text(f"validate.use.{row['use']}", lang), say(lang, _reason(row, reasons)),
        ]
        for row in records(found.targets[found.targets["verdict"].isin((NOT_ANSWERABLE, NO_VALUE))])
    ]  # fmt: skip
    if rows:
        shown.append(Table(text("validate.table.unanswered", lang), _columns(UNANSWERED, lang), rows, is_open=True))
    return shown


def scores(found: HeldAgainst, lang: Language) -> Table:
    """What the targets come to by group and use."""
    rows = []
    for row in records(found.scores):
        group = "validate.all" if row["group"] == ALL else f"validate.group.{row['group']}"
        use = "validate.all" if row["use"] == ALL else f"validate.use.{row['use']}"
        cells = [both(group), both(use), *(_count(row[name]) for name in ("targets", "answerable", "hits"))]
        cells += [share(row["share"]), share(row["covered_by_prior"])]
        cells += [
            both("validate.mean_and_median", mean=_digits(row[name]), median=_digits(row[f"{name}_median"]))
            for name in SCORES[-5:]
        ]
        rows.append([say(lang, cell) for cell in cells])
    return Table(text("validate.table.scores", lang), _columns(SCORES, lang), rows, is_open=True)


def definitions(found: HeldAgainst, lang: Language) -> Table:
    """Of whom each target is, what was published, and what stands for it in the model."""
    titles = words_of(found, "title")
    said = [titles, words_of(found, "universe"), words_of(found, "definition")]
    ids = list(found.targets["target"])
    rows = [[say(lang, words[target]) for words in said] for target in ids]
    return Table(text("validate.table.definitions", lang), _columns(("target", "universe", "definition"), lang), rows)


def evidence(found: HeldAgainst, lang: Language) -> Table:
    """What each target stands on, with its source, address and grade."""
    titles = words_of(found, "title")
    columns = ("target", "item", "value", "when", "source", "address", "grade")
    rows = [
        [
            say(lang, titles[row["target"]]), row["item"], f"{row['value']} ({row['unit']})",
            f"{row['period']}, {row['place']}", row["source_title"], row["source_address"], row["grade"],
        ]
        for row in records(found.evidence)
    ]  # fmt: skip
    return Table(text("validate.table.evidence", lang), _columns(columns, lang), rows)


def words_of(found: Worded, field: str) -> dict[str, Words]:
    """What is said in a field of each target that has it."""
    rows = found.words[found.words["field"] == field]
    return {row["target"]: Words(zh=row["zh"], en=row["en"]) for row in records(rows)}


def _line(row: dict[str, Any], titles: dict[str, Words], universes: dict[str, Words], apart: bool) -> list[Words]:
    values = [of_row(row, which, apart) for which in (PUBLISHED, MODEL, PRIOR_INTERVAL)]
    verdict, use = both(f"validate.verdict.{row['verdict']}"), both(f"validate.use.{row['use']}")
    return [_titled(row["target"], titles, universes), verdict, *values, use]


def _titled(target: str, titles: dict[str, Words], universes: dict[str, Words]) -> Words:
    """The title, and of whom it is in the line below."""
    title, universe = titles[target], universes[target]
    return Words(zh=f"{title.zh}\n{universe.zh}", en=f"{title.en}\n{universe.en}")


def _reason(row: dict[str, Any], reasons: dict[str, Words]) -> Words:
    return reasons[row["target"]] if row["verdict"] == NOT_ANSWERABLE else both("validate.no_value")


def _columns(names: tuple[str, ...], lang: Language) -> list[str]:
    return [text(f"validate.column.{name}", lang) for name in names]


def _count(value: float) -> Words:
    return plain_count(float(value))


def _digits(value: float) -> Words:
    return both("unit.missing") if pd.isna(value) else three_digits(float(value))
