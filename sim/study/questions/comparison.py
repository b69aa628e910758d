"""Scenarios side by side, under the same random numbers: what each brings about, and how far from its baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from sim import drawing
from sim.observe.conditions import Where
from sim.refusal import Language
from sim.scenario import Scenario
from sim.study import StudyError
from sim.study.comparison import (
    by_month,
    clause_effects,
    costs,
    interaction,
    journey,
    parameter_uncertainty,
    ranked_actions,
    repayment_wall,
    some_firms,
    target_gap,
    targets,
    winners_and_losers,
)
from sim.study.comparison.paired_worlds import Pairing, count, paired
from sim.study.comparison.scenario_means import ScenarioMeans
from sim.study.comparison.scenarios import MAIN, Compared, default, with_baselines
from sim.study.outcomes import Pair, differences_of_pairs, values_of
from sim.study.runs.manifest import manifest
from sim.study.runs.runner import Runner
from sim.study.runs.specification import Setting, sized
from sim.study.runs.study import Study


@dataclass(frozen=True)
class Question:
    """Scenarios (names, files or loaded ones) to be compared under so many replications.

    ``draws``: how often what the comparison is about (see :class:`.scenarios.Compared`), and what that is compared
    with, are run under other numbers of the calibration, in the first replication, for the probability of its targets
    and for how much is not known; ``uncertainty``: what these are drawn from, ``posterior`` (what evidence leaves),
    ``assumptions`` (the priors of what is only assumed) or ``none``; None for the posterior where one is kept.
    ``clause_replications``: under how many of the replications each clause of the whole plan runs alone and is taken
    out. ``against``: what all others are compared with, the baseline first; where nothing is said each with what it
    says itself.
    """

    scenarios: Sequence[str | Path | Scenario] = field(default_factory=default)
    replications: int = 10
    draws: int = 0
    clause_replications: int = 0
    against: Sequence[str | Path | Scenario] = ()
    uncertainty: str | None = None


@dataclass(frozen=True, repr=False)
class Comparison(Study):
    """What several scenarios bring about under the same random numbers. Money in fen, shares from 0 to 1.

    ``outcomes``: scenario, outcome, mean, low, high, unit, replications, rows (of the sample, that could count in it).
    A scenario is compared with others, see :attr:`against`; the first of them is its baseline. Tables that compare have
    the column ``against`` behind ``scenario``. What the comparison is about, :attr:`subjects`, is compared with each
    other too, see :attr:`between`: in ``differences``, ``costs`` and ``unit_costs``.

    ``differences``: scenario, against, outcome, mean, low, high, unit, replications: scenario minus the other, paired
    by replication (the first scenario's from itself are 0).
    ``values``: scenario, replication, outcome, value, unit.
    ``runs``: scenario, replication, run (its name in the store), seed, firms, months, ledger_residual_fen,
    bytes_per_firm, reason (why it failed, else empty).
    ``panel``, ``universes``, ``ledger``, ``delivery``, ``requests``, ``repayment_wall``, ``restarts``: means over
    replications, columns of ``sim.observe.tables.TABLES`` with ``scenario`` in front.

    ``differences_by_month``: scenario, against, month, universe (one of UNIVERSES), by (firms, jobs), outcome
    (survival_rate, resumption_rate, loss_share, loss_share_with_owner, read on the month's last day), mean, low, high,
    replications: scenario minus the other, paired by replication; without months in which an outcome does not exist.

    ``rates``: scenario, replication, month, universe, by, survival_rate, resumption_rate, loss_share,
    loss_share_with_owner.
    ``cells``: scenario, replication, prefecture, sector, size, month, then what outcomes read of these firms
    (``sim/observe/some_firms.py``): counts of the panel in the last month and in ``month``, given_fen (what measures
    gave them), rows (founders of the sample). A cell has a row for each month in which targets are read, as a rule one.
    :meth:`outcomes_of` makes outcomes of it.

    What is said of firms, costs and targets is defined in ``docs/effects.md``; ``low`` and ``high`` are 95 % intervals.

    ``fates``: scenario, against, by (all, prefecture, sector, size, action), group, fate, entities, low, high, staff,
    staff_baseline, given_fen, months_gained, rows (of the sample). Founders only. By action: those that got anything
    from its measures, and what they got from these.
    ``saved_or_postponed``: scenario, against, group (help_ends, help_stands, no_help: firms kept at first;
    closed_anyway), quantity, mean, low, high, unit, replications, rows (of the sample). Of firms kept at first:
    entities, alive_at_end, and 6 and 12 months later alive, gone and not_known (these three add up to entities) and
    alive_share (of those known). Of firms that close anyway: entities, given_fen, unpaid_fen, given_share (of what all
    founders were given).
    ``chosen``: scenario, against, measure (that chose firms, or ``any``), outcome (survival: a share of the firms;
    staff: a share of what they would have), group (chosen; next_in_rank: as many firms that none chose; difference: of
    the two), mean, low, high, unit, replications, without (level without the measures: share alive, staff a firm),
    entities, rows (of the sample; of the difference those of the smaller group).
    ``costs``: scenario, against, bearer, level, category, mean, low, high (fen, scenario minus the other).
    ``unit_costs``: scenario, against, unit (firm_kept, job_kept; total: the cost itself), cost (public, all), mean,
    low, high (fen; missing where nothing is kept, infinite where the sample cannot tell).
    ``repayment_wall`` and ``repayment_wall_exits`` of the first of the subjects, and of its baseline with it, go on for
    a year after the horizon.
    ``repayment_wall_exits``: scenario, month, sector, size, exits, exits_insolvent, exits_put_off, exits_missed,
    exits_harmed (entities).
    ``targets``: scenario, outcome, clause, bound, target, mean, low, high, rows, met_over_replications,
    met_over_ranges, draws, verdict (see :func:`sim.study.comparison.targets.verdict`).
    ``interaction``: outcome, quantity (whole, sum_alone, whole_less_alone, sum_removed), mean, low, high, unit.
    ``ranked_actions``: scenario, replication, outcome, value, unit: what each single action brings about without its
    nominal measures, by which alone actions are ranked. An action of nothing but nominal measures is not in it.
    ``draws``: scenario, draw, outcome (after those of runs ``public_cost``, fen), value, unit: the subjects, and then
    what they are compared with, under other numbers of the calibration.
    ``uncertainty``: scenario, against (empty: the scenario itself), outcome (with ``public_cost``, of differences),
    low, middle, high (5 %, 50 %, 95 % over draws), unit, draws, sd_draws (what is not known), sd_replications (luck of
    one replication), share (of what is not known in the variance of both).
    ``clause_effects``: clause, quantity (alone: clause minus baseline; in_plan: whole plan minus plan without it),
    outcome (after those of runs ``public_cost``, fen, and ``reached_survival`` and ``reached_staff``, among the firms
    that the clause reached), mean, low, high, unit, replications (pairs), rows (of the sample, that the clause
    reached; missing of other outcomes), reason (why a run failed, else empty). Every
    clause that a measure of the whole plan carries out has every outcome.
    ``journeys``: a firm saved and one harmed under the first of the subjects, see :func:`.journey.examples`.
    """

    kind: ClassVar[str] = "comparison"
    settings_needed: ClassVar[frozenset[str]] = frozenset({"against", "subjects", "between", "uncertainty"})
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
    saved_or_postponed: pd.DataFrame
    chosen: pd.DataFrame
    costs: pd.DataFrame
    unit_costs: pd.DataFrame
    repayment_wall_exits: pd.DataFrame
    targets: pd.DataFrame
    interaction: pd.DataFrame
    ranked_actions: pd.DataFrame
    draws: pd.DataFrame
    uncertainty: pd.DataFrame
    clause_effects: pd.DataFrame
    journeys: pd.DataFrame

    @property
    def scenarios(self) -> list[str]:
        """Names of the scenarios, the baseline first."""
        return [scenario.name for scenario in self.manifest.scenarios]

    @property
    def against(self) -> dict[str, list[str]]:
        """What each scenario is compared with, the first of it its baseline; nothing for one that has none."""
        return dict(self.manifest.settings["against"])

    @property
    def subjects(self) -> list[str]:
        """What the comparison is about: the caller's own scenarios, else the whole plan, else all that was asked for.

        None where nothing was asked for beside the baseline.
        """
        return list(self.manifest.settings["subjects"])

    @property
    def between(self) -> list[Pair]:
        """The subjects, and the whole plan where it was asked for, with each other: pairs of names (later, earlier)."""
        return [(later, earlier) for later, earlier in self.manifest.settings["between"]]

    def over_baselines(self, table: pd.DataFrame) -> pd.DataFrame:
        """The rows of a table that compares in which each scenario is compared with its own baseline."""
        first = {name: next(iter(others), name) for name, others in self.against.items()}
        return table[table["against"] == table["scenario"].map(first)]

    def outcomes_of(self, where: Where, outcomes: Sequence[str] | None = None) -> pd.DataFrame:
        """Outcomes of some firms and how far they are from their baselines, paired by replication.

        ``where`` and ``outcomes``: see :meth:`sim.observe.tables.Result.outcomes_of`. Returns scenario, outcome, mean,
        low, high, difference, difference_low, difference_high, against (the scenario's baseline), unit, replications,
        rows (of the sample, of founders).
        Raises :class:`StudyError` for what cannot be told of some firms, with the reason.
        """
        return some_firms.table(self, where, outcomes, self.against)

    def winners_and_losers(self, by: str = "sector") -> pd.DataFrame:
        """What each scenario did to the firms of each group, beside each that it is compared with.

        ``by``: ``sector``, ``size`` or ``prefecture``. Returns scenario, against, group, entities (founders), saved
        and harmed (founders, as of ``fates``), kept (founders alive at the end, paired by replication), kept_share (of
        the group's founders), jobs (persons on the payroll at the end, those of firms born on the way too), each with
        its ends _low and _high, given_fen, lives_either_way_share (of it), replications, rows (of the sample, of
        founders), verdict (``won`` and ``lost`` where kept_share is told from zero, ``not_told``, ``one_run``, or
        ``too_few`` rows to say anything). The largest gain in share first. Raises :class:`StudyError` for another
        ``by``.
        """
        of_runs = winners_and_losers.by_run(self, by, self.against)
        return winners_and_losers.table(of_runs, self.fates, by)

    def target_gaps(self, by: str = "all") -> pd.DataFrame:
        """How far each target that a scenario misses is from being met, and where the gap lies.

        Of targets that are missed, or not certain and on the mean not met, and that are counted of firms: rates, and
        amounts of which nothing shall be left. ``by``: ``all``, ``sector``, ``size`` or ``prefecture``. Returns
        scenario, outcome, group, rate (of the group by itself), short (entities of the group that would have to count
        otherwise for it to be at the limit, or fen; below zero where it does better), points (short, of all), each with
        its ends _low and _high, unit (of short), whole (entities that the rate is of), whole_share, replications, rows
        (of the sample, that could count). ``short`` and ``points`` add up to those of all. Raises :class:`StudyError`
        for another ``by``.
        """
        return target_gap.table(target_gap.by_run(self, by, targets.missed(self.targets)))

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
    """Compare each scenario with its baselines, which are added where they are not among them.

    Levers change every scenario, baselines too, so that differences still come from the scenarios alone. Raises
    ``ScenarioError`` for scenarios that are not understood and :class:`StudyError` when two have the same name or no
    run of the baseline succeeded.
    """
    levers, firms, seed = setting.levers, setting.firms, setting.seed
    replications, over = question.replications, parameter_uncertainty.chosen(question.uncertainty)
    draws = parameter_uncertainty.changes(over, question.draws, seed)
    asked, pairs, subjects, between = with_baselines(question.scenarios, question.against, levers)
    asked = sized(asked, firms)
    named, baseline = {scenario.name: scenario for scenario in asked}, asked[0]

    every = clause_effects.switched(named[MAIN]) if MAIN in named and question.clause_replications else []
    clause_replications = min(question.clause_replications, replications) if every else 0
    first = named[subjects[0]] if subjects else baseline
    before = next((of for one, of in pairs if one == first.name), baseline.name)  # what it is first compared with
    followed = [*(one for one in asked if one.name == before and one is not first), first]
    beside = {of for one, of in (*pairs, *between) if one in subjects}
    order = [*subjects, *(one for one in named if one in beside and one not in subjects)]
    varied = [named[name] for name in order] if draws else []
    runner.expect(count(asked, pairs) * replications + len(varied) * len(draws))
    runner.expect(2 * (len(every) + bool(every)) * clause_replications)
    ranked = ranked_actions.without_nominal(asked)
    runner.expect(len(ranked) * replications)

    worlds = Compared(asked, pairs, subjects, between)
    found = paired(asked, pairs, seed, replications, runner, between)
    known = told(worlds, found, seed, replications)
    drawn = parameter_uncertainty.table(varied, seed, draws, runner)

    _, pairing, runs = found
    later, fallen = _followed(followed, known, seed, replications, runner)
    with_costs = values_of(runs, ["scenario", "replication"], public_cost=True)
    of_plan = with_costs[with_costs["scenario"].isin([baseline.name, MAIN])].reset_index(drop=True)
    return replace(
        known,
        manifest=manifest(
            "comparison",
            asked,
            seed,
            replications,
            draws=len(draws),
            uncertainty=over if draws else parameter_uncertainty.NONE,
            clause_replications=clause_replications,
            **_settings(worlds),
        ),
        repayment_wall=later,
        repayment_wall_exits=fallen,
        targets=targets.table(asked, known.outcomes, known.values, drawn),
        draws=drawn,
        ranked_actions=ranked_actions.table(asked, ranked, known.values, seed, replications, runner),
        uncertainty=parameter_uncertainty.spread_of(drawn, with_costs, [*pairs, *between], subjects),
        clause_effects=clause_effects.table(
            every, of_plan, baseline, named.get(MAIN, first), seed, clause_replications, runner
        ),
        journeys=journey.examples(first, followed[0], pairing.examples.get((first.name, before), []), seed),
    )


def told(
    worlds: Compared,
    found: tuple[list[ScenarioMeans], Pairing, pd.DataFrame],
    seed: int,
    replications: int,
) -> Comparison:
    """What the paired runs of a comparison tell by themselves; tables that need further runs have no row.

    ``found``: what :func:`sim.study.comparison.paired_worlds.paired` gave. Raises :class:`StudyError` when no run of
    the baseline succeeded.
    """
    parts, pairing, _ = found
    asked, pairs, _, between = worlds
    baseline = asked[0]
    if parts[0].values.empty:
        reason = parts[0].runs["reason"].iloc[0]
        raise StudyError(zh=f"基准情景没有一次运行成功：{reason}", en=f"No run of the baseline succeeded: {reason}")

    def together(table: str) -> pd.DataFrame:
        tables: list[pd.DataFrame] = [getattr(part, table) for part in parts]
        filled = [rows for rows in tables if not rows.empty]
        return pd.concat(filled, ignore_index=True) if filled else tables[0]

    values, outcomes, rates = together("values"), together("outcomes"), together("rates")
    paired_costs = pairing.costs()
    drawn = pd.DataFrame(columns=list(parameter_uncertainty.COLUMNS))
    return Comparison(
        manifest=manifest(
            "comparison",
            asked,
            seed,
            replications,
            draws=0,
            uncertainty=parameter_uncertainty.NONE,
            clause_replications=0,
            **_settings(worlds),
        ),
        outcomes=outcomes,
        differences=differences_of_pairs(values, [(baseline.name, baseline.name), *pairs, *between]),
        differences_by_month=by_month.table(rates, pairs),
        rates=rates,
        cells=together("cells").astype(some_firms.CATEGORIES),
        values=values,
        runs=together("runs"),
        panel=together("panel"),
        universes=together("universes"),
        ledger=together("ledger"),
        delivery=together("delivery"),
        requests=together("requests"),
        repayment_wall=together("repayment_wall"),
        restarts=together("restarts"),
        fates=pairing.fates(),
        saved_or_postponed=pairing.saved_or_postponed(),
        chosen=pairing.chosen(),
        costs=costs.table(paired_costs, pairing.from_nothing()),
        unit_costs=costs.unit_costs(paired_costs, values),
        repayment_wall_exits=pairing.repayment_wall_exits(),
        targets=targets.table(asked, outcomes, values, drawn),
        interaction=interaction.table(values, baseline.name),
        ranked_actions=pd.DataFrame(columns=list(ranked_actions.COLUMNS)),
        draws=drawn,
        uncertainty=pd.DataFrame(columns=list(parameter_uncertainty.SPREAD)),
        clause_effects=pd.DataFrame(columns=list(clause_effects.COLUMNS)),
        journeys=pd.DataFrame(columns=list(journey.EXAMPLES)),
    )


def _settings(worlds: Compared) -> dict[str, Any]:
    """What a manifest notes of who is compared with whom."""
    against = {one.name: [of for name, of in worlds.pairs if name == one.name] for one in worlds.scenarios}
    return {"against": against, "subjects": worlds.subjects, "between": worlds.between}


def _followed(
    scenarios: list[Scenario], known: Comparison, seed: int, replications: int, runner: Runner
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables ``repayment_wall`` and ``repayment_wall_exits``, longer for scenarios that go on past the horizon.

    Where nothing is put off nobody is followed; a scenario without a run that got to the later end keeps its months.
    """
    money, fallen = known.repayment_wall, known.repayment_wall_exits
    if not money["scenario"].isin([scenario.name for scenario in scenarios]).any():
        return money, fallen
    longer_lived = [repayment_wall.beyond(scenario) for scenario in scenarios]
    pairs = [(scenarios[-1].name, scenarios[0].name)] if len(scenarios) > 1 else []
    runner.expect(len(scenarios) * replications)
    parts, after, _ = paired(longer_lived, pairs, seed, replications, runner)
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
