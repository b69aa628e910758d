"""A sweep: one scenario under every draw of a design, everything else equal, under the same random numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

import pandas as pd

from sim.study import StudyError
from sim.study.designs.design import Design, Draws, column
from sim.study.designs.factors import noted
from sim.study.designs.replications import replicate
from sim.study.outcomes import possible_differences, possible_means, values_of
from sim.study.runs.manifest import manifest
from sim.study.runs.runner import Runner
from sim.study.runs.specification import Setting, sized
from sim.study.runs.study import Study
from sim.study.statistics.intervals import summarise

if TYPE_CHECKING:
    pass

FOLDER: Final = "sweeps"
DEFAULT: Final = ""
Question = Design
ESTIMATE: Final = ("mean", "low", "high")


@dataclass(frozen=True, repr=False)
class Sweep(Study):
    """Outcomes of every draw. Money in fen, shares from 0 to 1, ``low`` and ``high`` 95 % intervals over replications.

    ``draws``: draw, lever_draw (draws with the same levers share it), then a column for each path that varies.
    ``outcomes``: draw, lever_draw, the paths, outcome, mean, low, high, unit, replications, and difference,
    difference_low, difference_high from the draw of the same uncertainties with the first levers, paired by replication
    (missing in a nested design, whose draws share no uncertainties). The last outcome, ``public_cost``, is what public
    budgets bear: only its differences say anything.
    ``worlds``: lever_draw, outcome, unit, mean, p05, p50, p95, worlds, difference, difference_p05, difference_p95: over
    the draws of the uncertainties, of the means over replications.
    ``runs``: draw, replication, run (its name in the store), seed, firms, months, ledger_residual_fen, bytes_per_firm,
    reason, then a column for each outcome.
    """

    kind: ClassVar[str] = "sweep"
    draws: pd.DataFrame
    outcomes: pd.DataFrame
    worlds: pd.DataFrame

    @property
    def paths(self) -> list[str]:
        """Dotted paths of what varies, levers first."""
        return [name for name in self.draws.columns if name not in ("draw", "lever_draw")]

    @property
    def levers(self) -> list[str]:
        """Those of ``paths`` that are levers of the design."""
        return list(self.manifest.settings["levers"])


def answer(question: Design, setting: Setting, runner: Runner) -> Sweep:
    """Run the design; see :func:`sim.study.answering.ask`."""
    levers, firms, seed = setting.levers, setting.firms, setting.seed
    draws = Draws(question, setting.beside)
    drawn = [draws.levers(draw) for draw in range(len(draws))]

    def scenario(draw: int) -> Any:
        return sized([draws.scenario(draw, levers)], firms)[0]

    draws.check(levers, firms)
    base = scenario(0)
    runs = replicate(len(draws), scenario, question.replications, seed, runner)
    values = values_of(runs, ["draw", "replication"], public_cost=True)
    if not (values["draw"] == 0).any():
        reason = runs["reason"].iloc[0] if len(runs) else "-"
        raise StudyError(zh=f"第一个变式没有一次运行成功：{reason}", en=f"No run of the first draw succeeded: {reason}")
    paths = list(dict.fromkeys(path for draw in drawn for path in draw))
    of_levers = {"draw": range(len(drawn)), "lever_draw": [draws.lever_draw(d) for d in range(len(drawn))]}
    table = pd.DataFrame(of_levers | {path: column(draw[path] for draw in drawn) for path in paths})
    rule = question.replications
    outcomes = _outcomes(values, table, question.combine == "nested" and question.uncertainties is not None)
    return Sweep(
        manifest=manifest(
            "sweep", [base], seed, rule if isinstance(rule, int) else rule.most,
            varied=[path for path in paths if table[path].astype(str).nunique() > 1], title=question.title.model_dump(),
            levers=list(draws.levers_of(0)), design=question.model_dump(mode="json", exclude={"title"}),
            **noted(draws.factors),
        ),
        runs=runs.drop(columns=["scenario", "asked", "keep", "paired_with", "calibration", "sources"]),
        draws=table,
        outcomes=outcomes,
        worlds=_worlds(outcomes),
    )  # fmt: skip


def _outcomes(values: pd.DataFrame, draws: pd.DataFrame, is_nested: bool) -> pd.DataFrame:
    by = ["draw", "outcome", "unit"]
    table = summarise(values, by, possible_means)
    # The draw of the same world under the first levers: as many draws further up as the levers are.
    of_each = int((draws["lever_draw"] == 0).sum())
    pairs = values.assign(reference=values["draw"] % of_each)
    other = values.rename(columns={"draw": "reference", "value": "there"})[
        ["reference", "replication", "outcome", "there"]
    ]
    pairs = pairs.merge(other, on=["reference", "replication", "outcome"], how="left", sort=False)
    pairs["value"] -= pairs.pop("there") * (float("nan") if is_nested else 1.0)
    named = {"mean": "difference", "low": "difference_low", "high": "difference_high"}
    difference = (
        summarise(pairs, by, lambda table: possible_differences(table["outcome"]))
        .rename(columns=named)
        .drop(columns="replications")
    )
    table = draws.merge(table.merge(difference, on=by, how="left", sort=False), on="draw", sort=False)
    return table[[*draws.columns, "outcome", *ESTIMATE, "unit", "replications", *named.values()]]


def _worlds(outcomes: pd.DataFrame) -> pd.DataFrame:
    groups = outcomes.groupby(["lever_draw", "outcome", "unit"], sort=False)
    means, differences = groups["mean"], groups["difference"]
    table = pd.DataFrame(
        {
            "mean": means.mean(), "p05": means.quantile(0.05), "p50": means.quantile(0.5),
            "p95": means.quantile(0.95), "worlds": means.count(), "difference": differences.mean(),
            "difference_p05": differences.quantile(0.05), "difference_p95": differences.quantile(0.95),
        }
    )  # fmt: skip
    return table.reset_index()
