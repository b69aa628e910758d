"""A comparison put in the order in which people read it: groups of scenarios, places, bearers, measures.

Everything here is a sum or a share of the comparison's tables; nothing is simulated. Money in fen, shares from 0 to 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd

from sim.instruments import instruments
from sim.measure import DECIDED_UPON, Words
from sim.observe.months import HEADLINES, of_enterprises, rates_by_month
from sim.observe.outcomes import OUTCOMES
from sim.observe.some_firms import once
from sim.study.comparison.sample_size import FEWEST_ROWS
from sim.study.comparison.scenarios import NATIONAL
from sim.study.comparison.targets import Target, of_contents
from sim.study.outcomes import possible_differences
from sim.study.questions.comparison import Comparison
from sim.study.reductions.costs import is_own
from sim.study.runs.manifest import Asked
from sim.study.statistics.estimate import UNKNOWN, Estimate
from sim.study.statistics.intervals import interval
from sim.study.summaries.direction import leaders
from sim.study.summaries.ranked_actions import RankedActions
from sim.study.summaries.stations import DAYS, passed
from sim.vocabulary import ACTIONS, COUNTED_BY, PARTIES, SECTORS

FULL_PLAN: Final = "full_plan"
SINGLE: Final = "action_"  # the scenarios of one action alone are called action_fiscal and so on
ADDED: Final = "added_"  # what the province added of one to the national rules, added_fiscal
WITHOUT: Final = "without_"  # and those of the plan without one of them without_fiscal
BORNE: Final = ("granted", "relieved")  # borne for good
RETURNED: Final = "returned"  # granted, but the firms' own: credits and deposits
SHOWN_KINDS: Final = (*BORNE, RETURNED, "deferred", "repaid")


@dataclass(frozen=True)
class Effect:
    """One outcome of one scenario: its value, its paired difference from another, and the rows behind it."""

    value: Estimate
    difference: Estimate
    unit: str
    rows: float = np.inf


@dataclass(frozen=True)
class ComparisonSummary:
    """The tables of a comparison as people ask for them."""

    comparison: Comparison

    @cached_property
    def titles(self) -> dict[str, Words]:
        """Title of each scenario; where two have the same, the name of the scenario tells them apart."""
        asked = self.comparison.manifest.scenarios
        seen = Counter(words for a in asked for words in {a.title.zh, a.title.en})
        return {
            a.name: Words(
                zh=a.title.zh if seen[a.title.zh] == 1 else f"{a.title.zh} ({a.name})",
                en=a.title.en if seen[a.title.en] == 1 else f"{a.title.en} ({a.name})",
            )
            for a in asked
        }

    @property
    def baseline(self) -> str:
        """The scenario with which most are compared first."""
        return self.comparison.scenarios[0]

    def against(self, scenario: str) -> str:
        """The baseline of a scenario; its own name where it has none."""
        return next(iter(self.comparison.against.get(scenario, ())), scenario)

    def chain(self, scenario: str) -> list[tuple[str, str]]:
        """What a scenario is compared with among itself, last first, then the scenario with each: pairs of names.

        Of the whole plan: the national rules over no support, the plan over these and over no support.
        """
        others = self.comparison.against[scenario]
        among = [(one, other) for one in others for other in self.comparison.against[one] if other in others]
        return [*among, *((scenario, other) for other in (*reversed(others), *self._held_against(scenario)))]

    @cached_property
    def apart(self) -> list[tuple[str, str]]:
        """The chains of the subjects and of what they are held against, of several; each pair of names once."""
        named = dict.fromkeys(one for name in self.subjects for one in (*self._held_against(name), name))
        several = [name for name in named if len(self.compared_with(name)) > 1]
        return list(dict.fromkeys(pair for name in several for pair in self.chain(name)))

    def of_pair(self, table: pd.DataFrame, scenario: str, against: str | None = None) -> pd.DataFrame:
        """The rows of a table that compares a scenario with another, its baseline where none is named."""
        return table[(table["scenario"] == scenario) & (table["against"] == (against or self.against(scenario)))]

    @cached_property
    def others(self) -> list[str]:
        """Every scenario but the baseline, in the order asked."""
        return [name for name in self.comparison.scenarios if name != self.baseline]

    @cached_property
    def single_actions(self) -> list[str]:
        """The scenarios of one action alone, in the order of the plan."""
        return [SINGLE + action for action in ACTIONS if SINGLE + action in self.others]

    @cached_property
    def twice(self) -> list[tuple[str, str, str]]:
        """Actions told both ways: the action, as the plan lists it, and what the province added of it."""
        both = [(action, SINGLE + action, ADDED + action) for action in ACTIONS]
        return [row for row in both if row[1] in self.others and row[2] in self.others]

    @property
    def subjects(self) -> list[str]:
        """What the comparison is about, see :attr:`Comparison.subjects`."""
        return self.comparison.subjects

    @property
    def main(self) -> str | None:
        """The scenario that a reader sees first: the first of the subjects, none where there is none."""
        return next(iter(self.subjects), None)

    def compared_with(self, scenario: str) -> list[str]:
        """All that a scenario is compared with: its baselines, then what it is held against of what was asked for."""
        return [*self.comparison.against[scenario], *self._held_against(scenario)]

    def _held_against(self, scenario: str) -> list[str]:
        return [earlier for later, earlier in self.comparison.between if later == scenario]

    @cached_property
    def side_by_side(self) -> list[str]:
        """The national rules, the single actions and the whole plan, in the order of the plan."""
        wanted = [NATIONAL, *self.single_actions, FULL_PLAN]
        return [name for name in wanted if name in self.others]

    @cached_property
    def removals(self) -> list[str]:
        """The whole plan without one action, in the order of the plan; none unless the whole plan is compared too."""
        found = [WITHOUT + action for action in ACTIONS if WITHOUT + action in self.others]
        return found if FULL_PLAN in self.others else []

    @cached_property
    def shown(self) -> list[str]:
        """The scenarios that a reader can choose, in the order asked.

        All but the baseline, the removals, and what the province added of an action that is told as a whole.
        """
        beside = {*self.removals, *(added for *_, added in self.twice)} - {*self.subjects}
        return [name for name in self.others if name not in beside]

    @cached_property
    def what_ifs(self) -> list[str]:
        """The scenarios that are no part of the plan, nor the whole of it, nor the national rules."""
        return [name for name in self.shown if name not in self.side_by_side]

    @cached_property
    def lines(self) -> list[str]:
        """The order in which scenarios are offered for the lines over time: the subjects first."""
        return list(dict.fromkeys((*self.subjects, *self.side_by_side, *self.what_ifs)))

    @cached_property
    def _effects(self) -> dict[tuple[str, str, str], Effect]:
        differences = self.comparison.differences.set_index(["scenario", "against", "outcome"])
        rows: Iterable[Any] = self.comparison.outcomes.itertuples(index=False)
        return {
            (row.scenario, against, row.outcome): Effect(
                Estimate(row.mean, row.low, row.high),
                _estimate(differences, (row.scenario, against, row.outcome)),
                row.unit,
                row.rows,
            )
            for row in rows
            for against in (self.compared_with(row.scenario) or [row.scenario])
        }

    def description(self, asked: Asked) -> Words:
        """What a scenario does, in sentences."""
        return Words(**asked.contents["description"])

    def effect(self, scenario: str, outcome: str, against: str | None = None) -> Effect:
        """One outcome of a scenario, and how far it is from another that it is compared with (None: its baseline).

        Every number is missing when no run of it succeeded or it does not exist.
        """
        key = scenario, against or self.against(scenario), outcome
        return self._effects.get(key, Effect(UNKNOWN, UNKNOWN, "share"))

    def interaction(self, outcome: str) -> dict[str, Estimate]:
        """The whole plan's effect, the two sums of its parts, and how far it is from the actions alone, by quantity."""
        table = self.comparison.interaction
        rows: Iterable[Any] = table[table["outcome"] == outcome].itertuples(index=False)
        return {row.quantity: Estimate(row.mean, row.low, row.high) for row in rows}

    @cached_property
    def ranked(self) -> RankedActions:
        """The single actions by what they do without their nominal measures."""
        baselines = {name: self.against(name) for name in self.single_actions}
        return RankedActions(self.comparison, baselines)

    def most_gained(self, scenario: str, by: str) -> dict[str, Estimate]:
        """Where survival gains most, of groups of enough rows: the first, and whoever is not told from it.

        ``by``: prefecture or sector. The gain is enterprises kept for each founder; none where none is told from zero.
        """
        cells = of_enterprises(once(self.comparison.cells))
        runs = cells[cells["scenario"].isin([self.against(scenario), scenario])]
        counts = ["founders", "founders_alive", "rows"]
        sums = runs.groupby(["scenario", by, "replication"], observed=True)[counts].sum().reset_index()
        rows = sums[sums["scenario"] == scenario].set_index([by, "replication"])
        before = sums[sums["scenario"] == self.against(scenario)].set_index([by, "replication"])
        large = rows["rows"].groupby(level=0, observed=True).min()
        gains = (rows["founders_alive"] - before["founders_alive"]) / rows["founders"]
        shares = gains[gains.index.get_level_values(0).isin(large.index[large >= FEWEST_ROWS])].unstack(0)
        effects = {str(group): _gained(shares[group]) for group in shares}
        first = leaders(HEADLINES[0], effects, lambda one, other: _gained(shares[one] - shares[other]))
        return {group: effects[group] for group in first}

    def outcomes(self, scenario: str) -> dict[str, Effect]:
        """Every outcome of a scenario by name."""
        of = scenario, self.against(scenario)
        return {outcome: effect for (*pair, outcome), effect in self._effects.items() if (*pair,) == of}

    @cached_property
    def by_month(self) -> pd.DataFrame:
        """Headline outcomes (of enterprises) on the last day of each month: scenario, month, a column for each."""
        return rates_by_month(of_enterprises(self.comparison.panel))

    def change(self, scenario: str, outcome: str, month: str, universe: str) -> Estimate:
        """How far a scenario is from its baseline on the last day of a month, in a universe, by firms."""
        return self._changes.get((scenario, outcome, month, universe), UNKNOWN)

    @cached_property
    def _changes(self) -> dict[tuple[str, str, str, str], Estimate]:
        table = self.comparison.over_baselines(self.comparison.differences_by_month)
        rows: Iterable[Any] = table[table["by"] == COUNTED_BY[0]].itertuples(index=False)
        return {(r.scenario, r.outcome, r.month, r.universe): Estimate(r.mean, r.low, r.high) for r in rows}

    @cached_property
    def months(self) -> list[str]:
        """Months of the horizon, ``YYYY-MM``."""
        return sorted(self.comparison.panel["month"].unique())

    def month_of(self, outcome: str) -> str:
        """The month at whose end an outcome is read: the last, or that of its target's day or of all targets."""
        if OUTCOMES[outcome].read == "end":
            return self.months[-1]
        plan = self.comparison.manifest.scenarios[0].contents["plan"]
        own = next((said.get("on") for said in plan.get("targets", ()) if said["outcome"] == outcome), None)
        month = own[:7] if own else self._target_month
        return month if month in self.months else self.months[-1]

    @cached_property
    def _target_month(self) -> str:
        """The month that the plan names, or the last of a horizon that ends before.

        Studies of versions whose plan named none read their targets at the end of the year in which it was adopted.
        """
        plan = self.comparison.manifest.scenarios[0].contents["plan"]
        month = plan["targets_on"][:7] if "targets_on" in plan else f"{plan['adopted'][:4]}-12"
        return month if month in self.months else self.months[-1]

    @cached_property
    def entities(self) -> float:
        """Market entities alive at the start that the firms stand for."""
        panel = self.comparison.panel
        first = panel[(panel["scenario"] == self.baseline) & (panel["month"] == self.months[0])]
        return float(first["founders"].sum())

    @cached_property
    def places(self) -> dict[str, pd.DataFrame]:
        """Headline outcomes by sector, by prefecture and by cell (sector in prefecture) against the own baseline.

        Columns: scenario, sector, prefecture, outcome, baseline, value, difference, firms (of those that headlines
        are of, alive at the start); a table by sector has no prefecture, and the other way round.
        """
        groups = {"sector": ["sector"], "prefecture": ["prefecture"], "cell": ["sector", "prefecture"]}
        return {name: pd.concat([self._by(by, o) for o in HEADLINES], ignore_index=True) for name, by in groups.items()}

    def _by(self, by: list[str], outcome: str) -> pd.DataFrame:
        panel = of_enterprises(self.comparison.panel)
        at = panel[panel["month"] == self.month_of(outcome)]
        # The rates that the study defines, with groups of firms in the place of months.
        group = at.groupby(by, observed=True).ngroup()
        rates = rates_by_month(at.assign(month=group)).pivot(index="month", columns="scenario", values=outcome)
        before = at["scenario"] == self.baseline
        names = at[before].groupby(group[before])[by].first()
        names["firms"] = at[before].groupby(group[before])["founders"].sum()
        table = rates.drop(columns=self.baseline).melt(value_name="value", ignore_index=False).reset_index()
        table = table.join(names, on="month")
        of = table["scenario"].map(self.against)
        at_home = pd.MultiIndex.from_arrays([table.pop("month"), of])
        table["baseline"] = rates.stack(future_stack=True).reindex(at_home).to_numpy()
        table["difference"] = table["value"] - table["baseline"]
        return table.assign(outcome=outcome)

    def order(self, by: str) -> list[str]:
        """Sectors in the order of the vocabulary, prefectures by code."""
        found = set(self.comparison.panel[by].unique())
        return [s for s in SECTORS if s in found] if by == "sector" else sorted(found)

    @cached_property
    def moved(self) -> pd.DataFrame:
        """Money that measures moved over the horizon: scenario, bearer, measure, kind (SHOWN_KINDS), amount_fen.

        The bearer is whoever stands on the other side of the firm; a relief names its payer.
        """
        ledger = self.comparison.ledger
        lines = ledger[ledger["measure"].ne("") & ledger["kind"].isin(SHOWN_KINDS)]
        bearer = lines["payer"].where(lines["payer"] != "firms", lines["payee"])
        kind = lines["kind"].mask((lines["kind"] == "granted") & lines["flow"].map(is_own).astype(bool), RETURNED)
        keys = ["scenario", "bearer", "measure", "kind"]
        return lines.assign(bearer=bearer, kind=kind).groupby(keys, observed=True)["amount_fen"].sum().reset_index()

    def borne_by(self, scenario: str, by: str) -> pd.DataFrame:
        """One row a bearer or a measure (``by``), one column for each of SHOWN_KINDS, and their sum ``borne``."""
        rows = self.moved[self.moved["scenario"] == scenario]
        table = rows.pivot_table(index=by, columns="kind", values="amount_fen", aggfunc="sum", fill_value=0.0)
        table = table.reindex(columns=list(SHOWN_KINDS), fill_value=0.0)
        table["borne"] = table[list(BORNE)].sum(axis=1)
        return table.sort_values(["borne", "deferred"], ascending=False)

    def creditors_losses(self, scenario: str) -> pd.DataFrame:
        """What firms that close leave unpaid, by creditor: columns baseline (the scenario's own), scenario (fen)."""
        ledger = self.comparison.ledger
        # Tax credits that a closing firm loses are its own loss, not a creditor's.
        lost = ledger[(ledger["kind"] == "written_off") & (ledger["payer"] == "firms") & (ledger["flow"] != "vat")]
        sums = lost.groupby(["payee", "scenario"], observed=True)["amount_fen"].sum().unstack().fillna(0.0)
        table = sums.reindex(
            index=[p for p in PARTIES if p in sums.index], columns=[self.against(scenario), scenario], fill_value=0.0
        )
        return table.set_axis(["baseline", "scenario"], axis=1)

    @cached_property
    def measures(self) -> dict[str, dict[str, Any]]:
        """Contents of every measure that some scenario holds, by id; as in the whole plan where that has it."""
        asked = sorted(self.comparison.manifest.scenarios, key=lambda asked: asked.name == FULL_PLAN)
        found: dict[str, dict[str, Any]] = {}
        for each in asked:
            found |= each.contents["measures"]
        return found

    def contents(self, asked: Asked) -> dict[str, Any]:
        """What a scenario says, short: measures by id where they are as everywhere, the baseline's world by name."""
        theirs = asked.contents
        told = {
            key: value
            for key, value in theirs.items()
            if key not in ("name", "title", "description", "plan", "measures")
        }
        first = self.comparison.manifest.scenarios[0].contents
        for key in ("world", "funds"):
            if asked.name != self.baseline and told.get(key) == first.get(key):
                told[key] = f"as in {self.baseline}"
        own = {id_: measure for id_, measure in theirs["measures"].items() if measure != self.measures[id_]}
        return told | {"measures": [id_ for id_ in theirs["measures"] if id_ not in own], "changed_measures": own}

    @cached_property
    def targets(self) -> dict[str, Target]:
        """The plan's targets by outcome."""
        return {target.outcome: target for target in of_contents(self.comparison.manifest.scenarios[0].contents)}

    @cached_property
    def _institutions_only(self) -> set[str]:
        return {id_ for id_, measure in self.measures.items() if measure["delivery"]["way"] == "none"}

    @cached_property
    def _applied_for(self) -> set[str]:
        return {id_ for id_, measure in self.measures.items() if measure["delivery"]["way"] in DECIDED_UPON}

    @cached_property
    def _paid_at_once(self) -> set[str]:
        return {
            id_
            for id_ in self._applied_for
            if instruments()[self.measures[id_]["instrument"]].Values.pays_at_once
            and self.measures[id_]["values"].get("repeats") != "monthly"
        }

    def measure_title(self, measure: str) -> Words:
        """Title of a measure, or its id when no scenario holds it."""
        contents = self.measures.get(measure)
        return Words(**contents["title"]) if contents else Words(zh=measure, en=measure)

    def delivery_rests_on(self, measure: str) -> Words | None:
        """What a measure's file says of where its window, capacity, days and take-up come from, if somebody decides."""
        contents = self.measures.get(measure)
        if contents is None or contents["delivery"]["way"] not in DECIDED_UPON:
            return None
        said = [Words(**contents[part]) for part in ("window", "note") if contents.get(part)]
        return Words(zh="".join(one.zh for one in said), en=" ".join(one.en for one in said)) if said else None

    def stations(self, scenario: str) -> pd.DataFrame:
        """The way of each measure that reaches firms: firms and mean days at each station, and amount_fen.

        Columns: each of STATIONS, ``days_`` and each of DAYS, ``amount_fen``. Stocks show their largest month-end
        figure, and so do payments that come again and again, so that no firm is counted twice; the others add up over
        the horizon. Days are missing where there is nothing to wait for: measures that
        come by themselves, and payments that consist of later bills.
        """
        rows = self.comparison.delivery
        rows = rows[(rows["scenario"] == scenario) & ~rows["measure"].isin(self._institutions_only)]
        table = passed(rows, "measure")
        again = ~table.index.isin(self._paid_at_once)
        table.loc[again, "paid"] = self._fullest(rows).reindex(table.index)[again]
        for stations, waits in ((DAYS[:-1], self._applied_for), (DAYS[-1:], self._paid_at_once)):
            never = [measure not in waits for measure in table.index]
            table.loc[never, [f"days_{station}" for station in stations if station != "aware"]] = np.nan
        table["amount_fen"] = rows.groupby("measure", observed=True)["amount_fen"].sum()
        order = [measure for measure in self.measures if measure in table.index]
        return table.reindex([*order, *sorted(set(table.index) - set(order))])

    @staticmethod
    def _fullest(delivery: pd.DataFrame) -> pd.Series[float]:
        """Firms paid by each measure in its fullest month."""
        return delivery[delivery["station"] == "paid"].groupby("measure", observed=True)["firms"].max()

    def reached(self, scenario: str) -> pd.DataFrame:
        """Firms that each measure reached and what it gave them: columns firms, amount_fen.

        What is decided once or paid once is counted once; what comes with every bill by its fullest month.
        """
        rows = self.comparison.delivery
        fullest = self._fullest(rows[rows["scenario"] == scenario])
        table = self.stations(scenario)
        once = np.array([measure in self._applied_for for measure in table.index], np.bool_)
        firms = table["decided"].where(once, fullest.reindex(table.index))
        return pd.DataFrame({"firms": firms, "amount_fen": table["amount_fen"]})

    def year_ends(self) -> Iterator[str]:
        """The months at which years end, and the last month."""
        yield from dict.fromkeys([*(m for m in self.months if m.endswith("-12")), self.months[-1]])


def _estimate(table: pd.DataFrame, key: tuple[str, ...]) -> Estimate:
    if key not in table.index:
        return UNKNOWN
    row: Any = table.loc[key, :]
    return Estimate(float(row["mean"]), float(row["low"]), float(row["high"]))


def _gained(shares: pd.Series[float]) -> Estimate:
    """Mean and interval of differences of survival, one for each replication."""
    mean, low, high = interval(np.asarray(shares.dropna(), np.float64), *possible_differences(HEADLINES[:1]))
    return Estimate(*(np.asarray(end).item() for end in (mean, low, high)))
