"""What the command prints: one JSON value for programs, or a table for people.

A table shows the headline outcomes; everything else is in the stored tables and in the report.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.report.terminal import layout
from sim.report.words import numbers
from sim.report.words.catalogue import Language, text
from sim.report.words.sentences import listed, outcome_name, say

if TYPE_CHECKING:
    from sim.measure import Words
    from sim.report.answers.answer import Table
    from sim.scenario import Scenario
    from sim.study.questions.comparison import Comparison
    from sim.study.questions.run import Ensemble
    from sim.study.runs.manifest import Asked
    from sim.study.runs.study import Study
    from sim.study.summaries.calibration import Recalibration
    from sim.study.summaries.comparison import ComparisonSummary

ENDLESS: Final = 100_000  # cells of a line that no terminal breaks


def show_run(study: Ensemble, answer: Mapping[str, Any], lang: Language) -> None:
    """Print all outcomes of one scenario, what may be said of the plan's targets, and what the run cost."""
    from sim.report.answers import run  # start-up: pandas, not for `--help`

    _show_own_changes(study.manifest.scenarios, lang)
    shown, *others = run.tables(study, lang)
    columns, rows = shown.columns, shown.rows
    if "intervals" not in answer:
        columns, rows = columns[:2], [row[:2] for row in rows]
    _show_remarks(study, lang)
    table(columns, rows, say(lang, study.manifest.scenarios[-1].title))
    for other in others:
        table(other.columns, other.rows, other.title)
    for sentence in run.findings(study, lang):
        paragraph(sentence, "  - ")
    paragraph(
        text(
            "cli.note.speed",
            lang,
            firms=numbers.plain_count(answer["firms"]),
            months=answer["months"],
            seconds=f"{answer['wall_seconds']:.2f}",
            rate=numbers.plain_count(answer["firm_months_per_second"]),
            bytes=f"{answer['bytes_per_firm']:.0f}",
            threads=answer["threads"],
            residual=answer["ledger_residual_fen"],
        )
    )
    for name, file in answer.get("inside", {}).items():
        rows_seen = numbers.plain_count(len(getattr(study, name)))
        paragraph(text("cli.note.inside", lang, what=text(f"cli.inside.{name}", lang), rows=rows_seen, file=file))


def show_comparison(study: Comparison, lang: Language) -> None:
    """Print the headline outcomes of every scenario and how far each is from those that it is compared with."""
    from sim.observe.months import HEADLINES  # start-up: pandas, not for `--help`
    from sim.report.answers.answer import back_at_work, who_left
    from sim.report.words.cost_beside import cost_beside
    from sim.report.words.no_different import no_different
    from sim.report.words.other_worlds import in_other_worlds
    from sim.report.words.scenario_names import scenario_name
    from sim.report.words.sentences import days_of_rates
    from sim.report.words.single_actions import first_by_factors, strongest
    from sim.study.summaries.comparison import ComparisonSummary

    summary = ComparisonSummary(study)

    scenarios = of_scenarios(study, lang)
    about = [asked for asked in study.manifest.scenarios if asked.name in study.subjects]
    about = about or list(study.manifest.scenarios[-1:])
    _show_remarks(study, lang)
    _show_own_changes(about, lang)
    table(scenarios.columns, scenarios.rows, scenarios.title)
    paragraph(say(lang, days_of_rates(HEADLINES, about[0].contents)))
    for shown in about:
        if beware := in_other_worlds(summary, shown.name):
            paragraph(say(lang, beware))
        for beside in (*no_different(summary, shown.name), *cost_beside(summary, shown.name)):
            paragraph(say(lang, beside))
    for outcome in HEADLINES:
        for said in (strongest(summary, outcome, "report.finding"), first_by_factors(summary, outcome)):
            if said is not None:
                paragraph(say(lang, said))
    for shown in about:
        universes = of_comparison(study, shown, lang)
        table(universes.columns, universes.rows, universes.title)
    if summary.twice:
        heads = [text("report.costs.action", lang), *(_outcome(lang, outcome) for outcome in HEADLINES)]
        ways = ("listed", "added")
        heads[1:] = [f"{head}\n{text(f'report.twice.{way}', lang)}" for head in heads[1:] for way in ways]
        body = [
            [
                say(lang, scenario_name(summary, listed)),
                *(_change(summary, n, of, summary.against(n), lang) for of in HEADLINES for n in (listed, added)),
            ]
            for _, listed, added in summary.twice
        ]
        table(heads, body, text("report.twice.table", lang))
    _show_apart(study, lang)
    if len(study.panel):
        titles = {one.name: say(lang, one.title) for one in study.manifest.scenarios}
        left = who_left(study.panel, "scenario", titles, lang)
        table(left.columns, left.rows, left.title)
        if len(study.restarts):
            back = back_at_work(study.restarts, "scenario", titles, lang)
            table(back.columns, back.rows, back.title)
    if len(about) == 1:  # of several the report tells it
        _show_borne(summary, about[0], lang)
        _show_winners(summary, about[0], lang)
        _show_chosen(study, about[0], lang)
        _show_lasting(study, about[0], lang)
    for shown in about:
        _show_targets(study, shown, lang)


