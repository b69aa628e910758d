"""Calibration: which parameters targets can tell, which worlds they rule out, and draws of what is left.

All worlds that targets are read in are run under a Latin hypercube of the prior, then, in waves, under draws of what
the emulators of the targets to be fitted do not rule out even if the model is off by the most that is assumed, then
under draws of the posterior on emulators, by which these are mended where it matters, and at last under the draws that
are kept. How far the model may be off in the posterior is, for each group of targets, what predicts it best where it
is left out. Each
draw is one replication of the same seed: common random numbers. Targets that are only checked are read beside and never
used. What a draw is follows from what all runs before it gave, so the same command goes on where it was stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
import pandas as pd

from sim import drawing
from sim.refusal import Language
from sim.scenario import Scenario
from sim.study import StudyError
from sim.study.calibration import tables
from sim.study.calibration.coverage import coverage, coverage_of_runs
from sim.study.calibration.discrepancy import discrepancy
from sim.study.calibration.gathered import KEPT, MATCHING, POSTERIOR, PRIOR, Gathered, Values
from sim.study.calibration.left_out import LEVELS, left_out, taken
from sim.study.calibration.left_out import used as levels_used
from sim.study.calibration.observed import Observed, observed
from sim.study.calibration.posterior import effective, walked, weights
from sim.study.calibration.screening import emulated, influence, out_of_reach, present
from sim.study.calibration.waves import SHRINKS, not_ruled_out
from sim.study.designs.design import sample
from sim.study.designs.factors import Factor, at, priors
from sim.study.designs.posterior import Draw, write
from sim.study.runs.manifest import manifest
from sim.study.runs.specification import Setting, sized
from sim.study.runs.study import Study
from sim.study.statistics.sparse_polynomials import Emulators
from sim.study.statistics.streams import Stream
from sim.study.validation.readings import Read, at_values, readings, under_draws
from sim.study.validation.scoring import specs_by_world
from sim.study.validation.targets import Target, targets
from sim.study.validation.told import words_of

if TYPE_CHECKING:
    from sim.study.runs.runner import Runner

ROWS: Final = 5_000  # of the sample, where nothing is said
DRAWS: Final = 1_000  # a wave
WAVES: Final = 3  # of the prior and what is not ruled out; one more, of the posterior, follows
KEPT_DRAWS: Final = 400
REPLICATIONS: Final = 16  # at the values as they are, for the chance of a sample
SIMULATED: Final = 50  # sets of data made up, to see whether fitting finds what they were made with
NEEDED: Final = ("sklearn", "emcee", "threadpoolctl")  # of the extra `calibrate`
MOVED: Final = 0.02  # of a target's variance, explained by parameters at least


@dataclass(frozen=True)
class Question:
    """Which targets (groups or ids, all where none is named), and how many draws.

    ``draws``: a wave. ``waves``: of the prior and of what is not ruled out. ``kept``: draws of the posterior.
    ``replications``: at the values of the parameters as they are, at least 2. ``simulated``: sets of data made up to
    see whether intervals cover, 0 for none.
    """

    names: tuple[str, ...] = ()
    draws: int = DRAWS
    waves: int = WAVES
    kept: int = KEPT_DRAWS
    replications: int = REPLICATIONS
    simulated: int = SIMULATED


@dataclass(frozen=True, repr=False)
class Calibration(Study):
    """What evidence allows. Numbers of targets are in their unit, or on the scale that they are compared on.

    ``targets``: target, group, use, unit, world, published, published_low, published_high, scale (share: logit; amount:
    logarithm; else as it is), state (used, or why not: out_of_reach, unmoved, missing, checked), explained (share of
    the variance over the prior, by its emulator, out of sample), emulator_error, chance, published_below,
    published_above, discrepancy (at the level of its group; standard deviations on the scale), nearest and middle
    (implausibility of the draws of the prior if the model is off by the most that is assumed).
    ``influence``: target, parameter, share (of the target's variance over the prior; no row below 1 %).
    ``waves``: wave, stage (prior, matching, posterior, kept), draws, runs, share_left (of the prior, after it; missing
    where no more is ruled out), level (implausibility that was reached), explained (median of the emulators after it),
    fitted_far and checked_far (median number of targets beyond three standard deviations in a draw), power (of what
    runs say beyond their emulators in the weights; of the draws that are kept alone).
    ``posterior``: parameter, unit, is_date (numbers are then days since 1 January of year 1), value (as it is),
    prior_low, prior_middle, prior_high, posterior_low, posterior_middle, posterior_high (5 %, 50 %, 95 %), shrinkage (1
    less the posterior's standard deviation over the prior's, both of the prior's unit interval), is_identified.
    ``draws``: draw, weight, then a column for each parameter.
    ``predictive``: target, use, state, unit, published, published_low, published_high, prior_low, prior_middle,
    prior_high, posterior_low, posterior_middle, posterior_high, hit (the intervals have a value in common), covered
    (the published value lies inside the posterior's), sharp (and that is at most half as wide as the prior's),
    score_prior, score (interval scores in half widths of the published interval).
    ``coverage``: data (made up by emulators, or by runs of the prior), parameter, sets (of data made up), covered_50,
    covered_90 (share of the sets whose interval holds the value that they were made with), uniform_p (of Pearson's test
    that ranks are uniform), is_identified; the first row of either, with an empty parameter, is of all that are
    identified.
    ``left_out``: level (of the discrepancy: low, value, high), group (left out and predicted by all others; empty: all
    groups together), targets, log_density (of what is published, more is better; missing where there is one group
    only), is_used (the level of the group); see ``sim/study/calibration/left_out.py``.
    ``words``: target, field (title, universe, definition, not_answerable), zh, en.
    ``runs``: scenario (the world), draw (0: the values as they are), replication, run (its name in the store), seed,
    firms, months, ledger_residual_fen, bytes_per_firm, reason, then a column for each outcome.
    """

    kind: ClassVar[str] = "calibrate"
    targets: pd.DataFrame
    influence: pd.DataFrame
    waves: pd.DataFrame
    posterior: pd.DataFrame
    draws: pd.DataFrame
    predictive: pd.DataFrame
    coverage: pd.DataFrame
    left_out: pd.DataFrame
    words: pd.DataFrame

    @property
    def effective(self) -> float:
        """How many draws of equal weight the posterior is worth."""
        return effective(self.draws["weight"].to_numpy(float))

    def plot(
        self,
        chart: str | None = None,
        *,
        lang: Language | None = None,
        ax: Any = None,
        width: int | None = None,
        height: int | None = None,
    ) -> Any:
        """The parameters that evidence tells most of (``parameters``), or the targets of a group by its name.

        See :func:`sim.drawing.draw` for the keywords and for what is given back.
        """
        which = {} if chart is None else {"chart": chart}
        return drawing.draw(self, lang=lang, ax=ax, width=width, height=height, **which)


def answer(question: Question, setting: Setting, runner: Runner) -> Calibration:
    """Run the waves and tell what is left; see :func:`sim.study.answering.answered`.

    Raises :class:`StudyError` for a target that there is not, and when none of those named can be fitted.
    """
    if any(find_spec(name) is None for name in NEEDED):
        raise StudyError(
            zh="校准需要 scikit-learn 和 emcee，尚未安装；请运行：pip install 'shukun[calibrate]'",
            en="This needs scikit-learn and emcee, which are not installed; run: pip install 'shukun[calibrate]'",
        )
    return _Calibrating(question, setting, runner).done()


class _Calibrating:
    """The work on one calibration: what is asked, what was gathered, and the tables."""

    def __init__(self, question: Question, setting: Setting, runner: Runner) -> None:
        self.question, self.setting, self.runner = question, setting, runner
        known = targets()
        self.chosen = known.chosen(question.names)
        self.answerable: list[Target] = [target for target in self.chosen if target.spec is not None]
        self.fitted = np.array([target.entry.use == "fitted" for target in self.answerable], np.bool_)
        if not self.fitted.any():
            raise StudyError(
                zh="所列目标中没有可拟合且模型能够回答的：无从校准。",
                en="None of these targets is one to be fitted that the model can answer: nothing can be calibrated.",
            )
        self.read: Read = specs_by_world(self.chosen)
        firms = setting.firms if setting.firms is not None else ROWS
        self.worlds = sized([known.worlds[world] for world in self.read], firms)
        of_fitted = {target.entry.world for target in self.answerable if target.entry.use == "fitted"}
        self.fitting_worlds = [world for world in self.worlds if world.name in of_fitted]
        self.factors: list[Factor] = priors()
        self.gathered = Gathered([target.id for target in self.answerable], len(self.factors))
        self.runs: list[pd.DataFrame] = []
        self.waves: list[dict[str, Any]] = []

    def done(self) -> Calibration:
        """All of it, from the first run to the tables."""
        asked, seed = self.question, self.setting.seed
        every, few = len(self.worlds), len(self.fitting_worlds)
        self.runner.expect(every * (asked.replications + asked.draws + asked.kept) + few * asked.draws * asked.waves)
        as_they_are = self._as_they_are()
        cube = np.array(sample("latin_hypercube", self.factors, asked.draws, seed))
        self._run(PRIOR, cube, self.worlds)
        levels = {
            level: observed(self.answerable, self.gathered.values, as_they_are, discrepancy(), level)
            for level in LEVELS
        }
        held = levels["high"]  # nothing is ruled out that the most that the model may be off by allows
        scaled = held.on_scales(self.gathered.values)
        screened = emulated(cube, scaled, np.ones(len(cube), np.bool_), self.runner.workers)
        from_runs = held.implausibility(scaled)
        state = self._states(held, screened, from_runs)
        used = state == "used"
        if not used.any():
            raise StudyError(
                zh="可拟合的目标中没有一个既随参数变动、又在先验所及的范围之内：无从校准。",
                en="None of the targets to be fitted is both moved by parameters and within reach of the prior.",
            )
        aims = held.only(used)
        emulators = Emulators([one for one, is_used in zip(screened.each, used, strict=True) if is_used])
        left = not_ruled_out(emulators, aims, len(self.factors), Stream(seed, 1))
        self._tell(held, state, left, emulators)
        for wave in range(2, asked.waves + 1):
            design = left.points[Stream(seed, 10 * wave).chosen(len(left.points), asked.draws)]
            self._run(MATCHING, design, self.fitting_worlds)
            emulators, before = self._emulated(held, used), left
            left = not_ruled_out(emulators, aims, len(self.factors), Stream(seed, 10 * wave + 1))
            self._tell(held, state, left, emulators)
            if left.share > SHRINKS * before.share:
                self.runner.expect(-few * asked.draws * (asked.waves - wave))
                break
        groups = [one.entry.group for one, is_used in zip(self.answerable, used, strict=True) if is_used]
        allowed = {level: one.only(used) for level, one in levels.items()}
        predicted = left_out(emulators, allowed, groups, left.points, seed, self.runner.workers)
        held = taken(levels, [one.entry.group for one in self.answerable], levels_used(predicted))
        aims = held.only(used)
        walk = walked(emulators, aims, left.points, Stream(seed, 1_001))
        design = walk.points[Stream(seed, 1_002).chosen(len(walk.points), asked.draws)]
        self._run(POSTERIOR, design, self.fitting_worlds)
        emulators = self._emulated(held, used)
        self._tell(held, state, None, emulators)
        walk = walked(emulators, aims, walk.points, Stream(seed, 1_003))
        kept = walk.points[Stream(seed, 1_004).chosen(len(walk.points), asked.kept)]
        self._run(KEPT, kept, self.worlds)
        self._tell(held, state, None, emulators)
        last = self.gathered.of(self.gathered.waves)
        weight, power = weights(
            aims, held.on_scales(self.gathered.values[last])[:, used], emulators(kept), emulators.errors
        )
        self.waves[-1]["power"] = power
        return self._tables(held, screened, state, from_runs, weight, emulators, predicted)

    def _as_they_are(self) -> Values:
        """Values of the targets at the values of the parameters as they are, a row a replication."""
        asked = self.question
        runs = self.runner.run(at_values(self.worlds, self.read, asked.replications, self.setting.seed))
        self.runs.append(runs)
        table = readings(runs, self.runner).pivot(index="replication", columns="target", values="value")
        return table.reindex(columns=list(self.gathered.targets)).to_numpy(float)

    def _run(self, stage: str, points: Values, worlds: Sequence[Scenario]) -> None:
        """Run a wave: draws at points of the prior's unit cube."""
        first = len(self.gathered) + 1
        drawn = {first + k: at(self.factors, point) for k, point in enumerate(points.tolist())}
        specs = under_draws(worlds, self.read, drawn, self.worlds[0].firms, self.setting.seed)
        runs = self.runner.run(specs)
        self.runs.append(runs)
        self.gathered.add(points, readings(runs, self.runner))
        self.waves.append({"wave": self.gathered.waves, "stage": stage, "draws": len(points), "runs": len(runs)})

    def _states(self, held: Observed, screened: Emulators, implausibilities: Values) -> Any:
        """Whether each target is used to fit, or why not."""
        is_there = present(self.gathered.values)
        explained = np.array([one.explained for one in screened.each])
        return np.select(
            [~self.fitted, ~is_there, out_of_reach(implausibilities), explained < MOVED],
            ["checked", "missing", "out_of_reach", "unmoved"],
            "used",
        )

    def _emulated(self, held: Observed, used: Any) -> Emulators:
        """Emulators of the targets that are used, of all runs so far, with their errors in the last wave."""
        scaled = held.on_scales(self.gathered.values)[:, used]
        near = self.gathered.of(self.gathered.waves)
        return emulated(self.gathered.points, scaled, near, self.runner.workers)

    def _tell(self, held: Observed, state: Any, left: Any, emulators: Emulators) -> None:
        """What the last wave came to."""
        last = held.on_scales(self.gathered.values[self.gathered.of(self.gathered.waves)])
        far = held.implausibility(last) > tables.FAR
        self.waves[-1] |= {
            "share_left": np.nan if left is None else left.share,
            "level": np.nan if left is None else left.level,
            "explained": float(np.median([one.explained for one in emulators.each])),
            "fitted_far": float(np.median(far[:, state == "used"].sum(axis=1))),
            "checked_far": float(np.median(far[:, state == "checked"].sum(axis=1))),
        }

    def _coverage(self, emulators: Emulators, screened: Emulators, held: Observed, used: Any) -> dict[str, Values]:
        """Ranks of true values, of data that emulators made up and of those that runs of the prior made up."""
        sets, seed, workers = self.question.simulated, self.setting.seed, self.runner.workers
        aims, first = held.only(used), self.gathered.of(1)
        over_prior = Emulators([one for one, is_used in zip(screened.each, used, strict=True) if is_used])
        values = held.on_scales(self.gathered.values[first])[:, used]
        return {
            "emulators": coverage(emulators, aims, len(self.factors), sets, seed, workers),
            "runs": coverage_of_runs(over_prior, aims, self.gathered.points[first], values, sets, seed, workers),
        }

    def _tables(
        self,
        held: Observed,
        screened: Emulators,
        state: Any,
        implausibilities: Values,
        weight: Values,
        emulators: Emulators,
        predicted: pd.DataFrame,
    ) -> Calibration:
        asked, gathered = self.question, self.gathered
        last, first = gathered.of(gathered.waves), gathered.of(1)
        told = tables.parameters(self.factors, gathered.points[last], weight)
        found = self._coverage(emulators, screened, held, state == "used")
        shares = influence(screened.each, len(self.factors))
        return Calibration(
            manifest=manifest(
                "calibrate", self.worlds[::-1], self.setting.seed, 1, varied=[factor.path for factor in self.factors],
                targets=list(asked.names), draws=asked.draws, waves=asked.waves, kept=asked.kept,
                of_chance=asked.replications, simulated=asked.simulated, discrepancy=discrepancy().model_dump(),
                published={one.id: [one.entry.value, one.entry.low, one.entry.high] for one in self.answerable},
                used=[one.id for one, is_used in zip(self.answerable, state == "used", strict=True) if is_used],
                readings={world: [list(spec) for spec in specs] for world, specs in self.read.items()},
            ),
            runs=pd.concat(self.runs, ignore_index=True).drop(
                columns=["asked", "keep", "paired_with", "calibration", "sources"]
            ),
            targets=tables.screened(self.answerable, held, screened, state, implausibilities),
            influence=tables.influence(gathered.targets, self.factors, shares),
            waves=pd.DataFrame(self.waves),
            posterior=told,
            draws=tables.draws(self.factors, gathered.points[last], weight, int(np.flatnonzero(last)[0]) + 1),
            predictive=tables.predictive(self.answerable, state, gathered.values[first], gathered.values[last], weight),
            coverage=tables.coverage(self.factors, found, told),
            left_out=predicted,
            words=words_of(self.chosen),
        )  # fmt: skip


def kept_of(study: Calibration) -> Path:
    """Keep the posterior of a study in the folder of calibration, see :mod:`sim.study.designs.posterior`."""
    parameters = [name for name in study.draws.columns if name not in ("draw", "weight")]
    drawn = [
        Draw(float(row["weight"]), {name: row[name] for name in parameters}) for row in study.draws.to_dict("records")
    ]
    made_of = study.manifest
    return write(
        drawn,
        {
            "versions": {**made_of.versions, **{name: version(name) for name in ("scikit-learn", "emcee", "scipy")}},
            "seed": made_of.seed,
            "firms": made_of.firms,
            "settings": {name: made_of.settings[name] for name in ("targets", "draws", "waves", "kept", "used")},
            "calibration": made_of.calibration,
            "sources": made_of.sources,
            "fingerprint": made_of.fingerprint,
            "runs": len(study.runs),
            "runs_failed": len(study.failures),
            "draws": len(drawn),
            "effective_draws": round(study.effective, 1),
            "waves": [
                {name: None if isinstance(value, float) and np.isnan(value) else value for name, value in row.items()}
                for row in study.waves.to_dict("records")
            ],
            "discrepancy": levels_used(study.left_out),
            "out_of_reach": study.targets.loc[study.targets["state"] == "out_of_reach", "target"].tolist(),
        },
    )
