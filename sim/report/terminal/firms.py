"""What the command prints of one clause, and of firms on their way through two worlds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from sim.measure import DECIDED_UPON
from sim.observe.months import HEADLINES
from sim.report.terminal.tables import paragraph, plain, show_remarks, table
from sim.report.words import numbers
from sim.report.words.catalogue import Language, catalogue, named, text
from sim.report.words.sentences import outcome_name, say
from sim.study.comparison.clause_effects import AMONG_REACHED
from sim.study.comparison.sample_size import FEWEST_ROWS
from sim.study.summaries import calibration

if TYPE_CHECKING:
    from sim.scenario.clause import ClauseDetail, FundDetail, MeasureDetail
    from sim.study.comparison.journey import Journey
    from sim.study.comparison.one_clause import ClauseEffect

FEN_PER_WAN: Final = 10**6
GROUPS: Final = {
    "sectors": ("sector", "sector_group"), "sizes": ("size",), "prefectures": ("prefecture",),
    "landlords": ("landlord",), "flags": ("flag",), "facts": ("fact",),
}  # fmt: skip  # groups of the catalogue that have the words for each condition of eligibility
# Outcomes by which a clause is told, after the headlines.
TOLD: Final = (*HEADLINES, "jobs", "money_given", *AMONG_REACHED)


def answer_of_journey(journey: Journey) -> dict[str, Any]:
    """The firms, and every event of both worlds."""
    return {
        "scenario": journey.scenario.name,
        "against": journey.against.name,
        "titles": [world.title.model_dump() for world in (journey.scenario, journey.against)],
        "seed": journey.seed,
        "calibration": calibration.of_journey(journey).plain(),
        "firms": journey.firms.astype(object).where(journey.firms.notna(), None).to_dict("records"),
        "events": journey.events.to_dict("records"),
    }


def show_journey(journey: Journey, lang: Language) -> None:
    """Print what is not ordinary business of each firm, day by day, under the one scenario and under the other."""
    show_remarks(calibration.of_journey(journey), lang)
    shown = journey.told()
    titles = [say(lang, world.title) for world in (journey.scenario, journey.against)]
    amount, left = (text(f"cli.column.{name}", lang) for name in ("amount", "cash"))
    columns = [text(f"cli.column.{name}", lang) for name in ("date", "event", "what", "clause")]
    columns += [f"{title}\n{what}" for title in titles for what in (amount, left)]
    for firm in journey.firms.to_dict("records"):
        rows = []
        for row in shown[shown["firm"] == firm["firm"]].to_dict("records"):
            cells = [row["date"], _word("event", row["event"], lang), _what(row, journey, lang), row["clause"]]
            for of in ("", "_against"):
                if pd.isna(row[f"cash_fen{of}"]):
                    cells += ["", ""]
                    continue
                paid = row[f"amount_fen{of}"]
                cells.append(say(lang, numbers.money(paid)) if paid else "·")
                cells.append(f"{row[f'cash_fen{of}'] / FEN_PER_WAN:,.1f}")
            rows.append(cells)
        place = ", ".join(_word(group, str(firm[group]), lang) for group in ("sector", "size", "prefecture"))
        fate = _word("fate", firm["fate"], lang) if firm["fate"] else text("cli.note.later", lang)
        table(
            columns,
            rows,
            text("cli.note.firm", lang, firm=firm["firm"], place=place, entities=int(firm["entities"]), fate=fate),
        )
    paragraph(text("cli.note.routine", lang, lines=len(journey.side_by_side()) - len(shown)))


def _what(row: Mapping[str, Any], journey: Journey, lang: Language) -> str:
    """The measure of an event and what its money is for."""
    title = next(
        (m.title for s in (journey.scenario, journey.against) for m in s.measures if m.id == row["measure"]), None
    )
    group = {"exited": "exit_cause", "problem_met": "ticket", "problem_solved": "ticket"}.get(row["event"], "flow")
    names = [_word(group, name, lang) for name in row["flow"].split("+") if name]
    return ": ".join(part for part in (say(lang, title) if title else "", ", ".join(names)) if part)


def answer_of_clause(detail: ClauseDetail, effect: ClauseEffect | None) -> dict[str, Any]:
    """What the clause says, and under ``effect`` what it does, None where nothing was run."""
    tables = ("outcomes", "effects", "costs", "reach")
    answer: dict[str, Any] = {**detail.plain(), "effect": None}
    if effect is not None:
        answer["effect"] = {
            "calibration": calibration.of_scenarios(()).plain(),  # the worlds of a clause are the project's own
            "nothing_alone": effect.has_no_effect_alone,
            "founders": effect.founders,
            "births": effect.births,
            "eligible": effect.eligible,
            "reached": effect.reached,
            **{name: getattr(effect, name).to_dict("records") for name in tables},
        }
    return answer


def show_clause(detail: ClauseDetail, effect: ClauseEffect | None, replications: int, lang: Language) -> None:
    """Print a clause from its sentence to its effect."""
    paragraph(f"{detail.id}  {detail.heading[lang]}  [{_word('clause_state', detail.state, lang)}]")
    paragraph(detail.paraphrase[lang])
    origin, source = _word("origin", detail.origin, lang), detail.origin_source[lang]
    paragraph(text("cli.note.origin", lang, origin=origin, source=source))
    if detail.note is not None:
        paragraph(detail.note[lang])
    for measure in detail.measures:
        _show_measure(measure, lang)
    if effect is not None:
        _show_effect(effect, replications, lang)
    elif not detail.measures:
        paragraph(text("cli.note.no_measure", lang))


def figures(measure: MeasureDetail, lang: Language) -> list[list[str]]:
    """The figures of a measure: name, since when, value, unit and meaning."""
    return [
        [
            figure.name,
            _day(figure.since),
            plain(figure.value),
            _word("figure_unit", figure.unit, lang),
            figure.meaning[lang],
        ]
        for figure in measure.figures
    ]


def _show_measure(measure: MeasureDetail, lang: Language) -> None:
    rows = figures(measure, lang)
    title = text("cli.note.measure", lang, title=measure.title[lang], id=measure.id)
    table([text(f"cli.column.{name}", lang) for name in ("figure", "since", "value", "unit", "meaning")], rows, title)
    origin = _word("origin", measure.origin, lang)
    anyway = measure.in_force_anyway and measure.origin == "province"
    paragraph(text("cli.note.origin_anyway" if anyway else "cli.note.origin_of_measure", lang, origin=origin))
    if measure.nominal is not None:
        paragraph(text("cli.note.nominal", lang, reason=measure.nominal[lang]))
    eligible = "; ".join(
        ", ".join(_condition(name, str(value), lang) for value in _listed(values))
        for name, values in measure.eligible.items()
    )
    way = _word("way", measure.way, lang)
    if measure.agency is not None:
        agency = _word("agency", measure.agency, lang)
        way += ", " + text("cli.note.agency", lang, agency=agency, days=measure.processing_days)
    if measure.way in DECIDED_UPON:
        way += ", " + (
            text("cli.note.own_handler", lang)
            if measure.capacity is None
            else text("cli.note.desk", lang, capacity=f"{measure.capacity:g}")
        )
        if measure.take_up is not None:
            way += ", " + text("cli.note.take_up", lang, share=f"{measure.take_up:.0%}")
    bearers = ", ".join(f"{_word('party', party, lang)} {share:.0%}" for party, share in measure.bearer.items())
    end = measure.end.isoformat() if measure.end else text("cli.note.no_end", lang)
    paragraph(text("cli.note.eligible", lang, eligible=eligible or text("cli.note.everybody", lang), way=way))
    paragraph(text("cli.note.bearers", lang, bearers=bearers))
    if measure.fund is not None:
        paragraph(text("cli.note.fund", lang, title=measure.fund.title[lang], amounts=_amounts(measure.fund, lang)))
    if measure.announced < measure.start:
        paragraph(text("cli.note.announced", lang, day=measure.announced.isoformat()))
    paragraph(text("cli.note.from_to", lang, start=measure.start.isoformat(), end=end))
    if measure.window is not None:
        paragraph(text("cli.note.window", lang, window=measure.window[lang]))
    if measure.withdrawn is not None:
        paragraph(text("cli.note.withdrawn", lang, day=measure.withdrawn.isoformat()))
    if measure.note is not None:
        paragraph(text("cli.note.remark", lang, note=measure.note[lang]))
    paragraph(text("cli.note.file", lang, file=measure.file))


def _condition(name: str, value: str, lang: Language) -> str:
    """The word for one value of a condition, whichever group of the catalogue has it."""
    groups = GROUPS.get(name, (name,))
    return _word(next((group for group in groups if f"{group}.{value}" in catalogue()), name), value, lang)


def _amounts(fund: FundDetail, lang: Language) -> str:
    amounts = ((_day(day), say(lang, numbers.money(yuan * 100))) for day, yuan in fund.amounts_yuan)
    return ", ".join(f"{day} {amount}".strip() for day, amount in amounts)


def _show_effect(effect: ClauseEffect, replications: int, lang: Language) -> None:
    """Headline outcomes, jobs and money: the clause alone, and what the plan loses without it."""
    by = {(row["quantity"], row["outcome"]): row for row in effect.effects.to_dict("records")}
    rows = []
    for outcome in TOLD:
        cells = [say(lang, outcome_name(outcome))]
        for quantity in ("alone", "in_plan"):
            if (quantity, outcome) not in by:
                cells.append("")
                continue
            change = by[quantity, outcome]
            cell = say(lang, numbers.difference_in_unit(change["mean"], change["unit"]))
            if replications > 1:
                ends = numbers.difference_interval_in_unit(change["low"], change["high"], change["unit"])
                cell += f"\n({say(lang, ends)})"
            if change["rows"] < FEWEST_ROWS:
                cell = text("answer.run.few_rows", lang, value=cell, rows=f"{change['rows']:.0f}")
            cells.append(cell)
        rows.append(cells)
    show_remarks(calibration.of_scenarios(()), lang)
    columns = [text(f"cli.column.{name}", lang) for name in ("outcome", "alone", "in_plan")]
    table(columns, rows, text("cli.note.effect_of", lang, replications=replications))
    counts = {name: getattr(effect, name) for name in ("founders", "births", "eligible", "reached")}
    counts["firms"] = effect.founders + effect.births
    paragraph(text("cli.note.reached", lang, **{name: numbers.entities(count) for name, count in counts.items()}))
    if effect.has_no_effect_alone:
        paragraph(text("cli.note.nothing_alone", lang))


def _listed(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [values]


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _word(group: str, name: str, lang: Language) -> str:
    written: str = say(lang, named(group, name))
    return written