def of_scenarios(study: Comparison, lang: Language) -> Table:
    """A row for each scenario: the headline outcomes and how far each is from those that it is compared with."""
    from sim.observe.months import HEADLINES  # start-up: pandas, not for `--help`
    from sim.report.answers.answer import Table
    from sim.study.summaries.comparison import ComparisonSummary

    summary = ComparisonSummary(study)
    beside = {added for *_, added in summary.twice}
    columns = [text("cli.column.scenario", lang)]
    columns += [f"{_outcome(lang, outcome)}\n{text('cli.column.change', lang)}" for outcome in HEADLINES]
    rows = []
    for asked in study.manifest.scenarios:
        if asked.name in beside:
            continue
        values = [say(lang, numbers.share(summary.effect(asked.name, outcome).value.mean)) for outcome in HEADLINES]
        first, *others = summary.compared_with(asked.name) or [""]
        changes = [_change(summary, asked.name, outcome, first, lang) for outcome in HEADLINES] if first else []
        if changes:
            values = [f"{value}\n{change}" for value, change in zip(values, changes, strict=True)]
        rows.append([say(lang, asked.title), *values])
        for other in others:
            against = text("cli.note.against", lang, baseline=summary.titles[other])
            rows.append([against, *(_change(summary, asked.name, outcome, other, lang) for outcome in HEADLINES)])
    return Table(text("cli.note.mean_of", lang, replications=study.manifest.replications), columns, rows)


def _change(summary: ComparisonSummary, scenario: str, outcome: str, other: str, lang: Language) -> str:
    """How far a scenario is from another, with the interval."""
    told = summary.effect(scenario, outcome, other).difference
    return say(lang, numbers.plus_minus(told.mean, told.low, told.high, "share"))


def show_added(study: Comparison, asked: Sequence[Scenario], lang: Language) -> None:
    """Print what stands in a comparison that nobody ``asked`` for, why another than the first leads, and what lacks."""
    titles = {one.name: one.title for one in study.manifest.scenarios}
    named = [scenario.name for scenario in asked]
    for name in [name for name in titles if name not in named]:
        others = listed(titles[one] for one, against in study.against.items() if name in against)
        paragraph(text("cli.note.added", lang, scenario=titles[name], others=others))
    first = next(iter(titles))
    if first != named[0]:
        paragraph(text("cli.note.first", lang, scenario=titles[first]))
    for scenario in asked:
        start = None if scenario.origin is None else scenario.origin.extends
        if scenario.name in study.subjects and start is not None and Path(start).stem not in titles:
            paragraph(text("cli.note.extends", lang, scenario=scenario.title, start=start))


