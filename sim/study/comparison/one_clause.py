"""One clause of the plan: what it does alone, and what the plan is without it, under the same random numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from sim.scenario import clause, load
from sim.study import StudyError
from sim.study.comparison import costs
from sim.study.comparison.clause_effects import ALONE, WITHOUT, among_reached, effects, switch
from sim.study.comparison.paired_worlds import paired
from sim.study.comparison.scenarios import BASELINE, MAIN
from sim.study.keywords import Firms
from sim.study.outcomes import values_of
from sim.study.reductions.costs import PUBLIC_COST
from sim.study.runs.runner import Runner
from sim.study.runs.specification import replicated, sized

STATIONS: Final = ("eligible", "aware", "applied", "decided", "refused")
REACH: Final = ("scenario", "measure", *STATIONS, "days", "amount_fen")


@dataclass(frozen=True)
class ClauseEffect:
    """What the measures of one clause bring about. Means over replications; ``low`` and ``high`` are 95 % intervals.

    ``outcomes``: scenario (baseline, clause_alone, full_plan, plan_without_clause), outcome, mean, low, high, unit,
    replications.
    ``effects``: quantity (alone: clause alone minus baseline; in_plan: whole plan minus plan without it), outcome,
    mean, low, high, unit, replications, rows; paired. The outcomes ``reached_survival`` and ``reached_staff`` are of
    those whom the clause reached, and ``rows`` are their rows of the sample.
    ``costs``: quantity, bearer, level, category, mean, low, high (fen, differences as in ``effects``).
    ``reach``: scenario (clause_alone, full_plan), measure, then entities: eligible and aware, of all that there were at
    any time, applied, decided (in favour, once a firm), refused; days to the decision; amount_fen paid, relieved or put
    off. A measure that acts on institutions decides on nobody.
    ``founders``, ``births``: entities alive at the start, and opened since in the whole plan.
    """

    clause: str
    measures: tuple[str, ...]
    outcomes: pd.DataFrame
    effects: pd.DataFrame
    costs: pd.DataFrame
    reach: pd.DataFrame
    founders: float
    births: float

    @property
    def has_no_effect_alone(self) -> bool:
        """Whether nothing at all differs from the baseline: the clause only delivers what other clauses give."""
        alone = self.effects[self.effects["quantity"] == "alone"]
        return bool((alone[["mean", "low", "high"]].fillna(0.0) == 0.0).all(axis=None))

    @property
    def eligible(self) -> float:
        """Entities that ever are eligible, in the whole plan, for the measure of the clause that most are."""
        return self._most("eligible")

    @property
    def reached(self) -> float:
        """Entities that, in the whole plan, the measure of the clause that reaches most was granted to."""
        return self._most("decided")

    def _most(self, station: str) -> float:
        return float(self.reach.loc[self.reach["scenario"] == MAIN, station].max())


def clause_effect(
    clause_id: str,
    firms: Firms = None,
    seed: int = 1,
    replications: int = 10,
    *,
    runner: Runner,
) -> ClauseEffect:
    """Run the baseline, the clause alone, the whole plan and the plan without the clause, and compare them.

    The last two once more, their firms paired with each other.

    A clause is switched with all measures that carry it out, also when these carry out other clauses with it. Raises
    ``ScenarioError`` for an unknown clause, and :class:`StudyError` for one that no measure carries out or when no run
    of one of the four scenarios succeeded.
    """
    baseline, plan, measures = load(BASELINE), load(MAIN), _measures(clause_id)
    [baseline, plan] = sized([baseline, plan], firms)
    switched = switch(plan, [clause_id], measures)
    asked = [baseline, switched.alone, plan, switched.without]
    pairs = [(scenario.name, BASELINE) for scenario in asked[1:]]
    runner.expect((len(asked) + 2) * replications)
    parts, pairing, runs = paired(asked, pairs, seed, replications, runner)
    in_plan = replicated(switched.without, seed, replications, "fates", against=plan)
    for specs in (replicated(plan, seed, replications, "fates"), in_plan):
        runner.run(specs)
    alone = replicated(switched.alone, seed, replications, "pairs", against=baseline)
    of_reached = among_reached([*alone, *in_plan], runner.stored)
    failed = runs[runs["reason"] != ""].drop_duplicates("scenario")
    failures = dict(zip(failed["scenario"], failed["reason"], strict=True))
    values = values_of(runs, ["scenario", "replication"], public_cost=True)
    table = effects(values, [switched], BASELINE, MAIN, failures, of_reached)
    if (table.loc[table["outcome"] == PUBLIC_COST, "replications"] == 0).any() or values.empty:
        reason = next(iter(failures.values()))
        raise StudyError(zh=f"没有可比较的运行成功：{reason}", en=f"No runs to compare succeeded: {reason}")
    paid = pairing.costs().droplevel("against")
    nothing = pairing.from_nothing()[BASELINE]
    without = paid.loc[WITHOUT].to_numpy()
    untouched = {cell for k, cell in enumerate(paid.columns) if not without[:, k].any()}  # as in the baseline
    of_costs = {
        "alone": (paid.loc[ALONE], BASELINE, nothing),
        "in_plan": ((paid.loc[MAIN] - paid.loc[WITHOUT]).dropna(), WITHOUT, nothing & untouched),
    }
    of_worlds = [costs.table(pd.concat({(k, of): found}), {of: cells}) for k, (found, of, cells) in of_costs.items()]
    told = [table.drop(columns="against") for table in of_worlds if len(table)]  # one without rows knows no types
    return ClauseEffect(
        clause=clause_id,
        measures=measures,
        outcomes=pd.concat([part.outcomes for part in parts], ignore_index=True),
        effects=table.drop(columns=["clause", "reason"]),
        costs=pd.concat(told or [of_worlds[0].drop(columns="against")], ignore_index=True).rename(
            columns={"scenario": "quantity"}
        ),
        founders=float(parts[2].panel.groupby("month")["founders"].sum().iloc[0]),
        births=float(parts[2].outcomes.set_index("outcome")["mean"]["births"]),
        reach=pd.concat([_reach(parts[k].delivery, measures, asked[k].name) for k in (1, 2)], ignore_index=True),
    )


def _measures(id_: str) -> tuple[str, ...]:
    """Measures that carry out a clause."""
    measures = tuple(measure.id for measure in clause(id_).measures)
    if not measures:
        raise StudyError(
            zh=f"没有措施落实条款 {id_}，没有可运行的内容。",
            en=f"No measure carries out clause {id_}: there is nothing to run.",
        )
    return measures


def _reach(delivery: pd.DataFrame, measures: Sequence[str], scenario: str) -> pd.DataFrame:
    """How far each measure gets in one scenario, from the means of its delivery."""
    rows = delivery[delivery["measure"].isin(measures)]
    firms = rows.pivot_table(index="measure", columns="station", values="firms", aggfunc="sum")
    table = firms.reindex(index=list(measures), columns=list(STATIONS)).fillna(0.0)
    decided = rows[rows["station"] == "decided"]
    waited = (decided["days"] * decided["firms"]).groupby(decided["measure"]).sum(min_count=1)
    table["days"] = waited.reindex(table.index) / table["decided"]
    table["amount_fen"] = rows.groupby("measure")["amount_fen"].sum().reindex(table.index).fillna(0.0)
    return table.reset_index().assign(scenario=scenario)[list(REACH)]
