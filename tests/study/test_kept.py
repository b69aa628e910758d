"""A disk that is full, a folder that cannot be written, files that are gone or damaged: one sentence, nothing lost."""

import os
import resource
import shutil
from pathlib import Path

import pandas as pd
import pytest

from sim.study import StudyError, store
from sim.study.comparison import compare
from sim.study.kept import Kept
from sim.study.runs import replicated, run_all

pytestmark = pytest.mark.usefixtures("simulate")


@pytest.fixture
def small_disk():
    """Files cannot grow beyond 3,000 bytes: writing on fails as on a full disk (EFBIG for ENOSPC)."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def kept_in(folder, scenario, replications=2):
    folder.mkdir(parents=True, exist_ok=True)
    kept = Kept(folder)
    specs = replicated(scenario("rent"), 1, replications)
    return kept, specs, list(run_all(specs, kept=kept))


def test_a_run_that_is_kept_comes_back_as_it_was(tmp_path, scenario):
    kept, specs, runs = kept_in(tmp_path, scenario)
    for spec, run in zip(specs, runs, strict=True):
        again = kept.find(spec)
        assert (again.spec, again.reason) == (run.spec, run.reason)
        for name in ("outcomes", "panel", "ledger", "delivery", "requests", "cliff"):
            pd.testing.assert_frame_equal(getattr(again.result, name), getattr(run.result, name))
        for name in ("scenario", "seed", "firms", "months", "ledger_residual_fen", "wall_seconds", "seconds"):
            assert getattr(again.result, name) == getattr(run.result, name)


def test_a_kept_run_is_not_done_again(tmp_path, scenario):
    kept, specs, _ = kept_in(tmp_path, scenario)

    def never(*_, **__):
        raise AssertionError("it was kept")

    assert all(run.result is not None for run in run_all(specs, kept=kept, simulate=never))


@pytest.mark.parametrize("change", ["seed", "scenario", "firms", "kind"])
def test_a_run_of_another_question_is_not_taken_for_it(tmp_path, scenario, change):
    kept, _, _ = kept_in(tmp_path, scenario)
    other = scenario("other", {"months": 6}) if change == "scenario" else scenario("rent", {}, 7)
    spec = replicated(other if change in ("scenario", "firms") else scenario("rent"), 9 if change == "seed" else 1, 1)
    assert not (kept.of("outcomes") if change == "kind" else kept).has(spec[0])


@pytest.mark.parametrize("damage", ["empty", "cut", "flipped"])
def test_a_damaged_run_is_done_again(tmp_path, scenario, damage):
    kept, specs, runs = kept_in(tmp_path, scenario)
    for file in tmp_path.glob("*.run"):
        content = bytearray(file.read_bytes())
        content[1_500] ^= 0xFF
        file.write_bytes({"empty": b"", "cut": bytes(content[:900]), "flipped": bytes(content)}[damage])
    assert all(kept.find(spec) is None for spec in specs)
    again = list(run_all(specs, kept=kept))
    pd.testing.assert_frame_equal(again[1].result.panel, runs[1].result.panel)
    assert kept.find(specs[1]) is not None


def test_a_run_that_failed_is_not_kept(tmp_path, scenario):
    kept = Kept(tmp_path)
    list(run_all(replicated(scenario("broken"), 1, 2), kept=kept))
    assert len(kept) == 0


def test_a_full_disk_is_one_sentence_and_leaves_no_part(tmp_path, scenario, small_disk):
    with pytest.raises(StudyError, match="cannot be written: File too large") as caught:
        kept_in(tmp_path, scenario)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_runs_that_were_kept_before_the_disk_was_full_are_told_and_used(tmp_path, simulate):
    folder = tmp_path / "study"
    with store.at_work(folder) as kept:
        study = compare(["rent"], replications=2, kept=kept)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000, before[1]))
    try:
        with pytest.raises(StudyError, match="4 finished runs are kept; the same command goes on"):
            store.save(study, folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [path.name for path in tmp_path.iterdir()] == ["study"]
    with store.at_work(folder) as kept:
        assert len(kept) == 4


def test_a_command_that_keeps_nothing_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt), store.at_work(tmp_path / "deep" / "study"):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_two_commands_do_not_work_on_one_study(tmp_path):
    with (
        store.at_work(tmp_path / "study"),
        pytest.raises(StudyError, match="Another command is at work"),
        store.at_work(tmp_path / "study"),
    ):
        pass


@pytest.mark.parametrize("place", ["/proc/study", "/dev/null/study", "x" * 300, "."])
def test_a_place_that_cannot_be_written_is_told_before_anything_runs(place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StudyError) as caught, store.at_work(Path(place)):
        pass
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_the_right_to_write_is_told(tmp_path):
    tmp_path.chmod(0o555)
    child = os.fork()
    if child == 0:  # root may write anywhere, so somebody else asks
        try:
            if os.geteuid() == 0:
                os.setuid(65_534)
            store.check(tmp_path / "study")
        except StudyError as error:
            os._exit(0 if "cannot be written" in str(error) and "\n" not in str(error) else 2)
        finally:
            os._exit(3)
    assert os.waitpid(child, 0)[1] == 0


@pytest.fixture
def stored(tmp_path):
    return store.save(compare(["rent"], replications=2), tmp_path / "study")


@pytest.mark.parametrize("name", ["manifest.json", "panel.parquet", "values.parquet"])
def test_a_file_that_is_gone_is_named(stored, name):
    (stored / name).unlink()
    with pytest.raises(StudyError, match=f"there is no {name}"):
        store.load(stored)


@pytest.mark.parametrize("damage", ["empty", "cut", "flipped", "text", "folder"])
def test_a_table_that_is_damaged_is_named(stored, damage):
    file = stored / "panel.parquet"
    content = file.read_bytes()
    middle = len(content) // 4
    flipped = content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]
    file.unlink()
    if damage == "folder":
        file.mkdir()
    else:
        file.write_bytes({"empty": b"", "cut": content[:-40], "flipped": flipped, "text": b"month,open\n"}[damage])
    with pytest.raises(StudyError, match=r"panel\.parquet in .* is damaged"):
        store.load(stored)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"[]", b'{"study": "run"}', b'"' + b"x" * 100])
def test_a_manifest_that_is_damaged_is_one_sentence(stored, content):
    (stored / "manifest.json").write_bytes(content)
    with pytest.raises(StudyError, match="does not understand") as caught:
        store.load(stored)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("moment", ["old aside", "new in place"])
def test_a_study_that_was_being_replaced_when_the_power_failed_is_found(stored, moment):
    aside = stored.parent / ".study.earlier"
    (stored / "finished").mkdir()
    shutil.copy(stored / "manifest.json", stored / "finished" / "x.run")
    stored.rename(aside)
    if moment == "new in place":
        shutil.copytree(aside, stored, ignore=shutil.ignore_patterns("finished"))
    assert store.load(stored).scenarios == ["baseline", "rent"]
    with store.at_work(stored) as kept:
        assert len(kept) == 1
    assert not aside.exists()
    assert store.load(stored).scenarios == ["baseline", "rent"]
