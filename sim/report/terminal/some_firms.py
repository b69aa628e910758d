"""What the command prints of firms of one's own choice: their outcomes, and what cannot be told of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from sim.observe.conditions import Where
from sim.observe.outcomes import OUTCOMES
from sim.report.terminal.tables import paragraph, table
from sim.report.words import numbers
from sim.report.words.catalogue import Language, named, text
from sim.report.words.sentences import listed, outcome_name, say
from sim.study.comparison.sample_size import FEWEST_ROWS

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.questions.comparison import Comparison
    from sim.study.questions.run import Ensemble

CHANGE: Final = ("difference", "difference_low", "difference_high")


def answer(study: Comparison | Ensemble, where: Where) -> dict[str, Any]:
    """The conditions, the table of outcomes row by row, and the outcomes that cannot be told; nothing without any."""
    if not where:
        return {}
    found = study.outcomes_of(where)
    return {"some_firms": {"where": dict(where), "outcomes": found.to_dict("records"), "left_out": _left_out(found)}}


def show(study: Comparison | Ensemble, where: Where, lang: Language) -> None:
    """Print the outcomes of these firms: of a comparison under what it is about first, and under its baseline.

    Nothing is printed without conditions.
    """
    if not where:
        return
    found = study.outcomes_of(where)
    is_comparison = CHANGE[0] in found
    titles = {asked.name: asked.title for asked in study.manifest.scenarios}
    shown = next(iter(study.manifest.settings.get("subjects", ())), list(titles)[-1])
    rows_of = {name: found[found["scenario"] == name].set_index("outcome").to_dict("index") for name in titles}
    columns = [text("cli.column.outcome", lang)]
    before = next(iter(study.manifest.settings["against"][shown]), None) if is_comparison else None
    if before is not None:
        columns += [say(lang, titles[before]), say(lang, titles[shown]), text("cli.column.change", lang)]
    else:
        columns += [text("cli.column.value", lang), text("cli.column.interval", lang)]
    body = []
    for outcome, row in rows_of[shown].items():
        unit = str(row["unit"])
        cells = [say(lang, outcome_name(str(outcome))), say(lang, numbers.in_unit(row["mean"], unit))]
        if before is not None:
            cells.insert(1, say(lang, numbers.in_unit(rows_of[before][outcome]["mean"], unit)))
            cells.append(say(lang, numbers.plus_minus(row[CHANGE[0]], row[CHANGE[1]], row[CHANGE[2]], unit)))
        else:
            cells.append(say(lang, numbers.interval_in_unit(row["low"], row["high"], unit)))
        body.append(cells)
    table(columns, body, text("cli.note.some_firms", lang, conditions=_conditions(where, lang)))
    rows = max((row["rows"] for row in rows_of[shown].values()), default=FEWEST_ROWS)
    if rows < FEWEST_ROWS:
        paragraph(text("cli.note.few_rows", lang, rows=f"{rows:.0f}"))
    not_kept = [] if study.cells["given_fen"].notna().all() else ["money_given"]
    if left := [name for name in _left_out(found) if name not in not_kept]:
        paragraph(text("cli.note.left_out", lang, outcomes=listed(outcome_name(name) for name in left)))
    if not_kept:
        paragraph(text("cli.note.not_kept", lang, outcomes=listed(outcome_name(name) for name in not_kept)))


def _left_out(found: pd.DataFrame) -> list[str]:
    return [name for name in OUTCOMES if name not in set(found["outcome"])]


def _conditions(where: Mapping[str, Any], lang: Language) -> str:
    """The conditions in people's words; names that are not known stay as they were given."""
    comma = text("report.comma", lang)
    return text("recalibration.mark", lang).join(
        comma.join(say(lang, named(name, value)) for value in values) for name, values in where.items()
    )
