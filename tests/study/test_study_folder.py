import json
import os
import shutil
import subprocess
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sim import compare, sweep
from sim.observe import codebook
from sim.study import StudyError, study_folder
from sim.study.questions import run
from sim.study.questions.comparison import Comparison
from sim.study.runs.checksums import write_checksums
from sim.study.runs.run_store import RunStore
from sim.study.runs.specification import Setting
from sim.study.runs.study import StudyOfAnotherVersion
from sim.study.verify import verify

pytestmark = pytest.mark.usefixtures("simulate")


def studies(scenario, runner):
    return {
        "run": run.answer(run.Question(scenario("rent", firms=10), 2), Setting(), runner()),
        "comparison": compare(["rent", "odd_seed"], replications=3),
        "sweep": sweep("rent", {"months": [1, 2]}, replications=2),
    }


@pytest.mark.parametrize("kind", ["run", "comparison", "sweep"])
def test_what_is_stored_comes_back(kind, scenario, runner, tmp_path):
    study = studies(scenario, runner)[kind]
    again = study_folder.load(study_folder.save(study, tmp_path / "deep" / kind))
    assert type(again) is type(study)
    assert again.manifest == study.manifest
    for name, table in study.tables().items():
        pd.testing.assert_frame_equal(getattr(again, name), table)


def test_firms_that_were_looked_at_have_their_codebook_beside_them(scenario, runner, tmp_path):
    study = studies(scenario, runner)["run"]
    assert not (study_folder.save(study, tmp_path / "study") / codebook.FILE).exists()  # nobody looked
    firm = pd.DataFrame([[0] * len(study.snapshots.columns)], columns=study.snapshots.columns)
    folder = study_folder.save(replace(study, snapshots=firm), tmp_path / "study")
    book = pd.read_csv(folder / codebook.FILE)
    assert book["column"].tolist() == study.snapshots.columns.tolist()
    assert not book.isna().any(axis=None)
    for_good = book.set_index("column").loc[["cash_reach_months", "arrears_in_months"]]
    assert for_good["meaning_en"].str.contains("99 for good").all() and for_good["meaning_zh"].str.endswith("99").all()
    assert type(study_folder.load(folder)) is type(study)
    assert study_folder.examine(folder) == []
    (folder / codebook.FILE).write_text("column")
    [damage] = study_folder.examine(folder)
    assert codebook.FILE in str(damage)
    assert not (study_folder.save(study, folder) / codebook.FILE).exists()


def test_storing_twice_gives_the_same_bytes(tmp_path):
    folders = [study_folder.save(compare(["rent"], replications=2), tmp_path / name) for name in ("one", "two")]
    one, two = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert one == two
    assert json.loads(one["manifest.json"])["scenarios"][1]["contents"] == {
        "name": "rent",
        "levers": {},
        "firms": 20_000,
    }


def test_an_earlier_study_is_replaced_and_nothing_else_is_left(tmp_path):
    study_folder.save(compare(["rent"], replications=1), tmp_path / "study")
    (tmp_path / "study" / "report.html").write_bytes(b"<!doctype html>\n" + study_folder.PAGE_BEGINS)
    study_folder.save(compare(["tax"], replications=1), tmp_path / "study")
    again = study_folder.load(tmp_path / "study")
    assert isinstance(again, Comparison)
    assert again.scenarios == ["baseline", "tax"]
    assert [path.name for path in tmp_path.iterdir()] == ["study"]
    assert not (tmp_path / "study" / "report.html").exists()


def test_a_folder_of_somebody_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(StudyError, match="not the folder of an earlier study"):
        study_folder.save(compare(["rent"], replications=1), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_place_that_cannot_hold_a_folder_gets_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "study"):
        with pytest.raises(StudyError) as caught:
            study_folder.save(compare(["rent"], replications=1), place)
        assert "\n" not in str(caught.value)


def test_half_a_study_is_never_seen(tmp_path, monkeypatch):
    study = compare(["rent"], replications=1)

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
    with pytest.raises(StudyError, match="No space left"):
        study_folder.save(study, tmp_path / "study")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_a_study_is_said_to_be_one(tmp_path):
    with pytest.raises(StudyError, match="holds no study"):
        study_folder.load(tmp_path)


