"""Rules that react: the monitor's evening counts (clause III.3), and what begins, ends or changes by them.

Each reaction is a process. In the evening it looks at what the monitor has counted; where its condition begins or
ceases to hold, another process waits for the delay and lets it act, or act no longer, from a morning on. Nothing is
counted that no reaction watches.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np
import simpy
from numpy.typing import NDArray

from sim.institutions import calendar
from sim.institutions.funds import Funds
from sim.institutions.province import Province
from sim.institutions.rules import Rules
from sim.kernels import outermost
from sim.measure import Dated
from sim.reaction import PROVINCE, WATCHES, Reaction
from sim.units import fen
from sim.vocabulary import Status

NIGHT: Final = 0.0625  # before the morning: by its first hour all reactions of the day are known
NEVER_HELD: Final = -100_000  # a day longer ago than any reaction lasts
BEGINS, ENDS = "begins", "ends"


SEEN: Final = ("living", "stopped", "at_a_loss", "left")
LIVING, STOPPED, AT_A_LOSS, LEFT = range(len(SEEN))
OPEN, SUSPENDED, EXITED = int(Status.OPEN), int(Status.SUSPENDED), int(Status.EXITED)


@outermost
def look(since, firms, seen):  # type: ignore[no-untyped-def]
    """Add up entities in ``seen`` (SEEN, P): firms that live, are stopped, at a loss, and that left from a day on."""
    for i in range(len(firms.key)):
        status, p, w = firms.status[i], firms.prefecture[i], np.int64(firms.weight[i])
        if status == EXITED:
            if firms.exited_on[i] >= since:
                seen[LEFT, p] += w
        elif status >= OPEN:
            seen[LIVING, p] += w
            if status == SUSPENDED:
                seen[STOPPED, p] += w
            if firms.profit_this_year[i] < 0:
                seen[AT_A_LOSS, p] += w


class Acted(NamedTuple):
    """A morning on which a reaction began to act at a place, or ceased to. ``prefecture``: None for the province."""

    reaction: str
    prefecture: int | None
    day: int
    what: str


class Money(NamedTuple):
    """Fen that go into a fund, ``share`` (P,) of them to each prefecture."""

    fund: str
    amount: int
    share: NDArray[np.float64]


class Monitor:
    """What is counted of an evening, once whoever watches it: numerator and denominator of each prefecture."""

    def __init__(
        self, province: Province, listed: NDArray[np.bool_], prefecture_of: NDArray[Any], funds: Funds
    ) -> None:
        """``listed``: (D, C) counties with risk areas; ``prefecture_of``: (C,) of each county."""
        self.province, self.listed, self.prefecture_of, self.funds = province, listed, prefecture_of, funds
        self.prefectures = len(province.state.market.hireable)
        self._kept: dict[tuple[str, str | None, bool], NDArray[np.float64]] = {}
        self._seen: NDArray[np.int64] | None = None  # (SEEN, P) of the firms, where anybody watches them today
        self._day = -1

    def value(self, reaction: Reaction, day: int) -> NDArray[np.float64]:
        """What a reaction watches, on an evening, (P,); the same everywhere if its place is the province.

        Missing (NaN) where there is nothing to count among.
        """
        if day != self._day:
            self._day, self._kept, self._seen = day, {}, None
        whole = reaction.place == PROVINCE
        key = reaction.watch, reaction.fund, whole
        if key not in self._kept:
            part, all_ = self._count(reaction, day)
            if whole:
                part, all_ = (np.full(self.prefectures, float(int(counted.sum()))) for counted in (part, all_))
            found = np.full(self.prefectures, np.nan)
            np.divide(part, all_, out=found, where=all_ > 0)
            self._kept[key] = part.astype(np.float64) if WATCHES[reaction.watch].unit == "counties" else found
        return self._kept[key]

    def _count(self, reaction: Reaction, day: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """Weighted entities, counties or fen of each prefecture: what is counted, and among how many."""
        if reaction.fund is not None:
            return self.funds.left(reaction.fund)
        if reaction.watch == "listed_counties":
            listed = np.bincount(self.prefecture_of[self.listed[day]], minlength=self.prefectures)
            return listed, np.ones(self.prefectures, np.int64)
        if self._seen is None:
            self._seen = np.zeros((len(SEEN), self.prefectures), np.int64)
            month = self.province.timeline.month
            look(int(np.searchsorted(month, month[day])), self.province.state.firms, self._seen)
        living, left = self._seen[LIVING], self._seen[LEFT]
        if reaction.watch == "exit_share":
            return left, living + left
        return self._seen[STOPPED if reaction.watch == "stopped_share" else AT_A_LOSS], living


class Reactions:
    """The reactions of a scenario, and what they let measures do today."""

    def __init__(
        self,
        reactions: Sequence[Reaction],
        rules: Rules,
        monitor: Monitor,
        weight: NDArray[np.float64],
        scale: float,
    ) -> None:
        """``weight``: (P,) share of each prefecture in money that is divided; ``scale``: of the sampled world."""
        self.reactions, self.rules, self.monitor = reactions, rules, monitor
        self.weight, self.scale = weight, scale
        self.acting = np.zeros((len(reactions), len(weight)), np.bool_)
        self.acted: list[Acted] = []
        self._morning: list[Money] = []  # to be paid in on the morning that comes
        self._allow()

    def live(self, env: simpy.Environment, act: Callable[[int, list[Money]], None]) -> None:
        """Let every reaction look and act; ``act(day, money)`` brings a morning's changes into force."""
        for r in range(len(self.reactions)):
            env.process(self._watch(env, r, act))

    def _watch(self, env: simpy.Environment, r: int, act: Callable[[int, list[Money]], None]) -> calendar.Process:
        """Look every evening; where the condition begins or ceases to hold, act after the delay."""
        reaction, timeline = self.reactions[r], self.rules.timeline
        last_held, known = np.full(len(self.weight), NEVER_HELD), np.zeros(len(self.weight), np.bool_)
        holds = known
        for day in range(timeline.days):
            yield env.timeout(day + calendar.MONITOR - env.now)
            if timeline.is_month_end[day] or not WATCHES[reaction.watch].is_monthly:
                value = self.monitor.value(reaction, day)
                # A missing value is neither above nor below anything.
                holds = value > reaction.bound if reaction.above is not None else value < reaction.bound
            last_held[holds] = day
            after = reaction.days_after
            seen = last_held > NEVER_HELD if after is None else last_held >= day - after
            if (seen != known).any():
                known = seen
                env.process(self._act(env, r, known, day + reaction.delay_days, act))

    def _act(
        self, env: simpy.Environment, r: int, seen: NDArray[np.bool_], day: int, act: Callable[[int, list[Money]], None]
    ) -> Generator[simpy.Event, Any, None]:
        """From the morning of ``day`` on act where it is ``seen`` (P,), and nowhere else."""
        if day >= self.rules.timeline.days:
            return
        yield env.timeout(day - NIGHT - env.now)
        reaction = self.reactions[r]
        begins, ends = seen & ~self.acting[r], self.acting[r] & ~seen
        self.acting[r] = seen
        self._note(reaction, day, begins, ends)
        if reaction.pay is not None:
            self._pay(reaction, begins)
        self._allow()
        self._set()
        yield env.timeout(NIGHT)
        money, self._morning = self._morning, []
        act(day, money)

    def _note(self, reaction: Reaction, day: int, begins: NDArray[np.bool_], ends: NDArray[np.bool_]) -> None:
        for where, what in ((begins, BEGINS), (ends, ENDS)):
            prefectures = where.nonzero()[0].tolist()
            places: Sequence[int | None] = prefectures
            if reaction.place == PROVINCE:
                places = [None] * bool(prefectures)
            self.acted += [Acted(reaction.id, place, day, what) for place in places]

    def _pay(self, reaction: Reaction, begins: NDArray[np.bool_]) -> None:
        """Money for the morning: divided among all prefectures, or of each in which the reaction begins."""
        assert reaction.pay is not None
        amount = int(fen(reaction.pay.yuan) * self.scale)
        of_each = list(np.eye(len(begins))[begins])
        shares = of_each if reaction.place != PROVINCE else [self.weight] * bool(of_each)
        self._morning += [Money(reaction.pay.fund, amount, share) for share in shares]

    def _allow(self) -> None:
        """Where measures may be in force: where one that begins them acts, if there is any, and none that ends them."""
        rules = self.rules
        rules.allowed[:] = True
        for name in {name for reaction in self.reactions for name in reaction.begin}:
            rules.allowed[rules.index[name]] = False
        for r, reaction in enumerate(self.reactions):
            for name in reaction.begin:
                rules.allowed[rules.index[name]] |= self.acting[r]
        for r, reaction in enumerate(self.reactions):
            for name in reaction.end:
                rules.allowed[rules.index[name]] &= ~self.acting[r]

    def _set(self) -> None:
        """Let measures say what the reactions that act set, of several the last by id."""
        rules = self.rules
        said: dict[int, dict[str, float]] = {
            rules.index[path.split(".")[0]]: {} for reaction in self.reactions for path in reaction.set
        }
        for r, reaction in enumerate(self.reactions):
            if self.acting[r].any():
                for path, value in reaction.set.items():
                    id_, _, name = path.partition(".")
                    said[rules.index[id_]][name] = value
        for m, values in said.items():
            rules.say(m, changed(rules.measures[m].values, values))


def changed(values: Any, said: dict[str, Any]) -> Any:
    """The values of a measure with others in the place of some, which hold on every day."""
    return values.model_copy(update={name: Dated({date.min: value}) for name, value in said.items()})
