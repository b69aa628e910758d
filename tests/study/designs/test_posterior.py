"""The posterior that is kept: written and read to the last bit, and refused where it does not fit the parameters."""

from pathlib import Path

import pytest

from sim.data_folders import CALIBRATION_VARIABLE, own_calibration_folder
from sim.study import StudyError
from sim.study.designs.factors import at, priors
from sim.study.designs.posterior import DRAWS, FOLDER, Draw, posterior, write

PREFIX = "parameters."


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three draws, kept in a folder of calibration that holds only what differs."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "parameters.yaml").write_bytes((own_calibration_folder() / "parameters.yaml").read_bytes())
    monkeypatch.setenv(CALIBRATION_VARIABLE, str(folder))
    factors = priors()
    drawn = [
        {path.removeprefix(PREFIX): value for path, value in at(factors, [unit] * len(factors)).items()}
        for unit in (0.1, 1 / 3, 0.9)
    ]
    write([Draw(weight, changes) for weight, changes in zip((0.2, 0.3, 0.5), drawn, strict=True)], {"seed": 1})
    return folder / FOLDER / DRAWS


def test_draws_are_read_as_they_were_written(file: Path) -> None:
    kept = posterior()
    assert kept is not None
    assert [draw.weight for draw in kept.draws] == [0.2, 0.3, 0.5]
    third = at(priors(), [1 / 3] * len(priors()))
    assert kept.draws[1].changes == {path.removeprefix(PREFIX): value for path, value in third.items()}
    assert kept.manifest["seed"] == 1
    assert file.read_text("utf-8").count("\n") == 4


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("weight,population.reg", "weight,population.rog", r":1: there is no parameter .* did you mean"),
        ("0.2,", "-0.2,", r":2 weight: -0\.2 is no number of at least 0"),
        ("0.2,", "0.3,", r"the weights add up to 1\.1"),
        ("0.2,", "0.2,1,", r":2: has \d+ columns in the place of \d+"),
        ("0.2,4", "0.2,9", r":2 population\.registered_entities: .* is outside its range"),
    ],
)  # fmt: skip
def test_one_that_does_not_fit_is_refused_with_its_line(file: Path, old: str, new: str, said: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(StudyError, match=said):
        posterior()


def test_a_parameter_that_is_new_asks_for_another_calibration(file: Path) -> None:
    lines = [line.split(",") for line in file.read_text("utf-8").splitlines()]
    file.write_text("\n".join(",".join([*line[:1], *line[2:]]) for line in lines) + "\n", "utf-8")
    with pytest.raises(
        StudyError, match=r"the column population\.registered_entities is missing: run shukun calibrate"
    ):
        posterior()


def test_where_none_is_kept_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "parameters.yaml").write_bytes((own_calibration_folder() / "parameters.yaml").read_bytes())
    monkeypatch.setenv(CALIBRATION_VARIABLE, str(folder))
    assert posterior() is None
