"""Where missed targets fall short, as documents hold it: a table by sector and one by size for each of them."""

from __future__ import annotations

from collections.abc import Iterable

from sim.measure import Words
from sim.report.answers.answer import Table
from sim.report.words import missed
from sim.report.words.catalogue import Language, both, text
from sim.report.words.sentences import outcome_name, say
from sim.study.summaries.missed_targets import MissedTarget

BY = ("sector", "size")


def gap_tables(gaps: Iterable[MissedTarget], lang: Language) -> list[Table]:
    """The tables of those targets that can be told group by group; the last row is all groups together."""

    def said(cells: list[tuple[Words, Words | None]]) -> list[str]:
        return [say(lang, cell) if ends is None else f"{say(lang, cell)}\n{say(lang, ends)}" for cell, ends in cells]

    tables = []
    for gap in gaps:
        for by in BY if gap.whole is not None else ():
            title = text("report.missed.table", lang, outcome=outcome_name(gap.outcome), by=both(f"report.by.{by}"))
            rows = [[_name(part, lang), *said(part.cells)] for part in missed.parts(gap, by)]
            rows.append([text("report.missed.all", lang), *said(missed.total(gap))])
            tables.append(Table(title, [say(lang, head) for head in missed.heads(gap)], rows))
    return tables


def _name(part: missed.Part, lang: Language) -> str:
    """A group, with a warning where too few rows of the sample stand behind it."""
    name = say(lang, part.name)
    return f"{name}\n{text('report.missed.few', lang, rows=part.rows)}" if part.rows else name
