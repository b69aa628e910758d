"""Kill -9 at many moments: nothing finished is lost, nothing half written is read, the end is the same."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module", params=[4, pytest.param(20, marks=pytest.mark.long)])
def told(request, tmp_path_factory):
    place = tmp_path_factory.mktemp("killed")
    words = [sys.executable, "-m", "tests.faults.killed", str(place), str(request.param)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return {"kills": request.param, **json.loads(done.stdout)}


def test_so_many_commands_were_killed_and_some_came_to_an_end(told):
    assert sum(entry["killed"] for entry in told["told"]) == told["kills"]
    assert all(entry["killed"] or entry["status"] == 0 for entry in told["told"])


def test_a_finished_run_is_never_lost(told):
    assert [entry["lost"] for entry in told["told"]] == [0] * len(told["told"])


def test_whoever_opens_the_study_of_a_killed_command_finds_a_whole_one_or_none(told):
    found = {entry["study"] for entry in told["told"] if entry["killed"]}
    assert found <= {"nothing", "baseline,rent,odd_seed", "baseline,rent,tax"}


def test_the_same_command_ends_with_the_bytes_of_one_that_was_never_killed(told):
    assert [entry["differing"] for entry in told["told"] if entry.get("differing")] == []


def test_nothing_else_is_left_beside_the_study(told):
    assert told["left"] == ["reference_0", "reference_1", "study"]


def shukun(place, *words):
    """The command itself, in its own session."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from sim.cli import main; main()"
    words = [sys.executable, "-c", code, *words, "--firms", "300", "--lang", "en"]
    streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    return subprocess.Popen(words, cwd=place, text=True, start_new_session=True, **streams)


def workers_of(process):
    found = subprocess.run(["ps", "-s", str(process.pid), "-o", "pid="], capture_output=True, text=True, check=False)
    return found.stdout.split()


def killed_and_done_again(place, signals, words):
    """Send each signal as soon as one run more is kept; then let the command end. Returns what it said last."""
    runs = place / "study" / "runs"
    for number in signals:
        process, before = shukun(place, *words, "--out", "study"), len(list(runs.glob("[!.]*")))
        while process.poll() is None and len(list(runs.glob("[!.]*"))) <= before:
            time.sleep(0.005)
        process.send_signal(number)
        said = process.communicate(timeout=60)[1]
        assert process.returncode == (-number if number == signal.SIGKILL else 128 + number)
        if number != signal.SIGKILL:
            assert "the same command goes on" in said and len(said.splitlines()) <= 2
        deadline = time.monotonic() + 10
        while workers_of(process) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert workers_of(process) == []
    return here(*words, "--out", str(place / "study"))


def here(*words):
    """The command in this process, which has the engine loaded already. Returns what it said on standard error."""
    done = CliRunner().invoke(app, [*words, "--firms", "300", "--lang", "en"])
    assert done.exit_code == 0, done.stderr
    return done.stderr


def bytes_of(folder):
    """Of every file but those that say how long runs took."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "times.parquet"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_run_that_was_killed_and_interrupted_goes_on_to_the_same_bytes(tmp_path):
    words = ("run", "full_plan", "--replications", "20", "--workers", "1")
    here(*words, "--out", str(tmp_path / "whole"))
    said = killed_and_done_again(tmp_path, [signal.SIGKILL, signal.SIGINT], words)
    assert re.search(r"holds [1-9]\d* runs; those that fit are not done again", said)
    assert bytes_of(tmp_path / "study") == bytes_of(tmp_path / "whole")
    assert sorted(os.listdir(tmp_path)) == ["study", "whole"]


@pytest.mark.parametrize("times", [1, pytest.param(6, marks=pytest.mark.long)])
def test_a_sweep_killed_at_random_moments_goes_on_to_the_same_bytes(tmp_path, times):
    words = ("sweep", "full_plan", "--lever", "rent_waiver.months=0,3", "--replications", "8", "--workers", "2")
    here(*words, "--out", str(tmp_path / "whole"))
    killed_and_done_again(tmp_path, [signal.SIGKILL] * times, words)
    assert bytes_of(tmp_path / "study") == bytes_of(tmp_path / "whole")


@pytest.mark.long
@pytest.mark.parametrize("signals", [[signal.SIGKILL] * 20, [signal.SIGTERM, signal.SIGHUP, signal.SIGINT]])
def test_a_comparison_that_was_stopped_again_and_again_goes_on_to_the_same_bytes(tmp_path, signals):
    words = ("compare", "full_plan", "action_tax", "--replications", "8", "--draws", "4", "--clause-replications", "0")
    words += ("--workers", "2")
    here(*words, "--out", str(tmp_path / "whole"))
    killed_and_done_again(tmp_path, signals, words)
    assert bytes_of(tmp_path / "study") == bytes_of(tmp_path / "whole")
