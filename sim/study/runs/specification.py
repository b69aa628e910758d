"""What a run is: what determines it, what its study calls it, and what a worker is told of it.

Replication ``r`` of a study with seed ``s`` has the random numbers of seed ``s + r``, in every scenario and every draw:
common random numbers, so that two of them can be compared pair by pair.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from sim.scenario import Scenario
from sim.study import StudyError
from sim.study.arguments import arguments
from sim.study.keywords import Firms

if TYPE_CHECKING:
    from sim.observe.inside import Inside
    from sim.observe.tables import Result
    from sim.study.reductions.readings import ReadingSpec

# Of a run: its row; with the tables of `stored.KEPT`; with what pairs of worlds need; with both; with readings of it.
Keep = Literal["outcomes", "tables", "fates", "pairs", "readings"]
TABLED: Final = ("tables", "pairs")
PAIRED: Final = ("fates", "pairs")
READ: Final = "readings"  # what is kept so, and the name of its table
SAMPLE: Final = 20_000  # rows, where neither the scenario nor the caller says how many
LABELS: Final = ("scenario", "draw", "replication")  # what a study calls a run; they determine nothing


@dataclass(frozen=True)
class RunSpec:
    """What determines one run, and what its study calls it."""

    scenario: Scenario  # which says how many firms, see `sized`
    seed: int  # of this run, see `replicated`
    replication: int = 0
    draw: int = 0
    keep: Keep = "outcomes"
    against: Scenario | None = None  # whose firms, under the same seed, its firms are paired with, when `keep` says so
    readings: tuple[ReadingSpec, ...] = ()  # what is read of it, when `keep` says so
    inside: Inside | None = None  # what of the inside of the run is kept beside, in the tables `LOOKED_INTO`


@dataclass(frozen=True)
class Setting:
    """What holds in every run of a study.

    ``levers``: dotted path to value, in every scenario and draw. ``firms``: rows, or ``"province"`` for one row a firm;
    None for what the scenarios say, else ``SAMPLE``. ``seed``: of the first replication. ``beside``: the folder beside
    which a question's files lie.
    """

    levers: Mapping[str, Any] = field(default_factory=dict)
    firms: Firms = None
    seed: int = 1
    beside: Path = Path()


def sized(scenarios: Sequence[Scenario], firms: Firms = None) -> list[Scenario]:
    """The scenarios with one number of firms for all: as given, else as they say, else ``SAMPLE``.

    Raises :class:`StudyError` for a number out of range, when a lever sets another one than is given, and when
    scenarios disagree, because firms of different samples cannot be paired.
    """
    if firms is not None:
        firms = arguments()["firms"].checked("firms", firms)
        for scenario in scenarios:
            if scenario.origin is not None and "firms" in scenario.origin.levers and scenario.firms != firms:
                raise StudyError(
                    zh=f"样本户数给出了两次：设定的 firms 为 {scenario.firms}，另又要求 {firms}；请只用其一。",
                    en=f"The number of firms is given twice: the lever firms = {scenario.firms}, and {firms} beside "
                    "it; give one of them.",
                )
    said = {scenario.firms for scenario in scenarios if scenario.firms is not None}
    if firms is None and len(said) > 1:
        numbers = ", ".join(sorted(str(number) for number in said))
        raise StudyError(
            zh=f"各情景要求的样本户数不同（{numbers}）；请为全部情景给出同一个数。",
            en=f"The scenarios ask for different numbers of firms ({numbers}); give one number for all.",
        )
    agreed = firms or (said.pop() if said else SAMPLE)
    return [replace(scenario, firms=agreed) for scenario in scenarios]


def replicated(
    scenario: Scenario,
    seed: int,
    replications: int,
    keep: Keep = "outcomes",
    draw: int = 0,
    against: Scenario | None = None,
) -> list[RunSpec]:
    """The specifications of all replications of a scenario: replication ``r`` has seed ``seed + r``."""
    return [RunSpec(scenario, seed + r, r, draw, keep, against) for r in range(replications)]


def rows_of(scenario: Scenario) -> int | None:
    """What the engine is told; None for a scenario that says ``province`` itself."""
    return scenario.firms if isinstance(scenario.firms, int) else None


@dataclass(frozen=True)
class Task:
    """What a worker is told: a run, where to write it, and where the world lies that it is paired with."""

    key: str
    asked: str  # fingerprint of the scenario
    spec: RunSpec
    folder: Path  # of the study's runs
    paired_with: str  # key of the run of `spec.against`, empty for none
    paired_part: str  # the part that it lies in
    simulate: Callable[..., Result] | None = None  # stands in for `sim.engine.simulate`


Outcome = tuple[str, Mapping[str, Any]]  # key of a run, and its row
