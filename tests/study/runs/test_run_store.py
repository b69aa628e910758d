"""Runs on disk: found again, never half, whatever the disk does; a full or unwritable one is one sentence."""

import os
import resource
import shutil
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest

from sim import compare
from sim.study import StudyError, study_folder
from sim.study.runs.run_store import KEPT, ROW, RUNS_TOGETHER, RunStore
from sim.study.runs.specification import RunSpec, replicated

pytestmark = pytest.mark.usefixtures("simulate")


@pytest.fixture
def small_disk():
    """Files cannot grow beyond 1,000 bytes: writing on fails as on a full disk (EFBIG for ENOSPC)."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def specs_of(scenario, replications=2):
    return replicated(scenario("rent"), 1, replications, "tables")


def never(*_, **__):
    raise AssertionError("it was there")


def test_a_run_comes_back_as_it_was(tmp_path, scenario, runner, simulate):
    specs = specs_of(scenario)
    rows = runner().run(specs)
    stored = RunStore(tmp_path / "runs")
    for spec, row in zip(specs, rows.to_dict("records"), strict=True):
        result = simulate(spec.scenario, seed=spec.seed)
        assert (row["seed"], row["months"], row["reason"]) == (spec.seed, 2, "")
        assert {name: row[name] for name in result.outcomes["outcome"]} == dict(
            zip(result.outcomes["outcome"], result.outcomes["value"], strict=True)
        )
        for name in KEPT:
            pd.testing.assert_frame_equal(
                stored.table(stored.key(spec), name), getattr(result, name), check_dtype=False
            )
        assert stored.seconds(stored.key(spec)) == {"all": 0.5, "firms": 0.4, "institutions": 0.1}


def test_runs_put_together_are_the_same_runs(tmp_path, scenario, runner):
    at_work, specs = runner(), [*specs_of(scenario, 3), RunSpec(scenario("broken"), 1)]
    before = at_work.run(specs)
    tables = [at_work.stored.table(key, "panel") for key in before["run"][:3]]
    at_work.stored.put_together()
    assert len([path for path in (tmp_path / "runs").iterdir()]) == 1
    again = runner(never)
    pd.testing.assert_frame_equal(
        again.stored.frame([(key, ("x", 0, 0)) for key in before["run"]])[list(ROW)], before[list(ROW)]
    )
    for key, table in zip(before["run"], tables, strict=False):
        pd.testing.assert_frame_equal(again.stored.table(key, "panel"), table)


def test_a_study_grows_and_keeps_what_is_there(scenario, runner, simulate):
    done = []

    def counting(spec_scenario, **rest):
        done.append(rest["seed"])
        return simulate(spec_scenario, **rest)

    for replications in (2, 2, 5, 3):
        at_work = runner(counting)
        assert len(at_work.run(specs_of(scenario, replications))) == replications
        at_work.stored.put_together()
    assert done == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("change", ["seed", "scenario", "firms", "keep"])
def test_a_run_of_another_question_is_not_taken_for_it(scenario, runner, change):
    at_work = runner()
    at_work.run(specs_of(scenario))
    spec = {
        "seed": RunSpec(scenario("rent"), 9, keep="tables"),
        "scenario": RunSpec(scenario("rent", {"months": 6}), 1, keep="tables"),
        "firms": RunSpec(scenario("rent", {}, 7), 1, keep="tables"),
        "keep": RunSpec(scenario("rent"), 1),
    }[change]
    assert at_work.stored.has(
        at_work.stored.key(RunSpec(scenario("rent"), 1, 5, 6, keep="tables"))
    )  # labels decide nothing
    assert not at_work.stored.has(at_work.stored.key(spec))


@pytest.mark.parametrize("damage", ["empty", "cut", "flipped"])
@pytest.mark.parametrize("together", [False, True])
def test_a_damaged_run_is_done_again(tmp_path, scenario, runner, damage, together):
    at_work, specs = runner(), specs_of(scenario)
    rows = at_work.run(specs)
    if together:
        at_work.stored.put_together()
    for file in (tmp_path / "runs").glob("*/runs.parquet"):
        content = bytearray(file.read_bytes())
        content[len(content) // 8] ^= 0xFF
        file.write_bytes({"empty": b"", "cut": bytes(content[:900]), "flipped": bytes(content)}[damage])
    again = runner()
    assert not any(again.stored.has(key) for key in rows["run"])
    pd.testing.assert_frame_equal(again.run(specs), rows)


def test_a_damaged_table_is_one_sentence_and_its_run_is_done_again(tmp_path, scenario, runner):
    at_work, specs = runner(), specs_of(scenario)
    rows = at_work.run(specs)
    panel = at_work.stored.table(rows["run"][0], "panel")
    (tmp_path / "runs" / rows["run"][0] / "panel.parquet").write_bytes(b"PAR1")
    with pytest.raises(StudyError, match="the same command does it again") as caught:
        at_work.stored.table(rows["run"][0], "panel")
    assert "\n" not in str(caught.value)
    again = runner()
    again.run(specs)
    pd.testing.assert_frame_equal(again.stored.table(rows["run"][0], "panel"), panel)


def test_a_run_that_failed_is_a_row_on_disk_and_tried_again(tmp_path, scenario, runner, simulate):
    failing = runner()
    failing.run(replicated(scenario("broken"), 1, 2))
    failing.stored.put_together()
    [file] = (tmp_path / "runs").glob("*/runs.parquet")
    assert list(pd.read_parquet(file)["reason"]) == ["ArithmeticError: the ledger does not balance: 1 fen"] * 2
    mended = runner(lambda asked, **rest: simulate(scenario("rent"), **rest))
    assert list(mended.run(replicated(scenario("broken"), 1, 2))["reason"]) == ["", ""]
    mended.stored.put_together()
    assert len(runner(never).run(replicated(scenario("broken"), 1, 2))["jobs"].dropna()) == 2


def test_runs_of_another_version_are_let_go_when_the_study_is_complete(tmp_path, scenario, runner, monkeypatch):
    runner().run(specs_of(scenario))
    monkeypatch.setattr("sim.study.runs.run_store.sources_fingerprint", lambda: "another")
    at_work = runner()
    assert list(at_work.run(specs_of(scenario, 1))["sources"]) == ["another"]
    at_work.stored.put_together()
    assert [set(pd.read_parquet(file)["sources"]) for file in (tmp_path / "runs").glob("*/runs.parquet")] == [
        {"another"}
    ]


def test_duckdb_reads_a_study_in_one_line(tmp_path, scenario, runner):
    import duckdb

    at_work = runner()
    at_work.run(specs_of(scenario))
    at_work.stored.put_together()
    at_work.run(specs_of(scenario, 4))  # two of them lie apart
    found = duckdb.sql(f"SELECT count(*), avg(jobs) FROM '{tmp_path}/runs/*/runs.parquet'").fetchall()
    assert found == [(4, 1e6 + 2.5)]


def test_a_full_disk_is_one_sentence_and_leaves_no_part(tmp_path, scenario, runner, small_disk):
    with pytest.raises(StudyError, match="cannot be written: File too large") as caught:
        runner().run(specs_of(scenario))
    assert "\n" not in str(caught.value)
    assert list((tmp_path / "runs").iterdir()) == []


def test_runs_that_were_there_before_the_disk_was_full_are_told_and_used(tmp_path):
    folder = tmp_path / "study"
    study = compare(["rent"], replications=2, folder=folder)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000, before[1]))
    try:
        with pytest.raises(StudyError, match="4 finished runs are kept; the same command goes on"):
            study_folder.save(study, folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [path.name for path in tmp_path.iterdir()] == ["study"]
    with study_folder.at_work(folder) as stored:
        assert len(stored) == 4


def test_a_command_that_runs_nothing_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt), study_folder.at_work(tmp_path / "deep" / "study"):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_two_commands_do_not_work_on_one_study(tmp_path):
    with (
        study_folder.at_work(tmp_path / "study"),
        pytest.raises(StudyError, match="Another command is at work"),
        study_folder.at_work(tmp_path / "study"),
    ):
        pass


@pytest.mark.parametrize("place", ["/proc/study", "/dev/null/study", "x" * 300, "."])
def test_a_place_that_cannot_be_written_is_told_before_anything_runs(place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StudyError) as caught, study_folder.at_work(Path(place)):
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
            study_folder.check(tmp_path / "study")
        except StudyError as error:
            os._exit(0 if "cannot be written" in str(error) and "\n" not in str(error) else 2)
        finally:
            os._exit(3)
    assert os.waitpid(child, 0)[1] == 0


@pytest.fixture
def stored(tmp_path):
    compare(["rent"], replications=2, folder=tmp_path / "study")
    return tmp_path / "study"


@pytest.mark.parametrize("name", ["manifest.json", "panel.parquet", "values.parquet"])
def test_a_file_that_is_gone_is_named(stored, name):
    (stored / name).unlink()
    with pytest.raises(StudyError, match=f"there is no {name}"):
        study_folder.load(stored)


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
        study_folder.load(stored)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"[]", b'{"study": "run"}', b'"' + b"x" * 100])
def test_a_manifest_that_is_damaged_is_one_sentence(stored, content):
    (stored / "manifest.json").write_bytes(content)
    with pytest.raises(StudyError, match="does not understand") as caught:
        study_folder.load(stored)
    assert "\n" not in str(caught.value)


@pytest.fixture
def grown(tmp_path, scenario, runner, monkeypatch):
    """A study of ten runs as its command leaves it, in parts of at most four."""
    monkeypatch.setattr("sim.study.runs.run_store.RUNS_TOGETHER", 4)
    at_work = runner()
    rows = at_work.run(replicated(scenario("rent"), 1, 10, "tables"))
    at_work.stored.put_together()
    return tmp_path / "runs", rows


def files_of(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def damage(file, how):
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 0xFF
    if how == "gone":
        file.unlink()
    else:
        file.write_bytes({"empty": b"", "cut": bytes(content[: len(content) // 2]), "flipped": bytes(content)}[how])


def test_a_part_holds_few_runs(grown, scenario, runner):
    folder, rows = grown
    assert sorted(len(pd.read_parquet(file)) for file in folder.glob("*/runs.parquet")) == [2, 4, 4]
    pd.testing.assert_frame_equal(runner(never).run(replicated(scenario("rent"), 1, 10, "tables")), rows)
    assert 24 <= RUNS_TOGETHER <= 96


@pytest.mark.parametrize("how", ["empty", "cut", "flipped", "gone"])
@pytest.mark.parametrize("name", ["runs", "panel", "scenarios"])
def test_whoever_reads_changes_nothing(grown, how, name):
    folder, rows = grown
    damage(sorted(folder.glob(f"*/{name}.parquet"))[1], how)
    before = files_of(folder)
    stored = RunStore(folder)
    for key in rows["run"]:
        if stored.has(key):
            for ask in (stored.digests, stored.scenario, lambda key: stored.table(key, "panel")):
                with suppress(StudyError):
                    ask(key)
    found = stored.examine()
    assert files_of(folder) == before
    assert [file.stem for file in found] == [name]


@pytest.mark.parametrize("how", ["empty", "cut", "flipped", "gone"])
def test_one_bad_part_costs_its_own_runs_only_and_is_kept_aside(grown, how, scenario, runner, simulate):
    folder, rows = grown
    bad = sorted(folder.glob("*/runs.parquet"))[0]
    lost = len(pd.read_parquet(bad))
    damage(bad, how)
    before = files_of(folder)
    done = []

    def counting(asked, **rest):
        done.append(rest["seed"])
        return simulate(asked, **rest)

    again = runner(counting)
    assert again.stored.damaged == {bad.parent.name: bad}
    pd.testing.assert_frame_equal(again.run(replicated(scenario("rent"), 1, 10, "tables")), rows)
    again.stored.put_together()
    assert len(done) == lost
    after = files_of(folder)
    moved = {name: content for name, content in before.items() if name.startswith(bad.parent.name)}
    assert {name.removeprefix("damaged/"): c for name, c in after.items() if name.startswith("damaged/")} == moved
    others = {name: content for name, content in before.items() if name not in moved}
    assert {name: after.get(name) for name in others} == others


def test_a_part_that_is_damaged_twice_is_kept_twice(grown, scenario, runner):
    folder, _ = grown
    for _ in range(2):
        damage(sorted(folder.glob("*/runs.parquet"))[0], "cut")
        at_work = runner()
        at_work.run(replicated(scenario("rent"), 1, 10, "tables"))
        at_work.stored.put_together()
    assert len([*folder.glob("damaged/*/runs.parquet")]) == 2


@pytest.mark.parametrize("left", ["the new part and all of the old", "the new part and some of the old"])
def test_a_command_killed_while_it_put_runs_together_ends_with_the_same_parts(left, tmp_path, scenario, runner):
    specs = specs_of(scenario, 5)
    at_work = runner()
    rows = at_work.run(specs)
    apart = tmp_path / "apart"
    shutil.copytree(tmp_path / "runs", apart)
    at_work.stored.put_together()
    whole = files_of(tmp_path / "runs")
    for place in sorted(apart.iterdir())[: 3 if "some" in left else 5]:
        shutil.copytree(place, tmp_path / "runs" / place.name)
    again = runner(never)
    pd.testing.assert_frame_equal(again.run(specs), rows)
    again.stored.put_together()
    assert files_of(tmp_path / "runs") == whole


def test_a_run_put_together_has_the_digests_of_one_that_lies_apart(tmp_path, scenario, runner):
    at_work = runner()
    rows = at_work.run([*specs_of(scenario, 3), *replicated(scenario("rent"), 1, 2, "pairs")])
    apart = {key: at_work.stored.digests(key) for key in rows["run"]}
    at_work.stored.put_together()
    assert {key: RunStore(tmp_path / "runs").digests(key) for key in rows["run"]} == apart


def test_a_run_whose_baseline_was_put_together_is_paired_with_it(scenario, runner):
    baseline = scenario("baseline")
    at_work = runner()
    at_work.run(replicated(baseline, 1, 3, "pairs"))
    at_work.stored.put_together()
    again = runner()
    rows = again.run(replicated(scenario("rent"), 1, 4, "pairs", against=baseline))
    assert list(rows["reason"])[:3] == [""] * 3
    assert "paired with did not succeed" in rows["reason"][3]
