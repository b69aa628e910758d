"""A study on a Dask cluster over loopback: the same bytes as here, whoever dies; one sentence where it cannot be."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.scenario import Scenario, load
from sim.study import StudyError
from sim.study.answering import ask
from sim.study.runs.run_store import RunStore
from sim.study.runs.runner import Runner
from sim.study.runs.specification import RunSpec, replicated, sized
from sim.study.runs.worker import KILLED

FIRMS = 60
SWEEP = {
    "title": {"zh": "免租月数", "en": "Months of rent waived"},
    "scenario": "full_plan",
    "levers": {"grid": {"rent_waiver.months": [3, 6]}},
    "replications": 6,
}


@pytest.fixture(autouse=True)
def loaded() -> None:
    """Here the scenarios are real."""


@contextmanager
def dask(folder: Path, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of Dask, ended by its own number."""
    folder.mkdir(exist_ok=True)
    with (folder / f"{arguments[0]}.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments, "--host", "127.0.0.1", "--no-dashboard"],
            cwd=folder, stdout=log, stderr=log, env=os.environ | environment,
        )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def scheduler(folder: Path, **environment: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A scheduler on a free port: its address and its process."""
    file = folder / "scheduler.json"
    with dask(folder, "scheduler", "--port", "0", "--scheduler-file", str(file), **environment) as process:
        until = time.monotonic() + 60
        while not (file.is_file() and file.read_text().endswith("}")):
            assert time.monotonic() < until, (folder / "scheduler.log").read_text()
            time.sleep(0.05)
        yield json.loads(file.read_text())["address"], process


def worker(address: str, folder: Path, threads: int = 1, **environment: str) -> Any:
    """A worker with nobody who would start it again."""
    return dask(folder, "worker", address, "--nthreads", str(threads), "--no-nanny", **environment)


def wait_for(address: str, workers: int) -> None:
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=60)


def baseline() -> Scenario:
    return sized([load("baseline")], FIRMS)[0]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with scheduler(tmp_path_factory.mktemp("scheduler")) as (address, _):
        yield address


def tables(study: Path) -> dict[str, bytes]:
    """What every file of a study holds, but what its runs took."""
    files = (path for path in study.rglob("*.parquet") if path.name != "times.parquet")
    return {path.relative_to(study).as_posix(): path.read_bytes() for path in files}


def test_a_worker_killed_in_mid_study_changes_no_byte(address: str, tmp_path: Path) -> None:
    ask("sweep", SWEEP, firms=FIRMS, folder=tmp_path / "here")
    with worker(address, tmp_path / "one") as killed, worker(address, tmp_path / "two", threads=2):
        wait_for(address, 2)

        def progress(share: float) -> None:
            if share > 0.25 and killed.poll() is None:
                killed.kill()

        study = ask("sweep", SWEEP, firms=FIRMS, folder=tmp_path / "there", cluster=address, progress=progress)
        assert killed.poll() == -9
    assert len(study.runs) == 12 and not len(study.failures)
    assert tables(tmp_path / "there") == tables(tmp_path / "here")


def test_a_run_that_kills_its_workers_fails_and_no_other(tmp_path: Path) -> None:
    def simulate(scenario: Any, *, seed: int, **rest: Any) -> Any:
        import os
        import time
        from importlib import import_module

        if seed == 2:
            os._exit(1)
        time.sleep(0.2)
        return import_module("sim.engine").simulate(scenario, seed=seed, **rest)

    specs = replicated(baseline(), 1, 4)
    folder = tmp_path / "runs"
    folder.mkdir()
    with (
        scheduler(tmp_path / "scheduler", DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0") as (address, _),
        worker(address, tmp_path / "one"), worker(address, tmp_path / "two"), worker(address, tmp_path / "three"),
    ):  # fmt: skip
        wait_for(address, 3)
        runs = Runner(RunStore(folder, simulate), cluster=address).run(specs)
    assert runs["reason"].tolist() == ["", KILLED, "", ""]


def refused(address: str, folder: Path) -> str:
    """The sentence that a study of one run gets."""
    folder.mkdir(exist_ok=True)
    with pytest.raises(StudyError) as caught:
        Runner(RunStore(folder), cluster=address).run([RunSpec(baseline(), 1)])
    assert "\n" not in str(caught.value) and "\n" not in caught.value.zh
    assert list(folder.iterdir()) == []
    return str(caught.value)


@pytest.mark.parametrize("address", ["127.0.0.1:1", "127.0.0.1", "nothing", "gopher://127.0.0.1:1"])
def test_a_wrong_address_is_told_soon(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.study.runs.cluster.REACHED_WITHIN", 0.5)
    assert f"no Dask scheduler to be reached at {address}: " in refused(address, tmp_path / "runs")


def test_a_scheduler_without_workers_is_told(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.study.runs.cluster.REACHED_WITHIN", 2.0)
    assert "has no worker" in refused(address, tmp_path / "runs")


def test_a_worker_that_does_not_see_the_folder_is_named(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine/runs").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "mine")
    with worker(address, tmp_path / "theirs"):
        wait_for(address, 1)
        # A name that means another folder to every process, as a local path does on every machine.
        said = refused(address, Path("/proc/self/cwd/runs"))
    assert (
        "The worker tcp://127.0.0.1:" in said and "does not see /proc/self/cwd/runs; give a folder with --out" in said
    )


def test_a_worker_with_another_model_is_named(address: str, tmp_path: Path) -> None:
    package = Path(sim.__file__).parent
    copy = tmp_path / "copy"
    shutil.copytree(package, copy / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    for data in ("scenarios", "calibration"):
        shutil.copytree(package.parent / data, copy / data)
    with (copy / "sim/random_numbers.py").open("a") as file:
        file.write("# one more line\n")
    with worker(address, tmp_path / "other", PYTHONPATH=str(copy)):
        wait_for(address, 1)
        assert "has other sources of the model; install the same on all machines" in refused(address, tmp_path / "runs")


def test_who_stops_keeps_what_is_finished_and_withdraws_what_waits(address: str, tmp_path: Path) -> None:
    from distributed import Client

    def stop(share: float) -> None:
        if share > 0.1:
            raise KeyboardInterrupt

    (tmp_path / "runs").mkdir()
    with worker(address, tmp_path / "one"):
        wait_for(address, 1)
        runner = Runner(RunStore(tmp_path / "runs"), cluster=address, progress=stop)
        runner.expect(10)
        with pytest.raises(KeyboardInterrupt):
            runner.run(replicated(baseline(), 1, 10))
        with Client(address, set_as_default=False) as client:
            until = time.monotonic() + 30
            while any(client.processing().values()):  # the run that was under way is finished
                assert time.monotonic() < until
                time.sleep(0.05)
    assert 2 <= len(RunStore(tmp_path / "runs")) <= 4


@pytest.mark.parametrize("lost", ["scheduler", "worker"])
def test_a_cluster_that_goes_away_is_told_and_what_is_finished_is_kept(
    lost: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.study.runs.cluster.MISSED", 2.0)
    (tmp_path / "runs").mkdir()
    with scheduler(tmp_path / "cluster") as (address, process), worker(address, tmp_path / "one") as only:
        wait_for(address, 1)

        def end(share: float) -> None:
            if share > 0.1:
                (process if lost == "scheduler" else only).kill()

        runner = Runner(RunStore(tmp_path / "runs"), cluster=address, progress=end)
        runner.expect(10)
        with pytest.raises(StudyError, match="finished runs are kept, and the same command goes on") as caught:
            runner.run(replicated(baseline(), 1, 10))
        assert "\n" not in str(caught.value)
    assert len(RunStore(tmp_path / "runs")) >= 2
