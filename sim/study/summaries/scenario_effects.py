"""What a scenario did, read off a comparison's tables: fates, costs, the repayment wall, targets, interaction, clauses.

Everything here is a sum, a share or an order of rows; definitions are those of ``docs/effects.md``. Money in fen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import pandas as pd

from sim.measure import Words
from sim.scenario import clauses
from sim.study.outcomes import paired_differences
from sim.study.reductions.costs import CATEGORIES, COSTS
from sim.study.reductions.fates import FATES
from sim.study.statistics.estimate import UNKNOWN, Estimate
from sim.study.summaries.comparison import FULL_PLAN, SINGLE, WITHOUT, ComparisonSummary
from sim.study.summaries.journeys import FollowedFirms, of_table
from sim.study.summaries.rows import tuples
from sim.study.summaries.stations import passed
from sim.vocabulary import ACTIONS, GOVERNMENT, LEVELS, MECHANISMS, REQUESTS, SECTORS, SIZES

BY: Final = ("sector", "size", "prefecture", "action")
DUE: Final = ("repaid", "unpaid", "written_off", "principal")  # what becomes of what falls due
FALLEN: Final = ("exits", "exits_insolvent", "exits_put_off", "exits_missed", "exits_harmed")
Span = Literal["horizon", "after", "all"]  # months of the horizon, after it, or all
WHOSE: Final = ("public", "state_firms", "private")  # money
# Sums of categories of cost, each after its last line: what measures relieve and pay out; what firms have in hand with
# what was theirs anyway; what it all costs.
SUMS: Final = {
    "relief": ("outlay", "forgone", "borne_by_others"),
    "in_hand": ("relief", "returned"),
    "cost": ("relief", "lost_on_put_off", "write_offs"),
}
BALANCE: Final = (
    "outlay", "forgone", "borne_by_others", "relief", "lost_on_put_off", "write_offs", "cost", "returned", "in_hand",
    "put_off",
)  # fmt: skip


class Pair(NamedTuple):
    """One action and one outcome: its effect alone, and what the whole plan loses without it."""

    action: str
    alone: Estimate
    removed: Estimate


class ClauseRow(NamedTuple):
    """A clause of the plan and, of each measure that carries it out, the firms reached and the money."""

    id: str
    paraphrase: Words
    state: str
    reason: Words | None  # why it is declared
    measures: list[tuple[str, float, float]]


@dataclass(frozen=True)
class ScenarioEffects:
    """What each scenario of a comparison did to firms and to those who pay."""

    summary: ComparisonSummary

    def fates(self, scenario: str, against: str | None = None) -> pd.DataFrame:
        """Founders by fate (index, order of FATES), with shares of entities and money; empty if none is known.

        ``against``: what the scenario is compared with, here and below None for its baseline.

        Columns: entities, low, high, staff, staff_baseline, given_fen, months_gained, share, given_share.
        """
        table = self._fates_of(scenario, "all", against).set_index("fate")
        table = table.drop(columns=["scenario", "against", "by", "group"])
        table = table.reindex([fate for fate in FATES if fate in table.index])
        table["share"] = table["entities"] / _positive(table["entities"].sum())
        table["given_share"] = table["given_fen"] / _positive(table["given_fen"].sum())
        return table

    def fates_by(self, scenario: str, by: str) -> pd.DataFrame:
        """One row a group, in the order of the vocabulary.

        Columns: each of FATES (entities), saved_low, saved_high, firms, given_fen, deadweight (share of given_fen that
        went to firms that live either way).
        """
        rows = self._fates_of(scenario, by)
        wide = rows.pivot(index="group", columns="fate", values="entities").reindex(columns=list(FATES)).fillna(0.0)
        saved = rows[rows["fate"] == "saved"].set_index("group")
        given = rows.pivot(index="group", columns="fate", values="given_fen").reindex(columns=list(FATES)).fillna(0.0)
        wide = wide.assign(saved_low=saved["low"], saved_high=saved["high"], firms=wide[list(FATES)].sum(axis=1))
        wide["given_fen"] = given.sum(axis=1)
        wide["deadweight"] = given["lives_either_way"] / wide["given_fen"].where(wide["given_fen"] > 0)
        return wide.reindex([group for group in groups(by, wide.index) if group in wide.index])

    def given(self, scenario: str) -> pd.DataFrame:
        """Money by action and fate: group, fate, given_fen."""
        rows = self._fates_of(scenario, "action")
        return rows.loc[rows["given_fen"] != 0, ["group", "fate", "given_fen"]]

    def saved_or_postponed(self, scenario: str) -> pd.DataFrame:
        """The rows of the table of that name."""
        return self.summary.of_pair(self.summary.comparison.saved_or_postponed, scenario)

    def chosen(self, scenario: str) -> pd.DataFrame:
        """The rows of the table of that name."""
        return self.summary.of_pair(self.summary.comparison.chosen, scenario)

    def _fates_of(self, scenario: str, by: str, against: str | None = None) -> pd.DataFrame:
        table = self.summary.comparison.fates
        return self.summary.of_pair(table[table["by"] == by], scenario, against)

    def costs(self, scenario: str) -> dict[str, dict[str, list[tuple[str, Estimate]]]]:
        """By level and bearer (the dearest first): categories and their cost, in the order of CATEGORIES."""
        found: dict[str, dict[str, list[tuple[str, Estimate]]]] = {level: {} for level in LEVELS.values()}
        rows = sorted(tuples(self._costs_of(scenario)), key=lambda row: CATEGORIES.index(row.category))
        for row in rows:
            found[row.level].setdefault(row.bearer, []).append((row.category, Estimate(row.mean, row.low, row.high)))
        return {
            level: dict(sorted(bearers.items(), key=lambda item: -sum(abs(each.mean) for _, each in item[1])))
            for level, bearers in found.items()
            if bearers
        }

    def cost(self, scenario: str, public: bool = False, against: str | None = None) -> float:
        """What counts as a cost, summed, in fen: of everybody or of public budgets alone."""
        rows = self._costs_of(scenario, against)
        rows = rows[rows["category"].isin(COSTS)]
        return float((rows[rows["level"].isin(GOVERNMENT)] if public else rows)["mean"].sum())

    def balance(self, scenario: str, unit: float = 1.0) -> pd.DataFrame:
        """All money of a scenario against its baseline, line by line: which amounts add up to which.

        Rows (index): each of BALANCE, the lines of each sum before it. Columns: public, state_firms, private, all.
        Lines are rounded to ``unit`` fen before they are added up, so that they add up as they are written.
        """
        rows = self._costs_of(scenario)
        whose = rows["level"].map(lambda level: "public" if level in GOVERNMENT else str(level))
        wide = rows.assign(whose=whose).pivot_table(index="category", columns="whose", values="mean", aggfunc="sum")
        table = wide.reindex(index=list(CATEGORIES), columns=list(WHOSE)).fillna(0.0)
        table = (table / unit).round() * unit
        for total, lines in SUMS.items():
            table.loc[total] = table.loc[list(lines)].sum()
        table["all"] = table.sum(axis=1)
        return table.loc[list(BALANCE)]

    def in_hand(self, scenario: str, unit: float = 1.0) -> dict[str, float]:
        """What of it firms alive at the start have in hand, whose fates are told, and what firms opened since; fen."""
        total = float(self.balance(scenario, unit)["all"]["in_hand"])
        founders = round(float(self._fates_of(scenario, "all")["given_fen"].sum()) / unit) * unit
        return {"founders": founders, "newborn": total - founders}

    def costs_by_level(self, scenario: str) -> pd.DataFrame:
        """What counts as a cost: level, category, fen."""
        rows = self._costs_of(scenario)
        counted = rows[rows["category"].isin(COSTS)]
        return counted.groupby(["level", "category"], sort=False, observed=True)["mean"].sum().reset_index(name="fen")

    def _costs_of(self, scenario: str, against: str | None = None) -> pd.DataFrame:
        return self.summary.of_pair(self.summary.comparison.costs, scenario, against)

    @cached_property
    def unit_costs(self) -> dict[tuple[str, str, str], Estimate]:
        """Cost of one firm or job kept, by (scenario, unit, cost). An end of the interval may be infinite."""
        return {
            (row.scenario, row.unit, row.cost): Estimate(row.mean, row.low, row.high)
            for row in tuples(self.summary.comparison.unit_costs)
            if row.against == self.summary.against(row.scenario)
        }

    def total_cost(self, scenario: str, against: str, cost: str) -> Estimate:
        """What a scenario costs in all beside another that it is compared with (``cost``: public or all); fen."""
        table = self.summary.of_pair(self.summary.comparison.unit_costs, scenario, against)
        rows = list(tuples(table[(table["unit"] == "total") & (table["cost"] == cost)]))
        return Estimate(rows[0].mean, rows[0].low, rows[0].high) if rows else UNKNOWN

    @cached_property
    def bounded_unit_costs(self) -> dict[tuple[str, str, str], Estimate]:
        """Those of single actions and the whole plan with two ends above zero: others have no place on a chart."""
        shown = self.summary.side_by_side
        return {k: e for k, e in self.unit_costs.items() if k[0] in shown and 0 < e.low <= e.high < np.inf}

    def repayment_wall(self, scenario: str, of: Span = "horizon") -> pd.DataFrame:
        """By month (index): put_off, due and each of DUE in fen; firms_due, firms_short, firms_closed.

        ``of``: the months of the horizon, those after it in which the scenario is followed, or all.
        """
        table = self._within(self.summary.comparison.repayment_wall, of)
        months = table[table["scenario"] == scenario].groupby("month", observed=True)
        sums = months[[c for c in table.columns if c.endswith("_fen") or c.startswith("firms_")]].sum()
        sums.columns = [name.removesuffix("_fen") for name in sums.columns]
        sums["principal"] = sums["due"] - sums["repaid"] - sums["unpaid"] - sums["written_off"]
        return sums.loc[(sums != 0).any(axis=1)]

    @cached_property
    def repayment_wall_months(self) -> list[str]:
        """Months of the horizon, and those after it in which the scenario of the headline is followed."""
        comparison = self.summary.comparison
        later = (
            str(month)
            for table in (comparison.repayment_wall, comparison.repayment_wall_exits)
            for month in table["month"].unique()
        )
        return sorted({*self.summary.months, *later})

    @cached_property
    def later_months(self) -> list[str]:
        """Those of ``repayment_wall_months`` that lie after the horizon."""
        return [month for month in self.repayment_wall_months if month > self.summary.months[-1]]

    def _within(self, table: pd.DataFrame, of: Span) -> pd.DataFrame:
        if of == "all":
            return table
        is_later = table["month"].astype(str) > self.summary.months[-1]
        return table[is_later if of == "after" else ~is_later]

    def fallen(self, scenario: str, by: str, of: Span = "horizon") -> pd.DataFrame:
        """Firms that closed, by month, sector or size (index): columns FALLEN; ``of`` as in :meth:`repayment_wall`."""
        table = self._within(self.summary.comparison.repayment_wall_exits, of)
        sums = table[table["scenario"] == scenario].groupby(by, observed=True)[list(FALLEN)].sum()
        return sums.reindex([group for group in groups(by, sums.index) if group in sums.index])

    def requests(self, scenario: str) -> pd.DataFrame:
        """Loans and restart problems by kind (index): firms and days at each station, as ``passed`` gives them."""
        rows = self.summary.comparison.requests
        table = passed(rows[rows["scenario"] == scenario], "kind")
        return table.reindex([kind for kind in REQUESTS if kind in table.index])

    @cached_property
    def followed(self) -> FollowedFirms:
        """The firms that the comparison follows through both worlds of the headline."""
        table, summary = self.summary.comparison.journeys, self.summary
        return FollowedFirms(
            str(summary.main),
            summary.against(str(summary.main)),
            summary.titles,
            {id_: summary.measure_title(id_) for id_ in table["measure"].unique()},
            of_table(table[table["scenario"] == summary.main]),
        )

    def targets(self, scenario: str) -> list[Any]:
        """The rows of the table of targets, in the plan's order."""
        table = self.summary.comparison.targets
        return list(tuples(table[table["scenario"] == scenario]))

    @cached_property
    def judged(self) -> set[str]:
        """The scenarios that the plan's targets judge: none that ends before the plan was adopted."""
        return set(self.summary.comparison.targets["scenario"])

    def mean_of(self, scenario: str) -> Callable[[str], float]:
        """The mean of each outcome of a scenario, by name."""
        return lambda outcome: self.summary.effect(scenario, outcome).value.mean

    def verdict(self, scenario: str, outcome: str) -> str:
        """The verdict on the target for an outcome, ``none`` where it has none."""
        return next((row.verdict for row in self.targets(scenario) if row.outcome == outcome), "none")

    def pairs(self, outcome: str) -> list[Pair]:
        """Each action that was both tried alone and taken out of the whole plan."""
        return [
            Pair(
                action,
                self.summary.effect(SINGLE + action, outcome).difference,
                self._removed.get((WITHOUT + action, outcome), UNKNOWN),
            )
            for action in ACTIONS
            if WITHOUT + action in self.summary.removals
        ]

    @cached_property
    def _removed(self) -> dict[tuple[str, str], Estimate]:
        """What the whole plan loses without an action: whole minus the plan without it, paired by replication."""
        values = self.summary.comparison.values
        values = values[values["scenario"].isin([FULL_PLAN, *self.summary.removals])]
        table = paired_differences(values, ["scenario"], values["scenario"] == FULL_PLAN)
        return {
            (row.scenario, row.outcome): Estimate(0.0 - row.mean, 0.0 - row.high, 0.0 - row.low)
            for row in tuples(table)
        }

    @cached_property
    def clauses(self) -> list[ClauseRow]:
        """The register of the installed project, with what the study's own measures did under each clause."""
        scenario = self.summary.main
        reached = self.summary.reached(scenario) if scenario else pd.DataFrame(columns=["firms", "amount_fen"])
        carried: dict[str, list[str]] = {}
        for id_, measure in self.summary.measures.items():
            for clause in measure.get("clauses", ()):
                carried.setdefault(clause, []).append(id_)
        return [
            ClauseRow(
                entry.id,
                Words(**entry.paraphrase),
                entry.state,
                Words(**entry.note) if entry.note else None,
                [
                    (id_, float(reached["firms"].get(id_, np.nan)), float(reached["amount_fen"].get(id_, np.nan)))
                    for id_ in carried.get(entry.id, ())
                ],
            )
            for entry in clauses()
        ]


def groups(by: str, found: Iterable[Any]) -> list[str]:
    """Names of groups in the order in which people know them."""
    orders: dict[str, Sequence[str]] = {"sector": SECTORS, "size": SIZES, "action": (*ACTIONS, MECHANISMS)}
    return list(orders.get(by, sorted(found)))


def _positive(number: float) -> float:
    return number if number > 0 else np.nan