def contents(folder):
    """Bytes of every file below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_the_user_put_into_a_study_and_beside_it_stays(tmp_path):
    folder = tmp_path / "study"
    compare(["rent"], replications=1, folder=folder)
    compare(["rent"], replications=1, folder=folder / "nested")
    mine = ["study/notes.md", "study/.part-mine", "study/runs/notes.md", "study/runs/mine/a", "study/runs/.part-x/a"]
    mine += [".study-backup/a", ".study.earlier/a", ".study-old"]
    for name in mine:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("mine")
    before = contents(tmp_path)
    compare(["tax"], replications=2, seed=5, folder=folder)
    compare(["tax", "rent"], replications=2, seed=5, folder=folder)
    after = contents(tmp_path)
    kept = {name: content for name, content in before.items() if name in mine or "nested" in name}
    assert len(kept) > len(mine)
    assert {name: after.get(name) for name in kept} == kept
    assert study_folder.load(folder).scenarios == ["baseline", "tax", "rent"]


@pytest.mark.parametrize(
    "name",
    [
        "panel.parquet",
        "fates.parquet",
        "snapshots.codebook.csv",
        "report.html",
        "runs/exp1/runs.parquet",
        "runs",
        "manifest.json",
    ],
)
@pytest.mark.parametrize("is_study", [False, True])
def test_what_is_in_the_way_and_not_ours_is_refused_before_anything_runs(name, is_study, tmp_path, monkeypatch):
    folder = tmp_path / "study"
    folder.mkdir()
    if is_study:  # a sweep, which has none of these tables
        study_folder.save(sweep("rent", {"months": [1]}, replications=1), folder)
        (folder / name).unlink(missing_ok=True)
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("mine")
    before = contents(folder)
    monkeypatch.setattr("sim.study.runs.runner.do", lambda *_: pytest.fail("something ran"))
    with pytest.raises(StudyError) as caught:
        compare(["rent"], replications=1, folder=folder)
    assert "\n" not in str(caught.value)
    assert contents(folder) == before


@pytest.mark.parametrize("to", ["there", "not there yet"])
def test_a_symbolic_link_is_as_good_as_the_folder(to, tmp_path):
    place, link = tmp_path / "place", tmp_path / "link"
    link.symlink_to(place)
    if to == "there":
        place.mkdir()
    study = compare(["rent"], replications=1, folder=link)
    study = compare(["rent"], replications=2, folder=link)
    assert link.is_symlink()
    assert study_folder.load(link).manifest == study.manifest == study_folder.load(place).manifest
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "place"]


@pytest.mark.parametrize("kind", ["file", "loop", "pipe", "page", "runs"])
def test_a_place_that_cannot_be_used_is_said_before_anything_runs(kind, tmp_path, monkeypatch):
    place = tmp_path / "study"
    if kind == "file":
        (tmp_path / "file").write_text("")
        place.symlink_to(tmp_path / "file")
    elif kind == "loop":
        place.symlink_to(place)
    elif kind == "pipe":
        os.mkfifo(place)
    else:
        compare(["rent"], replications=1, folder=place)
        name = {"page": "report.html", "runs": "runs"}[kind]
        if kind == "runs":
            shutil.rmtree(place / name)
            (place / name).write_text("")
        else:
            (place / name).mkdir()
    monkeypatch.setattr("sim.study.runs.runner.do", lambda *_: pytest.fail("something ran"))
    with pytest.raises(StudyError) as caught:
        compare(["rent"], replications=1, folder=place)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("moved", [0, 1, 4, 5, 6])
def test_a_study_that_was_taking_its_place_is_the_new_one_for_whoever_reads(moved, tmp_path):
    folder, other = tmp_path / "study", tmp_path / "other"
    study_folder.save(compare(["rent"], replications=1), folder)
    study = sweep("rent", {"months": [1, 2]}, replications=2)
    study_folder.save(study, other)
    new = folder / study_folder.WRITTEN
    other.rename(new)
    files = sorted(new.iterdir(), key=lambda file: file.name == study_folder.SUMS)
    if moved:  # it was killed after so many steps, the first of which takes the old tables away
        for file in folder.glob("*.parquet"):
            file.unlink()
    for file in files[:moved]:
        file.replace(folder / file.name)
    before = contents(folder)
    assert study_folder.load(folder).manifest == study.manifest
    pd.testing.assert_frame_equal(study_folder.load(folder).outcomes, study.outcomes)
    assert contents(folder) == before
    with study_folder.at_work(folder):
        pass
    assert not new.exists()
    assert {path.name for path in folder.iterdir()} == {file.name for file in files}
    pd.testing.assert_frame_equal(study_folder.load(folder).outcomes, study.outcomes)


def test_a_study_of_another_version_opens_with_the_tables_that_it_has(tmp_path):
    folder = tmp_path / "study"
    study = compare(["rent"], replications=2, folder=folder)
    told = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(told | {"sources": "0" * 64, "new_fact": 1}))
    (folder / "panel.parquet").unlink()
    (folder / study_folder.SUMS).unlink()
    write_checksums(folder, ("runs",))
    before = contents(folder)
    again = study_folder.load(folder)
    assert isinstance(again, StudyOfAnotherVersion)
    assert again.manifest.sources == "0" * 64
    assert again.manifest.fingerprint == study.manifest.fingerprint
    assert set(again.tables()) == set(study.tables()) - {"panel"}
    pd.testing.assert_frame_equal(again.outcomes, study.outcomes)
    pd.testing.assert_frame_equal(again.runs, study.runs)
    with pytest.raises(AttributeError, match="no table panel; it has cells, chosen, clause_effects, "):
        _ = again.panel
    assert contents(folder) == before


def test_a_study_of_the_model_before_is_read_as_it_was_and_never_joined_with_new_runs(tmp_path, monkeypatch):
    folder, before = tmp_path / "study", "0" * 64
    with monkeypatch.context() as then:  # tables and sources had other names
        for module in ("manifest", "run_store"):
            then.setattr(f"sim.study.runs.{module}.sources_fingerprint", lambda: before)
        old = compare(["rent"], replications=2, folder=folder)
    (folder / "repayment_wall.parquet").rename(folder / "cliff.parquet")
    (folder / study_folder.SUMS).unlink()
    write_checksums(folder, ("runs",))
    kept = contents(folder)
    read = study_folder.load(folder)
    assert isinstance(read, StudyOfAnotherVersion)
    assert read.made_by == f"shukun {old.manifest.versions['shukun']}, sources 000000000000"
    assert "cliff" in read.tables() and "repayment_wall" not in read.tables()
    pd.testing.assert_frame_equal(read.cliff, old.repayment_wall)
    assert contents(folder) == kept
    with pytest.warns(UserWarning, match=r"holds 4 runs of another version of the model .* are replaced"):
        compare(["rent"], replications=3, folder=folder)
    new = study_folder.load(folder)
    assert isinstance(new, Comparison) and not (folder / "cliff.parquet").exists()
    stored = RunStore(folder / "runs")
    assert {stored.row(key)["sources"] for key in stored.keys()} == {new.manifest.sources} != {before}  # noqa: SIM118
    assert len(stored) == 2 * 3


def test_a_study_of_another_version_with_the_tables_of_this_one_is_as_any_other(tmp_path):
    folder = tmp_path / "study"
    study = compare(["rent"], replications=2, folder=folder)
    told = json.loads((folder / "manifest.json").read_text())
    del told["sources"]  # as versions wrote it that did not say, nor what each file holds
    (folder / "manifest.json").write_text(json.dumps(told))
    (folder / study_folder.SUMS).unlink()
    again = study_folder.load(folder)
    assert isinstance(again, Comparison)
    pd.testing.assert_frame_equal(again.panel, study.panel)


def test_an_error_of_the_system_is_not_called_damage(tmp_path, monkeypatch):
    folder = tmp_path / "study"
    compare(["rent"], replications=2, folder=folder)
    before = contents(folder)
    opened = Path.open

    def out_of_files(path, *words, **how):
        if path.suffix == ".parquet":
            raise OSError(24, "Too many open files")
        return opened(path, *words, **how)

    monkeypatch.setattr(Path, "open", out_of_files)
    for ask in (study_folder.load, verify, lambda folder: compare(["rent"], replications=2, folder=folder)):
        with pytest.raises(StudyError, match="cannot be read: Too many open files"):
            ask(folder)
    monkeypatch.undo()
    assert contents(folder) == before


def test_no_changed_byte_of_a_study_goes_unnoticed(tmp_path):
    folder = tmp_path / "study"
    compare(["rent"], replications=2, folder=folder)
    files = [path for path in folder.rglob("*") if path.suffix in (".parquet", ".json") and path.stem != "times"]
    assert len(files) > 20
    for number, file in enumerate(sorted(files)):
        content = bytearray(file.read_bytes())
        place = number * 7_919 % len(content)  # all over the files
        content[place] ^= 1 << number % 8
        file.write_bytes(content)
        told = [*study_folder.examine(folder), *RunStore(folder / "runs").examine()]
        assert len(told) == 1 and file.name in str(told[0]), f"byte {place} of {file.name}"
        content[place] ^= 1 << number % 8
        file.write_bytes(content)
    assert study_folder.examine(folder) == []
    assert (
        subprocess.run(["sha256sum", "--check", "--quiet", study_folder.SUMS], cwd=folder, check=False).returncode == 0
    )


DAMAGES = ("flipped", "cut", "empty", "gone", "a folder", "unreadable text")


def damage(file, how, place):
    content = bytearray(file.read_bytes())
    if how == "flipped":
        content[place % len(content)] ^= 1 << place % 8
    file.unlink()
    if how == "a folder":
        file.mkdir()
    elif how != "gone":
        told = {"cut": bytes(content[: place % len(content)]), "empty": b"", "unreadable text": b"\xff\x00 text"}
        file.write_bytes(told.get(how, bytes(content)))


@settings(max_examples=20, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from(DAMAGES), st.integers(0, 10**6)), min_size=1, max_size=3)
)
def test_whatever_is_damaged_reading_changes_nothing_and_the_same_command_mends_it_or_says_why(
    tmp_path_factory, damages
):
    place = tmp_path_factory.mktemp("damaged")
    folder = place / "study"
    compare(["rent"], replications=2, folder=folder)
    (folder / "notes.md").write_text("mine")
    whole = {name: content for name, content in contents(folder).items() if "times" not in name}
    files = sorted(
        path for path in folder.rglob("*") if path.is_file() and path.name not in ("notes.md", "times.parquet")
    )
    for number, how, where in damages:
        file = files[number % len(files)]
        if file.is_file() and file.stat().st_size:
            damage(file, how, where)
    before = contents(folder)
    for ask in (study_folder.load, study_folder.examine, lambda folder: RunStore(folder / "runs").examine()):
        with suppress(StudyError):
            ask(folder)
    assert contents(folder) == before
    refused = ""
    try:
        compare(["rent"], replications=2, folder=folder)
    except StudyError as error:
        refused = str(error)
    if refused:
        assert "\n" not in refused
        assert contents(folder) == before
    else:
        after = contents(folder)
        assert {name: after.get(name) for name in whole if "runs/" not in name} == {
            name: content for name, content in whole.items() if "runs/" not in name
        }
        assert [*study_folder.examine(folder), *RunStore(folder / "runs").examine()] == []
    assert (folder / "notes.md").read_text() == "mine"
    assert [path.name for path in place.iterdir()] == ["study"]


@pytest.mark.parametrize("name", ["SHA256SUMS", "manifest.json", "runs/*/times.parquet"])
def test_what_only_tells_of_the_study_is_mended_by_the_same_command(name, tmp_path):
    folder = tmp_path / "study"
    compare(["rent"], replications=2, folder=folder)
    [file] = folder.glob(name)
    content = bytearray(file.read_bytes())
    content[4] ^= 1
    file.unlink() if name == "manifest.json" else file.write_bytes(content)
    assert [*study_folder.examine(folder), *RunStore(folder / "runs").examine()]
    compare(["rent"], replications=2, folder=folder)
    assert [*study_folder.examine(folder), *RunStore(folder / "runs").examine()] == []
    assert study_folder.load(folder).scenarios == ["baseline", "rent"]


def test_a_study_of_before_keeps_the_names_that_it_was_written_with(tmp_path):
    folder = tmp_path / "study"
    study = compare(["rent"], replications=2, folder=folder)
    told = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(told | {"sources": "0" * 64}))
    (old,) = (name for name in study_folder.BEFORE if name.startswith("met_over_"))
    named = study.targets.rename(columns={"met_over_replications": old})
    named.to_parquet(folder / "targets.parquet", index=False)
    (folder / study_folder.SUMS).unlink()
    write_checksums(folder, ("runs",))
    again = study_folder.load(folder)
    assert isinstance(again, StudyOfAnotherVersion)
    pd.testing.assert_frame_equal(again.targets, named)
