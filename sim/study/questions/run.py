"""One scenario under several replications: mean and interval of each outcome, mean tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from sim.scenario import Scenario, load
from sim.study.comparison.scenario_means import scenario_means
from sim.study.runs.manifest import manifest
from sim.study.runs.specification import Setting, replicated, sized
from sim.study.runs.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.runs.runner import Runner


@dataclass(frozen=True)
class Question:
    """A scenario (name, file or a loaded one), and under how many replications it is run."""

    scenario: str | Path | Scenario
    replications: int = 1


@dataclass(frozen=True, repr=False)
class Ensemble(Study):
    """The replications of one scenario.

    ``values``: scenario, replication, outcome, value, unit; one row for each outcome of each run that succeeded.
    ``outcomes``: scenario, outcome, mean, low, high, unit, replications, rows (of the sample, that could count in it).
    ``runs``: scenario, replication, run (its name in the store), seed, firms, months, ledger_residual_fen,
    bytes_per_firm, reason (why it failed, else empty).
    ``panel``, ``universes``, ``ledger``, ``delivery``, ``requests``, ``repayment_wall``: as in
    ``sim.observe.tables.TABLES`` with a column ``scenario`` in front; every number the mean over replications (a row
    that a replication lacks counts 0, ``days`` weighted by firms).
    """

    kind: ClassVar[str] = "run"
    outcomes: pd.DataFrame
    values: pd.DataFrame
    panel: pd.DataFrame
    universes: pd.DataFrame
    ledger: pd.DataFrame
    delivery: pd.DataFrame
    requests: pd.DataFrame
    repayment_wall: pd.DataFrame


def answer(question: Question, setting: Setting, runner: Runner) -> Ensemble:
    """Run the scenario, its tables kept; see :func:`sim.study.answering.answered`."""
    [scenario] = sized([load(question.scenario, setting.levers)], setting.firms)
    runner.expect(question.replications)
    runs = runner.run(replicated(scenario, setting.seed, question.replications, "tables"))
    means = scenario_means(scenario, runs, runner.stored, setting.seed)
    tables = {name: table for name, table in means._asdict().items() if name in Ensemble.table_names()}
    return Ensemble(manifest=manifest("run", [scenario], setting.seed, len(runs)), **tables)
