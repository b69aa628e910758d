"""What the model may be off by at its best: the assumptions of ``discrepancy.yaml`` in the folder of calibration.

They are standard deviations, each on the scale that a target is compared on, and factors by the grade of evidence.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field, model_validator

from sim.data_folders import calibration_file, of_calibration
from sim.measure import Strict, Words
from sim.parameter_file import Grade
from sim.refusal import Refusal
from sim.scenario.checking import Source, check
from sim.scenario.document import read
from sim.scenario.validation_errors import ScenarioError
from sim.study import StudyError

FILE: Final = "discrepancy.yaml"
Level = Literal["low", "value", "high"]  # where in its range an assumption is taken


class Assumed(Strict):
    """A standard deviation, and from where to where it is held to lie."""

    value: float = Field(gt=0)
    low: float = Field(gt=0)
    high: float = Field(gt=0)
    unit: str
    reason: Words

    @model_validator(mode="after")
    def _in_order(self) -> Assumed:
        if not self.low <= self.value <= self.high:
            raise Refusal(
                zh=f"value {self.value:g} 应在 low {self.low:g} 与 high {self.high:g} 之间",
                en=f"value {self.value:g} lies between low {self.low:g} and high {self.high:g}",
                at=("value",),
            )
        return self


Factors = dict[Grade, float]


class ByGrade(Strict):
    """Factors by the grade of the evidence."""

    value: Factors
    low: Factors
    high: Factors
    unit: str
    reason: Words


class Discrepancy(Strict):
    """The file; a field for each scale on which targets are compared, see ``sim.study.calibration.observed``."""

    share: Assumed
    amount: Assumed
    difference_of_shares: Assumed
    difference: Assumed
    grade: ByGrade

    def of(self, scale: str, grade: Grade, level: Level = "value") -> float:
        """The standard deviation on a scale of a target whose nearest evidence has this grade.

        ``level``: at the value, or at an end of the range of the scale's own; the factor of a grade is at its value.
        """
        assumed: float = getattr(getattr(self, scale), level)
        return assumed * self.grade.value[grade]


@of_calibration
def discrepancy(folder: Path) -> Discrepancy:
    """The assumptions of the present folder of calibration.

    Raises ``ScenarioError``, whose errors hold everything that is wrong with them, and :class:`StudyError` where there
    are none.
    """
    file = calibration_file(folder, FILE)
    if not file.is_file():
        raise StudyError(
            zh=f"{folder} 中没有 {FILE}：不知道模型本身可以差多少，无法校准。",
            en=f"There is no {FILE} in {folder}: without what the model may be off by, nothing can be calibrated.",
        )
    document = read(file)
    found: Any
    found, errors = check(Discrepancy, document.data, Source(document))
    if found is None or document.errors:
        raise ScenarioError([*document.errors, *errors])
    return found  # type: ignore[no-any-return]
