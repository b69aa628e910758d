"""The page of a study of any kind but a comparison: what came out, how it was computed, what failed.

What it says comes from the kind's module in ``sim/report/answers/``; how it is put together is the same for all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from sim.measure import Words
from sim.observe.outcomes import OUTCOMES
from sim.report import answers
from sim.report.answers.answer import Table, study_title
from sim.report.pages import page
from sim.report.words import own_changes
from sim.report.words.catalogue import LANGUAGES, Language, both, catalogue
from sim.report.words.numbers import finite, plain_count
from sim.report.words.recalibrated import remarks
from sim.report.words.sentences import plan_words
from sim.study.comparison.targets import of_contents
from sim.study.summaries import calibration

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.runs.study import Study

NUMBER: Final = re.compile(r"^([+−-]?[\d.,]|–$)")  # how a cell begins that stands to the right
SHORT: Final = 14  # rows of a table that is shown at once
TALL: Final = 24  # rows from which on a table scrolls in its place
T = TypeVar("T")
LABELS: Final = ("scenario", "draw", "replication")  # what a study calls a run


class Column(NamedTuple):
    """One column of a table in both languages, and whether it holds numbers."""

    name: Words
    is_number: bool


class Shown(NamedTuple):
    """A table in both languages. A cell is its first line, and the lines below it."""

    title: Words
    columns: list[Column]
    rows: list[list[tuple[Words, list[Words]]]]
    is_open: bool
    is_first: bool
    universe: str  # of which it is; empty for every one

    @property
    def is_tall(self) -> bool:
        """Whether it scrolls in its place."""
        return len(self.rows) > TALL and not self.is_open

    @property
    def is_short(self) -> bool:
        """Whether it is shown without being asked for."""
        return len(self.rows) <= SHORT or self.is_open


class Failure(NamedTuple):
    """Why runs failed, how many, and which."""

    reason: str
    runs: int
    which: str


def write(study: Study, path: Path) -> Path:
    """Write the page to a file, or to ``report.html`` in a folder, and say where it is."""
    target = page.place(path)
    target.write_text(written(study), "utf-8", newline="\n")
    return target


def written(study: Study) -> str:
    """The whole page."""
    told = answers.of(study.kind)
    manifest = study.manifest
    universes = answers.universes(study)
    findings = [told.findings(study, lang) for lang in LANGUAGES]
    tables = _by_universe(told.tables, study, universes)
    charts = {
        f"answer-{place}{f'-{universe}' if universe not in ('', universes[0]) else ''}": (universe, chart)
        for place, universe, chart in _by_universe(told.charts, study, universes)
    }
    name = study_title(study)
    body = (
        page.environment()
        .get_template("answer.html")
        .render(
            kind=study.kind,
            title=name,
            manifest=manifest,
            plan=plan_words(manifest.scenarios[-1].contents["plan"]),
            scenario=manifest.scenarios[-1],
            facts=facts(study),
            remarks=remarks(calibration.of_study(study)),
            findings=[Words(zh=zh, en=en) for zh, en in zip(*findings, strict=True)],
            universes=universes,
            tables=[_shown(said["zh"], said["en"], place == 0, universe) for place, universe, said in tables],
            charts=[(id_, universe) for id_, (universe, _) in charts.items()],
            own_changes=own_changes,
            changed=[asked for asked in manifest.scenarios if asked.own_changes],
            failures=failures(study),
            failed=len(study.failures),
            all_runs=len(study.runs),
            method=catalogue().get(f"{study.kind}.method"),
            settings={key: value for key, value in manifest.settings.items() if key != "title"},
            stored=[(file, len(table)) for file, table in study.tables().items()],
            query=_query(study.runs),
            targets={target.outcome: target for target in of_contents(manifest.scenarios[-1].contents)},
        )
    )
    drawn: dict[str, dict[str, Any]] = {
        lang: {id_: finite(chart[lang].specification) for id_, (_, chart) in charts.items()} for lang in LANGUAGES
    }
    return page.page(name, body, drawn, main=None, datasets={}, limits={}, labels={lang: {} for lang in LANGUAGES})


def _by_universe(
    tell: Callable[..., list[T]], study: Study, universes: Sequence[str]
) -> list[tuple[int, str, dict[Language, T]]]:
    """Each table or chart by language, with its place and the universe that it is of.

    What is the same in each universe stands there once, of none; the others once for each.
    """
    asked: list[tuple[str, ...]] = [(), *((universe,) for universe in universes[1:])]  # the first needs no asking
    told = [[tell(study, lang, *universe) for lang in LANGUAGES] for universe in asked]
    found: list[tuple[int, str, dict[Language, T]]] = []
    for place in range(len(told[0][0])):
        versions = [
            {lang: of_lang[place] for lang, of_lang in zip(LANGUAGES, of_universe, strict=True)} for of_universe in told
        ]
        if all(version == versions[0] for version in versions):
            found.append((place, "", versions[0]))
        else:
            found += [(place, universe, version) for universe, version in zip(universes, versions, strict=True)]
    return found


def failures(study: Study) -> list[Failure]:
    """The runs that failed, by their reason, the most frequent first."""
    failed = study.failures
    labels = [label for label in LABELS if label in failed]
    found = []
    for reason, runs in failed.groupby("reason", sort=False):
        which = "; ".join(
            " ".join(f"{label} {value}" for label, value in row.items()) for row in _records(runs, labels)
        )
        found.append(Failure(str(reason), len(runs), which))
    return sorted(found, key=lambda failure: -failure.runs)


def _records(runs: pd.DataFrame, labels: list[str]) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in runs[[*labels, "seed"]].to_dict("records")]


def facts(study: Study) -> list[tuple[Words, Words | str]]:
    """How much was computed, and what identifies it: names and values."""
    manifest, runs = study.manifest, study.runs
    facts: list[tuple[Words, Words | str]] = [(both("answer.facts.kind"), both(f"answer.kind.{study.kind}"))]
    facts.append((both("answer.facts.scenario"), manifest.scenarios[-1].title))
    if "draw" in runs and runs["draw"].nunique() > 1:
        as_they_are = study.kind in ("calibrate", "validate")  # whose first is no draw: the values as they are
        facts.append((both("answer.facts.draws"), plain_count(runs["draw"].nunique() - as_they_are)))
    facts.append((both("report.facts.replications"), plain_count(manifest.replications)))
    facts.append((both("answer.facts.runs"), plain_count(len(runs))))
    firms = manifest.firms
    facts.append(
        (both("report.facts.firms"), plain_count(firms) if isinstance(firms, int) else both("answer.facts.province"))
    )
    facts.append((both("report.facts.seed"), str(manifest.seed)))
    facts.append((both("report.facts.fingerprint"), manifest.fingerprint[:12]))
    return facts


def _shown(zh: Table, en: Table, is_first: bool, universe: str) -> Shown:
    """One table of both languages, which have the same rows and columns."""
    numeric = [
        place > 0 and all(NUMBER.match(row[place].strip()) or not row[place].strip() for row in zh.rows)
        for place in range(len(zh.columns))
    ]
    columns = [
        Column(Words(zh=name, en=other), numbers)
        for name, other, numbers in zip(zh.columns, en.columns, numeric, strict=True)
    ]
    rows = [
        [_cell(cell, other) for cell, other in zip(row, others, strict=True)]
        for row, others in zip(zh.rows, en.rows, strict=True)
    ]
    return Shown(Words(zh=zh.title, en=en.title), columns, rows, zh.is_open, is_first, universe)


def _cell(zh: str, en: str) -> tuple[Words, list[Words]]:
    lines: Sequence[tuple[str, str]] = list(zip(zh.split("\n"), en.split("\n"), strict=True))
    first, *below = [Words(zh=one, en=other) for one, other in lines]
    return first, below


def _query(runs: pd.DataFrame) -> str:
    """A line that reads the runs of a study with DuckDB, from its folder."""
    label = next((label for label in LABELS[1::-1] if label in runs), LABELS[2])
    outcome = next((name for name in OUTCOMES if name in runs), None)
    asked = "count(*) AS runs" if outcome is None else f"count(*) AS runs, avg({outcome}) AS {outcome}"
    return (
        f"duckdb -c \"SELECT {label}, {asked} FROM 'runs.parquet' WHERE reason = '' GROUP BY {label} ORDER BY {label}\""
    )
