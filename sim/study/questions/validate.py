"""Validation: how near the model comes to what was published, target by target, hits and misses.

Every world that the targets are read in is run at the values of the parameters as they are, in some replications, and
under draws of all parameters from their priors, a Latin hypercube, one replication each; where a posterior is kept
(:mod:`sim.study.designs.posterior`), under as many draws of it, and the model's interval is theirs: of all that are
kept, with their weights, where they are no more. What is read of a run is taken where it is run; only those numbers
travel. What the words mean is told in :mod:`sim.study.validation.scoring`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
import pandas as pd

from sim import drawing
from sim.refusal import Language
from sim.scenario import Scenario
from sim.study import StudyError
from sim.study.designs.design import sample
from sim.study.designs.factors import at, priors
from sim.study.designs.posterior import Draw, at_most, posterior
from sim.study.runs.manifest import manifest
from sim.study.runs.specification import RunSpec, Setting, sized
from sim.study.runs.study import Study
from sim.study.validation import releases
from sim.study.validation.readings import PREFIX, Read, at_values, under_draws
from sim.study.validation.readings import readings as of_runs
from sim.study.validation.scoring import AS_THEY_ARE, score, specs_by_world, sums
from sim.study.validation.targets import targets
from sim.study.validation.told import evidence_of, words_of

if TYPE_CHECKING:
    from sim.study.runs.runner import Runner

REPLICATIONS: Final = 8
DRAWS: Final = 48
ROWS_OF_DRAWS: Final = 5_000  # of the sample in a draw, where the runs at the values have no fewer
DESIGN_SEED: Final = 1  # of the draws from the priors; that of the runs is another


@dataclass(frozen=True)
class Question:
    """Which targets (groups or ids, all where none is named), and how often their worlds are run.

    ``replications``: at the values of the parameters as they are, at least 2. ``draws``: from the priors, and as many
    or all that are kept from the posterior, if there is one; 0 for none.
    """

    names: tuple[str, ...] = ()
    replications: int = REPLICATIONS
    draws: int = DRAWS


@dataclass(frozen=True, repr=False)
class Validation(Study):
    """The model held against evidence. Numbers are in the unit of their target, shares from 0 to 1, money in yuan.

    ``targets``: target, group, use (fitted or checked), unit, world, published, published_low, published_high, model,
    model_low, model_high, prior_low, prior_middle, prior_high, replications, draws (with a value), verdict (hit, miss,
    no_value, not_answerable), covered_by_prior, sharp (missing as long as nothing is fitted), width, width_prior,
    score, score_prior, score_before, hit_before. Widths and scores are in units of half the published interval.
    ``scores``: group and use (or ``all``), targets, answerable, no_value, not_answerable, hits, share (of the
    answerable), wide_hits (where the model's interval is wider than the published one), covered_by_prior (share),
    known_before, hits_before, then mean and median of each width and score.
    ``words``: target, field (title, universe, definition, not_answerable), zh, en.
    ``evidence``: target, evidence (id), item, value, unit, period, place, universe, source_title, source_address, read,
    grade.
    ``readings``: world, draw (0: the values as they are; then those of the prior, then of the posterior), replication,
    target, value.
    ``draws``: draw, drawn_from (prior or posterior), weight (in what it is drawn from), then a column for each
    parameter.
    ``runs``: scenario (the world), draw, replication, run (its name in the store), seed, firms, months,
    ledger_residual_fen, bytes_per_firm, reason, then a column for each outcome.
    """

    kind: ClassVar[str] = "validate"
    targets: pd.DataFrame
    scores: pd.DataFrame
    words: pd.DataFrame
    evidence: pd.DataFrame
    readings: pd.DataFrame
    draws: pd.DataFrame

    @property
    def is_fitted(self) -> bool:
        """Whether parameters were fitted to the targets that may be: then the model's interval is the posterior's."""
        return bool(self.manifest.settings["fitted"])

    @property
    def before(self) -> str:
        """Version of the release that it is held against, empty where none is kept."""
        return str(self.manifest.settings["before"])

    def plot(
        self,
        group: str | None = None,
        *,
        lang: Language | None = None,
        ax: Any = None,
        width: int | None = None,
        height: int | None = None,
    ) -> Any:
        """Published, model's and prior's interval of each target of a group, of all groups without one.

        See :func:`sim.drawing.draw` for the keywords and for what is given back.
        """
        which = {} if group is None else {"group": group}
        return drawing.draw(self, lang=lang, ax=ax, width=width, height=height, **which)


def answer(question: Question, setting: Setting, runner: Runner) -> Validation:
    """Run the worlds and read them; see :func:`sim.study.answering.answered`.

    Raises :class:`StudyError` for a target that there is not, and when none of those named can be answered.
    """
    known = targets()
    chosen = known.chosen(question.names)
    read = specs_by_world(chosen)
    if not read:
        raise StudyError(
            zh="所列目标都不是模型所能回答的；原因写在各目标之下。",
            en="The model can answer none of these targets; each says why.",
        )
    as_they_are = sized([known.worlds[world] for world in read], setting.firms)
    drawn = _drawn(question.draws)
    kept = posterior() if drawn else None
    fitted = [] if kept is None else [_as_levers(draw) for draw in at_most(kept, question.draws)]
    runner.expect(len(as_they_are) * (question.replications + len(drawn) + len(fitted)))
    runs = runner.run(
        _specs(as_they_are, read, [draw.changes for draw in (*drawn, *fitted)], question.replications, setting.seed)
    )
    readings = of_runs(runs, runner)
    before = releases.before(version("shukun"))
    weights = {place: draw.weight for place, draw in enumerate(fitted, len(drawn) + 1)}
    table = score(chosen, readings, {} if before is None else before.intervals, weights)
    return Validation(
        manifest=manifest(
            "validate", as_they_are[::-1], setting.seed, question.replications,
            varied=[factor.path for factor in priors()] if drawn else (), targets=list(question.names),
            draws=question.draws, rows_of_draws=_rows_of_draws(as_they_are[0]),
            fitted=bool(fitted), posterior="" if kept is None else str(kept.manifest.get("fingerprint", "")),
            before="" if before is None else before.version,
            readings={world: [list(spec) for spec in specs] for world, specs in read.items()},
        ),
        runs=runs.drop(columns=["asked", "keep", "paired_with", "calibration", "sources"]),
        targets=table,
        scores=sums(table),
        words=words_of(chosen),
        evidence=evidence_of(chosen),
        readings=readings,
        draws=_draws_table(drawn, fitted),
    )  # fmt: skip


def _drawn(draws: int) -> list[Draw]:
    """Values of all parameters whose prior is not fixed, a draw each."""
    factors = priors()
    points = sample("latin_hypercube", factors, draws, DESIGN_SEED) if draws else []
    return [Draw(1.0 / draws, at(factors, point)) for point in points]


def _as_levers(draw: Draw) -> Draw:
    return draw._replace(changes={f"{PREFIX}{path}": value for path, value in draw.changes.items()})


def _rows_of_draws(scenario: Scenario) -> Any:
    rows = scenario.firms
    return min(rows, ROWS_OF_DRAWS) if isinstance(rows, int) else ROWS_OF_DRAWS


def _specs(
    worlds: Sequence[Scenario],
    read: Read,
    drawn: Sequence[Mapping[str, Any]],
    replications: int,
    seed: int,
) -> Iterator[RunSpec]:
    """Runs at the values as they are, then those of each draw, the same draw in every world."""
    yield from at_values(worlds, read, replications, seed)
    yield from under_draws(worlds, read, dict(enumerate(drawn, AS_THEY_ARE + 1)), _rows_of_draws(worlds[0]), seed)


def _draws_table(drawn: Sequence[Draw], fitted: Sequence[Draw]) -> pd.DataFrame:
    every = [*drawn, *fitted]
    table = pd.DataFrame({
        "draw": np.arange(1, len(every) + 1),
        "drawn_from": ["prior"] * len(drawn) + ["posterior"] * len(fitted),
        "weight": np.array([draw.weight for draw in every], np.float64),
    })  # fmt: skip
    columns = {path: [draw.changes[path] for draw in every] for path in (drawn[0].changes if drawn else ())}
    return pd.concat([table, pd.DataFrame(columns)], axis=1)
