"""Attribution: how much of the plan's effect is due to each action, step or measure, fairly shared (Shapley 1953).

In one replication at a time the plan is a game: a coalition of players is the plan with the measures of these
players only, and what nobody is asked about is on in every coalition; so are nominal measures, whose effect is only a
factor of assumed size, so that a rank would say the assumption again. The values of all players and of that rest add
up to the whole plan less the baseline. Few players: every coalition is run. Many: the coalitions that some orders of
joining pass, other orders in each replication, so that intervals over replications hold the chance of orders too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal, NamedTuple

import numpy as np
import pandas as pd
from pydantic import Field

from sim.measure import Strict, Words
from sim.names import meant
from sim.observe.months import HEADLINES
from sim.observe.outcomes import OUTCOMES
from sim.refusal import nearest
from sim.scenario import ScenarioError, ValidationError, load
from sim.scenario.validation_errors import listed
from sim.study import StudyError
from sim.study.arguments import MOST_DRAWS, MOST_RUNS, SEED
from sim.study.comparison.parameter_uncertainty import POSTERIOR, changes, chosen, drawn
from sim.study.comparison.scenarios import BASELINE
from sim.study.designs.design import check_draws
from sim.study.outcomes import possible_differences, unit_of
from sim.study.reductions.costs import PUBLIC_COST
from sim.study.runs.manifest import manifest
from sim.study.runs.runner import Runner
from sim.study.runs.specification import RunSpec, Setting, sized
from sim.study.runs.study import Study
from sim.study.statistics import shapley
from sim.study.statistics.fieller import fieller
from sim.study.statistics.intervals import Range, summarise
from sim.vocabulary import ACTIONS, MECHANISMS

if TYPE_CHECKING:
    from sim.scenario import Scenario

FOLDER: Final = "attributions"
DEFAULT: Final = "actions"
REST: Final = "rest_of_plan"  # what is on whoever joins, where it is not the working mechanisms alone
WHOLE: Final = "whole"  # everything together: the plan less the baseline
SECTION: Final = "II."  # of the plan, with its five steps
MOST_PLAYERS: Final = 12  # of whom every coalition is run: 4,096 of them
MILLION_YUAN: Final = 10**8  # in fen
PRICED: Final = ("survivors", "jobs", *HEADLINES)  # outcomes that are set against the cost
MOST_BARS: Final = 12  # in a small figure
VALUES: Final[Mapping[str, Any]] = MappingProxyType({})  # parameters as they are
LABELS: Final = ("player", "outcome", "unit")
ORDER: Final = ("mean", "low", "high", "unit", "replications")


class Orders(Strict):
    """So many orders of joining in each replication, in pairs of forwards and backwards."""

    draws: Annotated[int, Field(ge=2, le=MOST_DRAWS, multiple_of=2)]
    seed: Annotated[int, Field(ge=1, le=SEED.most)] = 1  # of the orders; that of the runs is another


class Question(Strict):
    """A question's file in ``scenarios/attributions/``."""

    title: Words
    scenario: str = "full_plan"
    players: Literal["actions", "steps", "measures"] = "actions"
    among: tuple[str, ...] = ()  # only these of them are players, and the rest of the plan is on; empty for all
    orders: Orders | None = None  # None: every coalition
    # posterior: each replication has another draw of what evidence leaves of the parameters
    uncertainty: Literal["posterior", "none"] = "none"
    replications: Annotated[int, Field(ge=1, le=MOST_RUNS)] = 2

    def with_draws(self, draws: int) -> Question:
        """The same with so many orders in each replication; raises :class:`StudyError` for an odd number."""
        if draws < 2 or draws % 2:
            raise StudyError(
                zh=f"加入次序成对抽取（正序与逆序），次数应为不小于 2 的偶数，而不是 {draws}。",
                en=f"Orders of joining come in pairs, forwards and backwards: give an even number, not {draws}.",
            )
        asked = self.orders or Orders(draws=draws)
        return self.model_copy(update={"orders": asked.model_copy(update={"draws": draws})})