def of_comparison(study: Comparison, asked: Asked, lang: Language) -> Table:
    """The rates of a scenario by universe, and how far each is from those of its baseline."""
    from sim.report.answers.answer import by_universe  # start-up: pandas, not for `--help`
    from sim.study.comparison.sample_size import FEWEST_ROWS

    values, changes = (
        found[found["scenario"] == asked.name].set_index("outcome").to_dict("index")
        for found in (study.outcomes, study.over_baselines(study.differences))
    )

    def told(outcome: str) -> str:
        value = values[outcome]["mean"] if outcome in values else math.nan
        if not math.isnan(value) and values[outcome]["rows"] < FEWEST_ROWS:
            return text("report.method.few_rows", lang, rows=numbers.plain_count(values[outcome]["rows"]))
        mean = say(lang, numbers.share(value))
        if outcome not in changes or not study.against[asked.name]:
            return mean
        change = changes[outcome]
        return f"{mean}\n{say(lang, numbers.plus_minus(change['mean'], change['low'], change['high'], 'share'))}"

    return by_universe(text("answer.universes.changes", lang, scenario=asked.title), told, lang)


def show_answer(study: Study, lang: Language) -> None:
    """Print what came out of a question: the findings, the first of its tables, and the compact ones."""
    from sim.report import answers  # start-up: pandas, not for `--help`
    from sim.report.answers.answer import study_title

    told = answers.of(study.kind)
    paragraph(say(lang, study_title(study)))
    _show_remarks(study, lang)
    for sentence in told.findings(study, lang):
        paragraph(sentence, "  - ")
    first, *others = told.tables(study, lang)
    for shown in (first, *(other for other in others if other.is_compact)):
        table(shown.columns, shown.rows, shown.title)


def _show_own_changes(asked: Sequence[Asked], lang: Language) -> None:
    """Print what scenarios change of what they start from."""
    from sim.report.answers.answer import own_changes  # start-up: pandas, not for `--help`

    for changes in own_changes(asked, lang):
        table(changes.columns, changes.rows, changes.title)


def _show_remarks(study: Study, lang: Language) -> None:
    """Print where the study is not the model as calibrated."""
    from sim.study.summaries import calibration  # start-up: pandas, not for `--help`

    show_remarks(calibration.of_study(study), lang)


def show_remarks(found: Recalibration, lang: Language) -> None:
    """Print where a result is not the model as calibrated, and which parameters its question varies."""
    from sim.report.words.recalibrated import remarks  # start-up: pandas, not for `--help`

    for remark in remarks(found):
        paragraph(say(lang, remark))


def _show_winners(summary: ComparisonSummary, asked: Asked, lang: Language) -> None:
    """Print which groups of firms gain most under a scenario, which lose, and how many are too small to say."""
    from sim.report.words.winners import sentences  # start-up: pandas, not for `--help`
    from sim.study.summaries.winners_and_losers import WinnersAndLosers

    if summary.against(asked.name) != asked.name:
        for said in sentences(WinnersAndLosers(summary).in_short(asked.name)):
            paragraph(say(lang, said))


def _show_lasting(study: Comparison, asked: Asked, lang: Language) -> None:
    """Print whether the firms that a scenario kept at first live on, and what went to those that close anyway."""
    from sim.report.words import saved_or_postponed as words  # start-up: pandas, not for `--help`

    found = study.over_baselines(study.saved_or_postponed)
    found = found[found["scenario"] == asked.name]
    _show_rows("postponed", words.heads(), [(row.name, *row.cells) for row in words.rows(found)], asked, lang)
    if said := words.closed_anyway(found):
        paragraph(say(lang, said))


def _show_chosen(study: Comparison, asked: Asked, lang: Language) -> None:
    """Print what became of firms that a scenario chose, beside the next in rank."""
    from sim.report.words import chosen as words  # start-up: pandas, not for `--help`
    from sim.study.summaries.comparison import ComparisonSummary

    summary = ComparisonSummary(study)
    rows = words.rows(summary.of_pair(study.chosen, asked.name), summary.measure_title)
    told = [(row.name, row.outcome, *row.cells) for row in rows]
    _show_rows("chosen", words.heads(), told, asked, lang, baseline=summary.titles.get(summary.against(asked.name), ""))


