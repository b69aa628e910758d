"""The tables of a comparison, as documents hold them: the same figures as on its page.

Where tables of several scenarios are asked for, the first column says which: of every one, or of what it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from math import nan
from typing import Final

from sim.measure import Words
from sim.observe.months import HEADLINES
from sim.observe.outcomes import OUTCOMES, PLAIN
from sim.report.answers.answer import Table
from sim.report.pages import headings
from sim.report.words import chosen, not_known, numbers, saved_or_postponed
from sim.report.words.catalogue import Language, both, named, text
from sim.report.words.figures import telling, with_ends
from sim.report.words.scenario_names import measure_action, scenario_name
from sim.report.words.sentences import outcome_name, say
from sim.study.comparison.sample_size import FEWEST_ROWS
from sim.study.reductions.fates import FATES
from sim.study.statistics.estimate import Estimate
from sim.study.summaries.comparison import SHOWN_KINDS, Effect
from sim.study.summaries.scenario_effects import WHOSE, ScenarioEffects
from sim.vocabulary import STATIONS

UNITS: Final = ("firm_kept", "job_kept")
COSTS: Final = ("public", "all")
DUE: Final = ("put_off", "due", "repaid", "unpaid", "written_off", "principal")
SHORT_OF: Final = ("firms_due", "firms_short", "firms_closed")
FALLEN: Final = ("exits", "exits_insolvent", "exits_put_off", "exits_missed", "exits_harmed")
REQUESTED: Final = ("applied", "queued", "decided", "refused")
Row = Sequence[Words | str]


@dataclass(frozen=True)
class ComparisonTables:
    """The tables of a comparison in a language; ``every``: of every scenario."""

    found: ScenarioEffects
    lang: Language
    every: bool

    @cached_property
    def of(self) -> list[str]:
        """The scenarios that tables of a scenario are of."""
        summary = self.found.summary
        return list(summary.shown) if self.every else summary.subjects

    @cached_property
    def all(self) -> list[str]:
        """The baseline and every scenario beside it, in the order of the page."""
        summary = self.found.summary
        return [summary.baseline, *(name for name in summary.shown if name != summary.baseline)]

    def headline(self) -> Table:
        """The three outcomes of a scenario, against each that it is compared with, and the plan's targets."""
        summary = self.found.summary
        rows: list[Row] = []
        for scenario in self.of:
            for outcome in HEADLINES:
                effect = summary.effect(scenario, outcome)
                for other in summary.compared_with(scenario) or [scenario]:
                    change = summary.effect(scenario, outcome, other).difference
                    level = summary.effect(other, outcome).value.mean
                    rows.append([
                        scenario_name(summary, scenario), outcome_name(outcome), self._level(effect),
                        scenario_name(summary, other), numbers.share(level), self._change(change),
                        self._goal(scenario, outcome),
                    ])  # fmt: skip
        heads = ["method.outcome", "actions.value", "nation.against", "places.baseline", "actions.difference"]
        heads.append("method.target")
        return self._table("actions.table", heads, rows)

    def scenarios(self) -> Table:
        """Every scenario side by side: each headline outcome, and how far it is from what it is compared with."""
        summary = self.found.summary
        rows: list[Row] = []
        for scenario in self.all:
            for other in summary.compared_with(scenario) or [""]:
                row: list[Words | str] = [
                    scenario_name(summary, scenario),
                    scenario_name(summary, other) if other else "",
                ]
                for outcome in HEADLINES:
                    effect = summary.effect(scenario, outcome, other or None)
                    row += [numbers.share(effect.value.mean), self._change(effect.difference) if other else ""]
                rows.append(row)
        heads: list[Words | str] = [self.t("actions.scenario"), self.t("nation.against")]
        for outcome in HEADLINES:
            heads += [self.w(outcome_name(outcome)), f"{self.w(outcome_name(outcome))}\n{self.t('actions.difference')}"]
        return self._plain(self.t("actions.table"), heads, rows)

    def targets(self) -> Table:
        """Each target: asked, reached, the verdict and how surely."""
        summary = self.found.summary
        rows: list[Row] = []
        for scenario in self.of:
            for target in self.found.targets(scenario):
                unit = OUTCOMES[target.outcome].unit
                written = partial(numbers.in_unit, unit=unit)
                value = numbers.with_interval(target.mean, target.low, target.high, written)
                goal = both(f"report.target.{target.bound}", value=numbers.in_unit(target.target, unit))
                rows.append([
                    scenario_name(summary, scenario), outcome_name(target.outcome), target.clause, goal, value,
                    both(f"report.targets.{target.verdict}"), numbers.share(target.met_over_replications),
                    numbers.share(target.met_over_ranges),
                ])  # fmt: skip
        heads = [f"targets.{name}" for name in ("target", "clause", "goal", "value", "verdict", "replications")]
        table = self._table("targets.table", heads, rows)
        drawn = self.t("targets.ranges", over=not_known.over(summary.comparison))
        return table._replace(columns=[*table.columns, drawn])

    def unknown(self) -> Table | None:
        """How much of each effect is luck, how much is not known; None where nothing was drawn."""
        summary = self.found.summary
        rows: list[Row] = [
            [summary.titles[scenario], row.outcome, row.against, *row.cells]
            for scenario in self.of
            for row in not_known.rows(summary.comparison, scenario, summary.titles)
        ]
        heads: list[Words | str] = [*self._first(), *not_known.heads(summary.comparison)]
        return self._plain(self._of_main("not_known.table"), heads, self._cut(rows)) if rows else None

    def months(self, outcome: str) -> Table:
        """An outcome on the last day of each month, a column a scenario; without ``every`` of ends of years only."""
        summary = self.found.summary
        by = summary.by_month.set_index(["month", "scenario"])[outcome]
        months = summary.months if self.every else list(summary.year_ends())
        rows: list[Row] = [
            [month, *(numbers.share(by.get((month, name), nan)) for name in self.all)] for month in months
        ]
        heads: list[Words | str] = [self.t("time.month"), *(scenario_name(summary, name) for name in self.all)]
        return self._plain(self.t("time.chart", outcome=outcome_name(outcome)), heads, rows)

    def places(self, by: str) -> Table:
        """What a scenario changes in each prefecture or sector."""
        summary = self.found.summary
        table = summary.places[by]
        rows: list[Row] = []
        for scenario, title in self._titled():
            of = table[table["scenario"] == scenario]
            for name in summary.order(by):
                mine = of[of[by] == name].set_index("outcome")
                changes = (numbers.plain_points(mine["difference"].get(outcome, nan)) for outcome in HEADLINES)
                rows.append([title, named(by, name), numbers.plain_count(mine["firms"].max()), *changes])
        heads = [f"places.{by}", "places.firms"]
        table_of = self._table(f"places.by_{by}", heads, rows)
        return table_of._replace(columns=[*table_of.columns, *(self.w(outcome_name(o)) for o in HEADLINES)])

    def fates(self) -> Table:
        """Who lives either way, is saved, is lost either way, is harmed, and who got the money."""
        rows: list[Row] = []
        for scenario, title in self._titled():
            for fate, row in self.found.fates(scenario).iterrows():
                firms = numbers.with_interval(row["entities"], row["low"], row["high"], numbers.entities)
                money = numbers.money(row["given_fen"])
                people = (numbers.persons(row[name]) for name in ("staff", "staff_baseline"))
                shares = numbers.share(row["share"]), numbers.share(row["given_share"])
                rows.append([title, both(f"fate.{fate}"), firms, shares[0], *people, money, shares[1]])
        names = ("fate", "entities", "share", "staff", "staff_baseline", "given", "given_share")
        return self._table("saved.table", [f"saved.{name}" for name in names], rows)

    def fates_by(self, by: str) -> Table:
        """The four fates and the money, by sector, size, prefecture or action."""
        rows: list[Row] = []
        for scenario, title in self._titled():
            for group, row in self.found.fates_by(scenario, by).iterrows():
                saved = with_ends(
                    saved := numbers.plain_count(row["saved"]), saved, row["saved_low"], row["saved_high"]
                )
                cells = [saved if fate == "saved" else numbers.plain_count(row[fate]) for fate in FATES]
                money = numbers.money(row["given_fen"])
                rows.append([title, named(by, str(group)), *cells, money, numbers.share(row["deadweight"])])
        heads: list[Words | str] = [
            self.t("saved.group"),
            *(both(f"fate.{fate}") for fate in FATES),
            self.t("saved.given"),
        ]
        heads.append(self.t("saved.deadweight_share"))
        of = self.t("saved.table_by", by=both(f"report.by.{by}"))
        return self._plain(of, [*self._first(), *heads], self._cut(rows))

    def postponed(self) -> Table | None:
        """Whether firms kept at first live on; None where none were."""
        rows: list[Row] = [
            [title, row.name, *row.cells]
            for scenario, title in self._titled()
            for row in saved_or_postponed.rows(self.found.saved_or_postponed(scenario))
        ]
        heads: list[Words | str] = [*self._first(), *saved_or_postponed.heads()]
        return self._plain(self._of_main("postponed.table"), heads, self._cut(rows)) if rows else None

    def chosen(self) -> Table | None:
        """Firms that were chosen beside the next in rank; None where no measure chooses any."""
        summary = self.found.summary
        rows: list[Row] = []
        for scenario, title in self._titled():
            for row in chosen.rows(self.found.chosen(scenario), summary.measure_title):
                rows.append([title, row.name, row.outcome, *row.cells])
        baseline = summary.titles[summary.against(str(summary.main))]
        return (
            self._plain(
                self._of_main("chosen.table", baseline=baseline), [*self._first(), *chosen.heads()], self._cut(rows)
            )
            if rows
            else None
        )

    def apart(self) -> Table:
        """What scenarios cost beside what they are compared with, and whom they keep."""
        summary = self.found.summary
        rows: list[Row] = []
        pairs = [pair for scenario in self.of for pair in summary.chain(scenario)]
        for one, other in dict.fromkeys([*summary.apart, *pairs]):
            fate = self.found.fates(one, other)["entities"]
            costs = [self.found.total_cost(one, other, cost) for cost in COSTS]
            change = summary.effect(one, HEADLINES[0], other).difference
            row: list[Words | str] = [scenario_name(summary, one), scenario_name(summary, other)]
            row += [numbers.with_interval(cost.mean, cost.low, cost.high, numbers.money) for cost in costs]
            row += [self._change(change), *(numbers.entities(fate.get(name, nan)) for name in ("saved", "harmed"))]
            rows.append(row)
        heads = ["actions.scenario", "nation.against", "price.public", "price.all"]
        told: list[Words | str] = [
            *map(self.t, heads),
            outcome_name(HEADLINES[0]),
            both("fate.saved"),
            both("fate.harmed"),
        ]
        return self._plain(self.t("nation.table"), told, rows)

    def unit_costs(self) -> Table | None:
        """What one firm and one job kept cost; None where nothing is known of it."""
        summary = self.found.summary
        rows: list[Row] = []
        for scenario in [*summary.side_by_side, *summary.what_ifs]:
            row: list[Words | str] = [scenario_name(summary, scenario)]
            for unit in UNITS:
                for cost in COSTS:
                    said, limits = headings.unit_cost(self.found, scenario, unit, cost)
                    if limits is not None:
                        known = self.found.unit_costs[scenario, unit, cost]
                        told = both("unit.with_interval", mean=said, interval=limits)
                        said = with_ends(told, said, known.low, known.high)
                    row.append(said)
            rows.append(row)
        heads = [f"{self.t(f'price.{unit}')}\n{self.t(f'price.{cost}')}" for unit in UNITS for cost in COSTS]
        title = self.t("price.units_table")
        return self._plain(title, [self.t("actions.scenario"), *heads], rows) if self.found.unit_costs else None

    def balance(self) -> Table:
        """Which amount is which: relief, losses, cost, what is only put off."""
        rows: list[Row] = []
        for scenario, title in self._titled():
            table = self.found.balance(scenario) if self.found.costs(scenario) else None
            for line, row in table.iterrows() if table is not None else ():
                cells = (numbers.money(row[whose]) for whose in (*WHOSE, "all"))
                rows.append([title, both(f"report.price.balance.{line}"), *cells])
        heads = [f"price.balance.{name}" for name in ("line", *WHOSE, "all")]
        return self._table("price.against", heads, rows)

    def costs(self) -> Table:
        """Cost against the baseline by level, bearer and category."""
        rows: list[Row] = []
        for scenario, title in self._titled():
            for level, bearers in self.found.costs(scenario).items():
                for bearer, costs in bearers.items():
                    for category, cost in costs:
                        amount = numbers.with_interval(cost.mean, cost.low, cost.high, numbers.money)
                        who = both(f"level.{level}"), named("party", bearer)
                        rows.append([title, *who, both(f"category.{category}"), amount])
        heads = [f"price.{name}" for name in ("level", "bearer", "category", "difference")]
        return self._table("price.chart", heads, rows)

    def borne(self, by: str) -> Table:
        """Money that measures moved, gross, by bearer or by measure."""
        summary = self.found.summary
        rows: list[Row] = []
        for scenario, title in self._titled():
            for name, row in summary.borne_by(scenario, by).iterrows():
                who = named("party", str(name)) if by == "bearer" else summary.measure_title(str(name))
                rows.append([title, who, *(numbers.money(row[kind]) for kind in (*SHOWN_KINDS, "borne"))])
        heads: list[Words | str] = [
            self.t(f"costs.{by}"),
            *(both(f"kind.{kind}") for kind in SHOWN_KINDS),
            self.t("costs.borne"),
        ]
        gross = self.t("price.gross") if by == "bearer" else self.t("costs.with_measure")
        return self._plain(gross, [*self._first(), *heads], self._cut(rows))

    def losses(self) -> Table:
        """What creditors lose when firms close."""
        summary = self.found.summary
        rows: list[Row] = []
        for scenario, title in self._titled():
            for name, row in summary.creditors_losses(scenario).iterrows():
                change = numbers.difference_in_unit(row["scenario"] - row["baseline"], "fen")
                amounts = (numbers.money(row[of]) for of in ("baseline", "scenario"))
                rows.append([title, named("party", str(name)), *amounts, change])
        heads = ["costs.creditor", "costs.in_baseline", "costs.in_scenario", "actions.difference"]
        table = self._table("price.chart", heads, rows)
        return table._replace(title=self._of_main("costs.losses"))

    def repayment_wall(self) -> Table:
        """What was put off and what becomes of it when it falls due, month by month, also after the horizon."""
        rows: list[Row] = []
        for scenario, title in self._titled():
            for month, row in self.found.repayment_wall(scenario, "all").iterrows():
                money = (numbers.money(row[name]) for name in DUE)
                firms = (numbers.plain_count(row[name]) for name in SHORT_OF)
                rows.append([title, str(month), *money, *firms])
        heads = [f"repayment_wall.{name}" for name in ("month", *DUE, *SHORT_OF)]
        return self._table("repayment_wall.table", heads, rows)

    def fallen(self, by: str) -> Table:
        """Firms that close, by sector or size, and how many of them had something put off."""
        rows: list[Row] = []
        for scenario, title in self._titled():
            for group, row in self.found.fallen(scenario, by).iterrows():
                rows.append([title, named(by, str(group)), *(numbers.plain_count(row[name]) for name in FALLEN)])
        heads = ["saved.group", *(f"repayment_wall.{name}" for name in FALLEN)]
        table = self._table("repayment_wall.table", heads, rows)
        return table._replace(title=self._of_main("repayment_wall.fallen_by", by=both(f"report.by.{by}")))

    def delivery(self) -> Table:
        """The way of each measure: firms at each station, mean days since the application, money."""
        summary = self.found.summary
        rows: list[Row] = []
        for scenario, title in self._titled():
            for name, row in summary.stations(scenario).iterrows():
                firms = (numbers.plain_count(row[station]) for station in STATIONS)
                days = (numbers.days(row[f"days_{station}"]) for station in ("decided", "paid"))
                what = summary.measure_title(str(name)), measure_action(summary, str(name))
                rows.append([title, *what, *firms, *days, numbers.money(row["amount_fen"])])
        heads: list[Words | str] = [
            self.t("delivery.measure"),
            self.t("costs.action"),
            *(both(f"station.{name}") for name in STATIONS),
        ]
        heads += [f"{self.t('delivery.chart')}\n{text(f'station.{name}', self.lang)}" for name in ("decided", "paid")]
        heads.append(self.t("delivery.amount"))
        return self._plain(self._of_main("delivery.table"), [*self._first(), *heads], self._cut(rows))

    def requests(self) -> Table:
        """Loans and restart problems: how many, how long the queue, how many days."""
        rows: list[Row] = []
        for scenario, title in self._titled():
            for kind, row in self.found.requests(scenario).iterrows():
                firms = (numbers.plain_count(row[station]) for station in REQUESTED)
                days = (numbers.days(row[f"days_{name}"]) for name in ("decided", "refused"))
                rows.append([title, both(f"request.{kind}"), *firms, *days])
        heads: list[Words | str] = [self.t("requests.kind"), both("station.applied"), self.t("requests.queue")]
        heads += [both("station.decided"), both("station.refused")]
        heads += [self.t("requests.days_decided"), self.t("requests.days_refused")]
        return self._plain(self._of_main("requests.table"), [*self._first(), *heads], self._cut(rows))

    def outcomes(self) -> Table:
        """Every outcome of a scenario, and how far it is from its baseline."""
        summary = self.found.summary
        rows: list[Row] = []
        for scenario, title in self._titled():
            for outcome, effect in summary.outcomes(scenario).items():
                if outcome in PLAIN:
                    rows.append([title, outcome_name(outcome), *self._in_unit(effect)])
        heads = ["method.outcome", "actions.value", "actions.difference"]
        return self._table("method.other_outcomes", heads, rows)

    def clauses(self) -> Table:
        """The register: each clause, what carries it out, and whom that reached in the headline's scenario."""
        summary = self.found.summary
        rows: list[Row] = []
        for clause in self.found.clauses:
            state = named("clause_state", clause.state)
            for measure, firms, fen in clause.measures or [("", nan, nan)]:
                title = summary.measure_title(measure) if measure else clause.reason or ""
                reached = numbers.plain_count(firms), numbers.money(fen)
                rows.append([Words(zh=clause.id, en=clause.id), clause.paraphrase, state, title, *reached])
        heads = [f"clauses.{name}" for name in ("clause", "paraphrase", "state", "measures", "reached", "money")]
        return self._plain(self.t("clauses.table"), [self.t(head) for head in heads], rows)

    def t(self, name: str, **values: Words | str | int) -> str:
        """A text of the page of a comparison."""
        return text(f"report.{name}", self.lang, **values)

    def w(self, words: Words | str) -> str:
        """What is said in the language of the document."""
        return words if isinstance(words, str) else say(self.lang, words)

    def _table(self, title: str, heads: Iterable[str], rows: list[Row]) -> Table:
        """A table of rows that begin with their scenario; its title and heads are texts of the page."""
        return self._plain(self._of_main(title), [*self._first(), *(self.t(head) for head in heads)], self._cut(rows))

    def _plain(self, title: str, heads: Iterable[Words | str], rows: Iterable[Row]) -> Table:
        return Table(title, [self.w(head) for head in heads], [[self.w(cell) for cell in row] for row in rows])

    def _of_main(self, title: str, **values: Words) -> str:
        """A title that names the scenario that a table is of, or says that it is of each."""
        summary = self.found.summary
        which = both("document.each") if len(self.of) > 1 else summary.titles[self.of[0]]
        return self.t(title, scenario=which, **values)

    def _titled(self) -> Iterator[tuple[str, Words]]:
        for scenario in self.of:
            yield scenario, scenario_name(self.found.summary, scenario)

    def _first(self) -> list[str]:
        return [self.t("actions.scenario")] if len(self.of) > 1 else []

    def _cut(self, rows: list[Row]) -> list[Row]:
        """Without the name of the scenario where all are of one."""
        return rows if len(self.of) > 1 else [row[1:] for row in rows]

    def _level(self, effect: Effect) -> Words:
        return numbers.with_interval(effect.value.mean, effect.value.low, effect.value.high, numbers.share)

    def _change(self, change: Estimate) -> Words:
        return numbers.with_interval(change.mean, change.low, change.high, numbers.points)

    def _goal(self, scenario: str, outcome: str) -> Words | str:
        target = self.found.summary.targets.get(outcome)
        if target is None:
            return ""
        goal = both(f"report.target.{target.bound}", value=numbers.share(target.limit))
        return both(f"report.target.{self.found.verdict(scenario, outcome)}", target=goal)

    def _in_unit(self, effect: Effect) -> Iterator[Words]:
        written: tuple[tuple[Estimate, Callable[[float], Words]], ...] = (
            (effect.value, lambda number: numbers.in_unit(number, effect.unit)),
            (effect.difference, lambda number: numbers.difference_in_unit(number, effect.unit)),
        )
        for estimate, how in written:
            said = numbers.with_interval(estimate.mean, estimate.low, estimate.high, how)
            if effect.rows < FEWEST_ROWS:
                few = both("report.method.few_rows", rows=f"{effect.rows:.0f}")
                said = telling(both("unit.with_interval", mean=said, interval=few), said)
            yield said