@dataclass(frozen=True, repr=False)
class Attribution(Study):
    """The plan's effect, shared among players. Money in fen, shares from 0 to 1; 95 % intervals over replications.

    ``attribution``: player, outcome, mean, low, high, unit, replications. The first player is what is on whoever joins
    (``mechanisms``, or ``rest_of_plan``; less the baseline), where there is such a thing; the last row of each outcome
    is ``whole``, the plan less the baseline. The last outcome is ``public_cost``.
    ``values``: player, replication, outcome, value, unit: the same in each replication. Of each replication and
    outcome the values of the players add up to that of ``whole`` exactly, in any order; means do so but for their
    last digit.
    ``interactions``: first, second, outcome, mean, low, high, unit, replications: Shapley interaction index of pairs of
    players, where every coalition was run.
    ``prices``: player, outcome, mean, low, high, unit, replications: effect per million yuan of public cost, both
    attributed; intervals after Fieller. Missing where the player costs nothing; without an end, or with infinite ones,
    where the sample cannot tell its cost from 0.
    ``runs``: scenario (the players who are in), draw (0 the baseline, then the coalitions), replication, seed, firms,
    months, ledger_residual_fen, reason, then a column for each outcome.

    Where it is asked over the posterior (see :attr:`over_posterior`) every replication has another draw of the
    parameters: intervals are of the mean over what is not known, and hold luck too; ``values`` tell the spread.
    A replication in which any run failed, or an outcome is missing, is left out for all players: ``replications``
    counts the others.
    """

    kind: ClassVar[str] = "attribute"
    attribution: pd.DataFrame
    values: pd.DataFrame
    interactions: pd.DataFrame
    prices: pd.DataFrame

    @property
    def players(self) -> dict[str, list[str]]:
        """The players, and the measures of each."""
        return dict(self.manifest.settings["players"])

    @property
    def of(self) -> str:
        """What the players are: actions, steps or measures."""
        return str(self.manifest.settings["of"])

    @property
    def rest(self) -> str | None:
        """What is on whoever joins, as ``attribution`` names it; None when everything has a player."""
        name: str | None = self.manifest.settings["rest"]
        return name

    @property
    def over_posterior(self) -> bool:
        """Whether every replication has another draw of the parameters."""
        return bool(self.manifest.settings.get("uncertainty") == POSTERIOR)  # not said by earlier versions

    @property
    def nominal(self) -> list[str]:
        """The measures of the plan that are ranked nowhere, since their effect is only a factor of assumed size."""
        return list(self.manifest.settings.get("nominal", ()))  # not said by earlier versions

    @property
    def left_out(self) -> int:
        """Replications that do not count because a run failed under them or was not begun."""
        return self.manifest.replications - int(self.attribution["replications"].max())


class World(NamedTuple):
    """One world that a game needs, and its number among the draws."""

    draw: int
    name: str
    players: Sequence[str] | None  # who is in; None for the baseline, in which not even the rest is


