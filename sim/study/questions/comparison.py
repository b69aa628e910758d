"""Scenarios side by side, under the same random numbers: what each brings about, and how far from the baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from sim import drawing
from sim.observe.conditions import Where
from sim.refusal import Language
from sim.scenario import Scenario, load
from sim.study import StudyError
from sim.study.comparison import (
    by_month,
    clause_effects,
    costs,
    interaction,
    journey,
    parameter_uncertainty,
    repayment_wall,
    some_firms,
    targets,
)
from sim.study.comparison.paired_worlds import Pairing, paired
from sim.study.comparison.scenarios import BASELINE, DEFAULT, MAIN
from sim.study.outcomes import paired_differences, values_of
from sim.study.runs.manifest import manifest
from sim.study.runs.runner import Runner
from sim.study.runs.specification import Setting, sized
from sim.study.runs.study import Study


@dataclass(frozen=True)
class Question:
    """Scenarios (names, files or loaded ones) to be compared under so many replications.

    ``draws``: how often the whole plan, when it is among the scenarios, is run over the ranges of what is only assumed,
    under the first replication, for the probability of its targets. ``clause_replications``: under how many of the
    replications each clause of that plan runs alone and is taken out.
    """

    scenarios: Sequence[str | Path | Scenario] = DEFAULT
    replications: int = 10
    draws: int = 0
    clause_replications: int = 0


@dataclass(frozen=True, repr=False)
class Comparison(Study):
    """What several scenarios bring about under the same random numbers. Money in fen, shares from 0 to 1.

    ``outcomes``: scenario, outcome, mean, low, high, unit, replications, rows (of the sample, that could count in it).
    ``differences``: the same columns but the last for scenario minus baseline, paired by replication (the baseline's
    are 0).
    ``values``: scenario, replication, outcome, value, unit.
    ``runs``: scenario, replication, run (its name in the store), seed, firms, months, ledger_residual_fen,
    bytes_per_firm, reason (why it failed, else empty).
    ``panel``, ``universes``, ``ledger``, ``delivery``, ``requests``, ``repayment_wall``, ``restarts``: means over
    replications, columns of ``sim.observe.tables.TABLES`` with ``scenario`` in front.

    ``differences_by_month``: scenario, month, universe (one of UNIVERSES), by (firms, jobs), outcome (survival_rate,
    resumption_rate, loss_share, loss_share_with_owner, read on the month's last day), mean, low, high, replications:
    scenario minus baseline, paired by replication; without the baseline's own rows and without months in which an
    outcome does not exist.

    ``rates``: scenario, replication, month, universe, by, survival_rate, resumption_rate, loss_share,
    loss_share_with_owner.
    ``cells``: scenario, replication, prefecture, sector, size, then what outcomes read of these firms
    (``sim/observe/some_firms.py``): counts of the panel in the last month and in that of the targets, given_fen (what
    measures gave them), rows (founders of the sample). :meth:`outcomes_of` makes outcomes of it.

    What is said of firms, costs and targets is defined in ``docs/effects.md``; ``low`` and ``high`` are 95 % intervals.

    ``fates``: scenario, by (all, prefecture, sector, size, action), group, fate, entities, low, high, staff,
    staff_baseline, given_fen, months_gained, rows (of the sample). Founders only. By action: those that got anything
    from its measures, and what they got from these.
    ``gains``: scenario, replication (of those that succeeded, from 0 on), by, group, firms (founders), rows, kept
    (saved minus harmed).
    ``saved_or_postponed``: scenario, group (help_ends, help_stands, no_help: firms kept at first; closed_anyway),
    quantity, mean, low, high, unit, replications, rows (of the sample). Of firms kept at first: entities, alive_at_end,
    and 6 and 12 months later alive, gone and not_known (these three add up to entities) and alive_share (of those
    known). Of firms that close anyway: entities, given_fen, unpaid_fen, given_share (of what all founders were given).
    ``costs``: scenario, bearer, level, category, mean, low, high (fen, scenario minus baseline).
    ``unit_costs``: scenario, unit (firm_kept, job_kept; total: the cost itself), cost (public, all), mean, low, high
    (fen; missing where nothing is kept, infinite where the sample cannot tell).
    ``repayment_wall`` and ``repayment_wall_exits`` of the scenario in the headline, and of the baseline with it, go on
    for a year after the horizon.
    ``repayment_wall_exits``: scenario, month, sector, size, exits, exits_insolvent, exits_put_off, exits_missed,
    exits_harmed (entities).
    ``targets``: scenario, outcome, clause, bound, target, mean, low, high, rows, met_over_replications,
    met_over_ranges, draws, verdict (see :func:`sim.study.comparison.targets.verdict`).
    ``interaction``: outcome, quantity (whole, sum_alone, whole_less_alone, sum_removed), mean, low, high, unit.
    ``draws``: draw, outcome, value of the whole plan over parameter ranges.
    ``clause_effects``: clause, quantity (alone: clause minus baseline; in_plan: whole plan minus plan without it),
    outcome (after those of runs ``public_cost``, fen, and ``reached_survival`` and ``reached_staff``, among the firms
    that the clause reached), mean, low, high, unit, replications (pairs), rows (of the sample, that the clause
    reached; missing of other outcomes), reason (why a run failed, else empty). Every
    clause that a measure of the whole plan carries out has every outcome.
    ``journeys``: a firm saved and one harmed under the headline's scenario, see :func:`.journey.examples`.
    """

    kind: ClassVar[str] = "comparison"
    outcomes: pd.DataFrame
    differences: pd.DataFrame
    differences_by_month: pd.DataFrame
    rates: pd.DataFrame
    cells: pd.DataFrame
    values: pd.DataFrame
    panel: pd.DataFrame
    universes: pd.DataFrame
    ledger: pd.DataFrame
    delivery: pd.DataFrame
    requests: pd.DataFrame
    repayment_wall: pd.DataFrame
    restarts: pd.DataFrame
    fates: pd.DataFrame
    gains: pd.DataFrame
    saved_or_postponed: pd.DataFrame
    costs: pd.DataFrame
    unit_costs: pd.DataFrame
    repayment_wall_exits: pd.DataFrame
    targets: pd.DataFrame
    interaction: pd.DataFrame
    draws: pd.DataFrame
    clause_effects: pd.DataFrame
    journeys: pd.DataFrame

    @property
    def scenarios(self) -> list[str]:
        """Names of the scenarios, the baseline first."""
        return [scenario.name for scenario in self.manifest.scenarios]

    def outcomes_of(self, where: Where, outcomes: Sequence[str] | None = None) -> pd.DataFrame:
        """Outcomes of some firms and how far they are from the baseline, paired by replication.

        ``where`` and ``outcomes``: see :meth:`sim.observe.tables.Result.outcomes_of`. Returns scenario, outcome, mean,
        low, high, difference, difference_low, difference_high, unit, replications, rows (of the sample, of founders).
        Raises :class:`StudyError` for what cannot be told of some firms, with the reason.
        """
        return some_firms.table(self, where, outcomes, BASELINE)

    def plot(
        self,
        chart: str = "outcomes",
        *,
        lang: Language | None = None,
        ax: Any = None,
        width: int | None = None,
        height: int | None = None,
    ) -> Any:
        """The headline outcomes of every scenario, or another chart of the page, for the scenario of the headline.

        ``chart``: ``outcomes``, ``differences`` (from the baseline), or the id of a chart of the page, such as
        ``fates-sector``, ``repayment_wall`` or ``months-survival_rate``; one that there is not is refused with all that
        there are. See :func:`sim.drawing.draw` for the other keywords.
        """
        return drawing.draw(self, chart=chart, lang=lang, ax=ax, width=width, height=height)


def answer(question: Question, setting: Setting, runner: Runner) -> Comparison:
    """Compare the scenarios with the baseline, which is added when it is not among them.

    Levers change every scenario, the baseline too, so that differences still come from the scenarios alone. Raises
    ``ScenarioError`` for scenarios that are not understood and :class:`StudyError` when two have the same name or no
    run of the baseline succeeded.
    """
    levers, firms, seed = setting.levers, setting.firms, setting.seed
    replications, draws = question.replications, question.draws
    asked = [load(scenario, levers) for scenario in question.scenarios]
    if all(scenario.name != BASELINE for scenario in asked):
        asked.append(load(BASELINE, levers))
    asked.sort(key=lambda scenario: scenario.name != BASELINE)
    names = [scenario.name for scenario in asked]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise StudyError(
            zh=f"要比较的情景重名：{'、'.join(twice)}。",
            en=f"Scenarios to compare have the same name: {', '.join(twice)}.",
        )
    asked = sized(asked, firms)

    whole = [scenario for scenario in asked if scenario.name == MAIN]
    main = whole if draws else []
    every = clause_effects.switched(whole[0]) if whole and question.clause_replications else []
    clause_replications = min(question.clause_replications, replications) if every else 0
    shown = (whole or asked)[-1]  # as the report's headline: the whole plan, or the last one asked for
    followed = [asked[0], shown]
    runner.expect(len(asked) * replications + len(main) * draws + 2 * (len(every) + bool(every)) * clause_replications)

    parts, pairing, runs = paired(asked, seed, replications, runner)
    if parts[0].values.empty:
        reason = parts[0].runs["reason"].iloc[0]
        raise StudyError(zh=f"基准情景没有一次运行成功：{reason}", en=f"No run of the baseline succeeded: {reason}")
    drawn = parameter_uncertainty.table(main, seed, draws, runner)

    def together(table: str) -> pd.DataFrame:
        tables: list[pd.DataFrame] = [getattr(part, table) for part in parts]
        filled = [rows for rows in tables if not rows.empty]
        return pd.concat(filled, ignore_index=True) if filled else tables[0]

    later, fallen = _followed(followed, together("repayment_wall"), pairing, seed, replications, runner)
    values, outcomes, rates = together("values"), together("outcomes"), together("rates")
    paired_costs = pairing.costs()
    known = values_of(runs[runs["scenario"].isin([BASELINE, MAIN])], ["scenario", "replication"], public_cost=True)
    return Comparison(
        manifest=manifest(
            "comparison", asked, seed, replications, draws=len(main) * draws, clause_replications=clause_replications
        ),
        outcomes=outcomes,
        differences=paired_differences(values, ["scenario"], values["scenario"] == BASELINE),
        differences_by_month=by_month.table(rates, BASELINE),
        rates=rates,
        cells=together("cells").astype(some_firms.CATEGORIES),
        values=values,
        runs=together("runs"),
        panel=together("panel"),
        universes=together("universes"),
        ledger=together("ledger"),
        delivery=together("delivery"),
        requests=together("requests"),
        repayment_wall=later,
        restarts=together("restarts"),
        fates=pairing.fates(),
        gains=pairing.gains(),
        saved_or_postponed=pairing.saved_or_postponed(),
        costs=costs.table(paired_costs, pairing.from_nothing()),
        unit_costs=costs.unit_costs(paired_costs, values, BASELINE),
        repayment_wall_exits=fallen,
        targets=targets.table(asked, outcomes, values, drawn, MAIN),
        interaction=interaction.table(values, BASELINE),
        draws=drawn,
        clause_effects=clause_effects.table(every, known, asked[0], shown, seed, clause_replications, runner),
        journeys=journey.examples(shown, asked[0], pairing.examples.get(shown.name, []), seed),
    )


def _followed(
    scenarios: list[Scenario],
    money: pd.DataFrame,
    pairing: Pairing,
    seed: int,
    replications: int,
    runner: Runner,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables ``repayment_wall`` and ``repayment_wall_exits``, longer for scenarios that go on past the horizon.

    Where nothing is put off nobody is followed; a scenario without a run that got to the later end keeps its months.
    """
    fallen = pairing.repayment_wall_exits()
    if not money["scenario"].isin([scenario.name for scenario in scenarios]).any():
        return money, fallen
    longer_lived = [repayment_wall.beyond(scenario) for scenario in scenarios]
    runner.expect(len(scenarios) * replications)
    parts, after, _ = paired(longer_lived, seed, replications, runner)
    reached = [scenario.name for scenario, part in zip(longer_lived, parts, strict=True) if not part.values.empty]

    return (
        _with_later_months(money, [part.repayment_wall for part in parts], reached),
        _with_later_months(fallen, [after.repayment_wall_exits()], reached),
    )


def _with_later_months(usual: pd.DataFrame, later: list[pd.DataFrame], reached: list[str]) -> pd.DataFrame:
    """A table in which the rows of the scenarios ``reached`` come from the longer runs; any of them may be empty."""
    tables = [usual[~usual["scenario"].isin(reached)], *(table[table["scenario"].isin(reached)] for table in later)]
    filled = [table for table in tables if not table.empty]
    return pd.concat(filled, ignore_index=True) if filled else usual