def _show_rows(
    of: str, heads: list[Words], rows: Sequence[Iterable[Words]], asked: Asked, lang: Language, **told: Words | str
) -> None:
    """Print a table of the catalogue's words under ``report.OF``; nothing where it has no rows."""
    if rows:
        cells = [[say(lang, cell) for cell in row] for row in rows]
        title = text(f"report.{of}.table", lang, scenario=asked.title, **told)
        table([say(lang, head) for head in heads], cells, title)


def _show_apart(study: Comparison, lang: Language) -> None:
    """Print what the subjects cost beside each that they are compared with, and these beside each other."""
    from sim.study.summaries.comparison import ComparisonSummary  # start-up: pandas, not for `--help`
    from sim.study.summaries.scenario_effects import ScenarioEffects

    summary = ComparisonSummary(study)
    if not summary.apart:
        return
    effects = ScenarioEffects(summary)
    columns = ["cli.column.scenario", "report.nation.against", "report.price.public", "report.price.all"]
    columns += ["fate.saved", "fate.harmed"]
    rows = []
    for one, other in summary.apart:
        costs = [effects.total_cost(one, other, cost) for cost in ("public", "all")]
        fates = effects.fates(one, other)["entities"]
        told = [say(lang, summary.titles[one]), say(lang, summary.titles[other])]
        told += [say(lang, numbers.plus_minus(cost.mean, cost.low, cost.high, "fen")) for cost in costs]
        rows.append([*told, *(say(lang, numbers.entities(fates.get(fate, math.nan))) for fate in ("saved", "harmed"))])
    table([text(column, lang) for column in columns], rows, text("report.nation.heading", lang))


def _show_borne(summary: ComparisonSummary, asked: Asked, lang: Language) -> None:
    """Print the money that measures moved, by who bore it: governments, landlords, banks and others."""
    from sim.report.words.catalogue import both, named  # start-up: pandas, not for `--help`
    from sim.study.summaries.comparison import SHOWN_KINDS

    heads = [both("report.costs.bearer"), *(both(f"kind.{kind}") for kind in SHOWN_KINDS), both("report.costs.borne")]
    rows = [
        [named("party", str(bearer)), *(numbers.money(row[kind]) for kind in (*SHOWN_KINDS, "borne"))]
        for bearer, row in summary.borne_by(asked.name, "bearer").iterrows()
    ]
    if rows:
        cells = [[say(lang, cell) for cell in row] for row in rows]
        table([say(lang, head) for head in heads], cells, text("report.costs.table", lang, scenario=asked.title))