@dataclass(frozen=True)
class Game:
    """Who plays in the replications, and which worlds that takes."""

    plan: Scenario
    players: Mapping[str, tuple[str, ...]]  # measures of each
    rest: tuple[str, ...]  # measures that are on whoever joins
    orders: Orders | None

    @property
    def first(self) -> str | None:
        """Name of the rest."""
        on = {measure.id for measure in self.plan.measures if measure.action == MECHANISMS}
        return None if not self.rest else MECHANISMS if set(self.rest) == on else REST

    def orders_of(self, replication: int) -> list[tuple[int, ...]]:
        """Orders of joining in one replication."""
        if self.orders is None:
            return []
        return shapley.orders(self.orders.draws, len(self.players), self.orders.seed, replication)

    def worlds(self, replication: int) -> Iterator[World]:
        """Worlds of a replication: the baseline where it is not that of nobody, then coalitions, see :meth:`parts`."""
        names = list(self.players)
        if self.rest:
            yield World(0, BASELINE, None)
        nobody = self.first or BASELINE
        if self.orders is None:
            for coalition in range(1 << len(names)):
                who = [name for place, name in enumerate(names) if coalition >> place & 1]
                whole = self.plan.name if len(who) == len(names) else "+".join(who)
                yield World(1 + coalition, whole or nobody, who)
            return
        yield World(1, nobody, [])
        yield World(2, self.plan.name, names)
        for place, order in enumerate(self.orders_of(replication), replication * self.orders.draws):
            for count in range(1, len(names)):
                name = f"order_{place}_first_{count}"
                yield World(2 + place * (len(names) - 1) + count, name, [names[player] for player in order[:count]])

    def specs(self, seed: int, replication: int, changed: Mapping[str, Any] = VALUES) -> Iterator[RunSpec]:
        """The runs of one replication; ``changed``: parameters that are others under it."""
        for draw, name, players in self.worlds(replication):
            on = [] if players is None else [*self.rest, *(id_ for player in players for id_ in self.players[player])]
            scenario = self.plan.with_measures(on, name=name, title=self.plan.title)
            yield RunSpec(drawn(scenario, [changed])[0], seed + replication, replication, draw)

    def __len__(self) -> int:
        """How many worlds a replication has."""
        if self.orders is None:
            return bool(self.rest) + (1 << len(self.players))
        return bool(self.rest) + 2 + self.orders.draws * (len(self.players) - 1)

    def parts(self, found: Sequence[float], replication: int) -> list[Fraction]:
        """What the players are due of one outcome, the rest first where there is one; ``found`` in order of worlds."""
        before, worth = ([], found) if not self.rest else ([Fraction(found[1]) - Fraction(found[0])], found[1:])
        if self.orders is None:
            return [*before, *shapley.values(worth)]
        nobody, whole, *between = worth
        step = len(self.players) - 1
        passed = [[nobody, *between[k : k + step], whole] for k in range(0, len(between), step)]
        return [*before, *shapley.along(self.orders_of(replication), passed)]


def game(question: Question, plan: Scenario) -> Game:
    """Who plays. Raises ``ScenarioError`` for a player that there is not and :class:`StudyError` when it cannot be."""
    groups: dict[str, list[str]] = {}
    for measure in sorted(plan.measures, key=lambda one: ([*ACTIONS, MECHANISMS].index(one.action), one.id)):
        name = {"actions": measure.action, "steps": measure.section, "measures": measure.id}[question.players]
        if not (
            measure.nominal is not None
            or name == MECHANISMS
            or (question.players == "steps" and not name.startswith(SECTION))
        ):
            groups.setdefault(name, []).append(measure.id)
    if question.players == "steps":
        groups = dict(sorted(groups.items()))
    among = [meant(name, "action") for name in question.among]
    unknown = [name for name in among if name not in groups]
    if unknown:
        raise ScenarioError(
            ValidationError("not_allowed", "", None, "among", name, listed(groups), nearest(name, groups))
            for name in unknown
        )
    players = {name: tuple(ids) for name, ids in groups.items() if not among or name in among}
    if not players:
        raise StudyError(
            zh=f"情景 {plan.name} 中没有可归因的对象。", en=f"{plan.name} has nothing that its effect could be due to."
        )
    if question.orders is None and len(players) > MOST_PLAYERS:
        raise StudyError(
            zh=f"{len(players)} 个对象有 2 的 {len(players)} 次方种组合，无法全部运行；请用 orders 抽取加入次序。",
            en=f"{len(players)} players have 2**{len(players)} coalitions, too many to run: sample orders of joining "
            "(orders, or --draws).",
        )
    taken = {id_ for ids in players.values() for id_ in ids}
    return Game(plan, players, tuple(m.id for m in plan.measures if m.id not in taken), question.orders)


