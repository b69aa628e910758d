"""One scenario under several replications: mean and interval of each outcome, mean tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from sim.observe.conditions import Where
from sim.observe.tables import LOOKED_INTO, TABLES
from sim.parameters import load as load_parameters
from sim.scenario import Scenario, load
from sim.study import StudyError
from sim.study.comparison import some_firms
from sim.study.comparison.scenario_means import scenario_means
from sim.study.runs.manifest import manifest
from sim.study.runs.specification import Setting, replicated, sized
from sim.study.runs.study import Study
from sim.timeline import horizon

if TYPE_CHECKING:
    import pandas as pd

    from sim.observe.inside import Inside
    from sim.study.runs.run_store import RunStore
    from sim.study.runs.runner import Runner

MOST_ROWS: Final = 10_000_000  # of firms written down in all runs: 3 GB in memory


@dataclass(frozen=True)
class Question:
    """A scenario (name, file or a loaded one), and under how many replications it is run and looked into."""

    scenario: str | Path | Scenario
    replications: int = 1
    inside: Inside | None = None  # what of the inside of each run is kept beside


@dataclass(frozen=True, repr=False)
class Ensemble(Study):
    """The replications of one scenario.

    ``values``: scenario, replication, outcome, value, unit; one row for each outcome of each run that succeeded.
    ``outcomes``: scenario, outcome, mean, low, high, unit, replications, rows (of the sample, that could count in it).
    ``runs``: scenario, replication, run (its name in the store), seed, firms, months, ledger_residual_fen,
    bytes_per_firm, reason (why it failed, else empty).
    ``panel``, ``universes``, ``ledger``, ``delivery``, ``requests``, ``repayment_wall``, ``restarts``: as in
    ``sim.observe.tables.TABLES`` with a column ``scenario`` in front; every number the mean over replications (a row
    that a replication lacks counts 0, ``days`` weighted by firms).
    ``reactions``: when each reaction of the scenario began to act where, and ceased to, in every replication.
    ``snapshots``, ``distributions``, ``resumption``, ``stops``: what was seen inside the runs, as in
    ``sim.observe.tables.TABLES`` with columns ``scenario`` and ``replication`` in front; no row where nobody looked.
    ``rates`` and ``cells``: as in :class:`sim.study.questions.comparison.Comparison`.
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
    restarts: pd.DataFrame
    reactions: pd.DataFrame
    snapshots: pd.DataFrame
    distributions: pd.DataFrame
    resumption: pd.DataFrame
    stops: pd.DataFrame
    rates: pd.DataFrame
    cells: pd.DataFrame

    def outcomes_of(self, where: Where, outcomes: Sequence[str] | None = None) -> pd.DataFrame:
        """Outcomes of some firms over the replications.

        ``where`` and ``outcomes``: see :meth:`sim.observe.tables.Result.outcomes_of`. Returns scenario, outcome,
        mean, low, high, unit, replications, rows (founders in the sample; missing: not known). What each firm was
        given is not kept. Raises :class:`StudyError` for what cannot be told of some firms, with the reason.
        """
        return some_firms.table(self, where, outcomes, None)


def answer(question: Question, setting: Setting, runner: Runner) -> Ensemble:
    """Run the scenario, its tables kept; see :func:`sim.study.answering.answered`.

    Raises :class:`~sim.refusal.Refusal` for a day to look inside that is outside the horizon, and when the firms that
    would be written down in all replications are too many.
    """
    [scenario] = sized([load(question.scenario, setting.levers)], setting.firms)
    inside = question.inside
    asked: dict[str, Any] = {}
    if inside is not None:
        _check(inside, scenario, question.replications)
        asked["inside"] = inside.told()
    runner.expect(question.replications)
    specs = replicated(scenario, setting.seed, question.replications, "tables")
    runs = runner.run(replace(spec, inside=inside) for spec in specs)
    means = scenario_means(scenario, runs, runner.stored, setting.seed)
    seen = {name: _together(name, runs, runner.stored, inside is not None) for name in LOOKED_INTO}
    seen["reactions"] = _together("reactions", runs, runner.stored, bool(scenario.reactions))
    return Ensemble(manifest=manifest("run", [scenario], setting.seed, len(runs), **asked), **means._asdict() | seen)


def _check(inside: Inside, scenario: Scenario, replications: int) -> None:
    """Refuse what could not be kept: a sample of firms is looked at as well, and a hundredth of the size."""
    # Start-up: kernels (Numba) are for who runs something, not for who reads a study.
    from sim.population.cells import entities_of

    days = len(inside.on(horizon(scenario.world.start, scenario.world.end)))
    parameters = load_parameters(changed=scenario.parameter_changes)
    firms = scenario.firms if isinstance(scenario.firms, int) else entities_of(parameters)
    rows = min(firms, inside.sample or firms) * days * replications
    if rows > MOST_ROWS:
        raise StudyError(
            zh=f"要记录的企业共约 {rows:,} 行，多于 {MOST_ROWS:,} 行；请减少日子或重复次数，或只记录其中一个样本。",
            en=f"About {rows:,} rows of firms would be written down, more than {MOST_ROWS:,}; ask for fewer days or "
            "replications, or for a sample of the firms.",
        )


def _together(name: str, runs: pd.DataFrame, stored: RunStore, is_there: bool) -> pd.DataFrame:
    """A table of all replications that succeeded, one below the other; without a row where it is not there."""
    import pandas as pd

    found = []
    for row in runs[(runs["reason"] == "") & is_there].to_dict("records"):
        table = stored.table(row["run"], name)
        table.insert(0, "scenario", row["scenario"])
        table.insert(1, "replication", row["replication"])
        found.append(table)
    if not found:
        return pd.DataFrame(columns=["scenario", "replication", *TABLES[name]])
    return pd.concat(found, ignore_index=True)