def _show_targets(study: Comparison, asked: Asked, lang: Language) -> None:
    """Print which targets a scenario meets: one line each."""
    from sim.report.words import not_known  # start-up: pandas, not for `--help`
    from sim.report.words.universes import other_universes
    from sim.report.words.verdicts import verdict_words
    from sim.study.comparison.sample_size import are_few
    from sim.study.comparison.targets import Target

    over = not_known.over(study)

    means = study.outcomes[study.outcomes["scenario"] == asked.name].set_index("outcome")["mean"].to_dict()
    units = study.outcomes.drop_duplicates("outcome").set_index("outcome")["unit"]
    rows = study.targets[study.targets["scenario"] == asked.name].to_dict("records")
    targets_on, comma = asked.contents["plan"]["targets_on"], text("recalibration.mark", lang)
    if rows:
        paragraph(text("cli.note.targets", lang, scenario=asked.title))
    for row in rows:
        unit = str(units.get(row["outcome"], ""))
        target = Target(row["outcome"], row["clause"], row["bound"], row["target"])
        goal, value = (numbers.in_unit(row[name], unit) for name in ("target", "mean"))
        shares = {"replications": row["met_over_replications"], "ranges": row["met_over_ranges"]}
        known = {name: numbers.share(share) for name, share in shares.items() if not math.isnan(share)}
        line = {
            "verdict": say(lang, verdict_words(row["verdict"], target, row["low"], row["high"], unit)),
            "outcome": _outcome(lang, row["outcome"]),
            "clause": row["clause"],
            "on": "" if row["on"] == targets_on else f"{comma}{text('report.targets.on', lang, day=row['on'])}",
            "goal": text(f"cli.note.{row['bound']}", lang, value=goal),
            "value": say(lang, value),
            "over": text(f"cli.note.over_{'ranges' if 'ranges' in known else 'replications'}", lang, over=over, **known)
            if known
            else "",
        }
        paragraph(text("cli.note.target", lang, **line), "  ")
        if beside := other_universes(row["outcome"], lambda name: means.get(name, math.nan)):
            paragraph(say(lang, beside), "    ")
    draws = max((row["draws"] for row in rows), default=0)
    if rows and are_few(draws):
        few = "report.targets.few_draws" if draws else "report.targets.no_ranges"
        paragraph(text(few, lang, draws=draws, over=over), "  ")
    titles = {each.name: each.title for each in study.manifest.scenarios}
    unknown = [(row.outcome, row.against, *row.cells) for row in not_known.rows(study, asked.name, titles)]
    _show_rows("not_known", not_known.heads(study), unknown, asked, lang)
    if unknown:
        paragraph(text("report.not_known.intro", lang, over=over))


def paragraph(sentence: str, before: str = "") -> None:
    """Print a sentence behind ``before``, on a terminal in lines that fit it and stand under its first word."""
    room = layout.room()
    said = [sentence] if room is None else layout.lines(sentence, room - len(before))
    print("\n".join((before if place == 0 else " " * len(before)) + line for place, line in enumerate(said)))


def table(columns: Iterable[str], rows: Iterable[Iterable[str]], title: str = "") -> None:
    """Print a table that fits the terminal: its cells in lines, or where words would break, row by row in blocks.

    Into a file or a pipe it is as wide as it needs, a line a row.
    """
    from rich.box import SIMPLE_HEAD  # here: help and JSON draw no table
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    heads, body, room = list(columns), [list(row) for row in rows], layout.room()
    widths = layout.widths([[head, *(row[n] for row in body)] for n, head in enumerate(heads)], room or ENDLESS)
    console = Console(width=room or ENDLESS, height=1)
    if widths is None:
        console.print(Text("\n".join(["", *layout.lines(title, console.width)]), style="bold"))
        for first, said in layout.blocks(heads, body, console.width):
            console.print(Text("\n".join(layout.lines(first, console.width)), style="bold"))
            console.print(Text("\n".join(f"  {line}" for line in said)))
        return
    drawn = Table(title=Text(title, style="bold") if title else None, title_justify="left", box=SIMPLE_HEAD)
    for width in widths:
        drawn.add_column(width=width, no_wrap=True)
    for column, head, width in zip(drawn.columns, heads, widths, strict=True):
        column.header = Text("\n".join(layout.lines(head, width)))
    for row in body:
        drawn.add_row(*(Text("\n".join(layout.lines(cell, width))) for cell, width in zip(row, widths, strict=True)))
    with console.capture() as captured:
        console.print(drawn)
    print("\n".join(line.rstrip() for line in captured.get().split("\n")), end="")


def print_json(value: Any) -> None:
    """Print one JSON value; what is missing is null, for JSON knows no NaN.

    Where standard output has not all of its characters, those beyond ASCII are escaped: nothing of it is lost.
    """
    for escaped in (False, True):
        said = json.dumps(numbers.finite(value), ensure_ascii=escaped, indent=2, default=str, allow_nan=False)
        with suppress(UnicodeEncodeError):
            said.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
            break
    print(said)


def plain(value: Any) -> str:
    """A value of a scenario file in one line."""
    value = numbers.finite(value)
    if value is None:
        return "-"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _outcome(lang: Language, name: str) -> str:
    return say(lang, outcome_name(name))
