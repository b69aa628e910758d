"""What a comparison says in documents: its parts in the order of its page, what each says, its tables and charts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from sim.measure import Words
from sim.observe.months import HEADLINES
from sim.report.answers.answer import Table, back_at_work, own_changes, who_left
from sim.report.charts.comparison import all_charts
from sim.report.charts.comparison.months import MOST_AT_FIRST, SHOWN, colours_of
from sim.report.charts.style import Spec
from sim.report.documents.comparison_tables import ComparisonTables
from sim.report.documents.gap_tables import gap_tables
from sim.report.documents.native_charts import Native, Series, series_of
from sim.report.documents.outline import Drawn, Outline, Part, drawn, method_of, versions
from sim.report.documents.refused import refused
from sim.report.pages import headings
from sim.report.pages.findings import findings
from sim.report.terminal.tables import of_comparison
from sim.report.words import missed, not_known, numbers, saved_or_postponed
from sim.report.words.catalogue import Language, named, text
from sim.report.words.numbers import FEN_PER_LARGE_UNIT
from sim.report.words.recalibrated import remarks
from sim.report.words.scenario_names import comparison_title, scenario_name
from sim.report.words.sentences import outcome_name, plan_words, say
from sim.study.statistics.estimate import Estimate
from sim.study.summaries import calibration
from sim.study.summaries.comparison import SHOWN_KINDS, ComparisonSummary
from sim.study.summaries.missed_targets import missed_targets
from sim.study.summaries.scenario_effects import BY, ScenarioEffects

if TYPE_CHECKING:
    from sim.study.questions.comparison import Comparison

MOST_LINES: Final = 8  # that a reader can tell apart
STACKED: Final = SHOWN_KINDS[:-1]  # what has been repaid was put off first and would be counted twice
MOST_BARS: Final = 20


def outline(study: Comparison, lang: Language, every: bool) -> Outline:
    """The outline of a comparison, see :func:`sim.report.documents.outlines.of`."""
    summary = ComparisonSummary(study)
    if summary.main is None:
        raise refused("nothing")
    told = ScenarioEffects(summary)
    manifest, plan = study.manifest, plan_words(study.manifest.scenarios[0].contents["plan"])
    tables = ComparisonTables(told, lang, every)
    intervals = tables.t("method.intervals_text", replications=manifest.replications)
    facts = [
        (tables.t("facts.scenarios"), str(len(manifest.scenarios))),
        (tables.t("facts.world"), tables.t("facts.horizon", first=summary.months[0], last=summary.months[-1])),
        (tables.t("facts.firms"), say(lang, numbers.plain_count(study.runs["firms"].max()))),
        (tables.t("facts.represents"), say(lang, numbers.entities(summary.entities))),
        (tables.t("facts.replications"), str(manifest.replications)),
        (tables.t("facts.parameters"), say(lang, not_known.parameters(study))),
        (tables.t("facts.seed"), str(manifest.seed)),
        *versions(manifest, lang),
    ]
    return Outline(
        lang,
        say(lang, comparison_title(summary, plan)),
        tables.t("lead"),
        [say(lang, sentence) for sentence in findings(summary)],
        [say(lang, remark) for remark in remarks(calibration.of_study(study))],
        facts,
        [part for part in _parts(tables) if part.tables],
        method_of(manifest, lang, [(tables.t("method.intervals"), intervals)]),
        text("document.interval.over_replications", lang, replications=manifest.replications),
        manifest.fingerprint,
        manifest.versions.get("shukun", "?"),
    )


def _parts(tables: ComparisonTables) -> Iterator[Part]:
    found, t = tables.found, tables.t
    summary, main = found.summary, str(found.summary.main)
    charts = _Charts(tables)
    comparison = summary.comparison

    def said(words: Words) -> str:
        return say(tables.lang, words)

    subjects = [asked for asked in comparison.manifest.scenarios if asked.name in comparison.subjects]
    for table in own_changes(subjects, tables.lang):
        yield Part(table.title, table.title, [], [table])
    first = next((said(sentence) for sentence in findings(summary)), t("section.headline"))
    yield Part(t("nav.headline"), first, [], [tables.headline()], charts.effects())
    if found.targets(main):
        unknown = tables.unknown()
        notes = [t("not_known.intro", over=not_known.over(comparison))] if unknown else []
        yield Part(
            t("nav.targets"), said(headings.targets(found, main)), notes, [tables.targets(), *filter(None, [unknown])]
        )
    if gaps := [gap for scenario in summary.subjects for gap in missed_targets(summary, scenario)]:
        told = [said(missed.told(gap)) for gap in gaps]
        yield Part(t("section.missed"), t("section.missed"), [t("missed.intro"), *told], gap_tables(gaps, tables.lang))
    sides = t("section.actions" if summary.single_actions else "section.scenarios")
    yield Part(sides, said(headings.actions(found)), [t("actions.intro")], [tables.scenarios()])
    yield Part(t("section.time"), t("section.time"), [], [tables.months(outcome) for outcome in SHOWN], charts.months())
    yield Part(
        t("section.saved"),
        said(headings.saved(found, main)),
        [
            t("saved.intro"),
            *map(said, filter(None, [saved_or_postponed.closed_anyway(found.saved_or_postponed(main))])),
        ],
        [tables.fates(), *filter(None, [tables.postponed()])],
        charts.saved(),
    )
    yield Part(
        t("section.costs"),
        said(headings.price(found, main)),
        [t("nation.intro"), t("price.units_intro")],
        [tables.apart(), *filter(None, [tables.unit_costs()]), tables.borne("bearer")],
        charts.money(),
    )
    yield Part(
        t("section.repayment_wall"),
        said(headings.repayment_wall(found, main)),
        [t("repayment_wall.intro")],
        [tables.repayment_wall()],
        charts.wall(),
    )
    places = [tables.places(by) for by in ("prefecture", "sector")]
    yield Part(t("section.places"), said(headings.places(found, main)), [], places, charts.places())
    slow = said(headings.delivery(found, main))
    yield Part(t("section.delivery"), slow, [t("delivery.intro")], [tables.requests()], charts.delivery())
    yield from _annexes(tables, charts)


def _annexes(tables: ComparisonTables, charts: _Charts) -> Iterator[Part]:
    found, t, lang = tables.found, tables.t, tables.lang
    comparison = found.summary.comparison

    def annex(table: Table) -> Part:
        return Part(table.title, table.title, [], [table], is_annex=True)

    for asked in comparison.manifest.scenarios:
        if asked.name in comparison.subjects:
            yield annex(of_comparison(comparison, asked, lang))
    yield annex(tables.outcomes())
    for table in (
        *(tables.fates_by(by) for by in BY),
        *filter(None, [tables.chosen()]),
        tables.balance(),
        tables.costs(),
    ):
        yield annex(table)
    yield annex(tables.borne("measure"))
    yield annex(tables.losses())
    for by in ("sector", "size"):
        yield annex(tables.fallen(by))
    yield Part(t("nav.delivery"), t("section.delivery"), [], [tables.delivery()], is_annex=True)
    titles = {one.name: say(lang, one.title) for one in comparison.manifest.scenarios}
    if len(comparison.panel):
        yield annex(who_left(comparison.panel, "scenario", titles, lang))
    if len(comparison.restarts):
        yield annex(back_at_work(comparison.restarts, "scenario", titles, lang))
    register = say(lang, headings.clauses(found))
    yield Part(t("nav.clauses"), register, [], [tables.clauses()], is_annex=True)


class _Charts:
    """The charts of a comparison: those of its page for the headline's scenario, and their numbers."""

    def __init__(self, tables: ComparisonTables) -> None:
        self.tables, self.found, self.lang = tables, tables.found, tables.lang
        self.page = all_charts.specifications(tables.found, tables.lang)
        self.main = str(tables.found.summary.main)

    def effects(self) -> list[Drawn]:
        """What each scenario changes of each headline outcome, with intervals."""
        summary, shown = self.found.summary, []
        for outcome in HEADLINES:
            for group, names in (("actions", summary.side_by_side), ("what-ifs", summary.what_ifs)):
                if not names:
                    continue
                changes = [summary.effect(name, outcome).difference for name in names]
                titles = [say(self.lang, scenario_name(summary, name)) for name in names]
                unit = self.tables.t("actions.unit")
                native = Native("bars", titles, [_with_ends("", changes, 0.01)], unit, "+0.00;-0.00;0.00")
                shown += self._drawn(f"{group}-{outcome}", native)
        return shown

    def months(self) -> list[Drawn]:
        """Survival and resumption on the last day of each month, a line a scenario."""
        summary = self.found.summary
        names = (
            self.tables.all
            if len(self.tables.all) <= MOST_LINES
            else [summary.baseline, *summary.subjects[:MOST_AT_FIRST]]
        )
        titles = [say(self.lang, scenario_name(summary, name)) for name in names]
        colours, shown = colours_of(summary), []
        for outcome in SHOWN:
            by = summary.by_month.set_index(["scenario", "month"])[outcome]
            lines = [
                Series(title, [_number(by.get((name, month)), 0.01) for month in summary.months], colour=colours[name])
                for name, title in zip(names, titles, strict=True)
            ]
            native = Native("lines", summary.months, lines, "%", "0.0")
            shown += self._drawn(f"months-{outcome}", native, {"shown": names})
        return shown

    def saved(self) -> list[Drawn]:
        """Firms saved and harmed by sector, per thousand, as on the page."""
        table = self.found.fates_by(self.main, "sector")
        table = table[table["firms"] > 0]
        if table.empty:
            return []
        titles = [say(self.lang, named("sector", str(group))) for group in table.index]
        rates = [
            Estimate(*(1000 * row[name] / row["firms"] for name in ("saved", "saved_low", "saved_high")))
            for _, row in table.iterrows()
        ]
        saved = _with_ends(self.tables.t("saved.saved_rate"), rates, 1.0)
        harmed = [float(-1000 * row["harmed"] / row["firms"]) for _, row in table.iterrows()]
        series = [saved, Series(self.tables.t("saved.harmed_rate"), harmed, colour="#b8561b")]
        return self._drawn("fates-sector", Native("stacked", titles, series, "", "0.0;0.0"))

    def money(self) -> list[Drawn]:
        """Who bears what, and what one firm kept costs."""
        unit = FEN_PER_LARGE_UNIT[self.lang]
        table = self.found.summary.borne_by(self.main, "bearer")
        titles = [say(self.lang, named("party", str(name))) for name in table.index]
        kinds = [text(f"kind.{kind}", self.lang) for kind in STACKED]
        rows = [[float(amount) / unit for amount in table[kind]] for kind in STACKED]
        native = Native("stacked", titles, series_of(kinds, rows), self.tables.t("costs.amount"), "#,##0.00")
        shown = self._drawn("costs", native) if len(table) else []
        known = {scenario for scenario, of, _ in self.found.bounded_unit_costs if of == "firm_kept"}
        names = [name for name in self.found.summary.side_by_side if name in known]
        public = [self.found.bounded_unit_costs.get((name, "firm_kept", "public")) for name in names]
        if names and all(public):
            priced = [say(self.lang, scenario_name(self.found.summary, name)) for name in names]
            amount = 10**6 if self.lang == "zh" else 10**5  # fen in the unit of the axis
            series = _with_ends(self.tables.t("price.public"), [one for one in public if one], amount)
            shown += self._drawn("unit-firm_kept", Native("bars", priced, [series], self.tables.t("price.axis"), "0.0"))
        return shown

    def wall(self) -> list[Drawn]:
        """What is put off and what falls due, by month."""
        table, unit = self.found.repayment_wall(self.main, "all"), FEN_PER_LARGE_UNIT[self.lang]
        if table.empty:
            return []
        names = ("put_off", "due")
        titles = [self.tables.t(f"repayment_wall.{name}") for name in names]
        rows = [[float(amount) / unit for amount in table[name]] for name in names]
        months = [str(month) for month in table.index]
        axis = self.tables.t("repayment_wall.amount")
        return self._drawn("repayment_wall", Native("columns", months, series_of(titles, rows), axis, "#,##0.00"))

    def places(self) -> list[Drawn]:
        """Survival by sector and prefecture: a picture, for no program for offices draws it."""
        note = say(self.lang, outcome_name(HEADLINES[0]))
        return [one._replace(title=self.tables.t("section.places"), note=note) for one in self._drawn("places", None)]

    def delivery(self) -> list[Drawn]:
        """Mean days from the application, the slowest measures."""
        summary = self.found.summary
        table = summary.stations(self.main)
        waited = table[["days_decided", "days_paid"]].dropna(how="all")
        waited = waited.loc[waited.max(axis=1).sort_values(ascending=False, kind="stable").index[:MOST_BARS]]
        if waited.empty:
            return []
        titles = [say(self.lang, summary.measure_title(str(name))) for name in waited.index]
        stations = ("decided", "paid")
        rows = [[_number(days, 1.0) for days in waited[f"days_{station}"]] for station in stations]
        series = series_of([text(f"station.{station}", self.lang) for station in stations], rows)
        return self._drawn("delays", Native("bars", titles, series, self.tables.t("delivery.days"), "0.0"))

    def _drawn(self, name: str, native: Native | None, values: dict[str, list[str]] | None = None) -> list[Drawn]:
        chart = self.page.get(name)
        if chart is None:
            return []
        specification: Spec = all_charts.by_itself(chart, self.found, self.lang)
        for parameter in specification["params"]:
            parameter["value"] = (values or {}).get(parameter["name"], parameter["value"])
        return [drawn(specification, native)]


def _with_ends(name: str, found: list[Estimate], unit: float) -> Series:
    """Estimates as a series in a unit; without intervals where one of them has none."""
    means, low, high = ([_number(getattr(one, end), unit) for one in found] for end in ("mean", "low", "high"))
    return Series(name, means) if None in low else Series(name, means, low, high)


def _number(value: float | None, unit: float) -> float | None:
    return None if value is None or value != value else float(value) / unit