def answer(question: Question, setting: Setting, runner: Runner) -> Attribution:
    """Run the game in every replication, one replication after the other; see :func:`sim.study.answering.ask`."""
    levers, firms, seed = setting.levers, setting.firms, setting.seed
    check_draws(question.scenario, levers, [{}], [{}], firms)
    [plan] = sized([load(question.scenario, levers)], firms)
    played = game(question, plan)
    replications = range(question.replications)
    over: Sequence[Mapping[str, Any]] = [VALUES] * len(replications)
    if question.uncertainty == POSTERIOR:
        over = changes(chosen(POSTERIOR), len(replications), seed)
    runner.expect(len(replications) * len(played))
    runs = runner.run(spec for r in replications for spec in played.specs(seed, r, over[r]))
    done = {replication: runs[runs["replication"] == replication] for replication in replications}
    whole = {r: rows for r, rows in done.items() if len(rows) == len(played) and (rows["reason"] == "").all()}
    if not whole:
        failed = runs.loc[runs["reason"] != "", "reason"]
        zh = f"有运行失败：{failed.iloc[0]}" if len(failed) else "时间不足以完成一整套组合，再次运行同一命令即可继续"
        en = failed.iloc[0] if len(failed) else "the time did not suffice for one; the same command goes on"
        raise StudyError(
            zh=f"没有一次重复的全部组合都已完成：{zh}。", en=f"In no replication are all coalitions there: {en}."
        )
    outcomes = [name for name in runs.columns if name in OUTCOMES or name == PUBLIC_COST]
    names = [*([played.first] if played.first else []), *played.players]
    shared: list[tuple[Any, ...]] = []
    together: list[tuple[Any, ...]] = []
    for replication, rows in whole.items():
        for outcome in outcomes:
            found = rows[outcome].tolist()
            if np.isnan(found).any():
                continue
            label = (replication, outcome)
            parts = shapley.adding_up(played.parts(found, replication))
            shared += [(name, *label, part, unit_of(outcome)) for name, part in zip(names, parts, strict=True)]
            shared.append((WHOLE, *label, sum(parts), unit_of(outcome)))
            if played.orders is None:
                index = shapley.interactions(found[bool(played.rest) :])
                together += [(*pair, *label, float(value), unit_of(outcome)) for pair, value in index.items()]
    values = _values(shared, [*names, WHOLE], outcomes)
    return Attribution(
        manifest=manifest(
            "attribute",
            [plan.with_measures((), name=BASELINE, title=plan.title), plan],
            seed,
            question.replications,
            title=question.title.model_dump(),
            of=question.players,
            players=played.players,
            rest=played.first,
            nominal=[measure.id for measure in plan.measures if measure.nominal is not None],
            orders=None if question.orders is None else question.orders.model_dump(),
            uncertainty=question.uncertainty,
        ),
        runs=runs.drop(columns=["asked", "keep", "paired_with", "calibration", "sources", "run"]),
        attribution=summarise(values, list(LABELS), _within)[["player", "outcome", *ORDER]],
        values=values,
        interactions=_interactions(together, list(played.players)),
        prices=_prices(values),
    )


def _values(rows: list[tuple[Any, ...]], players: Sequence[str], outcomes: Sequence[str]) -> pd.DataFrame:
    """Player by player, then outcome by outcome, as tables are read."""
    first = {name: place for place, name in enumerate(players)}
    second = {name: place for place, name in enumerate(outcomes)}
    rows = sorted(rows, key=lambda row: (first[row[0]], second[row[2]]))
    return pd.DataFrame(rows, columns=["player", "replication", "outcome", "value", "unit"])


def _within(table: pd.DataFrame) -> Range:
    """What is due to a player is a mean of differences."""
    return possible_differences(table["outcome"])


def _interactions(rows: list[tuple[Any, ...]], players: list[str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["first", "second", "replication", "outcome", "value", "unit"])
    means = summarise(
        table, ["first", "second", "outcome", "unit"], lambda table: possible_differences(table["outcome"], 2)
    )
    for column in ("first", "second"):
        means[column] = [players[place] for place in means[column]]
    return means[["first", "second", "outcome", *ORDER]]


def _prices(values: pd.DataFrame) -> pd.DataFrame:
    keys = ["player", "replication"]
    cost = values[values["outcome"] == PUBLIC_COST].set_index(keys)["value"] / MILLION_YUAN
    rows = []
    for (player, outcome, unit), group in values.groupby(list(LABELS), sort=False):
        if outcome in PRICED:
            paid = cost.reindex(pd.MultiIndex.from_frame(group[keys])).to_numpy()
            known = ~np.isnan(paid)
            ratio = fieller(group["value"].to_numpy()[known], paid[known])
            rows.append((player, outcome, *ratio, unit, int(known.sum())))
    return pd.DataFrame(rows, columns=["player", "outcome", *ORDER])
