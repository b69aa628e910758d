"""Results folders as people use them: copied, damaged, moved, linked, shared with their own files."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import sim
from sim.cli import app

FEW = ("--firms", "300", "--workers", "1")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shukun(*words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--lang", "en"])


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A comparison as its command leaves it."""
    folder = tmp_path_factory.mktemp("compared") / "study"
    words = ("--replications", "2", "--draws", "2", "--clause-replications", "0", "--out", str(folder))
    done = shukun("compare", "baseline", "full_plan", *FEW, *words)
    assert done.exit_code == 0, done.output
    return folder


def test_an_untouched_study_is_verified_run_by_run(compared: Path) -> None:
    done = shukun("verify", str(compared), "--sample", "100", "--workers", "1")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "every byte the same" in done.stdout


def test_runs_of_one_scenario_are_verified() -> None:
    shukun("run", "baseline", *FEW, "--replications", "2", "--out", "b")
    done = shukun("verify", "b", "--workers", "1")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("2 of 2 runs done again")


@pytest.mark.parametrize("name", ["runs/*/runs.parquet", "runs/*/panel.parquet", "fates.parquet", "manifest.json"])
def test_a_copy_with_one_changed_bit_is_read_and_not_touched(compared: Path, here: Path, name: str) -> None:
    shutil.copytree(compared, here / "copy")
    file = sorted((here / "copy").glob(name))[0]
    flip(file)
    before = contents(here / "copy")
    done = shukun("verify", "copy", "--workers", "1")
    assert done.exit_code == 1
    assert f"{file.name} in copy is" in done.stderr
    assert contents(here / "copy") == before


def test_the_same_command_keeps_the_damaged_part_and_does_its_runs_again() -> None:
    words = ("run", "full_plan", *FEW, "--replications", "3", "--out", "study")
    shukun(*words)
    whole = contents(Path("study"))
    [file] = Path("study/runs").glob("*/runs.parquet")
    flip(file)
    done = shukun(*words)
    assert done.exit_code == 0, done.output
    assert (
        f"{file} is missing or damaged; its part was moved to study/runs/damaged/{file.parent.name}"
        in done.stderr.replace(f"{Path.cwd()}/", "")
    )
    after = contents(Path("study"))
    assert {name: after[name] for name in whole if "times" not in name} == {
        name: content for name, content in whole.items() if "times" not in name
    }
    assert len([name for name in after if name.startswith("runs/damaged/")]) > 3


def test_nothing_beside_and_inside_a_study_is_removed(here: Path) -> None:
    (here / ".study-backup").mkdir()
    assert shukun("run", "baseline", *FEW, "--out", "study").exit_code == 0
    (here / "study/notes.md").write_text("mine")
    assert shukun("run", "full_plan", *FEW, "--out", "study/sub").exit_code == 0
    nested = contents(here / "study/sub")
    assert shukun("run", "baseline", "--seed", "2", *FEW, "--out", "study").exit_code == 0
    assert (here / ".study-backup").is_dir()
    assert (here / "study/notes.md").read_text() == "mine"
    assert contents(here / "study/sub") == nested
    assert sim.load("study").manifest.seed == 2


def test_a_study_lies_behind_a_link(here: Path) -> None:
    (here / "disk").mkdir()
    (here / "link").symlink_to("disk")
    for _ in range(2):
        done = shukun("run", "baseline", *FEW, "--out", "link")
        assert done.exit_code == 0, done.output
    assert sim.load("disk").manifest.study == "run"
    assert (here / "link").is_symlink()


@pytest.mark.parametrize("name", ["report.html", "panel.parquet", "runs"])
def test_a_place_that_cannot_be_used_is_said_before_the_first_run(
    name: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shukun("run", "baseline", *FEW, "--out", "study")
    place = here / "study" / name
    shutil.rmtree(place) if place.is_dir() else place.unlink()
    place.write_text("mine") if name == "runs" else place.mkdir()
    monkeypatch.setattr("sim.study.runs.runner.do", lambda *_: pytest.fail("something ran"))
    done = shukun("run", "baseline", "--seed", "3", *FEW, "--out", "study")
    assert done.exit_code == 2
    assert f"{name} in study was not written by this program" in done.stderr


def test_two_questions_that_name_no_folder_have_one_each() -> None:
    few = (*FEW, "--replications", "2")
    asked = [
        ("sweep", "full_plan", "--lever", "rent_waiver.months=3,6", *few),
        ("sweep", "full_plan", "--lever", "rent_waiver.delivery.processing_days=3,6", *few),
        ("sweep", "full_plan", "--lever", "rent_waiver.months=3,6", "--lever", "rent_waiver.share=0.5", *few),
        ("sweep", "full_plan", "--lever", "rent_waiver.months=3,6", "--seed", "2", *few),
    ]
    for words in asked:
        assert shukun(*words).exit_code == 0
    assert len(list(Path("results").iterdir())) == len(asked)
    more = shukun("sweep", "full_plan", "--lever", "rent_waiver.months=3,6,9", *few)  # one that is enlarged
    assert "holds 4 runs" in more.stderr
    assert len(list(Path("results").iterdir())) == len(asked)
