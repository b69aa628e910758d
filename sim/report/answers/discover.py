"""A discovery, told to people: in which worlds a target is missed, and how surely that is known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import isnan
from typing import TYPE_CHECKING, Any

from sim.measure import Words
from sim.report.answers.answer import Table, failed, few_worlds
from sim.report.charts import discovery as chart
from sim.report.charts.style import Chart
from sim.report.words.catalogue import LANGUAGES, Language, both, text
from sim.report.words.lever_names import value_name, with_path
from sim.report.words.limit_names import condition, end_of
from sim.report.words.numbers import in_unit, plain_count, share
from sim.report.words.sentences import outcome_name, say
from sim.study.questions.discover import ALWAYS, BOX, CHOICE, NEVER
from sim.study.summaries.rows import records

if TYPE_CHECKING:
    from sim.study.questions.discover import Discovery

Row = dict[str, Any]


def findings(study: Discovery, lang: Language) -> list[str]:
    """Of each target: how often it is missed, in which worlds, and how surely that is known."""
    said = [sentence for row in records(study.targets) for sentence in _of_target(study, row)]
    said += few_worlds(int(study.targets["worlds"].max()))
    return [say(lang, sentence) for sentence in said] + failed(study, lang)


def tables(study: Discovery, lang: Language) -> list[Table]:
    """The targets; of each with a box its limits, and how often they were found again."""
    found = [_targets(study, lang)]
    for row in records(study.targets):
        if row["verdict"] == BOX:
            found += [_limits(study, row["outcome"], lang), _stability(study, row["outcome"], lang)]
    return found


def charts(study: Discovery, lang: Language) -> list[Chart]:
    """Of each target with a box: coverage against density, the limits, and worlds in the two that tell most."""
    found = []
    for row in records(study.targets):
        outcome = str(row["outcome"])
        if (study.trajectory["outcome"] == outcome).any():
            found.append(chart.trajectory(study, outcome, lang))
        if row["verdict"] == BOX:
            found.append(chart.box(study, outcome, lang))
            found += chart.worlds(study, outcome, lang)
    return found


def _of_target(study: Discovery, row: Row) -> Iterator[Words]:
    said: dict[str, Words | str | int] = {
        "outcome": outcome_name(str(row["outcome"])), "goal": _goal(row), "worlds": plain_count(row["worlds"]),
        "missed": plain_count(row["missed"]), "share": share(row["missed"] / max(row["worlds"], 1)),
    }  # fmt: skip
    yield both(f"discover.finding.{_verdict(row)}", **said)
    if row["verdict"] == BOX:
        limits = [condition(limit) for limit in records(study.chosen(str(row["outcome"])))]
        yield both(
            "discover.finding.when", outcome=said["outcome"], conditions=_listed(limits),
            coverage=share(row["coverage"]), density=share(row["density"]),
        )  # fmt: skip
        if row["halves"]:
            yield both(
                "discover.finding.halves" if row["halves_with_box"] else "discover.finding.halves_none",
                halves=row["halves"], found=row["halves_with_box"],
                coverage=share(row["tested_coverage"]), density=share(row["tested_density"]),
            )  # fmt: skip
    if row["left_out"]:
        yield both("discover.finding.left_out", outcome=said["outcome"], left_out=plain_count(row["left_out"]))
    if row["verdict"] != NEVER and row["divided"]:
        yield both("discover.finding.divided", outcome=said["outcome"], divided=plain_count(row["divided"]))


def _verdict(row: Row) -> str:
    """What came of the search; of few worlds nothing is said of everywhere."""
    return f"{row['verdict']}_few" if row["are_few"] and row["verdict"] in (ALWAYS, NEVER) else str(row["verdict"])


def _goal(row: Row) -> Words:
    return both(f"discover.bound.{row['bound']}", limit=in_unit(row["limit"], str(row["unit"])))


def _listed(conditions: list[Words]) -> Words:
    return Words(**{
        lang: text("discover.and", lang).join(say(lang, one) for one in conditions) for lang in LANGUAGES
    })  # fmt: skip


def _targets(study: Discovery, lang: Language) -> Table:
    columns = ("target", "worlds", "missed", "coverage", "density", "factors")
    rows = []
    for row in records(study.targets):
        name = say(lang, outcome_name(str(row["outcome"])))
        cells = [_share(row[name], lang) for name in ("coverage", "density")]
        told = f"{row['restricted']}" if row["verdict"] == BOX else text(f"discover.verdict.{_verdict(row)}", lang)
        goal = say(lang, _goal(row))
        rows.append(
            [f"{name}\n{goal}", *(say(lang, plain_count(row[name])) for name in ("worlds", "missed")), *cells, told]
        )
    return Table(text("discover.table.targets", lang), [text(f"discover.column.{c}", lang) for c in columns], rows)


def _limits(study: Discovery, outcome: str, lang: Language) -> Table:
    columns = ("factor", "from", "to", "range", "quasi_p")
    rows = []
    for limit in records(study.chosen(outcome)):
        quasi_p = min((p for p in (limit["quasi_p_low"], limit["quasi_p_high"]) if not isnan(p)), default=float("nan"))
        if limit["kind"] == CHOICE:
            values = " / ".join(value_name(str(limit["path"]), value, lang) for value in json.loads(limit["values"]))
            ends = [values, "", ""]
        else:
            ends = [end_of(limit, "low") or "–", end_of(limit, "high") or "–"]
            ends.append(f"{end_of(limit, 'least')} … {end_of(limit, 'most')}")
        rows.append([with_path(str(limit["path"]), lang), *ends, f"{quasi_p:.2g}"])
    title = text("discover.table.limits", lang, outcome=say(lang, outcome_name(outcome)))
    return Table(title, [text(f"discover.column.{c}", lang) for c in columns], rows)


def _stability(study: Discovery, outcome: str, lang: Language) -> Table:
    rows = [
        [with_path(str(row["path"]), lang), _share(row["share"], lang),
         text(f"discover.{'in_box' if row['is_restricted'] else 'not_in_box'}", lang)]
        for row in records(study.stability[study.stability["outcome"] == outcome])
    ]  # fmt: skip
    title = text("discover.table.stability", lang, outcome=say(lang, outcome_name(outcome)))
    return Table(title, [text(f"discover.column.{c}", lang) for c in ("factor", "found_again", "chosen")], rows)


def _share(value: float, lang: Language) -> str:
    return say(lang, share(value)) if not isnan(value) else "–"
