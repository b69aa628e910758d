"""Which levers move an outcome of a comparison's scenario: from a sensitivity that is kept, where one fits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sim.study import StudyError, study_folder
from sim.study.questions.sensitivity import Sensitivity
from sim.study.statistics.sensitivity_indices import EFFECT
from sim.study.summaries.rows import tuples

if TYPE_CHECKING:
    from sim.study.questions.comparison import Comparison

NO_LEVERS: Final = ("parameters", "world", "firms")  # what a planner cannot choose, by the first word of a path
WORLD: Final = ("plan", "measures", "funds", "reactions", "world", "parameters")  # contents that decide what happens


class KeptSensitivity(NamedTuple):
    """A sensitivity, and the folder that it was read from, as people are told of it."""

    folder: str
    study: Sensitivity


@dataclass(frozen=True)
class MovingLevers:
    """What moves one outcome, as a kept sensitivity of its scenario has it."""

    kept: KeptSensitivity
    outcome: str

    @property
    def study(self) -> Sensitivity:
        """The sensitivity."""
        return self.kept.study

    @property
    def levers(self) -> list[Any]:
        """Rows of ``ranking`` of what a planner may choose and is told to move the outcome, the strongest first."""
        return [row for row in self._told if not _is_unknown(row.factor)]

    @property
    def unknowns(self) -> list[str]:
        """Parameters, and how hard the year was, that are told to move it more than any lever; all if no lever is."""
        strongest = next((row.strength for row in self.levers), 0.0)
        return [row.factor for row in self._told if _is_unknown(row.factor) and row.strength > strongest]

    @property
    def count(self) -> int:
        """How many levers were varied."""
        return sum(not _is_unknown(row.factor) for row in tuples(self.study.ranked(self.outcome)))

    def direction(self, factor: str) -> str:
        """What more of a factor does to the outcome: ``raises``, ``lowers``, ``both``, or ``untold`` by the method."""
        if self.study.method != "morris":
            return "untold"
        row = self.study.index(self.outcome, "mu").loc[factor]
        return "raises" if row["low"] > 0 else "lowers" if row["high"] < 0 else "both"

    @property
    def _told(self) -> list[Any]:
        return [row for row in tuples(self.study.ranked(self.outcome)) if row.verdict == EFFECT]


def kept_in(folder: Path, said: str = "") -> KeptSensitivity:
    """The sensitivity that a folder holds. Raises :class:`StudyError` where it holds none.

    ``said``: how the folder is called where it is told of, its own name if nothing.
    """
    study = study_folder.load(folder)
    if not isinstance(study, Sensitivity):
        kind = study.manifest.study
        raise StudyError(
            zh=f"{folder} 中的研究（{kind}）不是本版本的敏感性研究。",
            en=f"{folder} holds a study of another kind or version ({kind}), no sensitivity.",
        )
    return KeptSensitivity(said or folder.name, study)


def kept_beside(folder: Path) -> list[KeptSensitivity]:
    """The sensitivities in the folders beside a study's, by name; what cannot be read is passed over."""
    found = []
    with suppress(OSError):
        for other in sorted(folder.absolute().parent.iterdir()):
            with suppress(StudyError, OSError):
                if study_folder.kind_of(other) == Sensitivity.kind:
                    found.append(kept_in(other))
    return found


def moving(comparison: Comparison, scenario: str, outcome: str, kept: Iterable[KeptSensitivity]) -> MovingLevers | None:
    """What moves an outcome of a scenario, by the largest of the sensitivities that fit; None where none does."""
    fitting = [one for one in kept if fits(comparison, scenario, one.study) and len(one.study.ranked(outcome))]
    largest = max(fitting, key=lambda one: _rows(one.study), default=None)
    return None if largest is None else MovingLevers(largest, outcome)


def fits(comparison: Comparison, scenario: str, study: Sensitivity) -> bool:
    """Whether a sensitivity is of the same scenario of the same case, by the same model and calibration."""
    ours = comparison.manifest
    asked = next(one for one in ours.scenarios if one.name == scenario)
    return is_of(study, asked.contents, (ours.calibration, ours.sources))


def is_of(study: Sensitivity, contents: Mapping[str, Any], model: tuple[str, str]) -> bool:
    """Whether a sensitivity is of a scenario of these contents; ``model``: fingerprints of calibration and sources."""
    theirs = study.manifest
    same_model = (theirs.calibration, theirs.sources) == model
    return same_model and _world(contents) == _world(theirs.scenarios[-1].contents)


def _world(contents: Mapping[str, Any]) -> str:
    """What of a scenario decides what happens, alike whether it was just loaded or read from a manifest."""
    return json.dumps({part: contents.get(part) for part in WORLD}, sort_keys=True, default=str)


def _is_unknown(factor: str) -> bool:
    return factor.partition(".")[0] in NO_LEVERS


def _rows(study: Sensitivity) -> int:
    """Rows of firms in all runs."""
    return int(study.runs.loc[study.runs["reason"] == "", "firms"].sum())
