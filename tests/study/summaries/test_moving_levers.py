"""Which kept sensitivity tells what moves a missed target: one of the same scenario, model and calibration."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sim.study import StudyError, study_folder
from sim.study.questions.comparison import Comparison
from sim.study.questions.sensitivity import Sensitivity
from sim.study.summaries.moving_levers import KeptSensitivity, MovingLevers, kept_beside, kept_in, moving
from tests.report.answers.test_sensitivity import CROWDING, PATIENCE, POINT, REFUSED, study


def compared(kept: Sensitivity, **changes: Any) -> Any:
    """A comparison of the scenario of a sensitivity, by the same model; ``changes`` to what the scenario says."""
    asked = kept.manifest.scenarios[-1]
    other = asked.model_copy(update={"contents": asked.contents | changes})
    manifest = kept.manifest.model_copy(update={"scenarios": (kept.manifest.scenarios[0], other)})
    return SimpleNamespace(manifest=manifest)


@pytest.fixture(scope="module")
def kept() -> Sensitivity:
    found = study(survival=lambda x: -4 * POINT * x[..., 0] + 2 * POINT * x[..., 1])
    return replace(found, runs=found.runs.assign(firms=100))


def test_levers_are_apart_from_what_nobody_can_choose(kept: Sensitivity) -> None:
    found = MovingLevers(KeptSensitivity("there", kept), "survival_rate")
    assert [row.factor for row in found.levers] == [REFUSED]
    assert found.unknowns == []  # weaker than the lever
    assert found.count == 2  # and the bearer of the rent
    losses = MovingLevers(KeptSensitivity("there", kept), "loss_share")
    assert losses.levers == []
    assert set(losses.unknowns) <= {PATIENCE, CROWDING} and losses.unknowns


def test_the_direction_is_told_by_the_interval_of_the_mean_change(kept: Sensitivity) -> None:
    survival, losses = (MovingLevers(KeptSensitivity("there", kept), of) for of in ("survival_rate", "loss_share"))
    assert survival.direction(REFUSED) == "lowers"
    assert survival.direction(PATIENCE) == "raises"
    assert losses.direction(PATIENCE) == "both"
    sobol = KeptSensitivity("there", study("sobol"))
    assert MovingLevers(sobol, "survival_rate").direction(REFUSED) == "untold"


def test_only_one_of_the_same_scenario_model_and_calibration_fits(kept: Sensitivity) -> None:
    there = [KeptSensitivity("there", kept)]
    assert moving(compared(kept), "full_plan", "survival_rate", there) is not None
    assert moving(compared(kept, firms=7), "full_plan", "survival_rate", there) is not None  # of another size
    assert moving(compared(kept, measures={}), "full_plan", "survival_rate", there) is None
    assert moving(compared(kept), "full_plan", "stock_refunds_paid", there) is None  # of which it knows nothing
    assert moving(compared(kept), "full_plan", "survival_rate", []) is None
    other = kept.manifest.model_copy(update={"sources": "of another version"})
    of_another = KeptSensitivity("there", replace(kept, manifest=other))
    assert moving(compared(kept), "full_plan", "survival_rate", [of_another]) is None


def test_of_several_the_one_of_most_rows_is_taken(kept: Sensitivity) -> None:
    larger = replace(kept, runs=kept.runs.assign(firms=900))
    there = [KeptSensitivity("small", kept), KeptSensitivity("large", larger)]
    found = moving(compared(kept), "full_plan", "survival_rate", there)
    assert found is not None and found.kept.folder == "large"


def test_those_in_the_folders_beside_are_found_and_what_cannot_be_read_is_passed_over(
    kept: Sensitivity, comparison: Comparison, tmp_path: Path
) -> None:
    study_folder.save(kept, tmp_path / "screening")
    study_folder.save(kept, tmp_path / "damaged")
    (tmp_path / "damaged" / "ranking.parquet").write_bytes(b"nothing")
    study_folder.save(comparison, tmp_path / "comparison")
    (tmp_path / "notes.txt").write_text("not a folder")
    assert [one.folder for one in kept_beside(tmp_path / "comparison")] == ["screening"]
    assert kept_in(tmp_path / "screening", "as typed").folder == "as typed"
    with pytest.raises(StudyError, match=r"holds a study of another kind or version \(comparison\), no sensitivity"):
        kept_in(tmp_path / "comparison")
    with pytest.raises(StudyError, match=r"there is no manifest\.json"):
        kept_in(tmp_path)
